// Package act is what people do to an escalation, from its opening to its closing:
// what has to be asked for each thing that is done, what answers mean, and which
// changes of the file come of them. The questions are data, so that a command line
// asks by flags what a terminal, a form or a comment asks in its own way.
//
// It reads no clock and writes no file, and judges nothing: whether the process
// allows what is done is for the rules to say.
package act

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/escalations-as-code/escalate/internal/calendar"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/splice"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// Case is what somebody is about to do something to.
type Case struct {
	Tree *tree.Tree
	// Escalation is nil where one is being opened.
	Escalation *tree.Escalation
	// By is who does it, At is when.
	By schema.Handle
	At time.Time
	// Others are all escalations at a glance. nil: they are looked at where somebody has
	// to know.
	Others *Others

	once sync.Once
}

// Others are all escalations at a glance, and by their customers. They can be kept for
// many cases of one tree.
type Others struct {
	all []tree.Glance
	of  map[string][]tree.Glance // by the customer's name as names are compared
}

// NewOthers takes all escalations of a tree, in the order of their paths.
func NewOthers(all []tree.Glance) *Others {
	o := &Others{all, map[string][]tree.Glance{}}
	for _, g := range all {
		if name := process.SameCustomer(g.Customer); name != "" {
			o.of[name] = append(o.of[name], g)
		}
	}
	return o
}

// Of are those of a customer, whose name is as process.SameCustomer has it, in the order
// of their paths.
func (o *Others) Of(customer string) []tree.Glance { return o.of[customer] }

// others looks at all escalations, once.
func (c *Case) others() *Others {
	c.once.Do(func() {
		if c.Others == nil {
			c.Others = NewOthers(c.Tree.Glances())
		}
	})
	return c.Others
}

// State is how an escalation must stand for something to be done to it.
type State string

// The states.
const (
	Any    State = "open or closed"
	Open   State = "open"
	Closed State = "closed"
)

// Act is one thing that people do.
type Act struct {
	// Name is the word for it: of the command, and of a comment.
	Name string
	// Short says in a line what it does, Long what is worth knowing, Examples how it
	// is called, what stands behind the name.
	Short, Long string
	Examples    []string
	// State is how the escalation must stand.
	State State
	// Argument names the question that the words behind the escalation's id answer,
	// Message the one that a text of its own answers; "" where none does.
	Argument, Message string
	// Questions are all that may be asked, in their order.
	Questions []Question
	// Edit returns the changes that answers make. They are complete, but for a new
	// escalation that is shown while somebody is still asked.
	Edit func(*Case, Answers) []splice.Change
	// Says is what answers do, in a few words: the subject of a commit.
	Says func(*Case, Answers) string
	// Idle says of answers that change nothing, since it is so already, which question
	// that is about and why; "" where they change something. nil: the file says it.
	Idle func(*Case, Answers) (question, why string)
	// Note is what is worth saying once a page is answered; nil: nothing is.
	Note func(c *Case, a Answers, page string) string
}

// All are the acts on an escalation that there is, in the order of its life.
func All() []Act {
	return []Act{
		update(), severity(), step(), met(), criterion(),
		dri(), cover(), product(), support(), standup(), caseLink(), rewrite(), snooze(), rca(),
		closing(), reopen(), redact(),
	}
}

// Question returns a question by its name.
func (a *Act) Question(name string) (*Question, bool) {
	i := slices.IndexFunc(a.Questions, func(q Question) bool { return q.Name == name })
	if i < 0 {
		return nil, false
	}
	return &a.Questions[i], true
}

// StateError says that an escalation does not stand as an act needs it.
type StateError struct {
	Name  string
	State State
}

func (e *StateError) Error() string {
	if e.State == Open {
		return "it is closed: `" + e.Name + "` is for an open one; `reopen` opens it again"
	}
	return "it is open: `" + e.Name + "` is for a closed one"
}

// Ready returns a *StateError where the escalation does not stand as the act needs
// it.
func (a *Act) Ready(c *Case) error {
	if a.State == Any || c.Escalation == nil || process.Open(&c.Escalation.Escalation) == (a.State == Open) {
		return nil
	}
	return &StateError{a.Name, a.State}
}

// Read reads what was answered, by the names of the questions, in their order:
// what is answered first decides what else is asked. Where an answer that must be
// there is missing, the question is among open. Of what nobody answered, the rest
// stands as the question proposes it.
//
// The error is an *AnswerError. One that is Idle comes with the answers: they are right,
// and leave nothing to do.
func (a *Act) Read(c *Case, given map[string][]string) (answers Answers, open []*Question, err error) {
	answers, open, err = a.read(c, given)
	if err != nil || len(open) > 0 || a.Idle == nil {
		return answers, open, err
	}
	if question, why := a.Idle(c, answers); why != "" {
		return answers, nil, &AnswerError{Question: question, Message: why, Idle: true}
	}
	return answers, nil, nil
}

// read is Read, whether or not there is anything to do.
func (a *Act) read(c *Case, given map[string][]string) (answers Answers, open []*Question, err error) {
	answers, open, wrong := a.Try(c, given)
	if len(wrong) > 0 {
		return nil, nil, wrong[0]
	}
	return answers, open, nil
}

// Try reads as Read does, and goes on where an answer is wrong: the question counts as
// one that nobody answered, and nothing is proposed for it.
func (a *Act) Try(c *Case, given map[string][]string) (answers Answers, open []*Question, wrong []*AnswerError) {
	answers = Answers{}
	for i := range a.Questions {
		q := &a.Questions[i]
		need, said := q.need(c, answers), given[q.Name]
		switch {
		case said == nil && need == Unasked:
		case said != nil && need == Unasked:
			wrong = append(wrong, &AnswerError{Question: q.Name, Answer: strings.Join(said, ", "), Message: "it is not asked for here", Hint: q.Unasked, Unasked: true})
		case said != nil:
			values, err := q.read(c, answers, said)
			if err != nil {
				wrong = append(wrong, err)
				continue
			}
			answers[q.Name] = values
		default:
			if proposed := q.Propose(c, answers); len(proposed) > 0 {
				answers[q.Name] = proposed
			} else if need == Required {
				open = append(open, q)
			}
		}
	}
	return answers, open, wrong
}

// Page returns what to ask next, of somebody who has answered some questions: the
// first that is open and those that stand with it. With all, also what need not be
// answered is asked. It is empty where nothing is left to ask. An error is that of
// Read, and never Idle.
func (a *Act) Page(c *Case, given map[string][]string, all bool) (page []*Question, err error) {
	answers, open, err := a.read(c, given)
	if err != nil {
		return nil, err
	}
	for i := range a.Questions {
		q := &a.Questions[i]
		if given[q.Name] != nil || q.need(c, answers) == Unasked || (!all || q.Hidden) && !slices.Contains(open, q) {
			continue
		}
		if len(page) > 0 && (q.Page == "" || page[0].Page != q.Page) {
			break
		}
		page = append(page, q)
	}
	return page, nil
}

// stamp is the time that an update of now has: later than all before it, and after
// the opening (P37).
func (c *Case) stamp() schema.Time {
	at := c.At.UTC().Truncate(time.Second)
	if e := c.Escalation; e != nil {
		for _, u := range e.Updates {
			at = later(at, u.At.Time)
		}
	}
	return schema.Time{Time: at}
}

// later is a time, or the second after another where it is not later than that.
func later(at, than time.Time) time.Time {
	if at.After(than) {
		return at
	}
	return than.UTC().Truncate(time.Second).Add(time.Second)
}

// say adds an update of now.
func (c *Case) say(text schema.Text, to []schema.Audience) splice.Change {
	return splice.Add("/updates", schema.Update{At: c.stamp(), By: c.By, To: to, Text: text})
}

// region is the region of the escalation.
func (c *Case) region(a Answers) schema.RegionName {
	if r := a.One("region"); r != "" {
		return schema.RegionName(r)
	}
	if c.Escalation != nil {
		return c.Escalation.Account.Region
	}
	return c.Tree.People.People[c.By].Region
}

// today is the day that the clocks of a region show; of a region that nobody knows,
// those of UTC.
func (c *Case) today(region schema.RegionName) schema.Date {
	at := c.At.UTC()
	if cal, err := calendar.New(c.Tree.Policy.Regions[string(region)]); err == nil {
		at = cal.In(at)
	}
	y, m, d := at.Date()
	return schema.Date{Time: time.Date(y, m, d, 0, 0, 0, 0, time.UTC)}
}

// person says who somebody is.
func (c *Case) person(h schema.Handle) string {
	p, ok := c.Tree.People.People[h]
	if !ok || p.Name == "" {
		return string(h)
	}
	return fmt.Sprintf("%s (%s)", p.Name, h)
}
