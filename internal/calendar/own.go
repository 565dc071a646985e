package calendar

import (
	"slices"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/aa"
	"github.com/rickar/cal/v2/ar"
	"github.com/rickar/cal/v2/au"
	"github.com/rickar/cal/v2/ch"
	"github.com/rickar/cal/v2/gb"
	"github.com/rickar/cal/v2/lu"
	"github.com/rickar/cal/v2/mx"
	"github.com/rickar/cal/v2/nl"
)

// Where the library is wrong or has no list, these are ours. docs/calendar.md
// names the source of each, and e2e/holidays_test.go holds them against
// another list of the world's holidays.

// argentina: a movable holiday on a Tuesday or a Wednesday is kept on the
// Monday before, one on a Thursday or a Friday on the Monday after. Of one at
// a weekend the government decides each year; we leave it there. The library
// moves them as the United States do, and has Maundy Thursday for Good Friday.
func argentina() []*cal.Holiday {
	toMonday := []cal.AltDay{
		{Day: time.Tuesday, Offset: -1}, {Day: time.Wednesday, Offset: -2},
		{Day: time.Thursday, Offset: 4}, {Day: time.Friday, Offset: 3},
	}
	list := without(ar.Holidays, ar.EasternsDay, ar.GuemesDay, ar.BelgranoDay, ar.SanMartinDay, ar.DiversityDay, ar.SovereigntyDay)
	return with(list, aa.GoodFriday,
		date(time.June, 17, toMonday...),   // Güemes
		date(time.June, 20),                // Belgrano
		date(time.August, 17, toMonday...), // San Martín
		date(time.October, 12, toMonday...),
		date(time.November, 20, toMonday...))
}

// australia: the library has only the states. These are what all of them keep,
// and what the National Employment Standards list by date.
func australia() []*cal.Holiday {
	return []*cal.Holiday{au.NewYear, au.AustraliaDay, au.GoodFriday, au.EasterMonday, au.AnzacDay, au.MourningDay2022, au.ChristmasDay, au.BoxingDay}
}

// mondayAfterAnzac: New South Wales ordered it for two years, in which Anzac
// Day is at a weekend.
func mondayAfterAnzac() []*cal.Holiday {
	return []*cal.Holiday{once(2026, time.April, 27), once(2027, time.April, 26)}
}

// southAustralia: since 2024 no Monday is off for an Anzac Day on a Sunday.
func southAustralia() []*cal.Holiday {
	return with(without(au.HolidaysSA, au.AnzacDayNtQldSa), au.AnzacDay)
}

// switzerland: the federal holiday, and what all cantons keep or all but one
// or two. The library's list has days of single cantons.
func switzerland() []*cal.Holiday {
	return []*cal.Holiday{
		ch.Neujahr, ch.Karfreitag, ch.Ostermontag, ch.Auffahrt, ch.Pfingstmontag,
		ch.Bundesfeiertag, ch.Weihnachtstag, ch.ZweiterWeihnachtsfeiertag,
	}
}

// geneva: the Genevan fast is on the Thursday after the first Sunday of
// September.
func geneva() []*cal.Holiday {
	return with(without(switzerland(), ch.ZweiterWeihnachtsfeiertag), afterSunday(time.September, 1, 4), date(time.December, 31))
}

// vaud: the Monday of the federal fast follows the third Sunday of September.
func vaud() []*cal.Holiday {
	return with(without(switzerland(), ch.ZweiterWeihnachtsfeiertag), ch.Berchtoldstag, afterSunday(time.September, 3, 1))
}

// scotland has a second day of January, the summer holiday at the beginning of
// August, no Easter Monday, and Saint Andrew's Day.
func scotland() []*cal.Holiday {
	secondOfJanuary := date(time.January, 2, gb.BoxingDay.Observed...)
	return with(without(gb.Holidays, gb.EasterMonday, gb.SummerHoliday),
		secondOfJanuary, gb.SummerHolidayScotland, date(time.November, 30, gb.NewYear.Observed...))
}

// northernIreland has Saint Patrick's Day and the Battle of the Boyne besides.
func northernIreland() []*cal.Holiday {
	return with(gb.Holidays, date(time.March, 17, gb.NewYear.Observed...), date(time.July, 12, gb.NewYear.Observed...))
}

// india: the three days that all states keep. All others are each state's and
// each employer's.
func india() []*cal.Holiday {
	return []*cal.Holiday{date(time.January, 26), date(time.August, 15), date(time.October, 2)}
}

// italianPatron is Saint Francis, a national holiday again since 2026.
func italianPatron() *cal.Holiday {
	return date(time.October, 4).Clone(&cal.Holiday{StartYear: 2026})
}

// luxembourg: the library has the national day in July, and not the Day of
// Europe.
func luxembourg() []*cal.Holiday {
	return with(without(lu.Holidays, lu.Nationalfeierdag), date(time.June, 23), date(time.May, 9).Clone(&cal.Holiday{StartYear: 2019}))
}

// mexico: three Mondays stand for a date, and a holiday at a weekend is kept
// on no other day. On 1 October of every sixth year a president takes office.
func mexico() []*cal.Holiday {
	return []*cal.Holiday{
		aa.NewYear, monday(time.February, 1), monday(time.March, 3), aa.WorkersDay,
		date(time.September, 16), every(6, 2024, time.October, 1), mx.RevolutionDay, aa.ChristmasDay,
	}
}

// netherlands: Good Friday is a working day for most, and Liberation Day in all
// years but each fifth.
func netherlands() []*cal.Holiday {
	return with(without(nl.Holidays, nl.GoedeVrijdag, nl.BevrijdingsDag), every(5, 1990, time.May, 5))
}

// singapore: what falls on a Sunday is kept on the next day that is no holiday.
// The days by the moon are those that the Ministry of Manpower has announced;
// it does so a year ahead. Chinese New Year needs nobody to see the moon.
func singapore() []*cal.Holiday {
	moon := []cal.AltDay{{Day: time.Sunday, Offset: 1}}
	return []*cal.Holiday{
		date(time.January, 1, moon...), aa.GoodFriday, date(time.May, 1, moon...), date(time.August, 9, moon...), date(time.December, 25, moon...),
		once(2026, time.February, 17), once(2026, time.February, 18), // Chinese New Year
		once(2027, time.February, 6), once(2027, time.February, 7, moon...),
		once(2028, time.January, 26), once(2028, time.January, 27),
		once(2026, time.March, 21),            // Hari Raya Puasa
		once(2026, time.May, 27),              // Hari Raya Haji
		once(2026, time.May, 31, moon...),     // Vesak
		once(2026, time.November, 8, moon...), // Deepavali
	}
}

// date is a holiday on the same date each year.
func date(m time.Month, d int, moved ...cal.AltDay) *cal.Holiday {
	return &cal.Holiday{Month: m, Day: d, Observed: moved, Func: cal.CalcDayOfMonth}
}

// once is a holiday of a single year.
func once(y int, m time.Month, d int, moved ...cal.AltDay) *cal.Holiday {
	return &cal.Holiday{StartYear: y, EndYear: y, Month: m, Day: d, Observed: moved, Func: cal.CalcDayOfMonth}
}

// every is a holiday each so many years, from a first year on.
func every(years, first int, m time.Month, d int) *cal.Holiday {
	return &cal.Holiday{StartYear: first, Month: m, Day: d, Func: func(h *cal.Holiday, year int) time.Time {
		if (year-first)%years != 0 {
			return time.Time{}
		}
		return cal.CalcDayOfMonth(h, year)
	}}
}

// monday is the n-th Monday of a month.
func monday(m time.Month, n int) *cal.Holiday {
	return &cal.Holiday{Month: m, Weekday: time.Monday, Offset: n, Func: cal.CalcWeekdayOffset}
}

// afterSunday is some days after the n-th Sunday of a month.
func afterSunday(m time.Month, n, days int) *cal.Holiday {
	return &cal.Holiday{Month: m, Weekday: time.Sunday, Offset: n, CalcOffset: days, Func: cal.CalcWeekdayOffset}
}

func with(list []*cal.Holiday, more ...*cal.Holiday) []*cal.Holiday {
	return slices.Concat(list, more)
}

func without(list []*cal.Holiday, fewer ...*cal.Holiday) []*cal.Holiday {
	return slices.DeleteFunc(slices.Clone(list), func(h *cal.Holiday) bool { return slices.Contains(fewer, h) })
}
