package form_test

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/form"
	"github.com/escalations-as-code/escalate/schema"
)

// The template of GitLab asks what the form of GitHub asks, and labels the issue.
func TestTemplate(t *testing.T) {
	t.Parallel()
	f := form.New(opening(t))
	got := f.Template()
	const golden = "testdata/escalation.md"
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || string(got) != string(want) {
		t.Errorf("the template is another than %s: %v", golden, err)
	}
	var titles []string
	for line := range strings.Lines(string(got)) {
		if title, ok := strings.CutPrefix(line, "### "); ok {
			titles = append(titles, strings.TrimSuffix(title, "\n"))
		}
	}
	for i, x := range f.Fields {
		if i >= len(titles) || titles[i] != x.Title {
			t.Fatalf("it asks %q, want the question %q at %d", titles, x.Title, i)
		}
	}
	if len(titles) != len(f.Fields) || !strings.HasSuffix(string(got), "\n\n/label ~escalation-request\n") {
		t.Errorf("it asks %q, and ends in %q", titles, got[len(got)-60:])
	}
	if !form.Made(got) || !form.Made([]byte(strings.ReplaceAll(string(got), "\n", "\r\n"))) {
		t.Error("its own template is taken for a stranger's")
	}
	if !f.Is(string(got)) {
		t.Error("the template is not taken for the form")
	}
	if i := f.Read(string(got)); len(i.Problems) > 0 || say(i) != `kind="account"` {
		t.Errorf("a template that nobody filled in is read as %s", say(i))
	}
}

// seen is what GitLab shows of a body, and the quick actions that it carries out: those
// outside of remarks.
func seen(body string) (shown string, actions []string) {
	body = regexp.MustCompile(`(?s)<!--.*?-->`).ReplaceAllString(body, "")
	for line := range strings.Lines(body) {
		if strings.HasPrefix(line, "/") {
			actions = append(actions, strings.TrimSpace(line))
		}
	}
	return body, actions
}

// No name of a person or a region, and no meaning of a severity, does anything in a
// template, or makes it another form.
func TestAnyNamesInTemplate(t *testing.T) {
	t.Parallel()
	c := opening(t)
	for _, people := range []int{3, 40} {
		c.Tree.People.People = map[schema.Handle]schema.Person{}
		names := []schema.Text{"-->", "/close", "@acme/all", "<!-- z", "# x", "- [x] y", "a\n\n/assign me", "*Who is the CSM?*", "~bug", "]", "`"}
		for i := range people {
			h := schema.Handle("p" + strings.Repeat("x", i))
			c.Tree.People.People[h] = schema.Person{Name: names[i%len(names)], Roles: []schema.Role{schema.RoleCSM}}
		}
		c.Tree.Policy.Regions = map[string]schema.Region{"None": {}, "/close": {}, "@all #1": {Zone: "Europe/Berlin"}}
		c.Tree.Policy.Severities.Low.Meaning = "none --> \n\n/close\n### How bad is it?\n~bug @all #1"
		f := form.New(c)
		template := string(f.Template())
		shown, actions := seen(template)
		if !slices.Equal(actions, []string{"/label ~escalation-request"}) {
			t.Errorf("GitLab carries out %q", actions)
		}
		for line := range strings.Lines(shown) {
			code := regexp.MustCompile("`+[^`]*`+").ReplaceAllString(line, "")
			if strings.ContainsAny(code, "@~") && !strings.HasPrefix(line, "/label") {
				t.Errorf("it shows %q", line)
			}
		}
		if i := f.Read(template); len(i.Problems) > 0 || say(i) != `kind="account"` {
			t.Errorf("a template that nobody filled in is read as %s", say(i))
		}
		// What is ticked is what was offered.
		for _, x := range f.Fields {
			for _, o := range x.Options {
				with := escape.MarkdownLine(o)
				if o != "yes" && o != "no" && strings.Contains(template, "[ ] "+with+"\n") {
					i := f.Read(strings.Replace(template, "[ ] "+with+"\n", "[x] "+with+"\n", 1))
					if len(i.Problems) > 0 || o != "nobody" && len(i.Given[x.ID]) != 1 {
						t.Errorf("%s: %q is read as %s", x.ID, o, say(i))
					}
				}
			}
		}
	}
}

// written is a template that somebody filled in: below the remark of each heading, and
// with a tick at a box.
func written(f form.Form, answers map[string]string) string {
	body := string(f.Template())
	for _, x := range f.Fields {
		answer := answers[x.ID]
		if answer == "" {
			continue
		}
		at := strings.Index(body, "\n### "+x.Title+"\n") + 1
		end := strings.Index(body, "<!-- Made by")
		if next := strings.Index(body[at+4:], "\n### "); next >= 0 {
			end = at + 4 + next
		}
		part := body[at:end]
		box := ""
		for _, o := range x.Options {
			if name, _, _ := strings.Cut(o, ": "); answer == o || answer == name {
				box = "- [ ] " + escape.MarkdownLine(o)
			}
		}
		switch {
		case strings.Contains(part, "- [x] "+escape.MarkdownLine(answer)):
		case box != "" && strings.Contains(part, box):
			part = strings.Replace(part, box, strings.Replace(box, "[ ]", "[x]", 1), 1)
		default:
			part += answer + "\n"
		}
		body = body[:at] + part + body[end:]
	}
	return body
}

// What people make of a template is read as what they say.
func TestReadTemplate(t *testing.T) {
	t.Parallel()
	c := opening(t)
	f := form.New(c)
	body := written(f, answers)
	want := strings.Replace(want, "account-executive=nil ", "", 1)
	section := func(title string) string {
		at := strings.Index(body, "### "+title+"\n")
		if at < 0 {
			t.Fatalf("there is no %q", title)
		}
		return body[at : at+4+strings.Index(body[at+4:], "\n### ")+1]
	}
	lines := func(keep func(string) bool) string {
		var kept []string
		for line := range strings.Lines(body) {
			if keep(line) {
				kept = append(kept, line)
			}
		}
		return strings.Join(kept, "")
	}
	severity, customer := section("How bad is it?"), section("Which customer is it?")
	shown, _ := seen(body)
	for name, text := range map[string]string{
		"as filled in":              body,
		"by Windows":                strings.ReplaceAll(body, "\n", "\r\n"),
		"the label is carried out":  strings.ReplaceAll(body, "/label ~escalation-request\n", ""),
		"the remarks are gone":      shown,
		"headings of another level": strings.ReplaceAll(body, "### W", "# W"),
		"headings in bold":          strings.ReplaceAll(body, "### Which customer is it?", "**Which customer is it?**"),
		"a slip in a heading":       strings.ReplaceAll(body, "### Which customer is it?", "### Which custmer is it"),
		"in another order":          strings.Replace(strings.Replace(body, severity, "", 1), customer, severity+customer, 1),
		"a question is gone":        strings.Replace(body, section("Where is the CS Help case?"), "", 1),
		"before the remark":         strings.Replace(body, customer, "### Which customer is it?\nFabrikam\n\n<!-- Needed.\n-->\n", 1),
		"beside the remark":         strings.Replace(body, customer, "### Which customer is it?\n<!-- Needed. -->Fabrikam\n", 1),
		"without an empty line":     regexp.MustCompile(`\n\n+(### [A-MO-Z]|<!--|- \[)`).ReplaceAllString(body, "\n$1"),
		"more empty lines":          regexp.MustCompile(`\n(### [A-MO-Z])`).ReplaceAllString(body, "\n\n\n\n$1"),
		"the wrong boxes are gone":  lines(func(l string) bool { return !strings.HasPrefix(l, "- [ ]") }),
		"the right one, no tick":    strings.Replace(lines(func(l string) bool { return !strings.HasPrefix(l, "- [ ]") }), "- [x] medium", "- [ ] medium", 1),
		"another tick":              strings.NewReplacer("- [x] medium", "* [X] medium").Replace(body),
		"a tick with blanks":        strings.NewReplacer("- [x] medium", "- [ x ] medium").Replace(body),
		"numbered":                  strings.NewReplacer("- [x] medium", "3. [x] medium").Replace(body),
		"the rest is struck out":    strings.Replace(severityOf(body, severity, "- [ ]", "- [~]"), "- [x] medium", "- [ ] medium", 1),
		"the word and no box":       strings.Replace(body, severity, "### How bad is it?\n\nMedium\n\n", 1),
		"an item and no box":        strings.Replace(body, severity, "### How bad is it?\n\n- medium\n\n", 1),
		"the word below the boxes":  strings.Replace(body, severity, strings.ReplaceAll(severity, "[x]", "[ ]")+"medium\n\n", 1),
	} {
		i := f.Read(text)
		if got := say(i); got != want {
			t.Errorf("%s:\n got %s\nwant %s\nof\n%s", name, got, want, text)
		}
		if !f.Is(text) {
			t.Errorf("%s: it is not taken for a form", name)
		}
		opens := act.New()
		if _, open, err := opens.Read(c, i.Given); err != nil || len(open) > 0 {
			t.Errorf("%s: the act does not take it: %v, %v", name, err, open)
		}
	}
}

// People are named as it comes: by a tick, a handle, a name, or the account that GitLab
// completes behind an @.
func TestPeopleInTemplate(t *testing.T) {
	t.Parallel()
	c := opening(t)
	jo := c.Tree.People.People["jdoe"]
	jo.GitLab = "jo.doe.lab"
	c.Tree.People.People["jdoe"] = jo
	for i := range 20 { // so many that none is a box
		c.Tree.People.People[schema.Handle(fmt.Sprintf("p%d", i))] = schema.Person{Name: schema.Text(fmt.Sprintf("Pat %d", i)), Roles: []schema.Role{schema.RoleCSM}}
	}
	f, a := form.New(c), act.New()
	if template := string(f.Template()); strings.Contains(template, "- [ ] Jo Doe") || !strings.Contains(template, "Write one: nobody; Jo Doe (jdoe); Pat 0 (p0)") {
		t.Errorf("of 22 people the template has\n%s", template)
	}
	for _, name := range []string{"jdoe", "@jdoe", "Jo Doe", "jo doe", "Jo Doe (jdoe)", "- Jo Doe (jdoe)", "@jo.doe.lab"} {
		all := maps.Clone(answers)
		all["csm"] = name
		read, open, err := a.Read(c, f.Read(written(f, all)).Given)
		if err != nil || len(open) > 0 || read.One("csm") != "jdoe" {
			t.Errorf("%q is %q, %d, %v", name, read.One("csm"), len(open), err)
		}
	}
}

// severityOf replaces something in a part of a body.
func severityOf(body, part, was, is string) string {
	return strings.Replace(body, part, strings.ReplaceAll(part, was, is), 1)
}

// What cannot be told is a problem, or missing: never another answer.
func TestTemplateDoubt(t *testing.T) {
	t.Parallel()
	f := form.New(opening(t))
	body := written(f, answers)
	for name, c := range map[string]struct {
		text     string
		gone     string
		problems []string
	}{
		"two ticks":             {strings.Replace(body, "- [ ] low", "- [x] low", 1), "severity", []string{`2 boxes are ticked below the heading "How bad is it?": leave the tick at one of them`}},
		"three with the preset": {strings.NewReplacer("- [ ] a support", "- [x] a support", "- [ ] a widespread", "- [x] a widespread").Replace(body), "kind", []string{`3 boxes are ticked below the heading "What is it?": leave the tick at one of them`}},
		"no tick":               {strings.Replace(body, "- [x] medium", "- [ ] medium", 1), "severity", nil},
		"above the heading":     {strings.Replace(strings.Replace(body, "\nFabrikam\n", "\n", 1), "### Which customer is it?", "Fabrikam\n\n### Which customer is it?", 1), "customer", nil},
		"above, below a tick":   {strings.Replace(body, "### Which customer is it?", "- [x] yes\n\nFabrikam\n\n### Which customer is it?", 1), "at-risk", []string{`below the heading "Is the relationship or future business at risk, too?" a box is ticked, and there is "Fabrikam", too: write that below its own heading, or take the tick away`}},
		"a heading is gone":     {strings.Replace(body, "### Which customer is it?", "", 1), "customer", nil},
		"a remark without end":  {strings.Replace(body, "<!-- Needed. The name, as people say it. What is known of an earlier escalation is proposed. -->", "<!-- Needed.", 1), "severity", nil},
		"in the remark":         {strings.Replace(strings.Replace(body, "\nFabrikam\n", "\n", 1), "<!-- Needed. The name,", "<!-- Fabrikam Needed. The name,", 1), "customer", nil},
		"a heading in a remark": {"<!--\n### How bad is it?\n\nlow\n-->\n" + body, "severity", []string{`the heading "How bad is it?" stands there 2 times: write the answer that has it in other words`}},
		"a heading twice":       {body + "\n### How bad is it?\n\nlow\n", "severity", []string{`the heading "How bad is it?" stands there 2 times: write the answer that has it in other words`}},
	} {
		if c.text == body {
			t.Fatalf("%s: nothing is changed", name)
		}
		i := f.Read(c.text)
		if i.Given[c.gone] != nil || !slices.Equal(i.Problems, c.problems) {
			t.Errorf("%s: %s is %q, and the problems are %q", name, c.gone, i.Given[c.gone], i.Problems)
		}
	}
	// The box that was ticked at first gives way to another.
	if i := f.Read(strings.Replace(body, "- [ ] a support", "- [x] a support", 1)); !slices.Equal(i.Given["kind"], []string{"star"}) || len(i.Problems) > 0 {
		t.Errorf("beside the first, a tick is read as %s", say(i))
	}
}

// Whatever stands in the answers of a template, each is itself or nothing, or follows
// from another.
func TestAnyAnswersInTemplate(t *testing.T) {
	t.Parallel()
	f := form.New(opening(t))
	text := rapid.SampledFrom([]string{"x", "### How bad is it?", "**What is needed first?** all", "```", "<!--", "-->", "<!-- x -->", "> ### What is needed first?", "- [X] yes", "- [ ] no", "/close", "/label ~escalation-request", "@everyone", "</details>", "---", "漢字 🙂", "* *", "a\n\n\n\nb"})
	rapid.Check(t, func(rt *rapid.T) {
		all := map[string]string{}
		for _, x := range f.Fields {
			if len(x.Options) == 0 {
				all[x.ID] = strings.Join(rapid.SliceOfN(text, 0, 3).Draw(rt, x.ID), "\n")
			}
		}
		i := f.Read(written(f, all))
		for q, values := range i.Given {
			id := map[string]string{"summary": "description", "owner": "step", "due": "step"}[q]
			if id == "" {
				id = q
			}
			if len(i.Problems) > 0 || q == "product-related" || q == "kind" {
				continue
			}
			plain := strings.Join(strings.Fields(all[id]), " ")
			for _, v := range values {
				for line := range strings.Lines(v) {
					if l := strings.Join(strings.Fields(line), " "); !strings.Contains(plain, l) && !hides(plain) {
						rt.Fatalf("%s is answered by %.200q, and nobody wrote that there: %.200q", q, l, plain)
					}
				}
			}
		}
	})
}

// hides reports whether an answer takes something out of its own middle.
func hides(answer string) bool {
	return strings.Contains(answer, "<!--") || strings.Contains(answer, "/label")
}

// A page with the template is opened filled in, as it is read again; unless GitLab would
// carry out a line of it.
func TestDescription(t *testing.T) {
	t.Parallel()
	f := form.New(opening(t))
	texts := maps.Clone(answers)
	delete(texts, "account-executive")
	text, ok := f.Description(texts)
	if i := f.Read(text); !ok || say(i) != strings.Replace(want, "account-executive=nil ", "", 1) {
		t.Errorf("it is read as %s", say(i))
	}
	if !strings.HasSuffix(text, "\n\n/label ~escalation-request\n") || strings.Contains(text, "CS Help case") {
		t.Errorf("it is\n%s", text)
	}
	for _, line := range []string{"/close", "One.\n/assign me", "One.\n  /due today"} {
		texts["ask"] = line
		if text, ok := f.Description(texts); ok {
			t.Errorf("GitLab acts on\n%s", text)
		}
	}
}

// A template that is another says in what.
func TestTemplateDiffers(t *testing.T) {
	t.Parallel()
	f := form.New(opening(t))
	file := string(f.Template())
	for name, c := range map[string]struct {
		was, is string
		want    []string
	}{
		"the same":                 {"", "", nil},
		"the line ends of Windows": {"\n", "\r\n", nil},
		"somebody came":            {"Jo Doe (jdoe)", "Max Ray (mray)", []string{"`Who is the CSM?` reads otherwise"}},
		"another title":            {"### Who is the CSM?", "### Whose account is it?", []string{"`Whose account is it?` is asked, too", "`Who is the CSM?` is not asked"}},
		"another help":             {"Needed. The name,", "The name,", []string{"the text around the questions, or their order"}},
		"no label":                 {"\n/label ~escalation-request", "", []string{"`Which support tickets describe it?` reads otherwise"}},
	} {
		text := file
		if c.was != "" {
			if text = strings.ReplaceAll(file, c.was, c.is); text == file {
				t.Fatalf("%s: there is no %q", name, c.was)
			}
		}
		if got := f.TemplateDiffers([]byte(text)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
