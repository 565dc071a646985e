package rule

func cseHelpCase() Rule {
	return Rule{
		Name:    "cse-help-case",
		Cites:   []string{"P6"},
		Summary: "an account with a CSE links the CSE Help case",
		Why:     "A CSE comes to an account through a CSE Help case. The link shows that the CSE is really assigned, and leads to what was agreed there.",
		Fields:  []string{"/account/cse_help_case"},
		Wrong:   marked("dri: arivera\naccount: {region: EMEA, cse: kwong, account_executive: arivera}\n", "account"),
		Right:   ex("dri: arivera\naccount: {region: EMEA, cse: kwong, cse_help_case: 'https://crm.example.com/cases/5001', account_executive: arivera}\n"),
	}
}
