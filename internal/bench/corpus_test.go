package main

import (
	"bytes"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v5"
	"gopkg.in/yaml.v3"

	"github.com/escalations-as-code/escalate/schema"
)

// TestCorpusIsValid holds the files that are measured against the schemas.
func TestCorpusIsValid(t *testing.T) {
	t.Parallel()
	c := newCorpus()
	if err := compile(t, schema.KindPeople).Validate(decode(t, c.directory())); err != nil {
		t.Errorf("people.yaml: %#v", err)
	}
	valid := compile(t, schema.KindEscalation)
	seen := map[string]bool{}
	for i := range 50 {
		path, text := c.escalation(i)
		if seen[path] {
			t.Errorf("%s was made twice", path)
		}
		seen[path] = true
		if len(text) < 1500 || len(text) > 4096 {
			t.Errorf("%s has %d bytes, want 1.5 to 4 KB", path, len(text))
		}
		file := decode(t, text)
		if err := valid.Validate(file); err != nil {
			t.Errorf("%s: %#v\n%s", path, err, text)
		}
		if n := len(file.(map[string]any)["updates"].([]any)); n < 3 || n > 12 {
			t.Errorf("%s has %d updates, want 3 to 12", path, n)
		}
		var quoted any
		if err := yaml.Unmarshal([]byte(quoteTimes(text)), &quoted); err != nil {
			t.Errorf("%s, quoted: %v", path, err)
		} else if at, ok := findTime(quoted); ok {
			t.Errorf("%s, quoted: %s is still a time", path, at)
		}
	}
}

// TestCorpusRepeats makes sure that two runs measure the same files.
func TestCorpusRepeats(t *testing.T) {
	t.Parallel()
	path, text := newCorpus().escalation(7)
	againPath, again := newCorpus().escalation(7)
	if path != againPath || text != again {
		t.Errorf("escalation 7 differs from one run to the next:\n%s\n%s", text, again)
	}
}

func compile(t *testing.T, kind schema.Kind) *jsonschema.Schema {
	t.Helper()
	text, err := schema.JSON(kind)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat = true
	if err := c.AddResource("schema.json", bytes.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// decode reads YAML as the product does: times stay text.
func decode(t *testing.T, text string) any {
	t.Helper()
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(text), &n); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	untime(&n)
	var v any
	if err := n.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func untime(n *yaml.Node) {
	if n.Tag == "!!timestamp" {
		n.Tag = "!!str"
	}
	for _, c := range n.Content {
		untime(c)
	}
}

// findTime returns a value that was read as a time.
func findTime(v any) (time.Time, bool) {
	switch v := v.(type) {
	case time.Time:
		return v, true
	case map[string]any:
		for _, e := range v {
			if at, ok := findTime(e); ok {
				return at, true
			}
		}
	case []any:
		for _, e := range v {
			if at, ok := findTime(e); ok {
				return at, true
			}
		}
	}
	return time.Time{}, false
}
