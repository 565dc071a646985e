package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// layers are the packages, in the order in which they may import each other,
// which is the way the data goes.
func layers() []string {
	return []string{
		"internal/fixture",
		"internal/edit",
		"internal/finding",
		"internal/source",
		"internal/ci",
		"internal/git",
		"schema",
		"internal/escape",
		"internal/words",
		"internal/notice",
		"internal/destination",
		"internal/forge",
		"internal/marker",
		"internal/nearest",
		"internal/document",
		"internal/splice",
		"internal/shape",
		"internal/process",
		"internal/process/handbook",
		"internal/calendar",
		"internal/tree",
		"internal/act",
		"internal/comment",
		"internal/form",
		"internal/change",
		"internal/rule",
		"internal/plan",
		"internal/lint",
		"internal/stale",
		"internal/draft",
		"internal/view",
		"internal/redact",
		"internal/ledger",
		"internal/session",
		"internal/history",
		"internal/audit",
		"internal/board",
		"internal/outbox",
		"internal/roster",
		"internal/starter",
		"internal/terminal",
		"internal/prompt",
		"internal/jsonfmt",
		"internal/markdown",
		"internal/tracking",
		"internal/retry",
		"internal/github",
		"internal/gitlab",
		"internal/slack",
		"internal/doctor",
		"internal/bot",
		"internal/ics",
		"internal/site",
		"internal/report",
		"internal/starter/starterprint",
		"internal/rule/ruleprint",
		"internal/stale/staleprint",
		"internal/history/historyprint",
		"internal/audit/auditprint",
		"internal/plan/planprint",
		"internal/draft/draftprint",
		"internal/compose",
		"internal/view/viewprint",
		"internal/doctor/doctorprint",
		"cmd/escalate",
	}
}

// apart are commands of their own, and what tests need.
func apart() []string {
	return []string{
		"internal/bench",
		"internal/compose/wasm",
		"internal/forge/forgetest",
		"internal/git/gittest",
		"internal/ledger/ledgertest",
		"internal/outbox/simulation",
		"internal/rule/generate",
		"schema/generate",
	}
}

// Each package imports only those before it.
func TestLayers(t *testing.T) {
	t.Parallel()
	const module = "github.com/escalations-as-code/escalate/"
	order, apart := layers(), apart()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"...").Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(p.ImportPath, module)
		if slices.Contains(apart, name) || strings.HasPrefix(name, "e2e") {
			continue
		}
		at := slices.Index(order, name)
		if at < 0 {
			t.Errorf("%s has no place in the order", name)
		}
		seen++
		for _, i := range p.Imports {
			if imported := strings.TrimPrefix(i, module); imported != i && slices.Index(order, imported) >= at {
				t.Errorf("%s imports %s, which comes later", name, imported)
			}
		}
	}
	if seen < len(order) {
		t.Errorf("%d packages looked at, want %d", seen, len(order))
	}
}
