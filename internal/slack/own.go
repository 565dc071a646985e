package slack

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/schema"
)

// seen is what Slack showed of a channel, or why it did not.
type seen struct {
	channel slack.Channel
	err     error
}

// look returns what Slack shows of a channel. It is asked for once a run.
func (w *Workspace) look(ctx context.Context, id string) (slack.Channel, error) {
	if s, known := w.looked[id]; known {
		return s.channel, s.err
	}
	c, err := w.api.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: id})
	switch {
	case err == nil:
		w.looked[id] = seen{channel: *c}
	case unseen(err):
		w.looked[id] = seen{err: err}
	}
	return w.looked[id].channel, err
}

// unseen reports whether Slack did not show a channel. It says the same of one that
// was deleted and of one that was made private and that the app is not in.
func unseen(err error) bool { return is(err, "channel_not_found", "missing_scope") }

// refused is the word with which Slack did not show a channel, with the scope that the app
// would need to see it.
func refused(err error) string {
	var said slack.SlackErrorResponse
	if errors.As(err, &said) && said.Needed != "" {
		return said.Err + ": " + said.Needed
	}
	return code(err)
}

// fit reports whether the channel that the ledger has for an escalation can have its
// words: it is looked at before anything is said or done there. What people did to
// it, only people can put right: the error says how. No other channel takes its
// place, since that one may be public, and this one was made private.
func (w *Workspace) fit(ctx context.Context, id string, d destination.Delivery) (note string, err error) {
	name := madeAs(d.Thread, id)
	c, err := w.look(ctx, id)
	if unseen(err) {
		return "", advice{fmt.Errorf("the escalation's channel%s is not shown to this app by Slack (%s): it was made private or deleted, or the app was removed. "+
			"Invite the app there, or make the channel public again%s; until then nothing is said in its place", name, refused(err), another)}
	}
	if err != nil {
		return "", err
	}
	wanted, err := d.Channel()
	if err != nil {
		return "", err
	}
	switch why, err := w.strange(ctx, c); {
	case err != nil:
		return "", err
	case why != "":
		return "", advice{fmt.Errorf("#%s cannot be the escalation's channel: %s. Nothing is said or done there: put that right in Slack%s", c.Name, why, another)}
	case wanted.Private && !c.IsPrivate:
		return "", advice{fmt.Errorf("#%s is public, and the escalation is restricted: make it private again%s", c.Name, another)}
	case !wanted.Private && c.IsPrivate:
		note = fmt.Sprintf("#%s is private, and the process wants it public (P17)", c.Name)
	}
	return note, nil
}

// another is what else a person can do about a channel that cannot be used.
const another = ", or name another as `channel:` in the escalation's file"

// madeAs is the name that a channel was made under, as a text goes on with it; ""
// where the ledger does not say.
func madeAs(thread []notice.Notice, id string) string {
	for _, n := range slices.Backward(thread) {
		if at, name, _ := strings.Cut(n.Ref, "/"); delivered(n) && n.Do == notice.CreateChannel && at == id {
			return " #" + name
		}
	}
	return ""
}

// strange says why no escalation may have a channel, whatever a policy or a file
// says; "" where one may. What we did not make is ours to use and to archive only
// where its name says that it is for that.
func (w *Workspace) strange(ctx context.Context, c slack.Channel) (why string, err error) {
	if w.announces(c.Name) {
		return announces, nil
	}
	if c.IsExtShared || c.IsPendingExtShared {
		return "it is shared with another organization, which would read what is internal", nil
	}
	prefix := string(schema.DefaultPolicy().Channels.Prefix)
	if strings.HasPrefix(c.Name, prefix) {
		return "", nil
	}
	me, err := w.me(ctx)
	if err != nil || c.Creator == me.UserID {
		return "", err
	}
	return fmt.Sprintf("this app did not make it, and its name does not begin with %s", prefix), nil
}

const announces = "it is the channel of the announcements"

// announces reports whether a name is that of the announcements: the policy's, or the
// one that is built in.
func (w *Workspace) announces(name string) bool {
	is := schema.ChannelName(name)
	return is == w.policy.Channels.Announcement || is == schema.DefaultPolicy().Channels.Announcement
}

// taken returns the channel that has a name. A list of channels lags behind one that
// was just made, so it is looked for again; one that cannot be seen then is not
// known to be somebody else's.
func (w *Workspace) taken(ctx context.Context, name string) (slack.Channel, error) {
	for _, wait := range []time.Duration{0, 2 * time.Second, 6 * time.Second} {
		if wait > 0 {
			if err := w.config.Wait(ctx, wait, "Slack says that a channel is there, and does not show it yet"); err != nil {
				return slack.Channel{}, err
			}
			clear(w.names)
		}
		for _, kind := range []string{public, private} {
			c, found, err := w.named(ctx, kind, name)
			switch {
			case kind == private && is(err, "missing_scope"): // then it sees none
			case err != nil:
				return slack.Channel{}, err
			case found:
				c.IsPrivate = kind == private
				return c, nil
			}
		}
	}
	return slack.Channel{}, advice{fmt.Errorf("there is a channel #%s, which Slack does not show to this app: it was made just now, or it is private. "+
		"Run again; if it is private, invite the app there or make it public%s", name, another)}
}

// against says what speaks against using a channel that is there for an escalation;
// "" where nothing does, and the app is in it. A private one in the place of a public
// one is a matter for people: the error says so.
func (w *Workspace) against(ctx context.Context, c slack.Channel, of schema.ID, restricted bool) (why string, err error) {
	if c.IsPrivate && !restricted {
		return "", advice{fmt.Errorf("#%s is private, and the escalation is not restricted: make it public%s", c.Name, another)}
	}
	if c.IsArchived {
		return "is taken by a channel that an app cannot open again", nil
	}
	if why, err = w.strange(ctx, c); err != nil || why != "" {
		return "is taken (" + why + ")", err
	}
	if restricted && !c.IsPrivate {
		return "is taken by a public channel", nil
	}
	if !c.IsMember {
		if _, _, _, err := w.api.JoinConversationContext(ctx, c.ID); err != nil {
			return "", err
		}
	}
	other, err := w.about(ctx, c.ID)
	if err != nil || other == "" || other == of {
		return "", err
	}
	return fmt.Sprintf("is the channel of %s", other), nil
}

// about is the escalation of which the app last told something in a channel as its
// own; "" where it has told nothing there.
func (w *Workspace) about(ctx context.Context, channel string) (of schema.ID, err error) {
	err = w.history(ctx, channel, time.Time{}, func(m slack.Message) bool {
		if to, _ := keys(m.Metadata); to == notice.Channel {
			id, _ := m.Metadata.EventPayload["escalation"].(string)
			of = schema.ID(id)
		}
		return of == ""
	})
	return of, err
}

// replaced reports whether the file names another channel than the one that was made
// and cannot be used: who may change the file has decided it.
func replaced(thread []notice.Notice, id string, wanted destination.Channel, err error) bool {
	var held advice
	if !errors.As(err, &held) || !wanted.Stated {
		return false
	}
	for _, n := range slices.Backward(thread) {
		if delivered(n) && n.Do == notice.CreateChannel {
			at, _, _ := strings.Cut(n.Ref, "/")
			return at == id && n.Text.Plain() != string(wanted.Name)
		}
	}
	return false
}
