package lint

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/escalations-as-code/escalate/internal/change"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// Base is the version that a tree is compared with.
type Base struct {
	*tree.Tree
	// Commit is the id of the commit, for what to write to have a file back.
	Commit string
	// Authored returns when the commit that wrote a fact into a file was authored;
	// false where none is committed. nil: no commit is judged.
	Authored func(path string, fact change.Fact) (at time.Time, committed bool)
	// Stood returns what stood last at paths that the base lacks, of those that ever
	// were the file of an escalation (P36). nil: that is not asked.
	Stood func(paths []string) map[string]*tree.Escalation
	// Pending returns since when the Product DRI of an escalation is pending that the
	// base has (P9); zero where that is not known. nil: that is not asked.
	Pending func(path string) time.Time
	// Beside is what is known of escalations that both versions have and of which there
	// are no files here: the others are judged by it, and only of what they touch. It is
	// what it was once they are judged. nil: there are none.
	Beside *rule.Register
}

// Against judges a tree as Run does, and what changed in it since base. A
// finding that base has as well, in the same file, by the same rule, of the
// same field and value, is not New. Of the base only what that takes is judged.
func Against(base Base, t *tree.Tree, rules *rule.Set) finding.Report {
	base.Tree = base.AsOf(t.Authored) // what time alone makes wrong is not new
	a := &against{Linter: New(rules), base: base, head: t, changed: map[string]bool{}}
	a.sameRules = sameRules(base.Tree, t)
	if base.Stood != nil {
		a.stood = base.Stood(slices.DeleteFunc(slices.Clone(t.Paths), a.base.Has))
	}
	briefs, found := a.escalations(t, a.escalation)
	shared := a.whole(t, briefs, a.had)
	a.compare(found, shared, briefs)
	return a.report(t, slices.Concat(found, shared, a.transitions, a.vanished()))
}

// Edited returns what is New where one escalation of a tree is another than in base, and
// nothing else. The other files are read only where that changes what files do to each
// other.
func Edited(base Base, t *tree.Tree, path string, rules *rule.Set) []finding.Finding {
	if base.Has(path) && rule.NewBrief(base.Load(path), base.Policy).Equal(rule.NewBrief(t.Load(path), t.Policy)) {
		base.Tree, t, base.Beside = base.Only(tree.ID(path)), t.Only(tree.ID(path)), nil
	}
	return slices.DeleteFunc(Against(base, t, rules).Findings, func(f finding.Finding) bool { return !f.New })
}

type against struct {
	*Linter
	base Base
	head *tree.Tree
	// sameRules reports that directory and policy are those of the base: then a
	// file that did not change has the findings that it had.
	sameRules bool
	// stood is what stood in files that the base lacks, before they were deleted.
	stood map[string]*tree.Escalation

	mu          sync.Mutex
	changed     map[string]bool       // the files that are new or not what they were
	groups      map[rule.GroupID]bool // those that the escalations of head and base are in
	transitions []finding.Finding
}

// whole is Shared of a version of which the briefs are known, beside the escalations
// without files.
func (a *against) whole(t *tree.Tree, briefs []rule.Brief, had func(path string) (rule.Brief, bool)) []finding.Finding {
	r := a.base.Beside
	if r == nil {
		return a.Shared(t, a.register(t, briefs), had)
	}
	if a.groups == nil {
		a.groups = map[rule.GroupID]bool{}
		for _, b := range slices.Concat(briefs, a.baseBriefs(briefs)) {
			for _, id := range r.GroupsOf(b) {
				a.groups[id] = true
			}
		}
	}
	for _, b := range briefs {
		r.Put(b)
		defer r.Remove(b.Path)
	}
	return a.shared(t, r, had).all(slices.Collect(maps.Keys(a.groups)))
}

// escalation judges a file, and if it changed, how.
func (a *against) escalation(e *tree.Escalation) []finding.Finding {
	if tree.Same(a.base.Tree, a.head, e) {
		found := a.Linter.Escalation(a.head, e, e)
		for i := range found {
			found[i].New = !a.sameRules
		}
		return found
	}
	step := Step{Before: a.stood[e.Path], After: e}
	if a.base.Has(e.Path) {
		step.Before, step.Base = a.base.Load(e.Path), a.base.Commit
	}
	before := step.Before
	found := a.Linter.Escalation(a.head, e, before)
	if a.base.Authored != nil {
		step.Authored = func(fact change.Fact) (time.Time, bool) { return a.base.Authored(e.Path, fact) }
	}
	if a.base.Pending != nil && a.base.Has(e.Path) {
		step.Pending = func() time.Time { return a.base.Pending(e.Path) }
	}
	found, judged := a.Transition(a.head, step, found)
	judged = slices.Concat(judged, a.Together(a.base.Tree, a.head, step, slices.Concat(found, judged)))
	a.mu.Lock()
	defer a.mu.Unlock()
	a.changed[e.Path] = true
	a.transitions = append(a.transitions, judged...)
	return found
}

// Step is an escalation before and after a change.
type Step struct {
	// Before is nil where it is being opened.
	Before, After *tree.Escalation
	// Base names the commit of Before; empty where none is known.
	Base string
	// Authored returns when the commit that wrote a fact was authored. nil: no
	// commit is judged.
	Authored func(fact change.Fact) (at time.Time, committed bool)
	// Pending returns since when the Product DRI of Before is pending; zero where
	// that is not known. nil: that is not asked.
	Pending func() time.Time
}

// Transition judges what changed in an escalation of a tree. found is what was
// found of it as it is; rest is what is left of that where a rule of what
// changed says more of the same value.
func (l *Linter) Transition(t *tree.Tree, s Step, found []finding.Finding) (rest, judged []finding.Finding) {
	if s.After.Broken() {
		return found, nil
	}
	judged = l.transition(t, s, func(r *rule.Rule) bool { return r.Transition != nil })
	for _, f := range found {
		isTold := slices.ContainsFunc(judged, func(x finding.Finding) bool {
			return (x.Field == f.Field || x.Also != "" && x.Also == f.Field) && slices.ContainsFunc(x.Cites, func(p string) bool { return slices.Contains(f.Cites, p) })
		})
		if !isTold {
			rest = append(rest, f)
		}
	}
	return rest, judged
}

// Merged judges what a merge made of an escalation that another parent of it had:
// Before and Base are that parent's.
func (l *Linter) Merged(t *tree.Tree, s Step) []finding.Finding {
	if s.After.Broken() || !s.Before.Readable() {
		return nil
	}
	return l.transition(t, s, func(r *rule.Rule) bool { return r.Merges })
}

// transition judges what changed in an escalation by some rules.
func (l *Linter) transition(t *tree.Tree, s Step, want func(*rule.Rule) bool) []finding.Finding {
	c := rule.NewTransition(&rule.Pass{Escalation: s.After, Was: s.Before, Tree: t, KnownZone: l.knownZone}, s.Before)
	c.Base, c.Authored, c.Pending = s.Base, s.Authored, s.Pending
	v := verdict{told: slices.Clone(pointers(s.After.Unread))}
	for _, f := range s.After.Faults {
		if !f.Conditional() { // what is missing here may have been there
			v.told = append(v.told, f.Pointer)
		}
	}
	for _, r := range l.judges(t, want) {
		v.tell(c.Judge(r), s.After.Document)
	}
	return v.findings
}

// vanished judges that files are gone, or have other names.
func (a *against) vanished() []finding.Finding {
	n := Names{Astray: a.head.Findings, Base: a.base.Commit}
	for _, path := range a.base.Paths {
		if !a.head.Has(path) {
			e := a.base.Load(path)
			n.Gone = append(n.Gone, Named{Escalation: e, Content: string(e.Data)})
		}
	}
	if len(n.Gone) == 0 {
		return nil
	}
	for _, path := range slices.Sorted(maps.Keys(a.changed)) {
		if !a.base.Has(path) {
			e := a.head.Load(path)
			n.Opened = append(n.Opened, Named{Escalation: e, Content: string(e.Data)})
		}
	}
	n.Content = func(path string) string {
		data, err := a.head.ReadFile(path)
		if err != nil {
			return ""
		}
		return string(data)
	}
	return a.Vanished(n)
}

// compare marks the findings that the base has as well.
func (a *against) compare(found, shared []finding.Finding, briefs []rule.Brief) {
	if len(found)+len(shared) == 0 {
		return
	}
	var old []finding.Finding
	judged := map[string]bool{}
	for _, f := range found {
		if f.New && !judged[f.Path] && a.base.Has(f.Path) {
			judged[f.Path] = true
			was := a.base.Load(f.Path)
			old = append(old, a.Linter.Escalation(a.base.Tree, was, was)...)
		}
	}
	if len(shared) > 0 {
		old = append(old, a.whole(a.base.Tree, a.baseBriefs(briefs), nil)...)
	}
	had := finding.TallyOf(old)
	for _, list := range [][]finding.Finding{found, shared} {
		for i := range list {
			list[i].New = list[i].New && !had.Has(list[i].Kin())
		}
	}
}

// baseBriefs returns the briefs of the base, of which those of files that did
// not change are known.
func (a *against) baseBriefs(head []rule.Brief) []rule.Brief {
	known := map[string]rule.Brief{}
	if tree.SameFile(a.base.PolicyFile, a.head.PolicyFile) {
		for _, b := range head {
			if !a.changed[b.Path] {
				known[b.Path] = b
			}
		}
	}
	briefs := make([]rule.Brief, len(a.base.Paths))
	for i, path := range a.base.Paths {
		b, ok := known[path]
		if !ok {
			b = rule.NewBrief(a.base.Load(path), a.base.Policy)
		}
		briefs[i] = b
	}
	return briefs
}

// had returns what the base has of an escalation.
func (a *against) had(path string) (rule.Brief, bool) {
	if !a.base.Has(path) {
		if a.base.Beside == nil || a.head.Has(path) {
			return rule.Brief{}, false
		}
		return a.base.Beside.Brief(path)
	}
	return rule.NewBrief(a.base.Load(path), a.base.Policy), true
}
