package report

import (
	"strings"
	"testing"

	"github.com/rivo/uniseg"
	"pgregory.net/rapid"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/finding"
)

func TestSnippet(t *testing.T) {
	t.Parallel()
	span := func(source string, line, column, endLine, endColumn int) finding.Place {
		return finding.Place{Span: finding.Span{Line: line, Column: column, EndLine: endLine, EndColumn: endColumn}, Source: source}
	}
	long := strings.Repeat("a", 300) + "HERE" + strings.Repeat("b", 300)
	tests := []struct {
		name string
		at   finding.Place
		want string
	}{
		{"a word", at(1, "severity: hihg", "hihg"), `
severity: hihg
          ^~~~`},
		{"one character", at(1, "a: [x]", "]"), `
a: [x]
     ^`},
		{"wide before", at(1, "客: 東京 x", "x"), `
客: 東京 x
         ^`},
		{"wide marked", at(1, "客: 東京 x", "東京"), `
客: 東京 x
    ^~~~`},
		{"combining before", at(1, "a\u0301o\u0308: x", "x"), "\na\u0301o\u0308: x\n    ^"},
		{"begins and ends inside of a character", span("k: e\u0301\u0302 x", 1, 5, 1, 6), "\nk: e\u0301\u0302 x\n   ^"},
		{"ends inside of an emoji", span("k: 👩\u200d🚀x", 1, 4, 1, 5), "\nk: 👩\u200d🚀x\n   ^~"},
		{"tabs", at(1, "\ta\t\tb: x", "b"), `
    a       b: x
            ^`},
		{"a tab itself", at(1, "a\tb", "\t"), `
a   b
 ^~~`},
		{"hidden before", at(1, "\x1b[31m\u202e x", "x"), `
<U+001B>[31m<U+202E> x
                     ^`},
		{"hidden itself", at(1, "a \x00b", "\x00"), `
a <U+0000>b
  ^~~~~~~~`},
		{"hidden inside of a character", at(1, "🏴\U000E0067\U000E0062 x", "x"), "\n🏴<U+E0067><U+E0062> x\n                     ^"},
		{"no UTF-8", at(1, "a\xffb x", "x"), "\na\uFFFDb x\n    ^"},
		{"end of the line", span("channel:", 1, 9, 1, 9), `
channel:
        ^`},
		{"behind the end", span("channel:", 1, 40, 1, 50), `
channel:
        ^`},
		{"goes on below", span("text: |", 3, 7, 9, 1), `
text: |
      ^`},
		{"goes on below from the middle", span("text: >-  # x", 3, 7, 4, 2), `
text: >-  # x
      ^~~~~~~`},
		{"nonsense", span("abc", 5, 0, 4, -7), `
abc
^`},
		{"as wide as the window", at(1, strings.Repeat("a", 35)+"HERE", "HERE"), "\n" +
			strings.Repeat("a", 35) + "HERE\n" + strings.Repeat(" ", 35) + "^~~~"},
		{"long, in the middle", at(1, long, "HERE"), "\n" +
			"…" + strings.Repeat("a", 12) + "HERE" + strings.Repeat("b", 22) + "…\n" + strings.Repeat(" ", 13) + "^~~~"},
		{"long, at the beginning", at(1, "HERE"+long, "HERE"), "\n" +
			"HERE" + strings.Repeat("a", 34) + "…\n^~~~"},
		{"long, at the end", at(1, long+"END", "END"), "\n" +
			"…" + strings.Repeat("b", 34) + "END\n" + strings.Repeat(" ", 35) + "^~~"},
		{"long, behind the end", span(long, 1, 605, 1, 605), "\n" +
			"…" + strings.Repeat("b", 37) + "\n" + strings.Repeat(" ", 38) + "^"},
		{"long, all of it", at(1, long, long), "\n" +
			strings.Repeat("a", 38) + "…\n^" + strings.Repeat("~", 37)},
		{"marks piled up", at(1, "z"+strings.Repeat("\u0301", 99)+" x", "x"), "\nz" + strings.Repeat("\u0301", 15) + " x\n  ^"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text, mark := snippet(tt.at, 40)
			if got := "\n" + text + "\n" + mark; got != tt.want {
				t.Errorf("got:%s\nwant:%s", got, tt.want)
			}
		})
	}
}

// TestSnippetLong guards against work that grows with the square of the line.
func TestSnippetLong(t *testing.T) {
	t.Parallel()
	for _, piece := range []string{"a", "e\u0301", "\u0301", "\u0301\U000E0061", "\t", "\x00", "東", "👩\u200d🚀", "🇩"} {
		source := strings.Repeat(piece, 1<<17/len(piece)) + "x"
		text, mark := snippet(at(1, source, "x"), 72)
		if !strings.HasSuffix(text, "x") || uniseg.StringWidth(text) > 72 || len(mark) > 72 {
			t.Errorf("%q: %d and %d columns", piece, uniseg.StringWidth(text), len(mark))
		}
	}
}

// pieces are shown in so many columns each, beside any other.
var pieces = map[string]int{
	"a": 1, " ": 1, ":": 1, "é": 1, "e\u0301": 1, "ｱ": 1, "ß": 1, "ж": 1, "ع": 1,
	"東": 2, "한": 2, "👍🏽": 2, "👩\u200d🚀": 2,
	"\x1b": 8, "\u202e": 8, "\u200b": 8, "\u2028": 8, "\r": 8,
}

// TestMarkStandsUnder compares with the widths of the table above: a mark
// stands exactly under its piece, in a line of any pieces.
func TestMarkStandsUnder(t *testing.T) {
	t.Parallel()
	piece := rapid.SampledFrom(sortedKeys(pieces))
	rapid.Check(t, func(t *rapid.T) {
		before := rapid.SliceOfN(piece, 0, 30).Draw(t, "before")
		marked := rapid.SliceOfN(piece, 1, 4).Draw(t, "marked")
		after := rapid.SliceOfN(piece, 0, 30).Draw(t, "after")
		columns := func(ps []string) (n int) {
			for _, p := range ps {
				n += pieces[p]
			}
			return n
		}
		source := strings.Join(before, "") + strings.Join(marked, "") + strings.Join(after, "")
		from := 1 + len([]rune(strings.Join(before, "")))
		to := from + len([]rune(strings.Join(marked, "")))
		place := finding.Place{Span: finding.Span{Line: 1, Column: from, EndLine: 1, EndColumn: to}, Source: source}
		text, mark := snippet(place, 1000)
		if want := strings.Repeat(" ", columns(before)) + "^" + strings.Repeat("~", columns(marked)-1); mark != want {
			t.Fatalf("marked wrongly:\n%s\n%s\nwant\n%s", text, mark, want)
		}
		if want := escape.Visible(source); text != want {
			t.Fatalf("got %q, want %q", text, want)
		}
	})
}

// TestSnippetFits shows any place of any line: nothing hidden gets through,
// nothing is too wide, and what stands above the mark is what is meant.
func TestSnippetFits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		source := rapid.StringOfN(rapid.Rune(), 0, 300, -1).Draw(t, "source")
		place := finding.Place{
			Span: finding.Span{
				Line: 1, Column: rapid.IntRange(-1, 310).Draw(t, "column"),
				EndLine: rapid.IntRange(0, 2).Draw(t, "endLine"), EndColumn: rapid.IntRange(-1, 310).Draw(t, "endColumn"),
			},
			Source: source,
		}
		const width = 60
		text, mark := snippet(place, width)
		if strings.IndexFunc(text, escape.Hidden) >= 0 || strings.Contains(text, "\t") {
			t.Fatalf("hidden characters in %q", text)
		}
		if uniseg.StringWidth(text) > width || len(mark) > width {
			t.Fatalf("too wide:\n%s\n%s", text, mark)
		}
		if trimmed := strings.TrimLeft(mark, " "); trimmed == "" || strings.Trim(trimmed[1:], "~") != "" || trimmed[0] != '^' {
			t.Fatalf("no mark: %q", mark)
		}
	})
}

// TestWindowShowsTheMarked has the marked character stand above the mark in
// long lines, too.
func TestWindowShowsTheMarked(t *testing.T) {
	t.Parallel()
	line := rapid.SliceOfN(rapid.SampledFrom(sortedKeys(pieces)), 0, 200)
	rapid.Check(t, func(t *rapid.T) {
		source := strings.Join(line.Draw(t, "before"), "") + "◆" + strings.Join(line.Draw(t, "after"), "")
		text, mark := snippet(at(1, source, "◆"), 50)
		before, _, ok := strings.Cut(text, "◆")
		if indent := len(mark) - 1; !ok || uniseg.StringWidth(before) != indent {
			t.Fatalf("marked wrongly:\n%s\n%s", text, mark)
		}
	})
}
