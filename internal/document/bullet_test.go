package document

import (
	"regexp"
	"testing"

	"pgregory.net/rapid"
)

// What looks like an entry of a list is said by a pattern; the code that is quicker
// says the same of any text.
func TestHasBullet(t *testing.T) {
	t.Parallel()
	pattern := regexp.MustCompile(`(?m)^ *(?:[*+] |(?:\d{1,2}|[a-z])[.)] |-[^\s-])`)
	text := rapid.StringOfN(rapid.SampledFrom([]rune(" \t\r\n*+-.)19azA:é")), 0, 12, -1)
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		s := text.Draw(t, "text")
		want := pattern.MatchString(s)
		if want {
			found++
		}
		if got := hasBullet(s); got != want {
			t.Fatalf("%q: %v", s, got)
		}
	})
	if found == 0 {
		t.Error("no text has one")
	}
}
