package rule

import (
	"fmt"
	"strings"
	"time"
)

// ahead is how far the clocks of the last place on earth to see a day are behind
// those of the first: a day that has begun somewhere is not of the future.
const ahead = 14 * time.Hour

func notInFuture() Rule {
	return Rule{
		Name:    "not-in-future",
		Cites:   []string{"P37"},
		Summary: "what the file says has happened is not of the future; a step or an RCA is due within a year (a warning)",
		Why: "`opened.at`, `closure.at`, `met`, `done` and `rca.asked` say what has happened, and the clocks go by them: one of next year puts them all to sleep. " +
			"What is due more than a year ahead is mostly a slip of the year.",
		Reading: "Judged with `--base` only, at the commit that writes the time, also in the file of an escalation that is being opened; five minutes' grace. No setting changes this.",
		Transition: func(t *Transition) {
			for _, f := range t.newFacts() {
				at, committed := t.Authored(f.Fact)
				day, due := dayOf(at.Add(ahead)), strings.HasPrefix(f.Of, "due")
				written := stamp(f.At)
				if f.Day {
					written = f.At.Format(time.DateOnly)
				}
				switch {
				case !committed || strings.HasPrefix(f.Of, "update"): // update-in-time judges those
				case !t.Has(f.Field): // an earlier format has the RCA in the closure, of its time
				case due && f.At.After(day.AddDate(1, 0, 0)):
					t.Warn(f.Field, fmt.Sprintf("this is due on %s, more than a year after it was written", written), "look at the year")
				case f.Ahead:
				case f.Day && f.At.After(day) || !f.Day && f.At.After(at.Add(grace)):
					t.Error(f.Field, fmt.Sprintf("this is of %s, but it was committed at %s: it is of the future", written, stamp(at)), "write when it happened")
				}
			}
		},
		Wrong: Example{Note: "on 20 November 2026 a commit opens an escalation with `opened: {at: 2027-11-20T09:30:00Z, by: jdoe}`"},
		Right: Example{Note: "on 20 November 2026 a commit opens an escalation with `opened: {at: 2026-11-20T09:30:00Z, by: jdoe}`"},
	}
}
