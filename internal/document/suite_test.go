package document_test

import (
	"bufio"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/document"
	"github.com/escalations-as-code/escalate/internal/finding"
)

// suiteCase is a case of the yaml-test-suite: see testdata/yaml-test-suite.
type suiteCase struct {
	ID, YAML, Top string
	Invalid       bool
	Documents     int
	Uses          []string
}

// refused are the valid cases that are told of. Escalations are a part of YAML: a
// mapping of named fields, in one document, that can be read from top to bottom. So
// anchors, aliases and tags are refused, a second document, and what is no mapping.
// What else is refused stands here with why.
var refused = map[string]string{
	"2JQS": noName, "6PBE": noName, "A2M4": noName, "CFD4": noName, "FRK4": noName, "KK5P": noName, "M2N8/00": noName, "M2N8/01": noName,
	"M5DY": noName, "NHX8": noName, "S3PD": noName, "SM9W/01": noName, "UKK6/00": noName, "V9D5": noName,
	"4FJ6": noWord, "9MMW": noWord, "LX3P": noWord, "Q9WF": noWord, "SBG9": noWord,
	"4MUZ/00": afar, "4MUZ/01": afar, "4MUZ/02": afar, "5MUD": afar, "9SA2": afar, "K3WX": afar, "NJ66": afar, "VJP3/01": afar,
	"58MP": inBrackets, "5T43": inBrackets, "DBG4": inBrackets, "HM87/00": inBrackets, "JR7V": inBrackets,
	"6CA3": tabs, "96NN/00": tabs, "96NN/01": tabs, "DK95/00": tabs, "Q5MG": tabs,
	"DC7X": "a note without a space behind its # is text that somebody loses",
}

const (
	noName     = "a field has a name, before its colon and without a ?"
	noWord     = "the name of a field is a word, and no list"
	afar       = "the parser wants the name of a field and its colon on one line"
	inBrackets = "the parser takes a text in brackets with a ?, or that begins with a colon, for a name"
	tabs       = "the parser takes a tab before the first word of a line for an indentation, and people mean it as one"
)

// markers are lines that can stand nowhere but in the first column.
var markers = regexp.MustCompile(`(?m)^(---|\.\.\.|%)`)

// Of each text that is no YAML an error is told, of what escalations can be made of
// none, nowhere behind the end, and nothing panics.
func TestSuite(t *testing.T) {
	t.Parallel()
	f, err := os.Open("testdata/yaml-test-suite/cases.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	invalid, valid, below := 0, 0, 0
	for in := bufio.NewScanner(f); in.Scan(); {
		var c suiteCase
		if err := json.Unmarshal(in.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		got := readInside(t, c.ID, c.YAML)
		if c.Invalid {
			if invalid++; got == "" {
				t.Errorf("%s: nothing is told of %q", c.ID, c.YAML)
			}
			continue
		}
		valid++
		if len(c.Uses) > 0 || c.Documents > 0 {
			continue
		}
		why := refused[c.ID]
		if c.Top == "mapping" && (got != "") != (why != "") {
			t.Errorf("%s: of %q is told %q; it is refused because %q", c.ID, c.YAML, got, why)
		}
		// As the value of a field it may be a list or a text.
		text := strings.TrimPrefix(c.YAML, "---\n")
		if markers.MatchString(text) {
			continue
		}
		below++
		lines := strings.SplitAfter(text, "\n")
		for i, l := range lines {
			if strings.Trim(l, "\n") != "" {
				lines[i] = "  " + l
			}
		}
		if got := readInside(t, c.ID, "k:\n"+strings.Join(lines, "")); (got != "") != (why != "") {
			t.Errorf("%s: below a field, of %q is told %q; it is refused because %q", c.ID, c.YAML, got, why)
		}
	}
	if invalid != 94 || valid != 308 || below != 194 {
		t.Errorf("%d invalid, %d valid, %d below a field", invalid, valid, below)
	}
}

// readInside reads a text, and returns what is told of it as YAML.
func readInside(t *testing.T, id, text string) string {
	d := document.Read("x.yaml", []byte(text))
	lines := strings.Count(strings.TrimSuffix(text, "\n"), "\n") + 1
	for _, f := range d.Findings {
		if f.Line < 1 || f.Line > lines || f.EndLine > lines || f.Start > f.End || f.End > len(text) {
			t.Errorf("%s: %s stands at %v of %d lines", id, f.Rule, f.Span, lines)
		}
	}
	syntax := slices.DeleteFunc(slices.Clone(d.Findings), func(f finding.Finding) bool {
		return !strings.HasPrefix(f.Rule, "yaml-") || f.Level != finding.Error
	})
	return strings.Join(told(&document.Document{Findings: syntax}), ", ")
}
