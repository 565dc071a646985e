package tracking

import (
	"fmt"
	"time"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/schema"
)

// aside is what an issue has beside its words, by its file, on a forge that has it.
type aside struct {
	// restricted has it kept from those who are not concerned (P17).
	restricted bool
	// due is the day by which the next step is to be done that is due first (P7). Where
	// the escalation is closed, it is left as it is.
	due  schema.Date
	open bool
}

// aside is what a file says; known is false where that cannot be read for certain.
func (t *Tracking) aside(file func() (*schema.Escalation, error)) (a aside, known bool) {
	if file == nil || !t.traits.Confidential && !t.traits.Due {
		return a, false
	}
	e, err := file()
	if err != nil {
		return a, false
	}
	return aside{restricted: e.Visibility == schema.Restricted, due: firstDue(e.NextSteps), open: process.Open(e)}, true
}

// firstDue is the day by which the step is to be done that is due first, of those that
// are not done.
func firstDue(steps []schema.NextStep) schema.Date {
	var first schema.Date
	for _, s := range steps {
		if s.Done.IsZero() && !s.Due.IsZero() && (first.IsZero() || s.Due.Before(first.Time)) {
			first = s.Due
		}
	}
	return first
}

// secret reports whether an issue that is opened is to be confidential from its first
// moment on. Where nobody can say it, the error does: it is not opened in the open.
func (t *Tracking) secret(d destination.Delivery) (bool, error) {
	if !t.traits.Confidential {
		return false, nil
	}
	e, err := d.File()
	return err == nil && e.Visibility == schema.Restricted, err
}

// dueBy is the day by which an issue is to be due; nil where that stays as it is.
func (t *Tracking) dueBy(d destination.Delivery) *schema.Date {
	a, known := t.aside(d.File)
	if !known || !a.open || !t.traits.Due {
		return nil
	}
	return &a.due
}

// exposed is whether somebody made a restricted issue public, or gave one another day.
// An issue that people keep to themselves stays so.
func (t *Tracking) exposed(i forge.Issue, file func() (*schema.Escalation, error), want wanted) []hand {
	a, known := t.aside(file)
	if !known {
		return nil
	}
	var all []hand
	if is := true; t.traits.Confidential && a.restricted && !i.Confidential {
		all = append(all, hand{fault: destination.Changed, says: "it is not confidential, and the escalation is restricted", edit: forge.Edit{Confidential: &is}})
	}
	if t.traits.Due && a.open && !want.closed && !want.pending[notice.Edit] && !want.pending[notice.CloseIssue] && !i.Due.Equal(a.due.Time) {
		says := fmt.Sprintf("it is due %s, and the next step %s", on(i.Due), on(a.due))
		all = append(all, hand{fault: destination.Changed, says: says, edit: forge.Edit{Due: &a.due}})
	}
	return all
}

// on says a day.
func on(d schema.Date) string {
	if d.IsZero() {
		return "on no day"
	}
	return "on " + d.Format(time.DateOnly)
}
