package schema

import "github.com/invopop/jsonschema"

// Board is how all escalations stand at a moment, how they came to, and how well
// they go: all numbers behind the pages of `escalate site`, which writes it as data.json.
// Of a restricted escalation it has the id, the severity and the DRI, and whether it is
// open: it counts in the totals and in the load of its DRI, and in nothing else (P17).
type Board struct {
	// The version of this format. Fields may be added to it; none goes or changes its meaning.
	Format int `yaml:"format" example:"1"`
	// The moment for which it holds.
	Now Time `yaml:"now" example:"2026-11-25T10:00:00Z"`
	// Since when changed counts: a week before the moment.
	Since Time `yaml:"since" example:"2026-11-18T10:00:00Z"`
	// Whether customers, people, free text and links are pseudonyms.
	Redacted bool `yaml:"redacted" example:"false"`
	// How many are open at each severity, the worst first; with the restricted ones.
	Totals []BoardTotal `yaml:"totals" example:"[{severity: high, open: 3, overdue: 1}]"`
	// What changed since then, the latest first: each escalation once.
	Changed []BoardChange `yaml:"changed" example:"[{id: 2026/northwind, change: raised, at: 2026-11-24T10:00:00Z, from: high, severity: critical}]"`
	// All escalations: open ones first, the worst first; then closed ones, the latest first.
	Escalations []BoardEscalation `yaml:"escalations" example:"[{id: 2026/northwind, status: open, days: 5}]"`
	// Escalations that are left out, or of which the clocks are not known, each with the reason.
	Unread []ExportUnread `yaml:"unread" example:"[{id: 2026/contoso, why: its file has errors}]"`
	// The customers, by name.
	Customers []BoardCustomer `yaml:"customers" example:"[{customer: Northwind Traders, open: 1, closed: 2}]"`
	// Who has how many open escalations, the most first.
	People []BoardLoad `yaml:"people" example:"[{handle: jdoe, dri: 3}]"`
	// How many open escalations the product teams have, by the manager of the Product DRI; the most first.
	Teams []BoardTeam `yaml:"teams" example:"[{lead: mlee, open: 2}]"`
	// The roles that an open escalation needs and nobody holds (P5).
	Unfilled []BoardRole `yaml:"unfilled" example:"[{role: vp_product, region: EMEA, escalations: [2026/northwind]}]"`
	// Who stands in for a DRI at the moment (P6).
	Covers []BoardCover `yaml:"covers" example:"[{id: 2026/northwind, until: 2026-12-04}]"`
	// How they went over time.
	Trends BoardTrends `yaml:"trends" example:"{closed: 12, reopened: 1}"`
}

// BoardTotal is how many escalations of a severity are open.
type BoardTotal struct {
	// The severity.
	Severity Severity `yaml:"severity" example:"high"`
	// How many are open.
	Open int `yaml:"open" example:"3"`
	// Of how many something is overdue; of restricted ones it is not told.
	Overdue int `yaml:"overdue" example:"1"`
}

// BoardChange is what became of an escalation within a week: of one that was raised
// and lowered again there is none.
type BoardChange struct {
	// The id.
	ID ID `yaml:"id" example:"2026/northwind"`
	// The customer.
	Customer Text `yaml:"customer" example:"Northwind Traders"`
	// What changed: closed, else opened, reopened, raised or lowered.
	Change BoardChangeName `yaml:"change" example:"raised"`
	// When it changed last so.
	At Time `yaml:"at" example:"2026-11-24T10:00:00Z"`
	// The severity of a week ago, where it was raised or lowered.
	From Severity `yaml:"from,omitempty" example:"high"`
	// The severity now, or at its end.
	Severity Severity `yaml:"severity" example:"critical"`
	// How it ended.
	Status Status `yaml:"status" example:"open"`
}

// BoardEscalation is one escalation.
type BoardEscalation struct {
	// The id: year and name.
	ID ID `yaml:"id" example:"2026/northwind"`
	// The severity now, or at its end.
	Severity Severity `yaml:"severity" example:"high"`
	// open, or how it ended; closed where the closure does not say, and of a restricted one.
	Status Status `yaml:"status" example:"open"`
	// Who is the DRI.
	DRI BoardPerson `yaml:"dri" example:"{handle: jdoe, name: Jo Doe}"`
	// Whether it is restricted: then nothing else is told of it.
	Restricted bool `yaml:"restricted,omitempty" example:"false"`
	// The customer.
	Customer Text `yaml:"customer,omitempty" example:"Northwind Traders"`
	// What it is about, in a sentence.
	Summary Text `yaml:"summary,omitempty" example:"Pipelines wait 40 minutes and every team is affected"`
	// The region of the account.
	Region RegionName `yaml:"region,omitempty" example:"EMEA"`
	// When it was opened.
	Opened Time `yaml:"opened,omitempty" example:"2026-11-20T09:30:00Z"`
	// When it was closed.
	Closed Time `yaml:"closed,omitempty" example:"2026-12-03T10:00:00Z"`
	// For how many whole days it has been open, or was.
	Days int `yaml:"days,omitempty" example:"5"`
	// Who stands in for the DRI at the moment.
	StandIn *BoardPerson `yaml:"stand_in,omitempty" example:"{handle: rking, name: Rae King}"`
	// Who is the Product DRI.
	ProductDRI *BoardPerson `yaml:"product_dri,omitempty" example:"{handle: mlee, name: Min Lee}"`
	// How many exit criteria are met.
	CriteriaMet int `yaml:"criteria_met,omitempty" example:"1"`
	// How many exit criteria there are.
	Criteria int `yaml:"criteria,omitempty" example:"3"`
	// What has been overdue the longest, else what is due next.
	Next *BoardClock `yaml:"next,omitempty" example:"{clock: customer, state: overdue, due: 2026-11-24T17:00:00Z}"`
	// How bad it was, from when on: the first since the opening, the last until now.
	Trend []BoardLevel `yaml:"trend,omitempty" example:"[{severity: high, at: 2026-11-20T09:30:00Z}]"`
	// The last significant update or, where there is none, the last.
	Latest *BoardUpdate `yaml:"latest,omitempty" example:"{at: 2026-11-21T15:00:00Z, by: {handle: jdoe}, text: The load test is booked for Tuesday.}"`
	// How many updates were due, to the channel or to the customer.
	UpdatesDue int `yaml:"updates_due,omitempty" example:"8"`
	// How many of them came in time.
	UpdatesInTime int `yaml:"updates_in_time,omitempty" example:"7"`
	// How often it was opened again.
	Reopened int `yaml:"reopened,omitempty" example:"1"`
	// How it ended for the customer.
	Outcome Outcome `yaml:"outcome,omitempty" example:"positive"`
}

// BoardPerson is somebody, by handle and name.
type BoardPerson struct {
	// The handle in the directory.
	Handle Handle `yaml:"handle" example:"jdoe"`
	// The name in the directory, or the handle where it has none.
	Name Text `yaml:"name" example:"Jo Doe"`
}

// BoardClock is something that is due.
type BoardClock struct {
	// What it is about: channel, customer, standup, case, step, rca and others.
	Clock ClockName `yaml:"clock" example:"customer"`
	// overdue: somebody is asked. due: it is in time. advisory: it is shown alone.
	State ClockState `yaml:"state" example:"overdue"`
	// What is due, in words.
	What Text `yaml:"what" example:"update to the customer"`
	// By when it is due.
	Due Time `yaml:"due,omitempty" example:"2026-11-24T17:00:00Z"`
	// Since when it is overdue.
	Since Time `yaml:"since,omitempty" example:"2026-11-24T17:00:00Z"`
	// Whose turn it is.
	Turn *BoardPerson `yaml:"turn,omitempty" example:"{handle: jdoe, name: Jo Doe}"`
}

// BoardLevel is a severity from a moment on.
type BoardLevel struct {
	// The severity.
	Severity Severity `yaml:"severity" example:"high"`
	// From when on.
	At Time `yaml:"at,omitempty" example:"2026-11-20T09:30:00Z"`
}

// BoardUpdate is what somebody said, in a line.
type BoardUpdate struct {
	// When it was said.
	At Time `yaml:"at" example:"2026-11-21T15:00:00Z"`
	// Who said it.
	By BoardPerson `yaml:"by" example:"{handle: jdoe, name: Jo Doe}"`
	// Whether it was marked as a significant change of status.
	Significant bool `yaml:"significant,omitempty" example:"true"`
	// The beginning of it.
	Text Text `yaml:"text" example:"The load test is booked for Tuesday."`
}

// BoardCustomer is a customer with its escalations. Restricted ones are left out.
type BoardCustomer struct {
	// The customer, as its latest escalation writes it.
	Customer Text `yaml:"customer" example:"Northwind Traders"`
	// How many are open.
	Open int `yaml:"open" example:"1"`
	// How many are closed.
	Closed int `yaml:"closed" example:"2"`
	// The escalations, in the order of the board.
	Escalations []ID `yaml:"escalations" example:"[2026/northwind]"`
}

// BoardLoad is how many open escalations somebody has, and as what. Restricted ones
// count for the DRI alone.
type BoardLoad struct {
	// The handle in the directory.
	Handle Handle `yaml:"handle" example:"jdoe"`
	// The name in the directory.
	Name Text `yaml:"name" example:"Jo Doe"`
	// As the DRI.
	DRI int `yaml:"dri" example:"3"`
	// As the Product DRI.
	ProductDRI int `yaml:"product_dri" example:"0"`
	// In the product team.
	ProductTeam int `yaml:"product_team" example:"0"`
	// Standing in for the DRI.
	StandIn int `yaml:"stand_in" example:"1"`
	// Of how many it is this person's turn, since something is overdue.
	Overdue int `yaml:"overdue" example:"1"`
}

// BoardTeam is the product team of a manager.
type BoardTeam struct {
	// The manager of the Product DRIs; a Product DRI without a manager is one's own.
	Lead Handle `yaml:"lead" example:"vpark"`
	// The name in the directory.
	Name Text `yaml:"name" example:"Vic Park"`
	// How many open escalations the team has.
	Open int `yaml:"open" example:"2"`
}

// BoardRole is a role that nobody holds.
type BoardRole struct {
	// The role.
	Role Role `yaml:"role" example:"vp_product"`
	// The region of the accounts.
	Region RegionName `yaml:"region" example:"EMEA"`
	// The open escalations that need it.
	Escalations []ID `yaml:"escalations" example:"[2026/northwind]"`
}

// BoardCover is somebody who stands in for a DRI.
type BoardCover struct {
	// The id.
	ID ID `yaml:"id" example:"2026/northwind"`
	// The customer.
	Customer Text `yaml:"customer" example:"Northwind Traders"`
	// The DRI.
	DRI BoardPerson `yaml:"dri" example:"{handle: jdoe, name: Jo Doe}"`
	// Who stands in.
	StandIn BoardPerson `yaml:"stand_in" example:"{handle: rking, name: Rae King}"`
	// The last day of it.
	Until Date `yaml:"until" example:"2026-12-04"`
}

// BoardTrends is how they went. Restricted ones are left out.
type BoardTrends struct {
	// How many are closed.
	Closed int `yaml:"closed" example:"12"`
	// How many were ever opened again.
	Reopened int `yaml:"reopened" example:"1"`
	// The weeks up to the moment, at most 26, each from a Monday in UTC; the oldest first.
	Weeks []BoardWeek `yaml:"weeks" example:"[{from: 2026-11-23, opened: 2, closed: 1, open: 5}]"`
	// How long the closed ones were open, by the severity at the end. Withdrawn ones are left out.
	ToClose []BoardDuration `yaml:"to_close" example:"[{severity: high, closed: 4, median_hours: 240, p90_hours: 500, buckets: [0, 1, 2, 1, 0, 0]}]"`
	// The upper bounds of the buckets in days; the last bucket has none.
	Bounds []int `yaml:"bounds" example:"[3, 7, 14, 28, 56]"`
	// For how long they were open at each severity, together, as audit counts it.
	AtSeverity []BoardHours `yaml:"at_severity" example:"[{severity: high, hours: 900, escalations: 5}]"`
	// How many updates were due and came in time, as audit counts it: to the channel (P25), and to the customer (P26).
	InTime []BoardInTime `yaml:"in_time" example:"[{clock: customer, due: 40, in_time: 36}]"`
	// How they ended.
	Outcomes []BoardOutcome `yaml:"outcomes" example:"[{status: resolved, outcome: positive, closed: 9}]"`
	// Where they are.
	Regions []BoardRegion `yaml:"regions" example:"[{region: EMEA, open: 3, closed: 9}]"`
}

// BoardWeek is a week, or the part of it that is over.
type BoardWeek struct {
	// Its Monday.
	From Date `yaml:"from" example:"2026-11-23"`
	// How many were opened in it.
	Opened int `yaml:"opened" example:"2"`
	// How many were closed in it.
	Closed int `yaml:"closed" example:"1"`
	// How many were open at its end, or are at the moment.
	Open int `yaml:"open" example:"5"`
}

// BoardDuration is how long the closed escalations of a severity were open.
type BoardDuration struct {
	// The severity at the end.
	Severity Severity `yaml:"severity" example:"high"`
	// How many they are.
	Closed int `yaml:"closed" example:"4"`
	// Half of them took at most so many hours.
	MedianHours int `yaml:"median_hours" example:"240"`
	// Nine of ten took at most so many hours.
	P90Hours int `yaml:"p90_hours" example:"500"`
	// How many took longer than the bound before and at most up to the bound of the bucket.
	Buckets []int `yaml:"buckets" example:"[0, 1, 2, 1, 0, 0]"`
}

// BoardHours is a time at a severity.
type BoardHours struct {
	// The severity.
	Severity Severity `yaml:"severity" example:"high"`
	// Full hours, of all escalations together.
	Hours int `yaml:"hours" example:"900"`
	// How many escalations had it.
	Escalations int `yaml:"escalations" example:"5"`
}

// BoardInTime is how a clock was kept.
type BoardInTime struct {
	// channel or customer.
	Clock ClockName `yaml:"clock" example:"customer"`
	// How many updates were due.
	Due int `yaml:"due" example:"40"`
	// How many came in time.
	InTime int `yaml:"in_time" example:"36"`
}

// BoardOutcome is how escalations ended.
type BoardOutcome struct {
	// What the closure says that it is.
	Status Status `yaml:"status" example:"resolved"`
	// The outcome for the customer; left out where the closure does not say.
	Outcome Outcome `yaml:"outcome,omitempty" example:"positive"`
	// How many ended so.
	Closed int `yaml:"closed" example:"9"`
}

// BoardRegion is a region.
type BoardRegion struct {
	// Its name.
	Region RegionName `yaml:"region" example:"EMEA"`
	// How many escalations are open there.
	Open int `yaml:"open" example:"3"`
	// How many are closed.
	Closed int `yaml:"closed" example:"9"`
}

// BoardChangeName says what became of an escalation.
type BoardChangeName string

// What may have become of it.
const (
	WasOpened   BoardChangeName = "opened"
	WasReopened BoardChangeName = "reopened"
	WasRaised   BoardChangeName = "raised"
	WasLowered  BoardChangeName = "lowered"
	WasClosed   BoardChangeName = "closed"
)

// JSONSchema describes a BoardChangeName.
func (BoardChangeName) JSONSchema() *jsonschema.Schema {
	return oneOf(WasOpened, WasReopened, WasRaised, WasLowered, WasClosed)
}
