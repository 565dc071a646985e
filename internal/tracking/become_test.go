package tracking_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/forge/forgetest"
	"github.com/escalations-as-code/escalate/internal/form"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/schema"
)

// The issue by which an escalation was asked for becomes its tracking issue, whoever
// opened it: it has the words, the labels and the marker of one, and what is told later
// goes there, also where somebody takes the marker away.
func TestBecome(t *testing.T) {
	t.Parallel()
	for name, inDoubt := range map[string]bool{"at first": false, "in doubt": true} {
		everywhere(t, name, func(t *testing.T, w *world) {
			asked := w.Open(forgetest.Stranger, "### Which customer is it?\n\nNorthwind", form.Label, "theirs")
			opening := plan("opened", notice.OpenIssue, titled("Northwind", "Text"))
			deliver := func(n notice.Notice, thread ...notice.Notice) (destination.Receipt, error) {
				return w.tracking().Deliver(t.Context(), destination.Delivery{
					File:    func() (*schema.Escalation, error) { return w.copy(id) },
					Message: notice.Message{n}, Thread: thread, Address: func(notice.Spot) string { return "" },
					Request: func() (destination.Receipt, error) { return destination.Receipt{Ref: "1", URL: asked.URL}, nil },
				}, inDoubt)
			}
			r, err := deliver(opening)
			if err != nil || r.Ref != "1" || r.URL != asked.URL || !r.Became || len(w.Issues) != 1 {
				t.Fatalf("%+v (%v): %d issues", r, err, len(w.Issues))
			}
			if !strings.HasPrefix(asked.Body, "Text") || !strings.Contains(asked.Body, "<!-- escalate: "+string(opening.Escalation)) || asked.Title != "Northwind" {
				t.Errorf("it is %+v", asked)
			}
			if slices.Contains(asked.Labels, form.Label) || !slices.Contains(asked.Labels, "escalation") || !slices.Contains(asked.Labels, "theirs") {
				t.Errorf("its labels are %v", asked.Labels)
			}
			opening.Ref, opening.URL, opening.State, opening.Became, opening.Via = r.Ref, r.URL, notice.Done, r.Became, w.tracking().Via()
			asked.Body = "By hand"
			if r, err := deliver(plan("steps 1", notice.Tell, words("Steps")), opening); err != nil || !strings.HasPrefix(r.Ref, "1/") || len(w.Issues) != 1 {
				t.Errorf("then %+v (%v): %d issues", r, err, len(w.Issues))
			}
		})
	}
}

// An issue that is gone, or another repository's, becomes nothing: one is opened.
func TestBecomeNot(t *testing.T) {
	t.Parallel()
	for name, asked := range map[string]func(*world) destination.Receipt{
		"gone": func(w *world) destination.Receipt {
			i := w.Open(forgetest.Stranger, "form", form.Label)
			i.Deleted = true
			return destination.Receipt{Ref: "1", URL: i.URL}
		},
		"of another repository": func(w *world) destination.Receipt {
			w.Open(forgetest.Stranger, "theirs")
			return destination.Receipt{Ref: "1", URL: "https://forge.example/other/issues/1"}
		},
		"none": func(w *world) destination.Receipt {
			w.Open(forgetest.Stranger, "theirs")
			return destination.Receipt{}
		},
	} {
		everywhere(t, name, func(t *testing.T, w *world) {
			request := asked(w)
			was := *w.Issues[0]
			r, err := w.tracking().Deliver(t.Context(), destination.Delivery{
				File:    func() (*schema.Escalation, error) { return w.copy(id) },
				Message: notice.Message{plan("opened", notice.OpenIssue, titled("Northwind", "Text"))}, Address: func(notice.Spot) string { return "" },
				Request: func() (destination.Receipt, error) { return request, nil },
			}, false)
			if err != nil || r.Ref != "2" || r.Became || len(w.Issues) != 2 {
				t.Errorf("%+v (%v): %d issues", r, err, len(w.Issues))
			}
			if now := *w.Issues[0]; now.Body != was.Body || now.Title != was.Title || !slices.Equal(now.Labels, was.Labels) {
				t.Errorf("it was touched: %+v", now)
			}
		})
	}
}

// What we keep on an issue is known by its key; what a stranger wrote is not.
func TestKept(t *testing.T) {
	t.Parallel()
	everywhere(t, "on an issue", func(t *testing.T, w *world) {
		w.Open(w.Me, openedBody, "escalation")
		on := forge.Thread{Number: 1}
		w.Say(forgetest.Stranger, on, "no\n\n<!-- escalate: answer 8 -->")
		for _, key := range []string{"answer 7", "answer 9", "answer 7"} {
			if _, err := w.tracking().Keep(t.Context(), on, key, "It is done."); err != nil {
				t.Fatal(err)
			}
		}
		kept, err := w.tracking().Kept(t.Context(), on)
		if got := slices.Sorted(maps.Keys(kept)); err != nil || !slices.Equal(got, []string{"answer 7", "answer 9"}) || kept["answer 7"] != "It is done." {
			t.Errorf("%v (%v)", kept, err)
		}
		if got := w.Bodies(on); len(got) != 3 {
			t.Errorf("there are %q", got)
		}
	})
}
