package document

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/escalations-as-code/escalate/internal/edit"
	"github.com/escalations-as-code/escalate/internal/finding"
)

// plain turns a node into plain values and, on the way, tells what YAML lets
// pass but an escalation does not need or the writer did not mean: keys that
// stand twice, anchors, tags, and text that is silently cut at a #. It returns
// the node as it counts, without what was told of, so that nothing else stumbles
// over it. The node itself stays as it was written.
func (r *reader) plain(n, key *yaml.Node, path []string) (any, *yaml.Node) {
	if len(path) > MaxDepth {
		at := r.src.whole(1)
		if k, _ := child(r.written, path[0]); k != nil {
			at = r.place(k, -1)
		}
		r.add("yaml-nesting", at, Pointer(path[0]), "", fmt.Sprintf("%s has too many brackets within brackets, or is indented too often", quote(path[0])), "no field of an escalation needs more than a few levels")
		return nil, nothing(n)
	}
	if n.Anchor != "" || n.Kind == yaml.AliasNode {
		r.alias(n, path)
	}
	switch n.Kind {
	case yaml.MappingNode:
		return r.mapping(n, path)
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		counts := counting{node: n}
		for i, c := range n.Content {
			value, node := r.plain(c, nil, append(path, strconv.Itoa(i)))
			list[i] = value
			counts.as(i, node)
		}
		return list, counts.node
	case yaml.ScalarNode:
		return r.scalar(n, key, path)
	}
	return nil, nothing(n)
}

// nothing is a value that counts as left out, in the place of a node.
func nothing(n *yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Line: n.Line, Column: n.Column}
}

// counting is a mapping or a list as it counts. It is copied only where some of
// its content counts otherwise than it was written.
type counting struct {
	node   *yaml.Node
	copied bool
}

// as says as what the content at i counts, nil where it does not. It is called
// for one after the other.
func (c *counting) as(i int, n *yaml.Node) {
	if !c.copied {
		if c.node.Content[i] == n {
			return
		}
		node := *c.node
		node.Content = slices.Clone(node.Content[:i])
		c.node, c.copied = &node, true
	}
	if n != nil {
		c.node.Content = append(c.node.Content, n)
	}
}

func (r *reader) mapping(n *yaml.Node, path []string) (any, *yaml.Node) {
	m := make(map[string]any, len(n.Content)/2)
	counts := counting{node: n}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.Kind == yaml.ScalarNode {
			if _, twice := m[k.Value]; twice {
				r.twice(n, i, append(path, k.Value))
				k = nil
			} else if k.Tag == "!!merge" || k.Anchor != "" {
				r.alias(k, append(path, k.Value))
				if k.Tag == "!!merge" {
					k = nil
				}
			}
		} else {
			r.addAt(k, n, "yaml-syntax", path, "the name of a field is a single word", "write the name of the field, a colon, a space and the value")
			k = nil
		}
		if k == nil {
			counts.as(i, nil)
			counts.as(i+1, nil)
			continue
		}
		value, node := r.plain(v, k, append(path, k.Value))
		m[k.Value] = value
		counts.as(i, k)
		counts.as(i+1, node)
	}
	return m, counts.node
}

// twice tells of the key at i of a mapping, which stands there before as well.
// To delete it is right where it says nothing else.
func (r *reader) twice(n *yaml.Node, i int, path []string) {
	first, value := child(n, n.Content[i].Value)
	f := r.addAt(n.Content[i], n, "yaml-duplicate-key", path,
		fmt.Sprintf("%s stands here a second time: line %d has it already, and only one of them can count", quote(n.Content[i].Value), first.Line),
		"keep the one that is right and delete the other")
	if v := n.Content[i+1]; isEmpty(v) || v.Kind == yaml.ScalarNode && value.Kind == v.Kind && value.Value == v.Value && value.Tag == v.Tag {
		f.Fixes = r.deleted(n, i)
	}
}

func (r *reader) scalar(n, key *yaml.Node, path []string) (any, *yaml.Node) {
	if n.Style&yaml.TaggedStyle != 0 {
		f := r.addAt(n, nil, "yaml-special", path, "a text cannot begin with ! unless it is in quotes",
			"put the whole value in quotes")
		if n.Style&quoted == 0 {
			start, end := r.extent(n, -1)
			f.Fixes = r.quoted(start, end)
		}
		n = retagged(n, "!!str")
	}
	if n.Style&quoted == 0 {
		r.hash(n, key, path)
	}
	if n.Style&quoted == 0 && !slices.Contains([]string{"!!null", "!!bool", "!!timestamp"}, n.Tag) {
		value, tag := number(n)
		if tagged := retagged(n, tag); tagged == n || tagged.Decode(new(any)) == nil {
			return value, tagged
		}
		return value, n // the parser would decode nothing that comes after it
	}
	return plainValue(n), n
}

// plainValue is the value of a scalar as it counts.
func plainValue(n *yaml.Node) any {
	switch {
	case n.Tag == "!!null":
		return nil
	case n.Tag == "!!bool":
		return strings.EqualFold(n.Value, "true")
	case n.Tag != "!!timestamp" && n.Style&quoted == 0:
		value, _ := number(n)
		return value
	}
	return n.Value
}

// retagged is a node that counts as of another kind.
func retagged(n *yaml.Node, tag string) *yaml.Node {
	if n.Tag == tag {
		return n
	}
	other := *n
	other.Tag = tag
	return &other
}

const quoted = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle

var (
	coreInt   = regexp.MustCompile(`^([-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$`)
	coreFloat = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$|^[-+]?\.(inf|Inf|INF)$|^\.(nan|NaN|NAN)$`)
)

// number returns the number that a bare value is, or its text, and the tag that
// it has then. The parser sees numbers where YAML 1.2, and so an editor, sees
// text, such as 1_000.
func number(n *yaml.Node) (value any, tag string) {
	if n.Value == "" || !strings.ContainsRune("0123456789+-.", rune(n.Value[0])) {
		return n.Value, n.Tag
	}
	switch {
	case coreInt.MatchString(n.Value):
		base := 10
		if strings.HasPrefix(n.Value, "0o") || strings.HasPrefix(n.Value, "0x") {
			base = 0
		}
		if i, err := strconv.ParseInt(n.Value, base, 64); err == nil {
			return i, "!!int"
		}
		return 1e15, "!!int" // a number that no field takes
	case coreFloat.MatchString(n.Value):
		if f, err := strconv.ParseFloat(n.Value, 64); err == nil && !math.IsInf(f, 0) && !math.IsNaN(f) {
			return f, "!!float"
		}
		return 0.5, "!!float"
	}
	return n.Value, "!!str"
}

// hash tells of text that is lost behind a #: YAML takes " #" for the
// beginning of a comment. A comment with a space behind its # is meant as one.
func (r *reader) hash(n, key *yaml.Node, path []string) {
	comment := n.LineComment
	if isEmpty(n) {
		comment = ""
		if key != nil {
			comment = key.LineComment
		} else if rest := strings.TrimSpace(strings.TrimPrefix(skip(r.lineIf(n), n.Column-1), "-")); strings.HasPrefix(rest, "#") {
			comment = rest
		}
	}
	if len(comment) < 2 || comment[0] != '#' || strings.ContainsAny(comment[1:2], " \t#!") {
		return
	}
	comment, _, _ = strings.Cut(comment, "\n")
	line := n.Line
	for !strings.HasSuffix(strings.TrimRight(r.src.text(line), " \t"), comment) {
		if line++; line > n.Line+20 {
			return // a comment on a line of its own, which the parser put here
		}
	}
	before := r.src.text(line)[:strings.LastIndex(r.src.text(line), comment)]
	if strings.TrimSpace(before) == "" {
		return
	}
	first := utf8.RuneCountInString(before)
	start := r.src.offset(line, first)
	end := r.src.offset(line, first+utf8.RuneCountInString(comment))
	at := r.src.place(start, end)
	text, _, more := strings.Cut(strings.TrimPrefix(comment, "#"), " ")
	isNumber := issue.MatchString(comment) // a ticket's number, and no comment
	switch {
	case isEmpty(n) && key != nil && channels[key.Value]:
		f := r.add("yaml-hash", at, Pointer(path...), comment,
			fmt.Sprintf("%s is empty: everything from the # on counts as a note beside it", quote(key.Value)),
			"write the channel without the #: "+quote(key.Value+": "+text))
		if !more {
			f.Fixes = r.fix(start, end, edit.Text(text))
		}
	case isEmpty(n):
		f := r.add("yaml-hash", at, Pointer(path...), comment,
			"there is no value here: everything from the # on counts as a note beside it",
			fmt.Sprintf("put the text in quotes: %s; or put a space after the # if it is meant as a note", quote(strconv.Quote(comment))))
		if isNumber {
			f.Fixes = r.quoted(start, end)
		}
	default:
		whole := shorten(n.Value+" "+comment, 60)
		f := r.add("yaml-hash", at, Pointer(path...), comment,
			fmt.Sprintf("%s is left out: a # behind a space begins a note beside the text", quote(shorten(comment, 40))),
			fmt.Sprintf("put the text in quotes: %s; or put a space after the # if it is meant as a note", quote(strconv.Quote(whole))))
		if isNumber && line == n.Line && n.Tag == "!!str" {
			f.Fixes = r.quoted(r.start(n), end)
		}
	}
}

// channels are the keys whose values people write with a # before them.
var channels = map[string]bool{"channel": true, "announcement": true, "prefix": true}

// issue is the number of a ticket.
var issue = regexp.MustCompile(`^#\d+\b`)

// lineIf returns the line of n if it can hold a #, so that the lines of a
// file without one are never split.
func (r *reader) lineIf(n *yaml.Node) string {
	if !strings.Contains(r.text, "#") {
		return ""
	}
	return r.src.text(n.Line)
}

// alias tells of anchors and aliases. A file without them can be read from
// top to bottom, and cannot blow up in memory.
func (r *reader) alias(n *yaml.Node, path []string) {
	what := "&" + n.Anchor
	switch {
	case n.Kind == yaml.AliasNode:
		what = "*" + n.Value
	case n.Tag == "!!merge":
		what = n.Value
	}
	r.addAt(n, nil, "yaml-special", path, fmt.Sprintf("%s is a shorthand that escalations do not use", quote(what)),
		"write the value out; if it is meant as text, put it in quotes")
}

// addAt tells of a node, of which the first line is marked if it holds others.
func (r *reader) addAt(n, parent *yaml.Node, rule string, path []string, message, hint string) *finding.Finding {
	start, end := r.extent(n, found{parent: parent}.indent())
	if n.Kind == yaml.MappingNode || n.Kind == yaml.SequenceNode {
		end = min(start+1, len(r.src.data))
	}
	return r.add(rule, r.src.place(start, end), Pointer(path...), n.Value, message, hint)
}

// shorten cuts s to at most n code points.
func shorten(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return strings.TrimRight(s[:len(s)-len(skip(s, n-1))], " ") + "…"
}
