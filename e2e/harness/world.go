package harness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// World is all that one test plays in: a forge, perhaps a Slack, the repository that is pushed
// to, a clone of it, and a clock.
type World struct {
	Forge  Forge
	GitHub *GitHub // where the forge is one, else nil
	Slack  *Slack  // nil without AddSlack
	Origin *Origin
	Clone  *Clone // the first one

	t     testing.TB
	tools *Tools
	dir   string
	env   *environment

	mu     sync.Mutex
	now    time.Time
	runs   []*Run
	clocks bool
}

// environment is what git and escalate see of the machine: nothing of the
// user's.
type environment struct {
	vars []string
	now  func() time.Time
}

// Begun is when most worlds begin: on Friday, 20 November 2026, at 18:00Z.
var Begun = time.Date(2026, 11, 20, 18, 0, 0, 0, time.UTC)

// NewWorld makes a world that begins at Begun. The files, by their paths, are the first
// commit of the default branch.
func (x *Tools) NewWorld(t testing.TB, logins Logins, files map[string]string) *World {
	t.Helper()
	return x.NewWorldAt(t, Begun, logins, files)
}

// NewWorldAt is NewWorld at another time.
func (x *Tools) NewWorldAt(t testing.TB, at time.Time, logins Logins, files map[string]string) *World {
	t.Helper()
	return x.NewWorldOn(t, OnGitHub, at, logins, files)
}

// NewWorldOn is NewWorldAt on a kind of forge.
func (x *Tools) NewWorldOn(t testing.TB, on Kind, at time.Time, logins Logins, files map[string]string) *World {
	t.Helper()
	w := x.emptyWorld(t, at)
	w.Forge = on(x, t, logins)
	w.GitHub, _ = w.Forge.(*GitHub)
	w.Origin = w.newOrigin()
	w.Forge.attach(w)
	w.Clone = w.NewClone()
	w.Clone.Merge("The first escalations", files)
	return w
}

// emptyWorld is a world with a clock and an environment, and nothing else.
func (x *Tools) emptyWorld(t testing.TB, at time.Time) *World {
	t.Helper()
	w := &World{t: t, tools: x, dir: t.TempDir(), now: at}
	w.env = &environment{now: w.Now}
	config := filepath.Join(w.dir, "gitconfig")
	// No name to fall back on, as on a runner. No test outlives the machine, and none
	// leaves anything to be collected: both take long.
	if err := os.WriteFile(config, []byte("[user]\n\tuseConfigOnly = true\n[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0\n[receive]\n\tautogc = false\n[core]\n\tfsync = none\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	w.env.vars = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + w.dir, "TMPDIR=" + w.dir, "TZ=UTC", "LANG=C.UTF-8",
		"GIT_CONFIG_GLOBAL=" + config, "GIT_CONFIG_NOSYSTEM=1",
	}
	return w
}

// AddSlack adds a Slack to the world.
func (w *World) AddSlack(o SlackOptions) *Slack {
	w.t.Helper()
	w.Slack = w.tools.NewSlack(w.t, o)
	return w.Slack
}

// destinations are the variables that say where announcements go.
func (w *World) destinations() []string {
	vars := w.Forge.variables(w.clocks)
	if w.Slack != nil {
		vars = append(vars, "SLACK_API_URL="+w.Slack.URL(), "SLACK_BOT_TOKEN="+SlackToken)
	}
	return vars
}

// Clone is a clone of the origin, with the default branch checked out.
type Clone struct {
	Dir string
	w   *World
}

// NewClone makes another clone.
func (w *World) NewClone() *Clone {
	w.t.Helper()
	dir, err := os.MkdirTemp(w.dir, "clone-")
	if err != nil {
		w.t.Fatal(err)
	}
	w.env.git(w.t, w.dir, "clone", "--quiet", w.Origin.Dir, dir)
	return &Clone{Dir: dir, w: w}
}

// Git runs git in the clone, as a person with a name, and returns what it
// printed.
func (c *Clone) Git(args ...string) string {
	c.w.t.Helper()
	return c.w.env.git(c.w.t, c.Dir, args...)
}

// Write writes files by their paths. One without a content is deleted.
func (c *Clone) Write(files map[string]string) {
	c.w.t.Helper()
	for name, text := range files {
		path := filepath.Join(c.Dir, filepath.FromSlash(name))
		err := os.MkdirAll(filepath.Dir(path), 0o755)
		if err == nil && text == "" {
			err = os.Remove(path)
		} else if err == nil {
			err = os.WriteFile(path, []byte(text), 0o644)
		}
		if err != nil {
			c.w.t.Fatal(err)
		}
	}
}

// Read returns the content of a file.
func (c *Clone) Read(name string) string {
	c.w.t.Helper()
	text, err := os.ReadFile(filepath.Join(c.Dir, filepath.FromSlash(name)))
	if err != nil {
		c.w.t.Fatal(err)
	}
	return string(text)
}

// Commit writes files and commits all that differs.
func (c *Clone) Commit(subject string, files map[string]string) {
	c.w.t.Helper()
	c.Write(files)
	c.Git("add", "--all")
	c.Git("commit", "--quiet", "--allow-empty", "-m", subject)
}

// Merge writes files, commits them and pushes the default branch: what is
// merged, is announced.
func (c *Clone) Merge(subject string, files map[string]string) {
	c.w.t.Helper()
	c.Commit(subject, files)
	c.Git("push", "--quiet", "origin", "HEAD:refs/heads/main")
}

// Pull takes over what others merged.
func (c *Clone) Pull() {
	c.w.t.Helper()
	c.Git("fetch", "--quiet", "origin")
	c.Git("reset", "--quiet", "--hard", "origin/main")
}

// git runs git for the test. Commits are of the time that the clock shows.
func (e *environment) git(t testing.TB, dir string, args ...string) string {
	t.Helper()
	out, err := e.try(dir, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// try is git of what may fail.
func (e *environment) try(dir string, args ...string) (string, error) {
	date := fmt.Sprintf("%d +0000", e.now().Unix())
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(slices.Clip(e.vars), ownPush+"=1", "GIT_EDITOR=true",
		"GIT_AUTHOR_NAME=Jo Doe", "GIT_AUTHOR_EMAIL=jo@example.com", "GIT_COMMITTER_NAME=Jo Doe", "GIT_COMMITTER_EMAIL=jo@example.com",
		"GIT_AUTHOR_DATE="+date, "GIT_COMMITTER_DATE="+date)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return string(out), fmt.Errorf("git %q: %w\n%s%s", args, err, out, stderr.Bytes())
	}
	return strings.TrimSuffix(string(out), "\n"), nil
}

// Now is what the clock of the world shows.
func (w *World) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// Pass lets time pass.
func (w *World) Pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// patience is how long a run of escalate may take. None takes that long unless
// something is broken.
const patience = 8 * time.Minute

// Run is a running escalate.
type Run struct {
	t      testing.TB
	cmd    *exec.Cmd
	stdout bytes.Buffer
	stderr bytes.Buffer
	begun  time.Time
	done   chan struct{}
	err    error
}

// Result is how a run ended.
type Result struct {
	Args           string
	Code           int // -1 where it was killed
	Killed         bool
	Stdout, Stderr string
	Took           time.Duration
}

// String is for messages of tests.
func (r Result) String() string {
	return fmt.Sprintf("escalate %s: exit code %d\n--- stdout\n%s--- stderr\n%s", r.Args, r.Code, r.Stdout, r.Stderr)
}

// With are variables of the environment for a run, in place of those that the
// world has; one without "=" is taken away.
type With []string

// Start starts escalate in a clone, with the environment of a workflow.
func (w *World) Start(c *Clone, with With, args ...string) *Run {
	w.t.Helper()
	binary, err := w.tools.Binary()
	if w.clocks {
		binary, err = w.tools.clocked()
	}
	if err != nil {
		w.t.Fatal(err)
	}
	env := slices.Concat(w.env.vars, w.destinations(), w.Forge.credentials(), []string{clockVariable + "=" + w.Now().Format(time.RFC3339)})
	for _, v := range with {
		name, _, set := strings.Cut(v, "=")
		env = slices.DeleteFunc(env, func(old string) bool { return strings.HasPrefix(old, name+"=") })
		if set {
			env = append(env, v)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	r := &Run{t: w.t, cmd: exec.CommandContext(ctx, binary, args...), begun: time.Now(), done: make(chan struct{})}
	r.cmd.Dir, r.cmd.Env = c.Dir, env
	r.cmd.Stdout, r.cmd.Stderr = &r.stdout, &r.stderr
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // so that it is killed with the git that it runs
	r.cmd.Cancel = func() error { return syscall.Kill(-r.cmd.Process.Pid, syscall.SIGKILL) }
	r.cmd.WaitDelay = 5 * time.Second
	w.mu.Lock() // or it calls GitHub before it can be killed
	if err = r.cmd.Start(); err == nil {
		w.runs = append(w.runs, r)
	}
	w.mu.Unlock()
	if err != nil {
		cancel()
		w.t.Fatal(err)
	}
	go func() {
		r.err = r.cmd.Wait()
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			r.err = fmt.Errorf("it did not end within %v: %w", patience, ctx.Err())
		}
		cancel()
		close(r.done)
	}()
	w.t.Cleanup(r.Kill)
	return r
}

// Kill kills the run with SIGKILL, and all that it has started, and returns
// when it is dead. A run that has ended stays as it is.
func (r *Run) Kill() {
	select {
	case <-r.done:
		return
	default:
	}
	_ = syscall.Kill(-r.cmd.Process.Pid, syscall.SIGKILL) // it may just have ended
	<-r.done
}

// Kill kills every run of the world: for faults.
func (w *World) Kill() {
	w.mu.Lock()
	runs := slices.Clone(w.runs)
	w.mu.Unlock()
	for _, r := range runs {
		r.Kill()
	}
}

// Wait waits until the run has ended.
func (r *Run) Wait() Result {
	r.t.Helper()
	<-r.done
	state := r.cmd.ProcessState
	res := Result{
		Args: strings.Join(r.cmd.Args[1:], " "), Code: state.ExitCode(), Stdout: r.stdout.String(), Stderr: r.stderr.String(), Took: time.Since(r.begun),
	}
	if status, ok := state.Sys().(syscall.WaitStatus); ok {
		res.Killed = status.Signaled()
	}
	if errors.Is(r.err, context.DeadlineExceeded) {
		r.t.Errorf("%v\n%v", r.err, res)
	}
	return res
}

// Escalate runs escalate in a clone to its end.
func (w *World) Escalate(c *Clone, args ...string) Result {
	w.t.Helper()
	return w.Start(c, nil, args...).Wait()
}

// StartApply starts escalate apply.
func (w *World) StartApply(c *Clone, with With, args ...string) *Run {
	w.t.Helper()
	return w.Start(c, with, append([]string{"apply"}, args...)...)
}

// Apply runs escalate apply in the first clone.
func (w *World) Apply(args ...string) Result {
	w.t.Helper()
	return w.StartApply(w.Clone, nil, args...).Wait()
}

// MustApply runs escalate apply, which must exit with a code.
func (w *World) MustApply(code int, args ...string) Result {
	w.t.Helper()
	r := w.Apply(args...)
	if r.Code != code {
		w.t.Fatalf("want exit code %d\n%v", code, r)
	}
	return r
}
