package forgetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/forge"
)

// merge is a merge request; one that has no branch gets one.
func (c *call) merge(number int) *Proposal {
	if p := c.Proposal(number); p != nil {
		return p
	}
	if number < 1 || number > c.Store.changes {
		return nil
	}
	p := &Proposal{Proposed: forge.Proposed{Head: "feature", Commit: "5e6dffa282c5129aa67cd227a0429be21bfdaf80", Base: "main", Open: true, Author: Stranger, Created: c.Now(), Updated: c.Now()}}
	p.Number, p.URL = number, fmt.Sprintf("%s/merge_requests/%d", c.Store.at, number)
	c.Proposals = append(c.Proposals, p)
	return p
}

// refs are the commits that a merge request is compared with.
func (p *Proposal) refs() map[string]any {
	base := "base of " + p.Base
	return map[string]any{"base_sha": base, "head_sha": p.Commit, "start_sha": base}
}

// changeOf is a merge request, as one is shown by itself.
func (c *call) changeOf(p *Proposal) any {
	count := strconv.Itoa(len(p.Files))
	if len(p.Files) > 1000 {
		count = "1000+"
	}
	is := c.listedChange(p)
	is["changes_count"], is["diff_refs"], is["user"] = count, p.refs(), map[string]any{"can_merge": c.role() >= Maintainer}
	is["subscribed"], is["first_contribution"] = false, false
	for _, none := range []string{"pipeline", "head_pipeline", "merge_error", "latest_build_started_at", "latest_build_finished_at", "first_deployed_to_production_at"} {
		is[none] = nil
	}
	return is
}

// listedChange is a merge request, as it is shown in a list: with less.
func (c *call) listedChange(p *Proposal) map[string]any {
	state, status, from := "closed", "not_open", any(1)
	var merged, closed any
	switch {
	case p.Merged:
		state, merged = "merged", when(p.Updated)
	case !p.Open:
		closed = when(p.Updated)
	default:
		state, status = "opened", "mergeable"
		if p.Draft {
			status = "draft_status"
		} else if p.Unmergeable != "" {
			status = "ci_must_pass"
		}
	}
	if p.Fork {
		from = 2
	}
	ref := fmt.Sprintf("!%d", p.Number)
	return map[string]any{
		"id": 7000 + p.Number, "iid": p.Number, "project_id": 1, "title": p.Title, "description": p.Body, "state": state, "created_at": when(p.Created), "updated_at": when(p.Updated),
		"merged_by": nil, "merged_at": merged, "closed_by": nil, "closed_at": closed, "author": c.authorOf(p.Author), "assignees": []any{}, "assignee": nil, "reviewers": []any{}, "labels": []string{}, "milestone": nil,
		"source_branch": p.Head, "target_branch": p.Base, "source_project_id": from, "target_project_id": 1, "sha": p.Commit, "merge_commit_sha": nil, "squash_commit_sha": nil,
		"draft": p.Draft, "work_in_progress": p.Draft, "detailed_merge_status": status, "has_conflicts": false, "blocking_discussions_resolved": true, "discussion_locked": p.Locked,
		"user_notes_count": len(c.Bodies(forge.Thread{Number: p.Number, ChangeRequest: true})), "web_url": p.URL,
		"upvotes": 0, "downvotes": 0, "merge_status": "can_be_merged", "should_remove_source_branch": nil, "force_remove_source_branch": false, "approvals_before_merge": nil,
		"reference": ref, "references": map[string]any{"short": ref, "relative": ref, "full": c.Project + ref}, "merge_when_pipeline_succeeds": false, "squash": false,
		"time_stats": unspent(), "task_completion_status": map[string]any{"count": 0, "completed_count": 0},
	}
}

func (c *call) changes() {
	var all []*Proposal
	for n := range c.Store.changes {
		p := c.merge(n + 1)
		state := c.text("state")
		is := state == "" || state == "all" || state == "opened" && p.Open || state == "merged" && p.Merged || state == "closed" && !p.Open && !p.Merged
		if is && (!c.has("source_branch") || c.text("source_branch") == p.Head) && (!c.has("target_branch") || c.text("target_branch") == p.Base) {
			all = append(all, p)
		}
	}
	list := []any{}
	for _, p := range updated(c, all, func(p *Proposal) time.Time { return p.Updated }) {
		list = append(list, c.listedChange(p))
	}
	c.page(list)
}

func (c *call) propose() {
	head, base := c.text("source_branch"), c.text("target_branch")
	if at := slices.IndexFunc(c.Proposals, func(p *Proposal) bool { return p.Open && p.Head == head && p.Base == base && !p.Fork }); at >= 0 {
		c.reply(http.StatusConflict, map[string]any{"message": []string{fmt.Sprintf("Another open merge request already exists for this source branch: !%d", c.Proposals[at].Number)}})
		return
	}
	p := c.Propose(c.Me, head, "tip of "+head)
	p.Title, p.Base = c.text("title"), base
	p.Body, _ = c.act(nil, c.text("description"))
	p.Draft = strings.HasPrefix(p.Title, "Draft:")
	c.follow(p)
	c.reply(http.StatusCreated, c.changeOf(p))
}

// found is the merge request of a request; nil, where it is not there, which is said.
func (c *call) found() *Proposal {
	p := c.merge(c.number("iid"))
	if p == nil {
		c.notFound("")
	}
	return p
}

func (c *call) change() {
	if p := c.found(); p != nil {
		c.reply(http.StatusOK, c.changeOf(p))
	}
}

func (c *call) editChange() {
	p := c.found()
	if p == nil {
		return
	}
	if title := c.maybe("title"); title != nil {
		p.Title, p.Draft = *title, strings.HasPrefix(*title, "Draft:")
	}
	if body := c.maybe("description"); body != nil {
		p.Body, _ = c.act(nil, *body)
	}
	p.Updated = c.Now()
	c.reply(http.StatusOK, c.changeOf(p))
}

// diff is what a merge request changes of a file: the diff, and whether it adds the
// file.
func (c *call) diff(p *Proposal, path string) (diff string, added bool) {
	if c.Diff != nil {
		return c.Diff(p.Head, path)
	}
	diff, changed := p.Diffs[path]
	return diff, !changed
}

func (c *call) diffs() {
	p := c.found()
	if p == nil {
		return
	}
	list := []any{}
	for _, f := range p.Files {
		from, to, renamed := strings.Cut(f, " -> ")
		if !renamed {
			to = from
		}
		diff, added := c.diff(p, to)
		list = append(list, map[string]any{
			"old_path": from, "new_path": to, "a_mode": "100644", "b_mode": "100644", "diff": diff, "new_file": added && !renamed, "renamed_file": renamed,
			"deleted_file": false, "generated_file": false, "collapsed": false, "too_large": false,
		})
	}
	c.page(list[:min(len(list), 1000)])
}

func (c *call) versions() {
	if p := c.found(); p != nil {
		refs := p.refs()
		c.page([]any{map[string]any{
			"id": 1, "head_commit_sha": p.Commit, "base_commit_sha": refs["base_sha"], "start_commit_sha": refs["start_sha"], "created_at": when(p.Updated),
			"merge_request_id": 7000 + p.Number, "state": "collected", "real_size": strconv.Itoa(len(p.Files)),
		}})
	}
}

// mergeChange merges (api/merge_requests.md, "Merge a merge request").
func (c *call) mergeChange() {
	p := c.found()
	if p == nil {
		return
	}
	switch sha := c.text("sha"); {
	case c.role() < Maintainer:
		c.says(http.StatusUnauthorized, "Unauthorized")
	case !p.Open || p.Draft:
		c.says(http.StatusMethodNotAllowed, "Method Not Allowed")
	case sha != "" && sha != p.Commit:
		c.reply(http.StatusConflict, map[string]any{"message": "SHA does not match HEAD of source branch: " + p.Commit})
	case p.Unmergeable != "":
		c.reply(http.StatusUnprocessableEntity, map[string]any{"message": "Branch cannot be merged: " + p.Unmergeable})
	default:
		if c.Store.Merge != nil {
			c.Store.Merge(p.Head)
		}
		p.Open, p.Merged, p.Updated = false, true, c.Now()
		c.reply(http.StatusOK, c.changeOf(p))
	}
}

// thread is the discussion that a note is of: of one that stands alone, its own.
func (n *Comment) thread() string {
	if n.Discussion != "" {
		return n.Discussion
	}
	return fmt.Sprintf("%040x", n.ID)
}

// discussionOf is a discussion as GitLab shows it; nil where there is none.
func (c *call) discussionOf(on forge.Thread, id string) any {
	notes, alone := []any{}, false
	for _, n := range c.Comments {
		if c.within(n, on) && n.thread() == id {
			notes, alone = append(notes, c.noteOf(n)), n.Discussion == ""
		}
	}
	if len(notes) == 0 {
		return nil
	}
	return map[string]any{"id": id, "individual_note": alone, "notes": notes}
}

func (c *call) discussions() {
	on, there := c.thread()
	if !there {
		c.notFound("")
		return
	}
	list, seen := []any{}, map[string]bool{}
	for _, n := range c.Comments {
		if id := n.thread(); c.within(n, on) && !seen[id] {
			seen[id] = true
			list = append(list, c.discussionOf(on, id))
		}
	}
	c.page(list)
}

// discuss opens a discussion, on a line where there is a position.
func (c *call) discuss() {
	on, there := c.thread()
	if !there {
		c.notFound("")
		return
	}
	if c.locked(on) {
		c.says(http.StatusForbidden, "Forbidden")
		return
	}
	var at *Position
	if c.has("position") {
		raw, _ := json.Marshal(c.in["position"]) // which was read from JSON
		read := json.NewDecoder(bytes.NewReader(raw))
		read.DisallowUnknownFields()
		if err := read.Decode(&at); err != nil || at == nil {
			c.invalid("position is invalid")
			return
		}
		if !c.placed(c.merge(on.Number), *at) {
			c.says(http.StatusBadRequest, `Bad request - Note {:line_code=>["can't be blank", "must be a valid line code"]}`)
			return
		}
	}
	n, ok := c.written(on)
	if !ok {
		return
	}
	n.Discussion = fmt.Sprintf("%040x", n.ID)
	n.Position = at
	c.reply(http.StatusCreated, c.discussionOf(on, n.Discussion))
}

// placed reports whether a position is one of a merge request: old_line is set of a line
// that it does not change (api/discussions.md, "Create a new thread in the merge request
// diff").
func (c *call) placed(p *Proposal, at Position) bool {
	refs := p.refs()
	if at.Type != "text" || at.Base != refs["base_sha"] || at.Head != refs["head_sha"] || at.Start != refs["start_sha"] || at.NewLine == nil || *at.NewLine < 1 {
		return false
	}
	was := 0
	if at.OldLine != nil {
		was = *at.OldLine
	}
	for _, f := range p.Files {
		from, to, renamed := strings.Cut(f, " -> ")
		if !renamed {
			to = from
		}
		if at.New != to || at.Old != from {
			continue
		}
		diff, added := c.diff(p, to)
		return added && was == 0 || !added && lineBefore(diff, *at.NewLine) == was
	}
	return false
}

var hunks = regexp.MustCompile(`(?m)^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@.*\n((?:[ +\-\\].*\n?)*)`)

// lineBefore is the number that a line of a file had before a diff; 0 of one that it adds.
func lineBefore(diff string, line int) int {
	moved := 0
	for _, m := range hunks.FindAllStringSubmatch(diff, -1) {
		was, _ := strconv.Atoi(m[1])
		is, _ := strconv.Atoi(m[2])
		if line < is {
			return line - moved
		}
		for _, text := range strings.Split(m[3], "\n") {
			switch {
			case strings.HasPrefix(text, "+"):
				if is == line {
					return 0
				}
				is++
			case strings.HasPrefix(text, "-"):
				was++
			case strings.HasPrefix(text, " "):
				if is == line {
					return was
				}
				was, is = was+1, is+1
			}
		}
		moved = is - was
	}
	return line - moved
}

func (c *call) settle() {
	on, there := c.thread()
	settled := c.in["resolved"] == true
	found := false
	for _, n := range c.Comments {
		if there && c.within(n, on) && n.Discussion == c.vars["discussion"] {
			n.Settled, found = settled, true
		}
	}
	if !found {
		c.notFound("Discussion")
		return
	}
	c.reply(http.StatusOK, c.discussionOf(on, c.vars["discussion"]))
}

func (c *call) answerTo() {
	on, there := c.thread()
	if !there || c.discussionOf(on, c.vars["discussion"]) == nil {
		c.notFound("Discussion")
		return
	}
	if n, ok := c.written(on); ok {
		n.Discussion = c.vars["discussion"]
		c.reply(http.StatusCreated, c.noteOf(n))
	}
}

// graphQL answers what is asked of it (api/graphql/reference/_index.md: Issue.movedTo,
// WorkItemWidgetDescription, Note).
func (c *call) graphQL(body []byte) (op string, answer func()) {
	var in struct {
		Query     string
		Variables struct {
			Project string
			IID     string
			IIDs    []string
			ID      string
		}
	}
	data := func(v any) func() { return func() { c.reply(http.StatusOK, map[string]any{"data": v}) } }
	wrong := func() {
		c.reply(http.StatusOK, map[string]any{"errors": []any{map[string]any{"message": "Field doesn't exist"}}})
	}
	if json.Unmarshal(body, &in) != nil || c.r.Method != http.MethodPost || c.job {
		return "graphql", wrong
	}
	v := in.Variables
	there := strings.EqualFold(v.Project, c.Project)
	edit := func(by forge.Author, at time.Time) map[string]any {
		shown := map[string]any{"lastEditedAt": when(at), "lastEditedBy": nil}
		if by.Login != "" {
			shown["lastEditedBy"] = map[string]any{"username": login(by)}
		}
		return shown
	}
	switch {
	case strings.Contains(in.Query, "issue(iid: $iid) { movedTo { webUrl } }"):
		number, _ := strconv.Atoi(v.IID)
		i := c.visible(number)
		if !there || i == nil {
			return "moved issue " + v.IID, data(map[string]any{"project": nil})
		}
		return "moved issue " + v.IID, data(map[string]any{"project": map[string]any{"issue": map[string]any{"movedTo": map[string]any{"webUrl": i.Moved}}}})
	case strings.Contains(in.Query, "workItems(iids: $iids) { nodes { iid widgets { ... on WorkItemWidgetDescription { lastEditedAt lastEditedBy { username } } } } }"):
		nodes := []any{}
		for _, iid := range v.IIDs {
			number, _ := strconv.Atoi(iid)
			if i := c.visible(number); i != nil {
				nodes = append(nodes, map[string]any{"iid": iid, "widgets": []any{map[string]any{}, edit(i.Editor, i.Edited)}})
			}
		}
		if !there {
			return "edit", data(map[string]any{"project": nil})
		}
		return "edit", data(map[string]any{"project": map[string]any{"workItems": map[string]any{"nodes": nodes}}})
	case strings.Contains(in.Query, "note(id: $id) { id lastEditedAt lastEditedBy { username } }"):
		id, is := strings.CutPrefix(v.ID, "gid://gitlab/Note/")
		number, _ := strconv.ParseInt(id, 10, 64)
		at := c.comment(number)
		if !is || at < 0 {
			return "edit", data(map[string]any{"note": nil})
		}
		shown := edit(c.Comments[at].Editor, c.Comments[at].Edited)
		shown["id"] = v.ID
		return "edit", data(map[string]any{"note": shown})
	}
	return "graphql", wrong
}

// actions are GitLab's quick actions (user/project/quick_actions.md).
const actions = "add_child|add_contacts|add_email|add_parent|approve|assign|assign_reviewer|award|blocked_by|blocks|board_move|child_of|clear_health_status|clear_parent|clear_weight|clone|close|confidential|convert_to_ticket|copy_metadata|copy_metadata_from|create_merge_request|done|draft|due|duplicate|epic|estimate|estimate_time|health_status|iteration|label|labels|link|lock|mark_as_duplicate_of|merge|milestone|move|page|promote|promote_to|promote_to_incident|publish|react|reassign|reassign_reviewer|rebase|relabel|relate|ready|remove_assignee|remove_child|remove_contacts|remove_due_date|remove_email|remove_epic|remove_estimate|remove_iteration|remove_label|remove_milestone|remove_parent|remove_parent_epic|remove_time_spent|remove_zoom|reopen|request_changes|request_review|restore_summary|severity|shrug|spend|spend_time|submit_review|subscribe|tableflip|target_branch|timeline|title|todo|type|unapprove|unassign|unassign_reviewer|unlabel|unlink|unlock|unsubscribe|weight|zoom"

// extract finds them as GitLab does: not in blocks of code, of HTML or of quotations
// (lib/gitlab/quick_actions/extractor.rb).
var extract = regexp.MustCompile("(?ims)(^```.+?\n```$|^.*`\n*.+?\n*`$|^<[^>]+?>\n.+?\n</[^>]+?>$|^>>>.+?\n>>>$)|^/(" + actions + ")(?: ([^\n]*))?(?:\\s*\n|$)")

// act carries out the quick actions in a text, as far as an issue of the server shows
// it, and returns the rest, and what was carried out.
func (c *call) act(i *Issue, body string) (rest string, acted []string) {
	body = strings.ReplaceAll(body, "\r", "")
	if !strings.HasPrefix(body, "/") && !strings.Contains(body, "\n/") {
		return strings.TrimRight(body, " \t\n"), nil
	}
	var kept strings.Builder
	end := 0
	for _, m := range extract.FindAllStringSubmatchIndex(body, -1) {
		if m[4] < 0 { // a block
			continue
		}
		kept.WriteString(body[end:m[0]])
		end = m[1]
		name, arg := strings.ToLower(body[m[4]:m[5]]), ""
		if m[6] >= 0 {
			arg = strings.TrimSpace(body[m[6]:m[7]])
		}
		acted = append(acted, strings.TrimSpace("/"+name+" "+arg))
		if i != nil {
			c.carry(i, name, arg)
		}
	}
	kept.WriteString(body[end:])
	c.Executed = append(c.Executed, acted...)
	return strings.TrimRight(kept.String(), " \t\n"), acted
}

// carry carries one out.
func (c *call) carry(i *Issue, name, arg string) {
	switch name {
	case "close":
		i.Open = false
	case "reopen":
		i.Open = true
	case "confidential":
		i.Confidential = true
	case "lock":
		i.Locked = true
	case "title":
		i.Title = arg
	case "label", "labels":
		i.Labels = append(i.Labels, strings.Trim(arg, `~"`))
	case "unlabel", "remove_label":
		i.Labels = nil
	case "assign":
		i.Assignees = append(i.Assignees, strings.TrimPrefix(arg, "@"))
	case "unassign", "remove_assignee":
		i.Assignees = nil
	}
}
