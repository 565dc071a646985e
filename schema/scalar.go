package schema

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/invopop/jsonschema"
	"golang.org/x/text/unicode/norm"
	"gopkg.in/yaml.v3"
)

// The patterns that the formats leave open. A pattern stands beside each
// format because validators differ in what they let pass, and the editor and
// lint must agree.
const (
	day            = `(19|[2-9]\d)\d{2}-((0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|(0[469]|11)-(0[1-9]|[12]\d|30)|02-[0-2]\d)`
	datePattern    = `^` + day + `$`
	timePattern    = `^` + day + `T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`
	urlPattern     = `^https?://[^\s/]+\S*$` // and no format uri: browsers copy links that it refuses
	emailPattern   = `^[A-Za-z0-9_%+'-]+(\.[A-Za-z0-9_%+'-]+)*@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}$`
	handlePattern  = `^[a-z0-9][a-z0-9._-]*$`
	channelPattern = `^[a-z0-9][a-z0-9_-]{0,79}$`
	idPattern      = `^\d{4}/[a-z0-9][a-z0-9_-]{0,75}$`
)

func text(pattern, format string) *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Pattern: pattern, Format: format}
}

// oneOf lists the words that a field may hold.
func oneOf[T ~string](words ...T) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "string"}
	for _, w := range words {
		s.Enum = append(s.Enum, string(w))
	}
	return s
}

// Text is what a person wrote: never empty. How it ends, and how its lines do,
// is left out: an editor may strip that, and YAML has several ways to write it. Its
// letters are in the form that Unicode composes (NFC): what looks the same and was
// typed on another system is the same text.
type Text string

// UnmarshalYAML reads a text.
func (t *Text) UnmarshalYAML(n *yaml.Node) error {
	*t = Text(norm.NFC.String(strings.TrimRight(n.Value, " \t\r\n")))
	if strings.Contains(n.Value, " \n") || strings.Contains(n.Value, "\t\n") {
		lines := strings.Split(string(*t), "\n")
		for i, l := range lines {
			lines[i] = strings.TrimRight(l, " \t\r")
		}
		*t = Text(strings.Join(lines, "\n"))
	}
	return nil
}

// JSONSchema describes a Text.
func (Text) JSONSchema() *jsonschema.Schema { return text(`\S`, "") }

// Handle names a person of the directory, without an @.
type Handle string

// JSONSchema describes a Handle.
func (Handle) JSONSchema() *jsonschema.Schema { return text(handlePattern, "") }

// PendingPerson stands for somebody who is being assigned: a CSE (P6), a Product
// DRI (P9). Nobody has it for a handle.
const PendingPerson Handle = "pending"

// URL is a link that a person can open: http or https.
type URL string

// JSONSchema describes a URL.
func (URL) JSONSchema() *jsonschema.Schema { return text(urlPattern, "") }

// ID is the identity of an escalation, <year>/<name>: its path (P36).
type ID string

var legalID = regexp.MustCompile(idPattern)

// Valid reports whether an id is one that a file can have.
func (id ID) Valid() bool { return legalID.MatchString(string(id)) }

// JSONSchema describes an ID.
func (ID) JSONSchema() *jsonschema.Schema { return text(idPattern, "") }

// ChannelName is the name of a Slack channel, without the # (P17).
type ChannelName string

// JSONSchema describes a ChannelName.
func (ChannelName) JSONSchema() *jsonschema.Schema { return text(channelPattern, "") }

// Case is the link of the CS Help case, or Pending (P15).
type Case string

// Pending stands for a case that is being made.
const Pending Case = "pending"

// JSONSchema describes a Case.
func (Case) JSONSchema() *jsonschema.Schema {
	s := text(`^(pending|https?://[^\s/]+\S*)$`, "")
	s.Examples = []any{string(Pending)}
	return s
}

// Zone is a time zone of the IANA database, such as Europe/Berlin.
type Zone string

// JSONSchema describes a Zone.
func (Zone) JSONSchema() *jsonschema.Schema {
	return text(`^(UTC|[A-Z][A-Za-z_]+(/[A-Za-z0-9_+-]+)+)$`, "")
}

// TimeOfDay is hours and minutes, as 10:30.
type TimeOfDay string

// JSONSchema describes a TimeOfDay.
func (TimeOfDay) JSONSchema() *jsonschema.Schema { return text(`^([01]\d|2[0-3]):[0-5]\d$`, "") }

// Country is a two-letter country code (ISO 3166-1), or that of a part of a
// country (ISO 3166-2), such as DE-BY.
type Country string

// JSONSchema describes a Country.
func (Country) JSONSchema() *jsonschema.Schema { return text(`^[A-Z]{2}(-[A-Z0-9]{1,3})?$`, "") }

// GitHubLogin is a person's login on GitHub.
type GitHubLogin string

// JSONSchema describes a GitHubLogin.
func (GitHubLogin) JSONSchema() *jsonschema.Schema { return text(`^[A-Za-z0-9][A-Za-z0-9_-]*$`, "") }

// GitLabLogin is a person's username on GitLab.
type GitLabLogin string

// JSONSchema describes a GitLab username.
func (GitLabLogin) JSONSchema() *jsonschema.Schema { return text(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`, "") }

// SlackID is a person's member id in Slack.
type SlackID string

// JSONSchema describes a SlackID.
func (SlackID) JSONSchema() *jsonschema.Schema { return text(`^[UW][A-Z0-9]+$`, "") }

// SlackGroupID is the id of a user group in Slack.
type SlackGroupID string

// JSONSchema describes a SlackGroupID.
func (SlackGroupID) JSONSchema() *jsonschema.Schema { return text(`^S[A-Z0-9]+$`, "") }

// Email is an e-mail address.
type Email string

// JSONSchema describes an Email.
func (Email) JSONSchema() *jsonschema.Schema { return text(emailPattern, "email") }

// RegionName is the name of a region of the policy.
type RegionName string

// JSONSchema describes a RegionName.
func (RegionName) JSONSchema() *jsonschema.Schema {
	s := text(`\S`, "")
	s.Examples = []any{"AMER", "EMEA", "APAC", "PubSec"}
	return s
}

// Role is a role of the directory: one of Roles, or one of the policy's own.
type Role string

// JSONSchema describes a Role.
func (Role) JSONSchema() *jsonschema.Schema {
	s := text(`^[a-z][a-z0-9_]*$`, "")
	for _, r := range Roles() {
		s.Examples = append(s.Examples, string(r))
	}
	return s
}

// Severity says how bad an escalation is (P4).
type Severity string

// The severities, worst first.
const (
	Critical Severity = "critical"
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
)

// AllSeverities returns the severities, worst first.
func AllSeverities() []Severity { return []Severity{Critical, High, Medium, Low} }

// Rank is the place of a severity among all of them: 0 for the worst, -1 for one
// that is none.
func (s Severity) Rank() int { return slices.Index(AllSeverities(), s) }

// NeedsProduct reports whether the file must say whether the product is part
// of the problem, and needs a Product DRI if it is (P9).
func (s Severity) NeedsProduct() bool { return s == Critical || s == High }

// JSONSchema describes a Severity.
func (Severity) JSONSchema() *jsonschema.Schema {
	s := oneOf(AllSeverities()...)
	var meanings []string
	for _, level := range AllSeverities() {
		meanings = append(meanings, string(DefaultPolicy().Severities.Of(level).Meaning))
	}
	s.Extras = map[string]any{"enumDescriptions": meanings} // an editor shows them beside the words
	return s
}

// Visibility says how much of an escalation is announced (P17).
type Visibility string

// The visibilities.
const (
	Public     Visibility = "public"
	Restricted Visibility = "restricted"
)

// JSONSchema describes a Visibility.
func (Visibility) JSONSchema() *jsonschema.Schema { return oneOf(Public, Restricted) }

// Audience is who was told by an update (P24).
type Audience string

// The audiences.
const (
	Internal Audience = "internal"
	Customer Audience = "customer"
)

// JSONSchema describes an Audience.
func (Audience) JSONSchema() *jsonschema.Schema { return oneOf(Internal, Customer) }

// Resolution says how an escalation ended (P34).
type Resolution string

// The resolutions.
const (
	Resolved    Resolution = "resolved"
	Deescalated Resolution = "deescalated"
	Withdrawn   Resolution = "withdrawn"
)

// JSONSchema describes a Resolution.
func (Resolution) JSONSchema() *jsonschema.Schema { return oneOf(Resolved, Deescalated, Withdrawn) }

// Outcome says how an escalation ended for the customer (P31).
type Outcome string

// The outcomes.
const (
	Positive Outcome = "positive"
	Negative Outcome = "negative"
	None     Outcome = "none"
)

// JSONSchema describes an Outcome.
func (Outcome) JSONSchema() *jsonschema.Schema { return oneOf(Positive, Negative, None) }

// Sentiment is the customer's CSM sentiment; the policy lists the words (P33).
type Sentiment string

// JSONSchema describes a Sentiment.
func (Sentiment) JSONSchema() *jsonschema.Schema {
	s := text(`\S`, "")
	s.Examples = []any{"green", "yellow", "red"}
	return s
}

// Day is a day of the week.
type Day string

// JSONSchema describes a Day.
func (Day) JSONSchema() *jsonschema.Schema {
	return oneOf("mon", "tue", "wed", "thu", "fri", "sat", "sun")
}

// DayKind says which days a clock counts (P25, P26).
type DayKind string

// The kinds of days.
const (
	CalendarDays DayKind = "calendar"
	WorkingDays  DayKind = "working"
)

// JSONSchema describes a DayKind.
func (DayKind) JSONSchema() *jsonschema.Schema { return oneOf(CalendarDays, WorkingDays) }

// Reviewed is something that only a manager may decide, if the policy says so.
type Reviewed string

// ReviewSnooze asks that a manager decides on a snooze.
const ReviewSnooze Reviewed = "snooze"

// JSONSchema describes a Reviewed.
func (Reviewed) JSONSchema() *jsonschema.Schema { return oneOf(ReviewSnooze) }

// BotCommand is a command that people write into a comment.
type BotCommand string

// Lowering is the command severity where it lowers the severity.
const Lowering BotCommand = "lower"

// BotCommands are the commands of which a policy may say something.
func BotCommands() []BotCommand {
	return []BotCommand{
		"update", "significant", "severity", Lowering, "step", "done", "met", "criterion", "case", "support",
		"product-dri", "dri", "cover", "snooze", "close", "reopen", "fix",
	}
}

// Time is a moment, in UTC whatever zone it is written in: so two that are the
// same moment are equal. What cannot be read as one is zero: the schema tells it.
type Time struct{ time.Time }

// UnmarshalYAML reads a moment as RFC 3339 writes it.
func (t *Time) UnmarshalYAML(n *yaml.Node) error {
	at, _ := time.Parse(time.RFC3339, n.Value) // zero where it fails, see Time
	t.Time = at.UTC()
	return nil
}

// JSONSchema describes a Time.
func (Time) JSONSchema() *jsonschema.Schema { return text(timePattern, "date-time") }

// Date is a day. What cannot be read as one is zero: the schema tells it.
type Date struct{ time.Time }

// UnmarshalYAML reads a day as 2026-11-20.
func (d *Date) UnmarshalYAML(n *yaml.Node) error {
	d.Time, _ = time.Parse(time.DateOnly, n.Value) // zero where it fails, see Date
	return nil
}

// JSONSchema describes a Date.
func (Date) JSONSchema() *jsonschema.Schema { return text(datePattern, "date") }

// Agreement shows that stakeholders and customer agree to the end of an
// escalation: a link, or a manager's waiver with a reason (P30).
type Agreement struct {
	// URL is the link; empty where it is waived.
	URL URL
	// Waived is the reason for a waiver, By the manager who gave it, Asked the link
	// of the request that the customer left unanswered.
	Waived Text
	By     Handle
	Asked  URL
}

// UnmarshalYAML reads a link or a waiver; anything else the schema tells.
func (a *Agreement) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		a.URL = URL(n.Value)
		return nil
	}
	var waiver struct {
		Waived Text
		By     Handle
		Asked  URL
	}
	if err := n.Decode(&waiver); err != nil {
		return nil //nolint:nilerr // the schema tells what cannot be read
	}
	a.Waived, a.By, a.Asked = waiver.Waived, waiver.By, waiver.Asked
	return nil
}

// JSONSchema describes an Agreement. The keywords for strings leave mappings
// alone and the other way round, so that a fault is told of the very part.
func (Agreement) JSONSchema() *jsonschema.Schema {
	waived, by, asked := text(`\S`, ""), text(handlePattern, ""), text(urlPattern, "")
	waived.Description = "Why no agreement can be had: the customer is gone, or does not answer."
	waived.Examples = []any{"The customer has left and does not answer"}
	by.Description = "The manager who waives it: csm_manager, csm_leader, cse_leader or a vice president."
	by.Examples = []any{"rking"}
	asked.Description = "The request that the customer left unanswered. Needed where the outcome is positive."
	asked.Examples = []any{"https://mail.example.com/northwind-asked"}
	s := text(urlPattern, "")
	s.Type = ""
	s.Extras = map[string]any{"type": []string{"string", "object"}}
	s.Properties = jsonschema.NewProperties()
	s.Properties.Set("waived", waived)
	s.Properties.Set("by", by)
	s.Properties.Set("asked", asked)
	s.Required = []string{"waived", "by"}
	s.AdditionalProperties = jsonschema.FalseSchema
	return s
}
