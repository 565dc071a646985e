package form

import (
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/act"
)

// Fill is what stands in the form where somebody opens it with answers to act.New: the
// texts of the fields by their names, none where there is nothing to write. left are the
// questions whose answers would be others once the form is read, such as those that it
// does not ask: with any of them, the form is no way to say it.
func (f Form) Fill(c *act.Case, answers act.Answers) (texts map[string]string, left []string) {
	texts = map[string]string{}
	var body strings.Builder
	for _, x := range f.Fields {
		if text := x.text(answers); text != "" {
			texts[x.ID] = text
			body.WriteString(filled(x, text))
		}
	}
	a := act.New()
	issue := f.Read(body.String())
	again, _, err := a.Read(c, issue.Given)
	for _, q := range a.Questions {
		if err != nil || len(issue.Problems) > 0 || !slices.Equal(again[q.Name], answers[q.Name]) {
			left = append(left, q.Name)
		}
	}
	return texts, left
}
