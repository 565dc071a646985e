package escape

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Markdown shows text of several lines as Markdown of GitHub's and GitLab's
// flavour: in a comment, the body of an issue or the summary of a job, at the
// beginning of a block. Rendered, it reads as it was written, line by line, and
// is nothing but paragraphs of words, with plain URLs to click.
//
// What Markdown itself gives a meaning to is escaped with a backslash or as an
// entity. That does not stop the notations of the forges: mentions, references,
// emoji and formulas are looked for in the text that Markdown has become, where
// a backslash is gone and an entity a character again
// (github/cmark-gfm#181, github/markup#1168). They are not looked for in code,
// so a word that may be one of them is shown as code. Quick actions, which
// GitLab takes from the beginning of a line and carries out, become code as well.
// What GitLab looks for at the beginning of a line of the source, such as the
// borders of front matter, has a backslash before it. No text has "<!" in it, so
// none can forge a hidden marker.
//
// A color, such as #ff0000, is a reference first: so it is code, and there GitLab
// and GitHub show a dot of that color behind it, in issues and comments.
//
// A line break is two spaces before the end of the line: that breaks it in
// files, summaries and comments alike.
//
// A link that the owner of a repository has configured for words like TICKET-1
// is left alone.
func Markdown(s string) string { return MarkdownOf(Piece{Words: s}) }

// MarkdownLine shows text as one line of such Markdown: a heading, an item of a
// list, a cell of a table.
func MarkdownLine(s string) string { return MarkdownLineOf(Piece{Words: s}) }

// Piece is a piece of text beside others.
type Piece struct {
	// Words is what is read.
	Words string
	// URL is where the words lead to. They are no link where it is not safe to click.
	URL string
	// Code reports that the words are a name that a machine reads.
	Code bool
}

// MarkdownOf is Markdown of pieces in a row. A word may go on from one piece to
// the next, and is judged as a whole.
func MarkdownOf(pieces ...Piece) string { return markdownLines(pieces, true) }

// MarkdownLineOf is MarkdownLine of pieces in a row.
func MarkdownLineOf(pieces ...Piece) string { return markdownLines(pieces, false) }

// markdownLines writes pieces, in several lines or in one.
func markdownLines(pieces []Piece, several bool) string {
	lines := [][]Piece{{}}
	add := func(p Piece) {
		last := &lines[len(lines)-1]
		if n := len(*last); n > 0 && p.prose() && (*last)[n-1].prose() {
			(*last)[n-1].Words += p.Words
			return
		}
		*last = append(*last, p)
	}
	for _, p := range pieces {
		if !p.prose() {
			add(p)
			continue
		}
		text := whitespace.Replace(p.Words)
		if !several {
			text = strings.ReplaceAll(text, "\n", " ")
		}
		for i, words := range strings.Split(text, "\n") {
			if i > 0 {
				lines = append(lines, nil)
			}
			add(Piece{Words: Visible(words)})
		}
	}
	m := markdown{indents: several}
	blank, begun := 0, false
	for _, line := range lines {
		if n := len(line); n > 0 && line[n-1].prose() {
			line[n-1].Words = strings.TrimRightFunc(line[n-1].Words, unicode.IsSpace)
		}
		switch {
		case len(line) == 0 || len(line) == 1 && line[0] == Piece{}:
			blank++
			continue
		case !begun:
		case blank == 0:
			m.mark("  \n")
		default: // of several empty lines, Markdown would keep one
			m.mark("\n\n" + strings.Repeat("&nbsp;  \n", blank-1))
		}
		blank, begun = 0, true
		m.line(line)
	}
	m.flush()
	return string(m.out)
}

// prose reports whether a piece is words and nothing else.
func (p Piece) prose() bool { return p.URL == "" && !p.Code }

// MarkdownCode shows a name that a machine reads, in a line.
func MarkdownCode(s string) string { return MarkdownLineOf(Piece{Words: s, Code: true}) }

// Refers reports whether a forge makes more of a URL than a link: it tells an
// issue, say, that it was mentioned. A text that anybody may write has such a URL
// as code.
func Refers(url string) bool { return referring(url) }

// markdown is Markdown being written. Code is kept back until something else
// follows: two spans of code that touch would not be two.
type markdown struct {
	out  []byte
	kept string
	// indents reports that white space at the beginning of a line is shown.
	indents bool
	// linked reports that we are in the label of a link, which holds no other.
	linked bool
	// begins reports that nothing of the line is written yet.
	begins bool
}

// mark writes Markdown of ours.
func (m *markdown) mark(s string) {
	m.flush()
	m.out = append(m.out, s...)
}

// flush writes the code that is kept back, between more backquotes than it has
// in a row.
func (m *markdown) flush() {
	if m.kept == "" {
		return
	}
	fence := "`"
	for strings.Contains(m.kept, fence) {
		fence += "`"
	}
	pad := ""
	if strings.HasPrefix(m.kept, "`") || strings.HasSuffix(m.kept, "`") {
		pad = " "
	}
	m.out = append(m.out, fence+pad+m.kept+pad+fence...)
	m.kept = ""
}

// leading is what has a meaning at the beginning of a line, up to its last
// character: a heading, a quotation, a list, an underline, the columns of a
// table; on GitLab also the term of a list, a file to be included, the borders of
// a quotation and of front matter.
var leading = regexp.MustCompile(`^(?:[-+=:;>]|#+(?:\s|$)|[0-9]+[.)](?:\s|$))`)

// acting is what is code at the beginning of a line: a quick action, or the command
// of a bot; the box of a task, which GitLab makes of brackets even behind a backslash,
// of any sign between them (process_tasklist of comrak, its parser).
var acting = regexp.MustCompile(`^(?:/\S*|\[.\](?:\s|$))`)

// line writes a line that is not empty.
func (m *markdown) line(line []Piece) {
	m.begins = true
	for _, p := range line {
		before := len(m.out) + len(m.kept)
		switch {
		case p.URL != "":
			m.link(p)
		case p.Code:
			m.code(Line(p.Words))
		default:
			m.prose(p.Words)
		}
		m.begins = m.begins && len(m.out)+len(m.kept) == before
	}
}

// prose writes words of a line, which may be its first: then what has a meaning
// there loses it.
func (m *markdown) prose(s string) {
	if !m.begins {
		m.words(s, -1)
		return
	}
	text := strings.TrimLeftFunc(s, unicode.IsSpace)
	if m.indents { // it would be lost, or begin a block of code
		m.mark(strings.Repeat("&nbsp;", utf8.RuneCountInString(s[:len(s)-len(text)])))
	}
	if text == "" {
		return
	}
	mark := -1
	if loc := leading.FindStringIndex(text); loc != nil {
		mark = len(strings.TrimRightFunc(text[:loc[1]], unicode.IsSpace)) - 1
	}
	if begun := strings.TrimRightFunc(acting.FindString(text), unicode.IsSpace); begun != "" {
		m.code(begun)
		text = text[len(begun):]
	}
	m.words(text, mark)
}

// words writes words, whose byte at mark has a meaning there.
func (m *markdown) words(s string, mark int) {
	eachWord(s, func(word string, space bool) {
		if space {
			m.mark(word)
		} else {
			m.word(word, mark)
		}
		mark -= len(word)
	})
}

// link writes a link, or its words and its address where it is not safe.
func (m *markdown) link(p Piece) {
	label := Line(p.Words)
	if !clickable(p.URL) {
		if label != "" {
			m.prose(label + ": ")
		}
		m.code(Line(p.URL))
		return
	}
	if label == "" || label == p.URL {
		m.word(p.URL, -1)
		return
	}
	m.flush()
	if n := len(m.out); n > 0 && m.out[n-1] == '!' { // it would be an image
		m.out = append(m.out[:n-1], `\!`...)
	}
	m.mark("[")
	m.linked = true
	m.words(label, -1)
	m.linked = false
	if strings.ContainsAny(p.URL, "()") {
		m.mark("](<" + p.URL + ">)")
	} else {
		m.mark("](" + p.URL + ")")
	}
}

// word writes a word, whose byte at mark has a meaning there.
func (m *markdown) word(word string, mark int) {
	before, url, after := cutURL(word)
	if url == "" || m.linked || referring(url) || shortcode.MatchString(url) {
		m.judged(word, mark)
		return
	}
	m.judged(before, mark)
	m.mark("<" + url + ">")
	m.judged(after, -1)
}

// notation is what a forge makes something of, in a text.
//
// On GitHub: a mention or an address, a formula, an address to link, the number
// of an issue or an advisory, an emoji, the hash of a commit. On GitLab
// (https://docs.gitlab.com/user/markdown/) also a merge request, an epic, an alert,
// a label, a milestone, a placeholder, an iteration, a project, a page of the wiki,
// a table of contents, other things by their kind, and the signs around what was
// added or deleted.
var notation = regexp.MustCompile(`(?i)[@$]|://|www\.|[#!&][0-9]|\b(?:gh|gl|cve|ghsa)-\w|` + emoji + `|(?:^|[^0-9a-z])[0-9a-f]{7,}(?:$|[^0-9a-z])` +
	`|~.|%["{]|%[^"<]*[\pL\pN_]|\*iteration:|\^alert#|\[\[|\[(?:_?toc|[a-z_]+:)|[[{][+-]|[+-][]}]|[\w.-]/[\w.-]+>` +
	`|\\`) // which not every parser reads alike before another sign

// judged writes a word without a link: as words, or as code between the
// punctuation around it.
func (m *markdown) judged(s string, mark int) {
	if !notation.MatchString(s) {
		m.plain(s, mark)
		return
	}
	const closing = `)"'’”.,;!?…`
	core := strings.TrimLeft(s, `("'‘“`)
	before := len(s) - len(core)
	for _, behind := range []string{closing + ":", closing, ""} {
		if short := strings.TrimRight(core, behind); behind == "" || notation.MatchString(short) {
			core = short
			break
		}
	}
	m.plain(s[:before], mark)
	m.code(core)
	m.plain(s[before+len(core):], -1)
}

// code writes code. In a table, a bar would end the cell even there; a bracket
// would end the label of a link that looks like a definition; and what begins a
// comment would be found by whoever looks for one in the source.
func (m *markdown) code(s string) {
	s = strings.TrimSpace(s)
	signs := "|<"
	if m.linked {
		signs = "|<[]"
	}
	for s != "" {
		switch i := strings.IndexAny(s, signs); {
		case i < 0:
			m.kept += s
			return
		case s[i] != '<':
			m.kept += s[:i]
			m.mark(`\` + s[i:i+1])
			s = s[i+1:]
		case strings.HasPrefix(s[i:], "<!"):
			m.kept += s[:i]
			m.mark("&lt;")
			s = s[i+1:]
		default:
			m.kept += s[:i+1]
			s = s[i+1:]
		}
	}
}

// plain writes words that are nothing but words. Hashes alone would end a heading.
func (m *markdown) plain(s string, mark int) {
	if s == "" {
		return
	}
	m.flush()
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '<':
			m.out = append(m.out, "&lt;"...)
		case c == '&' && entity.MatchString(s[i:]):
			m.out = append(m.out, "&amp;"...)
		case c == '_' && i > 0 && i+1 < len(s) && alphanumeric(s[i-1]) && alphanumeric(s[i+1]): // snake_case means nothing
			m.out = append(m.out, c)
		case i == mark, c == '#' && strings.Trim(s, "#") == "", strings.IndexByte("`*_~[]|", c) >= 0:
			m.out = append(m.out, '\\', c)
		default:
			m.out = append(m.out, c)
		}
	}
}

func alphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// emoji is the name of one between colons. Without a letter there are four: the hours
// and minutes before a colon are none, as in "09:30: restarted" or "10:00-10:15: a call".
const emoji = `:(?:[+-]1|100|1234|[0-9+-]*[a-z_][0-9a-z_+-]*):`

// shortcode is what becomes an emoji, in links, too.
var shortcode = regexp.MustCompile(`(?i)` + emoji)
