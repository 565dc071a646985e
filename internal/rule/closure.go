package rule

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/edit"
	"github.com/escalations-as-code/escalate/internal/process"
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
			if c.Closure == nil || c.Closure.Resolution == schema.Withdrawn {
				return
			}
			if !c.Closure.ExitCriteriaMet {
				open := func(x schema.ExitCriterion) bool { return x.Met.IsZero() }
				if c.Closure.WhyNot != "" && len(c.ExitCriteria) > 0 && !slices.ContainsFunc(c.ExitCriteria, open) {
					c.Warn("/closure/exit_criteria_met", "the exit criteria are said not to be met, but each of them has its `met` date",
						"write `exit_criteria_met: true`, or take back the `met:` of the one that did not hold")
				}
				return
			}
			for i, x := range c.ExitCriteria {
				if x.Met.IsZero() && !c.Has(fmt.Sprintf("/exit_criteria/%d/met", i)) {
					c.Error("/closure/exit_criteria_met",
						fmt.Sprintf("the exit criteria are said to be met, but %s has no `met` date", shape.Name(c.Document, fmt.Sprintf("/exit_criteria/%d", i))),
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
			"Where the outcome is negative or none and the customer is gone, a manager may waive it with a reason: `agreement: {waived: ..., by: ...}`. " +
			"A customer who is there but does not answer was asked: then `asked` has the link of the request.",
		Reading: "That one link is enough, and the waiver, are this project's reading. A waiver comes from a csm_manager, csm_leader, cse_leader or a vice president. No setting changes this.",
		Fields:  []string{"/closure/agreement"},
		Tell: func(c *Pass, f shape.Fault) Said {
			if f.Pointer != "/closure/agreement" || !f.Missing() {
				return Said{}
			}
			return Said{
				Message: "the closure must show that stakeholders and customer agree",
				Hint:    "add `agreement: <link>`, an issue or e-mail that shows it",
			}
		},
		Escalation: func(c *Pass) {
			if c.Closure == nil || c.Closure.Agreement.Waived == "" {
				return
			}
			a := c.Closure.Agreement
			if c.Closure.Outcome == schema.Positive && a.Asked == "" && !c.Has("/closure/agreement/asked") {
				c.Error("/closure/agreement/waived", "with a positive outcome the agreement is waived only where the customer was asked and did not answer",
					"write `agreement: <link>`, an issue or e-mail that shows it, or add `asked: <link>`, the request that was left unanswered")
				return
			}
			p, known := c.Person(a.By)
			switch {
			case a.By == "":
			case !known:
				c.Tell("/closure/agreement/by", unknownPerson(a.By, c.Tree.People)).AlsoCite("P8")
			case p.Name != "" && !p.GoneBy(c.now()) && !holds(p, schema.ManagerRoles()) && c.sets(waiver):
				c.Error("/closure/agreement/by", unfit(a.By, p, "a waiver", schema.ManagerRoles()), whoFits(c, schema.ManagerRoles())).AlsoCite("P8")
			}
		},
		Wrong: marked(metCriteria+strings.Replace(closed(""), "agreement: https://docs.example.com/northwind-agreed", "agreement: {waived: Nobody answers, by: rking}", 1), "Nobody answers"),
		Right: ex(metCriteria + strings.NewReplacer("agreement: https://docs.example.com/northwind-agreed", "agreement: {waived: Nobody answers, by: rking}", "positive", "negative").Replace(closed(""))),
	}
}

func waiver(e *schema.Escalation) schema.Handle {
	if e.Closure == nil {
		return ""
	}
	return e.Closure.Agreement.By
}

func closedBy() Rule {
	return Rule{
		Name:    "closed-by",
		Cites:   []string{"P31"},
		Summary: "the DRI closes an escalation, or the stand-in, or a manager; a manager withdraws one",
		Why: "The DRI knows what was agreed with the customer, and answers for it. Where nobody else can, a manager closes. " +
			"One that was opened in error or twice leaves the statistics: that is for a manager to say.",
		Reading: "That the stand-in, until the cover ends, and a manager may close is this project's reading; it is judged where the closure is written. A manager is a csm_manager, csm_leader, cse_leader or a vice president. No setting changes this.",
		Escalation: func(c *Pass) {
			if c.Closure == nil || c.Closure.By == "" || !c.sets(closer) {
				return
			}
			by, withdrawn := c.Closure.By, c.Closure.Resolution == schema.Withdrawn
			if !withdrawn && (by == c.DRI || by == process.StandIn(&c.Escalation.Escalation, c.dayOf(c.Closure.At.Time))) {
				return
			}
			p, known := c.Person(by)
			if !known || p.Name == "" || !sound(c.Tree, by) || holds(p, schema.ManagerRoles()) {
				return
			}
			hint := whoFits(c, schema.ManagerRoles())
			if withdrawn {
				c.Error("/closure/by", unfit(by, p, "a withdrawal", schema.ManagerRoles()), hint).AlsoCite("P34")
				return
			}
			c.Error("/closure/by", fmt.Sprintf("%s closes the escalation, but is neither its DRI nor the stand-in nor a manager", c.named(by)),
				fmt.Sprintf("the DRI is %s; or %s", c.named(c.DRI), strings.TrimPrefix(hint, "it could be ")))
		},
		Wrong: marked(metCriteria+strings.Replace(closed(""), "by: jdoe", "by: okhan", 1), "okhan"),
		Right: ex(metCriteria + strings.Replace(closed(""), "by: jdoe", "by: rking", 1)),
	}
}

func closer(e *schema.Escalation) schema.Handle {
	if e.Closure == nil {
		return ""
	}
	return e.Closure.By
}

func rootCause() Rule {
	return Rule{
		Name:    "root-cause-analysis",
		Cites:   []string{"P32"},
		Summary: "an RCA that Engineering owes has an owner and a date",
		Why: "If the customer asked for an RCA and the escalation was platform related, Engineering leads a written one and delivers it to the DRI. " +
			"`rca:` stands at the top level of the file from the day it is asked for, before or after the closing; its link when it is delivered. After its date it is overdue.",
		Reading: "That owner and date are named at the closing, or when it is asked for later, is this project's reading. No setting changes it.",
		Fields:  []string{"/rca", "/closure/rca"},
		Tell: func(c *Pass, f shape.Fault) Said {
			key := shape.Key(f.Pointer)
			if !strings.Contains(f.Pointer, "rca/") || key != "owner" && key != "due" || !f.Missing() {
				return Said{}
			}
			return Said{
				Message: "the customer asked for an RCA and the platform was the cause, so it needs " + map[string]string{"owner": "an owner in Engineering", "due": "a date"}[key],
				Hint:    "add " + code(key+":") + " under rca",
			}
		},
		Escalation: func(c *Pass) {
			below := func(f shape.Fault) bool { return strings.HasPrefix(f.Pointer, "/closure/rca") }
			if !c.Has("/closure/rca") || slices.ContainsFunc(c.Faults, below) {
				return
			}
			f := c.Warn("/closure/rca", "the root cause analysis stands at the top level of the file, not in the closure",
				"move it up as `rca: {asked: <YYYY-MM-DD>, platform_related: <true/false>}`, or delete it where none was asked for: that changes nothing of what was told")
			if up := movedUp(c.RCA); up != "" && !c.Has("/rca") {
				f.Fixes = c.Below("dri", up)
			}
			f.Fixes = append(f.Fixes, c.Delete("/closure/rca")...)
		},
		Wrong: marked(metCriteria+closed("")+"rca: {asked: 2026-12-01, platform_related: true, due: 2026-12-17}\n", "rca"),
		Right: ex(metCriteria + closed("") + "rca: {asked: 2026-12-01, platform_related: true, owner: ebrandt, due: 2026-12-17}\n"),
	}
}

// movedUp is an analysis as an entry of the top level; empty where none was asked
// for.
func movedUp(r *schema.RCA) string {
	if r == nil {
		return ""
	}
	parts := []string{"asked: " + day(r.Asked), fmt.Sprintf("platform_related: %t", r.PlatformRelated)}
	if r.Owner != "" {
		parts = append(parts, "owner: "+edit.Text(string(r.Owner)))
	}
	if !r.Due.IsZero() {
		parts = append(parts, "due: "+day(r.Due))
	}
	if r.URL != "" {
		parts = append(parts, "url: "+edit.Text(string(r.URL)))
	}
	return "rca: {" + strings.Join(parts, ", ") + "}"
}

func day(d schema.Date) string { return d.Format(time.DateOnly) }

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
				Hint:    "add `pattern_issue: <link>` to the closure",
			}
		},
		Wrong: marked(cse+metCriteria+byExecutive(closed("")), "closure"),
		Right: ex(cse + metCriteria + byExecutive(closed("  pattern_issue: https://tracker.example.com/issues/140\n"))),
	}
}

func byExecutive(closure string) string {
	return strings.Replace(closure, "by: jdoe", "by: arivera", 1)
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
		Summary: "an escalation ends as resolved, deescalated or withdrawn",
		Why: "resolved: the problem is gone. deescalated: the risk is low enough to be watched as standard business. " +
			"withdrawn: it was opened in error or twice; a manager gives the `reason`, and the other's id as `duplicate_of` where there is one. Then nothing else is asked for.",
		Reading: "That an escalation can be withdrawn is this project's reading. No setting changes it.",
		Fields:  []string{"/closure/resolution", "/closure/reason", "/closure/duplicate_of"},
		Wrong:   marked(metCriteria+strings.Replace(closed(""), "resolution: resolved", "resolution: solved", 1), "solved"),
		Right:   ex(metCriteria + closed("")),
	}
}
