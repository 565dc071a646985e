package github

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/forge/forgetest"
	"github.com/escalations-as-code/escalate/schema"
)

var _ forge.Forge = (*Repository)(nil)

func ptr[T any](v T) *T { return &v }

// at is when all that the fake has was made and changed.
const at = "2026-11-27 09:00:00 +0000 UTC 2026-11-27 09:00:00 +0000 UTC"

// undated is the day on which an issue of GitHub is due.
const undated = "0001-01-01 00:00:00 +0000 UTC"

// Each question is a request, as GitHub's manual has it.
func TestRequests(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		do   func(context.Context, *Repository) (any, error)
		asks []string
		want string
	}{
		"me":     {func(ctx context.Context, r *Repository) (any, error) { return r.Me(ctx) }, []string{"GET /user"}, "{1 escalate-bot false}"},
		"issue":  {func(ctx context.Context, r *Repository) (any, error) { return r.Issue(ctx, 1) }, []string{"GET /issues/1"}, "{1 Northwind Text https://github.example/issues/1 {66 mallory false} true false [escalation] [] 1 false " + undated + " false 0 " + at + "}"},
		"issues": {func(ctx context.Context, r *Repository) (any, error) { return count(r.Issues(ctx, "escalation")) }, []string{"GET /issues"}, "1"},
		"open": {func(ctx context.Context, r *Repository) (any, error) {
			return r.OpenIssue(ctx, forge.Draft{Title: "Other", Body: "Text", Labels: []string{"escalation"}, Assignees: []string{"jodoe"}})
		}, []string{`POST /issues {"title":"Other","body":"Text","labels":["escalation"],"assignees":["jodoe"]}`}, "{2 Other Text https://github.example/issues/2 {1 escalate-bot false} true false [escalation] [jodoe] 0 false " + undated + " false 0 " + at + "}"},
		"open, unassigned": {func(ctx context.Context, r *Repository) (any, error) {
			i, err := r.OpenIssue(ctx, forge.Draft{Title: "Other", Body: "Text", Labels: []string{"escalation"}, Assignees: []string{}})
			return i.Number, err
		}, []string{`POST /issues {"title":"Other","body":"Text","labels":["escalation"]}`}, "2"},
		"close": {func(ctx context.Context, r *Repository) (any, error) {
			i, err := r.EditIssue(ctx, 1, forge.Edit{Open: ptr(false)})
			return i.Open, err
		}, []string{`PATCH /issues/1 {"state":"closed","state_reason":"completed"}`}, "false"},
		"edit": {func(ctx context.Context, r *Repository) (any, error) {
			i, err := r.EditIssue(ctx, 1, forge.Edit{Title: ptr("New"), Body: ptr("Words"), Open: ptr(true)})
			return i.Title, err
		}, []string{`PATCH /issues/1 {"title":"New","body":"Words","state":"open"}`}, "New"},
		"assign nobody": {func(ctx context.Context, r *Repository) (any, error) {
			i, err := r.EditIssue(ctx, 1, forge.Edit{Assignees: &[]string{}})
			return i.Assignees, err
		}, []string{`PATCH /issues/1 {"assignees":[]}`}, "[]"},
		"labels": {func(ctx context.Context, r *Repository) (any, error) {
			return r.SetLabels(ctx, 1, []string{"a", "b"})
		}, []string{`PUT /issues/1/labels ["a","b"]`}, "[a b]"},
		"a label": {func(ctx context.Context, r *Repository) (any, error) {
			return nil, r.MakeLabel(ctx, forge.Label{Name: "escalation"})
		}, []string{"GET /labels/escalation"}, "<nil>"},
		"a new label": {func(ctx context.Context, r *Repository) (any, error) {
			return nil, r.MakeLabel(ctx, forge.Label{Name: "x", Description: "Y", Color: "ededed"})
		}, []string{"GET /labels/x", `POST /labels {"name":"x","color":"ededed","description":"Y"}`}, "<nil>"},
		"may assign": {func(ctx context.Context, r *Repository) (any, error) { return r.MayAssign(ctx, "jodoe") }, []string{"GET /assignees/jodoe"}, "true"},
		"may not":    {func(ctx context.Context, r *Repository) (any, error) { return r.MayAssign(ctx, "mallory") }, []string{"GET /assignees/mallory"}, "false"},
		"all comments": {func(ctx context.Context, r *Repository) (any, error) {
			for c, err := range r.AllComments(ctx) {
				return c, err
			}
			return nil, nil
		}, []string{"GET /issues/comments"}, "{101 Hello https://github.example/issues/1#101 {66 mallory false} 1 false 0 " + at + "}"},
		"comments":     {func(ctx context.Context, r *Repository) (any, error) { return count(r.Comments(ctx, on)) }, []string{"GET /issues/1/comments"}, "1"},
		"comment":      {func(ctx context.Context, r *Repository) (any, error) { return r.AddComment(ctx, on, "Text") }, []string{`POST /issues/1/comments {"body":"Text"}`}, "{102 Text https://github.example/issues/1#102 {1 escalate-bot false} 1 false 0 " + at + "}"},
		"edit comment": {func(ctx context.Context, r *Repository) (any, error) { return r.EditComment(ctx, on, 101, "Text") }, []string{`PATCH /issues/comments/101 {"body":"Text"}`}, "{101 Text https://github.example/issues/1#101 {66 mallory false} 1 false 0 " + at + "}"},
		"delete":       {func(ctx context.Context, r *Repository) (any, error) { return nil, r.DeleteComment(ctx, on, 101) }, []string{"DELETE /issues/comments/101"}, "<nil>"},
		"delete again": {func(ctx context.Context, r *Repository) (any, error) { return nil, r.DeleteComment(ctx, on, 77) }, []string{"DELETE /issues/comments/77"}, "<nil>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := forgetest.NewGitHub(t)
			g.Open(forgetest.Stranger, "Text", "escalation")
			g.Say(forgetest.Stranger, on, "Hello")
			got, err := tc.do(t.Context(), repository(t, g))
			if err != nil || fmt.Sprint(got) != tc.want || !slices.Equal(g.Requests, tc.asks) {
				t.Errorf("%v (%v), asked\n%s", got, err, strings.Join(g.Requests, "\n"))
			}
		})
	}
}

func count[T any](list iter.Seq2[T, error]) (int, error) {
	n := 0
	for _, err := range list {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// All pages are read, and no more than are asked for.
func TestPages(t *testing.T) {
	t.Parallel()
	g := forgetest.NewGitHub(t)
	for range 250 {
		g.Open(g.Me, "", "escalation")
	}
	r := repository(t, g)
	if n, err := count(r.Issues(t.Context(), "escalation")); n != 250 || err != nil || len(g.Requests) != 3 {
		t.Errorf("%d issues (%v), asked %q", n, err, g.Requests)
	}
	for range r.Issues(t.Context(), "escalation") {
		break
	}
	if len(g.Requests) != 4 {
		t.Errorf("asked %q", g.Requests)
	}
	if n, err := count(r.Comments(t.Context(), forge.Thread{Number: 999})); n != 0 || !errors.Is(err, forge.ErrGone) {
		t.Errorf("%d comments (%v)", n, err)
	}
}

// A workflow's token is nobody's; one that is not taken is an error.
func TestMe(t *testing.T) {
	t.Parallel()
	g := forgetest.NewGitHub(t)
	g.Me = forgetest.App
	if me, err := repository(t, g).Me(t.Context()); err != nil || me != (forge.Author{}) {
		t.Errorf("%v (%v)", me, err)
	}
	g.Fault = func(string) forgetest.Fault { return forgetest.Limited }
	if _, err := repository(t, g).Me(t.Context()); err == nil {
		t.Error("who the token is of is not known, and that is taken for nobody")
	}
}

// GraphQL knows which bot an app's token writes as. What it cannot say is not
// known; where it does not answer, that is an error.
func TestViewer(t *testing.T) {
	t.Parallel()
	bot := forge.Author{Login: "actions[bot]", Bot: true}
	for name, tc := range map[string]struct {
		viewer  string
		refuse  int
		graphQL bool
		want    forge.Author
		fails   bool
	}{
		"a bot":             {"actions[bot]", 0, true, bot, false},
		"by its short name": {"actions", 0, true, bot, false},
		"silent":            {"", 0, true, forge.Author{}, false},
		"not there":         {"actions[bot]", 404, true, forge.Author{}, false},
		"not to be asked":   {"actions[bot]", 0, false, forge.Author{}, false},
		"down":              {"actions[bot]", 502, true, forge.Author{}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := forgetest.NewGitHub(t)
			g.Me, g.Viewer = forgetest.App, tc.viewer
			g.Refuse = func(r *http.Request) (int, map[string]string, bool) {
				if r.Method == http.MethodPost {
					return tc.refuse, nil, false
				}
				return 0, nil, false
			}
			c := Config{API: g.API, Repository: "acme/escalations", Token: "t", UserAgent: "test"}
			if tc.graphQL {
				c.GraphQL = g.GraphQL
			}
			r, err := New(c)
			if err != nil {
				t.Fatal(err)
			}
			me, err := r.Me(t.Context())
			if me != tc.want || (err != nil) != tc.fails || errors.Is(err, destination.ErrInDoubt) {
				t.Errorf("%+v (%v), asked %q", me, err, g.Requests)
			}
		})
	}
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("another host is asked") }))
	defer elsewhere.Close()
	g := forgetest.NewGitHub(t)
	g.Me = forgetest.App
	r, err := New(Config{API: g.API, GraphQL: elsewhere.URL, Repository: "acme/escalations", Token: "t", UserAgent: "test"})
	if err != nil {
		t.Fatal(err)
	}
	if me, err := r.Me(t.Context()); me != (forge.Author{}) || err != nil {
		t.Errorf("of another host: %+v, %v", me, err)
	}
	if me := (forge.Author{ID: 7, Login: "Actions[bot]", Bot: true}); !me.Is(bot) || me.Is(forge.Author{Login: "actions[bot]"}) || me.Is(forge.Author{}) || (forge.Author{}).Is(forge.Author{}) {
		t.Error("who is who is not known")
	}
}

func TestTraits(t *testing.T) {
	t.Parallel()
	traits := repository(t, forgetest.NewGitHub(t)).Traits()
	if got := traits.Scoped("severity", "high") + " " + traits.Login(schema.Person{GitHub: "jodoe"}) + " " + traits.Repository; got != "severity:high jodoe acme/escalations" {
		t.Errorf("got %q", got)
	}
	for b, same := range map[string]bool{"severity:high": true, "Severity:HIGH": true, " severity:high ": true, "severity:hight": false, "severity: high": false} {
		if traits.SameLabel("severity:high", b) != same {
			t.Errorf("%q", b)
		}
	}
}

// GitHub takes so much in a minute, and so much in an hour.
func TestPace(t *testing.T) {
	t.Parallel()
	begun := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	now := begun
	var said []string
	p := pace{now: func() time.Time { return now }, says: func(s string) { said = append(said, s) }, wait: func(_ context.Context, d time.Duration) error {
		now = now.Add(d)
		return nil
	}}
	var at []time.Duration
	for range 1100 {
		if err := p.turn(t.Context()); err != nil {
			t.Fatal(err)
		}
		at = append(at, now.Sub(begun))
		now = now.Add(100 * time.Millisecond)
	}
	for n := range at {
		if n >= 80 && at[n]-at[n-80] < time.Minute || n >= 500 && at[n]-at[n-500] < time.Hour {
			t.Errorf("the %dth is made after %s", n+1, at[n])
		}
	}
	if at[79] > 10*time.Second || at[499] > 8*time.Minute || at[1099] > 2*time.Hour+3*time.Minute {
		t.Errorf("it is slow: %s, %s, %s", at[79], at[499], at[1099])
	}
	if want := "GitHub takes 80 issues and comments in a minute: waiting for 52s"; said[0] != want {
		t.Errorf("it says %q, want %q", said[0], want)
	}
	if !slices.ContainsFunc(said, func(s string) bool {
		return strings.HasPrefix(s, "GitHub takes 500 issues and comments in an hour: waiting for 5")
	}) {
		t.Errorf("it says %q", said)
	}
	p.wait = func(context.Context, time.Duration) error { return context.Canceled }
	for range 90 {
		if err := p.turn(t.Context()); err != nil {
			return
		}
	}
	t.Error("a run that is stopped goes on")
}

// What is made is counted, where the API is GitHub's own.
func TestPaced(t *testing.T) {
	t.Parallel()
	for api, want := range map[string]bool{"https://api.github.com/": true, "https://api.acme.ghe.com/": true, "https://github.acme.example/api/v3/": false, "http://127.0.0.1:4500/": false} {
		u, err := url.Parse(api)
		if err != nil || limits(u) != want {
			t.Errorf("%s: %v (%v)", api, limits(u), err)
		}
	}
	g := forgetest.NewGitHub(t)
	g.Open(g.Me, "")
	r := repository(t, g)
	r.pace.now = func() time.Time { return time.Unix(0, 0) }
	_, err := r.OpenIssue(t.Context(), forge.Draft{Title: "x"})
	_, err2 := r.AddComment(t.Context(), on, "x")
	_, err3 := r.EditIssue(t.Context(), 1, forge.Edit{Open: ptr(false)})
	if err = errors.Join(err, err2, err3); err != nil || len(r.pace.made) != 2 {
		t.Errorf("%d were made (%v)", len(r.pace.made), err)
	}
}
