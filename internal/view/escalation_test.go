package view_test

import (
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/view"
	"github.com/escalations-as-code/escalate/schema"
)

func of(t testing.TB, tr *tree.Tree, id schema.ID, moment string, told ...notice.Notice) view.Escalation {
	now := at(t, moment)
	return view.Of(tr, tr.Load(tree.Path(id)), stale.Check(tr.Only(id), now, nil), told)
}

func TestOf(t *testing.T) {
	t.Parallel()
	tr := open(t, map[string][]string{"2026/northwind": {"", `updates:
  - {at: 2026-11-23T10:00:00Z, by: jdoe, to: [internal], text: First}
  - {at: 2026-11-24T10:00:00Z, by: jdoe, to: [customer], redacted: It named somebody}
  - {at: 2026-12-24T10:00:00Z, by: jdoe, to: [internal], text: Still to come}
`}})
	told := []notice.Notice{
		{Moment: notice.Opened, State: notice.Done, At: at(t, "2026-11-20T10:00:00Z"), URL: "https://x.example/1"},
		{Moment: notice.Opened, State: notice.Void, At: at(t, "2026-11-20T10:00:00Z")},
		{Moment: notice.Opened, Do: notice.Pin, State: notice.Done, At: at(t, "2026-11-20T10:00:00Z")},
		{Moment: notice.Update, State: notice.Done, At: at(t, "2026-12-24T10:00:00Z")},
	}
	e := of(t, tr, "2026/northwind", "2026-11-26T10:00:00Z", told...)
	if e.Because != "the account has a CSM, and it is not about a services project" || e.Who[0].Handle != "jdoe" || e.Who[0].As != "DRI" {
		t.Errorf("DRI: %+v, because %q", e.Who, e.Because)
	}
	if len(e.Steps) != 1 || !e.Steps[0].Open() || e.Steps[0].Since.IsZero() || e.Steps[0].Since.UTC() != at(t, "2026-11-24T23:00:00Z") {
		t.Errorf("steps %+v", e.Steps)
	}
	if len(e.Updates) != 2 || e.Updates[0].Text != "First" || e.Updates[1].Text != "" || e.Updates[1].Redacted == "" {
		t.Errorf("updates %+v", e.Updates)
	}
	if len(e.Notices) != 1 || e.Notices[0].URL == "" {
		t.Errorf("notices %+v", e.Notices)
	}
	if len(e.Clocks) == 0 || e.Clocks[0].Clock == stale.Step || !strings.Contains(e.Case.Plain(), "At-Risk Account Help") || len(e.Guests) == 0 {
		t.Errorf("clocks %+v, case %q, guests %v", e.Clocks, e.Case.Plain(), e.Guests)
	}
	early := of(t, tr, "2026/northwind", "2026-11-23T12:00:00Z")
	if len(early.Updates) != 1 || !early.Steps[0].Since.IsZero() {
		t.Errorf("before: %+v, %+v", early.Updates, early.Steps)
	}
}

// What is marked as met or done on a day that is still to come is not.
func TestStillToCome(t *testing.T) {
	t.Parallel()
	tr := open(t, map[string][]string{"2026/northwind": {"due: 2026-11-24}", "due: 2026-11-24, done: 2026-11-28}"}})
	if e := of(t, tr, "2026/northwind", "2026-11-26T10:00:00Z"); !e.Steps[0].Open() || e.Steps[0].Since.IsZero() {
		t.Errorf("on the 26th: %+v", e.Steps)
	}
	if e := of(t, tr, "2026/northwind", "2026-11-28T10:00:00Z"); e.Steps[0].Open() || !e.Steps[0].Since.IsZero() {
		t.Errorf("on the 28th: %+v", e.Steps)
	}
}

func TestOfClosed(t *testing.T) {
	t.Parallel()
	e := of(t, four(t), "2025/woodgrove", "2026-11-26T10:00:00Z")
	if e.Status != "deescalated" || e.Case != nil || len(e.Guests) != 0 || !e.NextStandup.IsZero() || len(e.Ended) == 0 || e.Ended[0] != (view.Link{Label: "Closed by", Value: "Jo Doe"}) {
		t.Errorf("got %+v", e)
	}
}
