package outbox

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"time"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// Restore lets the pages of escalations be as they were told last, where somebody
// changed them by hand, and returns the escalations of which it did.
//
// What looks changed by hand may be what another run has done just now. So whatever
// is mended is looked at anew when this run alone is at work; while another is, it is
// left to the next run.
func (r *Run) Restore(ctx context.Context, ids []schema.ID) (restored []schema.ID, err error) {
	var keepers []destination.Keeper
	for _, d := range r.Destinations {
		if k, ok := d.(destination.Keeper); ok {
			keepers = append(keepers, k)
		}
	}
	if len(keepers) == 0 || len(ids) == 0 || !r.Branch.Exists() {
		return nil, nil
	}
	changed, err := r.changed(ctx, keepers, ids)
	if err != nil || len(changed) == 0 {
		return nil, err
	}
	l, err := r.alone(ctx)
	if err != nil || !l.held {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.release(ctx)) }()
	for _, id := range changed {
		if r.Now().Sub(l.since) >= renewAfter {
			if l, err = r.alone(ctx); err != nil || !l.held {
				return restored, err
			}
		}
		told, err := r.Told(ctx, id)
		if err != nil {
			return restored, err
		}
		did, err := r.mend(ctx, keepers, told, id)
		if err = errors.Join(err, told.Close()); err != nil {
			return restored, err
		}
		if did {
			restored = append(restored, id)
		}
	}
	return restored, nil
}

// changed are the escalations of which a page was changed by hand, as it seems.
func (r *Run) changed(ctx context.Context, keepers []destination.Keeper, ids []schema.ID) ([]schema.ID, error) {
	told, err := r.Told(ctx, ids...)
	if err != nil {
		return nil, err
	}
	var threads [][]notice.Notice
	for _, id := range ids {
		if thread := told.Of(id); len(thread) > 0 {
			threads = append(threads, thread)
		}
	}
	var all []schema.ID
	for _, k := range keepers {
		changed, err := k.Changed(ctx, threads, r.file(told))
		if err != nil {
			return nil, errors.Join(err, told.Close())
		}
		all = append(all, changed...)
	}
	slices.Sort(all)
	return slices.Compact(all), told.Close()
}

// file returns the file of an escalation as it was told last.
func (r *Run) file(told *Told) func(schema.ID) (*schema.Escalation, error) {
	return func(id schema.ID) (*schema.Escalation, error) {
		data, err := fs.ReadFile(told.files, tree.Path(id))
		e, err := certain(tree.Read(tree.Path(id), data, r.Check), err)
		return &e.Escalation, err
	}
}

// mend puts back what was changed by hand in the pages of one escalation.
func (r *Run) mend(ctx context.Context, keepers []destination.Keeper, told *Told, id schema.ID) (bool, error) {
	mended, thread := false, told.Of(id)
	for _, k := range keepers {
		did, err := k.Restore(ctx, thread, r.file(told), func(s notice.Spot) string { return r.Address(id, thread, s) })
		if mended = mended || did; err != nil {
			return mended, err
		}
	}
	return mended, nil
}

// alone claims the ledger, or renews the claim. A run that ended and left its claim
// is waited for as long as it would have to renew it; one that lives is not.
func (r *Run) alone(ctx context.Context) (lease, error) {
	var first ledger.Claim
	var since time.Time
	for {
		var l lease
		var other ledger.Claim
		err := r.write(ctx, "Mend", nil, func(book *ledger.Book, _ fs.FS) (map[string][]byte, error) {
			if l = r.claim(book); !l.held {
				if other = book.Claim; other == first && r.Now().Sub(since) >= claimFor {
					l = r.renewed(book, false)
				}
			}
			_, err := book.Open() // what is open in a ledger of the first format gets its marker
			return nil, err
		})
		if err != nil || l.held {
			return l, err
		}
		if since.IsZero() {
			first, since = other, r.Now()
		}
		if other != first {
			return l, nil
		}
		if err := r.Wait(ctx, 2*time.Second); err != nil {
			return l, err
		}
		if err := r.Branch.Refresh(ctx); err != nil {
			return l, err
		}
	}
}

// release gives the claim back, if this run has it still.
func (r *Run) release(ctx context.Context) error {
	return r.write(context.WithoutCancel(ctx), "Mended", ledger.Within(nil), func(book *ledger.Book, _ fs.FS) (map[string][]byte, error) {
		if book.Claim.Run == r.ID {
			book.Claim = ledger.Claim{}
		}
		return nil, nil
	})
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
