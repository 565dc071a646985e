// Package comment reads what people write into a comment on a tracking issue or a
// pull request: commands such as `/update customer The test is booked.`, each with the
// act that it stands for and the answers that it gives. It knows no escalation and no
// forge: what is missing, the act's own questions say.
package comment

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/nearest"
)

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
	// Unknown are words that look like commands and are none, each with the one that
	// was probably meant. What is like no command is left alone.
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
func grammars() []grammar {
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
		{"snooze", "/snooze DATE because TEXT", "hold back the reminders about the customer", "snooze", because("until", "reason"), nil},
		{"close", "/close", "close it: the answer is a form to fill in", "close", closeText, nil},
		{"reopen", "/reopen because TEXT", "open it again; with /criterion and /step", "reopen", because("", "why"), nil},
		{"fix", "/fix", "on a pull request: make the fixes that lint offers", "", nil, nil},
		{"help", "/help", "show these commands", "", nil, nil},
	}
}

// Usage is how the commands are written, and what each does.
func Usage() [][2]string {
	var list [][2]string
	for _, g := range grammars() {
		list = append(list, [2]string{g.usage, g.does})
	}
	return list
}

// word is how a line of a command begins. A path such as /usr/bin is none.
var word = regexp.MustCompile(`^ {0,3}/([A-Za-z][A-Za-z-]*)(?:[ \t]+(.*)|[ \t]*)$`)

// Read reads the body of a comment.
func Read(body string) Comment {
	c := Comment{Unknown: map[string]string{}}
	all := grammars()
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
	for _, l := range own(body) {
		m := word.FindStringSubmatch(l.text)
		if m == nil || l.code {
			if current != nil {
				text = append(text, l.text)
			}
			continue
		}
		name := strings.ToLower(m[1])
		i := slices.Index(names, name)
		if i < 0 {
			if meant := nearest.Only(name, names); meant != "" {
				end()
				c.Unknown[name] = meant
			} else if current != nil {
				text = append(text, l.text)
			}
			continue
		}
		end()
		current, text = &all[i], []string{m[2]}
	}
	end()
	c.Commands = together(c.Commands)
	return c
}

// joins are the commands beside another that answer its questions.
var joins = map[string][]string{"severity": {"product-dri"}, "reopen": {"criterion", "step"}}

// Beside is how a question of a command is answered that its own text does not: by a
// line below it, or another command; "" where its text does.
func Beside(name, question string) string {
	all := grammars()
	i := slices.IndexFunc(all, func(g grammar) bool { return g.name == name })
	if i >= 0 && (name == "close" && closing[question] || slices.Contains(all[i].labels, question)) {
		return question + ": ANSWER"
	}
	for _, g := range all {
		if slices.Contains(joins[name], g.name) && (question == g.name || g.name == "step" && (question == "owner" || question == "due")) {
			usage, _, _ := strings.Cut(g.usage, " because ")
			return usage
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
				if _, has := list[i].Given[question]; !has {
					list[i].Given[question] = answer
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
	// wrote is how a mail program begins what somebody answers to.
	wrote     = regexp.MustCompile(`^(On|Am|Le|El|Il|Op|Em) .+(wrote|schrieb|a écrit|escribió|ha scritto|schreef|escreveu).*:\s*$|^-{2,} ?(Original Message|Ursprüngliche Nachricht|Message d'origine) ?-{2,}\s*$|^_{20,}\s*$`)
	sent      = regexp.MustCompile(`^(Sent from my |Von meinem .* gesendet|Envoyé de mon |Get Outlook for )`)
	remark    = regexp.MustCompile(`(?s)<!--.*?(-->|\z)`)
	signature = "-- "
	longest   = 500 // which such a line never is
)

// own are the lines of a comment that its author wrote: nothing that is quoted, no
// signature, no hidden remark.
func own(body string) []line {
	body = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(body)
	body = remark.ReplaceAllString(body, "")
	var lines []line
	open := ""
	for text := range strings.SplitSeq(body, "\n") {
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
		case mark != "":
			open = mark
			lines = append(lines, line{text, true})
		case text == signature, len(text) < longest && wrote.MatchString(text), sent.MatchString(text):
			return lines
		case quotation.MatchString(text):
		default:
			lines = append(lines, line{text, strings.HasPrefix(text, "    ") || strings.HasPrefix(text, "\t")})
		}
	}
	return lines
}
