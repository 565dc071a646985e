package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// hidden reports whether r must not be shown as it is: it moves the cursor,
// breaks a line, turns the direction of writing, or cannot be seen. The two
// joiners are spared, since emoji and several scripts need them.
func hidden(r rune) bool {
	const zeroWidthNonJoiner, zeroWidthJoiner = '\u200C', '\u200D'
	switch r {
	case zeroWidthNonJoiner, zeroWidthJoiner:
		return false
	case '\uFFFE', '\uFFFF': // no characters, and not allowed in XML
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

// reveal writes a hidden character as its number.
func reveal(r rune) string { return fmt.Sprintf("<U+%04X>", r) }

// visible makes the hidden characters of s seen, line breaks among them, and
// replaces what is no UTF-8.
func visible(s string) string {
	if utf8.ValidString(s) && strings.IndexFunc(s, hidden) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if hidden(r) {
			b.WriteString(reveal(r))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// lines splits s into its lines, each fit to be shown.
func lines(s string) []string {
	ls := strings.Split(strings.Trim(strings.ReplaceAll(s, "\r\n", "\n"), "\n"), "\n")
	for i, l := range ls {
		ls[i] = visible(l)
	}
	return ls
}

// line makes one line of s, fit to be shown.
func line(s string) string { return strings.Join(lines(s), " ") }

// clip cuts s to n characters.
func clip(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i] + "…"
		}
		n--
	}
	return s
}
