package process

import (
	"slices"
	"time"

	"github.com/escalations-as-code/escalate/schema"
)

// DRIs returns whom an escalation has of a DRI, a Product DRI and a Support DRI,
// each person once.
func DRIs(e *schema.Escalation) []schema.Handle {
	list := []schema.Handle{e.DRI, e.Product.DRI}
	if e.Support != nil {
		list = append(list, e.Support.DRI)
	}
	return Each(list)
}

// Managers returns the managers of the DRI and of whoever opened an escalation,
// whom its declaration names (P21). It leaves out who is not in the directory, and
// who has left.
func Managers(d schema.Directory, e *schema.Escalation) []schema.Handle {
	managers := Each([]schema.Handle{d.People[e.DRI].Manager, d.People[e.Opened.By].Manager})
	return slices.DeleteFunc(managers, func(h schema.Handle) bool { return !d.People[h].Left.IsZero() })
}

// CSE returns the CSE of the account; nobody while one is being assigned (P6).
func CSE(e *schema.Escalation) schema.Handle { return assigned(e.Account.CSE) }

// ProductDRI returns the Product DRI; nobody while one is being assigned (P9).
func ProductDRI(e *schema.Escalation) schema.Handle { return assigned(e.Product.DRI) }

func assigned(h schema.Handle) schema.Handle {
	if h == schema.PendingPerson {
		return ""
	}
	return h
}

// StandIn returns who stands in for the DRI on a day (P6): nobody where there is
// no cover, or it has ended. Of a zero day it is not known, and a cover counts.
func StandIn(e *schema.Escalation, day time.Time) schema.Handle {
	if e.Cover == nil || !day.IsZero() && e.Cover.Until.Before(day.UTC().Truncate(24*time.Hour)) {
		return ""
	}
	return e.Cover.DRI
}

// Stakeholders returns who belongs into the channel of an escalation (P12,
// P18) on a day: the DRIs and the stand-in, whoever looks after the account or opened it,
// the product team, the owners of what is to be done, who comes to the standup,
// and who was added by name.
func Stakeholders(e *schema.Escalation, day time.Time) []schema.Handle {
	list := append(DRIs(e), StandIn(e, day), e.Account.CSM, e.Account.CSE, e.Account.AccountExecutive)
	if e.Account.ServicesProject != nil {
		list = append(list, e.Account.ServicesProject.Manager)
	}
	list = append(list, e.Opened.By)
	list = append(list, e.Product.Team...)
	for _, s := range e.NextSteps {
		if s.Done.IsZero() {
			list = append(list, s.Owner)
		}
	}
	if e.Standup != nil {
		list = append(list, e.Standup.Attendees...)
	}
	return Each(append(list, e.FYI...))
}

// Each returns the handles that there are, each once, in their order. Whoever is
// being assigned is nobody yet.
func Each(list []schema.Handle) []schema.Handle {
	each := []schema.Handle{}
	for _, h := range list {
		if assigned(h) != "" && !slices.Contains(each, h) {
			each = append(each, h)
		}
	}
	return each
}

// CaseType is the type of the case that is opened for an escalation (P16).
const CaseType = "At-Risk Account Help (CSM red accounts & CSM/CSE escalations)"

// NeedsCase reports whether an escalation needs a case: one about a services
// project does not (P16).
func NeedsCase(e *schema.Escalation) bool { return e.Account.ServicesProject == nil }

// CaseOwner returns who owns the case of an escalation (P16): the CSM; for a CSE
// account the CSE leader of the region, who assigns a CSE; else the account
// executive. It is empty where the files name nobody.
func CaseOwner(d schema.Directory, p schema.Policy, e *schema.Escalation) []schema.Handle {
	a := e.Account
	switch {
	case a.CSM != "":
		return []schema.Handle{a.CSM}
	case a.CSE != "":
		return Holders(d, p, schema.RoleCSELeader, a.Region)
	default:
		return Each([]schema.Handle{a.AccountExecutive})
	}
}
