package github

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/internal/plan"
)

// Verify compares what the ledger says was told on GitHub with what stands
// there.
func (t *Tracking) Verify(ctx context.Context, notices []ledger.Notice) ([]outbox.Difference, error) {
	found, err := t.standing(ctx)
	if err != nil {
		return nil, told(err)
	}
	var differences []outbox.Difference
	tell := func(n ledger.Notice, what outbox.Fault, where string) {
		differences = append(differences, outbox.Difference{Key: n.Key, Escalation: n.Escalation, To: n.To, Fault: what, URL: where})
	}
	known := map[string]bool{}
	for _, messages := range messages(notices) {
		n := messages[0]
		known[string(n.Escalation)] = true
		for _, m := range messages {
			known[m.Key] = true
		}
		if plan.Doing(n.Do) == plan.OpenIssue {
			switch at := found[string(n.Escalation)]; {
			case len(at) == 0:
				tell(n, outbox.Missing, n.URL)
			case len(at) > 1:
				tell(n, outbox.Doubled, at[len(at)-1].url)
			}
			continue
		}
		for _, m := range messages {
			switch at := found[m.Key]; {
			case len(at) == 0:
				tell(m, outbox.Missing, m.URL)
			case len(at) > 1:
				tell(m, outbox.Doubled, at[len(at)-1].url)
			case !strings.HasPrefix(normal(at[0].body), normal(t.wanted(messages))):
				tell(m, outbox.Edited, at[0].url)
			}
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

// messages are the texts and openings that were done here, those of one comment
// together.
func messages(notices []ledger.Notice) [][]ledger.Notice {
	var all [][]ledger.Notice
	at := map[string]int{}
	for _, n := range notices {
		text := n.Do == "" && n.Moment != "opened"
		if n.Via != "github" || n.State != ledger.Done || !text && plan.Doing(n.Do) != plan.OpenIssue {
			continue
		}
		ref := n.Ref
		if !text {
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

// wanted is the text of the comment that notices are in, without its mentions:
// people's logins change.
func (t *Tracking) wanted(notices []ledger.Notice) string {
	return strings.TrimSpace(t.body(outbox.Item{Notices: notices}.Text(), nil))
}

// normal is a text without what GitHub may change of it.
func normal(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// place is where a marker stands.
type place struct{ url, body string }

var markers = regexp.MustCompile(`<!-- escalate: (.+?) -->`)

// standing returns, of each marker, where it stands: in the issues with our
// label, and in their comments.
func (t *Tracking) standing(ctx context.Context) (map[string][]place, error) {
	found := map[string][]place{}
	take := func(body, url string) {
		for _, m := range markers.FindAllStringSubmatch(body, -1) {
			found[m[1]] = append(found[m[1]], place{url, body})
		}
	}
	var numbers []int
	err := each(func(o github.ListOptions) ([]*github.Issue, *github.Response, error) {
		return t.client.Issues.ListByRepo(ctx, t.client.owner, t.client.repo, &github.IssueListByRepoOptions{State: "all", Labels: []string{label}, ListOptions: o})
	}, func(i *github.Issue) bool {
		if !i.IsPullRequest() {
			take(i.GetBody(), i.GetHTMLURL())
			if i.GetComments() != 0 || i.Comments == nil {
				numbers = append(numbers, i.GetNumber())
			}
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	for _, number := range numbers {
		err := each(func(o github.ListOptions) ([]*github.IssueComment, *github.Response, error) {
			return t.client.Issues.ListComments(ctx, t.client.owner, t.client.repo, number, &github.IssueListCommentsOptions{ListOptions: o})
		}, func(c *github.IssueComment) bool {
			take(c.GetBody(), c.GetHTMLURL())
			return true
		})
		if err != nil {
			return nil, fmt.Errorf("issue %s: %w", strconv.Itoa(number), err)
		}
	}
	return found, nil
}
