package escape_test

import (
	"bytes"
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	renderer "github.com/yuin/goldmark/renderer/html"

	"github.com/escalations-as-code/escalate/internal/escape"
)

func TestMarkdown(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{"", ""},
		{" \n\t", ""},
		{"plain words, and (more) of them: don't!", "plain words, and (more) of them: don't!"},
		{"a\r\nb\n\nc\n\n\nd\n", "a  \nb\n\nc\n\n&nbsp;  \nd"},
		{"@jodoe a@b.example #1 (#2), \"@x\": o/r#3.", "`@jodoe` `a@b.example` `#1` (`#2`), \"`@x`\": `o/r#3`."},
		{"GH-12 CVE-2021-1 GHSA-x no-1", "`GH-12` `CVE-2021-1` `GHSA-x` no-1"},
		{"0123456 012345 (deadbeef) feedback", "`0123456` 012345 (`deadbeef`) feedback"},
		{"$5 :smile: 10:30:45 10:30", "`$5` `:smile:` 10:30:45 10:30"},
		{"09:30: up\n10:00-10:15: (11:00:) a 7:5:3 b 2026-11-20T09:30:00Z", "09:30: up  \n10:00-10:15: (11:00:) a 7:5:3 b 2026-11-20T09:30:00Z"},
		{":100: a:1234:b :+1: :-1: :8ball: 1:a: :1st_place_medal: :E-mail:", "`:100:` `a:1234:b` `:+1:` `:-1:` `:8ball:` `1:a:` `:1st_place_medal:` `:E-mail:`"},
		{"https://x.y/a:30:b https://x.y/a:100:b", "<https://x.y/a:30:b> `https://x.y/a:100:b`"},
		{"# x\n- x\n1. x\n12) x\n= x\n: x\n> x\n/x y\n1.5 x\n#esc_x", "\\# x  \n\\- x  \n1\\. x  \n12\\) x  \n\\= x  \n\\: x  \n\\> x  \n`/x` y  \n1.5 x  \n#esc_x"},
		{"  - a", "&nbsp;&nbsp;\\- a"},
		{"a_b _c_ *d* `e` [f] |g \\", "a_b \\_c\\_ \\*d\\* \\`e\\` \\[f\\] \\|g `\\`"},
		{"<b> &lt; --> R&D", "&lt;b> &amp;lt; --> R&D"},
		{"@<!--x--> @a|b `@x`", "`@`&lt;`!--x-->` `@a`\\|`b` `` `@x` ``"},
		{"see (https://x.y/a_(b)).", "see (<https://x.y/a_(b)>)."},
		{"[good](http://evil)", `\[good\](<http://evil>)`},
		{"www.x.y ftp://x.y", "`www.x.y` `ftp://x.y`"},
		{"https://github.com/o/r https://github.com/o/r/issues/1", "<https://github.com/o/r> `https://github.com/o/r/issues/1`"},
		{"https://gitlab.com/g/s/p/-/issues/1 https://ghe.x/o/r/pull/1", "`https://gitlab.com/g/s/p/-/issues/1` `https://ghe.x/o/r/pull/1`"},
		{"https://lab.x/g/p/-/blob/main/a https://x.y/a/-/b https://x.y/%25%7Bproject_path%7D", "<https://lab.x/g/p/-/blob/main/a> <https://x.y/a/-/b> `https://x.y/%25%7Bproject_path%7D`"},
		{"!1 ~bug %1.2 $3 &4 [[x]] 50% ~ !", "`!1` `~bug` `%1.2` `$3` `&4` `[[x]]` 50% \\~ !"},
		{"GL-12 a/b> (^alert#1) [issue:1] *iteration:x %{x} %\"a b\" 50%.", "`GL-12` `a/b>` (`^alert#1`) `[issue:1]` `*iteration:x` `%{x}` `%\"a` b\" 50%."},
		{"{+ a +} [-b-]", "`{+` a `+}` `[-b-]`"},
		{"[x] a\n[~] b\n[ ] c\n[ ]\n[xx] d\ne [x] f", "`[x]` a  \n`[~]` b  \n`[ ]` c  \n`[ ]`  \n\\[xx\\] d  \ne \\[x\\] f"},
		{"/close\r/assign me\u2028  /due x\n- /close", "`/close`  \n`/assign` me  \n&nbsp;&nbsp;`/due` x  \n\\- /close"},
		{";;;\n---\n+++\n>>>\n::include{file=a}", "\\;;;  \n\\---  \n\\+++  \n\\>>>  \n\\::include{file=a}"},
		{"a\u202eb", "a&lt;U+202E>b"},
	}
	for _, tt := range tests {
		if got := escape.Markdown(tt.text); got != tt.want {
			t.Errorf("Markdown(%q)\n got %q\nwant %q", tt.text, got, tt.want)
		}
	}
}

// What stands beside other things is judged together with them.
func TestMarkdownOf(t *testing.T) {
	t.Parallel()
	words := func(s string) escape.Piece { return escape.Piece{Words: s} }
	for _, tt := range []struct {
		pieces []escape.Piece
		want   string
	}{
		{[]escape.Piece{words("#"), words("12 "), words("@jo"), words("doe")}, "`#12` `@jodoe`"},
		{[]escape.Piece{words("Look! "), {Words: "the [file]", URL: "https://x.y/a"}, words(" - x")}, "Look! [the \\[file\\]](https://x.y/a) - x"},
		{[]escape.Piece{words("Look!"), {Words: "File", URL: "https://x.y/(a)"}}, "Look\\![File](<https://x.y/(a)>)"},
		{[]escape.Piece{{Words: "see https://x.y/b @x", URL: "https://x.y/a"}}, "[see `https://x.y/b` `@x`](https://x.y/a)"},
		{[]escape.Piece{{Words: "File", URL: "javascript:x"}, words(" "), {URL: "https://x.y/<b>"}}, "File: `javascript:x` `https://x.y/<b>`"},
		{[]escape.Piece{{URL: "https://x.y/a"}, words(" "), words("\n"), {URL: "https://github.com/o/r/issues/1"}}, "<https://x.y/a>  \n`https://github.com/o/r/issues/1`"},
		{[]escape.Piece{words("@a"), {Words: "b c", Code: true}, words("@d")}, "`@ab c@d`"},
		{[]escape.Piece{{Words: "a|<!-- b", Code: true}}, "`a`\\|&lt;`!-- b`"},
		// Where nothing is before them, words begin a line.
		{[]escape.Piece{{Words: "/assign me", URL: "javascript:x"}}, "`/assign` me: `javascript:x`"},
		{[]escape.Piece{{Words: " - x", URL: "file:x"}}, "&nbsp;\\- x: `file:x`"},
		{[]escape.Piece{{Code: true}, words("/close"), {Code: true}, words("/close")}, "`/close`/close"},
		{[]escape.Piece{{Words: "/a", Code: true}, words(" /close")}, "`/a` /close"},
		{[]escape.Piece{{Words: "/close", URL: "https://x.y/a"}}, "[/close](https://x.y/a)"},
	} {
		if got := escape.MarkdownOf(tt.pieces...); got != tt.want {
			t.Errorf("%+v\n got %q\nwant %q", tt.pieces, got, tt.want)
		}
	}
}

// renderers are GitHub's two ways with a line break: in a comment it is one, in
// a file or a summary it is a space.
var renderers = []goldmark.Markdown{
	goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote), goldmark.WithRendererOptions(renderer.WithUnsafe(), renderer.WithHardWraps())),
	goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote), goldmark.WithRendererOptions(renderer.WithUnsafe())),
}

func rendered(md goldmark.Markdown, source string) string {
	var b bytes.Buffer
	if err := md.Convert([]byte(source), &b); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.String()
}

var (
	tag = regexp.MustCompile(`<[^>]*>`)

	// named are the names of emoji: without a letter there are four (gemoji).
	named = `:(?:[+-]1|100|1234|[\w+-]*[a-z_][\w+-]*):`

	// notation is what GitHub looks for in a text node: mentions and addresses,
	// issues, advisories, commits, emoji, formulas, and addresses to link.
	notation = regexp.MustCompile(`(?i)@[\w-]|[\w-]@|(?:#|\bgh-)\d|\b(?:ghsa|cve)-\w|\b[0-9a-f]{7,}\b|` + named + `|\$.*\$|www\.|://`)

	// reference is what GitLab looks for there: merge requests, epics, snippets,
	// labels, milestones, placeholders, iterations, alerts, projects, other things by their kind, pages of a wiki, a table of
	// contents, what was added and deleted.
	reference = regexp.MustCompile(`(?i)[!&$#]\d|\bgl-\d|~["\w]|%["\w{]|\*iteration:|\^alert#|\w/[\w.-]+>|\[[a-z_]+:|\[\[|\[toc\]|\{\+.*\+\}|\{-.*-\}|\[\+.*\+\]|\[-.*-\]`)

	// box is what GitLab's parser makes a box of at the beginning of an item, whatever
	// escaped it.
	box = regexp.MustCompile(`^\s*\[.\](?:\s|$)`)

	// inLink is what they look for even in a link.
	inLink = regexp.MustCompile(`(?i)@|` + named + `|\$|%25%7b|^https?://[^/?#]+/+[^/?#]+/+[^/?#]+/+(?:issues|pull|commit|discussions|merge_requests|snippets)/+\w|^https?://[^/?#]+/[^?#]+/-/+(?:issues|merge_requests|epics|work_items|commit|compare|milestones|snippets)/+\w|^https?://github\.com(?::\d+)?/+user-attachments/`)
)

// read reads a page as a person does, and as the filters of GitHub do, which
// look at one text node at a time and not into links.
func read(page string) (text, fault string) {
	var b strings.Builder
	href, code := "", false // the link that we are in; neither filter looks into code
	starts := true          // a line
	for page != "" {
		next := tag.FindStringIndex(page)
		if next == nil {
			next = []int{len(page), len(page)}
		}
		node := html.UnescapeString(page[:next[0]])
		switch {
		case code:
		case starts && box.MatchString(node):
			return "", fmt.Sprintf("GitLab makes a box of %q", node)
		case href == "" && (notation.MatchString(node) || reference.MatchString(node)):
			return "", fmt.Sprintf("a forge makes something of %q", node)
		case href != "" && (href != node || inLink.MatchString(node)):
			return "", fmt.Sprintf("the link %q goes to %q", node, href)
		}
		b.WriteString(strings.ReplaceAll(node, "\n", ""))
		starts = starts && strings.TrimSpace(node) == ""
		switch t := page[next[0]:next[1]]; {
		case t == "", t == "<p>":
		case t == "<code>", t == "</code>":
			code = t == "<code>"
		case t == "<br>", t == "<br />":
			b.WriteByte('\n')
			starts = true
		case t == "</p>":
			b.WriteString("\n\n")
			starts = true
		case strings.HasPrefix(t, `<a href="`) && strings.HasSuffix(t, `">`) && strings.Count(t, `"`) == 2:
			href = html.UnescapeString(t[len(`<a href="`) : len(t)-len(`">`)])
		case t == "</a>":
			href = ""
		default:
			return "", "the element " + t
		}
		page = page[next[1]:]
	}
	ls := strings.Split(b.String(), "\n")
	for i, l := range ls {
		ls[i] = wordsOf(l)
	}
	return strings.Trim(strings.Join(ls, "\n"), "\n"), ""
}

var (
	// command is one of a bot or a quick action of GitLab, which is taken from the
	// source.
	command = regexp.MustCompile(`(?m)^\s*/`)
	// border is what GitLab reads from the source: the borders of front matter and of a
	// quotation, a file to be included.
	border     = regexp.MustCompile(`(?m)^(?:---|\+\+\+|;;;|>>>|::include)`)
	artificial = regexp.MustCompile(`\\\n|\\$`)
	ours       = "### Ours\n\n**bold**, @jodoe #1\n<!-- escalate: 1 -->\n\n- item\n\n> quote\n\n| a |\n| - |\n| b |\n"
)

// markdownFault renders Markdown: it is the text in paragraphs, it does nothing,
// and what is put before or after it stays what it is.
func markdownFault(text string) string {
	out := escape.Markdown(text)
	if f := unseen(strings.ReplaceAll(out, "\n", "")); f != "" {
		return f
	}
	if strings.Contains(out, "<!") || command.MatchString(out) || border.MatchString(out) || artificial.MatchString(out) {
		return fmt.Sprintf("looks like a marker, a command, or nothing that a person writes: %q", out)
	}
	for _, md := range renderers {
		page := rendered(md, out)
		got, fault := read(page)
		if fault != "" {
			return fmt.Sprintf("%s\nin %q\nof %q", fault, page, out)
		}
		if want := written(text); got != want {
			return fmt.Sprintf("reads %q\nwant  %q\nin %q\nof %q", got, want, page, out)
		}
		if out == "" {
			continue
		}
		if got, want := rendered(md, out+"\n\n"+ours), page+rendered(md, ours); got != want {
			return fmt.Sprintf("ours afterwards is\n%s\nwant\n%s", got, want)
		}
		if got, want := rendered(md, ours+"\n"+out), rendered(md, ours)+page; got != want {
			return fmt.Sprintf("ours before is\n%s\nwant\n%s", got, want)
		}
	}
	return ""
}

func TestMarkdownIsText(t *testing.T) {
	t.Parallel()
	everywhere(t, markdownFault)
}

func FuzzMarkdown(f *testing.F) { fuzz(f, markdownFault) }

// lineFault puts a line where a line goes, and looks whether it stays there: in
// a heading, an item with a box, a cell, the label of a link.
func lineFault(text string) string {
	out := escape.MarkdownLine(text)
	if strings.Contains(out, "\n") {
		return fmt.Sprintf("more than a line: %q", out)
	}
	label := escape.MarkdownLineOf(escape.Piece{Words: text, URL: "https://x.y/"})
	if out == "" || strings.TrimSpace(text) == "https://x.y/" {
		return ""
	}
	skeleton := func(page string) string {
		page = page[:strings.Index(page, "after")]
		return strings.Join(skeletal.FindAllString(page, -1), "")
	}
	for _, around := range []string{"### %s\n\nafter", "- [ ] %s\n- x\n\nafter", "| a | %s |\n| --- | --- |\n| b | %[1]s |\n\nafter", "**%s:**\n\nafter", "> %s\n\nafter"} {
		for _, line := range []string{out, label} {
			got := rendered(renderers[1], fmt.Sprintf(around, line))
			if want := rendered(renderers[1], fmt.Sprintf(around, "x")); skeleton(got) != skeleton(want) {
				return fmt.Sprintf("%q in %q is %q", line, around, got)
			}
		}
	}
	if source, _, _ := strings.Cut(out, "`"); box.MatchString(html.UnescapeString(strings.NewReplacer(`\[`, "[", `\]`, "]").Replace(source) + " ")) {
		return fmt.Sprintf("GitLab makes a box of %q in an item", out)
	}
	if page := rendered(renderers[1], label); strings.Count(page, "<a ") != 1 || !strings.Contains(page, `<p><a href="https://x.y/">`) || !strings.HasSuffix(page, "</a></p>\n") {
		return fmt.Sprintf("the link %q is %q", label, page)
	}
	return ""
}

// skeletal is what a line may not change: all elements but those within one.
var skeletal = regexp.MustCompile(`</?(?:p|h\d|ul|ol|li|input|table|thead|tbody|tr|th|td|strong|em|del|pre|hr|blockquote|img|sup|section)\b`)

func TestMarkdownLine(t *testing.T) {
	t.Parallel()
	everywhere(t, lineFault)
}

func FuzzMarkdownLine(f *testing.F) { fuzz(f, lineFault) }
