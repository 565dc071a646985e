package tracking

import (
	"context"
	"errors"
	"fmt"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge"
)

// planKey is the marker of the one comment with the plan.
const planKey = "plan"

// Comment keeps one comment with the plan on a change request: it is edited where
// it is there, and of several of ours the oldest stays. It returns the comment's
// address. The error is destination.ErrReadOnly where the token may not write.
func (t *Tracking) Comment(ctx context.Context, number int, markdown string) (string, error) {
	url, err := t.plan(ctx, forge.Thread{Number: number, ChangeRequest: true}, markdown+"\n\n"+marker(planKey))
	if errors.Is(err, forge.ErrForbidden) {
		return "", fmt.Errorf("%w: %w", destination.ErrReadOnly, err)
	}
	return url, err
}

func (t *Tracking) plan(ctx context.Context, on forge.Thread, body string) (string, error) {
	mine, err := t.plans(ctx, on)
	if err != nil {
		return "", err
	}
	if len(mine) == 0 {
		c, err := t.forge.AddComment(ctx, on, body)
		if !errors.Is(err, destination.ErrInDoubt) {
			return c.URL, err
		}
		// Whether it was written before the reply was lost is seen there.
		var findErr error
		if mine, findErr = t.plans(ctx, on); findErr != nil || len(mine) == 0 {
			return "", err
		}
	}
	for _, double := range mine[1:] {
		if err := t.forge.DeleteComment(ctx, on, double.ID); err != nil {
			return "", err
		}
	}
	if mine[0].Body == body {
		return mine[0].URL, nil
	}
	c, err := t.forge.EditComment(ctx, on, mine[0].ID, body)
	return c.URL, err
}

// plans are our comments with the plan, the oldest first.
func (t *Tracking) plans(ctx context.Context, on forge.Thread) ([]forge.Comment, error) {
	var mine []forge.Comment
	for c, err := range t.forge.Comments(ctx, on) {
		if err != nil {
			return nil, err
		}
		if !marked(c.Body, planKey) {
			continue
		}
		if ours, err := t.ours(ctx, c.Author); err != nil {
			return nil, err
		} else if ours {
			mine = append(mine, c)
		}
	}
	return mine, nil
}
