package outbox_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/schema"
)

// kept is a destination with a page that people changed by hand, or did not.
type kept struct {
	place
	changed bool
	claim   func() string // what the ledger says of who is at work
	at      string        // the claim when it was restored
}

func (*kept) Via() string { return "kept" }

func (k *kept) Changed(_ context.Context, threads [][]notice.Notice, _ func(schema.ID) (*schema.Escalation, error)) ([]schema.ID, error) {
	if !k.changed {
		return nil, nil
	}
	return []schema.ID{threads[0][0].Escalation}, nil
}

func (k *kept) Restore(context.Context, []notice.Notice, func(schema.ID) (*schema.Escalation, error), func(notice.Spot) string) (bool, error) {
	k.at = k.claim()
	was := k.changed
	k.changed = false
	return was, nil
}

// What people changed by hand is put back by a run that is alone at work, and gives
// its claim back; nothing is written where nothing was changed.
func TestRestore(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		changed, killed bool // by people; a run of another clone
		want            []schema.ID
		waits           time.Duration
	}{
		"nothing":                    {false, false, nil, 0},
		"a page":                     {true, false, []schema.ID{"2026/northwind"}, 0},
		"a page, behind a dead run":  {true, true, []schema.ID{"2026/northwind"}, 2 * time.Minute},
		"nothing, behind a dead run": {false, true, nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := inMemory(t)
			k := &kept{claim: func() string { return w.ledger("claim.jsonl") }}
			w.also = []destination.Destination{k}
			if tc.killed {
				w.killed("another")
			} else {
				w.apply("mine")
			}
			k.changed = tc.changed
			tip, began := w.remote.Branches[ledger.Name], w.now
			run := w.run("mine")
			restored, err := run.Restore(t.Context(), []schema.ID{"2026/northwind"})
			if waited := w.now.Sub(began); err != nil || !slices.Equal(restored, tc.want) || waited < tc.waits || waited > tc.waits+time.Minute {
				t.Errorf("%v (%v) after %s", restored, err, waited)
			}
			if tc.changed && !strings.Contains(k.at, run.ID) {
				t.Errorf("it is put back while the ledger says %s", k.at)
			}
			if !tc.changed && w.remote.Branches[ledger.Name] != tip {
				t.Error("it writes into the ledger")
			}
			if tc.changed && w.ledger("claim.jsonl") != "" {
				t.Error("it keeps its claim")
			}
		})
	}
}

// While another run lives, nothing is put back: what it does may look like a
// person's hand.
func TestRestoreBesideAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k := &kept{changed: true}
	w.also = []destination.Destination{k}
	w.killed("another")
	run := w.run("mine")
	began := w.now
	run.Wait = func(context.Context, time.Duration) error { // it renews its claim
		w.now = w.now.Add(10 * time.Second)
		claim := strings.Replace(w.git("show", "escalate-ledger:claim.jsonl"), began.Format(time.RFC3339), w.now.Format(time.RFC3339), 1)
		w.git("checkout", "--quiet", "escalate-ledger")
		if err := os.WriteFile(filepath.Join(w.dir, "claim.jsonl"), []byte(claim+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		w.commit("Tell")
		w.git("checkout", "--quiet", "main")
		return nil
	}
	if restored, err := run.Restore(t.Context(), []schema.ID{"2026/northwind"}); err != nil || len(restored) > 0 || !k.changed || w.now.Sub(began) > time.Minute {
		t.Errorf("%v (%v) after %s", restored, err, w.now.Sub(began))
	}
}
