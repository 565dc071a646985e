package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/git/gittest"
	"github.com/escalations-as-code/escalate/internal/history"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/ledger/ledgertest"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

const northwind = "escalations/2026/northwind.yaml"

// world is a repository with escalations, and a destination that remembers.
type world struct {
	testing.TB
	dir   string
	check *shape.Checker
	now   time.Time
	to    *place
	also  []destination.Destination
	runs  int

	remote *ledgertest.Remote // where the repository is in memory, and not in dir
}

// place is a destination in memory. What was delivered stays, whatever was
// answered.
type place struct {
	told []string
	// fail is asked before each delivery, lose after it.
	fail, lose func(key string) error
	looked     int
	issue      []notice.Notice     // of the last delivery
	request    destination.Receipt // of the last issue that was to be opened
}

func (*place) Via() string                             { return "fake" }
func (*place) Takes(to notice.Place, _ notice.Do) bool { return to != notice.Announcement }

func (p *place) Deliver(_ context.Context, d destination.Delivery, inDoubt bool) (destination.Receipt, error) {
	key := strings.TrimSpace(fmt.Sprintf("%s>%s %s", strings.Join(d.Keys(), "+"), d.First().To, d.First().Do))
	if inDoubt {
		p.looked++
		if slices.Contains(p.told, key) {
			return destination.Receipt{Ref: "1", Kept: true}, nil
		}
	}
	if p.fail != nil {
		if err := p.fail(key); err != nil {
			return destination.Receipt{}, err
		}
	}
	p.told = append(p.told, key)
	var err error
	if p.issue, err = d.Issue(); err != nil {
		return destination.Receipt{}, err
	}
	if d.First().Do == notice.OpenIssue {
		if p.request, err = d.Request(); err != nil {
			return destination.Receipt{}, err
		}
	}
	if p.lose != nil {
		if err := p.lose(key); err != nil {
			return destination.Receipt{}, err
		}
	}
	return destination.Receipt{Ref: "1", URL: "https://example.com/1"}, nil
}

func emptyWorld(t testing.TB) *world {
	t.Helper()
	check, err := shape.NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	return &world{TB: t, check: check, now: time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC), to: &place{}}
}

// inMemory is a world with the repository in memory: what is done to it needs no
// git, and takes no time.
func inMemory(t testing.TB) *world {
	t.Helper()
	w := emptyWorld(t)
	w.remote = ledgertest.NewRemote()
	w.remote.Branches["main"] = w.remote.Commit("", contents(t, fixture.FS()))
	return w
}

// ledger returns a file of the ledger in memory; "" where there is none.
func (w *world) ledger(name string) string {
	w.Helper()
	files, err := w.remote.Files(w.remote.Branches[ledger.Name])
	if err != nil {
		w.Fatal(err)
	}
	data, err := fs.ReadFile(files, name)
	if err != nil {
		return ""
	}
	return string(data)
}

// ledgers are the names of its files.
func (w *world) ledgers() []string {
	w.Helper()
	files, err := w.remote.Files(w.remote.Branches[ledger.Name])
	if err != nil {
		w.Fatal(err)
	}
	return slices.Sorted(maps.Keys(contents(w, files)))
}

// back sets the default branch in memory back by a commit, and returns where it was.
func (w *world) back() (was string) {
	was = w.remote.Branches["main"]
	all := w.remote.History(was)
	w.remote.Branches["main"] = all[len(all)-2]
	return was
}

// contents are those of all files.
func contents(t testing.TB, files fs.FS) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all[name], err = fs.ReadFile(files, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := emptyWorld(t)
	w.dir = t.TempDir()
	w.git("init", "--quiet", "--initial-branch=main")
	if err := os.CopyFS(w.dir, fixture.FS()); err != nil {
		t.Fatal(err)
	}
	w.commit("open")
	return w
}

func (w *world) git(args ...string) string {
	w.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = w.dir
	cmd.Env = append(append(os.Environ(), gittest.Fast()...), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull,
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.Fatalf("git %s: %v\n%s", args[0], err, out)
	}
	return strings.TrimSpace(string(out))
}

func (w *world) commit(message string) {
	w.Helper()
	w.git("add", "--all")
	w.git("commit", "--quiet", "--message", message)
}

// merge changes the escalation and commits it.
func (w *world) merge(pairs ...string) {
	w.Helper()
	text := w.read(northwind)
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i] == "" {
			text += pairs[i+1]
			continue
		}
		if !strings.Contains(text, pairs[i]) {
			w.Fatalf("%q is not in it", pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	w.put(northwind, text)
}

// read returns a file of the default branch.
func (w *world) read(name string) string {
	w.Helper()
	var files fs.FS
	if w.remote != nil {
		at, err := w.remote.Files(w.remote.Branches["main"])
		if err != nil {
			w.Fatal(err)
		}
		files = at
	} else {
		files = os.DirFS(w.dir)
	}
	data, err := fs.ReadFile(files, name)
	if err != nil {
		w.Fatal(err)
	}
	return string(data)
}

// put writes a file and commits it.
func (w *world) put(name, text string) {
	w.Helper()
	if w.remote != nil {
		w.remote.Branches["main"] = w.remote.Commit(w.remote.Branches["main"], map[string][]byte{name: []byte(text)})
		return
	}
	if err := os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o666); err != nil {
		w.Fatal(err)
	}
	w.commit("edit")
}

// run is a run of a clone as it would be made now. No two have the same name.
func (w *world) run(clone string) *outbox.Run {
	w.Helper()
	var store ledger.Store
	var remote string
	var versions, copies func(context.Context, schema.ID) ([]*schema.Escalation, error)
	var branch *ledger.Branch
	if w.remote != nil {
		store, remote = &ledgertest.Clone{Remote: w.remote}, "origin"
		versions = func(_ context.Context, id schema.ID) ([]*schema.Escalation, error) { return w.past(branch.Truth, id) }
		copies = func(_ context.Context, id schema.ID) ([]*schema.Escalation, error) { return w.past(branch.Tip, id) }
	} else {
		repo, err := git.Open(w.Context(), w.dir)
		if err != nil {
			w.Fatal(err)
		}
		w.Cleanup(func() { repo.Close() })
		store = ledger.InGit(repo, "", "")
		versions = func(ctx context.Context, id schema.ID) ([]*schema.Escalation, error) {
			return history.Escalations(ctx, repo, branch.Truth, id)
		}
		copies = func(ctx context.Context, id schema.ID) ([]*schema.Escalation, error) {
			return history.Escalations(ctx, repo, branch.Tip, id)
		}
	}
	branch, err := ledger.Open(w.Context(), store, remote)
	if err != nil {
		w.Fatal(err)
	}
	load := func(ctx context.Context) (outbox.Truth, error) {
		files, err := store.Files(ctx, branch.Truth)
		if err != nil {
			return outbox.Truth{}, err
		}
		w.Cleanup(func() { files.Close() })
		t, err := tree.Open(files, w.check)
		return outbox.Truth{Commit: branch.Truth, Tree: t, Files: files}, err
	}
	truth, err := load(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	w.runs++
	return &outbox.Run{
		Branch: branch, Truth: truth, Load: load, Check: w.check, Versions: versions, Copies: copies,
		Destinations: append([]destination.Destination{w.to}, w.also...), ID: fmt.Sprintf("%s-%d", clone, w.runs), Clone: clone, Announce: !branch.Exists(),
		Now:  func() time.Time { return w.now },
		Wait: func(context.Context, time.Duration) error { w.now = w.now.Add(10 * time.Second); return nil },
	}
}

// past is how an escalation stood up to a commit in memory.
func (w *world) past(commit string, id schema.ID) (all []*schema.Escalation, _ error) {
	for _, c := range w.remote.History(commit) {
		files, err := w.remote.Files(c)
		if err != nil {
			return nil, err
		}
		if data, err := fs.ReadFile(files, tree.Path(id)); err == nil {
			all = append(all, &tree.Read(tree.Path(id), data, w.check).Escalation)
		}
	}
	return all, nil
}

func (w *world) apply(clone string) outbox.Report {
	w.Helper()
	r, err := w.run(clone).Apply(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	return r
}

const (
	opening = "create_channel open_issue topic invite bookmark channel pin tracking label assign"
	news    = "updates:\n  - {at: 2026-11-22T09:00:00Z, by: jdoe, to: [internal], text: News}\n"
)

// words are what was told, without what is the same everywhere.
func words(told []string) string {
	var words []string
	for _, t := range told {
		_, t, _ = strings.Cut(t, ">")
		place, do, _ := strings.Cut(t, " ")
		if do != "" {
			place = do
		}
		words = append(words, place)
	}
	return strings.Join(words, " ")
}

// What is new is told once, however often apply runs; the ledger says what.
func TestApply(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if _, err := func() (outbox.Report, error) { r := w.run("1"); r.Announce = false; return r.Apply(t.Context()) }(); !errors.Is(err, ledger.ErrNone) {
		t.Errorf("without a ledger: %v", err)
	}
	r := w.apply("1")
	if got := words(w.to.told); got != opening {
		t.Errorf("told %s", got)
	}
	if len(r.Unplaced()) != 1 || r.Unplaced()[0].To != notice.Announcement || r.Failed() {
		t.Errorf("left to paste: %v", r.Unplaced())
	}
	if diff := w.git("diff", "escalate-ledger", "main", "--", "escalations/*/*.yaml"); diff != "" {
		t.Errorf("still to be told: %s", diff)
	}
	tip := w.git("rev-parse", "escalate-ledger")
	for range 10 {
		w.apply("2")
	}
	if now := w.git("rev-parse", "escalate-ledger"); now != tip || words(w.to.told) != opening {
		t.Errorf("a run with nothing to tell did something: %s", words(w.to.told))
	}
	w.to.told = nil
	w.merge("due: 2026-11-24", "due: 2026-11-25", "five working days\n", "five working days\n    met: 2026-11-25\n", "", news)
	w.apply("3")
	if got := w.to.told; !slices.Equal(got, []string{
		"2026/northwind update 2026-11-22T09:00:00Z>channel", "2026/northwind update 2026-11-22T09:00:00Z>tracking",
		"2026/northwind criteria 1+2026/northwind steps 1>channel", "2026/northwind criteria 1+2026/northwind steps 1>tracking",
		"2026/northwind update 2026-11-22T09:00:00Z>channel edit", "2026/northwind update 2026-11-22T09:00:00Z>channel topic",
		"2026/northwind update 2026-11-22T09:00:00Z>tracking edit",
	}) {
		t.Errorf("told %q", got)
	}
	w.to.told = nil
	w.merge("due: 2026-11-25", "due: 2026-11-26")
	w.apply("4")
	if got := w.to.told; len(got) != 5 || got[0] != "2026/northwind steps 2>channel" {
		t.Errorf("told %q", got)
	}
	for _, line := range strings.Split(w.git("show", "escalate-ledger:notices/2026/northwind.jsonl"), "\n") {
		if !strings.Contains(line, `"state":"done"`) || !strings.Contains(line, `"ref":"1"`) {
			t.Errorf("the ledger says %s", line)
		}
	}
}

// signer is a destination that signs what it delivers, or has no key.
type signer struct {
	place
	via string
	key bool
}

func (s *signer) Via() string { return s.via }
func (s *signer) Signs() bool { return s.key }

// What is written down for a destination says whether that signs it: when the key is
// set, what was written down before is looked for as it was.
func TestSigned(t *testing.T) {
	t.Parallel()
	w := inMemory(t)
	keyed, keyless := &signer{via: "keyed", key: true}, &signer{via: "keyless"}
	w.also = []destination.Destination{keyed, keyless}
	for _, o := range w.apply("mine").Outcomes {
		if o.Signed != (o.Via == "keyed") {
			t.Errorf("%s via %s is signed: %v", o.Key, o.Via, o.Signed)
		}
	}
	if len(keyed.told) == 0 || len(keyless.told) == 0 {
		t.Error("nothing was told")
	}
}

// What there is can be taken as told.
func TestAdopt(t *testing.T) {
	t.Parallel()
	w := inMemory(t)
	r := w.run("1")
	r.Announce, r.Adopt = false, true
	if _, err := r.Apply(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.apply("2")
	if len(w.to.told) > 0 {
		t.Errorf("told %q", w.to.told)
	}
	w.merge("", news)
	w.apply("3")
	if got := words(w.to.told); got != "channel tracking" {
		t.Errorf("told %s", got)
	}
}

// A ledger begins though there is nothing to tell yet.
func TestBeginsWithNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.git("rm", "--quiet", northwind)
	w.commit("none yet")
	r := w.run("1")
	r.Announce, r.Adopt = false, true
	if _, err := r.Apply(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.git("ls-tree", "-r", "--name-only", "escalate-ledger"); got != "README.md\nformat" {
		t.Errorf("the ledger has %s", got)
	}
}

// Whichever delivery fails, is carried out though its reply is lost, or is the
// last before the process is killed: the runs after it tell the rest, and
// nothing twice.
func TestNothingIsLostOrDoubled(t *testing.T) {
	t.Parallel()
	killed := errors.New("killed")
	steps := len(strings.Fields(opening))
	for at := range steps {
		for name, fault := range map[string]func(w *world, n *int){
			"refused":  func(w *world, n *int) { w.to.fail = once(n, at, errors.New("refused")) },
			"no reply": func(w *world, n *int) { w.to.lose = once(n, at, destination.ErrInDoubt) },
			"in doubt": func(w *world, n *int) { w.to.fail = once(n, at, destination.ErrInDoubt) },
			"killed before": func(w *world, n *int) {
				w.to.fail = func(k string) error { return kill(n, at, killed) }
			},
			"killed after": func(w *world, n *int) {
				w.to.lose = func(k string) error { return kill(n, at, killed) }
			},
		} {
			t.Run(fmt.Sprintf("%s at %d", name, at), func(t *testing.T) {
				t.Parallel()
				w, n := inMemory(t), 0
				fault(w, &n)
				func() {
					defer func() {
						if e := recover(); e != nil && e != any(killed) {
							panic(e)
						}
					}()
					w.apply("1")
				}()
				w.to.fail, w.to.lose = nil, nil
				for range 2 {
					if r := w.apply("1"); r.Failed() {
						t.Fatalf("the next run failed: %v", r.Outcomes)
					}
				}
				got, want := strings.Fields(words(w.to.told)), strings.Fields(opening)
				slices.Sort(got)
				slices.Sort(want)
				if !slices.Equal(got, want) {
					t.Errorf("told %q", w.to.told)
				}
			})
		}
	}
}

// once returns an error the one time that it is due.
func once(n *int, at int, err error) func(string) error {
	return func(string) error {
		if *n++; *n == at+1 {
			return err
		}
		return nil
	}
}

// kill ends the run as a killed process does: nothing after it happens.
func kill(n *int, at int, killed error) error {
	if *n++; *n == at+1 {
		panic(killed)
	}
	return nil
}

// What fails holds back what comes after it in the same place, and nothing else.
func TestFailureStaysInItsPlace(t *testing.T) {
	t.Parallel()
	w := inMemory(t)
	w.to.fail = func(key string) error {
		if strings.Contains(key, ">channel") {
			return errors.New("the channel is closed")
		}
		return nil
	}
	r := w.apply("1")
	if got := words(w.to.told); got != "open_issue tracking label assign" || !r.Failed() {
		t.Errorf("told %s", got)
	}
	for _, o := range r.Outcomes {
		if (o.Result == outbox.Failed) != (o.To == "channel") {
			t.Errorf("%s %s: %s", o.To, o.Do, o.Result)
		}
	}
	// Today's words arrive tomorrow, whatever was merged since.
	w.to.fail = nil
	w.merge("", news)
	w.apply("1")
	if got := words(w.to.told[4:]); got != "create_channel topic invite bookmark channel pin channel tracking" {
		t.Errorf("then %s", got)
	}
}

// A notice waits for the text before it, and for the place that it is in; for
// nothing else.
func TestWhatWaits(t *testing.T) {
	t.Parallel()
	for fails, want := range map[string]string{
		"channel create_channel": "open_issue tracking label assign",
		"tracking open_issue":    "create_channel topic invite bookmark channel pin",
		"channel":                "create_channel open_issue topic invite bookmark tracking label assign",
		"channel topic":          "create_channel open_issue invite bookmark channel pin tracking label assign",
		"tracking label":         "create_channel open_issue topic invite bookmark channel pin tracking assign",
	} {
		t.Run(fails, func(t *testing.T) {
			t.Parallel()
			w := inMemory(t)
			w.to.fail = func(key string) error {
				if strings.HasSuffix(key, ">"+fails) {
					return errors.New("not now")
				}
				return nil
			}
			if r := w.apply("1"); words(w.to.told) != want || !r.Failed() {
				t.Errorf("told %s, want %s", words(w.to.told), want)
			}
		})
	}
}

// The run that is in doubt about a delivery looks for it and tries it anew, and
// does not leave that to the next run. It gives up in the end; what was refused it
// does not try again.
func TestInDoubt(t *testing.T) {
	t.Parallel()
	const label = "2026/northwind opened>tracking label"
	refused := errors.New("refused")
	for _, c := range []struct {
		name        string
		times       int // how often it goes wrong
		arrives     bool
		err         error
		asked, told int
		want        outbox.Result
	}{
		{"it did not arrive", 1, false, destination.ErrInDoubt, 2, 1, outbox.Done},
		{"it arrived", 1, true, destination.ErrInDoubt, 1, 1, outbox.Kept},
		{"three times in doubt", 3, false, destination.ErrInDoubt, 4, 1, outbox.Done},
		{"always in doubt", 100, false, destination.ErrInDoubt, 4, 0, outbox.Failed},
		{"the reply confirms nothing", 1, false, destination.ErrUnconfirmed, 2, 1, outbox.Done},
		{"refused", 1, false, refused, 1, 0, outbox.Failed},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w, asked := inMemory(t), 0
			fault := func(key string) error {
				if key != label {
					return nil
				}
				if asked++; asked <= c.times {
					return c.err
				}
				return nil
			}
			if w.to.fail = fault; c.arrives {
				w.to.fail, w.to.lose = nil, fault
			}
			r := w.apply("1")
			at := slices.IndexFunc(r.Outcomes, func(o outbox.Outcome) bool { return o.Do == notice.Label })
			if got := r.Outcomes[at].Result; got != c.want {
				t.Errorf("it is %s, want %s", got, c.want)
			}
			told := 0
			for _, k := range w.to.told {
				if k == label {
					told++
				}
			}
			if asked != c.asked || told != c.told {
				t.Errorf("asked %d times, told %d times; want %d and %d", asked, told, c.asked, c.told)
			}
		})
	}
}

// No update is lost between what was told and what is true, whatever was merged
// with it and whatever failed meanwhile; and none is told twice.
func TestNoUpdateIsLost(t *testing.T) {
	t.Parallel()
	w := inMemory(t)
	w.apply("1")
	update := func(minute int, more string) string {
		return fmt.Sprintf("  - {at: 2026-11-22T09:%02d:00Z, by: jdoe, to: [internal]%s, text: News %d}\n", minute, more, minute)
	}
	w.merge("", "updates:\n"+update(1, "")+update(2, ", significant: true"))
	w.merge("severity: high", "severity: critical", "dri: mlee", "dri: dpatel", "", update(3, "")+update(4, ""))
	w.to.fail = func(string) error { return errors.New("not now") }
	w.apply("2")
	w.merge("severity: critical", "severity: high", "", update(5, "")+update(6, ", amends: 2026-11-22T09:01:00Z"))
	w.apply("3")
	w.to.fail = nil
	w.apply("4")
	quoted := map[string]int{}
	for line := range strings.Lines(w.ledger("notices/2026/northwind.jsonl")) {
		for _, n := range parse(t, line) {
			if !n.Tells() || n.To != notice.Channel {
				continue
			}
			for _, b := range n.Text {
				if b.Quote != nil && !b.Quote.At.IsZero() {
					quoted[b.Quote.Text]++
				}
			}
		}
	}
	for minute := 1; minute <= 6; minute++ {
		if n := quoted[fmt.Sprintf("News %d", minute)]; n != 1 {
			t.Errorf("update %d stands in %d notices of the channel", minute, n)
		}
	}
}

func parse(t *testing.T, line string) []notice.Notice {
	t.Helper()
	notices, err := ledger.Parse(ledger.Path("2026/northwind"), []byte(line))
	if err != nil {
		t.Fatal(err)
	}
	return notices
}

// What a run sent before it was killed is not sent again with what is merged
// since, though both are short.
func TestKilledBeforeAnotherMerge(t *testing.T) {
	t.Parallel()
	w := inMemory(t)
	w.apply("1")
	w.to.told = nil
	w.merge("due: 2026-11-24", "due: 2026-11-25")
	w.killed("1")
	w.merge("due: 2026-11-25", "due: 2026-11-26")
	w.apply("1")
	if got := w.to.told; !slices.Equal(got, []string{
		"2026/northwind steps 1>channel", "2026/northwind steps 1>tracking", "2026/northwind steps 1>channel edit", "2026/northwind steps 1>channel topic", "2026/northwind steps 1>tracking edit",
		"2026/northwind steps 2>channel", "2026/northwind steps 2>tracking", "2026/northwind steps 2>channel edit", "2026/northwind steps 2>channel topic", "2026/northwind steps 2>tracking edit",
	}) {
		t.Errorf("told %q", got)
	}
}

// A change that is taken back and made again is told again, as the plan says: its
// key ends in an ordinal.
func TestMadeAgain(t *testing.T) {
	t.Parallel()
	w := inMemory(t)
	w.apply("1")
	w.merge("severity: high", "severity: critical", "dri: mlee", "dri: dpatel", "", news)
	w.apply("2")
	raise := w.back()
	w.apply("3")
	w.remote.Branches["main"] = raise
	planned, err := w.run("4").Plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r := w.apply("4")
	var got, want []string
	for _, n := range planned.Plan.Notices {
		if n.Via != "" {
			want = append(want, fmt.Sprintf("%s>%s %s", n.Key, n.To, n.Do))
		}
	}
	for _, o := range r.Outcomes {
		got = append(got, fmt.Sprintf("%s>%s %s", o.Key, o.To, o.Do))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("did %q\nplanned %q", got, want)
	}
	const raised = "2026/northwind severity 2026-11-22T09:00:00Z 2>"
	for _, what := range []string{"channel ", "tracking ", "channel topic", "tracking label", "tracking edit"} {
		if !slices.Contains(got, raised+what) {
			t.Errorf("%s is not told or set again: %q", what, got)
		}
	}
	tip := w.remote.Branches[ledger.Name]
	if r := w.apply("5"); len(r.Outcomes) > 0 || w.remote.Branches[ledger.Name] != tip {
		t.Errorf("and again: %v", r.Outcomes)
	}
}

// An update that vanished and came back is told once, and the plan knows: by itself,
// or in the notice that quotes it.
func TestUpdateCameBack(t *testing.T) {
	t.Parallel()
	w := inMemory(t)
	w.merge("", news)
	w.apply("1")
	there := w.back()
	gone := w.remote.Branches["main"]
	for _, commit := range []string{gone, there} {
		w.to.told = nil
		w.remote.Branches["main"] = commit
		planned, err := w.run("2").Plan(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		w.apply("2")
		for _, key := range w.to.told {
			if strings.HasSuffix(key, ">channel") || strings.HasSuffix(key, ">tracking") {
				t.Errorf("back at %t, it tells %q", commit == there, key)
			}
		}
		for _, n := range planned.Plan.Notices {
			if n.Tells() {
				t.Errorf("back at %t, it plans %q", commit == there, n.Key)
			}
		}
	}
}

// The same closure after a reopening is told again, and so is the second reopening.
func TestClosedAgain(t *testing.T) {
	t.Parallel()
	w := inMemory(t)
	w.apply("1")
	w.merge("", "closure: {at: 2026-12-03T10:00:00Z, by: jdoe, resolution: resolved, outcome: positive, exit_criteria_met: true, summary: It is over., agreement: 'https://docs.example.com/a', sentiment: green}\n")
	closed := w.back()
	open := w.remote.Branches["main"]
	for round, want := range []string{"closed 2026-12-03T10:00:00Z", "reopened 1", "closed 2026-12-03T10:00:00Z 2", "reopened 2"} {
		w.remote.Branches["main"] = []string{closed, open}[round%2]
		w.to.told = nil
		w.apply("2")
		for _, place := range []string{"channel", "tracking"} {
			if key := "2026/northwind " + want + ">" + place; !slices.Contains(w.to.told, key) {
				t.Errorf("round %d: told %q, want %s", round, w.to.told, key)
			}
		}
	}
}

// killed ends a run as a killed process does, after a delivery.
func (w *world) killed(clone string) {
	w.Helper()
	w.to.lose = func(string) error { panic("killed") }
	func() {
		defer func() {
			if recover() == nil {
				w.Error("the run was not killed")
			}
		}()
		w.apply(clone)
	}()
	w.to.lose, w.to.looked = nil, 0
}

// What a run of another clone is at work on is waited for, as long as that may
// live, and then looked for. A run of the same clone cannot live: this one has
// the lock.
func TestOtherRun(t *testing.T) {
	t.Parallel()
	for clone, want := range map[string]time.Duration{"mine": 0, "another": 2 * time.Minute} {
		w := inMemory(t)
		w.killed(clone)
		began := w.now
		w.apply("mine")
		if waited := w.now.Sub(began); waited < want || waited > want+time.Minute {
			t.Errorf("a run of the clone %s is waited for %s", clone, waited)
		}
		if got := words(w.to.told); got != opening || w.to.looked != len(strings.Fields(opening)) {
			t.Errorf("looked %d times, told %s", w.to.looked, got)
		}
		if claim := w.ledger("claim.jsonl"); claim != "" || slices.Contains(w.ledgers(), "open/2026/northwind") {
			t.Errorf("it ended, and the ledger still has %s", claim)
		}
	}
}

// The clock of another run's machine may be ahead: it is waited for no longer
// than others.
func TestClockAhead(t *testing.T) {
	t.Parallel()
	w := inMemory(t)
	w.now = w.now.Add(24 * time.Hour)
	w.killed("other")
	w.now = w.now.Add(-24 * time.Hour)
	began := w.now
	w.apply("mine")
	if waited := w.now.Sub(began); waited < 2*time.Minute || waited > 3*time.Minute {
		t.Errorf("waited %s", waited)
	}
	if got := words(w.to.told); got != opening {
		t.Errorf("told %s", got)
	}
}

// A run that ended has given back its claim, whatever came of what it did.
func TestEndedRun(t *testing.T) {
	t.Parallel()
	w := inMemory(t)
	w.to.fail = func(string) error { return errors.New("not now") }
	w.apply("other")
	w.to.fail, w.to.looked = nil, 0
	began := w.now
	w.apply("mine")
	if got := words(w.to.told); got != opening || !w.now.Equal(began) || w.to.looked != len(strings.Fields(opening)) {
		t.Errorf("after %s, looked %d times, told %s", w.now.Sub(began), w.to.looked, got)
	}
}

// A run that takes long says that it is at work, and writes down what came of
// its deliveries as they come: one that looks on does not take over.
func TestSlowRun(t *testing.T) {
	t.Parallel()
	w := inMemory(t)
	deliveries, left := 0, 0
	w.to.lose = func(string) error {
		deliveries++
		w.now = w.now.Add(time.Minute)
		lines := strings.Split(w.ledger("notices/2026/northwind.jsonl"), "\n")
		left = max(left, deliveries-1-len(slices.DeleteFunc(lines, func(l string) bool { return !strings.Contains(l, `"state":"done"`) })))
		if claim := w.ledger("claim.jsonl"); !strings.Contains(claim, w.now.Add(-time.Minute).Format(time.RFC3339)) {
			t.Errorf("at %s, the claim is %s", w.now.Format(time.RFC3339), claim)
		}
		return nil
	}
	w.apply("1")
	if words(w.to.told) != opening || w.to.looked > 0 || left > 0 {
		t.Errorf("looked %d times, %d outcomes not written down, told %s", w.to.looked, left, words(w.to.told))
	}
}

// A run that was slow to begin tells what is true by then, and not what was true
// when it started: that would take back what another run has told.
func TestSlowToBegin(t *testing.T) {
	t.Parallel()
	w := inMemory(t)
	w.apply("1")
	slow := w.run("2")
	w.merge("severity: high", "severity: critical", "", news)
	w.apply("1")
	w.to.told = nil
	r, err := slow.Apply(t.Context())
	if err != nil || len(r.Outcomes) > 0 || len(w.to.told) > 0 {
		t.Errorf("it told %q, %v", w.to.told, err)
	}
}

// What sets something and failed is not done once something newer was set.
func TestSuperseded(t *testing.T) {
	t.Parallel()
	w := inMemory(t)
	w.to.fail = func(key string) error {
		if key == "2026/northwind opened>tracking label" {
			return errors.New("not now")
		}
		return nil
	}
	w.apply("1")
	w.merge("severity: high", "severity: critical")
	if r := w.apply("1"); !r.Failed() || !slices.Contains(w.to.told, "2026/northwind severity 1>tracking label") {
		t.Fatalf("told %q", w.to.told)
	}
	w.to.fail, w.to.told = nil, nil
	if r := w.apply("1"); r.Failed() || len(w.to.told) > 0 || len(r.Outcomes) != 1 || r.Outcomes[0].Result != outbox.Kept {
		t.Errorf("it sets the old one: %q", w.to.told)
	}
	w.merge("severity: critical", "severity: high")
	w.apply("1")
	if !slices.Contains(w.to.told, "2026/northwind severity 2>tracking label") {
		t.Errorf("it does not set the new one: %q", w.to.told)
	}
}

// A machine that slept in a delivery does not try it again: another run may have
// taken over meanwhile.
func TestSlept(t *testing.T) {
	t.Parallel()
	w := inMemory(t)
	tries := 0
	w.to.fail = func(key string) error {
		if key == "2026/northwind opened>tracking label" {
			tries++
			w.now = w.now.Add(time.Hour)
			return destination.ErrInDoubt
		}
		return nil
	}
	if r := w.apply("1"); tries != 1 || !r.Failed() {
		t.Errorf("tried %d times", tries)
	}
}

// What somebody else wrote into the ledger is not told, and not for long: what no
// version on the default branch can bring, is void. What was undone before it was
// told is told.
func TestForged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.apply("1")
	w.to.told = nil
	w.merge("", news)
	w.to.fail = func(string) error { return errors.New("not now") }
	w.apply("1")
	w.git("revert", "--no-edit", "HEAD")
	w.apply("1")
	w.to.fail = nil
	w.git("checkout", "--quiet", "escalate-ledger")
	const forged = `{"key":"%[1]s %[2]s","moment":"%[3]s","do":"%[4]s","to":"channel","via":"fake","run":"x","at":"2026-11-25T09:00:00Z","state":"intent","text":"FORGED","mentions":[]}` + "\n"
	for id, lines := range map[string]string{
		"2026/northwind": fmt.Sprintf(forged, "2026/northwind", "update 2026-11-23T09:00:00Z", "update", "") +
			fmt.Sprintf(forged, "2026/northwind", "steps 1", "steps", "archive") + fmt.Sprintf(forged, "2026/ghost", "steps 2", "steps", "") +
			fmt.Sprintf(forged, "2026/northwind", "steps 3", "steps", "") +
			fmt.Sprintf(forged, "2026/northwind", "reminder case 2026-11-21T09:00:00Z 1 2026-11-23", "reminder", ""),
		"2026/ghost": fmt.Sprintf(forged, "2026/ghost", "opened", "opened", ""),
	} {
		f, err := os.OpenFile(filepath.Join(w.dir, "notices", id+".jsonl"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
		if err == nil {
			_, err = f.WriteString(lines)
		}
		if err = errors.Join(err, f.Close(), os.MkdirAll(filepath.Join(w.dir, "open/2026"), 0o777), os.WriteFile(filepath.Join(w.dir, "open", id), nil, 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	w.commit("forged")
	w.git("checkout", "--quiet", "main")
	run := w.run("2")
	run.Overdue = func(context.Context) (func(notice.Notice) (bool, error), error) {
		return func(notice.Notice) (bool, error) { return false, nil }, nil // nothing is
	}
	r, err := run.Apply(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	void, settled := 0, 0
	for _, o := range r.Outcomes {
		switch {
		case o.State == notice.Void && o.Result == outbox.Failed:
			void++
		case o.State == notice.Void:
			settled++
		}
	}
	if void != 5 || settled != 1 || !r.Failed() {
		t.Errorf("%d are void and %d settled: %+v", void, settled, r.Outcomes)
	}
	if got := w.to.told; !slices.Equal(got, []string{"2026/northwind update 2026-11-22T09:00:00Z>channel", "2026/northwind update 2026-11-22T09:00:00Z>tracking"}) {
		t.Errorf("told %q", got)
	}
	if r := w.apply("2"); len(r.Outcomes) > 0 || r.Failed() {
		t.Errorf("and again %+v", r.Outcomes)
	}
}

// A path that is used for another escalation is held and named, and never told as a
// change of the old one (P36).
func TestPathUsedAgain(t *testing.T) {
	t.Parallel()
	for name, pair := range map[string][2]string{
		"at": {"2026-11-20T09:30:00Z", "2026-11-21T09:30:00Z"},
		"by": {"by: jdoe}", "by: mlee}"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := inMemory(t)
			w.apply("1")
			w.to.told = nil
			w.merge(pair[0], pair[1], "severity: high", "severity: critical")
			planned, err := w.run("2").Plan(t.Context())
			if err != nil || !slices.Equal(planned.Plan.Unread, []schema.ID{"2026/northwind"}) || len(planned.Plan.Notices) > 0 {
				t.Errorf("planned %+v, %v", planned.Plan, err)
			}
			if r := w.apply("2"); !r.Failed() || len(w.to.told) > 0 || !strings.Contains(r.Plan.Quiet[0].Why, "opened at 2026-11-20T09:30:00Z by jdoe") {
				t.Errorf("told %q, %+v", w.to.told, r.Plan.Quiet)
			}
			w.merge(pair[1], pair[0])
			if r := w.apply("2"); r.Failed() || !slices.Contains(w.to.told, "2026/northwind severity 1>tracking") {
				t.Errorf("as it was, with another severity: told %q", w.to.told)
			}
		})
	}
}

// What somebody breaks in the ledger holds up that escalation alone, until it is as
// it was.
func TestLedgerByHand(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, with, says string }{
		"a line":           {"notices/2026/northwind.jsonl", "oops\n", "notices/2026/northwind.jsonl:1: this is no notice"},
		"the copy":         {northwind, "customer: [\n", "copy of what was told cannot be read"},
		"no copy any more": {northwind, "", "has no copy of it"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			data, err := os.ReadFile(filepath.Join(w.dir, northwind))
			if err != nil {
				t.Fatal(err)
			}
			alpha := filepath.Join(w.dir, "escalations/2026/alpha.yaml")
			if err := os.WriteFile(alpha, data, 0o666); err != nil {
				t.Fatal(err)
			}
			w.commit("alpha")
			w.apply("1")
			good := w.git("rev-parse", "escalate-ledger")
			w.git("checkout", "--quiet", "escalate-ledger")
			if err := os.WriteFile(filepath.Join(w.dir, c.file), []byte(c.with), 0o666); err != nil {
				t.Fatal(err)
			}
			if c.with == "" {
				w.git("rm", "--quiet", "--force", c.file)
			}
			w.commit("by hand")
			w.git("checkout", "--quiet", "main")
			if err := os.WriteFile(alpha, append(data, news...), 0o666); err != nil {
				t.Fatal(err)
			}
			w.merge("", news)
			w.to.told = nil
			for round := range 2 {
				r := w.apply("1")
				if !slices.Equal(r.Plan.Unread, []schema.ID{"2026/northwind"}) || !r.Failed() || !strings.Contains(r.Plan.Quiet[len(r.Plan.Quiet)-1].Why, c.says) {
					t.Errorf("held %v: %+v", r.Plan.Unread, r.Plan.Quiet)
				}
				if got := strings.Join(w.to.told, " "); strings.Contains(got, "northwind") || !strings.HasPrefix(got, "2026/alpha update") || round > 0 && len(r.Outcomes) > 0 {
					t.Errorf("told %s", got)
				}
			}
			// Whether somebody was reminded, the lines say alone.
			w.to.told = nil
			run, reminded := w.run("1"), []string{"2026/alpha reminder case x 1 2026-11-25>tracking"}
			run.Remind = func(told func(schema.ID) []notice.Notice) (all []notice.Notice) {
				for _, id := range []schema.ID{"2026/alpha", "2026/northwind"} {
					told(id)
					all = append(all, notice.Notice{Escalation: id, Key: string(id) + " reminder case x 1 2026-11-25", Moment: notice.Reminder, To: notice.Tracking, Text: notice.Value("late")})
				}
				return all
			}
			if name == "a line" {
				if r, err := run.Apply(t.Context()); err != nil || !slices.Equal(r.Plan.Unread, []schema.ID{"2026/northwind"}) || !slices.Equal(w.to.told, reminded) {
					t.Errorf("reminded %q, held %v, %v", w.to.told, r.Plan.Unread, err)
				}
			}
			w.git("checkout", "--quiet", "escalate-ledger")
			w.git("checkout", good, "--", c.file)
			w.commit("mended")
			w.git("checkout", "--quiet", "main")
			w.to.told = nil
			if r := w.apply("1"); r.Failed() || !strings.HasPrefix(strings.Join(w.to.told, " "), "2026/northwind update 2026-11-22T09:00:00Z>channel 2026/northwind update 2026-11-22T09:00:00Z>tracking") {
				t.Errorf("mended, it tells %q", w.to.told)
			}
		})
	}
}

// A run that has lost its claim writes down what it delivered, and stops.
func TestLostClaim(t *testing.T) {
	t.Parallel()
	w := inMemory(t)
	slow := w.run("slow")
	w.to.lose = func(string) error {
		w.to.lose = nil
		w.now = w.now.Add(10 * time.Minute) // the machine slept
		w.apply("quick")
		return nil
	}
	r, err := slow.Apply(t.Context())
	if !errors.Is(err, outbox.ErrClaimLost) || len(r.Outcomes) != 1 {
		t.Errorf("%d outcomes, %v", len(r.Outcomes), err)
	}
	if got := words(w.to.told); got != opening {
		t.Errorf("told %s", got)
	}
}

// Several destinations may take one place: each has its own line in the ledger,
// and one that fails holds back no other.
func TestSeveralDestinations(t *testing.T) {
	t.Parallel()
	w := inMemory(t)
	mail := &mail{}
	w.also = []destination.Destination{mail}
	w.to.fail = func(string) error { return errors.New("not now") }
	r := w.apply("1")
	// Where nothing but what failed tells, the mail says so in another place.
	if !slices.Equal(mail.told, []string{"2026/northwind opened announcement", "2026/northwind opened channel", "2026/northwind undelivered opened tracking fake channel"}) || len(r.Unplaced()) > 0 {
		t.Errorf("the mail tells %q, left to paste: %v", mail.told, r.Unplaced())
	}
	w.to.fail = nil
	w.apply("2")
	if got := words(w.to.told); got != opening || len(mail.told) != 3 {
		t.Errorf("told %s, mail %q", got, mail.told)
	}
	w.also = nil
	w.merge("", news)
	w.also = []destination.Destination{mail}
	mail.fail = errors.New("no mail today")
	w.apply("3")
	w.also = nil
	r = w.apply("4")
	if len(r.Outcomes) != 1 || r.Outcomes[0].Via != "mail" || r.Outcomes[0].Err == nil || !strings.Contains(r.Outcomes[0].Err.Error(), "mail, which is not configured") {
		t.Errorf("a destination that is gone: %+v", r.Outcomes)
	}
}

// mail tells the texts of two places.
type mail struct {
	told []string
	fail error
}

func (*mail) Via() string { return "mail" }
func (*mail) Takes(to notice.Place, do notice.Do) bool {
	return to != notice.Tracking && do == notice.Tell
}

func (m *mail) Deliver(_ context.Context, d destination.Delivery, _ bool) (destination.Receipt, error) {
	if m.fail != nil {
		return destination.Receipt{}, m.fail
	}
	m.told = append(m.told, d.First().Key+" "+string(d.First().To))
	return destination.Receipt{}, nil
}

// The issue of an escalation that was adopted is opened as the file was last
// told, though it is gone by now.
func TestAdoptedAndGone(t *testing.T) {
	t.Parallel()
	w := inMemory(t)
	r := w.run("1")
	r.Announce, r.Adopt = false, true
	if _, err := r.Apply(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.merge("", news)
	w.to.fail = func(string) error { return errors.New("not now") }
	w.apply("1")
	w.to.fail = nil
	w.remote.Branches["main"] = w.remote.Commit(w.remote.Branches["main"], map[string][]byte{northwind: nil})
	w.apply("1")
	i := w.to.issue
	if len(i) != 3 || !strings.HasPrefix(i[0].Text.Title(), "Northwind Traders: Pipelines wait") || i[1].Text.Plain() != "severity:high" || !slices.Equal(i[2].Mentions, []schema.Handle{"jdoe"}) {
		t.Errorf("the issue is %+v", i)
	}
}

// A file that cannot be read is not told, and the run says so; what is told of
// the others is not held back.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	w := inMemory(t)
	w.apply("1")
	w.to.told = nil
	w.merge("severity: high", "severity: hgih", "", news)
	if r := w.apply("2"); !r.Failed() || len(w.to.told) > 0 {
		t.Errorf("told %q", w.to.told)
	}
	w.merge("severity: hgih", "severity: high")
	if r := w.apply("3"); r.Failed() || words(w.to.told) != "channel tracking" {
		t.Errorf("told %q", w.to.told)
	}
}

// What came of deliveries is written down every twenty seconds, and of fifty of
// them if five seconds have passed: a run that is ended leaves little in doubt,
// and one that is quick does not write for each.
func TestOutcomesAreWrittenAsTheyCome(t *testing.T) {
	t.Parallel()
	for each, want := range map[time.Duration]string{
		10 * time.Millisecond:  "120",
		200 * time.Millisecond: "50 50 20",
		time.Second:            "20 20 20 20 20 20",
	} {
		t.Run(each.String(), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.apply("1")
			w.merge("", updates(60))
			before := w.git("rev-parse", "escalate-ledger")
			w.to.lose = func(string) error { w.now = w.now.Add(each); return nil }
			w.apply("2")
			// Each outcome changes one line.
			var written []string
			for line := range strings.Lines(w.git("log", "--reverse", "--format=", "--grep=^Tell", "--numstat", before+"..escalate-ledger", "--", "notices")) {
				written = append(written, strings.Fields(line)[0])
			}
			if got := strings.Join(written, " "); got != want {
				t.Errorf("outcomes are written by %s, want %s", got, want)
			}
		})
	}
}

// updates are so many, each with its own time.
func updates(n int) string {
	var b strings.Builder
	b.WriteString("updates:\n")
	for i := range n {
		fmt.Fprintf(&b, "  - {at: 2026-11-22T09:%02d:00Z, by: jdoe, to: [internal], text: News}\n", i)
	}
	return b.String()
}

// A run says before each message how far it is, and when all is done; while it
// waits, for whom.
func TestProgress(t *testing.T) {
	t.Parallel()
	w := inMemory(t)
	w.killed("other")
	r := w.run("mine")
	waited, next, at := 0, []string{}, 0
	r.Progress = func(p outbox.Progress) {
		switch {
		case p.Waiting != "":
			waited++
			if p.Waiting != "other-1" || p.Next != nil || p.All == 0 {
				t.Errorf("while it waits it says %+v", p)
			}
		case p.Done != at:
			t.Errorf("after %d messages it says %d", at, p.Done)
		case p.Done < p.All:
			at++
			next = append(next, p.Next.First().Key+">"+string(p.Next.First().To)+" "+string(p.Next.First().Do))
		}
	}
	if _, err := r.Apply(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := words(next); waited == 0 || at == 0 || got != opening {
		t.Errorf("it waited %d times, then said %s", waited, got)
	}
}
