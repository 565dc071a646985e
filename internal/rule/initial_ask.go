package rule

func initialAsk() Rule {
	return Rule{
		Name:    "initial-ask",
		Cites:   []string{"P15"},
		Summary: "an escalation states its initial ask",
		Why: "What is needed first to make progress, as specific as possible: management decides on it, and the opening message of the channel quotes it. " +
			"The skills that are needed may be listed under `skills`.",
		Fields: []string{"/ask", "/skills"},
		Wrong:  marked("ask: ''\n", "''"),
		Right:  ex("ask: One engineer who can work with the customer every day on the queue analysis.\n"),
	}
}
