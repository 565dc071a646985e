package plan

import (
	"reflect"
	"slices"

	"github.com/escalations-as-code/escalate/internal/change"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// plan goes through the table of moments and places of the process (P18, P21 to
// P24, P33).
func (e *planner) plan() {
	for _, c := range e.changes {
		if !e.cameBack(c) {
			e.moment(c)
		}
	}
	e.common()
	e.paste()
}

// moment plans what one change brings.
func (e *planner) moment(c change.Change) {
	dris := e.dris()
	// Whom a change of the whole situation concerns (P5, P21); who is informed of
	// something critical is pinged once.
	concerned := process.Each(slices.Concat(dris, process.Managers(e.people, e.now), e.now.FYI))
	if e.now.Severity == schema.Critical && (c.Moment == notice.Opened || c.Moment == notice.Severity) {
		concerned = process.Each(append(concerned, e.informed...))
	}
	switch c.Moment {
	case notice.Opened:
		// The places first: what is told links to them.
		e.do(c, notice.CreateChannel, notice.Channel, nil, notice.Value(string(e.channel)))
		e.openIssue(c)
		e.announce(c, concerned, e.declaration())
		e.newChannel(c)
		e.tell(c, notice.Channel, dris, e.welcome())
		e.do(c, notice.Pin, notice.Channel, nil, notice.Value("the opening message"))
		e.tell(c, notice.Tracking, dris, e.titled().Body())
		e.dressIssue(c)
	case notice.Reopened:
		text := e.headed(c)
		e.do(c, notice.CreateChannel, notice.Channel, nil, notice.Value(string(e.channel)))
		e.announce(c, concerned, text)
		e.newChannel(c)
		e.tell(c, notice.Channel, dris, text)
		e.do(c, notice.ReopenIssue, notice.Tracking, nil, nil)
		e.tell(c, notice.Tracking, dris, text)
	case notice.Severity:
		text := e.headed(c, e.changesBy(c)...)
		e.announce(c, concerned, text)
		e.tell(c, notice.Channel, dris, text)
		e.tell(c, notice.Tracking, dris, text)
		e.label(c)
	case notice.Significant:
		text := e.headed(c)
		e.announce(c, dris, text) // and in both channels all DRIs are pinged (P23)
		e.tell(c, notice.Channel, dris, text)
		e.tell(c, notice.Tracking, nil, text)
	case notice.Update:
		text := e.linked(notice.Text{e.update(c.Update)})
		e.tell(c, notice.Channel, nil, text)
		e.tell(c, notice.Tracking, nil, text)
	case notice.DRI:
		e.line(c, e.handedOver(c.Before.DRI, e.now.DRI, process.StandIn(e.now, e.at)), e.handover(c, e.newDRI(c)))
		if c.Field != "cover" {
			e.do(c, notice.Assign, notice.Tracking, process.Each([]schema.Handle{e.now.DRI}), nil)
		}
	case notice.ProductDRI:
		people := e.handedOver(process.ProductDRI(c.Before), process.ProductDRI(e.now))
		if e.now.Product.DRI == schema.PendingPerson {
			people = append(people, e.productLeaders()...)
		}
		e.line(c, people, e.handover(c, e.newProductDRI(c)))
	case notice.Criteria:
		e.line(c, nil, notice.Text{criteria(c.Before.ExitCriteria, c.After.ExitCriteria)})
	case notice.Steps:
		e.line(c, nil, notice.Text{e.steps(c.Before.NextSteps, c.After.NextSteps)})
	case notice.Standup:
		e.line(c, nil, notice.Text{notice.Paragraph(e.standup()...)})
	case notice.Case:
		e.line(c, nil, notice.Text{notice.Paragraph(notice.Inline{Words: "The case is "}, notice.Inline{Link: string(e.now.Links.Case)}, notice.Inline{Words: "."})})
		e.do(c, notice.Bookmark, notice.Channel, nil, notice.Value(e.caseLink()))
	case notice.Support:
		var dri []schema.Handle
		if s := e.now.Support; s != nil {
			dri = []schema.Handle{s.DRI}
		}
		e.line(c, dri, notice.Text{e.supported(c)})
	case notice.Account:
		text, newly := e.account(c)
		e.line(c, newly, notice.Text{text})
	case notice.Facts:
		if first := slices.IndexFunc(e.changes, func(x change.Change) bool { return x.Moment == notice.Facts }); e.changes[first].Field == c.Field {
			e.line(c, nil, notice.Text{e.facts()})
		}
	case notice.RCA:
		text, who := e.linked(notice.Text{e.analysis(c)}), []schema.Handle{e.now.DRI, process.StandIn(e.now, e.at)}
		if process.Open(e.now) {
			e.tell(c, notice.Channel, who, text)
		}
		e.tell(c, notice.Tracking, who, text)
	case notice.Redacted:
		e.redact(c)
	case notice.Amended:
		e.tell(c, notice.Tracking, nil, e.linked(append(notice.Text{e.amended()}, e.closure()...)))
	case notice.Withdrawn:
		text := e.linked(notice.Text{e.withdrawn()})
		e.announce(c, dris, text)
		e.tell(c, notice.Channel, dris, text)
		e.do(c, notice.Archive, notice.Channel, nil, nil)
		e.tell(c, notice.Tracking, dris, text)
		e.do(c, notice.CloseIssue, notice.Tracking, nil, nil)
	case notice.Deescalated, notice.Closed:
		text := e.linked(e.closure()) // the same words everywhere (P33)
		e.announce(c, dris, text)
		e.tell(c, notice.Channel, dris, text)
		e.do(c, notice.Archive, notice.Channel, nil, nil)
		e.tell(c, notice.Tracking, dris, text)
		e.do(c, notice.CloseIssue, notice.Tracking, nil, nil)
	}
}

// dris are those who are pinged as the DRIs: the DRI and whoever stands in, the
// Product DRI or, while one is being assigned, the product leadership, and the
// Support DRI (P6, P9, P23).
func (e *planner) dris() []schema.Handle {
	list := process.DRIs(e.now)
	if e.now.Product.DRI == schema.PendingPerson {
		list = append(list, e.productLeaders()...)
	}
	return process.Each(append(list, process.StandIn(e.now, e.at)))
}

// productLeaders are the product leadership, who assign a Product DRI (P9).
func (e *planner) productLeaders() []schema.Handle {
	return slices.Concat(process.Holders(e.people, e.policy, schema.RoleProductLeadership, e.now.Account.Region),
		process.Holders(e.people, e.policy, schema.RoleVPProduct, e.now.Account.Region))
}

// stakeholders are who belongs into the channel: also the product leadership, while
// it is asked there to assign a Product DRI (P9, P18).
func (e *planner) stakeholders() []schema.Handle {
	list := process.Stakeholders(e.now, e.at)
	if e.now.Product.DRI == schema.PendingPerson {
		list = append(list, e.productLeaders()...)
	}
	return process.Each(list)
}

// handedOver are whom a handover is for: who leaves, who takes over, and the
// manager of each.
func (e *planner) handedOver(people ...schema.Handle) []schema.Handle {
	for _, h := range process.Each(people) {
		people = append(people, e.people.People[h].Manager)
	}
	return process.Each(people)
}

// openIssue plans the tracking issue itself.
func (e *planner) openIssue(c change.Change) {
	e.do(c, notice.OpenIssue, notice.Tracking, e.dris(), e.titled())
}

// dressIssue plans what a new tracking issue gets beside its text.
func (e *planner) dressIssue(c change.Change) {
	e.label(c)
	if dri := process.Each([]schema.Handle{e.now.DRI}); len(dri) > 0 {
		e.do(c, notice.Assign, notice.Tracking, dri, nil)
	}
}

// label plans the label of the severity, if the file says which.
func (e *planner) label(c change.Change) {
	if e.now.Severity != "" {
		e.do(c, notice.Label, notice.Tracking, nil, notice.Value(label(e.now.Severity)))
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
	was.now, was.related, was.channel = e.was, e.wasRelated, process.Channel(e.id, e.was, e.policy)
	was.informed, was.unfilled = process.Informed(e.people, e.policy, e.was)
	if process.Open(e.now) { // an archived channel takes nothing
		e.declarationFollows(c, was)
		e.channelFollows(c, was)
	}
	if issue := e.titled(); !reflect.DeepEqual(was.titled(), issue) {
		e.do(c, notice.Edit, notice.Tracking, e.dris(), issue)
	}
}

// declarationFollows plans that the declaration says what the file says of what it
// quotes. Severity, status and who was informed stay as they were declared: what
// became of those is told.
func (e *planner) declarationFollows(c change.Change, was planner) {
	if e.now.Visibility == schema.Restricted { // its declaration quotes nothing
		return
	}
	of := func(p *planner) any {
		n := p.now
		return []any{n.Customer, n.Summary, words.Paragraph(n.Description), p.channel, n.Links.Case, n.Links.MeetingNotes,
			p.productState(), p.supportState(), n.Account.CSE, p.related}
	}
	if !reflect.DeepEqual(of(&was), of(e)) {
		e.do(c, notice.Edit, notice.Announcement, nil, e.declared(was))
	}
}

// channelFollows plans what the escalation's channel needs to agree with the file
// again.
func (e *planner) channelFollows(c change.Change, was planner) {
	set := slices.ContainsFunc(e.notices, func(n notice.Notice) bool { return n.Do == notice.CreateChannel })
	if was.channel != e.channel && !set { // another channel is a new one
		e.do(c, notice.CreateChannel, notice.Channel, nil, notice.Value(string(e.channel)))
		e.newChannel(c)
		set = true
	}
	if set {
		return
	}
	if welcome := e.welcome(); !reflect.DeepEqual(was.welcome(), welcome) {
		e.do(c, notice.Edit, notice.Channel, nil, welcome)
	}
	if was.topic() != e.topic() {
		e.do(c, notice.Topic, notice.Channel, nil, notice.Value(e.topic()))
	}
	had, want := was.stakeholders(), e.stakeholders()
	for _, n := range e.notices { // who is newly concerned has to be there to hear of it
		if n.Moment == notice.Account && n.To == notice.Channel {
			want = append(want, n.Mentions...)
		}
	}
	come := slices.DeleteFunc(e.there(want), func(h schema.Handle) bool { return slices.Contains(had, h) })
	if len(come) > 0 {
		e.do(c, notice.Invite, notice.Channel, come, nil)
	}
}

// newChannel plans what a new channel gets before something is said in it (P18).
func (e *planner) newChannel(c change.Change) {
	e.do(c, notice.Topic, notice.Channel, nil, notice.Value(e.topic()))
	e.do(c, notice.Invite, notice.Channel, e.stakeholders(), nil)
	if link := e.caseLink(); link != "" {
		e.do(c, notice.Bookmark, notice.Channel, nil, notice.Value(link))
	}
}

// announce adds a notice for the wide channel. A restricted escalation says no
// more there than its id, its severity, its DRI and who else is concerned (P17).
func (e *planner) announce(c change.Change, mentions []schema.Handle, text notice.Text) {
	if e.now.Visibility == schema.Restricted {
		text = e.withheld(c, mentions)
	}
	e.tell(c, notice.Announcement, mentions, text)
}

// line adds a short notice, for all places but the wide channel.
func (e *planner) line(c change.Change, mentions []schema.Handle, text notice.Text) {
	text = e.linked(text)
	e.tell(c, notice.Channel, mentions, text)
	e.tell(c, notice.Tracking, mentions, text)
}

func (e *planner) tell(c change.Change, to notice.Place, mentions []schema.Handle, text notice.Text) {
	if to == notice.Channel && e.archived() {
		return
	}
	e.do(c, notice.Tell, to, mentions, text)
}

// archived reports whether the channel was archived before, and stays so: what
// changes of an escalation that is closed can be told in the other places alone.
func (e *planner) archived() bool {
	return e.was != nil && !process.Open(e.was) && !process.Open(e.now) &&
		!slices.ContainsFunc(e.changes, func(c change.Change) bool { return c.Moment == notice.Reopened })
}

// there are the people whom the directory knows, and who have not left.
func (e *planner) there(list []schema.Handle) []schema.Handle {
	return slices.DeleteFunc(process.Each(list), func(h schema.Handle) bool {
		p, known := e.people.People[h]
		return !known || !p.Left.IsZero()
	})
}

func (e *planner) do(c change.Change, what notice.Do, to notice.Place, people []schema.Handle, text notice.Text) {
	e.notices = append(e.notices, notice.Notice{
		Escalation: e.id, Key: e.key(c), Moment: c.Moment, Do: what, To: to, Mentions: e.there(people), Text: text,
	})
}

// closureTemplate is what the CRM calls what a closure is written into (P33).
const closureTemplate = "At-Risk/Escalation - Closure"

// paste plans what a person has to copy by hand: the case has fields of its own,
// and its CTA takes every update and the closure.
func (e *planner) paste() {
	if !process.NeedsCase(e.now) {
		return
	}
	var updates notice.Text
	for _, u := range change.Added(e.was, e.now) {
		if !e.cameBack(change.Change{Moment: notice.Update, Update: u}) {
			updates = append(updates, e.update(u))
		}
	}
	var closed notice.Text
	fields := false // whether the case has another value of one
	for _, c := range e.changes {
		switch c.Moment {
		case notice.Opened, notice.Severity, notice.DRI, notice.ProductDRI, notice.Support, notice.Account, notice.Criteria, notice.Standup, notice.Case:
			fields = true
		case notice.Facts:
			fields = fields || c.Field == "links"
		case notice.Edited:
			fields = fields || c.Field == "channel"
		case notice.Redacted:
			updates = append(updates, notice.Paragraph(plain("In the place of what was pasted of the update of "+when(c.Update.At.Time)+":")), e.update(c.Update))
		case notice.Closed, notice.Deescalated, notice.Amended:
			closed = append(notice.Text{notice.Title(plain(closureTemplate))}, e.closure().Body()...)
			closed = append(closed, notice.Paragraph(plain("Set the CSM sentiment in the CRM, too: "), plain(orMissing(words.Line(string(e.now.Closure.Sentiment)))), plain(".")))
		}
	}
	if fields {
		e.pastes = append(e.pastes, Paste{e.id, "case", e.caseFields()})
	}
	for _, text := range []notice.Text{updates, closed} {
		if len(text) > 0 {
			e.pastes = append(e.pastes, Paste{e.id, "cta", text})
		}
	}
}
