package slack

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/schema"
)

// identity is what a message is known by.
type identity struct {
	to  notice.Place
	key string
}

// Verify compares what the ledger says was told in Slack with what stands there,
// in every channel that it names, and names what people did to the channels.
func (w *Workspace) Verify(ctx context.Context, told []notice.Notice) ([]destination.Difference, error) {
	threads := map[schema.ID][]notice.Notice{}
	messages := map[string][]notice.Notice{} // by channel and time
	channels := map[string]bool{}
	for _, n := range told {
		threads[n.Escalation] = append(threads[n.Escalation], n)
		channel, at, _ := strings.Cut(n.Ref, "/")
		if !delivered(n) || channel == "" {
			continue
		}
		channels[channel] = true
		if n.Tells() && at != "" {
			messages[n.Ref] = append(messages[n.Ref], n)
		}
	}
	blind := map[string]bool{}
	found := map[identity][]slack.Message{}
	in := map[identity]string{} // the channel that it was found in
	for _, channel := range slices.Sorted(maps.Keys(channels)) {
		err := w.history(ctx, channel, time.Time{}, func(m slack.Message) bool {
			to, names := keys(m.Metadata)
			for _, k := range names {
				found[identity{to, k}] = append(found[identity{to, k}], m)
				in[identity{to, k}] = channel
			}
			return true
		})
		hidden := is(err, "not_in_channel", "channel_not_found") // as one that was archived, or made private
		if is(err, noScope) {
			_, err := w.look(ctx, channel)
			hidden = unseen(err)
		}
		switch {
		case hidden:
			blind[channel] = true
		case err != nil:
			return nil, explain(err, channel)
		}
	}
	var differences []destination.Difference
	tell := func(n notice.Notice, what destination.Fault, where string) {
		differences = append(differences, destination.Difference{Key: n.Key, Escalation: n.Escalation, To: n.To, Fault: what, URL: where})
	}
	known := map[identity]bool{}
	for _, ref := range slices.Sorted(maps.Keys(messages)) {
		said := messages[ref]
		want := plain(fallback(latest(said, threads[said[0].Escalation])), w.policy)
		for _, n := range said {
			id := identity{n.To, n.Key}
			known[id] = true
			channel, _, _ := strings.Cut(ref, "/")
			switch at := found[id]; {
			case blind[channel]:
				tell(n, destination.Unseen, n.URL)
			case len(at) == 0:
				tell(n, destination.Missing, n.URL)
			case len(at) > 1:
				link, _ := w.link(ctx, in[id], at[0].Timestamp)
				tell(n, destination.Doubled, link)
			case plain(at[0].Text, w.policy) != want:
				tell(n, destination.Edited, n.URL)
			}
		}
	}
	for id, at := range found {
		if !known[id] {
			link, _ := w.link(ctx, in[id], at[0].Timestamp)
			differences = append(differences, destination.Difference{Key: id.key, To: id.to, Fault: destination.Orphaned, URL: link})
		}
	}
	places, err := w.announced(ctx, told)
	for _, id := range slices.Sorted(maps.Keys(threads)) {
		if err == nil {
			var more []destination.Difference
			more, err = w.changed(ctx, threads[id])
			places = append(places, more...)
		}
	}
	if err != nil {
		return nil, explain(err, "the escalation's channel")
	}
	differences = append(differences, places...)
	slices.SortStableFunc(differences, func(a, b destination.Difference) int {
		return cmp.Or(strings.Compare(a.Key, b.Key), strings.Compare(string(a.To), string(b.To)))
	})
	return differences, nil
}

// latest is the text of a message as it reads now: what an escalation was opened
// with is edited later, and so is what quotes an update that was redacted. An edit
// has the whole text.
func latest(said notice.Message, thread []notice.Notice) notice.Text {
	text := said.Text()
	for _, e := range thread {
		if n := said.First(); delivered(e) && e.Do == notice.Edit && e.To == n.To && e.Ref == n.Ref && e.Text != nil {
			text = e.Text
		}
	}
	return text
}
