package forge

import "context"

// Proposal is a change request to be opened: a branch that is to be merged into
// another.
type Proposal struct {
	Title, Body string
	Head, Base  string
}

// Change is a change request.
type Change struct {
	Number int
	URL    string
	// Title is what it is called.
	Title string
}

// Proposer is a forge on which change requests can be opened.
type Proposer interface {
	// Propose opens a change request, or returns the open one that there is of the
	// branch.
	Propose(ctx context.Context, p Proposal) (Change, error)
	// Retitle calls a change request something else.
	Retitle(ctx context.Context, number int, title string) error
	// Ended reports whether change requests of a branch were opened and none is open
	// any more: they were merged, or declined.
	Ended(ctx context.Context, head string) (bool, error)
}
