package rule

import (
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/schema"
)

func casePending() Rule {
	return Rule{
		Name:    "case-pending",
		Cites:   []string{"P15"},
		Summary: "a pending case is replaced by its link (a warning)",
		Why:     "An escalation is declared at once, and its case may take a little longer. When the link arrives, the declaration that was posted is edited.",
		Reading: "The process declares before the case in one place and after it in another. A pending case is a warning, and overdue after 4 hours; `deadlines.case_hours` in the policy changes that.",
		Escalation: func(c *Pass) {
			closes := c.Was != nil && process.Open(&c.Was.Escalation)
			if c.Links.Case == schema.Pending && (c.Open() || closes) { // a link never comes into a closed one (P35)
				c.Warn("/links/case", "the CS Help case is still pending", "put its link here as soon as it is made")
			}
		},
		Wrong: marked("links:\n  case: pending\n  meeting_notes: https://docs.example.com/northwind-notes\n", "pending"),
		Right: ex("links:\n  case: https://crm.example.com/cases/5002\n  meeting_notes: https://docs.example.com/northwind-notes\n"),
	}
}
