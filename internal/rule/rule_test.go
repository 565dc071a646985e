package rule_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/escalations-as-code/escalate/internal/edit"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/lint"
	"github.com/escalations-as-code/escalate/internal/process/handbook"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// Every rule's wrong example yields one finding, of that rule, at the marked
// text; its right example yields none.
func TestExamples(t *testing.T) {
	t.Parallel()
	check, err := shape.NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	rules := rule.All()
	for _, r := range rules.Rules() {
		t.Run(r.Name, func(t *testing.T) {
			t.Parallel()
			if r.Wrong.YAML == "" && r.Wrong.Note == "" {
				t.Fatal("the rule has no wrong example")
			}
			if r.Wrong.YAML != "" {
				found := judge(t, check, rules, r.Wrong)
				if len(found) != 1 || found[0].Rule != r.Name {
					t.Fatalf("the wrong example yields %s, want one finding of %s", show(found), r.Name)
				}
				if got := underlined(found[0]); r.Wrong.Mark != "" && got != r.Wrong.Mark {
					t.Errorf("the wrong example underlines %q, want %q", got, r.Wrong.Mark)
				}
				if len(r.Cites) > 0 && !slices.Equal(found[0].Cites, r.Cites) { // others cite the rule that the field serves
					t.Errorf("it cites %v, want %v", found[0].Cites, r.Cites)
				}
				if found[0].Message == "" || found[0].Hint == "" || strings.HasSuffix(found[0].Message, ".") {
					t.Errorf("message %q, hint %q", found[0].Message, found[0].Hint)
				}
			}
			if r.Right.YAML != "" {
				found := judge(t, check, rules, r.Right)
				found = slices.DeleteFunc(found, func(f finding.Finding) bool { return f.Rule == "case-pending" && r.Name != f.Rule })
				if len(found) != 0 {
					t.Errorf("the right example yields %s", show(found))
				}
			}
		})
	}
}

// The fixes of every rule's wrong example make it right: what stands there then
// has no finding, of this rule or of another.
func TestFixesOfExamples(t *testing.T) {
	t.Parallel()
	check, err := shape.NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	rules := rule.All()
	var fixed []string
	for _, r := range rules.Rules() {
		if r.Wrong.YAML == "" {
			continue
		}
		found := judge(t, check, rules, r.Wrong)
		if len(found) != 1 || len(found[0].Fixes) == 0 {
			continue
		}
		fixed = append(fixed, r.Name)
		files := overlay(t, r.Wrong.YAML)
		file := files[found[0].Path]
		mended, err := edit.Apply(file.Data, edits(found))
		if err != nil {
			t.Errorf("%s: %v", r.Name, err)
			continue
		}
		files[found[0].Path] = &fstest.MapFile{Data: mended}
		if left := judgeFiles(t, check, rules, r.Wrong.Before, files); len(left) > 0 {
			t.Errorf("%s: the fixes %+v leave %s", r.Name, found[0].Fixes, show(left))
		}
	}
	want := []string{
		"yaml-syntax", "yaml-hash", "yaml-at", "yaml-colon", "yaml-quote", "yaml-bracket", "yaml-special", "yaml-bullet", "yaml-tab", "yaml-encoding",
		"unknown-key", "field-type", "severity-known", "region-known", "escalation-dri", "known-person", "channel-name", "sentiment", "resolution",
		"significant-once", "opened-kept", "directory-role", "directory-region", "directory-manager", "policy-involvement", "policy-triage", "policy-bot",
	}
	if !slices.Equal(fixed, want) {
		t.Errorf("fixes have the examples of\n%q, want\n%q", fixed, want)
	}
}

func edits(found []finding.Finding) []edit.Edit {
	var list []edit.Edit
	for _, f := range found {
		for _, x := range f.Fixes {
			list = append(list, x.Edit())
		}
	}
	return list
}

// What the process says of lint is so: a rule of it that lint sees to is enforced by
// a rule of lint, one that it does not is not, and no other is cited.
func TestHandbookNamesLint(t *testing.T) {
	t.Parallel()
	rules := rule.All()
	for _, p := range handbook.Rules() {
		if says, is := slices.Contains(p.By, handbook.Lint), len(rules.Citing(p.Number)) > 0; says != is {
			t.Errorf("%s: the process says lint sees to it: %v, and lint does: %v", p.Number, says, is)
		}
	}
	for _, r := range rules.Rules() {
		for _, number := range r.Cites {
			if _, known := handbook.Lookup(number); !known {
				t.Errorf("%s cites %s, which is no rule of the process", r.Name, number)
			}
		}
	}
}

// The rules of the process that PROCESS.md marks [lint] or [transition] are each
// enforced.
func TestProcessIsCovered(t *testing.T) {
	t.Parallel()
	rules := rule.All()
	for _, n := range []int{1, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16, 17, 19, 21, 24, 25, 26, 27, 29, 30, 31, 32, 33, 34, 36, 37, 11, 22, 35, 38, 40} {
		if len(rules.Citing(fmt.Sprintf("P%d", n))) == 0 {
			t.Errorf("no rule enforces P%d", n)
		}
	}
}

// Names are stable, kebab-case and used once; what a rule says is complete.
func TestRulesAreWellFormed(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, r := range rule.All().Rules() {
		if !regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`).MatchString(r.Name) || seen[r.Name] {
			t.Errorf("%q is not a name of its own", r.Name)
		}
		seen[r.Name] = true
		if r.Summary == "" || r.Why == "" || strings.HasSuffix(r.Summary, ".") || !strings.HasSuffix(r.Why, ".") {
			t.Errorf("%s: summary %q, why %q", r.Name, r.Summary, r.Why)
		}
	}
}

// judge lints the example and, where it has a version before, what changed.
func judge(t *testing.T, check *shape.Checker, rules *rule.Set, e rule.Example) []finding.Finding {
	t.Helper()
	return judgeFiles(t, check, rules, e.Before, overlay(t, e.YAML))
}

// judgeFiles lints files and, where there is an example of the version before,
// what changed.
func judgeFiles(t *testing.T, check *shape.Checker, rules *rule.Set, was string, files fstest.MapFS) []finding.Finding {
	t.Helper()
	open := func(files fstest.MapFS) *tree.Tree {
		tr, err := tree.Open(files, check)
		if err != nil {
			t.Fatal(err)
		}
		return tr
	}
	now := open(files)
	if was == "" {
		return lint.Run(now, rules).Findings
	}
	files = overlay(t, was)
	before := open(files)
	for _, f := range lint.Run(before, rules).Findings {
		t.Errorf("the version before has a finding: %s", f.Message)
	}
	return lint.Against(lint.Base{Tree: before}, now, rules).Findings
}

func show(fs []finding.Finding) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d findings", len(fs))
	for _, f := range fs {
		fmt.Fprintf(&b, "\n\t%s:%d:%d: %s [%s] (%s) %q", f.Path, f.Line, f.Column, f.Message, f.Rule, f.Hint, underlined(f))
	}
	return b.String()
}

func underlined(f finding.Finding) string {
	line := []rune(f.Source)
	from, to := min(f.Column-1, len(line)), min(f.EndColumn-1, len(line))
	if f.EndLine > f.Line {
		to = len(line)
	}
	return string(line[from:max(from, to)])
}

// overlay is the tree of an example.
func overlay(t *testing.T, example string) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	for name, text := range (rule.Example{YAML: example}).Files(fixture.Files()) {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}
