package splice

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

const byteOrderMark = "\uFEFF"

// text is a file as lines. All places are offsets in bytes.
type text struct {
	path string
	data []byte
	// begin is behind the byte order mark.
	begin int
}

func newText(path string, data []byte) text {
	t := text{path: path, data: data}
	if bytes.HasPrefix(data, []byte(byteOrderMark)) {
		t.begin = len(byteOrderMark)
	}
	return t
}

// start is where the line that holds an offset begins.
func (t text) start(at int) int {
	for at > t.begin && !t.isBroken(at) {
		at--
	}
	return max(at, t.begin)
}

// end is where the line that holds an offset ends, before its line break.
func (t text) end(at int) int {
	for at < len(t.data) && t.data[at] != '\n' && t.data[at] != '\r' {
		at++
	}
	return at
}

// next is where the line begins that follows the one that holds an offset; the end
// of the file where there is none.
func (t text) next(at int) int {
	at = t.end(at)
	return at + len(t.breakAt(at))
}

// breakAt is the line break that stands at an offset.
func (t text) breakAt(at int) string {
	switch rest := t.data[at:]; {
	case bytes.HasPrefix(rest, []byte("\r\n")):
		return "\r\n"
	case len(rest) > 0 && (rest[0] == '\n' || rest[0] == '\r'):
		return string(rest[:1])
	}
	return ""
}

// isBroken reports whether a line begins at an offset: the first, or one behind a
// line break.
func (t text) isBroken(at int) bool {
	if at <= t.begin {
		return true
	}
	before := t.data[at-1]
	return before == '\n' || before == '\r' && (at == len(t.data) || t.data[at] != '\n')
}

// lineBreak is how the line that holds an offset ends or, where it does not, how the
// one before it does.
func (t text) lineBreak(at int) string {
	if b := t.breakAt(t.end(at)); b != "" {
		return b
	}
	if before := t.above(t.start(at)); before >= 0 {
		return t.breakAt(t.end(before))
	}
	return "\n"
}

// above is where the line begins before the one that begins at an offset; -1 where
// that is the first.
func (t text) above(start int) int {
	if start <= t.begin {
		return -1
	}
	at := start - 1
	if t.data[at] == '\n' && at > t.begin && t.data[at-1] == '\r' {
		at--
	}
	return t.start(at)
}

// line is what stands on the line that holds an offset, without its line break.
func (t text) line(at int) string { return string(t.data[t.start(at):t.end(at)]) }

// isBlank reports whether nothing but blanks stands from start to end.
func (t text) isBlank(start, end int) bool {
	return len(bytes.TrimSpace(t.data[start:end])) == 0
}

// isFirst reports whether nothing stands before an offset on its line.
func (t text) isFirst(at int) bool { return t.isBlank(t.start(at), at) }

// isEmpty reports whether there are only blanks on the line that holds an offset.
func (t text) isEmpty(at int) bool { return strings.TrimSpace(t.line(at)) == "" }

// oneLine reports whether no line ends from start to end.
func (t text) oneLine(start, end int) bool { return !bytes.ContainsAny(t.data[start:end], "\r\n") }

// comment returns how far the comment is indented that a line consists of.
func comment(line string) (column int, is bool) {
	text := strings.TrimLeft(line, " \t")
	return len(line) - len(text), strings.HasPrefix(text, "#")
}

// tail is where what belongs to the value ends of which the last line holds an
// offset: behind the comments that are indented deeper than the column of its key.
// It is where a line begins, or the end of the file.
func (t text) tail(at, column int) int {
	at = t.next(at)
	for line := at; line < len(t.data); line = t.next(line) {
		text := t.line(line)
		deep, is := comment(text)
		switch {
		case is && deep > column:
			at = t.next(line)
		case strings.TrimSpace(text) != "":
			return at
		}
	}
	return at
}

// head is where the comments begin that stand right above a line, in a column; the
// line where there are none. What stands at the head of the file speaks of it as a
// whole.
func (t text) head(start, column int) int {
	at := start
	for above := t.above(at); above >= 0; above = t.above(at) {
		if c, is := comment(t.line(above)); !is || c != column {
			return at
		}
		at = above
	}
	return start
}

// position is the line and the column of an offset, both counted from 1.
func (t text) position(at int) (line, column int) {
	line = 1
	for start := t.above(t.start(at)); start >= 0; start = t.above(start) {
		line++
	}
	return line, utf8.RuneCount(t.data[t.start(at):at]) + 1
}

// refuse refuses a change because of what stands at an offset.
func (t text) refuse(at int, message, hint string) *Refusal {
	line, column := t.position(at)
	return &Refusal{Path: t.path, Line: line, Column: column, Message: message, Hint: hint}
}
