package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/form"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/splice"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// requestKey is the key of the one answer on an issue that asks for an escalation. It
// is edited as the issue is.
const requestKey = "request"

// branchOf is the branch on which an issue's request is proposed.
func branchOf(number int) string { return fmt.Sprintf("escalate/request-%d", number) }

// pending are the requests of which something is to be done or said.
func (b *Bot) pending(ctx context.Context, w *Work, all []forge.Issue, changed map[int]bool) (list []forge.Issue, err error) {
	if len(all) == 0 {
		return nil, nil
	}
	heads, err := b.reserve(ctx)
	if err != nil {
		return nil, err
	}
	all = due(all, changed, b.Now())
	w.looked = len(all)
	return b.unsettled(ctx, all, heads)
}

// due are the requests that a run looks at, of which each costs a question or two: those
// that changed, and of the rest as many as a run has time for, others each hour. Somebody
// may have entered the directory since, changed a rule, or reviewed what is proposed.
func due(all []forge.Issue, changed map[int]bool, now time.Time) []forge.Issue {
	var list, rest []forge.Issue
	for _, i := range all {
		if changed[i.Number] {
			list = append(list, i)
		} else {
			rest = append(rest, i)
		}
	}
	if parts := (len(rest) + unchanged - 1) / unchanged; parts > 1 {
		at := int(now.Unix()/int64(time.Hour/time.Second)) % parts * unchanged
		rest = rest[at:min(at+unchanged, len(rest))]
	}
	list = append(list, rest...)
	slices.SortFunc(list, func(x, y forge.Issue) int { return x.Number - y.Number })
	return list
}

// unsettled are those of which something is to be done or said. heads are the branches
// of what is proposed.
func (b *Bot) unsettled(ctx context.Context, all []forge.Issue, heads map[string]string) (list []forge.Issue, err error) {
	for _, i := range all {
		stands, err := b.stands(ctx, i, heads[branchOf(i.Number)])
		if err != nil {
			return nil, err
		}
		if !stands {
			list = append(list, i)
		}
	}
	return list, nil
}

// reserve asks the remote for the branches of all requests, and remembers which
// escalations they are to be: another request for the same customer gets another id.
func (b *Bot) reserve(ctx context.Context) (heads map[string]string, err error) {
	if heads, err = b.Clone.Look(ctx, "escalate/request-*"); err != nil {
		return nil, err
	}
	b.reserved = map[schema.ID]int{}
	if len(heads) == 1 { // the default branch
		return heads, nil
	}
	all, err := b.requests(ctx)
	for id, r := range all {
		if heads[branchOf(r.Issue)] != "" && !b.Clone.Tip.Has(tree.Path(id)) {
			b.reserved[id] = r.Issue
		}
	}
	return heads, err
}

// requests are the requests that the ledger has.
func (b *Bot) requests(ctx context.Context) (map[schema.ID]ledger.Request, error) {
	files, err := b.Ledger.Files(ctx, ledger.RequestsFolder)
	if err != nil {
		return nil, err
	}
	defer files.Close()
	return ledger.Requests(files)
}

// free reports whether an issue may ask for an escalation of an id.
func (b *Bot) free(id schema.ID, issue int) bool {
	by := b.reserved[id]
	return by == 0 || by == issue
}

// stands reports whether all is done and said that an issue asks for.
func (b *Bot) stands(ctx context.Context, i forge.Issue, head string) (bool, error) {
	kept, err := b.kept(ctx, forge.Thread{Number: i.Number})
	if isGone(err) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	said := kept[requestKey]
	by := b.who(i.Author)
	if by == "" && strings.HasPrefix(said, proposed) { // who asked has left: what they asked for stays
		return true, nil
	}
	if by == "" || said == "" {
		return said == b.nobody(i.Author), nil
	}
	if strings.HasPrefix(said, reworded) {
		_, why, err := b.editor(ctx, i, by)
		return why != "" && said == b.withBefore(why, head), err
	}
	if said == b.declined() || strings.HasPrefix(said, proposed) { // it may have been merged since, or declined
		ended, err := b.Forge.Ended(ctx, branchOf(i.Number))
		if err != nil || ended && said == b.declined() {
			return ended, err
		}
		if ended {
			why, err := b.ended(ctx, i.Number)
			return why == "", err
		}
	}
	o, why, err := b.opening(i, by)
	if err != nil || why != "" {
		return said == b.withBefore(why, head), err
	}
	if head == "" {
		why, err = b.refusal(ctx, o)
		return why != "" && said == why, err
	}
	theirs, files, err := b.differs(ctx, head, i, o)
	if err != nil || !theirs && len(files) > 0 {
		return false, err
	}
	same := strings.HasPrefix(said, proposed) && theirs == strings.Contains(said, changedThere) && (theirs || strings.Contains(said, headMark(head)))
	return same && (theirs || !b.mergeable(o)), nil // what may be merged is tried again
}

// request proposes the escalation that an issue asks for, and says there how it stands.
// It returns what came of it in plain words; "" where nothing did.
func (b *Bot) request(ctx context.Context, i forge.Issue) (string, error) {
	on := forge.Thread{Number: i.Number}
	kept, err := b.kept(ctx, on)
	if err != nil {
		return "", err
	}
	if b.who(i.Author) == "" && strings.HasPrefix(kept[requestKey], proposed) {
		return "", nil
	}
	if err := b.label(ctx, i); err != nil {
		return "", err
	}
	text := ""
	err = anew(func() (err error) {
		text, err = b.requested(ctx, i)
		return err
	})
	if err != nil || text == "" || kept[requestKey] == text {
		return "", err
	}
	plain, _, _ := strings.Cut(text, "\n")
	return words.Line(plain), b.say(ctx, on, requestKey, text)
}

// label gives a request its label, by which it is found again.
func (b *Bot) label(ctx context.Context, i forge.Issue) error {
	if b.Forge.Traits().HasLabel(i.Labels, form.Label) {
		return nil
	}
	if err := b.Forge.MakeLabel(ctx, forge.Label{Name: form.Label, Description: "Somebody asks for an escalation", Color: "c5def5"}); err != nil {
		return err
	}
	_, err := b.Forge.SetLabels(ctx, i.Number, append(slices.Clone(i.Labels), form.Label))
	return err
}

// How the answer begins on an issue that is proposed, and what it says of a proposal that
// somebody else has changed.
const (
	proposed     = "It is proposed by "
	changedThere = "was changed there since"
)

// reworded is how the answer begins on an issue that somebody edited who may open nothing.
const reworded = "The issue was edited by "

// editor is whose the text of a request is: of whoever edited it last or, where nobody
// did, of its author; or why it is nobody's who may open something, in Markdown. A
// colleague may well complete it, and is named as who did.
func (b *Bot) editor(ctx context.Context, i forge.Issue, author schema.Handle) (by schema.Handle, why string, err error) {
	if !i.Updated.After(i.Created) {
		return author, "", nil
	}
	last, at, err := b.Forge.LastEdit(ctx, i.Number)
	switch {
	case err != nil:
		return "", "", err
	case at.After(i.Updated):
		return "", "", errReadBefore
	case at.IsZero() || last.Is(i.Author):
		return author, "", nil
	}
	if by = b.who(last); by == "" {
		return "", reworded + account(last) + ", who is not in the people directory (`" + tree.PeoplePath + "`). Whoever opened it must look at it, and edit it: then it counts as theirs.", nil
	}
	return by, "", nil
}

// declined is what an issue is answered whose proposal somebody closed.
func (b *Bot) declined() string {
	return "Its " + b.Forge.Traits().Change + " was closed without being merged, so that nothing is opened: whoever closed it says there why. Editing this issue changes nothing any more. To ask again, fill in the form anew, and close this issue."
}

// ended is what an issue is answered whose proposal is merged or closed: nothing where it
// was merged, since what is told says so.
func (b *Bot) ended(ctx context.Context, issue int) (string, error) {
	if _, err := b.Clone.Look(ctx); err != nil { // it may have been merged since the clone has looked
		return "", err
	}
	all, err := b.requests(ctx)
	for id, r := range all {
		if r.Issue != issue {
			continue
		}
		opens := func(path string) bool { return r.Asks(b.Clone.Tip.Load(path).Opened) }
		if b.Clone.Tip.Has(tree.Path(id)) || slices.ContainsFunc(b.Clone.Tip.Paths, opens) { // also as somebody else made it, or by another name
			return "", nil
		}
	}
	return b.declined(), err
}

// headMark marks in an answer for which commit of a proposal all was done: a run that was
// killed before it answered may have pushed one without its check and its plan.
func headMark(commit string) string { return fmt.Sprintf("<!-- at %.12s -->", commit) }

// withBefore says what is missing beside a proposal of before.
func (b *Bot) withBefore(why, head string) string {
	if head != "" {
		why += "\n\nThe " + b.Forge.Traits().Change + " has what stood here before."
	}
	return why
}

// mergeable reports whether the policy lets an opening be merged at once.
func (b *Bot) mergeable(o opening) bool {
	return slices.Contains(b.Clone.Tip.Policy.Bot.Merge, o.severity)
}

// opening is an escalation as a file that is to be.
type opening struct {
	id       schema.ID
	path     string
	data     []byte
	severity schema.Severity
	opened   ledger.Request
	says     string
}

// requested proposes what an issue asks for, and returns what to say there.
func (b *Bot) requested(ctx context.Context, i forge.Issue) (string, error) {
	by := b.who(i.Author)
	if by == "" {
		return b.nobody(i.Author), nil
	}
	branch := branchOf(i.Number)
	branches, err := b.reserve(ctx)
	if err != nil {
		return "", err
	}
	ended, err := b.Forge.Ended(ctx, branch)
	if err != nil {
		return "", err
	}
	if ended {
		return b.ended(ctx, i.Number)
	}
	head := branches[branch]
	editor, why, err := b.editor(ctx, i, by)
	if err != nil {
		return "", err
	}
	if why != "" {
		return b.withBefore(why, head), nil
	}
	o, why, err := b.opening(i, by)
	if err == nil && why == "" {
		why, err = b.refusal(ctx, o)
	}
	if err != nil {
		return "", err
	}
	if why != "" {
		return b.withBefore(why, head), nil
	}
	head, theirs, err := b.pushRequest(ctx, branch, head, i, o, editor)
	if err != nil {
		return "", err
	}
	title := subject(o.id, []string{o.says})
	change, passed, err := b.open(ctx, branch, title, head, fmt.Sprintf("Asked for by %s in %s.", escape.MarkdownLine(words.Name(b.Clone.Tip.People, by)), i.URL))
	if err != nil {
		return "", err
	}
	link := b.changeLink(change)
	if theirs {
		return proposed + link + ", and " + changedThere + ": change it there. Editing this issue changes nothing any more.", nil
	}
	if err := b.retitle(ctx, change, title, func() ([]string, error) { return b.Clone.subjects(ctx, head) }); err != nil {
		return "", err
	}
	if editor != by && b.mergeable(o) {
		return waiting(link, head) + "\n\n" + escape.MarkdownLine(words.Name(b.Clone.Tip.People, editor)) + " edited the issue last, so that it is not merged without a review.", nil
	}
	return b.merge(ctx, o, change, head, link, passed)
}

// retitle has the title of a proposal say what it does now, where it is still one that
// we gave it: that of one of its commits. Another is somebody's.
func (b *Bot) retitle(ctx context.Context, change forge.Change, title string, ours func() ([]string, error)) error {
	title = b.titled(title)
	if change.Title == title {
		return nil
	}
	given, err := ours()
	if err != nil || !slices.ContainsFunc(given, func(s string) bool { return b.titled(s) == change.Title }) {
		return err
	}
	return b.Forge.Retitle(ctx, change.Number, title)
}

// waiting is what stands on an issue while its proposal waits.
func waiting(link, head string) string {
	return proposed + link + ". Once that is merged, this issue is where you follow the escalation; until then, editing this issue changes the proposal.\n\n" + headMark(head)
}

// merge merges a proposal that passes, where the policy lets it, and says how it stands.
func (b *Bot) merge(ctx context.Context, o opening, change forge.Change, head, link string, passed bool) (string, error) {
	waits := waiting(link, head)
	if !passed || !b.mergeable(o) {
		return waits, nil
	}
	p, err := b.Forge.Proposed(ctx, change.Number)
	if err != nil {
		return "", err
	}
	if p.Merged || !p.Open || p.Commit != head {
		return "", nil
	}
	switch err := b.Forge.Merge(ctx, change.Number, head); {
	case errors.Is(err, forge.ErrUnmergeable), errors.Is(err, forge.ErrForbidden), errors.Is(err, forge.ErrHeadMoved):
		return waits, nil
	case err != nil:
		return "", err
	}
	return "It is opened by " + link + ", at once, since it is " + string(o.severity) + ". This issue is where you follow it.", nil
}

// nobody is what an issue is answered whose author may open nothing.
func (b *Bot) nobody(a forge.Author) string {
	if !a.Bot {
		return b.stranger(a)
	}
	return "A program opened this issue (" + account(a) + "), and an escalation is opened by somebody: nothing is done here.\n\n" +
		"- If you asked for it: fill in the form yourself (*New issue*, *Escalation*), and close this one.\n" +
		"- If you run the program: have it use the account of somebody who is in the people directory (`" + tree.PeoplePath + "`); in Slack that is *the person using the workflow*."
}

// opening is the file that an issue asks for; or why there can be none, in Markdown.
func (b *Bot) opening(i forge.Issue, by schema.Handle) (o opening, why string, err error) {
	tip := b.Clone.Tip
	at := i.Created.UTC()
	if at.IsZero() || at.After(b.now()) {
		at = b.now()
	}
	c := &act.Case{Tree: tip.Tree, By: by, At: at}
	f := form.New(c)
	read := f.Read(i.Body)
	if len(read.Problems) > 0 {
		lines := []string{"This cannot be read as it stands. Edit the issue:"}
		for _, p := range read.Problems {
			lines = append(lines, "- "+escape.MarkdownLine(words.Sentence(p)))
		}
		return o, strings.Join(lines, "\n"), nil
	}
	a := act.New()
	answers, open, err := a.Read(c, read.Given)
	if slices.ContainsFunc(open, func(q *act.Question) bool { return q.Name == "id" }) { // a name without a letter that an id can have: the form asks for none
		read.Given["id"] = []string{fmt.Sprintf("%d/customer-%d", at.Year(), i.Number)}
		answers, open, err = a.Read(c, read.Given)
	}
	for id, n := act.ID(answers), 2; err == nil && len(open) == 0 && (!b.free(act.ID(answers), i.Number) || tip.Has(tree.Path(act.ID(answers)))); n++ {
		read.Given["id"] = []string{string(act.NthID(id, n))}
		answers, open, err = a.Read(c, read.Given)
	}
	var wrong *act.AnswerError
	switch {
	case errors.As(err, &wrong):
		return o, "Something is not right yet. Edit the issue:\n- " + misread(&a, b.dialect(), "", wrong), nil
	case err != nil:
		return o, "", err
	case len(open) > 0:
		return o, missing(c, b.dialect(), "", answers, f.Asking(open)) + "\n\nEdit the issue and write it there.", nil
	}
	o = opening{
		id: act.ID(answers), severity: schema.Severity(answers.One("severity")), says: a.Says(c, answers),
		opened: ledger.Request{Issue: i.Number, URL: i.URL, By: by, At: at},
	}
	o.path = tree.Path(o.id)
	if o.data, err = splice.Apply(schema.KindEscalation, o.path, act.Begin(c), a.Edit(c, answers)...); err != nil {
		if refusal := (*splice.Refusal)(nil); errors.As(err, &refusal) {
			return o, told(refusal.Message, refusal.Hint), nil
		}
		return o, "", err
	}
	return o, "", nil
}

// refusal is why the rules refuse a file that is to be; "" where they do not.
func (b *Bot) refusal(ctx context.Context, o opening) (string, error) {
	d, err := b.Judge(ctx, b.Clone.Tip)(o.path, o.data)
	if err != nil || len(d.Errors) == 0 {
		return "", err
	}
	return against(d.Errors) + "\n\nEdit the issue.", nil
}

// differs returns what the branch of a request is to have otherwise, nil for a file that
// is to go. theirs reports that somebody else has changed the branch since: then it stays
// as it is.
func (b *Bot) differs(ctx context.Context, head string, i forge.Issue, o opening) (theirs bool, files map[string][]byte, err error) {
	ours, err := b.Clone.made(ctx, head, i.URL)
	if err != nil || !ours {
		return true, nil, err
	}
	at, err := b.Clone.Session.Commit(ctx, head)
	if err != nil {
		return false, nil, err
	}
	files = map[string][]byte{}
	for _, path := range at.Paths {
		if !b.Clone.Tip.Has(path) && path != o.path && at.Load(path).Opened.At.Equal(o.opened.At) {
			files[path] = nil // it had another name
		}
	}
	if was, err := at.ReadFile(o.path); err != nil || string(was) != string(o.data) {
		files[o.path] = o.data
	}
	return false, files, nil
}

// pushRequest has the branch of a request hold the file that it asks for, and returns its
// tip.
func (b *Bot) pushRequest(ctx context.Context, branch, head string, i forge.Issue, o opening, by schema.Handle) (tip string, theirs bool, err error) {
	parent, files := b.Clone.Tip.ID, map[string][]byte{o.path: o.data}
	if head != "" {
		if theirs, files, err = b.differs(ctx, head, i, o); err != nil || theirs || len(files) == 0 {
			return head, theirs, err
		}
		parent = head
	}
	if err := b.ask(ctx, o.id, o.opened); err != nil { // before it can be merged
		return "", false, err
	}
	tip, err = b.Clone.Push(ctx, branch, Change{
		Parent: parent, Files: files, Subject: subject(o.id, []string{o.says}), Source: i.URL, By: b.Forge.Traits().Committer(b.Clone.Tip.People.People[by]), At: b.now(),
	})
	return tip, false, err
}
