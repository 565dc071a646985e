package gitlab

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"time"

	gitlab "gitlab.com/gitlab-org/api/client-go"

	"github.com/escalations-as-code/escalate/internal/forge"
)

var (
	_ forge.Proposer = (*Project)(nil)
	_ forge.Lister   = (*Project)(nil)
	_ forge.Merger   = (*Project)(nil)
)

// mergeRequest is a merge request in a reply.
type mergeRequest struct {
	ID          int64
	IID         int64
	Title       string
	Description string
	State       string
	WebURL      string `json:"web_url"`
	Author      *user
	Head        string `json:"source_branch"`
	Base        string `json:"target_branch"`
	SHA         string
	From        *int64 `json:"source_project_id"` // null where it is gone
	To          int64  `json:"target_project_id"`
	Draft       bool
	Changes     string     `json:"changes_count"`
	Notes       *int       `json:"user_notes_count"`
	Created     *time.Time `json:"created_at"`
	Updated     *time.Time `json:"updated_at"`
	Refs        struct {
		Base  string `json:"base_sha"`
		Head  string `json:"head_sha"`
		Start string `json:"start_sha"`
	} `json:"diff_refs"`
}

func (m mergeRequest) fork() bool { return m.From == nil || *m.From != m.To }

// change is a merge request that a reply confirms.
func (c *client) change(m mergeRequest) (forge.Change, error) {
	if m.IID <= 0 || m.WebURL == "" {
		return forge.Change{}, unconfirmed("a merge request was asked for that has no number or address")
	}
	return forge.Change{Number: int(m.IID), URL: c.at("merge_requests", int(m.IID)), Title: m.Title}, nil
}

// proposed is a merge request as a reply has it; the error says that it has not what
// there is of each.
func (c *client) proposed(m mergeRequest) (forge.Proposed, error) {
	is, err := c.change(m)
	if err == nil && (m.Head == "" || m.SHA == "" || m.Base == "" || m.State == "" || m.To == 0 || m.Created == nil) {
		err = unconfirmed("merge request %d was asked for, and half of it returned", m.IID)
	}
	if err != nil {
		return forge.Proposed{}, err
	}
	return forge.Proposed{
		Change: is, Body: m.Description, Author: m.Author.author(), Head: m.Head, Commit: m.SHA, Base: m.Base,
		Open: m.State == "opened", Merged: m.State == "merged", Draft: m.Draft, Fork: m.fork(),
		Created: second(m.Created), Updated: second(m.Updated),
	}, nil
}

// changes are merge requests in the order in which they were opened.
func (p *Project) changes(ctx context.Context, in gitlab.ListProjectMergeRequestsOptions, takes string) iter.Seq2[mergeRequest, error] {
	in.OrderBy, in.Sort, in.Scope = ptr("created_at"), ptr("asc"), ptr("all")
	return list(ctx, p.client, "merge_requests", func(page gitlab.ListOptions) any {
		in.ListOptions = page
		return &in
	}, func(m mergeRequest) int64 { return m.ID }, func(err error) error { return p.needing(takes, err) })
}

// Propose opens a merge request, or returns the open one of the branch.
func (p *Project) Propose(ctx context.Context, d forge.Proposal) (forge.Change, error) {
	is, err := p.openOf(ctx, d)
	if err != nil || is != (forge.Change{}) {
		return is, err
	}
	m, _, err := ask[mergeRequest](ctx, p.client, http.MethodPost, "merge_requests", &gitlab.CreateMergeRequestOptions{Title: &d.Title, Description: &d.Body, SourceBranch: &d.Head, TargetBranch: &d.Base})
	if status(err) == http.StatusConflict { // somebody was faster
		if is, err := p.openOf(ctx, d); err != nil || is != (forge.Change{}) {
			return is, err
		}
	}
	if err != nil {
		return forge.Change{}, p.needing(toPropose, err)
	}
	return p.change(m)
}

// openOf is the open merge request of a branch into another; zero where there is none.
func (p *Project) openOf(ctx context.Context, d forge.Proposal) (forge.Change, error) {
	for m, err := range p.changes(ctx, gitlab.ListProjectMergeRequestsOptions{State: ptr("opened"), SourceBranch: &d.Head, TargetBranch: &d.Base}, toPropose) {
		if err != nil {
			return forge.Change{}, err
		}
		if m.Head == d.Head && !m.fork() {
			return p.change(m)
		}
	}
	return forge.Change{}, nil
}

// Retitle gives a merge request another title.
func (p *Project) Retitle(ctx context.Context, number int, title string) error {
	m, _, err := ask[mergeRequest](ctx, p.client, http.MethodPut, changePath(number), &gitlab.UpdateMergeRequestOptions{Title: &title})
	if err == nil && (m.IID != int64(number) || m.Title != title) {
		return unconfirmed("merge request %d was given a title, and has another", number)
	}
	return p.needing(toPropose, err)
}

// Ended reports whether all merge requests of a branch are closed, of which there is one.
func (p *Project) Ended(ctx context.Context, head string) (bool, error) {
	ended := false
	for m, err := range p.changes(ctx, gitlab.ListProjectMergeRequestsOptions{SourceBranch: &head}, toSee) {
		switch {
		case err != nil:
			return false, err
		case m.Head != head || m.fork():
		case m.State == "merged", m.State == "closed":
			ended = true
		default: // opened, or locked while it is merged
			return false, nil
		}
	}
	return ended, nil
}

// Proposals are the open merge requests for a branch.
func (p *Project) Proposals(ctx context.Context, base string) iter.Seq2[forge.Proposed, error] {
	return func(yield func(forge.Proposed, error) bool) {
		for m, err := range p.changes(ctx, gitlab.ListProjectMergeRequestsOptions{State: ptr("opened"), TargetBranch: &base}, toSee) {
			var is forge.Proposed
			if err == nil {
				is, err = p.proposed(m)
			}
			if err == nil && (!is.Open || is.Base != base) {
				is, err = forge.Proposed{}, unconfirmed("the open merge requests were asked for, and something else returned")
			}
			if !yield(is, err) || err != nil {
				return
			}
		}
	}
}

// Proposed returns a merge request.
func (p *Project) Proposed(ctx context.Context, number int) (forge.Proposed, error) {
	m, err := p.mergeRequest(ctx, number)
	if err != nil {
		return forge.Proposed{}, err
	}
	return p.proposed(m)
}

func (p *Project) mergeRequest(ctx context.Context, number int) (mergeRequest, error) {
	m, _, err := ask[mergeRequest](ctx, p.client, http.MethodGet, changePath(number), nil)
	if err == nil && m.IID != int64(number) {
		return m, unconfirmed("merge request %d was asked for, and %d returned", number, m.IID)
	}
	return m, p.needing(toSee, err)
}

// diff is a file of a merge request in a reply.
type diff struct {
	Old       string `json:"old_path"`
	New       string `json:"new_path"`
	Renamed   bool   `json:"renamed_file"`
	Deleted   bool   `json:"deleted_file"`
	Added     bool   `json:"new_file"`
	Diff      string
	Collapsed bool
	TooLarge  bool `json:"too_large"`
}

// diffs are the files of a merge request (doc/api/merge_requests.md, "List merge request
// diffs").
func (p *Project) diffs(ctx context.Context, number int) ([]diff, error) {
	var all []diff
	for page := int64(1); page > 0; {
		files, r, err := ask[[]diff](ctx, p.client, http.MethodGet, changePath(number)+"/diffs", &gitlab.ListOptions{PerPage: perPage, Page: page})
		switch {
		case err != nil:
			return nil, p.needing(toSee, err)
		case files == nil:
			return nil, unconfirmed("the files of merge request %d were asked for, and none returned", number)
		}
		all = append(all, files...)
		page = r.NextPage
	}
	return all, nil
}

// Changed are the files of a merge request. GitLab lists as many as its administrator
// set, and says of how many there are "1000+", or nothing while it still compares.
func (p *Project) Changed(ctx context.Context, number int) ([]string, error) {
	m, err := p.mergeRequest(ctx, number)
	if err != nil {
		return nil, err
	}
	files, err := p.diffs(ctx, number)
	if err != nil {
		return nil, err
	}
	if m.Changes != strconv.Itoa(len(files)) {
		return nil, &forge.Error{Kind: forge.ErrUnlisted, Err: fmt.Errorf("merge request %d changes %s files, and GitLab lists %d", number, cmp.Or(m.Changes, "an unknown number of"), len(files))}
	}
	var paths []string
	for _, f := range files {
		if f.New == "" || f.Old == "" {
			return nil, unconfirmed("a file of merge request %d was listed without a name", number)
		}
		paths = append(paths, f.New)
		if f.Renamed {
			paths = append(paths, f.Old)
		}
	}
	return paths, nil
}

// Merge merges a merge request, as the project is set up to.
func (p *Project) Merge(ctx context.Context, number int, commit string) error {
	if commit == "" { // GitLab would merge whatever there is
		return errors.New("a merge request is merged at a commit")
	}
	return forge.UnlessMerged(ctx, p, number, commit, p.merge(ctx, number, commit))
}

// merge asks for it (doc/api/merge_requests.md, "Merge a merge request").
func (p *Project) merge(ctx context.Context, number int, commit string) error {
	m, _, err := ask[mergeRequest](ctx, p.client, http.MethodPut, changePath(number)+"/merge", &gitlab.AcceptMergeRequestOptions{SHA: &commit})
	unmerged := func(kind error) error {
		return &forge.Error{Kind: kind, Err: fmt.Errorf("GitLab does not merge it: %s", cmp.Or(message(err), strconv.Itoa(status(err))))}
	}
	switch s := status(err); {
	case err == nil && (m.IID != int64(number) || m.State != "merged"):
		return unconfirmed("merge request %d was merged, and the answer does not say so", number)
	case s == http.StatusUnauthorized: // GitLab's answer to whom it does not let merge
		return &forge.Error{Kind: forge.ErrForbidden, Err: fmt.Errorf("GitLab does not let the token merge it: it takes %s", toMerge)}
	case s == http.StatusConflict && strings.Contains(message(err), "SHA"):
		return unmerged(forge.ErrHeadMoved)
	case s == http.StatusMethodNotAllowed, s == http.StatusNotAcceptable, s == http.StatusConflict, s == http.StatusUnprocessableEntity:
		return unmerged(forge.ErrUnmergeable)
	}
	return p.needing(toMerge, err)
}
