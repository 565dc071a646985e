package git_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/git"
)

func TestBlobs(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	const n = 300
	var pairs, ids, want []string
	for i := range n {
		text := strings.Repeat(fmt.Sprintf("%d\r\n\x00", i), i*i%900)
		pairs = append(pairs, fmt.Sprintf("%03d", i), text)
		want = append(want, text)
	}
	s.commit("one", pairs...)
	r := s.open(".")
	for _, text := range want {
		ids = append(ids, r.Hash().Identity([]byte(text)))
	}
	ids, want = append(ids, ids[0]), append(want, want[0])
	for _, k := range []int{0, 1, 15, 16, 31, 32, 33, 64, n + 1} {
		i := 0
		for b, err := range r.Blobs(t.Context(), slices.Values(ids[:k])) {
			if err != nil || b.ID != ids[i] || string(b.Data) != want[i] || b.Size != int64(len(want[i])) {
				t.Fatalf("%d of %d: %s, %v", i, k, b.ID, err)
			}
			i++
		}
		if i != k {
			t.Errorf("%d contents, want %d", i, k)
		}
	}
	for id, says := range map[string]string{
		strings.Repeat("1", 40): "is missing",
		"HEAD:000":              "is not the id of a file's content in full",
		s.id("HEAD"):            "it is a commit",
		s.id("HEAD^{tree}"):     "it is a tree",
	} {
		for _, err := range r.Blobs(t.Context(), slices.Values([]string{id})) {
			refused(t, err, says)
			refused(t, err, id)
		}
	}
}

// However many commits and files there are, a call runs the same few
// processes, and none outlives it but the one that reads objects until Close.
func TestProcesses(t *testing.T) {
	s := newSandbox(t)
	for i := range 40 {
		var pairs []string
		for j := range 20 {
			pairs = append(pairs, fmt.Sprint("esc/", j), fmt.Sprint(i, j))
		}
		s.commit(fmt.Sprint(i), pairs...)
	}
	head := s.id("HEAD")
	commands := filepath.Join(t.TempDir(), "commands")
	wrap(t, `for a; do case $a in rev-parse|log|cat-file|ls-tree|merge-base) echo "$a" >>'`+commands+`'; esac; done; exec "$git" "$@"`)
	r := s.open(".")
	var ids []string
	for c, err := range r.Log(t.Context(), git.LogOptions{To: head}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, ch := range c.Changes {
			ids = append(ids, ch.New.ID)
		}
	}
	for _, test := range []struct {
		name string
		do   func()
		want string // with a ? where one may be ended before it says that it began
	}{
		{"Open", func() { s.open(".") }, "rev-parse"},
		{"Resolve", func() { r.Resolve(t.Context(), "main") }, "cat-file"},
		{"Resolve in vain", func() { r.Resolve(t.Context(), "nowhere") }, "cat-file rev-parse"},
		{"Ref in vain", func() { r.Ref(t.Context(), "refs/escalate/nowhere") }, "cat-file"},
		{"MergeBase", func() { r.MergeBase(t.Context(), head, s.id("HEAD~1")) }, "merge-base rev-parse"}, // which is the test's
		{"MergeBase of the same", func() { r.MergeBase(t.Context(), head, head) }, ""},
		{"Log", func() { s.log(r, git.LogOptions{To: head}) }, "log"},
		{"Log with contents", func() { s.log(r, git.LogOptions{To: head, Contents: all}) }, "cat-file log"},
		{"Log, ended early", func() {
			for range r.Log(t.Context(), git.LogOptions{To: head}) {
				break
			}
		}, "log?"},
		{"Log with contents, ended early", func() {
			for range r.Log(t.Context(), git.LogOptions{To: head, Contents: all}) {
				break
			}
		}, "cat-file log?"},
		{"Log with contents, ended late", func() {
			for c := range r.Log(t.Context(), git.LogOptions{To: head, Contents: all}) {
				if c.Subject == "20" {
					break
				}
			}
		}, "cat-file log"},
		{"Log of nothing that can be read", func() {
			for range r.Log(t.Context(), git.LogOptions{To: strings.Repeat("1", 40), Contents: all}) {
			}
		}, "cat-file log?"},
		{"Blobs", func() {
			for range r.Blobs(t.Context(), slices.Values(ids)) {
			}
		}, "cat-file"},
		{"Blobs, ended early", func() {
			for range r.Blobs(t.Context(), slices.Values(ids)) {
				break
			}
		}, "cat-file?"},
		{"Blobs with a panic", func() {
			defer func() { recover() }()
			for range r.Blobs(t.Context(), slices.Values(ids)) {
				panic("")
			}
		}, "cat-file?"},
		{"Tree", func() {
			tree, err := r.Tree(t.Context(), head, "")
			if err != nil {
				t.Fatal(err)
			}
			files(t, tree)
			tree.Close()
		}, "cat-file"},
		{"Tree, and reading it", func() {
			tree, err := r.Tree(t.Context(), head, "")
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range files(t, tree) {
				read(t, tree, name)
			}
			tree.Close()
			tree.Close()
		}, "cat-file"},
	} {
		if err := os.WriteFile(commands, nil, 0o666); err != nil {
			t.Fatal(err)
		}
		before := runtime.NumGoroutine()
		test.do()
		r.Close()
		// Each process has some goroutines, of which the last may still be on
		// its way out.
		for i := 0; runtime.NumGoroutine() > before; i++ {
			if i == 1_000_000 {
				t.Errorf("%s: %d goroutines, %d before", test.name, runtime.NumGoroutine(), before)
				break
			}
			runtime.Gosched()
		}
		data, err := os.ReadFile(commands)
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Fields(string(data))
		slices.Sort(got)
		want, early := strings.CutSuffix(test.want, "?")
		if strings.Join(got, " ") != want && (!early || len(got) > strings.Count(want, " ")) {
			t.Errorf("%s: ran %q, want %q", test.name, got, test.want)
		}
	}
}
