package git_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/escalations-as-code/escalate/internal/git/gittest"
)

// A file is committed alone, whatever else is staged or edited.
func TestCommitFile(t *testing.T) {
	t.Parallel()
	repo := gittest.New(t)
	repo.Commit("first", "a", "1", "b", "1")
	repo.Git("config", "user.name", "Jo Doe")
	repo.Git("config", "user.email", "jo@example.com")
	r := repo.Open()
	repo.Write("a", "2", "b", "2", "c/new", "1")
	repo.Git("add", "b")
	if is, err := r.Unlike(t.Context(), "a"); !is || err != nil {
		t.Errorf("a is as committed: %v, %v", is, err)
	}
	for _, name := range []string{"a", "c/new"} {
		id, err := r.CommitFile(t.Context(), name, "change: "+name)
		if err != nil || id != repo.Head() {
			t.Fatalf("%s: %s, %v", name, id, err)
		}
		if got := repo.Git("show", "-O/dev/null", "--format=%s", "--name-only", "HEAD"); got != "change: "+name+"\n\n"+name {
			t.Errorf("%s: committed %q", name, got)
		}
	}
	if is, err := r.Unlike(t.Context(), "a"); is || err != nil {
		t.Errorf("a is not as committed: %v, %v", is, err)
	}
	for name, want := range map[string]bool{"b": true, "none": false} {
		if is, err := r.Unlike(t.Context(), name); is != want || err != nil {
			t.Errorf("%s is not as committed: %v, %v", name, is, err)
		}
	}
	if got := repo.Git("diff-index", "-O/dev/null", "--cached", "--name-only", "HEAD"); got != "b" {
		t.Errorf("staged is %q", got)
	}
	hook := filepath.Join(repo.Dir, ".git", "hooks", "pre-commit")
	if err := os.WriteFile(hook, []byte("#!/bin/sh\necho no >&2; exit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	repo.Write("a", "3")
	if _, err := r.CommitFile(t.Context(), "a", "change"); err == nil || err.Error() != "git commit: no" {
		t.Errorf("a hook refuses it: %v", err)
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	repo := gittest.New(t)
	repo.Git("config", "user.email", "jo@example.com")
	repo.Git("remote", "add", "origin", "https://github.com/acme/escalations.git")
	repo.Git("config", "url./srv/mirror.git.insteadOf", "https://github.com/acme/escalations.git")
	r := repo.Open()
	for name, want := range map[string]string{"user.email": "jo@example.com", "no.such": ""} {
		if got, err := r.Config(t.Context(), name); got != want || err != nil {
			t.Errorf("%s is %q, %v", name, got, err)
		}
	}
	got, err := r.Addresses(t.Context(), "origin")
	if want := []string{"/srv/mirror.git", "https://github.com/acme/escalations.git"}; !slices.Equal(got, want) || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}
