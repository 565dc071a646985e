package rule

import (
	"fmt"
	"slices"

	"github.com/escalations-as-code/escalate/internal/change"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

func placeholder() Rule {
	return Rule{
		Name:    "placeholder",
		Cites:   []string{"P7"},
		Summary: "what must be written is written, and no placeholder (a warning)",
		Why: "TBD, n/a, a row of dots, what nobody can see, or the template's own words, which stand in angle brackets, tell nobody anything: they would be announced as they are. " +
			"The DRI owns the approach and the next steps; what is not known yet is itself worth a sentence.",
		Reading: "Which words are placeholders is this project's list. An update is judged with `--base` and in an audit only, where it is new. No setting changes it.",
		Escalation: func(c *Pass) {
			for _, t := range requiredTexts(c) {
				if c.Full() {
					return
				}
				if what := unwritten(t.text); what != "" {
					c.Warn(t.field, fmt.Sprintf("%s says %s", shape.Name(c.Document, t.field), what), "write what there is to say; if it is not known yet, say what is being done to find out")
				}
			}
		},
		Transition: func(t *Transition) { // a past update never changes
			beside := func(c change.Change) bool { return c.Field != "updates" }
			if t.Before != nil && slices.ContainsFunc(t.Changes, beside) {
				return // where it should explain that, this is told
			}
			for i, isNew := range t.isNew() {
				if what := unwritten(t.Updates[i].Text); isNew && what != "" && !t.Full() {
					t.Warn(fmt.Sprintf("/updates/%d/text", i), "this update says "+what, "write what there is to tell, also that nothing has changed")
				}
			}
		},
		Wrong: marked("approach: TBD\n", "TBD"),
		Right: ex("approach: Reproduce the waiting in our lab, then tune the queue together with the customer.\n"),
	}
}

func reasonGiven() Rule {
	return Rule{
		Name:    "reason-given",
		Cites:   []string{"P7"},
		Summary: "a reason is given in words",
		Why: "A reason switches a rule off, or explains what others would ask about: why no Product DRI, why no standup, why a criterion was not met. " +
			"A placeholder would switch it off for nothing.",
		Reading: "Which words are placeholders is this project's list. No setting changes it.",
		Escalation: func(c *Pass) {
			for _, t := range reasons(c) {
				if what := unwritten(t.text); what != "" {
					c.Error(t.field, fmt.Sprintf("%s says %s, but is a reason", shape.Name(c.Document, t.field), what), "write the reason in words")
				}
			}
		},
		Wrong: marked("severity: high\nproduct: {related: false, reason: n/a}\n", "n/a"),
		Right: ex("severity: high\nproduct: {related: false, reason: Only the customer's own network is slow}\n"),
	}
}

// unwritten says what a text holds that says nothing; empty where it says
// something, or where there is none, which is told already.
func unwritten(text schema.Text) string {
	switch fill := words.ToFillIn(string(text)); {
	case text == "":
		return ""
	case fill != "":
		return code(fill) + ", which is the template's and is to be filled in"
	case !words.Says(string(text)):
		return code(clip(string(text))) + ", which says nothing yet"
	}
	return ""
}

// written is a text and where it stands.
type written struct {
	field string
	text  schema.Text
}

// requiredTexts are the texts that everybody reads who is told of the escalation.
// Those of a closed one stay as they are.
func requiredTexts(c *Pass) []written {
	if !c.Open() {
		return []written{{"/closure/summary", c.Closure.Summary}}
	}
	list := []written{
		{"/customer", c.Customer}, {"/summary", c.Summary}, {"/description", c.Description}, {"/ask", c.Ask}, {"/approach", c.Approach},
	}
	for i, x := range c.ExitCriteria {
		list = append(list, written{fmt.Sprintf("/exit_criteria/%d/criterion", i), x.Criterion})
	}
	for i, s := range c.NextSteps {
		list = append(list, written{fmt.Sprintf("/next_steps/%d/step", i), s.Step})
	}
	return list
}

// reasons are the texts that switch a rule off, or that say why something is not
// as everybody expects it.
func reasons(c *Pass) []written {
	var list []written
	for i, u := range c.Updates {
		list = append(list, written{fmt.Sprintf("/updates/%d/redacted", i), u.Redacted})
	}
	if x := c.Closure; x != nil {
		list = append(list, written{"/closure/reason", x.Reason}, written{"/closure/why_not", x.WhyNot}, written{"/closure/agreement/waived", x.Agreement.Waived})
		if x.Amended != nil {
			list = append(list, written{"/closure/amended/why", x.Amended.Why})
		}
		return list
	}
	list = append(list, written{"/account/strategic", c.Account.Strategic}, written{"/product/reason", c.Product.Reason})
	if c.Cover != nil {
		list = append(list, written{"/cover/reason", c.Cover.Reason})
	}
	if c.Standup != nil {
		list = append(list, written{"/standup/none", c.Standup.None})
	}
	if c.Snooze != nil {
		list = append(list, written{"/snooze/reason", c.Snooze.Reason})
	}
	return list
}
