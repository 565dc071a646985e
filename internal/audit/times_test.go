package audit_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/audit"
	"github.com/escalations-as-code/escalate/internal/git/gittest"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/shape"
)

// P37: an audit holds the times that a file states against the later time of author
// and committer; what a merge brings in, against that of the commit that wrote it.
func TestTimes(t *testing.T) {
	t.Parallel()
	update := func(at string) string {
		return "  - {at: " + at + ", by: jdoe, to: [internal], text: The load test is booked.}\n"
	}
	day := func(n int) time.Time { return time.Date(2026, 11, n, 10, 0, 0, 0, time.UTC) }
	r := gittest.New(t)
	text := read(path)
	commit := func(subject string, at time.Time, more string) {
		r.Now, text = at, text+more
		r.Commit(subject, path, text, people, read(people))
	}
	commit("opened of the future", day(20).Add(-time.Hour), "")
	commit("in time", day(23), "updates:\n"+update("2026-11-20T10:00:00Z"))
	commit("too old", day(26), update("2026-11-20T11:00:00Z"))
	commit("of the future", day(26).Add(time.Hour), update("2026-11-27T12:00:00Z"))

	// Committed a week after it was authored, as a rebase does: the later time counts.
	text += update("2026-12-04T09:00:00Z")
	r.Write(path, text)
	r.Now = time.Date(2026, 12, 4, 10, 0, 0, 0, time.UTC)
	r.Git("add", "--all")
	r.Git("commit", "--quiet", "-m", "rebased", "--date=2026-11-27T13:00:00Z")

	// A pull request that was merged after two weeks: it was in time when it was written.
	r.Git("checkout", "--quiet", "-b", "slow")
	commit("slow", time.Date(2026, 12, 7, 10, 0, 0, 0, time.UTC), update("2026-12-07T09:00:00Z"))
	commit("slow and wrong", time.Date(2026, 12, 7, 12, 0, 0, 0, time.UTC), update("2026-12-08T09:00:00Z"))
	r.Git("checkout", "--quiet", "main")
	r.Commit("beside", "README.md", "Soon")
	r.Now = time.Date(2026, 12, 21, 10, 0, 0, 0, time.UTC)
	r.Git("merge", "--quiet", "--no-ff", "-m", "merge", "slow")

	// A clock that stood at 2036: its time is not believed.
	commit("2036", time.Date(2036, 1, 1, 0, 0, 0, 0, time.UTC), update("2026-12-21T09:30:00Z"))
	commit("after it", time.Date(2026, 12, 22, 10, 0, 0, 0, time.UTC), update("2026-12-22T09:30:00Z"))

	check, err := shape.NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	o := audit.Options{To: r.Head(), Now: time.Date(2026, 12, 23, 0, 0, 0, 0, time.UTC), Tell: func(v audit.Violation) error {
		fmt.Fprintf(&b, "%s: %d %s %s\n", v.Subject, v.Line, v.Rule, v.Value)
		return nil
	}}
	if _, err := audit.Run(t.Context(), r.Open(), check, rule.All(), o); err != nil {
		t.Fatal(err)
	}
	want(t, b.String(),
		"opened of the future: 4 not-in-future 2026-11-20T09:30:00Z",
		"too old: 31 update-in-time 2026-11-20T11:00:00Z",
		"of the future: 32 update-in-time 2026-11-27T12:00:00Z",
		"merge: 35 update-in-time 2026-12-08T09:00:00Z",
	)
}

// P17: of two with one channel the new one is at fault when it comes, and the other
// one not later, when neither is new.
func TestChannelTwice(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	r.Commit("people", people, read(people))
	r.Commit("open", path, read(path))
	r.Commit("another, opened earlier", "escalations/2026/acme.yaml", edit(read(path), "Northwind Traders", "Acme", "11-20T09", "11-19T09", "approach:", "channel: esc_northwind\napproach:"))
	r.Commit("beside", people, read(people)+"# done\n")
	got, _ := replay(t, r, "")
	want(t, got, "another, opened earlier: 2026/acme.yaml:24 channel-unique esc_northwind")
}

// P9: after the policy's hours a pending Product DRI stops all but updates.
func TestPendingProductDRI(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	text := edit(read(path), "dri: mlee", "dri: pending")
	r.Commit("policy", people, read(people), policy, "product: {pending_hours: 2}\n")
	r.Commit("open", path, text)
	r.Commit("in time", path, edit(text, "summary: P", "summary: All p"))
	r.Commit("over", path, text)
	updated := text + "updates:\n  - {at: 2026-11-20T13:30:00Z, by: jdoe, to: [internal], text: Product is looking.}\n"
	r.Commit("update", path, updated)
	r.Commit("over again", path, edit(updated, "summary: P", "summary: All p"))
	r.Commit("named", path, edit(updated, "dri: pending", "dri: mlee"))
	got, _ := replay(t, r, "")
	want(t, got,
		"open: 2026/northwind.yaml:17 product-dri-pending pending",
		"over: 2026/northwind.yaml:17 product-dri-pending pending",
		"over again: 2026/northwind.yaml:17 product-dri-pending pending",
	)
}
