package tracking_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/forge/forgetest"
	"github.com/escalations-as-code/escalate/internal/marker"
)

const reviewedFile, head = "escalations/2026/northwind.yaml", "5e6dffa282c5129aa67cd227a0429be21bfdaf80"

// reviewing has a merge request that adds a file.
func reviewing(t *testing.T, test func(w *world, change *forgetest.Proposal)) {
	t.Helper()
	g := forgetest.NewGitLab(t)
	w := &world{Store: g.Store, forge: onGitLab(g), via: "gitlab", gitlab: g}
	test(w, w.Propose(forgetest.Stranger, "northwind", head, reviewedFile))
	if len(g.Executed) > 0 {
		t.Errorf("a quick action was carried out: %q", g.Executed)
	}
}

// review keeps remarks in a new run.
func (w *world) review(t *testing.T, remarks ...destination.Remark) destination.Reviewed {
	t.Helper()
	done, err := w.tracking().Review(t.Context(), 1, head, remarks)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func about(key string, line int, text string) destination.Remark {
	return destination.Remark{Key: key, Path: reviewedFile, Line: line, Text: text}
}

// remarked is what stands on the lines of the merge request: line, text without the
// marker, and a + where it is settled.
func (w *world) remarked() []string {
	var all []string
	for _, c := range w.Comments {
		if c.Discussion == "" || c.Position == nil {
			continue
		}
		text := fmt.Sprintf("%d %s", *c.Position.NewLine, strings.TrimSpace(marker.Strip(c.Body)))
		if c.Settled {
			text += " +"
		}
		all = append(all, text)
	}
	slices.Sort(all)
	return all
}

func (w *world) must(t *testing.T, want ...string) {
	t.Helper()
	if got := w.remarked(); !slices.Equal(got, want) {
		t.Errorf("there is\n%q\nwant\n%q", got, want)
	}
}

// Each finding has one remark, which follows what is found: said once, reworded, and
// taken back. What somebody answered is settled, and opened again where it comes back;
// what somebody settled stays so.
func TestReview(t *testing.T) {
	t.Parallel()
	reviewing(t, func(w *world, _ *forgetest.Proposal) {
		a, b := about("a", 3, "A is wrong"), about("b", 5, "B is wrong")
		if done := w.review(t, a, b); done != (destination.Reviewed{Said: 2}) {
			t.Errorf("%+v", done)
		}
		w.must(t, "3 A is wrong", "5 B is wrong")
		w.Forget()
		if done := w.review(t, a, b); done != (destination.Reviewed{}) || len(w.Writes()) > 0 {
			t.Errorf("once more: %+v, %q", done, w.Writes())
		}
		a.Text = "A is still wrong"
		if done := w.review(t, a, b); done != (destination.Reviewed{Reworded: 1}) {
			t.Errorf("%+v", done)
		}
		if done := w.review(t, a); done != (destination.Reviewed{Withdrawn: 1}) {
			t.Errorf("%+v", done)
		}
		w.must(t, "3 A is still wrong")

		answer := w.Say(forgetest.Stranger, forge.Thread{Number: 1, ChangeRequest: true}, "Why?")
		answer.Discussion = w.Comments[0].Discussion
		if done := w.review(t); done != (destination.Reviewed{Withdrawn: 1}) {
			t.Errorf("%+v", done)
		}
		w.must(t, "3 This is mended. +")
		w.Forget()
		if done := w.review(t); done != (destination.Reviewed{}) || len(w.Writes()) > 0 {
			t.Errorf("once more: %+v, %q", done, w.Writes())
		}
		w.review(t, a)
		w.must(t, "3 A is still wrong")
		w.Comments[0].Settled = true
		w.Forget()
		if w.review(t, a); len(w.Writes()) > 0 {
			t.Errorf("a person settled it: %q", w.Writes())
		}
	})
}

// A remark that stops nothing is settled at once, also where a run was ended before, but
// not again where somebody answered and opened it.
func TestReviewQuiet(t *testing.T) {
	t.Parallel()
	reviewing(t, func(w *world, _ *forgetest.Proposal) {
		quiet := about("a", 3, "A is pending")
		quiet.Quiet = true
		w.review(t, quiet)
		w.must(t, "3 A is pending +")
		w.Comments[0].Settled = false
		w.review(t, quiet)
		w.must(t, "3 A is pending +")
		w.Comments[0].Settled = false
		w.Say(forgetest.Stranger, forge.Thread{Number: 1, ChangeRequest: true}, "Since when?").Discussion = w.Comments[0].Discussion
		w.review(t, quiet)
		w.must(t, "3 A is pending")
	})
}

// A token that may write, and not settle, says all the same.
func TestReviewReporter(t *testing.T) {
	t.Parallel()
	reviewing(t, func(w *world, _ *forgetest.Proposal) {
		w.gitlab.Role = forgetest.Reporter
		quiet := about("a", 3, "A is pending")
		quiet.Quiet = true
		w.review(t, quiet, about("b", 5, "B is wrong"))
		w.must(t, "3 A is pending", "5 B is wrong")
	})
}

// A fix is a suggestion of GitLab's, with a fence that nothing in it ends.
func TestReviewSuggests(t *testing.T) {
	t.Parallel()
	reviewing(t, func(w *world, _ *forgetest.Proposal) {
		one, none, far := about("a", 3, "A"), about("b", 5, "B"), about("c", 400, "C")
		one.Instead = &destination.Lines{First: 2, Last: 5, Text: []string{"a: 1", "b: ```"}}
		none.Instead = &destination.Lines{First: 5, Last: 5}
		far.Instead = &destination.Lines{First: 1, Last: 400, Text: []string{"x"}}
		w.review(t, one, none, far)
		w.must(t, "3 A\n\n````suggestion:-1+2\na: 1\nb: ```\n````", "400 C", "5 B\n\n```suggestion:-0+0\n```")
	})
}

// What strangers wrote is not ours, whatever marker it has; of two of ours one stays;
// one whose line is gone is said anew.
func TestReviewHands(t *testing.T) {
	t.Parallel()
	on := forge.Thread{Number: 1, ChangeRequest: true}
	reviewing(t, func(w *world, _ *forgetest.Proposal) {
		a := about("a", 3, "A is wrong")
		w.review(t, a)
		copied := w.Say(forgetest.Stranger, on, w.Comments[0].Body)
		copied.Discussion, copied.Position = "of-a-stranger", w.Comments[0].Position
		double := w.Say(w.Me, on, w.Comments[0].Body)
		double.Discussion, double.Position = "double", w.Comments[0].Position
		w.review(t, a)
		w.must(t, "3 A is wrong", "3 A is wrong")
		w.review(t)
		w.must(t, "3 A is wrong")
		if len(w.Comments) != 1 || w.Comments[0].Author != forgetest.Stranger {
			t.Errorf("%+v", w.Comments)
		}
	})
	reviewing(t, func(w *world, _ *forgetest.Proposal) {
		w.review(t, about("a", 3, "A is wrong"))
		w.Comments[0].Position.NewLine = nil
		if done := w.review(t, about("a", 4, "A is wrong")); done != (destination.Reviewed{Said: 1}) {
			t.Errorf("%+v", done)
		}
		w.must(t, "4 A is wrong")
	})
	// More than anybody reads is left out.
	reviewing(t, func(w *world, _ *forgetest.Proposal) {
		var many []destination.Remark
		for n := range 40 {
			many = append(many, about(fmt.Sprint(n), n+1, "wrong"))
		}
		if done := w.review(t, many...); done != (destination.Reviewed{Said: 30, LeftOut: 10}) {
			t.Errorf("%+v", done)
		}
		if done := w.review(t, many...); done != (destination.Reviewed{LeftOut: 10}) {
			t.Errorf("once more: %+v", done)
		}
	})
}

// A line of a file that is not changed takes no remark, and the others are said. One of
// another commit by now leaves it to the job of that one.
func TestReviewRefused(t *testing.T) {
	t.Parallel()
	reviewing(t, func(w *world, change *forgetest.Proposal) {
		elsewhere := about("a", 3, "A")
		elsewhere.Path = "escalations/people.yaml"
		if done := w.review(t, elsewhere, about("b", 5, "B")); done != (destination.Reviewed{Said: 1, LeftOut: 1}) {
			t.Errorf("%+v", done)
		}
		change.Commit = strings.Repeat("a", 40)
		if done := w.review(t, about("c", 5, "C"), about("d", 5, "D")); done != (destination.Reviewed{LeftOut: 2}) {
			t.Errorf("pushed to: %+v", done)
		}
		w.must(t, "5 B")
	})
	for fault, want := range map[forgetest.Fault]error{forgetest.Forbidden: destination.ErrReadOnly, forgetest.Down: destination.ErrInDoubt, forgetest.Empty: nil, forgetest.Lost: nil} {
		reviewing(t, func(w *world, _ *forgetest.Proposal) {
			w.Fault = func(op string) forgetest.Fault {
				if strings.HasPrefix(op, "remark ") {
					return fault
				}
				return forgetest.None
			}
			_, err := w.tracking().Review(t.Context(), 1, head, []destination.Remark{about("a", 3, "A")})
			if !errors.Is(err, want) || (err == nil) != (want == nil) {
				t.Errorf("%v: %v, want %v", fault, err, want)
			}
			if want == nil {
				w.must(t, "3 A")
			}
		})
	}
	everywhere(t, "lines", func(t *testing.T, w *world) {
		if _, err := w.tracking().Review(t.Context(), 1, head, nil); (w.gitlab == nil) != errors.Is(err, destination.ErrNoLines) {
			t.Error(err)
		}
	})
}

// The plan is a thread that is settled while nobody has anything to do, and open again
// once it says something new. One that somebody answered, or settled by hand, is theirs.
func TestPlanSettles(t *testing.T) {
	t.Parallel()
	reviewing(t, func(w *world, _ *forgetest.Proposal) {
		plan := func(text string, quiet bool) {
			t.Helper()
			if _, err := w.tracking().Comment(context.WithoutCancel(t.Context()), 1, destination.Comment{Markdown: text, Quiet: quiet}); err != nil {
				t.Fatal(err)
			}
		}
		is := func(text string, settled bool) {
			t.Helper()
			var of []*forgetest.Comment
			for _, c := range w.Comments {
				if strings.Contains(c.Body, "escalate: plan") {
					of = append(of, c)
				}
			}
			if len(of) != 1 || !strings.HasPrefix(of[0].Body, text) || of[0].Settled != settled || of[0].Discussion == "" {
				t.Errorf("%d, %+v; want %q, settled %v", len(of), of, text, settled)
			}
		}
		plan("nothing", true)
		is("nothing", true)
		plan("one opening", false)
		is("one opening", false)
		w.Comments[0].Settled = true // by a reviewer, who looked at it
		plan("one opening", false)
		is("one opening", true)
		plan("two openings", false)
		is("two openings", false)
		answer := w.Say(forgetest.Stranger, forge.Thread{Number: 1, ChangeRequest: true}, "Both?")
		answer.Discussion = w.Comments[0].Discussion
		plan("nothing", true)
		is("nothing", false)
	})
}
