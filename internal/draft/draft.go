// Package draft is what a file is about to say, before it is written: whether the
// rules take it, what it will have announced, and until when the clocks run then. It
// is a pure function of a tree, of the new content and of a moment.
package draft

import (
	"cmp"
	"slices"
	"time"

	"github.com/escalations-as-code/escalate/internal/change"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/lint"
	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// Draft is an escalation with what is to stand in its file.
type Draft struct {
	ID   schema.ID
	Path string
	// Was is the file as it is, nil where there is none; Data as it is to be.
	Was, Data []byte
	// Now is the tree with it.
	Now *tree.Tree
	// Errors are why it is not to be written, Warnings what is worth a look: what the
	// file did not have before.
	Errors, Warnings []finding.Finding
	// Plan is what it will have announced. It is empty where there are errors.
	Plan plan.Plan
	// Clocks are those that run otherwise than before, and Ended those that do not
	// run any more.
	Clocks, Ended []stale.Item
}

// Judged drafts another content of a file, and says of it nothing but whether the rules
// take it. base is the tree as it is, with what is known of its history; at is the moment
// at which it is written.
func Judged(base lint.Base, path string, data []byte, at time.Time) Draft {
	d := Draft{ID: tree.ID(path), Path: path, Data: data, Now: base.Tree.With(path, data).AsOf(at)}
	if base.Has(path) {
		d.Was, _ = base.ReadFile(path) // what cannot be read, lint tells
	}
	base.Authored = func(string, change.Fact) (time.Time, bool) { return at, true }
	for _, f := range lint.Edited(base, d.Now, path, rule.All()) {
		switch {
		case f.Level == finding.Error:
			d.Errors = append(d.Errors, f)
		case f.Path == path:
			d.Warnings = append(d.Warnings, f)
		}
	}
	return d
}

// Of drafts it as Judged does, with what it will have announced and the clocks after it.
// past is that of stale.Check.
func Of(base lint.Base, path string, data []byte, at time.Time, past func([]stale.Current) map[schema.ID]stale.Past) Draft {
	d := Judged(base, path, data, at)
	if len(d.Errors) > 0 {
		return d
	}
	d.Plan = plan.Guarded(base.Tree, d.Now, []string{path}, nil, false)
	d.clocks(base.Tree, at, past)
	return d
}

// clocks compares the clocks that run with those that ran.
func (d *Draft) clocks(was *tree.Tree, at time.Time, past func([]stale.Current) map[schema.ID]stale.Past) {
	var before []stale.Item
	if was.Has(d.Path) {
		before = stale.Check(was.Only(d.ID), at, past).Items
	}
	after := stale.Check(d.Now.Only(d.ID), at, past).Items
	in := func(list []stale.Item, i stale.Item, due bool) bool {
		return slices.ContainsFunc(list, func(x stale.Item) bool {
			return x.Clock == i.Clock && x.Step == i.Step && (!due || x.Due.Equal(i.Due) && x.Heard.Equal(i.Heard))
		})
	}
	for _, i := range after {
		if !in(before, i, true) {
			d.Clocks = append(d.Clocks, i)
		}
	}
	for _, i := range before {
		if !in(after, i, false) {
			d.Ended = append(d.Ended, i)
		}
	}
	for _, list := range [][]stale.Item{d.Clocks, d.Ended} {
		slices.SortStableFunc(list, func(a, b stale.Item) int { return cmp.Compare(weight(a.Clock), weight(b.Clock)) })
	}
}

// weight is the order in which people look at clocks.
func weight(c stale.Clock) int {
	switch c {
	case stale.Customer:
		return 0
	case stale.Channel:
		return 1
	}
	return 2
}

// Changes reports whether there is anything to write.
func (d *Draft) Changes() bool { return string(d.Was) != string(d.Data) }
