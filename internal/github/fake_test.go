package github

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/schema"
)

// fake is a GitHub that keeps issues and comments, and remembers what it was
// asked.
type fake struct {
	t   testing.TB
	url string

	mu       sync.Mutex
	asked    []string // method, path without the repository, and body
	issues   []*issue
	comments []*comment
	labels   []string
	may      []string // who may be assigned
	me       user     // of the token; with the type Bot, GitHub does not say whose it is
	// refuse answers instead of it, where it returns a status. carried reports
	// whether it is carried out all the same.
	refuse func(r *http.Request) (status int, header map[string]string, carried bool)
}

type user struct {
	ID    int    `json:"id"`
	Login string `json:"login"`
	Type  string `json:"type"`
}

type named struct {
	Name string `json:"name"`
}

type issue struct {
	Number    int     `json:"number"`
	Title     string  `json:"title"`
	Body      string  `json:"body"`
	State     string  `json:"state"`
	User      user    `json:"user"`
	Labels    []named `json:"labels"`
	Assignees []user  `json:"assignees"`
	URL       string  `json:"html_url"`
	deleted   bool
}

type comment struct {
	ID   int64  `json:"id"`
	Body string `json:"body"`
	User user   `json:"user"`
	URL  string `json:"html_url"`
	of   int
}

var (
	bot      = user{1, "escalate-bot", "User"}
	stranger = user{66, "mallory", "User"}
)

func newFake(t testing.TB) *fake {
	t.Helper()
	g := &fake{t: t, me: bot, may: []string{"jodoe"}, labels: []string{"escalation", "severity:high"}}
	s := httptest.NewServer(g)
	t.Cleanup(s.Close)
	g.url = s.URL
	return g
}

func (g *fake) config() Config {
	return Config{API: g.url + "/api/v3", Repository: "acme/escalations", Token: "t", UserAgent: "test"}
}

func (g *fake) tracking() *Tracking {
	g.t.Helper()
	tracking, err := NewTracking(g.config(), schema.Directory{People: map[schema.Handle]schema.Person{
		"jdoe": {Name: "Jo Doe", GitHub: "jodoe"}, "ebrandt": {Name: "Eva Brandt", GitHub: "evabrandt"}, "kwong": {Name: "Kit Wong"},
	}})
	if err != nil {
		g.t.Fatal(err)
	}
	return tracking
}

// open puts an issue there.
func (g *fake) open(by user, body string, labels ...string) *issue {
	i := &issue{Number: len(g.issues) + 1, Title: "Northwind", Body: body, State: "open", User: by, Labels: []named{}, Assignees: []user{}}
	i.URL = fmt.Sprintf("https://github.example/issues/%d", i.Number)
	for _, l := range labels {
		i.Labels = append(i.Labels, named{l})
	}
	g.issues = append(g.issues, i)
	return i
}

// say puts a comment there.
func (g *fake) say(by user, number int, body string) *comment {
	c := &comment{ID: int64(len(g.comments) + 101), Body: body, User: by, of: number}
	c.URL = fmt.Sprintf("https://github.example/issues/%d#%d", number, c.ID)
	g.comments = append(g.comments, c)
	return c
}

// bodies are the comments of an issue.
func (g *fake) bodies(number int) []string {
	var bodies []string
	for _, c := range g.comments {
		if c.of == number {
			bodies = append(bodies, c.Body)
		}
	}
	return bodies
}

// writes are the requests that were not for reading.
func (g *fake) writes() []string {
	return slices.DeleteFunc(slices.Clone(g.asked), func(a string) bool { return strings.HasPrefix(a, "GET ") })
}

func (g *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	path := strings.TrimPrefix(r.URL.Path, "/api/v3")
	short := strings.TrimPrefix(path, "/repos/acme/escalations")
	g.asked = append(g.asked, strings.TrimSpace(fmt.Sprintf("%s %s %s", r.Method, short, bytes.TrimSpace(body))))
	if g.refuse != nil {
		if status, header, carried := g.refuse(r); status != 0 {
			if carried {
				g.answer(httptest.NewRecorder(), r, short, body)
			}
			for k, v := range header {
				w.Header().Set(k, v)
			}
			w.WriteHeader(status)
			if status >= 400 {
				_, _ = io.WriteString(w, `{"message": "refused"}`)
			}
			return
		}
	}
	g.answer(w, r, short, body)
}

// answer answers as GitHub does.
func (g *fake) answer(w http.ResponseWriter, r *http.Request, path string, body []byte) {
	var in struct {
		Title, Body, State, Name *string
		Labels, Assignees        []string
	}
	if len(body) > 0 && json.Unmarshal(body, &in) != nil {
		_ = json.Unmarshal(body, &in.Labels)
	}
	reply := func(status int, value any) {
		w.WriteHeader(status)
		if value != nil {
			_ = json.NewEncoder(w).Encode(value)
		}
	}
	change := func(i *issue) bool {
		if slices.ContainsFunc(in.Assignees, func(l string) bool { return !slices.Contains(g.may, l) }) {
			reply(http.StatusUnprocessableEntity, map[string]string{"message": "Validation Failed"})
			return false
		}
		for to, from := range map[*string]*string{&i.Title: in.Title, &i.Body: in.Body, &i.State: in.State} {
			if from != nil {
				*to = *from
			}
		}
		if in.Labels != nil {
			i.Labels = []named{}
			for _, l := range in.Labels {
				i.Labels = append(i.Labels, named{l})
			}
		}
		if in.Assignees != nil {
			i.Assignees = []user{}
			for _, l := range in.Assignees {
				i.Assignees = append(i.Assignees, user{Login: l})
			}
		}
		return true
	}
	parts := strings.Split(strings.Trim(path, "/"), "/")
	number, _ := strconv.Atoi(parts[len(parts)-1])
	if len(parts) == 3 && parts[1] != "comments" {
		number, _ = strconv.Atoi(parts[1])
	}
	var i *issue
	if parts[0] == "issues" && len(parts) > 1 && parts[1] != "comments" {
		if number > len(g.issues) || g.issues[number-1].deleted {
			reply(http.StatusGone, map[string]string{"message": "This issue was deleted"})
			return
		}
		i = g.issues[number-1]
	}
	at := slices.IndexFunc(g.comments, func(c *comment) bool { return c.ID == int64(number) })
	switch what := r.Method + " " + strings.ReplaceAll(strings.Join(parts, "/"), strconv.Itoa(number), "N"); {
	case what == "GET user" && g.me.Type == "Bot":
		reply(http.StatusForbidden, map[string]string{"message": "Resource not accessible by integration"})
	case what == "GET user":
		reply(http.StatusOK, g.me)
	case what == "GET issues":
		var list []*issue
		for _, i := range g.issues {
			if !i.deleted && slices.Contains(i.Labels, named{r.URL.Query().Get("labels")}) {
				list = append(list, i)
			}
		}
		page(w, r, list)
	case what == "POST issues":
		if i := g.open(g.me, ""); !change(i) {
			g.issues = g.issues[:len(g.issues)-1]
		} else {
			reply(http.StatusCreated, i)
		}
	case what == "GET issues/N":
		reply(http.StatusOK, i)
	case what == "PATCH issues/N":
		if change(i) {
			reply(http.StatusOK, i)
		}
	case what == "PUT issues/N/labels":
		change(i)
		reply(http.StatusOK, i.Labels)
	case what == "GET issues/N/comments":
		var list []*comment
		for _, c := range g.comments {
			if c.of == number {
				list = append(list, c)
			}
		}
		page(w, r, list)
	case what == "POST issues/N/comments":
		reply(http.StatusCreated, g.say(g.me, number, *in.Body))
	case what == "PATCH issues/comments/N" && at >= 0:
		g.comments[at].Body = *in.Body
		reply(http.StatusOK, g.comments[at])
	case what == "DELETE issues/comments/N" && at >= 0:
		g.comments = slices.Delete(g.comments, at, at+1)
		reply(http.StatusNoContent, nil)
	case r.Method == http.MethodGet && parts[0] == "labels" && slices.Contains(g.labels, parts[1]):
		reply(http.StatusOK, named{parts[1]})
	case what == "POST labels" && slices.Contains(g.labels, *in.Name):
		reply(http.StatusUnprocessableEntity, map[string]string{"message": "Validation Failed"})
	case what == "POST labels":
		g.labels = append(g.labels, *in.Name)
		reply(http.StatusCreated, named{*in.Name})
	default:
		reply(http.StatusNotFound, map[string]string{"message": "Not Found"})
	}
}

// page answers with one page of a list.
func page[T any](w http.ResponseWriter, r *http.Request, list []T) {
	q := r.URL.Query()
	at, _ := strconv.Atoi(q.Get("page"))
	size, _ := strconv.Atoi(q.Get("per_page"))
	begin := min(max(at-1, 0)*size, len(list))
	end := min(begin+size, len(list))
	if end < len(list) {
		q.Set("page", strconv.Itoa(max(at, 1)+1))
		w.Header().Set("Link", fmt.Sprintf(`<http://%s%s?%s>; rel="next"`, r.Host, r.URL.Path, q.Encode()))
	}
	_ = json.NewEncoder(w).Encode(append([]T{}, list[begin:end]...))
}

// The escalation of most tests, and what the ledger has of it.
const id = "2026/northwind"

// notice is a line of the ledger: that something was done where ref is set, else
// that it is to be done.
func notice(moment string, do plan.Doing, ref, text string, mentions ...schema.Handle) ledger.Notice {
	n := ledger.Notice{
		Escalation: id, Key: id + " " + moment, Moment: strings.Fields(moment)[0], Do: string(do), To: string(plan.Tracking), Via: "github",
		At: time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC), State: ledger.Intent, Text: text, Mentions: mentions,
	}
	if ref != "" {
		n.State, n.Ref, n.URL = ledger.Done, ref, "https://github.example/told/"+ref
	}
	return n
}

// item is what is to be done, behind what was done.
func item(n ledger.Notice, thread ...ledger.Notice) outbox.Item {
	return outbox.Item{Notices: []ledger.Notice{n}, Thread: append(thread, n), Issue: func() (plan.Tracked, error) {
		return plan.Tracked{Text: "Northwind\n\nAs the file has it", Mentions: []schema.Handle{"jdoe"}, Label: "severity:high", Assignees: []schema.Handle{"jdoe"}}, nil
	}}
}
