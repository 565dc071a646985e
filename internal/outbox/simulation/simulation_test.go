// Package simulation plays histories: what people and machines do to a repository,
// its ledger and the places, while two or three runs of apply are at work. It has
// the real code of packages outbox, plan, ledger and tracking, and git, the forge
// and the chat in memory. One seed is one history.
package simulation

import (
	"flag"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

var (
	histories = flag.Int("histories", 1000, "how many histories are played")
	first     = flag.Int64("seed", 1, "the seed of the first history")
	shrink    = flag.Bool("shrink", true, "leave out the events of a failing history without which it fails, too")
	full      = flag.Bool("full", false, "print each step of a failing history")
)

// history is the one of a seed.
func history(seed int64) []event {
	r := rand.New(rand.NewSource(seed))
	var all []string
	for _, k := range kinds {
		for range k.of {
			all = append(all, k.name)
		}
	}
	events := make([]event, 6+r.Intn(20))
	for i := range events {
		events[i] = event{all[r.Intn(len(all))], r.Int63(), r.Intn(60)}
		if r.Intn(3) == 0 {
			events[i].steps = 0
		}
	}
	return events
}

// Whatever happens: after the last run the places say what the files say, each
// notice stands there once, and nothing of others was touched.
func TestSimulation(t *testing.T) {
	t.Parallel()
	const parts = 8
	var found atomic.Bool // one is enough
	var failed atomic.Int64
	t.Cleanup(func() {
		if *histories >= 1000 && !found.Load() && failed.Load() == 0 {
			t.Error("nobody was told of a failure: the histories are too tame")
		}
	})
	for part := range parts {
		t.Run(fmt.Sprint(part), func(t *testing.T) {
			t.Parallel()
			for seed := *first + int64(part); seed < *first+int64(*histories) && !found.Load(); seed += parts {
				w := play(history(seed))
				failed.Add(int64(w.failed))
				if len(w.failures) > 0 {
					found.Store(true)
					events := history(seed)
					if *shrink {
						events = shrunk(events, w.failures[0])
					}
					t.Errorf("seed %d: %s", seed, tale(events))
					return
				}
			}
		})
	}
}

// shrunk is a history with fewer events that goes wrong in the same way.
func shrunk(events []event, failure string) []event {
	fails := func(events []event) bool {
		w := play(events)
		return len(w.failures) > 0 && kindOf(w.failures[0]) == kindOf(failure)
	}
	for size := len(events) / 2; size > 0; size /= 2 {
		for i := len(events) - size; i >= 0; i-- {
			if i+size > len(events) {
				continue
			}
			if fewer := slices.Delete(slices.Clone(events), i, i+size); fails(fewer) {
				events = fewer
			}
		}
	}
	for i := range events {
		for n := 0; n < events[i].steps; n += 1 + (events[i].steps-n)/2 {
			fewer := slices.Clone(events)
			if fewer[i].steps = n; fails(fewer) {
				events = fewer
			}
		}
	}
	return events
}

// kindOf is what a failure is about: its words without what differs.
func kindOf(failure string) string {
	words := strings.Fields(failure)
	return strings.Join(slices.DeleteFunc(words[:min(len(words), 12)], func(s string) bool { return strings.ContainsAny(s, "0123456789/") }), " ")
}

// tale is what happened, and what came of it.
func tale(events []event) string {
	w := play(events)
	var b strings.Builder
	for _, line := range w.story {
		if *full || !strings.HasPrefix(line, "    ") || strings.Contains(line, "push") || strings.Contains(line, "wrong") {
			b.WriteString("\n" + line)
		}
	}
	return strings.Join(w.failures, "\n") + "\n" + b.String()
}
