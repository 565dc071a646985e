package ruleprint_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/process/handbook"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/schema"
)

// What the handbook says of who sees to a rule is so: a rule of lint cites it, and
// the sources of the command name it.
func TestWhoSeesToIt(t *testing.T) {
	t.Parallel()
	sources := map[handbook.Actor]string{}
	for actor, folders := range map[handbook.Actor][]string{
		handbook.Plan:  {"plan"},
		handbook.Apply: {"plan", "process", "slack", "tracking"},
		handbook.Stale: {"stale", "process"},
		handbook.Log:   {"history"},
		handbook.Audit: {"audit"},
	} {
		for _, folder := range folders {
			files, err := filepath.Glob(filepath.Join("..", "..", folder, "*.go"))
			if err != nil || len(files) == 0 {
				t.Fatalf("no sources in %s: %v", folder, err)
			}
			for _, name := range files {
				text, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				sources[actor] += string(text)
			}
		}
	}
	for _, p := range handbook.Rules() {
		if says, is := slices.Contains(p.By, handbook.Lint), len(rule.All().Citing(p.Number)) > 0; says != is {
			t.Errorf("%s: seen to by lint: %t, but a rule cites it: %t", p.Number, says, is)
		}
		named := regexp.MustCompile(`\b` + p.Number + `\b`)
		for _, by := range p.By {
			if by != handbook.Lint && by != handbook.Nobody && !named.MatchString(sources[by]) {
				t.Errorf("%s: seen to by %s, whose sources do not name it", p.Number, by)
			}
		}
		if len(p.By) > 1 && slices.Contains(p.By, handbook.Nobody) {
			t.Errorf("%s: seen to by nobody and by others: %v", p.Number, p.By)
		}
	}
}

// The settings that the handbook names are settings of the policy.
func TestSettingsExist(t *testing.T) {
	t.Parallel()
	for _, p := range handbook.Rules() {
		for _, setting := range p.Settings {
			at := reflect.TypeFor[schema.Policy]()
			for key := range strings.SplitSeq(strings.Replace(setting, "<level>", "critical", 1), ".") {
				i := slices.IndexFunc(reflect.VisibleFields(at), func(f reflect.StructField) bool {
					name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
					return name == key
				})
				if i < 0 {
					t.Errorf("%s: the policy has no setting %s", p.Number, setting)
					break
				}
				at = at.Field(i).Type
			}
		}
	}
}
