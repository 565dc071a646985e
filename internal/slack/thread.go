package slack

import (
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/notice"
)

// delivered reports whether a notice was told or done in this workspace.
func delivered(n notice.Notice) bool { return n.Via == via && n.State == notice.Done }

// channelOf is the id of the escalation's channel in what the ledger has of it:
// the one that was used last. What is edited may stand in one before it.
func channelOf(thread []notice.Notice) string {
	for _, n := range slices.Backward(thread) {
		if delivered(n) && n.To == notice.Channel && n.Do != notice.Edit && n.Ref != "" {
			id, _, _ := strings.Cut(n.Ref, "/")
			return id
		}
	}
	return ""
}

// otherName is the name that the escalation's channel was to have, where it has
// another.
func otherName(thread []notice.Notice) string {
	for _, n := range slices.Backward(thread) {
		if delivered(n) && n.Do == notice.CreateChannel {
			if _, name, _ := strings.Cut(n.Ref, "/"); name != "" && name != n.Text.Plain() {
				return n.Text.Plain()
			}
			return ""
		}
	}
	return ""
}

// made are the ids of the channels that the escalation has had.
func made(thread []notice.Notice) []string {
	var ids []string
	for _, n := range thread {
		if delivered(n) && n.Do == notice.CreateChannel {
			id, _, _ := strings.Cut(n.Ref, "/")
			ids = append(ids, id)
		}
	}
	return ids
}

// archivedLater reports whether the channel is archived after a notice, in the
// same run: that is done only when all is done before it, so that one that is
// archived has had the notice.
func archivedLater(n notice.Notice, thread []notice.Notice) bool {
	at := slices.IndexFunc(thread, func(t notice.Notice) bool { return t.Key == n.Key && t.To == n.To && t.Do == n.Do })
	return at >= 0 && slices.ContainsFunc(thread[at:], func(t notice.Notice) bool { return t.Via == via && t.Do == notice.Archive })
}

// opening is what an escalation was opened with in a place, and its time in a
// channel: the declaration among the announcements; in the escalation's channel
// the opening message or, where that is a new channel of one that was reopened,
// the notice of that.
func opening(thread []notice.Notice, to notice.Place, channel string) (n notice.Notice, at string, ok bool) {
	for _, n := range slices.Backward(thread) {
		at, here := strings.CutPrefix(n.Ref, channel+"/")
		opens := n.Moment == notice.Opened || n.Moment == notice.Reopened && to == notice.Channel
		if here && opens && n.Via == via && n.Tells() && n.To == to {
			return n, at, true
		}
	}
	return notice.Notice{}, "", false
}
