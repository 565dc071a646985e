package rule

import (
	"fmt"
	"time"
)

func significantOnce() Rule {
	return Rule{
		Name:    "significant-once",
		Cites:   []string{"P22"},
		Summary: "at most one update a day is marked as significant (a warning)",
		Why:     "A significant update goes to the announcement channel as well and pings all DRIs. That channel is for awareness and is kept quiet: more than one a day from one escalation, and nobody reads any.",
		Reading: "The day is that of the account's region. No setting changes the number.",
		Transition: func(t *Transition) {
			isNew, first, zone := t.isNew(), map[string]time.Time{}, t.zone()
			for i, u := range t.Updates {
				if !u.Significant || u.At.IsZero() {
					continue
				}
				day := u.At.In(zone).Format(time.DateOnly)
				before, told := first[day]
				if !told {
					first[day] = u.At.Time
				} else if isNew[i] {
					t.Warn(fmt.Sprintf("/updates/%d/significant", i), fmt.Sprintf("a second significant update on %s: the first is of %s", day, stamp(before)),
						"leave `significant` out: the update goes to the escalation's own channel all the same").Fixes = t.Delete(fmt.Sprintf("/updates/%d/significant", i))
				}
			}
		},
		Wrong: changed("updates:\n  - {at: 2026-11-21T09:00:00Z, by: jdoe, to: [internal], significant: true, text: The test failed.}\n",
			"updates:\n  - {at: 2026-11-21T09:00:00Z, by: jdoe, to: [internal], significant: true, text: The test failed.}\n"+
				"  - at: 2026-11-21T15:00:00Z\n    by: jdoe\n    to: [internal]\n    significant: true\n    text: It failed again.\n", "true"),
		Right: changed("updates:\n  - {at: 2026-11-21T09:00:00Z, by: jdoe, to: [internal], significant: true, text: The test failed.}\n",
			"updates:\n  - {at: 2026-11-21T09:00:00Z, by: jdoe, to: [internal], significant: true, text: The test failed.}\n"+
				"  - {at: 2026-11-21T15:00:00Z, by: jdoe, to: [internal], text: It failed again.}\n", ""),
	}
}
