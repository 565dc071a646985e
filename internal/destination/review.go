package destination

import (
	"context"
	"errors"
)

// ErrNoLines is returned where nothing can be said beside a line.
var ErrNoLines = errors.New("nothing can be said beside a line there")

// Remark is what is said beside a line that a change request changes.
type Remark struct {
	// Key tells it from the others of the change request. It stays while its line moves.
	Key string
	// Path is the file, from the root of the repository. Line counts from 1, in the file
	// as the change has it.
	Path string
	Line int
	// Text is Markdown.
	Text string
	// Quiet reports that it stops nothing: nobody has to settle it.
	Quiet bool
	// Instead is what is to stand there; nil where no one answer is right.
	Instead *Lines
}

// Lines are some lines of a file, and what is to stand in their place.
type Lines struct {
	// First and Last count from 1. The line of the remark is one of them.
	First, Last int
	// Text is empty where they are to be deleted.
	Text []string
}

// Reviewed is what a review changed.
type Reviewed struct {
	Said, Reworded, Withdrawn int
	// LeftOut is how many remarks have no place there: there are too many, or their
	// line is not shown.
	LeftOut int
}

// Reviewer is a destination that can say something beside the lines that a change
// request changes.
type Reviewer interface {
	// Review keeps the remarks on the change request of a number, of which commit is
	// the head, and withdraws those that it made before and that are none any more. The
	// error is ErrReadOnly where the token may not write there, and ErrNoLines where
	// there is no such thing.
	Review(ctx context.Context, number int, commit string, remarks []Remark) (Reviewed, error)
}
