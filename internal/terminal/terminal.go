// Package terminal lays out what is shown at a terminal, or in a log in its
// place: colour, lines that fit, tables. It counts columns, as a terminal does,
// and not bytes: a wide character of East Asia takes two, a combining mark none.
//
// Text must have come through package escape, since a hidden character has a
// width of its own there. What this package adds is that no line that it begins
// is a command to a CI job.
package terminal

import (
	"strconv"
	"strings"

	"github.com/rivo/uniseg"

	"github.com/escalations-as-code/escalate/internal/escape"
)

// Screen is where text is shown.
type Screen struct {
	// Color says that it takes colours.
	Color bool
	// Width is how many columns it has; 0 where nobody says, which stands for
	// Default.
	Width int
}

const (
	// Default is the width of a terminal that every terminal has.
	Default = 80
	// Narrowest and Widest are the widths that are made use of: below, nothing
	// could be laid out, and beyond, nobody finds the next line.
	Narrowest, Widest = 40, 200
)

// Width returns how many columns to use, 0 where nobody says. terminal is how many
// the terminal has, 0 where there is none; then columns counts, the variable
// COLUMNS, where it is a number.
func Width(terminal int, columns string) int {
	if terminal <= 0 {
		terminal, _ = strconv.Atoi(columns) // 0 where it is no number
	}
	if terminal <= 0 {
		return 0
	}
	return min(max(terminal, Narrowest), Widest)
}

func (s Screen) width() int {
	if s.Width <= 0 {
		return Default
	}
	return s.Width
}

// Room returns how many columns are left behind so many.
func (s Screen) Room(column int) int { return max(s.width()-column, 1) }

// Columns returns how many columns a text takes.
func Columns(text string) int {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return uniseg.StringWidth(text)
		}
	}
	return len(text) // most are, and this is a hundred times faster
}

// Clip cuts a line to a number of columns, and shows by an ellipsis at its end that
// there was more.
func Clip(line string, columns int) string {
	if Columns(line) <= columns {
		return line
	}
	if columns < 1 {
		return ""
	}
	end, width, state := 0, 0, -1
	for rest := line; rest != ""; {
		cluster, behind, w, next := uniseg.FirstGraphemeClusterInString(rest, state)
		if width += w; width > columns-1 {
			break
		}
		end += len(cluster)
		rest, state = behind, next
	}
	return strings.TrimRight(line[:end], " ") + "…"
}

// Style is how text looks.
type Style string

// The styles.
const (
	Bold   Style = "\x1b[1m"
	Faint  Style = "\x1b[2m"
	Red    Style = "\x1b[1;31m"
	Green  Style = "\x1b[32m"
	Yellow Style = "\x1b[1;33m"
)

// Paint gives text a style, line by line, where the screen takes colours.
func (s Screen) Paint(style Style, text string) string {
	if !s.Color || text == "" {
		return text
	}
	const plain = "\x1b[0m"
	return string(style) + strings.ReplaceAll(text, "\n", plain+"\n"+string(style)) + plain
}

// WrapStated is Wrap for a line that programs look for, such as a finding or what
// came of a delivery: where nobody says how wide the screen is, it stays one line.
func (s Screen) WrapStated(text string, column int, indent string) string {
	if s.Width == 0 {
		return strings.ReplaceAll(text, "\n", "\n"+indent)
	}
	return s.Wrap(text, column, indent)
}

// Wrap breaks each line of a text between words, so that none is wider than the
// screen. The first begins at a column, behind what stands there already; each
// other begins with indent. A word that is wider than a line has one of its own.
func (s Screen) Wrap(text string, column int, indent string) string {
	var b strings.Builder
	for i, line := range strings.Split(escape.Terminal(text), "\n") {
		if i > 0 {
			b.WriteByte('\n')
			if line != "" {
				b.WriteString(indent)
			}
			column = Columns(indent)
		}
		s.wrap(&b, line, column, indent)
	}
	return b.String()
}

// wrap writes one line.
func (s Screen) wrap(b *strings.Builder, line string, column int, indent string) {
	start := Columns(indent)
	gap := 0 // how many spaces stand before the next word
	begun := false
	for i, word := range strings.Split(line, " ") {
		if i > 0 {
			gap++
		}
		if word == "" {
			continue
		}
		width := Columns(word)
		if column+gap+width > s.width() && (begun || column > start) {
			b.WriteString("\n" + indent)
			column, gap = start, 0
			// What is harmless in the middle of a line may be a command at its beginning.
			word = escape.Terminal(word)
			width = Columns(word)
		}
		b.WriteString(strings.Repeat(" ", gap) + word)
		column += gap + width
		gap, begun = 0, true
	}
}

// Line makes one line of a text from a file, fit for a terminal and a log.
func Line(text string) string { return escape.Terminal(escape.Line(text)) }
