// Package handbook is the escalation process itself, rule by rule: what each asks
// for, the lines of the source that it is from, who sees to it, and what only
// people do. `escalate explain` and docs/process.md are made from it. It is data,
// and knows nothing of how the rules are enforced.
package handbook

import (
	"fmt"
	"strings"
)

// Actor is who sees to a rule.
type Actor string

// The actors: the commands, and nobody, where a rule is left to people alone.
const (
	Lint   Actor = "lint"
	Plan   Actor = "plan"
	Apply  Actor = "apply"
	Stale  Actor = "stale"
	Log    Actor = "log"
	Audit  Actor = "audit"
	Nobody Actor = "nobody"
)

// Rule is one rule of the process.
type Rule struct {
	// Number is how it is cited: P20.
	Number string
	// Title names it in a few words.
	Title string
	// Lines are the lines of the source that it is from, each the first and the last
	// of a range; none where the rule is this project's own.
	Lines [][2]int
	// Says is the rule, in sentences of our own.
	Says string
	// By is who sees to it.
	By []Actor
	// Settings are the keys of the policy that change it; <level> stands for a severity.
	Settings []string
	// Reading says where the source is silent or contradicts itself, and how it is
	// read here; empty where it is followed to the letter.
	Reading string
	// People is what is left for people to do; empty where nothing is.
	People string
}

// From says which lines of the source a rule is from: lines 38 to 55.
func (r Rule) From() string {
	if len(r.Lines) == 0 {
		return "this project's own rule"
	}
	parts := make([]string, len(r.Lines))
	for i, l := range r.Lines {
		parts[i] = fmt.Sprint(l[0])
		if l[1] > l[0] {
			parts[i] = fmt.Sprintf("%d to %d", l[0], l[1])
		}
	}
	if len(parts) == 1 && !strings.Contains(parts[0], "to") {
		return "line " + parts[0]
	}
	return "lines " + strings.Join(parts, ", ")
}

// Anchor is the heading of the rule in docs/process.md, as a link has it.
func (r Rule) Anchor() string { return strings.ToLower(r.Number) }

// Lookup returns the rule of a number, in whatever letters it is written.
func Lookup(number string) (Rule, bool) {
	for _, r := range Rules() {
		if strings.EqualFold(r.Number, number) {
			return r, true
		}
	}
	return Rule{}, false
}
