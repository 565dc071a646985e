package rule

import "github.com/escalations-as-code/escalate/internal/shape"

func supportTicket() Rule {
	return Rule{
		Name:    "support-ticket",
		Cites:   []string{"P13"},
		Summary: "where Support is needed, a ticket that describes the issue is linked",
		Why: "The declaration calls the on-call support manager. What Support then works on is the ticket: " +
			"without one that describes the issue nobody can begin, or ask Engineering for help.",
		Fields: []string{"/support"},
		Tell: func(c *Pass, f shape.Fault) Said {
			if f.Pointer != "/support/tickets" || !f.Missing() && f.Keyword != "minItems" {
				return Said{}
			}
			return Said{
				Message: "Support is needed, so a ticket that describes the issue must be linked",
				Hint:    "add `tickets: [<link>]` under support",
			}
		},
		Wrong: marked("support:\n  needed: true\n", "support"),
		Right: ex("support:\n  needed: true\n  tickets: ['https://support.example.com/tickets/4711']\n"),
	}
}
