package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/audit"
	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/schema"
)

// Audit prints what a replay tells: each violation as it comes, and the result
// at the end.
type Audit interface {
	Violation(audit.Violation) error
	End(audit.Result) error
}

// AuditText prints an audit for a person at a terminal.
func AuditText(w io.Writer, o TextOptions) Audit {
	return &auditText{out: bufio.NewWriter(w), painter: painter(o.Color)}
}

type auditText struct {
	out *bufio.Writer
	painter
	commit string // of the violation before
}

func (a *auditText) Violation(v audit.Violation) error {
	if v.Commit != a.commit {
		a.commit = v.Commit
		head := fmt.Sprintf("%s  %s, %.7s: %s", v.At.UTC().Format(minute), escape.Line(escape.Clip(v.Author, 60)), v.Commit, escape.Line(escape.Clip(v.Subject, 200)))
		fmt.Fprintf(a.out, "%s\n", a.paint(bold, wrapped(head, textWidth, 0, "    ")))
	}
	_, err := fmt.Fprintln(a.out, a.finding(v.Finding))
	return err
}

// auditColumns is the head of the table, and the width of its columns.
var auditColumns = []struct {
	name  string
	width int
}{{"ESCALATION", 20}, {"STATUS", 7}, {"CRITICAL", 8}, {"HIGH", 6}, {"MEDIUM", 6}, {"LOW", 6}, {"CHANNEL", 7}, {"CUSTOMER", 8}, {"KEPT", 4}}

func (a *auditText) End(r audit.Result) error {
	if len(r.Rows) > 0 {
		var head []string
		for _, c := range auditColumns {
			head = append(head, c.name)
		}
		fmt.Fprintln(a.out, a.paint(bold, auditLine(head)))
		for _, row := range r.Rows {
			fmt.Fprintln(a.out, auditLine(auditCells(row, escape.Line)))
		}
		fmt.Fprint(a.out, auditLegend)
	}
	fmt.Fprintln(a.out, auditVerdict(r))
	return a.out.Flush()
}

const auditLegend = `
Time at each severity; the longest time without an update that counts for the
channel and for the customer, - where there was no clock; and the share of the
updates that were due and came in time.

`

func auditVerdict(r audit.Result) string {
	line := count(r.Commits, "commit") + " replayed: "
	if r.Errors+r.Warnings == 0 {
		return line + "nothing to say"
	}
	var parts []string
	if r.Errors > 0 {
		parts = append(parts, count(r.Errors, "error"))
	}
	if r.Warnings > 0 {
		parts = append(parts, count(r.Warnings, "warning"))
	}
	return line + strings.Join(parts, ", ")
}

// auditLine is a row of the table. What is too wide for the first column stands
// on a line of its own.
func auditLine(cells []string) string {
	var b strings.Builder
	for i, cell := range cells {
		width := auditColumns[i].width
		switch {
		case i == 0 && len(cell) > width:
			b.WriteString(cell + "\n" + strings.Repeat(" ", width))
		case i == 0:
			fmt.Fprintf(&b, "%-*s", width, cell)
		case i == 1:
			fmt.Fprintf(&b, " %-*s", width, cell)
		default:
			fmt.Fprintf(&b, " %*s", width, cell)
		}
	}
	return b.String()
}

func auditCells(r audit.Row, esc func(string) string) []string {
	cells := []string{esc(string(r.Escalation)), r.Status}
	for _, s := range schema.AllSeverities() {
		cells = append(cells, span(r.Severities[s]))
	}
	for _, k := range []audit.Kept{r.Channel, r.Customer} {
		if !k.Ticks {
			cells = append(cells, "-")
		} else {
			cells = append(cells, span(k.Longest))
		}
	}
	share := "-"
	if r.Due() > 0 {
		share = fmt.Sprintf("%d%%", r.InTime()*100/r.Due())
	}
	return append(cells, share)
}

// span is a time in days and hours, or in less where it is less.
func span(d time.Duration) string {
	days, hours := int(d.Hours())/24, int(d.Hours())%24
	switch {
	case d <= 0:
		return "-"
	case days >= 100 || days > 0 && hours == 0:
		return fmt.Sprintf("%dd", days)
	case days > 0:
		return fmt.Sprintf("%dd%dh", days, hours)
	case hours > 0:
		return fmt.Sprintf("%dh", hours)
	default:
		return fmt.Sprintf("%dm", max(int(d.Minutes()), 1))
	}
}

// AuditJSON prints an audit for programs.
func AuditJSON(w io.Writer) Audit {
	a := &auditJSON{out: bufio.NewWriter(w)}
	a.list = jsonList{out: a.out}
	a.list.begin("violations")
	return a
}

type auditJSON struct {
	out  *bufio.Writer
	list jsonList
}

// violation is the JSON of a violation: of the commit, and of the finding as
// JSON has it.
type violation struct {
	Commit  string    `json:"commit"`
	At      time.Time `json:"at"`
	Author  string    `json:"author"`
	Subject string    `json:"subject"`

	Path      string        `json:"path"`
	Line      int           `json:"line"`
	Column    int           `json:"column"`
	EndLine   int           `json:"end_line"`
	EndColumn int           `json:"end_column"`
	Rule      string        `json:"rule"`
	Level     finding.Level `json:"level"`
	Message   string        `json:"message"`
	Hint      string        `json:"hint"`
	Cites     []string      `json:"cites"`
	New       bool          `json:"new"`
}

func (a *auditJSON) Violation(v audit.Violation) error {
	return a.list.add(violation{
		Commit: v.Commit, At: v.At.UTC(), Author: v.Author, Subject: v.Subject,
		Path: v.Path, Line: v.Line, Column: v.Column, EndLine: v.EndLine, EndColumn: v.EndColumn,
		Rule: v.Rule, Level: v.Level, Message: v.Message, Hint: v.Hint,
		Cites: append([]string{}, v.Cites...), New: true,
	})
}

// auditRow is the JSON of an escalation.
type auditRow struct {
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

func (a *auditJSON) End(r audit.Result) error {
	a.list.end()
	a.out.WriteString(",\n")
	rows := jsonList{out: a.out}
	fmt.Fprintf(a.out, "  %q: [", "escalations")
	for _, row := range r.Rows {
		out := auditRow{Escalation: row.Escalation, Status: row.Status, Severities: map[schema.Severity]int64{}, Due: row.Due(), InTime: row.InTime()}
		for s, d := range row.Severities {
			out.Severities[s] = int64(d.Seconds())
		}
		out.LongestGap.Channel, out.LongestGap.Customer = longest(row.Channel), longest(row.Customer)
		if out.Due > 0 {
			share := float64(out.InTime) / float64(out.Due)
			out.Share = &share
		}
		if err := rows.add(out); err != nil {
			return err
		}
	}
	rows.end()
	fmt.Fprintf(a.out, ",\n  \"commits\": %d,\n  \"errors\": %d,\n  \"warnings\": %d\n}\n", r.Commits, r.Errors, r.Warnings)
	return a.out.Flush()
}

func longest(k audit.Kept) *int64 {
	if !k.Ticks {
		return nil
	}
	seconds := int64(k.Longest.Seconds())
	return &seconds
}

// AuditMarkdown prints an audit for a comment. What is too long for one is cut.
func AuditMarkdown(w io.Writer) Audit { return &auditMarkdown{out: bufio.NewWriter(w)} }

type auditMarkdown struct {
	out        *bufio.Writer
	size, left int
	any        bool
}

func (a *auditMarkdown) Violation(v audit.Violation) error {
	if !a.any {
		a.any = true
		a.out.WriteString("| Commit | Where | What |\n| --- | --- | --- |\n")
	}
	return a.row(fmt.Sprintf("| %s %.7s, %s | %s | %s: %s (%s) |\n", v.At.UTC().Format(minute), v.Commit, markdown(escape.Clip(v.Author, 60)),
		markdown(where(v.Finding)), v.Level, markdown(escape.Clip(v.Message, textClip)), markdown(v.Rule)))
}

func (a *auditMarkdown) row(row string) error {
	if a.size+len(row) > mostMarkdown {
		a.left++
		return nil
	}
	a.size += len(row)
	_, err := a.out.WriteString(row)
	return err
}

func (a *auditMarkdown) End(r audit.Result) error {
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
		if err := a.row("| " + strings.Join(auditCells(row, markdown), " | ") + " |\n"); err != nil {
			return err
		}
	}
	if a.left > 0 {
		fmt.Fprintf(a.out, "\n%s left out here: run `escalate audit`.\n", count(a.left, "more line"))
	}
	fmt.Fprintf(a.out, "\n%s\n", auditVerdict(r))
	return a.out.Flush()
}
