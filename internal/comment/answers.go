package comment

import (
	"regexp"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/words"
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

// audience is to whom an update goes, as the word before its text. In "customer's" it is
// no word of its own.
var audience = regexp.MustCompile(`(?is)^(internal|customer|both)(?:([:,]|[ \t]*(?:\n|$))|[ \t])\s*(.*)$`)

// subject is how a sentence goes on whose first word is what it is about.
var subject = regexp.MustCompile(`^\p{Ll}`)

// updateText is to whom an update goes, and what it says. With a capital, and a word in
// small letters behind it on its line, the first word is one of the text: of "Customer
// confirmed it" nobody said that the customer was told, and the text is none without it.
func updateText(text string) map[string][]string {
	given := map[string][]string{}
	m := audience.FindStringSubmatch(text)
	if m != nil && m[2] == "" && m[1] == words.Capital(strings.ToLower(m[1])) && subject.MatchString(m[3]) {
		m = nil
	}
	if m != nil {
		switch strings.ToLower(m[1]) {
		case "both":
			given["to"] = []string{"internal", "customer"}
		case "customer":
			given["to"] = []string{"customer"}
		default:
			given["to"] = []string{"internal"}
		}
		text = m[3]
	}
	if text != "" {
		given["text"] = []string{text}
	}
	return given
}

// reason is what stands before the `because` of the first line, or before one that begins
// the second, and what stands behind it. In a line below, it is a word of the text.
var reason = regexp.MustCompile(`(?is)^([^\n]*?)\s*\bbecause\b:?\s*(.*)$`)

// because answers one question with what stands before `because`, and another with
// what stands behind it. Without the word, the first line is the first answer, and the
// lines below it are the second.
func because(before, behind string) func(string) map[string][]string {
	return func(text string) map[string][]string {
		first, why := text, ""
		if m := reason.FindStringSubmatch(text); m != nil {
			first, why = m[1], m[2]
		} else if line, rest, more := strings.Cut(text, "\n"); more {
			first, why = line, strings.TrimSpace(rest)
		}
		given := map[string][]string{}
		if first = strings.TrimRight(strings.TrimSpace(first), ",;:"); first != "" {
			given[before] = []string{first}
		}
		if why != "" {
			given[behind] = []string{why}
		}
		return given
	}
}

// led is a text that `because` leads in.
var led = regexp.MustCompile(`(?i)^because\b:?\s*`)

// whyText answers one question with all of the text, before which `because` may stand.
func whyText(question string) func(string) map[string][]string {
	return func(text string) map[string][]string { return whole(question)(led.ReplaceAllString(text, "")) }
}

// stepped is a step with its owner and its day, in the order in which people write
// them.
var stepped = regexp.MustCompile(`(?is)^(.*?)[\s,:]+@([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?)[\s,.;:]*(?:(?:by|until|due|on)\b:?\s*)?(.*)$`)

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

// till is a day with the word that people put before it.
var till = regexp.MustCompile(`(?i)^(?:until|till|through|to)\b:?\s*`)

// snoozeText is until when, and why.
func snoozeText(text string) map[string][]string {
	given := because("until", "reason")(text)
	if day := given["until"]; len(day) == 1 {
		delete(given, "until")
		if day := till.ReplaceAllString(day[0], ""); day != "" {
			given["until"] = []string{day}
		}
	}
	return given
}

var until = regexp.MustCompile(`(?is)^(.*?)\s*\b(?:until|till|through)\b:?\s*(.*)$`)

// wrapped is where a line goes on with one of the words of a cover.
var wrapped = regexp.MustCompile(`(?i)\s*\n\s*(until|till|through|because)\b`)

// coverText is who stands in, until when, and why.
func coverText(text string) map[string][]string {
	given := because("stand-in", "reason")(wrapped.ReplaceAllString(text, " $1"))
	if who := given["stand-in"]; len(who) == 1 {
		if m := until.FindStringSubmatch(who[0]); m != nil {
			delete(given, "stand-in")
			if m[1] = strings.TrimRight(m[1], ",;:"); m[1] != "" {
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
// behind it. A keyboard may begin it with a capital, and whoever copies the name from
// where it is explained may have it as code.
var label = regexp.MustCompile("^\\s*(?:[-*]\\s+)?[`*_]*([A-Za-z][A-Za-z-]+)[`*_]*[ \\t]*:[`*_]*[ \\t]*(.*)$")

// named reads a line that begins with the name of one of some questions.
func named(line string, is func(question string) bool) (question, answer string, ok bool) {
	m := label.FindStringSubmatch(line)
	if m == nil {
		return "", "", false
	}
	question = strings.ToLower(m[1])
	return question, strings.TrimSpace(m[2]), is(question)
}

// labelled takes the lines out of a text that answer one of some questions by its name.
func labelled(text string, questions []string) (rest string, given map[string][]string) {
	given = map[string][]string{}
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if q, answer, ok := named(line, func(q string) bool { return slices.Contains(questions, q) }); ok {
			if answer != "" {
				given[q] = []string{answer}
			}
			continue
		}
		lines = append(lines, line)
	}
	return strings.TrimSpace(strings.Join(lines, "\n")), given
}

// closeText are the answers of the form for a closing, which names each question. An
// answer goes on until the next one: a name that has its answer already is a part of it.
func closeText(text string) map[string][]string {
	given := map[string][]string{}
	question := ""
	for line := range strings.SplitSeq(text, "\n") {
		if q, answer, ok := named(line, func(q string) bool { return closing[q] }); ok && strings.TrimSpace(strings.Join(given[q], "")) == "" {
			question = q
			given[question] = []string{answer}
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
