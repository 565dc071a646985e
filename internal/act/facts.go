package act

import (
	"github.com/escalations-as-code/escalate/internal/splice"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

func caseLink() Act {
	return Act{
		Name:     "case",
		Short:    "Give the link of the CS Help case",
		Long:     "Writes down the link of the CS Help case, where it was pending (P15). What was posted with it is edited. With --issue it adds issues of Engineering and Product whose priority the escalation affects (P14).",
		Examples: []string{"northwind https://crm.example.com/cases/5002", "northwind --issue https://tracker.example.com/issues/812"},
		State:    Open,
		Argument: "case",
		Questions: []Question{
			{Name: "issue", Title: "Which issues does it affect?", Form: Link, Many: true, Hidden: true, Help: "Engineering and Product issues whose priority the escalation affects."},
			{Name: "case", Title: "Where is the CS Help case?", Form: Link, Need: func(_ *Case, a Answers) Need {
				if a.Has("issue") {
					return Optional
				}
				return Required
			}},
		},
		Says: func(*Case, Answers) string { return "case" },
		Edit: func(_ *Case, a Answers) []splice.Change {
			var list []splice.Change
			if a.Has("case") {
				list = append(list, splice.Set("/links/case", schema.Case(a.One("case"))))
			}
			for _, i := range a.All("issue") {
				list = append(list, splice.Add("/links/issues", schema.URL(i)))
			}
			return list
		},
	}
}

func rewrite() Act {
	links := []string{"meeting_notes", "collaboration_project"}
	return Act{
		Name:  "rewrite",
		Short: "Rewrite the summary, the ask, the approach or a link",
		Long: "Replaces a text or a link of the file. Everybody in the channel hears in one line what was rewritten, so that nobody works from what was pinned (P38), and what " +
			"was posted is edited.",
		Examples: []string{`northwind ask -m "Two engineers for a week."`, "northwind approach -F approach.txt", "northwind meeting_notes -m https://docs.example.com/notes"},
		State:    Open,
		Argument: "what",
		Message:  "text",
		Questions: []Question{
			{
				Name: "what", Title: "What is rewritten?", Form: Choice, Need: always,
				Choose: choices(
					Option{"summary", "summary", "one line: what is wrong, and whom it hurts"}, Option{"description", "description", "the situation in full"},
					Option{"ask", "ask", "what is needed first"}, Option{"approach", "approach", "how it is going to be resolved"},
					Option{"meeting_notes", "meeting_notes", "the link of the customer meeting notes"},
					Option{"collaboration_project", "collaboration_project", "the link of the project where customer and company work together"},
				),
			},
			{Name: "text", Title: "What stands there from now on?", Form: Text, Need: always},
		},
		Says: func(_ *Case, a Answers) string { return a.One("what") + " rewritten" },
		Edit: func(_ *Case, a Answers) []splice.Change {
			what := a.One("what")
			for _, l := range links {
				if what == l {
					return []splice.Change{splice.Set("/links/"+l, schema.URL(words.Line(a.text("text"))))}
				}
			}
			text := a.text("text")
			if what == "summary" {
				text = schema.Text(words.Line(text))
			}
			return []splice.Change{splice.Set("/"+what, text)}
		},
	}
}

func rca() Act {
	has := func(c *Case) bool { return c.Escalation.RCA != nil }
	platform := func(c *Case, a Answers) bool {
		return a.One("platform-related") == "yes" || !a.Has("platform-related") && has(c) && c.Escalation.RCA.PlatformRelated
	}
	owes := func(what func(*schema.RCA) bool) func(*Case, Answers) Need {
		return func(c *Case, a Answers) Need {
			switch {
			case !platform(c, a):
				return Optional
			case has(c) && what(c.Escalation.RCA):
				return Optional
			case c.Escalation.Closure != nil:
				return Required
			}
			return Optional
		}
	}
	return Act{
		Name:     "rca",
		Short:    "Say that the customer asks for a root cause analysis, or that it is delivered",
		Long:     "Writes down a root cause analysis that the customer asked for, before or after the closing: who in Engineering writes it and until when, and its link once it is delivered (P32).",
		Examples: []string{"northwind --platform-related yes --owner ebrandt --due 2026-12-17", "northwind --url https://docs.example.com/northwind-rca"},
		State:    Any,
		Questions: []Question{
			{Name: "asked", Title: "On which day did the customer ask?", Form: Day, Need: maybe(func(c *Case, _ Answers) bool { return !has(c) }), Suggest: proposeToday, Unasked: "it was asked for already", Page: "rca"},
			{
				Name: "platform-related", Title: "Is the escalation about the platform?", Form: Yes, Page: "rca", Help: "Then Engineering leads the analysis.",
				Need: func(c *Case, _ Answers) Need {
					if has(c) {
						return Optional
					}
					return Required
				},
			},
			{Name: "owner", Title: "Who in Engineering writes it?", Form: Person, Need: owes(func(r *schema.RCA) bool { return r.Owner != "" }), Choose: holders(schema.RoleEngineering)},
			{Name: "due", Title: "By which day is it delivered?", Form: Day, Need: owes(func(r *schema.RCA) bool { return !r.Due.IsZero() })},
			{Name: "url", Title: "Where is it?", Form: Link, Hidden: true, Help: "Once it is delivered."},
		},
		Says: func(*Case, Answers) string { return "root cause analysis" },
		Edit: func(c *Case, a Answers) []splice.Change {
			var list []splice.Change
			if !has(c) {
				list = append(list, splice.Set("/rca", schema.RCA{Asked: a.day("asked"), PlatformRelated: a.yes("platform-related"), Owner: a.handle("owner"), Due: a.day("due"), URL: a.link("url")}))
				return list
			}
			list = append(list, c.movedRCA()...)
			if a.Has("platform-related") {
				list = append(list, splice.Set("/rca/platform_related", a.yes("platform-related")))
			}
			if a.Has("owner") {
				list = append(list, splice.Set("/rca/owner", a.handle("owner")))
			}
			if a.Has("due") {
				list = append(list, splice.Set("/rca/due", a.day("due")))
			}
			if a.Has("url") {
				list = append(list, splice.Set("/rca/url", a.link("url")))
			}
			return list
		},
	}
}

// movedRCA moves an analysis that stands in the closure, as earlier versions had it,
// to its place (P32).
func (c *Case) movedRCA() []splice.Change {
	if !c.Escalation.Has("/closure/rca") {
		return nil
	}
	list := []splice.Change{splice.Remove("/closure/rca")}
	if c.Escalation.RCA != nil && !c.Escalation.Has("/rca") {
		list = append(list, splice.Set("/rca", *c.Escalation.RCA))
	}
	return list
}
