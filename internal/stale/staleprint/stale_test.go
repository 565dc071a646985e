package staleprint_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/markdown"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/stale/staleprint"
	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/schema"
)

var update = flag.Bool("update", false, "write the golden files")

var now = time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)

// sample has an item of each state, with names that are long or wide.
func sample() stale.Report {
	midnight := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	return stale.Report{
		Now: now,
		Open: []stale.Standing{
			{Escalation: "2026/northwind", Customer: "Northwind Traders", Severity: schema.High, DRI: "Jo Doe"},
			{Escalation: "2026/tsukimori", Customer: "月森精機 | Tsukimori", Severity: schema.Medium, DRI: "清水 春香"},
		},
		Items: []stale.Item{
			{
				Escalation: "2026/northwind", Severity: schema.High, Clock: stale.Step, State: stale.Overdue, Due: midnight, Since: midnight,
				Rung: 2, Turn: "rking", Name: "Robin King", What: "a step of Jo Doe: Load test with the customer, all of it, on the staging machines", Late: 17 * time.Hour,
			},
			{
				Escalation: "2026/a-customer-with-a-name-that-is-longer-than-its-column", Severity: schema.Critical, Clock: stale.Channel, State: stale.Overdue,
				Due: now.Add(-2 * time.Hour), Since: now.Add(-90 * time.Minute), Rung: 1, Turn: "jdoe", Name: "Jo Doe", What: "the channel has heard nothing since Thu 26 Nov 07:30",
			},
			{
				Escalation: "2026/tsukimori", Severity: schema.Medium, Clock: stale.Customer, State: stale.Due, Due: now.Add(50 * time.Hour),
				Turn: "hshimizu", Name: "清水 春香", What: "月森精機 has heard nothing since Fri 20 Nov 10:30",
			},
			{
				Escalation: "2026/tsukimori", Severity: schema.Medium, Clock: stale.Channel, State: stale.Advisory, Due: now.Add(-26 * time.Hour),
				Turn: "hshimizu", Name: "清水 春香", What: "the channel has heard nothing since Fri 20 Nov 10:30",
			},
		},
		Snoozed: []schema.ID{"2026/tsukimori"},
		Unread:  []stale.Unread{{Escalation: "2026/fabrikam", Why: "its file has errors: `escalate lint` says which"}},
	}
}

func text(t *testing.T, r stale.Report, width int) string {
	t.Helper()
	var b bytes.Buffer
	if err := staleprint.Text(&b, r, terminal.Screen{Width: width}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	t.Parallel()
	got := map[string]string{}
	for _, width := range []int{60, 80, 200} {
		got[fmt.Sprintf("text-%d", width)] = text(t, sample(), width)
	}
	var b bytes.Buffer
	if err := staleprint.Markdown(&b, sample()); err != nil {
		t.Fatal(err)
	}
	title, digest := staleprint.Digest(sample())
	got["markdown"], got["digest"] = b.String(), title+"\n\n"+digest
	for name, got := range got {
		file := filepath.Join("testdata", name+".golden")
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s differs; go test -update writes it. Got:\n%s", file, got)
		}
	}
}

func TestFits(t *testing.T) {
	t.Parallel()
	for width := terminal.Narrowest; width <= terminal.Widest; width++ {
		for line := range strings.Lines(text(t, sample(), width)) {
			line = strings.TrimSuffix(line, "\n")
			if terminal.Columns(line) > width && len(strings.Fields(line)) > 1 {
				t.Errorf("%d columns of %d: %q", terminal.Columns(line), width, line)
			}
		}
	}
}

// What somebody wrote into a file does nothing at a terminal.
func TestHostile(t *testing.T) {
	t.Parallel()
	const evil = "::error::x\n::set-output name=a::b ##[group]x \x1b[31m \u202e"
	r := sample()
	for i := range r.Items {
		r.Items[i].What, r.Items[i].Name = evil, evil
	}
	r.Unread[0].Why = evil
	for _, width := range []int{40, 60, 200} {
		for line := range strings.Lines(text(t, r, width)) {
			line = strings.TrimSpace(line)
			if strings.HasPrefix(line, "::") || strings.Contains(line, "##[") || strings.ContainsFunc(line, escape.Hidden) {
				t.Errorf("at %d a line is %q", width, line)
			}
		}
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := staleprint.JSON(&b, sample()); err != nil {
		t.Fatal(err)
	}
	var out struct {
		Now    string
		Items  []struct{ Escalation, Clock, State, Due, Since, Turn string }
		Unread []struct{ Escalation, Why string }
	}
	if err := json.Unmarshal(b.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	if out.Now != "2026-11-27T09:00:00Z" || len(out.Items) != 4 || len(out.Unread) != 1 || out.Unread[0].Escalation != "2026/fabrikam" {
		t.Errorf("got %s", &b)
	}
	if i := out.Items[0]; i.Due != "2026-11-25T00:00:00Z" || i.Since != i.Due || i.Turn != "rking" {
		t.Errorf("got %+v", i)
	}
	if i := out.Items[2]; i.Since != "" {
		t.Errorf("since %q what is in time", i.Since)
	}
	b.Reset()
	if err := staleprint.JSON(&b, stale.Report{}); err != nil || !strings.Contains(b.String(), `"items": []`) || !strings.Contains(b.String(), `"unread": []`) {
		t.Errorf("of nothing: %s, %v", &b, err)
	}
}

// A digest has room in an issue, and says which escalations have none in it.
func TestDigestIsBounded(t *testing.T) {
	t.Parallel()
	r := stale.Report{Now: now}
	for i := range 2000 {
		r.Open = append(r.Open, stale.Standing{Escalation: schema.ID(fmt.Sprintf("2026/customer-%04d", i)), Customer: "Northwind Traders", Severity: schema.High, DRI: "Jo Doe"})
	}
	_, text := staleprint.Digest(r)
	if n := utf8.RuneCountInString(text); n > markdown.MaxComment {
		t.Errorf("%d characters", n)
	}
	if !strings.Contains(text, "`escalate stale` shows it") || !strings.Contains(text, "- high of `2026/customer-") {
		t.Errorf("what is left out is not named: …%s", text[len(text)-300:])
	}
}
