//go:build e2e

package e2e

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/e2e/harness"
)

var (
	faultPoints   = flag.Int("fault-points", 0, "at how many calls and pushes each fault happens, spread evenly; 0 for one of those that tell the most")
	faultTable    = flag.String("fault-table", "", "write the table of faults of each forge to a file of this name, behind the forge's")
	botFaultTable = flag.String("bot-fault-table", "", "write the table of the bot's faults to this file")
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

// told is what stands on GitHub and in Slack, without what differs from run to
// run.
type told struct {
	issues   map[string]harness.Issue   // by the id of the escalation
	channels map[string]harness.Channel // by the name
}

var (
	idInTitle = regexp.MustCompile(`\((\d{4}/[a-z0-9_-]+)\)$`)
	address   = regexp.MustCompile(`/issues/(\d+)(#issuecomment-\d+|#note_\d+)?`)
)

// standing returns what stands, and how many issues are there twice. In links,
// issues and channels have their names: their numbers and ids differ from run to
// run.
func standing(w *harness.World) (told, int) {
	issues, ids := w.Forge.Issues(), map[string]string{}
	for _, i := range issues {
		id := i.Title
		if m := idInTitle.FindStringSubmatch(i.Title); m != nil {
			id = m[1]
		}
		ids[strconv.Itoa(i.Number)] = id
	}
	var channels []harness.Channel
	var names []string
	if w.Slack != nil {
		channels = w.Slack.Channels()
		for _, c := range channels {
			names = append(names, c.ID, c.Name)
		}
	}
	channelNames := strings.NewReplacer(names...)
	named := func(text string) string {
		text = servers.ReplaceAllString(text, "https://gitlab.example")
		return channelNames.Replace(address.ReplaceAllStringFunc(text, func(link string) string {
			return "/issues/" + ids[address.FindStringSubmatch(link)[1]]
		}))
	}

	stands, twice := told{map[string]harness.Issue{}, map[string]harness.Channel{}}, 0
	for _, i := range issues {
		id := ids[strconv.Itoa(i.Number)]
		if _, there := stands.issues[id]; there {
			twice++
			continue
		}
		i.Body = named(i.Body)
		for n := range i.Comments {
			i.Comments[n].Body = named(i.Comments[n].Body)
		}
		stands.issues[id] = i
	}
	for _, c := range channels {
		for n := range c.Messages {
			c.Messages[n].Text = named(strings.Join(c.Messages[n].Blocks, "\n"))
		}
		c.ID = ""
		stands.channels[c.Name] = c
	}
	return stands, twice
}

// damage is what a fault did for good.
type damage struct{ lost, doubled, wrong int }

// elsewhere matches links from GitHub to Slack and from Slack to GitHub.
var elsewhere = regexp.MustCompile(`<https://git(?:hub|lab)\.example/[^|>]*\|tracking issue> · |\[(#[a-z0-9_-]+)\]\(https://acme\.slack\.com/archives/[^)]*\)`)

// exactly and unlinked are how texts are compared: while the other place is down,
// nobody knows where the links to it lead, and what is told is told without them.
func exactly(text string) string  { return text }
func unlinked(text string) string { return elsewhere.ReplaceAllString(text, "$1") }

// compared says what is lost, doubled or otherwise not as it should be, and how.
func compared(w *harness.World, want told, as func(string) string) (d damage, how []string) {
	got, twice := standing(w)
	if d.doubled = twice; twice > 0 {
		how = append(how, fmt.Sprintf("%d issues are there twice", twice))
	}
	count := func(where string, should, is []string) {
		counts := map[string]int{}
		for _, text := range should {
			counts[as(text)]--
		}
		for _, text := range is {
			counts[as(text)]++
		}
		for text, n := range counts {
			if n < 0 {
				d.lost -= n
			} else {
				d.doubled += n
			}
			if n != 0 {
				how = append(how, fmt.Sprintf("%s: %+d of %q", where, n, text))
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(want.issues)) {
		should, is := want.issues[id], got.issues[id]
		if is.Number == 0 {
			d.lost += 1 + len(should.Comments)
			how = append(how, id+" has no issue")
			continue
		}
		count(id, bodies(should), inTime(bodies(is)))
		head := func(i harness.Issue) string {
			i.Comments = nil
			return shown(i)
		}
		if as(head(is)) != as(head(should)) {
			d.wrong++
			how = append(how, fmt.Sprintf("%s stands as\n%s\nwant\n%s", id, head(is), head(should)))
		}
	}
	for id := range got.issues {
		if _, known := want.issues[id]; !known {
			d.doubled++
			how = append(how, "an issue that should not be: "+id)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(want.channels)) {
		should, is := want.channels[name], got.channels[name]
		count("#"+name, messages(should), inTime(messages(is)))
		should.Messages, is.Messages = nil, nil
		if should.String() != is.String() {
			d.wrong++
			how = append(how, fmt.Sprintf("#%s stands as\n%s\nwant\n%s", name, is, should))
		}
	}
	for name := range got.channels {
		if _, known := want.channels[name]; !known {
			d.doubled++
			how = append(how, "a channel that should not be: "+name)
		}
	}
	for _, line := range unsettled(w) {
		d.wrong++
		how = append(how, "the ledger leaves open: "+line)
	}
	return d, how
}

func bodies(i harness.Issue) (texts []string) {
	for _, c := range i.Comments {
		texts = append(texts, c.Body)
	}
	return texts
}

// late matches what tells that something arrived later than it was to: nothing tells
// so where nothing fails, and nothing may say any more that it did not arrive.
var late = regexp.MustCompile(`^(### |\[header\] )Delivered: the `)

// inTime are texts without those.
func inTime(texts []string) []string {
	return slices.DeleteFunc(texts, late.MatchString)
}

// messages are what is said in a channel, and which of it is pinned.
func messages(c harness.Channel) (texts []string) {
	for _, m := range c.Messages {
		texts = append(texts, fmt.Sprintf("%s (pinned: %v)", m.Text, m.Pinned))
	}
	return texts
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
// at most three times, and calls after, if there is one, after each run. It
// returns how many runs a merge took at most.
func play(t testing.TB, w *harness.World, merges []map[string]string, after func()) (runs int) {
	t.Helper()
	for _, files := range merges {
		w.Clone.Merge("merge", files)
		for try := 1; ; try++ {
			r := w.Apply()
			if runs = max(runs, try); after != nil {
				after()
			}
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

// faultWorld is a world with both destinations.
func faultWorld(t testing.TB, on harness.Kind) *harness.World {
	t.Helper()
	w := newSlackWorldOn(t, on, harness.SlackOptions{PageSize: 3})
	w.Forge.Forget()
	w.Slack.Forget()
	return w
}

// TestFaults lets everything go wrong that can, before and after every call and
// every push, runs escalate again, and counts what is lost and what is doubled. What
// goes wrong at Slack, or with a push, is the same on each forge: without
// -fault-points, it goes wrong on GitHub alone.
func TestFaults(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(forges)) {
		t.Run(name, func(t *testing.T) { faultsOn(t, name, forges[name]) })
	}
}

func faultsOn(t *testing.T, forge string, on harness.Kind) {
	alone := forge != "GitHub" && *faultPoints == 0 // the forge alone fails
	merges := scenario(t)
	clean := faultWorld(t, on)
	before := clean.Origin.Pushes()
	if play(t, clean, merges, nil) != 1 {
		t.Fatal("without a fault, it takes more than one run")
	}
	mustSettle := unsettled(clean)
	want, _ := standing(clean)
	destinations := []struct {
		name   string
		calls  []harness.Call
		kinds  []harness.FaultKind
		inject func(*harness.World, harness.Fault) (fired func() int)
	}{
		{forge, clean.Forge.Calls(), clean.Forge.FaultKinds(), func(w *harness.World, f harness.Fault) func() int { return w.Forge.Inject(f) }},
		{"Slack", clean.Slack.Calls(), harness.SlackFaultKinds(), func(w *harness.World, f harness.Fault) func() int { return w.Slack.Inject(f) }},
	}
	pushes := clean.Origin.Pushes() - before
	if len(destinations[0].calls) < 25 || len(destinations[1].calls) < 25 || pushes < 4 || len(want.issues) != 3 || len(want.channels) != 4 || len(mustSettle) > 0 {
		t.Fatalf("%d and %d calls and %d pushes, %d issues, %d channels, left open %v", len(destinations[0].calls), len(destinations[1].calls), pushes, len(want.issues), len(want.channels), mustSettle)
	}

	var mu sync.Mutex
	rows := map[string]*row{}
	var order []string
	point := func(t *testing.T, name string, at int, as func(string) string, inject func(w *harness.World) (fired func() int, after func())) {
		if rows[name] == nil {
			rows[name] = &row{}
			order = append(order, name)
		}
		t.Run(fmt.Sprintf("%s/%d", name, at), func(t *testing.T) {
			t.Parallel()
			w := faultWorld(t, on)
			fired, after := inject(w)
			runs := play(t, w, merges, after)
			if fired() == 0 {
				t.Errorf("call or push %d was never made", at)
			}
			d, how := compared(w, want, as)
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
		for _, d := range destinations {
			if alone && d.name != forge {
				continue
			}
			for _, kind := range d.kinds {
				for _, at := range points(kind, d.calls) {
					point(t, d.name+": "+string(kind), at, exactly, func(w *harness.World) (func() int, func()) {
						return d.inject(w, harness.Fault{Kind: kind, At: at, Wait: wait(kind), Do: w.Kill}), nil
					})
				}
			}
		}
		if alone {
			return
		}
		for _, kind := range harness.PushFaultKinds() {
			for _, at := range spread(each(pushes), max(*faultPoints, 1)) {
				point(t, string(kind), at, exactly, func(w *harness.World) (func() int, func()) {
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
					}}), nil
				})
			}
		}
		for _, at := range spread(each(pushes), max(*faultPoints, 1)) {
			point(t, "the ledger is forced back after a push", at, exactly, func(w *harness.World) (func() int, func()) { return forcedBack(t, w, at) })
		}
		for _, d := range destinations {
			for _, at := range spread(each(len(d.calls)), max(*faultPoints, 1)) {
				point(t, d.name+": another run begins, in another clone", at, exactly, func(w *harness.World) (func() int, func()) {
					return overlapping(w, func(f harness.Fault) func() int {
						f.At = at
						return d.inject(w, f)
					})
				})
			}
		}
		for name, down := range map[string][]string{
			forge + " is down for a run": {forge}, "Slack is down for a run": {"Slack"}, "both are down for a run": {"both"}, "each is down in turn": {forge, "Slack"},
		} {
			point(t, name, 1, unlinked, func(w *harness.World) (func() int, func()) {
				run, hit := 0, 0
				next := func() {
					w.Forge.Heal()
					w.Slack.Heal()
					if run < len(down) {
						outage := harness.Fault{Kind: harness.BadGateway, Times: harness.Always}
						if down[run] != "Slack" {
							w.Forge.Inject(outage)
						}
						if down[run] != forge {
							w.Slack.Inject(outage)
						}
						hit++
					}
					run++
				}
				next()
				return func() int { return hit }, next
			})
		}
	})

	var b strings.Builder
	fmt.Fprintf(&b, "A scenario of %d calls of %s, %d calls of Slack and %d pushes; at each point one fault, then runs until one succeeds.\n\n",
		len(destinations[0].calls), forge, len(destinations[1].calls), pushes)
	b.WriteString("| fault | points | runs, at most | lost | doubled | otherwise wrong |\n| --- | ---: | ---: | ---: | ---: | ---: |\n")
	slices.Sort(order)
	for _, name := range order {
		r := rows[name]
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d |\n", name, r.points, r.runs, r.lost, r.doubled, r.wrong)
	}
	t.Log("\n" + b.String())
	if *faultTable != "" {
		if err := os.WriteFile(beside(*faultTable, forge), []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// beside is the name of a file for one of the forges.
func beside(file, forge string) string {
	return filepath.Join(filepath.Dir(file), strings.ToLower(forge)+"-"+filepath.Base(file))
}

// forcedBack has somebody force the ledger to what it was, right after a push. The
// next push of the same run brings it all back; where there is none, the next run
// must say so and tell nothing, and then it is put back.
func forcedBack(t testing.TB, w *harness.World, at int) (fired func() int, after func()) {
	const ref = "refs/heads/" + harness.LedgerBranch
	tip := func() string { return strings.TrimSpace(w.Origin.Git("for-each-ref", "--format=%(objectname)", ref)) }
	seen, pushed := "", ""
	n := 0
	w.Origin.Inject(harness.PushFault{Kind: harness.KillAfterPush, Times: harness.Always, Do: func() {
		if n++; n != at {
			if pushed == "" {
				seen = tip()
			}
			return
		}
		if pushed = tip(); seen == "" {
			w.Origin.Git("update-ref", "-d", ref)
		} else {
			w.Origin.Git("update-ref", ref, seen)
		}
	}})
	return func() int { return min(n/at, 1) }, func() {
		if pushed == "" || tip() != "" && tip() != seen {
			return
		}
		if r := w.Apply(); r.Code != 3 || !strings.Contains(r.Stderr, "the ledger was set back") || !strings.Contains(r.Stderr, pushed) {
			t.Errorf("the ledger was forced back, and it says\n%v", r)
		}
		w.Origin.Git("update-ref", ref, pushed)
		pushed = ""
	}
}

// overlapping has another run begin in another clone while a call is under way, and
// end before the next merge.
func overlapping(w *harness.World, inject func(harness.Fault) func() int) (fired func() int, after func()) {
	var other *harness.Run
	clone := w.NewClone()
	fired = inject(harness.Fault{Kind: harness.Meanwhile, Do: func() { other = w.StartApply(clone, harness.With{"GITHUB_RUN_ID=2"}) }})
	return fired, func() {
		if other != nil {
			other.Wait()
		}
	}
}

// points are the calls at which a fault happens, counted from 1: what is lost on
// the way back happens where it matters, at the calls that make something.
func points(kind harness.FaultKind, calls []harness.Call) []int {
	var all, writes, changes []int
	for i, c := range calls {
		all = append(all, i+1)
		if c.Writes() {
			changes = append(changes, i+1)
		}
		if c.Method == http.MethodPost && c.Writes() { // Slack is asked by POST, too
			writes = append(writes, i+1)
		}
	}
	n := *faultPoints
	if n == 0 {
		switch kind {
		case harness.NoConnection, harness.ReplyLost, harness.TooMany, harness.InternalAfter, harness.Hollow, harness.HollowAfter,
			harness.KillBefore, harness.KillAfter:
			n = 1
		default:
			return nil
		}
	}
	switch kind {
	case harness.Hollow, harness.HollowAfter: // whether something was done is what nobody says
		return spread(changes, min(n, len(changes)))
	case harness.ReplyLost, harness.Truncated, harness.InternalAfter, harness.FatalAfter, harness.TimeoutAfter:
		if n < len(writes) {
			return spread(writes, n)
		}
	}
	return spread(all, n)
}

// each returns the numbers from 1 to n.
func each(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i + 1
	}
	return list
}

// spread returns n of a list, spread evenly.
func spread[T any](list []T, n int) []T {
	if n >= len(list) {
		return list
	}
	some := make([]T, n)
	for i := range some {
		some[i] = list[(2*i+1)*len(list)/(2*n)]
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
