package history

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/change"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// describe says in short what changed.
func describe(c change.Change) Event {
	e := Event{Change: string(c.Moment), Update: c.Update}
	was, is := c.Before, c.After
	if was == nil {
		was = &schema.Escalation{}
	}
	switch c.Moment {
	case notice.Opened:
		e.To = string(is.Severity) + ": " + brief(string(is.Summary))
	case notice.Severity:
		e.From, e.To = string(was.Severity), string(is.Severity)
	case notice.Update, notice.Significant:
		e.To = said(c.Update)
	case notice.DRI:
		e.From, e.To = string(was.DRI), string(is.DRI)
		if c.Field == "cover" {
			e.Change = c.Field
			e.From, e.To = edited(c.Field, was, is)
		}
	case notice.ProductDRI:
		e.From, e.To = string(was.Product.DRI), string(is.Product.DRI)
	case notice.Criteria:
		e.From, e.To = differences(was.ExitCriteria, is.ExitCriteria, criterion)
	case notice.Steps:
		e.From, e.To = differences(was.NextSteps, is.NextSteps, step)
	case notice.Standup:
		e.From, e.To = standup(was.Standup), standup(is.Standup)
	case notice.Case:
		e.From, e.To = string(was.Links.Case), string(is.Links.Case)
	case notice.Reopened:
		e.From = ending(was.Closure)
	case notice.Closed, notice.Deescalated, notice.Withdrawn:
		e.To = ending(is.Closure)
	case notice.Redacted:
		at := c.Update.At.Format(time.RFC3339)
		e.From, e.To = at+": its text", at+": "+said(c.Update)
	case notice.Amended:
		e.From, e.To = edited(c.Field, was, is)
	case notice.Support, notice.Account, notice.RCA:
		e.From, e.To = edited(c.Field, was, is)
	case notice.Edited, notice.Facts:
		e.Change = c.Field
		e.From, e.To = edited(c.Field, was, is)
	}
	return e
}

// said is the beginning of an update.
func said(u *schema.Update) string {
	if u.Text == "" && u.Redacted != "" {
		return "redacted: " + brief(string(u.Redacted))
	}
	return brief(string(u.Text))
}

func ending(c *schema.Closure) string {
	switch {
	case c == nil:
		return ""
	case c.Resolution == schema.Withdrawn:
		return string(c.Resolution) + ": " + brief(string(c.Reason))
	}
	return fmt.Sprintf("%s, outcome %s", c.Resolution, c.Outcome)
}

func standup(s *schema.Standup) string {
	switch {
	case s == nil:
		return ""
	case s.None != "":
		return "none: " + brief(string(s.None))
	}
	return fmt.Sprintf("%s at %s (%s)", words.Join(s.Days, ", "), s.Time, s.Zone)
}

// item is one of a list: what it is known by, and the facts about it.
type item struct {
	name  string
	facts []string
}

func criterion(c schema.ExitCriterion) item {
	return item{brief(string(c.Criterion)), []string{date("met", "not met", c.Met)}}
}

func step(s schema.NextStep) item {
	return item{brief(string(s.Step)), []string{string(s.Owner), date("due", "no due date", s.Due), date("done", "not done", s.Done)}}
}

func date(word, none string, d schema.Date) string {
	if d.IsZero() {
		return none
	}
	return word + " " + words.Date(d.Time)
}

// differences says of two lists what was dropped, and what is new or became of
// the rest.
func differences[T any](was, is []T, of func(T) item) (from, to string) {
	var dropped, now []string
	had, has := map[string][]string{}, map[string]bool{}
	for _, x := range was {
		i := of(x)
		had[i.name] = i.facts
	}
	for _, x := range is {
		i := of(x)
		has[i.name] = true
		before, old := had[i.name]
		var news []string
		for n, fact := range i.facts {
			if old && fact != before[n] || !old && !strings.HasPrefix(fact, "no") {
				news = append(news, fact)
			}
		}
		switch {
		case !old && len(news) > 0:
			now = append(now, fmt.Sprintf("%s (%s)", i.name, strings.Join(news, ", ")))
		case !old:
			now = append(now, i.name)
		case len(news) > 0:
			now = append(now, fmt.Sprintf("%s: %s", i.name, strings.Join(news, ", ")))
		}
	}
	for _, x := range was {
		if i := of(x); !has[i.name] {
			dropped = append(dropped, i.name)
		}
	}
	if len(dropped)+len(now) == 0 {
		return "", "in another order"
	}
	return strings.Join(dropped, "; "), strings.Join(now, "; ")
}

// edited says what changed within a field of which nothing is announced: the
// parts that differ.
func edited(field string, was, is *schema.Escalation) (from, to string) {
	if field == "updates" {
		return updates(was, is)
	}
	before, after := beside(was, is)
	return fields(value(before, field), value(after, field))
}

// beside returns two versions without what other changes tell of the same
// fields.
func beside(was, is *schema.Escalation) (before, after *schema.Escalation) {
	a, b := *was, *is
	a.Product.DRI, b.Product.DRI = "", ""
	if b.Links.Case != "" && b.Links.Case != schema.Pending {
		a.Links.Case, b.Links.Case = "", ""
	}
	return &a, &b
}

// fields says which parts of a value differ.
func fields(was, is reflect.Value) (from, to string) {
	before, after := parts(was), parts(is)
	var old, now []string
	for _, p := range before {
		if i := slices.IndexFunc(after, func(x part) bool { return x.name == p.name }); i < 0 {
			old = append(old, p.String())
		} else if after[i].text != p.text {
			a, b := differing(p.text, after[i].text)
			old, now = append(old, part{p.name, a}.String()), append(now, part{p.name, b}.String())
		}
	}
	for _, p := range after {
		if !slices.ContainsFunc(before, func(x part) bool { return x.name == p.name }) {
			now = append(now, p.String())
		}
	}
	return strings.Join(old, "; "), strings.Join(now, "; ")
}

// updates says what became of past updates.
func updates(was, is *schema.Escalation) (from, to string) {
	var old, now []string
	for _, u := range was.Updates {
		at := u.At.Format(time.RFC3339)
		i := slices.IndexFunc(is.Updates, func(x schema.Update) bool { return x.At == u.At })
		switch {
		case i < 0:
			old = append(old, at+": "+said(&u))
		case !reflect.DeepEqual(is.Updates[i], u):
			a, b := edits(u, is.Updates[i])
			old, now = append(old, at+": "+a), append(now, at+": "+b)
		}
	}
	return strings.Join(old, "; "), strings.Join(now, "; ")
}

func edits(was, is schema.Update) (from, to string) {
	if was.Text != is.Text && is.Text != "" {
		return differing(string(was.Text), string(is.Text))
	}
	if was.Text != "" && is.Redacted != "" { // what should never have been written is not written again
		return "its text", said(&is)
	}
	if was.Text != is.Text || was.Redacted != is.Redacted {
		return said(&was), said(&is)
	}
	return fields(reflect.ValueOf(was), reflect.ValueOf(is))
}

// part is a value within a field, by the name of its key; of a field that is
// itself a value, the name is empty.
type part struct{ name, text string }

func (p part) String() string {
	if p.name == "" {
		return brief(p.text)
	}
	return p.name + ": " + brief(p.text)
}

// value returns a field by its name in the file.
func value(e *schema.Escalation, field string) reflect.Value {
	v := reflect.ValueOf(*e)
	for i := range v.NumField() {
		if key(v.Type().Field(i)) == field {
			return v.Field(i)
		}
	}
	return reflect.Value{}
}

func key(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	return cmp.Or(name, strings.ToLower(f.Name))
}

// parts returns the values within v that say something.
func parts(v reflect.Value) []part {
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	}
	switch {
	case !v.IsValid() || v.IsZero():
		return nil
	case v.Kind() == reflect.Slice:
		var all []string
		for i := range v.Len() {
			for _, p := range parts(v.Index(i)) {
				all = append(all, p.text)
			}
		}
		if len(all) == 0 {
			return nil
		}
		return []part{{"", strings.Join(all, ", ")}}
	case v.Kind() != reflect.Struct:
		return []part{{"", fmt.Sprint(v.Interface())}}
	}
	switch x := v.Interface().(type) {
	case schema.Time:
		return []part{{"", x.Format(time.RFC3339)}}
	case schema.Date:
		return []part{{"", words.Date(x.Time)}}
	}
	var list []part
	for i := range v.NumField() {
		name := key(v.Type().Field(i))
		for _, p := range parts(v.Field(i)) {
			if p.name != "" {
				p.name = "." + p.name
			}
			list = append(list, part{name + p.name, p.text})
		}
	}
	return list
}

// differing returns of two texts the first line in which they differ.
func differing(was, is string) (from, to string) {
	a, b := strings.Split(strings.TrimSpace(was), "\n"), strings.Split(strings.TrimSpace(is), "\n")
	i := 0
	for i < len(a)-1 && i < len(b)-1 && a[i] == b[i] {
		i++
	}
	if a[i] == b[i] { // one goes on where the other ends
		return brief(strings.Join(a[i+1:], "\n")), brief(strings.Join(b[i+1:], "\n"))
	}
	return brief(strings.Join(a[i:], "\n")), brief(strings.Join(b[i:], "\n"))
}

// longest is how many characters a text may have that is told in short.
const longest = 200

// brief is the first line of a text, with a sign that more follows.
func brief(s string) string {
	s = strings.TrimSpace(s)
	line, _, more := strings.Cut(s, "\n")
	line = words.Clip(strings.TrimRight(line, " \t\r"), longest)
	if more && !strings.HasSuffix(line, "…") {
		line += "…"
	}
	return line
}
