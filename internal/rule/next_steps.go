package rule

import "github.com/escalations-as-code/escalate/internal/shape"

func nextSteps() Rule {
	return Rule{
		Name:    "next-steps",
		Cites:   []string{"P7"},
		Summary: "an open escalation has a next step; each has an owner and a date",
		Why:     "The DRI owns the next steps with clear timelines. A step without an owner is nobody's, and one without a date is never late.",
		Reading: "That there is at least one step while the escalation is open, and that each has one owner and one day, is this project's reading. No setting changes it.",
		Fields:  []string{"/next_steps"},
		Tell: func(c *Pass, f shape.Fault) Said {
			if f.Keyword != "minItems" {
				return Said{}
			}
			return Said{
				Message: "an open escalation needs a next step",
				Hint:    "add one: `- {step: <text>, owner: <handle>, due: <YYYY-MM-DD>}`",
			}
		},
		Wrong: marked("next_steps:\n  - step: Load test with the customer\n    due: 2026-11-24\n", "step"),
		Right: ex("next_steps:\n  - step: Load test with the customer\n    owner: jdoe\n    due: 2026-11-24\n"),
	}
}
