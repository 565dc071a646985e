package lint_test

import (
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/escalations-as-code/escalate/internal/document"
	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/lint"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// To judge a file changes nothing of it: neither its document, when it is
// compared with the schema, nor the file, the directory, the policy or the tree,
// when the rules look at them.
func TestJudgingChangesNothing(t *testing.T) {
	t.Parallel()
	check := checker(t)
	rules := rule.All()
	for _, texts := range samples(t) {
		files := fstest.MapFS{}
		for name, text := range texts {
			files[name] = &fstest.MapFile{Data: []byte(text)}
			kind := schema.KindEscalation
			switch name {
			case tree.PeoplePath:
				kind = schema.KindPeople
			case tree.PolicyPath:
				kind = schema.KindPolicy
			}
			doc := document.Read(name, []byte(text))
			was := dump(doc)
			check.Check(kind, doc)
			if is := dump(doc); is != was {
				t.Fatalf("comparing with the schema changed the document of %s:\n%s\nwas\n%s", text, is, was)
			}
		}
		now, err := tree.Open(files, check)
		if err != nil {
			t.Fatal(err)
		}
		before, err := tree.Open(files, check)
		if err != nil {
			t.Fatal(err)
		}
		linter := lint.New(rules)
		was := dump(now)
		briefs := rule.NewRegister(rules, now.Policy)
		for _, path := range now.Paths {
			e := now.Load(path)
			was := dump(e)
			found := linter.Escalation(now, e, nil)
			told := dump(found)
			linter.Transition(now, lint.Step{Before: before.Load(path), After: e}, found)
			if is := dump(e); is != was {
				t.Fatalf("judging changed %s:\n%s\nwas\n%s", path, is, was)
			}
			if dump(found) != told {
				t.Fatalf("judging the change of %s changed what was found of it", path)
			}
			briefs.Put(rule.NewBrief(e, now.Policy))
		}
		linter.Shared(now, briefs, nil)
		lint.Against(lint.Base{Tree: before}, now, rules)
		if is := dump(now); is != was {
			t.Fatalf("judging changed the tree:\n%s\nwas\n%s", is, was)
		}
	}
}

// samples are trees with all examples of the rules, the seeds of the fuzz test
// and files with too many faults.
func samples(t *testing.T) []map[string]string {
	t.Helper()
	base := fixture.Read(northwind)
	people := fixture.Read(tree.PeoplePath)
	texts := []string{
		base, strings.Replace(base, "severity: high", "severty: high", 1), strings.Replace(base, "csm: jdoe", "cms: jdoe", 1), base + numbered("k%d: 1\n", 300),
		"a: b: c\n", "x: [a\ny: 2\n", "a: &x [*x]\n", "<<: {a: 1}\n", "a: 1_0\na: 2\n", "a: !x y\n", "\xff\xfea\x00", "", "# later\n",
	}
	for _, r := range rule.All().Rules() {
		for _, e := range []rule.Example{r.Wrong, r.Right} {
			texts = append(texts, base+e.YAML, e.YAML)
		}
	}
	repository := os.DirFS("../..")
	own, err := fs.Glob(repository, "escalations/*/*.yaml")
	if err != nil || len(own) == 0 {
		t.Fatalf("no escalations: %v", err)
	}
	for _, name := range own {
		texts = append(texts, read(t, "../../"+name))
	}
	var list []map[string]string
	for _, text := range texts {
		list = append(list, map[string]string{tree.PeoplePath: people, northwind: text})
	}
	return append(list,
		map[string]string{tree.PeoplePath: strings.TrimPrefix(people, "people:\n"), northwind: base},
		map[string]string{tree.PeoplePath: people + numbered("  U%d: {name: 1}\n", 300), northwind: base},
		map[string]string{tree.PeoplePath: people, tree.PolicyPath: numbered("k%d: 1\n", 300), northwind: base},
		map[string]string{tree.PeoplePath: people, tree.PolicyPath: "severites: {high: {informs: [csm_leder]}}\n", northwind: base},
	)
}

// dump is all that a value holds, its unexported fields too, but for what is
// computed once when it is first asked for.
func dump(v any) string {
	var b strings.Builder
	seen := map[uintptr]bool{}
	var write func(reflect.Value)
	write = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer, reflect.Interface:
			if v.IsNil() {
				b.WriteString("nil")
				return
			}
			if v.Kind() == reflect.Pointer {
				if seen[v.Pointer()] {
					b.WriteString("^")
					return
				}
				seen[v.Pointer()] = true
			}
			write(v.Elem())
		case reflect.Struct:
			b.WriteString("{")
			for i := range v.NumField() {
				switch f := v.Type().Field(i); {
				case f.Name == "once", f.Name == "starts", f.Name == "check", f.Name == "fsys":
				default:
					b.WriteString(f.Name + ":")
					write(v.Field(i))
					b.WriteString(" ")
				}
			}
			b.WriteString("}")
		case reflect.Slice, reflect.Array:
			if v.Type().Elem().Kind() == reflect.Uint8 {
				fmt.Fprintf(&b, "%q", v)
				return
			}
			b.WriteString("[")
			for i := range v.Len() {
				write(v.Index(i))
				b.WriteString(" ")
			}
			b.WriteString("]")
		case reflect.Map:
			b.WriteString("map[")
			for _, k := range sortedByText(v.MapKeys()) {
				fmt.Fprintf(&b, "%v:", k)
				write(v.MapIndex(k))
				b.WriteString(" ")
			}
			b.WriteString("]")
		default:
			fmt.Fprintf(&b, "%v", v)
		}
	}
	write(reflect.ValueOf(v))
	return b.String()
}

func sortedByText(keys []reflect.Value) []reflect.Value {
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return keys
}
