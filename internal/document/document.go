// Package document reads one YAML file into values that know where they
// stand, and tells what a person who wrote it by hand would want to know:
// where the syntax breaks, and what YAML silently makes of what was written.
//
// A document is parsed once. Where the parser refuses it, what it trips over
// is told and mended in memory, so that the rest can still be judged.
package document

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/words"
)

// MaxBytes is the size in bytes above which a file is not read.
const MaxBytes = 1 << 20

// MaxDepth is how deep values may be nested. No field needs more than six.
const MaxDepth = 64

// Document is one YAML file. It does not change: its bytes and the tree of
// nodes stay what was written, and what is corrected is another view of it.
// It can be used by several goroutines.
type Document struct {
	// Path is the file, relative to the repository, with forward slashes.
	Path string
	// Findings holds what reading had to say, unsorted.
	Findings []finding.Finding
	// Broken is true where a part could not be read at all: what the file says
	// as a whole cannot be judged then, only the parts that were read.
	Broken bool
	// Unread are the JSON pointers of the values that could not be read. They
	// are there, so they are not missing.
	Unread []string

	src *source
	// written is the top-level mapping as the parser read it, nil where there is
	// none; root is the same as it counts: without what was told of and with
	// misspelt keys read as those that were meant. Where nothing is wrong, they
	// are one.
	written, root *yaml.Node
	value         any
	moved         map[int][]move
}

// Read reads a file. It never fails: what is wrong is in Findings. The data
// must not be changed afterwards.
func Read(path string, data []byte) *Document {
	r := &reader{Document: &Document{Path: path, src: &source{data: data}}, told: finding.List{
		Rest: "there are more faults from here on, and the file was judged no further",
	}}
	if len(data) > MaxBytes {
		r.src.data = nil
		r.add("file-size", finding.Place{Span: finding.LineOne}, "", "", "the file is larger than 1 MiB and was not read",
			"keep long texts and logs elsewhere, and link them")
		r.Broken = true
	} else if r.clean() {
		r.parse()
	}
	if r.written != nil {
		r.value, r.root = r.plain(r.written, nil, nil)
	}
	r.Findings = r.told.Findings()
	r.Broken = r.Broken || r.told.Full()
	return r.Document
}

// Unreadable returns the document of a file of which no more is known than what
// is told of it.
func Unreadable(path string, told ...finding.Finding) *Document {
	return &Document{Path: path, Findings: told, Broken: true, src: new(source)}
}

// Empty reports whether the file says nothing: no text, or only comments.
func (d *Document) Empty() bool { return d.root == nil && !d.Broken }

// Value returns the content as plain values (map[string]any, []any, string,
// int64, float64, bool, nil). Times and dates stay text, as an editor sees
// them. It must not be changed.
func (d *Document) Value() any { return d.value }

// Decode fills the struct that into points to. What does not fit its field is
// left out: the schema tells it.
func (d *Document) Decode(into any) {
	if d.root != nil {
		_ = d.root.Decode(into) // a *yaml.TypeError; the fields that fit are filled
	}
}

// reader makes a document.
type reader struct {
	*Document
	told finding.List
	text string // what the parser is given: mended, if need be
}

// add tells of an error at a place.
func (r *reader) add(rule string, at finding.Place, field, value, message, hint string) *finding.Finding {
	return r.told.Take(finding.Finding{
		Path: r.Path, Place: at, Rule: rule, Level: finding.Error,
		Field: field, Value: value, Message: message, Hint: hint, New: true,
	})
}

// parse fills written, from the whole text or, where the parser refuses that,
// from what can be recovered.
func (r *reader) parse() {
	doc, err := parse(r.text)
	if err != nil || isText(doc) || r.swallows(doc) {
		doc = r.recover()
	} else {
		r.slips(unixLines(r.text), nil)
	}
	switch {
	case doc == nil || len(doc.Content) == 0:
	case doc.Content[0].Kind == yaml.MappingNode:
		r.written = doc.Content[0]
	case isEmpty(doc.Content[0]):
	default:
		r.Broken = true
		n := doc.Content[0]
		r.add("yaml-syntax", r.src.whole(n.Line), "", "", "this is not an escalation: its lines are no fields with their values",
			"start from the example in the README")
	}
}

// parse reads the first document of text. The parser is known to panic on a
// few broken inputs, which is a syntax error like any other.
func parse(text string) (doc *yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("yaml: cannot be read: %v", r)
		}
	}()
	dec := yaml.NewDecoder(strings.NewReader(text))
	doc = new(yaml.Node)
	if err := dec.Decode(doc); err != nil {
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return doc, err
	}
	// The parser stops without a word where a line is indented less than the
	// first: it takes the rest for another document.
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, cmp.Or(err, errMore)
	}
	return doc, nil
}

var errMore = errors.New("yaml: did not find expected key")

// isText reports whether a document is nothing but text.
func isText(doc *yaml.Node) bool {
	return len(doc.Content) > 0 && doc.Content[0].Kind == yaml.ScalarNode && doc.Content[0].Tag == "!!str"
}

// swallows reports whether a quote that was never closed has swallowed the
// keys below it, up to the next quote: what is in quotes goes on in the first
// column, where YAML allows only keys but the parser anything.
func (r *reader) swallows(n *yaml.Node) bool {
	if n.Kind == yaml.ScalarNode && n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
		next := r.src.text(n.Line + 1)
		return next != "" && closing(skip(r.src.text(n.Line), n.Column-1)) == 0 && keyLine.MatchString(next) && next[0] != ' '
	}
	return slices.ContainsFunc(n.Content, r.swallows)
}

// isEmpty reports whether n is a value that was left out: `key:` with nothing
// behind it.
func isEmpty(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Tag == "!!null" && n.Value == ""
}

// quote shows a piece of YAML inside a sentence.
func quote(s string) string { return words.Code(strings.TrimSpace(s)) }
