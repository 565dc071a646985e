package harness

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/forge/forgetest"
)

// GitLab is a fake of GitLab that is as strict as its documentation, and the proxy in
// front of it, which records all that is said, and fails on command. No quick action may
// be carried out of what escalate writes: the test fails at one.
type GitLab struct {
	*proxy
	tools  *Tools
	fake   *forgetest.GitLab
	logins Logins
	origin *Origin // nil without a world
}

// NewGitLab starts a GitLab for one test, with an empty project.
func (x *Tools) NewGitLab(t testing.TB, logins Logins) *GitLab {
	t.Helper()
	fake, stop := forgetest.StartGitLab(Repository)
	t.Cleanup(stop)
	fake.Token, fake.Assignable, fake.Now = Token, slices.Clone(logins.Members), time.Now
	fake.Me = forgetest.User
	upstream, err := url.Parse(fake.API)
	if err != nil {
		t.Fatal(err)
	}
	g := &GitLab{proxy: newProxy(t, 0), tools: x, fake: fake, logins: logins}
	g.upstream = "http://" + upstream.Host
	g.serve(g, gitlabRefusal)
	fake.At(g.server.URL)
	t.Cleanup(func() {
		if len(fake.Executed) > 0 {
			t.Errorf("GitLab carried out what stood in a text of ours: %q", fake.Executed)
		}
	})
	return g
}

// Name is what people call it.
func (*GitLab) Name() string { return "GitLab" }

// FaultKinds are all kinds but those that only GitHub has.
func (*GitLab) FaultKinds() []FaultKind {
	return slices.DeleteFunc(FaultKinds(), func(k FaultKind) bool { return k == Secondary || k == Primary })
}

// URL is where its server is, for people and programs: below a path.
func (g *GitLab) URL() string { return g.server.URL + "/gitlab" }

func (g *GitLab) variables(bool) []string {
	return []string{"CI_API_V4_URL=" + g.URL() + "/api/v4", "CI_API_GRAPHQL_URL=" + g.URL() + "/api/graphql", "CI_SERVER_URL=" + g.URL()}
}

func (*GitLab) credentials() []string {
	return []string{"CI_PROJECT_PATH=" + Repository, "GITLAB_TOKEN=" + Token}
}

func (g *GitLab) attach(w *World) {
	g.origin, g.fake.Now = w.Origin, w.Now
	g.fake.Tip = func(branch string) (string, []string) {
		at := w.Origin.commit("refs/heads/" + branch)
		if at == "" {
			return "", nil
		}
		var files []string
		for _, f := range w.Origin.files("main", at) {
			name := fmt.Sprint(f["filename"])
			if was, renamed := f["previous_filename"]; renamed {
				name = fmt.Sprint(was, " -> ", name)
			}
			files = append(files, name)
		}
		return at, files
	}
	g.fake.Diff = func(branch, path string) (string, bool) {
		at := w.Origin.commit("refs/heads/" + branch)
		diff, _ := w.Origin.fixed("diff", "main..."+at, "--", path)
		added := strings.Contains(diff, "\nnew file mode ")
		_, diff, _ = strings.Cut(diff, "\n@@")
		return "@@" + diff, added
	}
	g.fake.Merge = func(branch string) {
		at := w.Origin.commit("refs/heads/" + branch)
		if _, why := w.Origin.merge("main", fmt.Sprintf("Merge branch '%s' into 'main'", branch), at); why != "" {
			g.t.Error(why)
		}
	}
}

// gitlabRefusal returns GitLab's answer of a kind that has one of its own
// (api/rest/troubleshooting.md).
func gitlabRefusal(f Fault, _ *Call) (reply, bool) {
	r := reply{header: http.Header{"Content-Type": {"application/json"}}}
	switch f.Kind {
	case TooMany:
		r = reply{http.StatusTooManyRequests, http.Header{"Content-Type": {"text/plain"}, "Retry-After": {f.seconds()}, "RateLimit-Remaining": {"0"}}, []byte("Retry later\n")}
	case ReadOnly:
		r.status, r.body = http.StatusForbidden, []byte(`{"error":"insufficient_scope","error_description":"The request requires higher privileges than provided by the access token.","scope":"api"}`)
	case Internal, InternalAfter:
		r.status, r.body = http.StatusInternalServerError, []byte(`{"message":"500 Internal Server Error"}`)
	case BadGateway:
		r = htmlPage(http.StatusBadGateway, "GitLab is not responding")
	case Hollow, HollowAfter:
		r.status, r.body = http.StatusOK, []byte("{}")
	default:
		return r, false
	}
	return r, true
}

var gitlabPath = regexp.MustCompile(`^/gitlab/api/(?:v4)?(?:/projects/[^/]+)?`)

// ServeHTTP is the proxy.
func (g *GitLab) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // whoever called is gone
	}
	path := r.URL.EscapedPath()
	call := &Call{Method: r.Method, Path: gitlabPath.ReplaceAllString(path, ""), Query: r.URL.RawQuery, Body: string(body)}
	call.reads = strings.HasSuffix(path, "/api/graphql")
	if call.reads {
		call.Path = graphQLPath
	}
	if r.URL.RawQuery != "" {
		path += "?" + r.URL.RawQuery
	}
	g.handle(w, r, call, func() (reply, error) { return g.ask(r.Method, path, r.Header, body) })
}

// author is an account, by its login. A member is one that may be assigned.
func (g *GitLab) author(login string) forge.Author {
	g.t.Helper()
	if login == Bot {
		return g.fake.Me
	}
	at := slices.Index(g.logins.Members, login)
	if at < 0 {
		g.t.Fatalf("%s is no member, and cannot write", login)
	}
	return forge.Author{ID: g.fake.ID(login), Login: login}
}

// Issues returns all issues with their comments, the oldest first.
func (g *GitLab) Issues() []Issue {
	g.t.Helper()
	var issues []Issue
	g.fake.Do(func() {
		for _, i := range g.fake.Issues {
			if i.Deleted || i.Moved != "" {
				continue
			}
			is := Issue{Number: i.Number, Title: i.Title, Body: i.Body, State: "closed", Author: i.Author.Login, URL: i.URL, Labels: slices.Clone(i.Labels), Assignees: slices.Clone(i.Assignees)}
			if i.Open {
				is.State = "open"
			}
			slices.Sort(is.Labels)
			slices.Sort(is.Assignees)
			is.Comments = g.said(forge.Thread{Number: i.Number})
			issues = append(issues, is)
		}
	})
	return issues
}

// said are the comments of a thread.
func (g *GitLab) said(on forge.Thread) []Comment {
	var all []Comment
	for _, c := range g.fake.Comments {
		if c.On == on && !c.System {
			all = append(all, Comment{c.ID, c.Body, c.Author.Login, c.URL})
		}
	}
	return all
}

// Comments are those of an issue.
func (g *GitLab) Comments(number int) (all []Comment) {
	g.fake.Do(func() { all = g.said(forge.Thread{Number: number}) })
	return all
}

// PullComments are those of a merge request.
func (g *GitLab) PullComments(number int) (all []Comment) {
	g.fake.Do(func() { all = g.said(forge.Thread{Number: number, ChangeRequest: true}) })
	return all
}

// Threads are those of a merge request that can be resolved.
func (g *GitLab) Threads(number int) (all []Thread) {
	g.fake.Do(func() {
		for _, c := range g.fake.Comments {
			if c.On == (forge.Thread{Number: number, ChangeRequest: true}) && c.Discussion != "" {
				t := Thread{Body: c.Body, Resolved: c.Settled}
				if p := c.Position; p != nil && p.NewLine != nil {
					t.Path, t.Line = p.New, *p.NewLine
				}
				all = append(all, t)
			}
		}
	})
	return all
}

// Thread is one of a merge request that can be resolved.
type Thread struct {
	Body, Path string
	Line       int
	Resolved   bool
}

// AddIssue opens an issue, as one of the members does.
func (g *GitLab) AddIssue(login, title, body string, labels ...string) (number int) {
	g.t.Helper()
	by := g.author(login)
	g.fake.Do(func() {
		i := g.fake.Open(by, body, labels...)
		i.Title, number = title, i.Number
	})
	return number
}

// EditIssue replaces the text of an issue, as one of the members does.
func (g *GitLab) EditIssue(login string, number int, body string) {
	g.t.Helper()
	by := g.author(login)
	g.fake.Do(func() { g.fake.Rewrite(by, g.fake.Issues[number-1], body) })
}

// Change is what a person does to an issue by hand.
func (g *GitLab) Change(number int, by Hand) {
	g.fake.Do(func() {
		i := g.fake.Issues[number-1]
		if by.Title != nil {
			i.Title = *by.Title
		}
		if by.Body != nil {
			i.Body = *by.Body
		}
		i.Open = i.Open && !by.Closed
		if by.Labels != nil {
			i.Labels = slices.Clone(*by.Labels)
		}
		if by.Assignees != nil {
			i.Assignees = slices.Clone(*by.Assignees)
		}
		i.Updated = g.fake.Now()
	})
}

// AddComment comments an issue, as one of the members does.
func (g *GitLab) AddComment(login string, number int, body string) int64 {
	g.t.Helper()
	return g.say(login, forge.Thread{Number: number}, body)
}

// AddPullComment comments a merge request, as one of the members does.
func (g *GitLab) AddPullComment(login string, number int, body string) int64 {
	g.t.Helper()
	return g.say(login, forge.Thread{Number: number, ChangeRequest: true}, body)
}

func (g *GitLab) say(login string, on forge.Thread, body string) (id int64) {
	g.t.Helper()
	by := g.author(login)
	g.fake.Do(func() { id = g.fake.Say(by, on, body).ID })
	return id
}

// OpenPull opens a merge request of a branch of the origin, as one of the members does.
func (g *GitLab) OpenPull(login, head, title, body string, o PullOptions) (number int) {
	g.t.Helper()
	by := g.author(login)
	at, files := g.fake.Tip(head)
	if at == "" {
		g.t.Fatalf("there is no branch %s", head)
	}
	g.fake.Do(func() {
		p := g.fake.Propose(by, head, at, files...)
		p.Title, p.Body, p.Draft, p.Fork, number = title, body, o.Draft, o.Fork, p.Number
	})
	return number
}

// MergePull merges a merge request, as a person does by the button.
func (g *GitLab) MergePull(number int) {
	g.t.Helper()
	g.fake.Do(func() {
		p := g.fake.Proposal(number)
		if p == nil || !p.Open || p.Draft {
			g.t.Errorf("merge request %d cannot be merged", number)
			return
		}
		g.fake.Merge(p.Head)
		p.Open, p.Merged, p.Updated = false, true, g.fake.Now()
	})
}

// Pulls returns all merge requests, the oldest first.
func (g *GitLab) Pulls() (list []Pull) {
	g.t.Helper()
	g.fake.Do(func() {
		for _, p := range g.fake.Proposals {
			p = g.fake.Proposal(p.Number)
			state := "closed"
			if p.Open {
				state = "open"
			}
			list = append(list, Pull{Number: p.Number, Title: p.Title, Body: p.Body, Author: p.Author.Login, Head: p.Head, Base: p.Base, Commit: p.Commit, State: state, Merged: p.Merged})
		}
	})
	return list
}
