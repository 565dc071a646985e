// Package gitlab is GitLab as a forge, and nothing else: package tracking decides
// what is said there. It alone opens connections to it.
package gitlab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	gitlab "gitlab.com/gitlab-org/api/client-go"

	"github.com/escalations-as-code/escalate/internal/retry"
)

// Config says which project, and how to get there.
type Config struct {
	// API is the address of the REST API, such as https://git.example/gitlab/api/v4; ""
	// for gitlab.com. GraphQL is that of the GraphQL API; without one, or with one of
	// another host, which the token is not for, it is not asked.
	API, GraphQL string
	// Project is its path with all groups, such as cs/emea/escalations.
	Project string
	Token   string
	// Job reports that the token is that of a job, CI_JOB_TOKEN.
	Job bool
	// UserAgent names this program.
	UserAgent string
}

// client is the API of one project.
type client struct {
	*gitlab.Client
	project string
	web     string // where people see the project
	graphQL *url.URL
	job     bool
	cloud   bool // it is gitlab.com
}

// cloud is the address of the API of gitlab.com.
const cloud = "https://gitlab.com/api/v4"

func newClient(c Config) (*client, error) {
	if group, name, ok := strings.Cut(c.Project, "/"); !ok || group == "" || name == "" || strings.Contains(c.Project, "//") || strings.HasSuffix(c.Project, "/") {
		return nil, fmt.Errorf("%q is no project: write group/name", c.Project)
	}
	address := strings.TrimSuffix(c.API, "/")
	if address == "" {
		address = cloud
	}
	base, err := url.Parse(address)
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" {
		return nil, fmt.Errorf("%q is no address of GitLab's API", c.API)
	}
	options := []gitlab.ClientOptionFunc{
		gitlab.WithURLWarningLogger(slog.New(slog.DiscardHandler)),
		gitlab.WithBaseURL(address), gitlab.WithHTTPClient(retry.NewClient(platform())), gitlab.WithUserAgent(c.UserAgent),
		gitlab.WithoutRetries(), gitlab.WithCustomLimiter(unlimited{}), // package retry waits, and sends again
	}
	var auth gitlab.AuthSource = gitlab.AccessTokenAuthSource{Token: c.Token}
	if c.Job {
		auth = gitlab.JobTokenAuthSource{Token: c.Token}
	}
	gl, err := gitlab.NewAuthSourceClient(auth, options...)
	if err != nil {
		return nil, err
	}
	graphQL, err := url.Parse(c.GraphQL)
	if err != nil || c.GraphQL == "" || graphQL.Host != base.Host || graphQL.Scheme != base.Scheme || c.Job { // no other host gets the token
		graphQL = nil
	}
	return &client{
		Client: gl, project: c.Project, graphQL: graphQL, job: c.Job, cloud: base.Host == "gitlab.com",
		web: strings.TrimSuffix(strings.TrimSuffix(address, "/api/v4"), "/") + "/" + c.Project,
	}, nil
}

// unlimited lets requests go: GitLab says itself when there were too many.
type unlimited struct{}

func (unlimited) Wait(context.Context) error { return nil }

// platform is how GitLab asks to wait. Only a POST must not be carried out twice.
func platform() retry.Platform {
	return retry.Platform{
		Limited:    limited,
		Repeatable: func(method, _ string) bool { return !strings.EqualFold(method, http.MethodPost) },
	}
}

// limited reports whether GitLab refused a request for its rate, and for how long it
// asks to wait (doc/administration/settings/user_and_ip_rate_limits.md). Of the limits on
// issues and notes, which are by the minute, it may not say it (doc/security/rate_limits.md).
func limited(r *http.Response) (time.Duration, bool) {
	if r.StatusCode != http.StatusTooManyRequests {
		return 0, false
	}
	if after := retry.After(r.Header); after != retry.Unsaid {
		return after, true
	}
	at, err := strconv.ParseInt(r.Header.Get("RateLimit-Reset"), 10, 64)
	now, nowErr := http.ParseTime(r.Header.Get("Date"))
	if err != nil || nowErr != nil || !time.Unix(at, 0).After(now) {
		return time.Minute, true
	}
	return time.Unix(at, 0).Sub(now) + time.Second, true
}

// ask sends a request for something below the project. A reply that says nothing is
// the zero value: whoever asked finds that it confirms nothing.
func ask[T any](ctx context.Context, c *client, method, path string, in any, options ...gitlab.RequestOptionFunc) (T, *gitlab.Response, error) {
	return send[T](ctx, c, method, strings.TrimSuffix("projects/"+gitlab.PathEscape(c.project)+"/"+path, "/"), in, options...)
}

// send sends a request. in is its query or, where it writes, its body.
func send[T any](ctx context.Context, c *client, method, path string, in any, options ...gitlab.RequestOptionFunc) (out T, r *gitlab.Response, err error) {
	request, err := c.NewRequest(method, path, in, append(options, gitlab.WithContext(ctx)))
	if err != nil {
		return out, nil, err
	}
	if r, err = c.Do(request, &out); err != nil {
		var none T
		err = failed(method, r, err)
		return none, r, err
	}
	return out, r, nil
}

// failure is a request that failed.
type failure struct {
	method string
	status int    // 0 where there was no reply, or none that could be read
	says   string // by GitLab
	err    error
}

func (f *failure) Error() string {
	if f.status == 0 {
		return f.err.Error()
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", f.status, f.says))
}

func (f *failure) Unwrap() error { return f.err }

// failed is the failure of a request; nil, where GitLab says that all is well, and
// nothing else.
func failed(method string, r *gitlab.Response, err error) error {
	f := &failure{method: method, err: err}
	var refused *gitlab.ErrorResponse
	switch {
	case errors.Is(err, gitlab.ErrNotFound): // which has nothing of what GitLab says
		f.status, f.says = http.StatusNotFound, "Not Found"
	case errors.As(err, &refused) && refused.Response != nil:
		f.status, f.says = refused.Response.StatusCode, said(refused.Body)
	case r != nil && errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return nil
	}
	return f
}

// said is what GitLab says of an error: a message, in one of its forms
// (doc/api/rest/troubleshooting.md). What is no JSON, such as the page of a proxy, says
// nothing.
func said(body []byte) string {
	var reply struct {
		Message     any    `json:"message"`
		Error       any    `json:"error"`
		Description string `json:"error_description"`
	}
	if json.Unmarshal(body, &reply) != nil {
		return ""
	}
	if reply.Description != "" {
		return reply.Description
	}
	says := flat(reply.Message)
	if says == "" {
		says = flat(reply.Error)
	}
	for _, status := range []string{"400 ", "401 ", "403 ", "404 ", "405 ", "409 ", "422 ", "429 "} {
		says = strings.TrimPrefix(says, status) // which is said beside it
	}
	return says
}

// flat is a message of any form in one line.
func flat(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case []any:
		all := make([]string, len(v))
		for i := range v {
			all[i] = flat(v[i])
		}
		return strings.Join(all, ", ")
	case map[string]any:
		b, _ := json.Marshal(v) // it was read from JSON
		return string(b)
	}
	return ""
}

// status is the status of the reply that an error is about; 0 where there was none, or
// none that could be read.
func status(err error) int {
	var f *failure
	if errors.As(err, &f) {
		return f.status
	}
	return 0
}
