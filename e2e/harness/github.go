package harness

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/routers"
)

// The repository that every GitHub of a test has, and the token that may write
// to it, as the token of a workflow may.
const (
	Owner      = "acme"
	Name       = "escalations"
	Repository = Owner + "/" + Name
	Token      = "ghs_the-token-of-the-workflow"
	Bot        = "escalate-bot"
)

// site is where the emulator says that its pages are. No program may follow a
// link of a reply instead of asking the proxy: nothing answers there.
const site = "https://github.example"

// GitHub is the emulator of one test, and the proxy in front of it. The proxy
// fails the test at any request that GitHub's published description does not
// allow, is strict where the emulator is not, records all that is said, and
// fails on command.
type GitHub struct {
	*proxy
	tools    *Tools
	logins   Logins
	contract routers.Router
	people   map[string]string // who may be assigned: by login in lower case, as it is written
	shim     *shim

	// Guarded by the lock of the proxy.
	deleted map[int]bool // issues
	pulls   map[int]bool // issues that are pull requests
}

// personal is the token of a member.
func personal(login string) string { return "ghp_the-token-of-" + login }

// who is whose a token is.
func (g *GitHub) who(token string) string {
	if login, ok := strings.CutPrefix(token, personal("")); ok {
		return login
	}
	return Bot
}

// as is the token that somebody writes with. Whoever has none, the emulator takes for
// the bot.
func (g *GitHub) as(login string) string {
	g.t.Helper()
	if login == Bot {
		return Token
	}
	if g.people[strings.ToLower(login)] != login {
		g.t.Fatalf("%s is no member, and cannot write", login)
	}
	return personal(login)
}

// Logins says who is on a GitHub.
type Logins struct {
	// Members may be assigned.
	Members []string
	// Strangers exist, and may not be assigned.
	Strangers []string
}

// NewGitHub starts a GitHub for one test, with an empty repository.
func (x *Tools) NewGitHub(t testing.TB, logins Logins) *GitHub {
	t.Helper()
	contract, err := x.contract()
	if err != nil {
		t.Fatal(err)
	}
	users := []map[string]any{{"login": Bot}}
	people := map[string]string{Bot: Bot}
	members := []any{map[string]any{"login": Bot, "role": "admin"}}
	tokens := map[string]any{Token: map[string]any{"login": Bot, "scopes": []string{"repo"}}}
	for _, login := range logins.Members {
		users = append(users, map[string]any{"login": login})
		people[strings.ToLower(login)] = login
		tokens[personal(login)] = map[string]any{"login": login, "scopes": []string{"repo"}}
		members = append(members, map[string]any{"login": login, "role": "admin"})
	}
	for _, login := range logins.Strangers {
		users = append(users, map[string]any{"login": login})
	}
	port := x.emulate(t, "github", map[string]any{
		"tokens": tokens,
		"github": map[string]any{
			"baseUrl": site,
			"users":   users,
			"orgs":    []any{map[string]any{"login": Owner, "members": members}},
			"repos":   []any{map[string]any{"owner": Owner, "name": Name, "private": true}},
		},
	})
	g := &GitHub{
		proxy: newProxy(t, port), tools: x, logins: logins, contract: contract, people: people,
		deleted: map[int]bool{}, pulls: map[int]bool{},
		shim: &shim{now: time.Now, times: map[item]*span{}, edits: map[int]edit{}},
	}
	g.serve(g, githubRefusal)
	return g
}

// Name is what people call it.
func (*GitHub) Name() string { return "GitHub" }

// FaultKinds are all.
func (*GitHub) FaultKinds() []FaultKind { return FaultKinds() }

func (g *GitHub) variables(clocked bool) []string {
	vars := []string{"GITHUB_API_URL=" + g.URL()}
	if clocked {
		vars = append(vars, "GITHUB_GRAPHQL_URL="+g.URL()+graphQLPath, "GITHUB_SERVER_URL="+site)
	}
	return vars
}

func (*GitHub) credentials() []string {
	return []string{"GITHUB_REPOSITORY=" + Repository, "GITHUB_TOKEN=" + Token}
}

func (g *GitHub) attach(w *World) { g.shim.origin, g.shim.now = w.Origin, w.Now }

// URL is for GITHUB_API_URL, as on github.com.
func (g *GitHub) URL() string { return g.server.URL }

// EnterpriseURL is for GITHUB_API_URL, as GitHub Enterprise Server has it.
func (g *GitHub) EnterpriseURL() string { return g.server.URL + "/api/v3" }

// DeleteIssue deletes an issue, as a person can on its page.
func (g *GitHub) DeleteIssue(number int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.deleted[number] = true
}

// AddPull opens a pull request. GitHub lists it among the issues.
func (g *GitHub) AddPull(title, body string, labels ...string) int {
	g.t.Helper()
	number := g.AddIssue("anarivera", title, body, labels...)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.pulls[number] = true
	return number
}

// Issue is an issue as it stands on GitHub.
type Issue struct {
	Number    int
	Title     string
	Body      string
	State     string
	Labels    []string
	Assignees []string
	Author    string
	URL       string
	Comments  []Comment
}

// Comment is a comment of an issue.
type Comment struct {
	ID     int64
	Body   string
	Author string
	URL    string
}

// Issues returns all issues with their comments, the oldest first. It asks the
// emulator, not the proxy: no fault touches it, and it does not count.
func (g *GitHub) Issues() []Issue {
	g.t.Helper()
	type named struct{ Name, Login string }
	var rows []struct {
		Number             int
		Title, Body, State string
		Labels, Assignees  []named
		User               named
		HTMLURL            string `json:"html_url"`
	}
	g.list("/issues?state=all&direction=asc", &rows)
	var issues []Issue
	for _, row := range rows {
		g.mu.Lock()
		hidden := g.deleted[row.Number] || g.pulls[row.Number]
		g.mu.Unlock()
		if hidden {
			continue
		}
		i := Issue{Number: row.Number, Title: row.Title, Body: row.Body, State: row.State, Author: row.User.Login, URL: row.HTMLURL, Comments: g.comments(row.Number)}
		for _, l := range row.Labels {
			i.Labels = append(i.Labels, l.Name)
		}
		for _, a := range row.Assignees {
			i.Assignees = append(i.Assignees, a.Login)
		}
		slices.Sort(i.Labels)
		slices.Sort(i.Assignees)
		issues = append(issues, i)
	}
	// Those of one millisecond are listed in no order.
	slices.SortFunc(issues, func(a, b Issue) int { return a.Number - b.Number })
	return issues
}

// Comments returns the comments of an issue or a pull request.
func (g *GitHub) Comments(number int) []Comment {
	g.t.Helper()
	return g.comments(number)
}

// PullComments are those of a pull request, which has a number among the issues.
func (g *GitHub) PullComments(number int) []Comment {
	g.t.Helper()
	return g.comments(number)
}

func (g *GitHub) comments(number int) []Comment {
	g.t.Helper()
	var rows []struct {
		ID      int64
		Body    string
		User    struct{ Login string }
		HTMLURL string `json:"html_url"`
	}
	g.list(fmt.Sprintf("/issues/%d/comments", number), &rows)
	comments := make([]Comment, len(rows))
	for i, row := range rows {
		comments[i] = Comment{row.ID, row.Body, row.User.Login, row.HTMLURL}
	}
	slices.SortFunc(comments, func(a, b Comment) int { return int(a.ID - b.ID) })
	return comments
}

// Labels returns the names of the repository's labels.
func (g *GitHub) Labels() []string {
	g.t.Helper()
	var rows []struct{ Name string }
	g.list("/labels", &rows)
	var names []string
	for _, row := range rows {
		names = append(names, row.Name)
	}
	return names
}

// AddIssue opens an issue, as one of the members does.
func (g *GitHub) AddIssue(login, title, body string, labels ...string) int {
	g.t.Helper()
	var made struct{ Number int }
	g.do(g.as(login), http.MethodPost, "/issues", map[string]any{"title": title, "body": body, "labels": append([]string{}, labels...)}, &made)
	return made.Number
}

// AddComment comments an issue, as one of the members does.
func (g *GitHub) AddComment(login string, number int, body string) int64 {
	g.t.Helper()
	var made struct{ ID int64 }
	g.do(g.as(login), http.MethodPost, fmt.Sprintf("/issues/%d/comments", number), map[string]any{"body": body}, &made)
	return made.ID
}

// AddPullComment comments a pull request, as one of the members does.
func (g *GitHub) AddPullComment(login string, number int, body string) int64 {
	g.t.Helper()
	return g.AddComment(login, number, body)
}

// Change is what a person does to an issue by hand.
func (g *GitHub) Change(number int, by Hand) {
	g.t.Helper()
	edit := map[string]any{}
	if by.Title != nil {
		edit["title"] = *by.Title
	}
	if by.Body != nil {
		edit["body"] = *by.Body
	}
	if by.Closed {
		edit["state"] = "closed"
	}
	if by.Labels != nil {
		edit["labels"] = *by.Labels
	}
	if by.Assignees != nil {
		edit["assignees"] = *by.Assignees
	}
	g.Do(http.MethodPatch, fmt.Sprintf("/issues/%d", number), edit, nil)
}

// EditComment replaces the text of a comment, as a person does.
func (g *GitHub) EditComment(id int64, body string) {
	g.t.Helper()
	g.Do(http.MethodPatch, fmt.Sprintf("/issues/comments/%d", id), map[string]any{"body": body}, nil)
}

// EditIssue replaces the text of an issue, as one of the members does.
func (g *GitHub) EditIssue(login string, number int, body string) {
	g.t.Helper()
	g.do(g.as(login), http.MethodPatch, fmt.Sprintf("/issues/%d", number), map[string]any{"body": body}, nil)
}

// DeleteComment deletes a comment, as a person does.
func (g *GitHub) DeleteComment(id int64) {
	g.t.Helper()
	g.Do(http.MethodDelete, fmt.Sprintf("/issues/comments/%d", id), nil, nil)
}

// RenameLabel renames a label, as a person does.
func (g *GitHub) RenameLabel(from, to string) {
	g.t.Helper()
	g.Do(http.MethodPatch, "/labels/"+from, map[string]any{"new_name": to}, nil)
}

// Do makes a call of the emulator for the test, past the proxy. The path is
// below that of the repository.
func (g *GitHub) Do(method, path string, body, reply any) {
	g.t.Helper()
	g.do(Token, method, path, body, reply)
}

func (g *GitHub) do(token, method, path string, body, reply any) {
	g.t.Helper()
	var in []byte
	if body != nil {
		var err error
		if in, err = json.Marshal(body); err != nil {
			g.t.Fatal(err)
		}
	}
	r, err := g.ask(method, "/repos/"+Repository+path, authorized(token), in)
	if err != nil {
		g.t.Fatal(err)
	}
	if r.status >= 300 {
		g.t.Fatalf("%s %s: %d %s", method, path, r.status, r.body)
	}
	g.stamp(g.who(token), method, "/repos/"+Repository+path, in, r.body)
	if reply != nil {
		if err := json.Unmarshal(r.body, reply); err != nil {
			g.t.Fatalf("%s %s: %v", method, path, err)
		}
	}
}

// list reads all pages.
func (g *GitHub) list(path string, rows any) {
	g.t.Helper()
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	var all []json.RawMessage
	for page := 1; ; page++ {
		var some []json.RawMessage
		g.Do(http.MethodGet, fmt.Sprintf("%s%sper_page=100&page=%d", path, sep, page), nil, &some)
		if all = append(all, some...); len(some) < 100 {
			break
		}
	}
	joined, err := json.Marshal(all)
	if err == nil && all != nil {
		err = json.Unmarshal(joined, rows)
	}
	if err != nil {
		g.t.Fatal(err)
	}
}

// ServeHTTP is the proxy.
func (g *GitHub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // whoever called is gone
	}
	path, prefix := r.URL.EscapedPath(), ""
	if p, enterprise := strings.CutPrefix(path, "/api/v3"); enterprise {
		path, prefix = p, "/api/v3"
	}
	call := &Call{Method: r.Method, Path: path, Query: r.URL.RawQuery, Body: string(body)}
	if path == graphQLPath { // of which the description says nothing
		g.handle(w, r, call, func() (reply, error) { return g.graphQL(body), nil })
		return
	}
	if err := violation(g.contract, r, path, string(body)); err != nil {
		g.t.Errorf("GitHub's description does not allow %s %s\n%s\n%v", r.Method, r.URL, body, err)
	}
	g.handle(w, r, call, func() (reply, error) {
		a, err := g.answer(r, path, body)
		if err == nil && prefix != "" {
			a.header.Set("Link", strings.ReplaceAll(a.header.Get("Link"), g.server.URL+"/", g.server.URL+prefix+"/"))
		}
		return a, err
	})
}
