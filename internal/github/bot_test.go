package github

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/forge/forgetest"
)

// ticking has the clock of a fake go on by a step at each look.
func ticking(g *forgetest.GitHub, step time.Duration) time.Time {
	now := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	begun := now
	g.Now = func() time.Time {
		defer func() { now = now.Add(step) }()
		return now
	}
	return begun
}

// bodies are the texts of comments, in order.
func bodies(t *testing.T, list iter.Seq2[forge.Comment, error]) string {
	t.Helper()
	var all []string
	for c, err := range list {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c.Body)
	}
	return strings.Join(all, " ")
}

// Who wrote a comment and an issue, when, and on what, is as GitHub says it.
func TestSaid(t *testing.T) {
	t.Parallel()
	g := forgetest.NewGitHub(t)
	begun := ticking(g, time.Second)
	g.Open(forgetest.Stranger, "Text", "escalation").Member = forge.No // opened at 0 s, and changed at 1 s
	pull := g.OpenChange(forgetest.User)                               // at 2 s and 3 s
	g.Say(forgetest.User, pull, "on a pull request").Member = forge.Yes
	g.Say(forgetest.Stranger, on, "on an issue").Member = forge.No
	r := repository(t, g)
	i, err := r.Issue(t.Context(), 1)
	if err != nil || i.Member != forge.No || !i.Created.Equal(begun) || !i.Updated.After(i.Created) {
		t.Errorf("%+v, %v", i, err)
	}
	var said []string
	for c, err := range r.AllComments(t.Context()) {
		if err != nil || !c.Created.After(begun) || !c.Updated.After(c.Created) || c.Created.Location() != time.UTC {
			t.Errorf("%+v, %v", c, err)
		}
		said = append(said, fmt.Sprintf("%s %d %t %s %t", c.Body, c.Issue, c.ChangeRequest, c.Author.Login, c.Member == forge.Yes))
	}
	if want := []string{"on a pull request 2 true escalate-bot true", "on an issue 1 false mallory false"}; !slices.Equal(said, want) {
		t.Errorf("%q", said)
	}
	for association, want := range map[string]forge.Said{"": forge.Unsaid, "OWNER": forge.Yes, "MEMBER": forge.Yes, "COLLABORATOR": forge.Yes, "CONTRIBUTOR": forge.No, "FIRST_TIMER": forge.No, "FIRST_TIME_CONTRIBUTOR": forge.No, "MANNEQUIN": forge.No, "NONE": forge.No, "another": forge.No} {
		if got := member(association); got != want {
			t.Errorf("%s: %v", association, got)
		}
	}
	for url, want := range map[string]bool{"https://github.example/acme/pull/issues/1#issuecomment-1": false, "https://github.example/acme/escalations/pull/1#issuecomment-/pull/1": true, "": false} {
		if got := comment(&github.IssueComment{HTMLURL: &url}).ChangeRequest; got != want {
			t.Errorf("%s: %v", url, got)
		}
	}
}

// What changed since a time is listed by when it changed, all of that second too.
func TestSince(t *testing.T) {
	t.Parallel()
	g := forgetest.NewGitHub(t)
	begun := ticking(g, 0)
	r := repository(t, g)
	at := func(d time.Duration) { g.Now = func() time.Time { return begun.Add(d) } }
	g.Open(forgetest.User, "", "escalation")
	g.Open(forgetest.User, "", "escalation")
	g.Open(forgetest.User, "", "other")
	for s, text := range []string{"a", "b", "c", "d"} {
		at(time.Duration(s) * time.Second)
		g.Say(forgetest.User, on, text)
	}
	at(5 * time.Second)
	if _, err := r.EditComment(t.Context(), on, 102, "B"); err != nil {
		t.Fatal(err)
	}
	for since, want := range map[time.Time]string{
		{}: "a c d B", begun: "a c d B", begun.Add(time.Second): "c d B", begun.Add(2999 * time.Millisecond): "c d B",
		begun.Add(3 * time.Second): "d B", begun.Add(6 * time.Second): "",
		begun.Add(3 * time.Second).In(time.FixedZone("", 3600)): "d B",
	} {
		if got := bodies(t, r.CommentsSince(t.Context(), since)); got != want {
			t.Errorf("since %v: %q, want %q", since, got, want)
		}
	}
	g.Requests = nil
	at(7 * time.Second)
	if _, err := r.EditIssue(t.Context(), 1, forge.Edit{Open: ptr(false)}); err != nil {
		t.Fatal(err)
	}
	for since, want := range map[time.Time]string{{}: "2 1", begun: "2 1", begun.Add(7 * time.Second): "1", begun.Add(8 * time.Second): ""} {
		var numbers []string
		for i, err := range r.IssuesSince(t.Context(), "escalation", since) {
			if err != nil {
				t.Fatal(err)
			}
			numbers = append(numbers, fmt.Sprint(i.Number))
		}
		if got := strings.Join(numbers, " "); got != want {
			t.Errorf("issues since %v: %q, want %q", since, got, want)
		}
	}
}

// What changes while a list is read hides nothing from it, whatever moves to which page;
// and a second in which more happened than is on a page is read to its end.
func TestSincePages(t *testing.T) {
	t.Parallel()
	for name, step := range map[string]time.Duration{"a second for each": time.Second, "many in a second": 4 * time.Millisecond, "all in one": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := forgetest.NewGitHub(t)
			begun := ticking(g, 0)
			g.Open(forgetest.User, "")
			now := begun
			g.Now = func() time.Time { return now.Truncate(time.Second) } // as GitHub says times
			want := map[string]bool{}
			for n := range 350 {
				now = begun.Add(time.Duration(n) * step)
				g.Say(forgetest.User, on, fmt.Sprint(n))
				want[fmt.Sprint(n)] = true
			}
			now = now.Add(time.Hour)
			r := repository(t, g)
			read := 0
			for c, err := range r.CommentsSince(t.Context(), begun) {
				if err != nil {
					t.Fatal(err)
				}
				delete(want, c.Body)
				if read++; read == 150 && step == time.Second { // and somebody edits what was read
					for _, c := range g.Comments[:20] {
						c.Body, c.Updated = "edited", now
					}
				}
			}
			if len(want) > 0 || len(g.Requests) > 7 || step != time.Second && read != 350 {
				t.Errorf("%d are not listed, after %d requests; %d were", len(want), len(g.Requests), read)
			}
		})
	}
}

// A reaction is left once on a comment.
func TestReact(t *testing.T) {
	t.Parallel()
	g := forgetest.NewGitHub(t)
	g.Open(forgetest.Stranger, "")
	c := g.Say(forgetest.Stranger, on, "Hello")
	r := repository(t, g)
	for range 2 {
		if err := r.React(t.Context(), on, c.ID); err != nil {
			t.Error(err)
		}
	}
	if want := []forgetest.Reacted{{By: g.Me, On: 1, Comment: c.ID, With: "eyes"}}; !slices.Equal(g.Reactions, want) {
		t.Errorf("%+v", g.Reactions)
	}
	if g.Requests[0] != `POST /issues/comments/101/reactions {"content":"eyes"}` {
		t.Errorf("asked %q", g.Requests)
	}
	if err := r.React(t.Context(), on, 999); !errors.Is(err, forge.ErrGone) {
		t.Errorf("a comment that is gone: %v", err)
	}
	g.Issues[0].Locked = true
	if err := r.React(t.Context(), on, c.ID); !errors.Is(err, forge.ErrLocked) {
		t.Errorf("on a locked issue: %v", err)
	}
}

// A pull request is shown as it stands; what is of a fork, or was, is said to be.
func TestProposed(t *testing.T) {
	t.Parallel()
	g := forgetest.NewGitHub(t)
	begun := ticking(g, 0)
	g.Open(forgetest.User, "")
	p := g.Propose(forgetest.Stranger, "escalate/northwind", "c0ffee", "escalations/2026/northwind.yaml", "a -> b")
	p.Title, p.Body, p.Draft, p.Fork = "Open Northwind", "Text", true, true
	r := repository(t, g)
	want := forge.Proposed{
		Change: forge.Change{Number: 2, URL: "https://github.example/pull/2", Title: "Open Northwind"}, Body: "Text", Author: forgetest.Stranger,
		Head: "escalate/northwind", Commit: "c0ffee", Base: "main", Open: true, Draft: true, Fork: true, Created: begun, Updated: begun,
	}
	if got, err := r.Proposed(t.Context(), 2); got != want || err != nil {
		t.Errorf("%+v, %v", got, err)
	}
	p.Open, p.Merged, p.Draft, p.Fork = false, true, false, false
	if got, err := r.Proposed(t.Context(), 2); got.Open || !got.Merged || got.Draft || got.Fork || err != nil {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := r.Changed(t.Context(), 2); !slices.Equal(got, []string{"escalations/2026/northwind.yaml", "b", "a"}) || err != nil {
		t.Errorf("it changes %q, %v", got, err)
	}
	if _, err := r.Proposed(t.Context(), 1); !errors.Is(err, forge.ErrGone) {
		t.Errorf("an issue: %v", err)
	}
	if _, err := r.Changed(t.Context(), 1); !errors.Is(err, forge.ErrGone) {
		t.Errorf("the files of an issue: %v", err)
	}
	p.Files = slices.Repeat([]string{"f"}, 2999)
	if got, err := r.Changed(t.Context(), 2); len(got) != 2999 || err != nil {
		t.Errorf("%d files, %v", len(got), err)
	}
	p.Files = append(p.Files, "and maybe more")
	if got, err := r.Changed(t.Context(), 2); got != nil || !errors.Is(err, forge.ErrUnlisted) {
		t.Errorf("%d files, %v", len(got), err)
	}
}

// What is proposed is one pull request until it ends, and is merged as it was pushed.
func TestProposeAndMerge(t *testing.T) {
	t.Parallel()
	g := forgetest.NewGitHub(t)
	g.Tip = func(branch string) (string, []string) { return "c0ffee of " + branch, nil }
	r := repository(t, g)
	for range 2 {
		if c, err := r.Propose(t.Context(), forge.Proposal{Title: "Open Northwind", Body: "Text", Head: "escalate/northwind", Base: "main"}); err != nil || c.Number != 1 {
			t.Errorf("%+v, %v", c, err)
		}
	}
	if _, err := r.EditIssue(t.Context(), 1, forge.Edit{Title: ptr("Open Northwind Traders")}); err != nil {
		t.Error(err)
	}
	p, err := r.Proposed(t.Context(), 1)
	if err != nil || p.Title != "Open Northwind Traders" || p.Body != "Text" || p.Commit != "c0ffee of escalate/northwind" || p.Author != g.Me {
		t.Errorf("%+v, %v", p, err)
	}
	for _, ended := range []bool{false, true} {
		if is, err := r.Ended(t.Context(), "escalate/northwind"); is != ended || err != nil {
			t.Errorf("ended: %v, %v", is, err)
		}
		if err := r.Merge(t.Context(), 1, p.Commit); err != nil {
			t.Error(err)
		}
	}
	if c, err := r.Propose(t.Context(), forge.Proposal{Title: "Update", Head: "escalate/northwind", Base: "main"}); err != nil || c.Number != 2 {
		t.Errorf("after the merge: %+v, %v", c, err)
	}
}

// A pull request is merged at the commit that is meant; why it is not, is told apart.
func TestMerge(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		now  func(*forgetest.Proposal)
		want error
	}{
		"as it stands":   {func(*forgetest.Proposal) {}, nil},
		"not reviewed":   {func(p *forgetest.Proposal) { p.Unmergeable = "At least 1 approving review is required." }, forge.ErrUnmergeable},
		"a draft":        {func(p *forgetest.Proposal) { p.Draft = true }, forge.ErrUnmergeable},
		"declined":       {func(p *forgetest.Proposal) { p.Open = false }, forge.ErrUnmergeable},
		"pushed to":      {func(p *forgetest.Proposal) { p.Commit = "another" }, forge.ErrHeadMoved},
		"merged already": {func(p *forgetest.Proposal) { p.Open, p.Merged = false, true }, nil},
		"merged with another commit": {func(p *forgetest.Proposal) {
			p.Open, p.Merged, p.Commit = false, true, "another"
		}, forge.ErrUnmergeable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := forgetest.NewGitHub(t)
			p := g.Propose(forgetest.User, "escalate/northwind", "c0ffee")
			tc.now(p)
			held := p.Commit
			err := repository(t, g).Merge(t.Context(), 1, "c0ffee")
			if !errors.Is(err, tc.want) || (err == nil) != (tc.want == nil) || p.Merged && p.Commit != held || tc.want == nil && !p.Merged {
				t.Errorf("%v: %+v", err, p.Proposed)
			}
			if p.Unmergeable != "" && !strings.Contains(err.Error(), p.Unmergeable) {
				t.Errorf("it is not said why: %v", err)
			}
			if want := `PUT /pulls/1/merge {"merge_method":"merge","sha":"c0ffee"}`; g.Requests[0] != want {
				t.Errorf("asked %s", g.Requests[0])
			}
		})
	}
	g := forgetest.NewGitHub(t)
	g.Propose(forgetest.User, "escalate/northwind", "c0ffee")
	if err := repository(t, g).Merge(t.Context(), 1, ""); err == nil || g.Proposals[0].Merged {
		t.Errorf("whatever there is was merged: %v", err)
	}
	if err := repository(t, g).Merge(t.Context(), 9, "c0ffee"); !errors.Is(err, forge.ErrGone) {
		t.Errorf("none: %v", err)
	}
}

// Where a repository takes no merge commits, it is merged in a way that it takes.
func TestMergeMethod(t *testing.T) {
	t.Parallel()
	for allowed, want := range map[string]error{"merge": nil, "squash": nil, "rebase": nil, "none": forge.ErrUnmergeable} {
		var methods []string
		r := answering(t, func(w http.ResponseWriter, r *http.Request, body string) {
			if r.Method == http.MethodGet {
				fmt.Fprint(w, pull(7, "c0ffee", "open", false))
				return
			}
			_, method, _ := strings.Cut(body, `"merge_method":"`)
			method, _, _ = strings.Cut(method, `"`)
			methods = append(methods, method)
			if method != allowed {
				w.WriteHeader(http.StatusMethodNotAllowed)
				fmt.Fprint(w, `{"message":"Those merges are not allowed on this repository."}`)
				return
			}
			fmt.Fprint(w, `{"merged":true,"sha":"f00d"}`)
		})
		err := r.Merge(t.Context(), 7, "c0ffee")
		if !errors.Is(err, want) || (err == nil) != (want == nil) || want == nil && methods[len(methods)-1] != allowed {
			t.Errorf("%s: %v, asked for %q", allowed, err, methods)
		}
	}
}

// A check is set once on a commit, and changed then; those of others stay.
func TestSetCheck(t *testing.T) {
	t.Parallel()
	g := forgetest.NewGitHub(t)
	g.Checks = []*forgetest.Check{
		{Check: forge.Check{Name: "escalate", Passed: true, Title: "a job"}, ID: 1, Commit: "c0ffee"},
		{Check: forge.Check{Name: "escalate", Passed: true, Title: "on another"}, ID: 2, Commit: "another", By: "escalate"},
		{Check: forge.Check{Name: "other", Passed: true, Title: "another's"}, ID: 3, Commit: "c0ffee", By: "escalate"},
	}
	r := repository(t, g)
	failed := forge.Check{Name: "escalate", Title: "2 errors", Summary: "| a |", Details: "long"}
	passed := forge.Check{Name: "escalate", Passed: true, Title: "All is well", Summary: "-"}
	for _, c := range []forge.Check{failed, passed} {
		if err := r.SetCheck(t.Context(), "c0ffee", c); err != nil {
			t.Fatal(err)
		}
		if set := g.Checks[len(g.Checks)-1]; len(g.Checks) != 4 || set.Check != c || set.Commit != "c0ffee" {
			t.Errorf("%d checks, the last %+v", len(g.Checks), set)
		}
	}
	want := []string{
		"GET /commits/c0ffee/check-runs",
		`POST /check-runs {"name":"escalate","head_sha":"c0ffee","external_id":"escalate","status":"completed","conclusion":"failure","output":{"title":"2 errors","summary":"| a |","text":"long"}}`,
		"GET /commits/c0ffee/check-runs",
		`PATCH /check-runs/4 {"name":"escalate","status":"completed","conclusion":"success","output":{"title":"All is well","summary":"-"}}`,
	}
	if !slices.Equal(g.Requests, want) {
		t.Errorf("asked\n%s", strings.Join(g.Requests, "\n"))
	}
	// Another app's cannot be changed: there is one more then.
	g.Checks[3].Sealed = true
	if err := r.SetCheck(t.Context(), "c0ffee", failed); err != nil || len(g.Checks) != 5 || g.Checks[4].Check != failed || g.Checks[3].Check != passed {
		t.Errorf("%d checks, %v", len(g.Checks), err)
	}
}

// A token that may not is told which permission it takes; one that may, and hears nothing
// that confirms, is in doubt.
func TestBotErrors(t *testing.T) {
	t.Parallel()
	does := map[string]func(context.Context, *Repository) error{
		"react": func(ctx context.Context, r *Repository) error { return r.React(ctx, on, 101) },
		"shown": func(ctx context.Context, r *Repository) error { _, err := r.Proposed(ctx, 1); return err },
		"merge": func(ctx context.Context, r *Repository) error { return r.Merge(ctx, 1, "c0ffee") },
		"check": func(ctx context.Context, r *Repository) error {
			return r.SetCheck(ctx, "c0ffee", forge.Check{Name: "x"})
		},
		"listed": func(ctx context.Context, r *Repository) error {
			_, err := count(r.CommentsSince(ctx, time.Time{}))
			return err
		},
		"files": func(ctx context.Context, r *Repository) error { _, err := r.Changed(ctx, 1); return err },
	}
	needs := map[string]string{"react": "issues: write", "shown": "pull-requests: read", "propose": "pull-requests: write", "ended": "pull-requests: read", "merge": "contents: write", "check": "checks: write", "listed": "issues: write", "files": "pull-requests: read"}
	for name, do := range does {
		forbidden := answering(t, func(w http.ResponseWriter, _ *http.Request, _ string) {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `{"message":"Resource not accessible by integration"}`)
		})
		if err := do(t.Context(), forbidden); !errors.Is(err, forge.ErrForbidden) || !strings.Contains(err.Error(), "the token needs `"+needs[name]+"`") || errors.Is(err, destination.ErrInDoubt) {
			t.Errorf("%s: forbidden: %v", name, err)
		}
	}
	for name, tc := range map[string]struct{ do, answer string }{
		"no reaction":         {"react", `{}`},
		"another reaction":    {"react", `{"id":1,"content":"heart"}`},
		"no pull request":     {"shown", `{}`},
		"another one":         {"shown", pull(2, "c0ffee", "open", false)},
		"one without a head":  {"shown", pull(1, "", "open", false)},
		"open and merged":     {"shown", pull(1, "c0ffee", "open", true)},
		"not merged":          {"merge", `{"merged":false,"sha":"f00d"}`},
		"merged nowhere":      {"merge", `{"merged":true}`},
		"merged, and nothing": {"merge", `{}`},
		"no check":            {"check", `{}`},
		"another check":       {"check", `{"id":1,"name":"y","head_sha":"c0ffee","conclusion":"failure"}`},
		"of another commit":   {"check", `{"id":1,"name":"x","head_sha":"f00d","conclusion":"failure"}`},
		"that passed":         {"check", `{"id":1,"name":"x","head_sha":"c0ffee","conclusion":"success"}`},
		"a comment of no day": {"listed", `[{"id":1,"body":"x"}]`},
		"a file of no name":   {"files", `[{"status":"added"}]`},
	} {
		r := answering(t, func(w http.ResponseWriter, _ *http.Request, _ string) { fmt.Fprint(w, tc.answer) })
		if err := does[tc.do](t.Context(), r); !errors.Is(err, destination.ErrUnconfirmed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A merge whose answer is lost is one.
	lost := answering(t, func(w http.ResponseWriter, r *http.Request, _ string) {
		if r.Method == http.MethodPut {
			fmt.Fprint(w, "{}")
			return
		}
		fmt.Fprint(w, pull(1, "c0ffee", "closed", true))
	})
	if err := lost.Merge(t.Context(), 1, "c0ffee"); err != nil {
		t.Errorf("merged, and the answer is lost: %v", err)
	}
}

func pull(number int, sha, state string, merged bool) string {
	return fmt.Sprintf(`{"number":%d,"html_url":"https://github.example/pull/%[1]d","state":%q,"merged":%t,"head":{"ref":"h","sha":%q},"base":{"ref":"main"}}`, number, state, merged, sha)
}

// answering is a repository at a server that answers as it is told.
func answering(t *testing.T, answer func(w http.ResponseWriter, r *http.Request, body string)) *Repository {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		answer(w, r, string(body))
	}))
	t.Cleanup(server.Close)
	r, err := New(Config{API: server.URL, Repository: "acme/escalations", Token: "t", UserAgent: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The open pull requests for a branch: those of all pages, with whose branch each is. What
// a reply leaves out is no pull request that could be taken for one.
func TestProposals(t *testing.T) {
	t.Parallel()
	g := forgetest.NewGitHub(t)
	r, err := New(Config{API: g.API, Repository: "acme/escalations", Token: "t"})
	if err != nil {
		t.Fatal(err)
	}
	var want []forge.Proposed
	for n := range 103 {
		p := g.Propose(forgetest.User, fmt.Sprint("b", n), strings.Repeat("a", 40))
		p.Draft, p.Fork = n == 2, n == 3
		switch n {
		case 4:
			p.Open = false
		case 5:
			p.Base = "stable"
		default:
			want = append(want, p.Proposed)
		}
	}
	var got []forge.Proposed
	for p, err := range r.Proposals(t.Context(), "main") {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, p)
	}
	if !slices.Equal(got, want) || len(g.Requests) != 2 {
		t.Errorf("%d after %d requests, want %d: %+v", len(got), len(g.Requests), len(want), got)
	}
	for range r.Proposals(t.Context(), "main") {
		break
	}
	if len(g.Requests) != 3 {
		t.Errorf("who stops has asked %d times", len(g.Requests)-2)
	}
	for name, lacks := range map[string]func(*forge.Proposed){
		"no commit": func(p *forge.Proposed) { p.Commit = "" },
		"no branch": func(p *forge.Proposed) { p.Head = "" },
		"no time":   func(p *forge.Proposed) { p.Created = time.Time{} },
		"no number": func(p *forge.Proposed) { p.Number = 0 },
		"nowhere":   func(p *forge.Proposed) { p.URL = "" },
	} {
		was := g.Proposals[0].Proposed
		lacks(&g.Proposals[0].Proposed)
		for p, err := range r.Proposals(t.Context(), "main") {
			if !errors.Is(err, destination.ErrUnconfirmed) || p != (forge.Proposed{}) {
				t.Errorf("%s: %+v, %v", name, p, err)
			}
		}
		g.Proposals[0].Proposed = was
	}
	g.Fault = func(string) forgetest.Fault { return forgetest.Forbidden }
	for p, err := range r.Proposals(t.Context(), "main") {
		if !errors.Is(err, forge.ErrForbidden) || !strings.Contains(err.Error(), "pull-requests: read") {
			t.Errorf("%+v, %v", p, err)
		}
	}
}

// Who edited an issue or a comment last, and when; nothing is said of what nobody edited,
// and an answer about something else is none.
func TestLastEdits(t *testing.T) {
	t.Parallel()
	g := forgetest.NewGitHub(t)
	r := repository(t, g)
	r.graphQL = g.GraphQL
	i := g.Open(forgetest.Stranger, "as it was")
	on := forge.Thread{Number: i.Number}
	c := g.Say(forgetest.User, on, "as it was")
	for name, ask := range map[string]func(id int64) (forge.Author, time.Time, error){
		"issue":   func(id int64) (forge.Author, time.Time, error) { return r.LastEdit(t.Context(), int(id-c.ID)+i.Number) },
		"comment": func(id int64) (forge.Author, time.Time, error) { return r.CommentEdit(t.Context(), on, id) },
	} {
		rewrite := func(by forge.Author) {
			if name == "issue" {
				g.Rewrite(by, i, "as it is")
			} else {
				g.Reword(by, c, "as it is")
			}
		}
		if by, at, err := ask(c.ID); by != (forge.Author{}) || !at.IsZero() || err != nil {
			t.Errorf("%s: nobody edited it: %+v, %s, %v", name, by, at, err)
		}
		for _, want := range []forge.Author{forgetest.Stranger, forgetest.OtherApp, {}} {
			rewrite(want)
			if by, at, err := ask(c.ID); by.Login != want.Login || by.Bot != want.Bot || !at.Equal(g.Now()) || err != nil {
				t.Errorf("%s: %+v edited it: %+v, %s, %v", name, want, by, at, err)
			}
		}
		if _, _, err := ask(c.ID + 7); err == nil {
			t.Errorf("%s: of one that is not there it is said", name)
		}
	}
	g.Fault = func(op string) forgetest.Fault {
		if op == "edit" {
			return forgetest.Idle
		}
		return forgetest.None
	}
	if _, _, err := r.CommentEdit(t.Context(), on, c.ID); !errors.Is(err, destination.ErrUnconfirmed) {
		t.Errorf("a reply that says nothing is taken for one: %v", err)
	}
	if _, _, err := r.LastEdit(t.Context(), i.Number); !errors.Is(err, destination.ErrUnconfirmed) {
		t.Errorf("a reply that says nothing is taken for one: %v", err)
	}
}
