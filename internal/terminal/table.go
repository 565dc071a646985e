package terminal

import (
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/escape"
)

// Table is rows under columns.
type Table struct {
	Columns []Column
	Rows    []Row
	// Head is how the names of the columns look. Where no column has a name, there
	// is no such line.
	Head Style
}

// Column is one column of a table.
type Column struct {
	Name string
	// Right says that it holds numbers, which stand at its right edge.
	Right bool
	// Min is how many columns of the screen it takes at least; Max, if it is not 0,
	// at most where the table is too wide for the screen.
	Min, Max int
}

// Row is one row: a cell for each column, a line each.
type Row struct {
	Cells []string
	// Below is said of the row in the lines under it; empty for nothing.
	Below string
}

// leastText is how many columns the text in the last column must have.
const leastText = 24

// Table lays a table out. The last column takes what is left of the width, and
// its text is wrapped there. A table that is too wide has wide cells of the first
// column in lines of their own, and one of numbers moves its columns together.
// Where that is not enough, it stands on its side: of each row the first cell in
// a line, and the others below it, each with the name of its column.
func (s Screen) Table(t Table) string {
	numbers := t.Columns[len(t.Columns)-1].Right
	asked, word := t.asked(), t.longestWord()
	for _, l := range []layout{t.layout(asked, 2, false), t.layout(asked, 2, true), t.layout(asked, 1, true)} {
		room := s.Room(l.last) // of the last column
		if room < l.asked && (room < leastText || room < word || numbers) {
			continue
		}
		var b strings.Builder
		if head := t.head(); strings.Join(head, "") != "" {
			b.WriteString(s.Paint(t.Head, s.row(t, l, head)) + "\n")
		}
		for _, r := range t.Rows {
			b.WriteString(s.row(t, l, r.Cells) + "\n")
			s.below(&b, r.Below, "  ")
		}
		return b.String()
	}
	return s.onItsSide(t)
}

// layout is where the columns of a table stand.
type layout struct {
	widths []int
	gap    string
	last   int // where the last column begins
	asked  int // how wide the last column would be
}

// asked is how wide each column would be.
func (t Table) asked() []int {
	widths := make([]int, len(t.Columns))
	for i, c := range t.Columns {
		widths[i] = max(c.Min, Columns(c.Name))
	}
	for _, r := range t.Rows {
		for i, cell := range r.Cells {
			widths[i] = max(widths[i], Columns(cell))
		}
	}
	return widths
}

// longestWord is how wide the longest word of the last column is, which is not
// broken.
func (t Table) longestWord() int {
	longest := 0
	for _, r := range t.Rows {
		for _, w := range strings.Fields(r.Cells[len(r.Cells)-1]) {
			longest = max(longest, Columns(w))
		}
	}
	return longest
}

// layout gives each column what it asks for, bounded or not, and a gap between
// two.
func (t Table) layout(asked []int, gap int, bounded bool) layout {
	l := layout{widths: slices.Clone(asked), gap: strings.Repeat(" ", gap)}
	for i, c := range t.Columns {
		if bounded && c.Max > 0 {
			l.widths[i] = min(l.widths[i], c.Max)
		}
		l.asked = l.widths[i]
		l.last += l.asked + gap
	}
	l.last -= l.asked + gap
	return l
}

// row is one row in its columns.
func (s Screen) row(t Table, l layout, cells []string) string {
	var b strings.Builder
	last := len(cells) - 1
	for i, cell := range cells {
		cell = escape.Terminal(cell)
		if i == 0 && last > 0 && Columns(cell) > l.widths[0] {
			b.WriteString(s.Wrap(cell, 0, "  ") + "\n")
			cell = ""
		}
		blank := strings.Repeat(" ", max(l.widths[i]-Columns(cell), 0))
		switch {
		case t.Columns[i].Right:
			b.WriteString(blank + cell)
		case i == last:
			b.WriteString(s.Wrap(cell, l.last, strings.Repeat(" ", l.last)))
		default:
			b.WriteString(cell + blank)
		}
		if i < last {
			b.WriteString(l.gap)
		}
	}
	return strings.TrimRight(b.String(), " ")
}

// onItsSide lays out a table that is too wide for the screen.
func (s Screen) onItsSide(t Table) string {
	var b strings.Builder
	if title := t.Columns[0].Name; title != "" {
		b.WriteString(s.Paint(t.Head, title) + "\n")
	}
	for _, r := range t.Rows {
		first := r.Cells[0]
		indent := first[:len(first)-len(strings.TrimLeft(first, " "))] + "  "
		b.WriteString(s.Wrap(first, 0, indent) + "\n")
		var others []string
		for i, cell := range r.Cells[1:] {
			name := t.Columns[i+1].Name
			switch {
			case cell == "" || cell == "-": // nothing
			case name != "":
				others = append(others, strings.ToLower(name)+" "+cell)
			default:
				others = append(others, cell)
			}
		}
		s.below(&b, strings.Join(others, ", "), indent)
		s.below(&b, r.Below, indent)
	}
	return b.String()
}

// below writes what stands under a row.
func (s Screen) below(b *strings.Builder, text, indent string) {
	if text != "" {
		b.WriteString(indent + s.Wrap(text, len(indent), indent) + "\n")
	}
}

func (t Table) head() []string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	return names
}
