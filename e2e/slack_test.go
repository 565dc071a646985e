//go:build e2e

package e2e

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/e2e/harness"
)

// slackPeople are who is in the Slack of the tests: see
// testdata/apply/people.yaml.
var slackPeople = []harness.Person{{ID: "U012AB3CD", Name: "Jo"}, {ID: "U0ANA", Name: "Ana"}, {ID: "U0MIN", Name: "Min"}, {ID: "U0DINA", Name: "Dina"}, {ID: "U0ROBIN", Name: "Robin"}}

// newSlackWorld is newWorld with a Slack.
func newSlackWorld(t testing.TB, o harness.SlackOptions) *harness.World {
	t.Helper()
	return newSlackWorldOn(t, harness.OnGitHub, o)
}

func newSlackWorldOn(t testing.TB, on harness.Kind, o harness.SlackOptions) *harness.World {
	t.Helper()
	w := newWorldOn(t, on)
	o.People = append(o.People, slackPeople...)
	w.AddSlack(o)
	return w
}

// channels are all channels of a Slack as a golden file has them.
func channels(s *harness.Slack) string {
	var b strings.Builder
	for _, c := range s.Channels() {
		fmt.Fprintf(&b, "%s\n", c)
	}
	return byName(s, b.String())
}

// byName has the names of channels in the place of their ids, which differ from run
// to run.
func byName(s *harness.Slack, text string) string {
	var names []string
	for _, c := range s.Channels() {
		names = append(names, c.ID, c.Name)
	}
	return strings.NewReplacer(names...).Replace(text)
}

// TestSlackLife merges the life of an escalation and applies after each merge.
// What then stands in the channels is golden files.
func TestSlackLife(t *testing.T) {
	t.Parallel()
	w := newSlackWorld(t, harness.SlackOptions{PageSize: 2})
	file := northwind(t)
	for n, step := range life {
		file = edited(t, file, step.edits...)
		w.Clone.Merge(step.name, map[string]string{northwindFile: file})
		w.MustApply(0)
		golden(t, fmt.Sprintf("testdata/slack/%02d-%s.golden", n+1, step.name), channels(w.Slack))
		if step.name == "closed" {
			sameClosure(t, w)
		}
		mustBeQuiet(t, w)
		if r := w.MustApply(0, "--verify"); !strings.Contains(r.Stdout, "All that was told stands where it was told") {
			t.Errorf("after %s: %v", step.name, r)
		}
		w.Pass(24 * time.Hour)
	}
}

// markup is what Slack and GitHub write around words; field is one in a table of
// GitHub's.
var (
	markup = regexp.MustCompile(`(?m)^\[(header|section)\] |^\| --- \| --- \|$|[*#<>\\]`)
	field  = regexp.MustCompile(`(?m)^\| (.+?) \| (.*) \|$`)
)

// sameClosure: the closure is the same, word for word, in both channels and the
// tracking issue (P33). Whom it mentions and its links differ.
func sameClosure(t *testing.T, w *harness.World) {
	t.Helper()
	said := map[string]string{}
	for _, c := range w.Slack.Channels() {
		blocks := slices.DeleteFunc(c.Messages[len(c.Messages)-1].Blocks, func(b string) bool {
			return strings.HasPrefix(b, "[context] ") || strings.HasPrefix(b, "[section] cc ")
		})
		said["#"+c.Name] = strings.Join(blocks, "\n")
	}
	comments := tracking(t, w, "2026/northwind").Comments
	body, _, _ := strings.Cut(comments[len(comments)-1].Body, "\n\n["+northwindFile+"](")
	said["the issue"] = body
	closures := map[string]bool{}
	for where, text := range said {
		plain := strings.Join(strings.Fields(field.ReplaceAllString(markup.ReplaceAllString(text, ""), "$1: $2")), " ")
		if !strings.HasPrefix(plain, "Escalation closed: Northwind Traders") || !strings.HasSuffix(plain, "CSM sentiment: green") {
			t.Errorf("%s does not end with the closure: %s", where, text)
		}
		closures[plain] = true
	}
	if len(said) != 3 || len(closures) != 1 {
		t.Errorf("the closure differs: %q", said)
	}
}

// TestManifest: the app's manifest has the scopes of the methods that are called,
// and no others.
func TestManifest(t *testing.T) {
	t.Parallel()
	w := newSlackWorld(t, harness.SlackOptions{Outside: true})
	w.Clone.Merge("Open", map[string]string{northwindFile: northwind(t)})
	w.MustApply(0)
	mergeEdits(t, w.Clone, "case", edit{"case: pending", "case: https://crm.example.com/cases/5002"})
	w.MustApply(0)
	mergeEdits(t, w.Clone, "another case", edit{"cases/5002", "cases/5003"}, edit{"next_steps:\n", closure + "next_steps:\n"}, edit{"five working days\n", "five working days\n    met: 2026-11-26\n"})
	w.MustApply(0)
	w.MustApply(0, "--verify")
	scopes := map[string]bool{}
	for _, c := range w.Slack.Calls() {
		method := strings.TrimPrefix(c.Path, "/")
		scope, known := harness.SlackScopes()[method]
		if !known {
			t.Errorf("nobody knows the scope of %s", method)
		}
		if scope != "" {
			scopes[scope] = true
		}
	}
	var listed []string
	for line := range strings.Lines(text(t, "../docs/slack-manifest.yaml")) {
		if name, ok := strings.CutPrefix(strings.TrimRight(line, "\n"), "      - "); ok {
			name, _, _ = strings.Cut(name, " ")
			listed = append(listed, name)
		}
	}
	if called := slices.Sorted(maps.Keys(scopes)); !slices.Equal(called, listed) {
		t.Errorf("called %q\nlisted %q", called, listed)
	}
}

// TestSlackInTheWay: whatever is in the way, the declaration goes out, and the
// run says what to do.
func TestSlackInTheWay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		options harness.SlackOptions
		set     func(*harness.World)
		code    int
		says    string
		channel string // where the opening message stands; "" for nowhere
	}{
		{"the name is taken by an open channel", harness.SlackOptions{}, func(w *harness.World) { w.Slack.Create("esc_northwind") }, 0, "#esc_northwind was there already", "esc_northwind"},
		{"the name is taken by an archived one", harness.SlackOptions{PageSize: 1}, func(w *harness.World) { w.Slack.Create("esc_northwind"); w.Slack.Archive("esc_northwind") }, 0, "it is #esc_northwind-2", "esc_northwind-2"},
		{"the app is not in the announcement channel", harness.SlackOptions{Outside: true}, nil, 0, "", "esc_northwind"},
		{"a deactivated person", harness.SlackOptions{}, func(w *harness.World) { w.Slack.Deactivate("U0MIN") }, 0, "mlee cannot be invited", "esc_northwind"},
		{"a missing scope for pins", harness.SlackOptions{Without: []string{"pins:write"}}, nil, 1, "the Slack app lacks the scope pins:write", "esc_northwind"},
		{"a missing scope for channels", harness.SlackOptions{Without: []string{"channels:manage"}}, nil, 1, "the Slack app lacks the scope channels:manage", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newSlackWorld(t, c.options)
			if c.set != nil {
				c.set(w)
			}
			w.Clone.Merge("Open", map[string]string{northwindFile: northwind(t)})
			r := w.MustApply(c.code)
			contains(t, r.Stdout, c.says)
			if announced, _ := w.Slack.Channel(harness.Announce); len(announced.Messages) != 1 || !strings.Contains(announced.Messages[0].Text, "New Escalation") {
				t.Errorf("the declaration is not there: %v\n%v", announced, r)
			}
			if tracking(t, w, "2026/northwind").Number == 0 {
				t.Error("there is no tracking issue")
			}
			if c.channel == "" {
				return
			}
			if made, _ := w.Slack.Channel(c.channel); len(made.Messages) != 1 || !strings.HasPrefix(made.Messages[0].Text, "Welcome") {
				t.Errorf("the opening message is not in #%s: %v\n%v", c.channel, made, r)
			}
			if c.code == 0 {
				mustBeQuiet(t, w)
			}
		})
	}
}

// TestReopenedByHand: where somebody opens the archived channel again before the
// escalation is reopened, it is used.
func TestReopenedByHand(t *testing.T) {
	t.Parallel()
	w := newSlackWorld(t, harness.SlackOptions{})
	w.Clone.Merge("Open", map[string]string{northwindFile: northwind(t, edit{"five working days\n", "five working days\n    met: 2026-11-26\n"}, edit{"next_steps:\n", closure + "next_steps:\n"})})
	w.MustApply(0)
	if c, _ := w.Slack.Channel("esc_northwind"); !c.Archived {
		t.Fatalf("it is not archived: %v", c)
	}
	w.Slack.Unarchive("esc_northwind")
	w.Pass(8 * 24 * time.Hour)
	mergeEdits(t, w.Clone, "reopen", edit{closure, ""}, edit{"", "  - {at: 2026-11-27T08:00:00Z, by: jdoe, to: [internal, customer], text: It is back.}\n"})
	r := w.MustApply(0)
	contains(t, r.Stdout, "#esc_northwind is open, and used again")
	if c, _ := w.Slack.Channel("esc_northwind"); c.Archived || len(c.Messages) != 3 {
		t.Errorf("%v", c)
	}
}

// TestWebhook: with nothing but an incoming webhook the announcements go out, at
// least once, and the rest is printed.
func TestWebhook(t *testing.T) {
	t.Parallel()
	w := newSlackWorld(t, harness.SlackOptions{})
	with := harness.With{"SLACK_BOT_TOKEN", "SLACK_WEBHOOK_URL=" + w.Slack.WebhookURL()}
	w.Clone.Merge("Open", map[string]string{northwindFile: northwind(t)})
	w.Slack.Inject(harness.Fault{Kind: harness.ReplyLost, Path: "services"})
	r := w.StartApply(w.Clone, with).Wait()
	if r.Code != 0 {
		t.Fatal(r)
	}
	contains(t, r.Stdout, "To paste into #esc_northwind", "Welcome to the escalation of Northwind Traders")
	if strings.Contains(r.Stdout+r.Stderr, "the-secret-of-the-webhook") {
		t.Errorf("the secret is in the output\n%v", r)
	}
	c, _ := w.Slack.Channel(harness.Announce)
	if len(c.Messages) != 2 || !strings.HasPrefix(c.Messages[1].Text, "(repeated after a failed run)\nNew Escalation") {
		t.Errorf("%v", c)
	}
	if r = w.StartApply(w.Clone, with).Wait(); r.Code != 0 || !strings.Contains(r.Stdout, "Nothing to tell") {
		t.Error(r)
	}
}

// TestSlackHostile: what somebody writes pings nobody and breaks no message.
func TestSlackHostile(t *testing.T) {
	t.Parallel()
	w := newSlackWorld(t, harness.SlackOptions{})
	short := slices.DeleteFunc(slices.Clone(hostiles), func(s string) bool { return len(s) > 60 })
	evil := strings.Join(append(short, "<@U012AB3CD>", "<!subteam^S1>", "<!here>", "<#C1|x>", "@channel", "```", ">>> all the rest"), "\n")
	w.Clone.Merge("Open", map[string]string{northwindFile: northwind(t,
		edit{"summary: Pipelines wait 40 minutes and every team is affected", "summary: " + quoted(evil)},
		edit{"ask: One engineer who can work with the customer every day on the queue analysis.", "ask: " + quoted(evil)},
		anUpdate(20, ", significant: true", evil), anUpdate(21, "", strings.Repeat(evil, 50<<10/len(evil)+1)))})
	w.MustApply(0)
	mention := regexp.MustCompile(`<[@!#][^>]*>`)
	known := regexp.MustCompile(`^<(@(U012AB3CD|U0ANA|U0MIN|U0DINA|U0ROBIN)|#C[^>]*)>$`)
	messages := 0
	for _, c := range w.Slack.Channels() {
		for _, m := range c.Messages {
			messages++
			for _, found := range mention.FindAllString(m.Text+strings.Join(m.Blocks, "\n"), -1) {
				if !known.MatchString(found) {
					t.Errorf("it mentions %s", found)
				}
			}
			if strings.TrimSpace(m.Text) == "" || len(m.Blocks) == 0 {
				t.Errorf("a message that nobody sees: %v", m)
			}
		}
	}
	if messages != 5 {
		t.Errorf("%d messages, want 5", messages)
	}
	mustBeQuiet(t, w)
}
