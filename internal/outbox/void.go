package outbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// errVoid is what came of what somebody else wrote into the ledger.
var errVoid = errors.New("it is in the ledger, and nothing that is or was on the default branch brings it: it is not told; " +
	"see with `git log escalate-ledger` who wrote it there")

// sorted parts what is to be done from what is void: what no version of its
// escalation can bring that is true, was told, or was ever on the default branch,
// and reminders of what is overdue no more. What this run wrote down with its claim
// needs no proof.
func (r *Run) sorted(ctx context.Context, open []notice.Notice, l lease, files fs.FS) (real []notice.Notice, void []Outcome) {
	proof := proof{run: r, files: files, standing: map[schema.ID][]*schema.Escalation{}, pasts: map[schema.ID]past{}}
	for _, n := range open {
		if l.fresh && n.Run == r.ID {
			real = append(real, n)
			continue
		}
		made, err := proof.made(ctx, n)
		settled := false
		if made && err == nil && n.Moment == notice.Reminder {
			settled, err = proof.settled(ctx, n)
		}
		switch {
		case err != nil: // it may be told by a run that can see it
			void = append(void, Outcome{Notice: n, Result: Failed, Err: err})
		case !made:
			n.State, n.At = notice.Void, r.now()
			void = append(void, Outcome{Notice: n, Result: Failed, Err: errVoid})
		case settled:
			n.State, n.At = notice.Void, r.now()
			void = append(void, Outcome{Notice: n, Result: Kept, Note: "not told: it is overdue no more"})
		default:
			real = append(real, n)
		}
	}
	return real, void
}

// proof finds out whether what stands in the ledger can be what a run wrote there.
type proof struct {
	run      *Run
	files    fs.FS // of the ledger
	standing map[schema.ID][]*schema.Escalation
	pasts    map[schema.ID]past
	still    func(notice.Notice) (bool, error)
}

// made reports whether versions of its escalation bring a notice: those that stand,
// or those of the past, which are read where they are needed.
func (p *proof) made(ctx context.Context, n notice.Notice) (bool, error) {
	id := n.Escalation
	if _, known := p.standing[id]; !known {
		p.standing[id] = p.run.stands(p.files, id)
	}
	if plan.Made(n, p.standing[id]) {
		return true, nil
	}
	if p.run.Versions == nil {
		return false, nil
	}
	if _, known := p.pasts[id]; !known {
		past, err := p.run.past(ctx, id)
		if err != nil {
			return false, fmt.Errorf("it cannot be seen whether it was ever true: %w", err)
		}
		p.pasts[id] = past
	}
	past := p.pasts[id]
	if plan.Made(n, past.versions) {
		return true, nil
	}
	// The ledger's copies show what changed. They prove no words of their own, such as
	// an update, and no end.
	sets := !n.Tells() && n.Do != notice.Archive && n.Do != notice.CloseIssue
	return len(p.standing[id]) > 0 && (sets || n.Number() > 0) && plan.Made(n, past.copies), nil
}

// past is how an escalation stood on the default branch, and as it was told.
type past struct{ versions, copies []*schema.Escalation }

func (r *Run) past(ctx context.Context, id schema.ID) (p past, err error) {
	if p.versions, err = r.Versions(ctx, id); err == nil && r.Copies != nil {
		p.copies, err = r.Copies(ctx, id)
	}
	return p, err
}

// settled reports whether what a reminder is about is overdue no more.
func (p *proof) settled(ctx context.Context, n notice.Notice) (bool, error) {
	if p.still == nil && p.run.Overdue != nil {
		var err error
		if p.still, err = p.run.Overdue(ctx); err != nil {
			return false, fmt.Errorf("it cannot be seen whether it is overdue still: %w", err)
		}
	}
	if p.still == nil {
		return false, nil
	}
	still, err := p.still(n)
	if err != nil {
		return false, fmt.Errorf("it cannot be seen whether it is overdue still: %w", err)
	}
	return !still, nil
}

// stands is an escalation as it was told and as it is true, while it is: what only
// the ledger knows of, proves nothing.
func (r *Run) stands(files fs.FS, id schema.ID) []*schema.Escalation {
	path := tree.Path(id)
	if !r.Truth.Has(path) {
		return nil
	}
	var versions []*schema.Escalation
	if data, err := fs.ReadFile(files, path); err == nil {
		versions = append(versions, &tree.Read(path, data, r.Check).Escalation)
	}
	return append(versions, &r.Truth.Load(path).Escalation)
}
