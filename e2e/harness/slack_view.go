package harness

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// Channel is a channel as it stands on Slack.
type Channel struct {
	ID, Name, Topic string
	Archived        bool
	Members         []string // user ids, without the administrator's
	Bookmarks       []Bookmark
	Messages        []Message // the oldest first, without what Slack itself says
}

// Bookmark is a bookmark of a channel.
type Bookmark struct{ Title, Link string }

// Message is a message of a channel.
type Message struct {
	TS, User, Text string
	Blocks         []string // as text
	Event          string   // of the metadata
	Payload        map[string]any
	Pinned, Edited bool
	Replies        []Message
}

// Pins returns the pinned messages.
func (c Channel) Pins() []Message {
	return slices.DeleteFunc(slices.Clone(c.Messages), func(m Message) bool { return !m.Pinned })
}

// String is the channel as a golden file has it: without what differs from run
// to run.
func (c Channel) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "#%s", c.Name)
	if c.Archived {
		b.WriteString(" (archived)")
	}
	fmt.Fprintf(&b, "\ntopic: %s\nmembers: %s\n", c.Topic, strings.Join(c.Members, " "))
	for _, m := range c.Bookmarks {
		fmt.Fprintf(&b, "bookmark: %s %s\n", m.Title, m.Link)
	}
	for _, m := range c.Messages {
		m.write(&b, "message")
	}
	return b.String()
}

// String is the message as a golden file has it.
func (m Message) String() string {
	var b strings.Builder
	m.write(&b, "message")
	return b.String()
}

func (m Message) write(b *strings.Builder, what string) {
	b.WriteString("\n---- " + what)
	if m.User != SlackBot {
		b.WriteString(" of " + m.User)
	}
	if m.Pinned {
		b.WriteString(", pinned")
	}
	if m.Edited {
		b.WriteString(", edited")
	}
	if m.Event != "" {
		b.WriteString("\nmetadata: " + m.Event)
		for _, name := range slices.Sorted(maps.Keys(m.Payload)) {
			fmt.Fprintf(b, "\n  %s: %v", name, m.Payload[name])
		}
	}
	fmt.Fprintf(b, "\ntext: %s\n", m.Text)
	for _, block := range m.Blocks {
		b.WriteString(block + "\n")
	}
	for _, r := range m.Replies {
		r.write(b, "reply")
	}
}

// Channels returns all channels by their names, but for those that the emulator
// has from the beginning and nobody speaks in. It asks the emulator, not the
// proxy: no fault touches it, and it does not count.
func (s *Slack) Channels() []Channel {
	s.t.Helper()
	var channels []Channel
	for _, row := range s.channels() {
		c := Channel{ID: row.ID, Name: row.Name, Topic: row.Topic.Value, Archived: row.IsArchived}
		if c.Messages = s.messages(row.ID); len(c.Messages) == 0 && (c.Name == "general" || c.Name == "random") {
			continue
		}
		of := url.Values{"channel": {row.ID}, "channel_id": {row.ID}}
		var list struct {
			Members   []string
			Bookmarks []Bookmark
		}
		s.Do("conversations.members", of, &list)
		s.Do("bookmarks.list", of, &list)
		c.Bookmarks = list.Bookmarks
		c.Members = slices.Sorted(slices.Values(slices.DeleteFunc(list.Members, func(id string) bool { return id == slackAdmin || s.isDeactivated(id) })))
		channels = append(channels, c)
	}
	slices.SortFunc(channels, func(a, b Channel) int { return strings.Compare(a.Name, b.Name) })
	return channels
}

// Channel returns a channel by its name, and whether it is there.
func (s *Slack) Channel(name string) (Channel, bool) {
	s.t.Helper()
	all := s.Channels()
	i := slices.IndexFunc(all, func(c Channel) bool { return c.Name == name })
	if i < 0 {
		return Channel{}, false
	}
	return all[i], true
}

// Scheduled returns the texts of the messages that Slack is to post by itself.
func (s *Slack) Scheduled() (texts []string) {
	s.t.Helper()
	var list struct {
		Messages []struct{ Text string } `json:"scheduled_messages"`
	}
	s.do(SlackToken, "chat.scheduledMessages.list", url.Values{}, &list)
	for _, m := range list.Messages {
		texts = append(texts, m.Text)
	}
	return texts
}

// ID returns the id of a channel, which must be there.
func (s *Slack) ID(name string) string {
	s.t.Helper()
	for _, row := range s.channels() {
		if row.Name == name {
			return row.ID
		}
	}
	s.t.Fatalf("there is no channel #%s", name)
	return ""
}

// channelRow is a channel as the emulator has it.
type channelRow struct {
	ID, Name   string
	Topic      struct{ Value string }
	IsArchived bool `json:"is_archived"`
	IsMember   bool `json:"is_member"`
}

func (s *Slack) channels() []channelRow {
	s.t.Helper()
	rows, err := listed[channelRow](s, "conversations.list", "channels", url.Values{})
	if err != nil {
		s.t.Fatal(err)
	}
	return rows
}

// messageRow is a message as the emulator has it.
type messageRow struct {
	TS, User, Text, Subtype string
	Blocks                  []block
	Metadata                struct {
		EventType    string         `json:"event_type"`
		EventPayload map[string]any `json:"event_payload"`
	}
	Edited     *struct{}
	ReplyCount int `json:"reply_count"`
}

// listed returns all pages of what the emulator lists under a name.
func listed[T any](s *Slack, method, name string, params url.Values) (rows []T, err error) {
	params.Set("limit", "1000")
	for {
		a, err := s.call(administrator, method, params)
		if err != nil {
			return nil, err
		}
		if e := a.refused(); e != "" {
			return nil, fmt.Errorf("%s %v: %s", method, params, e)
		}
		var page struct {
			ResponseMetadata struct {
				NextCursor string `json:"next_cursor"`
			} `json:"response_metadata"`
		}
		var lists map[string]json.RawMessage
		var some []T
		err = errors.Join(json.Unmarshal(a.body, &page), json.Unmarshal(a.body, &lists))
		if err == nil {
			err = json.Unmarshal(lists[name], &some)
		}
		if rows = append(rows, some...); err != nil || page.ResponseMetadata.NextCursor == "" {
			return rows, err
		}
		params.Set("cursor", page.ResponseMetadata.NextCursor)
	}
}

// thread returns a message and the replies to it.
func (s *Slack) thread(id, ts string) ([]messageRow, error) {
	return listed[messageRow](s, "conversations.replies", "messages", url.Values{"channel": {id}, "ts": {ts}})
}

func (s *Slack) messages(id string) (messages []Message) {
	s.t.Helper()
	var pins struct {
		Items []struct{ Message struct{ TS string } }
	}
	s.Do("pins.list", url.Values{"channel": {id}}, &pins)
	pinned := map[string]bool{}
	for _, i := range pins.Items {
		pinned[i.Message.TS] = true
	}
	view := func(m messageRow) Message {
		v := Message{TS: m.TS, User: m.User, Text: m.Text, Event: m.Metadata.EventType, Payload: m.Metadata.EventPayload, Pinned: pinned[m.TS], Edited: m.Edited != nil}
		for _, b := range m.Blocks {
			v.Blocks = append(v.Blocks, b.String())
		}
		return v
	}
	rows, err := listed[messageRow](s, "conversations.history", "messages", url.Values{"channel": {id}})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, m := range rows {
		if m.Subtype != "" && m.Subtype != "bot_message" {
			continue // that a topic was set, or the channel archived
		}
		v := view(m)
		if m.ReplyCount > 0 {
			thread, err := s.thread(id, m.TS)
			if err != nil {
				s.t.Fatal(err)
			}
			for _, r := range thread {
				if r.TS != m.TS {
					v.Replies = append(v.Replies, view(r))
				}
			}
		}
		messages = append(messages, v)
	}
	slices.SortFunc(messages, func(a, b Message) int { return strings.Compare(a.TS, b.TS) })
	return messages
}

// block is one of Block Kit.
type block struct {
	blockFields
	raw json.RawMessage
}

type blockFields struct {
	Type     string
	ID       string `json:"block_id"`
	Text     *blockText
	Fields   []blockText
	Elements []blockText
}

// UnmarshalJSON keeps the whole block beside what is known of it.
func (b *block) UnmarshalJSON(data []byte) error {
	b.raw = slices.Clone(data)
	return json.Unmarshal(data, &b.blockFields)
}

// String is the text that a reader sees, after the type of the block.
func (b block) String() string {
	var lines []string
	if b.Text != nil {
		lines = append(lines, b.Text.Text)
	}
	for _, t := range slices.Concat(b.Fields, b.Elements) {
		lines = append(lines, t.Text)
	}
	if len(lines) == 0 && b.Type != "divider" {
		lines = append(lines, string(b.raw))
	}
	return strings.TrimRight("["+b.Type+"] "+strings.Join(lines, " | "), " ")
}

// blockText is a text object, or an element that has a text.
type blockText struct{ Type, Text string }

// UnmarshalJSON takes for the text of an element that of what is in it.
func (t *blockText) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		return json.Unmarshal(data, &t.Text)
	}
	var in struct {
		Type     string
		Text     *blockText
		AltText  string `json:"alt_text"`
		Elements []blockText
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	t.Type, t.Text = in.Type, in.AltText
	if in.Text != nil {
		t.Text = in.Text.Text
	}
	for _, e := range in.Elements {
		t.Text += e.Text
	}
	return nil
}
