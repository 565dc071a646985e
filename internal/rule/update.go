package rule

import (
	"fmt"
	"sort"
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
	kept, before := make([]bool, len(updates)), make([]int, len(updates))
	// ends[n] are the updates that end a series of n+1, in their order: the times of
	// those never increase.
	var ends [][]int
	for i, u := range updates {
		if u.At.IsZero() {
			continue
		}
		earlier := func(j int) bool { return updates[j].At.Before(u.At.Time) }
		n := sort.Search(len(ends), func(n int) bool { return !earlier(ends[n][len(ends[n])-1]) })
		if before[i] = -1; n > 0 {
			series := ends[n-1]
			before[i] = series[sort.Search(len(series), func(k int) bool { return earlier(series[k]) })]
		}
		if n == len(ends) {
			ends = append(ends, nil)
		}
		ends[n] = append(ends[n], i)
	}
	if len(ends) > 0 {
		for i := ends[len(ends)-1][0]; i >= 0; i = before[i] {
			kept[i] = true
		}
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
			earlier, unknown := map[time.Time]bool{}, false // some time that cannot be read may be the one
			for i, u := range c.Updates {
				if !u.Amends.IsZero() && !unknown && !earlier[u.Amends.Time] {
					hint := "there is no update before this one"
					if i > 0 {
						hint = "the update before it is of " + code(stamp(c.Updates[i-1].At.Time))
					}
					c.Error(fmt.Sprintf("/updates/%d/amends", i), "no earlier update has this time", hint)
				}
				earlier[u.At.Time], unknown = true, unknown || u.At.IsZero()
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
