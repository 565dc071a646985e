package schema

import "github.com/invopop/jsonschema"

// What one field asks of another stands here: the if/then of the schema, each
// with the rule of the process that it comes from.

// JSONSchemaExtend adds what depends on severity, account and closure. Each
// condition on the whole file costs a validator about as much as all fields of
// a small mapping, so there are few of them, and none that another contains.
func (Escalation) JSONSchemaExtend(s *jsonschema.Schema) {
	grave := has("severity", &jsonschema.Schema{Enum: []any{string(Critical), string(High)}})
	said := require("related")
	said.AllOf = []*jsonschema.Schema{
		when(has("related", is(true)), require("dri")),
		when(has("related", is(false)), require("reason")),
	}
	// P9: at high and critical the file says whether it is product related;
	// if so, it names a Product DRI; if not, it says why.
	s.If, s.Then = grave, has("product", said)
	s.AllOf = []*jsonschema.Schema{
		// P7: an open escalation has a next step.
		unless(require("closure"), optional("next_steps", &jsonschema.Schema{MinItems: one()})),
		// P15, P16: every escalation has a case, but for those about a services project.
		unless(has("account", require("services_project")), optional("links", require("case"))),
	}
	// P29: the escalation of a CSE account closes with a pattern issue; P34: but for one
	// that is withdrawn.
	noCSM := &jsonschema.Schema{Not: &jsonschema.Schema{AnyOf: []*jsonschema.Schema{require("csm"), require("services_project")}}}
	noCSM.Required = []string{"cse"}
	closed := when(has("account", noCSM), optional("closure", unless(withdrawn(), require("pattern_issue"))))
	// P32: an analysis that Engineering owes has an owner and a date at the closing.
	closed.AllOf = []*jsonschema.Schema{optional("rca", when(has("platform_related", is(true)), require("owner", "due")))}
	s.DependentSchemas = map[string]*jsonschema.Schema{"closure": closed}
}

// withdrawn is the condition that a closure withdraws an escalation (P34).
func withdrawn() *jsonschema.Schema { return has("resolution", is(string(Withdrawn))) }

// JSONSchemaExtend adds what decides the scope and the DRI.
func (Account) JSONSchemaExtend(s *jsonschema.Schema) {
	// P3: without a CSM, a CSE and a services project, the file says why it is
	// in scope. P6: without a CSM and a services project the account executive
	// is the DRI.
	strategic := require("strategic")
	strategic.DependentSchemas = map[string]*jsonschema.Schema{"strategic": require("account_executive")}
	inScope := when(require("cse"), require("account_executive"))
	inScope.Else = strategic
	s.If = require("csm")
	s.Else = unless(require("services_project"), inScope)
	// P6: a CSE is assigned through a CSE Help case.
	s.DependentSchemas = map[string]*jsonschema.Schema{"cse": require("cse_help_case")}
}

// JSONSchemaExtend asks for the business case of an enhancement (P14).
func (Product) JSONSchemaExtend(s *jsonschema.Schema) {
	s.If, s.Then = has("enhancement", is(true)), require("business_case")
}

// JSONSchemaExtend asks for a ticket where Support is needed (P13).
func (Support) JSONSchemaExtend(s *jsonschema.Schema) {
	s.If, s.Then = has("needed", is(true)), has("tickets", &jsonschema.Schema{MinItems: one()})
}

// JSONSchemaExtend asks for the text of an update that is not redacted (P24,
// P37).
func (Update) JSONSchemaExtend(s *jsonschema.Schema) {
	missing := unless(require("redacted"), require("text"))
	s.If, s.Else = missing.If, missing.Else
}

// JSONSchemaExtend asks how it ended (P31, P33), or why it is withdrawn (P34).
func (Closure) JSONSchemaExtend(s *jsonschema.Schema) {
	answers := require("outcome", "exit_criteria_met", "summary", "agreement", "sentiment")
	answers.If, answers.Then = has("exit_criteria_met", is(false)), require("why_not")
	s.If, s.Then, s.Else = withdrawn(), require("reason"), answers
}

// JSONSchemaExtend asks for all of a standup, unless there is none (P19).
func (Standup) JSONSchemaExtend(s *jsonschema.Schema) {
	all := unless(require("none"), require("days", "time", "zone", "link", "attendees"))
	s.If, s.Else = all.If, all.Else
}

// JSONSchemaExtend asks for the owner and the date of an RCA that Engineering
// owes, where it stands in the closure (P32).
func (ClosureRCA) JSONSchemaExtend(s *jsonschema.Schema) {
	owed := has("requested", is(true))
	owed.Properties.Set("platform_related", is(true))
	owed.Required = append(owed.Required, "platform_related")
	s.If, s.Then = owed, require("owner", "due")
}

// JSONSchemaExtend says that the keys of the directory are handles.
func (Directory) JSONSchemaExtend(s *jsonschema.Schema) {
	people, _ := s.Properties.Get("people")
	names := Handle("").JSONSchema()
	names.Not = is(string(PendingPerson))
	people.PropertyNames = names
}

// The few words that the conditions are written in.

func when(cond, then *jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{If: cond, Then: then}
}

func unless(cond, then *jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{If: cond, Else: then}
}

func is(value any) *jsonschema.Schema { return &jsonschema.Schema{Const: value} }

func require(keys ...string) *jsonschema.Schema { return &jsonschema.Schema{Required: keys} }

// optional says what a property must look like where it is there.
func optional(key string, s *jsonschema.Schema) *jsonschema.Schema {
	props := jsonschema.NewProperties()
	props.Set(key, s)
	return &jsonschema.Schema{Properties: props}
}

// has is optional for a property that must be there.
func has(key string, s *jsonschema.Schema) *jsonschema.Schema {
	o := optional(key, s)
	o.Required = []string{key}
	return o
}

func one() *uint64 { n := uint64(1); return &n }
