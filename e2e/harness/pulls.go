package harness

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// pull is a pull request of a branch of the origin. What people write of it, the
// emulator has as an issue of that number.
type pull struct {
	number      int
	head, base  string
	sha         string // of the head, when it was last there
	draft, fork bool
	merged      time.Time // zero where it is not
	onto        string    // the base, when it was last seen open
	commit      string    // that it was merged by
}

// Pull is a pull request as it stands on GitHub.
type Pull struct {
	Number              int
	Title, Body, Author string
	Head, Base          string
	Commit              string // of the head
	State               string
	Merged              bool
	MergeCommit         string // where it is merged
}

// Guard is what the default branch is held to.
type Guard struct {
	// Checks must have passed before a pull request is merged, and Review has it wait
	// for a person.
	Checks []string
	Review bool
	// Pushes reports that nobody changes it but by a pull request.
	Pushes bool
}

// ProtectedMessage is what a push to the default branch hears that is refused.
const ProtectedMessage = "GH013: Repository rule violations found for refs/heads/main.\n\n- Changes must be made through a pull request."

// Protect holds the default branch to something from now on.
func (w *World) Protect(to Guard) {
	w.GitHub.shim.mu.Lock()
	w.GitHub.shim.guard = to
	w.GitHub.shim.mu.Unlock()
	w.Origin.mu.Lock()
	defer w.Origin.mu.Unlock()
	w.Origin.protected = to.Pushes
}

// PullOptions are what else there is to say of a pull request.
type PullOptions struct {
	Draft bool
	// Fork has GitHub say that the branch is in another repository.
	Fork bool
}

// OpenPull opens a pull request of a branch of the origin, as one of the members does.
func (g *GitHub) OpenPull(login, head, title, body string, o PullOptions) int {
	g.t.Helper()
	g.shim.mu.Lock()
	defer g.shim.mu.Unlock()
	p, refused := g.open(g.as(login), head, "main", title, body)
	if p == nil {
		g.t.Fatalf("a pull request of %s: %d %s", head, refused.status, refused.body)
	}
	p.draft, p.fork = o.Draft, o.Fork
	return p.number
}

// MergePull merges a pull request, as a person does by the button.
func (g *GitHub) MergePull(number int) {
	g.t.Helper()
	g.shim.mu.Lock()
	defer g.shim.mu.Unlock()
	if status, said := g.mergePull(asked{args: []string{strconv.Itoa(number)}}); status != http.StatusOK {
		g.t.Fatalf("pull request %d is not merged: %s", number, said.(reply).body)
	}
}

// Pulls returns all pull requests of branches, the oldest first.
func (g *GitHub) Pulls() []Pull {
	g.t.Helper()
	g.shim.mu.Lock()
	defer g.shim.mu.Unlock()
	var list []Pull
	for _, p := range g.shim.pulls {
		shown := g.shown(p)
		text := func(name string) string {
			s, _ := shown[name].(string)
			return s
		}
		user, _ := shown["user"].(map[string]any)
		author, _ := user["login"].(string)
		list = append(list, Pull{
			Number: p.number, Title: text("title"), Body: text("body"), Author: author, Head: p.head, Base: p.base, Commit: p.sha,
			State: text("state"), Merged: !p.merged.IsZero(), MergeCommit: p.commit,
		})
	}
	return list
}

func (g *GitHub) pull(number int) *pull {
	at := slices.IndexFunc(g.shim.pulls, func(p *pull) bool { return p.number == number })
	if at < 0 {
		return nil
	}
	return g.shim.pulls[at]
}

// open opens a pull request, or says why not.
func (g *GitHub) open(token, head, base, title, body string) (*pull, reply) {
	o := g.shim.origin
	at, onto := o.commit("refs/heads/"+head), o.commit("refs/heads/"+base)
	switch {
	case onto == "":
		return nil, invalid("PullRequest", "base", "invalid", "")
	case at == "":
		return nil, invalid("PullRequest", "head", "invalid", "")
	case o.within(at, onto):
		return nil, invalid("PullRequest", "", "custom", fmt.Sprintf("No commits between %s and %s", base, head))
	}
	for _, p := range g.shim.pulls {
		if p.head == head && p.base == base && g.shown(p)["state"] == "open" {
			return nil, invalid("PullRequest", "", "custom", fmt.Sprintf("A pull request already exists for %s:%s.", Owner, head))
		}
	}
	in, err := json.Marshal(map[string]any{"title": title, "body": body})
	if err != nil {
		return nil, problem(http.StatusInternalServerError, err.Error())
	}
	a, err := g.ask(http.MethodPost, "/repos/"+Repository+"/issues", authorized(token), in)
	var made struct{ Number int }
	if err != nil || a.status != http.StatusCreated || json.Unmarshal(a.body, &made) != nil {
		return nil, problem(http.StatusInternalServerError, fmt.Sprint(err, a.status))
	}
	now := g.shim.now()
	g.shim.times[item{"issues", int64(made.Number)}] = &span{now, now}
	g.mu.Lock()
	g.pulls[made.Number] = true
	g.mu.Unlock()
	p := &pull{number: made.Number, head: head, base: base, sha: at, onto: onto}
	g.shim.pulls = append(g.shim.pulls, p)
	return p, reply{}
}

// edit changes the issue that a pull request is.
func (g *GitHub) edit(p *pull, edit map[string]any) {
	in, err := json.Marshal(edit)
	if err == nil {
		_, err = g.ask(http.MethodPatch, fmt.Sprintf("/repos/%s/issues/%d", Repository, p.number), authorized(Token), in)
	}
	if err != nil {
		g.t.Errorf("pull request %d: %v", p.number, err)
	}
	if s := g.shim.times[item{"issues", int64(p.number)}]; s != nil {
		s.changed = g.shim.now()
	}
}

// see looks where the branches are by now: a pull request whose commits are pushed to
// its base is merged by that, and one whose branch is deleted is closed.
func (g *GitHub) see(p *pull, open bool) (closed bool) {
	if !open {
		return false
	}
	o := g.shim.origin
	tip, base := o.commit("refs/heads/"+p.head), o.commit("refs/heads/"+p.base)
	if tip != "" {
		p.sha = tip
	}
	if merged := o.within(p.sha, base); merged || tip == "" {
		if merged {
			p.merged, p.commit = g.shim.now(), base
		}
		g.edit(p, map[string]any{"state": "closed"})
		return true
	}
	p.onto = base
	return false
}

// shown is a pull request as GitHub shows it.
func (g *GitHub) shown(p *pull) map[string]any {
	issue := func() map[string]any {
		a, err := g.ask(http.MethodGet, fmt.Sprintf("/repos/%s/issues/%d", Repository, p.number), authorized(Token), nil)
		var is map[string]any
		if err != nil || json.Unmarshal(a.body, &is) != nil {
			g.t.Errorf("pull request %d: %v", p.number, err)
			return map[string]any{}
		}
		g.date("issues", int64(p.number), is)
		return is
	}
	is := issue()
	if g.see(p, is["state"] == "open") {
		is = issue()
	}
	since := g.since(p)
	api, page := fmt.Sprintf("%s/repos/%s", site, Repository), fmt.Sprintf("%s/%s/pull/%d", site, Repository, p.number)
	repository := func(fork bool) map[string]any {
		a, err := g.ask(http.MethodGet, "/repos/"+Repository, authorized(Token), nil)
		var is map[string]any
		if err != nil || json.Unmarshal(a.body, &is) != nil {
			g.t.Errorf("the repository: %v", err)
		}
		if fork {
			is["id"], is["full_name"], is["fork"] = 4242, "fork/"+Name, true
		}
		return is
	}
	home := repository(false)
	side := func(ref, sha string, repo map[string]any) map[string]any {
		return map[string]any{"label": Owner + ":" + ref, "ref": ref, "sha": sha, "user": repo["owner"], "repo": repo}
	}
	head := side(p.head, p.sha, home)
	if p.fork {
		head = side(p.head, p.sha, repository(true))
		head["label"] = "fork:" + p.head
	}
	out := map[string]any{
		"url": fmt.Sprintf("%s/pulls/%d", api, p.number), "html_url": page, "diff_url": page + ".diff", "patch_url": page + ".patch",
		"issue_url": fmt.Sprintf("%s/issues/%d", api, p.number), "comments_url": fmt.Sprintf("%s/issues/%d/comments", api, p.number),
		"draft": p.draft, "merged": !p.merged.IsZero(), "merged_at": nil, "merge_commit_sha": nil, "auto_merge": nil, "mergeable": nil, "mergeable_state": "unknown",
		"head": head, "base": side(p.base, g.shim.origin.commit("refs/heads/"+p.base), home),
	}
	for _, name := range []string{"id", "node_id", "number", "state", "locked", "title", "body", "user", "labels", "milestone", "assignee", "assignees", "created_at", "updated_at", "closed_at", "author_association", "comments"} {
		out[name] = is[name]
	}
	if !p.merged.IsZero() {
		out["merged_at"], out["merge_commit_sha"] = at(p.merged), p.commit
	}
	if is["state"] == "open" {
		_, why := g.mergeable(p)
		_, conflict := g.shim.origin.merged(g.shim.origin.commit("refs/heads/"+p.base), p.sha)
		out["mergeable"], out["mergeable_state"] = !conflict, "clean"
		switch {
		case conflict:
			out["mergeable_state"] = "dirty"
		case p.draft:
			out["mergeable_state"] = "draft"
		case why != "":
			out["mergeable_state"] = "blocked"
		}
	}
	out["changed_files"], out["commits"] = len(g.shim.origin.files(since, p.sha)), g.shim.origin.ahead(p.sha, since)
	return out
}

// since is the commit that a pull request is compared with: the base as it is, or was
// before it was merged.
func (g *GitHub) since(p *pull) string {
	if !p.merged.IsZero() {
		return p.onto
	}
	return g.shim.origin.commit("refs/heads/" + p.base)
}

func (g *GitHub) listPulls(a asked) (int, any) {
	list := []any{}
	for _, p := range g.shim.pulls {
		shown := g.shown(p)
		state := a.query.Get("state")
		if state != "all" && shown["state"] != state && (state != "" || shown["state"] != "open") {
			continue
		}
		label := shown["head"].(map[string]any)["label"]
		if head := a.query.Get("head"); strings.Contains(head, ":") && head != label { // GitHub takes no notice of one without an owner
			continue
		}
		if base := a.query.Get("base"); base != "" && base != p.base {
			continue
		}
		list = append(list, shown)
	}
	direction := "desc"
	if sort := a.query.Get("sort"); sort != "" && sort != "created" {
		direction = "asc"
	}
	return http.StatusOK, ordered(jsonOf(list).([]any), a.query, direction)
}

func (g *GitHub) createPull(a asked) (int, any) {
	var in struct {
		Title, Head, Base, Body string
		Draft                   bool
	}
	a.into(&in)
	p, refused := g.open(Token, strings.TrimPrefix(in.Head, Owner+":"), in.Base, in.Title, in.Body)
	if p == nil {
		return 0, refused
	}
	p.draft = in.Draft
	return http.StatusCreated, g.shown(p)
}

func (g *GitHub) getPull(a asked) (int, any) {
	if p := g.pull(a.number()); p != nil {
		return http.StatusOK, g.shown(p)
	}
	return 0, problem(http.StatusNotFound, "Not Found")
}

func (g *GitHub) editPull(a asked) (int, any) {
	p := g.pull(a.number())
	if p == nil {
		return 0, problem(http.StatusNotFound, "Not Found")
	}
	var in map[string]any
	a.into(&in)
	if base, ok := in["base"].(string); ok {
		if g.shim.origin.commit("refs/heads/"+base) == "" {
			return 0, invalid("PullRequest", "base", "invalid", "")
		}
		p.base = base
	}
	if in["state"] == "open" && !p.merged.IsZero() {
		return 0, invalid("PullRequest", "state", "invalid", "state cannot be changed. The pull request cannot be reopened.")
	}
	edit := map[string]any{}
	for _, name := range []string{"title", "body", "state"} {
		if v, ok := in[name]; ok {
			edit[name] = v
		}
	}
	g.edit(p, edit)
	return http.StatusOK, g.shown(p)
}

func (g *GitHub) listFiles(a asked) (int, any) {
	p := g.pull(a.number())
	if p == nil {
		return 0, problem(http.StatusNotFound, "Not Found")
	}
	g.shown(p) // as it is now
	list := []any{}
	for _, f := range g.shim.origin.files(g.since(p), p.sha) {
		list = append(list, f)
	}
	return http.StatusOK, list
}

func (g *GitHub) isMerged(a asked) (int, any) {
	if p := g.pull(a.number()); p != nil && !p.merged.IsZero() {
		return http.StatusNoContent, nil
	}
	return 0, problem(http.StatusNotFound, "Not Found")
}

// mergeable reports why a pull request is not merged that people want to merge.
func (g *GitHub) mergeable(p *pull) (status int, why string) {
	const no = http.StatusMethodNotAllowed
	if p.base != "main" {
		return 0, ""
	}
	if g.shim.guard.Review {
		return no, "At least 1 approving review is required by reviewers with write access."
	}
	for _, name := range g.shim.guard.Checks {
		if at := slices.IndexFunc(slices.Collect(reversed(g.shim.checks)), func(c *CheckRun) bool { return c.Name == name && c.Commit == p.sha }); at < 0 {
			return no, fmt.Sprintf("Required status check %q is expected.", name)
		} else if c := g.shim.checks[len(g.shim.checks)-1-at]; c.Conclusion != "success" {
			return no, fmt.Sprintf("Required status check %q is failing.", name)
		}
	}
	return 0, ""
}

func (g *GitHub) mergePull(a asked) (int, any) {
	p := g.pull(a.number())
	if p == nil {
		return 0, problem(http.StatusNotFound, "Not Found")
	}
	var in struct {
		SHA     string
		Method  string `json:"merge_method"`
		Title   string `json:"commit_title"`
		Message string `json:"commit_message"`
	}
	a.into(&in)
	o := g.shim.origin
	shown := g.shown(p)
	switch {
	case shown["state"] != "open" || p.draft:
		return 0, problem(http.StatusMethodNotAllowed, "Pull Request is not mergeable")
	case in.SHA != "" && in.SHA != p.sha:
		return 0, problem(http.StatusConflict, "Head branch was modified. Review and try the merge again.")
	case in.Method == "rebase":
		return 0, problem(http.StatusMethodNotAllowed, "Rebase merges are not allowed on this repository.")
	}
	if status, why := g.mergeable(p); why != "" {
		return 0, problem(status, why)
	}
	onto := o.commit("refs/heads/" + p.base)
	tree, conflict := o.merged(onto, p.sha)
	if conflict {
		return 0, problem(http.StatusMethodNotAllowed, "Pull Request is not mergeable")
	}
	title, _ := shown["title"].(string)
	message, parents := fmt.Sprintf("Merge pull request #%d from %s/%s\n\n%s", p.number, Owner, p.head, title), []string{"-p", onto, "-p", p.sha}
	if in.Method == "squash" {
		body, _ := shown["body"].(string)
		message, parents = strings.TrimSpace(fmt.Sprintf("%s (#%d)\n\n%s", title, p.number, body)), parents[:2]
	}
	if in.Title != "" {
		message = strings.TrimSpace(in.Title + "\n\n" + in.Message)
	}
	commit, why := o.advance(p.base, onto, tree, message, parents...)
	if why != "" {
		return 0, problem(http.StatusMethodNotAllowed, why)
	}
	p.merged, p.commit = g.shim.now(), commit
	g.edit(p, map[string]any{"state": "closed"})
	return http.StatusOK, map[string]any{"sha": commit, "merged": true, "message": "Pull Request successfully merged"}
}
