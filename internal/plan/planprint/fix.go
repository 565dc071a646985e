package planprint

import (
	"bytes"
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
	if len(f.Fixes) == 0 {
		return Fix{}, false
	}
	out, err := splice.Mend(f.Path, data, f.Fixes)
	if err != nil || bytes.Equal(data, out) {
		return Fix{}, false
	}
	was, is := strings.Split(string(data), "\n"), strings.Split(string(out), "\n")
	same := 0
	for same < len(was) && same < len(is) && was[same] == is[same] {
		same++
	}
	was, is = was[same:], is[same:]
	for len(was) > 0 && len(is) > 0 && was[len(was)-1] == is[len(is)-1] {
		was, is = was[:len(was)-1], is[:len(is)-1]
	}
	return Fix{Path: f.Path, Rule: f.Rule, Message: f.Message, Line: same + 1, Was: was, Is: is}, true
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
		coded(words.Clip(f.Message, asideClip)), escape.MarkdownCode(f.Rule), escape.MarkdownFence("diff", strings.Join(lines, "\n")))
}

// coded is a message, of which what stands in backquotes is code.
func coded(message string) string {
	var pieces []escape.Piece
	for i, part := range strings.Split(message, "`") {
		if part != "" {
			pieces = append(pieces, escape.Piece{Words: part, Code: i%2 == 1})
		}
	}
	return escape.MarkdownLineOf(pieces...)
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
