package splice_test

import (
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/escalations-as-code/escalate/internal/splice"
	"github.com/escalations-as-code/escalate/schema"
)

var update = flag.Bool("update", false, "write what changes make of the examples")

var (
	now   = schema.Time{Time: time.Date(2026, 11, 27, 15, 30, 0, 0, time.UTC)}
	today = schema.Date{Time: time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)}
	both  = []schema.Audience{schema.Internal, schema.Customer}
	step  = schema.NextStep{Step: "Split the queue", Owner: "mlee", Due: today}
)

// What a person sees of each kind of change, before and after.
func TestEdits(t *testing.T) {
	t.Parallel()
	type changes []splice.Change
	cases := map[string]changes{
		"a severity":                                  {splice.Set("/severity", schema.Critical)},
		"a value keeps its quotes":                    {splice.Set("/customer", "O'Neill"), splice.Set("/channel", "esc_nw"), splice.Set("/opened/by", "mlee")},
		"a text that needs quotes":                    {splice.Set("/summary", "Now: #4711 is slow"), splice.Set("/account/csm", "no")},
		"a text of several lines in the place of one": {splice.Set("/ask", "One engineer.\r\n\r\n  - for two weeks  \r\n")},
		"a text of one line in the place of several":  {splice.Set("/description", "All is well: it is fast.")},
		"a key without a value":                       {splice.Set("/dri", schema.Handle("jdoe")), splice.Set("/product/related", true)},
		"a missing key in its place":                  {splice.Set("/severity", schema.High), splice.Set("/cover", schema.Cover{DRI: "rking", Until: today, Reason: "Jo is on leave"})},
		"a missing mapping among those in braces":     {splice.Set("/snooze/until", today), splice.Set("/product/related", false)},
		"a missing mapping among blocks":              {splice.Set("/snooze", schema.Snooze{Until: today, Reason: "Holidays", By: "jdoe"}), splice.Set("/product/team", []string{"okhan"})},
		"a key in braces":                             {splice.Set("/account/csm", "jdoe"), splice.Set("/account/strategic", "yes, a \"partner\"")},
		"a key in braces over several lines":          {splice.Set("/account/csm", "jdoe"), splice.Set("/account/strategic", "Partner")},
		"the first key behind a dash":                 {splice.Set("/next_steps/0/step", "Load test")},
		"an update":                                   {splice.Add("/updates", schema.Update{At: now, By: "jdoe", To: both, Significant: true, Text: "p95 is at 9 minutes."})},
		"the first update":                            {splice.Add("/updates", schema.Update{At: now, By: "jdoe", To: both, Text: "It waits: 10:30."})},
		"an update of several lines":                  {splice.Add("/updates", schema.Update{At: now, By: "jdoe", To: both, Text: "  indented\n\tand a tab\n"})},
		"a step in braces":                            {splice.Add("/next_steps", step), splice.Add("/fyi", "jdoe")},
		"a step before the first":                     {splice.Insert("/next_steps/0", step)},
		"entries with lines between them":             {splice.Add("/exit_criteria", schema.ExitCriterion{Criterion: "One week of quiet"}), splice.Insert("/exit_criteria/1", schema.ExitCriterion{Criterion: "A patch release"})},
		"a name in brackets":                          {splice.Add("/fyi", "jdoe"), splice.Insert("/fyi/0", schema.Handle("mlee")), splice.Add("/skills", "knows C#, and Go")},
		"a name in brackets over several lines":       {splice.Add("/fyi", "mlee"), splice.Add("/skills", "knows Go")},
		"a criterion that is met":                     {splice.Set("/exit_criteria/0/met", today), splice.Set("/exit_criteria/1/met", today)},
		"a step that is done":                         {splice.Set("/next_steps/0/done", today), splice.Set("/next_steps/1/due", schema.Date{Time: today.AddDate(0, 0, 7)})},
		"a reopening":                                 {splice.Remove("/closure")},
		"an entry with its comments":                  {splice.Remove("/next_steps/1")},
		"the last entry of a list":                    {splice.Remove("/skills/0"), splice.Remove("/fyi/0"), splice.Remove("/next_steps/0"), splice.Remove("/snooze/until")},
		"a redaction": {
			splice.Set("/updates/0/redacted", "Personal data"), splice.Remove("/updates/0/text"),
			splice.Set("/updates/1/redacted", "Personal data"), splice.Remove("/updates/1/text"),
		},
		"a closing": {
			splice.Set("/closure", schema.Closure{
				At: now, By: "jdoe", Resolution: schema.Deescalated, Outcome: schema.Positive, WhyNot: "They moved away.",
				Summary: "The queue was split.\nThe load test passed twice.", Sentiment: "green",
				Agreement: schema.Agreement{Waived: "The customer has left", By: "rking"},
			}),
			splice.Set("/closure/exit_criteria_met", false),
		},
		"a life without a file": {
			splice.Set("/customer", "Société Générale"), splice.Set("/opened", schema.Opened{At: now, By: "jdoe"}), splice.Set("/severity", "low"),
			splice.Add("/next_steps", step), splice.Set("/standup", schema.Standup{Days: []schema.Day{"mon", "wed"}, Time: "10:30", Zone: "Europe/Berlin", Minutes: 15}),
			splice.Add("/links/issues", "https://tracker.example.com/issues?id=812"), splice.Set("/links/case", schema.Pending),
		},
	}
	const golden = "testdata/edits.txtar"
	archive, err := txtar.ParseFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	after, seen := map[string]string{}, map[string]bool{}
	for _, f := range archive.Files {
		if name, ok := strings.CutSuffix(f.Name, "/after"); ok {
			after[name] = string(f.Data)
		}
	}
	written := txtar.Archive{Comment: archive.Comment}
	for _, f := range archive.Files {
		name, ok := strings.CutSuffix(f.Name, "/before")
		if !ok {
			continue
		}
		seen[name] = true
		if cases[name] == nil {
			t.Errorf("%s: no changes have this name", name)
		}
		got, err := splice.Apply(schema.KindEscalation, name, f.Data, cases[name]...)
		if err != nil {
			t.Error(err)
			continue
		}
		written.Files = append(written.Files, f, txtar.File{Name: name + "/after", Data: got})
		if string(got) != after[name] && !*update {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, after[name])
		}
	}
	for name := range cases {
		if !seen[name] {
			t.Errorf("%s: no example has this name", name)
		}
	}
	if *update && !t.Failed() {
		if err := os.WriteFile(golden, txtar.Format(&written), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
