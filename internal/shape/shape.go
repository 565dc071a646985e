// Package shape checks a document against its JSON Schema and says what it
// finds in plain words: what a field is, what stands there, what belongs
// there. Which rule of the process a fault breaks is not known here.
package shape

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/escalations-as-code/escalate/internal/document"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/nearest"
	"github.com/escalations-as-code/escalate/schema"
)

// Fault is one place where a document does not fit its schema.
type Fault struct {
	// Pointer is the JSON pointer of the value at fault; of what is missing,
	// where it would be.
	Pointer string
	// Keyword is the keyword of JSON Schema that failed, such as "enum"; or
	// "empty" for a value that was left out.
	Keyword string
	// Value is what stands there; nil where nothing does.
	Value any

	want   any            // the keyword's value in the schema
	field  map[string]any // the schema of the field at Pointer
	meant  string         // for an unknown key, the known one that is nearest
	surely string         // the same where no other can be meant
	known  []string       // for an unknown key, the keys there are
	source string         // the value as it was written
	place  finding.Place  // of an unknown key, before it is read as the one meant
	// belongs is, of a key that stands on another level than its own, where it goes;
	// also are the keys below it that go there as well, and moved moves them.
	belongs string
	also    []string
	moved   []finding.Fix
	keys    []string // of a mapping, its keys as they stand
	tag     string   // what YAML took it for
	rest    string   // of a name with a comma in braces, the key that the comma began
	flow    bool     // whether the value was written in braces or brackets
	// optional says that the field may be left out; conditional, that the
	// demand depends on other fields.
	optional, conditional bool
}

// Missing reports whether nothing stands where something must.
func (f Fault) Missing() bool { return f.Keyword == "required" || f.Keyword == "empty" }

// Illegible reports whether a value is of the wrong type or form: what the file says
// there is not known. What is missing, listed twice or not a key of the schema hides
// nothing.
func (f Fault) Illegible() bool {
	_, unknown := f.Unknown()
	return !unknown && !f.Missing() && f.Keyword != "minItems" && f.Keyword != "uniqueItems"
}

// Conditional reports whether the demand depends on other fields: then it
// means nothing where those could not be read.
func (f Fault) Conditional() bool { return f.conditional }

// Unknown reports whether the fault is a key that there is not, and which key
// was probably meant.
func (f Fault) Unknown() (meant string, ok bool) {
	return f.meant, f.Keyword == "additionalProperties"
}

// Text returns what stands there, where that is a text or a number alone.
func (f Fault) Text() string { return f.source }

// Place returns where the fault stands in its document.
func (f Fault) Place(doc *document.Document) finding.Place {
	switch f.Keyword {
	case "additionalProperties":
		return f.place
	case "propertyNames":
		return doc.LocateKey(f.Pointer)
	}
	if f.lacksDash() {
		return doc.LocateKey(f.Pointer + document.Pointer(f.keys[0]))
	}
	at, _ := doc.Locate(f.Pointer)
	return at
}

// Mended says how the value becomes what fixes write in its place: with what a comma
// made another key of.
func (f Fault) Mended(doc *document.Document, fixes []finding.Fix) []finding.Fix {
	if f.rest == "" || len(fixes) == 0 {
		return fixes
	}
	rest := doc.Delete(f.rest)
	if len(rest) == 0 {
		return nil
	}
	return append(fixes, rest...)
}

// IsHandle reports whether the field takes the handle of a person.
func (f Fault) IsHandle() bool { return f.field["pattern"] == schema.Handle("").JSONSchema().Pattern }

// NamesKey reports whether the fault is that of a key which names an entry, as the
// handle of a person in the directory does: it refers to nobody.
func (f Fault) NamesKey() bool { return f.Keyword == "propertyNames" }

// IsColon reports whether text was expected and a colon in it made a mapping.
func (f Fault) IsColon() bool {
	_, isMap := f.Value.(map[string]any)
	return isMap && !f.flow && f.Keyword == "type" && slices.Equal(texts(f.want), []string{"string"}) && f.field["enum"] == nil
}

// Checker holds the compiled schemas. It is safe for concurrent use.
type Checker struct {
	kinds map[schema.Kind]compiled
}

type compiled struct {
	// schema compiles the schema where a document is compared with it first: that takes
	// longer than to judge a file, and most that run need one kind alone.
	schema func() *jsonschema.Schema
	raw    any
	// timeKeys are the keys whose values are dates or times.
	timeKeys map[string]bool
	// known says that accepts understands the schema.
	known bool
}

// NewChecker reads the embedded schemas. An error is a fault of the build.
func NewChecker() (*Checker, error) {
	c := &Checker{kinds: map[schema.Kind]compiled{}}
	for _, kind := range schema.Kinds() {
		text, err := schema.JSON(kind)
		if err != nil {
			return nil, err
		}
		var raw map[string]any
		if err := json.Unmarshal(text, &raw); err != nil {
			return nil, fmt.Errorf("schema of %s: %w", kind, err)
		}
		id, _ := raw["$id"].(string)
		keys := map[string]bool{}
		collectTimeKeys(raw, keys)
		c.kinds[kind] = compiled{schema: sync.OnceValue(func() *jsonschema.Schema { return compile(id, text) }), raw: raw, timeKeys: keys, known: knows(raw)}
	}
	return c, nil
}

// compile compiles a schema. It panics where it is none: a test compiles all of them.
func compile(id string, text []byte) *jsonschema.Schema {
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat = true
	err := compiler.AddResource(id, bytes.NewReader(text))
	if err == nil {
		var s *jsonschema.Schema
		if s, err = compiler.Compile(id); err == nil {
			return s
		}
	}
	panic(fmt.Errorf("%s: %w", id, err))
}

// Check returns the faults of a document, in no particular order, and the
// document as it was judged. A key that is plainly a misspelt one is judged as
// the one that was meant, so that one slip is one fault: what is returned is
// a view of the document in which it has that name.
func (c *Checker) Check(kind schema.Kind, doc *document.Document) (*document.Document, []Fault) {
	k := c.kinds[kind]
	var faults []Fault
	corrected := map[string]bool{} // pointers of which enough is said
	for range 4 {                  // a corrected key may reveal others below it
		found := k.faults(doc)
		if misplaced := k.misplaced(found, doc); len(misplaced) > 0 {
			faults = append(faults, together(misplaced, doc)...)
			for _, f := range misplaced {
				doc = doc.Moved(f.Pointer, f.belongs)
			}
			continue
		}
		names := map[string]string{}
		for _, f := range found {
			if meant, unknown := f.Unknown(); unknown && meant != "" {
				names[f.Pointer] = meant
				faults = append(faults, f)
				if strings.Contains(f.source, ":") {
					corrected[f.Pointer[:strings.LastIndex(f.Pointer, "/")]+document.Pointer(meant)] = true
				}
			}
		}
		if len(names) == 0 {
			for _, f := range found {
				if f.meant == "" && !corrected[f.Pointer] {
					faults = append(faults, f)
				}
			}
			break
		}
		doc = doc.Renamed(names)
	}
	return doc, append(faults, k.dubious(doc)...)
}

// misplaced returns the faults of keys that belong on another level, in the order
// of the file, each with the place where it goes.
func (k compiled) misplaced(found []Fault, doc *document.Document) []Fault {
	if len(found) > finding.Most {
		return nil
	}
	var list []Fault
	stand := map[string]map[string]int{} // of each mapping, where its keys stand
	for _, f := range found {
		if _, unknown := f.Unknown(); !unknown {
			continue
		}
		within := parent(f.Pointer)
		if stand[within] == nil {
			stand[within] = map[string]int{}
			for i, key := range doc.Keys(within) {
				stand[within][key] = i
			}
		}
		if doc.IsFlow(within) {
			continue
		}
		if f.belongs = k.level(f.Pointer, stand[within], doc); f.belongs != "" && !slices.ContainsFunc(list, func(other Fault) bool { return other.belongs == f.belongs }) {
			f.meant, f.surely = "", ""
			list = append(list, f)
		}
	}
	slices.SortStableFunc(list, func(a, b Fault) int { return a.place.Start - b.place.Start })
	return list
}

// faults validates doc and takes the validator's errors apart.
func (k compiled) faults(doc *document.Document) []Fault {
	if k.known && accepts(k.schema(), doc.Value()) {
		return nil
	}
	err := k.schema().Validate(doc.Value())
	if err == nil {
		return nil
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return []Fault{{Keyword: "unreadable"}} // a value of no JSON type: document makes none
	}
	best := map[string]Fault{}
	for _, leaf := range leaves(invalid, nil) {
		for _, f := range k.take(leaf, doc) {
			if old, ok := best[f.Pointer]; !ok || rank(f) < rank(old) {
				best[f.Pointer] = f
			}
		}
	}
	faults := make([]Fault, 0, len(best))
	for _, f := range best {
		if above, ok := best[parent(f.Pointer)]; ok && above.Keyword == "type" && above.Pointer != f.Pointer {
			continue // it is told of the entry as a whole
		}
		faults = append(faults, f)
	}
	slices.SortFunc(faults, func(a, b Fault) int { return strings.Compare(a.Pointer, b.Pointer) })
	return joined(faults, doc)
}

// joined makes one fault of a name in the place of a handle and of the key that a
// comma in it began: {by: Lindqvist, Zoë}.
func joined(faults []Fault, doc *document.Document) []Fault {
	at := map[string]int{}
	for i, f := range faults {
		at[f.Pointer] = i
	}
	rest := map[string]bool{}
	for _, f := range faults {
		if !f.flow || f.Keyword != "additionalProperties" {
			continue
		}
		within, key := parent(f.Pointer), fmt.Sprint(f.Value)
		keys := doc.Keys(within)
		i := slices.Index(keys, key)
		if i < 1 {
			continue
		}
		before, found := at[within+document.Pointer(keys[i-1])]
		if !found || !faults[before].IsHandle() || faults[before].Keyword != "pattern" {
			continue
		}
		faults[before].source += ", " + key
		faults[before].rest = f.Pointer
		rest[f.Pointer] = true
	}
	return slices.DeleteFunc(faults, func(f Fault) bool { return rest[f.Pointer] })
}

// rank orders the faults of one value: the lowest alone is told.
func rank(f Fault) int {
	order := []string{"required", "empty", "type", "enum", "pattern", "format"}
	if i := slices.Index(order, f.Keyword); i >= 0 {
		return i
	}
	return len(order)
}

func leaves(e *jsonschema.ValidationError, list []*jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(e.Causes) == 0 {
		return append(list, e)
	}
	for _, c := range e.Causes {
		list = leaves(c, list)
	}
	return list
}

// take makes faults of one error of the validator. The keyword's value is
// looked up in the schema: the validator's messages are not for people, and
// not for parsing.
func (k compiled) take(e *jsonschema.ValidationError, doc *document.Document) []Fault {
	_, location, _ := strings.Cut(e.AbsoluteKeywordLocation, "#")
	parts := tokens(location)
	f := Fault{Pointer: document.Pointer(tokens(e.InstanceLocation)...), Keyword: parts[len(parts)-1]}
	f.want = at(k.raw, parts)
	f.Value = at(doc.Value(), tokens(e.InstanceLocation))
	f.field = k.field(tokens(e.InstanceLocation))
	f.source, f.tag = doc.Written(f.Pointer)
	f.flow = doc.IsFlow(f.Pointer)
	f.keys = doc.Keys(f.Pointer)
	f.conditional = slices.ContainsFunc(parts, func(p string) bool { return p == "then" || p == "else" })
	if path := tokens(e.InstanceLocation); len(path) > 0 {
		required, _ := k.field(path[:len(path)-1])["required"].([]any)
		f.optional = !slices.Contains(required, any(path[len(path)-1]))
	}
	object, _ := f.Value.(map[string]any)
	switch f.Keyword {
	case "required":
		if len(object) == 0 && f.Pointer != "" {
			f.Keyword = "empty"
			return []Fault{f}
		}
		var list []Fault
		for _, key := range f.want.([]any) {
			if _, ok := object[key.(string)]; !ok {
				field := append(tokens(e.InstanceLocation), key.(string))
				list = append(list, Fault{Pointer: document.Pointer(field...), Keyword: "required", field: k.field(field), conditional: f.conditional})
			}
		}
		return list
	case "additionalProperties":
		props, _ := at(k.raw, append(parts[:len(parts)-1:len(parts)-1], "properties")).(map[string]any)
		known := sortedKeys(props)
		var list []Fault
		means := map[string]int{}
		for _, key := range sortedKeys(object) {
			if _, ok := props[key]; ok {
				continue
			}
			if len(list) > finding.Most {
				break
			}
			open := slices.DeleteFunc(slices.Clone(known), func(s string) bool { _, taken := object[s]; return taken })
			meant, surely := nearest.Of(key, open), nearest.Only(key, open)
			if before, _, glued := strings.Cut(key, ":"); glued && slices.Contains(open, before) {
				if meant, surely = before, before; !f.flow || object[key] != nil {
					surely = ""
				}
			}
			if text, isText := object[key].(string); isText && len(object) == 1 && !plainKey.MatchString(key) && !f.flow {
				// the text of an entry, with a colon in it: - Queue time: under 60 s
				whole := Fault{Pointer: f.Pointer, Keyword: "type", Value: object, want: "object", field: f.field, source: key + ": " + text}
				if whole.mainKey() != "" {
					return []Fault{whole}
				}
			}
			means[meant]++
			list = append(list, Fault{
				Pointer: f.Pointer + document.Pointer(key), Keyword: f.Keyword, Value: key, source: key,
				known: known, meant: meant, surely: surely, place: doc.LocateKey(f.Pointer + document.Pointer(key)),
				flow: f.flow && object[key] == nil,
			})
		}
		for i := range list {
			if means[list[i].meant] > 1 { // two cannot be the same one
				list[i].surely = ""
			}
		}
		return list
	case "type":
		if f.Value == nil {
			f.Keyword = "empty"
		}
	case "pattern", "format", "not":
		if slices.Contains(parts, "propertyNames") {
			path := tokens(e.InstanceLocation)
			f.Keyword, f.source = "propertyNames", path[len(path)-1]
			f.field, _ = at(k.raw, parts[:len(parts)-1]).(map[string]any)
			return []Fault{f}
		}
		if f.Value == "" {
			f.Keyword = "empty"
		}
	}
	return []Fault{f}
}

// plainKey is a key as the fields have them.
var plainKey = regexp.MustCompile(`^[a-z_]+$`)

// dubious finds the dates and the words like on and no that stand, without
// quotes, where text belongs: programs differ in what they read there.
func (k compiled) dubious(doc *document.Document) []Fault {
	var list []Fault
	for _, p := range doc.Dubious(k.timeKeys) {
		field := k.field(document.Tokens(p))
		if field["type"] != "string" || field["pattern"] != schema.Text("").JSONSchema().Pattern {
			continue
		}
		source, tag := doc.Written(p)
		list = append(list, Fault{Pointer: p, Keyword: "type", Value: source, source: source, tag: tag, want: "string", field: field})
	}
	return list
}

// field returns the schema of the field at path; nil where there is none.
func (k compiled) field(path []string) map[string]any {
	s, _ := k.raw.(map[string]any)
	for _, token := range path {
		props, _ := s["properties"].(map[string]any)
		next, ok := props[token].(map[string]any)
		if !ok {
			next, ok = s["items"].(map[string]any)
		}
		if !ok {
			next, _ = s["additionalProperties"].(map[string]any)
		}
		s = next
	}
	return s
}

func collectTimeKeys(s any, keys map[string]bool) {
	object, _ := s.(map[string]any)
	props, _ := object["properties"].(map[string]any)
	for key, p := range props {
		field, _ := p.(map[string]any)
		items, _ := field["items"].(map[string]any)
		for _, s := range []map[string]any{field, items} {
			if s["format"] == "date" || s["format"] == "date-time" {
				keys[key] = true
			}
		}
		collectTimeKeys(field, keys)
		collectTimeKeys(items, keys)
		collectTimeKeys(field["additionalProperties"], keys)
	}
}

// at follows path through maps and lists of plain values.
func at(v any, path []string) any {
	for _, token := range path {
		switch x := v.(type) {
		case map[string]any:
			v = x[token]
		case []any:
			i := 0
			if _, err := fmt.Sscan(token, &i); err != nil || i < 0 || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

// tokens splits a JSON pointer of the validator, which percent-encodes it.
func tokens(pointer string) []string {
	list := document.Tokens(pointer)
	for i, t := range list {
		if decoded, err := url.PathUnescape(t); err == nil {
			list[i] = decoded
		}
	}
	return list
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
