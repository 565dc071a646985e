package github

import (
	"context"
	"fmt"

	"github.com/google/go-github/v60/github"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge"
)

var _ forge.Proposer = (*Repository)(nil)

// Propose opens a pull request, or returns the open one of the branch.
func (r *Repository) Propose(ctx context.Context, p forge.Proposal) (forge.Change, error) {
	open, _, err := r.PullRequests.List(ctx, r.owner, r.repo, &github.PullRequestListOptions{State: "open", Head: r.owner + ":" + p.Head, Base: p.Base})
	if err != nil {
		return forge.Change{}, needing(toPropose, err)
	}
	for _, pr := range open {
		if pr.GetHead().GetRef() == p.Head { // GitHub shows all where it does not know the branch
			return change(pr)
		}
	}
	pr, _, err := r.PullRequests.Create(ctx, r.owner, r.repo, &github.NewPullRequest{Title: &p.Title, Body: &p.Body, Head: &p.Head, Base: &p.Base})
	if err != nil {
		return forge.Change{}, needing(toPropose, err)
	}
	return change(pr)
}

// Retitle gives a pull request another title.
func (r *Repository) Retitle(ctx context.Context, number int, title string) error {
	pr, _, err := r.PullRequests.Edit(ctx, r.owner, r.repo, number, &github.PullRequest{Title: &title})
	if err == nil && (pr.GetNumber() != number || pr.GetTitle() != title) {
		return unconfirmed("pull request %d was given a title, and has another", number)
	}
	return needing(toPropose, err)
}

// Ended reports whether all pull requests of a branch are closed, of which there is one.
func (r *Repository) Ended(ctx context.Context, head string) (bool, error) {
	all, _, err := r.PullRequests.List(ctx, r.owner, r.repo, &github.PullRequestListOptions{State: "all", Head: r.owner + ":" + head})
	if err != nil {
		return false, needing(toSee, err)
	}
	ended := false
	for _, pr := range all {
		if pr.GetHead().GetRef() != head {
			continue
		}
		if pr.GetState() != "closed" {
			return false, nil
		}
		ended = true
	}
	return ended, nil
}

// change is a pull request that a reply confirms.
func change(pr *github.PullRequest) (forge.Change, error) {
	c := forge.Change{Number: pr.GetNumber(), URL: pr.GetHTMLURL(), Title: pr.GetTitle()}
	if c.Number <= 0 || c.URL == "" {
		return forge.Change{}, fmt.Errorf("a pull request was opened that has no number or address: %w", destination.ErrUnconfirmed)
	}
	return c, nil
}
