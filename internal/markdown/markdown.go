// Package markdown writes Markdown that GitHub and GitLab show alike: a notice's
// text, with headings, a small table of fields, lists with boxes, quotations and
// links; and pages that are no longer than a comment may be. What stands in a text
// comes from files: escape is its gate. A person is named, and never mentioned.
package markdown

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/words"
)

// Options say how a text is rendered.
type Options struct {
	// Address returns where a symbolic link leads; empty where it is not known: then
	// its words stand alone. Nil knows none.
	Address func(notice.Spot) string
	// Most is how many characters there is room for; 0 where there is no bound. What
	// has no room is left out at the end of a block, and that is said.
	Most int
}

// rest says that something was left out.
const rest = "*The rest is in the file of the escalation.*"

// Render renders a text.
func Render(text notice.Text, o Options) string {
	r := renderer{o.Address, "### "}
	if text.Title() != "" {
		r.heading = "#### "
	}
	var blocks notice.Text
	var shown []string
	for _, b := range text {
		if s := r.block(b); s != "" {
			blocks, shown = append(blocks, b), append(shown, s)
		}
	}
	if all := strings.Join(shown, "\n\n"); o.Most == 0 || utf8.RuneCountInString(all) <= o.Most {
		return all
	}
	room := o.Most - tail
	for i, s := range shown {
		length := utf8.RuneCountInString(s) + between
		if length <= room {
			room -= length
			continue
		}
		shown = shown[:i]
		if s := r.clipped(blocks[i], room-between); s != "" {
			shown = append(shown, s)
		}
		break
	}
	return strings.Join(append(shown, rest), "\n\n")
}

// between is the empty line between two blocks, tail the room for the words
// that something was left out.
const (
	between = len("\n\n")
	tail    = between + len(rest)
)

// Line renders a line, as a heading, an item of a list, or a cell has it.
func Line(l notice.Line, address func(notice.Spot) string) string {
	return escape.MarkdownLineOf(renderer{address: address}.pieces(l)...)
}

type renderer struct {
	address func(notice.Spot) string
	heading string // what a heading begins with: one level below a title, if there is one
}

// tabled is from how many fields on they are a table.
const tabled = 4

func (r renderer) block(b notice.Block) string {
	var lines []string
	switch {
	case b.Title != nil:
		return "### " + r.line(b.Title)
	case b.Heading != nil:
		return r.heading + r.line(b.Heading)
	case b.Paragraph != nil:
		return escape.MarkdownOf(r.pieces(b.Paragraph)...)
	case b.Quote != nil:
		if head := r.line(b.Quote.Head); head != "" {
			lines = append(lines, "**"+head+":**", "")
		}
		for l := range strings.SplitSeq(escape.Markdown(b.Quote.Text), "\n") {
			if l != "" {
				l = " " + l
			}
			lines = append(lines, ">"+l)
		}
	case len(b.Fields) >= tabled: // of a table, the first row is its head: an empty one would be seen
		for i, f := range b.Fields {
			if i == 0 {
				lines = append(lines, "| "+escape.MarkdownLine(f.Label)+" | "+r.line(f.Value)+" |", "| --- | --- |")
			} else {
				lines = append(lines, "| **"+escape.MarkdownLine(f.Label)+"** | "+r.line(f.Value)+" |")
			}
		}
	case b.Fields != nil:
		for _, f := range b.Fields {
			lines = append(lines, "**"+escape.MarkdownLine(f.Label)+":** "+r.line(f.Value))
		}
		return strings.Join(lines, "  \n")
	case b.List != nil:
		for _, item := range b.List {
			box := ""
			switch {
			case item.Done == nil:
			case *item.Done:
				box = "[x] "
			default:
				box = "[ ] "
			}
			lines = append(lines, "- "+box+r.line(item.Text))
		}
	case b.Links != nil:
		for _, l := range b.Links {
			lines = append(lines, r.line(notice.Line{l}))
		}
		return strings.Join(lines, " · ")
	}
	return strings.Join(lines, "\n")
}

func (r renderer) line(l notice.Line) string { return escape.MarkdownLineOf(r.pieces(l)...) }

// pieces are a line's pieces as escape takes them. An address from a file that a
// forge would make more of than a link is no link.
func (r renderer) pieces(l notice.Line) []escape.Piece {
	var pieces []escape.Piece
	for _, i := range l {
		switch {
		case i.Place != "":
			to := ""
			if r.address != nil {
				to = r.address(i.Place)
			}
			pieces = append(pieces, escape.Piece{Words: i.Words, URL: to, Code: i.Code && to == ""})
		case i.Link == "":
			pieces = append(pieces, escape.Piece{Words: i.Words, Code: i.Code})
		case escape.Refers(i.Link) && i.Words != "" && i.Words != i.Link:
			pieces = append(pieces, escape.Piece{Words: i.Words + ": "}, escape.Piece{URL: i.Link})
		default:
			pieces = append(pieces, escape.Piece{Words: i.Words, URL: i.Link})
		}
	}
	return pieces
}

// clipped is as much of a block as there is room for.
func (r renderer) clipped(b notice.Block, room int) string {
	for most := room; most > 0; most = most * 3 / 4 {
		if shown := r.block(clip(b, most)); utf8.RuneCountInString(shown) <= room {
			return shown
		}
	}
	return ""
}

// clip cuts all that is in a block to a number: words to as many characters,
// lists to as many items.
func clip(b notice.Block, most int) notice.Block {
	line := func(l notice.Line) notice.Line {
		if l == nil {
			return nil
		}
		l = slices.Clone(l[:min(len(l), most)])
		for i := range l {
			l[i].Words = words.Clip(l[i].Words, most)
		}
		return l
	}
	b.Title, b.Heading, b.Paragraph = line(b.Title), line(b.Heading), line(b.Paragraph)
	if b.Quote != nil {
		q := *b.Quote
		q.Head, q.Text = line(q.Head), words.Clip(q.Text, most)
		b.Quote = &q
	}
	b.Fields = slices.Clone(b.Fields[:min(len(b.Fields), most)])
	for i, f := range b.Fields {
		b.Fields[i].Value = line(f.Value)
	}
	b.List = slices.Clone(b.List[:min(len(b.List), most)])
	for i, item := range b.List {
		b.List[i].Text = line(item.Text)
	}
	b.Links = b.Links[:min(len(b.Links), most)]
	return b
}
