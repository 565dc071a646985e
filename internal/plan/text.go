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
		return fmt.Sprintf("Severity %s from %s to %s", raised(c.Before.Severity, c.After.Severity), c.Before.Severity, c.After.Severity)
	case notice.Deescalated:
		return "Escalation de-escalated to standard business" // P34
	case notice.Closed:
		return "Escalation closed"
	default:
		return "Significant change"
	}
}

// declaration is the message that declares an escalation, with the labels of
// P21 in their order. Each value is one line: what somebody wrote cannot look
// like another label.
func (e *planner) declaration() notice.Text {
	text := notice.Text{notice.Title(plain("New Escalation")), e.labels("Opened"), notice.Paragraph(e.responsible()...)}
	return e.linked(append(text, e.lead()...))
}

// withheld is all that the wide channel hears of a restricted escalation (P17).
func (e *planner) withheld(c change.Change) notice.Text {
	return notice.Text{
		notice.Title(plain(fmt.Sprintf("%s: %s (restricted)", heading(c), e.id))),
		{Fields: []notice.Field{
			{Label: "Severity", Value: notice.Words(level(e.now.Severity))},
			{Label: "DRI", Value: e.person(e.now.DRI)},
		}},
	}
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
	want, clause := process.DRI(e.now.Account)
	if want != e.now.DRI {
		return append(e.person(e.now.DRI), plain(" is the DRI."))
	}
	return append(e.person(e.now.DRI), plain(fmt.Sprintf(", %s, is the DRI.", clause.Who())))
}

// lead says who leads technically, where that is a CSE (P6, P29).
func (e *planner) lead() notice.Text {
	if e.now.Account.CSE == "" {
		return nil
	}
	return notice.Text{notice.Paragraph(append(e.person(e.now.Account.CSE), plain(", the account's CSE, is the lead technical collaborator."))...)}
}

// caseNote says what the case has to be (P16).
func (e *planner) caseNote() notice.Block {
	owner := notice.Words("nobody yet")
	if owners := process.CaseOwner(e.people, e.policy, e.now); len(owners) > 0 {
		owner = e.persons(owners)
	}
	if e.now.Account.CSM == "" && e.now.Account.CSE != "" {
		owner = append(owner, plain(", who assigns a CSE"))
	}
	text := append(notice.Line{plain(fmt.Sprintf("The case is of type %q and owned by ", process.CaseType))}, owner...)
	return notice.Paragraph(append(text, plain("; its fields to fill in are the channel, the collaboration project, the meeting notes and the exit criteria."))...)
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
		return notice.Words("none")
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
	state := notice.Line{{Words: "@" + string(e.policy.Channels.Support), Group: notice.OnCall}}
	if s.DRI != "" {
		state = slices.Concat(e.person(s.DRI), notice.Words(", "), state)
	}
	for i, t := range s.Tickets {
		before := " "
		if i == 0 {
			before = "; tickets: "
		}
		state = append(append(state, plain(before)), address(string(t))...)
	}
	return state
}

// fyi names whoever is informed: the managers, those who were added, and the
// roles of the severity (P5, P21).
func (e *planner) fyi() notice.Line {
	return e.named(process.Each(slices.Concat(process.Managers(e.people, e.now), e.now.FYI, e.informed)))
}

// named are people, and the roles that nobody holds.
func (e *planner) named(list []schema.Handle) notice.Line {
	text := e.persons(list)
	if len(e.unfilled) > 0 {
		if len(text) > 0 {
			text = append(text, plain("; "))
		}
		text = append(text, plain("held by nobody: "+words.Join(e.unfilled, ", ")))
	}
	if len(text) == 0 {
		return notice.Words("nobody")
	}
	return text
}

// informs says who is informed at the severity that it has now.
func (e *planner) informs() notice.Block {
	return notice.Block{Fields: []notice.Field{{Label: "Informed", Value: e.named(e.informed)}}}
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
		notice.Title(plain(fmt.Sprintf("Welcome to the escalation of %s, severity %s: %s", words.Line(n.Customer), n.Severity, words.Line(n.Summary)))),
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
	if n.Product.DRI != "" {
		text = append(text, notice.Paragraph(append(e.person(n.Product.DRI), plain(" is the Product DRI and drives what is product related."))...))
	}
	return e.linked(text)
}

// who is who in an escalation (P18).
func (e *planner) who() []notice.Field {
	n := e.now
	fields := []notice.Field{{Label: "DRI", Value: e.person(n.DRI)}, {Label: "Product DRI", Value: e.productState()}, {Label: "Support DRI", Value: e.supportState()}}
	if n.Account.CSE != "" {
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
		notice.Title(plain(fmt.Sprintf("%s: %s (%s)", words.Line(n.Customer), words.Line(n.Summary), e.id))),
		e.labels(status),
		notice.Paragraph(e.responsible()...),
	}
	text = append(text, e.lead()...)
	if process.NeedsCase(n) {
		text = append(text, e.caseNote())
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
		notice.Heading("Exit criteria"), list(criteriaList(n.ExitCriteria)),
		notice.Heading("Next steps"), list(e.stepList()),
	)
	if n.Standup != nil {
		text = append(text, notice.Heading("Standup"), notice.Paragraph(e.meeting()...))
	}
	return e.linked(text)
}

// topic is that of the escalation's channel: what it is about, and which step is
// due next.
func (e *planner) topic() string {
	text := fmt.Sprintf("%s, severity %s, DRI %s", words.Line(e.now.Customer), e.now.Severity, e.name(e.now.DRI))
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
	text := notice.Text{
		notice.Title(plain(fmt.Sprintf("%s: %s (%s, severity %s)", heading(c), words.Line(e.now.Customer), e.id, e.now.Severity))),
		{Fields: []notice.Field{{Label: "Channel", Value: e.channelLink()}, {Label: "DRI", Value: e.person(e.now.DRI)}}},
	}
	return e.linked(slices.Concat(text, e.quote(c), more))
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
	head := slices.Concat(notice.Words("Update by "), e.person(u.By), notice.Words(fmt.Sprintf(", %s, to %s", when(u.At.Time), words.And(u.To))))
	if !u.Amends.IsZero() {
		head = append(head, plain(", correcting that of "+when(u.Amends.Time)))
	}
	q := notice.Quote{Head: head, By: u.By, At: u.At.UTC(), Text: strings.TrimSpace(string(u.Text))}
	if u.Redacted != "" {
		q.Text = "Redacted: " + words.Line(u.Redacted)
	}
	return notice.Block{Quote: &q}
}

func (e *planner) newDRI(c change.Change) notice.Block {
	return notice.Paragraph(slices.Concat(e.person(c.After.DRI), notice.Words(" takes over from "), e.person(c.Before.DRI), notice.Words(" as DRI."))...)
}

func (e *planner) newProductDRI(c change.Change) notice.Block {
	switch was, is := c.Before.Product.DRI, c.After.Product.DRI; {
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
	return notice.Paragraph(append(text, plain("."))...)
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
	if e.now.Standup == nil {
		return notice.Words("There is no standup any more.")
	}
	return slices.Concat(notice.Words("Standup: "), e.meeting())
}

// meeting is when the standup is, with whom and where.
func (e *planner) meeting() notice.Line {
	s := e.now.Standup
	text := fmt.Sprintf("%s at %s %s", words.Join(s.Days, ", "), s.Time, s.Zone)
	if s.Minutes > 0 {
		text += fmt.Sprintf(", %d minutes", s.Minutes)
	}
	return slices.Concat(notice.Words(text+", with "), e.persons(s.Attendees), notice.Words(": "), address(string(s.Link)))
}

// closure is the notice of the end, the same words everywhere (P31 to P33).
func (e *planner) closure() notice.Text {
	c := e.now.Closure
	met := notice.Words("yes")
	if !c.ExitCriteriaMet {
		met = line("no: " + string(c.WhyNot))
	}
	agreement := address(string(c.Agreement.URL))
	if c.Agreement.URL == "" {
		agreement = slices.Concat(notice.Words("waived by "), e.person(c.Agreement.By), line(": "+string(c.Agreement.Waived)))
	}
	rest := []notice.Field{{Label: "Agreement", Value: agreement}}
	if r := c.RCA; r != nil && r.Requested {
		switch {
		case r.URL != "":
			rest = append(rest, notice.Field{Label: "Root cause analysis", Value: address(string(r.URL))})
		case r.Owner != "":
			rest = append(rest, notice.Field{Label: "Root cause analysis", Value: append(e.person(r.Owner), plain(", by "+day(r.Due)))})
		}
	}
	if c.PatternIssue != "" {
		rest = append(rest, notice.Field{Label: "Pattern issue", Value: address(string(c.PatternIssue))})
	}
	rest = append(rest, notice.Field{Label: "CSM sentiment", Value: line(string(c.Sentiment))})
	moment := notice.Closed
	if c.Resolution == schema.Deescalated {
		moment = notice.Deescalated
	}
	return notice.Text{
		notice.Title(plain(fmt.Sprintf("%s: %s (%s, severity %s)", heading(change.Change{Moment: moment}), words.Line(e.now.Customer), e.id, e.now.Severity))),
		{Fields: []notice.Field{
			{Label: "Closed by", Value: append(e.person(c.By), plain(", "+when(c.At.Time)))},
			{Label: "Outcome", Value: line(string(c.Outcome))},
			{Label: "Exit criteria met", Value: met},
		}},
		notice.Heading("What was done"), prose(string(c.Summary)),
		{Fields: rest},
	}
}

// caseFields are the fields of the case that this file knows (P16).
func (e *planner) caseFields() notice.Text {
	n := e.now
	fields := []notice.Field{{Label: "Case type", Value: notice.Words(process.CaseType)}}
	if owners := process.CaseOwner(e.people, e.policy, n); len(owners) > 0 {
		fields = append(fields, notice.Field{Label: "Case owner", Value: e.persons(owners)})
	}
	fields = append(fields, notice.Field{Label: "Severity", Value: notice.Words(level(n.Severity))}, notice.Field{Label: "Escalation DRI", Value: e.person(n.DRI)})
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

// name is what people call a person.
func (e *planner) name(h schema.Handle) string { return words.Name(e.people, h) }

// person is a person by name.
func (e *planner) person(h schema.Handle) notice.Line {
	if h == "" {
		return notice.Words("nobody")
	}
	return notice.Line{{Words: e.name(h), Person: h}}
}

// persons are people by name.
func (e *planner) persons(list []schema.Handle) notice.Line {
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
func line(s string) notice.Line { return notice.Words(cmp.Or(words.Line(s), missing)) }

// address is a link that reads as its address.
func address(url string) notice.Line {
	if url == "" {
		return notice.Words(missing)
	}
	return notice.Line{{Link: url}}
}

// prose is what somebody wrote, in lines of their own.
func prose(s string) notice.Block {
	return notice.Block{Quote: &notice.Quote{Text: cmp.Or(strings.TrimSpace(s), missing)}}
}

// missing stands in the place of what a file has to say and does not.
const missing = "missing"

// list is a list; one without items is missing.
func list(items []notice.Item) notice.Block {
	if len(items) == 0 {
		return prose("")
	}
	return notice.Block{List: items}
}

// level is a severity as a label has it.
func level(s schema.Severity) string { return cmp.Or(words.Capital(s), "none") }

// raised says whether a severity became higher or lower.
func raised(from, to schema.Severity) string {
	if slices.Index(schema.AllSeverities(), to) < slices.Index(schema.AllSeverities(), from) {
		return "raised"
	}
	return "lowered"
}

// when is a moment. A notice is read years later: its times are as in records.
func when(t time.Time) string { return words.Stamp(t) + " UTC" }

// day is a day as the files have it.
func day(d schema.Date) string { return cmp.Or(words.Date(d.Time), missing) }

// joined puts two sentences behind one another.
func joined(a, b string) string {
	a = strings.TrimSpace(a)
	if a != "" && b != "" && !strings.ContainsAny(a[len(a)-1:], ".!?:") {
		a += "."
	}
	return strings.TrimSpace(a + " " + b)
}
