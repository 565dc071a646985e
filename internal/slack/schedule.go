package slack

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/slack-go/slack"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/schema"
)

// Schedule has Slack post messages by itself: what is not planned there yet is
// scheduled, what is planned no more is withdrawn, and the rest stays. A message
// that is scheduled carries no metadata, so what stands there is listed first.
// told returns what the ledger has of an escalation: one that has no channel yet is
// left out.
func (w *Workspace) Schedule(ctx context.Context, planned []destination.Planned, told func(schema.ID) []notice.Notice) (scheduled, withdrawn int, err error) {
	for range 3 { // what is in doubt is looked at again
		var more, less int
		more, less, err = w.schedule(ctx, planned, told)
		scheduled, withdrawn = scheduled+more, withdrawn+less
		if err = explain(err, "the escalation's channel"); !errors.Is(err, destination.ErrInDoubt) {
			break
		}
	}
	if err != nil {
		return scheduled, withdrawn, fmt.Errorf("cannot schedule what is said before the standups: %w", err)
	}
	return scheduled, withdrawn, nil
}

// slot is where and when a message is posted.
type slot struct {
	channel string
	at      int64
	text    string
}

func (w *Workspace) schedule(ctx context.Context, planned []destination.Planned, told func(schema.ID) []notice.Notice) (scheduled, withdrawn int, err error) {
	wanted, secret := map[slot]message{}, map[slot]bool{}
	var slots []slot // in the order of what is planned
	for _, p := range planned {
		channel := channelOf(told(p.Escalation))
		if channel == "" {
			continue
		}
		m := compose(w.people, renderer{group: w.policy.Channels.SupportGroup, channel: channel}, content{text: p.Text})
		s := slot{channel, p.At.Unix(), plain(m.text, w.policy)}
		if _, known := wanted[s]; !known {
			slots = append(slots, s)
		}
		wanted[s], secret[s] = m, restricted(told(p.Escalation))
	}
	standing, err := w.scheduled(ctx)
	if err != nil {
		return 0, 0, err
	}
	there := map[slot]bool{}
	for _, m := range standing {
		s := slot{m.Channel, int64(m.PostAt), plain(m.Text, w.policy)}
		if _, ok := wanted[s]; ok && !there[s] {
			there[s] = true
			continue
		}
		_, err := w.api.DeleteScheduledMessageContext(ctx, &slack.DeleteScheduledMessageParameters{Channel: m.Channel, ScheduledMessageID: m.ID})
		if err != nil && !is(err, "invalid_scheduled_message_id") {
			return scheduled, withdrawn, err
		}
		withdrawn++
	}
	for _, s := range slots {
		if there[s] {
			continue
		}
		if open, err := w.open(ctx, s.channel, secret[s]); err != nil || !open {
			if err != nil {
				return scheduled, withdrawn, err
			}
			continue // its notices say so, by name
		}
		err := w.joined(ctx, s.channel, func() error {
			_, _, err := w.api.ScheduleMessageContext(ctx, s.channel, strconv.FormatInt(s.at, 10), wanted[s].options()...)
			return err
		})
		if is(err, "time_in_past", "is_archived", "channel_not_found") {
			continue // it came too late, or there is nobody to hear it
		}
		if err != nil {
			return scheduled, withdrawn, err
		}
		scheduled++
	}
	return scheduled, withdrawn, nil
}

// open reports whether a channel is one that an escalation may have, as far as Slack
// shows it: what people did to it holds up its notices, and this beside them.
func (w *Workspace) open(ctx context.Context, channel string, secret bool) (bool, error) {
	c, err := w.look(ctx, channel)
	if err != nil {
		if unseen(err) {
			err = nil
		}
		return false, err
	}
	why, err := w.strange(ctx, c)
	return why == "" && (c.IsPrivate || !secret), err
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
