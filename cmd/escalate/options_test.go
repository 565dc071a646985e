package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/git/gittest"
	"github.com/escalations-as-code/escalate/internal/session"
)

// A command is its options: it runs without a command line.
func TestRunOptions(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	if err := os.CopyFS(r.Dir, fixture.FS()); err != nil {
		t.Fatal(err)
	}
	r.Commit("Open Northwind")
	var out bytes.Buffer
	env := environment{
		stdout: &out, stderr: io.Discard, getenv: func(string) string { return "" },
		now: func() time.Time { return time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC) },
	}
	opts := &options{dir: r.Dir}
	plan := planOptions{options: opts, env: env, base: "HEAD", format: "text"}
	if err := runPlan(t.Context(), plan); err != nil || !strings.Contains(out.String(), "nothing changes") {
		t.Errorf("plan: %q, %v", out.String(), err)
	}
	plan.comment = true
	if err := runPlan(t.Context(), plan); err == nil || !strings.Contains(err.Error(), "this job runs for none") {
		t.Errorf("plan with a comment: %v", err)
	}
	out.Reset()
	if err := runAudit(t.Context(), auditOptions{options: opts, env: env, to: "HEAD", format: "json"}); err != nil || !strings.Contains(out.String(), `"commits": 1`) {
		t.Errorf("audit: %q, %v", out.String(), err)
	}
	var wrong session.UsageError
	opts.branch = "main"
	if err := runApply(t.Context(), applyOptions{options: opts, env: env, adopt: true}); !errors.As(err, &wrong) {
		t.Errorf("apply with a branch and no remote: %v", err)
	}
}

// How late a schedule fired is known of one at a time of the day, or every few hours.
func TestLateness(t *testing.T) {
	t.Parallel()
	event := filepath.Join(t.TempDir(), "event.json")
	for _, c := range []struct {
		event     string
		scheduled bool
		want      time.Duration
		ok        bool
	}{
		{`{"schedule":"17 6 * * *"}`, true, 43 * time.Minute, true},
		{`{"schedule":"17 8 * * 1-5"}`, true, 22*time.Hour + 43*time.Minute, true}, // of yesterday
		{`{"schedule":"17 */2 * * *"}`, true, 43 * time.Minute, true},
		{`{"schedule":"17 */7 * * *"}`, true, 6*time.Hour + 43*time.Minute, true}, // it is not a quarter past seven yet
		{`{"schedule":"*/5 * * * *"}`, true, 0, false},
		{`{"schedule":"17 6 * * *"}`, false, 0, false},
		{`{}`, true, 0, false},
	} {
		if err := os.WriteFile(event, []byte(c.event), 0o666); err != nil {
			t.Fatal(err)
		}
		env := environment{
			ci:  ci.Environment{Scheduled: c.scheduled, Event: event},
			now: func() time.Time { return time.Date(2026, 11, 20, 7, 0, 0, 0, time.UTC) },
		}
		if got, ok := lateness(env); got != c.want || ok != c.ok {
			t.Errorf("%s: %v, %t; want %v, %t", c.event, got, ok, c.want, c.ok)
		}
	}
	if _, ok := lateness(environment{ci: ci.Environment{Scheduled: true, Event: event + "x"}}); ok {
		t.Error("without an event it is known")
	}
}
