// Package comment reads what people write into a comment on a tracking issue or a
// pull request: commands such as `/update customer The test is booked.`, each with the
// act that it stands for and the answers that it gives. It knows no escalation and no
// forge: what is missing, the act's own questions say, and how a command begins on a
// forge, a Dialect.
package comment

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/nearest"
)

// Dialect is how commands are written on a forge.
type Dialect struct {
	// Prefix is the word that a command begins with, as in `/esc update TEXT`. It is empty
	// where the slash is enough. GitLab needs one: it has quick actions of its own, takes
	// what is one from the beginning of a line, whoever wrote it, and carries it out. What
	// is none, such as `/esc`, it leaves in the text, and never looks into code and
	// quotations (lib/gitlab/quick_actions/extractor.rb).
	Prefix string
	// Change is what people call a change request there, such as a pull request.
	Change string
}

// On is the dialect of a forge.
func On(p ci.Platform) Dialect {
	if p == ci.GitLab {
		return Dialect{Prefix: "esc", Change: p.Change()}
	}
	return Dialect{Change: p.Change()}
}

// Written is how a command is written, with its slash: `/update` or `/esc update`.
func (d Dialect) Written(name string) string {
	if d.Prefix == "" {
		return "/" + name
	}
	return "/" + d.Prefix + " " + name
}

// slash is what a slash before a command becomes in a text of ours.
func (d Dialect) slash(text string) string {
	return strings.ReplaceAll(text, "/", d.Written(""))
}

// theirs are the commands that a forge with a prefix has as its own, without one. What is
// left of one in a comment is left alone.
var theirs = []string{"close", "done", "reopen", "severity"}

// Command is one command of a comment.
type Command struct {
	// Name is the word that stands behind the slash.
	Name string
	// Act is the name of the act that it stands for; "" for those that are none, such as
	// help.
	Act string
	// Given are the answers that it gives to the act's questions.
	Given map[string][]string
	// Text is what stands behind the word.
	Text string
	// Joined are the names of the commands that are given with it: those beside it whose
	// answers it takes, such as the product-dri of a severity, and the met of a closing.
	Joined []string
}

// Comment is what a comment holds.
type Comment struct {
	// Commands are those that are known, in their order.
	Commands []Command
	// Unknown is what looks like a command and is none, as it is written, without its
	// text: each with the one that was probably meant, written rightly; "" where only
	// the prefix says that it is for us. What is like no command is left alone.
	Unknown map[string]string
}

// grammar is one command: how it is written, what it does, and how its text answers
// the act's questions.
type grammar struct {
	name, usage, does string
	act               string
	answers           func(text string) map[string][]string
	// labels are the questions that are seldom asked: a line below the command answers
	// one, by its name and a colon.
	labels []string
}

// grammars are all commands there are, in the order in which help shows them.
func (d Dialect) grammars() []grammar {
	return []grammar{
		{"update", "/update [internal|customer|both] TEXT", "say what has happened, and whom you told", "update", updateText, nil},
		{"significant", "/significant [internal|customer|both] TEXT", "a significant change of status: also in the announcement channel", "update", func(text string) map[string][]string {
			given := updateText(text)
			given["significant"] = []string{"yes"}
			return given
		}, nil},
		{"severity", "/severity LEVEL because TEXT", "raise or lower the severity; with /product-dri where the level needs another", "severity", because("level", "why"), []string{"product-related", "product-reason"}},
		{"step", "/step TEXT @owner DATE", "add a next step", "step", StepText, nil},
		{"done", "/done STEP", "a step is done: its number, or a part of its words", "step", whole("done"), nil},
		{"met", "/met CRITERION", "an exit criterion is met: its number, or a part of its words", "met", whole("criterion"), nil},
		{"criterion", "/criterion TEXT", "add an exit criterion", "criterion", whole("criterion"), nil},
		{"case", "/case URL", "the link of the CS Help case", "case", whole("case"), nil},
		{"support", "/support TICKET", "call in Support, with the ticket that describes the issue", "support", whole("ticket"), nil},
		{"product-dri", "/product-dri @login because TEXT", "name the Product DRI", "product", because("product-dri", "why"), []string{"product-related"}},
		{"dri", "/dri @login because TEXT", "hand over to another DRI", "dri", because("dri", "why"), []string{"as", "project", "cse", "cse-help-case", "strategic"}},
		{"cover", "/cover @login until DATE because TEXT", "name who stands in for the DRI", "cover", coverText, nil},
		{"snooze", "/snooze DATE because TEXT", "hold back the reminders about the customer", "snooze", snoozeText, nil},
		{"close", "/close", "close it: the answer is a form to fill in", "close", closeText, nil},
		{"reopen", "/reopen because TEXT", "open it again; with /criterion and /step", "reopen", whyText("why"), nil},
		{"fix", "/fix", "on a " + d.Change + ": make the fixes that lint offers", "", nil, nil},
		{"help", "/help", "show these commands", "", nil, nil},
	}
}

// Usage is how one command is written, and what it does.
type Usage struct{ Name, Written, Does string }

// Usage is how the commands are written, and what each does.
func (d Dialect) Usage() []Usage {
	var list []Usage
	for _, g := range d.grammars() {
		list = append(list, Usage{g.name, d.slash(g.usage), d.slash(g.does)})
	}
	return list
}

// word is how a line of a command begins. A path such as /usr/bin is none.
var word = regexp.MustCompile(`^ {0,3}/([A-Za-z][A-Za-z_-]*)(@[A-Za-z0-9_.-]*)?[:,.!]?(?:[ \t]+(.*)|[ \t]*)$`)

// behind is what stands behind a prefix. Somebody may write the slash once more.
var behind = regexp.MustCompile(`^/?([A-Za-z][A-Za-z_-]*)[:,.!]?(?:[ \t]+(.*)|[ \t]*)$`)

// unseen is what nobody sees at the beginning of a line, and a keyboard or what was
// copied puts there, such as the mark of a direction.
const unseen = "\u200b\u200c\u200d\u200e\u200f\u2060\u2066\u2067\u2068\u2069\u202a\u202b\u202c\u202d\u202e\ufeff"

// begun is how a line begins a command, known or not.
type begun struct {
	name string // in lower case; "" where it is no word
	text string
	// ours reports that it has all that a command begins with.
	ours bool
}

// begins is how a line begins a command; ok is false of one that begins none. Behind the
// prefix may be an account, as other forges have it.
func (d Dialect) begins(line string) (b begun, ok bool) {
	m := word.FindStringSubmatch(strings.TrimLeft(line, unseen))
	switch {
	case m == nil:
		return begun{}, false
	case d.Prefix == "" || !strings.EqualFold(m[1], d.Prefix):
		return begun{strings.ToLower(m[1]), m[3], d.Prefix == ""}, m[2] == ""
	case m[3] == "": // who writes the prefix alone wants to know what there is
		return begun{"help", "", true}, true
	}
	if after := behind.FindStringSubmatch(m[3]); after != nil {
		return begun{strings.ToLower(after[1]), after[2], true}, true
	}
	return begun{"", m[3], true}, true
}

// unknown is how a line is written that begins no known command, and what was probably
// meant; known is false of one that is not for us.
func (d Dialect) unknown(b begun, names []string) (written, meant string, known bool) {
	if !b.ours { // it lacks the prefix
		return "/" + b.name, d.Written(b.name), slices.Contains(names, b.name) && !slices.Contains(theirs, b.name)
	}
	if b.name == "" {
		b.name, _, _ = strings.Cut(b.text, " ")
	}
	if meant = nearest.Only(b.name, names); meant != "" {
		meant = d.Written(meant)
	}
	return d.Written(b.name), meant, meant != "" || d.Prefix != ""
}

// Read reads the body of a comment.
func (d Dialect) Read(body string) Comment {
	c := Comment{Unknown: map[string]string{}}
	all := d.grammars()
	names := make([]string, len(all))
	for i, g := range all {
		names[i] = g.name
	}
	var current *grammar
	var text []string
	end := func() {
		if current == nil {
			return
		}
		said := strings.TrimSpace(strings.Join(text, "\n"))
		command := Command{Name: current.name, Act: current.act, Text: said}
		if current.answers != nil {
			rest, labelled := labelled(said, current.labels)
			command.Given = current.answers(rest)
			maps.Copy(command.Given, labelled)
		}
		if current.name == "close" && len(command.Given["met"]) > 0 {
			command.Joined = []string{"met"}
		}
		c.Commands = append(c.Commands, command)
		current, text = nil, nil
	}
	for _, l := range d.own(body) {
		b, begins := d.begins(l.text)
		if !begins || l.code {
			if current != nil {
				text = append(text, l.text)
			}
			continue
		}
		if i := slices.Index(names, b.name); i >= 0 && b.ours {
			end()
			current, text = &all[i], []string{b.text}
			continue
		}
		if written, meant, known := d.unknown(b, names); known {
			end()
			c.Unknown[written] = meant
		} else if current != nil {
			text = append(text, l.text)
		}
	}
	end()
	c.Commands = together(c.Commands)
	return c
}

// joins are the commands beside another that answer its questions.
var joins = map[string][]string{"severity": {"product-dri"}, "reopen": {"criterion", "step"}}

// Beside is how a question of a command is answered that its own text does not: by a
// line below it, or another command; "" where its text does.
func (d Dialect) Beside(name, question string) string {
	all := d.grammars()
	i := slices.IndexFunc(all, func(g grammar) bool { return g.name == name })
	if i >= 0 && (name == "close" && closing[question] || slices.Contains(all[i].labels, question)) {
		return question + ": ANSWER"
	}
	for _, g := range all {
		if slices.Contains(joins[name], g.name) && (question == g.name || g.name == "step" && (question == "owner" || question == "due")) {
			usage, _, _ := strings.Cut(g.usage, " because ")
			return d.slash(usage)
		}
	}
	return ""
}

// together takes commands that answer a question of another for that: the Product DRI
// of a severity, the criterion and the step of a reopening.
func together(list []Command) []Command {
	for i := range list {
		for _, name := range joins[list[i].Name] {
			j := slices.IndexFunc(list, func(x Command) bool { return x.Name == name })
			if j < 0 {
				continue
			}
			for question, answer := range list[j].Given {
				switch was, has := list[i].Given[question]; {
				case !has:
					list[i].Given[question] = answer
				case question == "why": // each says one, and neither is lost
					list[i].Given[question] = []string{was[0] + "\n\n" + answer[0]}
				}
			}
			list[i].Joined = append(list[i].Joined, name)
			list[j].Name = ""
		}
	}
	return slices.DeleteFunc(list, func(x Command) bool { return x.Name == "" })
}

// line is a line of a comment. In code nothing is a command.
type line struct {
	text string
	code bool
}

var (
	fence     = regexp.MustCompile("^ {0,3}(```+|~~~+)")
	quotation = regexp.MustCompile(`^ {0,3}>`)
	// border begins and ends a quotation of many lines on GitLab. Behind the first may
	// stand what kind of an alert it is.
	border = regexp.MustCompile(`^ {0,3}>>>+[ \t]*(?:\[!\w+\].*)?$`)
	// wrote is how a mail program begins what somebody answers to: with who wrote it and
	// when, which may go on over a line end. With neither an address nor a day or an hour in
	// digits, it is a sentence of the text.
	wrote   = regexp.MustCompile(`^(?:On|Am|Le|El|Il|Op|Em) .+(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef|escreveu).*:\s*$`)
	address = regexp.MustCompile(`[\w.+-]+@[\w-]+\.[\w.-]+`)
	clock   = regexp.MustCompile(`\b(?:\d{1,2}[:.]\d{2}|20\d{2})\b`) // or the year
	// original is how others begin it: by a line across, or by the head of a mail, from a
	// sender to a subject. That of a mail of the forge ends with the number of the thread:
	// the mail of a customer, which somebody puts into an update, stays.
	original  = regexp.MustCompile(`^-{2,} ?(?:Original Message|Ursprüngliche Nachricht|Message d'origine) ?-{2,}\s*$|^_{20,}\s*$`)
	from      = regexp.MustCompile(`^\*{0,2}(?:From|Von|De|Da|Van) ?:\*{0,2} .*\S`)
	about     = regexp.MustCompile(`^\*{0,2}(?:Subject|Betreff|Objet|Asunto|Oggetto|Onderwerp|Assunto) ?:.*[#!]\d+\)?\*{0,2}\s*$`)
	sent      = regexp.MustCompile(`^(Sent from my |Von meinem .* gesendet|Envoyé de mon |Get Outlook for )`)
	remark    = regexp.MustCompile(`(?s)<!--.*?(-->|\z)`)
	signature = "-- "
	longest   = 500 // which such a line never is
)

// plain has the line ends of Unix, and the blanks that do not break as any others: a
// keyboard makes some, and so does what was copied.
var plain = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u00a0", " ", "\u2007", " ", "\u202f", " ")

// own are the lines of a comment that its author wrote: nothing that is quoted, no
// signature, no hidden remark.
func (d Dialect) own(body string) []line {
	body = plain.Replace(body)
	body = remark.ReplaceAllString(body, "")
	var lines []line
	open, quoted := "", false
	all := strings.Split(body, "\n")
	for i, text := range all {
		mark := ""
		if m := fence.FindStringSubmatch(text); m != nil {
			mark = m[1]
		}
		switch {
		case open != "":
			lines = append(lines, line{text, true})
			if strings.HasPrefix(mark, open) && strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(text), mark[:1])) == "" {
				open = ""
			}
		case d.Prefix != "" && border.MatchString(text):
			quoted = !quoted
		case quoted:
		case mark != "":
			open = mark
			lines = append(lines, line{text, true})
		case text == signature, sent.MatchString(text), answers(all[i:]):
			return lines
		case quotation.MatchString(text):
		default:
			lines = append(lines, line{text, strings.HasPrefix(text, "    ") || strings.HasPrefix(text, "\t")})
		}
	}
	return lines
}

// answers reports whether lines begin with how a mail program begins what somebody
// answers to.
func answers(lines []string) bool {
	if len(lines[0]) >= longest {
		return false
	}
	const most = 3 // lines that it takes to say who wrote it
	for n := 1; n <= min(most, len(lines)); n++ {
		if head := strings.Join(lines[:n], " "); wrote.MatchString(head) && (address.MatchString(head) || clock.MatchString(head) && quotes(lines[n:])) {
			return true
		}
	}
	const head = 8 // lines that it takes to say from whom, when, to whom and about what
	return original.MatchString(lines[0]) || from.MatchString(lines[0]) && slices.ContainsFunc(lines[1:min(head, len(lines))], about.MatchString)
}

// quotes reports whether lines begin with a quotation, or say nothing.
func quotes(lines []string) bool {
	i := slices.IndexFunc(lines, func(l string) bool { return strings.TrimSpace(l) != "" })
	return i < 0 || quotation.MatchString(lines[i])
}
