package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/internal/words"
)

// JUnit prints findings for the test tab of a CI system. Each file that has
// findings is a suite, with a test case per rule that it breaks; the rules that
// nothing breaks are passed tests of a suite of their own.
//
// So a case keeps its name from run to run, and its name is unique, as systems
// that compare two runs demand. A test case fails for a new error only. A fault
// that the base had already is a skipped case, a warning the output of a passed
// one.
func JUnit(w io.Writer, r finding.Report, rules []Rule) error {
	var suites []junitSuite
	broken := map[string]bool{}
	for _, fs := range chunk(r.Findings, func(f finding.Finding) string { return f.Path }) {
		path := escape.Visible(fs[0].Path)
		suite := junitSuite{Name: path}
		slices.SortStableFunc(fs, func(a, b finding.Finding) int { return strings.Compare(a.Rule, b.Rule) })
		for _, fs := range chunk(fs, func(f finding.Finding) string { return f.Rule }) {
			broken[fs[0].Rule] = true
			suite.Cases = append(suite.Cases, testCase(path, fs))
		}
		suites = append(suites, suite)
	}
	passed := junitSuite{Name: "escalate lint"}
	for _, rule := range rules {
		if !broken[rule.Name] {
			passed.Cases = append(passed.Cases, junitCase{Class: passed.Name, Name: rule.Name})
		}
	}
	if len(passed.Cases) == 0 && len(suites) == 0 {
		passed.Cases = []junitCase{{Class: passed.Name, Name: "every file"}}
	}
	if len(passed.Cases) > 0 {
		suites = append(suites, passed)
	}

	out := junitSuites{Name: passed.Name, Suites: suites}
	for i := range suites {
		s := &suites[i]
		s.Tests = len(s.Cases)
		for _, c := range s.Cases {
			if c.Failure != nil {
				s.Failures++
			}
			if c.Skipped != nil {
				s.Skipped++
			}
		}
		out.Tests += s.Tests
		out.Failures += s.Failures
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(out); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// testCase is what one rule found in one file.
func testCase(path string, fs []finding.Finding) junitCase {
	var text strings.Builder
	for _, f := range fs {
		text.WriteString("\n" + FindingText(f, terminal.Screen{}))
	}
	// GitLab makes a link to a file of the job of this mark.
	out := &junitText{Text: strings.ReplaceAll(text.String(), "[[ATTACHMENT", "[ [ATTACHMENT")}

	c := junitCase{Class: path, Name: fs[0].Rule}
	worst := byUrgency(fs)[0]
	switch {
	case worst.New && worst.Level == finding.Error:
		out.Message = words.Clip(escape.Line(worst.Message), words.Longest)
		if len(fs) > 1 {
			out.Message += fmt.Sprintf(" (and %d more)", len(fs)-1)
		}
		out.Type = worst.Rule
		c.Failure = out
	case slices.ContainsFunc(fs, func(f finding.Finding) bool { return f.Level == finding.Error }):
		c.Skipped = out
	default:
		c.Output = out
	}
	return c
}

// chunk splits fs where the key changes.
func chunk(fs []finding.Finding, key func(finding.Finding) string) [][]finding.Finding {
	var chunks [][]finding.Finding
	for i, f := range fs {
		if i == 0 || key(f) != key(fs[i-1]) {
			chunks = append(chunks, nil)
		}
		chunks[len(chunks)-1] = append(chunks[len(chunks)-1], f)
	}
	return chunks
}

type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string     `xml:"classname,attr"`
		Name    string     `xml:"name,attr"`
		Skipped *junitText `xml:"skipped"`
		Failure *junitText `xml:"failure"`
		Output  *junitText `xml:"system-out"`
	}
	junitText struct {
		Message string `xml:"message,attr,omitempty"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",cdata"`
	}
)
