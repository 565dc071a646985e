package forge

import (
	"context"
	"iter"
)

// Remark is what somebody remarked on a change request: the comment that began a thread
// which can be settled.
type Remark struct {
	Comment
	// Thread is what the forge knows the thread by.
	Thread string
	// Path is the file that it is on, as the change request names it, and Line the line
	// there, from 1. Both are zero of one on the change request as a whole; Line is 0 of
	// one on a line that is not there any more.
	Path string
	Line int
	// Commit is what the change request held when the forge put it on that line.
	Commit string
	// Settled reports that somebody marked it as done with.
	Settled bool
	// Answers is how many comments follow it in the thread.
	Answers int
}

// RemarkDraft is a remark to be made.
type RemarkDraft struct {
	Body string
	// Path and Line say where, in what the change request holds at Commit. Without a
	// path, it is on the change request as a whole.
	Path   string
	Line   int
	Commit string
}

// Reviewer is a forge on which people remark on the lines of a change request. A forge
// may be set up to merge nothing of which a remark is not settled.
type Reviewer interface {
	// Remarks are those of a change request, the oldest first.
	Remarks(ctx context.Context, change int) iter.Seq2[Remark, error]
	// AddRemark remarks. The error is ErrHeadMoved where the change request holds another
	// commit by now, ErrRefused where the forge takes no remark on that line, as in a file
	// that the change request does not change, and ErrLocked where somebody locked it.
	AddRemark(ctx context.Context, change int, d RemarkDraft) (Remark, error)
	// EditRemark replaces the body of a remark. The error is ErrGone where it is gone.
	EditRemark(ctx context.Context, change int, r Remark, body string) (Remark, error)
	// Settle marks a remark as done with, or not. One that is so already is no error.
	Settle(ctx context.Context, change int, r Remark, settled bool) error
	// DeleteRemark deletes a remark; the answers to it stay. One that is gone is no error.
	DeleteRemark(ctx context.Context, change int, r Remark) error
}
