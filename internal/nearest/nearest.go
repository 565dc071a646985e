// Package nearest finds the word that somebody who misspelt one probably
// meant.
package nearest

import (
	"strings"

	"github.com/agnivade/levenshtein"
)

// Of returns the word of words that is nearest to the misspelt one, or "" if
// none is near enough to be meant: one slip in three letters, at most three.
func Of(misspelt string, words []string) string {
	misspelt = normal(misspelt)
	best, bestDistance := "", min(len(misspelt)/3, 3)+1
	for _, w := range words {
		if d := distance(misspelt, normal(w)); d < bestDistance {
			best, bestDistance = w, d
		}
	}
	return best
}

// normal takes away what people get wrong without misspelling anything.
func normal(s string) string {
	return strings.NewReplacer("-", "_", " ", "_", ".", "_").Replace(strings.ToLower(strings.TrimLeft(s, "@#")))
}

// distance counts two swapped neighbours as one slip, not two.
func distance(a, b string) int {
	d := levenshtein.ComputeDistance(a, b)
	if d == 2 && len(a) == len(b) {
		for i := range len(a) - 1 {
			if a[:i]+string(a[i+1])+string(a[i])+a[i+2:] == b {
				return 1
			}
		}
	}
	return d
}
