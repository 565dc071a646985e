package document

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// move says that what stands on a mended line from a column on was written by
// columns further to the right. Columns count code points from 0.
type move struct{ from, by int }

// at is the offset of a column of line n as it was mended.
func (d *Document) at(n, column int) int {
	by := 0
	for _, m := range d.moved[n] {
		if column >= m.from {
			by += m.by
		}
	}
	return d.src.offset(n, max(column+by, 0))
}

// start is where a node begins.
func (d *Document) start(n *yaml.Node) int { return d.at(n.Line, n.Column-1) }

// extent is the piece of the file that a node was read from, with its true end.
// indent is the column of the block that it stands in, counted from 0, or -1.
func (d *Document) extent(n *yaml.Node, indent int) (start, end int) {
	start = d.start(n)
	switch {
	case isEmpty(n):
		return start, start
	case n.Kind == yaml.AliasNode:
		return start, min(start+1+len(n.Value), len(d.src.data))
	case n.Kind == yaml.ScalarNode:
		return start, max(d.scalarEnd(n, start, indent), start)
	case n.Style&yaml.FlowStyle != 0:
		return start, d.flowEnd(start)
	}
	end = start
	for _, c := range n.Content {
		_, last := d.extent(c, n.Column-1)
		end = max(end, last)
	}
	return start, end
}

// scalarEnd is the end of a scalar that begins at an offset.
func (d *Document) scalarEnd(n *yaml.Node, at, indent int) int {
	data := d.src.data
	if n.Anchor != "" || n.Style&yaml.TaggedStyle != 0 {
		for at < len(data) && (data[at] == '&' || data[at] == '!') {
			if data[at] == '&' {
				at = min(at+1+len(n.Anchor), len(data))
			} else {
				at += len(data[at:]) - len(bytes.TrimLeft(data[at:], properties))
			}
			at += len(data[at:]) - len(bytes.TrimLeft(data[at:], " \t"))
		}
	}
	switch {
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		if end := closing(data[at:]); end > 0 {
			return at + end
		}
		return d.lineEnd(at)
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return d.blockEnd(at, indent)
	}
	return d.plainEnd(n.Value, at)
}

// properties are the characters of tags.
const properties = "!abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.:/%"

// plainEnd is where a bare value ends that begins at an offset. What was mended
// in it has as many characters as before.
func (d *Document) plainEnd(value string, at int) int {
	data := d.src.data
	for value != "" && at < len(data) {
		rest := strings.TrimLeft(value, " \t\n")
		spaces := len(value) - len(rest)
		if spaces == 0 {
			_, size := utf8.DecodeRuneInString(value)
			value = value[size:]
			_, size = utf8.DecodeRune(data[at:])
			at += size
			continue
		}
		value = rest
		begin := at
		for at < len(data) {
			r, size := utf8.DecodeRune(data[at:])
			if !(r == ' ' || r == '\t' || r == '\n' || r == '\r' || odd(r) || r == utf8.RuneError && size == 1) {
				break
			}
			at += size
		}
		for ; begin == at && spaces > 0 && at < len(data); spaces-- {
			_, size := utf8.DecodeRune(data[at:])
			at += size
			begin = at
		}
	}
	return at
}

// blockEnd is where the text below a | or > at an offset ends: behind the last
// of the lines that are indented as deep as its first, or as the digit behind the
// | says. What is less deep but deeper than the block it stands in is a comment.
func (d *Document) blockEnd(at, indent int) int {
	n, _ := d.src.position(at)
	end := d.lineEnd(at)
	deep := 0
	for _, c := range d.src.data[at+1 : max(end, at+1)] {
		if c >= '1' && c <= '9' {
			deep = max(indent, 0) + int(c-'0')
		} else if c != '-' && c != '+' {
			break
		}
	}
	for n++; n <= len(d.src.lines()); n++ {
		start, stop := d.src.line(n)
		line := bytes.TrimRight(d.src.data[start:stop], " \t")
		if len(line) == 0 {
			if deep > 0 && len(bytes.TrimLeft(d.src.data[start:stop], " ")) < stop-start-deep { // blanks of the text
				end = stop
			}
			continue
		}
		is := len(line) - len(bytes.TrimLeft(line, " "))
		if is <= indent || is < deep {
			break
		}
		if deep == 0 {
			deep = is
		}
		end = start + len(line)
	}
	return end
}

// flowEnd is behind the bracket that closes the one at an offset.
func (d *Document) flowEnd(at int) int {
	data := d.src.data
	depth, before := 0, byte(' ')
	for i := at; i < len(data); i++ {
		switch c := data[i]; c {
		case '[', '{':
			depth++
		case ']', '}':
			if depth--; depth <= 0 {
				return i + 1
			}
		case '"', '\'':
			if n := closing(data[i:]); n > 0 && strings.IndexByte("[{,:", before) >= 0 {
				i += n - 1
			}
		case '#':
			if data[i-1] == ' ' || data[i-1] == '\t' {
				i = d.lineEnd(i) - 1
				continue // what stands before the next line is what stood before the comment
			}
		}
		if c := data[min(i, len(data)-1)]; c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			before = c
		}
	}
	return d.lineEnd(at)
}

// lineEnd is the end of the line that holds an offset, without the spaces there.
func (d *Document) lineEnd(at int) int {
	n, _ := d.src.position(at)
	_, end := d.src.line(n)
	return max(at+len(bytes.TrimRight(d.src.data[at:max(end, at)], " \t")), at)
}

// closing returns the index behind the quote that closes the one s begins
// with, or 0.
func closing[T ~string | ~[]byte](s T) int {
	if len(s) == 0 || s[0] != '"' && s[0] != '\'' {
		return 0
	}
	q := s[0]
	for i := 1; i < len(s); i++ {
		switch {
		case q == '"' && s[i] == '\\':
			i++
		case s[i] == q && q == '\'' && i+1 < len(s) && s[i+1] == q:
			i++
		case s[i] == q:
			return i + 1
		}
	}
	return 0
}
