package escape_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/escalations-as-code/escalate/internal/escape"
)

func TestVisible(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{"", ""},
		{"Tōkyō 東京 👩\u200d🚀 ❤\ufe0f نمی\u200cدانم", "Tōkyō 東京 👩\u200d🚀 ❤\ufe0f نمی\u200cدانم"},
		{"\x1b[2J", "<U+001B>[2J"},
		{"\x00\x7f\u009b", "<U+0000><U+007F><U+009B>"},
		{"a\tb\rc\nd", "a<U+0009>b<U+000D>c<U+000A>d"},
		{"\u202a\u202e\u2066\u2069\u200e\u200f\u061c", "<U+202A><U+202E><U+2066><U+2069><U+200E><U+200F><U+061C>"},
		{"\u200b\u00ad\ufeff\u2028\u2029", "<U+200B><U+00AD><U+FEFF><U+2028><U+2029>"},
		{"\U000E0041\u3164\u034f", "<U+E0041><U+3164><U+034F>"},
		{"\ufffe\uffff", "<U+FFFE><U+FFFF>"},
		{"a\xff\xfeb", "a\ufffd\ufffdb"},
	}
	for _, tt := range tests {
		if got := escape.Visible(tt.text); got != tt.want {
			t.Errorf("Visible(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want []string
		line string
	}{
		{"", []string{""}, ""},
		{"a", []string{"a"}, "a"},
		{"\na\r\n  b\n\n", []string{"a", "  b"}, "a   b"},
		{"a\rb", []string{"a<U+000D>b"}, "a<U+000D>b"},
	}
	for _, tt := range tests {
		if got := escape.Lines(tt.text); !slices.Equal(got, tt.want) {
			t.Errorf("Lines(%q) = %q, want %q", tt.text, got, tt.want)
		}
		if got := escape.Line(tt.text); got != tt.line {
			t.Errorf("Line(%q) = %q, want %q", tt.text, got, tt.line)
		}
	}
}

// TestLineIsOne makes a title of any text: one line, in which all is seen.
func TestLineIsOne(t *testing.T) {
	t.Parallel()
	everywhere(t, func(text string) string { return unseen(escape.Line(text)) })
}

// unseen describes what is hidden in s or not UTF-8.
func unseen(s string) string {
	if i := strings.IndexFunc(s, escape.Hidden); i >= 0 {
		return fmt.Sprintf("hidden at %d in %q", i, s)
	}
	if !utf8.ValidString(s) {
		return fmt.Sprintf("no UTF-8: %q", s)
	}
	return ""
}

var lineBreak = regexp.MustCompile("\r\n|[\r\n\u0085\u2028\u2029]")

// written is the text as somebody reads it: the words of each line, with the
// white space before the first and the hidden characters by number.
func written(text string) string {
	ls := lineBreak.Split(strings.ReplaceAll(text, "\t", "    "), -1)
	for i, l := range ls {
		ls[i] = wordsOf(escape.Visible(l))
	}
	return strings.Trim(strings.Join(ls, "\n"), "\n")
}

// wordsOf is a line in which only the amount of white space before the first
// word counts.
func wordsOf(line string) string {
	rest := strings.TrimLeftFunc(line, unicode.IsSpace)
	if rest == "" {
		return ""
	}
	indent := utf8.RuneCountInString(line[:len(line)-len(rest)])
	return strings.Repeat(" ", indent) + strings.Join(strings.Fields(rest), " ")
}
