package git

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// Config returns what the configuration says of a name, such as user.email; "" where
// it says nothing.
func (r *Repo) Config(ctx context.Context, name string) (string, error) {
	out, err := r.output(ctx, "config", "--get", name)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == 1 {
		return "", nil
	}
	return out, err
}

// CommitFile commits a file as it stands on the disk, and nothing else, whatever the
// index holds: as the user would, with their name, hooks and signature. It returns
// the commit.
func (r *Repo) CommitFile(ctx context.Context, path, message string) (string, error) {
	user := *r
	user.env = slices.Clone(r.env)
	for _, v := range os.Environ() {
		if strings.HasPrefix(v, "GIT_AUTHOR_") || strings.HasPrefix(v, "GIT_COMMITTER_") {
			user.env = append(user.env, v)
		}
	}
	if _, err := user.output(ctx, "add", "--", path); err != nil {
		return "", err
	}
	if _, err := user.output(ctx, "commit", "--quiet", "--only", "--message", message, "--", path); err != nil {
		return "", err
	}
	return r.Resolve(ctx, "HEAD")
}

// Unlike reports whether a file on the disk is not as the commit that is checked out
// has it.
func (r *Repo) Unlike(ctx context.Context, path string) (bool, error) {
	out, err := r.output(ctx, "status", "--porcelain", "--", path)
	return out != "", err
}

// Forward moves the branch that is checked out, and the files on the disk, on to a
// commit that has it in its history. Where that would change what somebody has
// edited, nothing is done, and the error says what.
func (r *Repo) Forward(ctx context.Context, commit string) error {
	_, err := r.output(ctx, "merge", "--quiet", "--ff-only", commit)
	return err
}

// Address returns the address of a remote.
func (r *Repo) Address(ctx context.Context, remote string) (string, error) {
	return r.output(ctx, "remote", "get-url", remote)
}
