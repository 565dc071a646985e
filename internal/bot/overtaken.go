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
	path    string
	// pushed reports that it was carried anew, and not all was said of that.
	pushed bool
}

// commentBranch begins the name of a branch on which is proposed what a comment asks for;
// the comment's number ends it.
const commentBranch = "escalate/comment-"

// overtakenKey is the key of the one comment on such a proposal.
const overtakenKey = "overtaken"

// overtakenNow are those of all open proposals.
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
		at, err := b.Clone.diverges(ctx, p.Commit)
		if err != nil {
			return nil, err
		}
		o := overtaken{change: p, comment: id, path: at.path}
		if at.path != "" && !at.crossed && at.merged {
			kept, err := b.kept(ctx, o.on())
			if err != nil {
				return nil, err
			}
			o.pushed = !strings.Contains(kept[overtakenKey], headMark(p.Commit))
		}
		if at.path != "" && (at.crossed || o.pushed) {
			list = append(list, o)
		}
	}
	return list, nil
}

// on is the thread of the proposal.
func (o overtaken) on() forge.Thread {
	return forge.Thread{Number: o.change.Number, ChangeRequest: true}
}

// renew carries a proposal anew, on what the default branch has by now: its branch goes
// on, and nothing of it is taken back. It leaves alone what somebody else has changed. It
// returns what came of it in plain words; "" where nothing did.
func (b *Bot) renew(ctx context.Context, o overtaken) (string, error) {
	if o.pushed {
		return b.renewed(ctx, o, o.change.Commit)
	}
	c, found, err := b.asking(ctx, o)
	if err != nil || !found {
		return "", err
	}
	if ours, err := b.Clone.made(ctx, o.change.Commit, c.URL); err != nil || !ours {
		return "", err
	}
	by := b.who(c.Author)
	written, why, err := b.reworded(ctx, c)
	if err != nil || why != "" || by == "" {
		return "", err
	}
	tip, of := b.Clone.Tip, about{id: tree.ID(o.path), path: o.path}
	if !tip.Has(of.path) {
		return "", nil
	}
	asked := b.asked(by, written)
	list, err := b.proposedBy(ctx, c, of, asked)
	if err != nil {
		return "", err
	}
	data, deeds, err := Carry(tip.Tree, of.path, list, asked, b.Judge(ctx, tip))
	if err != nil {
		return "", err
	}
	done := doneOf(deeds)
	if len(done) == 0 {
		return b.cannot(ctx, o, deeds)
	}
	head, err := b.Clone.Push(ctx, o.change.Head, Change{
		Parent: tip.ID, Merges: o.change.Commit, Files: map[string][]byte{of.path: data}, Subject: subject(of.id, done), Source: c.URL,
		By: b.Forge.Traits().Committer(tip.People.People[by]), At: asked.Now,
	})
	if errors.Is(err, git.ErrMoved) { // the next run looks at what it is now
		return "", nil
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
	text := "Something else was committed to this escalation in the meantime: this goes on from there now, and asks for the same.\n\n" + headMark(head)
	return "proposed anew, beside what was committed since", b.say(ctx, o.on(), overtakenKey, text)
}

// cannot says at a proposal why it cannot be carried anew.
func (b *Bot) cannot(ctx context.Context, o overtaken, deeds []Deed) (string, error) {
	a := &answer{dialect: b.dialect()}
	for _, d := range deeds {
		a.refuse(d)
	}
	text := "Something else was committed to this escalation in the meantime, and what is asked for here cannot be done beside it any more. Close this.\n\n" + strings.Join(a.lines, "\n\n")
	if kept, err := b.kept(ctx, o.on()); err != nil || kept[overtakenKey] == text {
		return "", err
	}
	return "cannot be done any more, beside what was committed since", b.say(ctx, o.on(), overtakenKey, text)
}

// asking is the comment on the tracking issue that asked for a proposal; found is false
// where it is gone, or says something else by now.
func (b *Bot) asking(ctx context.Context, o overtaken) (c forge.Comment, found bool, err error) {
	id := tree.ID(o.path)
	within := ledger.Within([]schema.ID{id})
	files, err := b.Ledger.Files(ctx, within...)
	if err != nil {
		return c, false, err
	}
	defer files.Close()
	book, err := ledger.OpenBook(files, within...)
	if err != nil {
		return c, false, err
	}
	thread, err := book.Of(id)
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
