//go:build e2e

package e2e

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/e2e/harness"
)

const (
	lintWorkflow  = ".github/workflows/lint.yml"
	applyWorkflow = ".github/workflows/apply.yml"
	staleWorkflow = ".github/workflows/stale.yml"
	botWorkflow   = ".github/workflows/bot.yml"
)

// own returns files of this repository.
func own(t testing.TB, names ...string) map[string]string {
	t.Helper()
	out, err := exec.Command("git", append([]string{"-C", tools.Root(), "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"}, names...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for name := range strings.SplitSeq(strings.Trim(string(out), "\x00"), "\x00") {
		files[name] = text(t, filepath.Join(tools.Root(), name))
	}
	return files
}

// pullRequest is what GitHub sends when a pull request is opened.
func pullRequest(t testing.TB, number int, base string) map[string]any {
	t.Helper()
	payload := tools.Event(t, "pull_request", "opened")
	payload["number"] = number
	pull := payload["pull_request"].(map[string]any)
	pull["number"] = number
	pull["base"].(map[string]any)["sha"] = base
	pull["base"].(map[string]any)["ref"] = "main"
	return payload
}

// pushed is what GitHub sends when the default branch moves. That it names
// commits that are not there does not matter: they may be gone by then.
func pushed(t testing.TB) map[string]any {
	t.Helper()
	payload := tools.Event(t, "push", "")
	payload["ref"], payload["created"] = "refs/heads/main", false
	return payload
}

// dispatched is what GitHub sends when a person runs the workflow.
func dispatched(t testing.TB, begin string) map[string]any {
	t.Helper()
	payload := tools.Event(t, "workflow_dispatch", "")
	payload["ref"], payload["inputs"] = "refs/heads/main", map[string]any{"begin": begin}
	return payload
}

// TestOwnWorkflows runs the workflows of this repository, with the action as
// ./, built from what is checked out.
func TestOwnWorkflows(t *testing.T) {
	t.Parallel()
	files := own(t, "cmd", "internal", "schema", "go.mod", "go.sum", "action.yml", ".github")
	files[peopleFile] = text(t, "testdata/apply/people.yaml")
	w := tools.NewWorld(t, logins, files)
	pull := w.GitHub.AddPull("Open Northwind", "")
	base := w.Clone.Git("rev-parse", "HEAD")

	// A pull request with a mistake in it.
	w.Clone.Git("checkout", "--quiet", "-b", "northwind")
	w.Clone.Commit("Open Northwind", map[string]string{northwindFile: northwind(t, edit{"dri: jdoe\nproduct", "dri: arivera\nproduct"})})
	lint := harness.Workflow{File: lintWorkflow, Event: "pull_request", Payload: pullRequest(t, pull, base)}
	j := w.Act(w.Clone, lint)
	if !j.Failed || len(j.Annotations) != 1 || !strings.HasPrefix(j.Annotations[0], northwindFile+":14: ") {
		t.Errorf("failed: %v, annotations %q\n%s", j.Failed, j.Annotations, j.Log)
	}
	contains(t, j.Summary, "1 error", "What merging this announces")

	// Mended: what merging announces stands in the summary and in one comment.
	w.Clone.Commit("Mend", map[string]string{northwindFile: northwind(t)})
	for range 2 {
		if j = w.Act(w.Clone, lint); j.Failed {
			t.Fatalf("it fails\n%s", j.Log)
		}
	}
	contains(t, j.Summary, "New Escalation", "Northwind Traders")
	comments := w.Forge.Comments(pull)
	if len(comments) != 1 {
		t.Fatalf("the pull request has %d comments, want 1", len(comments))
	}
	contains(t, comments[0].Body, "Opening in `#escalated_customers`", "Northwind Traders")

	// On a fork, whose token may only read, the summary alone has it.
	w.Forge.Forget()
	denied := w.Forge.Inject(harness.Fault{Kind: harness.ReadOnly, Path: "/comments", Method: http.MethodPost, Times: harness.Always})
	fork := w.GitHub.AddPull("Open Northwind", "")
	lint.Payload = pullRequest(t, fork, base)
	if j = w.Act(w.Clone, lint); j.Failed || denied() == 0 {
		t.Errorf("failed: %v, with %d comments refused\n%s", j.Failed, denied(), j.Log)
	}
	contains(t, j.Summary, "New Escalation")
	w.Forge.Heal()

	// Merged: without a ledger nothing is said, and the log tells how to begin.
	w.Clone.Git("push", "--quiet", "origin", "HEAD:refs/heads/main")
	w.Clone.Git("checkout", "--quiet", "-B", "main")
	apply := harness.Workflow{File: applyWorkflow, Event: "push", Payload: pushed(t)}
	if j = w.Act(w.Clone, apply); !j.Failed || w.Origin.Ledgers() != nil {
		t.Errorf("failed: %v, the ledger has %v", j.Failed, w.Origin.Ledgers())
	}
	contains(t, j.Log, "--announce-existing")
	j = w.Act(w.Clone, harness.Workflow{File: applyWorkflow, Event: "workflow_dispatch", Payload: dispatched(t, "announce all that stands there")})
	if j.Failed {
		t.Fatalf("it fails\n%s", j.Log)
	}
	contains(t, j.Summary, "2026/northwind opened")
	tracking(t, w, "2026/northwind")

	mergeEdits(t, w.Clone, "update", anUpdate(20, "", "The waiting is reproduced in our lab."))
	for range 2 {
		if j = w.Act(w.Clone, apply); j.Failed {
			t.Fatalf("it fails\n%s", j.Log)
		}
	}
	contains(t, j.Summary, "Nothing to tell")
	if i := tracking(t, w, "2026/northwind"); len(i.Comments) != 1 {
		t.Errorf("the issue has %d comments, want 1", len(i.Comments))
	}
}

// TestReleasedAction runs the workflows of docs/setup.md in a repository of
// escalations that has nothing else: the action, under the name that others use
// it by, installs a release.
func TestReleasedAction(t *testing.T) {
	t.Parallel()
	const action = "escalations-as-code/escalate@PIN"
	setup := text(t, "../docs/setup.md")
	files := map[string]string{peopleFile: text(t, "testdata/apply/people.yaml"), northwindFile: northwind(t)}
	for _, name := range []string{lintWorkflow, applyWorkflow, staleWorkflow} {
		_, rest, found := strings.Cut(setup, "```yaml\n# "+name+"\n")
		workflow, _, closed := strings.Cut(rest, "```\n")
		if !found || !closed || !strings.Contains(workflow, action) {
			t.Fatalf("docs/setup.md does not have %s with %s", name, action)
		}
		files[name] = workflow
	}
	w := tools.NewWorld(t, logins, files)
	releases := newReleases(t)
	installed := t.TempDir()
	for name, text := range own(t, "action.yml", ".github/action") {
		path := filepath.Join(installed, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(installed, ".github/action/sums"), []byte(releases.sums), 0o644); err != nil {
		t.Fatal(err)
	}
	dispatch := harness.Workflow{
		File: applyWorkflow, Event: "workflow_dispatch", Payload: dispatched(t, "announce all that stands there"),
		Actions: map[string]string{action: installed}, With: harness.With{"GITHUB_SERVER_URL=" + releases.url},
	}

	// What has another sum is not run.
	releases.tampered = true
	if j := w.Act(w.Clone, dispatch); !j.Failed || !strings.Contains(strings.Join(j.Annotations, "\n")+j.Log, "does not have the sum") || w.Origin.Ledgers() != nil {
		t.Errorf("failed: %v, the ledger has %v\n%s\n%s", j.Failed, w.Origin.Ledgers(), j.Annotations, j.Log)
	}
	releases.tampered = false
	if j := w.Act(w.Clone, dispatch); j.Failed {
		t.Fatalf("it fails\n%s", j.Log)
	}
	tracking(t, w, "2026/northwind")

	// The schedule reminds, and is green though much is overdue.
	for n, want := range []string{"The schedule fired", "It ran last at"} {
		j := w.Act(w.Clone, harness.Workflow{
			File: staleWorkflow, Event: "schedule", Payload: map[string]any{"schedule": "17 */2 * * *"}, Actions: dispatch.Actions, With: dispatch.With,
		})
		if j.Failed {
			t.Fatalf("run %d fails\n%s", n+1, j.Log)
		}
		contains(t, j.Summary, "What is overdue, and what is due next", want)
	}
	if is := tracking(t, w, "2026/northwind"); len(is.Comments) > 1 { // none on a weekend
		t.Errorf("the issue has %d reminders", len(is.Comments))
	}

	pull := w.GitHub.AddPull("An update", "")
	base := w.Clone.Git("rev-parse", "HEAD")
	w.Clone.Commit("An update", map[string]string{northwindFile: northwind(t, anUpdate(20, "", "The waiting is reproduced in our lab."))})
	j := w.Act(w.Clone, harness.Workflow{File: lintWorkflow, Event: "pull_request", Payload: pullRequest(t, pull, base), Actions: dispatch.Actions, With: dispatch.With})
	if j.Failed {
		t.Fatalf("it fails\n%s", j.Log)
	}
	contains(t, j.Summary, "stays quiet about 2026/northwind")
	if comments := w.Forge.Comments(pull); len(comments) != 1 {
		t.Errorf("the pull request has %d comments, want 1", len(comments))
	}
}

// releases is where the releases of the action are downloaded.
type releases struct {
	url      string
	sums     string // what the commit that is pinned says of them
	tampered bool   // the archive is another than the one that was summed
}

func newReleases(t testing.TB) *releases {
	t.Helper()
	var archive bytes.Buffer
	zipped := gzip.NewWriter(&archive)
	tarred := tar.NewWriter(zipped)
	program := text(t, binary)
	if err := tarred.WriteHeader(&tar.Header{Name: "escalate", Mode: 0o755, Size: int64(len(program))}); err != nil {
		t.Fatal(err)
	}
	if _, err := tarred.Write([]byte(program)); err != nil {
		t.Fatal(err)
	}
	if err := tarred.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	name := archiveName(t)
	r := &releases{sums: fmt.Sprintf("%x  v0.1.0/%s\n", sha256.Sum256(archive.Bytes()), name)}
	const folder = "/escalations-as-code/escalate/releases/download/v0.1.0/"
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+folder+name, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(archive.Bytes())
		if r.tampered {
			_, _ = w.Write([]byte("more"))
		}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	r.url = server.URL
	return r
}

// archiveName is the name that goreleaser gives to the archive for this machine.
func archiveName(t testing.TB) string {
	t.Helper()
	if config := text(t, "../.goreleaser.yaml"); !strings.Contains(config, "name_template: escalate_{{ .Os }}_{{ .Arch }}\n") {
		t.Fatal(".goreleaser.yaml names the archives in another way than the action expects")
	}
	out, err := exec.Command("go", "env", "GOOS", "GOARCH").Output()
	if err != nil {
		t.Fatal(err)
	}
	system := strings.Fields(string(out))
	return fmt.Sprintf("escalate_%s_%s.tar.gz", system[0], system[1])
}

// contains fails unless a text contains all of some words.
func contains(t testing.TB, text string, words ...string) {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(text, word) {
			t.Errorf("it does not say %q:\n%s", word, text)
		}
	}
}

// TestBotWorkflow runs the workflow of the bot by the events that GitHub sends when
// somebody writes a comment, and when somebody fills in the form.
func TestBotWorkflow(t *testing.T) {
	t.Parallel()
	now := time.Now().UTC().Truncate(time.Second) // a workflow goes by the clock of the machine
	files := own(t, "cmd", "internal", "schema", "go.mod", "go.sum", "action.yml", ".github")
	files[peopleFile] = text(t, "testdata/apply/people.yaml")
	files[northwindFile] = northwind(t, edit{"2026-11-20T09:30:00Z", now.Add(-2 * time.Hour).Format(time.RFC3339)}, edit{"due: 2026-11-24", "due: " + now.AddDate(0, 0, 3).Format(time.DateOnly)})
	w := tools.NewWorldAt(t, now.Add(-time.Minute), logins, files)
	w.MustApply(0, "--announce-existing")
	issue := tracking(t, w, "2026/northwind").Number

	comment := w.Forge.AddComment("jodoe", issue, "/update internal The load test $(date) is `booked`.")
	payload := tools.Event(t, "issue_comment", "created")
	payload["comment"].(map[string]any)["body"] = "/update internal The load test $(date) is `booked`."
	if j := w.Act(w.Clone, harness.Workflow{File: botWorkflow, Event: "issue_comment", Payload: payload}); j.Failed {
		t.Fatalf("it fails\n%s", j.Log)
	}
	contains(t, w.Origin.Git("show", "main:"+northwindFile), "The load test $(date) is `booked`.")
	contains(t, shown(tracking(t, w, "2026/northwind")), fmt.Sprintf("escalate: answer %d ", comment), "Done: update")

	d := &desk{TB: t, World: w}
	body := d.filled(map[string]string{"customer": "Fabrikam", "severity": "low", "description": "Builds fail"})
	number := w.Forge.AddIssue("jodoe", "Escalation", body, "escalation-request")
	payload = tools.Event(t, "issues", "opened")
	asks := payload["issue"].(map[string]any)
	asks["body"], asks["labels"] = body, []any{map[string]any{"name": "escalation-request"}}
	if j := w.Act(w.Clone, harness.Workflow{File: botWorkflow, Event: "issues", Payload: payload}); j.Failed {
		t.Fatalf("it fails\n%s", j.Log)
	}
	said := w.Forge.Comments(number)
	if len(said) != 1 {
		t.Fatalf("it has the answers %v", said)
	}
	contains(t, said[0].Body, "Something is missing:")
}
