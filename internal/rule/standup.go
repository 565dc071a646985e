package rule

import (
	"fmt"

	"github.com/escalations-as-code/escalate/internal/shape"
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
			_, hint := f.Say()
			return Said{Message: "the standup says neither on which days it is nor why there is none", Hint: hint + "; or write `standup: {none: ...}` with the reason"}
		},
		Escalation: func(c *Pass) {
			if c.Standup != nil && c.Standup.None != "" {
				switch {
				case c.Open() && c.Severity.NeedsProduct():
					c.Error("/standup/none", fmt.Sprintf("at severity %s there is a standup", c.Severity), "write its days, time, zone, link and attendees")
				case len(c.Standup.Days)+len(c.Standup.Attendees) > 0 || c.Standup.Link != "":
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
