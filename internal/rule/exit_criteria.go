package rule

func exitCriteria() Rule {
	return Rule{
		Name:    "exit-criteria",
		Cites:   []string{"P15"},
		Summary: "an escalation has one or more exit criteria",
		Why:     "Without exit criteria nobody can say when the escalation is over, and every closing is a debate. `met:` takes the day on which a criterion was met.",
		Fields:  []string{"/exit_criteria"},
		Wrong:   marked("exit_criteria: []\n", "exit_criteria"),
		Right:   ex("exit_criteria:\n  - criterion: Queue time under 60 s at p95 for five working days\n"),
	}
}
