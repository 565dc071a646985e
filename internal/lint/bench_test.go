package lint_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"gopkg.in/yaml.v3"

	"github.com/escalations-as-code/escalate/internal/document"
	"github.com/escalations-as-code/escalate/internal/lint"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// The whole of lint over 1,000 files in memory, beside parsing alone: the
// whole command beside other programs is measured by internal/bench.
func BenchmarkLint(b *testing.B) {
	check := checker(b)
	text := read(b, "../../escalations/2026/northwind.yaml")
	files := fstest.MapFS{tree.PeoplePath: {Data: []byte(read(b, "../../escalations/people.yaml"))}}
	files["escalations/2025/northwind.yaml"] = &fstest.MapFile{Data: []byte(read(b, "../../escalations/2025/northwind.yaml"))}
	for i := range 1000 {
		name := fmt.Sprintf("escalations/2026/customer-%d.yaml", i)
		files[name] = &fstest.MapFile{Data: []byte(strings.Replace(text, "esc_northwind_2026", fmt.Sprintf("esc_c%d", i), 1))}
	}
	for b.Loop() {
		tr, err := tree.Open(files, check)
		if err != nil {
			b.Fatal(err)
		}
		lint.Run(tr, rule.All())
	}
}

func BenchmarkParse(b *testing.B) {
	text := []byte(read(b, "../../escalations/2026/northwind.yaml"))
	for b.Loop() {
		var n yaml.Node
		if err := yaml.Unmarshal(text, &n); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	text, err := os.ReadFile("../../escalations/2026/northwind.yaml")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		document.Read("x.yaml", text)
	}
}

func BenchmarkCheck(b *testing.B) {
	check := checker(b)
	text := []byte(read(b, "../../escalations/2026/northwind.yaml"))
	for b.Loop() {
		check.Check("escalation", document.Read("x.yaml", text))
	}
}
