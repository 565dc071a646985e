package document

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/escalations-as-code/escalate/internal/finding"
)

// Locate returns where the value at a JSON pointer stands, and its text. For a
// mapping or a list that is its key; where something is missing, the key of
// the nearest parent that is there, or line 1.
func (d *Document) Locate(pointer string) (finding.Place, string) {
	key, value, found := d.find(pointer)
	switch {
	case value == nil || value == d.root:
		return d.wholeLine(1), ""
	case found && value.Kind == yaml.ScalarNode && !isEmpty(value):
		return d.place(value), value.Value
	case key != nil:
		return d.place(key), ""
	case isEmpty(value):
		return d.wholeLine(value.Line), ""
	default:
		return d.place(firstScalar(value)), ""
	}
}

// LocateKey returns where the key that a JSON pointer ends in stands.
func (d *Document) LocateKey(pointer string) finding.Place {
	if key, _, found := d.find(pointer); found && key != nil {
		return d.place(key)
	}
	at, _ := d.Locate(pointer)
	return at
}

// Has reports whether there is a value at a JSON pointer.
func (d *Document) Has(pointer string) bool {
	_, _, found := d.find(pointer)
	return found
}

// Written returns the value at a JSON pointer as it was written, and the YAML
// tag that it has, such as !!int.
func (d *Document) Written(pointer string) (source, tag string) {
	if _, n, found := d.find(pointer); found {
		return n.Value, n.Tag
	}
	return "", ""
}

// IsFlow reports whether the value at a JSON pointer is written in braces or
// brackets.
func (d *Document) IsFlow(pointer string) bool {
	_, n, found := d.find(pointer)
	return found && n.Style&yaml.FlowStyle != 0
}

// Rename gives the key that a JSON pointer ends in another name, in memory, so
// that a misspelt key is judged as the one that was meant. It reports whether
// it did.
func (d *Document) Rename(pointer, name string) bool {
	key, _, found := d.find(pointer)
	path := Tokens(pointer)
	if !found || key == nil {
		return false
	}
	parent := d.value
	for _, token := range path[:len(path)-1] {
		switch p := parent.(type) {
		case map[string]any:
			parent = p[token]
		case []any:
			i, _ := strconv.Atoi(token)
			parent = p[i]
		}
	}
	object, ok := parent.(map[string]any)
	if !ok {
		return false
	}
	object[name] = object[key.Value]
	delete(object, key.Value)
	key.Value = name
	return true
}

// Dubious returns the JSON pointers of the bare values that programs read
// differently: dates and times, but for those under one of the given keys,
// where they belong; and words such as on and no.
func (d *Document) Dubious(belong map[string]bool) []string {
	if d.root == nil {
		return nil
	}
	return dubious(d.root, belong, nil, nil)
}

func dubious(n *yaml.Node, belong map[string]bool, path, found []string) []string {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if key := n.Content[i].Value; !belong[key] {
				found = dubious(n.Content[i+1], belong, append(path, key), found)
			}
		}
	case yaml.SequenceNode:
		for i, c := range n.Content {
			found = dubious(c, belong, append(path, strconv.Itoa(i)), found)
		}
	case yaml.ScalarNode:
		if n.Tag == "!!timestamp" || n.Style&quoted == 0 && len(n.Value) <= 3 && yesNo(n.Value) {
			found = append(found, Pointer(path...))
		}
	}
	return found
}

// yesNo reports whether YAML 1.1 takes a bare word for true or false.
func yesNo(word string) bool {
	switch strings.ToLower(word) {
	case "yes", "no", "on", "off":
		return true
	}
	return false
}

// find walks to pointer. Where the way ends early it returns the last key and
// value on it, and false. The key is nil for the root and for list items.
func (d *Document) find(pointer string) (key, value *yaml.Node, found bool) {
	value = d.root
	if value == nil {
		return nil, nil, false
	}
	for _, token := range Tokens(pointer) {
		k, v := child(value, token)
		if v == nil {
			return key, value, false
		}
		key, value = k, v
	}
	return key, value, true
}

func child(n *yaml.Node, token string) (key, value *yaml.Node) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == token {
				return n.Content[i], n.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(token); err == nil && i >= 0 && i < len(n.Content) {
			return nil, n.Content[i]
		}
	}
	return nil, nil
}

// Tokens splits a JSON pointer into its keys and indices.
func Tokens(pointer string) []string {
	if pointer == "" {
		return nil
	}
	list := strings.Split(pointer[1:], "/")
	for i, t := range list {
		list[i] = strings.ReplaceAll(strings.ReplaceAll(t, "~1", "/"), "~0", "~")
	}
	return list
}

// Pointer joins keys and indices into a JSON pointer.
func Pointer(path ...string) string {
	var b strings.Builder
	for _, p := range path {
		b.WriteByte('/')
		b.WriteString(strings.ReplaceAll(strings.ReplaceAll(p, "~", "~0"), "/", "~1"))
	}
	return b.String()
}

func firstScalar(n *yaml.Node) *yaml.Node {
	for n.Kind != yaml.ScalarNode && len(n.Content) > 0 && n.Style&yaml.FlowStyle == 0 {
		n = n.Content[0]
	}
	return n
}

// place returns where a node stands, on its first line.
func (d *Document) place(n *yaml.Node) finding.Place {
	line := d.line(n.Line)
	column := max(n.Column+d.shift[n.Line], 1)
	length := 1
	if n.Kind == yaml.ScalarNode {
		length = utf8.RuneCountInString(written(n, skip(line, column-1)))
	}
	return finding.Place{
		Span:   finding.Span{Line: n.Line, Column: column, EndLine: n.Line, EndColumn: column + max(length, 1)},
		Source: line,
	}
}

// written returns how much of rest, the line from the node on, is the node.
func written(n *yaml.Node, rest string) string {
	switch {
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		if end := closing(rest); end > 0 {
			return rest[:end]
		}
	case strings.HasPrefix(rest, n.Value):
		return n.Value
	}
	if i := strings.Index(rest, " #"); i >= 0 {
		rest = rest[:i]
	}
	return strings.TrimRight(rest, " \t")
}

// closing returns the index behind the quote that closes the one s begins
// with, or 0.
func closing(s string) int {
	if s == "" || s[0] != '"' && s[0] != '\'' {
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

// skip drops the first n code points of s.
func skip(s string, n int) string {
	for ; n > 0 && s != ""; n-- {
		_, size := utf8.DecodeRuneInString(s)
		s = s[size:]
	}
	return s
}

// wholeLine is line n, from its first character that is not a space.
func (d *Document) wholeLine(n int) finding.Place {
	line := d.line(n)
	start := len(line) - len(strings.TrimLeft(line, " \t"))
	return d.part(n, start, len(strings.TrimRight(line, " \t")))
}

// part is the bytes from start to end of line n.
func (d *Document) part(n, start, end int) finding.Place {
	line := d.line(n)
	start = min(start, len(line))
	end = min(max(end, start), len(line))
	column := utf8.RuneCountInString(line[:start]) + 1
	return finding.Place{
		Span: finding.Span{
			Line: n, Column: column,
			EndLine: n, EndColumn: max(column+utf8.RuneCountInString(line[start:end]), column+1),
		},
		Source: line,
	}
}
