// Package calendar knows when the people of a region work, and so until when
// an update lasts (P25, P26). It looks at no clock: whoever asks names the
// moment.
package calendar

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"time"
	_ "time/tzdata" // so that a zone is known or unknown on every machine alike

	"github.com/rickar/cal/v2"

	"github.com/escalations-as-code/escalate/schema"
)

// horizon is how many days ahead a working day is looked for. Only a policy
// that lists years of holidays gets there, or one whose numbers the schema
// refuses (it takes 366 working days at most).
const horizon = 10 * 366

// Calendar is the calendar of one region: its zone, its working hours from
// Monday to Friday, its holidays (P25). It may be used by many at once, and
// remembers the years it was asked about.
//
// Each moment belongs to the day that the region's clocks show then. A
// schema.Date is no such moment, but midnight in UTC.
type Calendar struct {
	clocks   clocks
	from, to time.Duration // since midnight
	national []*cal.Holiday
	except   []schema.Date // not off, though a national holiday
	dates    []schema.Date
	years    sync.Map // int to *year
}

// New returns the calendar of a region of the policy. It fails if there is no
// such time zone, if work does not end after it begins (there are no night
// shifts), or if a country's holidays are not known; lint says so too, with
// the place.
func New(r schema.Region) (*Calendar, error) {
	zone, err := time.LoadLocation(string(r.Zone))
	if err != nil || zone == time.UTC && r.Zone != "UTC" || zone == time.Local { // "" is UTC to LoadLocation, "Local" whatever the machine has
		return nil, fmt.Errorf("there is no time zone `%s`: write it as Area/City, such as Europe/Berlin", r.Zone)
	}
	c := &Calendar{clocks: clocks{zone}, except: r.Holidays.Except, dates: r.Holidays.Dates}
	from, fromOK := sinceMidnight(r.Hours.From)
	to, toOK := sinceMidnight(r.Hours.To)
	if !fromOK || !toOK || to <= from {
		return nil, fmt.Errorf("working hours from `%s` to `%s`: write both as 09:00, the end after the beginning", r.Hours.From, r.Hours.To)
	}
	c.from, c.to = from, to
	known := holidays()
	for _, country := range r.Holidays.Countries {
		national, ok := known[country]
		if !ok {
			return nil, fmt.Errorf("the holidays of `%s` are not built in: %s", country, Instead(country))
		}
		c.national = append(c.national, national...)
	}
	return c, nil
}

// Works reports whether t falls on a working day.
func (c *Calendar) Works(t time.Time) bool {
	_, d := c.on(t)
	return d.works()
}

// AtWork reports whether t falls within the working hours of a working day.
func (c *Calendar) AtWork(t time.Time) bool {
	_, d := c.on(t)
	return d.from <= t.Unix() && t.Unix() < d.to
}

// End returns when the working day on which t falls ends, in the region's
// zone; ok is false if it is no working day.
func (c *Calendar) End(t time.Time) (end time.Time, ok bool) {
	_, d := c.on(t)
	if !d.works() {
		return time.Time{}, false
	}
	return d.ends(c.clocks), true
}

// In returns a moment as the region's clocks show it.
func (c *Calendar) In(t time.Time) time.Time { return t.In(c.clocks.zone) }

// Begin returns when a date begins in the region.
func (c *Calendar) Begin(d schema.Date) time.Time { return c.clocks.moment(d.Time) }

// After returns when the n-th day after the day of from ends, 24:00 in the
// region's zone; from itself if n is not positive. It measures the clocks (P25,
// P26), the ladder (P27) and what may stay undone for some working days (P28).
//
// The day of from itself never counts, however early or late on it from is and,
// of working days, whether or not it is one: an update on a Friday evening or a
// Saturday night lasts until the end of Monday. So an update on each day keeps a
// daily clock, at whatever hour it comes (P25).
//
// The end of a day is the moment at which the next one begins: who counts on
// from it takes the second before, which is of the day that ends (see DayAt).
func (c *Calendar) After(from time.Time, n int, days schema.DayKind) time.Time {
	if n <= 0 {
		return from.In(c.clocks.zone)
	}
	shown := c.clocks.reading(from)
	midnight := shown.Truncate(24 * time.Hour)
	if days != schema.WorkingDays {
		return c.clocks.moment(midnight.AddDate(0, 0, min(n, horizon)+1))
	}
	y, i := shown.Year(), shown.YearDay()-1
	table := c.year(y)
	for ahead := 1; ahead <= horizon; ahead++ {
		if i++; i == len(table.days) {
			y, i = y+1, 0
			table = c.year(y)
		}
		if table.days[i].works() {
			if n--; n == 0 {
				return c.clocks.moment(midnight.AddDate(0, 0, ahead+1))
			}
		}
	}
	// To be asked on a holiday is better than never to be asked.
	return c.clocks.moment(midnight.AddDate(0, 0, horizon+1))
}

// DayAt returns a moment of the day on which t falls or, where a day ends at t,
// of that day: from there After counts on.
func DayAt(t time.Time) time.Time { return t.Add(-time.Second) }

// Due says until when an update that was made at from lasts: at due the next
// one is due, and after overdue it is overdue (P25, P26). Both are counted
// from the update, as After counts them: at medium the customer hears after 7
// days, and after 14, not 21, it is overdue. Without a number of its own, or
// with one that is smaller (which lint refuses), it is overdue as soon as it
// was due. ok is false if there is no clock: its number of days is left out or
// 0, or from is zero, a time that nobody could read.
func (c *Calendar) Due(clock schema.Clock, from time.Time) (due, overdue time.Time, ok bool) {
	if clock.Due == nil || *clock.Due <= 0 || from.IsZero() {
		return time.Time{}, time.Time{}, false
	}
	due = c.After(from, *clock.Due, clock.Days)
	if clock.Overdue == nil || *clock.Overdue <= *clock.Due {
		return due, due, true
	}
	return due, c.After(from, *clock.Overdue, clock.Days), true
}

// longestSnooze is for how many days a snooze holds back what is overdue (P27).
const longestSnooze = 7

// Held returns until when a snooze that ends with the beginning of a day holds back
// what is overdue at a moment (P27): for seven days at most, from then and from when
// the snooze was written, which is zero where nobody knows.
func (c *Calendar) Held(until schema.Date, overdue, written time.Time) time.Time {
	ends := []time.Time{c.Begin(until), c.After(DayAt(overdue), longestSnooze, schema.CalendarDays)}
	if !written.IsZero() {
		ends = append(ends, c.After(written, longestSnooze, schema.CalendarDays))
	}
	return slices.MinFunc(ends, time.Time.Compare)
}

// WorkingTime returns how much of the time between two moments lies within
// working hours, so that it can be said for how much working time something is
// overdue (P27). It is negative where to is before from. Of a span that a
// Duration cannot hold, some 292 years, it returns the longest Duration.
func (c *Calendar) WorkingTime(from, to time.Time) time.Duration {
	if to.Before(from) {
		return -c.WorkingTime(to, from)
	}
	if to.Sub(from) == math.MaxInt64 {
		return math.MaxInt64
	}
	first, start := c.worked(from)
	last, end := c.worked(to)
	total := end - start
	for y := first; y < last; y++ {
		total += c.year(y).worked
	}
	return total
}

// Worked returns when some working time has passed since a moment: from itself where
// the span is not positive. Where a day's work ends with it, it is then, and not the
// next morning.
func (c *Calendar) Worked(from time.Time, span time.Duration) time.Time {
	t := from
	for range horizon {
		if span <= 0 {
			break
		}
		_, d := c.on(t)
		begins := time.Unix(max(t.Unix(), d.from), 0)
		if left := time.Unix(d.to, 0).Sub(begins); left >= span {
			return c.In(begins.Add(span))
		} else if left > 0 {
			span -= left
		}
		t = c.clocks.moment(c.clocks.reading(t).Truncate(24*time.Hour).AddDate(0, 0, 1))
	}
	return c.In(t)
}

// worked returns the year of t, and the working time in it until t.
func (c *Calendar) worked(t time.Time) (y int, until time.Duration) {
	y, d := c.on(t)
	return y, d.before + min(max(t.Sub(time.Unix(d.from, 0)), 0), d.length())
}
