package report

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/escalations-as-code/escalate/internal/finding"
)

// at is the place of a piece of a source line.
func at(line int, source, marked string) finding.Place {
	before, _, ok := strings.Cut(source, marked)
	if !ok {
		panic(fmt.Sprintf("%q is not in %q", marked, source))
	}
	column := 1 + utf8.RuneCountInString(before)
	return finding.Place{
		Span:   finding.Span{Line: line, Column: column, EndLine: line, EndColumn: column + utf8.RuneCountInString(marked)},
		Source: source,
	}
}

// until is a place that goes on to a later line.
func until(p finding.Place, line, column int) finding.Place {
	p.EndLine, p.EndColumn = line, column
	return p
}

// sampleRules are the rules of the samples, and one that nothing breaks.
var sampleRules = []Rule{
	{Name: "next-step-owned", Summary: "Each next step has an owner", Why: "What belongs to everybody is done by nobody.", Cites: []string{"P9"}},
	{Name: "severity-known", Summary: "The severity is one of the policy's", Why: "It decides who is told, and how often.", Cites: []string{"P3", "P4"}},
	{Name: "summary-short", Summary: "The summary is one short sentence", Why: "It stands in the title of every message [see](https://example.com)."},
	{Name: "closure-agreed", Summary: "A closure names the agreement", Why: "The customer decides when it is over.", Cites: []string{"P31"}},
}

const (
	northwind = "escalations/2026/northwind.yaml"
	tokyo     = "escalations/2026/東京 & co.yaml"
)

// samples are the reports that every format prints into a golden file.
func samples() map[string]finding.Report {
	severity := finding.Finding{
		Path: northwind, Place: at(3, "severity: hihg", "hihg"), Rule: "severity-known", Level: finding.Error, New: true,
		Message: "there is no severity `hihg`", Hint: "write `severity: high`", Cites: []string{"P3", "P4"}, Field: "/severity", Value: "hihg",
		Fixes: []finding.Fix{{Span: at(3, "severity: hihg", "hihg").Span, Text: "high"}},
	}
	steps := "  - {step: Load test, owner: nobody, due: 2026-13-24}"
	mixed := []finding.Finding{
		severity,
		{
			Path: northwind, Place: at(7, steps, "nobody"), Rule: "next-step-owned", Level: finding.Error, New: true,
			Message: "nobody is no handle of people.yaml", Hint: "write `owner: jdoe`, or add the person there",
			Cites: []string{"P9"}, Field: "/next_steps/0/owner", Value: "nobody",
		},
		{
			Path: northwind, Place: at(7, steps, "2026-13-24"), Rule: "schema", Level: finding.Error, New: true,
			Message: "there is no day `2026-13-24`", Hint: "write year, month and day: `due: 2026-11-24`", Field: "/next_steps/0/due", Value: "2026-13-24",
		},
		{
			Path: northwind, Place: until(at(9, "description: |", "|"), 31, 1), Rule: "summary-short", Level: finding.Warning, New: true,
			Message: "the description has 22 lines", Field: "/description", Value: "22",
		},
		{
			Path: northwind, Place: finding.Place{Span: finding.Span{Line: 40, Column: 9, EndLine: 40, EndColumn: 9}, Source: "channel:"}, Rule: "yaml-null", Level: finding.Error, New: true,
			Message: "the channel is empty: what follows ` #` is a comment", Hint: "write the name without the #:\n`channel: esc_northwind`", Field: "/channel",
		},
		{
			Path: "escalations/people.yaml", Place: finding.Place{Span: finding.Span{Line: 1, Column: 1, EndLine: 1, EndColumn: 1}}, Rule: "file-missing", Level: finding.Error, New: true,
			Message: "there is no people.yaml", Hint: "add it; `escalate init` makes one",
		},
		{
			Path: tokyo, Place: at(2, "customer: 東京 (Tōkyō\u0301) 👩\u200d🚀 Inc", "Inc"), Rule: "summary-short", Level: finding.Warning, New: true,
			Message: "the customer's name is long", Field: "/customer",
		},
		{
			Path: tokyo, Place: at(4, "account:\t日本 region", "日本"), Rule: "yaml-tab", Level: finding.Error, New: true,
			Message: "a tab stands where YAML wants spaces", Hint: "write two spaces for each tab",
			Fixes: []finding.Fix{{Span: at(4, "account:\t日本 region", "\t").Span, Text: " "}, {Span: finding.Span{Line: 5, Column: 1, EndLine: 6, EndColumn: 1}}},
		},
	}
	old := func(f finding.Finding) finding.Finding {
		f.New = false
		return f
	}
	many := []finding.Finding{}
	for i := range 24 {
		f := severity
		f.Path = fmt.Sprintf("escalations/2026/customer-%02d.yaml", i+1)
		if i%2 == 1 {
			f.Level = finding.Warning
		}
		many = append(many, f)
	}
	return map[string]finding.Report{
		"empty":   {Files: 12},
		"mixed":   {Files: 12, Findings: mixed},
		"many":    {Files: 30, Findings: many},
		"hostile": {Files: 1, Findings: hostile()},
		"old": {Files: 12, Findings: []finding.Finding{
			old(severity), mixed[1], old(mixed[3]), mixed[4], old(mixed[4]),
		}},
	}
}

// hostile is what a file can hold that wants to be more than text.
func hostile() []finding.Finding {
	var fs []finding.Finding
	for i, text := range []string{
		"100% wrong: a, b\nand a second line",
		"::error::forged",
		"\n::add-mask::x\r\n  ::stop-commands::y",
		"##[error]forged, #\u200d\u0301#[group]too",
		"\x1b[2J\x1b[31mred\x07 \x00 \x9b",
		"\u202egnp.exe\u2066 \u200f \ufeff \u00ad zero\u200bwidth",
		"a\u2028b\u2029c \ufffe \U0010ffff",
		"]]> <![CDATA[ </failure> &amp; <script>alert(1)</script> <!-- -->",
		"[[ATTACHMENT|/etc/passwd]]",
		"@everyone, @jane; #12 GH-12 octo/cat#1 deadbeef0123 fixes #3",
		"https://evil.example www.evil.example a@b.example [click](https://evil.example) ![x](y)",
		"| a | b \\| c `| d \\` e",
		"`` ` ``` unbalanced *bold* _it_ ~no~ $x$ :smile: \\",
		"{0} {{1}} [here](1)",
	} {
		fs = append(fs, finding.Finding{
			Path: "escalations/2026/a,b:c%20d|`e`.yaml", Place: at(i+1, "k: \"x "+strings.ReplaceAll(text, "\n", " ")+" y\"", " y"),
			Rule: "schema", Level: finding.Error, Message: text, Hint: text, New: true, Field: "/k", Value: text,
			Fixes: []finding.Fix{{Span: finding.LineOne, Text: text}},
		})
	}
	last := &fs[len(fs)-1]
	last.Path = "escalations/2026/e\x1b[31m\u202e\n::error::x.yaml"
	return fs
}
