package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// life tells the versions of an escalation one after the other, each to a ledger
// that has what was told before, and returns the last plan and the ledger before it.
func life(t *testing.T, check *shape.Checker, versions ...string) (plan.Plan, []notice.Notice) {
	t.Helper()
	people := read(t, tree.PeoplePath)
	var ledger []notice.Notice
	var p plan.Plan
	for i := 1; i < len(versions); i++ {
		for j, n := range p.Notices { // the plan before is told
			n.State, n.Via = notice.Done, map[notice.Place]string{notice.Announcement: "slack", notice.Channel: "slack", notice.Tracking: "github"}[n.To]
			n.Ref = fmt.Sprintf("C1/%d.%d", i, j)
			ledger = append(ledger, n)
		}
		p = betweenTold(t, check, people, versions[i-1], versions[i], ledger)
	}
	return p, ledger
}

// betweenTold plans from one text to another, given what was told.
func betweenTold(t *testing.T, check *shape.Checker, people, before, after string, ledger []notice.Notice) plan.Plan {
	t.Helper()
	was, now := map[string]string{tree.PeoplePath: people}, map[string]string{tree.PeoplePath: people, northwind: after}
	if before != "" {
		was[northwind] = before
	}
	return plan.Between(open(t, check, was), open(t, check, now), []string{northwind}, func(schema.ID) []notice.Notice { return ledger })
}

const (
	secret  = "updates:\n  - {at: 2026-11-22T09:00:00Z, by: jdoe, to: [internal, customer], text: Their token is hunter2.}\n"
	removed = "updates:\n  - {at: 2026-11-22T09:00:00Z, by: jdoe, to: [internal, customer], text: '', redacted: It held a token}\n"
	handed  = "  - {at: 2026-11-23T09:00:00Z, by: jdoe, to: [internal], text: Jo leaves the account.}\n"
)

// What quotes an update that was redacted is edited wherever it was told, and the
// ledger keeps nothing of it (P37).
func TestRedaction(t *testing.T) {
	t.Parallel()
	check, base := checker(t), read(t, northwind)
	other := strings.NewReplacer("  csm: jdoe\n", "  strategic: Partner\n", "\ndri: jdoe", "\ndri: arivera").Replace(base)
	for _, c := range []struct {
		name     string
		versions []string
		want     []string // key > place, of the edits
	}{
		{"an update", []string{"", base, base + secret, base + removed},
			[]string{"redacted update 2026-11-22T09:00:00Z>channel", "redacted update 2026-11-22T09:00:00Z>tracking"}},
		{"a significant one", []string{"", base, base + strings.Replace(secret, "by:", "significant: true, by:", 1), base + strings.Replace(removed, "by:", "significant: true, by:", 1)},
			[]string{"redacted significant 2026-11-22T09:00:00Z>announcement", "redacted significant 2026-11-22T09:00:00Z>channel", "redacted significant 2026-11-22T09:00:00Z>tracking"}},
		{"one that explained a severity", []string{"", base, strings.Replace(base, "severity: high", "severity: medium", 1) + secret, strings.Replace(base, "severity: high", "severity: medium", 1) + removed},
			[]string{"redacted severity 2026-11-22T09:00:00Z>announcement", "redacted severity 2026-11-22T09:00:00Z>channel", "redacted severity 2026-11-22T09:00:00Z>tracking"}},
		{"one that a handover quoted in a line", []string{"", base, base + secret, other + secret + handed, other + removed + handed},
			[]string{"redacted update 2026-11-22T09:00:00Z>channel", "redacted update 2026-11-22T09:00:00Z>tracking", "redacted dri 2026-11-23T09:00:00Z>channel", "redacted dri 2026-11-23T09:00:00Z>tracking"}},
		{"one of which nothing was told", []string{base + secret, base + removed}, nil},
		{"one of a restricted escalation", []string{"", "visibility: restricted\n" + base, "visibility: restricted\n" + base + strings.Replace(secret, "by:", "significant: true, by:", 1), "visibility: restricted\n" + base + strings.Replace(removed, "by:", "significant: true, by:", 1)},
			[]string{"redacted significant 2026-11-22T09:00:00Z>channel", "redacted significant 2026-11-22T09:00:00Z>tracking"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p, ledger := life(t, check, c.versions...)
			var got []string
			for _, n := range p.Notices {
				got = append(got, strings.TrimPrefix(n.Key, "2026/northwind ")+">"+string(n.To))
				text := n.Text.Plain()
				if n.Do != notice.Edit || strings.Contains(text, "hunter2") || !strings.Contains(text, "redacted: It held a token") {
					t.Errorf("%s %s reads %s", n.Do, n.Key, text)
				}
				if told, ok := n.Redacts(); !ok || len(n.Target(ledger)) != 1 || n.Target(ledger).First().Key != told {
					t.Errorf("%s edits %v", n.Key, n.Target(ledger))
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("edited %q, want %q", got, c.want)
			}
			for _, n := range ledger {
				i := slices.IndexFunc(p.Corrected, func(x notice.Notice) bool { return x.Identity() == n.Identity() })
				if quotes := strings.Contains(n.Text.Plain(), "hunter2"); quotes != (i >= 0) || i >= 0 && p.Corrected[i].Text != nil {
					t.Errorf("the ledger keeps of %s: %v", n.Key, p.Corrected)
				}
			}
		})
	}
}

// Without a ledger, the plan says what would be edited of the update itself.
func TestRedactionWithoutALedger(t *testing.T) {
	t.Parallel()
	check, people, base := checker(t), read(t, tree.PeoplePath), read(t, northwind)
	significant := func(updates string) string { return strings.Replace(updates, "by:", "significant: true, by:", 1) }
	for _, c := range []struct{ before, after, want, title string }{
		{base + secret, base + removed, "channel,tracking", ""},
		{base + significant(secret), base + significant(removed), "announcement,channel,tracking", "Significant change: Northwind Traders (2026/northwind, severity high)"},
		{"visibility: restricted\n" + base + significant(secret), "visibility: restricted\n" + base + significant(removed), "channel,tracking", "Significant change: Northwind Traders (2026/northwind, severity high)"},
	} {
		p := between(t, check, people, c.before, c.after)
		var places []string
		for _, n := range p.Notices {
			places = append(places, string(n.To))
			if n.Do != notice.Edit || n.Text.Title() != c.title || !strings.Contains(n.Text.Plain(), "redacted: It held a token") {
				t.Errorf("%s reads %s", n.Key, n.Text.Plain())
			}
		}
		if got := strings.Join(places, ","); got != c.want {
			t.Errorf("edited in %s, want %s", got, c.want)
		}
		if len(p.Pastes) != 1 || p.Pastes[0].Into != "cta" || !strings.Contains(p.Pastes[0].Text.Plain(), "In the place of what was pasted") {
			t.Errorf("to paste: %v", p.Pastes)
		}
	}
}

// An update that waits to be delivered is delivered in the words of today, and is
// edited behind that: a run that ended may have posted the words of before.
func TestRedactionOfAnIntent(t *testing.T) {
	t.Parallel()
	check, people, base := checker(t), read(t, tree.PeoplePath), read(t, northwind)
	waiting := texts(betweenTold(t, check, people, base, base+secret, nil))
	for i := range waiting {
		waiting[i].Via, waiting[i].State = "slack", notice.Intent
	}
	p := betweenTold(t, check, people, base+secret, base+removed, waiting)
	if len(p.Corrected) != 2 || len(p.Notices) != 2 {
		t.Fatalf("corrected %v, planned %v", p.Corrected, p.Notices)
	}
	for _, n := range append(p.Corrected, p.Notices...) {
		if text := n.Text.Plain(); strings.Contains(text, "hunter2") || !strings.Contains(text, "redacted: It held a token") {
			t.Errorf("%s reads %s", n.Key, text)
		}
	}
}

// What a destination that cannot edit told, a person edits; and no other destination
// takes it for its own.
func TestRedactionByHand(t *testing.T) {
	t.Parallel()
	check, people, base := checker(t), read(t, tree.PeoplePath), read(t, northwind)
	printed := texts(betweenTold(t, check, people, base, base+secret, nil))
	for i := range printed {
		printed[i].Via, printed[i].State = "print", notice.Done
	}
	p := betweenTold(t, check, people, base+secret, base+removed, printed)
	p.Route(func(notice.Place, notice.Do) []string { return []string{"slack"} })
	if len(p.Notices) != 2 || p.Notices[0].Via != "" || p.Notices[1].Via != "" || len(p.Corrected) != 2 || p.Corrected[0].Text != nil {
		t.Errorf("planned %v, corrected %v", p.Notices, p.Corrected)
	}
}
