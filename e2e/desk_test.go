//go:build e2e

package e2e

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/escalations-as-code/escalate/e2e/harness"
)

// desk is a world in which people ask for things on GitHub alone, and what they see
// there, step by step.
type desk struct {
	testing.TB
	*harness.World
	story strings.Builder
	said  map[int]int // how many comments of a thread were shown
	drawn map[string]string
	tip   string
}

// deskTime is when it begins: a Tuesday.
var deskTime = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

// newDesk has the people of the tests, the form, and files; all of that is told.
func newDesk(t testing.TB, files map[string]string) *desk {
	t.Helper()
	return newDeskOn(t, harness.OnGitHub, files)
}

func newDeskOn(t testing.TB, on harness.Kind, files map[string]string) *desk {
	t.Helper()
	all := map[string]string{peopleFile: text(t, "testdata/apply/people.yaml")}
	for name, text := range files {
		all[name] = text
	}
	w := tools.NewWorldOn(t, on, deskTime, logins, all)
	w.Clocked()
	w.MustApply(0, "--announce-existing")
	if r := w.Escalate(w.Clone, "form"); r.Code != 0 {
		t.Fatal(r)
	}
	w.Clone.Merge("The form", nil)
	return &desk{TB: t, World: w, said: map[int]int{}, drawn: map[string]string{}, tip: w.Clone.Git("rev-parse", "HEAD")}
}

// bot runs the bot, as the workflow does.
func (d *desk) bot() harness.Result {
	d.Helper()
	return d.Escalate(d.Clone, "bot")
}

// filled is the body of an issue that was made with the form: what GitHub makes of the
// answers. Of a choice the beginning is enough.
func (d *desk) filled(answers map[string]string) string {
	d.Helper()
	d.Clone.Pull()
	var form struct {
		Body []struct {
			Type, ID   string
			Attributes struct {
				Label   string
				Options []string
				Default *int
			}
		}
	}
	if err := yaml.Unmarshal([]byte(d.Clone.Read(".github/ISSUE_TEMPLATE/escalation.yml")), &form); err != nil {
		d.Fatal(err)
	}
	var b strings.Builder
	used := 0
	for _, f := range form.Body {
		if f.Type == "markdown" {
			continue
		}
		said, ok := answers[f.ID]
		if ok {
			used++
		}
		switch {
		case ok && len(f.Attributes.Options) > 0:
			at := slices.IndexFunc(f.Attributes.Options, func(o string) bool { return strings.HasPrefix(o, said) })
			if at < 0 {
				d.Fatalf("%s is not among %q", said, f.Attributes.Options)
			}
			said = f.Attributes.Options[at]
		case !ok && f.Attributes.Default != nil:
			said = f.Attributes.Options[*f.Attributes.Default]
		case !ok:
			said = "_No response_"
		}
		fmt.Fprintf(&b, "### %s\n\n%s\n\n", f.Attributes.Label, said)
	}
	if used != len(answers) {
		d.Fatalf("the form asks %d of %d", used, len(answers))
	}
	return strings.TrimSpace(b.String())
}

// does writes down what somebody does, runs the bot a minute later, and writes down what
// people see then that they did not see before.
func (d *desk) does(who, what string) {
	d.Helper()
	fmt.Fprintf(&d.story, "\n## %s: `%s` %s\n", d.Now().Format("Monday, 15:04"), who, what)
	d.look(false)
	d.Pass(time.Minute)
	if r := d.bot(); r.Code != 0 {
		d.Fatal(r)
	}
	d.look(true)
}

// merges has somebody merge the newest pull request: then apply runs, as of each push.
func (d *desk) merges(who string) {
	d.Helper()
	d.Pass(time.Hour)
	pulls := d.Forge.Pulls()
	if len(pulls) == 0 {
		d.Fatal("there is no pull request")
	}
	p := pulls[len(pulls)-1]
	fmt.Fprintf(&d.story, "\n## %s: `%s` merges %s\n", d.Now().Format("Monday, 15:04"), who, d.pull(p.Number))
	d.Forge.MergePull(p.Number)
	d.MustApply(0)
	d.look(true)
}

// quote is a text as somebody wrote it, or reads it.
func quote(text string) string {
	return "````text\n" + strings.TrimSpace(text) + "\n````"
}

var (
	hidden   = regexp.MustCompile(`[ \t]*<!--[^>]*-->`)
	emptied  = regexp.MustCompile(`\n{3,}`)
	commitID = regexp.MustCompile(`\b[0-9a-f]{10,40}\b`)
	nth      = regexp.MustCompile(`#issuecomment-\d+`)
)

// visible is a text without what people do not see, and without what is otherwise in each
// run.
func visible(text string) string {
	text = servers.ReplaceAllString(text, "https://gitlab.example")
	text = nth.ReplaceAllString(commitID.ReplaceAllString(hidden.ReplaceAllString(text, ""), "abcdef0123"), "#issuecomment-1")
	return strings.TrimSpace(emptied.ReplaceAllString(text, "\n\n"))
}

// look writes down what is new on GitHub, if it is to be told.
func (d *desk) look(tell bool) {
	d.Helper()
	say := func(format string, args ...any) {
		if tell {
			fmt.Fprintf(&d.story, "\n"+format+"\n", args...)
		}
	}
	drawn := func(what, now string) bool {
		was := d.drawn[what]
		d.drawn[what] = now
		return was != now
	}
	tip := d.Origin.Git("rev-parse", "main")
	if tip != d.tip {
		for line := range strings.Lines(d.Origin.Git("log", "--reverse", "--first-parent", "--format=%an: %s", d.tip+".."+tip) + "\n") {
			say("Default branch: %s", strings.TrimSpace(line))
		}
		d.tip = tip
	}
	type thread struct {
		number   int
		name     string
		comments []harness.Comment
	}
	var threads []thread
	for _, p := range d.Forge.Pulls() {
		name := d.pull(p.Number)
		threads = append(threads, thread{p.Number, name, d.Forge.PullComments(p.Number)})
		checks := ""
		if d.GitHub != nil {
			for _, c := range d.GitHub.CheckRuns(p.Commit) {
				checks = fmt.Sprintf(", check `%s`: %s", c.Name, c.Conclusion)
			}
		}
		state := p.State
		if p.Merged {
			state = "merged"
		}
		if drawn(fmt.Sprint("pull ", p.Number), state+p.Commit+checks) {
			say("%s %s, %s%s: %s", d.change(), name, state, checks, p.Title)
		}
	}
	for _, i := range d.Forge.Issues() {
		threads = append(threads, thread{i.Number, fmt.Sprint("#", i.Number), d.Forge.Comments(i.Number)})
		head := fmt.Sprintf("Issue #%d, %s, labels %s: %s", i.Number, i.State, "`"+strings.Join(i.Labels, "`, `")+"`", i.Title)
		body := drawn(fmt.Sprint("body ", i.Number), i.Body)
		if drawn(fmt.Sprint("issue ", i.Number), head) {
			say("%s", head)
		} else if body {
			say("Issue #%d has another text.", i.Number)
		}
	}
	slices.SortStableFunc(threads, func(a, b thread) int { return a.number - b.number })
	for _, on := range threads {
		for k, c := range on.comments {
			now := visible(c.Body)
			if drawn(fmt.Sprintf("comment %s %d", on.name, k), now) && c.Author == harness.Bot {
				say("`escalate` on %s:\n\n%s", on.name, quote(clipped(now, 14)))
			}
		}
	}
}

// pull is how people write of a pull request or a merge request, and change what they
// call one.
func (d *desk) pull(number int) string {
	if d.GitHub != nil {
		return fmt.Sprint("#", number)
	}
	return fmt.Sprint("!", number)
}

func (d *desk) change() string {
	if d.GitHub != nil {
		return "Pull request"
	}
	return "Merge request"
}

// clipped is a text of so many lines at most.
func clipped(text string, most int) string {
	lines := strings.Split(text, "\n")
	if len(lines) <= most {
		return text
	}
	return strings.Join(lines[:most], "\n") + "\n…"
}

// comments has somebody write a comment.
func (d *desk) comments(who string, on int, body string) {
	d.Helper()
	d.Pass(time.Minute)
	d.Forge.AddComment(who, on, body)
	d.does(who, fmt.Sprintf("comments on #%d\n\n%s", on, quote(body)))
}
