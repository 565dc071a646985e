package harness

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// at is a time as GitHub says it: to the second.
func at(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// stamp notes that somebody made or changed an issue or a comment, by the request that
// did it and its answer. The emulator has the machine's clock, and not the world's.
func (g *GitHub) stamp(by, method, path string, asked, answer []byte) {
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
		var text struct{ Body *string }
		if m[2] == "" && json.Unmarshal(asked, &text) == nil && text.Body != nil {
			g.shim.edits[int(number)] = edit{by, now}
		}
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
