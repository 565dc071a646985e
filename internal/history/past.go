package history

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// Stood returns, of those paths that ever were the file of an escalation in the
// history of head, what stood there last (P36). The error is git.ErrShallow where a
// shallow clone cannot say so of one of them.
func Stood(ctx context.Context, repo *git.Repo, head string, paths []string) (map[string]*tree.Escalation, error) {
	if len(paths) == 0 {
		return nil, nil
	}
	var found, ids []string
	wanted := map[string]bool{}
	for _, p := range paths {
		wanted[p] = true
	}
	o := git.LogOptions{To: head, FirstParent: true, Folder: tree.Folder, Merged: func(m git.Merged) bool {
		return m.Old.ID == "" && wanted[m.Path] // what the merge lost
	}}
	if len(paths) == 1 { // which is faster
		o.Folder, o.File = "", paths[0]
	}
	for c, err := range repo.Log(ctx, o) {
		if err != nil {
			return nil, err
		}
		changes := c.Changes
		for _, m := range c.Merged {
			changes = append(changes, m.Change)
		}
		for _, ch := range changes {
			for _, left := range []git.Entry{ch.New, ch.Old} {
				if wanted[ch.Path] && left.ID != "" && left.Mode.IsRegular() {
					wanted[ch.Path] = false
					found, ids = append(found, ch.Path), append(ids, left.ID)
				}
			}
		}
		if len(found) == len(paths) {
			break
		}
	}
	stood := map[string]*tree.Escalation{}
	i := 0
	for blob, err := range repo.Blobs(ctx, slices.Values(ids)) {
		if err != nil {
			return nil, err
		}
		stood[found[i]] = tree.Read(found[i], blob.Data, nil)
		i++
	}
	return stood, nil
}

// Since returns when the commit was authored with which something became true that
// holds of an escalation in head; zero where it does not hold, and where a shallow
// clone cannot say.
func Since(ctx context.Context, repo *git.Repo, head, name string, holds func(*schema.Escalation) bool) (time.Time, error) {
	var since time.Time
	for c, err := range repo.Log(ctx, git.LogOptions{To: head, FirstParent: true, File: name, Contents: isEscalation}) {
		switch {
		case errors.Is(err, git.ErrShallow):
			return time.Time{}, nil
		case err != nil:
			return time.Time{}, err
		case !isEscalation(c.Changes[0]):
			return since, nil
		}
		e := tree.Read(name, c.Changes[0].Data, nil)
		if !e.Readable() {
			continue
		}
		if !holds(&e.Escalation) {
			break
		}
		since = written{c.AuthorTime, c.CommitTime}.at()
	}
	return since, nil
}
