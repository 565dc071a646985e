package simulation

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/internal/session"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// actor is a run. It is at work only while it holds the baton, which it gives away
// before and after each call: so the runs of a history are interleaved as its
// seed says, and one history is always the same.
type actor struct {
	*world
	name   string
	clone  int
	wake   time.Time // it sleeps until then
	before time.Time // when what it delivers has to be delivered
	at     notice.Identity
	given  chan bool     // the baton; true kills it
	back   chan struct{} // and back from it
	ended  bool
	report outbox.Report
	err    error
}

// errKilled ends a run as the end of its process does: nothing after it happens.
var errKilled = errors.New("killed")

// step gives the baton away. what says what the run is about to do, or did.
func (a *actor) step(what string) {
	a.tell("    %s: %s", a.name, what)
	a.back <- struct{}{}
	if <-a.given {
		panic(errKilled)
	}
}

// clock is that of the machine of a clone.
func (a *actor) clock() time.Time {
	return a.now.Add([]time.Duration{0, 7 * time.Minute, -26 * time.Hour}[a.clone])
}

// wait sleeps.
func (a *actor) wait(_ context.Context, d time.Duration) error {
	a.wake = a.now.Add(d)
	a.step("waits")
	return nil
}

// start starts a run in a clone. It does nothing before it gets the baton.
func (w *world) start(clone int) *actor {
	w.runs++
	a := &actor{world: w, name: fmt.Sprintf("run %d in clone %d", w.runs, clone), clone: clone, given: make(chan bool), back: make(chan struct{})}
	w.begin(a, a.apply)
	return a
}

// begin lets a run do what it is for, once it gets the baton.
func (w *world) begin(a *actor, do func() error) {
	w.actors = append(w.actors, a)
	go func() {
		defer func() {
			if e := recover(); e == any(errKilled) {
				a.err = errKilled
			} else if e != nil {
				a.err = fmt.Errorf("panic: %v", e)
				w.fail("%s: %v", a.name, a.err)
			}
			a.ended = true
			a.back <- struct{}{}
		}()
		if <-a.given {
			panic(errKilled)
		}
		a.err = do()
	}()
}

// give gives the baton to a run, and returns when it is given back.
func (w *world) give(a *actor, kill bool) {
	a.given <- kill
	<-a.back
	if a.ended {
		w.actors = without(w.actors, a)
		w.tell("  %s ends: %s", a.name, ending(a))
		if errors.Is(a.err, ledger.ErrUnreadable) {
			w.fail("%s tells nothing at all, because of one escalation: %v", a.name, a.err)
		}
	}
}

func ending(a *actor) string {
	if a.err != nil {
		return a.err.Error()
	}
	said := fmt.Sprintf("%d done", len(a.report.Outcomes))
	for _, o := range a.report.Outcomes {
		if o.Err != nil {
			said += fmt.Sprintf(", not %s>%s %s: %v", o.Key, o.To, o.Do, o.Err)
		}
	}
	return said
}

func without(actors []*actor, a *actor) []*actor {
	var rest []*actor
	for _, x := range actors {
		if x != a {
			rest = append(rest, x)
		}
	}
	return rest
}

// open opens the ledger and what is true, as the command does.
func (a *actor) open() (*outbox.Run, error) {
	ctx := context.Background()
	store := a.clones[a.clone]
	store.Step = func(op string) error {
		a.step(op)
		return nil
	}
	b, err := ledger.Open(ctx, store, "origin")
	if err != nil {
		return nil, err
	}
	truth, err := a.truth(b)
	if err != nil {
		return nil, err
	}
	return &outbox.Run{
		Branch: b, Truth: truth, Load: func(context.Context) (outbox.Truth, error) { return a.truth(b) }, Versions: a.versions,
		Copies: func(_ context.Context, id schema.ID) ([]*schema.Escalation, error) { return a.copies(b, id) },
		Check:  check(), Destinations: a.destinations(truth.Tree),
		ID: a.name, Clone: fmt.Sprint(a.clone), Now: a.clock, Wait: a.wait, Announce: !b.Exists(),
	}, nil
}

func (a *actor) truth(b *ledger.Branch) (outbox.Truth, error) {
	commit, err := session.True(b, "")
	if err != nil {
		return outbox.Truth{}, err
	}
	return a.load(commit)
}

// versions are those of an escalation in the history of the default branch.
func (a *actor) versions(_ context.Context, id schema.ID) (all []*schema.Escalation, _ error) {
	for _, v := range a.main {
		if f, has := v.files[id]; has {
			all = append(all, &tree.Read(tree.Path(id), []byte(f.text()), nil).Escalation)
		}
	}
	return all, nil
}

// copies are those of an escalation in the history of the ledger.
func (a *actor) copies(b *ledger.Branch, id schema.ID) (all []*schema.Escalation, _ error) {
	for _, commit := range a.remote.History(b.Tip) {
		files, err := a.remote.Files(commit)
		if err != nil {
			return nil, err
		}
		if data, err := fs.ReadFile(files, tree.Path(id)); err == nil {
			all = append(all, &tree.Read(tree.Path(id), data, nil).Escalation)
		}
	}
	return all, nil
}

// apply is one run of apply.
func (a *actor) apply() error {
	run, err := a.open()
	if err != nil {
		return err
	}
	if a.report, err = run.Apply(context.Background()); err != nil {
		return err
	}
	_, err = run.Restore(context.Background(), a.report.Touched())
	return err
}

// keep is what the schedule does: people's changes of the issues are undone.
func (a *actor) keep() error {
	run, err := a.open()
	if err != nil {
		return err
	}
	var ids []schema.ID
	for _, path := range run.Truth.Paths {
		ids = append(ids, tree.ID(path))
	}
	_, err = run.Restore(context.Background(), ids)
	return err
}
