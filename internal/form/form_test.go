package form_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/form"
	"github.com/escalations-as-code/escalate/internal/tree"
)

var update = flag.Bool("update", false, "rewrite the golden file")

// opening is a case of somebody who opens an escalation in the tree of the fixture.
func opening(t testing.TB) *act.Case {
	t.Helper()
	tr, err := tree.Open(fstest.MapFS{fixture.Northwind: {Data: []byte(fixture.Read(fixture.Northwind))}, fixture.People: {Data: []byte(fixture.Read(fixture.People))}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return &act.Case{Tree: tr, By: "jdoe", At: time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)}
}

// The file of the form, as GitHub reads it, asks for at most ten answers.
func TestFile(t *testing.T) {
	t.Parallel()
	f := form.New(opening(t))
	got, err := f.File()
	if err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/escalation.yml"
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || string(got) != string(want) {
		t.Errorf("the form is another than %s: %v", golden, err)
	}
	required, titles := 0, map[string]bool{}
	for _, x := range f.Fields {
		if x.Required {
			required++
		}
		if titles[x.Title] {
			t.Errorf("two fields are called %q", x.Title)
		}
		titles[x.Title] = true
		for i, o := range x.Options { // GitHub takes none twice, and keeps None for itself
			if slices.Contains(x.Options[:i], o) || o == "None" || strings.TrimSpace(o) == "" {
				t.Errorf("%s offers %q", x.ID, o)
			}
		}
	}
	if required > 10 {
		t.Errorf("%d answers are required", required)
	}
	var read struct {
		Body []struct{ Attributes struct{ Options []any } }
	}
	if err := yaml.Unmarshal(got, &read); err != nil {
		t.Fatal(err)
	}
	for _, e := range read.Body {
		for _, o := range e.Attributes.Options {
			if _, text := o.(string); !text {
				t.Errorf("GitHub reads the option %v as no text", o)
			}
		}
	}
}

// filled is an issue that is made with the form.
func filled(f form.Form, answers map[string]string) string {
	var b strings.Builder
	for _, x := range f.Fields {
		text, ok := answers[x.ID]
		if !ok {
			text = "_No response_"
		}
		fmt.Fprintf(&b, "### %s\n\n%s\n\n", x.Title, text)
	}
	return b.String()
}

var answers = map[string]string{
	"kind": "an account escalation: a customer in a challenging situation, whatever the reason", "customer": "Fabrikam", "severity": "medium", "description": "Pipelines wait\n\nSince Monday.\n\n### Note\nall of them",
	"csm": "Jo Doe (jdoe)", "account-executive": "nobody", "product-related": "no", "ask": "One engineer.", "approach": "Look.", "criterion": "- Queue under 60 s, at p95\n- No alarms", "step": "Look @jodoe friday",
	"meeting-notes": "https://docs.example.com/f",
}

const want = `account-executive=nil approach="Look." ask="One engineer." criterion="- Queue under 60 s, at p95\n- No alarms" csm="Jo Doe (jdoe)" customer="Fabrikam" description="Since Monday.\n\n### Note\nall of them" due="friday" kind="account" meeting-notes="https://docs.example.com/f" owner="@jodoe" product-related="no" severity="medium" step="Look" summary="Pipelines wait"`

func say(i form.Issue) string {
	var parts []string
	for _, q := range slices.Sorted(maps.Keys(i.Given)) {
		parts = append(parts, fmt.Sprintf("%s=%q", q, strings.Join(i.Given[q], "|")))
	}
	return strings.Join(append(parts, i.Problems...), " ")
}

// What a form says, the act takes: also with lines that end otherwise, other headings,
// and as a workflow of Slack writes it.
func TestRead(t *testing.T) {
	t.Parallel()
	c := opening(t)
	f := form.New(c)
	body := filled(f, answers)
	want := strings.Replace(want, "account-executive=nil ", "", 1)
	for name, text := range map[string]string{
		"as made":       body,
		"by Windows":    strings.ReplaceAll(body, "\n", "\r\n"),
		"other heading": strings.ReplaceAll(body, "### Which customer is it?", "## which customer is it"),
		"a slip in one": strings.ReplaceAll(body, "### Which customer is it?", "### Which custmer is it?"),
		"from Slack":    strings.ReplaceAll(strings.ReplaceAll(body, "### Note", "Note"), "### ", "*"),
		"with a remark": "<!-- ### How bad is it?\n\nlow -->\n" + body,
	} {
		if name == "from Slack" {
			var b strings.Builder
			for line := range strings.Lines(body) {
				if title, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "### "); ok && title != "Note" {
					line = "*" + title + "*\n"
				}
				b.WriteString(line)
			}
			text = b.String()
		}
		i := f.Read(text)
		if got := say(i); got != want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
		if !f.Is(text) {
			t.Errorf("%s: it is not taken for a form", name)
		}
		opens := act.New()
		read, open, err := opens.Read(c, i.Given)
		if err != nil || len(open) > 0 {
			t.Errorf("%s: the act does not take it: %v, %v", name, err, open)
		}
		if got := read.One("region"); got != "EMEA" {
			t.Errorf("%s: the region is %q", name, got)
		}
	}
	if f.Is("It is slow.\n\n### Which customer is it?\n\nNorthwind") {
		t.Error("any issue is taken for a form")
	}
}

// An answer is never taken for another: a heading of the form in one is a problem.
func TestHostile(t *testing.T) {
	t.Parallel()
	f := form.New(opening(t))
	with := func(id, text string) form.Issue {
		all := maps.Clone(answers)
		all[id] = text
		return f.Read(filled(f, all))
	}
	i := with("description", "It is slow.\n\n### How bad is it?\n\ncritical")
	if len(i.Problems) != 1 || i.Given["severity"] != nil {
		t.Errorf("a heading in an answer: %s", say(i))
	}
	if i := with("ask", "```\nthe log"); len(i.Problems) != 0 || i.Given["approach"][0] != "Look." {
		t.Errorf("code that nobody ends: %s", say(i))
	}
	for _, nothing := range []string{"_No response_", "None", "", "  ", "<!-- nothing -->", "- [ ] yes"} {
		if i := with("customer", nothing); i.Given["customer"] != nil {
			t.Errorf("%q: the customer is %q", nothing, i.Given["customer"])
		}
	}
	if i := with("severity", "- [ ] low\n- [X] high"); i.Given["severity"][0] != "high" {
		t.Errorf("a tick: %s", say(i))
	}
}

// Whatever stands in the answers, each is itself or nothing.
func TestAnyAnswers(t *testing.T) {
	t.Parallel()
	f := form.New(opening(t))
	text := rapid.SampledFrom([]string{"x", "### How bad is it?", "**What is needed first?** all", "```", "~~~\n### x", "> ### What is needed first?", "- [X] yes", "_No response_", "@everyone <!here>", "</details>", "---", "漢字 🙂 \u202e", "#", "* *", "a\n\n\n\nb", strings.Repeat("y", 50_000)})
	rapid.Check(t, func(rt *rapid.T) {
		all := map[string]string{}
		for _, x := range f.Fields {
			all[x.ID] = strings.Join(rapid.SliceOfN(text, 0, 3).Draw(rt, x.ID), "\n")
		}
		i := f.Read(filled(f, all))
		for q, values := range i.Given {
			id := map[string]string{"summary": "description", "owner": "step", "due": "step"}[q]
			if id == "" {
				id = q
			}
			plain := strings.Join(strings.Fields(all[id]), " ")
			for _, v := range values {
				for line := range strings.Lines(v) {
					if l := strings.Join(strings.Fields(line), " "); !strings.Contains(plain, l) && len(i.Problems) == 0 {
						rt.Fatalf("%s is answered by %.200q, and nobody wrote that there: %.200q", q, l, plain)
					}
				}
			}
		}
	})
}

func FuzzRead(f *testing.F) {
	the := form.New(opening(f))
	f.Add(filled(the, answers))
	f.Fuzz(func(_ *testing.T, body string) { the.Read(body); the.Is(body) })
}
