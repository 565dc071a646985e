package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge"
)

// inWords is an error about issues in words that say what to do, and of the kind that
// forge tells apart. Where it is not known whether a request was carried out, it says
// so as well.
func inWords(err error) error { return needing("issues: write", err) }

// needing is inWords of a request that takes another permission.
func needing(permission string, err error) error {
	if err == nil {
		return nil
	}
	message := message(err)
	kind := func(kind error, format string, args ...any) error {
		return &forge.Error{Kind: kind, Err: fmt.Errorf(format, args...)}
	}
	switch s := status(err); {
	case (s == 0 || s >= 500) && read(err):
		return fmt.Errorf("GitHub did not answer as it should: %w", err)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded) && s == 0:
		return fmt.Errorf("%w: %w", destination.ErrInDoubt, err)
	case s == 0, s >= 500:
		return fmt.Errorf("%w: GitHub did not answer as it should: %w", destination.ErrInDoubt, err)
	case s >= 300 && s < 400:
		return fmt.Errorf("GitHub has it elsewhere, as an issue that was moved to another repository (%d): %w", s, err)
	case s == http.StatusUnauthorized:
		return kind(forge.ErrToken, "GitHub does not take the token: %s; give GITHUB_TOKEN one that is valid", message)
	case s == http.StatusTooManyRequests, limitReached(err):
		return fmt.Errorf("GitHub's rate limit is reached; run again later: %w", err)
	case s == http.StatusForbidden && strings.Contains(message, "locked"):
		return kind(forge.ErrLocked, "it is locked, and GitHub takes no comment of ours: somebody who may write unlocks the conversation, and the next run tells it")
	case s == http.StatusForbidden:
		return kind(forge.ErrForbidden, "GitHub does not allow it: %s; the token needs `%s`", message, permission)
	case s == http.StatusGone:
		return kind(forge.ErrGone, "GitHub has no issues there, or the issue was deleted: %s", message)
	case s == http.StatusNotFound:
		return kind(forge.ErrGone, "GitHub refused it (%d): %w", s, err)
	case s == http.StatusUnprocessableEntity:
		return kind(forge.ErrRefused, "GitHub refused it (%d): %w", s, err)
	default:
		return fmt.Errorf("GitHub refused it (%d): %w", s, err)
	}
}

// message is what GitHub says of an error; "" where it says nothing.
func message(err error) string {
	var e *github.ErrorResponse
	if errors.As(err, &e) {
		return e.Message
	}
	return ""
}

// read reports whether an error is that of a request which only reads: after all
// its retries, nothing else is to be expected of the next one, and nothing was
// carried out.
func read(err error) bool {
	var e *github.ErrorResponse
	if errors.As(err, &e) && e.Response != nil && e.Response.Request != nil {
		return e.Response.Request.Method == http.MethodGet
	}
	var of *url.Error
	return errors.As(err, &of) && strings.EqualFold(of.Op, http.MethodGet)
}

func limitReached(err error) bool {
	var rate *github.RateLimitError
	var abuse *github.AbuseRateLimitError
	return errors.As(err, &rate) || errors.As(err, &abuse)
}
