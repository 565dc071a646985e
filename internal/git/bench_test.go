package git_test

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os/exec"
	"slices"
	"sync"
	"testing"

	"github.com/escalations-as-code/escalate/internal/git"
)

// history makes a bare repository in which 10,000 commits change 1,000 files,
// in folders of 20, and returns the id of the last.
func history(b *testing.B) (*git.Repo, string) {
	s := newBareSandbox(b)
	out, in := io.Pipe()
	go func() {
		w := bufio.NewWriter(in)
		random := rand.New(rand.NewPCG(1, 1))
		files := make([][]byte, 1000)
		for i := range 10_000 {
			n := random.IntN(len(files))
			for range 3 {
				files[n] = fmt.Appendf(files[n], "key%d: value %d\n", i, random.Int32())
			}
			for len(files[n]) < 2000 {
				files[n] = fmt.Appendf(files[n], "line: some words %d\n", random.Int32())
			}
			if len(files[n]) > 4000 {
				files[n] = files[n][:1500]
			}
			fmt.Fprintf(w, "commit refs/heads/main\ncommitter A U Thor <a@example.com> %d +0000\ndata 7\nsubject\nM 100644 inline escalations/%d/customer-%d.yaml\ndata %d\n%s\n",
				1_700_000_000+i, 2000+n/20, n, len(files[n]), files[n])
		}
		w.Flush()
		in.Close()
	}()
	s.gitIn(out, "fast-import", "--quiet")
	r := s.open(".")
	return r, s.id("main")
}

// BenchmarkLog reads 10,000 commits. "git" is git log --raw by itself.
func BenchmarkLog(b *testing.B) {
	r, head := history(b)
	b.Run("git", func(b *testing.B) {
		for b.Loop() {
			cmd := exec.Command("git", "log", "--raw", "-z", "--no-renames", "--no-abbrev", "--first-parent", head)
			cmd.Dir, cmd.Env = r.Dir, clean
			if err := cmd.Run(); err != nil {
				b.Fatal(err)
			}
		}
	})
	for name, o := range map[string]git.LogOptions{
		"commits":  {To: head, FirstParent: true},
		"reverse":  {To: head, FirstParent: true, Reverse: true, Folder: "escalations"},
		"contents": {To: head, FirstParent: true, Contents: func(git.Change) bool { return true }},
		"file":     {To: head, FirstParent: true, File: "escalations/2000/customer-1.yaml"},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				n := 0
				for _, err := range r.Log(b.Context(), o) {
					if err != nil {
						b.Fatal(err)
					}
					n++
				}
				if n == 0 || o.File == "" && n != 10_000 {
					b.Fatal(n, "commits")
				}
			}
		})
	}
}

// BenchmarkBlobs reads 10,000 contents. "git" is git cat-file by itself.
func BenchmarkBlobs(b *testing.B) {
	r, head := history(b)
	var ids []string
	for c, err := range r.Log(b.Context(), git.LogOptions{To: head}) {
		if err != nil {
			b.Fatal(err)
		}
		for _, ch := range c.Changes {
			ids = append(ids, ch.New.ID)
		}
	}
	b.Run("git", func(b *testing.B) {
		for b.Loop() {
			cmd := exec.Command("git", "cat-file", "--batch", "--buffer")
			cmd.Dir, cmd.Env = r.Dir, clean
			in, err := cmd.StdinPipe()
			if err != nil {
				b.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				b.Fatal(err)
			}
			for _, id := range ids {
				fmt.Fprintln(in, id)
			}
			in.Close()
			if err := cmd.Wait(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("blobs", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, err := range r.Blobs(b.Context(), slices.Values(ids)) {
				if err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

// BenchmarkTree lists 1,000 files, and reads them one by one and with two
// goroutines.
func BenchmarkTree(b *testing.B) {
	r, head := history(b)
	open := func(b *testing.B) *git.Tree {
		t, err := r.Tree(b.Context(), head, "escalations")
		if err != nil {
			b.Fatal(err)
		}
		return t
	}
	b.Run("list", func(b *testing.B) {
		for b.Loop() {
			open(b).Close()
		}
	})
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("read-%d", workers), func(b *testing.B) {
			for b.Loop() {
				t := open(b)
				var wg sync.WaitGroup
				for w := range workers {
					wg.Go(func() {
						for i, name := range files(b, t) {
							if i%workers == w {
								read(b, t, name)
							}
						}
					})
				}
				wg.Wait()
				t.Close()
			}
		})
	}
}
