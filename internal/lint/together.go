package lint

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// sameRules reports whether two trees have the same directory and policy.
func sameRules(a, b *tree.Tree) bool {
	return tree.SameFile(a.PeopleFile, b.PeopleFile) && tree.SameFile(a.PolicyFile, b.PolicyFile)
}

// Together judges an escalation that changed by the directory and the policy of
// before as well, where they are others in now: these decide who may weaken them.
// told is what was found by those of now. Where before has neither, there was
// nothing to weaken.
func (l *Linter) Together(before, now *tree.Tree, s Step, told []finding.Finding) []finding.Finding {
	if sameRules(before, now) || before.PeopleFile == nil && before.PolicyFile == nil || s.After.Broken() {
		return nil
	}
	j := &together{Linter: l, before: before, now: now, step: s, told: errorsOf(told)}
	var found []finding.Finding
	var joined, weaker []finding.Finding
	refused := j.errors(with(now, before, before))
	if len(refused) > 0 && s.Before != nil && !s.Before.Broken() { // what was wrong before may be mended by it
		refused = finding.TallyOf(l.Escalation(before, s.Before, s.Before)).New(refused)
	}
	for _, f := range refused {
		if j.joins(f) {
			joined = append(joined, f)
		} else {
			weaker = append(weaker, f)
		}
	}
	for _, file := range []struct {
		path  string
		rules *tree.Tree // those that hold, but for this file
		keys  func(finding.Finding) []string
	}{{tree.PeoplePath, with(now, before, now), j.people}, {tree.PolicyPath, with(now, now, before), j.policy}} {
		if len(weaker) == 0 {
			break
		}
		alone := j.errors(file.rules)
		var mine, rest []finding.Finding
		var keys []string
		for _, f := range weaker {
			if has(alone, f) {
				mine, keys = append(mine, f), append(keys, file.keys(f)...)
			} else {
				rest = append(rest, f)
			}
		}
		if weaker = rest; len(mine) > 0 {
			found = append(found, l.passes(s.After, mine, file.path, keys))
		}
	}
	if len(weaker) > 0 { // only both changes let it pass
		found = append(found, l.passes(s.After, weaker, tree.PeoplePath+" and "+tree.PolicyPath, nil))
	}
	if len(joined) > 0 {
		found = append(found, l.joined(s.After, joined))
	}
	if keys := j.unheard(); len(keys) > 0 {
		found = append(found, l.less(s.After, keys, tree.PeoplePath, "and somebody who would hear of this escalation no longer does"))
	}
	if keys := j.asksLess(); len(keys) > 0 {
		found = append(found, l.less(s.After, keys, tree.PolicyPath, "and asks less for this escalation than before"))
	}
	return found
}

// with is a tree with the directory of one and the policy of another.
func with(t, people, policy *tree.Tree) *tree.Tree {
	mixed := *t
	mixed.People, mixed.PeopleFile = people.People, people.PeopleFile
	mixed.Policy, mixed.PolicyFile = policy.Policy, policy.PolicyFile
	return &mixed
}

func errorsOf(found []finding.Finding) []finding.Finding {
	return slices.DeleteFunc(slices.Clone(found), func(f finding.Finding) bool { return f.Level != finding.Error })
}

func has(list []finding.Finding, f finding.Finding) bool {
	return slices.ContainsFunc(list, func(x finding.Finding) bool { return x.Key() == f.Key() })
}

// together judges one escalation by other rules than those that hold.
type together struct {
	*Linter
	before, now *tree.Tree
	step        Step
	told        []finding.Finding // the errors by those that hold
}

// errors returns what is an error by the rules of a tree, and is none by those
// that hold.
func (j *together) errors(rules *tree.Tree) []finding.Finding {
	found, judged := j.Transition(rules, j.step, j.Linter.Escalation(rules, j.step.After, j.step.Before))
	return slices.DeleteFunc(errorsOf(slices.Concat(found, judged)), func(f finding.Finding) bool { return has(j.told, f) })
}

// deciding are the fields that name who decides something: nobody does so on the
// day of joining.
var deciding = []string{"/closure/by", "/closure/agreement/by", "/closure/amended/by", "/snooze/by"}

// joins reports whether all that is wrong is that the directory did not know a
// person yet whom it knows now.
func (j *together) joins(f finding.Finding) bool {
	_, was := j.before.People.People[schema.Handle(f.Value)]
	_, is := j.now.People.People[schema.Handle(f.Value)]
	return f.Rule == "known-person" && !was && is && !slices.Contains(deciding, f.Field)
}

// people names what changed of the person whom a finding is about; of everybody,
// where it is about none.
func (j *together) people(f finding.Finding) []string {
	if keys := j.person(schema.Handle(f.Value)); len(keys) > 0 {
		return keys
	}
	return differences("people", reflect.ValueOf(j.before.People.People), reflect.ValueOf(j.now.People.People))
}

// person names what changed of one person.
func (j *together) person(h schema.Handle) []string {
	was, had := j.before.People.People[h]
	is, has := j.now.People.People[h]
	if had != has {
		return []string{"people." + string(h)}
	}
	return differences("people."+string(h), reflect.ValueOf(was), reflect.ValueOf(is))
}

// policy names what changed of the policy without which there is a finding.
func (j *together) policy(f finding.Finding) []string {
	before, now := reflect.ValueOf(j.before.Policy), reflect.ValueOf(j.now.Policy)
	var keys []string
	for i := range now.NumField() {
		if reflect.DeepEqual(before.Field(i).Interface(), now.Field(i).Interface()) {
			continue
		}
		t := *j.now
		reflect.ValueOf(&t.Policy).Elem().Field(i).Set(before.Field(i))
		if has(j.errors(&t), f) {
			keys = append(keys, differences(key(now.Type().Field(i)), before.Field(i), now.Field(i))...)
		}
	}
	if len(keys) == 0 { // it takes several of them
		return differences("", before, now)
	}
	return keys
}

func key(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	return name
}

// differences names the keys below one in which two values differ.
func differences(path string, a, b reflect.Value) []string {
	var keys []string
	below := func(name string, a, b reflect.Value) {
		keys = append(keys, differences(strings.TrimPrefix(path+"."+name, "."), a, b)...)
	}
	switch {
	case reflect.DeepEqual(a.Interface(), b.Interface()):
	case a.Kind() == reflect.Struct && key(a.Type().Field(0)) != "":
		for i := range a.NumField() {
			below(key(a.Type().Field(i)), a.Field(i), b.Field(i))
		}
	case a.Kind() == reflect.Map:
		names := map[string]reflect.Value{}
		for _, k := range slices.Concat(a.MapKeys(), b.MapKeys()) {
			names[k.String()] = k
		}
		for _, name := range slices.Sorted(maps.Keys(names)) {
			x, y := a.MapIndex(names[name]), b.MapIndex(names[name])
			if x.IsValid() && y.IsValid() {
				below(name, x, y)
			} else {
				keys = append(keys, strings.TrimPrefix(path+"."+name, "."))
			}
		}
	default:
		keys = append(keys, path)
	}
	return keys
}

// passes tells that an escalation passes only because a file changed with it.
func (l *Linter) passes(e *tree.Escalation, errors []finding.Finding, path string, keys []string) finding.Finding {
	had := "had " + path + " not changed as well"
	if len(keys) > 0 {
		had = "had " + some(keys) + " in " + path + " not changed as well"
	}
	f := l.changedTogether(e, fields(errors)[0])
	f.Message = fmt.Sprintf("%s would be an error, %s", some(named(fields(errors))), had)
	f.Hint = own(path)
	return f
}

// own says what to do with a change of the rules.
func own(path string) string {
	return "propose the change of " + path + " by itself, and that of this escalation once it is merged"
}

// joined tells that an escalation names people whom the directory did not know
// before.
func (l *Linter) joined(e *tree.Escalation, unknown []finding.Finding) finding.Finding {
	f := l.changedTogether(e, fields(unknown)[0])
	f.Level = finding.Warning
	f.Message = fmt.Sprintf("%s would be an error, had nobody joined %s as well", some(named(fields(unknown))), tree.PeoplePath)
	f.Hint = "have somebody review who joins, and with which roles"
	return f
}

// fields are the fields that findings are about, each once.
func fields(found []finding.Finding) []string {
	var list []string
	for _, f := range found {
		if !slices.Contains(list, f.Field) {
			list = append(list, f.Field)
		}
	}
	return list
}

// named are fields as people write them.
func named(fields []string) []string {
	list := make([]string, len(fields))
	for i, f := range fields {
		list[i] = strings.ReplaceAll(strings.TrimPrefix(f, "/"), "/", ".")
	}
	return list
}

// some lists names, at most four, each once.
func some(list []string) string {
	var shown []string
	seen := map[string]bool{}
	for _, name := range list {
		if !seen[name] {
			seen[name] = true
			shown = append(shown, words.Code(name))
		}
	}
	if len(shown) > 4 {
		shown = append(shown[:3], fmt.Sprintf("%d more", len(shown)-3))
	}
	return strings.Join(shown, ", ")
}

// changedTogether is a finding of the rule with that name.
func (l *Linter) changedTogether(e *tree.Escalation, field string) finding.Finding {
	r, _ := l.rules.Lookup("changed-together")
	at, value := e.Locate(field)
	return finding.Finding{
		Path: e.Path, Place: at, Rule: r.Name, Level: finding.Error, Cites: r.Cites, Field: field, Value: value, New: true,
	}
}
