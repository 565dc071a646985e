package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"github.com/rivo/uniseg"

	"github.com/escalations-as-code/escalate/internal/change"
	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/history"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/schema"
)

// minute is how a timeline writes a time, in UTC.
const minute = "2006-01-02 15:04"

// Log is a timeline.
type Log struct {
	Events iter.Seq2[history.Event, error]
	// Single says that it is about one escalation: it is not named then.
	Single bool
}

// LogText prints a timeline for a person at a terminal, as the events come. It
// ends with the first error of the events.
func LogText(w io.Writer, l Log, o TextOptions) error {
	b := bufio.NewWriter(w)
	t := timeline{out: b, painter: painter(o.Color), single: l.Single}
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
	out *bufio.Writer
	painter
	single bool
	last   history.Event // the one before
	any    bool
}

func (t *timeline) event(e history.Event) error {
	same := t.any && e.Commit != "" && e.Commit == t.last.Commit
	if !same {
		t.signed()
	}
	lead := e.At.UTC().Format(minute) + "  "
	indent := strings.Repeat(" ", len(lead))
	if t.single && same {
		lead = indent
	}
	if !t.single {
		indent = "    "
		lead = escape.Line(string(e.Escalation)) + "  " + lead
	}
	head := wrapped(headline(e, escape.Line), textWidth, uniseg.StringWidth(lead), indent)
	_, err := fmt.Fprintf(t.out, "%s%s\n", t.paint(bold, lead), head)
	if e.Update != nil {
		for line := range strings.SplitSeq(escape.Terminal(escape.Clip(updateText(e.Update), textClip)), "\n") {
			text := indent + "  "
			_, err = fmt.Fprintln(t.out, strings.TrimRight(text+wrapped(line, textWidth, len(text), text), " "))
		}
	}
	t.last, t.any = e, true
	return err
}

// signed prints who made the commit of the events before.
func (t *timeline) signed() {
	if !t.any || t.last.Commit == "" {
		return
	}
	indent := strings.Repeat(" ", len(minute)+2)
	if !t.single {
		indent = "    "
	}
	text := wrapped(signature(t.last, escape.Line), textWidth, len(indent), indent)
	for line := range strings.SplitSeq(indent+text, "\n") {
		fmt.Fprintln(t.out, t.paint(faint, line))
	}
}

// signature says who made a commit, and in which words.
func signature(e history.Event, esc func(string) string) string {
	return fmt.Sprintf("%s, %.7s: %s", esc(escape.Clip(e.Author, 60)), e.Commit, esc(escape.Clip(e.Subject, 200)))
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
	switch change.Moment(e.Change) {
	case change.Opened:
		return "opened, " + to
	case change.Severity:
		return "severity " + arrow
	case change.Update, change.Significant:
		return updateHead(e, esc)
	case change.DRI:
		return "DRI " + arrow
	case change.ProductDRI:
		return "Product DRI " + arrow
	case change.Criteria:
		return "exit criteria: " + arrow
	case change.Steps:
		return "next steps: " + arrow
	case change.Standup:
		return "standup: " + arrow
	case change.Case:
		return "case " + arrow
	case change.Reopened:
		return "reopened (it was " + from + ")"
	case change.Closed:
		return "closed: " + to
	case change.Deescalated:
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
	case history.Told, history.Intended:
		words := map[string]string{history.Told: "told: ", history.Intended: "to be told: "}[e.Change]
		if e.URL != "" {
			to += " " + esc(e.URL)
		}
		return words + from + ", " + to
	}
	return esc(e.Change) + ": " + arrow
}

func updateHead(e history.Event, esc func(string) string) string {
	head := "update"
	if e.Change == string(change.Significant) {
		head = "significant update"
	}
	if e.Update == nil {
		return head
	}
	var to []string
	for _, a := range e.Update.To {
		to = append(to, string(a))
	}
	head += " of " + e.Update.At.UTC().Format(minute) + " by " + esc(string(e.Update.By))
	if len(to) > 0 {
		head += " to " + esc(strings.Join(to, " and "))
	}
	if !e.Update.Amends.IsZero() {
		head += ", amends that of " + e.Update.Amends.UTC().Format(minute)
	}
	return head
}

// wrapped breaks a line between words so that none is wider than width, where
// the first begins at column and the others with indent. What is harmless in
// the middle of a line may be a command to a CI job at the beginning of one.
func wrapped(line string, width, column int, indent string) string {
	var lines []string
	var b strings.Builder
	for i, word := range strings.Split(line, " ") {
		w := uniseg.StringWidth(word)
		switch {
		case i == 0:
		case column+1+w > width && w > 0:
			lines = append(lines, escape.Terminal(b.String()))
			b.Reset()
			b.WriteString(indent)
			column = uniseg.StringWidth(indent)
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += w
	}
	return strings.Join(append(lines, escape.Terminal(b.String())), "\n")
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

// LogJSON prints a timeline for programs, in the shape that is promised to
// them, as the events come. It ends with the first error of the events.
func LogJSON(w io.Writer, l Log) error {
	b := bufio.NewWriter(w)
	list := jsonList{out: b}
	list.begin("events")
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
		if err := list.add(item); err != nil {
			return err
		}
	}
	list.end()
	b.WriteString("\n}\n")
	return b.Flush()
}

// jsonList prints an object with a long list, item by item, as encode would.
type jsonList struct {
	out *bufio.Writer
	n   int
}

func (l *jsonList) begin(key string) { fmt.Fprintf(l.out, "{\n  %q: [", key) }

func (l *jsonList) add(item any) error {
	var text strings.Builder
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("    ", "  ")
	if err := e.Encode(item); err != nil {
		return err
	}
	if l.n++; l.n > 1 {
		l.out.WriteByte(',')
	}
	_, err := l.out.WriteString("\n    " + strings.TrimSuffix(text.String(), "\n"))
	return err
}

func (l *jsonList) end() {
	if l.n > 0 {
		l.out.WriteString("\n  ")
	}
	l.out.WriteByte(']')
}

// mostMarkdown is how many bytes a comment may have with room to spare: GitHub
// takes 65,536 characters.
const mostMarkdown = 60000

// LogMarkdown prints a timeline as a table for a comment. Of one that is too
// long, the end is shown.
func LogMarkdown(w io.Writer, l Log) error {
	var rows []string
	size, left := 0, 0
	for e, err := range l.Events {
		if err != nil {
			return err
		}
		what := headline(e, markdown)
		if e.Update != nil {
			what += "<br>" + markdown(escape.Clip(updateText(e.Update), textClip))
		}
		who := ""
		if e.Commit != "" {
			who = signature(e, markdown)
		}
		row := fmt.Sprintf("| %s | %s | %s |\n", e.At.UTC().Format(minute), what, who)
		if !l.Single {
			row = fmt.Sprintf("| %s %s", markdown(string(e.Escalation)), row)
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
		fmt.Fprintf(b, "%s left out here: run `escalate log`.\n\n", count(left, "earlier change"))
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

// Moment is the state of an escalation at a moment, and what had been told.
type Moment struct {
	*history.State
	At   time.Time
	Told []ledger.Notice
}

// MomentJSON prints a state for programs.
func MomentJSON(w io.Writer, m Moment) error {
	type told struct {
		Key string    `json:"key"`
		At  time.Time `json:"at"`
		URL string    `json:"url"`
	}
	out := struct {
		At         time.Time       `json:"at"`
		Commit     string          `json:"commit"`
		Since      time.Time       `json:"since"`
		Unreadable bool            `json:"unreadable"`
		Escalation any             `json:"escalation"`
		Status     string          `json:"status"`
		Informed   []schema.Handle `json:"informed"`
		Unfilled   []schema.Role   `json:"unfilled"`
		Told       []told          `json:"told"`
	}{
		m.At.UTC(), m.Commit, m.Since, m.Unreadable, m.Escalation.Value(), m.Status,
		append([]schema.Handle{}, m.Informed...), append([]schema.Role{}, m.Unfilled...), []told{},
	}
	for _, n := range m.Told {
		out.Told = append(out.Told, told{n.Key, n.At, n.URL})
	}
	return encode(w, out)
}

// MomentText prints a state for a person at a terminal.
func MomentText(w io.Writer, m Moment, o TextOptions) error {
	b := bufio.NewWriter(w)
	p := painter(o.Color)
	e := m.Escalation
	title := fmt.Sprintf("%s at %s: %s, %s", m.Escalation.ID, m.At.UTC().Format(time.RFC3339), m.Status, e.Severity)
	fmt.Fprintf(b, "%s\n", p.paint(bold, wrapped(escape.Line(title), textWidth, 0, "")))
	fmt.Fprintf(b, "%s\n\n", wrapped(escape.Line(string(e.Customer+": "+e.Summary)), textWidth, 0, ""))
	for _, row := range m.rows(escape.Line) {
		const column = 13
		indent := strings.Repeat(" ", column)
		fmt.Fprintf(b, "%-*s%s\n", column, row.name, wrapped(row.text, textWidth, column, indent))
	}
	return b.Flush()
}

// MomentMarkdown prints a state as a table for a comment.
func MomentMarkdown(w io.Writer, m Moment) error {
	b := bufio.NewWriter(w)
	e := m.Escalation
	fmt.Fprintf(b, "%s at %s: %s, %s\n\n", markdown(string(e.ID)), m.At.UTC().Format(minute), m.Status, markdown(string(e.Severity)))
	fmt.Fprintf(b, "%s: %s\n\n| | |\n| --- | --- |\n", markdown(string(e.Customer)), markdown(escape.Clip(string(e.Summary), textClip)))
	for _, row := range m.rows(markdown) {
		fmt.Fprintf(b, "| %s | %s |\n", row.name, row.text)
	}
	return b.Flush()
}

type stateRow struct{ name, text string }

// rows are the facts that somebody asks for who asks what was true.
func (m Moment) rows(esc func(string) string) []stateRow {
	e := m.Escalation
	list := []stateRow{{"DRI", esc(string(e.DRI))}}
	add := func(name, text string) {
		if text != "" {
			list = append(list, stateRow{name, esc(text)})
		}
	}
	add("Product DRI", string(e.Product.DRI))
	if e.Support != nil {
		add("Support DRI", string(e.Support.DRI))
	}
	add("Case", string(e.Links.Case))
	if c := e.Closure; c != nil {
		add("Closed", fmt.Sprintf("%s by %s: %s, outcome %s", c.At.UTC().Format(minute), c.By, c.Resolution, c.Outcome))
	}
	add("Informed", joined(m.Informed))
	add("Unfilled", joined(m.Unfilled))
	for _, n := range m.Told {
		add("Told", strings.TrimSpace(n.At.UTC().Format(minute)+"  "+n.Key+", "+n.To+" "+n.URL))
	}
	add("Version", fmt.Sprintf("commit %.7s of %s", m.Commit, m.Since.UTC().Format(minute)))
	if m.Unreadable {
		add("Note", "a later version cannot be read")
	}
	return list
}

func joined[T ~string](list []T) string {
	var words []string
	for _, x := range list {
		words = append(words, string(x))
	}
	return strings.Join(words, ", ")
}
