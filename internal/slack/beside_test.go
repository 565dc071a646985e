package slack

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/ledger/ledgertest"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// board is all that a new destination takes: the announcements, on a board of
// the office. It finds again what hangs there by its keys.
type board struct {
	sheets []sheet
}

type sheet struct{ keys, text string }

func (*board) Via() string { return "board" }

func (*board) Takes(to notice.Place, do notice.Do) bool {
	return to == notice.Announcement && do == notice.Tell
}

func (b *board) Deliver(_ context.Context, d destination.Delivery, inDoubt bool) (destination.Receipt, error) {
	keys := strings.Join(d.Keys(), " ")
	at := slices.IndexFunc(b.sheets, func(s sheet) bool { return s.keys == keys })
	if inDoubt && at >= 0 {
		return destination.Receipt{Ref: fmt.Sprint(at), Kept: true}, nil
	}
	b.sheets = append(b.sheets, sheet{keys, d.Text().Resolved(d.Address).Plain()})
	return destination.Receipt{Ref: fmt.Sprint(len(b.sheets) - 1)}, nil
}

// office is a repository, and a Slack and a board that hear of it.
type office struct {
	testing.TB
	*ledgertest.Remote
	check *shape.Checker
	slack *fake
	board *board
	// fault happens at a delivery, counted from 1 over all runs.
	fault string
	at, n int
	runs  int
}

// The faults.
const (
	killedBefore = "killed before it"
	killedAfter  = "killed after it"
	noReply      = "its reply is lost"
)

// newOffice is an office with an escalation.
func newOffice(t testing.TB, check *shape.Checker) *office {
	t.Helper()
	o := &office{TB: t, Remote: ledgertest.NewRemote(), check: check, slack: newFake(t), board: &board{}}
	o.Branches["main"] = o.Commit("", map[string][]byte{fixture.People: []byte(fixture.Read(fixture.People)), fixture.Northwind: []byte(fixture.Read(fixture.Northwind))})
	return o
}

// faulty is a destination of the office with its faults.
type faulty struct {
	destination.Destination
	*office
}

func (f faulty) Deliver(ctx context.Context, d destination.Delivery, inDoubt bool) (destination.Receipt, error) {
	f.n++
	fault := ""
	if f.n == f.at {
		fault = f.fault
	}
	if fault == killedBefore {
		panic(fault)
	}
	r, err := f.Destination.Deliver(ctx, d, inDoubt)
	switch fault {
	case killedAfter:
		panic(fault)
	case noReply:
		return destination.Receipt{}, destination.ErrInDoubt
	}
	return r, err
}

// apply runs, and reports whether the run came to its end.
func (o *office) apply() (ended bool) {
	o.Helper()
	store := &ledgertest.Clone{Remote: o.Remote}
	branch, err := ledger.Open(o.Context(), store, "origin")
	if err != nil {
		o.Fatal(err)
	}
	files, err := store.Files(o.Context(), branch.Truth)
	if err != nil {
		o.Fatal(err)
	}
	truth, err := tree.Open(files, o.check)
	if err != nil {
		o.Fatal(err)
	}
	o.runs++
	run := &outbox.Run{
		Branch: branch, Truth: outbox.Truth{Tree: truth, Files: files}, Check: o.check, Announce: !branch.Exists(),
		Destinations: []destination.Destination{faulty{o.slack.workspace(), o}, faulty{o.board, o}},
		ID:           fmt.Sprint("run-", o.runs), Clone: "office", Now: func() time.Time { return o.slack.now },
		Wait: func(context.Context, time.Duration) error { o.Error("nobody else is at work"); return nil },
	}
	defer func() {
		if e := recover(); e != nil && e != any(o.fault) {
			panic(e)
		}
	}()
	report, err := run.Apply(o.Context())
	if err != nil || report.Failed() {
		o.Errorf("run %d: %v, %+v", o.runs, err, report.Outcomes)
	}
	return true
}

// live applies until a run ends.
func (o *office) live() {
	o.Helper()
	for !o.apply() {
	}
}

// told is what stands in Slack, channel for channel, and on the board.
func (o *office) told() map[string][]string {
	all := map[string][]string{}
	for _, c := range o.slack.channels {
		all["#"+c.Name] = []string{}
		for _, m := range c.messages {
			all["#"+c.Name] = append(all["#"+c.Name], m.Text)
		}
	}
	for _, s := range o.board.sheets {
		all["the board"] = append(all["the board"], s.text)
	}
	return all
}

// A destination of thirty lines takes the announcements beside Slack: whichever
// delivery of either is killed or loses its reply, both have told all, each once.
func TestBesideAnother(t *testing.T) {
	t.Parallel()
	check, err := shape.NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	clean := newOffice(t, check)
	clean.live()
	want := clean.told()
	if len(want) != 3 || len(want["the board"]) != 1 || len(want["#escalated_customers"]) != 1 || len(want["#esc_northwind"]) != 1 {
		t.Fatalf("told %q", want)
	}
	for at := range clean.n {
		for _, fault := range []string{killedBefore, killedAfter, noReply} {
			t.Run(fmt.Sprintf("%d %s", at+1, fault), func(t *testing.T) {
				t.Parallel()
				o := newOffice(t, check)
				o.fault, o.at = fault, at+1
				o.live()
				if got := o.told(); !maps.EqualFunc(got, want, slices.Equal) {
					t.Errorf("told %q\nwant %q", got, want)
				}
				if (o.runs == 2) != (fault != noReply) || o.n <= clean.n {
					t.Errorf("%d deliveries in %d runs: nothing went wrong", o.n, o.runs)
				}
			})
		}
	}
}
