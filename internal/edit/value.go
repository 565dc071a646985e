package edit

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text writes a text as a YAML value on one line: bare where every reader of
// YAML takes that for this very text, else in quotes.
func Text(s string) string {
	if isBare(s) {
		return s
	}
	return Quote(s)
}

// FlowText writes a text as Text does, for inside of braces or brackets, where
// less may stand without quotes.
func FlowText(s string) string {
	if isBare(s) && !strings.ContainsAny(s, ",[]{}?") {
		return s
	}
	return Quote(s)
}

// Quote writes a text in quotes, in those that leave it easiest to read.
func Quote(s string) string {
	printable := utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return r != ' ' && !unicode.IsGraphic(r) || r == '\u2028' || r == '\u2029' }) < 0
	switch {
	case printable && !strings.ContainsAny(s, `"\`):
		return `"` + s + `"`
	case printable:
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	default: // every escape of Go is one of YAML
		return strconv.Quote(s)
	}
}

// isBare reports whether a text can stand without quotes. It is careful: some
// of what it refuses would do.
func isBare(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	switch {
	case s == "", !utf8.ValidString(s),
		!unicode.IsLetter(first) && !unicode.IsDigit(first) && first != '_' && first != '/',
		strings.TrimSpace(s) != s,
		strings.Contains(s, ": "), strings.HasSuffix(s, ":"), strings.Contains(s, " #"),
		strings.IndexFunc(s, func(r rune) bool { return r != ' ' && !unicode.IsGraphic(r) || r != ' ' && unicode.IsSpace(r) }) >= 0:
		return false
	}
	return !typed.MatchString(s)
}

// typed is a word that some reader of YAML takes for something other than
// text: a number in any notation, a date or time, yes or no, nothing.
var typed = regexp.MustCompile(`(?i)^([0-9][0-9_,.:eox+abcdef-]*|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([t ].*)?|y|n|yes|no|on|off|true|false|null|nan|inf)$`)
