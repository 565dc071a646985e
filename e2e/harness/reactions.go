package harness

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

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

func (g *GitHub) reactionOf(r Reaction, id int) any {
	return map[string]any{"created_at": at(g.shim.now()), "id": id, "node_id": fmt.Sprintf("REA_%d", id), "user": map[string]any{"login": r.By, "id": 1, "type": "User"}, "content": r.Content}
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
		return http.StatusOK, g.reactionOf(r, at+1)
	}
	g.shim.reactions = append(g.shim.reactions, r)
	return http.StatusCreated, g.reactionOf(r, len(g.shim.reactions))
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
			list = append(list, g.reactionOf(r, i+1))
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
