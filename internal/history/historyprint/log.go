// Package historyprint prints the timeline of escalations, and what was true of
// one at a moment: for a person at a terminal, for programs, and as Markdown.
package historyprint

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/history"
	"github.com/escalations-as-code/escalate/internal/jsonfmt"
	"github.com/escalations-as-code/escalate/internal/markdown"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// Log is a timeline.
type Log struct {
	Events iter.Seq2[history.Event, error]
	// Single says that it is about one escalation: it is not named then.
	Single bool
}

// Text prints a timeline for a person at a terminal, as the events come. It ends
// with the first error of the events.
func Text(w io.Writer, l Log, s terminal.Screen) error {
	b := bufio.NewWriter(w)
	t := timeline{out: b, screen: s, single: l.Single}
	for e, err := range l.Events {
		if err == nil {
			err = t.event(e)
		}
		if err != nil {
			b.Flush() // what was told so far stands; the first error counts
			return err
		}
	}
	t.signed()
	return b.Flush()
}

// timeline is a timeline being printed.
type timeline struct {
	out    *bufio.Writer
	screen terminal.Screen
	single bool
	last   history.Event // the one before
	any    bool
}

func (t *timeline) event(e history.Event) error {
	same := t.any && e.Commit != "" && e.Commit == t.last.Commit
	if !same {
		t.signed()
	}
	lead := words.Stamp(e.At) + "  "
	indent := t.indent()
	if t.single && same {
		lead = indent
	}
	if !t.single {
		lead = escape.Line(string(e.Escalation)) + "  " + lead
	}
	head := t.screen.Wrap(headline(e, escape.Line), terminal.Columns(lead), indent)
	_, err := fmt.Fprintln(t.out, t.screen.Paint(terminal.Bold, lead)+head)
	if e.Update != nil {
		text := indent + "  "
		_, err = fmt.Fprintln(t.out, text+t.screen.Wrap(words.Clip(updateText(e.Update), words.Longest), len(text), text))
	}
	t.last, t.any = e, true
	return err
}

// indent is what stands before what is said of an event in further lines.
func (t *timeline) indent() string {
	const least = 40 // columns of text
	if column := words.StampWidth + 2; t.single && t.screen.Room(column) >= least {
		return strings.Repeat(" ", column)
	}
	return "    "
}

// signed prints who made the commit of the events before.
func (t *timeline) signed() {
	if t.any && t.last.Commit != "" {
		indent := t.indent()
		text := indent + t.screen.Wrap(signature(t.last, escape.Line), len(indent), indent)
		fmt.Fprintln(t.out, t.screen.Paint(terminal.Faint, text))
	}
}

// signature says who made a commit, and in which words.
func signature(e history.Event, esc func(string) string) string {
	return fmt.Sprintf("%s, %.7s: %s", esc(words.Clip(e.Author, 60)), e.Commit, esc(words.Clip(e.Subject, 200)))
}

// updateText is what an update says.
func updateText(u *schema.Update) string {
	if u.Text == "" && u.Redacted != "" {
		return "redacted: " + string(u.Redacted)
	}
	return string(u.Text)
}

// headline says in plain words what happened. esc makes text from files fit
// for where it goes.
func headline(e history.Event, esc func(string) string) string {
	from, to := esc(e.From), esc(e.To)
	arrow := to
	switch {
	case e.From != "" && e.To != "":
		arrow = from + " → " + to
	case e.From != "":
		arrow = from + " (removed)"
	}
	switch notice.Moment(e.Change) {
	case notice.Opened:
		return "opened, " + to
	case notice.Severity:
		return "severity " + arrow
	case notice.Update, notice.Significant:
		return updateHead(e, esc)
	case notice.DRI:
		return "DRI " + arrow
	case notice.ProductDRI:
		return "Product DRI " + arrow
	case notice.Criteria:
		return "exit criteria: " + arrow
	case notice.Steps:
		return "next steps: " + arrow
	case notice.Standup:
		return "standup: " + arrow
	case notice.Case:
		return "case " + arrow
	case notice.Reopened:
		return "reopened (it was " + from + ")"
	case notice.Closed:
		return "closed: " + to
	case notice.Deescalated:
		return "closed, de-escalated: " + esc(strings.TrimPrefix(e.To, string(schema.Deescalated)+", "))
	}
	switch e.Change {
	case history.Unreadable:
		return "the file cannot be read: " + to
	case history.Readable:
		return "the file can be read again"
	case history.Deleted:
		return "the file is gone"
	case history.Restored:
		return "the file is back"
	case history.Lost:
		return "the merge lost " + from
	case history.Told, history.Intended:
		told := map[string]string{history.Told: "told: ", history.Intended: "to be told: "}[e.Change]
		if e.URL != "" {
			to += " " + esc(e.URL)
		}
		return told + from + ", " + to
	}
	return esc(e.Change) + ": " + arrow
}

func updateHead(e history.Event, esc func(string) string) string {
	head := "update"
	if e.Change == string(notice.Significant) {
		head = "significant update"
	}
	if e.Update == nil {
		return head
	}
	head += " of " + words.Stamp(e.Update.At.Time) + " by " + esc(string(e.Update.By))
	if len(e.Update.To) > 0 {
		head += " to " + esc(words.And(e.Update.To))
	}
	if !e.Update.Amends.IsZero() {
		head += ", amends that of " + words.Stamp(e.Update.Amends.Time)
	}
	return head
}

// logEvent is the JSON of an event.
type logEvent struct {
	At         time.Time `json:"at"`
	Commit     string    `json:"commit"`
	Author     string    `json:"author"`
	Subject    string    `json:"subject"`
	Escalation schema.ID `json:"escalation"`
	Change     string    `json:"change"`
	From       string    `json:"from"`
	To         string    `json:"to"`
	Text       string    `json:"text"`
	URL        string    `json:"url"`
}

// JSON prints a timeline for programs, in the shape that is promised to them, as
// the events come. It ends with the first error of the events.
func JSON(w io.Writer, l Log) error {
	b := bufio.NewWriter(w)
	o := jsonfmt.NewObject(b)
	if err := o.List("events"); err != nil {
		return err
	}
	for e, err := range l.Events {
		if err != nil {
			return err
		}
		item := logEvent{
			At: e.At.UTC(), Commit: e.Commit, Author: e.Author, Subject: e.Subject, Escalation: e.Escalation,
			Change: e.Change, From: e.From, To: e.To, URL: e.URL,
		}
		if e.Update != nil {
			item.Text = updateText(e.Update)
		}
		if err := o.Add(item); err != nil {
			return err
		}
	}
	if err := o.End(); err != nil {
		return err
	}
	return b.Flush()
}

// mostMarkdown is how many bytes a comment may have with room to spare: GitHub
// takes 65,536 characters.
const mostMarkdown = 60000

// Markdown prints a timeline as a table for a comment. Of one that is too
// long, the end is shown.
func Markdown(w io.Writer, l Log) error {
	var rows []string
	size, left := 0, 0
	for e, err := range l.Events {
		if err != nil {
			return err
		}
		what := headline(e, markdown.Cell)
		if e.Update != nil {
			what += "<br>" + markdown.Cell(words.Clip(updateText(e.Update), words.Longest))
		}
		who := ""
		if e.Commit != "" {
			who = signature(e, markdown.Cell)
		}
		row := fmt.Sprintf("| %s | %s | %s |\n", words.Stamp(e.At), what, who)
		if !l.Single {
			row = fmt.Sprintf("| %s %s", markdown.Cell(string(e.Escalation)), row)
		}
		rows, size = append(rows, row), size+len(row)
		for size > mostMarkdown {
			size -= len(rows[0])
			rows[0], rows = "", rows[1:]
			left++
		}
	}
	b := bufio.NewWriter(w)
	if left > 0 {
		fmt.Fprintf(b, "%s left out here: run `escalate log`.\n\n", words.Count(left, "earlier change"))
	}
	if !l.Single {
		b.WriteString("| Escalation ")
	}
	b.WriteString("| When (UTC) | What | Who |\n")
	if !l.Single {
		b.WriteString("| --- ")
	}
	b.WriteString("| --- | --- | --- |\n")
	for _, row := range rows {
		b.WriteString(row)
	}
	return b.Flush()
}
