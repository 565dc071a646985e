package rule

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/escalations-as-code/escalate/internal/calendar"
	"github.com/escalations-as-code/escalate/internal/document"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/schema"
)

// policyRules lists what is judged of policy.yaml. Each looks at what holds,
// but can find something only where the file says it: the defaults are sound.
func policyRules() []Rule {
	return []Rule{policyInvolvement(), policyClocks(), policyLadder(), policyRegions(), policyHolidays(), policyTriage(), policyBot()}
}

func policyInvolvement() Rule {
	return Rule{
		Name:        "policy-involvement",
		NeedsPolicy: true,
		Cites:       []string{"P5", "P10"},
		Summary:     "the roles that the policy names are roles that there are",
		Why: "`severities.<level>.informs` says who must be informed, `product_dri` which roles the Product DRI may have. " +
			"A misspelt role would be held by nobody.",
		Whole: func(w *Whole) {
			for _, s := range schema.AllSeverities() {
				p := w.Policy.Severities.Of(s)
				for key, roles := range map[string][]schema.Role{"informs": p.Informs, "product_dri": p.ProductDRI} {
					for i, r := range roles {
						field := document.Pointer("severities", string(s), key, fmt.Sprint(i))
						if process.KnownRole(r, w.Policy) || !w.PolicyFile.Has(field) {
							continue
						}
						w.Tell(w.PolicyFile, field, unknownRole(r, w.Policy))
					}
				}
			}
		},
		Wrong: marked("-- escalations/policy.yaml --\nseverities: {low: {informs: [csm_manger]}}\n", "csm_manger"),
		Right: ex("-- escalations/policy.yaml --\nseverities: {low: {informs: [csm_manager]}}\n"),
	}
}

func policyClocks() Rule {
	return Rule{
		Name:        "policy-clocks",
		NeedsPolicy: true,
		Cites:       []string{"P25", "P26"},
		Summary:     "an update is not overdue before it is due, and the DRI is asked before it is overdue",
		Why: "The channel clock says how often the channel must hear something, the customer clock how often the customer must. " +
			"Both start at the opening and again at each update that counts.",
		Reading: "The channel hears daily: at critical each calendar day, at high each working day, below as advice. " +
			"The customer hears daily at critical, at the end of the second working day at high, after 7 days at medium (asked about after 10, overdue after 14), and without a clock at low. " +
			"`severities.<level>.channel` and `.customer` in the policy change the numbers; `due: 0` stops a clock.",
		Whole: func(w *Whole) {
			for _, s := range schema.AllSeverities() {
				p := w.Policy.Severities.Of(s)
				for key, clock := range map[string]schema.Clock{"channel": p.Channel, "customer": p.Customer} {
					clockInOrder(w, string(s), key, clock)
				}
			}
		},
		Wrong: marked("-- escalations/policy.yaml --\nseverities: {medium: {customer: {due: 7, overdue: 5}}}\n", "5"),
		Right: ex("-- escalations/policy.yaml --\nseverities: {medium: {customer: {due: 7, overdue: 10}}}\n"),
	}
}

// clockInOrder judges that a clock asks before it is overdue, and is not overdue
// before it is due.
func clockInOrder(w *Whole, severity, key string, c schema.Clock) {
	number := func(n *int, otherwise int) int {
		if n == nil {
			return otherwise
		}
		return *n
	}
	due := number(c.Due, 0)
	overdue, ask := number(c.Overdue, due), number(c.Ask, 0)
	switch {
	case due == 0: // there is no clock
	case overdue < due:
		w.Error(w.PolicyFile, document.Pointer("severities", severity, key, "overdue"), fmt.Sprintf("overdue after %d days, but due only after %d", overdue, due), "write a number that is not smaller than `due`")
	case ask >= overdue:
		field := document.Pointer("severities", severity, key, "ask")
		if !w.PolicyFile.Has(field) {
			field = document.Pointer("severities", severity, key, "overdue")
		}
		w.Error(w.PolicyFile, field, fmt.Sprintf("the DRI is asked after %d days, but it is overdue after %d", ask, overdue),
			fmt.Sprintf("write an `ask:` smaller than %d, or 0 to ask nobody before", overdue))
	}
}

func policyLadder() Rule {
	return Rule{
		Name:        "policy-ladder",
		NeedsPolicy: true,
		Cites:       []string{"P27"},
		Summary:     "the CSM leader does not hear before the DRI's manager",
		Why:         "What is overdue reminds the DRI at once, then the DRI's manager, who is there to step in, then the CSM leader.",
		Reading:     "One more working day for the manager, two for the CSM leader; at critical the manager at once, the leader twelve hours after, at any hour. `ladder` in the policy changes the numbers.",
		Whole: func(w *Whole) {
			l := w.Policy.Ladder
			rungsInOrder(w, "/ladder/manager", "/ladder/csm_leader", *l.Manager, *l.CSMLeader, "days")
			rungsInOrder(w, "/ladder/critical/manager_hours", "/ladder/critical/csm_leader_hours", *l.Critical.Manager, *l.Critical.CSMLeader, "hours")
		},
		Wrong: marked("-- escalations/policy.yaml --\nladder: {manager: 3, csm_leader: 2}\n", "2"),
		Right: ex("-- escalations/policy.yaml --\nladder: {manager: 3, csm_leader: 4}\n"),
	}
}

// rungsInOrder judges that the manager hears before the CSM leader does.
func rungsInOrder(w *Whole, manager, leader string, managerAfter, leaderAfter int, unit string) {
	if leaderAfter >= managerAfter {
		return
	}
	field := leader
	if !w.PolicyFile.Has(field) {
		field = manager
	}
	w.Error(w.PolicyFile, field, fmt.Sprintf("the CSM leader hears after %d %s, but the manager only after %d", leaderAfter, unit, managerAfter),
		"the steps of the ladder go up: the manager first, then the CSM leader")
}

func policyRegions() Rule {
	return Rule{
		Name:        "policy-regions",
		NeedsPolicy: true,
		Cites:       []string{"P25"},
		Summary:     "a region has a time zone that there is, and work that ends after it begins",
		Why:         "Clocks that count working days are due at the end of the region's working day, in its time zone.",
		Reading:     "09:00 to 17:00, Monday to Friday, without holidays, in America/New_York (AMER, PubSec), Europe/Berlin (EMEA) and Asia/Singapore (APAC). `regions` in the policy changes them.",
		Whole: func(w *Whole) {
			for _, name := range slices.Sorted(maps.Keys(w.Policy.Regions)) {
				r := w.Policy.Regions[name]
				zone := document.Pointer("regions", name, "zone")
				switch {
				case r.Zone == "":
					w.Error(w.PolicyFile, zone, fmt.Sprintf("the region %s has no time zone", code(name)), "add one: `zone: Europe/Berlin`")
				case !w.KnownZone(r.Zone):
					w.Error(w.PolicyFile, zone, fmt.Sprintf("there is no time zone %s", code(r.Zone)), "write it as Area/City, such as `Europe/Berlin`")
				}
				if len(r.Hours.From) == len("09:00") && r.Hours.From >= r.Hours.To && w.PolicyFile.Has(document.Pointer("regions", name, "hours", "to")) {
					w.Error(w.PolicyFile, document.Pointer("regions", name, "hours", "to"), "work must end after it begins", "write a later time than `from`")
				}
			}
		},
		Wrong: marked("-- escalations/policy.yaml --\nregions: {LATAM: {zone: America/Sao_Palo}}\n", "America/Sao_Palo"),
		Right: ex("-- escalations/policy.yaml --\nregions: {LATAM: {zone: America/Sao_Paulo}}\n"),
	}
}

func policyHolidays() Rule {
	return Rule{
		Name:        "policy-holidays",
		NeedsPolicy: true,
		Cites:       []string{"P25"},
		Summary:     "a region's national holidays are those of a calendar that is built in, and what is taken from them is one of them",
		Why: fmt.Sprintf("Clocks that count working days pass over holidays. Those of %d countries are built in, by the two letters of the country, and those of some of their parts, such as `DE-BY`; ", len(calendar.Countries())) +
			"of another, list them as `dates`. A day under `except` is a working day all the same.",
		Reading: "Without `holidays` a region works from Monday to Friday all year.",
		Whole: func(w *Whole) {
			for _, name := range slices.Sorted(maps.Keys(w.Policy.Regions)) {
				holidays := w.Policy.Regions[name].Holidays
				holidayCountries(w, name, holidays)
				holidayExcept(w, name, holidays)
			}
		},
		Wrong: marked("-- escalations/policy.yaml --\nregions: {APAC: {holidays: {countries: [CN]}}}\n", "CN"),
		Right: ex("-- escalations/policy.yaml --\nregions: {APAC: {holidays: {countries: [JP], except: [2026-08-11], dates: [2026-08-13]}}}\n"),
	}
}

func holidayCountries(w *Whole, region string, h schema.Holidays) {
	for i, country := range h.Countries {
		if w.Full() {
			return
		}
		field := document.Pointer("regions", region, "holidays", "countries", fmt.Sprint(i))
		if !calendar.Known(country) && w.PolicyFile.Has(field) {
			w.Error(w.PolicyFile, field, fmt.Sprintf("the holidays of %s are not built in", code(country)), calendar.Instead(country))
		}
	}
}

// holidayExcept tells of a day that is taken away and changes nothing: it was
// misread in a calendar, or the calendar was mended since.
func holidayExcept(w *Whole, region string, h schema.Holidays) {
	if len(h.Except) == 0 {
		return
	}
	national, err := calendar.New(schema.Region{Zone: "UTC", Hours: schema.Hours{From: "09:00", To: "17:00"}, Holidays: schema.Holidays{Countries: h.Countries}})
	if err != nil {
		return // an unknown country is told
	}
	added := map[schema.Date]bool{}
	for _, day := range h.Dates {
		added[day] = true
	}
	for i, day := range h.Except {
		field := document.Pointer("regions", region, "holidays", "except", fmt.Sprint(i))
		if day.IsZero() || !w.PolicyFile.Has(field) {
			continue
		}
		switch weekday := day.Weekday(); {
		case added[day]:
			w.Error(w.PolicyFile, field, "this day stands under `dates` too, which makes it a holiday", "delete one of the two")
		case weekday == time.Saturday || weekday == time.Sunday:
			w.Warn(w.PolicyFile, field, fmt.Sprintf("this day is a %s, on which nobody works anyway", weekday), "delete it")
		case national.Works(day.Time):
			w.Warn(w.PolicyFile, field, "this day is a holiday in none of the `countries`", "delete it, or correct the date")
		}
	}
}

func policyBot() Rule {
	return Rule{
		Name:        "policy-bot",
		NeedsPolicy: true,
		Cites:       []string{"P1", "P8"},
		Summary:     "the commands and roles of `bot` are ones that there are",
		Why:         "`bot.commands` says which roles may write a command into a comment, and which commands need a pull request. A misspelt one would let everybody do it.",
		Whole: func(w *Whole) {
			for _, name := range slices.Sorted(maps.Keys(w.Policy.Bot.Commands)) {
				field := document.Pointer("bot", "commands", string(name))
				if !slices.Contains(schema.BotCommands(), name) && w.PolicyFile.Has(field) {
					var words []string
					for _, known := range schema.BotCommands() {
						words = append(words, string(known))
					}
					w.Tell(w.PolicyFile, field, didYouMean(fmt.Sprintf("there is no command %s", code(name)), name, words, "write one that `help` shows, or `lower`"))
				}
				for i, r := range w.Policy.Bot.Commands[name].May {
					if field := document.Pointer("bot", "commands", string(name), "may", fmt.Sprint(i)); !process.KnownRole(r, w.Policy) && w.PolicyFile.Has(field) {
						w.Tell(w.PolicyFile, field, unknownRole(r, w.Policy))
					}
				}
			}
		},
		Wrong: marked("-- escalations/policy.yaml --\nbot: {commands: {close: {may: [csm_manger]}}}\n", "csm_manger"),
		Right: ex("-- escalations/policy.yaml --\nbot: {merge: [], commands: {close: {may: [csm_manager]}, lower: {pull_request: false}}}\n"),
	}
}

func policyTriage() Rule {
	return Rule{
		Name:        "policy-triage",
		NeedsPolicy: true,
		Cites:       []string{"P1", "P8"},
		Summary:     "the triage leads are in the people directory",
		Why:         "Anyone may propose an escalation, also before a DRI is known. The proposal is shown to the leads that the policy names under `triage`.",
		Whole: func(w *Whole) {
			for i, h := range w.Policy.Triage {
				if _, known := person(w.Tree, h); !known {
					w.Tell(w.PolicyFile, fmt.Sprintf("/triage/%d", i), unknownPerson(h, w.People))
				}
			}
		},
		Wrong: marked("-- escalations/policy.yaml --\ntriage: [rkign]\n", "rkign"),
		Right: ex("-- escalations/policy.yaml --\ntriage: [rking]\n"),
	}
}
