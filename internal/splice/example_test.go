package splice_test

import (
	"fmt"

	"github.com/escalations-as-code/escalate/internal/splice"
	"github.com/escalations-as-code/escalate/schema"
)

// A severity that is raised, with why (P38), in a file whose comments and style stay.
func ExampleApply() {
	data := []byte(`customer: Northwind Traders
severity: high # since the upgrade
opened: {at: 2026-11-20T09:30:00Z, by: jdoe}
updates:
  - {at: 2026-11-21T15:00:00Z, by: jdoe, to: [internal], text: Booked.}
`)
	out, err := splice.Apply(schema.KindEscalation, "escalations/2026/northwind.yaml", data,
		splice.Set("/severity", schema.Critical),
		splice.Set("/product/dri", schema.Handle("dpatel")),
		splice.Add("/updates", schema.Update{
			At: now, By: "jdoe", To: []schema.Audience{schema.Internal},
			Text: "The CTO asks for a way out of the contract.\n\nSee also: #4711",
		}),
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s", out)
	// Output:
	// customer: Northwind Traders
	// severity: critical # since the upgrade
	// opened: {at: 2026-11-20T09:30:00Z, by: jdoe}
	// product: {dri: dpatel}
	// updates:
	//   - {at: 2026-11-21T15:00:00Z, by: jdoe, to: [internal], text: Booked.}
	//   - at: 2026-11-27T15:30:00Z
	//     by: jdoe
	//     to: [internal]
	//     text: |
	//       The CTO asks for a way out of the contract.
	//
	//       See also: #4711
}
