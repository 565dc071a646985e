package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/forge/forgetest"
	"github.com/escalations-as-code/escalate/internal/git/gittest"
)

// P1: triage is asked on the pull request that opens an escalation, and lies unmerged:
// once, whatever ends a run; and no more after the merge. Updates, drafts and what comes
// from a fork are none, and who cannot see says so.
func TestProposals(t *testing.T) {
	t.Parallel()
	origin := gittest.New(t)
	people := strings.Replace(fixture.Read(fixture.People), "rking: {", "rking: {github: robinking, ", 1)
	origin.Commit("The first", fixture.People, people, fixture.Northwind, fixture.Read(fixture.Northwind), "escalations/policy.yaml", "triage: [rking]\n")
	litware := strings.NewReplacer("Northwind Traders", "Litware @everyone", "opened:", "channel: esc_litware\nopened:").Replace(fixture.Read(fixture.Northwind))
	g := forgetest.NewGitHub(t)
	g.Now = func() time.Time { return time.Date(2026, 11, 20, 10, 30, 0, 0, time.UTC) } // 11:30 in Berlin
	branch := func(name string, pairs ...string) *forgetest.Proposal {
		origin.Git("checkout", "--quiet", "-b", name, "main")
		return g.Propose(forgetest.User, name, origin.Commit(name, pairs...))
	}
	merged := branch("litware", "escalations/2026/litware.yaml", litware)
	proposal := merged.Number
	branch("update", fixture.Northwind, strings.Replace(fixture.Read(fixture.Northwind), "ask: One", "ask: Two", 1))
	branch("draft", "escalations/2026/draft.yaml", litware).Draft = true
	fork := branch("fork", "escalations/2026/fork.yaml", litware)
	fork.Fork, fork.Head = true, "gone"
	origin.Git("checkout", "--quiet", "main")

	dir := origin.Dir
	vars := map[string]string{"GITHUB_API_URL": g.API, "GITHUB_REPOSITORY": "acme/escalations", "GITHUB_TOKEN": "t"}
	call := func(now string, args ...string) (code int, out, errs string) {
		var stdout, stderr bytes.Buffer
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		code = run(t.Context(), append(args, "--dir", dir), environment{stdout: &stdout, stderr: &stderr, getenv: func(name string) string { return vars[name] }, now: func() time.Time { return at }})
		return code, stdout.String(), stderr.String()
	}
	if code, _, errs := call("2026-11-20T11:00:00Z", "apply", "--adopt"); code != exitClean {
		t.Fatal(errs)
	}
	dir = filepath.Join(t.TempDir(), "clone")
	origin.Git("clone", "--quiet", "--depth=1", "--branch=main", "file://"+origin.Dir, dir) // as a job does
	shown := func(now string) (code int, all []string) {
		t.Helper()
		code, out, errs := call(now, "stale", "--json")
		var r struct {
			Items  []struct{ Escalation, Clock, State, Turn, URL string }
			Unread []struct{ Why string }
		}
		if err := json.Unmarshal([]byte(out), &r); err != nil {
			t.Fatalf("%v: %s%s", err, out, errs)
		}
		for _, i := range r.Items {
			if i.Clock == "proposal" {
				all = append(all, fmt.Sprintf("%s %s %s %s", i.Escalation, i.State, i.Turn, i.URL))
			}
		}
		for _, u := range r.Unread {
			all = append(all, u.Why)
		}
		return code, all
	}
	says := func(now string, wantCode int, want ...string) {
		t.Helper()
		if code, got := shown(now); code != wantCode || !slices.Equal(got, want) {
			t.Errorf("%s: exit %d, %q, want %q", now, code, got, want)
		}
	}
	const url = "https://github.example/pull/1"
	says("2026-11-20T11:29:00Z", exitClean, "2026/litware due rking "+url)

	remind := func(now string, wantCode int, wantComments int, wantSaid string) {
		t.Helper()
		code, out, errs := call(now, "stale", "--apply")
		got, all := g.Bodies(forge.Thread{Number: proposal}), 0
		for n := 1; n <= 4; n++ {
			all += len(g.Bodies(forge.Thread{Number: n}))
		}
		if code != wantCode || len(got) != wantComments || all != wantComments || !strings.Contains(out+errs, wantSaid) {
			t.Errorf("%s: exit %d, %d comments, %q\n%s%s", now, code, all, got, out, errs)
		}
	}
	remind("2026-11-20T11:40:00Z", exitClean, 1, "told in proposal by github")
	remind("2026-11-20T12:00:00Z", exitClean, 1, "")
	if got := g.Comments[0].Body; !strings.HasPrefix(got, "Overdue since Fri 20 Nov 12:30 CET: pull request `#1`, which is to open it, is not merged. It is the turn of Robin King (triage).") || !strings.Contains(got, "\ncc @robinking\n") {
		t.Errorf("it says %q", got)
	}
	// It cannot be written, and is merged until it can be.
	g.Fault = func(op string) forgetest.Fault {
		if strings.HasPrefix(op, "comment ") {
			return forgetest.Forbidden
		}
		return forgetest.None
	}
	remind("2026-11-24T09:00:00Z", exitFindings, 1, "FAILED")
	g.Fault = func(op string) forgetest.Fault {
		if strings.HasPrefix(op, "proposals") {
			return forgetest.Forbidden
		}
		return forgetest.None
	}
	const blind = "the open pull requests are not known: GitHub does not allow it"
	if code, out, errs := call("2026-11-24T10:00:00Z", "apply"); code != exitFindings || !strings.Contains(out, blind) {
		t.Errorf("nobody knows whether it is merged: exit %d\n%s%s", code, out, errs)
	}
	remind("2026-11-24T10:00:00Z", exitFindings, 1, "nobody can be reminded of proposals that lie unmerged: "+blind)
	if code, got := shown("2026-11-24T10:00:00Z"); code != exitFindings || len(got) != 1 || !strings.Contains(got[0], blind) {
		t.Errorf("exit %d, %q", code, got)
	}
	g.Fault, merged.Open = nil, false
	origin.Commit("Merged", "escalations/2026/litware.yaml", litware)
	call("2026-11-24T11:00:00Z", "apply")
	if got := g.Bodies(forge.Thread{Number: proposal}); len(got) != 1 {
		t.Errorf("after the merge %q", got)
	}
	if _, got := shown("2026-11-24T12:00:00Z"); len(got) > 0 {
		t.Errorf("after the merge %q", got)
	}
}
