package forge_test

import (
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/schema"
)

// A title is one line that the forge takes; where it looks for mentions in one, it finds
// none.
func TestTitle(t *testing.T) {
	t.Parallel()
	plain, refers := forge.Traits{MaxTitle: 20}, forge.Traits{MaxTitle: 20, TitleRefers: true}
	const text = "Ask @all\nabout #1"
	if got := plain.Title(text); got != "Ask @all about #1" {
		t.Errorf("a title is %q", got)
	}
	if got := refers.Title(text); strings.ReplaceAll(got, "\u200c", "") != "Ask @all about #1" || strings.Contains(got, "@all") || strings.Contains(got, "#1") {
		t.Errorf("a title is %q", got)
	}
	for _, x := range []forge.Traits{plain, refers} {
		if n := len([]rune(x.Title(strings.Repeat("@all ", 20)))); n > 20 {
			t.Errorf("a title has %d characters", n)
		}
	}
}

// Somebody who gives no address commits as the forge has it, by the account there.
func TestCommitter(t *testing.T) {
	t.Parallel()
	x := forge.Traits{Sign: "!", NoReply: "users.noreply.lab.example", Login: func(p schema.Person) string { return string(p.GitLab) }}
	if got := x.Committer(schema.Person{GitHub: "jo", GitLab: "jdoe"}).Email; got != "jdoe@users.noreply.lab.example" {
		t.Errorf("the address is %q", got)
	}
	if got := x.Committer(schema.Person{GitLab: "jdoe", Email: "jo@a.example"}).Email; got != "jo@a.example" {
		t.Errorf("the address is %q", got)
	}
	if got := x.Numbered(12); got != "!12" {
		t.Errorf("the number is %q", got)
	}
}
