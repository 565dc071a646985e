package history

import (
	"context"
	"errors"
	"maps"

	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// Escalations returns how an escalation stood with each commit up to head, oldest
// first, as Versions has it. The error is git.ErrShallow where the clone does not
// have the history.
func Escalations(ctx context.Context, repo *git.Repo, head string, id schema.ID) ([]*schema.Escalation, error) {
	versions, err := Versions(ctx, repo, head, []schema.ID{id}, map[string]*schema.Escalation{})
	if err != nil {
		return nil, err
	}
	if versions == nil {
		return nil, git.ErrShallow
	}
	var all []*schema.Escalation
	for _, v := range versions[id] {
		all = append(all, v.Escalation)
	}
	return all, nil
}

// Versions returns how some escalations stood with each commit up to head, oldest
// first, at the time of the commit's author. It reads the files on a branch of the
// ledger as well as on the default branch. Versions that cannot be read are left
// out, and so is a history that a shallow clone does not have.
//
// known are escalations by the id of their content, which are not read again; those
// that were read are added.
func Versions(ctx context.Context, repo *git.Repo, head string, ids []schema.ID, known map[string]*schema.Escalation) (map[schema.ID][]process.Version, error) {
	wanted := map[string]bool{}
	for _, id := range ids {
		wanted[tree.Path(id)] = true
	}
	type item struct {
		commit  git.Commit
		change  git.Change
		version *schema.Escalation
	}
	of := func(c git.Change) bool { return wanted[c.Path] && isEscalation(c) && Differs(c) }
	log := repo.Log(ctx, git.LogOptions{To: head, FirstParent: true, Reverse: true, Folder: tree.Folder, Contents: func(c git.Change) bool {
		return of(c) && known[c.New.ID] == nil
	}})
	items := func(yield func(*item, error) bool) {
		for c, err := range log {
			if err != nil {
				yield(nil, err)
				return
			}
			changes := c.Changes
			c.Changes = nil // or all contents would stay
			for _, ch := range changes {
				if of(ch) && !yield(&item{commit: c, change: ch, version: known[ch.New.ID]}, nil) {
					return
				}
			}
		}
	}
	read := func(it *item) {
		if it == nil || it.version != nil {
			return
		}
		if e := tree.Read(it.change.Path, it.change.Data, nil); e.Readable() {
			file := e.Escalation
			it.version = &file
		}
		it.change.Data = nil
	}
	all, added := map[schema.ID][]process.Version{}, map[string]*schema.Escalation{}
	for it, err := range Ahead(items, read) {
		switch {
		case errors.Is(err, git.ErrShallow):
			return nil, nil
		case err != nil:
			return nil, err
		case it.version != nil:
			at := written{it.commit.AuthorTime, it.commit.CommitTime}.at()
			id := tree.ID(it.change.Path)
			all[id] = append(all[id], process.Version{At: at, Escalation: it.version})
			added[it.change.New.ID] = it.version
		}
	}
	maps.Copy(known, added)
	return all, nil
}
