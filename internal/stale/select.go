package stale

import (
	"slices"

	"github.com/escalations-as-code/escalate/schema"
)

// Selection says of what a report is wanted; of all where it says nothing.
type Selection struct {
	IDs        []schema.ID
	Person     schema.Handle // who is asked, or is the DRI
	Regions    []schema.RegionName
	Severities []schema.Severity
}

func (s Selection) takes(id schema.ID, region schema.RegionName, severity schema.Severity) bool {
	return (len(s.IDs) == 0 || slices.Contains(s.IDs, id)) &&
		(len(s.Regions) == 0 || slices.Contains(s.Regions, region)) &&
		(len(s.Severities) == 0 || slices.Contains(s.Severities, severity))
}

// Select is the part of a report that is wanted. Of what nothing is known stays,
// unless others are named.
func (r Report) Select(s Selection) Report {
	theirs := map[schema.ID]bool{}
	for _, o := range r.Open {
		theirs[o.Escalation] = o.DRI.Handle == s.Person
	}
	r.Items = slices.DeleteFunc(slices.Clone(r.Items), func(i Item) bool {
		return !s.takes(i.Escalation, i.Region, i.Severity) || s.Person != "" && !theirs[i.Escalation] && !slices.Contains(i.Handles(), s.Person)
	})
	concerned := map[schema.ID]bool{}
	for _, i := range r.Items {
		concerned[i.Escalation] = true
	}
	r.Open = slices.DeleteFunc(slices.Clone(r.Open), func(o Standing) bool {
		return !s.takes(o.Escalation, o.Region, o.Severity) || s.Person != "" && !theirs[o.Escalation] && !concerned[o.Escalation]
	})
	if len(s.IDs) > 0 {
		r.Unlisted = nil
	}
	open := map[schema.ID]bool{}
	for _, o := range r.Open {
		open[o.Escalation] = true
	}
	r.Snoozed = slices.DeleteFunc(slices.Clone(r.Snoozed), func(id schema.ID) bool { return !open[id] })
	r.Incomplete = slices.DeleteFunc(slices.Clone(r.Incomplete), func(id schema.ID) bool { return !open[id] })
	r.Unread = slices.DeleteFunc(slices.Clone(r.Unread), func(u Unread) bool {
		return u.Escalation != "" && len(s.IDs) > 0 && !slices.Contains(s.IDs, u.Escalation)
	})
	return r
}
