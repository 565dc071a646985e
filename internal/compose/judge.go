package compose

import (
	"cmp"
	"maps"
	"slices"

	"github.com/escalations-as-code/escalate/internal/edit"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/lint"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// Tried are files by themselves, by their paths: those of an example of a rule, or any.
type Tried struct {
	Files map[string]string `json:"files"`
	// Before are the files that they are compared with; nil: with none.
	Before map[string]string `json:"before,omitempty"`
}

// Judge says what lint says of files. The error says that they are none of an
// escalations folder.
func Judge(check *shape.Checker, t Tried) ([]Finding, error) {
	now, err := tree.Open(files(t.Files), check)
	if err != nil {
		return nil, err
	}
	found := []finding.Finding(nil)
	if t.Before == nil {
		found = lint.Run(now, rule.All()).Findings
	} else {
		before, err := tree.Open(files(t.Before), check)
		if err != nil {
			return nil, err
		}
		found = lint.Against(lint.Base{Tree: before}, now, rule.All()).Findings
	}
	list := []Finding{}
	for _, f := range found {
		said := findingOf(f)
		if len(f.Fixes) > 0 {
			if text, err := edit.Apply([]byte(t.Files[f.Path]), edits(f)); err == nil {
				said.Fix = &Fix{Text: string(text)}
			}
		}
		list = append(list, said)
	}
	return list, nil
}

// Example is the example of a rule, to be tried.
type Example struct {
	Rule    string   `json:"rule"`
	Cites   []string `json:"cites,omitempty"`
	Summary string   `json:"summary"`
	Why     string   `json:"why"`
	// Wrong breaks the rule and Right does not; nil where no text shows it, which Note
	// says.
	Wrong *Tried `json:"wrong,omitempty"`
	Right *Tried `json:"right,omitempty"`
	Note  string `json:"note,omitempty"`
	// Shown are the files that the examples change, the one at fault first.
	Shown []string `json:"shown,omitempty"`
}

// ExampleOf is the example of a rule; ok is false where there is no such rule.
func ExampleOf(name string) (x Example, ok bool) {
	r, ok := rule.All().Lookup(name)
	if !ok {
		return x, false
	}
	x = Example{Rule: r.Name, Cites: r.Cites, Summary: r.Summary, Why: r.Why, Note: r.Wrong.Note}
	base := fixture.Files()
	tried := func(e rule.Example) *Tried {
		if e.YAML == "" {
			return nil
		}
		t := &Tried{Files: e.Files(base)}
		if e.Before != "" {
			t.Before = rule.Example{YAML: e.Before}.Files(base)
		}
		for name, text := range t.Files {
			if text != base[name] && !slices.Contains(x.Shown, name) {
				x.Shown = append(x.Shown, name)
			}
		}
		return t
	}
	x.Wrong, x.Right = tried(r.Wrong), tried(r.Right)
	slices.SortFunc(x.Shown, func(a, b string) int { return cmp.Compare(a, b) })
	if len(x.Shown) == 0 && x.Wrong != nil {
		x.Shown = slices.Sorted(maps.Keys(x.Wrong.Files))
	}
	return x, true
}
