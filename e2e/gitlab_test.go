//go:build e2e

package e2e

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/e2e/harness"
)

// played is where the part of docs/gitlab.md begins that a script plays.
const played = "\n## An escalation, played\n"

const gitlabPlayed = played + `
What people do, and what they see a minute later. A script plays it on a fake of GitLab that is as strict as its documentation, and a test holds
this page to it:

` + "```sh" + `
go -C e2e test -tags e2e -run 'TestGitLab$' . -update
` + "```" + `

A long answer is cut at ` + "`…`" + `. Each commit is called ` + "`abcdef0123`" + `.
`

// job are the variables of a job of a merge request, as GitLab sets them.
func (d *desk) job(number int, head string) harness.With {
	return harness.With{
		"GITLAB_CI=true", "CI_PIPELINE_SOURCE=merge_request_event", "CI_PIPELINE_ID=70", "CI_JOB_ID=701", fmt.Sprint("CI_MERGE_REQUEST_IID=", number),
		"CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main", "CI_COMMIT_SHA=" + head, "CI_PROJECT_DIR=" + d.Clone.Dir,
	}
}

// pipeline runs the jobs of a merge request, as .gitlab-ci.yml has them: what lint says,
// and what stands on the merge request then.
func (d *desk) pipeline(number int, branch string) {
	d.Helper()
	d.look(false)
	d.Clone.Git("fetch", "--quiet", "origin")
	d.Clone.Git("checkout", "--quiet", "--detach", "origin/"+branch)
	defer d.Clone.Git("checkout", "--quiet", "main")
	with := d.job(number, d.Clone.Git("rev-parse", "HEAD"))
	lint := d.Start(d.Clone, with, "lint", "--base", "origin/main", "--comment").Wait()
	if lint.Code > 1 {
		d.Fatal(lint)
	}
	if plan := d.Start(d.Clone, with, "plan", "--base", "origin/main", "--comment").Wait(); plan.Code != 0 {
		d.Fatal(plan)
	}
	fmt.Fprintf(&d.story, "\nThe job of lint ends with %d:\n\n%s\n", lint.Code, quote(clipped(visible(lint.Stdout), 14)))
	d.threads(number)
	d.look(false)
}

// threads writes down what stands on the lines of a merge request, and the plan.
func (d *desk) threads(number int) {
	d.Helper()
	for _, t := range d.Forge.(*harness.GitLab).Threads(number) {
		state, where := "open", "on the merge request as a whole"
		if t.Resolved {
			state = "resolved"
		}
		if t.Path != "" {
			where = fmt.Sprintf("beside `%s`, line %d", t.Path, t.Line)
		}
		now := visible(t.Body)
		fmt.Fprintf(&d.story, "\nA thread %s, %s:\n\n%s\n", where, state, quote(clipped(now, 16)))
	}
}

// TestGitLab plays the life of an escalation on GitLab: somebody who knows git opens it
// by a merge request with a mistake, people who know none go on in comments, and close
// it; then the board is built. What they do, and what they see, stands in the
// documentation.
func TestGitLab(t *testing.T) {
	t.Parallel()
	d := newDeskOn(t, harness.OnGitLab, nil)
	d.Clone.Pull()
	d.Clone.Git("checkout", "--quiet", "-b", "northwind")
	file := northwind(t)
	wrong := edited(t, file, edit{"dri: jdoe\nproduct", "dri: arivera\nproduct"}, edit{"owner: jdoe", "owner: jdo"})
	d.Clone.Commit("Open Northwind", map[string]string{northwindFile: wrong})
	d.Clone.Git("push", "--quiet", "origin", "northwind")
	d.Clone.Git("checkout", "--quiet", "main")
	number := d.Forge.OpenPull("jodoe", "northwind", "Open Northwind", "", harness.PullOptions{})
	fmt.Fprintf(&d.story, "\n## %s: `jodoe` opens merge request !%d, with two mistakes\n", d.Now().Format("Monday, 15:04"), number)
	d.pipeline(number, "northwind")

	d.Pass(10 * time.Minute)
	d.Clone.Git("checkout", "--quiet", "northwind")
	d.Clone.Commit("Mend", map[string]string{northwindFile: file})
	d.Clone.Git("push", "--quiet", "origin", "northwind")
	d.Clone.Git("checkout", "--quiet", "main")
	fmt.Fprintf(&d.story, "\n## %s: `jodoe` mends both\n", d.Now().Format("Monday, 15:04"))
	d.pipeline(number, "northwind")
	if threads := d.Forge.(*harness.GitLab).Threads(number); len(threads) != 2 || !threads[0].Resolved || threads[1].Resolved || threads[1].Path != "" {
		t.Errorf("the findings are mended, and there is %+v", threads)
	}
	d.merges("robinking")
	issue := tracking(t, d.World, "2026/northwind").Number

	d.comments("jodoe", issue, "/esc update customer The load test is booked.\n/esc step Mend the queue @minlee 2026-11-27")
	d.comments("robinking", issue, "Thank you all.\n\n/esc severity critical because Their board asks.\n/esc product-dri @dinapatel")
	d.comments("anarivera", issue, "/update customer Without the prefix.")
	d.comments("jodoe", issue, "/esc done load test\n/esc done mend\n/esc met 1")
	d.comments("jodoe", issue, "/esc close")
	d.comments("jodoe", issue, "/esc close\nresolution: resolved\noutcome: positive\nsummary: The queue is mended.\nagreement: https://docs.example.com/northwind-closing\nsentiment: green\n")
	d.merges("robinking")
	if i := tracking(t, d.World, "2026/northwind"); i.State != "closed" {
		t.Errorf("it is %s\n%s", i.State, shown(i))
	}

	out := filepath.Join(t.TempDir(), "site")
	d.Clone.Pull()
	r := d.Escalate(d.Clone, "site", "--output", out, "--now", d.Now().Format(time.RFC3339))
	if r.Code != 0 {
		t.Fatal(r)
	}
	board := readFile(t, filepath.Join(out, "escalations/2026/northwind.html"))
	for _, want := range []string{"/acme/escalations/-/issues/", "/acme/escalations/-/commit/"} {
		if !strings.Contains(board, want) {
			t.Errorf("the page of the escalation has no link to %s", want)
		}
	}
	fmt.Fprintf(&d.story, "\n## The board\n\n%s\n", quote(regexp.MustCompile(`: /.*/index\.html`).ReplaceAllString(r.Stdout, ": site/index.html")))
	const page = "../docs/gitlab.md"
	setUp, _, _ := strings.Cut(readFile(t, page), played)
	golden(t, page, setUp+gitlabPlayed+strings.ReplaceAll(d.story.String(), "\n## ", "\n### "))
	mustBeQuiet(t, d.World)
	if r := d.bot(); !strings.Contains(r.Stdout, "Nothing is asked for.") {
		t.Error(r)
	}
}

// TestMergedResult has the job of a merge request check out what a merge makes of it: it
// is judged by what the merge changes, and of a file that is another one there, no line is
// remarked on, since people see another line of that number.
func TestMergedResult(t *testing.T) {
	t.Parallel()
	const alphaFile = "escalations/2026/alpha.yaml"
	d := newDeskOn(t, harness.OnGitLab, map[string]string{northwindFile: northwind(t)})
	d.Clone.Pull()
	d.Clone.Git("checkout", "--quiet", "-b", "steps")
	alpha := edited(t, northwind(t), edit{"Northwind Traders", "Alpha Airlines"}, edit{"owner: jdoe", "owner: jdo"})
	d.Clone.Commit("A step for nobody", map[string]string{northwindFile: edited(t, northwind(t), edit{"owner: jdoe", "owner: jdo"}), alphaFile: alpha})
	d.Clone.Git("push", "--quiet", "origin", "steps")
	head := d.Clone.Git("rev-parse", "HEAD")
	number := d.Forge.OpenPull("jodoe", "steps", "A step for nobody", "", harness.PullOptions{})
	d.Clone.Git("checkout", "--quiet", "main")
	d.Clone.Merge("Say more", map[string]string{northwindFile: edited(t, northwind(t), edit{"Pipelines wait 40 minutes and", "Pipelines wait an hour and"})})
	d.Clone.Git("merge", "--quiet", "--no-ff", "-m", "Merge steps into main", "steps")
	with := append(d.job(number, d.Clone.Git("rev-parse", "HEAD")), "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA="+head)
	r := d.Start(d.Clone, with, "lint", "--base", "origin/main", "--comment", "--json").Wait()
	if r.Code != 1 || strings.Count(r.Stdout, `"known-person"`) != 2 || strings.Contains(r.Stdout, "summary") {
		t.Errorf("%v", r)
	}
	where := map[string]bool{}
	for _, thread := range d.Forge.(*harness.GitLab).Threads(number) {
		where[thread.Path] = true
	}
	if !where[alphaFile] || where[northwindFile] {
		t.Errorf("remarks stand in %v\n%v", where, r)
	}
}
