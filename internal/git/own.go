package git

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
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
// the commit. Where there is an error, nothing is committed, and nothing of the file
// staged.
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
	if _, err := user.output(ctx, "commit", "--quiet", "--cleanup=verbatim", "--only", "--message", message+"\n", "--", path); err != nil {
		if _, undo := user.output(ctx, "reset", "--quiet", "--", path); undo != nil { // there is no commit yet
			_, undo = user.output(ctx, "rm", "--quiet", "--cached", "--force", "--ignore-unmatch", "--", path)
			return "", errors.Join(err, undo)
		}
		return "", err
	}
	return r.Resolve(ctx, "HEAD")
}

// Unlike reports whether a file on the disk is not as the commit that is checked out
// has it. What neither has is alike.
func (r *Repo) Unlike(ctx context.Context, path string) (bool, error) {
	var committed, onDisk string
	head, err := r.Resolve(ctx, "HEAD")
	if err != nil && !errors.Is(err, ErrNoCommit) {
		return false, err
	}
	if err == nil {
		files, err := r.Tree(ctx, head, path)
		if err != nil {
			return false, err
		}
		defer files.Close()
		if committed, err = files.Identity(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return false, err
		}
	}
	if _, err := os.Lstat(filepath.Join(r.Dir, filepath.FromSlash(path))); err == nil {
		ids, err := r.Cleaned(ctx, []string{path})
		if err != nil {
			return false, err
		}
		onDisk = ids[0]
	}
	return onDisk != committed, nil
}

// Addresses are those of a remote: the one that git goes to, and the one that stands in
// the configuration, where a rule of it has git go elsewhere.
func (r *Repo) Addresses(ctx context.Context, remote string) ([]string, error) {
	to, err := r.output(ctx, "remote", "get-url", remote)
	if err != nil {
		return nil, err
	}
	stated, err := r.Config(ctx, "remote."+remote+".url")
	return []string{to, stated}, err
}
