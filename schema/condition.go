package schema

import "github.com/invopop/jsonschema"

// What one field asks of another stands here: the if/then of the schema, each
// with the rule of the process that it comes from.

// JSONSchemaExtend adds what depends on severity, account and closure.
func (Escalation) JSONSchemaExtend(s *jsonschema.Schema) {
	grave := has("severity", &jsonschema.Schema{Enum: []any{string(Critical), string(High)}})
	closed := require("closure")
	s.AllOf = append(s.AllOf,
		// P9: at high and critical the file says whether it is product related.
		when(grave, has("product", require("related"))),
		// P9: and if so, names a Product DRI; if not, says why.
		when(both(grave, has("product", has("related", is(true)))), has("product", require("dri"))),
		when(both(grave, has("product", has("related", is(false)))), has("product", require("reason"))),
		// P7: an open escalation has a next step.
		when(not(closed), optional("next_steps", &jsonschema.Schema{MinItems: one()})),
		// P15, P16: every escalation has a case, but for those about a services project.
		when(not(has("account", require("services_project"))), optional("links", require("case"))),
		// P29: the escalation of a CSE account closes with a pattern issue.
		when(
			both(closed, has("account", both(require("cse"), not(either(require("csm"), require("services_project")))))),
			optional("closure", require("pattern_issue")),
		),
	)
}

// JSONSchemaExtend adds what decides the scope and the DRI.
func (Account) JSONSchemaExtend(s *jsonschema.Schema) {
	csm, cse, project := require("csm"), require("cse"), require("services_project")
	s.AllOf = append(s.AllOf,
		// P3: without a CSM, a CSE and a services project, the file says why it is in scope.
		when(not(either(csm, cse, project)), require("strategic")),
		// P6: without a CSM and a services project the account executive is the DRI.
		when(both(not(either(csm, project)), either(cse, require("strategic"))), require("account_executive")),
		// P6: a CSE is assigned through a CSE Help case.
		when(cse, require("cse_help_case")),
	)
}

// JSONSchemaExtend asks for the business case of an enhancement (P14).
func (Product) JSONSchemaExtend(s *jsonschema.Schema) {
	s.AllOf = append(s.AllOf, when(has("enhancement", is(true)), require("business_case")))
}

// JSONSchemaExtend asks for a ticket where Support is needed (P13).
func (Support) JSONSchemaExtend(s *jsonschema.Schema) {
	s.AllOf = append(s.AllOf, when(has("needed", is(true)),
		has("tickets", &jsonschema.Schema{MinItems: one()})))
}

// JSONSchemaExtend asks why exit criteria were not met (P31).
func (Closure) JSONSchemaExtend(s *jsonschema.Schema) {
	s.AllOf = append(s.AllOf, when(has("exit_criteria_met", is(false)), require("why_not")))
}

// JSONSchemaExtend asks for the owner and the date of an RCA that Engineering
// owes (P32).
func (RCA) JSONSchemaExtend(s *jsonschema.Schema) {
	s.AllOf = append(s.AllOf, when(
		both(has("requested", is(true)), has("platform_related", is(true))),
		require("owner", "due"),
	))
}

// JSONSchemaExtend says that the keys of the directory are handles.
func (Directory) JSONSchemaExtend(s *jsonschema.Schema) {
	people, _ := s.Properties.Get("people")
	people.PropertyNames = Handle("").JSONSchema()
}

// The few words that the conditions are written in.

func when(cond, then *jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{If: cond, Then: then}
}

func not(s *jsonschema.Schema) *jsonschema.Schema { return &jsonschema.Schema{Not: s} }

func both(ss ...*jsonschema.Schema) *jsonschema.Schema { return &jsonschema.Schema{AllOf: ss} }

func either(ss ...*jsonschema.Schema) *jsonschema.Schema { return &jsonschema.Schema{AnyOf: ss} }

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
