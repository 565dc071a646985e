package view

import (
	"slices"
	"time"

	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// Brief is what somebody needs who joins an escalation now.
type Brief struct {
	Escalation
	// Trend is how bad it was, and from when on, oldest first: the last is how bad it
	// is.
	Trend []Level
	// Latest is the last update that counted: the last significant one or, where there
	// is none, the last; nil where nobody has said anything.
	Latest *Update
}

// Level is a severity from a moment on.
type Level struct {
	Severity schema.Severity
	// At is zero where nobody knows, or where no commit has it yet.
	At time.Time
}

// NewBrief makes a brief. versions are how it stood with each commit, oldest first;
// none where nobody knows.
func NewBrief(e Escalation, versions []process.Version) Brief {
	b := Brief{Escalation: e, Trend: trend(e, versions)}
	for i, u := range slices.Backward(e.Updates) {
		switch {
		case u.Redacted != "":
		case b.Latest == nil, u.Significant && !b.Latest.Significant:
			b.Latest = &e.Updates[i]
		}
	}
	return b
}

// trend is how bad it was, and from when on. The first was so from the opening.
func trend(e Escalation, versions []process.Version) []Level {
	var all []Level
	add := func(s schema.Severity, at time.Time) {
		if n := len(all); s != "" && (n == 0 || all[n-1].Severity != s) {
			all = append(all, Level{s, at})
		}
	}
	for _, v := range versions {
		if v.At.After(e.Now) {
			continue
		}
		at := v.At.In(e.Now.Location())
		if len(all) == 0 {
			at = e.Opened
		}
		add(v.Escalation.Severity, at)
	}
	add(e.Severity, time.Time{})
	return all
}

// Letter is what a customer may know: what was said to the customer, the exit
// criteria, and the steps. It holds nothing else of the file, and nobody's name.
type Letter struct {
	Customer schema.Text
	// Now is the moment, by the clocks of the region.
	Now      time.Time
	Updates  []Said // in their order
	Criteria []Criterion
	Steps    []Planned
}

// Said is an update to the customer.
type Said struct {
	At time.Time
	// Amends is the time of the update that this one corrects, where that went to the
	// customer too.
	Amends time.Time
	Text   schema.Text
}

// Planned is a step without its owner. Done is zero while it is open.
type Planned struct {
	Step      schema.Text
	Due, Done schema.Date
}

// NewLetter makes the letter of an escalation of a tree.
func NewLetter(t *tree.Tree, e *tree.Escalation, now time.Time) Letter {
	m := newMoment(t, &e.Escalation, now)
	l := Letter{Customer: e.Customer, Now: m.in(now)}
	theirs := func(u Update) bool { return slices.Contains(u.To, schema.Customer) && u.Redacted == "" }
	all := updates(m, e)
	for _, u := range all {
		if !theirs(u) {
			continue
		}
		said := Said{At: u.At, Text: u.Text}
		if slices.ContainsFunc(all, func(x Update) bool { return theirs(x) && x.At.Equal(u.Amends) }) {
			said.Amends = u.Amends
		}
		l.Updates = append(l.Updates, said)
	}
	for _, c := range e.ExitCriteria {
		if !m.is(c.Met) {
			c.Met = schema.Date{}
		}
		l.Criteria = append(l.Criteria, Criterion{c.Criterion, c.Met})
	}
	for _, s := range e.NextSteps {
		if !m.is(s.Done) {
			s.Done = schema.Date{}
		}
		l.Steps = append(l.Steps, Planned{s.Step, s.Due, s.Done})
	}
	return l
}

// Late are the clocks that are overdue, the longest first; the steps say so themselves.
func (b Brief) Late() []stale.Item {
	return slices.DeleteFunc(slices.Clone(b.Clocks), func(i stale.Item) bool { return i.State != stale.Overdue })
}
