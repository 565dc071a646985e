package escape_test

import (
	"bytes"
	"html"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"pgregory.net/rapid"

	"github.com/escalations-as-code/escalate/internal/escape"
)

// Whatever stands in it, it is one block of code and nothing else.
func TestMarkdownFence(t *testing.T) {
	t.Parallel()
	if got, want := escape.MarkdownFence("diff", "-a ```\n+b \u202e<!-- x -->"), "````diff\n-a ```\n+b <U+202E>< !-- x -->\n````\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	rapid.Check(t, func(rt *rapid.T) {
		lines := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"```", "````", "~~~", "\n", "\r", "\t", " ", "    ", "-", "+", "# x", "</details>", "<!-- escalate: plan -->", "@jdoe", "\u2028", "\x00", "\u200b", "`", "> "}), 1, 12).Draw(rt, "lines"), "")
		var out bytes.Buffer
		if err := goldmark.Convert([]byte(escape.MarkdownFence("diff", lines)), &out); err != nil {
			rt.Fatal(err)
		}
		inside, begins := strings.CutPrefix(out.String(), `<pre><code class="language-diff">`)
		inside, ends := strings.CutSuffix(inside, "</code></pre>\n")
		if !begins || !ends || strings.Contains(inside, "<") {
			rt.Fatalf("it is no block of code: %q", out.String())
		}
		if got := html.UnescapeString(inside); strings.Contains(got, "<!") || strings.Count(got, "\n") != strings.Count(lines, "\n")+1 {
			rt.Fatalf("%q shows %q", lines, got)
		}
	})
}

// GitLab once knew a block of code by three backquotes alone, and carried out what stood
// at the beginning of a line of any other. What is to be copied stays as it is.
func TestMarkdownFenceActs(t *testing.T) {
	t.Parallel()
	if got, want := escape.MarkdownFence("", "```\n/close\n//x\na /b\r/close"), "````\n```\n /close\n //x\na /b<U+000D>/close\n````\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := escape.MarkdownFence("", "/close\nreason: "), "```\n/close\nreason: \n```\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
