package tracking_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/forge/forgetest"
	"github.com/escalations-as-code/escalate/internal/notice"
)

// Verify finds what people did, and nothing else.
func TestVerify(t *testing.T) {
	t.Parallel()
	file := notice.Inline{Words: "its [file]", Place: notice.AtFile}
	links := notice.Block{Links: []notice.Inline{{Words: "File", Place: notice.AtFile}, {Words: "#esc_x", Place: notice.AtChannel, Code: true}, {Words: "Case", Link: "https://crm.example/1"}}}
	criteria, steps := done("1/101", "criteria 1", notice.Tell, words("Criteria @x"), "jdoe"), done("1/101", "steps 1", notice.Tell, words("Steps"))
	update := done("1/102", "update 2026-11-20T12:00:00Z", notice.Tell, notice.Text{notice.Paragraph(notice.Inline{Words: "All is fine, says "}, file, notice.Inline{Words: "."}), links})
	told := []notice.Notice{
		opened, done("1", "opened", notice.Tell, words("Text"), "jdoe"), done("1", "opened", notice.Label, notice.Value("severity:high")), criteria, steps, update,
		plan("closed 2026-11-30T12:00:00Z", notice.Tell, words("Not told yet")),
	}
	edit := func(w *world, comment int, old, text string) {
		c := w.Comments[comment]
		if !strings.Contains(c.Body, old) {
			t.Errorf("%q is not in %q", old, c.Body)
		}
		c.Body = strings.Replace(c.Body, old, text, 1)
	}
	const edited = "edited update 2026-11-20T12:00:00Z"
	for name, tc := range map[string]struct {
		do   func(*world)
		want []string
	}{
		"nothing":          {func(*world) {}, nil},
		"other line ends":  {func(w *world) { w.Comments[1].Body = strings.ReplaceAll(w.Comments[1].Body, "\n", "\r\n") }, nil},
		"other logins":     {func(w *world) { edit(w, 0, "cc @jodoe", "cc @jo-doe @other") }, nil},
		"other addresses":  {func(w *world) { edit(w, 1, "[File](https://forge.example/blob/HEAD/northwind.yaml)", "File") }, nil},
		"a channel by now": {func(w *world) { edit(w, 1, "`#esc_x`", "[#esc_x](https://acme.slack.example/C1)") }, nil},
		"another file": {func(w *world) {
			edit(w, 1, `file\]](https://forge.example/blob/HEAD/`, `file\]](https://forge.example/blob/main/`)
		}, nil},
		"no address": {func(w *world) {
			edit(w, 1, `[its \[file\]](https://forge.example/blob/HEAD/northwind.yaml)`, `its \[file\]`)
		}, nil},
		"as the first version wrote it": {func(w *world) { edit(w, 0, "Criteria `@x`\n\nSteps", "Criteria <span>@</span>x\\\nSteps") }, nil},
		"edited since the first version": {func(w *world) {
			edit(w, 0, "Criteria `@x`\n\nSteps", "Criteria <span>@</span>x\\\nStops")
		}, []string{"edited criteria 1", "edited steps 1"}},
		"what others say": {func(w *world) {
			w.Say(forgetest.Stranger, thread, "Hello")
			w.Open(forgetest.Stranger, "A question", "escalation")
		}, nil},
		"what others forge": {func(w *world) {
			w.Say(forgetest.Stranger, thread, w.Comments[1].Body)
			w.Open(forgetest.Stranger, openedBody, "escalation")
		}, nil},
		"another token":        {func(w *world) { w.Me = forgetest.App }, nil},
		"a renamed label":      {func(w *world) { w.Issues[0].Labels = []string{"customers"} }, []string{"labelled opened"}},
		"a closed issue":       {func(w *world) { w.Issues[0].Open = false }, []string{"closed opened"}},
		"a deleted issue":      {func(w *world) { w.Issues[0].Deleted = true }, []string{"missing criteria 1", "missing opened", "missing steps 1", "missing update 2026-11-20T12:00:00Z"}},
		"a deleted comment":    {func(w *world) { w.Comments = w.Comments[:1] }, []string{"missing update 2026-11-20T12:00:00Z"}},
		"a deleted text":       {func(w *world) { w.Comments[1].Body = "" }, []string{"missing update 2026-11-20T12:00:00Z"}},
		"other words":          {func(w *world) { edit(w, 1, "is fine", "was lost") }, []string{edited}},
		"more words":           {func(w *world) { edit(w, 1, "is fine", "is fine, or not") }, []string{edited}},
		"words behind":         {func(w *world) { w.Comments[1].Body += "\nand not" }, []string{edited}},
		"words of a link":      {func(w *world) { edit(w, 1, `[its \[file\]]`, `[my \[file\]]`) }, []string{edited}},
		"another link":         {func(w *world) { edit(w, 1, "crm.example/1", "crm.example/2") }, []string{edited}},
		"words in a message":   {func(w *world) { edit(w, 0, "Steps", "Stops") }, []string{"edited criteria 1", "edited steps 1"}},
		"a mention in words":   {func(w *world) { edit(w, 1, "is fine", "is fine cc @jodoe") }, []string{edited}},
		"an issue's words":     {func(w *world) { w.Issues[0].Body = strings.Replace(w.Issues[0].Body, "Text", "Test", 1) }, []string{"edited opened"}},
		"an issue's title":     {func(w *world) { w.Issues[0].Title = "Southwind" }, []string{"edited opened"}},
		"a doubled comment":    {func(w *world) { w.Say(w.Me, thread, w.Comments[1].Body) }, []string{"doubled update 2026-11-20T12:00:00Z"}},
		"a doubled issue":      {func(w *world) { w.Open(w.Me, openedBody, "escalation") }, []string{"doubled opened"}},
		"an orphaned comment":  {func(w *world) { w.Say(w.Me, thread, "Steps\n\n"+mark(id+" steps 2")) }, []string{"orphaned steps 2"}},
		"an orphaned issue":    {func(w *world) { w.Open(w.Me, mark("2026/other"), "escalation") }, []string{"orphaned 2026/other"}},
		"what is not told yet": {func(w *world) { w.Say(w.Me, thread, mark(id+" closed 2026-11-30T12:00:00Z")) }, nil},
		"what we keep": {func(w *world) {
			for _, key := range []string{"answer 101", "request", "edit 1795863600"} {
				w.Say(w.Me, thread, "Done.\n\n"+mark(key))
			}
		}, nil},
		"on another page": {func(w *world) {
			for range 250 {
				w.Say(forgetest.Stranger, thread, "Hello")
				w.Open(forgetest.Stranger, "Hello", "escalation")
			}
			w.Say(w.Me, thread, w.Comments[1].Body)
			w.Open(w.Me, openedBody, "escalation")
		}, []string{"doubled opened", "doubled update 2026-11-20T12:00:00Z"}},
	} {
		everywhere(t, name, func(t *testing.T, w *world) {
			w.Open(w.Me, openedBody, "escalation", w.forge.Traits().Scoped("severity", "high"))
			for _, m := range [][]notice.Notice{{criteria, steps}, {update}} {
				if _, err := w.tracking().Deliver(t.Context(), w.delivery(m, opened), false); err != nil {
					t.Fatal(err)
				}
			}
			w.Forget()
			tc.do(w)
			differences, err := w.tracking().Verify(t.Context(), w.sent(told))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range differences {
				got = append(got, fmt.Sprintf("%s %s", d.Fault, strings.TrimPrefix(d.Key, id+" ")))
				if d.URL == "" || d.To != notice.Tracking {
					t.Errorf("%+v", d)
				}
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("got %q, want %q", got, tc.want)
				for _, c := range w.Bodies(thread) {
					t.Logf("%.600s", c)
				}
			}
			if len(w.Writes()) > 0 {
				t.Errorf("it writes %q", w.Writes())
			}
		})
	}
}

// A text that was cut is as it was told.
func TestVerifyLong(t *testing.T) {
	t.Parallel()
	everywhere(t, "long", func(t *testing.T, w *world) {
		w.Open(w.Me, openedBody, "escalation")
		update := plan("update 2026-11-20T12:00:00Z", notice.Tell, notice.Text{{Quote: &notice.Quote{Head: notice.Words("Update"), Text: strings.Repeat("words ", 20_000)}}}, "jdoe")
		r, err := w.deliver(t, update, false, opened)
		if err != nil {
			t.Fatal(err)
		}
		update.State, update.Ref = notice.Done, r.Ref
		if d, err := w.tracking().Verify(t.Context(), w.sent([]notice.Notice{opened, update})); err != nil || len(d) > 0 {
			t.Errorf("%v (%v)", d, err)
		}
	})
}

// An issue that was edited on the way is compared with what it was told last.
func TestVerifyEdited(t *testing.T) {
	t.Parallel()
	everywhere(t, "edited", func(t *testing.T, w *world) {
		w.Open(w.Me, "New words\n\n"+mark(id), "escalation")
		told := w.sent([]notice.Notice{opened, done("1", "steps 1", notice.Edit, titled("Northwind", "New words")), plan("steps 2", notice.Edit, titled("Northwind", "Newest words"))})
		if d, err := w.tracking().Verify(t.Context(), told); err != nil || len(d) > 0 {
			t.Errorf("%v (%v)", d, err)
		}
		if d, err := w.tracking().Verify(t.Context(), told[:1]); err != nil || len(d) != 1 || d[0].Fault != destination.Edited {
			t.Errorf("%v (%v)", d, err)
		}
	})
}

// An issue that nobody may see any more is missing; a forge that does not answer
// is an error.
func TestVerifyUnanswered(t *testing.T) {
	t.Parallel()
	everywhere(t, "forbidden", func(t *testing.T, w *world) {
		w.Fault = func(op string) forgetest.Fault {
			if strings.HasPrefix(op, "comments ") {
				return forgetest.Forbidden
			}
			return forgetest.None
		}
		w.Open(w.Me, openedBody, "escalation")
		w.Say(w.Me, forge.Thread{Number: 1}, "Hello")
		if _, err := w.tracking().Verify(t.Context(), w.sent([]notice.Notice{opened})); err == nil || !strings.Contains(err.Error(), "issue 1") {
			t.Errorf("%v", err)
		}
	})
}
