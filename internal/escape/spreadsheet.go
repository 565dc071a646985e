package escape

import (
	"strings"
	"unicode"
)

// Spreadsheet shows text in a cell of a table that a spreadsheet opens. There, a
// cell that begins with one of the signs of a formula is computed, also behind white
// space: it could run a program, or send the other cells to somebody. An apostrophe
// before it makes it text. It is one line, since a line break would let a cell that
// is quoted badly begin another.
func Spreadsheet(s string) string {
	s = Line(whitespace.Replace(s))
	begins := strings.TrimLeftFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == '\'' || r == '"' })
	if begins != "" && strings.ContainsRune("=+-@|%＝＋－＠−", []rune(begins)[0]) {
		return "'" + s
	}
	return s
}
