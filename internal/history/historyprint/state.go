package historyprint

import (
	"bufio"
	"fmt"
	"io"
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

// State is what was true of an escalation at a moment, and what had been told.
type State struct {
	*history.State
	At   time.Time
	Told []notice.Notice
}

// StateJSON prints a state for programs.
func StateJSON(w io.Writer, m State) error {
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
	return jsonfmt.Write(w, out)
}

// StateText prints a state for a person at a terminal.
func StateText(w io.Writer, m State, s terminal.Screen) error {
	b := bufio.NewWriter(w)
	e := m.Escalation
	title := fmt.Sprintf("%s at %s: %s, %s", e.ID, m.At.UTC().Format(time.RFC3339), m.Status, e.Severity)
	fmt.Fprintln(b, s.Paint(terminal.Bold, s.Wrap(escape.Line(title), 0, "")))
	fmt.Fprintf(b, "%s\n\n", s.Wrap(escape.Line(string(e.Customer+": "+e.Summary)), 0, ""))
	t := terminal.Table{Columns: make([]terminal.Column, 2)}
	for _, row := range m.rows(escape.Line) {
		t.Rows = append(t.Rows, terminal.Row{Cells: []string{row.name, row.text}})
	}
	b.WriteString(s.Table(t))
	return b.Flush()
}

// StateMarkdown prints a state as a table for a comment.
func StateMarkdown(w io.Writer, m State) error {
	b := bufio.NewWriter(w)
	e := m.Escalation
	fmt.Fprintf(b, "%s at %s: %s, %s\n\n", markdown.Cell(string(e.ID)), words.Stamp(m.At), m.Status, markdown.Cell(string(e.Severity)))
	fmt.Fprintf(b, "%s: %s\n\n| | |\n| --- | --- |\n", markdown.Cell(string(e.Customer)), markdown.Cell(words.Clip(string(e.Summary), words.Longest)))
	for _, row := range m.rows(markdown.Cell) {
		fmt.Fprintf(b, "| %s | %s |\n", row.name, row.text)
	}
	return b.Flush()
}

type stateRow struct{ name, text string }

// rows are the facts that somebody asks for who asks what was true.
func (m State) rows(esc func(string) string) []stateRow {
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
		add("Closed", fmt.Sprintf("%s by %s: %s, outcome %s", words.Stamp(c.At.Time), c.By, c.Resolution, c.Outcome))
	}
	add("Informed", words.Join(m.Informed, ", "))
	add("Unfilled", words.Join(m.Unfilled, ", "))
	for _, n := range m.Told {
		add("Told", strings.TrimSpace(words.Stamp(n.At)+"  "+n.Key+", "+string(n.To)+" "+n.URL))
	}
	add("Version", fmt.Sprintf("commit %.7s of %s", m.Commit, words.Stamp(m.Since)))
	if m.Unreadable {
		add("Note", "a later version cannot be read")
	}
	return list
}
