package schema_test

import (
	"reflect"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/escalations-as-code/escalate/schema"
)

// An empty policy changes nothing; a difference changes what it names, and
// nothing beside it.
func TestPolicyOver(t *testing.T) {
	t.Parallel()
	if got := (schema.Policy{}).Over(schema.DefaultPolicy()); !reflect.DeepEqual(got, schema.DefaultPolicy()) {
		t.Errorf("an empty policy gives %+v", got)
	}
	var p schema.Policy
	if err := yaml.Unmarshal([]byte(`
severities: {medium: {customer: {due: 10}, informs: []}}
regions: {EMEA: {zone: Europe/Paris}, LATAM: {zone: America/Sao_Paulo}}
ladder: {csm_leader: 5}
sentiments: [good, bad]
`), &p); err != nil {
		t.Fatal(err)
	}
	got := p.Over(schema.DefaultPolicy())
	medium := got.Severities.Medium
	if *medium.Customer.Due != 10 || medium.Customer.Overdue != nil || medium.Customer.Days != schema.CalendarDays {
		t.Errorf("the customer clock is %+v", medium.Customer)
	}
	if len(medium.Informs) != 0 || medium.Meaning == "" {
		t.Errorf("medium is %+v", medium)
	}
	if r := got.Regions["EMEA"]; r.Zone != "Europe/Paris" || r.Hours.From != "09:00" {
		t.Errorf("EMEA is %+v", r)
	}
	if r := got.Regions["LATAM"]; r.Hours.To != "17:00" {
		t.Errorf("LATAM is %+v", r)
	}
	if *got.Ladder.Manager != 1 || *got.Ladder.CSMLeader != 5 || len(got.Sentiments) != 2 {
		t.Errorf("the ladder is %d, %d, the sentiments %v", *got.Ladder.Manager, *got.Ladder.CSMLeader, got.Sentiments)
	}
	if fresh := schema.DefaultPolicy(); fresh.Regions["EMEA"].Zone != "Europe/Berlin" {
		t.Error("the defaults themselves have changed")
	}
}

// What cannot be read as a time, a day or an agreement is left out, and does
// not keep the rest from being read.
func TestDecodeWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	var e schema.Escalation
	_ = yaml.Unmarshal([]byte("customer: x\nopened: {at: soon, by: jdoe}\nnext_steps: [{step: y, owner: z, due: [1]}]\nclosure: {at: 2026-12-03T10:00:00+01:00, agreement: [1], summary: s}\n"), &e)
	if e.Customer != "x" || !e.Opened.At.IsZero() || e.Opened.By != "jdoe" || e.NextSteps[0].Owner != "z" || !e.NextSteps[0].Due.IsZero() {
		t.Errorf("read %+v", e)
	}
	if e.Closure == nil || e.Closure.At.UTC().Hour() != 9 || e.Closure.Agreement != (schema.Agreement{}) || e.Closure.Summary != "s" {
		t.Errorf("read %+v", e.Closure)
	}
}
