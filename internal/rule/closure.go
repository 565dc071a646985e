package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

func closureAnswers() Rule {
	return Rule{
		Name:    "closure-answers",
		Cites:   []string{"P31"},
		Summary: "a closure answers how it ended, whether the exit criteria were met, and what closed it",
		Why: "The closure notice goes to the announcement channel, the escalation's channel and the tracking issue, word for word, and into the CTA. " +
			"`exit_criteria_met: true` must agree with the exit criteria, each of which then has its `met` date; a false needs `why_not`.",
		Fields: []string{"/closure"},
		Escalation: func(c *Pass) {
			if c.Closure == nil || !c.Closure.ExitCriteriaMet {
				return
			}
			for i, x := range c.ExitCriteria {
				if x.Met.IsZero() && !c.Has(fmt.Sprintf("/exit_criteria/%d/met", i)) {
					c.Error("/closure/exit_criteria_met",
						fmt.Sprintf("the exit criteria are said to be met, but number %d has no `met` date", i+1),
						"add the day to the criterion, or write `exit_criteria_met: false` and `why_not:`")
					return
				}
			}
		},
		Wrong: marked(closed(""), "true"),
		Right: ex(metCriteria + closed("")),
	}
}

// closed is the closure of the examples, with more fields.
func closed(more string) string {
	return "closure:\n  at: 2026-12-03T10:00:00Z\n  by: jdoe\n  resolution: resolved\n  outcome: positive\n" +
		"  exit_criteria_met: true\n  summary: The queue was split by team, and the load test passed twice.\n" +
		"  agreement: https://docs.example.com/northwind-agreed\n  sentiment: green\n" + more
}

const metCriteria = "exit_criteria: [{criterion: Queue time under 60 s, met: 2026-12-02}]\n"

func agreement() Rule {
	return Rule{
		Name:    "agreement",
		Cites:   []string{"P30"},
		Summary: "a closure shows that stakeholders and customer agree, or a manager's waiver",
		Why: "An escalation ends when both sides agree that the situation is resolved, in an issue or an e-mail. One link shows it. " +
			"Where the outcome is negative or none and the customer is gone, a manager may waive it with a reason: `agreement: {waived: ..., by: ...}`.",
		Reading: "That one link is enough, and the waiver, are this project's reading. A waiver comes from a csm_manager, csm_leader, cse_leader or a vice president. No setting changes this.",
		Fields:  []string{"/closure/agreement"},
		Tell: func(c *Pass, f shape.Fault) Said {
			if f.Pointer != "/closure/agreement" || !f.Missing() {
				return Said{}
			}
			return Said{
				Message: "the closure must show that stakeholders and customer agree",
				Hint:    "add `agreement: https://...`, an issue or e-mail that shows it",
			}
		},
		Escalation: func(c *Pass) {
			if c.Closure == nil || c.Closure.Agreement.Waived == "" {
				return
			}
			a := c.Closure.Agreement
			if c.Closure.Outcome == schema.Positive {
				c.Error("/closure/agreement/waived", "with a positive outcome the agreement cannot be waived",
					"write `agreement: https://...`, an issue or e-mail that shows it; a waiver is for a customer who is gone")
				return
			}
			p, known := c.Person(a.By)
			switch {
			case a.By == "":
			case !known:
				c.Tell("/closure/agreement/by", unknownPerson(a.By, c.Tree.People)).AlsoCite("P8")
			case p.Name != "" && p.Left.IsZero() && !holds(p, schema.ManagerRoles()):
				c.Error("/closure/agreement/by", unfit(a.By, p, "a waiver", schema.ManagerRoles()), whoFits(c, schema.ManagerRoles())).AlsoCite("P8")
			}
		},
		Wrong: marked(metCriteria+strings.Replace(closed(""), "agreement: https://docs.example.com/northwind-agreed", "agreement: {waived: Nobody answers, by: rking}", 1), "Nobody answers"),
		Right: ex(metCriteria + strings.NewReplacer("agreement: https://docs.example.com/northwind-agreed", "agreement: {waived: Nobody answers, by: rking}", "positive", "negative").Replace(closed(""))),
	}
}

func rootCause() Rule {
	return Rule{
		Name:    "root-cause-analysis",
		Cites:   []string{"P32"},
		Summary: "an RCA that Engineering owes has an owner and a date",
		Why: "If the customer asked for an RCA and the escalation was platform related, Engineering leads a written one and delivers it to the DRI. " +
			"Its owner and date stand in the closure, its link when it is delivered; after the date it is overdue.",
		Reading: "That owner and date are named when the escalation is closed is this project's reading. No setting changes it.",
		Fields:  []string{"/closure/rca"},
		Tell: func(c *Pass, f shape.Fault) Said {
			if f.Pointer != "/closure/rca/owner" && f.Pointer != "/closure/rca/due" || !f.Missing() {
				return Said{}
			}
			return Said{
				Message: "the customer asked for an RCA and the platform was the cause, so it needs " + map[string]string{"owner": "an owner in Engineering", "due": "a date"}[shape.Key(f.Pointer)],
				Hint:    "add " + code(shape.Key(f.Pointer)+":") + " under rca",
			}
		},
		Wrong: marked(metCriteria+closed("  rca: {requested: true, platform_related: true, due: 2026-12-17}\n"), "rca"),
		Right: ex(metCriteria + closed("  rca: {requested: true, platform_related: true, owner: ebrandt, due: 2026-12-17}\n")),
	}
}

func patternIssue() Rule {
	cse := "dri: arivera\naccount: {region: EMEA, cse: kwong, cse_help_case: 'https://crm.example.com/cases/5001', account_executive: arivera}\n"
	return Rule{
		Name:    "pattern-issue",
		Cites:   []string{"P29"},
		Summary: "the escalation of a CSE account closes with an issue for pattern matching",
		Why:     "A CSE serves many accounts and sees the same problem in several. The issue records it, so that the next CSE finds it.",
		Reading: "That it is linked at closing at the latest is this project's reading. No setting changes it.",
		Fields:  []string{"/closure/pattern_issue"},
		Tell: func(c *Pass, f shape.Fault) Said {
			if !f.Missing() {
				return Said{}
			}
			return Said{
				Message: "the escalation of a CSE account closes with an issue for pattern matching",
				Hint:    "add `pattern_issue: https://...` to the closure",
			}
		},
		Wrong: marked(cse+metCriteria+closed(""), "closure"),
		Right: ex(cse + metCriteria + closed("  pattern_issue: https://tracker.example.com/issues/140\n")),
	}
}

func sentiment() Rule {
	return Rule{
		Name:        "sentiment",
		NeedsPolicy: true,
		Cites:       []string{"P33"},
		Summary:     "a closure records the customer's CSM sentiment",
		Why:         "The sentiment tells the new state of the account after the escalation: green, yellow or red.",
		Reading:     "The words are this project's; `sentiments` in the policy changes them.",
		Fields:      []string{"/closure/sentiment"},
		Escalation: func(c *Pass) {
			if c.Closure == nil || c.Closure.Sentiment == "" {
				return
			}
			known := words.Plain(c.Tree.Policy.Sentiments)
			s := string(c.Closure.Sentiment)
			if slices.Contains(known, s) {
				return
			}
			c.Tell("/closure/sentiment", didYouMean(fmt.Sprintf("the sentiment is %s, which is not one of %s", code(s), words.Join(known, ", ")), s, known, "write one of them"))
		},
		Wrong: marked(metCriteria+strings.Replace(closed(""), "green", "greeen", 1), "greeen"),
		Right: ex(metCriteria + closed("")),
	}
}

func resolution() Rule {
	return Rule{
		Name:    "resolution",
		Cites:   []string{"P34"},
		Summary: "an escalation ends as resolved or deescalated",
		Why:     "resolved: the problem is gone. deescalated: the risk is low enough to be watched as standard business.",
		Fields:  []string{"/closure/resolution"},
		Wrong:   marked(metCriteria+strings.Replace(closed(""), "resolution: resolved", "resolution: solved", 1), "solved"),
		Right:   ex(metCriteria + closed("")),
	}
}
