package board

import (
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/history"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/view"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// Page is all that the page of an escalation shows. Of a restricted one it has Line
// alone.
type Page struct {
	Line schema.BoardEscalation
	Now  schema.Time

	Description, Ask, Approach schema.Text
	Skills                     []schema.Text
	// Because says why the DRI is the DRI (P6).
	Because     schema.Text
	Channel     schema.ChannelName
	Who         []Part
	Standup     schema.Text
	NextStandup schema.Time
	Links       []Link
	Criteria    []Criterion
	Steps       []Step
	Clocks      []schema.BoardClock
	// Unread says why the clocks, or some, are not known.
	Unread  schema.Text
	Updates []Update // the latest first
	Ended   []Link
	// Timeline is what happened, oldest first. LeftOut is how many events before the
	// first of them have no room.
	Timeline []Event
	LeftOut  int
}

// Part is what somebody has to do with it.
type Part struct {
	As     Label
	Person schema.BoardPerson
}

// Link is something that the file names: an address, another escalation, or words.
type Link struct {
	Label Label
	URL   schema.URL
	ID    schema.ID
	Text  schema.Text
}

// Criterion is an exit criterion. Met is zero while it is not met.
type Criterion struct {
	Text schema.Text
	Met  schema.Date
}

// Step is a next step. Done is zero while it is open, Since while it is not late.
type Step struct {
	Text      schema.Text
	Owner     schema.BoardPerson
	Due, Done schema.Date
	Since     schema.Time
}

// Update is what somebody said. Text is empty where it was redacted.
type Update struct {
	At             schema.Time
	By             schema.BoardPerson
	To             []schema.Audience
	Significant    bool
	Amends         schema.Time
	Text, Redacted schema.Text
}

// Event is one thing that happened, and what was true after it.
type Event struct {
	At   schema.Time
	Kind Label
	// Field is the field of a file, of what was edited.
	Field    Label
	From, To schema.Text
	// Author and Commit are of what a commit brought; Commit is its id.
	Author, Commit schema.Text
	CommitURL      schema.URL
	// What was told, of a notice, and Place is where; URL is where that can be seen.
	What, Place Label
	URL         schema.URL
	// After is what was true then; nil where nobody knows.
	After *State
}

// State is what was true after an event.
type State struct {
	Severity     schema.Severity
	Status       schema.Status
	DRI          schema.BoardPerson
	StandIn      *schema.BoardPerson
	Met          int
	Criteria     int
	OpenSteps    int
	Channel      schema.ChannelName
	Informed     []schema.BoardPerson
	InformedSame bool // as after the event before: then the list is not repeated
	// Told is how many notices were posted until then.
	Told int
}

// mostEvents is how many events a page shows: the last ones.
const mostEvents = 250

// NewPage makes the page of an escalation. commitURL says where people see a commit.
func NewPage(s Source, line schema.BoardEscalation, commitURL func(string) string) Page {
	v := s.View
	if line.Restricted {
		return Page{Line: line, Now: moment(v.Now)}
	}
	p := Page{
		Line: line, Now: moment(v.Now), Description: v.Description, Ask: v.Ask, Approach: v.Approach, Skills: v.Skills,
		Because: schema.Text(v.Because), Channel: v.Channel, Standup: schema.Text(v.Standup), NextStandup: moment(v.NextStandup),
		Unread: schema.Text(v.Unread),
	}
	for _, w := range v.Who {
		p.Who = append(p.Who, Part{Label(w.As), person(w)})
	}
	for _, l := range v.Links {
		p.Links = append(p.Links, link(l.Label, l.Value))
	}
	for _, l := range v.Ended {
		p.Ended = append(p.Ended, link(l.Label, l.Value))
	}
	for _, c := range v.Criteria {
		p.Criteria = append(p.Criteria, Criterion{c.Criterion, c.Met})
	}
	for _, x := range v.Steps {
		p.Steps = append(p.Steps, Step{x.Step, person(x.Owner), x.Due, x.Done, moment(x.Since)})
	}
	for i := range v.Clocks {
		p.Clocks = append(p.Clocks, *clock(&v.Clocks[i]))
	}
	for _, u := range slices.Backward(v.Updates) {
		p.Updates = append(p.Updates, Update{moment(u.At), person(u.By), u.To, u.Significant, moment(u.Amends), u.Text, u.Redacted})
	}
	p.Timeline = s.Course.timeline(v.Notices, v.Now, s.People, commitURL)
	if n := len(p.Timeline) - mostEvents; n > 0 {
		p.LeftOut, p.Timeline = n, cut(p.Timeline, n)
	}
	return p
}

// cut leaves out the first n events, and says with the first state of the rest who was
// informed.
func cut(all []Event, n int) []Event {
	var informed []schema.BoardPerson
	for i, e := range all {
		switch {
		case e.After == nil:
		case !e.After.InformedSame:
			informed = e.After.Informed
		case i >= n:
			e.After.Informed, e.After.InformedSame = informed, false
		}
		if e.After != nil && i >= n {
			break
		}
	}
	return all[n:]
}

func link(label, value string) Link {
	l := Link{Label: Label(label)}
	switch id := schema.ID(value); {
	case strings.HasPrefix(value, "https://"), strings.HasPrefix(value, "http://"):
		l.URL = schema.URL(value)
	case id.Valid():
		l.ID = id
	default:
		l.Text = schema.Text(value)
	}
	return l
}

// timeline is what happened until a moment, with what was told until then.
func (c *Course) timeline(told []notice.Notice, now time.Time, people schema.Directory, commitURL func(string) string) []Event {
	notices := slices.SortedStableFunc(slices.Values(told), func(a, b notice.Notice) int { return a.At.Compare(b.At) })
	var all []Event
	posted, current, shown := 0, -1, -1
	after := func() *State {
		if current < 0 {
			return nil
		}
		s := c.states[current].shown(people)
		s.Told = posted
		s.InformedSame = shown >= 0 && slices.Equal(c.states[shown].informed, c.states[current].informed)
		if s.InformedSame {
			s.Informed = nil
		}
		shown = current
		return s
	}
	tellUntil := func(until time.Time) {
		for len(notices) > 0 && (until.IsZero() || notices[0].At.Before(until)) {
			n := notices[0]
			notices = notices[1:]
			e := Event{At: moment(n.At), Kind: history.Told, Place: Label(n.To.Called()), URL: schema.URL(n.URL)}
			if n.State != notice.Done {
				e.Kind = history.Intended
			} else {
				posted++
			}
			what, _ := kindOf(string(n.Moment))
			e.What, e.After = Label(what), after()
			all = append(all, e)
		}
	}
	if c == nil {
		tellUntil(time.Time{})
		return all
	}
	for i, h := range c.events {
		effective := time.Unix(h.effective, 0).UTC()
		if effective.After(now) {
			break
		}
		tellUntil(effective)
		current = h.state
		e := Event{
			At: moment(time.Unix(h.at, 0).UTC()), Kind: Label(h.change), Field: Label(h.field), From: schema.Text(h.from), To: schema.Text(h.to),
			Author: schema.Text(h.author), Commit: schema.Text(h.commit), CommitURL: schema.URL(commitURL(h.commit)),
		}
		// What one commit brought is true after the last of it.
		if i+1 == len(c.events) || c.events[i+1].commit != h.commit {
			e.After = after()
		}
		all = append(all, e)
	}
	tellUntil(time.Time{})
	return all
}

func (s state) shown(people schema.Directory) *State {
	named := func(h schema.Handle) schema.BoardPerson {
		return schema.BoardPerson{Handle: h, Name: schema.Text(words.Name(people, h))}
	}
	out := &State{
		Severity: s.severity, Status: openStatus, DRI: named(s.dri), Met: s.met, Criteria: s.of, OpenSteps: s.open, Channel: s.channel,
	}
	if s.closed {
		out.Status = "closed"
	}
	if s.standIn != "" {
		out.StandIn = anybody(stale.Person{Handle: s.standIn, Name: words.Name(people, s.standIn)})
	}
	for _, h := range s.informed {
		out.Informed = append(out.Informed, named(h))
	}
	return out
}

// Brief is what half a page of an escalation is made of.
func Brief(s Source) view.Brief { return view.NewBrief(s.View, s.Course.versions()) }
