// Package outbox tells what is true and has not been told. A run plans from the
// ledger to the tree that is true, and writes down what it is going to do. Then it
// does that, and writes down what came of it. Whatever ends a run in between, the
// next one does the rest, and does nothing twice.
//
// It knows no destination: those are handed to it.
package outbox

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// Run is one run.
type Run struct {
	Branch *ledger.Branch
	// Truth is what is true. Where it has moved by the time that the ledger is asked
	// for again, Load loads it anew: a run that was slow does not tell what is true no
	// more. Load is nil where what is planned for does not move, as files on disk.
	Truth Truth
	Load  func(context.Context) (Truth, error)
	// Versions returns how an escalation ever stood on the default branch: what was
	// true when it was written down is told, though it was undone since. Nil where
	// that is not known.
	Versions func(context.Context, schema.ID) ([]*schema.Escalation, error)
	// Copies returns what was told of an escalation, as the ledger ever had it. It
	// shows what changed though the history of the default branch was replaced since.
	Copies func(context.Context, schema.ID) ([]*schema.Escalation, error)
	// Overdue returns what says whether a reminder that an earlier run wrote down is
	// about something that is overdue still. Nil where that is not known.
	// It fails of one of which that cannot be seen.
	Overdue func(context.Context) (still func(notice.Notice) (bool, error), err error)
	Check   *shape.Checker
	// Destinations are those that are configured: each that takes a place has it.
	Destinations []destination.Destination
	// File returns where people read and write the file of an escalation, by what
	// a link is for; "" where that is not known.
	File func(schema.ID, notice.Spot) string
	// ID names the run in the ledger: no two runs have the same. Clone names the
	// clone that it runs in: of one clone, one run is at work at a time.
	ID, Clone string
	// Now is the clock; Wait waits.
	Now  func() time.Time
	Wait func(ctx context.Context, d time.Duration) error
	// Progress hears how far the run is; nil where nobody wants to know.
	Progress func(Progress)
	// Adopt takes what there is as told; Announce tells all of it. Where there
	// is no ledger, one of the two is needed.
	Adopt, Announce bool
	// Yes tells what is opened and closed also where that is more than the policy's
	// announce_limit.
	Yes bool
	// Remind returns what is to be told of what is overdue, given what was told of
	// an escalation. Where it is set, nothing else is planned.
	Remind func(told func(schema.ID) []notice.Notice) []notice.Notice
}

// Truth is what is true.
type Truth struct {
	// Commit is the one that it is.
	Commit string
	*tree.Tree
	// Files holds the contents.
	Files fs.FS
}

// Progress is how far a run is.
type Progress struct {
	// Done of All messages were delivered, or were not to be.
	Done, All int
	// Next is what is being delivered or, while another run is at work, nil.
	Next notice.Message
	// Waiting is the run that is waited for; "" for none.
	Waiting string
}

// Plan says what Apply would do now. Nothing is written.
func (r *Run) Plan(ctx context.Context) (Report, error) {
	if !r.Branch.Exists() {
		return r.planned(nothing{})
	}
	files, err := r.Branch.Files(ctx)
	if err != nil {
		return Report{}, err
	}
	defer files.Close()
	return r.planned(files)
}

func (r *Run) planned(files fs.FS) (Report, error) {
	book, err := ledger.OpenBook(files)
	if err != nil {
		return Report{}, err
	}
	pending, err := book.Open()
	if err != nil {
		return Report{}, err
	}
	report, _, err := r.intend(book, files)
	report.Pending = pending
	return report, err
}

// Apply tells what is true and has not been told.
func (r *Run) Apply(ctx context.Context) (Report, error) {
	switch {
	case !r.Branch.Exists() && !r.Adopt && !r.Announce:
		return Report{}, ledger.ErrNone
	case !r.Branch.Exists() && r.Announce && r.Truth.Policy.Paused: // nothing begins by that
		return Report{}, errPaused
	}
	var report Report
	var lease lease
	var open []notice.Notice // what is to be done
	err := r.write(ctx, "Intend", nil, func(book *ledger.Book, files fs.FS) (map[string][]byte, error) {
		var copies map[string][]byte
		var err error
		if report, copies, err = r.intend(book, files); err != nil {
			return nil, err
		}
		if open, err = book.Open(); err != nil || len(open) == 0 || r.Truth.Policy.Paused {
			return copies, err
		}
		lease = r.claim(book) // where another is at work, what is written down waits
		return copies, nil
	})
	if err == nil && r.Truth.Policy.Paused {
		for _, n := range open {
			report.Outcomes = append(report.Outcomes, outcome(n, destination.Receipt{}, errPaused))
		}
		return report, nil
	}
	if err == nil && len(open) > 0 && !lease.held {
		open, lease, err = r.takeOver(ctx, len(open))
	}
	if err != nil || len(open) == 0 {
		return report, err
	}
	report.Outcomes, err = r.deliver(ctx, open, lease)
	return report, err
}

// write changes the ledger, of which the book has what within names, or all:
// change returns the files that it writes beside those of the book.
func (r *Run) write(ctx context.Context, message string, within []string, change func(*ledger.Book, fs.FS) (map[string][]byte, error)) error {
	return r.Branch.Write(ctx, message, r.now(), within, func(files fs.FS) (map[string][]byte, error) {
		if err := r.reload(ctx); err != nil {
			return nil, err
		}
		book, err := ledger.OpenBook(files, within...)
		if err != nil {
			return nil, err
		}
		if !r.Branch.Exists() {
			book.Begin()
		}
		copies, err := change(book, files)
		if err != nil {
			return nil, err
		}
		written, err := book.Written()
		for path, data := range copies {
			written[path] = data
		}
		return written, err
	})
}

// reload loads what is true, if it has moved.
func (r *Run) reload(ctx context.Context) (err error) {
	if r.Load != nil && r.Branch.Truth != r.Truth.Commit {
		r.Truth, err = r.Load(ctx)
	}
	return err
}

// Told is what the ledger has of each escalation, read when it is asked for.
type Told struct {
	files ledger.Files
	book  *ledger.Book
	err   error
}

// Told opens what the ledger has of some escalations, or of all where none is
// named. The caller closes it.
func (r *Run) Told(ctx context.Context, ids ...schema.ID) (*Told, error) {
	var within []string
	if len(ids) > 0 {
		within = ledger.Within(ids)
	}
	files, err := r.Branch.Files(ctx, within...)
	if err != nil {
		return nil, err
	}
	book, err := ledger.OpenBook(files, within...)
	if err != nil {
		return nil, errors.Join(err, files.Close())
	}
	return &Told{files: files, book: book}, nil
}

// Of returns the notices of an escalation; none where they are no notices: who is to
// tell something of it hears of that. Where they cannot be read, Close says so.
func (t *Told) Of(id schema.ID) []notice.Notice {
	notices, err := t.book.Of(id)
	if !errors.Is(err, ledger.ErrUnreadable) {
		t.err = errors.Join(t.err, err)
	}
	return notices
}

// Close ends it, and returns what could not be read.
func (t *Told) Close() error { return errors.Join(t.err, t.files.Close()) }

// now is the time as the ledger has it.
func (r *Run) now() time.Time { return r.Now().UTC().Truncate(time.Second) }

// nothing has no files.
type nothing struct{}

func (nothing) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}
