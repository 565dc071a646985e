package outbox

import (
	"context"

	"github.com/escalations-as-code/escalate/internal/destination"
)

// Verify compares with the ledger the destinations that can be. Nothing is
// written.
func (r *Run) Verify(ctx context.Context) ([]destination.Difference, error) {
	told, err := r.Told(ctx)
	if err != nil {
		return nil, err
	}
	defer told.Close()
	notices, err := told.book.All()
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
