// Package github tells on GitHub: one tracking issue for each escalation, with a
// comment for each moment, and one comment with the plan on a pull request. It
// alone opens connections there.
package github

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"
	"github.com/hashicorp/go-retryablehttp"
)

// Config says which repository, and how to get there.
type Config struct {
	// API is the address of the REST API; "" for github.com. GitHub Enterprise
	// Server has it at /api/v3.
	API string
	// Repository is owner/name.
	Repository string
	Token      string
	// UserAgent names this program.
	UserAgent string
}

// client is the API of one repository.
type client struct {
	*github.Client
	owner, repo string
}

// The bounds of waiting for GitHub: a run that has to wait longer fails, and the
// next one does the rest.
const (
	retries = 5
	longest = time.Minute
	timeout = 30 * time.Second
)

func newClient(c Config) (*client, error) {
	owner, repo, ok := strings.Cut(c.Repository, "/")
	if !ok || owner == "" || repo == "" || strings.Contains(repo, "/") {
		return nil, fmt.Errorf("%q is no repository: write owner/name", c.Repository)
	}
	retrying := retryablehttp.NewClient()
	retrying.Logger = nil // it would print addresses
	retrying.RetryMax = retries
	retrying.CheckRetry = retry
	retrying.Backoff = backoff
	retrying.RetryWaitMin, retrying.RetryWaitMax = 200*time.Millisecond, longest
	retrying.ErrorHandler = retryablehttp.PassthroughErrorHandler
	retrying.HTTPClient.Timeout = timeout
	gh := github.NewClient(retrying.StandardClient()).WithAuthToken(c.Token)
	gh.UserAgent = c.UserAgent
	if c.API != "" {
		base, err := url.Parse(strings.TrimSuffix(c.API, "/") + "/")
		if err != nil || base.Host == "" {
			return nil, fmt.Errorf("%q is no address of GitHub's API", c.API)
		}
		gh.BaseURL = base
	}
	return &client{gh, owner, repo}, nil
}

// errEmpty is returned where GitHub says that it did something, and not what.
var errEmpty = errors.New("the reply is empty")

// retry reports whether a request is sent again. What GitHub refused for the
// rate at which it is asked was not carried out. Of anything else only a request
// that may be carried out twice is sent again: whether a comment was written
// before the reply was lost, the caller finds out.
func retry(ctx context.Context, r *http.Response, err error) (bool, error) {
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if r == nil {
		var of *url.Error
		return errors.As(err, &of) && !strings.EqualFold(of.Op, http.MethodPost), nil
	}
	if r.ContentLength == 0 && r.StatusCode == http.StatusOK && r.Request.Method == http.MethodGet {
		return true, errEmpty // it would be read as a list of nothing
	}
	if secondary(r) { // then GitHub's manual says to wait for a minute
		r.Header.Set("Retry-After", "60")
	}
	if limited(r) {
		return wait(r) <= longest, nil
	}
	return r.StatusCode >= 500 && r.Request.Method != http.MethodPost, nil
}

// limited reports whether GitHub refused a request for its rate.
func limited(r *http.Response) bool {
	return r.StatusCode == http.StatusTooManyRequests ||
		r.StatusCode == http.StatusForbidden && (r.Header.Get("Retry-After") != "" || r.Header.Get("X-RateLimit-Remaining") == "0")
}

// secondary reports whether GitHub refused a request for its secondary rate
// limits, and says so in words alone.
func secondary(r *http.Response) bool {
	if r.StatusCode != http.StatusForbidden || limited(r) {
		return false
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
	rest := r.Body
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(body), rest), rest}
	return err == nil && bytes.Contains(bytes.ToLower(body), []byte("secondary rate limit"))
}

// wait is for how long GitHub asks to wait.
func wait(r *http.Response) time.Duration {
	after := r.Header.Get("Retry-After")
	if seconds, err := strconv.ParseInt(after, 10, 32); err == nil {
		return time.Duration(seconds) * time.Second
	} else if errors.Is(err, strconv.ErrRange) {
		return math.MaxInt64
	}
	if at, err := http.ParseTime(after); err == nil { // as a proxy may say it
		now, err := http.ParseTime(r.Header.Get("Date"))
		if err != nil {
			now = time.Now()
		}
		return at.Sub(now)
	}
	if at, err := strconv.ParseInt(r.Header.Get("X-RateLimit-Reset"), 10, 64); err == nil && r.Header.Get("X-RateLimit-Remaining") == "0" {
		now, err := http.ParseTime(r.Header.Get("Date")) // by GitHub's clock, not by ours
		if err == nil {
			return time.Unix(at, 0).Sub(now) + time.Second
		}
		return time.Second
	}
	return 0
}

// backoff is how long to wait before a request is sent again.
func backoff(least, most time.Duration, attempt int, r *http.Response) time.Duration {
	if r != nil && limited(r) {
		if d := wait(r); d > 0 {
			return d
		}
		if r.Header.Get("Retry-After") != "" {
			return 0
		}
	}
	return retryablehttp.DefaultBackoff(least, min(most, 10*time.Second), attempt, nil)
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

// gone reports whether what a request is about does not exist any more.
func gone(err error) bool {
	s := status(err)
	return s == http.StatusNotFound || s == http.StatusGone
}

// each calls do with every page of a list.
func each[T any](list func(github.ListOptions) ([]T, *github.Response, error), do func(T) (more bool)) error {
	page := github.ListOptions{PerPage: 100}
	for {
		items, r, err := list(page)
		if err != nil {
			return err
		}
		for _, item := range items {
			if !do(item) {
				return nil
			}
		}
		if r.NextPage == 0 {
			return nil
		}
		page.Page = r.NextPage
	}
}
