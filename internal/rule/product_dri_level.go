package rule

import (
	"fmt"
	"slices"

	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/schema"
)

func productDRILevel() Rule {
	return Rule{
		Name:        "product-dri-level",
		NeedsPolicy: true,
		Cites:       []string{"P10"},
		Summary:     "the Product DRI is senior enough for the severity",
		Why: "At high, a group product manager, a product director or one of the product leadership; at critical, one of the product leadership. " +
			"When the severity rises, somebody more senior takes over, and the former Product DRI usually moves to `product.team`.",
		Reading: "The VP of Product counts as one of the product leadership. At medium and low any product role will do. " +
			"`severities.<level>.product_dri` in the policy changes the roles.",
		Escalation: func(c *Pass) {
			judgeLevel(c)
		},
		Transition: func(t *Transition) {
			// One that was too low before is so anew, and stops the raise.
			if t.Before != nil && t.Severity.Rank() < t.Before.Severity.Rank() {
				judgeLevel(t.Pass)
			}
		},
		Wrong: marked("severity: critical\nproduct: {related: true, dri: mlee}\n", "mlee"),
		Right: ex("severity: critical\nproduct: {related: true, dri: dpatel, team: [mlee]}\n"),
	}
}

func judgeLevel(c *Pass) {
	h := process.ProductDRI(&c.Escalation.Escalation)
	fits := c.Tree.Policy.Severities.Of(c.Severity).ProductDRI
	if !c.Open() || h == "" || len(fits) == 0 {
		return
	}
	p, known := c.Person(h)
	productRole := holds(p, schema.ProductRoles())
	unknownRole := func(r schema.Role) bool { return !process.KnownRole(r, c.Tree.Policy) }
	if !known || p.Name == "" || !sound(c.Tree, h) || slices.ContainsFunc(fits, unknownRole) || holds(p, fits) || !productRole && !c.Severity.NeedsProduct() {
		return
	}
	hint := whoFits(c, fits)
	if productRole {
		hint += "; move " + code(h) + " to `product.team`"
	}
	f := c.Error("/product/dri", unfit(h, p, fmt.Sprintf("a Product DRI at severity %s", c.Severity), fits), hint)
	if !productRole {
		f.AlsoCite("P8")
	}
}
