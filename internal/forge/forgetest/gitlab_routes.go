package forgetest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/schema"
)

func on(what string) func(*call) string {
	return func(c *call) string { return fmt.Sprintf("%s %d", what, c.number("iid")) }
}

// GitLabRoutes are what the server knows: method, path, and the parameters in the query
// or the body, such as "POST /projects/:id/labels name! color! description priority";
// those are required that end in "!".
func GitLabRoutes() []string {
	var all []string
	for _, r := range routes() {
		path := r.path
		if !strings.HasPrefix(path, "/") {
			path = strings.TrimSuffix("/projects/:id/"+path, "/")
		}
		all = append(all, strings.TrimSpace(r.method+" "+path+" "+r.takes))
	}
	return all
}

// routes are all that the server knows.
func routes() []route {
	all := []route{
		// api/users.md, "Get the current user"; api/personal_access_tokens.md.
		{method: http.MethodGet, path: "/user", op: func(*call) string { return "me" }, do: (*call).user},
		{method: http.MethodGet, path: "/personal_access_tokens/self", do: (*call).token},
		// api/users.md, "List users".
		{method: http.MethodGet, path: "/users", takes: "username", op: func(c *call) string { return "assignable " + c.text("username") }, do: (*call).users},
		// api/projects.md, "Retrieve a project".
		{method: http.MethodGet, path: "", op: func(*call) string { return "project" }, do: (*call).show},
		// api/members.md, "List all members of a group or project including inherited and invited members".
		{method: http.MethodGet, path: "members/all", takes: "query user_ids", op: func(c *call) string { return "assignable " + c.text("query") }, do: (*call).members},
		{method: http.MethodGet, path: "members/all/:user", op: func(c *call) string { return "member " + c.vars["user"] }, do: (*call).member},
		// api/labels.md.
		{method: http.MethodGet, path: "labels", takes: "with_counts search", op: func(*call) string { return "label *" }, do: (*call).labels},
		{method: http.MethodGet, path: "labels/:name", op: func(c *call) string { return "label " + c.vars["name"] }, do: (*call).label},
		{method: http.MethodPost, path: "labels", takes: "name! color! description priority", role: Reporter, op: func(c *call) string { return "make label " + c.text("name") }, do: (*call).makeLabel},
		// api/issues.md.
		{method: http.MethodGet, path: "issues", takes: "labels state order_by sort scope updated_after cursor", op: func(c *call) string { return "issues " + c.text("labels") }, do: (*call).issues},
		{method: http.MethodPost, path: "issues", takes: "title! description labels assignee_ids confidential due_date", op: opens, do: (*call).openIssue},
		{method: http.MethodGet, path: "issues/:iid", op: on("issue"), do: (*call).issue},
		{method: http.MethodPut, path: "issues/:iid", takes: "title description labels assignee_ids confidential due_date state_event discussion_locked", op: edits, do: (*call).editIssue},
		// api/merge_requests.md. A job may list them and see one.
		{method: http.MethodGet, path: "merge_requests", job: true, takes: "state order_by sort scope updated_after source_branch target_branch", op: func(c *call) string { return "proposals " + c.text("source_branch") }, do: (*call).changes},
		{method: http.MethodPost, path: "merge_requests", takes: "title! source_branch! target_branch! description", role: Developer, op: func(c *call) string { return "propose " + c.text("source_branch") }, do: (*call).propose},
		{method: http.MethodGet, path: "merge_requests/:iid", job: true, op: on("proposal"), do: (*call).change},
		{method: http.MethodPut, path: "merge_requests/:iid", takes: "title description", role: Developer, op: func(c *call) string { return fmt.Sprintf("retitle %d %s", c.number("iid"), c.text("title")) }, do: (*call).editChange},
		{method: http.MethodGet, path: "merge_requests/:iid/diffs", takes: "unidiff", op: on("files"), do: (*call).diffs},
		{method: http.MethodGet, path: "merge_requests/:iid/versions", op: on("files"), do: (*call).versions},
		{method: http.MethodPut, path: "merge_requests/:iid/merge", takes: "sha squash should_remove_source_branch merge_commit_message", op: on("merge"), do: (*call).mergeChange},
		// api/discussions.md, "Merge requests".
		{method: http.MethodGet, path: "merge_requests/:iid/discussions", op: on("remarks"), do: (*call).discussions},
		{method: http.MethodPost, path: "merge_requests/:iid/discussions", takes: "body! position", op: func(c *call) string {
			if !c.has("position") { // which others do by a comment
				return on("comment")(c)
			}
			return on("remark")(c)
		}, do: (*call).discuss},
		{method: http.MethodPut, path: "merge_requests/:iid/discussions/:discussion", takes: "resolved!", role: Developer, op: func(c *call) string { return fmt.Sprintf("settle %d %s", c.number("iid"), c.text("resolved")) }, do: (*call).settle},
		{method: http.MethodPost, path: "merge_requests/:iid/discussions/:discussion/notes", takes: "body!", op: on("answer"), do: (*call).answerTo},
		{method: http.MethodPut, path: "merge_requests/:iid/discussions/:discussion/notes/:note", takes: "body", op: func(c *call) string { return "edit remark " + c.vars["note"] }, do: (*call).editNote},
		{method: http.MethodDelete, path: "merge_requests/:iid/discussions/:discussion/notes/:note", op: func(c *call) string { return "delete remark " + c.vars["note"] }, do: (*call).deleteNote},
	}
	for _, on := range []string{"issues", "merge_requests"} {
		job := on == "merge_requests" // a job may read those of merge requests
		notes := on + "/:iid/notes"
		comment := func(verb string) func(*call) string {
			return func(c *call) string { return verb + " comment " + c.vars["note"] }
		}
		all = append(all,
			// api/notes.md.
			route{method: http.MethodGet, path: notes, job: job, takes: "order_by sort", op: func(c *call) string { return fmt.Sprintf("comments %d", c.number("iid")) }, do: (*call).notes},
			route{method: http.MethodPost, path: notes, takes: "body! internal", op: func(c *call) string { return fmt.Sprintf("comment %d", c.number("iid")) }, do: (*call).addNote},
			route{method: http.MethodPut, path: notes + "/:note", takes: "body", op: comment("edit"), do: (*call).editNote},
			route{method: http.MethodDelete, path: notes + "/:note", op: comment("delete"), do: (*call).deleteNote},
			// api/emoji_reactions.md, "Emoji reactions on comments".
			route{method: http.MethodGet, path: notes + "/:note/award_emoji", op: func(c *call) string { return "comments reactions " + c.vars["note"] }, do: (*call).awards},
			route{method: http.MethodPost, path: notes + "/:note/award_emoji", takes: "name!", op: func(c *call) string {
				return fmt.Sprintf("react %d/%s %s", c.number("iid"), c.vars["note"], c.text("name"))
			}, do: (*call).award},
		)
	}
	return all
}

// user shows whose the token is. Of a bot's it is not said here, as of a token that may
// write and not see whose it is.
func (c *call) user() {
	if c.Me.Bot {
		c.reply(http.StatusForbidden, map[string]any{"error": "insufficient_scope", "error_description": "The request requires higher privileges than provided by the access token.", "scope": "api read_user read_api"})
		return
	}
	is := c.authorOf(c.Me)
	is["bot"] = strings.HasPrefix(c.Me.Login, "project_")
	is["created_at"], is["followers"], is["following"] = when(c.Now()), 0, 0
	for _, unsaid := range []string{"bio", "location", "linkedin", "twitter", "website_url", "organization", "job_title"} {
		is[unsaid] = ""
	}
	c.reply(http.StatusOK, is)
}

func (c *call) token() {
	c.reply(http.StatusOK, map[string]any{"id": 1, "name": "escalate", "description": nil, "revoked": false, "active": true, "scopes": []string{"api"}, "user_id": c.Me.ID, "created_at": when(c.Now()), "expires_at": nil, "last_used_at": nil})
}

func (c *call) users() {
	list := []any{}
	for _, name := range c.known() {
		if strings.EqualFold(name, c.text("username")) {
			list = append(list, c.userOf(c.id(name), name))
		}
	}
	c.page(list)
}

func (c *call) show() {
	visibility := "private"
	if c.Public {
		visibility = "public"
	}
	name := c.Project[strings.LastIndex(c.Project, "/")+1:]
	shows := map[string]any{
		"id": 1, "name": name, "path": name, "path_with_namespace": c.Project, "default_branch": "main", "visibility": visibility, "archived": false,
		"web_url": c.Root + "/" + c.Project, "http_url_to_repo": c.Root + "/" + c.Project + ".git", "issues_enabled": true, "issues_access_level": "enabled",
		"merge_requests_access_level": "enabled", "builds_access_level": "enabled", "pages_access_level": "private", "ci_config_path": "",
		"only_allow_merge_if_pipeline_succeeds": false, "only_allow_merge_if_all_discussions_are_resolved": false, "merge_method": "merge", "forked_from_project": nil,
		"permissions": map[string]any{"project_access": map[string]any{"access_level": c.role(), "notification_level": 3}, "group_access": nil},
	}
	if more, is := c.Shows[""].(map[string]any); is {
		for k, v := range more {
			shows[k] = v
		}
	}
	c.reply(http.StatusOK, shows)
}

// memberOf is a member as GitLab shows one.
func (c *call) memberOf(name string, id int64, level int) any {
	is := c.userOf(id, name)
	is["access_level"], is["membership_state"], is["expires_at"], is["created_at"] = level, "active", nil, when(c.Now())
	return is
}

func (c *call) members() {
	list := []any{}
	for _, name := range c.Assignable {
		if strings.Contains(strings.ToLower(name), strings.ToLower(c.text("query"))) {
			list = append(list, c.memberOf(name, c.id(name), cmp.Or(c.Roles[name], Developer)))
		}
	}
	c.page(list)
}

func (c *call) member() {
	id := c.vars["user"]
	if id == strconv.FormatInt(c.Me.ID, 10) && !c.Outside {
		c.reply(http.StatusOK, c.memberOf(login(c.Me), c.Me.ID, c.role()))
		return
	}
	if name, is := c.named(id); is && slices.Contains(c.Assignable, name) {
		c.reply(http.StatusOK, c.memberOf(name, c.id(name), cmp.Or(c.Roles[name], Developer)))
		return
	}
	c.notFound("")
}

func labelOf(name string, n int) map[string]any {
	return map[string]any{
		"id": n + 1, "name": name, "color": "#d93f0b", "text_color": "#FFFFFF", "description": nil, "description_html": nil,
		"priority": nil, "subscribed": false, "is_project_label": true,
	}
}

func (c *call) labels() {
	list := []any{}
	for n, name := range c.Labels {
		list = append(list, labelOf(name, n))
	}
	c.page(list)
}

func (c *call) label() {
	at := c.Store.label(c.vars["name"])
	if at < 0 {
		c.notFound("Label")
		return
	}
	c.reply(http.StatusOK, labelOf(c.Labels[at], at))
}

func (c *call) makeLabel() {
	if c.Store.label(c.text("name")) >= 0 {
		c.reply(http.StatusConflict, map[string]any{"message": "Label already exists"})
		return
	}
	c.Labels = append(c.Labels, c.text("name"))
	is := labelOf(c.text("name"), len(c.Labels)-1)
	is["color"] = c.text("color")
	if c.has("description") {
		is["description"], is["description_html"] = c.text("description"), c.text("description")
	}
	c.reply(http.StatusCreated, is)
}

// visible is an issue that the token may see: of a confidential one, those alone hear
// who plan, and who opened it or is assigned (user/project/issues/confidential_issues.md).
func (c *call) visible(number int) *Issue {
	i := c.Store.issue(number)
	if i == nil || i.Confidential && c.role() < Planner && !i.Author.Is(c.Me) && !slices.Contains(i.Assignees, login(c.Me)) {
		return nil
	}
	return i
}

func (c *call) issueOf(i *Issue) any {
	assignees := []any{}
	for _, a := range i.Assignees {
		assignees = append(assignees, c.userOf(c.id(a), a))
	}
	var first any // which is there beside them, as when there was one alone
	if len(assignees) > 0 {
		first = assignees[0]
	}
	state, closed := "opened", any(nil)
	if !i.Open {
		state, closed = "closed", when(i.Updated)
	}
	var due, moved any
	if !i.Due.IsZero() {
		due = i.Due.Format(time.DateOnly)
	}
	if i.Moved != "" {
		state, moved = "closed", 9000+i.Number // it stays there, closed
	}
	labels := i.Labels
	if labels == nil {
		labels = []string{}
	}
	ref := fmt.Sprintf("#%d", i.Number)
	self := fmt.Sprintf("%s/projects/1/issues/%d", c.API, i.Number)
	return map[string]any{
		"id": 5000 + i.Number, "iid": i.Number, "project_id": 1, "title": i.Title, "description": i.Body, "state": state, "type": "ISSUE", "issue_type": "issue",
		"created_at": when(i.Created), "updated_at": when(i.Updated), "closed_at": closed, "closed_by": nil, "labels": labels, "milestone": nil,
		"assignees": assignees, "assignee": first, "author": c.authorOf(i.Author), "user_notes_count": c.commented(i).Comments, "merge_requests_count": 0, "upvotes": 0, "downvotes": 0,
		"due_date": due, "confidential": i.Confidential, "discussion_locked": i.Locked, "web_url": i.URL, "moved_to_id": moved, "severity": "UNKNOWN",
		"references": map[string]any{"short": ref, "relative": ref, "full": c.Project + ref}, "time_stats": unspent(),
		"task_completion_status": map[string]any{"count": 0, "completed_count": 0}, "has_tasks": false, "blocking_issues_count": 0, "service_desk_reply_to": nil,
		"_links": map[string]any{"self": self, "notes": self + "/notes", "award_emoji": self + "/award_emoji", "project": c.API + "/projects/1"},
	}
}

// unspent are the statistics of what nobody estimated or spent time on.
func unspent() any {
	return map[string]any{"time_estimate": 0, "total_time_spent": 0, "human_time_estimate": nil, "human_total_time_spent": nil}
}

func (c *call) issues() {
	state := c.text("state")
	var all []*Issue
	for _, i := range c.Issues {
		has := !slices.ContainsFunc(c.list("labels"), func(l string) bool { return !slices.Contains(i.Labels, l) })
		if c.visible(i.Number) != nil && has && (state == "" || state == "all" || i.Open == (state == "opened")) {
			all = append(all, i)
		}
	}
	list := []any{}
	for _, i := range updated(c, all, func(i *Issue) time.Time { return i.Updated }) {
		list = append(list, c.issueOf(i))
	}
	if c.text("pagination") == "keyset" && !c.Old {
		c.keyset(list, func(v any) int { return v.(map[string]any)["iid"].(int) })
		return
	}
	c.page(list)
}

func opens(c *call) string {
	op := fmt.Sprintf("open %s %v %v", c.text("title"), c.list("labels"), c.logins())
	if c.in["confidential"] == true {
		op += " confidential"
	}
	if due := c.text("due_date"); due != "" {
		op += " due " + due
	}
	return op
}

// logins are those whom a request assigns.
func (c *call) logins() []string {
	names := []string{}
	for _, id := range c.list("assignee_ids") {
		if name, is := c.named(id); is {
			names = append(names, name)
		}
	}
	return names
}

// assigned are those of them whom GitLab assigns: it leaves out the others, and without
// a licence all but the first, and says nothing of it.
func (c *call) assigned(i *Issue) *[]string {
	if !c.has("assignee_ids") {
		return nil
	}
	to := []string{}
	for _, name := range c.logins() {
		unseen := c.Roles[name] == Guest && (i != nil && i.Confidential || c.in["confidential"] == true)
		if slices.Contains(c.Assignable, name) && !unseen || i != nil && slices.Contains(i.Assignees, name) {
			to = append(to, name)
		}
	}
	if c.Free && len(to) > 1 {
		to = to[:1]
	}
	return &to
}

// scoped is a list of labels with one of each scope, the last.
func (c *call) scoped(labels []string) []string {
	var all []string
	for n, l := range labels {
		at := strings.LastIndex(l, "::")
		if c.Free || at < 0 || !slices.ContainsFunc(labels[n+1:], func(s string) bool { return strings.LastIndex(s, "::") == at && s[:at] == l[:at] }) {
			all = append(all, l)
		}
	}
	return all
}

// label gives an issue labels, and makes those that are not there.
func (c *call) relabelled(i *Issue, labels []string) {
	labels = c.scoped(labels)
	for _, l := range labels {
		if c.Store.label(l) < 0 {
			c.Labels = append(c.Labels, l)
		}
	}
	i.Labels, i.Updated = labels, c.Now()
}

func (c *call) due() (*schema.Date, bool) {
	if !c.has("due_date") {
		return nil, true
	}
	if c.text("due_date") == "" {
		return &schema.Date{}, true
	}
	day, err := time.Parse(time.DateOnly, c.text("due_date"))
	return &schema.Date{Time: day}, err == nil
}

func (c *call) openIssue() {
	due, ok := c.due()
	switch {
	case len([]rune(c.text("title"))) > 255:
		c.reply(http.StatusBadRequest, map[string]any{"message": map[string]any{"title": []string{"is too long (maximum is 255 characters)"}}})
		return
	case strings.TrimSpace(c.text("title")) == "":
		c.reply(http.StatusBadRequest, map[string]any{"message": map[string]any{"title": []string{"can't be blank"}}})
		return
	case len([]rune(c.text("description"))) > 1_048_576:
		c.reply(http.StatusBadRequest, map[string]any{"message": map[string]any{"description": []string{"is too long (maximum is 1048576 characters)"}}})
		return
	case !ok:
		c.invalid("due_date is invalid")
		return
	}
	assignees := c.assigned(nil)
	i := c.Open(c.Me, "")
	title := c.text("title")
	i.Title, i.Confidential = title, c.in["confidential"] == true
	if assignees != nil {
		i.Assignees = *assignees
	}
	if due != nil {
		i.Due = *due
	}
	c.relabelled(i, c.list("labels"))
	i.Body, _ = c.act(i, c.text("description"))
	c.reply(http.StatusCreated, c.issueOf(i))
}

func edits(c *call) string {
	if c.has("labels") {
		return fmt.Sprintf("labels %d %v", c.number("iid"), c.list("labels"))
	}
	e := forge.Edit{Title: c.maybe("title"), Body: c.maybe("description")}
	if event := c.text("state_event"); event != "" {
		open := event == "reopen"
		e.Open = &open
	}
	if c.has("assignee_ids") {
		logins := c.logins()
		e.Assignees = &logins
	}
	op := edited(c.number("iid"), e)
	if c.has("confidential") {
		op += fmt.Sprint(" confidential ", c.in["confidential"])
	}
	switch due := c.text("due_date"); {
	case due != "":
		op += " due " + due
	case c.has("due_date"):
		op += " not due"
	}
	return op
}

func (c *call) issue() {
	i := c.visible(c.number("iid"))
	if i == nil {
		c.notFound("")
		return
	}
	c.reply(http.StatusOK, c.issueOf(i))
}

func (c *call) editIssue() {
	i := c.visible(c.number("iid"))
	due, ok := c.due()
	switch {
	case i == nil:
		c.notFound("")
		return
	case len(c.in) == 0:
		c.invalid("title, description, assignee_ids, labels, state_event, due_date, confidential, discussion_locked are missing, at least one parameter must be provided")
		return
	case c.role() < Planner && !i.Author.Is(c.Me):
		c.says(http.StatusForbidden, "Forbidden")
		return
	case !ok:
		c.invalid("due_date is invalid")
		return
	case c.has("state_event") && c.text("state_event") != "close" && c.text("state_event") != "reopen":
		c.invalid("state_event does not have a valid value")
		return
	}
	e := forge.Edit{Title: c.maybe("title"), Due: due}
	e.Assignees = c.assigned(i)
	if event := c.text("state_event"); event != "" {
		open := event == "reopen"
		e.Open = &open
	}
	if is, said := c.in["confidential"].(bool); said {
		e.Confidential = &is
	}
	if c.has("labels") {
		c.relabelled(i, c.list("labels"))
	}
	if e.Assignees != nil {
		i.Assignees, e.Assignees = *e.Assignees, nil
	}
	if body := c.maybe("description"); body != nil {
		rest, _ := c.act(i, *body)
		e.Body = &rest
	}
	if is, said := c.in["discussion_locked"].(bool); said {
		i.Locked = is
	}
	c.edit(i, e)
	c.reply(http.StatusOK, c.issueOf(i))
}

// thread is what the notes of a request are about; false where it is not there.
func (c *call) thread() (forge.Thread, bool) {
	on := forge.Thread{Number: c.number("iid"), ChangeRequest: strings.Contains(c.r.URL.Path, "/merge_requests/")}
	if on.ChangeRequest {
		return on, 0 < on.Number && on.Number <= c.Store.changes
	}
	return on, c.visible(on.Number) != nil
}

// locked reports whether the token may not write in a thread (user/discussions/_index.md,
// "Prevent comments by locking the discussion").
func (c *call) locked(on forge.Thread) bool {
	if on.ChangeRequest {
		return c.Outside && c.merge(on.Number).Locked
	}
	return c.Outside && c.Store.issue(on.Number).Locked
}

func (c *call) noteOf(n *Comment) map[string]any {
	kind, noteable := any(nil), "Issue"
	if n.On.ChangeRequest {
		noteable = "MergeRequest"
	}
	if n.Discussion != "" {
		kind = "DiscussionNote"
	}
	is := map[string]any{
		"id": n.ID, "type": kind, "body": n.Body, "author": c.authorOf(n.Author), "created_at": when(n.Created), "updated_at": when(n.Updated), "system": n.System,
		"noteable_id": 5000 + n.On.Number, "noteable_type": noteable, "project_id": 1, "noteable_iid": n.On.Number, "resolvable": n.Discussion != "" && n.On.ChangeRequest,
		"confidential": n.Internal, "internal": n.Internal, "imported": false, "imported_from": "none", "commands_changes": map[string]any{}, "attachment": nil,
	}
	if n.Discussion != "" && n.On.ChangeRequest {
		is["resolved"], is["resolved_by"], is["resolved_at"] = n.Settled, nil, nil
	}
	if n.Position != nil {
		is["type"], is["commit_id"] = "DiffNote", nil
		is["position"] = struct {
			*Position
			Lines any `json:"line_range"` // null of one line
		}{Position: n.Position}
	}
	return is
}

func (c *call) notes() {
	on, there := c.thread()
	if !there {
		c.notFound("")
		return
	}
	var all []*Comment
	for _, n := range c.Comments {
		if c.within(n, on) && (!n.Internal || c.role() >= Planner) {
			all = append(all, n)
		}
	}
	list := []any{}
	for _, n := range updated(c, all, func(n *Comment) time.Time { return n.Updated }) {
		list = append(list, c.noteOf(n))
	}
	c.page(list)
}

// written writes a note, unless it is of quick actions alone, and reports whether it did.
func (c *call) written(on forge.Thread) (*Comment, bool) {
	if len([]rune(c.text("body"))) > 1_000_000 {
		c.says(http.StatusBadRequest, "Bad request - Note {:note=>[\"is too long (maximum is 1000000 characters)\"]}")
		return nil, false
	}
	body, acted := c.act(c.acted(on), c.text("body"))
	switch {
	case body == "" && len(acted) > 0:
		c.reply(http.StatusAccepted, map[string]any{"commands_changes": map[string]any{}, "summary": acted})
		return nil, false
	case body == "":
		c.says(http.StatusBadRequest, "Bad request - Note {:note=>[\"can't be blank\"]}")
		return nil, false
	}
	n := c.Say(c.Me, on, body)
	if p := c.Proposal(on.Number); p != nil && on.ChangeRequest {
		p.Updated = n.Updated
	}
	return n, true
}

// acted is the issue that the quick actions of a thread are about; nil of a merge
// request.
func (c *call) acted(on forge.Thread) *Issue {
	if on.ChangeRequest {
		return nil
	}
	return c.Store.issue(on.Number)
}

func (c *call) addNote() {
	on, there := c.thread()
	switch {
	case !there:
		c.notFound("")
		return
	case c.locked(on):
		c.says(http.StatusForbidden, "Forbidden")
		return
	}
	if n, ok := c.written(on); ok {
		n.Internal = c.in["internal"] == true
		c.reply(http.StatusCreated, c.noteOf(n))
	}
}

// note is the one of a request, in its thread; nil where it is not there.
func (c *call) note() *Comment {
	on, there := c.thread()
	at := c.comment(int64(c.number("note")))
	if !there || at < 0 || !c.within(c.Comments[at], on) || c.vars["discussion"] != "" && c.Comments[at].thread() != c.vars["discussion"] {
		return nil
	}
	return c.Comments[at]
}

func (c *call) editNote() {
	n := c.note()
	switch {
	case n == nil:
		c.notFound("")
		return
	case !n.Author.Is(c.Me) && c.role() < Maintainer || n.System:
		c.says(http.StatusForbidden, "Forbidden")
		return
	case strings.TrimSpace(c.text("body")) == "": // lib/api/notes.rb
		c.invalid("body is empty")
		return
	}
	body, acted := c.act(c.acted(n.On), c.text("body"))
	if body == "" && len(acted) > 0 {
		c.Comments = slices.DeleteFunc(c.Comments, func(x *Comment) bool { return x == n })
		c.reply(http.StatusAccepted, map[string]any{"commands_changes": map[string]any{}, "summary": acted})
		return
	}
	c.Reword(c.Me, n, body)
	if i := c.acted(n.On); i != nil {
		i.Updated = n.Updated
	}
	c.reply(http.StatusOK, c.noteOf(n))
}

func (c *call) deleteNote() {
	n := c.note()
	switch {
	case n == nil:
		c.notFound("")
	case !n.Author.Is(c.Me) && c.role() < Maintainer:
		c.says(http.StatusForbidden, "Forbidden")
	default:
		c.Comments = slices.DeleteFunc(c.Comments, func(x *Comment) bool { return x == n })
		c.ResponseWriter.WriteHeader(http.StatusNoContent)
	}
}

func (c *call) awardOf(at int) any {
	r := c.Reactions[at]
	return map[string]any{"id": at + 1, "name": r.With, "user": c.authorOf(r.By), "created_at": when(c.Now()), "updated_at": when(c.Now()), "awardable_id": r.Comment, "awardable_type": "Note", "url": nil}
}

func (c *call) awards() {
	n := c.note()
	if n == nil {
		c.notFound("")
		return
	}
	list := []any{}
	for at, r := range c.Reactions {
		if r.Comment == n.ID {
			list = append(list, c.awardOf(at))
		}
	}
	c.page(list)
}

// award leaves a reaction. One that is there, and one on what is locked, is not found
// (lib/api/award_emoji.rb).
func (c *call) award() {
	n := c.note()
	switch {
	case n == nil:
		c.notFound("")
		return
	case c.locked(n.On):
		c.notFound("Award Emoji")
		return
	}
	r := Reacted{By: c.Me, On: n.On.Number, Comment: n.ID, With: c.text("name")}
	if slices.Contains(c.Reactions, r) {
		c.notFound("Award Emoji Name has already been taken")
		return
	}
	c.Reactions = append(c.Reactions, r)
	c.reply(http.StatusCreated, c.awardOf(len(c.Reactions)-1))
}
