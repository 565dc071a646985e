package rule

import (
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/schema"
)

func pathOpen() Rule {
	return Rule{
		Name:    "path-open",
		Cites:   []string{"P7", "P38"},
		Summary: "an escalation that is opened or reopened has a step to be done, and one that is reopened an exit criterion to be met",
		Why: "The opening tells everybody what happens next. Where all steps are done nothing does, and where all exit criteria are met there is nothing to reopen. " +
			"Later the DRI is asked where the path has no next step.",
		Reading: "That a step is open at the opening is this project's reading. No setting changes it.",
		Transition: func(t *Transition) {
			reopened := t.changed(notice.Reopened) != nil
			if !t.Open() || t.Before != nil && !reopened || t.Unreadable {
				return
			}
			if len(t.NextSteps) > 0 && !slices.ContainsFunc(t.NextSteps, func(s schema.NextStep) bool { return s.Done.IsZero() }) {
				t.Error("/next_steps", "every step is done, so nothing happens next", "add a step with an owner and a date")
			}
			if reopened && len(t.ExitCriteria) > 0 && !slices.ContainsFunc(t.ExitCriteria, func(c schema.ExitCriterion) bool { return c.Met.IsZero() }) {
				t.Error("/exit_criteria", "the escalation is reopened, but every exit criterion is met", "take back the `met:` of the one that did not hold, or add what must be true now")
			}
		},
		Wrong: Example{
			Before: closedExample + doneStep,
			YAML:   doneStep + reopening,
			Mark:   "next_steps",
		},
		Right: Example{
			Before: closedExample + doneStep,
			YAML:   strings.Replace(doneStep, "\n", "\n  - {step: Find out why the queue waits again, owner: jdoe, due: 2026-12-08}\n", 1) + reopening,
		},
	}
}

const (
	doneStep  = "next_steps:\n  - {step: Load test with the customer, owner: jdoe, due: 2026-11-24, done: 2026-11-24}\n"
	reopening = "updates:\n  - {at: 2026-12-05T09:00:00Z, by: jdoe, to: [internal, customer], text: The queue waits again.}\n"
)
