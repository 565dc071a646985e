package main

import (
	"testing"

	"github.com/escalations-as-code/escalate/internal/finding"
)

// The files of a subfolder have their paths from the root of the repository, in
// words and in commands.
func TestFromRoot(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"`git checkout 0123 -- escalations/2026/a.yaml`":           "`git checkout 0123 -- :/cs/$1/escalations/2026/a.yaml`",
		"`git checkout 0123 -- 'escalations/2026/a b.yaml'`":       "`git checkout 0123 -- ':/cs/$1/escalations/2026/a b.yaml'`",
		"`git show 0123:./escalations/2026/a.yaml` shows it":       "`git show 0123:cs/$1/escalations/2026/a.yaml` shows it",
		"move it to escalations/<year>/a.yaml":                     "move it to cs/$1/escalations/<year>/a.yaml",
		"`escalations/2026/a.yaml` and `escalations/2026/b.yaml`":  "`cs/$1/escalations/2026/a.yaml` and `cs/$1/escalations/2026/b.yaml`",
		"https://example.com/escalations/2026, de-escalations/x":   "https://example.com/escalations/2026, de-escalations/x",
		"of the customer escalations, write one of critical, high": "of the customer escalations, write one of critical, high",
	} {
		f := []finding.Finding{{Message: text, Hint: text}}
		if got := fromRoot(f, "cs/$1")[0]; got.Message != want || got.Hint != want {
			t.Errorf("got  %s\nwant %s", got.Hint, want)
		}
		if got := fromRoot(f, "")[0]; got.Hint != text || f[0].Hint != text {
			t.Errorf("at the root: %s", got.Hint)
		}
	}
}
