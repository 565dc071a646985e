package github

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/internal/plan"
)

// Verify compares what the ledger says was told on GitHub with what stands
// there.
func (t *Tracking) Verify(ctx context.Context, notices []ledger.Notice) ([]outbox.Difference, error) {
	found, err := t.standing(ctx, notices)
	if err != nil {
		return nil, told(err)
	}
	var differences []outbox.Difference
	known := map[string]bool{} // also what is not told yet, and may stand there already
	for _, n := range notices {
		known[n.Key], known[string(n.Escalation)] = true, true
	}
	// compare compares what stands at a marker with what was told.
	compare := func(n ledger.Notice, key, title, body string) {
		fault, where := outbox.Fault(""), n.URL
		switch at := found[key]; {
		case len(at) == 0:
			fault = outbox.Missing
		case len(at) > 1:
			fault, where = outbox.Doubled, at[len(at)-1].url
		case at[0].title != title || words(at[0].body) != words(body):
			fault, where = outbox.Edited, at[0].url
		}
		if fault != "" {
			differences = append(differences, outbox.Difference{Key: n.Key, Escalation: n.Escalation, To: n.To, Fault: fault, URL: where})
		}
	}
	for _, messages := range messages(notices) {
		n := messages[0]
		if n.Do != "" { // the issue itself, in its last words
			title, body := t.titled(messages[len(messages)-1])
			compare(n, string(n.Escalation), title, body)
			continue
		}
		for _, m := range messages {
			compare(m, m.Key, "", t.body(outbox.Item{Notices: messages}.Text(), nil))
		}
	}
	for key, at := range found {
		if !known[key] {
			differences = append(differences, outbox.Difference{Key: key, To: string(plan.Tracking), Fault: outbox.Orphaned, URL: at[0].url})
		}
	}
	slices.SortFunc(differences, func(a, b outbox.Difference) int { return strings.Compare(a.Key, b.Key) })
	return differences, nil
}

// messages are what was told here: the texts of one comment together, and those
// that an issue was given, one after the other.
func messages(notices []ledger.Notice) [][]ledger.Notice {
	var all [][]ledger.Notice
	at := map[string]int{}
	for _, n := range notices {
		comment := n.Do == "" && n.Moment != "opened"
		if n.Via != "github" || n.State != ledger.Done || !comment && plan.Doing(n.Do) != plan.OpenIssue && plan.Doing(n.Do) != plan.Edit {
			continue
		}
		ref := n.Ref
		if !comment {
			ref = "issue " + string(n.Escalation)
		}
		i, ok := at[ref]
		if !ok {
			i = len(all)
			at[ref] = i
			all = append(all, nil)
		}
		all[i] = append(all[i], n)
	}
	return all
}

// mentions are what a body ends in before its markers. No text from a file can
// look like it.
var mentions = regexp.MustCompile(`(?:^|\n\n)cc(?: @[0-9A-Za-z_-]+)+$`)

// words is a body without what people's logins make of it, and without its
// markers.
func words(body string) string {
	body = markers.ReplaceAllString(strings.ReplaceAll(body, "\r\n", "\n"), "")
	return strings.TrimSpace(mentions.ReplaceAllString(strings.TrimSpace(body), ""))
}

// place is where a marker stands.
type place struct{ url, title, body string } // a comment has no title

var markers = regexp.MustCompile(`<!-- escalate: (.+?) -->`)

// standing returns, of each marker, where it stands: in the issues with our
// label and those that the ledger names, and in their comments.
func (t *Tracking) standing(ctx context.Context, notices []ledger.Notice) (map[string][]place, error) {
	found := map[string][]place{}
	take := func(p place) {
		for _, m := range markers.FindAllStringSubmatch(p.body, -1) {
			found[m[1]] = append(found[m[1]], p)
		}
	}
	var commented []int
	seen := map[int]bool{}
	issue := func(i *github.Issue) {
		seen[i.GetNumber()] = true
		if i.IsPullRequest() {
			return
		}
		take(place{i.GetHTMLURL(), i.GetTitle(), i.GetBody()})
		if i.GetComments() != 0 || i.Comments == nil {
			commented = append(commented, i.GetNumber())
		}
	}
	err := each(func(o github.ListOptions) ([]*github.Issue, *github.Response, error) {
		return t.client.Issues.ListByRepo(ctx, t.client.owner, t.client.repo, &github.IssueListByRepoOptions{State: "all", Labels: []string{label}, Sort: "created", Direction: "asc", ListOptions: o})
	}, func(i *github.Issue) bool {
		issue(i)
		return true
	})
	if err != nil {
		return nil, err
	}
	for _, n := range notices { // somebody may have renamed the label
		number := numberOf([]ledger.Notice{n})
		if number == 0 || seen[number] {
			continue
		}
		seen[number] = true
		i, _, err := t.client.Issues.Get(ctx, t.client.owner, t.client.repo, number)
		if err == nil {
			issue(i)
		} else if !gone(err) {
			return nil, err
		}
	}
	for _, number := range commented {
		err := each(func(o github.ListOptions) ([]*github.IssueComment, *github.Response, error) {
			return t.client.Issues.ListComments(ctx, t.client.owner, t.client.repo, number, &github.IssueListCommentsOptions{ListOptions: o})
		}, func(c *github.IssueComment) bool {
			take(place{url: c.GetHTMLURL(), body: c.GetBody()})
			return true
		})
		if err != nil {
			return nil, fmt.Errorf("issue %d: %w", number, err)
		}
	}
	return found, nil
}
