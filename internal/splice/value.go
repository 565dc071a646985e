package splice

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/escalations-as-code/escalate/internal/document"
	"github.com/escalations-as-code/escalate/schema"
)

// value is what is to be written.
type value struct {
	kind document.Kind
	// scalar is what YAML reads of a scalar: a string, a bool or an int64.
	scalar any
	// isBare says that a string is a date or a time, which needs no quotes.
	isBare bool
	// isLoose says that blanks at the end of a text, and of its lines, do not count.
	isLoose bool
	// inQuotes says that a text is written in quotes, on one line.
	inQuotes bool
	keys     []string
	items    []*value
}

// plain is what YAML reads.
func (v *value) plain() any {
	switch v.kind {
	case document.Mapping:
		m := make(map[string]any, len(v.keys))
		for i, key := range v.keys {
			m[key] = v.items[i].plain()
		}
		return m
	case document.List:
		list := make([]any, len(v.items))
		for i, item := range v.items {
			list[i] = item.plain()
		}
		return list
	}
	return v.scalar
}

// reads reports whether a value that stands in a file says this.
func (v *value) reads(old any) bool {
	if text, ok := old.(string); ok && v.isLoose {
		return loose(text) == v.scalar
	}
	return reflect.DeepEqual(v.plain(), old)
}

// text is the text that a value is.
func (v *value) text() (s string, ok bool) {
	s, ok = v.scalar.(string)
	return s, ok && !v.isBare
}

// isLong reports whether there is a text of several lines in a value.
func (v *value) isLong() bool {
	s, ok := v.text()
	return ok && !v.inQuotes && strings.Contains(s, "\n") || slices.ContainsFunc(v.items, (*value).isLong)
}

// quote says that all texts in a value are written in quotes.
func (v *value) quote() {
	v.inQuotes = true
	for _, item := range v.items {
		item.quote()
	}
}

// isPlainList reports whether a value is a list of nothing but scalars.
func (v *value) isPlainList() bool {
	return v.kind == document.List && !slices.ContainsFunc(v.items, func(i *value) bool { return i.kind != document.Scalar })
}

// loose is a text without the blanks that do not count: see schema.Text.
func loose(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	lines := strings.Split(strings.TrimRight(s, " \t\n"), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " \t")
	}
	return strings.Join(lines, "\n")
}

var (
	timeType      = reflect.TypeFor[schema.Time]()
	dateType      = reflect.TypeFor[schema.Date]()
	textType      = reflect.TypeFor[schema.Text]()
	agreementType = reflect.TypeFor[schema.Agreement]()
)

// encode makes what is written of a Go value. is is the type of the field that it is
// written to, nil where that is not known.
func encode(v any, is reflect.Type) (*value, error) {
	if v == nil {
		return nil, errors.New("there is no value to set; remove it instead")
	}
	return encodeValue(reflect.ValueOf(v), is)
}

func encodeValue(v reflect.Value, is reflect.Type) (*value, error) {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		if v.IsNil() {
			return nil, errors.New("there is no value to set; remove it instead")
		}
		v = v.Elem()
	}
	switch at := v.Interface().(type) {
	case schema.Time:
		if at.IsZero() {
			return nil, errors.New("the time is not set")
		}
		return &value{kind: document.Scalar, scalar: at.UTC().Format(time.RFC3339Nano), isBare: true}, nil
	case schema.Date:
		if at.IsZero() {
			return nil, errors.New("the day is not set")
		}
		return &value{kind: document.Scalar, scalar: at.Format(time.DateOnly), isBare: true}, nil
	case schema.Agreement:
		if at.URL != "" {
			return encode(at.URL, nil)
		}
		return encodeStruct(v)
	}
	switch v.Kind() {
	case reflect.String:
		s := v.String()
		if !utf8.ValidString(s) {
			return nil, errors.New("this is no text: it holds bytes that are no letters")
		}
		if v.Type() == textType || is == textType {
			return &value{kind: document.Scalar, scalar: loose(s), isLoose: true}, nil
		}
		return &value{kind: document.Scalar, scalar: s, isBare: isMoment(s, is)}, nil
	case reflect.Bool:
		return &value{kind: document.Scalar, scalar: v.Bool()}, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return &value{kind: document.Scalar, scalar: v.Int()}, nil
	case reflect.Slice:
		list := &value{kind: document.List}
		for i := range v.Len() {
			item, err := encodeValue(v.Index(i), inside(is))
			if err != nil {
				return nil, fmt.Errorf("%d: %w", i, err)
			}
			list.items = append(list.items, item)
		}
		return list, nil
	case reflect.Map:
		return encodeMap(v, is)
	case reflect.Struct:
		return encodeStruct(v)
	}
	return nil, fmt.Errorf("a %s cannot be written", v.Type())
}

// isMoment reports whether a string is the date or the time that its field takes.
func isMoment(s string, is reflect.Type) bool {
	var err error
	switch is {
	case dateType:
		_, err = time.Parse(time.DateOnly, s)
	case timeType:
		_, err = time.Parse(time.RFC3339, s)
	default:
		return false
	}
	return err == nil
}

func encodeMap(v reflect.Value, is reflect.Type) (*value, error) {
	m := &value{kind: document.Mapping}
	keys := v.MapKeys()
	if v.Type().Key().Kind() != reflect.String {
		return nil, fmt.Errorf("a %s cannot be written", v.Type())
	}
	order := orderOf(is)
	slices.SortFunc(keys, func(a, b reflect.Value) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.String()), slices.Index(order, b.String())), strings.Compare(a.String(), b.String()))
	})
	for _, key := range keys {
		if order != nil && !slices.Contains(order, key.String()) {
			return nil, fmt.Errorf("there is no field %s", key)
		}
		item, err := encodeValue(v.MapIndex(key), below(is, key.String()))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		m.keys, m.items = append(m.keys, key.String()), append(m.items, item)
	}
	return m, nil
}

func encodeStruct(v reflect.Value) (*value, error) {
	m := &value{kind: document.Mapping}
	for i := range v.NumField() {
		name, mayLack := fieldName(v.Type(), i)
		if name == "" || mayLack && isZero(v.Field(i)) {
			continue
		}
		item, err := encodeValue(v.Field(i), nil)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		m.keys, m.items = append(m.keys, name), append(m.items, item)
	}
	return m, nil
}

// isZero reports whether a field that may be absent is.
func isZero(v reflect.Value) bool {
	if v.Kind() == reflect.Slice || v.Kind() == reflect.Map {
		return v.Len() == 0
	}
	return v.IsZero()
}

// fieldName is what a file calls a field of a type, and whether it may be absent.
func fieldName(t reflect.Type, i int) (name string, mayLack bool) {
	f := t.Field(i)
	name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	switch {
	case !f.IsExported() || f.Anonymous || name == "-":
		return "", false
	case t == agreementType: // its type has no tags: it is a link or a waiver
		return strings.ToLower(f.Name), true
	}
	return cmp.Or(name, strings.ToLower(f.Name)), strings.Contains(options, "omitempty")
}

// fields are what the schema has on the way to a pointer.
type fields struct {
	// types has the type of each value on the way, the whole first; nil where the
	// schema knows none.
	types []reflect.Type
	// needed says of each whether it may not be absent.
	needed []bool
}

// fieldsOn follows tokens through the schema of a kind of file. The error says that
// there is no such field.
func fieldsOn(kind schema.Kind, tokens []string) (fields, error) {
	root := map[schema.Kind]reflect.Type{
		schema.KindEscalation: reflect.TypeFor[schema.Escalation](),
		schema.KindPeople:     reflect.TypeFor[schema.Directory](),
		schema.KindPolicy:     reflect.TypeFor[schema.Policy](),
	}[kind]
	f := fields{[]reflect.Type{root}, []bool{true}}
	var err error
	for i, token := range tokens {
		in := f.types[i]
		next := below(in, token)
		if next == nil && err == nil {
			err = fmt.Errorf("there is no field %s", document.Pointer(tokens[:i+1]...))
		}
		f.types = append(f.types, next)
		f.needed = append(f.needed, needs(in, token))
	}
	return f, err
}

// order is in which order the schema has the keys of the mapping that is the value
// behind n tokens; nil where it has none.
func (f fields) order(n int) []string { return orderOf(f.types[n]) }

// isList reports whether the value behind n tokens is a list.
func (f fields) isList(n int) bool { return f.types[n] != nil && f.types[n].Kind() == reflect.Slice }

// outer is what the schema has on the way to what the value stands in.
func (f fields) outer() fields {
	n := len(f.types) - 1
	return fields{f.types[:n], f.needed[:n]}
}

// required reports whether the schema asks for the value.
func (f fields) required() bool { return f.needed[len(f.needed)-1] }

// last is the type of the value.
func (f fields) last() reflect.Type { return f.types[len(f.types)-1] }

// below is the type of a key or an entry of a type.
func below(t reflect.Type, token string) reflect.Type {
	switch t = pointed(t); {
	case t == nil:
	case t.Kind() == reflect.Slice && isIndex(token), t.Kind() == reflect.Map:
		return pointed(t.Elem())
	case t.Kind() == reflect.Struct && t != timeType && t != dateType:
		for i := range t.NumField() {
			if name, _ := fieldName(t, i); name == token {
				return pointed(t.Field(i).Type)
			}
		}
	}
	return nil
}

// inside is the type of the entries of a list.
func inside(t reflect.Type) reflect.Type { return below(t, "0") }

// needs reports whether a type asks for a key.
func needs(t reflect.Type, key string) bool {
	if t = pointed(t); t == nil || t.Kind() != reflect.Struct {
		return false
	}
	for i := range t.NumField() {
		if name, mayLack := fieldName(t, i); name == key {
			return !mayLack
		}
	}
	return false
}

// orderOf is the order of the keys of a type.
func orderOf(t reflect.Type) []string {
	if t = pointed(t); t == nil || t.Kind() != reflect.Struct {
		return nil
	}
	names := make([]string, 0, t.NumField())
	for i := range t.NumField() {
		if name, _ := fieldName(t, i); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func pointed(t reflect.Type) reflect.Type {
	if t != nil && t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

// at is the value that plain values have behind tokens.
func at(v any, tokens []string) any {
	for _, token := range tokens {
		switch in := v.(type) {
		case map[string]any:
			v = in[token]
		case []any:
			i, _ := strconv.Atoi(token)
			v = in[i]
		}
	}
	return v
}

// withValue is plain values with another value behind tokens.
func withValue(v any, tokens []string, put any) any {
	if len(tokens) == 0 {
		return put
	}
	switch in := v.(type) {
	case []any:
		i, _ := strconv.Atoi(tokens[0])
		list := slices.Clone(in)
		list[i] = withValue(in[i], tokens[1:], put)
		return list
	case map[string]any:
		m := make(map[string]any, len(in)+1)
		for k, v := range in {
			m[k] = v
		}
		m[tokens[0]] = withValue(in[tokens[0]], tokens[1:], put)
		return m
	}
	return withValue(map[string]any{}, tokens, put)
}

// without is plain values without what they have behind tokens.
func without(v any, tokens []string) any {
	last := len(tokens) - 1
	switch in := at(v, tokens[:last]).(type) {
	case []any:
		i, _ := strconv.Atoi(tokens[last])
		return withValue(v, tokens[:last], slices.Delete(slices.Clone(in), i, i+1))
	case map[string]any:
		m := make(map[string]any, len(in))
		for k, v := range in {
			if k != tokens[last] {
				m[k] = v
			}
		}
		return withValue(v, tokens[:last], m)
	}
	return v
}
