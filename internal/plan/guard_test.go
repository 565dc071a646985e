package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// What opens and closes more than the limit waits, and the rest does not; with a yes
// nothing does; while the policy is paused everything does. What waits is shown.
func TestGuard(t *testing.T) {
	t.Parallel()
	check := checker(t)
	people, file := read(t, tree.PeoplePath), read(t, northwind)
	const update = "updates:\n  - {at: 2026-11-22T09:00:00Z, by: jdoe, to: [internal], text: News}\n"
	was := map[string]string{tree.PeoplePath: people, northwind: file}
	files := func(policy string, opened int) map[string]string {
		now := map[string]string{tree.PeoplePath: people, northwind: file + update, tree.PolicyPath: policy}
		for i := range opened {
			now[fmt.Sprintf("escalations/2026/other-%d.yaml", i)] = file
		}
		return now
	}
	told := func(id schema.ID) []notice.Notice {
		if id == "2026/northwind" {
			return []notice.Notice{{Escalation: id, Key: notice.Once(id, notice.Opened), Moment: notice.Opened, State: notice.Done}}
		}
		return nil
	}
	for _, tt := range []struct {
		name, policy string
		opened       int
		yes          bool
		waits        int
		why          string
	}{
		{"as many as the limit", "", 20, false, 0, ""},
		{"one more", "", 21, false, 21, "opens and closes 21 at once, more than the `announce_limit` of 20"},
		{"with a yes", "", 21, true, 0, ""},
		{"a limit of its own", "announce_limit: 2\n", 3, false, 3, "`announce_limit` of 2"},
		{"paused", "paused: true\n", 1, false, 2, "`paused: true`"},
		{"paused, with a yes", "paused: true\n", 21, true, 22, "`paused: true`"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			base, head := open(t, check, was), open(t, check, files(tt.policy, tt.opened))
			p := plan.Guarded(base, head, tree.Changed(base, head), told, tt.yes)
			if len(p.Waits) != tt.waits {
				t.Errorf("%d wait, not %d: %v", len(p.Waits), tt.waits, p.Waits)
			}
			shown := map[schema.ID]bool{}
			for _, n := range p.Notices {
				shown[n.Escalation] = true
			}
			if len(shown) != tt.opened+1 {
				t.Errorf("%d are shown, not %d", len(shown), tt.opened+1)
			}
			said := map[schema.ID]string{}
			for _, q := range p.Quiet {
				said[q.Escalation] = q.Why
			}
			for id, why := range p.Waits {
				if !strings.Contains(why, tt.why) || said[id] != "it waits: "+why {
					t.Errorf("%s waits because %q, and is quiet because %q", id, why, said[id])
				}
			}
		})
	}
}

// An opening and a closing of one escalation are two.
func TestGuardCounts(t *testing.T) {
	t.Parallel()
	check := checker(t)
	people, file := read(t, tree.PeoplePath), read(t, northwind)
	closed := file + "closure:\n  {at: 2026-12-03T10:00:00Z, by: jdoe, resolution: resolved, outcome: positive, exit_criteria_met: true, summary: Done, agreement: https://example.com, sentiment: green}\n"
	policy := "announce_limit: 1\n"
	base := open(t, check, map[string]string{tree.PeoplePath: people, tree.PolicyPath: policy})
	head := open(t, check, map[string]string{tree.PeoplePath: people, tree.PolicyPath: policy, northwind: closed})
	if p := plan.Guarded(base, head, tree.Changed(base, head), nil, false); p.Waits["2026/northwind"] == "" {
		t.Error("it does not wait")
	}
}
