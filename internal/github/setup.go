package github

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge"
)

// get asks for something below the repository. Of what is not shown to the token,
// the error says which permission it takes: GitHub's own word, or else needs.
func (r *Repository) get(ctx context.Context, path, needs string, into any) (*github.Response, error) {
	request, err := r.NewRequest(http.MethodGet, strings.TrimSuffix("repos/"+r.owner+"/"+r.repo+"/"+path, "/"), nil)
	if err != nil {
		return nil, err
	}
	reply, err := r.Do(ctx, request, into)
	return reply, unseen(err, needs)
}

// unseen is an error of what is only looked at, in words.
func unseen(err error, needs string) error {
	s := status(err)
	if s != http.StatusForbidden && s != http.StatusNotFound || limitReached(err) {
		return inWords(err)
	}
	kind := forge.ErrForbidden
	if s == http.StatusNotFound {
		kind = forge.ErrGone
	}
	message, takes := "", needs
	var e *github.ErrorResponse
	if errors.As(err, &e) {
		message = e.Message
		takes = cmp.Or(strings.ReplaceAll(e.Response.Header.Get("X-Accepted-GitHub-Permissions"), "=", ": "), needs)
	}
	return &forge.Error{Kind: kind, Err: fmt.Errorf("GitHub does not show it to this token (%d %s): it takes `%s`", s, message, takes)}
}

// Hosted returns what GitHub says of the repository. What a token may, it says of
// classic ones, by their scopes, and of people: not of a fine-grained token, which
// may less than its owner, and not of that of an app or a workflow.
func (r *Repository) Hosted(ctx context.Context) (forge.Hosted, error) {
	var is struct {
		FullName      string `json:"full_name"`
		DefaultBranch string `json:"default_branch"`
		Private       *bool
		Archived      *bool
		HasIssues     *bool `json:"has_issues"`
		Fork          *bool
		Permissions   *struct{ Push *bool }
	}
	reply, err := r.get(ctx, "", "metadata: read", &is)
	if err != nil {
		return forge.Hosted{}, err
	}
	if is.FullName == "" {
		return forge.Hosted{}, destination.ErrUnconfirmed
	}
	h := forge.Hosted{
		Repository: is.FullName, Default: is.DefaultBranch,
		Private: forge.Saying(is.Private), Archived: forge.Saying(is.Archived), Issues: forge.Saying(is.HasIssues), Fork: forge.Saying(is.Fork),
	}
	person := forge.Unsaid
	if is.Permissions != nil {
		person = forge.Saying(is.Permissions.Push)
	}
	switch scopes := reply.Header.Get("X-OAuth-Scopes"); {
	case scopes == "" && person == forge.No && !r.app:
		h.Write = forge.No
	case scopes == "": // fine-grained, or no person's
	case !classic(scopes, h.Private):
		h.Write = forge.No
	default:
		h.Write = person
	}
	return h, nil
}

// classic reports whether the scopes of a classic token are enough to write.
func classic(scopes string, private forge.Said) bool {
	for scope := range strings.SplitSeq(scopes, ",") {
		if scope = strings.TrimSpace(scope); scope == "repo" || scope == "public_repo" && private == forge.No {
			return true
		}
	}
	return false
}

// isApp reports whether a token is that of an app or a workflow, by what GitHub lets
// such tokens begin with.
func isApp(token string) bool { return strings.HasPrefix(token, "ghs_") }

// rule is one rule that holds for a branch, whichever ruleset it is from.
type rule struct {
	Type       string
	Parameters struct {
		RequiredStatusChecks []struct{ Context string } `json:"required_status_checks"`
	}
}

// Guard returns what a branch is held to, by rulesets and by its protection of the
// older kind. Of the latter, GitHub shows the details to nobody but administrators: a
// branch with it is taken for one that changes by pull requests, and whether it is
// kept is unsaid.
func (r *Repository) Guard(ctx context.Context, branch string) (forge.Guard, error) {
	rules := []rule{}
	for page := 1; page > 0; {
		var more *[]rule
		reply, err := r.get(ctx, fmt.Sprintf("rules/branches/%s?per_page=100&page=%d", url.PathEscape(branch), page), "metadata: read", &more)
		switch {
		case err != nil:
			return forge.Guard{}, err
		case more == nil:
			return forge.Guard{}, destination.ErrUnconfirmed
		}
		rules = append(rules, *more...)
		page = reply.NextPage
	}
	g := forge.Guard{Reviewed: forge.No, Kept: forge.No}
	forced, deleted := true, true
	for _, rule := range rules {
		switch rule.Type {
		case "pull_request":
			g.Reviewed = forge.Yes
		case "non_fast_forward":
			forced = false
		case "deletion":
			deleted = false
		case "required_status_checks":
			for _, c := range rule.Parameters.RequiredStatusChecks {
				g.Checks = append(g.Checks, c.Context)
			}
		}
		if rule.Type != "non_fast_forward" && rule.Type != "deletion" && rule.Type != "required_linear_history" && !slices.Contains(g.Restricts, rule.Type) {
			g.Restricts = append(g.Restricts, rule.Type)
		}
	}
	if !forced && !deleted {
		g.Kept = forge.Yes
	}
	return g, r.protection(ctx, branch, &g)
}

// protection adds what the protection of the older kind says of a branch.
func (r *Repository) protection(ctx context.Context, branch string, g *forge.Guard) error {
	var is struct {
		Name       string
		Protected  *bool
		Protection struct {
			Enabled *bool
			Checks  struct{ Contexts []string } `json:"required_status_checks"`
		}
	}
	_, err := r.get(ctx, "branches/"+url.PathEscape(branch), "contents: read", &is)
	switch {
	case errors.Is(err, forge.ErrGone): // there is no such branch yet
		return nil
	case err != nil:
		return err
	case is.Name == "" || is.Protected == nil:
		return destination.ErrUnconfirmed
	case is.Protection.Enabled == nil || !*is.Protection.Enabled:
		return nil
	}
	g.Reviewed = forge.Yes
	g.Checks = append(g.Checks, is.Protection.Checks.Contexts...)
	if g.Kept == forge.No {
		g.Kept = forge.Unsaid
	}
	g.Restricts = append(g.Restricts, "branch protection")
	return nil
}

// Automation returns how the workflows of some files stand.
func (r *Repository) Automation(ctx context.Context, files []string) ([]forge.Job, error) {
	var jobs []forge.Job
	for page := 1; page > 0; {
		var list struct {
			Workflows *[]struct {
				ID      int64
				Path    string
				State   string
				HTMLURL string `json:"html_url"`
			}
		}
		reply, err := r.get(ctx, fmt.Sprintf("actions/workflows?per_page=100&page=%d", page), "actions: read", &list)
		switch {
		case err != nil:
			return nil, err
		case list.Workflows == nil:
			return nil, destination.ErrUnconfirmed
		}
		for _, w := range *list.Workflows {
			if !slices.Contains(files, w.Path) || w.State == "deleted" {
				continue
			}
			j := forge.Job{File: w.Path, Page: w.HTMLURL}
			if w.State != "active" {
				j.Disabled = cmp.Or(strings.ReplaceAll(strings.TrimPrefix(w.State, "disabled_"), "_", " "), "its state is not said")
			}
			if err := r.runs(ctx, w.ID, &j); err != nil {
				return nil, err
			}
			jobs = append(jobs, j)
		}
		page = reply.NextPage
	}
	return jobs, nil
}

// runs adds when a workflow ran last, by hand, on a push or a schedule, and how the
// last of these runs ended that ended. What was cancelled has not failed: of
// several that wait, GitHub keeps the newest.
func (r *Repository) runs(ctx context.Context, workflow int64, j *forge.Job) error {
	var list struct {
		Runs *[]struct {
			CreatedAt  time.Time `json:"created_at"`
			Event      string
			Status     string
			Conclusion string
			HTMLURL    string `json:"html_url"`
		} `json:"workflow_runs"`
	}
	_, err := r.get(ctx, fmt.Sprintf("actions/workflows/%d/runs?per_page=30&exclude_pull_requests=true", workflow), "actions: read", &list)
	switch {
	case err != nil:
		return err
	case list.Runs == nil:
		return destination.ErrUnconfirmed
	}
	j.Ran = forge.No
	ended := false
	for _, run := range *list.Runs {
		if run.Event != "push" && run.Event != "schedule" && run.Event != "workflow_dispatch" {
			continue
		}
		j.Ran = forge.Yes
		if run.CreatedAt.After(j.Began) {
			j.Began = run.CreatedAt
		}
		if ended || run.Status != "completed" {
			continue
		}
		switch run.Conclusion {
		case "failure", "timed_out", "startup_failure", "action_required":
			j.Failed, ended = cmp.Or(run.HTMLURL, "a run whose page is not known"), true
		case "success":
			ended = true
		}
	}
	return nil
}

// Today returns what a repository is called now: of one that was renamed or moved,
// GitHub shows the one that it is.
func (r *Repository) Today(ctx context.Context, repository string) (string, error) {
	request, err := r.NewRequest(http.MethodGet, "repos/"+repository, nil)
	if err != nil {
		return "", err
	}
	var is struct {
		FullName string `json:"full_name"`
	}
	_, err = r.Do(ctx, request, &is)
	if err == nil && is.FullName == "" {
		err = destination.ErrUnconfirmed
	}
	return is.FullName, unseen(err, "metadata: read")
}

// MayPropose reports whether workflows may open pull requests, which is one setting
// with whether they may approve them.
func (r *Repository) MayPropose(ctx context.Context) (forge.Said, error) {
	var is struct {
		Can *bool `json:"can_approve_pull_request_reviews"`
	}
	_, err := r.get(ctx, "actions/permissions/workflow", "administration: read", &is)
	return forge.Saying(is.Can), err
}

// HasLabel reports whether the repository has a label of a name. A token that may see
// none is told of each that it is not there: such an answer counts only where the token
// may see others.
func (r *Repository) HasLabel(ctx context.Context, name string) (forge.Said, error) {
	const needs = "issues: read"
	var is struct{ Name string }
	switch _, err := r.get(ctx, "labels/"+url.PathEscape(name), needs, &is); {
	case err == nil && is.Name == "":
		return forge.Unsaid, destination.ErrUnconfirmed
	case err == nil:
		return forge.Yes, nil
	case !errors.Is(err, forge.ErrGone):
		return forge.Unsaid, err
	}
	var all []struct{ Name string }
	switch _, err := r.get(ctx, "labels?per_page=1", needs, &all); {
	case err != nil:
		return forge.Unsaid, err
	case all == nil:
		return forge.Unsaid, destination.ErrUnconfirmed
	}
	return forge.No, nil
}

// Pages returns what GitHub says of the site of the repository. Only in the cloud is a
// site private to those who read the repository: of GitHub Enterprise Server, whatever it
// says, that is unsaid.
func (r *Repository) Pages(ctx context.Context) (forge.Pages, error) {
	var is struct {
		Public    *bool
		BuildType *string `json:"build_type"`
	}
	switch reply, err := r.get(ctx, "pages", "pages: read", &is); {
	case errors.Is(err, forge.ErrGone):
		return forge.Pages{On: forge.No}, nil
	case err != nil:
		return forge.Pages{}, err
	case is.Public == nil && is.BuildType == nil:
		return forge.Pages{}, destination.ErrUnconfirmed
	case reply.Header.Get("X-GitHub-Enterprise-Version") != "":
		is.Public = nil
	}
	p := forge.Pages{On: forge.Yes}
	if is.Public != nil {
		private := !*is.Public
		p.Private = forge.Saying(&private)
	}
	if is.BuildType != nil {
		jobs := *is.BuildType == "workflow"
		p.Jobs = forge.Saying(&jobs)
	}
	return p, nil
}
