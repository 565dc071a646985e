package gitlab

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	gitlab "gitlab.com/gitlab-org/api/client-go"

	"github.com/escalations-as-code/escalate/internal/forge"
)

var (
	_ forge.Inspector = (*Project)(nil)
	_ forge.Waker     = (*Project)(nil)
	_ forge.Safe      = (*Project)(nil)
)

// settings are what a project shows of itself (doc/api/projects.md, "Retrieve a
// project").
type settings struct {
	ID        int64
	Path      string `json:"path_with_namespace"`
	Default   string `json:"default_branch"`
	Seen      string `json:"visibility"`
	Archived  *bool
	Issues    string    `json:"issues_access_level"`
	Pages     string    `json:"pages_access_level"`
	File      string    `json:"ci_config_path"`
	Origin    *struct{} `json:"forked_from_project"`
	Passing   *bool     `json:"only_allow_merge_if_pipeline_succeeds"`
	Resolved  *bool     `json:"only_allow_merge_if_all_discussions_are_resolved"`
	Permitted *struct {
		Project *access `json:"project_access"`
		Group   *access `json:"group_access"`
	} `json:"permissions"`
}

type access struct {
	Level int `json:"access_level"`
}

// developer is the role from which on one may push and write issues (doc/api/members.md,
// doc/user/permissions.md).
const developer = 30

// settings are those of the project, which is asked once.
func (p *Project) settings(ctx context.Context) (settings, error) {
	if p.shown != nil {
		return *p.shown, nil
	}
	is, _, err := ask[settings](ctx, p.client, http.MethodGet, "", nil)
	switch {
	case err != nil:
		return is, p.unseen(err, toSee)
	case is.Path == "":
		return is, unconfirmed("the project was asked for, and something else returned")
	}
	p.shown = &is
	return is, nil
}

// Hosted returns what GitLab says of the project. What a token may, it says of whom the
// token is of, and not of its scopes: of these it is asked.
func (p *Project) Hosted(ctx context.Context) (forge.Hosted, error) {
	is, err := p.settings(ctx)
	if err != nil {
		return forge.Hosted{}, err
	}
	h := forge.Hosted{
		Repository: is.Path, Default: is.Default, Archived: forge.Saying(is.Archived),
		Private: saying(is.Seen != "", is.Seen != "public"), Issues: saying(is.Issues != "", is.Issues != "disabled"), Fork: saying(true, is.Origin != nil),
	}
	if is.Permitted != nil {
		level := 0
		for _, a := range []*access{is.Permitted.Project, is.Permitted.Group} {
			if a != nil {
				level = max(level, a.Level)
			}
		}
		h.Write = saying(level > 0, level >= developer)
	}
	scopes, err := p.scopes(ctx)
	if err == nil && scopes != nil && h.Write == forge.Yes && !slices.Contains(scopes, "api") {
		h.Write = forge.No
	}
	return h, err
}

// scopes are those of the token; nil where GitLab does not say it of one of its kind.
func (p *Project) scopes(ctx context.Context) ([]string, error) {
	is, _, err := send[struct{ Scopes []string }](ctx, p.client, http.MethodGet, "personal_access_tokens/self", nil)
	if s := status(err); s == http.StatusUnauthorized || s == http.StatusForbidden || s == http.StatusNotFound {
		return nil, nil
	}
	return is.Scopes, p.needing(toSee, err)
}

// saying is what is said of something; unsaid, where it is not.
func saying(said, is bool) forge.Said {
	if !said {
		return forge.Unsaid
	}
	return forge.Saying(&is)
}

// protected is a rule for branches (doc/api/protected_branches.md).
type protected struct {
	ID        int64
	Name      string
	Push      []level `json:"push_access_levels"`
	Merge     []level `json:"merge_access_levels"`
	Forced    *bool   `json:"allow_force_push"`
	Approvals bool    `json:"code_owner_approval_required"`
}

type level struct {
	Level *int   `json:"access_level"`
	Says  string `json:"access_level_description"`
}

// Guard returns what a branch is held to. Of several rules that match, the one that
// allows the most counts; of the owners of code, the one that allows the least
// (doc/user/project/repository/branches/protected.md).
func (p *Project) Guard(ctx context.Context, branch string) (forge.Guard, error) {
	is, err := p.settings(ctx)
	if err != nil {
		return forge.Guard{}, err
	}
	g := forge.Guard{Reviewed: forge.No, Kept: forge.No}
	if is.Passing != nil && *is.Passing {
		g.Checks = append(g.Checks, "pipeline")
	}
	matched, pushed, forced := false, false, false
	all := list(ctx, p.client, "protected_branches", func(page gitlab.ListOptions) any { return &page }, func(rule protected) int64 { return rule.ID }, func(err error) error { return p.unseen(err, toInspect) })
	for rule, err := range all {
		if err != nil {
			return g, err
		}
		if !matches(rule.Name, branch) {
			continue
		}
		matched = true
		pushed = pushed || slices.ContainsFunc(rule.Push, func(l level) bool { return l.Level == nil || *l.Level > 0 })
		forced = forced || rule.Forced == nil || *rule.Forced
		g.Restricts = append(g.Restricts, words(rule)...)
	}
	if matched {
		g.Reviewed, g.Kept = saying(true, !pushed), saying(true, !forced)
	}
	if is.Resolved != nil && *is.Resolved {
		g.Restricts = append(g.Restricts, "all threads must be resolved")
	}
	return g, nil
}

// matches reports whether a rule is for a branch: `*` stands for any text.
func matches(rule, branch string) bool {
	parts := strings.Split(rule, "*")
	if len(parts) == 1 {
		return rule == branch
	}
	rest, ok := strings.CutPrefix(branch, parts[0])
	if !ok {
		return false
	}
	for _, part := range parts[1 : len(parts)-1] {
		at := strings.Index(rest, part)
		if at < 0 {
			return false
		}
		rest = rest[at+len(part):]
	}
	return strings.HasSuffix(rest, parts[len(parts)-1])
}

// words are a rule in GitLab's own.
func words(rule protected) []string {
	say := func(what string, levels []level) string {
		var who []string
		for _, l := range levels {
			who = append(who, cmp.Or(l.Says, "somebody"))
		}
		return fmt.Sprintf("%s: allowed to %s: %s", rule.Name, what, strings.Join(who, ", "))
	}
	all := []string{say("push", rule.Push), say("merge", rule.Merge)}
	if rule.Approvals {
		all = append(all, rule.Name+": code owners must approve")
	}
	return all
}

// pipeline is one in a reply (doc/api/pipelines.md).
type pipeline struct {
	ID      int64
	Status  string
	Source  string
	WebURL  string     `json:"web_url"`
	Created *time.Time `json:"created_at"`
}

// failed reports whether a pipeline failed. What was cancelled has not.
func (p pipeline) failed() bool { return p.Status == "failed" }

// schedule is one in a reply (doc/api/pipeline_schedules.md).
type schedule struct {
	ID     int64
	Says   string `json:"description"`
	Ref    string
	Active *bool
	Owner  *user
	Last   *struct{ ID int64 } `json:"last_pipeline"`
}

// Automation returns how the pipelines of the project stand, if the file that defines
// them is one of those: first what runs of itself on the default branch, then each
// schedule there. One stands still where it is not active, or its owner is blocked, gone,
// or may not run it any more.
func (p *Project) Automation(ctx context.Context, files []string) ([]forge.Job, error) {
	is, err := p.settings(ctx)
	if err != nil {
		return nil, err
	}
	file := cmp.Or(is.File, ".gitlab-ci.yml")
	if !slices.Contains(files, file) {
		return nil, nil
	}
	first, err := p.pushes(ctx, file, is.Default)
	if err != nil {
		return nil, err
	}
	jobs := []forge.Job{first}
	var all []schedule
	for s, err := range list(ctx, p.client, "pipeline_schedules", func(page gitlab.ListOptions) any { return &page }, func(s schedule) int64 { return s.ID }, func(err error) error { return p.unseen(err, toInspect) }) {
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	for _, s := range all {
		if strings.TrimPrefix(s.Ref, "refs/heads/") != is.Default {
			continue
		}
		j, err := p.scheduled(ctx, file, s.ID)
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, j)
	}
	return jobs, nil
}

// pushes is how the last pipelines of a branch stand that nobody scheduled.
func (p *Project) pushes(ctx context.Context, file, branch string) (forge.Job, error) {
	j := forge.Job{File: file, Page: p.web + "/-/pipelines", Ran: forge.No}
	all, _, err := ask[[]pipeline](ctx, p.client, http.MethodGet, "pipelines", &gitlab.ListProjectPipelinesOptions{ListOptions: gitlab.ListOptions{PerPage: 30}, Ref: &branch, OrderBy: ptr("id"), Sort: ptr("desc")})
	switch {
	case err != nil:
		return j, p.unseen(err, toSee)
	case all == nil:
		return j, unconfirmed("the pipelines of %s were asked for, and none returned", branch)
	}
	ended := false
	for _, run := range all {
		if run.Source == "schedule" || run.Source == "merge_request_event" {
			continue
		}
		j.Ran = forge.Yes
		if at := moment(run.Created); at.After(j.Began) {
			j.Began = at
		}
		if !ended && (run.failed() || run.Status == "success") {
			if ended = true; run.failed() {
				j.Failed = cmp.Or(run.WebURL, "a pipeline whose page is not known")
			}
		}
	}
	return j, nil
}

// scheduled is how a schedule stands.
func (p *Project) scheduled(ctx context.Context, file string, id int64) (forge.Job, error) {
	j := forge.Job{File: file, Page: fmt.Sprintf("%s/-/pipeline_schedules/%d/edit", p.web, id), Ran: forge.No}
	s, _, err := ask[schedule](ctx, p.client, http.MethodGet, "pipeline_schedules/"+strconv.FormatInt(id, 10), nil)
	switch {
	case err != nil:
		return j, p.unseen(err, toInspect)
	case s.ID != id || s.Active == nil:
		return j, unconfirmed("schedule %d was asked for, and something else returned", id)
	case s.Owner == nil:
		j.Disabled = "the schedule has no owner"
	case s.Owner.State != "active":
		j.Disabled = fmt.Sprintf("its owner @%s is %s", s.Owner.Username, cmp.Or(s.Owner.State, "not active"))
	case !*s.Active:
		j.Disabled = "the schedule is inactive"
	}
	if s.Last == nil || s.Last.ID == 0 {
		return j, nil
	}
	run, _, err := ask[pipeline](ctx, p.client, http.MethodGet, "pipelines/"+strconv.FormatInt(s.Last.ID, 10), nil)
	switch {
	case status(err) == http.StatusNotFound: // somebody deleted it
		j.Ran = forge.Unsaid
		return j, nil
	case err != nil:
		return j, p.unseen(err, toSee)
	}
	j.Ran, j.Began = forge.Yes, moment(run.Created)
	if run.failed() {
		j.Failed = cmp.Or(run.WebURL, "a pipeline whose page is not known")
	}
	return j, nil
}

// Today returns what a project is called now: of one that was renamed or moved, GitLab
// shows the one that it is.
func (p *Project) Today(ctx context.Context, project string) (string, error) {
	is, _, err := send[settings](ctx, p.client, http.MethodGet, "projects/"+gitlab.PathEscape(project), nil)
	if err == nil && is.Path == "" {
		err = unconfirmed("a project was asked for, and something else returned")
	}
	return is.Path, p.unseen(err, toSee)
}

// MayPropose says nothing: a job's own token opens no merge requests
// (doc/ci/jobs/ci_job_token.md), and GITLAB_TOKEN does in its place.
func (*Project) MayPropose(context.Context) (forge.Said, error) { return forge.Unsaid, nil }

// HasLabel reports whether the project, or a group of it, has a label of a name. A token
// that may see none is told of each that it is not there: such an answer counts only
// where the token may see others.
func (p *Project) HasLabel(ctx context.Context, name string) (forge.Said, error) {
	is, _, err := ask[gitlab.Label](ctx, p.client, http.MethodGet, "labels/"+gitlab.PathEscape(name), nil)
	switch {
	case err == nil && is.Name == "":
		return forge.Unsaid, unconfirmed("a label was asked for, and something else returned")
	case err == nil:
		return forge.Yes, nil
	}
	if err := p.unseen(err, toSee); !errors.Is(err, forge.ErrGone) {
		return forge.Unsaid, err
	}
	all, _, err := ask[[]gitlab.Label](ctx, p.client, http.MethodGet, "labels", &gitlab.ListOptions{PerPage: 1})
	switch {
	case err != nil:
		return forge.Unsaid, p.unseen(err, toSee)
	case all == nil:
		return forge.Unsaid, unconfirmed("the labels were asked for, and none returned")
	}
	return forge.No, nil
}

// Pages returns what GitLab says of the site of the project (doc/user/project/pages/
// pages_access_control.md). Whether a server of a company controls who reads its sites is
// set by its administrator, and not said here: of such a one, what is private is unsaid.
func (p *Project) Pages(ctx context.Context) (forge.Pages, error) {
	is, err := p.settings(ctx)
	if err != nil {
		return forge.Pages{}, err
	}
	pages := forge.Pages{On: saying(is.Pages != "", is.Pages != "disabled"), Jobs: forge.Yes}
	switch {
	case is.Pages == "public", is.Pages == "enabled" && is.Seen == "public":
		pages.Private = forge.No
	case is.Pages == "", is.Seen == "", !p.cloud:
	default: // "private", or "enabled": those alone who see the project
		pages.Private = forge.Yes
	}
	return pages, nil
}

// Hooks are the webhooks of the project that start one of its pipelines
// (doc/ci/triggers/_index.md, "Use a webhook"). The address has a secret, and is not
// returned.
func (p *Project) Hooks(ctx context.Context) ([]forge.Hook, error) {
	me, err := p.settings(ctx)
	if err != nil {
		return nil, err
	}
	type hook struct {
		ID          int64
		URL         string
		Notes       bool   `json:"note_events"`
		Issues      bool   `json:"issues_events"`
		Secret      bool   `json:"confidential_issues_events"`
		SecretNotes bool   `json:"confidential_note_events"`
		Alert       string `json:"alert_status"`
	}
	hooks := []forge.Hook{}
	for h, err := range list(ctx, p.client, "hooks", func(page gitlab.ListOptions) any { return &page }, func(h hook) int64 { return h.ID }, func(err error) error { return p.unseen(err, toInspect) }) {
		if err != nil {
			return nil, err
		}
		branch, starts := triggers(h.URL, me)
		if !starts {
			continue
		}
		is := forge.Hook{Page: fmt.Sprintf("%s/-/hooks/%d/edit", p.web, h.ID), Branch: branch, Comments: h.Notes, Issues: h.Issues, Confidential: h.Secret && h.SecretNotes}
		if h.Alert != "" && h.Alert != "executable" {
			is.Disabled = strings.ReplaceAll(h.Alert, "_", " ")
		}
		hooks = append(hooks, is)
	}
	return hooks, nil
}

// triggers is the branch whose pipeline an address starts, of a project.
func triggers(address string, of settings) (branch string, starts bool) {
	u, err := url.Parse(address)
	if err != nil {
		return "", false
	}
	_, rest, api := strings.Cut(u.EscapedPath(), "/api/v4/projects/")
	project, rest, _ := strings.Cut(rest, "/ref/")
	branch, ours := strings.CutSuffix(rest, "/trigger/pipeline")
	project, err = url.PathUnescape(project)
	if !api || !ours || err != nil || project != strconv.FormatInt(of.ID, 10) && !strings.EqualFold(project, of.Path) {
		return "", false
	}
	branch, err = url.PathUnescape(branch)
	return branch, err == nil
}

// Secrets are the variables of the project (doc/api/project_level_variables.md), without
// what they hold. Those that its groups have are not among them.
func (p *Project) Secrets(ctx context.Context) ([]forge.Secret, error) {
	type variable struct {
		Key       string
		Scope     string `json:"environment_scope"`
		Protected bool
		Masked    bool
	}
	// They have no number: a name is there once in each scope.
	number := func(v variable) int64 {
		h := fnv.New64a()
		fmt.Fprintf(h, "%q %q", v.Key, v.Scope)
		return int64(h.Sum64())
	}
	secrets := []forge.Secret{}
	for v, err := range list(ctx, p.client, "variables", func(page gitlab.ListOptions) any { return &page }, number, func(err error) error { return p.unseen(err, toInspect) }) {
		if err != nil {
			return nil, err
		}
		secrets = append(secrets, forge.Secret{Name: v.Key, Protected: v.Protected, Masked: v.Masked})
	}
	return secrets, nil
}
