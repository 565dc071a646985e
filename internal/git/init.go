package git

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// Init makes a repository of a folder, without a commit, and opens it. Its first
// commit will be on a branch of the name.
func Init(ctx context.Context, dir, branch string) (*Repo, error) {
	r := &Repo{env: environment()}
	var err error
	if r.git, err = exec.LookPath("git"); errors.Is(err, exec.ErrNotFound) {
		return nil, &kindError{"git is not installed, or not in the PATH; it is needed to make a repository", []error{ErrNoGit}}
	} else if err != nil {
		return nil, fmt.Errorf("cannot run git: %w", err)
	}
	if r.Dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	if _, err := r.output(ctx, "init", "--quiet", "--initial-branch="+branch); err != nil {
		return nil, fmt.Errorf("cannot make a repository of %s: %w", code(dir), err)
	}
	return Open(ctx, dir)
}

// DefaultBranch returns the name of a remote's default branch, as it was when the
// repository was cloned; "" where that is not known. It asks nobody: AskRemote does.
func (r *Repo) DefaultBranch(ctx context.Context, remote string) (string, error) {
	out, err := r.output(ctx, "symbolic-ref", "--quiet", "refs/remotes/"+remote+"/HEAD")
	if err != nil && said(err) == "" && context.Cause(ctx) == nil {
		return "", nil // git says nothing of a name that is none
	}
	return strings.TrimPrefix(out, "refs/remotes/"+remote+"/"), err
}
