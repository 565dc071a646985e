// Package escape makes text fit for the place where it is shown. The text of
// an escalation comes from anybody: wherever it goes, it must read as it was
// written and do nothing.
//
// Terminal, GitHub and Slack take a text of several lines, as a notice has it,
// and agree on its lines: a line ends at any of the line breaks in use, no line
// ends in white space, and none is empty at the beginning or the end. A text
// that says nothing becomes an empty one: whoever needs words puts in their own.
//
// Visible, Lines and Line take a value that a reader is to judge, such as one that
// a finding quotes. There, a strange line break is what the reader must see.
package escape

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Hidden reports whether r must not be shown as it is: it moves the cursor,
// breaks a line, turns the direction of writing, or cannot be seen. The two
// joiners are spared, since emoji and several scripts need them.
func Hidden(r rune) bool {
	const zeroWidthNonJoiner, zeroWidthJoiner = '\u200C', '\u200D'
	switch r {
	case zeroWidthNonJoiner, zeroWidthJoiner:
		return false
	case '\uFFFE', '\uFFFF': // no characters, and not allowed in XML
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point)
}

// Reveal writes a hidden character as its number.
func Reveal(r rune) string { return fmt.Sprintf("<U+%04X>", r) }

// Visible makes the hidden characters of s seen, line breaks among them, and
// replaces what is no UTF-8.
func Visible(s string) string {
	if utf8.ValidString(s) && strings.IndexFunc(s, Hidden) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if Hidden(r) {
			b.WriteString(Reveal(r))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Lines splits s into its lines, each fit to be shown.
func Lines(s string) []string {
	ls := strings.Split(strings.Trim(strings.ReplaceAll(s, "\r\n", "\n"), "\n"), "\n")
	for i, l := range ls {
		ls[i] = Visible(l)
	}
	return ls
}

// Line makes one line of s, fit to be shown. The title of an issue needs
// nothing else on GitHub, which takes it for plain text; on GitLab see Title.
func Line(s string) string { return strings.Join(Lines(s), " ") }

// whitespace is what people mean by the characters that break a line or jump
// to a column.
var whitespace = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n", "\t", "    ")

// prose splits a text of several lines into its lines, each fit to be shown.
func prose(s string) []string {
	ls := strings.Split(whitespace.Replace(s), "\n")
	for i, l := range ls {
		ls[i] = strings.TrimRightFunc(Visible(l), unicode.IsSpace)
	}
	for len(ls) > 0 && ls[0] == "" {
		ls = ls[1:]
	}
	for len(ls) > 0 && ls[len(ls)-1] == "" {
		ls = ls[:len(ls)-1]
	}
	return ls
}

// eachWord calls do for each word of s and each run of white space between two.
func eachWord(s string, do func(word string, space bool)) {
	for s != "" {
		space := false
		end := strings.IndexFunc(s, unicode.IsSpace)
		if end == 0 {
			space = true
			end = strings.IndexFunc(s, func(r rune) bool { return !unicode.IsSpace(r) })
		}
		if end < 0 {
			end = len(s)
		}
		do(s[:end], space)
		s = s[end:]
	}
}
