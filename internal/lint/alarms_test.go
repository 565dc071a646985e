package lint_test

import (
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/change"
	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/lint"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// What people do by right is no error: at most a warning that stops nobody.
func TestNoFalseAlarm(t *testing.T) {
	t.Parallel()
	check := checker(t)
	base := map[string]string{northwind: fixture.Read(northwind), tree.PeoplePath: fixture.Read(tree.PeoplePath)}
	tuesday := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	person := func(old, new string) rewrite { return rewrite{tree.PeoplePath, old, new} }
	closed := []rewrite{{"", "due: 2026-11-24}", "due: 2026-11-24, done: 2026-11-24}"}, {"", "", closure}}
	for _, c := range []struct {
		name   string
		was    []rewrite // how what was there differs from the fixture
		is     []rewrite // what the change does to it
		commit time.Time
		want   string
	}{
		// P8: a warning before that day, where the person has a part in what is open.
		{"the CSM leaves at the end of the year", nil, []rewrite{person("roles: [csm], region: EMEA, manager: rking", "roles: [csm], region: EMEA, manager: rking, left: 2026-12-31")},
			tuesday, "northwind:12 person-left P8 warning; northwind:28 person-left P8 warning"},
		{"the DRI's manager leaves at the end of the year", nil, []rewrite{person("csm_leader, account_manager]", "csm_leader, account_manager], left: 2026-12-31")}, tuesday, ""},
		{"the VP of Sales leaves at the end of the year", nil, []rewrite{person("[vp_sales]", "[vp_sales], left: 2026-12-31")}, tuesday, ""},
		{"a step is done by somebody who left since", []rewrite{{"", "owner: jdoe, due: 2026-11-24", "owner: okhan, due: 2026-11-24, done: 2026-11-23"}, {"", "", "  - {step: Tune, owner: jdoe, due: 2026-12-01}\n"}, {"", "  team: [okhan]\n", ""}},
			[]rewrite{person("[product_manager]", "[product_manager], left: 2026-11-24")}, tuesday, ""},

		// P6, P8: a manager of CSMs who looks after an account is its CSM.
		{"a CSM manager covers as CSM", nil, []rewrite{{"", "csm: jdoe", "csm: rking"}, {"", "\ndri: jdoe", "\ndri: rking"}, {"", "", twoUpdates}}, tuesday, ""},
		{"a CSM manager stands in", nil, []rewrite{{"", "", "cover: {dri: rking, until: 2026-12-04, reason: Jo is on leave}\n"}}, tuesday, ""},

		// P5: a vacant seat is told at the directory, once, and stops nobody.
		{"the VP of Sales has left", nil, []rewrite{person("[vp_sales]", "[vp_sales], left: 2026-11-23")}, tuesday, "people:1 role-vacant P5 warning"},
		{"nobody is VP of Sales", nil, []rewrite{person("  vsales: {name: Val Ortega, roles: [vp_sales]}\n", "")}, tuesday, "people:1 role-vacant P5 warning"},
		{"an update where a seat is vacant", []rewrite{person("[vp_sales]", "[vp_sales], left: 2026-11-21")}, []rewrite{{"", "", twoUpdates}}, time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), "people:1 role-vacant P5 old warning"},

		// P22: the second one of a day, of the region's, is a warning.
		{"a second significant update on a day", []rewrite{{"", "", "updates:\n  - {at: 2026-11-24T08:00:00Z, by: jdoe, to: [internal], significant: true, text: The test failed.}\n"}},
			[]rewrite{{"", "", "  - {at: 2026-11-24T08:30:00Z, by: jdoe, to: [internal], significant: true, text: It failed again.}\n"}}, tuesday, "northwind:31 significant-once P22 warning"},
		{"one on the day after", []rewrite{{"", "", "updates:\n  - {at: 2026-11-23T22:30:00Z, by: jdoe, to: [internal], significant: true, text: The test failed.}\n"}},
			[]rewrite{{"", "", "  - {at: 2026-11-23T23:30:00Z, by: jdoe, to: [internal], significant: true, text: It failed again.}\n"}}, tuesday, ""},

		// P32, P35: the customer may ask at any time.
		{"an RCA asked for after the closing", closed, []rewrite{{"", "", "rca: {asked: 2026-12-10, platform_related: true, owner: ebrandt, due: 2026-12-24}\n"}}, tuesday.AddDate(0, 0, 16), ""},
		{"and delivered", append(closed[:2:2], rewrite{"", "", "rca: {asked: 2026-12-10, platform_related: true, owner: ebrandt, due: 2026-12-24}\n"}),
			[]rewrite{{"", "due: 2026-12-24}", "due: 2026-12-24, url: 'https://docs.example.com/rca'}"}}, tuesday.AddDate(0, 0, 27), ""},
		{"one that is not about the platform", closed, []rewrite{{"", "", "rca: {asked: 2026-12-10, platform_related: false}\n"}}, tuesday.AddDate(0, 0, 16), ""},

		// P37: three of the region's working days. 30 November is a Monday.
		{"of Friday, committed on Monday", nil, []rewrite{{"", "", "updates:\n  - {at: 2026-11-27T16:00:00Z, by: jdoe, to: [internal], text: It ran.}\n"}}, time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC), ""},
		{"of Thursday, committed on Monday", nil, []rewrite{{"", "", "updates:\n  - {at: 2026-11-26T08:00:00Z, by: jdoe, to: [internal], text: It ran.}\n"}}, time.Date(2026, 11, 30, 17, 0, 0, 0, time.UTC), ""},
		{"of Thursday, committed on Wednesday", nil, []rewrite{{"", "", "updates:\n  - {at: 2026-11-26T08:00:00Z, by: jdoe, to: [internal], text: It ran.}\n"}}, time.Date(2026, 12, 2, 9, 0, 0, 0, time.UTC), "northwind:30 update-in-time P37"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			was := base
			for _, e := range c.was {
				was = e.apply(t, was)
			}
			is := was
			for _, e := range c.is {
				is = e.apply(t, is)
			}
			r := lint.Against(lint.Base{Tree: open(t, check, was), Authored: func(string, change.Fact) (time.Time, bool) { return c.commit, true }}, open(t, check, is).AsOf(c.commit), rule.All())
			if got := told(r.Findings); got != c.want {
				t.Errorf("got %s\nwant %s", got, c.want)
			}
		})
	}
}

// Without a commit it is the latest opening that says who has left.
func TestVacantWithoutACommit(t *testing.T) {
	t.Parallel()
	check := checker(t)
	base := map[string]string{northwind: fixture.Read(northwind), tree.PeoplePath: fixture.Read(tree.PeoplePath)}
	for left, want := range map[string]string{"2026-11-20": "people:1 role-vacant P5 warning", "2026-11-21": ""} {
		people := rewrite{tree.PeoplePath, "[vp_sales]", "[vp_sales], left: " + left}
		if got := told(lint.Run(open(t, check, people.apply(t, base)), rule.All()).Findings); got != want {
			t.Errorf("left %s: got %s, want %s", left, got, want)
		}
	}
}
