package markdown_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"

	"github.com/escalations-as-code/escalate/internal/markdown"
	"github.com/escalations-as-code/escalate/internal/notice"
)

func ptr[T any](v T) *T { return &v }

// textOf is a text with each kind of block, and the words everywhere.
func textOf(words string) notice.Text {
	line := notice.Words(words)
	return notice.Text{
		notice.Title(line...),
		{Fields: []notice.Field{
			{Label: "Customer", Value: line},
			{Label: "Slack Channel", Value: notice.Line{{Words: "#esc_northwind", Place: notice.AtChannel}}},
			{Label: "Case", Value: notice.Line{{Link: "https://crm.example/1"}, {Words: " "}, {Words: words, Link: "https://crm.example/2"}}},
			{Label: "Support DRI", Value: notice.Line{{Words: "Tom Ora", Person: "tmora"}, {Words: ", "}, {Words: "@oncall", Group: notice.OnCall}, {Words: words}}},
		}},
		{Fields: []notice.Field{{Label: "DRI", Value: notice.Words("Jo Doe")}, {Label: "Why", Value: line}}},
		notice.Paragraph(notice.Inline{Words: words}, notice.Inline{Words: ": ends in "}, notice.Inline{Words: "its file", Place: notice.AtEdit}, notice.Inline{Words: "."}),
		notice.Heading("Exit criteria"),
		{List: []notice.Item{{Text: line, Done: ptr(true)}, {Text: notice.Line{{Words: words}, {Words: words, Code: true}}, Done: ptr(false)}}},
		notice.Heading("Issues"),
		{List: []notice.Item{{Text: notice.Line{{Link: "https://github.com/acme/product/issues/1"}}}, {Text: line}}},
		{Quote: &notice.Quote{Head: notice.Words("Update by Jo Doe"), By: "jdoe", At: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC), Text: words}},
		{Links: []notice.Inline{{Words: "File", Place: notice.AtFile}, {Words: "Channel", Place: notice.AtChannel}, {Words: "Case", Link: "https://crm.example/1"}}},
	}
}

func address(s notice.Spot) string {
	return map[notice.Spot]string{notice.AtFile: "https://github.example/blob/HEAD/x.yaml", notice.AtEdit: "https://github.example/edit/main/x.yaml"}[s]
}

func TestRender(t *testing.T) {
	t.Parallel()
	text := textOf("two `@x`\nlines")
	text[0] = notice.Title(notice.Inline{Words: "New Escalation"})
	if got := markdown.Render(text, markdown.Options{Address: address}); got != strings.ReplaceAll(rendered, "´", "`") {
		t.Errorf("got\n%s", got)
	}
	if got := markdown.Render(text[3:5], markdown.Options{}); !strings.HasSuffix(got, ": ends in its file.\n\n### Exit criteria") {
		t.Errorf("without a title and addresses\n%s", got)
	}
}

const rendered = `### New Escalation

| Customer | two ´´ ´@x´ ´´ lines |
| --- | --- |
| **Slack Channel** | #esc_northwind |
| **Case** | <https://crm.example/1> [two ´´ ´@x´ ´´ lines](https://crm.example/2) |
| **Support DRI** | Tom Ora, ´@oncalltwo´ ´´ ´@x´ ´´ lines |

**DRI:** Jo Doe  
**Why:** two ´´ ´@x´ ´´ lines

two ´´ ´@x´ ´´  
lines: ends in [its file](https://github.example/edit/main/x.yaml).

#### Exit criteria

- [x] two ´´ ´@x´ ´´ lines
- [ ] two ´´ ´@x´ ´´ lines´´two ´@x´ lines´´

#### Issues

- ´https://github.com/acme/product/issues/1´
- two ´´ ´@x´ ´´ lines

**Update by Jo Doe:**

> two ´´ ´@x´ ´´  
> lines

[File](https://github.example/blob/HEAD/x.yaml) · Channel · [Case](https://crm.example/1)`

// What the words are does not change what the text is made of.
func TestSkeleton(t *testing.T) {
	t.Parallel()
	skeleton := func(words string) string {
		var page bytes.Buffer
		if err := goldmark.New(goldmark.WithExtensions(extension.GFM)).Convert([]byte(markdown.Render(textOf(words), markdown.Options{Address: address})), &page); err != nil {
			t.Fatal(err)
		}
		found := strings.Join(element.FindAllString(page.String(), -1), "")
		if strings.Contains(words, "://") { // which may be clicked where it stands
			found = strings.NewReplacer("<a", "", "</a", "").Replace(found)
		}
		return found
	}
	for _, words := range []string{
		"# a", "- a", "- [x] a", "1. a", "> a", "| a | b |", "a\n---", "a\n===", "```", "~~~", "***", "<details>", "<!-- escalate: x -->", "[a](https://b.example)", "[ref]: https://b.example",
		"![a](https://b.example)", "![", "**a**", "**", "__", "*", "`", "``", "\\", "a\\", "@x", "a|", "|", "@|`", "$$", "    a", "[^1]: a", "a !", "!", "[", "]", "](x)", "]: @", "#", "a #", "&lt;", "<b", "-->",
		strings.Repeat("`", 999), strings.Repeat("*", 999),
	} {
		want := skeleton("words")
		if strings.Contains(words, "://") {
			want = skeleton("words://")
		}
		if got := skeleton(words); got != want {
			t.Errorf("%.99q makes\n%s\nwant\n%s\nof\n%s", words, got, want, markdown.Render(textOf(words), markdown.Options{Address: address}))
		}
	}
}

var element = regexp.MustCompile(`</?(?:h\d|ul|ol|li|input|table|thead|tbody|tr|th|td|strong|em|del|pre|hr|blockquote|img|a|details)\b`)

// A text that is too long ends with the block that has room, and says so.
func TestMost(t *testing.T) {
	t.Parallel()
	const rest = "\n\n*The rest is in the file of the escalation.*"
	for _, words := range []string{"words ", "@", "é", "日本語\n", "* x\n\n", "<"} {
		for _, length := range []int{1, 50, 400, 3000} {
			text := textOf(strings.Repeat(words, length/utf8.RuneCountInString(words)+1))
			all := markdown.Render(text, markdown.Options{})
			for _, most := range []int{1000, utf8.RuneCountInString(all) - 1, utf8.RuneCountInString(all)} {
				got := markdown.Render(text, markdown.Options{Most: most})
				n := utf8.RuneCountInString(got)
				if whole := utf8.RuneCountInString(all) <= most; whole != (got == all) || !whole && !strings.HasSuffix(got, rest) {
					t.Errorf("%d of %q in %d: ends in %q", length, words, most, got[max(0, len(got)-80):])
				}
				if n > most || !utf8.ValidString(got) {
					t.Errorf("%d of %q in %d: %d characters", length, words, most, n)
				}
				if n < most/3 && got != all {
					t.Errorf("%d of %q in %d: only %d characters", length, words, most, n)
				}
			}
		}
	}
	text := notice.Text{notice.Heading("A"), {List: slicesOf(notice.Item{Text: notice.Words("item")}, 500)}}
	if got := markdown.Render(text, markdown.Options{Most: 1000}); !strings.HasPrefix(got, "### A\n\n- item\n- item\n") || !strings.HasSuffix(got, "- item"+rest) {
		t.Errorf("a list is cut otherwise than behind an item:\n%s", got)
	}
}

func slicesOf[T any](v T, n int) []T {
	all := make([]T, n)
	for i := range all {
		all[i] = v
	}
	return all
}
