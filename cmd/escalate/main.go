// Command escalate runs customer escalations as code: it checks the files of
// an escalations repository against the escalation process.
package main

import (
	"cmp"
	"context"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"runtime/debug"
	"syscall"
	"time"

	"golang.org/x/term"

	"github.com/escalations-as-code/escalate/internal/starter"
	"github.com/escalations-as-code/escalate/internal/terminal"
)

func main() {
	toolchain, _ := exec.LookPath("go") // or there is none
	command(toolchain)
}

// command is the whole command. toolchain is Go's, "" where there is none.
func command(toolchain string) {
	// The process is short and lives on little: collecting garbage less often
	// saves a quarter of the time, and the limit holds where the collector gets
	// no turn in time.
	spend(400, 80<<20)
	// A command that is stopped stops the git that it runs.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	env := environment{
		stdin:     os.Stdin,
		stdout:    os.Stdout,
		stderr:    os.Stderr,
		getenv:    os.Getenv,
		getwd:     os.Getwd,
		spend:     spend,
		version:   version(),
		toolchain: toolchain,
		build:     built(debug.ReadBuildInfo()),
		now:       time.Now,
		progress:  term.IsTerminal(int(os.Stderr.Fd())) && os.Getenv("TERM") != "dumb",
	}
	columns := 0
	fd := int(os.Stdout.Fd())
	seen := term.IsTerminal(fd)
	if seen {
		columns, _, _ = term.GetSize(fd) // 0 where it does not say
		env.screen.Color = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
		env.pager = findPager(os.LookupEnv)
	}
	env.screen.Width = terminal.Width(columns, os.Getenv("COLUMNS"))
	if seen && term.IsTerminal(int(os.Stdin.Fd())) {
		env.ask = newAsker(os.Stdin, os.Stdout, env.screen, os.Environ(), os.Getenv)
	}
	code := run(ctx, os.Args[1:], env)
	stop()
	os.Exit(code)
}

// spend lets the process have so much garbage, in percent of what it needs, and
// collects it sooner from a limit of bytes on. Whoever sets GOGC or GOMEMLIMIT knows
// better.
func spend(percent int, limit int64) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(limit)
	}
}

// version is that of the module, as `go install` records it.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// built is the version of a build as a workflow names it: the commit that go wrote down
// when it was built, or the tag of the release that was installed. What was built of
// files that are in no commit has neither.
func built(info *debug.BuildInfo, ok bool) starter.Version {
	var v starter.Version
	if !ok {
		return v
	}
	modified := ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Ref = s.Value
		case "vcs.modified":
			modified = s.Value
		}
	}
	if release.MatchString(info.Main.Version) {
		v.Release = info.Main.Version
		v.Ref = cmp.Or(v.Ref, v.Release)
	} else if modified == "true" {
		v.Ref = ""
	}
	return v
}

// release is the version of a release, and not of a commit between two or of one with
// changes.
var release = regexp.MustCompile(`^v\d+\.\d+\.\d+$`)
