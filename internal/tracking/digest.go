package tracking

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge"
)

// The one issue that says how all escalations stand.
const (
	digestLabel = "escalation-digest"
	digestKey   = "digest"
)

// digestTime begins the marker of when a digest was true.
const digestTime = "digest of "

// Digest keeps one issue with a title and a text, which is Markdown: it is opened
// where there is none, and edited where it says something else. now is when it is
// true; it returns when the one before was, zero where there was none, and the
// issue's address.
func (t *Tracking) Digest(ctx context.Context, title, markdown string, now time.Time) (url string, last time.Time, err error) {
	body := markdown + "\n\n" + marker(digestKey) + "\n" + marker(digestTime+now.UTC().Format(time.RFC3339))
	issue, err := t.find(ctx, digestLabel, digestKey)
	if err != nil {
		return "", last, err
	}
	if issue.number == 0 {
		if err := t.makeLabel(ctx, forge.Label{Name: digestLabel, Description: "How all escalations stand", Color: "0052cc"}); err != nil {
			return "", last, err
		}
		delete(t.issues, digestLabel)
		i, err := t.forge.OpenIssue(ctx, forge.Draft{Title: title, Body: body, Labels: []string{digestLabel}})
		if !errors.Is(err, destination.ErrInDoubt) {
			return i.URL, last, err
		}
		// Whether it was opened before the reply was lost is seen there.
		var findErr error
		if issue, findErr = t.find(ctx, digestLabel, digestKey); findErr != nil || issue.number == 0 {
			return "", last, err
		}
	}
	is, err := t.forge.Issue(ctx, issue.number)
	if last = digestOf(is.Body); err != nil || is.Title == title && is.Body == body && is.Open {
		return is.URL, last, err
	}
	open := true
	is, err = t.forge.EditIssue(ctx, issue.number, forge.Edit{Title: &title, Body: &body, Open: &open})
	return is.URL, last, err
}

// digestOf is when a digest was true.
func digestOf(body string) time.Time {
	for _, m := range markersIn(body) {
		if of, ok := strings.CutPrefix(m, digestTime); ok {
			if at, err := time.Parse(time.RFC3339, of); err == nil {
				return at
			}
		}
	}
	return time.Time{}
}
