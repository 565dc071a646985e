package stale

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// dailyReminders is how many reminders of one rung of one lapse go out day by
// day; then there is one a week.
const dailyReminders = 5

// Reminders are what is to be said of what is overdue (P27): in the escalation's
// channel and its tracking issue, and never in the announcement channel. told
// returns what was told of an escalation.
//
// Each rung of each lapse is reminded of at most once on a working day, at
// critical on any day, whatever time of it and however often it is asked for: the
// day is in the key. It ends with the lapse.
func Reminders(r Report, told func(schema.ID) []notice.Notice) []notice.Notice {
	var notices []notice.Notice
	for _, lapse := range lapses(r.Items) {
		i := lapse[0]
		rung := fmt.Sprintf("%s %s %s %s %d ", i.Escalation, notice.Reminder, i.Clock, i.Since.UTC().Format(time.RFC3339), i.Rung)
		if i.Today.IsZero() || !due(rung, i.Today, told(i.Escalation)) {
			continue
		}
		n := notice.Notice{
			Key: rung + i.Today.Format(time.DateOnly), Escalation: i.Escalation, Moment: notice.Reminder, Mentions: i.Asked, Text: reminder(lapse),
		}
		for _, to := range []notice.Place{notice.Channel, notice.Tracking} {
			if n.To = to; to == notice.Channel && i.Closed {
				continue
			}
			notices = append(notices, n)
		}
	}
	// Of one escalation all together: they are one message.
	slices.SortStableFunc(notices, func(a, b notice.Notice) int { return strings.Compare(string(a.Escalation), string(b.Escalation)) })
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
func due(rung string, today schema.Date, told []notice.Notice) bool {
	var days []time.Time
	for _, n := range told {
		if day, ok := strings.CutPrefix(n.Key, rung); ok {
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

// reminder says what a lapse is about, whose turn it is, and what ends it, with a
// link to where that is done.
func reminder(lapse []Item) notice.Text {
	i := lapse[0]
	what := make([]string, len(lapse))
	for n, x := range lapse {
		what[n] = words.Line(x.What)
	}
	return notice.Text{
		notice.Paragraph(
			notice.Inline{Words: fmt.Sprintf("Overdue since %s: %s. It is the turn of ", i.zoned(), strings.Join(what, "; "))},
			notice.Inline{Words: i.Name, Person: i.Turn},
			notice.Inline{Words: fmt.Sprintf(" (%s). It ends with ", Rungs()[i.Rung])},
			notice.Inline{Words: i.Clock.Ends(), Place: notice.AtEdit},
			notice.Inline{Words: "."},
		),
		{Links: []notice.Inline{
			{Words: tree.Path(i.Escalation), Place: notice.AtFile},
			{Words: "tracking issue", Place: notice.AtTracking},
			{Words: "channel", Place: notice.AtChannel},
		}},
	}
}

// Ends says what somebody writes into the file to end what is overdue by a
// clock.
func (c Clock) Ends() string {
	switch c {
	case Channel:
		return "an update"
	case Customer:
		return "an update to the customer"
	case Standup:
		return "a standup series, under `standup`"
	case Case:
		return "the link of the case, under `links`"
	case Step:
		return "the day on which it was `done`, or a new `due` date"
	case RCA:
		return "the `url` of the analysis"
	case Criteria:
		return "a `closure`, or a criterion that is not met"
	default:
		return "somebody who takes the role"
	}
}

// Rungs are the names of the rungs of the ladder (P27); on none of them, it is
// the DRI's turn.
func Rungs() []string { return []string{"DRI", "DRI", "manager", "CSM leader"} }
