package session

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/ledger"
)

// usual is the remote that counts where there are several.
const usual = "origin"

// Remote returns the name of the remote that the ledger and the default branch
// are on: the one that was asked for, else the only one, or origin of several; ""
// where there is none.
func (s *Session) Remote(ctx context.Context) (string, error) {
	repo, err := s.Repo(ctx)
	if err != nil {
		return "", err
	}
	remotes, err := repo.Remotes(ctx)
	asked := s.options.Remote
	switch {
	case err != nil:
		return "", err
	case asked != "" && !slices.Contains(remotes, asked):
		return "", fmt.Errorf("there is no remote `%s`: %s", asked, among(remotes))
	case asked != "":
		return asked, nil
	case len(remotes) == 0:
		return "", nil
	case len(remotes) == 1:
		return remotes[0], nil
	case slices.Contains(remotes, usual):
		return usual, nil
	}
	return "", fmt.Errorf("there are several remotes, and none is `%s`: say with --remote which one counts: %s", usual, strings.Join(remotes, ", "))
}

func among(remotes []string) string {
	if len(remotes) == 0 {
		return "the repository has none"
	}
	return "there is " + strings.Join(remotes, ", ")
}

// Ledger asks where the ledger stands. There being none is no error.
func (s *Session) Ledger(ctx context.Context) (*ledger.Branch, error) {
	remote, err := s.Remote(ctx)
	if err != nil {
		return nil, err
	}
	return ledger.OpenBranch(ctx, s.repo, remote)
}

// Truth loads what is true: the tip of the default branch of the ledger's remote
// and nothing else, whatever is checked out, since what started this run may be
// late. Without a remote it is HEAD.
func (s *Session) Truth(ctx context.Context, b *ledger.Branch) (*Commit, error) {
	id, err := s.trueCommit(ctx, b)
	if err != nil {
		return nil, err
	}
	c, err := s.at(ctx, id)
	if err != nil {
		return nil, err
	}
	if len(c.Names) == 0 {
		return nil, s.NoFolder()
	}
	return c, nil
}

func (s *Session) trueCommit(ctx context.Context, b *ledger.Branch) (string, error) {
	repo, err := s.Repo(ctx)
	if err != nil {
		return "", err
	}
	branch := s.options.Branch
	switch {
	case b.Remote == "" && branch != "":
		return "", UsageError{fmt.Errorf("--branch names the default branch of the remote, and there is no remote: HEAD is true")}
	case b.Remote == "":
		return repo.Resolve(ctx, "HEAD")
	case b.Default != "" && branch != "" && branch != b.Default:
		return "", UsageError{fmt.Errorf("--branch says `%s`, and the default branch of the remote `%s` is `%s`: that alone is true", branch, b.Remote, b.Default)}
	case b.Truth != "":
		return b.Truth, nil
	case branch == "":
		return "", fmt.Errorf("the remote `%s` names no default branch, so it is not known what is true: say with --branch which it is", b.Remote)
	}
	answer, err := repo.AskRemote(ctx, b.Remote, branch)
	if err != nil {
		return "", err
	}
	tip := answer.Branches[branch]
	if tip == "" {
		return "", fmt.Errorf("the remote `%s` has no branch `%s`", b.Remote, branch)
	}
	return tip, repo.Fetch(ctx, b.Remote, map[string]string{branch: tip})
}
