package schema_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// A field that a version had stays one (docs/formats.md): testdata/fields.txt grows,
// and loses nothing.
func TestFieldsStay(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/fields.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for line := range strings.Lines(string(text)) {
		name, list, _ := strings.Cut(strings.TrimSpace(line), ": ")
		data, err := os.ReadFile(name + ".schema.json")
		if err != nil {
			t.Fatal(err)
		}
		var document any
		if err := json.Unmarshal(data, &document); err != nil {
			t.Fatal(err)
		}
		is := map[string]bool{}
		properties(document, is)
		for _, field := range strings.Fields(list) {
			if !is[field] {
				t.Errorf("%s has no field %s any more", name, field)
			}
			delete(is, field)
		}
		for field := range is {
			t.Errorf("testdata/fields.txt lacks the field %s of %s", field, name)
		}
		lines++
	}
	if lines != 5 {
		t.Errorf("it has %d lines", lines)
	}
}

// properties adds the names of all properties in a schema.
func properties(node any, names map[string]bool) {
	switch node := node.(type) {
	case map[string]any:
		if all, ok := node["properties"].(map[string]any); ok {
			for name := range all {
				names[name] = true
			}
		}
		for _, below := range node {
			properties(below, names)
		}
	case []any:
		for _, below := range node {
			properties(below, names)
		}
	}
}
