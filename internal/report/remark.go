package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/markdown"
	"github.com/escalations-as-code/escalate/internal/splice"
	"github.com/escalations-as-code/escalate/internal/words"
)

// Versions are a file as it was and as it is; nil where there is none.
type Versions struct{ Was, Is []byte }

// Remarks are the findings on lines that a change makes or changes, to stand beside
// them, the most urgent first. What the base had already is none of them, nor what
// stands elsewhere: the report has those. file returns the versions of a file.
func Remarks(r finding.Report, file func(path string) Versions) []destination.Remark {
	type changed struct {
		Versions
		lines map[int]bool
	}
	files := map[string]changed{}
	var errors, warnings []destination.Remark
	for i, print := range fingerprints(r.Findings) {
		f := r.Findings[i]
		if !f.New {
			continue
		}
		c, ok := files[f.Path]
		if !ok {
			c.Versions = file(f.Path)
			c.lines = fresh(c.Was, c.Is)
			files[f.Path] = c
		}
		if !c.lines[f.Line] {
			continue
		}
		remark := destination.Remark{Key: print, Path: f.Path, Line: f.Line, Text: remark(f), Quiet: f.Level != finding.Error, Instead: instead(c.Is, f)}
		if f.Level == finding.Error {
			errors = append(errors, remark)
		} else {
			warnings = append(warnings, remark)
		}
	}
	return slices.Concat(errors, warnings)
}

// remark is what a remark says of a finding.
func remark(f finding.Finding) string {
	const most = 1000
	text := map[finding.Level]string{finding.Error: "**Error:** ", finding.Warning: "**Warning:** "}[f.Level] + markdown.Prose(words.Sentence(words.Clip(f.Message, most)))
	if f.Hint != "" {
		text += "\n\n" + markdown.Prose(words.Sentence(words.Clip(f.Hint, most)))
	}
	return text + fmt.Sprintf("\n\n%s tells why.", escape.MarkdownCode("escalate explain "+f.Rule))
}

// fresh are the lines that a change makes or changes.
func fresh(was, is []byte) map[int]bool {
	lines := map[int]bool{}
	if len(was) == 0 {
		for n := range strings.Count(string(is), "\n") + 1 {
			lines[n+1] = true
		}
		return lines
	}
	n := 0
	for i, l := range strings.Split(string(diff.Diff("a", was, "b", is)), "\n") {
		var from, count int
		switch _, err := fmt.Sscanf(l, "@@ -%d,%d +%d,", &from, &count, &n); {
		case i < 3: // the names of the files
		case err == nil:
		case strings.HasPrefix(l, "+"):
			lines[n] = true
			n++
		case strings.HasPrefix(l, " "):
			n++
		}
	}
	return lines
}

// instead is what a finding's fix makes of the lines around it; nil where it has none,
// or nobody could copy it as it is.
func instead(data []byte, f finding.Finding) *destination.Lines {
	first, was, is := splice.Mended(f.Path, data, f.Fixes)
	if first == 0 {
		return nil
	}
	last := first + len(was) - 1
	all := strings.Split(string(data), "\n")
	for first > f.Line { // the line of the remark is among those that are replaced
		first--
		is = slices.Insert(is, 0, all[first-1])
	}
	for last < f.Line {
		last++
		is = append(is, all[last-1])
	}
	text := strings.Join(is, "\n")
	if !strings.Contains(escape.MarkdownFence("", text), "\n"+text+"\n") {
		return nil
	}
	return &destination.Lines{First: first, Last: last, Text: is}
}
