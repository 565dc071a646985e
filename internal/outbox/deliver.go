package outbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"time"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// tries is how often a delivery that is in doubt is looked for and tried anew.
const tries = 4

// What came of deliveries is written down every renewAfter, and after
// manyOutcomes if fewAfter has passed.
const (
	manyOutcomes = 50
	fewAfter     = 5 * time.Second
)

// errPaused is why nothing is delivered while the policy says so.
var errPaused = errors.New(plan.Paused)

// deliver delivers what is open, in order, and writes down what came of it as it
// comes. What fails holds back what comes after it in the same place by the same
// destination, and nothing else. Of what is void it is written down that it is.
func (r *Run) deliver(ctx context.Context, open []notice.Notice, l lease) ([]Outcome, error) {
	within := ledger.Within(escalations(open))
	files, err := r.Branch.Files(ctx, within...)
	if err != nil {
		return nil, err
	}
	defer files.Close()
	var book *ledger.Book // of the escalation that is delivered
	var about schema.ID
	open, outcomes := r.sorted(ctx, open, l, files)
	written := 0                    // of the outcomes
	var more, added []notice.Notice // what is to be told because of them: what is not written down yet, and what is
	var failures []notice.Notice    // the same of what failed: at the last, when all was tried
	// What was delivered is written down also where the run is being stopped.
	write := func(last bool) error {
		if last {
			more = append(more, failures...)
		}
		new, err := r.conclude(context.WithoutCancel(ctx), outcomes[written:], more, &l, last)
		written, more, added = len(outcomes), nil, append(added, new...)
		return err
	}
	held := map[place]error{}
	messages := notice.Messages(open)
	for i, m := range messages {
		if since := r.Now().Sub(l.since); since >= renewAfter || since >= fewAfter && len(outcomes)-written >= manyOutcomes {
			if err := write(false); err != nil {
				return outcomes, err
			}
		}
		// What is open is in the order of the escalations: of those before, nothing
		// need be kept.
		if id := m.First().Escalation; book == nil || id != about {
			if book, err = ledger.OpenBook(files, within...); err != nil {
				return outcomes, err
			}
			about = id
		}
		thread, err := book.Of(about)
		if err != nil {
			return outcomes, err
		}
		if of, fails := saysOf(m.First(), thread); fails && of.State != notice.Intent {
			if m = r.late(m.First(), of); m == nil {
				outcomes = append(outcomes, r.needless(messages[i].First()))
				continue
			}
		}
		r.say(Progress{Done: i, All: len(messages), Next: m})
		receipt, err := r.message(ctx, m, book, files, l, held)
		switch {
		case err == nil:
			more = append(more, r.arrived(m.First(), thread)...)
		case ctx.Err() == nil: // else somebody stops the run, and nothing failed
			failures = append(failures, r.failure(m.First(), err)...)
		}
		for _, n := range m {
			o := outcome(n, receipt, err)
			if err == nil {
				o.At = r.now()
				if err := book.Conclude(o.Notice); err != nil {
					return outcomes, err
				}
			}
			outcomes = append(outcomes, o)
		}
	}
	r.say(Progress{Done: len(messages), All: len(messages)})
	if err := write(true); err != nil || len(added) == 0 {
		return outcomes, err
	}
	rest, err := r.deliver(ctx, added, l) // which brings nothing more
	return append(outcomes, rest...), err
}

// escalations are those that notices are about, each once.
func escalations(of []notice.Notice) []schema.ID {
	ids := make([]schema.ID, len(of))
	for i, n := range of {
		ids[i] = n.Escalation
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// place is what a failure holds back.
type place struct {
	escalation schema.ID
	to         notice.Place
	via        string
}

// message delivers one message, unless what comes before it in its place failed.
func (r *Run) message(ctx context.Context, m notice.Message, book *ledger.Book, files fs.FS, l lease, held map[place]error) (destination.Receipt, error) {
	if r.Truth.Policy.Paused { // since the run began
		return destination.Receipt{}, errPaused
	}
	n := m.First()
	at := place{n.Escalation, n.To, n.Via}
	if before := held[at]; before != nil {
		return destination.Receipt{}, waits{before}
	}
	thread, err := book.Of(n.Escalation)
	if err != nil {
		return destination.Receipt{}, err
	}
	if superseded(n, thread) {
		return destination.Receipt{Kept: true, Note: "something newer was set since"}, nil
	}
	told := func() (*tree.Escalation, error) {
		data, err := fs.ReadFile(files, tree.Path(n.Escalation))
		return tree.Read(tree.Path(n.Escalation), data, r.Check), err
	}
	receipt, err := r.tried(ctx, destination.Delivery{
		Message: m, Thread: thread,
		Issue: func() ([]notice.Notice, error) {
			e, err := told()
			return plan.Issue(r.Truth.Tree, e), err
		},
		Request: func() (destination.Receipt, error) {
			return requested(files, n.Escalation, told)
		},
		File: func() (*schema.Escalation, error) {
			e, err := certain(told())
			return &e.Escalation, err
		},
		Channel: func() (destination.Channel, error) {
			e, err := certain(told())
			return destination.Channel{
				Name: process.Channel(e.ID, &e.Escalation, r.Truth.Policy), Private: e.Visibility == schema.Restricted, Stated: e.Channel != "",
			}, err
		},
		Address: func(s notice.Spot) string { return r.Address(n.Escalation, thread, s) },
	}, !l.fresh || n.Run != r.ID)
	if err != nil && holds(n) {
		held[at] = err
	}
	return receipt, err
}

// certain is a copy of the ledger that can be read for certain.
func certain(e *tree.Escalation, err error) (*tree.Escalation, error) {
	if err == nil && e.HeldBack() {
		err = fmt.Errorf("the ledger's copy of %s cannot be read, and it may be restricted", e.Path)
	}
	return e, err
}

// requested is the issue by which an escalation was asked for: the ledger has it, and
// the file is the one that was proposed for it.
func requested(files fs.FS, id schema.ID, told func() (*tree.Escalation, error)) (destination.Receipt, error) {
	request, err := ledger.RequestOf(files, id)
	if err != nil || request == (ledger.Request{}) {
		return destination.Receipt{}, err
	}
	e, err := told()
	if err != nil || !request.Asks(e.Opened) {
		return destination.Receipt{}, err
	}
	return destination.Receipt{Ref: strconv.Itoa(request.Issue), URL: request.URL}, nil
}

// holds reports whether what comes after a notice waits for it: a text for the
// text before it, and everything for the place that it is in. What is done
// beside them holds back nothing.
func holds(n notice.Notice) bool {
	return n.Tells() || n.Do == notice.CreateChannel || n.Do == notice.OpenIssue
}

// superseded reports whether what a notice sets was set to something newer since: it
// failed, and what came after it did not.
func superseded(n notice.Notice, thread []notice.Notice) bool {
	var by []notice.Do
	switch n.Do {
	case notice.Label, notice.Assign, notice.Topic, notice.Bookmark, notice.Edit:
		by = []notice.Do{n.Do}
	case notice.CloseIssue, notice.ReopenIssue:
		by = []notice.Do{notice.CloseIssue, notice.ReopenIssue}
	case notice.Archive:
		by = []notice.Do{notice.CreateChannel}
	}
	at := slices.IndexFunc(thread, func(t notice.Notice) bool { return t.Identity() == n.Identity() })
	return at >= 0 && n.Moment != notice.Redacted && slices.ContainsFunc(thread[at+1:], func(t notice.Notice) bool {
		return t.To == n.To && t.Via == n.Via && t.State == notice.Done && t.Moment != notice.Redacted && slices.Contains(by, t.Do)
	})
}

// tried delivers one message; where it is in doubt whether it arrived, it is
// looked for and tried anew.
func (r *Run) tried(ctx context.Context, d destination.Delivery, inDoubt bool) (destination.Receipt, error) {
	via := d.First().Via
	at := slices.IndexFunc(r.Destinations, func(d destination.Destination) bool { return d.Via() == via })
	if at < 0 {
		return destination.Receipt{}, fmt.Errorf("it goes to %s, %w", via, errNotHere)
	}
	ctx, cancel := context.WithTimeout(ctx, deliverWithin)
	defer cancel()
	var last error
	began := r.now() // by the clock on the wall: a machine that slept does not know how long
	for range tries {
		receipt, err := r.Destinations[at].Deliver(ctx, d, inDoubt)
		if err == nil {
			return receipt, nil
		}
		last = err
		if !errors.Is(err, destination.ErrInDoubt) || ctx.Err() != nil || r.now().Sub(began) >= deliverWithin {
			break
		}
		inDoubt = true
	}
	return destination.Receipt{}, last
}

// Address is where a symbolic link leads, by what the ledger has of the
// escalation.
func (r *Run) Address(id schema.ID, thread []notice.Notice, s notice.Spot) string {
	at, make := notice.Tracking, notice.OpenIssue
	switch s {
	case notice.AtTracking:
	case notice.AtChannel:
		at, make = notice.Channel, notice.CreateChannel
	default:
		if r.File == nil {
			return ""
		}
		return r.File(id, s)
	}
	for _, n := range slices.Backward(thread) {
		if n.To == at && n.Do == make && n.State == notice.Done && n.URL != "" {
			return n.URL
		}
	}
	return ""
}

// outcome is what came of a notice.
func outcome(n notice.Notice, receipt destination.Receipt, err error) Outcome {
	o := Outcome{Notice: n, Result: Done, Note: receipt.Note, Err: err}
	switch {
	case err != nil:
		o.Result = Failed
		return o
	case receipt.Kept:
		o.Result = Kept
	}
	o.State, o.Ref, o.URL, o.Became = notice.Done, receipt.Ref, receipt.URL, receipt.Became
	return o
}

// conclude writes down what came of what was open, with what is to be told because
// of it, and renews the claim or, at the last, gives it back unless there is more. It
// returns what is new. Where the claim is lost, what was delivered is written down all
// the same, and the error is ErrClaimLost.
func (r *Run) conclude(ctx context.Context, outcomes []Outcome, more []notice.Notice, l *lease, last bool) (added []notice.Notice, err error) {
	var lost bool
	told := make([]notice.Notice, len(outcomes))
	for i, o := range outcomes {
		told[i] = o.Notice
	}
	within := ledger.Within(escalations(slices.Concat(told, more)))
	err = r.write(ctx, "Tell", within, func(book *ledger.Book, _ fs.FS) (map[string][]byte, error) {
		for i, o := range outcomes {
			if o.State == notice.Intent {
				continue
			}
			switch err := book.Conclude(o.Notice); {
			case errors.Is(err, ledger.ErrUnreadable): // since: the run after it is mended looks for this
				outcomes[i].Result, outcomes[i].Err = Failed, err
			case err != nil:
				return nil, err
			}
		}
		if added, err = r.follow(book, more); err != nil {
			return nil, err
		}
		switch lost = book.Claim.Run != r.ID; {
		case lost:
		case last && len(added) == 0:
			book.Claim = ledger.Claim{}
		default:
			*l = r.renewed(book, l.fresh)
		}
		return nil, nil
	})
	if err == nil && lost && (!last || len(added) > 0) {
		err = ErrClaimLost
	}
	return added, err
}
