package slack

import (
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
	if !found {
		return "", advice{fmt.Errorf("there is no public channel #%s in Slack: make it, or name another as `channels: {announcement: ...}` in the policy", name)}
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

// channel is the id of the escalation's channel. An escalation that was adopted
// may have one that this app did not make, or none: then it is made.
func (w *Workspace) channel(ctx context.Context, d destination.Delivery) (id, note string, err error) {
	if id := channelOf(d.Thread); id != "" {
		return id, "", nil
	}
	r, err := w.create(ctx, d, string(d.Channel().Name), false)
	if err != nil {
		return "", "", err
	}
	id, _, _ = strings.Cut(r.Ref, "/")
	return id, r.Note, nil
}

// create makes the escalation's channel. Where there is one of the name that
// people write in, it is that: whether a run before made it, or somebody by hand
// (P17). An archived one keeps its name, and an app cannot open it again; then
// the next name that is free is taken, as where the name is that of a public channel
// and a private one is to be made, or the other way round. An archived one that we
// made and the thread does not know is it, though, where it is archived in the same
// run: that run was ended before it said so.
func (w *Workspace) create(ctx context.Context, d destination.Delivery, name string, inDoubt bool) (destination.Receipt, error) {
	before, kind := made(d.Thread), public
	if d.Channel().Private {
		kind = private
	}
	for n := 1; n <= 50; n++ {
		try := numbered(name, n)
		c, err := w.api.CreateConversationContext(ctx, slack.CreateConversationParams{ChannelName: try, IsPrivate: kind == private})
		kept := is(err, "name_taken")
		if kept {
			delete(w.names, kind) // it is newer than the list
			there, found, listErr := w.named(ctx, kind, try)
			if listErr != nil {
				return destination.Receipt{}, listErr
			}
			if found && there.IsArchived && inDoubt && archivedLater(d.First(), d.Thread) && !slices.Contains(before, there.ID) {
				me, err := w.me(ctx)
				if err != nil {
					return destination.Receipt{}, err
				}
				if there.Creator == me.UserID {
					r, err := w.did(ctx, there.ID, nil)
					r.Ref, r.Kept, r.Note = there.ID+"/"+try, true, "made, and archived since"
					return r, err
				}
			}
			if !found || there.IsArchived {
				continue
			}
			if !there.IsMember {
				if _, _, _, err := w.api.JoinConversationContext(ctx, there.ID); err != nil {
					return destination.Receipt{}, err
				}
			}
			c, err = &there, nil
		}
		if err != nil {
			return destination.Receipt{}, err
		}
		r, err := w.did(ctx, c.ID, nil)
		r.Ref, r.Kept = c.ID+"/"+try, kept
		switch {
		case kept && slices.Contains(before, c.ID):
			r.Note = fmt.Sprintf("#%s is open, and used again", try)
		case try != name && kind == private:
			r.Note = fmt.Sprintf("#%s is taken by a channel that is not private, or that this app is not in: it is #%s", name, try)
		case try != name:
			r.Note = fmt.Sprintf("#%s is taken by a channel that an app cannot open again: it is #%s", name, try)
		case kept:
			r.Note = fmt.Sprintf("#%s was there already", try)
		}
		return r, err
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
