package ledger

import (
	"context"
	"io"

	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/source"
)

// Store is where a ledger is kept: git, or the memory of a test.
type Store interface {
	// Ask asks where the branches stand, at one moment, and gets what they hold.
	Ask(ctx context.Context) (Standing, error)
	// Files are those of a commit, or of the parts of it that are named. The caller
	// closes them.
	Files(ctx context.Context, commit string, within ...string) (Files, error)
	// Push makes a commit, and makes it the tip of the ledger if its parent still is.
	// Else the error is git.ErrMoved; any other says why it is refused.
	Push(ctx context.Context, c git.NewCommit) (id string, err error)
	// Seen is the tip of the ledger that this clone knows of; "" where it knows none.
	// See remembers one.
	Seen(ctx context.Context) (string, error)
	See(ctx context.Context, commit string) error
	// Follows reports whether a commit has another in its history, or is it.
	Follows(ctx context.Context, commit, before string) (bool, error)
}

// Standing is where branches stand.
type Standing struct {
	// Tip is the commit of the ledger; "" where there is none.
	Tip string
	// Default is the name of the remote's default branch; "" where there is no
	// remote, or none of it.
	Default string
	// Truth is the commit that is true: the tip of the default branch, or, where the
	// remote names none, of the branch that was named; without a remote HEAD. ""
	// where there is none.
	Truth string
}

// Files are the files of a commit.
type Files interface {
	source.FS
	io.Closer
}

// What keeps commits from being collected: own names what was written last, whether
// it was pushed or not, and seen the tip that was seen last.
const (
	own  = "refs/escalate/ledger"
	seen = "refs/escalate/seen"
)

// inGit keeps a ledger in git.
type inGit struct {
	repo          *git.Repo
	remote, named string
}

// InGit keeps a ledger on the remote of a repository, or here where remote is "".
// named is the default branch, where the remote names none.
func InGit(repo *git.Repo, remote, named string) Store { return inGit{repo, remote, named} }

func (s inGit) Ask(ctx context.Context) (Standing, error) {
	if s.remote == "" {
		tip, err := s.repo.Ref(ctx, "refs/heads/"+Name)
		if err != nil {
			return Standing{}, err
		}
		truth, err := s.repo.Ref(ctx, "HEAD")
		return Standing{Tip: tip, Truth: truth}, err
	}
	asked := []string{Name}
	if s.named != "" {
		asked = append(asked, s.named)
	}
	answer, err := s.repo.AskRemote(ctx, s.remote, asked...)
	if err != nil {
		return Standing{}, err
	}
	at := Standing{Tip: answer.Branches[Name], Default: answer.Default, Truth: answer.Branches[answer.Default]}
	if at.Default == "" {
		at.Truth = answer.Branches[s.named]
	}
	return at, s.repo.Fetch(ctx, s.remote, answer.Branches)
}

func (s inGit) Files(ctx context.Context, commit string, within ...string) (Files, error) {
	t, err := s.repo.Tree(ctx, commit, within...)
	if err != nil {
		return nil, err
	}
	return t, nil
}

func (s inGit) Push(ctx context.Context, c git.NewCommit) (string, error) {
	commit, err := s.repo.Commit(ctx, own, c)
	switch {
	case err != nil:
	case s.remote != "":
		err = s.repo.Push(ctx, s.remote, commit, Name)
	default:
		err = s.repo.Move(ctx, Name, commit, c.Parent)
	}
	return commit, err
}

func (s inGit) Seen(ctx context.Context) (string, error) { return s.repo.Ref(ctx, seen) }

func (s inGit) See(ctx context.Context, commit string) error {
	return s.repo.Keep(ctx, seen, commit)
}

func (s inGit) Follows(ctx context.Context, commit, before string) (bool, error) {
	return s.repo.IsAncestor(ctx, before, commit)
}
