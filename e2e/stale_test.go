//go:build e2e

package e2e

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/e2e/harness"
)

// remind runs escalate stale --apply as at the time of the world.
func remind(t testing.TB, w *harness.World, code int) harness.Result {
	t.Helper()
	r := w.Start(w.Clone, nil, "stale", "--apply", "--json", "--now", w.Now().Format(time.RFC3339)).Wait()
	if r.Code != code {
		t.Fatalf("want exit code %d\n%v", code, r)
	}
	return r
}

// TestDay lives through two full days of an escalation that nobody looks after,
// with a run every few hours: each rung is reminded once, in its channel and its
// issue, nobody hears of it in the announcement channel, and it ends with an
// update.
func TestDay(t *testing.T) {
	t.Parallel()
	w := newSlackWorld(t, harness.SlackOptions{})
	w.Clone.Merge("Open", map[string]string{northwindFile: northwind(t,
		edit{"case: pending", "case: https://crm.example.com/cases/5002"}, edit{"due: 2026-11-24", "due: 2026-12-24"},
		edit{"next_steps:\n", "standup: {days: [mon, tue, wed, thu, fri], time: \"10:30\", zone: Europe/Berlin, minutes: 15, link: https://meet.example.com/northwind, attendees: [jdoe]}\nnext_steps:\n"})})
	w.MustApply(0)
	announced, _ := w.Slack.Channel(harness.Announce)

	// It was opened on Friday, 20 November, and the world is at 18:00Z: all in
	// time. On Monday at 23:00Z the channel's day is over.
	w.Pass(3*24*time.Hour + 5*time.Hour) // 23:00Z, Tuesday already in Berlin
	var asked []string
	for range 16 { // from Monday, 23:00Z, to Wednesday, 20:00Z
		r := remind(t, w, 0)
		for _, o := range outcomes(t, r) {
			if o.To == "channel" && o.Do == "" {
				asked = append(asked, strings.TrimPrefix(o.Key, "2026/northwind reminder "))
			}
		}
		w.Pass(3 * time.Hour)
	}
	// When work begins on Tuesday, the channel's lapse on its first rung; on
	// Wednesday, on its second, and the customer's lapse.
	want := []string{"channel 2026-11-23T23:00:00Z 1 2026-11-24", "channel 2026-11-23T23:00:00Z 2 2026-11-25", "customer 2026-11-24T23:00:00Z 1 2026-11-25"}
	if slices.Sort(asked); !slices.Equal(asked, want) {
		t.Errorf("reminded of %q, want %q", asked, want)
	}
	c, _ := w.Slack.Channel("esc_northwind")
	reminders := slices.DeleteFunc(c.Messages, func(m harness.Message) bool { return !strings.HasPrefix(m.Text, "Overdue since") })
	if len(reminders) != 2 || !strings.Contains(reminders[0].Text, "It is the turn of Jo Doe (DRI)") || !strings.Contains(reminders[1].Text, "It is the turn of Robin King (manager)") {
		t.Errorf("the channel has %v", reminders)
	}
	if is := tracking(t, w, "2026/northwind"); len(is.Comments) != 2 {
		t.Errorf("the issue has %d reminders, want 2\n%s", len(is.Comments), shown(is))
	}
	if after, _ := w.Slack.Channel(harness.Announce); len(after.Messages) != len(announced.Messages) {
		t.Errorf("the announcement channel hears of it: %v", after)
	}
	digests := 0
	for _, i := range w.Forge.Issues() {
		if strings.HasPrefix(i.Title, "Open escalations, week 48 of 2026") {
			digests++
			contains(t, i.Body, "2026/northwind", "Northwind Traders", "1 day late", "No word to the channel and the customer since Fri 20 Nov")
		}
	}
	if digests != 1 {
		t.Errorf("there are %d digests, want 1", digests)
	}

	// An update ends it.
	mergeEdits(t, w.Clone, "update", edit{"", "  - {at: 2026-11-25T19:00:00Z, by: jdoe, to: [internal, customer], text: It is reproduced.}\n"})
	w.MustApply(0)
	if r := remind(t, w, 0); len(outcomes(t, r)) != 0 {
		t.Errorf("after an update, it reminds of %v", r)
	}
	if r := w.Escalate(w.Clone, "stale", "--now", w.Now().Format(time.RFC3339)); r.Code != 0 || !strings.Contains(r.Stdout, "nothing overdue") {
		t.Error(r)
	}
}

// TestStandups: Slack is to say something before each standup of the coming days,
// once however often it runs; it is withdrawn when the escalation is closed. The
// emulator has a clock of its own, so this is about today.
func TestStandups(t *testing.T) {
	t.Parallel()
	w := newSlackWorld(t, harness.SlackOptions{})
	now := time.Now().UTC()
	open := northwind(t, edit{"2026-11-20T09:30:00Z", now.Add(-time.Hour).Format(time.RFC3339)},
		edit{"next_steps:\n", "standup: {days: [mon, tue, wed, thu, fri, sat, sun], time: " + quoted(now.Add(6*time.Hour).Format("15:04")) + ", zone: UTC, minutes: 15, link: https://meet.example.com/northwind, attendees: [jdoe]}\nnext_steps:\n"})
	w.Clone.Merge("Open", map[string]string{northwindFile: open})
	w.MustApply(0)
	for range 2 {
		if r := w.Escalate(w.Clone, "stale", "--apply"); r.Code != 0 {
			t.Fatal(r)
		}
		said := w.Slack.Scheduled()
		if len(said) != 3 || !strings.HasPrefix(said[0], "Standup of Northwind Traders at ") { // in 6, 30 and 54 hours
			t.Fatalf("scheduled: %q", said)
		}
	}
	ended := strings.NewReplacer("2026-11-26T12:00:00Z", now.Format(time.RFC3339), "five working days\n", "five working days\n    met: "+now.Format(time.DateOnly)+"\n")
	w.Clone.Merge("Close", map[string]string{northwindFile: ended.Replace(open + closure)})
	if r := w.Escalate(w.Clone, "stale", "--apply"); r.Code != 0 || len(w.Slack.Scheduled()) != 0 {
		t.Errorf("of a closed escalation %q are scheduled\n%v", w.Slack.Scheduled(), r)
	}
}
