//go:build e2e

package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/e2e/harness"
)

// chapter is what happens in a life at a time: a file that is merged.
type chapter struct {
	at    string // as 2006-01-02 15:04, in UTC
	what  string // the subject of the commit
	edits []edit
}

// wrote is an update of a chapter.
func wrote(at, by, to, words string) edit {
	return edit{"", fmt.Sprintf("  - {at: %s, by: %s, to: [%s], text: %s}\n", at, by, to, quoted(words))}
}

const harborClosure = `closure:
  at: 2025-11-28T14:00:00Z
  by: bkim
  resolution: resolved
  outcome: positive
  exit_criteria_met: true
  summary: |
    The release service of Harbor runs on the version before. Three releases went through.
  agreement: https://docs.example.com/harbor-closing
  pattern_issue: https://tracker.example.com/patterns/12
  sentiment: yellow
`

// A CSE account at critical over a weekend: the CSE is named on the first
// evening, nobody writes on Saturday, Support is called in on Sunday, Ana goes on
// leave, the account moves to another region, and Harbor asks for an RCA when it
// is all over.
var harbor = []chapter{
	{"2025-11-21 18:00", "Open Harbor", nil},
	{"2025-11-21 20:00", "Kit is the CSE, and there is a case", []edit{
		{"cse: pending", "cse: kwong"},
		{"case: pending", "case: https://crm.example.com/cases/7002"},
		wrote("2025-11-21T19:50:00Z", "kwong", "internal, customer", "Kit has taken over the calls. The next one is tomorrow at 10:00."),
	}},
	{"2025-11-23 10:00", "Rolled back; Support is called in", []edit{
		{"links:\n", "support: {needed: true, dri: tmora, tickets: [https://support.example.com/tickets/9001]}\nlinks:\n"},
		{"due: 2025-11-23}", "due: 2025-11-23, done: 2025-11-23}\n  - {step: Find the cause in our lab, owner: tmora, due: 2025-11-25}"},
		wrote("2025-11-23T09:55:00Z", "kwong", "internal, customer", "Rolled back. One release went through. Support looks for the cause."),
	}},
	{"2025-11-24 16:00", "Bora stands in for Ana", []edit{
		{"product:\n", "cover: {dri: bkim, until: 2025-12-01, reason: Ana is on leave}\nproduct:\n"},
		wrote("2025-11-24T15:55:00Z", "kwong", "internal, customer", "Two releases of two. Bora stands in for Ana until Monday."),
	}},
	{"2025-11-25 20:00", "Harbor is an account of AMER now", []edit{
		{"region: EMEA", "region: AMER"},
		{"account_executive: arivera\n", "account_executive: bkim\n"},
		{"cover: {dri: bkim, until: 2025-12-01, reason: Ana is on leave}\n", ""},
		{"dri: arivera", "dri: bkim"},
		{"due: 2025-11-25}", "due: 2025-11-25, done: 2025-11-25}\n  - {step: Third release, owner: kwong, due: 2025-11-27}"},
		wrote("2025-11-25T19:55:00Z", "kwong", "internal, customer", "The cause is found, a lock in the release service. Harbor's headquarters are in Boston: the account moves to AMER, and Bora is the DRI from now on."),
	}},
	{"2025-11-26 20:00", "An update", []edit{wrote("2025-11-26T19:55:00Z", "kwong", "internal, customer", "Nothing new: the third release is tomorrow.")}},
	{"2025-11-27 20:00", "The third release", []edit{
		{"three days\n", "three days\n    met: 2025-11-27\n"},
		{"due: 2025-11-27}", "due: 2025-11-27, done: 2025-11-27}"},
		wrote("2025-11-27T19:55:00Z", "kwong", "internal, customer", "The third release went through."),
	}},
	{"2025-11-28 14:30", "Close Harbor", []edit{{"updates:\n", harborClosure + "updates:\n"}}},
	{"2025-12-02 15:00", "Harbor asks for an RCA", []edit{{"closure:\n", "rca: {asked: 2025-12-02, platform_related: true, owner: ebrandt, due: 2025-12-05}\nclosure:\n"}}},
	{"2025-12-09 15:00", "The RCA is there", []edit{{"due: 2025-12-05}", "due: 2025-12-05, url: https://docs.example.com/harbor-rca}"}}},
}

const orchardClosure = `closure:
  at: 2025-12-12T13:00:00Z
  by: jdoe
  resolution: resolved
  outcome: positive
  exit_criteria_met: true
  summary: Both teams work on the hosted service.
  agreement: https://docs.example.com/orchard-closing
  sentiment: green
`

// A Professional Services project that ends in the middle: the CSM takes over and
// a case is needed. It is reopened after a month, and closed for good with a
// criterion unmet, when the customer doesn't answer any more.
var orchard = []chapter{
	{"2025-11-21 18:00", "Open Orchard", nil},
	{"2025-11-28 12:00", "An update", []edit{wrote("2025-11-28T11:55:00Z", "pnguyen", "internal, customer", "The second wave begins on Monday.")}},
	{"2025-12-03 12:00", "The project has ended", []edit{
		{"  services_project: {url: https://crm.example.com/projects/33, manager: pnguyen}\n", ""},
		{"dri: pnguyen", "dri: jdoe"},
		{"links:\n", "links:\n  case: pending\n"},
		{"owner: pnguyen", "owner: jdoe"},
		wrote("2025-12-03T11:55:00Z", "pnguyen", "internal, customer", "The project ended on 30 November. Jo takes over what is left."),
	}},
	{"2025-12-04 14:00", "There is a case", []edit{{"case: pending", "case: https://crm.example.com/cases/8001"}}},
	{"2025-12-12 12:00", "Both teams are there", []edit{
		{"hosted service\nnext_steps", "hosted service\n    met: 2025-12-12\nnext_steps"},
		{"due: 2025-12-05}", "due: 2025-12-05, done: 2025-12-11}"},
		wrote("2025-12-12T11:55:00Z", "jdoe", "internal, customer", "Both teams work on the hosted service."),
	}},
	{"2025-12-12 14:00", "Close Orchard", []edit{{"updates:\n", orchardClosure + "updates:\n"}}},
	{"2026-01-13 10:00", "Reopen Orchard", []edit{
		{orchardClosure, ""},
		{"    met: 2025-12-12\n", "    met: 2025-12-12\n  - criterion: No job is lost for ten days\n"},
		{"done: 2025-12-11}", "done: 2025-12-11}\n  - {step: Watch the queue for ten days, owner: jdoe, due: 2026-01-23}"},
		wrote("2026-01-13T09:55:00Z", "jdoe", "internal, customer", "Jobs are lost since the release of 9 January."),
	}},
	{"2026-01-23 15:00", "Close Orchard for good", []edit{
		{"due: 2026-01-23}", "due: 2026-01-23, done: 2026-01-23}"},
		{"updates:\n", strings.NewReplacer("2025-12-12T13", "2026-01-23T14", "positive", "none", "exit_criteria_met: true", "exit_criteria_met: false\n  why_not: The customer has left the service, and nobody could count",
			"agreement: https://docs.example.com/orchard-closing", "agreement: {waived: The customer doesn't answer any more, by: mking, asked: https://docs.example.com/orchard-asked}",
			"Both teams work on the hosted service", "Orchard went back to its own servers", "green", "red").Replace(orchardClosure) + "updates:\n"},
	}},
}

// TestLives plays whole lives: each chapter is merged and applied, and between
// two of them the schedule asks for what is overdue, every few hours. The story
// that people see, and what then stands at each place, are golden files.
//
// Ledger and reminders have the time of the machine, which is later than these
// lives: when something was told is then the time of its commit.
func TestLives(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, file string
		chapters   []chapter
		every      time.Duration // how often the schedule runs while it is open
		until      string        // when it is over
	}{
		{"harbor", "escalations/2025/harbor.yaml", harbor, 4 * time.Hour, "2025-12-10 15:00"},
		{"orchard", "escalations/2025/orchard.yaml", orchard, 12 * time.Hour, "2026-01-25 15:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := tools.NewWorldAt(t, at(t, "2025-11-21 18:00"), logins, map[string]string{peopleFile: text(t, "testdata/lives/people.yaml")})
			w.AddSlack(harness.SlackOptions{People: livesPeople(t)})
			w.MustApply(0, "--adopt")
			file := text(t, "testdata/lives/"+c.name+".yaml")
			var story strings.Builder
			id := strings.TrimSuffix(strings.TrimPrefix(c.file, "escalations/"), ".yaml")
			for _, ch := range c.chapters {
				every := c.every
				if strings.Contains(file, "\nclosure:\n") {
					every = 24 * time.Hour
				}
				ask(t, w, &story, at(t, ch.at), every)
				file = edited(t, file, ch.edits...)
				w.Clone.Merge(ch.what, map[string]string{c.file: file})
				if r := w.Escalate(w.Clone, "lint", "--base", "HEAD~1", "--json"); r.Code != 0 {
					t.Fatalf("the merge %q breaks the process\n%v", ch.what, r)
				}
				fmt.Fprintf(&story, "\n%s  %s\n", ch.at, ch.what)
				tell(t, &story, w.MustApply(0, "--json"))
				mustBeQuiet(t, w)
			}
			ask(t, w, &story, at(t, c.until), 24*time.Hour)
			golden(t, "testdata/lives/"+c.name+".story", story.String())
			golden(t, "testdata/lives/"+c.name+".slack", channels(w.Slack))
			golden(t, "testdata/lives/"+c.name+".issue", byName(w.Slack, shown(tracking(t, w, id))))
			if r := w.MustApply(0, "--verify"); !strings.Contains(r.Stdout, "All that was told stands where it was told") {
				t.Error(r)
			}
		})
	}
}

// livesPeople are those of testdata/lives/people.yaml who are in Slack.
func livesPeople(t testing.TB) (in []harness.Person) {
	t.Helper()
	for line := range strings.Lines(text(t, "testdata/lives/people.yaml")) {
		if _, after, is := strings.Cut(line, "{name: "); is {
			name, rest, _ := strings.Cut(after, ",")
			if _, id, is := strings.Cut(rest, "slack: "); is {
				id, _, _ = strings.Cut(id, ",")
				in = append(in, harness.Person{ID: id, Name: name})
			}
		}
	}
	return in
}

func at(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// ask lets time pass until then, and runs the schedule every so often. It writes
// down what is asked.
func ask(t testing.TB, w *harness.World, story *strings.Builder, then time.Time, every time.Duration) {
	t.Helper()
	for w.Now().Add(every).Before(then) {
		w.Pass(every)
		r := remind(t, w, 0)
		var asked strings.Builder
		tell(t, &asked, r)
		if asked.Len() > 0 {
			fmt.Fprintf(story, "\n%s  the schedule asks\n%s", w.Now().Format("2006-01-02 15:04"), asked.String())
		}
	}
	w.Pass(then.Sub(w.Now()))
}

// tell writes down what a run said and did, one line each: place, what, whom it
// mentions, and its first line.
func tell(t testing.TB, story *strings.Builder, r harness.Result) {
	t.Helper()
	var lines []string
	for _, o := range outcomes(t, r) {
		if o.State != "done" {
			t.Errorf("%+v", o)
		}
		line := fmt.Sprintf("  %-12s %s", o.To, o.Moment)
		if o.Do != "" {
			line = fmt.Sprintf("  %-12s %s", o.To, o.Do)
		}
		if len(o.Mentions) > 0 {
			line += " @" + strings.Join(o.Mentions, " @")
		}
		if first, _, _ := strings.Cut(o.Text, "\n"); o.Do == "" && first != "" {
			line += ": " + first
		}
		lines = append(lines, line+"\n")
	}
	slices.Sort(lines)
	story.WriteString(strings.Join(slices.Compact(lines), ""))
}
