package slack

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/internal/plan"
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

	self  *slack.AuthTestResponse // nil until it is asked for
	names map[string]slack.Channel
	said  map[string]time.Time // when something was last said in a channel, by its id
}

// NewWorkspace returns the workspace that a bot token is for. people says who is
// who there, and policy what the channels are called.
func NewWorkspace(c Config, people schema.Directory, policy schema.Policy) (*Workspace, error) {
	api, err := newClient(c)
	if err != nil {
		return nil, err
	}
	return &Workspace{api: api, config: c, people: people, policy: policy, said: map[string]time.Time{}}, nil
}

// Via names the destination in the ledger.
func (*Workspace) Via() string { return via }

// Takes reports whether something goes to a channel.
func (*Workspace) Takes(to plan.Place, _ plan.Doing) bool {
	return to == plan.Announcement || to == plan.Channel
}

// Deliver does what an item says in the channel that it is for.
func (w *Workspace) Deliver(ctx context.Context, item outbox.Item, inDoubt bool) (outbox.Receipt, error) {
	if plan.Place(item.Notices[0].To) == plan.Announcement {
		r, err := w.announce(ctx, item, inDoubt)
		return r, told(err, string(w.policy.Channels.Announcement))
	}
	r, err := w.inChannel(ctx, item, inDoubt)
	return r, told(err, string(item.Channel()))
}

// announce does what an item says in the channel of the announcements.
func (w *Workspace) announce(ctx context.Context, item outbox.Item, inDoubt bool) (outbox.Receipt, error) {
	id, err := w.announcements(ctx)
	switch {
	case err != nil:
		return outbox.Receipt{}, err
	case item.Do() == plan.Edit:
		return w.edit(ctx, id, item)
	default:
		return w.tell(ctx, id, item, inDoubt)
	}
}

// inChannel does what an item says in the escalation's channel.
func (w *Workspace) inChannel(ctx context.Context, item outbox.Item, inDoubt bool) (outbox.Receipt, error) {
	if item.Do() == plan.CreateChannel {
		return w.create(ctx, item, item.Text())
	}
	id, note, err := w.channel(ctx, item)
	if err != nil {
		return outbox.Receipt{}, err
	}
	r, err := w.do(ctx, id, item, inDoubt)
	if is(err, "channel_not_found") { // it was deleted: another takes its place
		var made outbox.Receipt
		if made, err = w.create(ctx, item, string(item.Channel())); err != nil {
			return outbox.Receipt{}, err
		}
		id, name, _ := strings.Cut(made.Ref, "/")
		note = fmt.Sprintf("the channel was deleted: #%s takes its place", name)
		r, err = w.do(ctx, id, item, inDoubt)
	}
	if is(err, "is_archived") && inDoubt && archivedLater(item) {
		r, err = w.did(ctx, id, nil)
		r.Kept, note = true, "done before the channel was archived, which cannot be looked into"
	}
	if r.Note == "" {
		r.Note = note
	}
	return r, err
}

// archivedLater reports whether the channel is archived after an item, in the
// same run: that is done only when all is done before it, so that one that is
// archived has had the item.
func archivedLater(item outbox.Item) bool {
	own := item.Notices[0]
	at := slices.IndexFunc(item.Thread, func(n ledger.Notice) bool { return n.Key == own.Key && n.To == own.To && n.Do == own.Do })
	return at >= 0 && slices.ContainsFunc(item.Thread[at:], func(n ledger.Notice) bool {
		return n.Via == via && plan.Doing(n.Do) == plan.Archive
	})
}

// do does something in the escalation's channel.
func (w *Workspace) do(ctx context.Context, id string, item outbox.Item, inDoubt bool) (outbox.Receipt, error) {
	switch n := item.Notices[0]; item.Do() {
	case "":
		return w.tell(ctx, id, item, inDoubt)
	case plan.Topic:
		return w.topic(ctx, id, n.Text)
	case plan.Invite:
		return w.invite(ctx, id, n.Mentions)
	case plan.Pin:
		return w.pin(ctx, id, item)
	case plan.Bookmark:
		return w.bookmark(ctx, id, n.Text)
	case plan.Archive:
		return w.archive(ctx, id)
	default:
		return outbox.Receipt{}, fmt.Errorf("a channel has nothing like %s", n.Do)
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

func (w *Workspace) file(id schema.ID) string {
	if w.config.File == nil {
		return ""
	}
	return w.config.File(id)
}

// tell posts a message, unless it is there.
func (w *Workspace) tell(ctx context.Context, channel string, item outbox.Item, inDoubt bool) (outbox.Receipt, error) {
	if inDoubt {
		at, err := w.find(ctx, channel, item)
		switch {
		case is(err, "not_in_channel"): // who is not in it has said nothing in it, or has archived it
		case err != nil:
			return outbox.Receipt{}, err
		case at != "":
			return w.posted(ctx, channel, at, true)
		}
	}
	m := w.compose(w.wanted(item))
	at := ""
	err := w.joined(ctx, channel, func() (err error) {
		at, err = w.post(ctx, channel, m, metadata(item))
		return err
	})
	if err != nil {
		return outbox.Receipt{}, err
	}
	return w.posted(ctx, channel, at, false)
}

// post posts a message, at most one a second in a channel.
func (w *Workspace) post(ctx context.Context, channel string, m message, of slack.SlackMetadata) (at string, err error) {
	const pace = time.Second
	if last, ok := w.said[channel]; ok {
		if early := pace - w.config.Now().Sub(last); early > 0 {
			if err := w.config.Wait(ctx, early); err != nil {
				return "", err
			}
		}
	}
	_, at, err = w.api.PostMessageContext(ctx, channel, append(m.options(), slack.MsgOptionMetadata(of))...)
	w.said[channel] = w.config.Now()
	return at, err
}

// options are what a message is sent with: nothing is looked up or shown beside
// it that its text does not say.
func (m message) options() []slack.MsgOption {
	return []slack.MsgOption{
		slack.MsgOptionText(m.text, false), slack.MsgOptionBlocks(m.blocks...), slack.MsgOptionParse(false),
		slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(),
	}
}

// posted is the receipt of a message. Where its link cannot be had, it has none:
// it was posted all the same.
func (w *Workspace) posted(ctx context.Context, channel, at string, kept bool) (outbox.Receipt, error) {
	link, _ := w.link(ctx, channel, at)
	return outbox.Receipt{Ref: channel + "/" + at, URL: link, Kept: kept}, nil
}

// edit gives the declaration that was posted the words of today (P15). Whom it
// mentioned, it mentions still; nobody is pinged again.
func (w *Workspace) edit(ctx context.Context, channel string, item outbox.Item) (outbox.Receipt, error) {
	name := string(w.policy.Channels.Announcement)
	for _, n := range item.Thread {
		at, isMessage := strings.CutPrefix(n.Ref, channel+"/")
		if n.Via != via || n.Do != "" || n.Moment != "opened" || plan.Place(n.To) != plan.Announcement || !isMessage {
			continue
		}
		n.Text = item.Text()
		m := w.compose(w.wanted(outbox.Item{Notices: []ledger.Notice{n}, Thread: item.Thread}))
		_, _, _, err := w.api.UpdateMessageContext(ctx, channel, at, m.options()...)
		if is(err, "message_not_found", "cant_update_message", "edit_window_closed") {
			return outbox.Receipt{Note: fmt.Sprintf("the declaration cannot be edited (%s): tell #%s by hand", code(err), name)}, nil
		}
		if err != nil {
			return outbox.Receipt{}, err
		}
		return w.posted(ctx, channel, at, false)
	}
	return outbox.Receipt{Note: fmt.Sprintf("this app did not post the declaration: edit it in #%s by hand", name)}, nil
}

// topic sets the topic of a channel.
func (w *Workspace) topic(ctx context.Context, channel, text string) (outbox.Receipt, error) {
	line := escape.Line(text)
	shown := escape.Slack(line)
	for n := utf8.RuneCountInString(line); utf8.RuneCountInString(shown) > maxTopic; n-- {
		shown = escape.Slack(escape.Clip(line, n))
	}
	err := w.joined(ctx, channel, func() error {
		_, err := w.api.SetTopicOfConversationContext(ctx, channel, shown)
		return err
	})
	return w.did(ctx, channel, err)
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
func (w *Workspace) did(ctx context.Context, channel string, err error) (outbox.Receipt, error) {
	if err != nil {
		return outbox.Receipt{}, err
	}
	link, _ := w.link(ctx, channel, "")
	return outbox.Receipt{Ref: channel, URL: link}, nil
}

// invite invites people: all at once or, where one of them cannot be, one by
// one. Who is not in Slack, or cannot be invited, is named, and holds back
// nobody.
func (w *Workspace) invite(ctx context.Context, channel string, who []schema.Handle) (outbox.Receipt, error) {
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
			return outbox.Receipt{}, err
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
func (w *Workspace) pin(ctx context.Context, channel string, item outbox.Item) (outbox.Receipt, error) {
	n := item.Notices[0]
	for _, told := range slices.Backward(item.Thread) {
		at, here := strings.CutPrefix(told.Ref, channel+"/")
		if !here || told.Key != n.Key || told.Do != "" || told.Via != via {
			continue
		}
		err := w.joined(ctx, channel, func() error { return w.api.AddPinContext(ctx, channel, slack.NewRefToMessage(channel, at)) })
		if is(err, "already_pinned") {
			err = nil
		}
		if is(err, "message_not_found", "bad_timestamp") {
			return outbox.Receipt{Ref: channel, Note: "the opening message is gone: nothing is pinned"}, nil
		}
		return w.did(ctx, channel, err)
	}
	return outbox.Receipt{Ref: channel, Note: "the opening message is not in this channel: nothing is pinned"}, nil
}

// bookmark keeps one bookmark with the link of the case (P18).
func (w *Workspace) bookmark(ctx context.Context, channel, link string) (outbox.Receipt, error) {
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
func (w *Workspace) archive(ctx context.Context, channel string) (outbox.Receipt, error) {
	err := w.joined(ctx, channel, func() error { return w.api.ArchiveConversationContext(ctx, channel) })
	kept := is(err, "already_archived", "is_archived")
	if kept {
		err = nil
	}
	r, err := w.did(ctx, channel, err)
	r.Kept = kept
	return r, err
}
