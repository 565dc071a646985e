package tracking_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge/forgetest"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/schema"
)

func day(n int) schema.Date {
	return schema.Date{Time: time.Date(2026, 12, n, 0, 0, 0, 0, time.UTC)}
}

// A restricted escalation is never in the open on GitLab, from the request on that opens
// its issue (P17); one that is due first of what is to be done gives it its day (P7). On
// GitHub there is neither.
func TestOpenedBeside(t *testing.T) {
	t.Parallel()
	steps := []schema.NextStep{{Step: "a", Due: day(9)}, {Step: "b", Due: day(3), Done: day(2)}, {Step: "c", Due: day(5)}, {Step: "d"}}
	for name, tc := range map[string]struct {
		file schema.Escalation
		want string // on GitLab
	}{
		"restricted":         {schema.Escalation{Visibility: schema.Restricted, NextSteps: steps}, " confidential due 2026-12-05"},
		"public":             {schema.Escalation{Visibility: schema.Public, NextSteps: steps}, " due 2026-12-05"},
		"all is done":        {schema.Escalation{NextSteps: steps[1:2]}, ""},
		"closed, restricted": {schema.Escalation{Visibility: schema.Restricted, NextSteps: steps, Closure: &schema.Closure{}}, " confidential"},
	} {
		everywhere(t, name, func(t *testing.T, w *world) {
			w.file = tc.file
			if _, err := w.deliver(t, plan("opened", notice.OpenIssue, titled("Northwind", "Text")), false); err != nil {
				t.Fatal(err)
			}
			want := "open Northwind [escalation] []"
			if w.gitlab != nil {
				want += tc.want
			}
			if got := w.Writes(); !slices.Equal(got, []string{want}) {
				t.Errorf("it wrote %q, want %q", got, want)
			}
		})
	}
}

// An issue whose file cannot be read may be restricted: it is not opened in the open.
func TestNotOpenedBeside(t *testing.T) {
	t.Parallel()
	everywhere(t, "unreadable", func(t *testing.T, w *world) {
		broken := errors.New("it cannot be read")
		d := w.delivery([]notice.Notice{plan("opened", notice.OpenIssue, titled("Northwind", "Text"))})
		d.File = func() (*schema.Escalation, error) { return &schema.Escalation{}, broken }
		_, err := w.tracking().Deliver(t.Context(), d, false)
		if w.gitlab == nil && (err != nil || len(w.Issues) != 1) || w.gitlab != nil && (!errors.Is(err, broken) || len(w.Issues) != 0) {
			t.Errorf("%v, there are %d issues", err, len(w.Issues))
		}
	})
}

// The issue by which a restricted escalation was asked for is kept to those who are
// concerned in the request that gives it its words.
func TestBecameBeside(t *testing.T) {
	t.Parallel()
	everywhere(t, "asked for", func(t *testing.T, w *world) {
		w.file = schema.Escalation{Visibility: schema.Restricted, NextSteps: []schema.NextStep{{Due: day(5)}}}
		i := w.Open(forgetest.Stranger, "Please", "escalation-request")
		d := w.delivery([]notice.Notice{plan("opened", notice.OpenIssue, titled("Northwind", "Text"))})
		d.Request = func() (destination.Receipt, error) { return destination.Receipt{Ref: "1", URL: i.URL}, nil }
		if r, err := w.tracking().Deliver(t.Context(), d, false); err != nil || !r.Became {
			t.Fatalf("%+v (%v)", r, err)
		}
		want := "edit 1 title Northwind body open"
		if w.gitlab != nil {
			want += " confidential true due 2026-12-05"
		}
		if got := w.Writes(); len(got) == 0 || got[0] != want {
			t.Errorf("it wrote %q, want %q first", got, want)
		}
	})
}

// Where somebody made a restricted issue public, or gave an issue another day, that is
// mended, once. What people keep to themselves stays so.
func TestHandsBeside(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		file schema.Escalation
		do   func(*forgetest.Issue)
		want string // on GitLab
	}{
		"made public":  {schema.Escalation{Visibility: schema.Restricted}, func(i *forgetest.Issue) { i.Confidential = false }, "edit 1 confidential true"},
		"another day":  {schema.Escalation{NextSteps: []schema.NextStep{{Due: day(5)}}}, func(i *forgetest.Issue) { i.Due = day(24) }, "edit 1 due 2026-12-05"},
		"no day":       {schema.Escalation{NextSteps: []schema.NextStep{{Due: day(5)}}}, func(i *forgetest.Issue) { i.Due = schema.Date{} }, "edit 1 due 2026-12-05"},
		"a day":        {schema.Escalation{}, func(i *forgetest.Issue) { i.Due = day(5) }, "edit 1 not due"},
		"a secret":     {schema.Escalation{}, func(i *forgetest.Issue) { i.Confidential = true }, ""},
		"closed":       {schema.Escalation{Closure: &schema.Closure{}}, func(i *forgetest.Issue) { i.Due = day(5) }, ""},
		"as it was":    {schema.Escalation{Visibility: schema.Restricted, NextSteps: []schema.NextStep{{Due: day(5)}}}, func(*forgetest.Issue) {}, ""},
		"both at once": {schema.Escalation{Visibility: schema.Restricted}, func(i *forgetest.Issue) { i.Confidential, i.Due = false, day(5) }, "edit 1 confidential true not due"},
	} {
		everywhere(t, name, func(t *testing.T, w *world) {
			w.file = tc.file
			r, err := w.deliver(t, plan("opened", notice.OpenIssue, titled("Northwind", "Text")), false)
			if err != nil {
				t.Fatal(err)
			}
			told := done(r.Ref, "opened", notice.OpenIssue, titled("Northwind", "Text"))
			told.URL = r.URL
			w.Forget()
			tc.do(w.Issues[0])
			var want []string
			if w.gitlab != nil && tc.want != "" {
				want = []string{tc.want}
			}
			restored, err := w.restore(t, told)
			got := w.Writes()
			if err != nil || restored != (want != nil) || !slices.Equal(got, want) {
				t.Errorf("it wrote %q, want %q (%v)", got, want, err)
			}
			if again, err := w.restore(t, told); again || err != nil {
				t.Errorf("it is mended again (%v)", err)
			}
		})
	}
}

// Without a licence, GitLab assigns one alone, and does not say so: the DRI is, and that
// is the end of it.
func TestOneAssignee(t *testing.T) {
	t.Parallel()
	everywhere(t, "one", func(t *testing.T, w *world) {
		if w.gitlab == nil {
			return
		}
		w.gitlab.Free = true
		w.Assignable = []string{"jodoe", "evabrandt", "kitwong"}
		thread := w.told(t)
		thread = append(thread, done("1", "dri 1", notice.Assign, nil, "jdoe", "ebrandt"))
		w.Issues[0].Assignees = []string{"kitwong"}
		restored, err := w.restore(t, thread...)
		if got := fmt.Sprint(w.Issues[0].Assignees); err != nil || !restored || got != "[jodoe]" {
			t.Errorf("assigned are %s (%v)", got, err)
		}
		if again, err := w.restore(t, thread...); again || err != nil {
			t.Errorf("it is mended again (%v)", err)
		}
	})
}
