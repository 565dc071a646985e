// Package lint judges a tree: it reads each file once, lets the rules look at
// it, and returns what they find, one finding for one mistake.
package lint

import (
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
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
	l := &linter{tree: t, rules: rules}
	report := finding.Report{Files: len(t.Names), Findings: slices.Clone(t.Findings)}
	l.cite(report.Findings)
	policy := l.file(t.PolicyFile, schema.KindPolicy)
	people := l.file(t.PeopleFile, schema.KindPeople)
	briefs, found := l.escalations()
	report.Findings = slices.Concat(report.Findings, policy.findings, people.findings, found)

	whole := &rule.Whole{Tree: t, Escalations: briefs, KnownZone: l.knownZone}
	for _, r := range l.judges(func(r *rule.Rule) bool { return r.Whole != nil }) {
		for _, f := range whole.Judge(r) {
			if !(f.Path == tree.PolicyPath && policy.told.covers(f.Field)) && !(f.Path == tree.PeoplePath && people.told.covers(f.Field)) {
				report.Findings = append(report.Findings, f)
			}
		}
	}
	finding.Sort(report.Findings)
	return report
}

type linter struct {
	tree  *tree.Tree
	rules *rule.Set
	zones sync.Map // schema.Zone to bool
}

// judges returns the rules that want is true of, but for those that need a
// policy that is not what it should be.
func (l *linter) judges(want func(*rule.Rule) bool) []*rule.Rule {
	var list []*rule.Rule
	all := l.rules.Rules()
	for i := range all {
		if want(&all[i]) && !(all[i].NeedsPolicy && l.tree.PolicyFile.Unreliable()) {
			list = append(list, &all[i])
		}
	}
	return list
}

// escalations judges every escalation, on all cores.
func (l *linter) escalations() ([]rule.Brief, []finding.Finding) {
	judges := l.judges(func(r *rule.Rule) bool { return r.Escalation != nil })
	paths := l.tree.Paths
	briefs := make([]rule.Brief, len(paths))
	found := make([][]finding.Finding, runtime.GOMAXPROCS(0))
	var next atomic.Int64
	var workers sync.WaitGroup
	for w := range found {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(paths); i = int(next.Add(1)) - 1 {
				e := l.tree.Load(paths[i])
				found[w] = append(found[w], l.escalation(e, judges)...)
				briefs[i] = rule.NewBrief(e, l.tree.Policy)
			}
		})
	}
	workers.Wait()
	return briefs, slices.Concat(found...)
}

func (l *linter) escalation(e *tree.Escalation, judges []*rule.Rule) []finding.Finding {
	c := &rule.Case{Escalation: e, Tree: l.tree, KnownZone: l.knownZone}
	v := l.shape(c, &e.File, schema.KindEscalation)
	if e.Broken {
		return v.findings
	}
	for _, r := range judges {
		for _, f := range c.Judge(r) {
			if !v.told.covers(f.Field) && !misread(e.Findings, f.Place) {
				v.findings = append(v.findings, f)
			}
		}
	}
	return v.findings
}

// verdict is what is said of a file so far, and the values that it is said of.
type verdict struct {
	findings []finding.Finding
	told     pointers
}

func (l *linter) file(f *tree.File, kind schema.Kind) verdict {
	if f == nil {
		return verdict{}
	}
	return l.shape(nil, f, kind)
}

// shape tells what reading found and what does not fit the schema, the latter
// under the rules that it breaks.
func (l *linter) shape(c *rule.Case, f *tree.File, kind schema.Kind) verdict {
	v := verdict{findings: f.Findings, told: slices.Clone(pointers(f.Unread))}
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
	if kind == schema.KindPeople && f.Faulty("/people") {
		// Without it every other key is one that is out of place.
		f.Faults = slices.DeleteFunc(f.Faults, func(x shape.Fault) bool { return x.Pointer != "/people" })
	}
	for i, fault := range f.Faults {
		if f.Broken && fault.Conditional() {
			continue // what it depends on may be what could not be read
		}
		if v.told.covers(fault.Pointer) || misread(f.Findings, fault.Place(f.Document)) {
			continue
		}
		found := l.fault(c, f.Document, kind, fault)
		if i == finding.Most {
			found.Message, found.Hint = "there are more faults from here on, and the file was judged no further", "mend those above first, then check again"
			v.findings = append(v.findings, found)
			f.Broken = true
			break
		}
		v.findings = append(v.findings, found)
	}
	for _, fault := range f.Faults {
		v.told = append(v.told, fault.Pointer)
	}
	return v
}

// cite says of findings made where the rules are not known what their rules
// cite.
func (l *linter) cite(found []finding.Finding) {
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

func (l *linter) fault(c *rule.Case, doc *document.Document, kind schema.Kind, f shape.Fault) finding.Finding {
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
func (l *linter) knownZone(z schema.Zone) bool {
	if known, ok := l.zones.Load(z); ok {
		return known.(bool)
	}
	_, err := time.LoadLocation(string(z))
	l.zones.Store(z, err == nil)
	return err == nil
}
