package lint_test

import (
	"testing"
	"testing/fstest"

	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// standupOf is a standup that some people attend.
func standupOf(attendees string) string {
	return "standup: {days: [mon], time: '10:30', zone: Europe/Berlin, link: 'https://meet.example.com/n', attendees: [" + attendees + "]}\n"
}

// What the directory, the policy and several files do to an escalation, and at
// which level it is told. Each case changes some texts of a valid tree.
func TestFiles(t *testing.T) {
	t.Parallel()
	check := checker(t)
	base := map[string]string{northwind: fixture.Read(northwind), tree.PeoplePath: fixture.Read(tree.PeoplePath)}
	const perf = "escalations/2026/perf.yaml"
	other := rewrite{"", "Northwind Traders", "Contoso"}.apply(t, base)[northwind]
	policy := func(text string) rewrite { return rewrite{tree.PolicyPath, "", text} }
	low := rewrite{"", "severity: high", "severity: low"}
	for _, c := range []struct {
		name  string
		edits []rewrite
		want  string
	}{
		// P5: a vacant seat stops nothing.
		{"nobody is VP of Sales", []rewrite{{tree.PeoplePath, "roles: [vp_sales]", "roles: [cro]"}}, "people:1 role-vacant P5 warning"},
		{"nobody is VP of Sales, and it is medium", []rewrite{{tree.PeoplePath, "roles: [vp_sales]", "roles: [cro]"}, {"", "severity: high", "severity: medium"}}, ""},
		{"nobody is VP of Sales, and it is closed", []rewrite{{tree.PeoplePath, "roles: [vp_sales]", "roles: [cro]"}, {"", "", closure}}, ""},
		{"no account manager for the region", []rewrite{{tree.PeoplePath, "roles: [csm_manager, csm_leader, account_manager]", "roles: [csm_manager, csm_leader, account_manager], region: AMER"}, low}, "people:1 role-vacant P5 warning; people:1 role-vacant P5 warning"},

		// P8: who leaves.
		{"the Product DRI left before it was opened", []rewrite{{tree.PeoplePath, "[group_product_manager]", "[group_product_manager], left: 2026-11-19"}}, "northwind:17 person-left P8"},
		{"the Product DRI left on that day", []rewrite{{tree.PeoplePath, "[group_product_manager]", "[group_product_manager], left: 2026-11-20"}}, "northwind:17 person-left P8"},
		{"the Product DRI leaves", []rewrite{{tree.PeoplePath, "[group_product_manager]", "[group_product_manager], left: 2026-11-21"}}, "northwind:17 person-left P8 warning"},
		{"the Product DRI left since", []rewrite{{tree.PeoplePath, "[group_product_manager]", "[group_product_manager], left: 2026-11-21"}, {"", "", twoUpdates}}, "northwind:17 person-left P8"},
		{"the Product DRI left, and it is closed", []rewrite{{tree.PeoplePath, "[group_product_manager]", "[group_product_manager], left: 2026-01-01"}, {"", "", closure}}, ""},
		{"the Product DRI is not in the directory, and it is closed", []rewrite{{tree.PeoplePath, "  mlee:", "  mle:"}, {"", "", closure}}, "northwind:17 known-person P8"},
		{"the Product DRI is of another role, and it is closed", []rewrite{{tree.PeoplePath, "[group_product_manager]", "[ceo]"}, {"", "", closure}}, ""},
		{"one login twice", []rewrite{{tree.PeoplePath, "name: Kit Wong,", "name: Kit Wong, github: JoDoe,"}}, "people:4 directory-unique P8"},
		{"one login of GitLab twice", []rewrite{{tree.PeoplePath, "github: jodoe,", "gitlab: jo.doe,"}, {tree.PeoplePath, "name: Kit Wong,", "name: Kit Wong, gitlab: Jo.Doe,"}}, "people:4 directory-unique P8"},

		// P17: whose channel it is.
		{"the announcement channel", []rewrite{policy("channels: {announcement: esc_all}\n"), {"", "ask: One", "channel: esc_all\nask: One"}}, "northwind:23 channel-name P17"},
		{"the announcement channel by the file's name", []rewrite{policy("channels: {announcement: esc_northwind}\n")}, "northwind:2 channel-name P17"},
		{"one channel, and the later path was opened later", []rewrite{{perf, "", other}, {perf, "11-20T09", "11-20T10"}, {perf, "ask: One", "channel: esc_northwind\nask: One"}}, "perf:23 channel-unique P17"},
		{"one channel, and the later path was opened earlier", []rewrite{{perf, "", other}, {perf, "11-20T09", "11-19T09"}, {perf, "ask: One", "channel: esc_northwind\nask: One"}}, "northwind:2 channel-unique P17"},
		{"one channel, opened at one time", []rewrite{{perf, "", other}, {perf, "ask: One", "channel: esc_northwind\nask: One"}}, "perf:23 channel-unique P17"},
		{"the channel of one that is closed", []rewrite{{"", "", closure}, {perf, "", other}, {perf, "ask: One", "channel: esc_northwind\nask: One"}}, "perf:23 channel-unique P17"},
		{"a channel name of 81 characters", []rewrite{{"", "ask: One", "channel: esc_" + long + "\nask: One"}}, "northwind:23 channel-name P17"},
		{"a derived channel name of 81 characters", []rewrite{policy("channels: {prefix: esc__}\n"), {"escalations/2026/" + long[1:] + ".yaml", "", other}}, long[1:] + ":2 channel-name P17"},
		{"restricted, and nothing names the customer", []rewrite{{"", "Northwind Traders", "Fabrikam"}, {"", "ask: One", "visibility: restricted\nask: One"}}, "northwind:23 public-channel P17 warning"},
		{"restricted, and the id holds a word of the name", []rewrite{{"", "Northwind Traders", "North Ltd"}, {"", "ask: One", "visibility: restricted\nask: One"}}, "northwind:2 public-channel P17 warning; northwind:23 public-channel P17 warning"},
		{"restricted, and the channel has the name without its accents", []rewrite{{"", "Northwind Traders", "Société Générale"}, {"", "ask: One", "visibility: restricted\nchannel: esc_generale\nask: One"}}, "northwind:2 public-channel P17 warning; northwind:23 public-channel P17 warning"},
		{"restricted, and the channel has a short name", []rewrite{{"", "Northwind Traders", "3M of Texas"}, {"", "ask: One", "visibility: restricted\nchannel: esc_3m\nask: One"}}, "northwind:2 public-channel P17 warning; northwind:23 public-channel P17 warning"},
		{"restricted, and the channel has a word that says nothing", []rewrite{{"", "Northwind Traders", "Bank of Texas"}, {"", "ask: One", "visibility: restricted\nchannel: esc_out-of-disk\nask: One"}}, "northwind:23 public-channel P17 warning"},

		// P19: who comes.
		{"the DRI and Product come", []rewrite{{"", "", standupOf("jdoe, mlee")}}, ""},
		{"one of the product team comes", []rewrite{{"", "", standupOf("jdoe, okhan")}}, ""},
		{"the DRI does not come", []rewrite{{"", "", standupOf("rking, mlee")}}, "northwind:29 standup-attendees P19 warning"},
		{"the stand-in comes", []rewrite{{"", "", standupOf("rking, mlee") + "cover: {dri: rking, until: 2026-12-04, reason: Leave}\n"}}, ""},
		{"the stand-in of last week comes", []rewrite{{"", "", standupOf("rking, mlee") + "cover: {dri: rking, until: 2026-11-19, reason: Leave}\n"}}, "northwind:29 standup-attendees P19 warning"},
		{"nobody of Product comes", []rewrite{{"", "", standupOf("jdoe")}}, "northwind:29 standup-attendees P19 warning"},
		{"nobody of Product comes, and none is needed", []rewrite{low, {"", "product:\n  related: true\n  dri: mlee\n  team: [okhan]\n", ""}, {"", "", standupOf("jdoe")}}, ""},
		{"nobody comes who should", []rewrite{{"", "", standupOf("rking")}}, "northwind:29 standup-attendees P19 warning; northwind:29 standup-attendees P19 warning"},
		{"nobody comes who should, and the DRI is another", []rewrite{{"", "\ndri: jdoe", "\ndri: arivera"}, {"", "", standupOf("rking")}}, "northwind:14 escalation-dri P6"},
		{"nobody comes who should, and it is closed", []rewrite{{"", "", standupOf("rking") + closure}}, ""},
		{"no standup at low", []rewrite{low, {"", "", "standup: {none: We talk each morning}\n"}}, ""},
		{"no standup at critical, and it is closed", []rewrite{{"", "", "standup: {none: We talk each morning}\n" + closure}}, ""},
		{"no standup at low, at half past ten", []rewrite{low, {"", "", "standup: {none: We talk each morning, time: '10:30'}\n"}}, "northwind:29 standup P19"},

		// P27: a snooze.
		{"snoozed at critical", []rewrite{{"", "severity: high", "severity: critical"}, {"", "dri: mlee", "dri: dpatel"}, {"", "", "snooze: {until: 2026-11-27, reason: Holiday, by: rking}\n"}}, "northwind:29 snooze-effective P27"},
		{"snoozed by a CSM", []rewrite{policy("review: [snooze]\n"), {"", "", "snooze: {until: 2026-11-27, reason: Holiday, by: jdoe}\n"}}, "northwind:29 role-fits P8"},
		{"snoozed by a manager", []rewrite{policy("review: [snooze]\n"), {"", "", "snooze: {until: 2026-11-27, reason: Holiday, by: rking}\n"}}, ""},

		// P31, P6: who closes.
		{"closed by the stand-in on the last day", []rewrite{{"", "", "cover: {dri: rking, until: 2026-12-03, reason: Leave}\n" + closure}, {"", "at: 2026-12-03T10:00:00Z, by: jdoe", "at: 2026-12-03T22:59:59Z, by: kcsm"}, {"", "dri: rking, until", "dri: kcsm, until"}, {tree.PeoplePath, "", "  kcsm: {name: Kim Csm, roles: [csm]}\n"}}, ""},
		{"closed by the stand-in after the last day", []rewrite{{"", "", "cover: {dri: rking, until: 2026-12-03, reason: Leave}\n" + closure}, {"", "at: 2026-12-03T10:00:00Z, by: jdoe", "at: 2026-12-03T23:00:00Z, by: kcsm"}, {"", "dri: rking, until", "dri: kcsm, until"}, {tree.PeoplePath, "", "  kcsm: {name: Kim Csm, roles: [csm]}\n"}}, "northwind:30 closed-by P31"},

		// P25 to P27: the numbers of the policy.
		{"a clock that asks in time", []rewrite{policy("severities: {medium: {customer: {due: 7, ask: 9, overdue: 10}}}\n")}, ""},
		{"a clock that asks too late", []rewrite{policy("severities: {medium: {customer: {due: 7, ask: 10, overdue: 10}}}\n")}, "policy:1 policy-clocks P25 P26"},
		{"a clock overdue before it asks by default", []rewrite{policy("severities: {medium: {customer: {overdue: 9}}}\n")}, "policy:1 policy-clocks P25 P26"},
		{"a clock overdue before it is due", []rewrite{policy("severities: {high: {channel: {due: 3, overdue: 2}}}\n")}, "policy:1 policy-clocks P25 P26"},
		{"no clock", []rewrite{policy("severities: {medium: {customer: {due: 0}}}\n")}, ""},
		{"a clock of minus one", []rewrite{policy("severities: {medium: {customer: {due: -1}}}\n")}, "policy:1 field-form"},
		{"the leader before the manager", []rewrite{policy("ladder: {manager: 3, csm_leader: 2}\n")}, "policy:1 policy-ladder P27"},
		{"the leader before the manager at critical", []rewrite{policy("ladder: {critical: {manager_hours: 3, csm_leader_hours: 2}}\n")}, "policy:1 policy-ladder P27"},
		{"the leader before the manager at critical, whose hours are the default", []rewrite{policy("ladder: {critical: {manager_hours: 13}}\n")}, "policy:1 policy-ladder P27"},
		{"hours below none", []rewrite{policy("ladder: {critical: {manager_hours: -1}}\n")}, "policy:1 field-form"},
		{"pending for hours below none", []rewrite{policy("product: {pending_hours: -4}\n")}, "policy:1 field-form"},
		{"work from 25:00", []rewrite{policy("regions: {EMEA: {hours: {from: '25:00', to: '26:00'}}}\n")}, "policy:1 field-form; policy:1 field-form"},
		{"a severity that there is not", []rewrite{policy("severities: {urgent: {informs: [ceo]}}\n")}, "policy:1 unknown-key"},
		{"a role that there is not", []rewrite{policy("severities: {low: {product_dri: [product_ownr]}}\n")}, "policy:1 policy-involvement P5 P10"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			texts := base
			for _, e := range c.edits {
				texts = e.apply(t, texts)
			}
			files := fstest.MapFS{}
			for name, text := range texts {
				files[name] = &fstest.MapFile{Data: []byte(text)}
			}
			r := run(t, check, files)
			if got := told(r.Findings); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
				for _, f := range r.Findings {
					t.Logf("%s:%d:%d %s (%s)", f.Path, f.Line, f.Column, f.Message, f.Hint)
				}
			}
		})
	}
}
