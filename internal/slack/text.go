package slack

import (
	"strings"
	"unicode/utf8"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// renderer makes blocks of a text. What somebody wrote goes through
// escape.Slack; links, mentions and bold stand apart from it. mrkdwn cannot
// escape `*`, `_` and `~`, which format words of the line that they stand in:
// so what is bold ends before what somebody wrote begins, and what somebody
// wrote never shares a line with another field, item or quotation.
type renderer struct {
	// group is the user group of the on-call manager (P13); "" where the policy
	// names none.
	group schema.SlackGroupID
	// channel is the id of the escalation's channel; "" where it has none in Slack.
	channel string
	// address returns where else a symbolic link leads; "" where it leads nowhere.
	address func(notice.Spot) string
}

// body are the blocks of a text, without its line of links.
func (r renderer) body(text notice.Text) []block {
	var all []block
	var heading []string // what the next block is about: the two are not parted
	for _, b := range text {
		if b.Links != nil {
			continue
		}
		if b.Title != nil || b.Heading != nil {
			all = append(all, sections(heading)...)
			heading = nil
		}
		switch {
		case b.Title != nil:
			all = append(all, r.title(b.Title)...)
		case b.Heading != nil:
			heading = []string{r.bold(b.Heading)}
		default:
			all = append(all, sections(append(heading, r.lines(b)...))...)
			heading = nil
		}
	}
	return append(all, sections(heading)...)
}

// title is a header, which shows plain text alone; behind one that is too long,
// the title as a whole.
func (r renderer) title(title notice.Line) []block {
	text := strings.TrimSpace(escape.Line(title.Plain()))
	if text == "" {
		return nil
	}
	if utf8.RuneCountInString(text) <= maxHeader {
		return []block{{header, text}}
	}
	return append([]block{{header, words.Clip(text, maxHeader-1)}}, sections([]string{r.bold(title)})...)
}

// lines are the lines of a block that is neither title nor heading.
func (r renderer) lines(b notice.Block) []string {
	var lines []string
	switch {
	case b.Fields != nil:
		for _, f := range b.Fields {
			lines = append(lines, strings.TrimSpace(r.bold(notice.Words(f.Label, ":"))+" "+r.line(f.Value)))
		}
	case b.Paragraph != nil:
		lines = strings.Split(r.inlines(b.Paragraph, true), "\n")
	case b.List != nil:
		for _, i := range b.List {
			lines = append(lines, sign(i)+" "+r.line(i.Text))
		}
	case b.Quote != nil:
		if len(b.Quote.Head) > 0 {
			lines = append(lines, r.bold(b.Quote.Head))
		}
		lines = append(lines, quoted(b.Quote.Text)...)
	}
	return lines
}

// sign stands before an item of a list.
func sign(i notice.Item) string {
	switch {
	case i.Done == nil:
		return "•"
	case *i.Done:
		return "☑"
	}
	return "☐"
}

// quoted are the lines of what somebody said, each a line of a quotation.
func quoted(text string) []string {
	text = escape.Slack(text)
	if text == "" {
		return nil
	}
	const mark = "> "
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		for _, piece := range cut(line, maxSection-len(mark)) {
			lines = append(lines, strings.TrimRight(mark+piece, " "))
		}
	}
	return lines
}

// links is the line of links of a text. What leads nowhere, or is not safe to be
// clicked, is left out.
func (r renderer) links(text notice.Text) string {
	var links []string
	for _, b := range text {
		for _, l := range b.Links {
			if shown := r.mark(l); shown != "" {
				links = append(links, shown)
			}
		}
	}
	return strings.Join(links, " · ")
}

// bold is a line in bold. One that holds a star stays as it is, since the star
// would end the bold before its end.
func (r renderer) bold(l notice.Line) string {
	shown := r.line(l)
	if shown == "" || strings.Contains(shown, "*") {
		return shown
	}
	return "*" + shown + "*"
}

// line is a line in mrkdwn, and one line, whatever its words hold.
func (r renderer) line(l notice.Line) string { return r.inlines(l, false) }

// inlines are pieces of a line, or of several. Words that follow each other are
// escaped as one: two that are harmless may not be together.
func (r renderer) inlines(l notice.Line, several bool) string {
	var b strings.Builder
	words := ""
	ticks := strings.Contains(l.Plain(), "`") // what somebody wrote would end the code
	for _, i := range l {
		mark := r.mark(i)
		if i.Code && !ticks && mark == "" && strings.TrimSpace(i.Words) != "" {
			mark = "`" + prose(strings.TrimSpace(i.Words), false) + "`"
		}
		if mark == "" {
			words += i.Plain()
			continue
		}
		b.WriteString(prose(words, several) + mark)
		words = ""
	}
	b.WriteString(prose(words, several))
	return strings.TrimSpace(b.String())
}

// mark is a piece of a line that is more than words: a mention or a link. It is
// "" where there is nothing but the words.
func (r renderer) mark(i notice.Inline) string {
	switch {
	case i.Group == notice.OnCall && r.group != "":
		return "<!subteam^" + string(r.group) + ">"
	case i.Place == notice.AtChannel && r.channel != "":
		return "<#" + r.channel + ">"
	case i.Place != "" && r.address != nil:
		return link(r.address(i.Place), i.Words)
	}
	return link(i.Link, i.Words)
}

// link is a link; "" where the address is not safe to be clicked, or the words
// read as another one.
func link(address, words string) string {
	shown := escape.Slack(address)
	url, opens := strings.CutPrefix(shown, "<")
	url, closes := strings.CutSuffix(url, ">")
	if !opens || !closes || strings.ContainsAny(url, "<> \n") {
		return ""
	}
	words = strings.TrimSpace(words)
	if words == "" || words == address {
		return shown
	}
	label := prose(words, false)
	const longest = 500 // a link is never cut
	if strings.Contains(words, "://") || strings.ContainsAny(label, "<>") || utf8.RuneCountInString(label) > longest {
		return ""
	}
	return "<" + url + "|" + label + ">"
}

// prose are words in mrkdwn, in one line or several, with the white space
// around them, which escape.Slack cuts off.
func prose(words string, several bool) string {
	inner := strings.TrimSpace(words)
	if inner == "" {
		return gap(words, several)
	}
	at := strings.Index(words, inner)
	before, after := words[:at], words[at+len(inner):]
	if !several {
		inner = strings.Join(strings.Fields(inner), " ")
	}
	return gap(before, several) + escape.Slack(inner) + gap(after, several)
}

// gap is white space between two pieces of a line, or of several.
func gap(space string, several bool) string {
	switch breaks := strings.Count(space, "\n"); {
	case several && breaks > 0:
		return strings.Repeat("\n", min(breaks, 2))
	case space != "":
		return " "
	}
	return ""
}

// cut cuts a line of mrkdwn into pieces of at most so many characters: behind a
// word, or in one that is too long, but in no link and no escaped character.
func cut(line string, most int) []string {
	var pieces []string
	for utf8.RuneCountInString(line) > most {
		head := line
		n := 0
		for i := range line {
			if n == most {
				head = line[:i]
				break
			}
			n++
		}
		at := strings.LastIndexByte(head, ' ')
		if open := strings.LastIndexByte(head, '<'); open > strings.LastIndexByte(head, '>') && (at > open || at <= 0) {
			at = open
		}
		if at <= 0 {
			at = len(head)
			if amp := strings.LastIndexByte(head, '&'); amp > 0 && !strings.Contains(head[amp:], ";") {
				at = amp
			}
		}
		pieces = append(pieces, strings.TrimRight(head[:at], " "))
		line = strings.TrimLeft(line[at:], " ")
	}
	return append(pieces, line)
}

// sections are lines in as few sections as hold them.
func sections(lines []string) []block {
	var all []block
	text := ""
	end := func() {
		if text = strings.Trim(text, "\n"); strings.TrimSpace(text) != "" {
			all = append(all, block{section, text})
		}
		text = ""
	}
	size := 0
	for _, line := range lines {
		for _, piece := range cut(line, maxSection) {
			n := utf8.RuneCountInString(piece) + 1
			if size+n > maxSection+1 { // the last line has no end
				end()
				size = 0
			}
			text += piece + "\n"
			size += n
		}
	}
	end()
	return all
}
