package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/forge/forgetest"
	"github.com/escalations-as-code/escalate/internal/form"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// desk is a forge with a repository in which the bot works.
type desk struct {
	*testing.T
	*forgetest.GitHub
	remote, clone string
	summary       string // where the summary of a job is written; "" for none
	now           time.Time
}

// jo is a CSM of the directory, robin a manager, val a vice president.
var (
	jo    = forge.Author{ID: 7, Login: "JoDoe"}
	robin = forge.Author{ID: 8, Login: "rking"}
)

// newDesk has the tree of the fixture on the forge, with files over it, and all of that
// told.
func newDesk(t *testing.T, files map[string]string) *desk {
	t.Helper()
	d := &desk{T: t, GitHub: forgetest.NewGitHub(t), remote: filepath.Join(t.TempDir(), "remote.git"), clone: filepath.Join(t.TempDir(), "clone"), now: time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)}
	d.GitHub.Now = func() time.Time { return d.now }
	d.Store.Me = forgetest.App
	d.Viewer = forgetest.App.Login
	if err := os.CopyFS(d.clone, fixture.FS()); err != nil {
		t.Fatal(err)
	}
	people := fixture.Read(fixture.People)
	people = strings.Replace(people, "rking: {name: Robin King,", "rking: {name: Robin King, github: rking,", 1)
	d.put(fixture.People, people)
	for name, text := range files {
		d.put(name, text)
	}
	d.git("init", "--quiet", "--bare", "--initial-branch=main", d.remote)
	d.git("init", "--quiet", "--initial-branch=main")
	d.git("add", "--all")
	d.git("commit", "--quiet", "--message", "begin")
	d.git("remote", "add", "origin", d.remote)
	for _, at := range []string{d.clone + "/.git", d.remote} { // nobody needs it after a crash, or later
		config, err := os.OpenFile(at+"/config", os.O_APPEND|os.O_WRONLY, 0)
		if err == nil {
			_, err = config.WriteString("[core]\n\tfsync = none\n[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n[receive]\n\tautogc = false\n")
			err = errors.Join(err, config.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	d.git("push", "--quiet", "origin", "main")
	d.Tip = func(branch string) (string, []string) {
		changed := strings.Fields(d.git("--git-dir", d.remote, "diff", "--name-only", "main..."+branch))
		return d.git("--git-dir", d.remote, "rev-parse", branch), changed
	}
	d.Merge = func(branch string) {
		d.git("fetch", "--quiet", "origin", "main", branch)
		d.git("checkout", "--quiet", "--detach", "origin/main")
		d.git("merge", "--quiet", "--no-ff", "--message", "Merge "+branch, "origin/"+branch)
		d.git("push", "--quiet", "origin", "HEAD:main")
	}
	d.run("apply", "--announce-existing")
	d.Forget()
	return d
}

func (d *desk) put(name, text string) {
	d.Helper()
	name = filepath.Join(d.clone, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		d.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		d.Fatal(err)
	}
}

func (d *desk) git(args ...string) string {
	d.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = d.clone
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_AUTHOR_NAME=Jo Doe", "GIT_AUTHOR_EMAIL=jo@example.com",
		"GIT_COMMITTER_NAME=Jo Doe", "GIT_COMMITTER_EMAIL=jo@example.com", "GIT_AUTHOR_DATE=2026-11-23T09:00:00Z", "GIT_COMMITTER_DATE=2026-11-23T09:00:00Z")
	out, err := cmd.CombinedOutput()
	if err != nil {
		d.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// run runs the command as the workflow does, and returns what it says.
func (d *desk) run(args ...string) string {
	d.Helper()
	out, code := d.tries(args...)
	if code != exitClean {
		d.Fatalf("%v exits %d:\n%s", args, code, out)
	}
	return out
}

func (d *desk) tries(args ...string) (string, int) {
	d.Helper()
	getenv := func(name string) string {
		return map[string]string{
			"GITHUB_TOKEN": "token", "GITHUB_REPOSITORY": "acme/escalations", "GITHUB_API_URL": d.API, "GITHUB_GRAPHQL_URL": d.GraphQL, "GITHUB_SERVER_URL": "https://github.example", "GITHUB_STEP_SUMMARY": d.summary,
		}[name]
	}
	var out bytes.Buffer
	env := environment{
		stdin: strings.NewReader(""), stdout: &out, stderr: &out, getenv: getenv, getwd: func() (string, error) { return d.clone, nil }, version: "test",
		now: func() time.Time { return d.now },
	}
	code := run(d.Context(), args, env)
	return out.String(), code
}

// says has somebody write a comment, and the bot run, a minute later each.
func (d *desk) says(by forge.Author, on forge.Thread, body string) string {
	d.Helper()
	d.now = d.now.Add(time.Minute)
	d.Say(by, on, body)
	d.now = d.now.Add(time.Minute)
	return d.run("bot")
}

// merges has somebody merge a pull request, a minute before what comes next.
func (d *desk) merges(number int) {
	d.Helper()
	p := d.Proposal(number)
	d.GitHub.Merge(p.Head)
	p.Open, p.Merged = false, true
	d.now = d.now.Add(time.Minute)
}

// file is a file of the default branch.
func (d *desk) file(name string) string {
	d.Helper()
	return d.git("--git-dir", d.remote, "show", "main:"+name)
}

// last is what stands last on a thread, without hidden marks.
func (d *desk) last(on forge.Thread) string {
	d.Helper()
	bodies := d.Bodies(on)
	if len(bodies) == 0 {
		return ""
	}
	return strings.TrimSpace(hiddenMark.ReplaceAllString(bodies[len(bodies)-1], ""))
}

// has reports what a text lacks.
func (d *desk) has(what, text string, want ...string) {
	d.Helper()
	for _, w := range want {
		if !strings.Contains(text, w) {
			d.Errorf("%s lacks %q:\n%s", what, w, text)
		}
	}
}

const northwindPath = fixture.Northwind

// A comment on the tracking issue updates the escalation, and is told in the same run.
func TestBotComments(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	on := forge.Thread{Number: 1}
	d.summary = filepath.Join(t.TempDir(), "summary.md")
	out := d.says(jo, on, "Hello.\n\n/update customer The load test is booked.\nIt takes a day.\n/step Look at it @jodoe friday\n\n-- \nJo")
	d.has("the log", out, "#10", "done", "update")
	summary, err := os.ReadFile(d.summary)
	if err != nil {
		t.Fatal(err)
	}
	d.has("the job's summary", string(summary), "### What was asked for\n\n- Done: ", "issues/1", "### What was announced")
	d.has("the file", d.file(northwindPath), "at: 2026-11-24T10:01:00Z", "The load test is booked.\n", "It takes a day.", "step: Look at it", "due: 2026-11-27")
	d.has("the commit", d.git("--git-dir", d.remote, "log", "-1", "--format=%an <%ae>%n%B", "main"), "Jo Doe <jo@example.com>", "2026/northwind: ", "Asked-for-in: <https://github.example/issues/1#")
	bodies := strings.Join(d.Bodies(on), "\n---\n")
	d.has("the issue", bodies, "Done: ", "https://github.example/acme/escalations/commit/", "The load test is booked.")
	if len(d.Reactions) != 1 || d.Reactions[0].With != "eyes" {
		t.Errorf("reactions: %+v", d.Reactions)
	}
	was := d.git("--git-dir", d.remote, "rev-parse", "main")
	if out := d.run("bot"); !strings.Contains(out, "Nothing is asked for.") || len(d.Bodies(on)) != strings.Count(bodies, "\n---\n")+1 || d.git("--git-dir", d.remote, "rev-parse", "main") != was {
		t.Errorf("then %s\n%v", out, d.Bodies(on))
	}

	// What lowers is proposed; what is wrong is said, and holds back nothing.
	d.says(jo, on, "/severity low because It is only one team now.\n/update Nothing new.\n/case nowhere")
	answer := d.last(on)
	d.has("the answer", strings.Join(d.Bodies(on), "\n"), "**Not done:** `/case`", "Proposed: ", "[#2](https://github.example/pull/2)")
	if strings.Contains(d.file(northwindPath), "severity: low") || !strings.Contains(d.file(northwindPath), "Nothing new.") {
		t.Errorf("%s\n%s", answer, d.file(northwindPath))
	}
	if len(d.Proposals) != 1 || len(d.Checks) != 1 || !d.Checks[0].Passed || d.Checks[0].Name != "escalations" {
		t.Errorf("proposals %d, checks %+v", len(d.Proposals), d.Checks)
	}

	// On the pull request, a comment changes the proposal.
	change := forge.Thread{Number: 2, ChangeRequest: true}
	d.says(jo, change, "/update internal Said again.")
	d.has("the pull request", strings.Join(d.Bodies(change), "\n"), "Done: ", "What merging this announces")
	if len(d.Checks) != 2 || strings.Contains(d.file(northwindPath), "Said again.") {
		t.Errorf("checks %+v", d.Checks)
	}

	// A stranger gets a polite no, a word that is no command what was meant, and who asks
	// for help the commands; what asks for nothing has no answer.
	asked := []struct {
		by         forge.Author
		body, want string
	}{
		{forgetest.Stranger, "/update Buy this.", "people directory"},
		{jo, "/updat The network is new.", "did you mean `/update`?"},
		{jo, "I think /update is great, see\n/usr/bin.", ""},
		{jo, "/help", "/snooze DATE because TEXT"},
		{jo, "/close", "```\n/close\nresolution: \n"},
		{jo, "/close", "`1`: Queue time under 60 s"}, // its number once
	}
	var ids []int64
	for _, a := range asked {
		ids = append(ids, d.Say(a.by, on, a.body).ID)
	}
	d.run("bot")
	for i, a := range asked {
		switch text := d.answer(on, ids[i]); {
		case a.want == "" && text != "":
			t.Errorf("%q is answered by %s", a.body, text)
		default:
			d.has(a.body, text, a.want)
		}
	}
	if strings.Contains(d.file(northwindPath), "Buy this") {
		t.Error("a stranger's words are in the file")
	}
}

// A proposal goes on from what was committed to its file since: git would see a conflict in
// two updates at one end, and nobody here could resolve it.
func TestBotOvertaken(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	on, change := forge.Thread{Number: 1}, forge.Thread{Number: 2, ChangeRequest: true}
	d.says(jo, on, "/severity medium because It is only one team now.")
	proposal := func() (string, string) {
		head := d.Proposal(2).Commit
		return head, d.git("--git-dir", d.remote, "show", head+":"+northwindPath)
	}
	first, _ := proposal()
	out := d.says(robin, on, "/update customer The disk is new.") // in the same run
	d.has("the log", out, "proposed anew, beside what was committed since")
	head, file := proposal()
	d.has("the proposal", file, "severity: medium", "It is only one team now.", "The disk is new.")
	d.has("the pull request", strings.Join(d.Bodies(change), "\n"), "Something else was committed to this escalation in the meantime")
	d.git("--git-dir", d.remote, "merge-tree", "--write-tree", "main", head) // fails on a conflict
	if parents := d.git("--git-dir", d.remote, "rev-parse", head+"^1", head+"^2"); parents != d.git("--git-dir", d.remote, "rev-parse", "main")+"\n"+first {
		t.Errorf("its parents are %s", parents)
	}
	if last := d.Checks[len(d.Checks)-1]; !last.Passed || last.Commit != head {
		t.Errorf("the check is %+v", last)
	}
	d.has("the log", d.run("bot"), "Nothing is asked for.")
	if again, _ := proposal(); again != head {
		t.Error("it is proposed once more")
	}

	// A run that was killed after the push says the rest.
	bodies := d.Bodies(change)
	for _, c := range d.Comments {
		if c.On.Number == change.Number {
			c.Body = strings.ReplaceAll(c.Body, "<!-- at ", "<!-- before ")
		}
	}
	check := d.Checks[len(d.Checks)-1]
	check.Passed = false
	d.has("the log", d.run("bot"), "proposed anew")
	if again, _ := proposal(); again != head || !check.Passed || len(d.Bodies(change)) != len(bodies) {
		t.Errorf("then the check is %+v, and it says %q", check, d.Bodies(change))
	}

	// What somebody else has pushed to it stays as it is.
	d.git("fetch", "--quiet", "origin", head)
	d.git("checkout", "--quiet", "--detach", head)
	d.git("commit", "--quiet", "--allow-empty", "--message", "By hand")
	d.git("push", "--quiet", "origin", "HEAD:"+d.Proposal(2).Head)
	theirs, _ := proposal()
	d.says(robin, on, "/update internal Nothing new.")
	was := d.git("--git-dir", d.remote, "for-each-ref")
	d.has("the log", d.run("bot"), "Nothing is asked for.")
	if is, _ := proposal(); is != theirs || d.git("--git-dir", d.remote, "for-each-ref") != was {
		t.Error("what somebody has pushed is changed, or looked at as if it had to be")
	}
}

// What is merged then is all right; what cannot be done any more beside what was committed
// since, the proposal says.
func TestBotOvertakenAndMerged(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	on, change := forge.Thread{Number: 1}, forge.Thread{Number: 4, ChangeRequest: true}
	d.says(jo, on, "/severity medium because It is only one team now.")
	d.says(robin, on, "/update internal Nothing new.")
	d.merges(2)
	d.has("the log", d.run("bot"), "severity")
	d.has("the file", d.file(northwindPath), "severity: medium", "It is only one team now.", "Nothing new.")
	d.git("fetch", "--quiet", "origin", "main")
	d.git("checkout", "--quiet", "--detach", "origin/main")
	d.has("the audit", d.run("audit"), "nothing to say")
	const closing = "/close\nresolution: resolved\noutcome: positive\nexit-criteria-met: no\nwhy-not: They moved.\nsummary: It is over.\nagreement: https://docs.example.com/a\nsentiment: green"
	d.says(jo, on, closing)
	d.says(robin, on, closing)
	d.merges(3)
	head := d.Proposal(4).Commit
	d.has("the log", d.run("bot"), "cannot be done any more")
	d.has("the pull request", strings.Join(d.Bodies(change), "\n"), "cannot be done beside it any more. Close this.", "The escalation is closed")
	if d.Proposal(4).Commit != head {
		t.Error("the branch is another")
	}
	d.has("the log", d.run("bot"), "Nothing is asked for.")
}

// Where one of two commands cannot be done any more, the proposal says so.
func TestBotOvertakenInPart(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	on, change := forge.Thread{Number: 1}, forge.Thread{Number: 2, ChangeRequest: true}
	d.says(jo, on, "/severity medium because It is only one team now.\n\n/close\nresolution: resolved\noutcome: positive\nexit-criteria-met: no\nwhy-not: They moved.\nsummary: It is over.\nagreement: https://docs.example.com/a\nsentiment: green")
	d.says(robin, on, "/severity medium because Only one team is left.")
	d.merges(3)
	d.has("the log", d.run("bot"), "proposed anew")
	d.has("the pull request", d.last(change), "without what is not done", "**Not done:** `/severity`")
	d.has("the proposal", d.git("--git-dir", d.remote, "show", d.Proposal(2).Commit+":"+northwindPath), "It is over.", "Only one team is left.")
	d.has("the log", d.run("bot"), "Nothing is asked for.")
}

// A proposal that cannot be carried anew holds up nothing else: a rule of the remote against
// merges is told once, and tried again once the default branch has gone on; somebody's own
// merge stays as it is, and so does what shares no history with the default branch.
func TestBotOvertakenStays(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	on, change := forge.Thread{Number: 1}, forge.Thread{Number: 2, ChangeRequest: true}
	d.says(jo, on, "/severity medium because It is only one team now.")
	branch, first := d.Proposal(2).Head, d.Proposal(2).Commit
	hook := filepath.Join(d.remote, "hooks", "update")
	if err := os.WriteFile(hook, []byte("#!/bin/sh\ncase $1 in refs/heads/escalate/comment-*) test -z \"$(git rev-list --merges -1 $2..$3)\";; esac\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	d.has("the log", d.says(robin, on, "/update customer The disk is new."), "the branch is refused")
	d.has("the pull request", d.last(change), "a rule of this repository refuses", "`"+branch+"`")
	d.has("the log", d.run("bot"), "Nothing is asked for.")
	if d.Proposal(2).Commit != first {
		t.Error("the branch is another")
	}
	d.now = d.now.Add(time.Minute)
	if err := os.Remove(hook); err != nil {
		t.Fatal(err)
	}
	d.has("the log", d.says(robin, on, "/update internal Nothing new."), "proposed anew")
	d.has("the pull request", d.last(change), "this goes on from there now, and asks for the same")

	// Somebody merges it by hand, onto the default branch.
	d.says(jo, on, "/severity low because It is only one person now.")
	branch = d.Proposal(3).Head
	d.says(robin, on, "/update internal Still nothing new.")
	d.git("fetch", "--quiet", "origin")
	d.git("checkout", "--quiet", "--detach", "origin/main")
	d.git("merge", "--quiet", "--no-ff", "--strategy=ours", "--message", "By hand", "origin/"+branch)
	file := strings.Replace(d.file(northwindPath), "Still nothing new.", "Still nothing.", 1)
	d.put(northwindPath, file+"\n")
	d.git("commit", "--quiet", "--all", "--amend", "--no-edit")
	d.git("push", "--quiet", "--force", "origin", "HEAD:"+branch)
	said := d.Bodies(forge.Thread{Number: 3, ChangeRequest: true})
	d.has("the log", d.run("bot"), "Nothing is asked for.")
	if now := d.Bodies(forge.Thread{Number: 3, ChangeRequest: true}); len(now) != len(said) {
		t.Errorf("of somebody's own merge it says %q", now)
	}

	// The history of the default branch is written anew.
	d.git("checkout", "--quiet", "--orphan", "anew", "origin/main")
	d.git("commit", "--quiet", "--message", "begin anew")
	d.git("push", "--quiet", "--force", "origin", "HEAD:main")
	d.says(robin, on, "/update internal It goes on.")
	d.has("the file", d.file(northwindPath), "It goes on.")
}

// A day that somebody writes into an old comment is meant from when they write it.
func TestBotEdited(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	on := forge.Thread{Number: 1}
	c := d.Say(jo, on, "We should look at it.")
	d.run("bot")
	d.now = d.now.Add(10 * 24 * time.Hour)
	d.Reword(jo, c, "/step Look at it @jodoe monday")
	d.now = d.now.Add(time.Minute)
	d.run("bot")
	d.has("the answer", d.answer(on, c.ID), "Done: next step for jdoe")
	d.has("the file", d.file(northwindPath), "step: Look at it", "due: 2026-12-07")
}

// A tick in the tracking issue is the same as /met or /done; whatever else is changed in
// its text is put back, with a word.
func TestBotTicks(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	issue, on := d.Issues[0], forge.Thread{Number: 1}
	was := issue.Body
	const criterion, step = "- [ ] Queue time under 60 s", "- [ ] Load test with the customer"
	d.has("the issue", was, criterion, step)
	d.now = d.now.Add(time.Minute)
	d.Rewrite(jo, issue, strings.ReplaceAll(strings.ReplaceAll(was, criterion, strings.Replace(criterion, " ]", "X]", 1)), step, strings.Replace(step, " ]", "x]", 1)))
	d.has("the log", d.run("bot"), "ticked: 1 exit criterion met; 1 step done")
	d.has("the file", d.file(northwindPath), "met: 2026-11-24", "done: 2026-11-24")
	d.has("the issue", issue.Body, "- [x] Queue time under 60 s", "- [x] Load test with the customer", "met 2026-11-24")
	comments := len(d.Bodies(on))
	d.run("bot")

	// A stranger's tick, one that is taken away, and another text.
	d.now = d.now.Add(time.Hour)
	was = issue.Body
	d.Rewrite(jo, issue, strings.Replace(was, "- [x] Queue", "- [ ] Queue", 1)+"\n\nMine.")
	d.run("bot")
	d.has("the answer", d.last(on), "**Put back:** Queue time", "A tick is not taken away here", "The text of this issue is made from the file")
	if issue.Body != was || len(d.Bodies(on)) != comments+1 {
		t.Errorf("it is %s\n%d comments", issue.Body, len(d.Bodies(on)))
	}
}

// requested are answers of somebody who asks for an escalation with the form.
var requested = map[string]string{
	"kind": "an account escalation: a customer in a challenging situation, whatever the reason", "customer": "Fabrikam", "severity": "medium",
	"description": "Builds fail\n\nAll of them.", "csm": "Jo Doe (jdoe)", "account-executive": "Ana Rivera (arivera)", "product-related": "no", "ask": "One engineer.",
	"approach": "Look.", "criterion": "Builds pass for a week", "step": "Look at it @jodoe friday", "meeting-notes": "https://docs.example.com/f",
}

// The form opens an escalation: what is missing is said, an edit of the issue is
// followed, and once it is merged, the issue is the tracking issue.
func TestBotRequests(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	number := len(d.Issues) + 1
	on := forge.Thread{Number: number}
	answers := maps.Clone(requested)
	issue := d.Open(jo, d.filled(answers, "criterion")) // and the repository has no such label
	d.run("bot")
	d.has("the labels", strings.Join(issue.Labels, " "), form.Label)
	d.has("the answer", d.last(on), "Something is missing:", "What must be true", "Edit the issue")
	if len(d.Proposals) != 0 {
		t.Fatalf("it is proposed: %+v", d.Proposals)
	}
	issue.Body = d.filled(answers, "")
	d.now = d.now.Add(time.Hour)
	d.run("bot")
	if len(d.Proposals) != 1 || len(d.Bodies(on)) != 1 {
		t.Fatalf("%d proposals, answers %q", len(d.Proposals), d.Bodies(on))
	}
	p := d.Proposals[0]
	d.has("the answer", d.last(on), "It is proposed by [#", "editing this issue changes the proposal")
	d.has("the plan", strings.Join(d.Bodies(forge.Thread{Number: p.Number, ChangeRequest: true}), ""), "Fabrikam")
	if p.Head != fmt.Sprintf("escalate/request-%d", number) || len(d.Checks) != 1 || !d.Checks[0].Passed {
		t.Errorf("%+v, checks %+v", p, d.Checks)
	}
	// Somebody else asks for the same customer: it is another escalation.
	again := d.Open(robin, d.filled(answers, ""), form.Label)
	was := p.Commit
	if d.run("bot"); d.Proposal(p.Number).Commit != was || len(d.Checks) != 2 {
		t.Error("it is proposed again")
	}
	d.has("the other", strings.Join(d.Proposal(len(d.Issues)).Files, " "), "escalations/2026/fabrikam-2.yaml")
	d.has("its answer", d.last(forge.Thread{Number: again.Number}), "It is proposed by")
	answers["ask"], answers["severity"] = "Two engineers.", "low"
	issue.Body = d.filled(answers, "")
	d.run("bot")
	d.has("the title", d.Proposal(p.Number).Title, "2026/fabrikam: opened, low")
	d.has("the branch", d.git("--git-dir", d.remote, "show", p.Head+":escalations/2026/fabrikam.yaml"), "Two engineers.", "by: jdoe", "at: 2026-11-24T10:00:00Z")
	if len(d.Proposals) != 2 {
		t.Fatalf("%d proposals", len(d.Proposals))
	}

	// Somebody merges it. Apply runs, and the issue is the tracking issue.
	d.Merge(p.Head)
	p.Open, p.Merged = false, true
	issues := len(d.Issues)
	d.run("apply")
	if len(d.Issues) != issues || strings.Contains(strings.Join(issue.Labels, " "), form.Label) {
		t.Errorf("there are %d issues, the labels are %v", len(d.Issues), issue.Labels)
	}
	d.has("the issue", issue.Title+issue.Body+strings.Join(issue.Labels, " "), "Fabrikam: Builds fail", "Two engineers.", "escalate: 2026/fabrikam", "severity:low")
	d.says(jo, on, "/met 1")
	d.has("the file", d.file("escalations/2026/fabrikam.yaml"), "met: 2026-11-24")

	// At critical it is merged at once, and told in the same run.
	answers["customer"], answers["severity"], answers["product-related"], answers["product-dri"] = "Contoso", "critical", "yes", "Vik Rao (vproduct)"
	urgent := d.Open(robin, d.filled(answers, ""), form.Label)
	d.run("bot")
	d.has("the issue", urgent.Title+urgent.Body, "Contoso: Builds fail", "escalate: 2026/contoso")
	d.has("the answer", strings.Join(d.Bodies(forge.Thread{Number: urgent.Number}), "\n"), "at once, since it is critical")
}

// A proposal that somebody closes is said so on the issue, once, since editing that changes
// nothing any more; until somebody opens it again.
func TestBotDeclined(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	issue := d.Open(jo, d.filled(requested, ""), form.Label)
	on := forge.Thread{Number: issue.Number}
	d.run("bot")
	d.has("the answer", d.last(on), "It is proposed by")
	p := d.Proposals[0]
	for range 2 {
		p.Open = false
		d.now = d.now.Add(time.Hour)
		d.run("bot")
		if d.has("the answer", d.last(on), "was closed without being merged", "fill in the form anew"); len(d.Bodies(on)) != 1 || len(d.Proposals) != 1 {
			t.Errorf("%q, %d proposals", d.Bodies(on), len(d.Proposals))
		}
		d.Rewrite(jo, issue, strings.Replace(issue.Body, "One engineer.", "Two engineers.", 1))
		d.now = d.now.Add(time.Hour)
		if out := d.run("bot"); !strings.Contains(out, "Nothing is asked for.") {
			t.Error(out)
		}
		p.Open = true
		d.now = d.now.Add(time.Hour)
		d.run("bot")
		d.has("the answer", d.last(on), "It is proposed by")
	}
}

// A proposal whose file somebody renamed before the merge was not declined.
func TestBotRenamed(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	issue := d.Open(jo, d.filled(requested, ""), form.Label)
	d.run("bot")
	p := d.Proposals[0]
	d.git("fetch", "--quiet", "origin", p.Head)
	d.git("checkout", "--quiet", "--detach", "FETCH_HEAD")
	was := d.git("diff", "--name-only", "--diff-filter=A", "origin/main", "HEAD", "--", "escalations")
	d.git("mv", was, "escalations/2026/better.yaml")
	d.git("commit", "--quiet", "--message", "Rename it")
	d.git("push", "--quiet", "origin", "HEAD:"+p.Head)
	d.GitHub.Merge(p.Head)
	p.Open, p.Merged = false, true
	d.now = d.now.Add(time.Hour)
	d.run("bot")
	d.has("the file", d.file("escalations/2026/better.yaml"), "customer: ")
	if said := strings.Join(d.Bodies(forge.Thread{Number: issue.Number}), "\n"); strings.Contains(said, "without being merged") {
		t.Error(said)
	}
}

// filled is an issue that was made with the form.
func (d *desk) filled(answers map[string]string, without string) string {
	d.Helper()
	tr, err := tree.Open(os.DirFS(d.clone), nil)
	if err != nil {
		d.Fatal(err)
	}
	var b strings.Builder
	for _, x := range form.New(&act.Case{Tree: tr, By: "jdoe", At: d.now}).Fields {
		text, ok := answers[x.ID]
		if !ok || x.ID == without {
			text = "_No response_"
		}
		for _, o := range x.Options { // people choose what they see
			if strings.HasPrefix(o, text) {
				text = o
			}
		}
		fmt.Fprintf(&b, "### %s\n\n%s\n\n", x.Title, text)
	}
	return b.String()
}

// answer is our answer to a comment, without hidden marks; "" where there is none.
func (d *desk) answer(on forge.Thread, id int64) string {
	for _, body := range d.Bodies(on) {
		if strings.Contains(body, fmt.Sprintf("escalate: answer %d ", id)) {
			return strings.TrimSpace(hiddenMark.ReplaceAllString(body, ""))
		}
	}
	return ""
}

var hiddenMark = regexp.MustCompile(`<!--.*?-->`)

// A run that is killed at any call is made up for by the next: nothing is lost, and
// nothing is done or answered twice. That is true where the branch is protected, too.
func TestBotIsKilled(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	on := forge.Thread{Number: 1}
	killed := func(op string, f forgetest.Fault) {
		d.Fault = func(is string) forgetest.Fault {
			if strings.HasPrefix(is, op) {
				return f
			}
			return forgetest.None
		}
		if out, code := d.tries("bot"); code == exitClean && f == forgetest.Down {
			t.Errorf("with %s it is clean:\n%s", op, out)
		}
		d.Fault = nil
	}
	// Two comments of one second; the run is killed once it has committed them.
	d.now = d.now.Add(time.Minute)
	d.Say(jo, on, "/update One of two.")
	d.Say(robin, on, "/update Two of two.")
	last := d.Say(jo, on, "/severity low because It is only one team now.")
	killed("comment 1", forgetest.Down)
	d.now = d.now.Add(time.Minute)
	killed("propose", forgetest.Lost)
	d.now = d.now.Add(time.Minute)
	d.run("bot")
	file := d.file(northwindPath)
	for _, text := range []string{"One of two.", "Two of two."} {
		if strings.Count(file, text) != 1 {
			t.Errorf("%q stands there %d times:\n%s", text, strings.Count(file, text), file)
		}
	}
	d.has("the file", file, "at: 2026-11-24T10:01:00Z", "at: 2026-11-24T10:01:01Z")
	bodies := strings.Join(d.Bodies(on), "\n")
	if n := strings.Count(bodies, "escalate: answer "); n != 3 || len(d.Proposals) != 1 {
		t.Errorf("%d answers, %d proposals:\n%s", n, len(d.Proposals), bodies)
	}
	d.has("the answer", d.answer(on, last.ID), "Proposed: ", "It counts once somebody merges it")

	// The branch is protected: all is proposed. Somebody puts another marker before ours.
	hook := filepath.Join(d.remote, "hooks", "update")
	if err := os.WriteFile(hook, []byte("#!/bin/sh\ntest \"$1\" != refs/heads/main\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	d.Issues[0].Body = "<!-- escalate: 2026/fabrikam -->\n" + strings.ReplaceAll(d.Issues[0].Body, "escalate: 2026/northwind", "was")
	d.Say(jo, on, "/update It is proposed.")
	c := d.Say(jo, on, "/update It was deleted.")
	d.Comments = d.Comments[:len(d.Comments)-1] // and is gone
	d.now = d.now.Add(time.Minute)
	d.run("bot")
	if len(d.Proposals) != 2 || strings.Contains(d.file(northwindPath), "It is proposed.") {
		t.Errorf("%d proposals, the file is\n%s\n%q", len(d.Proposals), d.file(northwindPath), d.Bodies(on))
	} else {
		d.has("the proposal", d.git("--git-dir", d.remote, "show", d.Proposals[1].Head+":"+northwindPath), "It is proposed.")
	}
	if text := d.answer(on, c.ID); text != "" {
		t.Errorf("what was deleted is answered: %s", text)
	}
}

// A run that is killed once it has pushed what an edited issue asks for is made up for:
// the commit gets its check and its plan. So is one that is killed as it merges.
func TestBotRequestIsKilled(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	answers := map[string]string{
		"kind": "an account escalation: a customer in a challenging situation, whatever the reason", "customer": "Fabrikam", "severity": "medium",
		"description": "Builds fail\n\nAll of them.", "csm": "Jo Doe (jdoe)", "account-executive": "Ana Rivera (arivera)", "product-related": "no", "ask": "One engineer.",
		"approach": "Look.", "criterion": "Builds pass for a week", "step": "Look at it @jodoe friday", "meeting-notes": "https://docs.example.com/f",
	}
	issue := d.Open(jo, d.filled(answers, ""), form.Label)
	d.run("bot")
	answers["ask"] = "Two engineers."
	issue.Body = d.filled(answers, "")
	at := func(op string, f forgetest.Fault) func(string) forgetest.Fault {
		return func(is string) forgetest.Fault {
			if strings.HasPrefix(is, op) {
				return f
			}
			return forgetest.None
		}
	}
	d.Fault = at("check ", forgetest.Down)
	d.tries("bot")
	answers["customer"], answers["severity"], answers["product-related"], answers["product-dri"] = "Contoso", "critical", "yes", "Vik Rao (vproduct)"
	urgent := d.Open(robin, d.filled(answers, ""), form.Label)
	d.Fault = at("merge ", forgetest.Lost)
	d.tries("bot")
	d.Fault = nil
	head := d.Proposal(d.Proposals[0].Number).Commit
	checked := false
	for _, c := range d.Checks {
		checked = checked || c.Commit == head
	}
	if !checked {
		t.Error("the commit of the edit has no check")
	}
	d.now = d.now.Add(time.Minute)
	out := d.run("bot")
	if !strings.Contains(urgent.Body, "escalate: 2026/contoso") {
		t.Errorf("it is merged, and not told:\n%s\n%q", out, d.Bodies(forge.Thread{Number: urgent.Number}))
	}
}
