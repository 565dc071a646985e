package comment

import (
	"slices"
	"strings"
)

// Write writes the commands of a comment that gives answers to an act; ok is false of
// one that it does not know how to say. Whoever has somebody send it reads it again
// first: an answer may look like a command.
func Write(act string, answers map[string][]string) (text string, ok bool) {
	one := func(question string) string { return strings.Join(answers[question], "\n") }
	has := func(question string) bool { return len(answers[question]) > 0 }
	switch act {
	case "update":
		word := "/update "
		if one("significant") == "yes" {
			word = "/significant "
		}
		switch to := answers["to"]; {
		case slices.Contains(to, "internal") && slices.Contains(to, "customer"):
			word += "both "
		case slices.Contains(to, "customer"):
			word += "customer "
		default:
			word += "internal "
		}
		return word + one("text"), true
	case "severity":
		text = "/severity " + one("level")
		if has("why") {
			text += " because " + one("why")
		}
		for _, question := range []string{"product-related", "product-reason"} {
			if has(question) {
				text += "\n" + question + ": " + one(question)
			}
		}
		if has("product-dri") {
			text += "\n/product-dri " + one("product-dri")
		}
		return text, true
	case "close":
		text = "/close"
		for _, question := range []string{
			"resolution", "reason", "duplicate-of", "outcome", "met", "exit-criteria-met", "why-not", "summary", "agreement", "waived", "waived-by", "asked", "sentiment", "pattern-issue",
		} {
			if has(question) {
				text += "\n" + question + ": " + one(question)
			}
		}
		return text, true
	}
	return "", false
}
