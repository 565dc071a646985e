package stale

import (
	"fmt"
	"slices"
	"time"

	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// Proposal is an open change request that is to open escalations (P1).
type Proposal struct {
	Number int
	// Called is what the forge calls it, such as "pull request", and Numbered its number
	// as people write it there, such as #12.
	Called, Numbered string
	URL              string
	// Opened is when it was opened.
	Opened time.Time
	// Files are those that the default branch lacks, as it has them.
	Files []*tree.Escalation
}

// named is what people call it.
func (p Proposal) named() string { return p.Called + " " + p.Numbered }

// Propose adds the clocks of proposals: one each, since people are asked on the change
// request, and are asked once. Of several escalations it is the one of which the time is
// up first. Who is asked, and when, say the policy and the directory of a tree, and never
// those of the proposal.
func (r *Report) Propose(t *tree.Tree, all []Proposal) {
	if t.Misread() != "" { // Check has said so
		return
	}
	calendars, broken := regional(t.Policy)
	people := t.People.On(r.Now)
	for _, p := range all {
		var first *Item
		for _, e := range p.Files {
			unread := func(why string) {
				r.Unread = append(r.Unread, Unread{e.ID, fmt.Sprintf("%s is to open it, and %s", p.named(), why)})
			}
			region := e.Account.Region
			switch {
			case e.HeldBack():
				unread("its file has errors")
				continue
			case !slices.Contains(schema.AllSeverities(), e.Severity):
				unread("its file has no severity")
				continue
			case broken[region] != nil:
				unread(broken[region].Error())
				continue
			case calendars[region] == nil:
				unread(fmt.Sprintf("the policy has no region `%s`", region))
				continue
			case !process.Open(&e.Escalation): // a story that is told afterwards
				continue
			}
			c := &checker{id: e.ID, e: &e.Escalation, people: people, policy: t.Policy, calendar: calendars[region], now: r.Now}
			c.proposal(p)
			if i := c.items[0]; first == nil || i.Due.Before(first.Due) {
				first = &i
			}
		}
		if first == nil {
			continue
		}
		if more := len(p.Files) - 1; more > 0 {
			first.What += ", and " + words.Count(more, "more escalation")
		}
		r.Items = append(r.Items, *first)
	}
	r.sort()
}

// proposal checks whether the change request that opens the escalation lies unmerged:
// for some hours of the region's working time, at critical of any time (P1).
func (c *checker) proposal(p Proposal) {
	hours := c.policy.Severities.Of(c.e.Severity).ProposalHours
	due := in(hours)(p.Opened)
	if !c.urgent() {
		due = c.calendar.Worked(p.Opened, due.Sub(p.Opened))
	}
	i := c.add(Proposed, due, due, p.named()+", which is to open it, is not merged")
	i.Change, i.Numbered, i.URL = p.Number, p.Numbered, p.URL
}

// triage is who is asked about a proposal: those whom the policy names, and later the
// CSM leader beside them. Where it names nobody who is there, it is the CSM leader's turn
// at once.
func (c *checker) triage(rung int) []Person {
	var leads []Person
	for _, h := range process.Triage(c.people, c.policy) {
		leads = append(leads, c.person(h, "triage"))
	}
	if rung < leader && len(leads) > 0 {
		return leads
	}
	return each(append(c.holders(schema.RoleCSMLeader, "CSM leader"), leads...))
}
