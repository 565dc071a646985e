package markdown

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/escalations-as-code/escalate/internal/escape"
)

// Cell shows text in a cell of a table of GitHub's and GitLab's Markdown. What a message
// sets in backquotes becomes code, and so does every word that has any sign in
// it but those of plain prose: in code, nothing is a link, a mention, an issue,
// HTML, emphasis or a formula.
func Cell(s string) string {
	var m cell
	parts := strings.Split(escape.Line(s), "`")
	for i, part := range parts {
		if i%2 == 1 && i < len(parts)-1 {
			m.code(part)
			continue
		}
		if i%2 == 1 { // a backquote that none follows
			part = "`" + part
		}
		for part != "" {
			word, rest := part, ""
			if n := strings.IndexFunc(part, unicode.IsSpace); n >= 0 {
				word, rest = part[:n], part[n:]
			}
			m.word(word)
			part = strings.TrimLeftFunc(rest, unicode.IsSpace)
			if part != rest {
				m.prose(" ")
			}
		}
	}
	m.prose("")
	return m.b.String()
}

// cell is Markdown being written. Code is kept back until prose follows, since
// two spans of code that touch would not be two.
type cell struct {
	b    strings.Builder
	kept string
}

func (m *cell) code(s string) { m.kept += s }

func (m *cell) prose(s string) {
	if m.kept != "" {
		m.b.WriteString(Code(m.kept))
		m.kept = ""
	}
	m.b.WriteString(s)
}

// word writes a word as prose, or as code between its marks of punctuation.
func (m *cell) word(s string) {
	core := strings.TrimLeft(s, `("'‘“`)
	before := s[:len(s)-len(core)]
	core = strings.TrimRight(core, `)"'’”.,:;!?…`)
	after := s[len(before)+len(core):]
	switch {
	case s == "":
	case harmless(core):
		m.prose(s)
	default:
		if before != "" {
			m.prose(before)
		}
		m.code(core)
		if after != "" {
			m.prose(after)
		}
	}
}

// reference is what a forge may make a link of although it is made of letters
// and digits: the number of an issue or an advisory, a commit, the beginning of an
// address, a milestone.
var reference = regexp.MustCompile(`(?i)(?:gh|gl|cve)-[0-9]|ghsa-|\b[0-9a-f]{7,40}\b|www$|%.`)

var timeOfDay = regexp.MustCompile(`^[0-9]{2}:[0-9]{2}$`)

// harmless reports whether a word, freed of the punctuation around it, means
// nothing in Markdown.
func harmless(word string) bool {
	if timeOfDay.MatchString(word) {
		return true
	}
	for _, r := range word {
		if !unicode.In(r, unicode.L, unicode.M, unicode.N) && !strings.ContainsRune("-–—'’%", r) {
			return false
		}
	}
	return !reference.MatchString(word)
}

// Code shows s as code, in a cell of a table: there, a bar ends the cell
// even in code, unless it is escaped.
func Code(s string) string {
	s = strings.ReplaceAll(s, "|", `\|`)
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		s = " " + s + " "
	}
	return fence + s + fence
}

// Prose shows a message outside of tables: what it sets in backquotes is code.
func Prose(message string) string {
	var pieces []escape.Piece
	for i, part := range strings.Split(message, "`") {
		if part != "" {
			pieces = append(pieces, escape.Piece{Words: part, Code: i%2 == 1})
		}
	}
	return escape.MarkdownLineOf(pieces...)
}

// Details is text that is unfolded by its title; both are Markdown.
func Details(title, text string) string {
	return fmt.Sprintf("\n<details><summary>\n\n%s\n\n</summary>\n\n%s\n</details>\n", title, text)
}
