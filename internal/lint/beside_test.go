package lint_test

import (
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/lint"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// Beside what is known of the other escalations, one is judged as it is beside their
// files.
func TestBeside(t *testing.T) {
	t.Parallel()
	check := checker(t)
	const other, mine = "escalations/2026/contoso.yaml", "escalations/2026/zava.yaml"
	text := fixture.Read(northwind)
	files := fstest.MapFS{
		tree.PeoplePath: {Data: []byte(fixture.Read(tree.PeoplePath))},
		northwind:       {Data: []byte(text)},
		other:           {Data: []byte(strings.Replace(text, "Northwind Traders", "Contoso", 1))},
	}
	open := func(files fstest.MapFS) *tree.Tree {
		tr, err := tree.Open(files, check)
		if err != nil {
			t.Fatal(err)
		}
		return tr
	}
	whole := open(files)
	beside := func(paths ...string) *rule.Register {
		r := rule.NewRegister(rule.All(), whole.Policy)
		for _, p := range paths {
			r.Put(rule.NewBrief(whole.Load(p), whole.Policy))
		}
		return r
	}
	bare := open(fstest.MapFS{tree.PeoplePath: files[tree.PeoplePath]})
	zava := strings.Replace(text, "Northwind Traders", "Zava", 1)
	for _, tc := range []struct {
		name, text string
		rules      string // of what is found
	}{
		{"nothing is wrong", zava, ""},
		{"the channel of another", zava + "channel: esc_northwind\n", "channel-unique"},
		{"one that is there is named", zava + "related: [2026/contoso]\nprevious: 2026/northwind\n", ""},
		{"one that is not there is named", zava + "related: [2026/contso]\n", "related-exists"},
		{"another one of the customer is open", text, "customer-once"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			data := []byte(tc.text)
			want := lint.Edited(lint.Base{Tree: whole}, whole.With(mine, data), mine, rule.All())
			got := lint.Edited(lint.Base{Tree: bare, Beside: beside(whole.Paths...)}, bare.With(mine, data), mine, rule.All())
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got\n%+v, want\n%+v", got, want)
			}
			rules := ""
			for _, f := range got {
				rules += f.Rule
			}
			if rules != tc.rules {
				t.Errorf("it finds %q, want %q", rules, tc.rules)
			}
		})
	}
	// One that has its channel already keeps it, whoever has it too.
	data := []byte(strings.Replace(text, "severity: high", "severity: medium", 1) + "channel: esc_contoso\n")
	had := bare.With(northwind, append([]byte(text), "channel: esc_contoso\n"...))
	for _, f := range lint.Edited(lint.Base{Tree: had, Beside: beside(other)}, had.With(northwind, data), northwind, rule.All()) {
		if f.Rule == "channel-unique" {
			t.Errorf("it was so before: %+v", f)
		}
	}
}
