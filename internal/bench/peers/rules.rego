# Six rules of the process, for conftest.
package main

import rego.v1

deny contains "severity-known: the severity is critical, high, medium or low (P4)" if {
	not input.severity in {"critical", "high", "medium", "low"}
}

deny contains sprintf("escalation-dri: the DRI should be %s (P6)", [expected]) if {
	expected != input.dri
}

deny contains "product-dri-required: a grave, product related escalation needs a Product DRI (P9)" if {
	input.severity in {"critical", "high"}
	input.product.related
	not input.product.dri
}

deny contains "next-steps: an open escalation has a next step with owner and date (P7)" if {
	not input.closure
	count([s | some s in input.next_steps; s.owner; s.due]) == 0
}

deny contains "update-order: the times of updates increase (P37)" if {
	some i, update in input.updates
	i > 0
	update.at <= input.updates[i - 1].at
}

deny contains "exit-criteria-met: a criterion has no date, though all are said to be met (P31)" if {
	input.closure.exit_criteria_met
	some criterion in input.exit_criteria
	not criterion.met
}

expected := input.account.services_project.manager if {
	input.account.services_project
} else := input.account.csm if {
	input.account.csm
} else := input.account.account_executive
