//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/e2e/harness"
)

// byHand is what a person does to every tracking issue that there is.
var byHand = map[string]map[string]any{
	"somebody closes the issues":             {"state": "closed"},
	"somebody writes into the issues":        {"title": "By hand", "body": "By hand, and without a marker."},
	"somebody takes labels and people away":  {"labels": []string{}, "assignees": []string{}},
	"somebody exchanges labels and assigned": {"labels": []string{"escalation", "severity:low", "theirs"}, "assignees": []string{"robinking"}},
}

// TestHands has a person do something to all tracking issues at calls of the scenario,
// while escalate is at work. After that and the schedule they stand as if nobody had,
// but for what people added: that is theirs.
func TestHands(t *testing.T) {
	t.Parallel()
	merges := scenario(t)
	scheduled := func(t *testing.T, w *harness.World) {
		t.Helper()
		if r := w.Start(w.Clone, nil, "stale", "--apply", "--now", w.Now().Format(time.RFC3339)).Wait(); r.Code != 0 {
			t.Errorf("the schedule fails\n%v", r)
		}
	}
	clean := faultWorld(t)
	play(t, clean, merges, nil)
	calls := len(clean.Forge.Calls())
	scheduled(t, clean)
	want, _ := standing(clean)
	for name, does := range byHand {
		for _, at := range spread(each(calls), max(*faultPoints, 1)) {
			t.Run(fmt.Sprintf("%s/%d", name, at), func(t *testing.T) {
				t.Parallel()
				w := faultWorld(t)
				fired := w.Forge.Inject(harness.Fault{Kind: harness.Meanwhile, At: at, Do: func() {
					for _, i := range w.Forge.Issues() {
						w.GitHub.Do(http.MethodPatch, fmt.Sprintf("/issues/%d", i.Number), does, nil)
					}
				}})
				play(t, w, merges, nil)
				scheduled(t, w)
				if fired() != 1 {
					t.Errorf("there is no call %d", at)
				}
				if d, how := compared(w, want, ours); d != (damage{}) {
					t.Errorf("%d lost, %d doubled, %d wrong:\n%s", d.lost, d.doubled, d.wrong, strings.Join(how, "\n"))
				}
			})
		}
	}
}

// lastTold is when the ledger was written last, by the clock of the machine.
var lastTold = regexp.MustCompile("`apply` last told a change on [^,]*,")

// ours is a text without what people added to an issue.
func ours(text string) string {
	text = lastTold.ReplaceAllString(text, "")
	return strings.NewReplacer(", theirs", "", "theirs, ", "", ", robinking", "", "robinking, ", "").Replace(text)
}
