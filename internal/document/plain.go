package document

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/escalations-as-code/escalate/internal/finding"
)

// plain turns a node into plain values and, on the way, tells what YAML lets
// pass but an escalation does not need or the writer did not mean: keys that
// stand twice, anchors, tags, and text that is silently cut at a #. What is
// told is taken out of the tree, so that nothing else stumbles over it.
func (d *Document) plain(n, key *yaml.Node, path []string) any {
	if len(path) > MaxDepth {
		at, _ := d.Locate(Pointer(path[0]))
		d.add("yaml-nesting", at, Pointer(path[0]), "", fmt.Sprintf("%s is nested too deeply", quote(path[0])), "no field of an escalation needs more than a few levels")
		n.Kind, n.Content, n.Tag, n.Value = yaml.ScalarNode, nil, "!!null", ""
		return nil
	}
	if n.Anchor != "" || n.Kind == yaml.AliasNode {
		d.alias(n, path)
	}
	switch n.Kind {
	case yaml.MappingNode:
		return d.mapping(n, path)
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, c := range n.Content {
			list[i] = d.plain(c, nil, append(path, strconv.Itoa(i)))
		}
		return list
	case yaml.ScalarNode:
		return d.scalar(n, key, path)
	}
	return nil
}

func (d *Document) mapping(n *yaml.Node, path []string) any {
	m := make(map[string]any, len(n.Content)/2)
	kept := n.Content[:0]
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.Kind != yaml.ScalarNode {
			d.addAt(k, "yaml-syntax", path, "a key must be a single word", "write a field name, a colon, a space and the value")
			continue
		}
		if _, twice := m[k.Value]; twice {
			first, _ := child(&yaml.Node{Kind: yaml.MappingNode, Content: kept}, k.Value)
			d.addAt(k, "yaml-duplicate-key", append(path, k.Value),
				fmt.Sprintf("%s stands here a second time: line %d has it already, and only one of them can count", quote(k.Value), first.Line),
				"keep the one that is right and delete the other")
			continue
		}
		if k.Tag == "!!merge" || k.Anchor != "" {
			d.alias(k, append(path, k.Value))
			if k.Tag == "!!merge" {
				continue
			}
		}
		m[k.Value] = d.plain(v, k, append(path, k.Value))
		kept = append(kept, k, v)
	}
	n.Content = kept
	return m
}

func (d *Document) scalar(n, key *yaml.Node, path []string) any {
	if n.Style&yaml.TaggedStyle != 0 {
		d.addAt(n, "yaml-special", path, "a value that begins with ! is a tag to YAML, not text",
			"put the whole value in quotes")
		n.Tag, n.Style = "!!str", n.Style&^yaml.TaggedStyle
	}
	if n.Style&quoted == 0 {
		d.hash(n, key, path)
	}
	switch n.Tag {
	case "!!null":
		return nil
	case "!!bool":
		return strings.EqualFold(n.Value, "true")
	case "!!timestamp":
		return n.Value
	}
	if n.Style&quoted == 0 {
		return number(n)
	}
	return n.Value
}

const quoted = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle

var (
	coreInt   = regexp.MustCompile(`^([-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$`)
	coreFloat = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$|^[-+]?\.(inf|Inf|INF)$|^\.(nan|NaN|NAN)$`)
)

// number returns the number that a bare value is, or its text. The parser sees
// numbers where YAML 1.2, and so an editor, sees text, such as 1_000.
func number(n *yaml.Node) any {
	if n.Value == "" || !strings.ContainsRune("0123456789+-.", rune(n.Value[0])) {
		return n.Value
	}
	switch {
	case coreInt.MatchString(n.Value):
		n.Tag = "!!int"
		base := 10
		if strings.HasPrefix(n.Value, "0o") || strings.HasPrefix(n.Value, "0x") {
			base = 0
		}
		if i, err := strconv.ParseInt(n.Value, base, 64); err == nil {
			return i
		}
		return 1e15 // a number that no field takes
	case coreFloat.MatchString(n.Value):
		n.Tag = "!!float"
		if f, err := strconv.ParseFloat(n.Value, 64); err == nil && !math.IsInf(f, 0) && !math.IsNaN(f) {
			return f
		}
		return 0.5
	}
	n.Tag = "!!str"
	return n.Value
}

// hash tells of text that is lost behind a #: YAML takes " #" for the
// beginning of a comment. A comment with a space behind its # is meant as one.
func (d *Document) hash(n, key *yaml.Node, path []string) {
	comment := n.LineComment
	if isEmpty(n) {
		comment = ""
		if key != nil {
			comment = key.LineComment
		} else if rest := strings.TrimSpace(strings.TrimPrefix(skip(d.lineIf(n), n.Column-1), "-")); strings.HasPrefix(rest, "#") {
			comment = rest
		}
	}
	if len(comment) < 2 || comment[0] != '#' || strings.ContainsAny(comment[1:2], " \t#!") {
		return
	}
	comment, _, _ = strings.Cut(comment, "\n")
	line := n.Line
	for !strings.HasSuffix(strings.TrimRight(d.line(line), " \t"), comment) {
		if line++; line > n.Line+20 {
			return // a comment on a line of its own, which the parser put here
		}
	}
	start := strings.LastIndex(d.line(line), comment)
	if strings.TrimSpace(d.line(line)[:start]) == "" {
		return
	}
	at := d.part(line, start, start+len(comment))
	text, _, _ := strings.Cut(strings.TrimPrefix(comment, "#"), " ")
	switch {
	case isEmpty(n) && key != nil && key.Value == "channel":
		d.add("yaml-hash", at, Pointer(path...), comment,
			fmt.Sprintf("%s is empty: YAML takes everything from # on for a comment", quote(key.Value)),
			"write the channel without the #: "+quote(key.Value+": "+text))
	case isEmpty(n):
		d.add("yaml-hash", at, Pointer(path...), comment,
			"there is no value here: YAML takes everything from # on for a comment",
			fmt.Sprintf("put the text in quotes: %s; or put a space after the # if it is a comment", quote(strconv.Quote(comment))))
	default:
		whole := shorten(n.Value+" "+comment, 60)
		d.add("yaml-hash", at, Pointer(path...), comment,
			fmt.Sprintf("%s is left out: behind a space, YAML takes # for the beginning of a comment", quote(shorten(comment, 40))),
			fmt.Sprintf("put the text in quotes: %s; or put a space after the # if it is a comment", quote(strconv.Quote(whole))))
	}
}

// lineIf returns the line of n if it can hold a #, so that the lines of a
// file without one are never split.
func (d *Document) lineIf(n *yaml.Node) string {
	if !strings.Contains(d.text, "#") {
		return ""
	}
	return d.line(n.Line)
}

// alias tells of anchors and aliases. A file without them can be read from
// top to bottom, and cannot blow up in memory.
func (d *Document) alias(n *yaml.Node, path []string) {
	what := "&" + n.Anchor
	switch {
	case n.Kind == yaml.AliasNode:
		what = "*" + n.Value
	case n.Tag == "!!merge":
		what = n.Value
	}
	d.addAt(n, "yaml-special", path, fmt.Sprintf("%s is a shorthand of YAML that escalations do not use", quote(what)),
		"write the value out; if it is meant as text, put it in quotes")
	n.Anchor = ""
	if n.Kind == yaml.AliasNode {
		n.Kind, n.Alias, n.Tag, n.Value = yaml.ScalarNode, nil, "!!null", ""
	}
}

func (d *Document) addAt(n *yaml.Node, rule string, path []string, message, hint string) {
	at := finding.Place{Span: finding.Span{Line: n.Line, Column: n.Column, EndLine: n.Line, EndColumn: n.Column + 1}, Source: d.line(n.Line)}
	switch n.Kind {
	case yaml.ScalarNode:
		at = d.place(n)
	case yaml.AliasNode:
		at.EndColumn += utf8.RuneCountInString(n.Value)
	}
	d.add(rule, at, Pointer(path...), n.Value, message, hint)
}

// shorten cuts s to at most n code points.
func shorten(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return strings.TrimRight(s[:len(s)-len(skip(s, n-1))], " ") + "…"
}
