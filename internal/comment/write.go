package comment

import (
	"regexp"
	"slices"
	"strings"
)

// Write writes the commands of a comment that gives answers to an act; ok is false of
// one that it does not know how to say, and of an answer that the forge may take for a
// command of its own. Whoever has somebody send it reads it again first: an answer may
// look like a command of ours.
func (d Dialect) Write(act string, answers map[string][]string) (text string, ok bool) {
	text, ok = d.write(act, answers)
	for line := range strings.SplitSeq(text, "\n") {
		if d.Prefix != "" && action.MatchString(line) && !strings.HasPrefix(line, d.Written("")) {
			return "", false
		}
	}
	return text, ok
}

// action is a line that GitLab may take for a quick action of its own.
var action = regexp.MustCompile(`^\s*/`)

func (d Dialect) write(act string, answers map[string][]string) (text string, ok bool) {
	one := func(question string) string { return strings.Join(answers[question], "\n") }
	has := func(question string) bool { return len(answers[question]) > 0 }
	switch act {
	case "update":
		word := d.Written("update") + " "
		if one("significant") == "yes" {
			word = d.Written("significant") + " "
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
		text = d.Written("severity") + " " + one("level")
		if has("why") {
			text += " because " + one("why")
		}
		for _, question := range []string{"product-related", "product-reason"} {
			if has(question) {
				text += "\n" + question + ": " + one(question)
			}
		}
		if has("product-dri") {
			text += "\n" + d.Written("product-dri") + " " + one("product-dri")
		}
		return text, true
	case "close":
		text = d.Written("close")
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
