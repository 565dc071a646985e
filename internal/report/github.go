package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/words"
)

// maxAnnotations is how many annotations of each level GitHub shows of a step.
const maxAnnotations = 10

// GitHub prints findings for a step of GitHub Actions: as workflow commands,
// which become annotations of the changed lines, and as lines of the log, since
// the annotations are limited. A fault that the base had already is never an
// error there: it does not fail the step either.
func GitHub(w io.Writer, r finding.Report) error {
	b := bufio.NewWriter(w)
	told := map[string]int{}
	for _, f := range byUrgency(r.Findings) {
		command := "warning"
		if f.New && f.Level == finding.Error {
			command = "error"
		}
		if told[command]++; told[command] <= maxAnnotations {
			fmt.Fprintln(b, annotation(command, f))
		}
	}
	for _, f := range r.Findings {
		fmt.Fprintln(b, logLine(f))
	}
	if more := max(told["error"]-maxAnnotations, 0) + max(told["warning"]-maxAnnotations, 0); more > 0 {
		fmt.Fprintf(b, "not annotated: %s, since GitHub shows %d errors and %d warnings of a step; all are listed above\n",
			words.Count(more, "finding"), maxAnnotations, maxAnnotations)
	}
	fmt.Fprintln(b, verdict(r))
	return b.Flush()
}

// annotation is the workflow command for a finding.
func annotation(command string, f finding.Finding) string {
	// The runner drops columns where first and last line differ.
	last, columns := lastLine(f.Span), ""
	if last == f.Line {
		columns = fmt.Sprintf(",col=%d,endColumn=%d", f.Column, max(f.EndColumn, f.Column))
	}
	title := label(f)
	if !f.New {
		title += " (" + inBase + ")"
	}
	text := escape.Lines(words.Clip(f.Message, words.Longest))
	if f.Hint != "" {
		text = append(text, escape.Lines(words.Clip(f.Hint, words.Longest))...)
	}
	return fmt.Sprintf("::%s file=%s,line=%d,endLine=%d%s,title=%s::%s", command, escape.WorkflowProperty(f.Path),
		f.Line, last, columns, escape.WorkflowProperty(title), escape.WorkflowData(strings.Join(text, "\n")))
}

// lastLine is the last line that a span holds something of.
func lastLine(s finding.Span) int {
	if s.EndLine > s.Line && s.EndColumn <= 1 {
		return s.EndLine - 1
	}
	return max(s.EndLine, s.Line)
}

// logLine is a finding as a line of the log, which holds no workflow command.
func logLine(f finding.Finding) string {
	l := fmt.Sprintf("%s: %s: %s", f.Level, Where(f), words.Clip(escape.Line(f.Message), words.Longest))
	if f.Hint != "" {
		l += "; " + words.Clip(escape.Line(f.Hint), words.Longest)
	}
	l += " [" + label(f) + "]"
	if !f.New {
		l += " (" + inBase + ")"
	}
	return escape.Terminal(l)
}
