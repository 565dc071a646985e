package outbox

import (
	"slices"

	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/plan"
)

// Result is what came of one notice.
type Result string

// The results.
const (
	Done   Result = "done"
	Kept   Result = "kept" // it was there already
	Failed Result = "failed"
)

// Outcome is a notice, and what came of it.
type Outcome struct {
	notice.Notice
	Result Result
	Note   string
	Err    error
}

// Report is what a run did.
type Report struct {
	// Plan is what was new.
	Plan plan.Plan
	// Pending is what an earlier run wrote down and did not deliver.
	Pending []notice.Notice
	// Outcomes are what was delivered or was to be, what was pending among it.
	Outcomes []Outcome
}

// Waiting are what is new and not told yet.
func (r Report) Waiting() []notice.Notice {
	return slices.DeleteFunc(slices.Clone(r.Plan.Notices), func(n notice.Notice) bool { return r.Plan.Waits[n.Escalation] == "" })
}

// Unplaced are new texts for places without a destination: for a person to
// paste.
func (r Report) Unplaced() []notice.Notice {
	return slices.DeleteFunc(slices.Clone(r.Plan.Notices), func(n notice.Notice) bool {
		return n.Via != "" || !n.Tells() || r.Plan.Waits[n.Escalation] != ""
	})
}

// ByHand is what is new to be done beside a text and that no destination does: for
// a person to do.
func (r Report) ByHand() []notice.Notice {
	return slices.DeleteFunc(slices.Clone(r.Plan.Notices), func(n notice.Notice) bool {
		return n.Via != "" || n.Tells() || r.Plan.Waits[n.Escalation] != ""
	})
}

// Failed reports whether something was not delivered, waits, or could not be read.
func (r Report) Failed() bool {
	return len(r.Plan.Unread)+len(r.Plan.Waits) > 0 || slices.ContainsFunc(r.Outcomes, func(o Outcome) bool { return o.Result == Failed })
}
