package github

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/google/go-github/v60/github"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/internal/retry"
	"github.com/escalations-as-code/escalate/schema"
)

// Tracking is the destination of the tracking issues.
type Tracking struct {
	client *client
	people schema.Directory
}

// NewTracking returns the tracking issues of a repository. people says who is
// who on GitHub.
func NewTracking(c Config, people schema.Directory) (*Tracking, error) {
	gh, err := newClient(c)
	if err != nil {
		return nil, err
	}
	return &Tracking{gh, people}, nil
}

// Via names the destination in the ledger.
func (*Tracking) Via() string { return "github" }

// Takes reports whether something goes to the tracking issue.
func (*Tracking) Takes(to plan.Place, _ plan.Doing) bool { return to == plan.Tracking }

// The labels of a tracking issue.
const (
	label         = "escalation"
	severityLabel = "severity:"
)

// Deliver does what an item says to the tracking issue of its escalation. An
// issue that somebody deleted is opened anew.
func (t *Tracking) Deliver(ctx context.Context, item outbox.Item, inDoubt bool) (outbox.Receipt, error) {
	r, err := t.deliver(ctx, item, inDoubt)
	if err != nil {
		return r, told(err)
	}
	return r, nil
}

func (t *Tracking) deliver(ctx context.Context, item outbox.Item, inDoubt bool) (outbox.Receipt, error) {
	number, err := t.issue(ctx, item, inDoubt)
	if err != nil {
		return outbox.Receipt{}, err
	}
	r, err := t.do(ctx, number, item, inDoubt)
	if err == nil || !gone(err) || item.Do() == plan.OpenIssue {
		return r, err
	}
	// The issue that the ledger names was deleted, or is of another repository.
	if number, err = t.find(ctx, label, string(item.Notices[0].Escalation)); err == nil && number == 0 {
		number, err = t.open(ctx, item)
	}
	if err != nil {
		return outbox.Receipt{}, err
	}
	return t.do(ctx, number, item, inDoubt)
}

// issue returns the number of the issue, which is opened where that is what is
// to be done, or where there is none.
func (t *Tracking) issue(ctx context.Context, item outbox.Item, inDoubt bool) (int, error) {
	opening := item.Do() == plan.OpenIssue
	if number := numberOf(item.Thread); number != 0 && !opening {
		return number, nil
	}
	if !opening || inDoubt {
		if number, err := t.find(ctx, label, string(item.Notices[0].Escalation)); err != nil || number != 0 {
			return number, err
		}
	}
	return t.open(ctx, item)
}

// numberOf is the number of the issue in what the ledger has of an escalation:
// the one that was used last.
func numberOf(thread []ledger.Notice) int {
	for _, n := range slices.Backward(thread) {
		if n.Via == "github" && n.State == ledger.Done {
			issue, _, _ := strings.Cut(n.Ref, "/")
			if number, err := strconv.Atoi(issue); err == nil {
				return number
			}
		}
	}
	return 0
}

// find looks for the issue of an escalation among all that have the label. One
// that somebody else opened is not ours, whatever marker it has: a template can
// give it the label.
func (t *Tracking) find(ctx context.Context, label, key string) (int, error) {
	var found []*github.Issue
	err := each(func(o github.ListOptions) ([]*github.Issue, *github.Response, error) {
		return t.client.Issues.ListByRepo(ctx, t.client.owner, t.client.repo, &github.IssueListByRepoOptions{State: "all", Labels: []string{label}, Sort: "created", Direction: "asc", ListOptions: o})
	}, func(i *github.Issue) bool {
		if !i.IsPullRequest() && marked(i.GetBody(), key) {
			found = append(found, i)
		}
		return true
	})
	if err != nil || len(found) == 0 {
		return 0, err
	}
	if found, err = t.own(ctx, found); err != nil || len(found) == 0 {
		return 0, err
	}
	return found[0].GetNumber(), nil
}

// own are the issues that were opened with our token.
func (t *Tracking) own(ctx context.Context, issues []*github.Issue) ([]*github.Issue, error) {
	me, _, err := t.client.Users.Get(ctx, "")
	own := func(i *github.Issue) bool { return i.GetUser().GetID() == me.GetID() }
	switch {
	case err == nil:
	case gone(err), status(err) == http.StatusForbidden && !limitReached(err):
		// The token of a workflow, or of another app, is nobody's, and writes as a
		// bot. A bot's issue is believed before anybody else's.
		own = func(i *github.Issue) bool { return i.GetUser().GetType() == "Bot" }
		if !slices.ContainsFunc(issues, own) {
			return issues, nil
		}
	default:
		return nil, err
	}
	return slices.DeleteFunc(issues, func(i *github.Issue) bool { return !own(i) }), nil
}

// open opens the issue. Where that is not what is to be done, it is opened with
// all that was done to it, or would have been: nothing will be done again.
func (t *Tracking) open(ctx context.Context, item outbox.Item) (int, error) {
	as, labels, logins := item.Notices[0], []string{label}, []string{}
	if item.Do() != plan.OpenIssue {
		issue, err := item.Issue()
		if err != nil {
			return 0, err
		}
		as = ledger.Notice{Escalation: as.Escalation, Text: issue.Text, Mentions: issue.Mentions}
		for _, n := range item.Thread { // the words of the ledger, where it has them
			if plan.Doing(n.Do) == plan.OpenIssue || plan.Doing(n.Do) == plan.Edit && plan.Place(n.To) == plan.Tracking {
				as.Text, as.Mentions = n.Text, n.Mentions
			}
		}
		if err := t.severityLabel(ctx, issue.Label); err != nil {
			return 0, err
		}
		labels, logins = append(labels, issue.Label), t.logins(issue.Assignees)
	}
	if err := t.label(ctx, label, "An escalation, opened by a file in this repository", "5319e7"); err != nil {
		return 0, err
	}
	title, body := t.titled(as)
	issue := github.IssueRequest{Title: &title, Body: &body, Labels: &labels}
	if len(logins) > 0 {
		issue.Assignees = &logins
	}
	i, _, err := t.client.Issues.Create(ctx, t.client.owner, t.client.repo, &issue)
	if status(err) == http.StatusUnprocessableEntity && len(logins) > 0 { // who may not be assigned is left out
		issue.Assignees = nil
		i, _, err = t.client.Issues.Create(ctx, t.client.owner, t.client.repo, &issue)
	}
	if err == nil && i.GetNumber() == 0 {
		err = retry.ErrEmpty
	}
	return i.GetNumber(), err
}

// titled is the title and the body of an issue.
func (t *Tracking) titled(n ledger.Notice) (title, body string) {
	title, text, _ := strings.Cut(n.Text, "\n")
	return escape.Clip(escape.Line(title), 250), t.body(text, n.Mentions, string(n.Escalation))
}

// do does what an item says to an issue.
func (t *Tracking) do(ctx context.Context, number int, item outbox.Item, inDoubt bool) (outbox.Receipt, error) {
	n := item.Notices[0]
	issues, owner, repo := t.client.Issues, t.client.owner, t.client.repo
	edit := func(r github.IssueRequest) (outbox.Receipt, error) {
		i, _, err := issues.Edit(ctx, owner, repo, number, &r)
		return receipt(number, i.GetHTMLURL()), err
	}
	switch item.Do() {
	case "":
		if n.Moment == "opened" { // the issue itself says it
			i, _, err := issues.Get(ctx, owner, repo, number)
			return receipt(number, i.GetHTMLURL()), err
		}
		return t.comment(ctx, number, item, inDoubt)
	case plan.OpenIssue:
		i, _, err := issues.Get(ctx, owner, repo, number)
		return receipt(number, i.GetHTMLURL()), err
	case plan.Edit:
		title, body := t.titled(n)
		return edit(github.IssueRequest{Title: &title, Body: &body})
	case plan.CloseIssue:
		return edit(github.IssueRequest{State: github.String("closed"), StateReason: github.String("completed")})
	case plan.ReopenIssue:
		return edit(github.IssueRequest{State: github.String("open")})
	case plan.Label:
		return t.severity(ctx, number, n.Text)
	case plan.Assign:
		return t.assign(ctx, number, n.Mentions)
	default:
		return outbox.Receipt{}, fmt.Errorf("a tracking issue has nothing like %s", n.Do)
	}
}

func receipt(number int, url string) outbox.Receipt {
	return outbox.Receipt{Ref: strconv.Itoa(number), URL: url}
}

// comment writes a comment, unless it is there.
func (t *Tracking) comment(ctx context.Context, number int, item outbox.Item, inDoubt bool) (outbox.Receipt, error) {
	keys := make([]string, len(item.Notices))
	for i, n := range item.Notices {
		keys[i] = n.Key
	}
	if inDoubt {
		c, err := t.findComment(ctx, number, keys)
		if err != nil {
			return outbox.Receipt{}, err
		}
		if c != nil {
			r := commented(number, c)
			r.Kept = true
			return r, nil
		}
	}
	body := t.body(item.Text(), item.Mentions(), keys...)
	c, _, err := t.client.Issues.CreateComment(ctx, t.client.owner, t.client.repo, number, &github.IssueComment{Body: &body})
	if err == nil && c.GetID() == 0 {
		err = retry.ErrEmpty
	}
	if err != nil {
		return outbox.Receipt{}, err
	}
	return commented(number, c), nil
}

func commented(number int, c *github.IssueComment) outbox.Receipt {
	return outbox.Receipt{Ref: fmt.Sprintf("%d/%d", number, c.GetID()), URL: c.GetHTMLURL()}
}

// findComment looks for a comment with all of the keys, by whoever opened the
// issue: that was us, and a marker in anybody else's comment proves nothing.
func (t *Tracking) findComment(ctx context.Context, number int, keys []string) (*github.IssueComment, error) {
	issue, _, err := t.client.Issues.Get(ctx, t.client.owner, t.client.repo, number)
	if err != nil {
		return nil, err
	}
	var found *github.IssueComment
	err = each(func(o github.ListOptions) ([]*github.IssueComment, *github.Response, error) {
		return t.client.Issues.ListComments(ctx, t.client.owner, t.client.repo, number, &github.IssueListCommentsOptions{ListOptions: o})
	}, func(c *github.IssueComment) bool {
		if marked(c.GetBody(), keys...) && c.GetUser().GetID() == issue.GetUser().GetID() {
			found = c
		}
		return found == nil
	})
	return found, err
}

// severity gives the issue the label of a severity, and takes those of others.
func (t *Tracking) severity(ctx context.Context, number int, name string) (outbox.Receipt, error) {
	if err := t.severityLabel(ctx, name); err != nil {
		return outbox.Receipt{}, err
	}
	issues, owner, repo := t.client.Issues, t.client.owner, t.client.repo
	i, _, err := issues.Get(ctx, owner, repo, number)
	if err != nil {
		return outbox.Receipt{}, err
	}
	labels := []string{label, name}
	for _, l := range i.Labels { // what people added stays
		if l.GetName() != label && !strings.HasPrefix(l.GetName(), severityLabel) {
			labels = append(labels, l.GetName())
		}
	}
	_, _, err = issues.ReplaceLabelsForIssue(ctx, owner, repo, number, labels)
	return receipt(number, i.GetHTMLURL()), err
}

// severityLabel makes the label of a severity where there is none.
func (t *Tracking) severityLabel(ctx context.Context, name string) error {
	colors := map[string]string{"severity:critical": "b60205", "severity:high": "d93f0b", "severity:medium": "fbca04", "severity:low": "0e8a16"}
	return t.label(ctx, name, "The severity of an escalation", colors[name])
}

// label makes a label where there is none of the name. One that somebody
// renamed is left to them.
func (t *Tracking) label(ctx context.Context, name, description, color string) error {
	_, _, err := t.client.Issues.GetLabel(ctx, t.client.owner, t.client.repo, name)
	if status(err) != http.StatusNotFound {
		return err
	}
	if color == "" {
		color = "ededed"
	}
	_, _, err = t.client.Issues.CreateLabel(ctx, t.client.owner, t.client.repo, &github.Label{Name: &name, Description: &description, Color: &color})
	if status(err) == http.StatusUnprocessableEntity {
		return nil // somebody was faster
	}
	return err
}

// assign assigns the issue. Who has no login in the directory, or may not be
// assigned, is left out: the text names them.
func (t *Tracking) assign(ctx context.Context, number int, who []schema.Handle) (outbox.Receipt, error) {
	set := func(logins []string) (*github.Issue, error) {
		i, _, err := t.client.Issues.Edit(ctx, t.client.owner, t.client.repo, number, &github.IssueRequest{Assignees: &logins})
		return i, err
	}
	logins := t.logins(who)
	i, err := set(logins)
	if status(err) == http.StatusUnprocessableEntity && len(logins) > 0 {
		i, err = set([]string{}) // and not who was assigned before
	}
	return receipt(number, i.GetHTMLURL()), err
}

// maxBody is how many characters GitHub takes of a comment or an issue.
const maxBody = 65_536

// body is a text with its mentions and its hidden markers. Where it is too long,
// its end is left out, and that is said.
func (t *Tracking) body(text string, mentions []schema.Handle, keys ...string) string {
	var end strings.Builder
	if logins := t.logins(mentions); len(logins) > 0 {
		end.WriteString("\n\ncc @" + strings.Join(logins, " @"))
	}
	end.WriteString("\n")
	for _, k := range keys {
		end.WriteString("\n" + marker(k))
	}
	text = strings.TrimSpace(text)
	for most := len(text); ; most = most * 3 / 4 {
		shown := escape.Markdown(text)
		if most < len(text) {
			shown = escape.Markdown(escape.Clip(text, most)) + "\n\n*The rest is in the file of the escalation.*"
		}
		if body := shown + end.String(); utf8.RuneCountInString(body) <= maxBody {
			return body
		}
	}
}

// logins are the GitHub logins of people, of those who have one.
func (t *Tracking) logins(who []schema.Handle) []string {
	logins := []string{}
	for _, h := range who {
		if login := string(t.people.People[h].GitHub); login != "" {
			logins = append(logins, login)
		}
	}
	return logins
}

// marker is what a comment or an issue is found again by. No text from a file
// can hold one: it is escaped.
func marker(key string) string { return "<!-- escalate: " + key + " -->" }

// marked reports whether a body holds the markers of all keys.
func marked(body string, keys ...string) bool {
	for _, k := range keys {
		if !strings.Contains(body, marker(k)) {
			return false
		}
	}
	return true
}
