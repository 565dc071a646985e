package main

import (
	"os"
	"testing"

	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/rule/ruleprint"
)

// The committed pages are what the rules and the process say today.
func TestCommittedPageIsCurrent(t *testing.T) {
	t.Parallel()
	got, err := os.ReadFile("../../../docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != page(rule.All()) {
		t.Error("docs/rules.md is not what the rules say: run `go generate ./internal/rule`")
	}
	if got, err = os.ReadFile("../../../docs/process.md"); err != nil {
		t.Fatal(err)
	}
	if string(got) != ruleprint.ProcessPage(rule.All()) {
		t.Error("docs/process.md is not what the process says: run `go generate ./internal/rule`")
	}
}
