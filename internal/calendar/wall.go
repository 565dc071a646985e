package calendar

import "time"

// clocks are the clocks on the walls of a time zone. What they show, a
// reading, is kept as the moment at which clocks in UTC show the same: a day
// can be added to it without a thought for daylight saving time.
//
// They jump, and when they are put back they show an hour twice. Package time
// leaves open what a skipped reading means: in Berlin it takes a later moment,
// in New York an earlier one, so that a later update could be due earlier.
// Here, for any moment t and any reading r of whole seconds, moment(r) is not
// after t exactly if r is not after reading(t): both only ever go forward.
type clocks struct{ zone *time.Location }

// reading returns the latest whole second that the clocks have shown until t.
// While they show an hour for the second time, that is the hour's last.
func (c clocks) reading(t time.Time) time.Time {
	t = t.In(c.zone).Truncate(time.Second)
	shown := shift(t)
	if start, _ := t.ZoneBounds(); !start.IsZero() {
		if before := shift(start.Add(-time.Second)); before.After(shown) {
			return before
		}
	}
	return shown
}

// moment returns when the clocks first show reading or, if they jump over it,
// when they jump.
func (c clocks) moment(reading time.Time) time.Time {
	const farthest = 16 * time.Hour // no zone was ever farther from UTC (Asia/Manila, -15:56)
	for t := reading.Add(-farthest).In(c.zone); ; {
		_, offset := t.Zone()
		_, end := t.ZoneBounds()
		if !end.IsZero() && !end.After(t) {
			// In the years that a zone's table does not list, package time ends a year of
			// 366 days a day too early, at a moment that ends where it began.
			end = t.Add(24 * time.Hour)
		}
		m := reading.Add(-time.Duration(offset) * time.Second)
		if m.Before(t) {
			m = t // the clocks have jumped over it
		}
		if end.IsZero() || m.Before(end) {
			return m.In(c.zone)
		}
		t = end
	}
}

// shift returns what the clocks show at t.
func shift(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}
