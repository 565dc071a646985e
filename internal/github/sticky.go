package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/google/go-github/v60/github"
)

// ErrReadOnly is returned where the token may not write, as that of a pull
// request from a fork.
var ErrReadOnly = errors.New("the token may not write comments")

// stickyKey is the marker of the one comment with the plan.
const stickyKey = "plan"

// Comment keeps one comment with the plan on a pull request: it is edited where
// it is there, and of several the oldest stays. It returns the comment's link.
// The error is ErrReadOnly where the token may not write.
func Comment(ctx context.Context, c Config, pull int, markdown string) (string, error) {
	gh, err := newClient(c)
	if err != nil {
		return "", err
	}
	body := markdown + "\n\n" + marker(stickyKey)
	url, err := gh.sticky(ctx, pull, body)
	if s := status(err); s == http.StatusForbidden && !limitReached(err) {
		return "", fmt.Errorf("%w: %w", ErrReadOnly, err)
	} else if err != nil {
		return "", told(err)
	}
	return url, nil
}

func (c *client) sticky(ctx context.Context, pull int, body string) (string, error) {
	var mine []*github.IssueComment
	find := func() error {
		mine = nil
		return each(func(o github.ListOptions) ([]*github.IssueComment, *github.Response, error) {
			return c.Issues.ListComments(ctx, c.owner, c.repo, pull, &github.IssueListCommentsOptions{ListOptions: o})
		}, func(x *github.IssueComment) bool {
			if marked(x.GetBody(), stickyKey) {
				mine = append(mine, x)
			}
			return true
		})
	}
	if err := find(); err != nil {
		return "", err
	}
	if len(mine) == 0 {
		created, _, err := c.Issues.CreateComment(ctx, c.owner, c.repo, pull, &github.IssueComment{Body: &body})
		if err == nil || status(err) != 0 && status(err) < 500 {
			return created.GetHTMLURL(), err
		}
		// Whether it was written before the reply was lost is seen there.
		if findErr := find(); findErr != nil || len(mine) == 0 {
			return "", err
		}
	}
	for _, double := range mine[1:] {
		if _, err := c.Issues.DeleteComment(ctx, c.owner, c.repo, double.GetID()); err != nil && !gone(err) {
			return "", err
		}
	}
	if mine[0].GetBody() == body {
		return mine[0].GetHTMLURL(), nil
	}
	edited, _, err := c.Issues.EditComment(ctx, c.owner, c.repo, mine[0].GetID(), &github.IssueComment{Body: &body})
	return edited.GetHTMLURL(), err
}
