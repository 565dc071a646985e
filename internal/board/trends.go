package board

import (
	"cmp"
	"slices"
	"time"

	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/view"
	"github.com/escalations-as-code/escalate/schema"
)

// mostWeeks is how many weeks the trends tell of.
const mostWeeks = 26

// bounds are the upper bounds of how long a closed escalation was open, in days.
func bounds() []int { return []int{3, 7, 14, 28, 56} }

func trends(all []Facts, now time.Time) schema.BoardTrends {
	t := schema.BoardTrends{Weeks: weeks(all, now), ToClose: toClose(all), Bounds: bounds(), AtSeverity: atSeverity(all), InTime: inTime(all)}
	outcomes, regions := map[schema.BoardOutcome]int{}, map[schema.RegionName]*schema.BoardRegion{}
	for _, f := range all {
		e := f.Line
		if e.Restricted {
			continue
		}
		if e.Reopened > 0 {
			t.Reopened++
		}
		r := regions[e.Region]
		if r == nil {
			r = &schema.BoardRegion{Region: e.Region}
			regions[e.Region] = r
		}
		if e.Status == openStatus {
			r.Open++
			continue
		}
		t.Closed++
		r.Closed++
		outcomes[schema.BoardOutcome{Status: e.Status, Outcome: e.Outcome}]++
	}
	for o, n := range outcomes {
		o.Closed = n
		t.Outcomes = append(t.Outcomes, o)
	}
	slices.SortFunc(t.Outcomes, func(a, b schema.BoardOutcome) int {
		return cmp.Or(b.Closed-a.Closed, cmp.Compare(a.Status, b.Status), cmp.Compare(a.Outcome, b.Outcome))
	})
	for _, r := range regions {
		t.Regions = append(t.Regions, *r)
	}
	slices.SortFunc(t.Regions, func(a, b schema.BoardRegion) int {
		return cmp.Or(b.Open+b.Closed-a.Open-a.Closed, cmp.Compare(a.Region, b.Region))
	})
	return t
}

// monday is the beginning of the week of a moment, in UTC.
func monday(t time.Time) time.Time {
	d := day(t)
	return d.AddDate(0, 0, -(int(d.Weekday())+6)%7)
}

// weeks counts what was opened and closed in each week: what is opened again counts
// again. It begins with the week of the first opening.
func weeks(all []Facts, now time.Time) []schema.BoardWeek {
	last := monday(now)
	first := last
	for _, f := range all {
		for _, s := range f.spans {
			if m := monday(s.from); m.Before(first) {
				first = m
			}
		}
	}
	if earliest := last.AddDate(0, 0, -7*(mostWeeks-1)); first.Before(earliest) {
		first = earliest
	}
	list := make([]schema.BoardWeek, int(last.Sub(first)/week)+1)
	for i := range list {
		list[i].From = schema.Date{Time: first.AddDate(0, 0, 7*i)}
	}
	// The number of a week: below 0 before the first, beyond the end of what is to come.
	at := func(t time.Time) int {
		if t.After(now) {
			return len(list)
		}
		return int((t.Sub(first)+1000*week)/week) - 1000
	}
	before := 0 // open before the first week
	for _, f := range all {
		for _, s := range f.spans {
			switch i := at(s.from); {
			case i < 0:
				before++
			case i < len(list):
				list[i].Opened++
			}
			if s.to.IsZero() {
				continue
			}
			switch i := at(s.to); {
			case i < 0:
				before--
			case i < len(list):
				list[i].Closed++
			}
		}
	}
	for i := range list {
		before += list[i].Opened - list[i].Closed
		list[i].Open = before
	}
	return list
}

// toClose is how long the closed ones were open.
func toClose(all []Facts) []schema.BoardDuration {
	took := map[schema.Severity][]time.Duration{}
	for _, f := range all {
		e := f.Line
		if !e.Restricted && e.Status != openStatus && e.Status != schema.Status(schema.Withdrawn) {
			took[e.Severity] = append(took[e.Severity], max(e.Closed.Sub(e.Opened.Time), 0))
		}
	}
	var list []schema.BoardDuration
	for _, s := range schema.AllSeverities() {
		spans := took[s]
		if len(spans) == 0 {
			continue
		}
		slices.Sort(spans)
		d := schema.BoardDuration{
			Severity: s, Closed: len(spans), MedianHours: hours(share(spans, 50)), P90Hours: hours(share(spans, 90)),
			Buckets: make([]int, len(bounds())+1),
		}
		for _, span := range spans {
			i := 0
			for i < len(bounds()) && span > time.Duration(bounds()[i])*24*time.Hour {
				i++
			}
			d.Buckets[i]++
		}
		list = append(list, d)
	}
	return list
}

// share is the shortest of some times, which are sorted, that so many of a hundred do
// not exceed.
func share(sorted []time.Duration, of100 int) time.Duration {
	return sorted[(len(sorted)*of100+99)/100-1]
}

func hours(d time.Duration) int { return int(d / time.Hour) }

// atSeverity is for how long they were open at each severity.
func atSeverity(all []Facts) []schema.BoardHours {
	var list []schema.BoardHours
	for _, s := range schema.AllSeverities() {
		var sum time.Duration
		n := 0
		for _, f := range all {
			if d, ok := f.at[s]; ok && d > 0 {
				sum += d
				n++
			}
		}
		if n > 0 {
			list = append(list, schema.BoardHours{Severity: s, Hours: hours(sum), Escalations: n})
		}
	}
	return list
}

// inTime is how the clocks were kept.
func inTime(all []Facts) []schema.BoardInTime {
	list := []schema.BoardInTime{{Clock: schema.ClockName(stale.Channel)}, {Clock: schema.ClockName(stale.Customer)}}
	for _, f := range all {
		for i, k := range f.kept {
			list[i].Due += k.InTime + k.Missed
			list[i].InTime += k.InTime
		}
	}
	return list
}

// changed is what became of an escalation within the week before now; nil where it is
// as it was.
func (c *Course) changed(line schema.BoardEscalation, now time.Time) *schema.BoardChange {
	since := now.Add(-week)
	within := func(t time.Time) bool { return t.After(since) && !t.After(now) }
	is := schema.BoardChange{ID: line.ID, Customer: line.Customer, Severity: line.Severity, Status: line.Status}
	was, at := c.severity(since)
	again := c.last(reopened)
	switch {
	case line.Status != schema.Status(view.Open):
		if !within(line.Closed.Time) {
			return nil
		}
		is.Change, is.At = schema.WasClosed, line.Closed
	case within(line.Opened.Time):
		is.Change, is.At = schema.WasOpened, line.Opened
	case within(again):
		is.Change, is.At = schema.WasReopened, moment(again)
	case was == "" || was == line.Severity || !within(at):
		return nil
	default:
		is.Change, is.At, is.From = schema.WasRaised, moment(at), was
		if line.Severity.Rank() > was.Rank() {
			is.Change = schema.WasLowered
		}
	}
	return &is
}
