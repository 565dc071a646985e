package calendar_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/calendar"
	"github.com/escalations-as-code/escalate/schema"
)

var update = flag.Bool("update", false, "rewrite testdata/holidays.txt")

// Days that were looked up by hand in the sources that docs/calendar.md names,
// and days beside them that a wrong rule would have taken.
func TestNationalHolidays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		country      schema.Country
		off, working string
	}{
		// Güemes: Wednesday 17 June 2026, Thursday in 2027, Saturday in 2028. San
		// Martín: Tuesday 17 August 2027. Sovereignty: Friday 20 November 2026.
		{"AR", "2026-04-02 2026-04-03 2026-06-15 2026-08-17 2026-10-12 2026-11-23 2027-03-26 2027-06-21 2027-08-16 2027-10-11 2028-04-14 2028-08-21 2028-10-16 2028-11-20",
			"2026-06-17 2026-06-19 2026-11-20 2027-03-25 2027-06-17 2027-08-17 2027-11-19 2028-04-13 2028-06-16 2026-03-23 2026-07-10"},
		{"AU", "2026-01-26 2026-04-03 2026-04-06 2026-12-25 2026-12-28 2027-12-27 2027-12-28", "2026-04-27 2026-06-08"},
		{"AU-NSW", "2026-04-27 2027-04-26 2026-06-08 2026-10-05", "2026-03-09"},
		{"AU-SA", "2026-03-09 2028-04-25", "2026-04-27 2027-04-26 2026-12-24"},
		{"AU-VIC", "2026-03-09 2026-11-03", "2026-04-27"},
		{"BR", "2026-04-03 2026-04-21 2026-09-07 2026-11-20", "2026-02-16 2026-02-17 2026-06-04 2027-02-09 2028-06-15"},
		{"CA", "2026-04-03 2026-05-18 2026-07-01 2026-09-07 2026-09-30 2026-10-12 2026-11-11 2026-12-25 2026-12-28 2028-01-03 2028-07-03", "2026-04-06 2026-08-03 2026-02-16 2027-03-29"},
		{"CH", "2026-01-01 2026-04-03 2026-04-06 2026-05-14 2026-05-25 2026-12-25 2028-08-01 2028-12-26",
			"2026-01-02 2026-01-06 2026-03-19 2026-05-01 2026-06-04 2026-12-08 2028-08-15"},
		{"CH-ZH", "2026-05-01 2026-12-25", "2026-01-06 2026-06-04"},
		{"CH-GE", "2026-09-10 2027-09-09 2028-09-07 2026-12-31", "2026-01-02 2028-12-26 2026-09-21"},
		{"CH-VD", "2026-01-02 2026-09-21 2027-09-20 2028-09-18", "2026-09-10 2028-12-26"},
		{"DE", "2026-01-01 2026-04-03 2026-05-01 2026-05-14 2026-05-25 2028-10-03", "2026-01-06 2026-06-04"},
		{"DE-BY", "2026-01-01 2026-01-06 2026-06-04 2027-11-01", "2026-03-09 2028-10-31"},
		{"DE-MV", "2027-03-08 2028-03-08 2028-10-31", "2022-03-08 2027-01-06"},
		{"GB", "2026-08-31 2026-05-04 2026-12-28 2028-01-03", "2026-08-03 2026-03-17"},
		{"GB-SCT", "2026-01-02 2027-01-04 2023-01-02 2023-01-03 2028-01-03 2028-01-04 2026-08-03 2026-11-30", "2026-04-06 2026-08-31"},
		{"GB-NIR", "2026-03-17 2026-07-13 2027-07-12 2026-08-31", "2026-08-03 2026-11-30"},
		{"IN", "2026-01-26 2028-08-15 2026-10-02", "2026-04-14 2026-12-25 2026-08-14"},
		{"IT", "2027-10-04 2028-10-04", "2023-10-04 2026-10-05"},
		{"JP", "2026-05-06 2026-09-21 2026-09-22 2026-09-23 2027-03-22", "2026-05-07 2027-09-22"},
		{"LU", "2026-06-23 2027-06-23 2028-06-23 2028-05-09", "2026-07-23 2027-07-23 2018-05-09 2026-05-08"},
		{"MX", "2026-02-02 2026-03-16 2026-11-16 2027-02-01 2027-03-15 2027-11-15 2028-02-07 2028-03-20 2026-09-16 2024-10-01 2030-10-01",
			"2026-02-05 2026-03-20 2027-02-05 2027-04-30 2027-12-24 2027-12-31 2028-09-15 2026-10-01 2018-10-01"},
		{"NL", "2026-04-06 2026-04-27 2026-05-14 2026-05-25 2025-05-05 2020-05-05", "2026-04-03 2026-05-05 2027-05-05 2028-04-14"},
		{"PL", "2026-12-24 2027-12-24 2026-06-04", "2024-12-24"},
		{"SG", "2026-02-17 2026-02-18 2026-04-03 2026-05-01 2026-05-27 2026-06-01 2026-08-10 2026-11-09 2026-12-25 2027-02-08 2028-01-26 2028-01-27", "2026-03-23 2026-11-10 2027-02-09"},
		{"US", "2026-07-03 2026-11-11 2028-11-10 2026-11-26", "2026-11-27 2028-11-13"},
	} {
		t.Run(string(c.country), func(t *testing.T) {
			t.Parallel()
			ours := open(t, region("UTC", c.country))
			for days, works := range map[string]bool{c.off: false, c.working: true} {
				for day := range strings.FieldsSeq(days) {
					if noon := at(t, day+"T12:00:00Z"); ours.Works(noon) != works {
						t.Errorf("%s: a working day: %v", day, !works)
					} else if w := noon.Weekday(); w == time.Saturday || w == time.Sunday {
						t.Errorf("%s is a %s and proves nothing", day, w)
					}
				}
			}
		})
	}
}

// What a policy takes away and adds. 28 December 2026 is kept for Boxing Day.
func TestExcept(t *testing.T) {
	t.Parallel()
	r := with(region("Europe/London", "GB"), "09:00", "17:00", "2026-12-24", "2026-08-31")
	r.Holidays.Except = days(t, "2026-12-28", "2026-05-04", "2026-08-31", "2026-12-26", "2026-06-01")
	london := open(t, r)
	for day, works := range map[string]bool{
		"2026-12-28": true, "2026-05-04": true,
		"2026-12-25": false, "2027-05-03": false, "2026-12-24": false,
		"2026-08-31": false, // what is added stands above what is taken away
		"2026-12-26": false, // a Saturday stays one
		"2026-06-01": true,  // an ordinary Monday too
	} {
		if got := london.Works(at(t, day+"T12:00:00Z")); got != works {
			t.Errorf("%s: a working day: %v", day, got)
		}
	}
}

func days(t *testing.T, all ...string) (dates []schema.Date) {
	t.Helper()
	for _, day := range all {
		dates = append(dates, schema.Date{Time: at(t, day+"T00:00:00Z")})
	}
	return dates
}

// testdata/holidays.txt has the days off of each built-in calendar, from Monday
// to Friday. A new version of the library that moves one shows it there; the
// end-to-end tests compare them with another list.
func TestHolidayTable(t *testing.T) {
	t.Parallel()
	const file = "testdata/holidays.txt"
	var table strings.Builder
	for _, country := range calendar.Countries() {
		for _, code := range slices.Concat([]schema.Country{country}, calendar.Parts(country)) {
			ours := open(t, region("UTC", code))
			for year := 2026; year <= 2028; year++ {
				fmt.Fprintf(&table, "%s %d", code, year)
				for d := time.Date(year, 1, 1, 12, 0, 0, 0, time.UTC); d.Year() == year; d = d.AddDate(0, 0, 1) {
					if w := d.Weekday(); w != time.Saturday && w != time.Sunday && !ours.Works(d) {
						table.WriteString(d.Format(" 01-02"))
					}
				}
				table.WriteString("\n")
			}
		}
	}
	if *update {
		if err := os.WriteFile(file, []byte(table.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got, known := strings.Split(table.String(), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(got), len(known)) {
		if i >= len(got) || i >= len(known) || got[i] != known[i] {
			t.Fatalf("%s, line %d: the holidays are not those of the file (go test -update writes it):\n%s", file, i+1, strings.Join(got[min(i, len(got)):min(i+1, len(got))], ""))
		}
	}
}
