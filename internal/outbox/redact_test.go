package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/outbox"
)

// wall is a destination that remembers what stands on it, by the names that it gave,
// and that may be down.
type wall struct {
	reads map[string]string
	down  bool
}

func (*wall) Via() string                             { return "wall" }
func (*wall) Takes(to notice.Place, _ notice.Do) bool { return to != notice.Announcement }

func (w *wall) Deliver(_ context.Context, d destination.Delivery, _ bool) (destination.Receipt, error) {
	if w.down {
		return destination.Receipt{}, errors.New("it is down")
	}
	ref := fmt.Sprint(len(w.reads) + 1)
	if _, redacts := d.First().Redacts(); redacts {
		ref = d.First().Target(d.Thread).First().Ref
	}
	w.reads[ref] = d.Text().Plain()
	return destination.Receipt{Ref: ref}, nil
}

// says returns what stands on it with a word.
func (w *wall) says(word string) (found []string) {
	for _, text := range w.reads {
		if strings.Contains(text, word) {
			found = append(found, text)
		}
	}
	return found
}

// What was posted of a redacted update reads otherwise at each place, and the ledger
// keeps nothing of it; what waits goes out in the words of today (P37).
func TestRedaction(t *testing.T) {
	t.Parallel()
	for _, down := range []bool{false, true} {
		w, at := inMemory(t), &wall{reads: map[string]string{}}
		w.also, w.to = nil, &place{}
		run := func(clone string) outbox.Report {
			r := w.run(clone)
			r.Destinations = []destination.Destination{at}
			report, err := r.Apply(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return report
		}
		run("1")
		w.merge("", strings.Replace(news, "News", "Their password is hunter2", 1))
		at.down = down
		run("2")
		if got := len(at.says("hunter2")); got == 0 != down {
			t.Errorf("down %t: %d texts have the password", down, got)
		}
		at.down = false
		w.merge("text: Their password is hunter2", "redacted: It held a password")
		r := run("3")
		if got, now := at.says("hunter2"), at.says("redacted: It held a password"); len(got) != 0 || len(now) != 2 || r.Failed() {
			t.Errorf("down %t: it reads %q and %q: %+v", down, got, now, r.Outcomes)
		}
		ledger := w.ledger("notices/2026/northwind.jsonl")
		if strings.Contains(ledger, "hunter2") || strings.Count(ledger, `"key":"2026/northwind redacted update 2026-11-22T09:00:00Z","moment":"redacted","do":"edit"`) != 2 {
			t.Errorf("down %t: the ledger says %s", down, ledger)
		}
		if again := run("4"); len(again.Outcomes) > 0 || slices.Contains(again.Plan.Unread, "2026/northwind") {
			t.Errorf("down %t: done once more: %v", down, again.Outcomes)
		}
	}
}
