// Package destination is what the outbox and a destination say to each other: a
// delivery, and a receipt for it. Whoever tells of escalations somewhere
// implements Destination, and the optional interfaces of what else it can do:
// commands ask for those, and for no concrete type.
package destination

import (
	"context"
	"errors"
	"time"

	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/schema"
)

// ErrInDoubt is wrapped by the error of a delivery that may have been carried
// out all the same: its reply was lost, or confirmed nothing.
var ErrInDoubt = errors.New("it is not known whether it arrived")

// ErrUnconfirmed is the error of a reply that says that all is well, and not
// what was asked: no issue number, no time of a message. It is one in doubt.
var ErrUnconfirmed = unconfirmed{}

type unconfirmed struct{}

func (unconfirmed) Error() string        { return "the reply does not confirm it" }
func (unconfirmed) Is(target error) bool { return target == ErrInDoubt }

// Destination delivers what is told in some of the places. Several may take the
// same place.
type Destination interface {
	// Via names it in the ledger, such as "github".
	Via() string
	// Takes reports whether it delivers something to a place.
	Takes(to notice.Place, do notice.Do) bool
	// Deliver tells or does one thing. Where inDoubt is set, a run before may
	// have done it: it looks first. What it reports as delivered was read from
	// the reply.
	Deliver(ctx context.Context, d Delivery, inDoubt bool) (Receipt, error)
}

// Vias returns which of several destinations take something, by the names that
// the ledger knows them by.
func Vias(all []Destination) func(notice.Place, notice.Do) []string {
	return func(to notice.Place, do notice.Do) []string {
		var takers []string
		for _, d := range all {
			if d.Takes(to, do) {
				takers = append(takers, d.Via())
			}
		}
		return takers
	}
}

// Delivery is one thing to deliver, and what a destination may need to know
// for it.
type Delivery struct {
	notice.Message
	// Thread is all that the ledger has of the escalation, in order.
	Thread []notice.Notice
	// Issue returns what opens the tracking issue as the file has it that was
	// last told, for one that is to be opened though the thread says nothing of
	// that: the escalation was adopted, or the issue was deleted.
	Issue func() ([]notice.Notice, error)
	// Request returns the issue by which the escalation was asked for: instead of
	// opening one, that becomes the tracking issue. It is the zero receipt where there is
	// none.
	Request func() (Receipt, error)
	// File returns that file. Where it cannot be read for certain, it fails: the
	// escalation may be restricted (P17).
	File func() (*schema.Escalation, error)
	// Channel returns the escalation's channel as that file has it. Where that
	// cannot be read, it fails: the escalation may be restricted.
	Channel func() (Channel, error)
	// Address returns where a symbolic link leads: empty where it is not known,
	// as of a place that is not made yet. Then its words stand alone.
	Address func(notice.Spot) string
}

// Channel is the channel of an escalation. It is private where the escalation is
// restricted (P17).
type Channel struct {
	Name    schema.ChannelName
	Private bool
	// Stated reports that the file says the name, and it was not made of the file's.
	Stated bool
}

// Receipt is what a destination says of a delivery.
type Receipt struct {
	// Ref is what it calls what was delivered, URL where it can be seen.
	Ref, URL string
	// Kept reports that it was there already; Became, of an issue, that somebody else had
	// opened it, and that it is the tracking issue now.
	Kept, Became bool
	// Note says what a person should know of it, such as who could not be invited.
	Note string
}

// Signer is a destination that signs what it delivers, so that nothing else is taken
// for it when it is looked for.
type Signer interface {
	// Signs reports whether it does: whether there is a key.
	Signs() bool
}

// Verifier is a destination that can be compared with the ledger.
type Verifier interface {
	// Verify compares what the ledger says was told with what stands there.
	Verify(ctx context.Context, told []notice.Notice) ([]Difference, error)
}

// Difference is something that is not as the ledger says.
type Difference struct {
	Key        string
	Escalation schema.ID // empty where the ledger does not know of it
	To         notice.Place
	Fault      Fault
	// Says is what is to be said beside the fault, in plain words; it may be empty.
	Says string
	URL  string
}

// Fault is how a destination differs from the ledger.
type Fault string

// The faults.
const (
	Missing  Fault = "missing"  // the ledger says that it was told, and it is not there
	Doubled  Fault = "doubled"  // it is there more than once
	Edited   Fault = "edited"   // its words are others
	Orphaned Fault = "orphaned" // it is there, and the ledger does not know of it
	Closed   Fault = "closed"   // it is closed, and the escalation is open
	Reopened Fault = "reopened" // it is open, and the escalation is closed
	Labelled Fault = "labelled" // it has other labels
	Assigned Fault = "assigned" // who was assigned is not
	Locked   Fault = "locked"   // nothing can be told there
	Moved    Fault = "moved"    // it is somewhere else
	Changed  Fault = "changed"  // the place is not as it was left: Says is what somebody did to it
	// Unseen is no fault: where it stands cannot be looked into any more.
	Unseen Fault = "unseen"
)

// Scheduler is a destination that can say something by itself at a moment.
type Scheduler interface {
	// Schedule has it say what is planned in the channels of escalations, and
	// withdraws what is planned no more. told returns what the ledger has of an
	// escalation: one that has no channel yet is left out.
	Schedule(ctx context.Context, planned []Planned, told func(schema.ID) []notice.Notice) (scheduled, withdrawn int, err error)
}

// Planned is a message to be said in the channel of an escalation at a moment.
type Planned struct {
	Escalation schema.ID
	At         time.Time
	Text       notice.Text
}

// Keeper is a destination with a page for each escalation that people can change
// by hand, such as by ticking a box or closing it.
type Keeper interface {
	// Changed returns the escalations of which the page is not as it was told last,
	// and Restore would change something. Each thread is all that the ledger has of an
	// escalation, and is not empty; file returns its file as it was told last, as that of
	// a delivery.
	Changed(ctx context.Context, threads [][]notice.Notice, file func(schema.ID) (*schema.Escalation, error)) ([]schema.ID, error)
	// Restore lets the page of an escalation be as it was told last, where people
	// changed it, and reports whether it did. address returns where a symbolic link
	// leads.
	Restore(ctx context.Context, thread []notice.Notice, file func(schema.ID) (*schema.Escalation, error), address func(notice.Spot) string) (restored bool, err error)
}

// Digester is a destination that can keep one page which says how all
// escalations stand.
type Digester interface {
	// Digest keeps the page with a title and a text, which is Markdown fit for
	// the destination. now is when it is true; it returns the page's address and
	// when the page before was true, zero where there was none.
	Digest(ctx context.Context, title, markdown string, now time.Time) (url string, last time.Time, err error)
}

// Commenter is a destination that can keep one comment on a change request: a
// pull request or a merge request.
type Commenter interface {
	// Comment keeps one comment on the change request of a number, and returns its
	// address. The error is ErrReadOnly where the token may not write.
	Comment(ctx context.Context, number int, c Comment) (url string, err error)
}

// Comment is what is to be said of a change request as a whole.
type Comment struct {
	Markdown string
	// Mentions are for whose attention it is.
	Mentions []schema.Handle
	// Quiet reports that it asks nobody to do anything, such as to look at what will be
	// announced.
	Quiet bool
}

// ErrReadOnly is returned where a token may not write comments, as that of a
// change request from a fork.
var ErrReadOnly = errors.New("the token may not write comments")
