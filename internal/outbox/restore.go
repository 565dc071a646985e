package outbox

import (
	"context"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/schema"
)

// Restore gives the pages of escalations the words that were told last, where
// somebody changed them by hand, and returns the escalations of which it did. It
// asks once for each of them, and for no other.
func (r *Run) Restore(ctx context.Context, ids []schema.ID) ([]schema.ID, error) {
	var keepers []destination.Keeper
	for _, d := range r.Destinations {
		if k, ok := d.(destination.Keeper); ok {
			keepers = append(keepers, k)
		}
	}
	if len(keepers) == 0 || len(ids) == 0 || !r.Branch.Exists() {
		return nil, nil
	}
	told, err := r.Told(ctx, ids...)
	if err != nil {
		return nil, err
	}
	defer told.Close()
	var restored []schema.ID
	for _, id := range ids {
		thread := told.Of(id)
		for _, k := range keepers {
			did, err := k.Restore(ctx, thread, func(s notice.Spot) string { return r.Address(id, thread, s) })
			if err != nil {
				return restored, err
			}
			if did {
				restored = append(restored, id)
			}
		}
	}
	return restored, told.err
}

// Touched are the escalations of which something was delivered.
func (r Report) Touched() []schema.ID {
	var ids []schema.ID
	seen := map[schema.ID]bool{}
	for _, o := range r.Outcomes {
		if !seen[o.Escalation] && o.Result != Failed {
			seen[o.Escalation] = true
			ids = append(ids, o.Escalation)
		}
	}
	return ids
}
