package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/prompt"
	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// asker asks somebody at the terminal. It is nil where nobody can be asked.
type asker struct{ at *prompt.Terminal }

// newAsker asks at a terminal, which in reads and out writes.
func newAsker(in, out *os.File, screen terminal.Screen, environ []string, getenv func(string) string) *asker {
	return &asker{&prompt.Terminal{In: in, Out: out, Screen: screen, Plain: prompt.Plain(getenv), Environ: environ, Editor: strings.Fields(editorOf(getenv))}}
}

// one asks a question that takes one of some options.
func (k *asker) one(ctx context.Context, q prompt.Question) (string, error) {
	q.Kind = prompt.One
	if len(q.Answer) == 0 && len(q.Options) > 0 {
		q.Check = func(text string) error { return among(q.Options, text) }
	}
	answers, err := k.at.Ask(ctx, []prompt.Question{q})
	if err != nil {
		return "", err
	}
	if len(answers[0]) == 0 {
		return "", prompt.ErrStopped
	}
	return answers[0][0], nil
}

// among returns an error where a text is none of some options.
func among(options []prompt.Option, text string) error {
	if slices.ContainsFunc(options, func(o prompt.Option) bool { return o.Value == text }) {
		return nil
	}
	return fmt.Errorf("%q is none of them", text)
}

// escalation asks which escalation is meant, of those that stand as it must be.
func (k *asker) escalation(ctx context.Context, t *tree.Tree, state act.State) (schema.ID, error) {
	found := slices.DeleteFunc(t.Glances(), func(g tree.Glance) bool { return state != act.Any && g.Closed == (state == act.Open) })
	if len(found) == 0 {
		return "", usagef("there is no escalation that is %s", state)
	}
	return k.which(ctx, found)
}

// glanced are some escalations of a tree.
func glanced(t *tree.Tree, ids []schema.ID) []tree.Glance {
	var list []tree.Glance
	for _, id := range ids {
		list = append(list, t.Glance(tree.Path(id)))
	}
	return list
}

// which asks which of some escalations is meant.
func (k *asker) which(ctx context.Context, found []tree.Glance) (schema.ID, error) {
	// What is open and worst stands first.
	last := func(g tree.Glance) int {
		if g.Closed {
			return len(schema.AllSeverities())
		}
		return g.Severity.Rank()
	}
	slices.SortStableFunc(found, func(x, y tree.Glance) int { return last(x) - last(y) })
	var options []prompt.Option
	for _, g := range found {
		label := fmt.Sprintf("%s, %s, %s", g.Customer, g.Severity, g.ID)
		if g.Closed {
			label = fmt.Sprintf("%s, closed, %s", g.Customer, g.ID)
		}
		options = append(options, prompt.Option{Value: string(g.ID), Label: label})
	}
	id, err := k.one(ctx, prompt.Question{Title: "Which escalation?", Options: options})
	return schema.ID(id), err
}

// who asks who is at work, and says how nobody is asked again.
func (k *asker) who(ctx context.Context, d schema.Directory) (schema.Handle, error) {
	var options []prompt.Option
	for _, h := range slices.Sorted(maps.Keys(d.People)) {
		options = append(options, prompt.Option{Value: string(h), Label: introduced(d, h)})
	}
	if len(options) == 0 {
		return "", usagef("nobody is in %s yet: who does it must be there", tree.PeoplePath)
	}
	h, err := k.one(ctx, prompt.Question{Title: "Who are you?", Help: "Nothing here says it: neither " + userVariable + " nor the e-mail address that git has.", Options: options})
	if err != nil {
		return "", err
	}
	return schema.Handle(h), k.at.Say(fmt.Sprintf("So that nobody asks again: export %s=%s", userVariable, quoted(h)))
}

// introduced is somebody with their roles.
func introduced(d schema.Directory, h schema.Handle) string {
	p := d.People[h]
	label := string(h)
	if p.Name != "" {
		label = fmt.Sprintf("%s (%s)", p.Name, h)
	}
	return withHelp(label, words.Join(p.Roles, ", "))
}

func withHelp(label, help string) string {
	if help == "" {
		return label
	}
	return label + ": " + help
}

// agrees asks whether what is shown is to be done.
func (k *asker) agrees(ctx context.Context, question string) (bool, error) {
	said, err := k.one(ctx, prompt.Question{Title: question, Options: []prompt.Option{{Value: "yes", Label: "yes"}, {Value: "no", Label: "no: nothing is written"}}})
	return said == "yes", err
}

// rest asks what the answers that are given leave open. Where they do no more than name
// the escalation, it also asks what need not be answered. With an error, it returns what
// was answered until then.
func (k *asker) rest(ctx context.Context, a act.Act, c *act.Case, given map[string][]string) (map[string][]string, error) {
	given = maps.Clone(given)
	all := len(given) == 0 || c.Escalation == nil && len(given) == 1 && given[a.Argument] != nil
	for {
		page, err := a.Page(c, given, all)
		if err != nil || len(page) == 0 {
			return given, err
		}
		answers, _, err := a.Read(c, given)
		if err != nil {
			return given, err
		}
		var asked []*act.Question
		var questions []prompt.Question
		for _, q := range page {
			p := asks(c, q, answers)
			if p.Kind != prompt.One && p.Kind != prompt.Some || len(p.Options) > 0 {
				asked, questions = append(asked, q), append(questions, p)
				continue
			}
			if q.Required(c, answers) { // there is nothing to choose, and the question says so
				return given, q.Check(c, answers, "?")
			}
			given[q.Name] = []string{}
		}
		if len(questions) == 0 {
			continue
		}
		said, err := k.at.Ask(ctx, questions)
		if err != nil {
			return given, err
		}
		for i, q := range asked {
			given[q.Name] = said[i]
		}
		if a.Note == nil {
			continue
		}
		if answers, _, err = a.Read(c, given); err != nil {
			return given, err
		}
		if note := a.Note(c, answers, page[0].Page); note != "" {
			if err := k.at.Say(note); err != nil {
				return given, err
			}
		}
	}
}

// asks is a question as a terminal asks it.
func asks(c *act.Case, q *act.Question, a act.Answers) prompt.Question {
	p := prompt.Question{Title: q.Title, Help: q.Help, Answer: q.Propose(c, a)}
	p.Check = func(text string) error {
		err := q.Check(c, a, text)
		wrong := (*act.AnswerError)(nil)
		switch {
		case !errors.As(err, &wrong):
			return err
		case q.Refuse != nil && (q.Form == act.Yes || q.Form == act.Choice) && wrong.Answer != "":
			return nil // a choice that ends it all is made all the same
		}
		return errors.New(tail(wrong.Message, wrong.Hint))
	}
	for _, o := range q.Options(c, a) {
		p.Options = append(p.Options, prompt.Option{Value: o.Value, Label: withHelp(o.Label, o.Help)})
	}
	choose := prompt.One
	if q.Many {
		choose = prompt.Some
	}
	switch q.Form {
	case act.Choice, act.Entry:
		p.Kind = choose
	case act.Yes:
		p.Kind = prompt.One
		p.Options = []prompt.Option{{Value: "yes", Label: "yes"}, {Value: "no", Label: "no"}}
	case act.Person:
		p.Kind = choose
		p.Options = everybody(c, q, p.Options)
	case act.Text:
		p.Kind = prompt.Text
	default:
		p.Kind = prompt.Line
		if q.Many {
			p.Kind = prompt.Text
		}
	}
	// What may stay without an answer says so where there is a list to choose from.
	if p.Kind == prompt.One && len(p.Options) > 0 && !q.Required(c, a) && (len(p.Answer) == 0 || q.Form == act.Person) {
		nothing := "(not said)"
		if q.Form == act.Person {
			nothing = "(nobody)"
		}
		p.Options = slices.Insert(p.Options, 0, prompt.Option{Label: nothing})
	}
	p.Unset = q.Required(c, a)
	return p
}

// everybody are the people who fit best, the words that stand in for a person, and
// then all others who are there.
func everybody(c *act.Case, q *act.Question, best []prompt.Option) []prompt.Option {
	list := slices.Clone(best)
	for _, w := range q.Besides(c) {
		list = append(list, prompt.Option{Value: w, Label: w + ": nobody is named yet"})
	}
	has := map[string]bool{}
	for _, o := range list {
		has[o.Value] = true
	}
	for _, h := range slices.Sorted(maps.Keys(c.Tree.People.People)) {
		if p := c.Tree.People.People[h]; !has[string(h)] && !p.GoneBy(c.At) {
			list = append(list, prompt.Option{Value: string(h), Label: introduced(c.Tree.People, h)})
		}
	}
	return list
}

// again is the command that goes on with what was answered.
func (o *actOptions) again() string {
	command := []string{"escalate", o.act.Name}
	if o.meant != "" {
		command = append(command, quoted(o.meant))
	}
	for _, q := range o.act.Questions {
		for _, a := range o.given[q.Name] {
			command = append(command, "--"+q.Name+"="+quoted(a))
		}
		if o.given[q.Name] != nil && len(o.given[q.Name]) == 0 {
			command = append(command, "--"+q.Name+"=")
		}
	}
	return strings.Join(append(command, o.flags...), " ")
}

// quoted is a text as a shell takes it for one word.
func quoted(text string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@%+,"
	if text != "" && strings.Trim(text, plain) == "" {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
