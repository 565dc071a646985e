// Package staleprint prints what is overdue and due next: for a person at a
// terminal, for programs, as Markdown, and as the digest issue.
package staleprint

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/jsonfmt"
	"github.com/escalations-as-code/escalate/internal/markdown"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// Text prints a report for a person at a terminal, with advice also what is only
// advised. Each thing has one line, cut where the screen ends.
func Text(w io.Writer, r stale.Report, advice bool, s terminal.Screen) error {
	b := bufio.NewWriter(w)
	p := newPage(r, advice)
	for _, line := range p.totals {
		fmt.Fprintln(b, s.Paint(terminal.Bold, s.Wrap(line, 0, "")))
	}
	unknown := func(text string) {
		const word = "UNKNOWN "
		fmt.Fprintf(b, "%s%s\n", s.Paint(terminal.Red, word), s.Wrap(text, len(word), "  "))
	}
	for _, u := range r.Unread {
		unknown(terminal.Line(u.Of()) + ": " + terminal.Line(u.Why))
	}
	if p.unlisted != "" {
		unknown(terminal.Line(p.unlisted))
	}
	for _, x := range p.proposed {
		style := terminal.Green
		if x.State == stale.Overdue {
			style = terminal.Red
		}
		Head(b, s, "proposed", fmt.Sprintf("%s, %s, %s, %s", x.Customer, x.Severity, x.Numbered, x.Escalation), x.late, style)
		fmt.Fprintln(b, terminal.Clip("  "+terminal.Line(x.whose()), s.Room(0)))
	}
	for _, k := range p.blocks {
		Head(b, s, k.Severity, string(k.Customer)+", "+string(k.Escalation), k.late, color(k))
		fmt.Fprintln(b, terminal.Clip("  "+terminal.Line(k.whose()), s.Room(0)))
		for _, line := range k.lines {
			fmt.Fprintln(b, terminal.Clip("  - "+terminal.Line(line), s.Room(0)))
		}
	}
	for _, o := range p.owed {
		style := terminal.Green
		if o.State == stale.Overdue {
			style = terminal.Yellow
		}
		Head(b, s, "closed", fmt.Sprintf("%s, analysis of %s, %s", o.Customer, o.Owner.Name, o.Escalation), o.late, style)
	}
	for _, line := range p.foot {
		fmt.Fprintln(b, s.Wrap(terminal.Line(line), 0, ""))
	}
	return b.Flush()
}

// severityWidth is the width of the longest severity, and what is behind it.
const severityWidth = len(schema.Critical) + 2

// widest is the width beyond which nobody sees what stands at the right.
const widest = 100

// Head prints the line that an escalation begins with: how bad, whose, and how late,
// which stands at the right.
func Head(b io.Writer, s terminal.Screen, severity schema.Severity, who, late string, style terminal.Style) {
	room := min(s.Room(0), widest) - severityWidth
	who = terminal.Clip(terminal.Line(who), max(room-terminal.Columns(late)-2, 1))
	gap := strings.Repeat(" ", max(room-terminal.Columns(who)-terminal.Columns(late), 2))
	fmt.Fprintf(b, "%s%s%s%s\n", s.Paint(BySeverity(severity), fmt.Sprintf("%-*s", severityWidth, severity)), s.Paint(terminal.Bold, who), gap, s.Paint(style, late))
}

// BySeverity is how a severity looks.
func BySeverity(s schema.Severity) terminal.Style {
	switch s {
	case schema.Critical:
		return terminal.Red
	case schema.High:
		return terminal.Yellow
	default:
		return terminal.Faint
	}
}

// color is that of a lateness: red from the manager's turn on.
func color(k block) terminal.Style {
	switch {
	case k.rung == 0:
		return terminal.Green
	case k.rung == 1:
		return terminal.Yellow
	default:
		return terminal.Red
	}
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
		URL        string        `json:"url,omitempty"`
	}
	out := struct {
		Now    string         `json:"now"`
		Items  []item         `json:"items"`
		Unread []stale.Unread `json:"unread"`
	}{jsonfmt.Time(r.Now), []item{}, append([]stale.Unread{}, r.Unread...)}
	for _, i := range r.Items {
		out.Items = append(out.Items, item{i.Escalation, i.Clock, i.State, jsonfmt.Time(i.Due), jsonfmt.Time(i.Since), i.Turn.Handle, i.Rung, i.What, i.URL})
	}
	if r.Unlisted != nil {
		out.Unread = append(out.Unread, stale.Unread{Why: newPage(r, false).unlisted})
	}
	return jsonfmt.Write(w, out)
}

// command shows what a comment has no room for.
const command = "escalate stale"

// Links is where something that belongs to an escalation can be seen; empty where
// nobody knows.
type Links func(schema.ID, notice.Spot) string

// Markdown prints a report for a comment or the summary of a job.
func Markdown(w io.Writer, r stale.Report, advice bool) error {
	b := markdown.Bounded{Command: command}
	b.Write("### What is overdue, and what is due next\n\n")
	write(&b, r, advice, func(schema.ID, notice.Spot) string { return "" })
	_, err := io.WriteString(w, b.String())
	return err
}

// Digest is the one issue that says how all escalations stand, and how telling does:
// its title, and its text as Markdown.
func Digest(r stale.Report, t Telling, links Links) (title, text string) {
	b := markdown.Bounded{Command: command}
	if t.troubled() {
		b.Write("**Not all was told: the end of this page says what.**\n\n")
	}
	write(&b, r, false, links)
	t.write(&b, r.Now, links)
	year, week := r.Now.ISOWeek()
	return fmt.Sprintf("Open escalations, week %d of %d", week, year), b.String()
}

// write writes the page: the totals, an item for each escalation, what is owed.
func write(b *markdown.Bounded, r stale.Report, advice bool, links Links) {
	p := newPage(r, advice)
	b.Write("**" + markdown.Cell(strings.Join(p.totals, " ")) + "**\n")
	unread(b, r, "\n- Of %s nothing is known: %s\n")
	if p.unlisted != "" {
		b.Write("\n- " + cell(words.Capital(p.unlisted)) + "\n")
	}
	for n, x := range p.proposed {
		text := ""
		if n == 0 {
			text = "\n### Proposed, and not merged\n\n"
		}
		text += fmt.Sprintf("- **%s**, %s, %s, %s: **%s**. %s\n", cell(string(x.Customer)), markdown.Code(string(x.Escalation)), x.Severity, link(x.Numbered, x.URL), x.late, cell(x.whose()))
		if !b.Write(text) {
			b.LeaveOut("proposed", string(x.Escalation))
		}
	}
	for n, k := range p.blocks {
		var text strings.Builder
		if n == 0 || p.blocks[n-1].Severity != k.Severity {
			fmt.Fprintf(&text, "\n### %s\n\n", words.Capital(k.Severity))
		}
		fmt.Fprintf(&text, "- **%s**, %s: **%s**. %s\n", cell(string(k.Customer)), named(k.Escalation, k.Channel, links), k.late, cell(k.whose()))
		for _, line := range k.lines {
			fmt.Fprintf(&text, "  - %s\n", cell(line))
		}
		if !b.Write(text.String()) {
			b.LeaveOut(string(k.Severity), string(k.Escalation))
		}
	}
	for n, o := range p.owed {
		text := ""
		if n == 0 {
			text = "\n### Closed, and waiting for a root cause analysis\n\n"
		}
		text += fmt.Sprintf("- **%s**, %s: **%s**, by %s\n", cell(string(o.Customer)), named(o.Escalation, "", links), o.late, cell(o.Owner.Name))
		if !b.Write(text) {
			b.LeaveOut("waiting for a root cause analysis", string(o.Escalation))
		}
	}
	for _, line := range p.foot {
		b.Write("\n" + cell(line) + "\n")
	}
}

// named is the id of an escalation, and links to its file, its tracking issue and
// its channel.
func named(id schema.ID, channel schema.ChannelName, links Links) string {
	text := markdown.Code(string(id))
	var all []string
	for _, l := range []struct {
		spot notice.Spot
		word string
	}{{notice.AtFile, "file"}, {notice.AtTracking, "issue"}, {notice.AtChannel, "#" + string(channel)}} {
		if l.spot == notice.AtChannel && channel == "" {
			continue // it is archived
		}
		if url := links(id, l.spot); isAddress(url) {
			all = append(all, link(l.word, url))
		}
	}
	if len(all) > 0 {
		text += " (" + strings.Join(all, ", ") + ")"
	}
	return text
}

// isAddress reports whether a link can lead to something.
func isAddress(url string) bool {
	return strings.HasPrefix(url, "https://") && !strings.ContainsAny(url, "<> \n")
}

// link is a word that leads somewhere, where that is an address.
func link(word, url string) string {
	if !isAddress(url) {
		return escape.MarkdownLine(word)
	}
	return fmt.Sprintf("[%s](<%s>)", escape.MarkdownLine(word), url)
}

// unread says of what nothing is known, each in a line of a format.
func unread(b *markdown.Bounded, r stale.Report, format string) {
	for _, u := range r.Unread {
		if !b.Write(fmt.Sprintf(format, markdown.Code(escape.Line(u.Of())), markdown.Cell(u.Why))) {
			b.LeaveOut("of what nothing is known", string(u.Escalation))
		}
	}
}

// cell is a text in one line that is Markdown of nothing.
func cell(text string) string { return markdown.Cell(words.Clip(text, words.Longest)) }
