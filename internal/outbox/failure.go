package outbox

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/plan"
)

// waits is the error of what was not tried, since what comes before it in its place
// failed.
type waits struct{ before error }

func (w waits) Error() string {
	return fmt.Sprintf("it waits for what comes before it in the same place: %v", w.before)
}
func (w waits) Unwrap() error { return w.before }

// errNotHere is why nothing is delivered to a destination that is not configured.
var errNotHere = errors.New("which is not configured here")

// failure is what is told, by another destination, of a declaration or a closure that
// failed. It is known by its key: it is told once, however often that fails.
func (r *Run) failure(n notice.Notice, failed error) []notice.Notice {
	if !plan.MustArrive(n) || errors.Is(failed, errPaused) || errors.Is(failed, errNotHere) {
		return nil
	}
	var behind waits
	if errors.As(failed, &behind) {
		failed = behind.before
	}
	for _, to := range plan.Elsewhere(r.Truth.Tree, n) {
		for _, d := range r.Destinations {
			if d.Via() != n.Via && d.Takes(to, notice.Tell) {
				return []notice.Notice{plan.Undelivered(r.Truth.Tree, n, failed.Error(), to, d.Via(), d.Takes(to, notice.Edit))}
			}
		}
	}
	return nil
}

// arrived is what changes where it was told that a notice was not delivered, after it
// has been; or, of a notice that says so, after what it is about has been.
func (r *Run) arrived(n notice.Notice, thread []notice.Notice) []notice.Notice {
	if of, fails := saysOf(n, thread); fails {
		if of.State == notice.Done { // it may have been told in the words of before
			return r.settled(n, of, of.At)
		}
		return nil
	}
	var all []notice.Notice
	for _, t := range thread {
		if of, fails := t.Fails(); fails && of == n.Identity() && t.State == notice.Done {
			all = append(all, r.settled(t, n, r.now())...)
		}
	}
	return all
}

// reached reports whether another destination has told in its place what a notice says
// was not delivered there: then nobody need hear of it.
func reached(n notice.Notice, thread []notice.Notice) bool {
	of, fails := n.Fails()
	return fails && n.Tells() && slices.ContainsFunc(thread, func(t notice.Notice) bool {
		return t.Key == of.Key && t.To == of.To && t.Tells() && t.Via != of.Via && t.State == notice.Done
	})
}

// settled changes what says that a notice was not delivered, where that can be changed.
func (r *Run) settled(failure, of notice.Notice, at time.Time) []notice.Notice {
	for _, d := range r.Destinations {
		if d.Via() == failure.Via && d.Takes(failure.To, notice.Edit) {
			return []notice.Notice{plan.Delivered(failure, of, at)}
		}
	}
	return nil
}

// saysOf returns what a notice says was not delivered, as the ledger has it; fails is
// false of all other notices.
func saysOf(n notice.Notice, thread []notice.Notice) (of notice.Notice, fails bool) {
	id, fails := n.Fails()
	if i := slices.IndexFunc(thread, func(t notice.Notice) bool { return t.Identity() == id }); i >= 0 {
		of = thread[i]
	}
	return of, fails && n.Tells()
}

// late is a message that says that something was not delivered, after that has
// arrived: a run before may have told it, so it is looked for; where it was not, it
// says that all is well and pings nobody. It is nil where there is nothing to tell,
// because what it was about is void.
func (r *Run) late(failure, of notice.Notice) notice.Message {
	if of.State != notice.Done {
		return nil
	}
	failure.Text, failure.Mentions = plan.Delivered(failure, of, of.At).Text, nil
	return notice.Message{failure}
}

// needless is the outcome of what is not told because what it was about is void.
func (r *Run) needless(n notice.Notice) Outcome {
	n.State, n.At = notice.Void, r.now()
	return Outcome{Notice: n, Result: Kept, Note: "not told: what it says is not to be delivered any more"}
}

// follow writes down what is to be told because of what came of others, if it was not
// written down before, and returns what is new.
func (r *Run) follow(book *ledger.Book, more []notice.Notice) (added []notice.Notice, err error) {
	for _, n := range more {
		thread, err := book.Of(n.Escalation)
		switch known := func(t notice.Notice) bool { return t.Key == n.Key }; {
		case errors.Is(err, ledger.ErrUnreadable): // since: what is told of it is not known
			continue
		case err != nil:
			return nil, err
		case slices.ContainsFunc(thread, known) || reached(n, thread):
			continue
		}
		if err := r.add(book, plan.Plan{Notices: []notice.Notice{n}}); err != nil {
			return nil, err
		}
		if thread, err = book.Of(n.Escalation); err != nil {
			return nil, err
		}
		added = append(added, thread[len(thread)-1])
	}
	return added, nil
}
