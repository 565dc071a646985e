package calendar

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// What the doc comment of clocks promises, near changes of the clocks of every
// kind: at night, at midnight (Cairo, Sao Paulo), by half an hour (Lord Howe),
// a minute after midnight (St. John's), by a whole day (Apia), and none.
func TestClocksGoForward(t *testing.T) {
	t.Parallel()
	changes := map[string][]string{
		"Europe/Berlin":       {"2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z", "2040-12-31T12:00:00Z", "2045-03-26T01:00:00Z"},
		"America/New_York":    {"2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z"},
		"America/St_Johns":    {"2010-03-14T03:31:00Z", "2010-11-07T02:31:00Z"},
		"America/Sao_Paulo":   {"2018-11-04T03:00:00Z", "2018-02-18T02:00:00Z"},
		"Africa/Cairo":        {"2026-04-23T22:00:00Z", "2026-10-29T21:00:00Z"},
		"Australia/Lord_Howe": {"2026-04-04T15:00:00Z", "2026-10-03T15:30:00Z"},
		"Pacific/Apia":        {"2011-12-30T10:00:00Z"},
		"Asia/Manila":         {"1844-12-31T15:56:00Z"},
		"UTC":                 {"2026-01-01T00:00:00Z"},
	}
	for name, moments := range changes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			zone, err := time.LoadLocation(name)
			if err != nil {
				t.Fatal(err)
			}
			c := clocks{zone}
			rapid.Check(t, func(t *rapid.T) {
				near, err := time.Parse(time.RFC3339, rapid.SampledFrom(moments).Draw(t, "near"))
				if err != nil {
					t.Fatal(err)
				}
				const span = 30 * 3600
				moment := near.Add(time.Duration(rapid.IntRange(-span, span).Draw(t, "moment")) * time.Second)
				reading := shift(near.In(zone)).Add(time.Duration(rapid.IntRange(-span, span).Draw(t, "reading")) * time.Second)
				if got, want := !c.moment(reading).After(moment), !reading.After(c.reading(moment)); got != want {
					t.Fatalf("at %s the clocks have shown %s, but %s is first shown at %s", moment, c.reading(moment), reading, c.moment(reading))
				}
			})
		})
	}
}
