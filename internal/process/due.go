package process

import "github.com/escalations-as-code/escalate/schema"

// This is what the clocks of package stale ask of a file (P28).

// LacksStandup reports whether an open escalation is to have a standup series and
// has none (P19). At medium and low the reason why there is none is enough.
func LacksStandup(e *schema.Escalation) bool {
	return Open(e) && (e.Standup == nil || e.Standup.None != "" && e.Severity.NeedsProduct())
}

// LacksCase reports whether the link of the case is still to come (P15).
func LacksCase(e *schema.Escalation) bool {
	return Open(e) && NeedsCase(e) && e.Links.Case == schema.Pending
}

// LacksCSE reports whether the CSE Help case is there and the CSE is not (P6).
func LacksCSE(e *schema.Escalation) bool {
	return Open(e) && e.Account.CSE == schema.PendingPerson
}

// AwaitsProductDRI reports whether a Product DRI is said to be named soon (P9).
func AwaitsProductDRI(e *schema.Escalation) bool {
	return Open(e) && e.Product.DRI == schema.PendingPerson
}

// LacksProductDRI reports whether there is to be a Product DRI, and nobody says
// anything of one (P9).
func LacksProductDRI(e *schema.Escalation) bool {
	related := e.Product.Related != nil && *e.Product.Related
	return Open(e) && e.Severity.NeedsProduct() && related && e.Product.DRI == ""
}

// OwedRCA returns the root cause analysis that is owed and not delivered; nil
// where none is (P32).
func OwedRCA(e *schema.Escalation) *schema.RCA {
	if r := e.RCA; r != nil && r.PlatformRelated && r.URL == "" {
		return r
	}
	return nil
}

// Counterpart returns whose turn the updates are: that of the CSE where one leads
// the account (P29), else the DRI's.
func Counterpart(e *schema.Escalation) schema.Handle {
	if _, clause := DRI(e.Account); clause == AssignedCSE && e.Account.CSE != schema.PendingPerson {
		return e.Account.CSE
	}
	return e.DRI
}
