package slack

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/schema"
)

// Planned is a message that Slack is to post by itself, in the channel of an
// escalation.
type Planned struct {
	Escalation schema.ID
	At         time.Time
	Text       string
}

// Schedule has Slack post messages by itself: what is not planned there yet is
// scheduled, what is planned no more is withdrawn, and the rest stays. A message
// that is scheduled carries no metadata, so what stands there is listed first.
// told is what the ledger has of each escalation: one that has no channel yet is
// left out.
func (w *Workspace) Schedule(ctx context.Context, planned []Planned, told map[schema.ID][]ledger.Notice) (scheduled, withdrawn int, err error) {
	for range 3 { // what is in doubt is looked at again
		var more, less int
		more, less, err = w.schedule(ctx, planned, told)
		scheduled, withdrawn = scheduled+more, withdrawn+less
		if !errors.Is(err, outbox.ErrInDoubt) {
			break
		}
	}
	return scheduled, withdrawn, err
}

// slot is where and when a message is posted.
type slot struct {
	channel string
	at      int64
	text    string
}

func (w *Workspace) schedule(ctx context.Context, planned []Planned, told map[schema.ID][]ledger.Notice) (scheduled, withdrawn int, err error) {
	wanted := map[slot]message{}
	for _, p := range planned {
		if channel := channelOf(told[p.Escalation]); channel != "" {
			m := w.compose(words{text: p.Text})
			wanted[slot{channel, p.At.Unix(), plain(m.text)}] = m
		}
	}
	standing, err := w.scheduled(ctx)
	if err != nil {
		return 0, 0, toldOf(err)
	}
	there := map[slot]bool{}
	for _, s := range standing {
		at := slot{s.Channel, int64(s.PostAt), plain(s.Text)}
		if _, ok := wanted[at]; ok && !there[at] {
			there[at] = true
			continue
		}
		if _, err := w.api.DeleteScheduledMessageContext(ctx, &slack.DeleteScheduledMessageParameters{Channel: s.Channel, ScheduledMessageID: s.ID}); err != nil && !is(err, "invalid_scheduled_message_id") {
			return scheduled, withdrawn, toldOf(err)
		}
		withdrawn++
	}
	for _, p := range planned { // in their order
		channel := channelOf(told[p.Escalation])
		for at, m := range wanted {
			if at.channel != channel || at.at != p.At.Unix() || there[at] {
				continue
			}
			there[at] = true
			_, _, err := w.api.ScheduleMessageContext(ctx, channel, strconv.FormatInt(at.at, 10), m.options()...)
			if is(err, "time_in_past", "is_archived", "channel_not_found") {
				continue // it came too late, or there is nobody to hear it
			}
			if err != nil {
				return scheduled, withdrawn, toldOf(err)
			}
			scheduled++
		}
	}
	return scheduled, withdrawn, nil
}

// scheduled are all messages that the app has scheduled.
func (w *Workspace) scheduled(ctx context.Context) ([]slack.ScheduledMessage, error) {
	var all []slack.ScheduledMessage
	for cursor := ""; ; {
		page, next, err := w.api.GetScheduledMessagesContext(ctx, &slack.GetScheduledMessagesParameters{Cursor: cursor, Limit: 100})
		if err != nil {
			return nil, err
		}
		if all = append(all, page...); next == "" {
			return all, nil
		}
		cursor = next
	}
}

// toldOf is an error about what is scheduled.
func toldOf(err error) error {
	return fmt.Errorf("cannot schedule what is said before the standups: %w", told(err, "the escalation's channel"))
}
