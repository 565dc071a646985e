package rule

import (
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/escalations-as-code/escalate/schema"
)

// mention is one place of an escalation that names a person.
type mention struct {
	// field is the JSON pointer, with %d for the list entry.
	field string
	entry int
	who   schema.Handle
	// fits are the roles of which the person needs one; none: anybody (P8).
	fits []schema.Role
	// then is the time that the file speaks of, where it tells of the past:
	// what somebody did who left later stays true. Zero: it speaks of today.
	then time.Time
}

// Field is the JSON pointer of the mention.
func (m mention) Field() string {
	if m.entry < 0 {
		return m.field
	}
	return fmt.Sprintf(m.field, m.entry)
}

// mentions yields every person an escalation names, but for the dri, which P6
// alone judges, and the one who waives an agreement, whom P30 judges.
func mentions(e *schema.Escalation, p schema.Policy) iter.Seq[mention] {
	return func(yield func(mention) bool) {
		ok := true
		say := func(m mention) {
			if ok && m.who != "" {
				ok = yield(m)
			}
		}
		one := func(field string, who schema.Handle, fits ...schema.Role) {
			say(mention{field: field, entry: -1, who: who, fits: fits})
		}
		many := func(field string, who []schema.Handle, fits ...schema.Role) {
			for i, h := range who {
				say(mention{field: field, entry: i, who: h, fits: fits})
			}
		}
		say(mention{field: "/opened/by", entry: -1, who: e.Opened.By, then: e.Opened.At.Time})
		one("/account/csm", e.Account.CSM, schema.RoleCSM)
		one("/account/cse", e.Account.CSE, schema.RoleCSE)
		one("/account/account_executive", e.Account.AccountExecutive, schema.RoleAccountExecutive)
		if e.Account.ServicesProject != nil {
			one("/account/services_project/manager", e.Account.ServicesProject.Manager, schema.RoleServicesProjectManager)
		}
		one("/product/dri", e.Product.DRI, schema.ProductRoles()...)
		many("/product/team/%d", e.Product.Team, schema.ProductRoles()...)
		if e.Support != nil {
			one("/support/dri", e.Support.DRI, schema.RoleSupportEngineer, schema.RoleSupportManager)
		}
		for i, s := range e.NextSteps {
			say(mention{field: "/next_steps/%d/owner", entry: i, who: s.Owner, then: s.Done.Time})
		}
		if e.Standup != nil {
			many("/standup/attendees/%d", e.Standup.Attendees)
		}
		many("/fyi/%d", e.FYI)
		if e.Snooze != nil {
			if slices.Contains(p.Review, schema.ReviewSnooze) {
				one("/snooze/by", e.Snooze.By, schema.ManagerRoles()...)
			} else {
				one("/snooze/by", e.Snooze.By)
			}
		}
		for i, u := range e.Updates {
			say(mention{field: "/updates/%d/by", entry: i, who: u.By, then: u.At.Time})
		}
		if c := e.Closure; c != nil {
			say(mention{field: "/closure/by", entry: -1, who: c.By, then: c.At.Time})
			if c.RCA != nil {
				one("/closure/rca/owner", c.RCA.Owner, schema.RoleEngineering)
			}
		}
	}
}
