// Package github is GitHub as a forge, and nothing else: package tracking decides
// what is said there. It alone opens connections to it.
package github

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/escalations-as-code/escalate/internal/retry"
)

// Config says which repository, and how to get there.
type Config struct {
	// API is the address of the REST API; "" for github.com. GitHub Enterprise
	// Server has it at /api/v3. GraphQL is that of the GraphQL API; without one, or with
	// one of another host, which the token is not for, it is not asked.
	API, GraphQL string
	// Repository is owner/name.
	Repository string
	Token      string
	// UserAgent names this program.
	UserAgent string
	// Now is the clock, and Wait waits: github.com takes so many issues and comments
	// in a minute. Without them, it is not waited for.
	Now  func() time.Time
	Wait func(context.Context, time.Duration) error
	// Says is told what is waited for, if it is not nil.
	Says func(string)
}

// client is the API of one repository.
type client struct {
	*github.Client
	owner, repo, graphQL string
	app                  bool // the token is no person's
}

func newClient(c Config) (*client, error) {
	owner, repo, ok := strings.Cut(c.Repository, "/")
	if !ok || owner == "" || repo == "" || strings.Contains(repo, "/") {
		return nil, fmt.Errorf("%q is no repository: write owner/name", c.Repository)
	}
	gh := github.NewClient(retry.NewClient(platform())).WithAuthToken(c.Token)
	gh.UserAgent = c.UserAgent
	if c.API != "" {
		base, err := url.Parse(strings.TrimSuffix(c.API, "/") + "/")
		if err != nil || base.Host == "" {
			return nil, fmt.Errorf("%q is no address of GitHub's API", c.API)
		}
		gh.BaseURL = base
	}
	graphQL := c.GraphQL
	if u, err := url.Parse(graphQL); err != nil || u.Host != gh.BaseURL.Host { // no other host gets the token
		graphQL = ""
	}
	return &client{gh, owner, repo, graphQL, isApp(c.Token)}, nil
}

// platform is how GitHub asks to wait. Only a POST must not be carried out twice.
func platform() retry.Platform {
	return retry.Platform{
		Limited:    limited,
		Repeatable: func(method, _ string) bool { return !strings.EqualFold(method, http.MethodPost) },
	}
}

// limited reports whether GitHub refused a request for its rate, and for how long
// it asks to wait.
func limited(r *http.Response) (time.Duration, bool) {
	if r.StatusCode != http.StatusForbidden && r.StatusCode != http.StatusTooManyRequests {
		return 0, false
	}
	spent := r.Header.Get("X-RateLimit-Remaining") == "0"
	switch after := retry.After(r.Header); {
	case after != retry.Unsaid:
		return after, true
	case spent:
		return reset(r.Header), true
	case r.StatusCode == http.StatusTooManyRequests:
		return retry.Unsaid, true
	default:
		return time.Minute, secondary(r) // which GitHub's manual says to wait
	}
}

// reset is for how long the primary rate limit asks to wait, by GitHub's clock.
func reset(h http.Header) time.Duration {
	at, err := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64)
	now, nowErr := http.ParseTime(h.Get("Date"))
	if err != nil || nowErr != nil || !time.Unix(at, 0).After(now) {
		return retry.Unsaid
	}
	return time.Unix(at, 0).Sub(now) + time.Second
}

// secondary reports whether GitHub refused a request for its secondary rate
// limits, and says so in words alone.
func secondary(r *http.Response) bool {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
	rest := r.Body
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(body), rest), rest}
	return err == nil && bytes.Contains(bytes.ToLower(body), []byte("secondary rate limit"))
}

// status is the status of the reply that an error is about; 0 where there was
// none, or none that could be read.
func status(err error) int {
	var e *github.ErrorResponse
	if errors.As(err, &e) && e.Response != nil {
		return e.Response.StatusCode
	}
	var rate *github.RateLimitError
	var abuse *github.AbuseRateLimitError
	if errors.As(err, &rate) || errors.As(err, &abuse) {
		return http.StatusForbidden
	}
	return 0
}
