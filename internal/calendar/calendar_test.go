package calendar_test

import (
	"math"
	"os/exec"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/de"
	"github.com/rickar/cal/v2/gb"
	"github.com/rickar/cal/v2/us"
	"github.com/rickar/cal/v2/za"
	"pgregory.net/rapid"

	"github.com/escalations-as-code/escalate/internal/calendar"
	"github.com/escalations-as-code/escalate/schema"
)

// region is a region with office hours.
func region(zone schema.Zone, countries ...schema.Country) schema.Region {
	return schema.Region{Zone: zone, Hours: schema.Hours{From: "09:00", To: "17:00"}, Holidays: schema.Holidays{Countries: countries}}
}

func with(r schema.Region, from, to schema.TimeOfDay, dates ...string) schema.Region {
	r.Hours = schema.Hours{From: from, To: to}
	for _, d := range dates {
		day, err := time.Parse(time.DateOnly, d)
		if err != nil {
			panic(err)
		}
		r.Holidays.Dates = append(r.Holidays.Dates, schema.Date{Time: day})
	}
	return r
}

func open(t testing.TB, r schema.Region) *calendar.Calendar {
	t.Helper()
	c, err := calendar.New(r)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// at reads a moment; written with its offset, a case shows which side of a
// change of the clocks it is on.
func at(t testing.TB, s string) time.Time {
	t.Helper()
	m, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// P25: the end of the n-th working day after the day of the update, which is the
// midnight behind it. In 2026, 20 November is a Friday.
func TestWorkingDays(t *testing.T) {
	t.Parallel()
	berlin, newYork, london := region("Europe/Berlin"), region("America/New_York"), region("Europe/London", "GB")
	for _, c := range []struct {
		why    string
		region schema.Region
		from   string
		n      int
		want   string
	}{
		{"Tuesday morning lasts until Wednesday, not until tonight", berlin, "2026-11-24T10:00:00+01:00", 1, "2026-11-26T00:00:00+01:00"},
		{"before work begins it is Tuesday already", berlin, "2026-11-24T00:30:00+01:00", 1, "2026-11-26T00:00:00+01:00"},
		{"exactly at the end of the working day it is still Tuesday", berlin, "2026-11-24T17:00:00+01:00", 1, "2026-11-26T00:00:00+01:00"},
		{"after the end of the working day it is still Tuesday", berlin, "2026-11-24T17:00:01+01:00", 1, "2026-11-26T00:00:00+01:00"},
		{"the last second of Tuesday", berlin, "2026-11-24T23:59:59+01:00", 1, "2026-11-26T00:00:00+01:00"},
		{"written in UTC: Tuesday 23:30 there is Wednesday in Berlin", berlin, "2026-11-24T23:30:00Z", 1, "2026-11-27T00:00:00+01:00"},
		{"no days: at once", berlin, "2026-11-24T10:00:00+01:00", 0, "2026-11-24T10:00:00+01:00"},
		{"fewer than none: at once", berlin, "2026-11-24T10:00:00+01:00", -3, "2026-11-24T10:00:00+01:00"},

		{"Friday lasts until Monday", berlin, "2026-11-20T16:00:00+01:00", 1, "2026-11-24T00:00:00+01:00"},
		{"opened on Saturday night", berlin, "2026-11-21T23:30:00+01:00", 1, "2026-11-24T00:00:00+01:00"},
		{"and the customer at high, two days: Monday, Tuesday", berlin, "2026-11-21T23:30:00+01:00", 2, "2026-11-25T00:00:00+01:00"},
		{"Sunday", berlin, "2026-11-22T12:00:00+01:00", 1, "2026-11-24T00:00:00+01:00"},
		{"three a week (P26): Monday, Wednesday", berlin, "2026-11-23T12:00:00+01:00", 2, "2026-11-26T00:00:00+01:00"},
		{"Wednesday, Friday", berlin, "2026-11-25T12:00:00+01:00", 2, "2026-11-28T00:00:00+01:00"},

		{"the clocks go forward on Sunday 29 March", berlin, "2026-03-27T10:00:00+01:00", 1, "2026-03-31T00:00:00+02:00"},
		{"and back on Sunday 25 October", berlin, "2026-10-23T10:00:00+02:00", 1, "2026-10-27T00:00:00+01:00"},
		{"in New York forward on 8 March", newYork, "2026-03-06T16:59:00-05:00", 1, "2026-03-10T00:00:00-04:00"},
		{"and back on 1 November", newYork, "2026-10-30T10:00:00-04:00", 2, "2026-11-04T00:00:00-05:00"},

		{"the end of January is a Saturday", berlin, "2026-01-30T10:00:00+01:00", 1, "2026-02-03T00:00:00+01:00"},
		{"29 February 2028 is a Tuesday", berlin, "2028-02-28T10:00:00+01:00", 1, "2028-03-01T00:00:00+01:00"},
		{"and 1 March comes after it", berlin, "2028-02-29T10:00:00+01:00", 1, "2028-03-02T00:00:00+01:00"},

		{"in Singapore it is Monday while UTC has Sunday", region("Asia/Singapore"), "2026-11-22T17:00:00Z", 1, "2026-11-25T00:00:00+08:00"},
		{"in Auckland it is Saturday while UTC has Friday", region("Pacific/Auckland"), "2026-11-20T12:00:00Z", 1, "2026-11-24T00:00:00+13:00"},
		{"Easter in Auckland: Good Friday 3 April, the clocks go back on Sunday, Easter Monday", region("Pacific/Auckland", "NZ"), "2026-04-02T10:00:00+13:00", 1, "2026-04-08T00:00:00+12:00"},
		{"Matariki is Friday 10 July 2026", region("Pacific/Auckland", "NZ"), "2026-07-09T10:00:00+12:00", 1, "2026-07-14T00:00:00+12:00"},
		{"Anzac Day 2026 is a Saturday, kept on Monday 27 April in New Zealand", region("Pacific/Auckland", "NZ"), "2026-04-24T10:00:00+12:00", 1, "2026-04-29T00:00:00+12:00"},
		{"and not kept on that Monday all over Australia", region("Australia/Sydney", "AU"), "2026-04-24T10:00:00+10:00", 1, "2026-04-28T00:00:00+10:00"},

		{"a bank holiday on Monday 4 May", london, "2026-05-01T10:00:00+01:00", 1, "2026-05-06T00:00:00+01:00"},
		{"which is none in New York", newYork, "2026-05-01T10:00:00-04:00", 1, "2026-05-05T00:00:00-04:00"},
		{"an update on the holiday itself", london, "2026-05-04T10:00:00+01:00", 1, "2026-05-06T00:00:00+01:00"},
		{"4 July 2026 is a Saturday, kept on Friday the 3rd", region("America/New_York", "US"), "2026-07-02T10:00:00-04:00", 1, "2026-07-07T00:00:00-04:00"},
		{"3 October 2026 is a Saturday, and Germany keeps no other day for it", region("Europe/Berlin", "DE"), "2026-10-01T10:00:00+02:00", 1, "2026-10-03T00:00:00+02:00"},
		{"Golden Week in Japan: Sunday 3 May 2026 is kept on Wednesday, since Monday and Tuesday are holidays", region("Asia/Tokyo", "JP"), "2026-05-01T10:00:00+09:00", 1, "2026-05-08T00:00:00+09:00"},
		{"1 January 2028 is a Saturday, kept on Friday of the year before", region("America/New_York", "US"), "2027-12-30T10:00:00-05:00", 1, "2028-01-04T00:00:00-05:00"},

		{"Christmas 2026: Friday, then the weekend, then Boxing Day on Monday", london, "2026-12-24T10:00:00Z", 1, "2026-12-30T00:00:00Z"},
		{"Christmas 2022: Sunday, so that Monday and Tuesday are off", london, "2022-12-23T10:00:00Z", 1, "2022-12-29T00:00:00Z"},
		{"Tuesday to Thursday, then New Year's Day on Friday, then Monday", london, "2026-12-24T10:00:00Z", 4, "2027-01-05T00:00:00Z"},
		{"two countries and the company's own 24 December", with(region("Europe/Berlin", "DE", "GB"), "09:00", "17:00", "2026-12-24"), "2026-12-23T10:00:00+01:00", 1, "2026-12-30T00:00:00+01:00"},
		{"the company's date is the region's day, not UTC's", with(newYork, "09:00", "17:00", "2026-12-24"), "2026-12-23T10:00:00-05:00", 1, "2026-12-26T00:00:00-05:00"},
		{"its own hours", with(berlin, "08:30", "12:15"), "2026-11-24T10:00:00+01:00", 1, "2026-11-26T00:00:00+01:00"},

		{"Cairo puts its clocks back at the midnight that ends a Thursday: this is Thursday still", region("Africa/Cairo"), "2026-10-29T23:30:00+02:00", 1, "2026-10-31T00:00:00+02:00"},
		{"Sao Paulo skipped the midnight of Sunday 4 November 2018", region("America/Sao_Paulo"), "2018-11-02T10:00:00-03:00", 1, "2018-11-06T00:00:00-02:00"},
		{"Apia skipped Friday 30 December 2011, so nobody worked", region("Pacific/Apia"), "2011-12-29T10:00:00-10:00", 1, "2012-01-03T00:00:00+14:00"},
		{"a region whose working hours the clocks jump over on Friday 24 April", with(region("Africa/Cairo"), "00:15", "00:45"), "2026-04-23T10:00:00+02:00", 1, "2026-04-28T00:00:00+03:00"},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			got := open(t, c.region).After(at(t, c.from), c.n, schema.WorkingDays)
			if got.Format(time.RFC3339) != c.want {
				t.Errorf("after %s, %d working days: %s, want %s", c.from, c.n, got.Format(time.RFC3339), c.want)
			}
		})
	}
}

// P25, P26: the end of the n-th day, whatever the hour of the update.
func TestCalendarDays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why  string
		zone schema.Zone
		from string
		n    int
		want string
	}{
		{"a weekend is like any day", "Europe/Berlin", "2026-11-20T09:30:00+01:00", 1, "2026-11-22T00:00:00+01:00"},
		{"the first second of a day", "Europe/Berlin", "2026-11-20T00:00:00+01:00", 1, "2026-11-22T00:00:00+01:00"},
		{"and its last", "Europe/Berlin", "2026-11-20T23:59:59.7+01:00", 1, "2026-11-22T00:00:00+01:00"},
		{"the day is the region's, not UTC's", "Europe/Berlin", "2026-11-20T23:30:00Z", 1, "2026-11-23T00:00:00+01:00"},
		{"the clocks go forward", "Europe/Berlin", "2026-03-28T09:00:00+01:00", 1, "2026-03-30T00:00:00+02:00"},
		{"they go back", "Europe/Berlin", "2026-10-24T09:00:00+02:00", 1, "2026-10-26T00:00:00+01:00"},
		{"a week over it", "America/New_York", "2026-03-05T09:00:00-05:00", 7, "2026-03-13T00:00:00-04:00"},
		{"and back", "America/New_York", "2026-10-29T09:00:00-04:00", 7, "2026-11-06T00:00:00-05:00"},
		{"the end of a month", "Europe/Berlin", "2026-01-31T12:00:00+01:00", 1, "2026-02-02T00:00:00+01:00"},
		{"a leap day", "Europe/Berlin", "2028-02-28T12:00:00+01:00", 1, "2028-03-01T00:00:00+01:00"},
		{"a year without one", "Europe/Berlin", "2027-02-28T12:00:00+01:00", 1, "2027-03-02T00:00:00+01:00"},
		{"2100 has none either", "Europe/Berlin", "2100-02-28T12:00:00+01:00", 1, "2100-03-02T00:00:00+01:00"},
		{"the end of a year", "Asia/Singapore", "2026-12-31T23:59:59+08:00", 1, "2027-01-02T00:00:00+08:00"},
		{"Sao Paulo has no midnight on 4 November: the day before ends when the clocks jump", "America/Sao_Paulo", "2018-11-02T10:00:00-03:00", 1, "2018-11-04T01:00:00-02:00"},
		{"nor has Cairo on 24 April", "Africa/Cairo", "2026-04-22T00:30:00+02:00", 1, "2026-04-24T01:00:00+03:00"},
		{"Apia skipped a whole day: the 30th ends as it begins", "Pacific/Apia", "2011-12-29T10:00:00-10:00", 1, "2011-12-31T00:00:00+14:00"},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			got := open(t, region(c.zone)).After(at(t, c.from), c.n, schema.CalendarDays)
			if got.Format(time.RFC3339Nano) != c.want {
				t.Errorf("after %s, %d calendar days: %s, want %s", c.from, c.n, got.Format(time.RFC3339Nano), c.want)
			}
		})
	}
}

// P25, P26: the table of the built-in policy, from Friday 20 November 2026,
// 16:00 in Berlin, and what a policy may do differently.
func TestDue(t *testing.T) {
	t.Parallel()
	n := func(days int) *int { return &days }
	s := schema.DefaultPolicy().Severities
	for _, c := range []struct {
		why          string
		clock        schema.Clock
		due, overdue string // "" where there is no clock
	}{
		{"critical, the channel: each calendar day", s.Critical.Channel, "2026-11-22T00:00:00+01:00", "2026-11-22T00:00:00+01:00"},
		{"critical, the customer", s.Critical.Customer, "2026-11-22T00:00:00+01:00", "2026-11-22T00:00:00+01:00"},
		{"high, the channel: each working day", s.High.Channel, "2026-11-24T00:00:00+01:00", "2026-11-24T00:00:00+01:00"},
		{"high, the customer: the second working day", s.High.Customer, "2026-11-25T00:00:00+01:00", "2026-11-25T00:00:00+01:00"},
		{"medium, the channel, as advice", s.Medium.Channel, "2026-11-24T00:00:00+01:00", "2026-11-24T00:00:00+01:00"},
		{"medium, the customer: after 7 days, overdue after 14 from the update", s.Medium.Customer, "2026-11-28T00:00:00+01:00", "2026-12-05T00:00:00+01:00"},
		{"low, the customer: 0 is no clock", s.Low.Customer, "", ""},
		{"no number is no clock", schema.Clock{Days: schema.WorkingDays}, "", ""},
		{"nor is one that the schema refuses", schema.Clock{Due: n(-1), Days: schema.WorkingDays}, "", ""},
		{"overdue on a working day of its own", schema.Clock{Due: n(1), Overdue: n(2), Days: schema.WorkingDays}, "2026-11-24T00:00:00+01:00", "2026-11-25T00:00:00+01:00"},
		{"overdue before it is due, which lint refuses", schema.Clock{Due: n(2), Overdue: n(1), Days: schema.WorkingDays}, "2026-11-25T00:00:00+01:00", "2026-11-25T00:00:00+01:00"},
		{"overdue 0, which lint refuses", schema.Clock{Due: n(1), Overdue: n(0), Days: schema.CalendarDays}, "2026-11-22T00:00:00+01:00", "2026-11-22T00:00:00+01:00"},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			cal := open(t, region("Europe/Berlin"))
			due, overdue, ok := cal.Due(c.clock, at(t, "2026-11-20T16:00:00+01:00"))
			if ok != (c.due != "") {
				t.Fatalf("there is a clock: %v", ok)
			}
			if ok && (due.Format(time.RFC3339) != c.due || overdue.Format(time.RFC3339) != c.overdue) {
				t.Errorf("due %s, overdue %s, want %s and %s", due.Format(time.RFC3339), overdue.Format(time.RFC3339), c.due, c.overdue)
			}
		})
	}
	if _, _, ok := open(t, region("Europe/Berlin")).Due(s.High.Channel, time.Time{}); ok {
		t.Error("a clock starts at a time that nobody could read")
	}
}

func TestWorksAndEnd(t *testing.T) {
	t.Parallel()
	london := open(t, region("Europe/London", "GB"))
	for _, c := range []struct{ why, at, want string }{
		{"a Wednesday", "2026-11-25T10:00:00Z", "2026-11-25T17:00:00Z"},
		{"its evening is on the working day too", "2026-11-25T22:00:00Z", "2026-11-25T17:00:00Z"},
		{"summer time: 23:30 in UTC is Tuesday in London", "2026-06-22T23:30:00Z", "2026-06-23T17:00:00+01:00"},
		{"a Saturday", "2026-11-21T10:00:00Z", ""},
		{"a Sunday", "2026-11-22T10:00:00Z", ""},
		{"Christmas Day", "2026-12-25T10:00:00Z", ""},
		{"the substitute for Boxing Day, which was a Saturday", "2026-12-28T10:00:00Z", ""},
		{"the day after it", "2026-12-29T10:00:00Z", "2026-12-29T17:00:00Z"},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			end, ok := london.End(at(t, c.at))
			if ok != (c.want != "") || ok != london.Works(at(t, c.at)) {
				t.Fatalf("a working day: %v, %v", ok, london.Works(at(t, c.at)))
			}
			if ok && end.Format(time.RFC3339) != c.want {
				t.Errorf("it ends at %s, want %s", end.Format(time.RFC3339), c.want)
			}
			if london.AtWork(end) || ok && !london.AtWork(end.Add(-8*time.Hour)) || london.AtWork(end.Add(-8*time.Hour-time.Second)) {
				t.Error("it is worked at other times than from nine to five")
			}
		})
	}
}

// P27: since when something is overdue, in working time.
func TestWorkingTime(t *testing.T) {
	t.Parallel()
	berlin, london := region("Europe/Berlin"), region("Europe/London", "GB")
	cairo := with(region("Africa/Cairo"), "00:00", "17:00")
	for _, c := range []struct {
		why      string
		region   schema.Region
		from, to string
		want     time.Duration
	}{
		{"within a day", berlin, "2026-11-24T10:00:00+01:00", "2026-11-24T12:30:00+01:00", 150 * time.Minute},
		{"to the nanosecond", berlin, "2026-11-24T10:00:00.25+01:00", "2026-11-24T10:00:01+01:00", 750 * time.Millisecond},
		{"a night is none", berlin, "2026-11-24T17:00:00+01:00", "2026-11-25T09:00:00+01:00", 0},
		{"from before work to after it", berlin, "2026-11-24T03:00:00+01:00", "2026-11-24T22:00:00+01:00", 8 * time.Hour},
		{"a weekend is none: an hour on Friday, one on Monday", berlin, "2026-11-20T16:00:00+01:00", "2026-11-23T10:00:00+01:00", 2 * time.Hour},
		{"backwards it is negative", berlin, "2026-11-23T10:00:00+01:00", "2026-11-20T16:00:00+01:00", -2 * time.Hour},
		{"a week is 40 hours", berlin, "2026-11-18T11:11:11+01:00", "2026-11-25T11:11:11+01:00", 40 * time.Hour},
		{"also over a change of the clocks", berlin, "2026-03-25T11:00:00+01:00", "2026-04-01T11:00:00+02:00", 40 * time.Hour},
		{"2026 has 261 days from Monday to Friday", berlin, "2026-01-01T00:00:00+01:00", "2027-01-01T00:00:00+01:00", 261 * 8 * time.Hour},
		{"2026 to 2028 have 261, 261 and 260", berlin, "2026-01-01T00:00:00+01:00", "2029-01-01T00:00:00+01:00", 782 * 8 * time.Hour},
		{"Christmas in London: 24, 29, 30, 31 December, 4 January", london, "2026-12-24T00:00:00Z", "2027-01-05T00:00:00Z", 40 * time.Hour},
		{"Friday 24 April begins at 01:00 in Cairo", cairo, "2026-04-23T22:00:00Z", "2026-04-24T20:00:00Z", 16 * time.Hour},
		{"longer than a Duration", berlin, "1700-01-01T00:00:00Z", "2026-01-01T00:00:00Z", math.MaxInt64},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			if got := open(t, c.region).WorkingTime(at(t, c.from), at(t, c.to)); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// Whatever a policy lists, the search for a working day ends.
func TestEveryDayAHoliday(t *testing.T) {
	t.Parallel()
	days := func(n int) (dates []string) {
		for i := range n {
			dates = append(dates, time.Date(2026, 1, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
		}
		return dates
	}
	billion := 1_000_000_000
	from := "2026-01-01T10:00:00+01:00"
	for _, c := range []struct {
		why   string
		dates []string
		clock schema.Clock
		want  string
	}{
		{"60 days of holidays end on Sunday 1 March", days(60), schema.Clock{Due: ptr(1), Days: schema.WorkingDays}, "2026-03-03T00:00:00+01:00"},
		{"12 years of them: 3660 days later it is due all the same, a Thursday", days(12 * 366), schema.Clock{Due: ptr(1), Days: schema.WorkingDays}, "2036-01-10T00:00:00+01:00"},
		{"a number that the schema refuses", nil, schema.Clock{Due: &billion, Days: schema.WorkingDays}, "2036-01-10T00:00:00+01:00"},
		{"and in calendar days", nil, schema.Clock{Due: &billion, Days: schema.CalendarDays}, "2036-01-10T00:00:00+01:00"},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			due, _, ok := open(t, with(region("Europe/Berlin"), "09:00", "17:00", c.dates...)).Due(c.clock, at(t, from))
			if !ok || due.Format(time.RFC3339) != c.want {
				t.Errorf("due %s, want %s", due.Format(time.RFC3339), c.want)
			}
		})
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why    string
		region schema.Region
		want   string
	}{
		{"no zone", region(""), "there is no time zone ``"},
		{"a misspelt zone", region("America/Sao_Palo"), "there is no time zone `America/Sao_Palo`"},
		{"whatever zone the machine has", region("Local"), "there is no time zone `Local`"},
		{"no country", region("Europe/London", "GB", "UK"), "the holidays of `UK` are not built in: list them as `dates:`; built in are those of AR, AT, AU,"},
		{"no part", region("Europe/London", "DE-XX"), "the holidays of `DE-XX` are not built in: write `DE` and list the other days as `dates:`; built in are DE-BB, DE-BE,"},
		{"no part of a country without parts", region("Europe/Paris", "FR-75"), "the holidays of `FR-75` are not built in: write `FR` and list the other days as `dates:`; no part of this country is built in"},
		{"a part of no country", region("Europe/London", "UK-ENG"), "the holidays of `UK-ENG` are not built in: list them as `dates:`; built in are those of AR,"},
		{"night work", with(region("UTC"), "22:00", "06:00"), "working hours from `22:00` to `06:00`"},
		{"no work", with(region("UTC"), "09:00", "09:00"), "working hours from `09:00` to `09:00`"},
		{"no hours", with(region("UTC"), "", ""), "working hours from `` to ``"},
		{"no time of day", with(region("UTC"), "09:00", "24:00"), "working hours from `09:00` to `24:00`"},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			_, err := calendar.New(c.region)
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("error %v, want %s", err, c.want)
			}
		})
	}
	for name, r := range schema.DefaultPolicy().Regions {
		if _, err := calendar.New(r); err != nil {
			t.Errorf("the built-in region %s: %v", name, err)
		}
	}
	// A date that nobody could read is zero. The schema tells it.
	if _, err := calendar.New(schema.Region{Zone: "UTC", Hours: schema.Hours{From: "09:00", To: "17:00"}, Holidays: schema.Holidays{Dates: []schema.Date{{}}}}); err != nil {
		t.Error(err)
	}
}

// Every country of the library has its code here, and two have that it lacks.
func TestCountries(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "github.com/rickar/cal/v2/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	want := []schema.Country{"IN", "SG"}
	for pkg := range strings.FieldsSeq(string(out)) {
		// aa is what many countries have in common.
		if name := path.Base(pkg); len(name) == 2 && name != "aa" && name != "v2" {
			want = append(want, schema.Country(strings.ToUpper(name)))
		}
	}
	slices.Sort(want)
	if got := calendar.Countries(); len(got) < 40 || !slices.Equal(got, want) {
		t.Errorf("known are %v, the library has %v", got, want)
	}
}

// The days off are those of the library's own calculation, substitutes
// included.
func TestHolidaysAgreeWithLibrary(t *testing.T) {
	t.Parallel()
	for code, holidays := range map[schema.Country][]*cal.Holiday{"DE-BY": de.HolidaysBY, "GB": gb.Holidays, "US": us.Holidays, "ZA": za.Holidays} {
		t.Run(string(code), func(t *testing.T) {
			t.Parallel()
			library := cal.NewBusinessCalendar()
			library.AddHoliday(holidays...)
			ours := open(t, region("UTC", code))
			for d := time.Date(2015, 1, 1, 12, 0, 0, 0, time.UTC); d.Year() < 2040; d = d.AddDate(0, 0, 1) {
				if library.IsWorkday(d) != ours.Works(d) {
					t.Errorf("%s: a working day: %v, the library says %v", d.Format(time.DateOnly), ours.Works(d), library.IsWorkday(d))
				}
			}
		})
	}
}

// drawn are calendars whose clocks change in different ways.
func drawn(t *testing.T) []*calendar.Calendar {
	return []*calendar.Calendar{
		open(t, region("Europe/Berlin", "DE")),
		open(t, region("America/New_York", "US")),
		open(t, region("Pacific/Auckland", "NZ")),
		open(t, with(region("Africa/Cairo"), "00:00", "23:59")),
		open(t, with(region("Pacific/Apia"), "02:30", "03:15")),
		open(t, with(region("Europe/London", "GB", "AR", "JP"), "01:30", "22:00", "2026-12-24")),
	}
}

// drawMoment draws a moment between 2010 and 2030; of two in a row, the second
// is often near the first.
func drawMoment(t *rapid.T, name string) time.Time {
	return time.Unix(rapid.Int64Range(1262304000, 1893456000).Draw(t, name), rapid.Int64Range(0, 999_999_999).Draw(t, name+" ns"))
}

func drawLater(t *rapid.T, m time.Time, name string) time.Time {
	most := rapid.SampledFrom([]time.Duration{time.Minute, time.Hour, 24 * time.Hour, 5 * 365 * 24 * time.Hour}).Draw(t, name+" at most")
	return m.Add(time.Duration(rapid.Int64Range(0, int64(most)).Draw(t, name)))
}

func TestAfterGoesForward(t *testing.T) {
	t.Parallel()
	calendars := drawn(t)
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(calendars).Draw(t, "calendar")
		n := rapid.IntRange(1, 20).Draw(t, "n")
		days := rapid.SampledFrom([]schema.DayKind{schema.CalendarDays, schema.WorkingDays}).Draw(t, "days")
		from := drawMoment(t, "from")
		later := drawLater(t, from, "later")
		due := c.After(from, n, days)
		if !due.After(from) {
			t.Fatalf("%s is due at %s", from, due)
		}
		if other := c.After(later, n, days); other.Before(due) {
			t.Fatalf("%s is due at %s, but %s, which is later, at %s", from, due, later, other)
		}
		if more := c.After(from, n+1, days); !more.After(due) {
			t.Fatalf("%s after %d days, %s after one more", due, n, more)
		}
		if days == schema.WorkingDays {
			if !c.Works(calendar.DayAt(due)) {
				t.Fatalf("due at %s, which does not end a working day", due)
			}
			if n > 1 && !c.After(calendar.DayAt(c.After(from, n-1, days)), 1, days).Equal(due) {
				t.Fatalf("%d days are not %d and one more", n, n-1)
			}
		}
	})
}

func TestWorkingTimeAdds(t *testing.T) {
	t.Parallel()
	calendars := drawn(t)
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(calendars).Draw(t, "calendar")
		from := drawMoment(t, "from")
		middle := drawLater(t, from, "middle")
		to := drawLater(t, middle, "to")
		first, second, all := c.WorkingTime(from, middle), c.WorkingTime(middle, to), c.WorkingTime(from, to)
		if first+second != all {
			t.Fatalf("%s and %s make %s", first, second, all)
		}
		if all < 0 || all > to.Sub(from) {
			t.Fatalf("%s of %s", all, to.Sub(from))
		}
		if back := c.WorkingTime(to, from); back != -all {
			t.Fatalf("%s, but %s backwards", all, back)
		}
		if end, ok := c.End(from); ok && end.After(from) && c.WorkingTime(end, c.After(from, 1, schema.WorkingDays)) <= 0 {
			t.Fatalf("a working day after %s without work", from)
		}
	})
}

// P1: when an hour of the region's working time has passed, or four. In 2026, 20
// November is a Friday.
func TestWorked(t *testing.T) {
	t.Parallel()
	c := open(t, with(region("Europe/Berlin"), "09:00", "17:00", "2026-11-24"))
	for _, tc := range []struct {
		from  string
		hours int
		want  string
	}{
		{"2026-11-20T10:00:00+01:00", 1, "2026-11-20T11:00:00+01:00"},
		{"2026-11-20T06:00:00+01:00", 1, "2026-11-20T10:00:00+01:00"}, // before work
		{"2026-11-20T13:00:00+01:00", 4, "2026-11-20T17:00:00+01:00"}, // to its end
		{"2026-11-20T16:30:00+01:00", 1, "2026-11-23T09:30:00+01:00"}, // over the weekend
		{"2026-11-20T17:00:00+01:00", 1, "2026-11-23T10:00:00+01:00"},
		{"2026-11-21T12:00:00+01:00", 4, "2026-11-23T13:00:00+01:00"}, // on a Saturday
		{"2026-11-23T15:00:00+01:00", 4, "2026-11-25T11:00:00+01:00"}, // over a holiday
		{"2026-11-20T10:00:00+01:00", 17, "2026-11-25T11:00:00+01:00"},
		{"2026-11-21T12:00:00+01:00", 0, "2026-11-21T12:00:00+01:00"},
	} {
		if got := c.Worked(at(t, tc.from), time.Duration(tc.hours)*time.Hour); !got.Equal(at(t, tc.want)) {
			t.Errorf("%d hours from %s: %s, want %s", tc.hours, tc.from, got, tc.want)
		}
	}
}

// What has been worked since is what was asked for, and a second before, less.
func TestWorkedIsWorkingTime(t *testing.T) {
	t.Parallel()
	calendars := drawn(t)
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(calendars).Draw(t, "calendar")
		from := drawMoment(t, "from").Truncate(time.Second)
		span := time.Duration(rapid.IntRange(1, 100*3600).Draw(t, "seconds")) * time.Second
		at := c.Worked(from, span)
		if got := c.WorkingTime(from, at); got != span {
			t.Fatalf("%s until %s, want %s", got, at, span)
		}
		if got := c.WorkingTime(from, at.Add(-time.Second)); got >= span {
			t.Fatalf("%s a second before %s", got, at)
		}
	})
}

// Minute by minute, with nothing but package time: the weeks in which clocks
// change while nobody works.
func TestWorkingTimeCountsMinutes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		zone schema.Zone
		from string
	}{
		{"Europe/Berlin", "2026-03-25T00:00:00Z"},
		{"Europe/Berlin", "2026-10-21T00:00:00Z"},
		{"America/New_York", "2026-03-04T00:00:00Z"},
		{"Pacific/Auckland", "2026-09-24T00:00:00Z"},
		{"Asia/Singapore", "2026-12-29T00:00:00Z"},
		{"Asia/Kathmandu", "2028-02-26T00:00:00Z"},
	} {
		t.Run(string(c.zone)+c.from, func(t *testing.T) {
			t.Parallel()
			zone, err := time.LoadLocation(string(c.zone))
			if err != nil {
				t.Fatal(err)
			}
			ours := open(t, region(c.zone))
			from, counted := at(t, c.from), time.Duration(0)
			for m := from; m.Sub(from) < 7*24*time.Hour; {
				if w := m.In(zone); w.Weekday() != time.Saturday && w.Weekday() != time.Sunday && w.Hour() >= 9 && w.Hour() < 17 {
					counted += time.Minute
				}
				m = m.Add(time.Minute)
				if got := ours.WorkingTime(from, m); got != counted {
					t.Fatalf("until %s: %s, counted %s", m.In(zone), got, counted)
				}
			}
		})
	}
}

// One calendar for many at once (go test -race): they all hear the same.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	shared := open(t, region("Europe/Berlin", calendar.Countries()...))
	from := at(t, "2026-11-20T16:00:00+01:00")
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			own, err := calendar.New(region("Europe/Berlin", calendar.Countries()...))
			if err != nil {
				t.Error(err)
				return
			}
			for i := range 200 {
				f := from.AddDate(0, i, i)
				if got, want := shared.After(f, 3, schema.WorkingDays), own.After(f, 3, schema.WorkingDays); !got.Equal(want) {
					t.Errorf("%s, another calendar says %s", got, want)
				}
			}
		})
	}
	all.Wait()
}

func ptr(n int) *int { return &n }

// 10,000 escalations, each with two clocks and how long it is overdue.
func BenchmarkTenThousand(b *testing.B) {
	s := schema.DefaultPolicy().Severities
	start, now := at(b, "2026-01-05T09:30:00Z"), at(b, "2026-12-01T09:00:00Z")
	for b.Loop() {
		c := open(b, region("Europe/Berlin", "DE"))
		for i := range 10_000 {
			from := start.Add(time.Duration(i) * 40 * time.Minute)
			for _, clock := range []schema.Clock{s.Critical.Channel, s.High.Customer} {
				if _, overdue, ok := c.Due(clock, from); ok {
					c.WorkingTime(overdue, now)
				}
			}
		}
	}
}

// What is remembered of a year, worked out anew.
func BenchmarkFirstYear(b *testing.B) {
	from := at(b, "2026-06-05T09:30:00Z")
	for b.Loop() {
		open(b, region("Europe/Berlin", "DE", "GB")).Works(from)
	}
}
