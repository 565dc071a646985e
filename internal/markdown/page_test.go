package markdown_test

import (
	"testing"

	"github.com/escalations-as-code/escalate/internal/markdown"
)

func TestCell(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{"", ""},
		{"plain words, and (more) of them: don't!", "plain words, and (more) of them: don't!"},
		{"there is no severity `hihg`", "there is no severity `hihg`"},
		{"write `a: b`, or (`c`).", "write `a: b`, or (`c`)."},
		{"see people.yaml.", "see `people.yaml`."},
		{"@everyone", "`@everyone`"},
		{"ask @jane, please", "ask `@jane`, please"},
		{"#12 GH-12 gh-7x octo/cat#1", "`#12` `GH-12` `gh-7x` `octo/cat#1`"},
		{"deadbeef 1234567 decade", "`deadbeef` `1234567` decade"},
		{"https://x.y www.x.y www.`x.y` a@b.c", "`https://x.y` `www.x.y` `www`.`x.y` `a@b.c`"},
		{"<script>x</script>", "`<script>x</script>`"},
		{"a|b `c|d` \\|", "`a\\|b` `c\\|d` `\\\\|`"},
		{"*a* _b_ ~c~ $d$ :e:", "`*a*` `_b_` `~c~` `$d$` `:e`:"},
		{"[a](b) ![a](b)", "`[a](b`) `![a](b`)"},
		{"one ` alone", "one `` ` `` alone"},
		{"`a`@b`c`", "`a@bc`"},
		{"a\nb\x1b", "a `b<U+001B>`"},
		{"at 10:30, not :10:30: or 1:2", "at 10:30, not `:10:30`: or `1:2`"},
		{"&amp; &#64;", "`&amp`; `&#64`;"},
		{"%v1 GL-3 ~a !1 /close a/b> 50%.", "`%v1` `GL-3` `~a` `!1` `/close` `a/b>` 50%."},
		{"東京 Zürich 50%", "東京 Zürich 50%"},
	}
	for _, tt := range tests {
		if got := markdown.Cell(tt.text); got != tt.want {
			t.Errorf("Cell(%q)\n got %s\nwant %s", tt.text, got, tt.want)
		}
	}
}
