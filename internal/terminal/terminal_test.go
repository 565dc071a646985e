package terminal_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/escalations-as-code/escalate/internal/terminal"
)

func TestWidth(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		terminal int
		columns  string
		want     int
	}{
		{0, "", 0}, {0, "60", 60}, {0, "wide", 0}, {0, "-1", 0}, {0, "0", 0}, {0, "1", 40}, {0, "9999", 200},
		{120, "", 120}, {120, "60", 120}, {10, "", 40}, {400, "", 200},
	} {
		if got := terminal.Width(tt.terminal, tt.columns); got != tt.want {
			t.Errorf("Width(%d, %q) = %d, want %d", tt.terminal, tt.columns, got, tt.want)
		}
	}
}

func TestRoom(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ width, column, want int }{{100, 20, 80}, {0, 20, 60}, {40, 60, 1}} {
		if got := (terminal.Screen{Width: tt.width}).Room(tt.column); got != tt.want {
			t.Errorf("behind %d columns of %d: %d, want %d", tt.column, tt.width, got, tt.want)
		}
	}
}

func TestColumns(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"": 0, "abc": 3, " ~": 2, "a\tb": 2, "a\x7fb": 2, "é": 1, "e\u0301": 1, "東京": 4, "ｱ": 1, "👩\u200d🚀": 2} {
		if got := terminal.Columns(text); got != want {
			t.Errorf("Columns(%q) = %d, want %d", text, got, want)
		}
	}
}

func TestPaint(t *testing.T) {
	t.Parallel()
	if got := (terminal.Screen{}).Paint(terminal.Bold, "a"); got != "a" {
		t.Errorf("without colour: %q", got)
	}
	s := terminal.Screen{Color: true}
	if got, want := s.Paint(terminal.Bold, "a\nb"), "\x1b[1ma\x1b[0m\n\x1b[1mb\x1b[0m"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := s.Paint(terminal.Bold, ""); got != "" {
		t.Errorf("of nothing: %q", got)
	}
}

func TestWrap(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 50)
	for _, tt := range []struct {
		name, text string
		column     int
		indent     string
		want       string
	}{
		{"fits", "one two", 0, "", "one two"},
		{"exactly fits", strings.Repeat("a", 20) + " " + strings.Repeat("b", 19), 0, "", strings.Repeat("a", 20) + " " + strings.Repeat("b", 19)},
		{"one too many", strings.Repeat("a", 20) + " " + strings.Repeat("b", 20), 0, "", strings.Repeat("a", 20) + "\n" + strings.Repeat("b", 20)},
		{"counts columns", strings.Repeat("東", 10) + " " + strings.Repeat("京", 10), 0, "", strings.Repeat("東", 10) + "\n" + strings.Repeat("京", 10)},
		{"not bytes", strings.Repeat("é", 20) + " " + strings.Repeat("é", 19), 0, "", strings.Repeat("é", 20) + " " + strings.Repeat("é", 19)},
		{"behind something", "one two", 36, "  ", "one\n  two"},
		{"no room behind something", "first", 38, "  ", "\n  first"},
		{"a long word", "a " + long + " b", 0, "  ", "a\n  " + long + "\n  b"},
		{"keeps lines", "one\n\ntwo", 4, "  ", "one\n\n  two"},
		{"keeps what is aligned", "a   b", 0, "", "a   b"},
		{"a command at the beginning", "::error::x", 0, "", ": :error::x"},
		{"a command at a break", strings.Repeat("a", 36) + " ::error::x", 0, "  ", strings.Repeat("a", 36) + "\n  : :error::x"},
		{"nothing", "", 3, "  ", ""},
	} {
		if got := (terminal.Screen{Width: 40}).Wrap(tt.text, tt.column, tt.indent); got != tt.want {
			t.Errorf("%s:\n got %q\nwant %q", tt.name, got, tt.want)
		}
	}
}

// word is a word of any width, some of them wide or with marks, and none that
// is empty or a command.
func word() *rapid.Generator[string] {
	letter := rapid.SampledFrom([]string{"a", "Z", "9", "é", "e\u0301", "東", "京", "ｱ", "👍🏽", "-", "`"})
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(letter, 1, rapid.SampledFrom([]int{3, 12, 90}).Draw(t, "length")).Draw(t, "letters"), "")
	})
}

// No line is wider than the screen unless one word is, and the words stay whole
// and in their order, at every width.
func TestWrapKeepsWords(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := terminal.Screen{Width: rapid.IntRange(terminal.Narrowest, terminal.Widest).Draw(t, "width")}
		given := rapid.SliceOfN(word(), 0, 60).Draw(t, "words")
		indent := strings.Repeat(" ", rapid.IntRange(0, 20).Draw(t, "indent"))
		column := rapid.IntRange(0, 60).Draw(t, "column")
		lines := strings.Split(s.Wrap(strings.Join(given, " "), column, indent), "\n")
		if got := strings.Fields(strings.Join(lines, " ")); !slices.Equal(got, given) {
			t.Fatalf("got %q, want %q", got, given)
		}
		for i, line := range lines {
			at := 0
			if i == 0 {
				at = column
			} else if !strings.HasPrefix(line, indent) {
				t.Fatalf("line %d has no indent: %q", i, line)
			}
			if at+terminal.Columns(line) > s.Width && len(strings.Fields(line)) > 1 {
				t.Fatalf("line %d has %d columns of %d: %q", i, at+terminal.Columns(line), s.Width, line)
			}
			// A line ends where the next word would not have fitted.
			if i > 0 {
				next := terminal.Columns(strings.Fields(line)[0])
				before := terminal.Columns(lines[i-1])
				if i == 1 {
					before += column
				}
				if empty := strings.TrimSpace(lines[i-1]) == ""; !empty && before+1+next <= s.Width {
					t.Fatalf("%q had room for %q", lines[i-1], line)
				}
			}
		}
	})
}

func sample() terminal.Table {
	return terminal.Table{
		Columns: []terminal.Column{{Name: "WHO", Max: 12}, {Name: "COUNT", Right: true}, {Name: "WHAT"}},
		Rows: []terminal.Row{
			{Cells: []string{"東京", "7", "waits for somebody who can read the logs of production"}},
			{Cells: []string{"a-name-that-is-too-wide", "1200", "short"}, Below: "and more of it is said below the row, as far as it goes"},
			{Cells: []string{"x", "", ""}},
		},
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	for width, want := range map[int]string{
		40: `
WHO
東京
  count 7, what waits for somebody who
  can read the logs of production
a-name-that-is-too-wide
  count 1200, what short
  and more of it is said below the row,
  as far as it goes
x
`,
		50: `
WHO           COUNT  WHAT
東京              7  waits for somebody who can
                     read the logs of production
a-name-that-is-too-wide
               1200  short
  and more of it is said below the row, as far as
  it goes
x
`,
		80: `
WHO                      COUNT  WHAT
東京                         7  waits for somebody who can read the logs of
                                production
a-name-that-is-too-wide   1200  short
  and more of it is said below the row, as far as it goes
x
`,
	} {
		if got := "\n" + (terminal.Screen{Width: width}).Table(sample()); got != want {
			t.Errorf("at %d:\n%s\nwant\n%s", width, got, want)
		}
	}
}

// Numbers are not wrapped: their columns move together first.
func TestTableOfNumbers(t *testing.T) {
	t.Parallel()
	table := terminal.Table{Columns: []terminal.Column{{Name: "WHO", Max: 20}}, Rows: []terminal.Row{{Cells: []string{strings.Repeat("w", 22)}}}}
	for _, n := range []string{"123456", "-", "1234567890"} {
		table.Columns = append(table.Columns, terminal.Column{Name: "N", Right: true})
		table.Rows[0].Cells = append(table.Rows[0].Cells, n)
	}
	w := strings.Repeat("w", 22)
	for width, want := range map[int]string{
		45: "WHO" + strings.Repeat(" ", 26) + "N  N           N\n" + w + "  123456  -  1234567890\n",
		43: "WHO" + strings.Repeat(" ", 24) + "N  N           N\n" + w + "\n" + strings.Repeat(" ", 22) + "123456  -  1234567890\n",
		41: "WHO" + strings.Repeat(" ", 23) + "N N          N\n" + w + "\n" + strings.Repeat(" ", 21) + "123456 - 1234567890\n",
		39: "WHO\n" + w + "\n  n 123456, n 1234567890\n",
	} {
		if got := (terminal.Screen{Width: width}).Table(table); got != want {
			t.Errorf("at %d:\n%s\nwant\n%s", width, got, want)
		}
	}
}

// A table of any texts fits the screen, unless a word does not, and says all of
// them.
func TestTableFits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := terminal.Screen{Width: rapid.IntRange(terminal.Narrowest, terminal.Widest).Draw(t, "width")}
		table := terminal.Table{}
		columns := rapid.IntRange(1, 6).Draw(t, "columns")
		for i := range columns {
			table.Columns = append(table.Columns, terminal.Column{Name: fmt.Sprintf("C%d", i), Right: i > 0 && rapid.Bool().Draw(t, "right")})
		}
		cell := rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(word(), 1, 8).Draw(t, "cell"), " ") })
		var all []string
		for range rapid.IntRange(1, 4).Draw(t, "rows") {
			cells := rapid.SliceOfN(cell, columns, columns).Draw(t, "cells")
			table.Rows = append(table.Rows, terminal.Row{Cells: cells})
			all = append(all, cells...)
		}
		out := s.Table(table)
		for line := range strings.SplitSeq(out, "\n") {
			if terminal.Columns(line) > s.Width && len(strings.Fields(line)) > 1 {
				t.Fatalf("%d columns of %d: %q in\n%s", terminal.Columns(line), s.Width, line, out)
			}
		}
		for _, text := range all {
			if text == "-" {
				continue // it stands for nothing, and is left out of a table on its side
			}
			for _, w := range strings.Fields(text) {
				if !strings.Contains(out, w) {
					t.Fatalf("%q is not in\n%s", w, out)
				}
			}
		}
	})
}

// The time that a table and a text take grows with them, and not with their
// square.
func BenchmarkTable(b *testing.B) {
	for _, rows := range []int{1_000, 10_000} {
		table := sample()
		for range rows {
			table.Rows = append(table.Rows, table.Rows[0])
		}
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			for b.Loop() {
				(terminal.Screen{Width: 100}).Table(table)
			}
		})
	}
}

func BenchmarkWrap(b *testing.B) {
	for _, words := range []int{1_000, 10_000} {
		text := strings.Repeat("pipelines wait ", words/2)
		b.Run(fmt.Sprint(words), func(b *testing.B) {
			for b.Loop() {
				(terminal.Screen{Width: 100}).Wrap(text, 0, "  ")
			}
		})
	}
}

func TestClip(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		line    string
		columns int
		want    string
	}{
		{"Northwind", 9, "Northwind"}, {"Northwind", 8, "Northwi…"}, {"Northwind Traders", 11, "Northwind…"}, {"Northwind", 1, "…"}, {"Northwind", 0, ""}, {"", 0, ""},
		{"月森精機", 8, "月森精機"}, {"月森精機", 7, "月森精…"}, {"月森精機", 6, "月森…"}, {"e\u0301e\u0301e\u0301", 2, "e\u0301…"},
		{"👩\u200d💻👩\u200d💻", 3, "👩\u200d💻…"},
	} {
		if got := terminal.Clip(c.line, c.columns); got != c.want || terminal.Columns(got) > c.columns {
			t.Errorf("%q in %d columns is %q, want %q", c.line, c.columns, got, c.want)
		}
	}
	if got := terminal.Columns(terminal.Clip(strings.Repeat("é", 1_000_000), 80)); got != 80 { // in no time
		t.Errorf("a long line has %d columns", got)
	}
}
