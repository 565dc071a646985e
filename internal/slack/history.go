package slack

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/outbox"
)

// find looks for a message that tells all of an item, in what the app itself has
// said since the item was written down; "" if there is none. The metadata of
// anybody else prove nothing.
func (w *Workspace) find(ctx context.Context, channel string, item outbox.Item) (at string, err error) {
	since := item.Notices[0].At
	for _, n := range item.Notices {
		if n.At.Before(since) {
			since = n.At
		}
	}
	const skew = 24 * time.Hour // of the clock here against Slack's
	err = w.history(ctx, channel, since.Add(-skew), func(m slack.Message) bool {
		to, told := keys(m.Metadata)
		if to == item.Notices[0].To && !slices.ContainsFunc(item.Notices, func(n ledger.Notice) bool { return !slices.Contains(told, n.Key) }) {
			at = m.Timestamp
		}
		return at == ""
	})
	return at, err
}

// history calls do with each message that the app has posted in a channel since
// a moment, the newest first, on all pages, until it has enough.
func (w *Workspace) history(ctx context.Context, channel string, since time.Time, do func(slack.Message) (more bool)) error {
	me, err := w.me(ctx)
	if err != nil {
		return err
	}
	p := slack.GetConversationHistoryParameters{ChannelID: channel, Limit: 200, IncludeAllMetadata: true}
	if !since.IsZero() {
		p.Oldest = fmt.Sprintf("%d.000000", since.Unix())
	}
	for {
		page, err := w.api.GetConversationHistoryContext(ctx, &p)
		if err != nil {
			return err
		}
		for _, m := range page.Messages {
			ours := m.User == me.UserID || me.BotID != "" && m.BotID == me.BotID
			if ours && !do(m) {
				return nil
			}
		}
		if !page.HasMore || page.ResponseMetaData.NextCursor == "" {
			return nil
		}
		p.Cursor = page.ResponseMetaData.NextCursor
	}
}
