package document_test

import (
	"testing"

	"github.com/escalations-as-code/escalate/internal/document"
)

// The text below a | ends where a line is indented less than its first, or than the
// digit says: what follows there is a comment.
func TestBlockEnd(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a: |\n    x\n  # note\nb: y\n":            "|\n    x",
		"a: |\n  x\n  # text\n # note\nb: y\n":     "|\n  x\n  # text",
		"a: |2\n    x\n  y\n # note\nb: y\n":       "|2\n    x\n  y",
		"a: >-  # note 3\n\n   x\n\n  # note\n":    ">-  # note 3\n\n   x",
		"a: |\n  x\n    \nb: y\n":                  "|\n  x\n    ",
		"a: |\n# note\nb: y\n":                     "|",
		"a: |\r\n    x\r\n  # note\r\nb: |\r\n  y": "|\r\n    x",
	} {
		doc := document.Read("x.yaml", []byte(text))
		if len(doc.Findings) > 0 {
			t.Errorf("%q: %+v", text, doc.Findings)
		}
		if got := doc.Source("/a"); got != want {
			t.Errorf("of %q the text is %q, want %q", text, got, want)
		}
	}
}

// A comment within brackets hides no quote on the line below it.
func TestFlowEnd(t *testing.T) {
	t.Parallel()
	const list = "[\n  b, # note\n  '{', # it's\n  \"]\"\n]"
	if got := document.Read("x.yaml", []byte("a: "+list+"\nc: d\n")).Source("/a"); got != list {
		t.Errorf("the list is %q", got)
	}
}

// What cannot be laid out for sure is named, with its line.
func TestLayoutUnclear(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"a: x\n? b\n: c\n":              2,
		"a: x\nb: !!map {c: d}\n":       2,
		"a: [b: c]\n":                   1,
		"a: &x y\nb: *x\n":              1,
		"a: x\nb: y\na: z\n":            3,
		"a: x\nb: see #4\n":             2,
		"a: [x\nb: y\n":                 1,
		"a: x\n---\nb: y\n":             2,
		"a: {b: c}\nd:\n  <<: {e: f}\n": 3,
	} {
		root, unclear := document.Read("x.yaml", []byte(text)).Layout()
		if unclear == nil || unclear.Line != want || unclear.Message == "" || unclear.Hint == "" {
			t.Errorf("%q: %+v, %+v; want line %d", text, root, unclear, want)
		}
	}
	for _, text := range []string{"", "# nothing\n", "---\n", "a: x\n", "--- # first\na: [b, 'c, d', {e: f}]\n...\n", "{a: b}", "\"a\": {\"b\":1}\n", "a:\n- - b\n  - c\n-\n  d: e\n-\n"} {
		if _, unclear := document.Read("x.yaml", []byte(text)).Layout(); unclear != nil {
			t.Errorf("%q: line %d: %s", text, unclear.Line, unclear.Message)
		}
	}
}
