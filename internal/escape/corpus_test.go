package escape_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// corpus is text that means something to somebody: each destination shows all
// of it as it is written.
var corpus = []string{
	"", " ", "\n", " \n\t\n", "\u3000", "plain words, and (more) of them: don't!", "two\nlines", "a\n\nparagraph", "a\n\n\n\nb", "\n\na\n\n",

	// Slack
	"<!channel>", "<!here|x>", "<!subteam^S1>", "<!date^1^x|y>", "<@U1>", "<#C1|x>", "<https://evil|good>", "<mailto:a@b.example|x>", "*bold* _it_ ~no~",
	"@channel", ">>> all the rest", ">> two", "```\ncode\n```", "``````", "``` `` `",

	// mentions and references
	"@everyone", "@jodoe", "(@jodoe)", "@org/team", "@@x", "mail a@b.example", "jo+x@b.example", "closes #1", "Fixes owner/repo#3", "GH-12", "gh-7, Gh-8",
	"xgh-1", "GHSA-jfh8-c2jp-5v3q", "CVE-2021-44228", "0123456", "deadbeef", "DEADBEEF", "owner/repo@deadbeef", "deadbee...badcafe",
	"0123456789abcdef0123456789abcdef01234567", "effaced x0123456789abcdefx", "Duplicate of #1", "/close", "  /assign @x", "@dependabot merge",

	// blocks
	"### Heading", "#", "Heading\n===", "Heading\n---", "Heading\n=", "-", "- [x] task", "* x", "+ x", "1. list", "1) list", "12345678. list", "2026. A year",
	"    indented", "\tindented", "a\n    b", "> quote", "> [!WARNING]\n> x", "| table |\n| --- |\n| x |", "a | b\n--- | ---\nc | d", "a\n:-", "a\n:-:|-", "a\n-|-", "***", "---", "- - -", "___",
	"~~~\ncode\n~~~", "```sh\ncode", "```math\nx\n```", "[ref]: http://evil", "[^1]", "[^1]: note", "* * *", "-\n\tx", "10:30\n- x", "\\\n", "a\\", "a  ", "a  \nb", "a\\\nb",

	// inlines
	"`code`", "``", "`", "a`b", "**b**", "__b__", "~~s~~", "snake_case_name", "2*3*4", "![x](http://e)", "[good](http://evil)", "[good][ref]", "[x]<http://evil>", "$x$", "$$x$$", "$`x`$", "$5 and $6",
	":smile:", ":+1:", ":a:b:c:", "10:30:45", ":100:", "&lt;", "&#64;jodoe", "&commat;jodoe", "&nbsp;", "&", "\\@jodoe", "\\", "\\\\", "\\`x`",
	"<img src=x onerror=1>", "<details>", "<b>", "</span>", "<!-- escalate: x -->", "-->", "<!--", "--!>", "<!-->", "<?x?>", "<![CDATA[x]]>", "<script>\nx", "<a\nb>", "<x@y.example>",

	// URLs
	"https://example.com", "see http://example.com/a.", "(https://en.example.org/wiki/A_(b))", "https://x.example/a_b_c?d=*e*&f=1#g", "https://x.example/a|b", `"https://x.example/a"`, "https://x/<script>",
	"https://x/`", "`https://x/a`", "https://x/a&copy;b", "https://x/a&b=1;c", "https://x/a;", "https://x/:smile:", "https://x/:+1", "https://x/@jodoe", "https://github.com@evil.example/", "https://x/$a$", "https://x/[a]", "https://x/a\\b",
	"https://x/東京", "参照https://x.y/a。次", "xhttps://x.y", "HTTPS://X.Y/Z", "https://", "https://x..y", "https://x.y./", "https://x:8080/a", "http://http://x", "www.example.com", "WWW.example.com", "xwww.example.com", "ftp://x.y/z", "mailto:a@b.c", "javascript:x",
	"https://github.com/o/r/issues/1", "https://github.com/o/r/pull/2#issuecomment-3", "closes https://github.com/o/r/issues/1", "https://GitHub.com//o//r/issues/1", "https://github.com:443/o/r/issues/1", "https://github.com/o/r", "https://github.com/o/r/blob/main/a.yaml",
	"https://github.com/o/r/blob/0123456789abcdef0123456789abcdef01234567/a#L1-L5", "https://github.com/user-attachments/assets/x", "https://ghe.example/o/r/issues/1", "https://ghe.example/o/r/commit/deadbeef", "https://gitlab.com/g/p/-/issues/1",
	"https://x/\u202egpj.exe", "https://x.y/" + strings.Repeat("a", 3000), "https://x.y/a!?", "**https://x.y/a**", "https://x/a'b", "https://x/a--b", "https://x.y/%23", "https://x.y/%", "1234567CVE-1", "https://x.y/a,b", "https://x.y)", "<https://x.y>", "[<https://x.y>](https://z)",

	// what GitLab alone makes something of (https://docs.gitlab.com/user/markdown/, user/project/quick_actions)
	"!1", "(!1)", "group/sub/project!12+s", "&1", "group&1", "$12", "~bug", "~\"feature request\"", "~\"priority::high\"", "project~12", "%v1.2", "%\"release candidate\"", "50% of 100%, and 5%.", "%{project_path}", "a %{gitlab_server} b",
	"*iteration:\"Late in July\"", "*iteration:12", "[cadence:plan]", "[vulnerability:1]", "[feature_flag:group/project/1]", "[issue:123]", "[work_item:group/1]", "[epic:1]", "[contact:a@b.example]", "[wiki_page:Home]", "[[Home]]", "[[How to|slug]]",
	"^alert#1", "project^alert#1", "@all", "@group/sub", "GL-123, gl-7", "group/project>", "(a/b>)", "#12[layout.png]", "/group/project~bug", "0123456..89abcde", "group/project@9ba12248...b19a04f5",
	"{+ added +}", "[- gone -]", "{-a-} [+b+]", "a {+b", "$`a`$", "$$\na\n$$", "[[_TOC_]]", "[TOC]", "a [toc] b", "#F00", "RGB(0,255,0)", "`HSL(540,70%,50%)`", "\\#FF0000",
	"::include{file=a.md}", "a\n::include{file=https://x.y/a}", "---\ntitle: x\n---", "+++\nx\n+++", ";;;\n{}\n;;;", ";;;json\n;;;", "# -*- coding: x\n---\na\n---", ">>>\nquote\n>>>", ">>> [!note] x\ny\n>>>", "> [!caution] x", "term\n: what it is",
	"```mermaid\ngraph TD\n```", "```plantuml\nBob -> Al\n```", "```kroki\nx\n```", "```geojson\n{}\n```", "```json:table\n{}\n```", "~~~mermaid\nx", "````\n```\n/close", "`````````",
	"- [~] gone", "[~] gone", "[x] done", "[ ] open", "[ ]", "[X]", "[é] x", "[xx] y", "1. [x] a", "| [x] | a |", "{width=75%}", "<div class=\"gl\">\n/close\n</div>", "<details>\n/close", "Draft: x", "WIP: x", "[Draft] x",
	"/assign me", "a\n/close\nb", "a\r/close", "a\r\n/close", "\r\r/close", "/\rclose", "a\u2028/close", "a\u0085/close", "a\n\u00a0/close", "\n\n/label ~a", "- /close", "> /close", "1. /due today", "/CLOSE", "/shrug", "/title x", "/esc close", "//close", "/ close", "`\n/close\n`", "`a\n/close", "```\nx\n```\n/close", "-->\n/close", "\ufeff/close",
	"https://gitlab.com/g/s/p/-/merge_requests/1", "https://lab.example/g/p/-/issues/1+s", "https://lab.example/g/p/-/blob/main/a.yaml#L1", "https://lab.example/git/g/p/-/tree/main", "https://lab.example/-/snippets/1", "https://x.y/?a=%25%7Bproject_path%7D", "Closes https://lab.example/g/p/-/issues/1",

	// logs
	"::error::x", "  ::set-output name=x::y", "\t::debug::x", "::stop-commands::x", ":: x", "a ::error::x", "\u3000::error::x", "\u200d::error::x", ":\u200d:error::x", "\u0301::error::x", "x\r::error::x", "x\u2028::error::x", ":", "::",
	"##[error]x", "x ##[group]y", "###[error]x", "#\u200d#[error]x", "#\u0301#\u200c[error]x", "##vso[task.setvariable variable=x]y", "##[", "##\u00ad[error]x",
	"section_start:1:x\r\x1b[0K", "\x1b[0Ksection_end:1:x\r\x1b[0K",

	// characters
	"a\u202eb", "\u2066a\u2069", "\u2067\u2068", "\u200fa\u200e", "\u061c", "a\u200bb", "a\u2060b", "\u00ad", "a\x00b", "\x1b[2J", "\x1b]8;;http://e\x07x\x1b]8;;\x07", "\u009b2J", "\ufeffa", "a\rb", "a\r\nb", "a\r\r\nb", "a\u2028b", "a\u2029b", "a\u0085b",
	"a\vb\fc", "a\tb", "a\xff\xfeb", "\xc3", "\ufffd", "\ufffe", "\U000e0041", "\u3164", "\u034f", "\u180e", "👩\u200d🚀 ❤\ufe0f", "نمی\u200cدانم", "Tōkyō 東京", "e\u0301", "\u0301", "\u00a0", "a\u00a0", "\u2003x", "a \u3000",

	strings.Repeat("0123456789 @jodoe #12\n", 50<<10/22), strings.Repeat("@", 50<<10), strings.Repeat("`", 50<<10), strings.Repeat("http://", 50<<10/7), strings.Repeat(")", 50<<10), strings.Repeat("\n", 50<<10) + "x", strings.Repeat("a", 50<<10), strings.Repeat(":a", 25<<10),
}

// alphabet is what the property tests make text of.
var alphabet = []string{
	"@", "#", "$", ":", "::", "##", "[", "]", "(", ")", "!", "`", "```", "~", "~~~", "*", "_", "-", "---", "+", "=", "===", "|", "\\", "<", ">", ">>>", "&", "/", "//", ".", "1.", "1)", "%", "^", "{", "}", "'", "\"", ",", ";", "?",
	"\n", "\n\n", "\r", "\r\n", "\t", " ", "  ", "    ", "\u00a0", "\u3000", "\u2028", "\u0085", "\v", "\x1b[0K", "\x00", "\u202e", "\u200b", "\u200d", "\u0301", "\ufeff", "\xff", "\ufe0f",
	"a", "x", "jodoe", "org/team", "owner/repo", "GH-", "gh-", "CVE-", "GHSA-", "12", "deadbeef", "1234567", "abcdef", "www", "www.", "https://", "http://x.y", "HTTPS://", "github.com", "/o/r/issues/1", "example.com", "smile", "error", "closes ", "<!--", "-->",
	"/close", "/", "[ ]", "[~]", "{+", "+}", "[-", "%{", ">>>", ";;;", "::include{file=a}", "GL-", "a/b>", "/-/issues/1", "^alert", "*iteration:", "[issue:",
	"<span>", "</span>", "<b>", "<br>", "&lt;", "&#64;", "&nbsp", "[x]", "](", "]:", "[^", "東", "👩",
}

// anyText is text of corpus and alphabet, or of anything.
func anyText() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		switch rapid.IntRange(0, 9).Draw(t, "kind") {
		case 0:
			return rapid.String().Draw(t, "text")
		case 1:
			return string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
		case 2:
			return strings.Join(rapid.SliceOfN(rapid.SampledFrom(corpus[:len(corpus)-8]), 0, 6).Draw(t, "texts"), rapid.SampledFrom([]string{"", " ", "\n"}).Draw(t, "between"))
		}
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(alphabet), 0, 12).Draw(t, "pieces"), "")
	})
}

// everywhere looks for a fault in what becomes of each text of the corpus, and
// of any other. A fault is described; none is "".
func everywhere(t *testing.T, fault func(text string) string) {
	t.Helper()
	for _, text := range corpus {
		if f := fault(text); f != "" {
			t.Errorf("%.200q: %.2000s", text, f)
		}
	}
	if t.Failed() {
		return
	}
	rapid.Check(t, func(rt *rapid.T) {
		text := anyText().Draw(rt, "text")
		if f := fault(text); f != "" {
			rt.Fatalf("%.200q: %.2000s", text, f)
		}
	})
}

// fuzz looks for a fault in what becomes of whatever text the fuzzer finds.
func fuzz(f *testing.F, fault func(text string) string) {
	for _, text := range corpus[:len(corpus)-8] {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if f := fault(text); f != "" {
			t.Errorf("%q: %s", text, f)
		}
	})
}
