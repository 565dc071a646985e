package tree_test

import (
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/source"
	"github.com/escalations-as-code/escalate/internal/tree"
	"testing/fstest"
)

// A glance sees what reading the file would, where it sees anything.
func TestGlance(t *testing.T) {
	t.Parallel()
	const rest = "summary: |\n  customer: not this\n  closure: nor this\n"
	for text, want := range map[string]tree.Glance{
		"customer: Northwind Traders\nseverity: high\n" + rest:              {Customer: "Northwind Traders", Severity: "high"},
		"severity: low # for now\r\ncustomer: \"A: \\u2603 #1\"\r\n" + rest: {Customer: "A: ☃ #1", Severity: "low"},
		rest + "customer: 月森精機\nclosure:\n  by: jdoe\n":                     {Customer: "月森精機", Closed: true},
		"{customer: Northwind, severity: high}\n":                           {},
		"customer:\n  - 1\nseverity: [\n":                                   {},
		"":                                                                  {},
	} {
		files := fstest.MapFS{"escalations/2026/northwind.yaml": {Data: []byte(text)}}
		tr, err := tree.Open(source.NewHashed(files, source.SHA1), nil)
		if err != nil {
			t.Fatal(err)
		}
		want.ID = "2026/northwind"
		got := tr.Glance(tr.Paths[0])
		if got != want {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
		if e := tr.Load(tr.Paths[0]); got.Customer != "" && (got.Customer != e.Customer || got.Closed == process.Open(&e.Escalation)) || !strings.HasPrefix(string(e.Severity), string(got.Severity)) {
			t.Errorf("%q: %+v, and the file says %q, %q", text, got, e.Customer, e.Severity)
		}
	}
	base, err := tree.Open(source.NewHashed(fixture.FS(), source.SHA1), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range base.Paths {
		if g, e := base.Glance(path), base.Load(path); g.Customer != e.Customer || g.Severity != e.Severity || g.Closed == process.Open(&e.Escalation) {
			t.Errorf("%s: %+v", path, g)
		}
	}
}
