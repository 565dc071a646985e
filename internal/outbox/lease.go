package outbox

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/notice"
)

// ErrClaimLost is returned where another run has taken over what this one was at
// work on, because it took too long to say that it still is. What it had
// delivered is written down; the other run looks for the rest before it sends it.
var ErrClaimLost = errors.New("another run has taken over")

// The times of a claim. A run that is at work renews it with whatever it writes
// down; between two deliveries never later than renewAfter. No delivery takes
// longer than deliverWithin. Together they are less than claimFor, so that a run
// that lives keeps its claim.
const (
	claimFor      = 2 * time.Minute
	renewAfter    = 20 * time.Second
	deliverWithin = 90 * time.Second
)

// lease is a claim that this run holds.
type lease struct {
	held bool
	// fresh reports that the claim was made with the intents themselves: nobody
	// else can have been at work on those of this run.
	fresh bool
	// since is when it was made or renewed.
	since time.Time
}

// claim claims what is open in a book, unless another run is at work on it. One
// of this clone cannot be: this run has the lock.
func (r *Run) claim(book *ledger.Book) lease {
	if c := book.Claim; c != (ledger.Claim{}) && c.Clone != r.Clone {
		return lease{}
	}
	return r.renewed(book, true)
}

// renewed writes a claim of now into a book.
func (r *Run) renewed(book *ledger.Book, fresh bool) lease {
	now := r.now()
	book.Claim = ledger.Claim{Run: r.ID, Clone: r.Clone, At: now}
	return lease{held: true, fresh: fresh, since: now}
}

// takeOver waits until the run that is at work has ended, or has not renewed its
// claim for claimFor by our clock, and claims what is open then. While it waits it
// looks at the claim alone, however much is open; waiting is how much that was.
func (r *Run) takeOver(ctx context.Context, waiting int) ([]notice.Notice, lease, error) {
	var seen ledger.Claim
	since := r.Now() // when seen was seen first: another machine's clock may be wrong
	for {
		var open []notice.Notice
		var l lease
		free := false
		err := r.write(ctx, "Claim", nil, func(book *ledger.Book, _ fs.FS) (map[string][]byte, error) {
			if book.Claim != seen {
				seen, since = book.Claim, r.Now()
			}
			if free = seen == (ledger.Claim{}) || seen.Clone == r.Clone || r.Now().Sub(since) >= claimFor; !free {
				return nil, nil
			}
			var err error
			if open, err = book.Open(); err == nil && len(open) > 0 {
				l = r.renewed(book, false)
			}
			return nil, err
		})
		if err != nil || free {
			return open, l, err
		}
		r.say(Progress{All: waiting, Waiting: seen.Run})
		if err := r.Wait(ctx, 2*time.Second); err != nil {
			return nil, l, err
		}
		if err := r.Branch.Refresh(ctx); err != nil {
			return nil, l, err
		}
	}
}

func (r *Run) say(p Progress) {
	if r.Progress != nil {
		r.Progress(p)
	}
}

// Alone does some work while no other run is at work on the ledger, once that is so.
// Before each step the work asks whether it still is: the error is ErrClaimLost where
// another run has taken over, and then the step is not to be done. No step takes longer
// than 90 seconds.
func (r *Run) Alone(ctx context.Context, work func(still func() error) error) (err error) {
	l, err := r.alone(ctx)
	for err == nil && !l.held { // another run lives
		if err = r.Wait(ctx, 2*time.Second); err == nil {
			err = r.Branch.Refresh(ctx)
		}
		if err == nil {
			l, err = r.alone(ctx)
		}
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.release(ctx)) }()
	return work(func() error {
		if r.Now().Sub(l.since) < renewAfter {
			return nil
		}
		return r.write(ctx, "Go on", ledger.Within(nil), func(book *ledger.Book, _ fs.FS) (map[string][]byte, error) {
			if book.Claim.Run != r.ID {
				return nil, ErrClaimLost
			}
			l = r.renewed(book, false)
			return nil, nil
		})
	})
}
