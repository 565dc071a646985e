package github

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge"
)

var (
	_ forge.Feed    = (*Repository)(nil)
	_ forge.Reactor = (*Repository)(nil)
	_ forge.Merger  = (*Repository)(nil)
	_ forge.Lister  = (*Repository)(nil)
	_ forge.Checker = (*Repository)(nil)
	_ forge.Editor  = (*Repository)(nil)
)

// unconfirmed is the error of a reply that does not confirm what was asked.
func unconfirmed(format string, args ...any) error {
	return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), destination.ErrUnconfirmed)
}

// IssuesSince are the issues with a label, or all, that changed since.
func (r *Repository) IssuesSince(ctx context.Context, label string, since time.Time) iter.Seq2[forge.Issue, error] {
	var labels []string
	if label != "" {
		labels = []string{label}
	}
	return byChange(since, func(since time.Time, page github.ListOptions) ([]*github.Issue, *github.Response, error) {
		return r.Client.Issues.ListByRepo(ctx, r.owner, r.repo, &github.IssueListByRepoOptions{State: "all", Labels: labels, Sort: "updated", Direction: "asc", Since: since, ListOptions: page})
	}, issue, func(i forge.Issue) forge.Version { return forge.Version{ID: int64(i.Number), At: i.Updated} })
}

// CommentsSince are the comments of all issues and pull requests that changed since.
func (r *Repository) CommentsSince(ctx context.Context, since time.Time) iter.Seq2[forge.Comment, error] {
	sort, direction := "updated", "asc"
	return byChange(since, func(since time.Time, page github.ListOptions) ([]*github.IssueComment, *github.Response, error) {
		o := github.IssueListCommentsOptions{Sort: &sort, Direction: &direction, ListOptions: page}
		if !since.IsZero() {
			o.Since = &since
		}
		return r.Client.Issues.ListComments(ctx, r.owner, r.repo, 0, &o)
	}, comment, func(c forge.Comment) forge.Version { return forge.Version{ID: c.ID, At: c.Updated} })
}

// byChange are the items of a list that is sorted by when they changed. Whether GitHub
// lists those of the very second, its manual does not say.
func byChange[T, V any](since time.Time, list func(time.Time, github.ListOptions) ([]T, *github.Response, error), as func(T) V, of func(V) forge.Version) iter.Seq2[V, error] {
	return forge.ByChange(since, time.Second, func(from time.Time, page int) ([]V, int, error) {
		items, r, err := list(from, github.ListOptions{PerPage: 100, Page: page})
		if err != nil {
			return nil, 0, inWords(err)
		}
		all := make([]V, len(items))
		for i, item := range items {
			all[i] = as(item)
		}
		return all, r.NextPage, nil
	}, of)
}

// seen is the reaction that says that something was seen.
const seen = "eyes"

// React leaves a reaction.
func (r *Repository) React(ctx context.Context, _ forge.Thread, comment int64) error {
	left, _, err := r.Reactions.CreateIssueCommentReaction(ctx, r.owner, r.repo, comment, seen)
	if err == nil && (left.GetID() <= 0 || left.GetContent() != seen) {
		return unconfirmed("a reaction was left that has no number or is another")
	}
	return inWords(err)
}

// What a token needs to see pull requests, to open and to merge them, and for checks.
const (
	toSee     = "pull-requests: read"
	toPropose = "pull-requests: write"
	toMerge   = "contents: write"
	toCheck   = "checks: write"
)

// Proposed returns a pull request.
func (r *Repository) Proposed(ctx context.Context, number int) (forge.Proposed, error) {
	pr, _, err := r.PullRequests.Get(ctx, r.owner, r.repo, number)
	if err != nil {
		return forge.Proposed{}, needing(toSee, err)
	}
	is := proposed(pr)
	if is.Number != number || !whole(pr) {
		return forge.Proposed{}, unconfirmed("pull request %d was asked for, and something else returned", number)
	}
	return is, nil
}

// Proposals are the open pull requests for a branch.
func (r *Repository) Proposals(ctx context.Context, base string) iter.Seq2[forge.Proposed, error] {
	return func(yield func(forge.Proposed, error) bool) {
		all := allPages(func(page github.ListOptions) ([]*github.PullRequest, *github.Response, error) {
			return r.PullRequests.List(ctx, r.owner, r.repo, &github.PullRequestListOptions{State: "open", Base: base, Sort: "created", Direction: "asc", ListOptions: page})
		}, func(pr *github.PullRequest) *github.PullRequest { return pr }, func(err error) error { return needing(toSee, err) })
		for pr, err := range all {
			is := proposed(pr)
			if err == nil && (!whole(pr) || !is.Open || is.Base != base || is.Created.IsZero()) {
				is, err = forge.Proposed{}, unconfirmed("the open pull requests were asked for, and something else returned")
			}
			if !yield(is, err) || err != nil {
				return
			}
		}
	}
}

// whole reports whether a reply has what there is of each pull request.
func whole(pr *github.PullRequest) bool {
	is := proposed(pr)
	return is.Number > 0 && is.URL != "" && is.Head != "" && is.Commit != "" && is.Base != "" && pr.State != nil && !(is.Open && is.Merged)
}

func proposed(pr *github.PullRequest) forge.Proposed {
	head, base := pr.GetHead(), pr.GetBase()
	return forge.Proposed{
		Change: forge.Change{Number: pr.GetNumber(), URL: pr.GetHTMLURL(), Title: pr.GetTitle()}, Body: pr.GetBody(), Author: author(pr.GetUser()),
		Head: head.GetRef(), Commit: head.GetSHA(), Base: base.GetRef(),
		Open: pr.GetState() == "open", Merged: pr.GetMerged(), Draft: pr.GetDraft(),
		Fork:    head.GetRepo().GetID() == 0 || head.GetRepo().GetID() != base.GetRepo().GetID(),
		Created: pr.GetCreatedAt().UTC(), Updated: pr.GetUpdatedAt().UTC(),
	}
}

// mostFiles is how many files of a pull request GitHub lists.
const mostFiles = 3000

// Changed are the files of a pull request.
func (r *Repository) Changed(ctx context.Context, number int) ([]string, error) {
	var paths []string
	files := 0
	listed := allPages(func(page github.ListOptions) ([]*github.CommitFile, *github.Response, error) {
		return r.PullRequests.ListFiles(ctx, r.owner, r.repo, number, &page)
	}, func(f *github.CommitFile) *github.CommitFile { return f }, func(err error) error { return needing(toSee, err) })
	for f, err := range listed {
		if err != nil {
			return nil, err
		}
		if files++; files >= mostFiles {
			return nil, &forge.Error{Kind: forge.ErrUnlisted, Err: fmt.Errorf("pull request %d changes %d files or more, and GitHub lists no more", number, mostFiles)}
		}
		if f.GetFilename() == "" {
			return nil, unconfirmed("a file of pull request %d was listed without a name", number)
		}
		paths = append(paths, f.GetFilename())
		if f.GetStatus() == "renamed" { // and not "copied"
			paths = append(paths, f.GetPreviousFilename())
		}
	}
	return paths, nil
}

// Merge merges a pull request by the first method that the repository allows: a merge
// commit keeps who wrote what, and when.
func (r *Repository) Merge(ctx context.Context, number int, commit string) error {
	if commit == "" { // GitHub would merge whatever there is
		return errors.New("a pull request is merged at a commit")
	}
	return forge.UnlessMerged(ctx, r, number, commit, r.merge(ctx, number, commit))
}

func (r *Repository) merge(ctx context.Context, number int, commit string) error {
	var err error
	for _, method := range []string{"merge", "squash", "rebase"} {
		var is *github.PullRequestMergeResult
		is, _, err = r.PullRequests.Merge(ctx, r.owner, r.repo, number, "", &github.PullRequestOptions{SHA: commit, MergeMethod: method})
		if err == nil && (!is.GetMerged() || is.GetSHA() == "") {
			return unconfirmed("pull request %d was merged, and the answer does not say so", number)
		}
		if status(err) != http.StatusMethodNotAllowed || !strings.Contains(message(err), "not allowed on this repository") {
			break
		}
	}
	switch status(err) {
	case http.StatusMethodNotAllowed:
		return &forge.Error{Kind: forge.ErrUnmergeable, Err: fmt.Errorf("GitHub does not merge it: %s", message(err))}
	case http.StatusConflict:
		return &forge.Error{Kind: forge.ErrHeadMoved, Err: fmt.Errorf("GitHub does not merge it: %s", message(err))}
	}
	return needing(toMerge, err)
}

// setHere marks the check runs of this program. The jobs of a workflow are check runs of
// the same app, and may have the same name.
const setHere = "escalate"

// SetCheck shows a check run.
func (r *Repository) SetCheck(ctx context.Context, commit string, c forge.Check) error {
	conclusion := "failure"
	if c.Passed {
		conclusion = "success"
	}
	completed := "completed"
	output := &github.CheckRunOutput{Title: &c.Title, Summary: &c.Summary}
	if c.Details != "" {
		output.Text = &c.Details
	}
	latest := "latest"
	there, _, err := r.Checks.ListCheckRunsForRef(ctx, r.owner, r.repo, commit, &github.ListCheckRunsOptions{CheckName: &c.Name, Filter: &latest, ListOptions: github.ListOptions{PerPage: 100}})
	if err != nil {
		return needing(toCheck, err)
	}
	confirm := func(run *github.CheckRun, err error) error {
		if err == nil && (run.GetID() <= 0 || run.GetName() != c.Name || run.GetHeadSHA() != commit || run.GetConclusion() != conclusion) {
			return unconfirmed("the check %q was set, and is not as it was to be", c.Name)
		}
		return needing(toCheck, err)
	}
	for _, run := range there.CheckRuns {
		if run.GetName() != c.Name || run.GetHeadSHA() != commit || run.GetExternalID() != setHere {
			continue
		}
		run, _, err := r.Checks.UpdateCheckRun(ctx, r.owner, r.repo, run.GetID(), github.UpdateCheckRunOptions{Name: c.Name, Status: &completed, Conclusion: &conclusion, Output: output})
		if status(err) == http.StatusForbidden && !limitReached(err) {
			break // it was set with the token of another app, which alone may change it
		}
		return confirm(run, err)
	}
	id := setHere
	run, _, err := r.Checks.CreateCheckRun(ctx, r.owner, r.repo, github.CreateCheckRunOptions{Name: c.Name, HeadSHA: commit, ExternalID: &id, Status: &completed, Conclusion: &conclusion, Output: output})
	return confirm(run, err)
}

// edited is what GraphQL says of the last edit of a text.
type edited struct {
	LastEditedAt time.Time
	Editor       struct {
		Typename string `json:"__typename"`
		Login    string
	}
}

func (e edited) by() forge.Author {
	return forge.Author{Login: e.Editor.Login, Bot: e.Editor.Typename == "Bot"}
}

// LastEdit returns who edited the text of an issue last.
func (r *Repository) LastEdit(ctx context.Context, number int) (by forge.Author, at time.Time, err error) {
	var reply struct {
		Repository struct {
			Issue struct {
				Number int
				edited
			}
		}
	}
	said, err := r.asks(ctx, "query($owner: String!, $name: String!, $number: Int!) { repository(owner: $owner, name: $name) { issue(number: $number) { number lastEditedAt editor { __typename login } } } }",
		map[string]any{"owner": r.owner, "name": r.repo, "number": number}, &reply)
	i := reply.Repository.Issue
	if said && i.Number != number {
		return by, at, unconfirmed("who edited issue %d was asked for, and is not said", number)
	}
	return i.by(), i.LastEditedAt, err
}

// CommentEdit returns who edited a comment last.
func (r *Repository) CommentEdit(ctx context.Context, _ forge.Thread, id int64) (by forge.Author, at time.Time, err error) {
	if r.graphQL == "" {
		return by, at, nil
	}
	c, _, err := r.Client.Issues.GetComment(ctx, r.owner, r.repo, id) // GraphQL knows it by another id
	if err != nil {
		return by, at, inWords(err)
	}
	if c.GetID() != id || c.GetNodeID() == "" {
		return by, at, unconfirmed("comment %d was asked for, and something else returned", id)
	}
	var reply struct {
		Node struct {
			Typename string `json:"__typename"`
			edited
		}
	}
	said, err := r.asks(ctx, "query($id: ID!) { node(id: $id) { __typename ... on IssueComment { lastEditedAt editor { __typename login } } } }", map[string]any{"id": c.GetNodeID()}, &reply)
	if said && reply.Node.Typename != "IssueComment" {
		return by, at, unconfirmed("who edited comment %d was asked for, and is not said", id)
	}
	return reply.Node.by(), reply.Node.LastEditedAt, err
}

// asks asks GraphQL. said is false where there is none, or it failed.
func (r *Repository) asks(ctx context.Context, query string, variables map[string]any, data any) (said bool, err error) {
	if r.graphQL == "" {
		return false, nil
	}
	request, err := r.NewRequest(http.MethodPost, r.graphQL, map[string]any{"query": query, "variables": variables})
	if err != nil {
		return false, err
	}
	reply := struct{ Data any }{data}
	_, err = r.Do(ctx, request, &reply)
	return err == nil, inWords(err)
}
