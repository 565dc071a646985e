package calendar

import (
	"maps"
	"slices"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/ar"
	"github.com/rickar/cal/v2/at"
	"github.com/rickar/cal/v2/au"
	"github.com/rickar/cal/v2/be"
	"github.com/rickar/cal/v2/bg"
	"github.com/rickar/cal/v2/br"
	"github.com/rickar/cal/v2/ca"
	"github.com/rickar/cal/v2/ch"
	"github.com/rickar/cal/v2/cy"
	"github.com/rickar/cal/v2/cz"
	"github.com/rickar/cal/v2/de"
	"github.com/rickar/cal/v2/dk"
	"github.com/rickar/cal/v2/ee"
	"github.com/rickar/cal/v2/es"
	"github.com/rickar/cal/v2/fi"
	"github.com/rickar/cal/v2/fr"
	"github.com/rickar/cal/v2/gb"
	"github.com/rickar/cal/v2/gr"
	"github.com/rickar/cal/v2/hr"
	"github.com/rickar/cal/v2/hu"
	"github.com/rickar/cal/v2/ie"
	"github.com/rickar/cal/v2/is"
	"github.com/rickar/cal/v2/it"
	"github.com/rickar/cal/v2/jp"
	"github.com/rickar/cal/v2/ke"
	"github.com/rickar/cal/v2/lt"
	"github.com/rickar/cal/v2/lu"
	"github.com/rickar/cal/v2/lv"
	"github.com/rickar/cal/v2/mt"
	"github.com/rickar/cal/v2/mw"
	"github.com/rickar/cal/v2/mx"
	"github.com/rickar/cal/v2/nc"
	"github.com/rickar/cal/v2/nl"
	"github.com/rickar/cal/v2/no"
	"github.com/rickar/cal/v2/nz"
	"github.com/rickar/cal/v2/pl"
	"github.com/rickar/cal/v2/pt"
	"github.com/rickar/cal/v2/ro"
	"github.com/rickar/cal/v2/rs"
	"github.com/rickar/cal/v2/ru"
	"github.com/rickar/cal/v2/se"
	"github.com/rickar/cal/v2/si"
	"github.com/rickar/cal/v2/sk"
	"github.com/rickar/cal/v2/th"
	"github.com/rickar/cal/v2/ua"
	"github.com/rickar/cal/v2/us"
	"github.com/rickar/cal/v2/za"

	"github.com/escalations-as-code/escalate/schema"
)

// Countries returns the codes of the countries whose holidays are known, in
// alphabetical order. Of any other, the policy lists the days itself.
func Countries() []schema.Country { return slices.Sorted(maps.Keys(national())) }

// national returns the holidays of each country that the library has. Where
// they differ within a country they are those that the library calls national.
func national() map[schema.Country][]*cal.Holiday {
	return map[schema.Country][]*cal.Holiday{
		"AR": ar.Holidays,
		"AT": at.Holidays,
		// The library has only the states: these are what all of them keep, and
		// what the National Employment Standards list by date.
		"AU": {au.NewYear, au.AustraliaDay, au.GoodFriday, au.EasterMonday, au.AnzacDay, au.MourningDay2022, au.ChristmasDay, au.BoxingDay},
		"BE": be.Holidays,
		"BG": bg.Holidays,
		"BR": br.Holidays,
		"CA": ca.Holidays,
		"CH": ch.Holidays,
		"CY": cy.Holidays,
		"CZ": cz.Holidays,
		"DE": de.Holidays,
		"DK": dk.Holidays,
		"EE": ee.Holidays,
		"ES": es.Holidays,
		"FI": fi.Holidays,
		"FR": fr.Holidays,
		"GB": gb.Holidays,
		"GR": gr.Holidays,
		"HR": hr.Holidays,
		"HU": hu.Holidays,
		"IE": ie.Holidays,
		"IS": is.Holidays,
		"IT": it.Holidays,
		"JP": jp.Holidays,
		"KE": ke.Holidays,
		"LT": lt.Holidays,
		"LU": lu.Holidays,
		"LV": lv.Holidays,
		"MT": mt.Holidays,
		"MW": mw.Holidays,
		"MX": mx.Holidays,
		"NC": nc.Holidays,
		"NL": nl.Holidays,
		"NO": no.Holidays,
		"NZ": slices.Concat(nz.Holidays, []*cal.Holiday{nz.Matariki}), // which its list leaves out
		"PL": pl.Holidays,
		"PT": pt.Holidays,
		"RO": ro.Holidays,
		"RS": rs.Holidays,
		"RU": ru.Holidays,
		"SE": se.Holidays,
		"SI": si.Holidays,
		"SK": sk.Holidays,
		"TH": th.Holidays,
		"UA": ua.Holidays,
		"US": us.Holidays,
		"ZA": za.Holidays,
	}
}

// observed returns the day that people have off for the holiday of that year,
// at midnight UTC, and the zero time if there is none. It may lie in the year
// before or after. Like the library's own IsWorkday it goes by the substitute
// where there is one, not by the actual date.
//
// It asks of the library only what is safe for many at once and the same on
// every machine. Japan's equinox writes to its own Holiday as it computes, so
// each call gets a copy; and the library takes the midnights of the machine's
// zone, of which not every day has one, so that a day and its weekday are
// certain only from noon on.
func observed(h *cal.Holiday, year int) time.Time {
	own := *h
	actual, _ := own.Calc(year)
	if actual.IsZero() {
		return time.Time{}
	}
	y, m, d := actual.Add(12 * time.Hour).Date()
	day := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	for _, substitute := range h.Observed {
		if substitute.Day == day.Weekday() {
			return day.AddDate(0, 0, substitute.Offset)
		}
	}
	return day
}
