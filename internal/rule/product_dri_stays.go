package rule

import (
	"fmt"
	"slices"

	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/schema"
)

func productDRIStays() Rule {
	return Rule{
		Name:    "product-dri-stays",
		Cites:   []string{"P11"},
		Summary: "the Product DRI stays until the end, or is replaced with a reason",
		Why: "The Product DRI is the customer's stable counterpart from Product. While the escalation is open there is always one once there was one; " +
			"another may take over with an update that says why, or because the severity rises. Where it turns out not to be product related after all, `related: false` with such an update releases the Product DRI. " +
			"Product managers in `product.team` come and go freely.",
		Reading: "That the severity was raised counts as a reason. No setting changes this.",
		Transition: func(t *Transition) {
			if t.Before == nil || t.Before.Closure != nil {
				return
			}
			was, is := t.Before.Product.DRI, t.Product.DRI
			raised := t.Severity.Rank() < t.Before.Severity.Rank()
			unrelated := t.Product.Related != nil && !*t.Product.Related && (t.Before.Product.Related == nil || *t.Before.Product.Related)
			switch {
			case was == "" || was == schema.PendingPerson || was == is:
			case is == "" && unrelated && t.explained():
			case is == "" && unrelated:
				t.Error("/product/related", fmt.Sprintf("the Product DRI %s is released, and no new update says why it is not product related", t.named(was)), explain)
			case is == schema.PendingPerson:
				t.Error("/product/dri", fmt.Sprintf("the Product DRI %s is gone, but stays until somebody takes over", t.named(was)), fmt.Sprintf("write `dri: %s` back, or name who takes over, with an update that says why", was)).AlsoCite("P9") // none is pending beside it
			case is == "":
				field, back := "/product/dri", fmt.Sprintf("write `dri: %s` back under `product`", was)
				if !t.Has("/product") {
					field, back = "/product", t.putBack("/product")
				}
				f := t.Error(field, fmt.Sprintf("the Product DRI %s is gone, but stays until the escalation is resolved", t.named(was)),
					back+", or name who takes over, or write `related: false`, with an update that says why")
				if t.Severity.NeedsProduct() || t.Product.Related != nil && *t.Product.Related {
					f.AlsoCite("P9") // one is missing as well, which is the same mistake
				}
			case !raised && !t.explained():
				t.Error("/product/dri", fmt.Sprintf("%s takes over from %s as Product DRI, and no new update says why", code(is), t.named(was)), explain)
			}
		},
		Wrong: changed("product: {related: true, dri: mlee}\n", "product: {related: true, dri: dpatel, team: [mlee]}\n", "dpatel"),
		Right: changed("product: {related: true, dri: mlee}\n", "product: {related: true, dri: dpatel, team: [mlee]}\n"+
			"updates:\n  - {at: 2026-11-22T09:00:00Z, by: jdoe, to: [internal], text: Dina Patel takes over while Min Lee is on leave.}\n", ""),
	}
}

func productTeamStays() Rule {
	return Rule{
		Name:    "product-team-stays",
		Cites:   []string{"P10"},
		Summary: "a former Product DRI moves to the product team and stays there (a warning)",
		Why: "The Product DRI is the customer's stable counterpart. Whoever hands over to somebody more senior is known to the customer already, and stays attached until the end. " +
			"Product managers come and go freely.",
		Reading: "Who is a group product manager, a product director or one of the product leadership counts as a former Product DRI. Whoever left the company is let go. No setting changes this.",
		Transition: func(t *Transition) {
			if t.Before == nil || t.Before.Closure != nil || !t.Open() || t.Product.Related != nil && !*t.Product.Related {
				return
			}
			had := append([]schema.Handle{process.ProductDRI(&t.Before.Escalation)}, t.Before.Product.Team...)
			for _, h := range process.Each(had) {
				p, _ := t.Person(h)
				if h == t.Product.DRI || slices.Contains(t.Product.Team, h) || !holds(p, schema.SeniorProductRoles()) || p.GoneBy(t.now()) {
					continue
				}
				if h == t.Before.Product.DRI && process.ProductDRI(&t.Escalation.Escalation) == "" {
					continue // product-dri-stays tells it
				}
				t.Warn("/product/team", fmt.Sprintf("%s was the customer's counterpart from Product, and is not in the team", t.named(h)),
					"add "+code(h)+" to `product.team`: a former Product DRI stays until the end").Value = string(h)
			}
		},
		Wrong: changed("product: {related: true, dri: mlee}\n", "product: {related: true, dri: dpatel, team: [okhan]}\n"+why, "team"),
		Right: changed("product: {related: true, dri: mlee}\n", "product: {related: true, dri: dpatel, team: [mlee]}\n"+why, ""),
	}
}

// named shows a handle with the name of the person.
func (c *Pass) named(h schema.Handle) string {
	if p, _ := c.Person(h); p.Name != "" {
		return fmt.Sprintf("%s (%s)", code(h), p.Name)
	}
	return code(h)
}
