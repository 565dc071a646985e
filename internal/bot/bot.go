// Package bot does what people ask for on a forge who know neither git nor YAML: an
// issue that was made with the form becomes a proposal to open an escalation, and a
// comment with commands becomes a commit or a proposal.
//
// What asks for something is handled when it has an answer of ours. So it does not
// matter which event started a run, or what ended one: each run handles all that has
// none, the oldest first. What was committed before a run was killed is found by its
// message, so that nothing is done twice.
//
// What a command does to a file is pure (Carry), and the same that the command of the
// terminal does. Only Clone commits, and only the forge is asked.
package bot

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/form"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/session"
	"github.com/escalations-as-code/escalate/internal/tracking"
	"github.com/escalations-as-code/escalate/schema"
)

// Forge is what the bot asks of a forge.
type Forge interface {
	forge.Forge
	forge.Feed
	forge.Reactor
	forge.Proposer
	forge.Lister
	forge.Merger
	forge.Editor
}

// Bot is one run. It is for one goroutine.
type Bot struct {
	Forge Forge
	// Checks shows at what the bot pushes what the check says of it; nil where a push of
	// its starts the job that does.
	Checks forge.Checker
	// Talk keeps its answers, and knows whose marker is believed.
	Talk  *tracking.Tracking
	Clone *Clone
	// Ledger is that of the escalations.
	Ledger *ledger.Branch
	// Judge judges another content of a file of a commit.
	Judge func(ctx context.Context, base *session.Commit) Judge
	// Verdict judges a commit that is proposed.
	Verdict func(ctx context.Context, head string) (Verdict, error)
	// Mend makes the fixes that lint offers for a file, and returns how many.
	Mend func(head *session.Commit, path string, data []byte) (mended []byte, fixes int)
	// CommitURL is where people see a commit.
	CommitURL func(commit string) string
	// Still reports whether this run is alone at work, before each thing it does.
	Still func() error
	Now   func() time.Time

	// Restore are the escalations whose tracking issues are to be put back as they were
	// told last: people changed their text by hand.
	Restore []schema.ID

	answers  map[forge.Thread]map[string]string // what was answered, by key
	reserved map[schema.ID]int                  // the issues that ask for escalations which are proposed
}

// Verdict is what the check says of a proposal, and what merging it will announce.
type Verdict struct {
	Passed bool
	// Title is one line of plain text, Summary Markdown.
	Title, Summary string
	// Plan is the comment with the plan.
	Plan destination.Comment
}

// Work is what may have to be done.
type Work struct {
	// Requests are the issues by which somebody asks for an escalation, open ones.
	Requests []forge.Issue
	// Comments are those that may ask for something, the oldest first.
	Comments []forge.Comment
	// edits are what people changed by hand in the text of tracking issues.
	edits []edit
	// overtaken are the proposals that something else came before.
	overtaken []overtaken
	// heard is up to when issues and comments were read, since when, and how many
	// comments.
	since, heard time.Time
	read         int
	// looked is how many requests were looked at.
	looked int
	// again are the threads that were read because something on them had failed.
	again []ledger.Thread
}

// None reports whether there is nothing: also no reading that is to be written down,
// so that no run has to read it again.
func (w *Work) None() bool {
	return len(w.Requests)+len(w.Comments)+len(w.edits)+len(w.overtaken)+len(w.again) == 0 && !w.much()
}

// much reports whether so much was read that each run would take its time with it.
func (w *Work) much() bool { return w.read >= much || w.looked > 2*unchanged }

// reading is how far is read once all is handled but what failed, and whether that is
// to be written down. What failed is remembered by itself: however long it does, no run
// reads more for it than its thread.
func (w *Work) reading(failed []ledger.Thread) (h ledger.Heard, changes bool) {
	h = ledger.Heard{Comments: w.since, Again: failed}
	switch until := w.heard.Add(-overlap); {
	case until.Sub(w.since) >= stride, w.much() && until.After(w.since):
		h.Comments = until
	case w.read >= most && w.heard.After(w.since): // so much in so little time
		h.Comments = w.heard
	}
	return h, !h.Comments.Equal(w.since) || !slices.EqualFunc(failed, w.again, func(x, y ledger.Thread) bool {
		return x.Number == y.Number && x.ChangeRequest == y.ChangeRequest && x.Since.Equal(y.Since)
	})
}

// Handled is what came of one thing that was asked for.
type Handled struct {
	// URL is where it was asked for, Says what came of it, in plain words.
	URL, Says string
	// Err is why nothing did.
	Err error
}

// The bounds of one run.
const (
	// first is how far back the first run of all reads: what was written before there
	// was a bot is not for it.
	first = time.Hour
	// most is how many comments one run reads. The next goes on from there.
	most = 5000
	// much is how many comments are too many to be read by each run.
	much = 500
	// overlap is how much is read twice: a forge may list late.
	overlap = 5 * time.Minute
	// stride is how far the reading must be before it is written down.
	stride = 10 * time.Minute
	// patience is how long what fails holds back what stands behind it.
	patience = day
	// unchanged is how many requests that did not change one run looks at.
	unchanged = 50
)

// Look reads what may have to be done. It changes nothing.
func (b *Bot) Look(ctx context.Context) (w Work, err error) {
	b.answers = map[forge.Thread]map[string]string{}
	heard, err := b.heard(ctx)
	if err != nil {
		return w, err
	}
	if w.since = heard.Comments; w.since.IsZero() {
		w.since = b.Now().Add(-first)
	}
	if _, err := b.Clone.Look(ctx); err != nil {
		return w, err
	}
	w.again = heard.Again
	requests, changed, err := b.issues(ctx, &w)
	if err != nil {
		return w, err
	}
	if w.Requests, err = b.pending(ctx, &w, requests, changed); err != nil {
		return w, err
	}
	if err := b.comments(ctx, &w); err != nil {
		return w, err
	}
	w.overtaken, err = b.overtakenNow(ctx)
	return w, err
}

// heard is up to when comments were read.
func (b *Bot) heard(ctx context.Context) (ledger.Heard, error) {
	files, err := b.Ledger.Files(ctx, ledger.Within(nil)...)
	if err != nil {
		return ledger.Heard{}, err
	}
	defer files.Close()
	return ledger.ReadHeard(files)
}

// issues reads the requests, and which issues changed or are read again: among these
// tracking issues whose text people edited, and requests that have no label, since the
// repository has none of that name: GitHub says nothing of it.
func (b *Bot) issues(ctx context.Context, w *Work) (requests []forge.Issue, changed map[int]bool, err error) {
	for i, err := range b.Forge.Issues(ctx, form.Label) {
		if err != nil {
			return nil, nil, err
		}
		if i.Open && !i.ChangeRequest {
			requests = append(requests, i)
		}
	}
	has := b.Forge.Traits().HasLabel
	f := form.New(&act.Case{Tree: b.Clone.Tip.Tree, At: b.now()})
	changed = map[int]bool{}
	read := func(i forge.Issue) error {
		changed[i.Number] = true
		switch {
		case !i.Open || i.ChangeRequest || has(i.Labels, form.Label):
		case has(i.Labels, tracking.Label):
			e, err := b.edit(ctx, i)
			if err != nil {
				return err
			}
			if e.id != "" {
				w.edits = append(w.edits, e)
			}
		case f.Is(i.Body):
			if !slices.ContainsFunc(requests, func(r forge.Issue) bool { return r.Number == i.Number }) {
				requests = append(requests, i)
			}
		}
		return nil
	}
	for i, err := range b.Forge.IssuesSince(ctx, "", w.since) {
		if err != nil {
			return nil, nil, err
		}
		w.heard = i.Updated
		if err := read(i); err != nil {
			return nil, nil, err
		}
	}
	for _, t := range w.again {
		if t.ChangeRequest || changed[t.Number] {
			continue
		}
		i, err := b.Forge.Issue(ctx, t.Number)
		if isGone(err) {
			continue
		}
		if err == nil {
			err = read(i)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	slices.SortFunc(requests, func(x, y forge.Issue) int { return x.Number - y.Number })
	return requests, changed, nil
}

// comments reads the comments that may ask for something.
func (b *Bot) comments(ctx context.Context, w *Work) error {
	var last time.Time
	for c, err := range b.Forge.CommentsSince(ctx, w.since) {
		if err != nil {
			return err
		}
		last = c.Updated
		if b.mayAsk(c) {
			w.Comments = append(w.Comments, c)
		}
		if w.read++; w.read >= most {
			w.heard = last // what is behind it is not read yet
			break
		}
	}
	if last.After(w.heard) {
		w.heard = last
	}
	if err := b.commentsAgain(ctx, w); err != nil {
		return err
	}
	slices.SortStableFunc(w.Comments, func(x, y forge.Comment) int {
		if n := x.Created.Compare(y.Created); n != 0 {
			return n
		}
		return int(x.ID - y.ID)
	})
	// One that changed while the list was read is there twice, the newer behind.
	for i := len(w.Comments) - 1; i > 0; i-- {
		if w.Comments[i-1].ID == w.Comments[i].ID {
			w.Comments = slices.Delete(w.Comments, i-1, i)
		}
	}
	var err error
	w.Comments, err = b.unanswered(ctx, w.Comments)
	return err
}

// commentsAgain reads the comments of the threads that are read again. They are listed
// before those that changed since: of one that is in both, the newer is behind.
func (b *Bot) commentsAgain(ctx context.Context, w *Work) error {
	var list []forge.Comment
	for _, t := range w.again {
		for c, err := range b.Forge.Comments(ctx, forge.Thread{Number: t.Number, ChangeRequest: t.ChangeRequest}) {
			if isGone(err) {
				break
			}
			if err != nil {
				return err
			}
			if b.mayAsk(c) && !c.Updated.Before(t.Since) {
				c.Issue, c.ChangeRequest = t.Number, t.ChangeRequest
				list = append(list, c)
			}
		}
	}
	w.Comments = append(list, w.Comments...)
	return nil
}

// unanswered are the comments that ask for something and have no answer yet, or were
// edited since.
func (b *Bot) unanswered(ctx context.Context, all []forge.Comment) (list []forge.Comment, err error) {
	for _, c := range all {
		kept, err := b.kept(ctx, forge.Thread{Number: c.Issue, ChangeRequest: c.ChangeRequest})
		if isGone(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if was, answered := kept[answerKey(c)]; answered && stale(was, c.Body) || !answered && b.asks(c.Body) {
			list = append(list, c)
		}
	}
	return list, nil
}

// isGone reports whether an error says that a thread is not here any more.
func isGone(err error) bool {
	var moved *forge.MovedError
	return errors.Is(err, forge.ErrGone) || errors.As(err, &moved)
}

// mayAsk reports whether a comment may have to be handled: it asks for something, or may
// have asked for it before it was edited.
func (b *Bot) mayAsk(c forge.Comment) bool {
	return !c.Author.Bot && (b.asks(c.Body) || c.Updated.After(c.Created))
}

// asks reports whether a comment has a command, or what looks like one.
func (b *Bot) asks(body string) bool {
	read := b.dialect().Read(body)
	return len(read.Commands)+len(read.Unknown) > 0
}

// Do handles what is to be done. What fails is handled by a later run; for a day it holds
// back what was asked for on the same thread after it, and nothing else.
func (b *Bot) Do(ctx context.Context, w Work) (all []Handled, err error) {
	b.answers = map[forge.Thread]map[string]string{} // another run may have answered since
	if len(w.Comments)+len(w.edits) > 0 {
		if _, err := b.Clone.Look(ctx); err != nil { // or committed
			return nil, err
		}
	}
	var undone []ledger.Thread
	handle := func(url string, do func() (string, error)) (stop bool) {
		if err = b.Still(); err != nil {
			return true
		}
		says, failed := do()
		if ctx.Err() != nil {
			err = ctx.Err()
			return true
		}
		if says != "" || failed != nil {
			all = append(all, Handled{url, says, failed})
		}
		return false
	}
	again := func(on forge.Thread, updated time.Time) { // what is not done yet is read again
		i := slices.IndexFunc(undone, func(t ledger.Thread) bool { return t.Number == on.Number && t.ChangeRequest == on.ChangeRequest })
		if i < 0 {
			undone = append(undone, ledger.Thread{Number: on.Number, ChangeRequest: on.ChangeRequest, Since: updated})
		} else if updated.Before(undone[i].Since) {
			undone[i].Since = updated
		}
	}
	failed := func(was int) bool { return len(all) > was && all[was].Err != nil }
	for _, i := range w.Requests {
		was := len(all)
		if handle(i.URL, func() (string, error) { return b.request(ctx, i) }) {
			return all, err
		}
		if failed(was) {
			again(forge.Thread{Number: i.Number}, i.Updated)
		}
	}
	stopped := inOrder(w.Comments, func(c forge.Comment, waits bool) (holds, stop bool) {
		was := len(all)
		if waits {
			all = append(all, Handled{URL: c.URL, Says: "waits for what was asked for before it"})
		} else if handle(c.URL, func() (string, error) { return b.comment(ctx, c) }) {
			return true, true
		}
		if waits || failed(was) {
			again(forge.Thread{Number: c.Issue, ChangeRequest: c.ChangeRequest}, c.Updated)
		}
		return failed(was) && holdsBack(c, b.Now()), false
	})
	if stopped {
		return all, err
	}
	for _, e := range w.edits {
		was := len(all)
		if handle(e.issue.URL, func() (string, error) { return b.ticked(ctx, e) }) {
			return all, err
		}
		if failed(was) {
			again(forge.Thread{Number: e.issue.Number}, e.issue.Updated)
		}
	}
	late := w.overtaken
	if len(late) > 0 || b.Clone.pushed { // by what was done just now, too
		if late, err = b.overtakenNow(ctx); err != nil {
			return all, err
		}
	}
	for _, o := range late {
		if handle(o.change.URL, func() (string, error) { return b.renew(ctx, o) }) {
			return all, err
		}
	}
	slices.SortFunc(undone, func(x, y ledger.Thread) int { return x.Number - y.Number })
	if h, changes := w.reading(undone); changes {
		name, data := h.AsFile()
		err = b.write(ctx, "Hear", map[string][]byte{name: data})
	}
	return all, err
}

// holdsBack reports whether what stands behind a comment that failed waits for it. What
// fails for longer may fail for ever.
func holdsBack(c forge.Comment, now time.Time) bool { return now.Sub(c.Updated) < patience }

// inOrder handles comments, the oldest first, until one stops it. After one that holds
// back, what else was asked for on its thread waits for a run that does both: whoever wrote
// it had read the one before, and of two severities the later counts.
func inOrder(list []forge.Comment, do func(c forge.Comment, waits bool) (holds, stop bool)) (stopped bool) {
	held := map[int]bool{}
	for _, c := range list {
		holds, stop := do(c, held[c.Issue])
		if stop {
			return true
		}
		if holds {
			held[c.Issue] = true
		}
	}
	return false
}

// ask writes down which issue asks for an escalation.
func (b *Bot) ask(ctx context.Context, id schema.ID, r ledger.Request) error {
	name, data := r.AsFile(id)
	return b.write(ctx, "Ask for "+string(id), map[string][]byte{name: data})
}

// who is the person of the directory who has an account; "" where nobody has it, or has
// left.
func (b *Bot) who(a forge.Author) schema.Handle {
	login := b.Forge.Traits().Login
	people := b.Clone.Tip.People
	var found []schema.Handle
	for h, p := range people.People {
		if is := login(p); is != "" && strings.EqualFold(is, a.Login) && !p.GoneBy(b.Now()) {
			found = append(found, h)
		}
	}
	if a.Bot || len(found) != 1 {
		return ""
	}
	return found[0]
}

// kept are our answers on a thread, by their keys.
func (b *Bot) kept(ctx context.Context, on forge.Thread) (map[string]string, error) {
	if known, ok := b.answers[on]; ok {
		return known, nil
	}
	kept, err := b.Talk.Kept(ctx, on)
	if err == nil {
		b.answers[on] = kept
	}
	return kept, err
}

// say keeps an answer on a thread. One that cannot be written, since somebody locked
// the thread, is no reason to do what was asked for again.
func (b *Bot) say(ctx context.Context, on forge.Thread, key, text string) error {
	_, err := b.Talk.Keep(ctx, on, key, text)
	if err != nil && !errors.Is(err, destination.ErrReadOnly) {
		return fmt.Errorf("it could not be answered: %w", err)
	}
	if known := b.answers[on]; known != nil {
		known[key] = text
	}
	return nil
}

// write writes files of the ledger.
func (b *Bot) write(ctx context.Context, message string, files map[string][]byte) error {
	return b.Ledger.Write(ctx, message, b.now(), nil, func(is fs.FS) (map[string][]byte, error) {
		changed := map[string][]byte{}
		for name, data := range files {
			if was, err := fs.ReadFile(is, name); err != nil || string(was) != string(data) {
				changed[name] = data
			}
		}
		return changed, nil
	})
}
