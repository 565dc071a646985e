// Package schema is the file format: the Go types of an escalation, of the
// people directory and of the policy, and the JSON Schemas made from them.
//
// Each field's comment is the description that an editor shows beside the
// field, and its example tag the example; `go generate ./schema` writes both
// into the *.schema.json files, and a test fails when those have drifted.
//
//go:generate go run ./generate
package schema

import (
	"time"

	"gopkg.in/yaml.v3"
)

// Escalation is one customer escalation: the content of one file
// escalations/<year>/<name>.yaml. Its id is the path, and its status follows
// from Closure: neither is a field.
type Escalation struct {
	// The customer's name, as people say it.
	Customer Text `yaml:"customer" example:"Northwind Traders"`
	// How bad it is. critical: deployment or use is significantly impacted and the customer, a
	// significant part of the contract, the relationship or the brand is at high risk. high:
	// deployment or use is significantly impacted; adoption, growth or the relationship is at
	// risk. medium: deployment or use is impacted; adoption and renewal are at risk. low:
	// deployment or use is impacted; value, timeline or satisfaction is at risk.
	Severity Severity `yaml:"severity" example:"high"`
	// When the escalation began, and who raised it. Neither ever changes.
	Opened Opened `yaml:"opened" example:"{at: 2026-11-20T09:30:00Z, by: jdoe}"`
	// One line that says what is wrong and whom it hurts. It stands in the declaration.
	Summary Text `yaml:"summary" example:"Pipelines wait 40 minutes and every team is affected"`
	// The situation in full. The first paragraph goes into the declaration.
	Description Text `yaml:"description" example:"Since the upgrade of 12 November every pipeline waits about 40 minutes."`
	// Who looks after the account: these facts decide who the DRI is.
	Account Account `yaml:"account" example:"{region: EMEA, csm: jdoe, account_executive: arivera}"`
	// The DRI, directly responsible for the escalation: the manager of the ongoing Professional
	// Services project it is about; else the CSM; else the account executive.
	DRI Handle `yaml:"dri" example:"jdoe"`
	// Who stands in for the DRI for some days, at most 14. The DRI stays the DRI.
	Cover *Cover `yaml:"cover,omitempty" example:"{dri: rking, until: 2026-12-04, reason: Jo is on leave}"`
	// What Product has to do with it. At high and critical it must be said.
	Product Product `yaml:"product,omitempty" example:"{related: true, dri: mlee}"`
	// What Support has to do with it.
	Support *Support `yaml:"support,omitempty" example:"{needed: true, dri: tmora, tickets: ['https://support.example.com/tickets/4711']}"`
	// The Slack channel of this escalation, without the #. It begins with esc_ and is used by no
	// other escalation. Leave it out, and it comes from the file's name: northwind.yaml gives
	// esc_northwind.
	Channel ChannelName `yaml:"channel,omitempty" example:"esc_northwind"`
	// public, unless there is a strong reason. restricted keeps the text out of the
	// announcement: only id, severity, DRI and who is informed are told there. It is set at the
	// opening and never changes. It does not hide the file from anyone who can read this
	// repository.
	Visibility Visibility `yaml:"visibility,omitempty" example:"public"`
	// Where everything else about the escalation is.
	Links Links `yaml:"links" example:"{case: pending, meeting_notes: 'https://docs.example.com/northwind'}"`
	// What is needed first to make progress, as specific as possible: management decides on it.
	Ask Text `yaml:"ask" example:"One engineer who can work with the customer every day on the queue analysis."`
	// The skills that whoever helps should have.
	Skills []Text `yaml:"skills,omitempty" example:"[reads production logs, knows PostgreSQL at scale]"`
	// How it is going to be resolved, in the DRI's words.
	Approach Text `yaml:"approach" example:"Reproduce the waiting in our lab, then tune the queue with the customer."`
	// What must be true for the escalation to end. One or more.
	ExitCriteria []ExitCriterion `yaml:"exit_criteria" jsonschema:"minItems=1" example:"[{criterion: Queue time under 60 s at p95 for five working days}]"`
	// What happens next, each with an owner and a date. One or more while the escalation is open.
	NextSteps []NextStep `yaml:"next_steps" example:"[{step: Load test with the customer, owner: jdoe, due: 2026-11-24}]"`
	// The internal standup, set up within 24 hours of opening; at medium and low, why there is
	// none is enough.
	Standup *Standup `yaml:"standup,omitempty" example:"{days: [mon, wed, fri], time: '10:30', zone: Europe/Berlin, minutes: 15, link: 'https://meet.example.com/northwind', attendees: [jdoe, mlee]}"`
	// More people who should know, beside those the severity names.
	FYI []Handle `yaml:"fyi,omitempty" jsonschema:"uniqueItems=true" example:"[rking]"`
	// An earlier escalation of the same customer, by its id.
	Previous ID `yaml:"previous,omitempty" example:"2025/northwind"`
	// Other open escalations of the same customer, by their ids. One of the two names the other.
	Related []ID `yaml:"related,omitempty" jsonschema:"uniqueItems=true" example:"[2026/northwind-perf]"`
	// No reminders about customer updates until a day, with the reason.
	Snooze *Snooze `yaml:"snooze,omitempty" example:"{until: 2026-11-30, reason: Customer is on holiday, by: jdoe}"`
	// What was told to whom, oldest first. New updates stand at the end; past ones never change.
	Updates []Update `yaml:"updates,omitempty" example:"[{at: 2026-11-21T15:00:00Z, by: jdoe, to: [internal, customer], text: The load test is booked for Tuesday.}]"`
	// The root cause analysis, from the day on which the customer asks for one, before or after
	// the closing.
	RCA *RCA `yaml:"rca,omitempty" example:"{asked: 2026-11-24, platform_related: true, owner: ebrandt, due: 2026-12-17}"`
	// How it ended. An escalation with a closure is closed.
	Closure *Closure `yaml:"closure,omitempty" example:"{at: 2026-12-03T10:00:00Z, by: jdoe, resolution: resolved, outcome: positive, exit_criteria_met: true, summary: The queue was split., agreement: 'https://docs.example.com/agreed', sentiment: green}"`
}

// Opened says when an escalation began and who raised it. Anyone may (P1).
type Opened struct {
	// When it was raised: date and time with the time zone, Z for UTC.
	At Time `yaml:"at" example:"2026-11-20T09:30:00Z"`
	// Who raised it: anyone of the directory.
	By Handle `yaml:"by" example:"jdoe"`
}

// Account states who looks after the customer. The facts, in the order of P6,
// decide who the DRI is.
type Account struct {
	// The account's region: AMER, EMEA, APAC, PubSec, or one of the policy's own. It decides
	// whose working days count and who is informed.
	Region RegionName `yaml:"region" example:"EMEA"`
	// The customer success manager, where the account has one. Then the CSM is the DRI, unless
	// it is about a Professional Services project.
	CSM Handle `yaml:"csm,omitempty" example:"jdoe"`
	// The customer success engineer assigned through the CSE Help case, where there is no CSM:
	// the lead technical collaborator. The word pending, until one is assigned.
	CSE Handle `yaml:"cse,omitempty" example:"kwong"`
	// The CSE Help case through which the CSE is assigned.
	CSEHelpCase URL `yaml:"cse_help_case,omitempty" example:"https://crm.example.com/cases/5001"`
	// The account executive. Without a CSM and a services project the account executive is the
	// DRI.
	AccountExecutive Handle `yaml:"account_executive,omitempty" example:"arivera"`
	// The Professional Services project, only while the escalation is about an ongoing one: then
	// its manager is the DRI, and no case is needed.
	ServicesProject *ServicesProject `yaml:"services_project,omitempty" example:"{url: 'https://projects.example.com/ps-88', manager: pnguyen}"`
	// Why the customer is in scope without a CSM, a CSE or a services project: the strategic
	// partnership or relationship.
	Strategic Text `yaml:"strategic,omitempty" example:"Launch partner for the marketplace"`
}

// Cover names a stand-in for the DRI (P6): until the end of a day, in the region,
// the turn is the stand-in's, who may also close. A cover that has ended does
// nothing.
type Cover struct {
	// The stand-in: somebody of the DRI's own role, or a manager.
	DRI Handle `yaml:"dri" example:"rking"`
	// The last day of it.
	Until Date `yaml:"until" example:"2026-12-04"`
	// Why the DRI is away.
	Reason Text `yaml:"reason" example:"Jo is on leave"`
}

// ServicesProject is an ongoing Professional Services project (P6).
type ServicesProject struct {
	// Where the project is managed.
	URL URL `yaml:"url" example:"https://projects.example.com/ps-88"`
	// The project manager, who is the DRI of the escalation.
	Manager Handle `yaml:"manager" example:"pnguyen"`
}

// Product says what Product has to do with an escalation (P9 to P11, P14).
type Product struct {
	// Whether the product is part of the problem: the CSM's evaluation.
	Related *bool `yaml:"related,omitempty" example:"true"`
	// Why the product is not part of it. Needed for a no at high and critical.
	Reason Text `yaml:"reason,omitempty" example:"Only the customer's own network is slow"`
	// The Product DRI, the customer's stable counterpart until the end. At high a group product
	// manager or above; at critical one of the product leadership. The word pending, for as many
	// hours as the policy allows.
	DRI Handle `yaml:"dri,omitempty" example:"mlee"`
	// Product managers who come and go.
	Team []Handle `yaml:"team,omitempty" jsonschema:"uniqueItems=true" example:"[okhan]"`
	// true where the customer asks for an enhancement.
	Enhancement bool `yaml:"enhancement,omitempty" example:"false"`
	// The business case for the enhancement, written by the DRI.
	BusinessCase URL `yaml:"business_case,omitempty" example:"https://docs.example.com/northwind-business-case"`
}

// Support says what Support has to do with an escalation (P13).
type Support struct {
	// Whether Support is needed. Then the on-call support manager is mentioned in the declaration.
	Needed bool `yaml:"needed" example:"true"`
	// The Support DRI, where one is named.
	DRI Handle `yaml:"dri,omitempty" example:"tmora"`
	// The tickets that describe the issue. One or more where Support is needed.
	Tickets []URL `yaml:"tickets,omitempty" example:"['https://support.example.com/tickets/4711']"`
}

// Links says where everything else about an escalation is.
type Links struct {
	// The CS Help case, or the word pending while it is being made. An escalation about a
	// services project needs none.
	Case Case `yaml:"case,omitempty" example:"https://crm.example.com/cases/5002"`
	// The customer meeting notes.
	MeetingNotes URL `yaml:"meeting_notes" example:"https://docs.example.com/northwind-notes"`
	// The project where customer and company work together.
	CollaborationProject URL `yaml:"collaboration_project,omitempty" example:"https://projects.example.com/northwind"`
	// Engineering and Product issues whose priority the escalation affects.
	Issues []URL `yaml:"issues,omitempty" jsonschema:"uniqueItems=true" example:"['https://tracker.example.com/issues/812']"`
}

// ExitCriterion is something that must be true for an escalation to end (P15).
type ExitCriterion struct {
	// What must be true, so that anyone can tell whether it is.
	Criterion Text `yaml:"criterion" example:"Queue time under 60 s at p95 for five working days"`
	// The day it was met. Leave it out while it is not.
	Met Date `yaml:"met,omitempty" example:"2026-12-02"`
}

// NextStep is a step with an owner and a date (P7).
type NextStep struct {
	// What will be done.
	Step Text `yaml:"step" example:"Load test with the customer"`
	// Who does it.
	Owner Handle `yaml:"owner" example:"jdoe"`
	// The day by which it is done.
	Due Date `yaml:"due" example:"2026-11-24"`
	// The day it was done. Leave it out while it is not.
	Done Date `yaml:"done,omitempty" example:"2026-11-24"`
}

// Standup is the internal standup series of an escalation (P19).
type Standup struct {
	// Why there is no standup, in the place of all the rest; at medium and low only.
	None Text `yaml:"none,omitempty" example:"The two of us talk each morning"`
	// The days of the week.
	Days []Day `yaml:"days,omitempty" jsonschema:"minItems=1,uniqueItems=true" example:"[mon, wed, fri]"`
	// When it begins, in quotes: hours and minutes in the standup's own zone.
	Time TimeOfDay `yaml:"time,omitempty" example:"10:30"`
	// The time zone, as Area/City.
	Zone Zone `yaml:"zone,omitempty" example:"Europe/Berlin"`
	// How long it lasts, in minutes.
	Minutes int `yaml:"minutes,omitempty" jsonschema:"minimum=1,maximum=480" example:"15"`
	// Where to join.
	Link URL `yaml:"link,omitempty" example:"https://meet.example.com/northwind"`
	// Who comes: the DRIs and the major stakeholders.
	Attendees []Handle `yaml:"attendees,omitempty" jsonschema:"minItems=1,uniqueItems=true" example:"[jdoe, mlee]"`
}

// Snooze holds back reminders about customer updates for a while.
type Snooze struct {
	// The first day on which reminders come again.
	Until Date `yaml:"until" example:"2026-11-30"`
	// Why nobody needs to hear until then.
	Reason Text `yaml:"reason" example:"Customer is on holiday"`
	// Who decided it.
	By Handle `yaml:"by" example:"jdoe"`
}

// Update is one thing that was told, and to whom (P24).
type Update struct {
	// When it was told: date and time with the time zone, Z for UTC. Later than every update
	// before it.
	At Time `yaml:"at" example:"2026-11-21T15:00:00Z"`
	// Who told it.
	By Handle `yaml:"by" example:"jdoe"`
	// Who was told: internal, customer, or both.
	To []Audience `yaml:"to" jsonschema:"minItems=1,uniqueItems=true" example:"[internal, customer]"`
	// true for a significant change of status: it also goes to the announcement channel, and
	// pings all DRIs. At most one a day.
	Significant bool `yaml:"significant,omitempty" example:"true"`
	// The time of an earlier update that this one corrects. Past updates are never edited.
	Amends Time `yaml:"amends,omitempty" example:"2026-11-20T15:00:00Z"`
	// What was told. Also when nothing has changed.
	Text Text `yaml:"text,omitempty" example:"The load test is booked for Tuesday."`
	// In the place of text that should never have been written: the reason why it is gone.
	Redacted Text `yaml:"redacted,omitempty" example:"Personal data of a customer's employee"`
}

// Closure says how an escalation ended (P30 to P34). One that is withdrawn needs
// no answer but the reason.
type Closure struct {
	// When it was closed. Not before the last update.
	At Time `yaml:"at" example:"2026-12-03T10:00:00Z"`
	// Who closed it: the DRI, the stand-in or a manager.
	By Handle `yaml:"by" example:"jdoe"`
	// resolved: the problem is gone. deescalated: the risk is low enough to be watched as
	// standard business. withdrawn: it was opened in error or twice, and a manager says why.
	Resolution Resolution `yaml:"resolution" example:"resolved"`
	// Why it is withdrawn.
	Reason Text `yaml:"reason,omitempty" example:"It was opened twice"`
	// Of one that is withdrawn because it was opened twice, the id of the other.
	DuplicateOf ID `yaml:"duplicate_of,omitempty" example:"2026/northwind"`
	// Whether it ended well for the customer: positive, negative or none.
	Outcome Outcome `yaml:"outcome,omitempty" example:"positive"`
	// Whether the exit criteria were met. true only if each criterion has its met date; false
	// with why_not.
	ExitCriteriaMet bool `yaml:"exit_criteria_met,omitempty" example:"true"`
	// Why the exit criteria were not met.
	WhyNot Text `yaml:"why_not,omitempty" example:"The customer moved the workload away before the last test."`
	// What the team did that closed it, in a few sentences.
	Summary Text `yaml:"summary,omitempty" example:"The queue was split by team, and the load test passed twice."`
	// A link that shows that the stakeholders here and the customer agree, or a waiver by a
	// manager where the customer is gone or does not answer.
	Agreement Agreement `yaml:"agreement,omitempty" example:"https://docs.example.com/northwind-agreed"`
	// As earlier versions had it: the root cause analysis stands at the top level of the file.
	RCA *ClosureRCA `yaml:"rca,omitempty" example:"{requested: true, platform_related: true, owner: ebrandt, due: 2026-12-17}"`
	// The issue for pattern matching. Needed to close the escalation of a CSE account.
	PatternIssue URL `yaml:"pattern_issue,omitempty" example:"https://tracker.example.com/issues/140"`
	// The customer's CSM sentiment after it: green, yellow, red, or the policy's own.
	Sentiment Sentiment `yaml:"sentiment,omitempty" example:"green"`
	// What was corrected in the closure after the closing, by whom and why.
	Amended *Amended `yaml:"amended,omitempty" example:"{at: 2026-12-04T09:00:00Z, by: jdoe, why: The customer named another link.}"`
}

// Amended says that a closure was corrected after it was told (P35).
type Amended struct {
	// When it was corrected: after the closing, and after what was corrected before.
	At Time `yaml:"at" example:"2026-12-04T09:00:00Z"`
	// Who corrected it.
	By Handle `yaml:"by" example:"jdoe"`
	// What was wrong.
	Why Text `yaml:"why" example:"The customer named another link."`
}

// RCA is the root cause analysis that a customer asked for (P32).
type RCA struct {
	// The day on which the customer asked for it.
	Asked Date `yaml:"asked" example:"2026-11-24"`
	// Whether the escalation is about the platform: then Engineering leads the analysis.
	PlatformRelated bool `yaml:"platform_related" example:"true"`
	// Who in Engineering writes it. Needed at the closing.
	Owner Handle `yaml:"owner,omitempty" example:"ebrandt"`
	// The day by which it is delivered to the DRI. Needed at the closing.
	Due Date `yaml:"due,omitempty" example:"2026-12-17"`
	// The analysis, once it is delivered.
	URL URL `yaml:"url,omitempty" example:"https://docs.example.com/northwind-rca"`
}

// ClosureRCA is the root cause analysis as earlier versions had it in the closure
// (P32): it is read as an RCA that was asked for at the closing.
type ClosureRCA struct {
	// Whether the customer asked for one.
	Requested bool `yaml:"requested" example:"true"`
	// Whether the escalation was about the platform: then Engineering leads the analysis.
	PlatformRelated bool `yaml:"platform_related" example:"true"`
	// Who in Engineering writes it.
	Owner Handle `yaml:"owner,omitempty" example:"ebrandt"`
	// The day by which it is delivered to the DRI.
	Due Date `yaml:"due,omitempty" example:"2026-12-17"`
	// The analysis, once it is delivered.
	URL URL `yaml:"url,omitempty" example:"https://docs.example.com/northwind-rca"`
}

// UnmarshalYAML reads an escalation. An analysis that stands in the closure, as
// earlier versions had it, is read as if it stood at the top level, asked for on
// the day of the closing: so to move it is no change (P32).
func (e *Escalation) UnmarshalYAML(n *yaml.Node) error {
	type plain Escalation
	err := n.Decode((*plain)(e))
	if e.Closure == nil || e.Closure.RCA == nil {
		return err
	}
	if old := *e.Closure.RCA; old.Requested && e.RCA == nil {
		day := e.Closure.At.Truncate(24 * time.Hour)
		e.RCA = &RCA{Asked: Date{day}, PlatformRelated: old.PlatformRelated, Owner: old.Owner, Due: old.Due, URL: old.URL}
	}
	e.Closure.RCA = nil
	return err
}
