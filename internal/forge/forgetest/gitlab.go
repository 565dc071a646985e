package forgetest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/forge"
)

// GitLab is a server that answers as GitLab's REST API does, for one project, and as
// much of its GraphQL API as is asked. It refuses what the API's documentation does not
// have: a path, a parameter, a token that may not. The page of the documentation stands
// beside each route; all are of https://docs.gitlab.com/api, or below doc/ in GitLab's
// source. Where the documentation is silent, a comment names the source.
//
// Change requests have numbers of their own, labels may be scoped, issues may be
// confidential, and what stands at the beginning of a line may be a quick action, which
// is carried out and taken out of the text.
type GitLab struct {
	*Store
	// Root is where people see it, API its address, and GraphQL that of its GraphQL API.
	Root, API, GraphQL string
	// Project is the path of the project, Was the one that it had before; "" where it
	// never had another.
	Project, Was string
	// Token is the one that it takes; any, where it is "". The token of a job, which
	// comes in a header of its own, may as little as GitLab lets it.
	Token string
	// Role is that of whom the token is of, as GitLab numbers them: Maintainer, where it
	// is 0. Outside reports that they are no member, as an administrator of the server
	// may be.
	Role    int
	Outside bool
	// Roles are those of the members who are no Developers, by their names.
	Roles map[string]int
	// Free reports that the project is of the edition without licence: issues have one
	// assignee, and scoped labels stand beside each other.
	Free bool
	// Old reports that it is of a version before 18.3, which lists issues by offset alone.
	Old bool
	// Public reports that everybody sees the project.
	Public bool
	// Shows is what else is shown below the project, by its path, such as
	// "protected_branches"; of "", it is added to what the project itself shows.
	Shows map[string]any
	// Requests are those that it got: method, path and body.
	Requests []string
	// Refuse answers instead of it, where it returns a status. carried reports whether
	// the request is carried out all the same.
	Refuse func(r *http.Request) (status int, header map[string]string, carried bool)
	// Answered is called when a request was answered, or went wrong.
	Answered func(Fault)

	ids    map[string]int64
	routes []route
}

// prefix is where the server has GitLab: below a path, as a company may.
const prefix = "/gitlab"

// NewGitLab starts one that holds nothing, until the test ends.
func NewGitLab(t testing.TB) *GitLab {
	t.Helper()
	g, stop := StartGitLab("acme/escalations")
	t.Cleanup(stop)
	return g
}

// StartGitLab starts one that holds nothing, for a project.
func StartGitLab(project string) (g *GitLab, stop func()) {
	g = &GitLab{Store: newStore("", true, func(a, b string) bool { return a == b }), Project: project, Shows: map[string]any{}, ids: map[string]int64{}, routes: routes()}
	s := httptest.NewServer(g)
	g.At(s.URL)
	return g, s.Close
}

// At has it be at another address, as behind a proxy.
func (g *GitLab) At(server string) {
	g.Root = server + prefix
	g.Store.at = g.Root + "/" + g.Project + "/-"
	g.API, g.GraphQL = g.Root+"/api/v4", g.Root+"/api/graphql"
}

// The roles, as GitLab numbers them (api/members.md).
const (
	Guest      = 10
	Planner    = 15
	Reporter   = 20
	Developer  = 30
	Maintainer = 40
)

func (g *GitLab) role() int {
	if g.Role == 0 {
		return Maintainer
	}
	return g.Role
}

// call is a request, and how it is answered.
type call struct {
	*GitLab
	http.ResponseWriter
	r    *http.Request
	in   map[string]any    // its parameters
	vars map[string]string // those in its path
	job  bool
}

func (c *call) number(name string) int {
	n, _ := strconv.Atoi(c.vars[name]) // or it is none that is there
	return n
}

func (c *call) has(name string) bool { _, is := c.in[name]; return is }

// text is a parameter as text; "" where it is not there, or null.
func (c *call) text(name string) string {
	switch v := c.in[name].(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	default:
		return fmt.Sprint(v)
	}
}

func (c *call) maybe(name string) *string {
	if !c.has(name) {
		return nil
	}
	v := c.text(name)
	return &v
}

// list is a parameter that is a list, or text with commas.
func (c *call) list(name string) []string {
	var all []string
	switch v := c.in[name].(type) {
	case []any:
		for _, x := range v {
			all = append(all, strings.TrimSuffix(fmt.Sprint(x), ".0"))
		}
	case string:
		for s := range strings.SplitSeq(v, ",") {
			if s = strings.TrimSpace(s); s != "" {
				all = append(all, s)
			}
		}
	}
	return all
}

// reply answers with a value.
func (c *call) reply(status int, value any) {
	c.Header().Set("Content-Type", "application/json")
	reply(status, value)(c.ResponseWriter)
}

// says answers with why not, in the form that most of the API has.
func (c *call) says(status int, message string) {
	c.reply(status, map[string]any{"message": fmt.Sprintf("%d %s", status, message)})
}

func (c *call) notFound(what string) {
	c.says(http.StatusNotFound, strings.TrimSpace(what+" Not Found"))
}

// invalid answers a request whose parameters are not as they are to be.
func (c *call) invalid(why string) { c.reply(http.StatusBadRequest, map[string]any{"error": why}) }

// route is what a request may ask for.
type route struct {
	method, path string // below the project, or from the root where it begins with "/"
	// takes are the parameters, in one text; those are required that end in "!".
	takes string
	// job reports that the token of a job may (ci/jobs/ci_job_token.md).
	job bool
	// role is the least that whom the token is of must have.
	role int
	// op says it in the words of all forges; nil where none of them has it.
	op func(*call) string
	do func(*call)
}

// match returns what the path of a request has for the names in that of a route.
func (r *route) match(method string, parts []string) (map[string]string, bool) {
	names := strings.Split(strings.TrimPrefix(r.path, "/"), "/")
	if r.path == "" {
		names = nil
	}
	if method != r.method || len(names) != len(parts) {
		return nil, false
	}
	vars := map[string]string{}
	for i, name := range names {
		switch {
		case strings.HasPrefix(name, ":"):
			v, err := url.PathUnescape(parts[i])
			if err != nil {
				return nil, false
			}
			vars[name[1:]] = v
		case name != parts[i]:
			return nil, false
		}
	}
	return vars, true
}

func (g *GitLab) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	body, _ := io.ReadAll(r.Body) // a request that is cut off is one without a body
	for name, value := range map[string]string{"RateLimit-Limit": "2000", "RateLimit-Observed": "1", "RateLimit-Remaining": "1999", "RateLimit-Reset": fmt.Sprint(g.Now().Add(time.Minute).Unix())} {
		w.Header().Set(name, value)
	}
	c := &call{GitLab: g, ResponseWriter: w, r: r, in: map[string]any{}}
	op, answer := c.find(body)
	g.Requests = append(g.Requests, strings.TrimSpace(fmt.Sprintf("%s %s %s", r.Method, c.shown(), strings.TrimSpace(string(body)))))
	refused := func(status int, header map[string]string, carried bool) {
		if carried {
			c.ResponseWriter = httptest.NewRecorder()
			answer()
		}
		for k, v := range header {
			w.Header().Set(k, v)
		}
		w.WriteHeader(status)
		if status >= 500 {
			_, _ = io.WriteString(w, "<html>GitLab is not responding</html>") // whoever asked may be gone
		} else if status >= 400 {
			_, _ = fmt.Fprintf(w, `{"message":"%d refused"}`, status)
		}
	}
	fault := g.fault(op)
	if g.Answered != nil {
		defer func() { g.Answered(fault) }()
	}
	if g.Refuse != nil {
		if status, header, carried := g.Refuse(r); status != 0 {
			refused(status, header, carried)
			return
		}
	}
	if !misanswered(fault, http.StatusTooManyRequests, map[string]string{"RateLimit-Remaining": "0", "RateLimit-Reset": "4102444800"}, refused) {
		answer()
	}
}

// shown is the path of a request below the project, with its query.
func (c *call) shown() string {
	_, path, _ := strings.Cut(c.r.URL.EscapedPath(), "/api/v4/")
	path = strings.TrimPrefix(path, "projects/"+url.PathEscape(c.Project))
	if c.r.URL.RawQuery != "" {
		path += "?" + c.r.URL.RawQuery
	}
	return path
}

// find returns what a request asks for, in the words of all forges, and what answers
// it.
func (c *call) find(body []byte) (op string, answer func()) {
	path, below := strings.CutPrefix(c.r.URL.EscapedPath(), prefix+"/api/")
	what := c.r.Method + " " + path
	if !below {
		return what, func() { c.notFound("") }
	}
	if who := c.authenticated(); who != nil {
		return what, who
	}
	if path == "graphql" {
		return c.graphQL(body)
	}
	parts := strings.Split(strings.TrimPrefix(path, "v4/"), "/")
	from := "/"
	if len(parts) > 1 && parts[0] == "projects" {
		project, _ := url.PathUnescape(parts[1]) // or it is another
		switch {
		case c.Was != "" && strings.EqualFold(project, c.Was): // api/rest/_index.md, "Redirects"
			return what, func() {
				at := c.API + "/projects/1" + strings.TrimPrefix(c.r.URL.EscapedPath(), prefix+"/api/v4/projects/"+parts[1])
				c.Header().Set("Location", at)
				c.ResponseWriter.WriteHeader(http.StatusMovedPermanently)
				_, _ = io.WriteString(c.ResponseWriter, "This resource has been moved permanently to "+at)
			}
		case project != "1" && !strings.EqualFold(project, c.Project):
			return what, func() { c.notFound("Project") }
		}
		from, parts = "", parts[2:]
	}
	for i := range c.routes {
		r := &c.routes[i]
		if strings.HasPrefix(r.path, "/") != (from == "/") {
			continue
		}
		vars, ok := r.match(c.r.Method, parts)
		if !ok {
			continue
		}
		c.vars = vars
		if refused := c.parameters(r, body); refused != nil {
			return what, refused
		}
		if r.op != nil {
			what = r.op(c)
		}
		return what, func() {
			switch {
			case c.job && !r.job && c.r.Method == http.MethodGet && !c.Public:
				c.notFound("Project")
			case c.job && !r.job && (c.r.Method != http.MethodGet || from == "/"):
				c.says(http.StatusUnauthorized, "Unauthorized")
			case c.role() < r.role:
				c.says(http.StatusForbidden, "Forbidden")
			default:
				r.do(c)
			}
		}
	}
	if v, is := c.Shows[strings.Join(parts, "/")]; is && from == "" && c.r.Method == http.MethodGet {
		return "shown " + strings.Join(parts, "/"), func() {
			switch list, is := v.([]any); {
			case c.job:
				c.notFound("Project")
			case c.role() < Maintainer:
				c.says(http.StatusForbidden, "Forbidden")
			case is:
				c.in = values(c.r.URL.Query())
				c.page(list)
			default:
				c.reply(http.StatusOK, v)
			}
		}
	}
	return what, func() { c.reply(http.StatusNotFound, map[string]any{"error": "404 Not Found"}) }
}

// authenticated refuses a token (api/rest/authentication.md); nil where it is taken.
func (c *call) authenticated() func() {
	token := c.r.Header.Get("Private-Token")
	if job := c.r.Header.Get("Job-Token"); job != "" {
		token, c.job = job, true
	}
	if bearer, is := strings.CutPrefix(c.r.Header.Get("Authorization"), "Bearer "); is {
		token = bearer
	}
	if token == "" || c.Token != "" && token != c.Token && !c.job {
		return func() { c.says(http.StatusUnauthorized, "Unauthorized") }
	}
	return nil
}

// parameters reads those of a request, and refuses what its route does not take.
func (c *call) parameters(r *route, body []byte) func() {
	c.in = values(c.r.URL.Query())
	if c.r.Method != http.MethodGet && len(body) > 0 {
		if c.r.Header.Get("Content-Type") != "application/json" || json.Unmarshal(body, &c.in) != nil {
			return func() { c.invalid("the body is no JSON") }
		}
	}
	takes := strings.Fields(r.takes)
	if r.method == http.MethodGet {
		takes = append(takes, "page", "per_page", "pagination")
	}
	var missing, unknown []string
	for _, name := range takes {
		if name, required := strings.CutSuffix(name, "!"); required && !c.has(name) {
			missing = append(missing, name)
		}
	}
	for name := range c.in {
		if !slices.Contains(takes, name) && !slices.Contains(takes, name+"!") {
			unknown = append(unknown, name)
		}
	}
	switch {
	case len(missing) > 0:
		return func() { c.invalid(strings.Join(missing, ", ") + " is missing") }
	case len(unknown) > 0: // which GitLab would pass over: nobody is to send one
		slices.Sort(unknown)
		return func() { c.invalid("no such parameter: " + strings.Join(unknown, ", ")) }
	case c.text("pagination") == "keyset" && (r.path != "issues" || !c.Old && (c.text("order_by") != "created_at" || c.text("sort") != "asc")):
		return func() {
			c.reply(http.StatusMethodNotAllowed, map[string]any{"error": "Keyset pagination is not yet available for this type of request"})
		}
	}
	return nil
}

func values(q url.Values) map[string]any {
	in := map[string]any{}
	for name, v := range q {
		if list, is := strings.CutSuffix(name, "[]"); is {
			all := []any{}
			for _, x := range v {
				all = append(all, x)
			}
			in[list] = all
			continue
		}
		in[name] = v[len(v)-1]
	}
	return in
}

// page answers with one page of a list (api/rest/_index.md, "Offset-based pagination").
// Of more than 10,000, GitLab says not how many there are.
func (c *call) page(list []any) {
	at, _ := strconv.Atoi(c.text("page")) // none is the first
	size, err := strconv.Atoi(c.text("per_page"))
	if err != nil || size < 1 {
		size = 20
	}
	at, size = max(at, 1), min(size, 100)
	begin := min((at-1)*size, len(list))
	end := min(begin+size, len(list))
	last := max((len(list)+size-1)/size, 1)
	link := func(page int, rel string) string {
		q := c.r.URL.Query()
		q.Set("page", strconv.Itoa(page))
		q.Set("per_page", strconv.Itoa(size))
		return fmt.Sprintf(`<http://%s%s?%s>; rel="%s"`, c.r.Host, c.r.URL.EscapedPath(), q.Encode(), rel)
	}
	links := []string{}
	h := c.Header()
	h.Set("X-Page", strconv.Itoa(at))
	h.Set("X-Per-Page", strconv.Itoa(size))
	h.Set("X-Next-Page", "")
	h.Set("X-Prev-Page", "")
	if at > 1 {
		h.Set("X-Prev-Page", strconv.Itoa(at-1))
		links = append(links, link(at-1, "prev"))
	}
	if end < len(list) {
		h.Set("X-Next-Page", strconv.Itoa(at+1))
		links = append(links, link(at+1, "next"))
	}
	links = append(links, link(1, "first"))
	if len(list) <= 10_000 {
		h.Set("X-Total", strconv.Itoa(len(list)))
		h.Set("X-Total-Pages", strconv.Itoa(last))
		links = append(links, link(last, "last"))
	}
	h.Set("Link", strings.Join(links, ", "))
	c.reply(http.StatusOK, list[begin:end])
}

// keyset answers with one page of a list that is sorted by id (api/rest/_index.md,
// "Keyset-based pagination").
func (c *call) keyset(list []any, id func(any) int) {
	size, err := strconv.Atoi(c.text("per_page"))
	if err != nil || size < 1 {
		size = 20
	}
	size = min(size, 100)
	if after, err := strconv.Atoi(strings.TrimPrefix(c.text("cursor"), "id")); err == nil {
		list = slices.DeleteFunc(list, func(v any) bool { return id(v) <= after })
	}
	if len(list) > size {
		list = list[:size]
		q := c.r.URL.Query()
		q.Set("cursor", fmt.Sprint("id", id(list[size-1])))
		q.Del("page")
		c.Header().Set("Link", fmt.Sprintf(`<http://%s%s?%s>; rel="next"`, c.r.Host, c.r.URL.EscapedPath(), q.Encode()))
	}
	c.reply(http.StatusOK, list)
}

// when is a moment as GitLab writes it.
func when(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// updated are those of a list that changed since the time that a request asks for, in
// the order that it asks for.
func updated[T any](c *call, list []T, at func(T) time.Time) []T {
	list = slices.Clone(list)
	if after, err := time.Parse(time.RFC3339, c.text("updated_after")); err == nil {
		list = slices.DeleteFunc(list, func(v T) bool { return at(v).Before(after) })
	}
	if c.text("order_by") == "updated_at" {
		slices.SortStableFunc(list, func(a, b T) int { return at(a).Compare(at(b)) })
	}
	if c.text("sort") != "asc" {
		slices.Reverse(list)
	}
	return list
}

// login is what GitLab calls somebody: the account of a token has a name of its kind
// (user/project/settings/project_access_tokens.md).
func login(a forge.Author) string {
	if a.Bot && !strings.HasPrefix(a.Login, "project_") {
		return fmt.Sprintf("project_1_bot_%x", a.ID)
	}
	return a.Login
}

// ID is what GitLab numbers somebody by.
func (g *GitLab) ID(name string) (id int64) {
	g.Do(func() { id = g.id(name) })
	return id
}

// id is that of somebody, by the name.
func (g *GitLab) id(name string) int64 {
	key := strings.ToLower(name)
	for _, i := range g.Issues {
		if strings.ToLower(login(i.Author)) == key {
			return i.Author.ID
		}
	}
	if g.ids[key] == 0 {
		g.ids[key] = int64(1000 + len(g.ids))
	}
	return g.ids[key]
}

// named is who has an id.
func (g *GitLab) named(id string) (string, bool) {
	for _, name := range g.known() {
		if strconv.FormatInt(g.id(name), 10) == id {
			return name, true
		}
	}
	return "", false
}

// known are the names of all that there is somebody of.
func (g *GitLab) known() []string {
	all := append(slices.Clone(g.Assignable), login(g.Me))
	for _, i := range g.Issues {
		all = append(append(all, i.Assignees...), login(i.Author))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// userOf is somebody as GitLab shows them beside something (api/users.md).
func (g *GitLab) userOf(id int64, name string) map[string]any {
	return map[string]any{"id": id, "username": name, "public_email": nil, "name": name, "state": "active", "locked": false, "avatar_url": nil, "web_url": g.Root + "/" + name}
}

func (g *GitLab) authorOf(a forge.Author) map[string]any { return g.userOf(a.ID, login(a)) }
