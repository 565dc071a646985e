package rule

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/change"
)

func cover() Rule {
	return Rule{
		Name:    "cover",
		Cites:   []string{"P6"},
		Summary: "a stand-in for the DRI is somebody else, until a day, for a reason",
		Why: "`cover: {dri: ..., until: ..., reason: ...}` gives the DRI's turn, mentions and invitations to a stand-in until the end of that day in the region. " +
			"The account's facts and the DRI stay as they are, and a cover that has ended does nothing.",
		Reading: "The process knows no stand-in. One holds the role that the DRI has there, or is a manager, and may close. No setting changes this.",
		Fields:  []string{"/cover"},
		Escalation: func(c *Pass) {
			if c.Cover != nil && c.Cover.DRI != "" && c.Cover.DRI == c.DRI {
				c.Error("/cover/dri", fmt.Sprintf("%s is the DRI, and cannot stand in for the DRI", code(c.DRI)), "name the stand-in, or delete `cover`")
			}
		},
		Wrong: marked("cover:\n  dri: rking\n  until: 2026-12-04\n", "cover"),
		Right: ex("cover: {dri: rking, until: 2026-12-04, reason: Jo is on leave}\n"),
	}
}

// How many days ahead something may be put off when it is written.
const (
	longestCover  = 14
	longestSnooze = 7
)

func coverShort() Rule {
	return Rule{
		Name:    "cover-short",
		Cites:   []string{"P6", "P27"},
		Summary: "a cover is for at most 14 days, a snooze for at most seven",
		Why: "Both are for a while. Somebody who is away for longer is no DRI, and an escalation that nobody asks about for longer is none. " +
			"The days count from the one on which the commit was written that says so.",
		Reading: "Judged with `--base` only, at the commit that writes it. No setting changes the number of days.",
		Transition: func(t *Transition) {
			for _, f := range t.newFacts() {
				most, what := longestCover, "cover"
				switch {
				case f.Of == "snooze":
					most, what = longestSnooze, "snooze"
				case !strings.HasPrefix(f.Of, "cover "):
					continue
				}
				at, committed := t.Authored(f.Fact)
				if !committed {
					continue
				}
				if last := dayOf(at).AddDate(0, 0, most); f.At.After(last) {
					t.Error(f.Field, fmt.Sprintf("this %s was written on %s and is for more than %d days", what, at.Format(time.DateOnly), most),
						"write a day until "+code("until: "+last.Format(time.DateOnly)))
				}
			}
		},
		Wrong: Example{Note: "on 20 November a commit adds a cover `until: 2026-12-24`"},
		Right: Example{Note: "on 20 November a commit adds a cover `until: 2026-12-04`"},
	}
}

// newFacts are the times that the escalation states and did not state before;
// none where no commit is judged.
func (t *Transition) newFacts() []change.Stated {
	if t.Authored == nil {
		return nil
	}
	facts := change.Facts(&t.Escalation.Escalation)
	if t.Before == nil {
		return facts
	}
	had := change.Facts(&t.Before.Escalation)
	return slices.DeleteFunc(facts, func(f change.Stated) bool {
		return slices.ContainsFunc(had, func(x change.Stated) bool { return x.Fact == f.Fact })
	})
}

// dayOf is the day of a moment in the account's region.
func (c *Pass) dayOf(at time.Time) time.Time {
	zone, err := time.LoadLocation(string(c.Tree.Policy.Regions[string(c.Account.Region)].Zone))
	if err != nil {
		zone = time.UTC
	}
	y, m, d := at.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// dayOf is the day of a moment.
func dayOf(at time.Time) time.Time { return at.UTC().Truncate(24 * time.Hour) }
