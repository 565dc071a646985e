package doctor_test

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/doctor"
	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/form"
)

const (
	pipelinesPage = "https://gitlab.com/acme/escalations/-/pipelines"
	schedulePage  = "https://gitlab.com/acme/escalations/-/pipeline_schedules/"
)

// pipeline is the pipeline that init makes for GitLab, with the sums of a release, and
// with some words exchanged in turn.
func pipeline(t *testing.T, words ...string) doctor.Workflow {
	t.Helper()
	data, err := os.ReadFile("../starter/testdata/gitlab-ci.yml")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("SUM  ", strings.Repeat("a", 64)+"  ", "v1.2.3", "v1.2.0").Replace(string(data))
	for i := 0; i < len(words); i += 2 {
		if !strings.Contains(text, words[i]) {
			t.Fatalf("%q is not in the pipeline", words[i])
		}
		text = strings.ReplaceAll(text, words[i], words[i+1])
	}
	w, ok := doctor.ReadPipeline(".gitlab-ci.yml", []byte(text))
	if !ok {
		t.Fatal("the pipeline runs no escalate")
	}
	return w
}

// wellOnGitLab is a setup on GitLab that lacks nothing, and of which all was looked at.
func wellOnGitLab(t *testing.T) doctor.Facts {
	t.Helper()
	f := well(t)
	f.Platform, f.Home = ci.GitLab, "gitlab.com/acme/escalations"
	var logins []string
	for _, name := range []string{"jodoe", "anarivera", "mlee", "okhan", "tmora"} {
		logins = append(logins, fixture.People, "github: "+name, "gitlab: "+name)
	}
	f.Tree = files(t, logins...)
	f.Workflows = []doctor.Workflow{pipeline(t)}
	f.Notices.Answer[0].URL = "https://gitlab.com/acme/escalations/-/issues/1"
	f.Form.Answer = form.New(&act.Case{Tree: f.Tree, At: f.Now}).Template()
	f.Forge.Name = "GitLab"
	f.Forge.Jobs.Answer = []forge.Job{
		{File: ".gitlab-ci.yml", Page: pipelinesPage, Ran: forge.Yes, Began: now.AddDate(0, -1, 0)},
		{File: ".gitlab-ci.yml", Page: schedulePage + "1", Disabled: "the schedule is inactive", Ran: forge.No},
		{File: ".gitlab-ci.yml", Page: schedulePage + "2", Ran: forge.Yes, Began: now.Add(-time.Hour)},
	}
	f.Forge.Hooks = &doctor.Asked[[]forge.Hook]{Answer: []forge.Hook{{Branch: "main", Comments: true, Issues: true, Confidential: true}}}
	f.Forge.Secrets = &doctor.Asked[[]forge.Secret]{Answer: []forge.Secret{
		{Name: "GITLAB_TOKEN", Protected: true, Masked: true}, {Name: "ESCALATE_REVIEW_TOKEN", Masked: true}, {Name: "THEIRS"},
	}}
	return f
}

// gitLabCases are what may be wrong on GitLab.
func gitLabCases() []wrong {
	flow := func(words ...string) func(*testing.T, *doctor.Facts) {
		return func(t *testing.T, f *doctor.Facts) {
			f.Workflows = []doctor.Workflow{pipeline(t, words...)}
			f.Workflows[0].Changed = false // one fault at a time
		}
	}
	text := func(of string) func(*testing.T, *doctor.Facts) {
		return func(t *testing.T, f *doctor.Facts) {
			w, ok := doctor.ReadPipeline(".gitlab-ci.yml", []byte(of))
			if !ok {
				t.Fatal("it runs no escalate")
			}
			f.Workflows = []doctor.Workflow{w}
		}
	}
	set := func(change func(*doctor.Facts)) func(*testing.T, *doctor.Facts) {
		return func(_ *testing.T, f *doctor.Facts) { change(f) }
	}
	return []wrong{
		{"nothing", set(func(*doctor.Facts) {}), ""},
		{"no token", set(func(f *doctor.Facts) { f.Forge, f.Missing = nil, []string{"GITLAB_TOKEN"} }), "unseen what the forge has: settings, schedules, webhooks, variables, protection: `GITLAB_TOKEN` is not set\n"},
		{"no token in a job", set(func(f *doctor.Facts) { f.Forge, f.Job, f.Missing = nil, true, []string{"GITLAB_TOKEN"} }), "must token-missing: this job has no token for the forge: no tracking issue can be written\n"},
		{"archived", set(func(f *doctor.Facts) { f.Forge.Hosted.Answer.Archived = forge.Yes }), "must repository-archived: the repository is archived: nobody can write, and no job runs\n"},

		{"no pipeline", set(func(f *doctor.Facts) { f.Workflows = nil }),
			"must workflow-missing: no job runs `escalate apply`: nothing is announced @ .gitlab-ci.yml\n" +
				"must workflow-missing: no job runs `escalate lint`: no merge request is checked @ .gitlab-ci.yml\n" +
				"must workflow-missing: no job runs `escalate stale`: nobody is asked for what is overdue @ .gitlab-ci.yml\n" +
				"must workflow-missing: no job runs `escalate bot`: what no webhook told is never answered @ .gitlab-ci.yml\n"},
		{"a pipeline that is no YAML", func(t *testing.T, f *doctor.Facts) {
			w, ok := doctor.ReadPipeline(".gitlab-ci.yml", []byte("a: [\n  script: escalate lint"))
			if !ok {
				t.Fatal("nobody knows that it is one")
			}
			f.Workflows = append(f.Workflows, w)
		}, "must workflow-unreadable: this pipeline cannot be read: yaml: line 2: did not find expected ',' or ']' @ .gitlab-ci.yml\n"},
		{"apply by the schedule alone", flow(`$CI_PIPELINE_SOURCE == "push" || $CI_PIPELINE_SOURCE == "web")`+"\n  script:\n    - |\n      case", `$CI_PIPELINE_SOURCE == "schedule")`+"\n  script:\n    - |\n      case"),
			"must workflow-unstarted: no pipeline of the kind `push` has a job that runs `escalate apply`: nothing is announced @ .gitlab-ci.yml\n"},
		{"no trigger", flow(`$CI_PIPELINE_SOURCE == "trigger" || `, ""), "should workflow-unstarted: no pipeline of the kind `trigger` has a job that runs `escalate bot`: comments and issues are answered late @ .gitlab-ci.yml\n"},
		{"no sums", flow(strings.Repeat("a", 64), "SUM"), "must workflow-unpinned: `SUM` stands where the sums of a release belong: no job runs @ .gitlab-ci.yml:N\n"},
		{"an older one", flow("v1.2.0", "v1.1.9"), "should workflow-old: escalate v1.1.9 runs, and v1.2.0 is here @ .gitlab-ci.yml:N\n"},
		{"changed by hand", func(t *testing.T, f *doctor.Facts) {
			f.Workflows = []doctor.Workflow{pipeline(t, "timeout: 30 minutes", "timeout: 2 hours")}
		}, "should pipeline-changed: somebody changed more in this file than the release and its sums: what a later version mends in it, it does not get @ .gitlab-ci.yml\n"},
		{"no resource group", flow("  resource_group: escalate-apply\n", ""),
			"should pipeline-unserialized: `escalate-apply`, `escalate-bot` and `escalate-stale` have no `resource_group`: two that announce run at once, and one of them waits or fails @ .gitlab-ci.yml:N\n"},
		{"a shallow clone", flow("    GIT_DEPTH: \"0\"", "    GIT_DEPTH: \"20\""),
			"should pipeline-shallow: `escalate-apply`, `escalate-bot`, `escalate-lint`, `escalate-pages` and `escalate-stale` run in a shallow clone: GitLab fetches the last commits alone, and rules and the timeline do not see the whole history @ .gitlab-ci.yml\n"},
		{"a depth for all", text("variables: {GIT_DEPTH: '0'}\nlint: {script: escalate lint, rules: [{if: '$CI_PIPELINE_SOURCE == \"merge_request_event\"'}]}\n" +
			"rest: {resource_group: a, script: [escalate apply, [escalate stale --apply, escalate bot]]}\n"), ""},
		{"the older words", text("variables: {GIT_DEPTH: '0'}\nlint: {script: escalate lint, only: [merge_requests]}\n" +
			"rest: {resource_group: a, only: {refs: [main]}, script: [escalate apply, escalate stale --apply]}\nbot: {resource_group: a, script: escalate bot, only: [triggers, schedules]}\n"), ""},
		{"a rule that keeps it out", text("variables: {GIT_DEPTH: '0'}\nlint: {script: escalate lint, only: [merge_requests]}\n" +
			"rest: {resource_group: a, script: [escalate apply, escalate stale --apply, escalate bot], rules: [{if: '$CI_PIPELINE_SOURCE == \"schedule\"', when: never}, {if: '$CI_PIPELINE_SOURCE == \"push\"'}, {if: '$CI_PIPELINE_SOURCE == \"trigger\"'}]}\n"),
			"must workflow-unstarted: no pipeline of the kind `schedule` has a job that runs `escalate stale`: nobody is asked for what is overdue @ .gitlab-ci.yml\n" +
				"must workflow-unstarted: no pipeline of the kind `schedule` has a job that runs `escalate bot`: what no webhook told is never answered @ .gitlab-ci.yml\n"},
		{"the component", text("include:\n  - component: gitlab.com/escalations-as-code/escalate/escalate@" + pin + " # v1.2.0\n"), ""},
		{"some of the component", text("include:\n  component: $CI_SERVER_FQDN/escalations-as-code/escalate/escalate@" + pin + " # v1.2.0\n  inputs: {jobs: lint plan apply bot}\n"),
			"must workflow-missing: no job runs `escalate stale`: nobody is asked for what is overdue @ .gitlab-ci.yml\n"},
		{"the newest of the component", text("include: [{component: gitlab.com/escalations-as-code/escalate/escalate@~latest}]\n"),
			"should workflow-unpinned: the component is taken at `~latest`, which somebody can move @ .gitlab-ci.yml:N\n" +
				"unseen whether .gitlab-ci.yml is older than this escalate: no version stands behind the commit\n"},
		{"beside theirs", func(t *testing.T, f *doctor.Facts) {
			f.Workflows[0].File = ".gitlab/escalate.gitlab-ci.yml"
		}, "must pipeline-left-out: .gitlab-ci.yml does not include .gitlab/escalate.gitlab-ci.yml: none of its jobs run @ .gitlab-ci.yml\n"},
		{"beside theirs, and included", func(t *testing.T, f *doctor.Facts) {
			f.Workflows[0].File = ".gitlab/escalate.gitlab-ci.yml"
			w, ok := doctor.ReadPipeline(".gitlab-ci.yml", []byte("include: /.gitlab/escalate.gitlab-ci.yml\nbuild: {script: make}\n"))
			if !ok {
				t.Fatal("nobody knows what it includes")
			}
			f.Workflows = append(f.Workflows, w)
		}, ""},

		{"no schedule", set(func(f *doctor.Facts) { f.Forge.Jobs.Answer = f.Forge.Jobs.Answer[:1] }),
			"must schedule-missing: no pipeline schedule runs for `main`: nobody is asked for what is overdue, and what no webhook told is not answered\n"},
		{"a schedule that stopped", set(func(f *doctor.Facts) { f.Forge.Jobs.Answer = f.Forge.Jobs.Answer[:2] }),
			"must schedule-stopped: the pipeline schedule does not run (the schedule is inactive): nobody is asked for what is overdue, and what no webhook told is not answered @ " + schedulePage + "1\n"},
		{"a schedule that fails", set(func(f *doctor.Facts) { f.Forge.Jobs.Answer[2].Failed = pipelinesPage + "/9" }),
			"must schedule-failed: the last pipeline of the schedule failed @ " + pipelinesPage + "/9\n"},
		{"a schedule that never ran", set(func(f *doctor.Facts) {
			f.Forge.Jobs.Answer[2].Ran, f.Forge.Jobs.Answer[2].Began = forge.No, time.Time{}
		}),
			"must schedule-idle: the pipeline schedule never ran: nobody is asked for what is overdue, and what no webhook told is not answered @ " + schedulePage + "2\n"},
		{"a schedule that does not run", set(func(f *doctor.Facts) { f.Forge.Jobs.Answer[2].Began = now.AddDate(0, 0, -9) }),
			"must schedule-idle: the pipeline schedule ran last 9 days ago: nobody is asked for what is overdue, and what no webhook told is not answered @ " + schedulePage + "2\n"},
		{"nobody says when it ran", set(func(f *doctor.Facts) { f.Forge.Jobs.Answer[2].Ran = forge.Unsaid }), "unseen when the pipeline schedule ran last: GitLab does not say it\n"},
		{"another file", set(func(f *doctor.Facts) { f.Forge.Jobs.Answer = nil }), "unseen whether pipelines run: the project has another file for its jobs than .gitlab-ci.yml\n"},
		{"a pipeline that failed", set(func(f *doctor.Facts) { f.Forge.Jobs.Answer[0].Failed = pipelinesPage + "/8" }), "must workflow-failed: the last pipeline of `main` failed @ " + pipelinesPage + "/8\n"},
		{"no webhook", set(func(f *doctor.Facts) { f.Forge.Hooks.Answer[0].Branch = "docs" }),
			"should webhook-missing: no webhook starts the pipeline of `main`: comments and issues are answered when the schedule runs\n"},
		{"no webhook, and no bot", func(t *testing.T, f *doctor.Facts) {
			f.Forge.Hooks.Answer = nil
			text("include:\n  component: gitlab.com/escalations-as-code/escalate/escalate@"+pin+" # v1.2.0\n  inputs: {jobs: lint apply stale}\n")(t, f)
		}, "must workflow-missing: no job runs `escalate bot`: what no webhook told is never answered @ .gitlab-ci.yml\n"},
		{"a webhook that is stopped", set(func(f *doctor.Facts) { f.Forge.Hooks.Answer[0].Disabled = "disabled" }),
			"should webhook-disabled: GitLab has stopped the webhook (disabled): comments and issues are answered when the schedule runs\n"},
		{"a webhook that is told of comments alone", set(func(f *doctor.Facts) { f.Forge.Hooks.Answer[0].Issues = false }),
			"should webhook-deaf: the webhook is not told of issues: that is answered when the schedule runs\n"},
		{"a webhook that is told nothing confidential", set(func(f *doctor.Facts) { f.Forge.Hooks.Answer[0].Confidential = false }),
			"should webhook-deaf: the webhook is not told of what is confidential: that is answered when the schedule runs\n"},
		{"a webhook that is told nothing", set(func(f *doctor.Facts) { f.Forge.Hooks.Answer[0] = forge.Hook{Branch: "main"} }),
			"should webhook-deaf: the webhook is not told of comments, issues and what is confidential: that is answered when the schedule runs\n"},
		{"no variable", set(func(f *doctor.Facts) { f.Forge.Secrets.Answer = f.Forge.Secrets.Answer[1:] }),
			"unseen whether the jobs get `GITLAB_TOKEN`: the project has no such variable, but a group of it may\n"},
		{"a token for every branch", set(func(f *doctor.Facts) { f.Forge.Secrets.Answer[0].Protected = false }),
			"should variable-unprotected: `GITLAB_TOKEN` is not protected: whoever pushes a branch can read it\n"},
		{"secrets in the open", set(func(f *doctor.Facts) {
			f.Forge.Secrets.Answer = append(f.Forge.Secrets.Answer, forge.Secret{Name: "SLACK_BOT_TOKEN"}, forge.Secret{Name: "ESCALATE_MARKER_KEY", Masked: true})
		}), "should variable-unprotected: `SLACK_BOT_TOKEN` and `ESCALATE_MARKER_KEY` are not protected: whoever pushes a branch can read them\n" +
			"should variable-unmasked: `SLACK_BOT_TOKEN` is not masked: a log may show it\n"},
		{"a token that may not look", set(func(f *doctor.Facts) {
			no := errors.New("it takes the role Maintainer")
			f.Forge.Jobs, f.Forge.Hooks, f.Forge.Secrets = doctor.Asked[[]forge.Job]{Err: no}, &doctor.Asked[[]forge.Hook]{Err: no}, &doctor.Asked[[]forge.Secret]{Err: no}
		}), "unseen whether pipelines run: it takes the role Maintainer\n" +
			"unseen whether a webhook starts the bot: it takes the role Maintainer\n" +
			"unseen whether the variables are there, masked and protected: it takes the role Maintainer\n"},
		{"merged whatever the pipeline says", set(func(f *doctor.Facts) { f.Forge.Main.Answer.Checks = nil }),
			"should check-optional: a merge request can be merged into `main` whatever its pipeline says: what lint refuses can be merged\n"},
		{"main is open", set(func(f *doctor.Facts) { f.Forge.Main.Answer.Reviewed = forge.No }),
			"should branch-unprotected: anybody who may write pushes to `main`, and so announces, without a merge request\n"},
		{"main by roles", set(func(f *doctor.Facts) {
			f.Forge.Main.Answer.Reviewed, f.Forge.Main.Answer.Restricts = forge.No, []string{"main: allowed to push: Maintainers"}
		}), "unseen whether what a comment asks for is committed at once: rules hold `main` (main: allowed to push: Maintainers), and whom they let pass is not said\n"},
		{"no form", set(func(f *doctor.Facts) { f.Form = doctor.Ask[[]byte](nil, fs.ErrNotExist) }),
			"should form-missing: there is no issue form: whoever has no clone opens no escalation in the browser @ .gitlab/issue_templates/escalation.md\n"},
		{"a template of their own", set(func(f *doctor.Facts) { f.Form.Answer = []byte("## What?\n") }),
			"should form-foreign: this form is not one that escalate made: issues that are made with it open no escalation @ .gitlab/issue_templates/escalation.md\n"},
		{"no label", set(func(f *doctor.Facts) { f.Forge.Label.Answer = forge.No }),
			"should form-label-missing: there is no label `escalation-request`: issues that are made with the form do not get it @ .gitlab/issue_templates/escalation.md\n"},
		{"a public site", set(func(f *doctor.Facts) { f.Forge.Pages.Answer.Private = forge.No }),
			"should board-unpublished: the board is an artifact of the job, and is not published: the site of this repository is public: everybody on the internet would read every escalation\n"},
		{"nobody has a login", func(t *testing.T, f *doctor.Facts) { f.Tree = files(t) },
			"should people-without-login: 5 people with a part in open escalations have no GitLab login, and are neither mentioned nor assigned: arivera (2026/northwind), jdoe (2026/northwind), mlee (2026/northwind), okhan (2026/northwind), tmora (2026/northwind) @ escalations/people.yaml\n"},
	}
}

// On GitLab, each thing that is missing is named in its words, and nothing else.
func TestExamineGitLab(t *testing.T) {
	t.Parallel()
	for _, c := range gitLabCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := wellOnGitLab(t)
			c.make(t, &f)
			r := doctor.Examine(f)
			if got := shown(r); got != c.wants {
				t.Errorf("got\n%swant\n%s", got, c.wants)
			}
			foreign := func(said string) bool {
				return strings.Contains(said, "GitHub") || strings.Contains(said, "pull request") || strings.Contains(said, "workflow")
			}
			for _, a := range r.Ailments {
				if a.Fix == "" || foreign(a.What+a.Fix) {
					t.Errorf("%s: the fix is %q", a.Name, a.Fix)
				}
			}
			for _, u := range r.Unseen {
				if foreign(u.What + u.Fix) {
					t.Errorf("%s: the fix is %q", u.What, u.Fix)
				}
			}
		})
	}
}
