// Package git reads a repository: its commits, the files of one of them, and
// what changed between them; and it adds commits to a branch of its own, here or
// on a remote. It alone runs git, the one that is installed, and knows paths,
// not escalations.
//
// A call runs a fixed number of git processes, however many commits and files
// it is about, and hands on what they print as it comes. Commits and contents
// are named by their ids in full, which never change their meaning, and of
// which none can be taken for an option; Resolve makes one of any other name.
// Paths, in and out, are relative to the folder that was opened.
//
// It needs git 2.31 (March 2021) or later.
package git

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/escalations-as-code/escalate/internal/source"
)

// Repo is a repository, seen from a folder in it. It can be used by several
// goroutines, and is to be closed.
type Repo struct {
	// Dir is the folder, as an absolute path.
	Dir string
	// Prefix is its path within the repository, "" at the top.
	Prefix string
	// Bare reports that Dir is in no working tree.
	Bare bool
	// Shallow reports that the history was cut off when it was cloned.
	Shallow bool

	git      string
	env      []string
	sha256   bool
	boundary map[string]bool // the commits whose parents a shallow clone lacks
	reader   *reader
}

// Open finds the repository that dir is in. The error may be ErrNoGit or
// ErrNoRepository.
func Open(ctx context.Context, dir string) (*Repo, error) {
	r := &Repo{env: environment(), reader: &reader{}}
	var err error
	if r.git, err = exec.LookPath("git"); errors.Is(err, exec.ErrNotFound) {
		return nil, &kindError{"git is not installed, or not in the PATH; it is needed to read the history", []error{ErrNoGit}}
	} else if err != nil {
		return nil, fmt.Errorf("cannot run git: %w", err)
	}
	if r.Dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	if info, err := os.Stat(r.Dir); err != nil {
		return nil, err
	} else if !info.IsDir() {
		return nil, errors.New(code(dir) + " is not a folder")
	}
	// The prefix comes last: it alone may contain a line break.
	out, err := r.output(ctx, "rev-parse", "--is-inside-work-tree", "--is-shallow-repository", "--show-object-format", "--show-prefix")
	if strings.Contains(said(err), "not a git repository (or any") {
		return nil, &kindError{code(dir) + " is not in a git repository", []error{ErrNoRepository}}
	} else if err != nil {
		return nil, fmt.Errorf("cannot open the repository of %s: %w", code(dir), err)
	}
	facts := strings.SplitN(out, "\n", 4)
	if len(facts) != 4 {
		return nil, fmt.Errorf("cannot open the repository of %s: git rev-parse says %q", code(dir), out)
	}
	r.Bare = facts[0] != "true"
	r.Shallow = facts[1] == "true"
	r.sha256 = facts[2] == "sha256"
	r.Prefix = strings.TrimSuffix(facts[3], "/")
	if r.Shallow {
		if err := r.readBoundary(ctx); err != nil {
			return nil, fmt.Errorf("cannot see where the shallow clone %s ends: %w", code(dir), err)
		}
	}
	return r, nil
}

// readBoundary reads where the history was cut off. Git shows such a commit as
// one that has no parents and adds every file, which is not so.
func (r *Repo) readBoundary(ctx context.Context) error {
	name, err := r.output(ctx, "rev-parse", "--git-path", "shallow")
	if err != nil {
		return err
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(r.Dir, name)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	r.boundary = map[string]bool{}
	for id := range strings.FieldsSeq(string(data)) {
		r.boundary[id] = true
	}
	return nil
}

// Resolve returns the id of the commit that rev names: a branch, a tag, the
// beginning of an id, HEAD~1. Where there is none, the error is ErrNoCommit,
// with ErrShallow if that may be why.
func (r *Repo) Resolve(ctx context.Context, rev string) (string, error) {
	id, err := r.lookUp(ctx, rev)
	if err == nil {
		return id, nil
	} else if said(err) == "" { // git did not run, or was stopped
		return "", fmt.Errorf("cannot look up %s: %w", code(rev), err)
	}
	e := &kindError{"there is no commit " + code(rev) + " here", []error{ErrNoCommit}}
	why := strings.Trim(strings.ReplaceAll(said(err), "fatal: Needed a single revision", ""), "; ")
	if rev == "HEAD" && why == "" {
		e.text = "the repository has no commit yet"
	} else if _, err := r.named(ctx, "refs/remotes/origin/"+rev); err == nil {
		// What a clone has of a branch that it did not check out.
		e.text += "; did you mean " + code("origin/"+rev) + "?"
	} else if r.Shallow {
		e.text += "; " + deepen
		e.kinds = append(e.kinds, ErrShallow)
	} else if why != "" {
		e.text += " (" + why + ")"
	}
	return "", e
}

// Ref returns the id of the commit that a ref stands for, "" where there is none.
func (r *Repo) Ref(ctx context.Context, name string) (string, error) {
	c, err := r.named(ctx, name)
	if err == nil || errors.Is(err, errMissing) {
		return c.id, nil
	}
	id, err := r.Resolve(ctx, name)
	if errors.Is(err, ErrNoCommit) {
		return "", nil
	}
	return id, err
}

// lookUp is Resolve, with the error of git.
func (r *Repo) lookUp(ctx context.Context, rev string) (string, error) {
	if rev == "" || strings.ContainsRune(rev, 0) {
		return "", &commandError{command: "rev-parse", said: "that is no name", err: ErrNoCommit}
	}
	if c, err := r.named(ctx, rev); err == nil {
		return c.id, nil
	}
	id, err := r.output(ctx, "rev-parse", "--verify", "--end-of-options", rev+"^{commit}")
	if err == nil && !r.isID(id) { // a range, or ^ before it
		err = &commandError{command: "rev-parse", said: "that is not one commit", err: ErrNoCommit}
	}
	return id, err
}

// MergeBase returns the id of the best common ancestor of two commits. Where
// there is none, the error is ErrNoMergeBase, with ErrShallow if that may be
// why.
func (r *Repo) MergeBase(ctx context.Context, a, b string) (string, error) {
	if err := r.checkIDs(a, b); err != nil {
		return "", err
	}
	if a == b {
		return a, context.Cause(ctx)
	}
	id, err := r.output(ctx, "merge-base", a, b)
	exit, _ := errors.AsType[*exec.ExitError](err)
	switch {
	case err == nil:
		return id, nil
	case exit == nil || exit.ExitCode() != 1:
		return "", fmt.Errorf("cannot find the common ancestor of %s and %s: %w", a, b, err)
	case r.Shallow:
		return "", &kindError{fmt.Sprintf("%s and %s have no common ancestor here; %s", a, b, deepen), []error{ErrNoMergeBase, ErrShallow}}
	default:
		return "", &kindError{fmt.Sprintf("%s and %s have no common ancestor: their histories are unrelated", a, b), []error{ErrNoMergeBase}}
	}
}

// Hash returns the hash by which the repository names contents: its Identity is
// the id that data has, or would have, as the content of a file.
func (r *Repo) Hash() source.Hash {
	if r.sha256 {
		return sha256.New
	}
	return source.SHA1
}

// isID reports whether s is an object's id in full.
func (r *Repo) isID(s string) bool {
	if len(s) != sha1.Size*2 && !r.sha256 || len(s) != sha256.Size*2 && r.sha256 {
		return false
	}
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

func (r *Repo) checkIDs(ids ...string) error {
	for _, id := range ids {
		if !r.isID(id) {
			return fmt.Errorf("%q is not the id of a commit in full", id)
		}
	}
	return nil
}
