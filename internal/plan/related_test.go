package plan_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// Each of two related escalations names the other, whichever says so: one that is
// opened, in its declaration; one that was declared, by an edit. What stands there
// stays when something else changes, and goes when it is true no more (P40).
func TestRelated(t *testing.T) {
	t.Parallel()
	check, people, base := checker(t), read(t, tree.PeoplePath), read(t, northwind)
	const perf = "escalations/2026/northwind-perf.yaml"
	second := "related: [2026/northwind]\n" + base
	ledger := map[schema.ID][]notice.Notice{}
	files := map[string]string{tree.PeoplePath: people}
	// merge plans what another content of some files brings, and tells it.
	merge := func(changes map[string]string) plan.Plan {
		before := open(t, check, files)
		for path, text := range changes {
			files[path] = text
		}
		after := open(t, check, files)
		p := plan.Between(before, after, tree.Changed(before, after), func(id schema.ID) []notice.Notice { return ledger[id] })
		for _, n := range p.Notices {
			n.State = notice.Done
			ledger[n.Escalation] = append(ledger[n.Escalation], n)
		}
		return p
	}
	// says returns what a notice says of related escalations; "none" where there is no
	// such notice.
	says := func(p plan.Plan, id schema.ID, do notice.Do, to notice.Place) string {
		i := slices.IndexFunc(p.Notices, func(n notice.Notice) bool { return n.Escalation == id && n.Do == do && n.To == to })
		if i < 0 {
			return "none"
		}
		_, of, _ := strings.Cut(p.Notices[i].Text.Plain(), "Related escalations: ")
		first, _, _ := strings.Cut(of, "\n")
		return first
	}
	const one, other = schema.ID("2026/northwind"), schema.ID("2026/northwind-perf")
	for _, step := range []struct {
		name    string
		changes map[string]string
		of      schema.ID
		do      notice.Do
		to      notice.Place
		want    string
	}{
		{"the first", map[string]string{northwind: base}, one, notice.Tell, notice.Announcement, ""},
		{"the second", map[string]string{perf: second}, other, notice.Tell, notice.Announcement, "2026/northwind"},
		{"the first again", nil, one, notice.Edit, notice.Announcement, "none"},
		{"another summary of the first", map[string]string{northwind: strings.Replace(base, "summary: P", "summary: Q", 1)}, one, notice.Edit, notice.Announcement, "2026/northwind-perf"},
		{"related no more", map[string]string{perf: base}, one, notice.Edit, notice.Tracking, ""},
		{"both again, by the first", map[string]string{northwind: "related: [2026/northwind-perf]\n" + base}, other, notice.Edit, notice.Announcement, "2026/northwind"},
	} {
		p := merge(step.changes)
		if got := says(p, step.of, step.do, step.to); got != step.want {
			t.Errorf("%s: %s names %q, want %q", step.name, step.of, got, step.want)
		}
		if step.name == "the second" {
			for _, to := range []notice.Place{notice.Announcement, notice.Tracking} {
				if got := says(p, one, notice.Edit, to); got != "2026/northwind-perf" {
					t.Errorf("the first names %q in %s", got, to)
				}
			}
			if got := quietOf(p, one); !strings.Contains(got, "names it as related") {
				t.Errorf("it is quiet because %q", got)
			}
		}
	}

	// Opened in one merge, each names the other at once.
	before := open(t, check, map[string]string{tree.PeoplePath: people})
	after := open(t, check, map[string]string{tree.PeoplePath: people, northwind: base, perf: second})
	p := plan.Between(before, after, tree.Changed(before, after), nil)
	for id, want := range map[schema.ID]string{one: string(other), other: string(one)} {
		if got := says(p, id, notice.Tell, notice.Announcement); got != want {
			t.Errorf("%s names %q, want %q", id, got, want)
		}
	}
	if strings.Contains(done(p), "edit") {
		t.Errorf("what is new is edited: %s", done(p))
	}
	// One that is held back names whom it named.
	before = open(t, check, map[string]string{tree.PeoplePath: people, northwind: base, perf: second})
	after = open(t, check, map[string]string{tree.PeoplePath: people, northwind: base, perf: base + "fyi: [\n"})
	if got := says(plan.Between(before, after, []string{perf}, nil), one, notice.Edit, notice.Announcement); got != "none" {
		t.Errorf("because another cannot be read, it names %q", got)
	}
	// One that is closed is left alone.
	before = open(t, check, map[string]string{tree.PeoplePath: people, northwind: base + closure})
	after = open(t, check, map[string]string{tree.PeoplePath: people, northwind: base + closure, perf: second})
	if got := says(plan.Between(before, after, []string{perf}, nil), one, notice.Edit, notice.Announcement); got != "none" {
		t.Errorf("the closed one names %q", got)
	}
}

func quietOf(p plan.Plan, id schema.ID) string {
	for _, q := range p.Quiet {
		if q.Escalation == id {
			return q.Why
		}
	}
	return ""
}
