package github

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/escalations-as-code/escalate/internal/ci"
	commands "github.com/escalations-as-code/escalate/internal/comment"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/schema"
)

// Repository is a repository on GitHub: a forge.Forge, and nothing else.
type Repository struct {
	*client
	pace pace
}

// New returns the repository that a configuration is for.
func New(c Config) (*Repository, error) {
	gh, err := newClient(c)
	if err != nil {
		return nil, err
	}
	r := &Repository{client: gh}
	if limits(gh.BaseURL) {
		r.pace = pace{now: c.Now, wait: c.Wait, says: c.Says}
	}
	return r, nil
}

// Traits are those of GitHub.
func (r *Repository) Traits() forge.Traits {
	written := commands.On(ci.GitHub)
	return forge.Traits{
		Via: "github", Repository: r.owner + "/" + r.repo, MaxBody: 65_536, MaxTitle: 256, Workflow: "github-actions" + bot,
		Change: written.Change, Prefix: written.Prefix, Sign: "#", NoReply: "users.noreply.github.com",
		Login:     func(p schema.Person) string { return string(p.GitHub) },
		Scoped:    func(scope, value string) string { return scope + ":" + value },
		SameLabel: func(a, b string) bool { return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b)) },
	}
}

// Me returns whose the token is. Of that of a workflow, or of another app, the REST
// API does not say it; GraphQL does.
func (r *Repository) Me(ctx context.Context) (forge.Author, error) {
	me, _, err := r.Users.Get(ctx, "")
	err = inWords(err)
	if errors.Is(err, forge.ErrGone) || errors.Is(err, forge.ErrForbidden) {
		return r.viewer(ctx)
	}
	return author(me), err
}

// viewer is the bot that an app's token writes as; nobody where GitHub does not say
// it. What GraphQL calls its id need not be the one of the REST API: it has none.
func (r *Repository) viewer(ctx context.Context) (forge.Author, error) {
	if r.graphQL == "" {
		return forge.Author{}, nil
	}
	request, err := r.NewRequest(http.MethodPost, r.graphQL, map[string]string{"query": "query { viewer { login } }"})
	if err != nil {
		return forge.Author{}, err
	}
	var reply struct {
		Data struct{ Viewer struct{ Login string } }
	}
	_, err = r.Do(ctx, request, &reply)
	if s := status(err); s >= 400 && s < 500 && !limitReached(err) {
		return forge.Author{}, nil
	}
	if err != nil {
		return forge.Author{}, fmt.Errorf("GitHub does not say whose the token is: %w", err)
	}
	login := reply.Data.Viewer.Login
	if login == "" {
		return forge.Author{}, nil
	}
	return forge.Author{Login: strings.TrimSuffix(login, bot) + bot, Bot: true}, nil
}

// bot is what the login of an app's bot ends in; no person's can.
const bot = "[bot]"

// Issue returns an issue, or a pull request.
func (r *Repository) Issue(ctx context.Context, number int) (forge.Issue, error) {
	i, _, err := r.Client.Issues.Get(ctx, r.owner, r.repo, number)
	if err != nil {
		return forge.Issue{}, inWords(err)
	}
	here, err := r.here(ctx, i, number)
	if err == nil && !here {
		err = &forge.MovedError{To: i.GetHTMLURL()}
	}
	return issue(i), err
}

// here reports whether an issue that was asked for is in this repository: for one
// that was transferred GitHub redirects to where it is. It does that too where the
// repository itself was renamed.
func (r *Repository) here(ctx context.Context, i *github.Issue, number int) (bool, error) {
	_, is, named := strings.Cut(i.GetRepositoryURL(), "/repos/")
	switch {
	case !named || strings.EqualFold(is, r.owner+"/"+r.repo):
		return true, nil
	case i.GetNumber() != number:
		return false, nil
	}
	now, _, err := r.Repositories.Get(ctx, r.owner, r.repo)
	return strings.EqualFold(now.GetFullName(), is), inWords(err)
}

// MayAssign reports whether somebody may be assigned.
func (r *Repository) MayAssign(ctx context.Context, login string) (bool, error) {
	may, _, err := r.Client.Issues.IsAssignee(ctx, r.owner, r.repo, login)
	return may, inWords(err)
}

// Issues are those with a label.
func (r *Repository) Issues(ctx context.Context, label string) iter.Seq2[forge.Issue, error] {
	return pages(func(page github.ListOptions) ([]*github.Issue, *github.Response, error) {
		return r.Client.Issues.ListByRepo(ctx, r.owner, r.repo, &github.IssueListByRepoOptions{State: "all", Labels: []string{label}, Sort: "created", Direction: "asc", ListOptions: page})
	}, issue)
}

// OpenIssue opens an issue.
func (r *Repository) OpenIssue(ctx context.Context, d forge.Draft) (forge.Issue, error) {
	if err := r.pace.turn(ctx); err != nil {
		return forge.Issue{}, err
	}
	request := github.IssueRequest{Title: &d.Title, Body: &d.Body, Labels: &d.Labels}
	if len(d.Assignees) > 0 {
		request.Assignees = &d.Assignees
	}
	i, _, err := r.Client.Issues.Create(ctx, r.owner, r.repo, &request)
	return issue(i), inWords(err)
}

// EditIssue changes an issue.
func (r *Repository) EditIssue(ctx context.Context, number int, e forge.Edit) (forge.Issue, error) {
	request := github.IssueRequest{Title: e.Title, Body: e.Body, Assignees: e.Assignees}
	switch {
	case e.Open == nil:
	case *e.Open:
		request.State = github.String("open")
	default:
		request.State, request.StateReason = github.String("closed"), github.String("completed")
	}
	i, _, err := r.Client.Issues.Edit(ctx, r.owner, r.repo, number, &request)
	return issue(i), inWords(err)
}

// SetLabels gives an issue its labels.
func (r *Repository) SetLabels(ctx context.Context, number int, labels []string) ([]string, error) {
	now, _, err := r.Client.Issues.ReplaceLabelsForIssue(ctx, r.owner, r.repo, number, labels)
	names := make([]string, len(now))
	for i, l := range now {
		names[i] = l.GetName()
	}
	return names, inWords(err)
}

// MakeLabel makes a label where there is none of its name.
func (r *Repository) MakeLabel(ctx context.Context, l forge.Label) error {
	_, _, err := r.Client.Issues.GetLabel(ctx, r.owner, r.repo, l.Name)
	if status(err) != http.StatusNotFound {
		return inWords(err)
	}
	label := github.Label{Name: &l.Name, Description: &l.Description}
	if l.Color != "" {
		label.Color = &l.Color
	}
	_, _, err = r.Client.Issues.CreateLabel(ctx, r.owner, r.repo, &label)
	if status(err) == http.StatusUnprocessableEntity {
		return nil // somebody was faster
	}
	return inWords(err)
}

// Comments are those of an issue; a pull request is one as to its comments.
func (r *Repository) Comments(ctx context.Context, of forge.Thread) iter.Seq2[forge.Comment, error] {
	return pages(func(page github.ListOptions) ([]*github.IssueComment, *github.Response, error) {
		return r.Client.Issues.ListComments(ctx, r.owner, r.repo, of.Number, &github.IssueListCommentsOptions{ListOptions: page})
	}, comment)
}

// AllComments are those of all issues and pull requests.
func (r *Repository) AllComments(ctx context.Context) iter.Seq2[forge.Comment, error] {
	sort, direction := "created", "asc"
	return pages(func(page github.ListOptions) ([]*github.IssueComment, *github.Response, error) {
		return r.Client.Issues.ListComments(ctx, r.owner, r.repo, 0, &github.IssueListCommentsOptions{Sort: &sort, Direction: &direction, ListOptions: page})
	}, comment)
}

// AddComment writes a comment.
func (r *Repository) AddComment(ctx context.Context, to forge.Thread, body string) (forge.Comment, error) {
	if err := r.pace.turn(ctx); err != nil {
		return forge.Comment{}, err
	}
	c, _, err := r.Client.Issues.CreateComment(ctx, r.owner, r.repo, to.Number, &github.IssueComment{Body: &body})
	return comment(c), inWords(err)
}

// EditComment replaces the body of a comment.
func (r *Repository) EditComment(ctx context.Context, _ forge.Thread, id int64, body string) (forge.Comment, error) {
	c, _, err := r.Client.Issues.EditComment(ctx, r.owner, r.repo, id, &github.IssueComment{Body: &body})
	return comment(c), inWords(err)
}

// DeleteComment deletes a comment.
func (r *Repository) DeleteComment(ctx context.Context, _ forge.Thread, id int64) error {
	_, err := r.Client.Issues.DeleteComment(ctx, r.owner, r.repo, id)
	if err = inWords(err); errors.Is(err, forge.ErrGone) {
		return nil
	}
	return err
}

// pages are the items of all pages of a list of issues or comments.
func pages[T, V any](list func(github.ListOptions) ([]T, *github.Response, error), as func(T) V) iter.Seq2[V, error] {
	return allPages(list, as, inWords)
}

// allPages is pages of any list, with its errors in words.
func allPages[T, V any](list func(github.ListOptions) ([]T, *github.Response, error), as func(T) V, words func(error) error) iter.Seq2[V, error] {
	return func(yield func(V, error) bool) {
		for page := (github.ListOptions{PerPage: 100}); ; {
			items, r, err := list(page)
			if err != nil {
				var none V
				yield(none, words(err))
				return
			}
			for _, item := range items {
				if !yield(as(item), nil) {
					return
				}
			}
			if r.NextPage == 0 {
				return
			}
			page.Page = r.NextPage
		}
	}
}

func issue(i *github.Issue) forge.Issue {
	if i == nil { // the reply is an error
		return forge.Issue{}
	}
	is := forge.Issue{
		Number: i.GetNumber(), Title: i.GetTitle(), Body: i.GetBody(), URL: i.GetHTMLURL(), Author: author(i.GetUser()), Open: i.GetState() == "open", Locked: i.GetLocked(),
		Comments: -1, ChangeRequest: i.IsPullRequest(), Member: member(i.GetAuthorAssociation()), Created: i.GetCreatedAt().UTC(), Updated: i.GetUpdatedAt().UTC(),
	}
	if i.Comments != nil {
		is.Comments = *i.Comments
	}
	for _, l := range i.Labels {
		is.Labels = append(is.Labels, l.GetName())
	}
	for _, a := range i.Assignees {
		is.Assignees = append(is.Assignees, a.GetLogin())
	}
	return is
}

func comment(c *github.IssueComment) forge.Comment {
	number, _ := strconv.Atoi(path.Base(c.GetIssueURL())) // or it was not said
	return forge.Comment{
		ID: c.GetID(), Body: c.GetBody(), URL: c.GetHTMLURL(), Author: author(c.GetUser()), Issue: number,
		// The address for people alone says it: to the API, a pull request is an issue.
		ChangeRequest: path.Base(path.Dir(page(c.GetHTMLURL()))) == "pull",
		Member:        member(c.GetAuthorAssociation()), Created: c.GetCreatedAt().UTC(), Updated: c.GetUpdatedAt().UTC(),
	}
}

// page is an address without what it leads to on the page.
func page(address string) string {
	page, _, _ := strings.Cut(address, "#")
	return page
}

// member is what GitHub says of how an author belongs to a repository. That somebody
// is a member of the organisation it keeps from those who may not see it, so that one
// who belongs may be called a stranger; never the other way round.
func member(association string) forge.Said {
	switch association {
	case "":
		return forge.Unsaid
	case "OWNER", "MEMBER", "COLLABORATOR":
		return forge.Yes
	}
	return forge.No
}

func author(u *github.User) forge.Author {
	return forge.Author{ID: u.GetID(), Login: u.GetLogin(), Bot: u.GetType() == "Bot"}
}
