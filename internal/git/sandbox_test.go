package git_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/git"
)

// hostile is the configuration of a user who changed whatever can change what
// git prints. The package has to do with it in every test.
const hostile = `
[log]
	showSignature = true
	follow = true
	showRoot = false
	diffMerges = separate
	decorate = full
	abbrevCommit = true
	date = human
	mailmap = true
[diff]
	renames = copies
	relative = true
	orderFile = /nonexistent
	ignoreSubmodules = all
	external = false
	noprefix = true
	submodule = log
[color]
	ui = always
	diff = always
[core]
	pager = false
	abbrev = 5
	quotePath = true
[pager]
	log = false
	ls-tree = false
[format]
	pretty = raw
	notes = true
[i18n]
	logOutputEncoding = ISO-8859-1
[gpg]
	program = HOME/gpg
[alias]
	log = status
`

// clean is the environment of the tests' own git.
var clean []string

// TestMain gives the package an environment as a user's or a hook's may be.
func TestMain(m *testing.M) {
	home, err := os.MkdirTemp("", "escalate-git-")
	if err != nil {
		panic(err)
	}
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "GIT_") {
			clean = append(clean, v)
		}
	}
	clean = append(clean, "HOME="+home, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "LC_ALL=C",
		"GIT_AUTHOR_NAME=A U Thor", "GIT_AUTHOR_EMAIL=author@example.com",
		"GIT_COMMITTER_NAME=C O Mitter", "GIT_COMMITTER_EMAIL=committer@example.com",
		"GIT_CONFIG_COUNT=5", "GIT_CONFIG_KEY_0=init.defaultBranch", "GIT_CONFIG_VALUE_0=main",
		"GIT_CONFIG_KEY_1=protocol.file.allow", "GIT_CONFIG_VALUE_1=always",
		"GIT_CONFIG_KEY_2=core.fsync", "GIT_CONFIG_VALUE_2=none", // nobody needs it after a crash
		"GIT_CONFIG_KEY_3=gc.auto", "GIT_CONFIG_VALUE_3=0", "GIT_CONFIG_KEY_4=maintenance.auto", "GIT_CONFIG_VALUE_4=false")
	config := filepath.Join(home, "hostile")
	if err := os.WriteFile(config, []byte(strings.ReplaceAll(hostile, "HOME", home)), 0o666); err != nil {
		panic(err)
	}
	if err := os.WriteFile(filepath.Join(home, "gpg"), []byte("#!/bin/sh\necho gpg | tee /dev/stderr\n"), 0o777); err != nil {
		panic(err)
	}
	for name, value := range map[string]string{
		"HOME": home, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": config,
		"GIT_DIR": "/nonexistent", "GIT_WORK_TREE": "/nonexistent", "GIT_INDEX_FILE": "/nonexistent",
		"GIT_OBJECT_DIRECTORY": "/nonexistent", "GIT_PREFIX": "nonexistent/",
		"GIT_PAGER": "false", "GIT_EXTERNAL_DIFF": "false", "GIT_DIFF_OPTS": "-u9",
		"GIT_ICASE_PATHSPECS": "1", "GIT_GLOB_PATHSPECS": "1", "GIT_TRACE": "1", "GIT_DEFAULT_HASH": "sha256",
		"LANGUAGE": "de", "LC_ALL": "de_DE.ISO-8859-1", "PAGER": "false",
	} {
		os.Setenv(name, value)
	}
	code := m.Run()
	os.RemoveAll(home)
	os.Exit(code)
}

// sandbox is a repository to try things in.
type sandbox struct {
	testing.TB
	dir  string
	now  int64 // of the next commit
	zone string
}

func newSandbox(t testing.TB, options ...string) *sandbox {
	t.Helper()
	s := &sandbox{TB: t, dir: t.TempDir(), now: 1_800_000_000, zone: "+0000"}
	s.git(append([]string{"init", "--quiet"}, options...)...)
	return s
}

func newBareSandbox(t testing.TB) *sandbox {
	t.Helper()
	return newSandbox(t, "--bare")
}

// git runs git and returns what it printed.
func (s *sandbox) git(args ...string) string {
	s.Helper()
	return s.gitIn(nil, args...)
}

func (s *sandbox) gitIn(in io.Reader, args ...string) string {
	s.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = s.dir
	date := fmt.Sprintf("%d %s", s.now, s.zone)
	cmd.Env = append(clean[:len(clean):len(clean)], "GIT_AUTHOR_DATE="+date, "GIT_COMMITTER_DATE="+date)
	cmd.Stdin = in
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		s.Fatalf("git %q: %v\n%s%s", args, err, out, stderr.Bytes())
	}
	return strings.TrimSuffix(string(out), "\n")
}

// write writes files, named and filled in turn.
func (s *sandbox) write(pairs ...string) {
	s.Helper()
	for i := 0; i < len(pairs); i += 2 {
		name := filepath.Join(s.dir, pairs[i])
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			s.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(pairs[i+1]), 0o666); err != nil {
			s.Fatal(err)
		}
	}
}

// commit commits everything, after writing files, an hour after the last
// commit, and returns the id.
func (s *sandbox) commit(subject string, pairs ...string) string {
	s.Helper()
	s.write(pairs...)
	s.git("add", "--all")
	s.git("commit", "--quiet", "--allow-empty", "-m", subject)
	s.now += 3600
	return s.id("HEAD")
}

func (s *sandbox) id(rev string) string {
	s.Helper()
	return s.git("rev-parse", "--verify", rev)
}

// open opens the repository from a folder in it.
func (s *sandbox) open(dir string) *git.Repo {
	s.Helper()
	r, err := git.Open(s.Context(), filepath.Join(s.dir, dir))
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { r.Close() })
	return r
}

// tree opens the files of a commit.
func (s *sandbox) tree(r *git.Repo, rev, folder string) *git.Tree {
	s.Helper()
	t, err := r.Tree(s.Context(), s.id(rev), folder)
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { t.Close() })
	return t
}

// log is the history as text: a line for each commit, with its changes.
func (s *sandbox) log(r *git.Repo, o git.LogOptions) string {
	s.Helper()
	var b strings.Builder
	for c, err := range r.Log(s.Context(), o) {
		if err != nil {
			s.Fatal(err)
		}
		b.WriteString(c.Subject)
		for _, ch := range c.Changes {
			sign := "~"
			switch (git.Entry{}) {
			case ch.Old:
				sign = "+"
			case ch.New:
				sign = "-"
			}
			fmt.Fprintf(&b, " %s%s", sign, ch.Path)
			if ch.Data != nil {
				fmt.Fprintf(&b, "=%s", ch.Data)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// files are the names of all files.
func files(t testing.TB, fsys fs.FS) (names []string) {
	t.Helper()
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	return names
}

// read reads a file.
func read(t testing.TB, fsys fs.FS, name string) string {
	t.Helper()
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		t.Error(err)
	}
	return string(data)
}

// rawTree stores a tree as it is given, which must not hold any of its parts.
func (s *sandbox) rawTree(listing string) string {
	s.Helper()
	var b []byte
	for line := range strings.SplitSeq(strings.TrimSuffix(listing, "\x00"), "\x00") {
		record, name, _ := strings.Cut(line, "\t")
		part := strings.Fields(record)
		id, err := hex.DecodeString(part[2])
		if err != nil {
			s.Fatal(err)
		}
		b = fmt.Appendf(b, "%s %s\x00%s", part[0], name, id)
	}
	return s.gitIn(bytes.NewReader(b), "hash-object", "-t", "tree", "-w", "--stdin", "--literally")
}

// identity is that of a file that is there.
func identity(t testing.TB, tree *git.Tree, name string) string {
	t.Helper()
	id, err := tree.Identity(name)
	if err != nil {
		t.Fatal(err)
	}
	return id
}
