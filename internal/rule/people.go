package rule

import (
	"fmt"
	"iter"
	"reflect"
	"slices"
	"time"

	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/tree"
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
	// set reports that the role is asked for of a closed escalation, too, because
	// the field is set here: what the directory says later leaves it alone.
	set bool
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
func mentions(c *Pass) iter.Seq[mention] {
	e, p := &c.Escalation.Escalation, c.Tree.Policy
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
		one("/account/csm", e.Account.CSM, schema.RoleCSM, schema.RoleCSMManager)
		one("/account/cse", process.CSE(e), schema.RoleCSE, schema.RoleCSELeader)
		one("/account/account_executive", e.Account.AccountExecutive, schema.RoleAccountExecutive)
		if e.Account.ServicesProject != nil {
			one("/account/services_project/manager", e.Account.ServicesProject.Manager, schema.RoleServicesProjectManager)
		}
		if e.Cover != nil {
			one("/cover/dri", e.Cover.DRI, coverRoles(e)...)
		}
		one("/product/dri", process.ProductDRI(e), schema.ProductRoles()...)
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
			if c.Amended != nil {
				say(mention{field: "/closure/amended/by", entry: -1, who: c.Amended.By, then: c.Amended.At.Time})
			}
		}
		if e.RCA != nil {
			field := "/rca/owner"
			if !c.Has("/rca") {
				field = "/closure/rca/owner"
			}
			say(mention{field: field, entry: -1, who: e.RCA.Owner, fits: []schema.Role{schema.RoleEngineering}, set: c.sets(rcaOwner)})
		}
	}
}

// Differing returns the people of whom two directories do not say the same. It is
// complete only where nothing else can make a difference to an escalation: the policy is
// the same, and both directories can be relied on.
func Differing(before, now *tree.Tree) (people map[schema.Handle]bool, complete bool) {
	if !tree.SameFile(before.PolicyFile, now.PolicyFile) {
		return nil, false
	}
	for _, t := range []*tree.Tree{before, now} {
		if !readable(t.PeopleFile) || len(t.PeopleFile.Faults) > 0 {
			return nil, false
		}
	}
	people = map[schema.Handle]bool{}
	for _, pair := range [][2]*tree.Tree{{before, now}, {now, before}} {
		for h, p := range pair[0].People.People {
			if other, there := pair[1].People.People[h]; !there || !reflect.DeepEqual(p, other) {
				people[h] = true
			}
		}
	}
	return people, true
}

// Mentioned returns the people whom an escalation names, wherever it does.
func Mentioned(e *schema.Escalation) []schema.Handle {
	var list []schema.Handle
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.String:
			if h, is := v.Interface().(schema.Handle); is && h != "" && !slices.Contains(list, h) {
				list = append(list, h)
			}
		case reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem())
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Struct:
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() {
					walk(v.Field(i))
				}
			}
		}
	}
	walk(reflect.ValueOf(e))
	return list
}

func rcaOwner(e *schema.Escalation) schema.Handle {
	if e.RCA == nil {
		return ""
	}
	return e.RCA.Owner
}

// coverRoles are the roles of which a stand-in needs one: those that the DRI has
// there, or a manager's (P6, P8).
func coverRoles(e *schema.Escalation) []schema.Role {
	role := []schema.Role{schema.RoleAccountExecutive}
	switch _, clause := process.DRI(e.Account); clause {
	case process.ServicesProject:
		role = []schema.Role{schema.RoleServicesProjectManager}
	case process.AssignedCSM:
		role = []schema.Role{schema.RoleCSM}
	}
	return append(role, schema.ManagerRoles()...)
}
