package report

import (
	"io"

	"github.com/escalations-as-code/escalate/internal/ics"
	"github.com/escalations-as-code/escalate/schema"
)

// CalendarJSON prints the entries of a calendar for programs, in the shape that is
// promised to them.
func CalendarJSON(w io.Writer, c ics.Calendar) error {
	type event struct {
		UID        string          `json:"uid"`
		Escalation schema.ID       `json:"escalation"`
		Kind       ics.Kind        `json:"kind"`
		Summary    string          `json:"summary"`
		Start      string          `json:"start"`
		End        string          `json:"end"`
		RRule      string          `json:"rrule"`
		Zone       string          `json:"zone"`
		Attendees  []schema.Handle `json:"attendees"`
		URL        schema.URL      `json:"url"`
	}
	out := struct {
		Now    string       `json:"now"`
		Events []event      `json:"events"`
		Unread []unreadJSON `json:"unread"`
	}{utc(c.Now), []event{}, unreadOf(c.LeftOut)}
	for _, e := range c.Events {
		out.Events = append(out.Events, event{
			e.UID, e.Escalation, e.Kind, e.Summary, utc(e.Start), utc(e.End), e.Rule(), e.Start.Location().String(),
			append([]schema.Handle{}, e.Attendees...), e.URL,
		})
	}
	return encode(w, out)
}
