package gitlab

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/forge/forgetest"
	"github.com/escalations-as-code/escalate/schema"
)

// project is the one of a fake, as a new run has it.
func project(t *testing.T, g *forgetest.GitLab) *Project {
	t.Helper()
	p, err := New(Config{API: g.API, GraphQL: g.GraphQL, Project: g.Project, Token: "t", UserAgent: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// job is that of a job with its own token.
func job(t *testing.T, g *forgetest.GitLab) *Project {
	t.Helper()
	p, err := New(Config{API: g.API, GraphQL: g.GraphQL, Project: g.Project, Token: "j", Job: true, UserAgent: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func all[T any](list iter.Seq2[T, error]) (items []T, err error) {
	for v, err := range list {
		if err != nil {
			return items, err
		}
		items = append(items, v)
	}
	return items, nil
}

func count[T any](list iter.Seq2[T, error]) (int, error) {
	items, err := all(list)
	return len(items), err
}

var (
	onIssue  = forge.Thread{Number: 1}
	onChange = forge.Thread{Number: 1, ChangeRequest: true}
)

// Each question is a request, as GitLab's documentation has it.
func TestRequests(t *testing.T) {
	t.Parallel()
	title, body, closed, secret, due := "Other", "Text", false, true, schema.Date{Time: time.Date(2026, 12, 5, 0, 0, 0, 0, time.UTC)}
	nobody, jo := []string{}, []string{"JoDoe"}
	for name, tc := range map[string]struct {
		do   func(context.Context, *Project) (any, error)
		asks []string
		want string
	}{
		"me":    {func(ctx context.Context, p *Project) (any, error) { return p.Me(ctx) }, []string{"GET user"}, "{1 escalate-bot false}"},
		"issue": {func(ctx context.Context, p *Project) (any, error) { i, err := p.Issue(ctx, 1); return i.Title, err }, []string{"GET /issues/1"}, "Northwind"},
		"issues": {func(ctx context.Context, p *Project) (any, error) { return count(p.Issues(ctx, "escalation")) },
			[]string{"GET /issues?labels=escalation&order_by=created_at&page=1&pagination=keyset&per_page=100&scope=all&sort=asc"}, "1"},
		"open": {func(ctx context.Context, p *Project) (any, error) {
			i, err := p.OpenIssue(ctx, forge.Draft{Title: title, Body: body, Labels: []string{"escalation", "severity::high"}, Assignees: jo, Confidential: true, Due: due})
			return fmt.Sprint(i.Number, i.Labels, i.Assignees, i.Confidential, i.Due.Format(time.DateOnly)), err
		}, []string{"GET /members/all?page=1&per_page=100&query=JoDoe",
			`POST /issues {"title":"Other","description":"Text","confidential":true,"assignee_ids":[1000],"labels":"escalation,severity::high","due_date":"2026-12-05"}`}, "2 [escalation severity::high] [jodoe] true2026-12-05"},
		"edit": {func(ctx context.Context, p *Project) (any, error) {
			i, err := p.EditIssue(ctx, 1, forge.Edit{Title: &title, Body: &body, Open: &closed, Confidential: &secret, Due: &due})
			return fmt.Sprint(i.Title, i.Body, i.Open, i.Confidential, i.Due.Format(time.DateOnly)), err
		}, []string{`PUT /issues/1 {"confidential":true,"description":"Text","due_date":"2026-12-05","state_event":"close","title":"Other"}`}, "OtherTextfalse true2026-12-05"},
		"nobody, no day": {func(ctx context.Context, p *Project) (any, error) {
			i, err := p.EditIssue(ctx, 1, forge.Edit{Assignees: &nobody, Due: &schema.Date{}})
			return fmt.Sprint(i.Assignees, i.Due.IsZero()), err
		}, []string{`PUT /issues/1 {"assignee_ids":[0],"due_date":null}`}, "[] true"},
		"labels": {func(ctx context.Context, p *Project) (any, error) {
			return p.SetLabels(ctx, 1, []string{"escalation", "severity::low", "severity::high"})
		}, []string{`PUT /issues/1 {"labels":"escalation,severity::low,severity::high"}`}, "[escalation severity::high]"},
		"no labels": {func(ctx context.Context, p *Project) (any, error) { return p.SetLabels(ctx, 1, nil) }, []string{`PUT /issues/1 {"labels":""}`}, "[]"},
		"a label": {func(ctx context.Context, p *Project) (any, error) {
			return nil, p.MakeLabel(ctx, forge.Label{Name: "escalation"})
		}, []string{"GET /labels/escalation"}, "<nil>"},
		"a new label": {func(ctx context.Context, p *Project) (any, error) {
			return nil, p.MakeLabel(ctx, forge.Label{Name: "severity::v1.0", Description: "Y", Color: "d93f0b"})
		}, []string{"GET /labels/severity::v1%2E0", `POST /labels {"name":"severity::v1.0","color":"#d93f0b","description":"Y"}`}, "<nil>"},
		"may assign": {func(ctx context.Context, p *Project) (any, error) { return p.MayAssign(ctx, "jodoe") }, []string{"GET /members/all?page=1&per_page=100&query=jodoe"}, "true"},
		"may not":    {func(ctx context.Context, p *Project) (any, error) { return p.MayAssign(ctx, "mallory") }, []string{"GET /members/all?page=1&per_page=100&query=mallory"}, "false"},
		"comments": {func(ctx context.Context, p *Project) (any, error) { return count(p.Comments(ctx, onIssue)) },
			[]string{"GET /issues/1/notes?order_by=created_at&page=1&per_page=100&sort=asc"}, "1"},
		"comment": {func(ctx context.Context, p *Project) (any, error) {
			c, err := p.AddComment(ctx, onIssue, "Text")
			return strings.TrimPrefix(c.URL, p.web), err
		}, []string{`POST /issues/1/notes {"body":"Text"}`}, "/-/issues/1#note_103"},
		"comment on a change": {func(ctx context.Context, p *Project) (any, error) {
			c, err := p.AddComment(ctx, onChange, "Text")
			return strings.TrimPrefix(c.URL, p.web), err
		}, []string{`POST /merge_requests/1/notes {"body":"Text"}`}, "/-/merge_requests/1#note_103"},
		"edit comment": {func(ctx context.Context, p *Project) (any, error) {
			c, err := p.EditComment(ctx, onIssue, 101, "Text")
			return c.Body, err
		}, []string{`PUT /issues/1/notes/101 {"body":"Text"}`}, "Text"},
		"delete":       {func(ctx context.Context, p *Project) (any, error) { return nil, p.DeleteComment(ctx, onIssue, 101) }, []string{"DELETE /issues/1/notes/101"}, "<nil>"},
		"delete again": {func(ctx context.Context, p *Project) (any, error) { return nil, p.DeleteComment(ctx, onIssue, 77) }, []string{"DELETE /issues/1/notes/77"}, "<nil>"},
		"react":        {func(ctx context.Context, p *Project) (any, error) { return nil, p.React(ctx, onIssue, 101) }, []string{`POST /issues/1/notes/101/award_emoji {"name":"eyes"}`}, "<nil>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, stop := forgetest.StartGitLab("acme/cs.emea/escalations") // dots and subgroups
			defer stop()
			g.Open(forgetest.Stranger, "Text", "escalation")
			g.OpenChange(forgetest.Stranger)
			g.Say(forgetest.Stranger, onIssue, "Hello")
			g.Say(forgetest.Stranger, onIssue, "changed title").System = true
			got, err := tc.do(t.Context(), project(t, g))
			asks := slices.Clone(g.Requests)
			for i := range asks {
				asks[i] = strings.ReplaceAll(asks[i], "projects/acme%2Fcs%2Eemea%2Fescalations", "")
			}
			if err != nil || fmt.Sprint(got) != tc.want || !slices.Equal(asks, tc.asks) {
				t.Errorf("%v (%v), asked\n%s", got, err, strings.Join(asks, "\n"))
			}
		})
	}
}

// What is no address or no project is refused before anything is asked; no other host
// than the API's gets the token.
func TestNew(t *testing.T) {
	t.Parallel()
	for _, c := range []Config{
		{Project: "escalations"}, {Project: "/escalations"}, {Project: "acme/"}, {Project: "acme//escalations"},
		{Project: "acme/escalations", API: "git.example/api/v4"}, {Project: "acme/escalations", API: "ftp://git.example/api/v4"}, {Project: "acme/escalations", API: "://"},
	} {
		if _, err := New(c); err == nil {
			t.Errorf("%+v is taken", c)
		}
	}
	for api, web := range map[string]string{
		"": "https://gitlab.com/acme/escalations", "https://git.example/gitlab/api/v4/": "https://git.example/gitlab/acme/escalations", "http://git.example:8080/api/v4": "http://git.example:8080/acme/escalations",
	} {
		p, err := New(Config{API: api, Project: "acme/escalations"})
		if err != nil || p.web != web || p.BaseURL().Path != strings.TrimSuffix(p.BaseURL().Path, "/")+"/" || strings.Count(p.BaseURL().String(), "api/v4") != 1 {
			t.Errorf("%s: %+v (%v)", api, p, err)
		}
	}
	for graphQL, asked := range map[string]bool{"": false, "https://elsewhere.example/api/graphql": false, "http://git.example/api/graphql": false, "https://git.example/api/graphql": true} {
		p, err := New(Config{API: "https://git.example/api/v4", GraphQL: graphQL, Project: "acme/escalations"})
		if err != nil || (p.graphQL != nil) != asked {
			t.Errorf("%q is asked: %v (%v)", graphQL, p.graphQL, err)
		}
	}
}

// An error says what it is, and what to do; what may have been carried out is in doubt;
// neither the token nor the page of a proxy stands in it.
func TestErrors(t *testing.T) {
	t.Parallel()
	read := func(ctx context.Context, p *Project) error { _, err := p.Issue(ctx, 1); return err }
	write := func(ctx context.Context, p *Project) error { _, err := p.AddComment(ctx, onIssue, "Text"); return err }
	for name, tc := range map[string]struct {
		status int
		do     func(context.Context, *Project) error
		kind   error
		says   string
	}{
		"no such issue":       {404, read, forge.ErrGone, "no such thing"},
		"may not":             {403, write, forge.ErrForbidden, "the scope `api` and the role Reporter"},
		"an old token":        {401, read, forge.ErrToken, "GITLAB_TOKEN"},
		"not as it is":        {400, write, forge.ErrRefused, "400 refused"},
		"nor so":              {422, write, forge.ErrRefused, "422"},
		"too many":            {429, write, nil, "rate limit"},
		"elsewhere":           {301, write, nil, "renamed or moved"},
		"no answer to a note": {502, write, destination.ErrInDoubt, "did not answer"},
		"a conflict":          {409, write, nil, "refused"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := forgetest.NewGitLab(t)
			g.Open(forgetest.Stranger, "Text")
			g.Refuse = func(*http.Request) (int, map[string]string, bool) {
				return tc.status, map[string]string{"Retry-After": "86400"}, false
			}
			err := tc.do(t.Context(), project(t, g))
			if err == nil || tc.kind != nil && !errors.Is(err, tc.kind) || !strings.Contains(err.Error(), tc.says) || strings.Contains(err.Error(), "html") {
				t.Errorf("%v", err)
			}
			if doubt := errors.Is(err, destination.ErrInDoubt); doubt != (tc.kind == destination.ErrInDoubt) {
				t.Errorf("it is in doubt: %v", doubt)
			}
		})
	}
}

// A note is written once, whatever the answer; what may be repeated is, and what GitLab
// has too much of is waited for.
func TestAgain(t *testing.T) {
	t.Parallel()
	body := "New"
	for name, tc := range map[string]struct {
		status int
		header map[string]string
		do     func(context.Context, *Project) error
		times  int
	}{
		"a note": {502, nil, func(ctx context.Context, p *Project) error { _, err := p.AddComment(ctx, onIssue, "Text"); return err }, 1},
		"an edit": {502, nil, func(ctx context.Context, p *Project) error {
			_, err := p.EditIssue(ctx, 1, forge.Edit{Body: &body})
			return err
		}, 2},
		"a look":            {500, nil, func(ctx context.Context, p *Project) error { _, err := p.Issue(ctx, 1); return err }, 2},
		"a note, too early": {429, map[string]string{"Retry-After": "0"}, func(ctx context.Context, p *Project) error { _, err := p.AddComment(ctx, onIssue, "Text"); return err }, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := forgetest.NewGitLab(t)
			g.Open(forgetest.Stranger, "Text")
			times := 0
			g.Refuse = func(*http.Request) (int, map[string]string, bool) {
				if times++; times == 1 {
					return tc.status, tc.header, false
				}
				return 0, nil, false
			}
			err := tc.do(t.Context(), project(t, g))
			if times != tc.times || (err == nil) != (tc.times == 2) {
				t.Errorf("asked %d times: %v", times, err)
			}
		})
	}
}

// How long GitLab asks to wait it says in seconds, as a moment, or not at all.
func TestLimited(t *testing.T) {
	t.Parallel()
	for want, h := range map[time.Duration]http.Header{
		5 * time.Second:  {"Retry-After": {"5"}},
		31 * time.Second: {"Ratelimit-Reset": {"1700000030"}, "Date": {time.Unix(1700000000, 0).UTC().Format(http.TimeFormat)}},
		time.Minute:      {},
	} {
		if got, is := limited(&http.Response{StatusCode: 429, Header: h}); !is || got != want {
			t.Errorf("%v: %v, %v", h, got, is)
		}
	}
	if _, is := limited(&http.Response{StatusCode: 403, Header: http.Header{"Ratelimit-Remaining": {"0"}}}); is {
		t.Error("a refusal is no limit")
	}
}

// A reply that confirms nothing is never taken for success.
func TestUnconfirmed(t *testing.T) {
	t.Parallel()
	title := "New"
	for _, reply := range []string{"{}", "null", "[]", "", `{"id":null,"iid":null}`, `"all is well"`, "<html>"} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodGet || reply != "" { // of a list, that would be sent again and again
				w.WriteHeader(http.StatusCreated)
			}
			fmt.Fprint(w, reply)
		}))
		defer s.Close()
		p, err := New(Config{API: s.URL + "/api/v4", GraphQL: s.URL + "/api/graphql", Project: "acme/escalations", Token: "t"})
		if err != nil {
			t.Fatal(err)
		}
		f, reviews := forge.Confirm(p), forge.ConfirmReviews(p)
		for name, do := range map[string]func(context.Context) error{
			"open": func(ctx context.Context) error {
				_, err := f.OpenIssue(ctx, forge.Draft{Title: "t", Body: "b"})
				return err
			},
			"edit":    func(ctx context.Context) error { _, err := f.EditIssue(ctx, 1, forge.Edit{Title: &title}); return err },
			"labels":  func(ctx context.Context) error { _, err := f.SetLabels(ctx, 1, []string{"a"}); return err },
			"comment": func(ctx context.Context) error { _, err := f.AddComment(ctx, onIssue, "Text"); return err },
			"reword":  func(ctx context.Context) error { _, err := f.EditComment(ctx, onIssue, 101, "Text"); return err },
			"react":   func(ctx context.Context) error { return p.React(ctx, onIssue, 101) },
			"propose": func(ctx context.Context) error {
				_, err := p.Propose(ctx, forge.Proposal{Head: "a", Base: "main"})
				return err
			},
			"retitle": func(ctx context.Context) error { return p.Retitle(ctx, 1, "New") },
			"merge":   func(ctx context.Context) error { return p.Merge(ctx, 1, "abc") },
			"remark": func(ctx context.Context) error {
				_, err := reviews.AddRemark(ctx, 1, forge.RemarkDraft{Body: "b"})
				return err
			},
			"a line": func(ctx context.Context) error {
				_, err := reviews.AddRemark(ctx, 1, forge.RemarkDraft{Body: "b", Path: "f", Line: 1, Commit: "abc"})
				return err
			},
			"settle":    func(ctx context.Context) error { return p.Settle(ctx, 1, forge.Remark{Thread: "x"}, true) },
			"me":        func(ctx context.Context) error { _, err := p.Me(ctx); return err },
			"hosted":    func(ctx context.Context) error { _, err := p.Hosted(ctx); return err },
			"last edit": func(ctx context.Context) error { _, _, err := p.LastEdit(ctx, 1); return err },
		} {
			if reply == "" && strings.Contains("react propose merge me hosted a line", name) {
				continue // these look first, and what says nothing is asked for again
			}
			if name == "labels" && reply == `{"id":null,"iid":null}` {
				continue
			}
			if err := do(t.Context()); err == nil {
				t.Errorf("%s: the reply %q is taken for success", name, reply)
			}
		}
	}
}

// A quick action that slipped through is carried out, and the reply says that the text is
// another.
func TestQuickActions(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		body string
		acts []string
	}{
		"at the end":     {"Text\n/close", []string{"/close"}},
		"alone":          {"/close", []string{"/close"}},
		"in capitals":    {"/CLOSE\nText", []string{"/close"}},
		"with arguments": {"Text\n/assign @mallory\nMore", []string{"/assign @mallory"}},
		"in code":        {"```\n/close\n```", nil},
		"in a quotation": {">>>\n/close\n>>>", nil},
		"of a comment":   {"/esc update All is well.", nil},
		"a path":         {"/closed\n/etc/passwd", nil},
		"not first":      {"Text /close\n /close", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := forgetest.NewGitLab(t)
			i := g.Open(forgetest.Stranger, "Text")
			f := forge.Confirm(project(t, g))
			_, err := f.AddComment(t.Context(), onIssue, tc.body)
			if !slices.Equal(g.Executed, tc.acts) || errors.Is(err, destination.ErrUnconfirmed) != (tc.acts != nil) || i.Open != !slices.Contains(tc.acts, "/close") {
				t.Errorf("%q was carried out: %v", g.Executed, err)
			}
			g.Executed = nil
			if _, err := f.OpenIssue(t.Context(), forge.Draft{Title: "T", Body: tc.body}); errors.Is(err, destination.ErrUnconfirmed) != (tc.acts != nil) {
				t.Errorf("it opens: %v", err)
			}
		})
	}
}

// What a job's own token may not do is said with the token that may.
func TestJob(t *testing.T) {
	t.Parallel()
	g := forgetest.NewGitLab(t)
	g.Open(forgetest.Stranger, "Text")
	g.Propose(forgetest.Stranger, "feature", "abc", "a.yaml")
	p := job(t, g)
	if me, err := p.Me(t.Context()); err != nil || me != (forge.Author{}) || len(g.Requests) > 0 {
		t.Errorf("%+v (%v), asked %q", me, err, g.Requests)
	}
	if is, err := p.Proposed(t.Context(), 1); err != nil || is.Commit != "abc" {
		t.Errorf("%+v (%v)", is, err)
	}
	if n, err := count(p.Comments(t.Context(), onChange)); err != nil || n != 0 {
		t.Errorf("%d (%v)", n, err)
	}
	for name, do := range map[string]func() error{
		"comment": func() error { _, err := p.AddComment(t.Context(), onChange, "Text"); return err },
		"open":    func() error { _, err := p.OpenIssue(t.Context(), forge.Draft{Title: "T"}); return err },
		"look":    func() error { _, err := p.Issue(t.Context(), 1); return err },
		"inspect": func() error { _, err := p.Hosted(t.Context()); return err },
	} {
		err := do()
		if err == nil || !strings.Contains(err.Error(), "project access token with the scope") || errors.Is(err, forge.ErrToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What the token may not see is not there, as GitLab has it: that it is gone is believed
// of a token alone that would see it.
func TestConfidential(t *testing.T) {
	t.Parallel()
	g := forgetest.NewGitLab(t)
	g.Role = forgetest.Guest
	g.Open(forgetest.Stranger, "Text", "escalation").Confidential = true
	p := project(t, g)
	if _, err := p.Issue(t.Context(), 1); !errors.Is(err, forge.ErrForbidden) || errors.Is(err, forge.ErrGone) || !strings.Contains(err.Error(), "Reporter") {
		t.Errorf("%v", err)
	}
	if n, err := count(p.Issues(t.Context(), "escalation")); err != nil || n != 0 {
		t.Errorf("%d are listed (%v)", n, err)
	}
	g.Role = forgetest.Planner
	p = project(t, g)
	if _, err := p.Issue(t.Context(), 2); !errors.Is(err, forge.ErrGone) {
		t.Errorf("%v", err)
	}
	if i, err := p.Issue(t.Context(), 1); err != nil || !i.Confidential {
		t.Errorf("%+v (%v)", i, err)
	}
}

// An issue that was moved is elsewhere; where GraphQL is not asked, its old page leads
// there.
func TestMoved(t *testing.T) {
	t.Parallel()
	g := forgetest.NewGitLab(t)
	g.Open(forgetest.Stranger, "Text", "escalation").Moved = "https://git.example/elsewhere/-/issues/42"
	p := project(t, g)
	var moved *forge.MovedError
	if _, err := p.Issue(t.Context(), 1); !errors.As(err, &moved) || moved.To != "https://git.example/elsewhere/-/issues/42" {
		t.Errorf("%v", err)
	}
	p.graphQL = nil
	if _, err := p.Issue(t.Context(), 1); !errors.As(err, &moved) || moved.To != g.Root+"/acme/escalations/-/issues/1" {
		t.Errorf("%v", err)
	}
	if n, err := count(p.Issues(t.Context(), "escalation")); err != nil || n != 0 {
		t.Errorf("%d are listed (%v)", n, err)
	}
}

// A project that was renamed is found by its old path, and nothing is written there.
func TestRenamed(t *testing.T) {
	t.Parallel()
	g := forgetest.NewGitLab(t)
	g.Was = "acme/old"
	g.Open(forgetest.Stranger, "Text")
	p, err := New(Config{API: g.API, Project: g.Was, Token: "t"})
	if err != nil {
		t.Fatal(err)
	}
	if i, err := p.Issue(t.Context(), 1); err != nil || i.Number != 1 {
		t.Errorf("%+v (%v)", i, err)
	}
	if _, err := p.AddComment(t.Context(), onIssue, "Text"); err == nil || !strings.Contains(err.Error(), "renamed or moved") || len(g.Comments) > 0 {
		t.Errorf("%v", err)
	}
	if now, err := p.Today(t.Context(), g.Was); err != nil || now != "acme/escalations" {
		t.Errorf("%s (%v)", now, err)
	}
}

// What is deleted while a list is read lets nothing else be passed over, and what is
// written meanwhile is read.
func TestListsThatMove(t *testing.T) {
	t.Parallel()
	g := forgetest.NewGitLab(t)
	g.Open(forgetest.Stranger, "Text")
	for n := range 350 {
		g.Say(forgetest.Stranger, onIssue, fmt.Sprint(n))
	}
	asked := 0
	g.Refuse = func(*http.Request) (int, map[string]string, bool) {
		switch asked++; asked {
		case 2:
			g.Comments = slices.Delete(g.Comments, 10, 30)
		case 5:
			g.Say(forgetest.Stranger, onIssue, "last")
		}
		return 0, nil, false
	}
	comments, err := all(project(t, g).Comments(t.Context(), onIssue))
	seen := map[string]int{}
	for _, c := range comments {
		seen[c.Body]++
	}
	for _, c := range g.Comments {
		if seen[c.Body] != 1 {
			t.Errorf("%q was read %d times", c.Body, seen[c.Body])
		}
	}
	if err != nil || comments[len(comments)-1].Body != "last" {
		t.Errorf("%v", err)
	}
}

// A guest, and whose account is blocked or is none, is not assigned; who is assigned stays
// so.
func TestAssignable(t *testing.T) {
	t.Parallel()
	g := forgetest.NewGitLab(t)
	g.Assignable, g.Roles = []string{"jodoe", "gina"}, map[string]int{"gina": forgetest.Guest}
	g.Open(forgetest.Stranger, "Text").Assignees = []string{"gone"}
	p := project(t, g)
	for login, may := range map[string]bool{"jodoe": true, "gina": false, "jo": false, "mallory": false} {
		if got, err := p.MayAssign(t.Context(), login); err != nil || got != may {
			t.Errorf("%s may be assigned: %v (%v)", login, got, err)
		}
	}
	for _, login := range []string{"gina", "mallory", "gone"} {
		if _, err := p.EditIssue(t.Context(), 1, forge.Edit{Assignees: &[]string{login}}); !errors.Is(err, forge.ErrRefused) {
			t.Errorf("%s: %v", login, err)
		}
	}
	if _, err := p.Issue(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if i, err := p.EditIssue(t.Context(), 1, forge.Edit{Assignees: &[]string{"jodoe", "gone"}}); err != nil || !slices.Equal(i.Assignees, []string{"jodoe", "gone"}) {
		t.Errorf("%q (%v)", i.Assignees, err)
	}
	asked := len(g.Requests)
	if _, err := p.MayAssign(t.Context(), "JoDoe"); err != nil || len(g.Requests) != asked {
		t.Errorf("it asks again: %q", g.Requests[asked:])
	}
}

// So is it with issues, by keyset and, before 18.3, by offset.
func TestIssuesThatMove(t *testing.T) {
	t.Parallel()
	for name, old := range map[string]bool{"by keyset": false, "by offset": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := forgetest.NewGitLab(t)
			g.Old = old
			for range 350 {
				g.Open(forgetest.Stranger, "Text", "escalation")
			}
			asked := 0
			g.Refuse = func(*http.Request) (int, map[string]string, bool) {
				if asked++; asked == 2 {
					for _, i := range g.Issues[20:40] {
						i.Labels = nil
					}
				}
				return 0, nil, false
			}
			issues, err := all(project(t, g).Issues(t.Context(), "escalation"))
			if want := map[bool]int{false: 4, true: 5}[old]; err != nil || len(issues) != 350 || asked > want+1 {
				t.Errorf("%d were listed in %d requests (%v)", len(issues), asked, err)
			}
			for n, i := range issues {
				if i.Number != n+1 {
					t.Fatalf("%d comes after %d", i.Number, n)
				}
			}
		})
	}
}

// The accounts of tokens and programs are bots.
func TestBots(t *testing.T) {
	t.Parallel()
	for name, is := range map[string]bool{
		"project_12_bot": true, "project_12_bot1": true, "project_12_bot_5e6dffa282c5129aa67c": true, "group_7_bot_0a": true, "service_account_group_345_6018816a18e515214e0c34c2b33523fc": true,
		"service_account_9f86d081884c7d65": true, "project_12_bottom": false, "jodoe": false, "my_project_12_bot": false, "bot": false,
	} {
		if got := (&user{ID: 1, Username: name}).author().Bot; got != is {
			t.Errorf("%s is a bot: %v", name, got)
		}
	}
}
