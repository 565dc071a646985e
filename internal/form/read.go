package form

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/nearest"
)

// Issue is what an issue says that was made with the form.
type Issue struct {
	// Given are the answers to the questions of act.New.
	Given map[string][]string
	// Problems are what nobody could tell, in plain words.
	Problems []string
}

var (
	heading = regexp.MustCompile(`^ {0,3}#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*$`)
	// strong is how other programs write a label, such as a workflow of Slack.
	strong = regexp.MustCompile(`^(?:\*\*([^*]+)\*\*|\*([^*]+)\*|__([^_]+)__)[ \t]*:?[ \t]*(.*)$`)
	// box is an item with a box: what is in it, and what is behind it.
	box    = regexp.MustCompile(`^\s*(?:[-*+]|[0-9]+[.)])\s+\[\s*([xX✓✔~]?)\s*\](?:\s+(.*))?$`)
	remark = regexp.MustCompile(`(?s)<!--.*?(-->|\z)`)
	// aside is a remark of its own: a heading in it is none.
	aside = regexp.MustCompile(`(?ms)^ {0,3}<!--.*?-->`)
)

// none are what stands where nothing was answered.
var none = []string{"_No response_", "*No response*", "No response", "None", "_none_", "n/a"}

// Is reports whether a body looks like one that the form made: it has the titles of
// half of the required fields.
func (f Form) Is(body string) bool {
	required, found := 0, 0
	visible, _ := shown(body)
	for _, x := range f.Fields {
		if x.Required {
			required++
			if slices.ContainsFunc(split(visible), func(s section) bool { return normal(s.title) == normal(x.Title) }) {
				found++
			}
		}
	}
	return 2*found >= required
}

// Read reads the body of an issue. A heading that is none of the form's belongs to the
// answer that it stands in; one that stands there twice can be part of an answer, and is
// a problem: an answer must not be taken for another.
func (f Form) Read(body string) Issue {
	issue := Issue{Given: map[string][]string{}}
	texts := make([]string, len(f.Fields))
	counts := make([]int, len(f.Fields))
	current := -1
	visible, hidden := shown(body)
	for _, s := range split(hidden) { // one that a remark took away with it may stand in an answer, too
		if i := f.field(s.title); i >= 0 {
			counts[i]++
		}
	}
	for _, s := range split(visible) {
		i := f.field(s.title)
		if i < 0 {
			if current >= 0 { // a heading in an answer
				texts[current] += s.raw + "\n" + s.below
			}
			continue
		}
		counts[i]++
		current = i
		if counts[i] == 1 { // of two, neither is read
			texts[i] = s.behind + "\n" + s.below
		}
	}
	for i, x := range f.Fields {
		if counts[i] > 1 {
			issue.Problems = append(issue.Problems, fmt.Sprintf("the heading \"%s\" stands there %d times: write the answer that has it in other words", x.Title, counts[i]))
			continue
		}
		text := answer(texts[i])
		if len(x.Options) > 0 {
			var problem string
			if text, problem = x.picked(text); problem != "" {
				issue.Problems = append(issue.Problems, problem)
			}
		} else {
			text = chosen(text)
		}
		if text == "" || x.answers == nil {
			continue
		}
		answers := x.answers(text)
		maps.Copy(issue.Given, answers)
		for question, value := range x.implied {
			if len(answers) > 0 && issue.Given[question] == nil {
				issue.Given[question] = []string{value}
			}
		}
	}
	return issue
}

// section is a part of a body: a title, the line that has it, and what is behind and
// below it.
type section struct{ title, raw, behind, below string }

// shown is what people see of a body, and what stands in remarks of their own.
func shown(body string) (visible, hidden string) {
	body = unix([]byte(body))
	return aside.ReplaceAllString(body, ""), strings.Join(aside.FindAllString(body, -1), "\n")
}

// split parts a body at what may be the title of a field. Code is no exception: one that
// nobody ends would take all fields below it with it.
func split(body string) []section {
	body = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(body)
	sections := []section{{}}
	for line := range strings.SplitSeq(body, "\n") {
		last := &sections[len(sections)-1]
		if m := heading.FindStringSubmatch(line); m != nil {
			sections = append(sections, section{title: m[1], raw: line})
			continue
		}
		if m := strong.FindStringSubmatch(line); m != nil {
			sections = append(sections, section{title: m[1] + m[2] + m[3], raw: line, behind: m[4]})
			continue
		}
		last.below += line + "\n"
	}
	return sections
}

// field is the number of the field that a title is of, or -1. Somebody may have
// renamed it a little.
func (f Form) field(title string) int {
	if title == "" {
		return -1
	}
	titles := make([]string, len(f.Fields))
	for i, x := range f.Fields {
		titles[i] = normal(x.Title)
	}
	if i := slices.Index(titles, normal(title)); i >= 0 {
		return i
	}
	if len(title) < 8 {
		return -1
	}
	return slices.Index(titles, nearest.Only(normal(title), titles))
}

// normal is a title without what people change in passing.
func normal(title string) string {
	return strings.ToLower(strings.Trim(strings.Join(strings.Fields(title), " "), " :?*_"))
}

// answer is what a section answers: nothing where nothing was said. The line that labels
// an issue on GitLab is there as long as GitLab has not carried it out.
func answer(text string) string {
	var lines []string
	for line := range strings.SplitSeq(remark.ReplaceAllString(text, ""), "\n") {
		if strings.TrimSpace(line) != labelling {
			lines = append(lines, line)
		}
	}
	text = strings.TrimSpace(strings.Join(lines, "\n"))
	if slices.ContainsFunc(none, func(n string) bool { return strings.EqualFold(n, text) }) {
		return ""
	}
	return text
}

// chosen are the boxes of a text that have a tick, where it is nothing but boxes.
func chosen(text string) string {
	var on []string
	for line := range strings.SplitSeq(text, "\n") {
		switch m := box.FindStringSubmatch(line); {
		case m != nil && m[1] != "" && m[1] != "~":
			on = append(on, m[2])
		case m == nil && strings.TrimSpace(line) != "":
			return text
		}
	}
	return strings.Join(on, "\n")
}
