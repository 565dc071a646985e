package stale

import (
	"fmt"
	"slices"
	"time"

	"github.com/escalations-as-code/escalate/internal/calendar"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// checker checks one escalation.
type checker struct {
	id       schema.ID
	e        *schema.Escalation
	people   schema.Directory
	policy   schema.Policy
	calendar *calendar.Calendar
	now      time.Time
	past     Past

	start time.Time // when the clocks of an open escalation start
	items []Item
}

func (c *checker) check() {
	c.rca()
	if !process.Open(c.e) {
		return
	}
	c.start = c.past.begins(c.e, c.now)
	severity := c.policy.Severities.Of(c.e.Severity)
	c.clock(Channel, severity.Channel, "the channel has heard nothing", func(schema.Update) bool { return true })
	c.clock(Customer, severity.Customer, "the customer has heard nothing", toCustomer)
	c.deadlines()
	c.steps()
	c.path()
	c.criteria()
	c.snooze()
	c.roles()
	c.cover()
	c.rare()
	if process.StandIn(c.e, c.today().Time) != "" {
		for i := range c.items { // the turn goes back
			c.items[i].Next = soonest(c.items[i].Next, c.dayEnd(c.e.Cover.Until))
		}
	}
}

// soonest returns the sooner of two moments; a zero one is never.
func soonest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func toCustomer(u schema.Update) bool { return slices.Contains(u.To, schema.Customer) }

// heard is when the last update was made that counts; zero where none was. One
// that is still to come does not count (P25).
func (c *checker) heard(counts func(schema.Update) bool) time.Time {
	var last time.Time
	for _, u := range c.e.Updates {
		if counts(u) && !u.At.After(c.now) {
			last = latest(last, u.At.Time)
		}
	}
	return last
}

// clock checks how long ago the last update was that counts (P25, P26).
func (c *checker) clock(name Clock, clock schema.Clock, what string, counts func(schema.Update) bool) {
	heard := c.heard(counts)
	last := latest(latest(c.start, heard), c.past.raised(c.e))
	if heard.IsZero() { // but that it was opened, or reopened
		heard = c.start
	}
	due, overdue, ok := c.calendar.Due(clock, last)
	if !ok {
		return
	}
	ask := time.Time{}
	if days := number(clock.Ask); days > 0 {
		ask = c.calendar.After(last, days, clock.Days)
	}
	if name == Customer && c.e.Snooze != nil && c.e.Severity != schema.Critical {
		until := c.heldUntil(overdue)
		if due, overdue = latest(due, until), latest(overdue, until); !ask.IsZero() {
			ask = latest(ask, until)
		}
	}
	what += " since " + words.Time(c.calendar.In(heard))
	if clock.Advisory != nil && *clock.Advisory {
		i := c.item(name, due, what)
		i.State, i.Heard = Advisory, c.calendar.In(heard)
		c.items = append(c.items, i)
		return
	}
	i := c.add(name, due, overdue, what)
	i.Heard = c.calendar.In(heard)
	if i.State == Due {
		soon := !ask.IsZero() && !c.now.Before(ask)
		if name == Channel && c.e.Severity.NeedsProduct() && number(clock.Due) == 1 {
			soon = c.afternoonOf(due)
		}
		if i.Nudge = soon && c.asks(); i.Nudge {
			i.Today = c.today()
		}
	}
}

// afternoon is the hour of the region from which a day without an update is asked
// about (P25).
const afternoon = 15

// afternoonOf reports whether it is the afternoon of the day that ends at a
// moment.
func (c *checker) afternoonOf(end time.Time) bool {
	y, m, d := c.calendar.In(calendar.DayAt(end)).Date()
	now := c.calendar.In(c.now)
	ny, nm, nd := now.Date()
	return y == ny && m == nm && d == nd && now.Hour() >= afternoon
}

// deadlines checks what must be there soon after the opening, or after it became
// necessary (P6, P9, P15, P19).
func (c *checker) deadlines() {
	for _, d := range []struct {
		clock Clock
		lacks func(*schema.Escalation) bool
		due   func(from time.Time) time.Time
		what  string
	}{
		{Standup, process.LacksStandup, in(c.policy.Deadlines.StandupHours), "there is no standup series"},
		{Case, process.LacksCase, in(c.policy.Deadlines.CaseHours), "the link of the case is pending"},
		{CSE, process.LacksCSE, func(from time.Time) time.Time { return c.calendar.After(from, 1, schema.WorkingDays) }, "no CSE is assigned"},
		{ProductDRI, process.AwaitsProductDRI, in(c.policy.Product.PendingHours), "the Product DRI is still to be assigned"},
		{ProductDRI, process.LacksProductDRI, func(from time.Time) time.Time { return from }, "there is no Product DRI"},
	} {
		if d.lacks(c.e) {
			due := d.due(latest(c.start, c.past.since(d.lacks)))
			c.add(d.clock, due, due, d.what)
		}
	}
}

// in returns what is some hours later.
func in(hours *int) func(time.Time) time.Time {
	return func(from time.Time) time.Time { return from.Add(time.Duration(number(hours)) * time.Hour) }
}

func number(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

// is reports whether a day of the file has come: one that is still to come counts
// for nothing.
func (c *checker) is(d schema.Date) bool { return !d.IsZero() && !d.After(c.today().Time) }

// steps checks the next steps that are not done (P28). One that was late when it
// was told, or when the escalation was reopened, is due with that day.
func (c *checker) steps() {
	for _, s := range c.e.NextSteps {
		if c.is(s.Done) || s.Due.IsZero() {
			continue
		}
		told := latest(c.start, c.past.since(func(e *schema.Escalation) bool {
			return slices.ContainsFunc(e.NextSteps, func(x schema.NextStep) bool {
				return x.Step == s.Step && x.Owner == s.Owner && x.Due.Equal(s.Due.Time)
			})
		}))
		due := c.with(s.Due, told)
		c.add(Step, due, due, fmt.Sprintf("a step of %s: %s", c.name(s.Owner), s.Step), s.Owner).Step = s.Step
	}
}

// farthest is how far ahead a step may be due and still be the next one (P37): one
// of 2099 puts no clock to sleep.
const farthest = 366 * 24 * time.Hour

// path checks whether there is a next step while an exit criterion is not met
// (P7): after one working day without one it is the DRI's turn.
func (c *checker) path() {
	unmet := slices.ContainsFunc(c.e.ExitCriteria, func(x schema.ExitCriterion) bool { return !c.is(x.Met) })
	open := slices.ContainsFunc(c.e.NextSteps, func(s schema.NextStep) bool {
		return !c.is(s.Done) && !s.Due.IsZero() && s.Due.Sub(c.now) < farthest
	})
	if !unmet || open {
		return
	}
	from := c.past.since(func(e *schema.Escalation) bool {
		return !slices.ContainsFunc(e.NextSteps, func(s schema.NextStep) bool { return s.Done.IsZero() && s.Due.Sub(c.now) < farthest })
	})
	if from.IsZero() { // the file alone says on which day the last one was done
		for _, s := range c.e.NextSteps {
			if c.is(s.Done) {
				from = latest(from, c.calendar.Begin(s.Done))
			}
		}
	}
	due := c.calendar.After(latest(c.start, from), 1, schema.WorkingDays)
	c.add(Path, due, due, "no next step is open, and an exit criterion is not met")
}

// criteria checks whether it should be closed (P28).
func (c *checker) criteria() {
	var last schema.Date
	for _, x := range c.e.ExitCriteria {
		if !c.is(x.Met) {
			return
		}
		if x.Met.After(last.Time) {
			last = x.Met
		}
	}
	if last.IsZero() {
		return
	}
	told := c.past.since(func(e *schema.Escalation) bool {
		return !slices.ContainsFunc(e.ExitCriteria, func(x schema.ExitCriterion) bool { return x.Met.IsZero() })
	})
	from := latest(latest(c.start, told), calendar.DayAt(c.dayEnd(last)))
	due := c.calendar.After(from, number(c.policy.Deadlines.CriteriaDays), schema.WorkingDays)
	c.add(Criteria, due, due, "all exit criteria are met, and it is still open")
}

// snooze checks whether the time is over for which reminders were held back, and
// the customer has not heard since. At critical nothing was held back (P27).
func (c *checker) snooze() {
	s := c.e.Snooze
	if s == nil || s.Until.IsZero() || c.e.Severity == schema.Critical {
		return
	}
	due := c.calendar.Begin(s.Until)
	if !c.heard(toCustomer).Before(due) {
		return
	}
	c.add(Snooze, due, due, fmt.Sprintf("the snooze ended on %s, and the customer has heard nothing: %s", words.Day(c.calendar.In(due)), s.Reason))
}

// heldUntil is until when the snooze holds back what is overdue at a moment.
func (c *checker) heldUntil(overdue time.Time) time.Time {
	written := c.past.since(func(e *schema.Escalation) bool { return e.Snooze != nil && e.Snooze.Until.Equal(c.e.Snooze.Until.Time) })
	return c.calendar.Held(c.e.Snooze.Until, overdue, written)
}

// snoozed reports whether the customer clock is held back now.
func (c *checker) snoozed() bool {
	s := c.e.Snooze
	return s != nil && process.Open(c.e) && c.e.Severity != schema.Critical && c.now.Before(c.calendar.Begin(s.Until))
}

// rca checks whether the analysis was delivered that was promised (P32).
func (c *checker) rca() {
	r := process.OwedRCA(c.e)
	if r == nil || r.Due.IsZero() {
		return
	}
	due := c.with(r.Due, c.past.since(func(e *schema.Escalation) bool { return process.OwedRCA(e) != nil }))
	c.add(RCA, due, due, fmt.Sprintf("the root cause analysis of %s is owed", c.name(r.Owner)), r.Owner)
}

// roles names the roles that must be informed and that nobody holds (P5): a
// vacant seat is nobody's turn. It is one since the last holder left, else since
// the opening.
func (c *checker) roles() {
	_, unfilled := process.Informed(c.people, c.policy, c.e)
	for _, role := range unfilled {
		since := c.start
		for _, p := range c.people.People {
			if !p.Left.IsZero() && slices.Contains(p.Roles, role) {
				since = latest(since, c.dayEnd(p.Left))
			}
		}
		i := c.item(Role, since, "nobody is "+string(role)+", who must be informed")
		i.State = Advisory
		i.asks(nil)
		c.items = append(c.items, i)
	}
}

// cover advises to delete a cover that has ended (P6).
func (c *checker) cover() {
	if c.e.Cover == nil || c.e.Cover.Until.IsZero() || !c.e.Cover.Until.Before(c.today().Time) {
		return
	}
	i := c.item(Cover, c.dayEnd(c.e.Cover.Until), "the cover by "+c.name(c.e.Cover.DRI)+" has ended")
	i.State = Advisory
	c.items = append(c.items, i)
}

// rare advises more standups where they are rarer than the customer is to hear (P19).
func (c *checker) rare() {
	s, clock := c.e.Standup, c.policy.Severities.Of(c.e.Severity).Customer
	if s == nil || len(s.Days) == 0 || number(clock.Due) == 0 {
		return
	}
	week := 7
	if clock.Days == schema.WorkingDays {
		week = 5
	}
	asked := min((week+number(clock.Due)-1)/number(clock.Due), 5) // nobody meets on weekends for that
	if held := len(s.Days); held < asked {
		i := c.item(Standup, c.start, fmt.Sprintf("the standup is on %s a week, at %s it is to be on %d", words.Count(held, "day"), c.e.Severity, asked))
		i.State = Advisory
		c.items = append(c.items, i)
	}
}

// silence is after how many days without a word a low escalation is asked about in
// the digest (P25).
const silence = 30

func (c *checker) standing() Standing {
	any := func(schema.Update) bool { return true }
	standing := Standing{
		Escalation: c.id, Customer: c.e.Customer, Severity: c.e.Severity, Region: c.e.Account.Region,
		DRI: c.person(c.e.DRI, "DRI"), Channel: process.Channel(c.id, c.e, c.policy),
		Silent: c.e.Severity == schema.Low && !c.now.Before(c.calendar.After(latest(c.start, c.heard(any)), silence, schema.CalendarDays)),
	}
	if p := c.dri(); p.Handle != c.e.DRI {
		standing.StandIn = p
	}
	return standing
}

// with is when something is due with a day that was told at a moment: with that
// of the moment where the day was over.
func (c *checker) with(d schema.Date, told time.Time) time.Time {
	if end := c.dayEnd(d); told.Before(end) {
		return end
	}
	return c.dayEnd(c.day(told))
}

// dayEnd is when a day ends in the region.
func (c *checker) dayEnd(d schema.Date) time.Time {
	return c.calendar.Begin(schema.Date{Time: d.AddDate(0, 0, 1)})
}

// day is the day of a moment in the region.
func (c *checker) day(t time.Time) schema.Date {
	y, m, d := c.calendar.In(t).Date()
	return schema.Date{Time: time.Date(y, m, d, 0, 0, 0, 0, time.UTC)}
}

func (c *checker) today() schema.Date { return c.day(c.now) }

func (c *checker) name(h schema.Handle) string { return words.Name(c.people, h) }

func (c *checker) person(h schema.Handle, as string) Person { return Person{h, c.name(h), as} }
