package words_test

import (
	"testing"

	"github.com/escalations-as-code/escalate/internal/words"
)

// What stands for words that somebody will write later says nothing.
func TestSays(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"The queue waits.": true, "No": true, "Later we tune the queue": true, "TBD by Friday: the load test": true, "顧客": true, "42": true, "None of the teams can deploy": true,
		"": false, ".": false, "...": false, "…": false, "-": false, "?": false, "\u200b": false, "TBD": false, " tbd.\n": false, "[TBD]": false, "N/A": false, "n.a.": false, "To be  defined": false, "XXX": false, "none": false, "(todo)": false,
		"\u2800": false, "\u3164": false, "\uffa0\u115f": false, "\u2060\u180e\u00ad": false, "\ufe0f\u034f": false, "\U000e0041": false, "👍🏽": false, "→ ✓": false, "¯\\_(・・)_/¯": false,
		"T\u200bBD": false, "ＴＢＤ": false, "了": true, "x": true, "3M": true, "e\u0301t\u00e9": true,
	} {
		if words.Says(text) != want {
			t.Errorf("%q says something: %v", text, !want)
		}
	}
	for text, want := range map[string]string{
		"<one line: what is wrong>": "<one line: what is wrong>", "First.\n  <the rest>\n": "<the rest>", "- <step>": "<step>",
		"<https://x.example>": "", "<jo@example.com>": "", "a < b > c": "", "<b>bold</b>": "", "": "", "<>": "",
	} {
		if got := words.ToFillIn(text); got != want {
			t.Errorf("%q has %q to fill in, want %q", text, got, want)
		}
	}
}
