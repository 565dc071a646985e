package historyprint

import (
	"bytes"
	"errors"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/history"
	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/schema"
)

// timelineOf makes a timeline of events.
func timelineOf(events ...history.Event) iter.Seq2[history.Event, error] {
	return func(yield func(history.Event, error) bool) {
		for _, e := range events {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// No text of a file, a commit or an author does anything at a terminal or in a
// CI job, wherever lines are broken, and no line is wider than it need be (a command is taken apart by a space).
func TestLogHostile(t *testing.T) {
	t.Parallel()
	for pad := range 90 {
		evil := strings.Repeat("x", pad) + " ::error::boo ##[group]x \x1b[2J\u202e東京東京東京 word\n::set-output name=x::y"
		e := history.Event{
			At: time.Unix(0, 0), Commit: "0123456789abcdef", Author: evil, Subject: evil, Escalation: "2026/x",
			Change: "severity", From: evil, To: evil, Update: &schema.Update{Text: schema.Text(evil)},
		}
		for _, single := range []bool{true, false} {
			var b bytes.Buffer
			if err := Text(&b, Log{Events: timelineOf(e, e), Single: single}, terminal.Screen{}); err != nil {
				t.Fatal(err)
			}
			for line := range strings.SplitSeq(b.String(), "\n") {
				if text := strings.TrimSpace(line); strings.HasPrefix(text, "::") || strings.Contains(text, "##[") || strings.ContainsFunc(text, escape.Hidden) {
					t.Errorf("a line is %q", line)
				}
				if terminal.Columns(line) > terminal.Default && strings.Count(strings.TrimSpace(line), " ") > 0 && pad < 20 {
					t.Errorf("%d columns: %q", terminal.Columns(line), line)
				}
			}
		}
	}
}

// A table for a comment has room in one: its end is shown.
func TestLogMarkdownLong(t *testing.T) {
	t.Parallel()
	var events []history.Event
	for range 2000 {
		events = append(events, history.Event{Commit: "0123456789abcdef", Author: "A", Subject: "| a\n| b", Change: "summary", To: strings.Repeat("y", 50)})
	}
	events = append(events, history.Event{Change: "summary", To: "the end"})
	var b bytes.Buffer
	if err := Markdown(&b, Log{Events: timelineOf(events...)}); err != nil {
		t.Fatal(err)
	}
	if out := b.String(); len(out) > 62000 || !strings.Contains(out, "the end") || !strings.Contains(out, "earlier changes left out here") {
		t.Errorf("%d bytes: %.300s", len(out), out)
	}
}

// An error ends a timeline, behind what was told before.
func TestLogFails(t *testing.T) {
	t.Parallel()
	failed := errors.New("failed")
	events := func(yield func(history.Event, error) bool) {
		if yield(history.Event{Change: "dri", To: "jdoe"}, nil) {
			yield(history.Event{}, failed)
		}
	}
	var b bytes.Buffer
	if err := Text(&b, Log{Events: events}, terminal.Screen{}); !errors.Is(err, failed) || !strings.Contains(b.String(), "DRI jdoe") {
		t.Errorf("%v: %s", err, b.String())
	}
	if err := JSON(&b, Log{Events: events}); !errors.Is(err, failed) {
		t.Error(err)
	}
}

// What a merge lost is told with what the update said.
func TestLogLost(t *testing.T) {
	t.Parallel()
	lost := history.Event{At: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC), Commit: "0123456789abcdef", Author: "Jo", Subject: "Merge main", Escalation: "2026/x"}
	file := lost
	lost.Change, lost.From, lost.Update = history.Lost, "the update of 2026-11-20T11:30:00Z", &schema.Update{Text: "It is worse."}
	file.Change, file.From = history.Lost, "the file"
	var b bytes.Buffer
	if err := Text(&b, Log{Events: timelineOf(lost, file), Single: true}, terminal.Screen{}); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"the merge lost the update of 2026-11-20T11:30:00Z\n", "  It is worse.\n", "the merge lost the file\n"} {
		if !strings.Contains(b.String(), line) {
			t.Errorf("no %q in\n%s", line, b.String())
		}
	}
}
