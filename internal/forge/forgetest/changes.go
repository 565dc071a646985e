package forgetest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/forge"
)

// pullOf is a pull request as GitHub shows it.
func (g *GitHub) pullOf(p *Proposal) any {
	state, head := "closed", map[string]any{"ref": p.Head, "sha": p.Commit, "repo": map[string]any{"id": 1}}
	if p.Open {
		state = "open"
	}
	if p.Fork {
		head["repo"] = map[string]any{"id": 2}
	}
	return map[string]any{
		"number": p.Number, "html_url": p.URL, "title": p.Title, "body": p.Body, "user": userOf(p.Author), "state": state, "merged": p.Merged, "draft": p.Draft,
		"head": head, "base": map[string]any{"ref": p.Base, "repo": map[string]any{"id": 1}}, "created_at": p.Created, "updated_at": p.Updated,
	}
}

func runOf(c *Check) any {
	conclusion := "failure"
	if c.Passed {
		conclusion = "success"
	}
	return map[string]any{
		"id": c.ID, "name": c.Name, "head_sha": c.Commit, "external_id": c.By, "status": "completed", "conclusion": conclusion,
		"output": map[string]any{"title": c.Title, "summary": c.Summary, "text": c.Details},
	}
}

// routeChanges is route for reactions, pull requests and check runs.
func (g *GitHub) routeChanges(r *http.Request, what string, number int, parts []string, body []byte) (op string, answer func(http.ResponseWriter)) {
	var in struct {
		Content, Title, Body, Head, Base, SHA, Name, Conclusion string
		HeadSHA                                                 string `json:"head_sha"`
		ExternalID                                              string `json:"external_id"`
		Output                                                  struct{ Title, Summary, Text string }
	}
	_ = json.Unmarshal(body, &in) // there may be none
	q := r.URL.Query()
	p := g.Proposal(number)
	passed := in.Conclusion == "success"
	switch {
	case what == "POST issues comments N reactions" && g.comment(int64(number)) >= 0:
		c := g.Comments[g.comment(int64(number))]
		return fmt.Sprintf("react %d/%d %s", c.On.Number, c.ID, in.Content), g.react(c.On.Number, c.ID, in.Content)
	case what == "GET pulls":
		return "proposals " + q.Get("head"), func(w http.ResponseWriter) {
			list := []any{}
			for _, p := range g.Proposals {
				_, head, _ := strings.Cut(q.Get("head"), ":")
				state := q.Get("state")
				if (head == "" || head == p.Head) && (q.Get("base") == "" || q.Get("base") == p.Base) && (state == "all" || p.Open == (state != "closed")) {
					list = append(list, g.pullOf(p))
				}
			}
			page(w, r, list)
		}
	case what == "POST pulls" && slices.ContainsFunc(g.Proposals, func(p *Proposal) bool { return p.Open && p.Head == in.Head && p.Base == in.Base }):
		return "propose " + in.Head, says(http.StatusUnprocessableEntity, "Validation Failed")
	case what == "POST pulls":
		return "propose " + in.Head, func(w http.ResponseWriter) {
			p := g.Propose(g.Me, in.Head, "tip of "+in.Head)
			p.Title, p.Body, p.Base = in.Title, in.Body, in.Base
			g.follow(p)
			i := g.issue(p.Number)
			i.Title, i.Body = in.Title, in.Body
			reply(http.StatusCreated, g.pullOf(p))(w)
		}
	case what == "GET pulls N" && p != nil:
		return fmt.Sprintf("proposal %d", number), func(w http.ResponseWriter) { reply(http.StatusOK, g.pullOf(p))(w) }
	case what == "PATCH pulls N" && p != nil:
		return fmt.Sprintf("retitle %d %s", number, in.Title), func(w http.ResponseWriter) {
			p.Title, g.issue(number).Title = in.Title, in.Title
			reply(http.StatusOK, g.pullOf(p))(w)
		}
	case what == "GET pulls N files" && p != nil:
		return fmt.Sprintf("files %d", number), func(w http.ResponseWriter) {
			list := []any{}
			for _, f := range p.Files {
				file := map[string]string{"filename": f, "status": "modified"}
				if from, to, renamed := strings.Cut(f, " -> "); renamed {
					file = map[string]string{"filename": to, "status": "renamed", "previous_filename": from}
				}
				list = append(list, file)
			}
			page(w, r, list)
		}
	case what == "PUT pulls N merge" && p != nil:
		return fmt.Sprintf("merge %d", number), func(w http.ResponseWriter) {
			switch {
			case p.Merged || !p.Open || p.Draft:
				says(http.StatusMethodNotAllowed, "Pull Request is not mergeable")(w)
			case in.SHA != "" && in.SHA != p.Commit:
				says(http.StatusConflict, "Head branch was modified. Review and try the merge again.")(w)
			case p.Unmergeable != "":
				says(http.StatusMethodNotAllowed, p.Unmergeable)(w)
			default:
				if g.Merge != nil {
					g.Merge(p.Head)
				}
				p.Open, p.Merged, p.Updated, g.issue(number).Open = false, true, g.Now(), false
				reply(http.StatusOK, map[string]any{"merged": true, "sha": "merge of " + p.Commit, "message": "Pull Request successfully merged"})(w)
			}
		}
	case r.Method == http.MethodGet && len(parts) == 3 && parts[0] == "commits" && parts[2] == "check-runs":
		return "checks " + parts[1], func(w http.ResponseWriter) {
			runs := []any{}
			for _, c := range slices.Backward(g.Checks) {
				if c.Commit == parts[1] && (q.Get("check_name") == "" || q.Get("check_name") == c.Name) {
					runs = append(runs, runOf(c))
				}
			}
			reply(http.StatusOK, map[string]any{"total_count": len(runs), "check_runs": runs})(w)
		}
	case what == "POST check-runs":
		return fmt.Sprintf("check %s %s", in.Name, in.Conclusion), func(w http.ResponseWriter) {
			c := &Check{Check: forge.Check{Name: in.Name, Passed: passed, Title: in.Output.Title, Summary: in.Output.Summary, Details: in.Output.Text}, ID: int64(len(g.Checks) + 1), Commit: in.HeadSHA, By: in.ExternalID}
			g.Checks = append(g.Checks, c)
			reply(http.StatusCreated, runOf(c))(w)
		}
	case what == "PATCH check-runs N" && 0 < number && number <= len(g.Checks):
		return fmt.Sprintf("check %s %s", in.Name, in.Conclusion), func(w http.ResponseWriter) {
			c := g.Checks[number-1]
			if c.Sealed {
				says(http.StatusForbidden, "Invalid app_id `1` - check run can only be modified by the GitHub App that created it.")(w)
				return
			}
			c.Check = forge.Check{Name: in.Name, Passed: passed, Title: in.Output.Title, Summary: in.Output.Summary, Details: in.Output.Text}
			reply(http.StatusOK, runOf(c))(w)
		}
	}
	return what, says(http.StatusNotFound, "Not Found")
}

// react leaves a reaction of whose the token is.
func (g *GitHub) react(on int, comment int64, content string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		r := Reacted{By: g.Me, On: on, Comment: comment, With: content}
		status := http.StatusOK
		switch at := slices.Index(g.Reactions, r); {
		case g.issue(on).Locked:
			says(http.StatusForbidden, "Unable to create reaction because issue is locked.")(w)
			return
		case at < 0:
			g.Reactions = append(g.Reactions, r)
			status = http.StatusCreated
		}
		reply(status, map[string]any{"id": slices.Index(g.Reactions, r) + 1, "content": content, "user": userOf(g.Me)})(w)
	}
}
