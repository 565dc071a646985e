package stale

import (
	"fmt"
	"slices"
	"time"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// Ahead is how long before a standup the escalation's channel hears of it (P20).
const Ahead = 10 * time.Minute

// Scheduled is how far ahead standups are called: over a weekend and a day on which no
// run comes in time, so that none needs to come at its hour.
const Scheduled = 72 * time.Hour

// Calls are what the channels of escalations hear before their standups (P20):
// those after now and until a moment, of the open escalations that have
// a standup, in the order of time.
func Calls(t *tree.Tree, now, until time.Time) []destination.Planned {
	found := make([][]destination.Planned, len(t.Paths))
	t.Each(func(i int, e *tree.Escalation) {
		if !e.Misread() && process.Open(&e.Escalation) && e.Standup != nil {
			found[i] = calls(e, now, until)
		}
	})
	all := slices.Concat(found...)
	slices.SortStableFunc(all, func(a, b destination.Planned) int { return a.At.Compare(b.At) })
	return all
}

func calls(e *tree.Escalation, now, until time.Time) []destination.Planned {
	var all []destination.Planned
	for begins := range process.Standups(e.Standup, now.Add(Ahead)) {
		at := begins.Add(-Ahead)
		if at.After(until) {
			break
		}
		all = append(all, destination.Planned{Escalation: e.ID, At: at.UTC(), Text: call(e, begins)})
	}
	return all
}

// call is what is said: when and where it is, and what people need for it.
func call(e *tree.Escalation, begins time.Time) notice.Text {
	text := notice.Text{notice.Paragraph(
		notice.Inline{Words: fmt.Sprintf("Standup of %s at %s (%s): ", words.Line(e.Customer), begins.Format("15:04"), e.Standup.Zone)},
		notice.Inline{Link: string(e.Standup.Link)},
	)}
	var links []notice.Field
	if c := e.Links.Case; c != "" && c != schema.Pending {
		links = append(links, notice.Field{Label: "Case", Value: notice.Line{{Link: string(c)}}})
	}
	if n := e.Links.MeetingNotes; n != "" {
		links = append(links, notice.Field{Label: "Meeting notes", Value: notice.Line{{Link: string(n)}}})
	}
	if links != nil {
		text = append(text, notice.Block{Fields: links})
	}
	return text
}
