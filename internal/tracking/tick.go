package tracking

import (
	"context"
	"strings"

	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/markdown"
	"github.com/escalations-as-code/escalate/internal/notice"
)

// Tick is a box of a tracking issue that a person ticked, or whose tick they took away.
type Tick struct {
	// Heading stands above its list, Number is its place there, from 1, and Text what
	// stands behind it.
	Heading string
	Number  int
	Text    string
	// Done reports that it is ticked now.
	Done bool
}

// Ticks are the boxes that people changed in the tracking issue of a thread, and
// whether they changed anything else of its text.
func (t *Tracking) Ticks(ctx context.Context, i forge.Issue, thread []notice.Notice) (ticks []Tick, other bool, err error) {
	want := t.wants(thread)
	if want.words == nil || len(want.soon) > 0 {
		return nil, false, nil
	}
	text := want.words.Text.Body()
	if t.reads(i.Body, text) {
		return nil, false, nil
	}
	if ours, err := t.of(ctx, i, thread[0].Escalation, thread); err != nil || !ours {
		return nil, false, err
	}
	lines := strings.Split(strings.ReplaceAll(i.Body, "\r\n", "\n"), "\n")
	at, heading := 0, ""
	for _, b := range text {
		if b.Heading != nil {
			heading = b.Heading.Plain()
		}
		number := 0
		for _, item := range b.List {
			if number++; item.Done == nil {
				continue
			}
			is, flipped := box(item), item
			other := !*item.Done
			flipped.Done = &other
			for n := at; n < len(lines); n++ {
				l := lower(lines[n])
				if l == box(flipped) {
					ticks = append(ticks, Tick{heading, number, item.Text.Plain(), other})
					lines[n] = is
				} else if l != is {
					continue
				}
				at = n + 1
				break
			}
		}
	}
	return ticks, !t.reads(strings.Join(lines, "\n"), text), nil
}

// box is a line of a list with its box, as we write it.
func box(item notice.Item) string {
	return strings.TrimSpace(markdown.Render(notice.Text{{List: []notice.Item{item}}}, markdown.Options{}))
}

// lower is a line with its tick as we write it: GitHub takes an X for one as well.
func lower(line string) string {
	line = strings.TrimRight(line, " \t")
	if rest, ok := strings.CutPrefix(line, "- [X] "); ok {
		return "- [x] " + rest
	}
	return line
}
