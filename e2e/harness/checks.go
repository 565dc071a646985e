package harness

import (
	"fmt"
	"iter"
	"net/http"
	"slices"
	"time"
)

// CheckRun is what was found out about a commit.
type CheckRun struct {
	ID                   int64
	Name, Commit         string
	External             string
	Status, Conclusion   string
	Title, Summary, Text string

	began, ended time.Time
}

// CheckRuns returns the check runs of a commit of the origin, or of the tip of a
// branch, the oldest first.
func (g *GitHub) CheckRuns(ref string) []CheckRun {
	g.t.Helper()
	g.shim.mu.Lock()
	defer g.shim.mu.Unlock()
	var list []CheckRun
	for _, c := range g.shim.checks {
		if c.Commit == g.shim.origin.commit(ref) {
			list = append(list, *c)
		}
	}
	return list
}

func reversed[T any](list []T) iter.Seq[T] {
	return func(yield func(T) bool) {
		for _, v := range slices.Backward(list) {
			if !yield(v) {
				return
			}
		}
	}
}

func runOf(c *CheckRun) map[string]any {
	out := map[string]any{
		"id": c.ID, "name": c.Name, "head_sha": c.Commit, "external_id": c.External, "status": c.Status, "conclusion": nil, "node_id": fmt.Sprintf("CR_%d", c.ID),
		"url": fmt.Sprintf("%s/repos/%s/check-runs/%d", site, Repository, c.ID), "html_url": fmt.Sprintf("%s/%s/runs/%d", site, Repository, c.ID),
		"started_at": at(c.began), "completed_at": nil, "pull_requests": []any{},
		"output": map[string]any{"title": nil, "summary": nil, "text": nil, "annotations_count": 0},
	}
	if c.Title != "" {
		out["output"] = map[string]any{"title": c.Title, "summary": c.Summary, "text": c.Text, "annotations_count": 0}
	}
	if c.Conclusion != "" {
		out["conclusion"], out["completed_at"] = c.Conclusion, at(c.ended)
	}
	return out
}

// set changes a check run by what a request says.
func (g *GitHub) set(c *CheckRun, a asked) (refused *reply) {
	var in struct {
		Name, Status, Conclusion *string
		External                 *string `json:"external_id"`
		Output                   *struct{ Title, Summary, Text string }
	}
	a.into(&in)
	if in.Name != nil {
		c.Name = *in.Name
	}
	if in.External != nil {
		c.External = *in.External
	}
	if in.Status != nil {
		c.Status = *in.Status
	}
	if in.Conclusion != nil {
		c.Conclusion, c.Status, c.ended = *in.Conclusion, "completed", g.shim.now()
	}
	if c.Status == "completed" && c.Conclusion == "" {
		r := invalid("CheckRun", "conclusion", "missing_field", "")
		return &r
	}
	if in.Output != nil {
		c.Title, c.Summary, c.Text = in.Output.Title, in.Output.Summary, in.Output.Text
	}
	return nil
}

func (g *GitHub) createCheck(a asked) (int, any) {
	var in struct {
		HeadSHA string `json:"head_sha"`
	}
	a.into(&in)
	if len(in.HeadSHA) != 40 || g.shim.origin.commit(in.HeadSHA) != in.HeadSHA {
		return 0, problem(http.StatusUnprocessableEntity, "No commit found for SHA: "+in.HeadSHA)
	}
	c := &CheckRun{ID: int64(len(g.shim.checks) + 1), Commit: in.HeadSHA, Status: "queued", began: g.shim.now()}
	if refused := g.set(c, a); refused != nil {
		return 0, *refused
	}
	g.shim.checks = append(g.shim.checks, c)
	return http.StatusCreated, runOf(c)
}

func (g *GitHub) check(a asked) *CheckRun {
	if n := a.number(); 0 < n && n <= len(g.shim.checks) {
		return g.shim.checks[n-1]
	}
	return nil
}

func (g *GitHub) getCheck(a asked) (int, any) {
	if c := g.check(a); c != nil {
		return http.StatusOK, runOf(c)
	}
	return 0, problem(http.StatusNotFound, "Not Found")
}

func (g *GitHub) editCheck(a asked) (int, any) {
	c := g.check(a)
	if c == nil {
		return 0, problem(http.StatusNotFound, "Not Found")
	}
	edited := *c
	if refused := g.set(&edited, a); refused != nil {
		return 0, *refused
	}
	*c = edited
	return http.StatusOK, runOf(c)
}

// listChecks lists the latest of each name, where not all are asked for.
func (g *GitHub) listChecks(a asked) (int, any) {
	commit := g.shim.origin.commit(a.args[0])
	if commit == "" {
		return 0, problem(http.StatusUnprocessableEntity, "No commit found for SHA: "+a.args[0])
	}
	runs, seen := []any{}, map[string]bool{}
	for _, c := range slices.Backward(g.shim.checks) {
		name, status := a.query.Get("check_name"), a.query.Get("status")
		if c.Commit != commit || name != "" && name != c.Name || status != "" && status != c.Status || a.query.Get("filter") != "all" && seen[c.Name] {
			continue
		}
		seen[c.Name] = true
		runs = append(runs, runOf(c))
	}
	return http.StatusOK, map[string]any{"total_count": len(runs), "check_runs": runs}
}
