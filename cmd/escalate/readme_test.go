package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/fixture"
)

// template is the escalation that the README has to be copied.
func template(t *testing.T) string {
	t.Helper()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "   ```yaml\n")
	template, _, ok := strings.Cut(rest, "   ```\n")
	if !ok {
		t.Fatal("README.md has no template")
	}
	return strings.TrimPrefix(strings.ReplaceAll("\n"+template, "\n   ", "\n"), "\n")
}

// The README that init writes has the same template.
func TestStarterTemplate(t *testing.T) {
	t.Parallel()
	if got := read(t, "internal/starter/files/escalation.yaml"); got != template(t) {
		t.Errorf("init gives\n%s\nwant\n%s", got, template(t))
	}
}

// lintTemplate checks an escalation beside those of the fixture.
func lintTemplate(t *testing.T, text string) (code int, out string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, fixture.FS()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "escalations/2026/contoso.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	code = run(t.Context(), []string{"lint", "--dir", dir}, environment{stdout: &b, stderr: &b, getenv: func(string) string { return "" }, getwd: os.Getwd})
	return code, b.String()
}

// Of the template of the README, each place to fill in is named, once.
func TestReadmeTemplate(t *testing.T) {
	t.Parallel()
	text := template(t)
	_, out := lintTemplate(t, text)
	places := 0
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		want := strings.Count(line, "<")
		places += want
		if i > 0 && strings.HasSuffix(lines[i-1], "|") { // a text below its key is told there
			i--
		}
		if got := strings.Count(out, fmt.Sprintf("escalations/2026/contoso.yaml:%d:", i+1)); want > 0 && got != want {
			t.Errorf("line %d, %q, is named %d times, want %d", i+1, line, got, want)
		}
	}
	if places < 15 || strings.Count(out, "contoso.yaml:") != places+1 { // and the case that is pending
		t.Errorf("%d places to fill in:\n%s", places, out)
	}
}

// The template is an escalation without a finding, but for the case that is
// pending, once it is filled in.
func TestReadmeTemplateFilledIn(t *testing.T) {
	t.Parallel()
	text := strings.NewReplacer("<name of the customer>", "Contoso", "<critical, high, medium or low>", "medium", "<date and time it began>", "2026-11-25T09:30:00Z",
		"<AMER, EMEA, APAC or PubSec>", "EMEA", "<link of the customer meeting notes>", "https://docs.example.com/contoso", "<day it is done by>", "2026-11-27").Replace(template(t))
	text = regexp.MustCompile("<[^>]*handle[^>]*>").ReplaceAllString(text, "jdoe")
	text = regexp.MustCompile("<[^>]*>").ReplaceAllString(text, "One thing after the other")
	code, out := lintTemplate(t, text)
	if code != exitClean || !strings.Contains(out, "3 files checked: 1 warning") {
		t.Errorf("exit %d, want only the warning about the pending case:\n%s", code, out)
	}
}
