// Package session opens what a command is about: the folder of a repository, its
// commits as trees, its ledger, and the lock that keeps two runs apart. It decides
// which commit is true.
package session

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/source"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// Options says what a session is about.
type Options struct {
	// Dir is the folder of the repository; "" for the nearest one from Here
	// upwards that holds the escalations.
	Dir, Here string
	// Remote is the name of the remote that the ledger and the default branch are
	// on; "" for the only one, or origin.
	Remote string
	// Branch is the name of the default branch, where the remote names none.
	Branch string
}

// UsageError is an error of whoever chose the options.
type UsageError struct{ error }

// Session is one command's look at a repository. What it opened is open until
// Close.
type Session struct {
	// Dir is the folder of the repository.
	Dir string
	// Check compares files with their schema.
	Check *shape.Checker

	options Options
	repo    *git.Repo // nil until a commit is asked for
	common  string    // the folder that working trees share; "" until it is asked for
	commits []*git.Tree
	unlock  func()
}

// Open finds the folder. Nothing of git is needed until a commit is asked for.
func Open(o Options) (*Session, error) {
	check, err := shape.NewChecker()
	if err != nil {
		return nil, err
	}
	return &Session{Dir: find(o), Check: check, options: o}, nil
}

// find returns the folder of the repository. Where there is none, it is the one
// that Open was asked for: Working says what is missing.
func find(o Options) string {
	if o.Dir != "" {
		return o.Dir
	}
	nowhere := o.Here
	for dir := o.Here; ; dir = filepath.Dir(dir) {
		if info, err := os.Stat(filepath.Join(dir, tree.Folder)); err == nil && info.IsDir() {
			return dir
		}
		if own, _ := gitDirs(dir); own != "" && nowhere == o.Here && isSparse(own) { // the folder may be in git, and not on the disk
			nowhere = dir
		}
		if dir == filepath.Dir(dir) {
			return nowhere
		}
	}
}

// Close ends what was opened, and gives the lock back.
func (s *Session) Close() {
	for _, c := range s.commits {
		c.Close()
	}
	if s.repo != nil {
		s.repo.Close()
	}
	if s.unlock != nil {
		s.unlock()
	}
}

// Err returns why what was read cannot be relied on: the command was stopped, or
// git failed. Whoever reads files takes such a one for a broken one.
func (s *Session) Err(ctx context.Context) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	var all error
	for _, c := range s.commits {
		all = errors.Join(all, c.Err())
	}
	return all
}

// Repo opens the repository, once.
func (s *Session) Repo(ctx context.Context) (*git.Repo, error) {
	if s.repo == nil {
		repo, err := git.Open(ctx, s.Dir)
		if err != nil {
			return nil, err
		}
		s.repo = repo
	}
	return s.repo, nil
}

// isBare reports whether a folder is what git keeps of a repository, without the
// files that are worked on.
func isBare(dir string) bool {
	for _, name := range []string{"HEAD", "objects", "refs"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	return true
}

// hash is that of the repository. Only a tree that is compared with a commit
// needs it, so that there is one by then.
func (s *Session) hash() hash.Hash {
	if s.repo == nil {
		return source.SHA1()
	}
	return s.repo.Hash()()
}

// NoFolder is tree.ErrNoFolder, with where it was looked for and what to do.
func (s *Session) NoFolder() error {
	return fmt.Errorf("%w (%s): go to the repository, or name it with --dir", tree.ErrNoFolder, s.Dir)
}

// Commit is the tree of a commit.
type Commit struct {
	*tree.Tree
	ID    string
	Files *git.Tree
}

// Commit loads the tree of a commit that is named in any way that git knows.
// Where it has no folder of escalations, the tree is empty; so it is where the error
// is a *tree.NotFolderError. ctx holds until Close.
func (s *Session) Commit(ctx context.Context, rev string) (*Commit, error) {
	repo, err := s.Repo(ctx)
	if err != nil {
		return nil, err
	}
	id, err := repo.Resolve(ctx, rev)
	if err != nil {
		return nil, err
	}
	return s.at(ctx, id)
}

// Base loads what a commit is compared with where rev is named as the base: the
// newest commit that rev and it have in common. Its errors are those of Commit.
func (s *Session) Base(ctx context.Context, rev, head string) (*Commit, error) {
	repo, err := s.Repo(ctx)
	if err != nil {
		return nil, err
	}
	if head, err = repo.Resolve(ctx, head); err != nil {
		return nil, err
	}
	id, err := repo.Resolve(ctx, rev)
	if err != nil {
		return nil, err
	}
	if id, err = repo.MergeBase(ctx, id, head); err != nil {
		return nil, err
	}
	return s.at(ctx, id)
}

// at loads the tree of a commit by its id.
func (s *Session) at(ctx context.Context, id string) (*Commit, error) {
	files, err := s.repo.Tree(ctx, id, tree.Folder)
	if err != nil {
		return nil, err
	}
	s.commits = append(s.commits, files)
	t, err := tree.Open(files, s.Check)
	if errors.Is(err, tree.ErrNoFolder) {
		t, err = tree.Empty(), nil
	}
	if astray := (*tree.NotFolderError)(nil); errors.As(err, &astray) {
		return &Commit{Tree: tree.Empty(), ID: id, Files: files}, fmt.Errorf("in commit %.10s: %w", id, err)
	}
	if err != nil {
		return nil, err
	}
	if t.Authored, err = s.repo.Authored(ctx, id); err != nil {
		return nil, err
	}
	return &Commit{Tree: t, ID: id, Files: files}, nil
}

// commonDir is the folder that all working trees of the repository share.
func (s *Session) commonDir(ctx context.Context) (string, error) {
	if s.common != "" {
		return s.common, nil
	}
	repo, err := s.Repo(ctx)
	if err != nil {
		return "", err
	}
	s.common, err = repo.CommonDir(ctx)
	return s.common, err
}

// Lock keeps other runs in this clone away until Close. It waits for one that is
// at work.
func (s *Session) Lock(ctx context.Context) error {
	dir, err := s.commonDir(ctx)
	if err != nil {
		return err
	}
	l := flock.New(filepath.Join(dir, "escalate.lock"))
	if _, err := l.TryLockContext(ctx, 50*time.Millisecond); err != nil {
		return fmt.Errorf("cannot lock the repository against other runs: %w", err)
	}
	s.unlock = func() { _ = l.Unlock() } // the end of the process does it as well
	return nil
}

// Clone returns a name of this clone on a host: always the same, and another than
// that of any other clone.
func (s *Session) Clone(ctx context.Context, host string) (string, error) {
	dir, err := s.commonDir(ctx)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(host + "\x00" + dir))
	return "local-" + hex.EncodeToString(sum[:6]), nil
}
