package audit

import (
	"context"
	"io/fs"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/history"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// item is one step of the replay. The steps of a commit stand together, and
// end with one of the kind ended.
type item struct {
	kind   kind
	commit *commit
	// rules has the directory and the policy of the moment, and nothing else.
	rules  *tree.Tree
	path   string
	change git.Change
	entry  git.Entry
	data   []byte
	parent string // of a merge, whose version data is
	// before is the step before of the same file, nil at the first.
	before *item

	done    chan struct{}    // closed when what follows is there
	version *history.Version // where somebody wants it
	after   *state
	found   []finding.Finding // what is new
}

type kind int

const (
	changed kind = iota // a file of an escalation is new, another or gone
	judged              // one is the same, but directory or policy changed
	merged              // another parent of a merge has one otherwise
	ended               // the commit is complete
)

// commit is what the steps of one commit share.
type commit struct {
	git.Commit
	effective time.Time
	// judged is the moment against which the times are held that it states: the
	// later one of author and committer (P37), if it is not of the future.
	judged time.Time
	// base says that this is the state before the first commit, which nobody
	// is told of.
	base     bool
	newRules bool
	// before has the directory and the policy from before the commit, where those
	// changed; nil where it is the first.
	before *tree.Tree
	// people are those of whom the directory says something else than before, where
	// nothing else of the rules changed; nil: what changed may concern everything.
	people map[schema.Handle]bool
}

// sequence makes steps of commits.
type sequence struct {
	ctx   context.Context
	repo  *git.Repo
	o     Options
	rules *tree.Follower
	held  *tree.Tree // of rules, for those who judge
	last  map[string]*item
	line  history.Line
	clock history.Clock
}

// wanted reports whether a content is read.
func wanted(c git.Change) bool {
	return c.New.Mode.IsRegular() && history.Differs(c) && (tree.IsEscalation(c.Path) || isRules(c.Path))
}

// wanted takes in what a commit changed.
func (s *sequence) wanted(c git.Change) bool {
	s.line.Take(c)
	return wanted(c)
}

func isRules(path string) bool { return path == tree.PeoplePath || path == tree.PolicyPath }

func (s *sequence) items() iter.Seq2[*item, error] {
	return func(yield func(*item, error) bool) {
		started := false
		for c, err := range s.repo.Log(s.ctx, git.LogOptions{From: s.o.From, To: s.o.To, FirstParent: true, Reverse: true, Contents: s.wanted, Merged: s.line.Lacks}) {
			if err != nil {
				yield(nil, err)
				return
			}
			if !started && s.o.From != "" && len(c.Parents) > 0 {
				if !s.base(c.Parents[0], yield) {
					return
				}
			}
			started = true
			if !s.steps(&commit{Commit: c}, yield) {
				return
			}
		}
		if !started && s.o.From != "" {
			s.base(s.o.To, yield)
		}
	}
}

// base makes the steps of a commit that adds what the first one found.
func (s *sequence) base(id string, yield func(*item, error) bool) bool {
	files, err := s.repo.Tree(s.ctx, id, tree.Folder)
	if err != nil {
		yield(nil, err)
		return false
	}
	defer files.Close()
	c := &commit{base: true}
	c.ID = id
	for head, err := range s.repo.Log(s.ctx, git.LogOptions{To: id, FirstParent: true}) {
		if err != nil {
			yield(nil, err)
			return false
		}
		c.CommitTime = head.CommitTime
		break
	}
	err = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		id, err := files.Identity(name)
		if err != nil {
			return err
		}
		ch := git.Change{Path: name, New: git.Entry{Mode: d.Type() | 0o644, ID: id}}
		if s.wanted(ch) {
			ch.Data, err = fs.ReadFile(files, name)
		}
		c.Changes = append(c.Changes, ch)
		return err
	})
	if err != nil {
		yield(nil, err)
		return false
	}
	return s.steps(c, yield)
}

// steps makes the steps of one commit.
func (s *sequence) steps(c *commit, yield func(*item, error) bool) bool {
	c.effective = s.clock.Effective(&c.Commit)
	c.judged = s.o.later(c.AuthorTime, c.CommitTime, c.effective)
	c.Changes = slices.DeleteFunc(c.Changes, func(ch git.Change) bool {
		return !history.Differs(ch) || !strings.HasPrefix(ch.Path, tree.Folder+"/")
	})
	touched := map[string]bool{}
	for _, ch := range c.Changes {
		touched[ch.Path] = true
		if !isRules(ch.Path) {
			continue
		}
		c.newRules = true
		if present(ch) {
			s.rules.Put(ch.Path, ch.New.Mode, ch.Data)
		} else {
			s.rules.Remove(ch.Path)
		}
	}
	if s.held != nil && c.newRules {
		c.before = s.held.AsOf(c.judged)
	}
	if s.held == nil || c.newRules {
		c.newRules = true
		was := s.held
		if s.held = s.rules.Tree(); was != nil {
			if people, complete := rule.Differing(was, s.held); complete {
				c.people = people
			}
		}
	}
	rules := s.held.AsOf(c.judged)
	step := func(it *item) bool {
		it.commit, it.rules, it.done = c, rules, make(chan struct{})
		if it.path != "" {
			if it.before = s.last[it.path]; it.kind != merged {
				s.last[it.path] = it
			}
		}
		return yield(it, nil)
	}
	if c.newRules {
		for _, path := range slices.Sorted(maps.Keys(s.last)) {
			if !touched[path] && !step(&item{kind: judged, path: path}) {
				return false
			}
		}
	}
	for _, ch := range c.Changes {
		if !tree.IsEscalation(ch.Path) {
			continue
		}
		it := &item{kind: changed, path: ch.Path, change: ch, data: ch.Data}
		it.change.Data = nil
		if present(ch) {
			it.entry = ch.New
		}
		if !step(it) {
			return false
		}
	}
	for _, m := range c.Merged {
		it := &item{kind: merged, path: m.Path, change: m.Change, data: m.Data, parent: m.Parent}
		it.change.Data = nil
		if !step(it) {
			return false
		}
	}
	return step(&item{kind: ended})
}

// later returns the later time of a commit that is not of the future; otherwise
// where each is.
func (o Options) later(authored, committed, otherwise time.Time) time.Time {
	var at time.Time
	for _, t := range []time.Time{authored, committed} {
		if t.After(at) && (o.Now.IsZero() || !t.After(o.Now)) {
			at = t
		}
	}
	if at.IsZero() {
		return otherwise
	}
	return at
}

// present reports whether a commit left a file.
func present(c git.Change) bool { return c.New.ID != "" && c.New.Mode.IsRegular() }
