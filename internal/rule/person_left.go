package rule

import (
	"fmt"
	"strings"
)

func personLeft() Rule {
	return Rule{
		Name:    "person-left",
		Cites:   []string{"P8"},
		Summary: "nobody who left has a part in an open escalation (a warning before that day)",
		Why: "People who leave stay in the directory, with `left:` and the day, because history names them. " +
			"In an open escalation somebody must take over what they did.",
		Reading: "What a person did before leaving stays true and is left alone: who opened it, wrote an update, or did a step that is done. " +
			"In a closed escalation a handle need only exist. From the day on it is an error, by the time of the commit that is judged; without one, by the latest time that the file itself states. No setting changes this.",
		Escalation: func(c *Pass) {
			if !c.Open() {
				return
			}
			now := c.now()
			for m := range mentions(c) {
				p, _ := c.Person(m.who)
				if p.Left.IsZero() || !m.then.IsZero() && m.then.Before(p.Left.AddDate(0, 0, 1)) {
					continue
				}
				hint := "name whoever took over"
				if fit := c.holders(m.fits); len(fit) > 0 {
					hint += ", for example " + names(c.Tree, fit)
				}
				if !p.GoneBy(now) {
					c.Warn(m.Field(), fmt.Sprintf("%s (%s) leaves on %s", code(m.who), p.Name, day(p.Left)), strings.Replace(hint, "took", "takes", 1))
					continue
				}
				c.Error(m.Field(), fmt.Sprintf("%s (%s) left on %s", code(m.who), p.Name, day(p.Left)), hint)
			}
		},
		Wrong: Example{
			YAML: "-- escalations/2026/northwind.yaml --\nfyi: [pastel]\n",
			Mark: "pastel",
		},
		Right: ex("fyi: [rking]\n"),
	}
}
