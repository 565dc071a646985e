// Package history makes of commits what they say: which facts of which
// escalation changed, when and by whom, and what was true at any moment (P39).
//
// The history is that of first parents, oldest first: a merge stands for all
// that it brought, as the default branch saw it. What another parent had, and the
// merge lost, is told of it. A version that cannot be read
// is told of and otherwise passed over: what changed is found between the
// versions that can be.
//
// A commit has the time that some machine's clock showed. These run backwards,
// where a clock is wrong or a branch was rebased. So the order of what happened
// is that of the commits, and what was true at a moment is what the last commit
// up to it says, where each commit counts from the latest time that it or any
// before it has: its effective time.
package history

import (
	"context"
	"io/fs"
	"iter"
	"time"

	"github.com/escalations-as-code/escalate/internal/change"
	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// What can happen to the record of an escalation, beside the moments of package
// change.
const (
	Unreadable = "unreadable" // the file cannot be read
	Readable   = "readable"   // it can be read again
	Deleted    = "deleted"    // it is gone
	Restored   = "restored"   // it is back
	Lost       = "lost"       // a merge dropped an update, or the file, of another parent
	Told       = "told"       // a notice was posted
	Intended   = "intended"   // a notice is to be posted; nothing says that it was
)

// Event is one thing that happened.
type Event struct {
	// At is when, by the clock of the commit, or that of the ledger for a
	// notice.
	At time.Time
	// Commit, Author and Subject are those of the commit, as they stand there;
	// empty for a notice.
	Commit, Author, Subject string
	Escalation              schema.ID
	// Change is a moment of package change, or for notice.Edited the name of
	// the field, or one of the words above.
	Change string
	// From and To say in short what was and what is; of a notice, its key and
	// the place where it was posted. Either may be empty.
	From, To string
	// Update is the update that was added, or explains the change; may be nil.
	Update *schema.Update
	// URL is that of a notice; may be empty.
	URL string
	// After is the escalation as this version has it; nil of a notice, and where the
	// file is gone or cannot be read. It is not to be changed.
	After *schema.Escalation
	// Effective is from when on it counts: the latest time that its commit or any before
	// it has; zero of a notice.
	Effective time.Time
}

// Events returns what happened up to a commit, to one escalation or, where id
// is empty, to all. now is the present. It ends with the first error.
func Events(ctx context.Context, repo *git.Repo, head string, id schema.ID, now time.Time) iter.Seq2[Event, error] {
	line := Line{}
	o := git.LogOptions{To: head, FirstParent: true, Reverse: true, Folder: tree.Folder, Merged: line.Lacks, Contents: func(c git.Change) bool {
		line.Take(c)
		return wanted(c)
	}}
	if id != "" {
		o.Folder, o.File = "", tree.Path(id)
	}
	return func(yield func(Event, error) bool) {
		now, err := Present(ctx, repo, head, now)
		if err != nil {
			yield(Event{}, err)
			return
		}
		var timeline Timeline
		read := func(v *Version) {
			if v.New.ID != "" && v.New.Mode.IsRegular() {
				v.Escalation = tree.Read(v.Path, v.Data, nil)
			}
		}
		for v, err := range Ahead(versions(repo.Log(ctx, o), now), read) {
			if err != nil {
				yield(Event{}, err)
				return
			}
			for _, e := range timeline.Next(v) {
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}

// Version is what a commit made of the file of an escalation.
type Version struct {
	git.Change
	Commit *git.Commit
	// Effective is from when on it counts.
	Effective time.Time
	// Merged says that it is that of another parent of a merge.
	Merged bool
	// Escalation is what it says, compared with no schema; nil where it is no file.
	Escalation *tree.Escalation
}

// Stood returns how the escalation stood from then on, at the time of the commit's
// author; false where the version cannot be read, or is none of the first parents.
func (v *Version) Stood() (process.Version, bool) {
	if v.Merged || v.Escalation == nil || !v.Escalation.Readable() {
		return process.Version{}, false
	}
	file := v.Escalation.Escalation // a copy: the document would stay with it
	return process.Version{At: written{v.Commit.AuthorTime, v.Commit.CommitTime}.at(), Escalation: &file}, true
}

// Timeline makes events of the versions of escalations, in the order of their commits.
// The zero Timeline has seen none.
type Timeline struct{ files map[string]*file }

// Next returns what a version changed.
func (t *Timeline) Next(v *Version) []Event {
	f := t.files[v.Path]
	if f == nil {
		f = &file{}
		if t.files == nil {
			t.files = map[string]*file{}
		}
		t.files[v.Path] = f
	}
	return f.next(v)
}

// wanted reports whether a commit left an escalation that says something else.
func wanted(c git.Change) bool { return isEscalation(c) && Differs(c) }

// Differs reports whether a change is one of the content, and not only of who
// may execute it.
func Differs(c git.Change) bool {
	return c.Old.ID != c.New.ID || c.Old.Mode.Type() != c.New.Mode.Type()
}

// versions splits commits into the versions of escalations.
func versions(commits iter.Seq2[git.Commit, error], now time.Time) iter.Seq2[*Version, error] {
	return func(yield func(*Version, error) bool) {
		clock := Clock{Now: now}
		for c, err := range commits {
			if err != nil {
				yield(nil, err)
				return
			}
			at := clock.Effective(&c)
			changes, others := c.Changes, c.Merged
			c.Changes, c.Merged = nil, nil
			for _, ch := range changes {
				if Differs(ch) && tree.IsEscalation(ch.Path) && !yield(&Version{Change: ch, Commit: &c, Effective: at}, nil) {
					return
				}
			}
			for _, m := range others {
				if !yield(&Version{Change: m.Change, Commit: &c, Effective: at, Merged: true}, nil) {
					return
				}
			}
		}
	}
}

// Clock turns the times of commits, in their order, into times that never run
// backwards.
type Clock struct {
	// Now is the present. A commit of a later time, which a wrong clock gave it,
	// has the time of the one before it, and the first one of all the present.
	// Zero believes every commit.
	Now    time.Time
	latest time.Time
}

// Effective returns the latest time that a commit or any before it has.
func (k *Clock) Effective(c *git.Commit) time.Time {
	switch at := c.CommitTime; {
	case k.Now.IsZero() || !at.After(k.Now):
		k.latest = latest(k.latest, at)
	case k.latest.IsZero():
		return k.Now
	}
	return k.latest
}

// Present is the present of a history: now or, where its last commit is of a later
// time, that one. What is of a later time still has a wrong clock.
func Present(ctx context.Context, repo *git.Repo, head string, now time.Time) (time.Time, error) {
	for c, err := range repo.Log(ctx, git.LogOptions{To: head, FirstParent: true}) {
		if err != nil {
			return now, err
		}
		return latest(now, c.CommitTime), nil
	}
	return now, nil
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// file is what is known of an escalation's file between two commits.
type file struct {
	last       *schema.Escalation // the last version that could be read
	gone       bool
	unreadable bool
}

// next returns what a version changed.
func (f *file) next(v *Version) []Event {
	var list []Event
	add := func(e Event) {
		e.At, e.Commit, e.Author, e.Subject = v.Commit.CommitTime, v.Commit.ID, v.Commit.AuthorName, v.Commit.Subject
		e.Escalation, e.Effective = tree.ID(v.Path), v.Effective
		list = append(list, e)
	}
	if v.Merged {
		for _, e := range f.lost(v) {
			add(e)
		}
		return list
	}
	if v.New == (git.Entry{}) {
		f.gone = true
		add(Event{Change: Deleted})
		return list
	}
	if f.gone {
		f.gone = false
		add(Event{Change: Restored})
	}
	if v.Escalation == nil || !v.Escalation.Readable() {
		if !f.unreadable {
			add(Event{Change: Unreadable, To: why(v)})
		}
		f.unreadable = true
		return list
	}
	if f.unreadable {
		f.unreadable = false
		add(Event{Change: Readable})
	}
	now := v.Escalation.Escalation // a copy: the document would stay with it
	for _, c := range change.Between(f.last, &now) {
		e := describe(c)
		e.After = &now
		add(e)
	}
	f.last = &now
	return list
}

// lost returns what another parent of a merge had and the merge has not.
func (f *file) lost(v *Version) []Event {
	switch {
	case f.gone || f.last == nil && !f.unreadable:
		return []Event{{Change: Lost, From: "the file"}}
	case !v.Escalation.Readable() || f.unreadable:
		return nil
	}
	var list []Event
	for _, u := range change.Added(f.last, &v.Escalation.Escalation) {
		list = append(list, Event{Change: Lost, From: "the update of " + stamp(u.At.Time), Update: u})
	}
	return list
}

// why says why a version cannot be read.
func why(v *Version) string {
	switch {
	case v.New.Mode&fs.ModeSymlink != 0:
		return "it is a link"
	case v.Escalation == nil:
		return "it is no file"
	case len(v.Escalation.Findings) > 0:
		return v.Escalation.Findings[0].Message
	}
	return ""
}

// WithNotices puts notices, sorted by time, where they belong among events.
func WithNotices(events iter.Seq2[Event, error], notices []notice.Notice) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		noticesUntil := func(until time.Time) bool {
			for len(notices) > 0 && (until.IsZero() || notices[0].At.Before(until)) {
				n := notices[0]
				notices = notices[1:]
				e := Event{At: n.At, Escalation: n.Escalation, Change: Told, From: n.Key, To: string(n.To), URL: n.URL}
				if n.State != notice.Done {
					e.Change = Intended
				}
				if !yield(e, nil) {
					return false
				}
			}
			return true
		}
		for e, err := range events {
			if err == nil && !noticesUntil(e.Effective) {
				return
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
		noticesUntil(time.Time{})
	}
}
