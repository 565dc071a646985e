// Package ics makes a calendar of the escalations: their standups (P19, P20) and
// what is due next (P24 to P28, P32), as iCalendar (RFC 5545), which every
// calendar program takes. It is a pure function of a tree, and of what is due at
// a moment; it looks at no clock.
package ics

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// Kind is what an entry is.
type Kind string

// The kinds.
const (
	// Standup: a series of standups.
	Standup Kind = "standup"
	// Due: something is due then.
	Due Kind = "due"
)

// Event is one entry of the calendar: a series of standups, or something that is
// due. Its texts are as people wrote them.
type Event struct {
	// UID stays the same while the entry is about the same thing, so that a
	// calendar that takes it in again moves the entry and adds none.
	UID        string
	Escalation schema.ID
	Kind       Kind
	Summary    string
	// Lines say more, a line each.
	Lines []string
	// Start and End are by the clocks of the entry's zone; of a series they are the
	// first standup's. AllDay says that the day counts, and not the time.
	Start, End time.Time
	AllDay     bool
	// Days are the days of the week of a series; none where it happens once.
	Days []schema.Day
	// Attendees are whom it is about: who comes, or whose turn it is.
	Attendees []schema.Handle
	// Invited are those of Attendees whose address is known, and Organizer is the
	// DRI, else the first of them: of a meeting to which somebody is invited, RFC
	// 5545 wants one.
	Organizer Person
	Invited   []Person
	URL       schema.URL
	// Sequence rises with time: of two states of an entry the higher one counts.
	Sequence int
	// Private says that others who see the calendar see no more than that there is
	// an entry.
	Private bool
}

// Person is somebody whom a calendar program can reach.
type Person struct {
	Name  string
	Email schema.Email
}

// Selection says which entries are wanted.
type Selection struct {
	// IDs are the escalations; all if there is none.
	IDs []schema.ID
	// Person is whom the entries must concern; anybody if empty.
	Person schema.Handle
}

// takes reports whether an escalation is wanted.
func (s Selection) takes(id schema.ID) bool { return len(s.IDs) == 0 || slices.Contains(s.IDs, id) }

// Calendar is what is known of some escalations.
type Calendar struct {
	Now    time.Time
	Events []Event // by the time of the start
	// LeftOut are the escalations of which not all is known, with the reason.
	LeftOut []stale.Unread
}

// New makes the calendar of the escalations of a tree, of which r says what is
// due.
func New(t *tree.Tree, r stale.Report, s Selection) Calendar {
	c := Calendar{Now: r.Now}
	unread := map[schema.ID]bool{}
	for _, u := range r.Unread {
		if u.Escalation == "" || s.takes(u.Escalation) {
			c.LeftOut = append(c.LeftOut, u)
		}
		unread[u.Escalation] = true
	}
	if unread[""] { // the directory or the policy: nothing is known
		return c
	}
	due := map[schema.ID][]stale.Item{}
	for _, i := range r.Items {
		if i.State == stale.Due {
			due[i.Escalation] = append(due[i.Escalation], i)
		}
	}
	makers := make([]*maker, len(t.Paths))
	t.Each(func(i int, e *tree.Escalation) {
		if s.takes(e.ID) && !unread[e.ID] {
			makers[i] = &maker{id: e.ID, e: &e.Escalation, people: t.People, now: r.Now}
			makers[i].make(due[e.ID])
		}
	})
	for _, m := range makers {
		if m == nil {
			continue
		}
		if m.unknown != "" {
			c.LeftOut = append(c.LeftOut, stale.Unread{Escalation: m.id, Why: m.unknown})
		}
		for _, e := range m.events {
			if s.Person == "" || slices.Contains(e.Attendees, s.Person) || e.Kind == Due && m.e.DRI == s.Person {
				c.Events = append(c.Events, e)
			}
		}
	}
	slices.SortStableFunc(c.Events, func(a, b Event) int { return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.UID, b.UID)) })
	return c
}

// maker makes the entries of one escalation.
type maker struct {
	id     schema.ID
	e      *schema.Escalation
	people schema.Directory
	now    time.Time

	events  []Event
	unknown string // why something could not be made
}

func (m *maker) make(due []stale.Item) {
	if process.Open(m.e) && m.e.Standup != nil && m.e.Standup.None == "" {
		if err := m.standup(m.e.Standup); err != nil {
			m.unknown = "its standup has no place in a calendar: " + err.Error()
		}
	}
	for _, i := range due {
		switch i.Clock {
		case stale.Step: // the file says more of them than the report
		case stale.RCA:
			m.day(i, m.uid("due-rca", ""), fmt.Sprintf("root cause analysis of %s is due", m.name(process.OwedRCA(m.e).Owner)), process.OwedRCA(m.e).Owner)
		default:
			m.moment(i)
		}
	}
	m.steps(due)
}

// defaultMinutes is how long a standup lasts whose file does not say so.
const defaultMinutes = 15

// standup makes the series. It begins with the first standup after the opening,
// which follows from the file, and not with the next one from now: otherwise the
// entry would be another one whenever it is made.
func (m *maker) standup(s *schema.Standup) error {
	zone, err := time.LoadLocation(string(s.Zone))
	if err != nil {
		return fmt.Errorf("there is no time zone `%s`", s.Zone)
	}
	at, err := time.Parse("15:04", string(s.Time))
	if err != nil {
		return fmt.Errorf("`%s` is no time of the day", s.Time)
	}
	start, ok := first(m.e.Opened.At.In(zone), at, s.Days)
	if !ok {
		return fmt.Errorf("it is on none of the days of a week")
	}
	minutes := s.Minutes
	if minutes == 0 {
		minutes = defaultMinutes
	}
	e := m.event(Standup, m.uid("standup", ""), "Standup: "+string(m.e.Customer))
	e.Start, e.End = start, start.Add(time.Duration(minutes)*time.Minute)
	e.Days = slices.SortedFunc(slices.Values(s.Days), func(a, b schema.Day) int { return weekday(a) - weekday(b) })
	e.Attendees, e.URL = s.Attendees, s.Link
	who := process.Each(s.Attendees)
	for _, h := range who {
		if p, ok := m.person(h); ok {
			e.Invited = append(e.Invited, p)
		}
	}
	if len(e.Invited) > 0 {
		e.Organizer = e.Invited[0]
		if p, ok := m.person(m.e.DRI); ok {
			e.Organizer = p
		}
	}
	e.Lines = append([]string{"Join: " + string(s.Link), "Who comes: " + strings.Join(words.Names(m.people, who), ", ")}, e.Lines...)
	m.events = append(m.events, e)
	return nil
}

// week is the week as RFC 5545 has it, from Monday on.
var week = []schema.Day{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

func weekday(d schema.Day) int { return slices.Index(week, d) }

// first returns the first of some days of the week on which the clocks show a
// time, from a moment on. A day on which they jump over it is passed over.
func first(from, at time.Time, days []schema.Day) (time.Time, bool) {
	for n := range 15 {
		t := time.Date(from.Year(), from.Month(), from.Day()+n, at.Hour(), at.Minute(), 0, 0, from.Location())
		shown := t.Hour() == at.Hour() && t.Minute() == at.Minute()
		if shown && !t.Before(from) && slices.Contains(days, week[(int(t.Weekday())+6)%7]) {
			return t, true
		}
	}
	return time.Time{}, false
}

// person returns how somebody can be reached; ok is false if they cannot.
func (m *maker) person(h schema.Handle) (p Person, ok bool) {
	known := m.people.People[h]
	return Person{m.name(h), known.Email}, !known.GoneBy(m.now) && isAddress(known.Email)
}

// isAddress reports whether mail can be sent there. The directory may have a
// fault in one person, so that there can stand anything.
func isAddress(e schema.Email) bool {
	a, err := mail.ParseAddress(string(e))
	return err == nil && a.Address == string(e) && strings.IndexFunc(string(e), escape.Hidden) < 0
}

// dueLength is how long an entry of a moment lasts, so that every program shows
// it.
const dueLength = 15 * time.Minute

// moment makes the entry of what is due at a moment.
func (m *maker) moment(i stale.Item) {
	kind, what := "due-"+string(i.Clock), ""
	switch i.Clock {
	case stale.Channel:
		what = "update for the channel is due"
	case stale.Customer:
		what = "update for the customer is due"
	case stale.Standup:
		what = "a standup series is due"
	case stale.Case:
		what = "the link of the case is due"
	case stale.Criteria:
		what = "all exit criteria are met: close it"
	case stale.Snooze:
		what = "the snooze ends"
	case stale.Path:
		what = "a next step is due"
	case stale.CSE:
		what = "a CSE is to be assigned"
	case stale.ProductDRI:
		what = "a Product DRI is to be named"
	default:
		what = i.What
	}
	e := m.event(Due, m.uid(kind, ""), string(m.e.Customer)+": "+what)
	e.Start, e.End = i.Due, i.Due.Add(dueLength)
	if _, ok := words.EndOfDay(i.Due); ok && i.Clock != stale.Snooze { // due with a day, and not at the midnight behind it
		e.AllDay, e.Start, e.End = true, dayStart(i.Due), i.Due
	}
	e.Attendees = []schema.Handle{i.Turn.Handle}
	e.Lines = append([]string{words.Sentence(i.What), "Turn: " + i.Turn.Name}, e.Lines...)
	m.events = append(m.events, e)
}

// steps makes the entries of the next steps that are due: each a whole day, since
// the file has only the day.
func (m *maker) steps(due []stale.Item) {
	seen := map[string]int{}
	for _, s := range m.e.NextSteps {
		i := slices.IndexFunc(due, func(i stale.Item) bool {
			// One that was late when it was told is due on that day.
			return i.Clock == stale.Step && i.Step == s.Step && i.Owner.Handle == s.Owner && !lastDay(i.Due).Before(s.Due.Time)
		})
		if !s.Done.IsZero() || i < 0 {
			continue
		}
		of := mark(string(s.Owner) + "\n" + string(s.Step))
		if seen[of]++; seen[of] > 1 { // twice the same words
			of += fmt.Sprintf("-%d", seen[of])
		}
		m.day(due[i], m.uid("due-step", of), "step of "+m.name(s.Owner)+": "+string(s.Step), s.Owner)
	}
}

// uid is the UID of an entry. mark tells apart several of a kind.
func (m *maker) uid(kind, mark string) string {
	uid := kind + "-" + strings.Replace(string(m.id), "/", "-", 1)
	if mark != "" {
		uid += "-" + mark
	}
	return uid + "@escalate"
}

// mark tells an entry from others of its kind by what is said of it, since its
// place in a list changes.
func mark(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:6])
}

// day makes the entry of what is due on a day, and is somebody's.
func (m *maker) day(i stale.Item, uid, what string, owner schema.Handle) {
	e := m.event(Due, uid, string(m.e.Customer)+": "+what)
	e.AllDay, e.Start, e.End = true, dayStart(i.Due), i.Due
	e.Attendees = process.Each([]schema.Handle{owner})
	e.Lines = append([]string{"DRI: " + m.name(m.e.DRI)}, e.Lines...)
	m.events = append(m.events, e)
}

// lastDay is the day that ends at a moment, as a schema.Date has it.
func lastDay(end time.Time) time.Time {
	y, mo, d := end.Add(-time.Second).Date()
	return time.Date(y, mo, d, 0, 0, 0, 0, time.UTC)
}

// dayStart is when the day began that ends at a moment.
func dayStart(end time.Time) time.Time {
	y, mo, d := end.Add(-time.Second).Date()
	start := time.Date(y, mo, d, 0, 0, 0, 0, end.Location())
	if start.Day() != d { // the clocks jump over midnight
		_, start = start.ZoneBounds()
	}
	return start
}

// event is what all entries of the escalation have.
func (m *maker) event(kind Kind, uid, summary string) Event {
	e := Event{
		UID: uid, Escalation: m.id, Kind: kind, Summary: summary,
		Sequence: max(0, int(m.now.Sub(m.e.Opened.At.Time)/time.Minute)),
		Private:  m.e.Visibility == schema.Restricted,
		URL:      m.e.Links.MeetingNotes,
	}
	switch m.e.Links.Case {
	case "":
	case schema.Pending:
		e.Lines = append(e.Lines, "Case: pending")
	default:
		e.URL = schema.URL(m.e.Links.Case)
		e.Lines = append(e.Lines, "Case: "+string(m.e.Links.Case))
	}
	e.Lines = append(e.Lines, "Meeting notes: "+string(m.e.Links.MeetingNotes), fmt.Sprintf("Escalation: %s (%s)", m.id, m.e.Severity))
	return e
}

func (m *maker) name(h schema.Handle) string { return words.Name(m.people, h) }

// Rule is the recurrence of a series, as RFC 5545 writes it; "" for what happens
// once.
func (e Event) Rule() string {
	if len(e.Days) == 0 {
		return ""
	}
	var days []string
	for _, d := range e.Days {
		days = append(days, strings.ToUpper(string(d)[:2]))
	}
	return "FREQ=WEEKLY;BYDAY=" + strings.Join(days, ",")
}
