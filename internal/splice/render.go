package splice

import (
	"strconv"
	"strings"

	"github.com/escalations-as-code/escalate/internal/document"
	"github.com/escalations-as-code/escalate/internal/edit"
)

// width is how long a line may become that holds a whole mapping or list, in bytes.
const width = 120

// hand is how a file is written: what is new is written alike.
type hand struct {
	text
	// step is how much deeper the keys of a mapping stand than its own key, dash how
	// much deeper the dashes of a list.
	step, dash int
}

// hand looks at the first mapping and the first list that are not in brackets.
func (s *splicer) hand() hand {
	h := hand{text: s.text, step: 2, dash: 2}
	stepped, dashed := false, false
	var look func(p *document.Part)
	look = func(p *document.Part) {
		for i := range p.Parts {
			c := &p.Parts[i]
			if p.Kind == document.Mapping && !c.Flow && c.Column >= p.Column {
				switch {
				case c.Kind == document.Mapping && !stepped && c.Column > p.Column:
					h.step, stepped = min(c.Column-p.Column, 9), true
				case c.Kind == document.List && !dashed:
					h.dash, dashed = c.Column-p.Column, true
				}
			}
			look(c)
		}
	}
	if s.root != nil {
		look(s.root)
	}
	return h
}

// beside is what something else is to be written like that stands beside it: without
// the quotes that its own text needs.
func beside(p *document.Part) *document.Part {
	if p == nil {
		return nil
	}
	like := *p
	if edit.Text(p.Text) != p.Text && (p.Style == '"' || p.Style == '\'') {
		like.Style = 0
	}
	like.Parts = make([]document.Part, len(p.Parts))
	for i := range p.Parts {
		like.Parts[i] = *beside(&p.Parts[i])
	}
	return &like
}

// itself is what a value is to be written like that stands in the place of another:
// without quotes that were there for the sake of the other alone.
func itself(p *document.Part, write func(string) string) *document.Part {
	like := *p
	if p.Style != 0 && write(p.Text)[0] == p.Style {
		like.Style = 0
	}
	return &like
}

func spaces(n int) string { return strings.Repeat(" ", n) }

// isFlow reports whether a mapping or a list is written in brackets: as what it is
// to be like, if that fits into a line.
func (h hand) isFlow(v *value, column int, like *document.Part) bool {
	switch {
	case len(v.items) == 0:
		return true
	case v.isLong(), column+len(inline(v, like)) > width:
		return false
	case like != nil && like.Kind == v.kind:
		return like.Flow
	}
	return v.isPlainList()
}

// below is how a value is written behind its key or dash, which stands in a column:
// what follows on its line, and the lines below that.
func (h hand) below(v *value, column int, like *document.Part) (head string, body []string) {
	switch {
	case v.kind == document.Scalar:
		return h.scalar(v, column, like)
	case h.isFlow(v, column, like):
		return inline(v, like), nil
	case v.kind == document.Mapping:
		return "", h.keys(v, column+h.step, like)
	default:
		return "", h.entries(v, column+h.dash, like)
	}
}

// scalar is how a scalar is written: a text of several lines below a |.
func (h hand) scalar(v *value, column int, like *document.Part) (head string, body []string) {
	s, isText := v.text()
	isBlock := like != nil && (like.Style == '|' || like.Style == '>')
	if !isText || v.inQuotes || !strings.Contains(s, "\n") && !isBlock || !fitsBlock(s) {
		return inline(v, like), nil
	}
	if v.isLoose {
		s += "\n"
		v.scalar = s
	}
	head = "|"
	first := strings.TrimLeft(s, "\n")
	if strings.TrimLeft(s, " \t\n") != first { // the first line is indented, or looks as if
		head += strconv.Itoa(h.step)
	}
	text := strings.TrimSuffix(s, "\n")
	switch {
	case text == s:
		head += "-"
	case strings.HasSuffix(text, "\n"):
		head += "+"
	}
	for line := range strings.SplitSeq(text, "\n") {
		if line != "" {
			line = spaces(column+h.step) + line
		}
		body = append(body, line)
	}
	return head, body
}

// fitsBlock reports whether YAML takes a text as it is, below a |.
func fitsBlock(s string) bool {
	return strings.TrimSpace(s) != "" && strings.IndexFunc(s, func(r rune) bool {
		return r < ' ' && r != '\n' && r != '\t' || r >= 0x7F && r < 0xA0 || r == '\u2028' || r == '\u2029' || r == '\uFEFF' || r == '\uFFFE' || r == '\uFFFF'
	}) < 0
}

// keys are the lines of a mapping of which the keys stand in a column.
func (h hand) keys(v *value, column int, like *document.Part) []string {
	var lines []string
	for i, key := range v.keys {
		lines = append(lines, h.key(key, v.items[i], column, like.Child(key))...)
	}
	return lines
}

// key are the lines of a key, which stands in a column, and its value.
func (h hand) key(key string, v *value, column int, like *document.Part) []string {
	head, body := h.below(v, column, like)
	line := spaces(column) + edit.Text(key) + ":"
	if head != "" {
		line += " " + head
	}
	return append([]string{line}, body...)
}

// entries are the lines of a list of which the dashes stand in a column.
func (h hand) entries(v *value, column int, like *document.Part) []string {
	var lines []string
	for _, item := range v.items {
		lines = append(lines, h.entry(item, column, lastOf(like))...)
	}
	return lines
}

// entry are the lines of an entry of which the dash stands in a column.
func (h hand) entry(v *value, column int, like *document.Part) []string {
	gap := 1
	if like != nil && like.Start > like.Sep && h.oneLine(like.Sep, like.Start) {
		gap = like.Start - like.Sep
	}
	dash := spaces(column) + "-" + spaces(gap)
	if v.kind == document.Mapping && !h.isFlow(v, column, like) {
		lines := h.keys(v, column+1+gap, like)
		lines[0] = dash + strings.TrimLeft(lines[0], " ")
		return lines
	}
	if v.kind == document.List {
		return []string{dash + inline(v, like)}
	}
	head, body := h.below(v, column, like)
	return append([]string{dash + head}, body...)
}

// lastOf is the last entry of a list; nil where there is none.
func lastOf(p *document.Part) *document.Part {
	if p == nil || p.Kind != document.List || len(p.Parts) == 0 {
		return nil
	}
	return &p.Parts[len(p.Parts)-1]
}

// inline is how a value is written on one line, in brackets where it is no scalar.
// There, or anywhere within brackets, it can stand.
func inline(v *value, like *document.Part) string {
	if v.kind == document.Scalar {
		return word(v, like, edit.Text)
	}
	return flow(v, like)
}

// flow is how a value is written within brackets.
func flow(v *value, like *document.Part) string {
	var items []string
	for i, item := range v.items {
		if v.kind == document.Mapping {
			items = append(items, edit.FlowText(v.keys[i])+": "+flow(item, like.Child(v.keys[i])))
		} else {
			items = append(items, flow(item, lastOf(like)))
		}
	}
	switch list := strings.Join(items, ", "); v.kind {
	case document.Mapping:
		return "{" + list + "}"
	case document.List:
		return "[" + list + "]"
	}
	return word(v, like, edit.FlowText)
}

// word is how a scalar is written on one line: in the quotes of what it is to be
// like, or as bare makes it.
func word(v *value, like *document.Part, bare func(string) string) string {
	switch s := v.scalar.(type) {
	case bool:
		return strconv.FormatBool(s)
	case int64:
		return strconv.FormatInt(s, 10)
	case string:
		var style byte
		if like != nil {
			style = like.Style
		}
		quoted := edit.Quote(s)
		isPrintable := quoted[0] == '\'' || quoted == `"`+s+`"`
		switch {
		case style == '\'' && isPrintable:
			return "'" + strings.ReplaceAll(s, "'", "''") + "'"
		case style == '"' && quoted[0] == '\'':
			return strconv.Quote(s)
		case style == '"', v.inQuotes && !v.isBare:
			return quoted
		case v.isBare:
			return s
		}
		return bare(s)
	}
	return ""
}
