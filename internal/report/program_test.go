package report

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"
	"pgregory.net/rapid"

	"github.com/escalations-as-code/escalate/internal/finding"
)

// The formats for programs: what any report yields is what the program reads.

func compile(t *testing.T, file string) *jsonschema.Schema {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat = true
	if err := c.AddResource(file, strings.NewReader(string(b))); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile(file)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func decode[T any](t testing.TB, text string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return v
}

func TestValidates(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]string{"sarif": "sarif-schema-2.1.0.json", "gitlab": "gitlab-codequality.schema.json"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			schema := compile(t, file)
			for sample, r := range samples() {
				if err := schema.Validate(decode[any](t, printed(t, formats[name], r))); err != nil {
					t.Errorf("%s: %#v", sample, err)
				}
			}
			rapid.Check(t, func(rt *rapid.T) {
				r := anyReport().Draw(rt, "report")
				r.Findings = slices.DeleteFunc(r.Findings, func(f finding.Finding) bool {
					return f.Path == "" || f.Path[0] == '/' || strings.HasPrefix(f.Path, "./") || sentence(f) == ""
				})
				if err := schema.Validate(decode[any](t, printed(t, formats[name], r))); err != nil {
					rt.Fatalf("%#v", err)
				}
			})
		})
	}
}

// TestSchemasRefuse proves that the schemas are asked.
func TestSchemasRefuse(t *testing.T) {
	t.Parallel()
	r := samples()["mixed"]
	for _, tt := range []struct{ schema, format, from, to string }{
		{"sarif-schema-2.1.0.json", "sarif", `"level": "error"`, `"level": "bad"`},
		{"sarif-schema-2.1.0.json", "sarif", `"startLine": 3`, `"startLine": 0`},
		{"sarif-schema-2.1.0.json", "sarif", `"columnKind"`, `"column"`},
		{"sarif-schema-2.1.0.json", "sarif", `"deletedRegion"`, `"region"`},
		{"gitlab-codequality.schema.json", "gitlab", `"severity": "major"`, `"severity": "error"`},
		{"gitlab-codequality.schema.json", "gitlab", `"begin": 3`, `"begin": 0`},
	} {
		out := printed(t, formats[tt.format], r)
		bad := strings.Replace(out, tt.from, tt.to, 1)
		if bad == out {
			t.Fatalf("no %s in\n%s", tt.from, out)
		}
		if compile(t, tt.schema).Validate(decode[any](t, bad)) == nil {
			t.Errorf("%s takes %s", tt.schema, tt.to)
		}
	}
}

// TestJSONShape holds the names that are promised, and that arrays are arrays.
func TestJSONShape(t *testing.T) {
	t.Parallel()
	out := decode[map[string]any](t, printed(t, JSON, samples()["mixed"]))
	if got, want := sortedKeys(out), []string{"errors", "files", "findings", "warnings"}; !slices.Equal(got, want) {
		t.Errorf("keys %q, want %q", got, want)
	}
	want := []string{"cites", "column", "end_column", "end_line", "hint", "level", "line", "message", "new", "path", "rule"}
	fixed := 0
	for _, f := range out["findings"].([]any) {
		f := f.(map[string]any)
		if fixes, has := f["fixes"]; has { // only where exactly one answer is right
			for _, x := range fixes.([]any) {
				fixed++
				if got, want := sortedKeys(x.(map[string]any)), []string{"column", "end_column", "end_line", "line", "text"}; !slices.Equal(got, want) {
					t.Errorf("a fix has the keys %q, want %q", got, want)
				}
			}
			delete(f, "fixes")
		}
		if got := sortedKeys(f); !slices.Equal(got, want) {
			t.Errorf("keys %q, want %q", got, want)
		}
		if _, ok := f["cites"].([]any); !ok {
			t.Errorf("cites is %v", f["cites"])
		}
	}
	if fixed != 3 {
		t.Errorf("%d fixes, want 3", fixed)
	}
	if _, ok := decode[map[string]any](t, printed(t, JSON, finding.Report{}))["findings"].([]any); !ok {
		t.Error("findings is no array where there are none")
	}
}

// TestJSONKeepsText reads back what was written, to the letter.
func TestJSONKeepsText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		r := anyReport().Draw(rt, "report")
		type item struct {
			Path, Message, Hint, Rule string
			New                       bool
		}
		out := decode[struct{ Findings []item }](t, printed(t, JSON, r))
		for i, f := range r.Findings {
			if want := (item{f.Path, f.Message, f.Hint, f.Rule, f.New}); out.Findings[i] != want {
				rt.Fatalf("got %+v, want %+v", out.Findings[i], want)
			}
		}
	})
}

func TestFingerprints(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		fs := anyReport().Draw(rt, "report").Findings
		before := fingerprints(fs)
		if unique := slices.Compact(slices.Sorted(slices.Values(before))); len(unique) != len(before) {
			rt.Fatalf("not unique: %q", before)
		}
		// The fault stays, whatever happens around it.
		for i := range fs {
			fs[i].Line += 7
			fs[i].Source = "  " + fs[i].Source
			fs[i].Message, fs[i].Hint, fs[i].Level, fs[i].New = "other", "words", finding.Warning, !fs[i].New
		}
		if after := fingerprints(fs); !slices.Equal(before, after) {
			rt.Fatalf("%q became %q", before, after)
		}
	})
}

func TestFingerprintsDiffer(t *testing.T) {
	t.Parallel()
	fs := []finding.Finding{
		{Path: "a", Rule: "b"}, {Path: "a", Rule: "b", Field: "c"}, {Path: "a", Rule: "b", Value: "c"}, {Path: "a", Rule: "bc"},
		{Path: "ab"}, {Path: `a" "b`}, {Path: "a", Rule: "b"},
	}
	seen := map[string]int{}
	for i, p := range fingerprints(fs) {
		if j, ok := seen[p]; ok {
			t.Errorf("%d and %d are the same", j, i)
		}
		seen[p] = i
	}
}

func TestRelativeURI(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"escalations/2026/northwind.yaml": "escalations/2026/northwind.yaml",
		"a b/100%.yaml":                   "a%20b/100%25.yaml",
		"東.yaml":                          "%E6%9D%B1.yaml",
		"a?b#c":                           "a%3Fb%23c",
		"c:d/e":                           "./c:d/e",
		"[x](y)":                          "%5Bx%5D%28y%29",
	} {
		if got := relativeURI(path); got != want {
			t.Errorf("relativeURI(%q) = %q, want %q", path, got, want)
		}
	}
}

func TestBaselineState(t *testing.T) {
	t.Parallel()
	sarif := formats["sarif"]
	if out := printed(t, sarif, samples()["mixed"]); strings.Contains(out, "baselineState") {
		t.Error("a state where nothing was compared")
	}
	out := printed(t, sarif, samples()["old"])
	if n, u := strings.Count(out, `"baselineState": "new"`), strings.Count(out, `"baselineState": "unchanged"`); n != 2 || u != 3 {
		t.Errorf("%d new and %d unchanged, want 2 and 3", n, u)
	}
}

// TestJUnit reads any report back: well-formed, counted right, every name
// unique, and failed where lint fails.
func TestJUnit(t *testing.T) {
	t.Parallel()
	check := func(t testing.TB, r finding.Report, rules []Rule) junitSuites {
		out := printed(t, func(w io.Writer, r finding.Report) error { return JUnit(w, r, rules) }, r)
		d := xml.NewDecoder(strings.NewReader(out))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%v in\n%s", err, out)
			}
		}
		var all junitSuites
		if err := xml.Unmarshal([]byte(out), &all); err != nil {
			t.Fatal(err)
		}
		tests, failures := 0, 0
		for _, s := range all.Suites {
			failed, skipped := 0, 0
			for _, c := range s.Cases {
				if c.Failure != nil {
					failed++
				}
				if c.Skipped != nil {
					skipped++
				}
			}
			if len(s.Cases) == 0 || s.Tests != len(s.Cases) || s.Failures != failed || s.Skipped != skipped {
				t.Fatalf("counted wrongly: %+v", s)
			}
			tests += s.Tests
			failures += s.Failures
		}
		if tests == 0 || all.Tests != tests || all.Failures != failures || (failures > 0) != r.Failed() {
			t.Fatalf("%d tests, %d failures, failed %v; says %d and %d", tests, failures, r.Failed(), all.Tests, all.Failures)
		}
		return all
	}
	for _, rules := range [][]Rule{nil, sampleRules} {
		for _, r := range samples() {
			names := map[[2]string]bool{}
			for _, s := range check(t, r, rules).Suites {
				for _, c := range s.Cases {
					name := [2]string{c.Class, c.Name}
					if names[name] {
						t.Errorf("two cases are called %q", name)
					}
					names[name] = true
				}
			}
		}
	}
	rapid.Check(t, func(rt *rapid.T) { check(t, anyReport().Draw(rt, "report"), sampleRules) })
}

// TestLong prints 50 KB of text: whole for programs, cut for people.
func TestLong(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("lorem ipsum ", 50<<10/12)
	r := finding.Report{Files: 1, Findings: []finding.Finding{{
		Path: northwind, Place: at(9, "k: "+long, " k"[1:]), Rule: "schema", Level: finding.Error,
		Message: long, Hint: long, New: true, Value: long,
	}}}
	for name, f := range formats {
		n, whole := len(printed(t, f, r)), slices.Contains([]string{"json", "sarif", "gitlab"}, name)
		if whole && n < 2*len(long) || !whole && n > 5000 {
			t.Errorf("%s: %d bytes", name, n)
		}
	}
}
