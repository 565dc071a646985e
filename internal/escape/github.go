package escape

import (
	"regexp"
	"strings"
	"unicode"
)

// GitHub shows text of several lines as Markdown of GitHub's flavour: in a
// comment, the body of an issue or the summary of a job, at the beginning of a
// block. Rendered, it reads as it was written, line by line, and is nothing but
// paragraphs of words, with plain URLs to click.
//
// What Markdown itself gives a meaning to is escaped with a backslash or as an
// entity. That does not stop GitHub's own notations: mentions, references,
// emoji and formulas are looked for in the text that Markdown has become, where
// a backslash is gone and an entity a character again
// (github/cmark-gfm#181, github/markup#1168). They are looked for in one text
// node at a time, so an element in between stops them: each sign that begins
// one of them stands in a <span> of its own, which is also how GitHub's manual
// has a dollar be a dollar. An empty comment would do, too, but is not kept in
// the page, so that whoever reads it again puts the halves together; and
// without it, no comment at all stands in our text, and so no forged marker. A
// character without width would be copied along with the words.
//
// A link that the owner of a repository has configured for words like TICKET-1
// is left alone.
func GitHub(s string) string {
	var m markdown
	blank := 0
	for i, l := range prose(s) {
		switch {
		case l == "":
			blank++
			continue
		case i == 0:
		case blank == 0: // a backslash breaks the line in files, too; a line break alone only in comments
			m.WriteString("\\\n")
		default:
			m.WriteString("\n\n" + strings.Repeat("\\\n", blank-1))
		}
		blank = 0
		m.line(l)
	}
	return m.String()
}

// markdown is Markdown being written.
type markdown struct{ strings.Builder }

// leading is what has a meaning at the beginning of a line, up to its last
// character: a list, an underline, the columns of a table, and the commands
// that bots take from comments. What always has one is not listed.
var leading = regexp.MustCompile(`^(?:[-+=:/]|[0-9]+[.)])`)

// line writes a line that is not empty.
func (m *markdown) line(l string) {
	text := strings.TrimLeftFunc(l, unicode.IsSpace)
	for range l[:len(l)-len(text)] {
		m.WriteString("&nbsp;") // white space would be lost, or begin a block of code
	}
	mark := -1
	if loc := leading.FindStringIndex(text); loc != nil {
		mark = loc[1] - 1
	}
	eachWord(text, func(word string, space bool) {
		if space {
			m.WriteString(word)
		} else {
			m.word(word, mark)
		}
		mark -= len(word)
	})
}

// word writes a word, whose byte at mark has a meaning there.
func (m *markdown) word(word string, mark int) {
	before, url, after := cutURL(word)
	if url == "" || referring(url) || emoji(url) {
		m.plain(word, mark)
		return
	}
	m.plain(before, mark)
	m.WriteString("<" + url + ">")
	m.plain(after, -1)
}

// plain writes a word without a link.
func (m *markdown) plain(s string, mark int) {
	for i := 0; i < len(s); i++ {
		if run := hexadecimal(s[i:]); run >= shortHash {
			m.number(s[i : i+run])
			i += run - 1
			continue
		} else if run > 0 {
			m.WriteString(s[i : i+run])
			i += run - 1
			continue
		}
		switch c := s[i]; {
		case c == '@', c == '#', // a mention or an address; an issue
			c == '-' && numbered.MatchString(s[max(0, i-4):i]),
			c == '.' && foldSuffix(s[:i], "www"),
			c == ':' && (strings.HasPrefix(s[i:], "://") || shortcode.MatchString(s[i:])):
			m.alone(s[i : i+1])
		case c == '$': // a formula, which older versions looked for in the source
			m.alone("&#36;")
		case c == '<':
			m.WriteString("&lt;")
		case c == '>':
			m.WriteString("&gt;")
		case c == '&':
			m.WriteString("&amp;")
		case c == '\\': // before the one that breaks a line, not every parser reads two as one
			m.WriteString("&#92;")
		case i == mark, strings.IndexByte("`*_~[]|", c) >= 0:
			m.WriteString(`\` + s[i:i+1])
		default:
			m.WriteByte(c)
		}
	}
}

// alone writes a character where no other is beside it.
func (m *markdown) alone(s string) { m.WriteString("<span>" + s + "</span>") }

// number writes what might be the hash of a commit so that no piece is one.
func (m *markdown) number(s string) {
	for len(s) >= shortHash {
		m.WriteString(s[:shortHash-1])
		m.alone(s[shortHash-1 : shortHash])
		s = s[shortHash:]
	}
	m.WriteString(s)
}

// shortHash is how many digits GitHub takes for the hash of a commit.
const shortHash = 7

// hexadecimal counts the hexadecimal digits at the beginning of s.
func hexadecimal(s string) int {
	rest := strings.TrimLeft(s, "0123456789abcdefABCDEF")
	return len(s) - len(rest)
}

var (
	// numbered is what stands before a number in the name of an issue or an
	// advisory. What stands before that may be in another node.
	numbered = regexp.MustCompile(`(?i)(?:gh|cve|ghsa)$`)

	shortcode = regexp.MustCompile(`^:[0-9a-zA-Z_+-]+:`)
)

// emoji reports whether s has a shortcode in it. GitHub replaces it in links, too.
func emoji(s string) bool {
	for i := range s {
		if s[i] == ':' && shortcode.MatchString(s[i:]) {
			return true
		}
	}
	return false
}

func foldSuffix(s, suffix string) bool {
	return len(s) >= len(suffix) && strings.EqualFold(s[len(s)-len(suffix):], suffix)
}
