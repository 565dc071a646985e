// Package view says how escalations stand at a moment, as plain values to be shown:
// one line of each for a table, and all of one. It joins what the file says with
// the clocks that run, and with what the ledger has of it; it prints nothing.
package view

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/calendar"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// Status is open, or how an escalation ended (P34).
type Status string

// The statuses. Closed stands for all ends where something is chosen.
const (
	Open   Status = "open"
	Closed Status = "closed"
)

// Statuses are all by which something can be chosen.
func Statuses() []Status {
	return []Status{Open, Closed, Status(schema.Resolved), Status(schema.Deescalated), Status(schema.Withdrawn)}
}

// Row is one escalation in a line. Its times are by the clocks of its region.
type Row struct {
	Escalation schema.ID
	Customer   schema.Text
	Severity   schema.Severity
	Region     schema.RegionName
	Status     Status
	// Restricted reports that its channel is private (P17).
	Restricted bool
	// Opened is when it was opened, Ended when it was closed; zero while it is open.
	Opened, Ended time.Time
	// Age is how long it has been open, or was.
	Age time.Duration
	DRI stale.Person
	// StandIn stands in for the DRI, ProductDRI is the Product DRI; zero where there
	// is none.
	StandIn, ProductDRI stale.Person
	// ProductRelated reports that the file says that it is product related (P9).
	ProductRelated bool
	// Met of Criteria exit criteria are met.
	Met, Criteria int
	// Next is what has been overdue the longest, else what is due next; nil where no
	// clock runs.
	Next *stale.Item

	part []schema.Handle // who has a part in it
}

// Overdue reports whether something of it is overdue.
func (r Row) Overdue() bool { return r.Next != nil && r.Next.State == stale.Overdue }

// Days is for how many whole days it has been open, or was.
func (r Row) Days() int { return int(r.Age.Hours()) / 24 }

// Table is how all stand at a moment.
type Table struct {
	Now  time.Time
	Rows []Row
	// Unread are those of which not all can be said, with the reason.
	Unread []stale.Unread
}

// Past says how some escalations came to be as they are: what stale.Check asks for.
type Past = func([]stale.Current) map[schema.ID]stale.Past

// List says how all stand at a moment.
func List(t *tree.Tree, now time.Time, past Past) Table {
	rows, r := each(t, now, past, newRow, (*Row).clocks)
	table := Table{Now: r.Now, Rows: rows, Unread: r.Unread}
	table.Sort(BySeverity)
	return table
}

// each makes something of each escalation that can be read, in the order of the
// tree, and then of the clocks that run in it. The report also names those that cannot
// be read. Each file is read once.
func each[T any](t *tree.Tree, now time.Time, past Past, of func(moment, *tree.Escalation) T, clocks func(*T, []stale.Item)) ([]T, stale.Report) {
	made := make([]*T, len(t.Paths)) // nil where it cannot be read
	r := stale.CheckAnd(t, now, past, func(i int, e *tree.Escalation) {
		if !e.HeldBack() {
			v := of(newMoment(t, &e.Escalation, now), e)
			made[i] = &v
		}
	})
	items := map[schema.ID][]stale.Item{}
	for _, i := range r.Items {
		items[i.Escalation] = append(items[i.Escalation], i)
	}
	var all []T
	for i, path := range t.Paths {
		switch id := tree.ID(path); {
		case made[i] != nil:
			clocks(made[i], items[id])
			all = append(all, *made[i])
		case !slices.ContainsFunc(r.Unread, func(u stale.Unread) bool { return u.Escalation == id }):
			r.Unread = append(r.Unread, stale.Unread{Escalation: id, Why: HeldBack})
		}
	}
	return all, r
}

// HeldBack is why nothing is said of an escalation that may say what nobody meant.
const HeldBack = "its file has errors: `escalate lint` says which"

// moment is an escalation at a moment, by the clocks of its region.
type moment struct {
	now    time.Time
	zone   *time.Location
	today  time.Time // as the files write a day
	people schema.Directory
	policy schema.Policy
}

func newMoment(t *tree.Tree, e *schema.Escalation, now time.Time) moment {
	m := moment{now: now, zone: time.UTC, people: t.People.On(now), policy: t.Policy}
	if region, known := t.Policy.Regions[string(e.Account.Region)]; known {
		if c, err := calendar.New(region); err == nil { // else lint says so
			m.zone = c.In(now).Location()
		}
	}
	y, month, d := now.In(m.zone).Date()
	m.today = time.Date(y, month, d, 0, 0, 0, 0, time.UTC)
	return m
}

// in is a moment by the clocks of the region; the zero time stays so.
func (m moment) in(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(m.zone)
}

// is reports whether a day of the file has come: one that is still to come counts
// for nothing.
func (m moment) is(d schema.Date) bool { return !d.IsZero() && !d.After(m.today) }

func (m moment) person(h schema.Handle, as string) stale.Person {
	switch h {
	case "":
		return stale.Person{}
	case schema.PendingPerson:
		return stale.Person{Handle: h, Name: "to be assigned", As: as}
	}
	return stale.Person{Handle: h, Name: words.Name(m.people, h), As: as}
}

// newRow is a row without its clocks.
func newRow(m moment, e *tree.Escalation) Row {
	r := Row{
		Escalation: e.ID, Customer: e.Customer, Severity: e.Severity, Region: e.Account.Region, Status: Open,
		Restricted: e.Visibility == schema.Restricted, Opened: m.in(e.Opened.At.Time),
		DRI: m.person(e.DRI, "DRI"), ProductDRI: m.person(e.Product.DRI, "Product DRI"),
		ProductRelated: e.Product.Related != nil && *e.Product.Related,
		Criteria:       len(e.ExitCriteria),
	}
	end := m.now
	if c := e.Closure; c != nil {
		end = c.At.Time
		r.Status, r.Ended = Status(cmp.Or(string(c.Resolution), string(Closed))), m.in(end)
	} else {
		r.StandIn = m.person(process.StandIn(&e.Escalation, m.today), "stand-in")
	}
	if !r.Opened.IsZero() {
		r.Age = max(end.Sub(r.Opened), 0)
	}
	for _, c := range e.ExitCriteria {
		if m.is(c.Met) {
			r.Met++
		}
	}
	r.part = append(process.DRIs(&e.Escalation), r.StandIn.Handle, process.CSE(&e.Escalation))
	for _, s := range e.NextSteps {
		if !m.is(s.Done) {
			r.part = append(r.part, s.Owner)
		}
	}
	return r
}

// clocks adds the clocks that run to a row.
func (r *Row) clocks(items []stale.Item) {
	r.Next = next(items)
	for _, i := range items {
		r.part = append(r.part, i.Handles()...)
	}
	r.part = process.Each(r.part)
}

// next is what has been overdue the longest, else what is due next.
func next(items []stale.Item) *stale.Item {
	var first *stale.Item
	for _, i := range items {
		late := i.State == stale.Overdue
		switch {
		case i.State == stale.Advisory:
		case first == nil, late && first.State != stale.Overdue,
			late && i.Since.Before(first.Since), !late && first.State != stale.Overdue && i.Due.Before(first.Due):
			first = &i
		}
	}
	return first
}

// Selection says of what a table is wanted; of all where it says nothing.
type Selection struct {
	Severities []schema.Severity
	Regions    []schema.RegionName
	// Person has a part: as a DRI or the stand-in, as the CSE, for an open step, or
	// is asked.
	Person  schema.Handle
	Status  Status
	Overdue bool // only where something is overdue
	Product bool // only what is product related
}

// Select is the part of a table that is wanted. Of what nothing is known stays.
func (t Table) Select(s Selection) Table {
	t.Rows = slices.DeleteFunc(slices.Clone(t.Rows), func(r Row) bool { return !s.takes(r) })
	return t
}

func (s Selection) takes(r Row) bool {
	return (len(s.Severities) == 0 || slices.Contains(s.Severities, r.Severity)) &&
		(len(s.Regions) == 0 || slices.Contains(s.Regions, r.Region)) &&
		(s.Person == "" || slices.Contains(r.part, s.Person)) &&
		(s.Status == "" || s.Status == r.Status || s.Status == Closed && r.Status != Open) &&
		(!s.Overdue || r.Overdue()) &&
		(!s.Product || r.ProductRelated)
}

// Order is what a table is sorted by.
type Order string

// The orders. What is open always stands before what is closed.
const (
	BySeverity Order = "severity" // the worst first, and of one severity the latest
	ByCustomer Order = "customer"
	ByAge      Order = "age" // the oldest first
	ByDue      Order = "due" // the longest overdue first, then what is due next
	ByDRI      Order = "dri"
)

// Orders are all orders.
func Orders() []Order { return []Order{BySeverity, ByCustomer, ByAge, ByDue, ByDRI} }

// Sort sorts the rows.
func (t Table) Sort(by Order) {
	slices.SortStableFunc(t.Rows, func(a, b Row) int {
		first := 0
		switch by {
		case ByCustomer:
			first = strings.Compare(process.SameCustomer(a.Customer), process.SameCustomer(b.Customer))
		case ByAge:
			first = cmp.Compare(b.Age, a.Age)
		case ByDRI:
			first = strings.Compare(a.DRI.Name, b.DRI.Name)
		case BySeverity:
			first = cmp.Compare(a.Severity.Rank(), b.Severity.Rank())
		}
		if a.Status != Open && b.Status != Open && by == BySeverity {
			first = 0 // the end of it counts
		}
		return cmp.Or(cmp.Compare(state(a), state(b)), first, urgency(a, b), b.Ended.Compare(a.Ended), strings.Compare(string(a.Escalation), string(b.Escalation)))
	})
}

func state(r Row) int {
	if r.Status == Open {
		return 0
	}
	return 1
}

// urgency compares by what is late or due: first what has been overdue the
// longest, last where nothing is due.
func urgency(a, b Row) int {
	rank := func(r Row) int {
		switch {
		case r.Overdue():
			return 0
		case r.Next != nil:
			return 1
		default:
			return 2
		}
	}
	switch {
	case rank(a) != rank(b) || rank(a) == 2:
		return cmp.Compare(rank(a), rank(b))
	case a.Overdue():
		return a.Next.Since.Compare(b.Next.Since)
	default:
		return a.Next.Due.Compare(b.Next.Due)
	}
}
