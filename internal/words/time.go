package words

import (
	"fmt"
	"time"
)

const (
	dayLayout  = "Mon 2 Jan"
	timeLayout = dayLayout + " 15:04"
)

// Day says a day: Fri 27 Nov. There is no year: it is for what lies some weeks
// away at most, and the day of the week tells the years apart. The zero time is
// no day, and says nothing.
func Day(t time.Time) string { return said(t, dayLayout) }

// Time says a moment: Fri 27 Nov 14:30. The zero time says nothing.
func Time(t time.Time) string { return said(t, timeLayout) }

// Zoned is Time with the name of the zone: Fri 27 Nov 14:30 CET.
func Zoned(t time.Time) string { return said(t, timeLayout+" MST") }

func said(t time.Time, layout string) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(layout)
}

// Deadline says the moment by which something is due, to go behind by, until or
// since. What ends with a day is due on that day: of the midnight after Friday
// it says Fri 27 Nov, and of any other moment the time too. The zero time says
// nothing. A date of a file is a day and no moment: it is for Day.
func Deadline(t time.Time) string {
	if day, ok := EndOfDay(t); ok {
		return Day(day)
	}
	return Time(t)
}

// ZonedDeadline is Deadline with the name of the zone where there is a time:
// Fri 27 Nov 14:30 CET. A day needs none.
func ZonedDeadline(t time.Time) string {
	if day, ok := EndOfDay(t); ok {
		return Day(day)
	}
	return Zoned(t)
}

// EndOfDay reports whether a day ends at t by the clock of its zone, and returns
// a moment of that day. It ends where the next one begins, which is not midnight
// where the clocks jump over it.
func EndOfDay(t time.Time) (day time.Time, ok bool) {
	if t.IsZero() {
		return t, false
	}
	day = t.Add(-time.Nanosecond)
	return day, day.YearDay() != t.YearDay()
}

// StampWidth is how many columns a Stamp takes.
const StampWidth = len(stampLayout)

const stampLayout = "2006-01-02 15:04"

// Stamp says a moment in UTC, to the minute, so that a column of them sorts:
// 2026-11-27 13:30. It is for records, which are read years later. The zero time
// says nothing.
func Stamp(t time.Time) string { return said(t.UTC(), stampLayout) }

// Date says a day as the files do, for records: 2026-11-27. The zero time says
// nothing.
func Date(t time.Time) string { return said(t, time.DateOnly) }

// Span says in one unit how long something is: 3 days, 5 hours, 20 minutes. It
// counts full units, so that what is said has passed. The sign says nothing.
func Span(d time.Duration) string {
	d = d.Abs()
	switch {
	case d >= 24*time.Hour:
		return Count(int(d/(24*time.Hour)), "day")
	case d >= time.Hour:
		return Count(int(d/time.Hour), "hour")
	case d >= time.Minute:
		return Count(int(d/time.Minute), "minute")
	default:
		return "less than a minute"
	}
}

// Short says how long something is where there is little room, such as a column
// of a table: 4d3h, 5h, 20m. Below a minute it is 1m; of no time or a negative
// one it is a dash.
func Short(d time.Duration) string {
	days, hours := int(d.Hours())/24, int(d.Hours())%24
	switch {
	case d <= 0:
		return "-"
	case days >= 100 || days > 0 && hours == 0:
		return fmt.Sprintf("%dd", days)
	case days > 0:
		return fmt.Sprintf("%dd%dh", days, hours)
	case hours > 0:
		return fmt.Sprintf("%dh", hours)
	default:
		return fmt.Sprintf("%dm", max(int(d.Minutes()), 1))
	}
}
