package rule

import "fmt"

func standup() Rule {
	return Rule{
		Name:    "standup",
		Cites:   []string{"P19"},
		Summary: "a standup says when, in which time zone, where and who",
		Why: "The internal standup is set up within 24 hours and announced in the channel; ten minutes before each, the links are posted there. " +
			"That needs days, a time, a time zone, a link and the attendees: the DRIs and the major stakeholders.",
		Fields: []string{"/standup"},
		Escalation: func(c *Pass) {
			if c.Standup != nil && c.Standup.Zone != "" && !c.KnownZone(c.Standup.Zone) {
				c.Error("/standup/zone", fmt.Sprintf("there is no time zone %s", code(c.Standup.Zone)), "write it as Area/City, such as `Europe/Berlin`")
			}
		},
		Wrong: marked("standup: {days: [mon, thu], time: '10:30', zone: Europe/Belrin, link: 'https://meet.example.com/n', attendees: [jdoe, mlee]}\n", "Europe/Belrin"),
		Right: ex("standup: {days: [mon, thu], time: '10:30', zone: Europe/Berlin, link: 'https://meet.example.com/n', attendees: [jdoe, mlee]}\n"),
	}
}
