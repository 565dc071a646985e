package terminal

import (
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// Diff is what is different in a text, line by line, with a few lines around: behind a
// + what is new, behind a - what was, behind a blank what stays. It is empty where
// nothing is different, or nothing was.
func Diff(was, is []byte) string {
	if len(was) == 0 || string(was) == string(is) {
		return ""
	}
	var b strings.Builder
	for i, line := range strings.SplitAfter(string(diff.Diff("a", was, "b", is)), "\n") {
		if i > 2 && !strings.HasPrefix(line, "@@") { // the names of the files, and where it is
			b.WriteString(line)
		}
	}
	return b.String()
}

// Difference shows what Diff returns, line by line and indented. The text must have come
// through package escape.
func (s Screen) Difference(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		style := Faint
		switch line[0] {
		case '+':
			style = Green
		case '-':
			style = Red
		}
		b.WriteString("  " + s.Paint(style, strings.TrimSuffix(line, "\n")) + "\n")
	}
	return b.String()
}
