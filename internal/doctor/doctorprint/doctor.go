// Package doctorprint prints what doctor says: for a person at a terminal, and for
// programs.
package doctorprint

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/escalations-as-code/escalate/internal/doctor"
	"github.com/escalations-as-code/escalate/internal/jsonfmt"
	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/internal/words"
)

// Text prints a report for a person at a terminal: that it could not look, what is
// missing, what was not looked at, and how much there is of each.
func Text(w io.Writer, r doctor.Report, s terminal.Screen) error {
	b := bufio.NewWriter(w)
	must := 0
	if r.Blind != "" { // else what is not found there would be taken for health
		fmt.Fprintf(b, "%s\n\n", s.Wrap(terminal.Line(words.Capital(r.Blind)+" could not be looked at: whether anything is announced, nobody knows."), 0, ""))
	}
	for _, a := range r.Ailments {
		style := terminal.Yellow
		if a.Level == doctor.Must {
			style, must = terminal.Red, must+1
		}
		head := string(a.Level) + ": "
		fmt.Fprintf(b, "%s%s\n", s.Paint(style, head), s.Wrap(terminal.Line(fmt.Sprintf("%s [%s]", a.What, a.Name)), len(head), "      "))
		below(b, s, "fix", a.Fix)
		below(b, s, "at", a.Where)
		fmt.Fprintln(b)
	}
	if len(r.Unseen) > 0 {
		fmt.Fprintln(b, s.Paint(terminal.Bold, "Not looked at, so nobody knows:"))
		for _, u := range r.Unseen {
			fmt.Fprintf(b, "- %s\n", s.Wrap(terminal.Line(u.What+": "+u.Why), 2, "  "))
			below(b, s, "to look", u.Fix)
		}
		fmt.Fprintln(b)
	}
	fmt.Fprintln(b, s.Wrap(total(must, len(r.Ailments)-must, len(r.Unseen), r.Blind != ""), 0, ""))
	return b.Flush()
}

// below prints a line of an ailment under it.
func below(b io.Writer, s terminal.Screen, label, text string) {
	if text != "" {
		head := "  " + label + ": "
		fmt.Fprintf(b, "%s%s\n", head, s.Wrap(terminal.Line(text), len(head), strings.Repeat(" ", len(head))))
	}
}

// total says how much there is to do.
func total(must, should, unseen int, blind bool) string {
	text := ""
	switch {
	case must > 0:
		text = fmt.Sprintf("%s must be mended, %d should be", words.Count(must, "thing"), should)
	case should > 0 && blind:
		text = fmt.Sprintf("of what was looked at, nothing must be mended, %s should be", words.Count(should, "thing"))
	case should > 0:
		text = fmt.Sprintf("nothing must be mended, %s should be", words.Count(should, "thing"))
	case unseen > 0:
		return fmt.Sprintf("Nothing is missing of what was looked at; %s not looked at.", words.Count(unseen, "thing")+" "+words.Agree(unseen, "was", "were"))
	default:
		return "Nothing is missing."
	}
	if unseen > 0 {
		text += fmt.Sprintf("; %d not looked at", unseen)
	}
	return words.Sentence(words.Capital(text))
}

// JSON prints a report for programs, in the shape that is promised to them.
func JSON(w io.Writer, r doctor.Report) error {
	type ailment struct {
		Name  string       `json:"name"`
		Level doctor.Level `json:"level"`
		What  string       `json:"what"`
		Fix   string       `json:"fix"`
		Where string       `json:"where"`
		About []string     `json:"about"`
	}
	type unseen struct {
		What string `json:"what"`
		Why  string `json:"why"`
		Fix  string `json:"fix"`
	}
	out := struct {
		Ailments []ailment `json:"ailments"`
		Unseen   []unseen  `json:"unseen"`
	}{[]ailment{}, []unseen{}}
	for _, a := range r.Ailments {
		out.Ailments = append(out.Ailments, ailment{a.Name, a.Level, a.What, a.Fix, a.Where, append([]string{}, a.About...)})
	}
	for _, u := range r.Unseen {
		out.Unseen = append(out.Unseen, unseen(u))
	}
	return jsonfmt.Write(w, out)
}
