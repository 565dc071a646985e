package rule

func declaration() Rule {
	return Rule{
		Name:    "declaration",
		Cites:   []string{"P21"},
		Summary: "an escalation has what its declaration says: customer, summary and description",
		Why:     "The declaration in the announcement channel is made from the file. These three tell people who do not know the customer what has happened.",
		Reading: "The declaration's Description is `summary` and the first paragraph of `description`. No setting changes this.",
		Fields:  []string{"/customer", "/summary", "/description"},
		Wrong:   marked("summary:\n", "summary"),
		Right:   ex("summary: Pipelines wait 40 minutes and every team is affected\n"),
	}
}

func opened() Rule {
	return Rule{
		Name:    "opened",
		Cites:   []string{"P25"},
		Summary: "an escalation says when it was opened, and by whom",
		Why:     "The clocks of the process start at `opened.at`: it is the time at which the customer's problem was raised, not that of a commit. Anyone may open an escalation (P1).",
		Fields:  []string{"/opened"},
		Wrong:   marked("opened: {at: 2026-11-20, by: jdoe}\n", "2026-11-20"),
		Right:   ex("opened: {at: 2026-11-20T09:30:00Z, by: jdoe}\n"),
	}
}
