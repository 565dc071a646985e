package markdown

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	// MaxComment is how many characters a Bounded has at most. GitHub takes 65,536
	// of a comment, and others may stand around it.
	MaxComment = 60_000
	// LongText is how many characters of a text WriteText shows at most; escaped,
	// it may become several times as long.
	LongText = 4_000
	// leftOutMost is how many characters there are for naming what has no room.
	leftOutMost = 6_000
)

// Bounded is a comment or a summary that is being written, no longer than
// MaxComment. What has no room is named at its end.
type Bounded struct {
	// Command shows what has no room.
	Command string

	text  strings.Builder
	size  int                 // in characters
	left  map[string][]string // what has no room: of which escalations
	kinds []string            // the keys of left, in order
}

// Write writes s if there is room for it, and reports that.
func (b *Bounded) Write(s string) bool {
	n := utf8.RuneCountInString(s)
	if b.size+n > MaxComment-leftOutMost {
		return false
	}
	b.size += n
	b.text.WriteString(s)
	return true
}

// WriteText writes a text, if need be only the beginning of it, and reports
// whether there was room. text returns it with so many characters at most.
func (b *Bounded) WriteText(text func(most int) string) bool {
	for _, most := range []int{LongText, LongText / 8, LongText / 32} {
		if b.Write(text(most)) {
			return true
		}
	}
	return false
}

// LeaveOut takes down that something of a kind, such as the texts, has no room:
// that of an escalation.
func (b *Bounded) LeaveOut(kind, id string) {
	if b.left == nil {
		b.left = map[string][]string{}
	}
	if _, known := b.left[kind]; !known {
		b.kinds = append(b.kinds, kind)
	}
	if !slices.Contains(b.left[kind], id) {
		b.left[kind] = append(b.left[kind], id)
	}
}

// String is what was written, and then what was left out.
func (b *Bounded) String() string { return b.text.String() + b.leftOut() }

func (b *Bounded) leftOut() string {
	if len(b.kinds) == 0 {
		return ""
	}
	s := fmt.Sprintf("\nLeft out here, since a comment has no room for more; `%s` shows it:\n", b.Command)
	share := (leftOutMost - len(s) - 200) / len(b.kinds)
	for _, kind := range b.kinds {
		line, ids := "- "+kind+" of ", b.left[kind]
		for i, id := range ids {
			if i > 0 {
				line += ", "
			}
			if len(line)+len(id) > share {
				line += fmt.Sprintf("and %d more", len(ids)-i)
				break
			}
			line += Code(id)
		}
		s += line + "\n"
	}
	return s
}
