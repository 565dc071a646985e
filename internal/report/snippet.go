package report

import (
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/finding"
)

const (
	// tabStop is how far apart the stops are that a tab goes to.
	tabStop = 4
	// maxCluster is of how many code points one character is shown. A family
	// of emoji has eleven; more are marks piled up to disturb.
	maxCluster = 16
)

// snippet returns the source line of a place as it is shown, and the line that
// goes below it and marks the span, as far as that is on this line. Neither is
// wider than width: of a longer line, the part around the mark is shown.
func snippet(at finding.Place, width int) (text, mark string) {
	at = nearby(at)
	gs := glyphs(at.Source)

	// The span as indices of code points; to is the last one that is marked.
	// Where nothing stands, at the end of the line too, one place is marked.
	end := utf8.RuneCountInString(at.Source)
	from := min(max(at.Column-1, 0), end)
	to := end - 1
	if at.EndLine <= at.Line {
		to = min(at.EndColumn-2, to)
	}

	// The same in glyphs: one that the span begins or ends in is marked whole.
	holding := func(rune int) int {
		return sort.Search(len(gs), func(i int) bool { return gs[i].rune > rune }) - 1
	}
	first := holding(from)
	last := max(holding(to), first)

	lo, hi := window(gs, first, width)
	var b strings.Builder
	indent := gs[first].column - gs[lo].column
	if lo > 0 {
		b.WriteRune('…')
		indent++
	}
	for _, g := range gs[lo:hi] {
		b.WriteString(g.text)
	}
	if hi < len(gs)-1 {
		b.WriteRune('…')
	}
	marked := gs[min(last+1, hi)-1].end() - gs[first].column
	return b.String(), strings.Repeat(" ", indent) + "^" + strings.Repeat("~", max(marked-1, 0))
}

// nearby cuts a line of which only a window will be shown to what stands
// around the span: taking a line of a megabyte apart takes longer than all the
// rest.
func nearby(at finding.Place) finding.Place {
	const reach = 2000 // code points on each side, more than any window has
	if len(at.Source) <= 2*reach {
		return at
	}
	skip := max(at.Column-1-reach, 0)
	from, to, n := 0, len(at.Source), 0
	for i := range at.Source {
		if n == skip {
			from = i
		}
		if n == skip+2*reach {
			to = i
			break
		}
		n++
	}
	if n < skip { // a column behind the end
		return at
	}
	at.Source = at.Source[from:to]
	at.Column -= skip
	if at.EndLine <= at.Line {
		at.EndColumn -= skip
	}
	return at
}

// window returns which glyphs are shown of a line: all if they fit, else what
// stands around the first marked one, with room for an ellipsis on both sides.
func window(gs []glyph, first, width int) (lo, hi int) {
	total := gs[len(gs)-1].end()
	if total <= width {
		return 0, len(gs)
	}
	width -= 2
	left := max(min(gs[first].column-width/3, total-width), 0)
	lo = sort.Search(len(gs), func(i int) bool { return gs[i].column >= left })
	hi = sort.Search(len(gs), func(i int) bool { return gs[i].end() > gs[lo].column+width })
	return lo, hi
}

// glyph is a piece of a source line that is shown as one.
type glyph struct {
	text          string
	column, width int // on the terminal, from 0
	rune          int // index in the source line of its first code point
}

func (g glyph) end() int { return g.column + g.width }

// glyphs splits a source line into what a terminal shows of it, ending with
// the empty place behind the line.
func glyphs(source string) []glyph {
	var gs []glyph
	var next glyph
	add := func(text string, width, runes int) {
		next.text, next.width = text, width
		gs = append(gs, next)
		next.column += width
		next.rune += runes
	}
	for source != "" {
		plain := source
		if i := strings.IndexFunc(source, func(r rune) bool { return r == '\t' || escape.Hidden(r) }); i >= 0 {
			plain = source[:i]
		}
		source = source[len(plain):]
		for state := -1; plain != ""; {
			var cluster string
			var width int
			cluster, plain, width, state = uniseg.FirstGraphemeClusterInString(plain, state)
			runes := []rune(cluster)
			add(string(runes[:min(len(runes), maxCluster)]), width, len(runes))
		}
		if source != "" {
			r, size := utf8.DecodeRuneInString(source)
			source = source[size:]
			text := escape.Reveal(r)
			if r == '\t' {
				text = strings.Repeat(" ", tabStop-next.column%tabStop)
			}
			add(text, len(text), 1)
		}
	}
	add("", 1, 0)
	return gs
}
