package tracking

import (
	"context"
	"errors"

	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/marker"
	"github.com/escalations-as-code/escalate/internal/notice"
)

// Restore gives the tracking issue of an escalation the title and the body that
// were told last, where somebody changed them by hand: what is true stands in the
// file. An issue that is closed or gone stays as it is, and so does one that is not
// ours.
func (t *Tracking) Restore(ctx context.Context, thread []notice.Notice, address func(notice.Spot) string) (bool, error) {
	var told *notice.Notice // the last that gave the issue its words
	for i, n := range thread {
		if t.opens(n) {
			told = &thread[i]
		}
	}
	number := t.numberOf(thread)
	if told == nil || number == 0 {
		return false, nil
	}
	issue, err := t.forge.Issue(ctx, number)
	if errors.Is(err, forge.ErrGone) {
		return false, nil
	}
	if err != nil || !issue.Open {
		return false, err
	}
	if ours, err := t.of(ctx, issue, told.Escalation, thread); err != nil || !ours {
		return false, err
	}
	at := t.place(marker.Issue, 0)
	at.Author = issue.Author.ID
	write, err := t.marks(ctx, at)
	if err != nil {
		return false, err
	}
	title, body := t.titled(*told, address, write)
	if issue.Title == title && t.reads(issue.Body, told.Text.Body()) {
		return false, nil
	}
	_, err = t.forge.EditIssue(ctx, number, forge.Edit{Title: &title, Body: &body})
	return err == nil, err
}

// opens reports whether a notice gave the issue its words.
func (t *Tracking) opens(n notice.Notice) bool {
	return n.Via == t.traits.Via && n.State == notice.Done && gives(n)
}
