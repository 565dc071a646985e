package act

import (
	"fmt"
	"slices"

	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/splice"
	"github.com/escalations-as-code/escalate/schema"
)

// What somebody is to an account, as the DRI (P6).
const (
	asProject   = "services_project"
	asCSM       = "csm"
	asExecutive = "account_executive"
)

func dri() Act {
	as := func(is string) func(*Case, Answers) bool { return said("as", is) }
	account := func(c *Case) schema.Account { return c.Escalation.Account }
	changes := func(c *Case, a Answers) bool { return a.handle("dri") != c.Escalation.DRI }
	return Act{
		Name:  "dri",
		Short: "Hand over to another DRI",
		Long: "Makes somebody else the DRI, with an update that says why (P38). The account's facts decide who it can be (P6): the manager of the " +
			"services project that it is about, else the CSM, else the account executive. So the facts change with it.",
		Examples: []string{`northwind kcsm -m "Jo moves to another region; Kim knows the customer."`, `northwind pnguyen --as services_project --project https://projects.example.com/ps-88 -m "..."`},
		State:    Open,
		Argument: "dri",
		Message:  "why",
		Questions: []Question{
			{
				Name: "dri", Title: "Who is the DRI from now on?", Form: Person, Need: always,
				Choose: holders(schema.RoleCSM, schema.RoleCSMManager, schema.RoleAccountExecutive, schema.RoleServicesProjectManager),
			},
			{
				Name: "as", Title: "As what?", Form: Choice, Need: always, Help: "The account's facts decide who the DRI is (P6).",
				Choose: choices(
					Option{asCSM, "the CSM of the account", ""},
					Option{asExecutive, "the account executive: the account has no CSM", ""},
					Option{asProject, "the manager of the services project that it is about", ""},
				),
				Suggest: func(c *Case, a Answers) []string {
					roles := c.Tree.People.People[a.handle("dri")].Roles
					is := func(r schema.Role) bool { return slices.Contains(roles, r) }
					switch {
					case is(schema.RoleServicesProjectManager):
						return []string{asProject}
					case is(schema.RoleCSM), is(schema.RoleCSMManager):
						return []string{asCSM}
					case is(schema.RoleAccountExecutive):
						return []string{asExecutive}
					}
					return nil
				},
			},
			{
				Name: "project", Title: "Where is the services project managed?", Form: Link, Unasked: "it is the services project's, of which the DRI is the manager",
				Need: func(c *Case, a Answers) Need {
					switch {
					case a.One("as") != asProject:
						return Unasked
					case account(c).ServicesProject == nil:
						return Required
					}
					return Optional
				},
			},
			{
				Name: "cse", Title: "Is a CSE assigned?", Form: Person, Words: pending, Need: maybe(as(asExecutive)),
				Choose: holders(schema.RoleCSE, schema.RoleCSELeader), Unasked: "an account with a CSM has no CSE here",
				Help: "The lead technical collaborator of an account without a CSM; `pending` while one is being assigned (P6).",
			},
			{
				Name: "cse-help-case", Title: "Where is the CSE Help case?", Form: Link, Unasked: "it belongs to a CSE",
				Need: when(func(c *Case, a Answers) bool { return a.Has("cse") && account(c).CSEHelpCase == "" }),
			},
			{
				Name: "strategic", Title: "Why is the customer in scope, without a CSM or a CSE?", Form: Line, Unasked: "it is asked for where there is neither a CSM nor a CSE",
				Help: "The strategic partnership or relationship (P3).",
				Need: when(func(c *Case, a Answers) bool {
					return a.One("as") == asExecutive && !a.Has("cse") && account(c).CSE == "" && account(c).Strategic == ""
				}),
			},
			{Name: "why", Title: "Why does the DRI change?", Form: Text, Need: when(changes), Unasked: "that is the DRI already", Help: "It becomes an update, and stands in the handover (P38)."},
			to(),
		},
		Says: func(c *Case, a Answers) string { return fmt.Sprintf("DRI %s to %s", c.Escalation.DRI, a.One("dri")) },
		Edit: func(c *Case, a Answers) []splice.Change {
			var list []splice.Change
			who := a.handle("dri")
			if a.One("as") != asProject && account(c).ServicesProject != nil {
				list = append(list, splice.Remove("/account/services_project"))
			}
			switch a.One("as") {
			case asProject:
				if a.Has("project") {
					list = append(list, splice.Set("/account/services_project/url", a.link("project")))
				}
				list = append(list, splice.Set("/account/services_project/manager", who))
			case asCSM:
				list = append(list, splice.Set("/account/csm", who))
			case asExecutive:
				list = append(list, splice.Remove("/account/csm"), splice.Set("/account/account_executive", who))
			}
			for _, f := range []string{"cse", "cse-help-case", "strategic"} {
				if a.Has(f) {
					list = append(list, splice.Set("/account/"+field(f), a.One(f)))
				}
			}
			if who != c.Escalation.DRI {
				list = append(list, splice.Set("/dri", who))
			}
			// Who takes over for good needs no stand-in any more.
			if cover := c.Escalation.Cover; cover != nil && cover.DRI == who {
				list = append(list, splice.Remove("/cover"))
			}
			if a.Has("why") {
				list = append(list, c.say(a.text("why"), audience(a)))
			}
			return list
		},
	}
}

// goesOn reports that answers do not end what there is.
func goesOn(_ *Case, a Answers) bool { return !a.yes("end") }

// ended says that what answers end has ended already.
func ended(pointer, why string) func(*Case, Answers) (string, string) {
	return func(c *Case, a Answers) (string, string) {
		if a.yes("end") && !c.Escalation.Has(pointer) {
			return "end", why
		}
		return "", ""
	}
}

func cover() Act {
	return Act{
		Name:  "cover",
		Short: "Name who stands in for the DRI, for some days",
		Long: "Names a stand-in until a day, at most 14 days (P6): the turn, the mentions and the invitations are theirs, and they may close. The DRI stays the DRI. " +
			"With --end the DRI is back.",
		Examples: []string{`northwind rking --until 2026-12-04 -m "Jo is on leave."`, "northwind --end"},
		State:    Open,
		Argument: "stand-in",
		Message:  "reason",
		Questions: []Question{
			{Name: "end", Title: "Is the DRI back?", Form: Yes, Switch: true, Hidden: true},
			{
				Name: "stand-in", Title: "Who stands in for the DRI?", Form: Person, Need: when(goesOn), Unasked: "--end names nobody",
				Help: "Somebody of the DRI's own role, or a manager.",
				Choose: func(c *Case, a Answers) []Option {
					_, clause := process.DRI(c.Escalation.Account)
					roles := map[process.Clause][]schema.Role{
						process.ServicesProject: {schema.RoleServicesProjectManager}, process.AssignedCSM: {schema.RoleCSM, schema.RoleCSMManager},
						process.AssignedCSE: {schema.RoleAccountExecutive}, process.Strategic: {schema.RoleAccountExecutive},
					}[clause]
					return slices.DeleteFunc(c.holding(c.region(a), append(roles, schema.ManagerRoles()...)...), func(o Option) bool { return o.Value == string(c.Escalation.DRI) })
				},
			},
			{Name: "until", Title: "Until which day?", Form: Day, Ahead: true, Need: when(goesOn), Unasked: "--end has no day", Help: "The last day of it, at most 14 days from now."},
			{Name: "reason", Title: "Why is the DRI away?", Form: Line, Need: when(goesOn), Unasked: "--end needs no reason"},
		},
		Says: func(_ *Case, a Answers) string {
			if a.yes("end") {
				return "the DRI is back"
			}
			return a.One("stand-in") + " stands in for the DRI"
		},
		Edit: func(_ *Case, a Answers) []splice.Change {
			if a.yes("end") {
				return []splice.Change{splice.Remove("/cover")}
			}
			return []splice.Change{splice.Set("/cover", schema.Cover{DRI: a.handle("stand-in"), Until: a.day("until"), Reason: a.text("reason")})}
		},
		Idle: ended("/cover", "nobody stands in"),
	}
}

func snooze() Act {
	return Act{
		Name:     "snooze",
		Short:    "Hold back the reminders to tell the customer, for some days",
		Long:     "Holds back the reminders of the customer clock alone, for at most seven days and never at critical (P27). With --end they come again.",
		Examples: []string{`northwind --until 2026-11-30 -m "Customer is on holiday."`, "northwind --end"},
		State:    Open,
		Message:  "reason",
		Questions: []Question{
			{Name: "end", Title: "Shall the reminders come again?", Form: Yes, Switch: true, Hidden: true},
			{Name: "until", Title: "On which day do they come again?", Form: Day, Ahead: true, Need: when(goesOn), Unasked: "--end has no day", Help: "At most seven days from now."},
			{Name: "reason", Title: "Why does the customer need to hear nothing until then?", Form: Line, Need: when(goesOn), Unasked: "--end needs no reason"},
			{
				Name: "by", Title: "Who decides it?", Form: Person, Need: when(goesOn), Unasked: "--end names nobody", Hidden: true, Help: "Where the policy asks for review: a manager.",
				Choose: func(c *Case, a Answers) []Option { return c.holding(c.region(a), c.deciders()...) },
				Suggest: func(c *Case, a Answers) []string {
					if c.fits(c.By, c.deciders()) {
						return me(c, a)
					}
					return nil
				},
			},
		},
		Says: func(_ *Case, a Answers) string {
			if a.yes("end") {
				return "reminders come again"
			}
			return "no reminders until " + a.One("until")
		},
		Edit: func(_ *Case, a Answers) []splice.Change {
			if a.yes("end") {
				return []splice.Change{splice.Remove("/snooze")}
			}
			return []splice.Change{splice.Set("/snooze", schema.Snooze{Until: a.day("until"), Reason: a.text("reason"), By: a.handle("by")})}
		},
		Idle: ended("/snooze", "nothing is snoozed"),
	}
}

// deciders are the roles that may snooze (P27); none where anybody may.
func (c *Case) deciders() []schema.Role {
	if slices.Contains(c.Tree.Policy.Review, schema.ReviewSnooze) {
		return schema.ManagerRoles()
	}
	return nil
}
