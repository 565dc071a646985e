package tracking_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/notice"
)

// What people ticked is told from what else they changed, wherever it stands and however
// they write a tick; and a run that is not the bot's leaves it for a while.
func TestTicks(t *testing.T) {
	t.Parallel()
	no, yes := false, true
	text := notice.Text{
		notice.Title(notice.Inline{Words: "Northwind"}), notice.Heading("Criteria"),
		{List: []notice.Item{{Text: notice.Words("Fast"), Done: &no}, {Text: notice.Words("Same"), Done: &no}, {Text: notice.Words("Safe"), Done: &yes}}},
		notice.Heading("Steps"), {List: []notice.Item{{Text: notice.Words("no box")}, {Text: notice.Words("Same"), Done: &no}}},
	}
	last := func(s, of, by string) string {
		i := strings.LastIndex(s, of)
		return s[:i] + by + s[i+len(of):]
	}
	for name, tc := range map[string]struct {
		do    func(string) string
		want  string
		other bool
	}{
		"nothing":        {func(s string) string { return s }, "", false},
		"one":            {func(s string) string { return strings.Replace(s, "[ ] Fast", "[x] Fast", 1) }, "Criteria 1 Fast true;", false},
		"a capital":      {func(s string) string { return strings.Replace(s, "[ ] Fast", "[X] Fast", 1) + "\r\n" }, "Criteria 1 Fast true;", false},
		"taken away":     {func(s string) string { return strings.Replace(s, "[x] Safe", "[ ] Safe", 1) }, "Criteria 3 Safe false;", false},
		"the same words": {func(s string) string { return last(s, "[ ] Same", "[x] Same") }, "Steps 2 Same true;", false},
		"and other words": {func(s string) string {
			return strings.Replace(strings.ReplaceAll(s, "[ ] Same", "[x] Same"), "Fast", "Faster", 1)
		}, "Criteria 2 Same true;Steps 2 Same true;", true},
		"other words": {func(string) string { return "Mine" }, "", true},
	} {
		everywhere(t, name, func(t *testing.T, w *world) {
			if _, err := w.deliver(t, plan("opened", notice.OpenIssue, text), false); err != nil {
				t.Fatal(err)
			}
			told := w.sent([]notice.Notice{done("1", "opened", notice.OpenIssue, text)})
			told[0].URL = w.Issues[0].URL
			w.Issues[0].Body = tc.do(w.Issues[0].Body)
			w.Issues[0].Updated = w.Now()
			i, err := w.forge.Issue(t.Context(), 1)
			if err != nil {
				t.Fatal(err)
			}
			ticks, other, err := w.tracking().Ticks(t.Context(), i, told)
			got := ""
			for _, x := range ticks {
				got += fmt.Sprintln(x.Heading, x.Number, x.Text, x.Done)
			}
			if got = strings.ReplaceAll(got, "\n", ";"); err != nil || got != tc.want || other != tc.other {
				t.Errorf("ticked %q, other words %v (%v)", got, other, err)
			}
			for _, left := range []bool{true, false} {
				keeps := w.tracking()
				since := w.Now()
				if left {
					since = since.Add(-time.Minute)
				}
				keeps.LeaveTicks(since)
				restored, err := keeps.Restore(t.Context(), told, w.copy, w.delivery(nil).Address)
				want := tc.want != "" && !left || tc.want == "" && tc.other && left
				if err != nil || restored != want {
					t.Errorf("left %v: restored %v (%v)", left, restored, err)
				}
			}
		})
	}
}
