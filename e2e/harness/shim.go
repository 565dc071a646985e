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
	edits      map[int]edit // of the text of issues, the last of each
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
	if either := slices.Concat(s.AnyOf, s.OneOf); len(either) > 0 {
		v = complete(either[0].Value, v)
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

// authorized is the header of a request with a token.
func authorized(token string) http.Header {
	return http.Header{"Authorization": {"Bearer " + token}, "Content-Type": {"application/json"}}
}
