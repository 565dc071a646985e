package process_test

import (
	"slices"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/schema"
)

// P6, in its order.
func TestDRI(t *testing.T) {
	t.Parallel()
	project := &schema.ServicesProject{Manager: "pnguyen"}
	for _, c := range []struct {
		name    string
		account schema.Account
		want    schema.Handle
		clause  process.Clause
	}{
		{"a project comes first", schema.Account{ServicesProject: project, CSM: "jdoe", CSE: "kwong", AccountExecutive: "arivera"}, "pnguyen", process.ServicesProject},
		{"then the CSM", schema.Account{CSM: "jdoe", CSE: "kwong", AccountExecutive: "arivera"}, "jdoe", process.AssignedCSM},
		{"then the executive, with a CSE", schema.Account{CSE: "kwong", AccountExecutive: "arivera"}, "arivera", process.AssignedCSE},
		{"or without", schema.Account{AccountExecutive: "arivera"}, "arivera", process.Strategic},
		{"who may not be named", schema.Account{CSE: "kwong"}, "", process.AssignedCSE},
	} {
		if got, clause := process.DRI(c.account); got != c.want || clause != c.clause {
			t.Errorf("%s: %q by clause %d, want %q by %d", c.name, got, clause, c.want, c.clause)
		}
	}
}

// P5: exactly the region, then those without one; only where the role is
// regional; nobody who left.
func TestHolders(t *testing.T) {
	t.Parallel()
	leader := []schema.Role{schema.RoleCSMLeader}
	d := schema.Directory{People: map[schema.Handle]schema.Person{
		"emea":   {Roles: leader, Region: "EMEA"},
		"global": {Roles: leader},
		"pubsec": {Roles: leader, Region: "PubSec"},
		"second": {Roles: leader, Region: "PubSec"},
		"gone":   {Roles: leader, Region: "AMER", Left: schema.Date{Time: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}},
		"cro":    {Roles: []schema.Role{schema.RoleCRO}, Region: "AMER"},
	}}
	p := schema.DefaultPolicy()
	for _, c := range []struct {
		role   schema.Role
		region schema.RegionName
		want   []schema.Handle
	}{
		{schema.RoleCSMLeader, "EMEA", []schema.Handle{"emea"}},
		{schema.RoleCSMLeader, "PubSec", []schema.Handle{"pubsec", "second"}},
		{schema.RoleCSMLeader, "AMER", []schema.Handle{"global"}},
		{schema.RoleCRO, "APAC", []schema.Handle{"cro"}},
		{schema.RoleCEO, "APAC", nil},
	} {
		if got := process.Holders(d, p, c.role, c.region); !slices.Equal(got, c.want) {
			t.Errorf("%s for %s: %v, want %v", c.role, c.region, got, c.want)
		}
	}
}

// P5, P18, P21: whoever leaves later is there until then, and a stand-in until the
// cover ends.
func TestWhoIsThere(t *testing.T) {
	t.Parallel()
	day := func(d int) time.Time { return time.Date(2026, 12, d, 0, 0, 0, 0, time.UTC) }
	d := schema.Directory{People: map[schema.Handle]schema.Person{
		"amy": {Manager: "max", Roles: []schema.Role{schema.RoleCSM}},
		"max": {Roles: []schema.Role{schema.RoleCSMLeader}, Left: schema.Date{Time: day(10)}},
	}}
	e := &schema.Escalation{DRI: "amy", Severity: schema.Medium, Cover: &schema.Cover{DRI: "pat", Until: schema.Date{Time: day(9)}}}
	for _, c := range []struct {
		at       time.Time
		max, pat bool
	}{
		{day(9).Add(24*time.Hour - time.Second), true, true},
		{day(10), false, false},
		{time.Time{}, false, true}, // it is not known
	} {
		people := d.On(c.at)
		informed, _ := process.Informed(people, schema.DefaultPolicy(), e)
		for what, got := range map[string]bool{
			"as who is informed": slices.Contains(informed, "max"),
			"as a manager":       slices.Contains(process.Managers(people, e), "max"),
		} {
			if got != c.max {
				t.Errorf("at %s max is there %s: %t, want %t", c.at, what, got, c.max)
			}
		}
		if got := slices.Contains(process.Stakeholders(e, c.at), "pat"); got != c.pat {
			t.Errorf("at %s the stand-in belongs into the channel: %t, want %t", c.at, got, c.pat)
		}
		if people.People["max"].Roles == nil || len(people.People) != 2 {
			t.Errorf("at %s somebody is missing: %v", c.at, people)
		}
	}
	if d.People["max"].Left.IsZero() {
		t.Error("the directory itself was changed")
	}
}

func TestChannel(t *testing.T) {
	t.Parallel()
	p := schema.DefaultPolicy()
	if got := process.Channel("2026/northwind-2", &schema.Escalation{}, p); got != "esc_northwind-2" {
		t.Errorf("by its id: %s", got)
	}
	if got := process.Channel("2026/northwind-2", &schema.Escalation{Channel: "esc_other"}, p); got != "esc_other" {
		t.Errorf("as stated: %s", got)
	}
}

// P5: the holders of the severity's roles, in the policy's order, each once.
func TestInformed(t *testing.T) {
	t.Parallel()
	d := schema.Directory{People: map[schema.Handle]schema.Person{
		"amy":  {Roles: []schema.Role{schema.RoleCSMLeader}, Region: "AMER"},
		"zoe":  {Roles: []schema.Role{schema.RoleVPSales, schema.RoleCRO}},
		"bob":  {Roles: []schema.Role{schema.RoleVPProduct}},
		"abe":  {Roles: []schema.Role{schema.RoleVPProduct}},
		"lead": {Roles: []schema.Role{schema.RoleCSMLeader}},
	}}
	p := schema.DefaultPolicy()
	for _, c := range []struct {
		severity schema.Severity
		region   schema.RegionName
		informed []schema.Handle
		unfilled []schema.Role
	}{
		{schema.Critical, "EMEA", []schema.Handle{"zoe", "abe", "bob", "lead"}, []schema.Role{schema.RoleCEO, schema.RoleVPCustomerSuccess}},
		{schema.Medium, "AMER", []schema.Handle{"amy"}, nil},
		{schema.Low, "AMER", nil, []schema.Role{schema.RoleCSMManager, schema.RoleAccountManager}},
		{"none", "AMER", nil, nil},
	} {
		e := &schema.Escalation{Severity: c.severity, Account: schema.Account{Region: c.region}}
		informed, unfilled := process.Informed(d, p, e)
		if !slices.Equal(informed, c.informed) || !slices.Equal(unfilled, c.unfilled) {
			t.Errorf("%s in %s: informed %q, unfilled %q, want %q and %q", c.severity, c.region, informed, unfilled, c.informed, c.unfilled)
		}
	}
}

// P21: the managers of the DRI and of the opener, if they are still there.
func TestManagers(t *testing.T) {
	t.Parallel()
	d := schema.Directory{People: map[schema.Handle]schema.Person{
		"amy": {Manager: "max"}, "bob": {Manager: "ned"}, "cat": {Manager: "max"}, "dan": {},
		"max": {}, "ned": {Left: schema.Date{Time: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}},
	}}
	for _, c := range []struct {
		dri, by schema.Handle
		want    []schema.Handle
	}{
		{"amy", "cat", []schema.Handle{"max"}},
		{"bob", "amy", []schema.Handle{"max"}},
		{"dan", "bob", nil},
	} {
		e := &schema.Escalation{DRI: c.dri, Opened: schema.Opened{By: c.by}}
		if got := process.Managers(d, e); !slices.Equal(got, c.want) {
			t.Errorf("%s, opened by %s: got %q, want %q", c.dri, c.by, got, c.want)
		}
	}
}

// The next standup is the first after a moment, by the clock of its own zone, also
// where that changes.
func TestNextStandup(t *testing.T) {
	t.Parallel()
	berlin := schema.Standup{Days: []schema.Day{"mon", "wed"}, Time: "10:30", Zone: "Europe/Berlin"}
	tokyo := schema.Standup{Days: []schema.Day{"mon"}, Time: "08:00", Zone: "Asia/Tokyo"}
	for _, c := range []struct {
		of          schema.Standup
		after, want string
	}{
		{berlin, "2026-11-23T09:29:00Z", "2026-11-23T10:30:00+01:00"},
		{berlin, "2026-11-23T09:30:00Z", "2026-11-25T10:30:00+01:00"},
		{berlin, "2026-11-27T12:00:00Z", "2026-11-30T10:30:00+01:00"},
		{berlin, "2026-10-23T12:00:00Z", "2026-10-26T10:30:00+01:00"}, // the clocks changed on Sunday
		{tokyo, "2026-11-29T22:00:00Z", "2026-11-30T08:00:00+09:00"},  // Sunday in UTC, Monday there
		{tokyo, "2026-11-29T23:00:00Z", "2026-12-07T08:00:00+09:00"},
	} {
		after, err := time.Parse(time.RFC3339, c.after)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := process.NextStandup(&c.of, after); !ok || got.Format(time.RFC3339) != c.want {
			t.Errorf("after %s comes %s, want %s", c.after, got, c.want)
		}
	}
	for _, s := range []*schema.Standup{nil, {None: "quiet"}, {Days: []schema.Day{"mon"}, Time: "10:30", Zone: "Nowhere/Else"}} {
		if got, ok := process.NextStandup(s, time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)); ok {
			t.Errorf("%+v has one at %s", s, got)
		}
	}
	if _, ok := process.NextStandup(&berlin, time.Time{}); ok {
		t.Error("of no moment there is a next one")
	}
}

// Who else usually comes to a standup: of the account's region, and not who comes
// anyway or has left (P19).
func TestStandupGuests(t *testing.T) {
	t.Parallel()
	people := schema.Directory{People: map[schema.Handle]schema.Person{
		"csm": {Roles: []schema.Role{schema.RoleCSM}}, "ae": {}, "product": {}, "support": {},
		"emea": {Roles: []schema.Role{schema.RoleSolutionsArchitect}, Region: "EMEA"},
		"amer": {Roles: []schema.Role{schema.RoleSolutionsArchitect}, Region: "AMER"},
		"boss": {Roles: []schema.Role{schema.RoleCSMLeader, schema.RoleCSMManager}},
		"vp":   {Roles: []schema.Role{schema.RoleVPSales}},
		"old":  {Roles: []schema.Role{schema.RoleVPSales}, Left: schema.Date{Time: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)}},
	}}
	e := schema.Escalation{
		DRI: "csm", Product: schema.Product{DRI: schema.PendingPerson}, Support: &schema.Support{Needed: true, DRI: "support"},
		Account: schema.Account{Region: "EMEA", CSM: "csm", AccountExecutive: "ae"},
	}
	if got := process.StandupGuests(people, schema.DefaultPolicy(), &e); !slices.Equal(got, []schema.Handle{"csm", "support", "ae", "emea", "boss", "vp"}) {
		t.Errorf("got %v", got)
	}
	e.Standup = &schema.Standup{Attendees: []schema.Handle{"csm", "vp"}}
	if got := process.StandupGuests(people, schema.DefaultPolicy(), &e); !slices.Equal(got, []schema.Handle{"support", "ae", "emea", "boss"}) {
		t.Errorf("beside the attendees, got %v", got)
	}
}
