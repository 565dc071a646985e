package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Each threat of docs/threats.md that a test can hold names one, and each test that
// is named stands in the file that it is linked to.
func TestThreats(t *testing.T) {
	t.Parallel()
	held, _, ok := strings.Cut(read(t, "docs/threats.md"), "\n## What no test of ours can hold\n")
	if !ok {
		t.Fatal("it does not say what no test can hold")
	}
	link := regexp.MustCompile(`\[(Test\w+|\w[\w-]*\.txtar)\]\(([^)]+)\)`)
	threats := 0
	for row := range strings.Lines(held) {
		cells := strings.Split(strings.TrimSpace(row), " | ")
		if !strings.HasPrefix(row, "| ") || len(cells) != 2 || cells[0] == "| threat" || cells[0] == "| ---" {
			continue
		}
		threats++
		tests := link.FindAllStringSubmatch(cells[1], -1)
		if len(tests) == 0 {
			t.Errorf("nothing holds%s", strings.TrimPrefix(cells[0], "|"))
		}
		for _, l := range tests {
			name, file := l[1], filepath.Join("../../docs", filepath.FromSlash(l[2]))
			text, err := os.ReadFile(file)
			switch {
			case err != nil:
				t.Errorf("%s: %v", name, err)
			case strings.HasSuffix(name, ".txtar") && filepath.Base(file) != name:
				t.Errorf("%s leads to %s", name, file)
			case strings.HasPrefix(name, "Test") && !strings.Contains(string(text), "\nfunc "+name+"("):
				t.Errorf("there is no %s in %s", name, l[2])
			}
		}
	}
	if threats < 30 {
		t.Errorf("only %d threats were looked at", threats)
	}
}
