package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/change"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// heading is what a moment of the whole situation is called.
func heading(c change.Change) string {
	switch c.Moment {
	case notice.Opened:
		return "New Escalation"
	case notice.Reopened:
		return "Escalation reopened"
	case notice.Severity:
		return fmt.Sprintf("Severity %s from %s to %s", raised(c.Before.Severity, c.After.Severity), orMissing(c.Before.Severity), orMissing(c.After.Severity))
	case notice.Deescalated:
		return "Escalation de-escalated to standard business" // P34
	case notice.Closed:
		return "Escalation closed"
	case notice.Withdrawn:
		return "Escalation withdrawn"
	default:
		return "Significant change"
	}
}

// declaration is the message that declares an escalation, with the labels of
// P21 in their order. Each value is one line: what somebody wrote cannot look
// like another label.
func (e *planner) declaration() notice.Text {
	text := notice.Text{notice.Title(plain("New Escalation")), e.labels("Opened"), notice.Paragraph(e.responsible()...)}
	text = append(text, e.lead()...)
	if len(e.unfilled) > 0 {
		text = append(text, notice.Paragraph(plain("To be informed, but held by nobody: "+e.vacant()+".")))
	}
	if len(e.related) > 0 {
		text = append(text, notice.Paragraph(append(notice.Words(relatedWords), e.others()...)...))
	}
	return e.linked(text)
}

// vacant names the roles that nobody holds.
func (e *planner) vacant() string { return words.Join(e.unfilled, ", ") }

// declared is the declaration as it is edited: what it said of severity, status
// and who was informed, it says still.
func (e *planner) declared(was planner) notice.Text {
	text := e.declaration()
	posted := was.labels("Opened").Fields
	for _, n := range slices.Backward(e.told) {
		if n.To == notice.Announcement && n.Moment == notice.Opened && n.Tells() {
			if i := slices.IndexFunc(n.Text, func(b notice.Block) bool { return len(b.Fields) > 0 }); i >= 0 {
				posted = n.Text[i].Fields
			}
			break
		}
	}
	for _, f := range posted {
		for i := range text[1].Fields {
			if now := &text[1].Fields[i]; now.Label == f.Label && (f.Label == "Severity" || f.Label == "Status" || f.Label == "FYI") {
				now.Value = f.Value
			}
		}
	}
	return text
}

// withheld is all that the wide channel hears of a restricted escalation (P17):
// its id, its severity, its DRI, and who is named and pinged.
func (e *planner) withheld(c change.Change, pinged []schema.Handle) notice.Text {
	named := pinged
	if c.Moment == notice.Opened || c.Moment == notice.Severity {
		named = append(slices.Clone(pinged), e.informed...)
	}
	if c.Moment == notice.Severity { // whoever is no longer informed, hears it once more (P5)
		had, _ := process.Informed(e.people, e.policy, c.Before)
		named = append(named, had...)
	}
	named = slices.DeleteFunc(process.Each(named), func(h schema.Handle) bool { return h == e.now.DRI })
	fields := []notice.Field{
		{Label: "Severity", Value: notice.Words(level(e.now.Severity))},
		{Label: "DRI", Value: e.person(e.now.DRI)},
	}
	if len(named) > 0 {
		fields = append(fields, notice.Field{Label: "FYI", Value: e.persons(named)})
	}
	return notice.Text{notice.Title(plain(fmt.Sprintf("%s: %s (restricted)", heading(c), e.id))), {Fields: fields}}
}

// labels are the ten labels of P21.
func (e *planner) labels(status string) notice.Block {
	n := e.now
	return notice.Block{Fields: []notice.Field{
		{Label: "Customer", Value: line(string(n.Customer))},
		{Label: "Slack Channel", Value: e.channelLink()},
		{Label: "Meeting Notes", Value: address(string(n.Links.MeetingNotes))},
		{Label: "SFDC Escalation case URL", Value: e.caseState()},
		{Label: "Severity", Value: notice.Words(level(n.Severity))},
		{Label: "Status", Value: notice.Words(status)},
		{Label: "Product DRI", Value: e.productState()},
		{Label: "Support DRI", Value: e.supportState()},
		{Label: "Description", Value: line(joined(string(n.Summary), words.Paragraph(n.Description)))},
		{Label: "FYI", Value: e.fyi()},
	}}
}

// linked is a text with the line of links that every notice ends in: to the
// file, the tracking issue, the channel and the case.
func (e *planner) linked(text notice.Text) notice.Text {
	links := []notice.Inline{
		{Words: tree.Path(e.id), Place: notice.AtFile},
		{Words: "tracking issue", Place: notice.AtTracking},
		e.channelLink()[0],
	}
	if link := e.caseLink(); link != "" {
		links = append(links, notice.Inline{Words: "case", Link: link})
	}
	return append(slices.Clip(text), notice.Block{Links: links})
}

func (e *planner) channelLink() notice.Line {
	return notice.Line{{Words: "#" + string(e.channel), Place: notice.AtChannel}}
}

// responsible says who the DRI is and why.
func (e *planner) responsible() notice.Line {
	if e.now.DRI == "" {
		return notice.Words("The DRI is " + missing + ".")
	}
	want, clause := process.DRI(e.now.Account)
	text := append(e.person(e.now.DRI), plain(" is the DRI."))
	if want == e.now.DRI {
		text = append(e.person(e.now.DRI), plain(fmt.Sprintf(", %s, is the DRI.", clause.Who())))
	}
	if h := process.StandIn(e.now, e.at); h != "" {
		text = slices.Concat(text, notice.Words(" "), e.person(h), notice.Words(" stands in until "+day(e.now.Cover.Until)+"."))
	}
	return text
}

// lead says who leads technically, where that is a CSE (P6, P29).
func (e *planner) lead() notice.Text {
	switch e.now.Account.CSE {
	case "":
		return nil
	case schema.PendingPerson:
		return notice.Text{notice.Paragraph(plain("The CSE, who will be the lead technical collaborator, is to be assigned."))}
	}
	return notice.Text{notice.Paragraph(append(e.person(e.now.Account.CSE), plain(", the account's CSE, is the lead technical collaborator."))...)}
}

// caseNote says what the case has to be (P16).
func (e *planner) caseNote() notice.Line {
	owner := notice.Words("nobody yet")
	if owners := process.CaseOwner(e.people, e.policy, e.now); len(owners) > 0 {
		owner = e.persons(owners)
	}
	if e.now.Account.CSM == "" && e.now.Account.CSE == schema.PendingPerson {
		owner = append(owner, plain(", who assigns a CSE"))
	}
	text := append(notice.Line{plain(fmt.Sprintf("The case is of type %q, opened at the next open renewal and owned by ", process.CaseType))}, owner...)
	return append(text, plain("; its fields to fill in are the channel, the collaboration project, the meeting notes and the exit criteria."))
}

func (e *planner) caseState() notice.Line {
	switch c := e.now.Links.Case; {
	case c == schema.Pending:
		return line(string(c))
	case c != "":
		return address(string(c))
	case !process.NeedsCase(e.now):
		return append(notice.Words("none: it is about a services project, "), address(string(e.now.Account.ServicesProject.URL))...)
	default:
		return notice.Words(missing)
	}
}

// caseLink is the link of the case, empty where there is none yet.
func (e *planner) caseLink() string {
	if c := e.now.Links.Case; c != schema.Pending {
		return string(c)
	}
	return ""
}

func (e *planner) productState() notice.Line {
	p := e.now.Product
	switch {
	case p.DRI == schema.PendingPerson:
		return notice.Words("to be assigned")
	case p.DRI != "":
		return e.person(p.DRI)
	case p.Related != nil && !*p.Related && p.Reason != "":
		return line("none: not product related (" + string(p.Reason) + ")")
	case p.Related != nil && !*p.Related:
		return notice.Words("none: not product related")
	default:
		return notice.Words("none")
	}
}

// supportState says who is there for Support (P13). Where the file says nothing
// of it, nobody is named, which is not to say that it is not needed.
func (e *planner) supportState() notice.Line {
	s := e.now.Support
	switch {
	case s == nil:
		return notice.Words("none named")
	case !s.Needed:
		return notice.Words("none: Support is not needed")
	}
	return e.supportNamed(notice.Line{{Words: "@" + string(e.policy.Channels.Support), Group: notice.OnCall}})
}

// supportNamed is who supports, whom that calls, and the tickets.
func (e *planner) supportNamed(calls notice.Line) notice.Line {
	s := e.now.Support
	var parts []notice.Line
	if s.DRI != "" {
		parts = append(parts, e.person(s.DRI))
	}
	if len(calls) > 0 {
		parts = append(parts, calls)
	}
	var state notice.Line
	for i, part := range parts {
		if i > 0 {
			state = append(state, plain(", "))
		}
		state = append(state, part...)
	}
	for i, t := range s.Tickets {
		before := " "
		switch {
		case i == 0 && len(state) > 0:
			before = "; tickets: "
		case i == 0:
			before = "tickets: "
		}
		state = append(append(state, plain(before)), address(string(t))...)
	}
	return state
}

// fyi names whoever is informed, each with a role: the managers, those who were
// added, and the roles of the severity (P5, P21).
func (e *planner) fyi() notice.Line {
	list := process.Each(slices.Concat(process.Managers(e.people, e.now), e.now.FYI, e.informed))
	if len(list) == 0 {
		return notice.Words("nobody")
	}
	return e.withRoles(list)
}

// withRoles are people by name, each with the role for which they are told.
func (e *planner) withRoles(list []schema.Handle) notice.Line {
	var text notice.Line
	for i, h := range list {
		if i > 0 {
			text = append(text, plain(", "))
		}
		text = append(text, e.person(h)...)
		if role := e.roleOf(h); role != "" {
			text = append(text, plain(" ("+role+")"))
		}
	}
	return text
}

// roleOf is the role for which somebody is told: the one that the severity
// informs; else that of a manager of the DRI or the opener; else the first one of
// the directory.
func (e *planner) roleOf(h schema.Handle) string {
	p := e.people.People[h]
	for _, r := range e.policy.Severities.Of(e.now.Severity).Informs {
		if slices.Contains(p.Roles, r) && slices.Contains(e.informed, h) {
			return spelt(r)
		}
	}
	switch {
	case h == e.people.People[e.now.DRI].Manager:
		return "manager of " + e.name(e.now.DRI)
	case h == e.people.People[e.now.Opened.By].Manager:
		return "manager of " + e.name(e.now.Opened.By)
	case len(p.Roles) > 0:
		return spelt(p.Roles[0])
	}
	return ""
}

// spelt is a role as people write it: CSM leader, VP product.
func spelt(r schema.Role) string {
	parts := strings.Split(string(r), "_")
	for i, p := range parts {
		if slices.Contains([]string{"csm", "cse", "cro", "ceo", "vp"}, p) {
			parts[i] = strings.ToUpper(p)
		}
	}
	return strings.Join(parts, " ")
}

// changesBy says what changes by another severity: how often whom is told, who of
// Product is asked for, who is informed now and, of one that was lowered, who was
// until now (P5, P10, P25, P26).
func (e *planner) changesBy(c change.Change) []notice.Block {
	policy := e.policy.Severities.Of(e.now.Severity)
	fields := []notice.Field{
		{Label: "The channel hears", Value: notice.Words(cadence(policy.Channel))},
		{Label: "The customer hears", Value: notice.Words(cadence(policy.Customer))},
	}
	if e.now.Product.Related != nil && *e.now.Product.Related && len(policy.ProductDRI) > 0 {
		var roles []string
		for _, r := range policy.ProductDRI {
			roles = append(roles, spelt(r))
		}
		fields = append(fields, notice.Field{Label: "Product DRI asked for", Value: notice.Words(strings.Join(roles, " or "))})
	}
	had, _ := process.Informed(e.people, e.policy, c.Before)
	without := func(list, others []schema.Handle) []schema.Handle {
		return slices.DeleteFunc(slices.Clone(list), func(h schema.Handle) bool { return slices.Contains(others, h) })
	}
	informed := notice.Words("nobody")
	if len(e.informed) > 0 {
		informed = e.withRoles(e.informed)
	}
	if len(e.unfilled) > 0 {
		informed = append(informed, plain("; held by nobody: "+e.vacant()))
	}
	fields = append(fields, notice.Field{Label: "Informed", Value: informed})
	if join := without(e.informed, had); len(join) > 0 {
		fields = append(fields, notice.Field{Label: "Informed from now on", Value: e.persons(join)})
	}
	if leave := without(had, e.informed); len(leave) > 0 {
		fields = append(fields, notice.Field{Label: "Informed until now", Value: e.persons(leave)})
	}
	return []notice.Block{{Fields: fields}}
}

// cadence is a clock in words.
func cadence(c schema.Clock) string {
	if c.Due == nil || *c.Due == 0 {
		return "as usual, there is no clock"
	}
	days := "day"
	if c.Days == schema.WorkingDays {
		days = "working day"
	}
	if *c.Due == 1 {
		return "every " + days
	}
	return fmt.Sprintf("every %d %ss", *c.Due, days)
}

// welcome is the opening message of the escalation's channel (P18).
func (e *planner) welcome() notice.Text {
	n := e.now
	facts := []notice.Field{{Label: "Case", Value: e.caseState()}, {Label: "Meeting notes", Value: address(string(n.Links.MeetingNotes))}}
	facts = append(facts, e.who()...)
	if len(n.Skills) > 0 {
		facts = append(facts, notice.Field{Label: "Skills", Value: line(words.Join(n.Skills, ", "))})
	}
	text := notice.Text{
		notice.Title(plain(fmt.Sprintf("Welcome to the escalation of %s, severity %s: %s", e.customer(), orMissing(n.Severity), orMissing(words.Line(string(n.Summary)))))),
		{Fields: facts},
		notice.Heading("Initial ask"), prose(string(n.Ask)),
		notice.Heading("Exit criteria"), list(criteriaList(n.ExitCriteria)),
		notice.Heading("What is next"), list(e.stepList()),
	}
	if n.Standup != nil {
		text = append(text, notice.Paragraph(e.standup()...))
	}
	text = append(text, notice.Paragraph(e.responsible()...))
	text = append(text, e.lead()...)
	if h := process.ProductDRI(n); h != "" {
		text = append(text, notice.Paragraph(append(e.person(h), plain(" is the Product DRI and drives what is product related."))...))
	}
	return e.linked(append(text, e.errands()...))
}

// errands are what the DRI has to do outside of this repository at the beginning
// (P16, P19).
func (e *planner) errands() notice.Text {
	var items []notice.Item
	if process.NeedsCase(e.now) {
		items = append(items, notice.Item{Text: e.caseNote()})
	}
	if e.now.Standup == nil {
		text := notice.Words("Set up the standup within 24 hours, and write it into the file.")
		if guests := process.StandupGuests(e.people, e.policy, e.now); len(guests) > 0 {
			text = slices.Concat(text, notice.Words(" Who usually attends: "), e.withRoles(guests), notice.Words("."))
		}
		items = append(items, notice.Item{Text: text})
	}
	if len(items) == 0 {
		return nil
	}
	return notice.Text{notice.Heading("For " + orMissing(e.name(e.now.DRI)) + ", as the DRI"), {List: items}}
}

// who is who in an escalation (P18).
func (e *planner) who() []notice.Field {
	n := e.now
	fields := []notice.Field{{Label: "DRI", Value: e.person(n.DRI)}, {Label: "Product DRI", Value: e.productState()}, {Label: "Support DRI", Value: e.supportState()}}
	switch n.Account.CSE {
	case "":
	case schema.PendingPerson:
		fields = append(fields, notice.Field{Label: "CSE", Value: notice.Words("to be assigned")})
	default:
		fields = append(fields, notice.Field{Label: "CSE", Value: e.person(n.Account.CSE)})
	}
	return fields
}

// titled is the tracking issue as a whole: its title, the declaration's labels,
// and what else the file says as it is now.
func (e *planner) titled() notice.Text {
	n, status := e.now, "Opened"
	if n.Closure != nil {
		status = "Closed"
	}
	text := notice.Text{
		notice.Title(plain(fmt.Sprintf("%s: %s (%s)", e.customer(), orMissing(words.Line(string(n.Summary))), e.id))),
		e.labels(status),
		notice.Paragraph(e.responsible()...),
	}
	text = append(text, e.lead()...)
	if process.NeedsCase(n) {
		text = append(text, notice.Paragraph(e.caseNote()...))
	}
	var more []notice.Field
	if len(n.Product.Team) > 0 {
		more = append(more, notice.Field{Label: "Product team", Value: e.persons(n.Product.Team)})
	}
	if n.Links.CollaborationProject != "" {
		more = append(more, notice.Field{Label: "Collaboration project", Value: address(string(n.Links.CollaborationProject))})
	}
	for _, issue := range n.Links.Issues {
		more = append(more, notice.Field{Label: "Issue", Value: address(string(issue))})
	}
	if len(e.related) > 0 {
		more = append(more, notice.Field{Label: relatedLabel, Value: e.others()})
	}
	if r := n.RCA; r != nil {
		more = append(more, notice.Field{Label: "Root cause analysis", Value: e.owed()})
	}
	if n.Previous != "" {
		more = append(more, notice.Field{Label: "Previous escalation", Value: notice.Words(string(n.Previous))})
	}
	if len(more) > 0 {
		text = append(text, notice.Block{Fields: more})
	}
	text = append(text, notice.Heading("Initial ask"), prose(string(n.Ask)))
	if len(n.Skills) > 0 {
		text = append(text, notice.Block{Fields: []notice.Field{{Label: "Skills", Value: line(words.Join(n.Skills, ", "))}}})
	}
	text = append(text,
		notice.Heading("Approach"), prose(string(n.Approach)),
		notice.Heading(CriteriaHeading), list(criteriaList(n.ExitCriteria)),
		notice.Heading(StepsHeading), list(e.stepList()),
	)
	if n.Standup != nil {
		text = append(text, notice.Heading("Standup"), notice.Paragraph(e.meeting()...))
	}
	return e.linked(text)
}

// topic is that of the escalation's channel: what it is about, and which step is
// due next.
func (e *planner) topic() string {
	text := fmt.Sprintf("%s, severity %s, DRI %s", e.customer(), orMissing(e.now.Severity), orMissing(e.name(e.now.DRI)))
	open := slices.DeleteFunc(slices.Clone(e.now.NextSteps), func(s schema.NextStep) bool { return !s.Done.IsZero() })
	if len(open) > 0 {
		next := slices.MinFunc(open, func(a, b schema.NextStep) int { return a.Due.Compare(b.Due.Time) })
		text += fmt.Sprintf(", next due %s: %s", day(next.Due), words.Line(next.Step))
	}
	return text
}

// label is that of a severity.
func label(s schema.Severity) string { return "severity:" + string(s) }

// headed is a notice with a title, the escalation that it is about, and the
// update that says why; after it comes what more there is to say.
func (e *planner) headed(c change.Change, more ...notice.Block) notice.Text {
	return e.linked(slices.Concat(e.head(c), e.quote(c), more))
}

// head is what a notice with a title begins with.
func (e *planner) head(c change.Change) notice.Text {
	return notice.Text{
		notice.Title(plain(fmt.Sprintf("%s: %s (%s, severity %s)", heading(c), e.customer(), e.id, orMissing(e.now.Severity)))),
		{Fields: []notice.Field{{Label: "Channel", Value: e.channelLink()}, {Label: "DRI", Value: e.person(e.now.DRI)}}},
	}
}

// quote is the update that a change consists of or is explained by, unless a
// notice before has it.
func (e *planner) quote(c change.Change) notice.Text {
	first := slices.IndexFunc(e.changes, func(x change.Change) bool { return x.Update == c.Update })
	if c.Update == nil || e.changes[first].Moment != c.Moment {
		return nil
	}
	return notice.Text{e.update(c.Update)}
}

// update is an update, with who told it to whom and when (P24).
func (e *planner) update(u *schema.Update) notice.Block {
	head := slices.Concat(notice.Words("Update by "), e.person(u.By), notice.Words(fmt.Sprintf(", %s, to %s", when(u.At.Time), orMissing(words.And(u.To)))))
	if !u.Amends.IsZero() {
		head = append(head, plain(", correcting that of "+when(u.Amends.Time)))
	}
	q := notice.Quote{Head: head, By: u.By, At: u.At.UTC(), Text: orMissing(strings.TrimSpace(string(u.Text)))}
	if u.Redacted != "" {
		q.Text = redactedWords(u)
	}
	return notice.Block{Quote: &q}
}

// lastContact is the label of what the customer heard last; said stands before the
// words.
const (
	lastContact = "Last contact with the customer"
	said        = ": "
)

// handover is what whoever takes over has to know: who does, why, what is to be
// done until when, what the customer heard last, and how far it is.
func (e *planner) handover(c change.Change, who notice.Block) notice.Text {
	text := append(notice.Text{who}, e.quote(c)...)
	if first := slices.IndexFunc(e.changes, func(x change.Change) bool { return x.Moment == notice.DRI }); first >= 0 && c.Moment == notice.ProductDRI {
		return text // the handover of the DRI says it
	}
	var open []notice.Item
	for _, s := range e.now.NextSteps {
		if s.Done.IsZero() {
			open = append(open, notice.Item{Text: e.step(s)})
		}
	}
	text = append(text, notice.Heading("Open steps"))
	if len(open) > 0 {
		text = append(text, notice.Block{List: open})
	} else {
		text = append(text, notice.Paragraph(plain("none")))
	}
	fields := []notice.Field{{Label: "Exit criteria", Value: notice.Words(count(e.now.ExitCriteria, func(c schema.ExitCriterion) bool { return !c.Met.IsZero() }, "met"))}}
	fields = append(fields, e.nextStandup(c))
	contact := notice.Words("none so far")
	for _, u := range slices.Backward(e.now.Updates) {
		if !slices.Contains(u.To, schema.Customer) {
			continue
		}
		contact = append(notice.Words(when(u.At.Time)+" by "), e.person(u.By)...)
		switch told := func(x change.Change) bool { return x.Update != nil && x.Update.At == u.At }; {
		case slices.ContainsFunc(e.changes, told): // it is quoted beside this
		case u.Redacted != "":
			contact = append(contact, plain(said+redactedWords(&u)))
		default:
			contact = append(contact, plain(said+clipped(words.Line(u.Text))))
		}
		break
	}
	fields = append(fields, notice.Field{Label: lastContact, Value: contact})
	return append(text, notice.Block{Fields: fields})
}

// nextStandup says when the next standup is, counted from the update that explains
// a change, else from when the commit was authored that is told; the series where
// neither is known.
func (e *planner) nextStandup(c change.Change) notice.Field {
	from := e.day
	if c.Update != nil {
		from = c.Update.At.Time
	}
	s := e.now.Standup
	if begins, ok := process.NextStandup(s, from); ok {
		return notice.Field{Label: "Next standup", Value: notice.Words(begins.Format("Mon 2006-01-02 15:04 ") + string(s.Zone))}
	}
	if s == nil {
		return notice.Field{Label: "Next standup", Value: notice.Words("there is no standup yet")}
	}
	return notice.Field{Label: "Standup", Value: notice.Words(e.series(s))}
}

// supported says that Support was called in, or what else changed of it (P13).
func (e *planner) supported(c change.Change) notice.Block {
	had, has := c.Before.Support, c.After.Support
	switch {
	case has != nil && has.Needed && (had == nil || !had.Needed):
		return notice.Paragraph(append(notice.Words("Support is called in: "), e.supportState()...)...)
	case has != nil && has.Needed: // who was called is not called again
		return notice.Paragraph(append(notice.Words("Support now: "), e.supportNamed(nil)...)...)
	default:
		return notice.Paragraph(plain("Support is no longer needed."))
	}
}

// account says who looks after the account now, and who is concerned by it who
// was not.
func (e *planner) account(c change.Change) (text notice.Block, newly []schema.Handle) {
	was, is := c.Before.Account, c.After.Account
	line := notice.Words("The account changed: ")
	first := true
	add := func(label string, value notice.Line) {
		if !first {
			line = append(line, plain("; "))
		}
		first = false
		line = append(append(line, plain(label+" ")), value...)
	}
	person := func(label string, before, after schema.Handle) {
		switch {
		case before == after:
		case after == schema.PendingPerson:
			add(label, notice.Words("to be assigned"))
		default:
			add(label, e.person(after))
			newly = append(newly, after)
		}
	}
	if was.Region != is.Region {
		add("region", notice.Words(words.Line(string(is.Region))))
	}
	person("CSM", was.CSM, is.CSM)
	person("CSE", was.CSE, is.CSE)
	person("account executive", was.AccountExecutive, is.AccountExecutive)
	if was.CSEHelpCase != is.CSEHelpCase && is.CSEHelpCase != "" {
		add("CSE Help case", address(string(is.CSEHelpCase)))
	}
	switch before, after := was.ServicesProject, is.ServicesProject; {
	case after == nil && before != nil:
		add("services project", notice.Words("ended"))
	case after != nil && (before == nil || *before != *after):
		add("services project", append(address(string(after.URL)), plain(" of ")))
		line = append(line, e.person(after.Manager)...)
		if before == nil || before.Manager != after.Manager {
			newly = append(newly, after.Manager)
		}
	}
	if was.Strategic != is.Strategic && is.Strategic != "" {
		add("in scope because", notice.Words(words.Line(string(is.Strategic))))
	}
	had, _ := process.Informed(e.people, e.policy, c.Before)
	for _, h := range e.informed {
		if was.Region != is.Region && !slices.Contains(had, h) {
			newly = append(newly, h)
		}
	}
	line = append(line, plain("."))
	if newly = e.there(newly); len(newly) > 0 {
		line = slices.Concat(line, notice.Words(" Concerned from now on: "), e.withRoles(newly), notice.Words("."))
	}
	return notice.Paragraph(line...), newly
}

// facts says what was rewritten of what was told at the opening, so that nobody
// works from what was pinned (P38).
func (e *planner) facts() notice.Block {
	text := notice.Words("Rewritten: ")
	n := e.now
	first := true
	add := func(label string, value notice.Line) {
		if !first {
			text = append(text, plain("; "))
		}
		first = false
		text = append(append(text, plain(label+": ")), value...)
	}
	short := func(s schema.Text) notice.Line { return line(clipped(words.Line(string(s)))) }
	for _, c := range e.changes {
		if c.Moment != notice.Facts {
			continue
		}
		switch c.Field {
		case "customer":
			add("customer", short(n.Customer))
		case "summary":
			add("summary", short(n.Summary))
		case "description":
			add("description", short(n.Description))
		case "ask":
			add("ask", short(n.Ask))
		case "approach":
			add("approach", short(n.Approach))
		case "links":
			was := c.Before.Links
			if was.MeetingNotes != n.Links.MeetingNotes {
				add("meeting notes", address(string(n.Links.MeetingNotes)))
			}
			if was.CollaborationProject != n.Links.CollaborationProject {
				add("collaboration project", address(string(n.Links.CollaborationProject)))
			}
			if !slices.Equal(was.Issues, n.Links.Issues) {
				issues := notice.Words("none")
				for i, link := range n.Links.Issues {
					if i == 0 {
						issues = nil
					} else {
						issues = append(issues, plain(", "))
					}
					issues = append(issues, address(string(link))...)
				}
				add("issues", issues)
			}
		}
	}
	return notice.Paragraph(append(text, plain("."))...)
}

// clipped is a text that fits into one line of several.
func clipped(s string) string {
	const most = 160
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return strings.TrimRight(s, ".")
}

// analysis says that the customer asked for a root cause analysis, or that it was
// delivered (P32).
func (e *planner) analysis(c change.Change) notice.Block {
	if change.Delivered(c.Before, c.After) {
		return notice.Paragraph(slices.Concat(notice.Words("The root cause analysis is delivered: "), address(string(e.now.RCA.URL)), notice.Words("."))...)
	}
	return notice.Paragraph(slices.Concat(notice.Words("The customer asks for a root cause analysis: "), e.owed(), notice.Words("."))...)
}

// owed says what is owed as a root cause analysis (P32).
func (e *planner) owed() notice.Line {
	r := e.now.RCA
	switch {
	case r == nil:
		return notice.Words("not asked for")
	case r.URL != "":
		return address(string(r.URL))
	case !r.PlatformRelated:
		return notice.Words("asked for, but not platform related")
	case r.Owner == "" || r.Due.IsZero():
		return notice.Words("asked for; owner and date are to be named")
	default:
		return slices.Concat(notice.Words("asked for; owed by "), e.person(r.Owner), notice.Words(" until "+day(r.Due)))
	}
}

// amended says who corrected a closure, when and why (P35).
func (e *planner) amended() notice.Block {
	a := e.now.Closure.Amended
	return notice.Paragraph(slices.Concat(notice.Words("The closure was corrected by "), e.person(a.By), notice.Words(", "+when(a.At.Time)+": "), line(strings.TrimRight(words.Line(a.Why), ".")), notice.Words(". It says now:"))...)
}

// withdrawn is the one line that ends an escalation that should not have been
// opened (P34).
func (e *planner) withdrawn() notice.Block {
	c := e.now.Closure
	text := slices.Concat(notice.Words(fmt.Sprintf("Escalation withdrawn: %s (%s), by ", e.customer(), e.id)), e.person(c.By), notice.Words(": "), line(string(c.Reason)))
	if c.DuplicateOf != "" {
		text = append(text, plain(" (duplicate of "+string(c.DuplicateOf)+")"))
	}
	return notice.Paragraph(text...)
}

func (e *planner) newDRI(c change.Change) notice.Block {
	if c.Field == "cover" {
		v := c.After.Cover
		return notice.Paragraph(slices.Concat(e.person(v.DRI), notice.Words(" stands in for "), e.person(c.After.DRI),
			notice.Words(" as DRI until "+day(v.Until)+": "), line(string(v.Reason)))...)
	}
	text := slices.Concat(e.person(c.After.DRI), notice.Words(" takes over from "), e.person(c.Before.DRI), notice.Words(" as DRI."))
	if h := process.StandIn(c.After, e.at); h != "" {
		text = slices.Concat(text, notice.Words(" "), e.person(h), notice.Words(" stands in until "+day(c.After.Cover.Until)+"."))
	}
	return notice.Paragraph(text...)
}

func (e *planner) newProductDRI(c change.Change) notice.Block {
	switch was, is := process.ProductDRI(c.Before), process.ProductDRI(c.After); {
	case c.After.Product.DRI == schema.PendingPerson:
		return notice.Paragraph(plain("The Product DRI is to be assigned."))
	case is == "" && was == "":
		return notice.Paragraph(plain("There will be no Product DRI."))
	case is == "" && c.After.Product.Related != nil && !*c.After.Product.Related:
		return notice.Paragraph(append(e.person(was), plain(" is released as Product DRI: it is not product related after all."))...)
	case is == "":
		return notice.Paragraph(slices.Concat(notice.Words("There is no Product DRI any more: it was "), e.person(was), notice.Words("."))...)
	case was == "":
		return notice.Paragraph(append(e.person(is), plain(" is the Product DRI and drives what is product related."))...)
	default:
		return notice.Paragraph(slices.Concat(e.person(is), notice.Words(" takes over from "), e.person(was), notice.Words(" as Product DRI."))...)
	}
}

// criteria says what became of the exit criteria.
func criteria(was, is []schema.ExitCriterion) notice.Block {
	var met, reset, added, dropped []notice.Line
	for _, c := range is {
		i := slices.IndexFunc(was, func(w schema.ExitCriterion) bool { return w.Criterion == c.Criterion })
		text := line(string(c.Criterion))
		switch {
		case i < 0:
			added = append(added, text)
		case was[i].Met.IsZero() && !c.Met.IsZero():
			met = append(met, text)
		case !was[i].Met.IsZero() && c.Met.IsZero():
			reset = append(reset, text)
		}
	}
	for _, w := range was {
		if !slices.ContainsFunc(is, func(c schema.ExitCriterion) bool { return w.Criterion == c.Criterion }) {
			dropped = append(dropped, line(string(w.Criterion)))
		}
	}
	return differences("Exit criteria", count(is, func(c schema.ExitCriterion) bool { return !c.Met.IsZero() }, "met"),
		difference{"met now", met}, difference{"no longer met", reset}, difference{"new", added}, difference{"dropped", dropped})
}

// steps says what became of the next steps.
func (e *planner) steps(was, is []schema.NextStep) notice.Block {
	var done, changed, added, dropped []notice.Line
	for _, s := range is {
		i := slices.IndexFunc(was, func(w schema.NextStep) bool { return w.Step == s.Step })
		switch {
		case i < 0:
			added = append(added, e.step(s))
		case was[i].Done.IsZero() && !s.Done.IsZero():
			done = append(done, line(string(s.Step)))
		case was[i] != s:
			changed = append(changed, e.step(s))
		}
	}
	for _, w := range was {
		if !slices.ContainsFunc(is, func(s schema.NextStep) bool { return w.Step == s.Step }) {
			dropped = append(dropped, line(string(w.Step)))
		}
	}
	return differences("Next steps", count(is, func(s schema.NextStep) bool { return !s.Done.IsZero() }, "done"),
		difference{"done now", done}, difference{"changed", changed}, difference{"new", added}, difference{"dropped", dropped})
}

// difference is a word and what it is true of.
type difference struct {
	word string
	of   []notice.Line
}

// differences is one line of what became of a list.
func differences(title, state string, list ...difference) notice.Block {
	text := notice.Words(title + ", " + state)
	for _, d := range list {
		for i, l := range d.of {
			before := ", "
			if i == 0 {
				before = "; " + d.word + ": "
			}
			text = append(append(text, plain(before)), l...)
		}
	}
	if !strings.HasSuffix(text[len(text)-1].Words, ".") { // which people write, too
		text = append(text, plain("."))
	}
	return notice.Paragraph(text...)
}

func count[T any](of []T, is func(T) bool, word string) string {
	n := 0
	for _, x := range of {
		if is(x) {
			n++
		}
	}
	return fmt.Sprintf("%d of %d %s", n, len(of), word)
}

func (e *planner) step(s schema.NextStep) notice.Line {
	until := ", by " + day(s.Due)
	if !s.Done.IsZero() {
		until = ", done " + day(s.Done)
	}
	return slices.Concat(line(string(s.Step)), notice.Words(" ("), e.person(s.Owner), notice.Words(until+")"))
}

// What stands above the lists of the tracking issue whose boxes people may tick.
const (
	CriteriaHeading = "Exit criteria"
	StepsHeading    = "Next steps"
)

func (e *planner) stepList() []notice.Item {
	items := make([]notice.Item, len(e.now.NextSteps))
	for i, s := range e.now.NextSteps {
		done := !s.Done.IsZero()
		items[i] = notice.Item{Text: e.step(s), Done: &done}
	}
	return items
}

func criteriaList(list []schema.ExitCriterion) []notice.Item {
	items := make([]notice.Item, len(list))
	for i, c := range list {
		done, text := !c.Met.IsZero(), line(string(c.Criterion))
		if done {
			text = append(text, plain(fmt.Sprintf(" (met %s)", day(c.Met))))
		}
		items[i] = notice.Item{Text: text, Done: &done}
	}
	return items
}

func (e *planner) standup() notice.Line {
	s := e.now.Standup
	switch {
	case s == nil:
		return notice.Words("There is no standup any more.")
	case s.None != "":
		return append(notice.Words("There is no standup: "), line(string(s.None))...)
	}
	return slices.Concat(notice.Words("Standup: "), e.meeting())
}

// meeting is when the standup is, with whom and where; or why there is none.
func (e *planner) meeting() notice.Line {
	s := e.now.Standup
	if s.None != "" {
		return notice.Words(e.series(s))
	}
	return slices.Concat(notice.Words(e.series(s)+", with "), e.persons(s.Attendees), notice.Words(": "), address(string(s.Link)))
}

// series says when the standups are.
func (e *planner) series(s *schema.Standup) string {
	if s.None != "" {
		return "none: " + words.Line(string(s.None))
	}
	text := fmt.Sprintf("%s at %s %s", orMissing(words.Join(s.Days, ", ")), orMissing(s.Time), orMissing(s.Zone))
	if s.Minutes > 0 {
		text += fmt.Sprintf(", %d minutes", s.Minutes)
	}
	return text
}

// lasted is for how long an escalation was open, in full days.
func lasted(from, to time.Time) string {
	if from.IsZero() || to.IsZero() {
		return missing
	}
	return words.Span(to.Sub(from))
}

// closure is the notice of the end, the same words everywhere (P31 to P33).
func (e *planner) closure() notice.Text {
	c := e.now.Closure
	met := notice.Words("yes")
	if !c.ExitCriteriaMet {
		met = append(notice.Words("no: "), line(string(c.WhyNot))...)
	}
	agreement := address(string(c.Agreement.URL))
	if c.Agreement.URL == "" && c.Agreement.Waived != "" {
		agreement = slices.Concat(notice.Words("waived by "), e.person(c.Agreement.By), notice.Words(": "), line(string(c.Agreement.Waived)))
		if c.Agreement.Asked != "" {
			agreement = slices.Concat(agreement, notice.Words("; asked for in "), address(string(c.Agreement.Asked)))
		}
	}
	rest := []notice.Field{{Label: "Agreement", Value: agreement}, {Label: "Root cause analysis", Value: e.owed()}}
	if c.PatternIssue != "" {
		rest = append(rest, notice.Field{Label: "Pattern issue", Value: address(string(c.PatternIssue))})
	}
	rest = append(rest, notice.Field{Label: "CSM sentiment", Value: line(string(c.Sentiment))})
	moment := notice.Closed
	if c.Resolution == schema.Deescalated {
		moment = notice.Deescalated
	}
	text := notice.Text{
		notice.Title(plain(fmt.Sprintf("%s: %s (%s, severity %s)", heading(change.Change{Moment: moment}), e.customer(), e.id, orMissing(e.now.Severity)))),
		{Fields: []notice.Field{
			{Label: "Closed by", Value: append(e.person(c.By), plain(", "+when(c.At.Time)))},
			{Label: "Open for", Value: notice.Words(lasted(e.now.Opened.At.Time, c.At.Time))},
			{Label: "Outcome", Value: line(string(c.Outcome))},
			{Label: "Exit criteria met", Value: met},
		}},
	}
	unmet := slices.DeleteFunc(slices.Clone(e.now.ExitCriteria), func(x schema.ExitCriterion) bool { return !x.Met.IsZero() })
	if !c.ExitCriteriaMet && len(unmet) > 0 {
		text = append(text, notice.Heading("Exit criteria that were not met"), list(criteriaList(unmet)))
	}
	return append(text, notice.Heading("What was done"), prose(string(c.Summary)), notice.Block{Fields: rest})
}

// coveredDRI is the DRI, and who stands in (P6).
func (e *planner) coveredDRI() notice.Line {
	text := e.person(e.now.DRI)
	if h := process.StandIn(e.now, e.at); h != "" {
		text = slices.Concat(text, notice.Words("; until "+day(e.now.Cover.Until)+" "), e.person(h), notice.Words(" stands in"))
	}
	return text
}

// caseFields are the fields of the case that this file knows (P16).
func (e *planner) caseFields() notice.Text {
	n := e.now
	fields := []notice.Field{{Label: "Case type", Value: notice.Words(process.CaseType)}}
	if owners := process.CaseOwner(e.people, e.policy, n); len(owners) > 0 {
		fields = append(fields, notice.Field{Label: "Case owner", Value: e.persons(owners)})
	}
	fields = append(fields, notice.Field{Label: "Severity", Value: notice.Words(level(n.Severity))}, notice.Field{Label: "Escalation DRI", Value: e.coveredDRI()})
	fields = append(fields, e.who()[1:]...)
	fields = append(fields, notice.Field{Label: "Customer Escalation Slack channel", Value: e.channelLink()})
	if n.Links.CollaborationProject != "" {
		fields = append(fields, notice.Field{Label: "Customer Collaboration project", Value: address(string(n.Links.CollaborationProject))})
	}
	fields = append(fields, notice.Field{Label: "Customer meeting notes", Value: address(string(n.Links.MeetingNotes))})
	text := notice.Text{{Fields: fields}, notice.Heading("Escalation exit criteria"), list(criteriaList(n.ExitCriteria))}
	if n.Standup != nil {
		text = append(text, notice.Paragraph(e.standup()...))
	}
	return text
}

// customer is the customer's name in one line.
func (e *planner) customer() string { return orMissing(words.Line(string(e.now.Customer))) }

// name is what people call a person; the handle, where the directory knows
// nobody by it.
func (e *planner) name(h schema.Handle) string { return words.Name(e.people, h) }

// person is a person by name.
func (e *planner) person(h schema.Handle) notice.Line {
	if h == "" {
		return notice.Words(missing)
	}
	if h == schema.PendingPerson {
		return notice.Words("to be assigned")
	}
	return notice.Line{{Words: e.name(h), Person: h}}
}

// persons are people by name.
func (e *planner) persons(list []schema.Handle) notice.Line {
	if len(list) == 0 {
		return notice.Words(missing)
	}
	var text notice.Line
	for i, h := range list {
		if i > 0 {
			text = append(text, plain(", "))
		}
		text = append(text, e.person(h)...)
	}
	return text
}

// plain is a piece of a line that is nothing but words.
func plain(s string) notice.Inline { return notice.Inline{Words: s} }

// line makes one line of what somebody wrote.
func line(s string) notice.Line { return notice.Words(orMissing(words.Line(s))) }

// address is a link that reads as its address.
func address(url string) notice.Line {
	if url == "" {
		return notice.Words(missing)
	}
	return notice.Line{{Link: url}}
}

// prose is what somebody wrote, in lines of their own.
func prose(s string) notice.Block {
	return notice.Block{Quote: &notice.Quote{Text: orMissing(strings.TrimSpace(s))}}
}

// missing stands in the place of what a file has to say and does not.
const missing = "missing"

// orMissing is what a file says, or that it does not.
func orMissing[T ~string](s T) string { return cmp.Or(string(s), missing) }

// list is a list; one without items is missing.
func list(items []notice.Item) notice.Block {
	if len(items) == 0 {
		return prose("")
	}
	return notice.Block{List: items}
}

// level is a severity as a label has it.
func level(s schema.Severity) string { return orMissing(words.Capital(s)) }

// raised says whether a severity became higher or lower.
func raised(from, to schema.Severity) string {
	if to.Rank() < from.Rank() {
		return "raised"
	}
	return "lowered"
}

// when is a moment. A notice is read years later: its times are as in records.
func when(t time.Time) string {
	if t.IsZero() {
		return missing
	}
	return words.Stamp(t) + " UTC"
}

// day is a day as the files have it.
func day(d schema.Date) string { return orMissing(words.Date(d.Time)) }

// joined puts two sentences behind one another.
func joined(a, b string) string {
	a = strings.TrimSpace(a)
	if a != "" && b != "" && !strings.ContainsAny(a[len(a)-1:], ".!?:") {
		a += "."
	}
	return strings.TrimSpace(a + " " + b)
}
