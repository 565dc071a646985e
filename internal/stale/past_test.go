package stale_test

import (
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// No clock starts before the fact that it counts from was told (P25). Each case is
// a story of Northwind, opened on Friday, 20 November 2026, 09:30Z, in Berlin,
// where a day is over at 23:00Z. A version is the day on which it was told, and
// what is changed in the file of the fixture.
func TestPast(t *testing.T) {
	t.Parallel()
	check, people, base := newChecker(t), read(t, tree.PeoplePath), read(t, northwind)
	const (
		closure = "closure: {at: 2026-11-25T10:00:00Z, by: jdoe, resolution: resolved, outcome: positive, exit_criteria_met: false, why_not: Enough, summary: Split, agreement: 'https://docs.example.com/agreed', sentiment: red}\n"
		project = "  csm: jdoe\n  services_project: {url: 'https://projects.example.com/1', manager: pnguyen}\n"
		again   = "updates:\n  - {at: 2026-12-28T09:00:00Z, by: jdoe, to: [internal], text: It is back}\n"
		worse   = "updates:\n  - {at: 2026-12-01T09:00:00Z, by: jdoe, to: [internal], text: It got worse}\n"
	)
	type version struct {
		at    string
		edits []string
	}
	moment := func(s string) time.Time {
		at, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, c := range []struct {
		name       string
		told, main []version // the last one of both, told first, is the file
		lines      map[notice.Moment]string
		now        string
		clock      stale.Clock
		want       string
	}{
		{
			"opened in November, declared on Monday, 28 December: it is not a month late",
			[]version{{"2026-12-28T10:00:00Z", nil}}, nil, nil,
			"2026-12-28T10:01:00Z", stale.Channel, "due 2026-12-29T23:00",
		},
		{
			"nor is the standup: 24 hours from then",
			[]version{{"2026-12-28T10:00:00Z", nil}}, nil, nil,
			"2026-12-28T10:01:00Z", stale.Standup, "due 2026-12-29T10:00",
		},
		{
			"nor is a step of 24 November, which is due on the day of the declaration",
			[]version{{"2026-12-28T10:00:00Z", nil}}, nil, nil,
			"2026-12-28T10:01:00Z", stale.Step, "due 2026-12-28T23:00",
		},
		{
			"the line of the ledger comes first: Slack was down until Tuesday",
			[]version{{"2026-12-28T10:00:00Z", nil}}, nil, map[notice.Moment]string{notice.Opened: "2026-12-29T10:00:00Z"},
			"2026-12-29T10:01:00Z", stale.Channel, "due 2026-12-30T23:00",
		},
		{
			"without a ledger, the default branch counts",
			nil, []version{{"2026-12-28T10:00:00Z", nil}}, nil,
			"2026-12-28T10:01:00Z", stale.Channel, "due 2026-12-29T23:00",
		},
		{
			"without anything, the file does",
			nil, nil, nil,
			"2026-12-28T10:01:00Z", stale.Channel, "overdue 2026-11-23T23:00 since 11-23T23:00 rung 2 rking",
		},
		{
			"what was told later than the moment that is asked about counts for nothing",
			[]version{{"2026-12-28T10:00:00Z", nil}}, nil, nil,
			"2026-11-24T10:00:00Z", stale.Channel, "overdue 2026-11-23T23:00 since 11-23T23:00 rung 1 jdoe",
		},
		{
			"reopened after a month, on Monday: the customer hears until Wednesday",
			[]version{{"2026-11-20T10:00:00Z", nil}, {"2026-11-25T10:00:00Z", []string{"", closure}}, {"2026-12-28T09:30:00Z", []string{"", again}}}, nil, nil,
			"2026-12-28T09:31:00Z", stale.Customer, "due 2026-12-30T23:00",
		},
		{
			"and its old step is due on that day",
			[]version{{"2026-11-20T10:00:00Z", nil}, {"2026-11-25T10:00:00Z", []string{"", closure}}, {"2026-12-28T09:30:00Z", []string{"", again}}}, nil, nil,
			"2026-12-28T09:31:00Z", stale.Step, "due 2026-12-28T23:00",
		},
		{
			"a project ends on Monday with its case pending: four hours from then",
			[]version{
				{"2026-11-20T10:00:00Z", []string{"https://crm.example.com/cases/5002", "pending", "  csm: jdoe\n", project, "dri: jdoe", "dri: pnguyen"}},
				{"2026-11-30T10:00:00Z", []string{"https://crm.example.com/cases/5002", "pending"}},
			}, nil, nil,
			"2026-11-30T10:01:00Z", stale.Case, "due 2026-11-30T14:00",
		},
		{
			"and where the channel heard of it on Tuesday only, from then",
			[]version{
				{"2026-11-20T10:00:00Z", []string{"https://crm.example.com/cases/5002", "pending", "  csm: jdoe\n", project, "dri: jdoe", "dri: pnguyen"}},
				{"2026-11-30T10:00:00Z", []string{"https://crm.example.com/cases/5002", "pending"}},
			}, nil, map[notice.Moment]string{notice.Opened: "2026-11-20T10:00:10Z", notice.Account: "2026-12-01T10:00:00Z"},
			"2026-12-01T10:01:00Z", stale.Case, "due 2026-12-01T14:00",
		},
		{
			"the line of another change of the steps, a month later, says nothing of this one",
			[]version{
				{"2026-11-20T10:00:00Z", nil},
				{"2026-12-20T10:00:00Z", []string{"due: 2026-11-24}\n", "due: 2026-11-24}\n  - {step: Tune, owner: jdoe, due: 2026-12-24, done: 2026-12-20}\n"}},
			}, nil, map[notice.Moment]string{notice.Steps: "2026-12-20T10:00:10Z"},
			"2026-12-21T10:00:00Z", stale.Step, "overdue 2026-11-24T23:00 since 11-24T23:00 rung 2 rking",
		},
		{
			"reopened by a commit dated 2036: from the update that says why",
			[]version{{"2026-11-20T10:00:00Z", nil}, {"2026-11-25T10:00:00Z", []string{"", closure}}, {"2036-01-01T00:00:00Z", []string{"", again}}}, nil, nil,
			"2026-12-28T09:31:00Z", stale.Customer, "due 2026-12-30T23:00",
		},
		{
			"medium, nothing heard since the opening, raised to high on Tuesday: the customer hears until Thursday",
			[]version{{"2026-11-20T10:00:00Z", []string{"severity: high", "severity: medium"}}, {"2026-12-01T09:30:00Z", []string{"", worse}}}, nil, nil,
			"2026-12-01T10:00:00Z", stale.Customer, "due 2026-12-03T23:00",
		},
		{
			"what is late at high is not put to sleep by medium: due a week after the opening",
			[]version{{"2026-11-20T10:00:00Z", nil}, {"2026-12-01T09:30:00Z", []string{"severity: high", "severity: medium", "", worse}}}, nil, nil,
			"2026-12-01T10:00:00Z", stale.Customer, "due 2026-11-27T23:00",
		},
		{
			"all criteria met on Wednesday, told on Monday: two working days from then",
			[]version{{"2026-11-20T10:00:00Z", nil}, {"2026-11-30T10:00:00Z", []string{"five working days\n", "five working days\n    met: 2026-11-25\n"}}}, nil, nil,
			"2026-11-30T10:01:00Z", stale.Criteria, "due 2026-12-02T23:00",
		},
		{
			"the last step done on Wednesday, told on Monday: the next one by Tuesday",
			[]version{{"2026-11-20T10:00:00Z", nil}, {"2026-11-30T10:00:00Z", []string{"due: 2026-11-24}", "due: 2026-11-24, done: 2026-11-25}"}}}, nil, nil,
			"2026-11-30T10:01:00Z", stale.Path, "due 2026-12-01T23:00",
		},
	} {
		file := base
		versions := func(list []version) (all []process.Version) {
			for _, v := range list {
				file = edited(t, base, v.edits...)
				e := tree.Read(northwind, []byte(file), check)
				if e.Misread() {
					t.Fatalf("%s: cannot be read: %+v", c.name, e.Faults)
				}
				all = append(all, process.Version{At: moment(v.at), Escalation: &e.Escalation})
			}
			return all
		}
		past := stale.Past{True: versions(c.main), Told: versions(c.told)}
		for m, at := range c.lines {
			past.Lines = append(past.Lines, notice.Notice{Moment: m, At: moment(at), State: notice.Done})
		}
		r := stale.Check(open(t, check, people, "", file), moment(c.now), func([]stale.Current) map[schema.ID]stale.Past {
			return map[schema.ID]stale.Past{"2026/northwind": past}
		})
		if got := words(r, c.clock); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Who is asked when, and where, through Northwind's days: each line is a run of
// the schedule, and what it says.
func TestReminders(t *testing.T) {
	t.Parallel()
	check, people, base := newChecker(t), read(t, tree.PeoplePath), read(t, northwind)
	people = edited(t, people, "github: anarivera, ", "slack: U012AB3CE, ", "roles: [support_engineer]", "roles: [support_engineer, cse_leader]", "roles: [csm]", "roles: [csm, cse]")
	base = edited(t, base, "due: 2026-11-24", "due: 2026-12-24") + "standup: {days: [mon], time: '10:30', zone: Europe/Berlin, link: 'https://meet.example.com/n', attendees: [jdoe, mlee]}\n"
	type run struct{ now, want string }
	for _, c := range []struct {
		name  string
		edits []string
		runs  []run
	}{
		{"high: asked in the afternoon of the day, and when it is over in working hours", nil, []run{
			{"2026-11-21T14:00:00Z", ""}, // a Saturday
			{"2026-11-23T13:59:00Z", ""}, // 14:59 in Berlin
			{"2026-11-23T14:17:00Z", "invite jdoe; channel 0 jdoe"},
			{"2026-11-23T16:17:00Z", ""},
			{"2026-11-23T23:17:00Z", ""}, // it is overdue, and night
			{"2026-11-24T08:17:00Z", "channel 1 jdoe"},
			{"2026-11-24T14:17:00Z", ""},
			{"2026-11-25T08:17:00Z", "channel 2 jdoe rking(tracking); customer 1 jdoe"}, // rking is not in Slack
		}},
		{"critical: at weekends and at night, the manager at once, the leader after twelve hours", []string{"severity: high", "severity: critical", "dri: mlee", "dri: dpatel"}, []run{
			{"2026-11-21T14:17:00Z", "invite jdoe; channel 0 jdoe"},
			{"2026-11-21T23:17:00Z", "channel 2 jdoe rking(tracking); customer 2 jdoe rking(tracking)"},
			{"2026-11-22T10:17:00Z", ""},
			{"2026-11-22T11:17:00Z", "channel 3 jdoe rking(tracking); customer 3 jdoe rking(tracking)"},
		}},
		{"medium: due after seven days, asked about after ten, overdue after fourteen", []string{"severity: high", "severity: medium"}, []run{
			{"2026-11-30T10:17:00Z", ""},
			{"2026-11-30T23:17:00Z", ""},
			{"2026-12-01T08:17:00Z", "invite jdoe; customer 0 jdoe"},
			{"2026-12-02T08:17:00Z", ""},
			{"2026-12-07T08:17:00Z", "customer 1 jdoe"},
		}},
		{"a stand-in is asked in the place of the DRI, and comes in", []string{"", "cover: {dri: arivera, until: 2026-11-24, reason: Leave}\n"}, []run{
			{"2026-11-23T14:17:00Z", "invite arivera; channel 0 arivera"},
			{"2026-11-24T08:17:00Z", "channel 1 arivera"},
			{"2026-11-25T08:17:00Z", "invite jdoe; channel 2 jdoe rking(tracking); customer 1 jdoe"},
		}},
		{"the owner of a late step is asked beside, and comes in", []string{"owner: jdoe, due: 2026-12-24", "owner: arivera, due: 2026-11-20"}, []run{
			{"2026-11-23T08:17:00Z", "invite jdoe arivera; step 1 jdoe arivera"},
		}},
		{"a CSE account: the CSE, then who leads the CSEs, and the DRI beside", []string{"  csm: jdoe\n", "  cse: jdoe\n  cse_help_case: https://crm.example.com/cases/1\n", "dri: jdoe", "dri: arivera"}, []run{
			{"2026-11-23T14:17:00Z", "invite jdoe arivera; channel 0 jdoe arivera"},
			{"2026-11-24T08:17:00Z", "channel 1 jdoe arivera"},
			{"2026-11-25T08:17:00Z", "channel 2 jdoe arivera tmora(tracking); customer 1 jdoe arivera"},
			{"2026-11-27T08:17:00Z", "channel 2 jdoe arivera tmora(tracking); customer 3 jdoe arivera rking tmora(tracking)"},
		}},
		{"a snooze that is over is not asked about twice", []string{"", "snooze: {until: 2026-11-26, reason: Holiday, by: rking}\nupdates:\n  - {at: 2026-11-25T22:00:00Z, by: jdoe, to: [internal], text: Nothing new}\n"}, []run{
			{"2026-11-25T23:17:00Z", ""},
			{"2026-11-26T08:17:00Z", "invite jdoe; customer 1 jdoe"},
		}},
		{"high: who is asked late in the day is not asked at night", nil, []run{{"2026-11-23T16:00:00Z", ""}, {"2026-11-23T21:17:00Z", ""}}},
		{"low: nobody", []string{"severity: high", "severity: low"}, []run{{"2026-12-23T10:17:00Z", ""}}},
	} {
		tr := open(t, check, people, "", edited(t, base, c.edits...))
		var told []notice.Notice
		for _, x := range c.runs {
			now, _ := time.Parse(time.RFC3339, x.now)
			reached := func(h schema.Handle) notice.Place {
				if tr.People.People[h].Slack == "" {
					return notice.Tracking
				}
				return notice.Channel
			}
			all := stale.Reminders(stale.Check(tr, now, nil), func(schema.ID) []notice.Notice { return told }, reached)
			told = append(told, all...)
			if got := said(all); got != x.want {
				t.Errorf("%s, at %s: %q, want %q", c.name, x.now, got, x.want)
			}
		}
	}
}

// said says what a run tells: who is invited, and of each rung of a clock who is
// mentioned, those in the tracking issue marked.
func said(all []notice.Notice) string {
	var parts []string
	for _, n := range all {
		switch key := strings.Fields(n.Key); {
		case n.Do == notice.Invite:
			parts = append(parts, "invite "+join(n))
		case n.To == notice.Channel:
			parts = append(parts, strings.TrimSpace(key[2]+" "+key[4]+" "+join(n)))
		case len(n.Mentions) > 0:
			parts[len(parts)-1] += " " + join(n) + "(tracking)"
		}
	}
	return strings.Join(parts, "; ")
}

func join(n notice.Notice) string {
	var all []string
	for _, h := range n.Mentions {
		all = append(all, string(h))
	}
	return strings.Join(all, " ")
}
