package outbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/forge/forgetest"
	"github.com/escalations-as-code/escalate/internal/github"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/marker"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/tracking"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// chat takes what the first version told in Slack. It keeps what was told.
type chat struct {
	told []said
}

// said is a text, or something done beside one.
type said struct{ key, text string }

func (*chat) Via() string                             { return "slack" }
func (*chat) Takes(to notice.Place, _ notice.Do) bool { return to != notice.Tracking }

func (c *chat) Deliver(_ context.Context, d destination.Delivery, inDoubt bool) (destination.Receipt, error) {
	s := said{fmt.Sprintf("%s>%s %s", strings.Join(d.Keys(), "+"), d.First().To, d.First().Do), d.Text().Plain()}
	if inDoubt && slices.ContainsFunc(c.told, func(x said) bool { return x.key == s.key }) {
		return destination.Receipt{Ref: "C1", Kept: true}, nil
	}
	c.told = append(c.told, s)
	return destination.Receipt{Ref: "C1", URL: "https://acme.slack.example/C1"}, nil
}

// killing ends the run after a delivery.
type killing struct {
	destination.Destination
	left *int
}

func (k killing) Deliver(ctx context.Context, d destination.Delivery, inDoubt bool) (destination.Receipt, error) {
	r, err := k.Destination.Deliver(ctx, d, inDoubt)
	if *k.left--; *k.left == 0 {
		panic("killed")
	}
	return r, err
}

// first is a world whose ledger the first version wrote, before formats had
// numbers, and was killed: it had told all of Northwind's opening, written down
// Northwind's next changes and the opening of Alpha, and done some of it.
type first struct {
	*world
	chat   *chat
	github *forgetest.GitHub
	left   int // deliveries until the next run is killed
}

func newFirst(t testing.TB) *first {
	t.Helper()
	f := &first{world: inMemory(t), chat: &chat{}, github: forgetest.NewGitHub(t)}
	f.now = time.Date(2026, 11, 27, 15, 0, 0, 0, time.UTC)
	// As the first version left it, and what it was telling.
	files := contents(t, os.DirFS("testdata/first"))
	f.remote.Branches[ledger.Name] = f.remote.Commit("", files)
	maps.DeleteFunc(files, func(name string, _ []byte) bool { return !strings.HasPrefix(name, tree.Folder+"/") })
	f.remote.Branches["main"] = f.remote.Commit(f.remote.Branches["main"], files)
	// What it had done on GitHub before.
	f.github.Open(forgetest.User, "<!-- escalate: 2026/northwind -->", "escalation", "severity:high")
	return f
}

// apply runs, and reports whether the run came to its end.
func (f *first) apply() (ended bool) {
	f.Helper()
	forge, err := github.New(github.Config{API: f.github.API, Repository: "acme/escalations", Token: "t", UserAgent: "test"})
	if err != nil {
		f.Fatal(err)
	}
	run := f.run("mine")
	run.Destinations = []destination.Destination{killing{f.chat, &f.left}, killing{tracking.New(forge, run.Truth.People, marker.Keys{}), &f.left}}
	defer func() {
		if e := recover(); e != nil && e != any("killed") {
			panic(e)
		}
	}()
	report, err := run.Apply(f.Context())
	if err != nil || report.Failed() {
		f.Errorf("%v, %+v", err, report.Outcomes)
	}
	return true
}

// line is a line of the first format, as it was written.
type line struct{ Key, Do, To, Via, State, Text string }

func linesOf(t testing.TB, name string) []line {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata/first/notices/2026", name+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var all []line
	for l := range bytes.Lines(data) {
		var n line
		if err := json.Unmarshal(l, &n); err != nil {
			t.Fatal(err)
		}
		all = append(all, n)
	}
	return all
}

// What the first version wrote down before it was killed is done once, in its own
// words; what it told is not told again. So it is where this run is killed, too.
func TestFirstLedger(t *testing.T) {
	t.Parallel()
	const commented = "<!-- escalate: 2026/northwind severity 2026-11-22T09:00:00Z -->"
	// The first version told a new Product DRI and steps in one comment.
	const together = "Dina Patel takes over from Min Lee as Product DRI.\n\nNext steps, 0 of 1 done\n\n" +
		"<!-- escalate: 2026/northwind product_dri 1 -->\n<!-- escalate: 2026/northwind steps 1 -->"
	var want []said // in Slack
	for _, n := range slices.Concat(linesOf(t, "alpha"), linesOf(t, "northwind")) {
		if n.State != "intent" || n.Via != "slack" {
			continue
		}
		want = append(want, said{n.Key + ">" + n.To + " " + n.Do, n.Text})
	}
	if len(want) != 13 {
		t.Fatalf("%d things were left to be done in Slack: %q", len(want), want)
	}
	const deliveries = 19
	for killed := 0; killed < deliveries; killed += 3 {
		for _, done := range []bool{false, true}[killed%2:] {
			t.Run(fmt.Sprintf("killed after %d, done %v", killed, done), func(t *testing.T) {
				t.Parallel()
				f := newFirst(t)
				if done { // what the first version had done when it was killed
					f.github.Open(forgetest.User, "<!-- escalate: 2026/alpha -->", "escalation").Title = "Alpha Airlines: Pipelines wait 40 minutes and every team is affected (2026/alpha)"
					f.github.Say(forgetest.User, forge.Thread{Number: 1}, "Severity raised\n\n"+commented)
					f.github.Say(forgetest.User, forge.Thread{Number: 1}, together)
					f.chat.told = slices.Clone(want[:3])
				}
				f.left = killed
				if ended := f.apply(); ended != (killed == 0) {
					t.Fatal("it is not killed where it should be")
				}
				f.apply()

				if got := f.chat.told; !slices.Equal(sorted(got), sorted(want)) {
					t.Errorf("told in Slack\n%q\nwant\n%q", got, want)
				}
				titles := []string{}
				for _, i := range f.github.Issues {
					titles = append(titles, i.Title)
				}
				const about = ": Pipelines wait 40 minutes and every team is affected "
				if !slices.Equal(titles, []string{"Northwind Traders" + about + "(2026/northwind)", "Alpha Airlines" + about + "(2026/alpha)"}) {
					t.Errorf("the issues are %q", titles)
				}
				comments := f.github.Bodies(forge.Thread{Number: 1})
				if all := strings.Join(comments, "\n"); !strings.Contains(comments[0], commented) ||
					strings.Count(all, "Dina Patel takes over from Min Lee as Product DRI.") != 1 || strings.Count(all, "Next steps, 0 of 1 done") != 1 {
					t.Errorf("the comments are %q", comments)
				}
				if !slices.Contains(f.github.Issues[0].Labels, "severity:critical") || !strings.HasPrefix(f.github.Issues[0].Body, "Customer: Northwind Traders") {
					t.Errorf("the issue is %+v", f.github.Issues[0])
				}

				tip := f.remote.Branches[ledger.Name]
				if f.apply(); f.remote.Branches[ledger.Name] != tip || len(f.chat.told) != len(want) {
					t.Error("a run with nothing to tell tells something")
				}
				got := slices.DeleteFunc(f.ledgers(), func(name string) bool {
					return strings.HasPrefix(name, "notices/") || strings.HasPrefix(name, tree.Folder+"/")
				})
				if !slices.Equal(got, []string{"README.md", "format"}) {
					t.Errorf("the ledger has %q", got)
				}
			})
		}
	}
}

func sorted(all []said) []said {
	return slices.SortedFunc(slices.Values(all), func(a, b said) int { return strings.Compare(a.key, b.key) })
}
