package slack

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/schema"
)

// identity is what a message is known by.
type identity struct{ to, key string }

// Verify compares what the ledger says was told in Slack with what stands there,
// in every channel that it names.
func (w *Workspace) Verify(ctx context.Context, notices []ledger.Notice) ([]outbox.Difference, error) {
	threads := map[schema.ID][]ledger.Notice{}
	messages := map[string][]ledger.Notice{} // by channel and time
	channels := map[string]bool{}
	for _, n := range notices {
		threads[n.Escalation] = append(threads[n.Escalation], n)
		channel, at, _ := strings.Cut(n.Ref, "/")
		if n.Via != via || n.State != ledger.Done || channel == "" {
			continue
		}
		channels[channel] = true
		if n.Do == "" && at != "" {
			messages[n.Ref] = append(messages[n.Ref], n)
		}
	}
	unseen := map[string]bool{}
	found := map[identity][]slack.Message{}
	in := map[identity]string{} // the channel that it was found in
	for _, channel := range slices.Sorted(maps.Keys(channels)) {
		err := w.history(ctx, channel, time.Time{}, func(m slack.Message) bool {
			to, told := keys(m.Metadata)
			for _, k := range told {
				found[identity{to, k}] = append(found[identity{to, k}], m)
				in[identity{to, k}] = channel
			}
			return true
		})
		switch {
		case is(err, "not_in_channel"): // an app is out of a channel that was archived
			unseen[channel] = true
		case err != nil && !is(err, "channel_not_found"): // what was in one that is gone, is missing
			return nil, told(err, channel)
		}
	}
	var differences []outbox.Difference
	tell := func(n ledger.Notice, what outbox.Fault, where string) {
		differences = append(differences, outbox.Difference{Key: n.Key, Escalation: n.Escalation, To: n.To, Fault: what, URL: where})
	}
	known := map[identity]bool{}
	for _, ref := range slices.Sorted(maps.Keys(messages)) {
		told := messages[ref]
		want := w.compose(w.wanted(outbox.Item{Notices: latest(told, threads[told[0].Escalation]), Thread: threads[told[0].Escalation]}))
		for _, n := range told {
			id := identity{n.To, n.Key}
			known[id] = true
			channel, _, _ := strings.Cut(ref, "/")
			switch at := found[id]; {
			case unseen[channel]:
				tell(n, outbox.Unseen, n.URL)
			case len(at) == 0:
				tell(n, outbox.Missing, n.URL)
			case len(at) > 1:
				link, _ := w.link(ctx, in[id], at[0].Timestamp)
				tell(n, outbox.Doubled, link)
			case plain(at[0].Text) != plain(want.text):
				tell(n, outbox.Edited, n.URL)
			}
		}
	}
	for id, at := range found {
		if !known[id] {
			link, _ := w.link(ctx, in[id], at[0].Timestamp)
			differences = append(differences, outbox.Difference{Key: id.key, To: id.to, Fault: outbox.Orphaned, URL: link})
		}
	}
	slices.SortFunc(differences, func(a, b outbox.Difference) int {
		return strings.Compare(a.Key+" "+a.To, b.Key+" "+b.To)
	})
	return differences, nil
}

// latest are the notices of a message as it reads now: the declaration is edited
// when the link of the case arrives.
func latest(told, thread []ledger.Notice) []ledger.Notice {
	now := slices.Clone(told)
	for i, n := range now {
		for _, e := range thread {
			if n.Moment == "opened" && plan.Place(n.To) == plan.Announcement && e.Via == via && e.State == ledger.Done &&
				plan.Doing(e.Do) == plan.Edit && plan.Place(e.To) == plan.Announcement && e.Ref == n.Ref {
				now[i].Text = e.Text
			}
		}
	}
	return now
}

// plain is a text without what Slack may add to it: the brackets around links.
func plain(s string) string { return strings.NewReplacer("<", "", ">", "", "\r\n", "\n").Replace(s) }
