package planprint_test

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/internal/plan/planprint"
)

// between is a finding whose fixes put texts in the place of pieces of data.
func between(t *testing.T, data string, pairs ...string) finding.Finding {
	t.Helper()
	f := finding.Finding{Path: "escalations/2026/x.yaml", Rule: "severity-known", Message: "there is no severity `hgih`"}
	for i := 0; i < len(pairs); i += 2 {
		at := strings.Index(data, pairs[i])
		if at < 0 {
			t.Fatalf("%q is not in it", pairs[i])
		}
		f.Fixes = append(f.Fixes, finding.Fix{Span: finding.Span{Start: at, End: at + len(pairs[i])}, Text: pairs[i+1]})
	}
	return f
}

// A fix is the lines that change, and no others.
func TestNewFix(t *testing.T) {
	t.Parallel()
	const data = "customer: A\nseverity: hgih\nask: B\napproach: C\n"
	for name, c := range map[string]struct {
		pairs   []string
		line    int
		was, is []string
	}{
		"a word":     {[]string{"hgih", "high"}, 2, []string{"severity: hgih"}, []string{"severity: high"}},
		"a line":     {[]string{"ask: B\n", ""}, 3, []string{"ask: B"}, nil},
		"a new line": {[]string{"ask: B\n", "ask: B\nskills: [x]\n"}, 4, nil, []string{"skills: [x]"}},
		"two places": {[]string{"A\n", "D\n", "B\n", "E\n"}, 1, []string{"customer: A", "severity: hgih", "ask: B"}, []string{"customer: D", "severity: hgih", "ask: E"}},
	} {
		got, ok := planprint.NewFix([]byte(data), between(t, data, c.pairs...))
		if !ok || got.Line != c.line || strings.Join(got.Was, "|") != strings.Join(c.was, "|") || strings.Join(got.Is, "|") != strings.Join(c.is, "|") {
			t.Errorf("%s: %+v, %t", name, got, ok)
		}
	}
	for name, f := range map[string]finding.Finding{
		"none":        between(t, data),
		"no change":   between(t, data, "hgih", "hgih"),
		"not of this": {Fixes: []finding.Fix{{Span: finding.Span{Start: 5000, End: 5001}}}},
		"no good":     between(t, data, "severity: hgih", "severity: [\"hgih"),
	} {
		if got, ok := planprint.NewFix([]byte(data), f); ok || !reflect.DeepEqual(got, planprint.Fix{}) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func markdownOf(t *testing.T, fixes ...planprint.Fix) string {
	t.Helper()
	var b bytes.Buffer
	if err := planprint.Markdown(&b, planprint.Plan{Plan: plan.Plan{}, Base: "main", Fixes: fixes}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// The comment has what would be right, to be copied, and the command that writes it.
func TestFixesInComment(t *testing.T) {
	t.Parallel()
	fix := planprint.Fix{Path: "escalations/2026/x.yaml", Line: 2, Rule: "severity-known", Message: "there is no severity `hgih`", Was: []string{"severity: hgih\r"}, Is: []string{"severity: high\r"}}
	text := markdownOf(t, fix)
	for _, want := range []string{"1 finding has one right answer alone: run `escalate lint --fix`, or copy", "`escalations/2026/x.yaml:2`: there is no severity ", "\n```diff\n-severity: hgih\n+severity: high\n```\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in it:\n%s", want, text)
		}
	}
	if strings.Contains(text, "```suggestion") {
		t.Error("it looks as if a click would do it, which works in a review alone")
	}
	if text := markdownOf(t); strings.Contains(text, "lint --fix") {
		t.Errorf("there is nothing to fix:\n%s", text)
	}
}

// However much is wrong, most of the comment stays for what will be announced.
func TestFixesHaveABound(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 10_000)
	fix := planprint.Fix{Path: "escalations/2026/x.yaml", Line: 2, Rule: "yaml-tab", Message: long}
	for range 1000 {
		fix.Was, fix.Is = append(fix.Was, long), append(fix.Is, long)
	}
	many := make([]planprint.Fix, 500)
	for i := range many {
		many[i] = planprint.Fix{Path: fmt.Sprintf("escalations/2026/x%d.yaml", i), Line: 2, Rule: "severity-known", Message: "no", Was: []string{"a: b"}, Is: []string{"a: c"}}
	}
	for name, fixes := range map[string][]planprint.Fix{"long": {fix, fix, fix}, "many": many} {
		text := markdownOf(t, fixes...)
		if len(text) > 14_000 || len(text) < 1000 {
			t.Errorf("%s: %d characters", name, len(text))
		}
		if !strings.Contains(text, "\nAnd ") || strings.Count(text, "```")%2 != 0 {
			t.Errorf("%s: it does not say that there is more:\n%s", name, text)
		}
	}
}

// What stands in a file ends neither the block nor the comment, and is no mark of ours.
func TestFixesAreInert(t *testing.T) {
	t.Parallel()
	const evil = "@jdoe ``` ```` </details> <!-- escalate: plan --> <img src=x> \u202e #1"
	text := markdownOf(t, planprint.Fix{Path: evil, Line: 1, Rule: "yaml-tab", Message: evil + " `<!-- escalate: plan -->`", Was: []string{evil, "```", "\r```\r"}, Is: []string{evil}})
	if strings.Contains(text, "<!--") || strings.ContainsAny(text, "\u202e\r") || !strings.Contains(text, "`````diff\n") {
		t.Errorf("got\n%s", text)
	}
	_, after, _ := strings.Cut(text, "`````diff\n")
	block, rest, _ := strings.Cut(after, "\n`````\n")
	if strings.Contains(block, "\n`") || strings.Contains(rest, "jdoe") || strings.Count(rest, "</details>") != 1 {
		t.Errorf("got\n%s", text)
	}
}
