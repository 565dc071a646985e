package main

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"gopkg.in/yaml.v3"
)

// Each command that the help lists has a page, with its flags, and nothing of its text
// is an instruction to man. The same source gives the same bytes.
func TestManual(t *testing.T) {
	t.Parallel()
	root := newRoot(environment{version: "v1.2.3"})
	files, err := shared(root)
	if err != nil {
		t.Fatal(err)
	}
	again, err := shared(newRoot(environment{version: "v2.0.0"}))
	if err != nil {
		t.Fatal(err)
	}
	for name := range files {
		if string(files[name]) != string(again[name]) {
			t.Errorf("%s is not the same twice", name)
		}
	}
	request := regexp.MustCompile(`^\.(TH "[A-Z-]+" 1 "" "escalate" "Customer escalations as code"|SH [A-Z:, ]+|TP|PP|nf|fi)$`)
	escapes := regexp.MustCompile(`\\(fB|fR|-|e|&)`)
	pages := 0
	for _, c := range append(available(root), root) {
		page := string(files["man/man1/"+pageName(c)+".1"])
		for line := range strings.Lines(page) {
			line = strings.TrimSuffix(line, "\n")
			if strings.HasPrefix(line, ".") && !request.MatchString(line) || strings.HasPrefix(line, "'") || line == "" {
				t.Errorf("%s: %q is no text", c.Name(), line)
			}
			if strings.Contains(escapes.ReplaceAllString(line, ""), `\`) {
				t.Errorf("%s: %q has a backslash that is not text", c.Name(), line)
			}
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if flag := `\-\-` + roff(f.Name); !strings.Contains(page, flag) {
				t.Errorf("%s: --%s is not in its page", c.Name(), f.Name)
			}
		})
		if !strings.Contains(page, roff(c.Short)) {
			t.Errorf("%s has no page", c.Name())
		}
		pages++
	}
	if pages < 14 || len(files) != pages+3 {
		t.Errorf("%d pages, %d files: %v", pages, len(files), slices.Sorted(maps.Keys(files)))
	}
	for line, want := range map[string]string{
		`.so /etc/passwd`: `\&.so /etc/passwd`, `'x`: `\&'x`, `a\nb --c`: `a\enb \-\-c`,
	} {
		if got := roff(line); got != want {
			t.Errorf("%q is %q, want %q", line, got, want)
		}
	}
}

// A release has them, and git does not take them for a change of the source: the
// binary would say so of itself.
func TestReleaseHasManual(t *testing.T) {
	t.Parallel()
	var build struct {
		Before   struct{ Hooks []string }
		Archives []struct{ Files []any }
	}
	if err := yaml.Unmarshal([]byte(read(t, ".goreleaser.yaml")), &build); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(build.Before.Hooks, "go run ./cmd/escalate share share") || !strings.Contains(read(t, ".goreleaser.yaml"), "- src: share/**") {
		t.Errorf("a release has %+v", build)
	}
	if !strings.Contains(read(t, ".gitignore"), "\n/share/\n") {
		t.Error("git does not ignore /share/")
	}
}
