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

func TestGitHub(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{"", ""},
		{" \n\t", ""},
		{"plain words, and (more) of them: don't!", "plain words, and (more) of them: don't!"},
		{"a\r\nb\n\nc\n\n\nd\n", "a\\\nb\n\nc\n\n\\\nd"},
		{"@jodoe a@b.example #1", "<span>@</span>jodoe a<span>@</span>b.example <span>#</span>1"},
		{"GH-12 CVE-2021-1 GHSA-x no-1", "GH<span>-</span>12 CVE<span>-</span>2021-1 GHSA<span>-</span>x no-1"},
		{"0123456 012345 0123456789abcde", "012345<span>6</span> 012345 012345<span>6</span>789abc<span>d</span>e"},
		{"$5 :smile: 10:30:45 10:30", "<span>&#36;</span>5 <span>:</span>smile: 10<span>:</span>30:45 10:30"},
		{"# x\n- x\n1. x\n12) x\n= x\n: x\n/x", "<span>#</span> x\\\n\\- x\\\n1\\. x\\\n12\\) x\\\n\\= x\\\n\\: x\\\n\\/x"},
		{"  - a", "&nbsp;&nbsp;\\- a"},
		{"a_b *c* `d` ~e~ [f] |g \\", "a\\_b \\*c\\* \\`d\\` \\~e\\~ \\[f\\] \\|g &#92;"},
		{"<b> &lt; -->", "&lt;b&gt; &amp;lt; --&gt;"},
		{"see (https://x.y/a_(b)).", "see (<https://x.y/a_(b)>)."},
		{"[good](http://evil)", `\[good\](<http://evil>)`},
		{"www.x.y ftp://x.y", "www<span>.</span>x.y ftp<span>:</span>//x.y"},
		{"https://github.com/o/r https://github.com/o/r/issues/1", "<https://github.com/o/r> https<span>:</span>//github.com/o/r/issues/1"},
		{"https://gitlab.com/g/p/-/issues/1 https://ghe.x/o/r/pull/1", "<https://gitlab.com/g/p/-/issues/1> https<span>:</span>//ghe.x/o/r/pull/1"},
		{"a\u202eb", "a&lt;U+202E&gt;b"},
	}
	for _, tt := range tests {
		if got := escape.GitHub(tt.text); got != tt.want {
			t.Errorf("GitHub(%q)\n got %q\nwant %q", tt.text, got, tt.want)
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

	// notation is what GitHub looks for in a text node: mentions and addresses,
	// issues, advisories, commits, emoji, formulas, and addresses to link.
	notation = regexp.MustCompile(`(?i)@[\w-]|[\w-]@|(?:#|\bgh-)\d|\b(?:ghsa|cve)-\w|[0-9a-f]{7}|:[\w+-]+:|\$.*\$|www\.|://`)

	// inLink is what it looks for even in a link.
	inLink = regexp.MustCompile(`(?i)@|:[\w+-]+:|\$|^https?://[^/?#]+/+[^/?#]+/+[^/?#]+/+(?:issues|pull|commit|discussions)/+\w|^https?://github\.com(?::\d+)?/+user-attachments/`)
)

// read reads a page as a person does, and as the filters of GitHub do, which
// look at one text node at a time and not into links.
func read(page string) (text, fault string) {
	var b strings.Builder
	href := "" // of the link that we are in
	for page != "" {
		next := tag.FindStringIndex(page)
		if next == nil {
			next = []int{len(page), len(page)}
		}
		node := html.UnescapeString(page[:next[0]])
		switch {
		case href == "" && notation.MatchString(node):
			return "", fmt.Sprintf("GitHub makes something of %q", node)
		case href != "" && (href != node || inLink.MatchString(node)):
			return "", fmt.Sprintf("the link %q goes to %q", node, href)
		}
		b.WriteString(strings.ReplaceAll(node, "\n", ""))
		switch t := page[next[0]:next[1]]; {
		case t == "", t == "<p>", t == "<span>", t == "</span>":
		case t == "<br>", t == "<br />":
			b.WriteByte('\n')
		case t == "</p>":
			b.WriteString("\n\n")
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
	botCommand = regexp.MustCompile(`(?m)^\s*/`)
	ours       = "### Ours\n\n**bold**, @jodoe #1\n<!-- escalate: 1 -->\n\n- item\n\n> quote\n\n| a |\n| - |\n| b |\n"
)

// githubFault renders Markdown: it is the text in paragraphs, it does nothing,
// and what is put before or after it stays what it is.
func githubFault(text string) string {
	out := escape.GitHub(text)
	if f := unseen(strings.ReplaceAll(out, "\n", "")); f != "" {
		return f
	}
	if strings.Contains(out, "<!") || botCommand.MatchString(out) {
		return fmt.Sprintf("looks like a marker or a command: %q", out)
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

func TestGitHubIsText(t *testing.T) {
	t.Parallel()
	everywhere(t, githubFault)
}

func FuzzGitHub(f *testing.F) { fuzz(f, githubFault) }
