package calendar

import (
	"time"

	"github.com/escalations-as-code/escalate/schema"
)

// year is what is remembered of a year, since everybody asks for the same few
// days and a holiday or a time zone takes long to work out.
type year struct {
	days   []day         // by YearDay() - 1
	worked time.Duration // in all of it
}

// day is one day of a region. On a holiday, and on a day whose working hours
// the clocks jump over, nobody works: it ends when it begins.
type day struct {
	from, to int64         // the working hours, as Unix time
	before   time.Duration // the working time of the year until this day
}

func (d day) works() bool             { return d.from < d.to }
func (d day) length() time.Duration   { return time.Duration(d.to-d.from) * time.Second }
func (d day) ends(z clocks) time.Time { return time.Unix(d.to, 0).In(z.zone) }

// year returns the year y. Two who ask at once may both work it out: they get
// the same.
func (c *Calendar) year(y int) *year {
	if known, ok := c.years.Load(y); ok {
		return known.(*year)
	}
	first := time.Date(y, time.January, 1, 0, 0, 0, 0, time.UTC)
	days := make([]day, time.Date(y, time.December, 31, 0, 0, 0, 0, time.UTC).YearDay())
	off := c.off(y, len(days))
	result := &year{days: days}
	for i := range days {
		d := &days[i]
		d.before = result.worked
		date := first.AddDate(0, 0, i)
		if w := date.Weekday(); off[i] || w == time.Saturday || w == time.Sunday {
			continue
		}
		d.from = c.clocks.moment(date.Add(c.from)).Unix()
		d.to = c.clocks.moment(date.Add(c.to)).Unix()
		result.worked += d.length()
	}
	known, _ := c.years.LoadOrStore(y, result)
	return known.(*year)
}

// off tells the holidays of the year y, which has n days.
func (c *Calendar) off(y, n int) []bool {
	off := make([]bool, n)
	set := func(day time.Time, to bool) {
		if !day.IsZero() && day.Year() == y {
			off[day.YearDay()-1] = to
		}
	}
	for _, h := range c.national {
		for of := y - 1; of <= y+1; of++ { // New Year's Day may be kept on 31 December
			set(observed(h, of), true)
		}
	}
	for _, d := range c.except {
		set(d.Time, false)
	}
	for _, d := range c.dates {
		set(d.Time, true)
	}
	return off
}

// on returns the day on which t falls.
func (c *Calendar) on(t time.Time) (y int, d day) {
	shown := c.clocks.reading(t)
	return shown.Year(), c.year(shown.Year()).days[shown.YearDay()-1]
}

// sinceMidnight reads a time of day.
func sinceMidnight(t schema.TimeOfDay) (time.Duration, bool) {
	parsed, err := time.Parse("15:04", string(t))
	return time.Duration(parsed.Hour())*time.Hour + time.Duration(parsed.Minute())*time.Minute, err == nil
}
