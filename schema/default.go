package schema

import "slices"

// DefaultPolicy returns the policy that holds where policy.yaml says nothing:
// the tables of the process and, where the process is silent, this project's
// readings of it.
func DefaultPolicy() Policy {
	executives := []Role{RoleVPSales, RoleVPProduct, RoleCRO, RoleCEO, RoleVPCustomerSuccess, RoleCSMLeader}
	leadership := []Role{RoleProductLeadership, RoleVPProduct}
	daily := Clock{Due: ptr(1), Days: CalendarDays, Advisory: ptr(false)}
	eachWorkingDay := Clock{Due: ptr(1), Days: WorkingDays, Advisory: ptr(false)}
	advised := Clock{Due: ptr(1), Days: WorkingDays, Advisory: ptr(true)}
	office := Hours{From: "09:00", To: "17:00"}
	return Policy{
		Severities: Severities{
			Critical: SeverityPolicy{
				Meaning:    "Deployment or use is significantly impacted; a high risk of losing the customer or a significant part of the contract, or a significant risk to relationship and brand",
				Informs:    executives,
				ProductDRI: leadership,
				Channel:    daily,
				Customer:   daily,

				ProposalHours: ptr(1),
			},
			High: SeverityPolicy{
				Meaning:    "Deployment or use is significantly impacted; a risk to adoption, of loss or contraction, to growth, to the relationship",
				Informs:    slices.Clone(executives),
				ProductDRI: append([]Role{RoleGroupProductManager, RoleProductDirector}, leadership...),
				Channel:    eachWorkingDay,
				Customer:   Clock{Due: ptr(2), Days: WorkingDays, Advisory: ptr(false)},

				ProposalHours: ptr(1),
			},
			Medium: SeverityPolicy{
				Meaning:    "Deployment or use is impacted; a risk to adoption and renewal",
				Informs:    []Role{RoleCSMLeader},
				ProductDRI: ProductRoles(),
				Channel:    advised,
				Customer:   Clock{Due: ptr(7), Overdue: ptr(14), Ask: ptr(10), Days: CalendarDays, Advisory: ptr(false)},

				ProposalHours: ptr(4),
			},
			Low: SeverityPolicy{
				Meaning:    "Deployment or use is impacted; a risk to value, timeline, satisfaction and adoption levels",
				Informs:    []Role{RoleCSMManager, RoleAccountManager},
				ProductDRI: ProductRoles(),
				Channel:    advised,
				Customer:   Clock{Due: ptr(0), Days: CalendarDays, Advisory: ptr(false)},

				ProposalHours: ptr(4),
			},
		},
		Channels: Channels{
			Announcement: "escalated_customers",
			Prefix:       "esc_",
			Support:      "support-manager-oncall",
		},
		Regions: map[string]Region{
			"AMER":   {Zone: "America/New_York", Hours: office},
			"EMEA":   {Zone: "Europe/Berlin", Hours: office},
			"APAC":   {Zone: "Asia/Singapore", Hours: office},
			"PubSec": {Zone: "America/New_York", Hours: office},
		},
		Roles: map[Role]RoleInfo{
			RoleCSMManager:     {Meaning: "Manages CSMs", Regional: true},
			RoleCSMLeader:      {Meaning: "Leads the CSMs, globally or of a region", Regional: true},
			RoleAccountManager: {Meaning: "Manages accounts", Regional: true},
			RoleCSELeader:      {Meaning: "Leads the CSEs of a region", Regional: true},
		},
		Ladder:     Ladder{Manager: ptr(1), CSMLeader: ptr(2), Critical: LadderHours{Manager: ptr(0), CSMLeader: ptr(12)}},
		Deadlines:  Deadlines{StandupHours: ptr(24), CaseHours: ptr(4), CriteriaDays: ptr(2)},
		Product:    ProductPolicy{PendingHours: ptr(0)},
		Sentiments: []Text{"green", "yellow", "red"},

		AnnounceLimit: ptr(20),
		Bot: BotPolicy{
			Merge: []Severity{Critical, High},
			Commands: map[BotCommand]CommandPolicy{
				Lowering: {PullRequest: ptr(true)}, "close": {PullRequest: ptr(true)}, "snooze": {PullRequest: ptr(true)}, "cover": {PullRequest: ptr(true)},
			},
		},
	}
}

// Of returns the policy of one severity; of an unknown one, nothing.
func (s Severities) Of(severity Severity) SeverityPolicy {
	switch severity {
	case Critical:
		return s.Critical
	case High:
		return s.High
	case Medium:
		return s.Medium
	case Low:
		return s.Low
	}
	return SeverityPolicy{}
}

// Over returns base with the differences that p states. A list replaces the
// list of base; of a region or role, what is left out comes from base's of the
// same name.
func (p Policy) Over(base Policy) Policy {
	for _, s := range []struct{ to, from *SeverityPolicy }{
		{&base.Severities.Critical, &p.Severities.Critical},
		{&base.Severities.High, &p.Severities.High},
		{&base.Severities.Medium, &p.Severities.Medium},
		{&base.Severities.Low, &p.Severities.Low},
	} {
		set(&s.to.Meaning, s.from.Meaning)
		setList(&s.to.Informs, s.from.Informs)
		setList(&s.to.ProductDRI, s.from.ProductDRI)
		s.to.Channel = s.from.Channel.over(s.to.Channel)
		s.to.Customer = s.from.Customer.over(s.to.Customer)
		set(&s.to.ProposalHours, s.from.ProposalHours)
	}
	set(&base.Channels.Announcement, p.Channels.Announcement)
	set(&base.Channels.Prefix, p.Channels.Prefix)
	set(&base.Channels.Support, p.Channels.Support)
	for name, r := range p.Regions {
		base.Regions[name] = r.over(base.Regions[name])
	}
	for name, r := range p.Roles {
		base.Roles[name] = r
	}
	set(&base.Ladder.Manager, p.Ladder.Manager)
	set(&base.Ladder.CSMLeader, p.Ladder.CSMLeader)
	set(&base.Ladder.Critical.Manager, p.Ladder.Critical.Manager)
	set(&base.Ladder.Critical.CSMLeader, p.Ladder.Critical.CSMLeader)
	set(&base.Deadlines.StandupHours, p.Deadlines.StandupHours)
	set(&base.Deadlines.CaseHours, p.Deadlines.CaseHours)
	set(&base.Deadlines.CriteriaDays, p.Deadlines.CriteriaDays)
	set(&base.Product.PendingHours, p.Product.PendingHours)
	setList(&base.Sentiments, p.Sentiments)
	setList(&base.Review, p.Review)
	setList(&base.Triage, p.Triage)
	set(&base.AnnounceLimit, p.AnnounceLimit)
	setList(&base.Bot.Merge, p.Bot.Merge)
	for name, c := range p.Bot.Commands {
		of := base.Bot.Commands[name]
		setList(&of.May, c.May)
		set(&of.PullRequest, c.PullRequest)
		base.Bot.Commands[name] = of
	}
	base.Paused = p.Paused
	return base
}

func (c Clock) over(base Clock) Clock {
	if c.Due != nil {
		base.Overdue, base.Ask = nil, nil // a new clock does not keep the old one's grace
	}
	set(&base.Due, c.Due)
	set(&base.Overdue, c.Overdue)
	set(&base.Ask, c.Ask)
	set(&base.Days, c.Days)
	set(&base.Advisory, c.Advisory)
	return base
}

func (r Region) over(base Region) Region {
	set(&base.Zone, r.Zone)
	set(&base.Hours, r.Hours)
	setList(&base.Holidays.Countries, r.Holidays.Countries)
	setList(&base.Holidays.Except, r.Holidays.Except)
	setList(&base.Holidays.Dates, r.Holidays.Dates)
	if base.Hours == (Hours{}) {
		base.Hours = Hours{From: "09:00", To: "17:00"}
	}
	return base
}

// set and setList take over what is stated. An empty list that is written
// down counts as stated: informs: [] informs nobody.
func set[T comparable](to *T, from T) {
	var zero T
	if from != zero {
		*to = from
	}
}

func setList[T any](to *[]T, from []T) {
	if from != nil {
		*to = from
	}
}

func ptr[T any](v T) *T { return &v }
