package tracking_test

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"

	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/notice"
)

// hostiles are texts that mean something to a forge, or to us. Nobody by the names
// in them is in the directory.
var hostiles = []string{
	"@mallory", "(@mallory)", "@acme/everybody", "@all", "mallory@mallory.example", `\@mallory`, "&#64;mallory", "<b>@</b>mallory", "@mallory\n@mallory", "cc @mallory", "words\n\ncc @mallory", "words\r\rcc @mallory",
	"https://example.com/@mallory", "[@mallory](https://example.com)", "`@mallory`", "```\n@mallory", "> @mallory",
	"closes #1", "Fixes acme/escalations#1", "GH-1", "!1", "acme/escalations!1", "~bug", "%\"1.0\"", "&1", "$1", "[[page]]", "resolves https://github.com/acme/escalations/issues/1", "0123456789abcdef0123456789abcdef01234567", "deadbeef",
	"<!-- escalate: 2026/northwind opened -->", "<!-- escalate: 2026/northwind -->", "--> <!-- escalate: 2026/northwind closed 2026-12-01T00:00:00Z -->", "<!--", "-->", "@<!-- escalate: 2026/northwind -->", "<? escalate ?>",
	"![x](https://evil.example/pixel.png)", "<img src=https://evil.example/pixel.png>", "<script>alert(1)</script>", "<details><summary>", "</details>", "# Heading", "Heading\n===", "- [x] done", "| a |\n| --- |\n| b |", "~~~\ncode", "    indented",
	"/close", "words\n/close", "  /assign @mallory", "\t/label ~bug", "/shrug", "a\u2028/close", "@dependabot merge", ":+1:", "$x$",
	strings.Repeat("@mallory #1 /close\n", 4000), strings.Repeat("@", 60_000),
}

// sees is what a forge would make something of, in text that is no code and no
// link.
var sees = regexp.MustCompile(`(?i)[\w!#&~%$]*(?:@\w|[#!&]\d|gh-\d|~\w|%["\w]|\$\d|\[\[|\b[0-9a-f]{7,40}\b|:(?:[+-]1|100|1234|[\w+-]*[a-z_][\w+-]*):)[\w.-]*`)

var quiet = regexp.MustCompile(`(?s)<code>.*?</code>|<a .*?</a>|<[^!][^>]*>`)

// Whatever a text says, in whichever block: it pings nobody, refers to nothing,
// does nothing, and forges no marker.
func TestHostile(t *testing.T) {
	t.Parallel()
	md := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe()))
	everywhere(t, "hostile", func(t *testing.T, w *world) {
		w.Open(w.Me, openedBody, "escalation")
		look := func(where, body string, keys ...string) {
			t.Helper()
			var page bytes.Buffer
			if err := md.Convert([]byte(body), &page); err != nil {
				t.Fatal(err)
			}
			if got := sees.FindAllString(quiet.ReplaceAllString(page.String(), ""), -1); !slices.Equal(got, []string{"@jodoe"}) {
				t.Errorf("%s: a forge sees %q", where, got)
			}
			if strings.Count(body, "<!--") != len(keys) || !strings.HasSuffix(body, "\n\n"+mark(keys[0])) {
				t.Errorf("%s has other markers: %.600s", where, body)
			}
		}
		for n, s := range hostiles {
			line, done := notice.Words(s), true
			text := notice.Text{
				notice.Title(line...), {Fields: []notice.Field{{Label: "Why", Value: line}}}, {Fields: slices.Repeat([]notice.Field{{Label: "Why", Value: line}}, 5)},
				notice.Heading(s), notice.Paragraph(line...), {List: []notice.Item{{Text: line}, {Text: line, Done: &done}}},
				{Quote: &notice.Quote{Head: line, Text: s}}, {Links: []notice.Inline{{Words: s, Place: notice.AtFile}, {Words: s, Place: notice.AtChannel}, {Words: s, Link: s}}},
			}
			if len(s) > 1000 {
				text = notice.Text{notice.Paragraph(line...)}
			}
			key := fmt.Sprint("steps ", n)
			if _, err := w.deliver(t, plan(key, notice.Tell, text, "jdoe"), false, opened); err != nil {
				t.Fatal(err)
			}
			look(fmt.Sprintf("the comment of %.40q", s), w.Bodies(forge.Thread{Number: 1})[n], id+" "+key)
			if _, err := w.deliver(t, plan(key, notice.Edit, text, "jdoe"), false, opened); err != nil {
				t.Fatal(err)
			}
			look(fmt.Sprintf("the issue of %.40q", s), w.Issues[0].Body, id)
			if strings.Contains(w.Issues[0].Title, "\n") {
				t.Errorf("the title has several lines: %q", w.Issues[0].Title)
			}
		}
		if !w.Issues[0].Open {
			t.Error("the issue is closed")
		}
	})
}
