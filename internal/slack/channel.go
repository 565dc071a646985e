package slack

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"github.com/escalations-as-code/escalate/internal/destination"
)

// announcements is the id of the channel of the announcements.
func (w *Workspace) announcements(ctx context.Context) (string, error) {
	name := string(w.policy.Channels.Announcement)
	c, found, err := w.named(ctx, public, name)
	if err != nil {
		return "", err
	}
	const another = "name another as `channels: {announcement: ...}` in the policy"
	switch {
	case !found:
		return "", advice{fmt.Errorf("there is no public channel #%s in Slack: make it, or make it public again, or "+another, name)}
	case c.IsExtShared || c.IsPendingExtShared:
		return "", advice{fmt.Errorf("#%s is shared with another organization, which would read what is internal: end that, or "+another, name)}
	}
	return c.ID, nil
}

// Slack's kinds of channels. Of the private ones an app sees those that it is in.
const (
	public  = "public_channel"
	private = "private_channel"
)

// named looks for a channel of a kind among all there are, archived ones too; they
// are listed once a run.
func (w *Workspace) named(ctx context.Context, kind, name string) (slack.Channel, bool, error) {
	if w.names[kind] == nil {
		names := map[string]slack.Channel{}
		for cursor := ""; ; {
			page, next, err := w.api.GetConversationsContext(ctx, &slack.GetConversationsParameters{
				Cursor: cursor, Limit: 1000, Types: []string{kind},
			})
			if err != nil {
				return slack.Channel{}, false, err
			}
			for _, c := range page {
				names[c.Name] = c
			}
			if cursor = next; cursor == "" {
				break
			}
		}
		w.names[kind] = names
	}
	c, ok := w.names[kind][name]
	return c, ok, nil
}

// channel is the id of the escalation's channel, which is fit for its words. An
// escalation that was adopted may have none: then it is made, and so it is where the
// file names another than the one that cannot be used.
func (w *Workspace) channel(ctx context.Context, d destination.Delivery) (id, note string, err error) {
	wanted, err := d.Channel()
	if err != nil {
		return "", "", err
	}
	if id := channelOf(d.Thread); id != "" {
		if note, err = w.fit(ctx, id, d); !replaced(d.Thread, id, wanted, err) {
			return id, note, err
		}
	}
	r, err := w.create(ctx, d, string(wanted.Name), false)
	if err != nil {
		return "", "", err
	}
	id, _, _ = strings.Cut(r.Ref, "/")
	return id, r.Note, nil
}

// create makes the escalation's channel. Where there is one of the name that
// people write in, it is that: whether a run before made it, or somebody by hand
// (P17). The next name that is free is taken only where it was seen that the channel
// of this one cannot be used: an archived one keeps its name, and an app cannot open
// it again; another may not be ours. An archived one that we made and the thread does
// not know is it, though, where it is archived in the same run: that run was ended
// before it said so.
func (w *Workspace) create(ctx context.Context, d destination.Delivery, name string, inDoubt bool) (destination.Receipt, error) {
	wanted, err := d.Channel()
	if err != nil {
		return destination.Receipt{}, err
	}
	before, why, listed := made(d.Thread), "", false
	receipt := func(c slack.Channel, kept bool, note string) (destination.Receipt, error) {
		w.looked[c.ID] = seen{channel: c}
		r, err := w.did(ctx, c.ID, nil)
		r.Ref, r.Kept, r.Note = c.ID+"/"+c.Name, kept, note
		if why != "" {
			r.Note = fmt.Sprintf("%s: it is #%s", why, c.Name)
		}
		return r, err
	}
	for n := 1; n <= 50; n++ {
		try := numbered(name, n)
		if w.announces(try) {
			why = cmp.Or(why, fmt.Sprintf("#%s is taken (%s)", try, announces))
			continue
		}
		c, err := w.api.CreateConversationContext(ctx, slack.CreateConversationParams{ChannelName: try, IsPrivate: wanted.Private})
		switch {
		case err == nil:
			c.Name, c.IsPrivate = try, wanted.Private
			return receipt(*c, false, "")
		case !is(err, "name_taken"):
			return destination.Receipt{}, err
		}
		if !listed {
			clear(w.names) // it may be newer than the lists
			listed = true
		}
		there, err := w.taken(ctx, try)
		if err != nil {
			return destination.Receipt{}, err
		}
		known := slices.Contains(before, there.ID)
		if there.IsArchived && inDoubt && archivedLater(d.First(), d.Thread) && !known {
			me, err := w.me(ctx)
			if err != nil {
				return destination.Receipt{}, err
			}
			if there.Creator == me.UserID {
				why = ""
				return receipt(there, true, "made, and archived since")
			}
		}
		objection, err := w.against(ctx, there, d.First().Escalation, wanted.Private)
		switch {
		case err != nil:
			return destination.Receipt{}, err
		case objection == "" && known:
			return receipt(there, true, fmt.Sprintf("#%s is open, and used again", try))
		case objection == "":
			return receipt(there, true, fmt.Sprintf("#%s was there already", try))
		default:
			why = cmp.Or(why, fmt.Sprintf("#%s %s", try, objection))
		}
	}
	return destination.Receipt{}, advice{fmt.Errorf("the names from #%s to #%s are all taken: name another as `channel:` in the file", name, numbered(name, 50))}
}

// numbered is the n-th name to try.
func numbered(name string, n int) string {
	if n == 1 {
		return name
	}
	end := fmt.Sprintf("-%d", n)
	return name[:min(len(name), maxName-len(end))] + end
}
