package history_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/git/gittest"
	"github.com/escalations-as-code/escalate/internal/history"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/schema"
)

const (
	id   = schema.ID("2026/northwind")
	path = "escalations/2026/northwind.yaml"
)

var base = fixture.Read(path)

// edit replaces texts of the base, one after the other.
func edit(text string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			panic("no " + pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return text
}

// updated adds an update at a time of 21 November.
func updated(text, at, more string) string {
	if !strings.Contains(text, "\nupdates:\n") {
		text += "updates:\n"
	}
	return text + fmt.Sprintf("  - {at: 2026-11-21T%sZ, by: jdoe, to: [internal], %s}\n", at, more)
}

// events is the history as text, a line for each event.
func events(t *testing.T, r *gittest.Repo, id schema.ID) string {
	t.Helper()
	var b strings.Builder
	for e, err := range history.Events(t.Context(), r.Open(), r.Head(), id, r.Now.AddDate(1, 0, 0)) {
		if err != nil {
			t.Fatal(err)
		}
		update := ""
		if e.Update != nil {
			update = " (" + string(e.Update.Text) + ")"
		}
		fmt.Fprintf(&b, "%s: %s %s [%s] [%s]%s\n", e.Subject, e.Escalation, e.Change, e.From, e.To, update)
	}
	return b.String()
}

func want(t *testing.T, got string, lines ...string) {
	t.Helper()
	if want := strings.Join(append(lines, ""), "\n"); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// Each kind of fact is told in short, as it was and as it is.
func TestFacts(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	v := edit(base, "  case: https://crm.example.com/cases/5002\n", "  case: pending\n")
	r.Commit("open", path, v)
	v = edit(v, "case: pending", "case: https://crm.example.com/1")
	r.Commit("case", path, v)
	v = updated(edit(v, "severity: high", "severity: critical"), "10:00:00", "text: It got worse.")
	r.Commit("raise", path, v)
	v = edit(v, "five working days\n", "five working days\n    met: 2026-11-23\n  - criterion: Nobody waits\n")
	r.Commit("met", path, v)
	v = edit(v, "  - criterion: Nobody waits\n", "")
	r.Commit("dropped", path, v)
	v = edit(v, "due: 2026-11-24}", "due: 2026-11-25, done: 2026-11-25}\n  - {step: Rest, owner: mlee, due: 2026-11-30}")
	r.Commit("step", path, v)
	v = edit(v, "Three of their teams", "Four of their teams", "  team: [okhan]\n", "  team: [okhan, dpatel]\n")
	r.Commit("edit", path, v)
	v = updated(edit(v, "\ndri: jdoe", "\ndri: arivera"), "11:00:00", "text: Ana takes over.")
	r.Commit("dri", path, v)
	v = updated(v, "12:00:00", "significant: true, text: Found it.")
	r.Commit("significant", path, v)
	v = edit(v, "text: Found it.", "redacted: Names")
	r.Commit("redact", path, v)
	closure := "closure: {at: 2026-12-03T10:00:00Z, by: jdoe, resolution: resolved, outcome: positive, exit_criteria_met: true, summary: Done., agreement: 'https://x.example', sentiment: green}\n"
	r.Commit("close", path, v+closure)
	r.Commit("sentiment", path, v+edit(closure, "green", "red"))
	v = updated(v, "13:00:00", "text: It is back.")
	r.Commit("reopen", path, v)
	want(t, events(t, r, ""),
		"open: 2026/northwind opened [] [high: Pipelines wait 40 minutes and every team is affected]",
		"case: 2026/northwind case [pending] [https://crm.example.com/1]",
		"raise: 2026/northwind severity [high] [critical] (It got worse.)",
		"met: 2026/northwind criteria [] [Queue time under 60 s at p95 for five working days: met 2026-11-23; Nobody waits]",
		"dropped: 2026/northwind criteria [Nobody waits] []",
		"step: 2026/northwind steps [] [Load test with the customer: due 2026-11-25, done 2026-11-25; Rest (mlee, due 2026-11-30)]",
		"edit: 2026/northwind description [Three of their teams stopped deploying.] [Four of their teams stopped deploying.]",
		"edit: 2026/northwind product [team: okhan] [team: okhan, dpatel]",
		"dri: 2026/northwind dri [jdoe] [arivera] (Ana takes over.)",
		"significant: 2026/northwind significant [] [Found it.] (Found it.)",
		"redact: 2026/northwind redacted [2026-11-21T12:00:00Z: its text] [2026-11-21T12:00:00Z: redacted: Names] ()",
		"close: 2026/northwind closed [] [resolved, outcome positive]",
		"sentiment: 2026/northwind closure [sentiment: green] [sentiment: red]",
		"reopen: 2026/northwind reopened [resolved, outcome positive] [] (It is back.)",
	)
	if one := events(t, r, id); one != events(t, r, "") {
		t.Errorf("of one: %s", one)
	}
}

// What is no change of a fact is none: who may execute the file, how its lines
// end, a commit beside it.
func TestNoFacts(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	r.Commit("open", path, base)
	r.Git("update-index", "--chmod=+x", path)
	r.Git("commit", "--quiet", "-m", "mode")
	r.Git("reset", "--quiet", "--hard")
	r.Commit("crlf", path, strings.ReplaceAll(base, "\n", "\r\n"))
	r.Commit("comment", path, "# hello\n"+base)
	r.Commit("beside", "README.md", "hello")
	want(t, events(t, r, ""), "open: 2026/northwind opened [] [high: Pipelines wait 40 minutes and every team is affected]")
}

// A version that cannot be read is told of, and changes nothing.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	r.Commit("open", path, base)
	r.Commit("break", path, edit(base, "severity: high", "severity: [low"))
	r.Commit("conflict", path, edit(base, "severity: high\n", "<<<<<<< HEAD\nseverity: low\n=======\nseverity: high\n>>>>>>> x\n"))
	r.Commit("mend", path, edit(base, "severity: high", "severity: medium"))
	r.Commit("empty", path, "# nothing\n")
	r.Git("rm", "--quiet", path)
	if err := os.MkdirAll(filepath.Join(r.Dir, "escalations/2026"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("elsewhere", filepath.Join(r.Dir, path)); err != nil {
		t.Fatal(err)
	}
	r.Commit("link")
	r.Git("rm", "--quiet", path)
	r.Commit("back", path, base)
	got := events(t, r, id)
	for _, line := range []string{
		"break: 2026/northwind unreadable [] [", "mend: 2026/northwind readable [] []", "mend: 2026/northwind severity [high] [medium]",
		"empty: 2026/northwind unreadable [] [", "back: 2026/northwind readable [] []", "back: 2026/northwind severity [medium] [high]",
	} {
		if !strings.Contains(got, line) {
			t.Errorf("no %q in\n%s", line, got)
		}
	}
	if n := strings.Count(got, "\n"); n != 7 {
		t.Errorf("%d events, want 7:\n%s", n, got)
	}
}

// A merge stands for what it brought, however it was made.
func TestMerges(t *testing.T) {
	t.Parallel()
	const other, third = "escalations/2026/a.yaml", "escalations/2026/b.yaml"
	r := gittest.New(t)
	r.Commit("open", path, base)
	r.Git("checkout", "--quiet", "-b", "side")
	r.Commit("raise", path, updated(edit(base, "severity: high", "severity: critical"), "10:00:00", "text: Worse."))
	r.Commit("more", path, updated(updated(edit(base, "severity: high", "severity: critical"), "10:00:00", "text: Worse."), "11:00:00", "text: More."))
	r.Git("checkout", "--quiet", "main")
	r.Git("merge", "--quiet", "--no-ff", "-m", "merge", "side")
	for _, name := range []string{"a", "b"} {
		r.Git("checkout", "--quiet", "-b", name, "main")
		r.Commit("open "+name, "escalations/2026/"+name+".yaml", base)
	}
	r.Git("checkout", "--quiet", "main")
	r.Commit("beside", "README.md", "x")
	r.Git("merge", "--quiet", "-m", "octopus", "a", "b")
	r.Git("checkout", "--quiet", "-b", "ten")
	for i := range 10 {
		r.Commit(fmt.Sprintf("step %d", i), third, edit(base, "approach: Rep", fmt.Sprintf("approach: %d rep", i)))
	}
	r.Git("checkout", "--quiet", "main")
	r.Commit("meanwhile", other, edit(base, "severity: high", "severity: low"))
	r.Git("rebase", "--quiet", "main", "ten")
	r.Git("checkout", "--quiet", "main")
	r.Git("merge", "--quiet", "--squash", "ten")
	r.Commit("squash")
	const summary = "Pipelines wait 40 minutes and every team is affected"
	want(t, events(t, r, ""),
		"open: 2026/northwind opened [] [high: "+summary+"]",
		"merge: 2026/northwind severity [high] [critical] (More.)",
		"merge: 2026/northwind update [] [Worse.] (Worse.)",
		"octopus: 2026/a opened [] [high: "+summary+"]",
		"octopus: 2026/b opened [] [high: "+summary+"]",
		"meanwhile: 2026/a severity [high] [low]",
		"squash: 2026/b approach [Reproduce the waiting in our lab, then tune the queue with the customer.] [9 reproduce the waiting in our lab, then tune the queue with the customer.]",
	)
	r.Git("checkout", "--quiet", "ten") // the ten commits, rebased, each by itself
	if n := strings.Count(events(t, r, "2026/b"), "approach"); n != 10 {
		t.Errorf("%d changes, want 10", n)
	}
}

// A file that goes and comes back is compared with what it was.
func TestMoved(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	r.Commit("open", path, base)
	r.Git("mv", path, "escalations/2026/other.yaml")
	r.Commit("move")
	r.Git("mv", "escalations/2026/other.yaml", path)
	r.Commit("back")
	r.Git("revert", "--no-edit", "HEAD~2")
	r.Now = r.Now.Add(time.Hour)
	r.Commit("again", path, edit(base, "severity: high", "severity: low"))
	want(t, events(t, r, id),
		"open: 2026/northwind opened [] [high: Pipelines wait 40 minutes and every team is affected]",
		"move: 2026/northwind deleted [] []",
		"back: 2026/northwind restored [] []",
		`Revert "open": 2026/northwind deleted [] []`,
		"again: 2026/northwind restored [] []",
		"again: 2026/northwind severity [high] [low]",
	)
}

// The order is that of the commits, and what was true at a moment never goes
// back, whatever the clocks showed.
func TestBackwards(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	start := r.Now
	r.Commit("open", path, base)
	r.Now = start.Add(5 * time.Hour)
	r.Commit("late", path, edit(base, "severity: high", "severity: critical"))
	r.Now = start.Add(2 * time.Hour)
	r.Commit("early", path, edit(base, "severity: high", "severity: low"))
	var order []string
	for e, err := range history.WithNotices(history.Events(t.Context(), r.Open(), r.Head(), "", start.AddDate(1, 0, 0)), []notice.Notice{
		{Key: "k1", At: start.Add(time.Hour)}, {Key: "k2", At: start.Add(6 * time.Hour), State: notice.Done},
	}) {
		if err != nil {
			t.Fatal(err)
		}
		order = append(order, strings.TrimSpace(e.Subject+" "+e.Change+" "+e.From))
	}
	if got, want := strings.Join(order, ", "), "open opened, intended k1, late severity high, early severity critical, told k2"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, c := range []struct {
		hours    time.Duration
		severity schema.Severity
	}{{0, "high"}, {3, "high"}, {5, "low"}, {9, "low"}} {
		s, err := history.At(t.Context(), r.Open(), r.Head(), id, start.Add(c.hours*time.Hour), start.AddDate(1, 0, 0))
		if err != nil || s.Escalation.Severity != c.severity {
			t.Errorf("after %d hours: %v, %v, want %s", c.hours, s, err, c.severity)
		}
	}
}

// A commit with a date of the far future counts from the one before it, and spoils
// none behind it. Where it is the last one, it is the present.
func TestFuture(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	start := r.Now
	now := start.AddDate(0, 0, 1)
	told := []notice.Notice{{Key: "k1", At: start.Add(time.Hour), State: notice.Done}}
	open := r.Commit("open", path, base)
	r.Now = time.Date(2036, 1, 1, 0, 0, 0, 0, time.UTC)
	future := r.Commit("future", path, edit(base, "severity: high", "severity: critical"))
	r.Now = start.Add(2 * time.Hour)
	low := r.Commit("low", path, edit(base, "severity: high", "severity: low"))
	for _, c := range []struct {
		head  string
		hours time.Duration
		want  string
	}{
		{open, 1, "high"}, {future, 1, "high"}, {low, 1, "critical"}, {low, 2, "low"}, {low, 24, "low"},
	} {
		s, err := history.At(t.Context(), r.Open(), c.head, id, start.Add(c.hours*time.Hour), now)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(s.Escalation.Severity); got != c.want {
			t.Errorf("up to %s, after %d hours: %s, want %s", c.head, c.hours, got, c.want)
		}
	}
	var order []string
	for e, err := range history.WithNotices(history.Events(t.Context(), r.Open(), low, id, now), told) {
		if err != nil {
			t.Fatal(err)
		}
		order = append(order, strings.TrimSpace(e.Subject+" "+e.Change+" "+e.From))
	}
	if got, want := strings.Join(order, ", "), "open opened, future severity high, told k1, low severity critical"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// How an escalation stood with each commit, by the time of its author; what cannot
// be read is left out, and what is known is not read again.
func TestVersions(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	low, other := edit(base, "severity: high", "severity: low"), "escalations/2026/other.yaml"
	r.Commit("open", path, base, other, low)
	r.Commit("broken", path, "<<<<<<< HEAD\n"+base)
	r.Commit("lower", path, low)
	known := &schema.Escalation{Severity: "known"}
	have := map[string]*schema.Escalation{r.Git("rev-parse", "HEAD:"+path): known}
	all, err := history.Versions(t.Context(), r.Open(), r.Head(), []schema.ID{id}, have)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range all[id] {
		got = append(got, v.At.Format("15:04 ")+string(v.Escalation.Severity))
	}
	if got, want := strings.Join(got, ", "), "10:00 high, 12:00 known"; got != want || len(all) != 1 || len(have) != 2 {
		t.Errorf("got %s of %d, want %s; %d are known", got, len(all), want, len(have))
	}
}

// P39: what was true, and who was informed by the directory and the policy of
// that moment.
func TestAt(t *testing.T) {
	t.Parallel()
	const people = "escalations/people.yaml"
	r := gittest.New(t)
	start := r.Now
	v := base + "fyi: [okhan]\n"
	open := r.Commit("open", path, v, people, "people:\n  jdoe: {name: Jo, manager: boss}\n  amy: {name: Amy, roles: [cro]}\n  zoe: {name: Zoe, roles: [cro, ceo]}\n")
	r.Commit("people", people, "people:\n  jdoe: {name: Jo, manager: boss}\n  zoe: {name: Zoe, roles: [cro, ceo]}\n")
	r.Commit("policy", "escalations/policy.yaml", "severities: {high: {informs: [ceo, deal_desk]}}\n")
	r.Commit("break", path, "severity: [")
	r.Commit("close", path, v+"closure: {at: 2026-11-21T10:00:00Z, by: jdoe}\n")
	r.Commit("gone", path, "")
	at := func(hours time.Duration) (*history.State, error) {
		return history.At(t.Context(), r.Open(), r.Head(), id, start.Add(hours*time.Hour), start.AddDate(1, 0, 0))
	}
	for _, c := range []struct {
		hours      time.Duration
		status     string
		unreadable bool
		informed   []schema.Handle
		unfilled   []schema.Role
	}{
		{0, "open", false, []schema.Handle{"amy", "zoe", "okhan", "boss"}, []schema.Role{"vp_sales", "vp_product", "vp_customer_success", "csm_leader"}},
		{1, "open", false, []schema.Handle{"zoe", "okhan", "boss"}, []schema.Role{"vp_sales", "vp_product", "vp_customer_success", "csm_leader"}},
		{2, "open", false, []schema.Handle{"zoe", "okhan", "boss"}, []schema.Role{"deal_desk"}},
		{3, "open", true, []schema.Handle{"zoe", "okhan", "boss"}, []schema.Role{"deal_desk"}},
		{4, "closed", false, []schema.Handle{"zoe", "okhan", "boss"}, []schema.Role{"deal_desk"}},
	} {
		s, err := at(c.hours)
		if err != nil {
			t.Fatal(err)
		}
		if s.Status != c.status || s.Unreadable != c.unreadable || !slices.Equal(s.Informed, c.informed) || !slices.Equal(s.Unfilled, c.unfilled) {
			t.Errorf("after %d hours: %s, unreadable %t, informed %q, unfilled %q, want %+v", c.hours, s.Status, s.Unreadable, s.Informed, s.Unfilled, c)
		}
		if (s.Commit == open) != (c.hours < 4) {
			t.Errorf("after %d hours: commit %s", c.hours, s.Commit)
		}
	}
	var absent *history.NotThereError
	for _, hours := range []time.Duration{-1, 5} {
		if _, err := at(hours); !errors.As(err, &absent) {
			t.Errorf("after %d hours: %v", hours, err)
		}
	}
	if _, err := history.At(t.Context(), r.Open(), r.Head(), "2026/none", start, start); !errors.Is(err, history.ErrNeverThere) {
		t.Errorf("of none: %v", err)
	}
}

// A loop that ends early, or is stopped, leaves nothing behind.
func TestStopped(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	for i := range 20 {
		r.Commit("x", path, edit(base, "approach: Rep", fmt.Sprintf("approach: %d rep", i)))
	}
	for range history.Events(t.Context(), r.Open(), r.Head(), "", r.Now) {
		break
	}
	ctx, cancel := context.WithCancel(t.Context())
	repo := r.Open()
	cancel()
	for _, err := range history.Events(ctx, repo, r.Head(), "", r.Now) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("stopped: %v", err)
		}
	}
}

// The rules of each moment are those of the commits up to it, in one pass.
func TestAllRules(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	people := fixture.Read(fixture.People)
	r.Commit("people", fixture.People, people, path, base)
	r.Now = r.Now.Add(time.Hour)
	r.Commit("policy", "escalations/policy.yaml", "announce_limit: 7\n")
	r.Now = r.Now.Add(time.Hour)
	r.Commit("a name", fixture.People, edit(people, "name: Jo Doe", "name: Jo Roe"))
	all, err := history.AllRules(t.Context(), r.Open(), r.Head(), r.Now)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i, x := range all {
		if i > 0 && !x.From.After(all[i-1].From) {
			t.Errorf("%s is not after %s", x.From, all[i-1].From)
		}
		got = append(got, fmt.Sprint(x.People.People["jdoe"].Name, " ", *x.Policy.AnnounceLimit))
	}
	want(t, strings.Join(append(got, ""), "\n"), "Jo Doe 20", "Jo Doe 7", "Jo Roe 7")
}

// An event of a commit has the escalation after it, and when it counts.
func TestAfter(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	r.Commit("open", path, base)
	r.Commit("raise", path, edit(base, "severity: high", "severity: critical"))
	var got []string
	for e, err := range history.Events(t.Context(), r.Open(), r.Head(), id, r.Now.AddDate(1, 0, 0)) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprint(e.Change, " ", e.After.Severity, " ", e.Effective.IsZero()))
	}
	want(t, strings.Join(append(got, ""), "\n"), "opened high false", "severity critical false")
}
