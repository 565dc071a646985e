//go:build e2e

package e2e

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/e2e/harness"
)

const pullFile = "escalations/2026/alpha.yaml"

// asking is a world in which people have written twenty comments, of which none is
// answered: on a tracking issue and on a pull request.
type asking struct {
	*desk
	ids []int64
}

func newAsking(t testing.TB) *asking {
	t.Helper()
	d := newDesk(t, map[string]string{northwindFile: northwind(t)})
	d.Clone.Pull()
	d.Clone.Git("checkout", "--quiet", "-b", "alpha")
	d.Clone.Commit("Open Alpha", map[string]string{pullFile: edited(t, text(t, "testdata/apply/northwind.yaml"), edit{"Northwind Traders", "Alpha Airlines"}, edit{"severity: high", "severity: medium"})})
	d.Clone.Git("push", "--quiet", "origin", "alpha")
	d.Clone.Git("checkout", "--quiet", "main")
	issue := tracking(t, d.World, "2026/northwind").Number
	pull := d.GitHub.OpenPull("jodoe", "alpha", "Open Alpha", "", harness.PullOptions{})
	a := &asking{desk: d}
	for _, c := range []struct {
		after time.Duration // 0: in the same second
		who   string
		on    int
		body  string
	}{
		{time.Minute, "jodoe", issue, "/update customer The load test is booked."},
		{0, "anarivera", issue, "/update internal Their CTO has called."},
		{time.Second, "minlee", issue, "/significant The cause is found.\n/step Mend the queue @minlee 2026-11-27\n/update internal It is a lock."},
		{time.Minute, "jodoe", pull, "/update internal The first look."},
		{0, "anarivera", pull, "/step Call them @anarivera 2026-11-26"},
		{time.Minute, "robinking", issue, "/severity critical because Their board asks.\n/product-dri @dinapatel"},
		{time.Minute, "jodoe", issue, "/case https://crm.example.com/cases/5002"},
		{0, "jodoe", issue, "/done load test"},
		{time.Minute, "jodoe", issue, "/help"},
		{time.Minute, "anarivera", issue, "/updat internal A word with a letter less."},
		{time.Minute, "minlee", issue, "/close"},
		{time.Minute, "robinking", issue, "/severity medium because It is mended."},
		{time.Minute, "robinking", issue, "/snooze 2026-12-01 because They are on holiday.\n/update customer See you in December."},
		{time.Minute, "dinapatel", issue, "/cover @jodoe until 2026-12-01 because I am away."},
		{time.Minute, "jodoe", pull, "/case https://crm.example.com/cases/1\n/severity low because One team."},
		{time.Minute, "minlee", pull, "/fix"},
		{time.Minute, "jodoe", issue, "/met 1"},
		{time.Minute, "jodoe", issue, "/criterion No job is lost for a week."},
		{time.Minute, "robinking", issue, "> /update customer Said by another.\n\nWell said.\n\n/update both Well."},
		{time.Minute, "jodoe", issue, "/reopen because It is open.\n/support https://support.example.com/tickets/4712"},
	} {
		d.Pass(c.after)
		a.ids = append(a.ids, d.GitHub.AddComment(c.who, c.on, c.body))
	}
	d.Pass(5 * time.Minute)
	d.GitHub.Forget()
	return a
}

// runs runs the bot until it succeeds, and returns how often.
func (a *asking) runs() int {
	a.Helper()
	for n := 1; ; n++ {
		r := a.bot()
		switch {
		case r.Code == 0:
			return n
		case n == 4:
			a.Fatalf("after %d runs it still fails\n%v", n, r)
		}
		a.Pass(time.Minute)
	}
}

var (
	anyTime   = regexp.MustCompile(`\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\dZ| UTC)`)
	answerTo  = regexp.MustCompile(`escalate: answer (\d+)[ >]`)
	askedFor  = regexp.MustCompile(`(?m)^Asked-for-in: <(.*)>$`)
	hiddenAll = regexp.MustCompile(`(?s)<!--.*?-->`)
)

// outcomeOf is what came of the comments: the files by their branches, what is said but
// for the answers, and the proposals, each without what is otherwise in each run.
func (a *asking) outcomeOf() map[string][]string {
	a.Helper()
	all := map[string][]string{}
	branches := strings.Fields(a.Origin.Git("for-each-ref", "--format=%(refname:short)", "refs/heads"))
	numbered := func(text string) string {
		return regexp.MustCompile(`comment-\d+|#issuecomment-\d+`).ReplaceAllString(text, "comment")
	}
	for _, b := range branches {
		if b == harness.LedgerBranch {
			continue
		}
		for _, file := range []string{northwindFile, pullFile} {
			if a.Origin.Git("ls-tree", b, "--", file) != "" {
				text := anyTime.ReplaceAllString(a.Origin.Git("cat-file", "blob", b+":"+file), "TIME")
				all["file "+file] = append(all["file "+file], text)
			}
		}
	}
	for _, p := range a.GitHub.Pulls() {
		all["pulls"] = append(all["pulls"], numbered(p.Title+" "+p.State))
		for _, c := range a.GitHub.CheckRuns(p.Commit) {
			all["checks"] = append(all["checks"], p.Title+" "+c.Name+" "+c.Conclusion)
		}
	}
	for _, i := range a.GitHub.Issues() {
		all["issues"] = append(all["issues"], anyTime.ReplaceAllString(i.Title+" "+i.State+" "+strings.Join(i.Labels, " ")+"\n"+hiddenAll.ReplaceAllString(i.Body, ""), "TIME"))
	}
	for n := 1; n <= len(a.GitHub.Issues())+len(a.GitHub.Pulls()); n++ {
		for _, c := range a.GitHub.Comments(n) {
			if c.Author == harness.Bot && !answerTo.MatchString(c.Body) {
				all["told"] = append(all["told"], anyTime.ReplaceAllString(commitID.ReplaceAllString(hiddenAll.ReplaceAllString(c.Body, ""), "ID"), "TIME"))
			}
		}
	}
	for name := range all {
		slices.Sort(all[name])
	}
	return all
}

// botDamage is what a fault did for good.
type botDamage struct{ lost, doubled, answered, committed, wrong int }

// damaged says what is lost, doubled, answered twice or not at all, and committed twice.
func (a *asking) damaged(want map[string][]string) (d botDamage, how []string) {
	a.Helper()
	got := a.outcomeOf()
	for _, name := range slices.Sorted(maps.Keys(want)) {
		counts := map[string]int{}
		for _, text := range want[name] {
			counts[text]--
		}
		for _, text := range got[name] {
			counts[text]++
		}
		for text, n := range counts {
			if n < 0 {
				d.lost -= n
			}
			if n > 0 {
				d.doubled += n
			}
			if n != 0 {
				how = append(how, fmt.Sprintf("%s: %+d of %s", name, n, text))
			}
		}
	}
	answers := map[string]int{}
	for n := 1; n <= len(a.GitHub.Issues())+len(a.GitHub.Pulls()); n++ {
		for _, c := range a.GitHub.Comments(n) {
			if m := answerTo.FindStringSubmatch(c.Body); m != nil && c.Author == harness.Bot {
				answers[m[1]]++
			}
		}
	}
	for _, id := range a.ids {
		switch n := answers[fmt.Sprint(id)]; {
		case n == 0:
			d.lost++
			how = append(how, fmt.Sprintf("comment %d has no answer", id))
		case n > 1:
			d.answered += n - 1
			how = append(how, fmt.Sprintf("comment %d is answered %d times", id, n))
		}
	}
	for _, b := range strings.Fields(a.Origin.Git("for-each-ref", "--format=%(refname:short)", "refs/heads")) {
		sources := map[string]int{}
		for _, m := range askedFor.FindAllStringSubmatch(a.Origin.Git("log", "--format=%B", b), -1) {
			if sources[m[1]]++; sources[m[1]] > 1 {
				d.committed++
				how = append(how, "committed twice for "+m[1])
			}
		}
	}
	for _, line := range unsettled(a.World) {
		d.wrong++
		how = append(how, "the ledger leaves open: "+line)
	}
	return d, how
}

// mustBeDone runs the bot once more: it says nothing, and writes nothing.
func (a *asking) mustBeDone() {
	a.Helper()
	a.GitHub.Forget()
	pushes := a.Origin.AllPushes()
	if r := a.bot(); r.Code != 0 || !strings.Contains(r.Stdout, "Nothing is asked for.") {
		a.Errorf("when all is done\n%v", r)
	}
	for _, c := range a.GitHub.Writes() {
		if c.Path != graphQL {
			a.Errorf("when all is done, it calls %v", c)
		}
	}
	if n := a.Origin.AllPushes() - pushes; n != 0 {
		a.Errorf("when all is done, it pushes %d times", n)
	}
}

const graphQL = "/graphql"

// TestBotFaults ends the bot before and after calls and pushes, while it handles twenty
// comments, runs it again, and counts what is lost, and what is there twice.
// Without -fault-points it does so at one call in twenty.
func TestBotFaults(t *testing.T) {
	t.Parallel()
	clean := newAsking(t)
	before := clean.Origin.AllPushes()
	r := clean.bot()
	if r.Code != 0 {
		t.Fatal(r)
	}
	calls, pushes, want := clean.GitHub.Calls(), clean.Origin.AllPushes()-before, clean.outcomeOf()
	if d, how := clean.damaged(want); d != (botDamage{}) {
		t.Fatalf("without a fault: %+v\n%s\n%v", d, strings.Join(how, "\n"), r)
	}
	clean.mustBeDone()
	golden(t, "testdata/forms/twenty.golden", clean.answers())
	if len(calls) < 60 || pushes < 15 {
		t.Fatalf("%d calls and %d pushes", len(calls), pushes)
	}

	var mu sync.Mutex
	turn := make(chan struct{}, runtime.NumCPU()) // these do not wait, as most tests do: git is at work
	type row struct {
		points, runs int
		botDamage
	}
	rows := map[string]*row{}
	point := func(t *testing.T, name string, at int, inject func(*asking) (fired func() int)) {
		t.Run(fmt.Sprintf("%s/%d", name, at), func(t *testing.T) {
			t.Parallel()
			turn <- struct{}{}
			defer func() { <-turn }()
			a := newAsking(t)
			fired := inject(a)
			runs := a.runs()
			if fired() == 0 {
				t.Errorf("call or push %d was never made", at)
			}
			d, how := a.damaged(want)
			if d != (botDamage{}) {
				t.Errorf("%+v\n%s", d, strings.Join(how, "\n"))
			} else {
				a.mustBeDone()
			}
			mu.Lock()
			defer mu.Unlock()
			if rows[name] == nil {
				rows[name] = &row{}
			}
			r := rows[name]
			r.points, r.runs = r.points+1, max(r.runs, runs)
			r.lost, r.doubled, r.answered, r.committed, r.wrong = r.lost+d.lost, r.doubled+d.doubled, r.answered+d.answered, r.committed+d.committed, r.wrong+d.wrong
		})
	}
	some := func(n int) []int {
		const few = 60 // one in so many: each point has the bot answer all twenty
		if *faultPoints > 0 {
			return spread(each(n), *faultPoints)
		}
		return spread(each(n), max(n/few, 1))
	}
	t.Run("at", func(t *testing.T) {
		for i, kind := range []harness.FaultKind{harness.KillBefore, harness.KillAfter} {
			for k, at := range some(len(calls)) {
				if *faultPoints == 0 && k%2 != i { // before every other, after the rest
					continue
				}
				point(t, string(kind), at, func(a *asking) func() int {
					return a.GitHub.Inject(harness.Fault{Kind: kind, At: at, Do: a.Kill})
				})
			}
		}
		for i, kind := range []harness.PushFaultKind{harness.KillBeforePush, harness.KillAfterPush, harness.PushLost, harness.PushBroken} {
			for _, at := range some(pushes) {
				if *faultPoints == 0 && i != 1 { // after it, where it would be made twice
					continue
				}
				point(t, string(kind), at, func(a *asking) func() int {
					return a.Origin.Inject(harness.PushFault{Kind: kind, At: at, Any: true, Do: a.Kill})
				})
			}
		}
	})
	var b strings.Builder
	fmt.Fprintf(&b, "Twenty comments, %d calls of GitHub and %d pushes; at each point one fault, then runs until one succeeds.\n\n", len(calls), pushes)
	b.WriteString("| fault | points | runs, at most | lost | doubled | answered twice | committed twice | otherwise wrong |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		r := rows[name]
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d | %d | %d |\n", name, r.points, r.runs, r.lost, r.doubled, r.answered, r.committed, r.wrong)
	}
	t.Log("\n" + b.String())
	if *botFaultTable != "" {
		if err := os.WriteFile(*botFaultTable, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// answers are the comments with what each was answered.
func (a *asking) answers() string {
	a.Helper()
	said := map[string]string{}
	asked := map[int64]string{}
	for n := 1; n <= len(a.GitHub.Issues())+len(a.GitHub.Pulls()); n++ {
		for _, c := range a.GitHub.Comments(n) {
			if m := answerTo.FindStringSubmatch(c.Body); m != nil {
				said[m[1]] = visible(c.Body)
			} else {
				asked[c.ID] = fmt.Sprintf("#%d, %s:\n%s", n, c.Author, c.Body)
			}
		}
	}
	var b strings.Builder
	for _, id := range a.ids {
		fmt.Fprintf(&b, "==== %s\n---- answer\n%s\n\n", asked[id], said[fmt.Sprint(id)])
	}
	for _, file := range []string{"main:" + northwindFile, "alpha:" + pullFile} {
		fmt.Fprintf(&b, "==== %s\n%s\n", file, a.Origin.Git("cat-file", "blob", file))
	}
	return b.String()
}
