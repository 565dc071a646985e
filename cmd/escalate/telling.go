package main

import (
	"context"

	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/history"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/internal/stale/staleprint"
	"github.com/escalations-as-code/escalate/schema"
)

// telling says how telling stands after a run of stale, for its page: what apply told
// last, by the ledger's own history, what it would tell now, and what was not
// delivered. Nothing is written for that.
func telling(ctx context.Context, repo *git.Repo, run *outbox.Run, tried outbox.Report) staleprint.Telling {
	var t staleprint.Telling
	var err error
	if t.LastTold, err = history.LastTold(ctx, repo, run.Branch.Tip); err != nil {
		t.LastUnknown = err.Error()
	}
	apply := *run
	apply.Remind = nil
	now, err := apply.Plan(ctx)
	if err != nil {
		t.Unknown = err.Error()
		return t
	}
	held := map[schema.ID]bool{}
	for _, id := range now.Plan.Unread {
		held[id] = true
	}
	for id := range now.Plan.Waits {
		held[id] = true
	}
	for _, q := range now.Plan.Quiet {
		if held[q.Escalation] {
			t.Held = append(t.Held, staleprint.Held{Escalation: q.Escalation, Why: q.Why})
		}
	}
	waiting := map[schema.ID]bool{}
	for _, n := range now.Plan.Notices {
		if !held[n.Escalation] && !waiting[n.Escalation] {
			waiting[n.Escalation] = true
			t.Waiting = append(t.Waiting, n.Escalation)
		}
	}
	why := map[notice.Identity]string{}
	for _, o := range tried.Outcomes {
		if o.Err != nil {
			why[o.Identity()] = o.Err.Error()
		}
	}
	for _, n := range now.Pending {
		t.Stuck = append(t.Stuck, staleprint.Stuck{Notice: n, Why: why[n.Identity()]})
	}
	return t
}
