package outbox

import (
	"errors"
	"io/fs"
	"maps"
	"slices"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// intend plans, writes into the book what is to be done, and returns the copies
// of the files that are told by it.
func (r *Run) intend(book *ledger.Book, files fs.FS) (Report, map[string][]byte, error) {
	if r.Remind != nil {
		report, err := r.remind(book)
		return report, nil, err
	}
	var failed error
	told := reading(book, &failed)
	was, err := tree.Open(files, r.Check)
	if errors.Is(err, tree.ErrNoFolder) {
		was, err = tree.Empty(), nil
	}
	if err != nil {
		return Report{}, nil, err
	}
	changed := tree.Changed(was, r.Truth.Tree)
	var report Report
	if !r.Adopt {
		unreadable, err := unreadable(book, changed)
		if err != nil {
			return Report{}, nil, err
		}
		changed = slices.DeleteFunc(changed, func(path string) bool { return unreadable[tree.ID(path)] != nil })
		report.Plan = plan.Guarded(was, r.Truth.Tree, changed, told, r.Yes || r.Announce)
		for _, id := range slices.Sorted(maps.Keys(unreadable)) {
			report.Plan.Hold(id, unreadable[id].Error())
		}
		report.Plan.Route(destination.Vias(r.Destinations))
		for _, n := range report.Plan.Corrected {
			failed = errors.Join(failed, book.Correct(n))
		}
		if failed == nil {
			failed = r.add(book, report.Plan)
		}
	}
	copies := map[string][]byte{}
	for _, path := range changed {
		if _, is := slices.BinarySearch(r.Truth.Paths, path); !is || slices.Contains(report.Plan.Unread, tree.ID(path)) || report.Plan.Waits[tree.ID(path)] != "" {
			continue // what is gone, cannot be read or waits is not told, and stays as it was
		}
		if copies[path], err = fs.ReadFile(r.Truth.Files, path); err != nil {
			failed = errors.Join(failed, err)
		}
	}
	return report, copies, failed
}

// remind plans what is overdue, and writes into the book whom to remind. Of what was
// told and cannot be read, nobody is reminded: they may have been.
func (r *Run) remind(book *ledger.Book) (Report, error) {
	var failed error
	held := map[schema.ID]error{}
	notices := r.Remind(func(id schema.ID) []notice.Notice {
		told, err := book.Of(id)
		switch {
		case errors.Is(err, ledger.ErrUnreadable):
			held[id] = err
		case err != nil:
			failed = errors.Join(failed, err)
		}
		return told
	})
	notices = slices.DeleteFunc(notices, func(n notice.Notice) bool { return held[n.Escalation] != nil })
	report := Report{Plan: plan.Reminders(r.Truth.Tree, notices)}
	for _, id := range slices.Sorted(maps.Keys(held)) {
		report.Plan.Hold(id, held[id].Error())
	}
	report.Plan.Route(destination.Vias(r.Destinations))
	return report, errors.Join(failed, r.add(book, report.Plan))
}

// unreadable are the escalations of which the ledger's lines cannot be read, with
// the reason: of those that changed, and of those with something to be done.
func unreadable(book *ledger.Book, changed []string) (map[schema.ID]error, error) {
	ids, err := book.OpenIDs()
	if err != nil {
		return nil, err
	}
	for _, path := range changed {
		ids = append(ids, tree.ID(path))
	}
	all := map[schema.ID]error{}
	for _, id := range ids {
		switch _, err := book.Of(id); {
		case errors.Is(err, ledger.ErrUnreadable):
			all[id] = err
		case err != nil:
			return nil, err
		}
	}
	return all, nil
}

// add writes down what a destination takes and what does not wait, each once: several
// changes may bring it.
func (r *Run) add(book *ledger.Book, p plan.Plan) error {
	at, added := r.now(), map[notice.Identity]bool{}
	for _, n := range p.Notices {
		if n.Via == "" || p.Waits[n.Escalation] != "" || added[n.Identity()] {
			continue
		}
		added[n.Identity()] = true
		n.Run, n.At, n.State, n.Signed = r.ID, at, notice.Intent, r.signs(n.Via)
		if err := book.Add(n); err != nil {
			return err
		}
	}
	return nil
}

// reading returns the notices of a book, and keeps what could not be read.
func reading(book *ledger.Book, failed *error) func(schema.ID) []notice.Notice {
	return func(id schema.ID) []notice.Notice {
		notices, err := book.Of(id)
		*failed = errors.Join(*failed, err)
		return notices
	}
}

// signs reports whether a destination signs what it delivers.
func (r *Run) signs(via string) bool {
	return slices.ContainsFunc(r.Destinations, func(d destination.Destination) bool {
		s, ok := d.(destination.Signer)
		return ok && d.Via() == via && s.Signs()
	})
}
