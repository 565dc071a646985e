package github

import (
	"context"

	"github.com/google/go-github/v60/github"
)

// The one issue that says how all escalations stand.
const (
	digestLabel = "escalation-digest"
	digestKey   = "digest"
)

// Digest keeps one issue with a title and a text, which is Markdown: it is opened
// where there is none, and edited where it says something else. It returns the
// issue's link.
func (t *Tracking) Digest(ctx context.Context, title, markdown string) (string, error) {
	url, err := t.digest(ctx, title, markdown+"\n\n"+marker(digestKey))
	if err != nil {
		return "", told(err)
	}
	return url, nil
}

func (t *Tracking) digest(ctx context.Context, title, body string) (string, error) {
	issues, owner, repo := t.client.Issues, t.client.owner, t.client.repo
	number, err := t.find(ctx, digestLabel, digestKey)
	if err != nil {
		return "", err
	}
	request := github.IssueRequest{Title: &title, Body: &body, Labels: &[]string{digestLabel}}
	if number == 0 {
		if err := t.label(ctx, digestLabel, "How all escalations stand", "0052cc"); err != nil {
			return "", err
		}
		i, _, err := issues.Create(ctx, owner, repo, &request)
		if err == nil || status(err) != 0 && status(err) < 500 {
			return i.GetHTMLURL(), err
		}
		// Whether it was opened before the reply was lost is seen there.
		var findErr error
		if number, findErr = t.find(ctx, digestLabel, digestKey); findErr != nil || number == 0 {
			return "", err
		}
	}
	is, _, err := issues.Get(ctx, owner, repo, number)
	if err != nil || is.GetTitle() == title && is.GetBody() == body && is.GetState() == "open" {
		return is.GetHTMLURL(), err
	}
	request.Labels, request.State = nil, github.String("open")
	is, _, err = issues.Edit(ctx, owner, repo, number, &request)
	return is.GetHTMLURL(), err
}
