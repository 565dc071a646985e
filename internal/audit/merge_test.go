package audit_test

import (
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/git/gittest"
	"github.com/escalations-as-code/escalate/internal/history"
)

// Whoever merges the default branch into theirs and pushes that exchanges the
// parents: what the default branch had is compared too, and what got lost is told of
// the merge. A branch that was merged as it should be, however old, lost nothing.
func TestMergeOfExchangedParents(t *testing.T) {
	t.Parallel()
	const contoso = "escalations/2026/contoso.yaml"
	base := read(path)
	raised := edit(base, "severity: high", "severity: critical", "dri: mlee", "dri: dpatel", "[okhan]", "[okhan, mlee]")
	news := "updates:\n  - {at: 2026-11-20T11:30:00Z, by: jdoe, to: [internal], text: It is worse.}\n"
	theirs := edit(base, "summary: P", "summary: All p")
	r := gittest.New(t)
	r.Commit("open", path, base, people, read(people))

	// As it should be: a branch from before, whose change stands beside that of main.
	r.Git("checkout", "--quiet", "-b", "right")
	r.Commit("right", path, edit(base, "approach:", "fyi: [okhan]\napproach:"))
	r.Git("checkout", "--quiet", "-b", "wrong", "HEAD~1")
	r.Git("checkout", "--quiet", "main")
	r.Commit("raise", path, raised+news)
	r.Git("merge", "--quiet", "--no-ff", "-m", "merge right", "right")
	r.Commit("another", contoso, edit(base, "Northwind Traders", "Contoso"))
	main := r.Head()

	// Exchanged: theirs is the first parent, and what main has is dropped.
	r.Git("checkout", "--quiet", "wrong")
	r.Commit("wrong", path, theirs)
	r.Git("merge", "--quiet", "--no-ff", "-s", "ours", "-m", "exchanged", "main")
	head := r.Head()
	got, _ := replay(t, r, "")
	want(t, got,
		"exchanged: 2026/contoso.yaml:1 path-kept ",
		"exchanged: 2026/northwind.yaml:2 update-kept ",
		"exchanged: 2026/northwind.yaml:3 severity-explained high",
	)

	var log []string
	for e, err := range history.Events(t.Context(), r.Open(), head, "", time.Time{}) {
		if err != nil {
			t.Fatal(err)
		}
		log = append(log, strings.TrimSpace(e.Subject+": "+string(e.Escalation)+" "+e.Change+" "+e.From))
	}
	if got, want := strings.Join(log, "\n"), "open: 2026/northwind opened\nwrong: 2026/northwind summary Pipelines wait 40 minutes and every team is affected\n"+
		"exchanged: 2026/contoso lost the file\nexchanged: 2026/northwind lost the update of 2026-11-20T11:30:00Z"; got != want {
		t.Errorf("the log has\n%s\nwant\n%s", got, want)
	}
	for e, err := range history.Events(t.Context(), r.Open(), head, "2026/northwind", time.Time{}) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Change == history.Lost && (e.Update == nil || e.Update.Text != "It is worse.") {
			t.Errorf("what got lost is %+v", e.Update)
		}
	}
	if stood, err := history.Stood(t.Context(), r.Open(), head, []string{contoso}); err != nil || stood[contoso] == nil {
		t.Errorf("what stood is %v, %v", stood, err)
	}

	// The same history as it should be has nothing to tell.
	r.Git("checkout", "--quiet", "-B", "main", main)
	got, _ = replay(t, r, "")
	want(t, got)
}
