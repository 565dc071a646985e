package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/escalations-as-code/escalate/internal/comment"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// overtaken is a proposal that a comment asked for, and that waits while the default
// branch has gone on in the same file. Two updates at the end of one list are a conflict
// for git, and whoever knows no git cannot resolve one.
type overtaken struct {
	change  forge.Proposed
	comment int64
	// pushed reports that it was carried anew, and not all was said of that.
	pushed bool
	// Else of is what it is about, source the address of the comment, asked who asks, data
	// the file as the comment's commands leave it now, and deeds what came of them.
	of     about
	source string
	asked  Asked
	data   []byte
	deeds  []Deed
}

// commentBranch begins the name of a branch on which is proposed what a comment asks for;
// the comment's number ends it.
const commentBranch = "escalate/comment-"

// overtakenKey is the key of the one comment on such a proposal, meanwhile how it begins.
const (
	overtakenKey = "overtaken"
	meanwhile    = "Something else was committed to this escalation in the meantime"
)

// on is the thread of the proposal.
func (o overtaken) on() forge.Thread {
	return forge.Thread{Number: o.change.Number, ChangeRequest: true}
}

// overtakenNow are those of all open proposals of which something is to be done or said.
func (b *Bot) overtakenNow(ctx context.Context) (list []overtaken, err error) {
	heads, err := b.Clone.Look(ctx, commentBranch+"*")
	if err != nil || len(heads) == 1 { // the default branch
		return nil, err
	}
	for p, err := range b.Forge.Proposals(ctx, b.Clone.Branch) {
		if err != nil {
			return nil, err
		}
		number, is := strings.CutPrefix(p.Head, commentBranch)
		id, err := strconv.ParseInt(number, 10, 64)
		if err != nil || !is || p.Fork || heads[p.Head] != p.Commit {
			continue
		}
		o := overtaken{change: p, comment: id}
		if is, err := b.overtakes(ctx, &o); err != nil {
			return nil, err
		} else if is {
			list = append(list, o)
		}
	}
	return list, nil
}

// overtakes reports whether something is to be done or said of an open proposal. What
// somebody else has pushed there stays.
func (b *Bot) overtakes(ctx context.Context, o *overtaken) (bool, error) {
	at, err := b.Clone.diverges(ctx, o.change.Commit)
	if err != nil || at.path == "" || !at.crossed && !at.merged {
		return false, err
	}
	kept, err := b.kept(ctx, o.on())
	if err != nil {
		return false, err
	}
	if !at.crossed && strings.Contains(kept[overtakenKey], headMark(o.change.Commit)) {
		return false, nil
	}
	o.of = about{id: tree.ID(at.path), path: at.path}
	c, found, err := b.asking(ctx, o)
	if err != nil || !found || !b.Clone.Tip.Has(at.path) {
		return false, err
	}
	if ours, err := b.Clone.made(ctx, o.change.Commit, c.URL); err != nil || !ours {
		return false, err
	}
	if !at.crossed {
		o.pushed = true
		return true, nil
	}
	by := b.who(c.Author)
	written, why, err := b.reworded(ctx, c)
	if errors.Is(err, errReadBefore) {
		return false, nil
	}
	if err != nil || why != "" || by == "" {
		return false, err
	}
	o.source, o.asked = c.URL, b.asked(by, written)
	list, err := b.proposedBy(ctx, c, o.of, o.asked)
	if err != nil {
		return false, err
	}
	o.data, o.deeds, err = Carry(b.Clone.Tip.Tree, o.of.path, list, o.asked, b.Judge(ctx, b.Clone.Tip))
	return err == nil && kept[overtakenKey] != b.stays(*o), err
}

// renew carries a proposal anew, on what the default branch has by now: its branch goes
// on, and nothing of it is taken back. It returns what came of it in plain words; "" where
// nothing did.
func (b *Bot) renew(ctx context.Context, o overtaken) (string, error) {
	if o.pushed {
		return b.renewed(ctx, o, o.change.Commit)
	}
	done := doneOf(o.deeds)
	if len(done) == 0 {
		return "cannot be done any more, beside what was committed since", b.say(ctx, o.on(), overtakenKey, b.stays(o))
	}
	head, err := b.Clone.Push(ctx, o.change.Head, Change{
		Parent: b.Clone.Tip.ID, Merges: o.change.Commit, Files: map[string][]byte{o.of.path: o.data}, Subject: subject(o.of.id, done), Source: o.source,
		By: b.Forge.Traits().Committer(b.Clone.Tip.People.People[o.asked.By]), At: o.asked.Now,
	})
	if errors.Is(err, git.ErrMoved) { // the next run looks at what it is now
		return "", nil
	}
	if errors.Is(err, git.ErrRefused) {
		return "the branch is refused", b.say(ctx, o.on(), overtakenKey, b.stays(o))
	}
	if err != nil {
		return "", err
	}
	return b.renewed(ctx, o, head)
}

// renewed shows at a proposal that it was carried anew.
func (b *Bot) renewed(ctx context.Context, o overtaken, head string) (string, error) {
	if _, err := b.verdict(ctx, o.change.Number, head); err != nil {
		return "", err
	}
	text := meanwhile + ": this goes on from there now, "
	if refused := b.refusals(o.deeds); refused != "" {
		text += "without what is not done.\n\n" + refused
	} else {
		text += "and asks for the same."
	}
	text += "\n\n" + headMark(head)
	return "proposed anew, beside what was committed since", b.say(ctx, o.on(), overtakenKey, text)
}

// stays is why a proposal is not carried anew: since nothing of it can be done any more
// or, where something can, since a rule refuses the push, which is tried again once the
// default branch has gone on.
func (b *Bot) stays(o overtaken) string {
	if len(doneOf(o.deeds)) == 0 {
		return meanwhile + ", and what is asked for here cannot be done beside it any more. Close this.\n\n" + b.refusals(o.deeds)
	}
	return meanwhile + ", and a rule of this repository refuses what brings both together on the branch `" + o.change.Head + "`: whoever runs escalate here must allow `escalate/*`, with merge commits." +
		" Or close this, and write the comment anew.\n\n" + headMark(b.Clone.Tip.ID)
}

// refusals are why deeds are not done; "" where all are.
func (b *Bot) refusals(deeds []Deed) string {
	a := &answer{dialect: b.dialect()}
	for _, d := range deeds {
		if !d.Done() {
			a.refuse(d)
		}
	}
	return strings.Join(a.lines, "\n\n")
}

// asking is the comment on the tracking issue that asked for a proposal; found is false
// where it is gone, or says something else by now.
func (b *Bot) asking(ctx context.Context, o *overtaken) (c forge.Comment, found bool, err error) {
	within := ledger.Within([]schema.ID{o.of.id})
	files, err := b.Ledger.Files(ctx, within...)
	if err != nil {
		return c, false, err
	}
	defer files.Close()
	book, err := ledger.OpenBook(files, within...)
	if err != nil {
		return c, false, err
	}
	thread, err := book.Of(o.of.id)
	if err != nil {
		return c, false, err
	}
	on := forge.Thread{Number: b.Talk.Number(thread)}
	if on.Number == 0 {
		return c, false, nil
	}
	kept, err := b.kept(ctx, on)
	if isGone(err) {
		return c, false, nil
	}
	if err != nil {
		return c, false, err
	}
	for c, err := range b.Forge.Comments(ctx, on) {
		if err != nil {
			return c, false, err
		}
		if was := kept[answerKey(c)]; c.ID == o.comment {
			c.Issue = on.Number
			return c, was != "" && !stale(was, c.Body), nil
		}
	}
	return c, false, nil
}

// proposedBy are the commands of a comment that were proposed: those that the policy has
// reviewed or, where nothing of it was committed, all.
func (b *Bot) proposedBy(ctx context.Context, c forge.Comment, of about, asked Asked) ([]comment.Command, error) {
	list := b.allowed(&answer{dialect: b.dialect()}, of, b.dialect().Read(c.Body).Commands, asked)
	commit, err := b.Clone.Traced(ctx, b.Clone.Tip.ID, c.URL, since(c, asked))
	if err != nil || commit == "" {
		return list, err
	}
	e := b.Clone.Tip.Load(of.path)
	return slices.DeleteFunc(list, func(x comment.Command) bool { return !b.reviewed(x, e) }), nil
}

// proposalBranch is the branch on which is proposed what a comment asks for.
func proposalBranch(comment int64) string { return fmt.Sprintf("%s%d", commentBranch, comment) }
