package git_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/git"
)

// commitOf is a commit of one file.
func commitOf(parent, name, text string) git.NewCommit {
	return git.NewCommit{
		Parent: parent, Files: map[string][]byte{name: []byte(text)}, Message: "Tell\n\nMore", Name: "escalate <x>\n", Email: "e@example.com",
		Time: time.Unix(1_800_000_000, 0),
	}
}

func mustCommit(t *testing.T, r *git.Repo, c git.NewCommit) string {
	t.Helper()
	id, err := r.Commit(t.Context(), "refs/escalate/test", c)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// A commit is made beside everything that the user has.
func TestCommit(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.commit("one", "a", "A", "sub/x", "X")
	head := s.id("HEAD")
	r := s.open("sub")
	first := mustCommit(t, r, commitOf("", `odd "n\ame`, "1\x00\r\n2"))
	second := mustCommit(t, r, git.NewCommit{
		Parent: first, Files: map[string][]byte{"b": []byte("B"), `odd "n\ame`: nil, "empty": {}}, Message: "", Name: "n", Email: "e", Time: time.Unix(1, 0),
	})
	for commit, want := range map[string]map[string]string{
		first:  {`odd "n\ame`: "1\x00\r\n2"},
		second: {"b": "B", "empty": ""},
	} {
		tree, err := r.Tree(t.Context(), commit, "")
		if err != nil {
			t.Fatal(err)
		}
		names := files(t, tree)
		for name, text := range want {
			data, err := fs.ReadFile(tree, name)
			if err != nil || string(data) != text {
				t.Errorf("%s: %q, %v", name, data, err)
			}
		}
		if len(names) != len(want) {
			t.Errorf("%s has %q", commit, names)
		}
		tree.Close()
	}
	if got := s.git("log", "--format=%an %ae %ct %s", first); got != "escalate x e@example.com 1800000000 Tell" {
		t.Errorf("got %q", got)
	}
	if s.id("HEAD") != head || s.git("status", "--porcelain") != "" {
		t.Error("what the user has checked out has changed")
	}
	if _, err := r.Commit(t.Context(), "refs/escalate/test", commitOf(strings.Repeat("1", 40), "a", "A")); err == nil {
		t.Error("a parent that does not exist is taken")
	}
}

// A push is a comparison and a swap: it comes through, the branch has moved, or
// a rule forbids it.
func TestPush(t *testing.T) {
	t.Parallel()
	remote, s := newBareSandbox(t), newSandbox(t)
	s.git("remote", "add", "origin", remote.dir)
	s.commit("one", "a", "A")
	s.git("push", "--quiet", "origin", "HEAD:main")
	r := s.open(".")
	ask := func() git.Remote {
		t.Helper()
		answer, err := r.AskRemote(t.Context(), "origin", "told", "other")
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	if a := ask(); a.Default != "main" || a.Branches["main"] != s.id("HEAD") || len(a.Branches) != 1 {
		t.Errorf("the remote says %v", a)
	}
	first, rival := mustCommit(t, r, commitOf("", "a", "1")), mustCommit(t, r, commitOf("", "a", "2"))
	for range 2 { // the second time it is there already
		if err := r.Push(t.Context(), "origin", first, "told"); err != nil {
			t.Fatal(err)
		}
	}
	if a := ask(); a.Branches["told"] != first {
		t.Errorf("the remote says %v", a)
	}
	if err := r.Push(t.Context(), "origin", rival, "told"); !errors.Is(err, git.ErrMoved) {
		t.Errorf("got %v, want that the branch has moved", err)
	}

	// Another clone is faster, and what it pushed is not known here.
	other := newSandbox(t)
	other.git("remote", "add", "origin", remote.dir)
	o := other.open(".")
	a, err := o.AskRemote(t.Context(), "origin", "told")
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Fetch(t.Context(), "origin", a.Branches); err != nil {
		t.Fatal(err)
	}
	faster := mustCommit(t, o, commitOf(first, "a", "3"))
	if err := o.Push(t.Context(), "origin", faster, "told"); err != nil {
		t.Fatal(err)
	}
	second := mustCommit(t, r, commitOf(first, "a", "4"))
	if err := r.Push(t.Context(), "origin", second, "told"); !errors.Is(err, git.ErrMoved) {
		t.Errorf("got %v, want that the branch has moved", err)
	}
	if err := r.Fetch(t.Context(), "origin", ask().Branches); err != nil {
		t.Fatal(err)
	}
	third := mustCommit(t, r, commitOf(faster, "a", "5"))

	hook := filepath.Join(remote.dir, "hooks", "pre-receive")
	if err := os.WriteFile(hook, []byte("#!/bin/sh\necho no branches from robots >&2\nexit 1\n"), 0o777); err != nil {
		t.Fatal(err)
	}
	err = r.Push(t.Context(), "origin", third, "told")
	if err == nil || errors.Is(err, git.ErrMoved) || !strings.Contains(err.Error(), "no branches from robots") {
		t.Errorf("got %v, want the words of the rule", err)
	}
	if err := r.Push(t.Context(), "origin", third, "new"); err == nil || errors.Is(err, git.ErrMoved) {
		t.Errorf("got %v, want the words of the rule", err)
	}
	if _, err := r.AskRemote(t.Context(), "nowhere", "told"); err == nil {
		t.Error("a remote that does not exist answers")
	}
}

func TestRemotes(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	r := s.open(".")
	if got, err := r.Remotes(t.Context()); err != nil || len(got) != 0 {
		t.Errorf("%q, %v", got, err)
	}
	s.git("remote", "add", "upstream", "../x")
	s.git("remote", "add", "origin", "../y")
	if got, err := r.Remotes(t.Context()); err != nil || !slices.Equal(got, []string{"origin", "upstream"}) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestMove(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.commit("one", "a", "A")
	r := s.open(".")
	first, second := mustCommit(t, r, commitOf("", "a", "1")), mustCommit(t, r, commitOf("", "a", "2"))
	if err := r.Move(t.Context(), "told", first, ""); err != nil {
		t.Fatal(err)
	}
	for _, old := range []string{"", second} {
		if err := r.Move(t.Context(), "told", second, old); !errors.Is(err, git.ErrMoved) {
			t.Errorf("from %q: got %v, want that the branch has moved", old, err)
		}
	}
	if err := r.Move(t.Context(), "told", second, first); err != nil || s.id("told") != second {
		t.Errorf("got %v", err)
	}
	if err := r.Move(t.Context(), "never", second, first); !errors.Is(err, git.ErrMoved) {
		t.Errorf("got %v, want that the branch has moved", err)
	}
	branch, err := r.Branch(t.Context())
	if err != nil || branch != "main" {
		t.Errorf("%q, %v", branch, err)
	}
	s.git("checkout", "--quiet", "--detach")
	if branch, err := r.Branch(t.Context()); err != nil || branch != "" {
		t.Errorf("%q, %v", branch, err)
	}
	if is, err := r.IsAncestor(t.Context(), first, second); err != nil || is {
		t.Errorf("%t, %v", is, err)
	}
}

// A remote is asked whether it takes a push, and nothing is pushed; nor is it, where it
// takes none though it can be read.
func TestTryPush(t *testing.T) {
	t.Parallel()
	remote, s := newBareSandbox(t), newSandbox(t)
	s.git("remote", "add", "origin", remote.dir)
	s.commit("one", "a", "A")
	s.git("push", "--quiet", "origin", "HEAD:main")
	r, head := s.open("."), s.id("HEAD")
	if err := r.TryPush(t.Context(), "origin", head, "told"); err != nil {
		t.Errorf("it is refused: %v", err)
	}
	if err := r.TryPush(t.Context(), "origin", head, "main"); err != nil {
		t.Errorf("what is there already is refused: %v", err)
	}
	s.git("config", "remote.origin.receivepack", "false")
	if err := r.TryPush(t.Context(), "origin", head, "told"); err == nil || !strings.Contains(err.Error(), "cannot push to `told` of the remote `origin`") {
		t.Errorf("got %v", err)
	}
	if err := r.TryPush(t.Context(), "origin", "--all", "told"); err == nil {
		t.Error("an option is taken for a commit")
	}
	answer, err := r.AskRemote(t.Context(), "origin", "told")
	if err != nil || answer.Branches["told"] != "" {
		t.Errorf("the remote has %v, %v", answer, err)
	}
}

// Branches, those of remotes and tags, by the names that people write.
func TestRefs(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.commit("one", "a.yaml", "")
	s.git("tag", "v1.0")
	s.git("branch", "a/b")
	s.git("update-ref", "refs/remotes/origin/main", "HEAD")
	s.git("update-ref", "refs/other/x", "HEAD")
	refs, err := s.open(".").Refs(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []git.Ref{{Name: "v1.0", Kind: "tag"}, {Name: "a/b", Kind: "branch"}, {Name: "origin/main", Kind: "remote branch"}} {
		if !slices.Contains(refs, want) {
			t.Errorf("%v is not among %v", want, refs)
		}
	}
	if len(refs) != 4 {
		t.Errorf("got %v, want four", refs)
	}
	if refs, err := s.open(".").Refs(t.Context(), 1); err != nil || len(refs) != 1 {
		t.Errorf("one at most: %v, %v", refs, err)
	}
}
