package gitlab

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge"
)

// What a token needs: a scope, and the role of whom it writes as
// (doc/user/permissions.md).
const (
	toSee     = "the scope `read_api` and the role Reporter"
	toWrite   = "the scope `api` and the role Reporter"
	toPropose = "the scope `api` and the role Developer"
	toMerge   = "the scope `api` and a role that may merge, such as Maintainer"
	toInspect = "the scope `read_api` and the role Maintainer"
)

// another is the token that may do what the token of a job may not.
const another = "a job's own token may not do it: give GITLAB_TOKEN a project access token with "

// inWords is an error about issues in words that say what to do, and of the kind that
// forge tells apart. Where it is not known whether a request was carried out, it says
// so as well.
func (c *client) inWords(err error) error { return c.needing(toWrite, err) }

// needing is inWords of a request that takes another scope or role.
func (c *client) needing(takes string, err error) error {
	if err == nil {
		return nil
	}
	kind := func(kind error, format string, args ...any) error {
		return &forge.Error{Kind: kind, Err: fmt.Errorf(format, args...)}
	}
	says := message(err)
	switch s := status(err); {
	case (s == 0 || s >= 500) && read(err):
		return fmt.Errorf("GitLab did not answer as it should: %w", err)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded) && s == 0:
		return fmt.Errorf("%w: %w", destination.ErrInDoubt, err)
	case s == 0, s >= 500:
		return fmt.Errorf("%w: GitLab did not answer as it should: %w", destination.ErrInDoubt, err)
	case s >= 300 && s < 400:
		return fmt.Errorf("GitLab has it elsewhere, as a project that was renamed or moved (%d): %w", s, err)
	case c.job && (s == http.StatusUnauthorized || s == http.StatusForbidden):
		return kind(forge.ErrForbidden, "GitLab does not allow it (%w): %s%s", err, another, takes)
	case s == http.StatusUnauthorized:
		return kind(forge.ErrToken, "GitLab does not take the token: %s; give GITLAB_TOKEN one that is valid", says)
	case s == http.StatusTooManyRequests:
		return fmt.Errorf("GitLab's rate limit is reached; run again later: %w", err)
	case s == http.StatusForbidden:
		return kind(forge.ErrForbidden, "GitLab does not allow it: %s; the token needs %s", says, takes)
	case s == http.StatusNotFound && c.job:
		return kind(forge.ErrGone, "GitLab shows no such thing (%d); it may be there, and %s%s", s, another, takes)
	case s == http.StatusNotFound, s == http.StatusGone:
		return kind(forge.ErrGone, "GitLab shows no such thing to this token (%d)", s)
	case s == http.StatusBadRequest, s == http.StatusUnprocessableEntity:
		return kind(forge.ErrRefused, "GitLab refused it (%w)", err)
	default:
		return fmt.Errorf("GitLab refused it (%w)", err)
	}
}

// unseen is an error of what is only looked at, in words: what the token may not see,
// GitLab calls not there.
func (c *client) unseen(err error, takes string) error {
	s := status(err)
	if s != http.StatusForbidden && s != http.StatusNotFound && !(c.job && s == http.StatusUnauthorized) {
		return c.needing(takes, err)
	}
	kind := forge.ErrForbidden
	if s == http.StatusNotFound {
		kind = forge.ErrGone
	}
	if c.job {
		return &forge.Error{Kind: kind, Err: fmt.Errorf("GitLab does not show it (%w): %s%s", err, another, takes)}
	}
	return &forge.Error{Kind: kind, Err: fmt.Errorf("GitLab does not show it to this token (%w): it takes %s", err, takes)}
}

// unconfirmed is the error of a reply that does not confirm what was asked.
func unconfirmed(format string, args ...any) error {
	return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), destination.ErrUnconfirmed)
}

// message is what GitLab says of an error; "" where it says nothing.
func message(err error) string {
	var f *failure
	if errors.As(err, &f) {
		return f.says
	}
	return ""
}

// read reports whether an error is that of a request which only reads: after all its
// retries, nothing else is to be expected of the next one, and nothing was carried out.
func read(err error) bool {
	var f *failure
	if errors.As(err, &f) {
		return f.method == http.MethodGet
	}
	var of *url.Error
	return errors.As(err, &of) && strings.EqualFold(of.Op, http.MethodGet)
}
