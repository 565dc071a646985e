package stale_test

import (
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// What is said before the standups of the coming days (P20), by the clocks of the
// standup's zone: Berlin's jump forward on 29 March 2026, and back on 25 October.
func TestCalls(t *testing.T) {
	t.Parallel()
	check, people, base := newChecker(t), read(t, tree.PeoplePath), read(t, northwind)
	const standup = "standup: {days: [mon, fri, sun], time: '10:30', zone: Europe/Berlin, minutes: 15, link: https://meet.example.com/n, attendees: [jdoe]}\n"
	const closure = "closure: {at: 2026-12-03T10:00:00Z, by: jdoe, resolution: resolved, outcome: positive, exit_criteria_met: false, why_not: Enough, summary: Split, agreement: 'https://docs.example.com/agreed', sentiment: red}\n"
	for _, c := range []struct{ name, file, from, to, want string }{
		{"a week", base + standup, "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z", "2026-11-23T09:20 2026-11-27T09:20 2026-11-29T09:20"},
		{"in ten minutes", base + standup, "2026-11-23T09:19:59Z", "2026-11-23T10:00:00Z", "2026-11-23T09:20"},
		{"too late for that", base + standup, "2026-11-23T09:20:00Z", "2026-11-23T10:00:00Z", ""},
		{"summer time begins", base + standup, "2026-03-27T00:00:00Z", "2026-03-31T00:00:00Z", "2026-03-27T09:20 2026-03-29T08:20 2026-03-30T08:20"},
		{"summer time ends", base + standup, "2026-10-23T00:00:00Z", "2026-10-27T00:00:00Z", "2026-10-23T08:20 2026-10-25T09:20 2026-10-26T09:20"},
		{"the day before in UTC", base + strings.NewReplacer("10:30", "00:05", "Europe/Berlin", "Asia/Tokyo").Replace(standup), "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z", "2026-11-22T14:55"},
		{"none", base, "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z", ""},
		{"closed", base + standup + closure, "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z", ""},
	} {
		from, _ := time.Parse(time.RFC3339, c.from)
		to, _ := time.Parse(time.RFC3339, c.to)
		var got []string
		for _, call := range stale.Calls(open(t, check, people, "", c.file), from, to) {
			got = append(got, call.At.Format("2006-01-02T15:04"))
			if text := call.Text.Plain(); !strings.HasPrefix(text, "Standup of Northwind Traders at ") || !strings.Contains(text, "https://meet.example.com/n\n\nCase: https://crm.example.com/cases/5002\nMeeting notes: https://docs") {
				t.Errorf("%s: it says %q", c.name, text)
			}
		}
		if got := strings.Join(got, " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// A standup on Monday at 10:00 in Tokyo or Sydney is called, though it is Sunday in
// UTC and the last run before the weekend was on Friday evening; so is one on each
// day of the week if a run is left out for a day.
func TestScheduledAhead(t *testing.T) {
	t.Parallel()
	check, people, base := newChecker(t), read(t, tree.PeoplePath), read(t, northwind)
	friday := time.Date(2026, 11, 27, 16, 17, 0, 0, time.UTC)
	for zone, want := range map[string]string{
		"Asia/Tokyo":          "2026-11-30T00:50",
		"Australia/Sydney":    "2026-11-29T22:50",
		"America/Los_Angeles": "", // on Monday, 17:50Z: a run of Saturday calls it
	} {
		file := base + "standup: {days: [mon], time: '10:00', zone: " + zone + ", link: https://meet.example.com/n, attendees: [jdoe]}\n"
		tr := open(t, check, people, "", file)
		var got []string
		for _, call := range stale.Calls(tr, friday, friday.Add(stale.Scheduled)) {
			got = append(got, call.At.Format("2006-01-02T15:04"))
		}
		if got := strings.Join(got, " "); got != want {
			t.Errorf("%s: %q, want %q", zone, got, want)
		}
		if again := stale.Calls(tr, friday.AddDate(0, 0, 1), friday.AddDate(0, 0, 1).Add(stale.Scheduled)); len(again) != 1 {
			t.Errorf("%s: a day later it is called %d times", zone, len(again))
		}
	}
}

// Standups rarer than the customer is to hear are advised against, and nobody is asked
// (P19): one on each working day at critical, three a week at high, one at medium.
func TestRareStandups(t *testing.T) {
	t.Parallel()
	check, people, base := newChecker(t), read(t, tree.PeoplePath), read(t, northwind)
	for _, c := range []struct{ severity, days, want string }{
		{"critical", "mon, tue, wed, thu", "the standup is on 4 days a week, at critical it is to be on 5"},
		{"critical", "mon, tue, wed, thu, fri", ""},
		{"high", "mon, thu", "the standup is on 2 days a week, at high it is to be on 3"},
		{"high", "mon, wed, fri", ""},
		{"medium", "thu", ""},
		{"low", "thu", ""},
	} {
		file := strings.Replace(base, "severity: high", "severity: "+c.severity, 1) +
			"standup: {days: [" + c.days + "], time: '10:30', zone: Europe/Berlin, link: https://meet.example.com/n, attendees: [jdoe, mlee]}\n"
		got := ""
		for _, i := range stale.Check(open(t, check, people, "", file), time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), nil).Items {
			if i.Clock == stale.Standup {
				got = i.What
				if i.State != stale.Advisory || !i.Since.IsZero() || i.Rung != 0 {
					t.Errorf("%s, %s: somebody is asked: %+v", c.severity, c.days, i)
				}
			}
		}
		if got != c.want {
			t.Errorf("%s, %s: %q, want %q", c.severity, c.days, got, c.want)
		}
	}
}
