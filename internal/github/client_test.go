package github

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/forge/forgetest"
	"github.com/escalations-as-code/escalate/internal/retry"
)

const (
	never   = time.Duration(-1)
	ours    = time.Duration(-2) // as long as we think fit
	atFirst = 200 * time.Millisecond
)

// What is sent again, and after which time.
func TestRetry(t *testing.T) {
	t.Parallel()
	date := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	for name, tc := range map[string]struct {
		status int
		header map[string]string
		body   string
		get    time.Duration
		post   time.Duration
	}{
		"a reply":                        {200, nil, "", never, never},
		"not found":                      {404, nil, "", never, never},
		"invalid":                        {422, nil, "", never, never},
		"not allowed":                    {403, nil, `{"message": "Resource not accessible by integration"}`, never, never},
		"server error":                   {500, nil, "", ours, never},
		"bad gateway":                    {502, nil, "", ours, never},
		"unavailable, with a time":       {503, map[string]string{"Retry-After": "30"}, "", ours, never},
		"too many":                       {429, nil, "", ours, ours},
		"too many, at once":              {429, map[string]string{"Retry-After": "0"}, "", 0, 0},
		"too many, with a time":          {429, map[string]string{"Retry-After": "7"}, "", 7 * time.Second, 7 * time.Second},
		"too many, longest":              {429, map[string]string{"Retry-After": "60"}, "", time.Minute, time.Minute},
		"too many, longer than we wait":  {429, map[string]string{"Retry-After": "61"}, "", never, never},
		"too many, longer than a number": {429, map[string]string{"Retry-After": "99999999999999999999"}, "", never, never},
		"too many, a date":               {429, map[string]string{"Retry-After": "Wed, 25 Nov 2026 09:00:05 GMT"}, "", 5 * time.Second, 5 * time.Second},
		"too many, a date to come":       {429, map[string]string{"Retry-After": "Wed, 25 Nov 2026 10:00:00 GMT"}, "", never, never},
		"secondary limit":                {403, map[string]string{"Retry-After": "3"}, "", 3 * time.Second, 3 * time.Second},
		"secondary limit, in words":      {403, nil, `{"message": "You have exceeded a secondary rate limit. Please wait."}`, time.Minute, time.Minute},
		"primary limit":                  {403, map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1795597209"}, "", 10 * time.Second, 10 * time.Second},
		"primary limit, an hour":         {403, map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1795600800"}, "", never, never},
		"primary limit, over":            {429, map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1795590000"}, "", ours, ours},
		"not allowed, and some left":     {403, map[string]string{"X-RateLimit-Remaining": "12", "X-RateLimit-Reset": "1795597209"}, "{}", never, never},
	} {
		for method, want := range map[string]time.Duration{http.MethodGet: tc.get, http.MethodPatch: tc.get, http.MethodDelete: tc.get, http.MethodPost: tc.post} {
			r := &http.Response{StatusCode: tc.status, Header: http.Header{"Date": {date.Format(http.TimeFormat)}}, Body: io.NopCloser(strings.NewReader(tc.body)), ContentLength: -1, Request: &http.Request{Method: method}}
			for k, v := range tc.header {
				r.Header.Set(k, v)
			}
			got := never
			again, err := platform().Again(t.Context(), r, nil)
			if again {
				got = platform().Backoff(atFirst, retry.Longest, 0, r)
			}
			if want == ours {
				want = atFirst
			}
			if err != nil || got != want {
				t.Errorf("%s %s: %v, want %v (%v)", method, name, got, want, err)
			}
			if body, err := io.ReadAll(r.Body); err != nil || string(body) != tc.body {
				t.Errorf("%s %s: the body is %q (%v)", method, name, body, err)
			}
		}
	}
	for op, want := range map[string]bool{"Get": true, "Patch": true, "Put": true, "Delete": true, "Post": false} {
		if got, err := platform().Again(t.Context(), nil, &url.Error{Op: op, URL: "https://api.github.com", Err: io.ErrUnexpectedEOF}); got != want || err != nil {
			t.Errorf("%s without a reply: %v (%v)", op, got, err)
		}
	}
	for method, want := range map[string]bool{http.MethodGet: true, http.MethodPut: false, http.MethodPost: false} {
		if got, err := platform().Again(t.Context(), &http.Response{StatusCode: 200, Request: &http.Request{Method: method}}, nil); got != want || (err != nil) != want {
			t.Errorf("%s with an empty reply: %v (%v)", method, got, err)
		}
	}
	for attempt := range retry.Retries {
		if got := platform().Backoff(atFirst, retry.Longest, attempt, nil); got > 10*time.Second {
			t.Errorf("attempt %d: %v", attempt, got)
		}
	}
}

// repository is one on a server, without a clock.
func repository(t *testing.T, g *forgetest.GitHub) *Repository {
	t.Helper()
	r, err := New(Config{API: g.API, Repository: "acme/escalations", Token: "t", UserAgent: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var on = forge.Thread{Number: 1}

// What GitHub refused for its rate is sent again, and told once; what it has to
// wait too long for is left to the next run.
func TestLimited(t *testing.T) {
	t.Parallel()
	g := forgetest.NewGitHub(t)
	g.Open(g.Me, "")
	after := "0"
	times := 0
	g.Refuse = func(*http.Request) (int, map[string]string, bool) {
		if times++; times > 2 {
			return 0, nil, false
		}
		return http.StatusTooManyRequests, map[string]string{"Retry-After": after}, false
	}
	if _, err := repository(t, g).AddComment(t.Context(), on, "Steps"); err != nil {
		t.Fatal(err)
	}
	if len(g.Requests) != 3 || len(g.Comments) != 1 {
		t.Errorf("asked %q", g.Requests)
	}
	g.Requests, times, after = nil, 0, "3600"
	_, err := repository(t, g).AddComment(t.Context(), on, "Steps")
	if err == nil || !strings.Contains(err.Error(), "rate limit") || errors.Is(err, destination.ErrInDoubt) || len(g.Requests) != 1 {
		t.Errorf("%v, asked %q", err, g.Requests)
	}
}

// A request that writes is not sent again where its reply is lost: that is for
// the next look to find out. One that reads is.
func TestInDoubt(t *testing.T) {
	t.Parallel()
	for _, carried := range []bool{true, false} {
		g := forgetest.NewGitHub(t)
		g.Open(g.Me, "")
		g.Refuse = func(*http.Request) (int, map[string]string, bool) { return http.StatusBadGateway, nil, carried }
		r := repository(t, g)
		if _, err := r.AddComment(t.Context(), on, "Steps"); !errors.Is(err, destination.ErrInDoubt) || len(g.Requests) != 1 {
			t.Errorf("want the comment to be in doubt: %v, asked %q", err, g.Requests)
		}
		if _, err := r.OpenIssue(t.Context(), forge.Draft{Title: "Other"}); !errors.Is(err, destination.ErrInDoubt) || len(g.Requests) != 2 {
			t.Errorf("want the issue to be in doubt: %v, asked %q", err, g.Requests)
		}
	}
	g := forgetest.NewGitHub(t)
	g.Open(g.Me, "")
	g.Refuse = func(*http.Request) (int, map[string]string, bool) {
		return map[bool]int{true: http.StatusBadGateway}[len(g.Requests) < 2], nil, false
	}
	if _, err := repository(t, g).Issue(t.Context(), 1); err != nil || len(g.Requests) != 2 {
		t.Errorf("%v, asked %q", err, g.Requests)
	}
}

// Of a write that is answered by a redirection, nothing is taken for its reply:
// an issue that was moved to another repository is told as such.
func TestMoved(t *testing.T) {
	t.Parallel()
	g := forgetest.NewGitHub(t)
	g.Open(g.Me, "")
	g.Refuse = func(r *http.Request) (int, map[string]string, bool) {
		if r.Method == http.MethodGet {
			return 0, nil, false
		}
		return http.StatusMovedPermanently, map[string]string{"Location": r.URL.Path}, false
	}
	body := "New"
	_, err := repository(t, g).EditIssue(t.Context(), 1, forge.Edit{Body: &body})
	if err == nil || !strings.Contains(err.Error(), "another repository") || len(g.Requests) != 1 {
		t.Errorf("%v, asked %q", err, g.Requests)
	}
}

// Only of what writes it can be unknown whether it was carried out.
func TestInWords(t *testing.T) {
	t.Parallel()
	reply := func(method string, status int) error {
		return &github.ErrorResponse{Response: &http.Response{StatusCode: status, Request: &http.Request{Method: method, URL: &url.URL{}}}}
	}
	locked := reply(http.MethodPost, 403)
	locked.(*github.ErrorResponse).Message = "Unable to create comment because issue is locked."
	for name, tc := range map[string]struct {
		err  error
		kind error
	}{
		"no reply to a question":  {&url.Error{Op: "Get", Err: io.EOF}, nil},
		"no reply to a write":     {&url.Error{Op: "Post", Err: io.EOF}, destination.ErrInDoubt},
		"no reply to an edit":     {&url.Error{Op: "Patch", Err: io.EOF}, destination.ErrInDoubt},
		"a question fails there":  {reply(http.MethodGet, 502), nil},
		"a write fails there":     {reply(http.MethodPost, 502), destination.ErrInDoubt},
		"half a reply":            {io.ErrUnexpectedEOF, destination.ErrInDoubt},
		"a write that is refused": {reply(http.MethodPost, 422), forge.ErrRefused},
		"not allowed":             {reply(http.MethodPost, 403), forge.ErrForbidden},
		"locked":                  {locked, forge.ErrLocked},
		"not there":               {reply(http.MethodGet, 404), forge.ErrGone},
		"deleted":                 {reply(http.MethodPatch, 410), forge.ErrGone},
		"a wrong token":           {reply(http.MethodPost, 401), nil},
		"too many":                {reply(http.MethodPost, 429), nil},
		"the limit":               {&github.RateLimitError{Response: &http.Response{StatusCode: 403, Request: &http.Request{Method: http.MethodPost, URL: &url.URL{}}}}, nil},
	} {
		got := inWords(tc.err)
		for _, kind := range []error{destination.ErrInDoubt, forge.ErrRefused, forge.ErrForbidden, forge.ErrGone, forge.ErrLocked} {
			if errors.Is(got, kind) != (kind == tc.kind) {
				t.Errorf("%s: %v is %v: %v", name, got, kind, errors.Is(got, kind))
			}
		}
		if errors.Is(tc.kind, destination.ErrInDoubt) && !errors.Is(got, tc.err) {
			t.Errorf("%s: %v", name, got)
		}
	}
	if err := inWords(nil); err != nil {
		t.Errorf("no error is %v", err)
	}
}

// The address of the API may have a path; a repository has two names.
func TestConfig(t *testing.T) {
	t.Parallel()
	for api, want := range map[string]string{
		"": "https://api.github.com/", "https://api.github.com": "https://api.github.com/", "https://ghes.example/api/v3": "https://ghes.example/api/v3/",
		"https://ghes.example/api/v3/": "https://ghes.example/api/v3/", "ghes.example": "", "/api/v3": "", "https://": "",
	} {
		c, err := New(Config{API: api, Repository: "acme/escalations"})
		if (err != nil) != (want == "") || err == nil && c.BaseURL.String() != want {
			t.Errorf("%q: %v (%v)", api, c, err)
		}
	}
	for _, repository := range []string{"", "acme", "acme/", "/escalations", "acme/a/b"} {
		if _, err := New(Config{Repository: repository}); err == nil {
			t.Errorf("%q is taken for a repository", repository)
		}
	}
}

// An issue that was transferred is somewhere else; a repository that was renamed has
// its issues still, though GitHub redirects to both.
func TestElsewhere(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		is    string // the repository of the issue that GitHub redirects to
		now   string // what GitHub calls ours now
		at    int
		moved bool
	}{
		"transferred":                       {"acme/elsewhere", "acme/escalations", 42, true},
		"transferred, with the same number": {"acme/elsewhere", "acme/escalations", 1, true},
		"our repository was renamed":        {"acme/customers", "acme/customers", 1, false},
		"renamed, and transferred":          {"acme/elsewhere", "acme/customers", 1, true},
		"other capitals":                    {"Acme/Escalations", "acme/escalations", 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mux := http.NewServeMux()
			mux.HandleFunc("GET /repos/acme/escalations/issues/1", func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, fmt.Sprintf("/repositories/2/issues/%d", tc.at), http.StatusMovedPermanently)
			})
			mux.HandleFunc("GET /repositories/2/issues/{n}", func(w http.ResponseWriter, _ *http.Request) {
				fmt.Fprintf(w, `{"number":%d,"html_url":"https://forge.example/42","repository_url":"https://api.example/repos/%s"}`, tc.at, tc.is)
			})
			mux.HandleFunc("GET /repos/acme/escalations", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, `{"full_name":%q}`, tc.now) })
			s := httptest.NewServer(mux)
			t.Cleanup(s.Close)
			r, err := New(Config{API: s.URL, Repository: "acme/escalations", Token: "t"})
			if err != nil {
				t.Fatal(err)
			}
			i, err := r.Issue(t.Context(), 1)
			var moved *forge.MovedError
			if errors.As(err, &moved) != tc.moved || (err != nil) != tc.moved || tc.moved && moved.To != "https://forge.example/42" || !tc.moved && i.Number != 1 {
				t.Errorf("%+v (%v)", i, err)
			}
		})
	}
}
