package redact_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/redact"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/view"
	"github.com/escalations-as-code/escalate/schema"
)

var key = []byte("0123456789abcdef")

func newRedactor(t testing.TB, p schema.Policy) *redact.Redactor {
	r, err := redact.New(key, p)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// filler fills every field, whatever it is, with words that stand there once.
type filler struct {
	rng   *rand.Rand
	words int
}

func (f *filler) fill(v reflect.Value) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(time.Unix(f.rng.Int64N(1e9), 0).UTC()))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				f.fill(v.Field(i))
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1+f.rng.IntN(3), 3))
		for i := range v.Len() {
			f.fill(v.Index(i))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		k, x := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		f.fill(k)
		f.fill(x)
		v.SetMapIndex(k, x)
	case reflect.Bool:
		v.SetBool(f.rng.IntN(2) == 0)
	case reflect.Int, reflect.Int64:
		v.SetInt(f.rng.Int64N(99))
	case reflect.String:
		f.words++
		// As a text, as an id, as a name of a channel or a person, as a link, as a zone
		// and as a country.
		v.SetString(fmt.Sprintf([]string{"zq%d Zq", "2026/zq%d", "zq%d", "https://zq%d.example", "Zq/zq%d", "ZQ-%d"}[f.rng.IntN(6)], f.words))
	}
}

// texts calls do with each text that can be reached in a value, also by unexported
// fields.
func texts(v reflect.Value, do func(string)) {
	switch v.Kind() {
	case reflect.String:
		do(v.String())
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type() != reflect.TypeFor[time.Time]() {
				texts(v.Field(i), do)
			}
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			texts(v.Elem(), do)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			texts(v.Index(i), do)
		}
	case reflect.Map:
		for at := v.MapRange(); at.Next(); {
			texts(at.Key(), do)
			texts(at.Value(), do)
		}
	}
}

// No word survives, of any field, of whatever is exported or shown: neither of one
// that is added tomorrow. The program's own words for clocks are not from a file.
func TestNothingSurvives(t *testing.T) {
	t.Parallel()
	r := newRedactor(t, schema.DefaultPolicy())
	check := func(rt *rapid.T, in, out any) {
		words := 0
		texts(reflect.ValueOf(in), func(string) { words++ })
		left := 0
		texts(reflect.ValueOf(out), func(s string) {
			left++
			if strings.Contains(strings.ToLower(s), "zq") {
				rt.Fatalf("%q is left of %T", s, in)
			}
		})
		if words < 10 || left < words/2 {
			rt.Fatalf("%d words were filled in, %d are left of %T", words, left, in)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		f := &filler{rng: rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))}
		var e schema.Export
		f.fill(reflect.ValueOf(&e).Elem())
		for i := range e.Escalations {
			for n := range e.Escalations[i].Clocks {
				e.Escalations[i].Clocks[n].Clock = schema.ClockName(stale.Customer)
			}
		}
		check(rt, e, redact.Of(r, e))
		var table view.Table
		f.fill(reflect.ValueOf(&table).Elem())
		for i := range table.Rows {
			table.Rows[i].Next.Clock = stale.Customer
		}
		check(rt, table, redact.Of(r, table))
		var one view.Escalation
		f.fill(reflect.ValueOf(&one).Elem())
		one.Next.Clock = stale.Customer
		for i := range one.Clocks {
			one.Clocks[i].Clock = stale.Customer
		}
		check(rt, one, redact.Of(r, one))
	})
}

// What stays are words of the format and of the policy, times and numbers.
func TestStays(t *testing.T) {
	t.Parallel()
	yes, at := true, time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC)
	p := schema.DefaultPolicy()
	p.Roles = map[schema.Role]schema.RoleInfo{"deal_desk": {Regional: true}}
	p.Regions = map[string]schema.Region{"LATAM": {Zone: "America/Sao_Paulo", Hours: schema.Hours{From: "09:00", To: "17:00"}, Holidays: schema.Holidays{Countries: []schema.Country{"BR", "DE-BY"}}}}
	in := schema.Export{Format: 1, Now: schema.Time{Time: at}, Policy: p, People: map[schema.Handle]schema.Person{
		schema.PendingPerson: {Roles: []schema.Role{schema.RoleCSM, "deal_desk"}, Region: "LATAM", Left: schema.Date{Time: at}},
	}, Escalations: []schema.Exported{{
		Status: "resolved", Days: 5, Clocks: []schema.ExportedClock{{Clock: "customer", State: "overdue", Due: schema.Time{Time: at}, Rung: 1}},
		File: schema.Escalation{
			Severity: schema.High, Account: schema.Account{Region: "LATAM"}, Product: schema.Product{Related: &yes, DRI: schema.PendingPerson}, Visibility: schema.Restricted,
			Links: schema.Links{Case: schema.Pending}, Standup: &schema.Standup{Days: []schema.Day{"mon"}, Time: "10:30", Zone: "Europe/Berlin", Minutes: 15},
			Updates: []schema.Update{{To: []schema.Audience{schema.Internal}}}, Closure: &schema.Closure{Resolution: schema.Resolved, Outcome: schema.Positive, Sentiment: "green"},
		}}}}
	out := redact.Of(newRedactor(t, p), in)
	in.Policy.Severities, in.Policy.Channels = out.Policy.Severities, out.Policy.Channels // what a severity means is free text
	if !reflect.DeepEqual(out, in) {
		t.Errorf("got\n%+v, want\n%+v", out, in)
	}
	if out.Policy.Channels.Announcement == p.Channels.Announcement || *out.Policy.Severities.High.Customer.Due != *p.Severities.High.Customer.Due {
		t.Errorf("the channels or the clocks are %+v", out.Policy)
	}
}

// Each word gets one pseudonym, the same wherever it stands, of the form that its
// field has; a customer's name also where it is written otherwise.
func TestPseudonyms(t *testing.T) {
	t.Parallel()
	in := []schema.Escalation{
		{Customer: "Northwind  Traders", DRI: "jdoe", Previous: "2025/northwind", Channel: "esc_northwind", Ask: "Help", Links: schema.Links{Case: "https://crm.example.com/1", MeetingNotes: "https://x.example.com"}},
		{Customer: "NORTHWIND traders", DRI: "mlee", Opened: schema.Opened{By: "jdoe"}, Related: []schema.ID{"2026/northwind", "no id"}, Approach: "Help"},
	}
	r := newRedactor(t, schema.DefaultPolicy())
	out := redact.Of(r, in)
	a, b := out[0], out[1]
	if a.Customer != b.Customer || a.DRI != b.Opened.By || a.DRI == b.DRI || a.Ask != b.Approach || a.Previous[4:] != b.Related[0][4:] {
		t.Errorf("got %+v", out)
	}
	if !a.Previous.Valid() || !b.Related[0].Valid() || !strings.HasPrefix(string(a.Channel), "esc_") || !strings.HasPrefix(string(a.Links.Case), "https://redacted.invalid/") {
		t.Errorf("got %+v", a)
	}
	if again := redact.Of(newRedactor(t, schema.DefaultPolicy()), in); !reflect.DeepEqual(out, again) {
		t.Errorf("with the same key: %+v, want %+v", again, out)
	}
	other, err := redact.New(slices.Repeat([]byte("x"), redact.Shortest), schema.DefaultPolicy())
	if err != nil {
		t.Fatal(err)
	}
	if got := redact.Of(other, in); got[0].Customer == a.Customer || got[0].DRI == a.DRI {
		t.Error("another key makes the same pseudonyms")
	}
	if in[0].DRI != "jdoe" || in[1].Related[0] != "2026/northwind" {
		t.Error("the value itself was changed")
	}
}

func TestKey(t *testing.T) {
	t.Parallel()
	if _, err := redact.New([]byte("secret"), schema.Policy{}); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("a short key: %v", err)
	}
	if text := fmt.Sprintf("%v %+v %#v %s", newRedactor(t, schema.Policy{}), newRedactor(t, schema.Policy{}), newRedactor(t, schema.Policy{}), newRedactor(t, schema.Policy{})); strings.Contains(text, "48") || strings.Contains(text, "0123") {
		t.Errorf("a key is printed: %s", text)
	}
}

// What nobody has said anything of is empty.
func TestUnknownKinds(t *testing.T) {
	t.Parallel()
	type odd struct {
		Any     any
		Bytes   []byte
		Blocks  []notice.Text
		private string
	}
	in := odd{Any: "zq", Bytes: []byte("zq"), Blocks: []notice.Text{nil}, private: "zq"}
	texts(reflect.ValueOf(redact.Of(newRedactor(t, schema.Policy{}), in)), func(s string) {
		if s != "" {
			t.Errorf("%q is left", s)
		}
	})
	if out := redact.Of(newRedactor(t, schema.Policy{}), in); string(out.Bytes) == "zq" {
		t.Errorf("got %+v", out)
	}
}
