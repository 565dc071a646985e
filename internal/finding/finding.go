// Package finding is what a check has to say about a file: what is wrong,
// where it stands, and what would be right.
//
// Everything that judges makes findings; everything that prints reads them.
package finding

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/edit"
)

// Level says whether a finding stops a merge.
type Level string

const (
	// Error breaks the process or cannot be read: lint exits 1.
	Error Level = "error"
	// Warning is worth knowing and stops nothing: lint exits 0.
	Warning Level = "warning"
)

// Span is a piece of one file: its bytes, and where people find them.
type Span struct {
	// Start and End are offsets in bytes; the end is exclusive.
	Start, End int
	// Lines and columns count from 1; columns count code points, a byte order
	// mark left out; the end is exclusive. Package document computes them from
	// the bytes, in one place.
	Line, Column       int
	EndLine, EndColumn int
}

// LineOne is the span of what is told of a file as a whole.
var LineOne = Span{Line: 1, Column: 1, EndLine: 1, EndColumn: 1}

// Fix is a piece of a file and what must stand there instead.
type Fix struct {
	Span
	// Text is empty where the piece is to be deleted.
	Text string
}

// Edit is the fix as a change of the file's bytes.
func (f Fix) Edit() edit.Edit { return edit.Edit{Start: f.Start, End: f.End, Text: f.Text} }

// Place is where a finding stands: a span, and the text of the line it begins
// on, so that whoever prints need not open the file again.
type Place struct {
	Span
	// Source is the line at Span.Line, without its line break.
	Source string
}

// Finding is one fault of one file, told to the person who can mend it.
type Finding struct {
	// Path is the file, relative to the repository, with forward slashes.
	Path string
	Place
	// Rule is the stable kebab-case name that `escalate explain` knows.
	Rule  string
	Level Level
	// Message says what is wrong: lower case, no full stop, one line.
	Message string
	// Hint says what would be right: the value or the line to write.
	Hint string
	// Fixes make it right, all of them together. They are there only where
	// exactly one answer is right, which Hint tells to people.
	Fixes []Fix
	// Cites names the rules of the process that are broken, such as "P9".
	Cites []string
	// New is false only when the version that this one is compared with had
	// the same fault already.
	New bool
	// Field is the JSON pointer of the value, such as /next_steps/0/owner, and
	// Value what stands there. They are the finding's identity, with Path and
	// Rule: a fault stays the same fault when its line moves.
	Field, Value string
	// Also is the JSON pointer of another field in which the same mistake shows, where a
	// rule that looks at what changed has found it; empty where there is none.
	Also string
	// With is the other file where the fault is what two do to each other: whoever
	// asks about that one is told as well. Empty where there is none.
	With string
}

// Key identifies a fault independently of where in the file it stands.
type Key struct{ Path, Rule, Field, Value string }

// Key returns the identity of f.
func (f Finding) Key() Key {
	return Key{f.Path, f.Rule, f.Field, f.Value}
}

// index is the number of an item of a list within a JSON pointer.
var index = regexp.MustCompile(`/\d+(/|$)`)

// Kin returns the identity of f without the numbers of list items.
func (f Finding) Kin() Key { return f.Key().Kin() }

// Kin returns k with the numbers of list items left out: those shift when an item is
// added before it, and the fault stays the same one.
func (k Key) Kin() Key {
	k.Field = index.ReplaceAllString(k.Field, "/-$1")
	return k
}

// AlsoCite adds a rule of the process to those that are broken.
func (f *Finding) AlsoCite(number string) { f.Cites = slices.Concat(f.Cites, []string{number}) }

// Sort puts findings in the order in which they are told: by path, line and
// column, then by rule and message, so that two runs say the same.
func Sort(fs []Finding) {
	slices.SortStableFunc(fs, func(a, b Finding) int {
		return cmp.Or(
			strings.Compare(a.Path, b.Path),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column),
			strings.Compare(a.Rule, b.Rule),
			strings.Compare(a.Message, b.Message),
		)
	})
}

// Count returns how many of fs are errors and how many are warnings.
func Count(fs []Finding) (errors, warnings int) {
	for _, f := range fs {
		if f.Level == Error {
			errors++
		} else {
			warnings++
		}
	}
	return errors, warnings
}

// Report is the outcome of one run of lint.
type Report struct {
	// Files is how many files were checked.
	Files int
	// Findings is sorted by Sort.
	Findings []Finding
}

// Failed reports whether a new error was found: what makes lint exit 1.
func (r Report) Failed() bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool {
		return f.Level == Error && f.New
	})
}
