//go:build e2e

package e2e

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/e2e/harness"
)

// life is the life of an escalation, a merge after the other.
var life = []struct {
	name  string
	edits []edit
}{
	{"opened", nil},
	{"update", []edit{anUpdate(21, "", "The waiting is reproduced in our lab: it begins at 200 jobs in the queue.")}},
	{"case", []edit{{"case: pending", "case: https://crm.example.com/cases/5002"}}},
	{"severity", []edit{
		{"severity: high", "severity: critical"},
		{"dri: mlee", "dri: dpatel"},
		anUpdate(22, "", "Raised to critical: their sixth team stopped deploying, and the board asks."),
	}},
	{"significant", []edit{anUpdate(23, ", significant: true", "Found: the queue locks a row per job. A fix is in review.")}},
	{"steps-criteria-standup", []edit{
		{"due: 2026-11-24}", "due: 2026-11-24, done: 2026-11-24}\n  - {step: Roll out the fix, owner: mlee, due: 2026-11-25}"},
		{"five working days\n", "five working days\n  - criterion: No team waits for another\n"},
		{"updates:\n", "standup: {days: [mon, wed, fri], time: \"10:30\", zone: Europe/Berlin, minutes: 15, link: https://meet.example.com/northwind, attendees: [jdoe, mlee]}\nupdates:\n"},
	}},
	{"closed", []edit{
		{"five working days\n", "five working days\n    met: 2026-11-26\n"},
		{"waits for another\n", "waits for another\n    met: 2026-11-26\n"},
		{"due: 2026-11-25}", "due: 2026-11-25, done: 2026-11-25}"},
		{"updates:\n", closure + "updates:\n"},
	}},
	{"reopened", []edit{
		{closure, ""},
		{"waits for another\n    met: 2026-11-26\n", "waits for another\n"},
		{"done: 2026-11-25}", "done: 2026-11-25}\n  - {step: Take back the release of this morning, owner: mlee, due: 2026-11-30}"},
		{"", "  - {at: 2026-11-27T08:00:00Z, by: jdoe, to: [internal, customer], text: It is back since the release of this morning.}\n"},
	}},
}

const closure = `closure:
  at: 2026-11-26T12:00:00Z
  by: jdoe
  resolution: resolved
  outcome: positive
  exit_criteria_met: true
  summary: |
    The queue no longer locks a row per job. For five working days nobody waited longer than 20 s.
  agreement: https://docs.example.com/northwind-closing
  rca: {requested: true, platform_related: true, owner: ebrandt, due: 2026-12-10}
  sentiment: green
`

// TestLife merges the life of an escalation and applies after each merge. What
// then stands in the tracking issue, and the calls that it took, are golden
// files.
func TestLife(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, on harness.Kind) {
		w := newWorldOn(t, on)
		file := northwind(t)
		for n, step := range life {
			file = edited(t, file, step.edits...)
			w.Clone.Merge(step.name, map[string]string{northwindFile: file})
			if r := w.Escalate(w.Clone, "lint", "--base", "HEAD~1"); r.Code != 0 {
				t.Fatalf("the merge %q breaks the process\n%v", step.name, r)
			}
			w.Forge.Forget()
			w.MustApply(0)
			var calls strings.Builder
			for _, c := range w.Forge.Calls() {
				fmt.Fprintln(&calls, c)
			}
			golden(t, fmt.Sprintf("testdata/life/%s/%02d-%s.golden", strings.ToLower(w.Forge.Name()), n+1, step.name),
				servers.ReplaceAllString(shown(tracking(t, w, "2026/northwind")), "https://gitlab.example")+"\n==== calls\n\n"+calls.String())
			mustBeQuiet(t, w)
			w.Pass(24 * time.Hour)
		}
		if issues := w.Forge.Issues(); len(issues) != 1 {
			t.Errorf("there are %d issues, want 1", len(issues))
		}
	})
}

// servers are the addresses of the fake of GitLab, which differ from run to run.
var servers = regexp.MustCompile(`http://127\.0\.0\.1:\d+/gitlab`)
