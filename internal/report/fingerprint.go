package report

import (
	"crypto/sha256"
	"fmt"
	"regexp"

	"github.com/escalations-as-code/escalate/internal/finding"
)

var index = regexp.MustCompile(`/[0-9]+\b`)

// fingerprints returns for each finding a name by which a program knows it
// again in the next run. It is made of what the fault is and not of where it
// stands, so it survives a line that moves and an entry put in before it. Equal
// faults of one file are numbered in their order.
func fingerprints(fs []finding.Finding) []string {
	seen := map[finding.Key]int{}
	prints := make([]string, len(fs))
	for i, f := range fs {
		k := f.Key()
		k.Field = index.ReplaceAllString(k.Field, "/*")
		sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q %d", k.Path, k.Rule, k.Field, k.Value, seen[k]))
		prints[i] = fmt.Sprintf("%x", sum[:16])
		seen[k]++
	}
	return prints
}
