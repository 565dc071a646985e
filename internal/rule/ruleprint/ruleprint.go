// Package ruleprint prints the rules and what explains them: for a person at a
// terminal, and for programs.
package ruleprint

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/escalations-as-code/escalate/internal/jsonfmt"
	"github.com/escalations-as-code/escalate/internal/process/handbook"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/internal/words"
)

// List prints a line or two for each rule.
func List(w io.Writer, rules []rule.Rule, s terminal.Screen) error {
	t := terminal.Table{Columns: make([]terminal.Column, 3)}
	for _, r := range rules {
		t.Rows = append(t.Rows, terminal.Row{Cells: []string{r.Name, strings.Join(r.Cites, " "), r.Summary}})
	}
	_, err := io.WriteString(w, s.Table(t))
	return err
}

// Text explains rules to a person at a terminal.
func Text(w io.Writer, rules []rule.Rule, s terminal.Screen) error {
	b := bufio.NewWriter(w)
	for i, r := range rules {
		if i > 0 {
			b.WriteByte('\n')
		}
		title := r.Name
		if len(r.Cites) > 0 {
			title += " (" + strings.Join(r.Cites, ", ") + ")"
		}
		b.WriteString(s.Paint(terminal.Bold, s.Wrap(title, 0, "  ")) + "\n")
		for _, paragraph := range []string{words.Sentence(r.Summary), r.Why, prefixed("A reading of the process: ", r.Reading)} {
			if paragraph != "" {
				fmt.Fprintf(b, "\n%s\n", s.Wrap(paragraph, 0, ""))
			}
		}
		example(b, "Before", r.Wrong.Before)
		example(b, "Wrong", cmp.Or(r.Wrong.YAML, r.Wrong.Note))
		example(b, "Before", r.Right.Before)
		example(b, "Right", cmp.Or(r.Right.YAML, r.Right.Note))
	}
	return b.Flush()
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

// example prints a piece of a file as it is: its lines mean something, so that
// none is broken.
func example(b *bufio.Writer, title, text string) {
	if text == "" {
		return
	}
	fmt.Fprintf(b, "\n%s:\n\n", title)
	for line := range strings.Lines(strings.TrimRight(text, "\n")) {
		fmt.Fprintf(b, "    %s\n", controls.Replace(strings.TrimRight(line, "\n")))
	}
}

// controls shows the control characters of an example as their codes.
var controls = strings.NewReplacer("\x00", `\x00`, "\t", `\t`)

// JSON prints rules of the process and of lint for programs.
func JSON(w io.Writer, process []handbook.Rule, rules []rule.Rule) error {
	type ofProcess struct {
		Number   string           `json:"number"`
		Title    string           `json:"title"`
		Says     string           `json:"says"`
		By       []handbook.Actor `json:"by"`
		Lines    [][2]int         `json:"lines"`
		Settings []string         `json:"settings"`
		Reading  string           `json:"reading"`
		People   string           `json:"people"`
	}
	type explained struct {
		Rule    string   `json:"rule"`
		Cites   []string `json:"cites"`
		Summary string   `json:"summary"`
		Why     string   `json:"why"`
		Reading string   `json:"reading"`
		Before  string   `json:"before"`
		Wrong   string   `json:"wrong"`
		Right   string   `json:"right"`
	}
	out := struct {
		Process []ofProcess `json:"process"`
		Rules   []explained `json:"rules"`
	}{[]ofProcess{}, []explained{}}
	for _, p := range process {
		out.Process = append(out.Process, ofProcess{
			Number: p.Number, Title: p.Title, Says: p.Says, By: p.By, Lines: append([][2]int{}, p.Lines...),
			Settings: append([]string{}, p.Settings...), Reading: p.Reading, People: p.People,
		})
	}
	for _, r := range rules {
		out.Rules = append(out.Rules, explained{
			Rule: r.Name, Cites: append([]string{}, r.Cites...), Summary: r.Summary, Why: r.Why, Reading: r.Reading,
			Before: r.Wrong.Before, Wrong: r.Wrong.YAML + r.Wrong.Note, Right: r.Right.YAML + r.Right.Note,
		})
	}
	return jsonfmt.Write(w, out)
}
