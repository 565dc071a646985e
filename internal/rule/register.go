package rule

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/document"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// Brief is what the rules about several files need of one escalation. The file
// itself is not kept: ten thousand of them would fill the memory. Of a file that is
// none it has the path alone.
type Brief struct {
	Path     string
	ID       schema.ID
	Open     bool
	Severity schema.Severity
	Region   schema.RegionName
	Channel  schema.ChannelName
	Previous schema.ID
	// Customer is the customer's name as names are compared.
	Customer    string
	Opened      time.Time
	Related     []schema.ID
	DuplicateOf schema.ID
}

// Equal reports whether the rules see no difference between two.
func (b Brief) Equal(other Brief) bool { return reflect.DeepEqual(b, other) }

// NewBrief makes a Brief of an escalation.
func NewBrief(e *tree.Escalation, p schema.Policy) Brief {
	if e.Broken() { // nothing is known of it but its name
		return Brief{Path: e.Path, ID: e.ID}
	}
	b := Brief{
		Path: e.Path, ID: e.ID, Open: process.Open(&e.Escalation), Severity: e.Severity, Region: e.Account.Region,
		Channel: process.Channel(e.ID, &e.Escalation, p), Previous: e.Previous,
		Customer: process.SameCustomer(e.Customer), Opened: e.Opened.At.Time, Related: e.Related,
	}
	if e.Closure != nil {
		b.DuplicateOf = e.Closure.DuplicateOf
	}
	for _, f := range e.Faults { // what is told of a file is not told of two
		switch f.Pointer {
		default:
			if strings.HasPrefix(f.Pointer, "/related/") {
				b.Related = nil
			}
		case "/previous":
			b.Previous = ""
		case "/related":
			b.Related = nil
		case "/closure/duplicate_of":
			b.DuplicateOf = ""
		case "/channel":
			b.Channel = ""
		case "/closure":
			b.Open = false
		}
	}
	return b
}

// Register has the briefs of all files, in the groups in which the rules judge them.
// What one file changes concerns its groups and no other: to take it in, and to judge
// it, costs the same beside ten files and beside ten thousand.
type Register struct {
	rules  []*Rule
	policy schema.Policy
	files  map[string]*Brief
	groups map[GroupID][]*Brief // sorted by path
}

// GroupID names a group of a rule.
type GroupID struct{ rule, name string }

// NewRegister returns a register without files. The policy says which roles an
// escalation needs.
func NewRegister(rules *Set, p schema.Policy) *Register {
	r := &Register{policy: p, files: map[string]*Brief{}, groups: map[GroupID][]*Brief{}}
	for i := range rules.list {
		if rules.list[i].Among != nil {
			r.rules = append(r.rules, &rules.list[i])
		}
	}
	return r
}

// Under is a register with the same files under another policy.
func (r *Register) Under(p schema.Policy) *Register {
	under := &Register{rules: r.rules, policy: p, files: map[string]*Brief{}, groups: map[GroupID][]*Brief{}}
	for _, path := range slices.Sorted(maps.Keys(r.files)) {
		under.Put(*r.files[path])
	}
	return under
}

// Put takes in a file that is new, or another.
func (r *Register) Put(b Brief) {
	r.Remove(b.Path)
	r.files[b.Path] = &b
	for _, id := range r.GroupsOf(b) {
		if i, there := slices.BinarySearchFunc(r.groups[id], b.Path, byPath); !there {
			r.groups[id] = slices.Insert(r.groups[id], i, &b)
		}
	}
}

// Remove takes in that a file is no longer there.
func (r *Register) Remove(path string) {
	b, there := r.files[path]
	if !there {
		return
	}
	delete(r.files, path)
	for _, id := range r.GroupsOf(*b) {
		i, there := slices.BinarySearchFunc(r.groups[id], path, byPath)
		if !there {
			continue
		}
		if r.groups[id] = slices.Delete(r.groups[id], i, i+1); len(r.groups[id]) == 0 {
			delete(r.groups, id)
		}
	}
}

func byPath(b *Brief, path string) int { return strings.Compare(b.Path, path) }

// Brief returns what is there of a file.
func (r *Register) Brief(path string) (b Brief, there bool) {
	if b := r.files[path]; b != nil {
		return *b, true
	}
	return Brief{}, false
}

// Strays returns the paths of the files that are no escalation.
func (r *Register) Strays() []string {
	var list []string
	for path, b := range r.files {
		if b.ID == "" {
			list = append(list, path)
		}
	}
	return list
}

// Groups returns the groups, of those rules that want is true of, that have a file.
func (r *Register) Groups(want func(*Rule) bool) []GroupID {
	wanted := map[string]bool{}
	for _, rule := range r.rules {
		wanted[rule.Name] = want(rule)
	}
	var list []GroupID
	for id := range r.groups {
		if wanted[id.rule] {
			list = append(list, id)
		}
	}
	return list
}

// GroupsOf returns the groups in which a file stands, or would.
func (r *Register) GroupsOf(b Brief) []GroupID {
	var list []GroupID
	for _, rule := range r.rules {
		for _, name := range rule.Groups(&b, r.policy) {
			list = append(list, GroupID{rule.Name, name})
		}
	}
	return list
}

// latest is the time of the latest opening.
func (r *Register) latest() time.Time {
	var latest time.Time
	for _, b := range r.files {
		if b.Opened.After(latest) {
			latest = b.Opened
		}
	}
	return latest
}

// Group is a group of files under judgement.
type Group struct {
	*tree.Tree
	// Name is what its members have in common.
	Name string
	// Members are sorted by path.
	Members []*Brief

	whole    *Whole
	rule     *Rule
	verdicts *[]Verdict
}

// Verdict is what a rule found in a group. To say it may take reading the file: that
// is left until somebody is told.
type Verdict struct {
	rule  *Rule
	level finding.Level
	finding.Key
	file *tree.File // of which it is told; nil: the escalation's, which must be read
	say  func() Said
}

// Error reports that an escalation breaks the rule with the value at field.
func (g *Group) Error(b *Brief, field, value string, say func() Said) {
	g.tell(finding.Error, b.Path, nil, field, value, say)
}

// Warn reports what is worth knowing of an escalation, as Error does.
func (g *Group) Warn(b *Brief, field, value string, say func() Said) {
	g.tell(finding.Warning, b.Path, nil, field, value, say)
}

// ErrorOfName reports that the name of a file breaks the rule.
func (g *Group) ErrorOfName(b *Brief, say func() Said) {
	g.tell(finding.Error, b.Path, &tree.File{Document: &document.Document{Path: b.Path}}, "", "", say)
}

// WarnIn reports what is worth knowing about the directory or the policy.
func (g *Group) WarnIn(f *tree.File, field, value string, say func() Said) {
	g.tell(finding.Warning, f.Path, f, field, value, say)
}

func (g *Group) tell(level finding.Level, path string, f *tree.File, field, value string, say func() Said) {
	*g.verdicts = append(*g.verdicts, Verdict{g.rule, level, finding.Key{Path: path, Rule: g.rule.Name, Field: field, Value: value}, f, say})
}

// Among lets the rules that want is true of judge the groups with these names.
func (w *Whole) Among(groups []GroupID, want func(*Rule) bool) []Verdict {
	var verdicts []Verdict
	judges := map[string]*Rule{}
	for _, r := range w.Register.rules {
		if want(r) {
			judges[r.Name] = r
		}
	}
	for _, id := range groups {
		if r, members := judges[id.rule], w.Register.groups[id]; r != nil && len(members) > 0 {
			r.Among(&Group{Tree: w.Tree, whole: w, Name: id.name, Members: members, rule: r, verdicts: &verdicts})
		}
	}
	return verdicts
}

// Say says verdicts, but of each rule no more than anybody reads, in the order of the
// files.
func (w *Whole) Say(verdicts []Verdict) []finding.Finding {
	slices.SortFunc(verdicts, func(a, b Verdict) int {
		return cmp.Or(strings.Compare(a.Rule, b.Rule), strings.Compare(a.Path, b.Path), strings.Compare(a.Field, b.Field), strings.Compare(a.Value, b.Value))
	})
	var found []finding.Finding
	var told finding.List
	for i, v := range verdicts {
		if i == 0 || v.rule != verdicts[i-1].rule {
			found, told = append(found, told.Findings()...), finding.List{Rest: restOfKind}
		}
		if told.Full() {
			continue
		}
		file, said := v.file, v.say()
		if file == nil {
			file = &w.Load(v.Path).File
		}
		f := told.Take(v.rule.finding(v.level, file.Document, v.Field, said.Message, said.Hint))
		f.Value, f.With, f.Fixes = v.Value, said.With, said.fixes(file.Document, v.Field)
		if said.Cites != nil {
			f.Cites = said.Cites
		}
	}
	return append(found, told.Findings()...)
}
