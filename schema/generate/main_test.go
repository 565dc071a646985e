package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// The committed schemas are what the Go types say today.
func TestCommittedSchemasAreCurrent(t *testing.T) {
	t.Parallel()
	files, err := generate(module+"/schema/generate", "..")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 5 {
		t.Errorf("%d schemas, want 5", len(files))
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what the types say: run `go generate ./schema`", name)
		}
	}
}

// An editor can explain every field, and show how it is written.
func TestEveryFieldIsDescribed(t *testing.T) {
	t.Parallel()
	files, err := generate(module+"/schema/generate", "..")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		var s map[string]any
		if err := json.Unmarshal(text, &s); err != nil {
			t.Fatal(err)
		}
		if n := described(t, name, s); n < 8 {
			t.Errorf("%s: only %d fields", name, n)
		}
	}
}

// described checks the fields below s and returns how many there are.
func described(t *testing.T, at string, s map[string]any) int {
	n := 0
	props, _ := s["properties"].(map[string]any)
	for key, p := range props {
		field := p.(map[string]any)
		text, _ := field["description"].(string)
		examples, _ := field["examples"].([]any)
		if text == "" || len(examples) == 0 {
			t.Errorf("%s/%s: description %q, examples %v", at, key, text, examples)
		}
		n += 1 + described(t, at+"/"+key, field)
	}
	for _, key := range []string{"items", "additionalProperties"} {
		if below, ok := s[key].(map[string]any); ok {
			n += described(t, at+"/"+key, below)
		}
	}
	return n
}
