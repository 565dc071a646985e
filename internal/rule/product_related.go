package rule

import (
	"fmt"

	"github.com/escalations-as-code/escalate/internal/shape"
)

func productRelated() Rule {
	return Rule{
		Name:    "product-related",
		Cites:   []string{"P9"},
		Summary: "at high and critical the file says whether the product is part of the problem",
		Why: "Whether a Product DRI is needed depends on it, and the CSM evaluates it. `product: {related: true, dri: ...}` says yes; " +
			"`product: {related: false, reason: ...}` says no.",
		Reading: "That the file must say so, and that a no needs a reason, is this project's reading. No setting changes it.",
		Fields:  []string{"/product", "/product/related", "/product/reason"},
		Tell: func(c *Pass, f shape.Fault) Said {
			switch {
			case (f.Pointer == "/product" || f.Pointer == "/product/related") && f.Missing():
				at := f.Pointer
				if !c.Has("/product") {
					at = "/severity"
				}
				return Said{
					At:      at,
					Message: fmt.Sprintf("at severity %s the file must say whether the product is part of the problem", c.Severity),
					Hint:    "add `product: {related: true, dri: <handle>}`, or `product: {related: false, reason: <text>}`",
				}
			case f.Pointer == "/product/reason" && f.Missing():
				return Said{
					At:      "/product/related",
					Message: fmt.Sprintf("at severity %s a no needs a reason", c.Severity),
					Hint:    "add `reason:` under product, and say why the product is not part of the problem",
				}
			}
			return Said{}
		},
		Wrong: marked("severity: high\nproduct:\n  related: false\n", "false"),
		Right: ex("severity: high\nproduct:\n  related: false\n  reason: Only the customer's own network is slow\n"),
	}
}
