package report

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/terminal"
)

var update = flag.Bool("update", false, "write the golden files")

type format func(io.Writer, finding.Report) error

// formats are all of them, under the names that begin their golden files.
var formats = map[string]format{
	"text":    func(w io.Writer, r finding.Report) error { return Text(w, r, terminal.Screen{}) },
	"colour":  func(w io.Writer, r finding.Report) error { return Text(w, r, terminal.Screen{Color: true}) },
	"json":    JSON,
	"github":  GitHub,
	"sarif":   func(w io.Writer, r finding.Report) error { return SARIF(w, r, sampleRules, "v1.2.3") },
	"gitlab":  GitLab,
	"junit":   func(w io.Writer, r finding.Report) error { return JUnit(w, r, sampleRules) },
	"summary": Summary,
}

func printed(t testing.TB, f format, r finding.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := f(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Where the width is known, no line of text is wider, and the words are those
// that stand in one line where it is not.
func TestTextFits(t *testing.T) {
	t.Parallel()
	for name, r := range samples() {
		text := func(s terminal.Screen) string {
			return printed(t, func(w io.Writer, r finding.Report) error { return Text(w, r, s) }, r)
		}
		whole := text(terminal.Screen{})
		for _, width := range []int{60, 80, 200} {
			fitted := text(terminal.Screen{Width: width})
			for line := range strings.SplitSeq(fitted, "\n") {
				if terminal.Columns(line) > width && terminal.Columns(strings.Fields(line)[0]) <= width {
					t.Errorf("%s at %d has %d columns: %q", name, width, terminal.Columns(line), line)
				}
			}
			if width == 200 || name == "hostile" { // the lines of a file are cut to the width
				continue
			}
			words := func(text string) (all []string) {
				for line := range strings.SplitSeq(text, "\n") {
					if number, _, source := strings.Cut(line, " | "); !source || strings.Trim(number, " 0123456789") != "" {
						all = append(all, strings.Fields(line)...)
					}
				}
				return all
			}
			if got, want := words(fitted), words(whole); !slices.Equal(got, want) {
				t.Errorf("%s at %d says\n%q, want\n%q", name, width, got, want)
			}
		}
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	var want []string
	for name, f := range formats {
		for sample, r := range samples() {
			if name == "colour" && sample != "old" {
				continue // as text, else
			}
			file := filepath.Join("testdata", name+"-"+sample+".golden")
			want = append(want, file)
			t.Run(name+"-"+sample, func(t *testing.T) {
				t.Parallel()
				got := printed(t, f, r)
				if *update {
					if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				golden, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if got != string(golden) {
					t.Errorf("%s differs; go test -update writes it. Got:\n%s", file, got)
				}
			})
		}
	}
	got, err := filepath.Glob("testdata/*.golden")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range got {
		if !slices.Contains(want, file) {
			t.Errorf("%s belongs to no sample", file)
		}
	}
}

// TestUntouched has every format print the same twice, end in a line break, and
// leave the report alone.
func TestUntouched(t *testing.T) {
	t.Parallel()
	for name, f := range formats {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for sample, r := range samples() {
				first, second := printed(t, f, r), printed(t, f, r)
				if first != second {
					t.Errorf("%s: the second time is different", sample)
				}
				if !strings.HasSuffix(first, "\n") || strings.HasSuffix(first, "\n\n") {
					t.Errorf("%s: does not end in one line break", sample)
				}
				fresh := samples()[sample]
				for i := range r.Findings {
					if r.Findings[i].Message != fresh.Findings[i].Message || r.Findings[i].Place != fresh.Findings[i].Place {
						t.Errorf("%s: finding %d was changed", sample, i)
					}
				}
			}
		})
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.ErrUnsupported }

func TestWriteError(t *testing.T) {
	t.Parallel()
	for _, name := range slices.Sorted(maps.Keys(formats)) {
		if err := formats[name](brokenPipe{}, samples()["mixed"]); !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestVerdict(t *testing.T) {
	t.Parallel()
	fault := func(level finding.Level, isNew bool) finding.Finding {
		return finding.Finding{Level: level, New: isNew}
	}
	tests := []struct {
		files int
		fs    []finding.Finding
		want  string
	}{
		{12, nil, "12 files checked: nothing to say"},
		{1, nil, "1 file checked: nothing to say"},
		{0, nil, "0 files checked: nothing to say"},
		{2, []finding.Finding{fault(finding.Error, true)}, "2 files checked: 1 error"},
		{2, []finding.Finding{fault(finding.Warning, true), fault(finding.Warning, true)}, "2 files checked: 2 warnings"},
		{2, []finding.Finding{fault(finding.Warning, false), fault(finding.Error, false), fault(finding.Error, true)}, "2 files checked: 2 errors (1 already in the base), 1 warning (1 already in the base)"},
	}
	for _, tt := range tests {
		if got := verdict(finding.Report{Files: tt.files, Findings: tt.fs}); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// TestTextHidesNothing prints any report for a terminal: nothing gets there
// but what can be seen.
func TestTextHidesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		out := printed(t, formats["text"], anyReport().Draw(rt, "report"))
		if i := strings.IndexFunc(strings.ReplaceAll(out, "\n", ""), escape.Hidden); i >= 0 {
			rt.Fatalf("hidden characters in %q", out)
		}
	})
}
