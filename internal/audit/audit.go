// Package audit replays a history: which commit broke which rule, and how well
// each escalation kept its cadence (P25, P26).
//
// Each commit is judged as `lint --base` judges a change of that one commit:
// what the tree is, and what changed in it. A fault that was there before is
// not told again. What has to do with when a commit was written (update-in-time)
// is left to lint.
package audit

import (
	"context"
	"io/fs"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/calendar"
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

// Options says what is replayed.
type Options struct {
	// To is the last commit; From, where it is set, the one after which the
	// replay begins. Both are ids in full.
	From, To string
	// Tell takes each violation, in the order of the commits.
	Tell func(Violation) error
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
	r := &replay{
		judge: judge{linter, check}, tell: o.Tell, now: tree.Follow(check), shared: map[finding.Key]int{}, courses: map[string]*followed{},
		policies: policies{calendars: map[place]*calendar.Calendar{}},
	}
	if o.From != "" {
		for c, err := range repo.Log(ctx, git.LogOptions{To: o.From, FirstParent: true}) {
			if err != nil {
				return Result{}, err
			}
			r.from = c.CommitTime
			break
		}
	}
	s := &sequence{ctx: ctx, repo: repo, o: o, rules: tree.Follow(check), last: map[string]*item{}}
	for it, err := range history.Ahead(s.items(), r.judge.work) {
		if err == nil {
			err = r.take(it)
		}
		if err != nil {
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

// item is one step of the replay. The steps of a commit stand together, and
// end with one of the kind ended.
type item struct {
	kind   kind
	commit *commit
	// rules has the directory and the policy of the moment, and nothing else.
	rules *tree.Tree
	path  string
	entry git.Entry
	data  []byte
	// before is the step before of the same file, nil at the first.
	before *item

	done  chan struct{} // closed when what follows is there
	after *state
	found []finding.Finding // what is new
}

type kind int

const (
	changed kind = iota // a file of an escalation is new, another or gone
	judged              // one is the same, but directory or policy changed
	ended               // the commit is complete
)

// commit is what the steps of one commit share.
type commit struct {
	git.Commit
	effective time.Time
	// base says that this is the state before the first commit, which nobody
	// is told of.
	base     bool
	newRules bool
}

// sequence makes steps of commits.
type sequence struct {
	ctx   context.Context
	repo  *git.Repo
	o     Options
	rules *tree.Tree
	held  *tree.Tree // a copy of rules, for those who judge
	last  map[string]*item
	clock history.Clock
}

// wanted reports whether a content is read.
func wanted(c git.Change) bool {
	return c.New.Mode.IsRegular() && history.Differs(c) && (tree.IsEscalation(c.Path) || isRules(c.Path))
}

func isRules(path string) bool { return path == tree.PeoplePath || path == tree.PolicyPath }

func (s *sequence) items() iter.Seq2[*item, error] {
	return func(yield func(*item, error) bool) {
		started := false
		for c, err := range s.repo.Log(s.ctx, git.LogOptions{From: s.o.From, To: s.o.To, FirstParent: true, Reverse: true, Contents: wanted}) {
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
		ch := git.Change{Path: name, New: git.Entry{Mode: d.Type() | 0o644, ID: files.Blob(name)}}
		if wanted(ch) {
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
	if s.held == nil || c.newRules {
		c.newRules = true
		held := *s.rules
		s.held = &held
	}
	step := func(it *item) bool {
		it.commit, it.rules, it.done = c, s.held, make(chan struct{})
		if it.path != "" {
			it.before = s.last[it.path]
			s.last[it.path] = it
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
		it := &item{kind: changed, path: ch.Path, data: ch.Data}
		if present(ch) {
			it.entry = ch.New
		}
		if !step(it) {
			return false
		}
	}
	return step(&item{kind: ended})
}

// present reports whether a commit left a file.
func present(c git.Change) bool { return c.New.ID != "" && c.New.Mode.IsRegular() }

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
	// found counts the faults by kin.
	found map[finding.Key]int
	// bare is what is found without the document, once it was asked for.
	bare []bare
}

// bare is a fault without a place.
type bare struct {
	rule, field string
	level       finding.Level
}

// judge judges one step.
type judge struct {
	*lint.Linter
	check *shape.Checker
}

// work fills in what follows from a step. It runs on any core.
func (j judge) work(it *item) {
	defer close(it.done)
	switch it.kind {
	case changed:
		j.changed(it)
	case judged:
		<-it.before.done
		j.again(it, it.before.after)
	}
	it.before, it.data = nil, nil // or the whole history would stay
}

// changed judges a version, and what changed in it.
func (j judge) changed(it *item) {
	it.after = &state{entry: it.entry, rules: it.rules}
	var e *tree.Escalation
	var found []finding.Finding
	if it.entry.ID != "" {
		e = tree.Read(it.path, it.data, j.check)
		found = j.Escalation(it.rules, e)
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
		it.after.readable = it.after.judgement
	}
	it.after.escalation = slim(e)
}

// transition judges what changed since the last version that could be read. That
// is read again only where there is something to tell, for what it said.
func (j judge) transition(it *item, e *tree.Escalation, found []finding.Finding) (rest, told []finding.Finding) {
	step := lint.Step{After: e}
	if it.after.readable != nil {
		step.Before, step.Base = it.after.readable.escalation, it.after.readable.commit
	}
	rest, told = j.Transition(it.rules, step, slices.Clone(found))
	if len(told) == 0 || step.Before == nil {
		return rest, told
	}
	step.Before = tree.Read(it.path, it.after.readable.data, j.check)
	return j.Transition(it.rules, step, slices.Clone(found))
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
	found := j.Escalation(it.rules, e)
	now.judgement = judgementOf(e, found, it.rules)
	now.commit = was.commit
	now.escalation = slim(e)
	now.readable = now.judgement
	it.found = added(found, was)
}

// bare returns what is found of what an escalation says.
func (j judge) bare(rules *tree.Tree, e *tree.Escalation) []bare {
	list := []bare{}
	for _, f := range j.Escalation(rules, e) {
		list = append(list, bare{f.Rule, f.Field, f.Level})
	}
	return list
}

func judgementOf(e *tree.Escalation, found []finding.Finding, rules *tree.Tree) *judgement {
	return &judgement{
		escalation: e, data: e.Data, brief: rule.NewBrief(e, rules.Policy), found: count(found),
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

// count counts faults by kin.
func count(found []finding.Finding) map[finding.Key]int {
	if len(found) == 0 {
		return nil
	}
	had := map[finding.Key]int{}
	for _, f := range found {
		had[f.Kin()]++
	}
	return had
}

// added returns the faults that a file had neither before nor in its last
// version that could be read.
func added(found []finding.Finding, was *state) []finding.Finding {
	if was == nil {
		return found
	}
	had := map[finding.Key]int{}
	for _, j := range []*judgement{was.judgement, was.readable} {
		if j != nil {
			for k, n := range j.found {
				had[k] = max(had[k], n)
			}
		}
	}
	return without(found, had)
}

// without returns the faults that are not among those counted in had.
func without(found []finding.Finding, had map[finding.Key]int) []finding.Finding {
	var list []finding.Finding
	for _, f := range found {
		if k := f.Kin(); had[k] > 0 {
			had[k]--
		} else {
			list = append(list, f)
		}
	}
	return list
}

// replay takes in the steps in their order.
type replay struct {
	judge
	tell   func(Violation) error
	result Result

	now      *tree.Tree // the tree after the last commit
	briefs   []rule.Brief
	shared   map[finding.Key]int // what is told of no file alone
	policies policies
	courses  map[string]*followed
	from     time.Time
	horizon  time.Time

	found        []finding.Finding // of this commit
	begun        bool              // there was a folder of escalations
	dirty        bool              // shared must be judged anew
	gone, opened []*followed
}

// followed is an escalation that the replay follows.
type followed struct {
	path   string
	course course
	state  *state
	// version is its last version, last the last one that could be read, and
	// blob the id of its last content.
	version, last *tree.Escalation
	blob          string
	back          bool // it was gone, and came back with this commit
}

// take takes in one step.
func (r *replay) take(it *item) error {
	if it.kind == ended {
		return r.end(it.commit, it.rules)
	}
	f := r.courses[it.path]
	if f == nil {
		f = &followed{path: it.path}
		r.courses[it.path] = f
	}
	was := f.state
	f.state = it.after
	r.found, it.found = append(r.found, it.found...), nil
	r.brief(it.path, it.after)
	if it.kind == judged {
		return nil
	}
	r.dirty = r.dirty || (was == nil || was.judgement == nil) != (it.after.judgement == nil)
	had := was != nil && was.entry.ID != ""
	switch {
	case it.after.entry.ID == "" && had:
		f.course.end(it.commit.effective)
		r.gone = append(r.gone, f)
		return nil
	case it.after.entry.ID == "":
		return nil
	case !had:
		f.back = was != nil
		r.opened = append(r.opened, f)
	}
	e := it.after.escalation
	f.version, f.blob = e, it.after.entry.ID
	if !e.Broken() {
		var before *schema.Escalation
		if f.last != nil {
			before = &f.last.Escalation
		}
		f.course.follow(before, &e.Escalation, it.commit.effective)
		f.last = e
	}
	return nil
}

// brief takes in what the rules about several files need of one.
func (r *replay) brief(path string, s *state) {
	i, had := slices.BinarySearchFunc(r.briefs, path, func(b rule.Brief, path string) int { return strings.Compare(b.Path, path) })
	switch {
	case s.judgement == nil && had:
		r.briefs = slices.Delete(r.briefs, i, i+1)
	case s.judgement == nil:
		return
	case !had:
		r.briefs = slices.Insert(r.briefs, i, s.brief)
	case r.briefs[i] == s.brief:
		return
	default:
		r.briefs[i] = s.brief
	}
	r.dirty = true
}

// end completes a commit.
func (r *replay) end(c *commit, rules *tree.Tree) error {
	if !c.base {
		r.result.Commits++
	}
	r.horizon = c.effective
	if c.newRules {
		r.now.People, r.now.PeopleFile, r.now.Policy, r.now.PolicyFile = rules.People, rules.PeopleFile, rules.Policy, rules.PolicyFile
		r.policies.add(c.effective, rules.Policy)
		r.dirty = true
	}
	for _, ch := range c.Changes {
		switch {
		case present(ch) && isRules(ch.Path):
		case ch.New.ID == "":
			r.now.Remove(ch.Path)
		default:
			r.now.Put(ch.Path, ch.New.Mode, ch.Data)
		}
		r.dirty = r.dirty || !tree.IsEscalation(ch.Path)
	}
	r.begun = r.begun || len(c.Changes) > 0
	if r.dirty && r.begun {
		now := *r.now
		now.PeopleFile, now.PolicyFile = own(now.PeopleFile), own(now.PolicyFile)
		found := r.Shared(&now, r.briefs)
		had := r.shared
		r.shared = count(found)
		r.found = append(r.found, without(found, had)...)
	}
	r.vanished(c)
	var err error
	if !c.base && len(r.found) > 0 {
		err = r.report(c)
	}
	for _, f := range r.opened {
		f.back = false
	}
	r.found, r.gone, r.opened, r.dirty = nil, nil, nil, false
	c.Changes = nil // the last step of each file keeps its commit
	return err
}

// own is a file that may be changed: to judge one takes out what is told, and
// others judge by the same directory and policy meanwhile.
func own(f *tree.File) *tree.File {
	if f == nil {
		return nil
	}
	mine := *f
	doc := *f.Document
	mine.Document, mine.Faults = &doc, slices.Clone(f.Faults)
	return &mine
}

// vanished judges that files are gone. One that goes back to the name that it
// had before is as it should be.
func (r *replay) vanished(c *commit) {
	taken := map[*followed]bool{}
	for _, g := range r.gone {
		if r.misnamed(g, c) {
			continue // that is told, with the name that it must have
		}
		v := &rule.Vanished{Before: g.version}
		if len(c.Parents) > 0 {
			v.Base = c.Parents[0]
		}
		i := slices.IndexFunc(r.opened, func(o *followed) bool { return !taken[o] && successor(g, o) })
		if i >= 0 {
			taken[r.opened[i]] = true
			if r.opened[i].back {
				continue
			}
			v.Now = r.opened[i].version
		}
		r.found = append(r.found, r.Vanished(v)...)
	}
}

// misnamed reports whether a file now stands under a name that no escalation can
// have, or something else, such as a link, in its place.
func (r *replay) misnamed(g *followed, c *commit) bool {
	return slices.ContainsFunc(r.now.Findings, func(f finding.Finding) bool {
		return f.Path == g.version.Path || f.Rule == "file-place" && slices.ContainsFunc(c.Changes, func(ch git.Change) bool {
			return ch.New.ID == g.blob && ch.Path == f.Path
		})
	})
}

// successor reports whether an escalation is one that had another name before.
func successor(gone, opened *followed) bool {
	before, now := gone.version, opened.version
	return gone.blob == opened.blob || !before.Broken() && !now.Broken() && before.Customer == now.Customer && before.Opened == now.Opened
}

// report tells what a commit brought in.
func (r *replay) report(c *commit) error {
	finding.Sort(r.found)
	for _, f := range r.found {
		if f.Level == finding.Error {
			r.result.Errors++
		} else {
			r.result.Warnings++
		}
		v := Violation{Finding: f, Commit: c.ID, Author: c.AuthorName, Subject: c.Subject, At: c.CommitTime}
		if err := r.tell(v); err != nil {
			return err
		}
	}
	return nil
}
