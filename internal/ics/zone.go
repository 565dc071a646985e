package ics

import (
	"fmt"
	"strings"
	"time"

	"github.com/emersion/go-ical"
)

// A calendar program need not know a time zone by its name: the file says itself
// when its clocks change (RFC 5545, 3.6.5).
const (
	// cycle is how many years are looked at to find the rule by which clocks
	// change: after 28 years each date falls on the same day of the week again.
	cycle = 28
	// listed is how many years of changes are listed that follow no rule, as those
	// of Morocco, which keep to the moon.
	listed = 5
)

// change is a change of a zone's clocks.
type change struct {
	shown time.Time // what the clocks show just before, as if it were UTC
	kind
}

// kind is what changes of one observance have in common.
type kind struct {
	from, to int // seconds east of UTC
	name     string
	daylight bool
}

// timezone describes a zone from a moment on. What is listed and not ruled is
// listed until some years after now.
func timezone(zone *time.Location, from, now time.Time) *ical.Component {
	v := ical.NewComponent(ical.CompTimezone)
	v.Props.SetText(ical.PropTimezoneID, zone.String())
	until := now
	if from.After(now) {
		until = from
	}
	changes := changesOf(zone, from, until.Year()+cycle)
	var kinds []kind
	of := map[kind][]change{}
	for _, c := range changes {
		if of[c.kind] == nil {
			kinds = append(kinds, c.kind)
		}
		of[c.kind] = append(of[c.kind], c)
	}
	for _, k := range kinds {
		single, yearly, rule := split(of[k], until.Year()+listed, until.Year()+cycle)
		if len(single) > 0 {
			o := observance(single[0])
			if len(single) > 1 {
				list(o, single)
			}
			v.Children = append(v.Children, o)
		}
		if len(yearly) > 0 {
			o := observance(yearly[0])
			set(o.Props, ical.PropRecurrenceRule, rule)
			v.Children = append(v.Children, o)
		}
	}
	return v
}

// changesOf lists the changes of a zone's clocks, from the last one before a
// moment until the end of a year. Of clocks that never changed before it, the first
// one changes nothing.
func changesOf(zone *time.Location, from time.Time, lastYear int) []change {
	at, ok := lastChange(from.In(zone))
	var list []change
	if !ok {
		name, offset := from.In(zone).Zone()
		list = []change{{time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC), kind{offset, offset, name, from.In(zone).IsDST()}}}
		at, ok = nextChange(from.In(zone), lastYear)
	}
	for ok {
		_, before := at.Add(-time.Second).Zone()
		before -= before % 60 // of old, by the sun, which not every program can read
		name, after := at.Zone()
		shown := at.UTC().Add(time.Duration(before) * time.Second)
		if shown.Year() > lastYear {
			break
		}
		list = append(list, change{shown, kind{before, after, name, at.IsDST()}})
		at, ok = nextChange(at, lastYear)
	}
	return list
}

// lastChange returns the last moment until t at which the clocks changed. Package
// time lets its rules for the years that the zone's table does not list begin anew
// each year, which is no change.
func lastChange(t time.Time) (time.Time, bool) {
	for {
		start, _ := t.ZoneBounds()
		if start.IsZero() {
			return t, false
		}
		if t = start.Add(-time.Second); !same(t, start) {
			return start, true
		}
	}
}

// nextChange returns the first moment after t at which the clocks change, until
// about the end of a year. Where a year has 366 days, package time lets those rules
// end a day too early, at a moment that ends where it began.
func nextChange(t time.Time, lastYear int) (time.Time, bool) {
	for t.Year() <= lastYear+1 {
		_, end := t.ZoneBounds()
		if end.IsZero() {
			return t, false
		}
		if !end.After(t) {
			end = t.Add(24 * time.Hour)
		}
		if !same(end.Add(-time.Second), end) {
			return end, true
		}
		t = end
	}
	return t, false
}

// same reports whether the clocks go alike at two moments.
func same(a, b time.Time) bool {
	nameA, offsetA := a.Zone()
	nameB, offsetB := b.Zone()
	return nameA == nameB && offsetA == offsetB && a.IsDST() == b.IsDST()
}

// reading is how the file writes what clocks show.
const reading = "20060102T150405"

// observance describes changes of one kind, of which c is the first.
func observance(c change) *ical.Component {
	name := ical.CompTimezoneStandard
	if c.daylight {
		name = ical.CompTimezoneDaylight
	}
	v := ical.NewComponent(name)
	set(v.Props, ical.PropDateTimeStart, c.shown.Format(reading))
	set(v.Props, ical.PropTimezoneOffsetFrom, offset(c.from))
	set(v.Props, ical.PropTimezoneOffsetTo, offset(c.to))
	v.Props.SetText(ical.PropTimezoneName, c.name)
	return v
}

// list lists changes, the first among them, and each in a property of its own: not
// every program remembers DTSTART then, or reads more than one date of a property.
func list(observance *ical.Component, changes []change) {
	for _, c := range changes {
		p := ical.NewProp(ical.PropRecurrenceDates)
		p.Value = c.shown.Format(reading)
		observance.Props.Add(p)
	}
}

// split splits changes of one kind into those that have to be listed and those
// that follow a rule until the last year that was looked at. If none do so from
// listedYear on at the latest, those until then are listed, and there is no rule.
func split(changes []change, listedYear, lastYear int) (single, yearly []change, r string) {
	for i, c := range changes {
		if c.shown.Year() > listedYear {
			return changes[:i], nil, ""
		}
		if r, ok := rule(changes[i:], lastYear); ok {
			return changes[:i], changes[i:], r
		}
	}
	return changes, nil, ""
}

// rule is the rule that changes follow every year until the last: always in one
// month, on one day of the week, at one time.
func rule(changes []change, lastYear int) (string, bool) {
	first := changes[0].shown
	if len(changes) != lastYear-first.Year()+1 || len(changes) < 2 {
		return "", false
	}
	low, high, last := 31, 0, true
	for i, c := range changes {
		s := c.shown
		if s.Year() != first.Year()+i || s.Month() != first.Month() || s.Weekday() != first.Weekday() || s.Format(time.TimeOnly) != first.Format(time.TimeOnly) {
			return "", false
		}
		low, high = min(low, s.Day()), max(high, s.Day())
		last = last && s.AddDate(0, 0, 7).Month() != s.Month()
	}
	day := strings.ToUpper(first.Weekday().String()[:2])
	yearly := fmt.Sprintf("FREQ=YEARLY;BYMONTH=%d;", first.Month())
	switch {
	case last:
		return yearly + "BYDAY=-1" + day, true
	case high-low > 6:
		return "", false
	case (low-1)/7 == (high-1)/7:
		return fmt.Sprintf("%sBYDAY=%d%s", yearly, (low-1)/7+1, day), true
	}
	var days []string // the first such day from one of the month on
	for d := low; d <= high; d++ {
		days = append(days, fmt.Sprint(d))
	}
	return yearly + "BYDAY=" + day + ";BYMONTHDAY=" + strings.Join(days, ","), true
}

// offset is seconds east of UTC, as RFC 5545 writes them.
func offset(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	return fmt.Sprintf("%c%02d%02d", sign, seconds/3600, seconds/60%60)
}
