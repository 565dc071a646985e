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
		do   func(*world)
		want bool
	}{
		"nothing":           {func(*world) {}, false},
		"a box":             {func(w *world) { w.Issues[0].Body = strings.Replace(w.Issues[0].Body, "- [ ]", "- [x]", 1) }, true},
		"a title":           {func(w *world) { w.Issues[0].Title = "Southwind" }, true},
		"other line ends":   {func(w *world) { w.Issues[0].Body = strings.ReplaceAll(w.Issues[0].Body, "\n", "\r\n") }, false},
		"a closed issue":    {func(w *world) { w.Issues[0].Open, w.Issues[0].Title = false, "Southwind" }, false},
		"a deleted issue":   {func(w *world) { w.Issues[0].Deleted = true }, false},
		"a stranger's":      {func(w *world) { w.Issues[0].Author, w.Issues[0].Title = forgetest.Stranger, "Southwind" }, false},
		"without a marker":  {func(w *world) { w.Issues[0].Body = "Something else" }, false},
		"what people added": {func(w *world) { w.Say(forgetest.Stranger, thread, "Hello"); w.Issues[0].Labels = []string{"mine"} }, false},
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
			pending := plan("steps 2", notice.Edit, titled("Northwind", "Not told yet"))
			restored, err := w.tracking().Restore(t.Context(), w.sent([]notice.Notice{told, edited, pending}), w.delivery([]notice.Notice{told}).Address)
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
