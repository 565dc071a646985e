package stale

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// dailyReminders is how many reminders of one rung of one lapse go out day by
// day; then there is one a week.
const dailyReminders = 5

// Reminders are what is to be said of what is overdue (P27): in the escalation's
// channel and its tracking issue, and never in the announcement channel. told
// returns the keys of what was told of an escalation.
//
// Each rung of each lapse is reminded of at most once on a working day, at
// critical on any day, whatever time of it and however often it is asked for: the
// day is in the key. It ends with the lapse.
func Reminders(r Report, told func(schema.ID) []string) []plan.Notice {
	var notices []plan.Notice
	for _, lapse := range lapses(r.Items) {
		i := lapse[0]
		rung := fmt.Sprintf("%s %s %s %s %d ", i.Escalation, plan.Reminder, i.Clock, i.Since.UTC().Format(time.RFC3339), i.Rung)
		if i.Today.IsZero() || !due(rung, i.Today, told(i.Escalation)) {
			continue
		}
		n := plan.Notice{
			Key: rung + i.Today.Format(time.DateOnly), Escalation: i.Escalation, Moment: plan.Reminder, Mentions: i.Asked, Text: reminder(lapse),
		}
		for _, to := range []plan.Place{plan.Channel, plan.Tracking} {
			if n.To = to; to == plan.Channel && i.Closed {
				continue
			}
			notices = append(notices, n)
		}
	}
	// Of one escalation all together: they are one message.
	slices.SortStableFunc(notices, func(a, b plan.Notice) int { return strings.Compare(string(a.Escalation), string(b.Escalation)) })
	return notices
}

// lapses are the overdue items, those together that are one lapse: several steps
// may be late since the same moment.
func lapses(items []Item) [][]Item {
	type lapse struct {
		escalation schema.ID
		clock      Clock
		since      int64
	}
	var all [][]Item
	at := map[lapse]int{}
	for _, i := range items {
		if i.State != Overdue {
			continue
		}
		l := lapse{i.Escalation, i.Clock, i.Since.Unix()}
		n, known := at[l]
		if !known {
			n = len(all)
			at[l] = n
			all = append(all, nil)
		}
		all[n] = append(all[n], i)
	}
	return all
}

// due reports whether a rung is to be reminded today, by the days on which it
// was.
func due(rung string, today schema.Date, told []string) bool {
	var days []time.Time
	for _, key := range told {
		if day, ok := strings.CutPrefix(key, rung); ok {
			if d, err := time.Parse(time.DateOnly, day); err == nil {
				days = append(days, d)
			}
		}
	}
	slices.SortFunc(days, time.Time.Compare)
	days = slices.Compact(days)
	if len(days) == 0 {
		return true
	}
	last := days[len(days)-1]
	if len(days) < dailyReminders {
		return today.After(last)
	}
	return !today.Before(last.AddDate(0, 0, 7))
}

// reminder says what a lapse is about, in one line.
func reminder(lapse []Item) string {
	i := lapse[0]
	what := make([]string, len(lapse))
	for n, x := range lapse {
		what[n] = words.Line(x.What)
	}
	return fmt.Sprintf("Overdue since %s: %s. It is the turn of %s (%s).",
		i.zoned(), strings.Join(what, "; "), i.Name, Rungs()[i.Rung])
}

// Rungs are the names of the rungs of the ladder (P27); on none of them, it is
// the DRI's turn.
func Rungs() []string { return []string{"DRI", "DRI", "manager", "CSM leader"} }
