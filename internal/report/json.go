package report

import (
	"io"

	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/jsonfmt"
)

// Item is a finding in the JSON of every command, but for its fixes.
type Item struct {
	Path      string        `json:"path"`
	Line      int           `json:"line"`
	Column    int           `json:"column"`
	EndLine   int           `json:"end_line"`
	EndColumn int           `json:"end_column"`
	Rule      string        `json:"rule"`
	Level     finding.Level `json:"level"`
	Message   string        `json:"message"`
	Hint      string        `json:"hint"`
	Cites     []string      `json:"cites"`
	New       bool          `json:"new"`
}

// ItemOf is a finding as an item.
func ItemOf(f finding.Finding) Item {
	return Item{
		Path: f.Path, Line: f.Line, Column: f.Column, EndLine: f.EndLine, EndColumn: f.EndColumn,
		Rule: f.Rule, Level: f.Level, Message: f.Message, Hint: f.Hint,
		Cites: append([]string{}, f.Cites...), New: f.New,
	}
}

// JSON prints findings for programs, in the shape that is promised to them.
func JSON(w io.Writer, r finding.Report) error {
	type fix struct {
		Line      int    `json:"line"`
		Column    int    `json:"column"`
		EndLine   int    `json:"end_line"`
		EndColumn int    `json:"end_column"`
		Text      string `json:"text"`
	}
	type item struct {
		Item
		Fixes []fix `json:"fixes,omitempty"`
	}
	out := struct {
		Findings []item `json:"findings"`
		Files    int    `json:"files"`
		Errors   int    `json:"errors"`
		Warnings int    `json:"warnings"`
	}{Findings: []item{}, Files: r.Files}
	out.Errors, out.Warnings = finding.Count(r.Findings)
	for _, f := range r.Findings {
		var fixes []fix
		for _, x := range f.Fixes {
			fixes = append(fixes, fix{x.Line, x.Column, x.EndLine, x.EndColumn, x.Text})
		}
		out.Findings = append(out.Findings, item{ItemOf(f), fixes})
	}
	return jsonfmt.Write(w, out)
}
