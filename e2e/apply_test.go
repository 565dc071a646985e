//go:build e2e

package e2e

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/e2e/harness"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// logins are who is on the GitHub of the tests: see testdata/apply/people.yaml.
var logins = harness.Logins{
	Members:   []string{"jodoe", "anarivera", "minlee", "dinapatel", "robinking"},
	Strangers: []string{"evabrandt"},
}

const (
	peopleFile    = "escalations/people.yaml"
	northwindFile = "escalations/2026/northwind.yaml"
)

// newWorld makes a world with people and without an escalation, whose ledger
// says that nothing was told.
func newWorld(t testing.TB) *harness.World {
	t.Helper()
	return newWorldOn(t, harness.OnGitHub)
}

// forges are the kinds of forges, by their names.
var forges = map[string]harness.Kind{"GitHub": harness.OnGitHub, "GitLab": harness.OnGitLab}

// onEach runs a test on each kind of forge.
func onEach(t *testing.T, test func(*testing.T, harness.Kind)) {
	t.Helper()
	for name, on := range forges {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, on)
		})
	}
}

func newWorldOn(t testing.TB, on harness.Kind) *harness.World {
	t.Helper()
	w := tools.NewWorldOn(t, on, harness.Begun, logins, map[string]string{peopleFile: text(t, "testdata/apply/people.yaml")})
	w.MustApply(0, "--adopt")
	return w
}

// openNorthwind merges the escalation of most tests, and applies.
func openNorthwind(t testing.TB) *harness.World {
	t.Helper()
	return openNorthwindOn(t, harness.OnGitHub)
}

func openNorthwindOn(t testing.TB, on harness.Kind) *harness.World {
	t.Helper()
	w := newWorldOn(t, on)
	w.Clone.Merge("Open Northwind", map[string]string{northwindFile: northwind(t)})
	w.MustApply(0)
	return w
}

// edit is a change of a file: the text old, which must be in it once, becomes
// new. An old of "" stands for the end of the updates, which end the file.
type edit struct{ old, new string }

// northwind is the escalation of most tests, edited.
func northwind(t testing.TB, edits ...edit) string {
	t.Helper()
	return edited(t, text(t, "testdata/apply/northwind.yaml"), edits...)
}

func edited(t testing.TB, s string, edits ...edit) string {
	t.Helper()
	for _, e := range edits {
		switch {
		case e.old == "" && strings.Contains(s, "\nupdates:\n"):
			s += e.new
		case e.old == "":
			s += "updates:\n" + e.new
		case strings.Count(s, e.old) != 1:
			t.Fatalf("%q stands there %d times", e.old, strings.Count(s, e.old))
		default:
			s = strings.Replace(s, e.old, e.new, 1)
		}
	}
	return s
}

// anUpdate is an update of the escalation, on a day of November at noon.
func anUpdate(day int, more, words string) edit {
	return edit{"", fmt.Sprintf("  - {at: 2026-11-%dT12:00:00Z, by: jdoe, to: [internal, customer]%s, text: %s}\n", day, more, quoted(words))}
}

// quoted is a text as YAML has it in quotes.
func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// mergeEdits edits Northwind as it stands, and merges it.
func mergeEdits(t testing.TB, c *harness.Clone, subject string, edits ...edit) {
	t.Helper()
	c.Merge(subject, map[string]string{northwindFile: edited(t, c.Read(northwindFile), edits...)})
}

// mustBeQuiet applies where all is told: nothing is said, nothing written and
// nothing pushed.
func mustBeQuiet(t testing.TB, w *harness.World) {
	t.Helper()
	w.Forge.Forget()
	if w.Slack != nil {
		w.Slack.Forget()
	}
	pushes := w.Origin.Pushes()
	r := w.MustApply(0, "--json")
	if said := outcomes(t, r); len(said) != 0 {
		t.Errorf("it says again: %v", said)
	}
	calls := w.Forge.Calls()
	if w.Slack != nil {
		calls = append(calls, w.Slack.Calls()...)
	}
	for _, c := range calls {
		t.Errorf("with nothing to tell, it calls %v", c)
	}
	if more := w.Origin.Pushes() - pushes; more != 0 {
		t.Errorf("with nothing to tell, it pushes %d times", more)
	}
}

// outcome is a notice or an action in the JSON of apply.
type outcome struct {
	Key, Escalation, Moment, Do, To, Via, State, URL, Error, Text string
	Mentions                                                      []string
}

func outcomes(t testing.TB, r harness.Result) []outcome {
	t.Helper()
	var said struct{ Notices, Actions []outcome }
	if err := json.Unmarshal([]byte(r.Stdout), &said); err != nil {
		t.Fatalf("%v\n%v", err, r)
	}
	return slices.Concat(said.Notices, said.Actions)
}

// tracking returns the tracking issue of an escalation: there must be one.
func tracking(t testing.TB, w *harness.World, id string) harness.Issue {
	t.Helper()
	var of []harness.Issue
	for _, i := range w.Forge.Issues() {
		if strings.Contains(i.Title, "("+id+")") {
			of = append(of, i)
		}
	}
	if len(of) != 1 {
		t.Fatalf("%s has %d tracking issues, want 1", id, len(of))
	}
	return of[0]
}

// golden compares a text with a golden file.
func golden(t testing.TB, file, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Errorf("%v: run with -update", err)
	} else if got != string(want) {
		t.Errorf("%s differs: run with -update and read the difference\n--- got\n%s--- want\n%s", file, got, want)
	}
}

// shown is an issue with its comments as a golden file has it.
func shown(i harness.Issue) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", i.Title)
	fmt.Fprintf(&b, "%s, by %s, labels: %s, assigned: %s\n\n%s\n", i.State, i.Author, strings.Join(i.Labels, ", "), strings.Join(i.Assignees, ", "), i.Body)
	for n, c := range i.Comments {
		fmt.Fprintf(&b, "\n==== comment %d, by %s\n\n%s\n", n+1, c.Author, c.Body)
	}
	return b.String()
}

func text(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
