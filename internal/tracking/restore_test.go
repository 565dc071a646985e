package tracking_test

import (
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge/forgetest"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/tracking"
)

var _ destination.Keeper = (*tracking.Tracking)(nil)

// What people change in an issue by hand is put back, and nothing else is touched.
func TestRestore(t *testing.T) {
	t.Parallel()
	no := false
	boxes := append(titled("Northwind", "Text"), notice.Block{List: []notice.Item{{Text: notice.Words("Fast"), Done: &no}}})
	for name, tc := range map[string]struct {
		do    func(*world)
		there bool // the ledger has its address
		want  bool
	}{
		"nothing":           {func(*world) {}, false, false},
		"a box":             {func(w *world) { w.Issues[0].Body = strings.Replace(w.Issues[0].Body, "- [ ]", "- [x]", 1) }, false, true},
		"a title":           {func(w *world) { w.Issues[0].Title = "Southwind" }, false, true},
		"other line ends":   {func(w *world) { w.Issues[0].Body = strings.ReplaceAll(w.Issues[0].Body, "\n", "\r\n") }, false, false},
		"a closed issue":    {func(w *world) { w.Issues[0].Open, w.Issues[0].Title = false, "Southwind" }, false, true},
		"what is told soon": {func(w *world) { w.Issues[0].Title, w.Issues[0].Body = "Northwind", "Not told yet" }, true, false},
		"ours, no marker":   {func(w *world) { w.Issues[0].Body = "Something else" }, true, true},
		"a deleted issue":   {func(w *world) { w.Issues[0].Deleted = true }, false, false},
		"a stranger's":      {func(w *world) { w.Issues[0].Author, w.Issues[0].Title = forgetest.Stranger, "Southwind" }, false, false},
		"without a marker":  {func(w *world) { w.Issues[0].Body = "Something else" }, false, false},
		"what people added": {func(w *world) {
			w.Say(forgetest.Stranger, thread, "Hello")
			w.Issues[0].Labels = append(w.Issues[0].Labels, "mine")
		}, false, false},
	} {
		everywhere(t, name, func(t *testing.T, w *world) {
			told := done("1", "opened", notice.OpenIssue, titled("Northwind", "Text of the opening"))
			if _, err := w.deliver(t, plan("opened", notice.OpenIssue, boxes), false); err != nil {
				t.Fatal(err)
			}
			before, title := w.Issues[0].Body, w.Issues[0].Title
			tc.do(w)
			changed := w.Issues[0].Body
			edited := done("1", "steps 1", notice.Edit, boxes)
			if tc.there {
				edited.URL = w.Issues[0].URL
			}
			pending := plan("steps 2", notice.Edit, titled("Northwind", "Not told yet"))
			restored, err := w.restore(t, told, edited, pending)
			if err != nil || restored != tc.want {
				t.Fatalf("restored: %v, %v", restored, err)
			}
			if restored && (w.Issues[0].Body != before || w.Issues[0].Title != title) {
				t.Errorf("it reads\n%s\nwant\n%s", w.Issues[0].Body, before)
			}
			if !restored && w.Issues[0].Body != changed {
				t.Errorf("it was touched:\n%s", w.Issues[0].Body)
			}
		})
	}
}
