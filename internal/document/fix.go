package document

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/escalations-as-code/escalate/internal/edit"
	"github.com/escalations-as-code/escalate/internal/finding"
)

// fix puts a text in the place of the bytes from start to end.
func (d *Document) fix(start, end int, text string) []finding.Fix {
	return []finding.Fix{{Span: d.src.span(start, end), Text: text}}
}

// quoted puts the bytes from start to end in quotes.
func (d *Document) quoted(start, end int) []finding.Fix {
	text := string(d.src.data[start:end])
	if strings.ContainsAny(text, "\n\r") {
		return nil
	}
	return d.fix(start, end, edit.Quote(text))
}

// Put says how the value at a JSON pointer becomes text, in quotes where YAML
// needs them. There must be a value, or a key without one. It returns nil where
// it cannot be told which bytes are the value.
func (d *Document) Put(pointer, text string) []finding.Fix {
	if d.find(pointer).flow {
		return d.PutBare(pointer, edit.FlowText(text))
	}
	return d.PutBare(pointer, edit.Text(text))
}

// PutBare says how the value at a JSON pointer becomes text, just as it is: a
// number, a date, true, a list in brackets.
func (d *Document) PutBare(pointer, text string) []finding.Fix {
	f := d.find(pointer)
	if !f.found || f.value == d.root {
		return nil
	}
	if isEmpty(f.value) {
		if f.key == nil {
			return nil
		}
		_, end := d.extent(f.key, -1)
		rest := d.src.data[end:]
		colon := bytes.IndexByte(rest, ':')
		if colon < 0 || strings.Trim(string(rest[:colon]), " ") != "" {
			return nil
		}
		return d.fix(end+colon+1, end+colon+1, " "+text)
	}
	start, end, ok := d.exact(f)
	if !ok {
		return nil
	}
	return d.fix(start, end, text)
}

// Quoted says how the value at a JSON pointer becomes the text that stands
// there, by quotes around it: a number, a date, or what a colon made a key and
// its value of.
func (d *Document) Quoted(pointer string) []finding.Fix {
	f := d.find(pointer)
	if !f.found || f.value == d.root {
		return nil
	}
	start, end, ok := d.exact(f)
	if !ok {
		return nil
	}
	if end < len(d.src.data) && strings.HasPrefix(string(d.src.data[end:]), " #") {
		return nil // more of the text may be taken for a comment
	}
	return d.quoted(start, end)
}

// Source returns the bytes that the value at a JSON pointer was read from.
func (d *Document) Source(pointer string) string {
	f := d.find(pointer)
	if !f.found {
		return ""
	}
	start, end := d.extent(f.value, f.indent())
	return string(d.src.data[start:end])
}

// exact returns the bytes of a value, and whether they are surely those.
func (d *Document) exact(f found) (start, end int, ok bool) {
	n := f.value
	start, end = d.extent(n, f.indent())
	text := string(d.src.data[start:end])
	switch {
	case n.Kind == yaml.AliasNode, n.Anchor != "", n.Style&yaml.TaggedStyle != 0:
		return 0, 0, false
	case n.Kind != yaml.ScalarNode:
		ok = n.Style&yaml.FlowStyle == 0 || text != "" && strings.ContainsRune("]}", rune(text[len(text)-1]))
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		ok = closing(text) == len(text)
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		ok = true
	default:
		ok = strings.Join(strings.Fields(text), " ") == strings.Join(strings.Fields(n.Value), " ")
	}
	return start, end, ok
}

// Delete says how to delete what stands at a JSON pointer, a key with its value
// or an entry of a list. It returns nil where nothing would be left beside it.
func (d *Document) Delete(pointer string) []finding.Fix {
	f := d.find(pointer)
	if !f.found || f.parent == nil {
		return nil
	}
	for i, n := range f.parent.Content {
		if n == f.value && f.key == nil || n == f.key && f.key != nil {
			return d.deleted(f.parent, i)
		}
	}
	return nil
}

// deleted says how to delete the key at i of a mapping with its value, or the
// entry at i of a list.
func (d *Document) deleted(n *yaml.Node, i int) []finding.Fix {
	last := i
	if n.Kind == yaml.MappingNode {
		last++
	}
	if len(n.Content) == last-i+1 {
		return nil
	}
	start, end := d.start(n.Content[i]), 0
	if _, end = d.extent(n.Content[last], n.Column-1); isEmpty(n.Content[last]) {
		if last > i {
			_, end = d.extent(n.Content[i], n.Column-1)
		}
		end = max(end, d.emptyEnd(end))
	}
	if n.Style&yaml.FlowStyle != 0 {
		if i > 0 {
			_, before := d.extent(n.Content[i-1], n.Column-1)
			return d.fix(before, end, "")
		}
		return d.fix(start, d.start(n.Content[last+1]), "")
	}
	first, _ := d.src.position(start)
	from, _ := d.src.line(first)
	before := string(d.src.data[from:start])
	if strings.Trim(before, " ") != "" && !(n.Kind == yaml.SequenceNode && strings.Trim(before, " ") == "-") {
		return nil // it shares its line with what must stay
	}
	ends, _ := d.src.position(end)
	_, lineEnd := d.src.line(ends)
	if rest := strings.TrimSpace(string(d.src.data[end:lineEnd])); rest != "" && rest[0] != '#' {
		return nil
	}
	to, _ := d.src.line(ends + 1)
	return d.fix(from, to, "")
}

// emptyEnd is behind the colon of a key without a value, which ends at an
// offset.
func (d *Document) emptyEnd(at int) int {
	rest := string(d.src.data[at:])
	if trimmed := strings.TrimLeft(rest, " "); strings.HasPrefix(trimmed, ":") {
		return at + len(rest) - len(trimmed) + 1
	}
	return at
}

// Below says how to put in an entry of the top level, below that of a key. text
// is the entry, without a line break. It returns nil where there is no such key.
func (d *Document) Below(key, text string) []finding.Fix {
	if d.written == nil || d.written.Style&yaml.FlowStyle != 0 {
		return nil
	}
	k, value := child(d.written, key)
	if k == nil {
		return nil
	}
	_, end := d.extent(k, -1)
	if _, last := d.extent(value, d.written.Column-1); last > end {
		end = last
	}
	n, _ := d.src.position(end)
	if n >= len(d.src.lines()) { // the last line has no end
		return d.fix(len(d.src.data), len(d.src.data), d.lineBreak()+text)
	}
	at, _ := d.src.line(n + 1)
	return d.fix(at, at, text+d.lineBreak())
}

// Keyed says how the text at a JSON pointer, an entry of a list, becomes the value
// of a key. It returns nil where it cannot be told which bytes are the text.
func (d *Document) Keyed(pointer, key, text string) []finding.Fix {
	f := d.find(pointer)
	if f.found && f.flow || f.found && f.parent != nil && f.parent.Style&yaml.FlowStyle != 0 {
		return d.PutBare(pointer, "{"+key+": "+edit.FlowText(text)+"}")
	}
	return d.PutBare(pointer, key+": "+edit.Text(text))
}

// Dashed says how the mapping at a JSON pointer becomes the one entry of a list: a
// dash before its first line, and its other lines two spaces deeper.
func (d *Document) Dashed(pointer string) []finding.Fix {
	f := d.find(pointer)
	if !f.found || f.value.Kind != yaml.MappingNode || len(f.value.Content) == 0 {
		return nil
	}
	n := f.value.Content
	fixes := d.indented(n[0], n[len(n)-1], f.value, 2)
	if len(fixes) > 0 {
		at := d.start(n[0])
		fixes[0] = d.fix(at, at, "- ")[0]
	}
	return fixes
}

// Leveled says how a key, and those that go with it, with all that belongs to them,
// become entries of the level of a JSON pointer by indentation alone. It returns
// nil where more must be done.
func (d *Document) Leveled(pointer string, also []string, to string) []finding.Fix {
	path, target := Tokens(pointer), Tokens(to)
	f := d.find(pointer)
	if !f.found || f.flow || f.parent == nil || f.parent.Style&yaml.FlowStyle != 0 {
		return nil
	}
	keys := d.Keys(Pointer(path[:len(path)-1]...))
	first := slices.Index(keys, path[len(path)-1])
	group := append([]string{keys[first]}, also...)
	if first+len(group) > len(keys) || !slices.Equal(keys[first:first+len(group)], group) {
		return nil // others stand between them
	}
	column := 0
	switch into := d.find(Pointer(target[:len(target)-1]...)); {
	case len(target) > len(path): // deeper: into the block above
		if first == 0 || !slices.Equal(append(slices.Clone(path[:len(path)-1]), keys[first-1]), target[:len(path)]) {
			return nil
		}
		if len(target) > len(path)+1 && !into.found {
			return nil // the first entry of a list needs a dash, too
		}
		column = f.parent.Column + 2
		if into.found && into.value.Kind == yaml.MappingNode {
			column = into.value.Column
		}
	case len(target) < len(path): // less deep: nothing of its block may follow
		for n := len(target) + 1; n <= len(path); n++ {
			within, last := d.find(Pointer(path[:n-1]...)).value, path[n-1]
			if n == len(path) {
				last = group[len(group)-1]
			}
			if within.Style&yaml.FlowStyle != 0 || !isLast(within, last) {
				return nil
			}
		}
		if first == 0 {
			return nil // nothing would be left in its block
		}
		column = into.value.Column
	default:
		return nil
	}
	_, end := child(f.parent, group[len(group)-1])
	return d.indented(f.key, end, f.parent, column-f.parent.Column)
}

// isLast reports whether a key is the last of a mapping, or an index that of a
// list.
func isLast(n *yaml.Node, token string) bool {
	if n.Kind == yaml.SequenceNode {
		return token == strconv.Itoa(len(n.Content)-1)
	}
	return len(n.Content) > 1 && n.Content[len(n.Content)-2].Value == token
}

// indented says how the lines from a key to the end of a value begin further to the
// right, or to the left, by columns.
func (d *Document) indented(key, value, parent *yaml.Node, by int) []finding.Fix {
	first, _ := d.src.position(d.start(key))
	_, end := d.extent(value, parent.Column-1)
	last, _ := d.src.position(end)
	if isEmpty(value) {
		last = value.Line
	}
	var fixes []finding.Fix
	for n := first; n <= last; n++ {
		start, stop := d.src.line(n)
		line := string(d.src.data[start:stop])
		switch {
		case strings.TrimSpace(line) == "":
		case len(fixes) > finding.Most || by < 0 && !strings.HasPrefix(line, strings.Repeat(" ", -by)):
			return nil
		case by > 0:
			fixes = append(fixes, d.fix(start, start, strings.Repeat(" ", by))...)
		default:
			fixes = append(fixes, d.fix(start, start-by, "")...)
		}
	}
	return fixes
}

// lineBreak is how the lines of the file end.
func (d *Document) lineBreak() string {
	if bytes.Contains(d.src.data, []byte("\r\n")) {
		return "\r\n"
	}
	return "\n"
}
