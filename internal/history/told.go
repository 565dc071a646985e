package history

import (
	"context"
	"time"

	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// LastTold returns when a ledger last took a change of an escalation for told, by the
// time of its commit; zero where it never did. A shallow clone may not have it:
// git.ErrShallow.
func LastTold(ctx context.Context, repo *git.Repo, ledger string) (time.Time, error) {
	for c, err := range repo.Log(ctx, git.LogOptions{To: ledger, FirstParent: true, Folder: tree.Folder}) {
		return c.CommitTime, err
	}
	return time.Time{}, nil
}
