package audit_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/audit"
	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/git/gittest"
	"github.com/escalations-as-code/escalate/internal/lint"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// Of each commit of any history, an audit tells what `lint --base` tells of the
// two trees, however it comes by it.
func TestAsLint(t *testing.T) {
	t.Parallel()
	check, err := shape.NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	rules := rule.All()
	edits := map[string][]string{
		"2026": { // of an escalation
			"severity: high", "severity: medium", "severity: high", "severity: critical", "dri: jdoe\n", "dri: arivera\n", "  dri: mlee\n", "",
			"region: EMEA", "region: LATAM", "approach:", "channel: esc_same\napproach:", "opened:", "channel: esc_same\nopened:", "approach:", "previous: 2026/b\napproach:", "approach:", "typo: x\napproach:",
			"approach:", "fyi: [nobody, okhan]\napproach:", "owner: jdoe, ", "", "09:30:00Z", "10:30:00Z", "Northwind Traders", "Contoso",
			"approach:", "related: [2026/b, 2026/nowhere]\napproach:", "approach:", "closure: {at: 2026-11-20T09:40:00Z, by: rking, resolution: withdrawn, reason: Twice., duplicate_of: 2026/c}\napproach:",
		},
		"people": {
			"roles: [cro]", "roles: []", "roles: [group_product_manager]", "roles: [product_manager]", "jdoe:", "jdoo:", "roles: [csm_manager, csm_leader, account_manager]", "roles: [csm_leder]",
			"kwong: {name: Kit Wong", "kwong: {name: Kit Wong, github: jodoe", "okhan: {name: Omar Khan", "okhan: {name: Omar Khan, left: 2026-01-01", "people:", "people: [",
		},
	}
	policies := []string{"", "regions: {LATAM: {zone: America/Sao_Paulo}}\n", "severities: {medium: {informs: [deal_desk]}}\n", "severities: {high: {product_dri: [vp_product]}}\n", "regions: [\n", "channels: {prefix: hot_}\n"}
	random := rand.New(rand.NewPCG(1, 2))
	edited := func(text, kind string) string {
		for range random.IntN(3) {
			i := 2 * random.IntN(len(edits[kind])/2)
			text = strings.Replace(text, edits[kind][i], edits[kind][i+1], 1)
		}
		return text
	}
	r := gittest.New(t)
	commits := []string{r.Commit("open", people, read(people), path, read(path))}
	exists, there := false, map[string]bool{}
	for i := range 60 {
		files := []string{"beside", fmt.Sprint(i)}
		for _, name := range []string{"northwind", "b", "c"} {
			if random.IntN(2) == 0 {
				files = append(files, "escalations/2026/"+name+".yaml", edited(read(path), "2026"))
			}
		}
		// Names that are no escalation's, come and gone, and one that a machine takes for b.
		if astray := []string{"escalations/2026/B.yaml", "escalations/2026/aux.txt", "escalations/2026/x.yml", "escalations/draft.yaml"}; random.IntN(3) == 0 {
			name := astray[random.IntN(len(astray))]
			if files = append(files, name, ""); !there[name] {
				files[len(files)-1] = read(path)
			}
			there[name] = !there[name]
		}
		if random.IntN(3) == 0 {
			files = append(files, people, edited(read(people), "people"))
		}
		if p := policies[random.IntN(len(policies))]; random.IntN(4) == 0 && (p != "" || exists) {
			files, exists = append(files, policy, p), p != ""
		}
		commits = append(commits, r.Commit(fmt.Sprint(i), files...))
	}
	repo := r.Open()
	got := map[string][]string{}
	o := audit.Options{To: r.Head(), Tell: func(v audit.Violation) error {
		got[v.Commit] = append(got[v.Commit], fmt.Sprintf("%s:%d:%d %s %s %s (%s)", v.Path, v.Line, v.Column, v.Rule, v.Value, v.Message, v.Hint))
		return nil
	}}
	if _, err := audit.Run(t.Context(), repo, check, rules, o); err != nil {
		t.Fatal(err)
	}
	open := func(commit string) (*tree.Tree, *git.Tree) {
		files, err := repo.Tree(t.Context(), commit, "")
		if err != nil {
			t.Fatal(err)
		}
		opened, err := tree.Open(files, check)
		if err != nil {
			t.Fatal(err)
		}
		return opened, files
	}
	told, by := 0, map[string]int{}
	for i := 1; i < len(commits); i++ {
		base, files := open(commits[i-1])
		head, others := open(commits[i])
		report := lint.Against(lint.Base{Tree: base, Commit: commits[i-1]}, head, rules)
		var want []string
		for _, f := range report.Findings {
			if f.New && f.Rule != "base-readable" {
				want = append(want, fmt.Sprintf("%s:%d:%d %s %s %s (%s)", f.Path, f.Line, f.Column, f.Rule, f.Value, f.Message, f.Hint))
			}
		}
		for _, f := range report.Findings {
			if f.New {
				by[f.Rule]++
			}
		}
		told += len(want)
		slices.Sort(want)
		slices.Sort(got[commits[i]])
		if !slices.Equal(got[commits[i]], want) {
			t.Errorf("of commit %d an audit tells\n%s\nand lint\n%s", i, strings.Join(got[commits[i]], "\n"), strings.Join(want, "\n"))
		}
		files.Close()
		others.Close()
	}
	if told < 50 {
		t.Errorf("only %d violations", told)
	}
	for _, r := range rules.Rules() {
		if r.Among != nil && by[r.Name] == 0 {
			t.Errorf("no violation of %s", r.Name)
		}
	}
}
