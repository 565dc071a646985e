package viewprint

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/jsonfmt"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// Export prints all that a repository says, as schema/export.schema.json describes
// it. An escalation is turned into JSON when its turn comes: there may be many.
func Export(w io.Writer, e schema.Export) error { return document(w, e) }

// Board prints the data.json of a board, as it is written.
func Board(w io.Writer, b schema.Board) error { return document(w, b) }

// document prints a document whose escalations are too many to be made at once.
func document(w io.Writer, v any) error {
	out := jsonfmt.NewObject(w)
	for _, f := range fields(reflect.ValueOf(v)) {
		if f.key != "escalations" {
			_ = out.Field(f.key, plain(f.value)) // End returns the error
			continue
		}
		_ = out.List(f.key)
		for i := range f.value.Len() {
			_ = out.Add(plain(f.value.Index(i)))
		}
	}
	return out.End()
}

// object is a JSON object whose members keep their order: that of the fields.
type object []member

type member struct {
	key   string
	value any
}

// MarshalJSON writes the members.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := e.Encode(m.key); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := e.Encode(m.value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// plain is a value of the schema as JSON has it: by the names of its fields in a file.
// What is empty is left out where a file may leave it out, and where nobody wrote
// what must be there.
func plain(v reflect.Value) any {
	switch x := v.Interface().(type) {
	case schema.Time:
		return jsonfmt.Time(x.Time)
	case schema.Date:
		return words.Date(x.Time)
	case schema.Agreement:
		if x.URL != "" {
			return x.URL
		}
		return plain(reflect.ValueOf(struct {
			Waived schema.Text   `yaml:"waived"`
			By     schema.Handle `yaml:"by"`
			Asked  schema.URL    `yaml:"asked"`
		}{x.Waived, x.By, x.Asked}))
	}
	switch v.Kind() {
	case reflect.Pointer:
		return plain(v.Elem())
	case reflect.Slice:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = plain(v.Index(i))
		}
		return list
	case reflect.Map:
		out := object{}
		for _, k := range slices.SortedFunc(slices.Values(v.MapKeys()), byText) {
			out = append(out, member{k.String(), plain(v.MapIndex(k))})
		}
		return out
	case reflect.Struct:
		out := object{}
		for _, f := range fields(v) {
			if !f.empty() {
				out = append(out, member{f.key, plain(f.value)})
			}
		}
		return out
	}
	return v.Interface()
}

// byText orders the keys of a map.
func byText(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) }

// field is a field of a struct, by its name in a file.
type field struct {
	key      string
	optional bool
	value    reflect.Value
}

func fields(v reflect.Value) []field {
	var all []field
	for i := range v.NumField() {
		if key, options, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ","); key != "" {
			all = append(all, field{key, options == "omitempty", v.Field(i)})
		}
	}
	return all
}

// empty reports whether a field is left out.
func (f field) empty() bool {
	switch f.value.Kind() {
	case reflect.Bool, reflect.Int:
		return f.optional && f.value.IsZero()
	case reflect.Slice, reflect.Map:
		return f.optional && f.value.Len() == 0
	}
	return f.value.IsZero()
}
