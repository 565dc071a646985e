package escape

import (
	"strings"
	"unicode"
)

// joiner is what nobody sees, and what no notation has in it.
const joiner = '\u200C'

// Title shows text as the title of an issue or a change request on a forge that reads
// no Markdown there, and yet looks for mentions, references, emoji and addresses, as
// GitLab does: whoever is named in a title is told of it. A word that may be one has a
// joiner around each sign, so that it is none, and reads as it was written.
func Title(s string) string {
	var b strings.Builder
	eachWord(Line(s), func(word string, space bool) {
		if space || !notation.MatchString(word) {
			b.WriteString(word)
			return
		}
		run, after := 0, false // of letters and digits; a sign
		for i, r := range word {
			sign := !unicode.In(r, unicode.L, unicode.M, unicode.N)
			if i > 0 && (sign || after || run == shortHash) {
				b.WriteRune(joiner)
				run = 0
			}
			b.WriteRune(r)
			run, after = run+1, sign
		}
	})
	return b.String()
}

// shortHash is of how many signs no hash of a commit is.
const shortHash = 6
