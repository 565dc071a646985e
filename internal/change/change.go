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
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// Change is one thing that differs.
type Change struct {
	Moment notice.Moment
	// Field is the top-level field that changed; empty where it is all of them,
	// at the opening.
	Field string
	// Update is the update that was added or redacted, or the one that explains the
	// change of severity, DRI or Product DRI, or the reopening (P38); nil where there
	// is none.
	Update *schema.Update
	// Before and After are the two versions. Before is nil at the opening.
	Before, After *schema.Escalation
}

// Between returns what differs between two versions of an escalation. before is
// nil where it is being opened.
//
// The update that explains a change of severity, of DRI or of Product DRI, or a
// reopening, stands in that change alone; each other update that was added is a
// change of its own. A significant one is so too, unless it explains what is
// announced as widely.
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
	product := before.Product.DRI != after.Product.DRI
	replaced := product && process.ProductDRI(before) != "" // what comes first needs no word
	why := explaining(added, reopened || severity)
	if reopened {
		d.add(notice.Reopened, "closure", why)
	}
	if severity {
		d.add(notice.Severity, "severity", why)
	}
	quoted := why
	if !reopened && !severity && (!dri && !replaced || why != nil && why.Significant) {
		quoted = nil // it stands for itself
	}
	d.updates(added, quoted)
	switch {
	case dri:
		d.add(notice.DRI, "dri", why)
	case covered(before, after):
		d.add(notice.DRI, "cover", nil)
	}
	switch {
	case replaced:
		d.add(notice.ProductDRI, "product", why)
	case product:
		d.add(notice.ProductDRI, "product", nil)
	}
	d.compare(notice.Support, "support", before.Support, after.Support)
	d.compare(notice.Account, "account", before.Account, after.Account)
	d.facts()
	d.compare(notice.Criteria, "exit_criteria", before.ExitCriteria, after.ExitCriteria)
	d.compare(notice.Steps, "next_steps", before.NextSteps, after.NextSteps)
	d.compare(notice.Standup, "standup", before.Standup, after.Standup)
	if arrived(before, after) {
		d.add(notice.Case, "links", nil)
	}
	closing := after.Closure != nil && (before.Closure == nil || reopened)
	if told := Asked(before, after) || Delivered(before, after); told && !closing { // the closure says what is owed
		d.add(notice.RCA, "rca", nil)
	}
	d.redacted()
	if !closing && after.Closure != nil && after.Closure.Amended != nil && !same(before.Closure.Amended, after.Closure.Amended) {
		d.add(notice.Amended, "closure", nil)
	}
	d.edited()
	if closing {
		d.closure()
	}
	return d.changes
}

// covered reports whether somebody stands in for the DRI who did not, or longer.
func covered(before, after *schema.Escalation) bool {
	return after.Cover != nil && !same(before.Cover, after.Cover)
}

// Asked reports whether the customer asked for a root cause analysis between two
// versions (P32).
func Asked(before, after *schema.Escalation) bool { return before.RCA == nil && after.RCA != nil }

// Delivered reports whether the root cause analysis got its link between two
// versions (P32).
func Delivered(before, after *schema.Escalation) bool {
	return after.RCA != nil && after.RCA.URL != "" && (before.RCA == nil || before.RCA.URL == "")
}

// factFields are the fields that were told at the opening and that people work
// from (P38), beside those with a moment of their own.
var factFields = []string{"customer", "summary", "description", "links", "ask", "approach"}

// facts adds the facts that were rewritten.
func (d *differ) facts() {
	before, after := *d.before, *d.after
	before.Links.Case, after.Links.Case = "", ""
	b, a := reflect.ValueOf(before), reflect.ValueOf(after)
	for i := range b.NumField() {
		if name := key(b.Type().Field(i)); slices.Contains(factFields, name) && !same(b.Field(i).Interface(), a.Field(i).Interface()) {
			d.add(notice.Facts, name, nil)
		}
	}
}

// redacted adds the past updates whose text is gone for good (P37).
func (d *differ) redacted() {
	past, i := Past(d.after, d.before), 0 // those of before that are still there
	for n, isNew := range split(d.before, d.after) {
		if isNew {
			continue
		}
		if u := &d.after.Updates[n]; i < len(past) && past[i].Redacted == "" && u.Redacted != "" && u.Text == "" {
			d.add(notice.Redacted, "updates", u)
		}
		i++
	}
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
	case c.Resolution == schema.Withdrawn:
		d.add(notice.Withdrawn, "closure", nil)
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
		e.Support, e.Account = nil, schema.Account{}
		e.Customer, e.Summary, e.Description, e.Ask, e.Approach = "", "", "", "", ""
		e.Links = schema.Links{Case: e.Links.Case}
	}
	after.Updates = Past(d.before, d.after)
	for _, c := range d.changes {
		switch {
		case c.Moment == notice.Redacted:
			i := slices.IndexFunc(before.Updates, func(u schema.Update) bool { return u.At == c.Update.At })
			before.Updates = slices.Clone(before.Updates)
			before.Updates[i].Text, before.Updates[i].Redacted = c.Update.Text, c.Update.Redacted
		case c.Field == "cover":
			before.Cover, after.Cover = nil, nil
		case c.Field == "rca":
			before.RCA, after.RCA = nil, nil
		}
	}
	if arrived(d.before, d.after) {
		before.Links.Case, after.Links.Case = "", ""
	}
	if before.Closure == nil || after.Closure == nil || slices.ContainsFunc(d.changes, func(c Change) bool { return c.Moment == notice.Reopened || c.Moment == notice.Amended }) {
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
func Explains(u *schema.Update) bool { return words.Says(string(u.Text)) && u.Amends.IsZero() }

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
