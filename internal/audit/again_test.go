package audit

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/lint"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// Under another directory or policy, a file is read again only where that finds
// something else, and not even judged where the directory changed for others. It must
// make no difference: for each version of the file, and each two directories and
// policies, the short way finds what the long one does.
func TestAgainIsExact(t *testing.T) {
	t.Parallel()
	check, err := shape.NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	j := judge{lint.New(rule.All()), check, nil, false}
	var trees []*tree.Tree
	for _, p := range variants(t, "people.yaml", "[group_product_manager]", "[product_manager]", "mlee:", "mlea:", "jdoe:", "jdoo:",
		"roles: [csm_manager, csm_leader, account_manager]", "roles: []", "roles: [csm]", "roles: [cms]", "roles: [support_engineer]", "roles: [engineering]",
		"region: EMEA, manager", "region: EMAE, manager", "roles: [csm], left: 2025-06-30", "roles: [csm]", "name: Dina Patel, ", "name: Dina Patel, left: 2025-01-01, ", "people:", "people: [") {
		for _, policy := range []string{"", "severities: {high: {product_dri: [vp_product]}, medium: {product_dri: [engineering]}}\n", "regions: {LATAM: {zone: America/Sao_Paulo}}\n", "sentiments: [good]\n", "review: [snooze]\n", "channels: {prefix: hot_}\n", "severities: [\n"} {
			for _, without := range []string{"", tree.PeoplePath} {
				f := tree.Follow(check)
				f.Put(tree.PeoplePath, 0o644, []byte(p))
				if policy != "" {
					f.Put(tree.PolicyPath, 0o644, []byte(policy))
				}
				f.Remove(without)
				trees = append(trees, f.Tree())
			}
		}
	}
	const closure = "closure: {at: 2026-12-03T10:00:00Z, by: jdoe, resolution: resolved, outcome: positive, exit_criteria_met: false, why_not: So., summary: Done., agreement: {waived: Gone, by: rking}, sentiment: green}\n"
	const path = "escalations/2026/northwind.yaml"
	none, short, long := 0, 0, 0
	for _, text := range variants(t, "2026/northwind.yaml", "severity: high", "severity: medium", "severity: high", "severity: critical", "related: true", "related: false",
		"  related: true\n  dri: mlee\n  team: [okhan]\n", "  related: true\n", "EMEA", "LATAM", "csm: jdoe\n", "csm: pastel\n", "approach:", closure+"approach:",
		"approach:", "snooze: {until: 2026-11-30, reason: Away, by: jdoe}\napproach:", "approach:", "channel: esc_x\napproach:", "approach:", "fyi: [nobody]\napproach:", "approach:", "typo: x\napproach:") {
		for i, was := range trees {
			first := &item{kind: changed, commit: &commit{}, rules: was, path: path, entry: entry, data: []byte(text), done: make(chan struct{})}
			j.work(first)
			for _, step := range []int{1, 14, 38} { // by 14 the policy is the same
				is := trees[(i+step)%len(trees)]
				people, complete := rule.Differing(was, is)
				judged := func(plain bool) *item {
					state, judgement := *first.after, *first.after.judgement
					judgement.plain = judgement.plain && plain
					state.judgement, state.readable = &judgement, &judgement
					it := &item{kind: judged, commit: &commit{}, rules: is, path: path}
					if plain && complete {
						it.commit.people = people
					}
					j.again(it, &state)
					return it
				}
				a, b := judged(true), judged(false)
				switch {
				case a.after.bare != nil:
					short++
				case complete && a.after.judgement.plain && !a.after.concerns(people):
					none++
				default:
					long++
				}
				if got, want := told(a), told(b); got != want {
					t.Fatalf("the short way finds\n%sand the long one\n%sin\n%s", got, want, text)
				}
			}
		}
	}
	if none == 0 || short == 0 || long == 0 {
		t.Errorf("%d times nothing, %d times the short way, %d times the long one", none, short, long)
	}
}

// told is what is new, what is there, and what others are told of the file.
func told(it *item) string {
	var list []string
	for _, f := range it.found {
		list = append(list, fmt.Sprintln("new", f.Kin(), f.Line, f.Message))
	}
	for k, n := range it.after.found {
		list = append(list, fmt.Sprintln(k, n))
	}
	slices.Sort(list)
	return strings.Join(list, "") + fmt.Sprintln(it.after.brief)
}

// variants returns a file of the base, and the same with each of the changes.
func variants(t *testing.T, name string, pairs ...string) []string {
	t.Helper()
	list := []string{fixture.Read("escalations/" + name)}
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(list[0], pairs[i]) {
			t.Fatalf("no %q", pairs[i])
		}
		list = append(list, strings.Replace(list[0], pairs[i], pairs[i+1], 1))
	}
	return list
}

var entry = git.Entry{Mode: 0o644, ID: "x"}
