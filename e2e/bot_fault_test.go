//go:build e2e

package e2e

import (
	"fmt"
	"iter"
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

// question is a comment that asks the bot for something.
type question struct {
	world int           // in which of the small worlds it stands
	after time.Duration // 0: in the same second as the one before
	who   string
	on    string // "issue" or "pull"
	body  string
}

// questions are the twenty comments. To have all of them answered takes the bot long, so
// that most faults happen in small worlds, of few comments each: comments of one second
// and several commands; a pull request, and the issue between; steps and criteria; a
// commit and a proposal; and what changes nothing.
var questions = []question{
	{1, time.Minute, "jodoe", "issue", "/update customer The load test is booked."},
	{1, 0, "anarivera", "issue", "/update internal Their CTO has called."},
	{1, time.Second, "minlee", "issue", "/significant The cause is found.\n/step Mend the queue @minlee 2026-11-27\n/update internal It is a lock."},
	{2, time.Minute, "jodoe", "pull", "/update internal The first look."},
	{2, 0, "anarivera", "pull", "/step Call them @anarivera 2026-11-26"},
	{1, time.Minute, "robinking", "issue", "/severity critical because Their board asks.\n/product-dri @dinapatel"},
	{3, time.Minute, "jodoe", "issue", "/case https://crm.example.com/cases/5002"},
	{3, 0, "jodoe", "issue", "/done load test"},
	{5, time.Minute, "jodoe", "issue", "/help"},
	{4, time.Minute, "anarivera", "issue", "/updat internal A word with a letter less."},
	{5, time.Minute, "minlee", "issue", "/close"},
	{4, time.Minute, "robinking", "issue", "/severity medium because It is mended."},
	{4, time.Minute, "robinking", "issue", "/snooze 2026-12-01 because They are on holiday.\n/update customer See you in December."},
	{2, time.Minute, "dinapatel", "issue", "/cover @jodoe until 2026-12-01 because I am away."},
	{2, time.Minute, "jodoe", "pull", "/case https://crm.example.com/cases/1\n/severity low because One team."},
	{2, time.Minute, "minlee", "pull", "/fix"},
	{3, time.Minute, "jodoe", "issue", "/met 1"},
	{3, time.Minute, "jodoe", "issue", "/criterion No job is lost for a week."},
	{5, time.Minute, "robinking", "issue", "> /update customer Said by another.\n\nWell said.\n\n/update both Well."},
	{5, time.Minute, "jodoe", "issue", "/reopen because It is open.\n/support https://support.example.com/tickets/4712"},
}

// script is some of the comments, and what comes of them where nothing fails.
type script struct {
	name      string
	questions []question
	calls     int
	pushes    int
	want      map[string][]string
}

// scripts are that of all twenty, and those of the small worlds.
func scripts() (twenty *script, small []*script) {
	twenty = &script{name: "twenty", questions: questions}
	for n := 1; n <= 5; n++ {
		s := &script{name: fmt.Sprint("world ", n)}
		for _, q := range questions {
			if q.world == n {
				s.questions = append(s.questions, q)
			}
		}
		small = append(small, s)
	}
	return twenty, small
}

// stage is a world with a tracking issue and a pull request, on which nobody has
// written anything yet.
type stage struct {
	*desk
	on map[string]int // the numbers of those
}

func newStage(t testing.TB, on harness.Kind) *stage {
	t.Helper()
	d := newDeskOn(t, on, map[string]string{northwindFile: northwind(t)})
	d.Clone.Pull()
	d.Clone.Git("checkout", "--quiet", "-b", "alpha")
	d.Clone.Commit("Open Alpha", map[string]string{pullFile: edited(t, text(t, "testdata/apply/northwind.yaml"), edit{"Northwind Traders", "Alpha Airlines"}, edit{"severity: high", "severity: medium"})})
	d.Clone.Git("push", "--quiet", "origin", "alpha")
	d.Clone.Git("checkout", "--quiet", "main")
	issue := tracking(t, d.World, "2026/northwind").Number
	pull := d.Forge.OpenPull("jodoe", "alpha", "Open Alpha", "", harness.PullOptions{})
	return &stage{d, map[string]int{"issue": issue, "pull": pull}}
}

// asking is a world in which people have written comments, of which none is answered.
type asking struct {
	*desk
	ids []int64
}

// asking has people write the comments of a script in a copy of the world.
func (s *stage) asking(t testing.TB, of *script) *asking {
	t.Helper()
	a := &asking{desk: &desk{TB: t, World: s.Copy(t)}}
	for _, q := range of.questions {
		a.Pass(q.after)
		say := a.Forge.AddComment
		if q.on == "pull" {
			say = a.Forge.AddPullComment
		}
		a.ids = append(a.ids, say(q.who, s.on[q.on], a.written(q.body)))
	}
	a.Pass(5 * time.Minute)
	return a
}

// command is the beginning of one at the beginning of a line.
var command = regexp.MustCompile(`(?m)^((?:> )?)/`)

// written is a comment as somebody writes it on the forge: GitLab's have another prefix.
func (a *asking) written(body string) string {
	if a.GitHub != nil {
		return body
	}
	return command.ReplaceAllString(body, "$1/esc ")
}

// comments are all of the world, those of issues first.
func (a *asking) comments() (all []harness.Comment) {
	a.Helper()
	for _, i := range a.Forge.Issues() {
		all = append(all, a.Forge.Comments(i.Number)...)
	}
	for _, p := range a.Forge.Pulls() {
		all = append(all, a.Forge.PullComments(p.Number)...)
	}
	return all
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
		return regexp.MustCompile(`comment-\d+|#issuecomment-\d+|#note_\d+`).ReplaceAllString(servers.ReplaceAllString(text, "https://gitlab.example"), "comment")
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
	for _, p := range a.Forge.Pulls() {
		all["pulls"] = append(all["pulls"], numbered(p.Title+" "+p.State))
		if a.GitHub == nil {
			continue
		}
		for _, c := range a.GitHub.CheckRuns(p.Commit) {
			all["checks"] = append(all["checks"], p.Title+" "+c.Name+" "+c.Conclusion)
		}
	}
	for _, i := range a.Forge.Issues() {
		all["issues"] = append(all["issues"], anyTime.ReplaceAllString(servers.ReplaceAllString(i.Title+" "+i.State+" "+strings.Join(i.Labels, " ")+"\n"+hiddenAll.ReplaceAllString(i.Body, ""), "https://gitlab.example"), "TIME"))
	}
	for _, c := range a.comments() {
		if c.Author == harness.Bot && !answerTo.MatchString(c.Body) {
			text := servers.ReplaceAllString(hiddenAll.ReplaceAllString(c.Body, ""), "https://gitlab.example")
			all["told"] = append(all["told"], anyTime.ReplaceAllString(commitID.ReplaceAllString(text, "ID"), "TIME"))
		}
	}
	for name := range all {
		slices.Sort(all[name])
	}
	return all
}

// botDamage is what a fault did for good.
type botDamage struct{ lost, doubled, answered, committed, wrong int }

var (
	howMany  = regexp.MustCompile(`^(Exit criteria|Next steps), \d+ of \d+ (met|done); `)
	shows    = regexp.MustCompile(`^(\[escalations/|- |\*\*(Exit criteria|Next standup|Last contact))`)
	severity = regexp.MustCompile(`, severity \w+\)$`)
)

// apart are the facts of what is told, each for itself. What a run could not push, a later
// one does. It is told then, apart from what was done before; and whatever shows how the
// escalation stands, shows it as of then.
func apart(text string) (facts []string) {
	if strings.HasPrefix(text, "### What merging this announces") { // the last of it counts
		return together(text)
	}
	for line := range strings.SplitSeq(text, "\n") {
		line = severity.ReplaceAllString(strings.TrimSpace(line), ")")
		switch m := howMany.FindStringSubmatch(line); {
		case line == "", shows.MatchString(line):
		case m != nil:
			for fact := range strings.SplitSeq(strings.TrimRight(line[len(m[0]):], "."), "; ") {
				facts = append(facts, m[1]+": "+fact)
			}
		default:
			facts = append(facts, line)
		}
	}
	return facts
}

// together are texts as they are.
func together(text string) []string { return []string{text} }

// damaged says what is lost, doubled, answered twice or not at all, and committed twice.
func (a *asking) damaged(want map[string][]string, told func(text string) []string) (d botDamage, how []string) {
	a.Helper()
	got := a.outcomeOf()
	for _, name := range slices.Sorted(maps.Keys(want)) {
		counts := map[string]int{}
		as := together
		if name == "told" {
			as = told
		}
		for _, text := range want[name] {
			for _, fact := range as(text) {
				counts[fact]--
			}
		}
		for _, text := range got[name] {
			for _, fact := range as(text) {
				counts[fact]++
			}
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
	for _, c := range a.comments() {
		if m := answerTo.FindStringSubmatch(c.Body); m != nil && c.Author == harness.Bot {
			answers[m[1]]++
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
		log := []string{"log", "--format=%B", b}
		if b != "main" { // a comment may have something done, and something proposed on top of it; a proposal may go on from what was done since
			log = append(log, "--first-parent", "^main")
		}
		for _, m := range askedFor.FindAllStringSubmatch(a.Origin.Git(log...), -1) {
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
	a.Forge.Forget()
	pushes := a.Origin.AllPushes()
	if r := a.bot(); r.Code != 0 || !strings.Contains(r.Stdout, "Nothing is asked for.") {
		a.Errorf("when all is done\n%v", r)
	}
	for _, c := range a.Forge.Writes() {
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
// Without -fault-points it does so at one point in twenty, and on GitLab in the small
// worlds alone, at one in sixty.
func TestBotFaults(t *testing.T) {
	t.Parallel()
	onEach(t, botFaults)
}

func botFaults(t *testing.T, on harness.Kind) {
	world := newStage(t, on)
	forge := world.Forge.Name()
	twenty, small := scripts()
	played, few := append(small, twenty), 20
	if forge != "GitHub" && *faultPoints == 0 {
		played, few = small, 60
	}
	for _, s := range played {
		a := world.asking(t, s)
		r := a.bot()
		if r.Code != 0 {
			t.Fatal(r)
		}
		s.calls, s.pushes, s.want = len(a.Forge.Calls()), a.Origin.AllPushes(), a.outcomeOf()
		if d, how := a.damaged(s.want, together); d != (botDamage{}) {
			t.Fatalf("%s, without a fault: %+v\n%s\n%v", s.name, d, strings.Join(how, "\n"), r)
		}
		a.mustBeDone()
		if s == twenty {
			golden(t, fmt.Sprintf("testdata/forms/twenty-%s.golden", strings.ToLower(forge)), a.answers())
		}
	}

	turn := make(chan struct{}, runtime.NumCPU()) // these do not wait, as most tests do: git is at work
	var mu sync.Mutex
	rows := map[string]*botRow{}
	point := func(t *testing.T, kind string, of *script, at int, inject func(*asking) (fired func() int)) {
		t.Run(fmt.Sprintf("%s/%s/%d", kind, of.name, at), func(t *testing.T) {
			t.Parallel()
			turn <- struct{}{}
			defer func() { <-turn }()
			a := world.asking(t, of)
			fired := inject(a)
			runs := a.runs()
			if fired() == 0 {
				t.Errorf("call or push %d was never made", at)
			}
			told := together
			if kind == string(harness.PushBroken) { // which ends no run
				told = apart
			}
			d, how := a.damaged(of.want, told)
			if d != (botDamage{}) {
				t.Errorf("%+v\n%s", d, strings.Join(how, "\n"))
			} else {
				a.mustBeDone()
			}
			mu.Lock()
			defer mu.Unlock()
			if rows[kind] == nil {
				rows[kind] = &botRow{}
			}
			rows[kind].add(runs, d)
		})
	}
	calls := []harness.FaultKind{harness.KillBefore, harness.KillAfter}
	pushes := []harness.PushFaultKind{harness.KillBeforePush, harness.KillAfterPush, harness.PushLost, harness.PushBroken}
	t.Run("at", func(t *testing.T) {
		for i, kind := range calls {
			for of, at := range somewhere(twenty, small, func(s *script) int { return s.calls }, i, len(calls), few) {
				point(t, string(kind), of, at, func(a *asking) func() int {
					return a.Forge.Inject(harness.Fault{Kind: kind, At: at, Do: a.Kill})
				})
			}
		}
		for i, kind := range pushes {
			for of, at := range somewhere(twenty, small, func(s *script) int { return s.pushes }, i, len(pushes), few) {
				point(t, string(kind), of, at, func(a *asking) func() int {
					return a.Origin.Inject(harness.PushFault{Kind: kind, At: at, Any: true, Do: a.Kill})
				})
			}
		}
	})
	var b strings.Builder
	called, pushed := 0, 0
	for _, s := range small {
		called, pushed = called+s.calls, pushed+s.pushes
	}
	fmt.Fprintf(&b, "Twenty comments in five worlds: %d calls of %s and %d pushes; at each point one fault, then runs until one succeeds. In a world of all twenty each happens once.\n\n", called, forge, pushed)
	b.WriteString("| fault | points | runs, at most | lost | doubled | answered twice | committed twice | otherwise wrong |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for _, kind := range slices.Sorted(maps.Keys(rows)) {
		r := rows[kind]
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d | %d | %d |\n", kind, r.points, r.runs, r.lost, r.doubled, r.answered, r.committed, r.wrong)
	}
	t.Log("\n" + b.String())
	if *botFaultTable != "" {
		if err := os.WriteFile(beside(*botFaultTable, forge), []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// botRow is a line of the table.
type botRow struct {
	points, runs int
	botDamage
}

func (r *botRow) add(runs int, d botDamage) {
	r.points, r.runs = r.points+1, max(r.runs, runs)
	r.lost, r.doubled, r.answered, r.committed, r.wrong = r.lost+d.lost, r.doubled+d.doubled, r.answered+d.answered, r.committed+d.committed, r.wrong+d.wrong
}

// somewhere are the points at which one of several kinds of faults happens, by their
// number in a script: one in so many of all points of the small worlds, of which each kind
// has its own, or as many as -fault-points says; and one among all twenty comments, which
// takes long.
func somewhere(twenty *script, small []*script, size func(*script) int, kind, kinds, few int) iter.Seq2[*script, int] {
	type place struct {
		of *script
		at int
	}
	var all, some []place
	for _, s := range small {
		for at := range size(s) {
			all = append(all, place{s, at + 1})
		}
	}
	if *faultPoints > 0 {
		some = spread(all, *faultPoints)
	} else {
		for n := (2*kind + 1) * few / (2 * kinds); n < len(all); n += few {
			some = append(some, all[n])
		}
	}
	if *faultPoints > 0 || kind == 1 && size(twenty) > 0 { // after it, where it might be done twice
		some = append(some, place{twenty, 1 + (2*kind+1)*size(twenty)/(2*kinds)})
	}
	return func(yield func(*script, int) bool) {
		for _, p := range some {
			if !yield(p.of, p.at) {
				return
			}
		}
	}
}

// answers are the comments with what each was answered.
func (a *asking) answers() string {
	a.Helper()
	said := map[string]string{}
	asked := map[int64]string{}
	look := func(on string, comments []harness.Comment) {
		for _, c := range comments {
			if m := answerTo.FindStringSubmatch(c.Body); m != nil {
				said[m[1]] = visible(c.Body)
			} else {
				asked[c.ID] = fmt.Sprintf("%s, %s:\n%s", on, c.Author, c.Body)
			}
		}
	}
	for _, i := range a.Forge.Issues() {
		look(fmt.Sprint("#", i.Number), a.Forge.Comments(i.Number))
	}
	for _, p := range a.Forge.Pulls() {
		look(a.pull(p.Number), a.Forge.PullComments(p.Number))
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
