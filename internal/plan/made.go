package plan

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/schema"
)

// Made reports whether a version of an escalation can bring a notice: its key names
// a moment that the version has, and it does nothing that no such moment does.
// Whoever can write into the ledger could have anything told, and any channel
// archived, if what stands there were believed.
func Made(n notice.Notice, version *schema.Escalation) bool {
	rest, ok := strings.CutPrefix(n.Key, string(n.Escalation)+" ")
	if !ok {
		return false
	}
	rest = strings.TrimPrefix(rest, string(notice.Redacted)+" ") // which names what is redacted
	moment, rest, _ := strings.Cut(rest, " ")
	if n.Moment != "" && n.Moment != notice.Redacted && notice.Moment(moment) != n.Moment { // the first lines had none
		return false
	}
	closes := false
	var times []time.Time
	switch notice.Moment(moment) {
	case notice.Reminder:
		return n.Tells() || n.Do == notice.Invite
	case notice.Opened:
		return rest == "" && !ends(n.Do)
	case notice.Closed, notice.Deescalated, notice.Withdrawn:
		if closes = version.Closure != nil; closes {
			times = append(times, version.Closure.At.Time)
		}
	case notice.Amended:
		if c := version.Closure; c != nil && c.Amended != nil {
			times = append(times, c.Amended.At.Time)
		}
	default:
		for _, u := range version.Updates {
			times = append(times, u.At.Time)
		}
	}
	if ends(n.Do) && !closes {
		return false
	}
	stated, ordinal, again := strings.Cut(rest, " ")
	if _, err := strconv.Atoi(ordinal); again && err != nil {
		return false
	}
	if number, err := strconv.Atoi(stated); err == nil {
		return number > 0 && !again
	}
	at, err := time.Parse(time.RFC3339Nano, stated)
	return err == nil && slices.ContainsFunc(times, at.Equal)
}

// ends reports whether something done ends an escalation.
func ends(do notice.Do) bool { return do == notice.Archive || do == notice.CloseIssue }
