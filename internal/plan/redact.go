package plan

import (
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/change"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// redact plans that what was told of an update reads as it reads now, in each place
// and in whatever notice quotes it (P37). What was never told is not edited. What
// is still to be delivered is delivered in the words of today, and edited after
// that: an earlier run may have delivered it in those of before.
func (e *planner) redact(c change.Change) {
	if !e.hasLedger {
		e.redactAll(c)
		return
	}
	for _, n := range e.told {
		if n.Tells() {
			e.redactTold(c, n)
		}
	}
}

// redactAll plans the edits where it is not known what was told: those of the
// update itself.
func (e *planner) redactAll(c change.Change) {
	moment, places, text := notice.Update, []notice.Place{notice.Channel, notice.Tracking}, notice.Text{e.update(c.Update)}
	if c.Update.Significant {
		moment, places = notice.Significant, notice.Places()
		text = append(e.head(change.Change{Moment: moment}), text...)
	}
	if e.now.Visibility == schema.Restricted { // its announcements quote nothing
		places = slices.DeleteFunc(places, func(to notice.Place) bool { return to == notice.Announcement })
	}
	key := notice.Redaction(e.id, notice.Timed(e.id, moment, c.Update.At.Time))
	for _, to := range places {
		e.notices = append(e.notices, notice.Notice{
			Escalation: e.id, Key: key, Moment: c.Moment, Do: notice.Edit, To: to, Text: e.linked(text),
		})
	}
}

// redactTold plans the edit of one message, where that quotes the update, and what
// the ledger keeps of it.
func (e *planner) redactTold(c change.Change, n notice.Notice) {
	edit := notice.Notice{Escalation: e.id, Key: notice.Redaction(e.id, n.Key), Moment: c.Moment, Do: notice.Edit, To: n.To, Via: n.Via}
	message := edit.Target(e.told)
	if len(message) == 0 { // it has no name where it was told, or is not told yet
		message = notice.Message{n}
	}
	if n.Key != message.First().Key { // it is edited with the first
		return
	}
	reads := message.Text() // what stands there now
	lines := slices.Clone([]notice.Notice(message))
	for _, x := range e.told {
		if edits := x.Ref != "" && x.Ref == n.Ref || x.Key == edit.Key; edits && x.Do == notice.Edit && x.Via == n.Via && x.To == n.To {
			lines = append(lines, x)
			if x.Text != nil {
				reads = x.Text // all of it
			}
		}
	}
	for _, x := range lines {
		text, quotes := redacted(x.Text, c)
		if !quotes {
			continue
		}
		if x.Text = text; x.State == notice.Done {
			x.Text = nil
		}
		e.corrected = append(e.corrected, x)
	}
	if text, quotes := redacted(reads, c); quotes {
		edit.Text, edit.Mentions = text, message.Mentions()
		e.notices = append(e.notices, edit)
	}
}

// redacted is a text with an update's words as they are now; quotes reports whether
// it had others. A handover quotes an update in a line, too.
func redacted(text notice.Text, c change.Change) (now notice.Text, quotes bool) {
	says := redactedWords(c.Update)
	now = slices.Clone(text)
	for i, b := range now {
		if q := b.Quote; q != nil && q.By == c.Update.By && q.At.Equal(c.Update.At.Time) && q.Text != says {
			quote := *q
			quote.Text = says
			now[i].Quote, quotes = &quote, true
		}
		for j, f := range b.Fields {
			last := len(f.Value) - 1
			if f.Label != lastContact || !strings.HasPrefix(f.Value.Plain(), when(c.Update.At.Time)+" by ") ||
				!strings.HasPrefix(f.Value[last].Words, said) || f.Value[last].Words == said+says {
				continue
			}
			now[i].Fields = slices.Clone(b.Fields)
			now[i].Fields[j].Value = append(slices.Clone(f.Value[:last]), plain(said+says))
			quotes = true
		}
	}
	return now, quotes
}

// redactedWords stand in the place of what an update said.
func redactedWords(u *schema.Update) string { return "redacted: " + words.Line(u.Redacted) }
