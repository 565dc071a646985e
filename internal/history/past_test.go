package history_test

import (
	"errors"
	"os/exec"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/git/gittest"
	"github.com/escalations-as-code/escalate/internal/history"
	"github.com/escalations-as-code/escalate/schema"
)

// P36: what ever stood under a name, whatever lies between; a shallow clone says
// that it cannot know.
func TestStood(t *testing.T) {
	t.Parallel()
	const a, b, c = "escalations/2026/a.yaml", "escalations/2026/b.yaml", "escalations/2026/c.yaml"
	r := gittest.New(t)
	r.Commit("one", a, "customer: One\n", b, "customer: Two\n")
	r.Commit("another", a, "customer: Another\n")
	r.Commit("gone", a, "")
	r.Git("checkout", "--quiet", "-b", "draft")
	r.Commit("draft", c, "customer: Draft\n")
	r.Commit("no", c, "")
	r.Git("checkout", "--quiet", "main")
	r.Git("merge", "--quiet", "--no-ff", "-m", "merge", "draft")
	stood, err := history.Stood(t.Context(), r.Open(), r.Head(), []string{a, c, "escalations/2026/d.yaml"})
	if err != nil || len(stood) != 1 || stood[a] == nil || stood[a].Customer != "Another" {
		t.Errorf("of several: %v, %v", stood, err)
	}
	stood, err = history.Stood(t.Context(), r.Open(), r.Head(), []string{a})
	if err != nil || len(stood) != 1 || stood[a].Customer != "Another" {
		t.Errorf("of one: %v, %v", stood, err)
	}
	dir := t.TempDir()
	if out, err := exec.Command("git", "clone", "--quiet", "--depth", "1", "file://"+r.Dir, dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	repo, err := git.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { repo.Close() })
	if _, err := history.Stood(t.Context(), repo, r.Head(), []string{a}); !errors.Is(err, git.ErrShallow) {
		t.Errorf("of a shallow clone: %v", err)
	}
}

// P9: since the first commit of those that hold without a break up to the end.
func TestSince(t *testing.T) {
	t.Parallel()
	const name = "escalations/2026/a.yaml"
	r := gittest.New(t)
	pending := func(e *schema.Escalation) bool { return e.Product.DRI == schema.PendingPerson }
	since := func() time.Time {
		t.Helper()
		at, err := history.Since(t.Context(), r.Open(), r.Head(), name, pending)
		if err != nil {
			t.Error(err)
		}
		return at
	}
	r.Commit("pending", name, "product: {dri: pending}\n")
	r.Commit("named", name, "product: {dri: mlee}\n")
	if at := since(); !at.IsZero() {
		t.Errorf("since %s", at)
	}
	want := r.Now
	r.Commit("pending again", name, "product: {dri: pending}\n")
	r.Commit("beside", "README.md", "Soon")
	r.Commit("broken", name, "product: [\n")
	r.Commit("mended", name, "product: {dri: pending}\nask: Two\n")
	if at := since(); !at.Equal(want) {
		t.Errorf("since %s, want %s", at, want)
	}
}
