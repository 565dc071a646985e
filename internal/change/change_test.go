package change_test

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"
	"gopkg.in/yaml.v3"

	"github.com/escalations-as-code/escalate/internal/change"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/schema"
)

const base = `
customer: Northwind Traders
severity: high
opened: {at: 2026-11-20T09:30:00Z, by: jdoe}
summary: Pipelines wait 40 minutes
dri: jdoe
product: {related: true, dri: mlee, team: [okhan]}
links: {case: pending, meeting_notes: 'https://docs.example.com/n'}
ask: One engineer
exit_criteria: [{criterion: Queue time under 60 s}]
next_steps: [{step: Load test, owner: jdoe, due: 2026-11-24}]
updates:
  - {at: 2026-11-21T15:00:00Z, by: jdoe, to: [internal], text: The load test is booked.}
`

const closed = base + "closure: {at: 2026-11-30T10:00:00Z, by: jdoe, resolution: resolved, outcome: positive, summary: Split the queue.}\n"

// with is the base with a text in the place of another, or at the end.
func with(t *testing.T, text, old, new string) *schema.Escalation {
	t.Helper()
	switch {
	case old == "":
		text += new
	case !strings.Contains(text, old):
		t.Fatalf("%q is not in it", old)
	default:
		text = strings.Replace(text, old, new, 1)
	}
	var e schema.Escalation
	if err := yaml.Unmarshal([]byte(text), &e); err != nil {
		t.Fatal(err)
	}
	return &e
}

func update(day, rest string) string {
	return "  - {at: 2026-11-" + day + "T09:00:00Z, by: jdoe, to: [internal], text: News of day " + day + rest + "}\n"
}

// moments shows changes as words, each with the day of its update.
func moments(changes []change.Change) string {
	var words []string
	for _, c := range changes {
		w := string(c.Moment)
		if c.Moment == notice.Edited || c.Moment == notice.Facts || c.Field == "cover" {
			w += "(" + c.Field + ")"
		}
		if c.Update != nil {
			w += c.Update.At.Format("@2")
		}
		words = append(words, w)
	}
	return strings.Join(words, " ")
}

func TestBetween(t *testing.T) {
	t.Parallel()
	reopened := closed[:strings.Index(closed, "closure:")]
	for _, c := range []struct{ name, before, after, old, new, want string }{
		{"nothing", base, base, "", "", ""},
		{"opened", "", base, "", "", "opened update@21"},
		{"opened with a significant update", "", base, "", update("22", ", significant: true"), "opened update@21 significant@22"},
		{"opened and closed", "", closed, "", "", "opened update@21 closed"},
		{"a time written in another zone", base, base, "2026-11-20T09:30:00Z", "2026-11-20T10:30:00+01:00", ""},
		{"an empty list", base, base, "", "fyi: []\n", ""},
		{"an update", base, base, "", update("22", ""), "update@22"},
		{"two updates", base, base, "", update("22", "") + update("23", ", significant: true"), "update@22 significant@23"},
		{"raised", base, strings.Replace(base, "severity: high", "severity: critical", 1), "", update("22", ""), "severity@22"},
		{"raised without a word", base, base, "severity: high", "severity: critical", "severity"},
		{"raised, and more updates", base, strings.Replace(base, "severity: high", "severity: critical", 1), "", update("22", "") + update("23", ""), "severity@23 update@22"},
		{"raised with a significant update", base, strings.Replace(base, "severity: high", "severity: critical", 1), "", update("22", ", significant: true"), "severity@22"},
		{"raised with a correction", base, strings.Replace(base, "severity: high", "severity: critical", 1), "", update("22", ", amends: 2026-11-21T15:00:00Z"), "severity update@22"},
		{"another DRI", base, strings.Replace(base, "\ndri: jdoe", "\ndri: rking", 1), "", update("22", ""), "dri@22"},
		{"another DRI with a significant update", base, strings.Replace(base, "\ndri: jdoe", "\ndri: rking", 1), "", update("22", ", significant: true"), "significant@22 dri@22"},
		{"another DRI, one update significant", base, strings.Replace(base, "\ndri: jdoe", "\ndri: rking", 1), "", update("22", "") + update("23", ", significant: true"), "significant@23 dri@22"},
		{"raised with another DRI", base, strings.NewReplacer("severity: high", "severity: critical", "\ndri: jdoe", "\ndri: rking").Replace(base), "", update("22", ""), "severity@22 dri@22"},
		{"another Product DRI", base, base, "dri: mlee", "dri: dpatel", "product_dri"},
		{"no Product DRI", base, base, "dri: mlee, ", "", "product_dri"},
		{"another product team", base, base, "[okhan]", "[]", "edited(product)"},
		{"a criterion met", base, base, "under 60 s}", "under 60 s, met: 2026-11-25}", "criteria"},
		{"a step", base, base, "due: 2026-11-24}", "due: 2026-11-24, done: 2026-11-24}", "steps"},
		{"a standup", base, base, "", "standup: {days: [mon], time: '10:30', zone: UTC, link: 'https://x', attendees: [jdoe]}\n", "standup"},
		{"the case", base, base, "case: pending", "case: https://crm.example.com/1", "case"},
		{"the case and the notes", base, base, "{case: pending, meeting_notes: 'https://docs", "{case: 'https://crm.example.com/1', meeting_notes: 'https://notes", "facts(links) case"},
		{"no case", base, base, "case: pending, ", "", "edited(links)"},
		{"a past update", base, base, "is booked", "was booked", "edited(updates)"},
		{"a past update, and a new one", base, strings.Replace(base, "is booked", "was booked", 1), "", update("22", ""), "update@22 edited(updates)"},
		{"a past update gone", base, base, base[strings.Index(base, "updates:"):], "", "edited(updates)"},
		{"the ask", base, base, "One engineer", "Two engineers", "facts(ask)"},
		{"the customer", base, base, "Northwind Traders", "Northwind", "facts(customer)"},
		{"closed", base, closed, "", "", "closed"},
		{"de-escalated", base, closed, "resolution: resolved", "resolution: deescalated", "deescalated"},
		{"closed with a last update", base, closed, "closure:", update("22", "") + "closure:", "update@22 closed"},
		{"closed, with an analysis later", closed, closed, "positive", "positive, rca: {requested: true, platform_related: true, url: 'https://rca'}", "rca"},
		{"an analysis moved to the top level", strings.Replace(closed, "positive", "positive, rca: {requested: true, platform_related: true, owner: ebrandt, due: 2026-12-17}", 1),
			"rca: {asked: 2026-11-30, platform_related: true, owner: ebrandt, due: 2026-12-17}\n" + closed, "", "", ""},
		{"closed, with an analysis that is owed", base, closed, "positive", "positive, rca: {requested: true, platform_related: true, owner: ebrandt, due: 2026-12-17}", "edited(rca) closed"},
		{"an analysis asked for", base, base, "", "rca: {asked: 2026-11-24, platform_related: true}\n", "rca"},
		{"an analysis delivered", base + "rca: {asked: 2026-11-24, platform_related: true}\n", base + "rca: {asked: 2026-11-24, platform_related: true, url: 'https://rca'}\n", "", "", "rca"},
		{"an analysis with another date", base + "rca: {asked: 2026-11-24, platform_related: true}\n", base + "rca: {asked: 2026-11-24, platform_related: true, due: 2026-12-17}\n", "", "", "edited(rca)"},
		{"withdrawn", base, base, "", "closure: {at: 2026-11-30T10:00:00Z, by: rking, resolution: withdrawn, reason: Opened twice}\n", "withdrawn"},
		{"a closure amended", closed, strings.Replace(closed, "Split the queue.", "Split the queue by team., amended: {at: 2026-12-01T10:00:00Z, by: jdoe, why: It said less}", 1), "", "", "amended"},
		{"a stand-in", base, base, "", "cover: {dri: kcsm, until: 2026-12-04, reason: Leave}\n", "dri(cover)"},
		{"a stand-in for longer", base + "cover: {dri: kcsm, until: 2026-12-04, reason: Leave}\n", base + "cover: {dri: kcsm, until: 2026-12-06, reason: Leave}\n", "", "", "dri(cover)"},
		{"a stand-in no more", base + "cover: {dri: kcsm, until: 2026-12-04, reason: Leave}\n", base, "", "", "edited(cover)"},
		{"Support called in", base, base, "", "support: {needed: true, tickets: ['https://x']}\n", "support"},
		{"another account executive", base, base, "", "account: {region: EMEA, account_executive: arivera}\n", "account"},
		{"an update redacted", base, base, "text: The load test is booked.", "redacted: A name", "redacted@21"},
		{"an update redacted of one that is closed", closed, closed, "text: The load test is booked.", "redacted: A name", "redacted@21"},
		{"another Product DRI with a reason", base, strings.Replace(base, "dri: mlee", "dri: dpatel", 1), "", update("22", ""), "product_dri@22"},
		{"the first Product DRI beside an update", strings.Replace(base, "dri: mlee, ", "", 1), base, "", update("22", ""), "update@22 product_dri"},
		{"the pending Product DRI beside an update", strings.Replace(base, "dri: mlee", "dri: pending", 1), base, "", update("22", ""), "update@22 product_dri"},
		{"raised by a full stop", base, strings.Replace(base, "severity: high", "severity: critical", 1), "", "  - {at: 2026-11-22T09:00:00Z, by: jdoe, to: [internal], text: '.'}\n", "severity update@22"},
		{"closed at another time", closed, closed, "2026-11-30", "2026-11-29", "edited(closure)"},
		{"closed later without a word", closed, closed, "2026-11-30T10", "2026-11-30T11", "edited(closure)"},
		{"reopened", closed, reopened, "", update("30", ""), "reopened@30"},
		{"reopened without a word", closed, reopened, "", "", "reopened"},
		{"reopened and raised", closed, strings.Replace(reopened, "severity: high", "severity: critical", 1), "", update("30", ""), "reopened@30 severity@30"},
		{"reopened and closed again", closed, strings.Replace(closed, "closure: {at: 2026-11-30T10", "  - {at: 2026-11-30T11:00:00Z, by: jdoe, to: [internal], text: Again}\nclosure: {at: 2026-11-30T12", 1), "", "", "reopened@30 closed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var before *schema.Escalation
			if c.before != "" {
				before = with(t, c.before, "", "")
			}
			after := with(t, c.after, c.old, c.new)
			got := change.Between(before, after)
			if moments(got) != c.want {
				t.Errorf("got %s, want %s", moments(got), c.want)
			}
			for _, x := range got {
				if x.Before != before || x.After != after {
					t.Errorf("%s does not hold the two versions", x.Moment)
				}
			}
		})
	}
}

// Any two versions: the changes found, applied to the old one, give the new
// one; and where there is no change, the versions say the same.
func TestChangesAreComplete(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20_000) {
		r := rand.New(rand.NewPCG(seed, 1))
		before, after := escalation(r), escalation(r)
		switch r.IntN(8) {
		case 0:
			before = nil
		case 1, 2, 3:
			after = edit(r, before)
		}
		changes := change.Between(before, after)
		if got := apply(before, changes); !reflect.DeepEqual(got, *after) {
			t.Fatalf("seed %d: %s gives\n%+v\nwant\n%+v", seed, moments(changes), got, *after)
		}
		if again := change.Between(after, after); len(again) > 0 {
			t.Fatalf("seed %d: nothing changed, but: %s", seed, moments(again))
		}
		updates := 0 // each is in one change, or explains one
		for _, u := range change.Added(before, after) {
			if slices.ContainsFunc(changes, func(c change.Change) bool { return c.Update == u }) {
				updates++
			}
		}
		if updates != len(change.Added(before, after)) {
			t.Fatalf("seed %d: %s has lost an update", seed, moments(changes))
		}
	}
}

// apply makes the new version of the old one, of what the moments are about and
// nothing else.
func apply(before *schema.Escalation, changes []change.Change) schema.Escalation {
	var e schema.Escalation
	if before != nil {
		e = *before
		e.Updates = slices.Clone(e.Updates)
	}
	for _, c := range changes {
		if c.Update != nil && !slices.ContainsFunc(e.Updates, func(u schema.Update) bool { return u.At == c.Update.At }) {
			e.Updates = append(e.Updates, *c.Update)
		}
		switch c.Moment {
		case notice.Opened:
			updates := e.Updates
			e = *c.After
			e.Updates, e.Closure = updates, nil
		case notice.Reopened:
			e.Closure = nil
		case notice.Severity:
			e.Severity = c.After.Severity
		case notice.DRI:
			e.DRI = c.After.DRI
			if c.Field == "cover" {
				e.Cover = c.After.Cover
			}
		case notice.ProductDRI:
			e.Product.DRI = c.After.Product.DRI
		case notice.Criteria:
			e.ExitCriteria = c.After.ExitCriteria
		case notice.Steps:
			e.NextSteps = c.After.NextSteps
		case notice.Standup:
			e.Standup = c.After.Standup
		case notice.Case:
			e.Links.Case = c.After.Links.Case
		case notice.Redacted:
			i := slices.IndexFunc(e.Updates, func(u schema.Update) bool { return u.At == c.Update.At })
			e.Updates[i].Text, e.Updates[i].Redacted = c.Update.Text, c.Update.Redacted
		case notice.Support:
			e.Support = c.After.Support
		case notice.Account:
			e.Account = c.After.Account
		case notice.RCA:
			e.RCA = c.After.RCA
		case notice.Closed, notice.Deescalated, notice.Withdrawn, notice.Amended:
			e.Closure = c.After.Closure
		case notice.Edited, notice.Facts:
			switch c.Field {
			case "updates":
				past := change.Past(c.Before, c.After)
				e.Updates = append(past, slices.DeleteFunc(e.Updates, func(u schema.Update) bool {
					return slices.ContainsFunc(c.Before.Updates, func(old schema.Update) bool { return old.At == u.At })
				})...)
			case "product":
				dri := e.Product.DRI
				e.Product = c.After.Product
				e.Product.DRI = dri
			case "links":
				if c.Moment == notice.Edited { // the link of the case is gone
					e.Links.Case = c.After.Links.Case
					break
				}
				old := e.Links.Case
				e.Links = c.After.Links
				e.Links.Case = old
			default:
				to, from := reflect.ValueOf(&e).Elem(), reflect.ValueOf(*c.After)
				for i := range to.NumField() {
					if strings.Split(to.Type().Field(i).Tag.Get("yaml"), ",")[0] == c.Field {
						to.Field(i).Set(from.Field(i))
					}
				}
			}
		}
	}
	slices.SortStableFunc(e.Updates, func(a, b schema.Update) int { return a.At.Compare(b.At.Time) })
	return e
}

// escalation makes one of few words, so that two often agree.
func escalation(r *rand.Rand) *schema.Escalation {
	e := &schema.Escalation{}
	for range 12 {
		e = edit(r, e)
	}
	return e
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

func moment(r *rand.Rand) schema.Time {
	return schema.Time{Time: time.Date(2026, 11, 1+r.IntN(6), 9, 0, 0, 0, time.UTC)}
}

// edit changes one thing.
func edit(r *rand.Rand, old *schema.Escalation) *schema.Escalation {
	e := *old
	switch r.IntN(21) {
	case 0:
		e.Severity = pick(r, schema.AllSeverities()...)
	case 1:
		e.DRI = pick[schema.Handle](r, "jdoe", "rking")
	case 2:
		e.Product.DRI = pick[schema.Handle](r, "", "mlee", "dpatel")
	case 3:
		e.Product.Team = pick(r, nil, []schema.Handle{"okhan"})
	case 4, 5, 6:
		u := schema.Update{At: moment(r), Text: pick[schema.Text](r, "", "a", "b"), Significant: r.IntN(3) == 0}
		if r.IntN(4) == 0 {
			u.Amends = moment(r)
		}
		e.Updates = append(slices.DeleteFunc(slices.Clone(e.Updates), func(x schema.Update) bool { return x.At == u.At }), u)
		slices.SortFunc(e.Updates, func(a, b schema.Update) int { return a.At.Compare(b.At.Time) })
	case 7:
		e.ExitCriteria = []schema.ExitCriterion{{Criterion: pick[schema.Text](r, "a", "b")}}
	case 8:
		e.NextSteps = []schema.NextStep{{Step: pick[schema.Text](r, "a", "b")}}
	case 9:
		e.Standup = pick(r, nil, &schema.Standup{Time: "10:30"}, &schema.Standup{Time: "11:30"})
	case 10:
		e.Links.Case = pick(r, "", schema.Pending, "https://a", "https://b")
	case 11:
		e.Links.MeetingNotes = pick[schema.URL](r, "https://a", "https://b")
	case 12, 13:
		e.Closure = pick(r, nil, &schema.Closure{At: moment(r), Resolution: pick(r, schema.Resolved, schema.Deescalated, schema.Withdrawn), Sentiment: pick[schema.Sentiment](r, "red", "green")})
		if e.Closure != nil && r.IntN(3) == 0 {
			e.Closure.Amended = &schema.Amended{At: moment(r)}
		}
	case 14:
		e.Ask = pick[schema.Text](r, "a", "b")
	case 15:
		e.Customer = pick[schema.Text](r, "a", "b")
	case 16:
		e.Cover = pick(r, nil, &schema.Cover{DRI: "kcsm"}, &schema.Cover{DRI: "rking"})
	case 17:
		e.RCA = pick(r, nil, &schema.RCA{}, &schema.RCA{Owner: "ebrandt"}, &schema.RCA{URL: "https://a"})
	case 18:
		e.Support = pick(r, nil, &schema.Support{}, &schema.Support{Needed: true})
	case 19:
		e.Account = pick(r, schema.Account{}, schema.Account{Region: "EMEA"}, schema.Account{CSM: "jdoe"})
	case 20:
		e.Updates = slices.Clone(e.Updates)
		for i := range e.Updates {
			if r.IntN(2) == 0 {
				e.Updates[i].Text, e.Updates[i].Redacted = "", "a"
			}
		}
	}
	return &e
}

// The same letters in another form of Unicode are no change, in any field.
func TestFormsOfLetters(t *testing.T) {
	t.Parallel()
	composed := norm.NFC.String(strings.NewReplacer("Northwind", "Société Łódź がぎ 각 Å", "Pipelines", "Files d’attente à l’été", "One", "Ünë", "Queue", "Qüeue", "Load", "Löad", "The", "Thé", "Split", "Splît").Replace(closed))
	decomposed := norm.NFD.String(composed)
	if composed == decomposed {
		t.Fatal("both are the same bytes")
	}
	for _, text := range []string{decomposed, strings.Replace(decomposed, norm.NFD.String("Thé load test is booked."), `"The\u0301 load test is booked."`, 1)} {
		before, after := with(t, composed, "", ""), with(t, text, "", "")
		if changes := change.Between(before, after); len(changes) > 0 {
			t.Errorf("changed: %s", moments(changes))
		}
		if !reflect.DeepEqual(before, after) {
			t.Errorf("read as\n%+v\nand\n%+v", before, after)
		}
	}
	other := with(t, composed, "Société", "Societe")
	if changes := change.Between(with(t, decomposed, "", ""), other); len(changes) != 1 {
		t.Errorf("another letter: %s", moments(changes))
	}
}
