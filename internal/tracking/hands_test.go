package tracking_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/forge/forgetest"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/schema"
)

// told is an escalation of which all was told: its issue, with a comment. It is what
// the ledger has of it.
func (w *world) told(t *testing.T, more ...notice.Notice) []notice.Notice {
	t.Helper()
	var thread []notice.Notice
	for _, n := range append([]notice.Notice{
		plan("opened", notice.OpenIssue, titled("Northwind", "Text"), "jdoe"), plan("opened", notice.Label, notice.Value("severity:high")), plan("opened", notice.Assign, nil, "jdoe"),
		plan("steps 1", notice.Tell, words("Steps")),
	}, more...) {
		r, err := w.deliver(t, n, false, thread...)
		if err != nil {
			t.Fatal(err)
		}
		n.State, n.Ref, n.URL, n.Via = notice.Done, r.Ref, r.URL, w.via
		thread = append(thread, n)
	}
	w.Forget()
	return thread
}

// What people do to an issue by hand: --verify names it, with its link; the next run
// mends what is ours to mend, and leaves what is theirs.
func TestHands(t *testing.T) {
	t.Parallel()
	closing := plan("closed 2026-11-30T12:00:00Z", notice.CloseIssue, nil)
	severity := func(w *world, s string) string { return w.forge.Traits().Scoped("severity", s) }
	const is = "Northwind open [escalation severity:high] [jodoe] 1"
	for name, tc := range map[string]struct {
		more []notice.Notice
		do   func(*world, *forgetest.Issue)
		says []string // by --verify
		want string   // what the next run makes of it
	}{
		"nothing":            {nil, func(*world, *forgetest.Issue) {}, nil, is},
		"closed":             {nil, func(_ *world, i *forgetest.Issue) { i.Open = false }, []string{"closed: it is closed, and the escalation is open"}, is},
		"opened again":       {[]notice.Notice{closing}, func(_ *world, i *forgetest.Issue) { i.Open = true }, []string{"reopened: it is open, and the escalation is closed"}, "Northwind closed [escalation severity:high] [jodoe] 1"},
		"retitled":           {nil, func(_ *world, i *forgetest.Issue) { i.Title = "Southwind" }, []string{`edited: its title is now "Southwind"`}, is},
		"rewritten":          {nil, func(_ *world, i *forgetest.Issue) { i.Body = strings.Replace(i.Body, "Text", "Test", 1) }, []string{"edited: its text was changed"}, is},
		"without a text":     {nil, func(_ *world, i *forgetest.Issue) { i.Body = "" }, []string{"edited: its text was changed"}, is},
		"without its marker": {nil, func(_ *world, i *forgetest.Issue) { i.Body = "Text\n\ncc @jodoe" }, []string{"edited: its hidden marker is gone"}, is},
		"all at once": {nil, func(w *world, i *forgetest.Issue) {
			i.Open, i.Title, i.Body, i.Labels, i.Assignees = false, "Southwind", "By hand", nil, nil
		}, []string{"closed: it is closed, and the escalation is open", `edited: its title is now "Southwind"`, "edited: its text was changed",
			`labelled: it does not have the label "escalation" any more, and it does not have the label "severity:high" any more`, "assigned: jodoe is not assigned any more"}, is},
		"a label is taken away": {nil, func(_ *world, i *forgetest.Issue) { i.Labels = []string{"escalation"} }, []string{`labelled: it does not have the label "severity:high" any more`}, is},
		"a label is exchanged": {nil, func(w *world, i *forgetest.Issue) { i.Labels = []string{"escalation", severity(w, "low")} },
			[]string{`labelled: it does not have the label "severity:high" any more, and it has the label "severity:low" as well`}, is},
		"a second severity":             {nil, func(w *world, i *forgetest.Issue) { i.Labels = append(i.Labels, severity(w, "low")) }, []string{`labelled: it has the label "severity:low" as well`}, is},
		"a label is renamed everywhere": {nil, func(w *world, i *forgetest.Issue) { i.Labels[1], w.Labels[1] = "very bad", "very bad" }, []string{`labelled: it does not have the label "severity:high" any more`}, "Northwind open [escalation severity:high very bad] [jodoe] 1"},
		"our label is renamed":          {nil, func(w *world, i *forgetest.Issue) { i.Labels[0], w.Labels[0] = "customers", "customers" }, []string{`labelled: it does not have the label "escalation" any more`}, "Northwind open [escalation severity:high customers] [jodoe] 1"},
		"labels of their own":           {nil, func(_ *world, i *forgetest.Issue) { i.Labels = append(i.Labels, "emea", "severity") }, nil, "Northwind open [escalation severity:high emea severity] [jodoe] 1"},
		"unassigned":                    {nil, func(_ *world, i *forgetest.Issue) { i.Assignees = nil }, []string{"assigned: jodoe is not assigned any more"}, is},
		"another is assigned":           {nil, func(_ *world, i *forgetest.Issue) { i.Assignees = []string{"kitwong"} }, []string{"assigned: jodoe is not assigned any more"}, "Northwind open [escalation severity:high] [kitwong jodoe] 1"},
		"one more is assigned":          {nil, func(_ *world, i *forgetest.Issue) { i.Assignees = append(i.Assignees, "kitwong") }, nil, "Northwind open [escalation severity:high] [jodoe kitwong] 1"},
		"who may not be assigned":       {nil, func(w *world, i *forgetest.Issue) { i.Assignees, w.Assignable = nil, nil }, nil, "Northwind open [escalation severity:high] [] 1"},
		"a login in capitals":           {nil, func(_ *world, i *forgetest.Issue) { i.Assignees = []string{"JoDoe"} }, nil, "Northwind open [escalation severity:high] [JoDoe] 1"},
		"locked":                        {nil, func(w *world, i *forgetest.Issue) { w.lock(i) }, []string{"locked: it is locked: nothing is told there before somebody unlocks it"}, is},
		"transferred":                   {nil, func(_ *world, i *forgetest.Issue) { i.Moved = "https://forge.example/elsewhere/42" }, []string{"moved: the issue was transferred to https://forge.example/elsewhere/42", "missing: the issue was transferred to https://forge.example/elsewhere/42"}, is},
		"deleted, or made a discussion": {nil, func(_ *world, i *forgetest.Issue) { i.Deleted = true }, []string{"missing: the issue was deleted, or made a discussion", "missing: the issue was deleted, or made a discussion"}, is},
		"a comment is deleted":          {nil, func(w *world, _ *forgetest.Issue) { w.Comments = nil }, []string{"missing: the comment was deleted, or its hidden marker is gone"}, "Northwind open [escalation severity:high] [jodoe]"},
		"a comment is edited": {nil, func(w *world, _ *forgetest.Issue) {
			w.Comments[0].Body = strings.Replace(w.Comments[0].Body, "Steps", "Stops", 1)
		}, []string{"edited: its text was changed"}, is},
		"a comment without its marker":  {nil, func(w *world, _ *forgetest.Issue) { w.Comments[0].Body = "Steps" }, []string{"missing: the comment was deleted, or its hidden marker is gone"}, is},
		"what is being told: it closes": {nil, func(_ *world, i *forgetest.Issue) { i.Open = false }, nil, "Northwind closed [escalation severity:high] [jodoe] 1"},
		"what is being told: it changes": {nil, func(w *world, i *forgetest.Issue) {
			i.Title, i.Body, i.Labels = "New", "Words\n\n"+mark(id), []string{"escalation", severity(w, "low")}
		}, nil, "New open [escalation severity:low] [jodoe] 1"},
	} {
		everywhere(t, name, func(t *testing.T, w *world) {
			w.Assignable, w.Me = append(w.Assignable, "kitwong"), forgetest.App // of which a forge does not say who it is
			thread := w.told(t, tc.more...)
			body := w.Issues[0].Body
			switch {
			case strings.HasSuffix(name, "it closes"):
				thread = append(thread, closing)
			case strings.HasSuffix(name, "it changes"):
				thread = append(thread, plan("steps 2", notice.Edit, titled("New", "Words")), plan("severity 1", notice.Label, notice.Value("severity:low")))
				body = ""
			}
			tc.do(w, w.Issues[0])
			comments := fmt.Sprint(w.Bodies(threadOne))
			differences, err := w.tracking().Verify(t.Context(), w.sent(thread))
			if err != nil || len(w.Writes()) > 0 {
				t.Fatalf("%v, wrote %q", err, w.Writes())
			}
			var says []string
			for _, d := range differences {
				says = append(says, strings.ReplaceAll(fmt.Sprintf("%s: %s", d.Fault, d.Says), "::", ":"))
				if d.URL == "" || d.Escalation != id {
					t.Errorf("%+v", d)
				}
			}
			if !slices.Equal(says, tc.says) {
				t.Errorf("it says %q, want %q", says, tc.says)
			}
			if _, err := w.restore(t, thread...); err != nil {
				t.Fatal(err)
			}
			want := tc.want
			if w.gitlab != nil { // where one assignee may be all there is room for
				want = strings.Replace(want, "[kitwong jodoe]", "[jodoe kitwong]", 1)
			}
			if got := w.Shown(1); got != want || body != "" && w.Issues[0].Body != body && !w.Issues[0].Deleted {
				t.Errorf("it is %s, want %s:\n%s", got, want, w.Issues[0].Body)
			}
			if got := fmt.Sprint(w.Bodies(threadOne)); got != comments {
				t.Errorf("comments were touched: %s", got)
			}
			// And then there is nothing to mend.
			w.Forget()
			if again, err := w.restore(t, thread...); again || err != nil || len(w.Writes()) > 0 {
				t.Errorf("it is mended again: %q (%v)", w.Writes(), err)
			}
		})
	}
}

var threadOne = forge.Thread{Number: 1}

// A label is the same on GitHub whatever its case; elsewhere it is another.
func TestLabelsInCapitals(t *testing.T) {
	t.Parallel()
	everywhere(t, "capitals", func(t *testing.T, w *world) {
		w.Labels = []string{"Escalation", w.forge.Traits().Scoped("Severity", "HIGH"), w.forge.Traits().Scoped("severity", "LOW")}
		thread := w.told(t)
		want, severe := "Northwind open [Escalation Severity:HIGH] [jodoe] 1", "Northwind open [Escalation severity:LOW] [jodoe] 1"
		if w.via == "gitlab" {
			want, severe = "Northwind open [escalation severity:high] [jodoe] 1", "Northwind open [escalation severity:low] [jodoe] 1"
		}
		if got := w.Shown(1); got != want {
			t.Errorf("it is %s, want %s", got, want)
		}
		if d, err := w.tracking().Verify(t.Context(), thread); err != nil || len(d) > 0 {
			t.Errorf("%+v (%v)", d, err)
		}
		if restored, err := w.restore(t, thread...); restored || err != nil {
			t.Errorf("restored: %v (%v)", restored, err)
		}
		// The next severity takes the place of this one.
		if _, err := w.deliver(t, plan("severity 1", notice.Label, notice.Value("severity:low")), false, thread...); err != nil {
			t.Error(err)
		}
		if got := w.Shown(1); got != severe {
			t.Errorf("it is %s, want %s", got, severe)
		}
	})
}

// Another DRI is assigned in the place of the one before, and not of those whom
// people assigned.
func TestAssignedBeside(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		may  []string
		want string
	}{
		"assignable": {[]string{"jodoe", "kitwong", "evabrandt"}, "[evabrandt kitwong]"}, "not assignable": {[]string{"jodoe", "kitwong"}, "[kitwong]"},
	} {
		everywhere(t, name, func(t *testing.T, w *world) {
			thread := w.told(t)
			w.Assignable, w.Issues[0].Assignees = tc.may, []string{"JoDoe", "kitwong"}
			if _, err := w.deliver(t, plan("dri 1", notice.Assign, nil, "ebrandt"), false, thread...); err != nil {
				t.Error(err)
			}
			if got := fmt.Sprint(w.Issues[0].Assignees); got != tc.want {
				t.Errorf("assigned are %s, want %s", got, tc.want)
			}
		})
	}
}

// A locked issue is told as such, and not as a token that may not write; what is
// done beside comments is done.
func TestLocked(t *testing.T) {
	t.Parallel()
	everywhere(t, "locked", func(t *testing.T, w *world) {
		thread := w.told(t)
		w.lock(w.Issues[0])
		_, err := w.deliver(t, plan("steps 2", notice.Tell, words("Steps")), false, thread...)
		if !errors.Is(err, forge.ErrLocked) || errors.Is(err, forge.ErrForbidden) || errors.Is(err, destination.ErrInDoubt) || !strings.Contains(err.Error(), "locked") || strings.Contains(err.Error(), "issues: write") {
			t.Errorf("%v", err)
		}
		if _, err := w.deliver(t, plan("severity 1", notice.Label, notice.Value("severity:low")), false, thread...); err != nil {
			t.Error(err)
		}
		w.Issues[0].Locked = false
		if r, err := w.deliver(t, plan("steps 2", notice.Tell, words("Steps")), true, thread...); err != nil || r.Kept || len(w.Comments) != 2 {
			t.Errorf("%+v (%v)", r, err)
		}
	})
}

// What is told of an issue that is gone, or elsewhere, goes to a new one, and that is
// said; nothing is done where it is now.
func TestGone(t *testing.T) {
	t.Parallel()
	for note, do := range map[string]func(*forgetest.Issue){
		"the issue was deleted, or made a discussion: this one is used instead": func(i *forgetest.Issue) { i.Deleted = true },
		"the issue was transferred to https://forge.example/elsewhere/42: this one is used instead": func(i *forgetest.Issue) {
			i.Moved = "https://forge.example/elsewhere/42"
		},
	} {
		everywhere(t, note, func(t *testing.T, w *world) {
			w.Me = forgetest.App // of which a forge does not say who it is
			thread := w.told(t)
			do(w.Issues[0])
			r, err := w.deliver(t, plan("steps 2", notice.Tell, words("Steps")), false, thread...)
			if err != nil || !strings.HasPrefix(r.Ref, "2/") || r.Note != note {
				t.Errorf("%+v (%v), wrote %q", r, err, w.Writes())
			}
			// The next goes there, too, though the ledger has the comment alone.
			steps := done(r.Ref, "steps 2", notice.Tell, words("Steps"))
			steps.URL = r.URL
			if r, err := w.deliver(t, plan("steps 3", notice.Tell, words("Steps")), false, append(thread, steps)...); err != nil || !strings.HasPrefix(r.Ref, "2/") || r.Note != "" {
				t.Errorf("the next: %+v (%v), wrote %q", r, err, w.Writes())
			}
		})
	}
}

// In a repository that has much else, the list of all comments is not read to its
// end, and who may be assigned is asked once.
func TestHandsAmongMuchElse(t *testing.T) {
	t.Parallel()
	everywhere(t, "much else", func(t *testing.T, w *world) {
		w.Assignable = nil
		w.Open(forgetest.Stranger, "Something else")
		for range 3000 {
			w.Say(forgetest.Stranger, threadOne, "Hello")
		}
		var told []notice.Notice
		for n := range 12 {
			e := fmt.Sprintf("2026/e-%d", n)
			i := w.Open(w.Me, "Text\n\n"+mark(e), "escalation")
			said := fmt.Sprint(e, " steps 1")
			w.Say(forgetest.Stranger, forge.Thread{Number: i.Number}, "Hello")
			c := w.Say(w.Me, forge.Thread{Number: i.Number}, "Steps\n\n"+mark(said))
			told = append(told,
				notice.Notice{Escalation: schema.ID(e), Key: e + " opened", Moment: notice.Opened, Do: notice.OpenIssue, To: notice.Tracking, Via: w.via, State: notice.Done, Ref: fmt.Sprint(i.Number), URL: i.URL, Text: titled("Northwind", "Text")},
				notice.Notice{Escalation: schema.ID(e), Key: e + " opened", Moment: notice.Opened, Do: notice.Assign, To: notice.Tracking, Via: w.via, State: notice.Done, Ref: fmt.Sprint(i.Number), URL: i.URL, Mentions: []schema.Handle{"jdoe"}},
				notice.Notice{Escalation: schema.ID(e), Key: said, Moment: notice.Steps, To: notice.Tracking, Via: w.via, State: notice.Done, Ref: fmt.Sprintf("%d/%d", i.Number, c.ID), URL: c.URL, Text: words("Steps")})
		}
		d, err := w.tracking().Verify(t.Context(), told)
		if err != nil || len(d) > 0 {
			t.Errorf("%+v (%v)", d, err)
		}
		asked := w.Asked()
		if one := slices.DeleteFunc(slices.Clone(asked), func(op string) bool { return !strings.HasPrefix(op, "assignable ") }); len(one) != 1 || len(asked) > 2*12+3 {
			t.Errorf("it asks %q", asked)
		}
	})
}

// A thousand escalations are compared with what the lists say, a hundred at a time;
// what a list misses is looked at before it is called missing.
func TestManyHands(t *testing.T) {
	t.Parallel()
	everywhere(t, "many", func(t *testing.T, w *world) {
		const many = 1000
		var told []notice.Notice
		var threads [][]notice.Notice
		for n := range many {
			e := fmt.Sprintf("2026/e-%d", n)
			i := w.Open(w.Me, "Text\n\n"+mark(e), "escalation")
			o := notice.Notice{Escalation: schema.ID(e), Key: e + " opened", Moment: notice.Opened, Do: notice.OpenIssue, To: notice.Tracking, Via: w.via, State: notice.Done, Ref: fmt.Sprint(i.Number), URL: i.URL, Text: titled("Northwind", "Text")}
			said := fmt.Sprint(e, " steps 1")
			c := w.Say(w.Me, forge.Thread{Number: i.Number}, "Steps\n\n"+mark(said))
			told = append(told, o, notice.Notice{Escalation: o.Escalation, Key: said, Moment: notice.Steps, To: notice.Tracking, Via: w.via, State: notice.Done, Ref: fmt.Sprintf("%d/%d", i.Number, c.ID), URL: c.URL, Text: words("Steps")})
			threads = append(threads, told[len(told)-2:])
		}
		w.Comments = slices.DeleteFunc(w.Comments, func(c *forgetest.Comment) bool { return c.On.Number == 9 })
		w.Issues[6].Labels = nil
		w.Issues[7].Deleted = true
		d, err := w.tracking().Verify(t.Context(), told)
		var says []string
		for _, d := range d {
			says = append(says, fmt.Sprint(d.Fault, " ", strings.TrimPrefix(d.Key, "2026/")))
		}
		if want := []string{"labelled e-6 opened", "missing e-7 opened", "missing e-7 steps 1", "missing e-8 steps 1"}; err != nil || !slices.Equal(says, want) {
			t.Errorf("%q (%v)", says, err)
		}
		if w.via == "github" && len(w.Asked()) > 50 {
			t.Errorf("it asks %d times", len(w.Asked()))
		}
		if one := slices.DeleteFunc(w.Asked(), func(op string) bool { return !strings.HasPrefix(op, "issue ") }); !slices.Equal(one, []string{"issue 7", "issue 8"}) {
			t.Errorf("one by one it asks %q", one)
		}
		w.Forget()
		changed, err := w.tracking().Changed(t.Context(), threads, w.copy)
		if err != nil || len(changed) != 1 || len(w.Asked()) > 20 {
			t.Errorf("%v (%v), asked %d times", changed, err, len(w.Asked()))
		}
	})
}
