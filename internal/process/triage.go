package process

import (
	"slices"

	"github.com/escalations-as-code/escalate/schema"
)

// Triage is who looks at a proposed escalation (P1): those whom the policy names, of
// those who are there.
func Triage(people schema.Directory, policy schema.Policy) []schema.Handle {
	return slices.DeleteFunc(slices.Clone(policy.Triage), func(h schema.Handle) bool {
		p, known := people.People[h]
		return !known || !p.Left.IsZero()
	})
}
