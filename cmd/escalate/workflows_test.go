package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// Nothing of a user's is a part of a script, in the action or in a workflow: an
// expression in a script would be run as it reads.
func TestNoExpressionInAScript(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("../../.github/workflows/*.yml")
	if err != nil || len(names) < 3 {
		t.Fatalf("the workflows are %v: %v", names, err)
	}
	scripts := 0
	for _, name := range append(names, "../../action.yml") {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var file yaml.Node
		if err := yaml.Unmarshal(data, &file); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		nodes := []*yaml.Node{&file}
		for len(nodes) > 0 {
			n := nodes[0]
			nodes = append(nodes[1:], n.Content...)
			for i := 0; n.Kind == yaml.MappingNode && i < len(n.Content); i += 2 {
				if n.Content[i].Value == "run" {
					scripts++
					if strings.Contains(n.Content[i+1].Value, "${{") {
						t.Errorf("%s:%d: an expression in a script", name, n.Content[i].Line)
					}
				}
			}
		}
	}
	if scripts < 4 {
		t.Errorf("only %d scripts were looked at", scripts)
	}
}

// The workflows that docs/setup.md gives to others are those of this
// repository, but for the name of the action.
func TestSetupWorkflows(t *testing.T) {
	t.Parallel()
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	_, version, _ := strings.Cut(read("action.yml"), "    default: v")
	version, _, _ = strings.Cut(version, "\n")
	for _, name := range []string{".github/workflows/lint.yml", ".github/workflows/apply.yml", ".github/workflows/stale.yml"} {
		own := strings.ReplaceAll(read(name), "uses: ./\n", "uses: escalations-as-code/escalate@v"+version+"\n")
		if want := "```yaml\n# " + name + "\n" + own + "```\n"; !strings.Contains(read("docs/setup.md"), want) {
			t.Errorf("docs/setup.md does not have %s as it is here:\n%s", name, want)
		}
	}
}
