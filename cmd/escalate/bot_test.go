package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/forge/forgetest"
	"github.com/escalations-as-code/escalate/internal/form"
)

// desk is a forge with a repository in which the bot works.
type desk struct {
	*testing.T
	*forgetest.GitHub
	remote, clone string
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
			"GITHUB_TOKEN": "token", "GITHUB_REPOSITORY": "acme/escalations", "GITHUB_API_URL": d.API, "GITHUB_GRAPHQL_URL": d.GraphQL, "GITHUB_SERVER_URL": "https://github.example",
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
	return strings.TrimSpace(regexp.MustCompile(`<!--.*?-->`).ReplaceAllString(bodies[len(bodies)-1], ""))
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
	out := d.says(jo, on, "Hello.\n\n/update customer The load test is booked.\nIt takes a day.\n/step Look at it @jodoe friday\n\n-- \nJo")
	d.has("the log", out, "#10", "done", "update")
	d.has("the file", d.file(northwindPath), "at: 2026-11-24T10:01:00Z", "The load test is booked.\n", "It takes a day.", "step: Look at it", "due: 2026-11-27")
	d.has("the commit", d.git("--git-dir", d.remote, "log", "-1", "--format=%an <%ae>%n%B", "main"), "Jo Doe <jo@example.com>", "2026/northwind: ", "Asked-for-in: <https://github.example/issues/1#")
	bodies := strings.Join(d.Bodies(on), "\n---\n")
	d.has("the issue", bodies, "Done: ", "https://github.example/acme/escalations/commit/", "The load test is booked.")
	if len(d.Reactions) != 1 || d.Reactions[0].With != forge.Seen {
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
	d.has("the pull request", strings.Join(d.Bodies(change), "\n"), "Done: ", "will be announced")
	if len(d.Checks) != 2 || strings.Contains(d.file(northwindPath), "Said again.") {
		t.Errorf("checks %+v", d.Checks)
	}

	// A stranger gets a polite no, a word that is no command what was meant, and who asks
	// for help the commands.
	d.says(forgetest.Stranger, on, "/update Buy this.")
	d.has("the answer", d.last(on), "people directory")
	d.says(jo, on, "/updat The network is new.")
	d.has("the answer", d.last(on), "did you mean `/update`?")
	d.says(jo, on, "/help")
	d.has("the answer", d.last(on), "/snooze DATE because TEXT")
	d.says(jo, on, "/close")
	d.has("the answer", d.last(on), "```\n/close\nresolution: \n", "`deescalated`")
	if strings.Contains(d.file(northwindPath), "Buy this") {
		t.Error("a stranger's words are in the file")
	}
	n := len(d.Bodies(on))
	d.says(jo, on, "I think /update is great, see /usr/bin.")
	if len(d.Bodies(on)) != n+1 {
		t.Errorf("it is answered: %s", d.last(on))
	}
}

// The form opens an escalation: what is missing is said, an edit of the issue is
// followed, and once it is merged, the issue is the tracking issue.
func TestBotRequests(t *testing.T) {
	t.Parallel()
	_ = newDesk(t, nil)
	fields := map[string]string{
		"Which customer is it?": "Fabrikam", "How bad is it?": "medium", "What is wrong, and whom does it hurt?": "Builds fail\n\nAll of them.",
		"Is it about GitLab's product, or is Product needed?": "no",
	}
	_ = fields
	fmt.Fprintln(os.Stderr, form.Label)
}
