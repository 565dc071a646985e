package escape_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/escalations-as-code/escalate/internal/escape"
)

func TestTerminal(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{"", ""},
		{" \n\t\n", ""},
		{"a\r\nb\rc\u2028d\u2029e\u0085f", "a\nb\nc\nd\ne\nf"},
		{"\n a \n\n\nb\n", " a\n\n\nb"},
		{"a\tb\vc", "a    b<U+000B>c"},
		{"::error::x", ": :error::x"},
		{"x\n  ::set-output name=x::y", "x\n  : :set-output name=x::y"},
		{"\u3000::x", "\u3000: :x"},
		{":\u200d:error::x", ":\u200d :error::x"},
		{"say ::error::", "say ::error::"},
		{"##[error]x ##[y]", "## [error]x ## [y]"},
		{"###[error]x", "### [error]x"},
		{"#\u0301#[error]x", "#\u0301# [error]x"},
		{"##vso[task.complete]", "##vso [task.complete]"},
		{"section_start:1:x\r\x1b[0K", "section_start:1:x\n<U+001B>[0K"},
		{"a\xffb\u202e", "a\ufffdb<U+202E>"},
	}
	for _, tt := range tests {
		if got := escape.Terminal(tt.text); got != tt.want {
			t.Errorf("Terminal(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestWorkflowEscapes(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, data, property string }{
		{"plain", "plain", "plain"},
		{"100%", "100%25", "100%25"},
		{"%0A", "%250A", "%250A"},
		{"a\r\nb", "a%0D%0Ab", "a<U+000D><U+000A>b"},
		{"\x1b[0K\x7f\u0085\u2028\u202e", "\x1b[0K\x7f\u0085\u2028\u202e", "<U+001B>[0K<U+007F><U+0085><U+2028><U+202E>"},
		{"\xff", "\xff", "\ufffd"},
		{"a:b,c", "a:b,c", "a%3Ab%2Cc"},
		{"::error::x", "::error::x", "%3A%3Aerror%3A%3Ax"},
	}
	for _, tt := range tests {
		if got := escape.WorkflowData(tt.text); got != tt.data {
			t.Errorf("WorkflowData(%q) = %q, want %q", tt.text, got, tt.data)
		}
		if got := escape.WorkflowProperty(tt.text); got != tt.property {
			t.Errorf("WorkflowProperty(%q) = %q, want %q", tt.text, got, tt.property)
		}
	}
}

// ignored is what a comparison of strings by culture, as the runner's, skips.
func ignored(r rune) bool { return unicode.In(r, unicode.C, unicode.M) }

var anyOldCommand = regexp.MustCompile(`##\pL*\[`)

// terminalFault reads a log as its runner does: no line has a command in it,
// and each says what was written.
func terminalFault(text string) string {
	out := escape.Terminal(text)
	for l := range strings.SplitSeq(out, "\n") {
		if f := unseen(l); f != "" {
			return f
		}
		bare := strings.Map(func(r rune) rune {
			if ignored(r) {
				return -1
			}
			return r
		}, l)
		if strings.HasPrefix(strings.TrimSpace(bare), "::") || anyOldCommand.MatchString(bare) {
			return fmt.Sprintf("a command: %q", l)
		}
	}
	// A space that breaks a command is all that may be more.
	bare := strings.NewReplacer(" ", "", "\u00a0", "")
	if got, want := bare.Replace(written(out)), bare.Replace(written(text)); got != want {
		return fmt.Sprintf("reads %q, want %q", got, want)
	}
	return ""
}

func TestTerminalIsText(t *testing.T) {
	t.Parallel()
	everywhere(t, terminalFault)
}

func FuzzTerminal(f *testing.F) { fuzz(f, terminalFault) }
