// Package jsonfmt writes JSON for programs that a person can read, too: indented,
// with <, > and & as they are, and a line break at the end.
package jsonfmt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

const step = "  "

// Write writes one value.
func Write(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", step)
	return e.Encode(v)
}

// Time is a moment as JSON has it, in UTC; "" for none.
func Time(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// Object writes an object key by key, and its lists item by item, for what is too
// long to be held. The bytes are those that Write would have written. The first
// error of the writer ends it, and End returns that.
type Object struct {
	w           io.Writer
	err         error
	keys, items int
	list        bool
}

// NewObject begins an object.
func NewObject(w io.Writer) *Object {
	o := &Object{w: w}
	o.write("{")
	return o
}

// Field adds a key with its value.
func (o *Object) Field(key string, v any) error {
	o.key(key)
	o.value(v, step)
	return o.err
}

// List begins a list under a key, to which Add adds. It ends with the next key.
func (o *Object) List(key string) error {
	o.key(key)
	o.write("[")
	o.list, o.items = true, 0
	return o.err
}

// Add adds an item to the list that was begun.
func (o *Object) Add(item any) error {
	if o.items++; o.items > 1 {
		o.write(",")
	}
	o.write("\n" + step + step)
	o.value(item, step+step)
	return o.err
}

// End ends the object.
func (o *Object) End() error {
	o.endList()
	if o.keys > 0 {
		o.write("\n")
	}
	o.write("}\n")
	return o.err
}

func (o *Object) key(key string) {
	o.endList()
	if o.keys++; o.keys > 1 {
		o.write(",")
	}
	o.write(fmt.Sprintf("\n%s%q: ", step, key))
}

func (o *Object) endList() {
	if o.list && o.items > 0 {
		o.write("\n" + step)
	}
	if o.list {
		o.write("]")
	}
	o.list = false
}

func (o *Object) value(v any, prefix string) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent(prefix, step)
	if err := e.Encode(v); err != nil && o.err == nil {
		o.err = err
	}
	o.write(string(bytes.TrimSuffix(b.Bytes(), []byte("\n"))))
}

func (o *Object) write(s string) {
	if o.err == nil {
		_, o.err = io.WriteString(o.w, s)
	}
}
