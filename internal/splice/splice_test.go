package splice_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/escalations-as-code/escalate/internal/document"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/splice"
	"github.com/escalations-as-code/escalate/schema"
)

// What cannot be edited safely is refused, with the place and what to do.
func TestRefusals(t *testing.T) {
	t.Parallel()
	set := splice.Set("/dri", "jdoe")
	for _, c := range []struct {
		name, text   string
		change       splice.Change
		line, column int
		want         string
	}{
		{"a broken file", "customer: x\nfyi: [a\ndri: b\n", set, 2, 6, "never closed"},
		{"an unfinished merge", "customer: x\n<<<<<<< HEAD\ndri: a\n=======\ndri: b\n>>>>>>> x\n", set, 2, 1, "a merge was left unfinished"},
		{"an anchor", "customer: x\ndri: &d a\nopened: {by: *d}\n", set, 2, 6, "shorthand"},
		{"a key twice", "dri: a\ncustomer: x\ndri: b\n", set, 3, 1, "a second time"},
		{"a merge key", "customer: x\naccount:\n  <<: {csm: a}\n", set, 3, 3, "shorthand"},
		{"two documents", "customer: x\n---\ndri: a\n", set, 2, 1, "ends the escalation"},
		{"text that is lost", "customer: x #4\n", set, 1, 13, "left out"},
		{"a list", "- a\n", set, 1, 1, "not an escalation"},
		{"UTF-16", "\xff\xfea\x00:\x00", set, 1, 1, "UTF-16"},
		{"a key as nobody writes it", "customer: x\naccount: !!map {csm: a}\n", set, 2, 10, "cannot be edited safely"},

		{"a text where a mapping would be", "account: x\n", splice.Set("/account/csm", "a"), 1, 10, "a text stands here"},
		{"a list where a mapping would be", "account:\n  - x\n", splice.Set("/account/csm", "a"), 1, 1, "list"},
		{"a text where a list would be", "customer: x\nfyi: a\n", splice.Add("/fyi", "b"), 2, 6, "no list"},
		{"an entry that is not there", "fyi: [a]\n", splice.Set("/fyi/1", "b"), 1, 1, "no entry 1"},
		{"an entry of a list that is not there", "customer: x\n", splice.Set("/next_steps/0/done", today), 0, 0, "no entry 0"},
		{"an index behind the end", "fyi: [a]\n", splice.Insert("/fyi/2", "b"), 0, 0, "1 entries"},
		{"no index", "fyi: [a]\n", splice.Insert("/fyi", "b"), 0, 0, "no entry of a list"},
		{"all of a file", "dri: a\n", splice.Remove("/dri"), 1, 1, "nothing would be left"},
		{"a comment that may belong to two", "fyi: [a, # b\n  c]\n", splice.Remove("/fyi/0"), 1, 7, "comment"},

		{"no field", "dri: a\n", splice.Set("/driver", "b"), 0, 0, "no field /driver"},
		{"no field of an update", "dri: a\n", splice.Set("/cover/until/day", "b"), 0, 0, "no field /cover/until/day"},
		{"no field of a step", "dri: a\n", splice.Add("/next_steps", map[string]string{"stp": "b"}), 0, 0, "no field stp"},
		{"a field that is no list", "dri: a\n", splice.Add("/summary", "b"), 0, 0, "no list"},
		{"the whole", "dri: a\n", splice.Set("", "b"), 0, 0, "no field"},
		{"no pointer", "dri: a\n", splice.Set("dri", "b"), 0, 0, "no field"},
		{"no value", "dri: a\n", splice.Set("/dri", nil), 0, 0, "no value"},
		{"a time that is not set", "dri: a\n", splice.Add("/updates", schema.Update{By: "a"}), 0, 0, "/updates: at: the time is not set"},
		{"a day that is not set", "dri: a\n", splice.Set("/snooze/until", schema.Date{}), 0, 0, "the day is not set"},
		{"no text", "dri: a\n", splice.Set("/summary", "caf\xe9"), 0, 0, "no letters"},
		{"what has no form", "dri: a\n", splice.Set("/dri", func() {}), 0, 0, "cannot be written"},
	} {
		data := []byte(c.text)
		out, err := splice.Apply(schema.KindEscalation, "x.yaml", data, c.change)
		var r *splice.Refusal
		if !errors.As(err, &r) || out != nil {
			t.Errorf("%s: %q, %v", c.name, out, err)
			continue
		}
		if text := err.Error(); !strings.Contains(text, c.want) || !strings.HasPrefix(text, "x.yaml:") {
			t.Errorf("%s: %s; want %q", c.name, text, c.want)
		}
		if r.Line != c.line || r.Column != c.column {
			t.Errorf("%s: at %d:%d, want %d:%d", c.name, r.Line, r.Column, c.line, c.column)
		}
		if string(data) != c.text {
			t.Errorf("%s: the data was changed", c.name)
		}
	}
}

// What would make a file that is not read any more is refused, and long lines are
// not.
func TestLong(t *testing.T) {
	t.Parallel()
	for n, mayBe := range map[int]bool{100_000: true, document.MaxBytes: false} {
		long := strings.Repeat("x: y ", n/5) + "."
		out, err := splice.Apply(schema.KindEscalation, "x.yaml", []byte("ask: x\ndri: a\n"), splice.Set("/ask", long), splice.Add("/updates", schema.Update{At: now, By: "a", To: both, Text: "see it"}))
		if mayBe != (err == nil) || !mayBe && (out != nil || !strings.Contains(err.Error(), "1 MiB")) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

// Fixes are made all together or not at all, and none costs what could be read.
func TestMend(t *testing.T) {
	t.Parallel()
	fix := func(start, end int, text string) finding.Fix {
		return finding.Fix{Span: finding.Span{Start: start, End: end}, Text: text}
	}
	const text, broken = "severity: hihg # x\r\nfyi: [a]", "severity: hihg\nfyi: [a\n"
	for _, c := range []struct {
		text, want string
		fixes      []finding.Fix
	}{
		{text, text, nil},
		{text, "severity: high # x\r\nfyi: [b]", []finding.Fix{fix(26, 27, "b"), fix(10, 14, "high")}},
		{broken, "severity: high\nfyi: [a\n", []finding.Fix{fix(10, 14, "high")}},
		{broken, "severity: hihg\nfyi: [a]\n", []finding.Fix{fix(22, 22, "]")}},
		{text, "", []finding.Fix{fix(10, 14, "high"), fix(12, 13, "x")}},
		{text, "", []finding.Fix{fix(10, 99, "high")}},
		{text, "", []finding.Fix{fix(27, 28, "")}},
		{text, "", []finding.Fix{fix(10, 14, "*all* of it")}},
	} {
		out, err := splice.Mend("x.yaml", []byte(c.text), c.fixes)
		var r *splice.Refusal
		if string(out) != c.want || (err != nil) != (c.want == "") || err != nil && !errors.As(err, &r) {
			t.Errorf("%+v: %q, %v; want %q", c.fixes, out, err, c.want)
		}
	}
}

// Of several changes all are made or none; each sees those before it.
func TestSeveral(t *testing.T) {
	t.Parallel()
	data := []byte("severity: low # for now\nfyi: [a]\n")
	out, err := splice.Apply(schema.KindEscalation, "x.yaml", data, splice.Set("/severity", schema.High), splice.Add("/fyi", "b"), splice.Set("/fyi/2", "c"))
	if err == nil || out != nil || string(data) != "severity: low # for now\nfyi: [a]\n" {
		t.Errorf("%q, %v; the data is %q", out, err, data)
	}
	out, err = splice.Apply(schema.KindEscalation, "x.yaml", data, splice.Set("/severity", schema.High), splice.Add("/fyi", "b"), splice.Set("/fyi/1", "c"))
	if err != nil || string(out) != "severity: high # for now\nfyi: [a, c]\n" {
		t.Errorf("%q, %v", out, err)
	}
}

// Where nothing changes, nothing is written anew.
func TestNothingToDo(t *testing.T) {
	t.Parallel()
	text := "severity:   'high'\r\ndescription: >\n  Wrapped\n  text.  \n\nfyi: [ a,b ]\naccount: {}"
	for _, c := range []splice.Change{
		splice.Set("/severity", schema.High), splice.Set("/description", "Wrapped text."), splice.Set("/fyi", []string{"a", "b"}),
		splice.Set("/account", map[string]string{}), splice.Remove("/closure"), splice.Remove("/fyi/2"), splice.Remove("/none/of/it"),
	} {
		out, err := splice.Apply(schema.KindEscalation, "x.yaml", []byte(text), c)
		if err != nil || string(out) != text {
			t.Errorf("%+v: %q, %v", c, out, err)
		}
	}
}

// What comes from a form is strings: they are written as their fields want them.
func TestStringsOfForms(t *testing.T) {
	t.Parallel()
	out, err := splice.Apply(schema.KindEscalation, "x.yaml", nil,
		splice.Set("/opened/at", "2026-11-20T10:30:00+01:00"),
		splice.Add("/next_steps", map[string]any{"due": "2026-11-24", "owner": "no", "step": "2026-11-24"}),
		splice.Set("/standup", map[string]any{"time": "10:30", "minutes": 15, "attendees": []any{"a", "b"}}),
		splice.Set("/snooze/until", "tomorrow"),
	)
	const want = `opened:
  at: 2026-11-20T10:30:00+01:00
next_steps:
  - step: "2026-11-24"
    owner: "no"
    due: 2026-11-24
standup:
  time: "10:30"
  minutes: 15
  attendees: [a, b]
snooze:
  until: tomorrow
`
	if err != nil || string(out) != want {
		t.Errorf("%v\n%s\nwant\n%s", err, out, want)
	}
}

// The directory and the policy are files of the same kind.
func TestOtherFiles(t *testing.T) {
	t.Parallel()
	people := fixture.Read(fixture.People)
	out, err := splice.Apply(schema.KindPeople, "people.yaml", []byte(people),
		splice.Set("/people/jdoe/left", today),
		splice.Set("/people/007", schema.Person{Name: "Sam Sample", GitHub: "sams", Roles: []schema.Role{schema.RoleCSM}}),
		splice.Set("/people/on/name", "On"),
	)
	if err != nil {
		t.Fatal(err)
	}
	var got schema.Directory
	doc := document.Read("people.yaml", out)
	doc.Decode(&got)
	if p := got.People["007"]; p.Name != "Sam Sample" || got.People["on"].Name != "On" || got.People["jdoe"].Left != today || len(doc.Findings) > 0 {
		t.Errorf("%+v of\n%s", got, out)
	}
	changed := slices.DeleteFunc(lines([]byte(people)), func(l string) bool { return slices.Contains(lines(out), l) })
	if len(changed) != 1 || !strings.HasPrefix(changed[0], "  jdoe:") {
		t.Errorf("%q are changed:\n%s", changed, out)
	}
	out, err = splice.Apply(schema.KindPeople, "people.yaml", nil, splice.Set("/people/007/name", "Sam"), splice.Set("/people/on", schema.Person{Name: "On"}), splice.Remove("/people/007/name"))
	if err != nil || string(out) != "people:\n  \"on\":\n    name: \"On\"\n" {
		t.Errorf("%v\n%s", err, out)
	}
	due := 2
	out, err = splice.Apply(schema.KindPolicy, "policy.yaml", []byte("# ours\n"),
		splice.Set("/severities/high/channel/due", &due), splice.Add("/review", schema.ReviewSnooze), splice.Set("/paused", true), splice.Set("/regions/LATAM/zone", "America/Sao_Paulo"),
		splice.Set("/ladder", map[string]any{"manager": 1, "csm_leader": 2}))
	const want = "# ours\nseverities:\n  high:\n    channel:\n      due: 2\nregions:\n  LATAM:\n    zone: America/Sao_Paulo\nladder:\n  manager: 1\n  csm_leader: 2\nreview: [snooze]\npaused: true\n"
	if err != nil || string(out) != want {
		t.Errorf("%v\n%s\nwant\n%s", err, out, want)
	}
}

// A string reads as it is, whatever it is made of and wherever it stands.
func TestStrings(t *testing.T) {
	t.Parallel()
	const blocks, flow, list = "channel: x\ndri: a\n", "{channel: x, dri: a}\n", "fyi:\n  - x\nupdates:\n  - {by: 'x'}\n"
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom([]rune(" \n\t\r#:-'\"|>\\{}[],&*!%@~a0\u0000\u0085\u2028\ufeff\u00a0é🚒")))).Draw(t, "text")
		for pointer, files := range map[string][]string{"/channel": {blocks, flow, "dri: a"}, "/fyi/0": {list}, "/updates/0/by": {list}} {
			for _, file := range files {
				out, err := splice.Apply(schema.KindEscalation, "x.yaml", []byte(file), splice.Set(pointer, text))
				if !utf8.ValidString(text) {
					if err == nil {
						t.Fatalf("%q is written as %q", text, out)
					}
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				if file == "dri: a" { // a text at the end of a file may lack its line break
					out = append(out, '\n')
				}
				if got, _ := document.Read("x.yaml", out).Written(pointer); got != text {
					t.Fatalf("%q reads as %q in\n%s", text, got, out)
				}
			}
		}
	})
}

// Whatever the file and the change, nothing panics, and what was not edited stands
// there: what is put in takes no byte away, and what is removed leaves none behind.
func FuzzApply(f *testing.F) {
	pointers := []string{"/severity", "/summary", "/opened/by", "/account/strategic", "/fyi/0", "/skills/1", "/updates/0/text", "/updates/0", "/next_steps/1/done", "/next_steps/0", "/closure", "/closure/reason", "/fyi", "/skills"}
	for i, text := range []string{
		fixture.Read(fixture.Northwind), "", "\ufeff# x\r\n", "severity: high", "fyi: [a, 'b', # c\n d]\n", "updates:\n- by: a # b\n  text: |+\n    x\n\n\n", "skills:\n  - a\n\n  # b\n  - c\n   # d\n",
		"a: b\n...\n", "--- # x\nseverity: {a: b}\n", "? severity\n: x\n", "closure:\n    at: x\n  # y\nfyi: []\n", "{severity: x, \"fyi\":[]}", "next_steps:\n - - a\n -\n   step: >2\n      x\n", "summary:\n\n  # a\n  b\n   c\n\t# d\n", "severity: a\rfyi: [b]\r",
	} {
		f.Add([]byte(text), byte(i), byte(i), "a: b\n c #")
	}
	f.Fuzz(func(t *testing.T, data []byte, verb, where byte, text string) {
		pointer := pointers[int(where)%len(pointers)]
		change := []splice.Change{splice.Set(pointer, text), splice.Add(pointer, text), splice.Insert(pointer, text), splice.Remove(pointer)}[verb%4]
		was := slices.Clone(data)
		out, err := splice.Apply(schema.KindEscalation, "x.yaml", data, change)
		if string(data) != string(was) {
			t.Fatal("the data was changed")
		}
		if err != nil {
			if out != nil || err.Error() == "" {
				t.Fatalf("%q beside %v", out, err)
			}
			return
		}
		before, after := document.Read("x.yaml", data), document.Read("x.yaml", out)
		if len(after.Findings) > len(before.Findings) {
			t.Fatalf("%+v makes of %q %q: %+v", change, data, out, after.Findings[0])
		}
		isNew := verb%4 == 1 || verb%4 == 2 || verb%4 == 0 && !before.Has(pointer)
		switch {
		case isNew && !isWithin(data, out):
			t.Fatalf("%+v takes something away of %q: %q", change, data, out)
		case verb%4 == 3 && before.Has(pointer) && (!isWithin([]byte(strings.NewReplacer("[]", "", "{}", "").Replace(string(out))), data) || len(out) > len(data)+2):
			t.Fatalf("%+v puts something into %q: %q", change, data, out)
		case verb%4 == 0 && !after.Has(pointer):
			t.Fatalf("%+v sets nothing in %q: %q", change, data, out)
		}
		for _, key := range before.Keys("") {
			if !strings.HasPrefix(pointer, "/"+key) && fmt.Sprint(before.Source("/"+key)) != fmt.Sprint(after.Source("/"+key)) {
				t.Fatalf("%+v changes %s of %q: %q", change, key, data, out)
			}
		}
	})
}

// isWithin reports whether the bytes of a text are all in another, in their order.
func isWithin(text, in []byte) bool {
	for _, c := range in {
		if len(text) > 0 && text[0] == c {
			text = text[1:]
		}
	}
	return len(text) == 0
}
