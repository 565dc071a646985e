package rule

import (
	"fmt"
	"time"

	"github.com/escalations-as-code/escalate/schema"
)

func updateTold() Rule {
	return Rule{
		Name:    "update-told",
		Cites:   []string{"P24"},
		Summary: "an update says when, who, to whom and what",
		Why:     "An update `to: [customer]` is what stops the customer clock, and any update the channel clock. One that says that nothing has changed counts as well.",
		Fields:  []string{"/updates"},
		Escalation: func(c *Pass) {
			for i, u := range c.Updates {
				if u.Redacted != "" && u.Text != "" {
					c.Error(fmt.Sprintf("/updates/%d/text", i), "a redacted update keeps no text", "delete the text: `redacted` stands in its place").
						Fixes = c.Delete(fmt.Sprintf("/updates/%d/text", i))
				}
			}
		},
		Wrong: marked("updates:\n  - at: 2026-11-21T15:00:00Z\n    by: jdoe\n    text: The load test is booked for Tuesday.\n", "at"),
		Right: ex("updates:\n  - at: 2026-11-21T15:00:00Z\n    by: jdoe\n    to: [internal, customer]\n    text: The load test is booked for Tuesday.\n"),
	}
}

func updateOrder() Rule {
	return Rule{
		Name:    "update-order",
		Cites:   []string{"P37"},
		Summary: "updates stand in the order of their times, after the opening and before the closure",
		Why:     "The file is the record. New updates stand at the end and are later than every one before them; none is older than the escalation, and the closure is after all of it.",
		Escalation: func(c *Pass) {
			opened, last := c.Opened.At.Time, c.Opened.At.Time
			inOrder := longestOrder(c.Updates)
			for i, u := range c.Updates {
				at, field := u.At.Time, fmt.Sprintf("/updates/%d/at", i)
				switch {
				case at.IsZero(): // the schema tells it
				case at.Before(opened):
					c.Error(field, fmt.Sprintf("this update is older than the escalation, which was opened at %s", stamp(opened)),
						"write the time at which it was told")
				case inOrder[i]:
					last = at
				case at.After(last):
					c.Error(field, "this update is later than those that come after it", "updates stand in the order of their times: write its right time, or move it down")
				default:
					c.Error(field, fmt.Sprintf("this update is not later than the one before it, which is of %s", stamp(last)),
						"updates stand in the order of their times: move it up, or write its right time")
				}
			}
			if c.Closure != nil && !c.Closure.At.IsZero() && !last.IsZero() && !c.Closure.At.After(last) {
				c.Error("/closure/at", fmt.Sprintf("the closure is of %s, but something happened at %s", stamp(c.Closure.At.Time), stamp(last)),
					"the closure is later than the opening and every update")
			}
		},
		Wrong: marked("updates:\n"+
			"  - {at: 2026-11-21T15:00:00Z, by: jdoe, to: [internal], text: The load test is booked.}\n"+
			"  - {at: 2026-11-21T14:00:00Z, by: jdoe, to: [internal], text: The load test ran.}\n", "2026-11-21T14:00:00Z"),
		Right: ex("updates:\n" +
			"  - {at: 2026-11-21T15:00:00Z, by: jdoe, to: [internal], text: The load test is booked.}\n" +
			"  - {at: 2026-11-22T14:00:00Z, by: jdoe, to: [internal], text: The load test ran.}\n"),
	}
}

// longestOrder marks the updates of the longest series whose times increase:
// the others are those that stand wrong, and as few as can be. Of two that
// clash the first is taken to be right.
func longestOrder(updates []schema.Update) []bool {
	kept := make([]bool, len(updates))
	increasing := true
	for i := range updates {
		kept[i] = true
		increasing = increasing && (i == 0 || updates[i].At.After(updates[i-1].At.Time))
	}
	if increasing || len(updates) > 2000 { // so many are in order, or made to do harm
		return kept
	}
	length, before := make([]int, len(updates)), make([]int, len(updates))
	last := -1
	for i, u := range updates {
		kept[i], before[i] = false, -1
		if u.At.IsZero() {
			continue
		}
		length[i] = 1
		for j := range i {
			if length[j] >= length[i] && u.At.After(updates[j].At.Time) {
				length[i], before[i] = length[j]+1, j
			}
		}
		if last < 0 || length[i] > length[last] {
			last = i
		}
	}
	for i := last; i >= 0; i = before[i] {
		kept[i] = true
	}
	return kept
}

func updateAmends() Rule {
	return Rule{
		Name:    "update-amends",
		Cites:   []string{"P37"},
		Summary: "an update that amends another names the time of an earlier one",
		Why:     "Past updates never change. What was wrong in one is corrected by a new update with `amends:` and the time of the one that it corrects.",
		Escalation: func(c *Pass) {
			for i, u := range c.Updates {
				if u.Amends.IsZero() {
					continue
				}
				known := false
				for _, earlier := range c.Updates[:i] {
					known = known || earlier.At.IsZero() || earlier.At.Equal(u.Amends.Time)
				}
				if !known {
					hint := "there is no update before this one"
					if i > 0 {
						hint = "the update before it is of " + code(stamp(c.Updates[i-1].At.Time))
					}
					c.Error(fmt.Sprintf("/updates/%d/amends", i), "no earlier update has this time", hint)
				}
			}
		},
		Wrong: marked("updates:\n"+
			"  - {at: 2026-11-21T15:00:00Z, by: jdoe, to: [internal], text: The load test is on Monday.}\n"+
			"  - {at: 2026-11-22T09:00:00Z, by: jdoe, to: [internal], amends: 2026-11-21T16:00:00Z, text: It is on Tuesday.}\n", "2026-11-21T16:00:00Z"),
		Right: ex("updates:\n" +
			"  - {at: 2026-11-21T15:00:00Z, by: jdoe, to: [internal], text: The load test is on Monday.}\n" +
			"  - {at: 2026-11-22T09:00:00Z, by: jdoe, to: [internal], amends: 2026-11-21T15:00:00Z, text: It is on Tuesday.}\n"),
	}
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
