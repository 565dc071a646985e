// Package process answers what the escalation process says of one escalation:
// who its DRI is and why, what its channel is called, who is informed. All of
// it follows from the files; nothing here looks at a clock.
package process

import (
	"path"
	"slices"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/escalations-as-code/escalate/schema"
)

// Clause is the part of P6 that decides who the DRI is.
type Clause int

// The clauses of P6, in their order.
const (
	// ServicesProject: the escalation is about an ongoing Professional Services
	// project, and its manager is the DRI.
	ServicesProject Clause = iota + 1
	// AssignedCSM: the account has a CSM, who is the DRI.
	AssignedCSM
	// AssignedCSE: the account has a CSE, who leads technically; the account
	// executive is the DRI.
	AssignedCSE
	// Strategic: the account has neither; the account executive is the DRI.
	Strategic
)

// Who says whom the clause makes the DRI.
func (c Clause) Who() string {
	switch c {
	case ServicesProject:
		return "the manager of the services project"
	case AssignedCSM:
		return "the account's CSM"
	default:
		return "the account executive"
	}
}

// Because says why the clause holds.
func (c Clause) Because() string {
	switch c {
	case ServicesProject:
		return "the escalation is about an ongoing Professional Services project"
	case AssignedCSM:
		return "the account has a CSM, and it is not about a services project"
	case AssignedCSE:
		return "the account has a CSE and no CSM"
	default:
		return "the account has neither a CSM nor a CSE"
	}
}

// Field is the JSON pointer of the field that names the DRI.
func (c Clause) Field() string {
	switch c {
	case ServicesProject:
		return "/account/services_project/manager"
	case AssignedCSM:
		return "/account/csm"
	default:
		return "/account/account_executive"
	}
}

// DRI returns who the DRI of an escalation of this account should be, and the
// clause of P6 that decides it. The handle is empty where the account does not
// name that person.
func DRI(a schema.Account) (schema.Handle, Clause) {
	switch {
	case a.ServicesProject != nil:
		return a.ServicesProject.Manager, ServicesProject
	case a.CSM != "":
		return a.CSM, AssignedCSM
	case a.CSE != "":
		return a.AccountExecutive, AssignedCSE
	default:
		return a.AccountExecutive, Strategic
	}
}

// Open reports whether an escalation is open: it has no closure.
func Open(e *schema.Escalation) bool { return e.Closure == nil }

// Channel returns the name of an escalation's channel, without the #: the one
// it states, or the one that follows from its id (P17).
func Channel(id schema.ID, e *schema.Escalation, p schema.Policy) schema.ChannelName {
	if e.Channel != "" {
		return e.Channel
	}
	return p.Channels.Prefix + schema.ChannelName(path.Base(string(id)))
}

// KnownRole reports whether a role is built in or the policy's own.
func KnownRole(r schema.Role, p schema.Policy) bool {
	_, own := p.Roles[r]
	return own || slices.Contains(schema.Roles(), r)
}

// Holders returns who holds a role for an account of a region, in alphabetical
// order (P5). Where the role is regional, the people of exactly that region
// come first, and those without a region serve where there are none. People
// who left hold no role.
func Holders(d schema.Directory, p schema.Policy, role schema.Role, region schema.RegionName) []schema.Handle {
	var exact, everywhere []schema.Handle
	for handle, person := range d.People {
		switch {
		case !person.Left.IsZero() || !slices.Contains(person.Roles, role):
		case !p.Roles[role].Regional || person.Region == region:
			exact = append(exact, handle)
		case person.Region == "":
			everywhere = append(everywhere, handle)
		}
	}
	if len(exact) == 0 {
		exact = everywhere
	}
	slices.Sort(exact)
	return exact
}

// Informed returns who is informed of an escalation because of its severity:
// whoever holds the roles that the policy names, in the order of the policy,
// each once (P5). unfilled are the roles that nobody holds. More people hear of
// it who hold none of them: `fyi`, and the managers of DRI and opener (P21).
func Informed(d schema.Directory, p schema.Policy, e *schema.Escalation) (informed []schema.Handle, unfilled []schema.Role) {
	for _, role := range p.Severities.Of(e.Severity).Informs {
		holders := Holders(d, p, role, e.Account.Region)
		if len(holders) == 0 {
			unfilled = append(unfilled, role)
		}
		for _, h := range holders {
			if !slices.Contains(informed, h) {
				informed = append(informed, h)
			}
		}
	}
	return informed, unfilled
}

// SameCustomer is a customer's name as names are compared (P40): without regard
// to its spaces, its case and the way in which Unicode writes its letters.
func SameCustomer(name schema.Text) string {
	return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(strings.Join(strings.Fields(string(name)), " "))))
}
