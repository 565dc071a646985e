package document_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/document"
	"github.com/escalations-as-code/escalate/internal/finding"
)

// What editors refuse and the parser lets pass is one finding at its place, and its
// fixes make a text of which nothing is told.
func TestSlips(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text, want string
		fixed            string // "" where nobody can say which text is meant
	}{
		{"a note behind a quote", "a: \"x\"# y\nb: z\n", "1:7 yaml-hash “# y”", "a: \"x\" # y\nb: z\n"},
		{"a note behind a single quote", "l:\n- 'x'#y\n", "2:6 yaml-hash “#y”", "l:\n- 'x' #y\n"},
		{"a note behind a bracket", "a: [x]# y\n", "1:7 yaml-hash “# y”", "a: [x] # y\n"},
		{"a note behind a brace", "a: {x: y}# z\n", "1:10 yaml-hash “# z”", "a: {x: y} # z\n"},
		{"a note behind an inner bracket", "a: [[x]# y\n ]\n", "1:8 yaml-hash “# y”", "a: [[x] # y\n ]\n"},
		{"a note behind an opening bracket", "a: [# y\n x]\n", "1:5 yaml-hash “# y”", "a: [ # y\n x]\n"},
		{"a note behind a comma", "a: [x,# y\n z]\n", "1:7 yaml-hash “# y”", "a: [x, # y\n z]\n"},
		{"a note behind a quote in brackets", "a: [\"x\"# y\n , z]\n", "1:8 yaml-hash “# y”", "a: [\"x\" # y\n , z]\n"},
		{"a note behind a |", "a: |# y\n  x\n", "1:5 yaml-hash “# y”", "a: | # y\n  x\n"},
		{"a note behind a >-", "l:\n- a: >-# y\n    x\n", "2:8 yaml-hash “# y”", "l:\n- a: >- # y\n    x\n"},
		{"a note behind |2", "a: |2# y\n   x\n", "1:6 yaml-hash “# y”", "a: |2 # y\n   x\n"},

		{"a list goes on in the first column", "a: [x,\ny]\n", "2:1 yaml-syntax “y]”", "a: [x,\n  y]\n"},
		{"a list goes on where its field begins", "l:\n  - a: [x,\n    y,\n     z]\n    b: c\n", "3:5 yaml-syntax “y,”", "l:\n  - a: [x,\n      y,\n     z]\n    b: c\n"},
		{"each line of a list", "a: [x,\ny,\n# z\nz]\nb: c\n", "2:1 yaml-syntax “y,”", "a: [x,\n  y,\n# z\n  z]\nb: c\n"},
		{"a list of lists closes in the first column", "a: [[x\n], y]\n", "2:1 yaml-syntax “], y]”", "a: [[x\n  ], y]\n"},
		{"an inner list closes in the first column", "l:\n  a: [x,\n    y\n]\n", "4:1 yaml-syntax “]”", "l:\n  a: [x,\n    y\n    ]\n"},
		{"a list goes on behind a tab", "a: [x,\n\ty]\n", "2:1 yaml-tab “\t”", "a: [x,\n  y]\n"},
		{"a text in quotes goes on in the first column", "a: \"x\ny z\"\nb: c\n", "2:1 yaml-syntax “y z\"”", "a: \"x\n  y z\"\nb: c\n"},
		{"a text in quotes goes on where its field begins", "l:\n  a: 'x\n\n  y'\n", "4:3 yaml-syntax “y'”", "l:\n  a: 'x\n\n    y'\n"},
		{"a text in quotes goes on behind a tab", "a: 'x\n\ty'\n", "2:1 yaml-tab “\t”", "a: 'x\n  y'\n"},
		{"a text in quotes, in a list in brackets", "a: [\"x\ny\", z]\n", "2:1 yaml-syntax “y\", z]”", "a: [\"x\n  y\", z]\n"},

		{"a line of a tab in a text", "a: |\n  x\n\t\n  y\n", "3:1 yaml-tab “\t”", "a: |\n  x\n\n  y\n"},
		{"a line of a tab behind a text", "a: |\n  x\n \t\nb: y\n", "3:1 yaml-tab “ \t”", "a: |\n  x\n\nb: y\n"},
		{"a line of a tab before a text", "a: >\n\t\n  x\n", "2:1 yaml-tab “\t”", "a: >\n\n  x\n"},
		{"a line of a tab in plain text", "a: x\n\t\n  y\n", "2:1 yaml-tab “\t”", "a: x\n\n  y\n"},
		{"a line of a tab in quotes", "a: 'x\n\t\n  y'\n", "2:1 yaml-tab “\t”", "a: 'x\n\n  y'\n"},
		{"spaces before a text", "a: |\n    \n  x\n", "2:1 yaml-syntax “    ”", "a: |\n\n  x\n"},
		{"a | in the first column", "a:\n|\n  x\n", "2:1 yaml-syntax “|”", "a:\n  |\n  x\n"},

		{"a dash in brackets", "a: [-, x]\n", "1:5 yaml-syntax “-”", ""},
		{"a colon at the end of an entry", "a: {b: 2026-12-02:}\n", "1:18 yaml-colon “:”", ""},
		{"a backslash before a '", "a: \"it\\'s\"\n", "1:7 yaml-quote “\\'”", "a: \"it's\"\n"},
		{"a version that is none", "%YAML 1.1#...\n---\na: x\n", "1:1 yaml-syntax “%YAML 1.1#...”", ""},
		{"beside another mistake", "a: x: y\nb: \"z\"# c\n", "1:4 yaml-colon “x: y”, 2:7 yaml-hash “# c”", "a: \"x: y\"\nb: \"z\" # c\n"},
		{"a tab beside another mistake", "a: x: y\nb: |\n  z\n\t\n  z\n", "1:4 yaml-colon “x: y”, 4:1 yaml-tab “\t”", "a: \"x: y\"\nb: |\n  z\n\n  z\n"},
		{"plain text goes on in the first column", "l:\n  a: x\ny z\n  b: c\nd: e\n", "3:1 yaml-syntax “y z”", ""},
		{"Windows' line ends", "a: \"x\"# y\r\nb: [z,\r\nz]\r\n", "1:7 yaml-hash “# y”, 3:1 yaml-syntax “z]”", "a: \"x\" # y\r\nb: [z,\r\n  z]\r\n"},
	} {
		for _, begin := range []string{"", "é: 顧客\n", "\ufeff"} {
			if begin == "é: 顧客\n" && strings.HasPrefix(c.text, "%") {
				continue
			}
			text := begin + c.text
			d := document.Read("x.yaml", []byte(text))
			for i := range d.Findings {
				d.Findings[i].Line -= strings.Count(begin, "\n")
			}
			if got := strings.Join(told(d), ", "); got != c.want {
				t.Errorf("%s: %q\n got %s\nwant %s", c.name, text, got, c.want)
			}
			var fixes []finding.Fix
			for _, f := range d.Findings {
				fixes = append(fixes, f.Fixes...)
			}
			got := text
			if len(fixes) > 0 {
				got = apply(text, fixes)
			}
			if c.fixed != "" && got != begin+c.fixed {
				t.Errorf("%s: fixed\n got %q\nwant %q", c.name, got, begin+c.fixed)
			}
			if d := document.Read("x.yaml", []byte(got)); c.fixed != "" && len(d.Findings) > 0 {
				t.Errorf("%s: of what is fixed is told %v", c.name, told(d))
			}
		}
	}
}

// What YAML 1.2 allows, and looks like a slip, is none.
func TestNoSlips(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"a: x#y\nb: [x#y, z#]\nc: 'x#y' # z\nd: \"#\"\n",
		"a: [x, # y\n  # z\n z] # y\n",
		"a: [\n  x,\n  y\n]\nl:\n  b: {\n    c: d,\n  }\n", // as formatters write it
		"a: 'x\n\n y'\nb: \"x\\\n  y\"\nc: \"x \\\\\"\nd: 'it''s'\n",
		"a: |\n\n  x\n\n     y\n\n\nb: >2-\n   x\n  y\nc: |+\n\n# y\nd: e\n",
		"a: |\n  x\n  \t\n  \ty\nb: x\n\t\nc: [x,\n\t\n y]\n",
		"a:\n- |\n x\n- 'y\n z'\n- [z,\n y]\n",
		"a: x\n  - y\n  :z\n", // plain text, whatever it looks like
		"a: [x-y, -1, https://z/a#b]\n",
		"a: {x: 'y', \"z\":1, u: {v: w}, t: [s: r]}\n",
		"'a b': c\n\"d\": e\n",
		"a: b \t# c\n\t# d\n  \t \n",
		"a:\n  -\tb\n  - \tc\n",
		"%YAML 1.2 # c\n---\na: x\n",
		"a: \"https:\\/\\/x.example.com\\/y\"\nb: {c: \"\\\\/\"}\n",
	} {
		d := document.Read("x.yaml", []byte(text))
		if got := told(d); len(got) > 0 || d.Broken {
			t.Errorf("%q: %s", text, got)
		}
	}
}

// A slash that JSON escapes is a slash, and what stands behind it is found where it
// was written.
func TestEscapedSlash(t *testing.T) {
	t.Parallel()
	d := document.Read("x.yaml", []byte(`a: {b: "x\/y\/\\/", c: d}`))
	if at, value := d.Locate("/a/b"); value != `x/y/\/` || at.Column != 8 || at.EndColumn != 19 {
		t.Errorf("%v has %q", at.Span, value)
	}
	if at, value := d.Locate("/a/c"); value != "d" || at.Column != 24 {
		t.Errorf("%v has %q", at.Span, value)
	}
}

// apply makes the edits of fixes in a text.
func apply(text string, fixes []finding.Fix) string {
	slices.SortFunc(fixes, func(a, b finding.Fix) int { return b.Start - a.Start })
	for _, f := range fixes {
		text = text[:f.Start] + f.Text + text[f.End:]
	}
	return text
}
