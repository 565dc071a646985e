package harness

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// What GitHub refuses, and the emulator takes.
const (
	maxBody        = 65536 // characters of an issue or a comment
	maxTitle       = 256
	maxLabel       = 50
	maxDescription = 100 // of a label
)

var (
	issuePath    = regexp.MustCompile(`^/repos/[^/]+/[^/]+/issues/(\d+)(/.*)?$`)
	commentPath  = regexp.MustCompile(`^/repos/[^/]+/[^/]+/issues/comments/(\d+)$`)
	labelsPath   = regexp.MustCompile(`^/repos/[^/]+/[^/]+/labels$`)
	assigneePath = regexp.MustCompile(`^/repos/[^/]+/[^/]+/assignees/([^/]+)$`)
	pullsPath    = regexp.MustCompile(`^/repos/[^/]+/[^/]+/pulls(/\d+)?$`)
	issuesPath   = regexp.MustCompile(`^/repos/[^/]+/[^/]+/issues$`)
)

// answer answers a call as GitHub does: the emulator does, and this knows where
// it does not do it right.
func (g *GitHub) answer(r *http.Request, path string, body []byte) (reply, error) {
	if refused, ok := g.refuse(r, path, body); ok {
		return refused, nil
	}
	if own, ok := g.stand(r, path, body); ok {
		return own, nil
	}
	assigns := strings.HasSuffix(path, "/assignees")
	if assigns {
		body = g.assignable(body)
	}
	target := path
	if r.URL.RawQuery != "" {
		target += "?" + r.URL.RawQuery
	}
	header := r.Header.Clone()
	for _, hop := range []string{"Accept-Encoding", "Connection", "Content-Length"} {
		header.Del(hop)
	}
	a, err := g.ask(r.Method, target, header, body)
	if err != nil {
		return a, err
	}
	switch {
	case assigns && r.Method == http.MethodPost && a.status == http.StatusOK:
		a.status = http.StatusCreated
	case labelsPath.MatchString(path) && r.Method == http.MethodPost && a.status == http.StatusUnprocessableEntity:
		// The emulator does not say why.
		return invalid("Label", "name", "already_exists", ""), nil
	case a.status < 300:
		g.stamp(Bot, r.Method, path, body, a.body)
		a.body = g.amend(a.body)
	}
	return a, nil
}

// refuse answers what GitHub refuses.
func (g *GitHub) refuse(r *http.Request, path string, body []byte) (reply, bool) {
	switch auth := r.Header.Get("Authorization"); {
	case r.UserAgent() == "" || strings.HasPrefix(r.UserAgent(), "Go-http-client"):
		return problem(http.StatusForbidden, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header"), true
	case auth == "":
		return problem(http.StatusUnauthorized, "Requires authentication"), true
	case auth != "Bearer "+Token && auth != "token "+Token:
		return problem(http.StatusUnauthorized, "Bad credentials"), true
	case r.Header.Get("X-GitHub-Api-Version") != "" && r.Header.Get("X-GitHub-Api-Version") != "2022-11-28":
		return problem(http.StatusBadRequest, "unsupported X-GitHub-Api-Version"), true
	case path == "/user": // the token of a workflow is nobody's
		return problem(http.StatusForbidden, "Resource not accessible by integration"), true
	case !strings.HasPrefix(path, "/repos/"+Repository+"/") && strings.HasPrefix(path, "/repos/"):
		return problem(http.StatusNotFound, "Not Found"), true
	}
	if m := assigneePath.FindStringSubmatch(path); m != nil { // the emulator does not know this route
		if _, ok := g.people[strings.ToLower(m[1])]; ok {
			return reply{status: http.StatusNoContent, header: http.Header{}}, true
		}
		return problem(http.StatusNotFound, "Not Found"), true
	}
	if m := issuePath.FindStringSubmatch(path); m != nil {
		number, err := strconv.Atoi(m[1])
		if err == nil && g.isDeleted(number) {
			return problem(http.StatusGone, "This issue was deleted"), true
		}
	}
	if m := commentPath.FindStringSubmatch(path); m != nil && g.isDeleted(g.issueOf(m[1])) {
		return problem(http.StatusNotFound, "Not Found"), true
	}
	return g.tooMuch(r.Method, path, body)
}

// tooMuch answers what is too long, and issues for people who cannot be
// assigned.
func (g *GitHub) tooMuch(method, path string, body []byte) (reply, bool) {
	if method != http.MethodPost && method != http.MethodPatch {
		return reply{}, false
	}
	var in struct {
		Title       any
		Body        *string
		Name        string
		NewName     string `json:"new_name"`
		Description string
		Assignees   []string
	}
	if len(body) > 0 && json.Unmarshal(body, &in) != nil {
		return reply{}, false // an array of labels
	}
	title, _ := in.Title.(string)
	comment := strings.Contains(path, "/comments")
	issue := issuesPath.MatchString(path) || pullsPath.MatchString(path) || issuePath.MatchString(path) && !comment && !strings.HasSuffix(path, "/assignees")
	switch {
	case comment && in.Body != nil && strings.TrimSpace(*in.Body) == "":
		return invalid("IssueComment", "body", "missing_field", ""), true
	case comment && in.Body != nil && utf8.RuneCountInString(*in.Body) > maxBody:
		return invalid("IssueComment", "data", "unprocessable", fmt.Sprintf("Body is too long (maximum is %d characters)", maxBody)), true
	case issue && in.Body != nil && utf8.RuneCountInString(*in.Body) > maxBody:
		return invalid("Issue", "body", "custom", fmt.Sprintf("body is too long (maximum is %d characters)", maxBody)), true
	case issue && utf8.RuneCountInString(title) > maxTitle:
		return invalid("Issue", "title", "custom", fmt.Sprintf("title is too long (maximum is %d characters)", maxTitle)), true
	case strings.Contains(path, "/labels") && !issuePath.MatchString(path) && max(utf8.RuneCountInString(in.Name), utf8.RuneCountInString(in.NewName)) > maxLabel:
		return invalid("Label", "name", "invalid", ""), true
	case strings.Contains(path, "/labels") && utf8.RuneCountInString(in.Description) > maxDescription:
		return invalid("Label", "description", "invalid", ""), true
	case issue:
		for _, login := range in.Assignees {
			if _, ok := g.people[strings.ToLower(login)]; !ok {
				return invalid("Issue", "assignees", "invalid", ""), true
			}
		}
	}
	return reply{}, false
}

// assignable leaves of a list of assignees those who can be: of the others
// GitHub says nothing.
func (g *GitHub) assignable(body []byte) []byte {
	var in struct {
		Assignees []string `json:"assignees"`
	}
	if json.Unmarshal(body, &in) != nil {
		return body
	}
	known := []string{}
	for _, login := range in.Assignees {
		if as, ok := g.people[strings.ToLower(login)]; ok {
			known = append(known, as)
		}
	}
	out, err := json.Marshal(map[string]any{"assignees": known})
	if err != nil {
		return body
	}
	return out
}

// amend takes the deleted issues out of a reply, marks the pull requests in it,
// which GitHub has among the issues, says when all was made and changed by the clock
// of the world, and of the token's account that it is a bot's.
func (g *GitHub) amend(body []byte) []byte {
	var found any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if decoder.Decode(&found) != nil {
		return body
	}
	asBot(found)
	if search, ok := found.(map[string]any); ok && search["items"] != nil {
		search["items"] = g.amendAll(search["items"], g.dated)
	} else {
		found = g.amendAll(found, g.dated)
	}
	if out, err := json.Marshal(found); err == nil {
		return out
	}
	return body
}

// asBot says what GitHub says of the account that a workflow's token writes as:
// it is a bot's. The emulator knows users alone.
func asBot(found any) {
	switch found := found.(type) {
	case []any:
		for _, item := range found {
			asBot(item)
		}
	case map[string]any:
		if found["login"] == Bot {
			found["type"] = "Bot"
		}
		for _, part := range found {
			asBot(part)
		}
	}
}

func (g *GitHub) amendAll(found any, date func(kind string, id int64, found map[string]any)) any {
	switch found := found.(type) {
	case []any:
		return slices.DeleteFunc(found, func(item any) bool {
			return g.amendAll(item, date) == nil
		})
	case map[string]any:
		link, _ := found["issue_url"].(string)
		if link == "" {
			link, _ = found["url"].(string)
		}
		number, ok := issueNumber(link)
		if !ok {
			return found
		}
		if g.isDeleted(number) {
			return nil
		}
		g.mu.Lock()
		pull := g.pulls[number]
		g.mu.Unlock()
		if found["number"] != nil {
			date("issues", int64(number), found)
		} else if id, err := strconv.ParseInt(fmt.Sprint(found["id"]), 10, 64); err == nil {
			date("comments", id, found)
		}
		if page, _ := found["html_url"].(string); pull { // where people see it
			found["html_url"] = strings.Replace(page, "/issues/", "/pull/", 1)
		}
		if found["number"] != nil && pull {
			found["pull_request"] = map[string]any{"url": fmt.Sprintf("%s/repos/%s/pulls/%d", site, Repository, number)}
		}
		return found
	}
	return found
}

func (g *GitHub) isDeleted(number int) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.deleted[number]
}

// issueOf returns the issue of a comment, 0 if there is none.
func (g *GitHub) issueOf(comment string) int {
	a, err := g.ask(http.MethodGet, "/repos/"+Repository+"/issues/comments/"+comment, http.Header{"Authorization": {"Bearer " + Token}}, nil)
	var found struct {
		IssueURL string `json:"issue_url"`
	}
	if err != nil || json.Unmarshal(a.body, &found) != nil {
		return 0
	}
	number, _ := issueNumber(found.IssueURL)
	return number
}

// issueNumber is the number at the end of the address of an issue.
func issueNumber(link string) (int, bool) {
	_, number, ok := strings.Cut(link, "/issues/")
	n, err := strconv.Atoi(number)
	return n, ok && err == nil
}

// problem is an answer that says why not.
func problem(status int, message string) reply {
	return reply{status, http.Header{"Content-Type": {"application/json; charset=utf-8"}},
		fmt.Appendf(nil, `{"message":%q,"documentation_url":"https://docs.github.com/rest"}`, message)}
}

// invalid is the 422 of GitHub.
func invalid(resource, field, code, message string) reply {
	r := problem(http.StatusUnprocessableEntity, "Validation Failed")
	r.body = fmt.Appendf(nil, `{"message":"Validation Failed","errors":[{"resource":%q,"field":%q,"code":%q,"message":%q}],"documentation_url":"https://docs.github.com/rest"}`,
		resource, field, code, message)
	return r
}
