package staleprint_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/markdown"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/stale/staleprint"
	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/schema"
)

var update = flag.Bool("update", false, "write the golden files")

var now = time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)

var (
	jo     = stale.Person{Handle: "jdoe", Name: "Jo Doe", As: "DRI"}
	robin  = stale.Person{Handle: "rking", Name: "Robin King", As: "manager"}
	haruka = stale.Person{Handle: "hshimizu", Name: "清水 春香", As: "DRI"}
)

// sample has an item of each state, with names that are long or wide, in no order.
func sample() stale.Report {
	day := func(d, hour int) time.Time { return time.Date(2026, 11, d, hour, 0, 0, 0, time.UTC) }
	const long = "2026/a-customer-with-a-name-that-is-longer-than-its-column"
	report := stale.Report{
		Now: now,
		Open: []stale.Standing{
			{Escalation: "2026/tsukimori", Customer: "月森精機 | Tsukimori", Severity: schema.Medium, Region: "APAC", DRI: haruka, Channel: "esc_tsukimori"},
			{Escalation: "2026/northwind", Customer: "Northwind Traders", Severity: schema.High, Region: "EMEA", DRI: jo, Channel: "esc_northwind"},
			{Escalation: "2026/contoso", Customer: "Contoso", Severity: schema.High, Region: "EMEA", DRI: jo, Channel: "esc_contoso"},
			{Escalation: long, Customer: "A customer with a name that is longer than its column", Severity: schema.Critical, Region: "EMEA", DRI: jo, Channel: "esc_long"},
			{Escalation: "2026/quiet", Customer: "Quiet", Severity: schema.Low, Region: "EMEA", DRI: jo, Channel: "esc_quiet", Silent: true},
		},
		Snoozed: []schema.ID{"2026/tsukimori"},
		Unread:  []stale.Unread{{Escalation: "2026/fabrikam", Why: "its file has errors: `escalate lint` says which"}},
	}
	add := func(i stale.Item) {
		for _, s := range report.Open {
			if s.Escalation == i.Escalation {
				i.Customer, i.Severity, i.Region = s.Customer, s.Severity, s.Region
			}
		}
		if i.State == stale.Overdue && i.Since.IsZero() {
			i.Since = i.Due
		}
		if len(i.Asked) == 0 {
			i.Asked = []stale.Person{i.Turn}
		}
		report.Items = append(report.Items, i)
	}
	min := stale.Person{Handle: "mlee", Name: "Min Lee", As: "owner"}
	add(stale.Item{Escalation: "2026/northwind", Clock: stale.Step, State: stale.Overdue, Due: day(25, 0), Rung: 2, Turn: robin, Asked: []stale.Person{robin, jo},
		Owner: jo, Step: "Load test with the customer, all of it, on the staging machines", What: "a step of Jo Doe: Load test with the customer, all of it, on the staging machines"})
	add(stale.Item{Escalation: "2026/northwind", Clock: stale.Step, State: stale.Overdue, Due: day(26, 0), Rung: 1, Turn: jo, Asked: []stale.Person{jo, min}, Owner: min, Step: "Split", What: "a step of Min Lee: Split"})
	add(stale.Item{Escalation: "2026/northwind", Clock: stale.Channel, State: stale.Overdue, Due: day(26, 0), Heard: day(24, 9), Rung: 1, Turn: jo, What: "the channel has heard nothing since Tue 24 Nov 09:00"})
	add(stale.Item{Escalation: "2026/northwind", Clock: stale.Customer, State: stale.Overdue, Due: day(27, 0), Heard: day(23, 9), Rung: 1, Turn: jo, What: "the customer has heard nothing since Mon 23 Nov 09:00"})
	add(stale.Item{Escalation: long, Clock: stale.Path, State: stale.Overdue, Due: day(27, 8), Rung: 1, Turn: jo, What: "no next step is open, and an exit criterion is not met"})
	add(stale.Item{Escalation: "2026/contoso", Clock: stale.Channel, State: stale.Due, Due: day(28, 0), Heard: day(26, 9), Turn: jo, What: "the channel has heard nothing since Thu 26 Nov 09:00"})
	add(stale.Item{Escalation: "2026/tsukimori", Clock: stale.Customer, State: stale.Due, Due: day(26, 0), Heard: day(18, 9), Turn: haruka, What: "the customer has heard nothing since Wed 18 Nov 09:00"})
	add(stale.Item{Escalation: "2026/tsukimori", Clock: stale.Channel, State: stale.Advisory, Due: day(20, 0), Heard: day(18, 9), Turn: haruka, What: "the channel has heard nothing since Wed 18 Nov 09:00"})
	add(stale.Item{Escalation: "2026/northwind", Clock: stale.Role, State: stale.Advisory, Due: day(20, 0), Turn: jo, What: "nobody is ceo, who must be informed"})
	add(stale.Item{Escalation: "2026/contoso", Clock: stale.Role, State: stale.Advisory, Due: day(20, 0), Turn: jo, What: "nobody is ceo, who must be informed"})
	add(stale.Item{Escalation: "2025/woodgrove", Customer: "Woodgrove", Severity: schema.High, Closed: true, Clock: stale.RCA, State: stale.Overdue, Due: day(24, 0), Rung: 1, Turn: jo, Owner: min, What: "the root cause analysis of Min Lee is owed"})
	return report
}

// links are where a file, an issue and a channel are.
func links(id schema.ID, at notice.Spot) string {
	if id == "2026/quiet" && at != notice.AtFile {
		return "" // it was adopted
	}
	return "https://example.com/" + string(id) + "/" + string(at)
}

func text(t *testing.T, r stale.Report, width int) string {
	t.Helper()
	var b bytes.Buffer
	if err := staleprint.Text(&b, r, false, terminal.Screen{Width: width}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	t.Parallel()
	got := map[string]string{}
	for _, width := range []int{60, 80, 200} {
		got[fmt.Sprintf("text-%d", width)] = text(t, sample(), width)
	}
	var b bytes.Buffer
	if err := staleprint.Markdown(&b, sample(), true); err != nil {
		t.Fatal(err)
	}
	title, digest := staleprint.Digest(sample(), telling(), links)
	got["markdown"], got["digest"] = b.String(), title+"\n\n"+digest
	for name, got := range got {
		file := filepath.Join("testdata", name+".golden")
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s differs; go test -update writes it. Got:\n%s", file, got)
		}
	}
}

func TestFits(t *testing.T) {
	t.Parallel()
	for width := terminal.Narrowest; width <= terminal.Widest; width++ {
		for line := range strings.Lines(text(t, sample(), width)) {
			line = strings.TrimSuffix(line, "\n")
			if terminal.Columns(line) > width && len(strings.Fields(line)) > 1 {
				t.Errorf("%d columns of %d: %q", terminal.Columns(line), width, line)
			}
		}
	}
}

// What somebody wrote into a file does nothing at a terminal.
func TestHostile(t *testing.T) {
	t.Parallel()
	const evil = "::error::x\n::set-output name=a::b ##[group]x \x1b[31m \u202e"
	r := sample()
	for i := range r.Items {
		r.Items[i].What, r.Items[i].Turn.Name, r.Items[i].Owner.Name, r.Items[i].Step = evil, evil, evil, evil
	}
	for i := range r.Open {
		r.Open[i].Customer, r.Open[i].DRI.Name = evil, evil
	}
	r.Unread[0].Why = evil
	for _, width := range []int{40, 60, 200} {
		for line := range strings.Lines(text(t, r, width)) {
			line = strings.TrimSpace(line)
			if strings.HasPrefix(line, "::") || strings.Contains(line, "##[") || strings.ContainsFunc(line, escape.Hidden) {
				t.Errorf("at %d a line is %q", width, line)
			}
		}
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := staleprint.JSON(&b, sample()); err != nil {
		t.Fatal(err)
	}
	var out struct {
		Now   string
		Items []struct {
			Escalation, Clock, State, Due, Since, Turn string
			Rung                                       int
		}
		Unread []struct{ Escalation, Why string }
	}
	if err := json.Unmarshal(b.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	if out.Now != "2026-11-27T09:00:00Z" || len(out.Items) != 11 || len(out.Unread) != 1 || out.Unread[0].Escalation != "2026/fabrikam" {
		t.Errorf("got %s", &b)
	}
	if i := out.Items[0]; i.Due != "2026-11-25T00:00:00Z" || i.Since != i.Due || i.Turn != "rking" || i.Rung != 2 {
		t.Errorf("got %+v", i)
	}
	if i := out.Items[5]; i.Since != "" {
		t.Errorf("since %q what is in time", i.Since)
	}
	b.Reset()
	if err := staleprint.JSON(&b, stale.Report{}); err != nil || !strings.Contains(b.String(), `"items": []`) || !strings.Contains(b.String(), `"unread": []`) {
		t.Errorf("of nothing: %s, %v", &b, err)
	}
}

// telling is what was told and what was not.
func telling() staleprint.Telling {
	stuck := func(id schema.ID, m notice.Moment, to notice.Place, hours int, why string) staleprint.Stuck {
		return staleprint.Stuck{Notice: notice.Notice{Escalation: id, Key: notice.Once(id, m), Moment: m, To: to, Via: "slack", At: now.Add(-time.Duration(hours) * time.Hour)}, Why: why}
	}
	return staleprint.Telling{
		LastTold: now.Add(-50 * time.Hour), Waiting: []schema.ID{"2026/contoso"}, Held: []staleprint.Held{{Escalation: "2026/fabrikam", Why: "its file cannot be read | <b>"}},
		Stuck: []staleprint.Stuck{
			stuck("2026/northwind", notice.Steps, notice.Channel, 2, "it waits"), stuck("2026/northwind", notice.Opened, notice.Channel, 30, "#esc_northwind is private"),
			stuck("2026/northwind", notice.Opened, notice.Announcement, 30, ""),
		},
	}
}

// The page says what is known of telling, and of the rest that it is not known.
func TestTelling(t *testing.T) {
	t.Parallel()
	const warning = "Not all was told"
	for name, c := range map[string]struct {
		of     staleprint.Telling
		says   string
		warned bool
	}{
		"all is told":          {staleprint.Telling{LastTold: now.Add(-time.Hour)}, "and nothing on the default branch waits for it.", false},
		"nothing was told yet": {staleprint.Telling{}, "`apply` has told no change yet.", false},
		"a shallow clone":      {staleprint.Telling{LastUnknown: "the history is missing"}, "When `apply` last told a change is not known: the history is missing", false},
		"no ledger to read":    {staleprint.Telling{LastTold: now, Unknown: "it is broken"}, "What else is to be told is not known: it is broken", true},
		"apply does not run":   {staleprint.Telling{LastTold: now, Waiting: []schema.ID{"2026/contoso"}}, "`apply` has not run since, or failed", true},
		"it is paused":         {staleprint.Telling{LastTold: now, Held: []staleprint.Held{{Escalation: "2026/contoso", Why: "paused"}}}, "is held up: paused", true},
	} {
		_, text := staleprint.Digest(stale.Report{Now: now}, c.of, links)
		if !strings.Contains(text, c.says) || strings.Contains(text, warning) != c.warned || !strings.Contains(text, "`stale` wrote this page on ") {
			t.Errorf("%s: %s", name, text)
		}
		if waits := strings.Contains(text, "nothing on the default branch waits"); waits != (name == "all is told") {
			t.Errorf("%s: it says that nothing waits: %v", name, waits)
		}
	}
}

// A digest has room in an issue, and says which escalations have none in it.
func TestDigestIsBounded(t *testing.T) {
	t.Parallel()
	r := stale.Report{Now: now}
	for i := range 2000 {
		r.Open = append(r.Open, stale.Standing{Escalation: schema.ID(fmt.Sprintf("2026/customer-%04d", i)), Customer: "Northwind Traders", Severity: schema.High, DRI: jo})
	}
	var told staleprint.Telling
	for i := range 2000 {
		id := schema.ID(fmt.Sprintf("2026/customer-%04d", i))
		told.Waiting = append(told.Waiting, id)
		told.Stuck = append(told.Stuck, staleprint.Stuck{Notice: notice.Notice{Escalation: id, Key: notice.Once(id, notice.Opened), To: notice.Tracking, Via: "github", At: now}})
	}
	_, text := staleprint.Digest(r, told, links)
	if n := utf8.RuneCountInString(text); n > markdown.MaxComment {
		t.Errorf("%d characters", n)
	}
	if !strings.Contains(text, "`escalate stale` shows it") || !strings.Contains(text, "- high of `2026/customer-") {
		t.Errorf("what is left out is not named: …%s", text[len(text)-300:])
	}
}

// Somebody sees what they are asked for or are the DRI of, and nothing else.
func TestSelect(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		stale.Selection
		open, items int
	}{
		{"all", stale.Selection{}, 5, 11},
		{"one", stale.Selection{IDs: []schema.ID{"2026/contoso"}}, 1, 2},
		{"a person who is asked, and no DRI", stale.Selection{Person: "rking"}, 1, 1},
		{"the owner of a step", stale.Selection{Person: "mlee"}, 1, 1},
		{"a DRI", stale.Selection{Person: "hshimizu"}, 1, 2},
		{"a region", stale.Selection{Regions: []schema.RegionName{"APAC"}}, 1, 2},
		{"severities", stale.Selection{Severities: []schema.Severity{schema.Critical, schema.Low}}, 2, 1},
		{"both", stale.Selection{Severities: []schema.Severity{schema.High}, Regions: []schema.RegionName{"APAC"}}, 0, 0},
	} {
		if r := sample().Select(c.Selection); len(r.Open) != c.open || len(r.Items) != c.items {
			t.Errorf("%s: %d open, %d items, want %d and %d", c.name, len(r.Open), len(r.Items), c.open, c.items)
		}
	}
}

// Of nothing it says so in a line; of one, all that is late; of two hundred, each has
// its block, the worst severity first and of one severity the latest, and no block
// grows with its steps.
func TestHowMany(t *testing.T) {
	t.Parallel()
	if got, want := text(t, stale.Report{Now: now}, 80), "Fri 27 Nov 09:00 UTC: 0 open, nothing overdue.\n"; got != want {
		t.Errorf("of nothing: %q, want %q", got, want)
	}
	late := func(n, steps int) stale.Report {
		r := stale.Report{Now: now}
		for i := range n {
			id := schema.ID(fmt.Sprintf("2026/c%03d", i))
			r.Open = append(r.Open, stale.Standing{Escalation: id, Customer: schema.Text("C " + id[5:]), Severity: schema.AllSeverities()[i%4], DRI: jo})
			for k := range steps {
				since := now.AddDate(0, 0, -1-(i*7+k)%90)
				r.Items = append(r.Items, stale.Item{Escalation: id, Severity: schema.AllSeverities()[i%4], Clock: stale.Step, State: stale.Overdue, Due: since, Since: since, Rung: 1, Turn: jo, Asked: []stale.Person{jo}, Owner: jo, Step: "Tune"})
			}
		}
		return r
	}
	if got := text(t, late(1, 6), 80); strings.Count(got, "\n") != 3+6 {
		t.Errorf("of one, with six steps:\n%s", got)
	}
	lines := strings.Split(strings.TrimSuffix(text(t, late(200, 6), 80), "\n"), "\n")
	if totals := strings.Join(lines[:2], " "); len(lines) != 2+200*3 || totals != "Fri 27 Nov 09:00 UTC: 200 open (50 critical, 50 high, 50 medium, 50 low), 200 late." {
		t.Errorf("%d lines: %s", len(lines), totals)
	}
	var order []string
	for _, l := range lines {
		if !strings.HasPrefix(l, " ") && strings.Contains(l, " late") && !strings.Contains(l, "open") {
			order = append(order, strings.Fields(l)[0])
		}
	}
	if len(order) != 200 || order[0] != "critical" || order[49] != "critical" || order[50] != "high" || order[199] != "low" {
		t.Errorf("%d in the order %v", len(order), order)
	}
}

// Red are critical and what has come to the manager, yellow are high and what is
// late, green is what is in time.
func TestColours(t *testing.T) {
	t.Parallel()
	paint := terminal.Screen{Width: 80, Color: true}
	var b bytes.Buffer
	if err := staleprint.Text(&b, sample(), false, paint); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		paint.Paint(terminal.Red, "critical  "), paint.Paint(terminal.Yellow, "high      "), paint.Paint(terminal.Faint, "medium    "),
		paint.Paint(terminal.Yellow, "1 hour late"), paint.Paint(terminal.Red, "2 days late"), paint.Paint(terminal.Green, "in time"),
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("there is no %q in\n%s", want, b.String())
		}
	}
}

// P1: proposals that lie unmerged stand above all else, with whose turn it is; what is
// not known of them is said, and nothing in them is a mention or a link of its own.
func TestProposals(t *testing.T) {
	t.Parallel()
	at := func(hours int) time.Time { return now.Add(time.Duration(hours) * time.Hour) }
	proposed := func(id schema.ID, number int, state stale.State, due time.Time, turn stale.Person) stale.Item {
		i := stale.Item{
			Escalation: id, Customer: "Litware @everyone [x](http://evil.example)", Severity: schema.High, Region: "EMEA", Clock: stale.Proposed, State: state, Due: due, Turn: turn,
			What: "pull request #41, which is to open it, is not merged", Change: number, Numbered: fmt.Sprintf("#%d", number), URL: fmt.Sprintf("https://github.example/pull/%d", number),
		}
		if state == stale.Overdue {
			i.Since = due
		}
		return i
	}
	triage := stale.Person{Handle: "rking", Name: "Robin King", As: "triage"}
	r := stale.Report{Now: now, Items: []stale.Item{
		proposed("2026/litware", 41, stale.Overdue, at(-2), triage), proposed("2026/fabrikam", 42, stale.Due, at(1), stale.Person{}),
	}}
	var text, page, list bytes.Buffer
	if err := errors.Join(staleprint.Text(&text, r, false, terminal.Screen{Width: 100}), staleprint.Markdown(&page, r, false), staleprint.JSON(&list, r)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"0 open, 0 late.\n2 proposals are unmerged, 1 late.", "proposed  Litware @everyone [x](http://evil.example), high, #41, 2026/litware", "2 hours late\n  Turn: Robin King (triage)\n",
		"Nobody is asked: name somebody under `triage` in the policy\n",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in\n%s", want, &text)
		}
	}
	for _, want := range []string{"### Proposed, and not merged", "**Litware `@everyone` `[x](http://evil.example`)**, `2026/litware`, high, [`#41`](<https://github.example/pull/41>): **2 hours late**. Turn: Robin King"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("no %q in\n%s", want, &page)
		}
	}
	if !strings.Contains(list.String(), `"url": "https://github.example/pull/41"`) {
		t.Errorf("no address in %s", &list)
	}
	if !r.Overdue() || (stale.Report{Now: now}).Overdue() {
		t.Error("what is overdue is not")
	}
	r = stale.Report{Now: now, Unlisted: errors.New("GitHub is @everyone down")}
	text.Reset()
	page.Reset()
	list.Reset()
	if err := errors.Join(staleprint.Text(&text, r, false, terminal.Screen{Width: 100}), staleprint.Markdown(&page, r, false), staleprint.JSON(&list, r)); err != nil {
		t.Fatal(err)
	}
	const unknown = "which proposals lie unmerged is not known: GitHub is @everyone down"
	if !strings.Contains(text.String(), "UNKNOWN "+unknown) || !strings.Contains(list.String(), unknown) || !strings.Contains(page.String(), "- Which proposals lie unmerged is not known: GitHub is `@everyone` down\n") || !r.Overdue() {
		t.Errorf("%s%s%s", &text, &page, &list)
	}
}
