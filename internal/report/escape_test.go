package report

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func TestVisible(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{"", ""},
		{"Tōkyō 東京 👩\u200d🚀 نمی\u200cدانم", "Tōkyō 東京 👩\u200d🚀 نمی\u200cدانم"},
		{"\x1b[2J", "<U+001B>[2J"},
		{"\x00\x7f\u009b", "<U+0000><U+007F><U+009B>"},
		{"a\tb\rc\nd", "a<U+0009>b<U+000D>c<U+000A>d"},
		{"\u202a\u202e\u2066\u2069\u200e\u200f\u061c", "<U+202A><U+202E><U+2066><U+2069><U+200E><U+200F><U+061C>"},
		{"\u200b\u00ad\ufeff\u2028\u2029", "<U+200B><U+00AD><U+FEFF><U+2028><U+2029>"},
		{"\U000E0041", "<U+E0041>"},
		{"\ufffe\uffff", "<U+FFFE><U+FFFF>"},
		{"a\xff\xfeb", "a\ufffd\ufffdb"},
	}
	for _, tt := range tests {
		if got := visible(tt.text); got != tt.want {
			t.Errorf("visible(%q) = %q, want %q", tt.text, got, tt.want)
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
		if got := lines(tt.text); !slices.Equal(got, tt.want) {
			t.Errorf("lines(%q) = %q, want %q", tt.text, got, tt.want)
		}
		if got := line(tt.text); got != tt.line {
			t.Errorf("line(%q) = %q, want %q", tt.text, got, tt.line)
		}
	}
}

func TestClip(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		n    int
		want string
	}{
		{"東京都", 3, "東京都"},
		{"東京都", 2, "東京…"},
		{"", 0, ""},
		{"a", 0, "…"},
	}
	for _, tt := range tests {
		if got := clip(tt.text, tt.n); got != tt.want {
			t.Errorf("clip(%q, %d) = %q, want %q", tt.text, tt.n, got, tt.want)
		}
	}
}

// TestTextHidesNothing prints any report for a terminal: nothing gets there
// but what can be seen.
func TestTextHidesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		out := printed(t, formats["text"], anyReport().Draw(rt, "report"))
		if i := strings.IndexFunc(strings.ReplaceAll(out, "\n", ""), hidden); i >= 0 {
			rt.Fatalf("hidden characters in %q", out)
		}
	})
}
