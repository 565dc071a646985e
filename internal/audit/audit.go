// Package audit replays a history: which commit broke which rule, and how well
// each escalation kept its cadence (P25, P26).
//
// Each commit is judged as `lint --base` judges a change of that one commit:
// what the tree is, and what changed in it. A fault that was there before is
// not told again. The times that a file states are held against the later time of
// author and committer (P37). The commits are those of the first parents; of a merge
// it is also judged that what its other parents had is not lost in it.
package audit

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/escalations-as-code/escalate/internal/calendar"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/history"
	"github.com/escalations-as-code/escalate/internal/lint"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// Options says what is replayed.
type Options struct {
	// To is the last commit; From, where it is set, the one after which the
	// replay begins. Both are ids in full.
	From, To string
	// Now is the present: what a commit says that claims to be of a later time
	// counts, its time does not. Zero believes every commit.
	Now time.Time
	// Tell takes each violation, in the order of the commits.
	Tell func(Violation) error
	// Version, where it is set, takes each version of each escalation, in the order of
	// the commits: who wants to know more of them need not read them again.
	Version func(*history.Version)
	// Progress, where it is set, is called after each commit with their number
	// so far.
	Progress func(commits int)
}

// Violation is a fault, and the commit that brought it in.
type Violation struct {
	finding.Finding
	Commit, Author, Subject string
	// At is when, by the clock of the commit.
	At time.Time
}

// Result is what a replay counted.
type Result struct {
	Commits          int
	Errors, Warnings int
	// Rows are sorted by escalation.
	Rows []Row
}

// Run replays a history of first parents, oldest first.
func Run(ctx context.Context, repo *git.Repo, check *shape.Checker, rules *rule.Set, o Options) (Result, error) {
	linter := lint.New(rules)
	side := &authors{o: o, read: sync.OnceValues(func() (history.Authored, error) { return history.ReadAuthored(ctx, repo, o.From, o.To) })}
	r := &replay{
		judge: judge{linter, check, side, o.Version != nil}, tell: o.Tell, now: tree.Follow(check), courses: map[string]*followed{}, shared: linter.Follow(), briefs: map[string]*rule.Brief{},
		policies: policies{calendars: map[place]*calendar.Calendar{}},
	}
	if o.From != "" {
		for c, err := range repo.Log(ctx, git.LogOptions{To: o.From, FirstParent: true}) {
			if err != nil {
				return Result{}, err
			}
			r.from = (&history.Clock{Now: o.Now}).Effective(&c)
			break
		}
	}
	s := &sequence{ctx: ctx, repo: repo, o: o, rules: tree.Follow(check), last: map[string]*item{}, line: history.Line{}, clock: history.Clock{Now: o.Now}}
	for it, err := range history.Ahead(s.items(), r.judge.work) {
		if err == nil {
			if it.version != nil {
				o.Version(it.version)
				it.version = nil
			}
			err = r.take(it)
		}
		if err != nil {
			return Result{}, err
		}
		if err := side.err(); err != nil {
			return Result{}, err
		}
		if it.kind == ended && o.Progress != nil {
			o.Progress(r.result.Commits)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(r.courses)) {
		if c := r.courses[path].course; len(c.lives) > 0 {
			r.result.Rows = append(r.result.Rows, c.row(tree.ID(path), &r.policies, r.from, r.horizon))
		}
	}
	return r.result, nil
}
