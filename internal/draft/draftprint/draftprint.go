// Package draftprint prints what an editing command is about to write: its verdict,
// what is different, what it will have announced, and what it counts for.
package draftprint

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/escalations-as-code/escalate/internal/draft"
	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/jsonfmt"
	"github.com/escalations-as-code/escalate/internal/plan/planprint"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// Done is what came of a draft.
type Done struct {
	// Written reports that the file has it. Commit is the commit that has it, Branch
	// where it was pushed to, URL the pull request, if it is Open, or where one is opened
	// by hand; "" of what was not done. Change is what a pull request is called there.
	Written, Open               bool
	Commit, Branch, URL, Change string
}

// Refused says why a draft is not written.
func Refused(w io.Writer, d draft.Draft, s terminal.Screen) error {
	b := bufio.NewWriter(w)
	fmt.Fprintln(b, s.Paint(terminal.Bold, "Nothing is written: "+words.Count(len(d.Errors), "rule")+" of the process "+words.Agree(len(d.Errors), "is", "are")+" against it."))
	told(b, s, d.Errors, terminal.Red)
	return b.Flush()
}

// told prints findings without the places in a file that nobody has yet.
func told(b io.Writer, s terminal.Screen, found []finding.Finding, style terminal.Style) {
	for _, f := range found {
		cites := strings.Join(append([]string{f.Rule}, f.Cites...), ", ")
		fmt.Fprintf(b, "  %s %s\n", s.Paint(style, "-"), s.WrapStated(escape.Line(f.Message)+" ["+cites+"]", 4, "    "))
		if f.Hint != "" {
			fmt.Fprintf(b, "    %s %s\n", s.Paint(terminal.Green, "fix:"), s.WrapStated(escape.Line(f.Hint), 9, "         "))
		}
	}
}

// Text prints a draft: what is different, what merging tells, and what it counts for.
func Text(w io.Writer, d draft.Draft, s terminal.Screen) error {
	b := bufio.NewWriter(w)
	fmt.Fprintln(b, s.Paint(terminal.Bold, d.Path))
	b.WriteString(s.Difference(escape.Terminal(strings.ReplaceAll(Diff(d), "\r\n", "\n"))))
	list := func(head string, lines []string) {
		if len(lines) == 0 {
			return
		}
		fmt.Fprintf(b, "\n%s\n", s.Paint(terminal.Bold, head))
		for _, l := range lines {
			fmt.Fprintf(b, "  - %s\n", s.WrapStated(terminal.Line(l), 4, "    "))
		}
	}
	if len(d.Warnings) > 0 {
		fmt.Fprintf(b, "\n%s\n", s.Paint(terminal.Bold, "Worth a look"))
		told(b, s, d.Warnings, terminal.Yellow)
	}
	list("Once it is merged", planprint.Heads(planprint.Plan{Plan: d.Plan}))
	list("What it counts for", Counts(d))
	return b.Flush()
}

// Diff is what is different, line by line. Of a new file it is all.
func Diff(d draft.Draft) string {
	if d.Was == nil {
		return "+ " + strings.ReplaceAll(strings.TrimSuffix(string(d.Data), "\n"), "\n", "\n+ ") + "\n"
	}
	return terminal.Diff(d.Was, d.Data)
}

// Counts says until when the clocks run that it starts, and which it ends.
func Counts(d draft.Draft) []string {
	called := map[stale.Clock]string{stale.Customer: "The customer clock", stale.Channel: "The channel clock"}
	var lines []string
	for _, i := range d.Clocks {
		name, runs := called[i.Clock]
		late := i.State == stale.Overdue
		switch {
		case runs && late:
			lines = append(lines, name+" has been overdue since "+i.When()+".")
		case runs:
			lines = append(lines, name+" now runs until "+i.When()+".")
		case i.Clock == stale.Snooze:
			lines = append(lines, "The reminders to tell the customer come again on "+i.When()+".")
		case i.State == stale.Advisory:
			lines = append(lines, words.Sentence("Advised: "+i.What))
		case late:
			lines = append(lines, words.Sentence(i.What+": overdue since "+i.When()))
		default:
			lines = append(lines, words.Sentence(i.What+": due "+i.When()))
		}
	}
	for _, i := range d.Ended {
		name, runs := called[i.Clock]
		switch {
		case runs:
			lines = append(lines, name+" does not run any more.")
		case i.Clock == stale.Snooze:
			lines = append(lines, "The reminders to tell the customer come again.")
		default:
			lines = append(lines, "Not asked for any more: "+i.What+".")
		}
	}
	return lines
}

type (
	draftJSON struct {
		Escalation schema.ID     `json:"escalation"`
		Path       string        `json:"path"`
		Written    bool          `json:"written"`
		Open       bool          `json:"open"`
		Diff       string        `json:"diff"`
		Errors     []findingJSON `json:"errors"`
		Warnings   []findingJSON `json:"warnings"`
		Announces  []string      `json:"announces"`
		Counts     []string      `json:"counts"`
		Commit     string        `json:"commit"`
		Branch     string        `json:"branch"`
		URL        string        `json:"url"`
	}
	findingJSON struct {
		Rule    string   `json:"rule"`
		Message string   `json:"message"`
		Hint    string   `json:"hint"`
		Cites   []string `json:"cites"`
	}
)

// JSON prints a draft for programs, and what came of it.
func JSON(w io.Writer, d draft.Draft, done Done) error {
	out := draftJSON{
		Escalation: d.ID, Path: d.Path, Written: done.Written, Open: done.Open, Errors: findings(d.Errors), Warnings: findings(d.Warnings),
		Announces: planprint.Heads(planprint.Plan{Plan: d.Plan}), Counts: Counts(d), Commit: done.Commit, Branch: done.Branch, URL: done.URL,
	}
	if d.Changes() {
		out.Diff = Diff(d)
	}
	for _, list := range []*[]string{&out.Announces, &out.Counts} {
		if *list == nil {
			*list = []string{}
		}
	}
	return jsonfmt.Write(w, out)
}

func findings(found []finding.Finding) []findingJSON {
	list := []findingJSON{}
	for _, f := range found {
		list = append(list, findingJSON{f.Rule, f.Message, f.Hint, append([]string{}, f.Cites...)})
	}
	return list
}
