package planprint

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/jsonfmt"
	"github.com/escalations-as-code/escalate/internal/markdown"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// ApplyText prints what a run of apply did, for a person at a terminal or in a
// log: a line for each notice, with its link; what is left to paste; what was not
// delivered and why.
func ApplyText(w io.Writer, r outbox.Report, s terminal.Screen) error {
	b := bufio.NewWriter(w)
	for _, c := range r.Outcomes {
		colour, word := terminal.Green, string(c.Result)
		if c.Result == outbox.Failed {
			colour, word = terminal.Red, "FAILED"
		}
		const column = 7 // behind the word
		word = fmt.Sprintf("%-*s", column-1, word)
		line := fmt.Sprintf("%s, %s", terminal.Line(c.Key), byWhom(c.Notice))
		switch {
		case c.Err != nil:
			line += ": " + terminal.Line(c.Err.Error())
		case c.URL != "":
			line += ": " + terminal.Line(c.URL)
		}
		if c.Note != "" {
			line += " (" + terminal.Line(c.Note) + ")"
		}
		fmt.Fprintf(b, "%s %s\n", s.Paint(colour, word), s.WrapStated(line, column, strings.Repeat(" ", column)))
	}
	full := Plan{Plan: r.Plan}
	for _, n := range r.Unplaced() {
		head := fmt.Sprintf("To paste into %s: nothing delivers there", terminal.Line(full.place(n.Escalation, n.To)))
		fmt.Fprintf(b, "\n%s\n%s", s.Paint(terminal.Yellow, s.Wrap(head, 0, "  ")), fenced(s, append(slices.Clone(n.Text), full.cc(n.Mentions)...)))
	}
	if byHand := r.ByHand(); len(byHand) > 0 {
		fmt.Fprintf(b, "\n%s\n", s.Paint(terminal.Yellow, "To do by hand: nothing does it there"))
		for _, n := range byHand {
			fmt.Fprintf(b, "%s\n", s.WrapStated("[ ] "+terminal.Line(string(n.Escalation)+": "+full.task(n)), 4, "    "))
		}
	}
	for _, n := range r.ByHand() {
		if n.Do == notice.Edit {
			head := fmt.Sprintf("%s: to paste in the place of %s", n.Escalation, terminal.Line(full.edited(n)))
			fmt.Fprintf(b, "\n%s\n%s", s.Paint(terminal.Yellow, s.Wrap(head, 0, "  ")), fenced(s, n.Text))
		}
	}
	for _, p := range r.Plan.Pastes {
		head := fmt.Sprintf("%s: %s", p.Escalation, pasteHead(p))
		fmt.Fprintf(b, "\n%s\n%s", s.Paint(terminal.Yellow, s.Wrap(head, 0, "  ")), fenced(s, p.Text))
	}
	for _, a := range full.asides() {
		fmt.Fprintln(b, s.WrapStated(terminal.Line(a.text), 0, "  "))
	}
	fmt.Fprintln(b, s.WrapStated(applied(r), 0, ""))
	return b.Flush()
}

// cc is the line by which whoever pastes a text mentions people: by their names.
func (r Plan) cc(who []schema.Handle) notice.Text {
	if len(who) == 0 {
		return nil
	}
	return notice.Text{notice.Paragraph(notice.Inline{Words: "cc " + words.Join(words.Names(r.People, who), ", ")})}
}

// whatWhere says what was told or done, and where.
func whatWhere(n notice.Notice) string {
	if n.Tells() {
		return "told in " + terminal.Line(string(n.To))
	}
	return strings.ReplaceAll(terminal.Line(string(n.Do)), "_", " ") + " in " + terminal.Line(string(n.To))
}

// byWhom says what was told or done, where, and by which destination.
func byWhom(n notice.Notice) string { return whatWhere(n) + " by " + terminal.Line(n.Via) }

// applied is the one line that every report of a run has.
func applied(r outbox.Report) string {
	line := delivered(r)
	if waits := len(r.Plan.Waits); waits > 0 {
		line += fmt.Sprintf(" %s %s.", words.Count(waits, "escalation"), words.Agree(waits, "waits", "wait"))
	}
	return line
}

func delivered(r outbox.Report) string {
	counts := map[outbox.Result]int{}
	for _, c := range r.Outcomes {
		counts[c.Result]++
	}
	switch {
	case len(r.Outcomes) == 0 && len(r.Unplaced()) == 0:
		if len(r.ByHand()) > 0 {
			return "Nothing to tell, beside what is to be done by hand."
		}
		return "Nothing to tell."
	case counts[outbox.Failed] > 0:
		return fmt.Sprintf("%d delivered, %d there already, %d NOT delivered: run again when the reason is gone, nothing is told twice.",
			counts[outbox.Done], counts[outbox.Kept], counts[outbox.Failed])
	default:
		return fmt.Sprintf("%d delivered, %d there already, all of it.", counts[outbox.Done], counts[outbox.Kept])
	}
}

// ApplySummary prints what a run did as Markdown, for the summary of a job of
// GitHub Actions.
func ApplySummary(w io.Writer, r outbox.Report) error {
	b := markdown.Bounded{Command: "escalate log"}
	b.Write(fmt.Sprintf("### What was announced\n\n**%s**\n\n", applied(r)))
	for i, failed := range []bool{true, false} { // what is missing first
		for _, c := range r.Outcomes {
			if (c.Result == outbox.Failed) != failed {
				continue
			}
			line := fmt.Sprintf("- %s: %s, %s", c.Result, markdown.Code(escape.Line(c.Key)), escape.Markdown(byWhom(c.Notice)))
			if c.Err != nil {
				line += ": " + escape.Markdown(escape.Line(words.Clip(c.Err.Error(), asideClip)))
			} else if c.URL != "" {
				line += ": " + escape.Markdown(c.URL)
			}
			if c.Note != "" {
				line += " (" + escape.Markdown(escape.Line(words.Clip(c.Note, asideClip))) + ")"
			}
			if !b.Write(line + "\n") {
				b.LeaveOut([]string{"what was not delivered", "what was delivered"}[i], string(c.Escalation))
			}
		}
	}
	full := Plan{Plan: r.Plan}
	for _, n := range r.ByHand() {
		if !b.Write("- [ ] by hand: " + strings.TrimPrefix(markdownItem(string(n.Escalation)+": "+full.task(n), asideClip), "- ")) {
			b.LeaveOut("what is to be done by hand", string(n.Escalation))
		}
	}
	for _, a := range full.asides() {
		if !b.Write(markdownItem(a.text, asideClip)) {
			b.LeaveOut(a.kind, string(a.id))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// ApplyJSON prints what a run did for programs.
func ApplyJSON(w io.Writer, r outbox.Report) error {
	out := newPlanJSON(Plan{Plan: r.Plan})
	for _, c := range r.Outcomes {
		d := deliveryJSON{State: c.Result, URL: c.URL, Note: c.Note}
		if c.Err != nil {
			d.Error = c.Err.Error()
		}
		out.add(c.Notice, &d)
	}
	for _, n := range r.Waiting() {
		out.add(n, &deliveryJSON{State: outbox.Failed, Error: "it waits: " + r.Plan.Waits[n.Escalation]})
	}
	for _, n := range r.Unplaced() {
		out.Paste = append(out.Paste, pasteJSON{n.Escalation, string(n.To), n.Text.Plain()})
	}
	return jsonfmt.Write(w, out)
}

// VerifyText prints what is not as the ledger says, for a person at a terminal.
func VerifyText(w io.Writer, differences []destination.Difference, s terminal.Screen) error {
	b := bufio.NewWriter(w)
	unseen := 0
	for _, d := range differences {
		if d.Fault == destination.Unseen {
			unseen++
			continue
		}
		const column = 9 // behind the fault
		line := fmt.Sprintf("%s, in %s: %s", terminal.Line(d.Key), terminal.Line(string(d.To)), terminal.Line(d.URL))
		if d.Says != "" {
			line = fmt.Sprintf("%s, in %s: %s: %s", terminal.Line(d.Key), terminal.Line(string(d.To)), terminal.Line(d.Says), terminal.Line(d.URL))
		}
		fmt.Fprintf(b, "%-*s %s\n", column-1, d.Fault, s.WrapStated(line, column, strings.Repeat(" ", column)))
	}
	if unseen > 0 {
		line := words.Count(unseen, "message") + " where an app cannot look, as in an archived channel, not compared."
		fmt.Fprintln(b, s.WrapStated(line, 0, "  "))
	}
	if n := len(differences) - unseen; n > 0 {
		fmt.Fprintln(b, s.WrapStated(words.Count(n, "difference")+" between the ledger and what stands there.", 0, ""))
	} else {
		fmt.Fprintln(b, s.WrapStated("All that was told stands where it was told.", 0, ""))
	}
	return b.Flush()
}

// VerifyJSON prints the same for programs.
func VerifyJSON(w io.Writer, differences []destination.Difference) error {
	type item struct {
		Key        string            `json:"key"`
		Escalation schema.ID         `json:"escalation"`
		To         notice.Place      `json:"to"`
		Fault      destination.Fault `json:"fault"`
		Says       string            `json:"says"`
		URL        string            `json:"url"`
	}
	out := struct {
		Differences []item `json:"differences"`
	}{[]item{}}
	for _, d := range differences {
		out.Differences = append(out.Differences, item(d))
	}
	return jsonfmt.Write(w, out)
}
