package lint_test

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/escalations-as-code/escalate/internal/edit"
	"github.com/escalations-as-code/escalate/internal/finding"
)

// contoso is where the file stands that people make their mistakes in.
const contoso = "escalations/2026/contoso.yaml"

// mistake is something that a person types in the place of what is right, and
// what the one finding must say of it.
type mistake struct {
	Name    string
	Replace string
	By      string
	Level   string
	Says    []string // each stands in the message or the hint
	Never   []string // none of them does
	Fixed   string   // what the fix makes of By; empty where none is asked for
}

// People make mistakes as people do: each has one finding, at its place, that
// names the cause and what to write.
func TestMistakes(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/mistakes/mistakes.json")
	if err != nil {
		t.Fatal(err)
	}
	var mistakes []mistake
	if err := json.Unmarshal(data, &mistakes); err != nil {
		t.Fatal(err)
	}
	if len(mistakes) < 32 {
		t.Fatalf("%d mistakes", len(mistakes))
	}
	answers(t, mistakes)
}

// answers makes each mistake in the example directory, and compares what lint
// answers.
func answers(t *testing.T, mistakes []mistake) {
	t.Helper()
	base, err := os.ReadFile("testdata/mistakes/base.yaml")
	if err != nil {
		t.Fatal(err)
	}
	files, check := examples(t), checker(t)
	files[contoso] = &fstest.MapFile{Data: base}
	if r := run(t, check, files); len(r.Findings) > 0 {
		t.Fatalf("what is right has a finding: %+v", r.Findings[0])
	}
	for _, m := range mistakes {
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			before, behind, ok := strings.Cut(string(base), m.Replace)
			if !ok {
				t.Fatalf("there is no %q", m.Replace)
			}
			with := maps.Clone(files)
			with[contoso] = &fstest.MapFile{Data: []byte(before + m.By + behind)}
			found := run(t, check, with).Findings
			if len(found) != 1 {
				for _, f := range found {
					t.Errorf("%s:%d:%d: %s: %s (%s) [%s]", f.Path, f.Line, f.Column, f.Level, f.Message, f.Hint, f.Rule)
				}
				t.Fatalf("%d findings, want one", len(found))
			}
			f := found[0]
			said := f.Message + "\n" + f.Hint
			first := strings.Count(before, "\n") + 1
			if last := first + strings.Count(strings.TrimSuffix(m.By, "\n"), "\n"); f.Path != contoso || f.Line < first || f.Line > last {
				t.Errorf("it stands at %s:%d, want lines %d to %d", f.Path, f.Line, first, last)
			}
			if string(f.Level) != m.Level {
				t.Errorf("it is: %s, want: %s", f.Level, m.Level)
			}
			for _, s := range m.Says {
				if !strings.Contains(said, s) {
					t.Errorf("it does not say %q:\n%s", s, said)
				}
			}
			for _, s := range m.Never {
				if strings.Contains(said, s) {
					t.Errorf("it says %q:\n%s", s, said)
				}
			}
			if m.Fixed != "" {
				if got := mended(t, with[contoso].Data, f.Fixes); got != before+m.Fixed+behind {
					t.Errorf("the fix makes %q of %q", strings.TrimSuffix(strings.TrimPrefix(got, before), behind), m.By)
				}
			}
			if t.Failed() {
				t.Logf("%d:%d-%d:%d %s\n%s", f.Line, f.Column, f.EndLine, f.EndColumn, f.Rule, said)
			}
		})
	}
}

// mended is a file with fixes made.
func mended(t *testing.T, data []byte, fixes []finding.Fix) string {
	t.Helper()
	edits := make([]edit.Edit, len(fixes))
	for i, f := range fixes {
		edits[i] = f.Edit()
	}
	made, err := edit.Apply(data, edits)
	if err != nil {
		t.Fatal(err)
	}
	return string(made)
}

// examples are the escalations of this repository.
func examples(t *testing.T) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	root := os.DirFS("../..")
	err := fs.WalkDir(root, "escalations", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(root, name)
		files[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// What editors refuse and the parser lets pass is one finding.
func TestSlips(t *testing.T) {
	t.Parallel()
	const (
		summary = "summary: Pipelines wait 40 minutes and every team is affected"
		opened  = ", by: zlindqvist}"
		steps   = "  - step: Load test with the customer\n    owner: zlindqvist\n    due: 2026-11-27\n"
	)
	answers(t, []mistake{
		{"a note behind a quote", "\ndri: zlindqvist", "\ndri: \"zlindqvist\"# who", "error", []string{"before the #", "`dri: \"zlindqvist\" # who`"}, nil, "\ndri: \"zlindqvist\" # who"},
		{"a note behind a |", "ask: |", "ask: |# the ask", "error", []string{"before the #"}, nil, "ask: | # the ask"},
		{"brackets go on in the first column", opened, ",\nby: zlindqvist}", "error", []string{"brackets", "2 spaces"}, nil, ",\n  by: zlindqvist}"},
		{"brackets close left of their dash", steps, "  - {step: Load test, owner: zlindqvist, due: 2026-11-27\n}\n", "error", []string{"brackets", "4 spaces"}, nil, "  - {step: Load test, owner: zlindqvist, due: 2026-11-27\n    }\n"},
		{"a text in quotes goes on in the first column", summary, "summary: \"Pipelines wait\n40 minutes\"", "error", []string{"quotes", "2 spaces"}, nil, "summary: \"Pipelines wait\n  40 minutes\""},
		{"a text without quotes goes on in the first column", "  - step: Load test with the customer", "  - step: Load test with\nthe customer", "error", []string{"indented"}, nil, ""},
		{"a line of a tab in a text", "ask: |\n", "ask: |\n  Help.\n\t\n", "error", []string{"looks empty", "tab"}, nil, "ask: |\n  Help.\n\n"},
	})
}
