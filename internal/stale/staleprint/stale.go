// Package staleprint prints what is overdue and due next: for a person at a
// terminal, for programs, as Markdown, and as the digest issue.
package staleprint

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/jsonfmt"
	"github.com/escalations-as-code/escalate/internal/markdown"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// row is an item as people read it: whose escalation, the moment, how long that
// is away, whose turn it is, and what it is about.
type row struct{ escalation, at, span, turn, what string }

func newRow(now time.Time, i stale.Item) row {
	r := row{
		escalation: fmt.Sprintf("%s, %s", i.Escalation, i.Severity), at: i.When(), what: i.What,
		turn: fmt.Sprintf("%s (%s)", i.Name, stale.Rungs()[i.Rung]),
	}
	switch {
	case i.State == stale.Overdue:
		r.span = words.Span(now.Sub(i.Since)) + " late"
		if i.Late >= time.Hour {
			r.what += fmt.Sprintf(" (%s of working time late)", words.Count(int(i.Late.Hours()), "hour"))
		}
	case i.State == stale.Advisory:
		r.span = words.Span(now.Sub(i.Due)) + " ago"
	case i.Due.Before(now):
		r.span = "now"
	default:
		r.span = "in " + words.Span(i.Due.Sub(now))
	}
	return r
}

// part is one part of a report: what is overdue, say.
type part struct {
	title, when string // when is what stands over the moments
	style       terminal.Style
	items       []stale.Item
}

// parts are the items in their parts. Of what is in time, each escalation has the
// one that is due next.
func parts(r stale.Report) []part {
	overdue := part{title: "Overdue", when: "Since", style: terminal.Red}
	due := part{title: "Due next", when: "Until", style: terminal.Yellow}
	advised := part{title: "Advised", when: "Until", style: terminal.Green}
	next := map[schema.ID]bool{}
	for _, i := range r.Items {
		switch i.State {
		case stale.Overdue:
			overdue.items = append(overdue.items, i)
		case stale.Advisory:
			if i.Due.Before(r.Now) {
				advised.items = append(advised.items, i)
			}
		case stale.Due:
			if !next[i.Escalation] {
				due.items = append(due.items, i)
			}
			next[i.Escalation] = true
		}
	}
	return []part{overdue, due, advised}
}

// verdict is the one line that every report has.
func verdict(r stale.Report) string {
	late := map[schema.ID]bool{}
	things := 0
	for _, i := range r.Items {
		if i.State == stale.Overdue {
			late[i.Escalation] = true
			things++
		}
	}
	text := fmt.Sprintf("%s open at %s", words.Count(len(r.Open), "escalation"), r.Now.Format(time.RFC3339))
	switch {
	case things > 0:
		text += fmt.Sprintf(": %s overdue in %s.", words.Count(things, "thing"), words.Count(len(late), "escalation"))
	case len(r.Unread) > 0:
		text += ", and of some nothing can be said."
	default:
		text += ": nothing overdue."
	}
	return text
}

// Text prints a report for a person at a terminal.
func Text(w io.Writer, r stale.Report, s terminal.Screen) error {
	b := bufio.NewWriter(w)
	for _, u := range r.Unread {
		const unknown = "UNKNOWN "
		text := terminal.Line(u.Of()) + ": " + terminal.Line(u.Why)
		fmt.Fprintf(b, "%s%s\n", s.Paint(terminal.Red, unknown), s.Wrap(text, len(unknown), "  "))
	}
	if len(r.Unread) > 0 {
		fmt.Fprintln(b)
	}
	all := parts(r)
	tables := make([]terminal.Table, len(all))
	first, second := 0, 0 // the widths of the columns, the same in all tables
	const longID = 40
	for n, p := range all {
		t := terminal.Table{Head: p.style, Columns: []terminal.Column{{Name: strings.ToUpper(p.title), Max: longID}, {Name: strings.ToUpper(p.when)}, {}}}
		for _, i := range p.items {
			c := newRow(r.Now, i)
			first, second = max(first, terminal.Columns(c.escalation)), max(second, terminal.Columns(c.at))
			t.Rows = append(t.Rows, terminal.Row{
				Cells: []string{terminal.Line(c.escalation), c.at, c.span},
				Below: terminal.Line(c.turn) + ": " + terminal.Line(c.what),
			})
		}
		tables[n] = t
	}
	for _, t := range tables {
		if len(t.Rows) > 0 {
			t.Columns[0].Min, t.Columns[1].Min = first, second
			fmt.Fprintln(b, s.Table(t))
		}
	}
	if len(r.Snoozed) > 0 {
		fmt.Fprintln(b, s.Wrap("Snoozed, so that nobody is asked about the customer: "+words.Join(r.Snoozed, ", ")+".", 0, ""))
	}
	if len(r.Items) > 0 {
		fmt.Fprintln(b, s.Wrap("Each time is by the clocks of the escalation's region.", 0, ""))
	}
	fmt.Fprintln(b, s.Wrap(verdict(r), 0, ""))
	return b.Flush()
}

// JSON prints a report for programs, in the shape that is promised to them.
func JSON(w io.Writer, r stale.Report) error {
	type item struct {
		Escalation schema.ID     `json:"escalation"`
		Clock      stale.Clock   `json:"clock"`
		State      stale.State   `json:"state"`
		Due        string        `json:"due"`
		Since      string        `json:"since"`
		Turn       schema.Handle `json:"turn"`
		Rung       int           `json:"rung"`
		What       string        `json:"what"`
	}
	out := struct {
		Now    string         `json:"now"`
		Items  []item         `json:"items"`
		Unread []stale.Unread `json:"unread"`
	}{jsonfmt.Time(r.Now), []item{}, append([]stale.Unread{}, r.Unread...)}
	for _, i := range r.Items {
		out.Items = append(out.Items, item{i.Escalation, i.Clock, i.State, jsonfmt.Time(i.Due), jsonfmt.Time(i.Since), i.Turn, i.Rung, i.What})
	}
	return jsonfmt.Write(w, out)
}

// command shows what a comment has no room for.
const command = "escalate stale"

// Markdown prints a report for a comment or the summary of a job.
func Markdown(w io.Writer, r stale.Report) error {
	b := markdown.Bounded{Command: command}
	b.Write(fmt.Sprintf("### What is overdue, and what is due next\n\n**%s**\n", verdict(r)))
	unread(&b, r, "\n- %s: %s\n")
	for _, p := range parts(r) {
		for n, i := range p.items {
			head := ""
			if n == 0 {
				head = fmt.Sprintf("\n| %s | %s | | Turn | What |\n| --- | --- | --- | --- | --- |\n", p.title, p.when)
			}
			c := newRow(r.Now, i)
			if !b.Write(head + cells(c.escalation, c.at, c.span, c.turn, c.what)) {
				b.LeaveOut(strings.ToLower(p.title), string(i.Escalation))
			}
		}
	}
	if len(r.Snoozed) > 0 {
		b.Write("\nSnoozed: " + markdown.Cell(words.Join(r.Snoozed, ", ")) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// unread says of what nothing is known, each in a line of a format.
func unread(b *markdown.Bounded, r stale.Report, format string) {
	for _, u := range r.Unread {
		if !b.Write(fmt.Sprintf(format, markdown.Code(escape.Line(u.Of())), markdown.Cell(u.Why))) {
			b.LeaveOut("of what nothing is known", string(u.Escalation))
		}
	}
}

// cells is a row of a table.
func cells(texts ...string) string {
	var b strings.Builder
	for _, text := range texts {
		b.WriteString("| " + markdown.Cell(words.Clip(text, words.Longest)) + " ")
	}
	return b.String() + "|\n"
}

// Digest is the one issue that says how all escalations stand: its title, and
// its text as Markdown.
func Digest(r stale.Report) (title, text string) {
	b := markdown.Bounded{Command: command}
	b.Write(fmt.Sprintf("**%s**\n", verdict(r)))
	overdue, due := map[schema.ID][]stale.Item{}, map[schema.ID]stale.Item{}
	for _, i := range r.Items {
		_, known := due[i.Escalation]
		switch {
		case i.State == stale.Overdue:
			overdue[i.Escalation] = append(overdue[i.Escalation], i)
		case i.State == stale.Due && !known:
			due[i.Escalation] = i
		}
	}
	for _, severity := range schema.AllSeverities() {
		head := fmt.Sprintf("\n### %s\n\n| Escalation | Customer | DRI | Overdue | Due next |\n| --- | --- | --- | --- | --- |\n", words.Capital(severity))
		for _, e := range r.Open {
			if e.Severity != severity {
				continue
			}
			late, next := "nothing", ""
			if list := overdue[e.Escalation]; len(list) > 0 {
				late = fmt.Sprintf("%s, since %s; turn: %s", words.Count(len(list), "thing"), list[0].When(), list[0].Name)
			}
			if i, ok := due[e.Escalation]; ok {
				next = fmt.Sprintf("%s: %s", i.When(), i.What)
			}
			if slices.Contains(r.Snoozed, e.Escalation) {
				next += " (snoozed)"
			}
			entry(&b, string(severity), e.Escalation, head, string(e.Customer), e.DRI, late, next)
			head = ""
		}
	}
	head := "\n### Waiting for a root cause analysis\n\n| Escalation | Due | What |\n| --- | --- | --- |\n"
	for _, i := range r.Items {
		if i.Clock == stale.RCA {
			entry(&b, "waiting for a root cause analysis", i.Escalation, head, words.Deadline(i.Due), i.What)
			head = ""
		}
	}
	unread(&b, r, "\n- Of %s nothing is known: %s\n")
	year, week := r.Now.ISOWeek()
	return fmt.Sprintf("Open escalations, week %d of %d", week, year), b.String()
}

// entry is a row of the digest, behind the head of its table.
func entry(b *markdown.Bounded, kind string, id schema.ID, head string, texts ...string) {
	if !b.Write(head + "| " + markdown.Code(string(id)) + " " + cells(texts...)) {
		b.LeaveOut(kind, string(id))
	}
}
