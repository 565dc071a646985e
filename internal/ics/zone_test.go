package ics

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-ical"
	"github.com/teambition/rrule-go"
)

// zones are those whose clocks change in ways of their own, and some whose clocks
// do not.
var zones = []string{
	"Europe/Berlin", "Europe/London", "Europe/Dublin", "America/New_York", "America/Sao_Paulo", "America/Mexico_City", "America/Santiago", "America/Nuuk", "America/Havana",
	"Asia/Kolkata", "Asia/Tokyo", "Asia/Kathmandu", "Asia/Jerusalem", "Asia/Beirut", "Asia/Gaza", "Africa/Casablanca", "Africa/Cairo", "Africa/Abidjan", "Australia/Sydney", "Australia/Lord_Howe",
	"Pacific/Chatham", "Pacific/Kiritimati", "Antarctica/Troll", "Etc/UTC", "Etc/GMT+5",
}

// offsetAt is the offset of a zone at a moment, as its description says it.
func offsetAt(t *testing.T, zone *ical.Component, at time.Time) string {
	t.Helper()
	var latest time.Time
	var now string
	for _, o := range zone.Children {
		from, err := time.Parse("-0700", o.Props.Get(ical.PropTimezoneOffsetFrom).Value)
		if err != nil {
			t.Fatal(err)
		}
		_, before := from.Zone()
		var shown []time.Time
		for _, p := range append(o.Props.Values(ical.PropDateTimeStart), o.Props.Values(ical.PropRecurrenceDates)...) {
			s, err := time.Parse(reading, p.Value)
			if err != nil {
				t.Fatal(err)
			}
			shown = append(shown, s)
		}
		if r := value(o, ical.PropRecurrenceRule); r != "" {
			rule, err := rrule.StrToRRule(r)
			if err != nil {
				t.Fatal(err)
			}
			rule.DTStart(shown[0])
			shown = append(shown, rule.Before(at.AddDate(0, 0, 1), true), rule.Before(at.AddDate(0, 0, -1), true))
		}
		for _, s := range shown {
			if onset := s.Add(-time.Duration(before) * time.Second); !s.IsZero() && !onset.After(at) && onset.After(latest) {
				latest, now = onset, o.Props.Get(ical.PropTimezoneOffsetTo).Value
			}
		}
	}
	return now
}

func value(o *ical.Component, name string) string {
	if p := o.Props.Get(name); p != nil {
		return p.Value
	}
	return ""
}

// What is said of a zone agrees with Go, around each change of its clocks, from
// any moment until the years that are listed, and beyond where there is a rule.
func TestTimezone(t *testing.T) {
	t.Parallel()
	for _, name := range zones {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, from := range []time.Time{time.Date(2019, 2, 1, 0, 0, 0, 0, zone), time.Date(2022, 9, 30, 0, 0, 0, 0, zone), time.Date(2026, 11, 20, 10, 30, 0, 0, zone)} {
			now := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
			v := timezone(zone, from, now)
			last := 2026 + listed
			if name == "Europe/Berlin" || name == "America/New_York" || name == "Australia/Sydney" || name == "America/Santiago" {
				last = 2060
			}
			moments := []time.Time{from}
			for _, c := range changesOf(zone, from, last) {
				at := c.shown.Add(-time.Duration(c.from) * time.Second)
				moments = append(moments, at.Add(-time.Second), at, at.AddDate(0, 1, 0))
			}
			for _, at := range moments {
				if at.Before(from) {
					continue
				}
				want := at.In(zone).Format("-0700")
				if got := offsetAt(t, v, at); got != want {
					t.Errorf("%s from %s: at %s it is %s, want %s", name, from.Format(time.DateOnly), at.UTC(), got, want)
				}
			}
		}
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Europe/Berlin":    "STANDARD 20261025T030000 +0200 +0100 FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU, DAYLIGHT 20270328T020000 +0100 +0200 FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
		"America/New_York": "STANDARD 20261101T020000 -0400 -0500 FREQ=YEARLY;BYMONTH=11;BYDAY=1SU, DAYLIGHT 20270314T020000 -0500 -0400 FREQ=YEARLY;BYMONTH=3;BYDAY=2SU",
		"America/Santiago": "DAYLIGHT 20260906T000000 -0400 -0300 FREQ=YEARLY;BYMONTH=9;BYDAY=SU;BYMONTHDAY=2,3,4,5,6,7,8, STANDARD 20270404T000000 -0300 -0400 FREQ=YEARLY;BYMONTH=4;BYDAY=SU;BYMONTHDAY=2,3,4,5,6,7,8",
		"Asia/Kolkata":     "STANDARD 19451015T000000 +0630 +0530 ",
		"Etc/UTC":          "STANDARD 19700101T000000 +0000 +0000 ",
	} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		at := time.Date(2026, 11, 20, 10, 30, 0, 0, zone)
		var got []string
		for _, o := range timezone(zone, at, at).Children {
			got = append(got, fmt.Sprintf("%s %s %s %s %s", o.Name, value(o, ical.PropDateTimeStart), value(o, ical.PropTimezoneOffsetFrom), value(o, ical.PropTimezoneOffsetTo), value(o, ical.PropRecurrenceRule)))
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s: got %q, want %q", name, strings.Join(got, ", "), want)
		}
	}
}
