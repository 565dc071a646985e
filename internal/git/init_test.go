package git_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/git/gittest"
)

func TestInit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r, err := git.Init(t.Context(), dir, "main")
	if err != nil {
		t.Fatal(err)
	}
	if branch, err := r.Branch(t.Context()); err != nil || branch != "main" || r.Prefix != "" || r.Bare {
		t.Errorf("it is on %q: %v, %+v", branch, err, r)
	}
	if _, err := r.Resolve(t.Context(), "HEAD"); !errors.Is(err, git.ErrNoCommit) {
		t.Errorf("it has a commit: %v", err)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := git.Init(t.Context(), file, "main"); err == nil {
		t.Error("a file is a repository")
	}
}

func TestDefaultBranch(t *testing.T) {
	t.Parallel()
	origin := gittest.New(t)
	origin.Commit("Begin", "a", "a")
	origin.Git("branch", "--move", "trunk")
	dir := filepath.Join(t.TempDir(), "clone")
	origin.Git("clone", "--quiet", ".", dir)
	r, err := git.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	for remote, want := range map[string]string{"origin": "trunk", "other": ""} {
		if branch, err := r.DefaultBranch(t.Context(), remote); err != nil || branch != want {
			t.Errorf("of %s it is %q: %v", remote, branch, err)
		}
	}
	if _, err := r.DefaultBranch(t.Context(), "a..b"); err != nil && !strings.Contains(err.Error(), "symbolic-ref") {
		t.Errorf("of what is no name: %v", err)
	}
}
