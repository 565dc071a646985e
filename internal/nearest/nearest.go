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
	best, _ := find(misspelt, words)
	return best
}

// Only returns what Of does, but "" where another word is as near: then it is
// for people to say which was meant.
func Only(misspelt string, words []string) string {
	best, only := find(misspelt, words)
	if !only {
		return ""
	}
	return best
}

// find returns the nearest word, and whether no other is as near.
func find(misspelt string, words []string) (best string, only bool) {
	misspelt = normal(misspelt)
	bestDistance := min(len(misspelt)/3, 3) + 1
	for _, w := range words {
		switch d := distance(misspelt, normal(w)); {
		case d < bestDistance:
			best, bestDistance, only = w, d, true
		case d == bestDistance && w != best:
			only = false
		}
	}
	return best, only
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
