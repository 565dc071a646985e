package viewprint

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/jsonfmt"
	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/internal/view"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

const (
	// mostSteps is how many steps a brief has, mostSaid how many characters of an
	// update: it is half a page.
	mostSteps = 3
	mostSaid  = 400
)

// Brief prints half a page of Markdown for whoever joins now. On a screen whose
// width is known its lines are wrapped, so that it reads well there, too.
func Brief(w io.Writer, b view.Brief, s terminal.Screen) error {
	var text strings.Builder
	paragraph := func(format string, args ...any) { fmt.Fprintf(&text, "\n"+format+"\n", args...) }
	fmt.Fprintf(&text, "# %s\n", escape.MarkdownLine(words.Line(b.Customer)))
	if b.Restricted {
		paragraph("**Restricted:** this is for those who are named in it.")
	}
	paragraph("**%s**", escape.MarkdownLine(words.Line(b.Summary)))
	paragraph("%s", escape.MarkdownLine(words.Clip(words.Paragraph(b.Description), words.Longest)))
	paragraph("**Since when:** %s", escape.MarkdownLine(since(b)))
	paragraph("**Trend:** %s", escape.MarkdownLine(trend(b.Trend)+" "+words.Sentence(fmt.Sprintf("%d of %s met", b.Met, words.Count(b.Row.Criteria, "exit criterion")))))
	if u := b.Latest; u != nil {
		kind := "Last update"
		if u.Significant {
			kind = "Last significant update"
		}
		paragraph("**%s**, %s, %s: %s", kind, words.Day(u.At), escape.MarkdownLine(u.By.Name), escape.MarkdownLine(words.Clip(words.Line(u.Text), mostSaid)))
	}
	if b.Status == view.Open {
		paragraph("**What is next:**")
		for _, item := range ahead(b) {
			fmt.Fprintf(&text, "%s- %s\n", start(&text), escape.MarkdownLine(item))
		}
	} else {
		for _, l := range b.Escalation.Ended {
			if l.Label == "Summary" || l.Label == "Reason" {
				paragraph("**How it ended:** %s", escape.MarkdownLine(words.Clip(words.Line(l.Value), words.Longest)))
			}
		}
	}
	if b.Status != view.Open && b.Next != nil {
		paragraph("**What is next:** %s", escape.MarkdownLine(words.Sentence(fmt.Sprintf("%s, due %s", b.Next.What, words.Deadline(b.Next.Due)))))
	}
	paragraph("**Who:** %s", escape.MarkdownLine(leading(b)))
	_, err := io.WriteString(w, wrapped(text.String(), s))
	return err
}

// start is the empty line before the first item of a list.
func start(text *strings.Builder) string {
	if strings.HasSuffix(text.String(), ":**\n") {
		return "\n"
	}
	return ""
}

// since says since when it is open, or when it was, and how it stands with time.
func since(b view.Brief) string {
	if b.Status != view.Open {
		return fmt.Sprintf("opened %s, %s %s, after %s.", words.Date(b.Opened), b.Status, words.Date(b.Row.Ended), words.Span(b.Age))
	}
	text := fmt.Sprintf("opened %s, open for %s.", words.Date(b.Opened), words.Span(b.Age))
	switch {
	case b.Unread != "":
		return text + " What is late is not known: " + words.Sentence(b.Unread)
	case b.Overdue():
		return text + " It is late since " + b.Next.When() + "."
	}
	return text + " Nothing is late."
}

// trend says how bad it was, and is.
func trend(levels []view.Level) string {
	if len(levels) == 0 {
		return "not known."
	}
	var all []string
	for i, l := range levels {
		text := string(l.Severity)
		switch {
		case l.At.IsZero() && len(levels) > 1:
			text += ", which is not committed yet"
		case l.At.IsZero(): // nobody knows since when
		case i > 0:
			text += " since " + words.Date(l.At)
		default:
			text += " since the opening"
		}
		if i < len(levels)-1 {
			text = string(l.Severity)
			if i > 0 {
				text += " from " + words.Date(l.At)
			} else {
				text = "opened as " + text
			}
		}
		all = append(all, text)
	}
	return words.Join(all, ", then ") + "."
}

// ahead are the next steps, those that are late first, and what else is late.
func ahead(b view.Brief) []string {
	var all []string
	for _, i := range b.Late() {
		all = append(all, fmt.Sprintf("Late since %s: %s; it is the turn of %s", i.When(), i.What, i.Turn))
	}
	n := 0
	for _, s := range b.Steps {
		if !s.Open() {
			continue
		}
		if n++; n > mostSteps {
			continue
		}
		text := fmt.Sprintf("%s, %s: %s", words.Day(s.Due.Time), s.Owner.Name, words.Line(s.Step))
		if !s.Since.IsZero() {
			text += fmt.Sprintf(" (%s late)", words.Span(b.Now.Sub(s.Since)))
		}
		all = append(all, text)
	}
	if n > mostSteps {
		all = append(all, words.Count(n-mostSteps, "more step"))
	}
	if n == 0 {
		all = append(all, "No next step is open")
	}
	return all
}

// leading are those who lead, and where they talk.
func leading(b view.Brief) string {
	var all []string
	lacking := ""
	for _, p := range b.Who {
		switch p.As {
		case "DRI", "stand-in", "Product DRI", "Support DRI", "CSE":
			if p.Handle == schema.PendingPerson {
				lacking += "; the " + p.As + " is to be assigned"
			} else {
				all = append(all, p.String())
			}
		}
	}
	text := words.And(all) + lacking
	if b.Status == view.Open {
		text += "; they talk in #" + string(b.Channel)
	}
	return text + "."
}

// BriefJSON prints a brief for programs, in the shape that is promised to them.
func BriefJSON(w io.Writer, b view.Brief) error {
	type level struct {
		Severity schema.Severity `json:"severity"`
		At       string          `json:"at"`
	}
	out := struct {
		Now string `json:"now"`
		row
		Summary     schema.Text  `json:"summary"`
		Description string       `json:"description"`
		Trend       []level      `json:"trend"`
		Update      *updateJSON  `json:"update"`
		Steps       []stepJSON   `json:"next_steps"`
		Who         []personJSON `json:"who"`
	}{
		Now: jsonfmt.Time(b.Now), row: newRow(b.Row), Summary: b.Summary, Description: words.Paragraph(b.Description),
		Trend: []level{}, Steps: []stepJSON{}, Who: newPeople(b.Who),
	}
	for _, l := range b.Trend {
		out.Trend = append(out.Trend, level{l.Severity, jsonfmt.Time(l.At)})
	}
	if b.Latest != nil {
		u := newUpdate(*b.Latest)
		out.Update = &u
	}
	for _, s := range b.Steps {
		if s.Open() {
			out.Steps = append(out.Steps, newStep(s))
		}
	}
	return jsonfmt.Write(w, out)
}

// latestSaid is how many updates a letter has.
const latestSaid = 3

// Letter prints a letter to the customer as Markdown, which a person sends. Its
// lines are wrapped as those of Brief are.
func Letter(w io.Writer, l view.Letter, s terminal.Screen) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s: where we stand, %s\n", escape.MarkdownLine(words.Line(l.Customer)), words.Day(l.Now))
	if n := len(l.Updates); n > 0 {
		fmt.Fprintf(&b, "\n## What we told you last\n")
		for i := n - 1; i >= max(n-latestSaid, 0); i-- {
			u := l.Updates[i]
			when := words.Day(u.At)
			if !u.Amends.IsZero() {
				when += ", in place of what we said on " + words.Day(u.Amends)
			}
			fmt.Fprintf(&b, "\n**%s**\n\n%s\n", when, escape.Markdown(string(u.Text)))
		}
	}
	fmt.Fprintf(&b, "\n## When this is solved\n\n")
	for _, c := range l.Criteria {
		box, text := "[ ]", words.Line(c.Criterion)
		if !c.Met.IsZero() {
			box, text = "[x]", text+" (met "+words.Day(c.Met.Time)+")"
		}
		fmt.Fprintf(&b, "- %s %s\n", box, escape.MarkdownLine(text))
	}
	if len(l.Steps) > 0 {
		fmt.Fprintf(&b, "\n## What we do next\n\n")
	}
	for _, s := range l.Steps {
		box, text := "[ ]", words.Line(s.Step)+", by "+words.Day(s.Due.Time)
		if !s.Done.IsZero() {
			box, text = "[x]", words.Line(s.Step)+" (done "+words.Day(s.Done.Time)+")"
		}
		fmt.Fprintf(&b, "- %s %s\n", box, escape.MarkdownLine(text))
	}
	_, err := io.WriteString(w, wrapped(b.String(), s))
	return err
}

// LetterJSON prints a letter for programs, in the shape that is promised to them.
func LetterJSON(w io.Writer, l view.Letter) error {
	type said struct {
		At     string      `json:"at"`
		Amends string      `json:"amends"`
		Text   schema.Text `json:"text"`
	}
	type planned struct {
		Step schema.Text `json:"step"`
		Due  string      `json:"due"`
		Done string      `json:"done"`
	}
	out := struct {
		Now      string          `json:"now"`
		Customer schema.Text     `json:"customer"`
		Updates  []said          `json:"updates"`
		Criteria []criterionJSON `json:"exit_criteria"`
		Steps    []planned       `json:"next_steps"`
	}{jsonfmt.Time(l.Now), l.Customer, []said{}, []criterionJSON{}, []planned{}}
	for _, u := range l.Updates {
		out.Updates = append(out.Updates, said{jsonfmt.Time(u.At), jsonfmt.Time(u.Amends), u.Text})
	}
	for _, c := range l.Criteria {
		out.Criteria = append(out.Criteria, criterionJSON{c.Criterion, words.Date(c.Met.Time)})
	}
	for _, s := range l.Steps {
		out.Steps = append(out.Steps, planned{s.Step, words.Date(s.Due.Time), words.Date(s.Done.Time)})
	}
	return jsonfmt.Write(w, out)
}

// wrapped is Markdown for a screen: its lines are wrapped where the width is known,
// and none is a command to a CI job. It says the same: a line is broken only before a
// word that begins nothing of Markdown's.
func wrapped(text string, s terminal.Screen) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		bare := strings.TrimRight(line, " ")
		hard := line[len(bare):] // two spaces break a line
		indent := ""
		if strings.HasPrefix(bare, "- ") {
			indent = "  "
		}
		for i, part := range parts(bare, indent, s, len(hard)) {
			if i > 0 {
				b.WriteString("\n" + indent)
			}
			b.WriteString(escape.Terminal(part))
		}
		b.WriteString(hard + "\n")
	}
	return b.String()
}

// parts are the parts of a line that stand in lines of their own, each with some
// columns to spare.
func parts(line, indent string, s terminal.Screen, spare int) []string {
	if s.Width == 0 || strings.HasPrefix(line, "#") {
		return []string{line}
	}
	var units []string // words, with those behind them that no line may begin with
	for i, word := range strings.Split(line, " ") {
		if n := len(units) - 1; i > 0 && begins.MatchString(word) {
			units[n] += " " + word
		} else {
			units = append(units, word)
		}
	}
	all := []string{units[0]}
	for _, unit := range units[1:] {
		last, room := len(all)-1, s.Room(spare)
		if last > 0 {
			room = s.Room(len(indent) + spare)
		}
		if terminal.Columns(all[last])+1+terminal.Columns(unit) > room {
			all = append(all, unit)
		} else {
			all[last] += " " + unit
		}
	}
	return all
}

// begins matches a word that might begin a block of Markdown's at the beginning of a
// line, or is no word.
var begins = regexp.MustCompile("^$|^[-+*=#>|~`<:_/\\[]|^[0-9]+[.)]")
