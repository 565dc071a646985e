package escape

import "strings"

// MarkdownFence shows lines as a block of code of a language, such as diff. Nothing in
// them ends it: its fence is longer than any run of backquotes in them, and what cannot
// be seen is shown. A comment of HTML does not begin in it either: whoever looks for
// one in the source would find it. Nor does a line with a slash in a block within more
// than three backquotes, of which GitLab carried out quick actions, before it parsed
// Markdown to find them (lib/gitlab/quick_actions/extractor.rb).
func MarkdownFence(language, lines string) string {
	var shown []string
	for line := range strings.SplitSeq(lines, "\n") {
		shown = append(shown, strings.ReplaceAll(Visible(line), "<!", "< !"))
	}
	text := strings.Join(shown, "\n")
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if fence != "```" {
		text = strings.ReplaceAll("\n"+text, "\n/", "\n /")[1:]
	}
	return fence + language + "\n" + text + "\n" + fence + "\n"
}
