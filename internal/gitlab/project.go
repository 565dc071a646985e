package gitlab

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	gitlab "gitlab.com/gitlab-org/api/client-go"

	"github.com/escalations-as-code/escalate/internal/ci"
	commands "github.com/escalations-as-code/escalate/internal/comment"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/schema"
)

// Project is a project on GitLab: a forge.Forge, and nothing else. It is for one run, in
// one goroutine: it remembers who is who.
type Project struct {
	*client
	me     *forge.Author
	level  *int              // the role of whom the token is of
	people map[string]person // by their usernames, in small letters
	shown  *settings         // what GitLab shows of the project
	// reviewed is the merge request that was remarked on last.
	reviewed *reviewed
}

// person is somebody who may be assigned, or was somewhere; asked reports that GitLab was
// asked whether they may.
type person struct {
	id              int64
	may, was, asked bool
}

var _ forge.Forge = (*Project)(nil)

// New returns the project that a configuration is for.
func New(c Config) (*Project, error) {
	gl, err := newClient(c)
	if err != nil {
		return nil, err
	}
	return &Project{client: gl, people: map[string]person{}}, nil
}

// Traits are those of GitLab. A note may have 1,000,000 characters, a description a few
// more (doc/api/notes.md, doc/api/issues.md): a tenth of that is more than anybody reads.
// Labels are the same where their names are, letter by letter; and it looks for mentions
// and references in titles, too. A job's token writes as whoever started the job: no
// login is its own.
func (p *Project) Traits() forge.Traits {
	written := commands.On(ci.GitLab)
	return forge.Traits{
		Via: "gitlab", Repository: p.project, MaxBody: 100_000, MaxTitle: 255, Confidential: true, Due: true, FewAssignees: true,
		Change: written.Change, Prefix: written.Prefix, Sign: "!", TitleRefers: true, NoReply: "users.noreply." + p.BaseURL().Hostname(),
		Login:  func(p schema.Person) string { return string(p.GitLab) },
		Scoped: func(scope, value string) string { return scope + "::" + value },
		// doc/user/project/merge_requests/reviews/suggestions.md
		Suggestion: func(above, below int) string { return fmt.Sprintf("suggestion:-%d+%d", above, below) },
		SameLabel:  func(a, b string) bool { return strings.TrimSpace(a) == strings.TrimSpace(b) },
	}
}

// user is somebody in a reply.
type user struct {
	ID       int64
	Username string
	State    string
	Bot      *bool
}

// bots are the names of the accounts that GitLab makes for the tokens of projects and
// groups, and for programs (doc/user/project/settings/project_access_tokens.md,
// doc/user/profile/service_accounts.md). Of whom it shows beside an issue or a note, it
// says no more.
var bots = regexp.MustCompile(`^(?:(?:project|group)_[0-9]+_bot(?:_?[0-9a-f]+)?|service_account_(?:[a-z]+_[0-9]+_)?[0-9a-f]+)$`)

func (u *user) author() forge.Author {
	if u == nil {
		return forge.Author{}
	}
	return forge.Author{ID: u.ID, Login: u.Username, Bot: bots.MatchString(u.Username) || u.Bot != nil && *u.Bot}
}

// Me returns whose the token is. A job's token is not asked about: it writes nothing
// (doc/ci/jobs/ci_job_token.md). Nor is it said of one that may write, and not see that.
func (p *Project) Me(ctx context.Context) (forge.Author, error) {
	if p.job {
		return forge.Author{}, nil
	}
	if p.me == nil {
		is, _, err := send[user](ctx, p.client, http.MethodGet, "user", nil)
		if status(err) == http.StatusForbidden {
			p.me = &forge.Author{}
			return forge.Author{}, nil
		}
		if err != nil {
			return forge.Author{}, p.needing(toSee, err)
		}
		if is.ID == 0 || is.Username == "" {
			return forge.Author{}, unconfirmed("whose the token is was asked for, and is not said")
		}
		me := is.author()
		p.me = &me
	}
	return *p.me, nil
}

// issue is an issue in a reply. The library's own cannot be read where a reply says
// nothing.
type issue struct {
	ID           int64
	IID          int64
	Title        string
	Description  string
	State        string
	WebURL       string `json:"web_url"`
	Author       *user
	Assignees    []user
	Labels       []string
	Locked       bool `json:"discussion_locked"`
	Confidential bool
	Due          *string    `json:"due_date"`
	Notes        *int       `json:"user_notes_count"`
	MovedTo      *int64     `json:"moved_to_id"`
	Created      *time.Time `json:"created_at"`
	Updated      *time.Time `json:"updated_at"`
}

// at is an address below the project, as people have it. GitLab's own changes with its
// versions, as from issues to work items: an address that the ledger has is to stay.
func (c *client) at(what string, number int) string {
	return fmt.Sprintf("%s/-/%s/%d", c.web, what, number)
}

// issueOf is an issue as a reply has it.
func (p *Project) issueOf(ctx context.Context, i issue) (forge.Issue, error) {
	is := forge.Issue{
		Number: int(i.IID), Title: i.Title, Body: i.Description, Author: i.Author.author(), Open: i.State == "opened", Locked: i.Locked,
		Labels: i.Labels, Comments: -1, Confidential: i.Confidential, Created: second(i.Created), Updated: second(i.Updated),
	}
	if i.WebURL != "" {
		is.URL = p.at("issues", is.Number)
	}
	if i.Notes != nil {
		is.Comments = *i.Notes
	}
	if i.Due != nil {
		is.Due.Time, _ = time.Parse(time.DateOnly, *i.Due) // or there is none
	}
	for _, a := range i.Assignees {
		is.Assignees = append(is.Assignees, a.Username)
		p.knows(a)
	}
	var err error
	if is.Locked {
		is.Locked, err = p.outside(ctx)
	}
	return is, err
}

// second is a moment to the second.
func second(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Second)
}

// The roles that count here (doc/api/members.md): from Planner on, one sees confidential
// issues (doc/user/project/issues/confidential_issues.md).
const (
	outsider = 0
	planner  = 15
)

// role is that of whom the token is of; known is false where GitLab does not say who
// that is.
func (p *Project) role(ctx context.Context) (level int, known bool, err error) {
	me, err := p.Me(ctx)
	if err != nil || me.ID == 0 {
		return outsider, false, err
	}
	if p.level == nil {
		is, _, err := ask[access](ctx, p.client, http.MethodGet, "members/all/"+strconv.FormatInt(me.ID, 10), nil)
		if err != nil && status(err) != http.StatusNotFound && status(err) != http.StatusForbidden {
			return outsider, false, p.needing(toSee, err)
		}
		p.level = &is.Level
	}
	return *p.level, true, nil
}

// outside reports whether the token may be that of no member: what is locked takes
// comments of members alone (doc/user/discussions/_index.md).
func (p *Project) outside(ctx context.Context) (bool, error) {
	level, known, err := p.role(ctx)
	return !known || level == outsider, err
}

// gone is an error about an issue. One that is not there for somebody who does not see
// confidential ones may be there: it is not to be opened again.
func (p *Project) gone(ctx context.Context, err error) error {
	words := p.inWords(err)
	if status(err) != http.StatusNotFound || p.job {
		return words
	}
	level, known, err := p.role(ctx)
	switch {
	case err != nil:
		return err
	case known && level < planner:
		return &forge.Error{Kind: forge.ErrForbidden, Err: errors.New("GitLab shows no such issue to this token, and none that is confidential: the token needs " + toWrite)}
	}
	return words
}

// issueReply is the issue of a reply to what was asked of one.
func (p *Project) issueReply(ctx context.Context, i issue, err error) (forge.Issue, error) {
	if err != nil {
		return forge.Issue{}, p.inWords(err)
	}
	return p.issueOf(ctx, i)
}

func issuePath(number int) string { return "issues/" + strconv.Itoa(number) }

// Issue returns an issue. One that was moved stays there, closed. One that is not there
// may be a confidential one that the token does not see: then the error is
// forge.ErrForbidden.
func (p *Project) Issue(ctx context.Context, number int) (forge.Issue, error) {
	i, _, err := ask[issue](ctx, p.client, http.MethodGet, issuePath(number), nil)
	if err != nil {
		return forge.Issue{}, p.gone(ctx, err)
	}
	is, err := p.issueOf(ctx, i)
	if err != nil {
		return is, err
	}
	if i.MovedTo != nil && *i.MovedTo != 0 {
		to, err := p.movedTo(ctx, number)
		if err != nil {
			return is, err
		}
		if to == "" {
			to = is.URL // from which people are led there
		}
		return is, &forge.MovedError{To: to}
	}
	return is, nil
}

// Issues are those with a label.
func (p *Project) Issues(ctx context.Context, label string) iter.Seq2[forge.Issue, error] {
	return p.issues(ctx, list(ctx, p.client, "issues", func(page gitlab.ListOptions) any {
		page.Pagination = "keyset"
		return &gitlab.ListProjectIssuesOptions{ListOptions: page, Labels: &gitlab.LabelOptions{label}, OrderBy: ptr("created_at"), Sort: ptr("asc"), Scope: ptr("all")}
	}, func(i issue) int64 { return i.ID }, p.inWords))
}

// issues are issues as replies have them, without those that were moved.
func (p *Project) issues(ctx context.Context, all iter.Seq2[issue, error]) iter.Seq2[forge.Issue, error] {
	return func(yield func(forge.Issue, error) bool) {
		for i, err := range all {
			var is forge.Issue
			if err == nil && i.MovedTo != nil && *i.MovedTo != 0 {
				continue
			}
			if err == nil {
				is, err = p.issueOf(ctx, i)
			}
			if !yield(is, err) || err != nil {
				return
			}
		}
	}
}

// OpenIssue opens an issue.
func (p *Project) OpenIssue(ctx context.Context, d forge.Draft) (forge.Issue, error) {
	labels := gitlab.LabelOptions(d.Labels)
	in := gitlab.CreateIssueOptions{Title: &d.Title, Description: &d.Body, Labels: &labels}
	if d.Confidential {
		in.Confidential = &d.Confidential
	}
	if !d.Due.IsZero() {
		in.DueDate = (*gitlab.ISOTime)(&d.Due.Time)
	}
	if len(d.Assignees) > 0 {
		ids, err := p.ids(ctx, d.Assignees)
		if err != nil {
			return forge.Issue{}, err
		}
		in.AssigneeIDs = &ids
	}
	i, _, err := ask[issue](ctx, p.client, http.MethodPost, "issues", &in)
	return p.issueReply(ctx, i, err)
}

// EditIssue changes an issue. Where an issue has one assignee, GitLab leaves out all but
// the first, and does not say so.
func (p *Project) EditIssue(ctx context.Context, number int, e forge.Edit) (forge.Issue, error) {
	in := gitlab.UpdateIssueOptions{Title: e.Title, Description: e.Body, Confidential: e.Confidential}
	switch {
	case e.Open == nil:
	case *e.Open:
		in.StateEvent = ptr("reopen")
	default:
		in.StateEvent = ptr("close")
	}
	switch {
	case e.Due == nil:
	case e.Due.IsZero():
		in.ResetDueDate = true
	default:
		in.DueDate = (*gitlab.ISOTime)(&e.Due.Time)
	}
	if e.Assignees != nil {
		ids, err := p.ids(ctx, *e.Assignees)
		if err != nil {
			return forge.Issue{}, err
		}
		if len(ids) == 0 {
			ids = []int64{0} // which assigns nobody
		}
		in.AssigneeIDs = &ids
	}
	i, _, err := ask[issue](ctx, p.client, http.MethodPut, issuePath(number), &in)
	return p.issueReply(ctx, i, err)
}

// SetLabels gives an issue its labels. GitLab makes those that it does not have yet.
func (p *Project) SetLabels(ctx context.Context, number int, labels []string) ([]string, error) {
	all := gitlab.LabelOptions(labels)
	if all == nil {
		all = gitlab.LabelOptions{}
	}
	i, _, err := ask[issue](ctx, p.client, http.MethodPut, issuePath(number), &gitlab.UpdateIssueOptions{Labels: &all})
	if err == nil && i.IID != int64(number) {
		return nil, unconfirmed("issue %d was given labels, and %d returned", number, i.IID)
	}
	return i.Labels, p.inWords(err)
}

// MakeLabel makes a label where there is none of its name, in the project or its groups.
func (p *Project) MakeLabel(ctx context.Context, l forge.Label) error {
	_, _, err := ask[gitlab.Label](ctx, p.client, http.MethodGet, "labels/"+gitlab.PathEscape(l.Name), nil)
	if status(err) != http.StatusNotFound {
		return p.inWords(err)
	}
	color := "#" + l.Color
	if l.Color == "" {
		color = "#ededed" // GitLab wants one
	}
	_, _, err = ask[gitlab.Label](ctx, p.client, http.MethodPost, "labels", &gitlab.CreateLabelOptions{Name: &l.Name, Description: &l.Description, Color: &color})
	if status(err) == http.StatusConflict {
		return nil // somebody was faster
	}
	return p.inWords(err)
}

// MayAssign reports whether somebody may be assigned: members may, but for guests, whom
// GitLab leaves out of confidential issues and does not say so.
func (p *Project) MayAssign(ctx context.Context, login string) (bool, error) {
	is, err := p.person(ctx, login)
	return is.may, err
}

// member is one in a reply.
type member struct {
	user
	access
}

// knows remembers somebody whom a reply shows as assigned.
func (p *Project) knows(u user) {
	if key := strings.ToLower(u.Username); u.ID != 0 {
		is := p.people[key]
		is.id, is.was = u.ID, true
		p.people[key] = is
	}
}

// person looks somebody up among the members.
func (p *Project) person(ctx context.Context, login string) (person, error) {
	key := strings.ToLower(login)
	is := p.people[key]
	if is.asked {
		return is, nil
	}
	is.asked = true
	members := list(ctx, p.client, "members/all", func(page gitlab.ListOptions) any {
		return &gitlab.ListProjectMembersOptions{ListOptions: page, Query: &login}
	}, func(m member) int64 { return m.ID }, func(err error) error { return p.needing(toSee, err) })
	for u, err := range members {
		if err != nil {
			return is, err
		}
		if strings.EqualFold(u.Username, login) {
			is.id, is.may = u.ID, u.State == "active" && u.Level >= planner
			break
		}
	}
	p.people[key] = is
	return is, nil
}

// ids are those of people who are to be assigned, or were by hand. The error is
// forge.ErrRefused where one of them is nobody whom GitLab would assign.
func (p *Project) ids(ctx context.Context, logins []string) ([]int64, error) {
	ids := []int64{}
	for _, login := range logins {
		is := p.people[strings.ToLower(login)]
		if !is.was {
			var err error
			if is, err = p.person(ctx, login); err != nil {
				return nil, err
			}
			if !is.may {
				return nil, &forge.Error{Kind: forge.ErrRefused, Err: fmt.Errorf("@%s is no member of the project with the role Planner or higher, and cannot be assigned", login)}
			}
		}
		ids = append(ids, is.id)
	}
	return ids, nil
}

// note is a comment in a reply.
type note struct {
	ID         int64
	Type       string
	Body       string
	Author     *user
	System     bool
	Internal   bool
	Created    *time.Time `json:"created_at"`
	Updated    *time.Time `json:"updated_at"`
	Resolvable bool
	Resolved   bool
	Position   *gitlab.NotePosition
}

// comment is a note of a thread.
func (c *client) comment(on forge.Thread, n note) forge.Comment {
	is := forge.Comment{
		ID: n.ID, Body: n.Body, Author: n.Author.author(), Issue: on.Number, ChangeRequest: on.ChangeRequest,
		Created: second(n.Created), Updated: second(n.Updated),
	}
	if n.ID > 0 {
		is.URL = fmt.Sprintf("%s#note_%d", c.pageOf(on), n.ID)
	}
	return is
}

// pageOf is where people see a thread.
func (c *client) pageOf(on forge.Thread) string {
	if on.ChangeRequest {
		return c.at("merge_requests", on.Number)
	}
	return c.at("issues", on.Number)
}

// notesOf is the path of the notes of a thread.
func notesOf(on forge.Thread) string {
	if on.ChangeRequest {
		return changePath(on.Number) + "/notes"
	}
	return issuePath(on.Number) + "/notes"
}

func changePath(number int) string { return "merge_requests/" + strconv.Itoa(number) }

// Comments are those of a thread. What GitLab itself notes down there is none.
func (p *Project) Comments(ctx context.Context, of forge.Thread) iter.Seq2[forge.Comment, error] {
	return func(yield func(forge.Comment, error) bool) {
		notes := list(ctx, p.client, notesOf(of), func(page gitlab.ListOptions) any {
			page.OrderBy, page.Sort = "created_at", "asc"
			return &page
		}, func(n note) int64 { return n.ID }, func(err error) error { return p.needing(toSee, err) })
		for n, err := range notes {
			if err == nil && n.System {
				continue
			}
			if !yield(p.comment(of, n), err) || err != nil {
				return
			}
		}
	}
}

// AllComments are not listed.
func (p *Project) AllComments(context.Context) iter.Seq2[forge.Comment, error] {
	return func(yield func(forge.Comment, error) bool) {
		yield(forge.Comment{}, &forge.Error{Kind: forge.ErrUnlisted, Err: errors.New("GitLab has no list of all comments")})
	}
}

// AddComment writes a comment.
func (p *Project) AddComment(ctx context.Context, to forge.Thread, body string) (forge.Comment, error) {
	n, _, err := ask[note](ctx, p.client, http.MethodPost, notesOf(to), map[string]string{"body": body})
	if err != nil {
		return forge.Comment{}, p.refusedOn(ctx, to, err)
	}
	return p.comment(to, n), nil
}

// refusedOn is the error of what was to be written in a thread. Where somebody locked
// it, members alone may write there; GitLab does not say that this is why.
func (p *Project) refusedOn(ctx context.Context, on forge.Thread, err error) error {
	words := p.inWords(err)
	if p.job || status(err) != http.StatusForbidden && status(err) != http.StatusNotFound {
		return words
	}
	is, _, err := ask[struct {
		Locked bool `json:"discussion_locked"`
	}](ctx, p.client, http.MethodGet, strings.TrimSuffix(notesOf(on), "/notes"), nil)
	if err == nil && is.Locked {
		return &forge.Error{Kind: forge.ErrLocked, Err: errors.New("it is locked, and GitLab takes comments of members alone: unlock the discussion, or make whom the token is of a member, and the next run tells it")}
	}
	return words
}

// EditComment replaces the body of a comment.
func (p *Project) EditComment(ctx context.Context, in forge.Thread, id int64, body string) (forge.Comment, error) {
	n, _, err := ask[note](ctx, p.client, http.MethodPut, notePath(in, id), map[string]string{"body": body})
	if err != nil {
		return forge.Comment{}, p.inWords(err)
	}
	return p.comment(in, n), nil
}

func notePath(in forge.Thread, id int64) string {
	return notesOf(in) + "/" + strconv.FormatInt(id, 10)
}

// DeleteComment deletes a comment.
func (p *Project) DeleteComment(ctx context.Context, in forge.Thread, id int64) error {
	_, _, err := ask[struct{}](ctx, p.client, http.MethodDelete, notePath(in, id), nil)
	if err = p.inWords(err); errors.Is(err, forge.ErrGone) {
		return nil
	}
	return err
}

// movedTo is where people see an issue that was moved; "" where GitLab does not say it:
// REST shows its number in the other project to administrators alone.
func (p *Project) movedTo(ctx context.Context, number int) (string, error) {
	var is struct {
		Project struct {
			Issue struct {
				MovedTo struct{ WebURL string } `json:"movedTo"`
			}
		}
	}
	_, err := p.asks(ctx, "query($project: ID!, $iid: String!) { project(fullPath: $project) { issue(iid: $iid) { movedTo { webUrl } } } }",
		map[string]any{"project": p.project, "iid": strconv.Itoa(number)}, &is)
	return is.Project.Issue.MovedTo.WebURL, err
}

// asks asks GraphQL. said is false where it is not there.
func (p *Project) asks(ctx context.Context, query string, variables map[string]any, data any) (said bool, err error) {
	if p.graphQL == nil {
		return false, nil
	}
	address := url.URL{Scheme: p.graphQL.Scheme, Host: p.graphQL.Host, Path: p.graphQL.Path}
	request, err := p.NewRequestToURL(http.MethodPost, &address, map[string]any{"query": query, "variables": variables}, []gitlab.RequestOptionFunc{gitlab.WithContext(ctx)})
	if err != nil {
		return false, err
	}
	reply := struct {
		Data   any
		Errors []struct{ Message string }
	}{Data: data}
	r, err := p.Do(request, &reply)
	if err != nil {
		err = failed(http.MethodGet, r, err) // a query writes nothing
	}
	if err == nil && len(reply.Errors) > 0 {
		return false, fmt.Errorf("GitLab did not answer as it should: %s", reply.Errors[0].Message)
	}
	return err == nil, p.needing(toSee, err)
}

func ptr[T any](v T) *T { return &v }
