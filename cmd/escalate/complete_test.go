package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/escalations-as-code/escalate/internal/fixture"
)

// Of each flag that has a value, and of each argument, somebody has decided what the
// shell offers. Else it would offer the files of the folder, which nobody means.
func TestEachFlagCompletes(t *testing.T) {
	t.Parallel()
	root := newRoot(environment{})
	flags := 0
	for _, c := range append(root.Commands(), root) {
		if c.ValidArgsFunction == nil && c != root {
			t.Errorf("nobody decided what completes the arguments of %s", c.Name())
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.NoOptDefVal != "" || f.Name == "dir" {
				return
			}
			if _, has := c.GetFlagCompletionFunc(f.Name); !has {
				t.Errorf("nobody decided what completes --%s of %s: a name of completeRest, or RegisterFlagCompletionFunc", f.Name, c.Name())
			}
			flags++
		})
	}
	if flags < 20 {
		t.Errorf("only %d flags were looked at", flags)
	}
}

// completed is what a shell is offered, a word a line, with what is said of it.
func completed(t *testing.T, dir string, args ...string) string {
	t.Helper()
	var out, errors bytes.Buffer
	env := environment{stdout: &out, stderr: &errors, getenv: func(string) string { return "" }, now: time.Now,
		getwd: func() (string, error) { return dir, nil }}
	if code := run(context.Background(), append([]string{cobra.ShellCompRequestCmd}, args...), env); code != exitClean {
		t.Fatalf("%q exits %d: %s", args, code, &errors)
	}
	words, _, _ := strings.Cut(out.String(), ":") // the directive
	return words
}

// What a file says can neither end a line of what the shell reads, nor be a command.
func TestCompletionIsText(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.CopyFS(dir, fixture.FS()); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"2026/evil.yaml": "customer: \"A\\tb\\nevil\\t\\e[31m\\u202e$(id) `id`\"\nseverity: \"hi\\ngh\"\n",
		"people.yaml":    "people:\n  \"$(id)\": {name: A}\n  \"a\\nb\": {name: B}\n  \"-rf\": {name: C}\n  jdoe: {name: \"Jo\\n\\tDoe\\e]0;x\\a\"}\n",
		"policy.yaml":    "regions:\n  \"`id`\": {zone: UTC}\n  \"a b\": {zone: UTC}\n  ÄMEA: {zone: \"x\\ny\"}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, "escalations", name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ args, want string }{
		{"show 2026/e", "2026/evil\tA b evil <U+001B>[31m<U+202E>$(id) `id`, hi gh\n"},
		{"list --person ", "jdoe\tJo Doe<U+001B>]0;x<U+0007>\n"},
		{"list --region ", "AMER\tAmerica/New_York\nAPAC\tAsia/Singapore\nEMEA\tEurope/Berlin\nPubSec\tAmerica/New_York\nÄMEA\tx y\n"},
	} {
		if got := completed(t, dir, strings.Split(c.args, " ")...); got != c.want {
			t.Errorf("%s:\n%q, want\n%q", c.args, got, c.want)
		}
	}
}

// Nothing is said where nothing can be: no folder, no repository.
func TestCompletionIsSilent(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"show", ""}, {"list", "--person", ""}, {"plan", "--base", ""}, {"audit", ""}, {"apply", "--remote", ""}} {
		if got := completed(t, t.TempDir(), args...); got != "" {
			t.Errorf("%q: %q", args, got)
		}
	}
}

// A shell waits for it: the ids of a thousand files take no longer than a person
// notices.
func BenchmarkCompletion(b *testing.B) {
	dir := b.TempDir()
	if err := os.CopyFS(dir, fixture.FS()); err != nil {
		b.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "escalations/2026/northwind.yaml"))
	if err != nil {
		b.Fatal(err)
	}
	text = append(text, bytes.Repeat([]byte("  - {at: 2026-11-21T15:00:00Z, by: jdoe, to: [internal], text: The load test is booked for Tuesday.}\n"), 100)...)
	for i := range 1000 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("escalations/2026/n%d.yaml", i)), text, 0o666); err != nil {
			b.Fatal(err)
		}
	}
	env := environment{stdout: &bytes.Buffer{}, stderr: &bytes.Buffer{}, getenv: func(string) string { return "" }, getwd: func() (string, error) { return dir, nil }}
	for b.Loop() {
		run(context.Background(), []string{cobra.ShellCompRequestCmd, "show", ""}, env)
	}
}
