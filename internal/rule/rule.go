// Package rule holds the rules that lint judges by. Each is one unit with its
// name, the rules of the process that it enforces, its explanation and a wrong
// and a right example; `escalate explain`, docs/rules.md and the tests all read
// from there. The rules of the process stand in a file each, named by the rule.
//
//go:generate go run ./generate
package rule

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/change"
	"github.com/escalations-as-code/escalate/internal/document"
	"github.com/escalations-as-code/escalate/internal/edit"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/nearest"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// Rule is one thing that lint checks.
type Rule struct {
	// Name is stable and kebab-case: it stands in findings and links.
	Name string
	// Cites names the rules of the process that this one enforces. None for
	// what any hand-written file must fulfil.
	Cites []string
	// Summary says in one line what must be so.
	Summary string
	// Why explains it to the person who met the finding.
	Why string
	// Reading says where this project read the process in its own way, and
	// which setting of the policy changes that. Empty where it did not.
	Reading string
	// Wrong and Right are examples; Wrong yields a finding of this rule, and
	// no other.
	Wrong, Right Example

	// Fields are the JSON pointers of the fields, each with all below it, whose
	// faults against the schema are told under this rule. The longest wins.
	Fields []string
	// Tell says such a fault in the rule's own words. Where it is nil or
	// returns no message, the fault says itself.
	Tell func(c *Pass, f shape.Fault) Said
	// NeedsPolicy says that the rule cannot judge where the policy is not what
	// it should be.
	NeedsPolicy bool
	// Escalation judges one escalation for what the schema cannot say.
	Escalation func(c *Pass)
	// Whole judges the directory and the policy.
	Whole func(w *Whole)
	// Groups names the groups of files, each the like of one channel or one customer,
	// in which a file stands that the rule judges beside others; Among judges one.
	Groups func(b *Brief, p schema.Policy) []string
	Among  func(g *Group)
	// Directory says that Among asks who is in the directory.
	Directory bool
	// Transition judges what changed in one escalation.
	Transition func(t *Transition)
	// Merges says that a merge is held to that against each of its parents: what one
	// of them has does not get lost in it.
	Merges bool
	// Vanished judges that the file of an escalation is no longer there. It
	// returns the file to tell it of, and what to tell.
	Vanished func(v *Vanished) (path, message, hint string)
}

// Said is a fault in a rule's own words.
type Said struct {
	// At is the JSON pointer of the value to point at; empty: where the fault
	// is.
	At            string
	Message, Hint string
	// Cites are the rules of the process that are broken, where they are not those
	// of the rule; nil where they are.
	Cites []string
	// Instead is the text to write in the place of the value, where exactly one
	// is right; empty where none or several may be.
	Instead string
	// Below is the entry of the top level below which the value goes with its
	// key, where it is missing.
	Below string
	// With is the path of the other file that it is about, if there is one.
	With string
}

// fixes writes what is right in the place of the value at field.
func (s Said) fixes(doc *document.Document, field string) []finding.Fix {
	switch {
	case s.Instead == "":
		return nil
	case s.Below != "" && !doc.Has(field):
		return doc.Below(s.Below, shape.Key(field)+": "+edit.Text(s.Instead))
	}
	return doc.Put(field, s.Instead)
}

// didYouMean says of a value that is none of words which of them was meant, and
// else what to write.
func didYouMean[T ~string](message string, value T, words []string, otherwise string) Said {
	s := Said{Message: message, Hint: otherwise, Instead: nearest.Only(string(value), words)}
	if meant := nearest.Of(string(value), words); meant != "" {
		s.Hint = "did you mean " + code(meant) + "?"
	}
	return s
}

// Pass is one escalation under judgement.
type Pass struct {
	// Escalation is nil where the directory or the policy is compared with its
	// schema.
	*tree.Escalation
	// Was is the escalation in the version that it is compared with; nil where it
	// is new or compared with none.
	Was *tree.Escalation
	// Tree is where the escalation stands.
	Tree *tree.Tree
	// KnownZone reports whether a time zone exists.
	KnownZone func(schema.Zone) bool

	rule *Rule
	told finding.List
}

// Judge lets a rule judge the escalation and returns what it finds.
func (c *Pass) Judge(r *Rule) []finding.Finding {
	c.begin(r)
	r.Escalation(c)
	return c.told.Findings()
}

func (c *Pass) begin(r *Rule) { c.rule, c.told = r, finding.List{Rest: restOfKind} }

// restOfKind stands for what a rule finds too much of.
const restOfKind = "there are more faults of this kind from here on"

// Error reports that the value at field, a JSON pointer, breaks the rule. It
// returns the finding, to say more of it at once.
func (c *Pass) Error(field, message, hint string) *finding.Finding {
	return c.told.Take(c.rule.finding(finding.Error, c.Document, field, message, hint))
}

// Warn reports what is worth knowing about the value at field.
func (c *Pass) Warn(field, message, hint string) *finding.Finding {
	return c.told.Take(c.rule.finding(finding.Warning, c.Document, field, message, hint))
}

// Tell reports that the value at field breaks the rule, as Error does.
func (c *Pass) Tell(field string, s Said) *finding.Finding {
	f := c.Error(field, s.Message, s.Hint)
	f.Fixes = s.fixes(c.Document, field)
	return f
}

// Full reports whether the rule has said enough of this file.
func (c *Pass) Full() bool { return c.told.Full() }

// local is the zone of the account's region, in which a time is meant that names
// none; nil where it is not known.
func (c *Pass) local() *time.Location {
	if c.Escalation == nil {
		return nil
	}
	region, known := c.Tree.Policy.Regions[string(c.Account.Region)]
	if !known {
		return nil
	}
	at, err := time.LoadLocation(string(region.Zone))
	if err != nil {
		return nil
	}
	return at
}

// Open reports whether the escalation is open.
func (c *Pass) Open() bool { return process.Open(&c.Escalation.Escalation) }

// now is the moment at which the escalation is judged: when the commit was
// authored, and where there is none the latest that the file speaks of as past. So
// no clock is looked at.
func (c *Pass) now() time.Time {
	if !c.Tree.Authored.IsZero() {
		return c.Tree.Authored
	}
	return change.Latest(&c.Escalation.Escalation)
}

// sets reports whether a person is not the one whom the version before named.
func (c *Pass) sets(who func(*schema.Escalation) schema.Handle) bool {
	return c.Was == nil || who(&c.Was.Escalation) != who(&c.Escalation.Escalation)
}

// Person returns the person that a handle names. known is true also where the
// directory could not be read: then nobody can be said to be unknown.
func (c *Pass) Person(h schema.Handle) (p schema.Person, known bool) {
	return person(c.Tree, h)
}

func person(t *tree.Tree, h schema.Handle) (schema.Person, bool) {
	p, known := t.People.People[h]
	return p, known || !readable(t.PeopleFile)
}

// readable reports whether the directory says who there is.
func readable(f *tree.File) bool {
	return f != nil && !f.Broken() && !f.Faulty("/people")
}

// sound reports whether the directory says of a person, or of everybody where
// h is empty, what there is to say: if not, that is told there, and not once
// more of every escalation.
func sound(t *tree.Tree, h schema.Handle) bool {
	if !readable(t.PeopleFile) {
		return false
	}
	of := "/people"
	people := t.People.People
	if h != "" {
		of = document.Pointer("people", string(h))
		people = map[schema.Handle]schema.Person{h: people[h]}
	}
	for _, f := range t.PeopleFile.Faults {
		if strings.HasPrefix(f.Pointer, of+"/") {
			return false
		}
	}
	for _, p := range people {
		_, region := t.Policy.Regions[string(p.Region)]
		if p.Region != "" && !region || slices.ContainsFunc(p.Roles, func(r schema.Role) bool { return !process.KnownRole(r, t.Policy) }) {
			return false
		}
	}
	return true
}

// Fault tells a fault against the schema under this rule.
func (r *Rule) Fault(c *Pass, doc *document.Document, f shape.Fault) finding.Finding {
	var s Said
	if r.Tell != nil && !f.Templated() {
		s = r.Tell(c, f)
	}
	fixes := s.fixes(doc, f.Pointer)
	if s.Message == "" {
		s.Message, s.Hint = f.Say(doc, c.local())
		fixes = f.Fixes(doc, c.local())
	}
	told := r.finding(finding.Error, doc, f.Pointer, s.Message, s.Hint)
	told.Place, told.Fixes = f.Place(doc), f.Mended(doc, fixes)
	if s.At != "" && doc.Has(s.At) {
		told.Place, _ = doc.Locate(s.At)
	}
	return told
}

func (r *Rule) finding(level finding.Level, doc *document.Document, field, message, hint string) finding.Finding {
	at, value := doc.Locate(field)
	return finding.Finding{
		Path: doc.Path, Place: at, Rule: r.Name, Level: level, Cites: r.Cites,
		Field: field, Value: value, Message: short(message, 600), Hint: short(hint, 600), New: true,
	}
}

// Set is the rules, by name and by the fields they own.
type Set struct {
	list   []Rule
	byName map[string]*Rule
	owners map[string]*Rule
}

// All returns every rule, in the order in which the documentation has them:
// first what a file must be to be read, then the process in its own order.
func All() *Set {
	s := &Set{byName: map[string]*Rule{}, owners: map[string]*Rule{}}
	s.list = slices.Concat(readingRules(), placeRules(), shapeRules(), processRules(), transitionRules(), directoryRules(), policyRules())
	for i := range s.list {
		r := &s.list[i]
		s.byName[r.Name] = r
		for _, f := range r.Fields {
			s.owners[f] = r
		}
	}
	return s
}

// Rules returns every rule.
func (s *Set) Rules() []Rule { return s.list }

// Lookup returns the rule of a name.
func (s *Set) Lookup(name string) (*Rule, bool) {
	r, ok := s.byName[name]
	return r, ok
}

// Citing returns the rules that enforce a rule of the process.
func (s *Set) Citing(number string) []Rule {
	var list []Rule
	for _, r := range s.list {
		if slices.ContainsFunc(r.Cites, func(c string) bool { return strings.EqualFold(c, number) }) {
			list = append(list, r)
		}
	}
	return list
}

// Owner returns the rule under which a fault against the schema is told.
func (s *Set) Owner(kind schema.Kind, f shape.Fault) *Rule {
	if _, unknown := f.Unknown(); unknown {
		return s.byName["unknown-key"]
	}
	if f.IsColon() {
		return s.byName["yaml-colon"]
	}
	if f.IsHandle() && !f.Missing() && !f.NamesKey() {
		return s.byName["known-person"]
	}
	if kind == schema.KindEscalation {
		if r := s.owner(f.Pointer); r != nil {
			return r
		}
	}
	switch {
	case f.Missing():
		return s.byName["field-required"]
	case f.Keyword == "type":
		return s.byName["field-type"]
	default:
		return s.byName["field-form"]
	}
}

func (s *Set) owner(pointer string) *Rule {
	for p := pointer; p != ""; p = p[:strings.LastIndex(p, "/")] {
		if r, ok := s.owners[p]; ok {
			return r
		}
	}
	return nil
}

// CitesOf returns the rules of the process that a field serves, for a finding
// whose own rule enforces none, such as a misspelt key.
func (s *Set) CitesOf(pointer string) []string {
	if r := s.owner(pointer); r != nil {
		return r.Cites
	}
	return nil
}

// code shows a piece of YAML inside a sentence, and no more of it than one reads.
func code[T ~string](s T) string { return words.Code(short(string(s), 100)) }

// short is a text of at most some characters.
func short(s string, most int) string {
	if len(s) <= most {
		return s
	}
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// names lists handles with names, at most three: jdoe (Jo Doe).
func names(t *tree.Tree, handles []schema.Handle) string {
	var list []string
	for i, h := range handles {
		if i == 3 {
			list = append(list, fmt.Sprintf("%d more", len(handles)-3))
			break
		}
		list = append(list, fmt.Sprintf("%s (%s)", code(h), t.People.People[h].Name))
	}
	return strings.Join(list, ", ")
}

// holders names people who have one of the roles and serve the account's region.
func (c *Pass) holders(roles []schema.Role) []schema.Handle {
	people := c.Tree.People.On(c.now())
	var all []schema.Handle
	for _, r := range roles {
		for _, h := range process.Holders(people, c.Tree.Policy, r, c.Account.Region) {
			if !slices.Contains(all, h) {
				all = append(all, h)
			}
		}
	}
	return all
}

// holds reports whether a person has one of the roles.
func holds(p schema.Person, roles []schema.Role) bool {
	return slices.ContainsFunc(p.Roles, func(r schema.Role) bool { return slices.Contains(roles, r) })
}
