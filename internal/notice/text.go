package notice

import (
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/schema"
)

// Text is what is told, as blocks. Words in it come from files and are hostile:
// whoever renders it makes them fit for where they are shown.
type Text []Block

// Block is one block of a text: exactly one of its fields is set.
type Block struct {
	// Title is what the whole text is called, in one line.
	Title Line `json:"title,omitempty"`
	// Heading is what the blocks behind it are about, in one line.
	Heading Line `json:"heading,omitempty"`
	// Fields are labels, each with a value of one line.
	Fields []Field `json:"fields,omitempty"`
	// Paragraph is words, which may have several lines.
	Paragraph Line `json:"paragraph,omitempty"`
	// Quote is what somebody said.
	Quote *Quote `json:"quote,omitempty"`
	// List is items of one line each.
	List []Item `json:"list,omitempty"`
	// Links is the line of links that a text ends in.
	Links []Inline `json:"links,omitempty"`
}

// Line is words, links and people in a row.
type Line []Inline

// Inline is a piece of a line. Words is what is read of it, whatever it is; a
// link without words reads as its address.
type Inline struct {
	Words string `json:"words,omitempty"`
	// Link is an address on the web.
	Link string `json:"link,omitempty"`
	// Person is who the words name. It pings nobody: mentions do.
	Person schema.Handle `json:"person,omitempty"`
	// Group is a group of people whom the policy names, and who are pinged.
	Group Group `json:"group,omitempty"`
	// Place is something that belongs to the escalation and whose address only
	// the destination knows, or nobody yet: a link that is resolved when it is
	// delivered.
	Place Spot `json:"place,omitempty"`
	// Code reports that the words are a name that a machine reads.
	Code bool `json:"code,omitempty"`
}

// Group is a group of people.
type Group string

// OnCall is the on-call manager of Support (P13).
const OnCall Group = "support"

// Spot is what a symbolic link leads to.
type Spot string

// What symbolic links lead to.
const (
	AtFile     Spot = "file"     // the escalation's file, to be read
	AtEdit     Spot = "edit"     // the escalation's file, to be written
	AtTracking Spot = "tracking" // its tracking issue
	AtChannel  Spot = "channel"  // its channel
)

// Field is a label and its value.
type Field struct {
	Label string `json:"label"`
	Value Line   `json:"value"`
}

// Item is one item of a list. Done is nil where there is nothing to tick.
type Item struct {
	Text Line  `json:"text"`
	Done *bool `json:"done,omitempty"`
}

// Quote is what somebody wrote, in their own lines, which look like nothing of
// ours. Head says who, when and to whom, where a heading does not.
type Quote struct {
	Head Line          `json:"head,omitempty"`
	By   schema.Handle `json:"by,omitempty"`
	At   time.Time     `json:"at,omitzero"`
	// Text may have several lines.
	Text string `json:"text"`
}

// Words is a line of words.
func Words(words ...string) Line { return Line{{Words: strings.Join(words, "")}} }

// Title is a text's title.
func Title(line ...Inline) Block { return Block{Title: line} }

// Heading is a heading.
func Heading(words string) Block { return Block{Heading: Words(words)} }

// Paragraph is a paragraph.
func Paragraph(line ...Inline) Block { return Block{Paragraph: line} }

// Value is what is set by something that is done: a name, a label, an address.
func Value(words string) Text {
	if words == "" {
		return nil
	}
	return Text{Paragraph(Inline{Words: words})}
}

// Title is the words of the title; empty where there is none.
func (t Text) Title() string {
	for _, b := range t {
		if b.Title != nil {
			return b.Title.Plain()
		}
	}
	return ""
}

// Body is the text without its title.
func (t Text) Body() Text {
	var body Text
	for _, b := range t {
		if b.Title == nil {
			body = append(body, b)
		}
	}
	return body
}

// Unlinked is the text without its line of links.
func (t Text) Unlinked() Text {
	var rest Text
	for _, b := range t {
		if b.Links == nil {
			rest = append(rest, b)
		}
	}
	return rest
}

// Plain is the text in plain words, the same wherever it is told: what the JSON
// of plan and apply and the ledger hold as its text. It is not escaped. A line
// stands between two blocks, but not behind a title or a heading.
func (t Text) Plain() string {
	var b strings.Builder
	for i, block := range t {
		if i > 0 {
			b.WriteByte('\n')
			if before := t[i-1]; before.Title == nil && before.Heading == nil {
				b.WriteByte('\n')
			}
		}
		block.plain(&b)
	}
	return b.String()
}

func (b Block) plain(to *strings.Builder) {
	switch {
	case b.Title != nil:
		to.WriteString(b.Title.Plain())
	case b.Heading != nil:
		to.WriteString(b.Heading.Plain() + ":")
	case b.Paragraph != nil:
		to.WriteString(b.Paragraph.Plain())
	case b.Quote != nil:
		if len(b.Quote.Head) > 0 {
			to.WriteString(b.Quote.Head.Plain() + ":\n")
		}
		to.WriteString(b.Quote.Text)
	case b.Fields != nil:
		for i, f := range b.Fields {
			if i > 0 {
				to.WriteByte('\n')
			}
			to.WriteString(f.Label + ": " + f.Value.Plain())
		}
	case b.List != nil:
		for i, item := range b.List {
			if i > 0 {
				to.WriteByte('\n')
			}
			to.WriteString("- " + item.Text.Plain())
		}
	case b.Links != nil:
		for i, l := range b.Links {
			if i > 0 {
				to.WriteString(" · ")
			}
			to.WriteString(l.Plain())
		}
	}
}

// Plain is the line in plain words.
func (l Line) Plain() string {
	var b strings.Builder
	for _, i := range l {
		b.WriteString(i.Plain())
	}
	return b.String()
}

// Plain is a piece of a line in plain words: of a link that has words, both.
func (i Inline) Plain() string {
	switch {
	case i.Link == "" || i.Words == i.Link:
		return i.Words
	case i.Words == "":
		return i.Link
	}
	return i.Words + ": " + i.Link
}

// Resolved is the text with its symbolic links as links, where address knows where
// they lead.
func (t Text) Resolved(address func(Spot) string) Text {
	resolve := func(l []Inline) []Inline {
		var out []Inline
		for _, i := range l {
			if i.Place != "" && i.Link == "" {
				i.Link = address(i.Place)
			}
			out = append(out, i)
		}
		return out
	}
	resolved := make(Text, len(t))
	for i, b := range t {
		b.Title, b.Heading, b.Paragraph, b.Links = resolve(b.Title), resolve(b.Heading), resolve(b.Paragraph), resolve(b.Links)
		fields := make([]Field, len(b.Fields))
		for j, f := range b.Fields {
			fields[j] = Field{f.Label, resolve(f.Value)}
		}
		if b.Fields != nil {
			b.Fields = fields
		}
		resolved[i] = b
	}
	return resolved
}
