package escape_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/escape"
)

func TestTitle(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Northwind Traders (high)": "Northwind Traders (high)",
		"10:30, 50%":               "10:30, 50%",
		"@all: a\nb":               "@|all|: a b",
		"#1 !2 GL-3":               "#|1 !|2 GL|-|3",
		"deadbeefdead":             "deadbe|efdead",
		":smile:":                  ":|smile|:",
		"~\"a b\"":                 "~|\"|a b\"",
	} {
		if got := strings.ReplaceAll(escape.Title(text), "\u200c", "|"); got != want {
			t.Errorf("Title(%q) = %q, want %q", text, got, want)
		}
	}
}

// A title reads as the text in one line, and GitLab makes nothing of it.
func TestTitleIsText(t *testing.T) {
	t.Parallel()
	everywhere(t, func(text string) string {
		out := escape.Title(text)
		if f := unseen(out); f != "" {
			return f
		}
		plain := strings.NewReplacer("\u200c", "")
		if got, want := plain.Replace(out), plain.Replace(escape.Line(text)); got != want {
			return fmt.Sprintf("reads %q, want %q", got, want)
		}
		for word := range strings.FieldsSeq(out) {
			word = strings.ReplaceAll(word, "$\u200c", "") // there are no formulas
			if notation.MatchString(word) || reference.MatchString(word) {
				return fmt.Sprintf("GitLab makes something of %q", word)
			}
		}
		return ""
	})
}
