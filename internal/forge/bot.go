package forge

import (
	"context"
	"errors"
	"iter"
	"time"
)

// Feed is a forge that lists what changed since a time. Its times are to the second:
// all of that second are listed. One that changes while the list is read may be listed
// twice, as it was and as it is. The zero time lists all.
type Feed interface {
	// IssuesSince are the issues with a label, or all where it is "", open and closed,
	// that were opened or
	// changed since, the one first that changed the longest ago.
	IssuesSince(ctx context.Context, label string, since time.Time) iter.Seq2[Issue, error]
	// CommentsSince are the comments of all issues and change requests that were
	// written or changed since, the one first that changed the longest ago. The error
	// is ErrUnlisted where the forge has no such list.
	CommentsSince(ctx context.Context, since time.Time) iter.Seq2[Comment, error]
}

// Reactor is a forge on which there are reactions.
type Reactor interface {
	// React leaves the reaction on a comment of a thread that says that it was seen. One
	// that is there already is no error. The error is ErrGone where somebody deleted the
	// comment, and ErrLocked where somebody locked the thread.
	React(ctx context.Context, on Thread, comment int64) error
}

// Proposed is a change request as it stands.
type Proposed struct {
	Change
	Body   string
	Author Author
	// Head is the branch that is to be merged, Commit what it holds, and Base the
	// branch that it is to be merged into.
	Head, Commit, Base string
	// Open reports that it waits to be merged, Merged that it was; a declined one is
	// neither.
	Open, Merged bool
	// Draft reports that its author does not want it merged yet.
	Draft bool
	// Fork reports that the head is in another repository, or gone with it: nothing
	// that it holds is to be trusted, and nobody here can push to it.
	Fork             bool
	Created, Updated time.Time
}

// Lister is a forge that lists the change requests that wait to be merged.
type Lister interface {
	// Proposals are the open change requests for a branch, the oldest first. The error is
	// ErrForbidden where the token may not see them.
	Proposals(ctx context.Context, base string) iter.Seq2[Proposed, error]
}

// The errors of merging.
var (
	// ErrUnmergeable is returned of a change request that the forge does not merge as
	// things stand: a review or a check is missing, it conflicts with its base, it is
	// a draft, or it was declined.
	ErrUnmergeable = errors.New("it cannot be merged now")
	// ErrHeadMoved is returned of a change request whose head is another commit by now.
	ErrHeadMoved = errors.New("it holds another commit by now")
)

// Merger is a forge that shows and merges change requests.
type Merger interface {
	// Proposed returns a change request. The error is ErrGone where the number is not
	// one of a change request.
	Proposed(ctx context.Context, number int) (Proposed, error)
	// Changed are the paths of the files that a change request adds, changes or
	// deletes; of one that it renames, both. The error is ErrUnlisted where there are
	// more than the forge lists.
	Changed(ctx context.Context, number int) ([]string, error)
	// Merge merges a change request whose head is still that commit; one that was
	// merged at that commit already is no error. The error is ErrUnmergeable or
	// ErrHeadMoved where it is one of these.
	Merge(ctx context.Context, number int, commit string) error
}

// UnlessMerged is the error of a merge; nil, where the change request was merged at that
// commit all the same: the answer may have been lost, and the merge been asked for again
// then, and refused.
func UnlessMerged(ctx context.Context, m Merger, number int, commit string, err error) error {
	if err == nil {
		return nil
	}
	if is, e := m.Proposed(ctx, number); e == nil && is.Merged && is.Commit == commit {
		return nil
	}
	return err
}

// Check is what was found out about a commit. It is over.
type Check struct {
	// Name is what the rules for a branch require it by.
	Name   string
	Passed bool
	// Title is plain text, of one line; Summary and Details, which may be empty, are
	// Markdown, of at most 65,535 characters each.
	Title, Summary, Details string
}

// Editor is a forge that says who edited a text last, and when: the zero time, where
// nobody did or the forge does not say it; the zero author, where it does not say who,
// as of an account that is gone.
type Editor interface {
	// LastEdit is that of the text of an issue.
	LastEdit(ctx context.Context, number int) (Author, time.Time, error)
	// CommentEdit is that of a comment of a thread. The error is ErrGone where somebody
	// deleted it.
	CommentEdit(ctx context.Context, in Thread, id int64) (Author, time.Time, error)
}

// Checker is a forge that shows checks beside a commit.
type Checker interface {
	// SetCheck shows a check, in place of one of that name that this program set on
	// the commit before.
	SetCheck(ctx context.Context, commit string, c Check) error
}
