package act

import (
	"fmt"
	"slices"

	"github.com/escalations-as-code/escalate/internal/splice"
	"github.com/escalations-as-code/escalate/schema"
)

func severity() Act {
	level := func(a Answers) schema.Severity { return schema.Severity(a.One("level")) }
	changes := func(c *Case, a Answers) bool { return level(a) != c.Escalation.Severity }
	return Act{
		Name:  "severity",
		Short: "Raise or lower the severity",
		Long: "Changes the severity, with an update that says why (P38). At high and critical it asks what the product has to do with it, and for a " +
			"Product DRI who is senior enough (P9, P10); the former one stays in the product team.",
		Examples: []string{`northwind critical -m "The customer has stopped the rollout." --product-dri dpatel`},
		State:    Open,
		Argument: "level",
		Message:  "why",
		Questions: []Question{
			{Name: "level", Writes: "/severity", Title: "How bad is it now?", Form: Choice, Need: always, Choose: severities, Help: "Who is informed, and how often the customer hears, follows from it (P4)."},
			{
				Name: "why", Writes: "/updates", Title: "Why does the severity change?", Form: Text, Need: when(changes), Unasked: "the severity is that already",
				Help: "It becomes an update: whoever is told of the change reads it.",
			},
			related(func(c *Case, a Answers) Need {
				if level(a).NeedsProduct() && c.Escalation.Product.Related == nil {
					return Required
				}
				return Unasked
			}),
			unrelatedWhy(func(c *Case, a Answers) Need {
				no := a.One("product-related") == "no" || !a.Has("product-related") && isNo(c.Escalation.Product.Related)
				if level(a).NeedsProduct() && no && c.Escalation.Product.Reason == "" {
					return Required
				}
				return Unasked
			}),
			func() Question {
				fits := func(c *Case, a Answers) bool {
					return c.fits(c.current(), c.Tree.Policy.Severities.Of(level(a)).ProductDRI)
				}
				q := productDRI("Who is the Product DRI from now on?", func(_ *Case, a Answers) schema.Severity { return level(a) }, func(c *Case, a Answers) Need {
					said := a.Has("product-related")
					yes := a.One("product-related") == "yes" || !said && isYes(c.Escalation.Product.Related)
					switch {
					case !said && c.Escalation.Product.Related == nil && level(a).NeedsProduct():
						return Optional // that is asked first
					case !yes:
						return Unasked
					case level(a).NeedsProduct() && !fits(c, a):
						return Required
					}
					return Optional
				})
				q.Suggest = func(c *Case, a Answers) []string {
					if fits(c, a) {
						return []string{string(c.current())}
					}
					return nil
				}
				return q
			}(),
			to(),
		},
		Says: func(c *Case, a Answers) string {
			return fmt.Sprintf("severity %s to %s", c.Escalation.Severity, level(a))
		},
		Edit: func(c *Case, a Answers) []splice.Change {
			list := []splice.Change{splice.Set("/severity", level(a))}
			list = append(list, c.product(a)...)
			if a.Has("why") {
				list = append(list, c.say(a.text("why"), audience(a)))
			}
			return list
		},
	}
}

func isYes(b *bool) bool { return b != nil && *b }
func isNo(b *bool) bool  { return b != nil && !*b }

// fits reports whether somebody who has not left holds one of some roles. Where no
// role is asked for, anybody does.
func (c *Case) fits(h schema.Handle, roles []schema.Role) bool {
	p, known := c.Tree.People.People[h]
	return known && !p.GoneBy(c.At) && (len(roles) == 0 || slices.ContainsFunc(roles, func(r schema.Role) bool { return slices.Contains(p.Roles, r) }))
}

// related asks whether the product is part of the problem (P9).
func related(need func(*Case, Answers) Need) Question {
	return Question{
		Name: "product-related", Writes: "/product/related", Title: "Is the product part of the problem?", Form: Yes, Need: need, Page: "product",
		Help:    "The CSM's evaluation. At high and critical a yes needs a Product DRI, and a no a reason (P9).",
		Unasked: "the file says it already: `product` changes it",
	}
}

// unrelatedWhy asks why the product is no part of it.
func unrelatedWhy(need func(*Case, Answers) Need) Question {
	return Question{
		Name: "product-reason", Writes: "/product/reason", Title: "Why is the product no part of it?", Form: Line, Need: need,
		Help: "At high and critical a no needs a reason (P9).", Unasked: "a reason is asked for where the product is no part of it",
	}
}

// productDRI asks who the Product DRI is, at a severity (P9, P10).
func productDRI(title string, level func(*Case, Answers) schema.Severity, need func(*Case, Answers) Need) Question {
	return Question{
		Name: "product-dri", Writes: "/product/dri", Title: title, Form: Person, Need: need, Unasked: "it is not product related",
		Help: "At high a group product manager or above, at critical one of the product leadership (P10).",
		Choose: func(c *Case, a Answers) []Option {
			return c.holding(c.region(a), c.Tree.Policy.Severities.Of(level(c, a)).ProductDRI...)
		},
		Words: func(c *Case) []string {
			if hours := c.Tree.Policy.Product.PendingHours; hours != nil && *hours > 0 {
				return pending(c)
			}
			return nil
		},
	}
}

// pending stands for somebody, or something, that is still to come.
func pending(*Case) []string { return []string{string(schema.Pending)} }

// product are the changes that answers about Product make. A Product DRI who is
// relieved stays in the team, where they are senior (P10).
func (c *Case) product(a Answers) []splice.Change {
	var list []splice.Change
	switch a.One("product-related") {
	case "yes":
		list = append(list, splice.Set("/product/related", true), splice.Remove("/product/reason"))
	case "no":
		list = append(list, splice.Set("/product/related", false), splice.Remove("/product/dri"))
	}
	if a.Has("product-reason") {
		list = append(list, splice.Set("/product/reason", a.text("product-reason")))
	}
	next, was := a.handle("product-dri"), c.current()
	if next == "" || next == was {
		return list
	}
	list = append(list, splice.Set("/product/dri", next))
	if c.Escalation == nil {
		return list
	}
	team := c.Escalation.Product.Team
	if i := slices.Index(team, next); i >= 0 {
		team = slices.Delete(slices.Clone(team), i, i+1)
		list = append(list, setTeam(team))
	}
	if was != "" && !slices.Contains(team, was) && c.fits(was, schema.SeniorProductRoles()) {
		list = append(list, splice.Add("/product/team", was))
	}
	return list
}

// setTeam writes the product team, or takes it away where nobody is in it.
func setTeam(team []schema.Handle) splice.Change {
	if len(team) == 0 {
		return splice.Remove("/product/team")
	}
	return splice.Set("/product/team", team)
}
