package rule

import (
	"fmt"
	"time"
)

func personLeft() Rule {
	return Rule{
		Name:    "person-left",
		Cites:   []string{"P8"},
		Summary: "nobody who left has a part in an open escalation",
		Why: "People who leave stay in the directory, with `left:` and the day, because history names them. " +
			"In an open escalation somebody must take over what they did.",
		Reading: "What a person did before leaving stays true and is left alone: who opened it, wrote an update, or did a step that is done. " +
			"In a closed escalation a handle need only exist. No setting changes this.",
		Escalation: func(c *Pass) {
			if !c.Open() {
				return
			}
			for m := range mentions(c) {
				p, _ := c.Person(m.who)
				if p.Left.IsZero() || !m.then.IsZero() && m.then.Before(p.Left.AddDate(0, 0, 1)) {
					continue
				}
				hint := "name whoever took over"
				if fit := holders(c.Tree, m.fits, c.Account.Region); len(fit) > 0 {
					hint += ", for example " + names(c.Tree, fit)
				}
				c.Error(m.Field(), fmt.Sprintf("%s (%s) left on %s", code(m.who), p.Name, p.Left.Format(time.DateOnly)), hint)
			}
		},
		Wrong: Example{
			YAML: "-- escalations/2026/northwind.yaml --\nfyi: [pastel]\n",
			Mark: "pastel",
		},
		Right: ex("fyi: [rking]\n"),
	}
}
