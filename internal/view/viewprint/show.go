package viewprint

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/jsonfmt"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/stale/staleprint"
	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/internal/view"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// How many of the latest are shown on a screen.
const (
	latestUpdates = 3
	latestNotices = 5
)

// Show prints all of an escalation for a person at a terminal.
func Show(w io.Writer, e view.Escalation, s terminal.Screen) error {
	p := page{b: bufio.NewWriter(w), s: s}
	late, style := standing(e.Row)
	customer := terminal.Line(string(e.Customer))
	if e.Restricted {
		customer += " (restricted)"
	}
	staleprint.Head(p.b, s, e.Severity, customer, late, style)
	p.line("  ", facts(e))
	p.line("  ", string(e.Summary))
	p.title(fmt.Sprintf("Exit criteria, %d of %d met", e.Met, len(e.Criteria)))
	for _, c := range e.Criteria {
		text := string(c.Criterion)
		if !c.Met.IsZero() {
			text += ", met " + words.Day(c.Met.Time)
		}
		p.ticked(!c.Met.IsZero(), text, "")
	}
	p.steps(e)
	p.clocks(e)
	p.updates(e)
	p.title("Who")
	p.pairs(people(e))
	p.text("Description", string(e.Description))
	p.text("Ask", string(e.Ask))
	p.text("Approach", string(e.Approach))
	if len(e.Skills) > 0 {
		p.text("Skills", words.Join(e.Skills, "; "))
	}
	p.notices(e)
	if len(e.Ended) > 0 {
		p.title("Closure")
		p.pairs(e.Ended)
	}
	if len(e.Links) > 0 {
		p.title("Links")
		p.pairs(e.Links)
	}
	if e.Case != nil {
		p.title("The case, to copy")
		for line := range strings.Lines(escape.Terminal(e.Case.Plain())) {
			p.line("  ", strings.TrimSuffix(line, "\n"))
		}
	}
	return p.b.Flush()
}

// facts are what an escalation is called and how old it is.
func facts(e view.Escalation) string {
	text := fmt.Sprintf("%s, %s, #%s, opened %s", e.Escalation, e.Region, e.Channel, words.Date(e.Opened))
	if e.Status == view.Open {
		return text + ", " + words.Span(e.Age) + " ago"
	}
	return fmt.Sprintf("%s, %s %s after %s", text, e.Status, words.Date(e.Row.Ended), words.Span(e.Age))
}

// people are who has a part, those of one kind together.
func people(e view.Escalation) []view.Link {
	var all []view.Link
	for _, p := range e.Who {
		name := p.Name
		if name != string(p.Handle) && p.Handle != schema.PendingPerson {
			name += " (" + string(p.Handle) + ")"
		}
		if p.As == "DRI" && e.Because != "" {
			name += ", because " + e.Because
		}
		label := words.Capital(p.As)
		if n := len(all) - 1; n >= 0 && all[n].Label == label {
			all[n].Value += ", " + name
			continue
		}
		all = append(all, view.Link{Label: label, Value: name})
	}
	return all
}

// page is a page being printed.
type page struct {
	b *bufio.Writer
	s terminal.Screen
}

// line prints a text in one line, wrapped behind an indent.
func (p page) line(indent, text string) {
	fmt.Fprintln(p.b, strings.TrimRight(indent+p.s.Wrap(terminal.Line(text), len(indent), indent), " "))
}

func (p page) title(text string) {
	fmt.Fprintf(p.b, "\n%s\n", p.s.Paint(terminal.Bold, p.s.Wrap(text, 0, "")))
}

// text prints a text in its own lines.
func (p page) text(title, text string) {
	text = strings.TrimSpace(text)
	if text == "" {
		return
	}
	p.title(title)
	fmt.Fprintln(p.b, "  "+p.s.Wrap(text, len(gap), gap))
}

// leastValue is how many columns a value has beside its label at least.
const leastValue = 30

// pairs prints labels, and beside each or below it what stands behind it.
func (p page) pairs(all []view.Link) {
	width := 0
	for _, l := range all {
		width = max(width, terminal.Columns(l.Label))
	}
	column := len(gap) + width + len(gap)
	beside := p.s.Room(column) >= leastValue
	for _, l := range all {
		value := terminal.Line(l.Value)
		if beside {
			fmt.Fprintf(p.b, "  %-*s  %s\n", width, l.Label, p.s.Wrap(value, column, strings.Repeat(" ", column)))
		} else {
			fmt.Fprintf(p.b, "  %s\n    %s\n", l.Label, p.s.Wrap(value, len(gap+gap), gap+gap))
		}
	}
}

// ticked prints an item with a box, and what there is to mark of it.
func (p page) ticked(done bool, text, mark string) {
	box := "[ ] "
	if done {
		box = "[x] "
	}
	text = terminal.Line(text)
	indent := gap + strings.Repeat(" ", len(box))
	wrapped := p.s.Wrap(text+mark, len(indent), indent)
	if mark != "" && strings.HasSuffix(wrapped, mark) {
		wrapped = strings.TrimSuffix(wrapped, mark) + p.s.Paint(terminal.Yellow, mark)
	}
	fmt.Fprintln(p.b, gap+box+wrapped)
}

func (p page) steps(e view.Escalation) {
	open := 0
	for _, s := range e.Steps {
		if s.Open() {
			open++
		}
	}
	p.title(fmt.Sprintf("Next steps, %d open", open))
	for _, s := range e.Steps {
		text := string(s.Step) + ": " + s.Owner.Name
		switch {
		case !s.Open():
			p.ticked(true, text+", done "+words.Day(s.Done.Time), "")
		case s.Since.IsZero():
			p.ticked(false, text+", due "+words.Day(s.Due.Time), "")
		default:
			p.ticked(false, text+", due "+words.Day(s.Due.Time), ", "+words.Span(e.Now.Sub(s.Since))+" late")
		}
	}
}

func (p page) clocks(e view.Escalation) {
	if len(e.Clocks) == 0 && e.Unread == "" && e.Standup == "" {
		return
	}
	p.title("Clocks, " + words.Zoned(e.Now))
	if e.Unread != "" {
		p.line("  ", "Unknown: "+e.Unread)
	}
	for _, i := range e.Clocks {
		switch i.State {
		case stale.Overdue:
			p.line("  ", fmt.Sprintf("Late since %s: %s. It is the turn of %s, and it ends with %s.", i.When(), i.What, i.Turn, i.Clock.Ends()))
		case stale.Due:
			p.line("  ", fmt.Sprintf("Due %s: %s (%s)", i.When(), i.Clock.Ends(), i.What))
		default:
			p.line("  ", "Advised: "+i.What)
		}
	}
	if e.Standup != "" && e.Status == view.Open {
		p.line("  ", "Standup: "+e.Standup)
		if !e.NextStandup.IsZero() {
			p.line("  ", "Next standup: "+words.Zoned(e.NextStandup))
		}
	}
	if len(e.Guests) > 0 {
		var names []string
		for _, g := range e.Guests {
			names = append(names, g.Name)
		}
		p.line("  ", "Standups are usually also attended by "+words.And(names))
	}
}

func (p page) updates(e view.Escalation) {
	n := len(e.Updates)
	if n == 0 {
		return
	}
	title := "Updates"
	if n > latestUpdates {
		title = fmt.Sprintf("Updates, the latest %d of %d", latestUpdates, n)
	}
	p.title(title)
	for i := n - 1; i >= max(n-latestUpdates, 0); i-- {
		u := e.Updates[i]
		p.line("  ", updateHead(u))
		fmt.Fprintln(p.b, "    "+p.s.Wrap(words.Clip(said(u), words.Longest), len(gap+gap), gap+gap))
	}
}

// updateHead says when an update was written, by whom, and to whom.
func updateHead(u view.Update) string {
	text := fmt.Sprintf("%s, %s to %s", words.Time(u.At), u.By.Name, words.And(u.To))
	if u.Significant {
		text += ", significant"
	}
	if !u.Amends.IsZero() {
		text += ", corrects that of " + words.Time(u.Amends)
	}
	return text
}

func said(u view.Update) string {
	if u.Redacted != "" {
		return "redacted: " + string(u.Redacted)
	}
	return string(u.Text)
}

func (p page) notices(e view.Escalation) {
	n := len(e.Notices)
	if n == 0 {
		return
	}
	title := "Notices"
	if n > latestNotices {
		title = fmt.Sprintf("Notices, the latest %d of %d", latestNotices, n)
	}
	p.title(title)
	for _, told := range e.Notices[max(n-latestNotices, 0):] {
		text := fmt.Sprintf("%s  %s, %s", words.Stamp(told.At), told.Moment, told.To)
		if told.State == notice.Intent {
			text += " (to be told)"
		}
		if told.URL != "" {
			text += " " + told.URL
		}
		fmt.Fprintln(p.b, "  "+p.s.Wrap(terminal.Line(text), len(gap), gap+gap))
	}
}

// The JSON of the parts of one escalation.
type (
	personJSON struct {
		As     string        `json:"as"`
		Handle schema.Handle `json:"handle"`
		Name   string        `json:"name"`
	}
	criterionJSON struct {
		Criterion schema.Text `json:"criterion"`
		Met       string      `json:"met"`
	}
	stepJSON struct {
		Step  schema.Text   `json:"step"`
		Owner schema.Handle `json:"owner"`
		Due   string        `json:"due"`
		Done  string        `json:"done"`
		Since string        `json:"since"`
	}
	clockJSON struct {
		Clock stale.Clock   `json:"clock"`
		State stale.State   `json:"state"`
		Due   string        `json:"due"`
		Since string        `json:"since"`
		Turn  schema.Handle `json:"turn"`
		Rung  int           `json:"rung"`
		What  string        `json:"what"`
	}
	updateJSON struct {
		At          string            `json:"at"`
		By          schema.Handle     `json:"by"`
		To          []schema.Audience `json:"to"`
		Significant bool              `json:"significant"`
		Amends      string            `json:"amends"`
		Text        schema.Text       `json:"text"`
		Redacted    schema.Text       `json:"redacted"`
	}
	noticeJSON struct {
		At     string        `json:"at"`
		Moment notice.Moment `json:"moment"`
		To     notice.Place  `json:"to"`
		Via    string        `json:"via"`
		State  notice.State  `json:"state"`
		URL    string        `json:"url"`
	}
	linkJSON struct {
		Label string `json:"label"`
		Value string `json:"value"`
	}
)

func newUpdate(u view.Update) updateJSON {
	return updateJSON{jsonfmt.Time(u.At), u.By.Handle, append([]schema.Audience{}, u.To...), u.Significant, jsonfmt.Time(u.Amends), u.Text, u.Redacted}
}

func newStep(s view.Step) stepJSON {
	return stepJSON{s.Step, s.Owner.Handle, words.Date(s.Due.Time), words.Date(s.Done.Time), jsonfmt.Time(s.Since)}
}

func newPeople(all []stale.Person) []personJSON {
	out := []personJSON{}
	for _, p := range all {
		out = append(out, personJSON{p.As, p.Handle, p.Name})
	}
	return out
}

func newLinks(all []view.Link) []linkJSON {
	out := []linkJSON{}
	for _, l := range all {
		out = append(out, linkJSON(l))
	}
	return out
}

// ShowJSON prints all of an escalation for programs, in the shape that is promised
// to them: what the table says of it, and the rest.
func ShowJSON(w io.Writer, e view.Escalation) error {
	out := struct {
		Now string `json:"now"`
		row
		Summary     schema.Text        `json:"summary"`
		Description schema.Text        `json:"description"`
		Ask         schema.Text        `json:"ask"`
		Skills      []schema.Text      `json:"skills"`
		Approach    schema.Text        `json:"approach"`
		Channel     schema.ChannelName `json:"channel"`
		Who         []personJSON       `json:"who"`
		ExitList    []criterionJSON    `json:"exit_criteria"`
		Steps       []stepJSON         `json:"next_steps"`
		Clocks      []clockJSON        `json:"clocks"`
		Unread      string             `json:"unread"`
		Standup     string             `json:"standup"`
		NextStandup string             `json:"next_standup"`
		Guests      []personJSON       `json:"standup_guests"`
		Updates     []updateJSON       `json:"updates"`
		Notices     []noticeJSON       `json:"notices"`
		Links       []linkJSON         `json:"links"`
		Closure     []linkJSON         `json:"closure"`
		Case        string             `json:"case"`
	}{
		Now: jsonfmt.Time(e.Now), row: newRow(e.Row), Summary: e.Summary, Description: e.Description, Ask: e.Ask, Skills: append([]schema.Text{}, e.Skills...),
		Approach: e.Approach, Channel: e.Channel, Who: newPeople(e.Who), ExitList: []criterionJSON{}, Steps: []stepJSON{}, Clocks: []clockJSON{}, Unread: e.Unread,
		Standup: e.Standup, NextStandup: jsonfmt.Time(e.NextStandup), Guests: newPeople(e.Guests), Updates: []updateJSON{}, Notices: []noticeJSON{},
		Links: newLinks(e.Links), Closure: newLinks(e.Ended), Case: e.Case.Plain(),
	}
	for _, c := range e.Criteria {
		out.ExitList = append(out.ExitList, criterionJSON{c.Criterion, words.Date(c.Met.Time)})
	}
	for _, s := range e.Steps {
		out.Steps = append(out.Steps, newStep(s))
	}
	for _, i := range e.Clocks {
		out.Clocks = append(out.Clocks, clockJSON{i.Clock, i.State, jsonfmt.Time(i.Due), jsonfmt.Time(i.Since), i.Turn.Handle, i.Rung, i.What})
	}
	for _, u := range e.Updates {
		out.Updates = append(out.Updates, newUpdate(u))
	}
	for _, n := range e.Notices {
		out.Notices = append(out.Notices, noticeJSON{jsonfmt.Time(n.At), n.Moment, n.To, n.Via, n.State, n.URL})
	}
	return jsonfmt.Write(w, out)
}

// UnreadJSON prints of an escalation that nothing can be said of it, and why.
func UnreadJSON(w io.Writer, id schema.ID, why string) error {
	return jsonfmt.Write(w, stale.Unread{Escalation: id, Why: why})
}
