package plan

import (
	"fmt"
	"maps"
	"slices"

	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// Paused says why nothing is told while the policy says so.
const Paused = "`paused: true` in " + tree.PolicyPath + " holds back all that there is to tell, until it is gone"

// Guarded is Between, with what is not told yet: all of it while the policy is
// paused, and what opens or closes escalations where that is more than the policy's
// announce_limit at once and nobody said yes to it. What waits is among the notices,
// to be looked at, and Waits says why it is not told.
func Guarded(base, head *tree.Tree, changed []string, told Told, yes bool) Plan {
	p := Between(base, head, changed, told)
	waits := p.waits(head.Policy, yes)
	if len(waits) == 0 {
		return p
	}
	rest := Between(base, head, slices.DeleteFunc(slices.Clone(changed), func(path string) bool { return waits[tree.ID(path)] != "" }), told)
	for _, n := range p.Notices {
		if waits[n.Escalation] != "" {
			rest.Notices = append(rest.Notices, n)
			rest.Escalations[n.Escalation] = p.Escalations[n.Escalation]
		}
	}
	rest.wait(waits)
	return rest
}

// waits says of which escalations nothing is told yet, and why.
func (p *Plan) waits(policy schema.Policy, yes bool) map[schema.ID]string {
	why := Paused
	about := func(notice.Notice) bool { return true }
	if !policy.Paused {
		about = turns
		type turn struct {
			id schema.ID
			notice.Moment
		}
		all := map[turn]bool{}
		for _, n := range p.Notices {
			if turns(n) {
				all[turn{n.Escalation, n.Moment}] = true
			}
		}
		limit := *policy.AnnounceLimit
		if yes || len(all) <= limit {
			return nil
		}
		why = fmt.Sprintf("this opens and closes %d at once, more than the `announce_limit` of %d in %s: if that is meant, `escalate apply --yes` tells it", len(all), limit, tree.PolicyPath)
	}
	ids := map[schema.ID]string{}
	for _, n := range p.Notices {
		if about(n) {
			ids[n.Escalation] = why
		}
	}
	return ids
}

// turns reports whether a notice is of an escalation that is opened or closed.
func turns(n notice.Notice) bool {
	return n.Moment == notice.Opened || n.Moment == notice.Reopened || n.Moment.Ends()
}

// wait says that what is planned of some escalations is not told yet.
func (p *Plan) wait(why map[schema.ID]string) {
	p.Waits = why
	slices.SortStableFunc(p.Notices, byEscalation)
	for _, id := range slices.Sorted(maps.Keys(why)) {
		p.quiet(id, "it waits: "+why[id])
	}
}
