package view

import (
	"slices"
	"time"

	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// Escalation is all of one escalation at a moment. Its times are by the clocks of
// its region.
type Escalation struct {
	Row
	Now                                 time.Time
	Summary, Description, Ask, Approach schema.Text
	Skills                              []schema.Text
	// Because says why the DRI is the DRI (P6); empty where the file names another.
	Because string
	Channel schema.ChannelName
	// Who are all who have a part, and which: the DRI first.
	Who []stale.Person
	// Guests are who else usually attends the standup (P19); empty where it is closed.
	Guests []stale.Person
	// Standup says when it is; empty where the file says nothing.
	Standup string
	// NextStandup is zero where there is none.
	NextStandup time.Time
	Links       []Link
	Criteria    []Criterion
	Steps       []Step
	// Clocks are those that run, but for the steps': what is overdue first.
	Clocks []stale.Item
	// Unread says why the clocks, or some, are not known; empty where they are.
	Unread string
	// Updates are in their order, none later than the moment.
	Updates []Update
	// Notices are what was told, or is being told, oldest first.
	Notices []notice.Notice
	// Ended is what the closure says, each with its label; nil while it is open.
	Ended []Link
	// Case is what a person copies into the case (P16); nil where there is none.
	Case notice.Text
}

// Link is a label, and what stands behind it: an address, or words.
type Link struct{ Label, Value string }

// Criterion is an exit criterion. Met is zero while it is not met.
type Criterion struct {
	Criterion schema.Text
	Met       schema.Date
}

// Step is a next step. Done is zero while it is open, Since while it is not late.
type Step struct {
	Step      schema.Text
	Owner     stale.Person
	Due, Done schema.Date
	Since     time.Time
}

// Open reports whether it is still to be done.
func (s Step) Open() bool { return s.Done.IsZero() }

// Update is what somebody said.
type Update struct {
	At          time.Time
	By          stale.Person
	To          []schema.Audience
	Significant bool
	// Amends is the time of the update that this one corrects; zero of most.
	Amends time.Time
	// Text is empty where it was redacted, and Redacted says why.
	Text, Redacted schema.Text
}

// Of is one escalation of a tree. The report is of the same tree, told what the
// ledger has of the escalation.
func Of(t *tree.Tree, e *tree.Escalation, r stale.Report, told []notice.Notice) Escalation {
	m := newMoment(t, &e.Escalation, r.Now)
	var items []stale.Item
	for _, i := range r.Items {
		if i.Escalation == e.ID {
			items = append(items, i)
		}
	}
	v := Escalation{
		Row: newRow(m, e), Now: m.in(r.Now),
		Summary: e.Summary, Description: e.Description, Ask: e.Ask, Approach: e.Approach, Skills: e.Skills,
		Channel: process.Channel(e.ID, &e.Escalation, t.Policy), Links: links(e), Ended: ended(m, e), Case: plan.Case(t, e, m.now),
		Standup: plan.Standup(t, e).Plain(),
	}
	v.Row.clocks(items)
	if want, clause := process.DRI(e.Account); want == e.DRI {
		v.Because = clause.Because()
	}
	v.Who = who(m, e)
	for _, c := range e.ExitCriteria {
		if !m.is(c.Met) {
			c.Met = schema.Date{}
		}
		v.Criteria = append(v.Criteria, Criterion{c.Criterion, c.Met})
	}
	v.Steps = steps(m, e, items)
	for _, i := range items {
		if i.Clock != stale.Step {
			v.Clocks = append(v.Clocks, i)
		}
	}
	for _, u := range r.Unread {
		if u.Escalation == "" || u.Escalation == e.ID {
			v.Unread = u.Why
		}
	}
	if v.Unread == "" && slices.Contains(r.Incomplete, e.ID) {
		v.Unread = "lint refuses the file, and what is missing may have no clock"
	}
	if process.Open(&e.Escalation) {
		for _, h := range process.StandupGuests(m.people, m.policy, &e.Escalation) {
			v.Guests = append(v.Guests, m.person(h, ""))
		}
		if begins, ok := process.NextStandup(e.Standup, m.now); ok {
			v.NextStandup = m.in(begins)
		}
	}
	v.Updates = updates(m, e)
	for _, n := range told {
		if n.Tells() && n.State != notice.Void && !n.At.After(m.now) {
			v.Notices = append(v.Notices, n)
		}
	}
	return v
}

// who are all who have a part, each as what.
func who(m moment, e *tree.Escalation) []stale.Person {
	var all []stale.Person
	add := func(as string, handles ...schema.Handle) {
		for _, h := range handles {
			if h != "" {
				all = append(all, m.person(h, as))
			}
		}
	}
	add("DRI", e.DRI)
	if process.Open(&e.Escalation) {
		add("stand-in", process.StandIn(&e.Escalation, m.today))
	}
	add("Product DRI", e.Product.DRI)
	if e.Support != nil {
		add("Support DRI", e.Support.DRI)
	}
	add("CSM", e.Account.CSM)
	add("CSE", e.Account.CSE)
	add("account executive", e.Account.AccountExecutive)
	if p := e.Account.ServicesProject; p != nil {
		add("services project manager", p.Manager)
	}
	add("Product", e.Product.Team...)
	add("opened it", e.Opened.By)
	informed, _ := process.Informed(m.people, m.policy, &e.Escalation)
	add("informed", informed...)
	add("FYI", e.FYI...)
	return all
}

func steps(m moment, e *tree.Escalation, items []stale.Item) []Step {
	var all []Step
	for _, s := range e.NextSteps {
		step := Step{Step: s.Step, Owner: m.person(s.Owner, "owner"), Due: s.Due, Done: s.Done}
		if !m.is(s.Done) {
			step.Done = schema.Date{}
		}
		for _, i := range items {
			if step.Open() && i.Clock == stale.Step && i.Step == s.Step && i.Owner.Handle == s.Owner && i.State == stale.Overdue {
				step.Since = i.Since
			}
		}
		all = append(all, step)
	}
	return all
}

func updates(m moment, e *tree.Escalation) []Update {
	var all []Update
	for _, u := range e.Updates {
		if u.At.After(m.now) {
			continue
		}
		v := Update{At: m.in(u.At.Time), By: m.person(u.By, ""), To: u.To, Significant: u.Significant, Amends: m.in(u.Amends.Time), Redacted: u.Redacted}
		if u.Redacted == "" {
			v.Text = u.Text
		}
		all = append(all, v)
	}
	return all
}

func links(e *tree.Escalation) []Link {
	var all []Link
	add := func(label, value string) {
		if value != "" {
			all = append(all, Link{label, value})
		}
	}
	add("Case", string(e.Links.Case))
	add("Meeting notes", string(e.Links.MeetingNotes))
	add("Collaboration project", string(e.Links.CollaborationProject))
	for _, u := range e.Links.Issues {
		add("Issue", string(u))
	}
	if e.Support != nil {
		for _, u := range e.Support.Tickets {
			add("Support ticket", string(u))
		}
	}
	add("CSE Help case", string(e.Account.CSEHelpCase))
	if p := e.Account.ServicesProject; p != nil {
		add("Services project", string(p.URL))
	}
	add("Business case", string(e.Product.BusinessCase))
	if e.RCA != nil {
		add("Root cause analysis", string(e.RCA.URL))
	}
	add("Previous", string(e.Previous))
	for _, id := range e.Related {
		add("Related", string(id))
	}
	return all
}

// ended is what the closure says.
func ended(m moment, e *tree.Escalation) []Link {
	c := e.Closure
	if c == nil {
		return nil
	}
	var all []Link
	add := func(label, value string) {
		if value != "" {
			all = append(all, Link{label, value})
		}
	}
	add("Closed by", m.person(c.By, "").Name)
	add("Reason", string(c.Reason))
	add("Duplicate of", string(c.DuplicateOf))
	add("Outcome", string(c.Outcome))
	add("Summary", string(c.Summary))
	add("Why not all criteria", string(c.WhyNot))
	add("Agreement", string(c.Agreement.URL))
	if c.Agreement.Waived != "" {
		add("Agreement waived", string(c.Agreement.Waived))
	}
	add("Pattern issue", string(c.PatternIssue))
	add("Sentiment", string(c.Sentiment))
	return all
}
