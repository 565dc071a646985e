package stale

import (
	"slices"
	"time"

	"github.com/escalations-as-code/escalate/internal/calendar"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/schema"
)

// The rungs of the ladder (P27). On rung 0 nothing is overdue.
const (
	dri     = 1
	manager = 2
	leader  = 3
)

// item is a clock that is in time, and whose work it is beside the DRI's.
func (c *checker) item(clock Clock, due time.Time, what string, owner ...schema.Handle) Item {
	i := Item{
		Escalation: c.id, Customer: c.e.Customer, Severity: c.e.Severity, Region: c.e.Account.Region, Clock: clock, State: Due, Due: c.calendar.In(due), What: what,
	}
	i.asks(c.asked(clock, dri, owner))
	i.Closed = !process.Open(c.e)
	if len(owner) > 0 {
		i.Owner = c.person(owner[0], "owner")
	}
	return i
}

// add adds a clock that is due and overdue at some moments, on the rung that it
// has reached (P27).
func (c *checker) add(clock Clock, due, overdue time.Time, what string, owner ...schema.Handle) *Item {
	i := c.item(clock, due, what, owner...)
	if i.Next = overdue; !c.now.Before(overdue) {
		i.State, i.Since, i.Rung, i.Next = Overdue, c.calendar.In(overdue), dri, time.Time{}
		for _, rung := range c.above(clock) {
			at := c.climbs(rung, overdue)
			if c.now.Before(at) {
				i.Next = at
				break
			}
			i.Rung = rung
		}
		i.asks(c.asked(clock, i.Rung, owner))
		if c.asks() {
			i.Today = c.today()
		}
	}
	c.items = append(c.items, i)
	return &c.items[len(c.items)-1]
}

// asks sets who is asked: the first has the turn. Of a proposal it may be nobody.
func (i *Item) asks(who []Person) {
	if i.Asked, i.Turn = who, (Person{}); len(who) > 0 {
		i.Turn = who[0]
	}
}

// urgent reports whether people are asked at any hour of any day: at critical,
// while it is open (P28).
func (c *checker) urgent() bool { return c.e.Severity == schema.Critical && process.Open(c.e) }

// asks reports whether it is a time to ask people: the region's working hours, at
// critical any hour (P27).
func (c *checker) asks() bool { return c.urgent() || c.calendar.AtWork(c.now) }

// climbs is when something that became overdue at a moment comes to a rung.
func (c *checker) climbs(rung int, overdue time.Time) time.Time {
	l := c.policy.Ladder
	days, hours := l.Manager, l.Critical.Manager
	if rung == leader {
		days, hours = l.CSMLeader, l.Critical.CSMLeader
	}
	if c.urgent() {
		return in(hours)(overdue)
	}
	if number(days) == 0 {
		return overdue
	}
	return c.calendar.After(calendar.DayAt(overdue), number(days), schema.WorkingDays)
}

// above are the rungs of a clock above the first. Nobody manages triage: what it leaves
// is the leader's, at any severity (P1).
func (c *checker) above(clock Clock) []int {
	switch {
	case clock == Proposed:
		return []int{leader}
	case c.top(clock) == leader:
		return []int{manager, leader}
	}
	return []int{manager}
}

// top is the last rung of a clock. What leaves the customer waiting or the case
// without a way forward reaches the leader, at critical also a silent channel, and
// only where the severity informs the leader; an analysis climbs its owner's
// managers; all else ends at the manager (P27).
func (c *checker) top(clock Clock) int {
	switch {
	case clock == RCA:
		return leader
	case !c.informsLeader():
		return manager
	case clock == Customer, clock == Path, clock == Channel && c.e.Severity == schema.Critical:
		return leader
	default:
		return manager
	}
}

func (c *checker) informsLeader() bool {
	return slices.Contains(c.policy.Severities.Of(c.e.Severity).Informs, schema.RoleCSMLeader)
}

// asked is who is asked on a rung: whose turn it is first, then those of the rungs
// below, the DRI, and whose work it is, each once. Where nobody is on a rung, it is
// the turn of the one below. Who has to assign somebody keeps the turn, whoever is
// asked beside.
func (c *checker) asked(clock Clock, rung int, owner []schema.Handle) []Person {
	if clock == Proposed {
		return c.triage(rung)
	}
	var all []Person
	if clock == CSE || clock == ProductDRI {
		all = c.on(dri, clock, owner)
	}
	for r := rung; r >= dri; r-- {
		all = append(all, c.on(r, clock, owner)...)
	}
	all = append(all, c.dri())
	for _, h := range owner {
		switch h {
		case "", c.e.DRI: // who has a stand-in
		default:
			all = append(all, c.person(h, "owner"))
		}
	}
	return each(all)
}

// each are people, each once.
func each(all []Person) []Person {
	var once []Person
	for _, p := range all {
		if !slices.ContainsFunc(once, func(x Person) bool { return x.Handle == p.Handle }) {
			once = append(once, p)
		}
	}
	return once
}

// dri is whose turn the DRI's is: the stand-in's, while there is one (P6).
func (c *checker) dri() Person {
	h := process.StandIn(c.e, c.today().Time)
	if p, known := c.people.People[h]; known && p.Left.IsZero() {
		return c.person(h, "stand-in")
	}
	return c.person(c.e.DRI, "DRI")
}

// on is who stands on a rung of a clock.
func (c *checker) on(rung int, clock Clock, owner []schema.Handle) []Person {
	updates := clock == Channel || clock == Customer
	led := updates && process.Counterpart(c.e) != c.e.DRI // a CSE leads (P29)
	below := c.e.DRI
	if clock == RCA && len(owner) > 0 {
		below = owner[0]
	}
	switch {
	case rung == dri && led:
		return []Person{c.person(process.Counterpart(c.e), "CSE")}
	case rung == dri && clock == CSE:
		return c.holders(schema.RoleCSELeader, "CSE leader")
	case rung == dri && clock == ProductDRI:
		return c.holders(schema.RoleVPProduct, "Product leadership")
	case rung == dri:
		return []Person{c.dri()}
	case rung == manager && led:
		return c.holders(schema.RoleCSELeader, "CSE leader")
	case rung == manager:
		if m := c.manager(below); m != "" {
			return []Person{c.person(m, "manager")}
		}
		if clock != RCA && c.informsLeader() {
			return c.holders(schema.RoleCSMLeader, "CSM leader")
		}
	case clock == RCA || c.e.Account.ServicesProject != nil: // their chain of managers
		if m := c.manager(c.manager(below)); m != "" {
			return []Person{c.person(m, "manager")}
		}
	default:
		return c.holders(schema.RoleCSMLeader, "CSM leader")
	}
	return nil
}

func (c *checker) holders(role schema.Role, as string) []Person {
	var all []Person
	for _, h := range process.Holders(c.people, c.policy, role, c.e.Account.Region) {
		all = append(all, c.person(h, as))
	}
	return all
}

// manager is who manages somebody and is still there; empty where nobody does.
func (c *checker) manager(h schema.Handle) schema.Handle {
	m := c.people.People[h].Manager
	if p, known := c.people.People[m]; !known || !p.Left.IsZero() {
		return ""
	}
	return m
}
