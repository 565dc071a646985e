// Package redact takes out of a value who and what it is about: customers, people,
// free text, links, channels and ids. Each becomes a pseudonym, the same one wherever
// it stands. What stays is a list of its own, by type and value: words of the format,
// regions, roles, times, counts. So what a field holds that is added tomorrow goes,
// until somebody lets it stay.
package redact

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/invopop/jsonschema"

	"github.com/escalations-as-code/escalate/internal/calendar"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/view"
	"github.com/escalations-as-code/escalate/schema"
)

// Shortest is how many bytes a key has at least.
const Shortest = 16

// Redactor makes pseudonyms. With the same key it makes the same ones; without the
// key nobody can tell whether a customer is the one that they think of.
type Redactor struct {
	key     []byte
	regions []string
	roles   []schema.Role
	// sentiments are the words of the policy for how a customer feels.
	sentiments []schema.Text
	lists      sync.Map // of a type, the words that its schema lists
}

// New makes a redactor. The regions, roles and sentiments of the policy stay. The
// error says that somebody could guess the key.
func New(key []byte, policy schema.Policy) (*Redactor, error) {
	if len(key) < Shortest {
		return nil, fmt.Errorf("the key is too short: one has %d characters or more, such as `openssl rand -hex 32` makes", Shortest)
	}
	r := &Redactor{key: key, roles: schema.Roles(), sentiments: policy.Sentiments}
	for name := range policy.Regions {
		r.regions = append(r.regions, name)
	}
	for role := range policy.Roles {
		r.roles = append(r.roles, role)
	}
	return r, nil
}

// Format prints nothing of a key, whatever the verb.
func (r *Redactor) Format(f fmt.State, _ rune) { fmt.Fprint(f, "(a secret key)") }

// Of is a copy of a value, such as a schema.Export or a view.Table, with pseudonyms.
// Fields that are not exported are empty in it.
func Of[T any](r *Redactor, v T) T {
	out := reflect.New(reflect.TypeFor[T]()).Elem()
	r.copy(out, reflect.ValueOf(&v).Elem(), "")
	return out.Interface().(T)
}

// copy fills out, which is empty, with what may be seen of v. field is the name of
// the field that it stands in.
func (r *Redactor) copy(out, v reflect.Value, field string) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		out.Set(v)
		return
	}
	switch v.Kind() {
	case reflect.Bool, reflect.Int, reflect.Int64, reflect.Float64:
		out.Set(v)
	case reflect.String:
		out.SetString(r.text(v, field))
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				r.copy(out.Field(i), v.Field(i), f.Name)
			}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			out.Set(reflect.New(v.Type().Elem()))
			r.copy(out.Elem(), v.Elem(), field)
		}
	case reflect.Slice:
		if !v.IsNil() {
			out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		}
		for i := range v.Len() {
			r.copy(out.Index(i), v.Index(i), field)
		}
	case reflect.Map:
		if !v.IsNil() {
			out.Set(reflect.MakeMapWithSize(v.Type(), v.Len()))
		}
		for at := v.MapRange(); at.Next(); {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			r.copy(key, at.Key(), "")
			r.copy(value, at.Value(), field)
			out.SetMapIndex(key, value)
		}
	}
	// Of anything else nobody has said what it holds: it stays empty.
}

// text is what may be seen of a text.
func (r *Redactor) text(v reflect.Value, field string) string {
	s := v.String()
	if s == "" || r.stays(v, field) {
		return s
	}
	switch x := v.Interface().(type) {
	case schema.Handle:
		return "p-" + r.code("person", s)
	case schema.ID:
		year, name, _ := strings.Cut(s, "/")
		if !x.Valid() {
			return "e-" + r.code("id", s)
		}
		return year + "/e-" + r.code("id", name)
	case schema.ChannelName:
		return "esc_" + r.code("channel", s)
	case schema.URL, schema.Case:
		return "https://redacted.invalid/" + r.code("link", s)
	case schema.Email:
		return r.code("email", s) + "@redacted.invalid"
	case schema.SlackID:
		return "U" + strings.ToUpper(r.code("slack", s))
	case schema.SlackGroupID:
		return "S" + strings.ToUpper(r.code("slack", s))
	case schema.GitHubLogin, schema.GitLabLogin:
		return "u-" + r.code("login", s)
	case schema.Role:
		return "r_" + r.code("role", s)
	}
	switch field {
	case "Customer":
		return "customer " + r.code("customer", process.SameCustomer(schema.Text(s)))
	case "Name":
		return "person " + r.code("name", s)
	}
	return "text " + r.code("text", s)
}

// stays reports whether a text says nothing of anybody: a word of the format or of
// the policy. A word of the right type that is none of those may be anything.
func (r *Redactor) stays(v reflect.Value, field string) bool {
	s := v.String()
	switch x := v.Interface().(type) {
	case schema.Handle:
		return x == schema.PendingPerson
	case schema.Case:
		return x == schema.Pending
	case schema.RegionName:
		return slices.Contains(r.regions, s)
	case schema.Role:
		return slices.Contains(r.roles, x)
	case schema.Sentiment:
		return slices.Contains(r.sentiments, schema.Text(s))
	case schema.Text:
		return field == "Sentiments" && slices.Contains(r.sentiments, x)
	case schema.Zone:
		_, err := time.LoadLocation(s)
		return err == nil
	case schema.TimeOfDay:
		_, err := time.Parse("15:04", s)
		return err == nil
	case schema.Country:
		return calendar.Known(x)
	case schema.ClockName, stale.Clock: // they are the program's own words
		return true
	case stale.State:
		return slices.Contains([]stale.State{stale.Overdue, stale.Due, stale.Advisory}, x)
	case view.Status:
		return slices.Contains(view.Statuses(), x)
	case schema.BotCommand:
		return slices.Contains(schema.BotCommands(), x)
	case string: // the name of a region, as the policy has it
		return slices.Contains(r.regions, s)
	case interface{ JSONSchema() *jsonschema.Schema }: // a word of a list
		list, known := r.lists.Load(v.Type())
		if !known {
			list, _ = r.lists.LoadOrStore(v.Type(), x.JSONSchema().Enum)
		}
		return slices.Contains(list.([]any), any(s))
	}
	return false
}

// code is what stands for a text of a kind: 48 bits of a keyed hash.
func (r *Redactor) code(kind, s string) string {
	mac := hmac.New(sha256.New, r.key)
	mac.Write([]byte(kind + "\x00" + s))
	return hex.EncodeToString(mac.Sum(nil)[:6])
}
