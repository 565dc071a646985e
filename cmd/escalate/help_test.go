package main

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/terminal"
)

// printed is what a command prints on a screen of a width.
func printed(t *testing.T, width int, args ...string) string {
	t.Helper()
	var out, errors bytes.Buffer
	env := environment{stdout: &out, stderr: &errors, screen: terminal.Screen{Width: width}, getenv: func(string) string { return "" }}
	if code := run(context.Background(), args, env); code != exitClean || errors.Len() > 0 {
		t.Fatalf("%q exits %d: %s", args, code, &errors)
	}
	return out.String()
}

// The help of every command, and every rule that is explained, fits every
// terminal, keeps its words whole, and says the same at each width.
func TestHelpFits(t *testing.T) {
	t.Parallel()
	calls := [][]string{{"--help"}, {"explain"}}
	for _, c := range newRoot(environment{}).Commands() {
		calls = append(calls, []string{c.Name(), "--help"})
	}
	for line := range strings.Lines(printed(t, terminal.Widest, "explain")) {
		calls = append(calls, []string{"explain", strings.Fields(line)[0]})
	}
	if len(calls) < 50 {
		t.Fatalf("only %d calls: %q", len(calls), calls)
	}
	for _, call := range calls {
		// Where a table stands on its side, commas are put between its cells.
		words := func(text string) []string { return strings.Fields(strings.ReplaceAll(text, ",", " ")) }
		want := words(printed(t, terminal.Widest, call...))
		for _, width := range []int{40, 41, 60, 80, 200} {
			text := printed(t, width, call...)
			for line := range strings.Lines(text) {
				line = strings.TrimSuffix(line, "\n")
				example := call[0] == "explain" && len(call) == 2 && strings.HasPrefix(line, "    ") // the lines of a file
				if terminal.Columns(line) > width && !example && len(strings.Fields(line)) > 1 {
					t.Errorf("%q at %d has %d columns: %q", call, width, terminal.Columns(line), line)
				}
			}
			if got := words(text); !slices.Equal(got, want) {
				t.Errorf("%q at %d says\n%q, at %d\n%q", call, width, got, terminal.Widest, want)
			}
		}
	}
}
