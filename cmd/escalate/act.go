package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/draft"
	"github.com/escalations-as-code/escalate/internal/draft/draftprint"
	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/lint"
	"github.com/escalations-as-code/escalate/internal/prompt"
	"github.com/escalations-as-code/escalate/internal/session"
	"github.com/escalations-as-code/escalate/internal/splice"
	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// actOptions says what is done to which escalation, and what becomes of it.
type actOptions struct {
	*options
	env environment
	act act.Act
	now time.Time
	// meant is the escalation; given are the answers that the command line has.
	meant string
	given map[string][]string
	// flags are what else the command line says.
	flags []string
	// asked says that somebody was asked something, shown that they have seen what is
	// going to be written.
	asked, shown bool
	// idle is why the answers leave nothing to do; "" where the act does not say.
	idle string
	// dryRun shows what would be written; commit commits it, propose has it merged by
	// a pull request.
	dryRun, commit, propose bool
}

// newAct makes a command of something that people do to an escalation: its questions
// are flags.
func newAct(env environment, opts *options, a act.Act) *cobra.Command {
	o := actOptions{options: opts, env: env, act: a}
	opening := a.Name == "new"
	var moment func() (time.Time, error)
	var text message
	said := map[string][]string{}
	cmd := &cobra.Command{
		Use:   usageOf(a, opening),
		Short: a.Short,
		Long:  a.Long + "\n\n" + asking(opening),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			o.given, o.flags = said, others(cmd)
			if err := atMostOne(cmd, "dry-run", "commit", "propose"); err != nil {
				return err
			}
			if o.json { // a program reads it
				o.env.ask = nil
			}
			if !opening {
				if len(args) == 0 && o.env.ask == nil {
					return usagef("which escalation? Write its id or its customer, such as: %s northwind", cmd.CommandPath())
				}
				if len(args) > 0 {
					o.meant, args = args[0], args[1:]
				}
			}
			if err := o.arguments(args); err != nil {
				return err
			}
			if err := text.read(cmd, &o); err != nil {
				return err
			}
			if o.now, err = moment(); err != nil {
				return err
			}
			o.now = o.now.UTC().Truncate(time.Second)
			return o.run(cmd.Context())
		},
	}
	for _, e := range a.Examples {
		cmd.Example += strings.TrimRight("  escalate "+a.Name+" "+e, " ") + "\n"
	}
	cmd.Example = strings.TrimSuffix(cmd.Example, "\n")
	f := cmd.Flags()
	f.SortFlags = false // what is asked first stands first
	for _, q := range slices.SortedStableFunc(slices.Values(a.Questions), func(x, y act.Question) int { return cmp.Compare(hidden(x), hidden(y)) }) {
		flag := f.VarPF(&answerFlag{question: q.Name, many: q.Many, form: q.Form, given: said}, q.Name, "", q.Title)
		if q.Switch {
			flag.NoOptDefVal = "yes"
		}
	}
	if a.Message != "" {
		text.flags(cmd, a.Message)
	}
	f.BoolVar(&o.dryRun, "dry-run", false, "show what would be written, and write nothing")
	f.BoolVar(&o.commit, "commit", false, "also commit it")
	f.BoolVar(&o.propose, "propose", false, "propose it by a pull or merge request: nothing here is changed")
	opts.remoteFlag(cmd)
	moment = nowFlag(cmd, env, "as if it were done at this moment")
	completeAct(cmd, env, opts, a, said)
	return cmd
}

// hidden is 1 for a question that nobody is asked.
func hidden(q act.Question) int {
	if q.Hidden {
		return 1
	}
	return 0
}

// atMostOne refuses flags that exclude each other.
func atMostOne(cmd *cobra.Command, names ...string) error {
	var said []string
	for _, n := range names {
		if cmd.Flags().Changed(n) {
			said = append(said, "--"+n)
		}
	}
	if len(said) > 1 {
		return usagef("%s exclude each other: write one of them", words.And(said))
	}
	return nil
}

func usageOf(a act.Act, opening bool) string {
	usage := a.Name
	if !opening {
		usage += " ID"
	}
	if a.Argument != "" {
		usage += " [" + strings.ToUpper(a.Argument) + "]"
	}
	return usage
}

func asking(opening bool) string {
	const who = "Who does it is whom ESCALATE_USER names, else whose e-mail address git has. It writes nothing that lint would refuse."
	const stops = "Ctrl-C or Esc stops it, and nothing is written (exit code 130). "
	if opening {
		return "At a terminal it asks; elsewhere flags answer. " + stops + who
	}
	return "ID is an id, the customer's name, or a part of one of these. At a terminal it asks for what flags do not answer. " + stops + who
}

// answerFlag is the flag of a question.
type answerFlag struct {
	question string
	many     bool
	form     act.Form
	// given are the answers of all flags.
	given map[string][]string
}

func (f *answerFlag) String() string { return "" }

func (f *answerFlag) Type() string {
	if f.form == act.Yes {
		return "yes|no"
	}
	return string(f.form)
}

// Set takes an answer. The last counts of a question that takes one.
func (f *answerFlag) Set(answer string) error {
	if !f.many {
		f.given[f.question] = nil
	}
	f.given[f.question] = append(f.given[f.question], answer)
	return nil
}

// others are the flags that are said, but for those that answer a question.
func others(cmd *cobra.Command) []string {
	var list []string
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if _, answers := f.Value.(*answerFlag); !answers && !slices.Contains([]string{"message", "file", "edit"}, f.Name) {
			if f.NoOptDefVal != "" && f.Value.String() == f.NoOptDefVal {
				list = append(list, "--"+f.Name)
				return
			}
			list = append(list, "--"+f.Name+"="+quoted(f.Value.String()))
		}
	})
	return list
}

// arguments takes the words behind the id for an answer.
func (o *actOptions) arguments(args []string) error {
	q, takes := o.act.Question(o.act.Argument)
	if len(args) > 0 { // the value of a switch, as in --significant yes
		for i := range o.act.Questions {
			s := &o.act.Questions[i]
			if last := args[len(args)-1]; s.Switch && o.given[s.Name] != nil && (last == "yes" || last == "no") {
				o.given[s.Name], args = []string{last}, args[:len(args)-1]
				break
			}
		}
	}
	switch {
	case len(args) == 0:
		return nil
	case !takes:
		return usagef("too many arguments: %q", args[0])
	case o.given[q.Name] != nil:
		return usagef("%q and --%s: write one of the two", args[0], q.Name)
	case q.Many && q.Form != act.Line:
		o.given[q.Name] = args
	case q.Form == act.Line || len(args) == 1:
		o.given[q.Name] = []string{strings.Join(args, " ")}
	default:
		return usagef("too many arguments: %q", args[1])
	}
	return nil
}

// run does it. Whoever was asked, and stops or is refused, learns how to go on from
// there.
func (o *actOptions) run(ctx context.Context) error {
	err := o.do(ctx)
	if (errors.Is(err, prompt.ErrStopped) || errors.Is(err, errFindings) || errors.Is(err, git.ErrMoved)) && o.asked && len(o.given) > 0 {
		lines := strings.Split(o.again(), "\n") // of which none is indented: they are a text that is quoted
		for i, l := range lines {
			lines[i] = escape.Visible(l)
		}
		fmt.Fprintf(o.env.stderr, "To go on with what was answered:\n%s\n", strings.Join(lines, "\n"))
	}
	return err
}

func (o *actOptions) do(ctx context.Context) error {
	s, err := o.open(o.env)
	if err != nil {
		return err
	}
	defer s.Close()
	var p *proposal
	var t *tree.Tree
	if o.propose {
		if p, err = o.begin(ctx, s); err != nil {
			return err
		}
		t = p.base.Tree
	} else if t, err = s.Working(ctx); err != nil {
		return err
	}
	if file := t.Misread(); file != "" { // nothing can be judged by it
		return usagef("%s has errors: `escalate lint` says which; mend it first", file)
	}
	c := &act.Case{Tree: t, At: o.now}
	if c.By, err = me(ctx, o.env, s, t); err != nil {
		return err
	}
	if p != nil && o.meant != "" && len(t.Find(o.meant)) == 0 { // it may be proposed, and not merged
		mine, err := p.unmerged(ctx, s, c.By, o.meant)
		if err != nil {
			return err
		}
		if mine != nil {
			t, c.Tree = mine.Tree, mine.Tree
		}
	}
	if o.act.Name != "new" {
		if c.Escalation, err = o.find(ctx, t); err != nil {
			return err
		}
	}
	if p != nil && c.Escalation != nil {
		if err := p.follow(ctx, s, o, c); err != nil {
			return err
		}
	}
	if err := o.act.Ready(c); err != nil {
		return usagef("%s: %w", c.Escalation.ID, err)
	}
	answers, err := o.answers(ctx, c)
	if err != nil {
		return err
	}
	if p != nil && c.Escalation == nil {
		if err := p.opens(ctx, s, o.env, act.ID(answers), c.By); err != nil {
			return err
		}
	}
	base := lint.Base{Tree: c.Tree}
	switch {
	case p != nil: // what is checked out here may be behind
		base.Tree, base.Commit = p.base.Tree, p.base.ID
	case o.commit:
		if head, err := o.committed(ctx, s); err != nil {
			return err
		} else if head != nil && len(head.Names) > 0 {
			base.Tree = head
		}
	}
	d, err := o.draft(ctx, s, c, base, answers)
	if err != nil {
		return err
	}
	if len(d.Errors) > 0 {
		return errors.Join(o.show(d, draftprint.Done{}), errFindings)
	}
	if !d.Changes() {
		if o.json {
			return draftprint.JSON(o.env.stdout, d, draftprint.Done{})
		}
		why := d.Path + " says that already"
		if o.idle != "" {
			why = words.Capital(o.idle)
		}
		_, err := fmt.Fprintf(o.env.stdout, "%s: there is nothing to do.\n", why)
		return err
	}
	var done draftprint.Done
	if err := o.agreed(ctx, d); err != nil {
		return err
	}
	switch subject := string(d.ID) + ": " + o.act.Says(c, answers); {
	case o.dryRun:
	case p != nil:
		done, err = p.make(ctx, o, c, d, subject)
	default:
		var was []byte
		if c.Escalation != nil {
			was = c.Escalation.Data
		}
		done, err = o.write(ctx, s, d, was, subject)
	}
	if err != nil {
		return err
	}
	return o.show(d, done)
}

// agreed shows whoever was asked what comes of it, and asks whether it is to be done.
func (o *actOptions) agreed(ctx context.Context, d draft.Draft) error {
	if !o.asked || o.dryRun {
		return nil
	}
	if err := draftprint.Text(o.env.stdout, d, o.env.screen); err != nil {
		return err
	}
	fmt.Fprintln(o.env.stdout)
	question := "Write it?"
	switch {
	case o.propose:
		question = "Propose it?"
	case o.commit:
		question = "Write and commit it?"
	}
	yes, err := o.env.ask.agrees(ctx, question)
	if err == nil && !yes {
		err = prompt.ErrStopped
	}
	o.shown = true
	return err
}

// find finds the escalation that is meant; where nobody says which, or what they say may
// be several, it asks.
func (o *actOptions) find(ctx context.Context, t *tree.Tree) (*tree.Escalation, error) {
	id, err := schema.ID(""), error(nil)
	switch found := t.Find(o.meant); {
	case o.env.ask != nil && o.meant == "":
		o.asked = true
		id, err = o.env.ask.escalation(ctx, t, o.act.State)
	case o.env.ask != nil && len(found) > 1:
		o.asked = true
		id, err = o.env.ask.which(ctx, glanced(t, found))
	default:
		id, err = theOne(t, o.meant, found)
	}
	if err != nil {
		return nil, err
	}
	o.meant = string(id)
	e := t.Load(tree.Path(id))
	if e.HeldBack() {
		fmt.Fprintf(o.env.stderr, "escalate: %s has errors: `escalate lint %s` says which\n", e.Path, e.ID)
		return nil, errFindings
	}
	return e, nil
}

// answers are all answers: those of the command line, and those that somebody gives
// at the terminal.
func (o *actOptions) answers(ctx context.Context, c *act.Case) (act.Answers, error) {
	var err error
	if o.env.ask != nil {
		was := len(o.given)
		o.given, err = o.env.ask.rest(ctx, o.act, c, o.given)
		o.asked = o.asked || len(o.given) > was || errors.Is(err, prompt.ErrStopped)
	}
	answers, open := act.Answers(nil), []*act.Question(nil)
	if err == nil {
		answers, open, err = o.act.Read(c, o.given)
	}
	if wrong := (*act.AnswerError)(nil); errors.As(err, &wrong) {
		if wrong.Idle {
			o.idle = wrong.Message
			return answers, nil
		}
		if o.asked { // whoever chose it at the terminal knows no flag
			return nil, usagef("%s", tail(wrong.Message, wrong.Hint))
		}
		return nil, usagef("%s: %s", o.flag(wrong.Question), tail(wrong.Message, wrong.Hint))
	}
	if err != nil {
		return nil, err
	}
	if len(open) > 0 {
		return nil, usagef("there is more to say:%s", o.missing(c, answers, open))
	}
	if len(o.given) == 0 && !o.asked {
		var all []*act.Question
		for i := range o.act.Questions {
			if q := &o.act.Questions[i]; !q.Hidden && q.Asked(c, answers) {
				all = append(all, q)
			}
		}
		return nil, usagef("say what is to change:%s", o.missing(c, answers, all))
	}
	return answers, nil
}

// missing says what is to be answered, and how: what can be chosen, and what it is for.
func (o *actOptions) missing(c *act.Case, answers act.Answers, open []*act.Question) string {
	const few = 6 // people that are worth a line
	const column = 21
	var b strings.Builder
	for _, q := range open {
		title, below := q.Title, []string(nil)
		options := q.Options(c, answers)
		switch n := len(options); {
		case q.Form == act.Entry:
			for _, x := range options {
				below = append(below, x.Label)
			}
		case q.Form != act.Line && n > 0 && (n <= few || q.Form == act.Choice):
			var values []string
			for _, x := range options {
				values = append(values, x.Value)
			}
			title += " (" + words.Or(values) + ")"
		}
		below = append(below, q.Know(c, answers)...)
		if q.Help != "" {
			below = append(below, q.Help)
		}
		fmt.Fprintf(&b, "\n  %-*s%s", column-2, o.flag(q.Name)+" ", o.env.screen.Wrap(escape.Line(title), column, strings.Repeat(" ", column)))
		for _, line := range below {
			indent := strings.Repeat(" ", column+2)
			b.WriteString("\n" + indent + o.env.screen.Wrap(escape.Line(line), column+2, indent))
		}
	}
	return b.String()
}

// flag is how the command line answers a question.
func (o *actOptions) flag(question string) string {
	switch question {
	case o.act.Message:
		return "-m"
	case o.act.Argument:
		return strings.ToUpper(question)
	}
	return "--" + question
}

func tail(message, hint string) string {
	if hint == "" {
		return message
	}
	return message + ": " + hint
}

// draft makes the changes, and judges them against a tree, and by the history of its
// commit: HEAD where it names none.
func (o *actOptions) draft(ctx context.Context, s *session.Session, c *act.Case, against lint.Base, answers act.Answers) (draft.Draft, error) {
	path, data := "", []byte(nil)
	if c.Escalation != nil {
		path, data = c.Escalation.Path, c.Escalation.Data
	} else {
		path, data = tree.Path(act.ID(answers)), act.Begin(c)
		if c.Tree.Has(path) {
			return draft.Draft{}, usagef("there is %s already: it is `escalate show %s`; another one has another --id", path, act.ID(answers))
		}
	}
	out, err := splice.Apply(schema.KindEscalation, path, data, o.act.Edit(c, answers)...)
	if refusal := (*splice.Refusal)(nil); errors.As(err, &refusal) {
		fmt.Fprintf(o.env.stderr, "escalate: %s: %s\n", path, tail(refusal.Message, refusal.Hint))
		return draft.Draft{}, errFindings
	}
	if err != nil {
		return draft.Draft{}, err
	}
	past := locally(ctx, s)
	if against.Commit == "" {
		against.Commit = past.head
	}
	past.head = against.Commit
	base := &lintBase{Base: against}
	if against.Commit != "" {
		base.know(ctx, past.repo)
	}
	d := draft.Of(base.Base, path, out, o.now, past.of)
	return d, errors.Join(base.err, past.err)
}

// show prints what came of it.
func (o *actOptions) show(d draft.Draft, done draftprint.Done) error {
	w, screen := o.env.stdout, o.env.screen
	if o.json {
		return draftprint.JSON(w, d, done)
	}
	if len(d.Errors) > 0 {
		return draftprint.Refused(w, d, screen)
	}
	if !o.shown {
		if err := draftprint.Text(w, d, screen); err != nil {
			return err
		}
	}
	var next string
	switch {
	case done.Open:
		next = "Proposed: " + done.URL
	case done.URL != "":
		next = "Pushed. Open the " + done.Change + " here: " + done.URL
	case done.Branch != "":
		next = "Pushed as the branch " + done.Branch + ": open a " + done.Change + " of it."
	case done.Commit != "":
		next = fmt.Sprintf("Written, and committed as %.10s.", done.Commit)
	case done.Written:
		next = "Written, here alone. --commit also commits such a change; --propose proposes it to the others."
	default:
		next = "Nothing is written: --dry-run."
	}
	_, err := fmt.Fprintf(w, "\n%s\n", screen.WrapStated(terminal.Line(next), 0, "  "))
	return err
}

// write writes the file, and commits it where that is asked for. was is the file as it
// was read; nil where there was none.
func (o *actOptions) write(ctx context.Context, s *session.Session, d draft.Draft, was []byte, subject string) (done draftprint.Done, err error) {
	repo, _ := s.Repo(ctx) // nil where there is none
	if repo != nil {
		if err := s.Lock(ctx); err != nil { // two commands at once would each write over the other's
			return done, err
		}
	}
	file := filepath.Join(s.Dir, filepath.FromSlash(d.Path))
	if was == nil {
		err = create(file, d.Data)
	} else if now, readErr := os.ReadFile(file); readErr != nil || !bytes.Equal(now, was) {
		err = fmt.Errorf("%s is not on the disk as it was read: nothing is written over it", d.Path)
	} else {
		err = rewrite(file, d.Data)
	}
	if err != nil {
		return done, err
	}
	if !o.commit {
		return draftprint.Done{Written: true}, nil
	}
	commit, err := repo.CommitFile(ctx, d.Path, subject)
	if err == nil {
		return draftprint.Done{Written: true, Commit: commit}, nil
	}
	// Who does it once more would say it twice.
	undo := error(nil)
	if was == nil {
		undo = os.Remove(file)
	} else {
		undo = rewrite(file, was)
	}
	if undo != nil {
		return done, errors.Join(fmt.Errorf("%s is written, and not committed: %w", d.Path, err), undo)
	}
	return done, fmt.Errorf("nothing is written, because it cannot be committed: %w", err)
}

// committed is the tree that a commit of now would follow: what a file says that is
// edited here, and not committed, is part of what is committed, and judged with it.
func (o *actOptions) committed(ctx context.Context, s *session.Session) (*tree.Tree, error) {
	repo, err := s.Repo(ctx)
	if err != nil {
		return nil, err
	}
	branch, err := repo.Branch(ctx)
	if err != nil {
		return nil, err
	}
	if branch == "" {
		return nil, errors.New("no branch is checked out here, or a rebase is under way: a commit would be on none; finish it, or `git switch` to a branch")
	}
	if _, err := repo.Resolve(ctx, "HEAD"); errors.Is(err, git.ErrNoCommit) {
		return nil, nil
	}
	c, err := s.Commit(ctx, "HEAD")
	if err != nil {
		return nil, err
	}
	return c.Tree, nil
}

// create writes a file that is not there.
func create(file string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err != nil {
		err = errors.Join(err, os.Remove(file))
	}
	return err
}

// message is a text that -m, -F or an editor gives.
type message struct {
	parts  []string
	file   string
	editor bool
}

func (m *message) flags(cmd *cobra.Command, question string) {
	f := cmd.Flags()
	f.StringArrayVarP(&m.parts, "message", "m", nil, "`text`, the same as --"+question+"; several are paragraphs")
	f.StringVarP(&m.file, "file", "F", "", "read it from a `file`; - is standard input")
	f.BoolVarP(&m.editor, "edit", "e", false, "write it in your editor")
}

// read answers the question that the text is for.
func (m *message) read(cmd *cobra.Command, o *actOptions) error {
	if o.act.Message == "" {
		return nil
	}
	if err := atMostOne(cmd, "message", "file", "edit", o.act.Message); err != nil {
		return err
	}
	var text string
	switch {
	case cmd.Flags().Changed("message"):
		text = strings.Join(m.parts, "\n\n")
	case cmd.Flags().Changed("file"):
		data, err := m.content(o.env)
		if err != nil {
			return err
		}
		text = string(data)
	case m.editor:
		data, err := edited(cmd.Context(), o.env)
		if err != nil {
			return err
		}
		text = string(data)
	default:
		return nil
	}
	o.given[o.act.Message] = []string{text}
	return nil
}

// most is how many bytes of a text are read.
const most = 1 << 20

func (m *message) content(env environment) ([]byte, error) {
	in := env.stdin
	if m.file != "-" {
		f, err := os.Open(m.file)
		if err != nil {
			return nil, usageError{err}
		}
		defer f.Close()
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, most+1))
	if err == nil && len(data) > most {
		err = usagef("the text is longer than 1 MiB")
	}
	return data, err
}
