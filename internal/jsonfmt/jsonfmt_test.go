package jsonfmt_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/escalations-as-code/escalate/internal/jsonfmt"
)

func TestWrite(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := jsonfmt.Write(&b, map[string]any{"a": "<&>", "b": []string{}}); err != nil {
		t.Fatal(err)
	}
	if got, want := b.String(), "{\n  \"a\": \"<&>\",\n  \"b\": []\n}\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// An object that is written piece by piece is the one that is written at once.
func TestObject(t *testing.T) {
	t.Parallel()
	type item struct {
		Name string   `json:"name"`
		Of   []string `json:"of"`
	}
	for _, items := range [][]item{{}, {{"<a>", []string{}}}, {{"a", []string{"x", "y"}}, {"b", []string{}}}} {
		var whole, pieces bytes.Buffer
		err := jsonfmt.Write(&whole, struct {
			Items []item `json:"items"`
			Rest  []item `json:"rest"`
			Count int    `json:"count"`
		}{items, []item{}, len(items)})
		if err != nil {
			t.Fatal(err)
		}
		o := jsonfmt.NewObject(&pieces)
		errs := []error{o.List("items")}
		for _, i := range items {
			errs = append(errs, o.Add(i))
		}
		errs = append(errs, o.List("rest"), o.Field("count", len(items)), o.End())
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		if whole.String() != pieces.String() {
			t.Errorf("in pieces:\n%s\nat once:\n%s", pieces.String(), whole.String())
		}
	}
	var b bytes.Buffer
	if err := jsonfmt.NewObject(&b).End(); err != nil || b.String() != "{}\n" {
		t.Errorf("an empty object is %q, %v", b.String(), err)
	}
}

// full is a disk with no room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no room") }

func TestObjectTellsErrors(t *testing.T) {
	t.Parallel()
	o := jsonfmt.NewObject(full{})
	if err := o.List("items"); err == nil {
		t.Error("no error of the list")
	}
	if err := o.End(); err == nil {
		t.Error("no error at the end")
	}
	var b bytes.Buffer
	if err := jsonfmt.NewObject(&b).Field("f", func() {}); err == nil {
		t.Error("no error of a value that is no JSON")
	}
}
