package ledger_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/git/gittest"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/ledger/ledgertest"
)

// storage is a remote, of which stores are opened.
type storage interface {
	// clone opens the store of a new clone.
	clone(named string) ledger.Store
	// commit makes a commit of the default branch, and branch lets one stand at it.
	commit(files map[string]string) string
	branch(name, commit string)
	// head lets HEAD name a branch, or a commit.
	head(to string)
	// refuse forbids to push to the ledger.
	refuse()
}

// inMemory is a storage of ledgertest.
type inMemory struct{ *ledgertest.Remote }

func (m inMemory) clone(named string) ledger.Store {
	return &ledgertest.Clone{Remote: m.Remote, Named: named}
}

func (m inMemory) commit(files map[string]string) string {
	data := map[string][]byte{}
	for name, text := range files {
		data[name] = []byte(text)
	}
	return m.Commit("", data)
}
func (m inMemory) branch(name, commit string) { m.Branches[name] = commit }
func (m inMemory) head(to string)             { m.Head = to }
func (m inMemory) refuse()                    { m.Refuse = errors.New("a rule forbids it") }

// inGit is a storage of git: a bare repository.
type inGit struct {
	t    *testing.T
	work *gittest.Repo
	dir  string
}

func newInGit(t *testing.T) storage {
	g := inGit{t, gittest.New(t), t.TempDir()}
	g.work.Git("init", "--quiet", "--bare", "--initial-branch=main", g.dir)
	return g
}

func (g inGit) clone(named string) ledger.Store {
	r := gittest.New(g.t)
	r.Git("remote", "add", "origin", g.dir)
	return ledger.InGit(r.Open(), "origin", named)
}

func (g inGit) commit(files map[string]string) string {
	var pairs []string
	for name, text := range files {
		pairs = append(pairs, name, text)
	}
	return g.work.Commit("a commit", pairs...)
}

func (g inGit) branch(name, commit string) {
	g.work.Git("push", "--quiet", "--force", g.dir, commit+":refs/heads/"+name)
}

func (g inGit) head(to string) {
	if len(to) == 40 {
		g.work.Git("--git-dir", g.dir, "update-ref", "--no-deref", "HEAD", to)
	} else {
		g.work.Git("--git-dir", g.dir, "symbolic-ref", "HEAD", "refs/heads/"+to)
	}
}

func (g inGit) refuse() {
	hook := filepath.Join(g.dir, "hooks", "pre-receive")
	if err := errors.Join(os.MkdirAll(filepath.Dir(hook), 0o777), os.WriteFile(hook, []byte("#!/bin/sh\nexit 1\n"), 0o777)); err != nil {
		g.t.Fatal(err)
	}
}

// Both stores keep what package outbox relies on.
func TestStore(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*testing.T) storage{
		"git":    newInGit,
		"memory": func(*testing.T) storage { return inMemory{ledgertest.NewRemote()} },
	} {
		t.Run(name+" branches", func(t *testing.T) { t.Parallel(); branches(t, open(t)) })
		t.Run(name+" writes", func(t *testing.T) { t.Parallel(); writes(t, open(t)) })
	}
}

// What is true is what the remote's HEAD names, if that is a branch that is there.
func branches(t *testing.T, s storage) {
	one, two := s.commit(map[string]string{"escalations/x": "one"}), s.commit(map[string]string{"escalations/x": "two"})
	is := func(what, named string, want ledger.Standing) {
		t.Helper()
		if got, err := s.clone(named).Ask(t.Context()); err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", what, got, err, want)
		}
	}
	is("nothing is pushed", "", ledger.Standing{})
	s.branch("work", two)
	is("HEAD names a branch that is not there", "", ledger.Standing{})
	is("and another is named", "work", ledger.Standing{Truth: two})
	s.branch("main", one)
	is("a default branch", "", ledger.Standing{Default: "main", Truth: one})
	is("another is named beside it", "work", ledger.Standing{Default: "main", Truth: one})
	s.branch("main", two)
	is("it moved", "", ledger.Standing{Default: "main", Truth: two})
	s.head(one)
	is("HEAD is detached", "", ledger.Standing{})
	is("HEAD is detached, and a branch is named", "main", ledger.Standing{Truth: two})
}

// A ledger that was set back, or deleted, is not written to by a clone that has seen
// more of it, until it is there again.
func TestSetBack(t *testing.T) {
	t.Parallel()
	remote := ledgertest.NewRemote()
	clone := &ledgertest.Clone{Remote: remote}
	b, err := ledger.Open(t.Context(), clone, "origin")
	if err != nil {
		t.Fatal(err)
	}
	var tips []string
	for _, text := range []string{"one", "two"} {
		err := b.Write(t.Context(), text, time.Now(), nil, func(fs.FS) (map[string][]byte, error) { return map[string][]byte{"x": []byte(text)}, nil })
		if err != nil {
			t.Fatal(err)
		}
		tips = append(tips, b.Tip)
	}
	for _, tip := range []string{tips[0], "", remote.Commit("", nil), remote.Commit(tips[0], nil)} {
		remote.Branches[ledger.Name] = tip
		_, err := ledger.Open(t.Context(), clone, "origin")
		if !errors.Is(err, ledger.ErrSetBack) || !strings.Contains(err.Error(), "git push --force origin "+tips[1]+":refs/heads/"+ledger.Name) {
			t.Errorf("at %q: %v", tip, err)
		}
	}
	for _, tip := range []string{tips[1], remote.Commit(tips[1], nil)} {
		remote.Branches[ledger.Name] = tip
		if _, err := ledger.Open(t.Context(), clone, "origin"); err != nil {
			t.Errorf("at %q: %v", tip, err)
		}
	}
}

// A commit becomes the tip of the ledger only where its parent was.
func writes(t *testing.T, s storage) {
	s.branch("main", s.commit(map[string]string{"escalations/x": "one"}))
	first, second := s.clone(""), s.clone("")
	push := func(to ledger.Store, parent string, files map[string][]byte) (string, error) {
		return to.Push(t.Context(), git.NewCommit{Parent: parent, Files: files, Message: "Tell", Name: "n", Email: "e@example.com", Time: time.Unix(1_800_000_000, 0)})
	}
	has := func(of ledger.Store, commit, name, want string, within ...string) {
		t.Helper()
		files, err := of.Files(t.Context(), commit, within...)
		if err != nil {
			t.Fatal(err)
		}
		defer files.Close()
		data, err := fs.ReadFile(files, name)
		if want == "" && !errors.Is(err, fs.ErrNotExist) || want != "" && (err != nil || string(data) != want) {
			t.Errorf("%s is %q, %v; want %q", name, data, err, want)
		}
	}
	one, err := push(first, "", map[string][]byte{"notices/2026/a.jsonl": []byte("a"), "open/2026/a": {}, "format": []byte("2\n")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := push(second, "", map[string][]byte{"format": []byte("x")}); !errors.Is(err, git.ErrMoved) {
		t.Errorf("two begin: %v", err)
	}
	if at, err := second.Ask(t.Context()); err != nil || at.Tip != one {
		t.Fatalf("the second sees %+v, %v", at, err)
	}
	has(second, one, "notices/2026/a.jsonl", "a")
	has(second, one, "notices/2026/a.jsonl", "a", "notices")
	has(second, one, "notices/2026/a.jsonl", "", "format", "open")
	has(second, one, "format", "2\n", "format", "missing")
	two, err := push(second, one, map[string][]byte{"notices/2026/a.jsonl": []byte("b"), "open/2026/a": nil})
	if err != nil {
		t.Fatal(err)
	}
	has(second, two, "open/2026/a", "")
	has(second, two, "notices/2026/a.jsonl", "b")
	has(second, two, "format", "2\n")
	has(second, one, "notices/2026/a.jsonl", "a")
	if _, err := push(first, one, map[string][]byte{"format": []byte("x")}); !errors.Is(err, git.ErrMoved) {
		t.Errorf("the first does not know of the second: %v", err)
	}
	if at, err := first.Ask(t.Context()); err != nil || at.Tip != two {
		t.Fatalf("the first sees %+v, %v", at, err)
	}
	for _, c := range []struct {
		commit, before string
		want           bool
	}{{two, one, true}, {one, one, true}, {one, two, false}} {
		if got, err := first.Follows(t.Context(), c.commit, c.before); err != nil || got != c.want {
			t.Errorf("%s follows %s: %v, %v", c.commit, c.before, got, err)
		}
	}
	if known, err := first.Seen(t.Context()); err != nil || known != "" {
		t.Errorf("it has seen %s, %v", known, err)
	}
	if err := first.See(t.Context(), one); err != nil {
		t.Fatal(err)
	}
	if known, err := first.Seen(t.Context()); err != nil || known != one {
		t.Errorf("it has seen %s, %v", known, err)
	}
	s.refuse()
	if _, err := push(first, two, map[string][]byte{"format": []byte("x")}); err == nil || errors.Is(err, git.ErrMoved) {
		t.Errorf("a rule forbids it: %v", err)
	}
	if at, err := second.Ask(t.Context()); err != nil || at.Tip != two || !strings.HasPrefix(at.Default, "main") {
		t.Errorf("after all: %+v, %v", at, err)
	}
}

// An empty ledger is begun here, once; and where another one was begun on the remote
// meanwhile, that one counts.
func TestBegin(t *testing.T) {
	t.Parallel()
	repo := gittest.New(t)
	here := repo.Open()
	if err := ledger.Begin(t.Context(), here, time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	b, err := ledger.OpenBranch(t.Context(), here, "", "")
	if err != nil || !b.Exists() {
		t.Fatalf("it exists: %t: %v", b.Exists(), err)
	}
	files, err := b.Files(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	if book, err := ledger.OpenBook(files); err != nil {
		t.Error(err)
	} else if all, err := book.All(); err != nil || len(all) > 0 {
		t.Errorf("it has %d notices: %v", len(all), err)
	}
	if err := ledger.Begin(t.Context(), here, time.Unix(2, 0)); !errors.Is(err, git.ErrMoved) {
		t.Errorf("a second time: %v", err)
	}
	remote := gittest.New(t)
	remote.Commit("Begin", "a", "a")
	if err := ledger.Begin(t.Context(), remote.Open(), time.Unix(3, 0)); err != nil {
		t.Fatal(err)
	}
	repo.Git("remote", "add", "origin", remote.Dir)
	if b, err = ledger.OpenBranch(t.Context(), here, "origin", ""); err != nil || b.Tip != strings.TrimSpace(remote.Git("rev-parse", ledger.Name)) {
		t.Errorf("it is at %s: %v", b.Tip, err)
	}
}
