package rule

import (
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/shape"
)

func caseLinked() Rule {
	return Rule{
		Name:    "case-linked",
		Cites:   []string{"P15", "P16"},
		Summary: "the CS Help case is linked, or pending",
		Why: "The case carries the escalation in the CRM. Its type is \"At-Risk Account Help (CSM red accounts & CSM/CSE escalations)\", it is opened at the next open renewal, " +
			"and it belongs to the CSM, for a CSE account to the regional CSE leader. `pending` stands for a case that is being made. " +
			"An escalation about a Professional Services project needs none.",
		Reading: "The owner of the case is the account executive where there is neither a CSM nor a CSE. No setting changes this.",
		Fields:  []string{"/links", "/links/case"},
		Tell: func(c *Pass, f shape.Fault) Said {
			switch {
			case f.Pointer == "/links" && f.Missing() && process.NeedsCase(&c.Escalation.Escalation):
				message, _ := f.Say(c.Document, nil)
				return Said{Message: message, Hint: "add `links: {case: <link>, meeting_notes: <link>}`, or `case: pending` while the case is being made"}
			case f.Pointer != "/links/case" || !f.Missing():
				return Said{}
			}
			return Said{
				Message: "the CS Help case is missing",
				Hint:    "add `case: <link>` under links, or `case: pending` while it is being made",
			}
		},
		Wrong: marked("links:\n  meeting_notes: https://docs.example.com/northwind-notes\n", "links"),
		Right: ex("links:\n  case: pending\n  meeting_notes: https://docs.example.com/northwind-notes\n"),
	}
}
