package document

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/escalations-as-code/escalate/internal/finding"
)

// Kind says what a part is.
type Kind int

// The kinds of parts. Nothing is a key or a dash without a value.
const (
	Nothing Kind = iota
	Scalar
	Mapping
	List
)

// Part is a value of a file with the bytes that it stands in, for who writes
// beside it. All places are offsets.
type Part struct {
	// Key is the name of a value of a mapping.
	Key string
	// From is where it begins with its key, or with its dash.
	From int
	// Sep is behind its colon or its dash: there its value may stand. It is behind
	// the key where that has no colon, as in {a, b}, and Start where there is no key.
	Sep int
	// HasColon is false for a key without a colon, and for an entry of a list.
	HasColon bool
	// Start and End are where the value stands; Sep where there is none.
	Start, End int
	Kind       Kind
	// Flow says that a mapping or a list is written in braces or brackets.
	Flow bool
	// Style is what a scalar is written in: a quote, | or >; 0 for none. Text is what
	// YAML reads there.
	Style byte
	Text  string
	// Column is how far a mapping or a list that is not in brackets is indented.
	Column int
	// Parts are the values of a mapping or the entries of a list.
	Parts []Part
}

// Child returns the value of a key; nil where there is none.
func (p *Part) Child(key string) *Part {
	if p == nil || p.Kind != Mapping {
		return nil
	}
	for i := range p.Parts {
		if p.Parts[i].Key == key {
			return &p.Parts[i]
		}
	}
	return nil
}

// Layout returns where each value of the file stands; nil where it has none. What
// must be mended before that can be told is returned as a finding: the first that
// reading told, or a way to write that nobody uses by hand.
func (d *Document) Layout() (*Part, *finding.Finding) {
	if len(d.Findings) > 0 {
		first := slices.MinFunc(d.Findings, func(a, b finding.Finding) int { return cmp.Compare(a.Start, b.Start) })
		return nil, &first
	}
	if d.written == nil {
		return nil, nil
	}
	l := layout{Document: d}
	root := &Part{}
	l.fill(root, d.written, -1, nil)
	return root, l.unclear
}

// layout finds the parts of a document.
type layout struct {
	*Document
	// unclear is the first place of which the bytes cannot be told.
	unclear *finding.Finding
}

// fill says where a value stands, and what is in it. parent is nil for the whole.
func (l *layout) fill(p *Part, n *yaml.Node, indent int, parent *Part) {
	if isEmpty(n) {
		p.Start, p.End = p.Sep, p.Sep
		return
	}
	start, end, ok := l.exact(found{value: n, parent: &yaml.Node{Column: indent + 1}})
	if !ok || n.Anchor != "" || n.Style&yaml.TaggedStyle != 0 {
		l.doubt(l.start(n))
		return
	}
	p.Start, p.End = start, end
	if parent != nil && parent.Kind == List && parent.Flow {
		p.From, p.Sep = start, start
	}
	p.Flow = n.Style&yaml.FlowStyle != 0
	p.Column = n.Column - 1
	switch n.Kind {
	case yaml.ScalarNode:
		l.scalar(p, n)
		return
	case yaml.MappingNode:
		p.Kind = Mapping
	default:
		p.Kind = List
	}
	if p.Flow && !strings.ContainsRune("[{", rune(l.src.data[start])) { // as in [a: b]
		l.doubt(start)
		return
	}
	if p.Kind == Mapping {
		l.keys(p, n)
	} else {
		l.entries(p, n)
	}
	if !p.Flow && len(p.Parts) > 0 {
		p.End = p.Parts[len(p.Parts)-1].End
	}
	l.gaps(p)
}

func (l *layout) scalar(p *Part, n *yaml.Node) {
	p.Kind, p.Flow, p.Column, p.Text = Scalar, false, 0, n.Value
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0:
		p.Style = '"'
	case n.Style&yaml.SingleQuotedStyle != 0:
		p.Style = '\''
	case n.Style&yaml.LiteralStyle != 0:
		p.Style = '|'
	case n.Style&yaml.FoldedStyle != 0:
		p.Style = '>'
	}
	if p.Style != '|' && p.Style != '>' {
		return
	}
	if last, _ := l.src.position(p.End); last > n.Line { // blanks at its end are part of the text
		_, p.End = l.src.line(last)
	}
	header, _, _ := strings.Cut(string(l.src.data[p.Start:l.lineEnd(p.Start)]), "#")
	if !strings.Contains(header, "+") {
		return
	}
	// The empty lines below it are part of the text.
	for line, _ := l.src.position(p.End); line < len(l.src.lines()); line++ {
		start, stop := l.src.line(line + 1)
		if start == len(l.src.data) || len(bytes.TrimSpace(l.src.data[start:stop])) > 0 {
			return
		}
		p.End = stop
	}
}

func (l *layout) keys(p *Part, n *yaml.Node) {
	p.Parts = make([]Part, len(n.Content)/2)
	for i := range p.Parts {
		c, key := &p.Parts[i], n.Content[2*i]
		from, end := l.extent(key, -1)
		c.Key, c.From, c.Sep = key.Value, from, end
		rest := l.src.data[end:]
		if gap := bytes.TrimLeft(rest, " \t"); bytes.HasPrefix(gap, []byte(":")) {
			c.Sep, c.HasColon = end+len(rest)-len(gap)+1, true
		} else if !p.Flow {
			l.doubt(from)
			return
		}
		l.fill(c, n.Content[2*i+1], n.Column-1, p)
	}
}

func (l *layout) entries(p *Part, n *yaml.Node) {
	p.Parts = make([]Part, len(n.Content))
	at := p.Start
	for i := range p.Parts {
		c := &p.Parts[i]
		if !p.Flow {
			if i > 0 {
				at = l.dash(at, p.Column)
			}
			if at < 0 || l.src.data[at] != '-' {
				l.doubt(p.Start)
				return
			}
			c.From, c.Sep = at, at+1
		} else if isEmpty(n.Content[i]) { // as in [a, , b], which no reader of YAML but this takes
			l.doubt(p.Start)
			return
		}
		l.fill(c, n.Content[i], n.Column-1, p)
		at = c.End
	}
}

// dash is the next dash in a column behind an offset, or -1: only comments stand
// before it.
func (l *layout) dash(at, column int) int {
	line, _ := l.src.position(at)
	for line++; line <= len(l.src.lines()); line++ {
		start, end := l.src.line(line)
		text := l.src.data[start:end]
		trimmed := bytes.TrimLeft(text, " \t")
		if len(trimmed) == 0 || trimmed[0] == '#' {
			continue
		}
		if trimmed[0] != '-' || utf8.RuneCount(text)-utf8.RuneCount(trimmed) != column {
			return -1
		}
		return end - len(trimmed)
	}
	return -1
}

// gaps makes sure that between the parts stands nothing but what separates them:
// else an end was not found.
func (l *layout) gaps(p *Part) {
	at, between := p.Start, ""
	if p.Flow {
		at, between = at+1, ","
	}
	for i, c := range p.Parts {
		want := between
		if i == 0 {
			want = ""
		}
		if c.From < at || c.End > p.End || l.between(at, c.From) != want {
			l.doubt(c.From)
			return
		}
		if l.between(c.Sep, c.Start) != "" || c.Sep < c.From || c.Start < c.Sep {
			l.doubt(c.From)
			return
		}
		at = c.End
	}
	if p.Flow && strings.Trim(l.between(at, p.End-1), ",") != "" {
		l.doubt(p.Start)
	}
}

// between is what stands from start to end beside blanks and comments.
func (l *layout) between(start, end int) string {
	var rest strings.Builder
	for i := start; i < end; i++ {
		switch c := l.src.data[i]; c {
		case ' ', '\t', '\r', '\n':
		case '#':
			i = max(l.lineEnd(i)-1, i)
		default:
			rest.WriteByte(c)
		}
	}
	return rest.String()
}

// doubt says that it cannot be told which bytes a value at an offset is.
func (l *layout) doubt(at int) {
	if l.unclear != nil {
		return
	}
	l.unclear = &finding.Finding{
		Path: l.Path, Place: l.src.place(at, at), Rule: "yaml-special", Level: finding.Error, New: true,
		Message: "this is written in a way in which it cannot be edited safely",
		Hint:    "write it in the usual way, a key, a colon and the value, or edit the file by hand",
	}
}
