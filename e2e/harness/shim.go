package harness

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// shim is what GitHub has and the emulator has not: reactions, pull requests of
// branches that are really there, check runs of commits that are, dispatches, and lists
// of what changed since a time. It answers as GitHub's published description says. Its
// lock is held for the whole of a call.
type shim struct {
	mu         sync.Mutex
	now        func() time.Time
	origin     *Origin // nil without a world
	times      map[item]*span
	reactions  []Reaction
	pulls      []*pull
	checks     []*CheckRun
	dispatches []Dispatch
	guard      Guard
}

// item is an issue or a comment, and span when it was made and changed.
type (
	item struct {
		kind string // "issues" or "comments"
		id   int64
	}
	span struct{ made, changed time.Time }
)

// asked is a call that the shim answers.
type asked struct {
	args  []string // what is in the path
	query url.Values
	body  []byte
}

// into reads the body. The contract has checked it.
func (a asked) into(v any) { _ = json.Unmarshal(a.body, v) }

// number is the first of the path.
func (a asked) number() int {
	n, _ := strconv.Atoi(a.args[0]) // the contract has checked it
	return n
}

// route is a call that the shim answers.
type route struct {
	method string
	path   *regexp.Regexp // below the repository
	// serve returns the status and what is said; an object is completed to what the
	// description says that it has.
	serve func(*GitHub, asked) (int, any)
	// when says which of them; the emulator answers the others.
	when func(*GitHub, url.Values) bool
}

func always(*GitHub, url.Values) bool { return true }

// pushed is for what needs the repository that is pushed to.
func pushed(g *GitHub, _ url.Values) bool { return g.shim.origin != nil }

// byChange is for lists that the emulator would make by the machine's clock.
func byChange(_ *GitHub, q url.Values) bool {
	return q.Get("since") != "" || q.Get("sort") == "updated"
}

var routes = []route{
	{"POST", regexp.MustCompile(`^/issues/(\d+)/reactions$`), (*GitHub).react, always},
	{"GET", regexp.MustCompile(`^/issues/(\d+)/reactions$`), (*GitHub).listReactions, always},
	{"POST", regexp.MustCompile(`^/issues/comments/(\d+)/reactions$`), (*GitHub).reactToComment, always},
	{"GET", regexp.MustCompile(`^/issues/comments/(\d+)/reactions$`), (*GitHub).listCommentReactions, always},
	{"GET", regexp.MustCompile(`^/issues$`), (*GitHub).listIssues, byChange},
	{"GET", regexp.MustCompile(`^/issues/comments$`), (*GitHub).listComments, always},
	{"POST", regexp.MustCompile(`^/dispatches$`), (*GitHub).dispatch, always},
	{"POST", regexp.MustCompile(`^/actions/workflows/([^/]+)/dispatches$`), (*GitHub).dispatchWorkflow, pushed},
	{"GET", regexp.MustCompile(`^/pulls$`), (*GitHub).listPulls, pushed},
	{"POST", regexp.MustCompile(`^/pulls$`), (*GitHub).createPull, pushed},
	{"GET", regexp.MustCompile(`^/pulls/(\d+)$`), (*GitHub).getPull, pushed},
	{"PATCH", regexp.MustCompile(`^/pulls/(\d+)$`), (*GitHub).editPull, pushed},
	{"GET", regexp.MustCompile(`^/pulls/(\d+)/files$`), (*GitHub).listFiles, pushed},
	{"GET", regexp.MustCompile(`^/pulls/(\d+)/merge$`), (*GitHub).isMerged, pushed},
	{"PUT", regexp.MustCompile(`^/pulls/(\d+)/merge$`), (*GitHub).mergePull, pushed},
	{"POST", regexp.MustCompile(`^/check-runs$`), (*GitHub).createCheck, pushed},
	{"GET", regexp.MustCompile(`^/check-runs/(\d+)$`), (*GitHub).getCheck, pushed},
	{"PATCH", regexp.MustCompile(`^/check-runs/(\d+)$`), (*GitHub).editCheck, pushed},
	{"GET", regexp.MustCompile(`^/commits/(.+)/check-runs$`), (*GitHub).listChecks, pushed},
}

// stand answers a call in place of the emulator; false where it leaves it to that.
func (g *GitHub) stand(r *http.Request, path string, body []byte) (reply, bool) {
	below, ok := strings.CutPrefix(path, "/repos/"+Repository)
	query := r.URL.Query()
	for _, route := range routes {
		if m := route.path.FindStringSubmatch(below); ok && m != nil && r.Method == route.method && route.when(g, query) {
			return g.own(r, path, route.serve, asked{m[1:], query, body}), true
		}
	}
	return reply{}, false
}

// own answers one call.
func (g *GitHub) own(r *http.Request, path string, serve func(*GitHub, asked) (int, any), a asked) reply {
	g.shim.mu.Lock()
	defer g.shim.mu.Unlock()
	status, said := serve(g, a)
	out, refused := said.(reply)
	if !refused {
		out = g.said(r, path, status, said)
	}
	if err := misanswer(g.contract, r.Method, path, out); err != nil {
		g.t.Errorf("GitHub's description has no such answer to %s %s: %d %s\n%v", r.Method, path, out.status, out.body, err)
	}
	return out
}

// said is an answer in JSON; a list is one page of it.
func (g *GitHub) said(r *http.Request, path string, status int, said any) reply {
	out := reply{status: status, header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}}
	if said == nil {
		return out
	}
	if list, ok := said.([]any); ok && r.Method == http.MethodGet {
		said = g.paged(r, list, out.header)
	}
	said = jsonOf(said)
	asBot(said)
	var err error
	if out.body, err = json.Marshal(g.completed(r.Method, path, status, said)); err != nil {
		g.t.Errorf("%s %s: %v", r.Method, path, err)
	}
	return out
}

// jsonOf is a value as JSON has it.
func jsonOf(v any) any {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // it is made of maps and plain values
	}
	var out any
	if err := json.Unmarshal(data, &out); err != nil {
		panic(err)
	}
	return out
}

// paged is one page of a list, with the link to the next one.
func (g *GitHub) paged(r *http.Request, list []any, header http.Header) []any {
	q := r.URL.Query()
	size, err := strconv.Atoi(q.Get("per_page"))
	if err != nil || size < 1 {
		size = 30
	}
	page, err := strconv.Atoi(q.Get("page"))
	if err != nil || page < 1 {
		page = 1
	}
	size = min(size, 100)
	begin := min((page-1)*size, len(list))
	end := min(begin+size, len(list))
	if end < len(list) {
		q.Set("page", strconv.Itoa(page+1))
		path := strings.TrimPrefix(r.URL.EscapedPath(), "/api/v3")
		header.Set("Link", fmt.Sprintf("<%s%s?%s>; rel=\"next\"", g.server.URL, path, q.Encode()))
	}
	return list[begin:end]
}

// completed gives an answer what the description says that it has, and the shim has
// nothing to say of.
func (g *GitHub) completed(method, path string, status int, said any) any {
	r, err := http.NewRequest(method, described+path, nil)
	if err != nil {
		return said
	}
	route, _, err := g.contract.FindRoute(r)
	if err != nil {
		return said
	}
	answer := route.Operation.Responses.Status(status)
	if answer == nil || answer.Value == nil || answer.Value.Content.Get("application/json") == nil {
		return said
	}
	return complete(answer.Value.Content.Get("application/json").Schema.Value, said)
}

// complete adds the fields that a schema requires.
func complete(s *openapi3.Schema, v any) any {
	for _, one := range s.AllOf {
		v = complete(one.Value, v)
	}
	if v == nil {
		return nil
	}
	for _, any := range slices.Concat(s.AnyOf, s.OneOf) {
		v = complete(any.Value, v)
		break
	}
	switch v := v.(type) {
	case []any:
		if s.Items != nil {
			for i := range v {
				v[i] = complete(s.Items.Value, v[i])
			}
		}
	case map[string]any:
		for name, property := range s.Properties {
			if is, ok := v[name]; ok {
				v[name] = complete(property.Value, is)
			} else if slices.Contains(s.Required, name) {
				v[name] = blank(property.Value)
			}
		}
	}
	return v
}

// blank is the least that a schema takes.
func blank(s *openapi3.Schema) any {
	switch {
	case s.Nullable:
		return nil
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.Type.Is("string") && s.Format == "date-time":
		return "2026-01-01T00:00:00Z"
	case s.Type.Is("string") && s.Format == "uri":
		return site
	case s.Type.Is("string"):
		return ""
	case s.Type.Is("integer"), s.Type.Is("number"):
		return 0
	case s.Type.Is("boolean"):
		return false
	case s.Type.Is("array"):
		return []any{}
	case s.Type == nil && len(s.Properties) == 0 && len(s.AllOf)+len(s.AnyOf)+len(s.OneOf) == 0:
		return ""
	}
	return complete(s, map[string]any{})
}

// at is a time as GitHub says it: to the second.
func at(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// stamp notes that an issue or a comment was made or changed, by the answer to the
// request that did it. The emulator has the machine's clock, and not the world's.
func (g *GitHub) stamp(method, path string, answer []byte) {
	if method == http.MethodGet || method == http.MethodHead {
		return
	}
	g.shim.mu.Lock()
	defer g.shim.mu.Unlock()
	now := g.shim.now()
	touch := func(kind string, id int64, made bool) {
		s := g.shim.times[item{kind, id}]
		if s == nil && !made {
			return // it was made before there was a clock
		}
		if s == nil {
			s = &span{made: now}
			g.shim.times[item{kind, id}] = s
		}
		s.changed = now
	}
	var is struct {
		ID, Number int64
		IssueURL   string `json:"issue_url"`
	}
	_ = json.Unmarshal(answer, &is) // some say nothing
	below := strings.TrimPrefix(path, "/repos/"+Repository)
	switch m := issuePath.FindStringSubmatch(path); {
	case method == http.MethodPost && below == "/issues":
		touch("issues", is.Number, true)
	case commentPath.MatchString(path) && method == http.MethodPatch:
		touch("comments", is.ID, false)
	case m != nil:
		if m[2] == "/comments" && method == http.MethodPost {
			touch("comments", is.ID, true)
		}
		number, _ := strconv.ParseInt(m[1], 10, 64) // the path has it
		touch("issues", number, false)
	}
}

// dated says when an issue or a comment was made and changed.
func (g *GitHub) dated(kind string, id int64, found map[string]any) {
	g.shim.mu.Lock()
	defer g.shim.mu.Unlock()
	g.date(kind, id, found)
}

func (g *GitHub) date(kind string, id int64, found map[string]any) {
	if s := g.shim.times[item{kind, id}]; s != nil {
		found["created_at"], found["updated_at"] = at(s.made), at(s.changed)
	}
}

// all are the objects of a list of the emulator, as GitHub has them.
func (g *GitHub) all(path string) []any {
	all := []any{}
	for page := 1; ; page++ {
		sep := "?"
		if strings.Contains(path, "?") {
			sep = "&"
		}
		a, err := g.ask(http.MethodGet, fmt.Sprintf("/repos/%s%s%sper_page=100&page=%d", Repository, path, sep, page), authorized(Token), nil)
		var some []any
		if err == nil {
			err = json.Unmarshal(a.body, &some)
		}
		if err != nil {
			g.t.Errorf("%s: %v: %d %s", path, err, a.status, a.body)
			return all
		}
		for _, one := range some {
			if amended := g.amendAll(one, g.date); amended != nil {
				all = append(all, amended)
			}
		}
		if len(some) < 100 {
			return all
		}
	}
}

// ordered are those of a list that changed since what is asked for, sorted as is asked
// for, the oldest first where nothing else is.
func ordered(list []any, q url.Values, direction string) []any {
	text := func(v any, name string) string {
		s, _ := v.(map[string]any)[name].(string)
		return s
	}
	if since, err := time.Parse(time.RFC3339, q.Get("since")); err == nil {
		list = slices.DeleteFunc(list, func(v any) bool {
			changed, err := time.Parse(time.RFC3339, text(v, "updated_at"))
			return err == nil && changed.Truncate(time.Second).Before(since)
		})
	}
	by := "created_at"
	if q.Get("sort") == "updated" {
		by = "updated_at"
	}
	slices.SortStableFunc(list, func(a, b any) int {
		if c := strings.Compare(text(a, by), text(b, by)); c != 0 {
			return c
		}
		left, _ := a.(map[string]any)["id"].(float64)
		right, _ := b.(map[string]any)["id"].(float64)
		return int(left - right)
	})
	if d := q.Get("direction"); d == "desc" || d == "" && direction == "desc" {
		slices.Reverse(list)
	}
	return list
}

// listComments reads those of each issue: the emulator takes "comments" for the number
// of one.
func (g *GitHub) listComments(a asked) (int, any) {
	all := []any{}
	for _, issue := range g.all("/issues?state=all") {
		if is := issue.(map[string]any); is["comments"] != float64(0) {
			all = append(all, g.all(fmt.Sprintf("/issues/%v/comments", is["number"]))...)
		}
	}
	return http.StatusOK, ordered(all, a.query, "asc")
}

// listIssues asks for all, without what the emulator does by its own clock.
func (g *GitHub) listIssues(a asked) (int, any) {
	q := url.Values{}
	for name, values := range a.query {
		if !slices.Contains([]string{"since", "sort", "direction", "page", "per_page"}, name) {
			q[name] = values
		}
	}
	return http.StatusOK, ordered(g.all("/issues?"+q.Encode()), a.query, "desc")
}

// Reaction is one on an issue, where Comment is 0, or on a comment.
type Reaction struct {
	Issue   int
	Comment int64
	By      string
	Content string // such as "eyes"
}

// Reactions returns those that were left, the oldest first.
func (g *GitHub) Reactions() []Reaction {
	g.shim.mu.Lock()
	defer g.shim.mu.Unlock()
	return slices.Clone(g.shim.reactions)
}

func reactionOf(r Reaction, id int) any {
	return map[string]any{"id": id, "node_id": fmt.Sprintf("REA_%d", id), "user": map[string]any{"login": r.By, "id": 1, "type": "User"}, "content": r.Content}
}

func (g *GitHub) react(a asked) (int, any) { return g.leave(a, a.number(), 0) }

func (g *GitHub) reactToComment(a asked) (int, any) {
	issue := g.issueOf(a.args[0])
	if issue == 0 || g.isDeleted(issue) {
		return 0, problem(http.StatusNotFound, "Not Found")
	}
	return g.leave(a, issue, int64(a.number()))
}

func (g *GitHub) leave(a asked, issue int, comment int64) (int, any) {
	var in struct{ Content string }
	a.into(&in)
	shown, err := g.ask(http.MethodGet, fmt.Sprintf("/repos/%s/issues/%d", Repository, issue), authorized(Token), nil)
	var is struct{ Locked bool }
	switch {
	case err != nil || shown.status != http.StatusOK || json.Unmarshal(shown.body, &is) != nil:
		return 0, problem(http.StatusNotFound, "Not Found")
	case is.Locked:
		return 0, problem(http.StatusForbidden, "Unable to create reaction because issue is locked")
	}
	r := Reaction{Issue: issue, Comment: comment, By: Bot, Content: in.Content}
	if at := slices.Index(g.shim.reactions, r); at >= 0 {
		return http.StatusOK, reactionOf(r, at+1)
	}
	g.shim.reactions = append(g.shim.reactions, r)
	return http.StatusCreated, reactionOf(r, len(g.shim.reactions))
}

func (g *GitHub) listReactions(a asked) (int, any) { return g.left(a, a.number(), 0) }

func (g *GitHub) listCommentReactions(a asked) (int, any) {
	issue := g.issueOf(a.args[0])
	if issue == 0 || g.isDeleted(issue) {
		return 0, problem(http.StatusNotFound, "Not Found")
	}
	return g.left(a, issue, int64(a.number()))
}

func (g *GitHub) left(a asked, issue int, comment int64) (int, any) {
	list := []any{}
	content := a.query.Get("content")
	for i, r := range g.shim.reactions {
		if r.Issue == issue && r.Comment == comment && (content == "" || content == r.Content) {
			list = append(list, reactionOf(r, i+1))
		}
	}
	return http.StatusOK, list
}

// Dispatch is an event that was asked for.
type Dispatch struct {
	// Event is the type of a repository's, Workflow the file of a workflow's: one of
	// the two is empty. Ref is what a workflow is to run on.
	Event, Workflow, Ref string
	// Payload is what comes with it: the inputs of a workflow.
	Payload map[string]any
}

// Dispatches returns those that were asked for, the oldest first. Nothing runs by them.
func (g *GitHub) Dispatches() []Dispatch {
	g.shim.mu.Lock()
	defer g.shim.mu.Unlock()
	return slices.Clone(g.shim.dispatches)
}

func (g *GitHub) dispatch(a asked) (int, any) {
	var in struct {
		EventType     string         `json:"event_type"`
		ClientPayload map[string]any `json:"client_payload"`
	}
	a.into(&in)
	g.shim.dispatches = append(g.shim.dispatches, Dispatch{Event: in.EventType, Payload: in.ClientPayload})
	return http.StatusNoContent, nil
}

func (g *GitHub) dispatchWorkflow(a asked) (int, any) {
	var in struct {
		Ref    string
		Inputs map[string]any
	}
	a.into(&in)
	switch name := strings.TrimPrefix(in.Ref, "refs/heads/"); {
	case g.shim.origin.commit("refs/heads/"+name) == "":
		return 0, problem(http.StatusUnprocessableEntity, "No ref found for: "+in.Ref)
	case g.shim.origin.commit("refs/heads/main") != "" && !g.shim.origin.has("refs/heads/main", ".github/workflows/"+a.args[0]):
		return 0, problem(http.StatusNotFound, "Not Found")
	}
	g.shim.dispatches = append(g.shim.dispatches, Dispatch{Workflow: a.args[0], Ref: in.Ref, Payload: in.Inputs})
	return http.StatusNoContent, nil
}

// authorized is the header of a request with a token.
func authorized(token string) http.Header {
	return http.Header{"Authorization": {"Bearer " + token}, "Content-Type": {"application/json"}}
}
