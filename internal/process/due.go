package process

import "github.com/escalations-as-code/escalate/schema"

// This is what the clocks of package stale ask of a file (P28).

// LacksStandup reports whether an open escalation is to have a standup series and
// has none (P19).
func LacksStandup(e *schema.Escalation) bool { return Open(e) && e.Standup == nil }

// LacksCase reports whether the link of the case is still to come (P15).
func LacksCase(e *schema.Escalation) bool {
	return Open(e) && NeedsCase(e) && e.Links.Case == schema.Pending
}

// pending stands for somebody who is still to be named.
const pending = schema.Handle(schema.Pending)

// LacksCSE reports whether the CSE Help case is there and the CSE is not (P6).
func LacksCSE(e *schema.Escalation) bool { return Open(e) && e.Account.CSE == pending }

// LacksProductDRI reports whether there is to be a Product DRI and is none, or
// one is still to be named (P9).
func LacksProductDRI(e *schema.Escalation) bool {
	related := e.Product.Related != nil && *e.Product.Related
	return Open(e) && (e.Product.DRI == pending || e.Severity.NeedsProduct() && related && e.Product.DRI == "")
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
	if _, clause := DRI(e.Account); clause == AssignedCSE && e.Account.CSE != pending {
		return e.Account.CSE
	}
	return e.DRI
}
