package schema

import "github.com/invopop/jsonschema"

// Export is all that an escalations repository says at a moment, as `escalate
// export` prints it: for a program that asks questions of its own. Beside what
// the files say stands what follows from them and from the calendar.
type Export struct {
	// The version of this format. Fields may be added to it; none goes or changes its meaning.
	Format int `yaml:"format" example:"1"`
	// The moment for which it holds: ages, clocks, and who has left.
	Now Time `yaml:"now" example:"2026-11-25T10:00:00Z"`
	// Whether customers, people, free text and links are pseudonyms.
	Redacted bool `yaml:"redacted" example:"false"`
	// All escalations, open and closed, by id.
	Escalations []Exported `yaml:"escalations" example:"[{id: 2026/northwind, status: open, days: 5}]"`
	// Escalations that are left out, or of which the clocks are not known, each with the reason.
	Unread []ExportUnread `yaml:"unread" example:"[{id: 2026/contoso, why: its file has errors}]"`
	// The people directory, by handle: with those who have left, for history names them.
	People map[Handle]Person `yaml:"people" example:"{jdoe: {name: Jo Doe, roles: [csm], region: EMEA}}"`
	// The policy in force: the defaults with the differences of the file.
	Policy Policy `yaml:"policy" example:"{announce_limit: 20}"`
}

// Exported is one escalation.
type Exported struct {
	// The id: year and name.
	ID ID `yaml:"id" example:"2026/northwind"`
	// open, or how it ended; closed where the closure does not say.
	Status Status `yaml:"status" example:"open"`
	// For how many whole days it has been open, or was.
	Days int `yaml:"days" example:"5"`
	// Who stands in for the DRI at the moment.
	StandIn Handle `yaml:"stand_in,omitempty" example:"rking"`
	// How many exit criteria are met.
	CriteriaMet int `yaml:"criteria_met" example:"1"`
	// How many exit criteria there are.
	Criteria int `yaml:"criteria" example:"3"`
	// Whether somebody is asked for something that is overdue.
	Overdue bool `yaml:"overdue" example:"true"`
	// What runs: updates that are due, steps, deadlines. What is overdue first.
	Clocks []ExportedClock `yaml:"clocks" example:"[{clock: customer, state: overdue, due: 2026-11-24T17:00:00Z, since: 2026-11-24T17:00:00Z, rung: 1, turn: jdoe}]"`
	// What the file says, by the names that its fields have there.
	File Escalation `yaml:"file" example:"{customer: Northwind Traders, severity: high}"`
}

// ExportedClock is something that is due (P15, P19, P25 to P28).
type ExportedClock struct {
	// What it is about: channel, customer, standup, case, step, rca and others.
	Clock ClockName `yaml:"clock" example:"customer"`
	// overdue: somebody is asked. due: it is in time. advisory: it is shown alone.
	State ClockState `yaml:"state" example:"overdue"`
	// By when it is due.
	Due Time `yaml:"due,omitempty" example:"2026-11-24T17:00:00Z"`
	// Since when it is overdue.
	Since Time `yaml:"since,omitempty" example:"2026-11-24T17:00:00Z"`
	// Who is asked: 0 nobody, 1 the DRI, 2 the DRI's manager too, 3 the CSM leader too.
	Rung int `yaml:"rung" example:"1"`
	// Whose turn it is.
	Turn Handle `yaml:"turn,omitempty" example:"jdoe"`
}

// ExportUnread is an escalation of which not all is known.
type ExportUnread struct {
	// The id; left out where it is about all of them.
	ID ID `yaml:"id,omitempty" example:"2026/contoso"`
	// What is not known, and why.
	Why Text `yaml:"why" example:"its file has errors"`
}

// Status is open, or how an escalation ended (P34).
type Status string

// JSONSchema describes a Status.
func (Status) JSONSchema() *jsonschema.Schema {
	return oneOf[Status]("open", "closed", Status(Resolved), Status(Deescalated), Status(Withdrawn))
}

// ClockName names what a clock is about.
type ClockName string

// JSONSchema describes a ClockName.
func (ClockName) JSONSchema() *jsonschema.Schema { return text(`^[a-z][a-z_]*$`, "") }

// ClockState says how far a clock is.
type ClockState string

// JSONSchema describes a ClockState.
func (ClockState) JSONSchema() *jsonschema.Schema {
	return oneOf[ClockState]("overdue", "due", "advisory")
}
