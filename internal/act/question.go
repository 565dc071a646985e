package act

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// Form is what an answer looks like.
type Form string

// The forms.
const (
	Line   Form = "line"   // text on one line
	Text   Form = "text"   // text of any number of lines
	Choice Form = "choice" // one of the choices
	Entry  Form = "entry"  // an entry of a list of the file, by its number or its words
	Yes    Form = "yes"    // yes or no
	Person Form = "person" // a handle of the directory
	Day    Form = "day"    // a day, such as 2026-12-01
	Link   Form = "link"   // an address of the web
	Hour   Form = "hour"   // an hour and minutes, such as 10:30
	Number Form = "number" // a whole number
)

// Need says whether a question is asked.
type Need int

// The needs.
const (
	// Unasked: what was answered before leaves nothing to ask here.
	Unasked Need = iota
	// Optional: it may stay without an answer.
	Optional
	// Required: nothing is done without an answer.
	Required
)

// Question is one thing that may have to be asked.
type Question struct {
	// Name is that of the flag, of the field of a form, and in a comment.
	Name string
	// Writes is the JSON pointer of what the answer becomes in the file, with - for the
	// number of an entry: what is found there, or below it, belongs under the question. ""
	// where the answer becomes nothing of its own.
	Writes string
	// Title is the question, Help says what the answer is for.
	Title, Help string
	Form        Form
	// Many takes several answers.
	Many bool
	// Ahead takes no day that is over.
	Ahead bool
	// Switch has a yes said by the name alone.
	Switch bool
	// Words are answers beside those of the form, such as `pending`; nil: there are
	// none.
	Words func(*Case) []string
	// Page joins questions that are asked together.
	Page string
	// Hidden keeps it out of what somebody is asked: it can be answered all the same.
	Hidden bool
	// Need says whether it is asked; nil: it is optional. Unasked says why not.
	Need    func(*Case, Answers) Need
	Unasked string
	// Refuse says why an answer ends it all, and what to do instead; nil: none does.
	Refuse func(c *Case, answer string, a Answers) (message, hint string)
	// Choose lists what can be chosen. Of people, they are those who fit best; of a
	// line, what may be meant.
	Choose func(*Case, Answers) []Option
	// Already lists what is so already: nobody is offered it, and whoever names it is
	// understood. nil: nothing is.
	Already func(*Case, Answers) []Option
	// Facts are worth knowing for the answer, a line each; nil: none is.
	Facts func(*Case, Answers) []string
	// Suggest is what is proposed; nil: nothing is.
	Suggest func(*Case, Answers) []string
}

// Option is something to choose.
type Option struct {
	// Value is the answer; Label is what a person sees of it, Help what it means.
	Value, Label, Help string
}

func (q *Question) need(c *Case, a Answers) Need {
	if q.Need == nil {
		return Optional
	}
	return q.Need(c, a)
}

// Options are what can be chosen for an answer; empty where it is for a person to
// write one.
func (q *Question) Options(c *Case, a Answers) []Option {
	if q.Choose == nil {
		return nil
	}
	return q.Choose(c, a)
}

// Know are the lines that are worth knowing for an answer.
func (q *Question) Know(c *Case, a Answers) []string {
	if q.Facts == nil {
		return nil
	}
	return q.Facts(c, a)
}

// Besides are the answers that are none of the form, such as `pending`.
func (q *Question) Besides(c *Case) []string {
	if q.Words == nil {
		return nil
	}
	return q.Words(c)
}

// Propose is the answer that stands where nobody gives another; empty where there is
// none.
func (q *Question) Propose(c *Case, a Answers) []string {
	if q.Suggest == nil {
		return nil
	}
	return q.Suggest(c, a)
}

// Required reports whether nothing is done without an answer.
func (q *Question) Required(c *Case, a Answers) bool { return q.need(c, a) == Required }

// Asked reports whether it has to do with what was answered before.
func (q *Question) Asked(c *Case, a Answers) bool { return q.need(c, a) != Unasked }

// About returns the question whose answer became what stands at a JSON pointer: of
// several, the one that says most of it.
func (a *Act) About(pointer string) (*Question, bool) {
	parts := strings.Split(pointer, "/")
	for i, p := range parts {
		if _, err := strconv.Atoi(p); err == nil {
			parts[i] = "-"
		}
	}
	pointer = strings.Join(parts, "/")
	var best *Question
	for i := range a.Questions {
		q := &a.Questions[i]
		if q.Writes != "" && (pointer == q.Writes || strings.HasPrefix(pointer, q.Writes+"/")) && (best == nil || len(q.Writes) > len(best.Writes)) {
			best = q
		}
	}
	return best, best != nil
}

// always needs an answer.
func always(*Case, Answers) Need { return Required }

// when needs an answer where something is so, and has no use for one elsewhere.
func when(is func(*Case, Answers) bool) func(*Case, Answers) Need {
	return func(c *Case, a Answers) Need {
		if is(c, a) {
			return Required
		}
		return Unasked
	}
}

// maybe takes an answer where something is so.
func maybe(is func(*Case, Answers) bool) func(*Case, Answers) Need {
	return func(c *Case, a Answers) Need {
		if is(c, a) {
			return Optional
		}
		return Unasked
	}
}

// said reports whether a question was answered so.
func said(question, answer string) func(*Case, Answers) bool {
	return func(_ *Case, a Answers) bool { return a.One(question) == answer }
}

// lacks reports whether a question was not answered.
func lacks(question string) func(*Case, Answers) bool {
	return func(_ *Case, a Answers) bool { return !a.Has(question) }
}

// propose suggests answers that do not depend on anything.
func propose(answers ...string) func(*Case, Answers) []string {
	return func(*Case, Answers) []string { return answers }
}

// proposeToday suggests the day that it is.
func proposeToday(c *Case, a Answers) []string {
	return []string{c.today(c.region(a)).Format("2006-01-02")}
}

// choices are options that do not depend on anything.
func choices(options ...Option) func(*Case, Answers) []Option {
	return func(*Case, Answers) []Option { return options }
}

// severities are the severities, worst first, as the policy explains them (P4).
func severities(c *Case, _ Answers) []Option {
	var list []Option
	for _, s := range schema.AllSeverities() {
		list = append(list, Option{string(s), string(s), string(c.Tree.Policy.Severities.Of(s).Meaning)})
	}
	return list
}

// holding are the people who hold one of some roles: those of the escalation's region
// first, then those who serve every region, then the rest. Nobody who left is there.
func (c *Case) holding(region schema.RegionName, roles ...schema.Role) []Option {
	var found []schema.Handle
	for h := range c.Tree.People.People {
		if c.fits(h, roles) {
			found = append(found, h)
		}
	}
	far := func(h schema.Handle) int {
		switch c.Tree.People.People[h].Region {
		case region:
			return 0
		case "":
			return 1
		}
		return 2
	}
	slices.SortFunc(found, func(x, y schema.Handle) int {
		if d := far(x) - far(y); d != 0 {
			return d
		}
		return strings.Compare(string(x), string(y))
	})
	var list []Option
	for _, h := range found {
		list = append(list, c.option(h))
	}
	return list
}

// option is a person to choose.
func (c *Case) option(h schema.Handle) Option {
	p := c.Tree.People.People[h]
	var roles []string
	for _, r := range p.Roles {
		roles = append(roles, string(r))
	}
	if p.Region != "" {
		roles = append(roles, string(p.Region))
	}
	return Option{string(h), c.person(h), strings.Join(roles, ", ")}
}

// holders are the people who hold one of some roles.
func holders(roles ...schema.Role) func(*Case, Answers) []Option {
	return func(c *Case, a Answers) []Option { return c.holding(c.region(a), roles...) }
}

// anybody is everybody.
func anybody(c *Case, a Answers) []Option { return c.holding(c.region(a)) }

// numbered are the entries of a list that fit, by their numbers, which count from 1.
func numbered[T any](list []T, text func(T) schema.Text, fits func(T) bool) []Option {
	var options []Option
	for i, entry := range list {
		if fits(entry) {
			options = append(options, Option{strconv.Itoa(i + 1), fmt.Sprintf("%d. %s", i+1, words.Line(text(entry))), ""})
		}
	}
	return options
}

// unmet are the exit criteria that are not met, alreadyMet the others.
func unmet(c *Case, _ Answers) []Option {
	return numbered(c.Escalation.ExitCriteria, criterionText, func(x schema.ExitCriterion) bool { return x.Met.IsZero() })
}

func alreadyMet(c *Case, _ Answers) []Option {
	return numbered(c.Escalation.ExitCriteria, criterionText, func(x schema.ExitCriterion) bool { return !x.Met.IsZero() })
}

func criterionText(x schema.ExitCriterion) schema.Text { return x.Criterion }

// undone are the next steps that are not done, alreadyDone the others.
func undone(c *Case, _ Answers) []Option {
	return numbered(c.Escalation.NextSteps, stepText, func(x schema.NextStep) bool { return x.Done.IsZero() })
}

func alreadyDone(c *Case, _ Answers) []Option {
	return numbered(c.Escalation.NextSteps, stepText, func(x schema.NextStep) bool { return !x.Done.IsZero() })
}

func stepText(x schema.NextStep) schema.Text { return x.Step }

// why asks why something is done: the update that explains it (P38).
func why(title string) Question {
	return Question{
		Name: "why", Writes: "/updates", Title: title, Form: Text, Need: always,
		Help: "It becomes an update: whoever is told of the change reads it.",
	}
}

// to asks to whom an update goes.
func to() Question {
	return Question{
		Name: "to", Writes: "/updates/-/to", Title: "Whom did you tell?", Form: Choice, Many: true,
		Help: "internal: the escalation channel. customer: you told the customer, too; it restarts the customer clock.",
		Choose: choices(
			Option{string(schema.Internal), "internal", "the team, in the escalation channel"},
			Option{string(schema.Customer), "customer", "the customer was told, too"},
		),
		Suggest: propose(string(schema.Internal)),
	}
}

// audience is the answer to the question to whom an update goes.
func audience(a Answers) []schema.Audience {
	var list []schema.Audience
	for _, to := range a.All("to") {
		list = append(list, schema.Audience(to))
	}
	if len(list) == 0 {
		list = []schema.Audience{schema.Internal}
	}
	return list
}

// current is the Product DRI that there is.
func (c *Case) current() schema.Handle {
	if c.Escalation == nil {
		return ""
	}
	return process.ProductDRI(&c.Escalation.Escalation)
}
