package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/escalations-as-code/escalate/internal/outbox"
)

// told is an error in words that say what to do. Where it is not known whether
// a request was carried out, it says so as well.
func told(err error) error {
	var e *github.ErrorResponse
	message := ""
	if errors.As(err, &e) {
		message = e.Message
	}
	switch s := status(err); {
	case (s == 0 || s >= 500) && read(err):
		return fmt.Errorf("GitHub did not answer as it should: %w", err)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded) && s == 0:
		return fmt.Errorf("%w: %w", outbox.ErrInDoubt, err)
	case s == 0, s >= 500:
		return fmt.Errorf("%w: GitHub did not answer as it should: %w", outbox.ErrInDoubt, err)
	case s == http.StatusUnauthorized:
		return fmt.Errorf("GitHub does not take the token: %s; give GITHUB_TOKEN one that is valid", message)
	case s == http.StatusTooManyRequests, limitReached(err):
		return fmt.Errorf("GitHub's rate limit is reached; run again later: %w", err)
	case s == http.StatusForbidden:
		return fmt.Errorf("GitHub does not allow it: %s; the token needs `issues: write`", message)
	case s == http.StatusGone:
		return fmt.Errorf("GitHub has no issues there, or the issue was deleted: %s", message)
	default:
		return fmt.Errorf("GitHub refused it (%d): %w", s, err)
	}
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
