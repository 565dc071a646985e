package outbox

import (
	"context"

	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/schema"
)

// Fault is how a destination differs from the ledger.
type Fault string

// The faults.
const (
	Missing  Fault = "missing"  // the ledger says that it was told, and it is not there
	Doubled  Fault = "doubled"  // it is there more than once
	Edited   Fault = "edited"   // its words are others
	Orphaned Fault = "orphaned" // it is there, and the ledger does not know of it
	// Unseen is no fault: where it stands cannot be looked into any more.
	Unseen Fault = "unseen"
)

// Difference is something that is not as the ledger says.
type Difference struct {
	Key        string
	Escalation schema.ID // empty where the ledger does not know of it
	To         string
	Fault      Fault
	URL        string
}

// Verifier is a destination that can be compared with the ledger.
type Verifier interface {
	Destination
	Verify(ctx context.Context, notices []ledger.Notice) ([]Difference, error)
}

// Verify compares the destinations with the ledger. Nothing is written.
func (r *Run) Verify(ctx context.Context) ([]Difference, error) {
	files, err := r.Branch.Files(ctx)
	if err != nil {
		return nil, err
	}
	defer files.Close()
	notices, err := ledger.All(files)
	if err != nil {
		return nil, err
	}
	var all []Difference
	for _, d := range r.Destinations {
		if v, ok := d.(Verifier); ok {
			differences, err := v.Verify(ctx, notices)
			if err != nil {
				return nil, err
			}
			all = append(all, differences...)
		}
	}
	return all, nil
}
