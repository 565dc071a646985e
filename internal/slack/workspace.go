package slack

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/schema"
)

// via names the destination in the ledger.
const via = "slack"

// Workspace is the destination of the announcements and of the channels of the
// escalations.
type Workspace struct {
	api    *slack.Client
	config Config
	people schema.Directory
	policy schema.Policy

	self   *slack.AuthTestResponse             // nil until it is asked for
	names  map[string]map[string]slack.Channel // by their kind and their name
	looked map[string]seen                     // by their ids
	said   map[string]time.Time                // when something was last said in a channel, by its id
}

// NewWorkspace returns the workspace that a bot token is for. people says who is
// who there, and policy what the channels are called.
func NewWorkspace(c Config, people schema.Directory, policy schema.Policy) (*Workspace, error) {
	api, err := newClient(c)
	if err != nil {
		return nil, err
	}
	return &Workspace{
		api: api, config: c, people: people, policy: policy,
		names: map[string]map[string]slack.Channel{}, looked: map[string]seen{}, said: map[string]time.Time{},
	}, nil
}

// Via names the destination in the ledger.
func (*Workspace) Via() string { return via }

// Takes reports whether something goes to a channel.
func (*Workspace) Takes(to notice.Place, _ notice.Do) bool {
	return to == notice.Announcement || to == notice.Channel
}

// Deliver tells or does something in the channel that it is for.
func (w *Workspace) Deliver(ctx context.Context, d destination.Delivery, inDoubt bool) (destination.Receipt, error) {
	deliver := w.inChannel
	if _, redacts := d.First().Redacts(); redacts {
		deliver = w.redact
	} else if d.First().To == notice.Announcement {
		deliver = w.announce
	}
	r, err := deliver(ctx, d, inDoubt)
	if err != nil {
		return destination.Receipt{}, explain(err, w.where(d))
	}
	return r, nil
}

// where is the name of the channel that something is for.
func (w *Workspace) where(d destination.Delivery) string {
	if d.First().To == notice.Announcement {
		return string(w.policy.Channels.Announcement)
	}
	c, _ := d.Channel() // what is wrong with it, whoever needs it says
	return string(c.Name)
}

// announce tells something in the channel of the announcements, or edits what
// was told there.
func (w *Workspace) announce(ctx context.Context, d destination.Delivery, inDoubt bool) (destination.Receipt, error) {
	id, err := w.announcements(ctx)
	switch {
	case err != nil:
		return destination.Receipt{}, err
	case d.First().Do == notice.Edit:
		return w.edit(ctx, id, d)
	default:
		return w.tell(ctx, id, d, inDoubt)
	}
}

// inChannel tells or does something in the escalation's channel.
func (w *Workspace) inChannel(ctx context.Context, d destination.Delivery, inDoubt bool) (destination.Receipt, error) {
	if n := d.First(); n.Do == notice.CreateChannel {
		return w.create(ctx, d, n.Text.Plain(), inDoubt)
	}
	id, note, err := w.channel(ctx, d)
	archived := inDoubt && archivedLater(d.First(), d.Thread)
	if err != nil && archived && unseen(w.looked[channelOf(d.Thread)].err) {
		if c, err := d.Channel(); err == nil && c.Private { // a private one is seen by its members alone, and archiving throws the app out
			return destination.Receipt{Ref: channelOf(d.Thread), Kept: true, Note: "done before the private channel was archived, which cannot be seen any more"}, nil
		}
	}
	if err != nil {
		return destination.Receipt{}, err
	}
	r, err := w.do(ctx, id, d, inDoubt)
	if is(err, "is_archived") && archived {
		r, err = w.did(ctx, id, nil)
		r.Kept, note = true, "done before the channel was archived, which cannot be looked into"
	}
	if r.Note == "" {
		r.Note = note
	}
	return r, err
}

// do tells or does something in the escalation's channel.
func (w *Workspace) do(ctx context.Context, id string, d destination.Delivery, inDoubt bool) (destination.Receipt, error) {
	switch n := d.First(); n.Do {
	case notice.Tell:
		return w.tell(ctx, id, d, inDoubt)
	case notice.Edit:
		return w.edit(ctx, id, d)
	case notice.Topic:
		return w.topic(ctx, id, n.Text.Plain())
	case notice.Invite:
		return w.invite(ctx, id, n.Mentions)
	case notice.Pin:
		return w.pin(ctx, id, d)
	case notice.Bookmark:
		return w.bookmark(ctx, id, n.Text.Plain())
	case notice.Archive:
		return w.archive(ctx, id)
	default:
		return destination.Receipt{}, fmt.Errorf("a channel has nothing like %s", n.Do)
	}
}

// me says who the app is, and where its workspace is.
func (w *Workspace) me(ctx context.Context) (*slack.AuthTestResponse, error) {
	if w.self == nil {
		self, err := w.api.AuthTestContext(ctx)
		if err != nil {
			return nil, err
		}
		w.self = self
	}
	return w.self, nil
}

// link is where a channel can be seen, or a message in it.
func (w *Workspace) link(ctx context.Context, channel, at string) (string, error) {
	me, err := w.me(ctx)
	if err != nil {
		return "", err
	}
	link := strings.TrimSuffix(me.URL, "/") + "/archives/" + channel
	if at != "" {
		link += "/p" + strings.ReplaceAll(at, ".", "")
	}
	return link, nil
}

// compose makes a message of the text of one, in what the ledger has of the
// escalation.
func (w *Workspace) compose(m notice.Message, thread []notice.Notice, address func(notice.Spot) string) message {
	of := content{text: m.Text(), mentions: m.Mentions()}
	if n := m.First(); n.To == notice.Announcement || n.Moment == notice.Reopened {
		of.other = otherName(thread)
		has, listed := w.names[public][of.other]
		of.open = listed && !has.IsArchived
	}
	return compose(w.people, renderer{w.policy.Channels.SupportGroup, channelOf(thread), address}, of)
}

// tell posts a message, unless it is there.
func (w *Workspace) tell(ctx context.Context, channel string, d destination.Delivery, inDoubt bool) (destination.Receipt, error) {
	if inDoubt {
		at, err := w.find(ctx, channel, d.Message)
		switch {
		case is(err, "not_in_channel"): // who is not in it has said nothing in it, or has archived it
		case err != nil:
			return destination.Receipt{}, err
		case at != "":
			return w.posted(ctx, channel, at, true), nil
		}
	}
	m := w.compose(d.Message, d.Thread, d.Address)
	at := ""
	err := w.joined(ctx, channel, func() (err error) {
		at, err = w.post(ctx, channel, m, metadata(d.Message))
		return err
	})
	if err != nil {
		return destination.Receipt{}, err
	}
	return w.posted(ctx, channel, at, false), nil
}

// post posts a message, at most one a second in a channel.
func (w *Workspace) post(ctx context.Context, channel string, m message, of slack.SlackMetadata) (at string, err error) {
	const pace = time.Second
	if last, ok := w.said[channel]; ok {
		if early := pace - w.config.Now().Sub(last); early > 0 {
			if err := w.config.Wait(ctx, early, "Slack takes one message a second in a channel"); err != nil {
				return "", err
			}
		}
	}
	_, at, err = w.api.PostMessageContext(ctx, channel, append(m.options(), slack.MsgOptionMetadata(of))...)
	w.said[channel] = w.config.Now()
	return at, err
}

// posted is the receipt of a message. Where its link cannot be had, it has none:
// it was posted all the same.
func (w *Workspace) posted(ctx context.Context, channel, at string, kept bool) destination.Receipt {
	link, _ := w.link(ctx, channel, at)
	return destination.Receipt{Ref: channel + "/" + at, URL: link, Kept: kept}
}

// edit gives what an escalation was opened with the words of today (P15). Whom
// it mentioned, it mentions still; nobody is pinged again.
func (w *Workspace) edit(ctx context.Context, channel string, d destination.Delivery) (destination.Receipt, error) {
	what := "the declaration"
	if d.First().To == notice.Channel {
		what = "the opening message"
	}
	n, at, ok := opening(d.Thread, d.First().To, channel)
	if !ok {
		return destination.Receipt{Note: fmt.Sprintf("this app did not post %s: edit it in #%s by hand", what, w.where(d))}, nil
	}
	n.Text = d.Text()
	m := w.compose(notice.Message{n}, d.Thread, d.Address)
	_, _, _, err := w.api.UpdateMessageContext(ctx, channel, at, m.options()...)
	if is(err, "message_not_found", "cant_update_message", "edit_window_closed") {
		return destination.Receipt{Note: fmt.Sprintf("%s cannot be edited (%s): tell #%s by hand", what, code(err), w.where(d))}, nil
	}
	if err != nil {
		return destination.Receipt{}, err
	}
	return w.posted(ctx, channel, at, false), nil
}

// redact gives a message the words of today, wherever it was posted (P37). What it
// mentioned, it mentions still.
func (w *Workspace) redact(ctx context.Context, d destination.Delivery, _ bool) (destination.Receipt, error) {
	posted := d.First().Target(d.Thread)
	if len(posted) == 0 {
		return destination.Receipt{Note: fmt.Sprintf("the ledger does not say where it was posted: look in #%s, and edit it by hand", w.where(d))}, nil
	}
	channel, at, _ := strings.Cut(posted.First().Ref, "/")
	of := posted.First()
	of.Text, of.Mentions = d.Text(), posted.Mentions()
	m := w.compose(notice.Message{of}, d.Thread, d.Address)
	_, _, _, err := w.api.UpdateMessageContext(ctx, channel, at, m.options()...)
	switch {
	case is(err, "message_not_found"): // somebody deleted it: nothing stands there
		return destination.Receipt{Note: "the message is gone"}, nil
	case is(err, "cant_update_message", "edit_window_closed", "is_archived", "not_in_channel", "channel_not_found"):
		note := fmt.Sprintf("it cannot be edited (%s): edit or delete it by hand: %s", code(err), posted.First().URL)
		return destination.Receipt{Note: note}, nil
	case err != nil:
		return destination.Receipt{}, err
	}
	return w.posted(ctx, channel, at, false), nil
}

// joined does something in a public channel; where only members may, it joins
// first.
func (w *Workspace) joined(ctx context.Context, channel string, do func() error) error {
	err := do()
	if is(err, "not_in_channel") {
		if _, _, _, err = w.api.JoinConversationContext(ctx, channel); err == nil {
			err = do()
		}
	}
	return err
}

// did is the receipt of something done in a channel.
func (w *Workspace) did(ctx context.Context, channel string, err error) (destination.Receipt, error) {
	if err != nil {
		return destination.Receipt{}, err
	}
	link, _ := w.link(ctx, channel, "")
	return destination.Receipt{Ref: channel, URL: link}, nil
}
