package outbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// errVoid is what came of what somebody else wrote into the ledger.
var errVoid = errors.New("it is in the ledger, and nothing that is or was on the default branch brings it: it is not told; " +
	"see with `git log escalate-ledger` who wrote it there")

// sorted parts what is to be done from what is void: what no version of its
// escalation can bring that is true, was told, or was ever on the default branch.
func (r *Run) sorted(ctx context.Context, open []notice.Notice, files fs.FS) (real []notice.Notice, void []Outcome) {
	versions := map[schema.ID][]*schema.Escalation{}
	asked := map[schema.ID]bool{}
	for _, n := range open {
		id := n.Escalation
		if _, known := versions[id]; !known {
			versions[id] = r.standing(files, id)
		}
		made := func(v *schema.Escalation) bool { return plan.Made(n, v) }
		if !slices.ContainsFunc(versions[id], made) && !asked[id] && r.Versions != nil {
			all, err := r.Versions(ctx, id)
			if err != nil { // it may be told by a run that can see it
				void = append(void, Outcome{Notice: n, Result: Failed, Err: fmt.Errorf("it is undone, and it cannot be seen whether it was ever true: %w", err)})
				continue
			}
			asked[id] = true
			versions[id] = append(versions[id], all...)
		}
		if slices.ContainsFunc(versions[id], made) {
			real = append(real, n)
			continue
		}
		n.State, n.At = notice.Void, r.now()
		void = append(void, Outcome{Notice: n, Result: Failed, Err: errVoid})
	}
	return real, void
}

// standing is an escalation as it is true, and as it was told while it is: what only
// the ledger knows of, proves nothing.
func (r *Run) standing(files fs.FS, id schema.ID) []*schema.Escalation {
	path := tree.Path(id)
	if !r.Truth.Has(path) {
		return []*schema.Escalation{}
	}
	versions := []*schema.Escalation{&r.Truth.Load(path).Escalation}
	if data, err := fs.ReadFile(files, path); err == nil {
		versions = append(versions, &tree.Read(path, data, r.Check).Escalation)
	}
	return versions
}
