package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/comment"
	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/form"
	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/marker"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/session"
	"github.com/escalations-as-code/escalate/internal/tracking"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// about is what the thread of a comment is about.
type about struct {
	id   schema.ID
	path string
	// change is the change request that it is; nil for a tracking issue.
	change *forge.Proposed
	// why is why nothing can be done there, in Markdown.
	why string
}

// comment does what a comment asks for, and answers it. It returns what came of it in
// plain words; "" where there was nothing to do.
func (b *Bot) comment(ctx context.Context, c forge.Comment) (string, error) {
	on := forge.Thread{Number: c.Issue, ChangeRequest: c.ChangeRequest}
	kept, err := b.kept(ctx, on)
	if isGone(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	key := answerKey(c)
	if was, answered := kept[key]; answered {
		return b.edited(ctx, on, key, was, c)
	}
	of, err := b.about(ctx, on)
	if err != nil || of == nil {
		return "", err
	}
	_ = b.Forge.React(ctx, on, c.ID) // a courtesy: the answer is what counts
	text, says, err := b.carried(ctx, c, *of)
	if isGone(err) { // it was deleted meanwhile
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return says, b.say(ctx, on, key, b.fitting(text)+"\n\n"+readAs(c.Body))
}

// fitting is an answer that a comment can hold, with its marks.
func (b *Bot) fitting(text string) string {
	const marks = 500
	return words.Clip(text, b.Forge.Traits().MaxBody-marks)
}

// answerKey is the key of the answer to a comment.
func answerKey(c forge.Comment) string { return fmt.Sprintf("answer %d", c.ID) }

// readAs marks in an answer which text it answers.
func readAs(body string) string {
	sum := sha256.Sum256([]byte(strings.ReplaceAll(body, "\r\n", "\n")))
	return "<!-- answers " + hex.EncodeToString(sum[:6]) + " -->"
}

var readMark = regexp.MustCompile(`<!-- answers [0-9a-f]{12} -->`)

// stale reports whether an answer is to another text. Of one without a mark nobody
// knows.
func stale(answer, body string) bool {
	mark := readMark.FindString(answer)
	return mark != "" && mark != readAs(body)
}

// edited says of a comment that was edited after its answer that this changes nothing.
func (b *Bot) edited(ctx context.Context, on forge.Thread, key, was string, c forge.Comment) (string, error) {
	if !stale(was, c.Body) {
		return "", nil
	}
	const note = "The comment was edited after this. That changes nothing: write a new one."
	text := strings.TrimSpace(readMark.ReplaceAllString(was, ""))
	if !strings.Contains(text, note) {
		text += "\n\n" + note
	}
	return "a comment was edited after it was handled: nothing is changed by that", b.say(ctx, on, key, text+"\n\n"+readAs(c.Body))
}

// about finds out what a thread is about; nil where it is nothing of ours.
func (b *Bot) about(ctx context.Context, on forge.Thread) (*about, error) {
	if on.ChangeRequest {
		return b.aboutChange(ctx, on.Number)
	}
	i, err := b.Forge.Issue(ctx, on.Number)
	if isGone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	id, _, err := b.tracked(ctx, i)
	switch {
	case err != nil:
		return nil, err
	case id != "" && !b.Clone.Tip.Has(tree.Path(id)):
		return &about{id: id, why: "There is no file of this escalation any more."}, nil
	case id != "":
		return &about{id: id, path: tree.Path(id)}, nil
	case b.Forge.Traits().HasLabel(i.Labels, form.Label):
		return &about{why: "The escalation is not opened yet. Edit the issue to change what it asks for; commands are for the " + b.Forge.Traits().Change + ", and for this issue once that is merged."}, nil
	}
	return nil, nil
}

// tracked is the escalation of which an issue is the tracking issue, with what the ledger
// has of it; "" of another.
func (b *Bot) tracked(ctx context.Context, i forge.Issue) (id schema.ID, thread []notice.Notice, err error) {
	var ids []schema.ID
	for _, m := range marker.Read(i.Body) {
		if id := schema.ID(m.What); tree.IsEscalation(tree.Path(id)) {
			ids = append(ids, id)
		}
	}
	if len(ids) > 0 {
		if id, thread, err = b.tracks(ctx, i, ids, ledger.Within(ids)); err != nil || id != "" {
			return id, thread, err
		}
	}
	if !b.Forge.Traits().HasLabel(i.Labels, tracking.Label) {
		return "", nil, nil
	}
	// Somebody took the marker away, or put another there: the ledger has the number.
	return b.tracks(ctx, i, nil, nil)
}

// tracks is the escalation, of some or, where there are none, of all, of which an issue
// is the tracking issue. within is where the ledger has them.
func (b *Bot) tracks(ctx context.Context, i forge.Issue, ids []schema.ID, within []string) (schema.ID, []notice.Notice, error) {
	files, err := b.Ledger.Files(ctx, within...)
	if err != nil {
		return "", nil, err
	}
	defer files.Close()
	book, err := ledger.OpenBook(files, within...)
	if err != nil {
		return "", nil, err
	}
	if len(ids) == 0 {
		all, err := book.All()
		if err != nil {
			return "", nil, err
		}
		for _, n := range all {
			if n.URL == i.URL {
				ids = append(ids, n.Escalation)
			}
		}
		slices.Sort(ids)
		ids = slices.Compact(ids)
	}
	for _, id := range ids {
		thread, err := book.Of(id)
		if err != nil {
			return "", nil, err
		}
		if is, err := b.Talk.Tracks(ctx, i, id, thread); err != nil || is {
			return id, thread, err
		}
	}
	return "", nil, nil
}

// aboutChange finds out what a change request is about.
func (b *Bot) aboutChange(ctx context.Context, number int) (*about, error) {
	p, err := b.Forge.Proposed(ctx, number)
	if errors.Is(err, forge.ErrGone) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	changed, err := b.Forge.Changed(ctx, number)
	if errors.Is(err, forge.ErrUnlisted) {
		return &about{why: "It changes too many files."}, nil
	}
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, path := range changed {
		if path, ok := strings.CutPrefix(path, b.Clone.Repo.Prefix); ok && tree.IsEscalation(path) {
			paths = append(paths, path)
		}
	}
	of := &about{change: &p}
	switch {
	case len(paths) == 0:
		return nil, nil
	case p.Merged:
		of.why = "It is merged: commands are for the tracking issue now."
	case !p.Open:
		of.why = "It was closed without being merged."
	case p.Fork:
		of.why = "It comes from another repository, to which nothing is pushed from here: whoever opened it can change it."
	case p.Base != b.Clone.Branch:
		of.why = "It is not for the branch on which the escalations stand."
	case len(paths) > 1:
		of.why = "It is about several escalations: write the command on the tracking issue of the one that you mean."
	default:
		of.id, of.path = tree.ID(paths[0]), paths[0]
	}
	return of, nil
}

// answer gathers what is answered.
type answer struct {
	dialect comment.Dialect
	lines   []string // Markdown
	says    []string // plain words, for the log of the job
}

func (a *answer) add(markdown, plain string) {
	a.lines, a.says = append(a.lines, markdown), append(a.says, plain)
}

// whole answers nothing where something fails: it may be done anew.
func (a *answer) whole(do func() error) func() error {
	return func() error {
		was := *a
		err := do()
		if err != nil {
			*a = was
		}
		return err
	}
}

// deeds adds what came of commands.
func (a *answer) deeds(list []Deed, done string) {
	if says := doneOf(list); len(says) > 0 {
		text := strings.Join(says, "; ")
		a.add(fmt.Sprintf(done, escape.MarkdownLine(text)), strings.ReplaceAll(done, "%s", text))
	}
	for _, d := range list {
		if !d.Done() {
			a.refuse(d)
		}
	}
}

func (a *answer) refuse(d Deed) {
	if d.Command.Name == "close" && len(d.Command.Given) == 0 { // the form is the answer
		a.add(d.Why, "asked for the form of a closing")
		return
	}
	a.add(fmt.Sprintf("**Not done:** %s. %s", escape.MarkdownCode(a.dialect.Written(d.Command.Name)), d.Why), "not done: "+a.dialect.Written(d.Command.Name))
}

// mostCommands is how many commands one comment may have: each takes its time.
const mostCommands = 25

// carried does what a comment asks for. It returns the answer, and the same in plain
// words.
func (b *Bot) carried(ctx context.Context, c forge.Comment, of about) (text, says string, err error) {
	read := b.dialect().Read(c.Body)
	a := &answer{dialect: b.dialect()}
	by := b.who(c.Author)
	switch {
	case by == "":
		return b.stranger(c.Author), "asked by somebody who is not in the directory", nil
	case helps(read):
		return b.help(), "showed the commands", nil
	case of.why != "":
		return of.why, "nothing can be done there", nil
	}
	written, why, err := b.reworded(ctx, c)
	if err != nil || why != "" {
		return why, "edited by somebody else before it was handled", err
	}
	switch {
	case len(read.Commands) > mostCommands:
		return fmt.Sprintf("It has %d commands, and none of them is done: write at most %d into one comment.", len(read.Commands), mostCommands), "too many commands", nil
	}
	for _, is := range slices.Sorted(maps.Keys(read.Unknown)) {
		what := "did you mean " + escape.MarkdownCode(read.Unknown[is]) + "?"
		if read.Unknown[is] == "" {
			what = escape.MarkdownCode(b.dialect().Written("help")) + " shows those that there are."
		}
		a.add(fmt.Sprintf("There is no command %s: %s", escape.MarkdownCode(is), what), "no command: "+is)
	}
	asked := b.asked(by, written)
	switch {
	case len(read.Commands) == 0: // and nothing is to be looked up
	case of.change != nil:
		err = b.onChange(ctx, a, c, of, read.Commands, asked)
	default:
		err = b.onIssue(ctx, a, c, of, read.Commands, asked)
	}
	return strings.Join(a.lines, "\n\n"), strings.Join(a.says, ", "), err
}

// reworded is when the words of a comment were written, and why they are not its
// author's, in Markdown; "" where they are: whoever may write to a repository may edit what
// others wrote. Who edits their own a week later means another friday.
func (b *Bot) reworded(ctx context.Context, c forge.Comment) (written time.Time, why string, err error) {
	if !c.Updated.After(c.Created) {
		return c.Created, "", nil
	}
	by, at, err := b.Forge.CommentEdit(ctx, forge.Thread{Number: c.Issue, ChangeRequest: c.ChangeRequest}, c.ID)
	switch {
	case err != nil || at.IsZero():
		return c.Created, "", err
	case at.After(c.Updated):
		return at, "", errReadBefore
	case by.Is(c.Author):
		return at, "", nil
	}
	return at, "**Not done:** the comment was edited by " + account(by) + " after " + account(c.Author) + " had written it, and nobody says something in another's name. Write it again, as a new comment.", nil
}

// asked is who asks for something by a comment, and when.
func (b *Bot) asked(by schema.Handle, written time.Time) Asked {
	asked := Asked{By: by, At: written.UTC(), Now: b.now(), Dialect: b.dialect()}
	if asked.At.IsZero() || asked.At.After(asked.Now) {
		asked.At = asked.Now
	}
	return asked
}

// since is when the first commit can have been made that a comment asks for.
func since(c forge.Comment, asked Asked) time.Time {
	if c.Created.IsZero() || asked.At.Before(c.Created) {
		return asked.At
	}
	return c.Created
}

// errReadBefore is returned of what was edited after it was read: a later run reads it as
// it is.
var errReadBefore = errors.New("it was edited after it was read")

// account names an account, and mentions nobody.
func account(a forge.Author) string {
	if a.Login == "" {
		return "somebody whose account is gone"
	}
	return escape.MarkdownCode(a.Login)
}

// now is the time as files have it.
func (b *Bot) now() time.Time { return b.Now().UTC().Truncate(time.Second) }

// stranger is what somebody is answered who is not in the directory.
func (b *Bot) stranger(a forge.Author) string {
	return "Nothing is done: the people directory (`" + tree.PeoplePath + "`) has nobody with your account here, " + account(a) + ". Ask whoever looks after it to put that in, or ask a colleague who is in it to write the same."
}

// helps reports whether somebody asks for help.
func helps(c comment.Comment) bool {
	return slices.ContainsFunc(c.Commands, func(x comment.Command) bool { return x.Name == "help" })
}

// dialect is how commands are written on the forge.
func (b *Bot) dialect() comment.Dialect {
	t := b.Forge.Traits()
	return comment.Dialect{Prefix: t.Prefix, Change: t.Change}
}

// help shows the commands.
func (b *Bot) help() string {
	lines := []string{"Write a command at the beginning of a line of a comment; its text may go on below it. Several may stand in one comment.", ""}
	for _, u := range b.dialect().Usage() {
		lines = append(lines, "- `"+u.Written+"`: "+escape.MarkdownLine(u.Does)) // which are words of ours
	}
	return strings.Join(lines, "\n")
}

// may returns why somebody may not give a command; "" where they may.
func (b *Bot) may(name schema.BotCommand, by schema.Handle) string {
	roles := b.Clone.Tip.Policy.Bot.Commands[name].May
	if len(roles) == 0 || slices.ContainsFunc(b.Clone.Tip.People.People[by].Roles, func(r schema.Role) bool { return slices.Contains(roles, r) }) {
		return ""
	}
	var names []string
	for _, r := range roles {
		names = append(names, escape.MarkdownCode(string(r)))
	}
	return "It needs somebody who is " + words.Or(names) + ": ask one of them to write it."
}

// withJoined is a command, as the policy names it, with those that are joined to it behind it.
func withJoined(x comment.Command, e *tree.Escalation) []schema.BotCommand {
	names := []schema.BotCommand{called(x, e)}
	for _, name := range x.Joined {
		names = append(names, schema.BotCommand(name))
	}
	return names
}

// mayAll returns why somebody may not give a command or what is joined to it; "" where
// they may give all of it.
func (b *Bot) mayAll(x comment.Command, e *tree.Escalation, by schema.Handle) string {
	for i, name := range withJoined(x, e) {
		switch why := b.may(name, by); {
		case why != "" && i > 0:
			return escape.MarkdownCode(b.dialect().Written(string(name))) + " belongs to it. " + why
		case why != "":
			return why
		}
	}
	return ""
}

// reviewed reports whether the policy asks for a pull request for a command or for what
// is joined to it.
func (b *Bot) reviewed(x comment.Command, e *tree.Escalation) bool {
	return slices.ContainsFunc(withJoined(x, e), func(name schema.BotCommand) bool {
		pr := b.Clone.Tip.Policy.Bot.Commands[name].PullRequest
		return pr != nil && *pr
	})
}

// called is what the policy calls a command: one that lowers the severity has a name of
// its own.
func called(command comment.Command, e *tree.Escalation) schema.BotCommand {
	if command.Name == "severity" {
		levels := schema.AllSeverities() // the worst first
		to := slices.Index(levels, level(command))
		if to > slices.Index(levels, e.Severity) {
			return schema.Lowering
		}
	}
	return schema.BotCommand(command.Name)
}

// level is the severity that a command asks for; "" where that cannot be told.
func level(command comment.Command) schema.Severity {
	a := acts(command.Act)
	q, ok := a.Question("level")
	if !ok {
		return ""
	}
	values, err := q.Read(&act.Case{Tree: tree.Empty()}, act.Answers{}, command.Given["level"])
	if err != nil || len(values) == 0 {
		return ""
	}
	return schema.Severity(values[0])
}

// onIssue does what a comment on a tracking issue asks for: what needs nobody else at
// once, and the rest by a proposal.
func (b *Bot) onIssue(ctx context.Context, a *answer, c forge.Comment, of about, list []comment.Command, asked Asked) error {
	var proposed []comment.Command
	err := b.Clone.onTop(ctx, a.whole(func() error {
		proposed = nil
		return b.direct(ctx, a, c, of, list, asked, &proposed)
	}))
	if errors.Is(err, git.ErrRefused) { // the branch is protected: all of it is proposed
		proposed, err = b.allowed(a, of, list, asked), nil
	}
	if err != nil || len(proposed) == 0 {
		return err
	}
	return b.propose(ctx, a, c, of, proposed, asked)
}

// allowed are the commands that somebody may give; why not is added for the rest.
func (b *Bot) allowed(a *answer, of about, list []comment.Command, asked Asked) []comment.Command {
	e := b.Clone.Tip.Load(of.path)
	return slices.DeleteFunc(slices.Clone(list), func(x comment.Command) bool {
		why := ""
		if x.Name == "fix" {
			why = "It is for a " + b.Forge.Traits().Change + ": what is merged is as it is, and its next change mends it."
		} else {
			why = b.mayAll(x, e, asked.By)
		}
		if why != "" {
			a.refuse(Deed{Command: x, Why: why})
		}
		return why != ""
	})
}

// direct commits what needs no proposal, and gathers what does.
func (b *Bot) direct(ctx context.Context, a *answer, c forge.Comment, of about, list []comment.Command, asked Asked, proposed *[]comment.Command) error {
	tip := b.Clone.Tip
	e := tip.Load(of.path)
	var now []comment.Command
	for _, x := range b.allowed(a, of, list, asked) {
		if b.reviewed(x, e) && len(x.Given) > 0 {
			*proposed = append(*proposed, x)
		} else {
			now = append(now, x)
		}
	}
	if len(now) == 0 {
		return nil
	}
	commit, err := b.Clone.Traced(ctx, tip.ID, c.URL, since(c, asked))
	if err != nil {
		return err
	}
	if commit != "" { // a run before did it, and was ended before it answered
		return b.before(ctx, a, commit)
	}
	data, deeds, err := Carry(tip.Tree, of.path, now, asked, b.Judge(ctx, tip))
	if err != nil {
		return err
	}
	if done := doneOf(deeds); len(done) > 0 {
		if commit, err = b.commit(ctx, b.Clone.Branch, tip.ID, of, data, done, asked, c.URL); err != nil {
			return err
		}
	}
	a.deeds(deeds, "Done: %s"+b.behind(commit)+".")
	return nil
}

// before answers with what a run before has committed, and was ended before it answered.
func (b *Bot) before(ctx context.Context, a *answer, commit string) error {
	subject, err := b.Clone.subject(ctx, commit)
	if err == nil {
		a.add("Done: "+escape.MarkdownLine(subject)+" ("+b.link(commit)+"). What is not named there is not done.", "done before: "+subject)
	}
	return err
}

// commit pushes to a branch what somebody has asked for at an address: the file of an
// escalation as their deeds leave it.
func (b *Bot) commit(ctx context.Context, branch, parent string, of about, data []byte, done []string, asked Asked, source string) (string, error) {
	return b.Clone.Push(ctx, branch, Change{
		Parent: parent, Files: map[string][]byte{of.path: data}, Subject: subject(of.id, done), Source: source, By: b.Forge.Traits().Committer(b.Clone.Tip.People.People[asked.By]), At: asked.Now,
	})
}

// behind is the link of a commit behind what it does.
func (b *Bot) behind(commit string) string {
	if commit == "" {
		return ""
	}
	return " (" + strings.ReplaceAll(b.link(commit), "%", "%%") + ")"
}

// link is the link of a commit.
func (b *Bot) link(commit string) string {
	short := commit[:min(len(commit), 10)]
	if url := b.CommitURL(commit); url != "" {
		return "[" + short + "](" + url + ")"
	}
	return short
}

// doneOf are the deeds that are done, in a few words each.
func doneOf(deeds []Deed) []string {
	var says []string
	for _, d := range deeds {
		if d.Done() {
			says = append(says, d.Says)
		}
	}
	return says
}

// subject is that of a commit.
func subject(id schema.ID, says []string) string {
	return words.Line(string(id) + ": " + strings.Join(says, "; "))
}

// propose proposes what a comment asks for, on a branch that is named by the comment.
func (b *Bot) propose(ctx context.Context, a *answer, c forge.Comment, of about, list []comment.Command, asked Asked) error {
	branch := proposalBranch(c.ID)
	branches, err := b.Clone.Look(ctx, branch)
	if err != nil {
		return err
	}
	tip := b.Clone.Tip
	head, title := branches[branch], ""
	var deeds []Deed
	if head == "" {
		var data []byte
		if data, deeds, err = Carry(tip.Tree, of.path, list, asked, b.Judge(ctx, tip)); err != nil {
			return err
		}
		done := doneOf(deeds)
		if len(done) == 0 {
			a.deeds(deeds, "%s")
			return nil
		}
		title = subject(of.id, done)
		head, err = b.commit(ctx, branch, tip.ID, of, data, done, asked, c.URL)
	} else if title, err = b.Clone.subject(ctx, head); err != nil {
		return err
	}
	if errors.Is(err, git.ErrRefused) {
		a.add("**Not done:** a rule of this repository refuses the branch `"+branch+"`: whoever runs escalate here must allow `escalate/*`.", "the branch is refused")
		return nil
	}
	if err != nil {
		return err
	}
	if ended, err := b.Forge.Ended(ctx, branch); err != nil {
		return err
	} else if ended {
		a.add("It was proposed before, and the "+b.Forge.Traits().Change+" is closed.", "proposed before")
		return nil
	}
	change, _, err := b.open(ctx, branch, title, head, "Asked for by "+escape.MarkdownLine(words.Name(tip.People, asked.By))+" in "+c.URL+".")
	if err != nil {
		return err
	}
	link := b.changeLink(change)
	if deeds == nil {
		a.add("Proposed: "+link+". It counts once somebody merges it.", "proposed before: "+change.URL)
		return nil
	}
	a.deeds(deeds, "Proposed: %s ("+strings.ReplaceAll(link, "%", "%%")+"). It counts once somebody merges it.")
	return nil
}

// changeLink is the link of a change request, by its number.
func (b *Bot) changeLink(c forge.Change) string {
	return "[" + b.Forge.Traits().Numbered(c.Number) + "](" + c.URL + ")"
}

// open opens the change request of a branch, with its check and its plan. It returns
// whether the check passes.
func (b *Bot) open(ctx context.Context, branch, title, head, body string) (change forge.Change, passed bool, err error) {
	change, err = b.Forge.Propose(ctx, forge.Proposal{Title: b.titled(title), Body: body, Head: branch, Base: b.Clone.Branch})
	if err == nil {
		passed, err = b.verdict(ctx, change.Number, head)
	}
	return change, passed, err
}

// titled is a title that the forge takes.
func (b *Bot) titled(title string) string { return b.Forge.Traits().Title(title) }

// checkName is what the check of a proposal is called: as the job is that checks one
// which a person pushed, so that one rule requires both.
const checkName = "escalations"

// verdict shows at a change request what the check says of its head, and what merging
// it announces: what we push starts no workflow that would. With the token of an App of
// somebody's own, which need not set checks, it starts one: then that shows both, once.
func (b *Bot) verdict(ctx context.Context, number int, head string) (bool, error) {
	v, err := b.Verdict(ctx, head)
	if err != nil || b.Checks == nil {
		return v.Passed, err
	}
	err = b.Checks.SetCheck(ctx, head, forge.Check{Name: checkName, Passed: v.Passed, Title: v.Title, Summary: v.Summary})
	if errors.Is(err, forge.ErrForbidden) {
		me, askErr := b.Forge.Me(ctx)
		if err = askErr; err == nil && me.Login != "" && me.Login != b.Forge.Traits().Workflow {
			return v.Passed, nil // what this token pushes, the ordinary workflow judges, and has the plan
		}
	}
	if err == nil {
		_, err = b.Talk.Comment(ctx, number, v.Plan)
	}
	return v.Passed, err
}

// onChange does what a comment on a change request asks for, on its branch.
func (b *Bot) onChange(ctx context.Context, a *answer, c forge.Comment, of about, list []comment.Command, asked Asked) error {
	return anew(a.whole(func() error { return b.pushed(ctx, a, c, of, list, asked) }))
}

func (b *Bot) pushed(ctx context.Context, a *answer, c forge.Comment, of about, list []comment.Command, asked Asked) error {
	branch := of.change.Head
	branches, err := b.Clone.Look(ctx, branch)
	if err != nil {
		return err
	}
	if branches[branch] == "" {
		a.add("Its branch is gone.", "the branch is gone")
		return nil
	}
	head, err := b.Clone.Session.Commit(ctx, branches[branch])
	if err != nil {
		return err
	}
	if commit, err := b.Clone.Traced(ctx, head.ID, c.URL, since(c, asked)); err != nil {
		return err
	} else if commit != "" {
		if err = b.before(ctx, a, commit); err == nil {
			_, err = b.verdict(ctx, of.change.Number, head.ID)
		}
		return err
	}
	data, deeds, err := b.carryChange(ctx, head, of, list, asked)
	if err != nil {
		return err
	}
	commit := ""
	if done := doneOf(deeds); len(done) > 0 {
		if commit, err = b.commit(ctx, branch, head.ID, of, data, done, asked, c.URL); err == nil {
			_, err = b.verdict(ctx, of.change.Number, commit)
		}
		if err != nil {
			return err
		}
	}
	a.deeds(deeds, "Done: %s"+b.behind(commit)+".")
	return nil
}

// carryChange carries out commands on the file as a change request has it; /fix among
// them.
func (b *Bot) carryChange(ctx context.Context, head *session.Commit, of about, list []comment.Command, asked Asked) (data []byte, deeds []Deed, err error) {
	if !head.Has(of.path) {
		for _, x := range list {
			deeds = append(deeds, Deed{Command: x, Why: "The " + b.Forge.Traits().Change + " takes the file away."})
		}
		return nil, deeds, nil
	}
	if data, err = head.ReadFile(of.path); err != nil {
		return nil, nil, err
	}
	e := head.Load(of.path)
	for _, x := range list {
		why := b.mayAll(x, e, asked.By)
		switch {
		case why != "":
			deeds = append(deeds, Deed{Command: x, Why: why})
		case x.Name == "fix":
			mended, n := b.Mend(head, of.path, data)
			if n == 0 {
				deeds = append(deeds, Deed{Command: x, Why: "Lint has no fix to offer: what it finds takes somebody who knows."})
				continue
			}
			data = mended
			deeds = append(deeds, Deed{Command: x, Says: words.Count(n, "fix") + " of lint"})
		default:
			after, done, err := Carry(head.With(of.path, data), of.path, []comment.Command{x}, asked, b.Judge(ctx, head))
			if err != nil {
				return nil, nil, err
			}
			data, deeds = after, append(deeds, done...)
		}
	}
	return data, deeds, nil
}
