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
