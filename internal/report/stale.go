package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/schema"
)

// staleMoment is how a moment reads that people have to meet: by the clock of
// the region.
const staleMoment = "Mon 2 Jan 15:04"

// staleRow is an item as people read it: whose escalation, the moment, how long
// that is away, whose turn it is, and what it is about.
type staleRow struct{ escalation, at, span, turn, what string }

func newStaleRow(now time.Time, i stale.Item) staleRow {
	r := staleRow{escalation: fmt.Sprintf("%s, %s", i.Escalation, i.Severity), what: i.What}
	at := i.Due
	switch i.State {
	case stale.Overdue:
		at = i.Since
		r.span = span(now.Sub(i.Since)) + " late"
		if i.Late >= time.Hour {
			r.what += fmt.Sprintf(" (%s of working time late)", count(int(i.Late.Hours()), "hour"))
		}
	case stale.Due:
		r.span = "in " + span(i.Due.Sub(now))
		if i.Due.Before(now) {
			r.span = "now"
		}
	default:
		r.span = "advised"
	}
	r.at = at.Format(staleMoment)
	r.turn = fmt.Sprintf("%s (%s)", i.Name, stale.Rungs()[i.Rung])
	return r
}

// staleParts are the items in the parts of a report. Of what is in time, each
// escalation has the one that is due next.
func staleParts(r stale.Report) (overdue, due, advised []stale.Item) {
	next := map[schema.ID]bool{}
	for _, i := range r.Items {
		switch i.State {
		case stale.Overdue:
			overdue = append(overdue, i)
		case stale.Advisory:
			if i.Due.Before(r.Now) {
				advised = append(advised, i)
			}
		case stale.Due:
			if !next[i.Escalation] {
				due = append(due, i)
			}
			next[i.Escalation] = true
		}
	}
	return overdue, due, advised
}

// staleVerdict is the one line that every report has.
func staleVerdict(r stale.Report) string {
	late := map[schema.ID]bool{}
	things := 0
	for _, i := range r.Items {
		if i.State == stale.Overdue {
			late[i.Escalation] = true
			things++
		}
	}
	text := fmt.Sprintf("%s open at %s", count(len(r.Open), "escalation"), r.Now.Format(time.RFC3339))
	switch {
	case things > 0:
		text += fmt.Sprintf(": %s overdue in %s.", count(things, "thing"), count(len(late), "escalation"))
	case len(r.Unread) > 0:
		text += ", and of some nothing can be said."
	default:
		text += ": nothing overdue."
	}
	return text
}

// StaleText prints what is overdue and due next, for a person at a terminal.
func StaleText(w io.Writer, r stale.Report, o TextOptions) error {
	b := bufio.NewWriter(w)
	p := painter(o.Color)
	for _, u := range r.Unread {
		fmt.Fprintf(b, "%s %s: %s\n", p.paint(red, "UNKNOWN"), oneLine(u.Of()), oneLine(u.Why))
	}
	if len(r.Unread) > 0 {
		fmt.Fprintln(b)
	}
	overdue, due, advised := staleParts(r)
	part := func(colour, title, when string, items []stale.Item) {
		if len(items) == 0 {
			return
		}
		fmt.Fprintf(b, "%s %s\n", p.paint(colour, fmt.Sprintf("%-40s", title)), when)
		for _, i := range items {
			row := newStaleRow(r.Now, i)
			if len(row.escalation) > 40 { // too wide for its column
				fmt.Fprintf(b, "%s\n%40s", oneLine(row.escalation), "")
			} else {
				fmt.Fprintf(b, "%-40s", oneLine(row.escalation))
			}
			fmt.Fprintf(b, " %-16s %s\n", row.at, row.span)
			fmt.Fprintln(b, wrapped("  "+oneLine(row.turn)+": "+oneLine(row.what), 80, 0, "  "))
		}
		fmt.Fprintln(b)
	}
	part(red, "OVERDUE", "SINCE", overdue)
	part(yellow, "DUE NEXT", "UNTIL", due)
	part(green, "ADVISED", "UNTIL", advised)
	if len(r.Snoozed) > 0 {
		fmt.Fprintln(b, wrapped("Snoozed, so that nobody is asked about the customer: "+joinIDs(r.Snoozed)+".", 80, 0, ""))
	}
	if len(r.Items) > 0 {
		fmt.Fprintln(b, "Each time is by the clocks of the escalation's region.")
	}
	fmt.Fprintln(b, staleVerdict(r))
	return b.Flush()
}

func joinIDs(ids []schema.ID) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = string(id)
	}
	return strings.Join(words, ", ")
}

// StaleJSON prints the same for programs, in the shape that is promised to them.
func StaleJSON(w io.Writer, r stale.Report) error {
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
		Now    string       `json:"now"`
		Items  []item       `json:"items"`
		Unread []unreadJSON `json:"unread"`
	}{utc(r.Now), []item{}, unreadOf(r.Unread)}
	for _, i := range r.Items {
		out.Items = append(out.Items, item{i.Escalation, i.Clock, i.State, utc(i.Due), utc(i.Since), i.Turn, i.Rung, i.What})
	}
	return encode(w, out)
}

// unreadJSON is an escalation of which nothing can be said.
type unreadJSON struct {
	Escalation schema.ID `json:"escalation"`
	Why        string    `json:"why"`
}

func unreadOf(list []stale.Unread) []unreadJSON {
	all := []unreadJSON{}
	for _, u := range list {
		all = append(all, unreadJSON(u))
	}
	return all
}

// utc is a time as JSON has it; "" for none.
func utc(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// StaleMarkdown prints the same for a comment or the summary of a job.
func StaleMarkdown(w io.Writer, r stale.Report) error {
	var b bounded
	b.left = map[string][]string{}
	b.write(fmt.Sprintf("### What is overdue, and what is due next\n\n**%s**\n", staleVerdict(r)))
	for _, u := range r.Unread {
		if !b.write(fmt.Sprintf("\n- %s: %s\n", codeSpan(escape.Line(u.Of())), markdown(u.Why))) {
			b.leaveOut("of what nothing is known", string(u.Escalation))
		}
	}
	overdue, due, advised := staleParts(r)
	for _, part := range []struct {
		title, when string
		items       []stale.Item
	}{{"Overdue", "Since", overdue}, {"Due next", "Until", due}, {"Advised", "Until", advised}} {
		for n, i := range part.items {
			head := ""
			if n == 0 {
				head = fmt.Sprintf("\n| %s | %s | | Turn | What |\n| --- | --- | --- | --- | --- |\n", part.title, part.when)
			}
			row := newStaleRow(r.Now, i)
			cells := []string{row.escalation, row.at, row.span, row.turn, row.what}
			for c := range cells {
				cells[c] = markdown(escape.Clip(cells[c], textClip))
			}
			if !b.write(head + "| " + strings.Join(cells, " | ") + " |\n") {
				b.leaveOut(strings.ToLower(part.title), string(i.Escalation))
			}
		}
	}
	if len(r.Snoozed) > 0 {
		b.write("\nSnoozed: " + markdown(joinIDs(r.Snoozed)) + "\n")
	}
	_, err := io.WriteString(w, b.String()+b.leftOut())
	return err
}

// Digest is the one issue that says how all escalations stand: its title, and
// its text as Markdown.
func Digest(r stale.Report) (title, text string) {
	year, week := r.Now.ISOWeek()
	var b bounded
	b.left = map[string][]string{}
	b.write(fmt.Sprintf("**%s**\n", staleVerdict(r)))
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
	row := func(kind string, id schema.ID, head string, cells ...string) {
		for n := range cells {
			cells[n] = markdown(escape.Clip(cells[n], textClip))
		}
		if !b.write(head + "| " + codeSpan(string(id)) + " | " + strings.Join(cells, " | ") + " |\n") {
			b.leaveOut(kind, string(id))
		}
	}
	for _, severity := range schema.AllSeverities() {
		head := fmt.Sprintf("\n### %s\n\n| Escalation | Customer | DRI | Overdue | Due next |\n| --- | --- | --- | --- | --- |\n", strings.ToUpper(string(severity[:1]))+string(severity[1:]))
		for _, e := range r.Open {
			if e.Severity != severity {
				continue
			}
			late, next := "nothing", ""
			if list := overdue[e.Escalation]; len(list) > 0 {
				late = fmt.Sprintf("%s, since %s; turn: %s", count(len(list), "thing"), list[0].Since.Format(staleMoment), list[0].Name)
			}
			if i, ok := due[e.Escalation]; ok {
				next = fmt.Sprintf("%s: %s", i.Due.Format(staleMoment), i.What)
			}
			if slices.Contains(r.Snoozed, e.Escalation) {
				next += " (snoozed)"
			}
			row(string(severity), e.Escalation, head, string(e.Customer), e.DRI, late, next)
			head = ""
		}
	}
	head := "\n### Waiting for a root cause analysis\n\n| Escalation | Due | What |\n| --- | --- | --- |\n"
	for _, i := range r.Items {
		if i.Clock == stale.RCA {
			row("waiting for a root cause analysis", i.Escalation, head, i.Due.Format(staleMoment), i.What)
			head = ""
		}
	}
	for _, u := range r.Unread {
		if !b.write(fmt.Sprintf("\n- Of %s nothing is known: %s\n", codeSpan(escape.Line(u.Of())), markdown(u.Why))) {
			b.leaveOut("of what nothing is known", string(u.Escalation))
		}
	}
	return fmt.Sprintf("Open escalations, week %d of %d", week, year), b.String() + b.leftOut()
}
