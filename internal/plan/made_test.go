package plan_test

import (
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// What stands in the ledger is believed where versions of the escalation bring it,
// and not else.
func TestMade(t *testing.T) {
	t.Parallel()
	check := checker(t)
	file := read(t, northwind)
	version := func(pairs ...string) *schema.Escalation {
		return &tree.Read(northwind, []byte(strings.NewReplacer(pairs...).Replace(file)), check).Escalation
	}
	first := version()
	raised := version("severity: high", "severity: critical")
	closed := version()
	if first.Severity == raised.Severity {
		t.Fatal("the fixture is not as it was")
	}
	closed.Closure = &schema.Closure{At: schema.Time{Time: date(t, "2026-12-03T10:00:00Z")}, Resolution: schema.Resolved}
	updated := version()
	updated.Updates = append(updated.Updates, schema.Update{At: schema.Time{Time: date(t, "2026-11-23T09:00:00Z")}})
	for _, tt := range []struct {
		key      string
		moment   notice.Moment
		do       notice.Do
		to       notice.Place
		versions []*schema.Escalation
		want     bool
	}{
		{"opened", notice.Opened, notice.Tell, notice.Announcement, []*schema.Escalation{first}, true},
		{"opened", notice.Opened, notice.Archive, notice.Channel, []*schema.Escalation{closed}, false},
		{"opened", notice.Opened, notice.Tell, notice.Announcement, nil, false},
		{"reminder proposal 41 2026-11-23T09:00:00Z 1 2026-11-23", notice.Reminder, notice.Tell, notice.Proposal, nil, true},
		{"reminder proposal 41 2026-11-23T09:00:00Z 1 2026-11-23", notice.Reminder, notice.Tell, notice.Channel, nil, false},
		{"reminder proposal 41 2026-11-23T09:00:00Z 1 2026-11-23", notice.Reminder, notice.CloseIssue, notice.Proposal, nil, false},
		{"reminder proposal all 2026-11-23T09:00:00Z 1 2026-11-23", notice.Reminder, notice.Tell, notice.Proposal, nil, false},
		{"reminder case 2026-11-23T09:00:00Z 1 2026-11-23", notice.Reminder, notice.Tell, notice.Proposal, []*schema.Escalation{first}, false},
		{"opened 2", notice.Opened, notice.Tell, notice.Announcement, []*schema.Escalation{first}, false},
		{"severity 1", notice.Severity, notice.Tell, notice.Channel, []*schema.Escalation{first, raised}, true},
		{"severity 1", notice.Severity, notice.Archive, notice.Channel, []*schema.Escalation{first, raised}, false},
		{"severity 0", notice.Severity, notice.Tell, notice.Channel, []*schema.Escalation{first, raised}, false},
		{"severity 1 2", notice.Severity, notice.Tell, notice.Channel, []*schema.Escalation{first, raised}, false},
		{"severity 1", notice.Severity, notice.Tell, notice.Channel, []*schema.Escalation{first, updated}, false},
		{"severity 1", notice.Severity, notice.Tell, notice.Channel, []*schema.Escalation{raised}, false},
		{"steps 1", notice.Severity, notice.Tell, notice.Channel, []*schema.Escalation{first, raised}, false},
		{"edited 1", notice.Edited, notice.Edit, notice.Announcement, []*schema.Escalation{first}, true},
		{"edited 1", notice.Edited, notice.Tell, notice.Announcement, []*schema.Escalation{first}, false},
		{"update 2026-11-23T09:00:00Z", notice.Update, notice.Tell, notice.Channel, []*schema.Escalation{first, updated}, true},
		{"update 2026-11-23T09:00:00Z", notice.Update, notice.Tell, notice.Channel, []*schema.Escalation{first}, false},
		{"update 2026-11-23T09:00:00Z", notice.Update, notice.Archive, notice.Channel, []*schema.Escalation{updated, closed}, false},
		{"update whenever", notice.Update, notice.Tell, notice.Channel, []*schema.Escalation{updated}, false},
		{"severity 2026-11-23T09:00:00Z", notice.Severity, notice.Label, notice.Tracking, []*schema.Escalation{first, raised}, true},
		{"severity 2026-11-23T09:00:00Z", notice.Severity, notice.Tell, notice.Channel, []*schema.Escalation{first, raised}, false},
		{"severity 2026-11-23T09:00:00Z", notice.Severity, notice.Archive, notice.Channel, []*schema.Escalation{first, raised}, false},
		{"redacted update 2026-11-23T09:00:00Z", notice.Redacted, notice.Edit, notice.Channel, []*schema.Escalation{updated}, true},
		{"closed 2026-12-03T10:00:00Z", notice.Closed, notice.Archive, notice.Channel, []*schema.Escalation{closed}, true},
		{"closed 2026-12-03T10:00:00Z 2", notice.Closed, notice.CloseIssue, notice.Tracking, []*schema.Escalation{closed}, true},
		{"closed 2026-12-04T10:00:00Z", notice.Closed, notice.Archive, notice.Channel, []*schema.Escalation{closed}, false},
		{"closed 2026-12-03T10:00:00Z", notice.Closed, notice.Archive, notice.Channel, []*schema.Escalation{first}, false},
		{"reminder case 2026-11-21T09:00:00Z 1 2026-11-23", notice.Reminder, notice.Tell, notice.Tracking, []*schema.Escalation{first}, true},
		{"reminder case 2026-11-21T09:00:00Z 1 2026-11-23", notice.Reminder, notice.Tell, notice.Announcement, []*schema.Escalation{first}, false},
		{"reminder case 2026-11-21T09:00:00Z 1 2026-11-23", notice.Reminder, notice.Archive, notice.Channel, []*schema.Escalation{first}, false},
		{"undelivered opened announcement slack", notice.Undelivered, notice.Tell, notice.Tracking, []*schema.Escalation{first}, true},
		{"undelivered closed 2026-12-03T10:00:00Z announcement slack", notice.Undelivered, notice.Tell, notice.Tracking, []*schema.Escalation{closed}, true},
		{"redacted undelivered opened announcement slack", notice.Redacted, notice.Edit, notice.Tracking, []*schema.Escalation{first}, true},
		{"undelivered closed 2026-12-03T10:00:00Z announcement slack", notice.Undelivered, notice.Tell, notice.Tracking, []*schema.Escalation{first}, false},
		{"undelivered opened announcement slack", notice.Undelivered, notice.Archive, notice.Channel, []*schema.Escalation{closed}, false},
		{"undelivered severity 1 announcement slack", notice.Undelivered, notice.Tell, notice.Tracking, []*schema.Escalation{first, raised}, false},
		{"undelivered slack", notice.Undelivered, notice.Tell, notice.Tracking, []*schema.Escalation{first}, false},
	} {
		n := notice.Notice{Escalation: "2026/northwind", Key: "2026/northwind " + tt.key, Moment: tt.moment, Do: tt.do, To: tt.to}
		if got := plan.Made(n, tt.versions); got != tt.want {
			t.Errorf("%s, %s in %s, by %d versions: %t", tt.key, tt.do, tt.to, len(tt.versions), got)
		}
	}
	if plan.Made(notice.Notice{Escalation: "2026/northwind", Key: "2026/other opened", Moment: notice.Opened}, []*schema.Escalation{first}) {
		t.Error("a key of another escalation is believed")
	}
}

func date(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
