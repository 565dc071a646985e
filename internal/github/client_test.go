package github

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/internal/plan"
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

// What GitHub refused for its rate is sent again, and told once; what it has to
// wait too long for is left to the next run.
func TestLimited(t *testing.T) {
	t.Parallel()
	g := newFake(t)
	g.open(bot, marker(id), "escalation")
	opened := notice("opened", plan.OpenIssue, "1", "Northwind\n\nText")
	after := "0"
	times := 0
	g.refuse = func(r *http.Request) (int, map[string]string, bool) {
		if times++; times > 2 {
			return 0, nil, false
		}
		return http.StatusTooManyRequests, map[string]string{"Retry-After": after}, false
	}
	if _, err := g.tracking().Deliver(t.Context(), item(notice("steps 1", "", "", "Steps"), opened), false); err != nil {
		t.Fatal(err)
	}
	if len(g.asked) != 3 || len(g.bodies(1)) != 1 {
		t.Errorf("asked %q", g.asked)
	}
	g.asked, times, after = nil, 0, "3600"
	_, err := g.tracking().Deliver(t.Context(), item(notice("steps 2", "", "", "Steps"), opened), false)
	if err == nil || !strings.Contains(err.Error(), "rate limit") || errors.Is(err, outbox.ErrInDoubt) || len(g.asked) != 1 {
		t.Errorf("%v, asked %q", err, g.asked)
	}
}

// A request that writes is not sent again where its reply is lost: that is for
// the next look to find out.
func TestInDoubt(t *testing.T) {
	t.Parallel()
	g := newFake(t)
	g.open(bot, marker(id), "escalation")
	opened := notice("opened", plan.OpenIssue, "1", "Northwind\n\nText")
	g.refuse = func(r *http.Request) (int, map[string]string, bool) {
		return map[string]int{http.MethodPost: http.StatusBadGateway}[r.Method], nil, true
	}
	it := item(notice("steps 1", "", "", "Steps"), opened)
	if _, err := g.tracking().Deliver(t.Context(), it, false); !errors.Is(err, outbox.ErrInDoubt) {
		t.Errorf("want it to be in doubt: %v", err)
	}
	r, err := g.tracking().Deliver(t.Context(), it, true)
	if err != nil || !r.Kept || r.Ref != "1/101" || len(g.writes()) != 1 {
		t.Errorf("%+v (%v), asked %q", r, err, g.asked)
	}
	it = item(notice("opened", plan.OpenIssue, "", "Other\n\nText"))
	it.Notices[0].Escalation, it.Notices[0].Key = "2026/other", "2026/other opened"
	if _, err := g.tracking().Deliver(t.Context(), it, false); !errors.Is(err, outbox.ErrInDoubt) {
		t.Errorf("want it to be in doubt: %v", err)
	}
	g.issues[1].Labels = []named{{label}}
	if r, err := g.tracking().Deliver(t.Context(), it, true); err != nil || r.Ref != "2" || len(g.issues) != 2 {
		t.Errorf("%+v (%v), asked %q", r, err, g.asked)
	}
}

// A reply without a body does not say that it was not carried out.
func TestEmptyReply(t *testing.T) {
	t.Parallel()
	for name, it := range map[string]outbox.Item{
		"issue":   item(notice("opened", plan.OpenIssue, "", "Northwind\n\nText")),
		"comment": item(notice("steps 1", "", "", "Steps"), notice("opened", plan.OpenIssue, "1", "")),
	} {
		g := newFake(t)
		if name == "comment" {
			g.open(bot, marker(id), "escalation")
		}
		empty := 0
		g.refuse = func(r *http.Request) (int, map[string]string, bool) {
			if r.Method == http.MethodPost && empty == 0 {
				empty = http.StatusCreated
				return empty, nil, true
			}
			return 0, nil, false
		}
		if _, err := g.tracking().Deliver(t.Context(), it, false); !errors.Is(err, outbox.ErrInDoubt) {
			t.Errorf("%s: want it to be in doubt: %v", name, err)
		}
		if r, err := g.tracking().Deliver(t.Context(), it, true); err != nil || len(g.issues) != 1 || len(g.comments) > 1 {
			t.Errorf("%s: %+v (%v), asked %q", name, r, err, g.asked)
		}
	}
}

// Only of what writes it can be unknown whether it was carried out.
func TestTold(t *testing.T) {
	t.Parallel()
	reply := func(method string, status int) error {
		return &github.ErrorResponse{Response: &http.Response{StatusCode: status, Request: &http.Request{Method: method, URL: &url.URL{}}}}
	}
	for name, tc := range map[string]struct {
		err     error
		inDoubt bool
	}{
		"no reply to a question":  {&url.Error{Op: "Get", Err: io.EOF}, false},
		"no reply to a write":     {&url.Error{Op: "Post", Err: io.EOF}, true},
		"no reply to an edit":     {&url.Error{Op: "Patch", Err: io.EOF}, true},
		"a question fails there":  {reply(http.MethodGet, 502), false},
		"a write fails there":     {reply(http.MethodPost, 502), true},
		"half a reply":            {io.ErrUnexpectedEOF, true},
		"a write that is refused": {reply(http.MethodPost, 422), false},
		"not allowed":             {reply(http.MethodPost, 403), false},
	} {
		if got := told(tc.err); errors.Is(got, outbox.ErrInDoubt) != tc.inDoubt || !errors.Is(got, tc.err) && tc.inDoubt {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// The address of the API may have a path; a repository has two names.
func TestConfig(t *testing.T) {
	t.Parallel()
	for api, want := range map[string]string{
		"": "https://api.github.com/", "https://api.github.com": "https://api.github.com/", "https://ghes.example/api/v3": "https://ghes.example/api/v3/",
		"https://ghes.example/api/v3/": "https://ghes.example/api/v3/", "ghes.example": "", "/api/v3": "", "https://": "",
	} {
		c, err := newClient(Config{API: api, Repository: "acme/escalations"})
		if (err != nil) != (want == "") || err == nil && c.BaseURL.String() != want {
			t.Errorf("%q: %v (%v)", api, c, err)
		}
	}
	for _, repository := range []string{"", "acme", "acme/", "/escalations", "acme/a/b"} {
		if _, err := newClient(Config{Repository: repository}); err == nil {
			t.Errorf("%q is taken for a repository", repository)
		}
	}
}
