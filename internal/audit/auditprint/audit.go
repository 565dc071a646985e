// Package auditprint prints what a replay of the history tells: for a person at a
// terminal, for programs, and as Markdown.
package auditprint

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/audit"
	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/jsonfmt"
	"github.com/escalations-as-code/escalate/internal/markdown"
	"github.com/escalations-as-code/escalate/internal/report"
	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// Printer prints what a replay tells: each violation as it comes, and the result
// at the end.
type Printer interface {
	Violation(audit.Violation) error
	End(audit.Result) error
}

// Text prints an audit for a person at a terminal.
func Text(w io.Writer, s terminal.Screen) Printer {
	return &text{out: bufio.NewWriter(w), screen: s}
}

type text struct {
	out    *bufio.Writer
	screen terminal.Screen
	commit string // of the violation before
}

func (a *text) Violation(v audit.Violation) error {
	if v.Commit != a.commit {
		a.commit = v.Commit
		head := fmt.Sprintf("%s  %s, %.7s: %s", words.Stamp(v.At), escape.Line(words.Clip(v.Author, 60)), v.Commit, escape.Line(words.Clip(v.Subject, 200)))
		fmt.Fprintln(a.out, a.screen.Paint(terminal.Bold, a.screen.Wrap(head, 0, "    ")))
	}
	_, err := fmt.Fprintln(a.out, report.FindingText(v.Finding, a.screen))
	return err
}

func (a *text) End(r audit.Result) error {
	if len(r.Rows) > 0 {
		t := terminal.Table{Head: terminal.Bold, Columns: []terminal.Column{{Name: "ESCALATION", Max: 20}, {Name: "STATUS"}}}
		for _, name := range append(words.Plain(schema.AllSeverities()), "channel", "customer", "kept") {
			t.Columns = append(t.Columns, terminal.Column{Name: strings.ToUpper(name), Right: true})
		}
		for _, row := range r.Rows {
			t.Rows = append(t.Rows, terminal.Row{Cells: cells(row, escape.Line)})
		}
		fmt.Fprintf(a.out, "%s\n%s\n\n", a.screen.Table(t), a.screen.Wrap(legend, 0, ""))
	}
	fmt.Fprintln(a.out, a.screen.Wrap(verdict(r), 0, ""))
	return a.out.Flush()
}

const legend = "Time at each severity; the longest time without an update that counts for the channel and for the customer, " +
	"- where there was no clock; and the share of the updates that were due and came in time."

func verdict(r audit.Result) string {
	line := words.Count(r.Commits, "commit") + " replayed: "
	if r.Errors+r.Warnings == 0 {
		return line + "nothing to say"
	}
	var parts []string
	if r.Errors > 0 {
		parts = append(parts, words.Count(r.Errors, "error"))
	}
	if r.Warnings > 0 {
		parts = append(parts, words.Count(r.Warnings, "warning"))
	}
	return line + strings.Join(parts, ", ")
}

// cells are the row of an escalation.
func cells(r audit.Row, esc func(string) string) []string {
	cells := []string{esc(string(r.Escalation)), r.Status}
	for _, s := range schema.AllSeverities() {
		cells = append(cells, words.Short(r.Severities[s]))
	}
	for _, k := range []audit.Kept{r.Channel, r.Customer} {
		if !k.Ticks {
			cells = append(cells, "-")
		} else {
			cells = append(cells, words.Short(k.Longest))
		}
	}
	share := "-"
	if r.Due() > 0 {
		share = fmt.Sprintf("%d%%", r.InTime()*100/r.Due())
	}
	return append(cells, share)
}

// JSON prints an audit for programs.
func JSON(w io.Writer) Printer {
	out := bufio.NewWriter(w)
	o := jsonfmt.NewObject(out)
	_ = o.List("violations") // its error is that of Add and End, too
	return &asJSON{out, o}
}

type asJSON struct {
	out    *bufio.Writer
	object *jsonfmt.Object
}

// violation is the JSON of a violation: the keys of the commit, and those of the
// finding.
type violation struct {
	Commit  string    `json:"commit"`
	At      time.Time `json:"at"`
	Author  string    `json:"author"`
	Subject string    `json:"subject"`

	report.Item
}

func (a *asJSON) Violation(v audit.Violation) error {
	item := report.ItemOf(v.Finding)
	item.New = true
	return a.object.Add(violation{Commit: v.Commit, At: v.At.UTC(), Author: v.Author, Subject: v.Subject, Item: item})
}

// row is the JSON of an escalation.
type row struct {
	Escalation schema.ID                 `json:"escalation"`
	Status     string                    `json:"status"`
	Severities map[schema.Severity]int64 `json:"severities"`
	LongestGap struct {
		Channel  *int64 `json:"channel"`
		Customer *int64 `json:"customer"`
	} `json:"longest_gap"`
	Due    int      `json:"due"`
	InTime int      `json:"in_time"`
	Share  *float64 `json:"share"`
}

func (a *asJSON) End(r audit.Result) error {
	_ = a.object.List("escalations") // its error is that of Add and End, too
	for _, of := range r.Rows {
		out := row{Escalation: of.Escalation, Status: of.Status, Severities: map[schema.Severity]int64{}, Due: of.Due(), InTime: of.InTime()}
		for s, d := range of.Severities {
			out.Severities[s] = int64(d.Seconds())
		}
		out.LongestGap.Channel, out.LongestGap.Customer = longest(of.Channel), longest(of.Customer)
		if out.Due > 0 {
			share := float64(out.InTime) / float64(out.Due)
			out.Share = &share
		}
		if err := a.object.Add(out); err != nil {
			return err
		}
	}
	for _, n := range []struct {
		key string
		n   int
	}{{"commits", r.Commits}, {"errors", r.Errors}, {"warnings", r.Warnings}} {
		if err := a.object.Field(n.key, n.n); err != nil {
			return err
		}
	}
	if err := a.object.End(); err != nil {
		return err
	}
	return a.out.Flush()
}

func longest(k audit.Kept) *int64 {
	if !k.Ticks {
		return nil
	}
	seconds := int64(k.Longest.Seconds())
	return &seconds
}

// Markdown prints an audit for a comment. What is too long for one is cut.
func Markdown(w io.Writer) Printer { return &asMarkdown{out: bufio.NewWriter(w)} }

type asMarkdown struct {
	out        *bufio.Writer
	size, left int
	any        bool
}

func (a *asMarkdown) Violation(v audit.Violation) error {
	if !a.any {
		a.any = true
		a.out.WriteString("| Commit | Where | What |\n| --- | --- | --- |\n")
	}
	return a.row(fmt.Sprintf("| %s %.7s, %s | %s | %s: %s (%s) |\n", words.Stamp(v.At), v.Commit, markdown.Cell(words.Clip(v.Author, 60)),
		markdown.Cell(report.Where(v.Finding)), v.Level, markdown.Cell(words.Clip(v.Message, words.Longest)), markdown.Cell(v.Rule)))
}

func (a *asMarkdown) row(row string) error {
	if a.size+len(row) > markdown.MaxComment {
		a.left++
		return nil
	}
	a.size += len(row)
	_, err := a.out.WriteString(row)
	return err
}

func (a *asMarkdown) End(r audit.Result) error {
	if a.any {
		a.out.WriteByte('\n')
	}
	if len(r.Rows) > 0 && a.left == 0 {
		a.out.WriteString("| Escalation | Status | Critical | High | Medium | Low | Longest gap, channel | Longest gap, customer | In time |\n" +
			"| --- | --- | --: | --: | --: | --: | --: | --: | --: |\n")
	}
	for _, row := range r.Rows {
		if a.left > 0 {
			a.left += len(r.Rows)
			break
		}
		if err := a.row("| " + strings.Join(cells(row, markdown.Cell), " | ") + " |\n"); err != nil {
			return err
		}
	}
	if a.left > 0 {
		fmt.Fprintf(a.out, "\n%s left out here: run `escalate audit`.\n", words.Count(a.left, "more line"))
	}
	fmt.Fprintf(a.out, "\n%s\n", verdict(r))
	return a.out.Flush()
}
