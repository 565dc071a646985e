package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/git/gittest"
)

func TestFindPager(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		stated string
		ok     bool
		want   []string
	}{
		{"", true, nil},
		{"cat", true, nil},
		{"no-such-program", true, nil},
		{"sh -c x", true, []string{"sh", "-c", "x"}},
	} {
		if got := findPager(func(string) (string, bool) { return c.stated, c.ok }); !slices.Equal(got, c.want) {
			t.Errorf("PAGER=%q: %q, want %q", c.stated, got, c.want)
		}
	}
}

// A pager gets all, and whoever quits it early has seen enough.
func TestPaged(t *testing.T) {
	t.Parallel()
	script := func(text string) []string {
		name := filepath.Join(t.TempDir(), "pager")
		if err := os.WriteFile(name, []byte("#!/bin/sh\n"+text), 0o755); err != nil {
			t.Fatal(err)
		}
		return []string{"sh", name}
	}
	for _, c := range []struct {
		pager []string
		want  string
	}{
		{script("echo $LESS $LESSCHARSET; cat"), "FRX utf-8\nhello\n"},
		{script("head -n 1; exit 3"), "hello\n"},
		{[]string{"/no/such/program"}, "hello\n"},
	} {
		var out bytes.Buffer
		env := environment{stdout: &out, stderr: io.Discard, getenv: func(string) string { return "" }, pager: c.pager}
		if err := paged(t.Context(), env, func(w io.Writer) error { _, err := fmt.Fprintln(w, "hello"); return err }); err != nil || out.String() != c.want {
			t.Errorf("%q: %q, %v", c.pager, out.String(), err)
		}
	}
	env := environment{stdout: io.Discard, stderr: io.Discard, getenv: func(string) string { return "" }, pager: script("exit 0")}
	if err := paged(t.Context(), env, func(w io.Writer) error {
		_, err := io.Copy(w, strings.NewReader(strings.Repeat("hello\n", 1<<20)))
		return err
	}); err != nil {
		t.Errorf("quit early: %v", err)
	}
}

// However long the history is, a command runs the same few gits.
func TestGitProcesses(t *testing.T) {
	dir := t.TempDir()
	count := filepath.Join(dir, "count")
	if err := os.MkdirAll(filepath.Join(dir, "bin"), 0o777); err != nil {
		t.Fatal(err)
	}
	path := os.Getenv("PATH")
	wrapper := fmt.Sprintf("#!/bin/sh\necho x >> %s\nPATH=%s\nexec git \"$@\"\n", count, path)
	if err := os.WriteFile(filepath.Join(dir, "bin/git"), []byte(wrapper), 0o755); err != nil {
		t.Fatal(err)
	}
	r := gittest.New(t)
	base := fixture.Read(fixture.Northwind)
	change := func(n int) {
		for i := range n {
			r.Commit("x", fmt.Sprintf("escalations/2026/n%d.yaml", i%7), strings.Replace(base, "approach: ", fmt.Sprintf("approach: %d%d ", i, n), 1),
				"escalations/people.yaml", fmt.Sprintf("people:\n  p%d%d: {name: P}\n", i, n))
		}
	}
	change(8)
	t.Setenv("PATH", filepath.Join(dir, "bin")+":"+path)
	processes := func(args ...string) int {
		t.Helper()
		os.Remove(count)
		var out, errs bytes.Buffer
		if code := run(t.Context(), append(args, "--dir", r.Dir), environment{stdout: &out, stderr: &errs, getenv: os.Getenv, getwd: os.Getwd, now: time.Now}); code > 1 {
			t.Fatalf("%q: exit %d: %s", args, code, errs.String())
		}
		data, err := os.ReadFile(count)
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Count(data, []byte("\n"))
	}
	commands := [][]string{{"log"}, {"log", "2026/n0"}, {"log", "2026/n0", "--at", "2030-01-01"}, {"audit"}, {"audit", "HEAD~5.."}}
	var before []int
	for _, c := range commands {
		before = append(before, processes(c...))
	}
	os.Setenv("PATH", path)
	change(20)
	os.Setenv("PATH", filepath.Join(dir, "bin")+":"+path)
	for i, c := range commands {
		if n := processes(c...); n != before[i] || n > 12 {
			t.Errorf("%q runs git %d times, and ran it %d times", c, n, before[i])
		}
	}
}
