package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/markdown"
	"github.com/escalations-as-code/escalate/internal/words"
)

const (
	// maxSummary is at about how many bytes the table ends. GitHub drops a
	// summary of more than 1 MiB, and nobody reads so much.
	maxSummary = 200 << 10
	// summaryClip is the longest text of a cell.
	summaryClip = 300
)

// Summary prints findings as Markdown for the summary of a job of GitHub
// Actions: the verdict, and a table of what was found, the most urgent first.
func Summary(w io.Writer, r finding.Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### Escalations\n\n**%s**\n", verdict(r))
	if len(r.Findings) > 0 {
		b.WriteString("\n| Where | What is wrong | What to do | Rule |\n| --- | --- | --- | --- |\n")
	}
	rest := byUrgency(r.Findings)
	for ; len(rest) > 0 && b.Len() < maxSummary; rest = rest[1:] {
		f := rest[0]
		message := markdown.Cell(words.Clip(f.Message, summaryClip))
		if f.Level != finding.Error {
			message = "Warning: " + message
		}
		if !f.New {
			message += " (" + inBase + ")"
		}
		place := fmt.Sprintf("%s:%d", words.Clip(escape.Visible(f.Path), summaryClip), f.Line)
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", markdown.Code(place), message,
			markdown.Cell(words.Clip(f.Hint, summaryClip)), markdown.Code(label(f)))
	}
	if len(rest) > 0 {
		errors, warnings := finding.Count(rest)
		fmt.Fprintf(&b, "\nLeft out here: %s and %s, from %s on; `escalate lint` tells them all.\n",
			words.Count(errors, "error"), words.Count(warnings, "warning"), markdown.Code(words.Clip(escape.Visible(rest[0].Path), summaryClip)))
	}
	if len(r.Findings) > 0 {
		b.WriteString("\n`escalate explain RULE` tells the reason for a rule, with an example.\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}
