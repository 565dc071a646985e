package rule

import "github.com/escalations-as-code/escalate/schema"

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

func csePending() Rule {
	return Rule{
		Name:    "cse-pending",
		Cites:   []string{"P6"},
		Summary: "a pending CSE is replaced by whoever is assigned (a warning)",
		Why: "Between the CSE Help case and the assignment nobody leads technically. `cse: pending`, with the case linked, says so; " +
			"it is the regional CSE leader's turn, and overdue at the end of the next working day.",
		Reading: "That an escalation may be declared before its CSE is assigned is this project's reading. No setting changes it.",
		Escalation: func(c *Pass) {
			if c.Open() && c.Account.CSE == schema.PendingPerson {
				c.Warn("/account/cse", "the CSE is still pending", "write the handle of the CSE as soon as one is assigned; "+whoFits(c, []schema.Role{schema.RoleCSE, schema.RoleCSELeader}))
			}
		},
		Wrong: marked("dri: arivera\naccount: {region: EMEA, cse: pending, cse_help_case: 'https://crm.example.com/cases/5001', account_executive: arivera}\n", "pending"),
		Right: ex("dri: arivera\naccount: {region: EMEA, cse: kwong, cse_help_case: 'https://crm.example.com/cases/5001', account_executive: arivera}\n"),
	}
}
