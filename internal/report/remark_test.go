package report

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/finding"
)

// spanOf is where a text stands in data.
func spanOf(t *testing.T, data, text string) finding.Span {
	t.Helper()
	before, _, ok := strings.Cut(data, text)
	if !ok {
		t.Fatalf("%q is not there", text)
	}
	line := 1 + strings.Count(before, "\n")
	return finding.Span{Start: len(before), End: len(before) + len(text), Line: line, Column: 1, EndLine: line, EndColumn: 2}
}

// Of what lint finds, that stands beside the lines which the change makes: new, the
// errors first, each with a key of its own, and with the fix as lines to take over.
func TestRemarks(t *testing.T) {
	t.Parallel()
	const was = "customer: Northwind\nseverity: high\nsummary: Old\nfyi:\n  - jdoe\n"
	const is = "customer: Northwind\nseverity: hihg\nsummary: Old\nfyi:\n  - jdoe\n  - nobody\n  - nobody\n"
	found := func(text, rule string, level finding.Level, fix string) finding.Finding {
		f := finding.Finding{Path: northwind, Place: finding.Place{Span: spanOf(t, is, text)}, Rule: rule, Level: level, Message: "`" + text + "` is wrong", Hint: "write another", Field: "/" + rule, Value: text, New: true}
		if fix != "" {
			f.Fixes = []finding.Fix{{Span: f.Span, Text: fix}}
		}
		return f
	}
	old := found("customer: Northwind", "old", finding.Error, "")
	old.New = false
	second := found("  - nobody", "known-person", finding.Error, "")
	second.Span.Line++
	r := finding.Report{Findings: []finding.Finding{
		old,
		found("severity: hihg", "severity-known", finding.Warning, "severity: high"),
		found("summary: Old", "elsewhere", finding.Error, ""), // an old line
		found("  - nobody", "known-person", finding.Error, "  - ana\n  - min"),
		second,
	}}
	looked := 0
	remarks := Remarks(r, func(path string) Versions {
		looked++
		if path != northwind {
			t.Errorf("asked for %s", path)
		}
		return Versions{[]byte(was), []byte(is)}
	})
	if looked != 1 {
		t.Errorf("the file was asked for %d times", looked)
	}
	keys := map[string]bool{}
	var lines []int
	for _, m := range remarks {
		keys[m.Key] = true
		lines = append(lines, m.Line)
	}
	if !slices.Equal(lines, []int{6, 7, 2}) || len(keys) != 3 || remarks[0].Quiet || !remarks[2].Quiet {
		t.Fatalf("%+v", remarks)
	}
	if want := "**Warning:** `severity: hihg` is wrong.\n\nWrite another.\n\n`escalate explain severity-known` tells why."; remarks[2].Text != want {
		t.Errorf("%q", remarks[2].Text)
	}
	same := func(a *destination.Lines, first, last int, text ...string) {
		t.Helper()
		if a == nil || a.First != first || a.Last != last || !slices.Equal(a.Text, text) {
			t.Errorf("%+v, want %d to %d as %q", a, first, last, text)
		}
	}
	same(remarks[0].Instead, 6, 6, "  - ana", "  - min")
	same(remarks[2].Instead, 2, 2, "severity: high")
	if remarks[1].Instead != nil {
		t.Errorf("%+v", remarks[1].Instead)
	}
}

// What a fix puts in or takes out becomes the lines around it, with the line of the
// remark among them. What nobody could copy as it stands is none.
func TestInstead(t *testing.T) {
	t.Parallel()
	const data = "a: 1\nb: 2\nc: 3\n"
	for name, tc := range map[string]struct {
		data, at, text string
		line           int
		want           destination.Lines
	}{
		"put in":            {data, "b: 2", "x: 9\nb: 2", 2, destination.Lines{First: 2, Last: 2, Text: []string{"x: 9", "b: 2"}}},
		"taken out":         {data, "b: 2\n", "", 2, destination.Lines{First: 2, Last: 2}},
		"further down":      {data, "c: 3", "c: 4", 2, destination.Lines{First: 2, Last: 3, Text: []string{"b: 2", "c: 4"}}},
		"further up":        {data, "a: 1", "a: 0", 2, destination.Lines{First: 1, Last: 2, Text: []string{"a: 0", "b: 2"}}},
		"with line returns": {strings.ReplaceAll(data, "\n", "\r\n"), "b: 2", "b: 3", 2, destination.Lines{}},
		"unseen":            {data, "b: 2", "b: \u202e3", 2, destination.Lines{}},
		"a comment of HTML": {data, "b: 2", "b: <!-- x -->", 2, destination.Lines{}},
		"backquotes":        {data, "b: 2", "b: x```", 2, destination.Lines{First: 2, Last: 2, Text: []string{"b: x```"}}},
	} {
		f := finding.Finding{Path: "x.yaml", Place: finding.Place{Span: finding.Span{Line: tc.line}}, Fixes: []finding.Fix{{Span: spanOf(t, tc.data, tc.at), Text: tc.text}}}
		got := instead([]byte(tc.data), f)
		if tc.want.First == 0 {
			if got != nil {
				t.Errorf("%s: %+v", name, got)
			}
			continue
		}
		if got == nil || got.First != tc.want.First || got.Last != tc.want.Last || !slices.Equal(got.Text, tc.want.Text) {
			t.Errorf("%s: %+v, want %+v", name, got, tc.want)
		}
	}
}

// The lines that a change makes are those that are left where all lines of the version
// before are taken away that stand in both, in order.
func TestFresh(t *testing.T) {
	t.Parallel()
	lines := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "", "  c: 1", "@@ -1,2 +3,4 @@", "+x", "-y", "--- a", "+++ b"}), 1, 12)
	rapid.Check(t, func(t *rapid.T) {
		was, is := lines.Draw(t, "was"), lines.Draw(t, "is")
		text := func(l []string) []byte { return []byte(strings.Join(l, "\n") + "\n") }
		made := fresh(text(was), text(is))
		rest := was
		for n, l := range is {
			if made[n+1] {
				continue
			}
			at := slices.Index(rest, l)
			if at < 0 {
				t.Fatalf("line %d %q is not made by it, and was not there: %v", n+1, l, slices.Sorted(maps.Keys(made)))
			}
			rest = rest[at+1:]
		}
		if slices.Equal(was, is) && len(made) > 0 {
			t.Fatalf("nothing changed: %v", made)
		}
		for n := range made {
			if n < 1 || n > len(is) {
				t.Fatalf("line %d of %d", n, len(is))
			}
		}
	})
	if made := fresh(nil, []byte("a\nb\n")); !made[1] || !made[2] {
		t.Error(made)
	}
}
