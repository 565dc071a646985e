package planprint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/markdown"
	"github.com/escalations-as-code/escalate/internal/splice"
	"github.com/escalations-as-code/escalate/internal/words"
)

// Fix is what lint finds in a file of which exactly one answer is right: the lines as
// they stand, and as they must stand.
type Fix struct {
	Path, Rule, Message string
	// Line is the number of the first of the lines that change.
	Line    int
	Was, Is []string
}

// NewFix is the fix of a finding in the content of its file. ok is false where the
// finding has none, or none that does any good.
func NewFix(data []byte, f finding.Finding) (fix Fix, ok bool) {
	first, was, is := splice.Mended(f.Path, data, f.Fixes)
	if first == 0 {
		return Fix{}, false
	}
	return Fix{Path: f.Path, Rule: f.Rule, Message: f.Message, Line: first, Was: was, Is: is}, true
}

const (
	// fixesMost is how many characters the fixes take of a comment at most: it is there
	// for what will be announced.
	fixesMost = 12_000
	// fixLines is how many lines of a fix are shown before and after, fixColumns how
	// many characters of one.
	fixLines, fixColumns = 12, 300
)

// markdownFixes shows the fixes. They are no suggestions that a click takes over: a
// platform has those in the review of a line of the change alone. So it shows the
// lines to copy, and names the command that makes them.
func (r Plan) markdownFixes() string {
	var b strings.Builder
	shown := 0
	for _, f := range r.Fixes {
		text := f.markdown()
		if b.Len()+len(text) > fixesMost {
			break
		}
		b.WriteString(text)
		shown++
	}
	if shown < len(r.Fixes) {
		fmt.Fprintf(&b, "And %d more.\n", len(r.Fixes)-shown)
	}
	if len(r.Fixes) == 0 {
		return ""
	}
	title := fmt.Sprintf("%s %s one right answer alone: run `escalate lint --fix`, or copy the lines with a +", words.Count(len(r.Fixes), "finding"), words.Agree(len(r.Fixes), "has", "have"))
	return markdown.Details(title, strings.TrimSuffix(b.String(), "\n"))
}

func (f Fix) markdown() string {
	lines := slices.Concat(marked("-", f.Was), marked("+", f.Is))
	return fmt.Sprintf("%s: %s (%s)\n\n%s\n", escape.MarkdownCode(fmt.Sprintf("%s:%d", f.Path, f.Line)),
		markdown.Prose(words.Clip(f.Message, asideClip)), escape.MarkdownCode(f.Rule), escape.MarkdownFence("diff", strings.Join(lines, "\n")))
}

// marked are lines of a difference, with a mark before each.
func marked(mark string, lines []string) []string {
	var all []string
	for i, l := range lines {
		if i == fixLines {
			return append(all, mark+fmt.Sprintf("… and %d lines more", len(lines)-i))
		}
		all = append(all, mark+words.Clip(strings.TrimSuffix(l, "\r"), fixColumns))
	}
	return all
}
