package escape

import (
	"regexp"
	"strings"
)

// Slack shows text of several lines in Slack's mrkdwn. As Slack's documentation
// has it, &, < and > are all that makes a mention, a channel, a date or a named
// link; they are escaped, and plain URLs become links to what they say. The
// rest of mrkdwn cannot be escaped: stars, underscores, tildes, backquotes and
// :emoji: may format words of the line that they stand in. Two things would
// reach beyond it, so a space goes between their signs: three backquotes, which
// begin or end a block of code, and >>> at the beginning of a line, which
// quotes all that follows.
//
// It is assumed that the sender lets Slack look for nothing else: no link_names
// and parse=none for a message, and `"verbatim": true` in each mrkdwn object of
// a block, since otherwise Slack looks for names and "certain mentions", such
// as @channel; and that a block of code has its fences on lines of their own.
func Slack(s string) string {
	ls := prose(s)
	for i, l := range ls {
		l = quotes.ReplaceAllStringFunc(l, func(signs string) string {
			return strings.TrimRight(strings.ReplaceAll(signs, ">", "> "), " ")
		})
		for strings.Contains(l, "```") {
			l = strings.ReplaceAll(l, "```", "`` `")
		}
		var b strings.Builder
		eachWord(l, func(word string, _ bool) {
			before, url, after := cutURL(word)
			b.WriteString(mrkdwn.Replace(before))
			if url != "" {
				b.WriteString("<" + mrkdwn.Replace(url) + ">")
			}
			b.WriteString(mrkdwn.Replace(after))
		})
		ls[i] = b.String()
	}
	return strings.Join(ls, "\n")
}

var (
	mrkdwn = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	quotes = regexp.MustCompile(`^\s*>{2,}`)
)
