//go:build e2e

package harness_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/escalations-as-code/escalate/e2e/harness"
)

const (
	owner = harness.Owner
	name  = harness.Name
)

// refused reports whether a call was refused with a status, for a reason that is named
// in what GitHub says: its message, or the code or message of its first error.
func refused(t *testing.T, res *github.Response, err error, status int, reason string) {
	t.Helper()
	e := (*github.ErrorResponse)(nil)
	if !errors.As(err, &e) || res.StatusCode != status {
		t.Errorf("want a %d: %v", status, err)
		return
	}
	said := e.Message
	for _, one := range e.Errors {
		said += " " + one.Field + " " + one.Code + " " + one.Message
	}
	if !strings.Contains(said, reason) {
		t.Errorf("it is refused with %q, want %q", said, reason)
	}
}

// TestReactions leaves reactions on an issue and on a comment, each once.
func TestReactions(t *testing.T) {
	t.Parallel()
	g := tools.NewGitHub(t, logins)
	c, ctx := client(t, g.URL()), t.Context()
	issue := g.AddIssue("jodoe", "Northwind", "text")
	id := g.AddComment("anarivera", issue, "/update")
	for i, want := range []int{201, 200} {
		r, res, err := c.Reactions.CreateIssueCommentReaction(ctx, owner, name, id, "eyes")
		if err != nil || res.StatusCode != want || r.GetID() != 1 || r.GetContent() != "eyes" || r.GetUser().GetLogin() != harness.Bot || r.GetUser().GetType() != "Bot" {
			t.Errorf("on the comment, time %d: %v, %v", i+1, r, err)
		}
		if r, res, err = c.Reactions.CreateIssueReaction(ctx, owner, name, issue, "eyes"); err != nil || res.StatusCode != want || r.GetID() != 2 {
			t.Errorf("on the issue, time %d: %v, %v", i+1, r, err)
		}
	}
	if want := []harness.Reaction{{issue, id, harness.Bot, "eyes"}, {issue, 0, harness.Bot, "eyes"}}; !slices.Equal(g.Reactions(), want) {
		t.Errorf("there are %v", g.Reactions())
	}
	if list, _, err := c.Reactions.ListIssueCommentReactions(ctx, owner, name, id, nil); err != nil || len(list) != 1 || list[0].GetContent() != "eyes" {
		t.Errorf("listed: %v, %v", list, err)
	}
	_, res, err := c.Reactions.CreateIssueCommentReaction(ctx, owner, name, 999, "eyes")
	refused(t, res, err, 404, "Not Found")
	_, res, err = c.Reactions.CreateIssueReaction(ctx, owner, name, 999, "eyes")
	refused(t, res, err, 404, "Not Found")
	g.DeleteIssue(issue)
	_, res, err = c.Reactions.CreateIssueReaction(ctx, owner, name, issue, "+1")
	refused(t, res, err, 410, "deleted")
	_, res, err = c.Reactions.CreateIssueCommentReaction(ctx, owner, name, id, "+1")
	refused(t, res, err, 404, "Not Found")

	rec := &recorder{TB: t}
	g = tools.NewGitHub(rec, logins)
	send(t, "POST", fmt.Sprintf("%s/repos/acme/escalations/issues/%d/reactions", g.URL(), g.AddIssue("jodoe", "x", "")), `{"content":"shrug"}`)
	if len(rec.said) == 0 || !strings.Contains(rec.said[0], "description does not allow POST") {
		t.Errorf("a reaction that there is none of: the test is told %q", rec.said)
	}
}

// TestChangesSince lists what changed since a time by the clock of the world.
func TestChangesSince(t *testing.T) {
	t.Parallel()
	w := tools.NewWorld(t, logins, nil)
	c, ctx := client(t, w.GitHub.EnterpriseURL()), t.Context()
	begun := w.Now()
	first := w.GitHub.AddIssue("jodoe", "first", "text", "escalation")
	second := w.GitHub.AddIssue("anarivera", "second", "text", "escalation")
	var ids []int64
	for i := range 130 {
		if i%2 == 0 { // two in each second
			w.Pass(time.Second)
		}
		ids = append(ids, w.GitHub.AddComment("jodoe", first, fmt.Sprint(i)))
	}
	w.Pass(time.Minute)
	w.GitHub.EditComment(ids[3], "edited")
	sort, direction := "updated", "asc"
	list := func(since time.Time) (bodies []string) {
		o := &github.IssueListCommentsOptions{Sort: &sort, Direction: &direction, Since: &since, ListOptions: github.ListOptions{PerPage: 50}}
		for {
			page, res, err := c.Issues.ListComments(ctx, owner, name, 0, o)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range page {
				if p.GetAuthorAssociation() != "MEMBER" || p.GetIssueURL() == "" {
					t.Errorf("%v", p)
				}
				bodies = append(bodies, p.GetBody())
			}
			if o.Page = res.NextPage; o.Page == 0 {
				return bodies
			}
		}
	}
	if all := list(begun); len(all) != 130 || all[2] != "2" || all[3] != "4" || all[129] != "edited" {
		t.Errorf("%q", all)
	}
	if some := list(begun.Add(65 * time.Second)); !slices.Equal(some, []string{"128", "129", "edited"}) {
		t.Errorf("%q", some)
	}
	one, _, err := c.Issues.GetComment(ctx, owner, name, ids[3])
	if err != nil || !one.GetCreatedAt().Time.Equal(begun.Add(2*time.Second)) || !one.GetUpdatedAt().Time.Equal(w.Now()) {
		t.Errorf("%v, %v", one, err)
	}
	w.Pass(time.Minute)
	w.GitHub.EditIssue("anarivera", second, "edited")
	issues, _, err := c.Issues.ListByRepo(ctx, owner, name, &github.IssueListByRepoOptions{State: "all", Labels: []string{"escalation"}, Sort: "updated", Direction: "asc", Since: begun})
	if err != nil || len(issues) != 2 || issues[0].GetNumber() != first || issues[1].GetAuthorAssociation() != "MEMBER" || issues[1].GetUser().GetLogin() != "anarivera" ||
		!issues[0].GetUpdatedAt().Time.Equal(begun.Add(65*time.Second)) || !issues[1].GetUpdatedAt().Time.Equal(w.Now()) || !issues[1].GetCreatedAt().Time.Equal(begun) {
		t.Errorf("%v, %v", issues, err)
	}
	issues, _, err = c.Issues.ListByRepo(ctx, owner, name, &github.IssueListByRepoOptions{State: "all", Labels: []string{"escalation"}, Since: w.Now()})
	if err != nil || len(issues) != 1 || issues[0].GetNumber() != second {
		t.Errorf("since now: %v, %v", issues, err)
	}
}

// propose pushes a branch with files, and returns the commit.
func propose(w *harness.World, branch string, files map[string]string) string {
	w.Clone.Git("checkout", "--quiet", "-B", branch, "origin/main")
	w.Clone.Commit("Change "+branch, files)
	w.Clone.Git("push", "--quiet", "--force", "origin", branch)
	return w.Clone.Git("rev-parse", "HEAD")
}

// push pushes as the binary does it, not as the test does.
func push(c *harness.Clone, ref string) (string, error) {
	cmd := exec.Command("git", "push", "--quiet", "origin", ref)
	cmd.Dir = c.Dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestPulls opens pull requests of branches that are there, and merges them there.
func TestPulls(t *testing.T) {
	t.Parallel()
	w := tools.NewWorld(t, logins, map[string]string{"a": "1\n", "b": "1\n2\n3\n4\n5\n", "c": "1\n"})
	g := w.GitHub
	c, ctx := client(t, g.URL()), t.Context()
	create := func(head string) (*github.PullRequest, *github.Response, error) {
		return c.PullRequests.Create(ctx, owner, name, &github.NewPullRequest{Title: github.String("Update " + head), Head: &head, Base: github.String("main"), Body: github.String("text")})
	}
	_, res, err := create("escalate/none")
	refused(t, res, err, 422, "head invalid")
	_, res, err = c.PullRequests.Create(ctx, owner, name, &github.NewPullRequest{Title: github.String("x"), Head: github.String("main"), Base: github.String("main"), Body: github.String(strings.Repeat("é", 65537))})
	refused(t, res, err, 422, "body is too long")
	w.Clone.Git("push", "--quiet", "origin", "main:escalate/empty")
	_, res, err = create("escalate/empty")
	refused(t, res, err, 422, "No commits between main and escalate/empty")
	_, res, err = c.PullRequests.Get(ctx, owner, name, 1)
	refused(t, res, err, 404, "Not Found")

	tip := propose(w, "escalate/one", map[string]string{"a": "2\n", "b": "", "d/ä b": "1\n2\n3\n4\n5\n", "c": "1\n2\n"})
	pr, res, err := create("escalate/one")
	if err != nil || res.StatusCode != 201 || pr.GetState() != "open" || pr.GetMerged() || !pr.GetMergeable() || pr.GetMergeableState() != "clean" ||
		pr.GetHead().GetRef() != "escalate/one" || pr.GetHead().GetSHA() != tip || pr.GetBase().GetRef() != "main" || pr.GetBase().GetSHA() != w.Origin.Git("rev-parse", "main") ||
		pr.GetHead().GetRepo().GetID() == 0 || pr.GetHead().GetRepo().GetID() != pr.GetBase().GetRepo().GetID() ||
		pr.GetUser().GetLogin() != harness.Bot || pr.GetUser().GetType() != "Bot" || pr.GetTitle() != "Update escalate/one" || pr.GetBody() != "text" ||
		!strings.HasSuffix(pr.GetHTMLURL(), fmt.Sprintf("/acme/escalations/pull/%d", pr.GetNumber())) || !pr.GetCreatedAt().Time.Equal(w.Now()) || pr.GetChangedFiles() != 3 || pr.GetCommits() != 1 {
		t.Fatalf("%v, %v", pr, err)
	}
	number := pr.GetNumber()
	_, res, err = create("escalate/one")
	refused(t, res, err, 422, "A pull request already exists for acme:escalate/one.")

	files, _, err := c.PullRequests.ListFiles(ctx, owner, name, number, nil)
	var seen []string
	for _, f := range files {
		seen = append(seen, fmt.Sprintf("%s %s %s +%d -%d", f.GetStatus(), f.GetFilename(), f.GetPreviousFilename(), f.GetAdditions(), f.GetDeletions()))
	}
	if want := []string{"modified a  +1 -1", "modified c  +1 -0", "renamed d/ä b b +0 -0"}; err != nil || !slices.Equal(seen, want) {
		t.Errorf("%q, %v", seen, err)
	}

	// Among the issues it is one, with its comments.
	comment, _, err := c.Issues.CreateComment(ctx, owner, name, number, comment("the plan"))
	if err != nil || !strings.Contains(comment.GetHTMLURL(), fmt.Sprintf("/pull/%d#", number)) {
		t.Errorf("the comment is at %s, %v", comment.GetHTMLURL(), err)
	}
	if i, _, err := c.Issues.Get(ctx, owner, name, number); err != nil || !i.IsPullRequest() || i.GetState() != "open" {
		t.Errorf("%v, %v", i, err)
	}

	// Lists, by branch and by state.
	propose(w, "escalate/two", map[string]string{"a": "3\n"})
	other := g.OpenPull("jodoe", "escalate/two", "Of a person", "", harness.PullOptions{Fork: true, Draft: true})
	for of, want := range map[github.PullRequestListOptions][]int{
		{}: {other, number}, {State: "all", Sort: "created", Direction: "asc"}: {number, other}, {Head: "acme:escalate/one"}: {number}, {Head: "acme:escalate/none"}: nil,
		{Head: "acme:escalate/two"}: nil, {Head: "fork:escalate/two"}: {other}, {Base: "other"}: nil, {State: "closed"}: nil,
	} {
		list, _, err := c.PullRequests.List(ctx, owner, name, &of)
		var numbers []int
		for _, p := range list {
			numbers = append(numbers, p.GetNumber())
		}
		slices.Sort(numbers)
		slices.Sort(want)
		if err != nil || !slices.Equal(numbers, want) {
			t.Errorf("%+v: %v, want %v (%v)", of, numbers, want, err)
		}
	}
	if p, _, err := c.PullRequests.Get(ctx, owner, name, other); err != nil || !p.GetDraft() || p.GetHead().GetRepo().GetID() == p.GetBase().GetRepo().GetID() || p.GetUser().GetLogin() != "jodoe" || p.GetAuthorAssociation() != "MEMBER" {
		t.Errorf("%v, %v", p, err)
	}
	_, res, err = c.PullRequests.Merge(ctx, owner, name, other, "", nil)
	refused(t, res, err, 405, "not mergeable")

	// Pushed to, it is another commit; merged, the origin has it.
	_, res, err = c.PullRequests.Merge(ctx, owner, name, number, "", &github.PullRequestOptions{SHA: strings.Repeat("0", 40)})
	refused(t, res, err, 409, "Head branch was modified")
	_, res, err = c.PullRequests.Merge(ctx, owner, name, number, "", &github.PullRequestOptions{SHA: tip, MergeMethod: "rebase"})
	refused(t, res, err, 405, "not allowed on this repository")
	w.Pass(time.Minute)
	merged, _, err := c.PullRequests.Merge(ctx, owner, name, number, "", &github.PullRequestOptions{SHA: tip, MergeMethod: "merge"})
	if err != nil || !merged.GetMerged() || merged.GetSHA() != w.Origin.Git("rev-parse", "main") || w.Origin.Git("show", "main:a") != "2" || w.Origin.Git("rev-parse", "main^2") != tip {
		t.Fatalf("%v, %v", merged, err)
	}
	if got, want := w.Origin.Git("log", "-1", "--format=%B", "main"), fmt.Sprintf("Merge pull request #%d from acme/escalate/one\n\nUpdate escalate/one\n", number); got != want {
		t.Errorf("the merge says %q", got)
	}
	_, res, err = c.PullRequests.Merge(ctx, owner, name, number, "", &github.PullRequestOptions{SHA: tip})
	refused(t, res, err, 405, "not mergeable")
	pr, _, err = c.PullRequests.Get(ctx, owner, name, number)
	if err != nil || !pr.GetMerged() || pr.GetState() != "closed" || pr.GetMergeCommitSHA() != merged.GetSHA() || !pr.GetMergedAt().Time.Equal(w.Now()) || pr.GetHead().GetSHA() != tip {
		t.Errorf("%v, %v", pr, err)
	}
	if is, _, err := c.PullRequests.IsMerged(ctx, owner, name, number); err != nil || !is {
		t.Errorf("merged: %v, %v", is, err)
	}
	_, res, err = c.PullRequests.Edit(ctx, owner, name, number, &github.PullRequest{State: github.String("open")})
	refused(t, res, err, 422, "cannot be reopened")
	if files, _, err := c.PullRequests.ListFiles(ctx, owner, name, number, nil); err != nil || len(files) != 3 {
		t.Errorf("merged, it changes %d files, %v", len(files), err)
	}

	// The draft conflicts by now.
	if p, _, err := c.PullRequests.Get(ctx, owner, name, other); err != nil || p.GetMergeable() || p.GetMergeableState() != "dirty" {
		t.Errorf("%v %s, %v", p.GetMergeable(), p.GetMergeableState(), err)
	}
}

// TestPullsByOthers has people do to branches what they do.
func TestPullsByOthers(t *testing.T) {
	t.Parallel()
	w := tools.NewWorld(t, logins, map[string]string{"a": "1\n"})
	g := w.GitHub
	c, ctx := client(t, g.URL()), t.Context()
	for _, branch := range []string{"pushed", "deleted", "squashed", "declined"} {
		propose(w, branch, map[string]string{branch: "1\n"})
		g.OpenPull("jodoe", branch, branch, "why", harness.PullOptions{})
	}
	w.Clone.Git("push", "--quiet", "origin", "pushed:main", ":deleted")
	merged, _, err := c.PullRequests.Merge(ctx, owner, name, g.Pulls()[2].Number, "", &github.PullRequestOptions{MergeMethod: "squash"})
	if err != nil || w.Origin.Git("log", "-1", "--format=%B %P", "main") != fmt.Sprintf("squashed (#%d)\n\nwhy\n %s", g.Pulls()[2].Number, g.Pulls()[0].Commit) {
		t.Errorf("%v, %v: %q", merged, err, w.Origin.Git("log", "-1", "--format=%B %P", "main"))
	}
	if _, _, err := c.PullRequests.Edit(ctx, owner, name, g.Pulls()[3].Number, &github.PullRequest{State: github.String("closed"), Title: github.String("Declined")}); err != nil {
		t.Error(err)
	}
	var stand []string
	for _, p := range g.Pulls() {
		stand = append(stand, fmt.Sprintf("%s %s %v", p.Title, p.State, p.Merged))
	}
	if want := []string{"pushed closed true", "deleted closed false", "squashed closed true", "Declined closed false"}; !slices.Equal(stand, want) {
		t.Errorf("%q", stand)
	}
	w.Clone.Git("fetch", "--quiet", "origin")
	propose(w, "button", map[string]string{"button": "1\n"})
	g.OpenPull("jodoe", "button", "By the button", "", harness.PullOptions{})
	g.MergePull(g.Pulls()[4].Number)
	if got := g.Pulls()[4]; !got.Merged || w.Origin.Git("show", "main:button") != "1" {
		t.Errorf("%+v", got)
	}
}

// TestChecks sets check runs on commits that are there, and merges wait for them.
func TestChecks(t *testing.T) {
	t.Parallel()
	w := tools.NewWorld(t, logins, map[string]string{"a": "1\n"})
	c, ctx := client(t, w.GitHub.URL()), t.Context()
	tip := propose(w, "one", map[string]string{"a": "2\n"})
	number := w.GitHub.OpenPull("jodoe", "one", "x", "", harness.PullOptions{})
	w.Protect(harness.Guard{Checks: []string{"escalate"}, Review: true, Pushes: true})
	merge := func() (*github.Response, error) {
		_, res, err := c.PullRequests.Merge(ctx, owner, name, number, "", &github.PullRequestOptions{SHA: tip})
		return res, err
	}
	res, err := merge()
	refused(t, res, err, 405, "approving review")
	w.Protect(harness.Guard{Checks: []string{"escalate"}, Pushes: true})
	res, err = merge()
	refused(t, res, err, 405, `"escalate" is expected`)
	if p, _, err := c.PullRequests.Get(ctx, owner, name, number); err != nil || p.GetMergeableState() != "blocked" {
		t.Errorf("%s, %v", p.GetMergeableState(), err)
	}

	output := &github.CheckRunOutput{Title: github.String("1 error"), Summary: github.String("| a |"), Text: github.String("more")}
	_, res, err = c.Checks.CreateCheckRun(ctx, owner, name, github.CreateCheckRunOptions{Name: "escalate", HeadSHA: strings.Repeat("0", 40)})
	refused(t, res, err, 422, "No commit found for SHA")
	run, res, err := c.Checks.CreateCheckRun(ctx, owner, name, github.CreateCheckRunOptions{Name: "escalate", HeadSHA: tip, ExternalID: github.String("ours"), Conclusion: github.String("failure"), Output: output})
	if err != nil || res.StatusCode != 201 || run.GetStatus() != "completed" || run.GetConclusion() != "failure" || run.GetHeadSHA() != tip || run.GetExternalID() != "ours" || run.GetOutput().GetText() != "more" || run.GetCompletedAt().IsZero() {
		t.Fatalf("%v, %v", run, err)
	}
	_, res, err = c.Checks.CreateCheckRun(ctx, owner, name, github.CreateCheckRunOptions{Name: "other", HeadSHA: tip, Status: github.String("completed")})
	refused(t, res, err, 422, "conclusion missing_field")
	if _, _, err = c.Checks.CreateCheckRun(ctx, owner, name, github.CreateCheckRunOptions{Name: "other", HeadSHA: tip, Status: github.String("in_progress")}); err != nil {
		t.Error(err)
	}
	res, err = merge()
	refused(t, res, err, 405, `"escalate" is failing`)
	run, _, err = c.Checks.UpdateCheckRun(ctx, owner, name, run.GetID(), github.UpdateCheckRunOptions{Name: "escalate", Conclusion: github.String("success"), Output: &github.CheckRunOutput{Title: github.String("All is well"), Summary: github.String("")}})
	if err != nil || run.GetConclusion() != "success" || run.GetOutput().GetTitle() != "All is well" || run.GetExternalID() != "ours" {
		t.Errorf("%v, %v", run, err)
	}
	_, res, err = c.Checks.UpdateCheckRun(ctx, owner, name, 99, github.UpdateCheckRunOptions{Name: "escalate"})
	refused(t, res, err, 404, "Not Found")
	if run, _, err = c.Checks.GetCheckRun(ctx, owner, name, run.GetID()); err != nil || run.GetName() != "escalate" {
		t.Errorf("%v, %v", run, err)
	}
	for of, want := range map[string]int{"": 2, "escalate": 1, "none": 0} {
		o := &github.ListCheckRunsOptions{}
		if of != "" {
			o.CheckName = &of
		}
		for _, ref := range []string{tip, "one"} {
			if list, _, err := c.Checks.ListCheckRunsForRef(ctx, owner, name, ref, o); err != nil || list.GetTotal() != want || len(list.CheckRuns) != want {
				t.Errorf("%q of %s: %v, %v", of, ref, list, err)
			}
		}
	}
	if got := w.GitHub.CheckRuns(tip); len(got) != 2 || got[0].Conclusion != "success" || got[1].Status != "in_progress" {
		t.Errorf("%+v", got)
	}

	// Nobody pushes past the pull request; by it, it is merged.
	if out, err := push(w.Clone, "HEAD:refs/heads/main"); err == nil || !strings.Contains(out, "Changes must be made through a pull request") {
		t.Errorf("the push: %v\n%s", err, out)
	}
	if out, err := push(w.Clone, "HEAD:refs/heads/another"); err != nil {
		t.Errorf("the push of another branch: %v\n%s", err, out)
	}
	if _, err := merge(); err != nil {
		t.Error(err)
	}
	if list, _, err := c.Checks.ListCheckRunsForRef(ctx, owner, name, "none", nil); err == nil {
		t.Errorf("of a branch that is none: %v", list)
	}
}

// TestDispatches asks for events.
func TestDispatches(t *testing.T) {
	t.Parallel()
	w := tools.NewWorld(t, logins, map[string]string{".github/workflows/apply.yml": "on: workflow_dispatch\n"})
	c, ctx := client(t, w.GitHub.URL()), t.Context()
	if _, _, err := c.Repositories.Dispatch(ctx, owner, name, github.DispatchRequestOptions{EventType: "escalation"}); err != nil {
		t.Error(err)
	}
	res, err := c.Actions.CreateWorkflowDispatchEventByFileName(ctx, owner, name, "apply.yml", github.CreateWorkflowDispatchEventRequest{Ref: "main", Inputs: map[string]any{"begin": "true"}})
	if err != nil || res.StatusCode != 204 {
		t.Error(err)
	}
	res, err = c.Actions.CreateWorkflowDispatchEventByFileName(ctx, owner, name, "none.yml", github.CreateWorkflowDispatchEventRequest{Ref: "main"})
	refused(t, res, err, 404, "Not Found")
	res, err = c.Actions.CreateWorkflowDispatchEventByFileName(ctx, owner, name, "apply.yml", github.CreateWorkflowDispatchEventRequest{Ref: "none"})
	refused(t, res, err, 422, "No ref found for: none")
	got := w.GitHub.Dispatches()
	if len(got) != 2 || got[0].Event != "escalation" || got[1].Workflow != "apply.yml" || got[1].Ref != "main" || got[1].Payload["begin"] != "true" {
		t.Errorf("%+v", got)
	}
}

// TestReadOnlyToken has a token refused that may only read.
func TestReadOnlyToken(t *testing.T) {
	t.Parallel()
	w := tools.NewWorld(t, logins, map[string]string{"a": "1\n"})
	c := client(t, w.GitHub.URL())
	tip := propose(w, "one", map[string]string{"a": "2\n"})
	number := w.GitHub.OpenPull("jodoe", "one", "x", "", harness.PullOptions{})
	for _, method := range []string{http.MethodPost, http.MethodPut} {
		w.GitHub.Inject(harness.Fault{Kind: harness.ReadOnly, Method: method, Times: harness.Always})
	}
	for what, do := range map[string]func(context.Context) (*github.Response, error){
		"reaction": func(ctx context.Context) (*github.Response, error) {
			_, res, err := c.Reactions.CreateIssueReaction(ctx, owner, name, number, "eyes")
			return res, err
		},
		"check": func(ctx context.Context) (*github.Response, error) {
			_, res, err := c.Checks.CreateCheckRun(ctx, owner, name, github.CreateCheckRunOptions{Name: "x", HeadSHA: tip})
			return res, err
		},
		"merge": func(ctx context.Context) (*github.Response, error) {
			_, res, err := c.PullRequests.Merge(ctx, owner, name, number, "", nil)
			return res, err
		},
	} {
		res, err := do(t.Context())
		if err == nil || res.StatusCode != 403 {
			t.Errorf("%s: %v", what, err)
		}
	}
	if p := w.GitHub.Pulls()[0]; p.Merged || len(w.GitHub.Reactions()) > 0 || len(w.GitHub.CheckRuns(tip)) > 0 {
		t.Errorf("something was done: %+v", p)
	}
}
