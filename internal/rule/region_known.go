package rule

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/schema"
)

func regionKnown() Rule {
	return Rule{
		Name:        "region-known",
		NeedsPolicy: true,
		Cites:       []string{"P5"},
		Summary:     "the account's region is one of the policy's",
		Why: "The region decides who must be informed where a role is held region by region, and whose working days the clocks follow. " +
			"AMER, EMEA, APAC and PubSec are built in; a policy may add its own under `regions`.",
		Fields: []string{"/account/region"},
		Escalation: func(c *Pass) {
			if r := c.Account.Region; r != "" {
				if _, known := c.Tree.Policy.Regions[string(r)]; !known {
					c.Tell("/account/region", unknownRegion(r, c.Tree.Policy))
				}
			}
		},
		Wrong: marked("account: {region: Emea, csm: jdoe, account_executive: arivera}\n", "Emea"),
		Right: ex("account: {region: EMEA, csm: jdoe, account_executive: arivera}\n"),
	}
}

func unknownRegion(r schema.RegionName, p schema.Policy) Said {
	regions := slices.Sorted(maps.Keys(p.Regions))
	return didYouMean(fmt.Sprintf("%s is not a region of the policy: those are %s", code(r), strings.Join(regions, ", ")), r, regions,
		"write one of them, or add the region to policy.yaml")
}
