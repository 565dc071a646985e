// Package splice changes what a file says, in the words of its structure, and
// leaves the rest of it as it is, byte by byte: comments, order, quotes, flow and
// block style, indentation, line ends, the byte order mark and the final line
// break. Whoever writes a file of an escalations repository does it with this.
//
//	splice.Apply(schema.KindEscalation, path, data,
//		splice.Set("/severity", schema.Critical),
//		splice.Add("/updates", schema.Update{At: now, By: "jdoe", To: both, Text: why}),
//	)
//
// It imports the documents, which know where each value stands, and the schema,
// which knows the order of the fields. It knows no rule of the process and touches
// no file.
package splice

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/escalations-as-code/escalate/internal/document"
	"github.com/escalations-as-code/escalate/internal/edit"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/schema"
)

// Change is one change of what a file says. Set, Add, Insert and Remove make it.
type Change struct {
	do      verb
	pointer string
	value   any
}

type verb int

const (
	set verb = iota
	add
	insert
	remove
)

// Set makes value what stands at a JSON pointer, such as /product/dri. A key that
// is missing is put in where the schema has it, and so is what it stands in. A mapping
// or a list that stands there goes, with the comments in it.
//
// A value is a type of package schema, or a string, bool, number, list or map of
// such. Of a struct, fields that the schema lets be absent are left out where they
// are zero: a false that must be seen is set by itself. A time is written to its
// fraction of a second, which the caller cuts. A text that the field takes as
// schema.Text loses the blanks at the end of its lines, which do not count there.
func Set(pointer string, value any) Change { return Change{set, pointer, value} }

// Add puts an entry at the end of the list at a JSON pointer, such as /updates. The
// list is made where there is none.
func Add(list string, entry any) Change { return Change{add, list, entry} }

// Insert puts an entry into a list before the one at a JSON pointer, such as
// /next_steps/0.
func Insert(before string, entry any) Change { return Change{insert, before, entry} }

// Remove takes away the key or the entry at a JSON pointer, with its comments: those
// behind it, those below it that are indented deeper, and those right above it, but
// for the head of the file. With the last entry of a list, or the last key of a
// mapping, goes the list or the mapping; where the schema asks for that, it stays and
// is empty. What is not there is removed already.
func Remove(pointer string) Change { return Change{remove, pointer, nil} }

// Refusal says why a file is not changed: where, what stands in the way, and what
// to do.
type Refusal struct {
	Path string
	// Line and Column count from 1. They are 0 where it is no place that matters.
	Line, Column  int
	Message, Hint string

	cause error
}

// Unwrap returns why, where another error says so.
func (r *Refusal) Unwrap() error { return r.cause }

func (r *Refusal) Error() string {
	text := r.Path + ": "
	if r.Line > 0 {
		text = fmt.Sprintf("%s:%d:%d: ", r.Path, r.Line, r.Column)
	}
	text += r.Message
	if r.Hint != "" {
		text += ": " + r.Hint
	}
	return text
}

// Apply returns the content of a file with changes made, one after the other: each
// sees what those before it did. The path is what errors name. The data is not
// changed.
//
// The result was read again: what was set reads as that, and everything else as it
// did before. Where that cannot be had, the error is a *Refusal and nothing was
// done. A file with a fault of its syntax is refused. Where nothing changes, such as
// when a value is set that stands there already, the result is the data.
func Apply(kind schema.Kind, path string, data []byte, changes ...Change) ([]byte, error) {
	for _, c := range changes {
		next, err := apply(kind, path, data, c)
		if err != nil {
			return nil, err
		}
		data = next
	}
	return data, nil
}

// apply makes one change. What follows a text, such as a comment that is indented as
// deep, may be taken for a part of it: then texts are written in quotes, where
// nothing can be.
func apply(kind schema.Kind, path string, data []byte, c Change) ([]byte, error) {
	doc := document.Read(path, data)
	root, unclear := doc.Layout()
	if unclear != nil {
		return nil, refused(unclear)
	}
	if len(c.pointer) < 2 || c.pointer[0] != '/' {
		return nil, &Refusal{Path: path, Message: fmt.Sprintf("%q is no field of a file", c.pointer)}
	}
	tokens := document.Tokens(c.pointer)
	is, err := fieldsOn(kind, tokens)
	if err != nil && c.do != remove { // what is no field can still be removed
		return nil, &Refusal{Path: path, Message: err.Error()}
	}
	s := splicer{text: newText(path, data), root: root, says: whole(doc, data)}
	out, err := s.made(c, tokens, is)
	if errors.Is(err, errMisread) {
		s.edits, s.inQuotes = nil, true
		out, err = s.made(c, tokens, is)
	}
	return out, err
}

// errMisread says that a result does not read as it should.
var errMisread = errors.New("what was written reads as something else")

// made is the file with a change made, read again.
func (s *splicer) made(c Change, tokens []string, is fields) ([]byte, error) {
	want, err := s.change(c, tokens, is)
	if err != nil {
		return nil, err
	}
	if len(s.edits) == 0 {
		return s.data, nil
	}
	out, err := edit.Apply(s.data, s.edits)
	if err != nil {
		return nil, &Refusal{Path: s.path, Message: c.pointer + " cannot be changed here: " + err.Error(), Hint: "edit the file by hand"}
	}
	again := document.Read(s.path, out)
	if len(again.Findings) > 0 {
		f := again.Findings[0]
		return nil, &Refusal{Path: s.path, Message: c.pointer + " cannot be changed like this: then " + f.Message, Hint: f.Hint, cause: errMisread}
	}
	if !reflect.DeepEqual(whole(again, out), want) {
		return nil, &Refusal{Path: s.path, Message: c.pointer + " cannot be changed here without changing something else", Hint: "edit the file by hand", cause: errMisread}
	}
	return out, nil
}

// Mend returns the content of a file with fixes of findings made. Unlike Apply it
// takes a file with a fault of its syntax, which a fix may mend. Fixes that overlap,
// or that are not of this data, are an error, and so is a result of which less can be
// read: a *Refusal, and nothing was done.
func Mend(path string, data []byte, fixes []finding.Fix) ([]byte, error) {
	edits := make([]edit.Edit, len(fixes))
	for i, f := range fixes {
		edits[i] = f.Edit()
	}
	out, err := edit.Apply(data, edits)
	if err != nil {
		return nil, &Refusal{Path: path, Message: "the fixes do not go together: " + err.Error(), Hint: "make one after the other"}
	}
	if before, after := document.Read(path, data), document.Read(path, out); after.Broken && !before.Broken || len(before.Findings) == 0 && len(after.Findings) > 0 {
		f := after.Findings[0]
		return nil, &Refusal{Path: path, Line: f.Line, Column: f.Column, Message: "with these fixes " + f.Message, Hint: f.Hint}
	}
	return out, nil
}

// Mended returns the lines of a file that its fixes change, from the line first on, as
// they stand and as they must stand. first is 0 where there are none, or none that
// does any good.
func Mended(path string, data []byte, fixes []finding.Fix) (first int, was, is []string) {
	if len(fixes) == 0 {
		return 0, nil, nil
	}
	out, err := Mend(path, data, fixes)
	if err != nil || bytes.Equal(data, out) {
		return 0, nil, nil
	}
	was, is = strings.Split(string(data), "\n"), strings.Split(string(out), "\n")
	same := 0
	for same < len(was) && same < len(is) && was[same] == is[same] {
		same++
	}
	was, is = was[same:], is[same:]
	for len(was) > 0 && len(is) > 0 && was[len(was)-1] == is[len(is)-1] {
		was, is = was[:len(was)-1], is[:len(is)-1]
	}
	return same + 1, was, is
}

// whole is what a file says as a whole. A text at the end of a file without a line
// break there is told as if it had one: it does, once something follows it.
func whole(doc *document.Document, data []byte) any {
	if t := newText(doc.Path, data); !t.isBroken(len(data)) {
		doc = document.Read(doc.Path, append(slices.Clone(data), t.lineBreak(len(data))...))
	}
	if doc.Value() == nil {
		return map[string]any{}
	}
	return doc.Value()
}

func refused(f *finding.Finding) *Refusal {
	return &Refusal{Path: f.Path, Line: f.Line, Column: f.Column, Message: f.Message, Hint: f.Hint}
}

// splicer makes one change of a document.
type splicer struct {
	text
	root *document.Part
	// says is what the whole file says.
	says any
	// inQuotes says that texts are written in quotes, on one line.
	inQuotes bool
	edits    []edit.Edit
}

// way is what is found on the way to a pointer: parts holds each value on it, the
// whole first.
type way struct {
	tokens []string
	parts  []*document.Part
}

// walk follows tokens as far as there are values.
func (s *splicer) walk(tokens []string) way {
	w := way{tokens, nil}
	if s.root == nil {
		return w
	}
	w.parts = []*document.Part{s.root}
	for _, token := range tokens {
		at := w.parts[len(w.parts)-1]
		next := at.Child(token)
		if at.Kind == document.List {
			next = entryOf(at, token)
		}
		if next == nil {
			break
		}
		w.parts = append(w.parts, next)
	}
	return w
}

// entryOf is the entry of a list that an index names; nil where there is none.
func entryOf(list *document.Part, index string) *document.Part {
	i, err := strconv.Atoi(index)
	if err != nil || strconv.Itoa(i) != index || i < 0 || i >= len(list.Parts) {
		return nil
	}
	return &list.Parts[i]
}

// found reports whether there is a value at the end of the way.
func (w way) found() bool { return len(w.parts) == len(w.tokens)+1 }

// last is the last value on the way that there is.
func (w way) last() *document.Part { return w.parts[len(w.parts)-1] }

// inFlow reports whether the value at the end of the way stands in brackets.
func (w way) inFlow() bool {
	for i, p := range w.parts {
		if i < len(w.tokens) && p.Flow {
			return true
		}
	}
	return false
}

// change finds the edits of a change, and returns what the whole file says then.
func (s *splicer) change(c Change, tokens []string, is fields) (any, error) {
	switch c.do {
	case set:
		v, err := s.encode(c, is.last())
		if err != nil {
			return nil, err
		}
		return s.set(tokens, is, v)
	case add, insert:
		return s.enter(c, tokens, is)
	default:
		return s.remove(tokens, is)
	}
}

// encode makes what is written of the value of a change.
func (s *splicer) encode(c Change, is reflect.Type) (*value, error) {
	v, err := encode(c.value, is)
	if err != nil {
		return nil, &Refusal{Path: s.path, Message: c.pointer + ": " + err.Error()}
	}
	if s.inQuotes {
		v.quote()
	}
	return v, nil
}

// set makes the edits that put a value at the end of a way.
func (s *splicer) set(tokens []string, is fields, v *value) (any, error) {
	w := s.walk(tokens)
	if w.found() && v.reads(at(s.says, tokens)) {
		return nil, nil
	}
	// What is missing on the way is made around the value. A key without a value
	// gets one.
	there := max(len(w.parts)-1, 0)
	here, missing := tokens[:there], tokens[there:]
	isThere := w.found() || there > 0 && w.last().Kind == document.Nothing
	if !isThere {
		here, missing = tokens[:there+1], missing[1:]
	}
	for i, token := range slices.Backward(missing) {
		if n := len(here) + i; is.isList(n) {
			return nil, &Refusal{Path: s.path, Message: fmt.Sprintf("%s has no entry %s", document.Pointer(tokens[:n]...), token), Hint: "add it at the end of the list"}
		}
		v = &value{kind: document.Mapping, keys: []string{token}, items: []*value{v}}
	}
	w.tokens = here
	var err error
	if isThere {
		err = s.replace(w, v)
	} else {
		err = s.put(w, is.order(len(here)-1), v)
	}
	if err != nil {
		return nil, err
	}
	return withValue(s.says, here, v.plain()), nil
}

// enter puts an entry into a list.
func (s *splicer) enter(c Change, tokens []string, is fields) (any, error) {
	list, i := tokens, -1
	if c.do == insert {
		last := tokens[len(tokens)-1]
		if !isIndex(last) {
			return nil, &Refusal{Path: s.path, Message: c.pointer + " is no entry of a list"}
		}
		i, _ = strconv.Atoi(last)
		list, is = tokens[:len(tokens)-1], is.outer()
	}
	if inside(is.last()) == nil {
		return nil, &Refusal{Path: s.path, Message: document.Pointer(list...) + " is no list"}
	}
	v, err := s.encode(c, inside(is.last()))
	if err != nil {
		return nil, err
	}
	w := s.walk(list)
	there := 0
	if w.found() && w.last().Kind == document.List {
		there = len(w.last().Parts)
	}
	if i < 0 {
		i = there
	}
	switch {
	case i > there:
		return nil, &Refusal{Path: s.path, Message: fmt.Sprintf("%s: the list has %d entries", c.pointer, there)}
	case !w.found() || w.last().Kind == document.Nothing:
		return s.set(list, is, &value{kind: document.List, items: []*value{v}})
	case w.last().Kind != document.List:
		return nil, s.refuse(w.last().Start, "this is no list", "put it in brackets: [...]")
	}
	if err := s.entry(w, i, v); err != nil {
		return nil, err
	}
	entries, _ := at(s.says, list).([]any)
	return withValue(s.says, list, slices.Insert(slices.Clone(entries), i, v.plain())), nil
}

// remove takes away what stands at the end of a way.
func (s *splicer) remove(tokens []string, is fields) (any, error) {
	w := s.walk(tokens)
	if !w.found() {
		return nil, nil
	}
	// With the last goes what it stands in, as far as the schema lets it.
	for len(tokens) > 1 && len(w.parts[len(tokens)-1].Parts) == 1 {
		in := w.parts[len(tokens)-1]
		tokens, is = tokens[:len(tokens)-1], is.outer()
		if is.required() || w.parts[len(tokens)-1].Kind == document.List {
			empty := &value{kind: in.Kind}
			err := s.replace(way{tokens, w.parts[:len(tokens)+1]}, empty)
			return withValue(s.says, tokens, empty.plain()), err
		}
	}
	if len(s.root.Parts) == 1 && len(tokens) == 1 {
		return nil, s.refuse(s.root.From, "nothing would be left of the file", "delete the file instead")
	}
	w = way{tokens, w.parts[:len(tokens)+1]}
	if err := s.cut(w); err != nil {
		return nil, err
	}
	return without(s.says, tokens), nil
}

func isIndex(token string) bool {
	return token != "" && strings.Trim(token, "0123456789") == ""
}
