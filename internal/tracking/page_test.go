package tracking_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge/forgetest"
	"github.com/escalations-as-code/escalate/schema"
)

// One comment has the plan, wherever it stands among all; of several the oldest
// stays.
func TestComment(t *testing.T) {
	t.Parallel()
	const was, is = "was\n\n<!-- escalate: plan -->", "is\n\n<!-- escalate: plan -->"
	many := slices.Repeat([]string{"hello"}, 130)
	for name, tc := range map[string]struct {
		before, after []string
		writes        int
	}{
		"none":                   {nil, []string{is}, 1},
		"none of ours":           {[]string{"hello", "<!-- escalate: planned -->"}, []string{"hello", "<!-- escalate: planned -->", is}, 1},
		"one":                    {[]string{"hello", was}, []string{"hello", is}, 1},
		"the same":               {[]string{is, "hello"}, []string{is, "hello"}, 0},
		"on another page":        {append(slices.Clone(many), was), append(slices.Clone(many), is), 1},
		"several":                {[]string{was, "hello", is, was}, []string{is, "hello"}, 3},
		"several, on many pages": {slices.Concat([]string{was}, many, []string{was}, many, []string{was}), slices.Concat([]string{is}, many, many), 3},
	} {
		everywhere(t, name, func(t *testing.T, w *world) {
			change := w.OpenChange(forgetest.Stranger)
			for _, body := range tc.before {
				w.Say(w.Me, change, body)
			}
			url, err := w.tracking().Comment(t.Context(), change.Number, destination.Comment{Markdown: "is"})
			if got := w.Bodies(change); err != nil || !slices.Equal(got, tc.after) || len(w.Writes()) != tc.writes {
				t.Errorf("%v: %d comments, want %d; wrote %q", err, len(got), len(tc.after), w.Writes())
			}
			if at := slices.IndexFunc(w.Comments, func(c *forgetest.Comment) bool { return c.Body == is }); at < 0 || url != w.Comments[at].URL {
				t.Errorf("the link is %s", url)
			}
		})
	}
}

// The comment with the plan mentions whoever triages, those who have a login, and is
// edited in its place when another change is pushed: they hear of it once.
func TestCommentMentions(t *testing.T) {
	t.Parallel()
	everywhere(t, "triage", func(t *testing.T, w *world) {
		on := w.OpenChange(forgetest.Stranger)
		for _, body := range []string{"plan", "another plan"} {
			if _, err := w.tracking().Comment(t.Context(), on.Number, destination.Comment{Markdown: body, Mentions: []schema.Handle{"jdoe", "kwong", "ebrandt"}}); err != nil {
				t.Fatal(err)
			}
		}

		if got := w.Bodies(on); len(got) != 1 || got[0] != "another plan\n\nFor triage: @jodoe @evabrandt\n\n<!-- escalate: plan -->" {
			t.Errorf("%q", got)
		}
		if _, err := w.tracking().Comment(t.Context(), on.Number, destination.Comment{Markdown: "plan"}); err != nil || w.Bodies(on)[0] != "plan\n\n<!-- escalate: plan -->" {
			t.Errorf("%q, %v", w.Bodies(on), err)
		}
	})
}

// Where the token may not write, that is said, and nothing else; a lost reply
// does not make a second comment.
func TestCommentRefused(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		op       string
		fault    forgetest.Fault
		readOnly bool
		fails    bool
	}{
		"a fork":                   {"comment ", forgetest.Forbidden, true, true},
		"a fork that may not read": {"comments ", forgetest.Forbidden, true, true},
		"the limit":                {"comment ", forgetest.Limited, false, true},
		"not carried out":          {"comment ", forgetest.Down, false, true},
		"carried out, no reply":    {"comment ", forgetest.Lost, false, false},
		"an empty reply":           {"comment ", forgetest.Empty, false, false},
		"no such change request":   {"", forgetest.None, false, true},
	} {
		everywhere(t, name, func(t *testing.T, w *world) {
			number := w.OpenChange(forgetest.Stranger).Number
			if tc.op == "" {
				number = 77
			}
			refused := false
			w.Fault = func(op string) forgetest.Fault {
				if tc.op == "" || refused || !strings.HasPrefix(op, tc.op) {
					return forgetest.None
				}
				refused = true
				return tc.fault
			}
			url, err := w.tracking().Comment(t.Context(), number, destination.Comment{Markdown: "plan"})
			if (err != nil) != tc.fails || errors.Is(err, destination.ErrReadOnly) != tc.readOnly {
				t.Errorf("%q, %v", url, err)
			}
			if !tc.fails && (len(w.Comments) != 1 || url == "") {
				t.Errorf("%q, %d comments", url, len(w.Comments))
			}
		})
	}
}

// One issue has the digest, and is edited only where it says something else.
func TestDigest(t *testing.T) {
	t.Parallel()
	monday := time.Date(2026, 11, 30, 6, 17, 0, 0, time.UTC)
	everywhere(t, "digest", func(t *testing.T, w *world) {
		w.Open(forgetest.Stranger, mark("digest"), "escalation-digest")
		keep := func(title string, now time.Time) (string, time.Time) {
			t.Helper()
			url, last, err := w.tracking().Digest(t.Context(), title, "Nothing overdue", now)
			if err != nil || len(w.Issues) != 2 || w.Issues[1].Title != title || !strings.HasPrefix(w.Issues[1].Body, "Nothing overdue\n\n"+mark("digest")) {
				t.Fatalf("%v: %+v", err, w.Issues)
			}
			return url, last
		}
		first, last := keep("Week 49", monday)
		if !last.IsZero() {
			t.Errorf("there was one before, of %s", last)
		}
		writes := len(w.Writes())
		if again, last := keep("Week 49", monday); again != first || !last.Equal(monday) || len(w.Writes()) != writes {
			t.Errorf("%s of %s, %d writes", again, last, len(w.Writes())-writes)
		}
		w.Issues[1].Open = false
		if again, last := keep("Week 50", monday.AddDate(0, 0, 7)); again != first || !last.Equal(monday) || len(w.Writes()) != writes+1 || !w.Issues[1].Open {
			t.Errorf("%s of %s, %d writes", again, last, len(w.Writes())-writes)
		}
		w.Fault = func(op string) forgetest.Fault {
			if strings.HasPrefix(op, "edit ") {
				return forgetest.Forbidden
			}
			return forgetest.None
		}
		if _, _, err := w.tracking().Digest(t.Context(), "Week 51", "Nothing overdue", monday); err == nil {
			t.Error("a digest that cannot be written is an error")
		}
	})
	for name, fault := range map[string]forgetest.Fault{"lost": forgetest.Lost, "empty": forgetest.Empty} {
		everywhere(t, name, func(t *testing.T, w *world) {
			w.Fault = func(op string) forgetest.Fault {
				if strings.HasPrefix(op, "open ") {
					return fault
				}
				return forgetest.None
			}
			url, _, err := w.tracking().Digest(t.Context(), "Week 49", "Nothing overdue", monday)
			if err != nil || url == "" || len(w.Issues) != 1 {
				t.Errorf("%q, %v: %d issues", url, err, len(w.Issues))
			}
		})
	}
}
