//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// shownEvent is an event as another program reads it.
type shownEvent struct {
	UID, Summary, Description, Location, URL string
	Minutes                                  int
	Day                                      bool
	Attendees, Alarms, Occurrences           []string
}

// calendar runs escalate calendar on a tree and reads what it prints with ical.js.
func calendar(t *testing.T, root, until string, args ...string) map[string]shownEvent {
	t.Helper()
	out, code := output(t, exec.Command(binary, append([]string{"calendar", "--dir", root}, args...)...))
	if code != 0 {
		t.Fatalf("escalate calendar: exit code %d", code)
	}
	file := filepath.Join(t.TempDir(), "escalations.ics")
	if err := os.WriteFile(file, out, 0o644); err != nil {
		t.Fatal(err)
	}
	out, code = output(t, exec.Command("node", "ical.mjs", file, until))
	var shown []shownEvent
	if err := json.Unmarshal(out, &shown); err != nil || code != 0 {
		t.Fatalf("ical.mjs: exit code %d, %v", code, err)
	}
	events := map[string]shownEvent{}
	for _, e := range shown {
		events[e.UID] = e
	}
	return events
}

const calendarFile = "testdata/agree/right/high-with-product-dri.yaml"

// TestStandupTimes holds the standups that ical.js makes of the calendar, by the
// time zones that are described there, against Go's own clocks: over two years, in
// which the clocks change in each of the zones' own ways, or never.
func TestStandupTimes(t *testing.T) {
	t.Parallel()
	zones := []string{"Europe/Berlin", "America/New_York", "Asia/Kolkata", "America/Santiago", "Australia/Sydney", "Africa/Casablanca", "Asia/Jerusalem", "Etc/UTC", "UTC"}
	opened := time.Date(2026, 1, 5, 9, 30, 0, 0, time.UTC)
	until := time.Date(2028, 1, 5, 0, 0, 0, 0, time.UTC)
	tree := map[string]string{"escalations/people.yaml": readFile(t, "testdata/agree/people.yaml")}
	for i, zone := range zones {
		file := strings.Replace(readFile(t, calendarFile), "2026-11-20T09:30:00Z", opened.Format(time.RFC3339), 1)
		tree[fmt.Sprintf("escalations/2026/zone-%d.yaml", i)] = file +
			"\nstandup: {days: [mon, thu, sun], time: '08:45', zone: " + zone + ", link: 'https://meet.example.com/n', attendees: [jdoe]}\n"
	}
	events := calendar(t, newTree(t, tree), until.Format(time.RFC3339), "--now", "2026-01-05T12:00:00Z")
	for i, name := range zones {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for day := range 1000 {
			at := time.Date(2026, 1, 5+day, 8, 45, 0, 0, zone)
			if slices.Contains([]time.Weekday{time.Monday, time.Thursday, time.Sunday}, at.Weekday()) && !at.Before(opened) && at.Before(until) {
				want = append(want, at.UTC().Format(time.RFC3339))
			}
		}
		e := events[fmt.Sprintf("standup-2026-zone-%d@escalate", i)]
		if e.Minutes != 15 || !slices.Equal(e.Alarms, []string{"-PT10M"}) {
			t.Errorf("%s: %+v", name, e)
		}
		if !slices.Equal(e.Occurrences, want) {
			n := 0
			for n < min(len(want), len(e.Occurrences)) && want[n] == e.Occurrences[n] {
				n++
			}
			t.Errorf("%s: there are %d standups, want %d, and they differ from the %dth on: %v, want %v", name, len(e.Occurrences), len(want), n+1,
				e.Occurrences[n:min(n+3, len(e.Occurrences))], want[n:min(n+3, len(want))])
		}
	}
}

// TestCalendarText holds what another program shows against what stands in the
// files, whatever that is.
func TestCalendarText(t *testing.T) {
	t.Parallel()
	hostile := strings.NewReplacer("step: Load test with the customer", `step: "Call\\n;,: them\r\nEND:VEVENT\u202E"`).Replace(readFile(t, calendarFile)) +
		"\nstandup: {days: [mon], time: '08:45', zone: Europe/Berlin, link: 'https://meet.example.com/a;b,c?d=\"e\"', attendees: [jdoe]}\n"
	tree := map[string]string{
		"escalations/people.yaml":       strings.Replace(readFile(t, "testdata/agree/people.yaml"), "name: Jo Doe", `name: "Doe, Jo; O'Neil: \"x\""`, 1),
		"escalations/2026/hostile.yaml": hostile,
	}
	events := calendar(t, newTree(t, tree), "2100-01-01T00:00:00Z", "--now", "2026-11-20T12:00:00Z", "--person", "jdoe")
	standup := events["standup-2026-hostile@escalate"]
	if standup.Location != `https://meet.example.com/a;b,c?d="e"` || standup.URL != "https://meet.example.com/a;b,c?d=%22e%22" {
		t.Errorf("%+v", standup)
	}
	if want := []string{"Doe, Jo; O'Neil: 'x' <mailto:jo@example.com>"}; !slices.Equal(standup.Attendees, want) {
		t.Errorf("who comes is %q, want %q", standup.Attendees, want)
	}
	seen := false
	for uid, e := range events {
		if strings.HasPrefix(uid, "due-step-") {
			seen = true
			if want := `step of Doe, Jo; O'Neil: "x": Call\n;,: them END:VEVENT<U+202E>`; !strings.HasSuffix(e.Summary, want) || !e.Day {
				t.Errorf("the step is %q, want %q", e.Summary, want)
			}
		}
	}
	if !seen {
		t.Errorf("there is no step: %v", events)
	}
}
