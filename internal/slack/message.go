package slack

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// Slack's limits, in characters. That of a whole message is not documented;
// messages of some 13,200 are refused.
const (
	maxBlocks   = 50
	maxHeader   = 150
	maxSection  = 3_000
	maxMessage  = 12_000
	maxFallback = 3_000 // of the text beside the blocks: a longer one may be posted in pieces
	maxTopic    = 250
	maxName     = 80
)

// maxMentions is how many people a message mentions at most, so that there is
// room for what it says.
const maxMentions = 150

// kind is what a block is.
type kind string

// The kinds of blocks that a message is made of.
const (
	header   kind = "header"
	section  kind = "section"
	footnote kind = "context"
)

// block is a block of a message: a text in mrkdwn or, in a header, in plain
// words.
type block struct {
	kind kind
	text string
}

// message is what is posted: the words in blocks, and once more as plain text for
// notifications and screen readers, by which it is compared with the ledger.
type message struct {
	text   string
	blocks []block
}

// content is what a message is made of, beside what its renderer knows.
type content struct {
	text     notice.Text
	mentions []schema.Handle
	other    string // the name that the escalation's channel was to have, and has not
	open     bool   // who has that name is not archived
	repeated bool
}

// compose makes a message. Whom it mentions, the directory says alone. What has
// no room is left out, and the message says where the rest is.
func compose(people schema.Directory, r renderer, of content) message {
	m := message{text: fallback(of.text)}
	body := r.body(of.text)
	if of.repeated {
		const note = "(repeated after a failed run)"
		m.text = note + "\n" + clipped(of.text.Unlinked().Plain(), maxFallback-len(note)-1)
		body = append([]block{{footnote, note}}, body...)
	}
	var end []block
	for _, piece := range cut(mentioned(people, of.mentions), maxSection) {
		end = append(end, block{section, piece})
	}
	if of.other != "" && r.channel != "" && leads(of.text, notice.AtChannel) {
		by := "a channel that an app cannot open again"
		if of.open {
			by = "another channel"
		}
		end = append(end, block{footnote, fmt.Sprintf("The name #%s is taken by %s: it is <#%s>", escape.Slack(of.other), by, r.channel)})
	}
	for _, piece := range cut(r.links(of.text), maxSection) {
		end = append(end, block{footnote, piece})
	}
	if n := fits(body, end); n < len(body) {
		const note = "The rest is in the file of the escalation."
		rest := block{section, "_" + note + "_"}
		if shown := r.mark(notice.Inline{Place: notice.AtFile, Words: note}); shown != "" {
			rest.text = shown
		}
		end = append([]block{rest}, end...)
		body = body[:fits(body, end)]
	}
	for _, b := range append(body, end...) {
		if b.text != "" {
			m.blocks = append(m.blocks, b)
		}
	}
	return m
}

// leads reports whether a text leads to something of the escalation: what says
// nothing of its channel, as of one that is restricted, says nothing of its name.
func leads(text notice.Text, to notice.Spot) bool {
	leads := func(i notice.Inline) bool { return i.Place == to }
	for _, b := range text {
		if slices.ContainsFunc(b.Links, leads) || slices.ContainsFunc(b.Fields, func(f notice.Field) bool { return slices.ContainsFunc(f.Value, leads) }) {
			return true
		}
	}
	return false
}

// fits is how many blocks of a body have room before the end of a message.
func fits(body, end []block) int {
	room := maxMessage
	for _, b := range end {
		room -= utf8.RuneCountInString(b.text)
	}
	for i, b := range body {
		room -= utf8.RuneCountInString(b.text)
		if room < 0 || i+len(end) >= maxBlocks {
			return i
		}
	}
	return len(body)
}

// mentioned is the line that pings people; "" where nobody of them is in Slack.
func mentioned(people schema.Directory, who []schema.Handle) string {
	line, n := "", 0
	for _, h := range who {
		id := people.People[h].Slack
		if id == "" {
			continue
		}
		if n++; n <= maxMentions {
			line += " <@" + string(id) + ">"
		}
	}
	switch {
	case n == 0:
		return ""
	case n > maxMentions:
		return fmt.Sprintf("cc%s and %d more", line, n-maxMentions)
	}
	return "cc" + line
}

// fallback is the plain text of a message, without its line of links: those lead
// elsewhere as time goes by.
func fallback(text notice.Text) string { return clipped(text.Unlinked().Plain(), maxFallback) }

// clipped is a text, escaped, of at most so many characters. It is cut before it
// is escaped, so that no escaped character is cut.
func clipped(text string, most int) string {
	shown := escape.Slack(text)
	if utf8.RuneCountInString(shown) <= most {
		return shown
	}
	over := sort.Search(most, func(n int) bool {
		shown = escape.Slack(words.Clip(text, n+1))
		return utf8.RuneCountInString(shown) > most
	})
	return escape.Slack(words.Clip(text, over))
}

// options are what a message is sent with: nothing is looked up or shown beside
// it that its text does not say.
func (m message) options() []slack.MsgOption {
	return []slack.MsgOption{
		slack.MsgOptionText(m.text, false), slack.MsgOptionBlocks(m.sent()...), slack.MsgOptionParse(false),
		slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(),
	}
}

// sent are the blocks of a message as they are sent.
func (m message) sent() []slack.Block {
	var sent []slack.Block
	for _, b := range m.blocks {
		// Verbatim, or Slack would look for names and mentions in what somebody wrote.
		text := &slack.TextBlockObject{Type: slack.MarkdownType, Text: b.text, Verbatim: true}
		switch b.kind {
		case header:
			signs := false // :smile: stays as it was written
			sent = append(sent, slack.NewHeaderBlock(&slack.TextBlockObject{Type: slack.PlainTextType, Text: b.text, Emoji: &signs}))
		case footnote:
			sent = append(sent, slack.NewContextBlock("", text))
		case section:
			sent = append(sent, slack.NewSectionBlock(text, nil, nil))
		}
	}
	return sent
}

// event is the type of our metadata: by it a message is found again.
const event = "escalate_notice"

// metadata names the notices that a message tells.
func metadata(m notice.Message) slack.SlackMetadata {
	keys := make([]any, len(m))
	for i, key := range m.Keys() {
		keys[i] = key
	}
	return slack.SlackMetadata{EventType: event, EventPayload: map[string]any{
		"escalation": string(m.First().Escalation), "to": string(m.First().To), "keys": keys,
	}}
}

// keys are the notices that a message tells, and in which place; none if it is
// not one of ours.
func keys(m slack.SlackMetadata) (to notice.Place, keys []string) {
	if m.EventType != event {
		return "", nil
	}
	place, _ := m.EventPayload["to"].(string)
	list, _ := m.EventPayload["keys"].([]any)
	for _, k := range list {
		if key, ok := k.(string); ok {
			keys = append(keys, key)
		}
	}
	return notice.Place(place), keys
}

// plain is a text without what Slack may add to it: the brackets around links.
// The user group, which a declaration of an earlier version names by its id, is
// read as its handle.
func plain(text string, p schema.Policy) string {
	if p.Channels.SupportGroup != "" {
		text = strings.ReplaceAll(text, "<!subteam^"+string(p.Channels.SupportGroup)+">", "@"+string(p.Channels.Support))
	}
	return strings.NewReplacer("<", "", ">", "", "\r\n", "\n").Replace(text)
}
