package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/forge/forgetest"
	"github.com/escalations-as-code/escalate/internal/git/gittest"
)

// P1: the comment with the plan of a pull request that opens an escalation mentions those
// whom the policy of its base names for triage, and are there: not one that it brings
// along, nor where the branch is a fork's, or nothing is opened.
func TestTriage(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	people := strings.NewReplacer("rking: {", "rking: {github: robinking, ", "mlee: {", "mlee: {github: minlee, left: 2026-11-01, ").Replace(fixture.Read(fixture.People))
	base := r.Commit("The first", fixture.People, people, "escalations/policy.yaml", "triage: [rking, mlee, nobody]\n")
	update := r.Commit("Open Northwind", fixture.Northwind, fixture.Read(fixture.Northwind), "escalations/policy.yaml", "triage: [rking, jdoe]\n")
	r.Commit("Two engineers", fixture.Northwind, strings.Replace(fixture.Read(fixture.Northwind), "ask: One", "ask: Two", 1))
	event := filepath.Join(t.TempDir(), "event.json")
	for name, tc := range map[string]struct {
		base, event string
		mentions    bool
	}{
		"opened":             {base, `{"pull_request":{"head":{"repo":{"id":1}},"base":{"repo":{"id":1}}}}`, true},
		"opened, of a fork":  {base, `{"pull_request":{"head":{"repo":{"id":2}},"base":{"repo":{"id":1}}}}`, false},
		"opened, no event":   {base, "", true},
		"an ordinary change": {update, "", false},
	} {
		g := forgetest.NewGitHub(t)
		on := g.OpenChange(forgetest.User)
		vars := map[string]string{
			"GITHUB_API_URL": g.API, "GITHUB_REPOSITORY": "acme/escalations", "GITHUB_TOKEN": "t", "GITHUB_ACTIONS": "true",
			"GITHUB_REF": "refs/pull/1/merge", "GITHUB_EVENT_PATH": event,
		}
		if err := os.WriteFile(event, []byte(tc.event), 0o666); err != nil {
			t.Fatal(err)
		}
		var out, errs bytes.Buffer
		code := run(t.Context(), []string{"plan", "--base", tc.base, "--comment", "--dir", r.Dir}, environment{stdout: &out, stderr: &errs, getenv: func(name string) string { return vars[name] }, now: time.Now})
		got := g.Bodies(on)
		if code != exitClean || len(got) != 1 || strings.Contains(got[0], "\n\nFor triage: @robinking\n\n") != tc.mentions || strings.Contains(got[0], "For triage") != tc.mentions {
			t.Errorf("%s: exit %d, %q\n%s", name, code, got, &errs)
		}
	}
}
