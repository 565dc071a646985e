// Package notice is one thing to tell or to do, as one value from the plan to
// its delivery and back from the ledger: which escalation it is about, which
// moment, which place, what is done there, in which words, to whose attention.
//
// Its text is typed, not prose: plan makes it, each destination renders it, and
// nobody takes finished words apart. The package knows the file format alone.
package notice

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/schema"
)

// Place is where something is told or done.
type Place string

// The places.
const (
	// Announcement is the channel of the announcements, kept quiet (P22).
	Announcement Place = "announcement"
	// Channel is the escalation's own channel (P17).
	Channel Place = "channel"
	// Tracking is the escalation's tracking issue.
	Tracking Place = "tracking"
	// Proposal is the change request that is to open the escalation. Only a reminder that
	// it lies unmerged goes there (P1).
	Proposal Place = "proposal"
)

// Places are all places of an escalation that is open, in the order in which people
// read them.
func Places() []Place { return []Place{Announcement, Channel, Tracking} }

// Called is what people call a place, wherever it is.
func (p Place) Called() string {
	switch p {
	case Announcement:
		return "announcement channel"
	case Channel:
		return "escalation's channel"
	case Proposal:
		return "proposal"
	}
	return "tracking issue"
}

// Moment is a kind of change of an escalation, in the words of the process (P18,
// P21 to P24, P33 to P35, P38), or a reminder of what is overdue (P27).
type Moment string

// The moments.
const (
	// Opened: there was no version before.
	Opened Moment = "opened"
	// Reopened: it was closed, and is not, or was closed anew since.
	Reopened Moment = "reopened"
	// Severity was raised or lowered.
	Severity Moment = "severity"
	// Update is an update that was added.
	Update Moment = "update"
	// Significant is an update that was added and marked as a significant change
	// of status.
	Significant Moment = "significant"
	// DRI: another person is the DRI, or stands in for the DRI.
	DRI Moment = "dri"
	// ProductDRI: another person is the Product DRI, the first, or none.
	ProductDRI Moment = "product_dri"
	// Criteria: the exit criteria changed, or one was met.
	Criteria Moment = "criteria"
	// Steps: the next steps changed, or one was done.
	Steps Moment = "steps"
	// Standup: the standup was set or changed.
	Standup Moment = "standup"
	// Case: the link of the case arrived or changed.
	Case Moment = "case"
	// Support: Support was called in, or what is known of it changed.
	Support Moment = "support"
	// Account: somebody else looks after the account, or in another region.
	Account Moment = "account"
	// Facts: what was told at the opening was rewritten, such as the ask.
	Facts Moment = "facts"
	// RCA: the customer asked for a root cause analysis, or it was delivered.
	RCA Moment = "rca"
	// Redacted: the text of an update that should never have been written is gone.
	// What was told of it is edited (P37).
	Redacted Moment = "redacted"
	// Amended: what a closure says was corrected.
	Amended Moment = "amended"
	// Edited: another field changed. Nobody is told of it.
	Edited Moment = "edited"
	// Deescalated: it was closed because the risk is low enough to be watched
	// as standard business.
	Deescalated Moment = "deescalated"
	// Closed: it was closed as resolved.
	Closed Moment = "closed"
	// Withdrawn: it was closed because it was opened in error, or twice.
	Withdrawn Moment = "withdrawn"
	// Reminder: something is overdue. No change brings it.
	Reminder Moment = "reminder"
	// Undelivered: what opens or ends an escalation did not arrive, and another
	// destination says so. No change brings it.
	Undelivered Moment = "undelivered"
)

// Ends reports whether the moment ends an escalation.
func (m Moment) Ends() bool { return m == Closed || m == Deescalated || m == Withdrawn }

// Short reports whether a notice of the moment is short: the short ones of one
// escalation in one place go out as one message.
func (m Moment) Short() bool {
	switch m {
	case Criteria, Steps, Standup, Case, Support, Account, Facts, RCA, Amended, Reminder:
		return true
	}
	return false
}

// Do is what is done: Tell, or something beside a text.
type Do string

// What is done.
const (
	Tell          Do = "" // a text is told
	CreateChannel Do = "create_channel"
	Topic         Do = "topic"
	Invite        Do = "invite"
	Pin           Do = "pin"
	Bookmark      Do = "bookmark"
	Archive       Do = "archive"
	OpenIssue     Do = "open_issue"
	Label         Do = "label"
	Assign        Do = "assign"
	CloseIssue    Do = "close_issue"
	ReopenIssue   Do = "reopen_issue"
	Edit          Do = "edit"
)

// State is how far a notice is.
type State string

// The states. A notice that is planned has none yet.
const (
	// Intent: it was written down, and is to be done. Whether it was is not known.
	Intent State = "intent"
	// Done: the destination confirmed it.
	Done State = "done"
	// Void: it was written down, and nothing that is or was true brings it. It is not
	// done.
	Void State = "void"
)

// Notice is one thing to tell or to do.
type Notice struct {
	Escalation schema.ID
	// Key names the moment, the same whatever commits it came with: see Timed and
	// Numbered.
	Key    string
	Moment Moment
	Do     Do
	To     Place
	// Via is the destination that takes it; empty where none does, or none is
	// chosen yet.
	Via string
	// Mentions are the people whom it is for: who is pinged by a text, invited to
	// a channel, or assigned to an issue.
	Mentions []schema.Handle
	// Text is what is told. Of something done it is what is set: a topic, a label, an
	// address, the name of a channel, an issue with its title.
	Text Text

	// What the ledger knows beside it. Run is the run that wrote it down, At when
	// it was written down or done, Ref what the destination calls it, URL where
	// it can be seen.
	Run      string
	At       time.Time
	State    State
	Ref, URL string
	// Signed reports that it is found again by a signed marker alone: it was written
	// down when there was a key.
	Signed bool
	// Became reports of an issue that it was there before, opened by somebody else, and
	// became the tracking issue.
	Became bool
}

// Identity is what a notice is known by: no two in the ledger have the same.
type Identity struct {
	Escalation schema.ID
	Key        string
	To         Place
	Do         Do
	Via        string
}

// Identity returns what the notice is known by.
func (n Notice) Identity() Identity { return Identity{n.Escalation, n.Key, n.To, n.Do, n.Via} }

// Tells reports whether the notice is a text for people, and not something done
// beside one, such as a label set.
func (n Notice) Tells() bool { return n.Do == Tell }

// Timed is the key of a moment that has a time of its own.
func Timed(id schema.ID, m Moment, at time.Time) string {
	return fmt.Sprintf("%s %s %s", id, m, at.UTC().Format(time.RFC3339Nano))
}

// Again is the key of a moment that has a time of its own, and is told for the n-th
// time: it was undone since it was told last.
func Again(id schema.ID, m Moment, at time.Time, n int) string {
	return fmt.Sprintf("%s %d", Timed(id, m, at), n)
}

// Once is the key of a moment that an escalation has once.
func Once(id schema.ID, m Moment) string { return fmt.Sprintf("%s %s", id, m) }

// Numbered is the key of the n-th moment of a kind that has no time of its own.
func Numbered(id schema.ID, m Moment, n int) string { return fmt.Sprintf("%s %s %d", id, m, n) }

// Number is the number in a key that Numbered made; 0 where it has none.
func (n Notice) Number() int {
	number, ok := strings.CutPrefix(n.Key, fmt.Sprintf("%s %s ", n.Escalation, n.Moment))
	if !ok {
		return 0
	}
	i, err := strconv.Atoi(number)
	if err != nil {
		return 0
	}
	return i
}

// Redaction is the key of the edit by which what was told under a key reads
// otherwise, since it quotes an update that was redacted (P37).
func Redaction(id schema.ID, told string) string {
	return fmt.Sprintf("%s %s %s", id, Redacted, strings.TrimPrefix(told, string(id)+" "))
}

// Redacts returns the key of what was told and is to read otherwise; ok is false
// of all that is no redaction.
func (n Notice) Redacts() (told string, ok bool) {
	what, ok := strings.CutPrefix(n.Key, fmt.Sprintf("%s %s ", n.Escalation, Redacted))
	return fmt.Sprintf("%s %s", n.Escalation, what), ok && n.Do == Edit
}

// Unmerged is what the keys of all reminders begin with that a pull request lies
// unmerged by which an escalation is to be opened (P1).
func Unmerged(id schema.ID, number int) string {
	return fmt.Sprintf("%s %s %s %d", id, Reminder, Proposal, number)
}

// Change is the number of the pull request that a notice is for; 0 where it is for
// another place.
func (n Notice) Change() int {
	rest, ok := strings.CutPrefix(n.Key, fmt.Sprintf("%s %s %s ", n.Escalation, Reminder, Proposal))
	number, _, _ := strings.Cut(rest, " ")
	if i, err := strconv.Atoi(number); ok && err == nil && n.To == Proposal && i > 0 {
		return i
	}
	return 0
}

// Failure is the key under which is told elsewhere that a notice was not delivered.
func Failure(of Notice) string {
	return fmt.Sprintf("%s %s %s %s %s", of.Escalation, Undelivered, strings.TrimPrefix(of.Key, string(of.Escalation)+" "), of.To, of.Via)
}

// Fails returns which text was not delivered, by a notice that says so; ok is false
// of all others.
func (n Notice) Fails() (of Identity, ok bool) {
	what, ok := strings.CutPrefix(n.Key, fmt.Sprintf("%s %s ", n.Escalation, Undelivered))
	words := strings.Split(what, " ")
	if !ok || len(words) < 3 {
		return Identity{}, false
	}
	last := len(words) - 2
	return Identity{Escalation: n.Escalation, Key: fmt.Sprintf("%s %s", n.Escalation, strings.Join(words[:last], " ")), To: Place(words[last]), Via: words[last+1]}, true
}

// Target returns what of a thread a redaction is to edit: the message that was told
// under its key by its destination, with all notices that went out as that message.
// It is empty where the message has not been told.
func (n Notice) Target(thread []Notice) Message {
	key, ok := n.Redacts()
	here := func(x Notice) bool { return x.Tells() && x.To == n.To && x.Via == n.Via }
	i := slices.IndexFunc(thread, func(x Notice) bool { return ok && here(x) && x.Key == key && x.Ref != "" })
	if i < 0 {
		return nil
	}
	var m Message
	for _, x := range thread {
		if here(x) && x.Ref == thread[i].Ref {
			m = append(m, x)
		}
	}
	return m
}

// First is the key that a notice of the moment had when it was told first: without
// the ordinal of Again.
func (n Notice) First() string {
	if at := strings.LastIndexByte(n.Key, ' '); at >= 0 && strings.Count(n.Key, " ") == 3 {
		if _, err := strconv.Atoi(n.Key[at+1:]); err == nil {
			return n.Key[:at]
		}
	}
	return n.Key
}

// Message is what goes out as one: a notice, or several short ones of one
// escalation for one place.
type Message []Notice

// Messages puts together what goes out as one, in the order of the first of
// each. This is the only place that decides it: what a plan shows as one message
// is sent as one. Only what one run wrote down at one time goes together, since
// that run may have sent it as the message that is looked for.
func Messages(notices []Notice) []Message {
	type group struct {
		escalation schema.ID
		to         Place
		via, run   string
		at         int64
		reminder   bool
		change     int
	}
	var all []Message
	at := map[group]int{}
	for _, n := range notices {
		if !n.Tells() || !n.Moment.Short() {
			all = append(all, Message{n})
			continue
		}
		g := group{n.Escalation, n.To, n.Via, n.Run, n.At.UnixNano(), n.Moment == Reminder, n.Change()}
		i, known := at[g]
		if !known {
			i = len(all)
			at[g] = i
			all = append(all, nil)
		}
		all[i] = append(all[i], n)
	}
	return all
}

// First is the notice that a message is called by.
func (m Message) First() Notice { return m[0] }

// Text is the words of a message: those of its notices one after the other, with
// one line of links.
func (m Message) Text() Text {
	var text Text
	var links []Inline
	for _, n := range m {
		for _, b := range n.Text {
			if b.Links == nil {
				text = append(text, b)
				continue
			}
			for _, l := range b.Links {
				if !slices.Contains(links, l) {
					links = append(links, l)
				}
			}
		}
	}
	if len(links) > 0 {
		text = append(text, Block{Links: links})
	}
	return text
}

// Mentions are those of all its notices, each once.
func (m Message) Mentions() []schema.Handle {
	var all []schema.Handle
	for _, n := range m {
		for _, h := range n.Mentions {
			if !slices.Contains(all, h) {
				all = append(all, h)
			}
		}
	}
	return all
}

// Keys are those of its notices.
func (m Message) Keys() []string {
	keys := make([]string, len(m))
	for i, n := range m {
		keys[i] = n.Key
	}
	return keys
}
