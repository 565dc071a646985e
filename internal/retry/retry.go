// Package retry makes HTTP clients that are patient with a platform: they wait
// where it asks them to, and send again what may be sent again.
package retry

import (
	"context"
	"errors"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// Platform says how a platform asks to wait, and what may be sent to it twice.
type Platform struct {
	// Limited reports whether a reply refuses the request for the rate at which
	// the platform is asked, and for how long it asks to wait; Unsaid where it
	// does not say. Such a request was not carried out.
	Limited func(*http.Response) (wait time.Duration, limited bool)
	// Repeatable reports whether a request may be carried out twice. Whether
	// another was carried out before its reply was lost, the caller finds out.
	Repeatable func(method, url string) bool
}

// Unsaid is the time to wait of a platform that does not say how long.
const Unsaid = time.Duration(-1)

// The bounds of waiting: a run that has to wait longer fails, and the next one
// does the rest.
const (
	Retries = 5
	Longest = time.Minute
	timeout = 30 * time.Second
)

// ErrEmpty is returned where a platform says that all is well, and nothing else.
var ErrEmpty = errors.New("the reply is empty")

// NewClient returns a client for a platform.
func NewClient(p Platform) *http.Client {
	c := retryablehttp.NewClient()
	c.Logger = nil // it would print addresses, which may be secret
	c.RetryMax = Retries
	c.CheckRetry = p.Again
	c.Backoff = p.Backoff
	c.RetryWaitMin, c.RetryWaitMax = 200*time.Millisecond, Longest
	c.ErrorHandler = retryablehttp.PassthroughErrorHandler
	c.HTTPClient.Timeout = timeout
	c.HTTPClient.CheckRedirect = redirected
	client := c.StandardClient()
	client.CheckRedirect = redirected
	return client
}

// redirected follows a redirection of a request that reads. Of one that writes,
// HTTP makes one that reads, whose reply would be taken for that of the other.
func redirected(_ *http.Request, via []*http.Request) error {
	switch {
	case via[0].Method != http.MethodGet:
		return http.ErrUseLastResponse
	case len(via) >= 10:
		return errors.New("it is redirected without an end")
	}
	return nil
}

// Again reports whether a request is sent again, after its reply or an error.
func (p Platform) Again(ctx context.Context, r *http.Response, err error) (bool, error) {
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if r == nil {
		var of *url.Error
		return errors.As(err, &of) && p.Repeatable(of.Op, of.URL), nil
	}
	if r.ContentLength == 0 && r.StatusCode == http.StatusOK && r.Request.Method == http.MethodGet {
		return true, ErrEmpty // it would be read as a list of nothing
	}
	if wait, limited := p.Limited(r); limited {
		return wait <= Longest, nil
	}
	address := ""
	if r.Request.URL != nil {
		address = r.Request.URL.String()
	}
	return r.StatusCode >= 500 && p.Repeatable(r.Request.Method, address), nil
}

// Backoff is how long to wait before a request is sent again.
func (p Platform) Backoff(least, most time.Duration, attempt int, r *http.Response) time.Duration {
	if r != nil {
		if wait, limited := p.Limited(r); limited && wait != Unsaid {
			return wait
		}
	}
	return retryablehttp.DefaultBackoff(least, min(most, 10*time.Second), attempt, nil)
}

// After is what the header Retry-After says: seconds or, as a proxy may say it, a
// moment, by the clock of whoever says it. It is Unsaid where it says nothing.
func After(h http.Header) time.Duration {
	after := h.Get("Retry-After")
	if seconds, err := strconv.ParseInt(after, 10, 32); err == nil && seconds >= 0 {
		return time.Duration(seconds) * time.Second
	} else if errors.Is(err, strconv.ErrRange) {
		return math.MaxInt64
	}
	at, err := http.ParseTime(after)
	now, nowErr := http.ParseTime(h.Get("Date"))
	if err != nil || nowErr != nil {
		return Unsaid
	}
	return max(at.Sub(now), 0)
}
