package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"

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

func limitReached(err error) bool {
	var rate *github.RateLimitError
	var abuse *github.AbuseRateLimitError
	return errors.As(err, &rate) || errors.As(err, &abuse)
}
