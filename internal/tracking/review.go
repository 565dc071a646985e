package tracking

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge"
)

// mostRemarks is how many remarks stand on one change request: each is a message to
// whoever follows it, and the report has them all.
const mostRemarks = 30

// aboutFinding is what the marker of a remark begins with.
const aboutFinding = "finding/"

// mended is what stands of a remark that somebody answered, once it is none any more.
const mended = "This is mended."

// Review keeps the remarks on the lines of a change request. One that is none any more is
// deleted; where somebody answered it, it says so and is settled. One that a person
// settled stays settled, and one that stops nothing is at once: a forge may be set up to
// merge nothing of which a remark is not.
func (t *Tracking) Review(ctx context.Context, number int, commit string, remarks []destination.Remark) (destination.Reviewed, error) {
	if t.review == nil {
		return destination.Reviewed{}, destination.ErrNoLines
	}
	done, err := t.reviewed(ctx, number, commit, remarks)
	return done, readOnly(err)
}

func (t *Tracking) reviewed(ctx context.Context, number int, commit string, remarks []destination.Remark) (done destination.Reviewed, err error) {
	there, err := t.remarks(ctx, number)
	if err != nil {
		return done, err
	}
	if over := len(remarks) - mostRemarks; over > 0 {
		done.LeftOut, remarks = over, remarks[:mostRemarks]
	}
	write, err := t.marks(ctx, t.placeOn(forge.Thread{Number: number, ChangeRequest: true}))
	if err != nil {
		return done, err
	}
	for n, r := range remarks {
		what := aboutFinding + r.Key
		body := t.remarkBody(r) + "\n\n" + write(what)
		is, ok := there[what]
		delete(there, what)
		if ok && is.Line == 0 && is.Answers == 0 { // its line is gone: it is seen by nobody there
			if err := t.review.DeleteRemark(ctx, number, is); err != nil {
				return done, err
			}
			ok = false
		}
		switch {
		case !ok:
			is, err = t.remark(ctx, number, what, forge.RemarkDraft{Body: body, Path: r.Path, Line: r.Line, Commit: commit})
			switch {
			case errors.Is(err, forge.ErrRefused):
				done.LeftOut++
				continue
			case errors.Is(err, forge.ErrHeadMoved): // the job of that commit says what there is to say
				done.LeftOut += len(remarks) - n
				return done, nil
			}
			if err == nil {
				done.Said++
			}
		case unmarked(is.Body) != unmarked(body):
			err = t.reword(ctx, number, is, body)
			done.Reworded++
		}
		if err == nil && r.Quiet && is.Answers == 0 {
			err = t.settle(ctx, number, is, true)
		}
		if err != nil {
			return done, err
		}
	}
	for _, what := range slices.Sorted(maps.Keys(there)) {
		is := there[what]
		if err := t.withdraw(ctx, number, is, write(what)); err != nil {
			return done, err
		}
		if unmarked(is.Body) != mended {
			done.Withdrawn++
		}
	}
	return done, nil
}

// remarks are those of ours about findings, by what they mark. Of several, the oldest
// stays.
func (t *Tracking) remarks(ctx context.Context, number int) (map[string]forge.Remark, error) {
	on := forge.Thread{Number: number, ChangeRequest: true}
	var all []writing
	byID := map[int64]forge.Remark{}
	for r, err := range t.review.Remarks(ctx, number) {
		if err != nil {
			return nil, err
		}
		for _, w := range t.markedComment(on, r.Comment) {
			if strings.HasPrefix(w.What, aboutFinding) {
				all, byID[r.ID] = append(all, w), r
			}
		}
	}
	mine, err := t.mine(ctx, all)
	if err != nil {
		return nil, err
	}
	there := map[string]forge.Remark{}
	for _, w := range mine {
		if _, double := there[w.What]; !double {
			there[w.What] = byID[w.id]
			continue
		}
		if byID[w.id].Answers > 0 {
			continue
		}
		if err := t.review.DeleteRemark(ctx, number, byID[w.id]); err != nil {
			return nil, err
		}
	}
	return there, nil
}

// remark makes a remark. Whether it was made before a reply was lost is seen there.
func (t *Tracking) remark(ctx context.Context, number int, what string, d forge.RemarkDraft) (forge.Remark, error) {
	made, err := t.review.AddRemark(ctx, number, d)
	if !errors.Is(err, destination.ErrInDoubt) {
		return made, err
	}
	there, findErr := t.remarks(ctx, number)
	if made, ok := there[what]; findErr == nil && ok {
		return made, nil
	}
	return forge.Remark{}, err
}

// withdraw takes back a remark. It is settled first: if this ends between the two, the
// next run sees what is left to do.
func (t *Tracking) withdraw(ctx context.Context, number int, r forge.Remark, mark string) error {
	switch {
	case r.Answers == 0:
		return t.review.DeleteRemark(ctx, number, r)
	case unmarked(r.Body) == mended:
		return nil
	}
	if err := t.settle(ctx, number, r, true); err != nil {
		return err
	}
	_, err := t.review.EditRemark(ctx, number, r, mended+"\n\n"+mark)
	return err
}

// reword gives a remark another text. One that was withdrawn is open again.
func (t *Tracking) reword(ctx context.Context, number int, r forge.Remark, body string) error {
	if unmarked(r.Body) == mended {
		if err := t.settle(ctx, number, r, false); err != nil {
			return err
		}
	}
	_, err := t.review.EditRemark(ctx, number, r, body)
	return err
}

// settle marks a remark as done with, or not. A token may be allowed to write, and not to
// do that: then a person does.
func (t *Tracking) settle(ctx context.Context, number int, r forge.Remark, settled bool) error {
	if r.Settled == settled {
		return nil
	}
	err := t.review.Settle(ctx, number, r, settled)
	if errors.Is(err, forge.ErrForbidden) {
		return nil
	}
	return err
}

// remarkBody is what stands beside a line.
func (t *Tracking) remarkBody(r destination.Remark) string {
	const above, below = 100, 200 // so many lines a suggestion reaches
	is := r.Instead
	if is == nil || t.traits.Suggestion == nil || r.Line-is.First > above || is.Last-r.Line > below {
		return r.Text
	}
	block := t.traits.Suggestion(r.Line-is.First, is.Last-r.Line) + "\n"
	for _, l := range is.Text {
		block += l + "\n"
	}
	fence := "```"
	for strings.Contains(block, fence) {
		fence += "`"
	}
	return r.Text + "\n\n" + fence + block + fence
}

// settlePlan settles the remark with the plan where it asks nobody for anything, and
// opens it again where it says something new. One that somebody answered is theirs. It
// returns whether there is one.
func (t *Tracking) settlePlan(ctx context.Context, number int, markdown string, quiet bool) (there bool, err error) {
	on := forge.Thread{Number: number, ChangeRequest: true}
	for r, err := range t.review.Remarks(ctx, number) {
		if err != nil {
			return false, err
		}
		mine, err := t.mine(ctx, only(t.markedComment(on, r.Comment), planKey))
		switch {
		case err != nil:
			return false, err
		case len(mine) == 0:
			continue
		case quiet && r.Answers == 0:
			return true, t.settle(ctx, number, r, true)
		case !quiet && unmarked(r.Body) != unmarked(markdown):
			return true, t.settle(ctx, number, r, false)
		}
		return true, nil
	}
	return false, nil
}
