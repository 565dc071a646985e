package rule

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/schema"
)

func standup() Rule {
	return Rule{
		Name:    "standup",
		Cites:   []string{"P19"},
		Summary: "a standup says when, in which time zone, where and who",
		Why: "The internal standup is set up within 24 hours and announced in the channel; ten minutes before each, the links are posted there. " +
			"That needs days, a time, a time zone, a link and the attendees: the DRIs and the major stakeholders. " +
			"At medium and low `standup: {none: ...}` with a reason is enough.",
		Reading: "That a reason is enough at medium and low is this project's reading. No setting changes it.",
		Fields:  []string{"/standup"},
		Tell: func(c *Pass, f shape.Fault) Said {
			if !f.Missing() || f.Pointer != "/standup/days" || c.Severity.NeedsProduct() || c.Standup != nil && len(c.Standup.Attendees) > 0 {
				return Said{}
			}
			_, hint := f.Say(c.Document, nil)
			return Said{Message: "the standup says neither on which days it is nor why there is none", Hint: hint + "; or write `standup: {none: <text>}` with the reason"}
		},
		Escalation: func(c *Pass) {
			if c.Standup != nil && c.Standup.None != "" {
				switch {
				case c.Open() && c.Severity.NeedsProduct():
					c.Error("/standup/none", fmt.Sprintf("at severity %s there is a standup", c.Severity), "write its days, time, zone, link and attendees")
				case !reflect.DeepEqual(*c.Standup, schema.Standup{None: c.Standup.None}):
					c.Error("/standup/none", "there is a standup, and a reason why there is none", "delete one of the two")
				}
			}
			if c.Standup != nil && c.Standup.Zone != "" && !c.KnownZone(c.Standup.Zone) {
				c.Error("/standup/zone", fmt.Sprintf("there is no time zone %s", code(c.Standup.Zone)), "write it as Area/City, such as `Europe/Berlin`")
			}
		},
		Wrong: marked("standup: {days: [mon, thu], time: '10:30', zone: Europe/Belrin, link: 'https://meet.example.com/n', attendees: [jdoe, mlee]}\n", "Europe/Belrin"),
		Right: ex("standup: {days: [mon, thu], time: '10:30', zone: Europe/Berlin, link: 'https://meet.example.com/n', attendees: [jdoe, mlee]}\n"),
	}
}

func standupAttendees() Rule {
	return Rule{
		Name:    "standup-attendees",
		Cites:   []string{"P19"},
		Summary: "the DRI and Product come to the standup (a warning)",
		Why: "The standup is where those who answer for the escalation meet each day. The DRI comes, or the stand-in; " +
			"where there is a Product DRI, that one or one of `product.team`. Typical are also the AE, an SA, the Support DRI, the CSE, and CSM and Sales leadership.",
		Reading: "That one of the product team is enough is this project's reading. No setting changes it.",
		Escalation: func(c *Pass) {
			e := &c.Escalation.Escalation
			if !c.Open() || e.Standup == nil || len(e.Standup.Attendees) == 0 || c.faultyBelow("/standup") || !c.soundDRI() {
				return
			}
			comes := func(h schema.Handle) bool { return slices.Contains(e.Standup.Attendees, h) }
			if standIn := process.StandIn(e, c.dayOf(c.now())); e.DRI != "" && !comes(e.DRI) && !comes(standIn) {
				who := "the DRI " + c.named(e.DRI)
				if standIn != "" {
					who += ", or the stand-in " + c.named(standIn) + ","
				}
				c.Warn("/standup/attendees", who+" does not come to the standup", "add "+code(e.DRI)+" to `attendees`")
			}
			if dri := process.ProductDRI(e); dri != "" && !comes(dri) && !slices.ContainsFunc(e.Product.Team, comes) {
				c.Warn("/standup/attendees", "nobody of Product comes to the standup, though there is a Product DRI",
					"add "+c.named(dri)+" to `attendees`, or one of `product.team`")
			}
		},
		Wrong: marked("standup: {days: [mon, thu], time: '10:30', zone: Europe/Berlin, link: 'https://meet.example.com/n', attendees: [jdoe, tmora]}\n", "attendees"),
		Right: ex("standup: {days: [mon, thu], time: '10:30', zone: Europe/Berlin, link: 'https://meet.example.com/n', attendees: [jdoe, okhan]}\n"),
	}
}

// faultyBelow reports whether a value at or below field does not fit the schema.
func (c *Pass) faultyBelow(field string) bool {
	return slices.ContainsFunc(c.Faults, func(f shape.Fault) bool { return f.Pointer == field || strings.HasPrefix(f.Pointer, field+"/") })
}

// soundDRI reports whether nothing is wrong with who the DRI is: where something
// is, what follows from it is not told as well.
func (c *Pass) soundDRI() bool {
	if want, _ := process.DRI(c.Account); want != "" && want != c.DRI {
		return false
	}
	p, known := c.Person(c.DRI)
	return known && !p.GoneBy(c.now()) && !c.Faulty("/dri")
}
