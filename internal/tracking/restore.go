package tracking

import (
	"context"
	"errors"
	"slices"

	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/schema"
)

// Changed returns the escalations whose tracking issues people changed by hand, in
// what is ours to mend.
func (t *Tracking) Changed(ctx context.Context, threads [][]notice.Notice, file func(schema.ID) (*schema.Escalation, error)) ([]schema.ID, error) {
	var numbers []int
	for _, thread := range threads {
		if number := t.Number(thread); number != 0 {
			numbers = append(numbers, number)
		}
	}
	issues, err := t.read(ctx, numbers)
	if err != nil {
		return nil, err
	}
	var changed []schema.ID
	for _, thread := range threads {
		i, there := issues[t.Number(thread)]
		if !there {
			continue
		}
		hands, err := t.ourHands(ctx, i, thread, file, nil)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(hands, hand.mends) {
			changed = append(changed, thread[0].Escalation)
		}
	}
	return changed, nil
}

// Restore puts back what people changed by hand in the tracking issue of an
// escalation: state, title, text, labels and who is assigned are those that were told
// last, since what is true stands in the file; whether it is confidential, and the day
// on which it is due, are those of the file. What people added stays. An issue that
// is gone stays gone until something is told, and one that is not ours as it is.
func (t *Tracking) Restore(ctx context.Context, thread []notice.Notice, file func(schema.ID) (*schema.Escalation, error), address func(notice.Spot) string) (bool, error) {
	number := t.Number(thread)
	if number == 0 {
		return false, nil
	}
	i, err := t.forge.Issue(ctx, number)
	if away(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	hands, err := t.ourHands(ctx, i, thread, file, address)
	if err != nil {
		return false, err
	}
	return t.mend(ctx, number, hands)
}

// ourHands are the hands on an issue that is ours.
func (t *Tracking) ourHands(ctx context.Context, i forge.Issue, thread []notice.Notice, file func(schema.ID) (*schema.Escalation, error), address func(notice.Spot) string) ([]hand, error) {
	if ours, err := t.of(ctx, i, thread[0].Escalation, thread); err != nil || !ours {
		return nil, err
	}
	all, err := t.hands(ctx, i, thread, func() (*schema.Escalation, error) { return file(thread[0].Escalation) }, address)
	if err != nil || t.leave.IsZero() || !i.Updated.After(t.leave) {
		return all, err
	}
	if ticks, _, err := t.Ticks(ctx, i, thread); err != nil || len(ticks) == 0 {
		return all, err
	}
	return slices.DeleteFunc(all, func(h hand) bool { return h.edit.Body != nil }), nil
}

// mend undoes what people did to an issue, and reports whether there was something.
func (t *Tracking) mend(ctx context.Context, number int, hands []hand) (mended bool, err error) {
	var edit forge.Edit
	for _, h := range hands {
		if h.label != nil {
			if _, err := t.forge.SetLabels(ctx, number, h.label); err != nil {
				return mended, err
			}
			mended = true
		}
		if h.edit.Title != nil {
			edit.Title = h.edit.Title
		}
		if h.edit.Body != nil {
			edit.Body = h.edit.Body
		}
		if h.edit.Open != nil {
			edit.Open = h.edit.Open
		}
		if h.edit.Assignees != nil {
			edit.Assignees = h.edit.Assignees
		}
		if h.edit.Confidential != nil {
			edit.Confidential = h.edit.Confidential
		}
		if h.edit.Due != nil {
			edit.Due = h.edit.Due
		}
	}
	if edit == (forge.Edit{}) {
		return mended, nil
	}
	_, err = t.forge.EditIssue(ctx, number, edit)
	if errors.Is(err, forge.ErrRefused) && edit.Assignees != nil {
		if edit.Assignees = nil; edit == (forge.Edit{}) {
			return mended, nil
		}
		_, err = t.forge.EditIssue(ctx, number, edit)
	}
	return mended || err == nil, err
}
