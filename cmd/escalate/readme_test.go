package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/fixture"
)

// The README shows what the command really prints.
func TestReadme(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, fixture.FS()); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "escalations/2026/northwind.yaml")
	file, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	broken := strings.NewReplacer("dri: jdoe\nproduct:\n  related: true\n  dri: mlee", "dri: arivera\nproduct:\n  related: true\n  dri: okhan",
		"ask:", "channel: #esc_northwind\nask:").Replace(string(file))
	if err := os.WriteFile(name, []byte(broken), 0o644); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	code := run(t.Context(), []string{"lint", "--dir", dir}, environment{stdout: &out, stderr: &out, getenv: func(string) string { return "" }, getwd: os.Getwd})
	if code != exitFindings {
		t.Fatalf("exit %d: %s", code, out.String())
	}
	if want := "```console\n$ escalate lint\n" + out.String() + "```\n"; !strings.Contains(string(readme), want) {
		t.Errorf("README.md does not show the output of today:\n%s", want)
	}
}

// The template of the README is an escalation without a finding, once its
// handles are real.
func TestReadmeTemplate(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "   ```yaml\n")
	template, _, ok := strings.Cut(rest, "   ```\n")
	if !ok {
		t.Fatal("README.md has no template")
	}
	template = strings.ReplaceAll(strings.ReplaceAll("\n"+template, "\n   ", "\n"), "your-handle", "jdoe")
	// The tree has an escalation of the template's customer already.
	template = strings.Replace(template, "customer: Northwind Traders", "customer: Contoso", 1)
	dir := t.TempDir()
	if err := os.CopyFS(dir, fixture.FS()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "escalations/2026/template.yaml"), []byte(template), 0o644); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	code := run(t.Context(), []string{"lint", "--dir", dir}, environment{stdout: &out, stderr: &out, getenv: func(string) string { return "" }, getwd: os.Getwd})
	if code != exitClean || !strings.Contains(out.String(), "3 files checked: 1 warning") {
		t.Errorf("exit %d, want only the warning about the pending case:\n%s", code, out.String())
	}
}
