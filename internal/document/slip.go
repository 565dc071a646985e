package document

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/escalations-as-code/escalate/internal/finding"
)

// slips goes through a text that the parser takes, and tells what YAML 1.2 and
// the editors that follow it refuse in it:
//
//   - a comment that begins right behind a quote, a bracket, a comma, or the | of a
//     text below;
//   - brackets, quotes and plain text that go on in a line that is not indented
//     deeper than the field they belong to, or is with tabs;
//   - a line of tabs within a text below a |, and an empty line with more spaces
//     than the text has;
//   - in brackets, a dash that is an entry, and an entry with two colons;
//   - a backslash before a ' in double quotes;
//   - a line that begins with % and says nothing that YAML knows.
//
// That the parser has taken the text is what keeps this short: each mapping, list
// and value ends where it seems to.
//
// What editors let pass against the letter of YAML is let pass here, too: that the
// bracket that closes a list stands right below the field, as formatters put it.
type slips struct {
	*reader
	text string
	at   int
	// begin is where the line begins that at is on, if no value goes on in it.
	begin int
	// open are the columns of the mappings and lists that are open, from the
	// outermost on, counted from 0.
	open []int
	// only, if it is not nil, says of which lines to tell.
	only func(line int) bool
	// lines is how many lines end before counted.
	lines, counted int
}

// slips tells the slips of lines that the parser takes, of those lines that only
// is true of.
func (r *reader) slips(text string, only func(line int) bool) {
	s := slips{reader: r, text: text, only: only}
	for s.at < len(text) && !r.told.Full() {
		s.line()
	}
}

// mend puts a text in the place of what stands from one offset to another.
type mend struct {
	from, to int
	text     string
}

// tell tells of the text from one offset to another, which are on one line, and how
// it is mended.
func (s *slips) tell(rule string, from, to int, message, hint string, mends ...mend) {
	if s.only != nil && !s.only(s.number(from)) || s.told.Full() {
		return
	}
	start, end := s.written(from), s.written(to)
	f := s.add(rule, s.src.place(start, max(start, end)), "", s.text[from:to], message, hint)
	if len(mends) > finding.Most {
		return
	}
	for _, m := range mends {
		f.Fixes = append(f.Fixes, s.fix(s.written(m.from), s.written(m.to), m.text)...)
	}
}

// number is the line of an offset, counted from 1.
func (s *slips) number(offset int) int {
	if offset >= s.counted {
		s.lines += strings.Count(s.text[s.counted:offset], "\n")
	} else {
		s.lines -= strings.Count(s.text[offset:s.counted], "\n")
	}
	s.counted = offset
	return 1 + s.lines
}

// written is where in the file an offset of the text is.
func (s *slips) written(offset int) int {
	start := 1 + strings.LastIndexByte(s.text[:offset], '\n')
	return s.reader.at(s.number(offset), utf8.RuneCountInString(s.text[start:offset]))
}

// column is that of s.at, counted in bytes from 0: what stands before it matters
// only where it is made of spaces.
func (s *slips) column() int { return s.at - s.begin }

func (s *slips) peek(ahead int) byte {
	if s.at+ahead < len(s.text) {
		return s.text[s.at+ahead]
	}
	return '\n'
}

// isBlank reports whether a byte parts words, or ends a line.
func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' }

// blanks passes over spaces and tabs.
func (s *slips) blanks() {
	for c := s.peek(0); c == ' ' || c == '\t'; c = s.peek(0) {
		s.at++
	}
}

// end passes over the rest of a line.
func (s *slips) end() {
	if i := strings.IndexByte(s.text[s.at:], '\n'); i >= 0 {
		s.at += i
	} else {
		s.at = len(s.text)
	}
}

// line goes through a line that no value of a line above goes on in, and the
// values that begin in it.
func (s *slips) line() {
	s.begin = s.at
	s.blanks()
	switch c := s.peek(0); {
	case c == '\n', c == '#':
	case c == '%' && s.column() == 0:
		s.directive()
	case s.column() == 0 && s.marker():
		s.at += 3
		s.open = s.open[:0]
		s.blanks()
		s.entry()
	default:
		s.entry()
	}
	s.end()
	s.at++
}

// marker reports whether a document begins or ends here, at the beginning of a
// line.
func (s *slips) marker() bool {
	return (strings.HasPrefix(s.text[s.at:], "---") || strings.HasPrefix(s.text[s.at:], "...")) && isBlank(s.peek(3))
}

var directive = regexp.MustCompile(`^%(?:YAML[ \t]+1\.\d+|TAG[ \t]+\S+[ \t]+\S+)[ \t]*(?:[ \t]#.*)?$`)

// directive: a line that says something about the file, such as its version.
func (s *slips) directive() {
	from := s.at
	s.end()
	if line := s.text[from:s.at]; !directive.MatchString(line) {
		s.tell("yaml-syntax", from, from+len(strings.TrimRight(line, " \t")), "this line begins with %, and says nothing that YAML knows",
			"delete it; a text that begins with % goes in quotes")
	}
}

// enter opens what begins at a column, and closes what does not hold it.
func (s *slips) enter(column int) {
	s.open = append(s.leave(column), column)
}

// leave closes what begins at a column or behind it, and returns what is still open.
func (s *slips) leave(column int) []int {
	for len(s.open) > 0 && s.open[len(s.open)-1] >= column {
		s.open = s.open[:len(s.open)-1]
	}
	return s.open
}

// deeper is how many spaces a line begins with at least that what is open goes on
// in.
func (s *slips) deeper() int {
	if len(s.open) == 0 {
		return 0
	}
	return s.open[len(s.open)-1] + 1
}

// entry goes through what stands from here on a line: the dashes, the names of the
// fields, and the value.
func (s *slips) entry() {
	for {
		column := s.column()
		c, next := s.peek(0), s.peek(1)
		within := len(s.open)
		s.leave(column)
		switch {
		case c == '\n', c == '#':
			return
		case (c == '-' || c == '?' || c == ':') && isBlank(next):
			s.enter(column)
			s.at++
			s.blanks()
			continue
		case c == '&' || c == '!':
			for !isBlank(s.peek(0)) {
				s.at++
			}
			s.blanks()
			continue
		case c == '*':
			for !isBlank(s.peek(0)) {
				s.at++
			}
		case c == '|' || c == '>':
			if len(s.open) < within {
				s.tell("yaml-syntax", s.at, s.at+1, fmt.Sprintf("this %c is not indented deeper than the field whose text it begins", c),
					"write it behind the field's colon, on the same line", mend{s.at, s.at, strings.Repeat(" ", column+2)})
			}
			s.block()
			return
		case c == '"' || c == '\'':
			s.quoted()
		case c == '[' || c == '{':
			s.flow()
		default:
			if !s.plain() {
				return
			}
		}
		s.comment()
		s.blanks()
		if s.peek(0) != ':' || !isBlank(s.peek(1)) {
			return
		}
		s.enter(column)
		s.at++
		s.blanks()
	}
}

// comment: a note that begins right behind what it is beside.
func (s *slips) comment() {
	if s.peek(0) != '#' {
		return
	}
	from := s.at
	s.end()
	note := strings.TrimRight(s.text[from:s.at], " \t")
	line := 1 + strings.LastIndexByte(s.text[:from], '\n')
	s.tell("yaml-hash", from, from+len(note), "there is no space before the # that begins a note beside the text",
		"put a space before it: "+quote(shorten(strings.TrimSpace(s.text[line:from])+" "+note, 100)), mend{from, from, " "})
	s.at = from + len(note)
}

// plain passes over a value without quotes, with the lines that it goes on in, and
// reports whether it is the name of a field.
func (s *slips) plain() bool {
	for ; s.peek(0) != '\n'; s.at++ {
		switch c := s.peek(0); {
		case c == ':' && isBlank(s.peek(1)):
			return true
		case c == '#' && isBlank(s.text[s.at-1]):
			return false
		}
	}
	for tabs := -1; s.at < len(s.text); {
		start := s.at + 1
		end := start
		for end < len(s.text) && s.text[end] == ' ' {
			end++
		}
		indent := end - start
		for end < len(s.text) && (s.text[end] == ' ' || s.text[end] == '\t') {
			end++
		}
		s.at = start
		switch {
		case end >= len(s.text) || s.text[end] == '\n':
			if end > start+indent && indent < s.deeper() && tabs < 0 {
				tabs = start
			}
			s.at = end
			continue
		case indent < s.deeper() || s.text[end] == '#' || indent == 0 && s.marker():
			s.at-- // a line of its own
			return false
		case tabs >= 0:
			s.tabs(tabs)
			tabs = -1
		}
		s.at = end
		for ; s.peek(0) != '\n'; s.at++ {
			if s.peek(0) == '#' && isBlank(s.text[s.at-1]) {
				return false
			}
		}
	}
	return false
}

// tabs tells of a line of tabs within a text, from its offset on.
func (s *slips) tabs(line int) {
	end := line + len(s.text[line:]) - len(strings.TrimLeft(s.text[line:], " \t"))
	s.tell("yaml-tab", line, end, "this line looks empty, but has a tab in it, which ends the text above", "delete the tab", mend{line, end, ""})
}

// wrap is how a value that is in quotes or brackets goes on in lines that are not
// indented deeper than its field.
type wrap struct {
	from, to int // of the first such line: its text, or the tab that it begins with
	tab      bool
	mends    []mend
}

// wrapped goes to the next line of a value, and notes if that is not indented as it
// must be. depth is how many brackets are open. It stops at the first of the line
// that is no blank.
func (s *slips) wrapped(depth int, w *wrap) {
	s.at++
	start := s.at
	for s.peek(0) == ' ' {
		s.at++
	}
	indent := s.at - start
	s.blanks()
	least, first, hasTab := s.deeper(), s.peek(0), s.at > start+indent
	switch {
	case s.at >= len(s.text) || indent >= least:
	case first == '\n':
		if depth == 0 && hasTab {
			s.tabs(start)
		}
	case depth > 0 && first == '#':
	case depth == 1 && (first == ']' || first == '}') && indent == least-1 && !hasTab:
	default:
		if len(w.mends) == 0 {
			w.from, w.to, w.tab = s.at, s.at+len(strings.TrimRight(s.lineAt(s.at), " \t")), hasTab
			if hasTab {
				w.from, w.to = start, s.at
			}
		}
		w.mends = append(w.mends, mend{start, s.at, strings.Repeat(" ", least+1)})
	}
}

// outdented tells how a value went on, if that was wrong.
func (s *slips) outdented(what string, w wrap) {
	if len(w.mends) == 0 {
		return
	}
	rule, message := "yaml-syntax", "this line belongs to "+what+", and is not indented deeper than their field"
	if w.tab {
		rule, message = "yaml-tab", "this line begins with a tab, and only spaces may stand there"
	}
	s.tell(rule, w.from, w.to, message, fmt.Sprintf("let it begin with %d spaces: what belongs to a field is indented deeper than its name", s.deeper()+1), w.mends...)
}

// quoted passes over a value in quotes.
func (s *slips) quoted() {
	q := s.peek(0)
	var w wrap
	for s.at++; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; {
		case c == '\n':
			s.wrapped(0, &w)
			s.at--
		case c == '\\' && q == '"':
			if s.peek(1) == '\'' {
				s.tell("yaml-quote", s.at, s.at+2, "a backslash cannot stand before a ' in double quotes",
					"delete the backslash: the ' needs none there", mend{s.at, s.at + 1, ""})
			}
			if s.peek(1) != '\n' {
				s.at++
			}
		case c == q && q == '\'' && s.peek(1) == q:
			s.at++
		case c == q:
			s.at++
			s.outdented("the quotes that open above", w)
			return
		}
	}
}

// flow passes over a value in brackets.
func (s *slips) flow() {
	var w wrap
	var open []byte
	// What stands before: the beginning of a name or a value; the colon of the entry;
	// plain text, which goes on until a comma, a colon or a bracket; what is closed,
	// behind which a colon needs no space.
	began, named, plain, closed := false, false, false, false
	for s.at < len(s.text) {
		c, next := s.text[s.at], s.peek(1)
		switch {
		case c == '\n':
			s.wrapped(len(open), &w)
			continue
		case c == ' ' || c == '\t':
			s.at++
			continue
		case c == '#' && isBlank(s.text[s.at-1]):
			s.end()
			continue
		case c == '#':
			s.comment()
			continue
		case c == '[' || c == '{':
			open = append(open, c)
			began, named, plain, closed = false, false, false, false
		case c == ']' || c == '}':
			if open = open[:len(open)-1]; len(open) == 0 {
				s.at++
				s.outdented("the brackets that open above", w)
				return
			}
			plain, closed = false, true
		case c == ',':
			began, named, plain, closed = false, false, false, false
		case c == ':' && (isBlank(next) || isFlow(next) || closed):
			if named && began {
				s.tell("yaml-colon", s.at, s.at+1, colonInText, "put the text with the colon in quotes")
			}
			began, named, plain, closed = false, true, false, false
		case plain:
			s.bare()
			continue
		case c == '"' || c == '\'':
			began, closed = true, true
			s.quoted()
			continue
		case c == '-' && (isBlank(next) || isFlow(next)):
			s.tell("yaml-syntax", s.at, s.at+1, "a list in brackets has no dashes", "delete the dash, and put a comma between the entries; text that is a dash goes in quotes")
		case (c == '&' || c == '!' || c == '*') && !began:
			for c := s.peek(0); !isBlank(c) && !isFlow(c); c = s.peek(0) {
				s.at++
			}
			continue
		default:
			began, plain = true, true
			s.bare()
			continue
		}
		s.at++
	}
}

// bare passes over plain text in brackets, as far as it stands on a line.
func (s *slips) bare() {
	for s.at++; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; {
		case c == '\n' || isFlow(c), c == '#' && isBlank(s.text[s.at-1]), c == ':' && (isBlank(s.peek(1)) || isFlow(s.peek(1))):
			return
		}
	}
}

func isFlow(c byte) bool { return strings.IndexByte("[]{},", c) >= 0 }

// block passes over the text below a | or a >.
func (s *slips) block() {
	least, fixed := s.deeper(), false
	for s.at++; !isBlank(s.peek(0)) && s.peek(0) != '#'; s.at++ {
		if c := s.peek(0); '1' <= c && c <= '9' {
			least, fixed = max(least-1, 0)+int(c-'0'), true
		}
	}
	s.comment()
	s.end()
	widest := -1 // the line before the text that has the most spaces
	for first := !fixed; s.at < len(s.text); {
		start := s.at + 1
		at := start
		for at < len(s.text) && s.text[at] == ' ' {
			at++
		}
		indent := at - start
		switch {
		case at >= len(s.text):
			s.at = len(s.text)
			continue
		case s.text[at] == '\n':
			if first && (widest < 0 || indent > s.indentAt(widest)) {
				widest = start
			}
			s.at = at
			continue
		case indent < least:
			if strings.TrimLeft(s.lineAt(at), " \t") != "" {
				return // a line of its own
			}
			s.tabs(start)
		case first:
			first, least = false, indent
			if widest >= 0 && s.indentAt(widest) > indent {
				end := widest + s.indentAt(widest)
				s.tell("yaml-syntax", widest, end, "this empty line has more spaces than the text below it begins with", "delete them", mend{widest, end, ""})
			}
		}
		s.at = at
		s.end()
	}
}

// lineAt is the rest of the line from an offset on.
func (s *slips) lineAt(at int) string {
	line, _, _ := strings.Cut(s.text[at:], "\n")
	return line
}

// indentAt is how many spaces stand at an offset.
func (s *slips) indentAt(at int) int {
	return len(s.text[at:]) - len(strings.TrimLeft(s.text[at:], " "))
}
