package view_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/view"
	"github.com/escalations-as-code/escalate/internal/view/viewprint"
	"github.com/escalations-as-code/escalate/schema"
)

// How bad it was, from when on: each severity once for each time that it came, from
// the opening on, and nothing of what is still to come.
func TestTrend(t *testing.T) {
	t.Parallel()
	opened, now := at(t, "2026-11-01T09:00:00Z"), at(t, "2026-11-20T09:00:00Z")
	version := func(day int, s schema.Severity) process.Version {
		return process.Version{At: time.Date(2026, 11, day, 9, 0, 0, 0, time.UTC), Escalation: &schema.Escalation{Severity: s}}
	}
	for name, c := range map[string]struct {
		versions []process.Version
		want     string
	}{
		"no history":            {nil, "high"},
		"always so":             {[]process.Version{version(2, schema.High), version(3, schema.High)}, "high 11-01"},
		"raised":                {[]process.Version{version(2, schema.Low), version(3, schema.Low), version(5, schema.High)}, "low 11-01, high 11-05"},
		"down and up":           {[]process.Version{version(2, schema.High), version(5, schema.Low), version(9, schema.High)}, "high 11-01, low 11-05, high 11-09"},
		"not committed":         {[]process.Version{version(2, schema.Low)}, "low 11-01, high"},
		"still to come":         {[]process.Version{version(2, schema.High), version(25, schema.Critical)}, "high 11-01"},
		"a version without one": {[]process.Version{version(2, ""), version(3, schema.High)}, "high 11-01"},
	} {
		e := view.Escalation{Row: view.Row{Severity: schema.High, Opened: opened}, Now: now}
		var all []string
		for _, l := range view.NewBrief(e, c.versions).Trend {
			text := string(l.Severity)
			if !l.At.IsZero() {
				text += l.At.Format(" 01-02")
			}
			all = append(all, text)
		}
		if got := strings.Join(all, ", "); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// The last significant update counts, else the last; one that was redacted says
// nothing.
func TestLatest(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		updates []view.Update
		want    string
	}{
		"none":             {nil, ""},
		"the last":         {[]view.Update{{Text: "a"}, {Text: "b"}}, "b"},
		"significant":      {[]view.Update{{Text: "a", Significant: true}, {Text: "b", Significant: true}, {Text: "c"}}, "b"},
		"redacted":         {[]view.Update{{Text: "a"}, {Redacted: "why", Significant: true}}, "a"},
		"all are redacted": {[]view.Update{{Redacted: "why"}}, ""},
	} {
		got := ""
		if u := view.NewBrief(view.Escalation{Updates: c.updates}, nil).Latest; u != nil {
			got = string(u.Text)
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// token is a word that stands in a file once.
var token = regexp.MustCompile(`zq[0-9]+zq`)

// filler fills every field of an escalation with words that stand there once.
type filler struct {
	n   int
	rng *rand.Rand
	now time.Time
}

func (f *filler) word() string {
	f.n++
	return fmt.Sprintf("zq%dzq", f.n)
}

func (f *filler) fill(v reflect.Value) {
	switch x := v.Addr().Interface().(type) {
	case *schema.Time:
		x.Time = f.now.Add(-time.Duration(f.rng.IntN(1000)) * time.Hour)
		return
	case *schema.Date:
		x.Time = f.now.Truncate(24*time.Hour).AddDate(0, 0, f.rng.IntN(20)-10)
		return
	case *[]schema.Audience:
		*x = [][]schema.Audience{{schema.Internal}, {schema.Customer}, {schema.Internal, schema.Customer}}[f.rng.IntN(3)]
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			f.fill(v.Field(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1+f.rng.IntN(5), 6))
		for i := range v.Len() {
			f.fill(v.Index(i))
		}
	case reflect.String:
		v.SetString(f.word())
	case reflect.Bool:
		v.SetBool(f.rng.IntN(2) == 0)
	}
}

// A letter holds the customer's name, what was said to the customer, the criteria and
// the steps, and no other word of the file: not of a field that is added tomorrow
// either.
func TestLetterHoldsNothingInternal(t *testing.T) {
	t.Parallel()
	seen := 0
	rapid.Check(t, func(rt *rapid.T) {
		f := &filler{rng: rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1)), now: at(t, "2026-11-26T10:00:00Z")}
		e := &tree.Escalation{ID: "2026/zq0zq"}
		f.fill(reflect.ValueOf(&e.Escalation).Elem())
		for i := range e.Updates {
			if f.rng.IntN(2) == 0 {
				e.Updates[i].Redacted = ""
			}
		}
		people := schema.Directory{People: map[schema.Handle]schema.Person{}}
		for _, u := range e.Updates {
			people.People[u.By] = schema.Person{Name: schema.Text(f.word())}
		}
		allowed := []string{string(e.Customer)}
		for _, u := range e.Updates {
			if u.Redacted == "" && slices.Contains(u.To, schema.Customer) {
				allowed = append(allowed, string(u.Text))
			}
		}
		for _, c := range e.ExitCriteria {
			allowed = append(allowed, string(c.Criterion))
		}
		for _, s := range e.NextSteps {
			allowed = append(allowed, string(s.Step))
		}
		l := view.NewLetter(&tree.Tree{People: people, Policy: schema.DefaultPolicy()}, e, f.now)
		var text, json strings.Builder
		if err := viewprint.Letter(&text, l, terminal.Screen{Width: 60}); err != nil {
			rt.Fatal(err)
		}
		if err := viewprint.LetterJSON(&json, l); err != nil {
			rt.Fatal(err)
		}
		for _, out := range []string{text.String(), json.String()} {
			words := token.FindAllString(out, -1)
			seen += len(words)
			for _, w := range words {
				if !slices.Contains(allowed, w) {
					rt.Fatalf("%s is in it:\n%s", w, out)
				}
			}
		}
		for _, c := range e.ExitCriteria { // and those are in it
			if !strings.Contains(text.String(), string(c.Criterion)) {
				rt.Fatalf("%s is not in it:\n%s", c.Criterion, &text)
			}
		}
	})
	if seen == 0 {
		t.Error("no word was looked at")
	}
}

// That an internal update was corrected is nothing for the customer.
func TestLetterAmends(t *testing.T) {
	t.Parallel()
	tr := open(t, map[string][]string{"2026/northwind": {"", `updates:
  - {at: 2026-11-23T10:00:00Z, by: jdoe, to: [internal], text: Inside}
  - {at: 2026-11-24T10:00:00Z, by: jdoe, to: [customer], amends: 2026-11-23T10:00:00Z, text: Outside}
  - {at: 2026-11-25T10:00:00Z, by: jdoe, to: [customer, internal], amends: 2026-11-24T10:00:00Z, text: Better}
  - {at: 2026-12-25T10:00:00Z, by: jdoe, to: [customer], text: Still to come}
`}})
	l := view.NewLetter(tr, tr.Load(tree.Path("2026/northwind")), at(t, "2026-11-26T10:00:00Z"))
	if len(l.Updates) != 2 || !l.Updates[0].Amends.IsZero() || l.Updates[1].Amends.UTC() != at(t, "2026-11-24T10:00:00Z") || l.Updates[1].Text != "Better" {
		t.Errorf("got %+v", l.Updates)
	}
}
