package process

import (
	"time"

	"github.com/escalations-as-code/escalate/schema"
)

// Version is an escalation as it stood from a moment on.
type Version struct {
	At         time.Time
	Escalation *schema.Escalation
}

// Since returns the number of the version with which something became true that
// holds of the last one; ok is false where it does not hold of that. Versions are
// in their order.
func Since(versions []Version, holds func(*schema.Escalation) bool) (i int, ok bool) {
	i = len(versions)
	for i > 0 && holds(versions[i-1].Escalation) {
		i--
	}
	return i, i < len(versions)
}
