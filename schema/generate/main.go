// Command generate writes the JSON Schemas of the file format from the Go
// types of package schema, their comments and their example tags. Run it with
// `go generate ./schema`.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"
	"gopkg.in/yaml.v3"

	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

const module = "github.com/escalations-as-code/escalate"

func main() {
	files, err := generate(module+"/schema", ".")
	if err != nil {
		log.Fatal(err)
	}
	for name, content := range files {
		if err := os.WriteFile(name, content, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

// generate returns the schema files by name. It reads the comments of package
// schema in the folder dir, seen from the package whose import path is from.
func generate(from, dir string) (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, of := range []struct {
		name, title string
		value       any
	}{
		{"escalation", "An escalation", schema.Escalation{}},
		{"people", "The people directory", schema.Directory{}},
		{"policy", "The policy", schema.Policy{}},
		{"export", "What escalate export prints", schema.Export{}},
		{"board", "The data.json of escalate site", schema.Board{}},
	} {
		r := &jsonschema.Reflector{DoNotReference: true, FieldNameTag: "yaml"}
		if err := r.AddGoComments(from, dir, jsonschema.WithFullComment()); err != nil {
			return nil, err
		}
		s := r.Reflect(of.value)
		s.ID = jsonschema.ID("https://" + module + "/schema/" + of.name + ".schema.json")
		s.Title = of.title
		if err := finish(s, reflect.TypeOf(of.value)); err != nil {
			return nil, fmt.Errorf("%s: %w", of.name, err)
		}
		if of.name == string(schema.KindExport) || of.name == string(schema.KindBoard) {
			lenient(s, true)
		}
		var out bytes.Buffer
		enc := json.NewEncoder(&out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(s); err != nil {
			return nil, err
		}
		files[of.name+".schema.json"] = out.Bytes()
	}
	return files, nil
}

// finish gives each property of s the example of its field in t, and puts each
// description on one line.
func finish(s *jsonschema.Schema, t reflect.Type) error {
	s.Description = words.Line(s.Description)
	switch t.Kind() {
	case reflect.Pointer:
		return finish(s, t.Elem())
	case reflect.Slice:
		return finish(s.Items, t.Elem())
	case reflect.Map:
		return finish(s.AdditionalProperties, t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			key, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
			if key == "" {
				continue // Time, Date and Agreement describe themselves
			}
			p, ok := s.Properties.Get(key)
			if !ok {
				return fmt.Errorf("%s.%s is not in the schema", t, f.Name)
			}
			if err := finish(p, f.Type); err != nil {
				return err
			}
			example, err := plain(f.Tag.Get("example"))
			if err != nil {
				return fmt.Errorf("example of %s: %w", key, err)
			}
			p.Examples = append([]any{example}, without(p.Examples, example)...)
		}
	}
	return nil
}

// lenient makes a schema describe also what the files should not say: the output has
// what stands there. What is empty is left out of it; outer says that its fields are
// the output's own, which are always there.
func lenient(s *jsonschema.Schema, outer bool) {
	if s == nil || s == jsonschema.FalseSchema {
		return
	}
	if !outer {
		s.Required = nil
	}
	s.Pattern, s.UniqueItems, s.MinItems = "", false, nil
	s.Minimum, s.Maximum = "", ""
	s.If, s.Then, s.Else, s.Not, s.AllOf, s.AnyOf, s.OneOf = nil, nil, nil, nil, nil, nil, nil
	if s.Format == "email" {
		s.Format = ""
	}
	lenient(s.Items, outer)
	lenient(s.AdditionalProperties, false)
	for at := s.Properties.Oldest(); at != nil; at = at.Next() {
		lenient(at.Value, outer && at.Key != "file" && at.Key != "policy")
	}
}

// plain reads an example as the product reads a file: times stay text.
func plain(example string) (any, error) {
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(example), &n); err != nil {
		return nil, err
	}
	untime(&n)
	var v any
	err := n.Decode(&v)
	return v, err
}

func untime(n *yaml.Node) {
	if n.Tag == "!!timestamp" {
		n.Tag = "!!str"
	}
	for _, c := range n.Content {
		untime(c)
	}
}

func without(list []any, v any) []any {
	var rest []any
	for _, x := range list {
		if !reflect.DeepEqual(x, v) {
			rest = append(rest, x)
		}
	}
	return rest
}
