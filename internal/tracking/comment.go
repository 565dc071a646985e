package tracking

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/marker"
)

// planKey is the marker of the one comment with the plan.
const planKey = "plan"

// Comment keeps one comment with the plan on a change request, as Keep does: so whoever
// is mentioned in it hears of it once. Where a remark can be settled, it is one, which
// is settled while it is quiet.
func (t *Tracking) Comment(ctx context.Context, number int, c destination.Comment) (string, error) {
	text := c.Markdown
	if logins := t.logins(c.Mentions); len(logins) > 0 {
		text += "\n\nFor triage: @" + strings.Join(logins, " @")
	}
	on := forge.Thread{Number: number, ChangeRequest: true}
	if t.review == nil {
		return t.Keep(ctx, on, planKey, text)
	}
	there, err := t.settlePlan(ctx, number, text, c.Quiet)
	var url string
	if err == nil {
		url, err = t.keep(ctx, on, planKey, text)
	}
	if err == nil && !there {
		_, err = t.settlePlan(ctx, number, text, c.Quiet)
	}
	return url, readOnly(err)
}

// Keep keeps one comment of a key on an issue or a change request: it is edited where
// it is there, and of several of ours the oldest stays. It returns the comment's
// address. The error is destination.ErrReadOnly where the token may not write, or
// somebody locked it.
func (t *Tracking) Keep(ctx context.Context, on forge.Thread, key, markdown string) (string, error) {
	url, err := t.keep(ctx, on, key, markdown)
	return url, readOnly(err)
}

// readOnly is an error of writing, as whoever asked tells it apart.
func readOnly(err error) error {
	if errors.Is(err, forge.ErrForbidden) || errors.Is(err, forge.ErrLocked) {
		return fmt.Errorf("%w: %w", destination.ErrReadOnly, err)
	}
	return err
}

// Kept returns the texts of the comments of ours that Keep keeps on an issue or a
// change request, by their keys. A key that a stranger wrote is not there.
func (t *Tracking) Kept(ctx context.Context, on forge.Thread) (map[string]string, error) {
	var all []writing
	for c, err := range t.forge.Comments(ctx, on) {
		if err != nil {
			return nil, err
		}
		all = append(all, t.markedComment(on, c)...)
	}
	mine, err := t.mine(ctx, all)
	if err != nil {
		return nil, err
	}
	if _, known, err := t.ours(ctx, forge.Author{}); err != nil {
		return nil, err
	} else if !known && !t.keys.Set() { // what a bot wrote is rather ours than done twice
		mine = slices.DeleteFunc(all, func(w writing) bool { return !w.by.Bot })
	}
	kept := map[string]string{}
	for _, w := range mine {
		kept[w.What] = unmarked(w.body)
	}
	return kept, nil
}

func (t *Tracking) keep(ctx context.Context, on forge.Thread, key, markdown string) (string, error) {
	all, err := t.keyed(ctx, on, key)
	if err != nil {
		return "", err
	}
	mine, err := t.mine(ctx, all)
	if err == nil && len(mine) == 0 {
		mine, err = t.writeKept(ctx, on, key, markdown, all)
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
	body, err := t.keptBody(ctx, key, markdown, kept.at, kept.by.ID)
	if err != nil || unmarked(kept.body) == unmarked(body) && kept.Signed() == t.keys.Set() {
		return kept.url, err
	}
	c, err := t.forge.EditComment(ctx, on, kept.id, body)
	return c.URL, err
}

// writeKept writes the comment where none of those that have its marker is known to
// be ours, and returns ours.
func (t *Tracking) writeKept(ctx context.Context, on forge.Thread, key, markdown string, all []writing) ([]writing, error) {
	body, err := t.keptBody(ctx, key, markdown, t.placeOn(on), 0)
	if err != nil {
		return nil, err
	}
	c, err := t.add(ctx, on, key, body)
	if errors.Is(err, destination.ErrInDoubt) {
		// Whether it was written before the reply was lost is seen there.
		all, findErr := t.keyed(ctx, on, key)
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
	return append(mine, only(t.markedComment(on, c), key)...), err
}

// add writes a comment: the plan as one that can be settled, where there is such a thing.
func (t *Tracking) add(ctx context.Context, on forge.Thread, key, body string) (forge.Comment, error) {
	if key != planKey || t.review == nil {
		return t.forge.AddComment(ctx, on, body)
	}
	r, err := t.review.AddRemark(ctx, on.Number, forge.RemarkDraft{Body: body})
	return r.Comment, err
}

// keptBody is the text of the comment, as an author has it, or we.
func (t *Tracking) keptBody(ctx context.Context, key, markdown string, at marker.Place, author int64) (string, error) {
	at.Author = author
	write, err := t.marks(ctx, at)
	if err != nil {
		return "", err
	}
	return markdown + "\n\n" + write(key), nil
}

// keyed are the comments with the marker of a key, the oldest first.
func (t *Tracking) keyed(ctx context.Context, on forge.Thread, key string) ([]writing, error) {
	var all []writing
	for c, err := range t.forge.Comments(ctx, on) {
		if err != nil {
			return nil, err
		}
		all = append(all, only(t.markedComment(on, c), key)...)
	}
	return all, nil
}
