package compose_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/comment"
	"github.com/escalations-as-code/escalate/internal/compose"
	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/form"
	"github.com/escalations-as-code/escalate/internal/lint"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/splice"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// at is a Tuesday, 10:30 in Berlin.
var at = time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)

// forge is where the repository of the tests is, and gitLab where it is on a GitLab, in
// a group within another, below a path of the server.
var (
	forge  = compose.Forge{Platform: "github", Server: "https://github.example.com", Repository: "acme/escalations", Branch: "main", Form: true}
	gitLab = compose.Forge{Platform: "gitlab", Server: "https://git.example.com/gitlab", Repository: "acme/customers/escalations", Branch: "main", Form: true}
)

// checker is what files are compared with.
func checker(t testing.TB) *shape.Checker {
	t.Helper()
	check, err := shape.NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	return check
}

// open is a tree of the fixture, with other files.
func open(t testing.TB, more map[string]string) *tree.Tree {
	t.Helper()
	files := fstest.MapFS{}
	for name, text := range fixture.Files() {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	for name, text := range more {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	tr, err := tree.Open(files, checker(t))
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// page is what the page of a tree has: its world as it arrives in the browser, and the
// texts that it may ask for.
type page struct {
	*compose.Composer
	json  string
	files map[schema.ID]compose.File
}

func newPage(t testing.TB, tr *tree.Tree, in compose.Forge) page {
	t.Helper()
	_, err := fs.Stat(tr.Files(), act.SchemaPath)
	w := compose.Of(tr, err == nil, in)
	p := page{files: map[schema.ID]compose.File{}}
	for _, path := range tr.Paths {
		d, f, ok := compose.DigestOf(tr.Load(path), tr.Policy)
		w.Escalations = append(w.Escalations, d)
		if ok {
			p.files[d.ID] = f
		}
	}
	if w, err = w.Begun(at); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	p.json = string(data)
	var sent compose.World
	if err := json.Unmarshal(data, &sent); err != nil {
		t.Fatal(err)
	}
	if p.Composer, err = compose.New(sent); err != nil {
		t.Fatal(err)
	}
	return p
}

// ask asks as the page does: it gets what is wanted, and asks again.
func (p page) ask(r compose.Request) compose.Answer {
	if r.ID != "" {
		if f, ok := p.files[r.ID]; ok {
			p.Know(r.ID, f)
		}
	}
	a := p.Answer(r)
	for _, id := range a.Wants {
		p.Know(id, p.files[id])
	}
	if len(a.Wants) > 0 {
		a = p.Answer(r)
	}
	return a
}

// given are answers that open an escalation, with others in their place.
func given(pairs ...string) map[string][]string {
	all := map[string][]string{
		"customer": {"Fabrikam"}, "severity": {"high"}, "summary": {"Orders are lost"}, "description": {"Since Monday.\n\nTwo teams wait."},
		"csm": {"jdoe"}, "account-executive": {"arivera"}, "region": {"EMEA"}, "product-related": {"yes"}, "product-dri": {"mlee"},
		"ask": {"One engineer."}, "approach": {"Reproduce it."}, "criterion": {"No order is lost for a week", "The customer says so, too"},
		"step": {"Load test"}, "owner": {"jdoe"}, "due": {"2026-12-01"}, "meeting-notes": {"https://docs.example.com/f"},
	}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			delete(all, pairs[i])
		} else {
			all[pairs[i]] = []string{pairs[i+1]}
		}
	}
	return all
}

// question is one of an answer.
func question(t *testing.T, a compose.Answer, name string) compose.Question {
	t.Helper()
	i := slices.IndexFunc(a.Questions, func(q compose.Question) bool { return q.Name == name })
	if i < 0 {
		t.Fatalf("%q is not asked: %s", name, a.Refused)
	}
	return a.Questions[i]
}

func rules(found []compose.Finding) string {
	var list []string
	for _, f := range found {
		list = append(list, f.Rule)
	}
	return strings.Join(list, " ")
}

const hush = "escalations/2026/hush.yaml"

// quiet is a restricted escalation.
func quiet() map[string]string {
	return map[string]string{hush: fixture.Edited("Northwind Traders", "Secret Customer", "", "visibility: restricted\nchannel: esc_quiet\n")}
}

// What the page is given has no address of anybody, and of a restricted escalation id
// and channel alone.
func TestWorld(t *testing.T) {
	t.Parallel()
	p := newPage(t, open(t, quiet()), forge)
	var w struct {
		People      []map[string]any `json:"people"`
		Escalations []map[string]any `json:"escalations"`
	}
	if err := json.Unmarshal([]byte(p.json), &w); err != nil {
		t.Fatal(err)
	}
	want := []map[string]any{
		{"id": "2026/hush", "channel": "esc_quiet"},
		{"id": "2026/northwind", "customer": "Northwind Traders", "channel": "esc_northwind", "severity": "high"},
	}
	if !slices.EqualFunc(w.Escalations, want, func(a, b map[string]any) bool { return maps.Equal(a, b) }) {
		t.Errorf("of the escalations it has %v", w.Escalations)
	}
	for _, person := range w.People {
		for key := range person {
			if !slices.Contains([]string{"handle", "name", "roles", "region", "manager", "left"}, key) {
				t.Errorf("of a person it has %q", key)
			}
		}
	}
	for _, secret := range []string{"@example.com", "jodoe", "U0", "Secret"} {
		if strings.Contains(p.json, secret) {
			t.Errorf("it has %q", secret)
		}
	}
	if _, told := p.files["2026/hush"]; told {
		t.Error("the text of a restricted escalation is there to be asked for")
	}
	if _, told := p.files["2026/northwind"]; !told {
		t.Error("the text of an open escalation is not there")
	}
	if _, err := compose.New(compose.World{Format: compose.Format + 1}); err == nil {
		t.Error("data of another version are taken")
	}
}

// While its program is being loaded, a page asks what it asks then, without the people who
// can be chosen.
func TestFirst(t *testing.T) {
	t.Parallel()
	p := newPage(t, open(t, nil), forge)
	var w compose.World
	if err := json.Unmarshal([]byte(p.json), &w); err != nil {
		t.Fatal(err)
	}
	now := p.Answer(compose.Request{Act: "new", Now: at}).Questions
	people := 0
	for i := range now {
		if now[i].Form == act.Person {
			people += len(now[i].Options)
			now[i].Options = nil
		}
	}
	if !reflect.DeepEqual(w.First, now) || people == 0 {
		t.Errorf("it asks first\n%+v\nand then, with %d people,\n%+v", w.First, people, now)
	}
}

// The file is the one that `new` writes of the same answers, byte for byte, beside the
// same files; but for a customer of which one is restricted, which the page cannot know.
func TestSameAsNew(t *testing.T) {
	t.Parallel()
	closed := fixture.Edited("severity: high", "severity: low", "", "closure: {at: 2026-11-22T10:00:00Z, by: jdoe, resolution: withdrawn, reason: Twice}\nchannel: esc_zava\n")
	tr := open(t, map[string]string{
		hush: quiet()[hush], "escalations/2025/zava.yaml": strings.Replace(closed, "Northwind Traders", "Zava", 1),
		"schema/escalation.schema.json": "{}",
	})
	p := newPage(t, tr, forge)
	text := rapid.SampledFrom([]string{"x", "Two words", "a: b # c", "- y", "漢字 🙂", "'\"", "one\ntwo\n\nthree", "@all", " lead", "2026-12-01", "no", "{{ }}", "<b>x</b>", "https://docs.example.com/1", "\u202e"})
	draw := map[string]*rapid.Generator[string]{
		"customer": rapid.SampledFrom([]string{"Fabrikam", "Northwind Traders", "zava", "Société", "津軽"}), "severity": rapid.SampledFrom([]string{"critical", "high", "medium", "low", "bad"}),
		"csm": rapid.SampledFrom([]string{"jdoe", "Jo Doe", "nobody"}), "account-executive": rapid.SampledFrom([]string{"arivera", "Ana Rivera (arivera)"}), "region": rapid.SampledFrom([]string{"EMEA", "emea", "Moon"}),
		"product-related": rapid.SampledFrom([]string{"yes", "no"}), "product-dri": rapid.SampledFrom([]string{"mlee", "dpatel"}), "owner": rapid.SampledFrom([]string{"jdoe", "me"}),
		"due": rapid.SampledFrom([]string{"2026-12-01", "friday", "yesterday"}), "meeting-notes": rapid.Just("https://docs.example.com/n"), "visibility": rapid.SampledFrom([]string{"public", "restricted"}),
		"id": rapid.SampledFrom([]string{"2026/other", "2026/northwind", "x"}), "channel": rapid.SampledFrom([]string{"esc_x", "#esc_zava", "x y"}), "kind": rapid.SampledFrom([]string{"account", "incident"}),
	}
	a := act.New()
	complete := 0
	rapid.Check(t, func(rt *rapid.T) {
		said := given()
		for _, q := range a.Questions {
			if rapid.IntRange(0, 3).Draw(rt, "whether "+q.Name) == 0 {
				g := draw[q.Name]
				if g == nil {
					g = text
				}
				said[q.Name] = []string{g.Draw(rt, q.Name)}
			}
		}
		answer := p.ask(compose.Request{Act: "new", By: "jdoe", Now: at, Given: said})
		c := &act.Case{Tree: tr, By: "jdoe", At: at}
		_, _, wrong := a.Try(c, said)
		for _, w := range wrong {
			if w.Unasked { // the page keeps it until it is asked again
				delete(said, w.Question)
			}
		}
		answers, missing, err := a.Read(c, said)
		if err != nil || len(missing) > 0 {
			if answer.Ready {
				rt.Fatalf("it is ready, and `new` says %v, %d missing", err, len(missing))
			}
			return
		}
		path := tree.Path(act.ID(answers))
		if tr.Has(path) {
			if answer.Ready {
				rt.Fatal("it is ready, and the file is there already")
			}
			return
		}
		data, err := splice.Apply(schema.KindEscalation, path, act.Begin(c), a.Edit(c, answers)...)
		if refusal := (*splice.Refusal)(nil); errors.As(err, &refusal) {
			if answer.Ready {
				rt.Fatalf("it is ready, and `new` refuses: %v", err)
			}
			return
		}
		complete++
		if answer.Path != path || answer.Text != string(data) {
			rt.Fatalf("%s is\n%s\nwant %s\n%s", answer.Path, answer.Text, path, data)
		}
		errors := false
		for _, f := range lint.Edited(lint.Base{Tree: tr}, tr.With(path, data).AsOf(at), path, rule.All()) {
			errors = errors || f.Level == "error"
		}
		if answer.Ready == errors {
			rt.Fatalf("it is ready: %v, and lint finds errors: %v", answer.Ready, errors)
		}
	})
	if complete == 0 {
		t.Error("no answers made a file")
	}
}

// What is wrong stands under the question that it is about, with what would be right.
func TestFindings(t *testing.T) {
	t.Parallel()
	p := newPage(t, open(t, quiet()), forge)
	ask := func(all map[string][]string) compose.Answer {
		return p.ask(compose.Request{Act: "new", By: "jdoe", Now: at, Given: all})
	}
	if a := ask(given()); !a.Ready || a.Send == nil || a.DRI == nil || a.DRI.Name != "Jo Doe" || a.DRI.Cites != "P6" || !strings.Contains(a.DRI.Why, "CSM") {
		t.Fatalf("it is not ready: %+v", a)
	}
	for _, tc := range []struct{ question, answer, rules, wrong, fix string }{
		{"channel", "zava", "channel-name", "", "esc_zava"},
		{"channel", "esc_quiet", "channel-unique", "", ""}, // of one that is restricted
		{"channel", "esc_northwind", "channel-unique", "", ""},
		{"product-dri", "okhan", "product-dri-level", "", ""},
		{"csm", "somebody", "", `"somebody" is nobody of the directory: write a handle or a name of people.yaml`, ""},
		{"due", "2026-01-01", "", "2026-01-01 is over: today is 2026-11-24", ""},
		{"meeting-notes", "notes", "", `"notes" is no link: write all of it, such as https://docs.example.com/notes`, ""},
		{"visibility", "restricted", "public-channel", "", ""},
	} {
		a := ask(given(tc.question, tc.answer))
		q := question(t, a, tc.question)
		if got := rules(q.Findings); got != tc.rules || q.Wrong != tc.wrong {
			t.Errorf("%s %s: it says %q and %q, want %q and %q", tc.question, tc.answer, got, q.Wrong, tc.rules, tc.wrong)
		}
		if a.Ready != (tc.question == "visibility") { // a warning stops nothing
			t.Errorf("%s %s: ready: %v", tc.question, tc.answer, a.Ready)
		}
		fix := ""
		for _, f := range q.Findings {
			if f.Fix != nil {
				fix = f.Fix.Answer
				if again := question(t, ask(given(tc.question, f.Fix.Answer)), tc.question); len(again.Findings) > 0 {
					t.Errorf("%s: the fix %q leaves %s", tc.question, fix, rules(again.Findings))
				}
			}
		}
		if fix != tc.fix {
			t.Errorf("%s %s: the fix is %q, want %q", tc.question, tc.answer, fix, tc.fix)
		}
	}
	// Another open one of the customer is named, and its facts are proposed.
	a := ask(given("customer", "northwind traders", "csm", ""))
	if len(a.Notes) != 1 || !strings.Contains(a.Notes[0], "2026/northwind (high)") || !strings.Contains(a.Text, "related: [2026/northwind]\n") {
		t.Errorf("of the other one it says %q, and the file\n%s", a.Notes, a.Text)
	}
	if q := question(t, a, "csm"); !slices.Equal(q.Proposed, []string{"jdoe"}) {
		t.Errorf("as CSM it proposes %q", q.Proposed)
	}
	// While answers are missing, what is there is shown, and nothing is said of the rest.
	a = ask(map[string][]string{"customer": {"Fabrikam"}, "csm": {"jdoe"}, "channel": {"x"}})
	if a.Ready || len(a.Findings) > 0 || !strings.Contains(a.Text, "customer: Fabrikam\n") || strings.Contains(a.Text, `""`) || a.DRI == nil || a.Send != nil || len(a.Missing) < 5 {
		t.Errorf("of two answers it makes %+v", a)
	}
	for _, q := range a.Questions {
		if got := rules(q.Findings); (got != "") != (q.Name == "channel") {
			t.Errorf("under %s it says %q", q.Name, got)
		}
	}
	// What nobody says, and an id that is taken.
	if a := ask(given("id", "2026/northwind")); a.Ready || len(a.Findings) != 1 || !strings.Contains(a.Findings[0].Message, "there is an escalation 2026/northwind already") {
		t.Errorf("of an id that is taken it says %+v", a.Findings)
	}
	if a := p.ask(compose.Request{Act: "new", Now: at, Given: given()}); a.Ready {
		t.Error("nobody writes it, and it is ready")
	}
}

// The acts on an escalation that there is.
func TestActs(t *testing.T) {
	t.Parallel()
	p := newPage(t, open(t, quiet()), forge)
	ask := func(name string, id schema.ID, all map[string][]string) compose.Answer {
		return p.ask(compose.Request{Act: name, ID: id, By: "jdoe", Now: at, Given: all})
	}
	a := ask("update", "2026/northwind", map[string][]string{"text": {"The load test is booked."}, "to": {"internal", "customer"}})
	if !a.Ready || !strings.Contains(a.Diff, `text: The load test is booked.`) || len(a.Told) == 0 || !strings.HasPrefix(a.Told[0].Head, "Update in #esc_northwind") || !a.Told[0].Channel {
		t.Errorf("an update makes %+v", a)
	}
	if !slices.Contains(a.Counts, "The customer clock now runs until Thu 26 Nov.") {
		t.Errorf("it counts for %q", a.Counts)
	}
	a = ask("severity", "2026/northwind", map[string][]string{"level": {"critical"}, "why": {"They stopped."}, "product-dri": {"mlee"}})
	if q := question(t, a, "product-dri"); a.Ready || rules(q.Findings) != "product-dri-level" {
		t.Errorf("under the Product DRI it says %+v", q)
	}
	a = ask("severity", "2026/northwind", map[string][]string{"level": {"critical"}, "why": {"They stopped."}, "product-dri": {"dpatel"}})
	if !a.Ready {
		t.Errorf("a change of severity makes %+v", a)
	}
	closing := map[string][]string{
		"resolution": {"resolved"}, "outcome": {"positive"}, "met": {"1"}, "summary": {"The queue was split."}, "agreement": {"https://docs.example.com/agreed"}, "sentiment": {"green"},
	}
	if a = ask("close", "2026/northwind", closing); !a.Ready || !strings.Contains(a.Diff, "closure:") {
		t.Errorf("a closing makes %+v", a)
	}
	for id, want := range map[schema.ID]string{
		"2026/hush": "restricted", "2026/nobody": "no such escalation",
	} {
		if a := ask("update", id, nil); !strings.Contains(a.Refused, want) || a.Ready {
			t.Errorf("%s: it is refused with %q, want %q", id, a.Refused, want)
		}
	}
	if a := ask("redact", "2026/northwind", nil); a.Refused == "" {
		t.Error("the page offers what it has no questions for")
	}
	done := newPage(t, open(t, map[string]string{fixture.Northwind: fixture.Edited("", "closure: {at: 2026-11-22T10:00:00Z, by: jdoe, resolution: withdrawn, reason: Twice}\n")}), forge)
	if a := done.ask(compose.Request{Act: "update", ID: "2026/northwind", By: "jdoe", Now: at}); !strings.HasPrefix(a.Refused, "It is closed") {
		t.Errorf("of a closed one it says %q", a.Refused)
	}
}

// It ends in a page of the forge, filled in where that has room and says all of it; else
// in what is to be copied there.
func TestSend(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Every word of this counts. ", 400)
	none, formless, noTemplate := compose.Forge{}, forge, gitLab
	formless.Form, noTemplate.Form = false, false
	const newFile, newOfGitLab = "/acme/escalations/new/main/escalations/2026", "/gitlab/acme/customers/escalations/-/new/main/escalations/2026"
	const issue, issueOfGitLab = "/acme/escalations/issues/new", "/gitlab/acme/customers/escalations/-/issues/new"
	file, fileOfGitLab := map[string]string{"filename": "fabrikam.yaml"}, map[string]string{"file_name": "fabrikam.yaml", "value": ""}
	described := map[string]string{"issue[title]": "Escalation: Fabrikam", "issuable_template": ""}
	for _, tc := range []struct {
		name   string
		forge  compose.Forge
		given  map[string][]string
		page   string
		query  map[string]string
		copies string // the file, the issue, or nothing
	}{
		{"the form", forge, given(), issue, map[string]string{"template": "escalation.yml", "customer": "Fabrikam", "csm": "Jo Doe (jdoe)", "step": "Load test @jdoe 2026-12-01"}, ""},
		{"what the form does not ask", forge, given("visibility", "restricted"), newFile, file, ""},
		{"no form", formless, given(), newFile, file, ""},
		{"too long", forge, given("description", long), newFile, map[string]string{"filename": "fabrikam.yaml", "value": ""}, "file"},
		{"GitLab's template", gitLab, given(), issueOfGitLab, described, ""},
		{"GitLab's template, too long", gitLab, given("description", long), issueOfGitLab, described, "issue"},
		{"what the template does not ask", gitLab, given("visibility", "restricted"), newOfGitLab, fileOfGitLab, "file"},
		{"what GitLab would carry out", gitLab, given("ask", "One engineer.\n/close"), newOfGitLab, fileOfGitLab, "file"},
		{"no template", noTemplate, given(), newOfGitLab, fileOfGitLab, "file"},
		{"nobody knows where", none, given(), "", nil, "file"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			tr := open(t, nil)
			a := newPage(t, tr, tc.forge).ask(compose.Request{Act: "new", By: "jdoe", Now: at, Given: tc.given})
			if a.Send == nil {
				t.Fatalf("it is not ready: %+v", a)
			}
			u, err := url.Parse(a.Send.URL)
			if err != nil || u.Path != tc.page || len(a.Send.URL) > 8000 || !strings.HasPrefix(a.Send.URL, tc.forge.Server) {
				t.Errorf("it opens %q, %v", a.Send.URL, err)
			}
			for key, want := range tc.query {
				if got := u.Query().Get(key); got != want {
					t.Errorf("%s is %q, want %q", key, got, want)
				}
			}
			if u.Query().Has("filename") && tc.copies == "" && u.Query().Get("value") != a.Text {
				t.Errorf("the new file is\n%s", u.Query().Get("value"))
			}
			described, is := u.Query().Get("issue[description]"), ""
			switch {
			case a.Send.Copy == a.Text:
				is = "file"
			case tc.copies == "issue":
				described, is = a.Send.Copy, "issue"
			case a.Send.Copy != "":
				t.Errorf("it copies %q", a.Send.Copy)
			}
			if is != tc.copies {
				t.Errorf("it copies the %q, want %q", is, tc.copies)
			}
			if tc.page != issueOfGitLab {
				return
			}
			// What stands in the issue is what was answered, and GitLab labels it.
			issue := form.New(&act.Case{Tree: tr, By: "jdoe", At: at}).Read(described)
			if got := issue.Given["customer"]; len(issue.Problems) > 0 || !slices.Equal(got, []string{"Fabrikam"}) || !strings.HasSuffix(described, "\n/label ~escalation-request\n") {
				t.Errorf("the issue is read as %+v:\n%s", issue, described)
			}
		})
	}
	for _, tc := range []struct {
		forge                       compose.Forge
		says, search, edit, tracked string
	}{
		{forge: forge, says: "/update customer The test is booked.", tracked: "https://github.example.com/acme/escalations/issues/7",
			search: "https://github.example.com/acme/escalations/issues?q=is%3Aissue+is%3Aopen+in%3Atitle%2Cbody+%222026%2Fnorthwind%22",
			edit:   "https://github.example.com/acme/escalations/edit/main/escalations/2026/northwind.yaml"},
		{forge: gitLab, says: "/esc update customer The test is booked.", tracked: "https://git.example.com/gitlab/acme/customers/escalations/-/issues/7",
			search: "https://git.example.com/gitlab/acme/customers/escalations/-/issues?search=2026%2Fnorthwind&state=opened",
			edit:   "https://git.example.com/gitlab/acme/customers/escalations/-/edit/main/escalations/2026/northwind.yaml"},
	} {
		p := newPage(t, open(t, nil), tc.forge)
		update := compose.Request{Act: "update", ID: "2026/northwind", By: "jdoe", Now: at, Given: map[string][]string{"text": {"The test is booked."}, "to": {"customer"}}}
		if s := p.ask(update).Send; s == nil || s.Copy != tc.says || s.URL != tc.search {
			t.Errorf("an update gets there by %+v", s)
		}
		f := p.files["2026/northwind"]
		f.Tracking = compose.Tracked([]notice.Notice{{Do: notice.OpenIssue, State: notice.Void, URL: tc.forge.Server + "/old"}, {Do: notice.OpenIssue, State: notice.Done, URL: tc.tracked}, {Do: notice.Tell, URL: "https://x.example.com"}})
		p.files["2026/northwind"] = f
		if s := p.ask(update).Send; s == nil || s.URL != tc.tracked {
			t.Errorf("where the tracking issue is known, it gets there by %+v", s)
		}
		// A text that a comment would take for something else goes as a file, and so does
		// what the forge itself would carry out.
		for _, text := range []string{"Two things:\n" + comment.On(ci.Platform(tc.forge.Platform)).Written("close") + "\nresolution: resolved", "Two things:\n/close\nresolution: resolved"} {
			update.Given = map[string][]string{"text": {text}}
			if s := p.ask(update).Send; s == nil || !strings.HasPrefix(s.Copy, "# yaml") || s.URL != tc.edit {
				t.Errorf("a text with a command in it gets there by %+v", s)
			}
		}
		if s := p.ask(compose.Request{Act: "update", ID: "2026/northwind", By: "jdoe", Now: at, Given: map[string][]string{"text": {"x"}}}).Send; s == nil || len(comment.On(ci.Platform(tc.forge.Platform)).Read(s.Copy).Commands) != 1 {
			t.Errorf("an update of a letter gets there by %+v", s)
		}
	}
}

// What is judged by itself is judged as lint judges it: what people get wrong, and the
// files of e2e on which the editor and ajv agree.
func TestJudge(t *testing.T) {
	t.Parallel()
	check := checker(t)
	people, err := os.ReadFile("../../e2e/testdata/agree/people.yaml")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]map[string]string{}
	for kind, path := range map[string]string{"": "escalations/2026/sample.yaml", "people/": tree.PeoplePath, "policy/": tree.PolicyPath} {
		for _, sort := range []string{"right", "wrong"} {
			names, err := filepath.Glob("../../e2e/testdata/agree/" + kind + sort + "/*.yaml")
			if err != nil || len(names) == 0 {
				t.Fatal(names, err)
			}
			for _, name := range names {
				text, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				files := map[string]string{tree.PeoplePath: string(people)}
				files[path] = string(text)
				all[name] = files
			}
		}
	}
	var mistakes []struct{ Name, Replace, By string }
	data, err := os.ReadFile("../lint/testdata/mistakes/mistakes.json")
	if err == nil {
		err = json.Unmarshal(data, &mistakes)
	}
	base, readErr := os.ReadFile("../lint/testdata/mistakes/base.yaml")
	directory, dirErr := os.ReadFile("../../escalations/people.yaml")
	if err := errors.Join(err, readErr, dirErr); err != nil {
		t.Fatal(err)
	}
	for _, m := range mistakes {
		all[m.Name] = map[string]string{tree.PeoplePath: string(directory), "escalations/2026/contoso.yaml": strings.Replace(string(base), m.Replace, m.By, 1)}
	}
	for name, files := range all {
		got, err := compose.Judge(check, compose.Tried{Files: files})
		if err != nil {
			t.Fatal(err)
		}
		as := fstest.MapFS{}
		for path, text := range files {
			as[path] = &fstest.MapFile{Data: []byte(text)}
		}
		tr, err := tree.Open(fs.FS(as), check)
		if err != nil {
			t.Fatal(err)
		}
		var said, want []string
		for _, f := range got {
			said = append(said, fmt.Sprintf("%s:%d:%d %s %s %s", f.Path, f.Line, f.Column, f.Level, f.Rule, f.Cites))
		}
		for _, f := range lint.Run(tr, rule.All()).Findings {
			want = append(want, fmt.Sprintf("%s:%d:%d %s %s %s", f.Path, f.Line, f.Column, f.Level, f.Rule, f.Cites))
		}
		if !slices.Equal(said, want) {
			t.Errorf("%s: it says %q, want %q", name, said, want)
		}
		if strings.Contains(name, "/wrong/") && len(said) == 0 {
			t.Errorf("%s: nothing is wrong with it", name)
		}
	}
}

// Each example of a rule breaks it, and heals.
func TestExamples(t *testing.T) {
	t.Parallel()
	check := checker(t)
	shown := 0
	for _, r := range rule.All().Rules() {
		x, ok := compose.ExampleOf(r.Name)
		if !ok || x.Summary == "" || x.Why == "" || x.Wrong == nil && x.Note == "" {
			t.Fatalf("%s: %+v", r.Name, x)
		}
		if x.Wrong == nil {
			continue
		}
		shown++
		found, err := compose.Judge(check, *x.Wrong)
		if err != nil || len(found) != 1 || found[0].Rule != r.Name || len(x.Shown) == 0 {
			t.Errorf("%s: the wrong one says %+v, %v; shown is %q", r.Name, found, err, x.Shown)
			continue
		}
		if found[0].Fix != nil {
			healed := compose.Tried{Files: maps.Clone(x.Wrong.Files), Before: x.Wrong.Before}
			healed.Files[found[0].Path] = found[0].Fix.Text
			if left, err := compose.Judge(check, healed); err != nil || len(left) > 0 {
				t.Errorf("%s: its fix leaves %+v, %v", r.Name, left, err)
			}
		}
		if x.Right != nil {
			left, err := compose.Judge(check, *x.Right)
			left = slices.DeleteFunc(left, func(f compose.Finding) bool { return f.Rule == "case-pending" && r.Name != f.Rule })
			if err != nil || len(left) > 0 {
				t.Errorf("%s: the right one says %+v, %v", r.Name, left, err)
			}
		}
	}
	if _, ok := compose.ExampleOf("wrong-dri"); ok || shown < 40 {
		t.Errorf("%d examples", shown)
	}
}

// What cannot be seen in a text is shown, whatever it stands in.
func TestHidden(t *testing.T) {
	t.Parallel()
	const hidden = "a\u202eb\u200bc\x1b[31md"
	p := newPage(t, open(t, map[string]string{"escalations/2026/zava.yaml": fixture.Edited("Northwind Traders", "Zava", "", "channel: esc_zava\n")}), forge)
	all := given("summary", hidden, "description", hidden+"\n\n"+hidden, "customer", "Zava "+hidden, "ask", hidden, "criterion", hidden, "step", hidden, "csm", hidden)
	for _, a := range []compose.Answer{
		p.ask(compose.Request{Act: "new", By: "jdoe", Now: at, Given: all}),
		p.ask(compose.Request{Act: "update", ID: "2026/northwind", By: "jdoe", Now: at, Given: map[string][]string{"text": {hidden}}}),
	} {
		a.Text, a.Diff, a.Send = "", "", nil // these are the bytes themselves
		data, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(string(data), "\u202e\u200b") || strings.Contains(string(data), `\u001b`) {
			t.Errorf("what cannot be seen is in %s", data)
		}
	}
}

// Beside a thousand others, an answer takes as long as beside none.
func BenchmarkAnswer(b *testing.B) {
	w := compose.Of(open(b, nil), false, forge)
	for i := range 1000 {
		id := schema.ID(fmt.Sprintf("2025/customer-%d", i))
		w.Escalations = append(w.Escalations, compose.Digest{ID: id, Customer: schema.Text(fmt.Sprintf("Customer %d", i)), Severity: "low", Channel: schema.ChannelName(fmt.Sprintf("esc_customer-%d", i))})
	}
	c, err := compose.New(w)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if a := c.Answer(compose.Request{Act: "new", By: "jdoe", Now: at, Given: given()}); !a.Ready {
			b.Fatal(a.Findings)
		}
	}
}
