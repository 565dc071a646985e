package gitlab

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/forge/forgetest"
)

// A merge request is opened once; that of a fork with a branch of that name is another.
func TestPropose(t *testing.T) {
	t.Parallel()
	g := forgetest.NewGitLab(t)
	g.Propose(forgetest.Stranger, "escalate/x", "abc").Fork = true
	p := project(t, g)
	d := forge.Proposal{Title: "T", Body: "B", Head: "escalate/x", Base: "main"}
	first, err := p.Propose(t.Context(), d)
	if err != nil || first.Number != 2 || first.URL != g.Root+"/acme/escalations/-/merge_requests/2" || first.Title != "T" {
		t.Fatalf("%+v (%v)", first, err)
	}
	if again, err := p.Propose(t.Context(), d); err != nil || again != first {
		t.Errorf("%+v (%v)", again, err)
	}
	if ended, err := p.Ended(t.Context(), "escalate/x"); ended || err != nil {
		t.Errorf("it ended: %v (%v)", ended, err)
	}
	if err := p.Retitle(t.Context(), 2, "New"); err != nil || g.Proposal(2).Title != "New" {
		t.Errorf("%v", err)
	}
	g.Proposal(2).Open = false
	if ended, err := p.Ended(t.Context(), "escalate/x"); !ended || err != nil {
		t.Errorf("it ended: %v (%v)", ended, err)
	}
	if ended, err := p.Ended(t.Context(), "nothing"); ended || err != nil {
		t.Errorf("it ended: %v (%v)", ended, err)
	}
	// Somebody opens one between the look and the request.
	raced := false
	g.Refuse = func(r *http.Request) (int, map[string]string, bool) {
		if r.Method == http.MethodPost && !raced {
			raced = true
			g.Propose(forgetest.Stranger, "late", "abc")
		}
		return 0, nil, false
	}
	d.Head = "late"
	if is, err := p.Propose(t.Context(), d); err != nil || is.Number != 3 {
		t.Errorf("%+v (%v)", is, err)
	}
	g.Role = forgetest.Reporter
	d.Head = "other"
	if _, err := p.Propose(t.Context(), d); !errors.Is(err, forge.ErrForbidden) || !strings.Contains(err.Error(), "Developer") {
		t.Errorf("%v", err)
	}
}

func TestProposed(t *testing.T) {
	t.Parallel()
	g := forgetest.NewGitLab(t)
	g.Propose(forgetest.Stranger, "a", "abc", "a.yaml", "b.yaml -> c.yaml")
	g.Propose(forgetest.Stranger, "b", "abd").Base = "other"
	g.Propose(forgetest.Stranger, "c", "abe").Open = false
	p := project(t, g)
	is, err := p.Proposed(t.Context(), 1)
	if err != nil || is.Head != "a" || is.Commit != "abc" || is.Base != "main" || !is.Open || is.Merged || is.Fork || !is.Author.Is(forgetest.Stranger) {
		t.Errorf("%+v (%v)", is, err)
	}
	if _, err := p.Proposed(t.Context(), 9); !errors.Is(err, forge.ErrGone) {
		t.Errorf("%v", err)
	}
	open, err := all(p.Proposals(t.Context(), "main"))
	if err != nil || len(open) != 1 || open[0].Number != 1 {
		t.Errorf("%+v (%v)", open, err)
	}
	if files, err := p.Changed(t.Context(), 1); err != nil || !slices.Equal(files, []string{"a.yaml", "c.yaml", "b.yaml"}) {
		t.Errorf("%q (%v)", files, err)
	}
	for n := range 1200 {
		g.Proposal(1).Files = append(g.Proposal(1).Files, fmt.Sprint(n))
	}
	if _, err := p.Changed(t.Context(), 1); !errors.Is(err, forge.ErrUnlisted) {
		t.Errorf("%v", err)
	}
}

// It is merged at a commit, or not; what was merged already is no error.
func TestMerge(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		do     func(*forgetest.GitLab)
		commit string
		want   error
		merged bool
	}{
		"at its commit":        {func(*forgetest.GitLab) {}, "abc", nil, true},
		"at another":           {func(*forgetest.GitLab) {}, "abd", forge.ErrHeadMoved, false},
		"a draft":              {func(g *forgetest.GitLab) { g.Proposal(1).Draft = true }, "abc", forge.ErrUnmergeable, false},
		"its pipeline failed":  {func(g *forgetest.GitLab) { g.Proposal(1).Unmergeable = "Pipeline must succeed" }, "abc", forge.ErrUnmergeable, false},
		"declined":             {func(g *forgetest.GitLab) { g.Proposal(1).Open = false }, "abc", forge.ErrUnmergeable, false},
		"merged already":       {func(g *forgetest.GitLab) { g.Proposal(1).Open, g.Proposal(1).Merged = false, true }, "abc", nil, true},
		"a role that may not":  {func(g *forgetest.GitLab) { g.Role = forgetest.Developer }, "abc", forge.ErrForbidden, false},
		"without a commit":     {func(*forgetest.GitLab) {}, "", errors.ErrUnsupported, false},
		"the answer was lost":  {func(g *forgetest.GitLab) { g.Fault = once("merge", forgetest.Lost) }, "abc", nil, true},
		"it holds another now": {func(g *forgetest.GitLab) { g.Proposal(1).Commit = "abd" }, "abc", forge.ErrHeadMoved, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := forgetest.NewGitLab(t)
			g.Propose(forgetest.Stranger, "a", "abc")
			tc.do(g)
			err := project(t, g).Merge(t.Context(), 1, tc.commit)
			if tc.want == nil && err != nil || tc.want != nil && tc.want != errors.ErrUnsupported && !errors.Is(err, tc.want) || tc.want != nil && err == nil {
				t.Errorf("%v", err)
			}
			if is := g.Proposal(1); is != nil && is.Merged != tc.merged {
				t.Errorf("it is merged: %v", is.Merged)
			}
		})
	}
}

// once has the first request of a kind go wrong.
func once(op string, f forgetest.Fault) func(string) forgetest.Fault {
	done := false
	return func(is string) forgetest.Fault {
		if done || !strings.HasPrefix(is, op) {
			return forgetest.None
		}
		done = true
		return f
	}
}

// A hunk adds a line after the third, and takes the fifth.
const changed = "@@ -2,5 +2,5 @@ escalation\n two\n three\n+new\n four\n-five\n six\n@@ -20,2 +20,3 @@\n twenty\n+more\n twenty-one\n"

func TestBefore(t *testing.T) {
	t.Parallel()
	for line, want := range map[int]int{1: 1, 2: 2, 3: 3, 4: 0, 5: 4, 6: 6, 7: 7, 19: 19, 20: 20, 21: 0, 22: 21, 40: 39} {
		if got := before(changed, line); got != want {
			t.Errorf("line %d was %d, want %d", line, got, want)
		}
	}
}

// A remark stands on a line that is new, on one beside it, and on one of a new or renamed
// file; nowhere else.
func TestAddRemark(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		path   string
		line   int
		commit string
		want   error
	}{
		"a new line":         {"old.yaml", 4, "abc", nil},
		"a line beside it":   {"old.yaml", 5, "abc", nil},
		"a line far away":    {"old.yaml", 12, "abc", nil},
		"a new file":         {"new.yaml", 7, "abc", nil},
		"a renamed file":     {"to.yaml", 21, "abc", nil},
		"what it was called": {"from.yaml", 21, "abc", forge.ErrRefused},
		"another file":       {"other.yaml", 1, "abc", forge.ErrRefused},
		"a commit of before": {"new.yaml", 7, "abd", forge.ErrHeadMoved},
		"all of it":          {"", 0, "", nil},
		"no line":            {"new.yaml", 0, "abc", forge.ErrRefused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := forgetest.NewGitLab(t)
			g.Propose(forgetest.Stranger, "a", "abc", "old.yaml", "new.yaml", "from.yaml -> to.yaml").Diffs = map[string]string{"old.yaml": changed, "to.yaml": changed}
			p := project(t, g)
			r, err := forge.ConfirmReviews(p).AddRemark(t.Context(), 1, forge.RemarkDraft{Body: "Text", Path: tc.path, Line: tc.line, Commit: tc.commit})
			if tc.want != nil && !errors.Is(err, tc.want) || tc.want == nil && err != nil {
				t.Fatalf("%+v (%v)", r, err)
			}
			if tc.want == nil && (r.Path != tc.path || r.Line != tc.line || r.Commit != tc.commit || r.Settled || r.Thread == "" || !strings.HasSuffix(r.URL, "/-/merge_requests/1#note_101")) {
				t.Errorf("%+v", r)
			}
		})
	}
}

// Remarks are read with what became of them; comments that stand alone are none.
func TestRemarks(t *testing.T) {
	t.Parallel()
	g := forgetest.NewGitLab(t)
	g.Propose(forgetest.Stranger, "a", "abc", "new.yaml")
	p := project(t, g)
	g.Say(forgetest.Stranger, onChange, "alone")
	first, err := p.AddRemark(t.Context(), 1, forge.RemarkDraft{Body: "One", Path: "new.yaml", Line: 3, Commit: "abc"})
	if err != nil {
		t.Fatal(err)
	}
	asked := len(g.Requests)
	second, err := p.AddRemark(t.Context(), 1, forge.RemarkDraft{Body: "Two", Path: "new.yaml", Line: 4, Commit: "abc"})
	if err != nil || len(g.Requests) != asked+1 {
		t.Errorf("%v, asked %d times", err, len(g.Requests)-asked)
	}
	g.Say(forgetest.Stranger, onChange, "Why?").Discussion = first.Thread
	system := g.Say(forgetest.Stranger, onChange, "changed this line in version 2")
	system.Discussion, system.System = second.Thread, true
	if second, err = p.EditRemark(t.Context(), 1, second, "Two, reworded"); err != nil {
		t.Fatal(err)
	}
	if err := p.Settle(t.Context(), 1, first, true); err != nil {
		t.Fatal(err)
	}
	says := func() string {
		var all []string
		for r, err := range p.Remarks(t.Context(), 1) {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, fmt.Sprintf("%s at %d, settled %v, %d answers", r.Body, r.Line, r.Settled, r.Answers))
		}
		return strings.Join(all, "; ")
	}
	if got, want := says(), "One at 3, settled true, 1 answers; Two, reworded at 4, settled false, 0 answers"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	for range 2 { // one that is gone is no error
		if err := p.DeleteRemark(t.Context(), 1, second); err != nil {
			t.Error(err)
		}
	}
	if err := p.Settle(t.Context(), 1, first, false); err != nil || strings.Contains(says(), "reworded") || !strings.Contains(says(), "settled false") {
		t.Errorf("%s (%v)", says(), err)
	}
	if _, err := p.EditRemark(t.Context(), 1, second, "again"); !errors.Is(err, forge.ErrGone) {
		t.Errorf("%v", err)
	}
}
