package escape

import (
	"regexp"
	"strings"
)

// Terminal shows text of several lines at a terminal, or in the log of a CI
// job. Nothing in it is a command to either: no control character gets through,
// which the sections of GitLab's log need, too (`\r\x1b[0K` ends their mark),
// and nothing is a workflow command of GitHub Actions.
func Terminal(s string) string {
	ls := prose(s)
	for i, l := range ls {
		// What cannot be one is told without the regular expressions, which take most
		// of the time of a long output.
		if l != "" && !plainStart(l[0]) {
			l = command.ReplaceAllString(l, "$1 :")
		}
		if strings.Contains(l, "#") && strings.Contains(l, "[") {
			l = oldCommand.ReplaceAllString(l, "$1 [")
		}
		ls[i] = l
	}
	return strings.Join(ls, "\n")
}

// plainStart reports whether a line that begins with c holds no workflow command
// of today: those begin with colons, behind white space and what cannot be seen.
func plainStart(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

var (
	// command is what the runner of GitHub Actions takes for the beginning of a
	// workflow command (ActionCommand.TryParseV2): two colons, behind any white
	// space. It looks for them as people compare words, so that marks and
	// characters that cannot be seen may stand before and between.
	command = regexp.MustCompile(`^([\s\pZ\pM\pC]*:[\pM\pC]*):`)

	// oldCommand is one in the notation of old, which the runner looks for
	// anywhere in a line (ActionCommand.TryParse). Letters may follow the hashes:
	// in Azure's pipelines, it is `##vso[`.
	oldCommand = regexp.MustCompile(`(#[\pM\pC]*#[\pL\pM\pC]*)\[`)
)

var (
	workflowData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	workflowProperty = strings.NewReplacer("%", "%25", ":", "%3A", ",", "%2C")
)

// WorkflowData escapes what stands behind a workflow command: text that Lines made
// fit to be shown.
func WorkflowData(s string) string { return workflowData.Replace(s) }

// WorkflowProperty escapes the value of a workflow command's property. It is one
// line, in which what cannot be seen is made seen: the runner would make a control
// character of its escape again.
func WorkflowProperty(s string) string { return workflowProperty.Replace(Visible(s)) }
