package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func contributing(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The table of CONTRIBUTING.md has every package, in the order in which they may
// import each other, and names those that stand apart.
func TestTableOfPackages(t *testing.T) {
	t.Parallel()
	text := contributing(t)
	var rows []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\|").FindAllStringSubmatch(text, -1) {
		rows = append(rows, row[1])
	}
	if !slices.Equal(rows, layers()) {
		t.Errorf("the table has\n%s\nwant\n%s", strings.Join(rows, "\n"), strings.Join(layers(), "\n"))
	}
	for _, p := range apart() {
		if !strings.Contains(text, "`"+p+"`") {
			t.Errorf("%s is not named", p)
		}
	}
}

// The destination of CONTRIBUTING.md is one that is compiled and tested.
func TestExampleOfDestination(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("../../internal/destination/example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(source), "// The destination that CONTRIBUTING.md shows.\n\n")
	code, _, ok := strings.Cut(rest, "\n// The end of the destination.\n")
	if !ok {
		t.Fatal("the example has no end")
	}
	if !strings.Contains(contributing(t), "```go\n"+code+"```\n") {
		t.Errorf("CONTRIBUTING.md does not show\n%s", code)
	}
}

// What the documents link to is there.
func TestLinks(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)#\s]+)[^)]*\)`)
	for _, dir := range []string{"../..", "../../docs"} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if !strings.HasSuffix(e.Name(), ".md") {
				continue
			}
			text, err := os.ReadFile(dir + "/" + e.Name())
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range link.FindAllStringSubmatch(string(text), -1) {
				if _, err := os.Stat(dir + "/" + l[1]); err != nil && !strings.Contains(l[1], "://") {
					t.Errorf("%s links to %s, which is not there", e.Name(), l[1])
				}
			}
		}
	}
}
