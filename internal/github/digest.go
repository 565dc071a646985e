package github

import (
	"context"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"
)

// The one issue that says how all escalations stand.
const (
	digestLabel = "escalation-digest"
	digestKey   = "digest"
)

// Digest keeps one issue with a title and a text, which is Markdown: it is opened
// where there is none, and edited where it says something else. now is when it is
// true; it returns when the one before was, zero where there was none, and the
// issue's link.
func (t *Tracking) Digest(ctx context.Context, title, markdown string, now time.Time) (url string, last time.Time, err error) {
	body := markdown + "\n\n" + marker(digestKey) + "\n" + marker(digestTime+now.UTC().Format(time.RFC3339))
	if url, last, err = t.digest(ctx, title, body); err != nil {
		return "", last, told(err)
	}
	return url, last, nil
}

// digestTime begins the marker of when a digest was true.
const digestTime = "digest of "

// digestOf is when a digest was true.
func digestOf(body string) time.Time {
	for _, m := range markers.FindAllStringSubmatch(body, -1) {
		if of, ok := strings.CutPrefix(m[1], digestTime); ok {
			if at, err := time.Parse(time.RFC3339, of); err == nil {
				return at
			}
		}
	}
	return time.Time{}
}

func (t *Tracking) digest(ctx context.Context, title, body string) (url string, last time.Time, err error) {
	issues, owner, repo := t.client.Issues, t.client.owner, t.client.repo
	number, err := t.find(ctx, digestLabel, digestKey)
	if err != nil {
		return "", last, err
	}
	request := github.IssueRequest{Title: &title, Body: &body, Labels: &[]string{digestLabel}}
	if number == 0 {
		if err := t.label(ctx, digestLabel, "How all escalations stand", "0052cc"); err != nil {
			return "", last, err
		}
		i, _, err := issues.Create(ctx, owner, repo, &request)
		if err == nil || status(err) != 0 && status(err) < 500 {
			return i.GetHTMLURL(), last, err
		}
		// Whether it was opened before the reply was lost is seen there.
		var findErr error
		if number, findErr = t.find(ctx, digestLabel, digestKey); findErr != nil || number == 0 {
			return "", last, err
		}
	}
	is, _, err := issues.Get(ctx, owner, repo, number)
	if last = digestOf(is.GetBody()); err != nil || is.GetTitle() == title && is.GetBody() == body && is.GetState() == "open" {
		return is.GetHTMLURL(), last, err
	}
	request.Labels, request.State = nil, github.String("open")
	is, _, err = issues.Edit(ctx, owner, repo, number, &request)
	return is.GetHTMLURL(), last, err
}
