package report

import (
	"regexp"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/finding"
)

func TestAnnotationPlace(t *testing.T) {
	t.Parallel()
	tests := []struct {
		span finding.Span
		want string
	}{
		{finding.Span{Line: 3, Column: 5, EndLine: 3, EndColumn: 9}, ",line=3,endLine=3,col=5,endColumn=9,"},
		{finding.Span{Line: 3, Column: 5, EndLine: 3, EndColumn: 5}, ",line=3,endLine=3,col=5,endColumn=5,"},
		{finding.Span{Line: 3, Column: 5, EndLine: 6, EndColumn: 2}, ",line=3,endLine=6,title"},
		{finding.Span{Line: 3, Column: 5, EndLine: 6, EndColumn: 1}, ",line=3,endLine=5,title"},
		{finding.Span{Line: 3, Column: 5, EndLine: 4, EndColumn: 1}, ",line=3,endLine=3,col=5,endColumn=5,"},
	}
	for _, tt := range tests {
		if got := annotation("error", finding.Finding{Place: finding.Place{Span: tt.span}}); !strings.Contains(got, tt.want) {
			t.Errorf("%+v: %s lacks %s", tt.span, got, tt.want)
		}
	}
}

// command is a workflow command as the runner of GitHub Actions reads it.
type command struct {
	name       string
	properties map[string]string
	data       string
}

// parseCommand reads a line as the runner does: blanks before the command do
// not matter, and the first pair of colons behind its properties ends them.
func parseCommand(line string) (c command, ok bool) {
	rest, ok := strings.CutPrefix(strings.TrimLeftFunc(line, func(r rune) bool { return unicode.IsSpace(r) || ignored(r) }), "::")
	if !ok {
		return c, false
	}
	info, text, ok := strings.Cut(rest, "::")
	if !ok {
		return c, false
	}
	unescape := strings.NewReplacer("%25", "%", "%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",")
	name, properties, _ := strings.Cut(info, " ")
	c = command{name, map[string]string{}, unescape.Replace(text)}
	for property := range strings.SplitSeq(properties, ",") {
		key, value, _ := strings.Cut(property, "=")
		c.properties[key] = unescape.Replace(value)
	}
	return c, true
}

// ignored is what a comparison of strings by culture, as the runner's, skips.
func ignored(r rune) bool { return unicode.In(r, unicode.C, unicode.M) }

var anyOldCommand = regexp.MustCompile(`##\[`)

// fragments are what the property tests make text of: whatever means something to
// somebody.
var fragments = []string{
	"::", "error", "::error::", "::warning file=x::", "##", "[", "##[", "##[error]", "#", "]", "set-output name=x", "%", "%0A", "%25", ":", ",", "=",
	"\n", "\r", "\r\n", "\t", " ", "\u00a0", "\u2028", "\u0085", "\v", "\u200b", "\u200d", "\u00ad", "\u0301", "\ufe0f", "\x1b[2K", "\x00", "\u202e",
	"`", "``", "|", "\\", "\\|", "@everyone", "@", "#12", "GH-12", "<b>", "<!--", "-->", "&amp;", "]]>", "<![CDATA[", "https://x.y", "www.", "www.x.y", "a@b.c",
	"*", "_", "~", "[x](y)", "![x](y)", ":smile:", "$x$", "word", "Word.", "(so)", "deadbeef", "1234567", "東京", "👩\u200d🚀", "'", "\"", "{0}", "!", "-",
}

func text() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		if rapid.IntRange(0, 9).Draw(t, "any") == 0 {
			return rapid.String().Draw(t, "text")
		}
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(fragments), 0, 8).Draw(t, "words"), "")
	})
}

// anyReport is a report with text of any sort wherever a file's text can get.
func anyReport() *rapid.Generator[finding.Report] {
	return rapid.Custom(func(t *rapid.T) finding.Report {
		one := rapid.Custom(func(t *rapid.T) finding.Finding {
			line := rapid.IntRange(1, 9).Draw(t, "line")
			return finding.Finding{
				Path: "a" + text().Draw(t, "path"),
				Place: finding.Place{
					Span:   finding.Span{Line: line, Column: 1, EndLine: line, EndColumn: rapid.IntRange(1, 9).Draw(t, "endColumn")},
					Source: strings.NewReplacer("\n", " ", "\r", " ").Replace(text().Draw(t, "source")),
				},
				Rule:    rapid.SampledFrom([]string{"schema", "severity-known", "next-step-owned"}).Draw(t, "rule"),
				Level:   rapid.SampledFrom([]finding.Level{finding.Error, finding.Warning}).Draw(t, "level"),
				Message: "x" + text().Draw(t, "message"), Hint: text().Draw(t, "hint"),
				New: rapid.Bool().Draw(t, "new"), Field: "/k", Value: text().Draw(t, "value"),
			}
		})
		r := finding.Report{Files: 3, Findings: rapid.SliceOfN(one, 0, 15).Draw(t, "findings")}
		if rapid.Bool().Draw(t, "bare") { // no letter of ours before the text
			for i := range r.Findings {
				r.Findings[i].Path, r.Findings[i].Message = r.Findings[i].Path[1:], r.Findings[i].Message[1:]
			}
		}
		finding.Sort(r.Findings)
		return r
	})
}

// TestNoForgedCommand reads GitHub's output as its runner does: there are our
// commands and no other, and they say what the findings say.
func TestNoForgedCommand(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		r := anyReport().Draw(rt, "report")
		out := printed(t, GitHub, r)
		var want []finding.Finding
		told := map[bool]int{}
		for _, f := range byUrgency(r.Findings) {
			isError := f.New && f.Level == finding.Error
			if told[isError]++; told[isError] <= 10 {
				want = append(want, f)
			}
		}
		// .NET ends a line at a return, too.
		for l := range strings.SplitSeq(strings.TrimSuffix(strings.ReplaceAll(out, "\r", "\n"), "\n"), "\n") {
			c, ok := parseCommand(l)
			if !ok {
				bare := strings.Map(func(r rune) rune {
					if ignored(r) {
						return -1
					}
					return r
				}, l)
				if anyOldCommand.MatchString(bare) {
					rt.Fatalf("a command of old in %q", l)
				}
				if strings.HasPrefix(strings.TrimSpace(l), "::") {
					rt.Fatalf("looks like a command: %q", l)
				}
				continue
			}
			if len(want) == 0 {
				rt.Fatalf("one command too many: %q", l)
			}
			f := want[0]
			want = want[1:]
			message := strings.Join(escape.Lines(f.Message), "\n")
			if (c.name == "error") != (f.New && f.Level == finding.Error) || c.properties["file"] != escape.Visible(f.Path) || !strings.HasPrefix(c.data, message) {
				rt.Fatalf("%q says %+v, want %+v", l, c, f)
			}
			for name, value := range c.properties {
				if strings.ContainsFunc(value, escape.Hidden) {
					rt.Fatalf("%s of %q has a control character", name, l)
				}
			}
		}
		if len(want) > 0 {
			rt.Fatalf("%d commands are missing in\n%s", len(want), out)
		}
	})
}

// TestEveryFindingInTheLog counts the lines of the log: one a finding.
func TestEveryFindingInTheLog(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		r := anyReport().Draw(rt, "report")
		n := 0
		for l := range strings.Lines(printed(t, GitHub, r)) {
			if strings.HasPrefix(l, "error: ") || strings.HasPrefix(l, "warning: ") {
				n++
			}
		}
		if n != len(r.Findings) {
			rt.Fatalf("%d lines for %d findings", n, len(r.Findings))
		}
	})
}
