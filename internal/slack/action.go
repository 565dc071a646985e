package slack

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/schema"
)

// topic sets the topic of a channel.
func (w *Workspace) topic(ctx context.Context, channel, text string) (destination.Receipt, error) {
	shown := clipped(escape.Line(text), maxTopic)
	err := w.joined(ctx, channel, func() error {
		_, err := w.api.SetTopicOfConversationContext(ctx, channel, shown)
		return err
	})
	return w.did(ctx, channel, err)
}

// invite invites people: all at once or, where one of them cannot be, one by
// one. Who is not in Slack, or cannot be invited, is named, and holds back
// nobody.
func (w *Workspace) invite(ctx context.Context, channel string, who []schema.Handle) (destination.Receipt, error) {
	var ids, out []string
	for _, h := range who {
		if id := string(w.people.People[h].Slack); id != "" {
			ids = append(ids, id)
		} else {
			out = append(out, fmt.Sprintf("%s has no Slack id in the directory", h))
		}
	}
	if len(ids) > 0 {
		err := w.joined(ctx, channel, func() error {
			_, err := w.api.InviteUsersToConversationContext(ctx, channel, ids...)
			return err
		})
		if personal(err) {
			err = nil
			for _, h := range who {
				id := string(w.people.People[h].Slack)
				if id == "" {
					continue
				}
				_, one := w.api.InviteUsersToConversationContext(ctx, channel, id)
				switch {
				case is(one, "already_in_channel", "cant_invite_self"):
				case personal(one):
					out = append(out, fmt.Sprintf("%s cannot be invited (%s)", h, code(one)))
				case one != nil:
					err = one
				}
			}
		}
		if err != nil {
			return destination.Receipt{}, err
		}
	}
	r, err := w.did(ctx, channel, nil)
	r.Note = strings.Join(out, "; ")
	return r, err
}

// personal reports whether an invitation failed because of a person, and not of
// the channel or the app.
func personal(err error) bool {
	return is(err, "already_in_channel", "cant_invite_self", "cant_invite", "user_not_found", "users_not_found", "users_list_not_supplied",
		"user_is_restricted", "user_is_ultra_restricted", "user_is_deactivated", "user_disabled", "ura_max_channels", "org_user_not_in_team",
		"user_team_not_in_channel", "user_team_access_error", "failed_for_some_users", "not_visible")
}

// pin pins the opening message.
func (w *Workspace) pin(ctx context.Context, channel string, d destination.Delivery) (destination.Receipt, error) {
	for _, n := range slices.Backward(d.Thread) {
		at, here := strings.CutPrefix(n.Ref, channel+"/")
		if !here || n.Key != d.First().Key || !n.Tells() || n.Via != via {
			continue
		}
		err := w.joined(ctx, channel, func() error { return w.api.AddPinContext(ctx, channel, slack.NewRefToMessage(channel, at)) })
		if is(err, "already_pinned") {
			err = nil
		}
		if is(err, "message_not_found", "bad_timestamp") {
			return destination.Receipt{Ref: channel, Note: "the opening message is gone: nothing is pinned"}, nil
		}
		return w.did(ctx, channel, err)
	}
	return destination.Receipt{Ref: channel, Note: "the opening message is not in this channel: nothing is pinned"}, nil
}

// bookmark keeps one bookmark with the link of the case (P18).
func (w *Workspace) bookmark(ctx context.Context, channel, link string) (destination.Receipt, error) {
	const title = "Escalation case"
	kept := false
	err := w.joined(ctx, channel, func() error {
		all, err := w.api.ListBookmarksContext(ctx, channel)
		if err != nil {
			return err
		}
		for _, b := range all {
			if b.Link == link {
				kept = true
				return nil
			}
		}
		for _, b := range all {
			if b.Title == title {
				_, err := w.api.EditBookmarkContext(ctx, channel, b.ID, slack.EditBookmarkParameters{Link: link})
				return err
			}
		}
		_, err = w.api.AddBookmarkContext(ctx, channel, slack.AddBookmarkParameters{Title: title, Type: "link", Link: link})
		return err
	})
	r, err := w.did(ctx, channel, err)
	r.Kept = kept
	return r, err
}

// archive archives a channel.
func (w *Workspace) archive(ctx context.Context, channel string) (destination.Receipt, error) {
	err := w.joined(ctx, channel, func() error { return w.api.ArchiveConversationContext(ctx, channel) })
	kept := is(err, "already_archived", "is_archived")
	if kept {
		err = nil
	}
	r, err := w.did(ctx, channel, err)
	r.Kept = kept
	return r, err
}
