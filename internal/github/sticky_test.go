package github

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// One comment has the plan, wherever it stands among all; of several the oldest
// stays.
func TestComment(t *testing.T) {
	t.Parallel()
	const was, is = "was\n\n<!-- escalate: plan -->", "is\n\n<!-- escalate: plan -->"
	many := slices.Repeat([]string{"hello"}, 130)
	for name, tc := range map[string]struct {
		before, after []string
		writes        int
	}{
		"none":                   {nil, []string{is}, 1},
		"none of ours":           {[]string{"hello", "<!-- escalate: planned -->"}, []string{"hello", "<!-- escalate: planned -->", is}, 1},
		"one":                    {[]string{"hello", was}, []string{"hello", is}, 1},
		"the same":               {[]string{is, "hello"}, []string{is, "hello"}, 0},
		"on another page":        {append(slices.Clone(many), was), append(slices.Clone(many), is), 1},
		"several":                {[]string{was, "hello", is, was}, []string{is, "hello"}, 3},
		"several, on many pages": {slices.Concat([]string{was}, many, []string{was}, many, []string{was}), slices.Concat([]string{is}, many, many), 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newFake(t)
			g.open(stranger, "a pull request")
			for _, body := range tc.before {
				g.say(bot, 1, body)
			}
			url, err := Comment(t.Context(), g.config(), 1, "is")
			if got := g.bodies(1); err != nil || !slices.Equal(got, tc.after) || len(g.writes()) != tc.writes {
				t.Errorf("%v: %d comments, want %d; wrote %q", err, len(got), len(tc.after), g.writes())
			}
			if at := slices.IndexFunc(g.comments, func(c *comment) bool { return c.Body == is }); at < 0 || url != g.comments[at].URL {
				t.Errorf("the link is %s", url)
			}
		})
	}
}

// Where the token may not write, that is said, and nothing else; a lost reply
// does not make a second comment.
func TestCommentRefused(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		method   string
		status   int
		header   map[string]string
		carried  bool
		readOnly bool
		fails    bool
	}{
		"a fork":                     {http.MethodPost, 403, nil, false, true, true},
		"a fork that may not read":   {http.MethodGet, 403, nil, false, true, true},
		"the limit":                  {http.MethodPost, 403, map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "4102444800"}, false, false, true},
		"no such pull request":       {http.MethodGet, 404, nil, false, false, true},
		"not carried out":            {http.MethodPost, 502, nil, false, false, true},
		"carried out, no reply":      {http.MethodPost, 502, nil, true, false, false},
		"too many, then carried out": {http.MethodPost, 429, map[string]string{"Retry-After": "0"}, false, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newFake(t)
			g.open(stranger, "a pull request")
			refused := false
			g.refuse = func(r *http.Request) (int, map[string]string, bool) {
				if r.Method != tc.method || refused {
					return 0, nil, false
				}
				refused = true
				return tc.status, tc.header, tc.carried
			}
			url, err := Comment(t.Context(), g.config(), 1, "plan")
			if (err != nil) != tc.fails || errors.Is(err, ErrReadOnly) != tc.readOnly {
				t.Errorf("%q, %v", url, err)
			}
			if !tc.fails && len(g.comments) != 1 {
				t.Errorf("%d comments", len(g.comments))
			}
		})
	}
}

// One issue has the digest, and is edited only where it says something else.
func TestDigest(t *testing.T) {
	t.Parallel()
	g := newFake(t)
	g.open(stranger, marker(digestKey), digestLabel)
	monday := time.Date(2026, 11, 30, 6, 17, 0, 0, time.UTC)
	keep := func(title string, now time.Time) (string, time.Time) {
		t.Helper()
		url, last, err := g.tracking().Digest(t.Context(), title, "Nothing overdue", now)
		if err != nil || len(g.issues) != 2 || g.issues[1].Title != title || !strings.HasPrefix(g.issues[1].Body, "Nothing overdue\n\n"+marker(digestKey)) {
			t.Fatalf("%v: %+v", err, g.issues)
		}
		return url, last
	}
	first, last := keep("Week 49", monday)
	if !last.IsZero() {
		t.Errorf("there was one before, of %s", last)
	}
	writes := len(g.writes())
	if again, last := keep("Week 49", monday); again != first || !last.Equal(monday) || len(g.writes()) != writes {
		t.Errorf("%s of %s, %d writes", again, last, len(g.writes())-writes)
	}
	if again, last := keep("Week 50", monday.AddDate(0, 0, 7)); again != first || !last.Equal(monday) || len(g.writes()) != writes+1 {
		t.Errorf("%s of %s, %d writes", again, last, len(g.writes())-writes)
	}
	g.refuse = func(r *http.Request) (int, map[string]string, bool) {
		return map[string]int{http.MethodPatch: http.StatusForbidden}[r.Method], nil, false
	}
	if _, _, err := g.tracking().Digest(t.Context(), "Week 51", "Nothing overdue", monday); err == nil {
		t.Error("a digest that cannot be written is an error")
	}
}
