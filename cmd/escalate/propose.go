package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/draft"
	"github.com/escalations-as-code/escalate/internal/draft/draftprint"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/github"
	"github.com/escalations-as-code/escalate/internal/session"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// proposal is a change that is to be merged by a pull request. It is made from the
// remote's default branch, or from what its author has proposed already: what is
// checked out here stays as it is.
type proposal struct {
	repo   *git.Repo
	remote string
	// target is the branch that it is for, tip the commit of it.
	target, tip string
	// branch is where it is pushed to, base what it is made from.
	branch string
	base   *session.Commit
}

// begin gets what the remote has.
func (o *actOptions) begin(ctx context.Context, s *session.Session) (*proposal, error) {
	p := &proposal{}
	var err error
	if p.repo, err = s.Repo(ctx); err != nil {
		return nil, err
	}
	if p.remote, err = s.Remote(ctx); err != nil {
		return nil, err
	}
	if p.remote == "" {
		return nil, usagef("--propose needs a remote to propose to; --commit commits here")
	}
	there, err := p.repo.AskRemote(ctx, p.remote)
	if err != nil {
		return nil, err
	}
	p.target, p.tip = there.Default, there.Branches[there.Default]
	if p.tip == "" {
		return nil, fmt.Errorf("the remote `%s` has no default branch to propose to", p.remote)
	}
	if err := p.repo.Fetch(ctx, p.remote, map[string]string{p.target: p.tip}); err != nil {
		return nil, err
	}
	p.base, err = s.Commit(ctx, p.tip)
	if err == nil && len(p.base.Names) == 0 {
		err = s.NoFolder()
	}
	return p, err
}

// branchOf is the branch on which somebody proposes changes of an escalation.
func branchOf(id schema.ID, by schema.Handle, n int) string {
	name := fmt.Sprintf("escalate/%s/%s", strings.ReplaceAll(string(id), "/", "-"), by)
	if n > 1 {
		name = fmt.Sprintf("%s-%d", name, n)
	}
	return name
}

// attempts is how many branches of earlier proposals are looked at.
const attempts = 50

// settle finds the branch for a proposal about an escalation. Where one of the same
// person waits to be merged, it goes on there.
func (p *proposal) settle(ctx context.Context, s *session.Session, id schema.ID, by schema.Handle) error {
	names := make([]string, attempts)
	for i := range names {
		names[i] = branchOf(id, by, i+1)
	}
	there, err := p.repo.AskRemote(ctx, p.remote, names...)
	if err != nil {
		return err
	}
	for _, name := range names {
		tip := there.Branches[name]
		if tip == "" {
			p.branch = name
			return nil
		}
		if err := p.repo.Fetch(ctx, p.remote, map[string]string{name: tip}); err != nil {
			return err
		}
		merged, err := p.merged(ctx, tip, tree.Path(id))
		if err != nil {
			return err
		}
		if !merged {
			p.branch = name
			p.base, err = s.Commit(ctx, tip)
			return err
		}
	}
	return fmt.Errorf("%d branches of yours about %s are on the remote: delete those that were merged", attempts, id)
}

// merged reports whether what a branch says of a file is on the default branch, or was:
// a squash leaves no trace of the branch itself.
func (p *proposal) merged(ctx context.Context, tip, path string) (bool, error) {
	if is, err := p.repo.IsAncestor(ctx, tip, p.tip); is || err != nil {
		return is, err
	}
	files, err := p.repo.Tree(ctx, tip, path)
	if err != nil {
		return false, err
	}
	defer files.Close()
	content, err := files.Identity(path)
	if err != nil {
		return false, nil // the branch has no such file: it is about something else
	}
	for c, err := range p.repo.Log(ctx, git.LogOptions{To: p.tip, File: path}) {
		if err != nil {
			return false, err
		}
		if slices.ContainsFunc(c.Changes, func(x git.Change) bool { return x.New.ID == content }) {
			return true, nil
		}
	}
	return false, nil
}

// follow settles the branch, and loads the escalation as it stands there.
func (p *proposal) follow(ctx context.Context, s *session.Session, o *actOptions, c *act.Case) error {
	switch edited, err := p.repo.Unlike(ctx, c.Escalation.Path); {
	case err != nil:
		return err
	case edited:
		return fmt.Errorf("%s has changes here that are not committed, which a proposal from the remote would not have: commit them (`git commit`), or take them back (`git checkout -- %[1]s`), and propose then", c.Escalation.Path)
	}
	if err := p.settle(ctx, s, c.Escalation.ID, c.By); err != nil {
		return err
	}
	c.Tree = p.base.Tree
	var err error
	o.meant = string(c.Escalation.ID)
	c.Escalation, err = o.find(ctx, c.Tree)
	return err
}

// make commits and pushes it, and opens the pull request.
func (p *proposal) make(ctx context.Context, s *session.Session, o *actOptions, c *act.Case, d draft.Draft, subject string) (done draftprint.Done, err error) {
	if p.branch == "" { // it opens an escalation
		if err := p.settle(ctx, s, d.ID, c.By); err != nil {
			return done, err
		}
	}
	name, email, err := author(ctx, p.repo, c.Tree.People, c.By)
	if err != nil {
		return done, err
	}
	commit, err := p.repo.Commit(ctx, "refs/escalate/proposal", git.NewCommit{
		Parent: p.base.ID, Files: map[string][]byte{d.Path: d.Data}, Message: subject + "\n", Name: name, Email: email, Time: o.now,
	})
	if err != nil {
		return done, err
	}
	if err := p.repo.Push(ctx, p.remote, commit, p.branch); err != nil {
		return done, err
	}
	done.Commit, done.Branch = commit, p.branch
	done.URL, err = p.request(ctx, o.env, subject)
	return done, err
}

// hosted is how to get to the repository of a remote, by what is known of a forge. It
// has no Repository where the remote is a folder.
func hosted(ctx context.Context, repo *git.Repo, remote string, known ci.Forge) (at ci.Forge, err error) {
	addresses, err := repo.Addresses(ctx, remote)
	if err != nil {
		return at, err
	}
	for _, a := range addresses {
		if at.Repository == "" {
			at = ci.Hosted(a, known)
		}
	}
	return at, nil
}

// request opens the pull request, or returns the one that there is: with a token by
// the API, else it returns the link at which the browser opens one.
func (p *proposal) request(ctx context.Context, env environment, subject string) (string, error) {
	at, err := hosted(ctx, p.repo, p.remote, env.ci.Forge())
	if err != nil {
		return "", err
	}
	switch stated := env.ci.Forge(); {
	case at.Repository == "" && len(stated.Missing()) == 0:
		at = stated // the remote is a folder, and the environment says of what
	case at.Repository == "":
		return "", nil
	}
	if at.Token == "" || at.Platform != ci.GitHub {
		return at.Compare(p.target, p.branch), nil
	}
	repository, err := github.New(github.Config{
		API: at.API, GraphQL: at.GraphQL, Repository: at.Repository, Token: at.Token, UserAgent: "escalate/" + env.version, Now: env.now, Wait: wait, Says: env.says,
	})
	if err != nil {
		return "", err
	}
	change, err := repository.Propose(ctx, forge.Proposal{Title: subject, Head: p.branch, Base: p.target})
	if err != nil {
		return "", errors.Join(fmt.Errorf("the branch `%s` is pushed, but there is no pull request: open it at %s", p.branch, at.Compare(p.target, p.branch)), err)
	}
	return change.URL, nil
}
