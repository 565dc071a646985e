package history

import (
	"context"
	"errors"

	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// Versions returns how some escalations stood with each commit up to head, oldest
// first, at the time of the commit's author. It reads the files on a branch of the
// ledger as well as on the default branch. Versions that cannot be read are left
// out, and so is a history that a shallow clone does not have.
func Versions(ctx context.Context, repo *git.Repo, head string, ids []schema.ID) (map[schema.ID][]process.Version, error) {
	wanted := map[string]bool{}
	for _, id := range ids {
		wanted[tree.Path(id)] = true
	}
	type item struct {
		commit  git.Commit
		path    string
		data    []byte
		version *schema.Escalation
	}
	log := repo.Log(ctx, git.LogOptions{To: head, FirstParent: true, Reverse: true, Folder: tree.Folder, Contents: func(c git.Change) bool {
		return wanted[c.Path] && isEscalation(c) && Differs(c)
	}})
	items := func(yield func(*item, error) bool) {
		for c, err := range log {
			if err != nil {
				yield(nil, err)
				return
			}
			for _, ch := range c.Changes {
				if wanted[ch.Path] && isEscalation(ch) && Differs(ch) && !yield(&item{commit: c, path: ch.Path, data: ch.Data}, nil) {
					return
				}
			}
		}
	}
	read := func(it *item) {
		if it == nil {
			return
		}
		if e := tree.Read(it.path, it.data, nil); e.Readable() {
			file := e.Escalation
			it.version = &file
		}
		it.data = nil
	}
	all := map[schema.ID][]process.Version{}
	for it, err := range Ahead(items, read) {
		switch {
		case errors.Is(err, git.ErrShallow):
			return nil, nil
		case err != nil:
			return nil, err
		case it.version != nil:
			at := it.commit.AuthorTime
			if at.IsZero() { // it cannot be read
				at = it.commit.CommitTime
			}
			id := tree.ID(it.path)
			all[id] = append(all[id], process.Version{At: at, Escalation: it.version})
		}
	}
	return all, nil
}
