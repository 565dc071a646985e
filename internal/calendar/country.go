package calendar

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rickar/cal/v2"
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
	"github.com/rickar/cal/v2/lv"
	"github.com/rickar/cal/v2/mt"
	"github.com/rickar/cal/v2/mw"
	"github.com/rickar/cal/v2/nc"
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

	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// Countries returns the codes of the countries whose holidays are known, in
// alphabetical order. Of any other, the policy lists the days itself.
func Countries() []schema.Country {
	return codes(func(c string) bool { return len(c) == len("DE") })
}

// Parts returns the codes of the parts of a country whose holidays are known,
// such as DE-BY, in alphabetical order. Most countries have none.
func Parts(country schema.Country) []schema.Country {
	return codes(func(c string) bool { return strings.HasPrefix(c, string(country)+"-") })
}

func codes(want func(string) bool) (found []schema.Country) {
	for _, c := range slices.Sorted(maps.Keys(holidays())) {
		if want(string(c)) {
			found = append(found, c)
		}
	}
	return found
}

// Known reports whether the holidays of a country, or of a part of one, are
// known.
func Known(code schema.Country) bool { return holidays()[code] != nil }

// Instead says what to write instead of the code of a country, or of a part of
// one, whose holidays are not known.
func Instead(code schema.Country) string {
	country, _, isPart := strings.Cut(string(code), "-")
	if !isPart || !Known(schema.Country(country)) {
		return "list them as `dates:`; built in are those of " + words.Join(Countries(), ", ")
	}
	instead := fmt.Sprintf("write `%s` and list the other days as `dates:`; ", country)
	if parts := Parts(schema.Country(country)); parts != nil {
		return instead + "built in are " + words.Join(parts, ", ")
	}
	return instead + "no part of this country is built in"
}

// holidays returns what is known: of each country what all of it keeps, or
// nearly all, and of some parts, by their ISO 3166-2 code, all that the part
// keeps. It is the library's list unless own.go says why not. It is made once;
// nobody writes to it.
var holidays = sync.OnceValue(func() map[schema.Country][]*cal.Holiday {
	return map[schema.Country][]*cal.Holiday{
		"AR": argentina(),
		"AT": at.Holidays,
		"AU": australia(),
		"BE": be.Holidays,
		"BG": bg.Holidays,
		"BR": without(br.Holidays, br.Carnaval, br.CorpusChristi),
		"CA": without(ca.Holidays, ca.EasterMonday, ca.CivicDay),
		"CH": switzerland(),
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
		"IN": india(),
		"IS": is.Holidays,
		"IT": with(it.Holidays, italianPatron()),
		"JP": jp.Holidays,
		"KE": ke.Holidays,
		"LT": lt.Holidays,
		"LU": luxembourg(),
		"LV": lv.Holidays,
		"MT": mt.Holidays,
		"MW": mw.Holidays,
		"MX": mexico(),
		"NC": nc.Holidays,
		"NL": netherlands(),
		"NO": no.Holidays,
		"NZ": with(nz.Holidays, nz.Matariki), // which its list leaves out
		"PL": pl.Holidays,
		"PT": pt.Holidays,
		"RO": ro.Holidays,
		"RS": rs.Holidays,
		"RU": ru.Holidays,
		"SE": se.Holidays,
		"SG": singapore(),
		"SI": si.Holidays,
		"SK": sk.Holidays,
		"TH": th.Holidays,
		"UA": ua.Holidays,
		"US": us.Holidays,
		"ZA": za.Holidays,

		"AU-ACT": au.HolidaysACT,
		"AU-NSW": with(au.HolidaysNSW, mondayAfterAnzac()...),
		"AU-NT":  au.HolidaysNT,
		"AU-QLD": au.HolidaysQLD,
		"AU-SA":  southAustralia(),
		"AU-TAS": au.HolidaysTAS,
		"AU-VIC": au.HolidaysVIC,
		"AU-WA":  au.HolidaysWA,
		"CH-AR":  ch.HolidaysAR,
		"CH-BE":  ch.HolidaysBE,
		"CH-BS":  ch.HolidaysBS,
		"CH-GE":  geneva(),
		"CH-NW":  ch.HolidaysNW,
		"CH-SG":  ch.HolidaysSG,
		"CH-SH":  ch.HolidaysSH,
		"CH-SZ":  ch.HolidaysSZ,
		"CH-TG":  ch.HolidaysTG,
		"CH-UR":  ch.HolidaysUR,
		"CH-VD":  vaud(),
		"CH-ZH":  ch.HolidaysZH,
		"DE-BB":  de.HolidaysBB,
		"DE-BE":  de.HolidaysBE,
		"DE-BW":  de.HolidaysBW,
		"DE-BY":  de.HolidaysBY,
		"DE-HB":  de.HolidaysHB,
		"DE-HE":  de.HolidaysHE,
		"DE-HH":  de.HolidaysHH,
		"DE-MV":  with(de.HolidaysMV, de.Frauentag.Clone(&cal.Holiday{StartYear: 2023})),
		"DE-NI":  de.HolidaysNI,
		"DE-NW":  de.HolidaysNW,
		"DE-RP":  de.HolidaysRP,
		"DE-SH":  de.HolidaysSH,
		"DE-SL":  de.HolidaysSL,
		"DE-SN":  de.HolidaysSN,
		"DE-ST":  de.HolidaysST,
		"DE-TH":  de.HolidaysTH,
		"GB-ENG": gb.Holidays,
		"GB-NIR": northernIreland(),
		"GB-SCT": scotland(),
		"GB-WLS": gb.Holidays,
	}
})

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
