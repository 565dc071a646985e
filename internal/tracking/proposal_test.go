package tracking_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/forge/forgetest"
	"github.com/escalations-as-code/escalate/internal/notice"
)

// unmerged is a reminder on a change request.
func unmerged(number int) notice.Notice {
	n := plan("reminder", notice.Tell, words("Nobody has merged it."), "jdoe", "kwong")
	n.Key, n.To = notice.Unmerged(id, number)+" 2026-11-20T10:00:00Z 1 2026-11-25", notice.Proposal
	return n
}

// P1: a reminder that a proposal lies unmerged is one comment on the change request,
// also where the run before was cut off.
func TestRemindsOnProposal(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"without a key", "with one"} {
		everywhere(t, name, func(t *testing.T, w *world) {
			if name == "with one" {
				w.keys = keyed(t, firstKey)
			}
			w.Open(w.Me, openedBody, "escalation") // of another escalation: no issue is looked for
			w.OpenChange(forgetest.Stranger)
			on := w.OpenChange(forgetest.Stranger)
			n := unmerged(on.Number)
			w.Say(forgetest.Stranger, on, mark(n.Key)) // a pasted marker
			for _, inDoubt := range []bool{false, true, true} {
				r, err := w.tracking().Deliver(t.Context(), w.delivery([]notice.Notice{n}), inDoubt)
				if err != nil || r.Kept != inDoubt || r.URL != w.Comments[1].URL {
					t.Fatalf("%+v, %v", r, err)
				}
			}
			got := w.Bodies(on)
			if len(got) != 2 || len(w.Comments) != 2 || !strings.HasPrefix(got[1], "Nobody has merged it.\n\ncc @jodoe\n\n<!-- escalate: "+n.Key) {
				t.Errorf("%q", got)
			}
		})
	}
}

// On one that is gone or locked nobody is reminded, and nothing waits for it; what the
// token may not write fails.
func TestProposalGone(t *testing.T) {
	t.Parallel()
	everywhere(t, "gone", func(t *testing.T, w *world) {
		r, err := w.tracking().Deliver(t.Context(), w.delivery([]notice.Notice{unmerged(77)}), false)
		if err != nil || r.Note != "the "+w.forge.Traits().Change+" is gone" || len(w.Comments) > 0 {
			t.Errorf("%+v, %v", r, err)
		}
	})
	everywhere(t, "refused", func(t *testing.T, w *world) {
		on := w.OpenChange(forgetest.User)
		w.Fault = func(op string) forgetest.Fault {
			if strings.HasPrefix(op, "comment ") {
				return forgetest.Forbidden
			}
			return forgetest.None
		}
		if r, err := w.tracking().Deliver(t.Context(), w.delivery([]notice.Notice{unmerged(on.Number)}), false); !errors.Is(err, forge.ErrForbidden) {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

// Once it is merged, the number of the change request is taken for that of no issue.
func TestProposalIsNoIssue(t *testing.T) {
	t.Parallel()
	everywhere(t, "merged", func(t *testing.T, w *world) {
		w.Open(w.Me, openedBody, "escalation")
		on := w.OpenChange(w.Me)
		w.Say(w.Me, on, mark(unmerged(on.Number).Key))
		was := unmerged(on.Number)
		was.State, was.Ref, was.URL = notice.Done, "2/101", w.Comments[0].URL
		r, err := w.tracking().Deliver(t.Context(), w.delivery([]notice.Notice{plan("steps 1", notice.Tell, words("A step is done."))}, opened, was), false)
		if err != nil || r.Note != "" || len(w.Bodies(thread)) != 1 || len(w.Issues) != 1+changes(w) {
			t.Errorf("%+v, %v: %q", r, err, w.Bodies(thread))
		}
		told := w.sent([]notice.Notice{opened, was})
		told[0].URL = w.Issues[0].URL
		differences, err := w.tracking().Verify(t.Context(), told)
		if err != nil || slices.ContainsFunc(differences, func(d destination.Difference) bool { return d.To == notice.Proposal || d.Fault == destination.Missing }) {
			t.Errorf("%+v, %v", differences, err)
		}
	})
}

// Until its escalation is opened, a reminder on a pull request is verified as all else
// that was told.
func TestVerifyProposal(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		do   func(w *world, on forge.Thread)
		want []destination.Fault
	}{
		"nothing":  {func(*world, forge.Thread) {}, nil},
		"the plan": {func(w *world, on forge.Thread) { w.Say(w.Me, on, "### Plan\n\n"+mark("plan")) }, nil},
		"deleted":  {func(w *world, _ forge.Thread) { w.Comments = nil }, []destination.Fault{destination.Missing}},
		"edited": {func(w *world, _ forge.Thread) {
			w.Comments[0].Body = strings.Replace(w.Comments[0].Body, "Nobody", "Somebody", 1)
		}, []destination.Fault{destination.Edited}},
		"doubled":  {func(w *world, on forge.Thread) { w.Say(w.Me, on, w.Comments[0].Body) }, []destination.Fault{destination.Doubled}},
		"copied":   {func(w *world, on forge.Thread) { w.Say(forgetest.Stranger, on, w.Comments[0].Body) }, nil},
		"orphaned": {func(w *world, on forge.Thread) { w.Say(w.Me, on, "Merge it.\n\n"+mark(unmerged(on.Number).Key+" 2")) }, []destination.Fault{destination.Orphaned}},
	} {
		everywhere(t, name, func(t *testing.T, w *world) {
			on := w.OpenChange(forgetest.Stranger)
			n := unmerged(on.Number)
			r, err := w.tracking().Deliver(t.Context(), w.delivery([]notice.Notice{n}), false)
			if err != nil {
				t.Fatal(err)
			}
			n.State, n.Ref, n.URL = notice.Done, r.Ref, r.URL
			tc.do(w, on)
			gone := unmerged(77) // and one that is gone
			gone.State, gone.Ref = notice.Done, "77/1"
			differences, err := w.tracking().Verify(t.Context(), w.sent([]notice.Notice{n, gone}))
			var got []destination.Fault
			for _, d := range differences {
				got = append(got, d.Fault)
				if d.To != notice.Proposal || d.URL == "" {
					t.Errorf("%+v", d)
				}
			}
			if err != nil || !slices.Equal(got, tc.want) {
				t.Errorf("%+v, %v", differences, err)
			}
		})
	}
}

// changes is how many change requests have a number among the issues.
func changes(w *world) int {
	n := 0
	for _, i := range w.Issues {
		if i.ChangeRequest {
			n++
		}
	}
	return n
}
