// Package stale says what is overdue and what is due next: by which clock, since
// when, and whose turn it is (P15, P19, P24 to P28, P32). It is a pure function
// of a tree and a moment; what has been asked for already is in the ledger, and
// no matter here.
package stale

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/escalations-as-code/escalate/internal/calendar"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// Clock is what runs.
type Clock string

// The clocks.
const (
	// Channel: the channel hears nothing (P25).
	Channel Clock = "channel"
	// Customer: the customer hears nothing (P26).
	Customer Clock = "customer"
	// Standup: there is no standup series (P19).
	Standup Clock = "standup"
	// Case: the link of the case is pending (P15).
	Case Clock = "case"
	// Step: a next step is past its date (P28).
	Step Clock = "step"
	// RCA: the root cause analysis is owed (P32).
	RCA Clock = "rca"
	// Criteria: all exit criteria are met, and it is still open (P28).
	Criteria Clock = "criteria"
	// Snooze: the time is over for which the reminders were held back.
	Snooze Clock = "snooze"
	// Role: a Product DRI, or a role that must be informed, is missing (P28).
	Role Clock = "role"
)

// State is how far a clock is.
type State string

// The states.
const (
	// Overdue: somebody is asked.
	Overdue State = "overdue"
	// Due: it is in time, or due and not yet overdue.
	Due State = "due"
	// Advisory: it is shown, and nobody is asked.
	Advisory State = "advisory"
)

// Item is one clock of one escalation.
type Item struct {
	Escalation schema.ID
	Severity   schema.Severity
	Clock      Clock
	State      State
	// Due is when it is due; Since is when it became overdue, zero while it is not.
	Due, Since time.Time
	// Rung is 0 while it is not overdue, then 1 for the DRI, 2 for the DRI's
	// manager, 3 for the CSM leader (P27). Turn is whose turn it is: of several
	// leaders the first.
	Rung int
	Turn schema.Handle
	// Asked are all whose turn it is, Name what people call the first.
	Asked []schema.Handle
	Name  string
	// What says what it is about, in words.
	What string
	// Late is for how much working time it is overdue.
	Late time.Duration
	// Next is when State, Since, Rung or Turn change if nobody does anything; zero
	// if never.
	Next time.Time
	// Today is the day in the region; zero where nobody is asked on it.
	Today schema.Date
	// Closed reports that the escalation is closed: its channel is archived.
	Closed bool
}

// When says when it became overdue, or while it is not, by when it is due: by
// the clocks of the region, to go behind since or by. What is due with the end
// of a day is said as that day; the day on which a snooze ends is the next one.
func (i Item) When() string {
	if i.Clock == Snooze {
		return words.Day(i.at())
	}
	return words.Deadline(i.at())
}

// zoned is When with the name of the zone where there is a time.
func (i Item) zoned() string {
	if i.Clock == Snooze {
		return words.Day(i.at())
	}
	return words.ZonedDeadline(i.at())
}

// Report is what is overdue or due at a moment.
type Report struct {
	Now   time.Time
	Items []Item // what is overdue first, longest first; then what is due, soonest first
	// Unread are the escalations of which nothing can be said, with the reason.
	Unread []Unread
	// Open are the open escalations.
	Open []Standing
	// Snoozed are the escalations whose customer clock is held back.
	Snoozed []schema.ID
}

// Standing is an open escalation as people know it.
type Standing struct {
	Escalation schema.ID
	Customer   schema.Text
	Severity   schema.Severity
	DRI        string // by name
}

// Unread is an escalation of which nothing can be said.
type Unread struct {
	Escalation schema.ID `json:"escalation"`
	Why        string    `json:"why"`
}

// Of is what nothing can be said of: one escalation, or where the policy or the
// directory has errors, any of them.
func (u Unread) Of() string {
	if u.Escalation == "" {
		return "any escalation"
	}
	return string(u.Escalation)
}

// Overdue reports whether anything is overdue, or cannot be known.
func (r Report) Overdue() bool {
	return len(r.Unread) > 0 || slices.ContainsFunc(r.Items, func(i Item) bool { return i.State == Overdue })
}

// Next is when the report changes if nobody does anything; zero if never.
func (r Report) Next() time.Time {
	var next time.Time
	for _, i := range r.Items {
		if !i.Next.IsZero() && (next.IsZero() || i.Next.Before(next)) {
			next = i.Next
		}
	}
	return next
}

// Check says what is overdue or due now.
func Check(t *tree.Tree, now time.Time) Report {
	r := Report{Now: now.UTC()}
	if file := t.Misread(); file != "" {
		r.Unread = append(r.Unread, Unread{Why: file + " has errors, so nothing is known: `escalate lint` says which"})
		return r
	}
	// Of each file its answer is kept, and not the file: there may be thousands.
	answers := make([]answer, len(t.Paths))
	calendars, broken := regional(t.Policy)
	t.Each(func(i int, e *tree.Escalation) {
		a := &answers[i]
		a.id = e.ID
		if e.Misread() {
			a.unread = "its file has errors: `escalate lint` says which"
			return
		}
		known := calendars[e.Account.Region]
		if known == nil {
			if a.unread = fmt.Sprintf("the policy has no region `%s`", e.Account.Region); broken[e.Account.Region] != nil {
				a.unread = broken[e.Account.Region].Error()
			}
			return
		}
		c := &checker{id: e.ID, e: &e.Escalation, people: t.People, policy: t.Policy, calendar: known, now: now}
		c.check()
		a.items, a.snoozed = c.items, c.snoozed()
		if process.Open(c.e) {
			a.open = &Standing{c.id, c.e.Customer, c.e.Severity, c.name(c.e.DRI)}
		}
	})
	for _, a := range answers {
		if a.unread != "" {
			r.Unread = append(r.Unread, Unread{a.id, a.unread})
		}
		if a.open != nil {
			r.Open = append(r.Open, *a.open)
		}
		if a.snoozed {
			r.Snoozed = append(r.Snoozed, a.id)
		}
		r.Items = append(r.Items, a.items...)
	}
	slices.SortStableFunc(r.Items, func(a, b Item) int {
		return cmp.Or(cmp.Compare(rank(a.State), rank(b.State)), a.at().Compare(b.at()), cmp.Compare(a.Escalation, b.Escalation), cmp.Compare(a.Clock, b.Clock))
	})
	return r
}

func rank(s State) int { return slices.Index([]State{Overdue, Due, Advisory}, s) }

// at is the moment by which items of one state are sorted.
func (i Item) at() time.Time {
	if i.State == Overdue {
		return i.Since
	}
	return i.Due
}

// regional returns the calendars of the policy's regions, and why a region has
// none.
func regional(p schema.Policy) (map[schema.RegionName]*calendar.Calendar, map[schema.RegionName]error) {
	calendars, broken := map[schema.RegionName]*calendar.Calendar{}, map[schema.RegionName]error{}
	for name, region := range p.Regions {
		c, err := calendar.New(region)
		if err != nil {
			broken[schema.RegionName(name)] = err
			continue
		}
		calendars[schema.RegionName(name)] = c
	}
	return calendars, broken
}

// checker checks one escalation.
type checker struct {
	id       schema.ID
	e        *schema.Escalation
	people   schema.Directory
	policy   schema.Policy
	calendar *calendar.Calendar
	now      time.Time
	items    []Item
}

// answer is what a check of one escalation finds.
type answer struct {
	id      schema.ID
	items   []Item
	open    *Standing
	snoozed bool
	unread  string // why nothing can be said
}

func (c *checker) check() {
	if !process.Open(c.e) {
		c.rca()
		return
	}
	severity := c.policy.Severities.Of(c.e.Severity)
	c.clock(Channel, severity.Channel, "the channel has heard nothing", func(schema.Update) bool { return true })
	c.clock(Customer, severity.Customer, "the customer has heard nothing", func(u schema.Update) bool { return slices.Contains(u.To, schema.Customer) })
	c.deadlines()
	c.steps()
	c.criteria()
	c.snooze()
	c.roles()
}

// clock checks how long ago the last update was that counts (P25, P26).
func (c *checker) clock(name Clock, clock schema.Clock, what string, counts func(schema.Update) bool) {
	last := c.e.Opened.At.Time
	for _, u := range c.e.Updates {
		if counts(u) && u.At.After(last) {
			last = u.At.Time
		}
	}
	due, overdue, ok := c.calendar.Due(clock, last)
	if !ok {
		return
	}
	if name == Customer && c.e.Snooze != nil && c.e.Severity != schema.Critical {
		until := c.heldUntil(overdue)
		due, overdue = latest(due, until), latest(overdue, until)
	}
	what += " since " + words.Time(last.In(due.Location()))
	if clock.Advisory != nil && *clock.Advisory {
		i := c.item(name, due, what)
		i.State = Advisory
		c.items = append(c.items, i)
		return
	}
	c.add(name, due, overdue, what)
}

// deadlines checks what must be there soon after the opening (P15, P19).
func (c *checker) deadlines() {
	opened := c.e.Opened.At.Time
	if opened.IsZero() {
		return
	}
	if c.e.Standup == nil {
		due := opened.Add(hours(c.policy.Deadlines.StandupHours))
		c.add(Standup, due, due, "there is no standup series")
	}
	if c.e.Links.Case == schema.Pending && process.NeedsCase(c.e) {
		due := opened.Add(hours(c.policy.Deadlines.CaseHours))
		c.add(Case, due, due, "the link of the case is pending")
	}
}

func hours(n *int) time.Duration { return time.Duration(number(n)) * time.Hour }

func number(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

// steps checks the next steps that are not done (P28).
func (c *checker) steps() {
	for _, s := range c.e.NextSteps {
		if s.Done.IsZero() && !s.Due.IsZero() {
			due := c.dayEnd(s.Due)
			c.add(Step, due, due, fmt.Sprintf("a step of %s: %s", c.name(s.Owner), s.Step))
		}
	}
}

// criteria checks whether it should be closed (P28).
func (c *checker) criteria() {
	var last schema.Date
	for _, x := range c.e.ExitCriteria {
		if x.Met.IsZero() {
			return
		}
		if x.Met.After(last.Time) {
			last = x.Met
		}
	}
	if last.IsZero() {
		return
	}
	due := c.calendar.After(c.dayEnd(last).Add(-time.Second), number(c.policy.Deadlines.CriteriaDays), schema.WorkingDays)
	c.add(Criteria, due, due, "all exit criteria are met, and it is still open")
}

// snooze checks whether the time is over for which reminders were held back, and
// the customer has not heard since.
func (c *checker) snooze() {
	s := c.e.Snooze
	if s == nil || s.Until.IsZero() {
		return
	}
	due := c.calendar.Begin(s.Until)
	if slices.ContainsFunc(c.e.Updates, func(u schema.Update) bool { return !u.At.Before(due) && slices.Contains(u.To, schema.Customer) }) {
		return
	}
	c.add(Snooze, due, due, "snoozed until then: "+string(s.Reason))
}

// longest is for how many days a snooze holds back what is overdue.
const longest = 7

// heldUntil is until when a snooze holds back what is overdue at a moment.
func (c *checker) heldUntil(overdue time.Time) time.Time {
	until, most := c.calendar.Begin(c.e.Snooze.Until), c.calendar.After(overdue, longest, schema.CalendarDays)
	if most.Before(until) {
		return most
	}
	return until
}

// snoozed reports whether the customer clock is held back now.
func (c *checker) snoozed() bool {
	s := c.e.Snooze
	return s != nil && process.Open(c.e) && c.e.Severity != schema.Critical && c.now.Before(c.calendar.Begin(s.Until))
}

// rca checks whether the analysis was delivered that was promised at closing
// (P32).
func (c *checker) rca() {
	r := c.e.RCA
	if r == nil || !r.PlatformRelated || r.URL != "" || r.Due.IsZero() {
		return
	}
	due := c.dayEnd(r.Due)
	c.add(RCA, due, due, fmt.Sprintf("the root cause analysis of %s is owed", c.name(r.Owner)))
}

// roles checks whether everybody is there who must be (P9, P28). A role that
// somebody held who left is missing since then, else since the opening.
func (c *checker) roles() {
	related := c.e.Product.Related != nil && *c.e.Product.Related
	if c.e.Severity.NeedsProduct() && related && c.e.Product.DRI == "" {
		c.add(Role, c.e.Opened.At.Time, c.e.Opened.At.Time, "there is no Product DRI")
	}
	_, unfilled := process.Informed(c.people, c.policy, c.e)
	for _, role := range unfilled {
		since := c.e.Opened.At.Time
		for _, p := range c.people.People {
			if !p.Left.IsZero() && slices.Contains(p.Roles, role) {
				since = latest(since, c.dayEnd(p.Left))
			}
		}
		c.add(Role, since, since, "nobody is "+string(role)+", who must be informed")
	}
}

// dayEnd is when a day ends in the region.
func (c *checker) dayEnd(d schema.Date) time.Time {
	return c.calendar.Begin(schema.Date{Time: d.AddDate(0, 0, 1)})
}

// item is a clock that is in time: the DRI's turn.
func (c *checker) item(clock Clock, due time.Time, what string) Item {
	dri := c.e.DRI
	return Item{Escalation: c.id, Severity: c.e.Severity, Clock: clock, State: Due, Due: c.calendar.In(due), What: what, Turn: dri, Asked: []schema.Handle{dri}, Name: c.name(dri)}
}

// add adds a clock that is due and overdue at some moments, on the rung that it
// has reached (P27).
func (c *checker) add(clock Clock, due, overdue time.Time, what string) {
	i := c.item(clock, due, what)
	if i.Next = overdue; c.now.Before(overdue) {
		c.items = append(c.items, i)
		return
	}
	i.State, i.Since, i.Rung, i.Next = Overdue, c.calendar.In(overdue), 1, time.Time{}
	i.Late = c.calendar.WorkingTime(overdue, c.now)
	days := schema.WorkingDays
	if c.e.Severity == schema.Critical {
		days = schema.CalendarDays
	}
	for rung, after := range []*int{c.policy.Ladder.Manager, c.policy.Ladder.CSMLeader} {
		at := c.calendar.After(overdue, number(after), days)
		if c.now.Before(at) {
			i.Next = at
			break
		}
		i.Rung = rung + 2
	}
	i.Closed = !process.Open(c.e)
	if days == schema.CalendarDays || c.calendar.Works(c.now) {
		y, m, d := c.calendar.In(c.now).Date()
		i.Today = schema.Date{Time: time.Date(y, m, d, 0, 0, 0, 0, time.UTC)}
	}
	if asked := c.on(i.Rung); len(asked) > 0 {
		i.Asked, i.Turn, i.Name = asked, asked[0], c.name(asked[0])
	}
	c.items = append(c.items, i)
}

// on is who stands on a rung: of a DRI without a manager the CSM leaders, and
// where there is none the rung below.
func (c *checker) on(rung int) []schema.Handle {
	leaders := process.Holders(c.people, c.policy, schema.RoleCSMLeader, c.e.Account.Region)
	manager := c.people.People[c.e.DRI].Manager
	if m, known := c.people.People[manager]; !known || !m.Left.IsZero() {
		manager = ""
	}
	switch {
	case rung >= 3 && len(leaders) > 0:
		return leaders
	case rung >= 2 && manager != "":
		return []schema.Handle{manager}
	case rung == 2 && len(leaders) > 0:
		return leaders
	default:
		return process.Each([]schema.Handle{c.e.DRI})
	}
}

func (c *checker) name(h schema.Handle) string { return words.Name(c.people, h) }

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
