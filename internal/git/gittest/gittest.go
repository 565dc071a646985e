// Package gittest makes repositories to test with, by the installed git.
package gittest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/git"
)

// Repo is a repository in a temporary folder.
type Repo struct {
	testing.TB
	Dir string
	// Now is the time of the next commit; each is an hour after the one before.
	Now time.Time
	// Author makes the next commits.
	Author string
}

// New makes an empty repository with the branch main.
func New(t testing.TB) *Repo {
	t.Helper()
	r := &Repo{TB: t, Dir: t.TempDir(), Now: time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC), Author: "Jo Doe"}
	r.Git("init", "--quiet", "--initial-branch=main")
	return r
}

// Git runs git and returns what it printed.
func (r *Repo) Git(args ...string) string {
	r.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = r.Dir
	date := fmt.Sprintf("%d +0000", r.Now.Unix())
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "GIT_") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(cmd.Env, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_EDITOR=true",
		"GIT_AUTHOR_NAME="+r.Author, "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME="+r.Author, "GIT_COMMITTER_EMAIL=a@example.com",
		"GIT_AUTHOR_DATE="+date, "GIT_COMMITTER_DATE="+date)
	cmd.Env = append(cmd.Env, Fast()...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		r.Fatalf("git %q: %v\n%s%s", args, err, out, stderr.Bytes())
	}
	return strings.TrimSuffix(string(out), "\n")
}

// Write writes files, named and filled in turn. One without a content is
// deleted.
func (r *Repo) Write(pairs ...string) {
	r.Helper()
	for i := 0; i < len(pairs); i += 2 {
		name := filepath.Join(r.Dir, pairs[i])
		err := os.MkdirAll(filepath.Dir(name), 0o777)
		if err == nil && pairs[i+1] == "" {
			err = os.Remove(name)
		} else if err == nil {
			err = os.WriteFile(name, []byte(pairs[i+1]), 0o666)
		}
		if err != nil {
			r.Fatal(err)
		}
	}
}

// Commit writes files and commits everything. It returns the id.
func (r *Repo) Commit(subject string, pairs ...string) string {
	r.Helper()
	r.Write(pairs...)
	r.Git("add", "--all")
	r.Git("commit", "--quiet", "--allow-empty", "-m", subject)
	r.Now = r.Now.Add(time.Hour)
	return r.Head()
}

// Head returns the id of the current commit.
func (r *Repo) Head() string {
	r.Helper()
	// Most often it stands in a file, which takes no process to read.
	if head, err := os.ReadFile(filepath.Join(r.Dir, ".git/HEAD")); err == nil {
		if ref, is := strings.CutPrefix(strings.TrimSpace(string(head)), "ref: "); is {
			if id, err := os.ReadFile(filepath.Join(r.Dir, ".git", ref)); err == nil {
				return strings.TrimSpace(string(id))
			}
		}
	}
	return r.Git("rev-parse", "HEAD")
}

// Fast is the environment in which git does nothing for a repository's later life: it
// tidies nothing up, and waits for no disk.
func Fast() []string {
	var env []string
	settings := []string{"core.fsync=none", "gc.auto=0", "maintenance.auto=false"}
	for i, s := range settings {
		name, value, _ := strings.Cut(s, "=")
		env = append(env, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", i, name), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", i, value))
	}
	return append(env, fmt.Sprintf("GIT_CONFIG_COUNT=%d", len(settings)))
}

// Open opens the repository.
func (r *Repo) Open() *git.Repo {
	r.Helper()
	repo, err := git.Open(r.Context(), r.Dir)
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() { repo.Close() })
	return repo
}
