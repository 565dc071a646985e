package audit

import (
	"slices"
	"time"

	"github.com/escalations-as-code/escalate/internal/calendar"
	"github.com/escalations-as-code/escalate/internal/change"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/schema"
)

// Row says how one escalation went: how long it was how bad, and how well it
// kept its cadence (P25, P26).
type Row struct {
	Escalation schema.ID
	// Status is "open", "closed" or "deleted".
	Status string
	// Severities is how long it was open at each severity.
	Severities map[schema.Severity]time.Duration
	// Channel and Customer are the two clocks.
	Channel, Customer Kept
}

// Kept says how one clock was kept.
type Kept struct {
	// Ticks reports whether there was such a clock at any time; without one the
	// rest says nothing.
	Ticks bool
	// Longest is the longest time without an update that counts.
	Longest time.Duration
	// InTime and Missed count the updates that were due, but for those that
	// were only advised.
	InTime, Missed int
}

// Due is how many updates were due by both clocks, InTime how many came in
// time.
func (r Row) Due() int {
	return r.Channel.InTime + r.Channel.Missed + r.Customer.InTime + r.Customer.Missed
}
func (r Row) InTime() int { return r.Channel.InTime + r.Customer.InTime }

// course is what the versions of one escalation say of its course.
type course struct {
	lives      []span // when it was open; the last may have no end
	severities []level
	snoozes    []snooze
	updates    []update
	region     schema.RegionName
	status     string
}

// span is a time for which an escalation was open. told is when it was told that it
// is: no clock starts before (P25).
type span struct{ from, told, to time.Time }

type level struct {
	from     time.Time
	severity schema.Severity
}

// snooze is one that was written at a time; with a zero day, that there is none any
// more.
type snooze struct {
	from  time.Time
	until schema.Date
}

type update struct {
	at       time.Time
	customer bool
}

// follow takes in a version that a commit of a time made of the one before,
// which is nil at the opening. told is when that was told: the same, or zero where
// nobody knows, since the replay begins with it.
func (c *course) follow(before, after *schema.Escalation, at, told time.Time) {
	if len(c.lives) == 0 {
		opened := after.Opened.At.Time
		if opened.IsZero() {
			opened = at
		}
		c.lives = []span{{from: opened, told: told}}
		c.severities = []level{{opened, after.Severity}}
		before = nil
	}
	var why time.Time
	for _, u := range change.Added(before, after) {
		if u.At.IsZero() {
			continue
		}
		c.updates = append(c.updates, update{u.At.Time, slices.Contains(u.To, schema.Customer)})
		if change.Explains(u) {
			why = u.At.Time
		}
	}
	if why.IsZero() {
		why = at
	}
	if last := c.severities[len(c.severities)-1]; last.severity != after.Severity {
		c.severities = append(c.severities, level{latest(why, last.from), after.Severity})
	}
	var until schema.Date
	if after.Snooze != nil {
		until = after.Snooze.Until
	}
	if n := len(c.snoozes); n == 0 || !c.snoozes[n-1].until.Equal(until.Time) {
		c.snoozes = append(c.snoozes, snooze{told, until})
	}
	c.region = after.Account.Region
	c.closure(before, after, why, at, told)
}

// closure takes in whether the escalation is open.
func (c *course) closure(before, after *schema.Escalation, why, at, told time.Time) {
	life := &c.lives[len(c.lives)-1]
	reopened := before != nil && before.Closure != nil && slices.ContainsFunc(change.Between(before, after), func(x change.Change) bool { return x.Moment == notice.Reopened })
	if reopened || !life.to.IsZero() && after.Closure == nil {
		c.lives = append(c.lives, span{from: latest(why, life.to), told: told})
		life = &c.lives[len(c.lives)-1]
	}
	c.status = "open"
	if after.Closure != nil {
		c.status = "closed"
		life.to = after.Closure.At.Time
		if life.to.IsZero() {
			life.to = at
		}
	}
}

// end takes in that the file is gone.
func (c *course) end(at time.Time) {
	if n := len(c.lives); n > 0 && c.lives[n-1].to.IsZero() {
		c.lives[n-1].to = at
	}
	c.status = "deleted"
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// policies are the policies that held, each from a time on.
type policies struct {
	from      []time.Time
	list      []schema.Policy
	calendars map[place]*calendar.Calendar
}

// place is where and when a calendar holds.
type place struct {
	policy int
	region schema.RegionName
}

func (p *policies) add(from time.Time, policy schema.Policy) {
	p.from, p.list = append(p.from, from), append(p.list, policy)
}

// at returns the number of the policy that held at a time; before the first
// one, that one.
func (p *policies) at(t time.Time) int {
	i, found := slices.BinarySearchFunc(p.from, t, func(from, t time.Time) int { return from.Compare(t) })
	if found { // the last one of that time
		for i+1 < len(p.from) && p.from[i+1].Equal(t) {
			i++
		}
		return i
	}
	return max(i-1, 0)
}

// calendar returns a region's calendar; nil where the policy has none that can
// be used, which lint tells.
func (p *policies) calendar(policy int, region schema.RegionName) *calendar.Calendar {
	key := place{policy, region}
	c, known := p.calendars[key]
	if !known {
		c, _ = calendar.New(p.list[policy].Regions[string(region)])
		p.calendars[key] = c
	}
	return c
}

// row says how an escalation went between two times; from may be zero.
func (c *course) row(id schema.ID, p *policies, from, horizon time.Time) Row {
	slices.SortStableFunc(c.updates, func(a, b update) int { return a.at.Compare(b.at) })
	r := Row{Escalation: id, Status: c.status, Severities: map[schema.Severity]time.Duration{}}
	for _, life := range c.lives {
		if life.to.IsZero() || life.to.After(horizon) && c.status != "closed" {
			life.to = horizon
		}
		for i, l := range c.severities {
			start, end := latest(latest(l.from, life.from), from), life.to
			if i+1 < len(c.severities) {
				end = earliest(end, c.severities[i+1].from)
			}
			if end.After(start) {
				r.Severities[l.severity] += end.Sub(start)
			}
		}
		c.keep(&r.Channel, life, p, from, false)
		c.keep(&r.Customer, life, p, from, true)
	}
	return r
}

// mostDue bounds how many updates one gap can be said to lack: whoever writes
// that it was opened in the year 1 gets no endless sum.
const mostDue = 3660

// keep takes in how a clock was kept while the escalation was open.
func (c *course) keep(k *Kept, life span, p *policies, from time.Time, customer bool) {
	start := latest(life.from, life.told)
	for _, u := range c.updates {
		if customer && !u.customer || !u.at.After(start) {
			continue
		}
		if u.at.After(life.to) {
			break
		}
		c.interval(k, start, u.at, true, p, from, customer)
		start = u.at
	}
	c.interval(k, start, life.to, false, p, from, customer)
}

// interval takes in one time without an update, which ends with one or with
// the time that is looked at. An update is in time while it is not overdue: at medium
// the customer hears weekly to bi-weekly (P26). A late one came after one due moment
// or more, each of which begins at the one before it.
//
// Each severity in it has its own clock, with the policy of its beginning: one that
// is raised counts from then on, one that is lowered goes on.
func (c *course) interval(k *Kept, start, end time.Time, updated bool, p *policies, from time.Time, customer bool) {
	if !end.After(start) || !end.After(from) || len(p.list) == 0 {
		return
	}
	late, asked := false, false
	var since time.Time // when there first was a clock
	counted := start    // from when it counts
	for i, l := range c.within(start, end) {
		if i > 0 && l.severity.Rank() < l.before.Rank() {
			counted = l.from
		}
		policy := p.at(l.from)
		clock := p.list[policy].Severities.Of(l.severity).Channel
		if customer {
			clock = p.list[policy].Severities.Of(l.severity).Customer
		}
		cal := p.calendar(policy, c.region)
		if cal == nil {
			continue
		}
		_, due, ok := cal.Due(clock, counted)
		if !ok {
			asked = false
			continue
		}
		if k.Ticks = true; since.IsZero() {
			since = l.from
		}
		if asked = clock.Advisory == nil || !*clock.Advisory; !asked {
			continue
		}
		for range mostDue {
			if customer && l.severity != schema.Critical {
				due = c.held(cal, due)
			}
			if !due.Before(l.to) {
				break
			}
			if !due.Before(l.from) {
				if late = true; due.After(from) {
					k.Missed++
				}
			}
			_, due, _ = cal.Due(clock, calendar.DayAt(due))
		}
	}
	if !since.IsZero() {
		k.Longest = max(k.Longest, end.Sub(since))
	}
	if updated && asked && !late {
		k.InTime++
	}
}

// stretch is a time for which one severity held, after another one.
type stretch struct {
	span
	severity, before schema.Severity
}

// within are the stretches of a time.
func (c *course) within(start, end time.Time) []stretch {
	all := []stretch{{span: span{from: start, to: end}, severity: c.severity(start)}}
	for _, l := range c.severities {
		last := &all[len(all)-1]
		if l.from.After(last.from) && l.from.Before(end) && l.severity != last.severity {
			last.to = l.from
			all = append(all, stretch{span{from: l.from, to: end}, l.severity, last.severity})
		}
	}
	return all
}

// held is when an update to the customer is due that would be at a moment: later,
// where it was snoozed then (P27).
func (c *course) held(cal *calendar.Calendar, due time.Time) time.Time {
	var s snooze
	for _, x := range c.snoozes {
		if !x.from.After(due) {
			s = x
		}
	}
	if s.until.IsZero() {
		return due
	}
	return latest(due, cal.Held(s.until, due, s.from))
}

// severity returns the one that held at a time.
func (c *course) severity(at time.Time) schema.Severity {
	s := c.severities[0].severity
	for _, l := range c.severities {
		if !l.from.After(at) {
			s = l.severity
		}
	}
	return s
}
