package history

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// ErrNeverThere is returned for an escalation of which no commit ever had a
// file.
var ErrNeverThere = errors.New("there is no such escalation")

// NotThereError is returned for an escalation that was not there at a moment.
type NotThereError struct{ reason string }

func (e *NotThereError) Error() string { return e.reason }

// State is what was true of an escalation at a moment (P39).
type State struct {
	// Escalation is the file as it was: the last version up to then that can be
	// read.
	Escalation *tree.Escalation
	// Commit is the one that made that version, Since its effective time.
	Commit string
	Since  time.Time
	// Unreadable reports that there was a later version, which cannot be read.
	Unreadable bool
	// Status is "open" or "closed".
	Status string
	// Informed are those who were informed: whoever held the roles of the
	// severity, then those added by name, then the managers of DRI and opener,
	// each once (P5, P21). Unfilled are the roles that nobody held.
	Informed []schema.Handle
	Unfilled []schema.Role
}

// At returns the state of an escalation at a moment, as the commits up to head
// have it; now is the present. The error is ErrNeverThere, or a *NotThereError.
func At(ctx context.Context, repo *git.Repo, head string, id schema.ID, at, now time.Time) (*State, error) {
	now, err := Present(ctx, repo, head, now)
	if err != nil {
		return nil, err
	}
	versions, first, err := until(ctx, repo, head, tree.Path(id), at, now)
	switch {
	case err != nil:
		return nil, err
	case first == nil:
		return nil, ErrNeverThere
	case len(versions) == 0:
		return nil, &NotThereError{fmt.Sprintf("%s was not there yet at %s: commit %.12s of %s brought it",
			id, stamp(at), first.commit, stamp(first.effective))}
	}
	last := versions[len(versions)-1]
	if last.entry == (git.Entry{}) {
		return nil, &NotThereError{fmt.Sprintf("%s was not there at %s: commit %.12s of %s deleted it",
			id, stamp(at), last.commit, stamp(last.effective))}
	}
	s, err := lastReadable(ctx, repo, id, versions)
	if err != nil {
		return nil, err
	}
	t, err := rules(ctx, repo, head, at, now)
	if err != nil {
		return nil, err
	}
	e := &s.Escalation.Escalation
	s.Status = "open"
	if !process.Open(e) {
		s.Status = "closed"
	}
	people := t.People.On(at)
	s.Informed, s.Unfilled = process.Informed(people, t.Policy, e)
	s.Informed = process.Each(slices.Concat(s.Informed, e.FYI, process.Managers(people, e)))
	return s, nil
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// left is what a commit left of a file.
type left struct {
	commit    string
	effective time.Time
	entry     git.Entry
}

// until lists what commits made of a file up to a moment, oldest first, and
// the first one ever; nil where none had it.
func until(ctx context.Context, repo *git.Repo, head, name string, at, now time.Time) (list []left, first *left, err error) {
	clock := Clock{Now: now}
	for c, err := range repo.Log(ctx, git.LogOptions{To: head, FirstParent: true, Reverse: true, File: name}) {
		if err != nil {
			return nil, nil, err
		}
		v := left{c.ID, clock.Effective(&c), c.Changes[0].New}
		if first == nil {
			first = &v
		}
		if v.effective.After(at) {
			break
		}
		list = append(list, v)
	}
	return list, first, nil
}

// lastReadable reads the last version that can be read.
func lastReadable(ctx context.Context, repo *git.Repo, id schema.ID, versions []left) (*State, error) {
	regular := slices.DeleteFunc(slices.Clone(versions), func(v left) bool { return v.entry.ID == "" || !v.entry.Mode.IsRegular() })
	slices.Reverse(regular)
	i := 0
	ids := func(yield func(string) bool) {
		for _, v := range regular {
			if !yield(v.entry.ID) {
				return
			}
		}
	}
	for blob, err := range repo.Blobs(ctx, ids) {
		if err != nil {
			return nil, err
		}
		v := regular[i]
		i++
		if e := tree.Read(tree.Path(id), blob.Data, nil); e.Readable() {
			return &State{Escalation: e, Commit: v.commit, Since: v.effective, Unreadable: v != versions[len(versions)-1]}, nil
		}
	}
	return nil, fmt.Errorf("%s cannot be read: no version of it up to %s can", id, stamp(versions[len(versions)-1].effective))
}

// rules reads the directory and the policy of a moment.
func rules(ctx context.Context, repo *git.Repo, head string, at, now time.Time) (*tree.Tree, error) {
	f := tree.Follow(nil)
	var found []string
	var entries []left
	for _, name := range []string{tree.PeoplePath, tree.PolicyPath} {
		versions, _, err := until(ctx, repo, head, name, at, now)
		if err != nil {
			return nil, err
		}
		if n := len(versions); n > 0 && versions[n-1].entry.Mode.IsRegular() && versions[n-1].entry.ID != "" {
			found, entries = append(found, name), append(entries, versions[n-1])
		}
	}
	i := 0
	ids := func(yield func(string) bool) {
		for _, v := range entries {
			if !yield(v.entry.ID) {
				return
			}
		}
	}
	for blob, err := range repo.Blobs(ctx, ids) {
		if err != nil {
			return nil, err
		}
		f.Put(found[i], entries[i].entry.Mode, blob.Data)
		i++
	}
	return f.Tree(), nil
}
