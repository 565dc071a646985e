package rule

import "github.com/escalations-as-code/escalate/internal/shape"

func businessCase() Rule {
	return Rule{
		Name:    "business-case",
		Cites:   []string{"P14"},
		Summary: "an enhancement request carries a business case",
		Why:     "Product decides on an enhancement by its business case, and the DRI writes it.",
		Fields:  []string{"/product/enhancement", "/product/business_case", "/links/issues"},
		Tell: func(c *Pass, f shape.Fault) Said {
			if f.Pointer != "/product/business_case" || !f.Missing() {
				return Said{}
			}
			return Said{
				Message: "an enhancement request needs a business case",
				Hint:    "add `business_case: <link>` under product: the DRI writes it",
			}
		},
		Wrong: marked("product:\n  related: true\n  dri: mlee\n  enhancement: true\n", "product"),
		Right: ex("product:\n  related: true\n  dri: mlee\n  enhancement: true\n  business_case: https://docs.example.com/northwind-business-case\n"),
	}
}
