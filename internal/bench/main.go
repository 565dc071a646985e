// Command bench makes escalation files and measures how long `escalate lint`
// takes to check them, beside programs that only read or parse the same files
// and, with -peers, beside other validators:
//
//	go run ./internal/bench [-files 10000] [-runs 5] [-peers [-tools DIR]] [-keep DIR]
//
// With -history, it makes a repository instead, and measures what reads its
// commits:
//
//	go run ./internal/bench -history [-commits 10000] [-versions 100] [-runs 5] [-keep DIR]
//
// With -announce, it measures what telling costs:
//
//	go run ./internal/bench -announce [-deliveries 60000] [-files 10000] [-runs 5] [-keep DIR]
//
// Every program is measured as a whole process, in turn with the others. The
// table shows medians and, of memory, the highest peak. Trust the ratios, not
// the seconds: a ratio is the median of the ratios of each round, so that a
// slow moment of the machine meets both sides.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

const usage = `usage: bench [-files N] [-runs N] [-peers] [-tools DIR] [-keep DIR]
       bench -history [-commits N] [-versions N] [-runs N] [-keep DIR]
       bench -announce [-deliveries N] [-files N] [-runs N] [-keep DIR]

`

// The words with which bench starts itself as a yardstick.
const (
	readWord  = "_read"
	parseWord = "_parse"
)

func main() {
	if len(os.Args) == 3 && (os.Args[1] == readWord || os.Args[1] == parseWord) {
		exit(readAll(os.Args[2], os.Args[1] == parseWord))
	}
	if len(os.Args) == 3 && (os.Args[1] == contentsWord || os.Args[1] == versionsWord) {
		exit(readHistory(os.Args[2], os.Args[1] == versionsWord))
	}
	var o options
	flag.BoolVar(&o.history, "history", false, "measure what reads commits")
	flag.IntVar(&o.commits, "commits", 10000, "with -history, how many commits are made")
	flag.IntVar(&o.versions, "versions", 100, "with -history, how many versions an escalation has")
	flag.BoolVar(&o.announce, "announce", false, "measure what telling costs")
	flag.IntVar(&o.deliveries, "deliveries", 60000, "with -announce, about how many deliveries there are")
	flag.IntVar(&o.files, "files", promised, "how many escalations are made")
	flag.IntVar(&o.runs, "runs", 5, "how often each program runs")
	flag.BoolVar(&o.peers, "peers", false, "measure other validators too, those that are installed")
	flag.StringVar(&o.tools, "tools", "", "with -peers, a `folder` where they are looked for first")
	flag.StringVar(&o.keep, "keep", "", "an empty `folder` for the files, which are kept then")
	flag.Usage = func() {
		fmt.Fprint(flag.CommandLine.Output(), usage)
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() > 0 || o.files < 10 || o.versions < 2 || o.commits < 10*o.versions || o.runs < 1 {
		flag.Usage()
		os.Exit(2)
	}
	if o.announce {
		exit(benchAnnounce(o, os.Stdout, os.Stderr))
	}
	if o.history {
		exit(benchHistory(o, os.Stdout, os.Stderr))
	}
	exit(bench(o, os.Stdout, os.Stderr))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// promised is the number of files that the targets are for.
const promised = 10000

// options are what the command line says.
type options struct {
	files, runs int
	history     bool
	versions    int
	commits     int
	announce    bool
	deliveries  int
	peers       bool
	tools, keep string
}

// bench makes the files, measures, and prints the tables to out. It fails if a
// program did.
func bench(o options, out, progress io.Writer) error {
	work, err := newWorkspace(o.keep)
	if err != nil {
		return err
	}
	if o.tools != "" {
		if o.tools, err = filepath.Abs(o.tools); err != nil {
			return err
		}
	}
	if o.keep == "" {
		defer os.RemoveAll(work.dir)
	}
	fmt.Fprintf(progress, "making %d files\n", o.files)
	size, err := work.fill(o)
	if err != nil {
		return err
	}
	fmt.Fprintln(progress, "building escalate")
	if err := work.build(); err != nil {
		return err
	}
	if err := work.tell("all"); err != nil {
		return err
	}

	l, err := lintJobs(work)
	if err != nil {
		return err
	}
	jobs := l.all()
	var found, missing []*peer
	if o.peers {
		for _, p := range allPeers(work) {
			if !p.find(o.tools) {
				missing = append(missing, p)
				continue
			}
			found = append(found, p)
			jobs = append(jobs, &p.job)
		}
	}
	measure(jobs, o.runs, work.path("output"), func(round int) {
		fmt.Fprintf(progress, "round %d of %d\n", round, o.runs)
	})

	printHead(out, o, size)
	header(out, "program", "/ parse")
	for _, j := range l.all() {
		row(out, j, l.parse)
	}
	fmt.Fprintf(out, "\n`escalate lint --dir DIR` said: %s\n", l.lint.said)
	if o.peers {
		fmt.Fprintln(out)
		printPeers(out, found, missing, l.lint)
	}
	fmt.Fprintln(out)
	printTargets(out, targets(l, found))
	if o.files != promised {
		fmt.Fprintf(out, "\nThe targets are for %d files on 2 cores.\n", promised)
	}

	var failed []error
	for _, j := range jobs {
		failed = append(failed, j.err)
	}
	return errors.Join(failed...)
}

// jobs are what is measured of lint, and its yardsticks.
type jobs struct {
	read, parse, parse400            *job
	lint, lint100, lint400, lintPart *job
	lintBase, plan, apply, stale     *job
}

func (l jobs) all() []*job {
	return []*job{l.read, l.parse, l.parse400, l.lint, l.lint100, l.lint400, l.lintPart, l.lintBase, l.plan, l.apply, l.stale}
}

func lintJobs(work workspace) (jobs, error) {
	self, err := os.Executable()
	if err != nil {
		return jobs{}, err
	}
	all := work.path("all")
	lint := []string{work.path("escalate"), "lint", "--dir", all}
	tenth := []string{work.path("escalate"), "lint", "--dir", work.path("tenth")}
	return jobs{
		read:     &job{name: "read", command: []string{self, readWord, all}},
		parse:    &job{name: "parse: read, yaml.v3 nodes", command: []string{self, parseWord, all}},
		parse400: &job{name: "parse, GOGC=400", command: []string{self, parseWord, all}, env: []string{"GOGC=400"}},
		lint:     &job{name: "escalate lint", command: lint},
		lint100:  &job{name: "escalate lint, GOGC=100", command: lint, env: []string{"GOGC=100"}},
		lint400:  &job{name: "escalate lint, GOGC=400", command: lint, env: []string{"GOGC=400"}},
		lintPart: &job{name: "escalate lint, a tenth of the files", command: tenth},
		lintBase: &job{name: fmt.Sprintf("escalate lint --base, %d files changed", edited), command: append(lint, "--base", "HEAD")},
		plan:     &job{name: fmt.Sprintf("escalate plan --base, %d files changed", edited), command: []string{work.path("escalate"), "plan", "--base", "HEAD", "--dir", all}},
		apply:    &job{name: "escalate apply, nothing to tell", command: []string{work.path("escalate"), "apply", "--dir", all}, env: delivery()},
		stale:    &job{name: "escalate stale", command: []string{work.path("escalate"), "stale", "--now", "2026-12-01T09:00:00Z", "--dir", all}, finds: true},
	}, nil
}

// target is a promise about speed, and what became of it.
type target struct {
	what         string
	value, limit float64
	atLeast      bool
}

func targets(l jobs, found []*peer) []target {
	list := []target{
		{what: "lint / parse, both as they come", value: l.lint.over(l.parse), limit: 1.6},
		{what: "lint / parse, both at GOGC=100", value: l.lint100.over(l.parse), limit: 2.2},
		{what: "lint / parse, both at GOGC=400", value: l.lint400.over(l.parse400), limit: 2.2},
		{what: "lint, highest peak in MiB", value: l.lint.memory(), limit: 100},
		{what: "lint --base / lint", value: l.lintBase.over(l.lint), limit: 1.1},
		{what: "plan --base / lint", value: l.plan.over(l.lint), limit: 1.1},
		{what: "apply with nothing to tell / lint", value: l.apply.over(l.lint), limit: 2},
		{what: "stale / lint", value: l.stale.over(l.lint), limit: 1.5},
		{what: "lint, all files / a tenth of them", value: l.lint.over(l.lintPart), limit: 11},
	}
	for _, p := range found {
		switch {
		case p.wanted == 0:
		case p.atMost:
			list = append(list, target{what: "lint / " + p.name, value: l.lint.over(&p.job), limit: p.wanted})
		default:
			list = append(list, target{what: p.name + " / lint", value: p.over(l.lint), limit: p.wanted, atLeast: true})
		}
	}
	return list
}

func printHead(w io.Writer, o options, size int) {
	command := fmt.Sprintf("go run ./internal/bench -files %d -runs %d", o.files, o.runs)
	if o.peers {
		command += " -peers"
	}
	fmt.Fprintf(w, "%s\n", command)
	fmt.Fprintf(w, "%d escalations, %.1f MiB, %d bytes each on average\n", o.files, float64(size)/(1<<20), size/o.files)
	fmt.Fprintf(w, "%s, %d cores, %s/%s, %s\n", time.Now().Format(time.DateOnly), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	fmt.Fprintf(w, "whole processes in turn, GOMAXPROCS=2; medians of %d runs, but the highest peak;\na lower peak than that of read cannot be seen\n\n", o.runs)
}

func header(w io.Writer, name, ratio string) {
	fmt.Fprintf(w, "%-40s %8s %8s %8s %8s\n", name, "wall s", "cpu s", "peak MiB", ratio)
	fmt.Fprintln(w, strings.Repeat("-", 76))
}

func row(w io.Writer, j, base *job) {
	if j.err != nil {
		fmt.Fprintf(w, "%-40s %8s\n", j.name, "failed")
		return
	}
	fmt.Fprintf(w, "%-40s %8.2f %8.2f %8.0f %8.2f\n", j.name, j.wall(), j.cpu(), j.memory(), j.over(base))
}

func printTargets(w io.Writer, list []target) {
	fmt.Fprintf(w, "%-40s %8s %17s\n", "target", "measured", "wanted")
	fmt.Fprintln(w, strings.Repeat("-", 76))
	for _, t := range list {
		sign, met := "at most", t.value <= t.limit
		if t.atLeast {
			sign, met = "at least", t.value >= t.limit
		}
		verdict := "met"
		switch {
		case t.value == 0:
			verdict = "not measured"
		case !met:
			verdict = "MISSED"
		}
		fmt.Fprintf(w, "%-40s %8.2f %8s %8.2f  %s\n", t.what, t.value, sign, t.limit, verdict)
	}
}

// workspace is the folder in which everything happens: the escalations in
// all, the first tenth of them in tenth, and copies with quoted times in
// quoted.
type workspace struct{ dir string }

func newWorkspace(keep string) (workspace, error) {
	if keep == "" {
		dir, err := os.MkdirTemp("", "escalate-bench-")
		return workspace{dir}, err
	}
	dir, err := filepath.Abs(keep)
	if err != nil {
		return workspace{}, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return workspace{}, err
	}
	if old, err := os.ReadDir(dir); err != nil || len(old) > 0 {
		return workspace{}, fmt.Errorf("%s is not an empty folder", keep)
	}
	return workspace{dir}, nil
}

func (w workspace) path(name string) string { return filepath.Join(w.dir, filepath.FromSlash(name)) }

// fill writes all files, and returns the bytes of the escalations.
func (w workspace) fill(o options) (size int, err error) {
	c := newCorpus()
	if size, err = c.write(w.path("all"), o.files); err != nil {
		return 0, err
	}
	if _, err := c.write(w.path("tenth"), o.files/10); err != nil {
		return 0, err
	}
	if err := w.commitAndEdit("all"); err != nil {
		return 0, err
	}
	if !o.peers {
		return size, nil
	}
	if err := c.writeQuoted(w.path("quoted"), o.files); err != nil {
		return 0, err
	}
	return size, writePeerFiles(w)
}

// edited is how many files differ from the commit that they are compared with.
const edited = 20

// commitAndEdit commits a part of the workspace and changes some of its files.
func (w workspace) commitAndEdit(part string) error {
	if err := w.git(part,
		[]string{"init", "--quiet", "--initial-branch", "main"},
		[]string{"add", "--all"},
		[]string{"-c", "user.name=bench", "-c", "user.email=bench@localhost", "commit", "--quiet", "--message", "All"},
	); err != nil {
		return err
	}
	changed := 0
	for _, file := range w.files(part) {
		if changed == edited {
			break
		}
		name := w.path(part + "/" + file)
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if bytes.Contains(data, []byte("\nclosure:")) { // which never changes
			continue
		}
		changed++
		if err := os.WriteFile(name, bytes.Replace(data, []byte("\napproach: "), []byte("\napproach: First of all, "), 1), 0o666); err != nil {
			return err
		}
	}
	return nil
}

// git runs commands of git in a part of the workspace.
func (w workspace) git(part string, commands ...[]string) error {
	for _, args := range commands {
		cmd := exec.Command("git", args...)
		cmd.Dir = w.path(part)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("git %s: %w\n%s", args[0], err, out)
		}
	}
	return nil
}

// tell gives a part of the workspace a remote, where a ledger says that all was
// told.
func (w workspace) tell(part string) error {
	origin := w.path("origin.git")
	if err := w.git(part,
		[]string{"init", "--quiet", "--bare", "--initial-branch", "main", origin},
		[]string{"remote", "add", "origin", origin},
		[]string{"push", "--quiet", "origin", "main"},
	); err != nil {
		return err
	}
	adopt := exec.Command(w.path("escalate"), "apply", "--adopt", "--dir", w.path(part))
	adopt.Env = append(os.Environ(), delivery()...)
	if out, err := adopt.CombinedOutput(); err != nil {
		return fmt.Errorf("escalate apply --adopt: %w\n%s", err, out)
	}
	return nil
}

// delivery is the environment of a workflow. Nothing answers there: whoever has
// nothing to tell does not ask.
func delivery() []string {
	return []string{"GITHUB_API_URL=http://127.0.0.1:1", "GITHUB_REPOSITORY=acme/escalations", "GITHUB_TOKEN=none"}
}

// build builds escalate without the path of its source: else `site` would build the
// program of the compose page, which a release has in it.
func (w workspace) build() error {
	out, err := exec.Command("go", "build", "-trimpath", "-o", w.path("escalate"), "github.com/escalations-as-code/escalate/cmd/escalate").CombinedOutput()
	if err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

// years returns the folders of escalations in a part of the workspace, and
// files the escalations, both relative to it.
func (w workspace) years(part string) []string { return w.glob(part, "escalations/[0-9]*") }

func (w workspace) files(part string) []string { return w.glob(part, "escalations/*/*.yaml") }

func (w workspace) glob(part, pattern string) []string {
	names, _ := fs.Glob(os.DirFS(w.path(part)), pattern) // fails for a bad pattern only
	return names
}
