package session_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/git/gittest"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/session"
	"github.com/escalations-as-code/escalate/internal/tree"
)

const (
	northwind = "escalations/2026/northwind.yaml"
	contoso   = "escalations/2026/contoso.yaml"
)

func open(t *testing.T, o session.Options) *session.Session {
	t.Helper()
	s, err := session.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// remote adds a bare repository as a remote, with main as its default branch.
func remote(r *gittest.Repo, name string) (dir string) {
	r.Helper()
	dir = r.TempDir()
	r.Git("init", "--quiet", "--bare", "--initial-branch=main", dir)
	r.Git("remote", "add", name, dir)
	return dir
}

// truth is the id of what is true, or the error.
func truth(t *testing.T, o session.Options) (string, error) {
	t.Helper()
	s := open(t, o)
	b, err := s.Ledger(t.Context())
	if err != nil {
		return "", err
	}
	c, err := s.Truth(t.Context(), b)
	if err != nil {
		return "", err
	}
	return c.ID, nil
}

func isTrue(t *testing.T, o session.Options, want string) {
	t.Helper()
	if got, err := truth(t, o); err != nil || got != want {
		t.Errorf("true is %s, %v; want %s", got, err, want)
	}
}

// refused checks that nothing is true, and why. usage says whose fault it is.
func refused(t *testing.T, o session.Options, usage bool, says string) {
	t.Helper()
	got, err := truth(t, o)
	if err == nil || !strings.Contains(err.Error(), says) {
		t.Errorf("true is %s, %v; want an error with %q", got, err, says)
	}
	var wrong session.UsageError
	if errors.As(err, &wrong) != usage {
		t.Errorf("%v: wrong usage %t, want %t", err, !usage, usage)
	}
}

// The folder is the one that was named, or the nearest upwards that holds
// escalations.
func TestOpen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	within := filepath.Join(dir, "escalations", "2026")
	deep := filepath.Join(dir, "x", "y")
	for _, d := range []string{within, deep} {
		if err := os.MkdirAll(d, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	elsewhere := t.TempDir()
	for _, c := range []struct {
		o    session.Options
		want string
	}{
		{session.Options{Here: within}, dir},
		{session.Options{Here: deep}, dir},
		{session.Options{Here: elsewhere}, elsewhere},
		{session.Options{Here: within, Dir: elsewhere}, elsewhere},
	} {
		if got := open(t, c.o).Dir; got != c.want {
			t.Errorf("%+v: %s, want %s", c.o, got, c.want)
		}
	}
	if _, err := open(t, session.Options{Dir: elsewhere}).Working(t.Context()); !errors.Is(err, tree.ErrNoFolder) || !strings.Contains(err.Error(), "--dir") {
		t.Errorf("without escalations: %v", err)
	}
	if _, err := open(t, session.Options{Dir: dir}).Working(t.Context()); err != nil {
		t.Errorf("git is asked for what is on disk: %v", err)
	}
	if _, err := open(t, session.Options{Dir: dir}).Commit(t.Context(), "HEAD"); !errors.Is(err, git.ErrNoRepository) {
		t.Errorf("without a repository: %v", err)
	}
}

// What is on disk differs from a commit by its content alone, in repositories of
// both kinds; and the base is what both have in common.
func TestCommits(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"sha1", "sha256"} {
		r := gittest.New(t)
		if err := os.RemoveAll(filepath.Join(r.Dir, ".git")); err != nil {
			t.Fatal(err)
		}
		r.Git("init", "--quiet", "--initial-branch=main", "--object-format="+format)
		none := r.Commit("none", "README.md", "x")
		base := r.Commit("base", northwind, "customer: N\n", contoso, "customer: C\n")
		r.Git("branch", "other")
		r.Commit("main", contoso, "customer: D\n")
		r.Git("checkout", "--quiet", "other")
		head := r.Commit("other", northwind, "customer: M\n")
		r.Write(contoso, "customer: E\n")

		s := open(t, session.Options{Dir: r.Dir})
		disk, err := s.Working(t.Context()) // before the repository is known
		if err != nil {
			t.Fatal(err)
		}
		was, err := s.Base(t.Context(), "main", "HEAD")
		if err != nil || was.ID != base {
			t.Fatalf("the base is %v, %v, want %s", was, err, base)
		}
		is, err := s.Commit(t.Context(), "other")
		if err != nil || is.ID != head {
			t.Fatalf("the commit is %v, %v, want %s", is, err, head)
		}
		for _, c := range []struct {
			a, b *tree.Tree
			want []string
		}{{was.Tree, is.Tree, []string{northwind}}, {is.Tree, disk, []string{contoso}}, {was.Tree, disk, []string{contoso, northwind}}, {is.Tree, is.Tree, nil}} {
			if got := tree.Changed(c.a, c.b); !slices.Equal(got, c.want) {
				t.Errorf("%s: changed %q, want %q", format, got, c.want)
			}
		}
		if empty, err := s.Commit(t.Context(), none); err != nil || len(empty.Names) != 0 {
			t.Errorf("before there were escalations: %v, %v", empty, err)
		}
		if _, err := s.Commit(t.Context(), "nowhere"); !errors.Is(err, git.ErrNoCommit) {
			t.Errorf("no commit: %v", err)
		}
		if err := s.Err(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// A content that the repository lacks, and a command that was stopped, are no
// broken files: the session tells.
func TestErr(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	r.Commit("one", northwind, "customer: N\n")
	blob := r.Git("rev-parse", "HEAD:"+northwind)
	if err := os.Remove(filepath.Join(r.Dir, ".git/objects", blob[:2], blob[2:])); err != nil {
		t.Fatal(err)
	}
	s := open(t, session.Options{Dir: r.Dir})
	c, err := s.Commit(t.Context(), "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	c.Load(northwind)
	if err := s.Err(t.Context()); !errors.Is(err, git.ErrMissing) {
		t.Errorf("got %v", err)
	}
	stopped := errors.New("stopped")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(stopped)
	if err := s.Err(ctx); !errors.Is(err, stopped) {
		t.Errorf("got %v", err)
	}
}

// Without a remote, HEAD is true, whatever branch it is.
func TestTruthWithoutRemote(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	r.Commit("one", northwind, "customer: N\n")
	r.Git("checkout", "--quiet", "-b", "other")
	head := r.Commit("two", northwind, "customer: M\n")
	isTrue(t, session.Options{Dir: r.Dir}, head)
	refused(t, session.Options{Dir: r.Dir, Branch: "main"}, true, "there is no remote")
	refused(t, session.Options{Dir: r.Dir, Remote: "origin"}, false, "there is no remote `origin`")
	r.Commit("none", northwind, "")
	refused(t, session.Options{Dir: r.Dir}, false, tree.ErrNoFolder.Error())
}

// The tip of the remote's default branch is true, and nothing else: not what is
// checked out, whether it is behind, ahead or another branch; not what this clone
// last saw of the remote.
func TestTruthIsTheRemotes(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	dir := remote(r, "origin")
	one := r.Commit("one", northwind, "customer: N\n")
	r.Git("push", "--quiet", "origin", "main")
	isTrue(t, session.Options{Dir: r.Dir}, one)
	two := r.Commit("two", northwind, "customer: M\n") // ahead
	isTrue(t, session.Options{Dir: r.Dir}, one)
	isTrue(t, session.Options{Dir: r.Dir, Branch: "main"}, one)
	refused(t, session.Options{Dir: r.Dir, Branch: "other"}, true, "the default branch of the remote `origin` is `main`")
	r.Git("push", "--quiet", "origin", "main")
	r.Git("checkout", "--quiet", "--detach", one) // behind
	isTrue(t, session.Options{Dir: r.Dir}, two)

	other := gittest.New(t) // somebody else pushes
	other.Git("remote", "add", "origin", dir)
	other.Git("fetch", "--quiet", "origin")
	other.Git("reset", "--quiet", "--hard", "origin/main")
	three := other.Commit("three", northwind, "customer: L\n")
	other.Git("push", "--quiet", "origin", "main")
	isTrue(t, session.Options{Dir: r.Dir}, three)
	if got := r.Git("rev-parse", "refs/heads/main"); got != two {
		t.Errorf("a branch of this clone moved to %s", got)
	}
}

// A remote that names no default branch has none that is true, until somebody
// says which.
func TestTruthWithoutDefaultBranch(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	dir := remote(r, "origin")
	head := r.Commit("one", northwind, "customer: N\n")
	const none = "the remote `origin` names no default branch"
	refused(t, session.Options{Dir: r.Dir}, false, none) // it is empty
	refused(t, session.Options{Dir: r.Dir, Branch: "trunk"}, false, "the remote `origin` has no branch `trunk`")
	r.Git("push", "--quiet", "origin", "main:trunk", "main:"+ledger.Name)
	refused(t, session.Options{Dir: r.Dir}, false, none) // its HEAD names a branch that is not there
	isTrue(t, session.Options{Dir: r.Dir, Branch: "trunk"}, head)

	other := gittest.New(t) // which lacks the commit
	other.Git("remote", "add", "origin", dir)
	isTrue(t, session.Options{Dir: other.Dir, Branch: "trunk"}, head)

	r.Git("--git-dir", dir, "update-ref", "--no-deref", "HEAD", head)
	refused(t, session.Options{Dir: r.Dir}, false, none) // its HEAD is no branch
}

// The remote is the only one, whatever its name, or origin of several, or the one
// that was asked for.
func TestRemote(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	r.Commit("one", northwind, "customer: N\n")
	name := func(o session.Options) string {
		t.Helper()
		o.Dir = r.Dir
		name, err := open(t, o).Remote(t.Context())
		if err != nil {
			return err.Error()
		}
		return name
	}
	is := func(o session.Options, want string) {
		t.Helper()
		if got := name(o); got != want {
			t.Errorf("%+v: %s, want %s", o, got, want)
		}
	}
	is(session.Options{}, "")
	r.Git("remote", "add", "upstream", "../x")
	is(session.Options{}, "upstream")
	r.Git("remote", "add", "fork", "../y")
	is(session.Options{}, "there are several remotes, and none is `origin`: say with --remote which one counts: fork, upstream")
	is(session.Options{Remote: "fork"}, "fork")
	is(session.Options{Remote: "for"}, "there is no remote `for`: there is fork, upstream")
	r.Git("remote", "add", "origin", "../z")
	is(session.Options{}, "origin")
	is(session.Options{Remote: "fork"}, "fork")
}

// The ledger and what is true are on the same remote.
func TestLedger(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	one := r.Commit("one", northwind, "customer: N\n")
	r.Git("branch", ledger.Name)
	s := open(t, session.Options{Dir: r.Dir})
	if b, err := s.Ledger(t.Context()); err != nil || !b.Exists() || b.Remote != "" {
		t.Errorf("the one that is here: %+v, %v", b, err)
	}
	dir := remote(r, "upstream")
	r.Git("push", "--quiet", "upstream", "main")
	write := func() *ledger.Branch {
		t.Helper()
		s := open(t, session.Options{Dir: r.Dir, Remote: "upstream"})
		b, err := s.Ledger(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if c, err := s.Truth(t.Context(), b); err != nil || c.ID != one {
			t.Errorf("true is %v, %v", c, err)
		}
		return b
	}
	b := write()
	if b.Exists() || b.Remote != "upstream" {
		t.Errorf("the remote has one: %+v", b)
	}
	r.Git("push", "--quiet", "upstream", "main:"+ledger.Name)
	if !write().Exists() {
		t.Error("the remote has none")
	}
	r.Git("--git-dir", dir, "branch", "-D", ledger.Name)
	if write().Exists() {
		t.Error("what this clone saw of the remote is taken for what it has")
	}
}

// Of two sessions of one clone, also of two working trees of it, one waits for
// the other.
func TestLock(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	r.Commit("one", northwind, "customer: N\n")
	linked := filepath.Join(t.TempDir(), "linked")
	r.Git("worktree", "add", "--quiet", linked)
	first, second := open(t, session.Options{Dir: r.Dir}), open(t, session.Options{Dir: linked})
	if err := first.Lock(t.Context()); err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := second.Lock(short); err == nil {
		t.Fatal("both have the lock")
	}
	first.Close()
	if err := second.Lock(t.Context()); err != nil {
		t.Error(err)
	}
	clone := func(s *session.Session, host string) string {
		t.Helper()
		name, err := s.Clone(t.Context(), host)
		if err != nil {
			t.Fatal(err)
		}
		return name
	}
	other := gittest.New(t)
	mine := clone(first, "a")
	if clone(second, "a") != mine || clone(first, "b") == mine || clone(open(t, session.Options{Dir: other.Dir}), "a") == mine {
		t.Error("the names of clones")
	}
}

// What a sparse checkout leaves out is there, also in a second working tree, whose
// git is elsewhere, and from a folder below the one that is not on the disk. What the
// disk has counts, whatever was left out once.
func TestSparse(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	r.Commit("all", northwind, "customer: N\n", contoso, "customer: C\n", "docs/a", "x\n")
	second := filepath.Join(t.TempDir(), "second")
	r.Git("worktree", "add", "--quiet", second, "-b", "second")
	r.Git("-C", second, "sparse-checkout", "set", "--no-cone", "/docs")
	if _, err := os.Stat(filepath.Join(second, "escalations")); !os.IsNotExist(err) {
		t.Fatalf("the folder is on the disk: %v", err)
	}
	for _, o := range []session.Options{{Here: filepath.Join(second, "docs")}, {Dir: second}, {Dir: r.Dir}} {
		s := open(t, o)
		is, err := s.Working(t.Context())
		if err != nil || !slices.Equal(is.Paths, []string{contoso, northwind}) || is.Load(northwind).Customer != "N" {
			t.Errorf("%+v: %+v, %v", o, is, err)
		}
	}
	if err := os.MkdirAll(filepath.Join(second, "escalations/2026"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(second, northwind), []byte("customer: M\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	is, err := open(t, session.Options{Dir: second}).Working(t.Context())
	if err != nil || !slices.Equal(is.Paths, []string{contoso, northwind}) || is.Load(northwind).Customer != "M" || is.Load(contoso).Customer != "C" {
		t.Errorf("with a file on the disk: %+v, %v", is, err)
	}
}
