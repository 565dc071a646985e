package act_test

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// at is a Tuesday, 10:30 in Berlin.
var at = time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)

// opened is a case about the fixture's escalation, with more files or others.
func opened(t *testing.T, files fstest.MapFS) *act.Case {
	t.Helper()
	all := fstest.MapFS{}
	for _, name := range []string{fixture.Northwind, fixture.People} {
		all[name] = &fstest.MapFile{Data: []byte(fixture.Read(name))}
	}
	for name, f := range files {
		all[name] = f
	}
	check, err := shape.NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	tr, err := tree.Open(fs.FS(all), check)
	if err != nil {
		t.Fatal(err)
	}
	return &act.Case{Tree: tr, Escalation: tr.Load(fixture.Northwind), By: "jdoe", At: at}
}

// find returns an act by its name.
func find(t *testing.T, name string) act.Act {
	t.Helper()
	for _, a := range append(act.All(), act.New()) {
		if a.Name == name {
			return a
		}
	}
	t.Fatalf("there is no act %q", name)
	return act.Act{}
}

// A login that is the handle of somebody else names neither of them.
func TestTwoCalledSo(t *testing.T) {
	t.Parallel()
	c := opened(t, fstest.MapFS{fixture.People: {Data: []byte("people:\n  kim: {name: Kim Lee, roles: [csm], github: klee}\n  kb: {name: Kimberley Bo, roles: [csm], github: Kim}\n")}})
	step := find(t, "step")
	q, _ := step.Question("owner")
	for said, want := range map[string]string{
		"kim": "kim", "@klee": "kim", "@kb": "kb", "Kimberley Bo": "kb",
		"@kim": "owner: who is \"@kim\"?: it is the handle of Kim Lee (kim) and the login of Kimberley Bo (kb): write another name of theirs",
	} {
		values, err := q.Read(c, act.Answers{}, []string{said})
		got := strings.Join(values, "|")
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s is %q, want %q", said, got, want)
		}
	}
}

// What people write is read as they mean it, or they are told what would be right.
func TestAnswers(t *testing.T) {
	t.Parallel()
	c := opened(t, nil)
	for _, tc := range []struct {
		act, question string
		said          []string
		want          string // the answers, or what is wrong
	}{
		{"update", "text", []string{" Nothing new.\r\n\r\nReally.  \n\n"}, " Nothing new.\n\nReally."},
		{"update", "text", []string{"\n \n"}, "text: there is no answer"},
		{"update", "text", []string{"bad \xff"}, "text: it is not text in UTF-8"},
		{"update", "to", []string{"internal, customer"}, "internal|customer"},
		{"update", "to", []string{"Customer", "customer"}, "customer"},
		{"update", "to", []string{"costumer"}, `to: "costumer" is none of them: did you mean customer?`},
		{"update", "significant", []string{"Y"}, "yes"},
		{"update", "significant", []string{"maybe"}, `significant: "maybe" is neither yes nor no`},
		{"severity", "level", []string{"CRITICAL"}, "critical"},
		{"severity", "level", []string{"critcal"}, `level: "critcal" is none of them: did you mean critical?`},
		{"severity", "level", []string{"high", "low"}, "level: it takes one answer"},
		{"step", "owner", []string{"@jdoe"}, "jdoe"},
		{"step", "owner", []string{"me"}, "jdoe"},
		{"step", "owner", []string{"Tomas Mora"}, "tmora"},
		{"step", "owner", []string{"“jo@example.com”"}, "jdoe"},
		{"step", "owner", []string{"Jo Doe (jdoe)"}, "jdoe"},
		{"step", "owner", []string{"jdo"}, `owner: who is "jdo"?: it could be Jo Doe (jdoe)`},
		{"step", "owner", []string{"zzzz"}, `owner: "zzzz" is nobody of the directory: write a handle or a name of people.yaml`},
		{"step", "due", []string{"2026-12-01"}, "2026-12-01"},
		{"step", "due", []string{"today"}, "2026-11-24"},
		{"step", "due", []string{"Tomorrow"}, "2026-11-25"},
		{"step", "due", []string{"tuesday"}, "2026-12-01"}, // it is Tuesday: the next one
		{"step", "due", []string{"wed"}, "2026-11-25"},
		{"step", "due", []string{"in 3 days"}, "2026-11-27"},
		{"step", "due", []string{"+1d"}, "2026-11-25"},
		{"step", "due", []string{"1.12.2026"}, `due: "1.12.2026" is no day: write it as 2026-11-27, or as today, tomorrow, friday, or in 3 days`},
		{"step", "due", []string{"2026-02-30"}, `due: "2026-02-30" is no day: write it as 2026-11-27, or as today, tomorrow, friday, or in 3 days`},
		{"step", "done", []string{"1"}, "1"},
		{"step", "done", []string{"load TEST"}, "1"},
		{"step", "done", []string{"#1"}, "1"},
		{"step", "done", []string{"1)"}, "1"},
		{"step", "done", []string{"“Load test”"}, "1"},
		{"step", "done", []string{"load test with the customer."}, "1"},
		{"step", "done", []string{"."}, `done: "." is none of them: it can be 1. Load test with the customer`},
		{"severity", "level", []string{"*high*"}, "high"},
		{"step", "due", []string{"2026–12–01."}, "2026-12-01"},
		{"case", "case", []string{"https://crm.example.com/1."}, "https://crm.example.com/1"},
		{"case", "case", []string{"[the case](https://crm.example.com/1)"}, "https://crm.example.com/1"},
		{"case", "case", []string{"<https://crm.example.com/1|the case>"}, "https://crm.example.com/1"},
		{"case", "case", []string{"`[the case](https://crm.example.com/1)`."}, "https://crm.example.com/1"},
		{"case", "case", []string{"https://crm.example.com/?ids=1|2"}, "https://crm.example.com/?ids=1|2"},
		{"support", "ticket", []string{"https://support.example.com/a,b, https://support.example.com/c."}, "https://support.example.com/a,b|https://support.example.com/c"},
		{"step", "done", []string{"2"}, `done: "2" is none of them: it can be 1. Load test with the customer`},
		{"met", "criterion", []string{"under 60"}, "1"},
		{"met", "criterion", []string{"60"}, `criterion: "60" is none of them: it can be 1. Queue time under 60 s at p95 for five working days`},
		{"case", "case", []string{" <https://crm.example.com/1> "}, "https://crm.example.com/1"},
		{"case", "case", []string{"crm.example.com/1"}, `case: "crm.example.com/1" is no link: write all of it, such as https://docs.example.com/notes`},
		{"standup", "time", []string{"9:05"}, "09:05"},
		{"standup", "time", []string{"25:00"}, `time: "25:00" is no time of the day: write it as 10:30, by 24 hours`},
		{"standup", "minutes", []string{"0"}, `minutes: "0" is no number: write it in digits, such as 30`},
		{"standup", "days", []string{"mon,  wed\nfri"}, "mon|wed|fri"},
		{"reopen", "criterion", []string{"• Queue under 60 s, at p95\r\n- No alarms\n\n[ ] Drill"}, "Queue under 60 s, at p95|No alarms|Drill"},
		{"new", "id", []string{"Northwind"}, `id: "Northwind" is no id: write a year and a name in small letters, such as 2026/northwind`},
	} {
		a := find(t, tc.act)
		q, ok := a.Question(tc.question)
		if !ok {
			t.Fatalf("%s asks no %q", tc.act, tc.question)
		}
		got, err := q.Read(c, act.Answers{}, tc.said)
		text := strings.Join(got, "|")
		if err != nil {
			text = err.Error()
			if wrong := (*act.AnswerError)(nil); !errors.As(err, &wrong) || wrong.Question != tc.question {
				t.Errorf("%s %s %q: the error is %#v", tc.act, tc.question, tc.said, err)
			}
		}
		if text != tc.want {
			t.Errorf("%s %s %q:\n got %s\nwant %s", tc.act, tc.question, tc.said, text, tc.want)
		}
	}
}

// What was answered first decides what else is asked, and what is proposed stands where
// nobody answers.
func TestPages(t *testing.T) {
	t.Parallel()
	c := opened(t, nil)
	severity := find(t, "severity")
	for _, tc := range []struct {
		given map[string][]string
		all   bool
		want  string
	}{
		{nil, false, "level"},
		{map[string][]string{"level": {"critical"}}, false, "why"},
		{map[string][]string{"level": {"critical"}, "why": {"It is worse."}}, false, "product-dri"}, // mlee is too low
		{map[string][]string{"level": {"critical"}, "why": {"It is worse."}, "product-dri": {"dpatel"}}, false, ""},
		{map[string][]string{"level": {"critical"}, "why": {"It is worse."}, "product-dri": {"dpatel"}}, true, "to"},
		{map[string][]string{"level": {"low"}, "why": {"It is better."}}, false, ""},
		{map[string][]string{"level": {"high"}}, false, ""}, // that is the severity already
	} {
		page, err := severity.Page(c, tc.given, tc.all)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, q := range page {
			names = append(names, q.Name)
		}
		if got := strings.Join(names, " "); got != tc.want {
			t.Errorf("%v: asks %q, want %q", tc.given, got, tc.want)
		}
	}
	if _, _, err := severity.Read(c, map[string][]string{"level": {"high"}, "why": {"No reason."}}); err == nil || err.Error() != "why: it is not asked for here: the severity is that already" {
		t.Errorf("a reason for no change: %v", err)
	}
}

// A ticket, an incident and an outage alone are no account escalation, and each is
// shown where it goes (P2).
func TestKinds(t *testing.T) {
	t.Parallel()
	c := opened(t, nil)
	c.Escalation = nil
	a := act.New()
	for kind, where := range map[string]string{"star": "Support management", "incident": "declare an incident", "emergency": "emergency support"} {
		_, open, err := a.Read(c, map[string][]string{"customer": {"Fabrikam"}, "kind": {kind}})
		if err != nil || !slices.ContainsFunc(open, func(q *act.Question) bool { return q.Name == "at-risk" }) {
			t.Errorf("%s: does not ask whether the relationship is at risk: %v", kind, err)
		}
		_, _, err = a.Read(c, map[string][]string{"customer": {"Fabrikam"}, "kind": {kind}, "at-risk": {"no"}})
		if err == nil || !strings.Contains(err.Error(), where) {
			t.Errorf("%s alone: %v", kind, err)
		}
		if _, _, err = a.Read(c, map[string][]string{"customer": {"Fabrikam"}, "kind": {kind}, "at-risk": {"yes"}}); err != nil {
			t.Errorf("%s, and the relationship is at risk: %v", kind, err)
		}
	}
}

// The id of a new escalation is one that every machine can have, and that no file has;
// what an earlier escalation of the customer says is proposed.
func TestOpening(t *testing.T) {
	t.Parallel()
	c := opened(t, nil)
	c.Escalation = nil
	a := act.New()
	for customer, want := range map[string]string{
		"Fabrikam GmbH": "2026/fabrikam-gmbh", "northwind": "2026/northwind-2", "Société Brévent & Fils": "2026/societe-brevent-fils", "O'Neill": "2026/oneill",
		"Łódzka Energia": "2026/lodzka-energia", "Con": "2026/con-customer", "津軽": "", "A. G. Müller": "2026/a-g-muller",
		strings.Repeat("long ", 40): "2026/" + strings.Trim(strings.Repeat("long-", 40)[:76], "-"),
	} {
		answers, open, err := a.Read(c, map[string][]string{"customer": {customer}})
		if err != nil {
			t.Fatal(err)
		}
		id := act.ID(answers)
		if string(id) != want || want != "" && !id.Valid() {
			t.Errorf("%s: %q, want %q", customer, id, want)
		}
		if asks := slices.ContainsFunc(open, func(q *act.Question) bool { return q.Name == "id" }); asks != (want == "") {
			t.Errorf("%s: it is asked for an id: %v", customer, asks)
		}
	}
	for customer, want := range map[string]string{
		"Northwind Traders": "There is an open escalation of this customer: 2026/northwind (high). `escalate update` goes on with it; this opens another one, and names the other (P40).",
		"Fabrikam":          "",
	} {
		if got := a.Note(c, act.Answers{"customer": {customer}}, "customer"); got != want {
			t.Errorf("%s: it says %q", customer, got)
		}
	}
	answers, _, err := a.Read(c, map[string][]string{"customer": {"NORTHWIND  traders"}})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"region": "EMEA", "csm": "jdoe", "account-executive": "arivera", "case": string(schema.Pending), "owner": "jdoe"} {
		if got := answers.One(name); got != want {
			t.Errorf("of an earlier escalation, %s is %q, want %q", name, got, want)
		}
	}
}

// Each question has a name that a flag can have, a title, and a form.
func TestQuestions(t *testing.T) {
	t.Parallel()
	for _, a := range append(act.All(), act.New()) {
		seen := map[string]bool{}
		for _, q := range a.Questions {
			if q.Name == "" || strings.ToLower(q.Name) != q.Name || strings.ContainsAny(q.Name, "_ ") || seen[q.Name] || slices.Contains([]string{"message", "file", "edit", "json", "dir", "now", "remote", "commit", "propose", "dry-run"}, q.Name) {
				t.Errorf("%s: a question is called %q", a.Name, q.Name)
			}
			seen[q.Name] = true
			if q.Title == "" || q.Form == "" || !strings.HasSuffix(q.Title, "?") {
				t.Errorf("%s: %s is no question: %q, %q", a.Name, q.Name, q.Title, q.Form)
			}
			if (q.Form == act.Choice || q.Form == act.Entry || q.Form == act.Person) && q.Choose == nil && !q.Hidden {
				t.Errorf("%s: %s has nothing to choose", a.Name, q.Name)
			}
		}
		for _, name := range []string{a.Argument, a.Message} {
			if name != "" && !seen[name] {
				t.Errorf("%s: asks no %q", a.Name, name)
			}
		}
		if a.Short == "" || a.Long == "" || len(a.Examples) == 0 || a.State == "" || a.Says == nil || a.Edit == nil {
			t.Errorf("%s is not whole", a.Name)
		}
	}
}

// What is found in a file belongs under the question whose answer stands there.
func TestAbout(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ act, pointer, want string }{
		{"new", "/customer", "customer"}, {"new", "/next_steps/0/owner", "owner"}, {"new", "/next_steps/0/step", "step"}, {"new", "/next_steps", "step"},
		{"new", "/account/services_project/manager", "project-manager"}, {"new", "/account/services_project/url", "project"}, {"new", "/opened/by", ""},
		{"new", "/exit_criteria/3/criterion", "criterion"}, {"new", "/support/tickets/1", "ticket"}, {"new", "/customers", ""},
		{"update", "/updates/4/significant", "significant"}, {"update", "/updates/4/text", "text"}, {"update", "/severity", ""},
		{"severity", "/product/dri", "product-dri"}, {"severity", "/updates/0/to/0", "to"},
		{"close", "/closure/agreement/by", "waived-by"}, {"close", "/closure/agreement/url", "agreement"}, {"close", "/closure/resolution", "resolution"}, {"close", "/exit_criteria/0/met", "met"},
	} {
		a := find(t, tc.act)
		got := ""
		if q, ok := a.About(tc.pointer); ok {
			got = q.Name
		}
		if got != tc.want {
			t.Errorf("%s: %s is under %q, want %q", tc.act, tc.pointer, got, tc.want)
		}
	}
}
