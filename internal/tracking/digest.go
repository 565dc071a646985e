package tracking

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/marker"
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
	all, mine, err := t.digests(ctx)
	if err != nil {
		return "", last, err
	}
	opened := 0
	if len(mine) == 0 {
		if mine, opened, err = t.openDigest(ctx, title, markdown, now, all); err != nil {
			return "", last, err
		}
	}
	for _, double := range mine[1:] {
		if open := false; double.open {
			if _, err := t.forge.EditIssue(ctx, double.number, forge.Edit{Open: &open}); err != nil {
				return "", last, err
			}
		}
	}
	kept := mine[0]
	if kept.number == opened {
		return kept.url, last, nil
	}
	body, err := t.digestBody(ctx, markdown, now, kept.by.ID)
	if err != nil {
		return "", last, err
	}
	is, err := t.forge.Issue(ctx, kept.number)
	if last = digestOf(is.Body); err != nil || is.Title == title && is.Body == body && is.Open {
		return is.URL, last, err
	}
	open := true
	is, err = t.forge.EditIssue(ctx, kept.number, forge.Edit{Title: &title, Body: &body, Open: &open})
	return is.URL, last, err
}

// openDigest opens the issue where none of those that have its marker is known to be
// ours, and returns ours, and which of them is new.
func (t *Tracking) openDigest(ctx context.Context, title, markdown string, now time.Time, all []writing) (mine []writing, opened int, err error) {
	body, err := t.digestBody(ctx, markdown, now, 0)
	if err != nil {
		return nil, 0, err
	}
	if err := t.makeLabel(ctx, forge.Label{Name: digestLabel, Description: "How all escalations stand", Color: "0052cc"}); err != nil {
		return nil, 0, err
	}
	delete(t.issues, digestLabel)
	i, err := t.forge.OpenIssue(ctx, forge.Draft{Title: title, Body: body, Labels: []string{digestLabel}})
	if errors.Is(err, destination.ErrInDoubt) {
		// Whether it was opened before the reply was lost is seen there.
		if _, found, findErr := t.digests(ctx); findErr == nil && len(found) > 0 {
			return found, 0, nil
		}
	}
	if err != nil {
		return nil, 0, err
	}
	// The reply may be the first to say who we are: then one of those before is ours.
	t.replied(i.Author)
	mine, err = t.mine(ctx, all)
	return append(mine, only(t.marked(i), digestKey)...), i.Number, err
}

// digestBody is the text of the issue, as an author has it, or we.
func (t *Tracking) digestBody(ctx context.Context, markdown string, now time.Time, author int64) (string, error) {
	at := t.place(marker.Issue, 0)
	at.Author = author
	write, err := t.marks(ctx, at)
	if err != nil {
		return "", err
	}
	return markdown + "\n\n" + write(digestKey) + "\n" + write(digestTime+now.UTC().Format(time.RFC3339)), nil
}

// digests are the issues with the marker of the digest, and those of them that are
// ours, the oldest first.
func (t *Tracking) digests(ctx context.Context) (all, mine []writing, err error) {
	if all, err = t.look(ctx, digestLabel, digestKey); err == nil {
		mine, err = t.mine(ctx, all)
	}
	return all, mine, err
}

// digestOf is when a digest was true.
func digestOf(body string) time.Time {
	for _, m := range marker.Read(body) {
		if of, ok := strings.CutPrefix(m.What, digestTime); ok {
			if at, err := time.Parse(time.RFC3339, of); err == nil {
				return at
			}
		}
	}
	return time.Time{}
}
