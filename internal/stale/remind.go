package stale

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// dailyReminders is how many reminders of one rung of one lapse go out day by
// day; then there is one a week.
const dailyReminders = 5

// Reminders are what is to be said of what is overdue (P27), and of what is so
// before the day is over (P25, P26): in the escalation's channel and its tracking
// issue, and never in the announcement channel. told returns what was told of an
// escalation, reached the place in which somebody is mentioned: each person is
// mentioned in one, and invited to the channel where it is that one.
//
// Each rung of each lapse is reminded of at most once on a working day, at
// critical on any day, whatever time of it and however often it is asked for: the
// day is in the key. It ends with the lapse.
func Reminders(r Report, told func(schema.ID) []notice.Notice, reached func(schema.Handle) notice.Place) []notice.Notice {
	var notices []notice.Notice
	for _, lapse := range lapses(r.Items) {
		i := lapse[0]
		rung := fmt.Sprintf("%s%d ", lapseKey(i), i.Rung)
		if i.Today.IsZero() || len(i.Asked) == 0 || !due(rung, i, told(i.Escalation)) {
			continue
		}
		n := notice.Notice{Key: rung + i.Today.Format(time.DateOnly), Escalation: i.Escalation, Moment: notice.Reminder, Text: reminder(lapse)}
		places := []notice.Place{notice.Channel, notice.Tracking}
		switch {
		case i.Change != 0: // there is no other place yet
			places = []notice.Place{notice.Proposal}
		case i.Closed: // its channel is archived
			places = places[1:]
		}
		for _, n.To = range places {
			n.Mentions = nil
			for _, h := range mentioned(lapse) {
				if len(places) == 1 || reached(h) == n.To {
					n.Mentions = append(n.Mentions, h)
				}
			}
			notices = append(notices, n)
		}
	}
	// Of one escalation all together: they are one message.
	slices.SortStableFunc(notices, func(a, b notice.Notice) int { return strings.Compare(string(a.Escalation), string(b.Escalation)) })
	return invited(notices, told)
}

// Still reports whether a reminder is about a lapse that has not ended, or a higher
// rung of it. It fails of a proposal that was not seen among those that are open, where
// not all could be.
func (r Report) Still(n notice.Notice) (bool, error) {
	is := slices.ContainsFunc(r.Items, func(i Item) bool {
		if i.Escalation != n.Escalation || i.State != Overdue && !i.Nudge {
			return false
		}
		rest, is := strings.CutPrefix(n.Key, lapseKey(i))
		rung, _, _ := strings.Cut(rest, " ")
		reached, err := strconv.Atoi(rung)
		return is && err == nil && reached <= i.Rung
	})
	if !is && n.To == notice.Proposal {
		return false, r.Unlisted
	}
	return is, nil
}

// lapseKey is what the keys of all reminders of a lapse begin with.
func lapseKey(i Item) string {
	if i.Change != 0 {
		return fmt.Sprintf("%s %s ", notice.Unmerged(i.Escalation, i.Change), i.at().UTC().Format(time.RFC3339))
	}
	return fmt.Sprintf("%s %s %s %s ", i.Escalation, notice.Reminder, i.Clock, i.at().UTC().Format(time.RFC3339))
}

// mentioned are all who are asked about a lapse, each once.
func mentioned(lapse []Item) []schema.Handle {
	var all []schema.Handle
	for _, i := range lapse {
		all = append(all, i.Handles()...)
	}
	return process.Each(all)
}

// invited puts before the reminders of each escalation the invitation of those
// whom they mention in its channel and whom nobody has invited yet (P28).
func invited(notices []notice.Notice, told func(schema.ID) []notice.Notice) []notice.Notice {
	var all []notice.Notice
	for len(notices) > 0 {
		first := notices[0]
		n := slices.IndexFunc(notices, func(n notice.Notice) bool { return n.Escalation != first.Escalation })
		if n < 0 {
			n = len(notices)
		}
		var come []schema.Handle
		for _, r := range notices[:n] {
			if r.To == notice.Channel {
				come = append(come, r.Mentions...)
			}
		}
		come = slices.DeleteFunc(process.Each(come), func(h schema.Handle) bool {
			return slices.ContainsFunc(told(first.Escalation), func(n notice.Notice) bool {
				return n.Do == notice.Invite && n.State != notice.Void && slices.Contains(n.Mentions, h)
			})
		})
		if len(come) > 0 {
			all = append(all, notice.Notice{Key: first.Key, Escalation: first.Escalation, Moment: notice.Reminder, Do: notice.Invite, To: notice.Channel, Mentions: come})
		}
		all = append(all, notices[:n]...)
		notices = notices[n:]
	}
	return all
}

// lapses are the items about which somebody is asked, those together that are one
// lapse: several steps may be late since the same moment. Where a snooze is over and
// the customer waits, it is the customer who is spoken of.
func lapses(items []Item) [][]Item {
	type lapse struct {
		escalation schema.ID
		clock      Clock
		since      int64
		change     int
	}
	var all [][]Item
	at := map[lapse]int{}
	waits := map[schema.ID]bool{}
	for _, i := range items {
		if i.Clock == Customer && i.State == Overdue {
			waits[i.Escalation] = true
		}
	}
	for _, i := range items {
		if i.State != Overdue && !i.Nudge || i.Clock == Snooze && waits[i.Escalation] {
			continue
		}
		l := lapse{i.Escalation, i.Clock, i.at().Unix(), i.Change}
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
// was. What is not overdue is asked about once.
func due(rung string, i Item, told []notice.Notice) bool {
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
	switch {
	case i.Nudge:
		return false
	case len(days) < dailyReminders:
		return i.Today.After(last)
	default:
		return !i.Today.Before(last.AddDate(0, 0, 7))
	}
}

// reminder says what a lapse is about, whose turn it is, and what ends it, with a
// link to where that is done.
func reminder(lapse []Item) notice.Text {
	i := lapse[0]
	what := make([]string, len(lapse))
	var asked []Person
	for n, x := range lapse {
		what[n] = words.Line(x.What)
		asked = append(asked, x.Asked...)
	}
	said := "Overdue since " + i.zoned()
	if i.Nudge {
		said = "Due by " + i.zoned()
	}
	line := notice.Line{{Words: said + ": " + strings.Join(what, "; ") + ". It is the turn of "}, {Words: i.Turn.Name, Person: i.Turn.Handle}, {Words: " (" + i.Turn.As + ")"}}
	var beside []Person
	for _, p := range asked {
		if p.Handle != i.Turn.Handle && !slices.ContainsFunc(beside, func(x Person) bool { return x.Handle == p.Handle }) {
			beside = append(beside, p)
		}
	}
	for n, p := range beside {
		before := ", "
		switch {
		case n == 0:
			before = ", with "
		case n == len(beside)-1:
			before = " and "
		}
		line = append(line, notice.Inline{Words: before}, notice.Inline{Words: p.Name, Person: p.Handle}, notice.Inline{Words: " (" + p.As + ")"})
	}
	if i.Change != 0 {
		return notice.Text{notice.Paragraph(append(line, notice.Inline{Words: ". It ends with " + i.Clock.Ends() + "."})...)}
	}
	line = append(line, notice.Inline{Words: ". It ends with "}, notice.Inline{Words: i.Clock.Ends(), Place: notice.AtEdit}, notice.Inline{Words: "."})
	return notice.Text{
		notice.Paragraph(line...),
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
	case Path:
		return "a next step with an owner and a date"
	case CSE:
		return "the CSE, under `account`"
	case ProductDRI:
		return "the Product DRI, under `product`"
	case Proposed:
		return "its merge or its closing"
	case Snooze:
		return "an update to the customer, or without the `snooze`"
	case Cover:
		return "a file without the `cover`"
	default:
		return "somebody who takes the role"
	}
}
