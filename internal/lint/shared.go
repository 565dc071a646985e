package lint

import (
	"maps"
	"slices"

	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// Shared judges what no escalation is alone about: the directory, the policy,
// what stands in the wrong place, and what files do to each other. The register has
// every file of the tree; had returns what was there of an escalation in the version
// that t is compared with, and is nil where that is none.
func (l *Linter) Shared(t *tree.Tree, r *rule.Register, had func(path string) (rule.Brief, bool)) []finding.Finding {
	return l.shared(t, r, had).all(r.Groups(func(*rule.Rule) bool { return true }))
}

// register makes the register of a tree of which the briefs are known.
func (l *Linter) register(t *tree.Tree, briefs []rule.Brief) *rule.Register {
	r := rule.NewRegister(l.rules, t.Policy)
	for _, b := range briefs {
		r.Put(b)
	}
	for _, name := range t.Names {
		if _, there := r.Brief(name); !there {
			r.Put(rule.Brief{Path: name})
		}
	}
	return r
}

// shared is a judgement of what no escalation is alone about.
type shared struct {
	*Linter
	whole *rule.Whole
	// found is what is said already, verdicts what can be.
	found    []finding.Finding
	verdicts []rule.Verdict
}

func (l *Linter) shared(t *tree.Tree, r *rule.Register, had func(path string) (rule.Brief, bool)) *shared {
	return &shared{Linter: l, whole: &rule.Whole{Tree: t, Register: r, Had: had, KnownZone: l.knownZone}}
}

// all judges the rules, and some groups of the files, and says what it finds.
func (s *shared) all(groups []rule.GroupID) []finding.Finding {
	s.rules()
	s.files(groups)
	return append(s.found, s.say(s.verdicts)...)
}

// rules judges the directory and the policy, and tells what stands in the wrong place.
func (s *shared) rules() {
	t := s.whole.Tree
	s.found = slices.Clone(t.Findings)
	s.cite(s.found)
	policy := s.file(t, t.PolicyFile, schema.KindPolicy)
	people := s.file(t, t.PeopleFile, schema.KindPeople)
	s.found = slices.Concat(s.found, policy.findings, people.findings)
	for _, r := range s.judges(t, func(r *rule.Rule) bool { return r.Whole != nil }) {
		for _, f := range s.whole.Judge(r) {
			if !(f.Path == tree.PolicyPath && policy.told.covers(f.Field)) && !(f.Path == tree.PeoplePath && people.told.covers(f.Field)) {
				s.found = append(s.found, f)
			}
		}
	}
}

// files judges what files do to each other, in some groups of them.
func (s *shared) files(groups []rule.GroupID) {
	s.verdicts = s.whole.Among(groups, func(r *rule.Rule) bool { return able(s.whole.Tree, r) })
	s.onePlace()
}

// onePlace leaves out of what is told of a file that stands in the wrong place what
// says the same in other words: that its name is no name (P40).
func (s *shared) onePlace() {
	portable := map[string]bool{}
	for _, v := range s.verdicts {
		if v.Rule == "id-portable" {
			portable[v.Path] = true
		}
	}
	s.found = slices.DeleteFunc(s.found, func(f finding.Finding) bool {
		return (f.Rule == "file-place" || f.Rule == "file-unknown") && portable[f.Path]
	})
}

// say says verdicts, but for what is told of the same value already.
func (s *shared) say(verdicts []rule.Verdict) []finding.Finding {
	found := s.whole.Say(verdicts)
	return slices.DeleteFunc(found, func(f finding.Finding) bool {
		return f.Path == tree.PeoplePath && s.file(s.whole.Tree, s.whole.PeopleFile, schema.KindPeople).told.covers(f.Field)
	})
}

// fresh returns what is not among the faults counted.
func (s *shared) fresh(old finding.Tally) []finding.Finding {
	found := old.New(s.found)
	var verdicts []rule.Verdict
	for _, v := range s.verdicts {
		if !old.Has(v.Kin()) {
			verdicts = append(verdicts, v)
		}
	}
	return append(found, s.say(verdicts)...)
}

// tally counts what was found.
func (s *shared) tally() finding.Tally {
	t := finding.TallyOf(s.found)
	if t == nil {
		t = finding.Tally{}
	}
	for _, v := range s.verdicts {
		t[v.Kin()]++
	}
	return t
}

// Follower judges what no escalation is alone about, of one version of a tree after
// the other. A version costs what it changes, however many files there are.
type Follower struct {
	*Linter
	before   *tree.Tree // nil before the first
	register *rule.Register
}

// Follow returns a Follower that has seen no version yet.
func (l *Linter) Follow() *Follower { return &Follower{Linter: l} }

// Next judges the next version, and returns what the one before had not. What time
// alone makes wrong is not new: both are judged as of the time of t. briefs are those
// of the escalations that it changed, by path, nil where one is gone; where the policy
// changed, those of all.
func (f *Follower) Next(t *tree.Tree, briefs map[string]*rule.Brief) []finding.Finding {
	first := f.before == nil
	if first {
		f.before, f.register = t, rule.NewRegister(f.rules, t.Policy)
	}
	newRules := first || !sameRules(f.before, t)
	newPolicy := first || !tree.SameFile(f.before.PolicyFile, t.PolicyFile)
	beside := newRules || !sameList(f.before.Findings, t.Findings)
	changed := f.changed(t, briefs, beside)
	if !beside && len(changed) == 0 {
		return nil
	}
	was := map[string]rule.Brief{}
	touched := map[rule.GroupID]bool{}
	touch := func(b rule.Brief) {
		for _, id := range f.register.GroupsOf(b) {
			touched[id] = true
		}
	}
	for path, b := range changed {
		if had, there := f.register.Brief(path); there {
			was[path] = had
			touch(had)
		}
		if b != nil {
			touch(*b)
		}
	}
	judge := func(t *tree.Tree, had func(string) (rule.Brief, bool)) *shared {
		s := f.shared(t, f.register, had)
		if beside {
			s.rules()
		}
		groups := maps.Clone(touched)
		if newRules {
			for _, id := range f.register.Groups(func(r *rule.Rule) bool { return newPolicy || r.Directory }) {
				groups[id] = true
			}
		}
		s.files(slices.Collect(maps.Keys(groups)))
		return s
	}
	var old finding.Tally
	if !first {
		old = judge(f.before.AsOf(t.Authored), nil).tally()
	}
	if newPolicy {
		f.register = f.register.Under(t.Policy)
	}
	for path, b := range changed {
		if b == nil {
			f.register.Remove(path)
		} else {
			f.register.Put(*b)
		}
	}
	now := judge(t, func(path string) (rule.Brief, bool) {
		if _, is := changed[path]; !is {
			return f.register.Brief(path)
		}
		b, there := was[path]
		return b, there
	})
	f.before = t
	return now.fresh(old)
}

// changed returns the briefs of files that are not as they were. beside says that this
// may be also some that are no escalation.
func (f *Follower) changed(t *tree.Tree, briefs map[string]*rule.Brief, beside bool) map[string]*rule.Brief {
	changed := map[string]*rule.Brief{}
	for path, b := range briefs {
		was, there := f.register.Brief(path)
		if there && (b == nil || !was.Equal(*b)) || !there && b != nil {
			changed[path] = b
		}
	}
	if !beside {
		return changed
	}
	for _, name := range t.Names {
		b, told := briefs[name]
		if _, there := f.register.Brief(name); b == nil && (told || !there) {
			changed[name] = &rule.Brief{Path: name}
		}
	}
	for _, path := range f.register.Strays() {
		if _, there := slices.BinarySearch(t.Names, path); !there && briefs[path] == nil {
			changed[path] = nil
		}
	}
	return changed
}

// sameList reports whether two lists are one: who follows a tree makes a new one where
// anything changes.
func sameList(a, b []finding.Finding) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}
