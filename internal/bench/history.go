package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/history"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// The words with which bench starts itself as a yardstick for the history.
const (
	contentsWord = "_contents"
	versionsWord = "_versions"
)

const (
	// atOnce is how many escalations are open at a time.
	atOnce = 50
	// perDirectory is after how many commits the directory changes.
	perDirectory = 1000
)

// benchHistory makes a repository, measures, and prints the tables to out. It
// fails if a program did.
func benchHistory(o options, out, progress io.Writer) error {
	work, err := newWorkspace(o.keep)
	if err != nil {
		return err
	}
	if o.keep == "" {
		defer os.RemoveAll(work.dir)
	}
	fmt.Fprintf(progress, "making %d commits\n", o.commits)
	size, last, err := newCorpus().importHistory(work.path("repository"), o.commits, o.versions)
	if err != nil {
		return err
	}
	fmt.Fprintln(progress, "building escalate")
	if err := work.build(); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	dir := work.path("repository")
	log := &job{name: "git log --raw", command: []string{"git", "-C", dir, "log", "--raw", "--no-abbrev", "--no-renames", "--first-parent"}}
	contents := &job{name: "log and contents", command: []string{self, contentsWord, dir}}
	versions := &job{name: "log, contents, yaml.v3 of each version", command: []string{self, versionsWord, dir}}
	audit := &job{name: "escalate audit", command: []string{work.path("escalate"), "audit", "--dir", dir}, finds: true}
	logOne := &job{name: "escalate log ID", command: []string{work.path("escalate"), "log", last, "--dir", dir}}
	gitOne := &job{name: "git log -- FILE", command: []string{"git", "-C", dir, "log", "--raw", "--first-parent", "--", tree.Path(schema.ID(last))}}
	logAll := &job{name: "escalate log", command: []string{work.path("escalate"), "log", "--dir", dir}}
	pages := &job{name: "escalate site", command: []string{work.path("escalate"), "site", "--dir", dir, "-o", work.path("site")}}
	jobs := []*job{log, contents, versions, audit, pages, logAll, gitOne, logOne}
	measure(jobs, o.runs, work.path("output"), func(round int) {
		fmt.Fprintf(progress, "round %d of %d\n", round, o.runs)
	})

	fmt.Fprintf(out, "go run ./internal/bench -history -commits %d -versions %d -runs %d\n", o.commits, o.versions, o.runs)
	fmt.Fprintf(out, "%d commits, %d escalations in one folder, %.1f MiB of versions\n", o.commits, o.commits/o.versions, float64(size)/(1<<20))
	fmt.Fprintf(out, "%s, %d cores, %s/%s, %s\n", time.Now().Format(time.DateOnly), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	fmt.Fprintf(out, "whole processes in turn, GOMAXPROCS=2; medians of %d runs, but the highest peak\n(with the git that each runs: the peak is that of the larger one)\n\n", o.runs)
	header(out, "program", "/ log")
	for _, j := range jobs {
		row(out, j, log)
	}
	fmt.Fprintf(out, "\n`escalate audit` said: %s\n\n", audit.said)
	printTargets(out, []target{
		{what: "audit / log, contents, yaml.v3", value: audit.over(versions), limit: 2},
		{what: "audit, our own process, peak in MiB", value: audit.memoryAlone(), limit: 150},
		{what: "site / audit", value: pages.over(audit), limit: 2},
		{what: "site, our own process, peak in MiB", value: pages.memoryAlone(), limit: 400},
		{what: "escalate log, our own process, in MiB", value: logAll.memoryAlone(), limit: 150},
	})
	var failed []error
	for _, j := range jobs {
		failed = append(failed, j.err)
	}
	return errors.Join(failed...)
}

// readHistory is the yardstick: every version of every file, read with the same
// git as escalate does and, if asked, parsed into a node, on all cores.
func readHistory(dir string, parse bool) error {
	ctx := context.Background()
	repo, err := git.Open(ctx, dir)
	if err != nil {
		return err
	}
	defer repo.Close()
	head, err := repo.Resolve(ctx, "HEAD")
	if err != nil {
		return err
	}
	versions := func(yield func([]byte, error) bool) {
		all := func(git.Change) bool { return true }
		for c, err := range repo.Log(ctx, git.LogOptions{To: head, FirstParent: true, Reverse: true, Contents: all}) {
			if err != nil {
				yield(nil, err)
				return
			}
			for _, ch := range c.Changes {
				if !yield(ch.Data, nil) {
					return
				}
			}
		}
	}
	work := func(data []byte) {
		if parse {
			var node yaml.Node
			_ = yaml.Unmarshal(data, &node) // what we made is YAML
		}
	}
	for _, err := range history.Ahead(versions, work) {
		if err != nil {
			return err
		}
	}
	return nil
}

// importHistory makes a repository of so many commits, each of which changes
// one escalation. It returns the bytes of all versions, and the id of the
// escalation that was opened last.
func (c *corpus) importHistory(dir string, commits, versions int) (size int, last string, err error) {
	if out, err := exec.Command("git", "init", "--quiet", "--initial-branch=main", dir).CombinedOutput(); err != nil {
		return 0, "", fmt.Errorf("git init: %w\n%s", err, out)
	}
	cmd := exec.Command("git", "-C", dir, "fast-import", "--quiet")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return 0, "", err
	}
	if err := cmd.Start(); err != nil {
		return 0, "", err
	}
	s := &stream{Writer: bufio.NewWriterSize(in, 1<<20), now: time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC)}
	last = c.commits(s, commits, versions)
	if err := errors.Join(s.Flush(), in.Close()); err != nil {
		return 0, "", err
	}
	if err := cmd.Wait(); err != nil {
		return 0, "", fmt.Errorf("git fast-import: %w", err)
	}
	out, err := exec.Command("git", "-C", dir, "reset", "--quiet", "--hard").CombinedOutput()
	if err != nil {
		return 0, "", fmt.Errorf("git reset: %w\n%s", err, out)
	}
	return s.size, last, nil
}

// stream is what git fast-import reads.
type stream struct {
	*bufio.Writer
	now  time.Time
	size int
}

func (s *stream) commit(subject, path, text string) {
	fmt.Fprintf(s, "commit refs/heads/main\ncommitter Bench <bench@example.com> %d +0000\ndata %d\n%s\nM 100644 inline %s\ndata %d\n%s\n",
		s.now.Unix(), len(subject), subject, path, len(text), text)
	s.now = s.now.Add(20 * time.Minute)
	s.size += len(text)
}

// commits writes the commits: escalations are opened one after the other, some
// open at a time, and each is changed in turn until it is what the corpus has.
func (c *corpus) commits(s *stream, n, versions int) (last string) {
	directory := c.directory()
	s.commit("Add the directory", "escalations/people.yaml", directory)
	type course struct {
		path, text string
		version    int
	}
	var open []*course
	next := 0
	for i := range n {
		if i%perDirectory == perDirectory-1 {
			directory += fmt.Sprintf("  new.%d: {name: New %d, roles: [engineering]}\n", i, i)
			s.commit("Add somebody", "escalations/people.yaml", directory)
		}
		if len(open) < atOnce && next < n/versions {
			path, text := c.escalation(next)
			open = append(open, &course{path: oneFolder(path, next), text: text})
			last = strings.TrimSuffix(strings.TrimPrefix(open[len(open)-1].path, "escalations/"), ".yaml")
			next++
		}
		x := open[i%len(open)]
		s.commit(fmt.Sprintf("%s, version %d", x.path, x.version), x.path, versionOf(x.text, x.version, versions))
		if x.version++; x.version == versions {
			open = remove(open, i%len(open))
		}
		if len(open) == 0 && next >= n/versions {
			break
		}
	}
	return last
}

func remove[T any](list []T, i int) []T { return append(list[:i:i], list[i+1:]...) }

var yearFolder = regexp.MustCompile(`/(\d{4})/`)

// oneFolder is a path in the folder in which all of them are.
func oneFolder(path string, i int) string {
	return yearFolder.ReplaceAllString(strings.TrimSuffix(path, ".yaml"), "/2022/") + fmt.Sprintf("-%d.yaml", i)
}

var (
	severityLine = regexp.MustCompile(`(?m)^severity: (critical|high|medium)$`)
	askLine      = regexp.MustCompile(`(?m)^ask: .*$`)
	previousLine = regexp.MustCompile(`(?m)^previous: .*\n`)
	channelLine  = regexp.MustCompile(`(?m)^channel: .*\n`)
)

// versionOf returns the i-th of some versions of an escalation. Its updates
// come one after the other, the first one with the severity that it has then,
// the closure with the last version; in between somebody rewords the ask.
func versionOf(text string, i, versions int) string {
	text = channelLine.ReplaceAllString(previousLine.ReplaceAllString(text, ""), "") // they go by the paths of the corpus
	if i == versions-1 {
		return text
	}
	text, _, _ = strings.Cut(text, "\nclosure:\n")
	head, tail, _ := strings.Cut(strings.TrimSuffix(text, "\n"), "\nupdates:\n")
	updates := strings.Split("\n"+tail, "\n  - at: ")[1:]
	n := i * len(updates) / (versions - 1)
	if n == 0 {
		head = severityLine.ReplaceAllStringFunc(head, func(l string) string {
			lower := map[string]string{"critical": "high", "high": "medium", "medium": "low"}
			return "severity: " + lower[strings.TrimPrefix(l, "severity: ")]
		})
	}
	head = askLine.ReplaceAllStringFunc(head, func(l string) string { return fmt.Sprintf("%s Since day %d.", l, i) })
	if n == 0 {
		return head + "\n"
	}
	return head + "\nupdates:\n  - at: " + strings.Join(updates[:n], "\n  - at: ") + "\n"
}
