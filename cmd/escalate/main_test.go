package main

import (
	"context"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"

	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/git/gittest"
)

var update = flag.Bool("update", false, "rewrite the golden output of the scripts and the pages")

func TestMain(m *testing.M) {
	// Without a toolchain, site builds nothing: that takes long, and e2e does it.
	testscript.Main(m, map[string]func(){"escalate": func() { command("") }})
}

// The scripts run the command as a user does; each starts in a folder with the
// base tree of the rules.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"complete": completeLine,
			"replace":  replaceText,
		},
		Setup: func(env *testscript.Env) error {
			// CI runs as a job too; only the scripts that say so do.
			for _, name := range []string{"GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE", "GITLAB_CI", "CI_PROJECT_DIR"} {
				env.Setenv(name, "")
			}
			// git commits the same, whoever runs it and whenever.
			for _, v := range append(gittest.Fast(), // nobody needs it after a crash
				"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull,
				"GIT_AUTHOR_NAME=Jo Doe", "GIT_AUTHOR_EMAIL=jo@example.com", "GIT_AUTHOR_DATE=2026-11-23T09:00:00Z",
				"GIT_COMMITTER_NAME=Jo Doe", "GIT_COMMITTER_EMAIL=jo@example.com", "GIT_COMMITTER_DATE=2026-11-23T09:00:00Z",
			) {
				name, value, _ := strings.Cut(v, "=")
				env.Setenv(name, value)
			}
			return os.CopyFS(env.WorkDir, fixture.FS())
		},
	})
}

// completeLine is the command `complete WORD...`: what `escalate __complete` answers, in
// this process. The shell asks at each key, and so do the scripts.
func completeLine(ts *testscript.TestScript, neg bool, args []string) {
	env := environment{stdout: ts.Stdout(), stderr: ts.Stderr(), getenv: ts.Getenv, now: time.Now, getwd: func() (string, error) { return ts.MkAbs("."), nil }}
	if code := run(context.Background(), append([]string{cobra.ShellCompRequestCmd}, args...), env); neg || code != exitClean {
		ts.Fatalf("it exits %d", code)
	}
}

// replaceText is the command `replace FILE OLD NEW`: it puts a text in the
// place of another, once; where OLD is empty, at the end.
func replaceText(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: replace FILE OLD NEW")
	}
	text := ts.ReadFile(args[0])
	was, is := strings.ReplaceAll(args[1], `\n`, "\n"), strings.ReplaceAll(args[2], `\n`, "\n")
	switch {
	case was == "":
		text += is
	case strings.Count(text, was) != 1:
		ts.Fatalf("%q is %d times in %s", was, strings.Count(text, was), args[0])
	default:
		text = strings.Replace(text, was, is, 1)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o666))
}
