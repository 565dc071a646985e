//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// hostile is text that a report must not let out of its quotes.
const hostile = `severity: "]]>&<\"'\u0001\u202E%0A::error::Łódź 🚨"`

// TestReports holds the reports of lint against the schemas that their readers
// publish, with findings and without.
func TestReports(t *testing.T) {
	tree := map[string]string{"escalations/people.yaml": readFile(t, "testdata/agree/people.yaml")}
	var named []string
	for _, file := range files(t, "testdata/agree/wrong/*.yaml") {
		path := "escalations/2026/" + filepath.Base(file)
		tree[path] = readFile(t, file)
		named = append(named, path)
	}
	tree[named[0]] = strings.Replace(tree[named[0]], "severity: high", hostile, 1)
	faulty := newTree(t, tree)
	clean := newTree(t, map[string]string{
		"escalations/people.yaml":      readFile(t, "testdata/agree/people.yaml"),
		"escalations/2026/sample.yaml": readFile(t, files(t, "testdata/agree/right/*.yaml")[0]),
	})

	for format, validate := range map[string]func(t *testing.T, report string){
		"junit": func(t *testing.T, report string) {
			cmd := exec.Command("xmllint", "--nonet", "--noout", "--schema", "../internal/report/testdata/junit.xsd", report)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s", cmd, err, out)
			}
		},
		"sarif":  byAjv("../internal/report/testdata/sarif-schema-2.1.0.json"),
		"gitlab": byAjv("../internal/report/testdata/gitlab-codequality.schema.json"),
	} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			for root, finds := range map[string]bool{faulty: true, clean: false} {
				out := lint(t, root, format, finds)
				report := filepath.Join(t.TempDir(), format)
				if err := os.WriteFile(report, out, 0o644); err != nil {
					t.Fatal(err)
				}
				validate(t, report)
				for _, path := range named {
					if finds && !strings.Contains(string(out), path) {
						t.Errorf("the report does not name %s", path)
					}
				}
			}
		})
	}
}

// byAjv returns a function that validates a file with ajv.
func byAjv(schema string) func(*testing.T, string) {
	return func(t *testing.T, file string) {
		t.Helper()
		compare(t, "ajv", ajv(t, schema, file)[file], nil)
	}
}
