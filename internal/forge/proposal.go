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
}

// Proposer is a forge on which change requests can be opened.
type Proposer interface {
	// Propose opens a change request, or returns the open one that there is of the
	// branch.
	Propose(ctx context.Context, p Proposal) (Change, error)
}
