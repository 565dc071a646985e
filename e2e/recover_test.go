//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/e2e/harness"
)

// TestReruns applies ten times what was told once.
func TestReruns(t *testing.T) {
	t.Parallel()
	w := openNorthwind(t)
	for range 10 {
		mustBeQuiet(t, w)
	}
}

// TestDryRun shows what would be said, and says nothing.
func TestDryRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Clone.Merge("Open Northwind", map[string]string{northwindFile: northwind(t)})
	pushes := w.Origin.Pushes()
	r := w.MustApply(0, "--dry-run")
	if !strings.Contains(r.Stdout, "New Escalation") {
		t.Errorf("it does not show the declaration\n%v", r)
	}
	if calls := w.Forge.Writes(); len(calls) > 0 || w.Origin.Pushes() != pushes {
		t.Errorf("it writes: %v, and pushes %d times", calls, w.Origin.Pushes()-pushes)
	}
}

// TestNoLedger applies where there is no ledger, and where nobody can say
// whether there is one.
func TestNoLedger(t *testing.T) {
	t.Parallel()
	w := tools.NewWorld(t, logins, map[string]string{peopleFile: text(t, "testdata/apply/people.yaml"), northwindFile: northwind(t)})
	r := w.MustApply(3)
	for _, flag := range []string{"--adopt", "--announce-existing"} {
		if !strings.Contains(r.Stderr, flag) {
			t.Errorf("it does not name %s\n%v", flag, r)
		}
	}
	show := w.Origin.Hide()
	for _, args := range [][]string{nil, {"--adopt"}, {"--announce-existing"}} {
		if r := w.MustApply(3, args...); strings.Contains(r.Stderr, "--adopt") {
			t.Errorf("a remote that does not answer is taken for one without a ledger\n%v", r)
		}
	}
	show()
	if calls := w.Forge.Calls(); len(calls) > 0 || w.Origin.Ledgers() != nil {
		t.Errorf("it calls %v, and the ledger has %v", calls, w.Origin.Ledgers())
	}
	w.MustApply(0, "--announce-existing")
	tracking(t, w, "2026/northwind")
	mustBeQuiet(t, w)
}

// TestAdopt takes what stands there as told.
func TestAdopt(t *testing.T) {
	t.Parallel()
	w := tools.NewWorld(t, logins, map[string]string{peopleFile: text(t, "testdata/apply/people.yaml"), northwindFile: northwind(t)})
	w.MustApply(0, "--adopt")
	mustBeQuiet(t, w)
	if issues := w.Forge.Issues(); len(issues) > 0 {
		t.Errorf("it announces what it adopts: %v", issues)
	}
	mergeEdits(t, w.Clone, "update", anUpdate(20, "", "The first after the adoption."))
	w.MustApply(0)
	if i := tracking(t, w, "2026/northwind"); len(i.Comments) != 1 {
		t.Errorf("the issue has %d comments, want 1\n%s", len(i.Comments), shown(i))
	}
	mustBeQuiet(t, w)
}

// TestNowhere applies without a destination.
func TestNowhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Clone.Merge("Open Northwind", map[string]string{northwindFile: northwind(t)})
	r := w.StartApply(w.Clone, harness.With{"GITHUB_TOKEN"}).Wait()
	if r.Code != 3 || !strings.Contains(r.Stderr, "GITHUB_TOKEN") {
		t.Errorf("want exit code 3, and what is missing\n%v", r)
	}
	r = w.StartApply(w.Clone, harness.With{"GITHUB_TOKEN=ghs_a-token-that-is-not-valid"}).Wait()
	if r.Code != 1 || !strings.Contains(r.Stdout+r.Stderr, "token") {
		t.Errorf("with a token that GitHub refuses, want exit code 1, and why\n%v", r)
	}
	w.MustApply(0)
	tracking(t, w, "2026/northwind")
	mustBeQuiet(t, w)
}

// TestAtOnce runs escalate twice at the same time, in one clone and in two, at
// several moments of the first run.
func TestAtOnce(t *testing.T) {
	t.Parallel()
	merges := scenario(t)
	alone := faultWorld(t, harness.OnGitHub)
	play(t, alone, merges, nil)
	calls := len(alone.Forge.Calls())
	want, _ := standing(alone)
	for name, clones := range map[string]int{"one clone": 1, "two clones": 2} {
		for _, at := range []int{1, calls / 2, calls} {
			t.Run(fmt.Sprintf("%s/%d", name, at), func(t *testing.T) {
				t.Parallel()
				w := faultWorld(t, harness.OnGitHub)
				second := w.Clone
				if clones == 2 {
					second = w.NewClone()
				}
				var other *harness.Run
				// Each is another run of the workflow.
				fired := w.Forge.Inject(harness.Fault{Kind: harness.Meanwhile, At: at, Do: func() {
					other = w.StartApply(second, harness.With{"GITHUB_RUN_ID=2"})
				}})
				for _, files := range merges {
					w.Clone.Merge("merge", files)
					if r := w.StartApply(w.Clone, harness.With{"GITHUB_RUN_ID=1"}).Wait(); r.Code != 0 {
						t.Error(r)
					}
					if other != nil {
						if r := other.Wait(); r.Code != 0 {
							t.Error(r)
						}
					}
				}
				if fired() != 1 {
					t.Errorf("there is no call %d", at)
				}
				if d, how := compared(w, want, exactly); d != (damage{}) {
					t.Errorf("%d lost, %d doubled, %d wrong:\n%s", d.lost, d.doubled, d.wrong, strings.Join(how, "\n"))
				}
				mustBeQuiet(t, w)
			})
		}
	}
}

// TestForcePush rewrites the default branch between two runs.
func TestForcePush(t *testing.T) {
	t.Parallel()
	w := openNorthwind(t)
	c := w.Clone
	mergeEdits(t, c, "update", anUpdate(20, "", "Told before the history was rewritten."))
	w.MustApply(0)
	// The same files, with another history: nothing is to be told.
	c.Git("checkout", "--quiet", "--orphan", "again")
	c.Git("commit", "--quiet", "-m", "All in one")
	c.Git("push", "--quiet", "--force", "origin", "HEAD:refs/heads/main")
	mustBeQuiet(t, w)
	// Other files, in a history that has nothing in common with the one before.
	c.Git("checkout", "--quiet", "--orphan", "once-more")
	c.Commit("Another history", map[string]string{northwindFile: northwind(t,
		anUpdate(20, "", "Told before the history was rewritten."), anUpdate(21, "", "Only in the new history."))})
	c.Git("push", "--quiet", "--force", "origin", "HEAD:refs/heads/main")
	for _, from := range []*harness.Clone{w.NewClone(), c} { // one that has only the new history, and the old one
		if r := w.StartApply(from, nil).Wait(); r.Code != 0 {
			t.Error(r)
		}
	}
	i := tracking(t, w, "2026/northwind")
	if len(i.Comments) != 2 || !strings.Contains(i.Comments[1].Body, "Only in the new history.") {
		t.Errorf("want the two updates, each once\n%s", shown(i))
	}
	mustBeQuiet(t, w)
}

// TestMergeStyles merges a branch of three commits in each way that GitHub
// offers: what is told is the same.
func TestMergeStyles(t *testing.T) {
	t.Parallel()
	styles := map[string]func(c *harness.Clone){
		"merge": func(c *harness.Clone) { c.Git("merge", "--quiet", "--no-ff", "-m", "Merge", "branch") },
		"squash": func(c *harness.Clone) {
			c.Git("merge", "--quiet", "--squash", "branch")
			c.Git("commit", "--quiet", "-m", "Squash")
		},
		"rebase": func(c *harness.Clone) {
			c.Git("rebase", "--quiet", "main", "branch")
			c.Git("checkout", "--quiet", "main")
			c.Git("merge", "--quiet", "--ff-only", "branch")
		},
	}
	stands := map[string]map[string]harness.Issue{}
	for name, merge := range styles {
		w := openNorthwind(t)
		c := w.Clone
		c.Git("checkout", "--quiet", "-b", "branch")
		file := c.Read(northwindFile)
		for n, e := range [][]edit{
			{{"severity: high", "severity: low"}, anUpdate(20, "", "Lowered.")},
			{{"severity: low", "severity: critical"}, {"dri: mlee", "dri: dpatel"}, anUpdate(21, "", "Raised.")},
			{anUpdate(22, ", significant: true", "Found.")},
		} {
			file = edited(t, file, e...)
			c.Commit(fmt.Sprint("commit ", n), map[string]string{northwindFile: file})
		}
		c.Git("checkout", "--quiet", "main")
		c.Commit("Meanwhile on main", map[string]string{"README.md": "words\n"})
		merge(c)
		c.Git("push", "--quiet", "origin", "main")
		w.MustApply(0)
		all, _ := standing(w)
		stands[name] = all.issues
		mustBeQuiet(t, w)
	}
	if n := len(stands["merge"]["2026/northwind"].Comments); n == 0 {
		t.Error("nothing is told")
	}
	for name, is := range stands {
		if !reflect.DeepEqual(is, stands["merge"]) {
			t.Errorf("%s: there stands\n%s\nand after a merge commit\n%s", name, shown(is["2026/northwind"]), shown(stands["merge"]["2026/northwind"]))
		}
	}
}

// TestRefusedPush forbids each push: what the ledger does not hold is not said.
func TestRefusedPush(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Clone.Merge("Open Northwind", map[string]string{northwindFile: northwind(t)})
	fired := w.Origin.Inject(harness.PushFault{Kind: harness.Refused, Times: harness.Always})
	if r := w.MustApply(3); !strings.Contains(r.Stderr, harness.RuleMessage) {
		t.Errorf("git's own message is missing\n%v", r)
	}
	if fired() != 1 {
		t.Errorf("a push that a rule forbids is tried %d times", fired())
	}
	if calls := w.Forge.Writes(); len(calls) > 0 {
		t.Errorf("it says what the ledger does not hold: %v", calls)
	}
	w.Origin.Heal()
	w.MustApply(0)
	tracking(t, w, "2026/northwind")
	mustBeQuiet(t, w)
}

// TestLostRaces has others be faster each time.
func TestLostRaces(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := w.NewClone()
	w.Clone.Merge("Open Northwind", map[string]string{northwindFile: northwind(t)})
	fired := w.Origin.Inject(harness.PushFault{Kind: harness.Raced, Times: harness.Always, Do: func() {
		other.Git("fetch", "--quiet", "origin", harness.LedgerBranch)
		other.Git("checkout", "--quiet", "--detach", "FETCH_HEAD")
		other.Git("commit", "--quiet", "--allow-empty", "-m", "of another")
		other.Git("push", "--quiet", "origin", "HEAD:refs/heads/"+harness.LedgerBranch)
	}})
	w.MustApply(3)
	if fired() != 10 {
		t.Errorf("it is tried %d times, want 10", fired())
	}
	if calls := w.Forge.Writes(); len(calls) > 0 {
		t.Errorf("it says what the ledger does not hold: %v", calls)
	}
	w.Origin.Heal()
	w.MustApply(0)
	tracking(t, w, "2026/northwind")
	mustBeQuiet(t, w)
}

// TestOneFails has one of two issues not work: the other hears all, the run
// fails and says which, and the next one does the rest.
func TestOneFails(t *testing.T) {
	t.Parallel()
	w := openNorthwind(t)
	alphaFile := "escalations/2026/alpha.yaml"
	alpha := edited(t, northwind(t), edit{"Northwind Traders", "Alpha Airlines"})
	w.Clone.Merge("Open Alpha", map[string]string{alphaFile: alpha})
	w.MustApply(0)
	broken := tracking(t, w, "2026/alpha")
	w.Forge.Inject(harness.Fault{Kind: harness.Internal, Path: fmt.Sprintf("/issues/%d(/|$)", broken.Number), Times: harness.Always})
	up := anUpdate(20, "", "For both.")
	w.Clone.Merge("updates", map[string]string{
		alphaFile:     edited(t, alpha, up),
		northwindFile: edited(t, northwind(t), up, anUpdate(21, "", "For one.")),
	})
	r := w.MustApply(1)
	if !strings.Contains(r.Stdout+r.Stderr, "2026/alpha") {
		t.Errorf("it does not say which failed\n%v", r)
	}
	if n := len(tracking(t, w, "2026/northwind").Comments); n != 2 {
		t.Errorf("the other issue has %d comments, want 2", n)
	}
	w.Forge.Heal()
	w.MustApply(0)
	if n := len(tracking(t, w, "2026/alpha").Comments); n != 1 {
		t.Errorf("the issue has %d comments, want 1", n)
	}
	if n := len(tracking(t, w, "2026/northwind").Comments); n != 2 {
		t.Errorf("the other issue has %d comments, want 2", n)
	}
	mustBeQuiet(t, w)
}

// TestWithoutLogin has a DRI whom GitHub does not know, or does not let be
// assigned.
func TestWithoutLogin(t *testing.T) {
	t.Parallel()
	for name, dri := range map[string]string{"no login": "kwong", "not a member": "ebrandt", "nobody's login": "vproduct"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			file := northwind(t, edit{"dri: jdoe\nproduct", "dri: " + dri + "\nproduct"})
			if dri == "kwong" {
				file = edited(t, file, edit{"csm: jdoe", "cse: kwong\n  cse_help_case: https://help.example.com/1"})
			} else {
				file = edited(t, file, edit{"csm: jdoe", "csm: " + dri})
			}
			w.Clone.Merge("Open Northwind", map[string]string{northwindFile: edited(t, file, anUpdate(20, "", "An update."))})
			w.MustApply(0)
			i := tracking(t, w, "2026/northwind")
			if len(i.Assignees) > 0 || !slices.Equal(i.Labels, []string{"escalation", "severity:high"}) {
				t.Errorf("want it labelled and assigned to nobody\n%s", shown(i))
			}
			mustBeQuiet(t, w)
			// The directory learns of a login: the next change of the DRI assigns.
			mergeEdits(t, w.Clone, "change the DRI", edit{"dri: " + dri + "\nproduct", "dri: jdoe\nproduct"}, anUpdate(21, "", "Jo takes over."))
			w.MustApply(0)
			if i := tracking(t, w, "2026/northwind"); !slices.Equal(i.Assignees, []string{"jodoe"}) {
				t.Errorf("want it assigned to jodoe\n%s", shown(i))
			}
		})
	}
}

// TestDeletedIssue has somebody delete the tracking issue.
func TestDeletedIssue(t *testing.T) {
	t.Parallel()
	w := openNorthwind(t)
	first := tracking(t, w, "2026/northwind")
	w.GitHub.DeleteIssue(first.Number)
	mustBeQuiet(t, w) // nothing has changed
	mergeEdits(t, w.Clone, "update", anUpdate(20, "", "After the issue was deleted."))
	w.MustApply(0)
	second := tracking(t, w, "2026/northwind")
	if second.Number == first.Number || len(second.Comments) != 1 {
		t.Errorf("want a new issue with the update\n%s", shown(second))
	}
	mergeEdits(t, w.Clone, "update", anUpdate(21, "", "And once more."))
	w.MustApply(0)
	if again := tracking(t, w, "2026/northwind"); again.Number != second.Number || len(again.Comments) != 2 {
		t.Errorf("want the next update in the same issue\n%s", shown(again))
	}
	mustBeQuiet(t, w)
}

// TestVerify has people delete, edit and double what was told: the next run
// leaves it so, and --verify says what is not as it was told.
func TestVerify(t *testing.T) {
	t.Parallel()
	w := openNorthwind(t)
	mergeEdits(t, w.Clone, "updates", anUpdate(20, "", "One."), anUpdate(21, "", "Two."), anUpdate(22, "", "Three."))
	w.MustApply(0)
	w.MustApply(0, "--verify")
	i := tracking(t, w, "2026/northwind")
	if len(i.Comments) != 3 {
		t.Fatalf("want three comments\n%s", shown(i))
	}
	w.GitHub.DeleteComment(i.Comments[0].ID)
	w.GitHub.EditComment(i.Comments[1].ID, strings.Replace(i.Comments[1].Body, "Two.", "Something else.", 1))
	w.GitHub.Do(http.MethodPost, fmt.Sprintf("/issues/%d/comments", i.Number), map[string]string{"body": i.Comments[2].Body}, nil)
	orphan := strings.ReplaceAll(i.Comments[2].Body, "2026-11-22T12:00:00Z", "2026-11-23T12:00:00Z")
	w.GitHub.Do(http.MethodPost, fmt.Sprintf("/issues/%d/comments", i.Number), map[string]string{"body": orphan}, nil)
	mustBeQuiet(t, w)
	r := w.MustApply(1, "--verify")
	for word, key := range map[string]string{"missing": "update 2026-11-20", "edited": "update 2026-11-21", "doubled": "update 2026-11-22", "orphaned": "update 2026-11-23"} {
		if !slices.ContainsFunc(strings.Split(r.Stdout, "\n"), func(line string) bool { return strings.Contains(line, word) && strings.Contains(line, key) }) {
			t.Errorf("it does not say that the %s is %s\n%v", key, word, r)
		}
	}
	if len(w.Forge.Issues()[0].Comments) != 4 {
		t.Error("--verify changes something")
	}
}

// TestRenamedLabel has somebody rename the labels.
func TestRenamedLabel(t *testing.T) {
	t.Parallel()
	w := openNorthwind(t)
	w.GitHub.RenameLabel("escalation", "customers")
	w.GitHub.RenameLabel("severity:high", "very bad")
	mustBeQuiet(t, w)
	mergeEdits(t, w.Clone, "raise", edit{"severity: high", "severity: critical"}, edit{"dri: mlee", "dri: dpatel"}, anUpdate(20, "", "Raised."))
	w.MustApply(0)
	i := tracking(t, w, "2026/northwind")
	if !slices.Contains(i.Labels, "severity:critical") || !slices.Contains(i.Labels, "escalation") || len(i.Comments) == 0 {
		t.Errorf("want the labels of now, and the notice\n%s", shown(i))
	}
	// An issue that is looked for is found, whatever its label is called now.
	w.GitHub.RenameLabel("escalation", "customers-again")
	w.Forge.Inject(harness.Fault{Kind: harness.KillAfter, Method: http.MethodPost, Path: "/comments$", Do: w.Kill})
	mergeEdits(t, w.Clone, "update", anUpdate(21, "", "In doubt."))
	w.Apply()
	w.MustApply(0)
	if n := len(tracking(t, w, "2026/northwind").Comments); n != len(i.Comments)+1 {
		t.Errorf("%d comments, want %d", n, len(i.Comments)+1)
	}
	mustBeQuiet(t, w)
}

// TestDecoys has people put markers where they do not belong: in a pull request,
// and in a comment of their own, in advance.
func TestDecoys(t *testing.T) {
	t.Parallel()
	w := openNorthwind(t)
	i := tracking(t, w, "2026/northwind")
	marker := i.Body[strings.LastIndex(i.Body, "<!--"):]
	w.GitHub.AddPull("Not the issue", marker, "escalation")
	mergeEdits(t, w.Clone, "update", anUpdate(20, "", "One."))
	w.MustApply(0)
	one := tracking(t, w, "2026/northwind").Comments[0].Body
	// Somebody knows what the next marker will be, and the next run crashes.
	w.Forge.AddComment("anarivera", i.Number, "mine "+strings.ReplaceAll(one[strings.LastIndex(one, "<!--"):], "11-20", "11-21"))
	w.Forge.Inject(harness.Fault{Kind: harness.KillBefore, Method: http.MethodPost, Path: "/comments$", Do: w.Kill})
	mergeEdits(t, w.Clone, "update", anUpdate(21, "", "Two."))
	w.Apply()
	w.MustApply(0)
	i = tracking(t, w, "2026/northwind")
	if n := len(slices.DeleteFunc(i.Comments, func(c harness.Comment) bool { return c.Author != harness.Bot })); n != 2 {
		t.Errorf("%d updates were told, want 2: a marker that somebody else wrote was believed", n)
	}
	mustBeQuiet(t, w)
}

// TestMirror has the ledger of one repository in another, where other people's
// issues have its numbers: nothing of theirs is touched, whenever a run is killed,
// and each escalation has an issue there by its next moment.
func TestMirror(t *testing.T) {
	t.Parallel()
	merges := scenario(t)
	for _, at := range []int{0, 1, 6, 12} {
		t.Run(fmt.Sprintf("killed at %d", at), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			play(t, w, merges[:1], nil)
			w.Forge = tools.NewGitHub(t, logins)
			for _, title := range []string{"A broken link", "A typing error", "An idea"} {
				w.Forge.AddIssue("anarivera", title, "Of somebody else.", "escalation")
			}
			byNumber := func(a, b harness.Issue) int { return a.Number - b.Number }
			before := w.Forge.Issues()
			slices.SortFunc(before, byNumber)
			if at > 0 {
				w.Forge.Inject(harness.Fault{Kind: harness.KillAfter, At: at, Do: w.Kill})
			}
			play(t, w, merges[1:], nil)
			issues := w.Forge.Issues()
			slices.SortFunc(issues, byNumber)
			for n, was := range before {
				if got := shown(issues[n]); got != shown(was) {
					t.Errorf("an issue of somebody else was\n%s\nand is\n%s", shown(was), got)
				}
			}
			for _, id := range []string{"2026/northwind", "2026/alpha", "2026/beta"} {
				if i := tracking(t, w, id); i.Number <= 3 {
					t.Errorf("%s has the issue %d of somebody else", id, i.Number)
				}
			}
			if len(issues) != 6 {
				t.Errorf("%d issues", len(issues))
			}
			mustBeQuiet(t, w)
		})
	}
}
