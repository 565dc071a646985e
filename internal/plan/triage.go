package plan

import (
	"slices"

	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// Triage is who hears of the change request that a plan is of, where it opens an
// escalation (P1): by the policy and the directory of its base, which it does not change.
func (p *Plan) Triage(base *tree.Tree) []schema.Handle {
	if !slices.ContainsFunc(p.Notices, func(n notice.Notice) bool { return n.Moment == notice.Opened }) {
		return nil
	}
	return process.Triage(base.People.On(base.Authored), base.Policy)
}
