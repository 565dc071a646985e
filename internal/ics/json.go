package ics

import (
	"io"

	"github.com/escalations-as-code/escalate/internal/jsonfmt"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/schema"
)

// JSON prints the entries for programs, in the shape that is promised to them.
func (c Calendar) JSON(w io.Writer) error {
	type event struct {
		UID        string          `json:"uid"`
		Escalation schema.ID       `json:"escalation"`
		Kind       Kind            `json:"kind"`
		Summary    string          `json:"summary"`
		Start      string          `json:"start"`
		End        string          `json:"end"`
		RRule      string          `json:"rrule"`
		Zone       string          `json:"zone"`
		Attendees  []schema.Handle `json:"attendees"`
		URL        schema.URL      `json:"url"`
	}
	out := struct {
		Now    string         `json:"now"`
		Events []event        `json:"events"`
		Unread []stale.Unread `json:"unread"`
	}{jsonfmt.Time(c.Now), []event{}, append([]stale.Unread{}, c.LeftOut...)}
	for _, e := range c.Events {
		out.Events = append(out.Events, event{
			e.UID, e.Escalation, e.Kind, e.Summary, jsonfmt.Time(e.Start), jsonfmt.Time(e.End), e.Rule(), e.Start.Location().String(),
			append([]schema.Handle{}, e.Attendees...), e.URL,
		})
	}
	return jsonfmt.Write(w, out)
}
