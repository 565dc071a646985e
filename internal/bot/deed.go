package bot

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/comment"
	"github.com/escalations-as-code/escalate/internal/draft"
	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/splice"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// Judge says what another content of a file would be, as draft.Of does.
type Judge func(path string, data []byte) (draft.Draft, error)

// Asked is who asks for something, when and where: by a comment, an answer of a form, or
// a tick.
type Asked struct {
	By schema.Handle
	// Dialect is how commands are written there.
	Dialect comment.Dialect
	// At is when it was written, Now when it is done: where the process does not let it
	// have the time at which it was written any more (P37), it has the other.
	At, Now time.Time
}

// Deed is what came of one command.
type Deed struct {
	Command comment.Command
	// Says is what it does, in a few words; "" where it is not done.
	Says string
	// Why is why it is not done, in Markdown, with what to write instead; "" where it is.
	Why string
}

// Done reports whether it is done.
func (d Deed) Done() bool { return d.Why == "" }

// Carry carries out commands on an escalation of a tree, one after the other: each
// stands for itself. It returns the file as it is then. Whatever a command does is what
// the act does that it stands for.
func Carry(t *tree.Tree, path string, list []comment.Command, asked Asked, judge Judge) (data []byte, deeds []Deed, err error) {
	data, err = t.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	for _, command := range list {
		deed := Deed{Command: command}
		after, says, why, err := carry(t.With(path, data), path, command, asked, judge)
		if err != nil {
			return nil, nil, err
		}
		if deed.Says, deed.Why = says, why; why == "" {
			data = after
		}
		deeds = append(deeds, deed)
	}
	return data, deeds, nil
}

// carry carries out one command, at the time at which it was written or, where the
// rules refuse that, now.
func carry(t *tree.Tree, path string, command comment.Command, asked Asked, judge Judge) (data []byte, says, why string, err error) {
	e := t.Load(path)
	if e.HeldBack() {
		return nil, "", "The file has errors, which somebody must mend in it first: the check of its last " + asked.Dialect.Change + " says which.", nil
	}
	a := acts(command.Act)
	if a == nil {
		return nil, "", fmt.Sprintf("There is no command %s.", escape.MarkdownCode(asked.Dialect.Written(command.Name))), nil
	}
	var d draft.Draft
	read := &act.Case{Tree: t, Escalation: e, By: asked.By, At: asked.At} // whose today is the day on which it was written
	for _, at := range slices.Compact([]time.Time{asked.At, asked.Now}) {
		out, says, why, err := edited(read, &act.Case{Tree: t, Escalation: e, By: asked.By, At: at}, a, command, asked.Dialect)
		if err != nil || why != "" {
			return nil, "", why, err
		}
		if d, err = judge(path, out); err != nil {
			return nil, "", "", err
		}
		if len(d.Errors) == 0 {
			if string(out) == string(e.Data) {
				return nil, "", "The file says that already.", nil
			}
			return out, says, "", nil
		}
	}
	return nil, "", against(d.Errors), nil
}

// edited is the file as an act leaves it, and what that does; or why it cannot be done.
// c is the case in which the answers are read, and at the one in which they are written.
func edited(c, at *act.Case, a *act.Act, command comment.Command, d comment.Dialect) (data []byte, says, why string, err error) {
	if err := a.Ready(c); err != nil {
		if a.State == act.Open {
			return nil, "", "The escalation is closed: " + escape.MarkdownCode(d.Written("reopen")+" because TEXT") + " opens it again.", nil
		}
		return nil, "", "The escalation is open: " + escape.MarkdownCode(d.Written(command.Name)) + " is for a closed one.", nil
	}
	if command.Name == "close" && len(command.Given) == 0 {
		return nil, "", closeForm(c, a, d), nil
	}
	if q, ok := a.Question("done"); ok && command.Name == "done" && len(command.Given) == 0 {
		return nil, "", missing(c, d, command.Name, nil, []*act.Question{q}), nil
	}
	answers, open, err := a.Read(c, command.Given)
	var wrong *act.AnswerError
	switch {
	case errors.As(err, &wrong):
		return nil, "", misread(a, d, command.Name, wrong) + parted(a, d, command), nil
	case err != nil:
		return nil, "", "", err
	case len(open) > 0:
		return nil, "", missing(c, d, command.Name, answers, open), nil
	case len(command.Given) == 0:
		return nil, "", "It says nothing: write it as " + escape.MarkdownCode(usage(d, command.Name)) + ".", nil
	}
	data, err = splice.Apply(schema.KindEscalation, c.Escalation.Path, c.Escalation.Data, a.Edit(at, answers)...)
	if refusal := (*splice.Refusal)(nil); errors.As(err, &refusal) {
		return nil, "", told(refusal.Message, refusal.Hint), nil
	}
	return data, a.Says(c, answers), "", err
}

// closeForm is what `/close` alone is answered by: the questions of a closing, and a
// form to fill in and send back.
func closeForm(c *act.Case, a *act.Act, d comment.Dialect) string {
	asked := func(q *act.Question) bool {
		return slices.ContainsFunc([]schema.Resolution{schema.Resolved, schema.Withdrawn}, func(r schema.Resolution) bool {
			return q.Asked(c, act.Answers{"resolution": {string(r)}})
		})
	}
	lines := []string{"To close it, fill this in and send it as a new comment. Leave out what does not apply.", ""}
	form := []string{d.Written("close")}
	for i := range a.Questions {
		q := &a.Questions[i]
		if q.Hidden || !asked(q) {
			continue
		}
		line := "- " + escape.MarkdownCode(q.Name) + ": " + escape.MarkdownLine(spoken(strings.TrimSpace(q.Title+" "+q.Help)))
		for _, o := range q.Options(c, act.Answers{}) {
			line += "\n  - " + escape.MarkdownCode(o.Value)
			if meaning := strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(o.Label, o.Value), ".") + " " + o.Help); meaning != "" {
				line += ": " + escape.MarkdownLine(meaning)
			}
		}
		lines, form = append(lines, line), append(form, q.Name+": ")
	}
	return strings.Join(lines, "\n") + "\n\n" + escape.MarkdownFence("", strings.Join(form, "\n"))
}

// acts is the act of a name; nil where there is none.
func acts(name string) *act.Act {
	all := act.All()
	i := slices.IndexFunc(all, func(a act.Act) bool { return a.Name == name })
	if i < 0 {
		return nil
	}
	return &all[i]
}

// usage is how a command is written.
func usage(d comment.Dialect, name string) string {
	for _, u := range d.Usage() {
		if u.Name == name {
			return u.Written
		}
	}
	return d.Written(name)
}

// told is a message with its hint, as a sentence of Markdown.
func told(message, hint string) string {
	switch {
	case hint != "" && strings.HasSuffix(message, "?"):
		message += " " + words.Capital(spoken(hint))
	case hint != "":
		message += ": " + spoken(hint)
	}
	return line(words.Sentence(message))
}

// flag is how the terminal names a question.
var flag = regexp.MustCompile(`--([a-z][a-z-]*[a-z])`)

// spoken is a text of ours that names questions as a comment does, and not as flags.
func spoken(text string) string { return flag.ReplaceAllString(text, "$1") }

// line is a line of Markdown that quotes what somebody wrote, however much that was.
func line(text string) string {
	const longest = 500
	return escape.MarkdownLine(words.Clip(text, longest))
}

// misread says what is wrong with an answer of a command; of the form, name is "".
func misread(a *act.Act, d comment.Dialect, name string, wrong *act.AnswerError) string {
	q, ok := a.Question(wrong.Question)
	if ok && q.Unasked != "" && wrong.Hint == q.Unasked { // why there is nothing to answer
		if d.Beside(name, q.Name) != "" {
			return "Leave out " + escape.MarkdownCode(q.Name) + ": " + line(wrong.Hint) + "."
		}
		return told(wrong.Hint, "")
	}
	if !ok || wrong.Answer != "" && strings.Contains(wrong.Message, wrong.Answer) {
		return told(wrong.Message, wrong.Hint)
	}
	return escape.MarkdownLine(q.Title) + " " + told(wrong.Message, wrong.Hint)
}

// parted says how a command is written whose text has two answers, where it lacks the
// word that parts them: else what is wrong with the first is all that it says.
func parted(a *act.Act, d comment.Dialect, command comment.Command) string {
	written := usage(d, command.Name)
	reason := "why"
	if _, ok := a.Question(reason); !ok {
		reason = "reason"
	}
	if !strings.Contains(written, " because ") || len(command.Given[reason]) > 0 {
		return ""
	}
	return " Write it as " + escape.MarkdownCode(written) + "."
}

// few is how many things to choose are worth a line.
const few = 8

// missing says what is still to be answered of a command, a line each, and how where its
// own text is not the answer; of the form, name is "".
func missing(c *act.Case, d comment.Dialect, name string, answers act.Answers, open []*act.Question) string {
	lines := []string{"Something is missing:"}
	for _, q := range open {
		text := escape.MarkdownLine(q.Title)
		if q.Help != "" {
			text += " " + escape.MarkdownLine(spoken(q.Help))
		}
		beside := d.Beside(name, q.Name)
		if name == "close" && beside != "" { // as the form has it
			text = escape.MarkdownCode(q.Name) + ": " + text
		}
		text = "- " + text
		var labels []string
		if q.Form == act.Yes && name != "" {
			labels = []string{escape.MarkdownCode("yes"), escape.MarkdownCode("no")}
		}
		for _, o := range q.Options(c, answers) {
			label := o.Value
			if q.Form == act.Entry || q.Form == act.Person {
				label = o.Label
			}
			labels = append(labels, escape.MarkdownCode(label))
		}
		if n := len(labels); n > 0 && (n <= few || q.Form == act.Entry) {
			text += " (" + strings.Join(labels, ", ") + ")"
		}
		if name != "close" && beside != "" {
			text += " Write it on a line below the command: " + escape.MarkdownCode(beside) + "."
		}
		for _, fact := range q.Know(c, answers) {
			text += "\n  - " + line(fact)
		}
		lines = append(lines, text)
	}
	switch name {
	case "":
	case "close":
		lines = append(lines, "", "Send the form again, with what is missing in it.")
	default: // nothing of it is kept
		lines = append(lines, "", "Write it again in a new comment, with that: "+escape.MarkdownCode(usage(d, name))+".")
	}
	return strings.Join(lines, "\n")
}

// against says which rules are against something.
func against(found []finding.Finding) string {
	lines := []string{"A rule of the process is against it:"}
	if n := len(found); n != 1 {
		lines = []string{fmt.Sprintf("%d rules of the process are against it:", n)}
	}
	for _, f := range found {
		text := "- " + line(words.Sentence(f.Message))
		if f.Hint != "" {
			text += " " + line(words.Sentence(f.Hint))
		}
		cites := strings.Join(append([]string{f.Rule}, f.Cites...), ", ")
		lines = append(lines, text+" ["+escape.MarkdownLine(cites)+"]")
	}
	return strings.Join(lines, "\n")
}
