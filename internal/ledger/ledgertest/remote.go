// Package ledgertest keeps ledgers in memory, as a remote and its clones. It
// passes the same tests as git does.
package ledgertest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing/fstest"

	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/source"
)

// Remote is a repository that clones push to. It is for one goroutine at a time.
type Remote struct {
	// Branches are the tips of the branches.
	Branches map[string]string
	// Head is what HEAD names: a branch, there or not, or a commit where it is
	// detached.
	Head string
	// Refuse is the rule that forbids to push to the ledger; nil for none.
	Refuse error
	// Pushed hears of each push that arrived; it may be nil.
	Pushed func(commit string)

	commits map[string]*commit
}

type commit struct {
	parent string
	files  fstest.MapFS
}

// NewRemote returns an empty one, whose HEAD names main.
func NewRemote() *Remote {
	return &Remote{Branches: map[string]string{}, Head: "main", commits: map[string]*commit{}}
}

// Commit makes a commit that follows another, or none, and belongs to no branch.
// files are those that differ; nil for one that is deleted.
func (r *Remote) Commit(parent string, files map[string][]byte) string {
	c := &commit{parent, fstest.MapFS{}}
	if before := r.commits[parent]; before != nil {
		maps.Copy(c.files, before.files)
	}
	for name, data := range files {
		if data == nil {
			delete(c.files, name)
		} else {
			c.files[name] = &fstest.MapFile{Data: data}
		}
	}
	id := fmt.Sprintf("%040x", len(r.commits)+1)
	r.commits[id] = c
	return id
}

// Files are those of a commit, or of the parts of it that are named.
func (r *Remote) Files(id string, within ...string) (ledger.Files, error) {
	c := r.commits[id]
	if c == nil {
		return nil, fmt.Errorf("there is no commit %q", id)
	}
	if len(within) == 0 {
		return files{c.files}, nil
	}
	some := fstest.MapFS{}
	for name, file := range c.files {
		for _, part := range within {
			if name == part || strings.HasPrefix(name, part+"/") {
				some[name] = file
			}
		}
	}
	return files{some}, nil
}

// Follows reports whether a commit has another in its history, or is it.
func (r *Remote) Follows(_ context.Context, id, before string) (bool, error) {
	for ; id != ""; id = r.commits[id].parent {
		if id == before {
			return true, nil
		}
	}
	return false, nil
}

// History is a commit and what it follows, the first one first.
func (r *Remote) History(id string) []string {
	var all []string
	for ; id != ""; id = r.commits[id].parent {
		all = append(all, id)
	}
	slices.Reverse(all)
	return all
}

type files struct{ fstest.MapFS }

func (files) Close() error { return nil }

func (f files) Identity(name string) (string, error) {
	file := f.MapFS[name]
	if file == nil {
		return "", &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return source.Hash(source.SHA1).Identity(file.Data), nil
}

// Clone is a clone of a remote: a ledger.Store.
type Clone struct {
	*Remote
	// Named is the default branch, where the remote names none.
	Named string
	// Step is asked before and after each call: where it returns an error, the call
	// is not carried out, or nobody hears of it. It may be nil.
	Step func(op string) error
	// Known is the tip of the ledger that was seen last.
	Known string
}

func (c *Clone) step(op string) error {
	if c.Step == nil {
		return nil
	}
	return c.Step(op)
}

// Ask says where the branches stand.
func (c *Clone) Ask(context.Context) (ledger.Standing, error) {
	if err := c.step("ask"); err != nil {
		return ledger.Standing{}, err
	}
	at := ledger.Standing{Tip: c.Branches[ledger.Name], Truth: c.Branches[c.Named]}
	if tip := c.Branches[c.Head]; tip != "" {
		at.Default, at.Truth = c.Head, tip
	}
	return at, c.step("fetched")
}

// Seen is the tip that was seen last, and See sees one.
func (c *Clone) Seen(context.Context) (string, error) { return c.Known, nil }

// See remembers a tip.
func (c *Clone) See(_ context.Context, commit string) error {
	c.Known = commit
	return nil
}

// Files are those of a commit.
func (c *Clone) Files(_ context.Context, commit string, within ...string) (ledger.Files, error) {
	return c.Remote.Files(commit, within...)
}

// Push makes a commit the tip of the ledger.
func (c *Clone) Push(_ context.Context, n git.NewCommit) (string, error) {
	if err := c.step("push " + n.Message); err != nil {
		return "", err
	}
	switch {
	case c.Branches[ledger.Name] != n.Parent:
		return "", git.ErrMoved
	case c.Refuse != nil:
		return "", c.Refuse
	case n.Parent != "" && c.commits[n.Parent] == nil:
		return "", errors.New("there is no such parent")
	}
	id := c.Commit(n.Parent, n.Files)
	c.Branches[ledger.Name] = id
	if c.Pushed != nil {
		c.Pushed(id)
	}
	return id, c.step("pushed " + n.Message)
}
