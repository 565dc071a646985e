package compose_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"testing/fstest"
	"time"

	"github.com/escalations-as-code/escalate/internal/compose"
	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// at is a Tuesday, 10:30 in Berlin.
var at = time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)

// forge is where the repository of the tests is.
var forge = compose.Forge{Platform: "github", Server: "https://github.example.com", Repository: "acme/escalations", Branch: "main", Form: true}

// open is a tree of files.
func open(t testing.TB, files fstest.MapFS) *tree.Tree {
	t.Helper()
	check, err := shape.NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	tr, err := tree.Open(files, check)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// base are the files of the fixture.
func base() fstest.MapFS {
	files := fstest.MapFS{}
	for name, text := range fixture.Files() {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

// world is that of a tree, as it arrives in the browser, with all that the page may
// know.
func world(t testing.TB, tr *tree.Tree) (*compose.Composer, compose.World) {
	t.Helper()
	w := compose.Of(tr, forge)
	known := map[schema.ID]compose.File{}
	for _, p := range tr.Paths {
		d, f, ok := compose.DigestOf(tr.Load(p), tr.Policy)
		w.Escalations = append(w.Escalations, d)
		if ok {
			known[d.ID] = f
		}
	}
	data, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	var sent compose.World
	if err := json.Unmarshal(data, &sent); err != nil {
		t.Fatal(err)
	}
	c, err := compose.New(sent)
	if err != nil {
		t.Fatal(err)
	}
	for id, f := range known {
		c.Know(id, f)
	}
	return c, w
}

func newGiven() map[string][]string {
	return map[string][]string{
		"customer": {"Fabrikam"}, "severity": {"high"}, "summary": {"Orders are lost"}, "description": {"Since Monday.\n\nTwo teams wait."},
		"csm": {"jdoe"}, "account-executive": {"arivera"}, "region": {"EMEA"}, "product-related": {"yes"}, "product-dri": {"mlee"},
		"ask": {"One engineer."}, "approach": {"Reproduce it."}, "criterion": {"No order is lost for a week", "The customer says so, too"},
		"step": {"Load test"}, "owner": {"jdoe"}, "due": {"2026-12-01"}, "meeting-notes": {"https://docs.example.com/f"},
	}
}

func TestTry(t *testing.T) {
	c, w := world(t, open(t, base()))
	data, _ := json.MarshalIndent(w, "", " ")
	fmt.Println(string(data))
	for _, n := range []string{"", "all"} {
		given := map[string][]string{"customer": {"Northwind Traders"}, "csm": {"jdoe"}, "channel": {"foo"}}
		if n == "all" {
			given = newGiven()
		}
		a := c.Answer(compose.Request{Act: "new", By: "jdoe", Now: at, Given: given})
		data, _ = json.MarshalIndent(a, "", " ")
		fmt.Println(a.Text)
		a.Text = ""
		a.Questions = a.Questions[:0]
		data, _ = json.MarshalIndent(a, "", " ")
		fmt.Println(string(data))
	}
}

func BenchmarkAnswer(b *testing.B) {
	files := base()
	for i := range 1000 {
		files[fmt.Sprintf("escalations/2025/customer-%d.yaml", i)] = &fstest.MapFile{Data: []byte(fmt.Sprintf("customer: Customer %d\nseverity: low\n", i))}
	}
	tr := open(b, files)
	w := compose.Of(tr, forge)
	for _, p := range tr.Paths {
		d := compose.Digest{ID: tree.ID(p), Customer: schema.Text(p), Severity: "low", Channel: schema.ChannelName("esc_" + p)}
		w.Escalations = append(w.Escalations, d)
	}
	c, err := compose.New(w)
	if err != nil {
		b.Fatal(err)
	}
	given := newGiven()
	for b.Loop() {
		if a := c.Answer(compose.Request{Act: "new", By: "jdoe", Now: at, Given: given}); !a.Ready {
			b.Fatal(a.Findings)
		}
	}
}
