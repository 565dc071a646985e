package tracking

import (
	"context"
	"errors"
	"fmt"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/marker"
)

// planKey is the marker of the one comment with the plan.
const planKey = "plan"

// Comment keeps one comment with the plan on a change request: it is edited where
// it is there, and of several of ours the oldest stays. It returns the comment's
// address. The error is destination.ErrReadOnly where the token may not write.
func (t *Tracking) Comment(ctx context.Context, number int, markdown string) (string, error) {
	url, err := t.plan(ctx, forge.Thread{Number: number, ChangeRequest: true}, markdown)
	if errors.Is(err, forge.ErrForbidden) || errors.Is(err, forge.ErrLocked) {
		return "", fmt.Errorf("%w: %w", destination.ErrReadOnly, err)
	}
	return url, err
}

func (t *Tracking) plan(ctx context.Context, on forge.Thread, markdown string) (string, error) {
	all, err := t.plans(ctx, on)
	if err != nil {
		return "", err
	}
	mine, err := t.mine(ctx, all)
	if err == nil && len(mine) == 0 {
		mine, err = t.writePlan(ctx, on, markdown, all)
	}
	if err != nil {
		return "", err
	}
	for _, double := range mine[1:] {
		if err := t.forge.DeleteComment(ctx, on, double.id); err != nil {
			return "", err
		}
	}
	kept := mine[0]
	body, err := t.planBody(ctx, markdown, kept.at, kept.by.ID)
	if err != nil || unmarked(kept.body) == unmarked(body) && kept.Signed() == t.keys.Set() {
		return kept.url, err
	}
	c, err := t.forge.EditComment(ctx, on, kept.id, body)
	return c.URL, err
}

// writePlan writes the comment where none of those that have its marker is known to
// be ours, and returns ours.
func (t *Tracking) writePlan(ctx context.Context, on forge.Thread, markdown string, all []writing) ([]writing, error) {
	body, err := t.planBody(ctx, markdown, t.placeOn(on), 0)
	if err != nil {
		return nil, err
	}
	c, err := t.forge.AddComment(ctx, on, body)
	if errors.Is(err, destination.ErrInDoubt) {
		// Whether it was written before the reply was lost is seen there.
		all, findErr := t.plans(ctx, on)
		if findErr != nil {
			return nil, err
		}
		mine, findErr := t.mine(ctx, all)
		if findErr != nil || len(mine) == 0 {
			return nil, err
		}
		return mine, nil
	}
	if err != nil {
		return nil, err
	}
	// The reply may be the first to say who we are: then one of those before is ours.
	t.replied(c.Author)
	mine, err := t.mine(ctx, all)
	return append(mine, only(t.markedComment(on, c), planKey)...), err
}

// planBody is the text of the comment, as an author has it, or we.
func (t *Tracking) planBody(ctx context.Context, markdown string, at marker.Place, author int64) (string, error) {
	at.Author = author
	write, err := t.marks(ctx, at)
	if err != nil {
		return "", err
	}
	return markdown + "\n\n" + write(planKey), nil
}

// plans are the comments with the marker of the plan, the oldest first.
func (t *Tracking) plans(ctx context.Context, on forge.Thread) ([]writing, error) {
	var all []writing
	for c, err := range t.forge.Comments(ctx, on) {
		if err != nil {
			return nil, err
		}
		all = append(all, only(t.markedComment(on, c), planKey)...)
	}
	return all, nil
}
