package tracking

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/marker"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/schema"
)

// hand is something that a person did to an issue by hand, and how it is mended: by
// an edit, or by other labels.
type hand struct {
	fault destination.Fault
	says  string
	edit  forge.Edit
	label []string // the labels that it is to have; nil where they stay
}

// mends reports whether it is mended.
func (h hand) mends() bool { return h.edit != (forge.Edit{}) || h.label != nil }

// wanted is how an issue is to be, by what the ledger has of its escalation. What is
// still to be done may have been done already.
type wanted struct {
	words    *notice.Notice  // that gave it its words
	soon     []notice.Notice // that are to give it others
	closed   bool
	severity string // the label
	dri      []schema.Handle
	pending  map[notice.Do]bool
}

// wants is how the issue of a thread is to be.
func (t *Tracking) wants(thread []notice.Notice) wanted {
	w := wanted{closed: t.closed(thread), pending: map[notice.Do]bool{}}
	for i, n := range thread {
		if n.Via != t.traits.Via || n.To != notice.Tracking {
			continue
		}
		switch {
		case n.State == notice.Intent:
			w.pending[n.Do] = true
			if gives(n) {
				w.soon = append(w.soon, n)
			}
		case n.State != notice.Done:
		case gives(n):
			w.words = &thread[i]
		case n.Do == notice.Label:
			w.severity, _ = t.severity(n)
		case n.Do == notice.Assign:
			w.dri = n.Mentions
		}
	}
	return w
}

// hands are what people did by hand to the issue of a thread, in the order in which
// people see it. file returns its file as it was told last, and address where a symbolic
// link leads.
func (t *Tracking) hands(ctx context.Context, i forge.Issue, thread []notice.Notice, file func() (*schema.Escalation, error), address func(notice.Spot) string) ([]hand, error) {
	want := t.wants(thread)
	all := t.state(i, want)
	words, err := t.rewritten(ctx, i, want, address)
	if err != nil {
		return nil, err
	}
	all = append(all, words...)
	all = append(all, t.relabelled(i, want)...)
	all = append(all, t.exposed(i, file, want)...)
	assigned, err := t.unassigned(ctx, i, want)
	if err != nil {
		return nil, err
	}
	all = append(all, assigned...)
	if i.Locked {
		all = append(all, hand{fault: destination.Locked, says: "it is locked: nothing is told there before somebody unlocks it"})
	}
	return all, nil
}

// state is whether it was closed or opened by hand.
func (t *Tracking) state(i forge.Issue, want wanted) []hand {
	open := !want.closed
	switch {
	case want.pending[notice.CloseIssue] || want.pending[notice.ReopenIssue] || i.Open == open:
		return nil
	case open:
		return []hand{{fault: destination.Closed, says: "it is closed, and the escalation is open", edit: forge.Edit{Open: &open}}}
	default:
		return []hand{{fault: destination.Reopened, says: "it is open, and the escalation is closed", edit: forge.Edit{Open: &open}}}
	}
}

// rewritten is whether its title or its text is another, or its marker is gone.
func (t *Tracking) rewritten(ctx context.Context, i forge.Issue, want wanted, address func(notice.Spot) string) ([]hand, error) {
	if want.words == nil || slices.ContainsFunc(want.soon, func(n notice.Notice) bool { return i.Title == t.title(n) && t.reads(i.Body, n.Text.Body()) }) {
		return nil, nil
	}
	at := t.place(marker.Issue, 0)
	at.Author = i.Author.ID
	write, err := t.marks(ctx, at)
	if err != nil {
		return nil, err
	}
	var all []hand
	title, body := t.titled(*want.words, address, write)
	if i.Title != title {
		all = append(all, hand{fault: destination.Edited, says: fmt.Sprintf("its title is now %q", i.Title), edit: forge.Edit{Title: &title}})
	}
	switch {
	case !t.reads(i.Body, want.words.Text.Body()):
		all = append(all, hand{fault: destination.Edited, says: "its text was changed", edit: forge.Edit{Body: &body}})
	case !names(i.Body, string(want.words.Escalation)):
		all = append(all, hand{fault: destination.Edited, says: "its hidden marker is gone", edit: forge.Edit{Body: &body}})
	}
	return all, nil
}

// relabelled is whether a label of ours is gone, or one of another severity is there.
// What people added stays.
func (t *Tracking) relabelled(i forge.Issue, want wanted) []hand {
	if want.pending[notice.Label] {
		return nil
	}
	var says []string
	ours := []string{Label}
	if want.severity != "" {
		ours = append(ours, want.severity)
	}
	for _, l := range ours {
		if !t.traits.HasLabel(i.Labels, l) {
			says = append(says, fmt.Sprintf("it does not have the label %q any more", l))
		}
	}
	if want.severity != "" {
		for _, l := range i.Labels {
			if t.ofSeverity(l) && !t.traits.SameLabel(l, want.severity) {
				says = append(says, fmt.Sprintf("it has the label %q as well", l))
			}
		}
	}
	if len(says) == 0 {
		return nil
	}
	return []hand{{fault: destination.Labelled, says: strings.Join(says, ", and "), label: t.relabel(i.Labels, want.severity)}}
}

// ofSeverity reports whether a label is that of a severity.
func (t *Tracking) ofSeverity(l string) bool {
	scope := t.traits.Scoped(severityScope, "")
	return len(l) >= len(scope) && t.traits.SameLabel(l[:len(scope)], scope)
}

// relabel are the labels that an issue is to have: ours, that of the severity, if it
// is known, and what people added.
func (t *Tracking) relabel(labels []string, severity string) []string {
	to := []string{Label}
	if severity != "" {
		to = append(to, severity)
	}
	for _, l := range labels {
		if !t.traits.HasLabel(to, l) && (severity == "" || !t.ofSeverity(l)) {
			to = append(to, l)
		}
	}
	return to
}

// unassigned is whether somebody whom we assigned is not any more, and may be. Whom
// people assigned beside, stays, where there is room: where an issue may have one
// assignee alone, one of ours is enough, and comes first.
func (t *Tracking) unassigned(ctx context.Context, i forge.Issue, want wanted) ([]hand, error) {
	if want.pending[notice.Assign] {
		return nil, nil
	}
	var missing []string
	for _, login := range t.logins(want.dri) {
		if slices.ContainsFunc(i.Assignees, func(is string) bool { return strings.EqualFold(is, login) }) {
			if t.traits.FewAssignees {
				return nil, nil
			}
			continue
		}
		if _, asked := t.assignable[login]; !asked {
			may, err := t.forge.MayAssign(ctx, login)
			if err != nil {
				return nil, err
			}
			t.assignable[login] = may
		}
		if t.assignable[login] {
			missing = append(missing, login)
		}
	}
	if len(missing) == 0 {
		return nil, nil
	}
	to := append(slices.Clone(i.Assignees), missing...)
	if t.traits.FewAssignees {
		to = append(slices.Clone(missing), i.Assignees...)
	}
	return []hand{{fault: destination.Assigned, says: strings.Join(missing, ", ") + " is not assigned any more", edit: forge.Edit{Assignees: &to}}}, nil
}

// few is how many things are asked for one by one, rather than listed with all.
const few = 10

// read reads issues by their numbers: from the list where they are many, and what the
// list does not have one by one. What is gone is left out.
func (t *Tracking) read(ctx context.Context, numbers []int) (map[int]forge.Issue, error) {
	issues := map[int]forge.Issue{}
	if len(numbers) > few {
		for i, err := range t.forge.Issues(ctx, Label) {
			if err != nil {
				return nil, err
			}
			issues[i.Number] = i
		}
	}
	return issues, t.readRest(ctx, numbers, issues, map[int]error{})
}

// readRest reads those that are not there yet, and keeps why one is gone.
func (t *Tracking) readRest(ctx context.Context, numbers []int, issues map[int]forge.Issue, why map[int]error) error {
	for _, number := range numbers {
		if _, there := issues[number]; there || why[number] != nil {
			continue
		}
		i, err := t.forge.Issue(ctx, number)
		switch {
		case away(err):
			why[number] = err
		case err != nil:
			return err
		default:
			issues[number] = i
		}
	}
	return nil
}

// away reports whether an issue is not there any more.
func away(err error) bool {
	var moved *forge.MovedError
	return errors.Is(err, forge.ErrGone) || errors.As(err, &moved)
}

// wayOf says in words why an issue is not there any more.
func wayOf(err error) string {
	var moved *forge.MovedError
	if errors.As(err, &moved) {
		return "the issue was transferred to " + moved.To
	}
	return "the issue was deleted, or made a discussion"
}
