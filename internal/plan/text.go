package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/change"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/schema"
)

// declaration is the message that declares an escalation, with the labels of
// P21 in their order. Each value is one line: what somebody wrote cannot look
// like another label.
func (e *planner) declaration() string {
	text := "New Escalation\n" + e.labels("Opened") + "\n" + e.responsible()
	if process.NeedsCase(e.now) {
		text += " " + e.caseNote()
	}
	return text
}

func (e *planner) labels(status string) string {
	n := e.now
	var b strings.Builder
	for _, l := range [][2]string{
		{"Customer", string(n.Customer)},
		{"Slack Channel", "#" + string(e.channel)},
		{"Meeting Notes", string(n.Links.MeetingNotes)},
		{"SFDC Escalation case URL", e.caseState()},
		{"Severity", level(n.Severity)},
		{"Status", status},
		{"Product DRI", e.productState()},
		{"Support DRI", e.supportState()},
		{"Description", joined(string(n.Summary), firstParagraph(string(n.Description)))},
		{"FYI", e.fyi()},
	} {
		fmt.Fprintf(&b, "%s: %s\n", l[0], oneLine(l[1]))
	}
	return b.String()
}

// responsible says who the DRI is and why.
func (e *planner) responsible() string {
	want, clause := process.DRI(e.now.Account)
	if want != e.now.DRI {
		return e.name(e.now.DRI) + " is the DRI."
	}
	return fmt.Sprintf("%s, %s, is the DRI.", e.name(e.now.DRI), clause.Who())
}

// caseNote says what the case has to be (P16).
func (e *planner) caseNote() string {
	owner := "nobody yet"
	if owners := process.CaseOwner(e.people, e.policy, e.now); len(owners) > 0 {
		owner = e.names(owners)
	}
	if e.now.Account.CSM == "" && e.now.Account.CSE != "" {
		owner += ", who assigns a CSE"
	}
	return fmt.Sprintf("The case is of type %q and owned by %s; its fields to fill in are the channel, the collaboration project, the meeting notes and the exit criteria.",
		process.CaseType, owner)
}

func (e *planner) caseState() string {
	switch c := e.now.Links.Case; {
	case c != "":
		return string(c)
	case !process.NeedsCase(e.now):
		return "none: it is about a services project, " + string(e.now.Account.ServicesProject.URL)
	default:
		return "none"
	}
}

// caseLink is the link of the case, empty where there is none yet.
func (e *planner) caseLink() string {
	if c := e.now.Links.Case; c != schema.Pending {
		return string(c)
	}
	return ""
}

func (e *planner) productState() string {
	p := e.now.Product
	switch {
	case p.DRI != "":
		return e.name(p.DRI)
	case p.Related != nil && !*p.Related && p.Reason != "":
		return "none: not product related (" + string(p.Reason) + ")"
	case p.Related != nil && !*p.Related:
		return "none: not product related"
	default:
		return "none"
	}
}

func (e *planner) supportState() string {
	s := e.now.Support
	if s == nil || !s.Needed {
		return "none: Support is not needed"
	}
	state := "@" + string(e.policy.Channels.Support)
	if s.DRI != "" {
		state = e.name(s.DRI) + ", " + state
	}
	for i, t := range s.Tickets {
		if i == 0 {
			state += "; tickets:"
		}
		state += " " + string(t)
	}
	return state
}

// fyi names whoever is informed: the managers, those who were added, and the
// roles of the severity (P5, P21).
func (e *planner) fyi() string {
	return e.named(process.Each(slices.Concat(process.Managers(e.people, e.now), e.now.FYI, e.informed)))
}

// named are people, and the roles that nobody holds.
func (e *planner) named(list []schema.Handle) string {
	text := e.names(list)
	if len(e.unfilled) > 0 {
		text = joinedBy("; ", text, "held by nobody: "+join(e.unfilled, ", "))
	}
	return cmp.Or(text, "nobody")
}

// informs says who is informed at the severity that it has now.
func (e *planner) informs() string {
	return "\n\nInformed: " + e.named(e.informed)
}

// welcome is the opening message of the escalation's channel (P18).
func (e *planner) welcome() string {
	n := e.now
	var b strings.Builder
	fmt.Fprintf(&b, "Welcome to the escalation of %s, severity %s: %s\n", oneLine(string(n.Customer)), n.Severity, oneLine(string(n.Summary)))
	fmt.Fprintf(&b, "Case: %s\n", e.caseState())
	fmt.Fprintf(&b, "Initial ask: %s\n", strings.TrimSpace(string(n.Ask)))
	if len(n.Skills) > 0 {
		fmt.Fprintf(&b, "Skills: %s\n", oneLine(join(n.Skills, ", ")))
	}
	fmt.Fprintf(&b, "Meeting notes: %s\n", n.Links.MeetingNotes)
	b.WriteString("What is next:\n" + e.stepList())
	if n.Standup != nil {
		b.WriteString(e.standup() + "\n")
	}
	b.WriteString("\n" + e.responsible())
	if n.Product.DRI != "" {
		fmt.Fprintf(&b, " %s is the Product DRI and drives what is product related.", e.name(n.Product.DRI))
	}
	return b.String()
}

// title is that of the tracking issue.
func (e *planner) title() string {
	return fmt.Sprintf("%s: %s (%s)", oneLine(string(e.now.Customer)), oneLine(string(e.now.Summary)), e.id)
}

// titled is the tracking issue as a whole: its title, an empty line, its text.
func (e *planner) titled() string { return e.title() + "\n\n" + strings.TrimRight(e.issue(), "\n") }

// topic is that of the escalation's channel: what it is about, and which step is
// due next.
func (e *planner) topic() string {
	text := fmt.Sprintf("%s, severity %s, DRI %s", oneLine(string(e.now.Customer)), e.now.Severity, e.name(e.now.DRI))
	open := slices.DeleteFunc(slices.Clone(e.now.NextSteps), func(s schema.NextStep) bool { return !s.Done.IsZero() })
	if len(open) > 0 {
		next := slices.MinFunc(open, func(a, b schema.NextStep) int { return a.Due.Compare(b.Due.Time) })
		text += fmt.Sprintf(", next due %s: %s", day(next.Due), oneLine(string(next.Step)))
	}
	return text
}

// label is that of a severity.
func label(s schema.Severity) string { return "severity:" + string(s) }

// issue is the text of the tracking issue: the declaration, and what else the
// file says as it is now.
func (e *planner) issue() string {
	n, status := e.now, "Opened"
	if n.Closure != nil {
		status = "Closed"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n", e.labels(status), e.responsible())
	if process.NeedsCase(n) {
		fmt.Fprintf(&b, "%s\n", e.caseNote())
	}
	fmt.Fprintf(&b, "\nInitial ask:\n%s\n", strings.TrimSpace(string(n.Ask)))
	if len(n.Skills) > 0 {
		fmt.Fprintf(&b, "Skills: %s\n", oneLine(join(n.Skills, ", ")))
	}
	fmt.Fprintf(&b, "\nApproach:\n%s\n", strings.TrimSpace(string(n.Approach)))
	fmt.Fprintf(&b, "\nExit criteria:\n%s", criteriaList(n.ExitCriteria))
	fmt.Fprintf(&b, "\nNext steps:\n%s", e.stepList())
	if n.Standup != nil {
		fmt.Fprintf(&b, "\n%s\n", e.standup())
	}
	if len(n.Product.Team) > 0 {
		fmt.Fprintf(&b, "\nProduct team: %s\n", e.names(n.Product.Team))
	}
	if n.Links.CollaborationProject != "" {
		fmt.Fprintf(&b, "\nCollaboration project: %s\n", n.Links.CollaborationProject)
	}
	if len(n.Links.Issues) > 0 {
		fmt.Fprintf(&b, "\nIssues:\n- %s\n", join(n.Links.Issues, "\n- "))
	}
	if n.Previous != "" {
		fmt.Fprintf(&b, "\nPrevious escalation: %s\n", n.Previous)
	}
	return b.String()
}

// headed is a notice with a title, the escalation that it is about, and the
// update that says why.
func (e *planner) headed(title string, c change.Change) string {
	text := fmt.Sprintf("%s: %s (%s, severity %s)\nChannel #%s, DRI %s", title, oneLine(string(e.now.Customer)), e.id, e.now.Severity, e.channel, e.name(e.now.DRI))
	return text + e.quote(c)
}

// quote is the update that a change consists of or is explained by, unless a
// notice before has it.
func (e *planner) quote(c change.Change) string {
	first := slices.IndexFunc(e.changes, func(x change.Change) bool { return x.Update == c.Update })
	if c.Update == nil || e.changes[first].Moment != c.Moment {
		return ""
	}
	return "\n\n" + e.update(c.Update)
}

// update is the text of an update, with who told it to whom and when (P24).
func (e *planner) update(u *schema.Update) string {
	head := fmt.Sprintf("Update by %s, %s, to %s", e.name(u.By), when(u.At.Time), join(u.To, " and "))
	if !u.Amends.IsZero() {
		head += ", correcting that of " + when(u.Amends.Time)
	}
	if u.Redacted != "" {
		return head + ":\nRedacted: " + oneLine(string(u.Redacted))
	}
	return head + ":\n" + strings.TrimSpace(string(u.Text))
}

func (e *planner) productDRI(c change.Change) string {
	was, is := c.Before.Product.DRI, c.After.Product.DRI
	switch {
	case is == "":
		return fmt.Sprintf("There is no Product DRI any more: it was %s.", e.name(was))
	case was == "":
		return fmt.Sprintf("%s is the Product DRI and drives what is product related.", e.name(is))
	default:
		return fmt.Sprintf("%s takes over from %s as Product DRI.", e.name(is), e.name(was))
	}
}

// criteria says what became of the exit criteria.
func criteria(was, is []schema.ExitCriterion) string {
	var met, reset, added, dropped []string
	for _, c := range is {
		i := slices.IndexFunc(was, func(w schema.ExitCriterion) bool { return w.Criterion == c.Criterion })
		text := oneLine(string(c.Criterion))
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
			dropped = append(dropped, oneLine(string(w.Criterion)))
		}
	}
	return differences("Exit criteria", count(is, func(c schema.ExitCriterion) bool { return !c.Met.IsZero() }, "met"),
		"met now", met, "no longer met", reset, "new", added, "dropped", dropped)
}

// steps says what became of the next steps.
func (e *planner) steps(was, is []schema.NextStep) string {
	var done, changed, added, dropped []string
	for _, s := range is {
		i := slices.IndexFunc(was, func(w schema.NextStep) bool { return w.Step == s.Step })
		switch {
		case i < 0:
			added = append(added, e.step(s))
		case was[i].Done.IsZero() && !s.Done.IsZero():
			done = append(done, oneLine(string(s.Step)))
		case was[i] != s:
			changed = append(changed, e.step(s))
		}
	}
	for _, w := range was {
		if !slices.ContainsFunc(is, func(s schema.NextStep) bool { return w.Step == s.Step }) {
			dropped = append(dropped, oneLine(string(w.Step)))
		}
	}
	return differences("Next steps", count(is, func(s schema.NextStep) bool { return !s.Done.IsZero() }, "done"),
		"done now", done, "changed", changed, "new", added, "dropped", dropped)
}

// differences is one line of pairs of a word and what it is true of.
func differences(title, state string, pairs ...any) string {
	text := title + ", " + state
	for i := 0; i < len(pairs); i += 2 {
		if of := pairs[i+1].([]string); len(of) > 0 {
			text += fmt.Sprintf("; %s: %s", pairs[i], strings.Join(of, ", "))
		}
	}
	return text + "."
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

func (e *planner) step(s schema.NextStep) string {
	text := fmt.Sprintf("%s (%s, by %s)", oneLine(string(s.Step)), e.name(s.Owner), day(s.Due))
	if !s.Done.IsZero() {
		text = fmt.Sprintf("%s (%s, done %s)", oneLine(string(s.Step)), e.name(s.Owner), day(s.Done))
	}
	return text
}

func (e *planner) stepList() string {
	var b strings.Builder
	for _, s := range e.now.NextSteps {
		fmt.Fprintf(&b, "- %s\n", e.step(s))
	}
	return b.String()
}

func criteriaList(list []schema.ExitCriterion) string {
	var b strings.Builder
	for _, c := range list {
		fmt.Fprintf(&b, "- %s", oneLine(string(c.Criterion)))
		if !c.Met.IsZero() {
			fmt.Fprintf(&b, " (met %s)", day(c.Met))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func (e *planner) standup() string {
	s := e.now.Standup
	if s == nil {
		return "There is no standup any more."
	}
	text := fmt.Sprintf("Standup: %s at %s %s", join(s.Days, ", "), s.Time, s.Zone)
	if s.Minutes > 0 {
		text += fmt.Sprintf(", %d minutes", s.Minutes)
	}
	return fmt.Sprintf("%s, with %s: %s", text, e.names(s.Attendees), s.Link)
}

// closed is what a closure is called (P34).
func closed(c *schema.Closure) string {
	if c.Resolution == schema.Deescalated {
		return "Escalation de-escalated to standard business"
	}
	return "Escalation closed"
}

// closure is the notice of the end, the same words everywhere (P31 to P33).
func (e *planner) closure() string {
	c := e.now.Closure
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s (%s, severity %s)\n", closed(c), oneLine(string(e.now.Customer)), e.id, e.now.Severity)
	fmt.Fprintf(&b, "Closed by %s, %s\n", e.name(c.By), when(c.At.Time))
	fmt.Fprintf(&b, "Outcome: %s\n", c.Outcome)
	if c.ExitCriteriaMet {
		b.WriteString("Exit criteria met: yes\n")
	} else {
		fmt.Fprintf(&b, "Exit criteria met: no: %s\n", oneLine(string(c.WhyNot)))
	}
	fmt.Fprintf(&b, "What was done:\n%s\n", strings.TrimSpace(string(c.Summary)))
	if c.Agreement.URL != "" {
		fmt.Fprintf(&b, "Agreement: %s\n", c.Agreement.URL)
	} else {
		fmt.Fprintf(&b, "Agreement: waived by %s: %s\n", e.name(c.Agreement.By), oneLine(string(c.Agreement.Waived)))
	}
	if r := c.RCA; r != nil && r.Requested {
		switch {
		case r.URL != "":
			fmt.Fprintf(&b, "Root cause analysis: %s\n", r.URL)
		case r.Owner != "":
			fmt.Fprintf(&b, "Root cause analysis: %s, by %s\n", e.name(r.Owner), day(r.Due))
		}
	}
	if c.PatternIssue != "" {
		fmt.Fprintf(&b, "Pattern issue: %s\n", c.PatternIssue)
	}
	fmt.Fprintf(&b, "CSM sentiment: %s", oneLine(string(c.Sentiment)))
	return b.String()
}

// caseFields are the fields of the case that this file knows (P16).
func (e *planner) caseFields() string {
	n := e.now
	var b strings.Builder
	fmt.Fprintf(&b, "Case type: %s\n", process.CaseType)
	if owners := process.CaseOwner(e.people, e.policy, n); len(owners) > 0 {
		fmt.Fprintf(&b, "Case owner: %s\n", e.names(owners))
	}
	fmt.Fprintf(&b, "Severity: %s\n", level(n.Severity))
	fmt.Fprintf(&b, "Escalation DRI: %s\nProduct DRI: %s\nSupport DRI: %s\n", e.name(n.DRI), oneLine(e.productState()), oneLine(e.supportState()))
	fmt.Fprintf(&b, "Customer Escalation Slack channel: #%s\n", e.channel)
	if n.Links.CollaborationProject != "" {
		fmt.Fprintf(&b, "Customer Collaboration project: %s\n", n.Links.CollaborationProject)
	}
	fmt.Fprintf(&b, "Customer meeting notes: %s\n", n.Links.MeetingNotes)
	fmt.Fprintf(&b, "Escalation exit criteria:\n%s", criteriaList(n.ExitCriteria))
	if n.Standup != nil {
		fmt.Fprintf(&b, "%s\n", e.standup())
	}
	return strings.TrimRight(b.String(), "\n")
}

// name is what people call a person; the handle, where the directory knows
// nobody by it.
func (e *planner) name(h schema.Handle) string {
	if p := e.people.People[h]; p.Name != "" {
		return oneLine(string(p.Name))
	}
	return string(h)
}

func (e *planner) names(list []schema.Handle) string {
	words := make([]string, len(list))
	for i, h := range list {
		words[i] = e.name(h)
	}
	return strings.Join(words, ", ")
}

// level is a severity as a label has it.
func level(s schema.Severity) string {
	if s == "" {
		return "none"
	}
	return strings.ToUpper(string(s[:1])) + string(s[1:])
}

func raised(from, to schema.Severity) string {
	if slices.Index(schema.AllSeverities(), to) < slices.Index(schema.AllSeverities(), from) {
		return "raised"
	}
	return "lowered"
}

func join[T ~string](list []T, by string) string {
	words := make([]string, len(list))
	for i, w := range list {
		words[i] = string(w)
	}
	return strings.Join(words, by)
}

func when(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

func day(d schema.Date) string { return d.Format(time.DateOnly) }

// oneLine makes one line of a text.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// firstParagraph is the text up to the first empty line.
func firstParagraph(s string) string {
	var first []string
	for line := range strings.Lines(strings.TrimSpace(s)) {
		if strings.TrimSpace(line) == "" {
			break
		}
		first = append(first, strings.TrimSpace(line))
	}
	return strings.Join(first, " ")
}

// joined puts two sentences behind one another.
func joined(a, b string) string {
	a = strings.TrimSpace(a)
	if a != "" && b != "" && !strings.ContainsAny(a[len(a)-1:], ".!?:") {
		a += "."
	}
	return joinedBy(" ", a, b)
}

func joinedBy(by, a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + by + b
}
