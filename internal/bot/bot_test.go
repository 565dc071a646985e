package bot

import (
	"context"
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unicode/utf8"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/comment"
	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/draft"
	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/forge/forgetest"
	"github.com/escalations-as-code/escalate/internal/form"
	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/github"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/ledger/ledgertest"
	"github.com/escalations-as-code/escalate/internal/lint"
	"github.com/escalations-as-code/escalate/internal/marker"
	"github.com/escalations-as-code/escalate/internal/session"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/tracking"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// bench is a bot at a forge, without git: what it commits cannot be tried here.
type bench struct {
	*testing.T
	*forgetest.GitHub
	*Bot
	now time.Time
}

// jo is a CSM of the directory.
var jo = forge.Author{ID: 7, Login: "JoDoe"}

// newBench has the tree of the fixture, with files over it.
func newBench(t *testing.T, files map[string]string) *bench {
	t.Helper()
	check, err := shape.NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	all := fstest.MapFS{
		fixture.Northwind: {Data: []byte(fixture.Read(fixture.Northwind))},
		fixture.People:    {Data: []byte(strings.Replace(fixture.Read(fixture.People), "rking: {name: Robin King,", "rking: {name: Robin King, github: rking,", 1))},
	}
	for name, text := range files {
		all[name] = &fstest.MapFile{Data: []byte(text)}
	}
	tr, err := tree.Open(all, check)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{T: t, GitHub: forgetest.NewGitHub(t), now: time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)}
	b.GitHub.Now = func() time.Time { return b.now }
	b.Store.Me = forgetest.App
	b.Viewer = forgetest.App.Login
	r, err := github.New(github.Config{
		API: b.API, GraphQL: b.GraphQL, Repository: "acme/escalations", Token: "token", UserAgent: "test", Now: b.GitHub.Now, Wait: func(context.Context, time.Duration) error { return nil }, Says: func(string) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	remote := ledgertest.NewRemote()
	book, err := ledger.OpenBook(fstest.MapFS{})
	if err != nil {
		t.Fatal(err)
	}
	book.Begin()
	begun, err := book.Written()
	if err != nil {
		t.Fatal(err)
	}
	remote.Branches[ledger.Name] = remote.Commit("", begun)
	branch, err := ledger.Open(t.Context(), &ledgertest.Clone{Remote: remote, Named: "main"}, "origin")
	if err != nil {
		t.Fatal(err)
	}
	b.Bot = &Bot{
		Forge: r, Checks: r, Talk: tracking.New(r, tr.People, marker.Keys{}), Ledger: branch,
		Clone: &Clone{Branch: "main", Repo: &git.Repo{}, Tip: &session.Commit{Tree: tr}},
		Judge: func(_ context.Context, base *session.Commit) Judge {
			return func(path string, data []byte) (draft.Draft, error) {
				return draft.Of(lint.Base{Tree: base.Tree}, path, data, b.now, nil), nil
			}
		},
		CommitURL: func(string) string { return "" }, Still: func() error { return nil }, Now: b.GitHub.Now, answers: map[forge.Thread]map[string]string{},
	}
	return b
}

// listing is a forge whose list of comments is given.
type listing struct {
	Forge
	list []forge.Comment
}

func (l listing) CommentsSince(context.Context, time.Time) iter.Seq2[forge.Comment, error] {
	return func(yield func(forge.Comment, error) bool) {
		for _, c := range l.list {
			if !yield(c, nil) {
				return
			}
		}
	}
}

// What people wrote beside commands counts, too: reading goes on from there where that
// is much, or else it would never come to what stands behind the most that one run reads.
func TestMuchIsWrittenDown(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	var list []forge.Comment
	for i := range most + 1 {
		list = append(list, forge.Comment{ID: int64(i), Issue: 1, Body: "The test is booked.", Author: jo, Created: b.now.Add(time.Duration(i) * time.Second), Updated: b.now.Add(time.Duration(i) * time.Second)})
	}
	list[most].Body = "/update Booked."
	b.Bot.Forge = listing{b.Bot.Forge, list}
	w := Work{since: b.now.Add(-time.Hour)}
	if err := b.comments(t.Context(), &w); err != nil || len(w.Comments) != 0 {
		t.Fatalf("%d comments, %v", len(w.Comments), err)
	}
	if w.None() {
		t.Fatal("there is nothing to do, and the next run reads the same")
	}
	if _, err := b.Do(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	if heard, err := b.Bot.heard(t.Context()); err != nil || !heard.Comments.After(b.now) {
		t.Errorf("it is heard up to %v, %v", heard.Comments, err)
	}
	b.Bot.Forge = listing{b.Bot.Forge, list[:20]}
	if w := (Work{since: b.now.Add(-time.Hour)}); b.comments(t.Context(), &w) != nil || !w.None() {
		t.Error("a few comments are something to do")
	}
}

// Of a comment that is listed twice, the newer counts, however many there are.
func TestListedTwice(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	var list []forge.Comment
	for range 2 {
		for i := range 40 {
			list = append(list, forge.Comment{ID: int64(i), Issue: 1, Body: fmt.Sprintf("/update %d as it was", i), Author: jo, Created: b.now, Updated: b.now})
		}
	}
	for i := range list[40:] {
		list[40+i].Body = "/update As it is."
	}
	b.Open(forgetest.App, "")
	b.Bot.Forge = listing{b.Bot.Forge, list}
	var w Work
	if err := b.comments(t.Context(), &w); err != nil || len(w.Comments) != 40 {
		t.Fatalf("%d comments, %v", len(w.Comments), err)
	}
	for _, c := range w.Comments {
		if c.Body != "/update As it is." {
			t.Errorf("%d: %s", c.ID, c.Body)
		}
	}
}

// A thread that somebody deleted by now holds back no other.
func TestGoneBetween(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.Open(forgetest.App, "").Deleted = true
	b.Open(forgetest.App, "")
	var list []forge.Comment
	for i := range 2 {
		list = append(list, forge.Comment{ID: int64(i), Issue: i + 1, Body: "/update All is well.", Author: jo, Created: b.now, Updated: b.now})
	}
	b.Bot.Forge = listing{b.Bot.Forge, list}
	var w Work
	if err := b.comments(t.Context(), &w); err != nil || len(w.Comments) != 1 || w.Comments[0].Issue != 2 {
		t.Fatalf("%+v, %v", w.Comments, err)
	}
	if says, err := b.comment(t.Context(), list[0]); says != "" || err != nil {
		t.Errorf("%q, %v", says, err)
	}
}

// After a comment that fails, those behind it on its thread wait, and those of others do
// not: or the severity that was asked for first would be the one that counts.
func TestFailedHoldsBackItsThread(t *testing.T) {
	t.Parallel()
	var list []forge.Comment
	for i, issue := range []int{1, 1, 2, 1, 2} {
		list = append(list, forge.Comment{ID: int64(i), Issue: issue})
	}
	var done, waited []int64
	if inOrder(list, func(c forge.Comment, waits bool) (fails, stop bool) {
		if waits {
			waited = append(waited, c.ID)
			return false, false
		}
		done = append(done, c.ID)
		return c.ID == 1, false
	}) {
		t.Error("nothing stops it, and it stopped")
	}
	if !slices.Equal(done, []int64{0, 1, 2, 4}) || !slices.Equal(waited, []int64{3}) {
		t.Errorf("done %v, waited %v", done, waited)
	}
	last := int64(-1)
	if !inOrder(list, func(c forge.Comment, _ bool) (fails, stop bool) {
		last = c.ID
		return true, c.ID == 2
	}) || last != 2 {
		t.Errorf("it is stopped at 2, and goes on to %d", last)
	}
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	for age, want := range map[time.Duration]bool{0: true, 23 * time.Hour: true, 24 * time.Hour: false} {
		if got := holdsBack(forge.Comment{Updated: now.Add(-age)}, now); got != want {
			t.Errorf("after %s it holds back: %v", age, got)
		}
	}
}

// A comment that was edited after its answer: said so, once; also where it has no command
// any more. What asked for nothing before is asked for now.
func TestEditedAfter(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.Open(forgetest.App, "")
	on := forge.Thread{Number: 1}
	unanswered := func() []forge.Comment {
		t.Helper()
		b.answers = map[forge.Thread]map[string]string{}
		var w Work
		if err := b.comments(t.Context(), &w); err != nil {
			t.Fatal(err)
		}
		return w.Comments
	}
	c := b.Say(jo, on, "/update All is well.")
	if err := b.say(t.Context(), on, answerKey(c.Comment), "Done: update.\n\n"+readAs(c.Body)); err != nil {
		t.Fatal(err)
	}
	if list := unanswered(); len(list) != 0 {
		t.Fatalf("it is answered, and to be handled: %+v", list)
	}
	for _, body := range []string{"/update All is lost.", "All is lost."} {
		b.now = b.now.Add(time.Minute)
		c.Body, c.Updated = body, b.now
		list := unanswered()
		if len(list) != 1 {
			t.Fatalf("%q: %+v", body, list)
		}
		if _, err := b.comment(t.Context(), list[0]); err != nil {
			t.Fatal(err)
		}
		if bodies := b.Bodies(on); len(bodies) != 2 || strings.Count(bodies[1], "That changes nothing") != 1 || !strings.HasPrefix(bodies[1], "Done: update.") {
			t.Errorf("%q: %q", body, bodies)
		}
		if list := unanswered(); len(list) != 0 {
			t.Errorf("%q: it is said, and to be handled: %+v", body, list)
		}
	}
	b.Say(jo, on, "Nothing.").Updated = b.now.Add(time.Minute)
	if list := unanswered(); len(list) != 0 {
		t.Errorf("what asks for nothing is to be handled: %+v", list)
	}
}

// Whoever pastes our marker answers nothing; nor does another bot that repeats it.
func TestForgedAnswers(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.Open(forgetest.App, "")
	on := forge.Thread{Number: 1}
	c := b.Say(jo, on, "/update All is well.")
	for _, by := range []forge.Author{forgetest.Stranger, jo, forgetest.OtherApp} {
		b.Say(by, on, fmt.Sprintf("Done.\n<!-- escalate: answer %d --><!-- escalate: request -->\n%s", c.ID, readAs(c.Body)))
	}
	if kept, err := b.Bot.kept(t.Context(), on); err != nil || len(kept) != 0 {
		t.Fatalf("%v, %v", kept, err)
	}
	var w Work
	if err := b.comments(t.Context(), &w); err != nil || !slices.ContainsFunc(w.Comments, func(x forge.Comment) bool { return x.ID == c.ID }) {
		t.Errorf("it is not to be handled: %+v, %v", w.Comments, err)
	}
}

// What bots write is no command.
func TestBotsAskForNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.Open(forgetest.App, "")
	b.Say(forgetest.OtherApp, forge.Thread{Number: 1}, "/update All is well.")
	b.Say(forgetest.App, forge.Thread{Number: 1}, "/update All is well.")
	var w Work
	if err := b.comments(t.Context(), &w); err != nil || len(w.Comments) != 0 {
		t.Errorf("%+v, %v", w.Comments, err)
	}
}

// Where nobody can tell who may do what, nothing is done.
func TestMisreadPolicy(t *testing.T) {
	t.Parallel()
	for file, text := range map[string]string{tree.PolicyPath: "bot: {commands: [", tree.PeoplePath: "people: [x"} {
		b := newBench(t, map[string]string{file: text})
		if err := b.Clone.legible(); err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("%s has errors: %v", file, err)
		}
	}
	if err := newBench(t, nil).Clone.legible(); err != nil {
		t.Error(err)
	}
}

// A proposal whose check fails is not merged, whatever its severity.
func TestMergeNeedsTheCheck(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.Clone.Tip.Policy.Bot.Merge = []schema.Severity{schema.Critical}
	p := b.Store.Propose(forgetest.App, "escalate/request-1", "0123456789abcdef")
	for _, passed := range []bool{false, true} {
		says, err := b.merge(t.Context(), opening{severity: schema.Critical}, p.Change, p.Commit, "[#1](x)", passed)
		if err != nil || p.Merged != passed || strings.HasPrefix(says, proposed) == passed {
			t.Errorf("passed %v: merged %v, %q, %v", passed, p.Merged, says, err)
		}
	}
}

// Who asked for an escalation and has left: what is proposed stays as it is said.
func TestAuthorLeft(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	i := b.Open(forgetest.Stranger, "### Which customer is it?\n\nFabrikam", form.Label)
	on := forge.Thread{Number: 1}
	if err := b.say(t.Context(), on, requestKey, proposed+"[#2](x)."); err != nil {
		t.Fatal(err)
	}
	if stands, err := b.stands(t.Context(), i.Issue, "0123456789abcdef"); !stands || err != nil {
		t.Errorf("it does not stand: %v", err)
	}
	if says, err := b.request(t.Context(), i.Issue); says != "" || err != nil || !strings.HasPrefix(b.Bodies(on)[0], proposed) {
		t.Errorf("%q, %v: %q", says, err, b.Bodies(on))
	}
}

// A comment has as many commands as a run has time for, and an answer has room.
func TestBounds(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.Open(forgetest.App, "")
	c := b.Say(jo, forge.Thread{Number: 1}, strings.Repeat("/met 1\n", mostCommands+1))
	text, _, err := b.carried(t.Context(), c.Comment, about{id: "2026/northwind", path: fixture.Northwind})
	if err != nil || !strings.Contains(text, "none of them is done") {
		t.Errorf("%q, %v", text, err)
	}
	read := comment.On(ci.GitHub).Read("/severity " + strings.Repeat("é\u202e", 20_000) + "\n/product-dri @x because " + strings.Repeat("@jodoe ", 5_000) + "\n/case " + strings.Repeat("`", 50_000))
	_, deeds, err := Carry(b.Clone.Tip.Tree, fixture.Northwind, read.Commands, Asked{Dialect: comment.On(ci.GitHub), By: "jdoe", At: b.now, Now: b.now}, b.Judge(t.Context(), b.Clone.Tip))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range deeds {
		if d.Done() || len(d.Why) > 10_000 {
			t.Errorf("/%s is answered by %d bytes: %.300q", d.Command.Name, len(d.Why), d.Why)
		}
	}
	if got := b.fitting(strings.Repeat("é", 70_000)); utf8.RuneCountInString(got) > b.Forge.Traits().MaxBody-400 {
		t.Errorf("an answer has %d characters", utf8.RuneCountInString(got))
	}
}

// A pull request that takes the file away has nothing to be changed.
func TestFileTakenAway(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	of := about{id: "2026/gone", path: "escalations/2026/gone.yaml"}
	_, deeds, err := b.carryChange(t.Context(), b.Clone.Tip, of, comment.On(ci.GitHub).Read("/update x\n/met 1").Commands, Asked{Dialect: comment.On(ci.GitHub), By: "jdoe", At: b.now, Now: b.now})
	if err != nil || len(deeds) != 2 || deeds[0].Done() || !strings.Contains(deeds[1].Why, "takes the file away") {
		t.Errorf("%+v, %v", deeds, err)
	}
}

// What a thread is about, and why nothing can be done there.
func TestAboutChange(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	for name, x := range map[string]struct {
		files  []string
		change func(*forgetest.Proposal)
		why    string
		path   string
	}{
		"one escalation":  {[]string{fixture.Northwind, "README.md"}, func(*forgetest.Proposal) {}, "", fixture.Northwind},
		"of a fork":       {[]string{fixture.Northwind}, func(p *forgetest.Proposal) { p.Fork = true }, "another repository", ""},
		"merged":          {[]string{fixture.Northwind}, func(p *forgetest.Proposal) { p.Open, p.Merged = false, true }, "It is merged", ""},
		"declined":        {[]string{fixture.Northwind}, func(p *forgetest.Proposal) { p.Open = false }, "without being merged", ""},
		"another base":    {[]string{fixture.Northwind}, func(p *forgetest.Proposal) { p.Base = "next" }, "not for the branch", ""},
		"two escalations": {[]string{fixture.Northwind, "escalations/2026/fabrikam.yaml"}, func(*forgetest.Proposal) {}, "several escalations", ""},
		"a renamed file":  {[]string{fixture.Northwind + " -> escalations/2026/north.yaml"}, func(*forgetest.Proposal) {}, "several escalations", ""},
	} {
		p := b.Store.Propose(jo, "a-branch", "0123456789abcdef", x.files...)
		x.change(p)
		of, err := b.about(t.Context(), forge.Thread{Number: p.Number, ChangeRequest: true})
		if err != nil || of == nil || of.path != x.path || !strings.Contains(of.why, x.why) || (x.why == "") != (of.why == "") {
			t.Errorf("%s: %+v, %v", name, of, err)
		}
	}
	p := b.Store.Propose(jo, "a-branch", "0123456789abcdef", "README.md", "escalations/people.yaml")
	if of, err := b.about(t.Context(), forge.Thread{Number: p.Number, ChangeRequest: true}); of != nil || err != nil {
		t.Errorf("of no escalation: %+v, %v", of, err)
	}
	c := b.Say(forgetest.Stranger, forge.Thread{Number: 1}, "/update Buy this.")
	if text, _, err := b.carried(t.Context(), c.Comment, about{why: "It is merged."}); err != nil || !strings.Contains(text, "people directory") {
		t.Errorf("a stranger is told %q, %v", text, err)
	}
}

// A command takes the role that the policy asks for; lowering has a name of its own.
func TestMay(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{tree.PolicyPath: "bot: {commands: {close: {may: [csm_manager]}, lower: {may: [csm_leader, vp_sales]}}}\n"})
	e := b.Clone.Tip.Load(fixture.Northwind)
	for body, who := range map[string][2]bool{ // jdoe, rking
		"/close\nresolution: resolved": {false, true}, "/severity low because x": {false, true}, "/severity LOW\nx": {false, true}, "/severity lo because x": {false, true},
		"/severity critical because x": {true, true}, "/severity high because x": {true, true}, "/update x": {true, true},
	} {
		x := comment.On(ci.GitHub).Read(body).Commands[0]
		for n, by := range []schema.Handle{"jdoe", "rking"} {
			if why := b.may(called(x, e), by); (why == "") != who[n] {
				t.Errorf("%q by %s: %q", body, by, why)
			}
		}
	}
	if why := b.may("lower", "jdoe"); !strings.Contains(why, "`csm_leader` or `vp_sales`") {
		t.Error(why)
	}
}

// What is joined to another command is asked for, too: nobody names a Product DRI by
// adding a severity who may not name one.
func TestMayJoined(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{tree.PolicyPath: "bot: {commands: {product-dri: {may: [csm_manager]}, criterion: {pull_request: true}, step: {may: [csm_leader], pull_request: true}, met: {may: [csm_leader]}}}\n"})
	of := about{id: "2026/northwind", path: fixture.Northwind}
	e := b.Clone.Tip.Load(of.path)
	for body, want := range map[string]struct {
		refused, reviewed string // the commands, by their numbers
	}{
		"/severity critical because x":                                {"", ""},
		"/severity critical because x\n/product-dri @dpatel":          {"0", ""},
		"/product-dri @dpatel\n/severity critical because x":          {"0", ""},
		"/severity critical because x\n/criterion It is over":         {"", "1"},
		"/reopen because x\n/criterion It is over":                    {"", "0"},
		"/reopen because x\n/step Look @jodoe friday":                 {"0", "0"},
		"/reopen because x\n/criterion It is over\n/step Look @jodoe": {"0", "0"},
		"/reopen because x":                                           {"", ""},
		"/close\nresolution: resolved":                                {"", "0"},
		"/close\nresolution: resolved\nmet: 1":                        {"0", "0"},
	} {
		list := comment.On(ci.GitHub).Read(body).Commands
		a := &answer{}
		allowed := b.allowed(a, of, list, Asked{By: "jdoe"})
		refused, reviewed := "", ""
		for n, x := range list {
			if !slices.ContainsFunc(allowed, func(y comment.Command) bool { return x.Name == y.Name }) {
				refused += fmt.Sprint(n)
			}
			if b.reviewed(x, e) {
				reviewed += fmt.Sprint(n)
			}
		}
		if refused != want.refused || reviewed != want.reviewed {
			t.Errorf("%q: %q refused, %q reviewed: %q", body, refused, reviewed, a.lines)
		}
		if _, deeds, err := b.carryChange(t.Context(), b.Clone.Tip, of, list, Asked{Dialect: comment.On(ci.GitHub), By: "jdoe", At: b.now, Now: b.now}); err != nil || refused != "" && deeds[0].Done() {
			t.Errorf("%q on a pull request: %+v, %v", body, deeds, err)
		}
		if refused != "" && !strings.Contains(a.lines[0], "` belongs to it. It needs somebody who is `") {
			t.Errorf("%q: %q", body, a.lines)
		}
	}
}

// What fails for ever is read again by itself, and the rest of the reading goes on: with
// each run it would be more else.
func TestFailureIsRemembered(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	begin := b.now
	b.Open(forgetest.App, "")
	b.Open(forgetest.App, "")
	on := forge.Thread{Number: 1}
	b.Say(jo, on, "/update It was before there was a bot.")
	b.now = b.now.Add(time.Minute)
	bad := b.Say(jo, on, "/update It cannot be done.")
	failed := []ledger.Thread{{Number: 1, Since: bad.Updated}}
	for range 3 {
		b.now = b.now.Add(24 * time.Hour)
		w := Work{since: begin, heard: b.now}
		h, changes := w.reading(failed)
		if !changes || !h.Comments.Equal(b.now.Add(-overlap)) || len(h.Again) != 1 {
			t.Fatalf("it is read up to %s, and again %+v", h.Comments, h.Again)
		}
		b.Say(jo, forge.Thread{Number: 2}, "All of the others go on.")
		b.Forget()
		w = Work{since: h.Comments, again: h.Again}
		if err := b.comments(t.Context(), &w); err != nil || len(w.Comments) != 1 || w.Comments[0].ID != bad.ID || w.Comments[0].Issue != 1 {
			t.Fatalf("%+v, %v", w.Comments, err)
		}
		if w.read != 1 || len(b.Asked()) > 5 {
			t.Errorf("%d comments are read by %q", w.read, b.Asked())
		}
		if w.None() {
			t.Error("there is nothing to do, and something failed")
		}
	}
	// It is answered, and remembered no more; nor is what is gone.
	if err := b.say(t.Context(), on, answerKey(bad.Comment), "Done.\n\n"+readAs(bad.Body)); err != nil {
		t.Fatal(err)
	}
	w := Work{since: b.now, again: append(failed, ledger.Thread{Number: 7, Since: begin})}
	if _, _, err := b.issues(t.Context(), &w); err != nil {
		t.Fatal(err)
	}
	if err := b.comments(t.Context(), &w); err != nil || len(w.Comments) != 0 {
		t.Fatalf("%+v, %v", w.Comments, err)
	}
	if _, err := b.Do(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	if h, err := b.Bot.heard(t.Context()); err != nil || len(h.Again) != 0 || !h.Comments.Equal(b.now) {
		t.Errorf("%+v, %v", h, err)
	}
}

// A request that fails before it has its label, and a tick, are found again, too.
func TestFailedIssues(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	f := form.New(&act.Case{Tree: b.Clone.Tip.Tree, At: b.now})
	body := ""
	for _, x := range f.Fields {
		body += "### " + x.Title + "\n\n_No response_\n\n"
	}
	b.Open(jo, body)
	b.Open(jo, body)
	b.Say(jo, forge.Thread{Number: 2}, "This is another.")
	b.Bot.Still = func() error { return nil }
	down := true
	b.Fault = func(op string) forgetest.Fault {
		if down && strings.HasPrefix(op, "make label") {
			return forgetest.Down
		}
		return forgetest.None
	}
	w := Work{since: b.now.Add(-time.Hour), heard: b.now, Requests: []forge.Issue{b.Issues[0].Issue}}
	all, err := b.Do(t.Context(), w)
	if err != nil || len(all) != 1 || all[0].Err == nil {
		t.Fatalf("%+v, %v", all, err)
	}
	h, err := b.Bot.heard(t.Context())
	if err != nil || len(h.Again) != 1 || h.Again[0].Number != 1 || h.Comments.Before(b.now.Add(-time.Hour/2)) {
		t.Fatalf("%+v, %v", h, err)
	}
	down, b.now = false, b.now.Add(24*time.Hour)
	requests, changed, err := b.issues(t.Context(), &Work{since: b.now, again: h.Again})
	if err != nil || len(requests) != 1 || requests[0].Number != 1 || !changed[1] {
		t.Errorf("%+v, %v, %v", requests, changed, err)
	}
}

// However many requests are open, a run asks about those that changed, and of the rest
// about a few; within some hours about each.
func TestManyRequests(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	const many = 1000
	for range many {
		i := b.Open(forgetest.Stranger, "### Which customer is it?\n\nFabrikam", form.Label)
		b.Store.Say(forgetest.App, forge.Thread{Number: i.Number}, b.stranger(forgetest.Stranger)+"\n\n<!-- escalate: request -->")
	}
	b.now = b.now.Add(24 * time.Hour)
	b.Rewrite(forgetest.Stranger, b.Issues[2], "### Which customer is it?\n\nContoso")
	b.GitHub.Requests = nil
	w := Work{since: b.now.Add(-time.Hour)}
	requests, changed, err := b.issues(t.Context(), &w)
	if err != nil || len(requests) != many {
		t.Fatalf("%d requests, %v", len(requests), err)
	}
	if todo, err := b.unsettled(t.Context(), due(requests, changed, b.now), nil); err != nil || len(todo) != 0 {
		t.Fatalf("%d are to be handled, %v", len(todo), err)
	}
	if n, most := len(b.GitHub.Requests), many/100+unchanged+5; n > most {
		t.Errorf("a run makes %d requests, and may make %d", n, most)
	}
	looked := map[int]bool{}
	for range many / unchanged {
		list := due(requests, changed, b.now)
		if len(list) > unchanged+1 || !slices.ContainsFunc(list, func(i forge.Issue) bool { return i.Number == 3 }) {
			t.Errorf("%d are looked at, and not what changed", len(list))
		}
		for _, i := range list {
			looked[i.Number] = true
		}
		b.now = b.now.Add(time.Hour)
	}
	if len(looked) != many {
		t.Errorf("%d of %d are looked at", len(looked), many)
	}
	if list := due(make([]forge.Issue, unchanged), nil, b.now); len(list) != unchanged {
		t.Errorf("of %d, %d are looked at", unchanged, len(list))
	}
}

// Nobody says something in another's name: what somebody else edited before it was
// handled is not done, and an answer says so. Who edits their own says it themselves.
func TestReworded(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.Open(forgetest.App, "")
	on := forge.Thread{Number: 1}
	of := about{id: "2026/northwind", path: fixture.Northwind}
	robin := forge.Author{ID: 8, Login: "rking"}
	for name, x := range map[string]struct {
		by   forge.Author
		want string
	}{
		"a colleague": {robin, "edited by `rking` after `JoDoe`"}, "a stranger": {forgetest.Stranger, "edited by `mallory`"},
		"a program": {forgetest.OtherApp, "edited by `echo[bot]`"}, "who is gone": {forge.Author{}, "somebody whose account is gone"}, "themselves": {jo, ""},
	} {
		c := b.Say(jo, on, "/update All is well.")
		b.now = b.now.Add(time.Minute)
		b.Reword(x.by, c, "/update All is lost.")
		written, why, err := b.reworded(t.Context(), c.Comment)
		if !written.Equal(b.now) {
			t.Errorf("%s: it was written at %s", name, written)
		}
		if err != nil || !strings.Contains(why, x.want) || (why == "") != (x.want == "") || strings.Contains(why, "@") {
			t.Errorf("%s: %q, %v", name, why, err)
		}
		if x.want == "" {
			continue
		}
		if text, says, err := b.carried(t.Context(), c.Comment, of); err != nil || text != why || !strings.Contains(says, "somebody else") {
			t.Errorf("%s: it is answered %q, %q, %v", name, text, says, err)
		}
	}
	b.Forget()
	c := b.Say(jo, on, "/update All is well.")
	if written, why, err := b.reworded(t.Context(), c.Comment); !written.Equal(c.Created) || why != "" || err != nil || len(b.Asked()) > 0 {
		t.Errorf("what nobody edited is asked about: %q, %v, %q", why, err, b.Asked())
	}
	// It was edited again since it was read: a later run reads what it says.
	read := c.Comment
	read.Updated = b.now.Add(time.Second)
	b.now = b.now.Add(time.Minute)
	b.Reword(jo, c, "/update All is lost.")
	if _, why, err := b.reworded(t.Context(), read); why != "" || err == nil {
		t.Errorf("what it says now is not what was read: %q, %v", why, err)
	}
}

// What a colleague edits in a request is theirs; what somebody else does, or nobody who
// is known, opens nothing until whoever opened it looks at it.
func TestRequestReworded(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	i := b.Open(jo, "### Which customer is it?\n\nFabrikam", form.Label)
	by := func() (schema.Handle, string) {
		t.Helper()
		h, why, err := b.editor(t.Context(), i.Issue, "jdoe")
		if err != nil {
			t.Fatal(err)
		}
		return h, why
	}
	if h, why := by(); h != "jdoe" || why != "" || len(b.Asked()) > 0 {
		t.Errorf("nobody edited it: %s, %q, %q", h, why, b.Asked())
	}
	for name, x := range map[string]struct {
		by   forge.Author
		want schema.Handle
		why  string
	}{
		"a colleague": {forge.Author{ID: 8, Login: "rking"}, "rking", ""}, "a stranger": {forgetest.Stranger, "", "edited by `mallory`"},
		"a program": {forgetest.OtherApp, "", "edited by `echo[bot]`"}, "who is gone": {forge.Author{}, "", "somebody whose account is gone"}, "its author": {jo, "jdoe", ""},
	} {
		b.now = b.now.Add(time.Minute)
		b.Rewrite(x.by, i, i.Body+"\n")
		if h, why := by(); h != x.want || !strings.Contains(why, x.why) || (why == "") != (x.why == "") {
			t.Errorf("%s: %s, %q", name, h, why)
		}
	}
	b.now = b.now.Add(time.Minute)
	b.Rewrite(forgetest.Stranger, i, i.Body+"\n")
	_, why := by()
	on := forge.Thread{Number: i.Number}
	if err := b.say(t.Context(), on, requestKey, why); err != nil {
		t.Fatal(err)
	}
	if stands, err := b.stands(t.Context(), i.Issue, ""); !stands || err != nil {
		t.Errorf("it is said, and to be handled: %v", err)
	}
	b.now = b.now.Add(time.Minute)
	b.Rewrite(jo, i, i.Body+"\n")
	if stands, err := b.stands(t.Context(), i.Issue, ""); stands || err != nil {
		t.Errorf("its author looked at it, and nothing is to be handled: %v", err)
	}
}

// An issue of the form that a program opened gets one answer, which says what to do.
func TestRequestOfProgram(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	for _, by := range []forge.Author{forgetest.App, forgetest.OtherApp} { // the one with our own token
		i := b.Open(by, "### Which customer is it?\n\nFabrikam", form.Label)
		on := forge.Thread{Number: i.Number}
		for n := range 2 {
			b.answers = map[forge.Thread]map[string]string{}
			stands, err := b.stands(t.Context(), i.Issue, "")
			if err != nil || stands != (n > 0) {
				t.Fatalf("%s, run %d: it stands: %v, %v", by.Login, n, stands, err)
			}
			if _, err := b.request(t.Context(), i.Issue); err != nil {
				t.Fatal(err)
			}
		}
		if bodies := b.Bodies(on); len(bodies) != 1 || !strings.Contains(bodies[0], "A program opened this issue (`"+by.Login+"`)") || !strings.Contains(bodies[0], "fill in the form yourself") || strings.Contains(bodies[0], "nobody with your account") {
			t.Errorf("%q", bodies)
		}
	}
	if list := b.Open(forgetest.Stranger, ""); b.nobody(list.Author) != b.stranger(forgetest.Stranger) {
		t.Error("a stranger is taken for a program")
	}
}

// The title of a proposal follows an edit of its issue, where nobody gave it another.
func TestRetitle(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	const was, is = "2026/fabrikam: opened, medium", "2026/contoso: opened, high"
	for title, want := range map[string]string{was: is, is: is, "Fabrikam, please look": "Fabrikam, please look"} {
		p := b.Store.Propose(forgetest.App, "escalate/request-1", "0123456789abcdef")
		p.Title = title
		change, err := b.Bot.Forge.Propose(t.Context(), forge.Proposal{Title: is, Head: p.Head, Base: p.Base})
		if err != nil || change.Title != title {
			t.Fatalf("%+v, %v", change, err)
		}
		if err := b.retitle(t.Context(), change, is, func() ([]string, error) { return []string{is, was}, nil }); err != nil || p.Title != want {
			t.Errorf("%q becomes %q, %v", title, p.Title, err)
		}
		p.Open = false
	}
}

// The plan stands on a pull request once: where the token is of an App, which starts the
// ordinary workflow and may set no check, that has both.
func TestPlanOnce(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		viewer string
		fault  forgetest.Fault
		plans  int
	}{
		"a workflow":                     {"github-actions", forgetest.None, 1},
		"a workflow that sets no checks": {"github-actions", forgetest.Forbidden, 1},
		"an App":                         {"acme-bot", forgetest.Forbidden, 0},
		"an App that sets checks":        {"acme-bot", forgetest.None, 1},
		"nobody knows whose":             {"", forgetest.Forbidden, 1},
	} {
		b := newBench(t, nil)
		b.Viewer = x.viewer
		b.Fault = func(op string) forgetest.Fault {
			if strings.HasPrefix(op, "check") {
				return x.fault
			}
			return forgetest.None
		}
		b.Bot.Verdict = func(context.Context, string) (Verdict, error) {
			return Verdict{Passed: true, Plan: destination.Comment{Markdown: "### What merging this announces"}}, nil
		}
		p := b.Store.Propose(forgetest.App, "escalate/comment-1", "0123456789abcdef")
		passed, err := b.verdict(t.Context(), p.Number, p.Commit)
		if n := len(b.Bodies(forge.Thread{Number: p.Number, ChangeRequest: true})); err != nil || !passed || n != x.plans {
			t.Errorf("%s: %d plans, passed %v, %v", name, n, passed, err)
		}
	}
}

// What is said of a command that is not done, and that all of it can be answered by a
// comment.
func TestRefusals(t *testing.T) {
	t.Parallel()
	product := regexp.MustCompile(`(?m)^product:.*\n(?:  .*\n)*`)
	file := product.ReplaceAllString(strings.Replace(fixture.Read(fixture.Northwind), "severity: high", "severity: low", 1), "")
	b := newBench(t, map[string]string{fixture.Northwind: file})
	for body, want := range map[string][]string{
		"/severity low because x": {"**Not done:** `/severity`. The severity is that already."},
		"/severity high because x": {
			"- Is the product part of the problem? ", "(`yes`, `no`) Write it on a line below the command: `product-related: ANSWER`.",
		},
		"/severity high because x\nproduct-related: no":                                      {"- Why is the product no part of it? ", "`product-reason: ANSWER`."},
		"/severity high because x\nproduct-related: yes":                                     {"- Who is the Product DRI from now on? ", "Write it on a line below the command: `/product-dri @login`."},
		"/severity high because x\nproduct-related: no\nproduct-reason: It is their network": {"Done: severity low to high."},
		"/severity high because x\nproduct-related: yes\n/product-dri @dpatel":               {"Done: severity low to high."},
		"/dri @mlee because x":                                           {"- As what? ", "Write it on a line below the command: `as: ANSWER`."},
		"/dri @jodoe because x":                                          {"**Not done:** `/dri`. That is the DRI already."},
		"/severity high because x\n/product-dri @dpatel":                 {"Something is missing:\n- Is the product part of the problem? ", "`product-related: ANSWER`"},
		"/product-dri @dpatel because they know it":                      {"Done: Product DRI dpatel."},
		"/product-dri @dpatel because x\n/product-dri @dpatel because y": {"**Not done:** `/product-dri`. The Product DRI does not change."},
		"/met 1\n/met 1":                                                 {"Which exit criteria are met? It is met already."},
		"/product-dri @dpate because x":                                  {"Who is \"`@dpate`\"? It could be Dina Patel (dpatel)."},
		"/severity high - it stops":                                      {"\"high - it stops\" is none of them", " Write it as `/severity LEVEL because TEXT`."},
		"/step Call them":                                                {"- Until which day? ", "\n\nWrite it again in a new comment, with that: `/step TEXT @owner DATE`."},
		"/snooze friday":                                                 {"- Why does the customer", "`/snooze DATE because TEXT`."},
		"/done":                                                          {"- Which step", "(`1. Load test with the customer`)"},
		"/close\nresolution: withdrawn\noutcome: none":                   {"Leave out `outcome`: "},
		"/close\nresolution: resolved":                                   {"- `outcome`: Did it end well", "- `why-not`: Why were", "Send the form again, with what is missing in it."},
		"/cover @jodoe until 2026-12-01 because x":                       {"A rule of the process is against it:\n- "},
	} {
		_, deeds, err := Carry(b.Clone.Tip.Tree, fixture.Northwind, comment.On(ci.GitHub).Read(body).Commands, Asked{Dialect: comment.On(ci.GitHub), By: "jdoe", At: b.now, Now: b.now}, b.Judge(t.Context(), b.Clone.Tip))
		if err != nil {
			t.Fatal(err)
		}
		a := &answer{}
		a.deeds(deeds, "Done: %s.")
		text := strings.Join(a.lines, "\n")
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%q lacks %q:\n%s", body, w, text)
			}
		}
		if strings.Contains(text, "not asked for here") {
			t.Errorf("%q: %s", body, text)
		}
	}
}

// Whatever a customer is called, there is a name for the file that nobody has: the form
// asks for none.
func TestRequestNames(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 76)
	b := newBench(t, map[string]string{"escalations/2026/" + long + ".yaml": fixture.Read(fixture.Northwind)})
	b.reserved = map[schema.ID]int{"2026/fabrikam": 3, "2026/fabrikam-2": 12, schema.ID("2026/" + long[:74] + "-2"): 3}
	for customer, want := range map[string]string{
		"東京電力": "customer-12", "Яндекс": "customer-12", "🙂": "customer-12", "CON": "con-customer", "Fabrikam": "fabrikam-2", long: long[:74] + "-3",
	} {
		body := ""
		for _, x := range form.New(&act.Case{Tree: b.Clone.Tip.Tree, By: "jdoe", At: b.now}).Fields {
			text := map[string]string{
				"customer": customer, "severity": "medium", "description": "Builds fail", "csm": "Jo Doe (jdoe)", "ask": "One engineer.", "approach": "Look.", "criterion": "Builds pass",
				"step": "Look at it @jodoe friday", "meeting-notes": "https://docs.example.com/f",
			}[x.ID]
			body += "### " + x.Title + "\n\n" + text + "\n\n"
		}
		i := forge.Issue{Number: 12, URL: "https://github.example/issues/12", Body: body, Author: jo, Open: true, Created: b.now}
		if o, why, err := b.opening(i, "jdoe"); err != nil || why != "" || string(o.id) != "2026/"+want {
			t.Errorf("%s is %q, want %q: %s, %v", customer, o.id, want, why, err)
		}
	}
}

// What is missing is named as the form has it: a field that asks several things has no
// other title to look for.
func TestRequestLacks(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	said := map[string]string{
		"customer": "Fabrikam", "severity": "medium", "description": "Builds fail", "csm": "Jo Doe (jdoe)", "ask": "One engineer.", "approach": "Look.", "criterion": "Builds pass",
		"step": "Look at it @jodoe friday", "meeting-notes": "https://docs.example.com/f",
	}
	for id, texts := range map[string][]string{"step": {"", "Look at it", "Look at it friday", "@jodoe looks"}, "description": {""}, "ask": {""}, "severity": {""}} {
		for _, text := range texts {
			title, body := "", ""
			for _, x := range form.New(&act.Case{Tree: b.Clone.Tip.Tree, By: "jdoe", At: b.now}).Fields {
				answer := said[x.ID]
				if x.ID == id {
					title, answer = x.Title+" "+x.Help, text
				}
				body += "### " + x.Title + "\n\n" + answer + "\n\n"
			}
			_, why, err := b.opening(forge.Issue{Number: 12, Body: body, Author: jo, Open: true, Created: b.now}, "jdoe")
			if !strings.HasPrefix(why, "Something is missing:\n- "+escape.MarkdownLine(title)) || strings.Count(why, "\n- ") != 1 || err != nil {
				t.Errorf("%s is %q: %s, %v", id, text, why, err)
			}
		}
	}
}
