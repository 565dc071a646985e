package main

import (
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/ci"
	dialect "github.com/escalations-as-code/escalate/internal/comment"
)

// docs/bot.md has each command as it is written and what it does, in the order of /help,
// and none that there is not; its examples are commands, and each has one.
func TestBotDocs(t *testing.T) {
	t.Parallel()
	doc := read(t, "docs/bot.md")
	var want strings.Builder
	want.WriteString("| command | what it does |\n| --- | --- |\n")
	written := dialect.On(ci.GitHub)
	for _, u := range written.Usage() {
		want.WriteString("| `" + strings.ReplaceAll(u.Written, "|", "\\|") + "` | " + u.Does + " |\n")
	}
	if !strings.Contains(doc, "\n"+want.String()+"\n") {
		t.Errorf("docs/bot.md does not have\n%s", want.String())
	}
	_, examples, _ := strings.Cut(doc, "Such as:\n\n```\n")
	examples, _, _ = strings.Cut(examples, "```")
	for line := range strings.Lines(examples) {
		if read := written.Read(line); len(read.Commands) != 1 || len(read.Unknown) > 0 || len(read.Commands[0].Given) == 0 {
			t.Errorf("%q is %+v", line, read)
		}
	}
	for _, u := range written.Usage() {
		name, _, args := strings.Cut(u.Written, " ")
		if args && !strings.Contains("\n"+examples, "\n"+name+" ") {
			t.Errorf("there is no example of %s", name)
		}
	}
	_, examples, _ = strings.Cut(doc, "## On GitLab\n")
	_, examples, _ = strings.Cut(examples, "```\n")
	examples, _, _ = strings.Cut(examples, "```")
	if read := dialect.On(ci.GitLab).Read(examples); len(read.Commands) != 3 || len(read.Unknown) > 0 {
		t.Errorf("on GitLab, %q is %+v", examples, read)
	}
}
