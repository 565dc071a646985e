package tree_test

import (
	"crypto/sha256"
	"io/fs"
	"slices"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/escalations-as-code/escalate/internal/source"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// opened counts how often each file is opened.
type opened struct {
	fstest.MapFS
	mu    sync.Mutex
	times map[string]int
}

func (o *opened) Open(name string) (fs.File, error) {
	o.mu.Lock()
	o.times[name]++
	o.mu.Unlock()
	return o.MapFS.Open(name)
}

// What differs is found by the identities of the contents: of one file new,
// another, gone, unreadable or the same. Each is read once, that which changed
// also where it is loaded then.
func TestChanged(t *testing.T) {
	t.Parallel()
	const a, b, c, d, e = "escalations/2026/a.yaml", "escalations/2026/b.yaml", "escalations/2026/c.yaml", "escalations/2026/d.yaml", "escalations/2026/e.yaml"
	for _, hash := range []source.Hash{source.SHA1, sha256.New} {
		open := func(texts map[string]string) (*tree.Tree, *opened) {
			t.Helper()
			files := &opened{MapFS: fstest.MapFS{}, times: map[string]int{}}
			for name, text := range texts {
				files.MapFS[name] = &fstest.MapFile{Data: []byte(text)}
			}
			opened, err := tree.Open(source.NewHashed(files, hash), nil)
			if err != nil {
				t.Fatal(err)
			}
			clear(files.times)
			return opened, files
		}
		base, was := open(map[string]string{a: "customer: A\n", b: "customer: B\n", c: "customer: C\n", e: "customer: E\n"})
		head, is := open(map[string]string{a: "customer: A\n", b: "customer: X\n", d: "customer: D\n", e: "customer: E\n"})
		delete(is.MapFS, e) // it went after the folder was listed
		changed := tree.Changed(base, head)
		if want := []string{b, c, d, e}; !slices.Equal(changed, want) {
			t.Errorf("changed %q, want %q", changed, want)
		}
		for _, path := range changed {
			if base.Has(path) {
				base.Load(path)
			}
			if head.Has(path) {
				head.Load(path)
			}
		}
		for _, path := range []string{a, b, c, d} {
			if was.times[path] > 1 || is.times[path] > 1 {
				t.Errorf("%s was opened %d and %d times", path, was.times[path], is.times[path])
			}
		}
		if head.Load(b).Customer != "X" || base.Load(b).Customer != "B" {
			t.Error("another content is loaded")
		}
	}
}

// Same says of one file that was loaded what Changed says of all.
func TestSame(t *testing.T) {
	t.Parallel()
	texts := []string{"customer: A\n", "customer: B\n", ""}
	const path = "escalations/2026/a.yaml"
	for _, was := range texts {
		for _, is := range texts {
			follower := tree.Follow(nil)
			follower.Put(path, 0o644, []byte(was))
			base := follower.Tree()
			files := &opened{MapFS: fstest.MapFS{path: {Data: []byte(is)}}, times: map[string]int{}}
			head, err := tree.Open(files, nil)
			if err != nil {
				t.Fatal(err)
			}
			same := tree.Same(base, head, head.Load(path))
			if files.times[path] != 1 {
				t.Errorf("it was read %d times", files.times[path])
			}
			if same != (was == is) || same == slices.Contains(tree.Changed(base, head), path) {
				t.Errorf("%q and %q: same %t, changed %q", was, is, same, tree.Changed(base, head))
			}
			if tree.Same(tree.Empty(), head, head.Load(path)) {
				t.Error("a tree without files has it")
			}
		}
	}
}
