package schema

// Policy is the content of escalations/policy.yaml: what a company may decide
// differently. The defaults of DefaultPolicy are built in; the file holds only
// the differences, and may be absent or empty.
type Policy struct {
	// What each severity means, how often its clocks tick and who is informed.
	Severities Severities `yaml:"severities,omitempty" example:"{low: {informs: [csm_manager]}}"`
	// The Slack channels.
	Channels Channels `yaml:"channels,omitempty" example:"{announcement: escalated_customers}"`
	// The regions, by name. AMER, EMEA, APAC and PubSec are built in.
	Regions map[string]Region `yaml:"regions,omitempty" example:"{LATAM: {zone: America/Sao_Paulo}}"`
	// More roles for the directory, by name.
	Roles map[Role]RoleInfo `yaml:"roles,omitempty" example:"{deal_desk: {meaning: Prices and terms}}"`
	// Who is reminded of what is overdue, after how many days.
	Ladder Ladder `yaml:"ladder,omitempty" example:"{manager: 1, csm_leader: 2}"`
	// How long things may stay undone.
	Deadlines Deadlines `yaml:"deadlines,omitempty" example:"{case_hours: 4}"`
	// What holds for Product.
	Product ProductPolicy `yaml:"product,omitempty" example:"{pending_hours: 4}"`
	// The sentiments that a closure may record.
	Sentiments []Text `yaml:"sentiments,omitempty" jsonschema:"minItems=1,uniqueItems=true" example:"[green, yellow, red]"`
	// What only a manager may decide. snooze: holding back reminders.
	Review []Reviewed `yaml:"review,omitempty" jsonschema:"uniqueItems=true" example:"[snooze]"`
	// The handles of those to whom a proposed escalation is shown before its DRI is known, and who are
	// asked again where nobody merges it.
	Triage []Handle `yaml:"triage,omitempty" jsonschema:"uniqueItems=true" example:"[rking]"`
	// How many openings and closings one run of apply may announce. What is more waits until
	// somebody says yes to it: a mistake of a script is not announced to everybody.
	AnnounceLimit *int `yaml:"announce_limit,omitempty" jsonschema:"minimum=1,maximum=10000" example:"20"`
	// What the bot does that reads the forms and the comments of the forge.
	Bot BotPolicy `yaml:"bot,omitempty" example:"{merge: [critical], commands: {close: {may: [csm_manager]}}}"`
	// true: nothing is announced and nobody is reminded until this is gone; then all of it is, as it
	// stands by then.
	Paused bool `yaml:"paused,omitempty" example:"false"`
}

// Severities holds the policy of each severity (P4).
type Severities struct {
	// The highest severity.
	Critical SeverityPolicy `yaml:"critical,omitempty" example:"{informs: [vp_sales, vp_product, cro, ceo]}"`
	// The second severity.
	High SeverityPolicy `yaml:"high,omitempty" example:"{customer: {due: 2, days: working}}"`
	// The third severity.
	Medium SeverityPolicy `yaml:"medium,omitempty" example:"{customer: {due: 7, overdue: 14, days: calendar}}"`
	// The lowest severity.
	Low SeverityPolicy `yaml:"low,omitempty" example:"{informs: [csm_manager, account_manager]}"`
}

// SeverityPolicy is what one severity means and asks for.
type SeverityPolicy struct {
	// What this severity means, shown wherever a person chooses one.
	Meaning Text `yaml:"meaning,omitempty" example:"Deployment or use is impacted"`
	// The roles that must be informed. Each must be held by somebody while an escalation of this
	// severity is open.
	Informs []Role `yaml:"informs,omitempty" jsonschema:"uniqueItems=true" example:"[csm_leader]"`
	// The roles of which the Product DRI must have one.
	ProductDRI []Role `yaml:"product_dri,omitempty" jsonschema:"minItems=1,uniqueItems=true" example:"[product_leadership, vp_product]"`
	// How often the escalation's channel must hear something.
	Channel Clock `yaml:"channel,omitempty" example:"{due: 1, days: working}"`
	// How often the customer must hear something.
	Customer Clock `yaml:"customer,omitempty" example:"{due: 7, overdue: 14, days: calendar}"`
	// For how many hours a proposed escalation may lie unmerged before triage is asked again: hours
	// in which the region works; at critical, of any time.
	ProposalHours *int `yaml:"proposal_hours,omitempty" jsonschema:"minimum=1,maximum=720" example:"4"`
}

// Clock says how long one update lasts before the next is due (P25, P26).
type Clock struct {
	// The number of days after which the next update is due. 0: there is no clock.
	Due *int `yaml:"due,omitempty" jsonschema:"minimum=0,maximum=366" example:"2"`
	// The number of days after which it is overdue. Left out: as soon as it was due.
	Overdue *int `yaml:"overdue,omitempty" jsonschema:"minimum=0,maximum=366" example:"14"`
	// The number of days after which the DRI is asked, once, before it is overdue. Left out or 0:
	// nobody is asked before.
	Ask *int `yaml:"ask,omitempty" jsonschema:"minimum=0,maximum=366" example:"10"`
	// Which days count: calendar days, or the region's working days.
	Days DayKind `yaml:"days,omitempty" example:"working"`
	// true: shown, but nobody is reminded.
	Advisory *bool `yaml:"advisory,omitempty" example:"false"`
}

// Channels names the Slack channels (P13, P17, P22).
type Channels struct {
	// The channel of the announcements, without the #.
	Announcement ChannelName `yaml:"announcement,omitempty" example:"escalated_customers"`
	// What the channel of each escalation must begin with: data retention finds them by it.
	Prefix ChannelName `yaml:"prefix,omitempty" example:"esc_"`
	// The Slack handle of the on-call support manager, without the @.
	Support Text `yaml:"support,omitempty" example:"support-manager-oncall"`
	// The Slack id of the user group with that handle: with it, the declaration mentions the group.
	SupportGroup SlackGroupID `yaml:"support_group,omitempty" example:"S012AB3CD"`
}

// Region says when people of a region work (P25).
type Region struct {
	// The time zone, as Area/City.
	Zone Zone `yaml:"zone,omitempty" example:"Europe/Berlin"`
	// The working hours.
	Hours Hours `yaml:"hours,omitempty" example:"{from: '09:00', to: '17:00'}"`
	// The days on which nobody works, beside Saturday and Sunday.
	Holidays Holidays `yaml:"holidays,omitempty" example:"{dates: [2026-12-24]}"`
}

// Hours are the working hours of a day.
type Hours struct {
	// When work begins, in quotes.
	From TimeOfDay `yaml:"from" example:"09:00"`
	// When work ends, in quotes.
	To TimeOfDay `yaml:"to" example:"17:00"`
}

// Holidays are the days on which a region does not work.
type Holidays struct {
	// National calendars, by two-letter country code. DE-BY: the calendar of a part of the country,
	// with the days of the whole country.
	Countries []Country `yaml:"countries,omitempty" jsonschema:"uniqueItems=true" example:"[DE-BY]"`
	// Days of those calendars on which people work all the same.
	Except []Date `yaml:"except,omitempty" jsonschema:"uniqueItems=true" example:"[2026-01-06]"`
	// More days on which nobody works.
	Dates []Date `yaml:"dates,omitempty" jsonschema:"uniqueItems=true" example:"[2026-12-24]"`
}

// RoleInfo describes a role.
type RoleInfo struct {
	// What people of this role do.
	Meaning Text `yaml:"meaning,omitempty" example:"Prices and terms"`
	// true where the role is held region by region: then the account's region decides who is
	// informed.
	Regional bool `yaml:"regional,omitempty" example:"false"`
}

// Ladder says who hears of something overdue, and after how many days (P27).
// The DRI hears at once.
type Ladder struct {
	// The number of days after which the DRI's manager is reminded.
	Manager *int `yaml:"manager,omitempty" jsonschema:"minimum=0,maximum=366" example:"1"`
	// The number of days after which the CSM leader is reminded.
	CSMLeader *int `yaml:"csm_leader,omitempty" jsonschema:"minimum=0,maximum=366" example:"2"`
	// At critical, after how many hours of any day.
	Critical LadderHours `yaml:"critical,omitempty" example:"{manager_hours: 0, csm_leader_hours: 12}"`
}

// LadderHours says who hears of something overdue at critical, and after how many
// hours, by day and night (P27).
type LadderHours struct {
	// The number of hours after which the DRI's manager is reminded.
	Manager *int `yaml:"manager_hours,omitempty" jsonschema:"minimum=0,maximum=720" example:"0"`
	// The number of hours after which the CSM leader is reminded.
	CSMLeader *int `yaml:"csm_leader_hours,omitempty" jsonschema:"minimum=0,maximum=720" example:"12"`
}

// ProductPolicy says what a team may decide of Product (P9).
type ProductPolicy struct {
	// For how many hours a Product DRI may be pending. 0: one is named at once.
	PendingHours *int `yaml:"pending_hours,omitempty" jsonschema:"minimum=0,maximum=720" example:"4"`
}

// BotPolicy says what the bot may do that reads forms and comments (P1, P15).
type BotPolicy struct {
	// The severities at which a proposal to open an escalation is merged without a review, once the
	// checks pass: an escalation must not wait for a reviewer at night.
	Merge []Severity `yaml:"merge,omitempty" jsonschema:"uniqueItems=true" example:"[critical, high]"`
	// What holds for a command of a comment, by its name; lower is a severity that is lowered.
	Commands map[BotCommand]CommandPolicy `yaml:"commands,omitempty" example:"{lower: {pull_request: true}}"`
}

// CommandPolicy says what holds for one command of a comment.
type CommandPolicy struct {
	// The roles of which somebody must have one. Left out or empty: anyone of the directory may.
	May []Role `yaml:"may,omitempty" jsonschema:"uniqueItems=true" example:"[csm_manager]"`
	// true: it is proposed by a pull request, which somebody else reviews.
	PullRequest *bool `yaml:"pull_request,omitempty" example:"true"`
}

// Deadlines says how long things may stay undone (P15, P19, P28).
type Deadlines struct {
	// The number of hours after opening in which the standup is set up.
	StandupHours *int `yaml:"standup_hours,omitempty" jsonschema:"minimum=1,maximum=720" example:"24"`
	// The number of hours after opening in which a pending case is made.
	CaseHours *int `yaml:"case_hours,omitempty" jsonschema:"minimum=1,maximum=720" example:"4"`
	// The number of working days that an escalation may stay open with all its exit criteria met.
	CriteriaDays *int `yaml:"criteria_days,omitempty" jsonschema:"minimum=0,maximum=366" example:"2"`
}
