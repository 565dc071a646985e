package lint

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/escalations-as-code/escalate/internal/calendar"
	"github.com/escalations-as-code/escalate/internal/change"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// unheard names what changed of people so that nobody hears any more in the place
// of somebody who would have heard of an open escalation (P5, P21, P27). Whoever
// left or has a successor is no loss.
func (j *together) unheard() []string {
	e := &j.step.After.Escalation
	if !process.Open(e) || j.before.PeopleFile == nil || j.now.PeopleFile == nil || j.now.PeopleFile.Unreliable() {
		return nil
	}
	before, now := j.before.People.On(j.at()), j.now.People.On(j.at())
	was, is := before.People, now.People
	var keys []string
	for _, h := range process.Each([]schema.Handle{e.DRI, e.Opened.By}) {
		if p, there := is[h]; there && was[h].Manager != "" && p.Manager == "" && is[was[h].Manager].Left.IsZero() {
			keys = append(keys, "people."+string(h)+".manager")
		}
	}
	_, unfilled := process.Informed(now, j.now.Policy, e)
	for _, role := range unfilled {
		for _, h := range process.Holders(before, j.now.Policy, role, e.Account.Region) {
			if p, there := is[h]; !there || p.Left.IsZero() {
				keys = append(keys, j.person(h)...)
			}
		}
	}
	return keys
}

// at is the moment at which the escalation is judged.
func (j *together) at() time.Time {
	if j.now.Authored.IsZero() {
		return change.Latest(&j.step.After.Escalation)
	}
	return j.now.Authored
}

// asksLess names what changed of the policy so that less is asked for an open
// escalation than before: fewer are told, or later, or elsewhere.
func (j *together) asksLess() []string {
	e := &j.step.After.Escalation
	if !process.Open(e) || j.now.PolicyFile.Unreliable() || j.before.PolicyFile.Unreliable() {
		return nil
	}
	before, now := &j.before.Policy, &j.now.Policy
	var keys []string
	was, is := before.Severities.Of(e.Severity), now.Severities.Of(e.Severity)
	of := "severities." + string(e.Severity)
	hear := func(p *schema.Policy) []schema.Handle {
		informed, _ := process.Informed(j.now.People.On(j.at()), *p, e)
		return informed
	}
	switch {
	case lost(was.Informs, is.Informs):
		keys = append(keys, of+".informs")
	case lost(hear(before), hear(now)):
		keys = append(keys, differences("roles", reflect.ValueOf(before.Roles), reflect.ValueOf(now.Roles))...)
	}
	region := string(e.Account.Region)
	for _, clock := range []struct {
		key     string
		was, is schema.Clock
	}{{of + ".channel", was.Channel, is.Channel}, {of + ".customer", was.Customer, is.Customer}} {
		switch {
		case !longer(before.Regions[region], now.Regions[region], clock.was, clock.is, e):
		case reflect.DeepEqual(clock.was, clock.is):
			keys = append(keys, differences("regions."+region, reflect.ValueOf(before.Regions[region]), reflect.ValueOf(now.Regions[region]))...)
		default:
			keys = append(keys, differences(clock.key, reflect.ValueOf(clock.was), reflect.ValueOf(clock.is))...)
		}
	}
	ladder := func(p *schema.Policy) []*int { return []*int{p.Ladder.Manager, p.Ladder.CSMLeader} }
	names := []string{"ladder.manager", "ladder.csm_leader"}
	if e.Severity == schema.Critical {
		ladder = func(p *schema.Policy) []*int {
			return []*int{p.Ladder.Critical.Manager, p.Ladder.Critical.CSMLeader}
		}
		names = []string{"ladder.critical.manager_hours", "ladder.critical.csm_leader_hours"}
	}
	names = append(names, "deadlines.standup_hours", "deadlines.case_hours", "deadlines.criteria_days")
	numbers := func(p *schema.Policy) []*int {
		return append(ladder(p), p.Deadlines.StandupHours, p.Deadlines.CaseHours, p.Deadlines.CriteriaDays)
	}
	a, b := numbers(before), numbers(now)
	for i, name := range names {
		if *b[i] > *a[i] {
			keys = append(keys, name)
		}
	}
	if before.Channels.Announcement != now.Channels.Announcement {
		keys = append(keys, "channels.announcement")
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// lost reports whether something of one list is not in another.
func lost[T comparable](was, is []T) bool {
	return slices.ContainsFunc(was, func(x T) bool { return !slices.Contains(is, x) })
}

// longer reports whether the last update of an escalation lasts longer by one
// clock and region than by another.
func longer(region, other schema.Region, was, is schema.Clock, e *schema.Escalation) bool {
	before, err := calendar.New(region)
	now, failed := calendar.New(other)
	if err != nil || failed != nil { // told at the region
		return false
	}
	from := change.Latest(e)
	due, overdue, asked := before.Due(was, from)
	later, late, still := now.Due(is, from)
	advised := func(c schema.Clock) bool { return c.Advisory != nil && *c.Advisory }
	return asked && (!still || later.After(due) || late.After(overdue) || advised(is) && !advised(was))
}

// less tells that a file changed with an escalation for which less holds now.
func (l *Linter) less(e *tree.Escalation, keys []string, path, what string) finding.Finding {
	f := l.changedTogether(e, "/severity")
	f.Message = fmt.Sprintf("%s in %s changes as well, %s", some(keys), path, what)
	f.Hint = own(path)
	return f
}
