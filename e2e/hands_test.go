//go:build e2e

package e2e

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/e2e/harness"
)

// byHand is what a person does to every tracking issue that there is.
var byHand = map[string]harness.Hand{
	"somebody closes the issues":             {Closed: true},
	"somebody writes into the issues":        {Title: new("By hand"), Body: new("By hand, and without a marker.")},
	"somebody takes labels and people away":  {Labels: new([]string{}), Assignees: new([]string{})},
	"somebody exchanges labels and assigned": {Labels: new([]string{"escalation", "severity:low", "theirs"}), Assignees: new([]string{"robinking"})},
}

// TestHands has a person do something to all tracking issues at calls of the scenario,
// while escalate is at work. After that and the schedule they stand as if nobody had,
// but for what people added: that is theirs.
func TestHands(t *testing.T) {
	t.Parallel()
	onEach(t, handsOn)
}

func handsOn(t *testing.T, on harness.Kind) {
	merges := scenario(t)
	scheduled := func(t *testing.T, w *harness.World) {
		t.Helper()
		if r := w.Start(w.Clone, nil, "stale", "--apply", "--now", w.Now().Format(time.RFC3339)).Wait(); r.Code != 0 {
			t.Errorf("the schedule fails\n%v", r)
		}
	}
	clean := faultWorld(t, on)
	play(t, clean, merges, nil)
	calls := len(clean.Forge.Calls())
	scheduled(t, clean)
	want, _ := standing(clean)
	for name, does := range byHand {
		for _, at := range spread(each(calls), max(*faultPoints, 1)) {
			t.Run(fmt.Sprintf("%s/%d", name, at), func(t *testing.T) {
				t.Parallel()
				w := faultWorld(t, on)
				fired := w.Forge.Inject(harness.Fault{Kind: harness.Meanwhile, At: at, Do: func() {
					for _, i := range w.Forge.Issues() {
						w.Forge.Change(i.Number, scoped(w.Forge, does))
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

// scoped is a change by hand with labels as a forge has them that go by scopes.
func scoped(f harness.Forge, by harness.Hand) harness.Hand {
	if by.Labels != nil && f.Name() == "GitLab" {
		labels := slices.Clone(*by.Labels)
		for i, l := range labels {
			labels[i] = strings.Replace(l, ":", "::", 1)
		}
		by.Labels = &labels
	}
	return by
}

// lastTold is when the ledger was written last, by the clock of the machine.
var lastTold = regexp.MustCompile("`apply` last told a change on [^,]*,")

// ours is a text without what people added to an issue.
func ours(text string) string {
	text = lastTold.ReplaceAllString(text, "")
	return strings.NewReplacer(", theirs", "", "theirs, ", "", ", robinking", "", "robinking, ", "").Replace(text)
}
