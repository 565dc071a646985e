package forge

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/destination"
)

// Confirm returns a forge that takes nothing for done which the reply does not
// confirm, such as an issue without a number, or an edit that was answered by
// something else. The error is destination.ErrUnconfirmed then. This is the only
// place that decides it, for all forges.
func Confirm(f Forge) Forge { return confirmed{f} }

type confirmed struct{ Forge }

// confirm is a reply that confirms something, or an error.
func confirm[T any](reply T, err error, does bool, format string, args ...any) (T, error) {
	if err != nil || does {
		return reply, err
	}
	var none T
	return none, fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), destination.ErrUnconfirmed)
}

func (f confirmed) Issue(ctx context.Context, number int) (Issue, error) {
	i, err := f.Forge.Issue(ctx, number)
	return confirm(i, err, i.Number == number, "issue %d was asked for, and %d returned", number, i.Number)
}

func (f confirmed) OpenIssue(ctx context.Context, d Draft) (Issue, error) {
	i, err := f.Forge.OpenIssue(ctx, d)
	does := i.Number > 0 && i.URL != "" && same(i.Body, d.Body) && (!d.Confidential || i.Confidential)
	return confirm(i, err, does, "an issue was opened that has no number or address, or is not as it was to be")
}

func (f confirmed) EditIssue(ctx context.Context, number int, e Edit) (Issue, error) {
	i, err := f.Forge.EditIssue(ctx, number, e)
	does := i.Number == number &&
		(e.Title == nil || same(i.Title, *e.Title)) && (e.Body == nil || same(i.Body, *e.Body)) && (e.Open == nil || i.Open == *e.Open) &&
		(e.Confidential == nil || i.Confidential == *e.Confidential) && (e.Due == nil || i.Due.Equal(e.Due.Time))
	return confirm(i, err, does, "issue %d was edited, and is not as it was to be", number)
}

func (f confirmed) SetLabels(ctx context.Context, number int, labels []string) ([]string, error) {
	now, err := f.Forge.SetLabels(ctx, number, labels)
	same := f.Traits().SameLabel
	does := !slices.ContainsFunc(labels, func(l string) bool {
		return !slices.ContainsFunc(now, func(is string) bool { return same(is, l) })
	})
	return confirm(now, err, does, "issue %d was given labels, and does not have them all", number)
}

func (f confirmed) AddComment(ctx context.Context, to Thread, body string) (Comment, error) {
	c, err := f.Forge.AddComment(ctx, to, body)
	return confirm(c, err, c.ID > 0 && same(c.Body, body), "a comment was written that has no number or another text")
}

func (f confirmed) EditComment(ctx context.Context, in Thread, id int64, body string) (Comment, error) {
	c, err := f.Forge.EditComment(ctx, in, id, body)
	return confirm(c, err, c.ID == id && same(c.Body, body), "comment %d was edited, and is not as it was to be", id)
}

// ConfirmReviews is Confirm for remarks.
func ConfirmReviews(r Reviewer) Reviewer { return reviewed{r} }

type reviewed struct{ Reviewer }

func (f reviewed) AddRemark(ctx context.Context, change int, d RemarkDraft) (Remark, error) {
	r, err := f.Reviewer.AddRemark(ctx, change, d)
	return confirm(r, err, r.ID > 0 && r.Thread != "" && same(r.Body, d.Body) && r.Path == d.Path, "a remark was made that has no number, or another text or place")
}

func (f reviewed) EditRemark(ctx context.Context, change int, r Remark, body string) (Remark, error) {
	is, err := f.Reviewer.EditRemark(ctx, change, r, body)
	return confirm(is, err, is.ID == r.ID && same(is.Body, body), "remark %d was edited, and is not as it was to be", r.ID)
}

// same reports whether two texts are the same but for what forges make of line
// ends, and of white space around it all.
func same(a, b string) bool {
	return strings.TrimSpace(strings.ReplaceAll(a, "\r\n", "\n")) == strings.TrimSpace(strings.ReplaceAll(b, "\r\n", "\n"))
}
