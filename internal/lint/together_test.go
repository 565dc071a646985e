package lint_test

import (
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/lint"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// Directory and policy of the base decide who may weaken them: what changes
// together with them is judged by the old ones too, and what lets it pass is named.
func TestTogether(t *testing.T) {
	t.Parallel()
	check := checker(t)
	base := map[string]string{
		northwind:       fixture.Read(northwind) + twoUpdates,
		tree.PeoplePath: fixture.Read(tree.PeoplePath),
	}
	to := func(old, new string) []rewrite { return []rewrite{{"", old, new}} }
	people := func(old, new string) rewrite { return rewrite{tree.PeoplePath, old, new} }
	policy := func(text string) rewrite { return rewrite{tree.PolicyPath, "", text} }
	junior := []rewrite{{"", "dri: mlee", "dri: okhan"}, {"", "[okhan]", "[mlee]"}, {"", "", news}}
	open := []rewrite{{"", "delete", ""}}
	opened := []rewrite{{"", "", base[northwind]}}
	closed := func(old, new string) []rewrite { return to("", strings.Replace(closure, old, new, 1)) }
	joined := people("", "  new: {name: Nia West, roles: [csm_manager, product_director, csm]}\n")
	for _, c := range []struct {
		name   string
		before []rewrite // of the base
		with   rewrite   // of before, as the change below
		change []rewrite
		want   string // what is told
		names  string // the key without which it would not pass
	}{
		// Legitimate: whoever joins is named, and what has nothing to do with each other changes.
		{"a colleague joins, and an escalation is opened", open, joined, append(opened, rewrite{"", "dri: mlee", "dri: new"}), "northwind:17 changed-together warning", "joined escalations/people.yaml"},
		{"a colleague joins, and is to hear of it", nil, joined, to("", news+"fyi: [new]\n"), "northwind:33 changed-together warning", ""},
		{"a colleague joins elsewhere", nil, joined, to("", news), "", ""},
		{"a colleague leaves, who had a role alone", nil, people("roles: [cro]", "roles: [cro], left: 2026-11-01"), to("", news), "people:1 role-vacant P5 warning", ""},
		{"a colleague has a successor", nil, people("  cro: {name: Chris Roe, roles: [cro]}", "  cro: {name: Chris Roe, roles: [ceo]}\n  new: {name: Nia West, roles: [cro]}"), to("", news), "", ""},
		{"a manager has a successor", nil, people("manager: rking", "manager: vcs"), to("", news), "", ""},
		{"the policy asks for more", nil, policy("severities: {high: {customer: {due: 1, days: working}}}\n"), to("", news), "", ""},
		{"the policy asks less of another severity", nil, policy("severities: {low: {informs: []}, critical: {customer: {due: 9}}}\nladder: {critical: {csm_leader_hours: 90}}\n"), to("", news), "", ""},
		{"the policy asks for less, of what is closed", closed("", ""), policy("severities: {high: {informs: []}}\n"), to("sentiment: red", "sentiment: green"), "", ""},
		{"a fault that was there", []rewrite{{"", "owner: jdoe", "owner: jd"}}, people("[group_product_manager]", "[group_product_manager, ceo]"), to("", news), "northwind:28 known-person P8 old", ""},
		{"a role that mends what was wrong", []rewrite{{"", "dri: mlee", "dri: okhan"}, {"", "[okhan]", "[mlee]"}}, people("roles: [product_manager]", "roles: [product_manager, product_director]"), to("", news), "", ""},
		{"the first directory", []rewrite{people("delete", "")}, people("", base[tree.PeoplePath]), to("", news), "", ""},

		// The directory.
		{"a role for the occasion", nil, people("roles: [product_manager]", "roles: [product_manager, product_director]"), junior, "northwind:17 changed-together", "`product.dri` would be an error, had `people.okhan.roles` in escalations/people.yaml"},
		{"a manager for the occasion, who withdraws", nil, people("roles: [csm]", "roles: [csm, csm_manager]"), to("", "closure: {at: 2026-12-03T10:00:00Z, by: jdoe, resolution: withdrawn, reason: Opened twice}\n"), "northwind:32 changed-together", "`closure.by` would be an error, had `people.jdoe.roles`"},
		{"a manager for the occasion, who closes", nil, people("roles: [product_manager]", "roles: [product_manager, csm_manager]"), closed("by: jdoe", "by: okhan"), "northwind:32 changed-together", "`people.okhan.roles`"},
		{"a manager for the occasion, who waives", nil, people("roles: [product_manager]", "roles: [product_manager, csm_manager]"), []rewrite{{"", "", strings.NewReplacer("'https://docs.example.com/agreed'", "{waived: They are gone, by: okhan}", "positive", "negative").Replace(closure)}}, "northwind:32 changed-together", "`closure.agreement.by` would be an error, had `people.okhan.roles`"},
		{"a manager who joins and waives", nil, joined, []rewrite{{"", "", strings.NewReplacer("'https://docs.example.com/agreed'", "{waived: They are gone, by: new}", "positive", "negative").Replace(closure)}}, "northwind:32 changed-together", "`closure.agreement.by` would be an error, had `people.new`"},
		{"a manager who joins and closes", nil, joined, closed("by: jdoe", "by: new"), "northwind:32 changed-together", "`people.new`"},
		{"a role taken back from nobody who left", nil, people("roles: [cro]", "roles: [ceo]"), to("", news), "northwind:3 changed-together; people:1 role-vacant P5 warning", "`people.cro.roles` in escalations/people.yaml changes as well, and somebody who would hear"},
		{"no manager any more", nil, people(", manager: rking", ""), to("", news), "northwind:3 changed-together", "`people.jdoe.manager`"},
		{"back from those who left", nil, people(", left: 2025-06-30", ""), to("", news+"fyi: [pastel]\n"), "northwind:33 changed-together", "`fyi.0` would be an error, had `people.pastel.left`"},

		// The policy.
		{"a policy for the occasion", nil, policy("severities: {high: {product_dri: [product_manager]}}\nsentiments: [good]\n"), junior, "northwind:17 changed-together", "had `severities.high.product_dri` in escalations/policy.yaml"},
		{"hours for the occasion", open, policy("product: {pending_hours: 700}\n"), append(opened, rewrite{"", "dri: mlee", "dri: pending"}), "northwind:17 changed-together; northwind:17 product-dri-pending P9 warning", "`product.pending_hours`"},
		{"a sentiment for the occasion", nil, policy("sentiments: [fine]\n"), closed("sentiment: red", "sentiment: fine"), "northwind:32 changed-together", "`sentiments`"},
		{"a region for the occasion", nil, policy("regions: {Moon: {zone: UTC}}\n"), to("region: EMEA", "region: Moon"), "northwind:11 changed-together", "`account.region` would be an error, had `regions.Moon`"},
		{"a role of the policy's own for the occasion", nil, policy("channels: {prefix: hot_}\n"), to("approach:", "channel: hot_northwind\napproach:"), "northwind:24 changed-together", "`channels.prefix`"},
		{"nobody reviews a snooze", []rewrite{policy("review: [snooze]\n")}, rewrite{tree.PolicyPath, "review: [snooze]", "review: []"}, to("", news+"snooze: {until: 2026-11-30, reason: They are away, by: jdoe}\n"), "northwind:33 changed-together", "`review`"},
		{"the policy is deleted", []rewrite{policy("review: [snooze]\n")}, rewrite{tree.PolicyPath, "delete", ""}, to("", news+"snooze: {until: 2026-11-30, reason: They are away, by: jdoe}\n"), "northwind:33 changed-together", "`review`"},
		{"the policy is emptied", []rewrite{policy("review: [snooze]\n")}, rewrite{tree.PolicyPath, "review: [snooze]\n", "# none\n"}, to("", news+"snooze: {until: 2026-11-30, reason: They are away, by: jdoe}\n"), "northwind:33 changed-together", "`review`"},
		{"fewer are informed", nil, policy("severities: {high: {informs: [csm_leader]}}\n"), to("", news), "northwind:3 changed-together", "`severities.high.informs` in escalations/policy.yaml changes as well, and asks less"},
		{"fewer are informed of what is opened", open, policy("severities: {high: {informs: []}}\n"), opened, "northwind:3 changed-together", "`severities.high.informs`"},
		{"a regional role whose holder is elsewhere", []rewrite{people("roles: [cro]}", "roles: [cro], region: APAC}")}, policy("roles: {cro: {regional: true}}\n"), to("", news), "northwind:3 changed-together; people:1 role-vacant P5 warning", "`roles.cro` in escalations/policy.yaml changes as well, and asks less"},
		{"the customer hears later", nil, policy("severities: {high: {customer: {due: 9, days: working}}}\n"), to("", news), "northwind:3 changed-together", "`severities.high.customer.due`"},
		{"the customer hears never", nil, policy("severities: {high: {customer: {due: 0}}}\n"), to("", news), "northwind:3 changed-together", "`severities.high.customer.due`"},
		{"the channel is advised", nil, policy("severities: {high: {channel: {advisory: true}}}\n"), to("", news), "northwind:3 changed-together", "`severities.high.channel.advisory`"},
		{"a holiday in the way", nil, policy("regions: {EMEA: {holidays: {dates: [2026-11-24]}}}\n"), to("", news), "northwind:3 changed-together", "`regions.EMEA.holidays.dates`"},
		{"the ladder is longer", nil, policy("ladder: {csm_leader: 9}\n"), to("", news), "northwind:3 changed-together", "`ladder.csm_leader`"},
		{"the ladder of critical is longer", nil, policy("ladder: {critical: {csm_leader_hours: 90}}\n"), []rewrite{{"", "severity: high", "severity: critical"}, {"", "dri: mlee", "dri: dpatel"}, {"", "[okhan]", "[okhan, mlee]"}, {"", "", news}}, "northwind:3 changed-together", "`ladder.critical.csm_leader_hours`"},
		{"a deadline is later", nil, policy("deadlines: {case_hours: 40}\n"), to("", news), "northwind:3 changed-together", "`deadlines.case_hours`"},
		{"it is announced elsewhere", nil, policy("channels: {announcement: quiet}\n"), to("", news), "northwind:3 changed-together", "`channels.announcement`"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			before := base
			for _, e := range c.before {
				before = e.apply(t, before)
			}
			after := c.with.apply(t, before)
			for _, e := range c.change {
				after = e.apply(t, after)
			}
			r := against(t, check, before, after, nil)
			if got := told(r.Findings); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			said := ""
			for _, f := range r.Findings {
				if f.Rule == "changed-together" {
					said += f.Message
				}
				t.Logf("%s:%d:%d %s (%s)", f.Path, f.Line, f.Column, f.Message, f.Hint)
			}
			if !strings.Contains(said, c.names) {
				t.Errorf("it does not name %s", c.names)
			}
			// By itself, each passes as it would have.
			alone := c.with.apply(t, before)
			if got := told(against(t, check, before, alone, nil).Findings); strings.Contains(got, "changed-together") {
				t.Errorf("alone: %s", got)
			}
		})
	}
}

// What only the directory and the policy of the base together refuse is refused: a
// role that either of the new ones lets pass.
func TestTogetherBoth(t *testing.T) {
	t.Parallel()
	check := checker(t)
	base := map[string]string{northwind: fixture.Read(northwind), tree.PeoplePath: fixture.Read(tree.PeoplePath)}
	after := rewrite{"", "dri: mlee", "dri: okhan"}.apply(t, base)
	after = rewrite{"", "", "updates:\n" + news}.apply(t, rewrite{"", "[okhan]", "[mlee]"}.apply(t, after))
	after = rewrite{tree.PeoplePath, "roles: [product_manager]", "roles: [product_manager, product_director]"}.apply(t, after)
	after[tree.PolicyPath] = "severities: {high: {product_dri: [product_manager, product_director, group_product_manager, product_leadership, vp_product]}}\n"
	r := lint.Against(lint.Base{Tree: open(t, check, base)}, open(t, check, after), rule.All())
	if got := told(r.Findings); got != "northwind:17 changed-together" || !strings.Contains(r.Findings[0].Message, "had escalations/people.yaml and escalations/policy.yaml not changed") || !r.Failed() {
		t.Errorf("got %s: %+v", got, r.Findings)
	}
}
