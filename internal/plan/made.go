package plan

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/change"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/schema"
)

// Made reports whether versions of an escalation, in the order in which they stood,
// can bring a notice: its key names a moment that one of them has, or that lies
// between one and the next, and it does nothing that no such moment does. Whoever
// can write into the ledger could have anything told, and any channel archived, if
// what stands there were believed.
func Made(n notice.Notice, versions []*schema.Escalation) bool {
	rest, ok := strings.CutPrefix(n.Key, string(n.Escalation)+" ")
	if !ok {
		return false
	}
	rest = strings.TrimPrefix(rest, string(notice.Redacted)+" ") // which names what is redacted
	word, rest, _ := strings.Cut(rest, " ")
	moment := notice.Moment(word)
	if n.Moment != "" && n.Moment != notice.Redacted && moment != n.Moment { // the first lines had none
		return false
	}
	switch {
	case moment == notice.Reminder && n.To == notice.Proposal: // which no version is of yet
		return n.Tells() && n.Change() > 0
	case moment == notice.Reminder: // whether something is overdue, package stale knows
		return (n.Tells() || n.Do == notice.Invite) && n.To != notice.Announcement && len(versions) > 0
	case moment == notice.Undelivered: // of what versions can bring
		of, ok := notice.Notice{Escalation: n.Escalation, Key: string(n.Escalation) + " " + string(moment) + " " + rest}.Fails()
		word, _, _ := strings.Cut(strings.TrimPrefix(of.Key, string(n.Escalation)+" "), " ")
		failed := notice.Notice{Escalation: n.Escalation, Key: of.Key, Moment: notice.Moment(word), To: of.To, Via: of.Via}
		return ok && (n.Tells() || n.Do == notice.Edit) && MustArrive(failed) && Made(failed, versions)
	case moment == notice.Opened:
		return rest == "" && !ends(n.Do) && len(versions) > 0
	}
	stated, ordinal, again := strings.Cut(rest, " ")
	if _, err := strconv.Atoi(ordinal); again && err != nil {
		return false
	}
	if number, err := strconv.Atoi(stated); err == nil {
		return number > 0 && !again && !ends(n.Do) && between(n, moment, versions)
	}
	at, err := time.Parse(time.RFC3339Nano, stated)
	if err == nil && !n.Tells() && !ends(n.Do) && between(n, moment, versions) {
		return true // what is set is so, though the update that explained it is gone
	}
	return err == nil && slices.ContainsFunc(versions, func(v *schema.Escalation) bool {
		if ends(n.Do) && !closes(moment, v) {
			return false
		}
		return slices.ContainsFunc(times(moment, v), at.Equal)
	})
}

// between reports whether a moment without a time of its own lies between two of the
// versions.
func between(n notice.Notice, moment notice.Moment, versions []*schema.Escalation) bool {
	if moment == notice.Edited && n.Do == notice.Edit { // another escalation may have brought it (P40)
		return len(versions) > 0
	}
	for i, v := range versions[min(1, len(versions)):] {
		if slices.ContainsFunc(change.Between(versions[i], v), func(c change.Change) bool { return c.Moment == moment }) {
			return true
		}
	}
	return false
}

// times are those that a version has for the keys of a moment.
func times(moment notice.Moment, v *schema.Escalation) []time.Time {
	switch {
	case closes(moment, v):
		return []time.Time{v.Closure.At.Time}
	case moment == notice.Amended && v.Closure != nil && v.Closure.Amended != nil:
		return []time.Time{v.Closure.Amended.At.Time}
	case moment.Ends() || moment == notice.Amended:
		return nil
	}
	all := make([]time.Time, len(v.Updates))
	for i, u := range v.Updates {
		all[i] = u.At.Time
	}
	return all
}

// closes reports whether a moment ends an escalation that is closed.
func closes(moment notice.Moment, v *schema.Escalation) bool {
	return v.Closure != nil && moment.Ends()
}

// ends reports whether something done ends an escalation.
func ends(do notice.Do) bool { return do == notice.Archive || do == notice.CloseIssue }
