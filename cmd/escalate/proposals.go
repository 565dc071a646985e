package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/session"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// mostChanges is how many open pull requests are looked through for proposals.
const mostChanges = 300

// proposals reads which pull requests on the forge are to open escalations (P1): one
// request for each hundred of them, one fetch of their tips, and their files here.
type proposals struct {
	env    environment
	repo   *git.Repo
	check  *shape.Checker
	branch *ledger.Branch
	// target is the branch that they are for, and truth what is true: a file that it has
	// is not opened by them, nor is one that the ledger has, which was deleted there.
	target string
	truth  *tree.Tree
}

// proposable reports whether the environment says on which forge proposals are.
func proposable(env environment) bool { return len(env.ci.Forge().Missing()) == 0 }

// add adds the clocks of those that lie unmerged to a report. What could not be read,
// the report says.
func (p proposals) add(ctx context.Context, r *stale.Report) {
	if !proposable(p.env) || p.branch.Remote == "" {
		return
	}
	all, err := p.read(ctx)
	r.Unlisted = err
	r.Propose(p.truth, all)
}

// read returns those that could be read, and why not all could. A change request whose
// branch is in a fork is none: anybody could have people asked by it, at any hour.
func (p proposals) read(ctx context.Context) ([]stale.Proposal, error) {
	changes, is, missing := p.list(ctx)
	tips := map[string]string{}
	for _, c := range changes {
		tips[c.Head] = c.Commit
	}
	if err := p.repo.FetchTips(ctx, p.branch.Remote, tips); err != nil {
		return nil, errors.Join(missing, err)
	}
	var all []stale.Proposal
	var paths []string
	for _, c := range changes {
		files, err := p.files(ctx, c.Commit)
		if err != nil {
			missing = errors.Join(missing, fmt.Errorf("%s %s cannot be read, or moved meanwhile: %w", is.Change, is.Numbered(c.Number), err))
		}
		if len(files) > 0 {
			all = append(all, stale.Proposal{Number: c.Number, Called: is.Change, Numbered: is.Numbered(c.Number), URL: c.URL, Opened: c.Created, Files: files})
		}
		for _, e := range files {
			paths = append(paths, e.Path)
		}
	}
	if p.branch.Tip == "" || len(paths) == 0 {
		return all, missing
	}
	slices.Sort(paths)
	told, err := p.repo.Tree(ctx, p.branch.Tip, slices.Compact(paths)...)
	if err != nil {
		return nil, errors.Join(missing, err)
	}
	defer told.Close()
	for i := range all {
		all[i].Files = slices.DeleteFunc(all[i].Files, func(e *tree.Escalation) bool {
			_, err := told.Identity(e.Path)
			return err == nil
		})
	}
	return all, missing
}

// list asks the forge.
func (p proposals) list(ctx context.Context) (list []forge.Proposed, is forge.Traits, missing error) {
	repository, err := newRepository(p.env, p.env.ci.Forge())
	if err != nil {
		return nil, is, err
	}
	is = repository.Traits()
	seen := 0
	for c, err := range repository.Proposals(ctx, p.target) {
		switch {
		case err != nil:
			return list, is, fmt.Errorf("the open %ss are not known: %w", is.Change, err)
		case seen == mostChanges:
			return list, is, fmt.Errorf("more than %d %ss are open: those that were opened last are not looked into", mostChanges, is.Change)
		}
		seen++
		if !c.Draft && !c.Fork {
			list = append(list, c)
		}
	}
	return list, is, nil
}

// files are the escalations of a commit that are not true.
func (p proposals) files(ctx context.Context, commit string) (all []*tree.Escalation, err error) {
	files, err := p.repo.Tree(ctx, commit, tree.Folder)
	if err != nil {
		return nil, err
	}
	defer files.Close()
	err = fs.WalkDir(files, tree.Folder, func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && name == tree.Folder {
			return nil
		}
		if err != nil || !d.Type().IsRegular() || !tree.IsEscalation(name) || p.truth.Has(name) {
			return err
		}
		data, err := fs.ReadFile(files, name)
		if err == nil {
			all = append(all, tree.Read(name, data, p.check))
		}
		return err
	})
	return all, errors.Join(err, files.Err())
}

// proposed adds the clocks of proposals to a report of what is on the disk. The forge is
// asked where the environment says which it is.
func (o staleOptions) proposed(ctx context.Context, s *session.Session, r *stale.Report) {
	if !proposable(o.env) {
		return
	}
	repo, err := s.Repo(ctx)
	var branch *ledger.Branch
	var truth *session.Commit
	if err == nil {
		branch, err = s.Ledger(ctx)
	}
	if err == nil {
		truth, err = s.Truth(ctx, branch)
	}
	if err != nil {
		r.Unlisted = err
		return
	}
	proposals{o.env, repo, s.Check, branch, branch.Default, truth.Tree}.add(ctx, r)
}
