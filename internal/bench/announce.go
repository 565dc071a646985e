package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

const (
	// texts is how many texts an opening and an update bring to the terminal, on
	// average of the corpus: from it follows how many escalations make so many
	// deliveries. What was really delivered is what the run says.
	texts = 20
	// perEscalation is how many notices the large ledger has of each escalation.
	perEscalation = 20
)

// benchAnnounce measures what telling costs: an announcement of everything, ten
// times as many deliveries as a tenth of it, and runs over a large ledger with
// nothing to tell and with one change. It fails if a program did.
func benchAnnounce(o options, out, progress io.Writer) error {
	work, err := newWorkspace(o.keep)
	if err != nil {
		return err
	}
	if o.keep == "" {
		defer os.RemoveAll(work.dir)
	}
	fmt.Fprintln(progress, "building escalate")
	if err := work.build(); err != nil {
		return err
	}
	many := max(o.deliveries/texts, 10)
	fmt.Fprintf(progress, "making %d, %d and %d files\n", many, many/10, o.files)
	c := newCorpus()
	for part, files := range map[string]int{"many": many, "few": many / 10, "told": o.files} {
		if _, err := c.write(work.path(part), files); err != nil {
			return err
		}
		if err := work.commitAll(part); err != nil {
			return err
		}
	}
	fmt.Fprintf(progress, "making a ledger of %d notices\n", o.files*perEscalation)
	if err := work.fillLedger("told"); err != nil {
		return err
	}

	escalate := work.path("escalate")
	announce := func(part string) *job {
		return &job{
			name: "apply --print, everything in " + part, command: []string{escalate, "apply", "--print", "--announce-existing", "--dir", work.path(part)},
			// As if nothing had been told.
			before: func() error {
				return work.git(part, []string{"update-ref", "-d", "refs/heads/" + ledger.Name})
			},
		}
	}
	all, tenth := announce("many"), announce("few")
	lint := &job{name: "escalate lint", command: []string{escalate, "lint", "--dir", work.path("told")}}
	nothing := &job{name: "apply, nothing to tell", command: []string{escalate, "apply", "--print", "--dir", work.path("told")}}
	one := &job{
		name: "apply --print, one change", command: []string{escalate, "apply", "--print", "--dir", work.path("told")},
		before: func() error { return work.changeOne("told") },
	}
	measure([]*job{all, tenth}, 1+o.runs/3, work.path("output"), func(round int) { fmt.Fprintf(progress, "announcing, round %d\n", round) })
	measure([]*job{lint, nothing, one}, o.runs, work.path("output"), func(round int) { fmt.Fprintf(progress, "round %d of %d\n", round, o.runs) })

	fmt.Fprintf(out, "go run ./internal/bench -announce -deliveries %d -files %d -runs %d\n", o.deliveries, o.files, o.runs)
	fmt.Fprintf(out, "%d and %d escalations to announce; a ledger of %d escalations with %d notices each\n", many, many/10, o.files, perEscalation)
	fmt.Fprintf(out, "%s, %d cores, %s/%s, %s\n", time.Now().Format(time.DateOnly), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	fmt.Fprintf(out, "whole processes in turn, GOMAXPROCS=2; medians, but the highest peak\n\n")
	header(out, "program", "/ lint")
	for _, j := range []*job{all, tenth, lint, nothing, one} {
		row(out, j, lint)
	}
	fmt.Fprintf(out, "\neverything said: %s\na tenth said: %s\none change said: %s\n\n", all.said, tenth.said, one.said)
	printTargets(out, []target{
		{what: "everything, in seconds", value: all.wall(), limit: 60},
		{what: "everything / a tenth of it", value: all.over(tenth), limit: 12},
		{what: "nothing to tell / lint", value: nothing.over(lint), limit: 0.5},
		{what: "nothing to tell, our own peak in MiB", value: nothing.memoryAlone(), limit: 100},
		{what: "one change / nothing to tell", value: one.over(nothing), limit: 1.2},
	})
	var failed []error
	for _, j := range []*job{all, tenth, lint, nothing, one} {
		failed = append(failed, j.err)
	}
	return errors.Join(failed...)
}

// commitAll commits a part of the workspace.
func (w workspace) commitAll(part string) error {
	return w.git(part,
		[]string{"init", "--quiet", "--initial-branch", "main"},
		[]string{"config", "user.name", "bench"},
		[]string{"config", "user.email", "bench@localhost"},
		[]string{"add", "--all"},
		[]string{"commit", "--quiet", "--message", "All"},
	)
}

// changeOne adds an update to the first escalation that is open, and commits it.
func (w workspace) changeOne(part string) error {
	for _, file := range w.files(part) {
		name := w.path(part + "/" + file)
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if bytes.Contains(data, []byte("\nclosure:")) {
			continue
		}
		// The updates of one that is open come last in its file.
		data = fmt.Appendf(data, "  - at: %s\n    by: %s\n    to: [internal]\n    text: The load test passed.\n", time.Now().UTC().Format(time.RFC3339Nano), "ana.doe")
		if err := os.WriteFile(name, data, 0o666); err != nil {
			return err
		}
		return w.git(part, []string{"commit", "--quiet", "--all", "--message", "Change"})
	}
	return errors.New("no escalation is open")
}

// fillLedger takes all escalations of a part as told, and gives each so many
// notices.
func (w workspace) fillLedger(part string) error {
	adopt := exec.Command(w.path("escalate"), "apply", "--adopt", "--dir", w.path(part))
	if out, err := adopt.CombinedOutput(); err != nil {
		return fmt.Errorf("escalate apply --adopt: %w\n%s", err, out)
	}
	load := exec.Command("git", "fast-import", "--quiet")
	load.Dir = w.path(part)
	in, err := load.StdinPipe()
	if err != nil {
		return err
	}
	if err := load.Start(); err != nil {
		return err
	}
	fmt.Fprintf(in, "commit refs/heads/%s\ncommitter bench <bench@localhost> 1795000000 +0000\ndata 4\nTold\nfrom refs/heads/%[1]s^0\n", ledger.Name)
	file := func(name string, data []byte) {
		fmt.Fprintf(in, "M 100644 inline %s\ndata %d\n%s\n", name, len(data), data)
	}
	for _, name := range w.files(part) {
		file(ledger.Path(tree.ID(filepath.ToSlash(name))), ledger.Format(toldOf(tree.ID(filepath.ToSlash(name)))))
	}
	file("format", []byte("2\n"))
	fmt.Fprintln(in, "done")
	return errors.Join(in.Close(), load.Wait())
}

// toldOf are notices of an escalation as a run would have left them.
func toldOf(id schema.ID) []notice.Notice {
	var told []notice.Notice
	for n := range perEscalation {
		told = append(told, notice.Notice{
			Escalation: id, Key: notice.Numbered(id, notice.Steps, n/2+1), Moment: notice.Steps, To: []notice.Place{notice.Channel, notice.Tracking}[n%2], Via: "print",
			Mentions: []schema.Handle{"jdoe"}, Run: "bench", At: time.Date(2026, 11, 20, 9, n, 0, 0, time.UTC), State: notice.Done, Ref: "C0123456789/1795000000.000100",
			URL:  "https://acme.slack.example/archives/C0123456789/p1795000000000100",
			Text: notice.Text{notice.Paragraph(notice.Inline{Words: "Next steps, 1 of 4 done; done now: "}, notice.Inline{Words: "Load test with the customer"}, notice.Inline{Words: "."}), {Links: []notice.Inline{{Words: tree.Path(id), Place: notice.AtFile}, {Words: "tracking issue", Place: notice.AtTracking}, {Words: "#esc_northwind", Place: notice.AtChannel}}}},
		})
	}
	return told
}
