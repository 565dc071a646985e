package harness

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// LedgerBranch is the branch of the ledger.
const LedgerBranch = "escalate-ledger"

// PushFaultKind is a way in which a push goes wrong.
type PushFaultKind string

// The kinds.
const (
	// Refused: a rule of the repository forbids it.
	Refused PushFaultKind = "push refused by a rule"
	// Raced: PushFault.Do is called while the push is under way, and may push.
	Raced PushFaultKind = "push refused by a race"
	// PushLost: the branch moves, and git push does not hear of it.
	PushLost PushFaultKind = "push: reply lost after success"
	// PushBroken: the connection ends, and the branch does not move.
	PushBroken PushFaultKind = "push: connection lost before it"
	// KillBeforePush: PushFault.Do is called, and the branch does not move.
	KillBeforePush PushFaultKind = "SIGKILL before the push"
	// KillAfterPush: the branch moves, and PushFault.Do is called.
	KillAfterPush PushFaultKind = "SIGKILL after the push"
)

// PushFaultKinds are all kinds.
func PushFaultKinds() []PushFaultKind {
	return []PushFaultKind{Refused, Raced, PushLost, PushBroken, KillBeforePush, KillAfterPush}
}

// after reports whether the branch moves.
func (k PushFaultKind) after() bool { return k == PushLost || k == KillAfterPush }

// RuleMessage is what a push refused by a rule hears.
const RuleMessage = "GH013: Repository rule violations found for refs/heads/" + LedgerBranch + "."

// PushFault is something that goes wrong with one or several pushes to the
// branch of the ledger.
type PushFault struct {
	Kind PushFaultKind
	// At is the first push with which it goes wrong, counted from 1 since the
	// fault was injected; 0 is 1. Times is with how many, 0 is 1.
	At, Times int
	// Do is called by Raced, KillBeforePush and KillAfterPush. When killing, it
	// must return only when whoever pushes is dead.
	Do func()
	// Any has pushes to every branch count, and not to that of the ledger alone.
	Any bool
}

// Origin is the repository that everybody pushes to. It is bare, on disk.
type Origin struct {
	Dir   string
	t     testing.TB
	tools *Tools
	env   *environment

	program, url string // of the hooks, and whom they ask

	mu     sync.Mutex
	pushes int // to the branch of the ledger, that reached it
	all    int // to any branch
	fault  PushFault
	seen   int
	fired  int
	target bool // whether the push under way is the one that goes wrong
	// protected has pushes to the default branch refused, but for those of the test.
	protected bool
	said      map[string]answered // of commits
}

func (w *World) newOrigin() *Origin {
	w.t.Helper()
	o := w.origin()
	o.env.git(w.t, w.dir, "init", "--quiet", "--bare", "--initial-branch=main", o.Dir)
	o.serve()
	return o
}

// origin is one without a repository.
func (w *World) origin() *Origin {
	return &Origin{Dir: filepath.Join(w.dir, "origin.git"), t: w.t, tools: w.tools, env: w.env, said: map[string]answered{}}
}

// serve has the hooks of the repository ask what is to become of a push.
func (o *Origin) serve() {
	o.t.Helper()
	server := httptest.NewServer(o)
	o.t.Cleanup(server.Close)
	program, err := o.tools.hook()
	if err != nil {
		o.t.Fatal(err)
	}
	o.program, o.url = program, server.URL
	o.hook(preReceive)
}

// Inject has pushes to the branch of the ledger go wrong from now on. It
// replaces the fault before, and returns a function that says how often it went
// wrong.
func (o *Origin) Inject(f PushFault) (fired func() int) {
	if f.Kind.after() { // else nobody has to wait for it
		o.hook(moved)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fault, o.seen, o.fired, o.target = f, 0, 0, false
	return func() int {
		o.mu.Lock()
		defer o.mu.Unlock()
		return o.fired
	}
}

// Heal ends the fault.
func (o *Origin) Heal() { o.Inject(PushFault{}) }

// Pushes returns how many pushes to the branch of the ledger reached the
// repository, whether it took them or not, without those of the test.
func (o *Origin) Pushes() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.pushes
}

// AllPushes returns how many pushes to any branch reached the repository.
func (o *Origin) AllPushes() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all
}

// ServeHTTP answers the hooks.
func (o *Origin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	updates, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	v := verdict{}
	hook := strings.Trim(r.URL.Path, "/")
	if o.refuses(hook, string(updates)) {
		v.Refusal = ProtectedMessage
	} else if f, ok := o.due(hook, string(updates)); ok {
		switch f.Kind {
		case Refused:
			v.Refusal = RuleMessage
		case PushLost, PushBroken:
			v.KillParent = true
		case Raced, KillBeforePush, KillAfterPush:
			f.Do()
		}
	}
	_ = json.NewEncoder(w).Encode(v) // the hook may have been killed
}

// refuses reports whether a push is one to the default branch that a rule forbids.
func (o *Origin) refuses(hook, updates string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.protected && hook == preReceive && strings.Contains(updates, " refs/heads/main\n")
}

// due counts a push, and returns the fault that is due at this moment of it.
func (o *Origin) due(hook, updates string) (PushFault, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	ledger := strings.Contains(updates, " refs/heads/"+LedgerBranch+"\n")
	if hook == preReceive {
		o.all++
		if ledger {
			o.pushes++
		}
	}
	if !ledger && !(o.fault.Any && strings.Contains(updates, " refs/heads/")) {
		return PushFault{}, false
	}
	if hook == preReceive {
		o.seen++
		first := max(o.fault.At, 1)
		o.target = o.fault.Kind != "" && o.seen >= first && o.seen < first+max(o.fault.Times, 1)
	}
	if !o.target || (hook == preReceive) == o.fault.Kind.after() {
		return PushFault{}, false
	}
	o.target = false
	o.fired++
	return o.fault, true
}

// Git runs git in the repository and returns what it printed.
func (o *Origin) Git(args ...string) string {
	o.t.Helper()
	return o.env.git(o.t, o.Dir, args...)
}

// ask runs git in the repository for GitHub: what fails says nothing.
func (o *Origin) ask(args ...string) string {
	out, err := o.env.try(o.Dir, args...)
	if err != nil {
		return ""
	}
	return out
}

// commit is what a branch or a commit is; "" where it is not there.
func (o *Origin) commit(ref string) string {
	if strings.HasPrefix(ref, "refs/heads/") { // most are there, and a process takes long
		if sha, err := os.ReadFile(filepath.Join(o.Dir, filepath.FromSlash(path.Clean("/"+ref)))); err == nil {
			return strings.TrimSpace(string(sha))
		}
	}
	return o.ask("rev-parse", "--verify", "--quiet", "--end-of-options", ref+"^{commit}")
}

// has reports whether a file is there at a commit.
func (o *Origin) has(ref, path string) bool {
	_, err := o.env.try(o.Dir, "cat-file", "-e", ref+":"+path)
	return err == nil
}

// fixed is what git says of commits, which is always the same.
func (o *Origin) fixed(args ...string) (out string, ok bool) {
	key := strings.Join(args, "\x00")
	o.mu.Lock()
	known, there := o.said[key]
	o.mu.Unlock()
	if !there {
		out, err := o.env.try(o.Dir, args...)
		known = answered{out, err == nil}
		o.mu.Lock()
		o.said[key] = known
		o.mu.Unlock()
	}
	return known.out, known.ok
}

// answered is what git said.
type answered struct {
	out string
	ok  bool
}

// within reports whether a commit is another one or before it.
func (o *Origin) within(commit, other string) bool {
	_, ok := o.fixed("merge-base", "--is-ancestor", commit, other)
	return ok
}

// merged is the tree of a merge, or that there is a conflict.
func (o *Origin) merged(onto, commit string) (tree string, conflict bool) {
	tree, ok := o.fixed("merge-tree", "--write-tree", onto, commit)
	return tree, !ok
}

// merge merges a commit into a branch, and returns what that holds then, or why not.
func (o *Origin) merge(branch, message, commit string) (made, why string) {
	onto := o.commit("refs/heads/" + branch)
	tree, conflict := o.merged(onto, commit)
	if conflict {
		return "", "there is a conflict"
	}
	return o.advance(branch, onto, tree, message, "-p", onto, "-p", commit)
}

// advance has a branch hold a new commit of a tree, and returns it, or why not.
func (o *Origin) advance(branch, onto, tree, message string, parents ...string) (made, why string) {
	made = o.ask(append(append([]string{"commit-tree", tree}, parents...), "-m", message)...)
	if made == "" || o.ask("update-ref", "refs/heads/"+branch, made, onto) != "" || o.commit("refs/heads/"+branch) != made {
		return "", "Base branch was modified. Review and try the merge again."
	}
	return made, ""
}

// ahead is how many commits one has that another one has not.
func (o *Origin) ahead(commit, base string) int {
	out, _ := o.fixed("rev-list", commit, "^"+base)
	return len(strings.Fields(out))
}

// files are those that a commit changes since it left another one, as GitHub lists them.
func (o *Origin) files(base, commit string) []map[string]any {
	lines := map[string][2]string{}
	numbers, _ := o.fixed("diff", "-z", "--numstat", "-M", base+"..."+commit)
	counted := strings.Split(numbers, "\x00")
	for i := 0; i < len(counted); i++ {
		added, rest, _ := strings.Cut(counted[i], "\t")
		deleted, path, _ := strings.Cut(rest, "\t")
		if path == "" && i+2 < len(counted) { // renamed: from and to come next
			path, i = counted[i+2], i+2
		}
		lines[path] = [2]string{added, deleted}
	}
	states := map[byte]string{'A': "added", 'D': "removed", 'M': "modified", 'T': "changed", 'R': "renamed", 'C': "copied"}
	var files []map[string]any
	listed, _ := o.fixed("diff", "-z", "--raw", "-M", "--no-abbrev", base+"..."+commit)
	raw := strings.Split(listed, "\x00")
	for i := 0; i+1 < len(raw); {
		fields := strings.Fields(raw[i])
		if len(fields) != 5 {
			break
		}
		path, was := raw[i+1], ""
		i += 2
		if fields[4][0] == 'R' || fields[4][0] == 'C' {
			was, path = path, raw[i]
			i++
		}
		sha := fields[3]
		if fields[4][0] == 'D' {
			sha = fields[2]
		}
		added, _ := strconv.Atoi(lines[path][0]) // a binary file has none
		deleted, _ := strconv.Atoi(lines[path][1])
		f := map[string]any{"filename": path, "status": states[fields[4][0]], "sha": sha, "additions": added, "deletions": deleted, "changes": added + deleted}
		if was != "" {
			f["previous_filename"] = was
		}
		files = append(files, f)
	}
	return files
}

// Ledger returns a file of the branch of the ledger; "" where there is none.
func (o *Origin) Ledger(path string) string {
	o.t.Helper()
	if o.Git("for-each-ref", "refs/heads/"+LedgerBranch) == "" || o.Git("ls-tree", LedgerBranch, "--", path) == "" {
		return ""
	}
	return o.Git("cat-file", "blob", LedgerBranch+":"+path)
}

// Ledgers returns the names of all files of the branch of the ledger.
func (o *Origin) Ledgers() []string {
	o.t.Helper()
	if o.Git("for-each-ref", "refs/heads/"+LedgerBranch) == "" {
		return nil
	}
	return strings.Fields(o.Git("ls-tree", "-r", "--name-only", LedgerBranch))
}

// Hide makes the repository unreachable, as a network without a route does,
// until the returned function is called.
func (o *Origin) Hide() (show func()) {
	o.t.Helper()
	away := o.Dir + ".away"
	move := func(from, to string) {
		o.t.Helper()
		if err := os.Rename(from, to); err != nil {
			o.t.Fatal(err)
		}
	}
	move(o.Dir, away)
	return func() { move(away, o.Dir) }
}
