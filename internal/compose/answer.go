package compose

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/draft"
	"github.com/escalations-as-code/escalate/internal/draft/draftprint"
	"github.com/escalations-as-code/escalate/internal/edit"
	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/lint"
	"github.com/escalations-as-code/escalate/internal/plan/planprint"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/splice"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// Request is what somebody is writing.
type Request struct {
	// Act is new, update, severity or close; ID is the escalation, "" of a new one.
	Act string    `json:"act"`
	ID  schema.ID `json:"id"`
	// By is who writes, Now when.
	By  schema.Handle `json:"by"`
	Now time.Time     `json:"now"`
	// Given are the answers so far, by the names of the questions.
	Given map[string][]string `json:"given"`
}

// Answer is what comes of it.
type Answer struct {
	// Refused says why nothing can be written at all; "" where something can.
	Refused string `json:"refused,omitempty"`
	// Wants are escalations whose texts must be known for the rest to be true.
	Wants     []schema.ID `json:"wants,omitempty"`
	Questions []Question  `json:"questions"`
	// Notes are worth knowing, such as another open escalation of the customer.
	Notes []string `json:"notes,omitempty"`
	DRI   *DRI     `json:"dri,omitempty"`
	// Findings are those that belong under no question.
	Findings []Finding `json:"findings,omitempty"`
	// Missing are the titles of the questions that have to be answered yet; Ready says
	// that nothing is missing and nothing wrong.
	Missing []string `json:"missing,omitempty"`
	Ready   bool     `json:"ready"`
	// Path is the file, Text all of it, as far as the answers make it; Diff is what is
	// different from the file that there is.
	Path string `json:"path,omitempty"`
	Text string `json:"text,omitempty"`
	Diff string `json:"diff,omitempty"`
	// Told is what will be told and Pastes what a person copies by hand; Besides is what
	// is done beside it, Asides why something is not told, Counts which clocks run.
	Told    []Telling `json:"told,omitempty"`
	Pastes  []Telling `json:"pastes,omitempty"`
	Besides []string  `json:"besides,omitempty"`
	Asides  []string  `json:"asides,omitempty"`
	Counts  []string  `json:"counts,omitempty"`
	// Send is how it gets there; nil until it is ready.
	Send *Send `json:"send,omitempty"`
}

// Question is a question as it stands.
type Question struct {
	Name     string   `json:"name"`
	Title    string   `json:"title"`
	Help     string   `json:"help,omitempty"`
	Form     act.Form `json:"form"`
	Many     bool     `json:"many,omitempty"`
	Required bool     `json:"required,omitempty"`
	// Seldom is asked of nobody who does not look for it.
	Seldom bool   `json:"seldom,omitempty"`
	Page   string `json:"page,omitempty"`
	// Options are what can be chosen. Words are answers beside them.
	Options []Option `json:"options,omitempty"`
	Words   []string `json:"words,omitempty"`
	// Proposed is what stands where nothing is answered.
	Proposed []string `json:"proposed,omitempty"`
	Know     []string `json:"know,omitempty"`
	// Wrong says why what was answered is no answer.
	Wrong    string    `json:"wrong,omitempty"`
	Findings []Finding `json:"findings,omitempty"`
}

// Option is something to choose.
type Option struct {
	Value string `json:"value"`
	Label string `json:"label"`
	Help  string `json:"help,omitempty"`
}

// DRI is who is responsible, and why (P6).
type DRI struct {
	Name  string `json:"name"`
	Why   string `json:"why"`
	Cites string `json:"cites"`
}

// Finding is what a rule says, as lint says it.
type Finding struct {
	Path    string        `json:"path,omitempty"`
	Line    int           `json:"line,omitempty"`
	Column  int           `json:"column,omitempty"`
	Level   finding.Level `json:"level"`
	Rule    string        `json:"rule"`
	Cites   []string      `json:"cites,omitempty"`
	Message string        `json:"message"`
	Hint    string        `json:"hint,omitempty"`
	Fix     *Fix          `json:"fix,omitempty"`
}

// Fix makes it right.
type Fix struct {
	// Question is answered by Answer then; "" where Text is to be all of the file.
	Question string `json:"question,omitempty"`
	Answer   string `json:"answer,omitempty"`
	Text     string `json:"text,omitempty"`
}

// acts are those that a page offers.
func acts() map[string]act.Act {
	all := map[string]act.Act{"new": act.New()}
	for _, a := range act.All() {
		if slices.Contains([]string{"update", "severity", "close"}, a.Name) {
			all[a.Name] = a
		}
	}
	return all
}

// Answer answers a request.
func (c *Composer) Answer(r Request) Answer {
	a, known := acts()[r.Act]
	if !known {
		return Answer{Refused: fmt.Sprintf("there is no %q here", r.Act), Questions: []Question{}}
	}
	cs := &act.Case{Tree: c.all, By: r.By, At: r.Now.UTC().Truncate(time.Second), Others: c.others}
	if r.Act != "new" {
		if refused := c.about(cs, r.ID); refused != "" {
			return Answer{Refused: refused, Questions: []Question{}}
		}
		if err := a.Ready(cs); err != nil {
			return Answer{Refused: words.Sentence(err.Error()), Questions: []Question{}}
		}
	}
	answers, open, wrong := a.Try(cs, r.Given)
	out := Answer{Wants: c.wants(r.Act, answers)}
	var d *draft.Draft
	refused := ""
	if len(r.Given) > 0 { // else there is nothing to judge yet
		d, refused = c.draft(cs, &a, answers, open)
	}
	for i := range a.Questions {
		if q := &a.Questions[i]; q.Asked(cs, answers) {
			out.Questions = append(out.Questions, c.question(cs, answers, q, wrong))
		}
	}
	for _, q := range open {
		out.Missing = append(out.Missing, q.Title)
	}
	if a.Note != nil {
		if note := a.Note(cs, answers, "customer"); note != "" {
			out.Notes = append(out.Notes, note)
		}
	}
	if refused != "" {
		out.Findings = append(out.Findings, Finding{Level: finding.Error, Message: refused})
	}
	unasked := slices.DeleteFunc(slices.Clone(wrong), func(w *act.AnswerError) bool { return w.Unasked })
	if d != nil {
		whole := len(open) == 0 && len(unasked) == 0
		c.file(&out, d, r.Act)
		out.judge(&a, d, r.Given, whole)
		out.Ready = whole && refused == "" && len(d.Errors) == 0 && d.Changes() && len(out.Wants) == 0 && r.By != ""
		if out.Ready {
			c.told(&out, d)
			out.Send = c.send(cs, r, answers, d)
		}
	}
	return out
}

// about finds the escalation of a request; it returns why it cannot.
func (c *Composer) about(cs *act.Case, id schema.ID) string {
	d, listed := c.listed[id]
	switch _, known := c.known[id]; {
	case !listed:
		return "There is no such escalation here. Since the page was written, it may have been opened: ask for the page anew."
	case d.Customer == "":
		return "This escalation is restricted, or its file cannot be read: write it in the repository."
	case !known:
		return "Its file is not known yet."
	}
	cs.Escalation = c.bare.Load(tree.Path(id))
	if cs.Escalation.HeldBack() {
		return "Its file has errors: mend it first, as `escalate lint` says."
	}
	return ""
}

// wants are the escalations of the customer of a new one, of which the texts are not
// known: what they say is proposed, and which of them are open decides what the file
// says of them (P40).
func (c *Composer) wants(name string, answers act.Answers) []schema.ID {
	var list []schema.ID
	customer := process.SameCustomer(schema.Text(answers.One("customer")))
	if name != "new" || customer == "" {
		return nil
	}
	for _, g := range c.others.Of(customer) {
		if _, known := c.known[g.ID]; !known {
			list = append(list, g.ID)
		}
	}
	return list
}

// draft makes the file of the answers; nil where they make none yet. refused says why
// the file cannot be changed.
func (c *Composer) draft(cs *act.Case, a *act.Act, answers act.Answers, open []*act.Question) (d *draft.Draft, refused string) {
	path, data := "", []byte(nil)
	if cs.Escalation != nil {
		if len(open) > 0 {
			return nil, ""
		}
		path, data = cs.Escalation.Path, cs.Escalation.Data
	} else {
		id := act.ID(answers)
		if id == "" {
			id = schema.ID(fmt.Sprintf("%d/customer", cs.At.Year()))
		}
		path, data = tree.Path(id), act.Begin(cs)
		if c.all.Has(path) {
			return nil, fmt.Sprintf("there is an escalation %s already: write another id", id)
		}
	}
	changes := a.Edit(cs, answers)
	for _, q := range open { // what nobody answered says nothing yet
		changes = append(changes, splice.Remove(strings.ReplaceAll(q.Writes, "/-/", "/0/")))
	}
	out, err := splice.Apply(schema.KindEscalation, path, data, changes...)
	if len(open) > 0 && err == nil && tree.Read(path, out, nil).DRI == "" {
		out, err = splice.Apply(schema.KindEscalation, path, out, splice.Remove("/dri"))
	}
	if refusal := (*splice.Refusal)(nil); errors.As(err, &refusal) {
		return nil, strings.TrimSuffix(refusal.Message+": "+refusal.Hint, ": ")
	} else if err != nil {
		return nil, err.Error()
	}
	base := lint.Base{Tree: c.bare, Beside: c.beside}
	made := draft.Of(base, path, out, cs.At, nil)
	return &made, ""
}

// question is a question as it stands.
func (c *Composer) question(cs *act.Case, answers act.Answers, q *act.Question, wrong []*act.AnswerError) Question {
	out := Question{
		Name: q.Name, Title: q.Title, Help: q.Help, Form: q.Form, Many: q.Many, Required: q.Required(cs, answers), Seldom: q.Hidden, Page: q.Page,
		Words: q.Besides(cs), Proposed: q.Propose(cs, answers), Know: q.Know(cs, answers),
	}
	if q.Form != act.Line { // what may be meant by a line, the page knows
		for _, o := range q.Options(cs, answers) {
			out.Options = append(out.Options, Option{o.Value, escape.Line(o.Label), escape.Line(o.Help)})
		}
	}
	for _, w := range wrong {
		if w.Question == q.Name && !w.Unasked {
			out.Wrong = escape.Line(strings.TrimSuffix(w.Message+": "+w.Hint, ": "))
		}
	}
	return out
}

// file puts the file into an answer.
func (c *Composer) file(out *Answer, d *draft.Draft, name string) {
	out.Path, out.Text = d.Path, string(d.Data)
	if d.Was != nil && d.Changes() {
		out.Diff = draftprint.Diff(*d)
	}
	if name != "new" {
		return
	}
	e := d.Now.Load(d.Path)
	if dri, clause := process.DRI(e.Account); dri != "" {
		out.DRI = &DRI{escape.Line(words.Name(c.bare.People, dri)), clause.Because(), "P6"}
	}
}

// judge puts what the rules say under the questions. While answers are missing, only
// what is said of an answer that was given is worth a word.
func (out *Answer) judge(a *act.Act, d *draft.Draft, given map[string][]string, whole bool) {
	for _, f := range slices.Concat(d.Errors, d.Warnings) {
		q, about := a.About(f.Field)
		if !whole && (!about || given[q.Name] == nil) {
			continue
		}
		said := findingOf(f)
		said.Path, said.Line, said.Column = "", 0, 0 // the file is not there yet
		i := -1
		if about {
			i = slices.IndexFunc(out.Questions, func(x Question) bool { return x.Name == q.Name })
			said.Fix = fixed(f, d, q)
		}
		switch {
		case i < 0:
			out.Findings = append(out.Findings, said)
		case out.Questions[i].Wrong == "": // else the answer is not in the file
			out.Questions[i].Findings = append(out.Questions[i].Findings, said)
		}
	}
}

// findingOf is a finding in the words of lint.
func findingOf(f finding.Finding) Finding {
	return Finding{
		Path: escape.Line(f.Path), Line: f.Line, Column: f.Column, Level: f.Level, Rule: f.Rule, Cites: f.Cites, Message: escape.Line(f.Message), Hint: escape.Line(f.Hint),
	}
}

// fixed is the answer that the fixes of a finding make of one; nil where they make none.
func fixed(f finding.Finding, d *draft.Draft, q *act.Question) *Fix {
	if len(f.Fixes) == 0 || q.Many {
		return nil
	}
	text, err := edit.Apply(d.Data, edits(f))
	if err != nil {
		return nil
	}
	_, answer := tree.Read(d.Path, text, nil).Locate(f.Field)
	if answer == "" {
		return nil
	}
	return &Fix{Question: q.Name, Answer: answer}
}

func edits(f finding.Finding) []edit.Edit {
	var list []edit.Edit
	for _, x := range f.Fixes {
		list = append(list, x.Edit())
	}
	return list
}

// told puts what merging will tell into an answer.
func (c *Composer) told(out *Answer, d *draft.Draft) {
	told, pastes, besides, asides := planprint.Tellings(planprint.Plan{Plan: d.Plan})
	for _, t := range told {
		out.Told = append(out.Told, Telling{t.Head, t.Channel, blocks(t.Text)})
	}
	for _, t := range pastes {
		out.Pastes = append(out.Pastes, Telling{Head: t.Head, Blocks: blocks(t.Text)})
	}
	out.Besides, out.Asides, out.Counts = besides, asides, draftprint.Counts(*d)
	for i, line := range out.Counts {
		out.Counts[i] = escape.Line(line)
	}
}
