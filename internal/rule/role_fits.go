package rule

import (
	"fmt"

	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

func roleFits() Rule {
	return Rule{
		Name:    "role-fits",
		Cites:   []string{"P8"},
		Summary: "whoever is named holds a role that fits the field",
		Why: "A CSM field names a csm, a Support DRI somebody of Support, the owner of an RCA somebody of Engineering. " +
			"Where the field does not ask for a role, anybody of the directory fits. `dri` is judged by escalation-dri alone.",
		Reading: "Roles are checked while an escalation is open; of the owner of its RCA, where that is set. " +
			"With `review: [snooze]` in the policy, a snooze is decided by a manager.",
		Escalation: func(c *Pass) {
			for m := range mentions(c) {
				if len(m.fits) == 0 || !c.Open() && !m.set {
					continue
				}
				p, known := c.Person(m.who)
				switch {
				case !known || p.Name == "" || !sound(c.Tree, m.who) || holds(p, m.fits) || !c.Open() && p.GoneBy(c.now()):
				case m.field == "/product/dri" && c.Severity.NeedsProduct(): // product-dri-level asks for more
				default:
					c.Error(m.Field(), unfit(m.who, p, shape.Name(c.Document, m.Field()), m.fits), whoFits(c, m.fits))
				}
			}
		},
		Wrong: marked("account: {region: EMEA, csm: jdoe, account_executive: okhan}\n", "okhan"),
		Right: ex("account: {region: EMEA, csm: jdoe, account_executive: arivera}\n"),
	}
}

func unfit(h schema.Handle, p schema.Person, field string, fits []schema.Role) string {
	roles := "has no role"
	if len(p.Roles) > 0 {
		roles = "is " + words.And(p.Roles)
	}
	return fmt.Sprintf("%s (%s) %s, but %s takes %s", code(h), p.Name, roles, field, words.Or(fits))
}

func whoFits(c *Pass, fits []schema.Role) string {
	if fit := c.holders(fits); len(fit) > 0 {
		return "it could be " + names(c.Tree, fit)
	}
	return "nobody in people.yaml holds such a role: add the role to the person, or the person to the directory"
}
