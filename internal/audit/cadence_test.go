package audit

import (
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/calendar"
	"github.com/escalations-as-code/escalate/schema"
)

// moment is a time of March 2026, of which the 2nd is a Monday.
func moment(day, hour int) time.Time { return time.Date(2026, 3, day, hour, 0, 0, 0, time.UTC) }

func TestCadence(t *testing.T) {
	t.Parallel()
	told := func(day, hour int, to ...schema.Audience) schema.Update {
		return schema.Update{At: schema.Time{Time: moment(day, hour)}, To: to, Text: "x"}
	}
	closed := func(day, hour int) *schema.Closure { return &schema.Closure{At: schema.Time{Time: moment(day, hour)}} }
	const in, out = schema.Internal, schema.Customer
	version := func(s schema.Severity, c *schema.Closure, updates ...schema.Update) *schema.Escalation {
		return &schema.Escalation{
			Severity: s, Opened: schema.Opened{At: schema.Time{Time: moment(2, 10)}},
			Account: schema.Account{Region: "EMEA"}, Updates: updates, Closure: c,
		}
	}
	later := func(u schema.Update, minutes int) schema.Update {
		u.At.Time = u.At.Add(time.Duration(minutes) * time.Minute)
		return u
	}
	snoozed := func(e *schema.Escalation, until int) *schema.Escalation {
		e.Snooze = &schema.Snooze{Until: schema.Date{Time: moment(until, 0)}}
		return e
	}
	covered := func(e *schema.Escalation) *schema.Escalation {
		e.Cover = &schema.Cover{DRI: "pat", Until: schema.Date{Time: moment(9, 0)}}
		for i := range e.Updates {
			e.Updates[i].By = "pat"
		}
		return e
	}
	day := 24 * time.Hour
	for _, c := range []struct {
		name              string
		versions          []*schema.Escalation // each told a day after the one before, the first two hours after the opening
		from, horizon     time.Time
		channel, customer Kept
		severities        map[schema.Severity]time.Duration
		status            string
	}{
		{
			name: "critical: an update on each day keeps it, though each comes later than the day before",
			versions: []*schema.Escalation{version("critical", nil, later(told(3, 15, in, out), 0), later(told(4, 15, in, out), 20), later(told(5, 15, in, out), 45),
				later(told(6, 16, in, out), 10), later(told(7, 16, in, out), 30))}, // the 7th is a Saturday
			horizon:    moment(8, 12),
			channel:    Kept{Ticks: true, Longest: 27 * time.Hour, InTime: 5},
			customer:   Kept{Ticks: true, Longest: 27 * time.Hour, InTime: 5},
			severities: map[schema.Severity]time.Duration{"critical": 146 * time.Hour}, status: "open",
		},
		{
			name:       "critical: every calendar day, until it is over",
			versions:   []*schema.Escalation{version("critical", nil, told(3, 10, in, out), told(4, 11, in))},
			horizon:    moment(4, 12),
			channel:    Kept{Ticks: true, Longest: 25 * time.Hour, InTime: 2},
			customer:   Kept{Ticks: true, Longest: 26 * time.Hour, InTime: 1},
			severities: map[schema.Severity]time.Duration{"critical": 50 * time.Hour}, status: "open",
		},
		{
			name:       "high: the end of the next working day, over a weekend",
			versions:   []*schema.Escalation{version("high", nil, told(3, 15, in), told(4, 16, in), told(5, 16, in), told(6, 20, in), told(9, 15, in))},
			horizon:    moment(9, 15),
			channel:    Kept{Ticks: true, Longest: 67 * time.Hour, InTime: 5},  // Friday 20:00 is still Friday
			customer:   Kept{Ticks: true, Longest: 171 * time.Hour, Missed: 2}, // due with the 4th, then with the 6th
			severities: map[schema.Severity]time.Duration{"high": 173 * time.Hour}, status: "open",
		},
		{
			name:       "a late update has missed each that was due",
			versions:   []*schema.Escalation{version("critical", nil, told(6, 9, out))},
			horizon:    moment(6, 9),
			channel:    Kept{Ticks: true, Longest: 93 * time.Hour, Missed: 3},
			customer:   Kept{Ticks: true, Longest: 93 * time.Hour, Missed: 3},
			severities: map[schema.Severity]time.Duration{"critical": 95 * time.Hour}, status: "open",
		},
		{
			name:       "medium: the channel is advised only, the customer hears within 14 days",
			versions:   []*schema.Escalation{version("medium", nil, told(12, 10, out))},
			horizon:    moment(27, 10),
			channel:    Kept{Ticks: true, Longest: 15 * day},
			customer:   Kept{Ticks: true, Longest: 15 * day, InTime: 1, Missed: 1},
			severities: map[schema.Severity]time.Duration{"medium": 25 * day}, status: "open",
		},
		{
			name:     "low: no clock for the customer",
			versions: []*schema.Escalation{version("low", nil)}, horizon: moment(3, 10),
			channel:    Kept{Ticks: true, Longest: 22 * time.Hour},
			severities: map[schema.Severity]time.Duration{"low": day}, status: "open",
		},
		{
			name:       "the severity changes at the update that says why",
			versions:   []*schema.Escalation{version("low", nil), version("critical", nil, told(2, 20, in))},
			horizon:    moment(3, 20),
			channel:    Kept{Ticks: true, Longest: day},
			customer:   Kept{Ticks: true, Longest: day}, // due with the 3rd
			severities: map[schema.Severity]time.Duration{"low": 10 * time.Hour, "critical": day}, status: "open",
		},
		{
			name:       "closed time counts nowhere",
			versions:   []*schema.Escalation{version("critical", closed(3, 9)), version("critical", nil, told(20, 9, in, out)), version("critical", closed(21, 9), told(20, 9, in, out))},
			horizon:    moment(30, 10),
			channel:    Kept{Ticks: true, Longest: day},
			customer:   Kept{Ticks: true, Longest: day},
			severities: map[schema.Severity]time.Duration{"critical": 23*time.Hour + day}, status: "closed",
		},
		{
			name:     "of a range, what was due before counts nowhere",
			versions: []*schema.Escalation{version("critical", nil)},
			from:     moment(4, 12), horizon: moment(6, 9),
			channel:    Kept{Ticks: true, Longest: 93 * time.Hour, Missed: 2}, // the 4th and the 5th
			customer:   Kept{Ticks: true, Longest: 93 * time.Hour, Missed: 2},
			severities: map[schema.Severity]time.Duration{"critical": 45 * time.Hour}, status: "open",
		},
		{
			name: "it is late from when it was told: opened on the 2nd, and declared on the 9th",
			versions: []*schema.Escalation{nil, nil, nil, nil, nil, nil, nil, version("critical", nil), version("critical", nil,
				told(10, 15, in, out))},
			horizon:    moment(10, 15),
			channel:    Kept{Ticks: true, Longest: 27 * time.Hour, InTime: 1},
			customer:   Kept{Ticks: true, Longest: 27 * time.Hour, InTime: 1},
			severities: map[schema.Severity]time.Duration{"critical": 8*day + 5*time.Hour}, status: "open",
		},
		{
			name: "reopened, and told three days later: what was due in between was not",
			versions: []*schema.Escalation{version("critical", closed(2, 20)), nil, nil, nil, nil, version("critical", nil, told(4, 9, in, out)),
				version("critical", closed(8, 9), told(4, 9, in, out))},
			horizon:    moment(8, 12),
			channel:    Kept{Ticks: true, Longest: 21 * time.Hour},
			customer:   Kept{Ticks: true, Longest: 21 * time.Hour},
			severities: map[schema.Severity]time.Duration{"critical": 10*time.Hour + 4*day}, status: "closed",
		},
		{
			// The customer is due with Wednesday the 4th, and snoozed until Monday the 9th.
			name:       "high and snoozed: the customer hears after it",
			versions:   []*schema.Escalation{version("high", nil), snoozed(version("high", nil, told(9, 16, in), told(10, 8, in, out)), 10)},
			horizon:    moment(10, 8),
			channel:    Kept{Ticks: true, Longest: 172 * time.Hour, InTime: 1, Missed: 4}, // the 3rd to the 6th; it is not snoozed
			customer:   Kept{Ticks: true, Longest: 188 * time.Hour, Missed: 1},            // when the 10th begins
			severities: map[schema.Severity]time.Duration{"high": 190 * time.Hour}, status: "open",
		},
		{
			name:       "and in time while it is",
			versions:   []*schema.Escalation{version("high", nil), snoozed(version("high", nil, told(9, 16, in, out)), 10)},
			horizon:    moment(9, 16),
			channel:    Kept{Ticks: true, Longest: 172 * time.Hour, Missed: 4},
			customer:   Kept{Ticks: true, Longest: 172 * time.Hour, InTime: 1},
			severities: map[schema.Severity]time.Duration{"high": 174 * time.Hour}, status: "open",
		},
		{
			name:       "but for a week at most",
			versions:   []*schema.Escalation{version("high", nil), snoozed(version("high", nil, told(13, 16, in, out)), 30)},
			horizon:    moment(13, 16),
			channel:    Kept{Ticks: true, Longest: 268 * time.Hour, Missed: 8},
			customer:   Kept{Ticks: true, Longest: 268 * time.Hour, Missed: 2}, // with the 10th, a week after it was written, and with the 12th
			severities: map[schema.Severity]time.Duration{"high": 270 * time.Hour}, status: "open",
		},
		{
			name:       "at critical it does nothing",
			versions:   []*schema.Escalation{snoozed(version("critical", nil, told(5, 8, out)), 9)},
			horizon:    moment(5, 8),
			channel:    Kept{Ticks: true, Longest: 68 * time.Hour, Missed: 2},
			customer:   Kept{Ticks: true, Longest: 68 * time.Hour, Missed: 2},
			severities: map[schema.Severity]time.Duration{"critical": 70 * time.Hour}, status: "open",
		},
		{
			// Raised with the internal word of Wednesday the 4th: the customer hears by Friday.
			name: "raised: the customer's clock counts from then",
			versions: []*schema.Escalation{version("medium", nil), nil, version("high", nil, told(4, 11, in)), nil,
				version("high", nil, told(4, 11, in), told(6, 15, in, out))},
			horizon:    moment(6, 15),
			channel:    Kept{Ticks: true, Longest: 52 * time.Hour, Missed: 1}, // with the 5th
			customer:   Kept{Ticks: true, Longest: 99 * time.Hour, InTime: 1},
			severities: map[schema.Severity]time.Duration{"medium": 49 * time.Hour, "high": 52 * time.Hour}, status: "open",
		},
		{
			name:       "lowered: what was not late yet has the longer clock",
			versions:   []*schema.Escalation{version("high", nil), version("medium", nil, told(3, 11, in)), version("medium", nil, told(3, 11, in), told(12, 15, out))},
			horizon:    moment(12, 15),
			channel:    Kept{Ticks: true, Longest: 220 * time.Hour, InTime: 1},
			customer:   Kept{Ticks: true, Longest: 243 * time.Hour, InTime: 1},
			severities: map[schema.Severity]time.Duration{"high": 25 * time.Hour, "medium": 220 * time.Hour}, status: "open",
		},
		{
			name:       "a stand-in's update is an update",
			versions:   []*schema.Escalation{covered(version("critical", nil, told(3, 15, in, out)))},
			horizon:    moment(3, 15),
			channel:    Kept{Ticks: true, Longest: 27 * time.Hour, InTime: 1},
			customer:   Kept{Ticks: true, Longest: 27 * time.Hour, InTime: 1},
			severities: map[schema.Severity]time.Duration{"critical": 29 * time.Hour}, status: "open",
		},
	} {
		p := &policies{calendars: map[place]*calendar.Calendar{}}
		p.add(moment(1, 0), schema.DefaultPolicy())
		var x course
		var before *schema.Escalation
		for i, v := range c.versions {
			if v == nil {
				continue // nobody changed it on that day
			}
			x.follow(before, v, moment(2+i, 12), moment(2+i, 12))
			before = v
		}
		r := x.row("2026/x", p, c.from, c.horizon)
		if r.Channel != c.channel || r.Customer != c.customer || r.Status != c.status {
			t.Errorf("%s: %s, channel %+v, customer %+v\nwant %s, %+v, %+v", c.name, r.Status, r.Channel, r.Customer, c.status, c.channel, c.customer)
		}
		for s, d := range c.severities {
			if r.Severities[s] != d || len(r.Severities) != len(c.severities) {
				t.Errorf("%s: %v, want %v", c.name, r.Severities, c.severities)
			}
		}
	}
}
