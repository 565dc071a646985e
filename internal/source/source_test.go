package source_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/escalations-as-code/escalate/internal/source"
)

// counted counts how often each file is opened.
type counted struct {
	fs.FS
	mu    sync.Mutex
	opens map[string]int
}

func (c *counted) Open(name string) (fs.File, error) {
	c.mu.Lock()
	c.opens[name]++
	c.mu.Unlock()
	return c.FS.Open(name)
}

func counting(texts map[string]string) *counted {
	files := fstest.MapFS{}
	for name, text := range texts {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return &counted{FS: files, opens: map[string]int{}}
}

// The ids are those of `git hash-object`.
func TestIdentity(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 1<<20+1) // not kept
	files := counting(map[string]string{"empty": "", "hello": "hello\n", "long": long})
	for _, c := range []struct {
		hash       source.Hash
		name, want string
	}{
		{source.SHA1, "empty", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"},
		{source.SHA1, "hello", "ce013625030ba8dba906f756967f9e9ca394464a"},
		{sha256.New, "empty", "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813"},
		{source.SHA1, "long", source.Hash(source.SHA1).Identity([]byte(long))},
	} {
		h := source.NewHashed(files, c.hash)
		if got, err := h.Identity(c.name); err != nil || got != c.want {
			t.Errorf("%s: %s, %v, want %s", c.name, got, err, c.want)
		}
	}
	if got := source.NewHashed(files, source.SHA1).IdentityOf([]byte("hello\n")); got != "ce013625030ba8dba906f756967f9e9ca394464a" {
		t.Errorf("of a content: %s", got)
	}
	if _, err := source.NewHashed(files, source.SHA1).Identity("nowhere"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of no file: %v", err)
	}
}

// What was read to be hashed is opened without being read again, once, and with
// the content that was hashed.
func TestReadOnce(t *testing.T) {
	t.Parallel()
	files := counting(map[string]string{"a": "1", "b": "2", "long": strings.Repeat("x", 1<<20+1)})
	h := source.NewHashed(files, source.SHA1)
	for _, name := range []string{"a", "b", "long"} {
		if _, err := h.Identity(name); err != nil {
			t.Fatal(err)
		}
	}
	h.Forget("b")
	files.FS.(fstest.MapFS)["a"].Data = []byte("another")
	for range 2 {
		for _, name := range []string{"a", "b", "long"} {
			if _, err := fs.ReadFile(h, name); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got := fmt.Sprint(files.opens); got != "map[a:2 b:3 long:3]" {
		t.Errorf("opened %s", got)
	}
	if _, err := h.Identity("a"); err != nil {
		t.Fatal(err)
	}
	if data, err := fs.ReadFile(h, "a"); err != nil || string(data) != "another" {
		t.Errorf("hashed again: %q, %v", data, err)
	}
}

// However many files are hashed, what is kept of them is bounded.
func TestKeptIsBounded(t *testing.T) {
	t.Parallel()
	const each, many = 1 << 20, 40
	texts := map[string]string{}
	for i := range many {
		texts[fmt.Sprint(i)] = strings.Repeat("x", each)
	}
	files := counting(texts)
	h := source.NewHashed(files, source.SHA1)
	again := func() (opened int) {
		for name := range texts {
			if _, err := h.Identity(name); err != nil {
				t.Fatal(err)
			}
			files.opens[name] = 0
		}
		for name := range texts {
			f, err := h.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			f.Close()
			opened += files.opens[name]
		}
		return opened
	}
	for range 2 { // what was taken makes room again
		if opened := again(); opened != many-16 {
			t.Errorf("%d of %d files are opened again, want %d", opened, many, many-16)
		}
	}
}

// A source lists what the files list.
func TestHashedIsFS(t *testing.T) {
	t.Parallel()
	h := source.NewHashed(fstest.MapFS{"d/a": {Data: []byte("1")}, "d/b": {Data: []byte("2")}}, source.SHA1)
	if _, err := h.Identity("d/a"); err != nil {
		t.Fatal(err)
	}
	if err := fstest.TestFS(h, "d/a", "d/b"); err != nil {
		t.Error(err)
	}
}
