package harness

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// graphQLPath is where the GraphQL API is, of which the shim answers the questions that
// escalate asks.
const graphQLPath = "/graphql"

// edit is the last edit of the text of an issue.
type edit struct {
	by string
	at time.Time
}

// graphQL answers who edited the text of an issue last. Whose the token is, it does not
// say: the emulator shows the bot with another login.
func (g *GitHub) graphQL(body []byte) reply {
	var in struct {
		Query     string
		Variables struct {
			Owner, Name string
			Number      int
		}
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return problem(http.StatusBadRequest, "Problems parsing JSON")
	}
	v := in.Variables
	if !strings.Contains(in.Query, "lastEditedAt") || v.Owner+"/"+v.Name != Repository {
		return jsonReply(map[string]any{"data": nil, "errors": []any{map[string]any{"message": "Resource not accessible by integration"}}})
	}
	g.shim.mu.Lock()
	defer g.shim.mu.Unlock()
	issue := map[string]any{"number": v.Number, "lastEditedAt": nil, "editor": nil}
	if e, ok := g.shim.edits[v.Number]; ok {
		kind := "User"
		if e.by == Bot {
			kind = "Bot"
		}
		issue["lastEditedAt"], issue["editor"] = at(e.at), map[string]any{"__typename": kind, "login": e.by}
	}
	return jsonReply(map[string]any{"data": map[string]any{"repository": map[string]any{"issue": issue}}})
}

// jsonReply is an answer in JSON.
func jsonReply(said any) reply {
	data, err := json.Marshal(said)
	if err != nil {
		panic(err) // it is made of maps and plain values
	}
	return reply{http.StatusOK, http.Header{"Content-Type": {"application/json; charset=utf-8"}}, data}
}
