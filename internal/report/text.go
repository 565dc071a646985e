package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/finding"
)

const (
	// textWidth is the width of a terminal that every terminal has. Source
	// lines are cut to it, since the mark below would be lost in a wrapped one.
	// Messages and hints are not: the terminal wraps them, and what it wraps
	// can still be searched for and copied.
	textWidth = 80
	// textClip is the longest message or hint that a person is shown.
	textClip = 1000
)

// TextOptions says how Text looks.
type TextOptions struct {
	// Color adds the colours of a terminal.
	Color bool
}

// Text prints findings for a person at a terminal: where and what, the line
// with a mark under the fault, and what would be right.
func Text(w io.Writer, r finding.Report, o TextOptions) error {
	b := bufio.NewWriter(w)
	p := painter(o.Color)
	for _, f := range r.Findings {
		b.WriteString(p.finding(f))
		b.WriteByte('\n')
	}
	for _, f := range byUrgency(r.Findings) {
		if f.Level == finding.Error {
			fmt.Fprintf(b, "For the reason and an example: %s\n", p.paint(bold, "escalate explain "+f.Rule))
			break
		}
	}
	fmt.Fprintln(b, verdict(r))
	return b.Flush()
}

// finding is what Text prints of one finding.
func (p painter) finding(f finding.Finding) string {
	var b strings.Builder
	old := ""
	if !f.New {
		old = " (" + inBase + ")"
	}
	fmt.Fprintf(&b, "%s: %s: %s %s%s\n", p.paint(bold, where(f)), p.paint(colour(f), string(f.Level)),
		escape.Clip(escape.Line(f.Message), textClip), p.paint(faint, "["+label(f)+"]"), p.paint(faint, old))
	indent := "    "
	if f.Source != "" {
		number := fmt.Sprintf("%5d", f.Line)
		blank := strings.Repeat(" ", len(number))
		text, mark := snippet(f.Place, textWidth-len(number)-len(" | "))
		fmt.Fprintf(&b, "%s %s\n", p.paint(faint, number+" |"), text)
		fmt.Fprintf(&b, "%s %s\n", p.paint(faint, blank+" |"), p.paint(colour(f), mark))
		indent = blank + " "
	}
	if f.Hint != "" {
		hint := strings.Join(escape.Lines(escape.Clip(f.Hint, textClip)), "\n"+indent+strings.Repeat(" ", len("fix: ")))
		fmt.Fprintf(&b, "%s%s %s\n", indent, p.paint(green, "fix:"), hint)
	}
	return b.String()
}

// where is the place of a finding in the notation that editors and terminals
// make a link of.
func where(f finding.Finding) string {
	return fmt.Sprintf("%s:%d:%d", escape.Visible(f.Path), f.Line, f.Column)
}

// painter colours text, or leaves it alone.
type painter bool

const (
	bold   = "\x1b[1m"
	faint  = "\x1b[2m"
	red    = "\x1b[1;31m"
	green  = "\x1b[32m"
	yellow = "\x1b[1;33m"
)

func (p painter) paint(style, s string) string {
	if !p || s == "" {
		return s
	}
	return style + s + "\x1b[0m"
}

// colour is that of a finding's level.
func colour(f finding.Finding) string {
	if f.Level == finding.Error {
		return red
	}
	return yellow
}
