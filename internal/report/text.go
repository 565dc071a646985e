package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/internal/words"
)

// Text prints findings for a person at a terminal: where and what, the line
// with a mark under the fault, and what would be right.
func Text(w io.Writer, r finding.Report, s terminal.Screen) error {
	b := bufio.NewWriter(w)
	for _, f := range r.Findings {
		b.WriteString(FindingText(f, s))
		b.WriteByte('\n')
	}
	for _, f := range byUrgency(r.Findings) {
		if f.Level == finding.Error {
			command := whole("escalate explain " + f.Rule)
			line := s.WrapStated("For the reason and an example: "+command, 0, "  ")
			fmt.Fprintln(b, strings.Replace(line, command, s.Paint(terminal.Bold, broken(command)), 1))
			break
		}
	}
	fmt.Fprintln(b, s.WrapStated(verdict(r), 0, "  "))
	return b.Flush()
}

// FindingText is what Text prints of one finding.
func FindingText(f finding.Finding, s terminal.Screen) string {
	var b strings.Builder
	indent := "    "
	if f.Source != "" {
		indent = "      " // behind the number of the line
	}
	place, level := Where(f), string(f.Level)
	message := words.Clip(escape.Line(f.Message), words.Longest)
	asides := []string{whole("[" + label(f) + "]")}
	if !f.New {
		asides = append(asides, whole("("+inBase+")"))
	}
	head := s.WrapStated(message+" "+strings.Join(asides, " "), terminal.Columns(place+": "+level+": "), indent)
	for _, a := range asides {
		i := strings.LastIndex(head, a)
		head = head[:i] + s.Paint(terminal.Faint, broken(a)) + head[i+len(a):]
	}
	if !strings.HasPrefix(head, "\n") {
		head = " " + head
	}
	fmt.Fprintf(&b, "%s: %s:%s\n", s.Paint(terminal.Bold, place), s.Paint(colour(f), level), head)
	if f.Source != "" {
		number, blank := fmt.Sprintf("%5d |", f.Line), strings.Repeat(" ", 5)+" |"
		text, mark := snippet(f.Place, s.Room(len(number)+1))
		fmt.Fprintf(&b, "%s %s\n", s.Paint(terminal.Faint, number), text)
		fmt.Fprintf(&b, "%s %s\n", s.Paint(terminal.Faint, blank), s.Paint(colour(f), mark))
	}
	if f.Hint != "" {
		const fix = "fix:"
		hint := strings.Join(escape.Lines(words.Clip(f.Hint, words.Longest)), "\n")
		column := len(indent) + len(fix) + 1
		fmt.Fprintf(&b, "%s%s %s\n", indent, s.Paint(terminal.Green, fix), s.WrapStated(hint, column, strings.Repeat(" ", column)))
	}
	return b.String()
}

// noBreak stands for a space at which no line is broken.
const noBreak = "\u00a0"

func whole(s string) string  { return strings.ReplaceAll(s, " ", noBreak) }
func broken(s string) string { return strings.ReplaceAll(s, noBreak, " ") }

// Where is the place of a finding in the notation that editors and terminals
// make a link of.
func Where(f finding.Finding) string {
	return fmt.Sprintf("%s:%d:%d", escape.Visible(f.Path), f.Line, f.Column)
}

// colour is that of a finding's level.
func colour(f finding.Finding) terminal.Style {
	if f.Level == finding.Error {
		return terminal.Red
	}
	return terminal.Yellow
}
