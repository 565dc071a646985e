package bot

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/comment"
	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/internal/tracking"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// edit is what people changed by hand in the text of a tracking issue.
type edit struct {
	issue forge.Issue
	id    schema.ID
	ticks []tracking.Tick
	// other reports that it is not ticks alone.
	other bool
}

// edit is what people changed in the text of an issue; it has no id where that is
// nothing, or it is no tracking issue.
func (b *Bot) edit(ctx context.Context, i forge.Issue) (edit, error) {
	id, thread, err := b.tracked(ctx, i)
	if err != nil || id == "" {
		return edit{}, err
	}
	ticks, other, err := b.Talk.Ticks(ctx, i, thread)
	if err != nil || len(ticks) == 0 && !other {
		return edit{}, err
	}
	return edit{i, id, ticks, other}, nil
}

// ticked does what ticks ask for, and says a word of what is put back. The text of the
// issue is as the file has it again once that is told: see Restore.
func (b *Bot) ticked(ctx context.Context, was edit) (string, error) {
	i, err := b.Forge.Issue(ctx, was.issue.Number)
	if err != nil {
		return "", err
	}
	e, err := b.edit(ctx, i)
	if err != nil || e.id == "" {
		return "", err
	}
	author, at, err := b.Forge.LastEdit(ctx, i.Number)
	if err != nil {
		return "", err
	}
	b.Restore = append(b.Restore, e.id)
	on := forge.Thread{Number: i.Number}
	key := fmt.Sprintf("edit %d", at.Unix())
	if kept, err := b.kept(ctx, on); err != nil || kept[key] != "" {
		return "", err
	}
	a := &answer{dialect: b.dialect()}
	if len(e.ticks) > 0 {
		if err := b.carryTicks(ctx, a, e, author, at); err != nil {
			return "", err
		}
	}
	if e.other {
		a.add("The text of this issue is made from the file: what was changed in it by hand is put back. To change what it says, write a comment: `"+b.dialect().Written("help")+"` shows how.", "an edit by hand is put back")
	}
	if len(a.lines) == 0 { // what was ticked is told by the criteria and steps
		return strings.Join(a.says, ", "), nil
	}
	return strings.Join(a.says, ", "), b.say(ctx, on, key, strings.Join(a.lines, "\n\n"))
}

// carryTicks does what the ticks of somebody ask for.
func (b *Bot) carryTicks(ctx context.Context, a *answer, e edit, author forge.Author, at time.Time) error {
	by := b.who(author)
	if by == "" {
		a.add("A box was ticked by somebody who is not in the people directory (`"+tree.PeoplePath+"`) with their account here, or nobody knows by whom. It is put back: write `"+b.dialect().Written("met")+"` or `"+b.dialect().Written("done")+"` in a comment.", "a tick of nobody who is known")
		return nil
	}
	of, source := about{id: e.id, path: tree.Path(e.id)}, fmt.Sprintf("%s#edited-%d", e.issue.URL, at.Unix())
	if !b.Clone.Tip.Has(of.path) {
		return nil
	}
	return b.Clone.onTop(ctx, a.whole(func() error {
		return b.commitTicks(ctx, a, of, e.ticks, Asked{By: by, At: at.UTC(), Now: b.now(), Dialect: b.dialect()}, source)
	}))
}

func (b *Bot) commitTicks(ctx context.Context, a *answer, of about, ticks []tracking.Tick, asked Asked, source string) error {
	tip := b.Clone.Tip
	if commit, err := b.Clone.Traced(ctx, tip.ID, source, asked.At); err != nil || commit != "" {
		return err
	}
	e := tip.Load(of.path)
	var list []comment.Command
	for _, t := range ticks {
		command, why := ticking(t, &e.Escalation)
		name := schema.BotCommand(command.Name)
		if why == "" {
			why = b.may(name, asked.By)
		}
		if pr := tip.Policy.Bot.Commands[name].PullRequest; why == "" && pr != nil && *pr {
			why = "The policy asks for a " + b.Forge.Traits().Change + ": write it as a comment, " + escape.MarkdownCode(fmt.Sprintf("%s %d", b.dialect().Written(command.Name), t.Number)) + "."
		}
		if why != "" {
			a.add(fmt.Sprintf("**Put back:** %s. %s", escape.MarkdownLine(t.Text), why), "put back: a tick")
			continue
		}
		list = append(list, command)
	}
	data, deeds, err := Carry(tip.Tree, of.path, list, asked, b.Judge(ctx, tip))
	if err != nil {
		return err
	}
	for _, d := range deeds {
		if !d.Done() {
			a.add("**Put back:** "+d.Why, "put back: a tick")
		}
	}
	done := doneOf(deeds)
	if len(done) == 0 {
		return nil
	}
	if _, err = b.commit(ctx, b.Clone.Branch, tip.ID, of, data, done, asked, source); err == nil {
		a.says = append(a.says, "ticked: "+strings.Join(done, "; "))
	}
	return err
}

// ticking is the command that a tick stands for; or why there is none.
func ticking(t tracking.Tick, e *schema.Escalation) (command comment.Command, why string) {
	const moved = "The list has changed since it was shown: look again."
	at := func(n int, entry func(int) schema.Text) bool {
		return t.Number <= n && strings.HasPrefix(words.Line(t.Text), words.Line(entry(t.Number-1)))
	}
	number := []string{strconv.Itoa(t.Number)}
	switch t.Heading {
	case plan.CriteriaHeading:
		command = comment.Command{Name: "met", Act: "met", Given: map[string][]string{"criterion": number}}
		if !at(len(e.ExitCriteria), func(i int) schema.Text { return e.ExitCriteria[i].Criterion }) {
			return command, moved
		}
	case plan.StepsHeading:
		command = comment.Command{Name: "done", Act: "step", Given: map[string][]string{"done": number}}
		if !at(len(e.NextSteps), func(i int) schema.Text { return e.NextSteps[i].Step }) {
			return command, moved
		}
	default:
		return command, "It stands in no list that can be ticked."
	}
	if !t.Done {
		return command, "A tick is not taken away here: what was met or done once has its day in the file."
	}
	return command, ""
}
