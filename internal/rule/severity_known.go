package rule

func severityKnown() Rule {
	return Rule{
		Name:    "severity-known",
		Cites:   []string{"P4"},
		Summary: "the severity is critical, high, medium or low",
		Why: "Each severity has a meaning, a cadence and a list of people who must be informed, so there are these four and no others. " +
			"critical: deployment or use is significantly impacted, and the customer, a significant part of the contract, the relationship or the brand is at high risk. " +
			"high: deployment or use is significantly impacted; adoption, growth or the relationship is at risk. " +
			"medium: deployment or use is impacted; adoption and renewal are at risk. " +
			"low: deployment or use is impacted; value, timeline or satisfaction is at risk.",
		Fields: []string{"/severity"},
		Wrong:  marked("severity: hihg\n", "hihg"),
		Right:  ex("severity: high\n"),
	}
}
