// Package lint judges a tree, or what lies between two of them: it reads each
// file once, lets the rules look at it, and returns what they find, one finding
// for one mistake.
package lint

import (
	"slices"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // so that a zone is known or unknown on every machine alike

	"github.com/escalations-as-code/escalate/internal/document"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// Run judges a tree by a set of rules. It depends on nothing else: the same
// tree has the same findings wherever and whenever it is judged.
func Run(t *tree.Tree, rules *rule.Set) finding.Report {
	l := New(rules)
	briefs, found := l.escalations(t, func(e *tree.Escalation) []finding.Finding { return l.Escalation(t, e, nil) })
	return l.report(t, slices.Concat(l.Shared(t, l.register(t, briefs), nil), found))
}

// Linter judges by a set of rules, one file at a time. It can be used by
// several goroutines.
type Linter struct {
	rules *rule.Set
	zones sync.Map // schema.Zone to bool
}

// New returns a Linter.
func New(rules *rule.Set) *Linter { return &Linter{rules: rules} }

func (l *Linter) report(t *tree.Tree, found []finding.Finding) finding.Report {
	finding.Sort(found)
	return finding.Report{Files: len(t.Names), Findings: found}
}

// able reports whether a rule can judge: some need a policy that is what it should be.
func able(t *tree.Tree, r *rule.Rule) bool { return !r.NeedsPolicy || !t.PolicyFile.Unreliable() }

// judges returns the rules that want is true of, but for those that need a
// policy that is not what it should be.
func (l *Linter) judges(t *tree.Tree, want func(*rule.Rule) bool) []*rule.Rule {
	var list []*rule.Rule
	all := l.rules.Rules()
	for i := range all {
		if want(&all[i]) && able(t, &all[i]) {
			list = append(list, &all[i])
		}
	}
	return list
}

// escalations loads every escalation and lets judge look at it, on all cores.
func (l *Linter) escalations(t *tree.Tree, judge func(*tree.Escalation) []finding.Finding) ([]rule.Brief, []finding.Finding) {
	briefs := make([]rule.Brief, len(t.Paths))
	found := make([][]finding.Finding, len(t.Paths))
	t.Each(func(i int, e *tree.Escalation) {
		found[i] = judge(e)
		briefs[i] = rule.NewBrief(e, t.Policy)
	})
	return briefs, slices.Concat(found...)
}

// Escalation judges one escalation of a tree. was is the version that it is
// compared with; nil where it is new, or compared with none.
func (l *Linter) Escalation(t *tree.Tree, e, was *tree.Escalation) []finding.Finding {
	return l.escalation(&rule.Pass{Escalation: e, Was: was, Tree: t, KnownZone: l.knownZone}).findings
}

func (l *Linter) escalation(c *rule.Pass) verdict {
	v := l.shape(c, &c.File, schema.KindEscalation)
	if c.Broken() {
		return v
	}
	for _, r := range l.judges(c.Tree, func(r *rule.Rule) bool { return r.Escalation != nil }) {
		v.tell(c.Judge(r), c.Document)
	}
	return v
}

// tell takes in what a rule found, but for what is told already.
func (v *verdict) tell(found []finding.Finding, doc *document.Document) {
	for _, f := range found {
		switch {
		case v.told.covers(f.Field):
		case misread(doc.Findings, f.Place):
			v.mention(f)
		default:
			v.findings = append(v.findings, f)
		}
	}
}

// mention lets what was told of an @ before a name say whose handle is meant. That
// it is no handle is the same mistake.
func (v *verdict) mention(f finding.Finding) {
	if f.Rule != "known-person" {
		return
	}
	i := slices.IndexFunc(v.findings, func(at finding.Finding) bool {
		return at.Rule == "yaml-at" && at.Line == f.Line && at.Column <= f.Column && f.Column < at.EndColumn
	})
	if i < 0 {
		return
	}
	at := &v.findings[i]
	at.Hint, at.Fixes = f.Hint, nil
	if len(f.Fixes) == 1 {
		at.Fixes = slices.Clone(f.Fixes)
		at.Fixes[0].Start, at.Fixes[0].Line, at.Fixes[0].Column = at.Start, at.Line, at.Column
	}
}

// verdict is what is said of a file so far, and the values that it is said of.
type verdict struct {
	findings []finding.Finding
	told     pointers
}

func (l *Linter) file(t *tree.Tree, f *tree.File, kind schema.Kind) verdict {
	if f == nil {
		return verdict{}
	}
	return l.shape(&rule.Pass{Tree: t}, f, kind)
}

// shape tells what reading found and what does not fit the schema, the latter
// under the rules that it breaks.
func (l *Linter) shape(c *rule.Pass, f *tree.File, kind schema.Kind) verdict {
	v := verdict{findings: slices.Clone(f.Findings), told: slices.Clone(pointers(f.Unread))}
	l.cite(v.findings)
	for i := range v.findings {
		found := &v.findings[i]
		if found.Field != "" {
			v.told = append(v.told, found.Field)
			if kind == schema.KindEscalation {
				found.Cites = l.rules.CitesOf(found.Field)
			}
		}
	}
	told := finding.List{Rest: "there are more faults from here on, and the file was judged no further"}
	missing := kind == schema.KindPeople && f.Faulty("/people")
	for _, fault := range f.Faults {
		switch {
		case told.Full():
		case missing && fault.Pointer != "/people": // without it every other key is one that is out of place
		case f.Broken() && fault.Conditional(): // what it depends on may be what could not be read
		case v.told.covers(fault.Pointer):
		case misread(f.Findings, fault.Place(f.Document)):
			v.mention(l.fault(c, f.Document, kind, fault))
		default:
			told.Take(l.fault(c, f.Document, kind, fault))
		}
	}
	v.findings = append(v.findings, told.Findings()...)
	for _, fault := range f.Faults {
		v.told = append(v.told, fault.Pointer)
	}
	return v
}

// cite says of findings made where the rules are not known what their rules
// cite.
func (l *Linter) cite(found []finding.Finding) {
	for i := range found {
		if r, ok := l.rules.Lookup(found[i].Rule); ok {
			found[i].Cites = r.Cites
		}
	}
}

// misread reports whether what stands at a place was misread by YAML, which is
// told already: it will be another value when it is mended.
func misread(found []finding.Finding, at finding.Place) bool {
	return slices.ContainsFunc(found, func(f finding.Finding) bool {
		return f.Line == at.Line && (f.Column <= at.Column && at.Column < f.EndColumn || f.Rule == "yaml-syntax") ||
			f.Rule == "yaml-documents" && f.Line < at.Line
	})
}

func (l *Linter) fault(c *rule.Pass, doc *document.Document, kind schema.Kind, f shape.Fault) finding.Finding {
	told := l.rules.Owner(kind, f).Fault(c, doc, f)
	if kind == schema.KindEscalation && len(told.Cites) == 0 {
		field := f.Pointer
		meant, unknown := f.Unknown()
		if meant != "" {
			field = field[:strings.LastIndex(field, "/")] + document.Pointer(meant)
		}
		if !unknown || meant != "" {
			told.Cites = l.rules.CitesOf(field)
		}
	}
	return told
}

// pointers are values of which something was said.
type pointers []string

// covers reports whether something was said of the value at field, or of what
// it stands in: then one mistake would be told twice.
func (p pointers) covers(field string) bool {
	return slices.ContainsFunc(p, func(told string) bool {
		return field == told || strings.HasPrefix(field, told+"/")
	})
}

// knownZone remembers its answers: reading a time zone takes longer than
// judging a file.
func (l *Linter) knownZone(z schema.Zone) bool {
	if known, ok := l.zones.Load(z); ok {
		return known.(bool)
	}
	_, err := time.LoadLocation(string(z))
	l.zones.Store(z, err == nil)
	return err == nil
}
