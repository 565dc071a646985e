package rule

import (
	"fmt"
	"slices"
	"time"

	"github.com/escalations-as-code/escalate/internal/change"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/schema"
)

func productDRIRequired() Rule {
	return Rule{
		Name:    "product-dri-required",
		Cites:   []string{"P9"},
		Summary: "a product-related escalation at high or critical has a Product DRI",
		Why:     "The Product DRI drives what is product related, is invited to the channel, and stays with the customer as the face of Product until the end.",
		Reading: "One passage of the process asks for a Product DRI whatever the severity. At medium and low a missing one is a warning. No setting changes this.",
		Fields:  []string{"/product/dri"},
		Tell: func(c *Pass, f shape.Fault) Said {
			if !f.Missing() {
				return Said{}
			}
			return Said{
				Message: fmt.Sprintf("a product-related escalation of severity %s needs a Product DRI", c.Severity),
				Hint:    "add `dri:` under product; " + whoFits(c, c.Tree.Policy.Severities.Of(c.Severity).ProductDRI),
			}
		},
		Escalation: func(c *Pass) {
			p := c.Product
			if c.Open() && c.Severity != "" && !c.Severity.NeedsProduct() && p.Related != nil && *p.Related && p.DRI == "" && !c.Has("/product/dri") {
				c.Warn("/product/dri", "a product-related escalation should have a Product DRI, also at severity "+string(c.Severity),
					"add `dri:` under product; "+whoFits(c, c.Tree.Policy.Severities.Of(c.Severity).ProductDRI))
			}
		},
		Wrong: marked("severity: high\nproduct:\n  related: true\n", "product"),
		Right: ex("severity: high\nproduct:\n  related: true\n  dri: mlee\n"),
	}
}

func productDRIPending() Rule {
	return Rule{
		Name:        "product-dri-pending",
		NeedsPolicy: true,
		Cites:       []string{"P9"},
		Summary:     "a Product DRI is pending only where the policy allows it (a warning), and for its hours",
		Why: "A product-related escalation at high or critical needs a Product DRI. Where Product assigns one within some hours, `product.pending_hours` in the policy allows `dri: pending` for so long: " +
			"the notices say that one is to be assigned, and mention the product leadership.",
		Reading: "By default a Product DRI is named at once. `product.pending_hours` in the policy changes that. The hours count from the commit that brought `pending` to the default branch, never from before the opening; " +
			"after them it is an error in each change, by the commit's time, that does more than add updates, but for a withdrawal.",
		Escalation: func(c *Pass) {
			if !c.Open() || c.Product.DRI != schema.PendingPerson {
				return
			}
			hours, fits := c.Tree.Policy.Product.PendingHours, c.Tree.Policy.Severities.Of(c.Severity).ProductDRI
			if hours == nil || *hours == 0 {
				c.Error("/product/dri", "the Product DRI is pending, which the policy does not allow", "name one; "+whoFits(c, fits))
				return
			}
			c.Warn("/product/dri", fmt.Sprintf("the Product DRI is pending, which is overdue after %d hours", *hours), "name one; "+whoFits(c, fits))
		},
		Transition: func(t *Transition) {
			hours := t.Tree.Policy.Product.PendingHours
			if hours == nil || *hours == 0 || t.Before == nil || t.Before.Product.DRI != schema.PendingPerson || t.Product.DRI != schema.PendingPerson ||
				t.changed(notice.Withdrawn) != nil || !slices.ContainsFunc(t.Changes, func(c change.Change) bool { return c.Moment != notice.Update && c.Moment != notice.Significant }) ||
				t.Pending == nil || t.Tree.Authored.IsZero() {
				return
			}
			since := t.Pending()
			if opened := t.Before.Opened.At.Time; opened.After(since) { // also where it is not known
				since = opened
			}
			if until := since.Add(time.Duration(*hours) * time.Hour); !t.Tree.Authored.Before(until) {
				t.Error("/product/dri", fmt.Sprintf("the Product DRI is pending since %s, and the %d hours that the policy allows are over", stamp(since), *hours),
					"name one; "+whoFits(t.Pass, t.Tree.Policy.Severities.Of(t.Severity).ProductDRI)+"; until then only updates can be added")
			}
		},
		Wrong: marked("product: {related: true, dri: pending}\n", "pending"),
		Right: ex("product: {related: true, dri: mlee}\n"),
	}
}
