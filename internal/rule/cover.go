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
		Cites:   []string{"P6"},
		Summary: "a cover is for at most 14 days",
		Why: "A stand-in is there for a while: somebody who is away for longer is no DRI. " +
			"The days count from the one on which the commit was written that says so.",
		Reading:    "Judged with `--base` and in an audit only, at the commit that writes it, by days of UTC. No setting changes the number of days.",
		Transition: func(t *Transition) { t.atMost(longestCover, "cover") },
		Wrong:      Example{Note: "on 20 November a commit adds a cover `until: 2026-12-24`"},
		Right:      Example{Note: "on 20 November a commit adds a cover `until: 2026-12-04`"},
	}
}

func snoozeShort() Rule {
	return Rule{
		Name:    "snooze-short",
		Cites:   []string{"P27"},
		Summary: "a snooze is for at most seven days",
		Why: "A customer who hears nothing for longer is one whom nobody looks after. " +
			"The days count as those of a cover do.",
		Reading:    "Judged with `--base` and in an audit only, at the commit that writes it, by days of UTC. No setting changes the number of days.",
		Transition: func(t *Transition) { t.atMost(longestSnooze, "snooze") },
		Wrong:      Example{Note: "on 20 November a commit adds a snooze `until: 2026-12-04`"},
		Right:      Example{Note: "on 20 November a commit adds a snooze `until: 2026-11-27`"},
	}
}

// atMost judges that what is put off is so for at most some days from the commit
// that writes it.
func (t *Transition) atMost(days int, what string) {
	for _, f := range t.newFacts() {
		if of, _, _ := strings.Cut(f.Of, " "); of != what {
			continue
		}
		at, committed := t.Authored(f.Fact)
		if !committed {
			continue
		}
		if last := dayOf(at).AddDate(0, 0, days); f.At.After(last) {
			t.Error(f.Field, fmt.Sprintf("this %s was written on %s and is for more than %d days", what, at.UTC().Format(time.DateOnly), days),
				"write "+code("until: "+last.Format(time.DateOnly))+", or an earlier day")
		}
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
	had := map[change.Fact]bool{}
	for _, f := range change.Facts(&t.Before.Escalation) {
		had[f.Fact] = true
	}
	return slices.DeleteFunc(facts, func(f change.Stated) bool { return had[f.Fact] })
}

// dayOf is the day of a moment in the account's region.
func (c *Pass) dayOf(at time.Time) time.Time {
	y, m, d := at.In(c.zone()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// zone is that of the account's region, and UTC where it is not known.
func (c *Pass) zone() *time.Location {
	if zone := c.local(); zone != nil {
		return zone
	}
	return time.UTC
}

// dayOf is the day of a moment.
func dayOf(at time.Time) time.Time { return at.UTC().Truncate(24 * time.Hour) }
