package report

import (
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/jsonfmt"
)

const (
	homepage    = "https://github.com/escalations-as-code/escalate"
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)

// SARIF prints findings as SARIF 2.1.0, with what the rules say of themselves.
// The version is that of escalate, and may be empty.
func SARIF(w io.Writer, r finding.Report, rules []Rule, version string) error {
	run := sarifRun{
		Tool: sarifTool{sarifDriver{
			Name: "escalate", Version: version, InformationURI: homepage, Rules: []sarifRule{},
		}},
		ColumnKind: "unicodeCodePoints",
		Results:    []sarifResult{},
	}
	index := map[string]int{}
	for i, rule := range rules {
		index[rule.Name] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, describe(rule))
	}
	// Only a comparison has old findings; where it has none, all are new, and
	// nothing needs to say so.
	compared := slices.ContainsFunc(r.Findings, func(f finding.Finding) bool { return !f.New })
	prints := fingerprints(r.Findings)
	for i, f := range r.Findings {
		result := sarifResult{
			RuleID: f.Rule, Level: "warning", Message: sarifText{literal(sentence(f))},
			Locations: []sarifLocation{{sarifPlace{
				File:   sarifFile{relativeURI(f.Path), "%SRCROOT%"},
				Region: regionOf(f.Span),
			}}},
			Fingerprints: map[string]string{"escalateFault/v1": prints[i]},
		}
		if n, ok := index[f.Rule]; ok {
			result.RuleIndex = &n
		}
		if f.Level == finding.Error {
			result.Level = "error"
		}
		switch {
		case compared && f.New:
			result.BaselineState = "new"
		case compared:
			result.BaselineState = "unchanged"
		}
		if len(f.Fixes) > 0 {
			change := sarifChange{File: sarifFile{relativeURI(f.Path), "%SRCROOT%"}}
			for _, x := range f.Fixes {
				change.Replacements = append(change.Replacements, sarifReplacement{regionOf(x.Span), sarifText{x.Text}})
			}
			result.Fixes = []sarifFix{{Description: sarifText{literal(f.Hint)}, Changes: []sarifChange{change}}}
		}
		run.Results = append(run.Results, result)
	}
	return jsonfmt.Write(w, sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}})
}

// regionOf is a span as SARIF has it.
func regionOf(s finding.Span) sarifRegion {
	return sarifRegion{s.Line, s.Column, s.EndLine, s.EndColumn}
}

// describe is a rule as a viewer shows it beside its findings.
func describe(r Rule) sarifRule {
	help := r.Why
	if len(r.Cites) > 0 {
		help += "\n\nIn the escalation process: " + strings.Join(r.Cites, ", ") + "."
	}
	help += "\n\nFor an example: escalate explain " + r.Name
	markdown := literal(r.Why)
	if len(r.Cites) > 0 {
		links := make([]string, len(r.Cites))
		for i, n := range r.Cites {
			links[i] = "[" + n + "](" + processPage + "#" + strings.ToLower(n) + ")"
		}
		markdown += "\n\nIn the escalation process: " + strings.Join(links, ", ") + "."
	}
	markdown += "\n\nFor an example: `escalate explain " + r.Name + "`"
	return sarifRule{
		ID:         r.Name,
		Short:      sarifText{literal(r.Summary)},
		Full:       sarifText{literal(r.Why)},
		Help:       sarifHelp{literal(help), markdown},
		Properties: sarifProperties{Tags: append([]string{}, r.Cites...)},
	}
}

// processPage is where the rules of the process stand, for whoever has only the
// finding.
const processPage = homepage + "/blob/main/docs/process.md"

// literal keeps text from becoming a link: SARIF makes one of [text](target).
// It also has braces doubled where a message takes arguments; ours takes none,
// and a viewer then shows it as it stands.
func literal(s string) string { return strings.ReplaceAll(s, "](", "] (") }

// relativeURI is a path as a relative reference.
func relativeURI(path string) string { return (&url.URL{Path: path}).String() }

// The part of SARIF that is used here, written down rather than imported: the
// libraries for it bring a second JSON Schema validator and a test framework.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version,omitempty"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID         string          `json:"id"`
		Short      sarifText       `json:"shortDescription"`
		Full       sarifText       `json:"fullDescription"`
		Help       sarifHelp       `json:"help"`
		Properties sarifProperties `json:"properties"`
	}
	sarifProperties struct {
		Tags []string `json:"tags"`
	}
	sarifResult struct {
		RuleID        string            `json:"ruleId"`
		RuleIndex     *int              `json:"ruleIndex,omitempty"`
		Level         string            `json:"level"`
		Message       sarifText         `json:"message"`
		Locations     []sarifLocation   `json:"locations"`
		Fingerprints  map[string]string `json:"partialFingerprints"`
		BaselineState string            `json:"baselineState,omitempty"`
		Fixes         []sarifFix        `json:"fixes,omitempty"`
	}
	sarifFix struct {
		Description sarifText     `json:"description"`
		Changes     []sarifChange `json:"artifactChanges"`
	}
	sarifChange struct {
		File         sarifFile          `json:"artifactLocation"`
		Replacements []sarifReplacement `json:"replacements"`
	}
	sarifReplacement struct {
		Deleted  sarifRegion `json:"deletedRegion"`
		Inserted sarifText   `json:"insertedContent"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifHelp struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown"`
	}
	sarifLocation struct {
		Place sarifPlace `json:"physicalLocation"`
	}
	sarifPlace struct {
		File   sarifFile   `json:"artifactLocation"`
		Region sarifRegion `json:"region"`
	}
	sarifFile struct {
		URI    string `json:"uri"`
		BaseID string `json:"uriBaseId"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine"`
		EndColumn   int `json:"endColumn"`
	}
)
