package document

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/escalations-as-code/escalate/internal/finding"
)

// Locate returns where the value at a JSON pointer stands, and its text. For a
// mapping or a list that is its key; where something is missing, the key of
// the nearest parent that is there, or the first line that is not for an editor.
func (d *Document) Locate(pointer string) (finding.Place, string) {
	f := d.find(pointer)
	switch {
	case d.src == nil:
		return finding.Place{Span: finding.LineOne}, ""
	case f.value == d.root:
		return d.src.whole(d.firstLine()), ""
	case f.found && f.value.Kind == yaml.ScalarNode && !isEmpty(f.value):
		return d.place(f.value, f.indent()), f.value.Value
	case f.key != nil:
		return d.place(f.key, -1), ""
	case isEmpty(f.value):
		return d.src.whole(f.value.Line), ""
	default:
		n, indent := firstScalar(f.value, f.indent())
		return d.place(n, indent), ""
	}
}

// firstLine is the line at which the file as a whole is told of: the first, but not
// the comment that names the schema to an editor, at which no person looks.
func (d *Document) firstLine() int {
	if !strings.HasPrefix(d.src.text(1), "# yaml-language-server:") {
		return 1
	}
	for n := 2; n <= min(len(d.src.lines()), finding.Most); n++ {
		if says(d.src.text(n)) {
			return n
		}
	}
	return 1
}

// LocateKey returns where the key that a JSON pointer ends in stands.
func (d *Document) LocateKey(pointer string) finding.Place {
	if f := d.find(pointer); f.found && f.key != nil {
		return d.place(f.key, -1)
	}
	at, _ := d.Locate(pointer)
	return at
}

// Has reports whether there is a value at a JSON pointer.
func (d *Document) Has(pointer string) bool { return d.find(pointer).found }

// Written returns the value at a JSON pointer as it was written, and the YAML
// tag that it has, such as !!int.
func (d *Document) Written(pointer string) (source, tag string) {
	if f := d.find(pointer); f.found {
		return f.value.Value, f.value.Tag
	}
	return "", ""
}

// IsFlow reports whether the value at a JSON pointer is written in braces or
// brackets.
func (d *Document) IsFlow(pointer string) bool {
	f := d.find(pointer)
	return f.found && f.value.Style&yaml.FlowStyle != 0
}

// Renamed returns the document with keys read under other names, so that a
// misspelt key is judged as the one that was meant. names has the new name of
// the key that a JSON pointer ends in. Where there is a key of that name
// already, the misspelt one is left out.
func (d *Document) Renamed(names map[string]string) *Document {
	if d.root == nil || len(names) == 0 {
		return d
	}
	list := make([]renaming, 0, len(names))
	for pointer, name := range names {
		list = append(list, renaming{Tokens(pointer), name})
	}
	view := *d
	view.root, view.value = renamed(d.root, d.value, list)
	return &view
}

// Keys returns the keys of the mapping at a JSON pointer, in the order in which
// they stand.
func (d *Document) Keys(pointer string) []string {
	f := d.find(pointer)
	if !f.found || f.value == nil || f.value.Kind != yaml.MappingNode {
		return nil
	}
	keys := make([]string, 0, len(f.value.Content)/2)
	for i := 0; i+1 < len(f.value.Content); i += 2 {
		keys = append(keys, f.value.Content[i].Value)
	}
	return keys
}

// Moved returns the document with a key, and what belongs to it, read at another
// JSON pointer, where nothing stands: so that one on the wrong level is judged as
// if it stood on the right one. What it is to stand in is made where there is none.
func (d *Document) Moved(from, to string) *Document {
	f := d.find(from)
	if !f.found || f.key == nil {
		return d
	}
	view := *d
	view.root = cloned(d.root)
	path := Tokens(from)
	parent := view.find(Pointer(path[:len(path)-1]...)).value
	for i := 0; i+1 < len(parent.Content); i += 2 {
		if parent.Content[i].Value == path[len(path)-1] {
			parent.Content = slices.Delete(parent.Content, i, i+2)
			break
		}
	}
	path = Tokens(to)
	into := view.root
	for _, token := range path[:len(path)-1] {
		into = stepped(into, token, f.key)
	}
	key := *f.key
	key.Value = path[len(path)-1]
	into.Content = append(into.Content, &key, f.value)
	view.value = valueOf(view.root)
	return &view
}

// stepped returns the value of a key or of an entry, as a mapping that can take a
// key: where there is none, it is made, at the place of another node.
func stepped(n *yaml.Node, token string, at *yaml.Node) *yaml.Node {
	_, next := child(n, token)
	made := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: at.Line, Column: at.Column}
	_, err := strconv.Atoi(token)
	isEntry := err == nil
	switch {
	case next != nil && next.Kind != yaml.ScalarNode:
		return next
	case next != nil: // a key without a value
		*next = *made
		return next
	case isEntry && n.Kind == yaml.MappingNode && len(n.Content) == 0:
		n.Kind, n.Tag = yaml.SequenceNode, "!!seq"
		n.Content = []*yaml.Node{made}
	case isEntry:
		n.Content = append(n.Content, made)
	default:
		n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: token, Line: at.Line, Column: at.Column}, made)
	}
	return made
}

// cloned is a node with copies of all below it.
func cloned(n *yaml.Node) *yaml.Node {
	c := *n
	c.Content = make([]*yaml.Node, len(n.Content))
	for i, below := range n.Content {
		c.Content[i] = cloned(below)
	}
	return &c
}

// valueOf is the plain value of a node as it counts.
func valueOf(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		m := make(map[string]any, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = valueOf(n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, c := range n.Content {
			list[i] = valueOf(c)
		}
		return list
	}
	return plainValue(n)
}

// renaming is a new name for the key at the end of a path.
type renaming struct {
	path []string
	name string
}

func renamed(n *yaml.Node, value any, list []renaming) (*yaml.Node, any) {
	below, names := map[string][]renaming{}, map[string]string{}
	for _, r := range list {
		if len(r.path) == 1 {
			names[r.path[0]] = r.name
		} else {
			below[r.path[0]] = append(below[r.path[0]], renaming{r.path[1:], r.name})
		}
	}
	view := *n
	switch v := value.(type) {
	case map[string]any:
		m := maps.Clone(v)
		view.Content = make([]*yaml.Node, 0, len(n.Content))
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, node := n.Content[i], n.Content[i+1]
			if deeper := below[key.Value]; deeper != nil {
				node, m[key.Value] = renamed(node, v[key.Value], deeper)
			}
			if name, is := names[key.Value]; is {
				_, taken := m[name]
				if !taken {
					m[name] = m[key.Value]
				}
				delete(m, key.Value)
				if taken {
					continue
				}
				meant := *key
				meant.Value = name
				key = &meant
			}
			view.Content = append(view.Content, key, node)
		}
		return &view, m
	case []any:
		l := slices.Clone(v)
		view.Content = slices.Clone(n.Content)
		for i, node := range n.Content {
			if deeper := below[strconv.Itoa(i)]; deeper != nil {
				view.Content[i], l[i] = renamed(node, v[i], deeper)
			}
		}
		return &view, l
	}
	return n, value
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

// found is what was found on the way to a value.
type found struct {
	// key is nil for the root and for list items.
	key, value *yaml.Node
	// parent is the mapping or the list that the value stands in.
	parent *yaml.Node
	// flow says that it stands within braces or brackets.
	flow bool
	// found is false where the way ends early: then key and value are the last
	// on it.
	found bool
}

// indent is the column, counted from 0, of the block that the value stands in.
func (f found) indent() int {
	if f.parent == nil {
		return -1
	}
	return f.parent.Column - 1
}

// find walks to a JSON pointer.
func (d *Document) find(pointer string) found {
	f := found{value: d.root}
	if d.root == nil {
		return f
	}
	for _, token := range Tokens(pointer) {
		k, v := child(f.value, token)
		if v == nil {
			return f
		}
		f.flow = f.flow || f.value.Style&yaml.FlowStyle != 0
		f.key, f.value, f.parent = k, v, f.value
	}
	f.found = true
	return f
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

// firstScalar is where a value begins that has none of its own, and the column
// of the block that this stands in.
func firstScalar(n *yaml.Node, indent int) (*yaml.Node, int) {
	for n.Kind != yaml.ScalarNode && len(n.Content) > 0 && n.Style&yaml.FlowStyle == 0 {
		n, indent = n.Content[0], n.Column-1
	}
	return n, indent
}

// place is where a node stands.
func (d *Document) place(n *yaml.Node, indent int) finding.Place {
	return d.src.place(d.extent(n, indent))
}

// skip drops the first n code points of s.
func skip(s string, n int) string {
	for ; n > 0 && s != ""; n-- {
		_, size := utf8.DecodeRuneInString(s)
		s = s[size:]
	}
	return s
}
