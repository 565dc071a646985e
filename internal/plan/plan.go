// Package plan says what a change of the escalations will have announced,
// created and archived: which words go to which place, who is mentioned there,
// what is not announced and why, and what a person has to paste by hand. It is a
// pure function of two trees; apply does what it says.
//
// What it returns are notices, with text in blocks: who delivers one makes the
// words fit for the destination, and adds the mentions. Nothing in a text is
// one.
package plan

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/change"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// Plan is what will be told and done.
type Plan struct {
	// Notices are in the order of the escalations' ids, and of each in the order
	// in which they are to be delivered: a channel is there before somebody writes
	// in it, and is archived after the last word.
	Notices  []notice.Notice
	Quiet    []Quiet
	Unfilled []Unfilled
	Pastes   []Paste
	// Suggested are who else usually attends the standups that are to be set up, or
	// were (P19).
	Suggested []Suggestion
	// Escalations says what people call the escalations that the plan is about.
	Escalations map[schema.ID]Escalation
	// People are those whom the notices name.
	People schema.Directory
	// Announcement is the name of the channel of the announcements.
	Announcement schema.ChannelName
	// Unread are the escalations of which nothing can be said, because they cannot
	// be read, or what all notices rest on cannot, or because what was told of them is
	// not known, or was another escalation.
	Unread []schema.ID
	// Waits says of which escalations what is planned is not told yet, and why.
	Waits map[schema.ID]string
	// Corrected are the lines of the ledger that quote what was redacted, as they are
	// to stand there from now on: without their words, or in the words of today where
	// they are still to be delivered (P37).
	Corrected []notice.Notice
	// Refused are those that are told as they stand though lint refuses them: whoever
	// plans says which.
	Refused []schema.ID
}

// Route gives each notice to the destinations that take it, by what vias says of
// a place and of what is done there: one to each of them. What was told by one
// destination, that one alone can edit. What nobody takes stays, without a
// destination.
func (p *Plan) Route(vias func(notice.Place, notice.Do) []string) {
	var routed []notice.Notice
	for _, n := range p.Notices {
		takers := vias(n.To, n.Do)
		if n.Via != "" {
			takers = slices.DeleteFunc(takers, func(via string) bool { return via != n.Via })
		}
		if len(takers) == 0 {
			takers = []string{""}
		}
		for _, n.Via = range takers {
			routed = append(routed, n)
		}
	}
	p.Notices = routed
}

// Escalation is what people call an escalation by.
type Escalation struct {
	Customer schema.Text
	Channel  schema.ChannelName
	// Restricted reports that its channel is private (P17).
	Restricted bool
}

// Silent reports whether nobody hears of anything by it, and nobody has anything to do.
func (p Plan) Silent() bool {
	tells := slices.ContainsFunc(p.Notices, func(n notice.Notice) bool { return n.Do == notice.Tell })
	return !tells && len(p.Pastes)+len(p.Unread)+len(p.Waits)+len(p.Refused) == 0
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

// Suggestion is who usually attends the standup of an escalation and does not stand
// among its attendees (P19).
type Suggestion struct {
	Escalation schema.ID
	Attendees  []schema.Handle
}

// Paste is what a person has to copy to where this program does not reach: the
// case, and the CTA that comes with it (P16, P24, P33).
type Paste struct {
	Escalation schema.ID
	// Into is "case" or "cta".
	Into string
	Text notice.Text
}

// Told returns what the ledger has of an escalation: moments without a time of
// their own are numbered by it, and what was posted keeps what does not change.
type Told func(schema.ID) []notice.Notice

// Between returns what the change from base to head brings, if changed are the
// files that differ, in any order. Files that are in neither are left out. told
// is nil where there is no ledger to ask.
func Between(base, head *tree.Tree, changed []string, told Told) Plan {
	p := Plan{Escalations: map[schema.ID]Escalation{}, People: head.People, Announcement: head.Policy.Channels.Announcement}
	misread := head.Misread()
	dropped, named := related(base, head, changed)
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
		case after != nil && misread != "":
			p.Unread = append(p.Unread, after.ID)
			p.quiet(after.ID, misread+" cannot be read, and nothing is told of anything until it can: `escalate lint` says why")
		case after != nil && after.HeldBack():
			p.Unread = append(p.Unread, after.ID)
			p.quiet(after.ID, "its file cannot be read, and nothing is told of it until it can: `escalate lint` says why")
		case after != nil && held(before, after, told) != "":
			p.Hold(after.ID, held(before, after, told))
		case before != nil && before.Broken() && after != nil:
			p.quiet(after.ID, "the version before cannot be read, so it is not known what is new")
		case after != nil:
			e := newPlanner(head, after.ID, before, &after.Escalation, told)
			e.relate(dropped, named)
			p.add(e)
		case before != nil:
			p.quiet(before.ID, "its file is gone; an escalation is ended by a `closure`, and its file stays (P36)")
		}
	}
	if misread == "" {
		p.follow(head, changed, dropped, named, told)
	}
	slices.SortStableFunc(p.Notices, byEscalation)
	return p
}

func byEscalation(a, b notice.Notice) int {
	return strings.Compare(string(a.Escalation), string(b.Escalation))
}

// Hold says that nothing is told of an escalation, and why. Somebody has to do
// something about it first.
func (p *Plan) Hold(id schema.ID, why string) {
	p.Unread = append(p.Unread, id)
	p.quiet(id, why+"; until then nothing is told of it")
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
	p.Escalations[e.id] = Escalation{Customer: e.now.Customer, Channel: e.channel, Restricted: e.now.Visibility == schema.Restricted}
	p.Notices = append(p.Notices, e.notices...)
	p.Pastes = append(p.Pastes, e.pastes...)
	p.Corrected = append(p.Corrected, e.corrected...)
	if why := e.why(); why != "" {
		p.quiet(e.id, why)
	}
	if process.Open(e.now) {
		for _, r := range e.unfilled {
			p.Unfilled = append(p.Unfilled, Unfilled{e.id, r})
		}
		asked := slices.ContainsFunc(e.changes, func(c change.Change) bool { return c.Moment == notice.Opened || c.Moment == notice.Standup })
		if s := e.now.Standup; asked && (s == nil || s.None == "") {
			if guests := process.StandupGuests(e.people, e.policy, e.now); len(guests) > 0 {
				p.Suggested = append(p.Suggested, Suggestion{e.id, guests})
			}
		}
	}
}

// Issue returns what opens the tracking issue of an escalation as a version of
// its file has it. One that was adopted has none yet, and one that was deleted
// is opened anew.
func Issue(t *tree.Tree, e *tree.Escalation) []notice.Notice {
	p := newPlanner(t, e.ID, nil, &e.Escalation, nil)
	opened := p.changes[0]
	p.related = sorted(e.Related)
	p.openIssue(opened)
	p.dressIssue(opened)
	return p.notices
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
	// related are the escalations with which it stands in its texts, wasRelated those
	// before the change.
	related, wasRelated []schema.ID
	// day is when the commit was authored that is planned for, zero of files on disk; at
	// is the same or, of those, the latest that the file speaks of as past: it decides who
	// is there, and whether somebody stands in (P6).
	day, at time.Time
	// told is what the ledger has of the escalation.
	told []notice.Notice
	// hasLedger reports that told is known.
	hasLedger bool
	// keys are those of told; said are those that were not void, without an ordinal.
	keys, said map[string]bool

	notices   []notice.Notice
	pastes    []Paste
	corrected []notice.Notice
}

func newPlanner(t *tree.Tree, id schema.ID, before *tree.Escalation, now *schema.Escalation, told Told) *planner {
	at := t.Authored
	if at.IsZero() { // the files on disk are of no commit
		at = change.Latest(now)
	}
	e := &planner{id: id, now: now, people: t.People.On(at), policy: t.Policy, channel: process.Channel(id, now, t.Policy), day: t.Authored, at: at}
	if told != nil {
		e.told, e.hasLedger = told(id), true
	}
	e.keys, e.said = make(map[string]bool, len(e.told)), make(map[string]bool, len(e.told))
	for _, n := range e.told {
		e.keys[n.Key] = true
		if n.State != notice.Void {
			e.said[n.First()] = true
		}
	}
	if before != nil {
		e.was = readable(before, now)
	}
	e.changes = change.Between(e.was, now)
	e.informed, e.unfilled = process.Informed(e.people, t.Policy, now)
	return e
}

// readable is the version before, with the fields that could not be read as they
// are now: of those it is not known what changed. Updates are told rather twice
// than never.
func readable(before *tree.Escalation, now *schema.Escalation) *schema.Escalation {
	was := before.Escalation
	to, from := reflect.ValueOf(&was).Elem(), reflect.ValueOf(*now)
	for i := range to.NumField() {
		key, _, _ := strings.Cut(to.Type().Field(i).Tag.Get("yaml"), ",")
		if key != "updates" && slices.ContainsFunc(before.Faults, func(f shape.Fault) bool {
			return f.Illegible() && (f.Pointer == "/"+key || strings.HasPrefix(f.Pointer, "/"+key+"/"))
		}) {
			to.Field(i).Set(from.Field(i))
		}
	}
	return &was
}

// key is the identity of a moment. It holds no commit, so that a squash, a
// rebase or a force push does not change it. What was told, undone and made true
// again is another moment: its key ends in its ordinal.
func (e *planner) key(c change.Change) string {
	var at time.Time
	switch {
	case c.Moment == notice.Opened:
		return notice.Once(e.id, c.Moment)
	case c.Moment.Ends():
		at = c.After.Closure.At.Time
	case c.Moment == notice.Amended:
		at = c.After.Closure.Amended.At.Time
	case c.Update != nil:
		at = c.Update.At.Time
	}
	if at.IsZero() {
		last := 0 // the number of the last that was told
		for _, n := range e.told {
			if n.Moment == c.Moment {
				last = max(last, n.Number())
			}
		}
		return notice.Numbered(e.id, c.Moment, last+1)
	}
	key := notice.Timed(e.id, c.Moment, at)
	for n := 2; e.keys[key]; n++ {
		key = notice.Again(e.id, c.Moment, at, n)
	}
	return key
}

// cameBack reports whether a change is an update that vanished, and is there again:
// whoever was to read it has. A significant one must have been told as widely.
func (e *planner) cameBack(c change.Change) bool {
	quoting := []notice.Moment{notice.Significant, notice.Severity, notice.Reopened}
	switch c.Moment {
	case notice.Update:
		quoting = append(quoting, notice.Update, notice.DRI, notice.ProductDRI)
	case notice.Significant:
	default:
		return false
	}
	return slices.ContainsFunc(quoting, func(m notice.Moment) bool { return e.said[notice.Timed(e.id, m, c.Update.At.Time)] })
}

// why says why nothing of it goes to the wide channel; empty where something
// does.
func (e *planner) why() string {
	if slices.ContainsFunc(e.notices, func(n notice.Notice) bool { return n.Tells() && n.To == notice.Announcement }) {
		return ""
	}
	var told, edited []string
	redacted, back := false, false
	for _, c := range e.changes {
		word := cmp.Or(momentWords[c.Moment], string(c.Moment))
		switch {
		case e.cameBack(c):
			back = true
		case c.Moment == notice.Redacted:
			redacted = true
		case c.Field == "related" && c.Before == c.After:
			return "another escalation names it as related or does no more: its declaration and its tracking issue say so"
		case c.Moment == notice.Edited:
			edited = append(edited, "`"+c.Field+"`")
		case !slices.Contains(told, word):
			told = append(told, word)
		}
	}
	switch {
	case redacted:
		return "an update was redacted: what was posted of it is edited (P37)"
	case back && len(told)+len(edited) == 0:
		return "an update is there again that was told before"
	case len(told) == 0:
		return words.And(edited) + " changed, which nobody is told of"
	case !process.Open(e.now):
		return fmt.Sprintf("only the tracking issue hears of %s (P22)", words.And(told))
	}
	return fmt.Sprintf("only #%s and the tracking issue hear of %s (P22)", e.channel, words.And(told))
}

// Reminders is a plan of reminders alone, about escalations of a tree. While the
// policy is paused they wait.
func Reminders(t *tree.Tree, notices []notice.Notice) Plan {
	p := Plan{Notices: notices, Escalations: map[schema.ID]Escalation{}, Announcement: t.Policy.Channels.Announcement}
	for _, n := range notices {
		if _, known := p.Escalations[n.Escalation]; !known {
			e := t.Load(tree.Path(n.Escalation))
			p.Escalations[n.Escalation] = Escalation{Customer: e.Customer, Channel: process.Channel(e.ID, &e.Escalation, t.Policy)}
		}
	}
	if t.Policy.Paused {
		p.wait(p.waits(t.Policy, false))
	}
	return p
}

// momentWords name what is told in the escalation's own channel only.
var momentWords = map[notice.Moment]string{
	notice.Update:     "an ordinary update",
	notice.DRI:        "a new DRI",
	notice.ProductDRI: "a change of the Product DRI",
	notice.Criteria:   "the exit criteria",
	notice.Steps:      "the next steps",
	notice.Standup:    "the standup",
	notice.Case:       "the link of the case",
	notice.Support:    "Support",
	notice.Account:    "the account",
	notice.Facts:      "rewritten facts",
	notice.RCA:        "the root cause analysis",
	notice.Amended:    "a corrected closure",
}
