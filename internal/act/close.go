package act

import (
	"slices"

	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/splice"
	"github.com/escalations-as-code/escalate/schema"
)

func closing() Act {
	answers := func(_ *Case, a Answers) bool {
		return a.One("resolution") != string(schema.Withdrawn)
	}
	withdrawn := said("resolution", string(schema.Withdrawn))
	agreed := func(c *Case, a Answers) bool { return answers(c, a) && !a.Has("waived") }
	const closes, withdraws = "one that is withdrawn does not answer it", "it is for one that is withdrawn"
	return Act{
		Name:  "close",
		Short: "Close an escalation: how it ended, and what closed it",
		Long: "Closes an escalation with the answers that the process asks for: how it ended, whether the exit criteria were met, what closed it, the link that " +
			"shows that customer and stakeholders agree, and the customer's sentiment (P30 to P34). One that was opened in error or twice is withdrawn by a manager, with a reason.",
		Examples: []string{
			`northwind --resolution resolved --outcome positive -m "The queue was split by team." --agreement https://docs.example.com/agreed --sentiment green`,
			`northwind --resolution withdrawn --reason "It was opened twice." --duplicate-of 2026/northwind-2`,
		},
		State:   Open,
		Message: "summary",
		Questions: []Question{
			{
				Name: "resolution", Writes: "/closure", Title: "How does it end?", Form: Choice, Need: always,
				Choose: choices(
					Option{string(schema.Resolved), "resolved", "the problem is gone"}, Option{string(schema.Deescalated), "deescalated", "the risk is low enough to be watched as standard business"},
					Option{string(schema.Withdrawn), "withdrawn", "it was opened in error or twice, and a manager says why"},
				),
			},
			{Name: "reason", Writes: "/closure/reason", Title: "Why is it withdrawn?", Form: Line, Need: when(withdrawn), Unasked: withdraws},
			{Name: "duplicate-of", Writes: "/closure/duplicate_of", Title: "Which escalation is the other, if it was opened twice?", Form: Line, Need: maybe(withdrawn), Unasked: withdraws, Help: "Its id, such as 2026/northwind."},
			{
				Name: "outcome", Writes: "/closure/outcome", Title: "Did it end well for the customer?", Form: Choice, Need: when(answers), Unasked: closes, Page: "closure",
				Choose: choices(Option{"positive", "positive", ""}, Option{"negative", "negative", ""}, Option{"none", "none", "no outcome"}),
			},
			{
				Name: "met", Writes: "/exit_criteria/-/met", Title: "Which exit criteria are met as of today?", Form: Entry, Many: true, Choose: unmet, Unasked: "all of them are met",
				Need: maybe(func(c *Case, a Answers) bool { return answers(c, a) && len(unmet(c, a)) > 0 }), Help: "Of those that are not met in the file.",
			},
			{
				Name: "exit-criteria-met", Writes: "/closure/exit_criteria_met", Title: "Were the exit criteria met?", Form: Yes, Need: maybe(answers), Unasked: closes,
				Help: "yes: each has its day. no: a sentence says why not (P31).",
				Suggest: func(c *Case, a Answers) []string {
					if len(a.All("met")) == len(unmet(c, a)) {
						return []string{"yes"}
					}
					return []string{"no"}
				},
			},
			{
				Name: "why-not", Writes: "/closure/why_not", Title: "Why were the exit criteria not met?", Form: Line, Unasked: "it is asked for where exit criteria were not met",
				Need: when(func(c *Case, a Answers) bool { return answers(c, a) && a.One("exit-criteria-met") == "no" }),
				Facts: func(c *Case, a Answers) []string {
					var open []string
					for _, o := range unmet(c, a) {
						if !slices.Contains(a.All("met"), o.Value) {
							open = append(open, "not met: "+o.Label)
						}
					}
					return open
				},
			},
			{Name: "summary", Writes: "/closure/summary", Title: "What did the team do that closed it?", Form: Text, Need: when(answers), Unasked: closes, Help: "A few sentences: they stand in the closure notice, the same words everywhere (P31, P33)."},
			{Name: "waived", Writes: "/closure/agreement/waived", Title: "Why can no agreement be shown?", Form: Line, Need: maybe(answers), Unasked: closes, Hidden: true, Help: "In the place of --agreement, by a manager: the customer is gone, or does not answer (P30)."},
			{Name: "waived-by", Writes: "/closure/agreement/by", Title: "Which manager waives it?", Form: Person, Unasked: "it belongs to --waived", Need: when(func(_ *Case, a Answers) bool { return a.Has("waived") }), Suggest: me, Choose: holders(schema.ManagerRoles()...)},
			{Name: "asked", Writes: "/closure/agreement/asked", Title: "Where was the customer asked, without an answer?", Form: Link, Unasked: "it belongs to --waived", Need: maybe(func(_ *Case, a Answers) bool { return a.Has("waived") })},
			{
				Name: "agreement", Writes: "/closure/agreement", Title: "Which link shows that customer and stakeholders agree?", Form: Link, Need: when(agreed), Unasked: "it is waived, or withdrawn",
				Help: "An issue or an e-mail that shows both (P30). Where there is none, a manager may waive it: --waived.",
			},
			{
				Name: "sentiment", Writes: "/closure/sentiment", Title: "What is the customer's sentiment now?", Form: Choice, Need: when(answers), Unasked: closes, Help: "Set it in the CRM, too (P33).",
				Choose: func(c *Case, _ Answers) []Option {
					var list []Option
					for _, s := range c.Tree.Policy.Sentiments {
						list = append(list, Option{string(s), string(s), ""})
					}
					return list
				},
			},
			{
				Name: "pattern-issue", Writes: "/closure/pattern_issue", Title: "Which issue is for pattern matching?", Form: Link, Unasked: closes, Help: "Needed to close the escalation of a CSE account (P29).",
				Need: func(c *Case, a Answers) Need {
					switch {
					case !answers(c, a):
						return Unasked
					case process.CSE(&c.Escalation.Escalation) != "":
						return Required
					}
					return Optional
				},
			},
		},
		Says: func(_ *Case, a Answers) string { return "closed, " + a.One("resolution") },
		Edit: func(c *Case, a Answers) []splice.Change {
			at := c.stamp()
			if a.One("resolution") == string(schema.Withdrawn) {
				return []splice.Change{splice.Set("/closure", schema.Closure{
					At: at, By: c.By, Resolution: schema.Withdrawn, Reason: a.text("reason"), DuplicateOf: schema.ID(a.One("duplicate-of")),
				})}
			}
			var list []splice.Change
			for _, i := range a.indexes("met") {
				list = append(list, splice.Set(criterionAt(i)+"/met", c.today(c.region(a))))
			}
			met := a.yes("exit-criteria-met")
			x := schema.Closure{
				At: at, By: c.By, Resolution: schema.Resolution(a.One("resolution")), Outcome: schema.Outcome(a.One("outcome")), ExitCriteriaMet: met, Summary: a.text("summary"),
				Agreement:    schema.Agreement{URL: a.link("agreement"), Waived: a.text("waived"), By: a.handle("waived-by"), Asked: a.link("asked")},
				PatternIssue: a.link("pattern-issue"), Sentiment: schema.Sentiment(a.One("sentiment")),
			}
			if !met {
				x.WhyNot = a.text("why-not")
			}
			list = append(list, splice.Set("/closure", x))
			if !met { // a no is left out of a whole closure
				list = append(list, splice.Set("/closure/exit_criteria_met", false))
			}
			return list
		},
	}
}

func reopen() Act {
	anyUnmet := func(c *Case, a Answers) bool { return len(unmet(c, a)) > 0 }
	anyUndone := func(c *Case, a Answers) bool { return len(undone(c, a)) > 0 }
	neither := func(is func(*Case, Answers) bool) func(*Case, Answers) Need {
		return func(c *Case, a Answers) Need {
			if is(c, a) {
				return Optional
			}
			return Required
		}
	}
	stepped := func(c *Case, a Answers) Need {
		if a.Has("step") {
			return Required
		}
		return Unasked
	}
	return Act{
		Name:     "reopen",
		Short:    "Open a closed escalation again",
		Long:     "Takes the closure away, with an update that says why. An escalation that is open again has an exit criterion that is not met, and a step that is not done (P38).",
		Examples: []string{`northwind -m "The queue is back." --criterion "Queue under 60 s for two weeks" --step "Load test" --owner jdoe --due friday`},
		State:    Closed,
		Message:  "why",
		Questions: []Question{
			why("Why is it opened again?"),
			{Name: "criterion", Title: "What must be true for it to end now?", Form: Line, Many: true, Need: neither(anyUnmet), Help: "One or more exit criteria, each on a line."},
			{Name: "step", Title: "What is the next step?", Form: Line, Need: neither(anyUndone), Page: "step"},
			{Name: "owner", Title: "Who does it?", Form: Person, Need: stepped, Page: "step", Choose: anybody, Suggest: me, Unasked: "it belongs to --step"},
			{Name: "due", Title: "Until which day?", Form: Day, Ahead: true, Need: stepped, Page: "step", Unasked: "it belongs to --step"},
			to(),
		},
		Says: func(*Case, Answers) string { return "reopened" },
		Edit: func(c *Case, a Answers) []splice.Change {
			var list []splice.Change
			if c.Escalation.RCA != nil {
				list = append(list, c.movedRCA()...)
			}
			list = append(list, splice.Remove("/closure"))
			for _, x := range a.All("criterion") {
				list = append(list, splice.Add("/exit_criteria", schema.ExitCriterion{Criterion: schema.Text(x)}))
			}
			if a.Has("step") {
				list = append(list, splice.Add("/next_steps", schema.NextStep{Step: a.text("step"), Owner: a.handle("owner"), Due: a.day("due")}))
			}
			return append(list, c.say(a.text("why"), audience(a)))
		},
	}
}
