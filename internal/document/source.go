package document

import (
	"bytes"
	"sort"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/escalations-as-code/escalate/internal/finding"
)

// source is a file as it was written. Of all that is told, lines and columns
// are computed here.
type source struct {
	data []byte
	once sync.Once
	// starts are the offsets at which the lines begin, that of the first behind
	// a byte order mark.
	starts []int
}

// lines returns where the lines begin. Most files have nothing to tell, and
// are never asked.
func (s *source) lines() []int {
	s.once.Do(func() {
		at := 0
		if bytes.HasPrefix(s.data, []byte(byteOrderMark)) {
			at = len(byteOrderMark)
		}
		s.starts = append(make([]int, 0, bytes.Count(s.data, []byte("\n"))+1), at)
		for ; at < len(s.data); at++ {
			if c := s.data[at]; c == '\n' || c == '\r' && !bytes.HasPrefix(s.data[at+1:], []byte("\n")) {
				s.starts = append(s.starts, at+1)
			}
		}
	})
	return s.starts
}

// line returns where line n begins and where it ends, without its line break.
// Lines count from 1; what is not there is empty, at the end.
func (s *source) line(n int) (start, end int) {
	starts := s.lines()
	if n < 1 || n > len(starts) {
		return len(s.data), len(s.data)
	}
	start, end = starts[n-1], len(s.data)
	if n < len(starts) {
		end = starts[n]
	}
	for end > start && (s.data[end-1] == '\n' || s.data[end-1] == '\r') {
		end--
	}
	return start, end
}

// text is line n as it is shown: a space stands for what is no part of a text.
func (s *source) text(n int) string {
	start, end := s.line(n)
	line := string(s.data[start:end])
	if utf8.ValidString(line) && strings.IndexFunc(line, odd) < 0 {
		return line
	}
	var shown strings.Builder
	for i := 0; i < len(line); {
		r, size := utf8.DecodeRuneInString(line[i:])
		if r == utf8.RuneError && size == 1 || odd(r) {
			r = ' '
		}
		shown.WriteRune(r)
		i += size
	}
	return shown.String()
}

// offset is where a column of line n is, counted in code points from 0, at
// most the end of the line.
func (s *source) offset(n, column int) int {
	at, end := s.line(n)
	for ; column > 0 && at < end; column-- {
		_, size := utf8.DecodeRune(s.data[at:end])
		at += size
	}
	return at
}

// position is the line and the column of an offset, both counted from 1.
func (s *source) position(offset int) (line, column int) {
	starts := s.lines()
	line = max(sort.SearchInts(starts, offset+1), 1)
	return line, utf8.RuneCount(s.data[min(starts[line-1], offset):offset]) + 1
}

// span is the piece of the file from start to end.
func (s *source) span(start, end int) finding.Span {
	p := finding.Span{Start: start, End: end}
	p.Line, p.Column = s.position(start)
	p.EndLine, p.EndColumn = s.position(end)
	return p
}

// place is a span with the line that it begins on.
func (s *source) place(start, end int) finding.Place {
	p := finding.Place{Span: s.span(start, end)}
	p.Source = s.text(p.Line)
	return p
}

// whole is line n from its first character to its last that is no space. Behind the
// last line break there is no line: what is said of the end is said of the line above.
func (s *source) whole(n int) finding.Place {
	if last := len(s.lines()); n >= last && last > 1 && s.lines()[last-1] == len(s.data) {
		n = last - 1
	}
	start, end := s.line(n)
	line := s.data[start:end]
	end = start + len(bytes.TrimRight(line, " \t"))
	start = min(start+len(line)-len(bytes.TrimLeft(line, " \t")), end)
	return s.place(start, end)
}
