package tracking_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/forge/forgetest"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/schema"
)

// Each thing costs the requests that it needs.
func TestDeliver(t *testing.T) {
	t.Parallel()
	assigned := func(w *world) { w.Issues[0].Assignees = []string{"jodoe"} }
	for name, tc := range map[string]struct {
		what    notice.Notice
		inDoubt bool
		before  func(*world)
		asked   []string
		after   string // title, state, labels, assignees, comments
		body    string // of the issue, or of its comment
	}{
		"open":                  {plan("opened", notice.OpenIssue, titled("Other", "Text"), "jdoe", "kwong"), false, func(w *world) { w.Issues, w.Labels = nil, nil }, []string{"open Other [escalation] []"}, "Other open [escalation] []", openedBody},
		"open, in doubt":        {plan("opened", notice.OpenIssue, titled("Northwind", "Text")), true, nil, []string{"issues escalation", "me"}, "Northwind open [escalation] []", openedBody},
		"open, without a title": {plan("opened", notice.OpenIssue, words("Text"), "jdoe"), false, func(w *world) { w.Issues = nil }, []string{"open 2026/northwind [escalation] []"}, "2026/northwind open [escalation] []", openedBody},
		"opened":                {plan("opened", notice.Tell, words("Text")), false, nil, []string{"issue 1"}, "Northwind open [escalation] []", openedBody},
		"comment": {plan("steps 1", notice.Tell, words("*Steps* @all\n/close"), "jdoe", "kwong", "ebrandt"), false, nil, []string{"comment 1"}, "Northwind open [escalation] [] 1",
			"\\*Steps\\* `@all`  \n`/close`\n\ncc @jodoe @evabrandt\n\n<!-- escalate: 2026/northwind steps 1 -->"},
		"links": {plan("steps 1", notice.Tell, append(words("Steps"), notice.Block{Links: []notice.Inline{
			{Words: "File", Place: notice.AtFile}, {Words: "Tracking issue", Place: notice.AtTracking}, {Words: "Channel", Place: notice.AtChannel}, {Words: "Case", Link: "https://crm.example/1"},
		}}), "jdoe"), false, nil, []string{"comment 1"}, "Northwind open [escalation] [] 1",
			"Steps\n\n[File](https://forge.example/blob/HEAD/northwind.yaml) · Channel · [Case](https://crm.example/1)\n\ncc @jodoe\n\n<!-- escalate: 2026/northwind steps 1 -->"},
		"no words":          {plan("steps 1", notice.Tell, nil), false, nil, []string{"comment 1"}, "Northwind open [escalation] [] 1", "<!-- escalate: 2026/northwind steps 1 -->"},
		"comment, in doubt": {plan("steps 1", notice.Tell, words("Steps")), true, func(w *world) { w.Say(w.Me, thread, mark(id+" steps 1")) }, []string{"comments 1", "me"}, "Northwind open [escalation] [] 1", mark(id + " steps 1")},
		"edit":              {plan("steps 1", notice.Edit, titled("New", "Words")), false, nil, []string{"edit 1 title New body"}, "New open [escalation] []", "Words\n\n<!-- escalate: 2026/northwind -->"},
		"close":             {plan("closed 1", notice.CloseIssue, nil), false, nil, []string{"edit 1 closed"}, "Northwind closed [escalation] []", openedBody},
		"reopen":            {plan("reopened 1", notice.ReopenIssue, nil), false, func(w *world) { w.Issues[0].Open = false }, []string{"edit 1 open"}, "Northwind open [escalation] []", openedBody},
		"label": {plan("severity 1", notice.Label, notice.Value("severity:high")), false, func(w *world) {
			w.Issues[0].Labels = []string{w.forge.Traits().Scoped("severity", "low"), "escalation", "ours"}
		}, []string{"issue 1", "labels 1 [escalation severity:high ours]"}, "Northwind open [escalation severity:high ours] []", openedBody},
		"a renamed label": {plan("severity 1", notice.Label, notice.Value("severity:high")), false, func(w *world) {
			w.Issues[0].Labels, w.Labels = []string{"customers", "very bad"}, []string{"customers", "very bad"}
		}, []string{"issue 1", "labels 1 [escalation severity:high customers very bad]"}, "Northwind open [escalation severity:high customers very bad] []", openedBody},
		"assign":         {plan("dri 1", notice.Assign, nil, "jdoe"), false, nil, []string{"edit 1 assignees [jodoe]"}, "Northwind open [escalation] [jodoe]", openedBody},
		"without login":  {plan("dri 1", notice.Assign, nil, "kwong"), false, assigned, []string{"edit 1 assignees []"}, "Northwind open [escalation] []", openedBody},
		"nobody":         {plan("dri 1", notice.Assign, nil), false, assigned, []string{"edit 1 assignees []"}, "Northwind open [escalation] []", openedBody},
		"not assignable": {plan("dri 1", notice.Assign, nil, "ebrandt"), false, assigned, []string{"edit 1 assignees [evabrandt]", "edit 1 assignees []"}, "Northwind open [escalation] []", openedBody},
		"confidential":   {plan("closed 1", notice.CloseIssue, nil), false, func(w *world) { w.Issues[0].Confidential = true }, []string{"edit 1 closed"}, "Northwind closed [escalation] []", openedBody},
	} {
		everywhere(t, name, func(t *testing.T, w *world) {
			w.Open(w.Me, openedBody, "escalation")
			if tc.before != nil {
				tc.before(w)
			}
			r, err := w.deliver(t, tc.what, tc.inDoubt, opened)
			want := tc.asked
			if tc.what.Do != notice.OpenIssue { // first, whether the number in the ledger is that of our issue
				rest := slices.DeleteFunc(slices.Clone(want), func(op string) bool { return op == "me" })
				want = append([]string{"issue 1", "me"}, rest...)
			}
			asked := w.Asked()
			if w.gitlab != nil { // which is asked first who is who, assigns nobody else, and is told when it is due
				want = slices.Clone(want)
				for i := range want {
					want[i] = strings.Replace(want[i], "edit 1 title New body", "edit 1 title New body not due", 1)
				}
				asked = slices.DeleteFunc(asked, func(op string) bool { return strings.HasPrefix(op, "assignable ") })
				want = slices.DeleteFunc(want, func(op string) bool { return op == "edit 1 assignees [evabrandt]" })
			}
			if err != nil || !slices.Equal(asked, want) {
				t.Errorf("%v, asked\n%s", err, strings.Join(asked, "\n"))
			}
			body := w.Issues[0].Body
			if b := w.Bodies(thread); len(b) > 0 {
				body = b[0]
			}
			if got := w.Shown(1); got != tc.after || body != tc.body {
				t.Errorf("it is %s\n%s", got, body)
			}
			if issue, _, _ := strings.Cut(r.Ref, "/"); issue != "1" || r.URL == "" {
				t.Errorf("the receipt is %+v", r)
			}
		})
	}
}

// A label is made once in a run, and the issues are listed once.
func TestManyCostLittle(t *testing.T) {
	t.Parallel()
	everywhere(t, "adopted", func(t *testing.T, w *world) {
		tracking := w.tracking()
		for n := range 20 {
			steps := plan("steps 1", notice.Tell, words("Steps"))
			steps.Escalation, steps.Key = schema.ID(fmt.Sprintf("2026/other-%d", n)), fmt.Sprintf("2026/other-%d steps 1", n)
			if r, err := tracking.Deliver(t.Context(), w.delivery([]notice.Notice{steps}), false); err != nil || !strings.HasPrefix(r.Ref, fmt.Sprint(n+1, "/")) {
				t.Fatalf("%+v (%v)", r, err)
			}
		}
		asked := slices.DeleteFunc(w.Asked(), func(op string) bool { return op == "assignable jodoe" }) // which GitLab is asked once
		if n := len(asked); n != 41 || len(w.Asked()) > 42 {                                            // the list, and for each an issue and a comment
			t.Errorf("%d requests", n)
		}
	})
}

// An issue that somebody deleted is opened anew, and so is that of an escalation
// that was adopted: with all that the first one would have. It is found again.
func TestAnew(t *testing.T) {
	t.Parallel()
	dri := done("1", "dri 1", notice.Edit, titled("Northwind now", "New words"), "jdoe")
	for name, tc := range map[string]struct {
		thread  []notice.Notice
		may     []string
		inDoubt bool
		want    string
		body    string
	}{
		"deleted":                 {[]notice.Notice{opened}, []string{"jodoe"}, false, "Northwind open [escalation severity:high] [jodoe] 1", "Text"},
		"deleted, after an edit":  {[]notice.Notice{opened, dri}, []string{"jodoe"}, false, "Northwind now open [escalation severity:high] [jodoe] 1", "New words"},
		"deleted, in doubt":       {[]notice.Notice{opened}, []string{"jodoe"}, true, "Northwind open [escalation severity:high] [jodoe] 1", "Text"},
		"deleted, not assignable": {[]notice.Notice{opened}, nil, false, "Northwind open [escalation severity:high] [] 1", "Text"},
		"deleted, and closed":     {[]notice.Notice{opened, done("1", "closed 1", notice.CloseIssue, nil)}, []string{"jodoe"}, false, "Northwind closed [escalation severity:high] [jodoe] 1", "Text"},
		"adopted":                 {nil, []string{"jodoe"}, false, "Northwind open [escalation severity:high] [jodoe] 1", "As the file has it"},
		"of another repository":   {[]notice.Notice{done("77", "opened", notice.OpenIssue, titled("Northwind", "Text"))}, []string{"jodoe"}, false, "Northwind open [escalation severity:high] [jodoe] 1", "Text"},
	} {
		everywhere(t, name, func(t *testing.T, w *world) {
			w.Assignable = tc.may
			w.Open(w.Me, openedBody, "escalation").Deleted = true
			steps := plan("steps 1", notice.Tell, words("Steps"))
			r, err := w.deliver(t, steps, tc.inDoubt, tc.thread...)
			if err != nil || len(w.Issues) != 2 || !strings.HasPrefix(r.Ref, "2/") {
				t.Fatalf("%+v (%v): %d issues", r, err, len(w.Issues))
			}
			if got := w.Shown(2); got != tc.want || !strings.HasPrefix(w.Issues[1].Body, tc.body) {
				t.Errorf("it is %s: %s", got, w.Issues[1].Body)
			}
			// The process is killed before it is written down: nothing is doubled.
			if again, err := w.deliver(t, steps, true, tc.thread...); err != nil || again.Ref != r.Ref || !again.Kept || len(w.Issues) != 2 {
				t.Errorf("then %+v (%v): %d issues", again, err, len(w.Issues))
			}
			// What comes later goes where the last went.
			steps.Ref, steps.State = r.Ref, notice.Done
			if r, err := w.deliver(t, plan("steps 2", notice.Tell, words("Steps")), false, append(tc.thread, steps)...); err != nil || !strings.HasPrefix(r.Ref, "2/") {
				t.Errorf("the next: %+v (%v)", r, err)
			}
		})
	}
}

// A number in the ledger proves nothing: that of a mirror, or of a repository that
// was moved, is a stranger's issue here, or another of ours. An issue whose marker
// somebody took away is the one that the ledger says.
func TestNumberOfAnotherRepository(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		first func(*world)
		want  string // where the comment goes
	}{
		"a stranger's":                 {func(w *world) { w.Open(forgetest.Stranger, "mine", "escalation") }, "2/"},
		"a stranger's with our marker": {func(w *world) { w.Open(forgetest.Stranger, openedBody, "escalation") }, "2/"},
		"another of ours":              {func(w *world) { w.Open(w.Me, mark("2026/other"), "escalation") }, "2/"},
		"a change request":             {func(w *world) { w.OpenChange(w.Me) }, ""},
		"ours":                         {func(w *world) { w.Open(w.Me, openedBody, "escalation") }, "1/"},
		"ours, without its marker":     {func(w *world) { w.Open(w.Me, "By hand", "escalation") }, "1/"},
	} {
		everywhere(t, name, func(t *testing.T, w *world) {
			tc.first(w)
			there := done("1", "opened", notice.OpenIssue, titled("Northwind", "Text"))
			if there.URL = "https://forge.example/issues/1"; tc.want == "1/" {
				there.URL = w.Issues[0].URL
			}
			was := make([]string, len(w.Issues))
			for n, i := range w.Issues {
				was[n] = fmt.Sprint(*i)
			}
			r, err := w.deliver(t, plan("steps 1", notice.Tell, words("Steps")), false, there)
			if err != nil || !strings.HasPrefix(r.Ref, tc.want) {
				t.Errorf("%+v (%v)", r, err)
			}
			for n, i := range w.Issues[:len(was)] {
				if tc.want != "1/" && (fmt.Sprint(*i) != was[n] || i.ChangeRequest && len(w.Bodies(forge.Thread{Number: i.Number})) > 0) {
					t.Errorf("it was touched: %+v", i)
				}
			}
		})
	}
}

// A reply to new labels that does not have them confirms nothing.
func TestLabelsAreConfirmed(t *testing.T) {
	t.Parallel()
	everywhere(t, "an empty reply", func(t *testing.T, w *world) {
		w.Open(w.Me, openedBody, "escalation")
		w.Fault = func(op string) forgetest.Fault {
			if strings.HasPrefix(op, "labels ") {
				return forgetest.Empty
			}
			return forgetest.None
		}
		if _, err := w.deliver(t, plan("severity 1", notice.Label, notice.Value("severity:high")), false, opened); !errors.Is(err, destination.ErrUnconfirmed) {
			t.Errorf("it is taken for done: %v", err)
		}
	})
}

// An issue that is deleted while a run goes on is opened anew in it.
func TestDeletedOnTheWay(t *testing.T) {
	t.Parallel()
	everywhere(t, "deleted", func(t *testing.T, w *world) {
		tracking := w.tracking()
		for n := range 3 {
			d := w.delivery([]notice.Notice{plan(fmt.Sprintf("steps %d", n), notice.Tell, words("Steps"))})
			if r, err := tracking.Deliver(t.Context(), d, false); err != nil || !strings.HasPrefix(r.Ref, fmt.Sprint(n+1, "/")) {
				t.Errorf("%+v (%v)", r, err)
			}
			w.Issues[n].Deleted = true
		}
	})
}

// What is looked for is found on whichever page it is.
func TestPages(t *testing.T) {
	t.Parallel()
	everywhere(t, "many", func(t *testing.T, w *world) {
		for n := range 250 {
			w.Open(w.Me, mark(fmt.Sprintf("2026/other-%d", n)), "escalation")
		}
		i := w.Open(w.Me, openedBody, "escalation")
		r, err := w.deliver(t, plan("opened", notice.OpenIssue, titled("Northwind", "Text")), true)
		if err != nil || r.Ref != fmt.Sprint(i.Number) || len(w.Writes()) > 0 {
			t.Errorf("%+v (%v), wrote %q", r, err, w.Writes())
		}
		thread := forge.Thread{Number: i.Number}
		for n := range 250 {
			w.Say(w.Me, thread, mark(fmt.Sprintf("%s steps %d", id, n+1)))
		}
		c := w.Say(w.Me, thread, mark(id+" criteria 1")+mark(id+" steps 251"))
		d := w.delivery([]notice.Notice{plan("criteria 1", notice.Tell, words("Criteria")), plan("steps 251", notice.Tell, words("Steps"))}, done(r.Ref, "opened", notice.OpenIssue, nil))
		r, err = w.tracking().Deliver(t.Context(), d, true)
		if err != nil || r.Ref != fmt.Sprintf("%d/%d", i.Number, c.ID) || len(w.Writes()) > 0 {
			t.Errorf("%+v (%v), wrote %q", r, err, w.Writes())
		}
	})
}

// A marker that somebody else wrote proves nothing: of an issue, a comment, the
// digest, the plan.
func TestForged(t *testing.T) {
	t.Parallel()
	for name, me := range map[string]forge.Author{"a user": forgetest.User, "an app": forgetest.App} {
		everywhere(t, name, func(t *testing.T, w *world) {
			w.Me = me
			w.Open(forgetest.Stranger, openedBody, "escalation")
			mine := w.Open(me, openedBody, "escalation")
			r, err := w.deliver(t, plan("opened", notice.OpenIssue, titled("Northwind", "Text")), true)
			if err != nil || r.Ref != fmt.Sprint(mine.Number) || len(w.Writes()) > 0 {
				t.Errorf("%+v (%v), wrote %q", r, err, w.Writes())
			}
			thread := forge.Thread{Number: mine.Number}
			w.Say(forgetest.Stranger, thread, "I know what comes\n"+mark(id+" steps 1"))
			there := done(r.Ref, "opened", notice.OpenIssue, nil)
			there.URL = r.URL
			r, err = w.deliver(t, plan("steps 1", notice.Tell, words("Steps")), true, there)
			if err != nil || r.Kept || len(w.Bodies(thread)) != 2 {
				t.Errorf("%+v (%v), wrote %q", r, err, w.Writes())
			}
		})
		everywhere(t, name+", a stranger's issue alone", func(t *testing.T, w *world) {
			w.Me = me
			w.Open(forgetest.Stranger, openedBody, "escalation")
			if r, err := w.deliver(t, plan("opened", notice.OpenIssue, titled("Northwind", "Text")), true); err != nil || r.Ref != "2" {
				t.Errorf("the tracking is captured: %+v (%v)", r, err)
			}
		})
		everywhere(t, name+", the plan", func(t *testing.T, w *world) {
			w.Me = me
			change := w.OpenChange(forgetest.Stranger)
			w.Say(forgetest.Stranger, change, "mine\n\n"+mark("plan"))
			w.Say(forgetest.Stranger, change, "mine, too\n\n"+mark("plan"))
			for _, text := range []string{"was", "is"} {
				if _, err := w.tracking().Comment(t.Context(), change.Number, destination.Comment{Markdown: text}); err != nil {
					t.Error(err)
				}
			}
			if got, want := w.Bodies(change), []string{"mine\n\n" + mark("plan"), "mine, too\n\n" + mark("plan"), "is\n\n" + mark("plan")}; !slices.Equal(got, want) {
				t.Errorf("the comments are %q", got)
			}
		})
	}
}

// A pull request with our label and marker is no issue of ours.
func TestChangeRequestIsNoIssue(t *testing.T) {
	t.Parallel()
	everywhere(t, "a change request", func(t *testing.T, w *world) {
		change := w.OpenChange(w.Me)
		for _, i := range w.Issues { // where it has a number among them
			i.Body, i.Labels = openedBody, []string{"escalation"}
		}
		r, err := w.deliver(t, plan("opened", notice.OpenIssue, titled("Northwind", "Text")), true)
		if err != nil || len(w.Issues) > 1 && r.Ref == fmt.Sprint(change.Number) || !strings.HasPrefix(strings.Join(w.Writes(), ""), "open Northwind") {
			t.Errorf("%+v (%v), wrote %q", r, err, w.Writes())
		}
	})
}

// What is not known to be done is looked for before it is done again.
func TestInDoubt(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]forgetest.Fault{"no reply": forgetest.Lost, "an empty reply": forgetest.Empty} {
		for what, n := range map[string]notice.Notice{"issue": plan("opened", notice.OpenIssue, titled("Northwind", "Text")), "comment": plan("steps 1", notice.Tell, words("Steps"))} {
			everywhere(t, name+" of the "+what, func(t *testing.T, w *world) {
				told := []notice.Notice{opened}
				if what == "comment" {
					w.Open(w.Me, mark(id), "escalation")
				} else {
					told = nil
				}
				faults := 0
				w.Fault = func(op string) forgetest.Fault {
					if !strings.HasPrefix(op, "open ") && !strings.HasPrefix(op, "comment ") || faults > 0 {
						return forgetest.None
					}
					faults++
					return fault
				}
				if _, err := w.deliver(t, n, false, told...); !errors.Is(err, destination.ErrInDoubt) {
					t.Errorf("want it to be in doubt: %v", err)
				}
				r, err := w.deliver(t, n, true, told...)
				if issue, _, _ := strings.Cut(r.Ref, "/"); err != nil || issue != "1" || len(w.Issues) != 1 || len(w.Comments) > 1 || len(w.Writes()) != 1 || what == "comment" && !r.Kept {
					t.Errorf("%+v (%v), asked %q", r, err, w.Asked())
				}
			})
		}
	}
}

// An edit that is answered by something else is not taken for done.
func TestUnconfirmed(t *testing.T) {
	t.Parallel()
	for name, n := range map[string]notice.Notice{
		"edit": plan("steps 1", notice.Edit, titled("New", "Words")), "close": plan("closed 1", notice.CloseIssue, nil), "assign": plan("dri 1", notice.Assign, nil, "jdoe"),
	} {
		everywhere(t, name, func(t *testing.T, w *world) {
			w.Open(w.Me, openedBody, "escalation")
			w.Fault = func(string) forgetest.Fault { return forgetest.Empty }
			if r, err := w.deliver(t, n, false, opened); !errors.Is(err, destination.ErrInDoubt) {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
}

// What the forge does not do is an error, and nothing is in doubt.
func TestRefused(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]forgetest.Fault{"forbidden": forgetest.Forbidden, "limited": forgetest.Limited} {
		everywhere(t, name, func(t *testing.T, w *world) {
			w.Open(w.Me, openedBody, "escalation")
			w.Fault = func(string) forgetest.Fault { return fault }
			_, err := w.deliver(t, plan("steps 1", notice.Tell, words("Steps")), false, opened)
			if err == nil || errors.Is(err, destination.ErrInDoubt) || errors.Is(err, forge.ErrForbidden) != (fault == forgetest.Forbidden) || len(w.Asked()) != 1 {
				t.Errorf("%v, asked %q", err, w.Asked())
			}
		})
	}
}

// Several short notices go into one comment, with the markers of all.
func TestTogether(t *testing.T) {
	t.Parallel()
	everywhere(t, "two", func(t *testing.T, w *world) {
		w.Open(w.Me, openedBody, "escalation")
		d := w.delivery([]notice.Notice{plan("criteria 1", notice.Tell, words("Criteria"), "jdoe"), plan("steps 1", notice.Tell, words("Steps"), "jdoe", "ebrandt")}, opened)
		if _, err := w.tracking().Deliver(t.Context(), d, false); err != nil {
			t.Fatal(err)
		}
		if got, want := w.Bodies(thread), "Criteria\n\nSteps\n\ncc @jodoe @evabrandt\n\n<!-- escalate: 2026/northwind criteria 1 -->\n<!-- escalate: 2026/northwind steps 1 -->"; len(got) != 1 || got[0] != want {
			t.Errorf("got %q", got)
		}
	})
}

// A body is never longer than the forge takes, and always ends in its markers.
func TestLongBody(t *testing.T) {
	t.Parallel()
	for _, of := range []string{"words ", "@", "日本語\n", "* x\n\n"} {
		everywhere(t, fmt.Sprintf("%q", of), func(t *testing.T, w *world) {
			most := w.forge.Traits().MaxBody
			for _, length := range []int{1, most - 10_000, most + 1} {
				w.Issues, w.Comments = nil, nil
				w.Open(w.Me, openedBody, "escalation")
				text := append(words(strings.Repeat(of, length/utf8.RuneCountInString(of)+1)), notice.Block{Links: []notice.Inline{{Words: "File", Place: notice.AtFile}}})
				d := w.delivery([]notice.Notice{plan("steps 1", notice.Tell, text, "jdoe", "kwong"), plan("criteria 1", notice.Tell, nil)}, opened)
				if _, err := w.tracking().Deliver(t.Context(), d, false); err != nil {
					t.Fatal(err)
				}
				body := w.Bodies(thread)[0]
				if n := utf8.RuneCountInString(body); n > most || !utf8.ValidString(body) {
					t.Errorf("%d: %d characters", length, n)
				}
				if !strings.HasSuffix(body, "\n\n[File](https://forge.example/blob/HEAD/northwind.yaml)\n\ncc @jodoe\n\n<!-- escalate: 2026/northwind steps 1 -->\n<!-- escalate: 2026/northwind criteria 1 -->") {
					t.Errorf("%d ends in %q", length, body[max(0, len(body)-120):])
				}
				if clipped := strings.Contains(body, "The rest is in the file"); clipped != (length >= most || clipped && length > 1000) {
					t.Errorf("%d: it is said that it is cut: %v", length, clipped)
				}
			}
		})
	}
}

// A comment that quotes an update that was redacted reads otherwise, and is found
// again by the same markers; the issue keeps its words (P37).
func TestRedaction(t *testing.T) {
	t.Parallel()
	everywhere(t, "a redaction", func(t *testing.T, w *world) {
		issue := opened
		issue.Via = w.via
		if _, err := w.deliver(t, plan("opened", notice.OpenIssue, titled("Northwind", "Text"), "jdoe"), false); err != nil {
			t.Fatal(err)
		}
		update := plan("update 2026-11-21T18:00:00Z", notice.Tell, words("a token"), "jdoe")
		r, err := w.deliver(t, update, false, issue)
		if err != nil {
			t.Fatal(err)
		}
		told := update
		told.State, told.Ref, told.Text = notice.Done, r.Ref, nil
		redaction := plan("redacted update 2026-11-21T18:00:00Z", notice.Edit, words("redacted: a token"), "jdoe")
		again, err := w.deliver(t, redaction, false, issue, told)
		if err != nil || again.Ref != r.Ref {
			t.Fatalf("%+v, %v", again, err)
		}
		comments := w.Bodies(thread)
		if want := "redacted: a token\n\ncc @jodoe\n\n" + mark("2026/northwind update 2026-11-21T18:00:00Z"); len(comments) != 1 || comments[0] != want {
			t.Errorf("the comments are %q, want %q", comments, want)
		}
		edited := redaction
		edited.State, edited.Ref = notice.Done, again.Ref
		differences, err := w.tracking().Verify(t.Context(), w.sent([]notice.Notice{opened, told, edited}))
		if err != nil || len(differences) != 0 {
			t.Errorf("%v, %v", differences, err)
		}
		if restored, err := w.restore(t, opened, told, edited); restored || err != nil {
			t.Errorf("the issue reads as the comment: %t, %v", restored, err)
		}
		told.Ref = "1/4711"
		if gone, err := w.deliver(t, redaction, false, issue, told); err != nil || gone.Note != "the comment is gone" {
			t.Errorf("%+v, %v", gone, err)
		}
		// The numbers of a ledger may be those of other things: of a stranger's comment, or
		// of another one of ours.
		for by, body := range map[forge.Author]string{
			forgetest.Stranger: "mine\n\n" + mark("2026/northwind update 2026-11-21T18:00:00Z"), w.Me: "Steps\n\n" + mark("2026/northwind steps 1"),
		} {
			other := w.Say(by, thread, body)
			told.Ref = fmt.Sprintf("1/%d", other.ID)
			if left, err := w.deliver(t, redaction, false, issue, told); err != nil || left.Note != "what stands there is of somebody else, and stays as it is" || other.Body != body {
				t.Errorf("%+v, %v: it reads %q", left, err, other.Body)
			}
		}
	})
}
