package document_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/escalations-as-code/escalate/internal/document"
	"github.com/escalations-as-code/escalate/internal/finding"
)

// A number that no type of the parser holds, or that it reads by other rules, costs
// no other field.
func TestDecodeNumbers(t *testing.T) {
	t.Parallel()
	for _, n := range []string{"-99999999999999999999", "99999999999999999999", "09", "0899", "0o8", "0x1G", "0xffffffffffffffffff", "1e999", "-.inf", "+.INF", ".nan", "1_000", "0b12", "+12", ".5", "1.", "1:30", "0o777777777777777777777777"} {
		var got struct{ A, B string }
		document.Read("x.yaml", []byte("a: "+n+"\nb: here\n")).Decode(&got)
		if got.B != "here" {
			t.Errorf("a: %s leaves %+v", n, got)
		}
	}
}

// What people write by hand, what is told of it, and what can be read all the
// same. A finding is written as line:column rule “the text it underlines”.
func TestRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		want       []string
		value      any
		broken     bool
	}{
		{name: "clean", text: "a: 1\nb: x\n", value: m{"a": int64(1), "b": "x"}},
		{name: "empty", text: ""},
		{name: "only comments", text: "# nothing yet\n"},
		{name: "windows line ends and byte order mark", text: "\ufeffa: x\r\nb: [y]\r\n", value: m{"a": "x", "b": []any{"y"}}},
		{name: "one leading document marker", text: "---\na: x\n", value: m{"a": "x"}},
		{name: "a document end and nothing behind it", text: "a: x\n...\n", value: m{"a": "x"}},

		{name: "colon on line 1", text: "a: b: c\n", want: []string{"1:4 yaml-colon “b: c”"}, value: m{"a": "b; c"}},
		{name: "colon in a list of mappings", text: "l:\n  - step: Load: test\n", want: []string{"2:11 yaml-colon “Load: test”"}, value: m{"l": []any{m{"step": "Load; test"}}}},
		{name: "colon in a flow mapping", text: "e: [{c: Queue time: under 60, d: 1}]\n", want: []string{"1:19 yaml-colon “:”"}, value: m{"e": []any{m{"c": "Queue time; under 60", "d": int64(1)}}}},
		{name: "colon at the end", text: "a: Down:\n", want: []string{"1:4 yaml-colon “Down:”"}, value: m{"a": "Down;"}},
		{name: "no space behind a colon", text: "x: 1\nseverity:high\ny: 2\n", want: []string{"2:1 yaml-colon “severity:high”"}, value: m{"x": int64(1), "severity": "high", "y": int64(2)}},
		{name: "no space behind a colon alone", text: "severity:high\n", want: []string{"1:1 yaml-colon “severity:high”"}, value: m{"severity": "high"}},
		{name: "no space behind a nested colon", text: "a:\n  region:EMEA\n  b: x\n", want: []string{"2:3 yaml-colon “region:EMEA”"}, value: m{"a": m{"region": "EMEA", "b": "x"}}},

		{name: "handle with an at", text: "x: 1\nfyi: [@jane, @joe]\nby: @jo\n", want: []string{"2:7 yaml-at “@jane”", "2:14 yaml-at “@joe”", "3:5 yaml-at “@jo”"}, value: m{"x": int64(1), "fyi": []any{"jane", "joe"}, "by": "jo"}},
		{name: "handle with an at in a list", text: "fyi:\n  - @jane\n", want: []string{"2:5 yaml-at “@jane”"}, value: m{"fyi": []any{"jane"}}},

		{name: "channel with a hash", text: "channel: #esc_x\nb: 1\n", want: []string{"1:10 yaml-hash “#esc_x”"}, value: m{"channel": nil, "b": int64(1)}},
		{name: "text cut at a hash", text: "b: Ticket #4711 is slow\n", want: []string{"1:11 yaml-hash “#4711 is slow”"}, value: m{"b": "Ticket"}},
		{name: "text of two lines cut at a hash", text: "b: Ticket\n  and #4711\nc: x\n", want: []string{"2:7 yaml-hash “#4711”"}, value: m{"b": "Ticket and", "c": "x"}},
		{name: "list entry with a hash", text: "l:\n  - #x\n  - y\n", want: []string{"2:5 yaml-hash “#x”"}, value: m{"l": []any{nil, "y"}}},
		{name: "meant comments", text: "a: x # note\nb: 'q' #note\nc: [y] #note\n#note\nd: # note\n  e: f\ng: #note\n  h: i\n", value: m{"a": "x", "b": "q", "c": []any{"y"}, "d": m{"e": "f"}, "g": m{"h": "i"}}},
		{name: "hash inside a text block", text: "a: |\n  see #4711\n", value: m{"a": "see #4711\n"}},

		{name: "unclosed bracket", text: "x: 1\nfyi: [a\ny: 2\nz: 3\n", want: []string{"2:6 yaml-bracket “[”"}, value: m{"x": int64(1), "fyi": []any{"a"}, "y": int64(2), "z": int64(3)}},
		{name: "unclosed nested bracket", text: "s:\n  needed: true\n  tickets: [https://a\n  dri: t\n", want: []string{"3:12 yaml-bracket “[”"}, value: m{"s": m{"needed": true, "tickets": []any{"https://a"}, "dri": "t"}}},
		{name: "a bracket too many", text: "a: [1, 2]]\n", want: []string{"1:10 yaml-bracket “]”"}, value: m{"a": []any{int64(1), int64(2)}}},
		{name: "text in brackets", text: "a: [urgent] it is down\n", want: []string{"1:4 yaml-special “[urgent] it is down”"}, value: m{"a": "_urgent_ it is down"}},
		{name: "unclosed quote", text: "y:\n  a: \"abc\n  b: 1\nz: \"q\"\n", want: []string{"2:6 yaml-quote “\"abc”"}, value: m{"y": m{"a": "_abc", "b": int64(1)}, "z": "q"}},
		{name: "text behind a quote", text: "a: \"x\" y\n", want: []string{"1:8 yaml-quote “y”"}, value: m{"a": "_x_ y"}},
		{name: "apostrophe in single quotes", text: "a: 'it's down'\n", want: []string{"1:8 yaml-quote “s down'”"}, value: m{"a": "_it_s down_"}},
		{name: "emphasis", text: "a: *All* of it\n", want: []string{"1:4 yaml-special “*All* of it”"}, value: m{"a": "_All* of it"}},
		{name: "percent", text: "a: %x\n", want: []string{"1:4 yaml-special “%x”"}, value: m{"a": "_x"}},
		{name: "list on the line of its key", text: "a: - b\n", want: []string{"1:4 yaml-special “- b”"}, value: m{"a": "_ b"}},
		{name: "tag", text: "a: !urgent down\n", want: []string{"1:4 yaml-special “!urgent down”"}, value: m{"a": "down"}},
		{name: "anchor, alias, merge", text: "a: &x y\nb: *x\n<<: *x\n", want: []string{"1:4 yaml-special “&x y”", "2:4 yaml-special “*x”", "3:1 yaml-special “<<”"}, value: m{"a": "y", "b": nil}},

		{name: "tab", text: "a:\n\tb: x\n\tc: y\n", want: []string{"2:1 yaml-tab “\t”"}, value: m{"a": m{"b": "x", "c": "y"}}},
		{name: "tab on line 1", text: "\tcustomer: x\n", want: []string{"1:1 yaml-tab “\t”"}, value: m{"customer": "x"}},
		{name: "deeper than the line above", text: "a:\n  b: x\n   c: y\nd: z\n", want: []string{"3:4 yaml-syntax “c: y”"}, value: m{"a": m{"b": "x", "c": "y"}, "d": "z"}},
		{name: "first key indented", text: " customer: x\nseverity: high\n", want: []string{"1:2 yaml-syntax “customer: x”"}, value: m{"customer": "x", "severity": "high"}},
		{name: "text not indented", text: "d: |\n  foo\nbar baz\nask: x\n", want: []string{"3:1 yaml-syntax “bar baz”"}, value: m{"d": "foo\n", "ask": "x"}, broken: true},
		{name: "list among keys", text: "x: 1\n- y\nz: 2\n", want: []string{"2:1 yaml-syntax “- y”"}, value: m{"z": int64(2)}, broken: true},
		{name: "a list", text: "- a\n", want: []string{"1:1 yaml-syntax “- a”"}, broken: true},

		{name: "duplicate key", text: "a: 1\nb: 2\na: 3\n", want: []string{"3:1 yaml-duplicate-key “a”"}, value: m{"a": int64(1), "b": int64(2)}},
		{name: "second document", text: "a: 1\n---\na: 2\n", want: []string{"2:1 yaml-documents “---”"}, value: m{"a": int64(1)}},
		{name: "text behind the document end", text: "a: 1\n...\nb: 2\n", want: []string{"2:1 yaml-documents “...”"}, value: m{"a": int64(1), "b": int64(2)}},
		{name: "dashes inside a text", text: "d: |\n  one\n---\n  two\ne: x\n", want: []string{"3:1 yaml-documents “---”"}, value: m{"d": "one\n\ntwo\n", "e": "x"}},
		{name: "unclosed quote that a later one closes", text: "a: 'x\nb: y\nc: it's\nd: z\n", want: []string{"1:4 yaml-quote “'x”"}, value: m{"a": "_x", "b": "y", "c": "it's", "d": "z"}},
		{name: "quoted text of two lines", text: "a: 'x\n  y'\nb: \"z\n\n  w\"\n", value: m{"a": "x y", "b": "z\nw"}},
		{name: "no colon", text: "a: x\nseverity high\nb: y\n", want: []string{"2:1 yaml-syntax “severity high”"}, value: m{"a": "x", "b": "y"}, broken: true},
		{name: "no-break space behind a colon", text: "a: x\nseverity:\u00a0high\n", want: []string{"2:10 yaml-colon “\u00a0”"}, value: m{"a": "x", "severity": "high"}},
		{name: "no-break spaces as indentation", text: "a:\n\u00a0\u00a0b: x\n\u00a0\u00a0c: y\nd: e: f\n", want: []string{"2:1 yaml-encoding “\u00a0\u00a0”", "4:4 yaml-colon “e: f”"}, value: m{"a": m{"b": "x", "c": "y"}, "d": "e; f"}},
		{name: "odd blanks everywhere but in a text", text: "a:\u3000x\u00a0y\nl:\n\u00a0 -\u00a0k\u202f: v\u00a0\nf: {g: 1,\u00a0h: 'i,\u00a0j'}\n\u200bm: n\nt: |\n  \u00a0- o\n", want: []string{"1:3 yaml-colon “\u3000”"},
			value: m{"a": "x\u00a0y", "l": []any{m{"k": "v"}}, "f": m{"g": int64(1), "h": "i,\u00a0j"}, "m": "n", "t": "\u00a0- o\n"}},
		{name: "what follows blanks without width", text: "a:\n  \u200b\u200bb: *x y\n", want: []string{"2:3 yaml-encoding “\u200b\u200b”", "2:8 yaml-special “*x y”"}, value: m{"a": m{"b": "_x y"}}},
		{name: "a text indented with odd blanks", text: "a: |\n\u00a0\u00a0x\nb: y\n", want: []string{"2:1 yaml-encoding “\u00a0\u00a0”"}, value: m{"a": "x\n", "b": "y"}},
		{name: "bullets", text: "fyi:\n  • a\n  • b\nx: 1\n", want: []string{"2:3 yaml-bullet “• a”"}, value: m{"fyi": []any{"a", "b"}, "x": int64(1)}},
		{name: "bullets in the first column", text: "next_steps:\n– step: a\n  owner: b\n–\u00a0step: c: d\n", want: []string{"2:1 yaml-bullet “– step: a”", "4:9 yaml-colon “c: d”"}, value: m{"next_steps": []any{m{"step": "a", "owner": "b"}, m{"step": "c; d"}}}},
		{name: "numbers before entries", text: "exit_criteria:\n  1. criterion: a\n  2. criterion: b\n", want: []string{"2:3 yaml-bullet “1. criterion: a”"}, value: m{"exit_criteria": []any{m{"criterion": "a"}, m{"criterion": "b"}}}},
		{name: "bullets without a key", text: "exit_criteria:\n  •a\n  * b: c\n", want: []string{"2:3 yaml-bullet “•a”"}, value: m{"exit_criteria": []any{m{"criterion": "a"}, m{"b": "c"}}}},
		{name: "a dash without a space", text: "fyi:\n  -a\n  - b\n", want: []string{"2:3 yaml-bullet “-a”"}, value: m{"fyi": []any{"a", "b"}}},
		{name: "bullets that are text", text: "a: |\n  • x\nb:\n  – y\nc: z\n  • z\n", value: m{"a": "• x\n", "b": "– y", "c": "z • z"}},
		{name: "the fences of a chat", text: "```yaml\na: x\nb: |\n  ```\n```\n", want: []string{"1:1 yaml-special “```yaml”"}, value: m{"a": "x", "b": "```\n"}},
		{name: "a word processor's text as a value", text: "a: x\nask: {\\rtf1\\ansi\n{\\fonttbl\\f0 Helvetica;}\n\n\\f0\\fs24 One: two\\\nthree}\nb: y\n", want: []string{"2:6 yaml-encoding “{\\rtf1\\ansi”"}, broken: true},
		{name: "a word processor's text below a key", text: "ask: |\n  {\\rtf1\\ansi\n  }\nb: y\n", want: []string{"2:3 yaml-encoding “{\\rtf1\\ansi”"}, broken: true},
		{name: "what a word processor keeps, quoted", text: "a: The file begins with {\\rtf1\\ansi in it\n", value: m{"a": "The file begins with {\\rtf1\\ansi in it"}},
		{name: "a word processor's file", text: "{\\rtf1\\ansi customer: x}\nseverity: high\n", want: []string{"1:1 yaml-encoding “”"}, broken: true},
		{name: "hash in brackets", text: "l:\n  - {step: see #4711, owner: jdoe}\nt: [#1, b]\n", want: []string{"2:16 yaml-hash “#4711, owner: jdoe}”", "3:5 yaml-hash “#1, b]”"}, value: m{"l": []any{m{"step": "see _4711", "owner": "jdoe"}}, "t": []any{"_1", "b"}}},
		{name: "a key of the top level indented", text: "a:\n  b: x\n c: y\nd: z\n", want: []string{"3:2 yaml-syntax “c: y”"}, value: m{"d": "z"}, broken: true},
		{name: "one marker of a conflict", text: "a: x\n=======\nb: y\n", want: []string{"2:1 merge-conflict “=======”"}, value: m{"a": "x", "b": "y"}, broken: true},
		{name: "only text", text: "just some text\nand more\n", want: []string{"1:1 yaml-syntax “just some text”"}, broken: true},
		{name: "merge conflict", text: "a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> x\n", want: []string{"2:1 merge-conflict “<<<<<<< HEAD”"}, value: m{"a": int64(1), "b": int64(1)}},
		{name: "merge conflict with its base", text: "<<<<<<< a\nb: 1\n||||||| c\nb: 0\n=======\nb: 2\n>>>>>>> d\n", want: []string{"1:1 merge-conflict “<<<<<<< a”"}, value: m{"b": int64(1)}},

		{name: "UTF-16", text: "\xff\xfea\x00:\x00", want: []string{"1:1 yaml-encoding “”"}, broken: true},
		{name: "latin 1", text: "a: caf\xe9 x\n", want: []string{"1:7 yaml-encoding “ ”"}, value: m{"a": "caf  x"}},
		{name: "NUL and zero width", text: "a: x\x00y\nb: z\ufeffw\n", want: []string{"1:5 yaml-encoding “ ”", "2:5 yaml-encoding “ ”"}, value: m{"a": "x y", "b": "z w"}},
		{name: "line separator", text: "a: x\u2028y\nb: [\n", want: []string{"2:4 yaml-bracket “[”"}, value: m{"a": "x y", "b": []any{}}},
		{name: "several faults", text: "summary: Acme: down\nfyi: [@jane]\nchannel: #x\n", want: []string{"1:10 yaml-colon “Acme: down”", "2:7 yaml-at “@jane”", "3:10 yaml-hash “#x”"}, value: m{"summary": "Acme; down", "fyi": []any{"jane"}, "channel": nil}},
		{name: "wide characters", text: "a: Société Générale 顧客 #1\n", want: []string{"1:24 yaml-hash “#1”"}, value: m{"a": "Société Générale 顧客"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := document.Read("x.yaml", []byte(c.text))
			if got := told(d); !slices.Equal(got, c.want) {
				t.Errorf("findings\n got %q\nwant %q", got, c.want)
			}
			if !reflect.DeepEqual(d.Value(), plain(c.value)) {
				t.Errorf("value %#v, want %#v", d.Value(), c.value)
			}
			if d.Broken != c.broken {
				t.Errorf("broken %v, want %v", d.Broken, c.broken)
			}
		})
	}
}

type m map[string]any

// plain makes of the short type m the one that documents have.
func plain(v any) any {
	switch v := v.(type) {
	case m:
		out := map[string]any{}
		for k := range maps.Keys(v) {
			out[k] = plain(v[k])
		}
		return out
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	}
	return v
}

func told(d *document.Document) []string {
	finding.Sort(d.Findings)
	var list []string
	for _, f := range d.Findings {
		line := []rune(f.Source)
		from, to := min(f.Column-1, len(line)), min(f.EndColumn-1, len(line))
		list = append(list, fmt.Sprintf("%d:%d %s “%s”", f.Line, f.Column, f.Rule, string(line[from:max(from, to)])))
	}
	return list
}

// A file over the limit is told and not read.
func TestReadLargeFile(t *testing.T) {
	t.Parallel()
	d := document.Read("x.yaml", []byte("a: "+strings.Repeat("x", document.MaxBytes)))
	if len(d.Findings) != 1 || d.Findings[0].Rule != "file-size" || !d.Broken || d.Value() != nil {
		t.Errorf("findings %v, broken %v", d.Findings, d.Broken)
	}
}

// Nesting is told at the top-level key, however deep it goes.
func TestReadNested(t *testing.T) {
	t.Parallel()
	for depth, want := range map[int]string{
		100:    "2:1 yaml-nesting “b”",
		10_000: "2:1 yaml-nesting “b”",
		90_000: "2:4 yaml-bracket “[”",
	} {
		d := document.Read("x.yaml", []byte("a: x\nb: "+strings.Repeat("[", depth)+"\nc: y\n"))
		if depth <= 10_000 {
			d = document.Read("x.yaml", []byte("a: x\nb: "+strings.Repeat("[", depth)+strings.Repeat("]", depth)+"\nc: y\n"))
		}
		if got := told(d); len(got) != 1 || got[0] != want {
			t.Errorf("%d deep: %.200q, want %q", depth, got, want)
		}
	}
}

// A value is found where it stands, to its last byte; what is missing, at the
// nearest parent.
func TestLocate(t *testing.T) {
	t.Parallel()
	text := "# first\ncustomer: \"Société\"  # c\naccount:\n  region: EMEA\n  csm:\nlist:\n  - step: a b\n    due: 2026-11-24\n  - {step: c}\nflow: [x, 'y z']\n" +
		"text: |\n  one\n\n   two\n\nplain: one\n  two # not\n  # nor this\nquote: 'it''s\n\n  here' # not\nwide: {a: [\"}\", b ], # }\n  c: d }\nlast:\n- >-\n three\n four"
	want := map[string]string{
		"":                "1:1-1:8 # first",
		"/customer":       `2:11-2:20 "Société"`,
		"/account":        "3:1-3:8 account",
		"/account/region": "4:11-4:15 EMEA",
		"/account/csm":    "5:3-5:6 csm",
		"/account/cse":    "3:1-3:8 account",
		"/missing":        "1:1-1:8 # first",
		"/missing/deeper": "1:1-1:8 # first",
		"/list/0":         "7:5-7:9 step",
		"/list/0/step":    "7:11-7:14 a b",
		"/list/0/owner":   "7:5-7:9 step",
		"/list/1":         "9:5-9:14 {step: c}",
		"/flow/1":         "10:11-10:16 'y z'",
		"/text":           "11:7-14:7 |\n  one\n\n   two",
		"/plain":          "16:8-17:6 one\n  two",
		"/quote":          "19:8-21:8 'it''s\n\n  here'",
		"/wide/a":         "22:8-22:9 a",
		"/wide/a/0":       "22:12-22:15 \"}\"",
		"/wide/c":         "23:6-23:7 d",
		"/last/0":         "25:3-27:6 >-\n three\n four",
	}
	for name, data := range map[string]string{
		"as it is":                 text,
		"with a byte order mark":   "\ufeff" + text,
		"with Windows' line ends":  strings.ReplaceAll(text, "\n", "\r\n"),
		"with old Macs' line ends": strings.ReplaceAll(text, "\n", "\r"),
	} {
		d := document.Read("x.yaml", []byte(data))
		for pointer, want := range want {
			at, _ := d.Locate(pointer)
			got := fmt.Sprintf("%d:%d-%d:%d %s", at.Line, at.Column, at.EndLine, at.EndColumn, strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(data[at.Start:at.End]))
			if got != want {
				t.Errorf("%s: %q is at %q, want %q", name, pointer, got, want)
			}
		}
	}
}

// Where a line was mended, values are found where they were written.
func TestLocateMended(t *testing.T) {
	t.Parallel()
	d := document.Read("x.yaml", []byte("a:\n\tb: x\nc:\n  d: y\n     e: z\nf:\n  gh:ij\n  kl: m\n"))
	for pointer, want := range map[string]string{"/a/b": "2:5 x", "/c/d": "4:6 y", "/c/e": "5:9 z", "/f/gh": "7:6 ij", "/f/kl": "8:7 m"} {
		at, _ := d.Locate(pointer)
		if got := fmt.Sprintf("%d:%d %s", at.Line, at.Column, string([]rune(at.Source)[at.Column-1:at.EndColumn-1])); got != want {
			t.Errorf("%s is at %s, want %s", pointer, got, want)
		}
	}
}

// A renamed key is found by its new name and holds the same value.
func TestRename(t *testing.T) {
	t.Parallel()
	d := document.Read("x.yaml", []byte("l:\n  - {ownr: jdoe}\n"))
	was := fmt.Sprint(d.Value())
	renamed := d.Renamed(map[string]string{"/l/0/ownr": "owner", "/l/1/x": "y"})
	if got := fmt.Sprint(d.Value()); got != was || !d.Has("/l/0/ownr") || d.Has("/l/0/owner") {
		t.Errorf("the document itself is now %s", got)
	}
	d = renamed
	want := map[string]any{"l": []any{map[string]any{"owner": "jdoe"}}}
	if !reflect.DeepEqual(d.Value(), want) {
		t.Errorf("value %v, want %v", d.Value(), want)
	}
	if at, value := d.Locate("/l/0/owner"); at.Column != 12 || value != "jdoe" {
		t.Errorf("at %v, value %q", at, value)
	}
}

// Whatever the bytes, reading ends, and every finding stands inside the file.
func FuzzRead(f *testing.F) {
	seeds, err := filepath.Glob("../../escalations/*/*.yaml")
	if err != nil || len(seeds) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, name := range seeds {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, s := range []string{
		"a: b: c\n", "x: [a\ny: 2\n", "a: \"b\nc: d\n", "\tx: 1\n", "fyi: [@a, @b]\n", "a: &x [*x]\n", "a: !!binary x\n", "? [a]\n: b\n", "<<<<<<< a\nb: 1\n=======\n>>>>>>> c\n",
		"---\na\n---\nb\n", "\xff\xfea\x00", "a: \x00\n", "a: |\n x\n y\n  z\n w\n", "- a\n-b\n", "a: {b: c\n", "a: 'x' y\n", "a:b\nc:d\n", "%YAML 9\n---\n", "a: \u2028 #x\n", "a: #b\n- #c\n", "\r\ra: 1\r", "a: 1e999\nb: 0x\nc: .nan\n", "=: 1\n<<: 2\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d := document.Read("x.yaml", data)
		for _, x := range d.Findings {
			if x.Line < 1 || x.Column < 1 || x.EndLine < x.Line || x.EndColumn < x.Column {
				t.Errorf("%s at %v", x.Rule, x.Span)
			}
			if width := utf8.RuneCountInString(x.Source); x.Column > width+2 {
				t.Errorf("%s at column %d of a line of %d", x.Rule, x.Column, width)
			}
			if lines := 1 + bytes.Count(bytes.TrimSuffix(bytes.ReplaceAll(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n")), []byte("\n")), []byte("\n")); x.EndLine > lines {
				t.Errorf("%s at %v of %d lines", x.Rule, x.Span, lines)
			}
			if x.Message == "" || x.Hint == "" || strings.ContainsAny(x.Message, "\n\r") {
				t.Errorf("%s says %q, %q", x.Rule, x.Message, x.Hint)
			}
		}
		if d.Value() == nil && len(d.Findings) == 0 && !d.Empty() {
			t.Error("nothing was read and nothing was said")
		}
	})
}
