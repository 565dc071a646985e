package main

import (
	"context"
	"errors"
	"fmt"
	"hash"
	"os"
	"sync"
	"time"

	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/history"
	"github.com/escalations-as-code/escalate/internal/lint"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/source"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// versions opens the trees that a command is about, those of commits as well as
// the folder on disk.
type versions struct {
	ctx   context.Context
	dir   string
	check *shape.Checker
	repo  *git.Repo   // nil until a commit is asked for
	trees []*git.Tree // of commits, to be closed
	locks []func()    // to be given back
	err   error       // what went wrong beside them
}

func newVersions(ctx context.Context, env environment, opts *options) (*versions, error) {
	dir, err := repository(env, opts)
	if err != nil {
		return nil, err
	}
	check, err := shape.NewChecker()
	if err != nil {
		return nil, err
	}
	return &versions{ctx: ctx, dir: dir, check: check}, nil
}

// close ends what was opened.
func (v *versions) close() {
	for _, t := range v.trees {
		t.Close()
	}
	for _, unlock := range v.locks {
		unlock()
	}
}

// openRepo finds the repository, once.
func (v *versions) openRepo() (err error) {
	if v.repo == nil {
		v.repo, err = git.Open(v.ctx, v.dir)
	}
	return err
}

// working loads the folder on disk.
func (v *versions) working() (*tree.Tree, error) {
	t, err := tree.Open(source.NewHashed(os.DirFS(v.dir), v.hash), v.check)
	return t, v.explain(err)
}

// hash is that of the repository, if one was opened by now.
func (v *versions) hash() hash.Hash {
	if v.repo == nil {
		return source.SHA1()
	}
	return v.repo.Hash()()
}

// explain says what to do where there is no folder of escalations.
func (v *versions) explain(err error) error {
	if errors.Is(err, tree.ErrNoFolder) {
		return fmt.Errorf("%w (%s): go to the repository, or name it with --dir", err, v.dir)
	}
	return err
}

// commitTree is the tree of a commit.
type commitTree struct {
	*tree.Tree
	commit string
	files  *git.Tree
}

// at loads the tree of a commit, given by its id. Where it has no escalations
// folder, the tree is empty.
func (v *versions) at(commit string) (*commitTree, error) {
	files, err := v.repo.Tree(v.ctx, commit, tree.Folder)
	if err != nil {
		return nil, err
	}
	v.trees = append(v.trees, files)
	t, err := tree.Open(files, v.check)
	if errors.Is(err, tree.ErrNoFolder) {
		if _, notFolder := files.Stat(tree.Folder); notFolder == nil {
			return nil, fmt.Errorf("in commit %.10s, %s is not a folder", commit, tree.Folder)
		}
		t, err = tree.Empty(), nil
	}
	return &commitTree{Tree: t, commit: commit, files: files}, err
}

// head loads the tree of HEAD.
func (v *versions) head() (*tree.Tree, error) {
	commit, err := v.repo.Resolve(v.ctx, "HEAD")
	if err != nil {
		return nil, err
	}
	t, err := v.at(commit)
	if err != nil {
		return nil, err
	}
	return t.Tree, nil
}

// base loads what a commit or the working tree is compared with: the newest
// commit that rev and head have in common.
func (v *versions) base(rev, head string) (*commitTree, error) {
	id, err := v.repo.Resolve(v.ctx, rev)
	if err != nil {
		return nil, err
	}
	if id, err = v.repo.MergeBase(v.ctx, id, head); err != nil {
		return nil, err
	}
	return v.at(id)
}

// lintBase is the base of `lint --base`.
func (v *versions) lintBase(rev string) (lint.Base, error) {
	if err := v.openRepo(); err != nil {
		return lint.Base{}, err
	}
	head, err := v.repo.Resolve(v.ctx, "HEAD")
	if err != nil {
		return lint.Base{}, err
	}
	base, err := v.base(rev, head)
	if err != nil {
		return lint.Base{}, err
	}
	// Only a change that adds an update asks for the commits.
	authored := sync.OnceValue(func() history.Authored {
		a, err := history.ReadAuthored(v.ctx, v.repo, base.commit, head)
		v.err = errors.Join(v.err, err)
		return a
	})
	return lint.Base{
		Tree: base.Tree, Commit: base.commit,
		Authored: func(path string, update time.Time) (time.Time, bool) { return authored().At(path, update) },
	}, nil
}

// failed returns why what was read cannot be relied on: the command was
// stopped, or git failed.
func (v *versions) failed() error {
	if err := context.Cause(v.ctx); err != nil {
		return err
	}
	err := v.err
	for _, t := range v.trees {
		err = errors.Join(err, t.Err())
	}
	return err
}
