package main

import (
	"os"
	"testing"

	"github.com/escalations-as-code/escalate/internal/rule"
)

// The committed page is what the rules say today.
func TestCommittedPageIsCurrent(t *testing.T) {
	t.Parallel()
	got, err := os.ReadFile("../../../docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != page(rule.All()) {
		t.Error("docs/rules.md is not what the rules say: run `go generate ./internal/rule`")
	}
}
