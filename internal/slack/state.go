package slack

import (
	"context"
	"errors"
	"fmt"
	"html"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/notice"
)

// changed says what people did to the channel of an escalation, and what to do about
// each, by the ledger's lines about it.
func (w *Workspace) changed(ctx context.Context, thread []notice.Notice) ([]destination.Difference, error) {
	id := channelOf(thread)
	made, known := last(thread, id, notice.CreateChannel)
	if !known {
		return nil, nil // it has none, or was adopted: how it was left is not known
	}
	_, name, _ := strings.Cut(made.Ref, "/")
	var all []destination.Difference
	add := func(n notice.Notice, format string, args ...any) {
		link, _ := w.link(ctx, id, "")
		all = append(all, destination.Difference{Key: n.Key, Escalation: n.Escalation, To: n.To, Fault: destination.Changed, Says: fmt.Sprintf(format, args...), URL: link})
	}
	closed := archived(thread)
	restricted := restricted(thread)
	c, err := w.look(ctx, id)
	switch {
	case unseen(err) && closed && restricted: // as it should be: who archives a private one is out of it
		return nil, nil
	case unseen(err):
		add(made, "Slack does not show #%s to this app (%s): it was made private or deleted, or the app was removed; invite the app there, or make it public again", name, refused(err))
		return all, nil
	case err != nil:
		return nil, err
	}
	why, err := w.strange(ctx, c)
	if err != nil {
		return nil, err
	}
	if why != "" {
		add(made, "#%s cannot be the escalation's channel: %s; nothing is said there until that ends", c.Name, why)
	}
	if c.Name != name {
		add(made, "it was renamed from #%s to #%s: it is used all the same; rename it back, so that people find it", name, c.Name)
	}
	switch {
	case c.IsPrivate && !restricted && slices.ContainsFunc(thread, declares):
		add(made, "it is private, and the process wants it public (P17): make it public again")
	case !c.IsPrivate && restricted:
		add(made, "it is public, and the escalation is restricted: make it private again; until then nothing is said there")
	}
	switch {
	case c.IsArchived && !closed:
		add(made, "somebody archived it: open it again in Slack; until then nothing is said there")
	case !c.IsArchived && closed:
		n, _ := last(thread, id, notice.Archive)
		add(n, "the escalation is closed, and somebody opened its channel again: archive it, or reopen the escalation")
	case !c.IsArchived && !c.IsMember:
		add(made, "somebody took the app out of it: the next notice lets it join again")
	}
	if c.IsArchived || closed || !c.IsMember {
		return all, nil
	}
	more, err := w.undressed(ctx, id, c.Topic.Value, thread, add)
	return append(all, more...), err
}

// undressed names what stands in a channel beside its messages and is not as it was
// set. What cannot be looked into for want of a scope is unseen.
func (w *Workspace) undressed(ctx context.Context, id, topic string, thread []notice.Notice, add func(notice.Notice, string, ...any)) (blind []destination.Difference, err error) {
	if n, set := last(thread, id, notice.Topic); set && n.Text != nil && read(topic) != read(clipped(escape.Line(n.Text.Plain()), maxTopic)) {
		add(n, "somebody changed the topic: the next change of severity, DRI or steps sets it again")
	}
	if n, set := last(thread, id, notice.Bookmark); set {
		marks, err := w.api.ListBookmarksContext(ctx, id)
		if err != nil {
			return nil, err
		}
		there := false
		for _, m := range marks {
			there = there || m.Link == n.Text.Plain()
		}
		if !there {
			add(n, "the bookmark of the case is gone: add it again by hand")
		}
	}
	n, set := last(thread, id, notice.Pin)
	opened, at, told := opening(thread, notice.Channel, id)
	if !set || !told || opened.Key != n.Key {
		return nil, nil
	}
	pinned, err := w.pinned(ctx, id)
	switch {
	case is(err, noScope):
		return []destination.Difference{{Key: n.Key, Escalation: n.Escalation, To: n.To, Fault: destination.Unseen, Says: "the app lacks the scope pins:read"}}, nil
	case err != nil:
		return nil, err
	case !slices.Contains(pinned, at):
		add(n, "the opening message is not pinned any more: pin it again by hand")
	}
	return nil, nil
}

// announced says what people did to the channel of the announcements, where
// something was told there.
func (w *Workspace) announced(ctx context.Context, told []notice.Notice) ([]destination.Difference, error) {
	var last notice.Notice
	for _, n := range told {
		if delivered(n) && n.To == notice.Announcement {
			last = n
		}
	}
	if last.Key == "" {
		return nil, nil
	}
	changed := destination.Difference{Key: last.Key, Escalation: last.Escalation, To: last.To, Fault: destination.Changed, URL: last.URL}
	_, err := w.announcements(ctx)
	var wrong advice
	switch {
	case errors.As(err, &wrong):
		changed.Says = wrong.Error()
	case err != nil:
		return nil, err
	case w.names[public][string(w.policy.Channels.Announcement)].IsArchived:
		changed.Says = "somebody archived the channel of the announcements: open it again in Slack; until then nothing is announced"
	default:
		return nil, nil
	}
	return []destination.Difference{changed}, nil
}

// pinned are the times of the messages that are pinned in a channel.
func (w *Workspace) pinned(ctx context.Context, channel string) ([]string, error) {
	items, _, err := w.api.ListPinsContext(ctx, channel)
	if err != nil && err.Error() == noScope { // for which the library has no type here
		err = slack.SlackErrorResponse{Err: noScope}
	}
	var at []string
	for _, i := range items {
		if i.Message != nil {
			at = append(at, i.Message.Timestamp)
		}
	}
	return at, err
}

const noScope = "missing_scope"

// last is the last line of what was done in a channel.
func last(thread []notice.Notice, channel string, do notice.Do) (notice.Notice, bool) {
	for _, n := range slices.Backward(thread) {
		if id, _, _ := strings.Cut(n.Ref, "/"); delivered(n) && n.To == notice.Channel && n.Do == do && id == channel {
			return n, true
		}
	}
	return notice.Notice{}, false
}

// archived reports whether the channel was archived last.
func archived(thread []notice.Notice) bool {
	for _, n := range slices.Backward(thread) {
		if delivered(n) && (n.Do == notice.Archive || n.Do == notice.CreateChannel) {
			return n.Do == notice.Archive
		}
	}
	return false
}

// declares reports whether a notice is the declaration, with its words.
func declares(n notice.Notice) bool {
	return n.Moment == notice.Opened && n.To == notice.Announcement && n.Tells() && n.Text != nil
}

// restricted reports whether an escalation is: its declaration leads to no channel
// (P17).
func restricted(thread []notice.Notice) bool {
	return slices.ContainsFunc(thread, func(n notice.Notice) bool { return declares(n) && !leads(n.Text, notice.AtChannel) })
}

// read is a topic as people read it, whatever Slack made of its signs.
func read(topic string) string {
	return strings.Join(strings.Fields(html.UnescapeString(strings.NewReplacer("<", "", ">", "").Replace(topic))), " ")
}
