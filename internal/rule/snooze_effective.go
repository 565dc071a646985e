package rule

import "github.com/escalations-as-code/escalate/schema"

func snoozeEffective() Rule {
	return Rule{
		Name:    "snooze-effective",
		Cites:   []string{"P27"},
		Summary: "nobody snoozes a critical escalation",
		Why: "A snooze holds back the reminders to update the customer, for a while and with a reason. At critical the customer hears every day, " +
			"whatever stands there.",
		Reading: "The process knows no snooze. It holds back the reminders of the customer clock alone, for at most seven days, and never at critical. `review: [snooze]` in the policy leaves it to a manager.",
		Escalation: func(c *Pass) {
			if c.Open() && c.Snooze != nil && c.Severity == schema.Critical {
				c.Error("/snooze", "at critical nothing is snoozed: the customer hears every day", "delete it; or lower the severity, if it is not critical any more")
			}
		},
		Wrong: marked("severity: critical\nproduct: {related: true, dri: dpatel}\nsnooze: {until: 2026-11-30, reason: Customer is on holiday, by: jdoe}\n", "snooze"),
		Right: ex("severity: high\nsnooze: {until: 2026-11-30, reason: Customer is on holiday, by: jdoe}\n"),
	}
}
