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
	"github.com/escalations-as-code/escalate/schema"
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
	return stale.Check(open(t, check, people, policy, file), moment, nil)
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
			w += fmt.Sprintf(" since %s rung %d %s", i.Since.UTC().Format("01-02T15:04"), i.Rung, i.Turn.Handle)
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
// in November, UTC+2 from 29 March 2026 on), where people work from 9 to 17 on
// Monday to Friday; it was opened on Friday, 20 November 2026, 09:30Z. A day there
// is over at 23:00Z.
func TestClocks(t *testing.T) {
	t.Parallel()
	check, people, base := newChecker(t), read(t, tree.PeoplePath), read(t, northwind)
	const update = "updates:\n  - {at: %s, by: jdoe, to: [%s], text: News}\n"
	up := func(at, to string) string { return fmt.Sprintf(update, at, to) }
	upAgain := func(at string) string { return strings.TrimPrefix(up(at, "internal"), "updates:\n") }
	const closure = "closure: {at: 2026-12-03T10:00:00Z, by: jdoe, resolution: resolved, outcome: positive, exit_criteria_met: false, why_not: Enough, summary: Split, agreement: 'https://docs.example.com/agreed', sentiment: red%s}\n"
	const cover = "cover: {dri: pstand, until: 2026-11-24, reason: Leave}\n"
	people = edited(t, people, "people:\n", "people:\n  pstand: {name: Pat El, roles: [csm], region: EMEA}\n")
	cse := []string{"  csm: jdoe\n", "  cse: pending\n  cse_help_case: https://crm.example.com/cases/1\n", "dri: jdoe", "dri: arivera"}
	for _, c := range []struct {
		name  string
		edits []string
		now   string
		clock stale.Clock
		want  string
	}{
		// High, every working day: after Friday comes Monday, which is over at 23:00Z.
		{"high, in time", nil, "2026-11-23T22:59:59Z", stale.Channel, "due 2026-11-23T23:00"},
		{"high, overdue", nil, "2026-11-23T23:00:00Z", stale.Channel, "overdue 2026-11-23T23:00 since 11-23T23:00 rung 1 jdoe"},
		// The manager after one more working day; a silent channel goes no further.
		{"high, before one more working day is over", nil, "2026-11-24T22:59:59Z", stale.Channel, "overdue 2026-11-23T23:00 since 11-23T23:00 rung 1 jdoe"},
		{"high, the day after", nil, "2026-11-24T23:00:00Z", stale.Channel, "overdue 2026-11-23T23:00 since 11-23T23:00 rung 2 rking"},
		{"high, two weeks after", nil, "2026-12-07T23:00:00Z", stale.Channel, "overdue 2026-11-23T23:00 since 11-23T23:00 rung 2 rking"},
		{"any update counts", []string{"", up("2026-11-23T20:00:00Z", "internal")}, "2026-11-24T10:00:00Z", stale.Channel, "due 2026-11-24T23:00"},
		{"one that is still to come does not", []string{"", up("2027-11-23T20:00:00Z", "internal")}, "2026-11-24T10:00:00Z", stale.Channel, "overdue 2026-11-23T23:00 since 11-23T23:00 rung 1 jdoe"},
		// A weekend lies between: Monday, not Saturday, is the day after Friday evening.
		{"over the weekend", []string{"", up("2026-11-27T22:00:00Z", "internal")}, "2026-11-30T10:00:00Z", stale.Channel, "due 2026-11-30T23:00"},
		// Critical, every calendar day: the manager as soon as Saturday is over, the
		// leader twelve hours after.
		{"critical, on a Saturday", []string{"severity: high", "severity: critical", "dri: mlee", "dri: dpatel"}, "2026-11-21T22:59:59Z", stale.Channel, "due 2026-11-21T23:00"},
		{"critical, Saturday is over", []string{"severity: high", "severity: critical", "dri: mlee", "dri: dpatel"}, "2026-11-21T23:00:00Z", stale.Channel, "overdue 2026-11-21T23:00 since 11-21T23:00 rung 2 rking"},
		{"critical, before noon of Sunday", []string{"severity: high", "severity: critical", "dri: mlee", "dri: dpatel"}, "2026-11-22T10:59:59Z", stale.Channel, "overdue 2026-11-21T23:00 since 11-21T23:00 rung 2 rking"},
		{"critical, noon of Sunday", []string{"severity: high", "severity: critical", "dri: mlee", "dri: dpatel"}, "2026-11-22T11:00:00Z", stale.Channel, "overdue 2026-11-21T23:00 since 11-21T23:00 rung 3 rking"},
		// Each day at another hour, the last one late in the evening: in time.
		{"critical, kept", []string{"severity: high", "severity: critical", "dri: mlee", "dri: dpatel", "", up("2026-11-21T14:00:00Z", "internal") + upAgain("2026-11-22T14:20:00Z") + upAgain("2026-11-23T22:50:00Z")}, "2026-11-24T22:59:00Z", stale.Channel, "due 2026-11-24T23:00"},
		// At medium and low it is shown, and nobody is asked.
		{"medium", []string{"severity: high", "severity: medium"}, "2026-12-24T10:00:00Z", stale.Channel, "advisory 2026-11-23T23:00"},

		// The customer: at high the second working day, which is Tuesday.
		{"customer, high", nil, "2026-11-24T23:00:00Z", stale.Customer, "overdue 2026-11-24T23:00 since 11-24T23:00 rung 1 jdoe"},
		// The manager with Wednesday over, the leader with Thursday over.
		{"customer, high, two days after", nil, "2026-11-26T22:59:59Z", stale.Customer, "overdue 2026-11-24T23:00 since 11-24T23:00 rung 2 rking"},
		{"customer, high, the leader", nil, "2026-11-26T23:00:00Z", stale.Customer, "overdue 2026-11-24T23:00 since 11-24T23:00 rung 3 rking"},
		{"customer, told internally", []string{"", up("2026-11-23T20:00:00Z", "internal")}, "2026-11-24T10:00:00Z", stale.Customer, "due 2026-11-24T23:00"},
		{"customer, told", []string{"", up("2026-11-23T20:00:00Z", "internal, customer")}, "2026-11-24T20:00:00Z", stale.Customer, "due 2026-11-25T23:00"},
		// At medium due after 7 days, overdue after 14.
		{"customer, medium, due", []string{"severity: high", "severity: medium"}, "2026-11-29T10:00:00Z", stale.Customer, "due 2026-11-27T23:00"},
		{"customer, medium, overdue", []string{"severity: high", "severity: medium"}, "2026-12-04T23:00:00Z", stale.Customer, "overdue 2026-11-27T23:00 since 12-04T23:00 rung 1 jdoe"},
		{"customer, low", []string{"severity: high", "severity: low"}, "2027-11-29T10:00:00Z", stale.Customer, ""},
		// Snoozed until the first of December, which begins at 23:00Z.
		{"customer, snoozed", []string{"", "snooze: {until: 2026-12-01, reason: Holiday, by: rking}\n"}, "2026-11-30T22:59:00Z", stale.Customer, "due 2026-11-30T23:00"},
		{"customer, no longer snoozed", []string{"", "snooze: {until: 2026-12-01, reason: Holiday, by: rking}\n"}, "2026-11-30T23:00:00Z", stale.Customer, "overdue 2026-11-30T23:00 since 11-30T23:00 rung 1 jdoe"},
		// Overdue with Tuesday the 24th: a week later it is again, whatever the file says.
		{"customer, snoozed for too long", []string{"", "snooze: {until: 2027-06-01, reason: Holiday, by: rking}\n"}, "2026-12-01T23:00:00Z", stale.Customer, "overdue 2026-12-01T23:00 since 12-01T23:00 rung 1 jdoe"},
		{"customer, critical and snoozed", []string{"severity: high", "severity: critical", "dri: mlee", "dri: dpatel", "", "snooze: {until: 2026-12-01, reason: Holiday, by: rking}\n"}, "2026-11-22T10:00:00Z", stale.Customer, "overdue 2026-11-21T23:00 since 11-21T23:00 rung 2 rking"},
		{"a snooze that is over, critical", []string{"severity: high", "severity: critical", "dri: mlee", "dri: dpatel", "", "snooze: {until: 2026-12-01, reason: Holiday, by: rking}\n"}, "2026-12-01T10:00:00Z", stale.Snooze, ""},
		{"the channel is not snoozed", []string{"", "snooze: {until: 2026-12-01, reason: Holiday, by: rking}\n"}, "2026-11-23T23:00:00Z", stale.Channel, "overdue 2026-11-23T23:00 since 11-23T23:00 rung 1 jdoe"},
		{"a snooze that is over", []string{"", "snooze: {until: 2026-12-01, reason: Holiday, by: rking}\n"}, "2026-12-01T10:00:00Z", stale.Snooze, "overdue 2026-11-30T23:00 since 11-30T23:00 rung 1 jdoe"},
		{"a snooze after which the customer has heard", []string{"", "snooze: {until: 2026-12-01, reason: Holiday, by: rking}\n" + up("2026-12-01T09:00:00Z", "customer")}, "2026-12-02T10:00:00Z", stale.Snooze, ""},

		// The standup, 24 hours literally; the case, four hours.
		{"standup", nil, "2026-11-21T09:29:59Z", stale.Standup, "due 2026-11-21T09:30"},
		{"standup, overdue", nil, "2026-11-21T09:30:00Z", stale.Standup, "overdue 2026-11-21T09:30 since 11-21T09:30 rung 1 jdoe"},
		{"standup, none is needed at medium", []string{"severity: high", "severity: medium", "", "standup: {none: The two of us talk each morning}\n"}, "2026-12-01T10:00:00Z", stale.Standup, ""},
		{"standup, one is needed at high", []string{"", "standup: {none: The two of us talk each morning}\n"}, "2026-11-21T09:30:00Z", stale.Standup, "overdue 2026-11-21T09:30 since 11-21T09:30 rung 1 jdoe"},
		{"standup, there", []string{"", "standup: {days: [mon, wed, fri], time: '10:30', zone: Europe/Berlin, link: 'https://meet.example.com/n', attendees: [jdoe]}\n"}, "2026-12-01T10:00:00Z", stale.Standup, ""},
		{"case", []string{"https://crm.example.com/cases/5002", "pending"}, "2026-11-20T13:30:00Z", stale.Case, "overdue 2026-11-20T13:30 since 11-20T13:30 rung 1 jdoe"},
		{"case, there", nil, "2026-12-01T10:00:00Z", stale.Case, ""},

		// A step of the 24th is late when that day is over, at 23:00Z.
		{"step", nil, "2026-11-24T22:59:00Z", stale.Step, "due 2026-11-24T23:00"},
		{"step, late", nil, "2026-11-24T23:00:00Z", stale.Step, "overdue 2026-11-24T23:00 since 11-24T23:00 rung 1 jdoe"},
		{"step, done", []string{"due: 2026-11-24}", "due: 2026-11-24, done: 2026-11-26}"}, "2026-11-27T10:00:00Z", stale.Step, ""},
		{"a step without a date", []string{", due: 2026-11-24}", "}"}, "2026-11-25T10:00:00Z", stale.Step, ""},
		{"step, done some day", []string{"due: 2026-11-24}", "due: 2026-11-24, done: 2099-01-01}"}, "2026-11-25T10:00:00Z", stale.Step, "overdue 2026-11-24T23:00 since 11-24T23:00 rung 1 jdoe"},
		{"step, a week late", nil, "2026-12-01T23:00:00Z", stale.Step, "overdue 2026-11-24T23:00 since 11-24T23:00 rung 2 rking"},
		// Met on Wednesday the 25th: two working days later Friday is over.
		{"criteria met", []string{"five working days\n", "five working days\n    met: 2026-11-25\n"}, "2026-11-27T23:00:00Z", stale.Criteria, "overdue 2026-11-27T23:00 since 11-27T23:00 rung 1 jdoe"},
		{"criteria met some day", []string{"five working days\n", "five working days\n    met: 2099-01-01\n"}, "2026-11-27T23:00:00Z", stale.Criteria, ""},
		// The only step was done on Wednesday, the criterion is not met: the day after is
		// over on Thursday, and the leader hears of it with Monday over.
		{"no next step, in time", []string{"due: 2026-11-24}", "due: 2026-11-24, done: 2026-11-25}"}, "2026-11-26T22:59:59Z", stale.Path, "due 2026-11-26T23:00"},
		{"no next step", []string{"due: 2026-11-24}", "due: 2026-11-24, done: 2026-11-25}"}, "2026-11-26T23:00:00Z", stale.Path, "overdue 2026-11-26T23:00 since 11-26T23:00 rung 1 jdoe"},
		{"no next step, the leader", []string{"due: 2026-11-24}", "due: 2026-11-24, done: 2026-11-25}"}, "2026-11-30T23:00:00Z", stale.Path, "overdue 2026-11-26T23:00 since 11-26T23:00 rung 3 rking"},
		{"a step without a date is no next step", []string{", due: 2026-11-24}", "}"}, "2026-11-23T23:00:00Z", stale.Path, "overdue 2026-11-23T23:00 since 11-23T23:00 rung 1 jdoe"},
		{"a step of 2099 is no next step", []string{"due: 2026-11-24}", "due: 2099-11-24}"}, "2026-11-23T23:00:00Z", stale.Path, "overdue 2026-11-23T23:00 since 11-23T23:00 rung 1 jdoe"},
		{"no next step, and none is needed", []string{"due: 2026-11-24}", "due: 2026-11-24, done: 2026-11-25}", "five working days\n", "five working days\n    met: 2026-11-25\n"}, "2026-12-26T23:00:00Z", stale.Path, ""},
		{"an open step", nil, "2026-12-26T23:00:00Z", stale.Path, ""},
		// High and related to the product, and the Product DRI is still to be named: at
		// once, and it is the turn of who leads Product.
		{"no Product DRI", []string{"  dri: mlee\n", "  dri: pending\n"}, "2026-11-20T10:00:00Z", stale.ProductDRI, "overdue 2026-11-20T09:30 since 11-20T09:30 rung 1 vproduct"},
		{"no Product DRI, and nobody says anything of one", []string{"  dri: mlee\n", ""}, "2026-11-20T10:00:00Z", stale.ProductDRI, "overdue 2026-11-20T09:30 since 11-20T09:30 rung 1 vproduct"},
		{"who leads Product keeps the turn", []string{"  dri: mlee\n", "  dri: pending\n"}, "2026-11-30T10:00:00Z", stale.ProductDRI, "overdue 2026-11-20T09:30 since 11-20T09:30 rung 2 vproduct"},
		{"at medium none is needed", []string{"severity: high", "severity: medium", "  dri: mlee\n", ""}, "2026-11-30T10:00:00Z", stale.ProductDRI, ""},
		// The case was opened for a CSE on a Friday: assigned with Monday, at 23:00Z.
		{"a CSE to be assigned, in time", cse, "2026-11-23T22:59:59Z", stale.CSE, "due 2026-11-23T23:00"},
		{"a CSE to be assigned: nobody leads CSEs, so it is the DRI's turn", cse, "2026-11-23T23:00:00Z", stale.CSE, "overdue 2026-11-23T23:00 since 11-23T23:00 rung 1 arivera"},
		// A stand-in until Tuesday the 24th: a day is over at 23:00Z.
		{"a stand-in has the turn", []string{"", cover}, "2026-11-24T22:59:59Z", stale.Channel, "overdue 2026-11-23T23:00 since 11-23T23:00 rung 1 pstand"},
		{"until the day is over", []string{"", cover}, "2026-11-24T23:00:00Z", stale.Standup, "overdue 2026-11-21T09:30 since 11-21T09:30 rung 2 rking"},
		{"a cover that runs is no matter", []string{"", cover}, "2026-11-24T22:59:59Z", stale.Cover, ""},
		{"a cover that has ended is advised", []string{"", cover}, "2026-11-24T23:00:00Z", stale.Cover, "advisory 2026-11-24T23:00"},
		{"a stand-in whom nobody knows is none", []string{"", "cover: {dri: nobody, until: 2026-11-24, reason: Leave}\n"}, "2026-11-24T10:00:00Z", stale.Channel, "overdue 2026-11-23T23:00 since 11-23T23:00 rung 1 jdoe"},
		// Nothing in a file puts its clocks to sleep.
		{"opened next year", []string{"2026-11-20T09:30:00Z", "2027-11-20T09:30:00Z"}, "2026-11-20T10:00:00Z", stale.Channel, "due 2026-11-23T23:00"},
		{"criteria not met", nil, "2026-12-27T16:00:00Z", stale.Criteria, ""},

		{"analysis owed", []string{"", fmt.Sprintf(closure, ", rca: {requested: true, platform_related: true, owner: ebrandt, due: 2026-12-17}")}, "2026-12-17T23:00:00Z", stale.RCA, "overdue 2026-12-17T23:00 since 12-17T23:00 rung 1 jdoe"},
		{"analysis delivered", []string{"", fmt.Sprintf(closure, ", rca: {requested: true, platform_related: true, owner: ebrandt, due: 2026-12-17, url: 'https://docs.example.com/rca'}")}, "2026-12-18T23:00:00Z", stale.RCA, ""},
		{"analysis not asked for", []string{"", fmt.Sprintf(closure, ", rca: {requested: false, platform_related: true}")}, "2026-12-18T23:00:00Z", stale.RCA, ""},
		{"closed", []string{"", fmt.Sprintf(closure, "")}, "2027-12-18T23:00:00Z", stale.Channel, ""},

		// On 29 March 2026 Berlin's clocks jump from 2 to 3: that day is over at 22:00Z.
		{"summer time begins", []string{"severity: high", "severity: critical", "dri: mlee", "dri: dpatel", "2026-11-20T09:30:00Z", "2026-03-28T12:00:00Z"}, "2026-03-29T21:59:00Z", stale.Channel, "due 2026-03-29T22:00"},
		// 28 February 2028 is a Monday, and the next day the 29th.
		{"leap day", []string{"2026-11-20T09:30:00Z", "2028-02-28T12:00:00Z"}, "2028-02-29T12:00:00Z", stale.Channel, "due 2028-02-29T23:00"},
		// Opened on a Saturday night: until the end of Monday.
		{"opened on a Saturday night", []string{"2026-11-20T09:30:00Z", "2026-11-21T23:30:00Z"}, "2026-11-22T12:00:00Z", stale.Channel, "due 2026-11-23T23:00"},
		// Its region changed to that of Singapore, UTC+8: Monday is over at 16:00Z.
		{"in another region", []string{"region: EMEA", "region: APAC"}, "2026-11-23T08:59:00Z", stale.Channel, "due 2026-11-23T16:00"},
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
		"": "due 2026-12-24T23:00", // a Thursday
		"regions: {EMEA: {holidays: {countries: [DE], dates: [2026-12-24]}}}\n":                          "due 2026-12-28T23:00", // Christmas is on Friday and Saturday
		"regions: {EMEA: {holidays: {countries: [DE]}, hours: {from: '08:00', to: '12:00'}}}\n":          "due 2026-12-24T23:00",
		"severities: {high: {channel: {due: 2}}}\nregions: {EMEA: {holidays: {countries: [DE]}}}\n":      "due 2026-12-28T23:00",
		"severities: {high: {channel: {advisory: true}}}\n":                                              "advisory 2026-12-24T23:00",
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
		// Overdue with Tuesday; the manager with Wednesday over, the leaders with Thursday.
		{"the DRI", led, "2026-11-25T10:00:00Z", "jdoe", 1},
		{"the manager too", led, "2026-11-25T23:00:00Z", "rking,jdoe", 2},
		{"the leaders of the region too", led, "2026-11-26T23:00:00Z", "alead,zlead,rking,jdoe", 3},
		{"a manager who leaves on the day after", edited(t, led, "account_manager]", "account_manager], left: 2026-11-26"), "2026-11-25T23:00:00Z", "rking,jdoe", 2},
		{"a leader who leaves later", led + "  blead: {name: Bo Lead, roles: [csm_leader], region: EMEA, left: 2026-11-30}\n", "2026-11-26T23:00:00Z", "alead,blead,zlead,rking,jdoe", 3},
		{"a leader who left", led + "  blead: {name: Bo Lead, roles: [csm_leader], region: EMEA, left: 2026-11-26}\n", "2026-11-26T23:00:00Z", "alead,zlead,rking,jdoe", 3},
		{"nobody manages the DRI", unmanaged, "2026-11-25T23:00:00Z", "alead,zlead,jdoe", 2},
		{"neither, nor a leader", edited(t, people, ", manager: rking}", "}", "csm_leader, ", ""), "2026-11-26T23:00:00Z", "jdoe", 3},
	} {
		r := at(t, check, c.people, "", base, c.now)
		i := r.Items[slices.IndexFunc(r.Items, func(i stale.Item) bool { return i.Clock == stale.Customer })]
		if got := handles(i); got != c.turn || i.Rung != c.rung || i.Turn != i.Asked[0] {
			t.Errorf("%s: %s on rung %d, want %s on %d", c.name, got, i.Rung, c.turn, c.rung)
		}
	}
	vacant := edited(t, people, "roles: [cro]", "roles: [cro], left: 2026-11-24")
	if got := words(at(t, check, vacant, "", base, "2026-11-25T10:00:00Z"), stale.Role); got != "advisory 2026-11-24T23:00" {
		t.Errorf("a role since its holder left: %q", got)
	}
	for _, i := range at(t, check, vacant, "", base, "2026-11-25T10:00:00Z").Items {
		if i.Clock == stale.Role && (i.Turn.Handle != "" || len(i.Asked) > 0) {
			t.Errorf("a vacant seat is the turn of %s", i.Turn.Handle)
		}
	}
	if got := words(at(t, check, vacant, "", base, "2026-11-23T10:00:00Z"), stale.Role); got != "" {
		t.Errorf("a role whose holder leaves tomorrow: %q", got)
	}
	if got := words(at(t, check, people, "", base, "2026-11-25T10:00:00Z"), stale.Role); got != "" {
		t.Errorf("all roles are held: %q", got)
	}
}

// handles are those who are asked, whose turn it is first.
func handles(i stale.Item) string {
	var all []string
	for _, h := range i.Handles() {
		all = append(all, string(h))
	}
	return strings.Join(all, ",")
}

// edits are edits with a text in the place of another.
func edits(pairs []string, was, is string) []string {
	var all []string
	for _, p := range pairs {
		all = append(all, strings.ReplaceAll(p, was, is))
	}
	return all
}

// Who is asked where it is not the ladder of a CSM: the owner of a late step
// beside the DRI; the managers of whoever owes an analysis; the CSE and the CSE
// leader (P29); the managers of a project's manager; at low nobody above the
// manager (P27).
func TestAsked(t *testing.T) {
	t.Parallel()
	check, base := newChecker(t), read(t, northwind)
	people := edited(t, read(t, tree.PeoplePath),
		"roles: [engineering]}", "roles: [engineering], manager: head}\n  head: {name: Hedy Ad, roles: [engineering], manager: cto}\n  cto: {name: Cy To, roles: [engineering]}\n  cselead: {name: Cel Ea, roles: [cse_leader]}",
		"roles: [services_project_manager]}", "roles: [services_project_manager], manager: head}",
		"roles: [account_executive], region: EMEA}", "roles: [account_executive], region: EMEA, manager: vsales}")
	const closure = "closure: {at: 2026-12-03T10:00:00Z, by: jdoe, resolution: resolved, outcome: positive, exit_criteria_met: false, why_not: Enough, summary: Split, agreement: 'https://docs.example.com/agreed', sentiment: red, " +
		"rca: {requested: true, platform_related: true, owner: ebrandt, due: 2026-12-17}}\n"
	cse := []string{"  csm: jdoe\n", "  cse: kwong\n  cse_help_case: https://crm.example.com/cases/1\n", "dri: jdoe", "dri: arivera"}
	pending := edits(cse, "kwong", "pending")
	covered := []string{"", "cover: {dri: arivera, until: 2026-11-26, reason: Leave}\n"}
	project := []string{"  csm: jdoe\n", "  csm: jdoe\n  services_project: {url: 'https://projects.example.com/1', manager: pnguyen}\n", "dri: jdoe", "dri: pnguyen"}
	for _, c := range []struct {
		name  string
		edits []string
		now   string
		clock stale.Clock
		want  string
	}{
		// A step of the 24th: late on the 25th, the manager's with that day over.
		{"a late step is its owner's too", []string{"owner: jdoe", "owner: tmora"}, "2026-11-25T10:00:00Z", stale.Step, "1 jdoe,tmora"},
		{"and the manager's, and no leader's", []string{"owner: jdoe", "owner: tmora"}, "2026-12-25T10:00:00Z", stale.Step, "2 rking,jdoe,tmora"},
		{"an analysis", []string{"", closure}, "2026-12-18T10:00:00Z", stale.RCA, "1 jdoe,ebrandt"},
		{"its owner's manager", []string{"", closure}, "2026-12-18T23:00:00Z", stale.RCA, "2 head,jdoe,ebrandt"},
		{"the manager of that one", []string{"", closure}, "2026-12-21T23:00:00Z", stale.RCA, "3 cto,head,jdoe,ebrandt"},
		{"a stand-in, in the DRI's place", covered, "2026-11-25T10:00:00Z", stale.Customer, "1 arivera"},
		{"the DRI's manager, and the stand-in", covered, "2026-11-25T23:00:00Z", stale.Customer, "2 rking,arivera"},
		{"a late step of the DRI is the stand-in's", covered, "2026-11-25T10:00:00Z", stale.Step, "1 arivera"},
		{"and of somebody else that one's too", append([]string{"owner: jdoe", "owner: tmora"}, covered...), "2026-11-25T10:00:00Z", stale.Step, "1 arivera,tmora"},
		{"who assigns the CSE", pending, "2026-11-24T10:00:00Z", stale.CSE, "1 cselead,arivera"},
		{"and the manager beside", pending, "2026-11-25T10:00:00Z", stale.CSE, "2 cselead,vsales,arivera"},
		{"a CSE to be assigned is nobody's turn", pending, "2026-11-25T10:00:00Z", stale.Customer, "1 arivera"},
		{"who assigns the Product DRI", []string{"  dri: mlee\n", "  dri: pending\n"}, "2026-11-20T10:00:00Z", stale.ProductDRI, "1 vproduct,jdoe"},
		{"a CSE is told first", cse, "2026-11-25T10:00:00Z", stale.Customer, "1 kwong,arivera"},
		{"then who leads the CSEs", cse, "2026-11-25T23:00:00Z", stale.Customer, "2 cselead,kwong,arivera"},
		{"then the CSM leader", cse, "2026-11-26T23:00:00Z", stale.Customer, "3 rking,cselead,kwong,arivera"},
		{"but the standup is the DRI's", cse, "2026-11-23T10:00:00Z", stale.Standup, "1 arivera"},
		{"a project's", project, "2026-11-25T23:00:00Z", stale.Customer, "2 head,pnguyen"},
		{"a project's, at the end", project, "2026-11-26T23:00:00Z", stale.Customer, "3 cto,head,pnguyen"},
		{"low ends at the manager", []string{"severity: high", "severity: low", "due: 2026-11-24}", "due: 2026-11-24, done: 2026-11-24}"}, "2026-12-25T23:00:00Z", stale.Path, "2 rking,jdoe"},
	} {
		r := at(t, check, people, "", edited(t, base, c.edits...), c.now)
		n := slices.IndexFunc(r.Items, func(i stale.Item) bool { return i.Clock == c.clock })
		if n < 0 {
			t.Errorf("%s: no such clock: %+v", c.name, r)
			continue
		}
		if got := fmt.Sprintf("%d %s", r.Items[n].Rung, handles(r.Items[n])); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// A policy may give Product some hours to name its DRI; one who is not even pending
// has none (P9).
func TestPendingHours(t *testing.T) {
	t.Parallel()
	check, people, base := newChecker(t), read(t, tree.PeoplePath), read(t, northwind)
	const policy = "product: {pending_hours: 8}\n"
	pending := edited(t, base, "  dri: mlee\n", "  dri: pending\n")
	for _, c := range []struct{ name, file, now, want string }{
		{"in time", pending, "2026-11-20T17:29:59Z", "due 2026-11-20T17:30"},
		{"over", pending, "2026-11-20T17:30:00Z", "overdue 2026-11-20T17:30 since 11-20T17:30 rung 1 vproduct"},
		{"not pending", edited(t, base, "  dri: mlee\n", ""), "2026-11-20T09:30:00Z", "overdue 2026-11-20T09:30 since 11-20T09:30 rung 1 vproduct"},
	} {
		if got := words(at(t, check, people, policy, c.file, c.now), stale.ProductDRI); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Nobody has said anything of a low escalation for thirty days: that is asked in the
// digest, and nobody is (P25). Any word counts.
func TestSilent(t *testing.T) {
	t.Parallel()
	check, people, base := newChecker(t), read(t, tree.PeoplePath), read(t, northwind)
	low := edited(t, base, "severity: high", "severity: low")
	for _, c := range []struct {
		name, file, now string
		want            bool
	}{
		{"thirty days after the opening", low, "2026-12-20T22:59:59Z", false},
		{"when that day is over", low, "2026-12-20T23:00:00Z", true},
		{"thirty days after a word", low + "updates:\n  - {at: 2026-12-01T09:00:00Z, by: jdoe, to: [internal], text: Nothing new}\n", "2026-12-30T23:00:00Z", false},
		{"high", base, "2026-12-30T23:00:00Z", false},
	} {
		if r := at(t, check, people, "", c.file, c.now); len(r.Open) != 1 || r.Open[0].Silent != c.want {
			t.Errorf("%s: %+v", c.name, r.Open)
		}
	}
}

// What is missing in a file that can be read hides nothing else; that lint refuses
// it is said beside.
func TestIncomplete(t *testing.T) {
	t.Parallel()
	check, people, base := newChecker(t), read(t, tree.PeoplePath), read(t, northwind)
	r := at(t, check, people, "", edited(t, base, "  dri: mlee\n", "", "approach: Reproduce the waiting in our lab, then tune the queue with the customer.\n", ""), "2026-11-24T10:00:00Z")
	if got := words(r, stale.Channel); got != "overdue 2026-11-23T23:00 since 11-23T23:00 rung 1 jdoe" || len(r.Unread) > 0 || len(r.Incomplete) != 1 {
		t.Errorf("%q, unread %v, incomplete %v", got, r.Unread, r.Incomplete)
	}
	for name, gone := range map[string]string{"it has no severity": "severity: high\n", "it has no region": "  region: EMEA\n"} {
		r := at(t, check, people, "", edited(t, base, gone, ""), "2026-11-24T10:00:00Z")
		if len(r.Unread) != 1 || !strings.HasPrefix(r.Unread[0].Why, name) || len(r.Items) > 0 {
			t.Errorf("%s: %+v", name, r)
		}
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
			fmt.Fprintf(&b, "%s %s %s %s %d %s\n", i.Clock, i.State, i.Due.UTC(), i.Since.UTC(), i.Rung, i.Turn.Handle)
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
		if rapid.Bool().Draw(rt, "covered") {
			file += "cover: {dri: rking, until: " + start.AddDate(0, 0, rapid.IntRange(0, 9).Draw(rt, "cover")).Format(time.DateOnly) + ", reason: Leave}\n"
		}
		tr := open(t, check, people, "", file)
		now := start.Add(time.Duration(rapid.IntRange(0, 40*24*3600).Draw(rt, "seconds")) * time.Second)
		r := stale.Check(tr, now, nil)
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
		if before, after := shown(r), shown(stale.Check(tr, later, nil)); before != after {
			rt.Fatalf("at %s\n%sat %s\n%sthough nothing was to change before %s", now, before, later, after, next)
		}
		if !r.Next().IsZero() {
			if before, after := shown(r), shown(stale.Check(tr, next, nil)); before == after {
				rt.Fatalf("nothing changes at %s\n%s", next, before)
			}
		}
	})
}

// A report that is split says of each escalation what the whole one says of it, and of all
// what is about all.
func TestSplit(t *testing.T) {
	t.Parallel()
	r := stale.Report{
		Items:      []stale.Item{{Escalation: "2026/a", What: "one"}, {Escalation: "2026/b"}, {Escalation: "2026/a", What: "two"}},
		Unread:     []stale.Unread{{Escalation: "2026/b", Why: "b"}, {Why: "all"}},
		Incomplete: []schema.ID{"2026/a"},
	}
	of := r.Split()
	if a := of("2026/a"); len(a.Items) != 2 || a.Items[1].What != "two" || len(a.Unread) != 1 || a.Unread[0].Why != "all" || len(a.Incomplete) != 1 {
		t.Errorf("a: %+v", a)
	}
	if b := of("2026/b"); len(b.Items) != 1 || len(b.Unread) != 2 || len(b.Incomplete) != 0 {
		t.Errorf("b: %+v", b)
	}
	if c := of("2026/c"); len(c.Items) != 0 || len(c.Unread) != 1 {
		t.Errorf("c: %+v", c)
	}
}
