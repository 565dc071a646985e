package gitlab

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"time"

	gitlab "gitlab.com/gitlab-org/api/client-go"

	"github.com/escalations-as-code/escalate/internal/forge"
)

var (
	_ forge.Feed    = (*Project)(nil)
	_ forge.Reactor = (*Project)(nil)
	_ forge.Editor  = (*Project)(nil)
)

// IssuesSince are the issues with a label, or all, that changed since.
func (p *Project) IssuesSince(ctx context.Context, label string, since time.Time) iter.Seq2[forge.Issue, error] {
	var labels *gitlab.LabelOptions
	if label != "" {
		labels = &gitlab.LabelOptions{label}
	}
	return p.issues(ctx, byChange(ctx, p.client, "issues", since, func(after *time.Time, page gitlab.ListOptions) any {
		return &gitlab.ListProjectIssuesOptions{ListOptions: page, Labels: labels, UpdatedAfter: after, OrderBy: ptr("updated_at"), Sort: ptr("asc"), Scope: ptr("all")}
	}, func(i issue) forge.Version { return forge.Version{ID: i.ID, At: moment(i.Updated)} }, p.inWords))
}

func moment(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

// CommentsSince are the comments of all issues and merge requests that changed since.
// GitLab has no list of them: whatever has a comment that was written or changed has
// changed itself.
func (p *Project) CommentsSince(ctx context.Context, since time.Time) iter.Seq2[forge.Comment, error] {
	return func(yield func(forge.Comment, error) bool) {
		all, err := p.commentsSince(ctx, since.UTC().Truncate(time.Second))
		if err != nil {
			yield(forge.Comment{}, err)
			return
		}
		for _, c := range all {
			if !yield(c, nil) {
				return
			}
		}
	}
}

func (p *Project) commentsSince(ctx context.Context, since time.Time) ([]forge.Comment, error) {
	threads, err := p.changedSince(ctx, since)
	if err != nil {
		return nil, err
	}
	var all []forge.Comment
	for _, on := range threads {
		for c, err := range p.Comments(ctx, on) {
			switch {
			case errors.Is(err, forge.ErrGone): // since it was listed
			case err != nil:
				return nil, err
			case c.Updated.IsZero():
				return nil, unconfirmed("a comment was listed, and not when it changed")
			case !c.Updated.Before(since):
				all = append(all, c)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b forge.Comment) int { return a.Updated.Compare(b.Updated) })
	return all, nil
}

// changedSince are the issues and the merge requests that changed since and have
// comments, each once.
func (p *Project) changedSince(ctx context.Context, since time.Time) ([]forge.Thread, error) {
	var threads []forge.Thread
	seen := map[forge.Thread]bool{}
	add := func(on forge.Thread, notes *int) {
		if !seen[on] && (notes == nil || *notes > 0) {
			seen[on] = true
			threads = append(threads, on)
		}
	}
	for i, err := range byChange(ctx, p.client, "issues", since, func(after *time.Time, page gitlab.ListOptions) any {
		return &gitlab.ListProjectIssuesOptions{ListOptions: page, UpdatedAfter: after, OrderBy: ptr("updated_at"), Sort: ptr("asc"), Scope: ptr("all")}
	}, func(i issue) forge.Version { return forge.Version{ID: i.ID, At: moment(i.Updated)} }, p.inWords) {
		if err != nil {
			return nil, err
		}
		add(forge.Thread{Number: int(i.IID)}, i.Notes)
	}
	for m, err := range byChange(ctx, p.client, "merge_requests", since, func(after *time.Time, page gitlab.ListOptions) any {
		return &gitlab.ListProjectMergeRequestsOptions{ListOptions: page, UpdatedAfter: after, OrderBy: ptr("updated_at"), Sort: ptr("asc"), Scope: ptr("all")}
	}, func(m mergeRequest) forge.Version { return forge.Version{ID: m.ID, At: moment(m.Updated)} }, func(err error) error { return p.needing(toSee, err) }) {
		if err != nil {
			return nil, err
		}
		add(forge.Thread{Number: int(m.IID), ChangeRequest: true}, m.Notes)
	}
	return threads, nil
}

// seen is the reaction that says that something was seen.
const seen = "eyes"

// award is a reaction in a reply.
type award struct {
	ID   int64
	Name string
	User *user
}

// React leaves a reaction. GitLab answers that there is no such thing to one that is
// there already as well, and to one on what is locked.
func (p *Project) React(ctx context.Context, on forge.Thread, comment int64) error {
	path := notePath(on, comment) + "/award_emoji"
	left, _, err := ask[award](ctx, p.client, http.MethodPost, path, map[string]string{"name": seen})
	switch {
	case err == nil && (left.ID <= 0 || left.Name != seen):
		return unconfirmed("a reaction was left that has no number or is another")
	case status(err) != http.StatusNotFound:
		return p.inWords(err)
	}
	me, meErr := p.Me(ctx)
	if meErr != nil {
		return meErr
	}
	for a, listErr := range list(ctx, p.client, path, func(page gitlab.ListOptions) any { return &page }, func(a award) int64 { return a.ID }, p.inWords) {
		if listErr != nil {
			return listErr // it is gone
		}
		if a.Name == seen && a.User.author().Is(me) {
			return nil
		}
	}
	return p.refusedOn(ctx, on, err)
}

// lastEdit is what GraphQL says of the last edit of a text.
type lastEdit struct {
	At *time.Time `json:"lastEditedAt"`
	By *user      `json:"lastEditedBy"`
}

// byWhom is who it was, by the name alone: GraphQL's ids are others.
func (e lastEdit) byWhom() (forge.Author, time.Time) {
	if e.At == nil {
		return forge.Author{}, time.Time{}
	}
	by := e.By.author()
	by.ID = 0
	return by, e.At.UTC()
}

// LastEdit returns who edited the text of an issue last
// (doc/api/graphql/reference/_index.md, WorkItemWidgetDescription).
func (p *Project) LastEdit(ctx context.Context, number int) (by forge.Author, at time.Time, err error) {
	var is struct {
		Project struct {
			WorkItems struct {
				Nodes []struct {
					IID     string
					Widgets []lastEdit
				}
			} `json:"workItems"`
		}
	}
	said, err := p.asks(ctx, "query($project: ID!, $iids: [String!]) { project(fullPath: $project) { workItems(iids: $iids) { nodes { iid widgets { ... on WorkItemWidgetDescription { lastEditedAt lastEditedBy { username } } } } } } }",
		map[string]any{"project": p.project, "iids": []string{strconv.Itoa(number)}}, &is)
	if err != nil || !said {
		return by, at, err
	}
	for _, n := range is.Project.WorkItems.Nodes {
		if n.IID != strconv.Itoa(number) {
			continue
		}
		for _, w := range n.Widgets {
			if by, at = w.byWhom(); !at.IsZero() {
				return by, at, nil
			}
		}
		return forge.Author{}, time.Time{}, nil
	}
	return by, at, unconfirmed("who edited issue %d was asked for, and is not said", number)
}

// CommentEdit returns who edited a comment last (ibid., Note).
func (p *Project) CommentEdit(ctx context.Context, _ forge.Thread, id int64) (by forge.Author, at time.Time, err error) {
	var is struct {
		Note *struct {
			ID string
			lastEdit
		}
	}
	global := fmt.Sprintf("gid://gitlab/Note/%d", id)
	said, err := p.asks(ctx, "query($id: NoteID!) { note(id: $id) { id lastEditedAt lastEditedBy { username } } }", map[string]any{"id": global}, &is)
	switch {
	case err != nil || !said:
		return by, at, err
	case is.Note == nil:
		return by, at, &forge.Error{Kind: forge.ErrGone, Err: fmt.Errorf("GitLab shows no comment %d to this token", id)}
	case is.Note.ID == "":
		return by, at, unconfirmed("who edited comment %d was asked for, and is not said", id)
	}
	by, at = is.Note.byWhom()
	return by, at, nil
}
