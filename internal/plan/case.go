package plan

import (
	"time"

	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// Case is what a person copies into the fields of the case, as it stands on a day
// (P16); nil where the escalation needs none, or is closed.
func Case(t *tree.Tree, e *tree.Escalation, day time.Time) notice.Text {
	if !process.NeedsCase(&e.Escalation) || !process.Open(&e.Escalation) {
		return nil
	}
	return newPlanner(t.AsOf(day), e.ID, nil, &e.Escalation, nil).caseFields()
}

// Standup is when the standup is held, with whom and where, or why there is none;
// nil where the file says nothing of it (P19).
func Standup(t *tree.Tree, e *tree.Escalation) notice.Line {
	if e.Standup == nil {
		return nil
	}
	return newPlanner(t, e.ID, nil, &e.Escalation, nil).meeting()
}
