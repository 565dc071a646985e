package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/schema"
)

// ErrUnreadable is returned where what was told of an escalation cannot be read:
// somebody changed its file by hand. Nothing can be told of it until it can.
var ErrUnreadable = errors.New("what was told cannot be read")

// Book is the notices of a ledger, as somebody works on them: those of an
// escalation are read when they are asked for, and what changes is returned as
// the files that differ. It costs what is asked for, and not what was ever told.
type Book struct {
	// Claim says which run is at work on what is open; the zero claim, that none
	// is.
	Claim Claim

	files  fs.FS
	within []string // the files that there are; empty for all
	was    Claim
	first  bool // the ledger has the first format, or is not there yet
	begun  bool
	pages  map[schema.ID]*page
}

// page is the notices of one escalation.
type page struct {
	notices []notice.Notice
	at      map[notice.Identity]int
	dirty   bool
}

// OpenBook opens the notices in the files of a ledger, which may have none yet: in
// those that within names, or in all. It fails for a ledger that a later version has
// given another format.
func OpenBook(files fs.FS, within ...string) (*Book, error) {
	b := &Book{files: files, within: within, pages: map[schema.ID]*page{}}
	switch data, err := fs.ReadFile(files, formatPath); {
	case errors.Is(err, fs.ErrNotExist):
		b.first = true
	case err != nil:
		return nil, err
	case string(data) != format: // what was told would be told again, or taken for told
		return nil, fmt.Errorf("the ledger has the format %q, and this version of escalate reads 1 and %s: take a later one",
			strings.TrimSpace(string(data)), strings.TrimSpace(format))
	}
	var err error
	b.was, err = readClaim(files)
	b.Claim = b.was
	return b, err
}

// Begin begins a ledger where there is none, though nothing is told yet.
func (b *Book) Begin() { b.begun = true }

// Of returns the notices of an escalation, in the order in which they are to be
// delivered. The caller does not change them.
func (b *Book) Of(id schema.ID) ([]notice.Notice, error) {
	p, err := b.page(id)
	if err != nil {
		return nil, err
	}
	return p.notices, nil
}

func (b *Book) page(id schema.ID) (*page, error) {
	if p, ok := b.pages[id]; ok {
		return p, nil
	}
	if len(b.within) > 0 && !slices.Contains(b.within, Path(id)) { // it would be taken for one with nothing told, and written so
		return nil, fmt.Errorf("what was told of %s was not asked for", id)
	}
	p := &page{at: map[notice.Identity]int{}}
	data, err := fs.ReadFile(b.files, Path(id)) // which reads no more than git.MaxBlob
	switch {
	case errors.Is(err, git.ErrTooLarge):
		return nil, fmt.Errorf("%w: %w: look with `git log --stat %s -- %s` for what let it grow, and put back the last good one", ErrUnreadable, err, Name, Path(id))
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("cannot read what was told of %s: %w", id, err)
	}
	if p.notices, err = Parse(Path(id), data); err != nil {
		return nil, fmt.Errorf("%w: %w: look for the last good one with `git log -p %s -- %s`, and put it back", ErrUnreadable, err, Name, Path(id))
	}
	for i, n := range p.notices {
		p.at[n.Identity()] = i
	}
	b.pages[id] = p
	return p, nil
}

// Add writes a notice down behind all that the escalation has. One of the same
// identity makes way for it: what it sets may be something else by now. Of an
// edit that is superseded the words are not kept; a redaction supersedes nothing
// but what Correct says.
func (b *Book) Add(n notice.Notice) error {
	p, err := b.page(n.Escalation)
	if err != nil {
		return err
	}
	p.dirty = true
	if _, redacts := n.Redacts(); n.Do == notice.Edit && !redacts {
		for i := range p.notices {
			was := &p.notices[i]
			if _, redacts := was.Redacts(); !redacts && was.Do == n.Do && was.To == n.To && was.Via == n.Via && was.State == notice.Done {
				was.Text = nil
			}
		}
	}
	if i, known := p.at[n.Identity()]; known {
		p.notices = slices.Delete(p.notices, i, i+1)
		for j := i; j < len(p.notices); j++ {
			p.at[p.notices[j].Identity()] = j
		}
	}
	p.at[n.Identity()] = len(p.notices)
	p.notices = append(p.notices, n)
	return nil
}

// Correct replaces the words of a line, in its place.
func (b *Book) Correct(n notice.Notice) error {
	p, err := b.page(n.Escalation)
	if err != nil {
		return err
	}
	if i, known := p.at[n.Identity()]; known {
		p.notices[i].Text, p.dirty = n.Text, true
	}
	return nil
}

// Conclude writes down what came of a notice, in its place. One that somebody
// else has concluded stays as it is. Its words stay those of the ledger: they may
// have been redacted while they were delivered.
func (b *Book) Conclude(n notice.Notice) error {
	p, err := b.page(n.Escalation)
	if err != nil {
		return err
	}
	if i, known := p.at[n.Identity()]; known && p.notices[i].State == notice.Intent {
		n.Text = p.notices[i].Text
		p.notices[i], p.dirty = n, true
	}
	return nil
}

// Open returns what was written down and is not done, in the order of the
// escalations' ids. What cannot be read is left out: who asks for it hears of it.
func (b *Book) Open() ([]notice.Notice, error) {
	ids, err := b.OpenIDs()
	if err != nil {
		return nil, err
	}
	var open []notice.Notice
	for _, id := range ids {
		notices, err := b.Of(id)
		switch {
		case errors.Is(err, ErrUnreadable):
			continue
		case err != nil:
			return nil, err
		}
		for _, n := range notices {
			if n.State == notice.Intent {
				open = append(open, n)
			}
		}
	}
	return open, nil
}

// OpenIDs are the escalations that may have something to be done: those with a
// marker, and those worked on. A ledger of the first format has no markers: all
// are looked at.
func (b *Book) OpenIDs() ([]schema.ID, error) {
	ids, err := listed(b.files, openFolder+"/*/*", "")
	if b.first && err == nil {
		ids, err = recorded(b.files)
	}
	if err != nil {
		return nil, err
	}
	ids = slices.AppendSeq(ids, maps.Keys(b.pages))
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// recorded are the escalations that have a file of notices.
func recorded(files fs.FS) ([]schema.ID, error) {
	return listed(files, noticesFolder+"/*/*.jsonl", ".jsonl")
}

// listed are the escalations that the files of a pattern are about.
func listed(files fs.FS, pattern, ext string) ([]schema.ID, error) {
	names, err := fs.Glob(files, pattern)
	if err != nil {
		return nil, err
	}
	ids := make([]schema.ID, len(names))
	for i, name := range names {
		_, id, _ := strings.Cut(strings.TrimSuffix(name, ext), "/")
		ids[i] = schema.ID(id)
	}
	return ids, nil
}

// All returns all notices of a ledger, those of each escalation in the order in
// which they are to be delivered.
func (b *Book) All() ([]notice.Notice, error) {
	ids, err := recorded(b.files)
	if err != nil {
		return nil, err
	}
	var all []notice.Notice
	for _, id := range ids {
		notices, err := b.Of(id)
		if err != nil {
			return nil, err
		}
		all = append(all, notices...)
	}
	return all, nil
}

// Written returns the files of the ledger that differ by what was changed: nil
// for one that is gone. A ledger of the first format becomes one of this with
// the first change.
func (b *Book) Written() (map[string][]byte, error) {
	written := map[string][]byte{}
	for id, p := range b.pages {
		if p.dirty {
			written[Path(id)] = Format(p.notices)
		}
		if p.dirty || b.first {
			if err := b.mark(written, id, p); err != nil {
				return nil, err
			}
		}
	}
	if b.Claim != b.was {
		written[claimPath] = b.Claim.format()
	}
	if b.first && (b.begun || len(written) > 0) {
		written[formatPath], written[readmePath] = []byte(format), readme
	}
	return written, nil
}

// mark sets or takes away the marker of an escalation.
func (b *Book) mark(written map[string][]byte, id schema.ID, p *page) error {
	_, err := fs.Stat(b.files, openPath(id))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	is, want := err == nil, slices.ContainsFunc(p.notices, func(n notice.Notice) bool { return n.State == notice.Intent })
	switch {
	case want && !is:
		written[openPath(id)] = []byte{}
	case is && !want:
		written[openPath(id)] = nil
	}
	return nil
}
