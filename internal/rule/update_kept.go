package rule

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/schema"
)

func updateKept() Rule {
	return Rule{
		Name:    "update-kept",
		Cites:   []string{"P37"},
		Summary: "past updates never change",
		Why: "What was told was told: the updates are the record. What was wrong in one is corrected by a new update with `amends:` and its time. " +
			"The text of one that should never have been written is replaced by `redacted:` and the reason.",
		Transition: func(t *Transition) {
			if t.Before == nil {
				return
			}
			moved := t.retimed()
			var gone []string
			for _, was := range t.Before.Updates {
				i := slices.IndexFunc(t.Updates, func(u schema.Update) bool { return u.At == was.At })
				if i >= 0 {
					if field, before := rewritten(was, t.Updates[i]); field != "" {
						t.Error(fmt.Sprintf("/updates/%d/%s", i, field), "this update was told already, and a past update never changes",
							fmt.Sprintf("put back `%s: %s`, and add a new update with `amends: %s`; for text that should never have been written, put `redacted:` and the reason in the place of `text`",
								field, clip(before), stamp(was.At.Time)))
					}
					continue
				}
				if i = slices.Index(moved, was.At.Time); i >= 0 {
					t.Error(fmt.Sprintf("/updates/%d/at", i), fmt.Sprintf("this update was told as of %s, and a past update never changes", stamp(was.At.Time)),
						fmt.Sprintf("put back `at: %s`", stamp(was.At.Time)))
					continue
				}
				gone = append(gone, fmt.Sprintf("the update of %s by %s", stamp(was.At.Time), t.named(was.By)))
			}
			if len(gone) == 0 {
				return
			}
			if len(gone) > 2 {
				gone = append(gone[:1], fmt.Sprintf("%d more", len(gone)-1))
			}
			t.Error("/updates", strings.Join(gone, " and ")+" no longer stand here, and a past update never changes",
				"put back what stood there; for text that should never have been written, put `redacted:` and the reason in the place of `text`")
		},
		Wrong: changed("updates:\n  - {at: 2026-11-21T15:00:00Z, by: jdoe, to: [internal], text: The load test is on Monday.}\n",
			"updates:\n  - {at: 2026-11-21T15:00:00Z, by: jdoe, to: [internal], text: The load test is on Tuesday.}\n", "The load test is on Tuesday."),
		Right: changed("updates:\n  - {at: 2026-11-21T15:00:00Z, by: jdoe, to: [internal], text: The load test is on Monday.}\n",
			"updates:\n  - {at: 2026-11-21T15:00:00Z, by: jdoe, to: [internal], text: The load test is on Monday.}\n"+
				"  - {at: 2026-11-22T09:00:00Z, by: jdoe, to: [internal], amends: 2026-11-21T15:00:00Z, text: It is on Tuesday.}\n", ""),
	}
}

// rewritten returns the first field of a past update that changed, and what
// stood there. To redact it is no change (P37).
func rewritten(was, is schema.Update) (field, before string) {
	switch {
	case was.By != is.By:
		return "by", string(was.By)
	case !slices.Equal(was.To, is.To):
		return "to", fmt.Sprint(was.To)
	case was.Significant != is.Significant:
		return "significant", fmt.Sprint(was.Significant)
	case was.Amends != is.Amends:
		return "amends", stamp(was.Amends.Time)
	case was.Text != "" && is.Text == "" && is.Redacted != "":
		return "", ""
	case was.Redacted != is.Redacted:
		return "redacted", string(was.Redacted)
	case was.Text != is.Text:
		return "text", string(was.Text)
	}
	return "", ""
}

// retimed returns, for each update that is a past one under another time, that
// other one's time; zero for the rest.
func (t *Transition) retimed() []time.Time {
	moved := make([]time.Time, len(t.Updates))
	had := map[time.Time]bool{}
	for _, u := range t.Updates {
		had[u.At.Time] = true
	}
	added := map[time.Time]bool{}
	for _, u := range t.added() {
		added[u.At.Time] = true
	}
	for i, was := range t.Before.Updates {
		if i < len(t.Updates) && !had[was.At.Time] && added[t.Updates[i].At.Time] && t.Updates[i].Text == was.Text {
			moved[i] = was.At.Time
		}
	}
	return moved
}

func updateLater() Rule {
	return Rule{
		Name:    "update-later",
		Cites:   []string{"P37"},
		Summary: "a new update is later than all that were there",
		Why: "Updates are told in the order of their times, and what was told is not told otherwise. " +
			"Where another pull request was merged first, the second takes a later time.",
		Transition: func(t *Transition) {
			if t.Before == nil {
				return
			}
			var last time.Time
			for _, u := range t.Before.Updates {
				if u.At.After(last) {
					last = u.At.Time
				}
			}
			moved := t.retimed()
			added := t.added()
			for i, u := range t.Updates {
				isNew := slices.ContainsFunc(added, func(a *schema.Update) bool { return a.At == u.At })
				if isNew && moved[i].IsZero() && !u.At.IsZero() && u.At.Before(last) {
					t.Error(fmt.Sprintf("/updates/%d/at", i), fmt.Sprintf("this update is new, but there is one of %s already", stamp(last)),
						"put it at the end, with a time later than that; say in its text when it happened")
				}
			}
		},
		Wrong: changed("updates:\n  - {at: 2026-11-22T09:00:00Z, by: jdoe, to: [internal], text: The load test ran.}\n",
			"updates:\n  - {at: 2026-11-21T15:00:00Z, by: jdoe, to: [internal], text: The load test is booked.}\n"+
				"  - {at: 2026-11-22T09:00:00Z, by: jdoe, to: [internal], text: The load test ran.}\n", "2026-11-21T15:00:00Z"),
		Right: changed("updates:\n  - {at: 2026-11-22T09:00:00Z, by: jdoe, to: [internal], text: The load test ran.}\n",
			"updates:\n  - {at: 2026-11-22T09:00:00Z, by: jdoe, to: [internal], text: The load test ran.}\n"+
				"  - {at: 2026-11-22T10:00:00Z, by: jdoe, to: [customer], text: The customer has its result.}\n", ""),
	}
}

// How far the time of an update may be from the moment at which it was
// committed (P37).
const (
	grace  = 5 * time.Minute
	oldest = 3 * 24 * time.Hour
)

func updateInTime() Rule {
	return Rule{
		Name:    "update-in-time",
		Cites:   []string{"P37"},
		Summary: "a new update is of the time at which it is written",
		Why: "The clocks go by the times of the updates, so a time is no wish: it is not in the future of the commit that adds the update (five minutes' grace), and at most three days older. " +
			"What is told later than that is told now, and its text says when it happened.",
		Reading: "Judged with `--base` only, at the commit that adds the update; not in the file of an escalation that is being opened, and not before it is committed.",
		Transition: func(t *Transition) {
			if t.Before == nil || t.Authored == nil {
				return
			}
			for _, u := range t.added() {
				at, committed := t.Authored(u.At.Time)
				if !committed || u.At.IsZero() {
					continue
				}
				i := slices.IndexFunc(t.Updates, func(x schema.Update) bool { return x.At == u.At })
				field := fmt.Sprintf("/updates/%d/at", i)
				switch {
				case u.At.After(at.Add(grace)):
					t.Error(field, fmt.Sprintf("this update is of %s, but it was committed at %s: it is of the future", stamp(u.At.Time), stamp(at)),
						"write the time at which it was told, at the latest "+code(stamp(at)))
				case u.At.Before(at.Add(-oldest)):
					t.Error(field, fmt.Sprintf("this update is of %s, but it was committed at %s: more than three days later", stamp(u.At.Time), stamp(at)),
						"write "+code("at: "+stamp(at))+", and say in the text when it happened")
				}
			}
		},
		Wrong: Example{Note: "on 22 November a commit adds an update `at: 2026-11-25T09:00:00Z`, or one `at: 2026-11-18T09:00:00Z`"},
		Right: Example{Note: "on 22 November a commit adds an update `at: 2026-11-22T09:00:00Z` that says what happened on the 18th"},
	}
}

// clip is a text short enough for a hint.
func clip(s string) string {
	r := []rune(s)
	if len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
