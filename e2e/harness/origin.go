package harness

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
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
}

// Origin is the repository that everybody pushes to. It is bare, on disk.
type Origin struct {
	Dir string
	t   testing.TB
	env *environment

	mu     sync.Mutex
	pushes int // to the branch of the ledger, that reached it
	fault  PushFault
	seen   int
	fired  int
	target bool // whether the push under way is the one that goes wrong
}

func (w *World) newOrigin() *Origin {
	t := w.t
	t.Helper()
	o := &Origin{Dir: filepath.Join(w.dir, "origin.git"), t: t, env: w.env}
	o.env.git(t, w.dir, "init", "--quiet", "--bare", "--initial-branch=main", o.Dir)
	server := httptest.NewServer(o)
	t.Cleanup(server.Close)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for hook, condition := range map[string]string{
		"pre-receive":           "",
		"reference-transaction": "[ \"$1\" = committed ] || exit 0\n",
	} {
		if err := os.WriteFile(filepath.Join(o.Dir, "hooks", hook), []byte(hookScript(program, hook, condition, server.URL)), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

// Inject has pushes to the branch of the ledger go wrong from now on. It
// replaces the fault before, and returns a function that says how often it went
// wrong.
func (o *Origin) Inject(f PushFault) (fired func() int) {
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

// ServeHTTP answers the hooks.
func (o *Origin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	updates, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	v := verdict{}
	if f, ok := o.due(strings.Trim(r.URL.Path, "/"), string(updates)); ok {
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

// due counts a push, and returns the fault that is due at this moment of it.
func (o *Origin) due(hook, updates string) (PushFault, bool) {
	if !strings.Contains(updates, " refs/heads/"+LedgerBranch+"\n") {
		return PushFault{}, false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if hook == "pre-receive" {
		o.pushes++
		o.seen++
		first := max(o.fault.At, 1)
		o.target = o.fault.Kind != "" && o.seen >= first && o.seen < first+max(o.fault.Times, 1)
	}
	if !o.target || (hook == "pre-receive") == o.fault.Kind.after() {
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
