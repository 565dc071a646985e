package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/change"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/schema"
)

// plan goes through the table of moments and places of the process (P18, P21 to
// P24, P33).
func (e *planner) plan() {
	for _, c := range e.changes {
		e.moment(c)
	}
	e.common()
	e.paste()
}

// moment plans what one change brings.
func (e *planner) moment(c change.Change) {
	dris := process.DRIs(e.now)
	// Whom a change of the whole situation concerns (P5, P21).
	concerned := process.Each(slices.Concat(dris, process.Managers(e.people, e.now), e.now.FYI))
	switch c.Moment {
	case change.Opened:
		e.do(c, CreateChannel, Channel, nil, string(e.channel)) // first: the declaration links to it
		e.announce(c, concerned, e.declaration(), "New Escalation")
		e.newChannel(c)
		e.tell(c, Channel, dris, e.welcome())
		e.do(c, Pin, Channel, nil, "the opening message")
		e.do(c, OpenIssue, Tracking, dris, e.titled())
		e.tell(c, Tracking, dris, e.issue())
		e.do(c, Label, Tracking, nil, label(e.now.Severity))
		e.do(c, Assign, Tracking, process.Each([]schema.Handle{e.now.DRI}), "")
	case change.Reopened:
		text := e.headed("Escalation reopened", c)
		e.do(c, CreateChannel, Channel, nil, string(e.channel))
		e.announce(c, concerned, text, "Escalation reopened")
		e.newChannel(c)
		e.tell(c, Channel, dris, text)
		e.do(c, ReopenIssue, Tracking, nil, "")
		e.tell(c, Tracking, dris, text)
	case change.Severity:
		title := fmt.Sprintf("Severity %s from %s to %s", raised(c.Before.Severity, c.After.Severity), c.Before.Severity, c.After.Severity)
		text := e.headed(title, c) + e.informs()
		e.announce(c, concerned, text, title)
		e.tell(c, Channel, dris, text)
		e.tell(c, Tracking, dris, text)
		e.do(c, Label, Tracking, nil, label(e.now.Severity))
	case change.Significant:
		text := e.headed("Significant change", c)
		e.announce(c, dris, text, "Significant change") // and in both channels all DRIs are pinged (P23)
		e.tell(c, Channel, dris, text)
		e.tell(c, Tracking, nil, text)
	case change.Update:
		text := e.update(c.Update)
		e.tell(c, Channel, nil, text)
		e.tell(c, Tracking, nil, text)
	case change.DRI:
		e.line(c, []schema.Handle{e.now.DRI}, fmt.Sprintf("%s takes over from %s as DRI.", e.name(c.After.DRI), e.name(c.Before.DRI))+e.quote(c))
		e.do(c, Assign, Tracking, process.Each([]schema.Handle{e.now.DRI}), "")
	case change.ProductDRI:
		e.line(c, []schema.Handle{e.now.Product.DRI}, e.productDRI(c))
	case change.Criteria:
		e.line(c, nil, criteria(c.Before.ExitCriteria, c.After.ExitCriteria))
	case change.Steps:
		e.line(c, nil, e.steps(c.Before.NextSteps, c.After.NextSteps))
	case change.Standup:
		e.line(c, nil, e.standup())
	case change.Case:
		e.line(c, nil, fmt.Sprintf("The case is %s.", e.now.Links.Case))
		if e.now.Visibility != schema.Restricted { // its declaration has no link
			e.do(c, Edit, Announcement, nil, e.declaration())
		}
		e.do(c, Bookmark, Channel, nil, e.caseLink())
	case change.Deescalated, change.Closed:
		text := e.closure() // the same words everywhere (P33)
		e.announce(c, dris, text, closed(e.now.Closure))
		e.tell(c, Channel, dris, text)
		e.do(c, Archive, Channel, nil, "")
		e.tell(c, Tracking, dris, text)
		e.do(c, CloseIssue, Tracking, nil, "")
	}
}

// common plans what several changes bring once: the topic, the invitations and
// the text of the issue follow the file.
func (e *planner) common() {
	if e.was == nil || len(e.changes) == 0 {
		return
	}
	c := e.changes[0]
	was := *e
	was.now, was.channel = e.was, process.Channel(e.id, e.was, e.policy)
	if process.Open(e.now) { // an archived channel takes nothing
		e.channelFollows(c, was)
	}
	if was.titled() != e.titled() {
		e.do(c, Edit, Tracking, process.DRIs(e.now), e.titled())
	}
}

// channelFollows plans what the escalation's channel needs to agree with the file
// again.
func (e *planner) channelFollows(c change.Change, was planner) {
	set := slices.ContainsFunc(e.actions, func(a Action) bool { return a.Do == CreateChannel })
	if was.channel != e.channel && !set { // another channel is a new one
		e.do(c, CreateChannel, Channel, nil, string(e.channel))
		e.newChannel(c)
		set = true
	}
	if set {
		return
	}
	if was.topic() != e.topic() {
		e.do(c, Topic, Channel, nil, e.topic())
	}
	had := process.Stakeholders(e.was)
	come := slices.DeleteFunc(e.there(process.Stakeholders(e.now)), func(h schema.Handle) bool { return slices.Contains(had, h) })
	if len(come) > 0 {
		e.do(c, Invite, Channel, come, "")
	}
}

// newChannel plans what a new channel gets before something is said in it (P18).
func (e *planner) newChannel(c change.Change) {
	e.do(c, Topic, Channel, nil, e.topic())
	e.do(c, Invite, Channel, process.Stakeholders(e.now), "")
	if link := e.caseLink(); link != "" {
		e.do(c, Bookmark, Channel, nil, link)
	}
}

// announce adds a notice for the wide channel. A restricted escalation says no
// more there than its id, its severity and its DRI (P17).
func (e *planner) announce(c change.Change, mentions []schema.Handle, text, title string) {
	if e.now.Visibility == schema.Restricted {
		mentions = process.Each([]schema.Handle{e.now.DRI})
		text = fmt.Sprintf("%s: %s (restricted)\nSeverity: %s\nDRI: %s", title, e.id, level(e.now.Severity), e.name(e.now.DRI))
	}
	e.tell(c, Announcement, mentions, text)
}

// line adds a notice of one line, for all places but the wide channel.
func (e *planner) line(c change.Change, mentions []schema.Handle, text string) {
	e.tell(c, Channel, mentions, text)
	e.tell(c, Tracking, mentions, text)
}

func (e *planner) tell(c change.Change, to Place, mentions []schema.Handle, text string) {
	mentions = e.there(mentions)
	e.order = append(e.order, order{at: len(e.notices)})
	e.notices = append(e.notices, Notice{
		Key: e.key(c), Escalation: e.id, Moment: c.Moment, To: to, Mentions: mentions, Text: strings.TrimRight(text, "\n"),
	})
}

// there are the people whom the directory knows, and who have not left.
func (e *planner) there(list []schema.Handle) []schema.Handle {
	return slices.DeleteFunc(process.Each(list), func(h schema.Handle) bool {
		p, known := e.people.People[h]
		return !known || !p.Left.IsZero()
	})
}

func (e *planner) do(c change.Change, what Doing, to Place, people []schema.Handle, text string) {
	people = e.there(people)
	e.order = append(e.order, order{action: true, at: len(e.actions)})
	e.actions = append(e.actions, Action{Key: e.key(c), Escalation: e.id, Do: what, To: to, People: people, Text: text})
}

// paste plans what a person has to copy by hand: the case has fields of its own,
// and its CTA takes every update and the closure.
func (e *planner) paste() {
	if !process.NeedsCase(e.now) {
		return
	}
	var updates []string
	for _, u := range change.Added(e.was, e.now) {
		updates = append(updates, e.update(u))
	}
	fields := false
	for _, c := range e.changes {
		switch c.Moment {
		case change.Opened, change.Severity, change.DRI, change.ProductDRI, change.Criteria, change.Standup:
			fields = true
		case change.Edited:
			fields = fields || c.Field == "channel" || c.Field == "links"
		case change.Closed, change.Deescalated:
			updates = append(updates, e.closure())
		}
	}
	if fields {
		e.pastes = append(e.pastes, Paste{e.id, "case", e.caseFields()})
	}
	if len(updates) > 0 {
		e.pastes = append(e.pastes, Paste{e.id, "cta", strings.Join(updates, "\n\n")})
	}
}
