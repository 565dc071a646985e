package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
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

// What the documents link to is there: the file, and the heading in it.
func TestLinks(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`(?:\]\(|\bsrc(?:set)?=")([^)"#\s]*)(?:#([^)\s]+))?[)"]`)
	names := append(pages(t), "../../CONTRIBUTING.md", "../../CHANGELOG.md")
	anchors := map[string][]string{}
	for _, name := range names {
		anchors[filepath.Clean(name)] = headings(readLines(t, name))
	}
	for _, name := range names {
		for _, l := range link.FindAllStringSubmatch(strings.Join(readLines(t, name), "\n"), -1) {
			if strings.Contains(l[1], "://") {
				continue
			}
			target := filepath.Clean(name)
			if l[1] != "" {
				target = filepath.Join(filepath.Dir(name), l[1])
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s, which is not there", name, l[1])
			} else if l[2] != "" && !slices.Contains(anchors[target], l[2]) {
				t.Errorf("%s links to %s#%s, and there is no such heading", name, l[1], l[2])
			}
		}
	}
}

// headings are the anchors that GitHub gives the headings of a page.
func headings(page []string) []string {
	var all []string
	fenced := false
	for _, line := range page {
		if strings.HasPrefix(strings.TrimLeft(line, " "), "```") {
			fenced = !fenced
		}
		title := strings.TrimLeft(line, "#")
		if fenced || title == line || !strings.HasPrefix(title, " ") {
			continue
		}
		all = append(all, strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-', r == '_', unicode.IsLetter(r), unicode.IsDigit(r):
				return unicode.ToLower(r)
			}
			return -1
		}, strings.TrimSpace(title)))
	}
	return all
}
