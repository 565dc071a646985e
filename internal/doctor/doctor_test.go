package doctor_test

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/doctor"
	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/form"
	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/slack"
	"github.com/escalations-as-code/escalate/internal/tree"
)

var now = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

const (
	contoso   = "escalations/2026/contoso.yaml"
	northwind = "2026/northwind"
	issues    = "https://github.com/acme/escalations/issues/"
	pin       = "0123456789012345678901234567890123456789"
)

// checker is made once: it takes longer than all else here.
var checker = sync.OnceValue(func() *shape.Checker {
	c, err := shape.NewChecker()
	if err != nil {
		panic(err)
	}
	return c
})

// files are a tree in which everybody can be reached, with some changes: file, what
// stands there, and what is to stand there; where the file is new, what it is.
func files(t *testing.T, changes ...string) *tree.Tree {
	t.Helper()
	people := fixture.Read(fixture.People)
	for i, h := range []string{"arivera", "mlee", "okhan", "tmora"} {
		people = strings.Replace(people, h+": {", fmt.Sprintf("%s: {github: %s, slack: U0%d2AB3CD, ", h, h, i), 1)
	}
	people = strings.Replace(people, "github: arivera, slack: U002AB3CD, name: Ana Rivera, github: anarivera", "github: anarivera, slack: U002AB3CD, name: Ana Rivera", 1)
	all := fstest.MapFS{fixture.People: {Data: []byte(people)}, fixture.Northwind: {Data: []byte(fixture.Read(fixture.Northwind))}}
	for i := 0; i < len(changes); i += 3 {
		name, was, is := changes[i], changes[i+1], changes[i+2]
		f := all[name]
		switch {
		case f == nil:
			all[name] = &fstest.MapFile{Data: []byte(is)}
		case strings.Count(string(f.Data), was) != 1:
			t.Fatalf("%q is %d times in %s", was, strings.Count(string(f.Data), was), name)
		default:
			f.Data = []byte(strings.Replace(string(f.Data), was, is, 1))
		}
	}
	tr, err := tree.Open(all, checker())
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// workflow is one of ours, with some words exchanged in turn.
func workflow(t *testing.T, command string, words ...string) doctor.Workflow {
	t.Helper()
	file := doctor.WorkflowFolder + "/" + command + ".yml"
	data, err := os.ReadFile("../../" + file)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(data), "uses: ./\n", "uses: escalations-as-code/escalate@"+pin+" # v1.2.0\n")
	for i := 0; i < len(words); i += 2 {
		if !strings.Contains(text, words[i]) {
			t.Fatalf("%q is not in %s", words[i], file)
		}
		text = strings.ReplaceAll(text, words[i], words[i+1])
	}
	w, ok := doctor.ReadWorkflow(file, []byte(text))
	if !ok {
		t.Fatalf("%s runs no escalate", file)
	}
	return w
}

// line is a line of the ledger about a tracking issue.
func line(id, url string) notice.Notice {
	return notice.Notice{Escalation: "2026/northwind", Key: id, To: notice.Tracking, Do: notice.OpenIssue, Via: "github", State: notice.Done, At: now.AddDate(0, 0, -1), URL: url, Signed: true}
}

func page(name string) string {
	return "https://github.com/acme/escalations/actions/workflows/" + name + ".yml"
}

// well is a setup that lacks nothing, and of which all was looked at.
func well(t *testing.T) doctor.Facts {
	t.Helper()
	f := doctor.Facts{
		Now: now, Version: "v1.2.0", Platform: ci.GitHub, Home: "github.com/acme/escalations",
		Tree:      files(t),
		Workflows: []doctor.Workflow{workflow(t, "apply"), workflow(t, "lint"), workflow(t, "stale"), workflow(t, "bot"), workflow(t, "pages")},
		Clone:     doctor.Clone{Remotes: []string{"origin"}, Remote: "origin"},
		Standing:  doctor.Asked[ledger.Standing]{Answer: ledger.Standing{Tip: "1", Default: "main", Truth: "2"}},
		Notices:   doctor.Asked[[]notice.Notice]{Answer: []notice.Notice{line("2026/northwind opened", issues+"1")}},
		Forge: &doctor.Forge{
			Name:   "GitHub",
			Hosted: doctor.Asked[forge.Hosted]{Answer: forge.Hosted{Repository: "acme/escalations", Default: "main", Private: forge.Yes, Archived: forge.No, Issues: forge.Yes, Fork: forge.No, Write: forge.Yes}},
			// A rule that asks for reviews does not say whom it lets pass: then something is unseen.
			Main:     doctor.Asked[forge.Guard]{Answer: forge.Guard{Reviewed: forge.Yes, Kept: forge.Yes, Checks: []string{"escalations"}}},
			Ledger:   doctor.Asked[forge.Guard]{Answer: forge.Guard{Reviewed: forge.No, Kept: forge.Yes}},
			Proposes: doctor.Asked[forge.Said]{Answer: forge.Yes},
			Label:    doctor.Asked[forge.Said]{Answer: forge.Yes},
			Pages:    doctor.Asked[forge.Pages]{Answer: forge.Pages{On: forge.Yes, Private: forge.Yes, Jobs: forge.Yes}},
		},
		Slack: &doctor.Slack{
			Granted:       doctor.Asked[[]string]{Answer: slack.Scopes(false)},
			Announcements: doctor.Asked[slack.Announcements]{Answer: slack.Announcements{Name: "escalated_customers", Found: true, Member: true}},
		},
	}
	f.Form.Answer = made(t, f)
	for _, name := range []string{"apply", "lint", "stale", "bot", "pages"} {
		f.Forge.Jobs.Answer = append(f.Forge.Jobs.Answer, forge.Job{File: doctor.WorkflowFolder + "/" + name + ".yml", Page: page(name), Began: now.Add(-3 * time.Hour), Ran: forge.Yes})
	}
	return f
}

// made is the issue form that would be made of some facts.
func made(t *testing.T, f doctor.Facts) []byte {
	t.Helper()
	file, err := form.New(&act.Case{Tree: f.Tree, At: f.Now}).File()
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// lineNumber is a line in a file of this repository, which others change.
var lineNumber = regexp.MustCompile(`:\d+$`)

// shown is a report in lines: what is wrong, with where it is, and what nobody knows.
func shown(r doctor.Report) string {
	var b strings.Builder
	for _, a := range r.Ailments {
		fmt.Fprintf(&b, "%s %s: %s", a.Level, a.Name, a.What)
		if a.Where != "" {
			fmt.Fprintf(&b, " @ %s", lineNumber.ReplaceAllString(a.Where, ":N"))
		}
		b.WriteByte('\n')
	}
	for _, u := range r.Unseen {
		fmt.Fprintf(&b, "unseen %s: %s\n", u.What, u.Why)
	}
	return b.String()
}

// wrong is something that is wrong in one way, and what is said of it.
type wrong struct {
	name  string
	make  func(t *testing.T, f *doctor.Facts)
	wants string
}

var errNetwork = errors.New("dial tcp: no route to host")

func cases() []wrong {
	onDisk := func(changes ...string) func(*testing.T, *doctor.Facts) {
		return func(t *testing.T, f *doctor.Facts) { f.Tree = files(t, changes...) }
	}
	set := func(change func(*doctor.Facts)) func(*testing.T, *doctor.Facts) {
		return func(_ *testing.T, f *doctor.Facts) { change(f) }
	}
	flow := func(i int, command string, words ...string) func(*testing.T, *doctor.Facts) {
		return func(t *testing.T, f *doctor.Facts) { f.Workflows[i] = workflow(t, command, words...) }
	}
	asked := func(was, is string) func(*testing.T, *doctor.Facts) {
		return set(func(f *doctor.Facts) { f.Form.Answer = []byte(strings.ReplaceAll(string(f.Form.Answer), was, is)) })
	}
	kind := func(k error) error { return &forge.Error{Kind: k, Err: errors.New("in words")} }
	return []wrong{
		{"nothing", set(func(*doctor.Facts) {}), ""},

		{"no folder", set(func(f *doctor.Facts) { f.Tree, f.Workflows = nil, nil }), "must folder-missing: there is no folder `escalations` here\n"},
		{"a folder that is none", set(func(f *doctor.Facts) { f.Tree, f.Astray = nil, errors.New("escalations: this is a link") }), "must folder-astray: escalations: this is a link\n"},
		{"no git", set(func(f *doctor.Facts) { f.Clone = doctor.Clone{Err: git.ErrNoGit} }),
			"must git-missing: git is not installed, or not in the PATH\nunseen the ledger, and whether it can be pushed: it is not known where it is\n"},
		{"no repository", set(func(f *doctor.Facts) { f.Clone = doctor.Clone{Err: git.ErrNoRepository} }),
			"must repository-missing: this folder is in no git repository\nunseen the ledger, and whether it can be pushed: it is not known where it is\n"},
		{"git fails", set(func(f *doctor.Facts) { f.Clone = doctor.Clone{Err: errors.New("dubious ownership")} }),
			"unseen what git says of this folder: dubious ownership\nunseen the ledger, and whether it can be pushed: it is not known where it is\n"},
		{"no remote", set(func(f *doctor.Facts) { f.Clone = doctor.Clone{} }), "should remote-missing: there is no remote: what is true and what was told is here alone\n"},
		{"several remotes", set(func(f *doctor.Facts) { f.Clone = doctor.Clone{Remotes: []string{"fork", "upstream"}} }),
			"must remote-unclear: there are several remotes, and none is `origin`: fork, upstream\nunseen the ledger, and whether it can be pushed: it is not known where it is\n"},
		{"another repository than that of the remote", set(func(f *doctor.Facts) { f.Clone.Home = "github.com/jodoe/escalations" }),
			"should repository-differs: the environment names acme/escalations, and the remote `origin` is jodoe/escalations\n"},
		{"the same by another name of the host", set(func(f *doctor.Facts) { f.Clone.Home = "work/acme/escalations" }), ""},
		{"shallow", set(func(f *doctor.Facts) { f.Clone.Shallow = true }), "should clone-shallow: this clone is shallow: rules and `log` do not see the whole history\n"},
		{"nothing committed", set(func(f *doctor.Facts) { f.Clone, f.Standing.Answer = doctor.Clone{}, ledger.Standing{} }),
			"must commit-missing: nothing is committed here yet, so nothing is true\nshould remote-missing: there is no remote: what is true and what was told is here alone\n"},
		{"no default branch", set(func(f *doctor.Facts) { f.Standing.Answer.Default, f.Standing.Answer.Truth = "", "" }),
			"must default-branch-missing: the remote `origin` names no default branch, or has nothing on it: it is not known what is true\n"},

		{"no ledger", set(func(f *doctor.Facts) { f.Standing.Answer.Tip, f.Notices.Answer = "", nil }), "must ledger-missing: there is no ledger (the branch `escalate-ledger`): nothing can be announced\n"},
		{"a ledger here alone", set(func(f *doctor.Facts) {
			f.Standing.Answer.Tip, f.Notices.Answer, f.Clone.Ledger = "", nil, true
		}), "must ledger-missing: the ledger (the branch `escalate-ledger`) is here alone, and not on the remote: nothing can be announced\n"},
		{"offline", set(func(f *doctor.Facts) { f.Standing = doctor.Asked[ledger.Standing]{Err: errNetwork} }), "unseen the ledger, and whether it can be pushed: dial tcp: no route to host\n"},
		{"set back", set(func(f *doctor.Facts) {
			f.Standing = doctor.Asked[ledger.Standing]{Err: fmt.Errorf("%w: put it back", ledger.ErrSetBack)}
		}), "must ledger-set-back: the ledger was set back: what was told since would be told again\n"},
		{"not pushable", set(func(f *doctor.Facts) {
			f.Refused.Answer = "git push: unable to access 'https://x-access-token:ghs_secret@github.com/acme/e/': 403"
		}), "must ledger-refused: git may not push the ledger from here: git push: unable to access 'https://github.com/acme/e/': 403\n"},
		{"the push is not answered", set(func(f *doctor.Facts) { f.Refused.Err = errNetwork }), "unseen whether the ledger can be pushed: dial tcp: no route to host\n"},
		{"unreadable ledger", set(func(f *doctor.Facts) {
			f.Notices = doctor.Asked[[]notice.Notice]{Err: fmt.Errorf("%w: line 3", ledger.ErrUnreadable)}
		}), "must ledger-unreadable: what was told cannot be read\n"},
		{"offline, and unreadable", set(func(f *doctor.Facts) {
			f.Standing, f.Notices = doctor.Asked[ledger.Standing]{Err: errNetwork}, doctor.Asked[[]notice.Notice]{Err: errors.New("no objects")}
		}), "unseen the ledger, and whether it can be pushed: dial tcp: no route to host\nunseen what the ledger has: no objects\n"},
		{"undelivered", set(func(f *doctor.Facts) {
			n := line("2026/northwind steps 1", "")
			n.State, n.At = notice.Intent, now.Add(-25*time.Hour)
			f.Notices.Answer = append(f.Notices.Answer, n)
		}), "must notices-stuck: 1 notice was written down and not delivered, the first 1 day ago: 2026/northwind\n"},
		{"on its way", set(func(f *doctor.Facts) {
			n := line("2026/northwind steps 1", "")
			n.State, n.At = notice.Intent, now.Add(-time.Minute)
			f.Notices.Answer = append(f.Notices.Answer, n)
		}), ""},
		{"another repository's issues", set(func(f *doctor.Facts) { f.Notices.Answer[0].URL = "https://github.com/acme/template/issues/1" }),
			"must ledger-elsewhere: the ledger has the issues of github.com/acme/template, and this is github.com/acme/escalations: 2026/northwind\n"},
		{"its own, before it was renamed", set(func(f *doctor.Facts) {
			f.Notices.Answer[0].URL = "https://github.com/acme/cases/issues/1"
			f.Forge.Today = map[string]string{"github.com/acme/cases": "github.com/acme/escalations"}
		}), ""},
		{"another's once, and ours since", set(func(f *doctor.Facts) {
			f.Notices.Answer = []notice.Notice{line("2026/northwind opened", "https://gitlab.example/acme/template/-/issues/1"), line("2026/northwind steps 1", issues+"7#issuecomment-1")}
		}), ""},
		{"another's, of one that is closed", set(func(f *doctor.Facts) {
			n := line("2025/old opened", "https://github.com/acme/template/issues/1")
			n.Escalation = "2025/old"
			f.Notices.Answer = append(f.Notices.Answer, n)
		}), ""},
		{"which repository this is", set(func(f *doctor.Facts) { f.Home = "" }), "unseen whether the ledger has the issues of this repository: it is not known which repository this is\n"},
		{"no key", set(func(f *doctor.Facts) { f.Notices.Answer[0].Signed = false }),
			"should markers-unsigned: there is no key: another workflow of the repository can imitate what escalate writes there\n"},
		{"a key since", set(func(f *doctor.Facts) {
			f.Notices.Answer[0].Signed = false
			n := line("2026/northwind steps 1", issues+"1#issuecomment-1")
			n.At = now
			f.Notices.Answer = append(f.Notices.Answer, n)
		}), ""},
		{"a stranger", set(func(f *doctor.Facts) { f.Stranger = errors.New("who are you? Set ESCALATE_USER") }), "should you-unknown: commands that edit do not know who you are\n"},
		{"no key that is one", set(func(f *doctor.Facts) { f.Key = errors.New("it is too short") }), "must marker-key-unfit: ESCALATE_MARKER_KEY: it is too short\n"},

		{"a file that cannot be read", onDisk(contoso, "", "customer: Acme: down\n"), "must files-held-back: 1 file is held back, since it cannot be read: escalations/2026/contoso.yaml\n"},
		{"a policy that cannot be read", onDisk(tree.PolicyPath, "", "severities: 3\n"),
			"must files-held-back: this cannot be relied on, and with it nothing is announced @ escalations/policy.yaml\n"},

		{"no token", set(func(f *doctor.Facts) { f.Forge, f.Missing = nil, []string{"GITHUB_TOKEN"} }), "unseen what the forge has: settings, workflows, protection: `GITHUB_TOKEN` is not set\n"},
		{"no repository named", set(func(f *doctor.Facts) { f.Forge, f.Missing = nil, []string{"GITHUB_REPOSITORY"} }), "unseen what the forge has: settings, workflows, protection: `GITHUB_REPOSITORY` is not set\n"},
		{"no token in a job", set(func(f *doctor.Facts) { f.Forge, f.Job, f.Missing = nil, true, []string{"GITHUB_TOKEN"} }), "must token-missing: this job has no token for the forge: no tracking issue can be written\n"},
		{"a token that is not taken", set(func(f *doctor.Facts) { f.Forge = failing(kind(forge.ErrToken)) }), "must token-invalid: GitHub does not take the token\n"},
		{"a repository that is not shown", set(func(f *doctor.Facts) { f.Forge = failing(kind(forge.ErrGone)) }), "must repository-unseen: GitHub shows this token no such repository\n"},
		{"a forge that does not answer", set(func(f *doctor.Facts) { f.Forge = failing(errNetwork) }),
			"unseen what GitHub has: settings, workflows, protection: dial tcp: no route to host\n"},
		{"a repository of which little is shown", set(func(f *doctor.Facts) { f.Forge.Hosted = doctor.Asked[forge.Hosted]{Err: kind(forge.ErrForbidden)} }),
			"unseen what GitHub says of the repository and the token: in words\nunseen whether the board is published: in words\n"},
		{"a forge that shows nothing", set(func(f *doctor.Facts) { f.Forge = failing(kind(forge.ErrForbidden)) }),
			"unseen what GitHub says of the repository and the token: in words\n" +
				"unseen whether the workflows are enabled, and run: in words\n" +
				"unseen whether workflows may open pull requests: in words\n" +
				"unseen whether the default branch is protected: in words\n" +
				"unseen whether rules hold the ledger, and let `apply` push: in words\n" +
				"unseen whether the board is published: in words\n"},
		{"a weak token", set(func(f *doctor.Facts) { f.Forge.Hosted.Answer.Write = forge.No }), "must token-weak: the token may not push and write issues\n"},
		{"a token of which nothing is said", set(func(f *doctor.Facts) { f.Forge.Hosted.Answer.Write = forge.Unsaid }),
			"unseen whether the token may push and write issues: GitHub does not say it of a token of this kind\n"},
		{"archived", set(func(f *doctor.Facts) { f.Forge.Hosted.Answer.Archived = forge.Yes }), "must repository-archived: the repository is archived: nobody can write, and no workflow runs\n"},
		{"no issues", set(func(f *doctor.Facts) { f.Forge.Hosted.Answer.Issues = forge.No }), "must issues-off: the repository has no issues: no escalation can have a tracking issue\n"},
		{"public", set(func(f *doctor.Facts) { f.Forge.Hosted.Answer.Private = forge.No }), "should repository-public: the repository is public: everybody on the internet reads every escalation\n"},
		{"nothing said of the repository", set(func(f *doctor.Facts) { f.Forge.Hosted.Answer.Issues, f.Forge.Hosted.Answer.Private = 0, 0 }),
			"unseen whether the repository has issues: GitHub does not say it\nunseen whether the repository is private: GitHub does not say it\n"},

		{"no workflow for stale", set(func(f *doctor.Facts) { f.Workflows = slices.Delete(f.Workflows, 2, 3) }),
			"must workflow-missing: no workflow runs `escalate stale`: nobody is asked for what is overdue @ .github/workflows/stale.yml\n"},
		{"no workflow at all", set(func(f *doctor.Facts) { f.Workflows = nil }),
			"must workflow-missing: no workflow runs `escalate apply`: nothing is announced @ .github/workflows/apply.yml\n" +
				"must workflow-missing: no workflow runs `escalate lint`: no pull request is checked @ .github/workflows/lint.yml\n" +
				"must workflow-missing: no workflow runs `escalate stale`: nobody is asked for what is overdue @ .github/workflows/stale.yml\n" +
				"must workflow-missing: no workflow runs `escalate bot`: no issue that is made with the form is answered @ .github/workflows/bot.yml\n"},
		{"no bot, and no form that asks for it", set(func(f *doctor.Facts) {
			f.Workflows, f.Form = f.Workflows[:3], doctor.Ask[[]byte](nil, fs.ErrNotExist)
		}), "should workflow-missing: no workflow runs `escalate bot`: no issue that is made with the form is answered @ .github/workflows/bot.yml\n" +
			"should form-missing: there is no issue form: whoever has no clone opens no escalation in the browser @ .github/ISSUE_TEMPLATE/escalation.yml\n"},
		{"a workflow that runs whatever", flow(0, "apply", "command: apply", "command: ${{ inputs.command }}"),
			"unseen whether a workflow runs `escalate apply`: it may be .github/workflows/apply.yml, whose command is an expression\n"},
		{"one workflow for all", set(func(f *doctor.Facts) {
			w, _ := doctor.ReadWorkflow(".github/workflows/lint.yml", []byte("on: push\njobs: {a: {steps: [{uses: acme/escalate@"+pin+", with: {command: '${{ matrix.command }}'}}]}}"))
			f.Workflows = []doctor.Workflow{w}
		}), "unseen whether a workflow runs `escalate apply`: it may be .github/workflows/lint.yml, whose command is an expression\n" +
			"unseen whether a workflow runs `escalate lint`: it may be .github/workflows/lint.yml, whose command is an expression\n" +
			"unseen whether a workflow runs `escalate stale`: it may be .github/workflows/lint.yml, whose command is an expression\n" +
			"unseen whether a workflow runs `escalate bot`: it may be .github/workflows/lint.yml, whose command is an expression\n" +
			"unseen whether .github/workflows/lint.yml is older than this escalate: no version stands behind the commit\n"},
		{"a workflow that is no YAML", set(func(f *doctor.Facts) {
			w, _ := doctor.ReadWorkflow(".github/workflows/x.yml", []byte("a: [ # escalations-as-code/escalate@PIN"))
			f.Workflows = append(f.Workflows, w)
		}), "must workflow-unreadable: this workflow cannot be read: yaml: line 1: did not find expected node content @ .github/workflows/x.yml\n"},
		{"no schedule", flow(2, "stale", "schedule:", "repository_dispatch:"), "must workflow-unstarted: no `schedule` starts the workflow that runs `escalate stale`: nobody is asked for what is overdue @ .github/workflows/stale.yml\n"},
		{"no push", flow(0, "apply", "on:\n  push:\n    branches: [main]\n", "on:\n"), "must workflow-unstarted: no `push` starts the workflow that runs `escalate apply`: nothing is announced @ .github/workflows/apply.yml\n"},
		{"no comments for the bot", flow(3, "bot", "  issue_comment:\n    types: [created, edited]\n", ""), "must workflow-unstarted: no `issue_comment` starts the workflow that runs `escalate bot`: no comment changes an escalation @ .github/workflows/bot.yml\n"},
		{"no issues and no schedule for the bot", flow(3, "bot", "  issues:\n    types: [opened, edited, reopened, labeled]\n", "", "  schedule:\n    - cron: \"41 * * * *\"\n", ""),
			"must workflow-unstarted: no `issues` starts the workflow that runs `escalate bot`: no issue that is made with the form is answered @ .github/workflows/bot.yml\n" +
				"should workflow-unstarted: no `schedule` starts the workflow that runs `escalate bot`: what a run left that failed waits for the next issue or comment @ .github/workflows/bot.yml\n"},
		{"called by another", flow(1, "lint", "pull_request:", "workflow_call:"), ""},
		{"PIN", flow(1, "lint", pin+" # v1.2.0", "PIN"), "must workflow-unpinned: `PIN` stands in 2 places where the commit of a release belongs: no workflow with it can run @ .github/workflows/lint.yml:N\n"},
		{"a tag", flow(0, "apply", pin+" # v1.2.0", "v1.2.0"), "should workflow-unpinned: the action is taken at `v1.2.0`, which somebody can move @ .github/workflows/apply.yml:N\n"},
		{"an older one", flow(0, "apply", "v1.2.0", "v1.1.10"), "should workflow-old: escalate v1.1.10 runs, and v1.2.0 is here @ .github/workflows/apply.yml:N\n"},
		{"a newer one", flow(0, "apply", "v1.2.0", "v1.10.0"), ""},
		{"no version", flow(0, "apply", " # v1.2.0", ""), "unseen whether .github/workflows/apply.yml is older than this escalate: no version stands behind the commit\n"},
		{"a build that is no release", set(func(f *doctor.Facts) { f.Version = "(devel)" }), "unseen whether the workflows are older than this escalate: this one is no release, but devel\n"},
		{"its own action", flow(0, "apply", "escalations-as-code/escalate@"+pin+" # v1.2.0", "./"), ""},
		{"a script", flow(0, "apply", "uses: escalations-as-code/escalate@"+pin+" # v1.2.0", "run: escalate apply"), ""},
		{"no permission", flow(0, "apply", "      issues: write # the tracking issues\n", ""), "must workflow-permissions: the token of `escalate apply` lacks `issues: write`: it cannot write the tracking issues @ .github/workflows/apply.yml:N\n"},
		{"no permissions", flow(0, "apply", "    permissions:\n      contents: write # the branch of the ledger\n      issues: write # the tracking issues\n      pull-requests: write # reminders on them, which stale left undelivered\n", ""),
			"must workflow-permissions: the token of `escalate apply` lacks `contents: write`, `issues: write` and `pull-requests: write`: it cannot write the ledger, the tracking issues and reminders on pull requests @ .github/workflows/apply.yml:N\n"},
		{"no reminders on pull requests", flow(2, "stale", "      pull-requests: write # those that open an escalation, and lie unmerged\n", ""),
			"must workflow-permissions: the token of `escalate apply` lacks `pull-requests: write`: it cannot write reminders on pull requests @ .github/workflows/stale.yml:N\n" +
				"must workflow-permissions: the token of `escalate stale` lacks `pull-requests: write`: it cannot write reminders on pull requests @ .github/workflows/stale.yml:N\n"},
		{"all permissions", flow(0, "apply", "permissions: {}", "permissions: write-all", "    permissions:\n      contents: write # the branch of the ledger\n      issues: write # the tracking issues\n      pull-requests: write # reminders on them, which stale left undelivered\n", ""), ""},
		{"a token of its own", flow(0, "apply", "permissions:\n      contents: write # the branch of the ledger\n      issues: write # the tracking issues\n      pull-requests: write # reminders on them, which stale left undelivered\n", "permissions: {}\n", "          command: apply", "          command: apply\n          token: ${{ secrets.OURS }}"), ""},
		{"a bot that may not propose", flow(3, "bot", "      pull-requests: write # opens them, answers there, and merges where the policy says so\n      checks: write # the check `escalations` of its pull requests: they start no other workflow\n", ""),
			"must workflow-permissions: the token of `escalate bot` lacks `pull-requests: write` and `checks: write`: it cannot write pull requests and the check of what it proposes @ .github/workflows/bot.yml:N\n"},
		{"a bot that may write all", flow(3, "bot", "permissions: {}", "permissions: write-all", "    permissions:\n      contents: write # what is asked for, on the default branch or one of a pull request; the branch of the ledger\n      issues: write # answers, and the tracking issues\n      pull-requests: write # opens them, answers there, and merges where the policy says so\n      checks: write # the check `escalations` of its pull requests: they start no other workflow\n", ""), ""},

		{"not pushed yet", set(func(f *doctor.Facts) { f.Forge.Jobs.Answer = f.Forge.Jobs.Answer[1:] }), "must workflow-unpushed: this workflow is not on the default branch, so nothing runs it @ .github/workflows/apply.yml\n"},
		{"disabled", set(func(f *doctor.Facts) { f.Forge.Jobs.Answer[2].Disabled = "inactivity" }), "must workflow-disabled: the workflow stale.yml is disabled (inactivity) @ " + page("stale") + "\n"},
		{"failed", set(func(f *doctor.Facts) {
			f.Forge.Jobs.Answer[0].Failed = "https://github.com/acme/escalations/actions/runs/9"
		}),
			"must workflow-failed: the last run of apply.yml failed @ https://github.com/acme/escalations/actions/runs/9\n"},
		{"the bot failed", set(func(f *doctor.Facts) {
			f.Forge.Jobs.Answer[3].Failed = "https://github.com/acme/escalations/actions/runs/9"
		}), "must workflow-failed: the last run of bot.yml failed @ https://github.com/acme/escalations/actions/runs/9\n"},
		{"the bot is disabled", set(func(f *doctor.Facts) { f.Forge.Jobs.Answer[3].Disabled = "inactivity" }), "must workflow-disabled: the workflow bot.yml is disabled (inactivity) @ " + page("bot") + "\n"},
		{"the bot does not run", set(func(f *doctor.Facts) { f.Forge.Jobs.Answer[3].Began = now.AddDate(0, 0, -2) }), "must workflow-idle: bot.yml ran last 2 days ago: what a run left that failed is not made good @ " + page("bot") + "\n"},
		{"lint failed", set(func(f *doctor.Facts) {
			f.Forge.Jobs.Answer[1].Failed = "https://github.com/acme/escalations/actions/runs/9"
		}), ""},
		{"never run", set(func(f *doctor.Facts) { f.Forge.Jobs.Answer[2].Ran = forge.No }), "must workflow-idle: stale.yml never ran: nobody is asked for what is overdue @ " + page("stale") + "\n"},
		{"not run for long", set(func(f *doctor.Facts) { f.Forge.Jobs.Answer[2].Began = now.AddDate(0, 0, -9) }), "must workflow-idle: stale.yml ran last 9 days ago: nobody is asked for what is overdue @ " + page("stale") + "\n"},
		{"over a weekend, by a schedule of working days", func(t *testing.T, f *doctor.Facts) {
			f.Workflows[2] = workflow(t, "stale", `"17 */2 * * *"`, `"17 8,14 * * 1-5"`)
			f.Forge.Jobs.Answer[2].Began = now.Add(-62 * time.Hour)
		}, ""},
		{"not for long, by a schedule of working days", func(t *testing.T, f *doctor.Facts) {
			f.Workflows[2] = workflow(t, "stale", `"17 */2 * * *"`, `"17 8,14 * * 1-5"`)
			f.Forge.Jobs.Answer[2].Began = now.AddDate(0, 0, -9)
		}, "must workflow-idle: stale.yml ran last 9 days ago: nobody is asked for what is overdue @ " + page("stale") + "\n"},
		{"late, as schedules are", set(func(f *doctor.Facts) { f.Forge.Jobs.Answer[2].Began = now.Add(-13 * time.Hour) }), ""},
		{"apply had nothing to do", set(func(f *doctor.Facts) { f.Forge.Jobs.Answer[0].Began = now.AddDate(0, -1, 0) }), ""},
		{"nobody says when it ran", set(func(f *doctor.Facts) { f.Forge.Jobs.Answer[2].Ran = forge.Unsaid }), "unseen when stale.yml ran last: GitHub does not say it\n"},
		{"runs that are not shown", set(func(f *doctor.Facts) {
			f.Forge.Jobs = doctor.Asked[[]forge.Job]{Err: errors.New("it takes `actions: read`")}
		}),
			"unseen whether the workflows are enabled, and run: it takes `actions: read`\n"},

		{"main is open", set(func(f *doctor.Facts) { f.Forge.Main.Answer.Reviewed = forge.No }),
			"should branch-unprotected: anybody who may write pushes to `main`, and so announces, without a pull request\n"},
		{"nothing said of main", set(func(f *doctor.Facts) { f.Forge.Main.Answer.Reviewed = forge.Unsaid }), "unseen whether the default branch is protected: GitHub does not say it\n"},
		{"another check", set(func(f *doctor.Facts) { f.Forge.Main.Answer.Checks = []string{"build"} }),
			"should check-optional: the check `escalations` need not pass before a merge into `main`: what lint refuses can be merged\n" +
				"should checks-unreported: `main` requires `build`, which nothing reports for what the bot pushes: its pull requests cannot be merged as they are\n"},
		{"another check, and a bot with a token of its own", func(t *testing.T, f *doctor.Facts) {
			f.Forge.Main.Answer.Checks = append(f.Forge.Main.Answer.Checks, "build")
			f.Workflows[3] = workflow(t, "bot", "          command: bot", "          command: bot\n          token: ${{ steps.app.outputs.token }}")
		}, ""},
		{"another check, and no bot", set(func(f *doctor.Facts) {
			f.Forge.Main.Answer.Checks, f.Workflows = append(f.Forge.Main.Answer.Checks, "build"), f.Workflows[:3]
		}), "must workflow-missing: no workflow runs `escalate bot`: no issue that is made with the form is answered @ .github/workflows/bot.yml\n"},
		{"rules that hold main", set(func(f *doctor.Facts) { f.Forge.Main.Answer.Restricts = []string{"pull_request"} }),
			"unseen whether what a comment asks for is committed at once: rules hold `main` (pull_request), and whom they let pass is not said\n"},
		{"the check of a called workflow", set(func(f *doctor.Facts) { f.Forge.Main.Answer.Checks = []string{"ours / escalations"} }),
			"should checks-unreported: `main` requires `ours / escalations`, which nothing reports for what the bot pushes: its pull requests cannot be merged as they are\n"},
		{"a ledger that can be forced back", set(func(f *doctor.Facts) { f.Forge.Ledger.Answer.Kept = forge.No }),
			"should ledger-unprotected: `escalate-ledger` can be forced back or deleted: it is the proof of what was said when\n"},
		{"nothing said of the ledger", set(func(f *doctor.Facts) { f.Forge.Ledger.Answer.Kept = forge.Unsaid }), "unseen whether `escalate-ledger` can be forced back or deleted: GitHub does not say it\n"},
		{"rules that hold the ledger", set(func(f *doctor.Facts) { f.Forge.Ledger.Answer.Restricts = []string{"update"} }),
			"unseen whether `apply` may push to `escalate-ledger`: rules hold it (update), and whom they let pass is not said\n"},
		{"no form", set(func(f *doctor.Facts) { f.Form = doctor.Ask[[]byte](nil, fs.ErrNotExist) }), "should form-missing: there is no issue form: whoever has no clone opens no escalation in the browser @ .github/ISSUE_TEMPLATE/escalation.yml\n"},
		{"a form that cannot be read", set(func(f *doctor.Facts) { f.Form = doctor.Ask[[]byte](nil, errors.New("it is a folder")) }), "unseen whether the issue form asks what it should: it is a folder\n"},
		{"a form of their own", set(func(f *doctor.Facts) { f.Form.Answer = []byte("name: Escalation\n") }),
			"should form-foreign: this form is not one that escalate made: issues that are made with it open no escalation @ .github/ISSUE_TEMPLATE/escalation.yml\n"},
		{"a form from before somebody came", asked("- Jo Doe (jdoe)", "- Max Ray (mray)"),
			"should form-stale: the issue form is not what policy and people say: `Who is the CSM?` lacks Jo Doe (jdoe) and still offers Max Ray (mray) @ .github/ISSUE_TEMPLATE/escalation.yml\n"},
		{"a form with another meaning", asked("Deployment or use is impacted; a risk to adoption and renewal", "It hurts"),
			"should form-stale: the issue form is not what policy and people say: `How bad is it?` says otherwise what is meant by medium @ .github/ISSUE_TEMPLATE/escalation.yml\n"},
		{"a form that is all wrong", asked("label: ", "label: My "),
			"should form-stale: the issue form is not what policy and people say: `What is it?` reads otherwise; `Is the relationship or future business at risk, too?` reads otherwise; `Which customer is it?` reads otherwise; and 20 more @ .github/ISSUE_TEMPLATE/escalation.yml\n"},
		{"no label", set(func(f *doctor.Facts) { f.Forge.Label.Answer = forge.No }),
			"should form-label-missing: there is no label `escalation-request`: issues that are made with the form do not get it @ .github/ISSUE_TEMPLATE/escalation.yml\n"},
		{"no label, and no form", set(func(f *doctor.Facts) {
			f.Forge.Label.Answer, f.Form = forge.No, doctor.Ask[[]byte](nil, fs.ErrNotExist)
		}),
			"should form-missing: there is no issue form: whoever has no clone opens no escalation in the browser @ .github/ISSUE_TEMPLATE/escalation.yml\n"},
		{"a label that is not shown", set(func(f *doctor.Facts) { f.Forge.Label = doctor.Ask(forge.Unsaid, kind(forge.ErrForbidden)) }), "unseen whether there is the label of the issue form: in words\n"},
		{"no proposals", set(func(f *doctor.Facts) { f.Forge.Proposes.Answer = forge.No }), "must proposals-forbidden: workflows may not open pull requests: the bot can propose nothing that an issue or a comment asks for\n"},
		{"no proposals, and no bot", set(func(f *doctor.Facts) { f.Forge.Proposes.Answer, f.Workflows = forge.No, f.Workflows[:3] }),
			"must workflow-missing: no workflow runs `escalate bot`: no issue that is made with the form is answered @ .github/workflows/bot.yml\n" +
				"should proposals-forbidden: workflows may not open pull requests: none can propose an escalation for somebody\n"},
		{"no proposals, and a bot with a token of its own", func(t *testing.T, f *doctor.Facts) {
			f.Forge.Proposes.Answer = forge.No
			f.Workflows[3] = workflow(t, "bot", "          command: bot", "          command: bot\n          token: ${{ steps.app.outputs.token }}")
		}, ""},
		{"nothing said of proposals", set(func(f *doctor.Facts) { f.Forge.Proposes.Answer = forge.Unsaid }), "unseen whether workflows may open pull requests: GitHub does not say it\n"},

		{"a site that is off", set(func(f *doctor.Facts) { f.Forge.Pages.Answer = forge.Pages{On: forge.No} }),
			"should board-unpublished: the board is an artifact of the workflow, and is not published: GitHub shows no site of this repository: its pages are off\n"},
		{"a public site", set(func(f *doctor.Facts) { f.Forge.Pages.Answer.Private = forge.No }),
			"should board-unpublished: the board is an artifact of the workflow, and is not published: the site of this repository is public: everybody on the internet would read every escalation\n"},
		{"a fork", set(func(f *doctor.Facts) { f.Forge.Hosted.Answer.Fork = forge.Yes }),
			"should board-unpublished: the board is an artifact of the workflow, and is not published: this repository is a fork, and its escalations are a copy\n"},
		{"a site that is not shown", set(func(f *doctor.Facts) { f.Forge.Pages = doctor.Ask(forge.Pages{}, kind(forge.ErrForbidden)) }), "unseen whether the board is published: in words\n"},
		{"no board, and a public site", set(func(f *doctor.Facts) { f.Workflows, f.Forge.Pages.Answer.Private = f.Workflows[:4], forge.No }), ""},
		{"a board that may not ask", flow(4, "pages", "      pages: read # whether the site is private\n", ""),
			"should workflow-permissions: the token of `escalate site` lacks `pages: read`: it cannot know who would read the board, and does not publish it @ .github/workflows/pages.yml:N\n"},
		{"a board that may read all", flow(4, "pages", "permissions: {}", "permissions: read-all", "    permissions:\n      contents: read\n      pages: read # whether the site is private\n", ""), ""},
		{"a board that nothing starts", flow(4, "pages", "workflow_run:", "repository_dispatch:", "  schedule: # not on the hour, when everybody's does\n    - cron: \"47 */2 * * *\"\n", ""),
			"should workflow-unstarted: no `workflow_run` starts the workflow that runs `escalate site`: what is announced is on the board late @ .github/workflows/pages.yml\n" +
				"should workflow-unstarted: no `schedule` starts the workflow that runs `escalate site`: what becomes overdue is not on the board @ .github/workflows/pages.yml\n"},
		{"the board is not built", set(func(f *doctor.Facts) {
			f.Forge.Jobs.Answer[4].Failed, f.Forge.Jobs.Answer[4].Began = "https://github.com/acme/escalations/actions/runs/9", now.AddDate(0, 0, -2)
		}), "should workflow-failed: the last run of pages.yml failed @ https://github.com/acme/escalations/actions/runs/9\n" +
			"should workflow-idle: pages.yml ran last 2 days ago: the board is old @ " + page("pages") + "\n"},
		{"the board is not pushed yet", set(func(f *doctor.Facts) { f.Forge.Jobs.Answer = f.Forge.Jobs.Answer[:4] }),
			"should workflow-unpushed: this workflow is not on the default branch, so nothing runs it @ .github/workflows/pages.yml\n"},
		{"the board is disabled", set(func(f *doctor.Facts) { f.Forge.Jobs.Answer[4].Disabled = "manually" }), "should workflow-disabled: the workflow pages.yml is disabled (manually) @ " + page("pages") + "\n"},

		{"no Slack", set(func(f *doctor.Facts) { f.Slack = nil }), "unseen Slack: the app, its scopes and the announcement channel: there is no token for it\n"},
		{"a webhook", set(func(f *doctor.Facts) { f.Slack, f.Webhook = nil, true }),
			"unseen Slack: the app, its scopes and the announcement channel: there is an incoming webhook alone, which cannot be tried without saying something\n"},
		{"a token that Slack does not take", set(func(f *doctor.Facts) {
			f.Slack.Granted.Err = fmt.Errorf("%w (token_revoked)", slack.ErrToken)
			f.Slack.Announcements.Err = f.Slack.Granted.Err
		}), "must slack-token-invalid: the token is not taken by Slack (token_revoked)\n"},
		{"Slack does not answer", set(func(f *doctor.Facts) { f.Slack.Granted.Err, f.Slack.Announcements.Err = errNetwork, errNetwork }),
			"unseen Slack: the app, its scopes and the announcement channel: dial tcp: no route to host\n"},
		{"the channels are not listed", set(func(f *doctor.Facts) { f.Slack.Announcements.Err = errNetwork }), "unseen the announcement channel: dial tcp: no route to host\n"},
		{"a scope less", set(func(f *doctor.Facts) { f.Slack.Granted.Answer = slices.Clone(slack.Scopes(false)[:7]) }), "must slack-scopes: the Slack app lacks a scope: pins:write\n"},
		{"private channels", onDisk(fixture.Northwind, "severity: high\n", "severity: high\nvisibility: restricted\n"),
			"must slack-scopes: the Slack app lacks scopes: groups:history, groups:read and groups:write\n"},
		{"scopes that are not said", set(func(f *doctor.Facts) { f.Slack.Granted.Answer = nil }), "unseen what the Slack app may do: Slack does not say its scopes\n"},
		{"no channel", set(func(f *doctor.Facts) { f.Slack.Announcements.Answer.Found = false }), "must channel-missing: there is no public channel #escalated_customers in Slack: nothing is announced there\n"},
		{"an archived one", set(func(f *doctor.Facts) { f.Slack.Announcements.Answer.Archived = true }), "must channel-archived: #escalated_customers is archived: nothing is announced there\n"},
		{"a shared one", set(func(f *doctor.Facts) { f.Slack.Announcements.Answer.Shared = true }),
			"must channel-shared: #escalated_customers is shared with another organization, which would read what is internal: nothing is announced there\n"},
		{"outside", set(func(f *doctor.Facts) { f.Slack.Announcements.Answer.Member = false }), "should channel-not-joined: the app is not in #escalated_customers\n"},
		{"outside for good", set(func(f *doctor.Facts) {
			f.Slack.Announcements.Answer.Member = false
			f.Slack.Granted.Answer = slices.DeleteFunc(slack.Scopes(false), func(s string) bool { return s == "channels:join" })
		}), "must slack-scopes: the Slack app lacks a scope: channels:join\nmust channel-not-joined: the app is not in #escalated_customers, and may not join it: nothing is announced there\n"},

		{"somebody left", onDisk(fixture.People, "roles: [product_manager]}", "roles: [product_manager], left: 2026-11-01}"),
			"must people-left: somebody who left has a part in an open escalation: okhan (2026/northwind) @ escalations/people.yaml\n"},
		{"somebody will leave", onDisk(fixture.People, "roles: [product_manager]}", "roles: [product_manager], left: 2026-12-24}"), ""},
		{"who opened it left", onDisk(fixture.Northwind, "by: jdoe}", "by: pastel}"), ""},
		{"no login", onDisk(fixture.People, "github: mlee, ", ""),
			"should people-without-login: somebody with a part in an open escalation has no GitHub login, and is neither mentioned nor assigned: mlee (2026/northwind) @ escalations/people.yaml\n"},
		{"no Slack id", onDisk(fixture.People, "slack: U012AB3CD, email: jo@example.com", "email: jo@example.com", fixture.People, "slack: U002AB3CD, ", ""),
			"should people-without-slack: 2 people with a part in open escalations have no Slack id, and are neither mentioned nor invited: arivera (2026/northwind), jdoe (2026/northwind) @ escalations/people.yaml\n"},
		{"nobody has a part", onDisk(fixture.People, "github: mlee, ", "", fixture.Northwind, "  dri: mlee\n  team: [okhan]\n", "  dri: dpatel\n", fixture.People, "dpatel: {", "dpatel: {github: dp, slack: U092AB3CD, "), ""},
		{"a vacancy", onDisk(fixture.People, "  cro: {name: Chris Roe, roles: [cro]}\n", ""),
			"should roles-vacant: nobody holds 1 role that open escalations need: cro (2026/northwind) @ escalations/people.yaml\n"},
		{"a vacancy in a region", onDisk(fixture.People, "  rking: {name: Robin King, roles: [csm_manager, csm_leader, account_manager]}\n", "  rking: {name: Robin King, roles: [csm_leader], region: AMER}\n"),
			"should roles-vacant: nobody holds 1 role that open escalations need: csm_leader of EMEA (2026/northwind) @ escalations/people.yaml\n"},
		{"a vacancy that nobody needs", onDisk(fixture.People, "  ebrandt: {name: Eva Brandt, roles: [engineering]}\n", ""), ""},
	}
}

// failing is a forge that answers each question with an error.
func failing(err error) *doctor.Forge {
	f := &doctor.Forge{Name: "GitHub"}
	f.Hosted.Err, f.Main.Err, f.Ledger.Err, f.Jobs.Err, f.Proposes.Err, f.Pages.Err = err, err, err, err, err, err
	return f
}

// Where the remote, or without one the ledger, cannot be looked at, the report says so.
func TestBlind(t *testing.T) {
	t.Parallel()
	f := well(t)
	if got := doctor.Examine(f).Blind; got != "" {
		t.Errorf("blind to %s", got)
	}
	f.Standing = doctor.Asked[ledger.Standing]{Err: errNetwork}
	if got := doctor.Examine(f).Blind; got != "the remote `origin`" {
		t.Errorf("offline: blind to %q", got)
	}
	f.Clone = doctor.Clone{}
	if got := doctor.Examine(f).Blind; got != "the ledger" {
		t.Errorf("without a remote: blind to %q", got)
	}
}

// Each thing that is missing is named, and nothing else; what could not be asked is
// never taken for well. Mended, nothing is said.
func TestExamine(t *testing.T) {
	t.Parallel()
	for _, c := range cases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := well(t)
			form := string(f.Form.Answer)
			c.make(t, &f)
			if string(f.Form.Answer) == form && f.Tree != nil { // what is wrong is something else
				f.Form.Answer = made(t, f)
			}
			r := doctor.Examine(f)
			if got := shown(r); got != c.wants {
				t.Errorf("got\n%swant\n%s", got, c.wants)
			}
			for _, a := range r.Ailments {
				if a.Fix == "" || strings.Contains(a.What+a.Fix, "secret@") {
					t.Errorf("%s: the fix is %q", a.Name, a.Fix)
				}
			}
			if want := strings.HasPrefix(c.wants, "must "); r.Must() != want {
				t.Errorf("something must be done: %t, want %t", r.Must(), want)
			}
		})
	}
}

// What must be done stands before what should be; each in the order in which it hurts.
func TestOrder(t *testing.T) {
	t.Parallel()
	f := well(t)
	f.Standing.Answer.Tip, f.Notices.Answer = "", nil
	f.Clone.Shallow = true
	f.Refused.Answer = "no"
	f.Workflows = f.Workflows[:2]
	f.Form = doctor.Ask[[]byte](nil, fs.ErrNotExist)
	f.Forge.Hosted.Answer.Write = forge.No
	f.Forge.Main.Answer.Reviewed = forge.No
	f.Forge.Proposes.Answer = forge.No
	f.Slack.Announcements.Answer.Found = false
	var names []string
	for _, a := range doctor.Examine(f).Ailments {
		names = append(names, a.Name)
	}
	want := []string{"ledger-missing", "ledger-refused", "token-weak", "workflow-missing", "channel-missing", "clone-shallow", "workflow-missing", "proposals-forbidden", "branch-unprotected", "form-missing"}
	if !slices.Equal(names, want) {
		t.Errorf("got  %q\nwant %q", names, want)
	}
}

// docs/doctor.md has each name that there is, and the cases provoke each.
func TestNamesAreDocumented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/doctor.md")
	if err != nil {
		t.Fatal(err)
	}
	levels := map[string]string{}
	for _, c := range append(cases(), gitLabCases()...) {
		for _, line := range regexp.MustCompile("(?m)^(must|should) ([a-z-]+): ").FindAllStringSubmatch(c.wants, -1) {
			if had := levels[line[2]]; had != "" && had != line[1] {
				line[1] = "must or should"
			}
			levels[line[2]] = line[1]
		}
	}
	documented := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\| ([a-z ]+) \\|").FindAllStringSubmatch(string(page), -1) {
		documented[row[1]] = row[2]
	}
	if !maps.Equal(levels, documented) {
		t.Errorf("docs/doctor.md has\n%v\nand there is\n%v", documented, levels)
	}
}

// Ten thousand lines and a thousand people are gone through once: a thing that is said
// of many names five of them, and has all.
func TestMany(t *testing.T) {
	t.Parallel()
	f := well(t)
	var fyi []string
	var more strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&more, "  p%d: {name: P%d}\n", i, i)
		fyi = append(fyi, fmt.Sprintf("p%d", i))
	}
	f.Tree = files(t, fixture.People, "people:\n", "people:\n"+more.String(), fixture.Northwind, "ask: One", "fyi: ["+strings.Join(fyi, ", ")+"]\nask: One")
	for i := range 10_000 {
		n := line(fmt.Sprintf("2026/northwind steps %d", i), issues+"1")
		n.State, n.At = notice.Intent, now.AddDate(0, 0, -2)
		f.Notices.Answer = append(f.Notices.Answer, n)
	}
	r := doctor.Examine(f)
	want := "must notices-stuck: 10000 notices were written down and not delivered, the first 2 days ago: 2026/northwind\n" +
		"should people-without-login: 1000 people with a part in open escalations have no GitHub login, and are neither mentioned nor assigned: p0 (2026/northwind), p1 (2026/northwind), p10 (2026/northwind), p100 (2026/northwind), p101 (2026/northwind) and 995 more @ escalations/people.yaml\n"
	if got := shown(r); !strings.HasPrefix(got, want) {
		t.Errorf("got\n%s", got)
	}
	if n := len(r.Ailments[1].About); n != 1000 {
		t.Errorf("it is about %d people", n)
	}
}

// Whose issues a ledger has beside the repository's own, each once.
func TestOthers(t *testing.T) {
	t.Parallel()
	lines := []notice.Notice{line("a", issues+"1"), line("b", "https://github.com/acme/old/issues/1"), line("c", "https://github.com/acme/old/issues/2#issuecomment-1"), line("d", ""), line("e", "https://x.example/1")}
	told := line("f", "https://acme.slack.com/archives/C1/issues/1")
	told.To = notice.Channel
	if got := doctor.Others(append(lines, told), "github.com/acme/escalations"); !slices.Equal(got, []string{"github.com/acme/old"}) {
		t.Errorf("got %q", got)
	}
}

// A workflow is ours by what it runs, whatever its name and its form.
func TestReadWorkflow(t *testing.T) {
	t.Parallel()
	if w, _ := doctor.ReadWorkflow("x.yml", []byte("on: push\njobs:\n  a:\n    steps:\n      - run: make\n      - name: Tell\n        run: escalate apply\n")); len(w.Steps) != 1 || w.Steps[0].Line != 7 {
		t.Errorf("the line of a step: %+v", w)
	}
	for text, want := range map[string]string{
		"on: push\njobs: {a: {steps: [{uses: 'escalations-as-code/escalate@v1.2.3', with: {command: apply}}]}}":                      "[push] apply a v1.2.3",
		"on: [push, pull_request]\njobs: {a: {name: Check, steps: [{uses: acme/escalate@main, with: {command: lint}}]}}":             "[push pull_request] lint Check ",
		"on: {schedule: []}\njobs: {b: {steps: [{run: 'go run x && escalate stale --apply'}]}}":                                      "[schedule] stale b ",
		"jobs: {a: {steps: [{uses: ./, with: {command: apply}}]}}":                                                                   "[] apply a ",
		"jobs: {a: {steps: [{uses: ./, with: {command: deploy}}, {uses: acme/deescalate@v1, with: {command: apply}}, {run: make}]}}": "",
		"jobs: {a: {steps: [{uses: actions/checkout@v5}]}}":                                                                          "",
		"jobs: {a: {steps: [{uses: x/y@v1, with: '${{ fromJSON(x) }}'}, {uses: ./, with: {command: apply}}]}}":                       "[] apply a ",
		"a: b": "", "": "", "[1]": "",
	} {
		w, ok := doctor.ReadWorkflow("x.yml", []byte(text))
		got := ""
		for _, s := range w.Steps {
			got += fmt.Sprintf("%v %s %s %s", w.Starts, s.Command, s.Job, s.Version)
		}
		if got != want || ok != (want != "") {
			t.Errorf("%s\ngot  %q, %t\nwant %q", text, got, ok, want)
		}
	}
}
