package schema

import (
	"maps"
	"time"
)

// Directory is the content of escalations/people.yaml: everybody who is named
// in an escalation or informed of one (P8).
type Directory struct {
	// Everybody, by handle: the short name that escalations use.
	People map[Handle]Person `yaml:"people" example:"{jdoe: {name: Jo Doe, github: jodoe, slack: U012AB3CD, email: jo@example.com, roles: [csm], region: EMEA, manager: rking}}"`
}

// On is the directory as it is at a moment: who leaves later has not left. Nobody is
// missing, since history names also those who left. Of a zero moment it is not
// known, and whoever has a day counts as one who left.
func (d Directory) On(at time.Time) Directory {
	var stay map[Handle]Person // nil as long as nobody leaves later
	for h, p := range d.People {
		if p.Left.IsZero() || p.GoneBy(at) {
			continue
		}
		if stay == nil {
			stay = maps.Clone(d.People)
		}
		p.Left = Date{}
		stay[h] = p
	}
	if stay != nil {
		d.People = stay
	}
	return d
}

// Person is one person of the directory. A person without a region serves
// every region.
type Person struct {
	// The person's name.
	Name Text `yaml:"name" example:"Jo Doe"`
	// The GitHub login, to mention and assign the person there.
	GitHub GitHubLogin `yaml:"github,omitempty" example:"jodoe"`
	// The GitLab username, to mention and assign the person there.
	GitLab GitLabLogin `yaml:"gitlab,omitempty" example:"jo.doe"`
	// The Slack member id (not the display name), to mention and invite the person there.
	Slack SlackID `yaml:"slack,omitempty" example:"U012AB3CD"`
	// The e-mail address.
	Email Email `yaml:"email,omitempty" example:"jo@example.com"`
	// What the person does. Roles decide who fits which field, and who is informed at which
	// severity.
	Roles []Role `yaml:"roles,omitempty" jsonschema:"uniqueItems=true" example:"[csm]"`
	// The region the person serves. Leave it out for somebody who serves every region.
	Region RegionName `yaml:"region,omitempty" example:"EMEA"`
	// The handle of the person's manager, who hears of what is overdue.
	Manager Handle `yaml:"manager,omitempty" example:"rking"`
	// The day the person left. People stay in the directory, because history names them.
	Left Date `yaml:"left,omitempty" example:"2026-10-31"`
}

// GoneBy reports whether the person has left by a moment: from the beginning of the
// day on, in UTC. Of a zero moment it is not known, and a day counts.
func (p Person) GoneBy(at time.Time) bool {
	return !p.Left.IsZero() && (at.IsZero() || !at.Before(p.Left.Time))
}
