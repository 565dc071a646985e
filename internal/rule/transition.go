package rule

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/change"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// transitionRules lists the rules about what changes, in the order of the
// process.
func transitionRules() []Rule {
	return []Rule{
		productDRIStays(),
		productTeamStays(),
		significantOnce(),
		closedKept(),
		pathKept(),
		openedKept(),
		customerKept(),
		updateKept(),
		updateLater(),
		updateInTime(),
		notInFuture(),
		coverShort(),
		snoozeShort(),
		pathOpen(),
		visibilityKept(),
		severityExplained(),
		driExplained(),
		criteriaExplained(),
		reopeningExplained(),
		changedTogether(),
		baseReadable(), // the last: it tells what the others passed over
	}
}

// Transition is a change of one escalation under judgement. The Pass in it is
// the escalation as it is now: findings have their places there.
type Transition struct {
	*Pass
	// Before is the escalation as it was; nil where it is being opened, and
	// where its version cannot be read.
	Before *tree.Escalation
	// Unreadable reports that there is a version before that cannot be read, or
	// not where something seems to have changed.
	Unreadable bool
	// Base names the commit of the version before; empty where none is known.
	Base string
	// Changes is what differs.
	Changes []change.Change
	// Authored returns when the commit that wrote a fact was authored. It reports
	// false for what is not committed. nil where no commit is judged.
	Authored func(fact change.Fact) (at time.Time, committed bool)
	// Pending returns since when the Product DRI of the version before is pending;
	// zero where that is not known. nil: that is not asked.
	Pending func() time.Time
}

// NewTransition returns the change of an escalation from before, which may be
// nil, to what c holds.
func NewTransition(c *Pass, before *tree.Escalation) *Transition {
	t := &Transition{Pass: c, Unreadable: before != nil && !before.Readable()}
	if before == nil || t.Unreadable {
		t.Changes = change.Between(nil, &c.Escalation.Escalation)
	} else {
		t.Before = before
		t.Changes = change.Between(&before.Escalation, &c.Escalation.Escalation)
	}
	return t
}

// Judge lets a rule judge the change and returns what it finds, but for what is
// about a field that could not be read before.
func (t *Transition) Judge(r *Rule) []finding.Finding {
	t.begin(r)
	r.Transition(t)
	if t.Before == nil || len(t.Before.Faults) == 0 {
		return t.told.Findings()
	}
	return slices.DeleteFunc(t.told.Findings(), func(f finding.Finding) bool {
		faulty := slices.ContainsFunc(t.Before.Faults, func(was shape.Fault) bool { return top(was.Pointer) == top(f.Field) })
		t.Unreadable = t.Unreadable || faulty
		return faulty
	})
}

// top is the top-level field of a JSON pointer.
func top(pointer string) string {
	field, _, _ := strings.Cut(strings.TrimPrefix(pointer, "/"), "/")
	return field
}

// changed returns the first change of a moment, nil where there is none.
func (t *Transition) changed(m notice.Moment) *change.Change {
	i := slices.IndexFunc(t.Changes, func(c change.Change) bool { return c.Moment == m })
	if i < 0 {
		return nil
	}
	return &t.Changes[i]
}

// added returns the updates that are new.
func (t *Transition) added() []*schema.Update {
	if t.Before == nil {
		return change.Added(nil, &t.Escalation.Escalation)
	}
	return change.Added(&t.Before.Escalation, &t.Escalation.Escalation)
}

// isNew reports of each update whether it is new.
func (t *Transition) isNew() []bool {
	added := map[*schema.Update]bool{}
	for _, u := range t.added() {
		added[u] = true
	}
	isNew := make([]bool, len(t.Updates))
	for i := range t.Updates {
		isNew[i] = added[&t.Updates[i]]
	}
	return isNew
}

// last is the time of the latest update that was there before.
func (t *Transition) last() time.Time {
	var last time.Time
	for _, u := range t.Before.Updates {
		if u.At.After(last) {
			last = u.At.Time
		}
	}
	return last
}

// putBack says to put back what stood at a field, and what that was.
func (t *Transition) putBack(field string) string {
	if !t.Before.Has(field) {
		return "delete it"
	}
	at, value := t.Before.Locate(field)
	key := field[strings.LastIndex(field, "/")+1:]
	switch {
	case at.Line == at.EndLine && value != "" && len([]rune(value)) <= 100:
		return "put back " + code(key+": "+value)
	case t.Base != "":
		return fmt.Sprintf("put back what stood there: `git show %.12s:./%s` shows it", t.Base, quoted(t.Path))
	default:
		return "put back what stood there"
	}
}

// explained reports whether a new update can say why something changed (P38).
func (t *Transition) explained() bool { return slices.ContainsFunc(t.added(), change.Explains) }

// changeable reports whether the escalation was there before, and open or
// reopened: of a closed one, it is told that it changed at all.
func (t *Transition) changeable() bool {
	return t.Before != nil && (t.Before.Closure == nil || t.changed(notice.Reopened) != nil)
}

// explain is what to write so that a change is explained.
const explain = "add an update at the end of `updates` that says why"

// Vanished is an escalation whose file is no longer there, under judgement.
type Vanished struct {
	// Before is the file as it was.
	Before *tree.Escalation
	// Now is the escalation that has taken its place under another name; nil
	// where there is none.
	Now *tree.Escalation
	// Base names the commit that has the file; empty where none is known.
	Base string
}

// Judge lets a rule judge that the file is gone and returns what it finds.
func (v *Vanished) Judge(r *Rule) finding.Finding {
	path, message, hint := r.Vanished(v)
	return finding.Finding{
		Path: path, Place: finding.Place{Span: finding.LineOne},
		Rule: r.Name, Level: finding.Error, Cites: r.Cites, Message: message, Hint: hint, New: true,
	}
}
