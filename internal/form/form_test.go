package form_test

import (
	"errors"
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
	"github.com/escalations-as-code/escalate/schema"
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
	valid(t, got)
	required := 0
	for _, x := range f.Fields {
		if x.Required {
			required++
		}
	}
	if required > 10 {
		t.Errorf("%d answers are required", required)
	}
	if first := f.Fields[0]; first.ID != "kind" || first.Preset != 1 || f.Fields[1].ID != "at-risk" {
		t.Errorf("it does not first ask what it is, and whether the relationship is at risk (P2)")
	}
}

// valid reports what GitHub refuses of a form: the keys of each element, strings that are
// none, names and titles that are not unique, options that are, too, or reserved. It says
// so in "Syntax for GitHub's form schema" and "Common validation errors when creating
// issue forms"; that a default needs a question that may stay open, its editor says.
func valid(t *testing.T, file []byte) {
	t.Helper()
	var top map[string]any
	if err := yaml.Unmarshal(file, &top); err != nil {
		t.Fatal(err)
	}
	text := func(where string, v any) string {
		s, is := v.(string)
		if !is || strings.TrimSpace(s) == "" {
			t.Errorf("%s is %v, and no text", where, v)
		}
		return s
	}
	keys := func(where string, of map[string]any, need, may []string) {
		for _, k := range need {
			if of[k] == nil {
				t.Errorf("%s lacks %s", where, k)
			}
		}
		for k := range of {
			if !slices.Contains(need, k) && !slices.Contains(may, k) {
				t.Errorf("%s has %s", where, k)
			}
		}
	}
	keys("the form", top, []string{"name", "description", "body"}, []string{"title", "labels"})
	for _, k := range []string{"name", "description", "title"} {
		text(k, top[k])
	}
	body, _ := top["body"].([]any)
	seen, asks := map[string]bool{}, 0
	for i, element := range body {
		e, _ := element.(map[string]any)
		attributes, _ := e["attributes"].(map[string]any)
		validations, _ := e["validations"].(map[string]any)
		where := fmt.Sprintf("body[%d]", i)
		kind := text(where+": type", e["type"])
		if kind == "markdown" {
			keys(where, e, []string{"type", "attributes"}, nil)
			keys(where, attributes, []string{"value"}, nil)
			text(where, attributes["value"])
			continue
		}
		asks++
		keys(where, e, []string{"type", "attributes", "id"}, []string{"validations"})
		keys(where, validations, nil, []string{"required"})
		need, may := map[string][]string{"input": {"label"}, "textarea": {"label"}, "dropdown": {"label", "options"}}[kind], []string{"description"}
		if kind == "dropdown" {
			may = append(may, "default")
		}
		keys(where, attributes, need, may)
		id, label := text(where+": id", e["id"]), text(where+": label", attributes["label"])
		for _, unique := range []string{"id " + id, "label " + strings.ToLower(strings.Trim(label, "?. "))} {
			if seen[unique] {
				t.Errorf("%s: the %s is there twice", where, unique)
			}
			seen[unique] = true
		}
		if strings.Trim(id, "abcdefghijklmnopqrstuvwxyz-") != "" {
			t.Errorf("%s: the id is %q", where, id)
		}
		if strings.Contains(strings.ToLower(label), "password") {
			t.Errorf("%s: GitHub forbids the label %q", where, label)
		}
		if attributes["description"] != nil {
			text(where+": description", attributes["description"])
		}
		options, _ := attributes["options"].([]any)
		if kind == "dropdown" && len(options) == 0 {
			t.Errorf("%s has no options", where)
		}
		for j, o := range options {
			option := text(where+": option", o)
			if strings.EqualFold(option, "none") || slices.Contains(options[:j], o) {
				t.Errorf("%s offers %q", where, option)
			}
		}
		if attributes["default"] != nil && validations["required"] == true {
			t.Errorf("%s is required, and has a default", where)
		}
	}
	if asks == 0 {
		t.Error("it asks nothing")
	}
}

// No name of a person, a region or a severity's meaning makes a form that GitHub refuses.
func TestAnyNames(t *testing.T) {
	t.Parallel()
	c := opening(t)
	c.Tree.People.People = map[schema.Handle]schema.Person{}
	for i, name := range []schema.Text{"no", "None", "2026-12-04", "12:30", "1_000", "a: b", "# x", "- y", "", "x\n\ny", "\u202e漢字 🙂", "<!-- z", "@acme/all", "{{ a }}", "'\"", "~"} {
		c.Tree.People.People[schema.Handle(fmt.Sprintf("p%d", i))] = schema.Person{Name: name, Roles: []schema.Role{schema.RoleCSM}}
	}
	c.Tree.Policy.Regions = map[string]schema.Region{"None": {}, "no": {}, "12": {Zone: "Europe/Berlin"}}
	c.Tree.Policy.Severities.Low.Meaning = "none\n\nat all: # y"
	f := form.New(c)
	file, err := f.File()
	if err != nil {
		t.Fatal(err)
	}
	valid(t, file)
	for _, x := range f.Fields {
		for _, o := range x.Options {
			if x.ID == "csm" && strings.ContainsAny(o, "@<>") {
				t.Errorf("%s mentions somebody, or hides something: %q", x.ID, o)
			}
			if i := f.Read(filled(f, map[string]string{x.ID: o})); len(i.Problems) > 0 || x.ID == "csm" && o != "nobody" && !slices.Equal(i.Given["csm"], []string{o}) {
				t.Errorf("%s: %q is read as %s", x.ID, o, say(i))
			}
		}
	}
	if i := f.Read(filled(f, map[string]string{"region": "None (region)"})); !slices.Equal(i.Given["region"], []string{"None"}) {
		t.Errorf("the region None is %q", i.Given["region"])
	}
}

// A ticket, an incident and an outage are sent to where they belong, by the question and
// by what is answered, unless the relationship or future business is at risk, too (P2).
func TestElsewhere(t *testing.T) {
	t.Parallel()
	c := opening(t)
	f := form.New(c)
	opens := act.New()
	for i, where := range map[int]string{1: "STAR", 2: "incident", 3: "emergency support"} {
		all := maps.Clone(answers)
		all["kind"] = f.Fields[0].Options[i]
		if !strings.Contains(all["kind"], where) {
			t.Errorf("option %d does not name the %s: %s", i, where, all["kind"])
		}
		if _, open, err := opens.Read(c, f.Read(filled(f, all)).Given); err != nil || len(open) != 1 || open[0].Name != "at-risk" {
			t.Errorf("%s: %d questions are open, %v", where, len(open), err)
		}
		all["at-risk"] = "yes"
		if _, open, err := opens.Read(c, f.Read(filled(f, all)).Given); err != nil || len(open) != 0 {
			t.Errorf("%s, and at risk: %d questions are open, %v", where, len(open), err)
		}
		all["at-risk"] = "no"
		var wrong *act.AnswerError
		if _, _, err := opens.Read(c, f.Read(filled(f, all)).Given); !errors.As(err, &wrong) || !strings.Contains(err.Error(), where) {
			t.Errorf("%s alone: %v", where, err)
		}
	}
}

// It takes ten answers to open an escalation of an account with a CSM, and fewer below
// high; each of them is needed.
func TestTenAnswers(t *testing.T) {
	t.Parallel()
	c := opening(t)
	f := form.New(c)
	opens := act.New()
	lacks := func(answers map[string]string) bool {
		i := f.Read(filled(f, answers))
		if len(i.Problems) > 0 {
			t.Fatal(i.Problems)
		}
		_, open, err := opens.Read(c, i.Given)
		return err != nil || len(open) > 0
	}
	for severity, product := range map[string][]string{"critical": {"product-dri", "product-reason"}, "high": {"product-dri", "product-reason"}, "medium": {""}, "low": {""}} {
		for _, says := range product {
			all := map[string]string{}
			for _, id := range []string{"customer", "severity", "description", "csm", "ask", "approach", "criterion", "step", "meeting-notes"} {
				all[id] = answers[id]
			}
			all["severity"] = severity
			switch says {
			case "product-dri":
				all[says] = "Vik Rao (vproduct)"
			case "product-reason":
				all[says] = "Their own proxy."
			}
			if len(all) > 10 {
				t.Errorf("%s takes %d answers", severity, len(all))
			}
			if lacks(all) {
				t.Errorf("%s is not opened by %v", severity, all)
			}
			for id := range all {
				fewer := maps.Clone(all)
				if delete(fewer, id); !lacks(fewer) {
					t.Errorf("%s needs no answer to %s", severity, id)
				}
			}
		}
	}
	// An account without a CSM may have a CSE, or wait for one (P6).
	for _, cse := range []string{"pending", "Kit Wong (kwong)"} {
		if i := f.Read(filled(f, map[string]string{"cse": cse, "cse-help-case": "https://docs.example.com/cse"})); len(i.Problems) > 0 || !slices.Equal(i.Given["cse"], []string{cse}) || !slices.Equal(i.Given["cse-help-case"], []string{"https://docs.example.com/cse"}) {
			t.Errorf("the CSE %s is %q: %q", cse, i.Given["cse"], i.Problems)
		}
	}
	// What somebody says is never overruled by what would follow.
	i := f.Read(filled(f, map[string]string{"product-related": "no", "product-dri": "Vik Rao (vproduct)"}))
	if got := i.Given["product-related"]; !slices.Equal(got, []string{"no"}) {
		t.Errorf("a no is %q", got)
	}
	if i := f.Read(filled(f, map[string]string{"product-dri": "nobody"})); i.Given["product-related"] != nil {
		t.Errorf("of nobody follows %q", i.Given["product-related"])
	}
}

// Of few people there is a list, without those who left; of many, or of none, somebody
// writes a handle or a name.
func TestPeople(t *testing.T) {
	t.Parallel()
	c := opening(t)
	field := func(id string) form.Field {
		f := form.New(c)
		return f.Fields[slices.IndexFunc(f.Fields, func(x form.Field) bool { return x.ID == id })]
	}
	is := c.Tree.People.People
	c.Tree.People.People = map[schema.Handle]schema.Person{}
	for i := range 60 {
		c.Tree.People.People[schema.Handle(fmt.Sprintf("p%d", i))] = schema.Person{Name: "Pat", Roles: []schema.Role{schema.RoleCSM}}
	}
	if n := len(field("csm").Options); n != 61 {
		t.Errorf("of 60 people, %d can be chosen", n)
	}
	c.Tree.People.People["p60"] = schema.Person{Name: "Pat", Roles: []schema.Role{schema.RoleCSM}}
	if x := field("csm"); len(x.Options) != 0 || !strings.Contains(x.Help, "A handle or a name") {
		t.Errorf("of 61 people, %d can be chosen: %s", len(x.Options), x.Help)
	}
	if x := field("project-manager"); len(x.Options) != 0 || !strings.Contains(x.Help, "A handle or a name") {
		t.Errorf("of none, %d can be chosen: %s", len(x.Options), x.Help)
	}
	c.Tree.People.People = is
	gone := is["rking"]
	gone.Left = schema.Date{Time: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)}
	is["rking"] = gone
	if x := field("csm"); !slices.Equal(x.Options, []string{"nobody", "Jo Doe (jdoe)"}) {
		t.Errorf("after one left, %q", x.Options)
	}
}

// Who is still to be named can be, where the policy allows that (P9).
func TestPending(t *testing.T) {
	t.Parallel()
	c := opening(t)
	options := func(id string) []string {
		f := form.New(c)
		return f.Fields[slices.IndexFunc(f.Fields, func(x form.Field) bool { return x.ID == id })].Options
	}
	if slices.Contains(options("product-dri"), "pending") || !slices.Equal(options("cse")[:2], []string{"nobody", "pending"}) {
		t.Errorf("%q, %q", options("product-dri"), options("cse"))
	}
	hours := 4
	c.Tree.Policy.Product.PendingHours = &hours
	if !slices.Equal(options("product-dri")[:2], []string{"nobody", "pending"}) {
		t.Errorf("a Product DRI to come is not among %q", options("product-dri"))
	}
}

// A file that is another form says in what.
func TestDiffers(t *testing.T) {
	t.Parallel()
	f := form.New(opening(t))
	file, err := f.File()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		was, is string
		want    []string
	}{
		"the same":                 {"", "", nil},
		"the line ends of Windows": {"\n", "\r\n", nil},
		"somebody came and left":   {"- Jo Doe (jdoe)", "- Max Ray (mray)", []string{"`Who is the CSM?` lacks Jo Doe (jdoe) and still offers Max Ray (mray)"}},
		"another meaning":          {"Deployment or use is impacted; a risk to adoption and renewal", "It hurts", []string{"`How bad is it?` says otherwise what is meant by medium"}},
		"another title":            {"    attributes:\n      label: Who is the CSM?\n", "    attributes:\n      label: CSM?\n", []string{"`Who is the CSM?` reads otherwise"}},
		"another question":         {"id: case", "id: my-case", []string{"`Where is the CS Help case?` is not asked", "`Where is the CS Help case?` is asked, too"}},
		"a comment":                {"name: Escalation\n", "# mine\nname: Escalation\n", []string{"the text around the questions, or their order"}},
		"another intro":            {"you need neither git nor YAML", "all is well", []string{"the text around the questions, or their order"}},
		"no YAML":                  {"name: Escalation", "name: [", []string{"it is no form that can be read"}},
		"a line and no list":       {"  - type: dropdown\n    id: project-manager\n    attributes:\n      label: Who manages the services project?\n      options:\n        - nobody\n        - Phuong Nguyen (pnguyen)\n", "  - type: input\n    id: project-manager\n    attributes:\n      label: Who manages the services project?\n", []string{"`Who manages the services project?` is a list to choose from, and not to be written"}},
	} {
		text := string(file)
		if c.was != "" && !strings.Contains(text, c.was) {
			t.Fatalf("%s: there is no %q", name, c.was)
		}
		got, err := f.Differs([]byte(strings.ReplaceAll(text, c.was, c.is)))
		if c.was == "" {
			got, err = f.Differs(file)
		}
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, %v; want %q", name, got, err, c.want)
		}
	}
	if !form.Made(file) || !form.Made([]byte("---\r\n"+strings.ReplaceAll(string(file), "\n", "\r\n"))) {
		t.Error("its own file is taken for a stranger's")
	}
	if form.Made([]byte("name: Escalation\n")) {
		t.Error("a stranger's file is taken for its own")
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

// Whatever stands in the answers, each is itself or nothing, or follows from another.
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
			if q == "product-related" { // who is the Product DRI, or why there is none, says it too
				if i.Given["product-dri"] != nil {
					plain += " yes"
				}
				if i.Given["product-reason"] != nil {
					plain += " no"
				}
			}
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
