package forgetest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/forge"
)

// GitHub is a server that answers as GitHub's REST API does, for the repository
// acme/escalations.
type GitHub struct {
	*Store
	// API is its address, GraphQL that of its GraphQL API.
	API, GraphQL string
	// Viewer is what GraphQL says the token writes as; empty where it says nothing.
	Viewer string
	// Requests are those that it got: method, path and body.
	Requests []string
	// Refuse answers instead of it, where it returns a status. carried reports
	// whether the request is carried out all the same.
	Refuse func(r *http.Request) (status int, header map[string]string, carried bool)
}

// NewGitHub starts one that holds nothing, until the test ends.
func NewGitHub(t testing.TB) *GitHub {
	t.Helper()
	g := &GitHub{Store: newStore("https://github.example", false, strings.EqualFold)}
	s := httptest.NewServer(g)
	t.Cleanup(s.Close)
	g.API, g.GraphQL = s.URL+"/api/v3", s.URL+"/api/graphql"
	return g
}

// edits says who edited an issue or a comment last.
func (g *GitHub) edits(body []byte) (op string, answer func(http.ResponseWriter)) {
	var in struct {
		Variables struct {
			Number int
			ID     string
		}
	}
	_ = json.Unmarshal(body, &in) // then there is no such thing
	data := func(v any) func(http.ResponseWriter) { return reply(http.StatusOK, map[string]any{"data": v}) }
	if v := in.Variables; v.ID != "" {
		for _, c := range g.Comments {
			if nodeOf(c) == v.ID {
				shown := lastEdit(c.Editor, c.Edited)
				shown["__typename"] = "IssueComment"
				return "edit", data(map[string]any{"node": shown})
			}
		}
		return "edit", data(map[string]any{"node": nil})
	}
	i := g.issue(in.Variables.Number)
	if i == nil {
		return "edit", data(map[string]any{"repository": map[string]any{"issue": nil}})
	}
	shown := lastEdit(i.Editor, i.Edited)
	shown["number"] = i.Number
	return "edit", data(map[string]any{"repository": map[string]any{"issue": shown}})
}

func lastEdit(by forge.Author, at time.Time) map[string]any {
	shown := map[string]any{"lastEditedAt": nil, "editor": nil}
	if at.IsZero() {
		return shown
	}
	shown["lastEditedAt"] = at
	if kind := "User"; by.Login != "" {
		if by.Bot {
			kind = "Bot"
		}
		shown["editor"] = map[string]string{"__typename": kind, "login": by.Login}
	}
	return shown
}

// nodeOf is what GraphQL knows a comment by.
func nodeOf(c *Comment) string { return fmt.Sprintf("IC_%d", c.ID) }

type user struct {
	ID    int64  `json:"id,omitempty"`
	Login string `json:"login"`
	Type  string `json:"type,omitempty"`
}

func userOf(a forge.Author) user {
	if a.Bot {
		return user{a.ID, a.Login, "Bot"}
	}
	return user{a.ID, a.Login, "User"}
}

type named struct {
	Name string `json:"name"`
}

func (g *GitHub) issueOf(i *Issue) any {
	labels, assignees := []named{}, []user{}
	for _, l := range i.Labels {
		labels = append(labels, named{l})
	}
	for _, a := range i.Assignees {
		assignees = append(assignees, user{Login: a})
	}
	state := "closed"
	if i.Open {
		state = "open"
	}
	shown := map[string]any{
		"number": i.Number, "title": i.Title, "body": i.Body, "state": state, "user": userOf(i.Author), "labels": labels, "assignees": assignees,
		"html_url": i.URL, "comments": g.commented(i).Comments, "locked": i.Locked, "repository_url": g.API + "/repos/acme/escalations",
		"created_at": i.Created, "updated_at": i.Updated, "author_association": association(i.Member),
	}
	if i.ChangeRequest {
		shown["pull_request"] = map[string]string{"html_url": i.URL}
	}
	return shown
}

func (g *GitHub) commentOf(c *Comment) any {
	return map[string]any{"issue_url": fmt.Sprintf("%s/repos/acme/escalations/issues/%d", g.API, c.On.Number), "id": c.ID, "node_id": nodeOf(c), "body": c.Body, "user": userOf(c.Author), "html_url": c.URL, "created_at": c.Created, "updated_at": c.Updated, "author_association": association(c.Member)}
}

// association is how GitHub says whether an author belongs to the repository.
func association(member forge.Said) string {
	return map[forge.Said]string{forge.Yes: "MEMBER", forge.No: "NONE"}[member]
}

func (g *GitHub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	body, _ := io.ReadAll(r.Body) // a request that is cut off is one without a body
	path := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/api/v3"), "/repos/acme/escalations")
	g.Requests = append(g.Requests, strings.TrimSpace(fmt.Sprintf("%s %s %s", r.Method, path, strings.TrimSpace(string(body)))))
	op, answer := g.route(r, strings.Split(strings.Trim(path, "/"), "/"), body)
	refused := func(status int, header map[string]string, carried bool) {
		if carried {
			answer(httptest.NewRecorder())
		}
		for k, v := range header {
			w.Header().Set(k, v)
		}
		w.WriteHeader(status)
		if status >= 400 {
			_, _ = io.WriteString(w, `{"message": "refused"}`) // whoever asked may be gone
		}
	}
	fault := g.fault(op)
	if g.Refuse != nil {
		if status, header, carried := g.Refuse(r); status != 0 {
			refused(status, header, carried)
			return
		}
	}
	if !misanswered(fault, http.StatusForbidden, map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "4102444800"}, refused) {
		answer(w)
	}
}

// route returns what a request asks for, in the words of all forges, and what
// answers it.
func (g *GitHub) route(r *http.Request, parts []string, body []byte) (op string, answer func(http.ResponseWriter)) {
	var in struct {
		Title, Body, State, Name *string
		Labels                   []string
		Assignees                *[]string
	}
	if len(body) > 0 && json.Unmarshal(body, &in) != nil {
		_ = json.Unmarshal(body, &in.Labels) // labels are set by a list alone
	}
	number, what := 0, r.Method
	for _, p := range parts {
		if n, err := strconv.Atoi(p); err == nil {
			number, p = n, "N"
		}
		what += " " + p
	}
	thread := forge.Thread{Number: number}
	deleted := says(http.StatusGone, "This issue was deleted")
	i := g.issue(number)
	change := func(w http.ResponseWriter, status int, i *Issue, e forge.Edit) bool {
		if !g.edit(i, e) {
			says(http.StatusUnprocessableEntity, "Validation Failed")(w)
			return false
		}
		reply(status, g.issueOf(i))(w)
		return true
	}
	there := func(answer func(http.ResponseWriter)) func(http.ResponseWriter) {
		switch {
		case i == nil:
			return deleted
		case i.Moved != "": // which GitHub redirects to, by the repository's own number
			return func(w http.ResponseWriter) {
				w.Header().Set("Location", g.API+"/repositories/2/issues/"+fmt.Sprint(number))
				says(http.StatusMovedPermanently, "Moved Permanently")(w)
			}
		}
		return answer
	}
	switch {
	case what == "GET user" && g.Me.Bot:
		return "me", says(http.StatusForbidden, "Resource not accessible by integration")
	case what == "GET user":
		return "me", reply(http.StatusOK, userOf(g.Me))
	case what == "POST api graphql" && strings.Contains(string(body), "lastEditedAt"):
		return g.edits(body)
	case what == "POST api graphql" && g.Viewer == "":
		return "me", reply(http.StatusOK, map[string]any{"data": nil, "errors": []any{map[string]string{"message": "Resource not accessible by integration"}}})
	case what == "POST api graphql":
		return "me", reply(http.StatusOK, map[string]any{"data": map[string]any{"viewer": map[string]string{"login": g.Viewer}}})
	case what == "GET repositories N issues N" && i != nil:
		return fmt.Sprintf("moved issue %d", number), func(w http.ResponseWriter) {
			reply(http.StatusOK, map[string]any{"number": number + 41, "html_url": i.Moved, "repository_url": g.API + "/repos/acme/elsewhere"})(w)
		}
	case r.Method == http.MethodGet && parts[0] == "assignees":
		return "assignable " + parts[1], func(w http.ResponseWriter) {
			if !slices.Contains(g.Assignable, parts[1]) {
				says(http.StatusNotFound, "Not Found")(w)
				return
			}
			w.WriteHeader(http.StatusNoContent)
		}
	case what == "GET issues":
		label := r.URL.Query().Get("labels")
		return "issues " + label, func(w http.ResponseWriter) {
			list := []any{}
			for _, i := range since(r, g.listed(label), func(i *Issue) time.Time { return i.Updated }) {
				if state := r.URL.Query().Get("state"); state == "all" || i.Open == (state != "closed") {
					list = append(list, g.issueOf(i))
				}
			}
			page(w, r, list)
		}
	case what == "POST issues":
		return fmt.Sprintf("open %s %v %v", *in.Title, in.Labels, list(in.Assignees)), func(w http.ResponseWriter) {
			if i := g.Open(g.Me, "", in.Labels...); !change(w, http.StatusCreated, i, forge.Edit{Title: in.Title, Body: in.Body, Assignees: in.Assignees}) {
				g.Issues = g.Issues[:len(g.Issues)-1]
			}
		}
	case what == "GET issues comments":
		return "comments", func(w http.ResponseWriter) {
			list := []any{}
			for _, c := range since(r, g.Comments, func(c *Comment) time.Time { return c.Updated }) {
				if i := g.issue(c.On.Number); i != nil && i.Moved == "" {
					list = append(list, g.commentOf(c))
				}
			}
			page(w, r, list)
		}
	case what == "GET issues N":
		return fmt.Sprintf("issue %d", number), there(func(w http.ResponseWriter) { reply(http.StatusOK, g.issueOf(i))(w) })
	case what == "PATCH issues N":
		e := forge.Edit{Title: in.Title, Body: in.Body, Assignees: in.Assignees}
		if in.State != nil {
			open := *in.State == "open"
			e.Open = &open
		}
		return edited(number, e), there(func(w http.ResponseWriter) { change(w, http.StatusOK, i, e) })
	case what == "PUT issues N labels":
		return fmt.Sprintf("labels %d %v", number, in.Labels), there(func(w http.ResponseWriter) {
			now := []named{}
			for _, l := range g.relabel(i, in.Labels) {
				now = append(now, named{l})
			}
			reply(http.StatusOK, now)(w)
		})
	case what == "GET issues N comments":
		return fmt.Sprintf("comments %d", number), there(func(w http.ResponseWriter) {
			list := []any{}
			for _, c := range g.Comments {
				if g.within(c, thread) {
					list = append(list, g.commentOf(c))
				}
			}
			page(w, r, list)
		})
	case what == "POST issues N comments" && i != nil && i.Locked:
		return fmt.Sprintf("comment %d", number), says(http.StatusForbidden, "Unable to create comment because issue is locked.")
	case what == "POST issues N comments":
		return fmt.Sprintf("comment %d", number), there(func(w http.ResponseWriter) { reply(http.StatusCreated, g.commentOf(g.Say(g.Me, thread, *in.Body)))(w) })
	case what == "GET issues comments N" && g.comment(int64(number)) >= 0:
		return fmt.Sprintf("comment's %d", number), reply(http.StatusOK, g.commentOf(g.Comments[g.comment(int64(number))]))
	case what == "PATCH issues comments N" && g.comment(int64(number)) >= 0:
		return fmt.Sprintf("edit comment %d", number), func(w http.ResponseWriter) {
			c := g.Comments[g.comment(int64(number))]
			c.Body, c.Updated = *in.Body, g.Now()
			reply(http.StatusOK, g.commentOf(c))(w)
		}
	case what == "DELETE issues comments N" && g.comment(int64(number)) >= 0:
		return fmt.Sprintf("delete comment %d", number), func(w http.ResponseWriter) {
			g.Comments = slices.DeleteFunc(g.Comments, func(c *Comment) bool { return c.ID == int64(number) })
			reply(http.StatusNoContent, nil)(w)
		}
	case r.Method == http.MethodGet && parts[0] == "labels" && g.label(parts[1]) >= 0:
		return "label " + parts[1], reply(http.StatusOK, named{g.Labels[g.label(parts[1])]})
	case r.Method == http.MethodGet && parts[0] == "labels":
		return "label " + parts[1], says(http.StatusNotFound, "Not Found")
	case what == "POST labels" && g.label(*in.Name) >= 0:
		return "make label " + *in.Name, says(http.StatusUnprocessableEntity, "Validation Failed")
	case what == "POST labels":
		return "make label " + *in.Name, func(w http.ResponseWriter) {
			g.Labels = append(g.Labels, *in.Name)
			reply(http.StatusCreated, named{*in.Name})(w)
		}
	}
	return g.routeChanges(r, what, number, parts, body)
}

// since are those of a list that changed since the time that a request asks for, in the
// order of their changes where it asks for that.
func since[T any](r *http.Request, list []T, updated func(T) time.Time) []T {
	list = slices.Clone(list)
	q := r.URL.Query()
	if at, err := time.Parse(time.RFC3339, q.Get("since")); err == nil {
		list = slices.DeleteFunc(list, func(v T) bool { return updated(v).Truncate(time.Second).Before(at) })
	}
	if q.Get("sort") == "updated" {
		slices.SortStableFunc(list, func(a, b T) int { return updated(a).Compare(updated(b)) })
	}
	return list
}

// reply answers with a value.
func reply(status int, value any) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.WriteHeader(status)
		if value != nil {
			_ = json.NewEncoder(w).Encode(value) // whoever asked may be gone
		}
	}
}

// says answers with why not.
func says(status int, message string) func(http.ResponseWriter) {
	return reply(status, map[string]string{"message": message})
}

func list(l *[]string) []string {
	if l == nil {
		return nil
	}
	return *l
}

// page answers with one page of a list.
func page(w http.ResponseWriter, r *http.Request, list []any) {
	q := r.URL.Query()
	at, _ := strconv.Atoi(q.Get("page")) // none is the first
	size, err := strconv.Atoi(q.Get("per_page"))
	if err != nil {
		size = 30
	}
	begin := min(max(at-1, 0)*size, len(list))
	end := min(begin+size, len(list))
	if end < len(list) {
		q.Set("page", strconv.Itoa(max(at, 1)+1))
		w.Header().Set("Link", fmt.Sprintf(`<http://%s%s?%s>; rel="next"`, r.Host, r.URL.Path, q.Encode()))
	}
	_ = json.NewEncoder(w).Encode(list[begin:end]) // whoever asked may be gone
}
