package rule

import (
	"fmt"
	"slices"

	"github.com/escalations-as-code/escalate/schema"
)

// why is a new update, as an example.
const why = "updates:\n  - {at: 2026-11-22T09:00:00Z, by: jdoe, to: [internal, customer], text: The customer froze all rollouts.}\n"

func severityExplained() Rule {
	return Rule{
		Name:    "severity-explained",
		Cites:   []string{"P38"},
		Summary: "a change of severity, up or down, comes with an update that says why",
		Why:     "Everybody who was informed is told of the new severity, with that update as the reason.",
		Merges:  true,
		Transition: func(t *Transition) {
			if t.changeable() && t.Before.Severity != t.Severity && !t.explained() {
				t.Error("/severity", fmt.Sprintf("the severity changes from %s to %s, and no new update says why", code(t.Before.Severity), code(t.Severity)), explain)
			}
		},
		Wrong: changed("severity: medium\n", "severity: high\n", "high"),
		Right: changed("severity: medium\n", "severity: high\n"+why, ""),
	}
}

func driExplained() Rule {
	return Rule{
		Name:    "dri-explained",
		Cites:   []string{"P38"},
		Summary: "a change of the DRI comes with an update that says why",
		Why:     "The customer and the team have to know whom to turn to, and since when.",
		Merges:  true,
		Transition: func(t *Transition) {
			if t.changeable() && t.Before.DRI != t.DRI && !t.explained() {
				t.Error("/dri", fmt.Sprintf("%s takes over from %s as DRI, and no new update says why", code(t.DRI), t.named(t.Before.DRI)), explain)
			}
		},
		Wrong: changed("account: {region: EMEA, csm: jdoe, account_executive: arivera}\ndri: jdoe\n",
			"account: {region: EMEA, account_executive: arivera, strategic: Launch partner}\ndri: arivera\n", "arivera"),
		Right: changed("account: {region: EMEA, csm: jdoe, account_executive: arivera}\ndri: jdoe\n",
			"account: {region: EMEA, account_executive: arivera, strategic: Launch partner}\ndri: arivera\n"+
				"updates:\n  - {at: 2026-11-22T09:00:00Z, by: jdoe, to: [internal, customer], text: The account has no CSM from now on.}\n", ""),
	}
}

func criteriaExplained() Rule {
	return Rule{
		Name:    "criteria-explained",
		Cites:   []string{"P38"},
		Summary: "an exit criterion is dropped or rewritten only with an update that says why",
		Why:     "The exit criteria are what was agreed to end the escalation. One that quietly goes is an agreement that quietly changes. New ones, and those that are met, need no word.",
		Merges:  true,
		Transition: func(t *Transition) {
			if !t.changeable() || t.explained() {
				return
			}
			has := func(list []schema.ExitCriterion, c schema.ExitCriterion) bool {
				return slices.ContainsFunc(list, func(x schema.ExitCriterion) bool { return x.Criterion == c.Criterion })
			}
			for i, was := range t.Before.ExitCriteria {
				switch {
				case has(t.ExitCriteria, was):
				case i < len(t.ExitCriteria) && !has(t.Before.ExitCriteria, t.ExitCriteria[i]):
					t.Error(fmt.Sprintf("/exit_criteria/%d/criterion", i), fmt.Sprintf("this exit criterion was %s, and no new update says why it changes", code(clip(string(was.Criterion)))), explain)
				default:
					t.Error("/exit_criteria", fmt.Sprintf("the exit criterion %s is gone, and no new update says why", code(clip(string(was.Criterion)))), explain+", or put it back")
				}
			}
		},
		Wrong: changed("exit_criteria:\n  - criterion: Queue time under 60 s at p95 for five working days\n",
			"exit_criteria:\n  - criterion: Queue time under 120 s\n", "Queue time under 120 s"),
		Right: changed("exit_criteria:\n  - criterion: Queue time under 60 s at p95 for five working days\n",
			"exit_criteria:\n  - criterion: Queue time under 120 s\n"+
				"updates:\n  - {at: 2026-11-22T09:00:00Z, by: jdoe, to: [internal, customer], text: The customer agreed that 120 s will do.}\n", ""),
	}
}

func reopeningExplained() Rule {
	return Rule{
		Name:    "reopening-explained",
		Cites:   []string{"P38", "P35"},
		Summary: "a reopening comes with an update that says why",
		Why:     "The closure was told to everybody who was informed. They are told that it did not hold, with that update as the reason.",
		Merges:  true,
		Transition: func(t *Transition) {
			if t.Before != nil && t.Before.Closure != nil && t.Closure == nil && !t.explained() {
				t.Error("/updates", fmt.Sprintf("the escalation was closed at %s and is reopened, and no new update says why", stamp(t.Before.Closure.At.Time)),
					explain+", or put `closure` back")
			}
		},
		Wrong: Example{Before: closedExample, YAML: "summary: Pipelines wait 40 minutes and every team is affected\n"},
		Right: Example{Before: closedExample, YAML: "updates:\n  - {at: 2026-12-05T09:00:00Z, by: jdoe, to: [internal, customer], text: The queue waits again.}\n"},
	}
}

func baseReadable() Rule {
	return Rule{
		Name:    "base-readable",
		Summary: "what changed can be judged only where the version before can be read",
		Why: "Where the version that a pull request starts from is broken, or a field of it, that counts as absent: it must be mended, and nothing can be said of what changed. " +
			"Whoever reviews the change compares the two by eye.",
		Transition: func(t *Transition) {
			if t.Unreadable {
				t.Warn("", "the version before this one cannot be read here, so not all that changed was judged", "compare the two versions by eye before you merge")
			}
		},
		Wrong: Example{Note: "the version before holds a conflict marker, and the new one does not"},
		Right: Example{Note: "the version before can be read"},
	}
}

func changedTogether() Rule {
	return Rule{
		Name:    "changed-together",
		Summary: "an escalation does not pass only because the directory or the policy changes with it",
		Why: "The directory and the policy that hold before a change decide who may weaken them. An escalation that changes together with them is judged by the old ones, too: " +
			"nobody gives themselves a role, and uses it, in one pull request. What the policy asks for an open escalation must not become less with it either: who is informed, how soon, and where. " +
			"The change of `people.yaml` or `policy.yaml` goes first, in a pull request that those can look at who answer for it.",
		Reading: "Somebody who joins the directory may be named at once, which is a warning; but not as the one who closes, amends, waives or snoozes. " +
			"Whoever leaves, or has a successor, may do so together with an escalation. Judged with `--base` and in an audit only. No setting changes this.",
		Wrong: changed("-- escalations/2026/northwind.yaml --\n"+productBefore,
			"-- escalations/policy.yaml --\nseverities: {high: {product_dri: [product_manager]}}\n-- escalations/2026/northwind.yaml --\n"+productAfter, "okhan"),
		Right: changed("-- escalations/policy.yaml --\nseverities: {high: {product_dri: [product_manager]}}\n-- escalations/2026/northwind.yaml --\n"+productBefore,
			"-- escalations/policy.yaml --\nseverities: {high: {product_dri: [product_manager]}}\n-- escalations/2026/northwind.yaml --\n"+productAfter, ""),
	}
}

const (
	productBefore = "severity: medium\nproduct: {related: true, dri: okhan}\n"
	productAfter  = "severity: high\nproduct: {related: true, dri: okhan}\n" + why
)
