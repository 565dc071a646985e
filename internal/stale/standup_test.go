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
