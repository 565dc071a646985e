package slack

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/schema"
)

// Slack's limits, in characters. That of a whole message is not documented;
// messages of some 13,200 are refused.
const (
	maxSection  = 3_000
	maxMessage  = 12_000
	maxFallback = 3_000 // of the text beside the blocks: a longer one may be posted in pieces
	maxTopic    = 250
	maxName     = 80
)

// message is what is posted: the words in blocks, and once more as plain text for
// notifications and screen readers.
type message struct {
	text   string
	blocks []slack.Block
}

// words is what a message is made of.
type words struct {
	text     string
	mentions []schema.Handle
	channel  string // the id of the escalation's channel, to be linked; "" for none
	other    string // the name that the channel was to have, and has not
	file     string // where the whole text is
	repeated bool
}

// compose makes a message. What somebody wrote is escaped; the mentions, the
// support handle and the links stand apart from it, and come from the directory,
// the policy and Slack alone.
func (w *Workspace) compose(of words) message { return compose(w.people, w.policy, of) }

func compose(people schema.Directory, policy schema.Policy, of words) message {
	var end []string
	if of.channel != "" {
		line := fmt.Sprintf("Channel: <#%s>", of.channel)
		if of.other != "" {
			line += fmt.Sprintf(" (the name #%s is taken by a channel that an app cannot open again)", escape.Slack(of.other))
		}
		end = append(end, line)
	}
	var pings []string
	for _, h := range of.mentions {
		if id := people.People[h].Slack; id != "" {
			pings = append(pings, "<@"+string(id)+">")
		}
	}
	if len(pings) > 0 {
		end = append(end, "cc "+strings.Join(pings, " "))
	}
	text := escaped(policy, of.text)
	if of.repeated {
		text = "(repeated after a failed run)\n" + text
	}
	tail := strings.Join(end, "\n")
	room := maxMessage - utf8.RuneCountInString(tail)
	if utf8.RuneCountInString(text) > room {
		rest := "_The rest is in the file of the escalation._"
		if of.file != "" {
			rest = "<" + of.file + "|The rest is in the file of the escalation.>"
		}
		kept := ""
		for _, part := range sections(text, maxSection) {
			if utf8.RuneCountInString(kept+part)+utf8.RuneCountInString(rest)+2 > room {
				break
			}
			kept += part + "\n"
		}
		text = kept + rest
	}
	m := message{text: escape.Clip(text, maxFallback-1)}
	for _, part := range sections(text, maxSection) {
		m.blocks = append(m.blocks, section(part))
	}
	if tail != "" {
		m.blocks = append(m.blocks, section(tail))
	}
	return m
}

func section(text string) slack.Block {
	// Verbatim, or Slack would look for names and mentions in what somebody wrote.
	return slack.NewSectionBlock(&slack.TextBlockObject{Type: slack.MarkdownType, Text: text, Verbatim: true}, nil, nil)
}

// escaped is a text as Slack shows it. The line of the support handle pings the
// group that the policy names (P13): it is a line of the declaration, and none
// that somebody wrote can look like it, since each of those is behind its label.
func escaped(policy schema.Policy, text string) string {
	const label = "Support DRI: "
	handle := "@" + string(policy.Channels.Support)
	lines := strings.Split(escape.Slack(text), "\n")
	if policy.Channels.SupportGroup == "" || lines[0] != "New Escalation" {
		return strings.Join(lines, "\n")
	}
	for i, l := range lines {
		if strings.HasPrefix(l, label) {
			lines[i] = strings.Replace(l, escape.Slack(handle), "<!subteam^"+string(policy.Channels.SupportGroup)+">", 1)
			break
		}
	}
	return strings.Join(lines, "\n")
}

// sections cuts a text into parts of at most so many characters, at the ends of
// lines or, where a line is too long, of words.
func sections(text string, most int) []string {
	var parts []string
	for utf8.RuneCountInString(text) > most {
		runes := []rune(text)
		head := string(runes[:most])
		cut := strings.LastIndex(head, "\n")
		if cut <= 0 {
			cut = strings.LastIndex(head, " ")
		}
		if cut <= 0 {
			// One word: it is cut, but no escaped character in it.
			cut = len(head)
			if at := strings.LastIndex(head, "&"); at > cut-6 && !strings.Contains(head[at:], ";") {
				cut = at
			}
		}
		parts = append(parts, strings.TrimRight(head[:cut], " \n"))
		text = strings.TrimLeft(text[cut:], "\n")
	}
	if strings.TrimSpace(text) != "" {
		parts = append(parts, text)
	}
	return parts
}

// event is the type of our metadata: by it a message is found again.
const event = "escalate_notice"

// metadata names the notices that a message tells.
func metadata(item outbox.Item) slack.SlackMetadata {
	keys := make([]any, len(item.Notices))
	for i, n := range item.Notices {
		keys[i] = n.Key
	}
	return slack.SlackMetadata{EventType: event, EventPayload: map[string]any{
		"escalation": string(item.Notices[0].Escalation), "to": item.Notices[0].To, "keys": keys,
	}}
}

// keys are the notices that a message tells, and in which place; none if it is
// not one of ours.
func keys(m slack.SlackMetadata) (to string, keys []string) {
	if m.EventType != event {
		return "", nil
	}
	to, _ = m.EventPayload["to"].(string)
	list, _ := m.EventPayload["keys"].([]any)
	for _, k := range list {
		if key, ok := k.(string); ok {
			keys = append(keys, key)
		}
	}
	return to, keys
}

// wanted are the words of a message, as the ledger has them.
func (w *Workspace) wanted(item outbox.Item) words {
	n := item.Notices[0]
	of := words{text: item.Text(), mentions: item.Mentions(), file: w.file(n.Escalation)}
	if plan.Place(n.To) == plan.Announcement || n.Moment == "reopened" {
		of.channel, of.other = channelOf(item.Thread), otherName(item.Thread)
	}
	return of
}

// channelOf is the id of the escalation's channel in what the ledger has of it:
// the one that was used last.
func channelOf(thread []ledger.Notice) string {
	for i := len(thread) - 1; i >= 0; i-- {
		if n := thread[i]; n.Via == via && n.State == ledger.Done && plan.Place(n.To) == plan.Channel && n.Ref != "" {
			id, _, _ := strings.Cut(n.Ref, "/")
			return id
		}
	}
	return ""
}

// otherName is the name that the escalation's channel was to have, where it has
// another.
func otherName(thread []ledger.Notice) string {
	for i := len(thread) - 1; i >= 0; i-- {
		if n := thread[i]; n.Via == via && n.State == ledger.Done && plan.Doing(n.Do) == plan.CreateChannel {
			if _, name, _ := strings.Cut(n.Ref, "/"); name != "" && name != n.Text {
				return n.Text
			}
			return ""
		}
	}
	return ""
}
