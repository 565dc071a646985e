package bot

import (
	"fmt"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/comment"
	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/forge"
)

// speaking is a forge with the words of GitLab.
type speaking struct{ Forge }

func (f speaking) Traits() forge.Traits {
	t, d := f.Forge.Traits(), comment.On(ci.GitLab)
	t.Change, t.Prefix, t.Sign, t.TitleRefers = d.Change, d.Prefix, "!", true
	return t
}

// What is answered names commands as they are written there, and a change request as it
// is called: else it is the same.
func TestDialects(t *testing.T) {
	t.Parallel()
	hub, lab := newBench(t, nil), newBench(t, nil)
	lab.Bot.Forge = speaking{lab.Bot.Forge}
	say := func(b *bench, body string) string {
		d := b.dialect()
		_, deeds, err := Carry(b.Clone.Tip.Tree, fixture.Northwind, d.Read(strings.ReplaceAll(body, "/", d.Written(""))).Commands, Asked{Dialect: d, By: "jdoe", At: b.now, Now: b.now}, b.Judge(t.Context(), b.Clone.Tip))
		if err != nil {
			t.Fatal(err)
		}
		a := &answer{dialect: d}
		a.deeds(deeds, "Done: %s.")
		return strings.Join(a.lines, "\n") + "\n" + strings.Join(a.says, "\n")
	}
	same := func(what, onHub, onLab string) {
		t.Helper()
		d := lab.dialect()
		for _, before := range []string{"`", " ", "\n"} { // which never stands before another slash
			onHub = strings.ReplaceAll(onHub, before+"/", before+d.Written(""))
		}
		onHub = strings.NewReplacer("pull request", "merge request", "[#12]", "[!12]").Replace(onHub)
		if onHub != onLab {
			t.Errorf("%s: it says\n%s\nwant\n%s", what, onLab, onHub)
		}
	}
	commands := 0
	for _, body := range []string{
		"/update", "/update All is well.", "/severity", "/severity critical", "/severity critical because it stops", "/severity high because x", "/step", "/done", "/done 9", "/met", "/met nothing", "/close", "/close\noutcome: x", "/reopen because x", "/reopen",
		"/cover", "/cover @rking", "/snooze", "/dri", "/product-dri @x", "/case x", "/support", "/criterion", "/update One.\n/met 1\n/done 1",
	} {
		said := say(lab, body)
		same(body, say(hub, body), said)
		commands += strings.Count(said, "/esc ")
	}
	if commands < 10 {
		t.Errorf("%d commands are named at all", commands)
	}
	same("help", hub.help(), lab.help())
	if !strings.Contains(lab.help(), "`/esc update [internal|customer|both] TEXT`") || !strings.Contains(lab.help(), "on a merge request") {
		t.Errorf("help is\n%s", lab.help())
	}
	fix := []comment.Command{{Name: "fix"}}
	var refused []string
	for _, b := range []*bench{hub, lab} {
		a := &answer{dialect: b.dialect()}
		b.allowed(a, about{id: "2026/northwind", path: fixture.Northwind}, fix, Asked{By: "jdoe", Dialect: b.dialect()})
		refused = append(refused, fmt.Sprint(a.lines, a.says))
	}
	same("fix on an issue", refused[0], refused[1])
	if !strings.Contains(refused[1], "`/esc fix`. It is for a merge request:") {
		t.Errorf("fix is refused with %s", refused[1])
	}
	same("before", hub.withBefore("x", "y"), lab.withBefore("x", "y"))
	change := forge.Change{Number: 12, URL: "https://forge.example/12"}
	same("a link", hub.changeLink(change), lab.changeLink(change))
	if hub.asks("/esc update x") || lab.asks("/close") || lab.asks("/assign @jdoe") || !lab.asks("/esc help") || !lab.asks("/update x") || !lab.asks("/esc nonsense") {
		t.Error("what asks for something there is not what does")
	}
	// Whoever is named in a title of GitLab would be told of it.
	if got := lab.titled("2026/x: ask @all (#1)"); strings.Contains(got, "@all") || strings.Contains(got, "#1") || strings.ReplaceAll(got, "\u200c", "") != "2026/x: ask @all (#1)" {
		t.Errorf("the title is %q", got)
	}
	if got := hub.titled("2026/x: ask @all (#1)"); got != "2026/x: ask @all (#1)" {
		t.Errorf("the title is %q", got)
	}
}

// What looks like a command and is none is answered by what was meant, or by where all of
// them stand.
func TestUnknown(t *testing.T) {
	t.Parallel()
	hub, lab := newBench(t, nil), newBench(t, nil)
	lab.Bot.Forge = speaking{lab.Bot.Forge}
	for _, c := range []struct {
		at         *bench
		body, want string
	}{
		{hub, "/updat x", "There is no command `/updat`: did you mean `/update`?"},
		{lab, "/esc updat x", "There is no command `/esc updat`: did you mean `/esc update`?"},
		{lab, "/update x", "There is no command `/update`: did you mean `/esc update`?"},
		{lab, "/esc `@all`", "There is no command `` /esc `@all` ``: `/esc help` shows those that there are."},
		{lab, "/esc x\n/met 1", "There is no command `/esc x`: `/esc help` shows those that there are.\n\nThere is no command `/met`: did you mean `/esc met`?"},
	} {
		text, says, err := c.at.carried(t.Context(), forge.Comment{Body: c.body, Author: jo}, about{id: "2026/northwind", path: fixture.Northwind})
		if err != nil || text != c.want || wrong(text) != "" {
			t.Errorf("%q is answered by %q (%s), %v; want %q", c.body, text, says, err, c.want)
		}
	}
	for _, body := range []string{"/esc", "/ESC help", "/esc@escalate help", "/help"} {
		b := lab
		if body == "/help" {
			b = hub
		}
		if text, _, err := b.carried(t.Context(), forge.Comment{Body: body, Author: jo}, about{}); err != nil || text != b.help() {
			t.Errorf("%q is answered by %q, %v", body, text, err)
		}
	}
}
