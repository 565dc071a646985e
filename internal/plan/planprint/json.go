package planprint

import (
	"io"

	"github.com/escalations-as-code/escalate/internal/jsonfmt"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/schema"
)

// The shapes of JSON of plan and apply, which are promised to programs.
type (
	planJSON struct {
		Notices   []noticeJSON    `json:"notices"`
		Actions   []actionJSON    `json:"actions"`
		Quiet     []quietJSON     `json:"quiet"`
		Unfilled  []unfilledJSON  `json:"unfilled"`
		Refused   []schema.ID     `json:"refused"`
		Suggested []suggestedJSON `json:"suggested"`
		Paste     []pasteJSON     `json:"paste"`
	}
	noticeJSON struct {
		Key        string          `json:"key"`
		Escalation schema.ID       `json:"escalation"`
		Moment     notice.Moment   `json:"moment"`
		To         notice.Place    `json:"to"`
		Via        string          `json:"via"`
		Mentions   []schema.Handle `json:"mentions"`
		Text       string          `json:"text"`
		Blocks     notice.Text     `json:"blocks"`
		*deliveryJSON
	}
	actionJSON struct {
		Key        string          `json:"key"`
		Escalation schema.ID       `json:"escalation"`
		Do         notice.Do       `json:"do"`
		To         notice.Place    `json:"to"`
		Via        string          `json:"via"`
		Mentions   []schema.Handle `json:"mentions"`
		Text       string          `json:"text"`
		*deliveryJSON
	}
	// deliveryJSON is what apply adds.
	deliveryJSON struct {
		State outbox.Result `json:"state"`
		URL   string        `json:"url"`
		Error string        `json:"error,omitempty"`
		Note  string        `json:"note,omitempty"`
	}
	quietJSON struct {
		Escalation schema.ID `json:"escalation"`
		Why        string    `json:"why"`
	}
	unfilledJSON struct {
		Escalation schema.ID   `json:"escalation"`
		Role       schema.Role `json:"role"`
	}
	suggestedJSON struct {
		Escalation schema.ID       `json:"escalation"`
		Attendees  []schema.Handle `json:"attendees"`
	}
	pasteJSON struct {
		Escalation schema.ID `json:"escalation"`
		Into       string    `json:"into"`
		Text       string    `json:"text"`
	}
)

// JSON prints a plan for programs.
func JSON(w io.Writer, r Plan) error {
	out := newPlanJSON(r)
	for _, n := range r.Pending {
		out.add(n, nil)
	}
	for _, n := range r.Notices {
		out.add(n, nil)
	}
	return jsonfmt.Write(w, out)
}

// newPlanJSON is a plan without its notices. No list is ever null.
func newPlanJSON(r Plan) *planJSON {
	out := &planJSON{[]noticeJSON{}, []actionJSON{}, []quietJSON{}, []unfilledJSON{}, append([]schema.ID{}, r.Refused...), []suggestedJSON{}, []pasteJSON{}}
	for _, q := range r.Quiet {
		out.Quiet = append(out.Quiet, quietJSON(q))
	}
	for _, u := range r.Unfilled {
		out.Unfilled = append(out.Unfilled, unfilledJSON(u))
	}
	for _, s := range r.Suggested {
		out.Suggested = append(out.Suggested, suggestedJSON(s))
	}
	for _, p := range r.Pastes {
		out.Paste = append(out.Paste, pasteJSON{p.Escalation, p.Into, p.Text.Plain()})
	}
	return out
}

// add adds a notice, and what came of it.
func (p *planJSON) add(n notice.Notice, d *deliveryJSON) {
	mentions := append([]schema.Handle{}, n.Mentions...)
	if !n.Tells() {
		p.Actions = append(p.Actions, actionJSON{n.Key, n.Escalation, n.Do, n.To, n.Via, mentions, n.Text.Plain(), d})
		return
	}
	p.Notices = append(p.Notices, noticeJSON{n.Key, n.Escalation, n.Moment, n.To, n.Via, mentions, n.Text.Plain(), append(notice.Text{}, n.Text...), d})
}
