package session

import (
	"cmp"
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
	return ledger.OpenBranch(ctx, s.repo, remote, s.options.Branch)
}

// Truth loads what is true: the tip of the default branch of the ledger's remote
// and nothing else, whatever is checked out, since what started this run may be
// late. Without a remote it is HEAD.
func (s *Session) Truth(ctx context.Context, b *ledger.Branch) (*Commit, error) {
	id, err := True(b, s.options.Branch)
	if err != nil {
		return nil, err
	}
	if _, err := s.Repo(ctx); err != nil {
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

// True returns the commit that is true by where the branches of a ledger stand:
// nothing that a clone has and the remote's default branch has not is ever told.
// named is the default branch where the remote names none; it can name no other.
func True(b *ledger.Branch, named string) (string, error) {
	switch {
	case b.Remote == "" && named != "":
		return "", UsageError{fmt.Errorf("--branch names the default branch of the remote, and there is no remote: HEAD is true")}
	case b.Remote == "" && b.Truth == "":
		return "", fmt.Errorf("nothing is committed here yet, so nothing is true")
	case b.Default != "" && named != "" && named != b.Default:
		return "", UsageError{fmt.Errorf("--branch says `%s`, and the default branch of the remote `%s` is `%s`: that alone is true", named, b.Remote, b.Default)}
	case b.Remote != "" && b.Default == "" && named == "":
		return "", fmt.Errorf("the remote `%s` names no default branch, so it is not known what is true: say with --branch which it is", b.Remote)
	case b.Truth == "":
		return "", fmt.Errorf("the remote `%s` has no branch `%s`", b.Remote, cmp.Or(b.Default, named))
	}
	return b.Truth, nil
}
