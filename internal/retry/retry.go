// Package retry makes HTTP clients that are patient with a platform: they wait
// where it asks them to, and send again what may be sent again.
package retry

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// Platform says how a platform asks to wait, and what may be sent to it twice.
type Platform struct {
	// Limited reports whether a reply refuses the request for the rate at which
	// the platform is asked, and for how long it asks to wait, 0 where it does
	// not say. Such a request was not carried out.
	Limited func(*http.Response) (wait time.Duration, limited bool)
	// Repeatable reports whether a request may be carried out twice. Whether
	// another was carried out before its reply was lost, the caller finds out.
	Repeatable func(method, url string) bool
}

// The bounds of waiting: a run that has to wait longer fails, and the next one
// does the rest.
const (
	retries = 5
	longest = time.Minute
	timeout = 30 * time.Second
)

// NewClient returns a client for a platform.
func NewClient(p Platform) *http.Client {
	c := retryablehttp.NewClient()
	c.Logger = nil // it would print addresses, which may be secret
	c.RetryMax = retries
	c.CheckRetry = p.again
	c.Backoff = p.backoff
	c.RetryWaitMin, c.RetryWaitMax = 200*time.Millisecond, longest
	c.ErrorHandler = retryablehttp.PassthroughErrorHandler
	c.HTTPClient.Timeout = timeout
	return c.StandardClient()
}

// again reports whether a request is sent again.
func (p Platform) again(ctx context.Context, r *http.Response, err error) (bool, error) {
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if r == nil {
		var of *url.Error
		return errors.As(err, &of) && p.Repeatable(of.Op, of.URL), nil
	}
	if wait, limited := p.Limited(r); limited {
		return wait <= longest, nil
	}
	return r.StatusCode >= 500 && p.Repeatable(r.Request.Method, r.Request.URL.String()), nil
}

// backoff is how long to wait before a request is sent again.
func (p Platform) backoff(least, most time.Duration, attempt int, r *http.Response) time.Duration {
	if r != nil {
		if wait, limited := p.Limited(r); limited && (wait > 0 || r.Header.Get("Retry-After") != "") {
			return wait
		}
	}
	return retryablehttp.DefaultBackoff(least, min(most, 10*time.Second), attempt, nil)
}
