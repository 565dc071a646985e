package outbox_test

import (
	"context"
	"errors"
	"io/fs"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/schema"
)

// While a run is alone at work no other delivers; who comes then waits. Whoever slept
// too long has lost the claim, and does not go on.
func TestAlone(t *testing.T) {
	t.Parallel()
	w := inMemory(t)
	w.apply("1")
	w.merge("", news)
	w.to.told = nil
	ended := false
	err := w.run("bot").Alone(t.Context(), func(still func() error) error {
		w.now = w.now.Add(time.Minute)
		if err := still(); err != nil { // and the claim is renewed
			t.Error(err)
		}
		claim := w.ledger("claim.jsonl")
		waits := w.run("other")
		waits.Wait = func(ctx context.Context, _ time.Duration) error {
			if len(w.to.told) > 0 {
				t.Errorf("%q was told beside it", w.to.told)
			}
			return errStop
		}
		if _, err := waits.Apply(t.Context()); !errors.Is(err, errStop) {
			t.Errorf("the other ends with %v", err)
		}
		if w.ledger("claim.jsonl") != claim {
			t.Error("the claim was taken")
		}
		w.now = w.now.Add(10 * time.Minute) // the machine slept
		w.apply("quick")
		if err := still(); !errors.Is(err, outbox.ErrClaimLost) {
			t.Errorf("it goes on: %v", err)
		}
		ended = true
		return nil
	})
	if err != nil || !ended || w.ledger("claim.jsonl") != "" {
		t.Errorf("%v, the claim is %q", err, w.ledger("claim.jsonl"))
	}
	if len(w.to.told) != 2 {
		t.Errorf("told %q", w.to.told)
	}
}

var errStop = errors.New("stop")

// The issue by which an escalation was asked for is handed to whoever opens one, if the
// file is the one that was proposed for it.
func TestRequested(t *testing.T) {
	t.Parallel()
	for name, by := range map[string]schema.Handle{"the same": "jdoe", "another's": "kwong"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := inMemory(t)
			w.apply("1")
			run := w.run("2")
			opened := run.Truth.Load(northwind).Opened
			want := destination.Receipt{Ref: "12", URL: "https://forge.example/12"}
			if by != opened.By {
				want = destination.Receipt{}
			}
			request := ledger.Request{Issue: 12, URL: "https://forge.example/12", By: by, At: opened.At.Time}
			path, data := request.AsFile("2026/alpha")
			err := run.Branch.Write(t.Context(), "Ask", w.now, nil, func(fs.FS) (map[string][]byte, error) {
				return map[string][]byte{path: data}, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			w.put("escalations/2026/alpha.yaml", w.read(northwind))
			if r := w.apply("3"); r.Failed() || w.to.request != want {
				t.Errorf("it hears of %+v: %+v", w.to.request, r)
			}
		})
	}
}
