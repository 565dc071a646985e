package tracking

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/escalations-as-code/escalate/internal/markdown"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/schema"
)

// reserved is the room for what stands behind a text: links, mentions, markers.
// It is fixed, so that a text is cut at the same place whoever is mentioned, and
// can be compared later.
const reserved = 8192

// titled is the title and the body of an issue.
func (t *Tracking) titled(n notice.Notice, address func(notice.Spot) string, write mark) (title, body string) {
	return t.title(n), t.body(n.Text.Body(), n.Mentions, address, write, string(n.Escalation))
}

func (t *Tracking) title(n notice.Notice) string {
	return t.traits.Title(cmp.Or(n.Text.Title(), string(n.Escalation)))
}

// body is a text with its links, its mentions and its hidden markers. Where it
// is too long, its end is left out, and that is said.
func (t *Tracking) body(text notice.Text, mentions []schema.Handle, address func(notice.Spot) string, write mark, keys ...string) string {
	var end strings.Builder
	if links := markdown.Render(t.links(text), markdown.Options{Address: address}); links != "" {
		end.WriteString("\n\n" + links)
	}
	if logins := t.logins(mentions); len(logins) > 0 {
		end.WriteString("\n\ncc @" + strings.Join(logins, " @"))
	}
	end.WriteString("\n")
	for _, k := range keys {
		end.WriteString("\n" + write(k))
	}
	most := t.traits.MaxBody - max(reserved, utf8.RuneCountInString(end.String()))
	return strings.TrimLeft(t.words(text, address, most)+end.String(), "\n")
}

// words is a text without its links.
func (t *Tracking) words(text notice.Text, address func(notice.Spot) string, most int) string {
	return markdown.Render(text.Unlinked(), markdown.Options{Address: address, Most: most})
}

// links is the line of links of a text, without the one to where it stands.
func (*Tracking) links(text notice.Text) notice.Text {
	var links []notice.Inline
	for _, b := range text {
		links = append(links, b.Links...)
	}
	links = slices.DeleteFunc(links, func(l notice.Inline) bool { return l.Place == notice.AtTracking })
	if len(links) == 0 {
		return nil
	}
	return notice.Text{{Links: links}}
}
