//go:build e2e

package e2e

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/e2e/harness"
)

var (
	everyPoint = flag.Bool("every-point", false, "let each fault happen at every call, and not at some of them")
	faultTable = flag.String("fault-table", "", "write the table of faults to this file")
)

// scenario is what is merged, and applied, while something goes wrong: two
// merges, so that there is an issue already where most happens.
func scenario(t testing.TB) []map[string]string {
	t.Helper()
	alpha := edited(t, text(t, "testdata/apply/northwind.yaml"),
		edit{"Northwind Traders", "Alpha Airlines"}, edit{"severity: high", "severity: medium"}, edit{"case: pending", "case: https://crm.example.com/cases/1"})
	const alphaFile, betaFile = "escalations/2026/alpha.yaml", "escalations/2026/beta.yaml"
	opened := northwind(t, anUpdate(20, "", "The first look: it begins at 200 jobs."))
	return []map[string]string{
		{northwindFile: opened, alphaFile: alpha},
		{
			northwindFile: edited(t, opened,
				edit{"severity: high", "severity: critical"}, edit{"dri: mlee", "dri: dpatel"}, edit{"case: pending", "case: https://crm.example.com/cases/5002"},
				edit{"due: 2026-11-24}", "due: 2026-11-24, done: 2026-11-21}\n  - {step: Measure again, owner: mlee, due: 2026-11-25}"},
				anUpdate(21, "", "An ordinary update."), anUpdate(22, ", significant: true", "A significant update."), anUpdate(23, "", "Raised to critical.")),
			alphaFile: edited(t, alpha, edit{"days\n", "days\n    met: 2026-11-21\n"}, edit{"next_steps:\n", closure + "next_steps:\n"}),
			betaFile:  edited(t, alpha, edit{"Alpha Airlines", "Beta Bank"}, edit{"severity: medium", "severity: low"}, anUpdate(23, "", "All at once.")),
		},
	}
}

// told is what stands on GitHub, without what differs from run to run.
type told map[string]harness.Issue // by the id of the escalation

var (
	idInTitle = regexp.MustCompile(`\((\d{4}/[a-z0-9_-]+)\)$`)
	address   = regexp.MustCompile(`/issues/\d+(#issuecomment-\d+)?`)
)

// standing returns what stands, and how many issues are there twice.
func standing(w *harness.World) (told, int) {
	all, twice := told{}, 0
	for _, i := range w.GitHub.Issues() {
		id := i.Title
		if m := idInTitle.FindStringSubmatch(i.Title); m != nil {
			id = m[1]
		}
		if _, there := all[id]; there {
			twice++
			continue
		}
		i.Body = address.ReplaceAllString(i.Body, "/issues/N")
		for n := range i.Comments {
			i.Comments[n].Body = address.ReplaceAllString(i.Comments[n].Body, "/issues/N")
		}
		all[id] = i
	}
	return all, twice
}

// damage is what a fault did for good.
type damage struct{ lost, doubled, wrong int }

// compared says what is lost, doubled or otherwise not as it should be, and how.
func compared(w *harness.World, want told) (d damage, how []string) {
	got, twice := standing(w)
	if d.doubled = twice; twice > 0 {
		how = append(how, fmt.Sprintf("%d issues are there twice", twice))
	}
	for _, id := range slices.Sorted(maps.Keys(want)) {
		should, is := want[id], got[id]
		if is.Number == 0 {
			d.lost += 1 + len(should.Comments)
			how = append(how, id+" has no issue")
			continue
		}
		counts := map[string]int{}
		for _, c := range should.Comments {
			counts[c.Body]--
		}
		for _, c := range is.Comments {
			counts[c.Body]++
		}
		for body, n := range counts {
			if n < 0 {
				d.lost -= n
			} else {
				d.doubled += n
			}
			if n != 0 {
				how = append(how, fmt.Sprintf("%s: %+d of the comment %q", id, n, body))
			}
		}
		head := func(i harness.Issue) string {
			i.Comments = nil
			return shown(i)
		}
		if head(is) != head(should) {
			d.wrong++
			how = append(how, fmt.Sprintf("%s stands as\n%s\nwant\n%s", id, head(is), head(should)))
		}
	}
	for id := range got {
		if _, known := want[id]; !known {
			d.doubled++
			how = append(how, "an issue that should not be: "+id)
		}
	}
	for _, line := range unsettled(w) {
		d.wrong++
		how = append(how, "the ledger leaves open: "+line)
	}
	return d, how
}

// unsettled returns what the ledger says is to be done, and not that it was.
func unsettled(w *harness.World) []string {
	open := map[string]bool{}
	for _, file := range w.Origin.Ledgers() {
		if !strings.HasPrefix(file, "notices/") {
			continue
		}
		for line := range strings.Lines(w.Origin.Ledger(file)) {
			var n struct{ Key, To, Do, State string }
			if json.Unmarshal([]byte(line), &n) == nil {
				open[strings.Join([]string{file, n.Key, n.To, n.Do}, " | ")] = n.State != "done"
			}
		}
	}
	maps.DeleteFunc(open, func(_ string, is bool) bool { return !is })
	return slices.Sorted(maps.Keys(open))
}

// play merges the scenario and applies after each merge, until a run exits 0,
// at most three times. It returns how many runs a merge took at most.
func play(t testing.TB, w *harness.World, merges []map[string]string) (runs int) {
	t.Helper()
	for _, files := range merges {
		w.Clone.Merge("merge", files)
		for try := 1; ; try++ {
			r := w.Apply()
			runs = max(runs, try)
			if r.Code == 0 {
				break
			}
			if r.Killed {
				continue
			}
			if try == 3 {
				t.Errorf("after three runs it still fails\n%v", r)
				break
			}
		}
		w.Pass(24 * time.Hour)
	}
	return runs
}

// row is a line of the table.
type row struct {
	points, runs int
	damage
}

// TestFaults lets everything go wrong that can, before and after every call and
// every push, runs escalate again, and counts what is lost and what is doubled.
func TestFaults(t *testing.T) {
	merges := scenario(t)
	clean := newWorld(t)
	before := clean.Origin.Pushes()
	clean.GitHub.Forget()
	if play(t, clean, merges) != 1 {
		t.Fatal("without a fault, it takes more than one run")
	}
	mustSettle := unsettled(clean)
	want, _ := standing(clean)
	calls, pushes := clean.GitHub.Calls(), clean.Origin.Pushes()-before
	if len(calls)+pushes < 30 || len(want) != 3 || len(mustSettle) > 0 {
		t.Fatalf("%d calls and %d pushes, %d issues, left open %v: want at least 30, and 3, and none", len(calls), pushes, len(want), mustSettle)
	}

	var mu sync.Mutex
	rows := map[string]*row{}
	var order []string
	point := func(t *testing.T, name string, at int, inject func(w *harness.World) (fired func() int)) {
		if rows[name] == nil {
			rows[name] = &row{}
			order = append(order, name)
		}
		t.Run(fmt.Sprintf("%s/%d", name, at), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			fired := inject(w)
			runs := play(t, w, merges)
			if fired() == 0 {
				t.Errorf("call or push %d was never made", at)
			}
			d, how := compared(w, want)
			if d != (damage{}) {
				t.Errorf("%d lost, %d doubled, %d wrong:\n%s", d.lost, d.doubled, d.wrong, strings.Join(how, "\n"))
			} else {
				mustBeQuiet(t, w)
			}
			mu.Lock()
			defer mu.Unlock()
			r := rows[name]
			r.points, r.runs = r.points+1, max(r.runs, runs)
			r.lost, r.doubled, r.wrong = r.lost+d.lost, r.doubled+d.doubled, r.wrong+d.wrong
		})
	}
	t.Run("at", func(t *testing.T) {
		for _, kind := range harness.FaultKinds() {
			for _, at := range points(kind, calls) {
				point(t, string(kind), at, func(w *harness.World) func() int {
					w.GitHub.Forget()
					return w.GitHub.Inject(harness.Fault{Kind: kind, At: at, Wait: wait(kind), Do: w.Kill})
				})
			}
		}
		for _, kind := range harness.PushFaultKinds() {
			for at := 1; at <= pushes; at++ {
				point(t, string(kind), at, func(w *harness.World) func() int {
					other := w.NewClone()
					return w.Origin.Inject(harness.PushFault{Kind: kind, At: at, Do: func() {
						if kind != harness.Raced {
							w.Kill()
							return
						}
						other.Git("fetch", "--quiet", "origin", harness.LedgerBranch)
						other.Git("checkout", "--quiet", "--detach", "FETCH_HEAD")
						other.Git("commit", "--quiet", "--allow-empty", "-m", "of another")
						other.Git("push", "--quiet", "origin", "HEAD:refs/heads/"+harness.LedgerBranch)
					}})
				})
			}
		}
	})

	var b strings.Builder
	fmt.Fprintf(&b, "A scenario of %d calls and %d pushes; at each point one fault, then runs until one succeeds.\n\n", len(calls), pushes)
	b.WriteString("| fault | points | runs, at most | lost | doubled | otherwise wrong |\n| --- | ---: | ---: | ---: | ---: | ---: |\n")
	for _, name := range order {
		r := rows[name]
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d |\n", name, r.points, r.runs, r.lost, r.doubled, r.wrong)
	}
	t.Log("\n" + b.String())
	if *faultTable != "" {
		if err := os.WriteFile(*faultTable, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// points are the calls at which a fault happens, counted from 1. The process is
// killed at all of them. What is lost on the way back happens where it matters,
// at the calls that make something; the rest happens at some, spread evenly.
func points(kind harness.FaultKind, calls []harness.Call) []int {
	var all, posts []int
	for i, c := range calls {
		all = append(all, i+1)
		if c.Method == http.MethodPost {
			posts = append(posts, i+1)
		}
	}
	switch {
	case *everyPoint || kind == harness.KillBefore || kind == harness.KillAfter:
		return all
	case kind == harness.ReplyLost || kind == harness.Truncated || kind == harness.InternalAfter:
		return posts
	case kind == harness.TimeoutAfter: // half a minute each, until the client gives up
		return spread(posts, 6)
	case kind == harness.TimeoutBefore:
		return spread(all, 4)
	default:
		return spread(all, 6)
	}
}

// spread returns n of a list, spread evenly.
func spread(list []int, n int) []int {
	n = min(n, len(list))
	some := make([]int, n)
	for i := range some {
		some[i] = list[i*(len(list)-1)/max(n-1, 1)]
	}
	return some
}

// wait is how long a fault has whoever called wait.
func wait(kind harness.FaultKind) time.Duration {
	switch kind {
	case harness.Slow, harness.TooMany, harness.Secondary:
		return time.Second
	}
	return 0
}
