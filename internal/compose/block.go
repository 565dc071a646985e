package compose

import (
	"strings"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/notice"
)

// Telling is one text, and where it goes.
type Telling struct {
	Head string `json:"head"`
	// Channel says that it is shown as a channel shows it, and else as an issue does.
	Channel bool    `json:"channel,omitempty"`
	Blocks  []Block `json:"blocks"`
}

// Block is a block of a text, in words: whoever shows it makes no more of them than
// words. Kind says what they are.
type Block struct {
	Kind Kind `json:"kind"`
	// Text is all of a title, a heading, a paragraph or the line of links, and what a
	// quotation says, which may have several lines.
	Text string `json:"text,omitempty"`
	// Head is what stands above a quotation.
	Head string `json:"head,omitempty"`
	// Fields are labels, each with a value; Items those of a list.
	Fields [][2]string `json:"fields,omitempty"`
	Items  []string    `json:"items,omitempty"`
}

// Kind is what a block is.
type Kind string

// The kinds of blocks.
const (
	Title     Kind = "title"
	Heading   Kind = "heading"
	Paragraph Kind = "paragraph"
	Fields    Kind = "fields"
	List      Kind = "list"
	Quote     Kind = "quote"
	Links     Kind = "links"
)

// blocks are those of a text, with what cannot be seen shown.
func blocks(text notice.Text) []Block {
	list := []Block{}
	for _, b := range text {
		switch {
		case b.Title != nil:
			list = append(list, Block{Kind: Title, Text: escape.Line(b.Title.Plain())})
		case b.Heading != nil:
			list = append(list, Block{Kind: Heading, Text: escape.Line(b.Heading.Plain())})
		case b.Paragraph != nil:
			list = append(list, Block{Kind: Paragraph, Text: lines(b.Paragraph.Plain())})
		case b.Fields != nil:
			x := Block{Kind: Fields}
			for _, f := range b.Fields {
				x.Fields = append(x.Fields, [2]string{escape.Line(f.Label), escape.Line(f.Value.Plain())})
			}
			list = append(list, x)
		case b.List != nil:
			x := Block{Kind: List}
			for _, i := range b.List {
				x.Items = append(x.Items, sign(i)+escape.Line(i.Text.Plain()))
			}
			list = append(list, x)
		case b.Quote != nil:
			list = append(list, Block{Kind: Quote, Head: escape.Line(b.Quote.Head.Plain()), Text: lines(b.Quote.Text)})
		case b.Links != nil:
			var all []string
			for _, l := range b.Links {
				all = append(all, escape.Line(notice.Line{l}.Plain()))
			}
			list = append(list, Block{Kind: Links, Text: strings.Join(all, " · ")})
		}
	}
	return list
}

// lines are words in the lines that they have.
func lines(text string) string { return strings.Join(escape.Lines(text), "\n") }

// sign stands before an item that can be ticked.
func sign(i notice.Item) string {
	switch {
	case i.Done == nil:
		return ""
	case *i.Done:
		return "☑ "
	}
	return "☐ "
}
