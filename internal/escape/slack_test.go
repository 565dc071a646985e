package escape_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/escape"
)

func TestSlack(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{"", ""},
		{"\u3000\n", ""},
		{"<!channel> & <@U1>", "&lt;!channel&gt; &amp; &lt;@U1&gt;"},
		{"<https://evil|good>", "&lt;https://evil|good&gt;"},
		{"&lt;!here&gt;", "&amp;lt;!here&amp;gt;"},
		{"see https://x.y/a?b=1&c=2.", "see <https://x.y/a?b=1&amp;c=2>."},
		{"https://github.com/o/r/issues/1", "<https://github.com/o/r/issues/1>"},
		{"```\nx\n```", "`` `\nx\n`` `"},
		{"a ````` b", "a `` `` ` b"},
		{">>> x\n > y\n  >>>> z", "&gt; &gt; &gt; x\n &gt; y\n  &gt; &gt; &gt; &gt; z"},
		{"a >>> b", "a &gt;&gt;&gt; b"},
		{"*b* :smile:\r\n\u202ex", "*b* :smile:\n&lt;U+202E&gt;x"},
	}
	for _, tt := range tests {
		if got := escape.Slack(tt.text); got != tt.want {
			t.Errorf("Slack(%q)\n got %q\nwant %q", tt.text, got, tt.want)
		}
	}
}

var (
	slackLink   = regexp.MustCompile(`(?i)<(https?://[^<>|\s]+)>`)
	slackEntity = regexp.MustCompile(`&(?:amp|lt|gt);`)
	slackQuote  = regexp.MustCompile(`(?m)^\s*(?:>|&gt;){2}`)
)

// slackFault reads mrkdwn as Slack does: in angle brackets, there are plain
// URLs and nothing else.
func slackFault(text string) string {
	out := escape.Slack(text)
	if f := unseen(strings.ReplaceAll(out, "\n", "")); f != "" {
		return f
	}
	rest := slackLink.ReplaceAllString(out, "$1")
	if strings.ContainsAny(rest, "<>") {
		return fmt.Sprintf("more than links: %q", out)
	}
	if strings.Contains(slackEntity.ReplaceAllString(rest, ""), "&") {
		return fmt.Sprintf("a bare &: %q", out)
	}
	if strings.Contains(out, "```") || slackQuote.MatchString(out) {
		return fmt.Sprintf("reaches beyond its line: %q", out)
	}
	// A space that breaks a fence is all that may be more.
	bare := strings.NewReplacer(" ", "", "\u00a0", "")
	shown := strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(rest)
	if got, want := bare.Replace(written(shown)), bare.Replace(written(text)); got != want {
		return fmt.Sprintf("reads %q, want %q", got, want)
	}
	return ""
}

func TestSlackIsText(t *testing.T) {
	t.Parallel()
	everywhere(t, slackFault)
}

func FuzzSlack(f *testing.F) { fuzz(f, slackFault) }
