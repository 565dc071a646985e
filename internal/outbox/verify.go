package outbox

import (
	"context"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/ledger"
)

// Verify compares with the ledger the destinations that can be. Nothing is
// written.
func (r *Run) Verify(ctx context.Context) ([]destination.Difference, error) {
	files, err := r.Branch.Files(ctx)
	if err != nil {
		return nil, err
	}
	defer files.Close()
	book, err := ledger.OpenBook(files)
	if err != nil {
		return nil, err
	}
	notices, err := book.All()
	if err != nil {
		return nil, err
	}
	var all []destination.Difference
	for _, d := range r.Destinations {
		if v, ok := d.(destination.Verifier); ok {
			differences, err := v.Verify(ctx, notices)
			if err != nil {
				return nil, err
			}
			all = append(all, differences...)
		}
	}
	return all, nil
}
