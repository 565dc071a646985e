package splice_test

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"

	"github.com/escalations-as-code/escalate/internal/document"
	"github.com/escalations-as-code/escalate/internal/splice"
	"github.com/escalations-as-code/escalate/schema"
)

// A valid case of the yaml-test-suite goes through as it is where nothing is edited,
// and is the same bytes again once an edit is undone.
func TestSuite(t *testing.T) {
	t.Parallel()
	f, err := os.Open("../document/testdata/yaml-test-suite/cases.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	valid, edited := 0, 0
	for in := bufio.NewScanner(f); in.Scan(); {
		var c struct {
			ID, YAML string
			Invalid  bool
		}
		if err := json.Unmarshal(in.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		data := []byte(c.YAML)
		out, err := splice.Apply(schema.KindEscalation, c.ID, data)
		if err != nil || string(out) != c.YAML {
			t.Errorf("%s: %v, %q", c.ID, err, out)
		}
		if c.Invalid {
			if _, err := splice.Apply(schema.KindEscalation, c.ID, data, splice.Set("/dri", "jdoe")); err == nil {
				t.Errorf("%s is edited, and is no YAML: %q", c.ID, c.YAML)
			}
			continue
		}
		valid++
		doc := document.Read(c.ID, data)
		if root, unclear := doc.Layout(); unclear != nil || root == nil || doc.Has("/dri") {
			continue
		}
		out, err = splice.Apply(schema.KindEscalation, c.ID, data, splice.Set("/dri", "jdoe"))
		if err != nil {
			t.Errorf("%v: %q", err, c.YAML)
			continue
		}
		edited++
		if len(document.Read(c.ID, out).Findings) > 0 {
			t.Errorf("%s: %q", c.ID, out)
		}
		if back, err := splice.Apply(schema.KindEscalation, c.ID, out, splice.Remove("/dri")); len(doc.Keys("")) > 0 && (err != nil || string(back) != c.YAML) {
			t.Errorf("%s: %v, %q of %q by %q", c.ID, err, back, c.YAML, out)
		}
	}
	if valid < 250 || edited < 50 {
		t.Errorf("%d cases are valid, and %d were edited", valid, edited)
	}
}
