package simulation

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"math/rand"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/forge/forgetest"
	"github.com/escalations-as-code/escalate/internal/gitlab"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/ledger/ledgertest"
	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

var check = sync.OnceValue(func() *shape.Checker {
	c, err := shape.NewChecker()
	if err != nil {
		panic(err)
	}
	return c
})

// file is what an escalation's file says, of what a history changes.
type file struct {
	id       schema.ID
	used     int // how often the path was used anew
	severity string
	dri      string
	due      int
	summary  int
	updates  []int // each by its minute
	closed   int   // the minute of the closure; 0 while it is open
	broken   bool  // YAML misreads it
}

func at(minute int) string {
	return time.Date(2026, 11, 21, 0, minute, 0, 0, time.UTC).Format(time.RFC3339)
}

// text is the file itself.
func (f file) text() string {
	var b strings.Builder
	if f.broken {
		return "customer: [\n"
	}
	text := strings.NewReplacer(
		"Northwind Traders", "Customer "+string(f.id), "severity: high", "severity: "+f.severity, "\ndri: jdoe", "\ndri: "+f.dri,
		"2026-11-24", fmt.Sprintf("2026-12-%02d", f.due), "Pipelines wait 40 minutes", fmt.Sprintf("Summary %d", f.summary),
		"2026-11-20T09:30:00Z", fmt.Sprintf("2026-11-20T09:%02d:00Z", f.used),
	).Replace(northwind)
	b.WriteString(text)
	for i, u := range f.updates {
		if i == 0 {
			b.WriteString("updates:\n")
		}
		fmt.Fprintf(&b, "  - {at: %s, by: jdoe, to: [internal], text: News %d.}\n", at(u), u)
	}
	if f.closed > 0 {
		fmt.Fprintf(&b, "closure: {at: %s, by: jdoe, resolution: resolved, outcome: positive, exit_criteria_met: true, summary: It is over., agreement: 'https://docs.example.com/a', sentiment: green}\n", at(f.closed))
	}
	return b.String()
}

var northwind = fixture.Read(fixture.Northwind)

// version is what the default branch held at a moment.
type version struct {
	commit string
	files  map[schema.ID]file
	policy int
}

func (v version) with(f file) version {
	v.files = maps.Clone(v.files)
	v.files[f.id] = f
	return v
}

// world is all that there is.
type world struct {
	remote  *ledgertest.Remote
	clones  []*ledgertest.Clone
	lab     *forgetest.GitLab
	project *gitlab.Project
	stop    func()
	rooms   []*room
	spoken  int // messages
	now     time.Time
	actors  []*actor
	last    *actor // that did a step
	runs    int
	armed   forgetest.Fault // how the next call goes wrong
	minute  int             // of what was written last

	main     []version // as it is told by its history
	tips     []version // all that it ever was
	byText   map[string]file
	strange  map[string]string // what strangers made, as it was
	deleted  map[schema.ID]bool
	trees    map[string]outbox.Truth
	told     map[schema.ID]int // which of tips was told last
	copies   map[schema.ID]file
	ledgers  []string     // the tips of the ledger that were pushed
	setBack  string       // what it was before it was set back
	kept     string       // the copy that somebody broke
	missed   map[int]bool // the updates that came while the channel was archived
	story    []string
	failures []string
	failed   int // how often it was told that something was not delivered
}

func newWorld() *world {
	w := &world{
		remote: ledgertest.NewRemote(), now: time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC),
		byText: map[string]file{}, strange: map[string]string{}, deleted: map[schema.ID]bool{}, trees: map[string]outbox.Truth{}, told: map[schema.ID]int{},
		copies: map[schema.ID]file{}, missed: map[int]bool{},
	}
	for range 3 {
		w.clones = append(w.clones, &ledgertest.Clone{Remote: w.remote})
	}
	var err error
	w.lab, w.stop = forgetest.StartGitLab("acme/escalations")
	if w.project, err = gitlab.New(gitlab.Config{API: w.lab.API, GraphQL: w.lab.GraphQL, Project: w.lab.Project, Token: "t"}); err != nil {
		panic(err)
	}
	w.lab.Assignable = []string{"jo"}
	w.room("escalated_customers", "", false)
	w.room("elsewhere", "", false)
	w.remote.Pushed = w.pushed
	w.merge(version{files: map[schema.ID]file{}}.with(w.opened("2026/alpha")))
	return w
}

func (w *world) tell(format string, args ...any) {
	w.story = append(w.story, fmt.Sprintf(format, args...))
}

func (w *world) fail(format string, args ...any) {
	w.failures = append(w.failures, fmt.Sprintf(format, args...))
}

func (*world) opened(id schema.ID) file {
	return file{id: id, severity: "high", dri: "jdoe", due: 1}
}

// merge makes a version the tip of the default branch, on top of what it was.
func (w *world) merge(v version) {
	files := map[string][]byte{
		tree.PeoplePath: []byte(strings.Replace(fixture.Read(fixture.People), "github: jodoe", "github: jodoe, gitlab: jo", 1)),
		tree.PolicyPath: []byte([]string{"channels: {announcement: escalated_customers}\n", "channels: {announcement: elsewhere}\n"}[v.policy]),
	}
	for _, f := range v.files {
		text := f.text()
		files[tree.Path(f.id)] = []byte(text)
		w.byText[text] = f
	}
	v.commit = w.remote.Commit("", files)
	w.main = append(w.main, v)
	w.moved()
}

// moved lets the default branch be what its history says.
func (w *world) moved() {
	v := w.main[len(w.main)-1]
	w.remote.Branches["main"] = v.commit
	w.tips = append(w.tips, v)
}

func (w *world) tip() version { return w.main[len(w.main)-1] }

// load loads what is true, as a commit has it.
func (w *world) load(commit string) (outbox.Truth, error) {
	if t, ok := w.trees[commit]; ok {
		return t, nil
	}
	files, err := w.remote.Files(commit)
	if err != nil {
		return outbox.Truth{}, err
	}
	t, err := tree.Open(files, check())
	if err != nil {
		return outbox.Truth{}, err
	}
	w.trees[commit] = outbox.Truth{Commit: commit, Tree: t, Files: files}
	return w.trees[commit], nil
}

// pushed sees what the ledger says was told: it must have been true when it was
// written down, or since what was told before.
func (w *world) pushed(commit string) {
	w.ledgers = append(w.ledgers, commit)
	files, err := w.remote.Files(commit, tree.Folder)
	if err != nil {
		w.fail("%v", err)
		return
	}
	defer files.Close()
	t, err := tree.Open(files, nil)
	if err != nil {
		return // nothing was told yet
	}
	for _, path := range t.Paths {
		id := tree.ID(path)
		data, _ := t.ReadFile(path)
		if f, known := w.byText[string(data)]; known {
			for _, u := range f.updates {
				if was := w.copies[id]; was.closed > 0 && f.closed > 0 && !slices.Contains(was.updates, u) {
					w.missed[u] = true
				}
			}
			if was, told := w.copies[id]; told && was.used != f.used {
				w.fail("%s was told as a change of an escalation that had its path before", id)
			}
			w.copies[id] = f
		}
		if string(data) == broken {
			continue
		}
		has := func(v version) bool { f, ok := v.files[id]; return ok && f.text() == string(data) }
		for w.told[id] < len(w.tips) && !has(w.tips[w.told[id]]) {
			w.told[id]++
		}
		if w.told[id] == len(w.tips) {
			w.fail("%s was told as it was not any more: %s", id, bytes.TrimSpace(data))
			w.told[id] = 0
		}
	}
}

// event is something that happens in a history, and what the runs do after it.
type event struct {
	kind  string
	seed  int64
	steps int // of the runs, until the next event
}

// kind is a kind of event; of is how often it happens.
type kind struct {
	name string
	of   int
	do   func(*world, *rand.Rand)
}

var kinds = []kind{
	{"a run", 24, func(w *world, r *rand.Rand) { w.another(r.Intn(3)) }},
	{"a run is killed", 3, func(w *world, r *rand.Rand) {
		if a := w.any(r); a != nil {
			w.tell("  %s is killed", a.name)
			w.give(a, true)
		}
	}},
	{"a call goes wrong", 5, func(w *world, r *rand.Rand) {
		w.armed = []forgetest.Fault{forgetest.Down, forgetest.Lost, forgetest.Lost, forgetest.Empty, forgetest.Idle, forgetest.Forbidden, forgetest.Limited}[r.Intn(7)]
	}},
	{"all sleep", 2, func(w *world, r *rand.Rand) { w.now = w.now.Add(time.Duration(20+r.Intn(300)) * time.Second) }},
	{"an escalation is opened", 2, func(w *world, _ *rand.Rand) {
		for _, id := range []schema.ID{"2026/alpha", "2026/beta"} {
			if _, has := w.tip().files[id]; !has {
				f := w.opened(id)
				f.summary = w.next()
				if old := w.ever(id); old != nil {
					f = *old // it comes back as it was
				}
				w.merge(w.tip().with(f))
				return
			}
		}
	}},
	{"an update", 6, change(func(w *world, f *file) { f.news(w) })},
	{"a severity", 6, change(func(w *world, f *file) { f.raise() })},
	{"a severity that is explained", 4, change(func(w *world, f *file) { f.raise(); f.news(w) })},
	{"another DRI", 3, change(func(w *world, f *file) { f.dri = map[string]string{"jdoe": "kwong", "kwong": "jdoe"}[f.dri] })},
	{"other steps", 3, change(func(w *world, f *file) { f.due = f.due%28 + 1 })},
	{"another summary", 2, change(func(w *world, f *file) { f.summary = w.next() })},
	{"a closure", 4, anyFile(func(w *world, f *file) bool {
		if f.closed > 0 {
			return false
		}
		if f.closed = w.next(); f.id == "2026/alpha" {
			f.closed = 900 // the same closure each time
		}
		return true
	})},
	{"a reopening", 5, anyFile(func(w *world, f *file) bool {
		was := f.closed
		f.closed = 0
		return was > 0
	})},
	{"a revert", 8, func(w *world, _ *rand.Rand) {
		if len(w.main) > 1 {
			w.merge(w.main[len(w.main)-2])
		}
	}},
	{"a force push", 3, func(w *world, r *rand.Rand) {
		if n := len(w.main); n > 1 {
			w.main = w.main[:n-1-r.Intn(min(n-1, 3))]
			w.moved()
		}
	}},
	{"another policy", 1, func(w *world, _ *rand.Rand) {
		if w.remote.Head != "main" || len(w.actors) > 0 || w.setBack != "" || w.broken() || len(w.plan()) > 0 { // where an announcement that is in doubt stands, nobody knows
			return
		}
		v := w.tip()
		v.policy = 1 - v.policy
		w.merge(v)
	}},
	{"a file is deleted", 1, func(w *world, r *rand.Rand) {
		v := w.tip()
		for _, id := range slices.Sorted(maps.Keys(v.files)) {
			if len(v.files) > 1 {
				v.files = maps.Clone(v.files)
				delete(v.files, id)
				w.merge(v)
				return
			}
		}
	}},
	{"a path is used again", 2, anyFile(func(w *world, f *file) bool {
		*f = file{id: f.id, used: f.used + 1, severity: "critical", dri: "kwong", due: 9, summary: w.next(), updates: []int{w.next()}}
		return true
	})},
	{"a file that cannot be read", 1, anyFile(func(_ *world, f *file) bool { f.broken = !f.broken; return true })},
	{"somebody rewrites an issue", 2, func(w *world, r *rand.Rand) {
		if i := w.issue(r); i != nil {
			i.Title, i.Body = "By hand", "By hand\n"+i.Body
		}
	}},
	{"somebody closes or opens an issue", 3, func(w *world, r *rand.Rand) {
		if i := w.issue(r); i != nil {
			i.Open = !i.Open
		}
	}},
	{"somebody exchanges labels", 2, func(w *world, r *rand.Rand) {
		if i := w.issue(r); i != nil {
			i.Labels = [][]string{{"escalation"}, {"escalation", "severity::low", "severity::medium"}}[r.Intn(2)]
		}
	}},
	{"somebody unassigns", 2, func(w *world, r *rand.Rand) {
		if i := w.issue(r); i != nil {
			i.Assignees = nil
		}
	}},
	{"somebody takes the day of an issue", 2, func(w *world, r *rand.Rand) {
		if i := w.issue(r); i != nil {
			i.Due = schema.Date{}
		}
	}},
	{"an issue is deleted", 1, func(w *world, r *rand.Rand) {
		if i := w.issue(r); i != nil && len(w.actors) == 0 {
			w.deleted[idOf(i)], i.Deleted = true, true
		}
	}},
	{"the ledger is that of a mirror", 1, func(w *world, r *rand.Rand) { // whose numbers are others' here
		if i := w.issue(r); i != nil && len(w.actors) == 0 {
			w.deleted[idOf(i)] = true
			w.lab.Store.Comments = slices.DeleteFunc(w.lab.Store.Comments, func(c *forgetest.Comment) bool { return c.On == threadOf(i) && c.Author == w.lab.Store.Me })
			i.Author, i.Title, i.Body, i.Labels, i.Assignees = forgetest.Stranger, "Mine", "mine", []string{"escalation"}, nil
			w.strange[fmt.Sprint("issue ", i.Number)] = fmt.Sprint(*i)
		}
	}},
	{"a stranger's issue", 1, func(w *world, r *rand.Rand) {
		i := w.lab.Open(forgetest.Stranger, "<!-- escalate: "+[]string{"2026/alpha", "2026/beta"}[r.Intn(2)]+" -->", "escalation")
		w.strange[fmt.Sprint("issue ", i.Number)] = fmt.Sprint(*i)
	}},
	{"a stranger's comment", 2, func(w *world, r *rand.Rand) {
		if i := w.issue(r); i != nil {
			c := w.lab.Say(forgetest.Stranger, threadOf(i), fmt.Sprintf("<!-- escalate: 2026/alpha steps %d -->", 1+r.Intn(4)))
			w.strange[fmt.Sprint("comment ", c.ID)] = fmt.Sprint(*c)
		}
	}},
	{"a stranger's channel", 1, func(w *world, r *rand.Rand) {
		if name := []string{"esc_alpha", "esc_beta", "esc_alpha-2"}[r.Intn(3)]; w.named(name) == nil {
			w.room(name, "", false)
		}
	}},
	{"the ledger is set back", 2, func(w *world, r *rand.Rand) {
		tip := w.remote.Branches[ledger.Name]
		before := w.ledgers[:max(len(w.ledgers)-1, 0)]
		if len(before) > 0 && w.setBack == "" && len(w.actors) == 0 {
			w.setBack = tip
			w.remote.Branches[ledger.Name] = before[r.Intn(len(before))]
		}
	}},
	{"the ledger is put back", 3, func(w *world, _ *rand.Rand) { w.putBack() }},
	{"somebody forges what is to be told", 2, func(w *world, r *rand.Rand) {
		id := []schema.ID{"2026/alpha", "2026/ghost"}[r.Intn(2)]
		key, do := fmt.Sprintf("update 2026-01-01T00:%02d:00Z", r.Intn(60)), ""
		if r.Intn(2) == 0 {
			key, do = "closed 2026-01-01T00:00:00Z", "archive"
		}
		moment, _, _ := strings.Cut(key, " ")
		line := fmt.Sprintf(`{"key":"%s %s","moment":"%s","do":"%s","to":"channel","via":"chat","run":"x","at":"2026-11-25T09:00:00Z","state":"intent","text":"FORGED","mentions":[]}`+"\n", id, key, moment, do)
		w.write(map[string]func(string) string{ledger.Path(id): appended(line), "open/" + string(id): appended("")})
	}},
	{"somebody breaks a line of the ledger", 1, func(w *world, _ *rand.Rand) {
		w.write(map[string]func(string) string{ledger.Path("2026/alpha"): appended(broken)})
	}},
	{"somebody breaks a copy of the ledger", 1, func(w *world, _ *rand.Rand) {
		w.write(map[string]func(string) string{tree.Path("2026/alpha"): func(was string) string {
			if was != broken {
				w.kept = was
			}
			return broken
		}})
	}},
	{"somebody mends the ledger", 2, func(w *world, _ *rand.Rand) { w.mend() }},
	{"the remote's HEAD is detached", 1, func(w *world, _ *rand.Rand) {
		v := w.tip()
		for _, f := range v.files {
			f.summary = 777 // which was never on the default branch
			v = v.with(f)
		}
		files := map[string][]byte{}
		for _, f := range v.files {
			files[tree.Path(f.id)] = []byte(f.text())
		}
		w.remote.Head = w.remote.Commit(w.tip().commit, files)
	}},
	{"the remote's HEAD is main", 2, func(w *world, _ *rand.Rand) { w.remote.Head = "main" }},
}

// putBack lets the ledger be what it was before it was set back.
func (w *world) putBack() {
	if w.setBack != "" {
		w.remote.Branches[ledger.Name], w.setBack = w.setBack, ""
	}
}

// broken is what somebody makes of a part of the ledger.
const broken = "]: [\n"

// broken reports whether somebody broke what was told of an escalation.
func (w *world) broken() bool {
	files, err := w.remote.Files(w.remote.Branches["main"])
	if tip := w.remote.Branches[ledger.Name]; tip != "" {
		files, err = w.remote.Files(tip)
	}
	if err != nil {
		return true
	}
	lines, _ := fs.ReadFile(files, ledger.Path("2026/alpha")) // there may be none yet
	return strings.Contains(string(lines), broken)
}

func appended(line string) func(string) string { return func(was string) string { return was + line } }

// mend puts right what somebody broke in the ledger.
func (w *world) mend() {
	w.write(map[string]func(string) string{
		ledger.Path("2026/alpha"): func(was string) string { return strings.ReplaceAll(was, broken, "") },
		tree.Path("2026/alpha"): func(was string) string {
			if was == broken {
				return w.kept
			}
			return was
		},
	})
}

// write changes files of the ledger by hand, if it is there and has them told.
func (w *world) write(change map[string]func(was string) string) {
	tip := w.remote.Branches[ledger.Name]
	if _, told := w.copies["2026/alpha"]; tip == "" || !told || w.setBack != "" {
		return
	}
	files, err := w.remote.Files(tip)
	if err != nil {
		w.fail("%v", err)
		return
	}
	changed := map[string][]byte{}
	for name, do := range change {
		was, _ := fs.ReadFile(files, name) // there may be none yet
		if now := do(string(was)); now != string(was) || len(was) == 0 {
			changed[name] = []byte(now)
		}
	}
	if len(changed) > 0 {
		w.remote.Branches[ledger.Name] = w.remote.Commit(tip, changed)
	}
}

// change changes an escalation that is open.
func change(do func(*world, *file)) func(*world, *rand.Rand) {
	return anyFile(func(w *world, f *file) bool {
		if f.closed > 0 {
			return false
		}
		do(w, f)
		return true
	})
}

// anyFile changes any escalation, if it can be.
func anyFile(do func(*world, *file) bool) func(*world, *rand.Rand) {
	return func(w *world, r *rand.Rand) {
		v := w.tip()
		ids := slices.Sorted(maps.Keys(v.files))
		f := v.files[ids[r.Intn(len(ids))]]
		f.updates = slices.Clone(f.updates)
		if do(w, &f) {
			w.merge(v.with(f))
		}
	}
}

func (w *world) next() int { w.minute++; return w.minute }

func (f *file) news(w *world) { f.updates = append(f.updates, w.next()) }

func (f *file) raise() {
	f.severity = map[string]string{"high": "critical", "critical": "high"}[f.severity]
}

// ever is an escalation as it was on the default branch last.
func (w *world) ever(id schema.ID) *file {
	for _, v := range slices.Backward(w.tips) {
		if f, has := v.files[id]; has {
			return &f
		}
	}
	return nil
}

// another starts a run in a clone, if none is at work there: it has the lock. One
// that has not seen what the ledger was before it was set back cannot know that.
func (w *world) another(clone int) *actor {
	if w.setBack != "" && w.clones[clone].Known != w.setBack {
		return nil
	}
	if slices.ContainsFunc(w.actors, func(a *actor) bool { return a.clone == clone }) {
		return nil
	}
	return w.start(clone)
}

// any is a run that is at work and not asleep.
func (w *world) any(r *rand.Rand) *actor {
	var awake []*actor
	for _, a := range w.actors {
		if !a.wake.After(w.now) {
			awake = append(awake, a)
		}
	}
	if len(awake) == 0 {
		return nil
	}
	return awake[r.Intn(len(awake))]
}

// step lets one of the runs do its next step.
func (w *world) step(r *rand.Rand) {
	w.now = w.now.Add(time.Duration(r.Intn(1500)) * time.Millisecond)
	a := w.last
	if a == nil || a.ended || a.wake.After(w.now) || r.Intn(8) == 0 {
		a = w.any(r) // or some would never be long behind others
	}
	if w.last = a; a != nil {
		w.give(a, false)
	}
}

// issue is one of ours.
func (w *world) issue(r *rand.Rand) *forgetest.Issue {
	var ours []*forgetest.Issue
	for _, i := range w.lab.Store.Issues {
		if i.Author == w.lab.Store.Me && !i.Deleted {
			ours = append(ours, i)
		}
	}
	if len(ours) == 0 {
		return nil
	}
	return ours[r.Intn(len(ours))]
}

// idOf is the escalation that an issue of ours is of.
func idOf(i *forgetest.Issue) schema.ID {
	for _, key := range markersIn(i.Body) {
		return schema.ID(key)
	}
	return ""
}

// play lets a history happen, and then what is needed until nothing is left to do.
func play(history []event) *world {
	w := newWorld()
	defer w.stop()
	for _, e := range history {
		r := rand.New(rand.NewSource(e.seed))
		at := slices.IndexFunc(kinds, func(k kind) bool { return k.name == e.kind })
		w.tell("%s", e.kind)
		before := len(w.tips)
		kinds[at].do(w, r)
		for _, v := range w.tips[before:] {
			for _, id := range slices.Sorted(maps.Keys(v.files)) {
				w.tell("  main has %+v", v.files[id])
			}
		}
		for range e.steps {
			w.step(r)
		}
	}
	w.settle()
	return w
}

// settle ends what is at work, and runs until there is nothing to do.
func (w *world) settle() {
	w.tell("all is quiet")
	w.armed, w.remote.Head = forgetest.None, "main"
	w.putBack()
	w.mend()
	r := rand.New(rand.NewSource(1))
	for n := 0; len(w.actors) > 0; n++ {
		if w.step(r); n > 20_000 {
			w.fail("a run does not end")
			return
		}
	}
	for range 4 {
		tip := w.remote.Branches[ledger.Name]
		if a := w.alone(); a.err != nil {
			w.fail("the last run: %v", a.err)
			return
		} else if len(a.report.Outcomes) == 0 && w.remote.Branches[ledger.Name] == tip {
			if k := w.keep(); k.err != nil {
				w.fail("the schedule: %v", k.err)
			}
			w.check(a)
			return
		}
	}
	w.fail("it is never done: %s", ending(w.alone()))
}

// alone runs while nobody else does: it does what its plan says.
func (w *world) alone() *actor {
	planned := w.plan()
	a := w.start(0)
	w.finish(a)
	var done []string
	for _, o := range a.report.Outcomes {
		what := fmt.Sprintf("%s>%s %s", o.Key, o.To, o.Do)
		if strings.Contains(what, " undelivered ") && !slices.Contains(planned, what) {
			continue // what comes of a failure, or of its end, no plan knows
		}
		done = append(done, what)
	}
	slices.Sort(done)
	if a.err == nil && !slices.Equal(planned, done) {
		w.fail("planned %q, told %q", planned, done)
	}
	return a
}

// keep is a run of the schedule.
func (w *world) keep() *actor {
	a := &actor{world: w, name: "the schedule", given: make(chan bool), back: make(chan struct{})}
	w.begin(a, a.keep)
	w.finish(a)
	return a
}

// finish lets a run come to its end, while nobody else is at work.
func (w *world) finish(a *actor) {
	for !a.ended {
		w.now = w.now.Add(100 * time.Millisecond)
		if a.wake.After(w.now) {
			w.now = a.wake
		}
		w.give(a, false)
	}
}
