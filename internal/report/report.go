// Package report prints the outcome of a lint run for whoever reads it: a
// person at a terminal or at a pull request, and the programs that collect
// findings.
//
// Each format is a function that writes to an [io.Writer] and does nothing
// else. All are pure functions of their arguments, so two runs print the same
// bytes. The text in a finding comes from files that anybody may have written:
// every format keeps it from being taken for anything but text.
package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/words"
)

// Rule is what a format tells about a rule beside its findings.
type Rule struct {
	// Name is what stands in a finding's Rule.
	Name string
	// Summary says in one line what must be so, Why explains it.
	Summary, Why string
	// Cites names the rules of the process that it enforces, such as "P9".
	Cites []string
}

// verdict is the one line that every report for people has.
func verdict(r finding.Report) string {
	line := words.Count(r.Files, "file") + " checked: "
	if len(r.Findings) == 0 {
		return line + "nothing to say"
	}
	var parts []string
	for _, level := range []finding.Level{finding.Error, finding.Warning} {
		all, old := 0, 0
		for _, f := range r.Findings {
			if f.Level == level {
				all++
				if !f.New {
					old++
				}
			}
		}
		switch {
		case all == 0:
		case old == 0:
			parts = append(parts, words.Count(all, string(level)))
		default:
			parts = append(parts, fmt.Sprintf("%s (%d %s)", words.Count(all, string(level)), old, inBase))
		}
	}
	return line + strings.Join(parts, ", ")
}

// inBase marks a finding that the version compared with had already.
const inBase = "already in the base"

// label names the rule of a finding and what it cites.
func label(f finding.Finding) string {
	return strings.Join(append([]string{f.Rule}, f.Cites...), " ")
}

// sentence is what is wrong and what would be right, for a format that has one
// field for both.
func sentence(f finding.Finding) string {
	if f.Hint == "" {
		return escape.Line(f.Message)
	}
	return escape.Line(f.Message) + "; " + escape.Line(f.Hint)
}

// byUrgency puts what stops the merge first, then what else is new, for the
// formats that cannot show everything.
func byUrgency(fs []finding.Finding) []finding.Finding {
	rank := func(f finding.Finding) int {
		switch {
		case f.New && f.Level == finding.Error:
			return 0
		case f.New:
			return 1
		default:
			return 2
		}
	}
	return slices.SortedStableFunc(slices.Values(fs), func(a, b finding.Finding) int {
		return cmp.Compare(rank(a), rank(b))
	})
}
