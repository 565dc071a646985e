package act

import (
	"slices"
	"strconv"
	"strings"

	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/splice"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// field is the key of a file that a question is about.
func field(question string) string { return strings.ReplaceAll(question, "-", "_") }

func product() Act {
	yes := func(c *Case, a Answers) bool {
		return a.One("product-related") == "yes" || !a.Has("product-related") && isYes(c.Escalation.Product.Related)
	}
	releases := func(c *Case, a Answers) bool {
		return c.current() != "" && (!yes(c, a) || a.Has("product-dri") && a.handle("product-dri") != c.current())
	}
	explains := func(c *Case, a Answers) Need {
		switch {
		case releases(c, a):
			return Required
		case c.current() == "" && a.Has("product-dri"): // nobody has to say it of the first
			return Optional
		}
		return Unasked
	}
	return Act{
		Name:  "product",
		Short: "Say what Product has to do with it, and name the Product DRI",
		Long: "Says whether the product is part of the problem, and names the Product DRI (P9, P10). The Product DRI stays until the end: another one, and a no, " +
			"need an update that says why (P11). Product managers of the team come and go freely.",
		Examples: []string{`northwind mlee`, `northwind dpatel -m "Dina takes over while Min is on leave."`, `northwind --team okhan,mlee`},
		State:    Open,
		Argument: "product-dri",
		Message:  "why",
		Questions: []Question{
			func() Question {
				q := related(nil)
				q.Suggest = func(c *Case, a Answers) []string {
					if isNo(c.Escalation.Product.Related) {
						return nil
					}
					return []string{"yes"}
				}
				return q
			}(),
			unrelatedWhy(func(c *Case, a Answers) Need {
				switch {
				case a.One("product-related") != "no":
					return Unasked
				case c.Escalation.Severity.NeedsProduct():
					return Required
				}
				return Optional
			}),
			productDRI("Who is the Product DRI?", func(c *Case, _ Answers) schema.Severity { return c.Escalation.Severity }, func(c *Case, a Answers) Need {
				switch {
				case !yes(c, a):
					return Unasked
				case c.current() == "" && c.Escalation.Severity.NeedsProduct():
					return Required
				}
				return Optional
			}),
			{
				Name: "team", Title: "Which product managers work on it?", Form: Person, Many: true, Need: maybe(yes), Unasked: "it is not product related",
				Choose: holders(schema.ProductRoles()...), Help: "All of them: whoever is not named is not in the team any more.",
			},
			{Name: "business-case", Title: "Where is the business case of the enhancement?", Form: Link, Hidden: true, Help: "Where the customer asks for an enhancement (P14)."},
			{Name: "why", Title: "Why?", Form: Text, Need: explains, Unasked: "the Product DRI does not change", Help: "It becomes an update, and stands in the handover (P11)."},
			to(),
		},
		Says: func(_ *Case, a Answers) string {
			if a.Has("product-dri") {
				return "Product DRI " + a.One("product-dri")
			}
			return "product"
		},
		Edit: func(c *Case, a Answers) []splice.Change {
			list := c.product(a)
			if a.Has("team") {
				list = append(list, setTeam(a.handles("team")))
			}
			if a.Has("business-case") {
				list = append(list, splice.Set("/product/enhancement", true), splice.Set("/product/business_case", a.link("business-case")))
			}
			if a.Has("why") {
				list = append(list, c.say(a.text("why"), audience(a)))
			}
			return list
		},
	}
}

func support() Act {
	needed := said("needed", "yes")
	return Act{
		Name:     "support",
		Short:    "Call in Support, or name its DRI and tickets",
		Long:     "Says that Support is needed, with the tickets that describe the issue (P13). The on-call support manager is mentioned.",
		Examples: []string{`northwind https://support.example.com/tickets/4711 --support-dri tmora`},
		State:    Open,
		Argument: "ticket",
		Questions: []Question{
			{Name: "needed", Title: "Is Support needed?", Form: Yes, Suggest: propose("yes")},
			{
				Name: "ticket", Title: "Which tickets describe the issue?", Form: Link, Many: true, Unasked: "Support is not needed",
				Help: "They are added to those that are there.",
				Need: func(c *Case, a Answers) Need {
					switch {
					case !needed(c, a):
						return Unasked
					case c.Escalation.Support == nil || len(c.Escalation.Support.Tickets) == 0:
						return Required
					}
					return Optional
				},
			},
			{
				Name: "support-dri", Title: "Who is the Support DRI?", Form: Person, Need: maybe(needed), Unasked: "Support is not needed",
				Choose: holders(schema.RoleSupportEngineer, schema.RoleSupportManager), Help: "Leave it out where nobody is named yet.",
			},
		},
		Says: func(*Case, Answers) string { return "support" },
		Edit: func(c *Case, a Answers) []splice.Change {
			list := []splice.Change{splice.Set("/support/needed", a.yes("needed"))}
			if a.Has("support-dri") {
				list = append(list, splice.Set("/support/dri", a.handle("support-dri")))
			}
			var have []schema.URL
			if s := c.Escalation.Support; s != nil {
				have = s.Tickets
			}
			for _, t := range a.All("ticket") {
				if !slices.Contains(have, schema.URL(t)) {
					list = append(list, splice.Add("/support/tickets", schema.URL(t)))
				}
			}
			return list
		},
	}
}

func standup() Act {
	held := lacks("none")
	has := func(c *Case) bool { return c.Escalation.Standup != nil && c.Escalation.Standup.None == "" }
	asked := func(c *Case, a Answers) Need {
		switch {
		case !held(c, a):
			return Unasked
		case has(c):
			return Optional
		}
		return Required
	}
	suggest := func(what func(*schema.Standup) []string, or func(*Case, Answers) []string) func(*Case, Answers) []string {
		return func(c *Case, a Answers) []string {
			if has(c) {
				return what(c.Escalation.Standup)
			}
			return or(c, a)
		}
	}
	nothing := func(*Case, Answers) []string { return nil }
	const none = "--none is in the place of a standup"
	return Act{
		Name:  "standup",
		Short: "Set up the internal standup, or change it",
		Long: "Writes down the internal standup: days, time, zone, link and who comes (P19). It is to be set up within 24 hours. At medium and low a reason why there is " +
			"none is enough.",
		Examples: []string{`northwind --days mon,wed,fri --time 10:30 --link https://meet.example.com/northwind`, `northwind --none "The two of us talk each morning."`},
		State:    Open,
		Questions: []Question{
			{
				Name: "none", Title: "Why is there no standup?", Form: Line, Hidden: true, Help: "At medium and low, in the place of a standup.",
			},
			{
				Name: "days", Title: "On which days?", Form: Choice, Many: true, Need: asked, Unasked: none, Page: "standup",
				Choose:  choices(Option{"mon", "mon", ""}, Option{"tue", "tue", ""}, Option{"wed", "wed", ""}, Option{"thu", "thu", ""}, Option{"fri", "fri", ""}, Option{"sat", "sat", ""}, Option{"sun", "sun", ""}),
				Suggest: suggest(func(s *schema.Standup) []string { return words.Plain(s.Days) }, nothing),
			},
			{
				Name: "time", Title: "At what time?", Form: Hour, Need: asked, Unasked: none, Page: "standup", Help: "By 24 hours, such as 10:30.",
				Suggest: suggest(func(s *schema.Standup) []string { return []string{string(s.Time)} }, nothing),
			},
			{
				Name: "zone", Title: "In which time zone?", Form: Line, Need: asked, Unasked: none, Page: "standup", Help: "As Area/City, such as Europe/Berlin.",
				Suggest: suggest(func(s *schema.Standup) []string { return []string{string(s.Zone)} }, func(c *Case, a Answers) []string {
					if z := c.Tree.Policy.Regions[string(c.region(a))].Zone; z != "" {
						return []string{string(z)}
					}
					return nil
				}),
			},
			{
				Name: "minutes", Title: "How many minutes?", Form: Number, Need: asked, Unasked: none, Page: "standup",
				Suggest: suggest(func(s *schema.Standup) []string { return positive(s.Minutes) }, propose("15")),
			},
			{
				Name: "link", Title: "Where do they join?", Form: Link, Need: asked, Unasked: none, Page: "standup",
				Suggest: suggest(func(s *schema.Standup) []string { return []string{string(s.Link)} }, nothing),
			},
			{
				Name: "attendees", Title: "Who comes?", Form: Person, Many: true, Need: asked, Unasked: none, Choose: guests,
				Help: "The DRIs and the major stakeholders: typically CSM, AE, SA, Support DRI, CSE, CSM and Sales leadership.",
				Suggest: suggest(func(s *schema.Standup) []string { return words.Plain(s.Attendees) }, func(c *Case, _ Answers) []string {
					return words.Plain(process.DRIs(&c.Escalation.Escalation))
				}),
			},
		},
		Says: func(*Case, Answers) string { return "standup" },
		Edit: func(c *Case, a Answers) []splice.Change {
			if a.Has("none") {
				return []splice.Change{splice.Set("/standup", schema.Standup{None: a.text("none")})}
			}
			var list []splice.Change
			if !has(c) {
				list = append(list, splice.Remove("/standup"))
			}
			minutes, _ := strconv.Atoi(a.One("minutes"))
			var days []schema.Day
			for _, d := range a.All("days") {
				days = append(days, schema.Day(d))
			}
			list = append(list, splice.Set("/standup/days", days), splice.Set("/standup/time", schema.TimeOfDay(a.One("time"))), splice.Set("/standup/zone", schema.Zone(a.One("zone"))))
			if minutes > 0 {
				list = append(list, splice.Set("/standup/minutes", minutes))
			}
			return append(list, splice.Set("/standup/link", a.link("link")), splice.Set("/standup/attendees", a.handles("attendees")))
		},
	}
}

// guests are the people who may come to a standup: those who usually do first.
func guests(c *Case, a Answers) []Option {
	e := &c.Escalation.Escalation
	first := append(process.DRIs(e), process.StandupGuests(c.Tree.People, c.Tree.Policy, e)...)
	list := make([]Option, 0, len(c.Tree.People.People))
	for _, h := range process.Each(first) {
		list = append(list, c.option(h))
	}
	for _, o := range anybody(c, a) {
		if !slices.Contains(first, schema.Handle(o.Value)) {
			list = append(list, o)
		}
	}
	return list
}

func positive(n int) []string {
	if n <= 0 {
		return nil
	}
	return []string{strconv.Itoa(n)}
}
