package stale_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// triage of two, one of whom has left, and leaders of the region and of another.
const (
	triaged = "triage: [rking, gone, nobody]\n"
	leaders = "  lead: {name: Lee Ad, github: leead, roles: [csm_leader], region: EMEA}\n" +
		"  other: {name: Otto Er, roles: [csm_leader], region: APAC}\n" +
		"  gone: {name: Gone, roles: [csm_manager], left: 2026-11-01}\n"
)

// propose asks about one proposal, of files that the default branch lacks.
func propose(t testing.TB, check *shape.Checker, policy, opened, now string, files ...string) (*tree.Tree, stale.Report) {
	t.Helper()
	tr := open(t, check, read(t, tree.PeoplePath)+leaders, policy, read(t, northwind))
	moment := func(s string) time.Time {
		at, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	p := stale.Proposal{Number: 41, Called: "pull request", Numbered: "#41", URL: "https://github.example/pull/41", Opened: moment(opened)}
	for i, file := range files {
		p.Files = append(p.Files, tree.Read(fmt.Sprintf("escalations/2026/litware-%d.yaml", i), []byte(file), check))
	}
	r := stale.Report{Now: moment(now)}
	r.Propose(tr, []stale.Proposal{p})
	return tr, r
}

// P1: triage is asked after one hour at critical and high, after four at medium and low:
// of the region's working time, at critical of any. Then the CSM leader is, too. In 2026,
// 20 November is a Friday; Berlin is an hour ahead.
func TestProposalClock(t *testing.T) {
	t.Parallel()
	check := newChecker(t)
	of := func(severity string) string {
		return edited(t, read(t, northwind), "severity: high", "severity: "+severity)
	}
	for _, tc := range []struct {
		name, severity, policy, opened, now, want string
	}{
		{"high, in time", "high", triaged, "2026-11-20T09:00:00Z", "2026-11-20T09:59:59Z", "due 2026-11-20T10:00"},
		{"high, after an hour", "high", triaged, "2026-11-20T09:00:00Z", "2026-11-20T10:00:00Z", "overdue 2026-11-20T10:00 since 11-20T10:00 rung 1 rking"},
		{"high, on a weekend", "high", triaged, "2026-11-20T15:30:00Z", "2026-11-22T12:00:00Z", "due 2026-11-23T08:30"},
		{"high, a working day later", "high", triaged, "2026-11-20T09:00:00Z", "2026-11-23T23:00:00Z", "overdue 2026-11-20T10:00 since 11-20T10:00 rung 1 rking"},
		{"high, two working days later", "high", triaged, "2026-11-20T09:00:00Z", "2026-11-24T23:00:00Z", "overdue 2026-11-20T10:00 since 11-20T10:00 rung 3 lead"},
		{"critical, at night", "critical", triaged, "2026-11-20T22:00:00Z", "2026-11-20T23:00:00Z", "overdue 2026-11-20T23:00 since 11-20T23:00 rung 1 rking"},
		{"critical, twelve hours later", "critical", triaged, "2026-11-20T22:00:00Z", "2026-11-21T11:00:00Z", "overdue 2026-11-20T23:00 since 11-20T23:00 rung 3 lead"},
		{"medium, after an hour", "medium", triaged, "2026-11-20T09:00:00Z", "2026-11-20T12:59:59Z", "due 2026-11-20T13:00"},
		{"medium, after four", "medium", triaged, "2026-11-20T09:00:00Z", "2026-11-20T13:00:00Z", "overdue 2026-11-20T13:00 since 11-20T13:00 rung 1 rking"},
		{"low: the leader as well", "low", triaged, "2026-11-20T09:00:00Z", "2026-11-24T23:00:00Z", "overdue 2026-11-20T13:00 since 11-20T13:00 rung 3 lead"},
		{"other hours", "low", triaged + "severities: {low: {proposal_hours: 2}}\n", "2026-11-20T09:00:00Z", "2026-11-20T11:00:00Z", "overdue 2026-11-20T11:00 since 11-20T11:00 rung 1 rking"},
		{"no triage: the leader", "high", "", "2026-11-20T09:00:00Z", "2026-11-20T10:00:00Z", "overdue 2026-11-20T10:00 since 11-20T10:00 rung 1 lead"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, r := propose(t, check, tc.policy, tc.opened, tc.now, of(tc.severity))
			if got := words(r, stale.Proposed); got != tc.want || len(r.Unread) > 0 {
				t.Errorf("%s, %v\nwant %s", got, r.Unread, tc.want)
			}
		})
	}
}

// Of what is no escalation, nothing is said; of what cannot be read, that.
func TestProposalFiles(t *testing.T) {
	t.Parallel()
	check, file := newChecker(t), read(t, northwind)
	for _, tc := range []struct {
		name         string
		files        []string
		want, unread string
	}{
		{"none", nil, "", ""},
		{"a story told afterwards", []string{file + "closure: {at: 2026-11-20T08:00:00Z, by: jdoe, resolution: withdrawn, reason: It was the wrong customer}\n"}, "", ""},
		{"no YAML", []string{"severity: [\n"}, "", "2026/litware-0: pull request #41 is to open it, and its file has errors"},
		{"no severity", []string{edited(t, file, "severity: high\n", "")}, "", "2026/litware-0: pull request #41 is to open it, and its file has no severity"},
		{"a region that the policy lacks", []string{edited(t, file, "region: EMEA", "region: MARS")}, "", "2026/litware-0: pull request #41 is to open it, and the policy has no region `MARS`"},
		{"two: one clock, of whose time is up first", []string{edited(t, file, "severity: high", "severity: low"), file},
			"2026/litware-1: pull request #41, which is to open it, is not merged, and 1 more escalation", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, r := propose(t, check, triaged, "2026-11-20T09:00:00Z", "2026-11-20T10:00:00Z", tc.files...)
			var got, unread []string
			for _, i := range r.Items {
				got = append(got, fmt.Sprintf("%s: %s", i.Escalation, i.What))
			}
			for _, u := range r.Unread {
				unread = append(unread, fmt.Sprintf("%s: %s", u.Escalation, u.Why))
			}
			if g, u := strings.Join(got, "; "), strings.Join(unread, "; "); g != tc.want || u != tc.unread {
				t.Errorf("%q, unread %q", g, u)
			}
		})
	}
}

// Who is asked is asked on the pull request, once a day and rung, in working hours; the
// proposal's own people and words do not matter. After the merge nobody is.
func TestProposalReminders(t *testing.T) {
	t.Parallel()
	check := newChecker(t)
	var told []notice.Notice
	tell := func(now string, files ...string) []string {
		_, r := propose(t, check, triaged, "2026-11-20T09:00:00Z", now, files...)
		var said []string
		for _, n := range stale.Reminders(r, func(schema.ID) []notice.Notice { return told }, func(schema.Handle) notice.Place { return notice.Channel }) {
			said = append(said, fmt.Sprintf("%s>%s #%d %v", n.Key, n.To, n.Change(), n.Mentions))
			if is, err := r.Still(n); !is || err != nil {
				t.Errorf("%s ended: %v", n.Key, err)
			}
			if text := n.Text.Plain(); strings.Contains(text, "Northwind") || !strings.Contains(text, "It ends with its merge or its closing.") {
				t.Errorf("it says %q", text)
			}
			told = append(told, n)
		}
		return said
	}
	file := edited(t, read(t, northwind), "dri: jdoe\nproduct", "dri: arivera\nproduct")
	const key = "2026/litware-0 reminder proposal 41 2026-11-20T10:00:00Z "
	for _, step := range []struct {
		now  string
		want []string
	}{
		{"2026-11-20T09:59:00Z", nil},
		{"2026-11-20T10:00:00Z", []string{key + "1 2026-11-20>proposal #41 [rking]"}},
		{"2026-11-20T12:00:00Z", nil}, // on the same day
		{"2026-11-21T12:00:00Z", nil}, // nobody works
		{"2026-11-23T08:00:00Z", []string{key + "1 2026-11-23>proposal #41 [rking]"}},
		{"2026-11-25T08:00:00Z", []string{key + "3 2026-11-25>proposal #41 [lead rking]"}},
	} {
		if got := tell(step.now, file); !slices.Equal(got, step.want) {
			t.Errorf("%s: %q", step.now, got)
		}
	}
	if got := tell("2026-11-26T08:00:00Z"); got != nil {
		t.Errorf("it is merged, and %q is said", got)
	}
	gone := stale.Report{}
	if is, err := gone.Still(told[0]); is || err != nil {
		t.Errorf("it is merged: %t, %v", is, err)
	}
	gone.Unlisted = fmt.Errorf("GitHub is down")
	if is, err := gone.Still(told[0]); is || err == nil {
		t.Errorf("nobody knows: %t, %v", is, err)
	}
	ordinary := notice.Notice{Escalation: "2026/northwind", Moment: notice.Reminder, To: notice.Channel, Key: "2026/northwind reminder case 2026-11-21T09:00:00Z 1 2026-11-23"}
	if is, err := gone.Still(ordinary); is || err != nil {
		t.Errorf("it has nothing to do with proposals: %t, %v", is, err)
	}
}

// Where nobody is there to be asked, that is shown, and nobody is reminded.
func TestProposalOfNobody(t *testing.T) {
	t.Parallel()
	check := newChecker(t)
	tr := open(t, check, read(t, tree.PeoplePath), "triage: [nobody]\n", read(t, northwind))
	tr.People.People["rking"] = schema.Person{Name: "Robin King"} // who leads nobody
	r := stale.Report{Now: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)}
	r.Propose(tr, []stale.Proposal{{Number: 41, Opened: r.Now.Add(-2 * time.Hour), Files: []*tree.Escalation{tree.Read("escalations/2026/litware.yaml", []byte(read(t, northwind)), check)}}})
	if len(r.Items) != 1 || r.Items[0].State != stale.Overdue || len(r.Items[0].Asked) > 0 {
		t.Fatalf("%+v", r.Items)
	}
	if all := stale.Reminders(r, func(schema.ID) []notice.Notice { return nil }, nil); len(all) > 0 {
		t.Errorf("%+v", all)
	}
}
