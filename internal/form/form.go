// Package form is the issue form that opens an escalation in a browser: which fields it
// has, its file, as GitHub and as GitLab reads it, and what an issue that was made with
// it says, as answers to the questions of act.New. What is missing or wrong, the act
// says: a form enforces nothing in a private repository, and on GitLab it is a text that
// people write into.
package form

import (
	"cmp"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/comment"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// Path is where GitHub looks for the form.
const Path = ".github/ISSUE_TEMPLATE/escalation.yml"

// Label is what marks an issue as one that is to open an escalation.
const Label = "escalation-request"

// few is how many people a list to choose from may have: of more, somebody writes the
// name.
const few = 60

// Field is one field of the form.
type Field struct {
	// ID is its name in the file, Title what stands above it, Help below.
	ID, Title, Help string
	// Lines asks for several lines.
	Lines bool
	// Options are what can be chosen, as people see it; none where they write.
	Options []string
	// Preset is the number of the option that is chosen at first, counted from 1; 0 for
	// none.
	Preset int
	// Required asks for an answer.
	Required bool
	// answers are those of act.New that the text gives, text is the other way.
	answers func(text string) map[string][]string
	text    func(act.Answers) string
	// implied are answers to other questions that follow from any to this, where those
	// have none of their own.
	implied map[string]string
}

// Form is the form of a company: its severities, regions and people.
type Form struct {
	Fields []Field
}

// New makes the form for a policy and a directory. Of an account with a CSM it takes ten
// answers to open an escalation, and fewer below high.
func New(c *act.Case) Form {
	a := act.New()
	ask := func(name string) *act.Question {
		q, ok := a.Question(name)
		if !ok {
			panic("act.New asks no " + name) // a fault of the build
		}
		return q
	}
	field := func(name string, required bool) Field {
		q := ask(name)
		return Field{ID: name, Title: q.Title, Help: q.Help, Required: required, answers: one(name), text: all(name)}
	}
	lines := func(name string, required bool) Field {
		f := field(name, required)
		f.Lines = true
		return f
	}
	choice := func(name string, required bool) Field {
		f, values, labels := field(name, required), map[string]string{}, map[string]string{}
		for _, o := range ask(name).Options(c, act.Answers{}) {
			label := o.Label
			switch {
			case o.Help != "":
				label += ": " + words.Line(o.Help)
			case strings.EqualFold(label, "none"): // GitHub keeps that for no choice, and shows no form that has it
				label += " (" + name + ")"
			}
			f.Options = append(f.Options, label)
			values[label], labels[o.Value] = o.Value, label
		}
		f.text = func(a act.Answers) string { return labels[a.One(name)] }
		f.answers = func(text string) map[string][]string {
			return map[string][]string{name: {cmp.Or(values[text], text)}}
		}
		return f
	}
	person := func(name string, roles ...schema.Role) Field {
		f := field(name, false)
		people := people(c, roles)
		besides := ask(name).Besides(c) // such as pending
		if len(people) > 0 && len(people) <= few {
			f.Options = slices.Concat([]string{nobody}, besides, people)
			f.answers = func(text string) map[string][]string {
				if text == nobody {
					return nil
				}
				return map[string][]string{name: {text}}
			}
			f.text = func(a act.Answers) string {
				if slices.Contains(besides, a.One(name)) {
					return a.One(name)
				}
				i := slices.IndexFunc(people, func(p string) bool { return strings.HasSuffix(p, "("+a.One(name)+")") })
				if i < 0 {
					return ""
				}
				return people[i]
			}
			return f
		}
		may := slices.Concat([]string{"a handle", "a name of people.yaml"}, besides)
		f.Help = words.Sentence(words.Capital(words.Or(may))) + " " + f.Help
		return f
	}
	kind := choice("kind", false)
	kind.Preset = 1
	risk := field("at-risk", false)
	risk.Options, risk.Help = []string{"yes", "no"}, "Of a ticket, an incident or an outage: only then it is an account escalation, too (P2). Else leave it empty."
	risk.answers = func(text string) map[string][]string { return map[string][]string{"at-risk": {text}} }
	what := lines("description", true)
	what.Title, what.Help = "What is wrong, and whom does it hurt?", "The first line stands in the announcement. Write all of the situation below it."
	what.answers, what.text = described, description
	related := field("product-related", false)
	related.Options, related.Help = []string{"yes", "no"}, "At high and critical it must be said (P9). Leave it empty where you name a Product DRI, or say why it is no part."
	product, reason := person("product-dri", schema.ProductRoles()...), field("product-reason", false)
	product.implied, reason.implied = map[string]string{"product-related": "yes"}, map[string]string{"product-related": "no"}
	help := field("cse-help-case", false)
	help.Help = "Of a CSE who is assigned, or pending (P6)."
	step := field("step", true)
	step.Title, step.Help = "What is the first step, whose is it, and until which day?", "Such as: Load test with the customer @jdoe friday"
	step.answers = comment.StepText
	step.text = func(a act.Answers) string {
		return strings.TrimSpace(a.One("step") + " @" + a.One("owner") + " " + a.One("due"))
	}
	return Form{[]Field{
		kind, risk, field("customer", true), choice("severity", true), what,
		person("csm", schema.RoleCSM, schema.RoleCSMManager), person("account-executive", schema.RoleAccountExecutive),
		person("cse", schema.RoleCSE, schema.RoleCSELeader), help, choice("region", false),
		related, product, reason,
		lines("ask", true), lines("approach", true), lines("criterion", true), step, field("meeting-notes", true), field("case", false),
		field("project", false), person("project-manager", schema.RoleServicesProjectManager), field("strategic", false), lines("ticket", false),
	}}
}

// Asking are questions of act.New as the form asks them: some of its fields ask several at
// once, and whoever reads what is missing looks for the title of the field.
func (f Form) Asking(open []*act.Question) []*act.Question {
	field := map[string]string{"summary": "description", "owner": "step", "due": "step"}
	var asked []*act.Question
	for _, q := range open {
		id := cmp.Or(field[q.Name], q.Name)
		as := *q
		if i := slices.IndexFunc(f.Fields, func(x Field) bool { return x.ID == id }); i >= 0 {
			as.Title, as.Help = f.Fields[i].Title, f.Fields[i].Help
		}
		if id != q.Name { // whom to choose is not all that is asked
			as.Choose = nil
		}
		if !slices.ContainsFunc(asked, func(a *act.Question) bool { return a.Title == as.Title }) {
			asked = append(asked, &as)
		}
	}
	return asked
}

// nobody is the option that names no person.
const nobody = "nobody"

// inert drops from a name what would mention somebody, or hide something, in the issue
// that it is chosen for. The handle behind it says who is meant.
var inert = strings.NewReplacer("@", "", "<", "", ">", "")

// people are those who hold one of some roles, as they are shown.
func people(c *act.Case, roles []schema.Role) []string {
	var list []string
	for h, p := range c.Tree.People.People {
		if !p.GoneBy(c.At) && slices.ContainsFunc(roles, func(r schema.Role) bool { return slices.Contains(p.Roles, r) }) {
			list = append(list, strings.TrimSpace(inert.Replace(words.Line(p.Name))+" ("+string(h)+")"))
		}
	}
	slices.Sort(list)
	return list
}

// one answers a question with a text.
func one(question string) func(string) map[string][]string {
	return func(text string) map[string][]string { return map[string][]string{question: {text}} }
}

// all are the answers to a question, each on a line.
func all(question string) func(act.Answers) string {
	return func(a act.Answers) string { return strings.Join(a.All(question), "\n") }
}

// described is the summary, the first line of a text, and the description, all of it.
func described(text string) map[string][]string {
	first, rest, more := strings.Cut(text, "\n")
	if rest = strings.TrimSpace(rest); !more || rest == "" {
		rest = first
	}
	return map[string][]string{"summary": {first}, "description": {rest}}
}

// description is a summary, with all of the situation below it.
func description(a act.Answers) string {
	if a.One("description") == a.One("summary") {
		return a.One("summary")
	}
	return a.One("summary") + "\n\n" + a.One("description")
}
