package harness

import (
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// change is a call by which the emulator came to be as it is.
type change struct {
	method, path string
	header       http.Header
	body         []byte
}

// Copy makes another world, which is as this one is now and shares nothing with it: no
// fault, no call so far, no other clone than the first. To make one anew takes a run of
// escalate and dozens of processes; this takes files to be copied, and the calls that
// changed the emulator to be made again.
func (w *World) Copy(t testing.TB) *World {
	t.Helper()
	if w.Slack != nil {
		t.Fatal("a world with a Slack cannot be copied")
	}
	c := w.tools.emptyWorld(t, w.Now())
	w.mu.Lock()
	c.clocks = w.clocks
	w.mu.Unlock()
	c.Forge = w.Forge.twin(t)
	c.GitHub, _ = c.Forge.(*GitHub)
	c.Origin = w.Origin.copy(c)
	c.Forge.attach(c)
	c.Clone = &Clone{Dir: filepath.Join(c.dir, filepath.Base(w.Clone.Dir)), w: c}
	copyTree(t, c.Clone.Dir, w.Clone.Dir)
	config := filepath.Join(c.Clone.Dir, ".git/config")
	text, err := os.ReadFile(config)
	if err == nil {
		err = os.WriteFile(config, []byte(strings.ReplaceAll(string(text), w.Origin.Dir, c.Origin.Dir)), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func copyTree(t testing.TB, to, from string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// twin makes another GitHub.
func (g *GitHub) twin(t testing.TB) Forge {
	t.Helper()
	c := g.tools.NewGitHub(t, g.logins)
	g.mu.Lock()
	changes := slices.Clone(g.changes)
	c.deleted, c.pulls = maps.Clone(g.deleted), maps.Clone(g.pulls)
	g.mu.Unlock()
	for _, x := range changes { // and the ids are the same
		if a, err := c.ask(x.method, x.path, x.header, x.body); err != nil || a.status >= 300 {
			t.Fatalf("%s %s, once more: %d %s %v", x.method, x.path, a.status, a.body, err)
		}
	}
	g.shim.mu.Lock()
	defer g.shim.mu.Unlock()
	c.shim = g.shim.copy()
	return c
}

// twin makes another GitLab.
func (g *GitLab) twin(t testing.TB) Forge {
	t.Helper()
	c := g.tools.NewGitLab(t, g.logins)
	c.fake.Hold(g.fake.Store)
	return c
}

// copy is the same without an origin and a clock. The caller holds the lock.
func (s *shim) copy() *shim {
	c := &shim{
		now: time.Now, times: map[item]*span{}, edits: maps.Clone(s.edits),
		reactions: slices.Clone(s.reactions), dispatches: slices.Clone(s.dispatches), guard: s.guard,
	}
	for of, times := range s.times {
		c.times[of] = new(*times)
	}
	for _, p := range s.pulls {
		c.pulls = append(c.pulls, new(*p))
	}
	for _, r := range s.checks {
		c.checks = append(c.checks, new(*r))
	}
	return c
}

// copy makes another repository, which is as this one is, in another world.
func (o *Origin) copy(w *World) *Origin {
	w.t.Helper()
	c := w.origin()
	copyTree(w.t, c.Dir, o.Dir)
	o.mu.Lock()
	c.protected, c.said = o.protected, maps.Clone(o.said)
	o.mu.Unlock()
	c.serve()
	return c
}
