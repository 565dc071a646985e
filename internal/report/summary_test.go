package report

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/words"
)

// cells splits a row of a table as GitHub does: at each bar without a backslash.
func cells(row string) []string {
	row = strings.ReplaceAll(strings.TrimSpace(row), `\|`, "\x00")
	return strings.Split(strings.Trim(row, "|"), "|")
}

// withoutCode takes the spans of code out, as CommonMark finds them: a run of
// backquotes up to the next of the same length.
func withoutCode(t *rapid.T, s string) string {
	var b strings.Builder
	for {
		start := strings.IndexByte(s, '`')
		if start < 0 {
			return b.String() + s
		}
		b.WriteString(s[:start] + "\x01")
		s = s[start:]
		fence := s[:len(s)-len(strings.TrimLeft(s, "`"))]
		s = s[len(fence):]
		closing := -1
		for _, run := range regexp.MustCompile("`+").FindAllStringIndex(s, -1) {
			if run[1]-run[0] == len(fence) {
				closing = run[0]
				s = s[run[1]:]
				break
			}
		}
		if closing < 0 {
			t.Fatalf("code that does not end: %q", fence+s)
		}
	}
}

// TestSummaryIsText reads any summary: each finding is a row of four cells, and
// outside of code there is nothing but words.
func TestSummaryIsText(t *testing.T) {
	t.Parallel()
	plain := regexp.MustCompile(`^[\pL\pM\pN\x01 ("'‘“)’”.,:;!?…–—%-]*$`)
	linked := regexp.MustCompile(`(?i)www\.|gh-[0-9]|\b[0-9a-f]{7,40}\b|://`)
	rapid.Check(t, func(rt *rapid.T) {
		r := anyReport().Draw(rt, "report")
		rows := 0
		for l := range strings.Lines(printed(t, Summary, r)) {
			if !strings.HasPrefix(l, "| ") || strings.HasPrefix(l, "| ---") {
				continue
			}
			rows++
			row := cells(l)
			if len(row) != 4 {
				rt.Fatalf("%d cells: %s", len(row), l)
			}
			for _, c := range row {
				if got := withoutCode(rt, c); !plain.MatchString(got) || linked.MatchString(got) {
					rt.Fatalf("more than words: %q in %s", got, l)
				}
			}
		}
		if len(r.Findings) > 0 && rows != len(r.Findings)+1 {
			rt.Fatalf("%d rows for %d findings", rows, len(r.Findings))
		}
	})
}

// TestSummaryIsBounded fills a summary: it ends well before GitHub drops it,
// and says what it left out.
func TestSummaryIsBounded(t *testing.T) {
	t.Parallel()
	r := finding.Report{Files: 10_000}
	for range 10_000 {
		f := samples()["mixed"].Findings[0]
		f.Message = strings.Repeat("東|", 5_000)
		f.Path = strings.Repeat("p", 5_000)
		r.Findings = append(r.Findings, f)
	}
	out := printed(t, Summary, r)
	if len(out) > 256<<10 {
		t.Errorf("%d bytes", len(out))
	}
	rows := strings.Count(out, "\n| ") - 2
	want := "\nLeft out here: " + words.Count(10_000-rows, "error") + " and 0 warnings, from `ppp"
	if !strings.Contains(out, want) {
		t.Errorf("lacks %q; ends in %q", want, out[len(out)-600:])
	}
}
