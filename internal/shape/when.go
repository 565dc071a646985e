package shape

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// days returns the days of the calendar that a text may mean, as 2026-11-24: one,
// or both where 03/12/2026 is one day to some people and another to others.
func days(text string) []string {
	text = tidy(text)
	if before, _, rest, ok := clock(text); ok { // a time, where a day is asked for
		if before == "" {
			before = rest
		}
		text = before
	}
	if m := threeNumbers.FindStringSubmatch(text); m != nil {
		return numbered(m[1], m[3], m[4], strings.Contains(m[2], "-"))
	}
	if m := eightDigits.FindStringSubmatch(text); m != nil {
		if iso := date(m[1]+m[2], m[3], m[4]); iso != "" {
			return []string{iso}
		}
		return some(date(m[3]+m[4], m[2], m[1]), date(m[3]+m[4], m[1], m[2]))
	}
	return named(text)
}

var (
	threeNumbers = regexp.MustCompile(`^(\d{1,4}) ?([-/.,年 ]) ?(\d{1,2}) ?[-/.,月 ] ?(\d{1,4}) ?[日.]?$`)
	eightDigits  = regexp.MustCompile(`^(\d\d)(\d\d)(\d\d)(\d\d)$`)
	ordinals     = regexp.MustCompile(`(\d)(?:st|nd|rd|th|er|º|ª)\b`)
	weekday      = regexp.MustCompile(`(?i)^(mon|tue|wed|thu|fri|sat|sun)[a-z]*[., ] *`)
	word         = regexp.MustCompile(`[\p{L}]+|\d+`)
)

// tidy is a text with plain blanks, dashes and no quotes around it.
func tidy(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.Pd, r) || r == '\u2212':
			return '-'
		case !unicode.IsGraphic(r):
			return -1
		}
		return r
	}, text)
	text = strings.Join(strings.Fields(strings.Trim(text, " \"'“”„‘’`")), " ")
	return weekday.ReplaceAllString(ordinals.ReplaceAllString(text, "$1"), "")
}

// numbered reads a day that is three numbers: the year stands first, or last, or
// it has two digits and may stand at either end.
func numbered(a, b, c string, dashes bool) []string {
	switch {
	case len(a) > 2:
		return some(date(a, b, c))
	case len(c) > 2:
		return some(date(c, b, a), date(c, a, b))
	case dashes:
		return some(date("20"+two(c), b, a), date("20"+two(c), a, b), date("20"+two(a), b, c))
	}
	return some(date("20"+two(c), b, a), date("20"+two(c), a, b))
}

// named reads a day with the name of its month: 3 December 2026, Nov 27, 2026.
func named(text string) []string {
	month, numbers := 0, []string{}
	for _, w := range word.FindAllString(text, -1) {
		switch m := monthOf(w); {
		case unicode.IsDigit(rune(w[0])):
			numbers = append(numbers, w)
		case m > 0 && month == 0:
			month = m
		case !slices.Contains([]string{"of", "the", "de", "den", "le", "el"}, strings.ToLower(w)):
			return nil
		}
	}
	if month == 0 || len(numbers) != 2 {
		return nil
	}
	day, year := numbers[0], numbers[1]
	if len(day) == 4 {
		day, year = year, day
	}
	if len(year) < 4 {
		year = "20" + two(year)
	}
	return some(date(year, strconv.Itoa(month), day))
}

// months are the beginnings of the months' names in the languages of western
// Europe, without accents.
var months = [...][]string{
	{"jan", "ene", "gen"}, {"feb", "fev"}, {"mar", "maa", "mrt"}, {"apr", "avr", "abr"}, {"may", "mai", "mei", "mag", "maj"}, {"jun", "juin", "giu"},
	{"jul", "juil", "lug"}, {"aug", "aou", "ago"}, {"sep", "set"}, {"oct", "okt", "ott", "out"}, {"nov"}, {"dec", "dez", "dic"},
}

// monthOf returns the number of the month that a word names, 0 where it names
// none.
func monthOf(w string) int {
	w = strings.NewReplacer("ä", "a", "é", "e", "û", "u", "ç", "c").Replace(strings.ToLower(w))
	return 1 + slices.IndexFunc(months[:], func(names []string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(w, n) })
	})
}

func two(digits string) string { return ("0" + digits)[len(digits)-1:] }

// date joins year, month and day; "" where there is no such day.
func date(year, month, day string) string {
	t, err := time.Parse("2006-1-2", year+"-"+month+"-"+day)
	if err != nil {
		return ""
	}
	return t.Format(time.DateOnly)
}

// some returns the texts that there are, each once.
func some(texts ...string) []string {
	var list []string
	for _, t := range texts {
		if t != "" && !slices.Contains(list, t) {
			list = append(list, t)
		}
	}
	return list
}

var (
	clockTime = regexp.MustCompile(`(?i)(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?(?: ?([ap])\.?m\b\.?)?`)
	clockHour = regexp.MustCompile(`(?i)\b(\d{1,2})(?:[h.](\d\d)())?(?: ?([ap])\.?m\b\.?| ?h\b| ?uhr\b)`)
	offset    = regexp.MustCompile(`^(?:UTC|GMT)? ?([+-]\d{1,2})(?::?(\d\d))?$`)
	yearAtEnd = regexp.MustCompile(`^(.*?) ?(\d{4})$`)
)

// clock finds a time of day in a text, and returns it as 09:30:00, with what
// stands before and behind it.
func clock(text string) (before, time, behind string, ok bool) {
	m := clockTime.FindStringSubmatchIndex(text)
	if m == nil {
		m = clockHour.FindStringSubmatchIndex(text)
	}
	if m == nil {
		return "", "", "", false
	}
	part := func(i int) string {
		if m[2*i] < 0 {
			return ""
		}
		return text[m[2*i]:m[2*i+1]]
	}
	hour, _ := strconv.Atoi(part(1))
	switch strings.ToLower(part(4)) {
	case "a", "p":
		if hour > 12 {
			return "", "", "", false
		}
		if hour %= 12; strings.EqualFold(part(4), "p") {
			hour += 12
		}
	}
	time = two(strconv.Itoa(hour)) + ":" + two("0"+part(2)) + ":" + two("0"+part(3))
	before = strings.TrimRight(text[:m[0]], " ,-")
	if (strings.HasSuffix(before, "T") || strings.HasSuffix(before, "t")) && len(before) > 1 && before[len(before)-2] <= '9' {
		before = before[:len(before)-1]
	}
	return strings.TrimSuffix(before, " at"), time, strings.Trim(text[m[1]:], " ,()[]"), hour < 24
}

// moment is what a text says of a time.
type moment struct {
	// readings are what it may mean, as RFC 3339 has it: more than one where a day
	// has two readings, or the clocks go back.
	readings []string
	// day and clock are what it says where there is no reading; each may be empty.
	day, clock string
	// noZone says that it names no zone: the readings are in the zone of the region.
	noZone bool
	// noSuchTime says that the clocks jump over it, noClock that no clock shows it.
	noSuchTime, noClock bool
}

// when reads a date with a time. One without a zone is read in the local one, nil
// where none is known.
func when(text string, local *time.Location) moment {
	text = tidy(text)
	before, at, zone, ok := clock(text)
	if !ok {
		only := days(text)
		if len(only) == 0 {
			return moment{}
		}
		return moment{day: only[0]}
	}
	if before == "" { // the day stands behind the time
		before, zone = zone, ""
	} else if m := yearAtEnd.FindStringSubmatch(zone); m != nil && len(days(before)) == 0 {
		before, zone = before+" "+m[2], m[1]
	}
	read := days(before)
	m := moment{clock: at, noZone: zone == ""}
	if len(read) > 0 {
		m.day = read[0]
	}
	if _, err := time.Parse(time.TimeOnly, at); err != nil {
		m.noClock = true
		return m
	}
	for _, day := range read {
		m.add(day, at, zone, local)
	}
	return m
}

// add adds what a day, a time and a zone mean together.
func (m *moment) add(day, at, zone string, local *time.Location) {
	wall, err := time.Parse(time.DateTime, day+" "+at)
	if err != nil {
		return
	}
	loc := zoneOf(zone, wall, local)
	if loc == nil {
		return
	}
	t := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), 0, loc)
	same := func(t time.Time) bool { return t.Format(time.DateTime) == wall.Format(time.DateTime) }
	if !same(t) {
		m.noSuchTime = true
		return
	}
	for _, near := range []time.Time{t.Add(-time.Hour), t, t.Add(time.Hour)} {
		if same(near) {
			m.readings = append(m.readings, near.Format(time.RFC3339))
		}
	}
}

// zoneOf is the zone that a text names: none is the local one, and so is what
// people call that at the time; nil where it is not known.
func zoneOf(zone string, wall time.Time, local *time.Location) *time.Location {
	switch strings.ToUpper(zone) {
	case "Z", "UTC", "GMT":
		return time.UTC
	case "":
		return local
	}
	if m := offset.FindStringSubmatch(strings.ToUpper(zone)); m != nil {
		hours, _ := strconv.Atoi(m[1])
		minutes, _ := strconv.Atoi("0" + m[2])
		if hours < 0 || m[1][0] == '-' {
			minutes = -minutes
		}
		return time.FixedZone("", hours*3600+minutes*60)
	}
	if strings.Contains(zone, "/") {
		if loc, err := time.LoadLocation(zone); err == nil {
			return loc
		}
		return nil
	}
	if local != nil {
		in := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), 0, 0, local)
		if name, _ := in.Zone(); strings.EqualFold(name, zone) {
			return local
		}
	}
	return nil
}

// timeOfDay reads hours and minutes, and writes them as 09:30.
func timeOfDay(s string) string {
	s = strings.ToUpper(strings.ReplaceAll(tidy(s), " ", ""))
	for _, layout := range []string{"15:04", "15.04", "15H04", "15H", "15:04:05", "3:04PM", "3.04PM", "3PM"} {
		if t, err := time.Parse(layout, s); err == nil && t.Second() == 0 {
			return t.Format("15:04")
		}
	}
	return ""
}
