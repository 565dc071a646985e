package lint_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// Each reason is given in words: what holds none, whether it can be seen or not, is
// an error at the reason, and at nothing else.
func TestReasonsInWords(t *testing.T) {
	t.Parallel()
	check := checker(t)
	text := fixture.Read(northwind)
	for field, change := range map[string][]string{ // what to put REASON into
		"strategic":  {"account_executive: arivera\n", "account_executive: arivera\n  strategic: REASON\n"},
		"product":    {"  related: true\n  dri: mlee\n  team: [okhan]\n", "  related: false\n  reason: REASON\n"},
		"cover":      {"approach:", "cover: {dri: rking, until: 2026-12-04, reason: REASON}\napproach:"},
		"standup":    {"severity: high", "severity: medium\nstandup: {none: REASON}"},
		"snooze":     {"approach:", "snooze: {until: 2026-11-27, reason: REASON, by: jdoe}\napproach:"},
		"redacted":   {"approach:", "updates: [{at: 2026-11-21T09:00:00Z, by: jdoe, to: [internal], redacted: REASON}]\napproach:"},
		"why_not":    {"approach:", strings.Replace(closure, "Enough", "REASON", 1) + "approach:"},
		"withdrawn":  {"approach:", "closure: {at: 2026-12-03T10:00:00Z, by: rking, resolution: withdrawn, reason: REASON}\napproach:"},
		"waiver":     {"approach:", strings.NewReplacer("'https://docs.example.com/agreed'", "{waived: REASON, by: rking}", "positive", "negative").Replace(closure) + "approach:"},
		"an amended": {"approach:", strings.Replace(closure, "sentiment", "amended: {at: 2026-12-04T10:00:00Z, by: jdoe, why: REASON}, sentiment", 1) + "approach:"},
	} {
		if !strings.Contains(text, change[0]) {
			t.Fatalf("no %q", change[0])
		}
		for _, reason := range []string{"They agreed to it", ".", "-", "tbd", "N/A", `\u200b`, `\u2800`, `\u3164`, `\ufe0f`, `\u00ad\u2060`, `T\u200bBD`, "👍"} {
			file := strings.Replace(text, change[0], strings.Replace(change[1], "REASON", fmt.Sprintf("\"%s\"", reason), 1), 1)
			r := run(t, check, fstest.MapFS{tree.PeoplePath: {Data: []byte(fixture.Read(tree.PeoplePath))}, northwind: {Data: []byte(file)}})
			var errors []string
			for _, f := range r.Findings {
				if f.Level == "error" {
					errors = append(errors, f.Rule)
				}
			}
			want := "reason-given"
			if reason == "They agreed to it" {
				want = ""
			}
			if got := strings.Join(errors, " "); got != want {
				t.Errorf("%s with %q: %q, want %q", field, reason, got, want)
			}
		}
	}
}
