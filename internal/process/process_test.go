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
