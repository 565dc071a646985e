package ics_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/emersion/go-ical"
	"pgregory.net/rapid"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/ics"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const (
	northwind = "escalations/2026/northwind.yaml"
	standup   = "standup: {days: [fri, mon, wed], time: '10:30', zone: Europe/Berlin, link: 'https://meet.example.com/n', attendees: [mlee, jdoe]}\n"
)

func read(t testing.TB, name string) string {
	t.Helper()
	return fixture.Read(name)
}

// calendar is the calendar of a tree at a moment.
func calendar(t testing.TB, files map[string]string, now string, s ics.Selection) ics.Calendar {
	t.Helper()
	check, err := shape.NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	tr, err := tree.Open(fsys, check)
	if err != nil {
		t.Fatal(err)
	}
	moment, err := time.Parse(time.RFC3339, now)
	if err != nil {
		t.Fatal(err)
	}
	return ics.New(tr, stale.Check(tr, moment, nil), s)
}

func write(t testing.TB, c ics.Calendar) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := c.Write(&b, "Escalations"); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func decode(t interface{ Fatalf(string, ...any) }, data []byte) *ical.Calendar {
	cal, err := ical.NewDecoder(bytes.NewReader(data)).Decode()
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	return cal
}

func edited(t testing.TB, text string, pairs ...string) string {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		switch {
		case pairs[i] == "":
			text += pairs[i+1]
		case !strings.Contains(text, pairs[i]):
			t.Fatalf("%q is not in it", pairs[i])
		default:
			text = strings.Replace(text, pairs[i], pairs[i+1], 1)
		}
	}
	return text
}

// words shows the entries: UID, start in UTC, and what follows from the rest.
func words(c ics.Calendar) []string {
	var list []string
	for _, e := range c.Events {
		w := fmt.Sprintf("%s %s +%s", strings.TrimSuffix(e.UID, "@escalate"), e.Start.UTC().Format("2006-01-02T15:04"), e.End.Sub(e.Start))
		if r := e.Rule(); r != "" {
			w += " " + r
		}
		list = append(list, w)
	}
	return list
}

// Cases worked out by hand. Northwind was opened on Friday, 20 November 2026,
// 09:30Z, 10:30 in Berlin; it is high, of EMEA, which works until 16:00Z.
func TestEvents(t *testing.T) {
	t.Parallel()
	people, base := read(t, tree.PeoplePath), read(t, northwind)
	const now = "2026-11-20T12:00:00Z"
	series := func(s string) []string { return []string{"", s} }
	const step = "due-step-2026-northwind-5f6ea18bce0b"
	for _, c := range []struct {
		name  string
		edits []string
		now   string
		want  []string
	}{
		{"what is due, in the order of time", nil, now, []string{
			"due-standup-2026-northwind 2026-11-21T09:30 +15m0s",
			"due-channel-2026-northwind 2026-11-22T23:00 +24h0m0s",
			"due-customer-2026-northwind 2026-11-23T23:00 +24h0m0s",
			step + " 2026-11-23T23:00 +24h0m0s",
		}},
		// The very moment of the opening is a Friday, 10:30 in Berlin.
		{"the first standup is that of the day", series(standup), now, []string{
			"standup-2026-northwind 2026-11-20T09:30 +15m0s FREQ=WEEKLY;BYDAY=MO,WE,FR",
			"due-channel-2026-northwind 2026-11-22T23:00 +24h0m0s",
			"due-customer-2026-northwind 2026-11-23T23:00 +24h0m0s",
			step + " 2026-11-23T23:00 +24h0m0s",
		}},
		{"what is overdue has gone", nil, "2026-11-24T12:00:00Z", []string{
			"due-customer-2026-northwind 2026-11-23T23:00 +24h0m0s",
			step + " 2026-11-23T23:00 +24h0m0s",
		}},
		{"the clock of the channel is advice at low", []string{"severity: high", "severity: low"}, now, []string{
			"due-standup-2026-northwind 2026-11-21T09:30 +15m0s",
			step + " 2026-11-23T23:00 +24h0m0s",
		}},
		{"a step that was done, and two of the same words", []string{"due: 2026-11-24}", "due: 2026-11-24, done: 2026-11-20}\n  - {step: Call, owner: mlee, due: 2026-11-25}\n  - {step: Call, owner: mlee, due: 2026-11-25}", "severity: high", "severity: low"}, now, []string{
			"due-standup-2026-northwind 2026-11-21T09:30 +15m0s",
			"due-step-2026-northwind-a2ab542dce8a-2 2026-11-24T23:00 +24h0m0s",
			"due-step-2026-northwind-a2ab542dce8a 2026-11-24T23:00 +24h0m0s",
		}},
		{"closed, and the analysis owed", []string{"", standup + "closure: {at: 2026-12-03T10:00:00Z, by: jdoe, resolution: resolved, outcome: positive, exit_criteria_met: false, why_not: Enough, summary: Split, agreement: 'https://docs.example.com/agreed', sentiment: red, rca: {requested: true, platform_related: true, owner: ebrandt, due: 2026-12-17}}\n"}, "2026-12-04T10:00:00Z", []string{
			"due-rca-2026-northwind 2026-12-16T23:00 +24h0m0s",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cal := calendar(t, map[string]string{tree.PeoplePath: people, northwind: edited(t, base, c.edits...)}, c.now, ics.Selection{})
			if got := words(cal); !slices.Equal(got, c.want) || len(cal.LeftOut) > 0 {
				t.Errorf("got\n%s\nwant\n%s\n%v", strings.Join(got, "\n"), strings.Join(c.want, "\n"), cal.LeftOut)
			}
			write(t, cal)
		})
	}
}

// A series begins on the first of its days after the opening, at the time of its
// own zone: on its days of the week, which need not be those of UTC.
func TestSeries(t *testing.T) {
	t.Parallel()
	people, base := read(t, tree.PeoplePath), read(t, northwind)
	for edits, want := range map[string]string{
		"time: '10:30'>time: '10:29'":                                                              "2026-11-23T09:29 +15m0s FREQ=WEEKLY;BYDAY=MO,WE,FR",
		"days: [fri, mon, wed]>days: [sun, thu]":                                                   "2026-11-22T09:30 +15m0s FREQ=WEEKLY;BYDAY=TH,SU",
		"time: '10:30'>minutes: 45, time: '10:30'":                                                 "2026-11-20T09:30 +45m0s FREQ=WEEKLY;BYDAY=MO,WE,FR",
		"days: [fri, mon, wed]>days: [fri]|Europe/Berlin>America/New_York":                         "2026-11-20T15:30 +15m0s FREQ=WEEKLY;BYDAY=FR",
		"days: [fri, mon, wed], time: '10:30'>days: [sat], time: '00:15'|Europe/Berlin>Asia/Tokyo": "2026-11-20T15:15 +15m0s FREQ=WEEKLY;BYDAY=SA",
		// On 28 March 2027, a Sunday, Berlin's clocks jump over 02:30.
		"2026-11-20T09:30:00Z>2027-03-26T12:00:00Z|days: [fri, mon, wed], time: '10:30'>days: [sun], time: '02:30'": "2027-04-04T00:30 +15m0s FREQ=WEEKLY;BYDAY=SU",
	} {
		file := base + standup
		for edit := range strings.SplitSeq(edits, "|") {
			was, is, _ := strings.Cut(edit, ">")
			file = edited(t, file, was, is)
		}
		got := words(calendar(t, map[string]string{tree.PeoplePath: people, northwind: file}, "2026-11-20T12:00:00Z", ics.Selection{}))
		if !slices.Contains(got, "standup-2026-northwind "+want) {
			t.Errorf("%s: got %q, want %q", edits, got, want)
		}
	}
}

// What concerns one person, and one escalation.
func TestSelection(t *testing.T) {
	t.Parallel()
	people, base := read(t, tree.PeoplePath), read(t, northwind)
	files := map[string]string{
		tree.PeoplePath: people,
		northwind:       edited(t, base, "owner: jdoe", "owner: okhan", "", standup),
		"escalations/2026/contoso.yaml": edited(t, base, "  csm: jdoe\n", "", "dri: jdoe", "dri: arivera", "owner: jdoe", "owner: arivera", "Northwind Traders", "Contoso",
			"  account_executive: arivera", "  account_executive: arivera\n  strategic: Partner"),
		"escalations/2026/broken.yaml": "customer: [\n",
	}
	for _, c := range []struct {
		selection ics.Selection
		want      string
		leftOut   int
	}{
		{ics.Selection{Person: "mlee"}, "standup-2026-northwind", 1},
		{ics.Selection{Person: "okhan"}, "due-step-2026-northwind-*", 1},
		{ics.Selection{Person: "jdoe"}, "standup-2026-northwind due-channel-2026-northwind due-customer-2026-northwind due-step-2026-northwind-*", 1},
		{ics.Selection{Person: "ceo"}, "", 1},
		{ics.Selection{IDs: []schema.ID{"2026/contoso"}}, "due-standup-2026-contoso due-channel-2026-contoso due-customer-2026-contoso due-step-2026-contoso-*", 0},
		{ics.Selection{IDs: []schema.ID{"2026/broken"}}, "", 1},
		{ics.Selection{IDs: []schema.ID{"2026/contoso", "2026/northwind"}, Person: "arivera"}, "due-standup-2026-contoso due-channel-2026-contoso due-customer-2026-contoso due-step-2026-contoso-*", 0},
	} {
		cal := calendar(t, files, "2026-11-20T12:00:00Z", c.selection)
		var got []string
		for _, e := range cal.Events {
			uid := strings.TrimSuffix(e.UID, "@escalate")
			if strings.HasPrefix(uid, "due-step-") {
				uid = uid[:strings.LastIndex(uid, "-")] + "-*"
			}
			got = append(got, uid)
		}
		if strings.Join(got, " ") != c.want || len(cal.LeftOut) != c.leftOut {
			t.Errorf("%v: got %q, left out %v, want %q and %d", c.selection, got, cal.LeftOut, c.want, c.leftOut)
		}
		decode(t, write(t, cal)) // an empty one, too, is a calendar
	}
}

// Of what cannot be known, it is said.
func TestLeftOut(t *testing.T) {
	t.Parallel()
	people, base := read(t, tree.PeoplePath), read(t, northwind)
	for _, c := range []struct{ name, people, file, why string }{
		{"a field", people, edited(t, base, "severity: high", "severity: hgih"), "its file has errors"},
		{"the directory", "people: nobody\n", base, "people.yaml has errors"},
		{"a time zone", people, edited(t, base, "", strings.Replace(standup, "Berlin", "Atlantis", 1)), "there is no time zone `Europe/Atlantis`"},
	} {
		cal := calendar(t, map[string]string{tree.PeoplePath: c.people, northwind: c.file}, "2026-11-20T12:00:00Z", ics.Selection{})
		if len(cal.LeftOut) != 1 || !strings.Contains(cal.LeftOut[0].Why, c.why) {
			t.Errorf("%s: %v, want %q", c.name, cal.LeftOut, c.why)
		}
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	people, base := read(t, tree.PeoplePath), read(t, northwind)
	cal := calendar(t, map[string]string{
		tree.PeoplePath: edited(t, people, "name: Min Lee", `name: 'Lee, "Min" O''Neil', email: min+x@example.com`),
		northwind:       edited(t, base, "Northwind Traders", "Société Générale; Łódź, 東京 "+strings.Repeat("🚨", 20), "", standup, "severity: high", "severity: high\nvisibility: restricted"),
	}, "2026-11-20T12:00:00Z", ics.Selection{})
	got := write(t, cal)
	const golden = "testdata/northwind.golden"
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("got\n%s", got)
	}
}

// hostile is text that means something to a reader of calendars, or breaks a line.
var hostile = []string{
	"BEGIN:VEVENT", "END:VCALENDAR", "\r\n", "\n", "\r", "\n ", "\r\n\t", "ATTENDEE:mailto:x@evil.example", ";", ",", ":", "\\", "\\n", "\\N", "\\;", `"`, "'", "^n", "^'", "=", ";VALUE=URI", "%0A",
	"\x00", "\x01", "\x1b[0K", "\x7f", "\u0085", "\u2028", "\u202e", "\u200b", "\ufeff", "\xff", "\t", " ", "  ", "é", "東京", "👩\u200d🚀", strings.Repeat("x", 74), strings.Repeat("東", 30), "mailto:", "a",
}

// Whatever a file says, it is read back as it was shown, and nothing else is.
func TestHostile(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		text := func(label string) string {
			if rapid.Bool().Draw(rt, label+"?") {
				return rapid.String().Draw(rt, label)
			}
			return strings.Join(rapid.SliceOfN(rapid.SampledFrom(hostile), 0, 8).Draw(rt, label), "")
		}
		at := time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)
		person := ics.Person{Name: text("name"), Email: "x@example.com"}
		e := ics.Event{
			UID: "standup-2026-northwind@escalate", Kind: ics.Standup, Summary: text("summary"), Lines: []string{text("line"), text("another")},
			Start: at, End: at.Add(15 * time.Minute), Days: []schema.Day{"fri"}, Organizer: person, Invited: []ics.Person{person}, URL: schema.URL("https://" + text("link")),
		}
		name := text("calendar")
		var b bytes.Buffer
		if err := (ics.Calendar{Now: at, Events: []ics.Event{e}}).Write(&b, name); err != nil {
			rt.Fatalf("%v", err)
		}
		for line := range bytes.Lines(b.Bytes()) {
			content, ok := bytes.CutSuffix(line, []byte("\r\n"))
			if !ok || len(content) > 75 || bytes.ContainsFunc(content, escape.Hidden) {
				rt.Fatalf("a line is %q", line)
			}
		}
		cal := decode(rt, b.Bytes())
		if len(cal.Children) != 1 || len(cal.Children[0].Children) != 1 {
			rt.Fatalf("it has other parts:\n%s", b.Bytes())
		}
		got := cal.Children[0]
		for of, want := range map[string]string{
			ical.PropSummary:     escape.Line(e.Summary),
			ical.PropDescription: escape.Line(e.Lines[0]) + "\n" + escape.Line(e.Lines[1]),
			ical.PropLocation:    escape.Line(string(e.URL)),
		} {
			if is, err := got.Props.Text(of); err != nil || is != want {
				rt.Fatalf("%s is %q, want %q (%v)", of, is, want, err)
			}
		}
		attendee := got.Props.Get(ical.PropAttendee)
		if cn := attendee.Params.Get(ical.ParamCommonName); cn != strings.ReplaceAll(escape.Line(person.Name), `"`, "'") || attendee.Value != "mailto:x@example.com" {
			rt.Fatalf("the attendee is %q %q", cn, attendee.Value)
		}
		if is, err := cal.Props.Text(ical.PropName); err != nil || is != escape.Line(name) {
			rt.Fatalf("the name is %q (%v)", is, err)
		}
		if n := len(got.Props); n != 12 {
			rt.Fatalf("it has %d properties:\n%s", n, b.Bytes())
		}
	})
}

// A fold parts no escape, wherever the line is that holds one.
func TestFold(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)
	for n := range 160 {
		for _, escaped := range []string{";", ",", `\`, `\\\\\\\`, "é;", "東,"} {
			e := ics.Event{UID: "x@escalate", Summary: strings.Repeat("x", n) + strings.Repeat(escaped, 3), Start: at, End: at.Add(time.Hour), Kind: ics.Due, Lines: []string{"a", strings.Repeat("x", n) + escaped, ""}}
			text := write(t, ics.Calendar{Now: at, Events: []ics.Event{e}})
			for line := range bytes.Lines(text) {
				content := bytes.TrimSuffix(line, []byte("\r\n"))
				if backslashes := len(content) - len(bytes.TrimRight(content, `\`)); backslashes%2 == 1 || len(content) > 75 {
					t.Errorf("%d x and %s: a line is %q", n, escaped, content)
				}
			}
			if got, err := decode(t, text).Children[0].Props.Text(ical.PropSummary); err != nil || got != e.Summary {
				t.Errorf("the summary is %q, want %q: %v", got, e.Summary, err)
			}
		}
	}
}

// The directory may have a fault in one person: who cannot be reached is not
// invited, and without anybody to invite there is no organizer.
func TestInvited(t *testing.T) {
	t.Parallel()
	people, base := read(t, tree.PeoplePath), read(t, northwind)
	for edit, want := range map[string]string{
		"":                                     "jo@example.com: jo@example.com",
		"jo@example.com>jo":                    ": ",
		`jo@example.com>"a@b\r\n"`:             ": ",
		`jo@example.com>"Jo <jo@example.com>"`: ": ",
		"email: jo@example.com>left: 2026-11-20, email: jo@example.com":                  ": ",
		"{name: Min Lee>{email: min@example.com, name: Min Lee":                          "jo@example.com: min@example.com jo@example.com",
		"{name: Min Lee>{email: min@example.com, name: Min Lee|, email: jo@example.com>": "min@example.com: min@example.com",
	} {
		file := people
		for e := range strings.SplitSeq(edit, "|") {
			if was, is, ok := strings.Cut(e, ">"); ok {
				file = edited(t, file, was, is)
			}
		}
		cal := calendar(t, map[string]string{tree.PeoplePath: file, northwind: base + standup}, "2026-11-20T12:00:00Z", ics.Selection{})
		i := slices.IndexFunc(cal.Events, func(e ics.Event) bool { return e.Kind == ics.Standup })
		if i < 0 {
			t.Errorf("%s: no standup: %v", edit, cal.LeftOut)
			continue
		}
		var invited []string
		for _, p := range cal.Events[i].Invited {
			invited = append(invited, string(p.Email))
		}
		if got := string(cal.Events[i].Organizer.Email) + ": " + strings.Join(invited, " "); got != want {
			t.Errorf("%s: got %q, want %q", edit, got, want)
		}
	}
}

// A later state of an entry has the same UID, and the higher sequence.
func TestAgain(t *testing.T) {
	t.Parallel()
	people, base := read(t, tree.PeoplePath), read(t, northwind)
	const later = "updates:\n  - {at: 2026-11-23T10:00:00Z, by: jdoe, to: [internal, customer], text: News}\n"
	before := calendar(t, map[string]string{tree.PeoplePath: people, northwind: base + standup}, "2026-11-20T12:00:00Z", ics.Selection{})
	after := calendar(t, map[string]string{tree.PeoplePath: people, northwind: strings.Replace(base+standup, "10:30", "11:00", 1) + later}, "2026-11-23T12:00:00Z", ics.Selection{})
	if len(before.Events) != 4 || len(after.Events) != 4 {
		t.Fatalf("%v %v", words(before), words(after))
	}
	for _, e := range before.Events {
		i := slices.IndexFunc(after.Events, func(a ics.Event) bool { return a.UID == e.UID })
		if i < 0 || after.Events[i].Sequence <= e.Sequence {
			t.Errorf("%s: %v", e.UID, after.Events)
		}
	}
	again := calendar(t, map[string]string{tree.PeoplePath: people, northwind: base + standup}, "2026-11-20T12:00:00Z", ics.Selection{})
	if !bytes.Equal(write(t, before), write(t, again)) {
		t.Error("the same tree at the same moment makes another calendar")
	}
}

// Where a reason for no standup is enough, nothing of it is missing in the calendar;
// a step that was late when it was told stands on that day.
func TestNoStandup(t *testing.T) {
	t.Parallel()
	file := edited(t, read(t, northwind), "severity: high", "severity: medium", "", "standup: {none: The two of us talk each morning}\n",
		"due: 2026-11-24", "due: 2026-11-18", "2026-11-20T09:30:00Z", "2026-11-20T13:00:00Z")
	c := calendar(t, map[string]string{northwind: file, tree.PeoplePath: read(t, tree.PeoplePath)}, "2026-11-20T14:00:00Z", ics.Selection{})
	var of []string
	for _, w := range words(c) {
		if strings.Contains(w, "standup") || strings.Contains(w, "step") {
			of = append(of, w)
		}
	}
	if len(c.LeftOut) > 0 || len(of) != 1 || !strings.Contains(of[0], " 2026-11-19T23:00 +24h0m0s") {
		t.Errorf("%q, left out %v", of, c.LeftOut)
	}
}
