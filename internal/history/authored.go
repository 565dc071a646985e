package history

import (
	"context"
	"time"

	"github.com/escalations-as-code/escalate/internal/change"
	"github.com/escalations-as-code/escalate/internal/document"
	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// Authored says when the facts were written that commits added (P37).
type Authored map[added]written

// written are the times of the commit that wrote a fact.
type written struct{ authored, committed time.Time }

// at is when the author wrote it or, where that cannot be read, the committer.
func (w written) at() time.Time {
	if w.authored.IsZero() {
		return w.committed
	}
	return w.authored
}

// added names a fact, and its file.
type added struct {
	path string
	fact change.Fact
}

// At returns when the commit that first had a fact was authored, and whether
// there is one.
func (a Authored) At(path string, fact change.Fact) (time.Time, bool) {
	w, ok := a[added{path, fact}]
	return w.at(), ok && !w.at().IsZero()
}

// Commit returns the times of the commit that first had a fact; zero where there
// is none.
func (a Authored) Commit(path string, fact change.Fact) (authored, committed time.Time) {
	w := a[added{path, fact}]
	return w.authored, w.committed
}

// ReadAuthored reads the commits after from up to to, those of side branches as
// well: a fact belongs to the commit that wrote it, not to the merge.
func ReadAuthored(ctx context.Context, repo *git.Repo, from, to string) (Authored, error) {
	a := Authored{}
	for c, err := range repo.Log(ctx, git.LogOptions{From: from, To: to, Reverse: true, Folder: tree.Folder, Contents: isEscalation}) {
		if err != nil {
			return nil, err
		}
		for _, ch := range c.Changes {
			var e schema.Escalation
			document.Read(ch.Path, ch.Data).Decode(&e)
			for _, f := range change.Facts(&e) {
				key := added{ch.Path, f.Fact}
				if _, known := a[key]; !known {
					a[key] = written{c.AuthorTime, c.CommitTime}
				}
			}
		}
	}
	return a, nil
}

// isEscalation reports whether a commit left an escalation's file.
func isEscalation(c git.Change) bool { return tree.IsEscalation(c.Path) && c.New.Mode.IsRegular() }
