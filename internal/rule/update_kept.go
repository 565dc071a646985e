package rule

import (
	"fmt"
	"slices"
	"time"

	"github.com/escalations-as-code/escalate/internal/calendar"
	"github.com/escalations-as-code/escalate/internal/change"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

func updateKept() Rule {
	return Rule{
		Name:    "update-kept",
		Cites:   []string{"P37"},
		Summary: "past updates never change",
		Why: "What was told was told: the updates are the record. What was wrong in one is corrected by a new update with `amends:` and its time. " +
			"The text of one that should never have been written is replaced by `redacted:` and the reason.",
		Merges: true,
		Transition: func(t *Transition) {
			if t.Before == nil {
				return
			}
			isNew, moved := t.isNew(), t.retimed()
			past := map[schema.Time][]int{} // the updates that are those of before, by their times
			for i, u := range t.Updates {
				if !isNew[i] {
					past[u.At] = append(past[u.At], i)
				}
			}
			var gone []string
			for b, was := range t.Before.Updates {
				if same := past[was.At]; len(same) > 0 {
					i := same[0] // of several of one time, which is a fault, each is one
					past[was.At] = same[1:]
					if key := rewritten(was, t.Updates[i]); key != "" {
						t.Error(fmt.Sprintf("/updates/%d/%s", i, key), "this update was told already, and a past update never changes",
							fmt.Sprintf("%s, and correct it by a new update with `amends: %s`; for text that should never have been written, put `redacted:` and the reason in the place of `text`",
								t.putBack(fmt.Sprintf("/updates/%d/%s", b, key)), stamp(was.At.Time)))
					}
					continue
				}
				if i := b; i < len(moved) && !moved[i].IsZero() {
					t.Error(fmt.Sprintf("/updates/%d/at", i), fmt.Sprintf("this update was told as of %s, and a past update never changes", stamp(was.At.Time)),
						t.putBack(fmt.Sprintf("/updates/%d/at", b))).Fixes = t.PutBare(fmt.Sprintf("/updates/%d/at", i), stamp(was.At.Time))
					continue
				}
				gone = append(gone, fmt.Sprintf("the update of %s by %s", stamp(was.At.Time), t.named(was.By)))
			}
			if len(gone) == 0 {
				return
			}
			stand := "stands"
			if len(gone) > 1 {
				stand = "stand"
			}
			if len(gone) > 2 {
				gone = append(gone[:1], fmt.Sprintf("%d more", len(gone)-1))
			}
			back := "put back what stood there"
			if t.Base != "" {
				back += fmt.Sprintf(" (`git show %.12s:./%s` shows it)", t.Base, quoted(t.Path))
			}
			t.Error("/updates", fmt.Sprintf("%s no longer %s here, and a past update never changes", words.And(gone), stand),
				back+"; for text that should never have been written, put `redacted:` and the reason in the place of `text`")
		},
		Wrong: changed("updates:\n  - {at: 2026-11-21T15:00:00Z, by: jdoe, to: [internal], text: The load test is on Monday.}\n",
			"updates:\n  - {at: 2026-11-21T15:00:00Z, by: jdoe, to: [internal], text: The load test is on Tuesday.}\n", "The load test is on Tuesday."),
		Right: changed("updates:\n  - {at: 2026-11-21T15:00:00Z, by: jdoe, to: [internal], text: The load test is on Monday.}\n",
			"updates:\n  - {at: 2026-11-21T15:00:00Z, by: jdoe, to: [internal], text: The load test is on Monday.}\n"+
				"  - {at: 2026-11-22T09:00:00Z, by: jdoe, to: [internal], amends: 2026-11-21T15:00:00Z, text: It is on Tuesday.}\n", ""),
	}
}

// rewritten returns the first key of a past update that changed. To redact it is
// no change (P37).
func rewritten(was, is schema.Update) string {
	switch {
	case was.By != is.By:
		return "by"
	case !slices.Equal(was.To, is.To):
		return "to"
	case was.Significant != is.Significant:
		return "significant"
	case was.Amends != is.Amends:
		return "amends"
	case was.Text != "" && was.Redacted == "" && is.Redacted != "" && (is.Text == "" || is.Text == was.Text):
		return "" // that the text must go then is told by update-told
	case was.Redacted != is.Redacted:
		return "redacted"
	case was.Text != is.Text:
		return "text"
	}
	return ""
}

// retimed returns, for each update that is a past one under another time, that
// other one's time; zero for the rest.
func (t *Transition) retimed() []time.Time {
	moved := make([]time.Time, len(t.Updates))
	isNew, still := t.isNew(), map[schema.Time]bool{}
	for _, u := range t.Updates {
		still[u.At] = true
	}
	for i, was := range t.Before.Updates {
		if i < len(t.Updates) && !still[was.At] && isNew[i] && t.Updates[i].Text == was.Text {
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
			last, isNew, moved := t.last(), t.isNew(), t.retimed()
			for i, u := range t.Updates {
				if isNew[i] && moved[i].IsZero() && !u.At.IsZero() && !u.At.After(last) {
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
// committed (P37): later, and earlier in the region's working days.
const (
	grace  = 5 * time.Minute
	oldest = 3
)

func updateInTime() Rule {
	return Rule{
		Name:    "update-in-time",
		Cites:   []string{"P37"},
		Summary: "a new update is of the time at which it is written",
		Why: "The clocks go by the times of the updates, so a time is no wish: it is not in the future of the commit that adds the update (five minutes' grace), and at most three of the region's working days older. " +
			"What is told later than that is told now, and its text says when it happened.",
		Reading: "Judged with `--base` only, at the commit that adds the update, and not before it is committed. In the file of an escalation that is being opened an update may be older.",
		Transition: func(t *Transition) {
			if t.Authored == nil {
				return
			}
			var last time.Time
			if t.Before != nil {
				last = t.last()
			}
			isNew, region := t.isNew(), t.calendar()
			for i, u := range t.Updates {
				if !isNew[i] || u.At.IsZero() {
					continue
				}
				at, committed := t.Authored(change.UpdateAt(u.At.Time))
				if !committed {
					continue
				}
				field := fmt.Sprintf("/updates/%d/at", i)
				switch {
				case u.At.After(at.Add(grace)) && u.At.After(last.Add(grace)):
					latest := at
					if !last.Before(at) { // where a past one is of the future, just behind it is legal
						latest = last.Add(grace)
					}
					t.Error(field, fmt.Sprintf("this update is of %s, but it was committed at %s: it is of the future", stamp(u.At.Time), stamp(at)),
						"write the time at which it was told, at the latest "+code(stamp(latest)))
				case t.Before != nil && region != nil && !at.Before(region.After(u.At.Time, oldest, schema.WorkingDays)):
					t.Error(field, fmt.Sprintf("this update is of %s, but it was committed at %s: more than three working days later", stamp(u.At.Time), stamp(at)),
						"write "+code("at: "+stamp(at))+", and say in the text when it happened")
				}
			}
		},
		Wrong: Example{Note: "on 22 November a commit adds an update `at: 2026-11-25T09:00:00Z`, or one `at: 2026-11-16T09:00:00Z`"},
		Right: Example{Note: "on 22 November a commit adds an update `at: 2026-11-22T09:00:00Z` that says what happened on the 16th"},
	}
}

// calendar is that of the account's region; nil where the policy has none that
// can be used, which is told there.
func (t *Transition) calendar() *calendar.Calendar {
	c, err := calendar.New(t.Tree.Policy.Regions[string(t.Account.Region)])
	if err != nil {
		return nil
	}
	return c
}

// clip is a text short enough for a hint.
func clip(s string) string { return short(s, 60) }
