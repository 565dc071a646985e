// Package board makes the values of the pages that `escalate site` writes: the board,
// the page of each escalation, and the numbers of customers, people and trends. It is
// pure: it is handed how the tree stands at a moment, what the history says and how the
// cadence was kept, one escalation at a time.
//
// Its values are made of types of the schema, and of words of its own that are lists:
// package redact makes their redacted form. Of a restricted escalation they hold the id,
// the severity, the DRI and whether it is open, and nothing else (P17): what a value
// does not have, no page can show.
package board

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/audit"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/view"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// format is the version of schema.Board.
const format = 1

// week is how far back the board tells what changed.
const week = 7 * 24 * time.Hour

// mostSaid is how many characters of an update stand in the line of an escalation.
const mostSaid = 160

// Facts are what the board keeps of an escalation: its line, and what the numbers of
// all are made of.
type Facts struct {
	Line schema.BoardEscalation

	change   *schema.BoardChange
	team     []schema.Handle
	lead     schema.Handle // of the product team
	cover    *schema.BoardCover
	unfilled []schema.Role
	spans    []span // when it was open
	at       map[schema.Severity]time.Duration
	kept     [2]audit.Kept // channel, customer
}

// span is a time for which an escalation was open; to is zero while it is.
type span struct{ from, to time.Time }

// Source is what is known of one escalation.
type Source struct {
	// View is how it stands.
	View view.Escalation
	// File is what its file says.
	File *schema.Escalation
	// People and Policy are those that hold now.
	People schema.Directory
	Policy schema.Policy
	// Course is what happened to it; nil where no commit has it.
	Course *Course
	// Audit is how its cadence was kept; zero where nobody knows.
	Audit audit.Row
}

// Of are the facts of an escalation.
func Of(s Source) Facts {
	v := s.View
	line := schema.BoardEscalation{ID: v.Escalation, Severity: v.Severity, Status: schema.Status(v.Status), DRI: person(v.DRI)}
	if v.Restricted {
		line.Restricted = true
		if v.Status != view.Open {
			line.Status = schema.Status(view.Closed)
		}
		return Facts{Line: line}
	}
	brief := view.NewBrief(v, s.Course.versions())
	line.Customer, line.Summary, line.Region = v.Customer, schema.Text(words.Line(v.Summary)), v.Region
	line.Opened, line.Closed, line.Days = moment(v.Opened), moment(v.Row.Ended), v.Days()
	line.StandIn, line.ProductDRI = anybody(v.StandIn), anybody(v.ProductDRI)
	line.CriteriaMet, line.Criteria = v.Met, v.Row.Criteria
	line.Next, line.Trend, line.Latest = clock(v.Next), levels(brief.Trend), latest(brief.Latest)
	line.UpdatesDue, line.UpdatesInTime = s.Audit.Due(), s.Audit.InTime()
	line.Reopened = s.Course.count(reopened)
	if c := s.File.Closure; c != nil {
		line.Outcome = c.Outcome
	}
	f := Facts{Line: line, at: s.Audit.Severities, kept: [2]audit.Kept{s.Audit.Channel, s.Audit.Customer}}
	f.spans = s.Course.spans(v.Opened, v.Row.Ended)
	f.change = s.Course.changed(line, v.Now)
	if v.Status != view.Open {
		return f
	}
	f.team = process.Each(s.File.Product.Team)
	if h := process.ProductDRI(s.File); h != "" {
		f.lead = cmp.Or(s.People.People[h].Manager, h)
	}
	if v.StandIn.Handle != "" && s.File.Cover != nil {
		f.cover = &schema.BoardCover{ID: line.ID, Customer: line.Customer, DRI: line.DRI, StandIn: person(v.StandIn), Until: s.File.Cover.Until}
	}
	_, f.unfilled = process.Informed(s.People.On(v.Now), s.Policy, s.File)
	return f
}

func person(p stale.Person) schema.BoardPerson {
	return schema.BoardPerson{Handle: p.Handle, Name: schema.Text(p.Name)}
}

// anybody is a person, nil where there is none.
func anybody(p stale.Person) *schema.BoardPerson {
	if p.Handle == "" {
		return nil
	}
	of := person(p)
	return &of
}

func moment(t time.Time) schema.Time {
	if t.IsZero() {
		return schema.Time{}
	}
	return schema.Time{Time: t.UTC()}
}

// clock keeps the zone of its region: what is due by the end of a day is due on that day,
// whatever UTC says, and its words have the times of that region as well.
func clock(i *stale.Item) *schema.BoardClock {
	if i == nil {
		return nil
	}
	return &schema.BoardClock{
		Clock: schema.ClockName(i.Clock), State: schema.ClockState(i.State), What: schema.Text(words.Line(i.What)),
		Due: schema.Time{Time: i.Due}, Since: schema.Time{Time: i.Since}, Turn: anybody(i.Turn),
	}
}

func levels(all []view.Level) []schema.BoardLevel {
	var trend []schema.BoardLevel
	for _, l := range all {
		trend = append(trend, schema.BoardLevel{Severity: l.Severity, At: moment(l.At)})
	}
	return trend
}

func latest(u *view.Update) *schema.BoardUpdate {
	if u == nil {
		return nil
	}
	return &schema.BoardUpdate{At: moment(u.At), By: person(u.By), Significant: u.Significant, Text: schema.Text(words.Clip(words.Line(u.Text), mostSaid))}
}

// New makes the board of all escalations at a moment. People is the directory.
func New(now time.Time, all []Facts, unread []stale.Unread, people schema.Directory) schema.Board {
	b := schema.Board{
		Format: format, Now: moment(now), Since: moment(now.Add(-week)),
		Totals: totals(all), Teams: teams(all, people), People: loads(all, people), Unfilled: unfilled(all),
		Trends: trends(all, now),
	}
	for _, f := range all {
		b.Escalations = append(b.Escalations, f.Line)
		if f.change != nil {
			b.Changed = append(b.Changed, *f.change)
		}
		if f.cover != nil {
			b.Covers = append(b.Covers, *f.cover)
		}
	}
	for _, u := range unread {
		b.Unread = append(b.Unread, schema.ExportUnread{ID: u.Escalation, Why: schema.Text(u.Why)})
	}
	Sort(&b)
	b.Customers = customers(b.Escalations)
	return b
}

// Sort brings all lists of a board into their order. That of equals is by what stands
// in it: after redaction it must be sorted again, since the order of pseudonyms would
// say who begins with A.
func Sort(b *schema.Board) {
	slices.SortFunc(b.Escalations, func(x, y schema.BoardEscalation) int {
		first := cmp.Compare(ended(x), ended(y))
		if first == 0 && x.Status == openStatus {
			first = cmp.Or(cmp.Compare(x.Severity.Rank(), y.Severity.Rank()), urgency(x.Next, y.Next))
		}
		return cmp.Or(first, y.Closed.Compare(x.Closed.Time), cmp.Compare(x.ID, y.ID))
	})
	slices.SortFunc(b.Changed, func(x, y schema.BoardChange) int {
		return cmp.Or(y.At.Compare(x.At.Time), cmp.Compare(x.ID, y.ID))
	})
	slices.SortFunc(b.Unread, func(x, y schema.ExportUnread) int { return cmp.Or(cmp.Compare(x.ID, y.ID), cmp.Compare(x.Why, y.Why)) })
	slices.SortFunc(b.Customers, func(x, y schema.BoardCustomer) int {
		return cmp.Or(strings.Compare(process.SameCustomer(x.Customer), process.SameCustomer(y.Customer)), cmp.Compare(x.Customer, y.Customer))
	})
	at := map[schema.ID]int{}
	for i, e := range b.Escalations {
		at[e.ID] = i
	}
	for _, c := range b.Customers {
		slices.SortFunc(c.Escalations, func(x, y schema.ID) int { return at[x] - at[y] })
	}
	slices.SortFunc(b.People, func(x, y schema.BoardLoad) int {
		return cmp.Or(busy(y)-busy(x), y.DRI-x.DRI, cmp.Compare(x.Name, y.Name), cmp.Compare(x.Handle, y.Handle))
	})
	slices.SortFunc(b.Teams, func(x, y schema.BoardTeam) int {
		return cmp.Or(y.Open-x.Open, cmp.Compare(x.Name, y.Name), cmp.Compare(x.Lead, y.Lead))
	})
	slices.SortFunc(b.Unfilled, func(x, y schema.BoardRole) int {
		return cmp.Or(len(y.Escalations)-len(x.Escalations), cmp.Compare(x.Role, y.Role), cmp.Compare(x.Region, y.Region))
	})
	for _, r := range b.Unfilled {
		slices.Sort(r.Escalations)
	}
	slices.SortFunc(b.Covers, func(x, y schema.BoardCover) int {
		return cmp.Or(x.Until.Compare(y.Until.Time), cmp.Compare(x.ID, y.ID))
	})
}

const openStatus = schema.Status(view.Open)

func ended(e schema.BoardEscalation) int {
	if e.Status == openStatus {
		return 0
	}
	return 1
}

// urgency compares by what is late or due: first what has been overdue the longest,
// last where nothing is due.
func urgency(a, b *schema.BoardClock) int {
	rank := func(c *schema.BoardClock) int {
		switch {
		case c == nil:
			return 2
		case !c.Since.IsZero():
			return 0
		}
		return 1
	}
	switch {
	case rank(a) != rank(b) || rank(a) == 2:
		return rank(a) - rank(b)
	case rank(a) == 0:
		return a.Since.Compare(b.Since.Time)
	}
	return a.Due.Compare(b.Due.Time)
}

func totals(all []Facts) []schema.BoardTotal {
	var list []schema.BoardTotal
	for _, s := range schema.AllSeverities() {
		t := schema.BoardTotal{Severity: s}
		for _, f := range all {
			if f.Line.Severity != s || f.Line.Status != openStatus {
				continue
			}
			t.Open++
			if Overdue(f.Line) {
				t.Overdue++
			}
		}
		list = append(list, t)
	}
	return list
}

// Overdue reports whether something of an escalation is overdue.
func Overdue(e schema.BoardEscalation) bool { return e.Next != nil && !e.Next.Since.IsZero() }

// customers are those of escalations that are in their order.
func customers(all []schema.BoardEscalation) []schema.BoardCustomer {
	var list []schema.BoardCustomer
	at, latest := map[string]int{}, map[string]time.Time{}
	for _, e := range all {
		if e.Restricted {
			continue
		}
		same := process.SameCustomer(e.Customer)
		i, known := at[same]
		if !known {
			i, at[same] = len(list), len(list)
			list = append(list, schema.BoardCustomer{})
		}
		c := &list[i]
		if !known || e.Opened.After(latest[same]) {
			c.Customer, latest[same] = e.Customer, e.Opened.Time
		}
		c.Escalations = append(c.Escalations, e.ID)
		if e.Status == openStatus {
			c.Open++
		} else {
			c.Closed++
		}
	}
	slices.SortFunc(list, func(x, y schema.BoardCustomer) int {
		return strings.Compare(process.SameCustomer(x.Customer), process.SameCustomer(y.Customer))
	})
	return list
}

// busy is how many open escalations somebody has a part in.
func busy(l schema.BoardLoad) int { return l.DRI + l.ProductDRI + l.ProductTeam + l.StandIn }

func loads(all []Facts, people schema.Directory) []schema.BoardLoad {
	of := map[schema.Handle]*schema.BoardLoad{}
	load := func(h schema.Handle) *schema.BoardLoad {
		if of[h] == nil {
			of[h] = &schema.BoardLoad{Handle: h, Name: schema.Text(words.Name(people, h))}
		}
		return of[h]
	}
	named := func(p *schema.BoardPerson) bool {
		return p != nil && p.Handle != "" && p.Handle != schema.PendingPerson
	}
	for _, f := range all {
		if f.Line.Status != openStatus {
			continue
		}
		if named(&f.Line.DRI) {
			load(f.Line.DRI.Handle).DRI++
		}
		if named(f.Line.ProductDRI) {
			load(f.Line.ProductDRI.Handle).ProductDRI++
		}
		if named(f.Line.StandIn) {
			load(f.Line.StandIn.Handle).StandIn++
		}
		for _, h := range f.team {
			load(h).ProductTeam++
		}
		if Overdue(f.Line) && named(f.Line.Next.Turn) {
			load(f.Line.Next.Turn.Handle).Overdue++
		}
	}
	var list []schema.BoardLoad
	for _, l := range of {
		list = append(list, *l)
	}
	return list
}

func teams(all []Facts, people schema.Directory) []schema.BoardTeam {
	open := map[schema.Handle]int{}
	for _, f := range all {
		if f.lead != "" {
			open[f.lead]++
		}
	}
	var list []schema.BoardTeam
	for h, n := range open {
		list = append(list, schema.BoardTeam{Lead: h, Name: schema.Text(words.Name(people, h)), Open: n})
	}
	return list
}

func unfilled(all []Facts) []schema.BoardRole {
	type vacancy struct {
		role   schema.Role
		region schema.RegionName
	}
	of := map[vacancy][]schema.ID{}
	for _, f := range all {
		for _, r := range f.unfilled {
			s := vacancy{r, f.Line.Region}
			of[s] = append(of[s], f.Line.ID)
		}
	}
	var list []schema.BoardRole
	for s, ids := range of {
		list = append(list, schema.BoardRole{Role: s.role, Region: s.region, Escalations: ids})
	}
	return list
}
