package outbox_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// pause has the policy hold back everything, or no more.
func (w *world) pause(on bool) {
	w.Helper()
	text := ""
	if on {
		text = "paused: true\n"
	}
	w.put(tree.PolicyPath, text)
}

// While the policy is paused nothing is told, by name: what is new is not even
// written down, and what failed before is not tried. After it, all of it is told.
func TestPaused(t *testing.T) {
	t.Parallel()
	w := inMemory(t)
	w.apply("a")
	w.to.fail = func(string) error { return errors.New("down") }
	w.merge("", news)
	w.apply("a")
	w.to.fail = nil
	was := len(w.to.told)
	w.pause(true)
	w.merge("severity: high", "severity: low")
	tip := w.remote.Branches[ledger.Name]
	r := w.apply("a")
	if len(w.to.told) != was || w.remote.Branches[ledger.Name] != tip {
		t.Errorf("told %v, and wrote to the ledger", w.to.told[was:])
	}
	if !r.Failed() || len(r.Plan.Waits) != 1 || len(r.Outcomes) != 2 || r.Outcomes[0].Result != outbox.Failed {
		t.Errorf("it does not say what waits: %v, %v", r.Plan.Waits, r.Outcomes)
	}
	w.pause(false)
	r = w.apply("a")
	if got, want := words(w.to.told[was:]), "channel tracking channel tracking label edit topic edit"; got != want || r.Failed() {
		t.Errorf("after it: %q, not %q", got, want)
	}
}

// A pause that comes while a run waits for another is heard: it tells nothing, and
// what is left is told after the pause.
func TestPausedMeanwhile(t *testing.T) {
	t.Parallel()
	w := inMemory(t)
	stopped := errors.New("stopped")
	w.to.lose = func(string) error { panic(stopped) } // in the midst of its first delivery
	func() {
		defer func() { _ = recover() }()
		w.apply("a")
	}()
	w.to.lose = nil
	run := w.run("b")
	wait := run.Wait
	run.Wait = func(ctx context.Context, d time.Duration) error {
		if w.now.Minute() == 0 && w.now.Second() == 0 {
			w.pause(true)
		}
		return wait(ctx, d)
	}
	r, err := run.Apply(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := words(w.to.told); got != "create_channel" || !r.Failed() {
		t.Errorf("told %q", got)
	}
	w.pause(false)
	w.apply("b")
	if got := words(w.to.told); got != opening {
		t.Errorf("in all: %q, not %q", got, opening)
	}
}

// Nothing begins with a pause: a first announcement would leave a ledger that says
// that nothing is there yet.
func TestPausedFirst(t *testing.T) {
	t.Parallel()
	w := inMemory(t)
	w.pause(true)
	if r, err := w.run("a").Apply(t.Context()); err == nil || len(w.to.told) > 0 {
		t.Errorf("%v, %v", r, err)
	}
	if w.run("a").Branch.Exists() {
		t.Error("there is a ledger")
	}
}
