package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/git/gittest"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// deaf is a destination that may take nothing.
type deaf struct{ down bool }

func (*deaf) Via() string                        { return "deaf" }
func (*deaf) Takes(notice.Place, notice.Do) bool { return true }
func (d *deaf) Deliver(context.Context, destination.Delivery, bool) (destination.Receipt, error) {
	if d.down {
		return destination.Receipt{}, errors.New("it is down")
	}
	return destination.Receipt{Ref: "1"}, nil
}

// The page of stale says what apply told last, what waits for it, and what is stuck
// since when; and to find that out writes nothing.
func TestTelling(t *testing.T) {
	t.Parallel()
	check, err := shape.NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	repo := gittest.New(t)
	file := fixture.Read(fixture.Northwind)
	repo.Commit("open", fixture.People, fixture.Read(fixture.People), fixture.Northwind, file)
	now := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	to := &deaf{down: true}
	run := func() *outbox.Run {
		branch, err := ledger.OpenBranch(t.Context(), repo.Open(), "", "")
		if err != nil {
			t.Fatal(err)
		}
		files, err := repo.Open().Tree(t.Context(), repo.Head(), "")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { files.Close() })
		truth, err := tree.Open(files, check)
		if err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Hour)
		return &outbox.Run{
			Branch: branch, Truth: outbox.Truth{Tree: truth, Files: files}, Check: check, Announce: !branch.Exists(),
			Destinations: []destination.Destination{to}, ID: now.String(), Clone: "a", Now: func() time.Time { return now },
			Wait: func(context.Context, time.Duration) error { return nil },
		}
	}
	apply := func(r *outbox.Run) outbox.Report {
		report, err := r.Apply(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return report
	}
	apply(run())
	told := now

	repo.Commit("raise", fixture.Northwind, strings.Replace(file, "severity: high", "severity: critical", 1))
	remind := run() // of nothing: what is stuck it tries again
	remind.Remind = func(func(schema.ID) []notice.Notice) []notice.Notice { return nil }
	report := apply(remind)
	tip := remind.Branch.Tip
	got := telling(t.Context(), repo.Open(), remind, report)
	if !got.LastTold.Equal(told) || got.LastUnknown+got.Unknown != "" {
		t.Errorf("told last at %s, want %s; not known: %s%s", got.LastTold, told, got.LastUnknown, got.Unknown)
	}
	if fmt.Sprint(got.Waiting) != "[2026/northwind]" || len(got.Held) > 0 {
		t.Errorf("waiting %v, held %v", got.Waiting, got.Held)
	}
	if len(got.Stuck) != len(report.Outcomes) || len(got.Stuck) == 0 || !got.Stuck[0].At.Equal(told) || got.Stuck[0].Why != "it is down" {
		t.Errorf("stuck %+v", got.Stuck)
	}
	if again := run(); again.Branch.Tip != tip {
		t.Error("it wrote into the ledger")
	}

	to.down = false
	report = apply(run())
	after := run()
	if got = telling(t.Context(), repo.Open(), after, report); len(got.Waiting)+len(got.Held)+len(got.Stuck) > 0 || got.LastTold.Before(told) {
		t.Errorf("all is told, and it says %+v", got)
	}
}
