//go:build e2e

package e2e

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// fault is what the editor, ajv or lint has to say about a file.
type fault struct {
	Line    int    `json:"line"`
	Message string `json:"message"`
}

// TestAgree shows each file of testdata/agree to the editor, to ajv and to
// lint. Of a right file none of them may say anything; the fault of a wrong
// one each must find, at the same line, and lint must tell it once.
func TestAgree(t *testing.T) {
	people := readFile(t, "testdata/agree/people.yaml")
	for _, of := range []struct{ kind, samples, path string }{
		{"escalation", "testdata/agree", "escalations/2026/sample.yaml"},
		{"people", "testdata/agree/people", "escalations/people.yaml"},
		{"policy", "testdata/agree/policy", "escalations/policy.yaml"},
	} {
		right := files(t, of.samples+"/right/*.yaml")
		wrong := files(t, of.samples+"/wrong/*.yaml")
		ajvSays := ajv(t, "../schema/"+of.kind+".schema.json", slices.Concat(right, wrong)...)
		for _, sample := range slices.Concat(right, wrong) {
			text := readFile(t, sample)
			root := newTree(t, map[string]string{"escalations/people.yaml": people, of.path: text})
			path := filepath.Join(root, of.path)
			editor.open(t, path, text)
			t.Run(strings.TrimPrefix(sample, "testdata/agree/"), func(t *testing.T) {
				t.Parallel()
				finds := slices.Contains(wrong, sample)
				lintSays := findings(t, root, finds)
				if len(lintSays) > 1 {
					t.Errorf("lint tells one mistake %d times", len(lintSays))
				}
				var lines []int
				if finds {
					lines = faultLines(text)
				}
				compare(t, "the editor", editor.underlined(t, path), lines)
				compare(t, "ajv", ajvSays[sample], lines)
				compare(t, "lint", lintSays, lines)
			})
		}
	}
}

// faultLines returns the lines at which the fault of a wrong file may be told:
// the one marked `# fault`. Where none is marked, a key is missing at the top
// of the file: lint tells that at line 1 and the others at the first key. Where
// another key makes it needed, marked `# demands`, it may also be told there.
func faultLines(text string) []int {
	var marked, demands []int
	for i, line := range strings.Split(text, "\n") {
		switch {
		case strings.HasSuffix(line, "# fault"):
			marked = append(marked, i+1)
		case strings.HasSuffix(line, "# demands"):
			demands = append(demands, i+1)
		}
	}
	if marked == nil {
		marked = []int{1, 2}
	}
	return append(marked, demands...)
}

// compare fails the test unless all that was found stands at one of lines, and
// something was found if there are any.
func compare(t *testing.T, by string, found []fault, lines []int) {
	t.Helper()
	if len(lines) > 0 && len(found) == 0 {
		t.Errorf("%s finds nothing, want a fault at one of the lines %v", by, lines)
	}
	for _, f := range found {
		if !slices.Contains(lines, f.Line) {
			t.Errorf("%s, line %d: %s; want faults only at the lines %v", by, f.Line, f.Message, lines)
		}
	}
}

// ajv validates files and returns what is wrong, by file.
func ajv(t *testing.T, schema string, files ...string) map[string][]fault {
	t.Helper()
	out, code := output(t, exec.Command("node", append([]string{"ajv.mjs", schema}, files...)...))
	var found map[string][]fault
	if err := json.Unmarshal(out, &found); err != nil || code != 0 {
		t.Fatalf("ajv.mjs: exit code %d, %v", code, err)
	}
	return found
}

// findings runs lint on a tree.
func findings(t *testing.T, root string, finds bool) []fault {
	t.Helper()
	var report struct{ Findings []fault }
	if err := json.Unmarshal(lint(t, root, "json", finds), &report); err != nil {
		t.Fatal(err)
	}
	return report.Findings
}
