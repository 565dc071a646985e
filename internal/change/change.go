// Package change says what differs between two versions of an escalation, in
// the words of the process: its moments. What is announced, what is judged of a
// change and what the audit trail lists are all made from this one answer,
// which depends on the two versions alone.
package change

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/schema"
)

// Change is one thing that differs.
type Change struct {
	Moment notice.Moment
	// Field is the top-level field that changed; empty where it is all of them,
	// at the opening.
	Field string
	// Update is the update that was added, or the one that explains the change
	// of severity or DRI, or the reopening (P38); nil where there is none.
	Update *schema.Update
	// Before and After are the two versions. Before is nil at the opening.
	Before, After *schema.Escalation
}

// Between returns what differs between two versions of an escalation. before is
// nil where it is being opened.
//
// The update that explains a change of severity or DRI, or a reopening, stands
// in that change alone; each other update that was added is a change of its
// own. A significant one is so too, unless it explains what is announced as
// widely.
func Between(before, after *schema.Escalation) []Change {
	d := &differ{before: before, after: after}
	if before == nil {
		d.before = &schema.Escalation{}
		d.add(notice.Opened, "", nil)
		d.updates(Added(nil, after), nil)
		d.closure()
		d.changes[0].Before = nil
		for i := range d.changes {
			d.changes[i].Before = nil
		}
		return d.changes
	}
	added := Added(before, after)
	reopened := reopened(before, after, added)
	severity, dri := before.Severity != after.Severity, before.DRI != after.DRI
	why := explaining(added, reopened || severity)
	if reopened {
		d.add(notice.Reopened, "closure", why)
	}
	if severity {
		d.add(notice.Severity, "severity", why)
	}
	quoted := why
	if !reopened && !severity && (!dri || why != nil && why.Significant) {
		quoted = nil // it stands for itself
	}
	d.updates(added, quoted)
	if dri {
		d.add(notice.DRI, "dri", why)
	}
	if before.Product.DRI != after.Product.DRI {
		d.add(notice.ProductDRI, "product", nil)
	}
	d.compare(notice.Criteria, "exit_criteria", before.ExitCriteria, after.ExitCriteria)
	d.compare(notice.Steps, "next_steps", before.NextSteps, after.NextSteps)
	d.compare(notice.Standup, "standup", before.Standup, after.Standup)
	if arrived(before, after) {
		d.add(notice.Case, "links", nil)
	}
	d.edited()
	if after.Closure != nil && (before.Closure == nil || reopened) {
		d.closure()
	}
	return d.changes
}

type differ struct {
	before, after *schema.Escalation
	changes       []Change
}

func (d *differ) add(m notice.Moment, field string, u *schema.Update) {
	d.changes = append(d.changes, Change{Moment: m, Field: field, Update: u, Before: d.before, After: d.after})
}

func (d *differ) compare(m notice.Moment, field string, before, after any) {
	if !same(before, after) {
		d.add(m, field, nil)
	}
}

// updates adds each update but the one that is quoted elsewhere.
func (d *differ) updates(added []*schema.Update, quoted *schema.Update) {
	for _, u := range added {
		switch {
		case u == quoted:
		case u.Significant:
			d.add(notice.Significant, "updates", u)
		default:
			d.add(notice.Update, "updates", u)
		}
	}
}

func (d *differ) closure() {
	switch c := d.after.Closure; {
	case c == nil:
	case c.Resolution == schema.Deescalated:
		d.add(notice.Deescalated, "closure", nil)
	default:
		d.add(notice.Closed, "closure", nil)
	}
}

// edited adds the fields that changed beside what the moments are about.
func (d *differ) edited() {
	before, after := *d.before, *d.after
	for _, e := range []*schema.Escalation{&before, &after} { // what the moments tell
		e.Severity, e.DRI, e.Product.DRI = "", "", ""
		e.ExitCriteria, e.NextSteps, e.Standup = nil, nil, nil
	}
	after.Updates = Past(d.before, d.after)
	if arrived(d.before, d.after) {
		before.Links.Case, after.Links.Case = "", ""
	}
	if before.Closure == nil || after.Closure == nil || slices.ContainsFunc(d.changes, func(c Change) bool { return c.Moment == notice.Reopened }) {
		before.Closure, after.Closure = nil, nil
	}
	b, a := reflect.ValueOf(before), reflect.ValueOf(after)
	for i := range b.NumField() {
		if !same(b.Field(i).Interface(), a.Field(i).Interface()) {
			d.add(notice.Edited, key(b.Type().Field(i)), nil)
		}
	}
}

// key is the name of a field in the file.
func key(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	return name
}

// same reports whether two values of one type say the same. An empty list says
// the same as none.
func same(a, b any) bool {
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	if x.Kind() == reflect.Slice && x.Len() == 0 && y.Len() == 0 {
		return true
	}
	return reflect.DeepEqual(a, b)
}

// Added returns the updates that after has and before lacks. An update is known
// by its time (P37); of several of one time, which is a fault, the first are the
// past ones. before may be nil.
func Added(before, after *schema.Escalation) []*schema.Update {
	var added []*schema.Update
	for i, isNew := range split(before, after) {
		if isNew {
			added = append(added, &after.Updates[i])
		}
	}
	return added
}

// Past returns the updates of after that before has as well, as after has them.
func Past(before, after *schema.Escalation) []schema.Update {
	var past []schema.Update
	for i, isNew := range split(before, after) {
		if !isNew {
			past = append(past, after.Updates[i])
		}
	}
	return past
}

// split reports of each update of after whether it is new.
func split(before, after *schema.Escalation) []bool {
	had := map[time.Time]int{}
	if before != nil {
		for _, u := range before.Updates {
			had[u.At.Time]++
		}
	}
	isNew := make([]bool, len(after.Updates))
	for i, u := range after.Updates {
		isNew[i] = had[u.At.Time] == 0
		if !isNew[i] {
			had[u.At.Time]--
		}
	}
	return isNew
}

// explaining returns the update that says why something changed: the last one
// added that says something new, and where nothing wide is announced rather one
// that is not significant. nil where there is none.
func explaining(added []*schema.Update, wide bool) *schema.Update {
	var why *schema.Update
	for _, u := range added {
		if Explains(u) && (wide || why == nil || why.Significant || !u.Significant) {
			why = u
		}
	}
	return why
}

// Explains reports whether an update can say why something changed (P38): it
// says something, and not what an earlier one should have said.
func Explains(u *schema.Update) bool { return u.Text != "" && u.Amends.IsZero() }

// reopened reports whether what was closed is open, or was open in between:
// then there is an update of that time, and a later closure.
func reopened(before, after *schema.Escalation, added []*schema.Update) bool {
	switch {
	case before.Closure == nil:
		return false
	case after.Closure == nil:
		return true
	}
	return after.Closure.At.After(before.Closure.At.Time) && slices.ContainsFunc(added, func(u *schema.Update) bool {
		return u.At.After(before.Closure.At.Time) && Explains(u)
	})
}

// arrived reports whether there is another link of the case than before.
func arrived(before, after *schema.Escalation) bool {
	return after.Links.Case != before.Links.Case && after.Links.Case != "" && after.Links.Case != schema.Pending
}
