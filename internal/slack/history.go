package slack

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"github.com/escalations-as-code/escalate/internal/notice"
)

// find looks for a message that tells all notices of one, in what the app itself
// has said since they were written down, and returns its time; "" if there is
// none. The metadata of anybody else prove nothing.
func (w *Workspace) find(ctx context.Context, channel string, m notice.Message) (at string, err error) {
	since := slices.MinFunc(m, func(a, b notice.Notice) int { return a.At.Compare(b.At) }).At
	const skew = 24 * time.Hour // of the clock here against Slack's
	err = w.history(ctx, channel, since.Add(-skew), func(said slack.Message) bool {
		to, told := keys(said.Metadata)
		if to == m.First().To && !slices.ContainsFunc(m.Keys(), func(key string) bool { return !slices.Contains(told, key) }) {
			at = said.Timestamp
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
