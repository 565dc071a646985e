package comment

import (
	"regexp"
	"slices"
	"strings"
)

// whole answers one question with all of the text.
func whole(question string) func(string) map[string][]string {
	return func(text string) map[string][]string {
		given := map[string][]string{}
		if text != "" {
			given[question] = []string{text}
		}
		return given
	}
}

var audience = regexp.MustCompile(`(?is)^(internal|customer|both)\b[:,]?\s*(.*)$`)

// updateText is to whom an update goes, and what it says.
func updateText(text string) map[string][]string {
	given := map[string][]string{}
	if m := audience.FindStringSubmatch(text); m != nil {
		switch strings.ToLower(m[1]) {
		case "both":
			given["to"] = []string{"internal", "customer"}
		case "customer":
			given["to"] = []string{"customer"}
		default:
			given["to"] = []string{"internal"}
		}
		text = m[2]
	}
	if text != "" {
		given["text"] = []string{text}
	}
	return given
}

var reason = regexp.MustCompile(`(?is)^(.*?)\s*\bbecause\b:?\s*(.*)$`)

// because answers one question with what stands before `because`, and another with
// what stands behind it. Without the word, the first line is the first answer, and the
// lines below it are the second.
func because(before, behind string) func(string) map[string][]string {
	return func(text string) map[string][]string {
		given := map[string][]string{}
		first, why := text, ""
		if m := reason.FindStringSubmatch(text); m != nil {
			first, why = m[1], m[2]
		} else if line, rest, more := strings.Cut(text, "\n"); more {
			first, why = line, strings.TrimSpace(rest)
		}
		if before == "" && why == "" {
			first, why = "", text
		}
		if first = strings.TrimSpace(first); first != "" && before != "" {
			given[before] = []string{first}
		}
		if why != "" {
			given[behind] = []string{why}
		}
		return given
	}
}

// stepped is a step with its owner and its day, in the order in which people write
// them.
var stepped = regexp.MustCompile(`(?is)^(.*?)[\s,:]+@([A-Za-z0-9][A-Za-z0-9._-]*)[\s,]*(?:(?:by|until|due|on)\b:?\s*)?(.*)$`)

// StepText is what will be done, by whom and until when.
func StepText(text string) map[string][]string {
	given := map[string][]string{}
	m := stepped.FindStringSubmatch(text)
	if m == nil {
		if text != "" {
			given["step"] = []string{text}
		}
		return given
	}
	if s := strings.TrimSpace(m[1]); s != "" {
		given["step"] = []string{s}
	}
	given["owner"] = []string{"@" + m[2]}
	if due := strings.Trim(m[3], " .\n"); due != "" {
		given["due"] = []string{due}
	}
	return given
}

var until = regexp.MustCompile(`(?is)^(.*?)\s*\b(?:until|till|through)\b:?\s*(.*)$`)

// coverText is who stands in, until when, and why.
func coverText(text string) map[string][]string {
	given := because("stand-in", "reason")(text)
	if who := given["stand-in"]; len(who) == 1 {
		if m := until.FindStringSubmatch(who[0]); m != nil {
			delete(given, "stand-in")
			if m[1] != "" {
				given["stand-in"] = []string{m[1]}
			}
			if m[2] != "" {
				given["until"] = []string{m[2]}
			}
		}
	}
	return given
}

// label is a line of the form that `/close` is answered by: its name, and the answer
// behind it.
var label = regexp.MustCompile(`^\s*(?:[-*]\s+)?([a-z][a-z-]+):[ \t]*(.*)$`)

// labelled takes the lines out of a text that answer one of some questions by its name.
func labelled(text string, labels []string) (rest string, given map[string][]string) {
	given = map[string][]string{}
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if m := label.FindStringSubmatch(line); m != nil && slices.Contains(labels, m[1]) {
			if answer := strings.TrimSpace(m[2]); answer != "" {
				given[m[1]] = []string{answer}
			}
			continue
		}
		lines = append(lines, line)
	}
	return strings.TrimSpace(strings.Join(lines, "\n")), given
}

// closeText are the answers of the form for a closing, which names each question. An
// answer goes on until the next one.
func closeText(text string) map[string][]string {
	given := map[string][]string{}
	question := ""
	for line := range strings.SplitSeq(text, "\n") {
		if m := label.FindStringSubmatch(line); m != nil && closing[m[1]] {
			question = m[1]
			given[question] = []string{m[2]}
			continue
		}
		if question != "" {
			given[question][0] += "\n" + line
		}
	}
	for q, answer := range given {
		if given[q][0] = strings.TrimSpace(answer[0]); given[q][0] == "" {
			delete(given, q)
		}
	}
	return given
}

// closing are the questions of the form for a closing.
var closing = map[string]bool{
	"resolution": true, "reason": true, "duplicate-of": true, "outcome": true, "met": true, "exit-criteria-met": true, "why-not": true, "summary": true,
	"agreement": true, "waived": true, "waived-by": true, "asked": true, "sentiment": true, "pattern-issue": true,
}
