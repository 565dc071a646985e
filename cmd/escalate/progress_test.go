package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/internal/terminal"
)

// progressOver is what a run says that delivers so many messages, each of which
// takes so long.
func progressOver(messages int, each time.Duration, atTerminal bool) string {
	var said bytes.Buffer
	now := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	say := progressOf(environment{
		stderr: &said, now: func() time.Time { return now }, progress: atTerminal, screen: terminal.Screen{Width: 40},
	})
	for i := range messages {
		n := notice.Notice{Key: fmt.Sprintf("2026/northwind update %d", i), To: notice.Channel, Via: "slack"}
		say(outbox.Progress{Done: i, All: messages, Next: notice.Message{n}})
		now = now.Add(each)
	}
	say(outbox.Progress{Done: messages, All: messages})
	return said.String()
}

// At a terminal no word of an error is broken at the edge; elsewhere an error is a line, for
// whoever looks for it.
func TestErrorsFit(t *testing.T) {
	t.Parallel()
	for _, atTerminal := range []bool{true, false} {
		var said bytes.Buffer
		env := environment{stdout: &said, stderr: &said, getenv: func(string) string { return "" }, progress: atTerminal, screen: terminal.Screen{Width: 60}}
		if code := run(t.Context(), []string{"lint", "--json", "--format", "a format of which nobody has ever heard, so that it takes more than a line"}, env); code != exitUsage {
			t.Errorf("exit %d", code)
		}
		lines := strings.Split(strings.TrimRight(said.String(), "\n"), "\n")
		if long := slices.ContainsFunc(lines, func(l string) bool { return terminal.Columns(l) > 60 }); long == atTerminal || !atTerminal && len(lines) != 2 {
			t.Errorf("at a terminal: %v:\n%s", atTerminal, said.String())
		}
	}
}

// A log has a line every thirty seconds, which says how far the run is and what
// comes next. What is done sooner says nothing.
func TestProgressInLog(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		messages int
		each     time.Duration
		want     string
	}{
		{29, time.Second, ""},
		{100, time.Second, "escalate: 30 of 100 delivered; next: 2026/northwind update 30 in channel by slack\n" +
			"escalate: 60 of 100 delivered; next: 2026/northwind update 60 in channel by slack\n" +
			"escalate: 90 of 100 delivered; next: 2026/northwind update 90 in channel by slack\n"},
		{2, time.Minute, "escalate: 1 of 2 delivered; next: 2026/northwind update 1 in channel by slack\n"},
	} {
		if got := progressOver(c.messages, c.each, false); got != c.want {
			t.Errorf("%d messages of %s each: said\n%q, want\n%q", c.messages, c.each, got, c.want)
		}
	}
}

// A terminal has one line, which fits, is always the newest and is gone at the
// end.
func TestProgressAtTerminal(t *testing.T) {
	t.Parallel()
	const gone = "\r\x1b[K"
	got := progressOver(100, 10*time.Millisecond, true)
	if !strings.HasSuffix(got, gone) || strings.Contains(got, "\n") {
		t.Errorf("the line stays: %q", got)
	}
	lines := strings.Split(strings.TrimSuffix(strings.TrimPrefix(got, gone), gone), gone)
	if len(lines) != 9 || !strings.HasPrefix(lines[0], "10 of 100 delivered") || !strings.HasPrefix(lines[8], "90 of 100 delivered") {
		t.Errorf("in a second it says %q", lines)
	}
	for _, l := range lines {
		if terminal.Columns(l) > 39 {
			t.Errorf("%q does not fit", l)
		}
	}
	if got := progressOver(9, 10*time.Millisecond, true); got != "" {
		t.Errorf("what is quickly done says %q", got)
	}
}

// A run that waits for another says for which, whatever that calls itself.
func TestProgressWhileWaiting(t *testing.T) {
	t.Parallel()
	if got, want := progressLine(outbox.Progress{All: 3, Waiting: "github-7\x1b[2J"}), "waiting for the run github-7"; !strings.HasPrefix(got, want) || strings.Contains(got, "\x1b") {
		t.Errorf("said %q", got)
	}
}
