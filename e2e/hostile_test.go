//go:build e2e

package e2e

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
	nethtml "golang.org/x/net/html"

	"github.com/escalations-as-code/escalate/e2e/harness"
)

// hostiles are texts that mean something to GitHub, or to escalate. Nobody by
// the names in them is in the directory.
var hostiles = []string{
	"@mallory", "(@mallory)", "@acme/everybody", "@@mallory", "mallory@mallory.example", "\\@mallory", "&#64;mallory", "&commat;mallory", "<b>@</b>mallory", "@\u200bmallory", "@mallory\n@mallory",
	"cc @mallory", "words\n\ncc @mallory", "words\r\rcc @mallory", "words\u2028cc @mallory", "https://example.com/@mallory", "https://example.com/\u202e@mallory", "[@mallory](https://example.com)", "`@mallory`", "```\n@mallory", "> @mallory",
	"closes #1", "Fixes acme/escalations#1", "GH-1", "resolves https://github.com/acme/escalations/issues/1", "Duplicate of #1", "0123456789abcdef0123456789abcdef01234567", "deadbeef",
	"<!-- escalate: 2026/northwind opened -->", "<!-- escalate: 2026/northwind -->", "--> <!-- escalate: 2026/northwind closed 2026-12-01T00:00:00Z -->", "<!--", "-->", "<!-->", "<? escalate ?>", "<![CDATA[x]]>", "&lt;!-- escalate: 2026/northwind -->",
	"<img src=https://evil.example/pixel.png>", "![x](https://evil.example/pixel.png)", "<script>alert(1)</script>", "<details><summary>", "</details>", "<a href=https://evil.example>x</a>", "[good](https://evil.example)", "[ref]: https://evil.example", "[^1]: note",
	"# Heading", "Heading\n===", "---", "- [x] done", "1. one", "| a |\n| --- |\n| b |", "~~~\ncode", "    indented", "<https://evil.example|good>", "<!channel>", "/close", "/assign @mallory", "words\n/close", "> /close", "- /label ~x", "/ close", "@dependabot merge",
	"!1", "~label", "~\"a label\"", "%milestone", "$1", "&1", "acme/escalations!1", "[vulnerability:1]", "@all", "^alert#1", "*iteration:1", "[[_TOC_]]", "{+ added +}", "::include{file=x}", "%{all_commits}",
	"::error::x", "::set-output name=x::y", "::add-mask::northwind", "##[error]x", "::stop-commands::x", "%0A::error::x",
	"\u202eevil", "a\u200bb", "\u2066x", "👩\u200d🚀", ":+1: :smile:", "$x$", "$$x$$",
	strings.Repeat("@mallory #1 ", 4000), strings.Repeat("@", 60000), strings.Repeat("a", 70000), strings.Repeat("é", 40000),
}

// TestHostile has hostile texts in all fields that take words, and looks at what
// a reader of Markdown makes of the issue and its comments.
func TestHostile(t *testing.T) {
	t.Parallel()
	onEach(t, hostileOn)
}

func hostileOn(t *testing.T, on harness.Kind) {
	// What we write ourselves looks like this, and nothing in a text adds to it.
	harmless := openNorthwindOn(t, on)
	mergeEdits(t, harmless.Clone, "update", anUpdate(19, "", "Harmless."))
	harmless.MustApply(0)
	own := only(t, harmless)

	w := newWorldOn(t, on)
	var updates []edit
	for n, s := range hostiles {
		updates = append(updates, edit{"", fmt.Sprintf("  - {at: 2026-11-19T%02d:%02d:00Z, by: jdoe, to: [internal], text: %s}\n", n/60, n%60, quoted(s))})
	}
	short := strings.Join(slices.DeleteFunc(slices.Clone(hostiles), func(s string) bool { return len(s) > 60 }), " ")
	line := quoted(strings.Join(strings.Fields(short), " "))
	file := edited(t, northwind(t, updates...),
		edit{"customer: Northwind Traders", "customer: " + quoted("Northwind @mallory <!-- escalate: x --> closes #1")},
		edit{"summary: Pipelines wait 40 minutes and every team is affected", "summary: " + line},
		edit{"  Three of their teams stopped deploying.", strings.ReplaceAll("  "+strings.Join(strings.Fields(short), "\n"), "\n", "\n  ")},
		edit{"ask: One engineer who can work with the customer every day on the queue analysis.", "ask: " + quoted(short)},
		edit{"approach: Reproduce the waiting in our lab, then tune the queue with the customer.", "approach: " + quoted(short)},
		edit{"criterion: Queue time under 60 s at p95 for five working days", "criterion: " + line},
		edit{"step: Load test with the customer", "step: " + line},
	)
	w.Clone.Merge("Open Northwind", map[string]string{northwindFile: file})
	r := w.MustApply(0)
	for l := range strings.Lines(r.Stdout + r.Stderr) {
		if strings.HasPrefix(strings.TrimSpace(l), "::") || strings.Contains(l, "##[") {
			t.Errorf("a workflow command in the log: %q", l)
		}
	}
	issue := only(t, w)
	if len(issue.Comments) != len(hostiles) {
		t.Errorf("%d comments, want %d", len(issue.Comments), len(hostiles))
	}
	look := func(where, body, as string, allowed ...string) {
		t.Helper()
		if n := utf8.RuneCountInString(body); n > 65536 && w.GitHub != nil || n > 1_000_000 {
			t.Errorf("%s has %d characters", where, n)
		}
		s := seen(t, body)
		for _, m := range s.mentions {
			if !slices.Contains(allowed, m) {
				t.Errorf("%s mentions %s", where, m)
			}
		}
		if len(s.comments) != 1 || strings.Count(body, "<!--") != 1 {
			t.Errorf("%s has the hidden comments %q, want one", where, s.comments)
		}
		body, as = servers.ReplaceAllString(body, "https://gitlab.example"), servers.ReplaceAllString(as, "https://gitlab.example")
		s.tricks = seen(t, body).tricks
		if want := seen(t, as).tricks; !slices.Equal(s.tricks, want) {
			t.Errorf("%s holds %q, want %q", where, s.tricks, want)
		}
		if t.Failed() {
			t.Logf("%.3000s", body)
		}
	}
	look("the issue", issue.Body, own.Body, "@jodoe", "@minlee")
	markers := map[string]bool{}
	for n, c := range issue.Comments {
		look(fmt.Sprintf("the comment with %.60q", hostiles[n]), c.Body, own.Comments[0].Body)
		markers[c.Body[strings.LastIndex(c.Body, "<!--"):]] = true
	}
	if len(markers) != len(issue.Comments) {
		t.Errorf("%d comments have %d different markers", len(issue.Comments), len(markers))
	}
	if issue.State != "open" {
		t.Error("the issue is closed")
	}
	mustBeQuiet(t, w)

	// In doubt, a text that looks like the marker of another notice is not taken
	// for it.
	next := "  - {at: 2026-11-20T01:00:00Z, by: jdoe, to: [internal], text: Not to be lost.}\n"
	forged := "  - {at: 2026-11-20T00:00:00Z, by: jdoe, to: [internal], text: \"<!-- escalate: 2026/northwind update 2026-11-20T01:00:00Z -->\"}\n"
	w.Clone.Merge("forged", map[string]string{northwindFile: file + forged})
	w.MustApply(0)
	w.Forge.Inject(harness.Fault{Kind: harness.KillBefore, Method: "POST", Path: "/(comments|notes)$", Do: w.Kill})
	w.Clone.Merge("in doubt", map[string]string{northwindFile: file + forged + next})
	w.Apply()
	w.MustApply(0)
	if got := only(t, w).Comments; len(got) != len(hostiles)+2 || !strings.Contains(got[len(got)-1].Body, "Not to be lost.") {
		t.Errorf("a forged marker was believed: %d comments, want %d", len(got), len(hostiles)+2)
	}
	mustBeQuiet(t, w)
}

// only returns the only issue.
func only(t testing.TB, w *harness.World) harness.Issue {
	t.Helper()
	issues := w.Forge.Issues()
	if len(issues) != 1 {
		t.Fatalf("there are %d issues, want 1", len(issues))
	}
	return issues[0]
}

// sight is what somebody sees, or a program, in text that GitHub shows. Tricks are
// all that is more than words in plain paragraphs.
type sight struct{ mentions, comments, tricks []string }

var (
	mention   = regexp.MustCompile(`(?:^|[^\w/])(@[A-Za-z0-9][\w/-]*)`)
	reference = regexp.MustCompile(`(?i)(?:^|[^\w&])(?:#\d+|GH-\d+|[\w.-]+/[\w.-]+#\d+)\b|\b[0-9a-f]{7,40}\b|(?:^|[\s(])(?:[\w./-]*(?:[!$&]\d|[~%]["\w]|\^alert#\d)|\*iteration:|\[[a-z_]+:\d)|\[\[_TOC_\]\]|%\{|\{[+-]`)
	plainTags = []string{"html", "head", "body", "p", "br", "a", "em", "code"}
)

// seen renders Markdown as GitHub does, and looks for what GitHub then looks
// for: mentions and references, in each text node by itself.
func seen(t testing.TB, body string) sight {
	t.Helper()
	var page bytes.Buffer
	md := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe(), html.WithHardWraps()))
	if err := md.Convert([]byte(body), &page); err != nil {
		t.Fatal(err)
	}
	root, err := nethtml.Parse(&page)
	if err != nil {
		t.Fatal(err)
	}
	var s sight
	for n := range root.Descendants() {
		switch n.Type {
		case nethtml.CommentNode:
			s.comments = append(s.comments, n.Data)
		case nethtml.ElementNode:
			if !slices.Contains(plainTags, n.Data) {
				s.tricks = append(s.tricks, "<"+n.Data+">")
			}
			for _, a := range n.Attr {
				if n.Data == "a" && a.Key == "href" && n.FirstChild != nil && n.FirstChild.Data != a.Val && !strings.Contains(a.Val, "%") {
					s.tricks = append(s.tricks, "a link to "+a.Val+" that shows "+n.FirstChild.Data)
				}
			}
		case nethtml.TextNode:
			if n.Parent != nil && (n.Parent.Data == "a" || n.Parent.Data == "code") {
				continue
			}
			for _, m := range mention.FindAllStringSubmatch(n.Data, -1) {
				s.mentions = append(s.mentions, m[1])
			}
			if m := reference.FindString(n.Data); m != "" {
				s.tricks = append(s.tricks, "a reference: "+m)
			}
		}
	}
	return s
}

// TestSeen shows that the reader above would notice.
func TestSeen(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]sight{
		"cc @jodoe @minlee\n\n<!-- escalate: x -->": {mentions: []string{"@jodoe", "@minlee"}, comments: []string{" escalate: x "}},
		"`@jodoe`":                     {},
		"<span>@</span>jodoe":          {tricks: []string{"<span>"}},
		"\\@jodoe and &#64;jodoe":      {mentions: []string{"@jodoe", "@jodoe"}},
		"closes #1":                    {tricks: []string{"a reference:  #1"}},
		"# Heading":                    {tricks: []string{"<h1>"}},
		"![x](https://evil.example)":   {tricks: []string{"<img>"}},
		"[good](https://evil.example)": {tricks: []string{"a link to https://evil.example that shows good"}},
		"<https://example.com>":        {},
		"see !1 (~bug)":                {tricks: []string{"a reference:  !1"}},
		"acme/x!1":                     {tricks: []string{"a reference: acme/x!1"}},
		"[vulnerability:1]":            {tricks: []string{"a reference: [vulnerability:1"}},
		"50 % & more, a!":              {},
	} {
		if got := seen(t, body); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("in %q it sees %v, want %v", body, got, want)
		}
	}
}
