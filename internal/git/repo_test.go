package git_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/git"
)

func TestOpen(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	head := s.commit("one", "top.yaml", "", "data/ü/x.yaml", "")
	s.git("worktree", "add", "--quiet", "linked", "-b", "other")
	s.git("clone", "--quiet", "--bare", ".", "bare")
	if err := os.Symlink("data/ü", filepath.Join(s.dir, "link")); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		dir, prefix string
		bare        bool
	}{
		{".", "", false},
		{"data", "data", false},
		{"data/ü", "data/ü", false},
		{"link", "data/ü", false},
		{"linked", "", false},
		{"linked/data", "data", false},
		{"bare", "", true},
		{"bare/refs", "", true},
		{".git", "", true},
	} {
		r := s.open(test.dir)
		if r.Prefix != test.prefix || r.Bare != test.bare || r.Shallow {
			t.Errorf("%s: prefix %q, bare %v, shallow %v", test.dir, r.Prefix, r.Bare, r.Shallow)
		}
		if id, err := r.Resolve(t.Context(), "HEAD"); id != head || err != nil {
			t.Errorf("%s: HEAD is %s, %v", test.dir, id, err)
		}
		want := "top.yaml"
		if test.prefix != "" {
			want = "x.yaml"
		}
		if got := strings.Join(files(t, s.tree(r, head, "")), " "); !strings.HasSuffix(got, want) {
			t.Errorf("%s: files %s", test.dir, got)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.write("file", "")
	for _, test := range []struct {
		dir, says string
		is        error
	}{
		{filepath.Dir(s.dir), "is not in a git repository", git.ErrNoRepository},
		{filepath.Join(s.dir, "nowhere"), "no such file", os.ErrNotExist},
		{filepath.Join(s.dir, "file"), "is not a folder", nil},
	} {
		_, err := git.Open(t.Context(), test.dir)
		refused(t, err, test.says, test.is)
	}
}

// refused checks an error: its words, all on one line, and its kind.
func refused(t *testing.T, err error, says string, kinds ...error) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "\n") {
		t.Errorf("error %v, want %q on one line", err, says)
	}
	for _, kind := range kinds {
		if kind != nil && !errors.Is(err, kind) {
			t.Errorf("error %v is not %v", err, kind)
		}
	}
}

func TestNoGit(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := git.Open(t.Context(), ".")
	refused(t, err, "git is not installed", git.ErrNoGit)
}

// A wrapper stands in for what cannot be had otherwise: a repository of
// somebody else.
func TestDubiousOwnership(t *testing.T) {
	s := newSandbox(t)
	wrap(t, `GIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec "$git" "$@"`)
	_, err := git.Open(t.Context(), s.dir)
	refused(t, err, "detected dubious ownership")
	refused(t, err, "git config --global --add safe.directory")
}

// wrap puts a shell script in the place of git.
func wrap(t *testing.T, script string) {
	t.Helper()
	real, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "git"), []byte("#!/bin/sh\ngit="+real+"\n"+script+"\n"), 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(filepath.ListSeparator)+os.Getenv("PATH"))
}

func TestResolve(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	one := s.commit("one", "a", "")
	two := s.commit("two", "b", "")
	s.git("tag", "-a", "-m", "a tag", "v1", one)
	s.git("branch", "ü/ß")
	s.git("update-ref", "refs/remotes/origin/upstream", one)
	s.git("update-ref", "refs/heads/-x", one)
	r := s.open(".")
	for rev, want := range map[string]string{
		"HEAD": two, "main": two, "HEAD~1": one, "v1": one, "ü/ß": two, one[:10]: one, one: one, "origin/upstream": one,
		"-x": one,
	} {
		if id, err := r.Resolve(t.Context(), rev); id != want || err != nil {
			t.Errorf("%s: %s, %v, want %s", rev, id, err, want)
		}
	}
	for rev, says := range map[string]string{
		"nowhere":               "there is no commit `nowhere` here",
		"upstream":              "did you mean `origin/upstream`?",
		"upstream~1":            "there is no commit `upstream~1` here",
		"":                      "there is no commit `` here",
		"--all":                 "there is no commit `--all` here",
		"--output=x":            "there is no commit `--output=x` here",
		"-h":                    "there is no commit `-h` here",
		"^HEAD":                 "not one commit",
		"HEAD~1..HEAD":          "there is no commit",
		"HEAD^{tree}":           "expected commit type",
		"HEAD:a":                "there is no commit",
		"HEAD\x00x":             "there is no commit",
		"HEAD\nx":               "there is no commit",
		strings.Repeat("1", 40): "there is no commit `11",
	} {
		id, err := r.Resolve(t.Context(), rev)
		if id != "" {
			t.Errorf("%q is %s", rev, id)
		}
		refused(t, err, says, git.ErrNoCommit)
	}
	_, err := newSandbox(t).open(".").Resolve(t.Context(), "HEAD")
	refused(t, err, "the repository has no commit yet", git.ErrNoCommit)
}

func TestMergeBase(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	base := s.commit("base", "a", "")
	s.git("switch", "--quiet", "-c", "topic")
	topic := s.commit("topic", "b", "")
	s.git("switch", "--quiet", "main")
	main := s.commit("main", "c", "")
	s.git("switch", "--quiet", "--orphan", "unrelated")
	unrelated := s.commit("unrelated", "d", "")
	r := s.open(".")
	for _, test := range [][3]string{{main, topic, base}, {topic, base, base}, {main, main, main}} {
		if got, err := r.MergeBase(t.Context(), test[0], test[1]); got != test[2] || err != nil {
			t.Errorf("%v: %s, %v", test, got, err)
		}
	}
	_, err := r.MergeBase(t.Context(), main, unrelated)
	refused(t, err, "their histories are unrelated", git.ErrNoMergeBase)
	_, err = r.MergeBase(t.Context(), main, strings.Repeat("1", 40))
	refused(t, err, "git merge-base: fatal:")
	for _, name := range []string{"main", "", "--all", main[:39]} {
		_, err = r.MergeBase(t.Context(), name, main)
		refused(t, err, "is not the id of a commit in full")
	}
}

func TestShallow(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	one := s.commit("one", "a", "1", "early", "", "gone", "")
	s.git("rm", "--quiet", "early")
	two := s.commit("two", "a", "2")
	s.git("rm", "--quiet", "gone")
	three := s.commit("three", "a", "3")
	s.git("switch", "--quiet", "-c", "topic", "HEAD~1")
	topic := s.commit("topic", "b", "")
	s.git("clone", "--quiet", "--depth", "1", "--no-single-branch", "file://"+s.dir, "clone")
	s.git("clone", "--quiet", "--depth", "2", "--branch", "main", "file://"+s.dir, "deeper")
	const says = "`fetch-depth: 0`"
	r := s.open("clone")
	if !r.Shallow {
		t.Error("not shallow")
	}
	for _, rev := range []string{"HEAD~1", one} {
		_, err := r.Resolve(t.Context(), rev)
		refused(t, err, "there is no commit `"+rev+"` here; this clone is shallow", git.ErrNoCommit, git.ErrShallow)
		refused(t, err, says)
	}
	_, err := r.MergeBase(t.Context(), three, topic)
	refused(t, err, says, git.ErrNoMergeBase, git.ErrShallow)

	// The history ends in an error, not in a commit that adds everything.
	r = s.open("deeper")
	for _, o := range []git.LogOptions{{To: three}, {To: three, Reverse: true}, {To: three, File: "a"}, {To: three, File: "gone"}, {To: three, File: "early"}} {
		var subjects []string
		var last error
		for c, err := range r.Log(t.Context(), o) {
			if last = err; err == nil {
				subjects = append(subjects, c.Subject)
			}
		}
		refused(t, last, "the history before "+two+" is missing; this clone is shallow", git.ErrShallow)
		if got := strings.Join(subjects, " "); (o.Reverse || o.File == "early") != (got == "") {
			t.Errorf("%+v: %s", o, got)
		}
	}
	if got := s.log(r, git.LogOptions{From: two, To: three}); got != "three ~a -gone\n" {
		t.Errorf("above the end: %s", got)
	}

	// The tip of a branch is fetched without the history that the clone lacks.
	aside := s.commit("aside", "c", "")
	if err := r.FetchTips(t.Context(), "origin", map[string]string{"topic": aside}); err != nil {
		t.Fatal(err)
	}
	if files, err := r.Tree(t.Context(), aside); err != nil {
		t.Error(err)
	} else {
		_, err := files.Identity("c")
		if err = errors.Join(err, files.Close()); err != nil {
			t.Error(err)
		}
	}
	if _, err := r.Authored(t.Context(), aside); err != nil {
		t.Error(err)
	}
	for _, err := range r.Log(t.Context(), git.LogOptions{To: aside}) {
		refused(t, err, "the history before "+aside+" is missing", git.ErrShallow)
	}

	// What is missing can be fetched.
	if err := r.Deepen(t.Context(), "origin", "main"); err != nil {
		t.Fatal(err)
	}
	if got := s.log(r, git.LogOptions{To: three}); strings.Count(got, "\n") != 3 {
		t.Errorf("with the history fetched: %s", got)
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	id := s.commit("one", "a", "1")
	r := s.open(".")
	ctx, cancel := context.WithCancel(t.Context())
	tree, err := r.Tree(ctx, id, "")
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	read(t, tree, "a") // so that there is a process to end
	cancel()
	_, err = tree.Open("a")
	is(t, err, context.Canceled)
	_, err = tree.Open("a")
	is(t, err, context.Canceled)
	_, err = git.Open(ctx, s.dir)
	is(t, err, context.Canceled)
	_, err = r.Resolve(ctx, "HEAD")
	is(t, err, context.Canceled)
	_, err = r.MergeBase(ctx, id, id)
	is(t, err, context.Canceled)
	_, err = r.Tree(ctx, id, "")
	is(t, err, context.Canceled)
	for _, err := range r.Log(ctx, git.LogOptions{To: id}) {
		is(t, err, context.Canceled)
	}
	for _, err := range r.Blobs(ctx, func(yield func(string) bool) { yield(identity(t, tree, "a")) }) {
		is(t, err, context.Canceled)
	}
}

func is(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("error %v, want %v", err, want)
	}
}

func TestHash(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"sha1", "sha256"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			s := newSandbox(t, "--object-format="+format)
			s.commit("one", "empty", "", "lines", "a\r\nb\n", "long", strings.Repeat("x", 70_000))
			r := s.open(".")
			tree := s.tree(r, "HEAD", "")
			for _, name := range files(t, tree) {
				if got, want := r.Hash().Identity([]byte(read(t, tree, name))), s.id("HEAD:"+name); got != want || got != identity(t, tree, name) {
					t.Errorf("%s: %s, want %s", name, got, want)
				}
			}
			if got := s.log(r, git.LogOptions{To: s.id("HEAD"), Contents: func(c git.Change) bool { return c.Path == "lines" }}); got != "one +empty +lines=a\r\nb\n +long\n" {
				t.Errorf("log %q", got)
			}
		})
	}
}
