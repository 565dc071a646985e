package audit

import (
	"slices"
	"sync"
	"time"

	"github.com/escalations-as-code/escalate/internal/change"
	"github.com/escalations-as-code/escalate/internal/document"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/history"
	"github.com/escalations-as-code/escalate/internal/lint"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// state is what is known of a file after a step.
type state struct {
	entry git.Entry  // zero where it is gone
	rules *tree.Tree // under which it was judged
	*judgement
	// readable is the last judgement of a version that could be read; nil
	// where there was none.
	readable *judgement
}

// judgement is what is known of one version of a file, without the document:
// a thousand of them would fill the memory.
type judgement struct {
	escalation *tree.Escalation
	data       []byte
	commit     string // which made this version
	brief      rule.Brief
	// plain says that the document itself gave no cause to say anything, so
	// that what is found follows from what it says alone.
	plain bool
	// pending is since when its Product DRI is pending (P9).
	pending time.Time
	// found counts the faults by kin.
	found finding.Tally
	// bare is what is found without the document, once it was asked for, and people
	// are those whom it mentions.
	bare   []bare
	people []schema.Handle
}

// bare is a fault without a place.
type bare struct {
	rule, field string
	level       finding.Level
}

// judge judges one step.
type judge struct {
	*lint.Linter
	check   *shape.Checker
	authors *authors
	// versions says that somebody wants each version.
	versions bool
}

// authors says when the facts were written that a merge brought in: a pull request
// may have been open for weeks. Only a history with merges is read for it.
type authors struct {
	o    Options
	read func() (history.Authored, error)

	mu     sync.Mutex
	failed error
}

// at is when a fact of a merge was written.
func (a *authors) at(c *commit, path string, fact change.Fact) time.Time {
	authored, err := a.read()
	if err != nil {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.failed = err
		return c.judged
	}
	at, committed := authored.Commit(path, fact)
	return a.o.later(at, committed, c.judged)
}

// err is how reading failed.
func (a *authors) err() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.failed
}

// work fills in what follows from a step. It runs on any core.
func (j judge) work(it *item) {
	defer close(it.done)
	if j.versions && (it.kind == changed || it.kind == merged) {
		it.version = &history.Version{Change: it.change, Commit: &it.commit.Commit, Effective: it.commit.effective, Merged: it.kind == merged}
	}
	switch it.kind {
	case changed:
		j.changed(it)
	case judged:
		<-it.before.done
		j.again(it, it.before.after)
	case merged:
		j.merged(it)
	}
	it.before, it.data = nil, nil // or the whole history would stay
}

// changed judges a version, and what changed in it.
func (j judge) changed(it *item) {
	it.after = &state{entry: it.entry, rules: it.rules}
	var e *tree.Escalation
	var found []finding.Finding
	if it.entry.ID != "" {
		e = j.read(it)
		found = j.Escalation(it.rules, e, nil)
		it.after.judgement = judgementOf(e, found, it.rules)
		it.after.commit = it.commit.ID
	}
	var was *state
	if it.before != nil {
		<-it.before.done
		was = it.before.after
		it.after.readable = was.readable
	}
	if e == nil {
		return
	}
	if len(found) > 0 && it.after.readable != nil { // what was set before is not set here
		found = j.Escalation(it.rules, e, it.after.readable.escalation)
		it.after.found = finding.TallyOf(found)
	}
	if !e.Readable() { // such a version changes no fact
		it.found = added(found, was)
	} else {
		rest, judged := j.transition(it, e, found)
		it.found = added(rest, was)
		for _, f := range judged {
			// The fault itself was told of the commit that brought it.
			if f.Rule != "base-readable" {
				it.found = append(it.found, f)
			}
		}
		if e.Product.DRI == schema.PendingPerson {
			it.after.pending = it.commit.judged
			if was := it.after.readable; was != nil && !was.pending.IsZero() {
				it.after.pending = was.pending
			}
		}
		it.after.readable = it.after.judgement
	}
	it.after.escalation = slim(e)
}

// read reads the version of a step.
func (j judge) read(it *item) *tree.Escalation {
	if !j.versions {
		return tree.Read(it.path, it.data, j.check)
	}
	e := tree.Read(it.path, it.data, nil)
	it.version.Escalation = e
	return e.Checked(j.check)
}

// transition judges what changed since the last version that could be read. That
// is read again only where there is something to tell, or the rules changed, for
// what it said.
func (j judge) transition(it *item, e *tree.Escalation, found []finding.Finding) (rest, told []finding.Finding) {
	step := lint.Step{After: e, Authored: func(fact change.Fact) (time.Time, bool) {
		if len(it.commit.Parents) > 1 {
			return j.authors.at(it.commit, it.path, fact), true
		}
		return it.commit.judged, true
	}}
	if it.after.readable != nil {
		was := it.after.readable
		step.Before, step.Base = was.escalation, was.commit
		step.Pending = func() time.Time { return was.pending }
	}
	rest, told = j.Transition(it.rules, step, slices.Clone(found))
	if (len(told) > 0 || it.commit.before != nil) && step.Before != nil {
		step.Before = tree.Read(it.path, it.after.readable.data, j.check)
		rest, told = j.Transition(it.rules, step, slices.Clone(found))
	}
	if it.commit.before != nil {
		told = append(told, j.Together(it.commit.before, it.rules, step, slices.Concat(rest, told))...)
	}
	return rest, told
}

// again judges a file anew under another directory or policy. It is read again
// only where something else is found than before.
func (j judge) again(it *item, was *state) {
	now := *was
	it.after = &now
	if was.judgement == nil || was.escalation.Broken() {
		return
	}
	now.rules = it.rules
	if was.plain && it.commit.people != nil && !was.concerns(it.commit.people) {
		return
	}
	if was.plain {
		if was.bare == nil {
			was.bare = j.bare(was.rules, was.escalation)
		}
		again := j.bare(it.rules, was.escalation)
		if slices.Equal(was.bare, again) {
			same := *was.judgement
			same.brief = rule.NewBrief(was.escalation, it.rules.Policy)
			same.bare = again
			now.judgement, now.readable = &same, &same
			return
		}
	}
	e := tree.Read(it.path, was.data, j.check)
	found := j.Escalation(it.rules, e, e)
	now.judgement = judgementOf(e, found, it.rules)
	now.commit, now.pending = was.commit, was.pending
	now.escalation = slim(e)
	now.readable = now.judgement
	it.found = added(found, was)
}

// concerns reports whether an escalation mentions one of some people. Whom else the
// directory has is no matter to it.
func (j *judgement) concerns(people map[schema.Handle]bool) bool {
	if j.people == nil {
		j.people = append([]schema.Handle{}, rule.Mentioned(&j.escalation.Escalation)...)
	}
	return slices.ContainsFunc(j.people, func(h schema.Handle) bool { return people[h] })
}

// merged judges what a merge made of the version of another parent.
func (j judge) merged(it *item) {
	theirs := j.read(it)
	var ours *state
	if it.before != nil {
		<-it.before.done
		ours = it.before.after
	}
	if ours == nil || ours.judgement == nil {
		it.found = j.Vanished(lint.Names{Gone: []lint.Named{{Escalation: theirs}}, Base: it.parent})
		return
	}
	it.found = j.Merged(it.rules, lint.Step{Before: theirs, After: tree.Read(it.path, ours.data, j.check), Base: it.parent})
}

// bare returns what is found of what an escalation says.
func (j judge) bare(rules *tree.Tree, e *tree.Escalation) []bare {
	list := []bare{}
	for _, f := range j.Escalation(rules, e, e) {
		list = append(list, bare{f.Rule, f.Field, f.Level})
	}
	return list
}

func judgementOf(e *tree.Escalation, found []finding.Finding, rules *tree.Tree) *judgement {
	return &judgement{
		escalation: e, data: e.Data, brief: rule.NewBrief(e, rules.Policy), found: finding.TallyOf(found),
		plain: !e.Broken() && len(e.Faults) == 0 && len(e.Findings) == 0 && len(e.Unread) == 0,
	}
}

// slim is an escalation without its document. One that cannot be read counts as
// broken.
func slim(e *tree.Escalation) *tree.Escalation {
	s := *e
	s.Document = &document.Document{Path: e.Path, Broken: !e.Readable()}
	s.Data = nil
	return &s
}

// added returns the faults that a file had neither before nor in its last
// version that could be read.
func added(found []finding.Finding, was *state) []finding.Finding {
	if was == nil {
		return found
	}
	had := finding.Tally{}
	for _, j := range []*judgement{was.judgement, was.readable} {
		if j != nil {
			for k, n := range j.found {
				had[k] = max(had[k], n)
			}
		}
	}
	return had.New(found)
}
