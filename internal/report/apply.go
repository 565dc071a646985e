package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/schema"
)

// ApplyText prints what a run of apply did, for a person at a terminal or in a
// log: a line for each notice and action, with its link; what is left to paste;
// what was not delivered and why.
func ApplyText(w io.Writer, r outbox.Report, o TextOptions) error {
	b := bufio.NewWriter(w)
	p := painter(o.Color)
	for _, c := range r.Outcomes {
		colour, word := green, string(c.Result)
		if c.Result == outbox.Failed {
			colour, word = red, "FAILED"
		}
		line := fmt.Sprintf("%s %s, %s by %s", p.paint(colour, fmt.Sprintf("%-6s", word)), oneLine(c.Key), whatWhere(c), oneLine(c.Via))
		switch {
		case c.Err != nil:
			line += ": " + oneLine(c.Err.Error())
		case c.URL != "":
			line += ": " + oneLine(c.URL)
		}
		if c.Note != "" {
			line += " (" + oneLine(c.Note) + ")"
		}
		fmt.Fprintln(b, line)
	}
	full := Plan{Plan: r.Plan}
	for _, n := range r.Unplaced {
		fmt.Fprintf(b, "\n%s\n%s\n%s\n%s\n", p.paint(yellow, fmt.Sprintf("To paste into %s: nothing delivers there", oneLine(full.place(n.Escalation, n.To)))), fence, escape.Terminal(n.Text), fence)
	}
	for _, paste := range r.Plan.Pastes {
		fmt.Fprintf(b, "\n%s\n%s\n%s\n%s\n", p.paint(yellow, string(paste.Escalation)+": "+pasteHead(paste)), fence, escape.Terminal(paste.Text), fence)
	}
	for _, a := range full.asides() {
		fmt.Fprintln(b, oneLine(a.text))
	}
	fmt.Fprintln(b, applied(r))
	return b.Flush()
}

// whatWhere says what was told or done, and where.
func whatWhere(c outbox.Outcome) string {
	if c.Do == "" {
		return "told in " + oneLine(c.To)
	}
	return strings.ReplaceAll(oneLine(c.Do), "_", " ") + " in " + oneLine(c.To)
}

// applied is the one line that every report of a run has.
func applied(r outbox.Report) string {
	counts := map[outbox.Result]int{}
	for _, c := range r.Outcomes {
		counts[c.Result]++
	}
	switch {
	case len(r.Outcomes) == 0 && len(r.Unplaced) == 0:
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
	var b bounded
	b.left = map[string][]string{}
	b.write(fmt.Sprintf("### What was announced\n\n**%s**\n\n", applied(r)))
	for i, failed := range []bool{true, false} { // what is missing first
		for _, c := range r.Outcomes {
			if (c.Result == outbox.Failed) != failed {
				continue
			}
			line := fmt.Sprintf("- %s: %s, %s", c.Result, codeSpan(escape.Line(c.Key)), whatWhere(c))
			if c.Err != nil {
				line += ": " + escape.Markdown(escape.Line(escape.Clip(c.Err.Error(), asideClip)))
			} else if c.URL != "" {
				line += ": " + escape.Markdown(c.URL)
			}
			if c.Note != "" {
				line += " (" + escape.Markdown(escape.Line(escape.Clip(c.Note, asideClip))) + ")"
			}
			if !b.write(line + "\n") {
				b.leaveOut([]string{"what was not delivered", "what was delivered"}[i], string(c.Escalation))
			}
		}
	}
	for _, a := range (Plan{Plan: r.Plan}).asides() {
		if !b.write(fmt.Sprintf("- %s\n", escape.Markdown(escape.Line(escape.Clip(a.text, asideClip))))) {
			b.leaveOut(a.kind, string(a.id))
		}
	}
	_, err := io.WriteString(w, b.String()+b.leftOut())
	return err
}

// ApplyJSON prints what a run did for programs, in the shape that is promised to
// them.
func ApplyJSON(w io.Writer, r outbox.Report) error {
	out := newPlanJSON(Plan{Plan: plan.Plan{Quiet: r.Plan.Quiet, Unfilled: r.Plan.Unfilled, Pastes: r.Plan.Pastes}})
	for _, c := range r.Outcomes {
		d := deliveryJSON{Via: c.Via, State: string(c.Result), URL: c.URL, Note: c.Note}
		if c.Err != nil {
			d.Error = c.Err.Error()
		}
		if c.Do == "" {
			n := noticeOf(c.Notice)
			n.deliveryJSON = &d
			out.Notices = append(out.Notices, n)
		} else {
			a := actionOf(c.Notice)
			a.deliveryJSON = &d
			out.Actions = append(out.Actions, a)
		}
	}
	for _, n := range r.Unplaced {
		out.Paste = append(out.Paste, pasteJSON{n.Escalation, string(n.To), n.Text})
	}
	return encode(w, out)
}

// handles are never null.
func handles(list []schema.Handle) []schema.Handle { return append([]schema.Handle{}, list...) }

// VerifyText prints what is not as the ledger says.
func VerifyText(w io.Writer, differences []outbox.Difference) error {
	b := bufio.NewWriter(w)
	unseen := 0
	for _, d := range differences {
		if d.Fault == outbox.Unseen {
			unseen++
			continue
		}
		fmt.Fprintf(b, "%-8s %s, in %s: %s\n", d.Fault, oneLine(d.Key), oneLine(d.To), oneLine(d.URL))
	}
	if unseen > 0 {
		fmt.Fprintf(b, "%s in archived channels, which an app cannot look into, not compared.\n", count(unseen, "message"))
	}
	if n := len(differences) - unseen; n > 0 {
		fmt.Fprintf(b, "%s between the ledger and what stands there.\n", count(n, "difference"))
	} else {
		fmt.Fprintln(b, "All that was told stands where it was told.")
	}
	return b.Flush()
}

// VerifyJSON prints the same for programs.
func VerifyJSON(w io.Writer, differences []outbox.Difference) error {
	type item struct {
		Key        string       `json:"key"`
		Escalation schema.ID    `json:"escalation"`
		To         string       `json:"to"`
		Fault      outbox.Fault `json:"fault"`
		URL        string       `json:"url"`
	}
	out := struct {
		Differences []item `json:"differences"`
	}{[]item{}}
	for _, d := range differences {
		out.Differences = append(out.Differences, item(d))
	}
	return encode(w, out)
}
