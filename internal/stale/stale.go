// Package stale says what is overdue and what is due next: by which clock, since
// when, and whose turn it is (P15, P19, P24 to P29, P32). It is a pure function
// of a tree, of how its files came to be as they are, and of a moment; what has
// been asked for already is in the ledger, and no matter here.
package stale

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
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
	// Role: nobody holds a role that must be informed (P5). It is only advised.
	Role Clock = "role"
	// Cover: the time is over for which somebody stood in for the DRI (P6). It is only
	// advised.
	Cover Clock = "cover"
	// Path: no next step is open, and an exit criterion is not met (P7).
	Path Clock = "path"
	// CSE: the CSE of the account is still to be assigned (P6).
	CSE Clock = "cse"
	// ProductDRI: there is no Product DRI, or none yet (P9).
	ProductDRI Clock = "product_dri"
	// Proposed: a change request that opens it lies unmerged (P1).
	Proposed Clock = "proposal"
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
	Customer   schema.Text
	Severity   schema.Severity
	Region     schema.RegionName
	Clock      Clock
	State      State
	// Due is when it is due; Since is when it became overdue, zero while it is not.
	Due, Since time.Time
	// Heard is when the channel or the customer was told something last; zero of
	// other clocks.
	Heard time.Time
	// Rung is 0 while it is not overdue, then 1 for the DRI, 2 for the DRI's
	// manager, 3 for the CSM leader (P27).
	Rung int
	// Turn is whose turn it is: of several on a rung the first.
	Turn Person
	// Asked are all who are asked, each once: whose turn it is, those of the rungs
	// below, the DRI among them, and whose work it is.
	Asked []Person
	// Owner is whose work it is, of a step and of an analysis; Step is the step.
	Owner Person
	Step  schema.Text
	// What says what it is about, in words.
	What string
	// Next is when State, Since, Rung or Turn change if nobody does anything; zero
	// if never.
	Next time.Time
	// Today is the day in the region on which people are asked; zero where it is no
	// time to ask.
	Today schema.Date
	// Nudge reports that the DRI is asked now, once, though it is not overdue (P25,
	// P26).
	Nudge bool
	// Closed reports that the escalation is closed: its channel is archived.
	Closed bool
	// Change is the number of the change request that is to open it, and URL where that
	// is; 0 where it stands on the default branch.
	Change int
	// Numbered is that number as people write it, such as #12.
	Numbered string
	URL      string
}

// Person is somebody who is asked, and as what: the DRI, say.
type Person struct {
	Handle   schema.Handle
	Name, As string
}

// String is the name, and as what.
func (p Person) String() string { return p.Name + " (" + p.As + ")" }

// Handles are those of all who are asked.
func (i Item) Handles() []schema.Handle {
	all := make([]schema.Handle, len(i.Asked))
	for n, p := range i.Asked {
		all[n] = p.Handle
	}
	return all
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
	// Incomplete are those of which only a part can be said: lint refuses the file,
	// and what is missing there may have no clock.
	Incomplete []schema.ID
	// Open are the open escalations.
	Open []Standing
	// Snoozed are the escalations whose customer clock is held back.
	Snoozed []schema.ID
	// Unlisted is why it is not known which proposals lie unmerged, or not of all; nil
	// where that is known, or nobody asked.
	Unlisted error
}

// Standing is an open escalation as people know it.
type Standing struct {
	Escalation schema.ID
	Customer   schema.Text
	Severity   schema.Severity
	Region     schema.RegionName
	DRI        Person
	// StandIn stands in for the DRI now; zero where nobody does.
	StandIn Person
	Channel schema.ChannelName
	// Silent reports that it is low, and that nobody has said anything for thirty
	// days: is it still an escalation (P25)?
	Silent bool
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
	return len(r.Unread) > 0 || r.Unlisted != nil || slices.ContainsFunc(r.Items, func(i Item) bool { return i.State == Overdue })
}

// Escalations are those of the default branch of which something is said, each once.
func (r Report) Escalations() []schema.ID {
	var ids []schema.ID
	for _, o := range r.Open {
		ids = append(ids, o.Escalation)
	}
	for _, i := range r.Items {
		if i.Closed {
			ids = append(ids, i.Escalation)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Next is when the report changes if nobody does anything; zero if never.
func (r Report) Next() time.Time {
	var next time.Time
	for _, i := range r.Items {
		next = soonest(next, i.Next)
	}
	return next
}

// Check says what is overdue or due now. past returns how some escalations came
// to be as they are; nil where nobody knows. It is called once.
func Check(t *tree.Tree, now time.Time, past func([]Current) map[schema.ID]Past) Report {
	return CheckAnd(t, now, past, func(int, *tree.Escalation) {})
}

// CheckAnd is Check for somebody who wants something else of each escalation: it is
// read once, and do is called with it as tree.Tree.Each calls it.
func CheckAnd(t *tree.Tree, now time.Time, past func([]Current) map[schema.ID]Past, do func(i int, e *tree.Escalation)) Report {
	r := Report{Now: now.UTC()}
	if file := t.Misread(); file != "" {
		t.Each(do)
		r.Unread = append(r.Unread, Unread{Why: file + " has errors, so nothing is known: `escalate lint` says which"})
		return r
	}
	// Of the files only those are kept in which a clock runs: there may be
	// thousands that are closed.
	checkers := make([]*checker, len(t.Paths))
	unread := make([]string, len(t.Paths))   // why nothing can be said
	contents := make([]string, len(t.Paths)) // their ids
	incomplete := make([]bool, len(t.Paths)) // what is missing has no clock
	calendars, broken := regional(t.Policy)
	people := t.People.On(now)
	t.Each(func(i int, e *tree.Escalation) {
		do(i, e)
		known := calendars[e.Account.Region]
		switch {
		case e.HeldBack():
			unread[i] = "its file has errors: `escalate lint` says which"
		case e.Severity == "":
			unread[i] = "it has no severity: write one, under `severity`"
		case e.Account.Region == "":
			unread[i] = "it has no region: write one, under `account`"
		case broken[e.Account.Region] != nil:
			unread[i] = broken[e.Account.Region].Error()
		case known == nil:
			unread[i] = fmt.Sprintf("the policy has no region `%s`", e.Account.Region)
		case process.Open(&e.Escalation) || process.OwedRCA(&e.Escalation) != nil:
			file := e.Escalation
			incomplete[i] = e.Misread()
			checkers[i] = &checker{id: e.ID, e: &file, people: people, policy: t.Policy, calendar: known, now: now}
			if past != nil {
				contents[i] = t.Identity(e)
			}
		}
	})
	var current []Current
	for i, c := range checkers {
		if c != nil {
			current = append(current, Current{c.id, contents[i], c.e})
		}
	}
	var known map[schema.ID]Past
	if past != nil && len(current) > 0 {
		known = past(current)
	}
	r.Items = make([]Item, 0, checkAll(checkers, known))
	for i, c := range checkers {
		if unread[i] != "" {
			r.Unread = append(r.Unread, Unread{tree.ID(t.Paths[i]), unread[i]})
		}
		if c == nil {
			continue
		}
		if incomplete[i] {
			r.Incomplete = append(r.Incomplete, c.id)
		}
		r.Items = append(r.Items, c.items...)
		if process.Open(c.e) {
			r.Open = append(r.Open, c.standing())
		}
		if c.snoozed() {
			r.Snoozed = append(r.Snoozed, c.id)
		}
	}
	r.sort()
	return r
}

func (r *Report) sort() {
	slices.SortStableFunc(r.Items, func(a, b Item) int {
		return cmp.Or(cmp.Compare(rank(a.State), rank(b.State)), a.at().Compare(b.at()), cmp.Compare(a.Escalation, b.Escalation), cmp.Compare(a.Clock, b.Clock), cmp.Compare(a.Change, b.Change))
	})
}

// checkAll lets all check, on all cores, and returns how many items they have. Some
// are nil.
func checkAll(checkers []*checker, known map[schema.ID]Past) int {
	var next, items atomic.Int64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(checkers)); i = next.Add(1) - 1 {
				if c := checkers[i]; c != nil {
					c.past = known[c.id].until(c.now)
					c.check()
					items.Add(int64(len(c.items)))
				}
			}
		})
	}
	workers.Wait()
	return int(items.Load())
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

// Split returns what gives, of one escalation, what a report says of it, as a report of
// its own. Whoever looks at each one needs no loop over all.
func (r Report) Split() func(schema.ID) Report {
	all := map[schema.ID]*Report{}
	of := func(id schema.ID) *Report {
		if all[id] == nil {
			all[id] = &Report{Now: r.Now, Unlisted: r.Unlisted}
		}
		return all[id]
	}
	for _, i := range r.Items {
		of(i.Escalation).Items = append(of(i.Escalation).Items, i)
	}
	for _, u := range r.Unread {
		of(u.Escalation).Unread = append(of(u.Escalation).Unread, u)
	}
	for _, id := range r.Incomplete {
		of(id).Incomplete = append(of(id).Incomplete, id)
	}
	for _, o := range r.Open {
		of(o.Escalation).Open = append(of(o.Escalation).Open, o)
	}
	for _, id := range r.Snoozed {
		of(id).Snoozed = append(of(id).Snoozed, id)
	}
	general := of("").Unread // of all of them
	return func(id schema.ID) Report {
		one := Report{Now: r.Now, Unlisted: r.Unlisted}
		if all[id] != nil {
			one = *all[id]
		}
		if id != "" {
			one.Unread = slices.Concat(one.Unread, general)
		}
		return one
	}
}
