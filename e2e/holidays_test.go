//go:build e2e

package e2e

import (
	"encoding/json"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// difference is what one list of a country's holidays has and another has not.
type difference struct{ here, there string }

// TestHolidays compares the days off of each built-in calendar with those that
// date-holidays knows. Each difference stands in one of the tables of
// docs/calendar.md, decided or undecided, and each row of those is one.
func TestHolidays(t *testing.T) {
	t.Parallel()
	ours := ourHolidays(t)
	theirs := theirHolidays(t, slices.Sorted(maps.Keys(ours)))
	documented := documentedDifferences(t)
	for calendar, days := range ours {
		known := documented[calendar]
		delete(documented, calendar)
		if theirs[calendar] == nil {
			t.Errorf("date-holidays does not know %s", calendar)
			continue
		}
		found := difference{missing(days, theirs[calendar]), missing(theirs[calendar], days)}
		if found != known {
			t.Errorf("%s: only here: %q, only in date-holidays: %q; docs/calendar.md has %q and %q\n%s", calendar, found.here, found.there, known.here, known.there,
				names(theirs[calendar], found.there))
		}
	}
	for calendar := range documented {
		t.Errorf("docs/calendar.md has differences of %s, which is not built in", calendar)
	}
}

// missing lists the days of one list that another has not.
func missing(from, in map[string]string) string {
	var days []string
	for _, day := range slices.Sorted(maps.Keys(from)) {
		if _, ok := in[day]; !ok {
			days = append(days, day)
		}
	}
	return strings.Join(days, ", ")
}

// names says what the days of a list are.
func names(list map[string]string, days string) string {
	var lines []string
	for day := range strings.SplitSeq(days, ", ") {
		if name := list[day]; name != "" {
			lines = append(lines, day+" "+name)
		}
	}
	return strings.Join(lines, "\n")
}

// ourHolidays reads the table that the unit tests hold to be the built-in
// calendars: a line for each calendar and year, such as "DE-BY 2026 01-01".
func ourHolidays(t *testing.T) map[string]map[string]string {
	t.Helper()
	ours := map[string]map[string]string{}
	for line := range strings.Lines(readFile(t, "../internal/calendar/testdata/holidays.txt")) {
		fields := strings.Fields(line)
		calendar, year := fields[0], fields[1]
		if ours[calendar] == nil {
			ours[calendar] = map[string]string{}
		}
		for _, day := range fields[2:] {
			ours[calendar][year+"-"+day] = ""
		}
	}
	if len(ours) < 48 {
		t.Fatalf("only %d calendars are built in", len(ours))
	}
	return ours
}

func theirHolidays(t *testing.T, calendars []string) (theirs map[string]map[string]string) {
	t.Helper()
	out, code := output(t, exec.Command("node", append([]string{"holidays.mjs", "2026", "2028"}, calendars...)...))
	if err := json.Unmarshal(out, &theirs); err != nil || code != 0 {
		t.Fatalf("holidays.mjs: exit code %d, %v", code, err)
	}
	return theirs
}

// documentedDifferences reads the tables of docs/calendar.md.
func documentedDifferences(t *testing.T) map[string]difference {
	t.Helper()
	documented := map[string]difference{}
	inTable := false
	for line := range strings.Lines(readFile(t, "../docs/calendar.md")) {
		cells := strings.Split(line, "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case len(cells) < 5:
			inTable = false
		case cells[1] == "calendar" && cells[2] == "only here":
			inTable = true
		case inTable && cells[1] != "---":
			if _, twice := documented[cells[1]]; twice {
				t.Errorf("docs/calendar.md has the differences of %s twice", cells[1])
			}
			documented[cells[1]] = difference{cells[2], cells[3]}
		}
	}
	return documented
}
