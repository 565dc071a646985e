package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/draft"
	"github.com/escalations-as-code/escalate/internal/draft/draftprint"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/git"
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
	// there are the branches of proposals that the remote had when it was asked, with the
	// commit of each. What has moved since refuses the push.
	there map[string]string
	// branch is where it is pushed to, base what it is made from and judged by.
	branch string
	base   *session.Commit
	// edited is what was edited or committed here, and goes along; nil where nothing
	// was.
	edited []byte
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
	there, err := p.repo.AskRemote(ctx, p.remote, namespace+"*")
	if err != nil {
		return nil, err
	}
	p.there, p.target, p.tip = there.Branches, there.Default, there.Branches[there.Default]
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

// namespace is what the names of all branches begin with that are proposed.
const namespace = "escalate/"

// branchOf is the branch on which somebody proposes changes of an escalation.
func branchOf(id schema.ID, by schema.Handle, n int) string {
	name := fmt.Sprintf(namespace+"%s/%s", strings.ReplaceAll(string(id), "/", "-"), by)
	if n > 1 {
		name = fmt.Sprintf("%s-%d", name, n)
	}
	return name
}

// attempts is how many branches of earlier proposals are looked at.
const attempts = 50

// settle finds the branch for a proposal about an escalation. Where one of the same
// person waits to be merged, it goes on there.
func (p *proposal) settle(ctx context.Context, s *session.Session, env environment, id schema.ID, by schema.Handle) error {
	for n := range attempts {
		name := branchOf(id, by, n+1)
		tip := p.there[name]
		if tip == "" {
			p.branch = name
			return nil
		}
		if err := p.repo.Fetch(ctx, p.remote, map[string]string{name: tip}); err != nil {
			return err
		}
		over, err := p.merged(ctx, tip, tree.Path(id))
		if err == nil && !over {
			over, err = p.declined(ctx, env, name)
		}
		if err != nil {
			return err
		}
		if !over {
			p.branch = name
			p.base, err = s.Commit(ctx, tip)
			return err
		}
	}
	return fmt.Errorf("%d branches of yours about %s are on the remote: delete those that were merged", attempts, id)
}

// unmerged loads what somebody has proposed of an escalation that is not there yet; nil
// where nothing that is meant is.
func (p *proposal) unmerged(ctx context.Context, s *session.Session, by schema.Handle, meant string) (*session.Commit, error) {
	mine := regexp.MustCompile(`^` + namespace + `[^/]+/` + regexp.QuoteMeta(string(by)) + `(-\d+)?$`)
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(p.there))) {
		if !mine.MatchString(name) {
			continue
		}
		tip := p.there[name]
		if err := p.repo.Fetch(ctx, p.remote, map[string]string{name: tip}); err != nil {
			return nil, err
		}
		c, err := s.Commit(ctx, tip)
		if err != nil {
			return nil, err
		}
		if len(c.Find(meant)) > 0 {
			return c, nil
		}
	}
	return nil, nil
}

// merged reports whether what a branch says of a file is on the default branch, or was:
// a squash leaves no trace of the branch itself.
func (p *proposal) merged(ctx context.Context, tip, path string) (bool, error) {
	if is, err := p.repo.IsAncestor(ctx, tip, p.tip); is || err != nil {
		return is, err
	}
	content, err := p.content(ctx, tip, path)
	if err != nil || content == "" { // without it, the branch is about something else
		return false, err
	}
	return p.had(ctx, p.tip, path, content)
}

// had reports whether a file had a content in the history of a commit.
func (p *proposal) had(ctx context.Context, commit, path, content string) (bool, error) {
	for c, err := range p.repo.Log(ctx, git.LogOptions{To: commit, File: path}) {
		if err != nil {
			return false, err
		}
		if slices.ContainsFunc(c.Changes, func(x git.Change) bool { return x.New.ID == content }) {
			return true, nil
		}
	}
	return false, nil
}

// declined reports whether the pull request of a branch was closed: what it proposed is
// not to be proposed again. Without a token nobody knows.
func (p *proposal) declined(ctx context.Context, env environment, branch string) (bool, error) {
	_, repository, err := p.forge(ctx, env)
	if err != nil || repository == nil {
		return false, err
	}
	return repository.Ended(ctx, branch)
}

// follow settles the branch, and loads the escalation as it stands there: with what was
// edited or committed here and is not on the remote, where the remote's is what that was
// made from.
func (p *proposal) follow(ctx context.Context, s *session.Session, o *actOptions, c *act.Case) error {
	id, path := c.Escalation.ID, c.Escalation.Path
	if err := p.settle(ctx, s, o.env, id, c.By); err != nil {
		return err
	}
	c.Tree = p.base.Tree
	switch data, local, err := p.local(ctx, s, path); {
	case err != nil:
		return err
	case local:
		c.Tree, p.edited = c.Tree.With(path, data), data
	}
	var err error
	o.meant = string(id)
	c.Escalation, err = o.find(ctx, c.Tree)
	return err
}

// opens settles the branch of an escalation that is to be opened.
func (p *proposal) opens(ctx context.Context, s *session.Session, env environment, id schema.ID, by schema.Handle) error {
	if p.base.Has(tree.Path(id)) {
		return nil // draft says so
	}
	if err := p.settle(ctx, s, env, id, by); err != nil {
		return err
	}
	if p.base.Has(tree.Path(id)) {
		return usagef("you have proposed %s already, on the branch %s: `escalate update %[1]s --propose` goes on with it, and another one has another --id", id, p.branch)
	}
	return nil
}

// local returns a file as it stands here, where that is not on the remote yet.
func (p *proposal) local(ctx context.Context, s *session.Session, path string) (data []byte, local bool, err error) {
	data, err = os.ReadFile(filepath.Join(s.Dir, filepath.FromSlash(path)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	kept, err := p.repo.Cleaned(ctx, []string{path})
	if err != nil {
		return nil, false, err
	}
	base, err := p.base.Files.Identity(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) || base == kept[0] {
		return nil, false, err
	}
	for _, commit := range []string{p.base.ID, p.tip} {
		if known, err := p.had(ctx, commit, path, kept[0]); err != nil || known {
			return nil, false, err // it is an earlier one
		}
	}
	from := ""
	if head, err := p.repo.Resolve(ctx, "HEAD"); err == nil {
		common, err := p.repo.MergeBase(ctx, head, p.tip)
		if err == nil {
			from, err = p.content(ctx, common, path)
		}
		if err != nil && !errors.Is(err, git.ErrNoMergeBase) {
			return nil, false, err
		}
	}
	if from != base || p.repo.Hash().Identity(data) != kept[0] {
		return nil, false, fmt.Errorf("%s is edited here, and on the remote as well: ask whoever knows git to bring the two together, and propose then", path)
	}
	return data, true, nil
}

// content is the id of a file in a commit; "" where it has none.
func (p *proposal) content(ctx context.Context, commit, path string) (string, error) {
	files, err := p.repo.Tree(ctx, commit, path)
	if err != nil {
		return "", err
	}
	defer files.Close()
	id, err := files.Identity(path)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return id, err
}

// make commits and pushes it, and opens the pull request.
func (p *proposal) make(ctx context.Context, o *actOptions, c *act.Case, d draft.Draft, subject string) (done draftprint.Done, err error) {
	name, email, err := author(ctx, p.repo, c.Tree.People, c.By)
	if err != nil {
		return done, err
	}
	commit := p.base.ID
	add := func(data []byte, subject string) {
		if err == nil && data != nil {
			commit, err = p.repo.Commit(ctx, "refs/escalate/proposal", git.NewCommit{
				Parent: commit, Files: map[string][]byte{d.Path: data}, Message: subject + "\n", Name: name, Email: email, Time: o.now,
			})
		}
	}
	add(p.edited, string(d.ID)+": as it stood here") // by itself, so that it is known the next time
	add(d.Data, subject)
	if err != nil {
		return done, err
	}
	if err := p.repo.Push(ctx, p.remote, commit, p.branch); err != nil {
		return done, err
	}
	done.Commit, done.Branch = commit, p.branch
	at, repository, err := p.forge(ctx, o.env)
	if err != nil {
		return done, err
	}
	done.Change = at.Platform.Change()
	done.URL, done.Open, err = p.request(ctx, at, repository, subject)
	return done, err
}

// hosted is how to get to the repository of a remote, by what is known of the forges. It
// has no Repository where the remote is a folder.
func hosted(ctx context.Context, repo *git.Repo, remote string, env environment) (at ci.Forge, err error) {
	addresses, err := repo.Addresses(ctx, remote)
	if err != nil {
		return at, err
	}
	for _, a := range addresses {
		if at.Repository == "" {
			at = ci.Hosted(a, env.ci.GitHub, env.ci.GitLab)
		}
	}
	return at, nil
}

// forge is where the remote is, and the repository there, nil where there is no token
// for it.
func (p *proposal) forge(ctx context.Context, env environment) (ci.Forge, repository, error) {
	at, err := hosted(ctx, p.repo, p.remote, env)
	if stated := env.ci.Forge(); at.Repository == "" && len(stated.Missing()) == 0 {
		at = stated // the remote is a folder, and the environment says of what
	}
	if err != nil || at.Token == "" {
		return at, nil, err
	}
	repository, err := newRepository(env, at)
	return at, repository, err
}

// request opens the pull request, or finds the one that there is: with a token by the
// API, else with the link at which the browser opens one.
func (p *proposal) request(ctx context.Context, at ci.Forge, repository repository, subject string) (address string, open bool, err error) {
	if repository == nil {
		return at.Compare(p.target, p.branch), false, nil
	}
	change, err := repository.Propose(ctx, forge.Proposal{Title: subject, Head: p.branch, Base: p.target})
	if err != nil {
		return "", false, errors.Join(fmt.Errorf("the branch `%s` is pushed, but there is no %s: open it at %s", p.branch, at.Platform.Change(), at.Compare(p.target, p.branch)), err)
	}
	return change.URL, true, nil
}
