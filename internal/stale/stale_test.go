package stale_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/tree"
)

const northwind = "escalations/2026/northwind.yaml"

func read(t testing.TB, name string) string {
	t.Helper()
	return fixture.Read(name)
}

// at asks about one escalation at a moment.
func at(t testing.TB, check *shape.Checker, people, policy, file, now string) stale.Report {
	t.Helper()
	moment, err := time.Parse(time.RFC3339, now)
	if err != nil {
		t.Fatal(err)
	}
	return stale.Check(open(t, check, people, policy, file), moment)
}

func open(t testing.TB, check *shape.Checker, people, policy, file string) *tree.Tree {
	t.Helper()
	fsys := fstest.MapFS{northwind: {Data: []byte(file)}, tree.PeoplePath: {Data: []byte(people)}}
	if policy != "" {
		fsys[tree.PolicyPath] = &fstest.MapFile{Data: []byte(policy)}
	}
	tr, err := tree.Open(fsys, check)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func newChecker(t testing.TB) *shape.Checker {
	t.Helper()
	check, err := shape.NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	return check
}

// words shows the items of one clock: state, due in UTC, rung and turn.
func words(r stale.Report, clock stale.Clock) string {
	var list []string
	for _, i := range r.Items {
		if i.Clock != clock {
			continue
		}
		w := fmt.Sprintf("%s %s", i.State, i.Due.UTC().Format("2006-01-02T15:04"))
		if i.State == stale.Overdue {
			w += fmt.Sprintf(" since %s rung %d %s", i.Since.UTC().Format("01-02T15:04"), i.Rung, i.Turn)
		}
		list = append(list, w)
	}
	return strings.Join(list, ", ")
}

func edited(t testing.TB, text string, pairs ...string) string {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		switch {
		case pairs[i] == "":
			text += pairs[i+1]
		case !strings.Contains(text, pairs[i]):
			t.Fatalf("%q is not in it", pairs[i])
		default:
			text = strings.Replace(text, pairs[i], pairs[i+1], 1)
		}
	}
	return text
}

// Cases worked out by hand. Northwind is of EMEA, whose clocks are Berlin's (UTC+1
// in November, UTC+2 from 29 March 2026 on), who works from 9 to 17 on Monday to
// Friday; it was opened on Friday, 20 November 2026, 09:30Z.
func TestClocks(t *testing.T) {
	t.Parallel()
	check, people, base := newChecker(t), read(t, tree.PeoplePath), read(t, northwind)
	const update = "updates:\n  - {at: %s, by: jdoe, to: [%s], text: News}\n"
	up := func(at, to string) string { return fmt.Sprintf(update, at, to) }
	const closure = "closure: {at: 2026-12-03T10:00:00Z, by: jdoe, resolution: resolved, outcome: positive, exit_criteria_met: false, why_not: Enough, summary: Split, agreement: 'https://docs.example.com/agreed', sentiment: red%s}\n"
	for _, c := range []struct {
		name  string
		edits []string
		now   string
		clock stale.Clock
		want  string
	}{
		// High, every working day: after Friday comes Monday, whose work ends at 16:00Z.
		{"high, in time", nil, "2026-11-23T15:59:59Z", stale.Channel, "due 2026-11-23T16:00"},
		{"high, overdue", nil, "2026-11-23T16:00:00Z", stale.Channel, "overdue 2026-11-23T16:00 since 11-23T16:00 rung 1 jdoe"},
		// The manager after one more working day, the leader after two.
		{"high, the day after", nil, "2026-11-24T16:00:00Z", stale.Channel, "overdue 2026-11-23T16:00 since 11-23T16:00 rung 2 rking"},
		{"high, two days after", nil, "2026-11-25T16:00:00Z", stale.Channel, "overdue 2026-11-23T16:00 since 11-23T16:00 rung 3 rking"},
		{"any update counts", []string{"", up("2026-11-23T20:00:00Z", "internal")}, "2026-11-24T10:00:00Z", stale.Channel, "due 2026-11-24T16:00"},
		// A weekend lies between: Monday, not Saturday, is the day after Friday evening.
		{"over the weekend", []string{"", up("2026-11-27T22:00:00Z", "internal")}, "2026-11-30T10:00:00Z", stale.Channel, "due 2026-11-30T16:00"},
		// Critical, every calendar day, at the same time of the day.
		{"critical, on a Saturday", []string{"severity: high", "severity: critical", "dri: mlee", "dri: dpatel"}, "2026-11-21T09:30:00Z", stale.Channel, "overdue 2026-11-21T09:30 since 11-21T09:30 rung 1 jdoe"},
		{"critical, a day later", []string{"severity: high", "severity: critical", "dri: mlee", "dri: dpatel"}, "2026-11-22T09:30:00Z", stale.Channel, "overdue 2026-11-21T09:30 since 11-21T09:30 rung 2 rking"},
		// At medium and low it is shown, and nobody is asked.
		{"medium", []string{"severity: high", "severity: medium"}, "2026-12-24T10:00:00Z", stale.Channel, "advisory 2026-11-23T16:00"},

		// The customer: at high the second working day, which is Tuesday.
		{"customer, high", nil, "2026-11-24T16:00:00Z", stale.Customer, "overdue 2026-11-24T16:00 since 11-24T16:00 rung 1 jdoe"},
		{"customer, told internally", []string{"", up("2026-11-23T20:00:00Z", "internal")}, "2026-11-24T10:00:00Z", stale.Customer, "due 2026-11-24T16:00"},
		{"customer, told", []string{"", up("2026-11-23T20:00:00Z", "internal, customer")}, "2026-11-24T20:00:00Z", stale.Customer, "due 2026-11-25T16:00"},
		// At medium due after 7 days, overdue after 14.
		{"customer, medium, due", []string{"severity: high", "severity: medium"}, "2026-11-29T10:00:00Z", stale.Customer, "due 2026-11-27T09:30"},
		{"customer, medium, overdue", []string{"severity: high", "severity: medium"}, "2026-12-04T09:30:00Z", stale.Customer, "overdue 2026-11-27T09:30 since 12-04T09:30 rung 1 jdoe"},
		{"customer, low", []string{"severity: high", "severity: low"}, "2027-11-29T10:00:00Z", stale.Customer, ""},
		// Snoozed until the first of December, which begins at 23:00Z.
		{"customer, snoozed", []string{"", "snooze: {until: 2026-12-01, reason: Holiday, by: rking}\n"}, "2026-11-30T22:59:00Z", stale.Customer, "due 2026-11-30T23:00"},
		{"customer, no longer snoozed", []string{"", "snooze: {until: 2026-12-01, reason: Holiday, by: rking}\n"}, "2026-11-30T23:00:00Z", stale.Customer, "overdue 2026-11-30T23:00 since 11-30T23:00 rung 1 jdoe"},
		{"customer, snoozed for too long", []string{"", "snooze: {until: 2027-06-01, reason: Holiday, by: rking}\n"}, "2026-12-01T16:00:00Z", stale.Customer, "overdue 2026-12-01T16:00 since 12-01T16:00 rung 1 jdoe"},
		{"customer, critical and snoozed", []string{"severity: high", "severity: critical", "dri: mlee", "dri: dpatel", "", "snooze: {until: 2026-12-01, reason: Holiday, by: rking}\n"}, "2026-11-21T10:00:00Z", stale.Customer, "overdue 2026-11-21T09:30 since 11-21T09:30 rung 1 jdoe"},
		{"the channel is not snoozed", []string{"", "snooze: {until: 2026-12-01, reason: Holiday, by: rking}\n"}, "2026-11-23T16:00:00Z", stale.Channel, "overdue 2026-11-23T16:00 since 11-23T16:00 rung 1 jdoe"},
		{"a snooze that is over", []string{"", "snooze: {until: 2026-12-01, reason: Holiday, by: rking}\n"}, "2026-12-01T10:00:00Z", stale.Snooze, "overdue 2026-11-30T23:00 since 11-30T23:00 rung 1 jdoe"},
		{"a snooze after which the customer has heard", []string{"", "snooze: {until: 2026-12-01, reason: Holiday, by: rking}\n" + up("2026-12-01T09:00:00Z", "customer")}, "2026-12-02T10:00:00Z", stale.Snooze, ""},

		// The standup, 24 hours literally; the case, four hours.
		{"standup", nil, "2026-11-21T09:29:59Z", stale.Standup, "due 2026-11-21T09:30"},
		{"standup, overdue", nil, "2026-11-21T09:30:00Z", stale.Standup, "overdue 2026-11-21T09:30 since 11-21T09:30 rung 1 jdoe"},
		{"standup, there", []string{"", "standup: {days: [mon], time: '10:30', zone: Europe/Berlin, link: 'https://meet.example.com/n', attendees: [jdoe]}\n"}, "2026-12-01T10:00:00Z", stale.Standup, ""},
		{"case", []string{"https://crm.example.com/cases/5002", "pending"}, "2026-11-20T13:30:00Z", stale.Case, "overdue 2026-11-20T13:30 since 11-20T13:30 rung 1 jdoe"},
		{"case, there", nil, "2026-12-01T10:00:00Z", stale.Case, ""},

		// A step of the 24th is late when that day is over, at 23:00Z.
		{"step", nil, "2026-11-24T22:59:00Z", stale.Step, "due 2026-11-24T23:00"},
		{"step, late", nil, "2026-11-24T23:00:00Z", stale.Step, "overdue 2026-11-24T23:00 since 11-24T23:00 rung 1 jdoe"},
		{"step, done", []string{"due: 2026-11-24}", "due: 2026-11-24, done: 2026-11-26}"}, "2026-11-27T10:00:00Z", stale.Step, ""},
		// Met on Wednesday the 25th: two working days later Friday's work ends.
		{"criteria met", []string{"five working days\n", "five working days\n    met: 2026-11-25\n"}, "2026-11-27T16:00:00Z", stale.Criteria, "overdue 2026-11-27T16:00 since 11-27T16:00 rung 1 jdoe"},
		{"criteria not met", nil, "2026-12-27T16:00:00Z", stale.Criteria, ""},

		{"analysis owed", []string{"", fmt.Sprintf(closure, ", rca: {requested: true, platform_related: true, owner: ebrandt, due: 2026-12-17}")}, "2026-12-17T23:00:00Z", stale.RCA, "overdue 2026-12-17T23:00 since 12-17T23:00 rung 1 jdoe"},
		{"analysis delivered", []string{"", fmt.Sprintf(closure, ", rca: {requested: true, platform_related: true, owner: ebrandt, due: 2026-12-17, url: 'https://docs.example.com/rca'}")}, "2026-12-18T23:00:00Z", stale.RCA, ""},
		{"analysis not asked for", []string{"", fmt.Sprintf(closure, ", rca: {requested: false, platform_related: true}")}, "2026-12-18T23:00:00Z", stale.RCA, ""},
		{"closed", []string{"", fmt.Sprintf(closure, "")}, "2027-12-18T23:00:00Z", stale.Channel, ""},

		// On 29 March 2026 Berlin's clocks jump from 2 to 3: a day later is 23 hours
		// later, at the same time of the day.
		{"summer time begins", []string{"severity: high", "severity: critical", "dri: mlee", "dri: dpatel", "2026-11-20T09:30:00Z", "2026-03-28T12:00:00Z"}, "2026-03-29T10:59:00Z", stale.Channel, "due 2026-03-29T11:00"},
		// 28 February 2028 is a Monday, and the next day the 29th.
		{"leap day", []string{"2026-11-20T09:30:00Z", "2028-02-28T12:00:00Z"}, "2028-02-29T12:00:00Z", stale.Channel, "due 2028-02-29T16:00"},
		// Opened on a Saturday night: until the end of Monday.
		{"opened on a Saturday night", []string{"2026-11-20T09:30:00Z", "2026-11-21T23:30:00Z"}, "2026-11-22T12:00:00Z", stale.Channel, "due 2026-11-23T16:00"},
		// Its region changed to that of Singapore, UTC+8: Monday's work ends at 09:00Z.
		{"in another region", []string{"region: EMEA", "region: APAC"}, "2026-11-23T08:59:00Z", stale.Channel, "due 2026-11-23T09:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := at(t, check, people, "", edited(t, base, c.edits...), c.now)
			if got := words(r, c.clock); got != c.want || len(r.Unread) > 0 {
				t.Errorf("got %q, want %q %v", got, c.want, r.Unread)
			}
		})
	}
}

// Holidays are the region's, national and of its own.
func TestHolidays(t *testing.T) {
	t.Parallel()
	check, people := newChecker(t), read(t, tree.PeoplePath)
	file := edited(t, read(t, northwind), "2026-11-20T09:30:00Z", "2026-12-23T12:00:00Z")
	for policy, want := range map[string]string{
		"": "due 2026-12-24T16:00", // a Thursday
		"regions: {EMEA: {holidays: {countries: [DE], dates: [2026-12-24]}}}\n":                          "due 2026-12-28T16:00", // Christmas is on Friday and Saturday
		"regions: {EMEA: {holidays: {countries: [DE]}, hours: {from: '08:00', to: '12:00'}}}\n":          "due 2026-12-24T11:00",
		"severities: {high: {channel: {due: 2}}}\nregions: {EMEA: {holidays: {countries: [DE]}}}\n":      "due 2026-12-28T16:00",
		"severities: {high: {channel: {advisory: true}}}\n":                                              "advisory 2026-12-24T16:00",
		"severities: {high: {channel: {due: 0}}}\nladder: {manager: 5}\ndeadlines: {standup_hours: 9}\n": "",
	} {
		if got := words(at(t, check, people, policy, file, "2026-12-23T13:00:00Z"), stale.Channel); got != want {
			t.Errorf("with %q: %q, want %q", policy, got, want)
		}
	}
}

// Whose turn it is where somebody of the ladder is missing, and what is said of
// roles that nobody holds.
func TestRungs(t *testing.T) {
	t.Parallel()
	check, people, base := newChecker(t), read(t, tree.PeoplePath), read(t, northwind)
	led := people + "  zlead: {name: Zoe Lead, roles: [csm_leader], region: EMEA}\n  alead: {name: Al Lead, roles: [csm_leader], region: EMEA}\n"
	unmanaged := edited(t, led, ", manager: rking}", "}")
	for _, c := range []struct {
		name, people, now, turn string
		rung                    int
	}{
		{"the leaders of the region", led, "2026-11-25T16:00:00Z", "alead,zlead", 3},
		{"nobody manages the DRI", unmanaged, "2026-11-24T16:00:00Z", "alead,zlead", 2},
		{"neither, nor a leader", edited(t, people, ", manager: rking}", "}", "csm_leader, ", ""), "2026-11-25T16:00:00Z", "jdoe", 3},
	} {
		r := at(t, check, c.people, "", base, c.now)
		i := slices.IndexFunc(r.Items, func(i stale.Item) bool { return i.Clock == stale.Channel })
		var asked []string
		for _, h := range r.Items[i].Asked {
			asked = append(asked, string(h))
		}
		if got := strings.Join(asked, ","); got != c.turn || r.Items[i].Rung != c.rung || string(r.Items[i].Turn) != asked[0] {
			t.Errorf("%s: %s on rung %d, want %s on %d", c.name, got, r.Items[i].Rung, c.turn, c.rung)
		}
	}
	vacant := edited(t, people, "roles: [cro]", "roles: [cro], left: 2026-11-24")
	if got := words(at(t, check, vacant, "", base, "2026-11-25T10:00:00Z"), stale.Role); got != "overdue 2026-11-24T23:00 since 11-24T23:00 rung 1 jdoe" {
		t.Errorf("a role since its holder left: %q", got)
	}
	if got := words(at(t, check, people, "", base, "2026-11-25T10:00:00Z"), stale.Role); got != "" {
		t.Errorf("all roles are held: %q", got)
	}
}

// Of a file that was misread nothing is known, and that is said.
func TestUnread(t *testing.T) {
	t.Parallel()
	check, people, base := newChecker(t), read(t, tree.PeoplePath), read(t, northwind)
	for name, r := range map[string]stale.Report{
		"a field":        at(t, check, people, "", edited(t, base, "severity: high", "severity: hgih"), "2026-11-20T10:00:00Z"),
		"a region":       at(t, check, people, "", edited(t, base, "region: EMEA", "region: MARS"), "2026-11-20T10:00:00Z"),
		"the policy":     at(t, check, people, "regions: [\n", base, "2026-11-20T10:00:00Z"),
		"not YAML":       at(t, check, people, "", "a: b: c\n", "2026-11-20T10:00:00Z"),
		"the directory":  at(t, check, "people: nobody\n", "", base, "2026-11-20T10:00:00Z"),
		"a merge marker": at(t, check, people, "", "<<<<<<< HEAD\n"+base+"=======\n>>>>>>> other\n", "2026-11-20T10:00:00Z"),
	} {
		if len(r.Unread) != 1 || !r.Overdue() || len(r.Items) > 0 {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// The report changes only at the moments that it announces itself, so that it
// does not matter when it is asked for.
func TestAnnounced(t *testing.T) {
	t.Parallel()
	check, people, base := newChecker(t), read(t, tree.PeoplePath), read(t, northwind)
	shown := func(r stale.Report) string {
		var b strings.Builder
		for _, i := range r.Items {
			fmt.Fprintf(&b, "%s %s %s %s %d %s\n", i.Clock, i.State, i.Due.UTC(), i.Since.UTC(), i.Rung, i.Turn)
		}
		return b.String()
	}
	rapid.Check(t, func(rt *rapid.T) {
		severity := rapid.SampledFrom([]string{"critical", "high", "medium", "low"}).Draw(rt, "severity")
		region := rapid.SampledFrom([]string{"EMEA", "AMER", "APAC", "PubSec"}).Draw(rt, "region")
		start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 500*24*60).Draw(rt, "minutes")) * time.Minute)
		file := strings.NewReplacer("severity: high", "severity: "+severity, "region: EMEA", "region: "+region,
			"2026-11-20T09:30:00Z", start.Format(time.RFC3339), "https://crm.example.com/cases/5002", "pending",
			"2026-11-24", start.AddDate(0, 0, rapid.IntRange(0, 9).Draw(rt, "days")).Format(time.DateOnly)).Replace(base)
		if rapid.Bool().Draw(rt, "snoozed") {
			file += "snooze: {until: " + start.AddDate(0, 0, 5).Format(time.DateOnly) + ", reason: Holiday, by: rking}\n"
		}
		tr := open(t, check, people, "", file)
		now := start.Add(time.Duration(rapid.IntRange(0, 40*24*3600).Draw(rt, "seconds")) * time.Second)
		r := stale.Check(tr, now)
		if len(r.Unread) > 0 || len(r.Items) == 0 {
			rt.Fatalf("%+v\n%s", r, file)
		}
		next := r.Next()
		if next.IsZero() {
			next = now.AddDate(1, 0, 0)
		}
		later := now.Add(time.Duration(rapid.Int64Range(0, int64(next.Sub(now)/time.Second)).Draw(rt, "later")) * time.Second)
		if later = later.Truncate(time.Second); !later.Before(next) {
			later = next.Add(-time.Nanosecond)
		}
		if before, after := shown(r), shown(stale.Check(tr, later)); before != after {
			rt.Fatalf("at %s\n%sat %s\n%sthough nothing was to change before %s", now, before, later, after, next)
		}
		if !r.Next().IsZero() {
			if before, after := shown(r), shown(stale.Check(tr, next)); before == after {
				rt.Fatalf("nothing changes at %s\n%s", next, before)
			}
		}
	})
}
