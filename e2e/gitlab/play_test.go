//go:build e2e

package gitlab

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/forge/forgetest"
	"github.com/escalations-as-code/escalate/internal/gitlab"
	"github.com/escalations-as-code/escalate/schema"
)

// exchange is a request, and its answer.
type exchange struct {
	method string
	url    string // from "/api/" on, as it was written
	header http.Header
	body   string
	status int
	reply  http.Header
	answer []byte
}

func (x *exchange) String() string {
	return fmt.Sprintf("%s %s %s: %d %s", x.method, x.url, x.body, x.status, x.answer)
}

// request is the request again, to where GitLab's description says that it is.
func (x *exchange) request(t *testing.T) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), x.method, described+x.url, strings.NewReader(x.body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = x.header.Clone()
	return r
}

// fakeRoute is what the fake knows.
type fakeRoute struct {
	method, path string         // as in GitLab's pages: /projects/:id/issues
	takes        []string       // the required ones with "!" at the end
	is           *regexp.Regexp // of the paths of requests
}

func routes(t *testing.T) []fakeRoute {
	t.Helper()
	var all []fakeRoute
	for _, r := range forgetest.GitLabRoutes() {
		words := strings.Fields(r)
		path := regexp.QuoteMeta(words[1])
		all = append(all, fakeRoute{words[0], words[1], words[2:], regexp.MustCompile("^/api/v4" + regexp.MustCompile(`:\w+`).ReplaceAllString(path, "[^/]+") + "$")})
	}
	return all
}

// of reports whether an exchange is of a route.
func (r fakeRoute) of(x *exchange) bool {
	path, _, _ := strings.Cut(x.url, "?")
	return x.method == r.method && r.is.MatchString(path)
}

func (r fakeRoute) String() string { return r.method + " " + r.path }

// world is a GitLab that remembers what was said.
type world struct {
	*forgetest.GitLab
	t    *testing.T
	said []*exchange
}

// play has escalate's client do all that it does on GitLab, each thing at least once, and
// asks itself for what the client does not. It returns what was said.
func play(t *testing.T) []*exchange {
	t.Helper()
	fake, stop := forgetest.StartGitLab("acme/escalations")
	t.Cleanup(stop)
	w := &world{GitLab: fake, t: t}
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	fake.At(server.URL)
	p, err := gitlab.New(gitlab.Config{API: fake.API, GraphQL: fake.GraphQL, Project: fake.Project, Token: "secret", UserAgent: "contract"})
	if err != nil {
		t.Fatal(err)
	}
	w.onIssues(p)
	w.onChanges(p)
	w.onSetup(p)
	w.itself()
	return w.said
}

func (w *world) ServeHTTP(to http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.t.Error(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	rec := httptest.NewRecorder()
	w.GitLab.ServeHTTP(rec, r)
	path, _ := strings.CutPrefix(r.URL.EscapedPath(), "/gitlab")
	if r.URL.RawQuery != "" {
		path += "?" + r.URL.RawQuery
	}
	w.said = append(w.said, &exchange{r.Method, path, r.Header.Clone(), string(body), rec.Code, rec.Header().Clone(), rec.Body.Bytes()})
	for name, values := range rec.Header() {
		to.Header()[name] = values
	}
	to.WriteHeader(rec.Code)
	_, _ = to.Write(rec.Body.Bytes()) // whoever asked says so
}

// ok fails the test where a step of the play failed.
func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// all reads a list to its end.
func all[T any](w *world, list iter.Seq2[T, error]) []T {
	w.t.Helper()
	var items []T
	for item, err := range list {
		w.ok(err)
		items = append(items, item)
	}
	return items
}

// onIssues is all that the client does on issues.
func (w *world) onIssues(p *gitlab.Project) {
	ctx := w.t.Context()
	_, err := p.Me(ctx)
	w.ok(err)
	due := schema.Date{Time: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)}
	for _, name := range []string{"escalation", "severity::high"} {
		w.ok(p.MakeLabel(ctx, forge.Label{Name: name, Description: "what it is for", Color: "d93f0b"}))
	}
	i, err := p.OpenIssue(ctx, forge.Draft{Title: "Northwind", Body: "It is down.", Labels: []string{"escalation", "severity::high"}, Assignees: []string{"jodoe"}, Confidential: true, Due: due})
	w.ok(err)
	on := forge.Thread{Number: i.Number}
	_, err = p.MayAssign(ctx, "nobody")
	w.ok(err)
	title, body, no, yes := "Contoso", "It is up.", false, true
	for _, e := range []forge.Edit{
		{Title: &title, Body: &body, Confidential: &no, Due: &due},
		{Open: &no, Assignees: &[]string{}, Due: &schema.Date{}},
		{Open: &yes, Assignees: &[]string{"jodoe"}},
	} {
		_, err = p.EditIssue(ctx, i.Number, e)
		w.ok(err)
	}
	_, err = p.SetLabels(ctx, i.Number, []string{"escalation", "severity::low"})
	w.ok(err)
	_, err = p.SetLabels(ctx, i.Number, []string{})
	w.ok(err)
	_, err = p.SetLabels(ctx, i.Number, []string{"escalation"})
	w.ok(err)
	w.comments(p, on)
	at := slices.IndexFunc(w.Issues, func(i *forgetest.Issue) bool { return i.Number == on.Number })
	w.Rewrite(forgetest.Stranger, w.Issues[at], "somebody else's words")
	w.Issues[at].Locked = true // then it is asked whether the token is that of a member
	_, err = p.Issue(ctx, i.Number)
	w.ok(err)
	_, _, err = p.LastEdit(ctx, i.Number)
	w.ok(err)
	all(w, p.Issues(ctx, "escalation"))
	all(w, p.IssuesSince(ctx, "escalation", time.Now().AddDate(-10, 0, 0)))
	all(w, p.CommentsSince(ctx, time.Now().AddDate(-10, 0, 0)))
	moved := w.Open(forgetest.User, "elsewhere")
	moved.Moved = w.Root + "/acme/other/-/issues/1"
	var to *forge.MovedError
	if _, err := p.Issue(ctx, moved.Number); !errors.As(err, &to) {
		w.t.Fatalf("an issue that was moved: %v", err)
	}
}

// comments is all that the client does on the comments of a thread.
func (w *world) comments(p *gitlab.Project, on forge.Thread) {
	ctx := w.t.Context()
	c, err := p.AddComment(ctx, on, "We look at it.")
	w.ok(err)
	_, err = p.EditComment(ctx, on, c.ID, "We looked at it.")
	w.ok(err)
	for range 2 { // the second time it is there already
		w.ok(p.React(ctx, on, c.ID))
	}
	_, _, err = p.CommentEdit(ctx, on, c.ID)
	w.ok(err)
	all(w, p.Comments(ctx, on))
	gone, err := p.AddComment(ctx, on, "No, we did not.")
	w.ok(err)
	w.ok(p.DeleteComment(ctx, on, gone.ID))
}

// onChanges is all that the client does on merge requests.
func (w *world) onChanges(p *gitlab.Project) {
	ctx := w.t.Context()
	c, err := p.Propose(ctx, forge.Proposal{Title: "Contoso is down", Body: "It is.", Head: "escalate/contoso", Base: "main"})
	w.ok(err)
	w.ok(p.Retitle(ctx, c.Number, "Contoso is up"))
	held := w.Proposal(c.Number)
	held.Files = []string{"escalations/contoso.yaml", "README.md", "a.md -> b.md"}
	held.Diffs = map[string]string{"README.md": "@@ -1,2 +1,2 @@\n-old\n+new\n same\n", "b.md": ""}
	_, err = p.Ended(ctx, "escalate/contoso")
	w.ok(err)
	all(w, p.Proposals(ctx, "main"))
	is, err := p.Proposed(ctx, c.Number)
	w.ok(err)
	_, err = p.Changed(ctx, c.Number)
	w.ok(err)
	on := forge.Thread{Number: c.Number, ChangeRequest: true}
	w.comments(p, on)
	for _, d := range []forge.RemarkDraft{
		{Body: "all of it"},
		{Body: "a new line", Path: "escalations/contoso.yaml", Line: 3, Commit: is.Commit},
		{Body: "a line that was there", Path: "README.md", Line: 2, Commit: is.Commit},
	} {
		r, err := p.AddRemark(ctx, c.Number, d)
		w.ok(err)
		_, err = p.EditRemark(ctx, c.Number, r, d.Body+", I say")
		w.ok(err)
		w.ok(p.Settle(ctx, c.Number, r, true))
	}
	remarks := all(w, p.Remarks(ctx, c.Number))
	w.ask(http.MethodPost, w.project("merge_requests/%d/discussions/%s/notes", c.Number, remarks[0].Thread), `{"body":"an answer"}`)
	w.ask(http.MethodGet, w.project("merge_requests/%d/discussions", c.Number), "")
	w.ok(p.DeleteRemark(ctx, c.Number, remarks[len(remarks)-1]))
	w.ask(http.MethodGet, w.project("merge_requests/%d/versions", c.Number), "")
	w.refusals(p, held)
	w.ok(p.Merge(ctx, c.Number, is.Commit))
	_, err = p.Proposed(ctx, c.Number)
	w.ok(err)
}

// refusals are those of a merge.
func (w *world) refusals(p *gitlab.Project, held *forgetest.Proposal) {
	for _, refused := range []struct {
		why          error
		commit       string
		make, unmake func()
	}{
		{forge.ErrHeadMoved, "another", func() {}, func() {}},
		{forge.ErrUnmergeable, held.Commit, func() { held.Draft = true }, func() { held.Draft = false }},
		{forge.ErrUnmergeable, held.Commit, func() { held.Unmergeable = "it conflicts" }, func() { held.Unmergeable = "" }},
		{forge.ErrForbidden, held.Commit, func() { w.Role = forgetest.Developer }, func() { w.Role = forgetest.Maintainer }},
	} {
		refused.make()
		if err := p.Merge(w.t.Context(), held.Number, refused.commit); !errors.Is(err, refused.why) {
			w.t.Errorf("a merge is not refused as %q: %v", refused.why, err)
		}
		refused.unmake()
	}
	if _, err := p.Proposed(w.t.Context(), held.Number+1000); !errors.Is(err, forge.ErrGone) {
		w.t.Errorf("a merge request that is not there: %v", err)
	}
}

// shown are the routes that the fake has where a test says what they show, as onSetup
// does.
var shown = []string{
	"GET /projects/:id/protected_branches", "GET /projects/:id/hooks", "GET /projects/:id/pipelines", "GET /projects/:id/pipelines/:id",
	"GET /projects/:id/pipeline_schedules", "GET /projects/:id/pipeline_schedules/:id",
	"GET /projects/:id/variables",
}

// onSetup is all that the client asks of how a project is set up.
func (w *world) onSetup(p *gitlab.Project) {
	ctx := w.t.Context()
	type object = map[string]any
	maintainers := []any{object{"id": 1, "access_level": 40, "access_level_description": "Maintainers", "user_id": nil, "group_id": nil, "deploy_key_id": nil}}
	w.Shows["protected_branches"] = []any{object{
		"id": 1, "name": "main", "push_access_levels": maintainers, "merge_access_levels": maintainers, "unprotect_access_levels": []any{},
		"allow_force_push": false, "code_owner_approval_required": false, "inherited": false,
	}}
	w.Shows["hooks"] = []any{object{
		"id": 1, "url": w.API + "/projects/1/ref/main/trigger/pipeline?token=secret", "project_id": 1, "note_events": true, "issues_events": true,
		"confidential_issues_events": true, "confidential_note_events": true, "push_events": false, "alert_status": "executable", "disabled_until": nil,
	}}
	run := object{
		"id": 47, "iid": 12, "project_id": 1, "status": "success", "source": "schedule", "ref": "main", "sha": "a91957a858320c0e17f3a0eca7cfacbff50ea29a",
		"web_url": w.Root + "/-/pipelines/47", "created_at": "2026-11-26T07:00:00.000Z", "updated_at": "2026-11-26T07:01:00.000Z",
	}
	w.Shows["pipelines"], w.Shows["pipelines/47"] = []any{run}, run
	schedule := object{
		"id": 13, "description": "daily", "ref": "refs/heads/main", "cron": "0 7 * * *", "cron_timezone": "UTC", "next_run_at": "2026-11-28T07:00:00.000Z", "active": true,
		"created_at": "2026-11-01T07:00:00.000Z", "updated_at": "2026-11-26T07:00:00.000Z",
		"owner": object{"id": 7, "username": "jodoe", "name": "Jo Doe", "state": "active", "locked": false, "avatar_url": nil, "web_url": w.Root + "/jodoe"},
	}
	w.Shows["pipeline_schedules"] = []any{maps.Clone(schedule)}
	schedule["last_pipeline"] = run
	w.Shows["pipeline_schedules/13"] = schedule

	w.Shows["variables"] = []any{object{
		"variable_type": "env_var", "key": "GITLAB_TOKEN", "value": "secret", "hidden": false, "protected": true, "masked": true, "raw": false, "environment_scope": "*", "description": nil,
	}}

	hosted, err := p.Hosted(ctx)
	w.ok(err)
	guard, err := p.Guard(ctx, "main")
	w.ok(err)
	jobs, err := p.Automation(ctx, []string{".gitlab-ci.yml"})
	w.ok(err)
	today, err := p.Today(ctx, w.Project)
	w.ok(err)
	has, err := p.HasLabel(ctx, "no such label")
	w.ok(err)
	pages, err := p.Pages(ctx)
	w.ok(err)
	hooks, err := p.Hooks(ctx)
	w.ok(err)
	secrets, err := p.Secrets(ctx)
	w.ok(err)
	if hosted.Repository != w.Project || guard.Kept != forge.Yes || len(guard.Restricts) == 0 || len(jobs) != 2 || jobs[1].Ran != forge.Yes ||
		today != w.Project || has != forge.No || pages.On != forge.Yes || len(hooks) != 1 || hooks[0].Branch != "main" ||
		len(secrets) != 1 || secrets[0] != (forge.Secret{Name: "GITLAB_TOKEN", Protected: true, Masked: true}) {
		w.t.Errorf("%+v, %+v, %+v, %s, %v, %+v, %+v, %+v", hosted, guard, jobs, today, has, pages, hooks, secrets)
	}
}

// itself asks for what the client does not.
func (w *world) itself() {
	w.ask(http.MethodGet, "/users?username=jodoe", "")
	w.Say(forgetest.User, forge.Thread{Number: 1}, "not for everybody").Internal = true
	w.ask(http.MethodGet, w.project("issues/1/notes"), "")
	w.ask(http.MethodPost, w.project("issues"), `{"title":"a list of labels","labels":["escalation"]}`)
}

func (w *world) project(format string, args ...any) string {
	return "/projects/" + url.PathEscape(w.Project) + "/" + fmt.Sprintf(format, args...)
}

// ask sends a request that GitLab is to carry out.
func (w *world) ask(method, path, body string) {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.API+path, strings.NewReader(body))
	w.ok(err)
	r.Header.Set("Private-Token", "secret")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	reply, err := http.DefaultClient.Do(r)
	w.ok(err)
	w.ok(reply.Body.Close())
	if reply.StatusCode >= 300 {
		w.t.Fatalf("%s %s: %s", method, path, reply.Status)
	}
}
