// Package tracking is the policy of the tracking issues, whatever the forge: one
// issue for each escalation, with a comment for each moment, one issue that says
// how all stand, and one comment with the plan on a change request. It decides
// whose marker is believed, what happens when an issue is gone, and which label
// replaces which.
package tracking

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/form"
	"github.com/escalations-as-code/escalate/internal/marker"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/schema"
)

// Tracking is the destination of the tracking issues. It is for one run, in one
// goroutine: it remembers what it has seen.
type Tracking struct {
	forge  forge.Forge
	review forge.Reviewer // nil where there is no such thing
	traits forge.Traits
	people schema.Directory
	keys   marker.Keys

	// Ticks made since are left to whoever reads them; zero: none are left.
	leave time.Time

	us         us
	labels     map[string]bool                 // those that are there
	assignable map[string]bool                 // who may be assigned, of those who were asked about
	proved     map[int]proof                   // the numbers of the ledger that were seen to be right
	issues     map[string]map[string][]writing // by label and marker: what has them; nil where it is to be looked for
}

// proof is whose issue one is, and who wrote it.
type proof struct {
	of schema.ID
	by forge.Author
}

// site is where an issue is. Note says what happened to the one before; became, that
// it is the one by which the escalation was asked for.
type site struct {
	number int
	url    string
	note   string
	became bool
}

// New returns the tracking issues on a forge. people says who is who there; keys
// sign our markers.
func New(f forge.Forge, people schema.Directory, keys marker.Keys) *Tracking {
	var review forge.Reviewer
	if r, ok := f.(forge.Reviewer); ok {
		review = forge.ConfirmReviews(r)
	}
	return &Tracking{
		forge: forge.Confirm(f), review: review, traits: f.Traits(), people: people, keys: keys,
		labels: map[string]bool{}, assignable: map[string]bool{}, proved: map[int]proof{}, issues: map[string]map[string][]writing{},
	}
}

// LeaveTicks has Restore leave boxes as they are that people ticked since a time: the bot
// reads what they mean, and it may not have come by yet.
func (t *Tracking) LeaveTicks(since time.Time) { t.leave = since }

// Signs reports whether markers are signed.
func (t *Tracking) Signs() bool { return t.keys.Set() }

// Via names the destination in the ledger.
func (t *Tracking) Via() string { return t.traits.Via }

// Takes reports whether something goes to the tracking issue, or to the pull request
// that is to open it.
func (*Tracking) Takes(to notice.Place, _ notice.Do) bool {
	return to == notice.Tracking || to == notice.Proposal
}

// The labels of a tracking issue: the one that all have, and the scope of that
// of its severity.
const (
	Label         = "escalation"
	severityScope = "severity"
)

// Deliver does what a delivery says to the tracking issue of its escalation. An
// issue that somebody deleted is opened anew.
func (t *Tracking) Deliver(ctx context.Context, d destination.Delivery, inDoubt bool) (destination.Receipt, error) {
	if d.First().To == notice.Proposal {
		return t.remind(ctx, d, inDoubt)
	}
	if _, redacts := d.First().Redacts(); redacts {
		return t.redact(ctx, d)
	}
	issue, err := t.issue(ctx, d, inDoubt)
	if err != nil {
		return destination.Receipt{}, err
	}
	r, err := t.do(ctx, issue, d, inDoubt)
	if away(err) && d.First().Do != notice.OpenIssue {
		// The issue was deleted since it was seen.
		delete(t.issues, Label)
		note := instead(err)
		if issue, err = t.find(ctx, d); err == nil && issue.number == 0 {
			issue, err = t.open(ctx, d)
		}
		if err != nil {
			return destination.Receipt{}, err
		}
		issue.note = note
		r, err = t.do(ctx, issue, d, inDoubt)
	}
	if r.Note == "" {
		r.Note = issue.note
	}
	return r, err
}

// instead says why another issue is used.
func instead(err error) string { return wayOf(err) + ": this one is used instead" }

// issue returns the issue, which is opened where that is what is to be done, or
// where there is none.
func (t *Tracking) issue(ctx context.Context, d destination.Delivery, inDoubt bool) (site, error) {
	opening := d.First().Do == notice.OpenIssue
	note := ""
	if number := t.Number(d.Thread); number != 0 && !opening {
		switch is, err := t.is(ctx, number, d); {
		case away(err):
			note = instead(err)
		case err != nil || is:
			return site{number: number}, err
		}
	}
	var issue site
	if opening {
		switch asked, err := t.become(ctx, d); {
		case away(err):
			note = instead(err)
		case err != nil || asked.number != 0:
			return asked, err
		}
	}
	if !opening || inDoubt {
		var err error
		if issue, err = t.find(ctx, d); err != nil {
			return issue, err
		}
	}
	if issue.number == 0 {
		var err error
		if issue, err = t.open(ctx, d); err != nil {
			return issue, err
		}
	}
	issue.note = note
	return issue, nil
}

// is reports whether the issue of a number is the one of an escalation. The error
// says so where it is there no more.
func (t *Tracking) is(ctx context.Context, number int, d destination.Delivery) (bool, error) {
	if t.proved[number].of == d.First().Escalation {
		return true, nil
	}
	i, err := t.forge.Issue(ctx, number)
	if err != nil {
		return false, err
	}
	return t.of(ctx, i, d.First().Escalation, d.Thread)
}

// of reports whether an issue is the one of an escalation, of which the ledger has a
// thread: it is ours, and has its marker or, where somebody took that away, stands
// where the ledger has it. The ledger of another repository has numbers of
// strangers' issues.
func (t *Tracking) of(ctx context.Context, i forge.Issue, id schema.ID, thread []notice.Notice) (ours bool, err error) {
	if i.ChangeRequest {
		return false, nil
	}
	there := t.recorded(thread, i.URL)
	named := names(i.Body, string(id))
	switch {
	case there && named: // it is ours whoever wrote it: tokens change
		ours = true
		t.proves(i.Author)
	case there && became(thread, i.URL):
		ours = true // whose marker was taken away
	case there:
		var known bool
		if ours, known, err = t.ours(ctx, i.Author); err == nil && !known {
			ours = i.Author.Bot
			t.proves(i.Author)
		}
	case named:
		ours, err = t.bears(ctx, t.marked(i), !opensSigned(thread), string(id))
	}
	if ours {
		t.proved[i.Number] = proof{id, i.Author}
	}
	return ours, err
}

// Tracks reports whether an issue is the tracking issue of an escalation, of which the
// ledger has a thread.
func (t *Tracking) Tracks(ctx context.Context, i forge.Issue, id schema.ID, thread []notice.Notice) (bool, error) {
	if t.Number(thread) != i.Number {
		return false, nil
	}
	return t.of(ctx, i, id, thread)
}

// became reports whether the ledger has an issue as one that somebody else opened, and
// that became the tracking issue.
func became(thread []notice.Notice, issue string) bool {
	return slices.ContainsFunc(thread, func(n notice.Notice) bool { return n.Became && n.State == notice.Done && n.URL == issue })
}

// recorded reports whether the ledger has the address of an issue in a thread, or
// that of a comment on it.
func (t *Tracking) recorded(thread []notice.Notice, issue string) bool {
	return issue != "" && slices.ContainsFunc(thread, func(n notice.Notice) bool {
		return n.Via == t.traits.Via && n.State == notice.Done && (n.URL == issue || strings.HasPrefix(n.URL, issue+"#"))
	})
}

// bears reports whether what has some markers has those of all of some things, and
// we wrote them.
func (t *Tracking) bears(ctx context.Context, all []writing, unsigned bool, what ...string) (bool, error) {
	for _, key := range what {
		is := false
		for _, w := range all {
			if w.What != key || is {
				continue
			}
			var err error
			if is, err = t.believed(ctx, w, unsigned); err != nil {
				return false, err
			}
		}
		if !is {
			return false, nil
		}
	}
	return true, nil
}

// opensSigned reports whether the issue was opened with a signed marker, by what the
// ledger has of an escalation.
func opensSigned(thread []notice.Notice) bool {
	return slices.ContainsFunc(thread, func(n notice.Notice) bool { return n.Do == notice.OpenIssue && n.Signed })
}

// Number is the number of the issue in what the ledger has of an escalation, 0 for none:
// the one that was used last.
func (t *Tracking) Number(thread []notice.Notice) int {
	for _, n := range slices.Backward(thread) {
		if _, redacts := n.Redacts(); redacts {
			continue // which may be in an issue that is gone
		}
		if n.Via == t.traits.Via && n.State == notice.Done && n.To != notice.Proposal {
			issue, _, _ := strings.Cut(n.Ref, "/")
			if number, err := strconv.Atoi(issue); err == nil {
				return number
			}
		}
	}
	return 0
}

// find looks for the issue of an escalation.
func (t *Tracking) find(ctx context.Context, d destination.Delivery) (site, error) {
	all, err := t.look(ctx, Label, string(d.First().Escalation))
	if err != nil {
		return site{}, err
	}
	for _, w := range all {
		is, err := t.believed(ctx, w, !opensSigned(d.Thread))
		if err == nil && !is {
			is, err = t.asWritten(ctx, w, d)
		}
		if err != nil || is {
			return site{number: w.number, url: w.url}, err
		}
	}
	return site{}, nil
}

// asWritten reports whether an issue is a bot's that reads, word for word, as the one
// that is to be opened: where nothing says who we are, and nothing is signed, it is
// the one that a run before has opened.
func (t *Tracking) asWritten(ctx context.Context, w writing, d destination.Delivery) (bool, error) {
	if t.keys.Set() || !w.by.Bot {
		return false, nil
	}
	if _, known, err := t.ours(ctx, w.by); err != nil || known {
		return false, err
	}
	as, _, err := opening(d)
	return err == nil && w.title == t.title(as) && t.reads(w.body, as.Text.Body()), err
}

// opening is what opens an issue for a delivery, and what is done to it at once. Where
// the delivery is something else, the issue has the words that the ledger has last.
func opening(d destination.Delivery) (as notice.Notice, beside []notice.Notice, err error) {
	if as = d.First(); as.Do == notice.OpenIssue {
		return as, nil, nil
	}
	if beside, err = d.Issue(); err != nil {
		return as, nil, err
	}
	for _, n := range slices.Concat(beside, d.Thread) {
		if gives(n) {
			as = n
		}
	}
	return as, beside, nil
}

// look returns the issues that have a label and a marker, the oldest first. They are
// listed once: what is opened later is ours, and what may have been is looked for
// again.
func (t *Tracking) look(ctx context.Context, label, key string) ([]writing, error) {
	if known, ok := t.issues[label]; ok {
		return known[key], nil
	}
	known := map[string][]writing{}
	for i, err := range t.forge.Issues(ctx, label) {
		if err != nil {
			return nil, err
		}
		if i.ChangeRequest {
			continue
		}
		for _, w := range t.marked(i) {
			known[w.What] = append(known[w.What], w)
		}
	}
	t.issues[label] = known
	return known[key], nil
}

// open opens the issue. Where that is not what is to be done, it is opened with
// all that was done to it, or would have been: nothing will be done again.
func (t *Tracking) open(ctx context.Context, d destination.Delivery) (site, error) {
	as, beside, err := opening(d)
	if err != nil {
		return site{}, err
	}
	draft := forge.Draft{Labels: []string{Label}}
	if draft.Confidential, err = t.secret(d); err != nil {
		return site{}, err
	}
	if due := t.dueBy(d); due != nil {
		draft.Due = *due
	}
	for _, n := range beside {
		switch n.Do {
		case notice.Label:
			name, err := t.severityLabel(ctx, n)
			if err != nil {
				return site{}, err
			}
			draft.Labels = append(draft.Labels, name)
		case notice.Assign:
			draft.Assignees = t.logins(n.Mentions)
		}
	}
	write, err := t.marks(ctx, t.place(marker.Issue, 0))
	if err != nil {
		return site{}, err
	}
	draft.Title, draft.Body = t.titled(as, d.Address, write)
	if err := t.makeLabel(ctx, tracked()); err != nil {
		return site{}, err
	}
	i, err := t.forge.OpenIssue(ctx, draft)
	if errors.Is(err, forge.ErrRefused) && len(draft.Assignees) > 0 { // who may not be assigned is left out
		draft.Assignees = nil
		i, err = t.forge.OpenIssue(ctx, draft)
	}
	if err != nil {
		delete(t.issues, Label) // it may be there
		return site{}, err
	}
	if as := d.First().Do; as != notice.OpenIssue && t.closed(d.Thread) {
		closed := false
		if _, err := t.forge.EditIssue(ctx, i.Number, forge.Edit{Open: &closed}); err != nil {
			return site{}, err
		}
	}
	t.replied(i.Author)
	t.proved[i.Number] = proof{d.First().Escalation, i.Author}
	if known, ok := t.issues[Label]; ok {
		id := string(d.First().Escalation)
		known[id] = only(t.marked(i), id)
	}
	return site{number: i.Number, url: i.URL}, nil
}

// become makes the issue by which the escalation was asked for the tracking issue: it
// gets the words and the labels of one, and our marker. It is the zero site where the
// escalation was asked for in no issue. Whoever does it twice does nothing else.
func (t *Tracking) become(ctx context.Context, d destination.Delivery) (site, error) {
	if d.Request == nil {
		return site{}, nil
	}
	asked, err := d.Request()
	number, numbered := strconv.Atoi(asked.Ref)
	if err != nil || numbered != nil {
		return site{}, err
	}
	i, err := t.forge.Issue(ctx, number)
	if err != nil || i.ChangeRequest || i.URL != asked.URL { // the numbers of another repository
		return site{}, err
	}
	if err := t.makeLabel(ctx, tracked()); err != nil {
		return site{}, err
	}
	at := t.place(marker.Issue, 0)
	at.Author = i.Author.ID
	write, err := t.marks(ctx, at)
	if err != nil {
		return site{}, err
	}
	title, body := t.titled(d.First(), d.Address, write)
	open := true
	edit := forge.Edit{Title: &title, Body: &body, Open: &open, Due: t.dueBy(d)}
	secret, err := t.secret(d)
	if err != nil {
		return site{}, err
	}
	if secret {
		edit.Confidential = &secret
	}
	if _, err := t.forge.EditIssue(ctx, number, edit); err != nil {
		return site{}, err
	}
	labels := slices.DeleteFunc(t.relabel(i.Labels, ""), func(l string) bool { return t.traits.SameLabel(l, form.Label) })
	if _, err := t.forge.SetLabels(ctx, number, labels); err != nil {
		return site{}, err
	}
	t.proved[number] = proof{d.First().Escalation, i.Author}
	return site{number: number, url: i.URL, became: true}, nil
}

// tracked is the label that all tracking issues have.
func tracked() forge.Label {
	return forge.Label{Name: Label, Description: "An escalation, opened by a file in this repository", Color: "5319e7"}
}

// closed reports whether the issue was closed last, by what the ledger has of an
// escalation.
func (t *Tracking) closed(thread []notice.Notice) bool {
	closed := false
	for _, n := range thread {
		if n.Via == t.traits.Via && n.State == notice.Done && (n.Do == notice.CloseIssue || n.Do == notice.ReopenIssue) {
			closed = n.Do == notice.CloseIssue
		}
	}
	return closed
}

// do does what a delivery says to an issue.
func (t *Tracking) do(ctx context.Context, issue site, d destination.Delivery, inDoubt bool) (destination.Receipt, error) {
	n := d.First()
	edit := func(e forge.Edit) (destination.Receipt, error) {
		i, err := t.forge.EditIssue(ctx, issue.number, e)
		return receipt(i), err
	}
	open := func(is bool) (destination.Receipt, error) { return edit(forge.Edit{Open: &is}) }
	switch n.Do {
	case notice.Tell:
		if n.Moment != notice.Opened {
			return t.comment(ctx, forge.Thread{Number: issue.number}, d, inDoubt)
		}
		i, err := t.forge.Issue(ctx, issue.number) // the issue itself says it
		return receipt(i), err
	case notice.OpenIssue:
		return destination.Receipt{Ref: strconv.Itoa(issue.number), URL: issue.url, Became: issue.became}, nil
	case notice.Edit:
		at := t.place(marker.Issue, 0)
		at.Author = t.proved[issue.number].by.ID
		write, err := t.marks(ctx, at)
		if err != nil {
			return destination.Receipt{}, err
		}
		title, body := t.titled(n, d.Address, write)
		return edit(forge.Edit{Title: &title, Body: &body, Due: t.dueBy(d)})
	case notice.CloseIssue:
		return open(false)
	case notice.ReopenIssue:
		return open(true)
	case notice.Label:
		return t.setLabel(ctx, issue.number, n)
	case notice.Assign:
		others, err := t.assignedBeside(ctx, issue.number, d.Thread)
		if err != nil {
			return destination.Receipt{}, err
		}
		logins := t.logins(n.Mentions)
		all := append(slices.Clone(logins), others...)
		r, err := edit(forge.Edit{Assignees: &all})
		if errors.Is(err, forge.ErrRefused) && len(logins) > 0 {
			r, err = edit(forge.Edit{Assignees: &others}) // and not who was assigned before
		}
		return r, err
	default:
		return destination.Receipt{}, fmt.Errorf("a tracking issue has nothing like %s", n.Do)
	}
}

// assignedBeside are those whom people assigned to an issue beside the one that we
// did: they stay. Where the ledger does not say whom we assigned, nobody does.
func (t *Tracking) assignedBeside(ctx context.Context, number int, thread []notice.Notice) ([]string, error) {
	others := []string{}
	at := slices.IndexFunc(thread, func(n notice.Notice) bool {
		return n.Via == t.traits.Via && n.Do == notice.Assign && n.State == notice.Done
	})
	if at < 0 {
		return others, nil
	}
	ours := t.logins(t.wants(thread).dri)
	i, err := t.forge.Issue(ctx, number)
	for _, login := range i.Assignees {
		if !slices.ContainsFunc(ours, func(o string) bool { return strings.EqualFold(o, login) }) {
			others = append(others, login)
		}
	}
	return others, err
}

func receipt(i forge.Issue) destination.Receipt {
	return destination.Receipt{Ref: strconv.Itoa(i.Number), URL: i.URL}
}

// comment writes a comment, unless it is there.
func (t *Tracking) comment(ctx context.Context, thread forge.Thread, d destination.Delivery, inDoubt bool) (destination.Receipt, error) {
	if inDoubt {
		for c, err := range t.forge.Comments(ctx, thread) {
			if err != nil {
				return destination.Receipt{}, err
			}
			if is, err := t.bears(ctx, t.markedComment(thread, c), !d.First().Signed, d.Keys()...); err != nil {
				return destination.Receipt{}, err
			} else if is {
				return destination.Receipt{Ref: refOf(thread.Number, c.ID), URL: c.URL, Kept: true}, nil
			}
		}
	}
	write, err := t.marks(ctx, t.placeOn(thread))
	if err != nil {
		return destination.Receipt{}, err
	}
	c, err := t.forge.AddComment(ctx, thread, t.body(d.Text(), d.Mentions(), d.Address, write, d.Keys()...))
	if err != nil {
		return destination.Receipt{}, err
	}
	t.replied(c.Author)
	return destination.Receipt{Ref: refOf(thread.Number, c.ID), URL: c.URL}, nil
}

// remind writes a comment on the pull request that a reminder is about (P1). On one
// that is gone, or that somebody locked, nobody is reminded.
func (t *Tracking) remind(ctx context.Context, d destination.Delivery, inDoubt bool) (destination.Receipt, error) {
	r, err := t.comment(ctx, forge.Thread{Number: d.First().Change(), ChangeRequest: true}, d, inDoubt)
	switch {
	case errors.Is(err, forge.ErrGone):
		return destination.Receipt{Note: "the " + t.traits.Change + " is gone"}, nil
	case errors.Is(err, forge.ErrLocked):
		return destination.Receipt{Note: "the " + t.traits.Change + " is locked: nobody can comment on it"}, nil
	}
	return r, err
}

// redact gives a comment the words of today (P37). Whom it mentioned, it mentions
// still, and it is found again by the same markers. One that is gone needs none.
func (t *Tracking) redact(ctx context.Context, d destination.Delivery) (destination.Receipt, error) {
	told := d.First().Target(d.Thread)
	number, id, ok := split(told)
	if !ok {
		return destination.Receipt{Note: "the ledger does not say which comment it is: edit it by hand"}, nil
	}
	on := forge.Thread{Number: number}
	switch there, ours, err := t.stillOurs(ctx, on, id, told); {
	case errors.Is(err, forge.ErrGone) || err == nil && !there:
		return destination.Receipt{Note: "the comment is gone"}, nil
	case err != nil:
		return destination.Receipt{}, err
	case !ours:
		return destination.Receipt{Note: "what stands there is of somebody else, and stays as it is"}, nil
	}
	write, err := t.marks(ctx, t.placeOn(on))
	if err != nil {
		return destination.Receipt{}, err
	}
	c, err := t.forge.EditComment(ctx, on, id, t.body(d.Text(), told.Mentions(), d.Address, write, told.Keys()...))
	if errors.Is(err, forge.ErrGone) {
		return destination.Receipt{Note: "the comment is gone"}, nil
	}
	if err != nil {
		return destination.Receipt{}, err
	}
	return destination.Receipt{Ref: told.First().Ref, URL: c.URL}, nil
}

// stillOurs reports whether the comment that the ledger has for something told is
// there, and is that: the numbers of a ledger may be those of another repository.
func (t *Tracking) stillOurs(ctx context.Context, on forge.Thread, id int64, told notice.Message) (there, ours bool, err error) {
	for c, err := range t.forge.Comments(ctx, on) {
		if err != nil {
			return false, false, err
		}
		if c.ID != id {
			continue
		}
		if c.URL == told.First().URL {
			if !slices.ContainsFunc(told.Keys(), func(key string) bool { return !names(c.Body, key) }) {
				return true, true, nil // whoever wrote it: tokens change
			}
			if is, known, err := t.ours(ctx, c.Author); err != nil || known { // its marker was taken away
				return true, is, err
			}
		}
		ours, err = t.bears(ctx, t.markedComment(on, c), !told.First().Signed, told.Keys()...)
		return true, ours, err
	}
	return false, false, nil
}

// split returns the issue and the comment of what was told.
func split(told notice.Message) (number int, id int64, ok bool) {
	if len(told) == 0 {
		return 0, 0, false
	}
	issue, comment, _ := strings.Cut(told.First().Ref, "/")
	number, err := strconv.Atoi(issue)
	id, idErr := strconv.ParseInt(comment, 10, 64)
	return number, id, err == nil && idErr == nil
}

// gives reports whether a notice gives the issue its words.
func gives(n notice.Notice) bool {
	_, redacts := n.Redacts()
	return n.To == notice.Tracking && (n.Do == notice.OpenIssue || n.Do == notice.Edit && !redacts)
}

// refOf is what the ledger calls a comment.
func refOf(number int, id int64) string { return fmt.Sprintf("%d/%d", number, id) }

// setLabel gives the issue the label of a severity, and takes that of another.
// What people added stays.
func (t *Tracking) setLabel(ctx context.Context, number int, n notice.Notice) (destination.Receipt, error) {
	name, err := t.severityLabel(ctx, n)
	if err != nil {
		return destination.Receipt{}, err
	}
	i, err := t.forge.Issue(ctx, number)
	if err != nil {
		return destination.Receipt{}, err
	}
	_, err = t.forge.SetLabels(ctx, number, t.relabel(i.Labels, name))
	return receipt(i), err
}

// severityLabel makes the label that a notice sets, "severity:high", where there
// is none, and returns what the forge calls it.
func (t *Tracking) severityLabel(ctx context.Context, n notice.Notice) (string, error) {
	name, err := t.severity(n)
	if err != nil {
		return "", err
	}
	_, severity, _ := strings.Cut(n.Text.Plain(), ":")
	color, known := map[string]string{"critical": "b60205", "high": "d93f0b", "medium": "fbca04", "low": "0e8a16"}[severity]
	if !known {
		color = "ededed"
	}
	return name, t.makeLabel(ctx, forge.Label{Name: name, Description: "The severity of an escalation", Color: color})
}

// severity is what the forge calls the label that a notice sets.
func (t *Tracking) severity(n notice.Notice) (string, error) {
	scope, severity, scoped := strings.Cut(n.Text.Plain(), ":")
	if !scoped || scope != severityScope {
		return "", fmt.Errorf("a tracking issue has no label %q", n.Text.Plain())
	}
	return t.traits.Scoped(scope, severity), nil
}

// makeLabel makes a label where there is none of the name. One that somebody
// renamed is left to them.
func (t *Tracking) makeLabel(ctx context.Context, l forge.Label) error {
	if t.labels[l.Name] {
		return nil
	}
	err := t.forge.MakeLabel(ctx, l)
	t.labels[l.Name] = err == nil
	return err
}

// logins are the logins of people on the forge, of those who have one.
func (t *Tracking) logins(who []schema.Handle) []string {
	logins := []string{}
	for _, h := range who {
		if login := t.traits.Login(t.people.People[h]); login != "" {
			logins = append(logins, login)
		}
	}
	return logins
}
