package plan

import (
	"fmt"
	"slices"
	"time"

	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// held says why nothing can be told of an escalation beside what was told of it; ""
// where that is not so. told is nil where there is no ledger to ask.
func held(before, after *tree.Escalation, told Told) string {
	opened := func() bool { // the ledger says so
		return slices.ContainsFunc(told(after.ID), func(n notice.Notice) bool { return n.Moment == notice.Opened })
	}
	const where = "look for the last good one with `git log -p escalate-ledger -- %s`, and put it back"
	switch {
	case told != nil && before == nil && opened():
		return fmt.Sprintf("the ledger says that it was told, and has no copy of it: "+where, after.Path)
	case before == nil:
		return ""
	case told != nil && (before.Broken() || !before.Readable()) && len(told(after.ID)) > 0: // one that was adopted is what it was
		return fmt.Sprintf("the ledger's copy of what was told cannot be read: "+where, after.Path)
	case !before.Opened.At.IsZero() && (!before.Opened.At.Equal(after.Opened.At.Time) || before.Opened.By != after.Opened.By):
		return fmt.Sprintf("it was opened at %s by %s, and its file says something else: another escalation has a path of its own, and `opened` never changes (P36)",
			before.Opened.At.UTC().Format(time.RFC3339), before.Opened.By)
	}
	return ""
}
