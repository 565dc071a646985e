package board

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/escalations-as-code/escalate/internal/audit"
	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/history"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/redact"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/view"
	"github.com/escalations-as-code/escalate/schema"
)

var checker = sync.OnceValues(shape.NewChecker)

func at(t testing.TB, moment string) time.Time {
	t.Helper()
	now, err := time.Parse(time.RFC3339, moment)
	if err != nil {
		t.Fatal(err)
	}
	return now
}

// now is Thursday.
const now = "2026-11-26T10:00:00Z"

// repository is a tree with its past.
type repository struct {
	t      testing.TB
	tree   *tree.Tree
	record *Record
	audit  map[schema.ID]audit.Row
	told   map[schema.ID][]notice.Notice
}

// newRepository has the fixture's directory and some files: each is the fixture's
// escalation with something replaced, pair by pair; what follows "" is added.
func newRepository(t testing.TB, files map[schema.ID][]string) *repository {
	t.Helper()
	check, err := checker()
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{tree.PeoplePath: {Data: []byte(fixture.Read(tree.PeoplePath))}}
	for id, edits := range files {
		fsys[tree.Path(id)] = &fstest.MapFile{Data: []byte(fixture.Edited(edits...))}
	}
	tr, err := tree.Open(fsys, check)
	if err != nil {
		t.Fatal(err)
	}
	return &repository{t, tr, NewRecord([]history.Rules{{From: at(t, "2026-01-01T00:00:00Z"), People: tr.People, Policy: tr.Policy}}), map[schema.ID]audit.Row{}, map[schema.ID][]notice.Notice{}}
}

// happened records that an escalation was so from a moment on, by a change.
func (r *repository) happened(id schema.ID, moment, change string, edits ...string) {
	r.t.Helper()
	when := at(r.t, moment)
	e := tree.Read(tree.Path(id), []byte(fixture.Edited(edits...)), nil).Escalation
	r.record.Add(history.Event{
		At: when, Effective: when, Commit: "c" + moment, Author: "Jo", Escalation: id, Change: change, From: "was", To: "is", After: &e,
	})
}

func (r *repository) source(id schema.ID) Source {
	e := r.tree.Load(tree.Path(id))
	v := view.Of(r.tree, e, stale.Check(r.tree.Only(id), at(r.t, now), nil), r.told[id])
	return Source{View: v, File: &e.Escalation, People: r.tree.People, Policy: r.tree.Policy, Course: r.record.Of(id), Audit: r.audit[id]}
}

func (r *repository) board() schema.Board {
	var all []Facts
	for _, p := range r.tree.Paths {
		all = append(all, Of(r.source(tree.ID(p))))
	}
	return New(at(r.t, now), all, nil, r.tree.People)
}

func closure(at, resolution string) string {
	return fmt.Sprintf("closure: {at: %s, by: jdoe, resolution: %s, outcome: positive, exit_criteria_met: false, why_not: Enough, summary: Split, agreement: 'https://docs.example.com/agreed', sentiment: red}\n", at, resolution)
}

// many are escalations of each kind. The fixture's is high and was opened on Friday
// 20 November at 9:30; its step was due on the 24th.
func many(t testing.TB) *repository {
	r := newRepository(t, map[schema.ID][]string{
		"2026/northwind": {"severity: high", "severity: critical", "region: EMEA", "region: EMEA"},
		"2026/contoso":   {"customer: Northwind Traders", "customer: Contoso", "at: 2026-11-20", "at: 2026-11-02", "", "cover: {dri: rking, until: 2026-12-04, reason: Leave}\n"},
		"2026/fabrikam":  {"customer: Northwind Traders", "customer: Fabrikam", "severity: high", "severity: low", "at: 2026-11-20", "at: 2026-11-03"},
		"2025/northwind": {"customer: Northwind Traders", "customer: NORTHWIND  traders", "at: 2026-11-20", "at: 2026-11-10", "", closure("2026-11-24T09:30:00Z", "resolved")},
		"2025/old":       {"customer: Northwind Traders", "customer: Woodgrove", "at: 2026-11-20", "at: 2026-11-01", "", closure("2026-11-05T09:30:00Z", "withdrawn")},
		"2026/secret":    {"customer: Northwind Traders", "customer: Hush Hush", "", "visibility: restricted\n"},
	})
	r.happened("2026/northwind", "2026-11-20T10:00:00Z", "opened")
	r.happened("2026/northwind", "2026-11-21T10:00:00Z", "severity", "severity: high", "severity: critical", "", "fyi: [okhan]\n")
	r.happened("2026/contoso", "2026-11-02T10:00:00Z", "opened", "severity: high", "severity: medium")
	r.happened("2026/contoso", "2026-11-23T10:00:00Z", "severity")
	r.happened("2026/fabrikam", "2026-11-03T10:00:00Z", "opened", "severity: high", "severity: low")
	r.happened("2026/fabrikam", "2026-11-22T10:00:00Z", "severity")
	r.happened("2026/fabrikam", "2026-11-23T10:00:00Z", "severity", "severity: high", "severity: low")
	r.happened("2025/northwind", "2026-11-10T10:00:00Z", "opened")
	r.happened("2025/northwind", "2026-11-12T10:00:00Z", "closed", "", closure("2026-11-12T09:30:00Z", "resolved"))
	r.happened("2025/northwind", "2026-11-17T10:00:00Z", "reopened")
	r.happened("2025/northwind", "2026-11-24T10:00:00Z", "closed", "", closure("2026-11-24T09:30:00Z", "resolved"))
	r.audit = map[schema.ID]audit.Row{
		"2026/northwind": {Severities: map[schema.Severity]time.Duration{schema.High: 24 * time.Hour, schema.Critical: 120 * time.Hour}, Channel: audit.Kept{InTime: 3, Missed: 1}, Customer: audit.Kept{InTime: 1, Missed: 1}},
		"2026/contoso":   {Severities: map[schema.Severity]time.Duration{schema.High: 72 * time.Hour}, Channel: audit.Kept{InTime: 2}},
		"2026/secret":    {Severities: map[schema.Severity]time.Duration{schema.High: 999 * time.Hour}, Channel: audit.Kept{InTime: 99}},
	}
	return r
}

func TestTotals(t *testing.T) {
	t.Parallel()
	b := many(t).board()
	want := []schema.BoardTotal{{Severity: schema.Critical, Open: 1, Overdue: 1}, {Severity: schema.High, Open: 2, Overdue: 1}, {Severity: schema.Medium}, {Severity: schema.Low, Open: 1, Overdue: 1}}
	if !reflect.DeepEqual(b.Totals, want) {
		t.Errorf("got %+v, want %+v", b.Totals, want)
	}
}

// Each that changed within the week is there once, by what it came to: not one that
// was raised and lowered again, nor a restricted one.
func TestChanged(t *testing.T) {
	t.Parallel()
	var got []string
	for _, c := range many(t).board().Changed {
		got = append(got, fmt.Sprintf("%s %s %s %s->%s %s", c.At.Format("01-02T15:04"), c.ID, c.Change, c.From, c.Severity, c.Status))
	}
	want := []string{
		"11-24T09:30 2025/northwind closed ->high resolved",
		"11-23T10:00 2026/contoso raised medium->high open",
		"11-20T09:30 2026/northwind opened ->critical open",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Lowered, and opened again, each against the state of a week ago.
func TestChangedOtherwise(t *testing.T) {
	t.Parallel()
	r := newRepository(t, map[schema.ID][]string{
		"2026/lowered": {"at: 2026-11-20", "at: 2026-11-02", "severity: high", "severity: low"},
		"2026/again":   {"at: 2026-11-20", "at: 2026-11-02"},
		"2026/quiet":   {"at: 2026-11-20", "at: 2026-11-02"},
		"2026/unknown": {"at: 2026-11-20", "at: 2026-11-02"}, // no commit has it
	})
	r.happened("2026/lowered", "2026-11-02T10:00:00Z", "opened")
	r.happened("2026/lowered", "2026-11-25T10:00:00Z", "severity", "severity: high", "severity: low")
	r.happened("2026/again", "2026-11-02T10:00:00Z", "opened")
	r.happened("2026/again", "2026-11-10T10:00:00Z", "closed", "", closure("2026-11-10T10:00:00Z", "resolved"))
	r.happened("2026/again", "2026-11-24T10:00:00Z", "reopened")
	r.happened("2026/quiet", "2026-11-02T10:00:00Z", "opened")
	got := map[schema.ID]schema.BoardChangeName{}
	for _, c := range r.board().Changed {
		got[c.ID] = c.Change
	}
	if want := map[schema.ID]schema.BoardChangeName{"2026/lowered": schema.WasLowered, "2026/again": schema.WasReopened}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestOrder(t *testing.T) {
	t.Parallel()
	var got []schema.ID
	for _, e := range many(t).board().Escalations {
		got = append(got, e.ID)
	}
	if want := []schema.ID{"2026/northwind", "2026/contoso", "2026/secret", "2026/fabrikam", "2025/northwind", "2025/old"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestLine(t *testing.T) {
	t.Parallel()
	r := many(t)
	l := Of(r.source("2026/northwind")).Line
	if l.Days != 6 || l.Criteria != 1 || l.UpdatesDue != 6 || l.UpdatesInTime != 4 || l.DRI != (schema.BoardPerson{Handle: "jdoe", Name: "Jo Doe"}) || l.Next == nil || l.Next.Turn == nil {
		t.Errorf("got %+v", l)
	}
	if len(l.Trend) != 2 || l.Trend[0].Severity != schema.High || !l.Trend[0].At.Equal(at(t, "2026-11-20T09:30:00Z")) || !l.Trend[1].At.Equal(at(t, "2026-11-21T10:00:00Z")) {
		t.Errorf("trend %+v", l.Trend)
	}
	if c := Of(r.source("2026/contoso")).Line; c.StandIn == nil || c.StandIn.Handle != "rking" {
		t.Errorf("stand-in %+v", c.StandIn)
	}
	if l := Of(r.source("2025/northwind")).Line; l.Status != "resolved" || l.Reopened != 1 || l.Outcome != schema.Positive || l.Days != 14 {
		t.Errorf("closed %+v", l)
	}
}

// A customer is one, however its name is written.
func TestCustomers(t *testing.T) {
	t.Parallel()
	var got []string
	for _, c := range many(t).board().Customers {
		got = append(got, fmt.Sprintf("%s %d %d %v", c.Customer, c.Open, c.Closed, c.Escalations))
	}
	want := []string{"Contoso 1 0 [2026/contoso]", "Fabrikam 1 0 [2026/fabrikam]", "Northwind Traders 1 1 [2026/northwind 2025/northwind]", "Woodgrove 0 1 [2025/old]"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The load of the DRI counts restricted ones too; all else does not.
func TestPeople(t *testing.T) {
	t.Parallel()
	b := many(t).board()
	of := map[schema.Handle]schema.BoardLoad{}
	for _, l := range b.People {
		of[l.Handle] = l
	}
	if l := of["jdoe"]; l.DRI != 4 || l.Name != "Jo Doe" {
		t.Errorf("jdoe %+v", l)
	}
	if l := of["mlee"]; l.ProductDRI != 3 {
		t.Errorf("mlee %+v", l)
	}
	if l := of["rking"]; l.StandIn != 1 || l.DRI != 0 {
		t.Errorf("rking %+v", l)
	}
	if len(b.Covers) != 1 || b.Covers[0].ID != "2026/contoso" || b.Covers[0].StandIn.Handle != "rking" || b.Covers[0].Until.Format(time.DateOnly) != "2026-12-04" {
		t.Errorf("covers %+v", b.Covers)
	}
	if len(b.Teams) != 1 || b.Teams[0].Open != 3 {
		t.Errorf("teams %+v", b.Teams)
	}
	for _, r := range b.Unfilled {
		if r.Region != "EMEA" || slices.Contains(r.Escalations, "2026/secret") || slices.Contains(r.Escalations, "2025/old") {
			t.Errorf("unfilled %+v", r)
		}
	}
}

func TestTrends(t *testing.T) {
	t.Parallel()
	tr := many(t).board().Trends
	// Four spans of Mondays: 26 October holds the 1st of November, and so on.
	var weeks []string
	for _, w := range tr.Weeks {
		weeks = append(weeks, fmt.Sprintf("%s +%d -%d =%d", w.From.Format("01-02"), w.Opened, w.Closed, w.Open))
	}
	want := []string{"10-26 +1 -0 =1", "11-02 +2 -1 =2", "11-09 +1 -1 =2", "11-16 +2 -0 =4", "11-23 +0 -1 =3"}
	if !slices.Equal(weeks, want) {
		t.Errorf("weeks %q, want %q", weeks, want)
	}
	// Of the two closed, one was withdrawn; the other took 14 days.
	if want := []schema.BoardDuration{{Severity: schema.High, Closed: 1, MedianHours: 336, P90Hours: 336, Buckets: []int{0, 0, 1, 0, 0, 0}}}; !reflect.DeepEqual(tr.ToClose, want) {
		t.Errorf("to close %+v", tr.ToClose)
	}
	if want := []schema.BoardHours{{Severity: schema.Critical, Hours: 120, Escalations: 1}, {Severity: schema.High, Hours: 96, Escalations: 2}}; !reflect.DeepEqual(tr.AtSeverity, want) {
		t.Errorf("at severity %+v", tr.AtSeverity)
	}
	if want := []schema.BoardInTime{{Clock: "channel", Due: 6, InTime: 5}, {Clock: "customer", Due: 2, InTime: 1}}; !reflect.DeepEqual(tr.InTime, want) {
		t.Errorf("in time %+v", tr.InTime)
	}
	if want := []schema.BoardOutcome{{Status: "resolved", Outcome: "positive", Closed: 1}, {Status: "withdrawn", Outcome: "positive", Closed: 1}}; !reflect.DeepEqual(tr.Outcomes, want) {
		t.Errorf("outcomes %+v", tr.Outcomes)
	}
	if want := []schema.BoardRegion{{Region: "EMEA", Open: 3, Closed: 2}}; !reflect.DeepEqual(tr.Regions, want) {
		t.Errorf("regions %+v", tr.Regions)
	}
	if tr.Closed != 2 || tr.Reopened != 1 {
		t.Errorf("closed %d, reopened %d", tr.Closed, tr.Reopened)
	}
}

// Of ten times, nine of ten take at most the ninth, and half at most the fifth; a
// bucket takes its bound.
func TestShares(t *testing.T) {
	t.Parallel()
	var all []Facts
	open := at(t, "2026-01-01T00:00:00Z")
	for i := range 10 {
		all = append(all, Facts{Line: schema.BoardEscalation{Severity: schema.Low, Status: "resolved", Opened: moment(open), Closed: moment(open.AddDate(0, 0, i+1))}})
	}
	want := []schema.BoardDuration{{Severity: schema.Low, Closed: 10, MedianHours: 5 * 24, P90Hours: 9 * 24, Buckets: []int{3, 4, 3, 0, 0, 0}}}
	if got := toClose(all); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// There are at most 26 weeks, and what was open before them counts.
func TestWeeksBefore(t *testing.T) {
	t.Parallel()
	n := at(t, now)
	list := weeks([]Facts{
		{spans: []span{{from: n.AddDate(-2, 0, 0)}}},
		{spans: []span{{from: n.AddDate(-2, 0, 0), to: n.AddDate(-1, 0, 0)}, {from: n.AddDate(0, 0, -1)}}},
		{spans: []span{{from: n.AddDate(0, 0, 1)}}}, // still to come
	}, n)
	if first, last := list[0], list[len(list)-1]; len(list) != 26 || first.Open != 1 || last.Open != 2 || last.Opened != 1 || last.From.Format(time.DateOnly) != "2026-11-23" {
		t.Errorf("%d weeks, from %+v to %+v", len(list), first, last)
	}
}

// Nothing at all is a board, too.
func TestEmpty(t *testing.T) {
	t.Parallel()
	b := newRepository(t, nil).board()
	if len(b.Totals) != 4 || len(b.Escalations) != 0 || len(b.Trends.Weeks) != 1 || b.Trends.Closed != 0 {
		t.Errorf("got %+v", b)
	}
}

// After each event stands what was true then: with the directory of that time, and what
// had been told.
func TestTimeline(t *testing.T) {
	t.Parallel()
	r := many(t)
	r.told["2026/northwind"] = []notice.Notice{
		{Escalation: "2026/northwind", Moment: notice.Opened, To: notice.Announcement, State: notice.Done, At: at(t, "2026-11-20T11:00:00Z"), URL: "https://slack.example.com/1"},
		{Escalation: "2026/northwind", Moment: notice.Severity, To: notice.Announcement, State: notice.Intent, At: at(t, "2026-11-21T11:00:00Z")},
		{Escalation: "2026/northwind", Moment: notice.Opened, Do: notice.Pin, To: notice.Channel, State: notice.Done, At: at(t, "2026-11-20T11:00:00Z")},
		{Escalation: "2026/northwind", Moment: notice.Update, To: notice.Channel, State: notice.Done, At: at(t, "2026-12-21T11:00:00Z")},
	}
	s := r.source("2026/northwind")
	p := NewPage(s, Of(s).Line, func(c string) string { return "https://forge.example.com/" + c })
	var got []string
	for _, e := range p.Timeline {
		got = append(got, fmt.Sprintf("%s %s %s %s %s %s told %d same %t", e.At.Format("01-02T15:04"), e.Kind.Said(), e.What, e.Place, e.After.Severity, e.After.DRI.Name, e.After.Told, e.After.InformedSame))
	}
	want := []string{
		"11-20T10:00 Opened   high Jo Doe told 0 same false",
		"11-20T11:00 Told opened announcement channel high Jo Doe told 1 same true",
		"11-21T10:00 Severity   critical Jo Doe told 1 same false",
		"11-21T11:00 To be told severity announcement channel critical Jo Doe told 1 same true",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if e := p.Timeline[0]; e.CommitURL != "https://forge.example.com/c2026-11-20T10:00:00Z" || len(e.After.Informed) == 0 || e.After.Channel != "esc_northwind" || e.After.OpenSteps != 1 {
		t.Errorf("got %+v, after it %+v", e, e.After)
	}
	if p.Timeline[1].URL != "https://slack.example.com/1" {
		t.Errorf("got %+v", p.Timeline[1])
	}
}

// Of a long timeline the last events are shown, and the first of these says who was
// informed.
func TestTimelineCut(t *testing.T) {
	t.Parallel()
	r := newRepository(t, map[schema.ID][]string{"2026/northwind": nil})
	start := at(t, "2026-11-20T10:00:00Z")
	for i := range mostEvents + 7 {
		r.happened("2026/northwind", start.Add(time.Duration(i)*time.Minute).Format(time.RFC3339), "update")
	}
	s := r.source("2026/northwind")
	p := NewPage(s, Of(s).Line, func(string) string { return "" })
	if len(p.Timeline) != mostEvents || p.LeftOut != 7 || len(p.Timeline[0].After.Informed) == 0 || !p.Timeline[1].After.InformedSame {
		t.Errorf("%d events, %d left out, first %+v", len(p.Timeline), p.LeftOut, p.Timeline[0].After)
	}
}

// A restricted escalation has its id, severity and DRI, and that it is open; nothing else
// in any value.
func TestRestricted(t *testing.T) {
	t.Parallel()
	r := many(t)
	r.happened("2026/secret", "2026-11-20T10:00:00Z", "opened")
	r.told["2026/secret"] = []notice.Notice{{Moment: notice.Opened, State: notice.Done, At: at(t, "2026-11-20T10:00:00Z")}}
	s := r.source("2026/secret")
	f := Of(s)
	want := schema.BoardEscalation{ID: "2026/secret", Severity: schema.High, Status: "open", DRI: schema.BoardPerson{Handle: "jdoe", Name: "Jo Doe"}, Restricted: true}
	if !reflect.DeepEqual(f, Facts{Line: want}) {
		t.Errorf("got %+v, want %+v", f, want)
	}
	p := NewPage(s, f.Line, func(string) string { return "x" })
	if !reflect.DeepEqual(p, Page{Line: want, Now: p.Now}) {
		t.Errorf("got %+v", p)
	}
	if text := fmt.Sprintf("%+v", r.board()); strings.Contains(text, "Hush") {
		t.Error("the customer is in the board")
	}
}

// The program's own words stay where all else is a pseudonym, and nobody's do.
func TestRedacted(t *testing.T) {
	t.Parallel()
	r := many(t)
	s := r.source("2026/northwind")
	page := NewPage(s, Of(s).Line, func(string) string { return "https://forge.example.com/x" })
	key, err := redact.New([]byte("0123456789abcdef"), r.tree.Policy)
	if err != nil {
		t.Fatal(err)
	}
	out := redact.Of(key, page)
	for i, w := range out.Who {
		if w.As != page.Who[i].As {
			t.Errorf("%s became %s", page.Who[i].As, w.As)
		}
	}
	for i, e := range out.Timeline {
		if e.Kind != page.Timeline[i].Kind || e.After.Severity != page.Timeline[i].After.Severity {
			t.Errorf("%+v became %+v", page.Timeline[i], e)
		}
	}
	b := redact.Of(key, r.board())
	Sort(&b)
	text := fmt.Sprintf("%+v %+v", out, b)
	for _, word := range []string{"Northwind", "northwind", "jdoe", "Jo Doe", "Contoso", "Load test", "forge.example"} {
		if strings.Contains(text, word) {
			t.Errorf("%q is left", word)
		}
	}
	if !slices.IsSortedFunc(b.Customers, func(x, y schema.BoardCustomer) int { return strings.Compare(string(x.Customer), string(y.Customer)) }) {
		t.Error("the customers stand in the order of their names")
	}
}

// Every word of a view has its place in the list, or redaction would take it away.
func TestLabels(t *testing.T) {
	t.Parallel()
	enum := Label("").JSONSchema().Enum
	for _, m := range []notice.Moment{notice.Opened, notice.Reopened, notice.Update, notice.Reminder, notice.Undelivered} {
		if kind, field := kindOf(string(m)); kind != string(m) || field != "" || !slices.Contains(enum, any(kind)) {
			t.Errorf("%s is %s of %s", m, kind, field)
		}
	}
	if kind, field := kindOf("links"); kind != edited || field != "links" || !slices.Contains(enum, any(field)) {
		t.Errorf("links is %s of %s", kind, field)
	}
}
