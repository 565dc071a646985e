package stale_test

import (
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/schema"
)

// What is due with a day is said as that day, and never as the midnight after.
func TestWhen(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	midnight := time.Date(2026, 11, 28, 0, 0, 0, 0, berlin)
	evening := time.Date(2026, 11, 27, 17, 0, 0, 0, berlin)
	for _, tt := range []struct {
		name string
		item stale.Item
		want string
	}{
		{"due with a day", stale.Item{State: stale.Due, Clock: stale.Step, Due: midnight}, "Fri 27 Nov"},
		{"overdue since a day", stale.Item{State: stale.Overdue, Clock: stale.Step, Due: evening, Since: midnight}, "Fri 27 Nov"},
		{"due at a time", stale.Item{State: stale.Due, Clock: stale.Channel, Due: evening}, "Fri 27 Nov 17:00"},
		{"overdue since a time", stale.Item{State: stale.Overdue, Clock: stale.Channel, Due: midnight, Since: evening}, "Fri 27 Nov 17:00"},
		{"a snooze ends where the day begins", stale.Item{State: stale.Due, Clock: stale.Snooze, Due: midnight}, "Sat 28 Nov"},
	} {
		if got := tt.item.When(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	jo := stale.Person{Handle: "jdoe", Name: "Jo Doe", As: "DRI"}
	for since, want := range map[time.Time]string{midnight: "Overdue since Fri 27 Nov: ", evening: "Overdue since Fri 27 Nov 17:00 CET: "} {
		i := stale.Item{
			Escalation: "2026/northwind", Clock: stale.Step, State: stale.Overdue, Since: since, Rung: 1, Turn: jo, Asked: []stale.Person{jo}, What: "a step",
			Today: schema.Date{Time: time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)},
		}
		notices := stale.Reminders(stale.Report{Items: []stale.Item{i}}, func(schema.ID) []notice.Notice { return nil }, inChannel)
		if len(notices) < 2 || !strings.HasPrefix(notices[1].Text.Plain(), want) {
			t.Errorf("%+v, want %q", notices, want)
		}
		// It is still what it is about on a higher rung, and not once that has ended, or
		// where the ledger has a rung that nobody has reached.
		told := notices[1]
		for _, tt := range []struct {
			is     string
			change func(*stale.Item)
			want   bool
		}{
			{"as it was", func(*stale.Item) {}, true},
			{"on a higher rung", func(i *stale.Item) { i.Rung = 3 }, true},
			{"on a lower one", func(i *stale.Item) { i.Rung = 0 }, false},
			{"due", func(i *stale.Item) { i.State = stale.Due }, false},
			{"another lapse", func(i *stale.Item) { i.Since = i.Since.Add(time.Hour) }, false},
			{"another clock", func(i *stale.Item) { i.Clock = stale.Channel }, false},
			{"another escalation", func(i *stale.Item) { i.Escalation = "2026/other" }, false},
		} {
			now := i
			tt.change(&now)
			if got, err := (stale.Report{Items: []stale.Item{now}}).Still(told); got != tt.want || err != nil {
				t.Errorf("%s: %t, %v", tt.is, got, err)
			}
		}
	}
}
