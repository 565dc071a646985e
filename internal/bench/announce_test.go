package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/schema"
)

// The large ledger is one that a run may have left: each notice is another, and
// is done.
func TestToldIsALedger(t *testing.T) {
	t.Parallel()
	const id = "2026/northwind"
	told, err := ledger.Parse(ledger.Path(id), ledger.Format(toldOf(id)))
	if err != nil || len(told) != perEscalation {
		t.Fatalf("%d notices, %v", len(told), err)
	}
	for _, n := range told {
		if n.State != notice.Done || n.Text.Plain() == "" || n.Number() == 0 {
			t.Errorf("%+v", n)
		}
	}
}

// The one change is an update, which the schema takes and which is told.
func TestChangeOne(t *testing.T) {
	t.Parallel()
	c := newCorpus()
	w := workspace{t.TempDir()}
	if _, err := c.write(w.path("told"), 10); err != nil {
		t.Fatal(err)
	}
	updates := func() (n int) {
		valid := compile(t, schema.KindEscalation)
		for _, file := range w.files("told") {
			data, err := os.ReadFile(filepath.Join(w.path("told"), file))
			if err != nil {
				t.Fatal(err)
			}
			escalation := decode(t, string(data))
			if err := valid.Validate(escalation); err != nil {
				t.Errorf("%s: %#v", file, err)
			}
			n += len(escalation.(map[string]any)["updates"].([]any))
		}
		return n
	}
	if err := w.commitAll("told"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		before := updates()
		if err := w.changeOne("told"); err != nil {
			t.Fatal(err)
		}
		if after := updates(); after != before+1 {
			t.Errorf("%d updates became %d", before, after)
		}
	}
}
