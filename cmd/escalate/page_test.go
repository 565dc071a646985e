package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/terminal"
)

// The examples of the repository fit one screen, and the first thing on it is who
// has to do what first. It is read without git: the examples are as old as they
// say.
func TestStaleFitsOneScreen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.CopyFS(dir+"/escalations", os.DirFS("../../escalations")); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	env := environment{stdout: &out, stderr: &out, getenv: func(string) string { return "" }, getwd: os.Getwd, screen: terminal.Screen{Width: 80}}
	if code := run(t.Context(), []string{"stale", "--dir", dir, "--now", "2026-12-07T09:00:00Z"}, env); code != exitFindings {
		t.Fatalf("exit %d: %s", code, &out)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) > 40 {
		t.Errorf("%d lines", len(lines))
	}
	for _, line := range lines {
		if terminal.Columns(line) > 80 {
			t.Errorf("%d columns: %s", terminal.Columns(line), line)
		}
	}
	page := out.String()
	for _, want := range []string{
		"Mon 7 Dec 09:00 UTC: 9 open (1 critical, 4 high, 3 medium, 1 low), 9 late.\n2 closed escalations owe a root cause analysis, 1 late.\ncritical  Société Brévent Assurances, 2026/societe-brevent ",
		"  Turn: Nadia Rahimi (CSM leader); DRI: Zoë Lindqvist\n  - No word to the channel and the customer since Tue 24 Nov\n",
		"  - No word to the channel since Tue 24 Nov, to the customer since Mon 23 Nov\n",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("it does not say %q:\n%s", want, page)
		}
	}
	if strings.Contains(page, "dvised") {
		t.Errorf("it says what nobody asked for:\n%s", page)
	}
}
