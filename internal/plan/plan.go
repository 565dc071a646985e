// Package plan says what a change of the escalations will have announced,
// created and archived: which words go to which place, who is mentioned there,
// what is not announced and why, and what a person has to paste by hand. It is a
// pure function of two trees; apply does what it says.
//
// The words are plain text, the same wherever they stand. Who delivers them
// escapes them for the destination, and adds the mentions: nothing in a text is
// one.
package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/change"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// Place is where something is told.
type Place string

// The places.
const (
	// Announcement is the channel of the announcements, kept quiet (P22).
	Announcement Place = "announcement"
	// Channel is the escalation's own channel (P17).
	Channel Place = "channel"
	// Tracking is the escalation's tracking issue.
	Tracking Place = "tracking"
)

// Plan is what will be done. Its parts are in the order of the escalations'
// ids, and of each in the order in which it is to be done.
type Plan struct {
	Notices  []Notice
	Actions  []Action
	Quiet    []Quiet
	Unfilled []Unfilled
	Pastes   []Paste
	// Escalations holds what there is to know of those that are spoken of.
	Escalations map[schema.ID]Escalation
	// Announcement is the name of the channel of the announcements.
	Announcement schema.ChannelName
	// Unread are the escalations that have faults, so that nothing can be said
	// of them.
	Unread []schema.ID
}

// Escalation is what people call an escalation by.
type Escalation struct {
	Customer schema.Text
	Channel  schema.ChannelName
}

// Notice is one text for one place. Key and To are its identity: the same
// moment has the same key, whatever commits it came with.
type Notice struct {
	Key        string
	Escalation schema.ID
	Moment     change.Moment
	To         Place
	// Mentions are the people who are pinged there.
	Mentions []schema.Handle
	Text     string
}

// Doing is a kind of action.
type Doing string

// The kinds of actions.
const (
	CreateChannel Doing = "create_channel"
	Topic         Doing = "topic"
	Invite        Doing = "invite"
	Pin           Doing = "pin"
	Bookmark      Doing = "bookmark"
	Archive       Doing = "archive"
	OpenIssue     Doing = "open_issue"
	Label         Doing = "label"
	Assign        Doing = "assign"
	CloseIssue    Doing = "close_issue"
	ReopenIssue   Doing = "reopen_issue"
	Edit          Doing = "edit"
)

// Action is something done beside a notice.
type Action struct {
	Key        string
	Escalation schema.ID
	Do         Doing
	To         Place
	// People are those whom it is about: invited or assigned.
	People []schema.Handle
	// Text is what it sets: a topic, a label, a link, the name of a channel. Of
	// an issue it is the title, an empty line and the text.
	Text string
}

// Quiet says why a change of an escalation is not announced in the wide
// channel, or nowhere (P22).
type Quiet struct {
	Escalation schema.ID
	Why        string
}

// Unfilled is a role that must be informed of an escalation and that nobody
// holds (P5).
type Unfilled struct {
	Escalation schema.ID
	Role       schema.Role
}

// Paste is what a person has to copy to where this program does not reach: the
// case, and the CTA that comes with it (P16, P24, P33).
type Paste struct {
	Escalation schema.ID
	// Into is "case" or "cta".
	Into string
	Text string
}

// Ordinal returns how many moments of a kind have been told of an escalation:
// those without a time of their own are numbered.
type Ordinal func(schema.ID, change.Moment) int

// Between returns what the change from base to head brings, if changed are the
// files that differ, in any order. Files that are in neither are left out.
func Between(base, head *tree.Tree, changed []string, ordinal Ordinal) Plan {
	p := Plan{Escalations: map[schema.ID]Escalation{}, Announcement: head.Policy.Channels.Announcement}
	for _, path := range slices.Sorted(slices.Values(changed)) {
		_, had := slices.BinarySearch(base.Paths, path)
		_, has := slices.BinarySearch(head.Paths, path)
		var before, after *tree.Escalation
		if had {
			before = base.Load(path)
		}
		if has {
			after = head.Load(path)
		}
		switch {
		case after != nil && unreadable(after):
			p.Unread = append(p.Unread, after.ID)
			p.quiet(after.ID, "its file has errors, and nothing is told of it until they are mended: `escalate lint` says which")
		case after != nil:
			var was *schema.Escalation
			if before != nil && !before.Broken {
				was = &before.Escalation
			}
			p.add(newPlanner(head, after.ID, was, &after.Escalation, ordinal))
		case before != nil:
			p.quiet(before.ID, "its file is gone, which is not a way to end it (P36)")
		}
	}
	return p
}

// unreadable reports whether an escalation does not surely say all that its
// notices say: it was misread, or does not fit the schema. A key that nobody
// knows does not matter to them.
func unreadable(e *tree.Escalation) bool {
	if e.Broken || slices.ContainsFunc(e.Findings, func(f finding.Finding) bool { return f.Level == finding.Error }) {
		return true
	}
	for _, f := range e.Faults {
		if _, unknown := f.Unknown(); !unknown {
			return true
		}
	}
	return false
}

func (p *Plan) quiet(id schema.ID, why string) {
	p.Quiet = append(p.Quiet, Quiet{id, why})
}

// add takes in what is planned for one escalation.
func (p *Plan) add(e *planner) {
	e.plan()
	if len(e.changes) == 0 {
		return
	}
	p.Escalations[e.id] = Escalation{Customer: e.now.Customer, Channel: e.channel}
	p.Notices = append(p.Notices, e.notices...)
	p.Actions = append(p.Actions, e.actions...)
	p.Pastes = append(p.Pastes, e.pastes...)
	if why := e.why(); why != "" {
		p.quiet(e.id, why)
	}
	if process.Open(e.now) {
		for _, r := range e.unfilled {
			p.Unfilled = append(p.Unfilled, Unfilled{e.id, r})
		}
	}
}

// planner plans for one escalation.
type planner struct {
	id       schema.ID
	now      *schema.Escalation
	was      *schema.Escalation // nil where it is being opened
	changes  []change.Change
	people   schema.Directory
	policy   schema.Policy
	channel  schema.ChannelName
	informed []schema.Handle
	unfilled []schema.Role
	ordinal  Ordinal

	notices []Notice
	actions []Action
	pastes  []Paste
}

func newPlanner(t *tree.Tree, id schema.ID, was, now *schema.Escalation, ordinal Ordinal) *planner {
	e := &planner{
		id: id, now: now, was: was, changes: change.Between(was, now), people: t.People, policy: t.Policy,
		channel: process.Channel(id, now, t.Policy), ordinal: ordinal,
	}
	e.informed, e.unfilled = process.Informed(t.People, t.Policy, now)
	return e
}

// key is the identity of a moment. It holds no commit, so that a squash, a
// rebase or a force push does not change it.
func (e *planner) key(c change.Change) string {
	var at time.Time
	switch {
	case c.Moment == change.Opened:
		return fmt.Sprintf("%s %s", e.id, c.Moment)
	case c.Moment == change.Closed || c.Moment == change.Deescalated:
		at = c.After.Closure.At.Time
	case c.Update != nil:
		at = c.Update.At.Time
	}
	if at.IsZero() {
		told := 0
		if e.ordinal != nil {
			told = e.ordinal(e.id, c.Moment)
		}
		return fmt.Sprintf("%s %s %d", e.id, c.Moment, told+1)
	}
	return fmt.Sprintf("%s %s %s", e.id, c.Moment, at.UTC().Format(time.RFC3339Nano))
}

// why says why nothing of it goes to the wide channel; empty where something
// does.
func (e *planner) why() string {
	if slices.ContainsFunc(e.notices, func(n Notice) bool { return n.To == Announcement }) {
		return ""
	}
	var told, edited []string
	for _, c := range e.changes {
		word := cmp.Or(momentWords[c.Moment], string(c.Moment))
		switch {
		case c.Moment == change.Edited:
			edited = append(edited, "`"+c.Field+"`")
		case !slices.Contains(told, word):
			told = append(told, word)
		}
	}
	if len(told) == 0 {
		return list(edited) + " changed, of which nothing is announced"
	}
	return "told in the escalation's own channel only, since the wide one is for key moments (P22): " + list(told)
}

// momentWords name what is told in the escalation's own channel only.
var momentWords = map[change.Moment]string{
	change.Update:     "an ordinary update",
	change.DRI:        "a new DRI",
	change.ProductDRI: "a change of the Product DRI",
	change.Criteria:   "the exit criteria",
	change.Steps:      "the next steps",
	change.Standup:    "the standup",
	change.Case:       "the link of the case",
}

// list writes words as a sentence has them.
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
